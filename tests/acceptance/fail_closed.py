#!/usr/bin/env python3
"""Nothing is shown without its committed entry, whatever fails (design promise 6).

usage: fail_closed.py HAVEN FAILING.so [SANITIZER.so] WORKDIR        (SANITIZER.so: the one HAVEN is built with)

Every command and page that shows a person of a small county runs once to count what it asks of the system (failing.c), then again and again, each time with one of those calls
failing: allocations, writes, syncs, names (files made, renamed, removed, cut) and mappings; once, and from then on; writes with EIO and with ENOSPC, and cut short. Then the hub is
opened without the library, and must hold:
1. the program ended by itself, with an exit status and, when not done, one line that names nobody;
2. whatever was shown of anybody (a name, date of birth, telephone or narrative of the extracts), the ledger has every entry that this look leaves when nothing fails;
3. who says "done" has shown everything and left every entry;
4. the next start works, or refuses in one line; and every entry that was seen once is still there, the same.

HAVEN_FAIL_POINTS: a number: so many of them, spread over looks and kinds; long (make fail-closed): every write, sync, name and mapping in every mode, and 200 allocations a look in
each; all: every allocation too, which takes days. HAVEN_FAIL_SEED chooses others; HAVEN_FAIL_ONLY=WORDS: those looks.
"""
import collections
import csv
import http.client
import json
import mmap
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

HAVEN, FAILING = (os.path.abspath(p) for p in sys.argv[1:3])
WORK = os.path.abspath(sys.argv[-1])
KINDS = ("allocation", "write", "sync", "name", "mapping")
PRELOAD = " ".join([FAILING] + sys.argv[3:-1])
if len(sys.argv) == 5:
    os.environ["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0:allocator_may_return_null=1:exitcode=99"]))
ONCE, FROM_THEN_ON, SHORT = 0, 1, 2
MODES = ("once", "from then on", "short")
EIO, ENOSPC = 5, 28
POINTS = os.environ.get("HAVEN_FAIL_POINTS", "150")
rng = random.Random(int(os.environ.get("HAVEN_FAIL_SEED", "1")))
n_tests = n_bad = 0
counts = collections.Counter()
faults = []


def check(ok, what, detail=()):
    global n_tests, n_bad
    n_tests += 1
    n_bad += not ok
    print(f"{'ok' if ok else 'not ok'} {n_tests} - {what}")
    for line in [] if ok else list(detail)[:40]:
        print("# " + line)
    sys.stdout.flush()
    return ok


class Control:
    """The file through which failing.c is steered: struct control."""
    FORM = "IIIIQQQ5Q"

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as f:
            f.write(bytes(struct.calcsize(self.FORM)))
        self.file = open(path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 0)

    def arm(self, at=0, mode=ONCE, error=EIO, kinds=KINDS):
        bits = sum(1 << KINDS.index(k) for k in kinds)
        self.map[:] = struct.pack(self.FORM, 1, mode, error, bits, at, 0, 0, *[0] * 5)

    def disarm(self):
        self.map[0:4] = struct.pack("I", 0)
        values = struct.unpack(self.FORM, self.map[:])
        return {"failed": values[6], "by_kind": dict(zip(KINDS, values[7:]))}


def run(*words, env=None, **more):
    return subprocess.run([HAVEN, *map(str, words)], env=env or os.environ, capture_output=True, text=True, errors="replace", timeout=120, **more)


def must(*words, status=(0,)):
    done = run(*words)
    if done.returncode not in status:
        sys.exit(f"haven {' '.join(map(str, words))} ended with {done.returncode}: {done.stderr}")
    return done.stdout


# ---- who is in the county ----

MONTHS = "January February March April May June July August September October November December".split()


class Personal:
    """What gives somebody of the county away."""

    def __init__(self, county):
        self.words, self.texts = set(), set()
        with open(os.path.join(county, "truth", "persons.csv"), encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f):
                self.words |= set(self.words_of(row["given"] + " " + row["surname"]))
                y, m, d = row["dob"].split("-")
                self.texts |= {row["dob"], f"{int(d)} {MONTHS[int(m) - 1]} {y}"}
        for name, sep, charset, columns in (("police-crime.csv", ",", "utf-8", ("Phone", "MOText", "Address")), ("health.csv", ",", "utf-8", ("Telephone", "Note")),
                                            ("housing.csv", ";", "windows-1252", ("Phone", "Details"))):
            with open(os.path.join(county, "extracts", name), encoding=charset, newline="") as f:
                for row in csv.DictReader(f, delimiter=sep):
                    self.texts |= {row[c] for c in columns if len(row[c]) > 9}
        self.words -= set(self.words_of(run("help", "--man").stdout))

    @staticmethod
    def words_of(text):
        return re.findall(r"[^\W\d_]{4,}", text)

    def found(self, text):
        hit = next((w for w in self.words_of(text) if w in self.words), None)
        if hit:
            return hit
        if not re.search(r"\d{4}|\w{9}", text):
            return None
        return next((t for t in self.texts if t in text), None)


# ---- the hub ----

class Hub:
    def __init__(self):
        self.folder = os.path.join(WORK, "hub")
        os.makedirs(self.folder)
        os.environ.update(HAVEN_DB=os.path.join(self.folder, "hub.db"), HAVEN_USER="demo.reviewer", HAVEN_PURPOSE="safeguarding", HAVEN_LEDGER=os.path.join(self.folder, "ledger"))
        self.known = {}  # entries by number, as they were first seen
        self.next = 0

    def save(self):
        shutil.copytree(self.folder, self.folder + ".saved")

    def put_back(self):
        shutil.rmtree(self.folder)
        shutil.copytree(self.folder + ".saved", self.folder)
        self.known, self.next = {}, 0
        self.new_entries()

    def new_entries(self):
        """(entries that were not there before, None), or (None, why the hub does not open). The last one seen before must be there still."""
        done = run("ledger", "show", "--json", "--from", str(max(self.next - 1, 0)), "--as", "demo.dpo", "--purpose", "audit")
        if done.returncode != 0:
            return None, f"{done.returncode} {done.stderr.strip()}"
        entries = {x.pop("leaf"): x for x in json.loads(done.stdout)}
        new = [x for n, x in entries.items() if n not in self.known]
        lost = [n for n in self.known if n >= self.next - 1 and entries.get(n) != self.known[n]]
        self.known.update(entries)
        if lost or sorted(entries) != list(range(max(self.next - 1, 0), max(entries) + 1)):
            faults.append(f"entries {lost} are not what they were, or numbers are missing")
        self.next = max(entries) + 1
        return [x for x in new if x["what"] != "ledger show" or x["basis"]], None


def entry_key(x):
    return tuple(x[k] for k in ("user", "operation", "what", "object", "purpose", "basis", "outcome", "rows", "subjects"))


def entries_missing(wanted, entries):
    return wanted - collections.Counter(map(entry_key, entries))


# ---- looks: a command, a page ----

class Command:
    def __init__(self, *words, shows=True, steady=True):
        self.words, self.shows, self.steady = words, shows, steady
        self.name = "haven " + " ".join(map(str, words))
        self.control = Control(os.path.join(WORK, "control"))
        self.env = {**os.environ, "LD_PRELOAD": PRELOAD, "FAILING_CONTROL": self.control.path}

    def look(self, **how):
        self.control.arm(**how)
        try:
            done = run(*self.words, env=self.env)
            self.status, self.body, self.said = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired:
            self.status, self.body, self.said = -99, "", "it did not end in 120 s"
        self.asked = self.control.disarm()
        self.done, self.printed = self.status == 0, self.body != ""

    def well(self):
        """How it ended is how a program may end."""
        if self.status == 99 and "Sanitizer: CHECK failed" in self.said:  # the sanitizer's own allocation, as when it starts a thread
            counts["ended by the sanitizer itself"] += 1
            return None
        if "runtime error" in self.said or self.status == 99:
            return self.said[:600]
        if self.status not in (0, 1, 2, 3, 4):
            return f"ended with {self.status}: {self.said[-300:]}"
        if self.status > 1 and not re.fullmatch(r"haven: [^\n]+\n", self.said):
            return f"exit {self.status} without its one line: {self.said!r}"
        return None


class Server:
    """A server under failing.c, which is armed only while a page is asked for."""

    def __init__(self):
        self.control = Control(os.path.join(WORK, "control.server"))
        self.process = None

    def start(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.log = open(os.path.join(WORK, "server.log"), "a+b")
        self.process = subprocess.Popen([HAVEN, "serve", "--listen", f"127.0.0.1:{self.port}", "--log"], env={**os.environ, "LD_PRELOAD": PRELOAD, "FAILING_CONTROL": self.control.path},
                                        stdout=subprocess.DEVNULL, stderr=self.log)
        for _ in range(600):
            if self.process.poll() is not None:
                return False
            try:
                self.ask("/")
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def ask(self, path):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            c.request("GET", path)
            r = c.getresponse()
            return r.status, r.read().decode("utf-8", "replace")
        finally:
            c.close()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
        status = self.process.returncode if self.process else 0
        self.process = None
        return status


class Page:
    def __init__(self, server, path):
        self.server, self.path, self.shows, self.steady = server, path, True, True
        self.name = "GET " + path
        self.control = server.control

    def look(self, **how):
        if self.server.process is None and not self.server.start():
            sys.exit("the server does not start")
        self.said, self.status = "", 0
        self.control.arm(**how)
        try:
            self.status, self.body = self.server.ask(self.path)
        except http.client.IncompleteRead as e:
            self.status, self.body = 1, e.partial.decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as e:  # no reply is a refusal, as long as the server lives
            self.body, self.said = "", repr(e)
        self.asked = self.control.disarm()
        self.done, self.printed = self.status == 200, False  # a page that refuses says so in its body

    def well(self):
        if self.server.process.poll() is not None:
            return f"the server ended with {self.server.process.returncode}"
        return None


class Handed(Command):
    """A command that hands itself to a server, in which the call fails."""

    def __init__(self, server, *words):
        super().__init__(*words)
        self.server, self.control, self.env = server, server.control, None
        self.name += ", by a server"

    def look(self, **how):
        if self.server.process is None and not self.server.start():
            sys.exit("the server does not start")
        super().look(**how)

    def well(self):
        if self.server.process.poll() is not None:
            return f"the server ended with {self.server.process.returncode}"
        return super().well()


# ---- one call fails ----

def baseline(hub, look, personal):
    look.look()
    entries, why = hub.new_entries()
    if why or not look.done:
        sys.exit(f"{look.name} does not work when nothing fails: {look.status} {look.said} {why or ''}")
    look.look()  # what is only done once is done
    look.whole = look.body
    entries, why = hub.new_entries()
    look.wanted = collections.Counter(map(entry_key, entries))
    look.calls = look.asked["by_kind"]
    shows = personal.found(look.body) is not None
    if not all(look.calls[k] for k in ("allocation", "write", "sync")):
        sys.exit(f"failing.c does not count what {look.name} asks for: {look.calls} {look.said}")
    check(shows == look.shows and len(look.wanted) > 0,
          f"{look.name}: {'shows people' if shows else 'shows nobody'}, leaves {sum(look.wanted.values())} entries; " + ", ".join(f"{look.calls[k]} {k}s" for k in KINDS))


def points_of(look):
    """Every way in which one call of this look may fail."""
    for kind in KINDS:
        for n in range(1, look.calls[kind] + 1):
            for mode, error in [(ONCE, EIO), (FROM_THEN_ON, EIO)] + ([(ONCE, ENOSPC), (FROM_THEN_ON, ENOSPC), (SHORT, EIO)] if kind == "write" else []):
                yield kind, n, mode, error


ORDER = ("allocation", "write", "allocation", "sync", "allocation", "write", "allocation", "name", "mapping", "sync")


def choose(look, n_looks):
    """All of them, or this look's share of a sample: of each kind, most of them allocations, of which there are most."""
    every = list(points_of(look))
    if POINTS == "all":
        return every
    rng.shuffle(every)
    if POINTS == "long":
        memory = [p for p in every if p[0] == "allocation"]
        return [p for p in every if p[0] != "allocation"] + [p for mode in (ONCE, FROM_THEN_ON) for p in [q for q in memory if q[2] == mode][:200]]
    chosen = [p for p in every if isinstance(look, Handed) and p[:3] == ("allocation", 1, FROM_THEN_ON)]  # before the server has the caller's streams
    for turn in range(max(int(POINTS) // n_looks, 2)):
        at = next((i for i, p in enumerate(every) if p[0] == ORDER[turn % len(ORDER)]), None)
        if at is not None:
            chosen.append(every.pop(at))
    return chosen


def fault(look, point, text):
    kind, n, mode, error = point
    faults.append(f"{look.name}: {kind} {n} of {look.calls[kind]} fails {MODES[mode]} (errno {error}): {text}")


def starts_again(hub, look, point):
    """The ledger after it, by a start without failures; a server whose journal is closed for good says so, and is started again."""
    entries, why = hub.new_entries()
    if why and hasattr(look, "server"):
        counts["servers closed for good"] += 1
        look.server.stop()
        entries, why = hub.new_entries()
    if why:
        counts["starts refused"] += 1
        if not re.fullmatch(r"[34] haven: [^\n]+", why):
            fault(look, point, f"the next start ends without its one line: {why}")
        else:
            fault(look, point, f"the next start refuses: {why}")
        hub.put_back()
    return entries


def fail(hub, look, point, personal):
    kind, n, mode, error = point
    look.look(at=n, mode=mode, error=error, kinds=(kind,))
    counts["points"] += 1
    counts[kind] += 1
    if look.asked["failed"] == 0:
        counts["not reached"] += 1
    ill = look.well()
    if ill:
        fault(look, point, ill)
    shown, told = personal.found(look.body), personal.found(look.said)
    counts["shown" if shown else "not shown"] += 1
    counts["done" if look.done else "refused"] += 1
    if told:
        fault(look, point, f"the error names {told}")
    entries = starts_again(hub, look, point)
    if hasattr(look, "server") and ill:
        look.server.stop()
    if entries is None:
        return
    missing = entries_missing(look.wanted, entries)
    if (shown or look.done or look.printed) and missing:
        fault(look, point, f"{'shown' if shown else 'done'} ({shown}), exit {look.status}, without {dict(missing)}")
    if look.done and look.steady and look.body != look.whole:
        fault(look, point, f"says done, but shows {len(look.body)} of {len(look.whole)} characters")


# ---- the county and its looks ----

def bad_row(police):
    """An extract with a row that cannot be stored: the date of its version says nothing."""
    path = os.path.join(WORK, "bad.csv")
    with open(police) as f:
        header, row = next(f), next(f)
    cells = row.split(",")
    cells[header.split(",").index("LastUpdated")] = "soon"
    with open(path, "w") as to:
        to.write(header + ",".join(cells))
    return path


def make_hub():
    county = os.path.join(WORK, "county")
    must("simulate", "--people", "1200", "--seed", "7", "--out", county)
    hub = Hub()
    must("init")
    extracts = os.path.join(county, "extracts")
    for name in sorted(os.listdir(extracts)):
        must("load", "--feed", name.split(".")[0], os.path.join(extracts, name), "--no-update")
    must("update", "--as", "demo.supervisor")
    must("load", "--feed", "police-crime", bad_row(os.path.join(extracts, "police-crime.csv")), status=(1,))
    return county, hub


def looks_of(personal):
    case = json.loads(must("review", "list", "--json"))[0]
    band = json.loads(must("people", "band", "--most", "1", "--json"))[0]
    quarantined = json.loads(must("quarantine", "list", "--json"))[-1]["id"]
    with open(os.path.join(WORK, "county", "extracts", "police-crime.csv"), encoding="utf-8", newline="") as f:
        record = "police-crime/" + next(r for r in csv.DictReader(f) if r["Surname"] in personal.words)["IncidentRef"]
    person = json.loads(must("people", "search", case["victim"], "--json"))[0]["person"]
    suspect = json.loads(must("people", "search", case["suspect"], "--json"))[0]["person"]
    must("people", "join", band["mention"], band["other_mention"], "--why", f"{case['victim']} says so")
    leaves = json.loads(must("ledger", "show", "--json", "--as", "demo.dpo", "--purpose", "audit"))
    found = next(x["leaf"] for x in leaves if x["what"] == "people search")
    server = Server()
    return server, [
        Command("people", "search", case["victim"]),
        Command("people", "show", person),
        Command("people", "show", suspect, "--json"),
        Command("people", "show", person, "--unmask", "--basis", case["case"]),
        Command("people", "explain", band["mention"], shows=False),
        Command("people", "decisions"),
        Command("people", "band", shows=False),
        Command("record", "show", record),
        Command("review", "list"),
        Command("review", "show", case["case"]),
        Command("quarantine", "show", quarantined),
        Command("ledger", "show", "--to", found + 1, "--as", "demo.dpo", "--purpose", "audit", "--basis", "complaint"),
        Command("review", "list", "--json"),
        Handed(server, "people", "search", case["victim"]),
        Handed(server, "review", "show", case["case"], "--json"),
        Page(server, "/review"),
        Page(server, "/review/" + case["case"]),
    ]


def whole_at_the_end(hub):
    """Every entry that was ever seen is there, the same, and the ledger agrees with what it signed."""
    before = dict(hub.known)
    hub.known, hub.next = {}, 0
    _, why = hub.new_entries()
    lost = [n for n, x in before.items() if hub.known.get(n) != x]
    check(not why and not lost, f"every entry that was seen once is still there, the same ({len(before)})", [str(lost), str(why)] if why or lost else [])
    done = run("ledger", "verify")
    check(done.returncode == 0, "and the whole ledger verifies", [done.stdout, done.stderr] if done.returncode else [])


def main():
    os.makedirs(WORK, exist_ok=True)
    county, hub = make_hub()
    personal = Personal(county)
    server, looks = looks_of(personal)
    hub.new_entries()
    hub.save()
    only = os.environ.get("HAVEN_FAIL_ONLY")
    looks = [x for x in looks if not only or only in x.name]
    try:
        for look in looks:
            baseline(hub, look, personal)
            for point in choose(look, len(looks)):
                fail(hub, look, point, personal)
    finally:
        server.stop()
    whole_at_the_end(hub)
    with open(os.path.join(WORK, "server.log"), "a+", encoding="utf-8", errors="replace") as f:
        f.seek(0)
        log = f.read()
    check("Sanitizer" not in log and "runtime error" not in log and not personal.found(log), "the server's log names nobody, and no sanitizer says anything", log.splitlines()[-20:])
    print("# " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    check(not faults, f"{counts['points']} calls failed, one after another: nothing shown without its entries, nobody named in an error, no crash, no start that fails", faults)
    print(f"1..{n_tests}")
    return 1 if faults or n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
