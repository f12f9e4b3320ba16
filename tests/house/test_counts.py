#!/usr/bin/env python3
"""The last line of `make check` counts what happened: a failure, a crash after good subtests or an empty run never passes.

usage: test_counts.py tools/count_tests.py
"""
import json
import pathlib
import subprocess
import sys
import tempfile

from house import Tap

GOOD = "1..2\nok 1 - a\nok 2 - b\n"
# results' lines, Meson's entries as (result, stdout), the last line, the exit status
CASES = [
    ("ok - build\n", [("OK", GOOD)], "3 passed, 0 failed", 0),
    ("not ok - build\n", [("OK", GOOD)], "2 passed, 1 failed", 1),
    ("", [("FAIL", "1..2\nok 1 - a\nnot ok 2 - b\n"), ("OK", GOOD)], "3 passed, 1 failed", 1),
    ("", [("ERROR", GOOD)], "2 passed, 1 failed", 1),
    ("", [("TIMEOUT", "ok 1 - a\n")], "1 passed, 1 failed", 1),
    ("", [("OK", "no TAP at all\n"), ("FAIL", "")], "1 passed, 1 failed", 1),
    ("", [("OK", "ok 1 # SKIP no terminal\nok 2 - b\n"), ("SKIP", "1..0 # skipped\n")], "1 passed, 0 failed", 0),
    ("", [], "0 passed, 0 failed", 1),
]


def wrong(tool, results, entries, line, status):
    with tempfile.TemporaryDirectory() as folder:
        tap, log = pathlib.Path(folder, "check.tap"), pathlib.Path(folder, "testlog.json")
        tap.write_text(results)
        log.write_text("".join(json.dumps({"name": "t", "result": r, "stdout": out}) + "\n" for r, out in entries))
        done = subprocess.run([sys.executable, tool, tap, log], capture_output=True, text=True)
    got = (done.stdout.splitlines() or [""])[-1]
    return [] if (got, done.returncode) == (line, status) else [f"wanted {line!r} and {status}, got {got!r} and {done.returncode}"]


def main():
    with Tap() as tap:
        for results, entries, line, status in CASES:
            tap.check(f"{line} ({len(entries)} tests, exit {status})", wrong(sys.argv[1], results, entries, line, status))


main()
