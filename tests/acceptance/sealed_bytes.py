#!/usr/bin/env python3
"""Looks for people of the county in the bytes of everything that a hub leaves on disk (design promise 10).

usage: sealed_bytes.py HAVEN BYTESEARCH [--people N] [--pg URL --pgdata DIR] WORKDIR

Makes a small county, loads it while watching for temporary files, then searches database, WAL, backup, and what was left in temporary places (and
PostgreSQL's data directory) for every name, date of birth, phone, e-mail, address and identifier of the people in the forms an engineer would think of:
as given, folded, upper and lower case, without spaces, E.164, dates in eight spellings, each in UTF-8, UTF-16LE and UTF-16BE. The search itself is checked: planted tokens in
a copy must be found, and the extracts must give findings for the same tokens. Tokens that an EMPTY hub already holds (a surname that is also a word of the schema) are left out and counted.
"""
import argparse
import csv
import os
import subprocess
import sys
import unicodedata

MONTHS = "January February March April May June July August September October November December".split()


def date_forms(iso):
    y, m, d = iso.split("-")
    month = MONTHS[int(m) - 1]
    return {iso, f"{y}{m}{d}", f"{d}/{m}/{y}", f"{d}.{m}.{y}", f"{d}-{m}-{y}", f"{d}-{month[:3]}-{y}", f"{int(d)} {month} {y}",
            f"{int(d)} {month[:3]} {y}"}


def text_forms(s):
    folded = "".join(c for c in unicodedata.normalize("NFKD", s) if not unicodedata.combining(c))
    forms = {s, folded, s.upper(), s.lower(), folded.upper(), folded.lower()}
    return forms | {f.replace(" ", "") for f in forms}


def phone_forms(s):
    digits = "".join(c for c in s if c.isdigit())
    forms = {s, digits}
    if digits.startswith("44"):
        forms |= {"+" + digits, "0" + digits[2:]}
    elif digits.startswith("0"):
        forms |= {"+44" + digits[1:], "44" + digits[1:], digits[1:]}
    return forms


PERSONAL = {  # column of an extract -> how to spell its value
    "police-crime.csv": (",", "utf-8", {"Surname": text_forms, "Forenames": text_forms, "Address": text_forms, "Postcode": text_forms,
                                        "Phone": phone_forms, "Email": text_forms, "PNCID": text_forms, "CRO": text_forms, "MOText": text_forms}),
    "health.csv": (",", "utf-8", {"FamilyName": text_forms, "GivenName": text_forms, "AddressLine": text_forms, "NHSNumber": text_forms,
                                  "Telephone": phone_forms, "Email": text_forms, "Note": text_forms}),
    "housing.csv": (";", "windows-1252", {"PersonName": text_forms, "Address": text_forms, "Phone": phone_forms, "Details": text_forms}),
    "prison.csv": ("|", "iso-8859-1", {"NomsId": text_forms, "ContactNumber": phone_forms, "Remarks": text_forms}),
}


def tokens_of(out, people):
    """Texts to look for: of the first `people` persons of the truth, and the personal cells of the extracts up to as many."""
    texts = set()
    with open(os.path.join(out, "truth", "persons.csv"), encoding="utf-8", newline="") as f:
        for i, row in enumerate(csv.DictReader(f)):
            if i == people:
                break
            for form in text_forms(f"{row['given']} {row['surname']}") | text_forms(f"{row['surname']}, {row['given']}") | text_forms(row["surname"]):
                texts.add(form)
            texts |= date_forms(row["dob"])
    for name, (sep, charset, columns) in PERSONAL.items():
        with open(os.path.join(out, "extracts", name), encoding=charset, newline="") as f:
            for i, row in enumerate(csv.DictReader(f, delimiter=sep)):
                if i == people:
                    break
                for column, forms in columns.items():
                    if row[column]:
                        texts |= forms(row[column])
    tokens = set()
    for t in texts:
        for charset in ("utf-8", "utf-16-le", "utf-16-be"):
            b = t.encode(charset)
            if 6 <= len(b) <= 2000:
                tokens.add(b)
    return sorted(tokens)


def files_below(*roots):
    for root in roots:
        if os.path.isfile(root):
            yield root
        for base, _, names in os.walk(root):
            for n in names:
                path = os.path.join(base, n)
                if os.path.isfile(path) and not os.path.islink(path):
                    yield path


def search(tool, tokens, work, paths):
    listing = os.path.join(work, "tokens.hex")
    with open(listing, "w", encoding="ascii") as f:
        f.writelines(t.hex() + "\n" for t in tokens)
    done = subprocess.run([tool, listing, *paths], stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"bytesearch ended with {done.returncode}")
    os.remove(listing)
    return [line.split(" ", 2) for line in done.stdout.splitlines()]


def haven(args, *words, cwd=None):
    done = subprocess.run([args.haven, *words], stdout=subprocess.DEVNULL, cwd=cwd)
    if done.returncode not in (0, 1):
        sys.exit(f"haven {' '.join(words)} ended with {done.returncode}")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("haven")
    p.add_argument("bytesearch")
    p.add_argument("work")
    p.add_argument("--people", type=int, default=1000)
    p.add_argument("--pg")
    p.add_argument("--pgdata")
    args = p.parse_args()
    args.haven, args.bytesearch = os.path.abspath(args.haven), os.path.abspath(args.bytesearch)
    work = os.path.abspath(args.work)
    county, hub, empty, tmp = (os.path.join(work, n) for n in ("county", "hub", "empty", "tmp"))
    for d in (county, hub, empty, tmp):
        os.makedirs(d)
    os.environ.update(TMPDIR=tmp, SQLITE_TMPDIR=tmp)
    haven(args, "simulate", "--people", str(args.people), "--seed", "7", "--out", county)
    tokens = tokens_of(county, args.people)

    os.environ.update(HAVEN_DB=args.pg or os.path.join(hub, "hub.db"), HAVEN_KEY=os.path.join(work, "hub.key"))
    haven(args, "init")
    if args.pg:
        empty_files = []
    else:
        haven(args, "init", "--db", os.path.join(empty, "hub.db"), "--key", os.path.join(work, "empty.key"))
        empty_files = list(files_below(empty))
    for name in sorted(os.listdir(os.path.join(county, "extracts"))):
        haven(args, "load", "--feed", name.split(".")[0], os.path.join(county, "extracts", name), "--no-update", cwd=hub)
    haven(args, "update", cwd=hub)
    haven(args, "review", "list", cwd=hub)
    if not args.pg:
        haven(args, "backup", os.path.join(hub, "backup.db"))

    known = {int(f[0]) for f in search(args.bytesearch, tokens, work, empty_files)} if empty_files else set()
    left_out = [tokens[i] for i in known]
    tokens = [t for i, t in enumerate(tokens) if i not in known]

    # The search works: it finds a token planted at the end of a copy, and the people in their own extracts.
    plant = os.path.join(work, "plant")
    with open(plant, "wb") as f:
        f.write(os.urandom(5000) + tokens[len(tokens) // 2] + os.urandom(7))
    assert len(search(args.bytesearch, tokens, work, [plant])) >= 1, "the search does not find a planted token"
    assert len(search(args.bytesearch, tokens, work, list(files_below(os.path.join(county, "extracts"))))) >= args.people, "the tokens are not those of the extracts"

    paths = list(files_below(hub, tmp, *([args.pgdata] if args.pgdata else [])))
    size = sum(os.path.getsize(x) for x in paths)
    found = search(args.bytesearch, tokens, work, paths)
    for index, path, offset in found[:20]:
        print(f"# found: {tokens[int(index)]!r} in {path} at {offset}")
    print(f"# {len(tokens):,} tokens of {args.people:,} people, {len(left_out)} left out (an empty hub holds them), {len(paths)} files, {size:,} bytes")
    print(("ok" if not found else "not ok") + " 1 - no name, date of birth, contact, identifier or narrative stands readable on disk")
    print("1..1")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
