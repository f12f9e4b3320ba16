#!/usr/bin/env python3
"""An independent check of a county: reads the extracts as an agency's partner would, without Haven's code.

usage: check_extracts.py MAKE_COUNTY FEEDS_DIR [PEOPLE]

Makes counties at noise 0, 1 and 2 in a temporary directory and checks, for each: character set, columns (those of feeds/*.json), dates, order of rows, that every identifier passes its
published check and lies in a range that reaches nobody, that truth/mentions.csv names exactly the persons of every newest row and nobody where the row identifies nobody, that the truth
files agree with the extracts and each other, and that the rates measured on the output are those documented.
Prints TAP.
"""
import collections
import csv
import datetime
import io
import json
import os
import re
import subprocess
import sys
import tempfile

CSVS = {  # separator, character set, style of the version column, key columns, dates by column
    "police-crime": (",", "utf-8", "LastUpdated", "%Y-%m-%dT%H:%M:%S", ["IncidentRef"], ["PersonSeq"]),
    "police-custody": (",", "utf-8-sig", "UpdatedAt", "%d/%m/%Y %H:%M:%S", ["CustodyRef"], ["EntryNo"]),
    "prison": ("|", "iso-8859-1", "Updated", "%d-%b-%Y %H:%M", ["EntryId"], []),
    "health": (",", "utf-8", "SentAt", "%Y-%m-%d %H:%M:%S", ["EncounterId"], []),
    "housing": (";", "cp1252", "ExtractDate", "%d.%m.%Y", ["CaseRef"], ["PersonNo"]),
    "organisation": (",", "utf-8", "Sent", "%Y-%m-%d %H:%M", ["Ref"], []),
    "police-uk-street": (",", "utf-8", "Month", "%Y-%m", ["Crime ID"], []),
    "police-uk-outcomes": (",", "utf-8", "Month", "%Y-%m", ["Crime ID"], []),
}
DATES = {
    "police-crime": {"ReportedAt": ["%d/%m/%Y %H:%M"], "OccurredFrom": ["%d/%m/%Y %H:%M"], "OccurredTo": ["%d/%m/%Y %H:%M"], "DOB": ["%d/%m/%Y"]},
    "police-custody": {"EventAt": ["%d/%m/%Y %H:%M:%S"], "DOB": ["%d/%m/%Y"], "ValidFrom": ["%d/%m/%Y"], "ValidTo": ["%d/%m/%Y"], "ProtectedDOB": ["%d/%m/%Y"]},
    "prison": {"EntryAt": ["%d-%b-%Y %H:%M"], "DOB": ["%d-%b-%Y"], "ValidFrom": ["%d-%b-%Y"], "ValidTo": ["%d-%b-%Y"], "ProtectedDOB": ["%d-%b-%Y"]},
    "health": {"ArrivedAt": ["%Y-%m-%d %H:%M:%S"], "BirthDate": ["%Y%m%d"]},
    "housing": {"Opened": ["%d.%m.%Y"], "Closed": ["%d.%m.%Y"], "PersonDOB": ["%d.%m.%Y"]},
    "organisation": {"When": ["%d %b %Y", "%d %b %Y %H:%M"], "AboutDOB": ["%d %b %Y"]},
}
# slot -> the columns that identify its person
SLOTS = {
    "police-crime": [["Surname", "Forenames", "FormerSurname", "Alias", "DOB", "Address", "Postcode", "Phone", "Email", "PNCID", "CRO"]],
    "police-custody": [["Surname", "Forenames", "DOB", "Address", "Postcode", "PNCID", "CRO"], ["ProtectedSurname", "ProtectedForenames", "ProtectedDOB", "ProtectedPostcode"]],
    "prison": [["NomsId", "Surname", "Forename", "MiddleNames", "DOB", "PNCID"], ["ProtectedName", "ProtectedDOB"], ["ContactName", "ContactNumber"]],
    "health": [["NHSNumber", "FamilyName", "GivenName", "MiddleNames", "PreviousFamilyName", "BirthDate", "AddressLine", "Postcode", "Telephone", "Email"], ["CarerName"]],
    "housing": [["PersonName", "PersonDOB", "UPRN", "Address", "Postcode", "Phone", "Email"]],
    "organisation": [["AboutName", "AboutDOB", "AboutPhone", "AboutEmail", "AboutPostcode"], ["OtherName", "OtherPhone"]],
}
ALWAYS = {("police-crime", 0), ("police-custody", 0), ("prison", 0), ("health", 0), ("housing", 0), ("organisation", 0)}
NEUTRAL = {"Concern for safety", "Missing person", "Lost property", "Civil dispute - advice", "Victim update call", "Contact record - intelligence"}
LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
POSTCODE = re.compile(r"^OU[1-9][0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}$")

failures = []


def fail(what):
    failures.append(what)
    if len(failures) < 30:
        print("# " + what)


def read(path, separator, charset):
    with open(path, "rb") as f:
        text = f.read().decode(charset)
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


def parse(value, styles):
    for s in styles:
        try:
            return datetime.datetime.strptime(value, s)
        except ValueError:
            continue
    return None


def check_nhs(v):
    c = 11 - sum(int(d) * w for d, w in zip(v, range(10, 1, -1))) % 11
    return re.fullmatch(r"999\d{7}", v) and (0 if c == 11 else c) == int(v[9])


def check_pnc(v):
    m = re.fullmatch(r"(\d{4})/(9\d{6})([A-Z])", v)
    return m and LETTERS[int(m[1][2:] + m[2]) % 23] == m[3]


def check_cro(v):
    m = re.fullmatch(r"(9\d{5})/(\d{2})([A-Z])", v)
    return m and LETTERS[int(m[2] + m[1]) % 23] == m[3]


def check_asn(v):
    m = re.fullmatch(r"(\d{2})98ZZ01(\d{11})([A-Z])", v)
    return m and LETTERS[int("98" + "01" + m[1] + m[2]) % 23] == m[3]


def check_phone(v):
    return re.fullmatch(r"(072\d{8}|01632[2-8]\d{5})", re.sub(r"^\+44", "0", v.replace(" ", "")))


RANGES = {
    "NHSNumber": check_nhs, "PNCID": check_pnc, "CRO": check_cro, "ASN": check_asn, "NomsId": lambda v: re.fullmatch(r"Z\d{4}[A-Z]{2}", v),
    "UPRN": lambda v: re.fullmatch(r"999\d{9}", v), "Email": lambda v: re.fullmatch(r"[a-z.]+\d*@example\.(org|com|net)", v),
    "Postcode": lambda v: POSTCODE.fullmatch(v.upper()), "Phone": check_phone,
}
FIELD_KIND = {"LocationPostcode": "Postcode", "ProtectedPostcode": "Postcode", "AboutPostcode": "Postcode", "Telephone": "Phone", "ContactNumber": "Phone", "AboutPhone": "Phone",
              "OtherPhone": "Phone", "AboutEmail": "Email"}


def in_skipped_hour(at):
    """The hour of the last Sunday of March that clocks in London skip."""
    return at.month == 3 and at.day >= 25 and at.weekday() == 6 and at.hour == 1


def check_ranges(feed, row):
    for column, value in row.items():
        kind = FIELD_KIND.get(column, column)
        if value and kind in RANGES and not RANGES[kind](value):
            fail(f"{feed}: {column} out of its range or with a wrong check")


def load(out):
    county = {}
    for feed, (separator, charset, version, style, keys, rows) in CSVS.items():
        county[feed] = read(f"{out}/extracts/{feed}.csv", separator, charset)
    with open(f"{out}/extracts/charity.jsonl", "rb") as f:
        county["charity"] = [json.loads(line) for line in f.read().decode("utf-8").splitlines()]
    county["truth"] = {n: read(f"{out}/truth/{n}.csv", ",", "utf-8") for n in ("persons", "mentions", "pairs", "occasions", "misrecorded", "custody_contact", "breaches")}
    return county


def check_shape(county, feeds_dir):
    for feed, (_, _, version, style, _, _) in CSVS.items():
        rows = county[feed]
        path = f"{feeds_dir}/{feed}.json"
        if os.path.exists(path):
            columns = json.load(open(path, encoding="utf-8"))["columns"]
            if not set(columns["required"]) <= set(rows[0]):
                fail(f"{feed}: columns missing: {sorted(set(columns['required']) - set(rows[0]))}")
            if set(rows[0]) - set(columns["required"]) - set(columns["optional"]):
                fail(f"{feed}: columns unknown to the feed: {sorted(set(rows[0]) - set(columns['required']) - set(columns['optional']))}")
        before = None
        for row in rows:
            at = parse(row[version], [style])
            if at is None or (feed not in ("housing",) and before and at < before):
                fail(f"{feed}: version not a date or out of order")
            before = at
            for column, styles in DATES.get(feed, {}).items():
                when = parse(row[column], styles) if row[column] else None
                if row[column] and (when is None or (feed != "health" and in_skipped_hour(when))):
                    fail(f"{feed}: {column} is no date of its style")
                if when and (when > datetime.datetime(2026, 11, 1) and column not in ("ValidTo",) or when < datetime.datetime(1890, 1, 1)):
                    fail(f"{feed}: {column} outside the county's time")
            check_ranges(feed, row)
    for x in county["charity"]:
        parse_iso = datetime.datetime.fromisoformat(x["date"])
        if parse_iso is None or not x["updated"].endswith("Z"):
            fail("charity: dates")
        for p in [x["client"], x["perpetrator"] or {}]:
            for phone in p.get("phones", []) + ([p["phone"]] if "phone" in p else []):
                if not check_phone(phone):
                    fail("charity: phone")
            if "email" in p and not RANGES["Email"](p["email"]):
                fail("charity: e-mail")
            if p.get("address", {}).get("postcode") and not POSTCODE.fullmatch(p["address"]["postcode"].upper()):
                fail("charity: postcode")


def newest(county):
    """(feed, record, row key) -> the row that counts: the rows of a record are those at its greatest version."""
    result = {}
    for feed, (_, _, version, style, keys, rows) in CSVS.items():
        if feed.startswith("police-uk"):
            continue
        greatest = {}
        for row in county[feed]:
            at = parse(row[version], [style])
            greatest[row[keys[0]]] = max(at, greatest.get(row[keys[0]], at))
        for row in county[feed]:
            if parse(row[version], [style]) == greatest[row[keys[0]]]:
                k = (feed, row[keys[0]], row[rows[0]] if rows else "")
                if k in result:
                    fail(f"{feed}: a row twice in one version")
                result[k] = row
    greatest = {}
    for x in county["charity"]:
        if x["id"] not in greatest or x["updated"] > greatest[x["id"]]["updated"]:
            greatest[x["id"]] = x
    result.update({("charity", k, ""): x for k, x in greatest.items()})
    return result


def expected_mentions(rows):
    """(feed, record, row key, slot) -> does the row identify somebody?"""
    result = {}
    for (feed, record, row_key), row in rows.items():
        if feed == "charity":
            people = [row["client"]] + ([row["perpetrator"]] if row["perpetrator"] else [None]) + row["children"]
            for slot, p in enumerate(people):
                if p is not None:
                    result[feed, record, row_key, str(slot)] = any(v for k, v in p.items() if k not in ("sex", "known", "relationship"))
            continue
        for slot, columns in enumerate(SLOTS[feed]):
            identifies = any(row[c] for c in columns)
            there = identifies or (feed, slot) in ALWAYS or (feed == "organisation" and bool(row["OtherRole"]))
            if there:
                result[feed, record, row_key, str(slot)] = identifies
    return result


def check_truth(county):
    rows = newest(county)
    expected = expected_mentions(rows)
    truth = county["truth"]
    persons = {p["person"] for p in truth["persons"]}
    if len(persons) != len(truth["persons"]):
        fail("persons: not unique")
    seen = {}
    for m in truth["mentions"]:
        k = (m["feed"], m["record_key"], m["row_key"], m["slot"])
        if k in seen:
            fail(f"mentions: twice {k[0]}")
        seen[k] = m["person"]
        if m["person"] and m["person"] not in persons:
            fail("mentions: a person who is not in persons")
    for k in expected.keys() - seen.keys():
        fail(f"mentions: missing {k}")
    for k in seen.keys() - expected.keys():
        fail(f"mentions: not in the extract {k}")
    for k, identifies in expected.items():
        if k in seen and bool(seen[k]) != identifies:
            fail(f"mentions: {k} identifies={identifies} but person={seen[k]!r}")
    check_histories(truth, rows, seen)
    return rows, seen


def check_histories(truth, rows, seen):
    records = collections.defaultdict(list)
    for feed, record, row_key in rows:
        records[feed, record].append(rows[feed, record, row_key])
    told = collections.defaultdict(set)
    for k, person in seen.items():
        told[k[0], k[1]].add(person)
    pairs = {(p["victim"], p["suspect"]): p for p in truth["pairs"]}
    occasions = collections.defaultdict(set)
    of_record = {}
    for o in truth["occasions"]:
        k = (o["feed"], o["record_key"])
        if k not in records:
            fail(f"occasions: no record {k}")
        if (o["victim"], o["suspect"]) not in pairs:
            fail("occasions: no pair")
        if k in of_record:
            fail("occasions: one record reports two occasions")
        of_record[k] = o
        if not told[k] & {o["victim"], o["suspect"], ""}:
            fail(f"occasions: record {k} mentions neither")
        occasions[o["victim"], o["suspect"]].add(o["occasion"])
    for p, x in pairs.items():
        if len(occasions[p]) != int(x["occasions"]) or int(x["occasions"]) < 2:
            fail(f"pairs: occasions {len(occasions[p])} stated {x['occasions']}")
    for name in ("misrecorded", "custody_contact", "breaches"):
        for r in truth[name]:
            if (r["feed"], r["record_key"]) not in of_record:
                fail(f"{name}: record of no occasion")
    mis = {(r["feed"], r["record_key"]) for r in truth["misrecorded"]}
    for k in of_record:
        if k[0] == "police-crime":
            title = records[k][0]["OffenceTitle"]
            should = not title.startswith("Stalking") and not title.startswith("Breach of") and title not in NEUTRAL
            if should != (k in mis):
                fail(f"misrecorded: {title}")
        elif (k[0] == "housing") != (k in mis):
            fail(f"misrecorded: {k[0]}")


def check_rates(county, rows, seen, noise, n_people):
    persons = {p["person"]: p for p in county["truth"]["persons"]}
    counts = collections.Counter()
    for (feed, record, row_key), row in rows.items():
        person = seen.get((feed, record, row_key, "0"))
        if feed not in ("health", "housing") or not person or (feed == "housing" and row["PersonRole"] not in ("TENANT", "COMPLAINANT")):
            continue
        p = persons[person]
        dob = row["BirthDate"] if feed == "health" else row["PersonDOB"]
        given = row["GivenName"] if feed == "health" else row["PersonName"].partition(", ")[2].split(" ")[0]
        truth_dob = datetime.date.fromisoformat(p["dob"])
        style = "%Y%m%d" if feed == "health" else "%d.%m.%Y"
        counts["mentions"] += 1
        counts["dob missing"] += not dob
        counts["dob wrong"] += bool(dob) and datetime.datetime.strptime(dob, style).date() != truth_dob
        if feed == "health":
            counts["given"] += 1
            plain = given.translate(str.maketrans("ëéâïêÉ", "eeaieE")).lower()
            true = p["given"].translate(str.maketrans("ëéâïêÉ", "eeaieE")).lower()
            counts["other given"] += plain != true
    n = counts["mentions"]
    moved = sum(int(p["moves"]) for p in persons.values()) / len(persons) / 3
    alike = sum(1 for p in persons.values() if p["kin"]) / len(persons)
    measured = {"date of birth missing": (counts["dob missing"] / n, 0.25), "date of birth wrong": (counts["dob wrong"] / n, 0.08), "nickname or alias (with typing errors and swaps)": (counts["other given"] / counts["given"], 0.135),
                "moved a year": (moved, 0.15), "twins and same names": (alike, 0.02)}
    for what, (got, at_one) in measured.items():
        want = at_one * noise
        slack = 0.012 + want * 0.08 if n_people < 20000 else 0.006 + want * 0.06
        if abs(got - want) > slack:
            fail(f"rate: {what}: {got:.4f}, wanted {want:.4f} within {slack:.4f}")
        print(f"# noise {noise}: {what} {got:.4f} (documented {want:.4f})")


def check_stalking_rate(county, n_people):
    n, want = len(county["truth"]["pairs"]), 0.003 * 3 * 0.78 * n_people
    if not 0.7 * want < n < 1.3 * want:
        fail(f"rate: {n} histories, wanted about {want:.0f}")
    print(f"# {n} histories for {n_people} people")


def main():
    make, feeds = sys.argv[1], sys.argv[2]
    people = int(sys.argv[3]) if len(sys.argv) > 3 else 6000
    print("1..3")
    for number, noise in enumerate((0, 1, 2), 1):
        failures.clear()
        with tempfile.TemporaryDirectory() as out:
            subprocess.run([make, str(people), "7", str(noise), out + "/county"], check=True, stdout=subprocess.DEVNULL)
            county = load(out + "/county")
            check_shape(county, feeds)
            rows, seen = check_truth(county)
            check_rates(county, rows, seen, noise, people)
            check_stalking_rate(county, people)
        print(f"{'not ok' if failures else 'ok'} {number} - county of {people} at noise {noise}" + (f": {len(failures)} failures" if failures else ""))


if __name__ == "__main__":
    main()
