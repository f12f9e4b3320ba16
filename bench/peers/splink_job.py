#!/usr/bin/env python3
"""The job of bench.py in the real Splink 5 on DuckDB, CSV to clusters: splink_job.py MODEL.json PERSONS.csv THREADS WEIGHT CLUSTERS.csv

Run by the Python that HAVEN_PEER_PYTHON names (pip install splink==5.0.0). Settings are what `make bench` gives the other two: the same model, threads and match weight for edges and clusters; whatever Splink keeps
besides is turned off. Prints one JSON object: edges, seconds by stage, versions.
"""
import json
import sys

from splink_peer import Peer

model_path, persons, threads, weight, clusters_path = sys.argv[1:6]
peer = Peer(persons, threads)
with open(model_path, encoding="utf-8") as f:
    settings = {k: v for k, v in json.load(f).items() if not k.startswith("haven_")}
settings["retain_intermediate_calculation_columns"] = settings["retain_matching_columns"] = False
linker = peer.linker(settings)
edges = linker.inference.predict(threshold_match_weight=float(weight))
peer.stage("predict")
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, threshold_match_weight=float(weight))
peer.stage("cluster")
peer.con.execute(f"copy (select cluster_id, unique_id from {clusters.physical_name}) to '{clusters_path}' (header true)")
peer.stage("write")
peer.tell(edges=peer.con.execute(f"select count(*) from {edges.physical_name}").fetchone()[0])
