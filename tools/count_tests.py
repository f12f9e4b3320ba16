#!/usr/bin/env python3
"""Sums up `make check`: usage: count_tests.py RESULTS.tap [TESTLOG.json …]

Counts the lines of RESULTS and, in Meson's test logs, each subtest of a TAP test (a test without subtests is one). A test that failed although all
its subtests passed (a crash at the end, a leak) counts as one failure. The last line is "N passed, N failed"; exit status 1 when anything failed or nothing ran.
"""
import json
import re
import sys

LINE = re.compile(r"^(not )?ok\b[^#]*(#\s*(SKIP|TODO))?", re.IGNORECASE)
GOOD = {"OK", "EXPECTEDFAIL"}


def count_lines(text):
    """(passed, failed, skipped) of TAP lines."""
    passed = failed = skipped = 0
    for line in text.splitlines():
        m = LINE.match(line)
        if not m:
            continue
        if m.group(2):
            skipped += 1
        elif m.group(1):
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped


def count_test(entry):
    """(passed, failed, skipped) of one test of Meson's log."""
    tap = count_lines(entry.get("stdout") or "")
    good = entry["result"] in GOOD
    if entry["result"] == "SKIP":
        return 0, 0, max(1, tap[2])
    if sum(tap) == 0:
        return int(good), int(not good), 0
    return tap[0], max(tap[1], int(not good)), tap[2]


def main():
    counts = []
    with open(sys.argv[1], encoding="utf-8") as f:
        counts.append(count_lines(f.read()))
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8", errors="replace") as f:
            entries = [json.loads(line) for line in f if line.strip()]
        for entry in entries:
            one = count_test(entry)
            counts.append(one)
            if one[1]:
                print(f"failed: {entry['name']}: {one[1]} of {sum(one)}")
    passed, failed, skipped = (sum(c[i] for c in counts) for i in range(3))
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
