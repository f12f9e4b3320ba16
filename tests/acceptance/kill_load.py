#!/usr/bin/env python3
"""An acknowledged row survives kill -9 (design promise 1).

usage: kill_load.py HAVEN HUB_DIGEST WORKDIR [--times N] [--people N]

Loads a county's extracts in small transactions and kills the load at random moments until N loads have died (with --ack the load prints how many rows are safe after each
commit). After each kill `haven doctor` is clean, and the hub holds what it held before and what was acknowledged since. A hub that holds a whole extract begins anew, so that
kills fall into work. At the end the last hub's load is run to its end and must leave the same beliefs as a load that was never disturbed.
"""
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

BATCH = 100  # rows of one transaction: many commits, so that a kill falls between acknowledged and not yet stored


def run(words, env, ok=(0, 1)):
    done = subprocess.run(words, stdout=subprocess.PIPE, env=env)
    if done.returncode not in ok:
        sys.exit(f"{' '.join(words[:4])} ended with {done.returncode}")
    return done.stdout


def killed_load(words, env, commits, after_s):
    """Runs the load, kills it `after_s` after its commit number `commits`; the greatest row count that it had printed as safe, and whether it was killed."""
    child = subprocess.Popen([*words, "--ack"], stdout=subprocess.PIPE, env=env)
    seen = [child.stdout.readline() for _ in range(commits)]
    time.sleep(after_s)
    child.send_signal(signal.SIGKILL)
    out = b"".join([*seen, child.stdout.read()]).decode()
    status = child.wait()
    acks = [int(line.split()[1]) for line in out.splitlines() if line.startswith("safe ")]
    return (acks[-1] if acks else 0), status == -signal.SIGKILL


def rows_held(haven, feed, env):
    feeds = json.loads(run([haven, "feed", "list", "--json"], env))
    return next((f["rows"] for f in feeds if f["feed"] == feed), 0)


def new_hub(haven, work, env):
    for name in os.listdir(work):
        if name == "killed.db.ledger":
            shutil.rmtree(os.path.join(work, name))
        elif name.startswith("killed.db"):
            os.remove(os.path.join(work, name))
    run([haven, "init", "--use-key"], env)


class Kills:
    """Counts of one run: loads killed, loads that were done before their kill, rows acknowledged by killed loads, promises broken."""

    def __init__(self, haven, work, env, times):
        self.haven, self.work, self.env, self.times = haven, work, env, times
        self.killed = self.survived = self.acknowledged = self.broken = 0

    def one(self, feed, path, commits, after_s, whole):
        before = rows_held(self.haven, feed, self.env)
        if before >= whole:
            new_hub(self.haven, self.work, self.env)
            before = 0
        safe, killed = killed_load([self.haven, "load", "--feed", feed, path, "--no-update", "--batch", str(BATCH)], self.env, commits, after_s)
        self.killed += killed
        self.survived += not killed
        self.acknowledged += safe if killed else 0
        if run([self.haven, "doctor"], self.env, ok=(0, 1, 3)).find(b"All is well") < 0:
            self.broken += 1
            print(f"# kill {self.killed}: doctor is not content")
        held = rows_held(self.haven, feed, self.env)
        if held < before + safe:
            self.broken += 1
            print(f"# kill {self.killed}: {before} rows of {feed} were held and {safe} acknowledged, {held} are held")

    def run(self, loads, took, whole):
        rng = random.Random(5)
        largest = sorted(loads, key=lambda x: -whole[x[0]])[:3]
        new_hub(self.haven, self.work, self.env)
        while self.killed < self.times:
            feed, path = rng.choice(largest)
            batches = whole[feed] // BATCH + 1
            self.one(feed, path, rng.randrange(batches), rng.uniform(0, 1.5 * took[feed] / batches), whole[feed])
            if self.survived > self.times + 20:
                sys.exit("too many loads are done before their kill")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("haven")
    p.add_argument("digest")
    p.add_argument("work")
    p.add_argument("--times", type=int, default=int(os.environ.get("HAVEN_KILLS", "5")))
    p.add_argument("--people", type=int, default=600)
    args = p.parse_args()
    haven, work = os.path.abspath(args.haven), os.path.abspath(args.work)
    os.makedirs(work)
    env = {**os.environ, "HAVEN_USER": "demo.admin", "HAVEN_PURPOSE": "administration", "HAVEN_KEY": os.path.join(work, "master.key"), "HAVEN_DB": os.path.join(work, "calm.db")}
    run([haven, "simulate", "--people", str(args.people), "--seed", "3", "--out", os.path.join(work, "county")], env)
    folder = os.path.join(work, "county", "extracts")
    loads = [(name.split(".")[0], os.path.join(folder, name)) for name in sorted(os.listdir(folder))]
    run([haven, "init"], env)
    took, whole = {}, {}
    for feed, path in loads:
        start = time.monotonic()
        run([haven, "load", "--feed", feed, path, "--no-update", "--batch", str(BATCH)], env)
        took[feed] = time.monotonic() - start
        whole[feed] = rows_held(haven, feed, env)
    run([haven, "update"], env)
    calm = sorted(run([args.digest, env["HAVEN_DB"], env["HAVEN_KEY"]], env).splitlines())

    env["HAVEN_DB"] = os.path.join(work, "killed.db")
    kills = Kills(haven, work, env, args.times)
    kills.run(loads, took, whole)
    for feed, path in loads:
        run([haven, "load", "--feed", feed, path, "--no-update"], env)
    run([haven, "update"], env)
    after = sorted(run([args.digest, env["HAVEN_DB"], env["HAVEN_KEY"]], env).splitlines())
    if after != calm:
        kills.broken += 1
        print(f"# {len(set(after) ^ set(calm))} lines differ from the undisturbed load")
    print(f"# {kills.killed} loads killed, {kills.survived} done before their kill, {kills.acknowledged:,} rows acknowledged by killed loads, {len(calm):,} lines of beliefs")
    print(("ok" if not kills.broken else "not ok") + " 1 - nothing acknowledged is lost, and the load completes with the same result")
    print("1..1")
    return 1 if kills.broken else 0


if __name__ == "__main__":
    sys.exit(main())
