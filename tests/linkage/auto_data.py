#!/usr/bin/env python3
"""Makes person files that differ in all that training without asking must cope with, each with its truth in a column called `truth_id`.

usage: auto_data.py FOLDER [NAME ...]

A world of households is made first (couples, children, twins, sons named as their father, grown children who moved out, strangers of one name), then records of its people with
the faults of clerks and keyboards. Names are those of models/ (ONS figures, Open Government Licence v3); nobody is real. The same bytes on every run.
Files marked held out were never looked into while rules were chosen."""
import csv
import itertools
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, "..", "..", "models")
STREETS = "High Station Church Mill Park Victoria Albert Queen King London School Green Grange Manor Chapel West East North South Garden Meadow Orchard Elm Oak Ash Birch Cedar Willow Kent Essex Derby York Bath Lincoln Priory Abbey Bridge River Hill Lake Wood Field Spring Summer Market Castle Tower Windsor Clarence Gloucester Cambridge Oxford Stanley Russell Nelson Wellington Cromwell Milton Byron Shelley Keats Burns Wordsworth".split()
KINDS = "Road Street Lane Avenue Close Drive Crescent Way Gardens Court Terrace Place".split()
TOWNS = "Bedford Luton Dunstable Leighton Sandy Biggleswade Flitwick Ampthill Kempston Houghton Stotfold Arlesey Potton Shefford Woburn Cranfield Olney Rushden Hitchin Baldock Royston Letchworth Stevenage Harpenden".split()
COUNTIES = "Bedfordshire Hertfordshire Buckinghamshire Northamptonshire Cambridgeshire".split()


def table(name):
    with open(os.path.join(MODELS, name), encoding="utf-8", newline="") as f:
        return list(csv.reader(f))[1:]


class Names:
    def __init__(self):
        given = [(n, float(w)) for n, w in table("given_names.csv")]
        self.given, self.given_weights = [g for g, _ in given], list(itertools.accumulate(w for _, w in given))
        surnames = [(n, float(w)) for n, w in table("surnames.csv")]
        self.surnames, self.surname_weights = [s for s, _ in surnames], list(itertools.accumulate(w for _, w in surnames))
        self.variants = {}
        for a, b in table("name_variants.csv"):
            self.variants.setdefault(a, []).append(b)
            self.variants.setdefault(b, []).append(a)


NAMES = Names()


class World:
    """People in households; each has one true self."""

    def __init__(self, rng, people, twins, juniors, moved_out, top=None):
        self.rng, self.people, self.n = rng, [], people
        self.given_weights = NAMES.given_weights[:top] if top else NAMES.given_weights
        self.given = NAMES.given[:top] if top else NAMES.given
        while len(self.people) < people:
            self.household(twins, juniors, moved_out)
        rng.shuffle(self.people)

    def name(self):
        return self.rng.choices(self.given, cum_weights=self.given_weights)[0]

    def home(self):
        r = self.rng
        town = r.choice(TOWNS)
        area = ["MK", "LU", "SG", "AL", "NN"][TOWNS.index(town) % 5]
        return {"house": str(r.randint(1, 240)) + (r.choice("ab") if r.random() < 0.05 else ""), "street": f"{r.choice(STREETS)} {r.choice(KINDS)}", "town": town,
                "county": COUNTIES[TOWNS.index(town) % 5], "postcode": f"{area}{r.randint(1, 46)} {r.randint(1, 9)}{r.choice('ABDEFGHJLNPQRSTUWXYZ')}{r.choice('ABDEFGHJLNPQRSTUWXYZ')}",
                "landline": f"01632960{r.randint(0, 999):03d}" if r.random() < 0.02 else f"01{r.randint(200, 999)}{r.randint(100000, 999999)}"}

    def person(self, given, surname, home, born, sex):
        r = self.rng
        p = {"given": given, "surname": surname, "middle": self.name() if r.random() < 0.6 else "", "sex": sex, "born": (born, r.randint(1, 12), r.randint(1, 28)),
             "mobile": f"07{r.randint(100000000, 999999999)}", "nhs": str(r.randint(4000000000, 7999999999)), "nino": "".join(r.choices("ABCEGHJKLMNPRSTWXYZ", k=2)) + f"{r.randint(0, 999999):06d}" + r.choice("ABCD")}
        style = r.random()
        user = f"{given}.{surname}" if style < 0.4 else f"{given[0]}{surname}{r.randint(1, 99)}" if style < 0.7 else f"{r.choice(STREETS).lower()}{given}{r.randint(1, 999)}"
        p["email"] = user.replace("'", "").replace(" ", "") + "@example." + r.choice(["com", "org", "net"])
        p.update(home)
        self.people.append(p)
        return p

    def household(self, twins, juniors, moved_out):
        r, home = self.rng, self.home()
        surname = r.choices(NAMES.surnames, cum_weights=NAMES.surname_weights)[0]
        year = r.randint(1935, 1995)
        father = self.person(self.name(), surname, home, year, "M")
        if r.random() < 0.35:
            return
        self.person(self.name(), surname if r.random() < 0.75 else r.choices(NAMES.surnames, cum_weights=NAMES.surname_weights)[0], home, year + r.randint(-6, 6), "F")
        for k in range(r.choices([0, 1, 2, 3, 4], [30, 25, 25, 15, 5])[0]):
            born = year + r.randint(20, 38)
            if born > 2020:
                continue
            own = self.home() if r.random() < moved_out else home
            son = self.person(father["given"] if k == 0 and r.random() < juniors else self.name(), surname, own, born, r.choice("MF"))
            if r.random() < twins:
                twin = self.person(self.name(), surname, own, born, r.choice("MF"))
                while twin["given"] == son["given"]:
                    twin["given"] = self.name()
                twin["born"], twin["landline"] = son["born"], son["landline"]


def typo(r, s):
    if len(s) < 2:
        return s
    i, kind = r.randrange(len(s)), r.random()
    letter = r.choice("0123456789" if s[i].isdigit() else "abcdefghijklmnopqrstuvwxyz")
    if kind < 0.3:
        return s[:i] + letter + s[i + 1:]
    if kind < 0.55:
        return s[:i] + s[i + 1:]
    if kind < 0.75:
        return s[:i] + letter + s[i:]
    i = min(i, len(s) - 2)
    return s[:i] + s[i + 1] + s[i] + s[i + 2:]


class Record:
    """One record of a person with its faults. `noise` scales typing faults; the other shares are as named."""

    def __init__(self, r, world, person, c):
        self.r, p = r, dict(person)
        if r.random() < c.get("moved", 0):
            p.update(world.home())
        if r.random() < c.get("married", 0) and p["sex"] == "F":
            p["surname"] = r.choices(NAMES.surnames, cum_weights=NAMES.surname_weights)[0]
        if r.random() < c.get("nickname", 0) and NAMES.variants.get(p["given"]):
            p["given"] = r.choice(NAMES.variants[p["given"]])
        if r.random() < c.get("new_mobile", 0.1):
            p["mobile"] = f"07{r.randint(100000000, 999999999)}"
        if r.random() < c.get("family_phone", 0):
            p["mobile"] = p["landline"]
        if r.random() < c.get("new_email", 0.1):
            p["email"] = f"{p['given']}{r.randint(1, 9999)}@example.com"
        noise = c.get("noise", 0.05)
        for key in ("given", "surname", "middle", "street", "town", "email"):
            if r.random() < noise:
                p[key] = typo(r, p[key])
            if r.random() < noise * 0.15:
                p[key] = typo(r, typo(r, p[key]))
        for key in ("postcode", "mobile", "nhs", "nino", "house"):
            if r.random() < noise * 0.5:
                p[key] = typo(r, p[key])
        y, m, d = p["born"]
        if r.random() < c.get("swap_day", 0):
            m, d = (d, m) if d <= 12 else (m, d)
        if r.random() < noise * 0.6:
            y, m, d = r.choice([(y + r.choice([-1, 1, 10, -10]), m, d), (y, r.randint(1, 12), d), (y, m, r.randint(1, 28))])
        if r.random() < c.get("wrong_dob", 0):
            y, m, d = r.randint(1935, 2015), r.randint(1, 12), r.randint(1, 28)
        if r.random() < c.get("swap_names", 0):
            p["given"], p["surname"] = p["surname"], p["given"]
        if r.random() < c.get("initial", 0):
            p["given"] = p["given"][:1]
        p["y"], p["m"], p["d"] = y, m, d
        for key, share in c.get("missing", {}).items():
            if r.random() < share:
                for k in key.split("+"):
                    p[k] = ""
        self.p = p

    def dob(self, form):
        p = self.p
        if p["y"] == "":
            return ""
        months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
        return form.format(y=p["y"], m=p["m"], d=p["d"], b=months[p["m"] - 1], yy=p["y"] % 100)


ISO, DMY, MDY, COMPACT, DOTS, MON = "{y}-{m:02d}-{d:02d}", "{d:02d}/{m:02d}/{y}", "{m:02d}/{d:02d}/{y}", "{y}{m:02d}{d:02d}", "{d:02d}.{m:02d}.{y}", "{d:02d}-{b}-{y}"
T = str.title


def uk(x, p, n):
    return {"record_id": f"R{n:06d}", "given_name": p["given"], "surname": p["surname"], "date_of_birth": x.dob(ISO), "sex": p["sex"], "address_line": f"{p['house']} {p['street']}".strip(),
            "town": p["town"], "postcode": p["postcode"], "phone": p["mobile"], "email": p["email"]}


def full(x, p, n):
    middle = f" {p['middle']}" if p["middle"] and n % 3 else ""
    name = " ".join(q for q in (p["given"] + middle, p["surname"]) if q)
    return {"Ref": f"{n}", "Name": (name.upper() if n % 4 == 0 else T(name)), "Date of Birth": x.dob(DMY), "Address": f"{p['house']} {p['street']}, {p['town']}", "Postcode": p["postcode"].replace(" ", "") if n % 5 == 0 else p["postcode"]}


def comma(x, p, n):
    return {"person": f"{T(p['surname'])}, {T(p['given'])}" if p["surname"] and p["given"] else T(p["surname"] or p["given"]), "born": x.dob(MON), "street": f"{p['house']} {p['street']}", "pc": p["postcode"], "tel": p["mobile"]}


def german(x, p, n):
    return {"Nr": n, "Nachname": T(p["surname"]), "Vorname": T(p["given"]), "Geburtsdatum": x.dob(DOTS), "Strasse": p["street"], "Hausnummer": p["house"], "PLZ": str(sum(map(ord, p["postcode"])) * 37 % 90000 + 10000) if p["postcode"] else "",
            "Ort": p["town"], "Telefon": p["mobile"]}


def split(x, p, n):
    return {"id": n, "FNAME": p["given"].upper(), "LNAME": p["surname"].upper(), "BirthYear": p["y"], "BirthMonth": p["m"], "BirthDay": p["d"], "Gender": p["sex"], "City": p["town"].upper()}


def health(x, p, n):
    return {"source_system": ["PAS", "EMIS", "RIO"][n % 3], "created_at": f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d} 10:{n % 60:02d}:00", "row_id": n, "forename": T(p["given"]), "family_name": T(p["surname"]), "dob": x.dob(DMY),
            "nhs_number": f"{p['nhs'][:3]} {p['nhs'][3:6]} {p['nhs'][6:]}" if p["nhs"] else "", "gender": {"M": "Male", "F": "Female", "": ""}[p["sex"]], "postcode": p["postcode"], "score": round(x.r.random(), 4)}


def names_only(x, p, n):
    return {"unique_id": n, "first": p["given"], "last": p["surname"], "dob": x.dob(ISO)}


def american(x, p, n):
    ssn = str(int(p["nhs"]) % 1000000000).zfill(9) if p["nhs"] else ""
    return {"voter_id": f"V{n}", "first_name": p["given"].upper(), "middle_initial": p["middle"][:1].upper(), "last_name": p["surname"].upper(), "birth_date": x.dob(MDY), "ssn": f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}" if ssn else "",
            "street_address": f"{p['house']} {p['street']}".upper(), "city": p["town"].upper(), "state": p["county"][:2].upper(), "zip": str(sum(map(ord, p["postcode"])) * 91 % 90000 + 10000) if p["postcode"] else ""}


def spanish(x, p, n):
    return {"clave": n, "nombre": T(p["given"]), "apellidos": T(p["surname"]), "fecha_nacimiento": x.dob(DMY), "sexo": p["sex"], "direccion": f"{p['street']} {p['house']}", "ciudad": p["town"], "correo": p["email"], "telefono": p["mobile"]}


def bare(x, p, n):
    return {"c0": f"{n:05d}x", "c1": p["given"], "c2": p["surname"], "c3": x.dob(COMPACT), "c4": f"{p['house']} {p['street']}", "c5": p["postcode"], "c6": p["email"], "c7": x.r.choice(["web", "post", "phone"])}


def junk(x, p, n):
    r = x.r
    return {"entity": "", "guid": f"{r.getrandbits(64):016x}", "notes": r.choice(["", "called back", "see file", "duplicate?", "ok"]), "first_name": p["given"] or r.choice(["", "UNKNOWN"]), "last_name": p["surname"], "date_of_birth": x.dob(ISO) or r.choice(["", "1900-01-01", "1900-01-01"]),
            "address": f"{p['house']} {p['street']}", "city": p["town"], "county": p["county"], "mobile": p["mobile"] or r.choice(["", "0000000000"]), "email_address": p["email"] or r.choice(["", "unknown"]), "last_updated": f"2023-0{n % 9 + 1}-1{n % 10}", "amount": n * 7919 % 100000}


LIGHT = {"noise": 0.03, "missing": {"mobile": 0.2, "email": 0.3, "postcode": 0.05}}
# name: (layout, people, copies, world, faults, held out[, second file])
FILES = {
    "uk_light": (uk, 4000, [60, 30, 10], (0.02, 0.02, 0.3), {**LIGHT, "moved": 0.05, "nickname": 0.03}, False),
    "uk_families": (uk, 5000, [55, 30, 10, 5], (0.12, 0.15, 0.2), {"noise": 0.06, "moved": 0.1, "nickname": 0.06, "family_phone": 0.5, "missing": {"y+m+d": 0.15, "email": 0.6, "mobile": 0.3}}, False),
    "full_name": (full, 4000, [50, 30, 20], (0.03, 0.03, 0.3), {"noise": 0.05, "moved": 0.08, "nickname": 0.05, "swap_day": 0.03, "missing": {"y+m+d": 0.1, "postcode": 0.1}}, False),
    "split_date": (split, 3000, [40, 30, 20, 10], (0.03, 0.03, 0.3), {"noise": 0.08, "swap_day": 0.03, "swap_names": 0.02}, False),
    "health": (health, 4000, [30, 30, 20, 10, 10], (0.05, 0.05, 0.3), {"noise": 0.05, "moved": 0.15, "nickname": 0.08, "married": 0.05, "missing": {"nhs": 0.4, "sex": 0.2, "y+m+d": 0.05}}, False),
    "names_only": (names_only, 12000, [70, 20, 10], (0.03, 0.05, 0.4), {"noise": 0.05}, False),
    "link_two": (uk, 4000, None, (0.04, 0.04, 0.3), {"noise": 0.06, "moved": 0.1, "nickname": 0.05, "missing": {"y+m+d": 0.1, "mobile": 0.3, "email": 0.5}}, False),
    "families_tune": (uk, 5000, [40, 30, 20, 10], (0.2, 0.25, 0.15), {"noise": 0.07, "moved": 0.05, "nickname": 0.08, "initial": 0.04, "family_phone": 0.7, "missing": {"y+m+d": 0.3, "email": 0.7, "mobile": 0.2, "sex": 0.2}}, False),
    "comma_name": (comma, 3000, [50, 30, 20], (0.05, 0.08, 0.3), {"noise": 0.06, "moved": 0.1, "nickname": 0.05, "missing": {"y+m+d": 0.15, "mobile": 0.3}}, True),
    "german": (german, 4000, [50, 30, 20], (0.04, 0.04, 0.3), {"noise": 0.08, "moved": 0.1, "swap_day": 0.04, "missing": {"y+m+d": 0.1, "mobile": 0.4}}, True),
    "american": (american, 8000, [60, 25, 15], (0.05, 0.1, 0.3), {"noise": 0.05, "moved": 0.15, "married": 0.05, "nickname": 0.06, "missing": {"nhs": 0.5, "y+m+d": 0.1}}, True),
    "spanish": (spanish, 3000, [30, 30, 20, 20], (0.05, 0.05, 0.3), {"noise": 0.1, "moved": 0.1, "swap_names": 0.03, "missing": {"email": 0.5, "mobile": 0.4, "y+m+d": 0.2}}, True),
    "bare": (bare, 3000, [50, 30, 20], (0.05, 0.05, 0.3), {"noise": 0.06, "moved": 0.1, "nickname": 0.03, "missing": {"email": 0.5, "y+m+d": 0.1, "postcode": 0.1}}, True),
    "junk": (junk, 4000, [30, 25, 20, 15, 10], (0.08, 0.1, 0.3), {"noise": 0.1, "moved": 0.1, "nickname": 0.08, "swap_day": 0.03, "wrong_dob": 0.02, "family_phone": 0.3, "missing": {"y+m+d": 0.2, "email": 0.4, "mobile": 0.3, "given": 0.03, "surname": 0.03}}, True),
    "families_hard": (uk, 6000, [40, 30, 20, 10], (0.25, 0.3, 0.15), {"noise": 0.08, "moved": 0.05, "nickname": 0.08, "initial": 0.04, "family_phone": 0.8, "missing": {"y+m+d": 0.35, "email": 0.8, "mobile": 0.2, "sex": 0.3}}, True),
    "link_many": (health, 3000, [30, 40, 20, 10], (0.05, 0.05, 0.3), {"noise": 0.06, "moved": 0.1, "nickname": 0.05, "missing": {"nhs": 0.5, "y+m+d": 0.1}}, True),
    "large": (uk, 20000, [50, 30, 15, 5], (0.04, 0.05, 0.3), {"noise": 0.05, "moved": 0.1, "nickname": 0.05, "swap_names": 0.01, "missing": {"y+m+d": 0.2, "email": 0.6, "mobile": 0.4, "postcode": 0.1}}, True),
}


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def make(folder, name):
    layout, people, copies, world_shares, faults, _held = FILES[name]
    r = random.Random("haven " + name)
    world = World(r, people, *world_shares)
    rows = []
    for i, person in enumerate(world.people):
        n = 1 if copies is None else r.choices(range(1, len(copies) + 1), copies)[0]
        rows += [(i, Record(r, world, person, faults)) for _ in range(n)]
    if copies is None:  # two files, most people in both
        second = [(i, Record(r, world, p, faults)) for i, p in enumerate(world.people) if r.random() < 0.7] 
        rows = [x for x in rows if r.random() < 0.9]
        parts = [rows, second]
    else:
        r.shuffle(rows)
        parts = [rows[: len(rows) // 2], rows[len(rows) // 2:]] if name.startswith("link") else [rows]
    n = 0
    for k, part in enumerate(parts):
        r.shuffle(part)
        out = []
        for i, x in part:
            n += 1
            row = layout(x, x.p, n)
            out.append({**row, "truth_id": i})
        write(os.path.join(folder, f"{name}{'_ab'[k + 1] if len(parts) > 1 else ''}.csv"), out)


if __name__ == "__main__":
    for wanted in sys.argv[2:] or FILES:
        make(sys.argv[1], wanted)
