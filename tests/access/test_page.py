#!/usr/bin/env python3
"""The tables of docs/access.md are those of the C: permissions, actions, purposes, groups of grades and roles, masks.

usage: test_page.py PAGE DECIDE_MANY

Reads the page's tables and asks decide_many (tests/access/decide_many.c has the numbers) about each of their cells. The rules' order and the rest of their words are the
second model's business (model.py), not this test's.
"""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "house"))
from house import Tap  # noqa: E402

ROLES = "reviewer practitioner advocate supervisor dpo analyst administrator".split()
ACTIONS = "search view unmask export decide list load update measure audit manage glass close".split()
PURPOSES = ("safeguarding investigation prosecution offender-management victim-support meeting statistics audit subject-rights "
            "administration").split()
KINDS = "person record case quarantine ledger alert registry hub".split()
GROUPS = "name birth former_names address phone school workplace summary identifiers narrative record".split()
PERMISSION, GRADE, NOT_SHARED = 5, 11, 10


def words(cell):
    return [word.strip(" *`") for word in cell.split(",") if word.strip()]


def table(page, heading, first):
    """The cells of the table under `heading` whose first heading is `first`."""
    part = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
    start = next(i for i, row in enumerate(rows) if row[0] == first)
    end = next((i for i in range(start + 2, len(rows)) if rows[i][0] in ("grade", "role")), len(rows))
    return rows[start + 2:end]


def ask(program, questions):
    """Questions as (role, action, kind, purpose, owner, ceiling, assigned): in standing, stepped up, with a basis; the answers as integers."""
    lines = [f"1 {1 << ROLES.index(r) + 1} 0 9 7 9 {ACTIONS.index(a) + 1} {PURPOSES.index(p) + 1} 2 5 {KINDS.index(k) + 1} 1 {owner} {ceiling} 0 9 {9 * assigned} 0 0 0 0 0\n"
             for r, a, k, p, owner, ceiling, assigned in questions]
    done = subprocess.run([program], input="".join(lines), capture_output=True, text=True, check=True)
    return [tuple(map(int, line.split())) for line in done.stdout.splitlines()]


def permissions(page, program):
    """Every role alone, action, kind and purpose: "nothing permits" decides where no row of the page permits, and nowhere else."""
    rows = [[set(words(cell)) for cell in row[1:5]] for row in table(page, "Permissions", "#")]
    known = [set(ROLES), set(ACTIONS), set(KINDS), set(PURPOSES)]
    wrong = [f"row {i + 1} names {cell - names}" for i, row in enumerate(rows) for cell, names in zip(row, known) if not cell <= names]
    questions = [(r, a, k, p, 7, 3, True) for r in ROLES for a in ACTIONS for k in KINDS for p in PURPOSES]
    for q, answer in zip(questions, ask(program, questions)):
        permitted = any(all(word in cell for word, cell in zip(q, row)) for row in rows)
        if (answer[0] != PERMISSION) != permitted:
            wrong.append(f"{' '.join(q[:4])}: the page {'permits' if permitted else 'does not permit'} it, the C decides by rule {answer[0]}")
    return wrong


def needed(page, program):
    """The least ceiling with which an action passes, somebody assigned asking, is the grade that the page says."""
    wrong = []
    for names, grade, _ in table(page, "Actions", "action"):
        for action in words(names):
            if not grade:
                continue
            role = "reviewer" if action != "close" else "supervisor"
            questions = [(role, action, "record", "safeguarding", 8, ceiling, True) for ceiling in range(-1, 4)]
            rules = [answer[0] for answer in ask(program, questions)]
            want = [NOT_SHARED] + [GRADE] * int(grade) + [12] * (4 - int(grade))
            if rules != want:
                wrong.append(f"{action} by ceiling: rules {rules}, not {want}")
    return wrong


def caps(page, program):
    """The grade of somebody's own record, by purpose. A cap of none is left to the second model: no permission has it."""
    wrong = []
    for names, cap in table(page, "Purposes", "purpose"):
        for purpose in words(names):
            role = "dpo" if purpose == "subject-rights" else "reviewer"
            if cap != "none" and ask(program, [(role, "view", "record", purpose, 7, 3, False)])[0][1] != int(cap):
                wrong.append(f"{purpose}: not capped at {cap}")
    return wrong


def groups(page, program):
    """The groups of each role, grade and action, masked or not."""
    of_grade, so_far = {}, set()
    for grade, cell in table(page, "The groups", "grade"):
        if grade != "0":
            so_far = so_far | set(words(re.sub(r"\band\b", "", cell)))
        of_grade[int(grade)] = so_far
    masked = set(words(re.search(r"^Masked: ([^.]*)\.", page, re.MULTILINE).group(1)))
    of_role = {}
    for names, cell in table(page, "The groups", "role"):
        less = set(words(cell.removeprefix("all but ").replace(" and ", ", "))) if cell.startswith("all but") else set()
        for role in words(names):
            of_role[role] = set() if cell == "none" else set(GROUPS) - less
    wrong = [f"no group {name}" for name in (so_far | masked) - set(GROUPS)]
    for role in ("reviewer", "practitioner", "advocate", "supervisor", "dpo"):
        for action in ("view", "unmask", "decide", "export"):
            purpose = "subject-rights" if role == "dpo" else "safeguarding"
            questions = [(role, action, "record", purpose, 8, ceiling, True) for ceiling in range(4)]
            for grade, answer in enumerate(ask(program, questions)):
                if answer[0] != 12:
                    continue
                want = (of_grade[grade] & of_role[role]) - (masked if action == "view" else set())
                got = {name for i, name in enumerate(GROUPS) if answer[2] >> i & 1}
                if got != want:
                    wrong.append(f"{role} {action} at {grade}: {sorted(got ^ want)} differ")
    return wrong


def main():
    page, program = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2]
    with Tap() as tap:
        tap.check("permissions", permissions(page, program))
        tap.check("grades that actions need", needed(page, program))
        tap.check("caps of purposes", caps(page, program))
        tap.check("groups", groups(page, program))


main()
