#!/usr/bin/env python3
"""haven oversight … from outside: the rules, a small year measured, a hub without alerts, wrong use. usage: commands.py HAVEN"""
import json
import os
import subprocess
import sys
import tempfile

HAVEN = os.path.abspath(sys.argv[1])
number = failures = 0


def check(ok, name, detail=""):
    global number, failures
    number += 1
    failures += not ok
    print(("ok" if ok else "not ok"), number, "-", name, flush=True)
    if not ok:
        print("#", str(detail)[:500])


def run(*words, env=None):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HAVEN_")}
    done = subprocess.run([HAVEN, "oversight", *words], capture_output=True, text=True, env={**clean, **(env or {})}, check=False)
    return done.returncode, done.stdout, done.stderr


def rules():
    status, out, _ = run("rules", "--json")
    rows = json.loads(out)
    check(status == 0 and [r["rule"] for r in rows] == [f"R{i}" for i in range(1, 20)], "nineteen rules in their order", out)
    check(all(r["raised_when"] and r["source"] and r["needs"] for r in rows), "each with its condition, source and needs")


def year():
    words = ["evaluate", "--set", "tuning", "--staff", "300", "--seed", "11", "--json"]
    status, out, err = run(*words)
    score = json.loads(out)
    check(status == 0 and err == "", "a small year is measured", err)
    check(sum(r["planted"] for r in score["rules"]) == score["planted"] > 10, "what was planted adds up", score)
    check(sum(r["found_by_any"] for r in score["rules"]) == score["found"], "what was found adds up", score)
    check(abs(score["recall"] - score["found"] / score["planted"]) < 1e-9, "recall is found of planted", score)
    check(abs(score["false_alerts_per_1000"] - 1000 * score["false_alerts"] / score["accesses"]) < 1e-9, "false alerts are per 1,000 accesses", score)
    again = json.loads(run(*words)[1])
    timeless = [{k: v for k, v in s.items() if "seconds" not in k} for s in (score, again)]
    check(timeless[0] == timeless[1], "the same arguments give the same figures")
    text = run(*words[:-1])[1]
    check("R18" in text and f"Abuses planted {score['planted']}, found {score['found']}" in text, "the same as text", text)


def wrong_use():
    for words, said in [(("evaluate", "--set", "other"), "--set is tuning or test"), (("evaluate", "--staff", "5"), "--staff"), (("decide", "1"), "decide"), (("show",), "show")]:
        status, out, err = run(*words)
        check(status == 2 and out == "" and err.count("\n") == 1 and said in err, f"wrong use is told: {' '.join(words)}", (status, err))


def hub(folder):
    at = ["--db", os.path.join(folder, "hub.db"), "--key", os.path.join(folder, "hub.key")]
    subprocess.run([HAVEN, "init", *at], check=True, capture_output=True)
    asks = [*at, "--as", "demo.dpo", "--purpose", "audit"]
    status, out, err = run("list", *asks, "--json")
    check(status == 0 and json.loads(out) == [], "no alerts, an empty list", (status, out, err))
    status, out, err = run("list", *at, "--as", "demo.practitioner", "--purpose", "audit")
    check(status == 4 and out == "", "nobody else's business", (status, out, err))
    status, out, err = run("show", "7", *asks)
    check(status == 1 and out == "" and "there is no alert 7" in err, "an alert that is not there", (status, out, err))
    status, out, err = run("decide", "7", "explained", "--why", "A task nobody wrote down.", *asks)
    check(status == 1 and "there is no alert 7" in err, "nor can it be decided", (status, out, err))
    status, out, err = run("decide", "7", "guilty", "--why", "x", *asks)
    check(status == 2 and "explained or referred" in err, "an alert is explained or referred, nothing else", (status, out, err))
    status, out, err = run("show", "seven", *asks)
    check(status == 2 and "haven oversight list" in err, "an alert has a number", (status, out, err))


rules()
year()
wrong_use()
with tempfile.TemporaryDirectory() as made:
    hub(made)
print(f"1..{number}")
sys.exit(failures > 0)
