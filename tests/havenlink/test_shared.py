#!/usr/bin/env python3
"""The library as others meet it: it shows the header's functions and nothing else, needs no more than it must, has a page for each function, may be opened from Python, and the
example that is compiled against an installed tree prints the pairs of `haven link predict`, without a leak.

usage: test_shared.py SOURCE_ROOT BUILD_ROOT CC SANITIZERS
"""
import ctypes
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(sys.argv[1]) / "tests/house"))
from house import Tap  # noqa: E402

NEEDED = {"libpcre2-8.so.0", "libutf8proc.so.2", "libm.so.6", "libc.so.6", "ld-linux-x86-64.so.2", "libpthread.so.0"}
OF_SANITIZERS = re.compile(r"libasan|libubsan|libgcc_s")


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def symbols(header, library):
    text = header.read_text(encoding="utf-8")
    declared = set(re.findall(r"^HAVENLINK_API [^;]*?\b(\w+)\(", text, re.MULTILINE))
    shown = {line.split()[-1].split("@")[0] for line in run("nm", "-D", "--defined-only", library).stdout.splitlines() if " A " not in line}
    return [f"{name} is declared but not shown" for name in sorted(declared - shown)] + [f"{name} is shown but not declared" for name in sorted(shown - declared)]


def dynamic(library):
    text = run("readelf", "-d", library).stdout
    needed = {n for n in re.findall(r"NEEDED.*\[(.*)\]", text) if not OF_SANITIZERS.search(n)}
    wrong = [f"needs {name}" for name in sorted(needed - NEEDED)]
    if "[libhavenlink.so.0]" not in text:
        wrong.append("the soname is not libhavenlink.so.0")
    if "NOOPEN" in text:
        wrong.append("may not be opened (-z nodlopen)")
    return wrong + [f"{flag} is missing" for flag in ("BIND_NOW",) if flag not in text]


def header_alone(header, cc):
    """Usable by itself, from C and from C++ where there is one."""
    wrong = []
    for compiler, language in ((cc, "c"), (shutil.which("g++") or shutil.which("clang++"), "c++")):
        if compiler:
            done = run(compiler, "-x", language, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", header)
            wrong += [f"{language}: {done.stderr}"] if done.returncode or done.stderr else []
    includes = set(re.findall(r"#include (\S+)", header.read_text(encoding="utf-8")))
    return wrong + [f"includes {i}" for i in includes - {"<stddef.h>", "<stdint.h>", "<stdbool.h>"}]


def pages(header, folder):
    names = re.findall(r"^HAVENLINK_API [^;]*?\b(\w+)\(", header.read_text(encoding="utf-8"), re.MULTILINE)
    return [f"no page {n}.3" for n in ["havenlink", *names] if not (folder / f"{n}.3").is_file()]


def from_python(library, sanitizers):
    if sanitizers != "none":
        return []  # an address sanitizer must be loaded first, which Python is not
    lib = ctypes.CDLL(str(library))
    lib.havenlink_version.restype = ctypes.c_char_p
    return [] if re.fullmatch(rb"\d+\.\d+\.\d+", lib.havenlink_version()) else ["no version"]


def weights_and_ids(text):
    """Of the pairs of haven link predict, what the example prints of them."""
    head, *lines = [line.split(",") for line in text.splitlines()]
    keep = [i for i, name in enumerate(head) if name == "match_weight" or name.endswith(("_l", "_r"))]
    return "".join(",".join(line[i] for i in keep) + "\n" for line in lines)


def example(source, build, cc, sanitizers, tree):
    """What is wrong with the example, compiled against a tree that was installed."""
    flags = ["-fsanitize=" + sanitizers] if sanitizers != "none" else []
    pc = next(tree.rglob("havenlink.pc"), None)
    if not pc:
        return ["no havenlink.pc was installed"]
    env = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent), PKG_CONFIG_SYSROOT_DIR=str(tree))
    config = run("pkg-config", "--cflags", "--libs", "havenlink", env=env).stdout.split()
    program = tree / "link"
    done = run(*cc.split(), "-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", *flags, str(source / "examples/link.c"), *config, "-o", str(program))
    if done.returncode:
        return [done.stderr]
    env["LD_LIBRARY_PATH"] = str(pc.parent.parent)
    wrong = []
    for model, files in (("fake_1000.json", ["fake_1000.csv"]), ("febrl_link.json", ["febrl4a.csv", "febrl4b.csv"])):
        model, files = str(source / "models/examples" / model), [str(source / "tests/data/linkage" / f) for f in files]
        got = run(program, model, *files, env=env)
        want = run(str(build / "haven"), "link", "predict", "--model", model, *files)
        if got.returncode or want.returncode or got.stdout != weights_and_ids(want.stdout) or got.stdout.count("\n") < 1000:
            wrong.append(f"{files}: {got.returncode} {got.stderr[:2000]} {want.stderr[:500]} {len(got.stdout)} bytes against {len(want.stdout)}")
    bad = run(program, str(source / "README.md"), files[0], env=env)
    if bad.returncode != 1 or "README.md" not in bad.stderr and "line 1" not in bad.stderr:
        wrong.append(f"a model that is none: {bad.returncode} {bad.stderr[:500]}")
    return wrong


def install(build, tree):
    """The room's files where `make install` would put them; nothing else is copied, for it is large."""
    done = run("meson", "install", "-C", str(build), "--no-rebuild", "--quiet", "--destdir", str(tree), "--tags", "runtime,devel,man")
    return [done.stdout + done.stderr] if done.returncode else []


def main():
    source, build, cc, sanitizers = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    header, library = source / "src/havenlink/havenlink.h", build / "src/havenlink/libhavenlink.so"
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        tap.check("it shows the header's functions and nothing else", symbols(header, library))
        tap.check("it needs no more than it must", dynamic(library))
        tap.check("the header stands alone", header_alone(header, cc))
        tap.check("each function has a page", pages(header, build / "src/havenlink"))
        tap.check("Python may open it", from_python(library, sanitizers))
        tap.check("it installs", install(build, tree))
        tap.check("the example prints the pairs of haven link predict", example(source, build, cc, sanitizers, tree))


main()
