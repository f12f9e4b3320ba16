#!/usr/bin/env python3
"""Writes N synthetic person records with duplicates and noise, for benchmarks only: persons.py N OUT.csv [SEED]

Columns unique_id, cluster (the truth), first_name, surname, dob, postcode, city. Names are drawn from the UK frequencies in data/uk-names with a long invented tail, so
that term frequencies are skewed as in a population. 30 % of people have one duplicate, 10 % two, 3 % three to six; duplicates carry typos, other dates, moves and blanks.
"""
import bisect
import csv
import itertools
import os
import random
import sys

NAMES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "uk-names")
SYLLABLES = "an ber cor dal el fin gar hal in jor ken lin mar nor or pet ro sal tor un vin wil ye zar sh ma ri ka de lo".split()
ENDINGS = ["son", "ton", "ley", "man", "field", "er", "ham", "s", "", "a", "ie", "wood", "ford"]
AREAS = "AB BA BB BD BH BL BN BS CB CF CH CM CT CV CW DA DE DH DN EX FY GL GU HA HD HP HU IG IP KT LA LE LN LS LU ME MK NE NG NN NR NW OL OX PE PL PO PR RG RH RM SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TF TN TQ TR TS TW UB WA WC WD WF WN WR WS WV YO".split()
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def vocabulary(rng, filename, column, size):
    total = {}
    with open(os.path.join(NAMES, filename), encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            name = row[column].strip()
            if name.replace("-", "").replace("'", "").replace(" ", "").isalpha():
                total[name] = total.get(name, 0) + float(row["freq"])
    names = sorted(total, key=lambda n: (-total[n], n))
    seen = set(names)
    while len(names) < size:
        w = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((2, 3)))) + rng.choice(ENDINGS)
        if w not in seen:
            seen.add(w)
            names.append(w)
    return names[:size]


class Zipf:
    def __init__(self, items, s):
        self.items = items
        self.cumulative = list(itertools.accumulate(1 / (i + 3) ** s for i in range(len(items))))

    def draw(self, rng):
        return self.items[bisect.bisect_left(self.cumulative, rng.random() * self.cumulative[-1])]


def typo(rng, w):
    if len(w) < 2:
        return w
    i, k = rng.randrange(len(w)), rng.randrange(4)
    letter = chr(97 + rng.randrange(26))
    if k == 0:
        return w[:i] + w[i + 1:]
    if k == 1:
        return w[:i] + letter + w[i:]
    if k == 2 or i + 1 == len(w):
        return w[:i] + letter + w[i + 1:]
    return w[:i] + w[i + 1] + w[i] + w[i + 2:]


def postcode(rng):
    return f"{rng.choice(AREAS)}{1 + rng.randrange(20)} {rng.randrange(10)}{rng.choice(LETTERS)}{rng.choice(LETTERS)}"


def wrong_dob(rng, dob):
    y, m, d = dob
    k = rng.randrange(4)
    if k == 0:
        return y, m, 1 + rng.randrange(28)
    if k == 1:
        return y, 1 + rng.randrange(12), d
    if k == 2:
        return y + rng.choice((-1, 1)), m, d
    return (y, d, m) if d <= 12 else (y, m, d)


def duplicate(rng, person, given, surnames, towns):
    first, last, dob, code, city = person
    r = rng.random
    if r() < .12: first = typo(rng, first)
    if r() < .04: first = given.draw(rng)
    if r() < .03: first = ""
    if r() < .10: last = typo(rng, last)
    if r() < .05: last = surnames.draw(rng)
    if r() < .02: last = ""
    if r() < .02: first, last = last, first
    if r() < .08: dob = wrong_dob(rng, dob)
    if r() < .25:
        code = postcode(rng)
        if r() < .6: city = towns.draw(rng)
    elif r() < .05: code = code[:-1] + rng.choice(LETTERS)
    if r() < .06: code = ""
    if r() < .05: city = ""
    return first, last, None if r() < .04 else dob, code, city


def copies(rng):
    r = rng.random()
    return 1 if r < .30 else 2 if r < .40 else rng.randint(3, 6) if r < .43 else 0


def main():
    n, out = int(sys.argv[1]), sys.argv[2]
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 42)
    given = Zipf(vocabulary(rng, "firstname_uk.csv", "firstname", 4000), 1.05)
    names = vocabulary(rng, "lastname_uk.csv", "surname", 40000)
    surnames = Zipf(names, .85)
    towns = Zipf([x + ("ton", "ham", "ford", "bury", " green")[i % 5] for i, x in enumerate(names[:1200])], .9)
    with open(out, "w", encoding="utf-8", newline="") as f:
        f.write("unique_id,cluster,first_name,surname,dob,postcode,city\n")
        unique_id = cluster = 0
        while unique_id < n:
            person = (given.draw(rng), surnames.draw(rng), (1930 + rng.randrange(90), 1 + rng.randrange(12), 1 + rng.randrange(28)),
                      postcode(rng), towns.draw(rng))
            rows = [person] + [duplicate(rng, person, given, surnames, towns) for _ in range(copies(rng))]
            for first, last, dob, code, city in rows[:n - unique_id]:
                date = "" if dob is None else f"{dob[0]}-{dob[1]:02}-{dob[2]:02}"
                f.write(f"{unique_id},{cluster},{first},{last},{date},{code},{city}\n")
                unique_id += 1
            cluster += 1


if __name__ == "__main__":
    main()
