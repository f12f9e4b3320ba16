#!/usr/bin/env python3
"""Scores `haven review assess` against the case bank's labels: score_assess.py HAVEN CASE.json ... [--half odd|even] [--misses]

The labels are read here only; the program gets copies of the files without gold, tags and summary, in another order. Prints the confusion matrix of `stalking` and precision and
recall of the record lists and of who is who (pairs of mentions; mentions without any identifier are left out). Says what each miss was with --misses.
"""
import itertools
import json
import os
import subprocess
import sys
import tempfile


def assess(haven, cases):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for case in reversed(cases):
            stripped = {k: v for k, v in case.items() if k not in ("gold", "tags", "summary")}
            path = os.path.join(folder, case["id"] + ".json")
            with open(path, "w", encoding="utf-8") as f:
                json.dump(stripped, f)
            paths.append(path)
        out = subprocess.run([haven, "review", "assess", *paths], stdout=subprocess.PIPE, check=True, text=True).stdout
    return {a["id"]: a for a in map(json.loads, out.splitlines())}


def same_pairs(clusters, left_out=()):
    return {frozenset(p) for c in clusters for p in itertools.combinations(sorted(x for x in c if x not in left_out), 2)}


class Tally:
    """Right, found and true items of one list; what was missed or wrong by case."""

    def __init__(self, name):
        self.name, self.right, self.found, self.true, self.notes = name, 0, 0, 0, []

    def add(self, case, found, true):
        found, true = set(found), set(true)
        self.right += len(found & true)
        self.found += len(found)
        self.true += len(true)
        show = lambda items: sorted("+".join(sorted(i)) if isinstance(i, frozenset) else i for i in items)
        if true - found:
            self.notes.append(f"{case}: {self.name} missed {show(true - found)}")
        if found - true:
            self.notes.append(f"{case}: {self.name} wrong {show(found - true)}")

    def __str__(self):
        p = self.right / self.found if self.found else 1
        r = self.right / self.true if self.true else 1
        return f"{self.name:<28} precision {p:.3f}  recall {r:.3f}  ({self.right} right, {self.found} found, {self.true} true)"


def main():
    args = sys.argv[1:]
    half = args[args.index("--half") + 1] if "--half" in args else None
    names = [a for a in args[1:] if a.endswith(".json")]
    cases = []
    for name in sorted(names):
        with open(name, encoding="utf-8") as f:
            cases.append(json.load(f))
    if half:
        cases = [c for c in cases if int(c["id"]) % 2 == (half == "odd")]
    found = assess(args[0], cases)

    labels = ("yes", "possible", "no")
    matrix = {(t, f): [] for t in labels for f in labels}
    lists = {n: Tally(n) for n in ("misrecorded", "same_incident", "people", "breach_of_order", "breach_of_bail_or_licence")}
    single = {n: [0, []] for n in ("course_of_conduct_first_met_at", "escalation present", "escalation visible_at", "contact_from_custody", "order_indicated", "right_to_know_relevant")}

    def one(name, case, got, want):
        single[name][0] += got == want
        if got != want:
            single[name][1].append(f"{case}: {name} is {got}, should be {want}")

    for case in cases:
        gold, got, cid = case["gold"], found[case["id"]], case["id"]
        matrix[gold["stalking"], got["stalking"]].append(cid)
        lists["misrecorded"].add(cid, got["misrecorded"], gold["misrecorded"])
        lists["same_incident"].add(cid, same_pairs(got["same_incident"]), same_pairs(gold["same_incident"]))
        out = set(gold["people_without_identifiers"])
        lists["people"].add(cid, same_pairs(got["people"], out), same_pairs(gold["people"], out))
        for n in ("breach_of_order", "breach_of_bail_or_licence"):
            lists[n].add(cid, got[n], gold[n])
        one("course_of_conduct_first_met_at", cid, got["course_of_conduct_first_met_at"], gold["course_of_conduct_first_met_at"])
        one("escalation present", cid, got["escalation"]["present"], gold["escalation"]["present"])
        one("escalation visible_at", cid, got["escalation"]["visible_at"], gold["escalation"]["visible_at"])
        for n in ("contact_from_custody", "order_indicated", "right_to_know_relevant"):
            one(n, cid, got[n], gold[n])

    print(f"{len(cases)} cases" + (f" ({half} numbers)" if half else ""))
    print("stalking: label (down), assessed (across)")
    print("           " + "".join(f"{f:>10}" for f in labels))
    for t in labels:
        print(f"{t:>10} " + "".join(f"{len(matrix[t, f]):>10}" for f in labels))
    right = sum(len(matrix[x, x]) for x in labels)
    print(f"agreement {right} of {len(cases)}")
    for t in lists.values():
        print(t)
    for n, (ok, _) in single.items():
        print(f"{n:<32} {ok} of {len(cases)}")
    if "--misses" in args:
        for (t, f), ids in matrix.items():
            if t != f and ids:
                print(f"stalking is {f}, should be {t}: {', '.join(ids)}")
        for notes in [t.notes for t in lists.values()] + [v[1] for v in single.values()]:
            print("\n".join(notes))


if __name__ == "__main__":
    main()
