#!/usr/bin/env python3
"""`haven review assess` from outside: the case bank's figures do not fall, labels and order do not matter, wrong input is told. usage: assess.py HAVEN CASEBANK"""
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree stays as it is
from score_assess import Tally, same_pairs

HAVEN, BANK = os.path.abspath(sys.argv[1]), sys.argv[2]
KEYS = ["id", "people", "stalking", "basis", "course_of_conduct_first_met_at", "misrecorded", "escalation", "breach_of_order",
        "breach_of_bail_or_licence", "contact_from_custody", "order_indicated", "right_to_know_relevant", "same_incident"]
LEAST_AGREEMENT = 28  # of 32; docs/review.md says what is reached
# A little under what docs/review.md reports: precision and recall of the lists, right answers of the single questions.
LEAST = {"misrecorded": (0.88, 0.88), "same_incident": (0.95, 0.85), "people": (0.97, 0.93), "breach_of_order": (0.99, 0.99), "breach_of_bail_or_licence": (0.9, 0.99)}
LEAST_RIGHT = {"contact_from_custody": 31, "order_indicated": 28, "right_to_know_relevant": 30, "course_of_conduct_first_met_at": 22}
number = failures = 0


def check(ok, name, detail=""):
    global number, failures
    number += 1
    failures += not ok
    print(("ok" if ok else "not ok"), number, "-", name + (f" # {detail}" if detail and not ok else ""))


def run(paths):
    done = subprocess.run([HAVEN, "review", "assess", *paths], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stdout, done.stderr


def tally(name, cases, found):
    """As score_assess.py does it: pairs of mentions that have an identifier, pairs of records, records."""
    t = Tally(name)
    for c in cases:
        got, want = found[c["id"]][name], c["gold"][name]
        if name == "people":
            out = set(c["gold"]["people_without_identifiers"])
            got, want = same_pairs(got, out), same_pairs(want, out)
        elif name == "same_incident":
            got, want = same_pairs(got), same_pairs(want)
        t.add(c["id"], got, want)
    return t


def check_figures(cases, found):
    for name, (precision, recall) in LEAST.items():
        t = tally(name, cases, found)
        check(t.right >= precision * t.found and t.right >= recall * t.true, f"{name} as good as it was", str(t))
    for name, least in LEAST_RIGHT.items():
        right = sum(found[c["id"]][name] == c["gold"][name] for c in cases)
        check(right >= least, f"{name} as good as it was", f"{right} of {len(cases)}")
    escalation = sum(found[c["id"]]["escalation"]["present"] == c["gold"]["escalation"]["present"] for c in cases)
    check(escalation >= 27, "escalation as good as it was", f"{escalation} of {len(cases)}")


def main():
    cases = [json.load(open(p, encoding="utf-8")) for p in sorted(glob.glob(BANK + "/*.json"))]
    with tempfile.TemporaryDirectory() as folder:
        def write(name, value):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(value if isinstance(value, str) else json.dumps(value))
            return os.path.join(folder, name)

        stripped = [{k: v for k, v in c.items() if k not in ("gold", "tags", "summary")} for c in cases]
        whole = [write("w" + c["id"], c) for c in cases]
        bare = [write("b" + c["id"], c) for c in stripped]
        status, text, _ = run(bare)
        lines = text.splitlines()
        check(status == 0 and len(lines) == len(cases), "one line a case")
        found = {x["id"]: x for x in map(json.loads, lines)}
        check(all(list(x) == KEYS for x in found.values()), "the keys of the contract, in its order")
        check(run(whole)[1] == text, "labels, tags and summaries make no difference")
        lying = [write("l" + c["id"], {**c, "gold": {"stalking": "no"}, "summary": "stalking " * 9, "tags": ["stalking"]}) for c in stripped]
        check(run(lying)[1] == text, "false labels make no difference")

        draw = random.Random(7)
        shuffled = []
        for c in stripped:
            records = draw.sample(c["records"], len(c["records"]))
            shuffled.append(write("s" + c["id"], {**c, "records": records}))
        check(run(shuffled)[1] == text, "the order of records makes no difference")
        order = draw.sample(range(len(bare)), len(bare))
        check(sorted(run([bare[i] for i in order])[1].splitlines()) == sorted(lines), "the order of files makes no difference")

        for c in cases:
            names = sorted(f"{r['source_id']}#{i}" for r in c["records"] for i in range(len(r["people"])))
            if sorted(x for cluster in found[c["id"]]["people"] for x in cluster) != names:
                check(False, f"case {c['id']}: people is a partition")
        agreed = sum(found[c["id"]]["stalking"] == c["gold"]["stalking"] for c in cases)
        check(agreed >= LEAST_AGREEMENT, "agreement on stalking", f"{agreed} of {len(cases)}")
        missed = [c["id"] for c in cases if c["gold"]["stalking"] == "yes" and found[c["id"]]["stalking"] == "no"]
        check(len(missed) <= 1, "at most one stalking case is called none", str(missed))

        check_figures(cases, found)

        person = "Quillfeather"
        record = {"source_id": "A-1", "agency": "police", "recorded_at": "2025-01-01T10:00:00", "people": [{"role": "victim", "surname": person}]}
        for name, value, says in [
            ("not JSON", "{", "line 1"),
            ("no records", {"id": "x"}, "not a case file: an object with id and records is expected"),
            ("a record without source_id", {"id": "x", "records": [{**record, "source_id": ""}]}, "a record has no source_id"),
            ("a date that is none", {"id": "x", "records": [{**record, "occurred_at": "2025-02-30"}]}, "occurred_at is not an ISO 8601 date or time"),
            ("two records of one name", {"id": "x", "records": [record, record]}, "two records have one source_id"),
            ("too many records", {"id": "x", "records": [{**record, "source_id": str(i)} for i in range(2001)]}, "at most 2000 records"),
        ]:
            status, out, err = run([write("bad", value)])
            check(status == 2 and not out and says in err and err.count("\n") == 1 and person not in err, name, err.strip())
    print(f"1..{number}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
