#!/usr/bin/env python3
"""How time and memory of a linkage grow with the number of records: growth.py HAVEN WORKDIR [--persons N …] [--threads N …]

The job is bench/rich_model.json, CSV to clusters, on the persons of bench/persons.py. Its second rule (first name and year of birth) would bring 4.5e9 pairs at ten million persons; here it is first name and
birthday, which brings some 1.2e9. Pairs are still quadratic in the number of records, so pairs a processor second and bytes a record are what should stay level. Processor seconds are printed beside the wall's: a busy
machine disturbs them less. The number of pairs is counted by `haven link blocking`, whose time is not in the job's.
"""
import argparse
import json
import os
import subprocess
import sys

from bench import HERE, WEIGHT, timed

YEAR, BIRTHDAY = '"dob", 1, 4', '"dob", 6, 5'


def make_model(work):
    with open(os.path.join(HERE, "rich_model.json"), encoding="utf-8") as f:
        model = json.load(f)
    rules = model["blocking_rules_to_generate_predictions"]
    for rule in rules:
        rule["blocking_rule"] = rule["blocking_rule"].replace(YEAR, BIRTHDAY)
    assert any(f"{side}.{BIRTHDAY}" in rule["blocking_rule"] for rule in rules for side in "lr")
    path = os.path.join(work, "growth_model.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(model, f)
    return path


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("haven")
    p.add_argument("work")
    p.add_argument("--persons", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 10_000_000])
    p.add_argument("--threads", type=int, nargs="+", default=[2])
    args = p.parse_args()
    haven, work = os.path.abspath(args.haven), os.path.abspath(args.work)
    os.makedirs(work, exist_ok=True)
    model, clusters = make_model(work), os.path.join(work, "growth.csv")
    print("| persons | threads | pairs | wall s | processor s | pairs a processor s | peak MB | bytes a person |\n|---|---|---|---|---|---|---|---|", flush=True)
    for n in args.persons:
        persons = os.path.join(work, f"persons-{n}.csv")
        if not os.path.exists(persons):
            subprocess.run([sys.executable, os.path.join(HERE, "persons.py"), str(n), persons, "42"], check=True)
        counts, *_ = timed([haven, "link", "blocking", "--json", "--model", model, persons])
        pairs = sum(rule["comparisons"] for rule in json.loads(counts))
        for threads in args.threads:
            _, wall, mb, cpu = timed([haven, "link", "cluster", "--model", model, "--threshold-weight", WEIGHT, "--threads", str(threads), "-o", clusters, persons])
            print(f"| {n:,} | {threads} | {pairs:,} | {wall:,.2f} | {cpu:,.2f} | {pairs / cpu / 1e6:.1f} M | {mb:,.0f} | {mb * 1048576 / n:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
