#!/usr/bin/env python3
"""Ctrl-C during `haven link …`: exit status 130 and one line, whatever the work is at; what stood under the output's name stands there still, and nothing lies beside it. Who asked not to hear it
(nohup) does not.

Nothing is waited for but what must come: the signal goes out when the process listens (its mask says so), or when the file that it writes is there, and all of the work would take far longer than that.

usage: interrupt.py HAVEN
"""
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

MODEL = """{"link_type": "dedupe_only", "sql_dialect": "duckdb", "probability_two_random_records_match": 0.01, "blocking_rules_to_generate_predictions": ["l.town = r.town"],
"comparisons": [{"output_column_name": "name", "comparison_levels": [{"sql_condition": "levenshtein(name_l, name_r) <= 1", "m_probability": 0.9, "u_probability": 0.1},
{"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9}]}]}"""
TOWNS, PEOPLE = 40, 4000  # 320 million pairs: longer than anybody waits here
SCORED = ["--model", "m.json", "--threads", "2"]
COMMANDS = [["predict", *SCORED], ["cluster", *SCORED], ["evaluate", *SCORED, "--truth", "town"], ["accuracy", *SCORED, "--truth", "town"], ["errors", *SCORED, "--truth", "town"],
            ["graph", *SCORED], ["histogram", *SCORED], ["report", *SCORED], ["train", "--settings", "m.json", "--max-pairs", "10000000000"], ["train", "--auto"]]


class Run:
    def __init__(self, haven, folder, words, heard=True):
        def as_a_shell_would():
            signal.signal(signal.SIGINT, signal.default_int_handler if heard else signal.SIG_IGN)
        self.process = subprocess.Popen([haven, "link", *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=as_a_shell_would)

    def until(self, there):
        """False: it ended first."""
        while not there():
            if self.process.poll() is not None:
                return False
            time.sleep(0.005)
        return True

    def listens(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        blocked = re.search(r"^SigBlk:\s*([0-9a-f]+)$", status, re.MULTILINE)
        return blocked is not None and bool(int(blocked[1], 16) >> (signal.SIGINT - 1) & 1)

    def interrupt(self):
        """Its exit status and what it said on stderr."""
        self.process.send_signal(signal.SIGINT)
        told = self.process.communicate(timeout=150)[1]
        return self.process.returncode, told


def check(n, what, good, told=""):
    print(f"{'ok' if good else 'not ok'} {n} - {what}" + ("" if good else f" # {told}"), flush=True)
    return not good


def write_people(path, towns, people):
    path.write_text("unique_id,town,name\n" + "".join(f"{t * people + i},t{t},{i * 7919 % 100003}\n" for t in range(towns) for i in range(people)))


def main():
    haven, n, failed, ended = pathlib.Path(sys.argv[1]).resolve(), 0, False, (130, "haven: stopped by Ctrl-C\n")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "m.json").write_text(MODEL)
        write_people(folder / "a.csv", TOWNS, PEOPLE)
        write_people(folder / "small.csv", 1, 300)
        there = {"a.csv", "m.json", "small.csv", "out"}

        def writes():
            return any(folder.glob("out.partial-*"))

        for words in COMMANDS:
            run = Run(haven, folder, [*words, "a.csv"])
            got = run.interrupt() if run.until(run.listens) else ("ended by itself", run.process.communicate()[1])
            n, failed = n + 1, check(n + 1, " ".join(words[:1 + (words[1] == "--auto")]) + ": it ends with 130 and says why", got == ended, got) or failed
        for words in (["predict", *SCORED, "--threshold-weight", "1000"], ["report", *SCORED]):
            (folder / "out").write_text("as before\n")
            run = Run(haven, folder, [*words, "-o", "out", "a.csv"])
            got = run.interrupt() if run.until(writes) else ("ended by itself", run.process.communicate()[1])
            n, failed = n + 1, check(n + 1, f"{words[0]} -o: it ends with 130 while it writes", got == ended, got) or failed
            left = {p.name for p in folder.iterdir()}
            n, failed = n + 1, check(n + 1, f"{words[0]} -o: the old output stands, and nothing beside it", left == there and (folder / "out").read_text() == "as before\n", left) or failed
        run = Run(haven, folder, ["predict", *SCORED, "-o", "out", "small.csv"], heard=False)
        status, told = run.interrupt()
        n, failed = n + 1, check(n + 1, "who does not hear it ends as ever", status == 0 and (folder / "out").read_text().count("\n") == 300 * 299 // 2 + 1, (status, told)) or failed
    print(f"1..{n}")
    sys.exit(failed)


main()
