#!/usr/bin/env python3
"""The job of bench.py in the real Splink 5 on DuckDB, CSV to clusters: splink_job.py MODEL.json PERSONS.csv THREADS WEIGHT CLUSTERS.csv

Run by the Python that HAVEN_PEER_PYTHON names (pip install splink==5.0.0). Settings are what `make bench` gives the other two: the same model, threads and match weight for edges and clusters; whatever Splink keeps
besides is turned off. Prints one JSON object: edges, seconds by stage, versions.
"""
import json
import logging
import sys
import time
import warnings

import duckdb
import splink
from splink import DuckDBAPI, Linker

logging.getLogger("splink").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")
model_path, persons, threads, weight, clusters_path = sys.argv[1:6]
seconds, last = {}, time.monotonic()


def stage(name):
    global last
    now = time.monotonic()
    seconds[name] = round(now - last, 3)
    last = now


con = duckdb.connect()
con.execute(f"set threads={int(threads)}; set memory_limit='18GB'; set preserve_insertion_order=false")
con.execute(f"create table df as select * from read_csv('{persons}', header=true, all_varchar=true, nullstr='')")
stage("read")
with open(model_path, encoding="utf-8") as f:
    settings = {k: v for k, v in json.load(f).items() if not k.startswith("haven_")}
settings["retain_intermediate_calculation_columns"] = settings["retain_matching_columns"] = False
linker = Linker(DuckDBAPI(con).register(con.table("df")), settings)
edges = linker.inference.predict(threshold_match_weight=float(weight))
stage("predict")
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, threshold_match_weight=float(weight))
stage("cluster")
con.execute(f"copy (select cluster_id, unique_id from {clusters.physical_name}) to '{clusters_path}' (header true)")
stage("write")
count = con.execute(f"select count(*) from {edges.physical_name}").fetchone()[0]
print(json.dumps({"edges": count, "seconds": seconds, "splink": splink.__version__, "duckdb": duckdb.__version__}))
