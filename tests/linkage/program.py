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
    ("a column that the model reads is absent", "dedupe_only", ["id,surname\n1,x\n"], "the model reads a column name that the data do not have: give the data that column (the header row names it), or take it out of the model"),
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
    ("a column twice", "dedupe_only", [f"id,name,name\n1,{SECRET},x\n"], "column name is there twice; rename one of them"),
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


LEVEL = '{"sql_condition": "name_l = name_r", "m_probability": 0.9, "u_probability": 0.1}'
# what is changed in MODEL (old text, new text), the one line that is said behind the model's path; lines count from the model's first
MODELS = [
    ("an unknown function", ("name_l = name_r", "soundex(name_l) = soundex(name_r)"),
     "comparison name, level 2: the function soundex is not supported (docs/linkage.md lists those that are) at character 1, near `soundex(name_l) = sounde`, of `soundex(name_l) = soundex(name_r)`"),
    ("an unknown function in a rule", ("l.name = r.name", "metaphone(l.name) = r.name"),
     "blocking rule 0: the function metaphone is not supported (docs/linkage.md lists those that are) at character 1, near `metaphone(l.name) = r.na`, of `metaphone(l.name) = r.name`"),
    ("m of 0", ('"m_probability": 0.9', '"m_probability": 0'), "comparison name, level 2: line 5: m_probability is 0; it must be above 0 (a level's weight would be infinite) and at most 1"),
    ("u of 0", ('"u_probability": 0.1}', '"u_probability": 0.0}'), "comparison name, level 2: line 5: u_probability is 0.0; it must be above 0 (a level's weight would be infinite) and at most 1"),
    ("no comparisons", (MODEL[MODEL.index('"comparisons"'):], '"comparisons": []}'), "line 3: comparisons is empty: a model needs at least one"),
    ("comparisons missing", (MODEL[MODEL.index('"comparisons"'):], '"x": 1}'), "comparisons is missing; it must be a list"),
    ("an unknown link_type", ('"%s"', '"dedupe"'), "line 1: link_type dedupe: expected dedupe_only, link_only or link_and_dedupe"),
    ("an unknown sql_dialect", ("duckdb", "athena"), "line 1: sql_dialect athena: expected duckdb or spark"),
    ("malformed JSON", ('"comparisons": [', '"comparisons": {['), "line 3 column 17: a key in quotes is missing"),
    ("JSON cut off", ("}]}]}", "}]}]"), "line 5 column 156: a comma or } is missing"),
    ("a level behind ELSE", ('"u_probability": 0.9}]', '"u_probability": 0.9}, ' + LEVEL + "]"),
     "comparison name: the ELSE level is not the last: the levels behind it can never hold; put it at the end"),
    ("a condition cut off", ("name_l = name_r", "levenshtein(name_l, name_r) <="), "comparison name, level 2: expected a value at the end of `levenshtein(name_l, name_r) <=`"),
]
# the same for what only the data show: behind no path
PLANS = [
    ("no blocking rule", ('["l.name = r.name"]', "[]"),
     'the model has no blocking rule (blocking_rules_to_generate_predictions): it would compare every pair; give it one, such as "l.surname = r.surname"'),
    ("a column of a rule that is absent", ("l.name = r.name", "l.postcode = r.postcode"),
     "the model reads a column postcode that the data do not have: give the data that column (the header row names it), or take it out of the model"),
    ("a cross join of a million", ("l.name = r.name", "levenshtein(l.name, r.name) <= 1"),
     "blocking rule 0 (`levenshtein(l.name, r.name) <= 1`) has no equality between l and r, so it would compare all pairs of 1000000 records: add one, or allow the cross join (--cross-join)"),
]


def models_refused(folder):
    few, million = write(os.path.join(folder, "few.csv"), rows("2,x")), os.path.join(folder, "million.csv")
    with open(million, "w", encoding="utf-8") as f:
        f.write("id,name\n" + "".join(f"{i},n{i % 977}\n" for i in range(1000000)))
    model = os.path.join(folder, "model.json")
    for name, (old, new), want in MODELS + PLANS:
        assert MODEL.count(old) >= 1, name
        text = MODEL.replace(old, new)
        write(model, text % "dedupe_only" if "%s" in text else text)
        data = million if "million" in name else few
        wanted = f"haven: {model}: {want}\n" if (name, (old, new), want) in MODELS else f"haven: {want}\n"
        for command in ("predict",) if data == million else ("predict", "cluster", "blocking"):
            done = haven(command, "--model", model, data)
            check(done.returncode in (2, 3) and done.stderr.decode() == wanted and done.stdout == b"", f"{name}: {command}", wanted, done.stderr.decode(), str(done.returncode))


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
    models_refused(work)
    same_bytes(work)
print(f"1..{COUNT}")
