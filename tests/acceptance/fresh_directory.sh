#!/bin/sh
# fresh_directory.sh DIR COMMAND...: runs COMMAND with DIR, emptied first, as its last argument.
set -eu
dir=$1
shift
rm -rf "$dir"
exec "$@" "$dir"
