#!/usr/bin/env python3
"""Training beside the real Splink 5, on the same data, in the same sitting: train.py HAVEN WORKDIR [--persons N …] [--max-pairs N …] [--runs N]

The job: persons of bench/persons.py, bench/rich_model.json as settings (its weights are not used), the prior from two deterministic rules, u, and two sessions of EM with frequencies. Splink takes u from at
most --max-pairs random pairs; Haven runs twice: from as many (`--u sample`), and as it does when not asked (`--u exact`, over all pairs). Runs are interleaved; what is printed is the ratio of each pair of runs (least, median,
greatest), and how far m and u of the two are apart. HAVEN_PEER_PYTHON names a Python that has Splink.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys

from bench import HERE, spread, timed

DETERMINISTIC = ['l."surname" = r."surname" AND l."dob" = r."dob"', 'l."first_name" = r."first_name" AND l."dob" = r."dob" AND l."postcode" = r."postcode"']
EM = ['l."surname" = r."surname" AND l."dob" = r."dob"', 'l."postcode" = r."postcode"']
RECALL = 0.8


def settings_without_weights(work):
    with open(os.path.join(HERE, "rich_model.json"), encoding="utf-8") as f:
        settings = json.load(f)
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            level.pop("m_probability", None)
            level.pop("u_probability", None)
    path = os.path.join(work, "train_settings.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(settings, f)
    return path


def weights(path):
    """{(comparison, level): (m, u)} of levels that have both."""
    with open(path, encoding="utf-8") as f:
        model = json.load(f)
    return {(c["output_column_name"], i): (level.get("m_probability"), level.get("u_probability"))
            for c in model["comparisons"] for i, level in enumerate(c["comparison_levels"]) if not level.get("is_null_level")}


def difference(ours, theirs):
    """The greatest differences of two models in match weight, in bits: of m, and of u."""
    a, b = weights(ours), weights(theirs)
    return [max((abs(math.log2(a[key][k] / b[key][k])) for key in a if a[key][k] and b[key][k]), default=0) for k in (0, 1)]


def bench(args, persons, settings, n, max_pairs):
    job_path = os.path.join(args.work, "train_job.json")
    out = {name: os.path.join(args.work, f"trained-{name}.json") for name in ("Splink", "sample", "exact")}
    with open(job_path, "w", encoding="utf-8") as f:
        json.dump({"deterministic": DETERMINISTIC, "recall": RECALL, "em": EM, "max_pairs": max_pairs}, f)
    python = os.environ["HAVEN_PEER_PYTHON"]
    peer = [python, os.path.join(HERE, "peers", "splink_train.py"), settings, persons, str(args.threads), job_path, out["Splink"]]
    ours = [args.haven, "link", "train", "--settings", settings, "--recall", str(RECALL), "--threads", str(args.threads)]
    ours += [word for rule in DETERMINISTIC for word in ("--deterministic", rule)] + [word for rule in EM for word in ("--em", rule)]
    took, stages = {name: [] for name in out}, []
    for _ in range(args.runs):
        found, *figures = timed(peer, cwd=HERE)
        stages.append(json.loads(found)["seconds"])
        took["Splink"].append(figures)
        for name, options in (("sample", ["--u", "sample", "--max-pairs", str(max_pairs)]), ("exact", ["--u", "exact", "--max-pairs", str(max_pairs)])):
            took[name].append(timed([*ours, *options, "-o", out[name], persons])[1:])
    print(f"training: {n:,} persons, {args.threads} thread(s), {args.runs} run(s) each, Splink's max_pairs {max_pairs:,}")
    for name, runs in took.items():
        wall, mb, cpu = (statistics.median(x) for x in zip(*runs))
        print(f"  {name:7} {wall:8.2f} s, {cpu:8.2f} processor s, peak {mb:,.0f} MB (medians)")
    print("  Splink by stage (medians): " + ", ".join(f"{name} {statistics.median(s[name] for s in stages):.2f} s" for name in stages[0]))
    for name in ("sample", "exact"):
        wall, cpu = ([theirs[k] / mine[k] for theirs, mine in zip(took["Splink"], took[name])] for k in (0, 2))
        m, u = difference(out[name], out["Splink"])
        print(f"  --u {name}: faster than Splink by, least / median / greatest: {spread(wall)}; by processor time: {spread(cpu)}; greatest difference of a weight: {m:.2f} bits by m, {u:.2f} by u", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("haven")
    p.add_argument("work")
    p.add_argument("--persons", type=int, nargs="+", default=[100_000])
    p.add_argument("--max-pairs", type=int, nargs="+", default=[1_000_000, 10_000_000])
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--runs", type=int, default=3)
    args = p.parse_args()
    if "HAVEN_PEER_PYTHON" not in os.environ:
        sys.exit("bench-train: HAVEN_PEER_PYTHON must name a Python that has Splink (pip install splink==5.0.0)")
    args.haven, args.work = os.path.abspath(args.haven), os.path.abspath(args.work)
    os.makedirs(args.work, exist_ok=True)
    settings = settings_without_weights(args.work)
    for n in args.persons:
        persons = os.path.join(args.work, f"persons-{n}.csv")
        if not os.path.exists(persons):
            subprocess.run([sys.executable, os.path.join(HERE, "persons.py"), str(n), persons, "42"], check=True)
        for max_pairs in args.max_pairs:
            bench(args, persons, settings, n, max_pairs)


if __name__ == "__main__":
    main()
