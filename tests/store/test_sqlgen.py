#!/usr/bin/env python3
"""test_sqlgen.py: what tools/sqlgen.py makes of good SQL, and how it refuses bad SQL. Prints TAP."""
import pathlib
import re
import subprocess
import sys
import tempfile

HEAD = "-- name: r_x\n-- reads: none\n"
# Statement file, what the error must be. Lines count from 1.
BAD_SQL = [
    ("SELECT 1", "r.sql:1: text before the first '-- name:'"),
    ("-- reads: none\n-- name: r_x\nSELECT 1", "r.sql:1: text before the first '-- name:'"),
    ("-- name: other_x\n-- reads: none\nDELETE FROM t", "r.sql:1: the name 'other_x' must be lower case and begin with 'r_'"),
    ("-- name: r_X\n-- reads: none\nDELETE FROM t", "r.sql:1: the name 'r_X' must be lower case and begin with 'r_'"),
    ("-- name: r_x\nDELETE FROM t", "r.sql:1: r_x needs '-- reads:' with 'none' or some of names birth contacts identifiers narrative record"),
    ("-- name: r_x\n-- reads:\nDELETE FROM t", "r.sql:2: '-- reads:' is empty: write 'none' or the groups"),
    ("-- name: r_x\n-- reads: name\nDELETE FROM t", "r.sql:2: 'name' is no personal group: 'none' or some of names"),
    ("-- name: r_x\n-- reads: none names\nDELETE FROM t", "r.sql:2: 'none' is no personal group"),
    (HEAD + "-- params: a\nDELETE FROM t WHERE a = :a", "r.sql:3: 'a' in '-- params:' is not name:type with a type of int, real, text, blob"),
    (HEAD + "-- params: a:date\nDELETE FROM t WHERE a = :a", "r.sql:3: 'a:date' in '-- params:' is not name:type"),
    (HEAD + "-- params: a:int a:int\nDELETE FROM t WHERE a = :a", "r.sql:3: 'a' is declared twice in '-- params:'"),
    (HEAD + "-- params: a:int\n-- params: b:int\nDELETE FROM t WHERE a = :a", "r.sql:4: '-- params:' is given twice for r_x"),
    (HEAD + "DELETE FROM t\nWHERE a = :a", "r.sql:4: :a is not declared in '-- params:' of r_x"),
    (HEAD + "-- params: a:int b:int\nDELETE FROM t WHERE a = :a", "r.sql:1: 'b' is declared in '-- params:' of r_x but :b is not used"),
    (HEAD + "-- params: a:int\nDELETE FROM t WHERE a = ':a'", "r.sql:1: 'a' is declared in '-- params:' of r_x but :a is not used"),
    (HEAD + "-- params: " + " ".join(f"p{i}:int" for i in range(65)) + "\nDELETE FROM t", "r.sql:1: r_x has more than 64 parameters"),
    (HEAD + "SELECT 1", "r.sql:1: r_x gives rows and needs '-- returns:'"),
    (HEAD + "DELETE FROM t RETURNING a", "r.sql:1: r_x gives rows and needs '-- returns:'"),
    (HEAD + "-- returns: a:int\nDELETE FROM t", "r.sql:1: r_x gives no rows but has '-- returns:'"),
    (HEAD + "-- returns: id:int words:blob\nSELECT id, substr(Sealed, 1) AS words FROM t", "r.sql:1: r_x gives sealed text"),
    (HEAD + "-- returns: why:blob\nUPDATE t SET a = 1 RETURNING why", "r.sql:1: r_x gives sealed text"),
    (HEAD + "-- returns: a:blob\nSELECT * FROM t", "r.sql:4: r_x must name its columns: a star may give sealed text"),
    (HEAD + "-- returns: a:int b:blob\nSELECT t.a, t.* FROM t", "r.sql:4: r_x must name its columns"),
    (HEAD + "INSERT INTO scope (owner) VALUES (1)", "r.sql:1: r_x changes the table scope: only a grant does"),
    (HEAD + "DELETE FROM scope", "r.sql:1: r_x changes the table scope"),
    (HEAD + "UPDATE scope SET level = 1", "r.sql:1: r_x changes the table scope"),
    (HEAD + "-- returns: id:int sealed:blob\nSELECT id, sealed FROM t", "r.sql:1: r_x gives sealed text: '-- reads:' must name the personal groups in it"),
    ("-- name: r_x\n-- reads: names\n-- returns: a:text\nSELECT a FROM t", "r.sql:1: r_x reads personal groups: it must join the table scope on owner and level and give scope.groups as 'groups:int'"),
    ("-- name: r_x\n-- reads: names\n-- returns: a:text\nSELECT a FROM t JOIN scope ON scope.owner = t.b", "r.sql:1: r_x reads personal groups"),
    (HEAD + "DELETE FROM t\n-- params: a:int\nWHERE a = :a", "r.sql:4: '-- params:' must stand above the SQL of r_x"),
    (HEAD + "DELETE FROM t; DELETE FROM u", "r.sql:3: r_x must be one statement"),
    (HEAD + "-- nothing but a comment", "r.sql:1: r_x has no SQL"),
    (HEAD + "DELETE FROM t WHERE a = b::bigint", "r.sql:3: '::' is PostgreSQL's alone: write CAST(x AS bigint)"),
    (HEAD + "DELETE FROM t WHERE a = ?1", "r.sql:3: '?' has no place in SQL for both engines: parameters are :name"),
    (HEAD + "DELETE FROM t WHERE a = $1", "r.sql:3: '$' has no place in SQL for both engines"),
    (HEAD + "DELETE FROM t WHERE a = @a", "r.sql:3: '@' has no place in SQL for both engines"),
    (HEAD + "DELETE FROM `t`", "r.sql:3: '`' has no place in SQL for both engines"),
    (HEAD + "DELETE FROM t WHERE a = CAST(b AS integer)", "r.sql:3: CAST AS integer differs between the engines: write bigint"),
    (HEAD + "DELETE FROM t WHERE a = CAST(b AS\n\nreal)", "r.sql:5: CAST AS real differs between the engines: write double precision"),
    (HEAD + "DELETE FROM t WHERE a = {{id}}", "r.sql:3: {{id}} belongs in a schema, not in a statement"),
    (HEAD + "DELETE FROM t\nWHERE a = 'open", "r.sql:4: the quote ' is not closed"),
    (HEAD + 'DELETE FROM t\nWHERE a = "open', 'r.sql:4: the quote " is not closed'),
    (HEAD + "DELETE FROM t\n/* open", "r.sql:4: the comment /* is not closed"),
    (HEAD + "DELETE FROM t\n-- migration: 0001 x", "r.sql:4: '-- migration:' does not belong here, '-- name:' does"),
    (HEAD + "DELETE FROM t\n" + HEAD + "DELETE FROM t", "r.sql:4: statement r_x is also at "),
]
BAD_SCHEMA = [
    ("CREATE TABLE t (a bigint)", "r.schema.sql:1: text before the first '-- migration:'"),
    ("-- migration: 1 x\nCREATE TABLE t (a bigint)", "r.schema.sql:1: a migration is '-- migration: NNNN title' with four digits"),
    ("-- migration: 0001\nCREATE TABLE t (a bigint)", "r.schema.sql:1: a migration is '-- migration: NNNN title' with four digits"),
    ("-- migration: 0001 x\n-- reads: none\nCREATE TABLE t (a bigint)", "r.schema.sql:1: a migration has no header but '-- migration:'"),
    ("-- migration: 0001 x\n", "r.schema.sql:1: migration 0001 has no SQL"),
    ("-- migration: 0001 x\nCREATE TABLE t (\na integer)", "r.schema.sql:3: 'integer' differs between the engines: write bigint"),
    ("-- migration: 0001 x\nCREATE TABLE t (a BOOLEAN)", "r.schema.sql:2: 'BOOLEAN' differs between the engines: write bigint"),
    ("-- migration: 0001 x\nCREATE TABLE t (a blob)", "r.schema.sql:2: 'blob' differs between the engines: write {{blob}}"),
    ("-- migration: 0001 x\nCREATE TABLE t (a timestamp)", "r.schema.sql:2: 'timestamp' differs between the engines: write bigint (UTC milliseconds)"),
    ("-- migration: 0001 x\nCREATE TABLE t (a {{key}})", "r.schema.sql:2: {{key}} is no macro: {{id}} {{blob}}"),
    ("-- migration: 0001 x\nCREATE TABLE t (a bigint) STRICT", "r.schema.sql:2: 'STRICT' differs between the engines: write nothing"),
    ("-- migration: 0001 x\nUPDATE t SET a = :a", "r.schema.sql:2: a migration has no parameters"),
    ("-- migration: 0001 x\nDROP TABLE t;\n-- migration: 0001 y\nDROP TABLE u", "r.schema.sql:3: migration 1 is also at "),
]
GOOD_SQL = """-- About this file.

-- name: r_find
-- Why it is there.
-- reads: names record
-- params: b:text a:int
-- returns: groups:int
SELECT scope.groups -- the :x
FROM "t :x" /* :y
 */ WHERE a = :a AND b = ':b ''quoted'' ?' AND c IN (:b, :a) AND d = 'C:\\dir ??/' ;
"""
GOOD_C = r'''    .sqlite =
        "SELECT scope.groups\n"
        "FROM \"t :x\"\n"
        " WHERE a = ?2 AND b = ':b ''quoted'' ?' AND c IN (?1, ?2) AND d = 'C:\\dir ?\?/'",
    .postgresql =
        "SELECT scope.groups\n"
        "FROM \"t :x\"\n"
        " WHERE a = $2 AND b = ':b ''quoted'' ?' AND c IN ($1, $2) AND d = 'C:\\dir ?\?/'",
    .reads = STORE_READS_NAMES | STORE_READS_RECORD,
    .n_params = 2,
    .n_columns = 1,'''
GOOD_SCHEMA = """-- migration: 0102 things
CREATE TABLE t (id {{id}}, a bigint DEFAULT 1, r real, d {{blob}}, k text CHECK (k <> 'bigint; {{id}}'));
create unique index i ON t (a) WHERE a > 0;
-- migration: 0101 before
DROP TABLE u
"""
GOOD_STEPS = [
    "\"CREATE TABLE t (id integer primary key, a integer DEFAULT 1, r real, d blob, k text CHECK (k <> 'bigint; {{id}}')) STRICT\",",
    "\"CREATE TABLE t (id bigint primary key, a bigint DEFAULT 1, r double precision, d bytea, k text CHECK (k <> 'bigint; {{id}}'))\",",
    "\"create unique index i ON t (a) WHERE a > 0\",",
]


def generate(tool, folder, sql="", schema=""):
    room, out = folder / "r", folder / "out"
    room.mkdir(exist_ok=True)
    out.mkdir(exist_ok=True)
    (room / "r.sql").write_text(sql, encoding="utf-8")
    (room / "r.schema.sql").write_text(schema, encoding="utf-8")
    done = subprocess.run([sys.executable, tool, "--out", out, "--list", "all", "--depfile", out / "d", room], capture_output=True, text=True, check=False)
    c = out / "all.c"
    return done.returncode, done.stderr, c.read_text(encoding="utf-8") if c.exists() else ""


def check_bad(tool, folder, cases, which):
    for text, want in cases:
        code, error, _ = generate(tool, folder, **{which: text})
        yield f"refused: {want}", code == 1 and want in error and error.count("\n") == 1, error


def check_good(tool, folder):
    code, error, c = generate(tool, folder, GOOD_SQL, GOOD_SCHEMA)
    yield "a good file is taken", code == 0, error
    yield "both texts, untouched where quoted", GOOD_C in c, c
    for step in GOOD_STEPS:
        yield "step " + step, step in c, c
    yield "migrations in number order", c.index('{101, "before"') < c.index('{102, "things"'), c
    header = folder / "out" / "r_sql.h"
    before = header.stat().st_mtime_ns
    generate(tool, folder, GOOD_SQL.replace("a = :a", "a >= :a"), GOOD_SCHEMA)
    yield "an unchanged header is not written again", header.stat().st_mtime_ns == before, ""
    yield "the room's folder is watched", str(folder / "r") + " " in (folder / "out" / "d").read_text(), ""


def hash_of(c):
    return re.search(r'"([0-9a-f]{64})"', c).group(1)


def check_hash(tool, folder):
    base = hash_of(generate(tool, folder, schema="-- migration: 0001 x\nDROP TABLE u")[2])
    same = hash_of(generate(tool, folder, schema="-- migration: 0001 y\n  DROP  TABLE\nu -- why\n")[2])
    other = hash_of(generate(tool, folder, schema="-- migration: 0001 x\nDROP TABLE v")[2])
    yield "comments, spacing and title may change", base == same, same
    yield "words may not", base != other, other


def main():
    tool = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        results = [*check_bad(tool, folder, BAD_SQL, "sql"), *check_bad(tool, folder, BAD_SCHEMA, "schema"),
                   *check_good(tool, folder), *check_hash(tool, folder)]
    print(f"1..{len(results)}")
    for i, (what, ok, shown) in enumerate(results):
        print(f"{'ok' if ok else 'not ok'} {i + 1} - {what.replace('#', '')}")
        if not ok:
            print("".join(f"# {line}\n" for line in shown.splitlines()), end="")
    return 0 if all(r[1] for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
