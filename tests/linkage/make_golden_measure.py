#!/usr/bin/env python3
"""Makes tests/data/linkage/golden_measure.json with the real Splink 5 (pip install splink==5.0.0 igraph): what its evaluation, exploration and graph metrics say of fake_1000.csv under
saved_model_from_demo.json.

usage: make_golden_measure.py tests/data/linkage"""
import csv
import json
import sys

import duckdb
from splink import DuckDBAPI, Linker
from splink.blocking_analysis import n_largest_blocks
from splink.internals import accuracy, match_weights_histogram, profile_data, unlinkables
from splink.internals.pipeline import CTEPipeline

data = sys.argv[1]
con = duckdb.connect()
con.execute(f"create table df as select * from read_csv('{data}/fake_1000.csv', header=true, all_varchar=true, nullstr='')")
api = DuckDBAPI(con)
with open(f"{data}/saved_model_from_demo.json", encoding="utf-8") as f:
    settings = {k: v for k, v in json.load(f).items() if not k.startswith("haven_")}
linker = Linker(api.register(con.table("df")), settings)
edges = linker.inference.predict()


def rows(frame, columns, order):
    return [list(r) for r in con.execute(f"select {columns} from {frame.physical_name} order by {order}").fetchall()]


RATES = "tp, tn, fp, fn, tp_rate, tn_rate, fp_rate, fn_rate, precision, recall, specificity, npv, accuracy, f1, f2, f0_5, p4, phi"
golden = {
    "histogram": rows(match_weights_histogram.histogram_data(linker, edges, 100), "splink_score_bin_low, splink_score_bin_high, count_rows", "1"),
    "unlinkables": [[r["match_weight"], r["match_probability"], r["prop"], r["cum_prop"]] for r in unlinkables.unlinkables_data(linker)],
    "accuracy_column": rows(accuracy.truth_space_table_from_labels_column(linker, "cluster", 0.5, 0.1), f"truth_threshold, {RATES}", "1"),
}

# Labels: every seventh pair, and some that no rule brings.
pairs = con.execute(f"select unique_id_l, unique_id_r from {edges.physical_name} order by 1, 2").fetchall()[::7]
cluster = dict(con.execute("select unique_id, cluster from df").fetchall())
pairs += [(l, r) for l, r in [("1", "500"), ("1", "2"), ("10", "11"), ("10", "900")] if (l, r) not in pairs]
with open(f"{data}/fake_1000_pairs.csv", "w", encoding="utf-8", newline="") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(["unique_id_l", "unique_id_r", "clerical_match_score"])
    for i, (l, r) in enumerate(pairs):
        out.writerow([l, r, (0.9 if i % 3 else 1) if cluster[l] == cluster[r] else (0.1 if i % 2 else 0)])
con.execute(f"create table labels as select unique_id_l, unique_id_r, clerical_match_score::double clerical_match_score from read_csv('{data}/fake_1000_pairs.csv', header=true, all_varchar=true)")
labels = linker.table_management.register_labels_table(api.register(con.table("labels"))).physical_name
golden["accuracy_table"] = rows(accuracy.truth_space_table_from_labels_table(linker, labels, 0.5, 0.1), f"truth_threshold, {RATES}", "1")
golden["errors_table"] = rows(accuracy.prediction_errors_from_labels_table(linker, labels), "unique_id_l, unique_id_r, truth_status", "1, 2")
golden["errors_column"] = rows(accuracy.prediction_errors_from_label_column(linker, "cluster"), "unique_id_l, unique_id_r, case when clerical_match_score > 0.5 then 'FN' else 'FP' end",
                               "1, 2")

# Graph metrics at a threshold low enough for odd shapes.
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, threshold_match_weight=-6)
graph = linker.clustering.compute_graph_metrics(edges, clusters, threshold_match_probability=2**-6 / (1 + 2**-6))
golden["nodes"] = rows(graph.nodes, "composite_unique_id, node_degree, node_centrality", "1")
golden["edges"] = rows(graph.edges, "composite_unique_id_l, composite_unique_id_r, is_bridge", "1, 2")
golden["clusters"] = rows(graph.clusters, "cluster_id, n_nodes, n_edges, density, cluster_centralisation", "1")
for weight in (-6, 0, 6, 12):
    at = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, threshold_match_weight=weight)
    golden[f"clusters_at_{weight}"] = rows(at, "unique_id, cluster_id", "1")

frequencies = profile_data._col_or_expr_frequencies_raw_data_sql(["first_name", "city"], "df")
con.execute(f"create table freq as {frequencies}")
pipeline = CTEPipeline()
pipeline.enqueue_sql("select * from freq", "__splink__df_all_column_value_frequencies")
pipeline.enqueue_list_of_sqls(profile_data._get_df_percentiles())
percentiles = api.sql_pipeline_to_splink_dataframe(pipeline)
for name in ("first_name", "city"):
    golden[f"profile_{name}"] = [list(r) for r in con.execute(
        f"select percentile_ex_nulls, percentile_inc_nulls, value_count, distinct_value_count from {percentiles.physical_name} where group_name = '{name}' order by 3 desc").fetchall()]
# All blocks of at least two records, by rule of the model.
for k, (rule, keys) in enumerate([("l.first_name = r.first_name and l.city = r.city", "key_0 || ' and ' || key_1"), ("l.surname = r.surname", "key_0"), ("l.dob = r.dob", "key_0")]):
    blocks = n_largest_blocks(api.register(con.table("df")), blocking_rule=rule, link_type="dedupe_only", n_largest=1000)
    golden[f"blocks_{k}"] = [list(r) for r in con.execute(f"select {keys}, count_l, count_r, block_count from {blocks.physical_name} where block_count > 1 order by 4 desc, 1").fetchall()]

with open(f"{data}/golden_measure.json", "w", encoding="utf-8") as f:
    f.write("{\n" + ",\n".join(f'"{k}": [\n' + ",\n".join(json.dumps(r) for r in v) + "\n]" for k, v in golden.items()) + "\n}\n")
