#!/usr/bin/env python3
"""Ctrl-C during `haven link predict`: exit status 130, one line, what stood under the output's name before stands there still, and nothing lies beside it.

usage: interrupt.py HAVEN
"""
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

MODEL = """{"link_type": "dedupe_only", "sql_dialect": "duckdb", "probability_two_random_records_match": 0.01, "blocking_rules_to_generate_predictions": ["l.town = r.town"],
"comparisons": [{"output_column_name": "name", "comparison_levels": [{"sql_condition": "levenshtein(name_l, name_r) <= 1", "m_probability": 0.9, "u_probability": 0.1},
{"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9}]}]}"""
TOWNS, PEOPLE = 40, 4000  # 320 million pairs: longer than anybody waits here


def check(n, what, good, told=""):
    print(f"{'ok' if good else 'not ok'} {n} - {what}" + ("" if good else f" # {told}"), flush=True)
    return not good


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "m.json").write_text(MODEL)
        (folder / "a.csv").write_text("unique_id,town,name\n" + "".join(f"{t * PEOPLE + i},t{t},{i * 7919 % 100003}\n" for t in range(TOWNS) for i in range(PEOPLE)))
        (folder / "out.csv").write_text("as before\n")
        run = subprocess.Popen([pathlib.Path(sys.argv[1]).resolve(), "link", "predict", "--model", "m.json", "--threshold-weight", "1000", "--threads", "2", "-o", "out.csv", "a.csv"], cwd=folder,
                               stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        while not list(folder.glob("out.csv.partial-*")) and run.poll() is None:
            time.sleep(0.01)
        failed = check(1, "it writes under a name of its own", run.poll() is None and (folder / "out.csv").read_text() == "as before\n", "it ended by itself")
        run.send_signal(signal.SIGINT)
        _, told = run.communicate(timeout=120)
        failed |= check(2, "it ends with 130 and says why", run.returncode == 130 and told == "haven: stopped before all pairs were compared\n", f"{run.returncode} {told}")
        failed |= check(3, "the old output stands, and nothing beside it", sorted(p.name for p in folder.iterdir()) == ["a.csv", "m.json", "out.csv"]
                        and (folder / "out.csv").read_text() == "as before\n", sorted(p.name for p in folder.iterdir()))
    print("1..3")
    sys.exit(failed)


main()
