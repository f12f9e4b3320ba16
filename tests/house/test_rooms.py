#!/usr/bin/env python3
"""A room includes only rooms listed before it in meson.build, and of another room only what that room shows.

usage: test_rooms.py SOURCE_ROOT
"""
import pathlib
import re
import sys
import tempfile

from house import Tap, c_files

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)

# Headers that a room shows besides <room>/<room>.h, and why. base shows all its parts: base.h only gathers them.
SHOWN = {
    "page/page_templates.h": "the partials that other rooms' templates use (generated)",
    "people/evaluate.h": "measuring against a known truth, beside the everyday interface",
    "people/truth.h": "the known truth itself, read once for measuring persons and reviews",
    "review/evaluate.h": "measuring against a known truth, beside the everyday interface",
    "ledger/log.h": "the public log's formats, which the doors check offline without a hub",
    "vault/keeping.h": "what keeps the keys themselves: rotation, shares; for the commands about them",
    "vault/sign_in.h": "what signing in is made of, for the registry and the doors, beside the everyday interface",
    "simulate/year.h": "the year of look-ups on which the insider rules are measured, beside the county",
    "registry/agency_kind.h": "the kinds of agency, which feeds and rules speak too",
    "intake/words.h": "the coded words of feeds, which the simulator and the rules speak too",
}

# Headers that are for some rooms alone, and why.
ONLY_FOR = {
    "store/grant.h": ({"store", "access"}, "only access makes a grant, so there is no way round its decision"),
}


def rooms_of(root):
    listed = re.search(r"^rooms\s*=\s*\[(.*?)\]", (root / "meson.build").read_text(), re.MULTILINE | re.DOTALL)
    return re.findall(r"'([^']+)'", listed.group(1))


def check_include(rooms, written, room, header):
    """None, or what is wrong with a file of `room` including `header`. `written`: the names of headers that are no product of the build."""
    parts = header.split("/")
    if len(parts) == 1:  # what the build generates lies beside the object
        return f"'{header}' has no room; write \"room/file.h\"" if header in written else None
    of = parts[0]
    if header in ONLY_FOR:
        rooms_of_it, why = ONLY_FOR[header]
        return None if room in rooms_of_it else f"'{header}' is for {' and '.join(sorted(rooms_of_it))} alone: {why}"
    if of == "sql":
        return None if header == f"sql/{room}_sql.h" else f"'{header}' is the SQL of another room; ask that room for a function"
    if of not in rooms:
        return f"'{header}' is of no room that meson.build lists"
    if of == room:
        return None
    if rooms.index(of) > rooms.index(room):
        return f"'{of}' is listed after '{room}': a lower room never calls up"
    shown = header == f"{of}/{of}.h" or header in SHOWN or (of == "base" and not header.endswith("_int.h"))
    shown = shown or (room == "web" and header == f"{of}/{of}_page.h")  # the route table names the rooms' page functions
    if not shown:
        return f"'{header}' is private to '{of}'; include \"{of}/{of}.h\""
    return None


def findings(root):
    rooms = rooms_of(root)
    written = {path.name for path in c_files(root / "src")} | {f"{room}.h" for room in rooms}
    found = []
    for path in c_files(root / "src"):
        name = path.relative_to(root / "src")
        room = name.parts[0]
        if room not in rooms:
            found.append(f"src/{name}: the folder '{room}' is not a room that meson.build lists")
            continue
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            wrong = check_include(rooms, written, room, match.group(1))
            if wrong:
                found.append(f"src/{name}:{text.count(chr(10), 0, match.start(1)) + 1}: {wrong}")
    return found


# file, its text, what must be found ("" for nothing)
SAMPLES = [
    ("src/base/a.c", '#include "base/base.h"\n#include <stdio.h>\n', ""),
    ("src/people/a.c", '#include "store/store.h"\n#include "people/own.h"\n#include "sql/people_sql.h"\n', ""),
    ("src/people/b.c", '#include "people/people.h"\n\n#  include "review/review.h"\n', "b.c:3: 'review' is listed after 'people'"),
    ("src/base/b.h", '#include "store/store.h"\n', "'store' is listed after 'base'"),
    ("src/review/a.c", '#include "people/own.h"\n', "'people/own.h' is private to 'people'"),
    ("src/review/e.c", '#include "base/csv_int.h"\n', "'base/csv_int.h' is private to 'base'"),
    ("src/review/b.c", '#include "sql/people_sql.h"\n', "is the SQL of another room"),
    ("src/web/a.c", '#include "review/review_page.h"\n', ""),
    ("src/review/f.c", '#include "people/people_page.h"\n', "'people/people_page.h' is private to 'people'"),
    ("src/review/c.c", '#include "people.h"\n', "has no room"),
    ("src/review/f.c", '#include "made_by_the_build.h"\n', ""),
    ("src/review/d.c", '#include "attic/a.h"\n', "of no room"),
    ("src/store/g.c", '#include "store/grant.h"\n', ""),
    ("src/access/g.c", '#include "store/grant.h"\n', ""),
    ("src/people/g.c", '#include "store/grant.h"\n', "'store/grant.h' is for access and store alone"),
    ("src/review/g.h", ' #  include  "store/grant.h"\n', "'store/grant.h' is for access and store alone"),
    ("src/attic/a.c", "int x;\n", "the folder 'attic' is not a room"),
]


def self_test():
    """Each sample alone in a tree of its own gives what it must."""
    wrong = []
    for file, text, want in SAMPLES:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "meson.build").write_text("rooms = ['base', 'store', 'access', 'people',\n  'review', 'web']\n")
            (root / file).parent.mkdir(parents=True)
            (root / file).write_text(text)
            got = findings(root)
            if (len(got) != 1 or want not in got[0]) if want else got:
                wrong.append(f"{file}: wanted {want!r}, got {got}")
    return wrong


def main():
    root = pathlib.Path(sys.argv[1])
    with Tap() as tap:
        tap.check("the test finds what it must", self_test())
        tap.check("every include goes down, to what a room shows", findings(root))


main()
