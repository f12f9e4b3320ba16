#!/usr/bin/env python3
"""Haven beside its peers, on the same data, in the same sitting: bench.py HAVEN WORKDIR [--persons N] [--people N] [--runs N]

Absolute times on a shared machine are noise; runs are interleaved and the ratio of each pair of runs is what is printed (least, median, greatest), by the wall's
clock and by processor time, which a busy machine disturbs less.
1. Loading: `haven load` of the police crime extract of a county, beside `sqlite3 .import` of the same file (one plain table, no keys, nothing sealed).
2. Linkage: `haven link predict` on N synthetic persons and bench/rich_model.json, beside the same job on DuckDB (bench/duckdb_peer.mjs). Pair and edge counts must be equal.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

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


def bench_link(args):
    persons = os.path.join(args.work, f"persons-{args.persons}.csv")
    if not os.path.exists(persons):
        subprocess.run([sys.executable, os.path.join(HERE, "persons.py"), str(args.persons), persons, "42"], check=True)
    if not os.path.isdir(os.path.join(HERE, "node_modules")):
        sys.exit("bench: the peer is not installed: run tools/install-deps.sh bench (make bench does)")
    model = os.path.join(HERE, "rich_model.json")
    edges_csv = os.path.join(args.work, "edges.csv")
    ratios, cpu_ratios, memory, ours, theirs = [], [], [], [], []
    for i in range(args.peer_runs):
        out, b, peer_mb, b_cpu = timed(["node", "duckdb_peer.mjs", model, persons, str(args.threads), "-5"], cwd=HERE)
        counts = json.loads(out)
        _, a, mb, a_cpu = timed([args.haven, "link", "predict", "--model", model, "--threshold-weight", "-5", "--threads", str(args.threads), "-o", edges_csv, persons])
        with open(edges_csv, "rb") as f:
            edges = sum(1 for _ in f) - 1
        if edges != counts["edges"]:
            sys.exit(f"bench: Haven gives {edges} edges, DuckDB {counts['edges']}: a difference is a bug")
        ratios.append(b / a)
        cpu_ratios.append(b_cpu / a_cpu)
        memory.append(peer_mb / mb)
        ours.append((counts["pairs"] / a, mb))
        theirs.append((counts["pairs"] / b, peer_mb))
    print(f"linkage: {args.persons:,} persons, {counts['pairs']:,} pairs, {counts['edges']:,} edges at weight -5 (equal in both), whole job from CSV to CSV, {args.threads} thread(s), {args.peer_runs} run(s) each")
    print(f"  haven   {statistics.median(x for x, _ in ours) / 1e6:8.2f} M pairs/s, peak {max(m for _, m in ours):,.0f} MB")
    print(f"  DuckDB  {statistics.median(x for x, _ in theirs) / 1e6:8.2f} M pairs/s, peak {max(m for _, m in theirs):,.0f} MB")
    print(f"  faster by, least / median / greatest: {spread(ratios)}; by processor time: {spread(cpu_ratios)};  memory less by: {spread(memory)}", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("haven")
    p.add_argument("work")
    p.add_argument("--persons", type=int, default=1_000_000)
    p.add_argument("--people", type=int, default=50_000)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--peer-runs", type=int, default=1, help="interleaved runs of the linkage job; the peer takes minutes")
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
