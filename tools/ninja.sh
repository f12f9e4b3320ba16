#!/bin/sh
# ninja.sh DIR [TARGET…]: builds, and shows only warnings and errors: ninja's and Meson's small talk appears when something fails.
set -eu
dir=$1
shift
log=$dir/setup.log
ninja -C "$dir" build.ninja >"$log" 2>&1 || { cat "$log"; exit 2; }
ninja -C "$dir" -n "$@" | grep -q '^ninja: no work to do' || exec ninja -C "$dir" --quiet "$@"
