#!/usr/bin/env python3
"""The commands without a hub: a witness that is run, asked and stopped; whole checks and offline proofs, and how they fail. TAP.

usage: witness_cli.py HAVEN MAKE_LOG
"""
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

HAVEN, MAKE_LOG = (os.path.abspath(p) for p in sys.argv[1:3])
number = 0


def report(good, what, detail=""):
    global number
    number += 1
    print("ok" if good else "not ok", number, "-", what, flush=True)
    if not good:
        print("#", str(detail)[:400].replace("\n", " | "))


def made(*words):
    return subprocess.run([MAKE_LOG, *words], check=True, capture_output=True).stdout


def expect(words, status, says):
    done = subprocess.run([HAVEN, "ledger", *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    text = done.stdout + done.stderr
    report(done.returncode == status and says in text and text.count("\n") <= 3, f"{words[0]}: {says}", f"{done.returncode}: {text}")
    return done.stdout


def post(url, body):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, method="POST"), timeout=10) as answer:
            return answer.status, answer.read(), answer.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers["Content-Type"]


class Witness:
    def __init__(self, *options, stop=signal.SIGTERM):
        self.stop = stop
        self.process = subprocess.Popen([HAVEN, "ledger", "witness", "--listen", "127.0.0.1:0", *options], stdout=subprocess.PIPE, text=True)
        self.vkey = self.process.stdout.readline().removeprefix("Key: ").strip()
        self.url = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def would_take(self, number):
        """How many of its threads the kernel may give that signal to."""
        masks = [next(line for line in (task / "status").read_text().splitlines() if line.startswith("SigBlk:")) for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()]
        return sum(not int(mask.split()[1], 16) >> (number - 1) & 1 for mask in masks)

    def __exit__(self, *_):
        # Only the one that waits for it: another thread would end the process in the middle of a write.
        report(all(self.would_take(n) <= 1 for n in (signal.SIGTERM, signal.SIGINT)), "one thread alone hears that it is to stop")
        self.process.send_signal(self.stop)
        report(self.process.wait(timeout=20) == 0, "the witness stops when it is told to")
        self.process.stdout.close()


def main():
    os.environ["no_proxy"] = "127.0.0.1"
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        log, key = str(work / "log"), str(work / "w.key")
        vkey, cosigner = made("write", log, "300").decode().split()
        state = ["--dir", str(work / "state"), "--key", key, "--log", vkey]

        expect(["witness", *state], 2, "give --name NAME")
        expect(["witness", *state, "--name", "a b"], 2, "a key's name has")
        expect(["witness", "--dir", folder, "--key", key, "--log", cosigner], 2, "is not the key of a log")
        expect(["witness", "--dir", folder, "--key", key, "--log", "x"], 2, "--log: a key's text is")
        expect(["witness", *state, "--name", "witness.example/w2", "--listen", "nowhere"], 2, "a numeric address and a port")
        with Witness(*state) as w:
            report(w.vkey.startswith("witness.example/w2+"), "it prints its key's text", w.vkey)
            report(stat.S_IMODE(os.stat(key).st_mode) == 0o600, "its key is its own")
            first = made("add", log, "0")
            status, answer, kind = post(w.url + "add-checkpoint", first)
            report(status == 200 and answer.startswith("— witness.example/w2 ".encode()), "it cosigns", (status, answer))
            made("write", log, "700")
            status, answer, kind = post(w.url + "add-checkpoint", made("add", log, "200"))
            report((status, answer, kind) == (409, b"300\n", "text/x.tlog.size"), "it tells the size that it remembers", (status, answer, kind))
            report(post(w.url + "add-checkpoint", made("add", log, "300"))[0] == 200, "it follows the log")
        with Witness(*state, stop=signal.SIGINT) as w:
            report(post(w.url + "add-checkpoint", first)[:2] == (409, b"700\n"), "it still remembers when it runs again")
            report(post(w.url + "declare-epoch", b"x")[0] == 400, "a declaration is read by the same door")
        expect(["witness", *state, "--name", "other.example"], 2, "is the key of witness.example/w2")
        os.chmod(key, 0o644)
        expect(["witness", *state], 4, "can be read by others")

        both = ["--vkey", vkey, "--vkey", cosigner]
        expect(["verify", "--tiles", log, *both, "--witnesses", "1"], 0, "The log is whole: 700 entries")
        expect(["verify", "--tiles", log, "--vkey", vkey], 0, "without a witness")
        expect(["verify", "--tiles", log, *both, "--witnesses", "2"], 4, "1 of the 2 known witnesses")
        expect(["verify", "--tiles", log, "--vkey", "x"], 2, "--vkey: a key's text is")
        expect(["verify", "--tiles", log + "x", *both], 1, "the folder cannot be opened")
        (work / "proof").write_bytes(made("bundle", log, "123"))
        (work / "entry").write_bytes(made("entry", log, "123"))
        (work / "other").write_bytes(made("entry", log, "124"))
        proof = ["check-proof", str(work / "proof"), "--entry"]
        expect([*proof, str(work / "entry"), *both], 0, "Proved: the entry is number 123 (from 0) of the 700 entries that hub.example/audit signed.")
        expect([*proof, str(work / "other"), *both], 1, "FAULT: the proof of inclusion does not lead from entry 123")
        expect([*proof, str(work / "entry"), "--vkey", cosigner], 4, "not signed by a known key of that name")
        expect([*proof, str(work / "nothing"), *both], 3, "it cannot be opened")
        expect(["check-proof", str(work / "entry"), "--entry", str(work / "entry"), *both], 2, "it is no offline proof")
        (work / "large").write_bytes(b"x" * 65536)
        expect([*proof, str(work / "large"), *both], 2, "has more than 65535 bytes")
        tile = work / "log/tile/entries/001"
        data = bytearray(tile.read_bytes())
        data[2] ^= 1
        tile.write_bytes(data)
        expect(["verify", "--tiles", log, *both], 1, "FAULT: tile/0/001: hash 0 is not that of entry 256")
        shutil.rmtree(log)
    print(f"1..{number}")


main()
