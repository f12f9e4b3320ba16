#!/usr/bin/env python3
"""The training of train.py in the real Splink 5 on DuckDB, CSV to model: splink_train.py SETTINGS.json PERSONS.csv THREADS JOB.json OUT.json

Run by the Python that HAVEN_PEER_PYTHON names (pip install splink==5.0.0). JOB.json: deterministic rules and recall, max_pairs of estimate_u_using_random_sampling, rules of the EM sessions. Prints one JSON object:
seconds by stage, versions.
"""
import json
import logging
import sys
import time
import warnings

import duckdb
import splink
from splink import DuckDBAPI, Linker

logging.disable(logging.CRITICAL)  # a Linker sets levels of its own
warnings.filterwarnings("ignore")
settings_path, persons, threads, job_path, out = sys.argv[1:6]
seconds, last = {}, time.monotonic()


def stage(name):
    global last
    now = time.monotonic()
    seconds[name] = round(now - last, 3)
    last = now


with open(settings_path, encoding="utf-8") as f:
    settings = json.load(f)
with open(job_path, encoding="utf-8") as f:
    job = json.load(f)
con = duckdb.connect()
con.execute(f"set threads={int(threads)}; set memory_limit='18GB'; set preserve_insertion_order=false")
con.execute(f"create table df as select * from read_csv('{persons}', header=true, all_varchar=true, nullstr='')")
stage("read")
linker = Linker(DuckDBAPI(con).register(con.table("df")), settings)
linker.training.estimate_probability_two_random_records_match(job["deterministic"], recall=job["recall"])
stage("prior")
linker.training.estimate_u_using_random_sampling(max_pairs=job["max_pairs"], seed=1)
stage("u")
for rule in job["em"]:
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
stage("em")
linker.misc.save_model_to_json(out, overwrite=True)
stage("write")
print(json.dumps({"seconds": seconds, "splink": splink.__version__, "duckdb": duckdb.__version__}))
