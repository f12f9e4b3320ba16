#!/usr/bin/env python3
"""An acknowledged row survives kill -9 (design promise 1).

usage: kill_load.py HAVEN HUB_DIGEST WORKDIR [--times N] [--people N]

Loads a county's extracts, killing the load at a random moment N times (with --ack the load prints how many rows are safe after each commit). After each kill: `haven doctor` is
clean, and the hub holds at least what was acknowledged. At the end the load is run to its end and must leave the same beliefs as a load that was never disturbed.
"""
import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time


def run(words, env, ok=(0, 1)):
    done = subprocess.run(words, stdout=subprocess.PIPE, env=env)
    if done.returncode not in ok:
        sys.exit(f"{' '.join(words[:4])} ended with {done.returncode}")
    return done.stdout


def killed_load(words, env, after_s):
    """Runs the load, kills it after `after_s`; the greatest row count that it had printed as safe, and whether it was killed."""
    child = subprocess.Popen([*words, "--ack"], stdout=subprocess.PIPE, env=env)
    time.sleep(after_s)
    child.send_signal(signal.SIGKILL)
    out = child.stdout.read().decode()
    status = child.wait()
    acks = [int(line.split()[1]) for line in out.splitlines() if line.startswith("safe ")]
    return (acks[-1] if acks else 0), status == -signal.SIGKILL


def rows_held(haven, feed, env):
    feeds = json.loads(run([haven, "feed", "list", "--json"], env))
    return next((f["rows"] for f in feeds if f["feed"] == feed), 0)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("haven")
    p.add_argument("digest")
    p.add_argument("work")
    p.add_argument("--times", type=int, default=int(os.environ.get("HAVEN_KILLS", "5")))
    p.add_argument("--people", type=int, default=4000)
    args = p.parse_args()
    haven, work = os.path.abspath(args.haven), os.path.abspath(args.work)
    os.makedirs(work)
    env = {**os.environ, "HAVEN_KEY": os.path.join(work, "master.key"), "HAVEN_DB": os.path.join(work, "calm.db")}
    run([haven, "simulate", "--people", str(args.people), "--seed", "3", "--out", os.path.join(work, "county")], env)
    folder = os.path.join(work, "county", "extracts")
    loads = [(name.split(".")[0], os.path.join(folder, name)) for name in sorted(os.listdir(folder))]
    run([haven, "init"], env)
    took = {}
    for feed, path in loads:
        start = time.monotonic()
        run([haven, "load", "--feed", feed, path, "--no-update"], env)
        took[feed] = time.monotonic() - start
    run([haven, "update"], env)
    calm = sorted(run([args.digest, env["HAVEN_DB"], env["HAVEN_KEY"]], env).splitlines())

    env["HAVEN_DB"] = os.path.join(work, "killed.db")
    run([haven, "init", "--key", os.path.join(work, "spare.key")], env)
    rng = random.Random(5)
    kills = problems = 0
    slowest = max(loads, key=lambda x: took[x[0]])
    for i in range(args.times):
        feed, path = slowest if i % 2 == 0 else rng.choice(loads)
        safe, killed = killed_load([haven, "load", "--feed", feed, path, "--no-update"], env, rng.uniform(0.01, took[feed]))
        kills += killed
        if run([haven, "doctor"], env, ok=(0, 1, 3)).find(b"All is well") < 0:
            problems += 1
            print(f"# kill {i}: doctor is not content")
        held = rows_held(haven, feed, env)
        if held < safe:
            problems += 1
            print(f"# kill {i}: {safe} rows of {feed} were acknowledged, {held} are held")
    for feed, path in loads:
        run([haven, "load", "--feed", feed, path, "--no-update"], env)
    run([haven, "update"], env)
    after = sorted(run([args.digest, env["HAVEN_DB"], env["HAVEN_KEY"]], env).splitlines())
    if after != calm:
        problems += 1
        print(f"# {len(set(after) ^ set(calm))} lines differ from the undisturbed load")
    print(f"# {args.times} loads, {kills} of them killed, {len(calm):,} lines of beliefs")
    print(("ok" if not problems else "not ok") + " 1 - nothing acknowledged is lost, and the load completes with the same result")
    print("1..1")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
