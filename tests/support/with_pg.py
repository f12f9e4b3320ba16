#!/usr/bin/env python3
"""with_pg.py COMMAND …: runs a command beside a private PostgreSQL cluster, and cleans up whatever happens.

    tests/support/with_pg.py meson test -C build
    tests/support/with_pg.py build/tests/store/test_store_store

The cluster lives in a temporary folder and listens on a Unix socket there and nowhere else, so no port can collide and nobody else
can reach it. The command finds its address in $HAVEN_TEST_PG and makes a database for each test. PostgreSQL refuses to run
as root, so under root it runs as `postgres` or `nobody`. It writes without fsync: power cuts are not its business here.
The exit status is the command's; 3 when the cluster does not start."""
import ctypes
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PR_SET_PDEATHSIG = 1
SETTINGS = {
    "listen_addresses": "''", "fsync": "off", "shared_buffers": "64MB", "max_connections": "40", "max_wal_size": "256MB",
    "autovacuum": "off", "log_min_messages": "panic", "log_min_error_statement": "panic",
}


def binaries():
    """The folder of the newest server that is installed; Debian keeps it out of $PATH."""
    found = [p.parent for p in pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(pathlib.Path(on_path).resolve().parent)
    if not found:
        raise SystemExit("with_pg.py: PostgreSQL is not installed: apt-get install postgresql-15")
    return max(found, key=lambda p: [int(n) for n in re.findall(r"\d+", str(p))])


def unprivileged():
    """Popen's arguments to leave root, and the owner of the cluster's folder."""
    if os.geteuid() != 0:
        return {}, None
    for name in ("postgres", "nobody"):
        try:
            who = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}, who
    raise SystemExit("with_pg.py: PostgreSQL does not run as root, and there is no user postgres or nobody")


def die_with_parent():
    """Runs in the server's process: a fast shutdown when we are gone, even by kill -9."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def start(bin_dir, folder, as_user):
    data = folder / "data"
    done = subprocess.run([bin_dir / "initdb", "-D", data, "-U", "haven", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
                          cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, **as_user)
    if done.returncode:
        raise SystemExit(f"with_pg.py: initdb failed: {done.stderr.strip()}")
    options = [f"--{k}={v.strip(chr(39))}" for k, v in SETTINGS.items()]
    log = open(folder / "log", "w", encoding="utf-8")
    # Its own process group, so that Ctrl-C reaches the command and us, and we stop the server in order.
    return subprocess.Popen([bin_dir / "postgres", "-D", data, "-k", folder, *options], cwd=folder, stdin=subprocess.DEVNULL,
                            stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent, **as_user)


def wait_ready(bin_dir, folder, server):
    for _ in range(300):
        if server.poll() is not None:
            break
        if subprocess.run([bin_dir / "pg_isready", "-q", "-h", folder, "-U", "haven", "-d", "postgres"], check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise SystemExit("with_pg.py: the cluster does not start:\n" + (folder / "log").read_text(encoding="utf-8"))


def stop(server):
    if server.poll() is None:
        server.send_signal(signal.SIGINT)  # fast shutdown
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def run(command, folder):
    child = subprocess.Popen(command, env={**os.environ, "HAVEN_TEST_PG": f"postgresql:///postgres?host={folder}&user=haven"})
    try:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the command has had it too, from the terminal
                pass
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


def terminated(_signal, _frame):
    raise SystemExit(128 + signal.SIGTERM)


def main():
    if len(sys.argv) < 2:
        raise SystemExit("usage: with_pg.py COMMAND …")
    signal.signal(signal.SIGTERM, terminated)
    bin_dir = binaries()
    as_user, owner = unprivileged()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="haven-pg-", dir="/tmp"))  # a socket's path must be short
    server = None
    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        server = start(bin_dir, folder, as_user)
        wait_ready(bin_dir, folder, server)
        code = run(sys.argv[1:], folder)
    except SystemExit as e:
        if isinstance(e.code, str):
            print(e.code, file=sys.stderr)
            code = 3
        else:
            code = e.code
    finally:
        if server:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
