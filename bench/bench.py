#!/usr/bin/env python3
"""Haven beside its peers, on the same data, in the same sitting: bench.py HAVEN WORKDIR [--persons N] [--people N] [--runs N]

Absolute times on a shared machine are noise; runs are interleaved and the ratio of each pair of runs is what is printed (least, median, greatest), by the wall's
clock and by processor time, which a busy machine disturbs less.
1. Loading: `haven load` of the police crime extract of a county, beside `sqlite3 .import` of the same file (one plain table, no keys, nothing sealed).
2. Linkage, the whole job from CSV to clusters: `haven link cluster` on N synthetic persons and bench/rich_model.json, beside the same on DuckDB in Splink's SQL (bench/duckdb_peer.mjs) and, when HAVEN_PEER_PYTHON names a
   Python that has it, in the real Splink 5 (bench/peers/splink_job.py). The counts of pairs and edges must be equal, and so must be the cluster of every record.
"""
import argparse
import csv
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import time

WEIGHT = "3.169925001442312"  # probability 0.9
HERE = os.path.dirname(os.path.abspath(__file__))


def timed(words, env=None, cwd=None):
    """Runs a command; (stdout, wall seconds, peak memory in MB, processor seconds)."""
    start = time.monotonic()
    child = subprocess.Popen(words, stdout=subprocess.PIPE, env=env, cwd=cwd)
    out = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"bench: {' '.join(words[:4])} ended with {child.returncode}")
    return out, time.monotonic() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def spread(values):
    return f"{min(values):.2f} / {statistics.median(values):.2f} / {max(values):.2f}"


def bench_load(args):
    county = os.path.join(args.work, "county")
    shutil.rmtree(county, ignore_errors=True)
    timed([args.haven, "simulate", "--people", str(args.people), "--seed", "1", "--out", county])
    extract = os.path.join(county, "extracts", "police-crime.csv")
    with open(extract, "rb") as f:
        rows = sum(1 for _ in f) - 1
    ratios, cpu_ratios, ours, theirs, memory = [], [], [], [], []
    for i in range(args.runs):
        for name in os.listdir(args.work):
            if name == "hub.db.ledger":
                shutil.rmtree(os.path.join(args.work, name))
            elif name.startswith(("hub.", "plain.")):
                os.remove(os.path.join(args.work, name))
        env = {**os.environ, "HAVEN_DB": os.path.join(args.work, "hub.db")}
        timed([args.haven, "init"], env)
        _, a, mb, a_cpu = timed([args.haven, "load", "--feed", "police-crime", extract, "--no-update"], env)
        _, b, _, b_cpu = timed(["sqlite3", os.path.join(args.work, "plain.db"), ".mode csv", f".import {extract} rows"])
        ours.append(rows / a)
        theirs.append(rows / b)
        ratios.append(b / a)
        cpu_ratios.append(b_cpu / a_cpu)
        memory.append(mb)
    print(f"load: {rows:,} rows of police-crime, {args.runs} runs each")
    print(f"  haven load      {statistics.median(ours):>12,.0f} rows/s, peak {max(memory):.0f} MB")
    print(f"  sqlite3 .import {statistics.median(theirs):>12,.0f} rows/s")
    print(f"  ratio (haven / sqlite3), least / median / greatest: {spread(ratios)}; by processor time: {spread(cpu_ratios)}   (aim: at least 0.20)", flush=True)


def haven_counts(args, model, persons):
    """Pairs that the rules bring, edges at the weight; not timed."""
    rules, *_ = timed([args.haven, "link", "blocking", "--json", "--model", model, persons])
    edges = os.path.join(args.work, "edges.csv")
    timed([args.haven, "link", "predict", "--model", model, "--threshold-weight", WEIGHT, "-o", edges, persons])
    with open(edges, "rb") as f:
        return sum(rule["comparisons"] for rule in json.loads(rules)), sum(1 for _ in f) - 1


def read_clusters(path):
    with open(path, encoding="utf-8", newline="") as f:
        return {row["unique_id"]: row["cluster_id"] for row in csv.DictReader(f)}


def compare_clusters(ours, theirs):
    """In a process of its own: what this one has in memory, Linux counts as the peak of each command that it starts."""
    a, b = read_clusters(ours), read_clusters(theirs)
    return sum(a.get(k) != b.get(k) for k in a.keys() | b.keys()), len(set(a.values()))


def same_clusters(ours, theirs, name):
    """How many there are. A cluster is named by its least id in all, so records must have the same name."""
    with multiprocessing.Pool(1) as one:
        differ, clusters = one.apply(compare_clusters, (ours, theirs))
    if differ:
        sys.exit(f"bench: {differ} records are in another cluster than in {name}: a difference is a bug")
    return clusters


def bench_link(args):
    persons = os.path.join(args.work, f"persons-{args.persons}.csv")
    if not os.path.exists(persons):
        subprocess.run([sys.executable, os.path.join(HERE, "persons.py"), str(args.persons), persons, "42"], check=True)
    if not os.path.isdir(os.path.join(HERE, "node_modules")):
        sys.exit("bench: the peer is not installed: run tools/install-deps.sh bench (make bench does)")
    model, threads = os.path.join(HERE, "rich_model.json"), str(args.threads)
    out = {name: os.path.join(args.work, f"clusters-{name}.csv") for name in ("haven", "DuckDB", "Splink")}
    peers = {"DuckDB": ["node", os.path.join(HERE, "duckdb_peer.mjs"), model, persons, threads, WEIGHT, out["DuckDB"]]}
    python = os.environ.get("HAVEN_PEER_PYTHON")
    if python:
        peers["Splink"] = [python, os.path.join(HERE, "peers", "splink_job.py"), model, persons, threads, WEIGHT, out["Splink"]]
    else:
        print("linkage: not beside Splink itself: HAVEN_PEER_PYTHON names no Python that has it")
    peers = {name: words for name, words in peers.items() if args.peer in (None, name)}
    pairs, edges = haven_counts(args, model, persons)
    ratios = {name: {"wall": [], "processor": [], "memory": []} for name in peers}
    ours, theirs = [], {name: [] for name in peers}
    for _ in range(args.peer_runs):
        for name, words in peers.items():
            counts, b, peer_mb, b_cpu = timed(words, cwd=HERE)
            counts = json.loads(counts)
            _, a, mb, a_cpu = timed([args.haven, "link", "cluster", "--model", model, "--threshold-weight", WEIGHT, "--threads", threads, "-o", out["haven"], persons])
            if counts["edges"] != edges or counts.get("pairs", pairs) != pairs:
                sys.exit(f"bench: Haven gives {pairs} pairs and {edges} edges, {name} {counts}: a difference is a bug")
            clusters = same_clusters(out["haven"], out[name], name)
            for what, ratio in (("wall", b / a), ("processor", b_cpu / a_cpu), ("memory", peer_mb / mb)):
                ratios[name][what].append(ratio)
            ours.append((a, a_cpu, mb))
            theirs[name].append((b, b_cpu, peer_mb))
    print(f"linkage: {args.persons:,} persons, {pairs:,} pairs, {edges:,} edges at weight {WEIGHT}, {clusters:,} clusters (equal in all), from CSV to clusters, {threads} thread(s), {args.peer_runs} run(s) each")
    for name, runs in [("haven", ours), *theirs.items()]:
        wall, cpu, mb = (statistics.median(x) for x in zip(*runs))
        print(f"  {name:7} {wall:8.2f} s, {cpu:8.2f} processor s, peak {mb:,.0f} MB (medians)")
    for name, r in ratios.items():
        print(f"  faster than {name} by, least / median / greatest: {spread(r['wall'])}; by processor time: {spread(r['processor'])}; memory less by: {spread(r['memory'])}", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("haven")
    p.add_argument("work")
    p.add_argument("--persons", type=int, default=1_000_000)
    p.add_argument("--people", type=int, default=50_000)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--peer-runs", type=int, default=5, help="interleaved runs of the linkage job; a peer takes minutes with a million persons")
    p.add_argument("--peer", choices=["DuckDB", "Splink"], help="only beside this one")
    p.add_argument("--only", choices=["load", "link"])
    args = p.parse_args()
    args.haven, args.work = os.path.abspath(args.haven), os.path.abspath(args.work)
    os.makedirs(args.work, exist_ok=True)
    if args.only != "link":
        bench_load(args)
    if args.only != "load":
        bench_link(args)


if __name__ == "__main__":
    main()
