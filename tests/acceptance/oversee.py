#!/usr/bin/env python3
"""A worker who looks at somebody they have an interest in: refused, recorded, and in front of somebody outside their line. Prints TAP.

usage: oversee.py HAVEN WORKDIR
"""
import base64
import csv
import hashlib
import hmac
import json
import re
import struct
import time

from program import check, county, end, haven, must


def code_of(user):
    """What the user's authenticator shows now."""
    secret = re.search(r"secret=([A-Z2-7]+)", must("root.admin", "administration", "user", "totp", user)).group(1)
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


def main():
    extracts = county()

    # People of the hub: an administrator, a reviewer whose former partner is in it, a supervisor and a data protection officer elsewhere.
    as_admin = ("root.admin", "administration")
    check(haven("demo.reviewer", "safeguarding", "review", "list")[0] == 4, "the first user ends the demonstration's")
    must(*as_admin, "user", "add", "dee.po", "--agency", "The hub team", "--role", "dpo")
    must(*as_admin, "user", "add", "sue.per", "--agency", "Ouseshire Police", "--role", "supervisor", "--unit", "stalking")
    must(*as_admin, "user", "add", "rex.viewer", "--agency", "Ouseshire Police", "--role", "reviewer", "--unit", "stalking", "--line-manager", "sue.per")
    must(*as_admin, "user", "add", "col.league", "--agency", "Ouseshire Police", "--role", "reviewer", "--unit", "stalking")
    must(*as_admin, "user", "add", "una.ware", "--agency", "Ouseshire Police", "--role", "reviewer", "--unit", "burglary")
    with open(extracts["police-crime"], encoding="utf-8-sig", newline="") as f:
        phone, surname = next((row["Phone"], row["Surname"]) for row in csv.DictReader(f) if row["Phone"].startswith("07") and row["Surname"])
    must(*as_admin, "user", "fact", "rex.viewer", "--kind", "phone", "--relative", text=phone)

    found = haven("una.ware", "investigation", "people", "search", phone)
    check(found[0] == 0 and "same telephone" in found[1], "somebody without an interest finds the person", found)
    person = json.loads(must("una.ware", "investigation", "people", "search", phone, "--json"))[0]["person"]
    mine = haven("rex.viewer", "investigation", "people", "search", phone)
    check(mine[0] == 1 and person not in mine[1], "whoever has an interest does not", mine)
    never = haven("rex.viewer", "investigation", "people", "search", "07700 900999")
    check(mine[1:] == never[1:] and never[0] == 1, "and cannot tell that from nobody", never)
    for _ in range(3):
        shown = haven("rex.viewer", "investigation", "people", "show", person)
    check(shown[0] == 4 and not shown[1] and surname not in shown[2], "opening is refused without a byte", shown)

    run = haven("dee.po", "audit", "oversight", "run", "--json")
    check(run[0] == 1 and json.loads(run[1])[0]["new_evidence"] > 0, "oversight sees it", run)
    listed = json.loads(must("dee.po", "audit", "oversight", "list", "--json"))
    check(any("R4" in x["rules"] or "R1" in x["rules"] for x in listed), "as contact with a relative's telephone", listed)
    check(json.loads(must("sue.per", "audit", "oversight", "list", "--json")) == [], "the line manager does not see the alert")
    again = haven("dee.po", "audit", "oversight", "run", "--json")
    check(again[0] == 0 and json.loads(again[1])[0]["new_evidence"] == 0, "running again adds nothing", again)
    seen = json.loads(must("dee.po", "audit", "ledger", "show", "--about", person, "--json"))
    check(sum(x["user"] == "rex.viewer" and x["outcome"] == "refused" for x in seen) == 3, "who has seen me: the three attempts are there", seen)

    # A record of level audited: whoever opens the person is told to oversight, with a reason or without, and whoever searched is not.
    with open(extracts["police-crime"], encoding="utf-8-sig", newline="") as f:
        row = next(r for r in csv.DictReader(f) if r["Phone"].startswith("07") and r["Role"] == "VIC" and haven("una.ware", "investigation", "people", "search", r["Phone"])[0] == 0)
    other = json.loads(must("una.ware", "investigation", "people", "search", row["Phone"], "--json"))[0]["person"]
    must(*as_admin, "user", "add", "sup.other", "--agency", "Ouseshire Police", "--role", "supervisor", "--unit", "burglary")
    record = "police-crime/" + row["IncidentRef"]
    must("sup.other", "safeguarding", "record", "level", record, "audited", "--code", code_of("sup.other"))
    must("dee.po", "audit", "oversight", "run")
    def told():
        alerts = [x["alert"] for x in json.loads(must("dee.po", "audit", "oversight", "list", "--json")) if "R19" in x["rules"]]
        return [must("dee.po", "audit", "oversight", "show", str(a)) for a in alerts]
    must("una.ware", "investigation", "people", "search", row["Phone"])
    must("dee.po", "audit", "oversight", "run")
    before = len(told())
    must("una.ware", "investigation", "people", "show", other)
    must("dee.po", "audit", "oversight", "run")
    check(len(told()) == before + 1 and "audited record" in told()[0], "oversight is told of whoever opens a person with an audited record", told())
    end()


if __name__ == "__main__":
    main()
