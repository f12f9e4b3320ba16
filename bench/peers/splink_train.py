#!/usr/bin/env python3
"""The training of train.py in the real Splink 5 on DuckDB, CSV to model: splink_train.py SETTINGS.json PERSONS.csv THREADS JOB.json OUT.json

Run by the Python that HAVEN_PEER_PYTHON names (pip install splink==5.0.0). JOB.json: deterministic rules and recall, max_pairs of estimate_u_using_random_sampling, rules of the EM sessions. Prints one JSON object:
seconds by stage, versions.
"""
import json
import sys

from splink_peer import Peer

settings_path, persons, threads, job_path, out = sys.argv[1:6]
with open(settings_path, encoding="utf-8") as f:
    settings = json.load(f)
with open(job_path, encoding="utf-8") as f:
    job = json.load(f)
peer = Peer(persons, threads)
linker = peer.linker(settings)
linker.training.estimate_probability_two_random_records_match(job["deterministic"], recall=job["recall"])
peer.stage("prior")
linker.training.estimate_u_using_random_sampling(max_pairs=job["max_pairs"], seed=1)
peer.stage("u")
for rule in job["em"]:
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
peer.stage("em")
linker.misc.save_model_to_json(out, overwrite=True)
peer.stage("write")
peer.tell()
