#!/usr/bin/env python3
"""Trains on each file without a setting and measures the clusters against the truth: a line a file.

usage: auto_measure.py HAVEN TRUTH_COLUMN FILE[,FILE] ...      files joined by a comma are one linkage
Prints rows, seconds, precision, recall, F1 and B-cubed F1, and the oracle's F1; ends with failure when a precision is below 0.95."""
import json
import subprocess
import sys
import tempfile
import time


def measure(haven, truth, files):
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/model.json"
        began = time.monotonic()
        trained = subprocess.run([haven, "link", "train", "--auto", "-o", model, *files], capture_output=True, text=True, check=False)
        took = time.monotonic() - began
        if trained.returncode:
            return trained.stderr.strip().splitlines()[-1], took
        got = subprocess.run([haven, "link", "evaluate", "--oracle", "--json", "--model", model, "--truth", truth, *files], capture_output=True, text=True, check=False)
        return (json.loads(got.stdout) if got.returncode == 0 else got.stderr.strip()), took


def main():
    haven, truth, bad = sys.argv[1], sys.argv[2], False
    print(f"{'file':28} {'train s':>8} {'threshold':>9} {'precision':>9} {'recall':>8} {'F1':>8} {'B3 F1':>8} {'oracle':>8}")
    for files in sys.argv[3:]:
        got, took = measure(haven, truth, files.split(","))
        name = files.split("/")[-1]
        if isinstance(got, str):
            print(f"{name:28} {got}")
            bad = True
            continue
        print(f"{name:28} {took:8.1f} {got['threshold_weight']:9.2f} {got['precision']:9.4f} {got['recall']:8.4f} {got['f1']:8.4f} {got['bcubed_f1']:8.4f} {got.get('oracle_f1', 0):8.4f}", flush=True)
        bad |= got["precision"] < 0.95
    sys.exit(bad)


main()
