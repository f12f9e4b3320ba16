#!/usr/bin/env python3
"""Order of arrival does not matter (design promise 2): the same rows and versions in any order, split into any deliveries, leave the same beliefs.

usage: permute.py HAVEN HUB_DIGEST WORKDIR [--times N] [--people N] [--seed S]

Makes a small county, then N times: shuffles the rows of every extract, splits them into one to four deliveries, loads all deliveries in random order into a
new hub (the same master key), sometimes one delivery twice, with or without an update in between, and compares what the hub believes with the first time.
"""
import argparse
import hashlib
import os
import random
import shutil
import subprocess
import sys


def run(words, env, stdout=subprocess.DEVNULL):
    done = subprocess.run(words, stdout=stdout, env=env)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(words[:3])} ended with {done.returncode}")
    return done.stdout


def read_rows(path):
    """Header (or nothing) and rows as bytes; the county's extracts have no line ends inside fields, which is checked."""
    with open(path, "rb") as f:
        lines = f.read().splitlines(keepends=True)
    if path.endswith(".jsonl"):
        return b"", lines
    assert all(line.count(b'"') % 2 == 0 for line in lines), path + ": a field spans lines"
    return lines[0], lines[1:]


def deliveries(rng, extracts, out):
    """[(feed, path)] in random order: every row of every extract once, plus sometimes one delivery twice."""
    made = []
    for name, (header, rows) in extracts.items():
        feed, ending = name.split(".", 1)
        rows = rows[:]
        rng.shuffle(rows)
        parts = rng.randint(1, 4)
        cuts = sorted(rng.randint(0, len(rows)) for _ in range(parts - 1))
        for k, (lo, hi) in enumerate(zip([0, *cuts], [*cuts, len(rows)])):
            if lo == hi:
                continue
            path = os.path.join(out, f"{feed}-{k}.{ending}")
            with open(path, "wb") as f:
                f.write(header + b"".join(rows[lo:hi]))
            made.append((feed, path))
    if rng.random() < 0.5:
        made.append(rng.choice(made))
    rng.shuffle(made)
    return made


def beliefs(args, rng, extracts, env, hub):
    shutil.rmtree(hub, ignore_errors=True)
    os.makedirs(hub)
    env = {**env, "HAVEN_DB": os.path.join(hub, "hub.db")}
    run([args.haven, "init", "--use-key"], env)
    for feed, path in deliveries(rng, extracts, hub):
        words = [args.haven, "load", "--feed", feed, path]
        run(words if rng.random() < 0.2 else [*words, "--no-update"], env)
    run([args.haven, "update"], env)
    lines = run([args.digest, env["HAVEN_DB"], env["HAVEN_KEY"]], env, subprocess.PIPE).splitlines()
    return sorted(lines)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("haven")
    p.add_argument("digest")
    p.add_argument("work")
    p.add_argument("--times", type=int, default=int(os.environ.get("HAVEN_PERMUTATIONS", "5")))
    p.add_argument("--people", type=int, default=150)
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    args.haven, args.digest = os.path.abspath(args.haven), os.path.abspath(args.digest)
    work = os.path.abspath(args.work)
    os.makedirs(work)
    env = {**os.environ, "HAVEN_USER": "demo.admin", "HAVEN_PURPOSE": "administration", "HAVEN_KEY": os.path.join(work, "master.key"), "HAVEN_DB": os.path.join(work, "first.db")}
    run([args.haven, "simulate", "--people", str(args.people), "--seed", str(args.seed), "--out", os.path.join(work, "county")], env)
    run([args.haven, "init"], env)
    folder = os.path.join(work, "county", "extracts")
    extracts = {name: read_rows(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}
    rng = random.Random(args.seed)
    first, failures = None, 0
    for i in range(args.times):
        now = beliefs(args, rng, extracts, env, os.path.join(work, "hub"))
        first = first or now
        same = now == first
        if not same:
            failures += 1
            for line in sorted(set(first) ^ set(now))[:10]:
                print("# differs:", "first" if line in first else "now", line.decode())
    kinds = {k: sum(line.startswith(k.encode()) for line in first) for k in ("mention", "event", "person", "case", "reason")}
    print("#", args.times, "arrivals,", kinds, hashlib.sha256(b"\n".join(first)).hexdigest()[:16])
    assert kinds["mention"] > 100 and kinds["case"] > 0, "the county is too small to show anything"
    print(("ok" if not failures else "not ok") + f" 1 - {args.times} orders of arrival leave the same beliefs")
    print("1..1")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
