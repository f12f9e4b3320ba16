"""What a running hub says to the world beside its files: its server's log, witnesses, the socket of commands, the memory that others of one machine might read. Used by sealed_bytes.py."""
import array
import ctypes
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request


class Relay:
    """Passes one connection after another on and keeps what went each way; over Unix sockets the descriptors too."""

    def __init__(self, listener, target):
        self.listener, self.target = listener, target
        self.there, self.back = [], []  # one entry a connection
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(self.listener.family)
            server.connect(self.target)
            self.there.append(b"")
            self.back.append(b"")
            other = threading.Thread(target=self.pass_on, args=(server, caller, self.back), daemon=True)
            other.start()
            self.pass_on(caller, server, self.there)
            other.join()
            caller.close()
            server.close()

    def pass_on(self, source, to, kept):
        try:
            while True:
                data, fds, _, _ = socket.recv_fds(source, 65536, 8) if source.family == socket.AF_UNIX else (source.recv(65536), [], 0, 0)
                if not data:
                    break
                kept[-1] += data
                if fds:
                    to.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
                    for fd in fds:
                        os.close(fd)
                else:
                    to.sendall(data)
            to.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side went first

    def end(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)


def started(words, log, **more):
    """(process, the address that it says it serves, what it said before)."""
    p = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=open(log, "ab"), text=True, **more)
    said = ""
    for line in p.stdout:
        said += line
        found = re.search(r"http://([0-9.]+):(\d+)", line)
        if found:
            return p, (found.group(1), int(found.group(2))), said
    sys.exit(f"{words[0]} {words[1]} does not start; see {log}")


def stop(p):
    p.send_signal(signal.SIGTERM)
    p.wait(30)
    p.stdout.close()


def get(at, path):
    try:
        with urllib.request.urlopen(f"http://{at[0]}:{at[1]}{path}", timeout=60) as r:
            return r.read()
    except urllib.error.HTTPError as e:
        return e.read()


def limits_of(pid):
    """Neither a core file, nor, for keys, swap; AddressSanitizer lets nothing be locked, so there the second is not asked for."""
    with open(f"/proc/{pid}/limits") as f:
        core = re.search(r"^Max core file size +(\S+) +(\S+)", f.read(), re.MULTILINE)
    with open(f"/proc/{pid}/status") as f:
        locked = re.search(r"^VmLck:\s+(\d+) kB", f.read(), re.MULTILINE)
    with open(f"/proc/{pid}/maps") as f:
        sanitized = "libasan" in f.read()
    return core.groups() == ("0", "0"), sanitized or int(locked.group(1)) > 0


def files_open(pid):
    """Names of the files that a process has open or mapped, beside the program and its libraries."""
    names = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            names.add(os.readlink(f"/proc/{pid}/fd/{fd}"))
        except FileNotFoundError:
            pass
    with open(f"/proc/{pid}/maps") as f:
        names |= {line.split(None, 5)[5].strip() for line in f if len(line.split(None, 5)) == 6 and "x" not in line.split()[1]}
    return {n for n in names if n.startswith("/") and not n.startswith(("/dev/", "/usr/", "/lib"))}


# ---- the socket of commands ----

def request_of(user, purpose, words):
    body = b"".join(w.encode() + b"\0" for w in (user, purpose, "", *words))
    return struct.pack("I", len(body)) + body


def commands_through_server(haven, folder, commands):
    """Commands whose words and answers go through a relay in the socket's place: [(request, reply, output)]."""
    path, real = os.path.join(folder, "socket"), os.path.join(folder, "socket.of.server")
    os.rename(path, real)
    listener = socket.socket(socket.AF_UNIX)
    home = os.getcwd()
    os.chdir(folder)  # a socket's path is short
    try:
        listener.bind("socket")
        listener.listen(8)
        relay = Relay(listener, os.path.relpath(real))
        outputs = [subprocess.run([haven, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=home).stdout for words in commands]
        relay.end()
    finally:
        os.chdir(home)
    os.unlink(path)
    os.rename(real, path)
    return list(zip(relay.there, relay.back, outputs))


# ---- witnesses ----

def witnessed(haven, folder, log):
    """What a hub and a witness say to each other over TCP: [request and reply], and what the command prints."""
    os.makedirs(folder)
    log_key = subprocess.run([haven, "ledger", "checkpoint"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip().splitlines()[-1]
    witness, at, said = started([haven, "ledger", "witness", "--listen", "127.0.0.1:0", "--dir", folder, "--log", log_key, "--key", os.path.join(folder, "key"), "--name", "witness.example/w1"], log)
    listener = socket.create_server(("127.0.0.1", 0))
    relay = Relay(listener, at)
    try:
        done = subprocess.run([haven, "ledger", "cosign", "--witness", f"http://127.0.0.1:{listener.getsockname()[1]}", "--vkey", said.split()[1]], stdout=subprocess.PIPE, check=True)
    finally:
        relay.end()
        stop(witness)
    return [a + b for a, b in zip(relay.there, relay.back)], done.stdout


# ---- memory ----

def memory_refused(haven):
    """Whether another process of the same user may read a server's memory: None when that cannot be tried here."""
    somebody = []
    home = tempfile.mkdtemp(dir="/tmp")
    try:
        program = shutil.copy(haven, home)
        os.chmod(home, 0o755)
        if os.geteuid() == 0:
            if not shutil.which("setpriv"):
                return None
            somebody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            os.chown(home, 65534, 65534)
        env = {"HAVEN_DB": os.path.join(home, "hub.db"), "HAVEN_USER": "demo.reviewer", "HAVEN_PURPOSE": "safeguarding", "PATH": os.environ["PATH"]}
        subprocess.run([*somebody, program, "init"], env=env, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([*somebody, program, "serve", "--listen", "127.0.0.1:0"], env=env, stdout=subprocess.PIPE, text=True)
        server.stdout.readline()
        other = subprocess.Popen([*somebody, "sleep", "60"])
        try:
            tried = [subprocess.run([*somebody, sys.executable, os.path.abspath(__file__), str(p.pid)], stdout=subprocess.PIPE, text=True, cwd="/").stdout.split() for p in (other, server)]
        finally:
            other.kill()
            other.wait()
            stop(server)
        if tried[0] != ["traced", "read"]:  # a machine on which nobody may
            return None
        return tried[1] == ["refused", "refused"]
    finally:
        shutil.rmtree(home)


def try_memory(pid):
    """Run as a program, by the same user as `pid`."""
    libc = ctypes.CDLL(None, use_errno=True)
    attached = libc.ptrace(16, pid, None, None) == 0  # PTRACE_ATTACH
    if attached:
        os.waitpid(pid, 0x40000000)  # __WALL
        libc.ptrace(17, pid, None, None)  # PTRACE_DETACH
    print("traced" if attached else "refused")
    try:
        with open(f"/proc/{pid}/mem", "rb"):
            print("read")
    except OSError:
        print("refused")


if __name__ == "__main__":
    try_memory(int(sys.argv[1]))
