"""Made records for the golden models: every kind of column that Splink's levels can read. The same seed gives the same rows.

Lists are JSON in the file. Values have what data have: gaps, slips of the pen, non-ASCII letters, empty lists, swapped names."""
import csv
import json
import random
import string

COLUMNS = ["unique_id", "source_dataset", "person", "first_name", "surname", "full_name", "dob", "dob_uk", "city", "email", "postcode", "lat", "long", "amount",
           "count", "seen", "phones", "dmeta_first", "dmeta_last", "tags", "embedding"]
FIRST = """oliver amelia george isla noah ava arthur mia harry ivy leo lily muhammad freya jack florence charlie willow oscar rosie zoë chloé josé
seán siân jürgen mary-jane anne-marie d'arcy ann anna annabel jon john jonathan kate katherine catherine liz elizabeth beth bob robert""".split()
LAST = """smith jones taylor brown williams wilson johnson davies patel wright walker white edwards green hall thomas clarke jackson wood harris
o'neill müller garcía nguyễn łukasz smyth smythe jonson johnston macdonald mcdonald de-la-cruz thompson thomson""".split()
CITIES = "london leeds york bath hull derby bristol cardiff oxford exeter".split()


def code(name):
    """One or two keys by sound, as a list: consonants of the first four, and the first letter's twin."""
    kept = "".join(c for c in name.upper() if c in string.ascii_uppercase and c not in "AEIOUHWY")[:3]
    key = (name[:1].upper() + kept)[:4]
    twins = {"C": "K", "K": "C", "J": "G", "G": "J"}
    return [key] if key[:1] not in twins else [key, twins[key[0]] + key[1:]]


def slip(rng, s):
    if not s or rng.random() > 0.25:
        return s
    i = rng.randrange(len(s))
    kind = rng.randrange(4)
    if kind == 0:
        return s[:i] + s[i + 1:]
    if kind == 1:
        return s[:i] + rng.choice("aeinrst1890") + s[i + 1:]
    if kind == 2 and i + 1 < len(s):
        return s[:i] + s[i + 1] + s[i] + s[i + 2:]
    return s[:i] + rng.choice("aeinrst") + s[i:]


def person(rng):
    first, last = rng.choice(FIRST), rng.choice(LAST)
    area = rng.choice(["SW", "LS", "YO", "B", "M", "EX"])
    return {"first_name": first, "surname": last, "dob": (rng.randint(1940, 2005), rng.randint(1, 12), rng.randint(1, 28)), "city": rng.choice(CITIES),
            "email": f"{first}.{last}@{rng.choice(['mail.example', 'post.example'])}", "postcode": f"{area}{rng.randint(1, 12)} {rng.randint(1, 9)}{rng.choice('ABDE')}{rng.choice('FGHJ')}",
            "lat": 50 + rng.random() * 5, "long": -3 + rng.random() * 4, "amount": round(rng.lognormvariate(6, 1), 2), "count": rng.randint(0, 12),
            "seen": rng.randint(1500000000, 1600000000), "phones": [f"07{rng.randint(0, 999999999):09d}" for _ in range(rng.randint(0, 3))],
            "tags": rng.sample(["red", "green", "blue", "black", "white", "rosé"], rng.randint(0, 4)), "embedding": [rng.gauss(0, 1) for _ in range(4)]}


def stamp(seconds):
    import datetime
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(rng, p, number, dataset):
    first, last = slip(rng, p["first_name"]), slip(rng, p["surname"])
    if rng.random() < 0.05:
        first, last = last, first
    y, m, d = p["dob"]
    if rng.random() < 0.2:
        y, m, d = y + rng.choice([-1, 0, 0, 1, 9]), rng.choice([m, d if d <= 12 else m, 2]), rng.choice([d, d % 28 + 1])
    dob = f"{y:04d}-{m:02d}-{d:02d}" if rng.random() > 0.03 else rng.choice(["1990-02-30", "unknown", f"{y}-13-01"])
    phones = [slip(rng, x) for x in p["phones"] if rng.random() < 0.9]
    rng.shuffle(phones)
    row = {"unique_id": f"r{number:05d}", "source_dataset": dataset, "first_name": first.upper() if rng.random() < 0.1 else first, "surname": last, "dob": dob,
           "dob_uk": f"{d:02d}/{m:02d}/{y:04d}", "city": p["city"] if rng.random() < 0.9 else rng.choice(CITIES), "email": slip(rng, p["email"]),
           "postcode": slip(rng, p["postcode"]), "lat": round(p["lat"] + rng.gauss(0, 0.02), 5), "long": round(p["long"] + rng.gauss(0, 0.02), 5),
           "amount": round(p["amount"] * rng.choice([1, 1, 1.02, 1.2]), 2), "count": p["count"] + rng.choice([0, 0, 0, 1, 3]),
           "seen": stamp(p["seen"] + rng.choice([0, 30, 3600, 86400 * 3, 86400 * 40])), "phones": phones, "dmeta_first": code(first), "dmeta_last": code(last),
           "tags": rng.sample(p["tags"], rng.randint(0, len(p["tags"]))), "embedding": [round(x + rng.gauss(0, 0.3), 3) for x in p["embedding"]]}
    for c in ("first_name", "surname", "dob", "dob_uk", "city", "email", "postcode", "amount", "seen", "phones", "tags", "embedding"):
        if rng.random() < 0.06:
            row[c] = None
    if rng.random() < 0.06:
        row["lat"] = row["long"] = None
    if row["first_name"] and row["surname"]:
        row["full_name"] = row["first_name"] + " " + row["surname"]
    return row


def rows(n, seed=20260801):
    rng = random.Random(seed)
    made, datasets, people = [], ["a", "b", "c"], 0
    while len(made) < n:
        p = person(rng)
        people += 1
        for _ in range(rng.choice([1, 1, 2, 2, 3])):
            made.append(record(rng, p, len(made), rng.choice(datasets)) | {"person": people})
    return made[:n]


def write(path, made):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(COLUMNS)
        for r in made:
            cells = [r.get(c) for c in COLUMNS]
            out.writerow(["" if v is None else json.dumps(v, ensure_ascii=False) if isinstance(v, list) else v for v in cells])
