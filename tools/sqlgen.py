#!/usr/bin/env python3
"""sqlgen.py: turns the rooms' SQL into C, once for SQLite and once for PostgreSQL.

For every ROOM_DIR given (its last part is the room's name) it reads
  ROOM.sql         named statements:   -- name: / -- reads: / -- params: / -- returns:
  ROOM.schema.sql  numbered migrations: -- migration: 0100 title
and writes into --out
  ROOM_sql.h       `extern const struct store_statement sql_<name>;` for each statement
  LIST.c           every statement and migration, and `const struct store_catalogue LIST;`

It works on tokens, so that a :name within a string, a quoted identifier or a comment stays as it is. What it cannot
accept it refuses with file:line and what to write instead. Outputs are rewritten only when they change.
docs/store.md says how a room adds SQL.
"""
import argparse
import hashlib
import pathlib
import re
import sys

TYPES = {"int": "STORE_INT", "real": "STORE_REAL", "text": "STORE_TEXT", "blob": "STORE_BLOB"}
GROUPS = ["names", "birth", "contacts", "identifiers", "narrative", "record"]
MACROS = {"id": ("integer primary key", "bigint primary key"), "blob": ("blob", "bytea"),
          "clustered": ("WITHOUT ROWID,", "")}  # after the last bracket of a table that is one index: rows lie in the order of its key
# Words that mean different things to the two engines, and what to write.
SCHEMA_REFUSED = {
    **dict.fromkeys(["int", "integer", "smallint", "boolean", "numeric", "serial", "bigserial"], "bigint"),
    **dict.fromkeys(["varchar", "char", "json", "jsonb"], "text"),
    **dict.fromkeys(["double", "float"], "real"),
    **dict.fromkeys(["blob", "bytea"], "{{blob}}"),
    **dict.fromkeys(["timestamp", "timestamptz", "datetime"], "bigint (UTC milliseconds)"),
    **dict.fromkeys(["autoincrement", "strict", "rowid"], "nothing: sqlgen.py adds what SQLite needs"),
}
# After AS: casts that would give PostgreSQL a smaller type than SQLite's.
CAST_REFUSED = {**dict.fromkeys(["int", "integer", "smallint"], "bigint"), "real": "double precision"}
MAX_PARAMS = 64  # LIMIT_STORE_PARAMS
NAME = re.compile(r"[a-z][a-z0-9_]*")
TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<comment>--[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<macro>\{\{[a-z_]*\}\})
      | (?P<cast>::)
      | (?P<param>:[A-Za-z_][A-Za-z0-9_]*)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>[0-9][0-9A-Za-z_.]*)
      | (?P<punct>.)""",
    re.S | re.X)


class Refused(Exception):
    """An error in a source file: `path:line: what is wrong`."""


def refuse(path, line, text):
    raise Refused(f"{path}:{line}: {text}")


class Token:
    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line

    def word(self):
        return self.text.lower() if self.kind == "word" else ""


def tokens_of(path, text):
    out, line = [], 1
    for m in TOKEN.finditer(text):
        kind, piece = m.lastgroup, m.group()
        if kind == "punct" and piece in "'\"":
            refuse(path, line, f"the quote {piece} is not closed")
        if kind == "punct" and text.startswith("/*", m.start()):
            refuse(path, line, "the comment /* is not closed")
        out.append(Token(kind, piece, line))
        line += piece.count("\n")
    return out


def header_of(token):
    """('name', 'people_insert') for a comment `-- name: people_insert`, else None."""
    m = re.fullmatch(r"--\s*(name|reads|params|returns|migration):\s*(.*?)\s*", token.text) if token.kind == "comment" else None
    return m.groups() if m else None


class Block:
    """One statement or migration: its header fields and its tokens without comments."""

    def __init__(self, path, line, value):
        self.path, self.line, self.value = path, line, value
        self.fields, self.tokens = {}, []

    def add(self, token):
        h = header_of(token)
        if h is None:
            self.tokens.append(Token("space", "\n" * token.text.count("\n") or " ", token.line) if token.kind == "comment" else token)
            return
        key, value = h
        if key in self.fields:
            refuse(self.path, token.line, f"'-- {key}:' is given twice for {self.value}")
        if any(t.kind != "space" for t in self.tokens):
            refuse(self.path, token.line, f"'-- {key}:' must stand above the SQL of {self.value}")
        self.fields[key] = (value, token.line)


def blocks_of(path, opener):
    """Splits a file at its `-- name:` (or `-- migration:`) comments."""
    blocks = []
    for t in tokens_of(path, path.read_text(encoding="utf-8")):
        h = header_of(t)
        if h and h[0] == opener:
            blocks.append(Block(path, t.line, h[1]))
        elif h and h[0] in ("name", "migration"):
            refuse(path, t.line, f"'-- {h[0]}:' does not belong here, '-- {opener}:' does")
        elif blocks:
            blocks[-1].add(t)
        elif t.kind not in ("space", "comment") or h:
            refuse(path, t.line, f"text before the first '-- {opener}:'")
    return blocks


def typed_list(block, key):
    """`id:int name:text` -> [('id', 'int'), ...]"""
    value, line = block.fields.get(key, ("", block.line))
    out = []
    for item in value.split():
        name, _, kind = item.partition(":")
        if not NAME.fullmatch(name) or kind not in TYPES:
            refuse(block.path, line, f"'{item}' in '-- {key}:' is not name:type with a type of {', '.join(TYPES)}")
        if any(name == n for n, _ in out):
            refuse(block.path, line, f"'{name}' is declared twice in '-- {key}:'")
        out.append((name, kind))
    return out


def reads_of(block):
    value, line = block.fields.get("reads", (None, block.line))
    if value is None:
        refuse(block.path, line, f"{block.value} needs '-- reads:' with 'none' or some of {' '.join(GROUPS)}")
    groups = value.split()
    if groups == ["none"]:
        return "STORE_READS_NONE"
    for g in groups:
        if g not in GROUPS:
            refuse(block.path, line, f"'{g}' is no personal group: 'none' or some of {' '.join(GROUPS)}")
    if not groups:
        refuse(block.path, line, "'-- reads:' is empty: write 'none' or the groups")
    return " | ".join("STORE_READS_" + g.upper() for g in groups)


def check_portable(block):
    for t in block.tokens:
        if t.kind == "cast":
            refuse(block.path, t.line, "'::' is PostgreSQL's alone: write CAST(x AS bigint)")
        if t.kind == "punct" and t.text in "?$@`[{":
            refuse(block.path, t.line, f"'{t.text}' has no place in SQL for both engines: parameters are :name")


def trimmed(pieces):
    """Joined text without blank lines, trailing blanks or a last semicolon."""
    text = "".join(pieces).strip().rstrip(";").rstrip()
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


# Columns of sealed text. Whatever a statement calls them or makes of them, it reads a person's words.
SEALED = {"sealed", "why"}


class Statement:
    def __init__(self, room, block):
        self.block, self.name, self.path, self.line = block, block.value, block.path, block.line
        if not NAME.fullmatch(self.name) or not self.name.startswith(room + "_"):
            refuse(self.path, self.line, f"the name '{self.name}' must be lower case and begin with '{room}_'")
        self.reads = reads_of(block)
        self.params, self.columns = typed_list(block, "params"), typed_list(block, "returns")
        if len(self.params) > MAX_PARAMS:
            refuse(self.path, self.line, f"{self.name} has more than {MAX_PARAMS} parameters")
        check_portable(block)
        self.check_words()
        self.check_one_statement()
        self.check_scope(room)
        self.check_returns()
        self.sqlite, self.postgresql = self.numbered("?"), self.numbered("$")

    def check_words(self):
        before = ""
        for t in self.block.tokens:
            if t.kind == "macro":
                refuse(self.path, t.line, f"{t.text} belongs in a schema, not in a statement")
            if before == "as" and t.word() in CAST_REFUSED:
                refuse(self.path, t.line, f"CAST AS {t.text} differs between the engines: write {CAST_REFUSED[t.word()]}")
            if t.text == "*" and before in ("select", "distinct", "all", ",", "."):
                refuse(self.path, t.line, f"{self.name} must name its columns: a star may give sealed text")
            before = before if t.kind == "space" else t.text.lower()

    def check_one_statement(self):
        significant = [t for t in self.block.tokens if t.kind != "space"]
        if not significant:
            refuse(self.path, self.line, f"{self.name} has no SQL")
        for t in significant[:-1]:
            if t.text == ";":
                refuse(self.path, t.line, f"{self.name} must be one statement")

    def check_scope(self, room):
        words = [t.word() for t in self.block.tokens if t.kind == "word"]
        if words[0] in ("insert", "update", "delete") and "scope" in words[1:3] and room != "store":
            refuse(self.path, self.line, f"{self.name} changes the table scope: only a grant does")

    def check_returns(self):
        words = [t.word() for t in self.block.tokens if t.kind == "word"]
        gives_rows = words[0] in ("select", "values") or "returning" in words
        changes = words[0] in ("insert", "update", "delete")
        if self.reads != "STORE_READS_NONE" and not ("scope" in words and dict(self.columns).get("groups") == "int"):
            refuse(self.path, self.line, f"{self.name} reads personal groups: it must join the table scope on owner and level and give scope.groups as 'groups:int'")
        if gives_rows and not self.columns:
            refuse(self.path, self.line, f"{self.name} gives rows and needs '-- returns:'")
        if self.reads == "STORE_READS_NONE" and gives_rows and SEALED & set(words):
            refuse(self.path, self.line, f"{self.name} gives sealed text: '-- reads:' must name the personal groups in it")
        if changes and not gives_rows and self.columns:
            refuse(self.path, self.line, f"{self.name} gives no rows but has '-- returns:'")

    def numbered(self, sign):
        position = {name: i + 1 for i, (name, _) in enumerate(self.params)}
        used, out = set(), []
        for t in self.block.tokens:
            if t.kind != "param":
                out.append(t.text)
                continue
            if t.text[1:] not in position:
                refuse(self.path, t.line, f"{t.text} is not declared in '-- params:' of {self.name}")
            used.add(t.text[1:])
            out.append(f"{sign}{position[t.text[1:]]}")
        for name in position:
            if name not in used:
                refuse(self.path, self.line, f"'{name}' is declared in '-- params:' of {self.name} but :{name} is not used")
        return trimmed(out)


class Migration:
    def __init__(self, block):
        self.block, self.path, self.line = block, block.path, block.line
        m = re.fullmatch(r"([0-9]{4})\s+(\S.*)", block.value)
        if not m:
            refuse(self.path, self.line, "a migration is '-- migration: NNNN title' with four digits")
        if block.fields:
            refuse(self.path, self.line, "a migration has no header but '-- migration:'")
        self.number, self.title = int(m.group(1)), m.group(2)
        check_portable(block)
        self.steps = [self.step(part) for part in self.parts()]
        if not self.steps:
            refuse(self.path, self.line, f"migration {self.number:04d} has no SQL")
        # Comments and spacing may be mended later; the words may not.
        plain = " ".join(t.text for t in block.tokens if t.kind != "space")
        self.hash = hashlib.sha256(plain.encode()).hexdigest()

    def parts(self):
        part = []
        for t in self.block.tokens:
            if t.text == ";":
                yield part
                part = []
            else:
                part.append(t)
        if any(t.kind != "space" for t in part):
            yield part

    def step(self, part):
        words = [t.word() for t in part if t.kind == "word"]
        strict = " STRICT" if words[:2] == ["create", "table"] else ""
        sqlite, postgresql = zip(*(self.both(t) for t in part))
        return trimmed(sqlite) + strict, trimmed(postgresql)

    def both(self, t):
        """A token's text for SQLite and for PostgreSQL."""
        if t.kind == "macro":
            if t.text[2:-2] not in MACROS:
                refuse(self.path, t.line, f"{t.text} is no macro: {' '.join('{{%s}}' % m for m in MACROS)}")
            return MACROS[t.text[2:-2]]
        if t.kind == "param":
            refuse(self.path, t.line, "a migration has no parameters")
        if t.word() in SCHEMA_REFUSED:
            refuse(self.path, t.line, f"'{t.text}' differs between the engines: write {SCHEMA_REFUSED[t.word()]}")
        if t.word() == "bigint":
            return "integer", t.text
        if t.word() == "real":
            return t.text, "double precision"
        return t.text, t.text


def c_text(text, indent):
    """A C literal, one line for each line of text."""
    lines = text.split("\n")
    quoted = []
    for i, line in enumerate(lines):
        body = line.replace("\\", "\\\\").replace('"', '\\"').replace("??", "?\\?")
        quoted.append(f'"{body}{chr(92) + "n" if i + 1 < len(lines) else ""}"')
    return ("\n" + " " * indent).join(quoted)


def c_array(kind, name, items):
    return f"static {kind} {name}[] = {{{', '.join(items)}}};\n" if items else ""


def statement_c(s):
    params, kinds, columns = "p_" + s.name, "t_" + s.name, "c_" + s.name
    out = c_array("const char *const", params, [f'"{n}"' for n, _ in s.params])
    out += c_array("const enum store_type", kinds, [TYPES[t] for _, t in s.params])
    out += c_array("const enum store_type", columns, [TYPES[t] for _, t in s.columns])
    return out + f"""const struct store_statement sql_{s.name} = {{
    .name = "{s.name}",
    .file = "{s.path.name}:{s.line}",
    .sqlite =
        {c_text(s.sqlite, 8)},
    .postgresql =
        {c_text(s.postgresql, 8)},
    .reads = {s.reads},
    .n_params = {len(s.params)},
    .n_columns = {len(s.columns)},
    .params = {params if s.params else 'NULL'},
    .param_types = {kinds if s.params else 'NULL'},
    .column_types = {columns if s.columns else 'NULL'},
}};
"""


def migration_c(m):
    lists = ""
    for which, engine in enumerate(("sqlite", "postgresql")):
        lists += f"static const char *const m{m.number:04d}_{engine}[] = {{\n"
        lists += "".join(f"    {c_text(step[which], 4)},\n" for step in m.steps) + "};\n"
    row = (f'    {{{m.number}, "{m.title}", "{m.hash}", m{m.number:04d}_sqlite, m{m.number:04d}_postgresql, '
           f'{len(m.steps)}}}, /* {m.path.name}:{m.line} */\n')
    return lists, row


def header_text(room, statements, name):
    guard = f"HAVEN_SQL_{room.upper()}_H"
    body = "".join(f"extern const struct store_statement sql_{s.name};\n" for s in statements)
    return (f"/* {room}_sql.h: the statements of {room}.sql. Made by tools/sqlgen.py: do not edit. */\n#ifndef {guard}\n"
            f'#define {guard}\n\n#include "store/store.h"\n\n{body}'
            f"extern const struct store_catalogue {name};\n\n#endif\n")


def list_text(name, rooms, folder):
    statements = [s for _, ss, _ in rooms for s in ss]
    migrations = sorted((m for _, _, ms in rooms for m in ms), key=lambda m: m.number)
    out = f"/* {name}.c: every statement and migration. Made by tools/sqlgen.py: do not edit. */\n"
    out += "".join(f'#include "{folder}/{room}_sql.h"\n' for room, _, _ in rooms)
    out += '#pragma GCC diagnostic ignored "-Woverlength-strings"\n\n'
    out += "\n".join(statement_c(s) for s in statements) + "\n"
    parts = [migration_c(m) for m in migrations]
    out += "".join(p[0] for p in parts)
    out += "static const struct store_statement *const all_statements[] = {\n"
    out += "".join(f"    &sql_{s.name},\n" for s in statements) + "    NULL,\n};\n"
    out += "static const struct store_migration all_migrations[] = {\n" + "".join(p[1] for p in parts) + "    {0},\n};\n"
    return out + (f"const struct store_catalogue {name} = {{all_statements, {len(statements)}, "
                  f"all_migrations, {len(migrations)}}};\n")


def check_unique(rooms):
    seen = {}
    for _, statements, migrations in rooms:
        for kind, key, item in [("statement", s.name, s) for s in statements] + [("migration", m.number, m) for m in migrations]:
            if (kind, key) in seen:
                other = seen[kind, key]
                refuse(item.path, item.line, f"{kind} {key} is also at {other.path}:{other.line}")
            seen[kind, key] = item


def read_room(directory):
    room = directory.name
    sql, schema = directory / f"{room}.sql", directory / f"{room}.schema.sql"
    statements = [Statement(room, b) for b in blocks_of(sql, "name")] if sql.exists() else []
    migrations = [Migration(b) for b in blocks_of(schema, "migration")] if schema.exists() else []
    return room, statements, migrations


def write_if_changed(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def depfile_text(target, directories):
    """The folders count too, so that a first ROOM.sql is noticed without a new `meson setup`."""
    deps = [d for d in directories if d.exists()]
    deps += [f for d in directories for f in (d / f"{d.name}.sql", d / f"{d.name}.schema.sql") if f.exists()]
    return f"{target}: " + " ".join(str(d).replace(" ", "\\ ") for d in deps) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for the C files")
    parser.add_argument("--list", required=True, help="name of the catalogue and of its .c file")
    parser.add_argument("--include", default="sql", help="folder by which the C files include the headers")
    parser.add_argument("--depfile", type=pathlib.Path)
    parser.add_argument("rooms", nargs="+", type=pathlib.Path, metavar="ROOM_DIR")
    args = parser.parse_args()
    try:
        rooms = [read_room(d) for d in args.rooms]
        check_unique(rooms)
    except Refused as e:
        sys.exit(str(e))
    for room, statements, _ in rooms:
        write_if_changed(args.out / f"{room}_sql.h", header_text(room, statements, args.list))
    write_if_changed(args.out / f"{args.list}.c", list_text(args.list, rooms, args.include))
    if args.depfile:
        # Ninja knows the outputs as paths relative to the build folder, where it runs this.
        args.depfile.write_text(depfile_text(args.out / f"{args.rooms[0].name}_sql.h", args.rooms), encoding="utf-8")


if __name__ == "__main__":
    main()
