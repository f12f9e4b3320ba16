#!/usr/bin/env python3
"""Every column of wrapped keys in the schema is in its room's list, and every room's list is in flow/rotate.c: a rotation of the seal key that missed a
table would leave its rows under a key that is then thrown away.

usage: test_wrapped.py SOURCE_ROOT
"""
import pathlib
import re
import sys

from house import Tap

TABLE = re.compile(r"CREATE TABLE (\w+) \((.*?)^\)", re.DOTALL | re.MULTILINE)
COLUMN = re.compile(r"^\s*(\w*wrapped)\s+\{\{blob\}\}", re.MULTILINE)
ADDED = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w*wrapped)\s+\{\{blob\}\}")
LIST = re.compile(r"vault_wrapped_column (\w+)_wrapped\[\] = \{(.*?)\{0\},?\s*\};", re.DOTALL)
NAMED = re.compile(r'#define (\w+) ("\w+")')


def in_schema(text):
    return {(t, c) for t, body in TABLE.findall(text) for c in COLUMN.findall(body)} | set(ADDED.findall(text))


def in_code(text, names=()):
    """{room: {(table, column)}}; `names`: text of the room's headers, where names may be defined."""
    for name, value in NAMED.findall(text) + NAMED.findall("".join(names)):
        text = re.sub(rf"\b{name}\b", value, text)
    return {room: set(re.findall(r'\{"(\w+)", "(\w+)",', rows)) for room, rows in LIST.findall(text)}


def findings(root):
    schema, code = {}, {}
    for path in sorted((root / "src").rglob("*.schema.sql")):
        columns = in_schema(path.read_text(encoding="utf-8"))
        if columns:
            schema[path.parent.name] = columns
    for path in sorted((root / "src").rglob("*.c")):
        code.update(in_code(path.read_text(encoding="utf-8"), [h.read_text(encoding="utf-8") for h in path.parent.glob("*.h")]))
    rotated = re.search(r"rooms\[\] = \{(.*?)\}", (root / "src/flow/rotate.c").read_text(encoding="utf-8")).group(1)
    found = [f"src/{room}: {t}.{c} is in no list {room}_wrapped[]" for room in schema for t, c in sorted(schema[room] - code.get(room, set()))]
    found += [f"src/{room}: {room}_wrapped[] names {t}.{c}, which no schema has" for room in code for t, c in sorted(code[room] - schema.get(room, set()))]
    return found + [f"src/flow/rotate.c does not go through {room}_wrapped[]" for room in code if f"{room}_wrapped" not in rotated]


def self_test():
    schema = "CREATE TABLE a (\n    id {{id}},\n    wrapped {{blob}} NOT NULL,\n    x bigint\n);\nCREATE TABLE b (\n    id {{id}}\n);\nALTER TABLE b ADD COLUMN old_wrapped {{blob}};"
    code = '#define T "a"\nconst struct vault_wrapped_column r_wrapped[] = {\n    {T, "wrapped", &x, &y, &z},\n    {0},\n};'
    wrong = [] if in_schema(schema) == {("a", "wrapped"), ("b", "old_wrapped")} else [f"schema: {in_schema(schema)}"]
    return wrong + ([] if in_code(code) == {"r": {("a", "wrapped")}} else [f"code: {in_code(code)}"])


def main():
    with Tap() as tap:
        tap.check("the test finds what it must", self_test())
        tap.check("a rotation goes through every column of wrapped keys", findings(pathlib.Path(sys.argv[1])))


main()
