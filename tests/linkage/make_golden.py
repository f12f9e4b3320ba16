#!/usr/bin/env python3
"""Makes the golden files of tests/data/linkage with the real Splink 5 and DuckDB (pip install splink==5.0.0).

usage: make_golden.py tests/data/linkage models/examples

golden_<model>_<data>.csv: id_l, id_r, match_weight, match_key, gammas, for every pair that the model's blocking rules bring.
golden_expr.csv: each line of expressions.txt with DuckDB's result as text."""
import csv
import json
import sys

import duckdb
from splink import DuckDBAPI, Linker

data, examples = sys.argv[1], sys.argv[2]


def predict(model_path, csv_name, out):
    con = duckdb.connect()
    con.execute(f"create table df as select * from read_csv('{data}/{csv_name}', header=true, all_varchar=true, nullstr='')")
    with open(model_path, encoding="utf-8") as f:
        settings = {k: v for k, v in json.load(f).items() if not k.startswith("haven_")}
    settings["retain_intermediate_calculation_columns"] = False
    api = DuckDBAPI(con)
    edges = Linker(api.register(con.table("df")), settings).inference.predict().physical_name
    gammas = [r[0] for r in con.execute(f"describe {edges}").fetchall() if r[0].startswith("gamma_")]
    uid = settings.get("unique_id_column_name", "unique_id")
    quoted = ",".join(f'"{g}"' for g in gammas)
    con.execute(f"copy (select {uid}_l, {uid}_r, match_weight, match_key, {quoted} from {edges} order by 1, 2) to '{data}/{out}' (header false)")


predict(f"{data}/saved_model_from_demo.json", "fake_1000.csv", "golden_demo_fake_1000.csv")
predict(f"{examples}/fake_1000.json", "fake_1000.csv", "golden_example_fake_1000.csv")
predict(f"{examples}/febrl.json", "febrl1.csv", "golden_febrl_febrl1.csv")

con = duckdb.connect()
con.execute("set lambda_syntax = 'ENABLE_SINGLE_ARROW'")
with open(f"{data}/expressions.txt", encoding="utf-8") as f, open(f"{data}/golden_expr.csv", "w", encoding="utf-8", newline="") as g:
    out = csv.writer(g, lineterminator="\n")
    out.writerow(["expression", "result"])
    for line in f:
        line = line.rstrip("\n")
        if line and not line.startswith("#"):
            result = con.execute(f"select ({line})::varchar").fetchone()[0]
            out.writerow([line, "NULL" if result is None else result])
