#!/usr/bin/env python3
"""The demonstration: the fictional county, end to end, by the same commands that an agency would use.

usage: demo.py HAVEN OUT PEOPLE SEED NOISE

Makes the county, an empty hub, loads every extract, links, reviews, scores the result against the truth, writes OUT/summary.json and prints
it with the five cases that need a person first. Times are wall seconds of each command. Stops at the first command that fails.
"""
import json
import os
import shutil
import subprocess
import sys
import time

FEEDS = ["police-crime", "police-custody", "prison", "health", "housing", "charity", "organisation"]


def run(haven, args, capture=True):
    """Runs one command; its progress bar stays on the terminal. Returns (stdout, seconds). Exit 1 is "done, with findings"."""
    start = time.monotonic()
    done = subprocess.run([haven, *args], stdout=subprocess.PIPE if capture else None, text=True)
    seconds = time.monotonic() - start
    if done.returncode not in (0, 1):
        sys.exit(f"demo: haven {' '.join(args)} ended with status {done.returncode}")
    return done.stdout or "", seconds


def fresh_directory(out):
    """Empties OUT of an earlier demonstration (only of what we make ourselves)."""
    os.makedirs(out, exist_ok=True)
    for name in ("extracts", "truth", "haven.db.ledger"):
        shutil.rmtree(os.path.join(out, name), ignore_errors=True)
    for name in os.listdir(out):
        if name == "haven.db.ledger":
            shutil.rmtree(os.path.join(out, name))
        elif name.startswith("haven.db") or name == "summary.json":
            os.remove(os.path.join(out, name))


def extract_of(out, feed):
    for ending in (".csv", ".jsonl"):
        path = os.path.join(out, "extracts", feed + ending)
        if os.path.exists(path):
            return path
    sys.exit(f"demo: no extract of {feed} in {out}/extracts")


def load_all(haven, out, seconds):
    feeds = {}
    for feed in FEEDS:
        path = extract_of(out, feed)
        text, took = run(haven, ["load", "--feed", feed, path, "--no-update", "--json"])
        counts = json.loads(text)[0]
        feeds[feed] = {"file": os.path.relpath(path, out), **{k: counts[k] for k in ("read", "stored", "unchanged", "quarantined")}}
        seconds["load " + feed] = round(took, 2)
        rate = counts["read"] / took if took else 0
        print(f"  {feed:<15} read {counts['read']:>8,}  stored {counts['stored']:>8,}  unchanged {counts['unchanged']:>6,}  "
              f"quarantined {counts['quarantined']:>5,}  {took:5.1f} s  {rate:>9,.0f} rows/s", flush=True)
    return feeds


def main():
    haven, out, people, seed, noise = sys.argv[1:6]
    haven = os.path.abspath(haven)
    fresh_directory(out)
    os.environ["HAVEN_DB"] = os.path.join(out, "haven.db")
    os.environ.update(HAVEN_USER="demo.admin", HAVEN_PURPOSE="administration")
    seconds = {}

    print(f"Making the county of Ouseshire: {int(people):,} people who do not exist, three years", flush=True)
    _, seconds["simulate"] = run(haven, ["simulate", "--people", people, "--seed", seed, "--noise", noise, "--out", out])
    run(haven, ["init"])

    print("Loading every agency's extract", flush=True)
    start = time.monotonic()
    feeds = load_all(haven, out, seconds)
    print("Working out who is who, and what it shows", flush=True)
    update, seconds["update"] = run(haven, ["update", "--json"])
    counts = json.loads(update)
    total = time.monotonic() - start

    truth = os.path.join(out, "truth")
    join = json.loads(run(haven, ["people", "evaluate", "--truth", truth, "--json"])[0])
    review = json.loads(run(haven, ["review", "evaluate", "--truth", truth, "--json"])[0])
    seconds["people"] = counts["people_seconds"]
    seconds["review"] = counts["review_seconds"]
    seconds["first extract to summary"] = total
    summary = {
        "feeds": feeds,
        "mentions": counts["mentions"],
        "persons": counts["persons"],
        "join": {"precision": join["precision"], "recall": join["recall"]},
        "review": {k: review[k] for k in ("cases", "misrecorded", "recall", "false_alerts_per_1000")},
        "seconds": {k: round(v, 2) for k, v in seconds.items()},
    }
    with open(os.path.join(out, "summary.json"), "w", encoding="utf-8") as f:
        json.dump(summary, f, indent=1)
        f.write("\n")

    rows = sum(f["read"] for f in feeds.values())
    print(f"""
Summary
  rows read                 {rows:>10,}   ({rows / total:,.0f} a second, loading, linking and reviewing together)
  mentions of people        {summary['mentions']:>10,}
  persons                   {summary['persons']:>10,}
  joins: precision {join['precision']:.4f}, recall {join['recall']:.4f} (against the truth of the county)
  cases for review          {summary['review']['cases']:>10,}
  recorded as something else{summary['review']['misrecorded']:>10,}
  histories found           {100 * summary['review']['recall']:>9.1f}%   false alerts {summary['review']['false_alerts_per_1000']:.1f} per 1,000 pairs without stalking
  from the first extract to here {total:.1f} s
""", flush=True)
    os.environ.update(HAVEN_USER="demo.reviewer", HAVEN_PURPOSE="safeguarding")
    print("The five cases that need a person first\n", flush=True)
    for case in json.loads(run(haven, ["review", "list", "--limit", "5", "--json"])[0]):
        run(haven, ["review", "show", case["case"], "--brief"], capture=False)


if __name__ == "__main__":
    main()
