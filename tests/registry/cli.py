#!/usr/bin/env python3
"""The registry from the outside: a hub is set up, agreements are tested and activated, people get roles and grants, a glass is broken and judged.

usage: cli.py HAVEN SOURCE_ROOT
"""
import base64
import hashlib
import hmac
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import urllib.parse

HAVEN, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
n_tests = failed = 0


def check(ok, what, detail=""):
    global n_tests, failed
    n_tests += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {n_tests} - {what}")
    if not ok:
        for line in str(detail).splitlines()[:20]:
            print("# " + line)


def run(*args, status=0, user=None, purpose=None, stdin="", now=None):
    env = dict(os.environ)
    for name, value in (("HAVEN_USER", user), ("HAVEN_PURPOSE", purpose), ("HAVEN_NOW", now)):
        if value:
            env[name] = value
    done = subprocess.run([HAVEN, *args], capture_output=True, text=True, input=stdin, env=env)
    if done.returncode != status:
        check(False, f"haven {' '.join(args)} ends with {status}", f"{done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout if status == 0 else done.stderr


def admin(*args, user="root.admin", **more):
    return run(*args, user=user, purpose="administration", **more)


def code(secret, seconds):
    digest = hmac.new(secret, struct.pack(">Q", seconds // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


with tempfile.TemporaryDirectory() as work:
    os.environ.update(HAVEN_DB=os.path.join(work, "h.db"), HAVEN_USER="demo.reviewer", HAVEN_PURPOSE="safeguarding", HAVEN_NOW="2026-11-24T10:00:00Z")
    county = os.path.join(work, "county")
    run("simulate", "--people", "400", "--seed", "5", "--out", county)
    run("init")
    for feed in ("police-crime", "prison", "health", "housing", "charity"):
        run("load", "--feed", feed, os.path.join(county, "extracts", feed + (".jsonl" if feed == "charity" else ".csv")), "--no-update")
    run("update")
    case = json.loads(run("review", "list", "--json"))[0]["case"]
    check("being set up" in run("doctor"), "doctor says that the hub is being set up")

    # a demonstration user breaks the glass
    wrong = ("glass", "break", case, "--reason", "he was seen at her door", "--code", "123456")
    check("code is not right" in run(*wrong, user="demo.practitioner", status=4), "glass needs the right code")
    out = run("glass", "break", case, "--reason", "he was seen at her door", "--code", "000000", "--hours", "2", user="demo.practitioner")
    check("number 1" in out and "12:00" in out, "and is broken for two hours", out)
    report = json.loads(run("glass", "list", "--json", user="demo.dpo", purpose="audit"))
    check(report[0]["why"] == "he was seen at her door" and report[0]["told"] != "" and "Ouseshire Police" not in report[0]["told"], "the report has why, and which agencies were told", report)
    judge = ("glass", "review", "1", "--decision", "wrong", "--why", "no emergency")
    check("another agency" in run(*judge, user="demo.supervisor", purpose="audit", status=4), "its own agency cannot judge it")
    run(*judge, user="demo.dpo", purpose="audit")
    again = ("glass", "break", case, "--reason", "he was seen at her door", "--code", "000000")
    check("judged wrong" in run(*again, user="demo.practitioner", status=4), "judged wrong it suspends the right to break")
    check("there is no such case" in run("glass", "break", "C0000000000000", "--reason", "he was seen at her door", "--code", "000000", user="demo.practitioner", status=1), "nobody's id is nobody's")
    check("hours must be" in run(*again, "--hours", "5", user="demo.practitioner", status=2), "five hours are too many")

    # set up
    check("first user must be an administrator" in admin("user", "add", "jo.bloggs", "--agency", "Ouseshire Police", "--role", "reviewer", user="demo.admin", status=4), "the first user is an administrator")
    check("done by an administrator" in run("user", "add", "x.y", "--agency", "Ouseshire Police", "--role", "administrator", user="demo.supervisor", status=4), "made by an administrator")
    admin("agency", "add", "The hub team", "--kind", "hub", "--contact", "hub desk, 01632 960001", user="demo.admin")
    check("from now on only registered" in admin("user", "add", "root.admin", "--agency", "The hub team", "--role", "administrator", "--called", "Sam Example", user="demo.admin"), "the first user sets the hub up")
    check("not known here" in run("review", "list", status=4), "the demonstration users are gone")
    check("being set up" not in run("doctor"), "doctor has no more to say")
    copy = os.path.join(work, "copy.db")
    check("not known here" in run("backup", copy, status=4) and not os.path.exists(copy), "nobody unknown makes a backup any more")
    for name, agency, role in (("jo.bloggs", "Ouseshire Police", "reviewer"), ("kim.low", "Ouseshire Police", "supervisor"), ("dee.po", "The hub team", "dpo"), ("ada.vo", "Safe Ground Ouseshire", "advocate")):
        admin("user", "add", name, "--agency", agency, "--role", role, "--unit", "stalking")
    for words in (("backup", copy), ("key", "split", "--shares", "3", "--need", "2", "--out", os.path.join(work, "shares")), ("key", "rotate")):
        check("your role does not do this" in run(*words, user="jo.bloggs", purpose="administration", status=4), f"a reviewer does not do {words[0]}")
        admin(*words)
    check("your role does not do this" in run("quarantine", "list", user="ada.vo", status=4), "an advocate does not list the quarantine")
    run("quarantine", "list", user="jo.bloggs")
    done = [(x["user"], x["outcome"]) for x in json.loads(run("ledger", "show", "--json", user="dee.po", purpose="audit")) if x["what"] in ("backup", "key split", "key rotate", "quarantine list")]
    check(sorted(done) == sorted([("demo.reviewer", "refused")] + 3 * [("jo.bloggs", "refused"), ("root.admin", "allowed")] + [("ada.vo", "refused"), ("jo.bloggs", "allowed")]), "each of them is an entry", done)
    check("no role that sees personal data" in admin("user", "role", "jo.bloggs", "administrator", status=4), "administrator goes with nothing else")
    check("nobody gives themselves a role" in admin("user", "role", "root.admin", "analyst", status=4), "nobody gives themselves a role")
    check("Sam Example" in admin("user", "show", "root.admin") and "Sam Example".encode() not in open(os.environ["HAVEN_DB"], "rb").read(), "what a user is called is sealed")

    # agreements
    bad = os.path.join(work, "bad.json")
    with open(bad, "w") as f:
        f.write('{"name": "x",\n "regime": "part9"}\n')
    out = run("agreement", "check", bad, status=2)
    check("bad.json:2: regime:" in out and "bad.json:1: title:" in out and "mistakes" in out, "check names every mistake with its line", out)
    for name in ("ouseshire-police", "ouseshire-stalking"):
        file = os.path.join(ROOT, "agreements", name + ".json")
        changes = json.loads(run("agreement", "test", file, "--json", user="dee.po", purpose="administration"))
        check(len(changes) > 5 and all(x["before"] == "none" for x in changes), f"test of {name} shows what is gained", changes)
        run("agreement", "activate", file, user="dee.po", purpose="administration")
    check("was activated before" in run("agreement", "activate", file, user="dee.po", purpose="administration", status=2), "once only")
    listed = json.loads(run("agreement", "list", "--json", user="dee.po", purpose="administration"))
    check([x["state"] for x in listed] == ["active", "active"], "both are active", listed)
    late = subprocess.run([HAVEN, "doctor"], capture_output=True, text=True, env=dict(os.environ, HAVEN_NOW="2027-06-01T10:00:00Z"))
    check(late.returncode == 1 and "ouseshire-police-2026 is past its review date" in late.stdout, "doctor warns past the review date", late.stdout + late.stderr)
    run("agreement", "refuse", "--from", "Ouseshire Homes", "--to", "Ouseshire Police", "--for", "safeguarding", "--why", "the desk is shared", user="dee.po", purpose="administration")
    check(json.loads(run("agreement", "refusals", "--json", user="dee.po", purpose="administration"))[0]["why"] == "the desk is shared", "a decision not to share is kept with its reason")

    # grants
    check("supervisor or data protection officer" in admin("grant", "add", case, "--kind", "assigned", "--user", "jo.bloggs", "--until", "2027-01-31", status=4), "an administrator gives no grants")
    run("grant", "add", case, "--kind", "assigned", "--user", "jo.bloggs", "--until", "2027-01-31", user="kim.low", purpose="safeguarding")
    check("to themselves" in run("grant", "add", case, "--kind", "assigned", "--user", "kim.low", "--until", "2027-01-31", user="kim.low", status=4), "nobody gives one to themselves")
    run("grant", "add", "*", "--kind", "unit", "--unit", "stalking", "--until", "2027-01-31", user="kim.low")
    grants = json.loads(run("grant", "list", "--json", user="kim.low"))
    check([g["approval"] for g in grants if g["kind"] == "unit"] == ["awaited"], "one's own unit's work awaits approval", grants)
    number = str(next(g["grant"] for g in grants if g["kind"] == "unit"))
    check("other than its maker" in run("grant", "approve", number, user="kim.low", status=2), "by somebody else")
    run("grant", "approve", number, user="dee.po", purpose="administration")

    # conflict of interest
    run("user", "fact", "jo.bloggs", "--kind", "phone", stdin="07700 900123\n", user="kim.low", purpose="safeguarding")
    check("is no phone" in run("user", "fact", "jo.bloggs", "--kind", "phone", stdin="hello\n", user="kim.low", purpose="safeguarding", status=2), "a fact must be one")
    check("stated of self: phone" in admin("user", "show", "jo.bloggs"), "facts are counted, not shown")

    # a stronger sign-in with a real authenticator
    uri = admin("user", "totp", "jo.bloggs").split()[0]
    secret = base64.b32decode(urllib.parse.parse_qs(urllib.parse.urlparse(uri).query)["secret"][0])
    moment = 1795514400 # 2026-11-24T10:00:00Z
    good = code(secret, moment)
    out = run("glass", "break", case, "--reason", "he was seen at her door", "--code", good, user="jo.bloggs")
    check("The glass is broken" in out, "a real user breaks the glass with a code", out)
    check("used before" in run("glass", "break", case, "--reason", "he was seen at her door", "--code", good, user="jo.bloggs", status=4), "which is good once")
    late = "2026-11-27T10:00:01Z"
    next_code = code(secret, moment + 72 * 3600 + 1)
    check("not reviewed in time" in run("glass", "break", case, "--reason", "he was seen at her door", "--code", next_code, user="jo.bloggs", now=late, status=4), "unreviewed after 72 hours it suspends")
    signed = [(x["user"], x["outcome"]) for x in json.loads(run("ledger", "show", "--json", user="dee.po", purpose="audit")) if x["object"] == "step-up"]
    check(("demo.practitioner", "refused") in signed and ("jo.bloggs", "allowed") in signed and ("jo.bloggs", "refused") in signed, "a code that was not right is recorded as refused", signed)
    codes = admin("user", "recovery", "jo.bloggs")
    check(len(re.findall(r"^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}$", codes, re.MULTILINE)) == 10, "ten recovery codes", codes)
    admin("user", "password", "jo.bloggs", stdin="seven green ladders hum\n")
    check("at least 12" in admin("user", "password", "jo.bloggs", stdin="short\n", status=2), "a password has a least length")

    admin("user", "suspend", "jo.bloggs")
    check("not known here, or not active" in run("review", "list", user="jo.bloggs", status=4), "a suspended user may not ask")
    admin("user", "resume", "jo.bloggs")
    admin("user", "end", "jo.bloggs")
    check("for ever" in admin("user", "resume", "jo.bloggs", status=2), "an ended account stays ended")
    check("their own standing" in admin("user", "suspend", "root.admin", status=4), "nobody changes their own standing")
    check("All is well" in run("doctor"), "the hub is whole at the end")

print(f"1..{n_tests}")
sys.exit(failed > 0)
