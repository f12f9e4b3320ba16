#!/usr/bin/env python3
"""`haven link` from outside: files that are refused, each with a line that says which and where; and the same bytes with any number of threads. usage: program.py HAVEN SOURCE_ROOT

No error may show a value of the files: SECRET stands in every one of them.
"""
import os
import subprocess
import sys
import tempfile

HAVEN, ROOT = (os.path.abspath(p) for p in sys.argv[1:3])
SECRET = "Quillfeather-Testname"
MODEL = """{"link_type": "%s", "unique_id_column_name": "id", "probability_two_random_records_match": 0.01, "sql_dialect": "duckdb",
"blocking_rules_to_generate_predictions": ["l.name = r.name"],
"comparisons": [{"output_column_name": "name", "comparison_levels": [
 {"sql_condition": "name_l IS NULL OR name_r IS NULL", "is_null_level": true},
 {"sql_condition": "name_l = name_r", "m_probability": 0.9, "u_probability": 0.1}, {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9}]}]}"""
COUNT = 0


def check(ok, name, *details):
    global COUNT
    COUNT += 1
    print(("ok" if ok else "not ok"), COUNT, "-", name)
    for line in () if ok else details:
        print("#", repr(line))


def haven(*words):
    return subprocess.run([HAVEN, "link", *words], stdin=subprocess.DEVNULL, capture_output=True)


def rows(*lines):
    """A file with a record of two lines at its beginning, so that rows and lines differ."""
    return "id,name\n" + f'1,"{SECRET}\nof two lines"\n' + "".join(line + "\n" for line in lines)


LONG = [f"{i},{SECRET}{i % 50}" for i in range(2, 120000)]  # read in ranges by two threads
# What it shows, link type, files, what stderr says; {0} and {1} are the files.
REFUSED = [
    ("no column of ids", "dedupe_only", [f"key,name\n1,{SECRET}\n"], "the files have no column id (the model's unique_id_column_name)"),
    ("a column that the model reads is absent", "dedupe_only", ["id,surname\n1,x\n"], "the model reads a column name that the data do not have"),
    ("an id missing", "dedupe_only", [rows(f"2,{SECRET}", f",{SECRET}")], "{0}:5: the record has no id; give each record its own"),
    ("an id missing in a long file", "dedupe_only", [rows(*LONG[:100000], f",{SECRET}", *LONG[100000:])], "{0}:100004: the record has no id; give each record its own"),
    ("an id twice", "dedupe_only", [rows(f"2,{SECRET}", "1,x")], "id is not unique: {0}:2 and {0}:5 have the same; give each record its own"),
    ("an id twice in a long file", "dedupe_only", [rows(*LONG, "77777,x")], "id is not unique: {0}:77779 and {0}:120002 have the same; give each record its own"),
    ("an id twice in two files that are one dataset", "dedupe_only", [rows("2,x"), rows("3,x")], "id is not unique: {0}:2 and {1}:2 have the same; give each record its own"),
    ("an id twice in one file of a link", "link_only", [rows("2,x"), rows("3,x", f"3,{SECRET}")], "id is not unique: {1}:4 and {1}:5 have the same; give each record its own"),
    ("a cell too few", "dedupe_only", [rows("2")], "{0}:4: 1 fields where the header has 2"),
    ("a cell too many", "dedupe_only", [rows(f"2,x,{SECRET}")], "{0}:4: 3 fields where the header has 2"),
    ("a cell too many in a long file", "dedupe_only", [rows(*LONG, f"2,x,{SECRET}")], "{0}:120002: 3 fields where the header has 2"),
    ("a quote that is not closed", "dedupe_only", [rows(*LONG, f'200000,"{SECRET}', "3,x")], "{0}:120002: a quote is not closed"),
    ("a quote in a cell without quotes", "dedupe_only", [rows(f'2,{SECRET}"x', *LONG)], "{0}:4: there is a quote inside an unquoted field"),
    ("another column in the second file", "link_only", [rows("2,x"), f"id,forename\n1,{SECRET}\n"], "{1}: column forename is not in the first file"),
    ("a column less in the second file", "link_only", [rows("2,x"), "id\n1\n"], "{1}: 1 columns, but the first file has 2"),
    ("a column twice", "dedupe_only", [f"id,name,name\n1,{SECRET},x\n"], "column name is there twice"),
    ("an empty file", "dedupe_only", [""], "{0}: is empty; ask for the extract again"),
    ("a second file that is empty", "link_only", [rows("2,x"), ""], "{1}: is empty; ask for the extract again"),
    ("only blank lines", "dedupe_only", ["\n\r\n"], "{0}: no header row"),
    ("a model that links, one file", "link_only", [rows("2,x")], "the data have no column source_dataset: a model that links needs several files, or that column"),
    ("no file", "dedupe_only", [None], "{0}: cannot be opened: No such file or directory"),
]


def write(path, text):
    if text is not None:
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(text)
    return path


def refused(folder):
    for i, (name, kind, texts, want) in enumerate(REFUSED):
        files = [write(os.path.join(folder, f"f{i}{'ab'[k]}.csv"), text) for k, text in enumerate(texts)]
        model = write(os.path.join(folder, f"{kind}.json"), MODEL % kind)
        for command in ("cluster", "predict"):
            for threads in ("1", "2"):
                done = haven(command, "--model", model, "--threads", threads, *files)
                wanted = "haven: " + want.format(*files) + "\n"
                err = done.stderr.decode()
                ok = done.returncode in (2, 3) and err == wanted and SECRET not in err and done.stdout == b""
                check(ok, f"{name}: {command}, {threads} thread(s)", wanted, err, str(done.returncode), done.stdout[:100])


def same_bytes(folder):
    data = os.path.join(ROOT, "tests", "data", "linkage")
    febrl = [os.path.join(data, "febrl4a.csv"), os.path.join(data, "febrl4b.csv")]
    models = os.path.join(ROOT, "models", "examples")
    auto = os.path.join(folder, "auto.json")
    check(haven("train", "--auto", "-o", auto, os.path.join(data, "fake_1000.csv")).returncode == 0, "a model with vetoes is made")
    for name, model, files in [("febrl3", os.path.join(models, "febrl.json"), [os.path.join(data, "febrl3.csv")]),
                               ("febrl4", os.path.join(models, "febrl_link.json"), febrl), ("fake_1000", auto, [os.path.join(data, "fake_1000.csv")])]:
        for words in (["predict"], ["cluster"], ["cluster", "--method", "ordered"], ["blocking"]):
            results = [haven(*words, "--model", model, *threads, *files) for threads in (["--threads", "1"], ["--threads", "2"], ["--threads", "8"], [])]
            same = all(r.returncode == 0 and r.stdout == results[0].stdout for r in results) and len(results[0].stdout) > 200
            check(same, f"{name}: {' '.join(words)} by 1, 2, 8 threads and by as many as there are", *(r.stderr for r in results))


with tempfile.TemporaryDirectory(prefix="haven-link-") as work:
    refused(work)
    same_bytes(work)
print(f"1..{COUNT}")
