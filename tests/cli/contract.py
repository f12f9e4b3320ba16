#!/usr/bin/env python3
"""The outside of the program, as scripts see it: commands, exit statuses, one-line errors, JSON. usage: contract.py HAVEN SOURCE_ROOT WORKDIR

Each row is a command line, its exit status, and what stderr (or stdout) must say. `{...}` stands for files made in WORKDIR. A person's data in an error is a failure of every row.
"""
import json
import os
import re
import subprocess
import sys

HAVEN, ROOT, WORK = (os.path.abspath(p) for p in sys.argv[1:4])
os.makedirs(WORK, exist_ok=True)


def path(name):
    return os.path.join(WORK, name)


def write(name, data):
    with open(path(name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path(name)


PERSON = "Quillfeather-Testname"  # in every bad file: must never show up in an error
HEADER = "Ref,Sent,OrganisationKind,Organisation,When,What,Details,AboutName,AboutDOB,AboutPhone,AboutEmail,AboutPostcode,AboutRole,OtherName,OtherRelationship,OtherRole,OtherPhone,Flags"
GOOD = f"F1,2026-01-05 09:00,employer,Acme,4 Jan 2026,Unwanted visits,He waited by the gate again.,Ann {PERSON},02/02/1990,07700 900123,ann@example.org,ZA1 1AA,victim,Bob Nobody,former partner,suspect,07700 900124,"


def run(words, env=None):
    done = subprocess.run([HAVEN, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(env or {})})
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


number = failures = 0


def check(ok, name, detail=""):
    global number, failures
    number += 1
    failures += not ok
    print(("ok" if ok else "not ok"), number, "-", name)
    if not ok:
        for line in detail.splitlines()[:8]:
            print("#", line)


def expect(words, status, err=None, out=None, env=None):
    got, stdout, stderr = run(words, env)
    problems = []
    if got != status:
        problems.append(f"exit {got}, not {status}")
    if status in (2, 3, 4) and (stderr.count("\n") != 1 or not stderr.startswith("haven: ")):
        problems.append("stderr is not one line that starts with 'haven: '")
    if err and not re.search(err, stderr):
        problems.append(f"stderr does not say {err!r}")
    if out and not re.search(out, stdout):
        problems.append(f"stdout does not say {out!r}")
    if PERSON.lower() in stderr.lower():
        problems.append("a person's name stands in an error")
    check(not problems, "haven " + " ".join(os.path.basename(w) if "/" in w else w for w in words), "\n".join(problems) + "\n" + stderr + stdout[:300])
    return stdout


def main():
    for name in ("hub.db", "hub.db.key", "hub.db-wal", "hub.db-shm", "hub.db.lock", "copy.db"):
        if os.path.exists(path(name)):
            os.remove(path(name))
    os.environ["HAVEN_DB"] = path("hub.db")
    os.environ.pop("HAVEN_KEY", None)
    os.environ.update(HAVEN_USER="demo.reviewer", HAVEN_PURPOSE="safeguarding")

    # Wrong use
    expect([], 2, "no command")
    expect(["frobnicate"], 2, "no command frobnicate")
    expect(["load"], 2, "--feed")
    expect(["load", "--feed", "organisation"], 2, "usage: haven load")
    expect(["load", "--nonsense", "x"], 2, "no option --nonsense")
    expect(["init"], 2, "HAVEN_DB", env={"HAVEN_DB": ""})
    expect(["help"], 0, out="review assess")
    expect(["help", "load"], 0, out="quarantined")
    expect(["load", "--help"], 0, out="--feed")
    expect(["help", "frobnicate"], 2, "no command frobnicate")
    expect(["help", "--man"], 0, out=r"^\.TH HAVEN 1")

    # The hub
    expect(["doctor"], 3, "absent.db", env={"HAVEN_DB": path("absent.db")})
    expect(["init"], 0, out="master key")
    check(os.stat(path("hub.db.key")).st_mode & 0o077 == 0, "the key file is its owner's alone")
    expect(["init"], 2, "hub.db")
    expect(["doctor"], 0, out="All is well")
    os.chmod(path("hub.db.key"), 0o644)
    expect(["doctor"], 4, "hub.db.key can be read by others")
    os.chmod(path("hub.db.key"), 0o600)
    expect(["feed", "list"], 0, out="police-uk-street")
    feeds = json.loads(expect(["feed", "list", "--json"], 0))
    check({f["feed"] for f in feeds} >= {"police-crime", "police-custody", "prison", "health", "housing", "charity", "organisation",
                                         "police-uk-street", "police-uk-outcomes"}, "nine feeds")

    # Loading: every wrong input, and nothing changed
    good = write("good.csv", HEADER + "\n" + GOOD + "\n")
    wrong = [
        ("empty.csv", b"", "empty"),
        ("binary.csv", bytes(range(256)) * 40, None),
        ("semicolons.csv", (HEADER + "\n" + GOOD + "\n").replace(",", ";"), "column"),
        ("missing.csv", HEADER.replace(",AboutRole", "") + "\n" + GOOD + "\n", "AboutRole"),
        ("twice.csv", HEADER + ",Ref\n" + GOOD + ",F1\n", "Ref"),
        ("wide.csv", ",".join(f"c{i}" for i in range(10000)) + "\n" + GOOD + "\n", "512|column"),
        ("utf16.csv", (HEADER + "\n" + GOOD + "\n").encode("utf-16"), None),
    ]
    for name, data, says in wrong:
        expect(["load", "--feed", "organisation", write(name, data)], 2 if name != "empty.csv" else 3, says)
    expect(["load", "--feed", "organisation", WORK], 3, "directory")
    expect(["load", "--feed", "organisation", path("absent.csv")], 3, "absent.csv")
    expect(["load", "--feed", "no-such-feed", good], 2, "no-such-feed")
    expect(["load", "--feed", "organisation", good, "--no-update"], 0, out=r"read 1, stored 1, unchanged 0, quarantined 0")
    expect(["load", "--feed", "organisation", good, "--no-update"], 0, out=r"read 1, stored 0, unchanged 1, quarantined 0")
    rows = [
        ("unclosed.csv", HEADER + "\n" + GOOD.replace("He waited", '"He waited') + "\n" + GOOD.replace("F1", "F2") + "\n", 1),
        ("huge.csv", HEADER + "\n" + GOOD.replace("F1", "F3") + "\n" + GOOD.replace("F1", "F4").replace("He waited", "x" * (2 << 20)) + "\n", 1),
        ("nul.csv", HEADER + "\n" + GOOD.replace("F1", "F5").replace("gate", "ga\0te") + "\n" + GOOD.replace("F1", "F6") + "\n", 1),
        ("half.csv", (HEADER + "\n" + GOOD.replace("F1", "F7") + "\n" + GOOD.replace("F1", "F8") + "\n").encode() + GOOD.replace("F1", "F9").replace("Acme", "Caf").encode() + b"\xc3", 1),
        ("nodate.csv", HEADER + "\n" + GOOD.replace("F1", "F10").replace("2026-01-05 09:00", "yesterday") + "\n", 1),
    ]
    for name, data, least in rows:
        out = expect(["load", "--feed", "organisation", write(name, data), "--no-update"], 1, out=r"read \d+, stored \d+, unchanged \d+, quarantined [1-9]")
        n = [int(x) for x in re.findall(r"(?:read|stored|unchanged|quarantined) (\d+)", out)]
        check(len(n) == 4 and n[0] == n[1] + n[2] + n[3] and n[3] >= least, f"{name}: read = stored + unchanged + quarantined", out)
    listed = json.loads(expect(["quarantine", "list", "--json"], 0))
    check(len(listed) >= 5 and all(r["reason"] and r["first_line"] >= 1 and PERSON not in json.dumps(r) for r in listed), "quarantine lists first line and reason, no person")
    expect(["quarantine", "show", "999999"], 1)
    expect(["update"], 0)
    expect(["update", "--json"], 0, out='"persons"')

    # People and review
    expect(["people", "search", f"Ann {PERSON}"], 0, out="P[0-9A-Z]{13}")
    expect(["people", "search", "Zebedee Nobodyatall"], 1)
    expect(["people", "show", "P0000000000000"], 1)
    expect(["people", "show", "not-an-id"], 2)
    expect(["review", "list"], 0)
    expect(["review", "list", "--limit", "many"], 2, "--limit must be a whole number")
    expect(["review", "show", "C0000000000000"], 1)
    expect(["backup", path("copy.db")], 0, out="copy.db")
    expect(["backup", path("copy.db")], 2, "copy.db")
    expect(["serve", "--listen", "0.0.0.0:8080"], 2, "answers this computer only")

    # Linkage without a hub
    model = os.path.join(ROOT, "models", "person.json")
    expect(["link", "predict", "--model", path("absent.json"), good], 3, "absent.json")
    expect(["link", "predict", "--model", write("bad.json", "{"), good], 2, "bad.json")
    expect(["link", "predict", "--model", model, path("absent.csv")], 3, "absent.csv")
    expect(["link", "predict", "--model", model, good], 2, "column")

    # Looking and measuring
    data = os.path.join(ROOT, "tests", "data", "linkage")
    fake, demo, pairs = (os.path.join(data, f) for f in ("fake_1000.csv", "saved_model_from_demo.json", "fake_1000_pairs.csv"))

    def look(words, columns, rows):
        got = json.loads(expect(["link", *words, "--json", fake], 0))
        check(len(got) == rows and list(got[0]) == columns.split(), f"link {words[0]}: {rows} rows of {columns}", repr(got[:1]))
        return got

    look(["profile"], "column dataset records missing completeness distinct_values", 7)
    look(["profile", "--show", "values", "--column", "city", "--values", "3"], "column frequency records share value", 6)
    look(["profile", "--show", "curve", "--column", "city"], "column value_count percentile_of_filled percentile_of_all", 21)
    look(["unlinkables", "--model", demo], "match_weight match_probability share cumulative_share", 78)
    weak = look(["unlinkables", "--model", demo, "--records", "--threshold-weight", "0"], "unique_id match_weight match_probability", 2)
    check(all(r["match_weight"] < 0 for r in weak), "unlinkables lists what weighs less than the threshold", repr(weak))
    bins = look(["histogram", "--model", demo, "--bins", "8"], "weight_from weight_below pairs", 10)
    rules = look(["blocking", "--model", demo], "rule comparisons cumulative_comparisons blocks largest_block left_out_blocks left_out_comparisons condition", 3)
    check(sum(b["pairs"] for b in bins) == rules[-1]["cumulative_comparisons"] == sum(r["comparisons"] for r in rules), "every pair is in one bin and of one rule", repr(rules))
    look(["blocking", "--model", demo, "--largest", "2"], "rule part count_l count_r block_count comparisons key", 6)
    look(["graph", "--model", demo, "--threshold-weight", "-6", "--least-records", "1"], "cluster_id n_nodes n_edges density cluster_centralisation n_bridges", 293)
    look(["graph", "--model", demo, "--of", "records"], "unique_id cluster_id node_degree node_centrality", 1000)
    look(["graph", "--model", demo, "--of", "edges", "--threshold-weight", "-6"], "unique_id_l unique_id_r match_weight is_bridge same_cluster", 1478)
    columns = "threshold_weight match_probability p n tp tn fp fn precision recall fp_rate specificity npv accuracy f1 f2 f0_5 p4 phi"
    look(["accuracy", "--model", demo, "--truth", "cluster"], columns, 334)
    look(["accuracy", "--model", demo, "--labels", pairs], columns, 182)
    wrong = "truth_status match_weight match_probability unique_id_l unique_id_r match_key"
    look(["errors", "--model", demo, "--truth", "cluster", "--threshold-weight", "0", "--most", "2000"], wrong, 854)
    look(["errors", "--model", demo, "--labels", pairs, "--threshold-weight", "0"], wrong, 19)
    each = look(["evaluate", "--model", demo, "--truth", "cluster", "--thresholds", "10,0,0"], "threshold_weight true_pairs found_pairs right_pairs precision recall f1 bcubed_precision bcubed_recall bcubed_f1", 2)
    one = json.loads(expect(["link", "evaluate", "--model", demo, "--truth", "cluster", "--threshold-weight", "10", "--json", fake], 0))
    check(abs(each[1]["bcubed_f1"] - one["bcubed_f1"]) < 1e-6 and each[1]["right_pairs"] == one["right_pairs"], "a row of several thresholds is what one gives", repr(each))
    out = expect(["link", "cluster", "--model", demo, "--thresholds", "2.5,-6", fake], 0)
    check(out.startswith("unique_id,cluster_mw_-6,cluster_mw_2_5\n") and out.count("\n") == 1001, "clusters at two thresholds", out[:80])
    look(["cluster", "--model", demo, "--thresholds", "2.5,-6", "--summary"], "threshold_match_weight threshold_match_probability num_clusters max_cluster_size avg_cluster_size", 2)
    for words, text in ((["accuracy", "--model", demo], "say what is true: --truth COLUMN"), (["accuracy", "--model", demo, "--truth", "nobody"], "the files have no column nobody"),
                        (["errors", "--model", demo, "--truth", "cluster", "--score", "0.9"], "--score belongs to --labels"), (["profile", "--show", "all"], "--show must be"),
                        (["profile", "--column", "nobody"], "the files have no column nobody"), (["cluster", "--model", demo, "--thresholds", "0,x"], "--thresholds takes match weights"),
                        (["cluster", "--model", demo, "--thresholds", "0", "--threshold-weight", "0"], "not both"), (["blocking", "--model", demo, "--rule", "0"], "--rule belongs to --largest"),
                        (["blocking", "--model", demo, "--largest", "1", "--rule", "9"], "--rule must be"), (["graph", "--model", demo, "--of", "nodes"], "--of must be"),
                        (["unlinkables", "--model", demo, "--threshold-weight", "1"], "belongs to --records"), (["evaluate", "--model", demo, "--truth", "cluster", "--thresholds", "1", "--oracle"], "one threshold")):
        expect(["link", *words, fake], 2, text)

    # Case files
    case = {"id": "t1", "records": [{"agency": "police", "source_id": "A-1", "recorded_at": "2026-01-05T10:00:00", "occurred_at": "2026-01-04",
                                     "recorded_as": "Criminal damage", "narrative": "Ex-partner seen throwing a brick.", "flags": [],
                                     "people": [{"role": "victim", "given_name": "Ann", "surname": PERSON, "dob": "1990-02-02", "postcode": None, "phone": None, "email": None}]}]}
    out = expect(["review", "assess", write("case.json", json.dumps(case))], 0)
    keys = "id people stalking basis course_of_conduct_first_met_at misrecorded escalation breach_of_order breach_of_bail_or_licence contact_from_custody order_indicated right_to_know_relevant same_incident".split()
    check(list(json.loads(out)) == keys, "assess prints the contract's keys in order", out)
    expect(["review", "assess", write("bad-case.json", "[]")], 2, "bad-case.json")
    expect(["review", "assess", path("absent.json")], 3, "absent.json")

    # The fictional county
    expect(["simulate", "--people", "0", "--seed", "1", "--out", path("c0")], 2, "--people")
    expect(["simulate", "--people", "50", "--seed", "1", "--out", ROOT], 4, "is not empty")
    print(f"1..{number}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
