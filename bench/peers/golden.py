#!/usr/bin/env python3
"""The real Splink 5 as the judge: trains the golden models and predicts with them.

usage: golden.py make FOLDER            the files of tests/data/linkage/golden (small; `meson test` compares with them)
       golden.py spark FOLDER           the models of FOLDER with the same numbers and Splink's text for Spark, in FOLDER/spark
       golden.py compare HAVEN [ROWS]   trains on ROWS made records (6,000 when not said), predicts with both, prints what differs: 0 differences or exit 1
Needs splink==5.0.0, duckdb and pyarrow (HAVEN_PEER_PYTHON in `make golden`)."""
import csv
import json
import math
import os
import subprocess
import sys
import tempfile

import logging

import duckdb
from splink import DuckDBAPI, Linker

logging.disable(logging.WARNING)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import golden_data
import golden_models

TYPED = """* replace (cast(lat as double) as lat, cast(long as double) as long, cast(amount as double) as amount, cast(count as integer) as count,
    cast(from_json(phones, '["VARCHAR"]') as varchar[]) as phones, from_json(tags, '["VARCHAR"]') as tags, from_json(dmeta_first, '["VARCHAR"]') as dmeta_first,
    from_json(dmeta_last, '["VARCHAR"]') as dmeta_last, cast(from_json(embedding, '["DOUBLE"]') as double[4]) as embedding)"""
THRESHOLDS = [-2.0, 3.0, 9.0]


class Splink:
    """One database with the made records; the tables that a link type wants."""

    def __init__(self, path, name):
        self.con = duckdb.connect()
        self.con.execute("set lambda_syntax = 'ENABLE_SINGLE_ARROW'")
        self.con.execute("set threads = 2")
        self.con.execute(f"create table made as select {TYPED} from read_csv('{path}', header=true, all_varchar=true, nullstr='')")
        datasets = {"link_two": ["a", "b"], "link_three": ["a", "b", "c"], "link_and_dedupe": ["a", "b", "c"]}.get(name)
        self.api = DuckDBAPI(self.con)
        if datasets:
            self.tables = []
            for d in datasets:
                self.con.execute(f"create table t_{d} as select * exclude (source_dataset) from made where source_dataset = '{d}'")
                self.tables.append(self.api.register(self.con.table("t_" + d), dataset_display_name=d))
        else:
            self.tables = self.api.register(self.con.table("made"))
        self.linked = bool(datasets)

    def train(self, settings):
        linker = Linker(self.tables, settings)
        linker.training.estimate_u_using_random_sampling(max_pairs=200_000, seed=7)
        try:
            for rule in ("l.dob = r.dob", "l.surname = r.surname"):
                linker.training.estimate_parameters_using_expectation_maximisation(rule)
        except ValueError:  # Splink 5 refuses an m of 0, which its own EM can arrive at: then from labels
            linker.training.estimate_m_from_label_column("person")
        return linker.misc.save_model_to_json(None)

    def predict(self, model):
        model = dict(model, retain_intermediate_calculation_columns=True, retain_matching_columns=True)
        linker = Linker(self.tables, model)
        edges = linker.inference.predict()
        clusters = []
        for t in THRESHOLDS:
            c = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, threshold_match_weight=t)
            clusters.append(dict(self.con.execute(f"select unique_id, cluster_id from {c.physical_name}").fetchall()))
        name = edges.physical_name
        gammas = [r[0] for r in self.con.execute(f"describe {name}").fetchall() if r[0].startswith("gamma_")]
        columns = ", ".join(f'"{g}"' for g in gammas)
        rows = self.con.execute(f"select unique_id_l, unique_id_r, match_weight, match_key, {columns} from {name} order by 1, 2").fetchall()
        return rows, clusters


def as_splink_4(model):
    """The same model as Splink 4 wrote it: Bayes factors, rules as texts or with salting."""
    old = dict(model)
    old["bayes_factor_column_prefix"] = "bf_"
    old.pop("match_weight_column_prefix", None)
    old["blocking_rules_to_generate_predictions"] = [
        r["blocking_rule"] if i % 2 == 0 else {"blocking_rule": r["blocking_rule"], "sql_dialect": "duckdb", "salting_partitions": 4}
        for i, r in enumerate(model["blocking_rules_to_generate_predictions"])]
    return old


def rounded(model):
    """Ten digits are as good a model as seventeen, and shorter to read."""
    for c in model["comparisons"]:
        for level in c["comparison_levels"]:
            for key in ("m_probability", "u_probability"):
                if isinstance(level.get(key), float):
                    level[key] = float(f"{level[key]:.10g}")
    return {k: v for k, v in model.items() if k not in ("linker_uid",)}


def data_of(name, path):
    """Two datasets are linked from a file with two."""
    return path.replace("made.csv", "made_two.csv") if name == "link_two" else path


def write_data(path, n, seed):
    rows = golden_data.rows(n, seed=seed)
    golden_data.write(path, rows)
    golden_data.write(data_of("link_two", path), sorted((r for r in rows if r["source_dataset"] != "c"), key=lambda r: r["source_dataset"]))


def make(folder):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "made.csv")
    write_data(path, 400, 20260801)
    for name, settings in golden_models.models().items():
        splink = Splink(path, name)
        model = rounded(splink.train(settings))
        pairs, clusters = splink.predict(model)
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as f:
            json.dump(as_splink_4(model) if name == "templates" else model, f, indent=1, ensure_ascii=False)
        with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as f:
            csv.writer(f, lineterminator="\n").writerows(pairs)
        if name in ("templates", "link_two", "link_and_dedupe"):
            with open(os.path.join(folder, name + "_clusters.csv"), "w", encoding="utf-8", newline="") as f:
                csv.writer(f, lineterminator="\n").writerows([i, *[c[i].split("-__-")[-1] for c in clusters]] for i in sorted(clusters[0]))
        print(f"{name}: {len(pairs)} pairs", flush=True)


def in_spark(model, settings):
    """The trained model with the conditions that Splink writes for Spark: level by level, rule by rule."""
    text = settings.create_settings_dict("spark")
    rules = "blocking_rules_to_generate_predictions"
    assert len(model[rules]) == len(text[rules])
    model[rules] = [{**r, "sql_dialect": "spark"} for r in text[rules]]
    assert len(model["comparisons"]) == len(text["comparisons"])
    for c, other in zip(model["comparisons"], text["comparisons"]):
        assert len(c["comparison_levels"]) == len(other["comparison_levels"])
        for level, written in zip(c["comparison_levels"], other["comparison_levels"]):
            level["sql_condition"] = written["sql_condition"]
    return model | {"sql_dialect": "spark"}


def spark(folder):
    os.makedirs(os.path.join(folder, "spark"), exist_ok=True)
    for name, settings in golden_models.models("spark").items():
        with open(os.path.join(folder, name + ".json"), encoding="utf-8") as f:
            model = in_spark(json.load(f), settings)
        with open(os.path.join(folder, "spark", name + ".json"), "w", encoding="utf-8") as f:
            json.dump(model, f, indent=1, ensure_ascii=False)


def haven_edges(haven, model, path, folder):
    out = os.path.join(folder, "edges.csv")
    done = subprocess.run([haven, "link", "predict", "--model", model, "--threshold-weight", "-1000000", "--cross-join", "-o", out, path], capture_output=True, text=True)
    if done.returncode:
        print(done.stderr.strip())
        return {}
    with open(out, encoding="utf-8", newline="") as f:
        edges = {}
        for r in csv.DictReader(f):
            edges[r["unique_id_l"], r["unique_id_r"]] = [r["match_weight"], r["match_key"], *(v for k, v in r.items() if k.startswith("gamma_"))]
        return edges


def compare(haven, n):
    worst, pairs_in_all, wrong = 0.0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "made.csv")
        write_data(path, n, 11)
        for name, settings in golden_models.models().items():
            splink = Splink(path, name)
            model = splink.train(settings)
            pairs, _ = splink.predict(model)
            model_path = os.path.join(folder, name + ".json")
            with open(model_path, "w", encoding="utf-8") as f:
                json.dump(model, f)
            mine = haven_edges(haven, model_path, data_of(name, path), folder)
            greatest, bad = 0.0, abs(len(mine) - len(pairs))
            for left, right, weight, key, *gammas in pairs:
                got = mine.get((left, right))
                if got is None or got[1] != str(key) or [int(g) for g in got[2:]] != list(gammas):
                    bad += 1
                    if bad == 1:
                        print(f"  {left} {right}: Splink {key} {gammas}, Haven {got}")
                else:
                    greatest = max(greatest, abs(float(got[0]) - weight))
            print(f"{name}: {len(pairs)} pairs, {bad} different, weights within {greatest:.2g}", flush=True)
            worst, pairs_in_all, wrong = max(worst, greatest), pairs_in_all + len(pairs), wrong + bad
    print(f"{pairs_in_all} pairs in all, {wrong} different, weights within {worst:.2g}")
    return 0 if wrong == 0 and worst <= 1e-6 and not math.isnan(worst) else 1


if __name__ == "__main__":
    if len(sys.argv) >= 3 and sys.argv[1] == "make":
        make(sys.argv[2])
    elif len(sys.argv) == 3 and sys.argv[1] == "spark":
        spark(sys.argv[2])
    elif len(sys.argv) >= 3 and sys.argv[1] == "compare":
        sys.exit(compare(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 6000))
    else:
        sys.exit(__doc__)
