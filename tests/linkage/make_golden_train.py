#!/usr/bin/env python3
"""Makes the golden files of training with the real Splink 5 and DuckDB (pip install splink==5.0.0), from fake_1000.csv.

usage: make_golden_train.py tests/data/linkage

train_settings_<case>.json, train_a.csv and train_b.csv (the records by turns), train_pairs.csv (labelled pairs), and train_golden.csv: case, comparison, level, m as trained
(`prior`: the prior; `unseen`: Splink says that no pair had the level)."""
import copy
import csv
import json
import sys

import duckdb
from splink import DuckDBAPI, Linker

data = sys.argv[1]


def level(condition, u, m=None, tf=None, weight=1.0, fixed=False):
    x = {"sql_condition": condition, "label_for_charts": condition, "u_probability": u, "fix_u_probability": True}
    if m is not None:
        x["m_probability"] = m
    if tf:
        x.update(tf_adjustment_column=tf, tf_adjustment_weight=weight)
    if fixed:
        x["fix_m_probability"] = True
    return x


def null(column):
    return {"sql_condition": f'"{column}_l" IS NULL OR "{column}_r" IS NULL', "label_for_charts": "missing", "is_null_level": True}


def comparison(column, *levels):
    return {"output_column_name": column, "comparison_levels": [null(column), *levels]}


SETTINGS = {
    "link_type": "dedupe_only", "probability_two_random_records_match": 0.002, "sql_dialect": "duckdb", "em_convergence": 1e-4, "max_iterations": 25, "unique_id_column_name": "unique_id",
    "retain_matching_columns": False, "retain_intermediate_calculation_columns": False,
    "blocking_rules_to_generate_predictions": [{"blocking_rule": 'l."surname" = r."surname"', "sql_dialect": "duckdb"}],
    "comparisons": [
        comparison("first_name", level('"first_name_l" = "first_name_r"', 0.01, 0.8, "first_name"), level('jaro_winkler_similarity("first_name_l", "first_name_r") >= 0.88', 0.01, 0.1), level("ELSE", 0.98, 0.1)),
        comparison("surname", level('"surname_l" = "surname_r"', 0.004, 0.8, "surname", 0.5), level('levenshtein("surname_l", "surname_r") <= 2', 0.006, 0.1), level("ELSE", 0.99, 0.1)),
        comparison("dob", level('"dob_l" = "dob_r"', 0.001, 0.7), level('damerau_levenshtein("dob_l", "dob_r") <= 1', 0.009, 0.2), level("ELSE", 0.99, 0.1)),
        comparison("city", level('"city_l" = "city_r"', 0.06, 0.7, "city"), level('"city_l" = \'nowhere\' AND "city_r" = \'nowhere else\'', 0.04, 0.1), level("ELSE", 0.9, 0.2)),
        comparison("email", level('"email_l" = "email_r"', 0.001, 0.7), level('jaro_winkler_similarity("email_l", "email_r") >= 0.88', 0.009, 0.2), level("ELSE", 0.99, 0.1)),
    ],
}
RULES = ['l."dob" = r."dob"', 'l."first_name" = r."first_name" AND l."surname" = r."surname"', 'l."email" = r."email"']
DETERMINISTIC = ['l."first_name" = r."first_name" AND l."dob" = r."dob"', 'l."email" = r."email"']


def fixed_m():
    s = copy.deepcopy(SETTINGS)
    s["comparisons"][0]["comparison_levels"][1]["fix_m_probability"] = True
    s["comparisons"][4]["comparison_levels"][2].update(fix_m_probability=True, m_probability=0.15)
    return s


def of_type(link_type):
    return {**copy.deepcopy(SETTINGS), "link_type": link_type, "source_dataset_column_name": "source_dataset"}


# case: settings, EM without frequencies, labels
CASES = {
    "frequencies": (SETTINGS, False, None), "plain": (SETTINGS, True, None), "fixed": (fixed_m(), False, None),
    "link_only": (of_type("link_only"), False, None), "link_and_dedupe": (of_type("link_and_dedupe"), False, None),
    "label_column": (SETTINGS, None, "column"), "label_pairs": (SETTINGS, None, "pairs"), "labels_and_em": (SETTINGS, False, "column"),
    "label_column_link_only": (of_type("link_only"), None, "column"),
}


def train(case):
    settings, without, labels = CASES[case]
    con = duckdb.connect()
    api = DuckDBAPI(con)
    names = ["fake_1000"] if settings["link_type"] == "dedupe_only" else ["train_a", "train_b"]
    tables = []
    for name in names:
        con.execute(f"create table t_{name} as select * from read_csv('{data}/{name}.csv', header=true, all_varchar=true, nullstr='')")
        tables.append(api.register(con.table(f"t_{name}"), table_name=f"r_{name}", dataset_display_name=name))
    linker = Linker(tables if len(tables) > 1 else tables[0], copy.deepcopy(settings))
    linker.training.estimate_probability_two_random_records_match(DETERMINISTIC, recall=0.8)
    if labels == "column":
        linker.training.estimate_m_from_label_column("cluster")
    if labels == "pairs":
        con.execute(f"create table labels as select * from read_csv('{data}/train_pairs.csv', header=true, all_varchar=true) where clerical_match_score::double >= 0.5")
        linker.training.estimate_m_from_pairwise_labels(api.register(con.table("labels")))
    for rule in RULES if without is not None else []:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=without)
    return linker.misc.save_model_to_json(None)


with open(f"{data}/fake_1000.csv", encoding="utf-8", newline="") as f:
    rows = list(csv.DictReader(f))
for k, name in enumerate(["train_a", "train_b"]):
    with open(f"{data}/{name}.csv", "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows[k::2])
with open(f"{data}/train_pairs.csv", "w", encoding="utf-8", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["unique_id_l", "unique_id_r", "clerical_match_score"])
    by_cluster = {}
    for r in rows:
        for other in by_cluster.setdefault(r["cluster"], []):
            out.writerow([r["unique_id"], other, "0.9"] if len(other) % 2 else [other, r["unique_id"], "1"])
        by_cluster[r["cluster"]].append(r["unique_id"])
    for r, other in zip(rows[:50], rows[500:]):
        out.writerow([r["unique_id"], other["unique_id"], "0.1"])
with open(f"{data}/train_golden.csv", "w", encoding="utf-8", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["case", "comparison", "level", "value"])
    for case, (settings, _, _) in CASES.items():
        with open(f"{data}/train_settings_{case}.json", "w", encoding="utf-8") as g:
            json.dump(settings, g, indent=1)
            g.write("\n")
        model = train(case)
        out.writerow([case, "prior", 0, model["probability_two_random_records_match"]])
        for i, c in enumerate(model["comparisons"]):
            for k, x in enumerate(c["comparison_levels"]):
                if not x.get("is_null_level"):
                    out.writerow([case, i, k, x.get("m_probability", "unseen")])
