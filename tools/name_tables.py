#!/usr/bin/env python3
"""Makes the tables of models/person.json from the name tables of the CRAN package sdglinkage (files firstname_uk.csv, lastname_uk.csv,
firstname_uk_variant.csv; source: Office for National Statistics, Open Government Licence v3).

usage: name_tables.py FOLDER OUT_FOLDER

given_names.csv: value,frequency: mean share of each sex, halved. surnames.csv: as given. name_variants.csv: name,variant."""
import collections
import csv
import re
import sys

source, out = sys.argv[1], sys.argv[2]


def rows(name):
    with open(f"{source}/{name}", encoding="utf-8", newline="") as f:
        yield from csv.DictReader(f)


def fold(s):
    return re.sub(r"\s+", " ", s.strip().lower())


def write(name, header, lines):
    with open(f"{out}/{name}", "w", encoding="utf-8", newline="") as f:
        f.write(header + "\n")
        for line in lines:
            f.write(line + "\n")


# The file is a sample of names by years: a name's share is its mean over the years that it is there for.
seen = collections.defaultdict(list)
for r in rows("firstname_uk.csv"):
    if re.fullmatch(r"[a-z][a-z' -]*", fold(r["firstname"])):
        seen[fold(r["firstname"]), r["sex"]].append(float(r["freq"]))
given = collections.Counter()
for (name, _), shares in seen.items():
    given[name] += sum(shares) / len(shares) / 2
write("given_names.csv", "value,frequency", (f"{n},{f:.3g}" for n, f in sorted(given.items(), key=lambda x: (-x[1], x[0]))))

surnames = collections.Counter()
for r in rows("lastname_uk.csv"):
    if re.fullmatch(r"[a-z][a-z' -]*", fold(r["surname"])) and float(r["freq"]) > 0:
        surnames[fold(r["surname"])] += float(r["freq"])
write("surnames.csv", "value,frequency", (f"{n},{f:.3g}" for n, f in sorted(surnames.items(), key=lambda x: (-x[1], x[0]))))

pairs = {tuple(sorted((fold(r["forename"]), fold(r["forename2"])))) for r in rows("firstname_uk_variant.csv")}
write("name_variants.csv", "name,variant", (f"{a},{b}" for a, b in sorted(pairs) if a and b and a != b))
