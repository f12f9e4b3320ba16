#!/usr/bin/env python3
"""Functions that the house does not use, and variables that change without an owner.

usage: test_banned.py SOURCE_ROOT BUILD_ROOT

Functions are looked for in the text of src/, outside comments and literals. Mutable globals are looked for in the
built objects, where a macro cannot hide them: every object of a room is read with objdump, and each symbol in a
writable section (not .data.rel.ro, which is constant after loading) must be on the list below.
"""
import pathlib
import re
import subprocess
import sys

from house import Tap, bare, c_files

BANNED = {
    "strcpy": "has no bound; use struct str, or memcpy with a length that was checked",
    "strncpy": "may leave text without its end; use memcpy with a length that was checked",
    "strcat": "has no bound; use struct buf",
    "strncat": "its bound is not the buffer's; use struct buf",
    "stpcpy": "has no bound; use struct buf",
    "sprintf": "has no bound; use snprintf or buf_fmt",
    "vsprintf": "has no bound; use vsnprintf",
    "gets": "has no bound",
    "scanf": "overflows numbers silently; use str_to_int64",
    "sscanf": "overflows numbers silently; use str_to_int64",
    "fscanf": "overflows numbers silently; use the readers of base",
    "strtok": "keeps a hidden global; use str_split",
    "strtok_r": "writes into its input; use str_split",
    "atoi": "cannot fail; use str_to_int64",
    "atol": "cannot fail; use str_to_int64",
    "atoll": "cannot fail; use str_to_int64",
    "atof": "cannot fail; use str_to_double",
    "alloca": "has no limit; use an arena",
    "setlocale": "changes the meaning of numbers for the whole process",
    "gmtime": "keeps a hidden global; use civil_of_day",
    "localtime": "keeps a hidden global; use london_of_utc",
    "asctime": "keeps a hidden global; use instant_format_iso",
    "ctime": "keeps a hidden global; use instant_format_iso",
    "tmpnam": "races; use mkstemp",
    "mktemp": "races; use mkstemp",
    "system": "runs a shell",
    "popen": "runs a shell",
}
ALLOCATING = {"malloc", "calloc", "realloc", "reallocarray", "strdup", "strndup", "asprintf", "vasprintf", "aligned_alloc", "posix_memalign"}

# Where memory comes from the system and not from an arena, and why. A room or a file.
MAY_ALLOCATE = {
    "base/": "arenas, buffers and readers are what everybody else allocates with",
    "havenlink/": "handles and Arrow arrays live until their caller gives them back, each by itself",
    "linkage/": "columns of millions of values outlive any request and are given back piece by piece",
    "intake/": "feeds and sources live as long as a delivery, and a scan's lists grow with the hub",
    "cli/link_job.c": "edges and clusters as long as the tables that they come from",
    "cli/cmd_link.c": "sizes of clusters, as many as records",
    "cli/cmd_link_look.c": "a weight a record",
    "cli/cmd_link_measure.c": "a label a record",
    "report/": "links, counts and clusters outlive any request and grow with the tables",
    "cli/socket.c": "the thread that takes commands lives as long as the server",
    "review/phrases.c": "the phrase list is read once and lives as long as the process",
    "simulate/": "a whole county is held in arrays that grow, by one command that ends with it",
    "store/": "handles live as long as a connection, longer than any arena",
    "web/": "what is handed to libmicrohttpd is freed by its own callbacks",
}

# Variables that may change, as "room/object: name", and why.
MAY_CHANGE = {}


def wrong_calls(name, text):
    """What is wrong in a file: its name relative to src/, its text."""
    found = []
    text = bare(text)
    for match in re.finditer(r"(?<![\w.>])(\w+)\s*\(", text):
        call = match.group(1)
        where = f"src/{name}:{text.count(chr(10), 0, match.start()) + 1}: {call}"
        if call in BANNED:
            found.append(f"{where}: {BANNED[call]}")
        elif call in ALLOCATING and not any(name.startswith(place) for place in MAY_ALLOCATE):
            found.append(f"{where}: use an arena or struct buf, or say in test_banned.py why not")
    return found


def all_calls(root):
    return [wrong for path in c_files(root / "src")
            for wrong in wrong_calls(str(path.relative_to(root / "src")), path.read_text(encoding="utf-8"))]


SYMBOL = re.compile(r"^[0-9a-f]+ (?P<flags>.{7}) (?P<section>\S+)\s+(?P<size>[0-9a-f]+)\s+(?:\.hidden )?(?P<name>.+)$")
WRITABLE = re.compile(r"\*COM\*|\.(data|bss|tdata|tbss)(?!\.rel\.ro)")
OF_TOOLS = re.compile(r"\.L|\*\.L|__odr_asan|__asan|__ubsan|__sancov|__gcov|__prof")  # what sanitizers and profilers add


def mutable(table):
    """Names of the variables in writable sections of objdump's symbol table."""
    found = []
    for line in table.splitlines():
        m = SYMBOL.match(line)
        if m and "O" in m["flags"] and int(m["size"], 16) > 0 and WRITABLE.match(m["section"]) and not OF_TOOLS.match(m["name"]):
            found.append(m["name"])
    return found


def all_globals(build):
    """What is wrong, and how many objects were read."""
    found, objects = [], 0
    for path in sorted((build / "src").rglob("*.o")):
        objects += 1
        table = subprocess.run(["objdump", "-t", path], capture_output=True, text=True, check=True).stdout
        room = path.relative_to(build / "src").parts[0]
        for name in mutable(table):
            if f"{room}/{path.name}: {name}" not in MAY_CHANGE:
                found.append(f"{room}/{path.name}: {name} can change and belongs to nobody; pass it, make it const, or say in test_banned.py why not")
    return found, objects


SAMPLES = [
    ("people/a.c", "/* strcpy(a, b) */ const char *s = \"gets(x)\"; // atoi(1)\nint my_strcpy(int);", ""),
    ("people/a.c", "\n  strcpy (a, b);", "src/people/a.c:2: strcpy: has no bound"),
    ("people/a.c", "x = atoi(s);", "atoi: cannot fail"),
    ("nowhere/a.c", "p = malloc(3);", "malloc: use an arena"),
    ("base/a.c", "p = malloc(3);", ""),
    ("base/a.c", "o->system(3);", ""),
]
# Lines as objdump prints them, and whether they are mutable variables.
SYMBOLS = [
    ("0000000000000000 l     O .data\t0000000000000004 counter", True),
    ("0000000000000000 g     O .bss\t0000000000000008 cache", True),
    ("0000000000000004       O *COM*\t0000000000000004 common", True),
    ("0000000000000000 l     O .tbss\t0000000000000004 per_thread", True),
    ("0000000000000000 l     O .bss.slot\t0000000000000004 slot.3", True),
    ("0000000000000000 l     O .data.rel.ro.local\t0000000000000040 table", False),
    ("0000000000000000 l     O .rodata\t0000000000000004 limit", False),
    ("0000000000000000 l     F .text\t0000000000000004 work", False),
    ("0000000000000000 l     O .data\t0000000000000020 *.Lubsan_data1", False),
    ("0000000000000000 l    d  .data\t0000000000000000 .data", False),
]


def self_test():
    wrong = []
    for name, text, want in SAMPLES:
        got = wrong_calls(name, text)
        if (len(got) != 1 or want not in got[0]) if want else got:
            wrong.append(f"{text!r} in {name}: wanted {want!r}, got {got}")
    wrong += [f"{line!r}: wanted {want}" for line, want in SYMBOLS if bool(mutable(line)) != want]
    return wrong


def main():
    root, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    with Tap() as tap:
        tap.check("the test finds what it must", self_test())
        tap.check("no banned function is called", all_calls(root))
        found, objects = all_globals(build)
        tap.check(f"no variable changes without an owner ({objects} objects read)", found if objects else ["no object was found in the build"])


main()
