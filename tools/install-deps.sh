#!/bin/sh
# Installs what is missing, and nothing else: Debian packages of tools/packages.txt and the pinned npm packages.
# usage: install-deps.sh build|check|bench. Quiet and quick when all is there. Exit status 3 when it cannot.
set -eu
cd "$(dirname "$0")/.."
PATH=/usr/bin:/usr/sbin:/bin:/sbin:$PATH
what=${1:-build}

fail() {
    echo "install-deps: $1" >&2
    exit 3
}

# 1. Debian packages. `build` is needed by every other list.
wanted=$(awk -v what="$what" '$1 == "build" || $1 == what { print $2 }' tools/packages.txt | sort -u)
command -v dpkg-query >/dev/null || fail "this is not Debian; install by hand: $(echo $wanted)"
missing=
for package in $wanted; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
# A distribution of Node that is not Debian's serves as well: its npm comes with it.
if command -v node >/dev/null && command -v npm >/dev/null; then
    missing=$(echo "$missing" | tr ' ' '\n' | grep -vx -e nodejs -e npm | tr '\n' ' ')
fi
if [ -n "$(echo $missing)" ]; then
    root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "run as root, or install sudo, or install by hand:$missing"
        root="sudo env DEBIAN_FRONTEND=noninteractive"
    fi
    export DEBIAN_FRONTEND=noninteractive
    echo "installing from Debian:" $missing
    log=$(mktemp)
    if ! { $root apt-get update -qq && $root apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install:$missing"
    fi
    rm -f "$log"
fi

# 2. npm packages, pinned by the lock file; the tests' own only when they run.
npm_packages() { # folder, npm's option
    [ -f "$1/package-lock.json" ] || return 0
    stamp="$1/node_modules/.haven-installed"
    want="$(cksum <"$1/package-lock.json") $2"
    have=$(cat "$stamp" 2>/dev/null || true)
    # Everything serves where the product's own would do.
    if [ "$have" = "$want" ] || [ "$have" = "$(cksum <"$1/package-lock.json") --include=dev" ]; then
        return 0
    fi
    echo "installing from npm: $1/package-lock.json"
    log=$(mktemp)
    if ! (cd "$1" && npm ci --no-audit --no-fund --ignore-scripts "$2") >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "npm could not install $1/package-lock.json"
    fi
    rm -f "$log"
    echo "$want" >"$stamp"
}
case $what in
check) npm_packages . --include=dev ;;
bench) npm_packages . --omit=dev; npm_packages bench --omit=dev ;;
*) npm_packages . --omit=dev ;;
esac
