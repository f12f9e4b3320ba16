#!/usr/bin/env python3
"""Agencies between which no agreement stands: nothing that one of them sees tells what only another holds. Prints TAP.

usage: unshared.py HAVEN WORKDIR
"""
import json
import os
import re

from program import check, county, end, haven, must

AGREEMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../agreements/ouseshire-police.json")


def asked(user, *words):
    return json.loads(must(user, "safeguarding", *words, "--json") or "[]")


def numbers(path):
    """Telephones of an extract, digits alone."""
    with open(path, encoding="latin-1") as f:
        return list(dict.fromkeys(re.sub(r"\D", "", x) for x in re.findall(r"07[\d ]{9,12}", f.read())))


def entries():
    return int(must("root.admin", "administration", "ledger", "checkpoint").splitlines()[1])


def key_of_other(persons):
    """Somebody whom police and housing both know, and the key of a mention that housing alone may know."""
    for person in persons:
        keys = [set(re.findall(r"\b[0-9a-f]{16}\b", haven(user, "safeguarding", "people", "explain", person)[1])) for user in ("hou.sing", "pol.ice")]
        if keys[1] and keys[0] - keys[1]:
            return person, min(keys[0] - keys[1])
    return None, None


def main():
    extracts = county()
    for user, agency in (("pol.ice", "Ouseshire Police"), ("pol.two", "Ouseshire Police"), ("hou.sing", "Ouseshire Homes")):
        must("root.admin", "administration", "user", "add", user, "--agency", agency, "--role", "reviewer", "--unit", user)

    # Telephones: what housing alone holds finds nobody for police.
    police = set(numbers(extracts["police-crime"])) | set(numbers(extracts["police-custody"]))
    alone = [n for n in numbers(extracts["housing"]) if n not in police]
    never = haven("pol.ice", "safeguarding", "people", "search", "07700 900999")
    theirs, only, unknown = [], None, None
    for number in alone[:25]:
        theirs += [x["person"] for x in asked("hou.sing", "people", "search", number) if "telephone" in x["found_by"]]
        told = haven("pol.ice", "safeguarding", "people", "search", number)
        if told != never:
            check(False, "a telephone that housing alone holds finds somebody for police", told)
    check(theirs, "housing finds its own tenants by telephone")

    # Persons: shown by what one's own agency holds, counted by it, or not there.
    nobody = haven("pol.ice", "safeguarding", "people", "show", "P0000000000000")
    both = 0
    for person in dict.fromkeys(theirs):
        shown = haven("pol.ice", "safeguarding", "people", "show", person, "--json")
        if shown[0]:
            only, unknown = shown, person
            continue
        view, own = json.loads(shown[1]), asked("hou.sing", "people", "show", person)
        both += view["mentions"] > 0 and own["mentions"] > 0 and view["agencies"].startswith("Ouseshire Police") and ";" not in view["agencies"]
        check(";" not in view["agencies"] and ";" not in own["agencies"], "each sees its own agency alone", (view["agencies"], own["agencies"]))
        ends = [t["with"] for t in view["ties"]]
        check(all(haven("pol.ice", "safeguarding", "people", "show", p)[0] == 0 for p in ends), "ties lead to those who may be known", ends)
    check(both, "a person known to both is shown to each")
    check(only and only[0] == 1 and not only[1] and only[2] == "haven: no such person\n", "somebody known to housing alone is not there for police", (only, nobody))

    # The queue: a case stands in it for a reason that may be shown.
    queues = {}
    for user in ("pol.ice", "hou.sing"):
        lines = asked(user, "review", "list", "--limit", "100000")
        queues[user] = {x["case"] for x in lines}
        check(all(x["reasons"] for x in lines), f"{user}: no case without a reason", [x for x in lines if not x["reasons"]][:3])
        counted = re.findall(r"of (\d+) cases", must(user, "safeguarding", "review", "list", "--limit", "1"))
        check(not counted or int(counted[0]) == len(lines), f"{user}: the total counts those alone", (counted, len(lines)))
        named = asked(user, "review", "list", "--limit", "100000", "--rule", "R2")
        check(all("former-partner" in x["reasons"] for x in named), f"{user}: asking for a rule finds those that show it", named[:3])

    for case in sorted(queues["pol.ice"] - queues["hou.sing"])[:5]:
        shown = haven("hou.sing", "safeguarding", "review", "show", case)
        check(shown[0] == 1 and shown[1:] == ("", "haven: there is no such case\n"), "a case of which nothing may be known is none", shown)

    # Of a case that both see each is told what its own records say: whose they are, and how many.
    for case in sorted(queues["pol.ice"] & queues["hou.sing"])[:5]:
        for user, own in (("pol.ice", "Ouseshire Police"), ("hou.sing", "Ouseshire Homes")):
            line = next(x for x in asked(user, "review", "list", "--limit", "100000") if x["case"] == case)
            shown = asked(user, "review", "show", case)
            evidence = [x for r in shown["reasons"] for x in r["evidence"]]
            check({x["agency"] for x in evidence} == {own} and line["agencies"] == 1 and line["occasions"] <= len(evidence), f"{user}: a case says no more than its evidence", (line, evidence[:3]))

    # Explaining goes by what may be known, and a decision is taken back by whoever might have taken it.
    phone_of = {}
    for number in numbers(extracts["police-crime"])[:40]:
        for x in asked("pol.ice", "people", "search", number):
            phone_of.setdefault(x["person"], number)
    shared = {x["person"] for n in phone_of.values() for x in asked("hou.sing", "people", "search", n)}
    people = [p for p in phone_of if p not in shared and haven("hou.sing", "safeguarding", "people", "show", p)[0] == 1][:2]
    check(len(people) == 2 and all(haven("pol.ice", "safeguarding", "people", "explain", p)[0] == 0 for p in people), "persons whom police alone know are explained", people)
    must("pol.ice", "safeguarding", "people", "split", *people, "--why", "two different people", "--no-update")
    must("root.admin", "administration", "user", "fact", "pol.ice", "--kind", "phone", text=phone_of[people[0]])
    check(not asked("pol.ice", "people", "decisions"), "a decision about oneself is not in one's list")
    check(asked("pol.two", "people", "decisions")[0]["why"] == "two different people", "that of another unit has it")
    check(not asked("hou.sing", "people", "decisions"), "nor is one in the list of an agency that may know neither")
    hidden = haven("hou.sing", "safeguarding", "people", "undo", "1", "--no-update"), haven("hou.sing", "safeguarding", "people", "undo", "7", "--no-update")
    check(hidden[0] == (1, "", "haven: there is no decision 1 in force\n") and hidden[1] == (1, "", "haven: there is no decision 7 in force\n"), "and it cannot be taken back there", hidden)
    refused = haven("pol.ice", "safeguarding", "people", "undo", "1", "--no-update")
    check(refused[0] == 4 and not refused[1], "nobody takes back a decision about themselves", refused)

    # A mention's key leads to its person only for whoever may know of that mention; and an id of whom nothing may be known leaves as many entries as one that nobody has.
    mixed, foreign = key_of_other(dict.fromkeys(theirs))
    check(mixed, "somebody whom both know, by a key that housing alone may know")
    for words in (("people", "search", foreign), ("people", "show", foreign)):
        told = haven("pol.ice", "safeguarding", *words)
        check(told[0] == 1 and mixed not in told[1] + told[2], f"{words[1]} by a key of another's record finds nobody", told)
    check(haven("hou.sing", "safeguarding", "people", "search", foreign)[0] == 0, "whose record it is finds them")
    for asked_for in (unknown, "P0000000000000"):
        before = entries()
        check(haven("pol.ice", "safeguarding", "people", "show", asked_for) == (1, "", "haven: no such person\n") and entries() == before + 1, "somebody who may not be known and nobody: the same words and as many entries", asked_for)

    # An agreement for coded events (grade 1): names are shown, numbers neither shown nor confirmed.
    must("root.admin", "administration", "agreement", "activate", AGREEMENT)
    housing = set(numbers(extracts["housing"]))
    for number in [n for n in numbers(extracts["police-crime"]) if n not in housing][:25]:
        told = haven("hou.sing", "safeguarding", "people", "search", number)
        if told != never:
            check(False, "a telephone that police share as a coded event only is confirmed to housing", told)
    person = next(p for p in phone_of if haven("hou.sing", "safeguarding", "people", "show", p)[0] == 0)
    seen = asked("hou.sing", "people", "show", person)
    check("Ouseshire Police" in json.dumps(seen) and seen["name"], "grade 1 shows who it is, and that police hold more", seen)
    of_police = [x for x in seen["chronology"] if x["agency"] == "Ouseshire Police"]
    case = next((x["case"] for x in asked("hou.sing", "review", "list", "--limit", "100000")), None)
    text = must("hou.sing", "safeguarding", "review", "show", case) + must("hou.sing", "safeguarding", "people", "show", person)
    check('recorded as ""' not in text and ", :" not in text and ", ]" not in text, "what is not shown leaves no empty place", text)
    check(of_police and not any(x["recorded_as"] or x["source_id"] for x in of_police), "and coded events without words or numbers", of_police[:3])
    end()


if __name__ == "__main__":
    main()
