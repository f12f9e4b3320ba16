#!/usr/bin/env python3
"""A log that we published, checked by strangers: Debian's Go with golang.org/x/mod/sumdb, and our own commands.

usage: go_check.py HAVEN MAKE_LOG SOURCE_ROOT [ENTRIES]     TAP; skips when Go or its package is not there
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HAVEN, MAKE_LOG, ROOT = (os.path.abspath(p) for p in sys.argv[1:4])
SIZE = int(sys.argv[4]) if len(sys.argv) > 4 else int(os.environ.get("HAVEN_LEDGER_ENTRIES", "3000"))
OLD = max(1, SIZE * 6 // 7)
GO_PACKAGE = "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog"

number = 0


def report(good, what):
    global number
    number += 1
    print("ok" if good else "not ok", number, "-", what, flush=True)
    return good


class Took:
    """`f"{took}"`: how long since it was made, on the clock and in processor time of the programs that ran."""

    def __init__(self):
        self.wall, self.cpu = time.monotonic(), self.spent()

    @staticmethod
    def spent():
        t = os.times()
        return t.children_user + t.children_system

    def __str__(self):
        return f"{time.monotonic() - self.wall:.1f} s, {self.spent() - self.cpu:.1f} s of processor"


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, **more).stdout


def build_go(work):
    """The checker, built without network and outside the source tree; None when Go is not there."""
    go = shutil.which("go")
    if not go or not os.path.isdir(GO_PACKAGE):
        return None
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOCACHE": str(work / "cache")}
    run(go, "build", "-o", str(work / "sumdb"), os.path.join(ROOT, "tests/ledger/sumdb/main.go"), env=env)
    return str(work / "sumdb")


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        log = str(work / "log")
        took = Took()
        vkeys = run(MAKE_LOG, "write", log, str(SIZE), str(SIZE * 2 // 5 or 1)).decode().split()
        print(f"# {SIZE} entries written in {took}")
        (work / "proof").write_bytes(run(MAKE_LOG, "bundle", log, str(SIZE // 3)))
        (work / "entry").write_bytes(run(MAKE_LOG, "entry", log, str(SIZE // 3)))
        (work / "consistency").write_bytes(run(MAKE_LOG, "consistency", log, str(OLD)))

        # Our own.
        keys = ["--vkey", vkeys[0], "--vkey", vkeys[1], "--witnesses", "1"]
        took = Took()
        said = run(HAVEN, "ledger", "verify", "--tiles", log, *keys).decode()
        report(f"{SIZE} entries of" in said and "cosigned by 1" in said, f"haven ledger verify ({took})")
        took = Took()
        said = run(MAKE_LOG, "check", log).decode()
        report(said.startswith(f"{SIZE} inclusion proofs"), f"our own inclusion proofs of every entry ({took})")
        said = run(HAVEN, "ledger", "check-proof", str(work / "proof"), "--entry", str(work / "entry"), *keys).decode()
        report(f"the entry is number {SIZE // 3} " in said, "haven ledger check-proof")

        # The stranger.
        checker = build_go(work)
        if not checker:
            print(f"ok {number + 1} # SKIP needs golang-go and golang-golang-x-mod-dev\n1..{number + 1}")
            return
        took = Took()
        with subprocess.Popen([MAKE_LOG, "proofs", log], stdout=subprocess.PIPE) as proofs:
            done = subprocess.run([checker, log, vkeys[0], vkeys[1], str(OLD), str(work / "consistency"), str(work / "proof"), str(work / "entry")],
                                  stdin=proofs.stdout, capture_output=True, text=True)
        for line in done.stdout.splitlines():
            report(line.startswith("ok - "), "Go: " + line.split(" - ", 1)[-1])
        report(done.returncode == 0, f"Go accepts it all ({took}){' ' + done.stderr[:200] if done.returncode else ''}")
    print(f"1..{number}")


main()
