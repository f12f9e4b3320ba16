#!/usr/bin/env python3
"""A second model of who may see what.

Written from docs/access.md by somebody who had not read the C: not the room's code nor its tests', only that page and, for the numbers and the line format, the first comment of
tests/access/decide_many.c. It keeps the page's order and words and gives every rule its number there. It is meant to be read beside the page; its only speed is a memo of
single tables' look-ups and, in the lattice, what the page itself takes together: an unknown field anywhere (rule 1), accounts that do not stand (rule 2), any conflict
(rule 4), and ceilings that do not count (none).

usage: model.py < QUESTIONS                  answers, a line each
       model.py --lattice [FROM TO STEP]     a line for each chunk of the finite lattice, with its checksum
       model.py --by-hand CHUNK              that chunk's line without any shortcut: each of its 145,800 questions is put to decide()
"""
import collections
import functools
import itertools
import multiprocessing
import re
import sys
import zlib

# The question: its fields in the order of a line, and the words behind their numbers. A number that is not there is unknown.

Question = collections.namedtuple("Question", "standing roles begin end agency stepped_up_until action purpose basis now kind level owner ceiling shared_from shared_to "
                                  "assigned unit named listed glass conflicts")


def numbered(words):
    return dict(enumerate(words.split(), 1))


STANDINGS = numbered("active suspended ended")
ROLES = numbered("reviewer practitioner advocate supervisor dpo analyst administrator")  # the number is the bit
ACTIONS = numbered("search view unmask export decide list load update measure audit manage glass close")
PURPOSES = numbered("safeguarding investigation prosecution offender-management victim-support meeting statistics audit subject-rights administration")
BASES = numbered("none given")
KINDS = numbered("person record case quarantine ledger alert registry hub")
LEVELS = numbered("open audited protected closed")
CONFLICTS = {0: "self", 1: "relative", 2: "colleague"}
CEILINGS = {-1, 0, 1, 2, 3}
GROUPS = "name birth former_names address phone school workplace summary identifiers narrative record".split()  # the place is the bit
HUB = 0
NONE = -1  # the ceiling, the grade and the cap that are none: below 0, so that the lowest of several grades is none when one of them is


def members(words, bits):
    """The set of words whose bits are set; None when another bit is set as well."""
    known = sum(1 << bit for bit in words)
    return None if bits & ~known else frozenset(word for bit, word in words.items() if bits >> bit & 1)


# The answer

Answer = collections.namedtuple("Answer", "rule grade groups allowed hidden watch")


@functools.lru_cache(maxsize=None)
def denied(rule, hidden=False):
    return Answer(rule, NONE, frozenset(), False, hidden, False)  # grade none, no groups, no watch


@functools.lru_cache(maxsize=None)
def allowed(rule, grade, groups, watch=False):
    return Answer(rule, grade, groups, True, False, watch)


# The tables, as on the page

def words(cell):
    return frozenset(cell.replace(",", " ").split())


ALL = frozenset(GROUPS)

GROUPS_OF_GRADE = {0: words("")}
GROUPS_OF_GRADE[1] = GROUPS_OF_GRADE[0] | words("name, birth")
GROUPS_OF_GRADE[2] = GROUPS_OF_GRADE[1] | words("former_names, address, phone, school, workplace, summary")
GROUPS_OF_GRADE[3] = GROUPS_OF_GRADE[2] | words("identifiers, narrative, record")

MASKED = words("former_names, address, phone, school, workplace, identifiers, record")

GROUPS_OF_ROLE = {"reviewer": ALL, "practitioner": ALL, "supervisor": ALL, "dpo": ALL, "advocate": ALL - words("identifiers, record"), "analyst": words(""),
                  "administrator": words("")}

NEEDS = {"search": 0, "view": 0, "list": 0, "decide": 1, "unmask": 2, "export": 2, "glass": 0, "close": 0}  # of the other actions rules 8 and 9 dispose

CAPS = {"safeguarding": 3, "investigation": 3, "prosecution": 3, "offender-management": 3, "meeting": 3, "subject-rights": 3, "victim-support": 2, "statistics": NONE,
        "audit": NONE, "administration": NONE}

SIX = "safeguarding, investigation, prosecution, offender-management, victim-support, meeting"
PERMISSIONS = [tuple(words(cell) for cell in row) for row in (
    # roles, actions, kinds, purposes
    ("reviewer", "search, view, unmask, export, decide, list, glass", "person, record, case", SIX),  # 1
    ("practitioner", "search, view, unmask, export, list, glass", "person, record, case", SIX),  # 2
    ("advocate", "search, view, unmask, list, glass", "person, record, case", "safeguarding, victim-support, meeting"),  # 3
    ("supervisor", "search, view, unmask, export, decide, list, glass", "person, record, case", SIX),  # 4
    ("supervisor, dpo", "close", "record", "safeguarding, subject-rights"),  # 5
    ("dpo", "search, view, unmask, export, list", "person, record, case", "subject-rights"),  # 6
    ("reviewer, practitioner, supervisor", "list, view", "quarantine", "safeguarding, investigation"),  # 7
    ("reviewer, practitioner, supervisor, administrator", "load, update", "hub", SIX + ", administration"),  # 8
    ("reviewer, supervisor, analyst, dpo, administrator", "measure", "hub", "safeguarding, investigation, statistics, audit, administration"),  # 9
    ("supervisor, dpo", "audit", "ledger, alert", "audit, subject-rights"),  # 10
    ("supervisor", "manage", "registry", "safeguarding, administration"),  # 11
    ("administrator", "manage", "registry, hub", "administration"),  # 12
    ("dpo", "manage", "person, registry", "subject-rights, administration"),  # 13
    ("administrator", "list", "quarantine", "administration"),  # 14
    ("supervisor, dpo", "update", "hub", "safeguarding, subject-rights"),  # 15
)]


@functools.lru_cache(maxsize=None)
def permitted(asker_roles, asked_action, asked_kind, asked_purpose):
    return any(roles & asker_roles and asked_action in actions and asked_kind in kinds and asked_purpose in purposes for roles, actions, kinds, purposes in PERMISSIONS)


@functools.lru_cache(maxsize=None)
def roles_of(bits):
    return members(ROLES, bits)


@functools.lru_cache(maxsize=None)
def conflicts_of(bits):
    return members(CONFLICTS, bits)


# The rules

def decide(q):
    """The answer to one question: rules 1 to 12 in order, the first that holds decides."""
    now = q.now
    standing, roles = STANDINGS.get(q.standing), roles_of(q.roles)
    action, purpose, basis = ACTIONS.get(q.action), PURPOSES.get(q.purpose), BASES.get(q.basis)
    kind, level, conflicts = KINDS.get(q.kind), LEVELS.get(q.level), conflicts_of(q.conflicts)

    # Rule 1, unknown: a value outside its list, an unlisted bit, a ceiling below none or above 3, an agency of 0 or less, an owner below 0, a now below 0; or no role at all.
    if standing is None or action is None or purpose is None or basis is None or kind is None or level is None:
        return denied(1)
    if roles is None or conflicts is None or q.ceiling not in CEILINGS or q.agency <= 0 or q.owner < 0 or now < 0:
        return denied(1)
    if not roles:
        return denied(1)

    # Rule 2, standing: the account is not active, or now is outside its time.
    if standing != "active" or not q.begin <= now < q.end:
        return denied(2)

    # A relation is held when now is before its end.
    assigned, unit, named, listed, glass = now < q.assigned, now < q.unit, now < q.named, now < q.listed, now < q.glass

    # Rule 3, closed, and not on the object's list: hidden too.
    if level == "closed" and not listed:
        return denied(3, hidden=True)

    # Rule 4, conflict.
    if kind in ("person", "record", "case", "quarantine") and conflicts:
        return denied(4)

    # Rule 5, nothing permits.
    if not permitted(roles, action, kind, purpose):
        return denied(5)

    # Rule 6, step-up.
    if action in ("glass", "close") and not now < q.stepped_up_until:
        return denied(6)

    # Rule 7, basis.
    if action in ("unmask", "export") and basis == "none" and not (assigned or named or glass):
        return denied(7)

    # Rule 8, inner work: grade 3, all groups.
    if action in ("load", "update", "measure"):
        return allowed(8, 3, ALL)

    # Rule 9, no grades.
    if kind in ("ledger", "alert", "registry", "hub") or action == "manage" or (action == "list" and kind == "quarantine"):
        return allowed(9, 0, frozenset())

    # The grade, step 1: the start.
    own = q.owner == q.agency
    if q.owner == HUB or own:
        grade = 3
    elif q.shared_from <= now < q.shared_to:
        grade = q.ceiling
    else:
        grade = NONE
    if glass:
        grade = 3
    # Step 2: the purpose's cap.
    grade = min(grade, CAPS[purpose])
    # Step 3: of an owner that is not the asker's own agency.
    if not own:
        if assigned or named or glass or action == "decide":
            grade = min(grade, 3)
        elif basis == "given" or unit:
            grade = min(grade, 2)
        else:
            grade = min(grade, 1)
    # Step 4: protected or closed, for the own agency too.
    if level in ("protected", "closed") and not (assigned or named or listed or glass):
        grade = min(grade, 0)

    # Rule 10, not shared.
    if grade == NONE:
        return denied(10)

    # Rule 11, grade too low.
    if grade < NEEDS[action]:
        return denied(11)

    # Rule 12, allowed.
    bare = action in ("unmask", "export", "decide") or kind == "quarantine"
    return allowed(12, grade, groups_shown(grade, roles, bare), watch=level == "audited")


@functools.lru_cache(maxsize=None)
def groups_shown(grade, roles, bare):
    """The groups of the grade, kept to those of the roles together, and without the masked ones unless they are bare."""
    of_roles = frozenset().union(*(GROUPS_OF_ROLE[role] for role in roles))
    shown = GROUPS_OF_GRADE[grade] & of_roles
    return shown if bare else shown - MASKED


# Lines

LINE = re.compile(r"-?[0-9]+(?: -?[0-9]+){21}\n")
OF_32_BITS = {"standing", "roles", "action", "purpose", "basis", "kind", "level", "conflicts"}  # the ceiling is an int, the others have 64 bits with a sign
FITS = [(-2**31, 2**32) if field in OF_32_BITS else (-2**31, 2**31) if field == "ceiling" else (-2**63, 2**63) for field in Question._fields]


def parse(line):
    """The question of a line, with its end; None when there is none in it."""
    if not LINE.fullmatch(line):
        return None
    q = Question._make(map(int, line.split(" ")))
    fits = -2**31 <= min(q) and max(q) < 2**31 or all(low <= value < high for value, (low, high) in zip(q, FITS))
    return q if fits else None


@functools.lru_cache(maxsize=None)
def group_bits(groups):
    return sum(1 << bit for bit, name in enumerate(GROUPS) if name in groups)


@functools.lru_cache(maxsize=None)
def answer_line(a):
    return f"{a.rule} {a.grade} {group_bits(a.groups)} {a.allowed:d} {a.hidden:d} {a.watch:d}"


def answers(lines):
    for number, line in enumerate(lines, 1):
        question = parse(line)
        if question is None:
            sys.stdout.flush()
            print(f"model.py: line {number}: no question of 22 integers", file=sys.stderr)
            sys.exit(2)
        yield answer_line(decide(question))


# The finite lattice (the first comment of decide_many.c says what it is)

IN_TIME, NOT_BEGUN, OVER = (1000, 1001), (1001, 2000), (0, 1000)
ASKERS = [(1, *IN_TIME, 7), (0, *IN_TIME, 7), (2, *IN_TIME, 7), (3, *IN_TIME, 7), (1, *NOT_BEGUN, 7), (1, *OVER, 7), (1, *IN_TIME, 0)]  # standing, from, to, agency
ROLE_BITS = [0] + [1 << bit for bit in ROLES] + [1, 258]
STEPPED = [1000, 1001]
AXES = [range(3), range(9), range(5), (-1, 0, 7, 8), [(c, *IN_TIME) for c in range(-2, 5)] + [(3, *NOT_BEGUN), (3, *OVER)], range(6), (0, 1, 2, 4, 8)]
DIGITS = [(asker, roles, step, action, purpose) for asker in range(7) for roles in range(10) for step in range(2) for action in range(14) for purpose in range(11)]


def lattice_question(digits, basis, kind, level, owner, sharing, relation, conflict):
    asker, roles, step, action, purpose = digits
    standing, begin, end, agency = ASKERS[asker]
    relations = [1001 if relation == which else 1000 for which in range(1, 6)]
    return Question(standing, ROLE_BITS[roles], begin, end, agency, STEPPED[step], action, purpose, basis, 1000, kind, level, owner, *sharing, *relations, conflict)


@functools.lru_cache(maxsize=None)
def four_bytes(a):
    bits = group_bits(a.groups)
    return bytes((a.rule, a.grade + 1, bits & 255, (bits >> 8) + 32 * a.allowed + 64 * a.hidden + 128 * a.watch))


def by_hand(digits):
    """The checksum of a chunk, every question decided."""
    return zlib.crc32(b"".join(four_bytes(decide(lattice_question(digits, *place))) for place in itertools.product(*AXES)))


# Known values of each axis; of the page's words for classes: "any conflict stands" (rule 4), and a ceiling "counts when from <= now < to, else it is none".
KNOWN_CONFLICT, UNKNOWN_CONFLICT = (0, 1), 8


@functools.lru_cache(maxsize=None)
def by_classes(asker, roles, step, action, purpose):
    """The same checksum: whatever else is asked, an unknown field is rule 1, known values are decided one by one, all conflicts as one, a ceiling out of its time as none."""
    digits = asker, roles, step, action, purpose
    unknown = four_bytes(denied(1))
    out = []
    for basis, kind, level, owner in itertools.product(*AXES[:4]):
        if 0 in (basis, kind, level) or owner < 0:
            out.append(unknown * (9 * 6 * 5))
            continue
        block = {}
        for ceiling in sorted(CEILINGS):
            relations = []
            for relation in range(6):
                free, conflicting = (four_bytes(decide(lattice_question(digits, basis, kind, level, owner, (ceiling, *IN_TIME), relation, conflict))) for conflict in KNOWN_CONFLICT)
                relations.append(free + conflicting * 3 + unknown)  # none; self, relative, colleague; the unlisted bit
            block[ceiling] = b"".join(relations)
        out += [unknown * (6 * 5), *(block[ceiling] for ceiling in range(-1, 4)), unknown * (6 * 5), block[NONE], block[NONE]]
    return zlib.crc32(b"".join(out))


def chunk_class(digits):
    """An unknown field of the asker or the asking decides every question of the chunk alike (rule 1), and so do all accounts that do not stand (rule 2)."""
    asker, roles, step, action, purpose = digits
    if asker in (1, 6) or roles in (0, 8, 9) or action == 0 or purpose == 0:
        return 1, 0, 0, 0, 0
    if asker in (2, 3, 4, 5):
        return 2, 1, 0, 1, 1
    return digits


def lattice_line(chunk):
    return f"{chunk} {' '.join(map(str, DIGITS[chunk]))} {by_classes(*chunk_class(DIGITS[chunk])):08x}"


def lattice(start=0, stop=len(DIGITS), step=1, processes=2):
    with multiprocessing.Pool(processes) as pool:
        yield from pool.imap(lattice_line, range(start, stop, step), chunksize=16 if stop - start > 200 * step else 1)


def main(arguments):
    if arguments[:1] == ["--lattice"] and len(arguments) in (1, 4):
        lines = lattice(*map(int, arguments[1:]))
    elif arguments[:1] == ["--by-hand"] and len(arguments) == 2:
        digits = DIGITS[int(arguments[1])]
        lines = [f"{arguments[1]} {' '.join(map(str, digits))} {by_hand(digits):08x}"]
    elif not arguments:
        sys.stdin.reconfigure(newline="\n")
        lines = answers(sys.stdin)
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.stdout.writelines(line + "\n" for line in lines)


if __name__ == "__main__":
    main(sys.argv[1:])
