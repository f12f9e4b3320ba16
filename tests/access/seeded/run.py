#!/usr/bin/env python3
"""Thirty bugs, each one line of the rules of src/access, and who finds them. A bug that nobody finds fails.

usage: run.py SOURCE_ROOT [N]

Each bug is put into a copy of one file, the programs below are built with it (with cc, apart from the build's own), and run:
    table       tests/access/test_decide: each rule by name
    properties  tests/access/test_properties
    sets        tests/access/test_scope: sets against single decisions
    page        tests/access/test_page.py: the page's tables, cell by cell
    model       tests/access/model.py, the second model, on questions at random: its answers beside those of decide_many
With N (2 or more) only so many of them, evenly chosen: the short form. The programs must be content without a bug, and every line that a bug replaces must be
there exactly once, else this list is out of date.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(root / "tests" / "house"))
from house import Tap  # noqa: E402

QUESTIONS = 40000
BUGS = [  # file, what it says, what it says with the bug, in words
    ("tables.c", "[ACCESS_decide] = {.needs = 1,", "[ACCESS_decide] = {.needs = 0,", "deciding on a pointer"),
    ("tables.c", "[ACCESS_unmask] = {.needs = 2,", "[ACCESS_unmask] = {.needs = 1,", "unmasking coded events"),
    ("tables.c", "[ACCESS_view] = {.needs = 0, .graded = true}", "[ACCESS_view] = {.needs = 0, .graded = true, .unmasks = true}", "a view without masks"),
    ("tables.c", "action == ACCESS_list && kind == ACCESS_KIND_quarantine", "action == ACCESS_list && kind == ACCESS_KIND_alert", "the list of quarantined rows has grades"),
    ("tables.c", "[PURPOSE_victim_support] = 2", "[PURPOSE_victim_support] = 3", "the cap of victim support"),
    ("tables.c", "#define GRADE_1 (G(name) | G(birth))", "#define GRADE_1 (G(name) | G(birth) | G(phone))", "a group too many at grade 1"),
    ("tables.c", "G(address) | G(phone) | G(school) | G(workplace) | G(identifiers) | G(record);", "G(address) | G(phone) | G(workplace) | G(identifiers) | G(record);",
     "school is not masked"),
    ("tables.c", "ACCESS_GROUPS_ALL & ~(G(identifiers) | G(record))", "ACCESS_GROUPS_ALL & ~G(identifiers)", "an advocate sees the record as sent"),
    ("tables.c", "[ACCESS_ROLE_analyst] = 0", "[ACCESS_ROLE_analyst] = ACCESS_GROUPS_ALL", "an analyst's second role shows everything"),
    ("tables.c", "READING | DO(glass), PEOPLE, FOR(safeguarding)", "READING | DO(export) | DO(glass), PEOPLE, FOR(safeguarding)", "an advocate exports"),
    ("tables.c", "DO(close), ON(record), FOR(safeguarding)", "DO(close), ON(record) | ON(case), FOR(safeguarding)", "a row of the permissions too wide: closing cases"),
    ("tables.c", "/* 10 */ {BY(supervisor) | BY(dpo), DO(audit)", "/* 10 */ {BY(supervisor) | BY(dpo) | BY(analyst), DO(audit)", "an analyst reads the ledger"),
    ("decide.c", "return from_ms <= now_ms && now_ms < to_ms;", "return from_ms <= now_ms && now_ms <= to_ms;", "one instant too long"),
    ("decide.c", "if (now_ms < until_ms[relation])", "if (now_ms <= until_ms[relation])", "a relation held one instant too long"),
    ("decide.c", "ask->now_ms >= ask->who.step_up_until_ms", "ask->now_ms > ask->who.step_up_until_ms", "a sign-in stepped up one instant too long"),
    ("decide.c", "(roles & 1) == 0 && ", "", "an unknown role is nobody's business"),
    ("decide.c", "sharing->ceiling <= 3;", "sharing->ceiling <= 4;", "a ceiling beyond the grades"),
    ("decide.c", "!(held & HELD(listed));", "!(held & (HELD(listed) | HELD(glass)));", "broken glass opens a closed record"),
    ("decide.c", "if (is_closed_to(object->level, held))", "if (is_closed_to(object->level, held) && !is_in_conflict(object->kind, object->conflict))",
     "rules 3 and 4 swapped: a conflict tells of a closed record"),
    ("decide.c", "access_minds_conflict(kind) && conflict != 0;", "access_minds_conflict(kind) && (conflict & 3) != 0;", "a forbid missing: colleagues"),
    ("decide.c", "(ask->action == ACCESS_glass || ask->action == ACCESS_close)", "ask->action == ACCESS_glass", "closing without a stronger sign-in"),
    ("decide.c", ".hidden = rule == ACCESS_RULE_closed", ".hidden = false", "a closed record is refused, so it exists"),
    ("decide.c", "sharing->owner == 0 || sharing->owner == ask->who.agency || (held & HELD(glass))", "sharing->owner == 0 || sharing->owner == ask->who.agency",
     "broken glass does not help against an agreement"),
    ("decide.c", "lower(grade, access_purpose_cap(ask->purpose));", "lower(grade, 3);", "the purpose's cap is forgotten"),
    ("decide.c", "(held & HELD(unit)) ? 2 : 1;", "(held & HELD(unit)) ? 3 : 1;", "a wrong cap: the unit's is as good as assigned"),
    ("decide.c", "if (grade < access_needed_grade(ask->action))", "if (grade <= access_needed_grade(ask->action))", "a wrong comparison of grades"),
    ("scope.c", "involved || (held & HELD(listed)) ? LADDER_FULL : LADDER(0);", "LADDER_FULL;", "sets forget levels"),
    ("scope.c", "return p->cap_own;", "return p->cap_others;", "sets treat the own agency as another"),
    ("scope.c", "p->needs = 1u << access_needed_grade(ask->action);", "p->needs = LADDER(access_needed_grade(ask->action));", "sets forget what an action needs"),
    ("scope.c", "(conflict == 0 || !access_minds_conflict(kind)) && ", "", "sets forget conflicts"),
]

OF_ROOM = ["tables.c", "decide.c", "scope.c", "words.c"]
OTHERS = ["src/base/str.c", "src/base/arena.c", "src/base/err.c", "tests/access/question.c", "tests/access/lattice.c"]
PROGRAMS = {"table": "tests/access/test_decide.c", "properties": "tests/access/test_properties.c", "sets": "tests/access/test_scope.c",
            "decide_many": "tests/access/decide_many.c"}
MODEL = root / "tests" / "access" / "model.py"
CC = [os.environ.get("CC", "cc"), "-std=c17", "-D_GNU_SOURCE", "-O1", "-I", str(root / "src"), "-I", str(root / "tests")]


def compile_one(source, target):
    subprocess.run([*CC, "-c", str(source), "-o", str(target)], check=True)


class Bench:
    """The programs, built in a folder of their own, with a bug or without."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for source in [*(root / "src" / "access" / name for name in OF_ROOM), *(root / name for name in OTHERS), *(root / name for name in PROGRAMS.values())]:
            compile_one(source, self.folder / (source.name + ".o"))
        self.programs(bugged=None)
        self.questions = self.answers = None
        if MODEL.exists():
            lines = subprocess.run([self.folder / "decide_many", "--random", "7", str(QUESTIONS)], check=True, capture_output=True, text=True).stdout.splitlines()
            self.questions = "".join(" ".join(line.split()[:22]) + "\n" for line in lines)
            self.answers = subprocess.run([sys.executable, MODEL], input=self.questions, check=True, capture_output=True, text=True).stdout

    def programs(self, bugged):
        objects = [str(self.folder / (f"bug_{name}.o" if name == bugged else f"{name}.o")) for name in OF_ROOM]
        objects += [str(self.folder / (pathlib.Path(name).name + ".o")) for name in OTHERS]
        for name, source in PROGRAMS.items():
            own = self.folder / (pathlib.Path(source).name + ".o")
            subprocess.run([*CC[:1], str(own), *objects, "-lcmocka", "-lutf8proc", "-o", str(self.folder / name)], check=True)

    def finders(self):
        """Who is not content with the programs as they are."""
        few = {**os.environ, "HAVEN_ACCESS_QUESTIONS": str(QUESTIONS), "HAVEN_ACCESS_SETS": str(QUESTIONS // 2)}
        found = [name for name in ("table", "properties", "sets")
                 if subprocess.run([self.folder / name], env=few, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode != 0]
        page = [sys.executable, root / "tests/access/test_page.py", root / "docs/access.md", self.folder / "decide_many"]
        found += ["page"] * (b"not ok" in subprocess.run(page, capture_output=True, check=True).stdout)
        if self.questions:
            answers = subprocess.run([self.folder / "decide_many"], input=self.questions, check=True, capture_output=True, text=True).stdout
            found += ["model"] * (answers != self.answers)
        return found

    def with_bug(self, name, old, new):
        text = (root / "src" / "access" / name).read_text()
        if text.count(old) != 1:
            return None
        copy = self.folder / f"bug_{name}"
        copy.write_text(text.replace(old, new))
        compile_one(copy, self.folder / f"bug_{name}.o")
        self.programs(bugged=name)
        return self.finders()


def main():
    n = int(sys.argv[2]) if len(sys.argv) > 2 else len(BUGS)
    missed = 0
    chosen = [BUGS[i * (len(BUGS) - 1) // (n - 1)] for i in range(n)]
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        content = bench.finders()
        tap.check("without a bug all are content", [f"{name} is not" for name in content])
        for name, old, new, words in chosen:
            found = bench.with_bug(name, old, new)
            if found is None:
                wrong = [f"src/access/{name} does not say {old!r} just once: mend the list of bugs"]
            else:
                wrong = [] if found else ["nobody found it"]
                print(f"# found by: {', '.join(found)}")
            missed += bool(wrong)
            tap.check(f"{name}: {words}", wrong)
    print(f"# {len(chosen) - missed} of {len(chosen)} bugs found")
    return 1 if missed or content else 0


sys.exit(main())
