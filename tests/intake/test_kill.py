#!/usr/bin/env python3
"""Kill -9 during a load, again and again ($HAVEN_KILLS times, else 5): afterwards every transaction is whole (the deliveries' counts equal the rows that
are there), and running the load to its end gives the same number of rows as a load that was never disturbed.

usage: test_kill.py LOADER
"""
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HEAD = "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OffenceTitle,Role,Surname,Forenames,DOB,Phone,MOText\n"


def write_extract(path, rows):
    with open(path, "w", encoding="utf-8") as f:
        f.write(HEAD)
        for i in range(rows):
            f.write(f"42/{i // 2}/24,{i % 2},2024-01-0{1 + i % 7}T10:00:00,01/01/2024 09:00,Harassment,{'VIC' if i % 2 else 'SUS'},Moss,Ann{i},01/02/19{50 + i % 50},"
                    f"07700 900{i % 1000:03d},He waited outside.\n" if i % 50 else f"42/x{i}/24,1,no date,01/01/2024 09:00,Harassment,VIC,Moss,Ann,,,\n")


def state(db):
    """(rows, mentions, texts, quarantined) and what is wrong."""
    c = sqlite3.connect(db)
    one = lambda sql: c.execute(sql).fetchone()[0]
    counts = [one(f"SELECT count(*) FROM {t}") for t in ("intake_row", "mention", "row_text", "quarantine")]
    wrong = []
    if one("SELECT coalesce(sum(n_stored), 0) FROM delivery") != counts[0]:
        wrong.append("a transaction is not whole: rows counted as stored are not there")
    if one("SELECT count(*) FROM delivery WHERE n_read <> n_stored + n_unchanged + n_quarantined"):
        wrong.append("counts do not add up")
    if counts[0] != counts[2] or one("PRAGMA integrity_check") != "ok":
        wrong.append("the database is not whole")
    current = one("SELECT count(*) FROM mention WHERE is_current = 1")
    c.close()
    return counts + [current], wrong


def main():
    loader, times = os.path.abspath(sys.argv[1]), int(os.environ.get("HAVEN_KILLS", "5"))
    problems = []
    with tempfile.TemporaryDirectory() as d:
        extract, rng = os.path.join(d, "crime.csv"), random.Random(11)
        write_extract(extract, 12000)
        start = time.monotonic()
        subprocess.run([loader, os.path.join(d, "calm.db"), "police-crime", extract, "500"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took = time.monotonic() - start
        calm, wrong = state(os.path.join(d, "calm.db"))
        problems += wrong
        killed = 0
        for i in range(times):
            db = os.path.join(d, "killed.db")
            child = subprocess.Popen([loader, db, "police-crime", extract, "500"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.05, 0.9) * took)
            child.send_signal(signal.SIGKILL)
            killed += child.wait() == -signal.SIGKILL
            if os.path.exists(db) and os.path.getsize(db):
                problems += [f"kill {i}: {w}" for w in state(db)[1]]
            if i % 3 == 2:  # from the beginning again
                for end in ("", "-wal", "-shm", ".lock"):
                    if os.path.exists(db + end):
                        os.unlink(db + end)
        subprocess.run([loader, os.path.join(d, "killed.db"), "police-crime", extract, "500"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after, wrong = state(os.path.join(d, "killed.db"))
        problems += wrong
        if after != calm:
            problems.append(f"after {killed} kills the load gives {after}, undisturbed {calm}")
    for p in problems:
        print("#", p)
    print(f"# {killed} of {times} loads killed")
    print("not ok" if problems else "ok", "1 - a load that is killed loses nothing and can be completed")
    print("1..1")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
