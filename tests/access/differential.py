#!/usr/bin/env python3
"""The C's rules of access against the second model's (model.py, written from docs/access.md alone): every answer the same.

usage: differential.py DECIDE_MANY [--random N] [--seed S] [--lattice [FROM TO STEP]]

    --random N    N questions at random, half of them the driver's own, half made up here (most of them past rules 1 and 2, many with what a row of Permissions asks for)
    --lattice     the finite lattice, all of it (or the chunks FROM, FROM + STEP, ... below TO): the checksum of every chunk

Neither named: 200,000 questions and 44 chunks. Besides, some chunks are decided by model.py by hand, so that its shortcuts through the lattice are checked against its rules.
Where the two differ, the question is written out in words; the page says who is wrong.
"""
import argparse
import collections
import itertools
import multiprocessing
import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent.parent / "house")]
import model  # noqa: E402
from house import Tap  # noqa: E402

CASES = 20_000  # a piece of work: half the driver's, half made up
SHOWN = 10  # cases written out
CHUNKS = len(model.DIGITS)
FIELDS = model.Question._fields
NUMBERS = {name: {word: number for number, word in table.items()} for name, table in
           (("roles", model.ROLES), ("action", model.ACTIONS), ("purpose", model.PURPOSES), ("kind", model.KINDS))}
WRONG = {"standing": (0, 4, -1), "roles": (0, 1, 258, 512, 2**31 + 4, -1), "agency": (0, -1, -2**63), "action": (0, 14, 2**32 - 1), "purpose": (0, 11, -1), "basis": (0, 3, -1),
         "now": (-1, -2**63), "kind": (0, 9, -1), "level": (0, 5, -1), "owner": (-1, -2**63), "ceiling": (-2, 4, 2**31 - 1, -2**31), "conflicts": (8, 15, 2**31, -1)}


def asked(rnd):
    """Roles, action, kind, purpose: of a row of Permissions (those where much is decided after rule 9 more often), sometimes with other roles or one thing changed."""
    roles, actions, kinds, purposes = rnd.choices(model.PERMISSIONS, (4, 3, 3, 4, 4, 2, 2, 1, 1, 1, 1, 1, 1, 2, 1))[0]
    bits = 1 << NUMBERS["roles"][rnd.choice(sorted(roles))]
    if rnd.random() < 0.3:
        bits |= rnd.randrange(128) << 1
    out = [bits, *(NUMBERS[name][rnd.choice(sorted(row))] for name, row in (("action", actions), ("kind", kinds), ("purpose", purposes)))]
    if rnd.random() < 0.15:
        place, values = rnd.choice(((0, 254), (1, 13), (2, 8), (3, 10)))
        out[place] = rnd.randint(1, values) & (~1 if place == 0 else ~0) or 2
    return out


def made_up(seed, count, block=500):
    """Lines of questions; those of a block share now and the agencies, and their instants lie at both sides of now."""
    rnd = random.Random(seed)
    population = [asked(rnd) for _ in range(2000)]
    out = []
    while len(out) < count:
        now = rnd.choice((0, 1, 1000, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 2, rnd.randrange(2**31), rnd.randrange(2**31), rnd.randrange(2**63 - 1)))
        now = 2**63 - 1 if rnd.random() < 0.01 else now
        agency = rnd.choice((1, 2, 7, 2**31, 2**63 - 1, rnd.randrange(1, 2**63)))
        past = [t for t in (0, 1, now - 1, now, now, -1, -2**63, rnd.randint(0, now)) if -2**63 <= t <= now]  # an end that is over, a beginning that has come
        to_come = [t for t in (now + 1, now + 1, now + 1000, 2**63 - 1) if now < t < 2**63] or past

        def some(values, *weights):
            return rnd.choices(values, weights or None, k=block)

        def instants(share_to_come):
            return some(past + to_come, *[(1 - share_to_come) / len(past)] * len(past), *[share_to_come / len(to_come)] * len(to_come))

        roles, action, kind, purpose = zip(*some(population))
        column = dict(standing=some((1, 2, 3), 96, 2, 2), roles=list(roles), begin=instants(0.02), end=instants(0.98), agency=some((agency,)), stepped_up_until=instants(0.6),
                      action=list(action), purpose=list(purpose), basis=some((1, 2)), now=some((now,)), kind=list(kind), level=some((1, 2, 3, 4)),
                      owner=some((0, agency, 1 if agency > 1 else 2, agency - 1, agency ^ 2**32), 2, 3, 4, 1, 1), ceiling=some((-1, 0, 1, 2, 3)), shared_from=instants(0.08),
                      shared_to=instants(0.92), assigned=instants(0.15), unit=instants(0.2), named=instants(0.15), listed=instants(0.4), glass=instants(0.12),
                      conflicts=some((0, *range(1, 8)), 60, *[1] * 7))
        for name, values in WRONG.items():
            for _ in range(block // 250):
                column[name][rnd.randrange(block)] = rnd.choice(values)
        out += [" ".join(map(str, row)) + "\n" for row in zip(*(column[name] for name in FIELDS))]
    return out[:count]


def told(question, theirs, ours):
    """A case in words."""
    q = model.parse(question)
    tables = dict(standing=model.STANDINGS, action=model.ACTIONS, purpose=model.PURPOSES, basis=model.BASES, kind=model.KINDS, level=model.LEVELS)
    sets = dict(roles=model.ROLES, conflicts=model.CONFLICTS)

    def said(name, value):
        if name in tables:
            return tables[name].get(value, f"unknown ({value})")
        if name in sets:
            known = model.members(sets[name], value)
            return f"unknown ({value})" if known is None else "{" + ", ".join(sorted(known)) + "}"
        return str(value)

    return (question.strip() + "\n#     " + "; ".join(f"{name} {said(name, value)}" for name, value in zip(FIELDS, q))
            + f"\n#     rule, grade, groups, allowed, hidden, watch: the C {theirs}; the model {ours}")


def run(*command, **more):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def piece(work):
    """Some random questions by both: how many of each rule (the driver's questions; those made up here), and what differs."""
    driver, seed, count = work
    own = count // 2
    asked_theirs, theirs = [], []
    for line in run(driver, "--random", seed, own).splitlines():
        words = line.split(" ")
        asked_theirs.append(" ".join(words[:22]) + "\n")
        theirs.append(" ".join(words[22:]))
    ours = made_up(seed, count - own)
    theirs += run(driver, input="".join(ours)).splitlines()
    questions = asked_theirs + ours
    answers = list(model.answers(questions))
    assert len(questions) == len(theirs) == len(answers) == count
    differ = [case for case in zip(questions, theirs, answers) if case[1] != case[2]]
    rules = [int(answer.split(" ", 1)[0]) for answer in answers]
    return collections.Counter(rules[:own]), collections.Counter(rules[own:]), len(differ), differ[:SHOWN]


def at_random(tap, driver, count, seed, processes):
    begun = time.monotonic()
    drivers, here, differing, shown = collections.Counter(), collections.Counter(), 0, []
    work = [(driver, seed + at // CASES, min(CASES, count - at)) for at in range(0, count, CASES)]
    with multiprocessing.Pool(processes) as pool:
        for theirs, ours, number, cases in pool.imap_unordered(piece, work):
            drivers, here, differing, shown = drivers + theirs, here + ours, differing + number, (shown + cases)[:SHOWN]
    print("# rule  driver's questions  made up here")
    for rule in range(1, 13):
        print(f"# {rule:4}  {drivers[rule]:18,}  {here[rule]:12,}")
    print(f"# {count:,} questions, {differing:,} differ, {time.monotonic() - begun:.0f} s")
    tap.check(f"{count:,} questions at random: the C answers as the model", [told(*case) for case in shown])
    few = [f"rule {rule} decides {here[rule]:,} only" for rule in range(1, 13) if here[rule] < sum(here.values()) / 500]
    early = (here[1] + here[2]) / max(1, sum(here.values()))
    tap.check("every rule decides some of those made up here, rules 1 and 2 at most a quarter", few + [f"rules 1 and 2 decide {early:.0%}"] * (early > 0.25))


def first_difference(driver, chunk):
    """Of a chunk whose checksums differ: how many questions, and the first."""
    cases = []
    for line in run(driver, "--dump", chunk).splitlines():
        words = line.split(" ")
        question, theirs = " ".join(words[:22]) + "\n", " ".join(words[22:])
        ours = model.answer_line(model.decide(model.parse(question)))
        cases += [(question, theirs, ours)] * (theirs != ours)
    return f"chunk {chunk}: {len(cases)} questions differ; the first: {told(*cases[0])}" if cases else f"chunk {chunk}: the checksums differ, no answer does"


def on_lattice(tap, driver, start, stop, step, processes):
    begun = time.monotonic()
    parts = [(start + part * step, tempfile.TemporaryFile("w+")) for part in range(min(processes, len(range(start, stop, step))))]  # files: a full pipe would hold a driver up
    drivers = [subprocess.Popen([driver, "--lattice", str(first), str(stop), str(processes * step)], stdout=out) for first, out in parts]
    ours = list(model.lattice(start, stop, step, processes))
    took = time.monotonic() - begun
    wrong = [f"the driver ended with {process.returncode}" for process in drivers if process.wait()]
    theirs = []
    for _, out in parts:
        out.seek(0)
        theirs += out.read().splitlines()
    theirs.sort(key=lambda line: int(line.split(" ", 1)[0]))
    if len(theirs) != len(ours):
        wrong.append(f"{len(theirs)} chunks of the C, {len(ours)} of the model")
    differ = [(a, b) for a, b in zip(theirs, ours) if a != b]
    wrong += [f"the C {a}; the model {b}: {first_difference(driver, b.split()[0])}" for a, b in differ[:SHOWN]]
    size = len(ours) * 145_800
    print(f"# {len(ours):,} chunks, {size:,} questions, {len(differ):,} chunks differ, {time.monotonic() - begun:.0f} s (the model {took:.0f} s)")
    tap.check(f"{size:,} questions of the lattice: the C answers as the model", wrong)


def shortcuts(tap, driver, chunks):
    """The model's shortcuts through the lattice, against each question decided; and such a chunk's questions are those of the driver, word for word."""
    begun = time.monotonic()
    wrong = [f"chunk {chunk}" for chunk in chunks if f"{model.by_hand(model.DIGITS[chunk]):08x}" != model.lattice_line(chunk).split()[-1]]
    dumped = [tuple(map(int, line.split(" ")[:22])) for line in run(driver, "--dump", chunks[0]).splitlines()]
    if dumped != [tuple(model.lattice_question(model.DIGITS[chunks[0]], *place)) for place in itertools.product(*model.AXES)]:
        wrong.append(f"chunk {chunks[0]} has other questions in the driver")
    print(f"# {len(chunks)} chunks of 145,800 by hand, {time.monotonic() - begun:.0f} s")
    tap.check("the model's shortcuts through the lattice give what its rules do", wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("driver")
    parser.add_argument("--random", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lattice", type=int, nargs="*")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    short = given.random is None and given.lattice is None
    if short:
        given.random, given.lattice = 200_000, [3, CHUNKS, 490]
    elif given.lattice == []:
        given.lattice = [0, CHUNKS, 1]
    sys.stdout.reconfigure(line_buffering=True)
    with Tap() as tap:
        if given.random:
            at_random(tap, given.driver, given.random, given.seed, given.processes)
        if given.lattice:
            on_lattice(tap, given.driver, *given.lattice, given.processes)
            rnd = random.Random(given.seed)
            deep = [chunk for chunk in range(CHUNKS) if model.chunk_class(model.DIGITS[chunk]) == model.DIGITS[chunk]]
            shortcuts(tap, given.driver, rnd.sample(deep, 2 if short else 40) + rnd.sample(range(CHUNKS), 1 if short else 20))


if __name__ == "__main__":
    main()
