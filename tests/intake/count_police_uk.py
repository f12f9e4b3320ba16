#!/usr/bin/env python3
"""Counts what data.police.uk's files hold, without Haven: for comparing with what Haven loads from the same files.

usage: count_police_uk.py FOLDER [HAVEN.db]     FOLDER/YYYY-MM/*-street.csv and *-outcomes.csv

With a hub's SQLite file the counts are compared, and it is counted how many outcomes find their crime. Exit status 1 when they differ."""
import csv
import glob
import sqlite3
import sys


def rows_of(folder, kind):
    for path in sorted(glob.glob(f"{folder}/*/*-{kind}.csv")):
        with open(path, newline="", encoding="utf-8") as f:
            for row in csv.DictReader(f):
                yield path, row


def count(folder, kind, key):
    """(rows, distinct): rows with a key that are wholly equal count once; rows without, equal ones of one file each, of two files once."""
    rows, distinct, keyless = 0, set(), {}
    for path, row in rows_of(folder, kind):
        rows += 1
        content = tuple(row.values())
        if any(row[k] for k in key):
            distinct.add(content)
        else:
            keyless.setdefault(content, {}).setdefault(path, 0)
            keyless[content][path] += 1
    return rows, len(distinct) + sum(max(files.values()) for files in keyless.values())


def main():
    folder = sys.argv[1]
    street, outcomes = count(folder, "street", ["Crime ID"]), count(folder, "outcomes", ["Crime ID", "Month", "Outcome type"])
    ids = {r["Crime ID"] for _, r in rows_of(folder, "street") if r["Crime ID"]}
    with_crime = {tuple(r.values()) for _, r in rows_of(folder, "outcomes") if r["Crime ID"] in ids}
    print(f"street    rows {street[0]:>7}  to be stored {street[1]:>7}")
    print(f"outcomes  rows {outcomes[0]:>7}  to be stored {outcomes[1]:>7}  of them with their crime {len(with_crime):>6} ({100 * len(with_crime) / outcomes[1]:.1f} %)")
    if len(sys.argv) < 3:
        return 0
    c = sqlite3.connect(sys.argv[2])
    held = {name: got for name, *got in c.execute(
        "SELECT f.name, sum(d.n_read), sum(d.n_stored), sum(d.n_quarantined) FROM feed f JOIN delivery d ON d.feed = f.id GROUP BY f.name")}
    found = c.execute(
        "SELECT count(*) FROM intake_row o JOIN record c ON c.id = o.record JOIN feed f ON f.id = c.feed WHERE f.name = 'police-uk-outcomes' AND o.incident IN "
        "(SELECT s.incident FROM intake_row s JOIN record d ON d.id = s.record JOIN feed g ON g.id = d.feed WHERE g.name = 'police-uk-street' AND s.incident <> 0)").fetchone()[0]
    print(f"Haven: street {held['police-uk-street']}, outcomes {held['police-uk-outcomes']} (read, stored, quarantined); {found} outcomes find their crime")
    same = (held["police-uk-street"][1] == street[1] and held["police-uk-outcomes"][1] == outcomes[1] and found == len(with_crime))
    print("equal" if same else "DIFFERENT")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
