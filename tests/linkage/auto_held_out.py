#!/usr/bin/env python3
"""Person files of shapes that no rule of training without asking was chosen for ("held out 2", and the last four, made later, "held out 3"), each with its truth in a column called `truth_id`.

usage: auto_held_out.py FOLDER [NAME ...]

The people, households and faults are auto_data.py's; what is different here is who they are and how they are written down: patronymics, people of one name, default dates, shared telephones and
addresses, eight records each, ages for dates, changed surnames, optical misreadings, headers that say nothing. Nobody is real. The same bytes on every run."""
import os
import random
import sys

from auto_data import DMY, DOTS, ISO, MON, NAMES, Record, T, World, write

NORDIC_M = "lars erik anders johan karl nils per olof gunnar sven bjorn magnus ole knut harald leif arne jon sigurd gunnar kjell einar torsten hakon olaf ivar rolf stig tore bent".split()
NORDIC_F = "anna ingrid karin eva maria kristina birgit sigrid astrid helga gudrun solveig berit liv randi ragnhild inger marit ellen turid greta ulla lena elsa hanna freja".split()
INDIA_M = "mohammed ahmed ali hassan imran tariq rajesh sanjay amit vijay harpreet gurpreet manjit jaspal arjun ravi suresh anil deepak rahul abdul khalid bilal usman".split()
INDIA_F = "fatima aisha zainab nasreen shabana priya sunita anita meena kavita harpreet gurpreet manjit simran jasbir lakshmi pooja rekha nadia samina rukhsana".split()
INDIA_S = "singh kaur khan ahmed patel begum hussain shah ali sharma kumar gupta malik akhtar mahmood iqbal chaudhry mistry desai das roy rahman uddin miah bibi sidhu gill dhillon".split()
HALLS = ["12 Whiteknights Court", "3 Bracton Hall", "1 Somerville Building", "40 Beatrix Lodge"]
OCR = {"o": "0", "l": "1", "i": "l", "s": "5", "b": "6", "g": "9", "e": "c", "m": "rn", "n": "ri", "h": "b", "u": "v", "0": "o", "1": "l", "5": "s", "8": "b", "6": "b", "3": "8", "7": "1"}


# ---- who the people are: each takes the world and changes it ----

def nordic(r, w):
    fathers = {}
    for p in w.people:
        p["given"] = r.choice(NORDIC_M if p["sex"] == "M" else NORDIC_F)
        father = fathers.setdefault((p["surname"], p["postcode"]), r.choice(NORDIC_M))
        p["surname"] = father + ("sen" if p["sex"] == "M" or r.random() < 0.5 else "datter") if r.random() < 0.8 else r.choice(["berg", "dahl", "lund", "haugen", "strand", "vik", "moen", "holm"])
        y, m, d = p["born"]
        p["national"] = f"{d:02d}{m:02d}{y % 100:02d}{r.randint(10000, 99999)}"


def south_asian(r, w):
    families = {}
    for p in w.people:
        p["given"] = r.choice(INDIA_M if p["sex"] == "M" else INDIA_F)
        p["surname"] = families.setdefault((p["surname"], p["postcode"]), r.choice(INDIA_S))
        p["one_name"] = r.random() < 0.1


def hospital(r, w):
    doctors = [(f"Dr {r.choice(NAMES.surnames[:300])}", f"01632 {r.randint(100000, 999999)}") for _ in range(40)]
    for p in w.people:
        p["doctor"], p["doctor_phone"] = r.choice(doctors)


def university(r, w):
    for k, p in enumerate(w.people):
        p["born"] = (r.randint(2001, 2006), r.randint(1, 12), r.randint(1, 28))
        p["surname"] = r.choices(NAMES.surnames, cum_weights=NAMES.surname_weights)[0]
        p["hall"] = r.choice(HALLS) if r.random() < 0.7 else ""
        p["student"] = f"{p['given'][0]}{p['surname'][:1]}{k:05d}@student.example.ac"


def care_home(r, w):
    homes = [{**w.home(), "mobile": f"01632{r.randint(100000, 999999)}"} for _ in range(len(w.people) // 90)]
    for p in w.people:
        p["born"] = (r.randint(1925, 1948), r.randint(1, 12), r.randint(1, 28))
        if r.random() < 0.7:
            p.update(r.choice(homes))


def three_generations(r, w):
    """Triplets, and at one address in every third home a grandson who has his grandfather's name."""
    homes = {}
    for p in list(w.people):
        homes.setdefault((p["surname"], p["house"], p["street"], p["postcode"]), []).append(p)
    for family in homes.values():
        old, young = min(family, key=lambda p: p["born"]), max(family, key=lambda p: p["born"])
        home = {k: old[k] for k in ("house", "street", "town", "county", "postcode", "landline")}
        if old["born"][0] < 1965 and r.random() < 0.33:
            w.person(old["given"], old["surname"], home, old["born"][0] + r.randint(48, 55), old["sex"])
        if young["born"][0] > 1975 and len(family) > 2 and r.random() < 0.15:
            for _ in range(2):
                w.person(w.name(), young["surname"], home, young["born"][0], young["sex"])["born"] = young["born"]


def plain(_r, _w):
    pass


# ---- how they are written down ----

def write_nordic(x, p, n):
    return {"lopenr": n, "fornavn": T(p["given"]), "etternavn": T(p["surname"]), "fodselsdato": x.dob("{d:02d}.{m:02d}.{y}"), "fodselsnummer": p["national"] if x.r.random() < 0.5 else "", "adresse": f"{p['street']} {p['house']}",
            "postnummer": str(sum(map(ord, p["postcode"])) * 13 % 9000 + 1000), "poststed": p["town"]}


def write_south_asian(x, p, n):
    given, surname = (p["given"], "") if p["one_name"] and x.r.random() < 0.7 else (p["given"], p["surname"])
    if surname and x.r.random() < 0.15:
        given, surname = surname, given
    return {"id": n, "first_name": T(given), "last_name": T(surname), "dob": f"{p['y']}-01-01" if p["y"] != "" and x.r.random() < 0.12 else x.dob(ISO), "phone": p["mobile"], "address": f"{p['house']} {p['street']}", "postcode": p["postcode"]}


def write_hospital(x, p, n):
    return {"mrn": f"H{n:07d}", "Surname": p["surname"].upper(), "Forenames": " ".join(q for q in (T(p["given"]), T(p["middle"])) if q), "DOB": "01/01/1900" if x.r.random() < 0.08 else x.dob(DMY), "Sex": p["sex"], "Addr1": f"{p['house']} {p['street']}", "Addr2": p["town"],
            "PostCode": p["postcode"], "Contact No": p["doctor_phone"] if x.r.random() < 0.25 else p["mobile"], "GP Name": p["doctor"], "GP Phone": p["doctor_phone"]}


def write_birth_clinic(x, p, n):
    return {"HospitalNo": f"{n + 300000}", "PATIENT_SURNAME": p["surname"].upper(), "PATIENT_FORENAME": p["given"].upper(), "PATIENT_DOB": x.r.choice(["01/01/1900", "01/01/1970"]) if x.r.random() < 0.12 else x.dob(DMY), "GENDER": p["sex"], "ADDRESS_LINE_1": f"{p['house']} {p['street']}".upper(),
            "POST_TOWN": p["town"].upper(), "POSTAL_CODE": p["postcode"], "TELEPHONE": p["doctor_phone"] if x.r.random() < 0.4 else p["mobile"], "NHS_NO": p["nhs"] if x.r.random() < 0.3 else ""}


def write_agencies(x, p, n):
    return {"agency": ["police", "probation", "housing", "health", "school", "council"][n % 6], "agency_ref": f"{n * 7919 % 1000000:06d}-{n}", "Forename": T(p["given"]), "Middle": T(p["middle"]), "Surname": T(p["surname"]), "DOB": x.dob([ISO, DMY, DOTS][n % 3]), "Sex": p["sex"],
            "Address": f"{p['house']} {p['street']}".strip(), "Town": p["town"], "Postcode": p["postcode"], "Mobile": p["mobile"], "Email": p["email"]}


def write_generations(x, p, n):
    return {"ID": n, "first name": T(p["given"]), "last name": T(p["surname"]), "birthday": x.dob(ISO), "sex": p["sex"], "address": f"{p['house']} {p['street']}, {p['town']}", "zip": p["postcode"], "phone": p["mobile"]}


def write_swapped(x, p, n):
    a, b = (p["surname"], p["given"]) if x.r.random() < 0.15 else (p["given"], p["surname"])
    return {"sheet": n, "given": misread(x.r, a).upper(), "family": misread(x.r, b).upper(), "date_of_birth": misread(x.r, x.dob(DMY)) if x.r.random() < 0.2 else x.dob(DMY), "address": f"{p['house']} {p['street']}".upper(), "postcode": p["postcode"], "phone": p["mobile"]}


def write_university(x, p, n):
    home = x.r.random() < 0.3 or not p["hall"]
    return {"enrolment": n, "given_names": T(p["given"]), "family_name": T(p["surname"]), "birth_date": x.dob(ISO), "email": p["student"] if x.r.random() < 0.5 else p["email"], "mobile": p["mobile"],
            "term_address": f"{p['house']} {p['street']}" if home else p["hall"], "term_postcode": p["postcode"] if home else "RG6 6AA"}


def write_care(x, p, n):
    return {"ref": n, "title": {"M": "Mr", "F": "Mrs", "": ""}[p["sex"]], "forename": T(p["given"]), "surname": T(p["surname"]), "date_of_birth": x.dob(DMY), "address": f"{p['house']} {p['street']}", "town": p["town"], "postcode": p["postcode"], "telephone": p["mobile"]}


def write_register(x, p, n):
    return {"entry": n, "first_name": p["given"], "middle_name": p["middle"], "surname": p["surname"], "dob": x.dob(ISO), "gender": p["sex"], "house_no": p["house"], "street": p["street"], "town": p["town"], "postcode": p["postcode"]}


def write_senior(x, p, n):
    return {"case": n, "Name": f"{T(p['given'])} {T(p['surname'])}".strip(), "DoB": x.dob(MON), "Address": f"{p['house']} {p['street']}", "Town": p["town"], "Postcode": p["postcode"], "Phone": p["mobile"]}


def write_web(x, p, n):
    return {"signup_id": n, "signup_time": f"2025-{n % 12 + 1:02d}-{n % 28 + 1:02d}T{n % 24:02d}:00:00", "name": f"{p['given']} {p['surname']}" if x.r.random() < 0.5 else T(f"{p['given']} {p['surname']}"), "email": p["email"].upper() if x.r.random() < 0.05 else p["email"], "mobile": p["mobile"],
            "postcode": p["postcode"].replace(" ", "").lower() if x.r.random() < 0.3 else p["postcode"], "newsletter": x.r.choice(["yes", "no"])}


def write_ages(x, p, n):
    return {"no": n, "name": f"{T(p['surname'])} {T(p['given'])}", "age": "" if p["y"] == "" else 2024 - p["y"] + x.r.choice([-1, 0, 0, 0]), "sex": p["sex"], "full_address": ", ".join(q for q in (f"{p['house']} {p['street']}".strip(), p["town"], p["county"], p["postcode"]) if q)}


def write_married(x, p, n):
    return {"person_no": n, "forenames": T(p["given"]), "last_name": T(p["surname"]), "birthdate": x.dob(ISO), "addr": f"{p['house']} {p['street']}", "post_code": p["postcode"], "tel_no": p["mobile"]}


def misread(r, s):
    return "".join(OCR.get(c, c) if r.random() < 0.06 else "" if r.random() < 0.01 else c for c in s)


def write_ocr(x, p, n):
    return {"page": n, "surname": misread(x.r, p["surname"]).upper(), "given_name": misread(x.r, p["given"]).upper(), "born": misread(x.r, x.dob(DMY)) if x.r.random() < 0.4 else x.dob(DMY), "street": misread(x.r, f"{p['house']} {p['street']}".lower()).upper(), "town": misread(x.r, p["town"].lower()).upper()}


def write_columns(x, p, n):
    return {"col1": n, "col2": T(p["surname"]), "col3": T(p["given"]), "col4": p["sex"].lower(), "col5": x.dob(DMY), "col6": p["mobile"], "col7": f"{p['house']} {p['street']}", "col8": p["town"], "col9": p["postcode"], "col10": x.r.choice(["A", "B", "C"])}


# name: (people, how written, how many, copies, world (twins, juniors, moved out), faults)
FILES = {
    "nordic": (nordic, write_nordic, 4000, [40, 30, 20, 10], (0.04, 0.1, 0.3), {"noise": 0.06, "moved": 0.12, "missing": {"y+m+d": 0.05}}),
    "south_asian": (south_asian, write_south_asian, 4000, [50, 30, 20], (0.05, 0.02, 0.2), {"noise": 0.07, "moved": 0.1, "missing": {"mobile": 0.3, "y+m+d": 0.05, "postcode": 0.1}}),
    "hospital": (hospital, write_hospital, 5000, [40, 30, 20, 10], (0.05, 0.05, 0.3), {"noise": 0.05, "moved": 0.12, "nickname": 0.05, "married": 0.03, "missing": {"sex": 0.1}}),
    "university": (university, write_university, 5000, [60, 25, 15], (0.02, 0.02, 0.3), {"noise": 0.05, "nickname": 0.1, "missing": {"mobile": 0.3, "email": 0.2, "y+m+d": 0.05}}),
    "care_home": (care_home, write_care, 4000, [50, 30, 20], (0, 0, 0.2), {"noise": 0.06, "moved": 0.05, "nickname": 0.1, "new_mobile": 0.02, "missing": {"y+m+d": 0.1}}),
    "register_8": (plain, write_register, 5000, [0, 0, 0, 0, 0, 0, 0, 1], (0.05, 0.08, 0.3), {"noise": 0.06, "moved": 0.2, "nickname": 0.05, "married": 0.03, "missing": {"middle": 0.4, "y+m+d": 0.1, "postcode": 0.1}}),
    "seniors": (plain, write_senior, 4000, [40, 40, 20], (0.03, 0.6, 0.1), {"noise": 0.05, "moved": 0.08, "family_phone": 0.6, "missing": {"y+m+d": 0.2, "mobile": 0.2}}),
    "web_signup": (plain, write_web, 5000, [60, 25, 10, 5], (0.03, 0.05, 0.3), {"noise": 0.05, "moved": 0.1, "nickname": 0.1, "new_email": 0.25, "missing": {"mobile": 0.4, "postcode": 0.2}}),
    "ages": (plain, write_ages, 4000, [50, 30, 20], (0.04, 0.05, 0.3), {"noise": 0.05, "moved": 0.08, "nickname": 0.05, "missing": {"y+m+d": 0.1}}),
    "married": (plain, write_married, 4000, [40, 40, 20], (0.04, 0.05, 0.3), {"noise": 0.05, "moved": 0.15, "married": 0.3, "missing": {"mobile": 0.2, "y+m+d": 0.05}}),
    "ocr": (plain, write_ocr, 4000, [50, 30, 20], (0.04, 0.04, 0.3), {"noise": 0.04, "moved": 0.05, "missing": {"y+m+d": 0.05}}),
    "columns": (plain, write_columns, 4000, [50, 30, 20], (0.05, 0.05, 0.3), {"noise": 0.06, "moved": 0.1, "nickname": 0.05, "missing": {"mobile": 0.3, "y+m+d": 0.1, "sex": 0.1}}),
    # held out 3
    "birth_clinic": (hospital, write_birth_clinic, 5000, [40, 30, 20, 10], (0.3, 0.05, 0.1), {"noise": 0.06, "moved": 0.1, "nickname": 0.05, "married": 0.05, "missing": {"mobile": 0.2, "sex": 0.1, "y+m+d": 0.05}}),
    "agencies_6": (plain, write_agencies, 5000, [0, 0, 0, 0, 0, 1], (0.06, 0.08, 0.3), {"noise": 0.06, "moved": 0.15, "nickname": 0.06, "missing": {k: 0.2 for k in ("given", "middle", "surname", "y+m+d", "sex", "house+street", "town", "postcode", "mobile", "email")}}),
    "generations": (three_generations, write_generations, 4000, [40, 30, 20, 10], (0.05, 0.1, 0.2), {"noise": 0.05, "moved": 0.08, "nickname": 0.05, "family_phone": 0.5, "missing": {"y+m+d": 0.15, "mobile": 0.2, "sex": 0.1}}),
    "swapped_ocr": (plain, write_swapped, 4000, [50, 30, 20], (0.05, 0.05, 0.3), {"noise": 0.04, "moved": 0.1, "missing": {"y+m+d": 0.1, "mobile": 0.3, "postcode": 0.1}}),
}


def make(folder, name):
    people, layout, size, copies, shares, faults = FILES[name]
    r = random.Random("held out 2 " + name)
    world = World(r, size, *shares)
    people(r, world)
    rows = []
    for i, person in enumerate(world.people):
        rows += [(i, Record(r, world, person, faults)) for _ in range(r.choices(range(1, len(copies) + 1), copies)[0])]
    r.shuffle(rows)
    write(os.path.join(folder, f"{name}.csv"), [{**layout(x, x.p, n + 1), "truth_id": i} for n, (i, x) in enumerate(rows)])


if __name__ == "__main__":
    for wanted in sys.argv[2:] or FILES:
        make(sys.argv[1], wanted)
