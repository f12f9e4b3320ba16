#!/usr/bin/env python3
"""Looks for people of the county in the bytes of everything that a hub leaves on disk (design promise 10).

usage: sealed_bytes.py HAVEN BYTESEARCH [--people N] [--pg] WORKDIR        (--pg: beside tests/support/with_pg.py)

Makes a small county, loads, links and reviews it, lets a server answer pages and commands, and a witness cosign, then searches the database, a backup, the WAL of a load that was killed,
the ledger's directory (journal, tiles, checkpoint), the server's log, what hub and witness said to each other over TCP, and what was left in temporary places (with --pg PostgreSQL's whole
data directory, its WAL too) for every name, date of birth, phone, e-mail, address, identifier and narrative of the people in the forms an engineer would think of:
as given, folded, upper and lower case, without spaces, E.164, dates in eight spellings, each in UTF-8, UTF-16LE and UTF-16BE. The search itself is checked: a token planted in
a file must be found, and the extracts must give findings for the same tokens. Tokens that an EMPTY hub already holds (a surname that is also a word of the schema, or of
PostgreSQL's catalogue) are left out and counted; they may be at most one in two hundred.

Between a command and the server that owns the hub, two processes of one user, go the caller's own words and one byte back, nothing else: answers go into the caller's own streams.
The processes leave no core files, no other process of their user may read their memory, their keys are kept out of swap, and no file is open outside the hub's.
"""
import argparse
import csv
import glob
import json
import os
import shutil
import subprocess
import sys
import urllib.parse
import unicodedata

import traffic

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


def sql(url, text):
    found = shutil.which("psql") or max(glob.glob("/usr/lib/postgresql/*/bin/psql"))
    subprocess.run([found, "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", text], check=True, stdout=subprocess.DEVNULL)


def pg_database():
    """(URL of a new database in with_pg.py's cluster, the cluster's data directory)."""
    url = os.environ["HAVEN_TEST_PG"]
    name = f"sealed_{os.getpid()}"
    sql(url, f"create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'")
    folder = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["host"][0]
    return url.replace("/postgres?", f"/{name}?"), os.path.join(folder, "data")


n_tests = 0


def check(ok, what, detail=""):
    global n_tests
    n_tests += 1
    print(("ok" if ok else "not ok") + f" {n_tests} - {what}", flush=True)
    if not ok:
        print(f"# {detail}")
    return ok


def killed_load(args, db, key, extract):
    """Leaves a database with a WAL: a load in small transactions, killed after its third."""
    haven(args, "init", "--db", db, "--key", key, "--ledger", db + ".ledger")
    child = subprocess.Popen([args.haven, "load", "--db", db, "--key", key, "--ledger", db + ".ledger", "--feed", "health", extract, "--no-update", "--batch", "20", "--ack"], stdout=subprocess.PIPE)
    for _ in range(3):
        child.stdout.readline()
    core, locked = traffic.limits_of(child.pid)
    child.kill()
    child.stdout.close()
    child.wait()
    assert os.path.getsize(db + "-wal") > 0, "the killed load left no WAL to search"
    return check(core and locked, "a load has no core files, and its keys are locked in memory", (core, locked))


def looks(args, hub):
    """A server answers pages and commands; what it says to anybody but the asker is kept in the hub's folder, to be searched."""
    log, ledger = os.path.join(hub, "server.log"), os.environ["HAVEN_LEDGER"]
    ok = True
    case = json.loads(subprocess.run([args.haven, "review", "list", "--json"], stdout=subprocess.PIPE, check=True).stdout)[0]
    said, printed = traffic.witnessed(args.haven, os.path.join(hub, "witness"), log)
    with open(os.path.join(hub, "witness.traffic"), "wb") as f:
        f.writelines(said)
    ok &= check(said and b"witness.example/w1" in b"".join(said) and b"witness.example/w1" in printed, "a witness cosigns over the relay", said)
    server, at, _ = traffic.started([args.haven, "serve", "--listen", "127.0.0.1:0", "--log"], log)
    name = urllib.parse.quote(case["victim"])
    pages = [traffic.get(at, path) for path in ("/review", f"/review/{case['case']}", f"/{name}", f"/review?name={name}", f"/review/{name}")]
    ok &= check(case["victim"].encode() in pages[0] and case["victim"].encode() in pages[1], "the server shows people")
    commands = [["people", "search", case["victim"]], ["review", "show", case["case"]], ["people", "search", "Nobody Atall"]]
    passed = traffic.commands_through_server(args.haven, ledger, commands)
    wanted = [traffic.request_of(os.environ["HAVEN_USER"], os.environ["HAVEN_PURPOSE"], c) for c in commands]
    ok &= check([p[0] for p in passed] == wanted and [p[1] for p in passed] == [b"\0", b"\0", b"\1"], "to the server go the caller's own words, back goes one byte", [p[:2] for p in passed])
    ok &= check(all(any(w.encode() in p[2] for w in case["victim"].replace(",", "").split()) for p in passed[:2]), "answers go into the caller's streams", [len(p[2]) for p in passed])
    core, locked = traffic.limits_of(server.pid)
    ok &= check(core and locked, "a server has no core files, and its keys are locked in memory", (core, locked))
    elsewhere = {f for f in traffic.files_open(server.pid) if not f.startswith(hub)} - {os.path.realpath(args.haven), os.environ["HAVEN_KEY"], os.getcwd()}
    ok &= check(not elsewhere, "a server has no files open but the hub's", elsewhere)
    traffic.stop(server)
    with open(log, "rb") as f:
        lines = [json.loads(line) for line in f if line.startswith(b"{")]
    ok &= check(len(lines) == len(pages), "each page has its line in the log", lines)
    refused = traffic.memory_refused(args.haven)
    ok &= check(refused is not False, "another process of the same user may not read a server's memory" + (" # SKIP cannot be tried here" if refused is None else ""))
    return ok


def make_hub(args, work, hub, county, before_rows):
    """A hub with the county in it; `before_rows` is called when it is still empty."""
    url, pgdata = pg_database() if args.pg else (os.path.join(hub, "hub.db"), None)
    places = [hub, os.environ["TMPDIR"]] + ([pgdata] if pgdata else [])
    os.environ.update(HAVEN_DB=url, HAVEN_KEY=os.path.join(work, "hub.key"), HAVEN_LEDGER=os.path.join(hub, "hub.db.ledger"),
                      HAVEN_USER="demo.reviewer", HAVEN_PURPOSE="safeguarding")
    haven(args, "init")
    if pgdata:
        sql(url, "checkpoint")
    before_rows(files_below(*places))
    extracts = os.path.join(county, "extracts")
    for name in sorted(os.listdir(extracts)):
        haven(args, "load", "--feed", name.split(".")[0], os.path.join(extracts, name), "--no-update", cwd=hub)
    haven(args, "update", cwd=hub)
    haven(args, "review", "list", cwd=hub)
    ok = looks(args, hub)
    if pgdata:
        sql(url, "checkpoint")  # what PostgreSQL holds in memory goes to its files
    else:
        haven(args, "backup", os.path.join(hub, "backup.db"))
        ok &= killed_load(args, os.path.join(hub, "killed.db"), os.path.join(work, "killed.key"), os.path.join(extracts, "health.csv"))
    return list(files_below(*places)), ok


def check_search(args, tokens, work, county):
    """The search works: it finds a token planted in noise, and the people in their own extracts."""
    plant = os.path.join(work, "plant")
    with open(plant, "wb") as f:
        f.write(os.urandom(5000) + tokens[len(tokens) // 2] + os.urandom(7))
    assert len(search(args.bytesearch, tokens, work, [plant])) >= 1, "the search does not find a planted token"
    found = search(args.bytesearch, tokens, work, list(files_below(os.path.join(county, "extracts"))))
    assert len(found) >= args.people, "the tokens are not those of the extracts"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("haven")
    p.add_argument("bytesearch")
    p.add_argument("work")
    p.add_argument("--people", type=int, default=200)
    p.add_argument("--pg", action="store_true")
    args = p.parse_args()
    if args.pg and not os.environ.get("HAVEN_TEST_PG"):
        print("1..0 # SKIP no PostgreSQL: run by tests/support/with_pg.py")
        return 0
    args.haven, args.bytesearch = os.path.abspath(args.haven), os.path.abspath(args.bytesearch)
    work = os.path.abspath(args.work)
    county, hub, tmp = (os.path.join(work, n) for n in ("county", "hub", "tmp"))
    for d in (county, hub, tmp):
        os.makedirs(d)
    os.environ.update(TMPDIR=tmp, SQLITE_TMPDIR=tmp)
    haven(args, "simulate", "--people", str(args.people), "--seed", "7", "--out", county)
    tokens = tokens_of(county, args.people)

    known = set()
    paths, ok = make_hub(args, work, hub, county, lambda empty: known.update(int(f[0]) for f in search(args.bytesearch, tokens, work, list(empty))))
    for i in sorted(known):
        print(f"# left out: {tokens[i]!r}")
    assert len(known) * 200 <= len(tokens), "an empty hub holds too many of the tokens"
    tokens = [t for i, t in enumerate(tokens) if i not in known]
    check_search(args, tokens, work, county)

    size = sum(os.path.getsize(x) for x in paths)
    found = search(args.bytesearch, tokens, work, paths)
    for index, path, offset in found[:20]:
        print(f"# found: {tokens[int(index)]!r} in {path} at {offset}")
    print(f"# {len(tokens):,} tokens of {args.people:,} people, {len(known)} left out (an empty hub holds them), {len(paths)} files, {size:,} bytes")
    ledger = [x for x in paths if x.startswith(os.environ["HAVEN_LEDGER"])]
    ok &= check(any("journal" in x for x in ledger) and any("tile" in x for x in ledger) and any(x.endswith("checkpoint") for x in ledger), "the ledger's journal, tiles and checkpoint are among the files", ledger)
    ok &= check(not found, f"no name, date of birth, contact, identifier or narrative stands readable on disk, in the log or in a witness's traffic ({'PostgreSQL' if args.pg else 'SQLite'})")
    print(f"1..{n_tests}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
