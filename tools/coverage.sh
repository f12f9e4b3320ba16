#!/bin/sh
# `make coverage`: how much of rooms their own tests reach: branches (gcc, gcovr) and MC/DC (clang-19: each condition of a decision alone changes its outcome).
# usage: coverage.sh [ROOM ...] (default: access ledger). Asserts are compiled out here: their other branch cannot be reached.
# Exit status 1 when a test fails or a branch of access is left, 3 when the machine lacks something.
set -eu
cd "$(dirname "$0")/.."
PATH=/usr/bin:$PATH
export PATH
rooms=${*:-access ledger}
tools/install-deps.sh coverage && tools/install-deps.sh check
out=build/coverage
mkdir -p "$out"

# What the tests of the rooms run: programs of the build, and what they say they need.
programs() { # build, [tests: only the tests' own programs]
    meson introspect --tests --targets "$1" | python3 -c '
import json, os, sys
build, rooms, own = os.path.abspath(sys.argv[1]), sys.argv[3:], sys.argv[2] == "own"
said = json.load(sys.stdin)
files = {t["id"]: t["filename"] for t in said["targets"]}
names = set()
for test in said["tests"]:
    if any(suite.split(":")[-1] in rooms for suite in test["suite"]):
        names.update(os.path.normpath(word) for word in test["cmd"] if os.path.isabs(word))
        if not own:
            names.update(file for d in test["depends"] for file in files.get(d, []))
print("\n".join(sorted(os.path.relpath(name, build) for name in names if name.startswith(build + "/"))))' "$@" $rooms
}

# Sets up a build, makes what the tests need, runs them.
tests_of() { # build, meson's options
    build=$1
    shift
    [ -f "$build/build.ninja" ] || meson setup "$build" --buildtype=debug -Db_ndebug=true -Db_lundef=false -Dtests=true "$@" >"$build.log" 2>&1 || { tail "$build.log"; exit 3; }
    ninja -C "$build" $(programs "$build" all) >"$build.log" 2>&1 || { grep -A 6 'error:' "$build.log" | head -n 40; exit 1; }
    suites=
    for room in $rooms; do suites="$suites --suite $room"; done
    tests/support/with_pg.py meson test -C "$build" --no-rebuild $suites >"$build.log" 2>&1 || { grep -E '^ *[0-9]+/[0-9]+ .*(FAIL|ERROR|TIMEOUT)' "$build.log"; failed=1; }
}

failed=0
filters=
for room in $rooms; do filters="$filters --filter src/$room/"; done

echo "== branches: gcc --coverage =="
find "$out" -name '*.gcda' -delete
CC=gcc tests_of "$out/gcc" -Db_coverage=true
gcovr --root . --object-directory "$out/gcc" $filters --branches "$out/gcc" | sed -n '/^File/,$p'
gcovr --root . --object-directory "$out/gcc" --filter src/access/ --branches --fail-under-branch 100 "$out/gcc" >/dev/null 2>&1 || failed=1

echo "== MC/DC: clang-19 =="
flags='-fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc'
rm -rf "$out/profiles"
LLVM_PROFILE_FILE=$PWD/$out/profiles/%8m.profraw CC=clang-19 tests_of "$out/clang" "-Dc_args=$flags" "-Dc_link_args=$flags"
llvm-profdata-19 merge -o "$out/all.profdata" "$out"/profiles/*.profraw
objects= # the first is named alone
for program in $(programs "$out/clang" own); do objects="$objects ${objects:+--object }$out/clang/$program"; done
sources=
for room in $rooms; do sources="$sources src/$room"; done
llvm-cov-19 report $objects --instr-profile "$out/all.profdata" --show-mcdc-summary --show-branch-summary --show-region-summary=false $sources
exit $failed
