"""program.py: what the tests that drive the program as several users share: one hub in the test's folder, commands as somebody for something, and TAP.

    import program
    program.must("demo.admin", "administration", "init")
    program.check(ok, "what holds", detail)
    program.end()
"""
import os
import subprocess
import sys

HAVEN, WORK = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
ENV = {**os.environ, "HAVEN_DB": os.path.join(WORK, "hub.db")}
checked = {True: 0, False: 0}


def check(ok, what, detail=""):
    checked[bool(ok)] += 1
    print(f"{'ok' if ok else 'not ok'} {sum(checked.values())} - {what}", flush=True)
    for line in str(detail).splitlines()[:20] if not ok else []:
        print("# " + line)


def end():
    print(f"1..{sum(checked.values())}")
    sys.exit(checked[False] > 0)


def haven(user, purpose, *words, text=None):
    done = subprocess.run([HAVEN, *words, "--as", user, "--purpose", purpose], capture_output=True, text=True, env=ENV, input=text, check=False)
    return done.returncode, done.stdout, done.stderr


def must(user, purpose, *words, text=None):
    status, out, err = haven(user, purpose, *words, text=text)
    if status not in (0, 1):
        sys.exit(f"haven {' '.join(words)} ended with {status}: {err}")
    return out


def county():
    """A hub with the county of 1,200 in it, still being set up; where each feed's extract is."""
    folder = os.path.join(WORK, "county")
    os.makedirs(WORK, exist_ok=True)
    must("demo.admin", "administration", "init")
    subprocess.run([HAVEN, "simulate", "--people", "1200", "--seed", "4", "--out", folder], check=True, stdout=subprocess.DEVNULL)
    extracts = {name.split(".")[0]: os.path.join(folder, "extracts", name) for name in sorted(os.listdir(os.path.join(folder, "extracts")))}
    for feed, path in extracts.items():
        must("demo.admin", "administration", "load", "--feed", feed, path, "--no-update")
    must("demo.admin", "administration", "update")
    must("demo.admin", "administration", "agency", "add", "The hub team", "--kind", "hub")
    must("demo.admin", "administration", "user", "add", "root.admin", "--agency", "The hub team", "--role", "administrator")
    return extracts
