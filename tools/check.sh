#!/bin/sh
# `make check`: everything that must hold before a change is merged. Builds with gcc and sanitizers and runs every
# test there; builds as released with gcc and, with its fuzzers, with clang, warnings being errors (not in the first:
# sanitizers make gcc warn of what cannot be); gives each fuzzer two seconds. Ends with "N passed, N failed";
# exit status 1 when something failed, 3 when the machine lacks something.
set -u
cd "$(dirname "$0")/.."
PATH=/usr/bin:$PATH
export PATH
tools/install-deps.sh check || exit 3
mkdir -p build
results=build/check.tap
: >"$results"

result() { # ok|not ok, what
    echo "$1 - $2" | tee -a "$results"
}

# A build in build/NAME; it is set up anew when its options have changed.
build() { # name, compiler, meson's options
    name=$1 compiler=$2
    shift 2
    log=build/$name.log
    if [ "$(cat "build/$name.options" 2>/dev/null)" != "$*" ] || [ ! -f "build/$name/build.ninja" ]; then
        rm -rf "build/$name"
        if ! CC=$compiler meson setup "build/$name" "$@" >"$log" 2>&1; then
            tail -n 40 "$log"
            result "not ok" "setup $name ($compiler)"
            return 1
        fi
        echo "$*" >"build/$name.options"
    fi
    if ! ninja -C "build/$name" >"$log" 2>&1; then
        grep -E -A 6 'error:|warning:|FAILED:' "$log" | head -n 60
        result "not ok" "build $name ($compiler)"
        return 1
    fi
    result ok "build $name ($compiler)"
    sed -n 's/^.*\(refused hardening flags.*\)$/  \1/p' "build/$name/meson-logs/meson-log.txt" | tail -n 1
}

sanitizers=-Db_sanitize=address,undefined
counts=
if build check gcc $sanitizers -Dtests=true; then
    tests/support/with_pg.py meson test -C build/check --no-rebuild --print-errorlogs --timeout-multiplier 3 >build/check-tests.log 2>&1 || true # counted below
    grep -v -E '^ *[0-9]+/[0-9]+ .* OK |^$|^ninja: |^Full log' build/check-tests.log
    counts=build/check/meson-logs/testlog.json
fi
build release gcc --werror -Dtests=true
if command -v clang >/dev/null; then
    build fuzz clang --werror $sanitizers -Db_lundef=false -Dtests=true -Dfuzz=true && tools/fuzz.sh build/fuzz 2 "$results"
fi
exec python3 tools/count_tests.py "$results" $counts
