#!/usr/bin/env python3
"""Makes the name tables of the fictional county from data/uk-names (see its README).

usage: gen_names.py DIR OUT.c

Weights become whole numbers, so that the same seed draws the same names everywhere. Given names are in bands of birth years: seven decades
before 1996 and two bands after; each band is a list of (name, cumulative weight) for each sex.
"""
import collections
import csv
import os
import sys

DECADES = [1930, 1940, 1950, 1960, 1970, 1980, 1990]
SCALE = 10_000_000
IRISH = {"brien", "connor", "connell", "donnell", "doherty", "donoghue", "dowd", "driscoll", "grady", "hagan", "hara", "hare", "keefe", "keeffe",
         "leary", "loughlin", "mahony", "mahoney", "malley", "meara", "neil", "neill", "neal", "reilly", "rourke", "shea", "sullivan", "toole", "gorman"}


def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def shown(name, surname):
    """The form in which people write it."""
    if surname and name.startswith("o") and name[1:] in IRISH:
        return "O'" + name[1:].capitalize()
    if surname and name.startswith("mc") and len(name) > 4:
        return "Mc" + name[2:].capitalize()
    return "-".join(part.capitalize() for part in name.split("-"))


def given_bands(directory):
    bands = []  # (first year, {sex: {name: weight}})
    recent = read(os.path.join(directory, "firstname_uk.csv"))
    late = {s: collections.Counter() for s in ("male", "female")}
    early = {s: collections.Counter() for s in ("male", "female")}
    for r in recent:
        weight = round(float(r["freq"]) * SCALE)
        late[r["sex"]][r["firstname"]] += weight * (3 if int(r["birthyear"]) > 2006 else 1)
        early[r["sex"]][r["firstname"]] += weight * (3 if int(r["birthyear"]) <= 2006 else 1)
    old = read(os.path.join(directory, "firstname_before_1996.csv"))
    for decade in DECADES:
        band = {}
        for sex in ("male", "female"):
            band[sex] = collections.Counter()
            total = sum(early[sex].values())
            for name, weight in early[sex].items():  # what the decade's list leaves
                band[sex][name] += weight * 15 // 100 * SCALE // total
            for r in old:
                if r["sex"] == sex and int(r["birthyear"]) == decade:
                    band[sex][r["firstname"]] += round(float(r["freq"]) * SCALE)
        bands.append((decade, band))
    bands.append((1996, early))
    bands.append((2007, late))
    return bands


def variants(directory, sexes):
    """Given name to the short or familiar forms that people use, best known first; never a name of only the other sex."""
    result = collections.defaultdict(list)
    for r in read(os.path.join(directory, "firstname_uk_variant.csv")):
        name, other = r["forename"], r["forename2"]
        if name not in sexes or name == other or len(other) < 2:
            continue
        if other in sexes:
            if not sexes[other] & sexes[name]:
                continue
        elif len(other) >= len(name) or name[0] != other[0]:
            continue
        result[name].append(other)
    return {n: sorted(set(v))[:12] for n, v in result.items()}


def c_list(out, ctype, name, values, per_line=16):
    out.append(f"{ctype} {name}[] = {{")
    for i in range(0, len(values), per_line):
        out.append("    " + ", ".join(str(v) for v in values[i:i + per_line]) + ",")
    out.append("};")


def main():
    directory, target = sys.argv[1:3]
    bands = given_bands(directory)
    sexes = collections.defaultdict(set)
    for _, band in bands:
        for sex, names in band.items():
            for n in names:
                sexes[n].add(sex)
    short = variants(directory, sexes)
    names = sorted(set(sexes) | {v for vs in short.values() for v in vs})
    index = {n: i for i, n in enumerate(names)}
    surnames = collections.Counter()
    for r in read(os.path.join(directory, "lastname_uk.csv")):
        surnames[r["surname"]] += round(float(r["freq"]) * SCALE)
    out = ["/* Made by tools/gen_names.py from data/uk-names: do not edit. */", '#include "simulate/names.h"', ""]
    c_list(out, "const char *const", "names_given", [f'"{shown(n, False)}"' for n in names], 10)
    variant_flat, start = [], []
    for n in names:
        start.append(len(variant_flat))
        variant_flat += [index[v] for v in short.get(n, [])]
    start.append(len(variant_flat))
    c_list(out, "const uint16_t", "names_variant_start", start)
    c_list(out, "const uint16_t", "names_variant", variant_flat)
    order = sorted(surnames)
    c_list(out, "const char *const", "names_surname", [f'"{shown(n, True)}"' for n in order], 10)
    total, cumulative = 0, []
    for n in order:
        total += surnames[n]
        cumulative.append(total)
    c_list(out, "static const uint32_t", "surname_to", cumulative)
    c_list(out, "static const uint16_t", "surname_of", list(range(len(order))))
    rows = []
    for year, band in bands:
        for sex in ("male", "female"):
            items = sorted((n, w) for n, w in band[sex].items() if w > 0)
            total, cumulative = 0, []
            for _, w in items:
                total += w
                cumulative.append(total)
            c_list(out, "static const uint32_t", f"given_to_{sex}_{year}", cumulative)
            c_list(out, "static const uint16_t", f"given_of_{sex}_{year}", [index[n] for n, _ in items])
            rows.append(f"    {{given_to_{sex}_{year}, given_of_{sex}_{year}, {len(items)}}},")
    out.append("const struct name_draw names_surname_draw = {surname_to, surname_of, %d};" % len(order))
    out.append("const struct name_draw names_given_draw[] = {")
    out += rows
    out.append("};")
    with open(target, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
