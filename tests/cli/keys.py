#!/usr/bin/env python3
"""haven key from the outside: shown, split, drilled, recovered, rotated; a hub's process leaves no dump; a person's keys destroyed, also in a backup put back.

usage: keys.py HAVEN WORKDIR
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys

HAVEN, WORK = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).absolute()
n_tests = failed = 0


def check(ok, what, detail=""):
    global n_tests, failed
    n_tests += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {n_tests} - {what}", flush=True)
    if not ok:
        for line in str(detail).splitlines()[:20]:
            print("# " + line)


def run(*args, status=0):
    done = subprocess.run([HAVEN, *map(str, args)], capture_output=True, text=True)
    if done.returncode != status:
        check(False, f"haven {' '.join(map(str, args))} ends with {status}", f"{done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


def shares(folder, *numbers):
    return [folder / f"share-{n}-of-5.txt" for n in numbers]


def server_guarded(key):
    """A server of the hub: it has no core files, and keys can be drilled beside it."""
    child = subprocess.Popen([HAVEN, "serve", "--key", key, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        child.stdout.readline()  # it listens
        limits = pathlib.Path(f"/proc/{child.pid}/limits").read_text()
        check(re.search(r"^Max core file size +0 +0 +bytes", limits, re.MULTILINE), "a hub's process has no core files", limits)
        drill = run("key", "drill", "--key", key, *shares(WORK / "s1", 1, 2, 3))
        check("These shares give this hub's keys" in drill, "a drill works while a server runs", drill)
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=20)


ADMIN, REVIEWER, DPO = (["--as", f"demo.{who}", "--purpose", purpose] for who, purpose in
                       (("admin", "administration"), ("reviewer", "safeguarding"), ("dpo", "subject-rights")))


def destruction():
    """A suspect of a small county, destroyed by who may, gone everywhere, and gone again in a backup of before."""
    folder = WORK / "destroy"
    folder.mkdir()
    db = folder / "h.db"
    os.environ["HAVEN_DB"] = str(db)
    os.environ.pop("CREDENTIALS_DIRECTORY", None)
    run("simulate", "--people", "300", "--seed", "3", "--out", folder / "county")
    run("init")
    for extract in sorted((folder / "county" / "extracts").iterdir()):
        run("load", *ADMIN, "--no-update", "--feed", extract.name.split(".")[0], extract)
    run("update", *ADMIN)
    run("backup", folder / "backup.db")
    cases = json.loads(run("review", "list", *REVIEWER, "--json"))
    name = next(c["suspect"] for c in cases if c["suspect"] and c["suspect"] != "not known")
    person = json.loads(run("people", "search", *REVIEWER, name, "--json"))[0]["person"]
    ask = ("key", "destroy", "--person", person, "--reason", "order of the court")
    check("your role does not do this" in run(*ask, *REVIEWER, status=4), "a reviewer may not destroy keys")
    said = run(*ask, *DPO)
    found = re.search(r"keys of (\d+) mentions", said)
    check(found and int(found.group(1)) > 0, "the data protection officer may", said)
    check("keys were destroyed on" in run("people", "show", *REVIEWER, person, status=1), "show says that they were destroyed")
    lists = [run("review", "list", *REVIEWER)]
    run("update", *ADMIN)
    lists.append(run("review", "list", *REVIEWER))
    check("(no longer known)" in lists[0] and "(no longer known)" not in lists[1] and not any(name in text for text in lists), "cases name them no more", lists)
    check(person in run("key", "destroyed", *ADMIN), "what was destroyed is listed")
    check((folder / "h.db.key.destroyed").read_text().count("\n") == int(found.group(1)), "the list has a line a mention")
    away = folder / "away"
    away.mkdir()
    for path in folder.glob("h.db*"):
        if not path.name.startswith("h.db.key") and path.is_file():
            path.rename(away / path.name)
    said = run("restore", folder / "backup.db", "--declare", "the disk was lost")
    check(f"{found.group(1)} mentions that were destroyed after the backup was made are destroyed again" in said, "a backup put back is brought to the same state", said)
    run("people", "search", *REVIEWER, name, status=1)
    run("key", "rotate")
    check("All is well" in run("doctor"), "and all is well after a rotation")


def main():
    WORK.mkdir(parents=True)
    db, key = WORK / "h.db", WORK / "h.db.key"
    os.environ.update(HAVEN_DB=str(db))
    os.environ.pop("HAVEN_KEY", None)
    run("init")
    first = key.read_bytes()
    secrets = [line.split()[-1] for line in key.read_text().splitlines() if len(line.split()[-1]) == 64]
    check(len(secrets) == 4 and key.stat().st_mode & 0o777 == 0o600, "init makes four keys in a file of 0600")
    rows = json.loads(run("key", "show", "--json"))
    text = run("key", "show")
    check([r["key"] for r in rows] == ["seal", "index", "sign", "files"] and rows[0]["generation"] == 1, "show lists them", rows)
    check(not any(s[i:i + 8] in text.replace("-", "") for s in secrets for i in range(0, 64, 8)), "and no byte of a key", text)

    run("key", "split", "--shares", "5", "--need", "3", "--out", WORK / "s1")
    check(sorted(p.name for p in (WORK / "s1").iterdir()) == [f"share-{i}-of-5.txt" for i in range(1, 6)], "split writes five files")
    check(all(p.stat().st_mode & 0o777 == 0o600 for p in (WORK / "s1").iterdir()), "that only their owner can read")
    said = run("key", "split", "--shares", "5", "--need", "3", "--out", WORK / "s1", status=2)
    check("File exists" in said and len(list((WORK / "s1").iterdir())) == 5, "and overwrites none", said)
    said = run("key", "split", "--shares", "3", "--need", "3", "--out", WORK / "s2", status=2)
    check("one that is lost loses the hub" in said, "needing all is refused", said)
    before = {p: p.read_bytes() for p in WORK.rglob("*") if p.is_file()}
    check("give this hub's keys" in run("key", "drill", *shares(WORK / "s1", 5, 1, 3)), "three of them give the hub's keys")
    check({p: p.read_bytes() for p in WORK.rglob("*") if p.is_file()} == before, "and the drill writes nothing")
    check("2 of the 3 shares" in run("key", "drill", *shares(WORK / "s1", 5, 1), status=2), "two do not")
    typed = WORK / "typed.txt"
    typed.write_text(shares(WORK / "s1", 2)[0].read_text().replace("\n4 ", "\n4 0"))
    said = run("key", "drill", typed, *shares(WORK / "s1", 1, 3), status=2)
    check("typed.txt line 6: should be its number and nine groups" in said, "a mistyped line is named", said)

    run("key", "recover", *shares(WORK / "s1", 2, 4, 5), "-o", WORK / "again.key")
    check((WORK / "again.key").read_bytes() == first, "recover makes the same file again")
    check("exists already" in run("key", "recover", *shares(WORK / "s1", 2, 4, 5), "-o", key, status=2), "and never over another")
    run("doctor", "--key", WORK / "again.key")
    server_guarded(key)

    run("key", "rotate")
    rows = json.loads(run("key", "show", "--json"))
    check(rows[0]["generation"] == 2 and [r["key"] for r in rows] == ["seal", "index", "sign", "files"], "rotate makes generation 2 and ends with it", rows)
    said = run("key", "drill", *shares(WORK / "s1", 1, 2, 3), status=1)
    check("generation 1 of this hub's seal key; it has generation 2 now" in said, "the drill tells old shares", said)
    run("init", "--db", WORK / "other.db")
    said = run("key", "drill", "--db", WORK / "other.db", *shares(WORK / "s1", 1, 2, 3), status=1)
    check("of another hub" in said, "and another hub's", said)

    credentials = WORK / "credentials"
    credentials.mkdir()
    key.rename(credentials / "haven.key")
    os.environ["CREDENTIALS_DIRECTORY"] = str(credentials)
    run("doctor")
    check(True, "without a key file the service's credential opens the hub")
    destruction()
    print(f"1..{n_tests}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
