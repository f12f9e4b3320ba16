#!/bin/sh
# Runs every fuzzer for SECONDS, from its seeds in tests/fuzz/corpus and what earlier runs found in DIR/corpus.
# usage: fuzz.sh DIR SECONDS [RESULTS]   A finding is left in DIR as crash-<fuzzer>-…: add it to the seeds with the mend.
set -u
cd "$(dirname "$0")/.."
PATH=/usr/bin:$PATH
dir=$1 seconds=$2 results=${3:-/dev/null} status=0
if [ ! -f "$dir/build.ninja" ]; then
    CC=clang meson setup "$dir" -Db_sanitize=address,undefined -Db_lundef=false -Dfuzz=true >"$dir.log" 2>&1 || { tail -n 40 "$dir.log"; exit 3; }
fi
ninja -C "$dir" fuzzers >"$dir.log" 2>&1 || { tail -n 40 "$dir.log"; exit 3; }
for fuzzer in "$dir"/tests/fuzz/fuzz_*; do
    [ -f "$fuzzer" ] && [ -x "$fuzzer" ] || continue
    name=$(basename "$fuzzer")
    mkdir -p "$dir/corpus/$name"
    words="tests/fuzz/${name#fuzz_}.dict"
    if "$fuzzer" $([ -f "$words" ] && echo "-dict=$words") -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -verbosity=0 -print_final_stats=1 \
        -artifact_prefix="$dir/crash-$name-" "$dir/corpus/$name" "tests/fuzz/corpus/${name#fuzz_}" >"$dir/$name.log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/$name.log")
        echo "ok - $name: $runs runs in $seconds s" | tee -a "$results"
    else
        tail -n 40 "$dir/$name.log"
        echo "not ok - $name: see $dir/$name.log" | tee -a "$results"
        status=1
    fi
done
exit $status
