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


# Columns of hmpps_synthetic.csv that the model wants as lists, days, structs (in Haven's CSV they are JSON, or text).
HMPPS = """* replace (
    cast(date_of_birth as date) as date_of_birth, cast(from_json(date_of_birth_arr, '["VARCHAR"]') as date[]) as date_of_birth_arr,
    cast(from_json(sentence_date_arr, '["VARCHAR"]') as date[]) as sentence_date_arr,
    from_json(postcode_arr_with_freq, '[{"value": "VARCHAR", "rel_freq": "DOUBLE"}]') as postcode_arr_with_freq, """ + ", ".join(
    f"""from_json({c}, '["VARCHAR"]') as {c}""" for c in ("forename_std_arr", "last_name_std_arr", "postcode_arr", "postcode_outcode_arr",
                                                      "override_scopes")) + ")"


def predict(model_path, csv_name, out, columns="*"):
    con = duckdb.connect()
    con.execute("set lambda_syntax = 'ENABLE_SINGLE_ARROW'")
    con.execute(f"create table df as select {columns} from read_csv('{data}/{csv_name}', header=true, all_varchar=true, nullstr='')")
    with open(model_path, encoding="utf-8") as f:
        settings = {k: v for k, v in json.load(f).items() if not k.startswith("haven_")}
    settings["retain_intermediate_calculation_columns"] = settings["retain_matching_columns"] = True
    api = DuckDBAPI(con)
    edges = Linker(api.register(con.table("df")), settings).inference.predict().physical_name
    gammas = [r[0] for r in con.execute(f"describe {edges}").fetchall() if r[0].startswith("gamma_")]
    uid = settings.get("unique_id_column_name", "unique_id")
    quoted = ",".join(f'"{g}"' for g in gammas)
    con.execute(f"copy (select {uid}_l, {uid}_r, match_weight, match_key, {quoted} from {edges} order by 1, 2) to '{data}/{out}' (header false)")


predict(f"{data}/saved_model_from_demo.json", "fake_1000.csv", "golden_demo_fake_1000.csv")
predict(f"{examples}/fake_1000.json", "fake_1000.csv", "golden_example_fake_1000.csv")
predict(f"{examples}/febrl.json", "febrl1.csv", "golden_febrl_febrl1.csv")

predict(f"{data}/hmpps_person_match_model.json", "hmpps_synthetic.csv", "golden_hmpps.csv", HMPPS)

# m by three EM sessions on febrl3, u given and fixed (em_settings.json): golden_em.csv has comparison, level, m.
con = duckdb.connect()
con.execute(f"create table df as select * from read_csv('{data}/febrl3.csv', header=true, all_varchar=true, nullstr='')")
api = DuckDBAPI(con)
with open(f"{data}/em_settings.json", encoding="utf-8") as f:
    linker = Linker(api.register(con.table("df")), json.load(f))
linker.training.estimate_probability_two_random_records_match(["l.soc_sec_id = r.soc_sec_id"], recall=0.9)
for rule in ("l.soc_sec_id = r.soc_sec_id", "l.date_of_birth = r.date_of_birth", "l.given_name = r.given_name and l.surname = r.surname"):
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
trained = linker.misc.save_model_to_json(None)
with open(f"{data}/golden_em.csv", "w", encoding="utf-8", newline="") as g:
    out = csv.writer(g, lineterminator="\n")
    out.writerow(["comparison", "level", "value"])
    out.writerow(["prior", 0, trained["probability_two_random_records_match"]])
    for i, comparison in enumerate(trained["comparisons"]):
        for k, level in enumerate(comparison["comparison_levels"]):
            if not level.get("is_null_level"):
                out.writerow([i, k, level["m_probability"]])

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
