#!/usr/bin/env python3
"""pyarrow's tables through the library against CSV files through the program: the same pairs, weights, gammas and clusters, for plain, chunked, dictionary-encoded, large_string and string_view
columns, sliced tables and NULLs. And what docs/library.md has for Python runs as it stands there.

usage: peer_pyarrow.py SOURCE_ROOT BUILD_ROOT     with a Python that has pyarrow and cffi (make havenlink-peer)
"""
import ctypes
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import pyarrow as pa
import pyarrow.csv
from pyarrow.cffi import ffi


class Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int32), ("message", ctypes.c_char * 1020)]


class Options(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("threshold_weight", ctypes.c_double), ("threads", ctypes.c_uint32), ("method", ctypes.c_uint32), ("allow_cross_join", ctypes.c_bool),
                ("progress", ctypes.c_void_p), ("progress_ctx", ctypes.c_void_p)]


class Library:
    def __init__(self, path):
        self.lib = ctypes.CDLL(str(path))

    def call(self, name, *args):
        e = Error()
        if getattr(self.lib, name)(*args, ctypes.byref(e)) != 0:
            raise RuntimeError(f"{name}: {e.message.decode()}")

    def table(self, t):
        """By a stream; by one record batch when it is one."""
        out = ctypes.c_void_p()
        if isinstance(t, pa.RecordBatch):
            schema, array = ffi.new("struct ArrowSchema*"), ffi.new("struct ArrowArray*")
            t._export_to_c(int(ffi.cast("uintptr_t", array)), int(ffi.cast("uintptr_t", schema)))
            self.call("havenlink_table_from_arrow", ctypes.c_void_p(int(ffi.cast("uintptr_t", schema))), ctypes.c_void_p(int(ffi.cast("uintptr_t", array))), ctypes.byref(out))
        else:
            stream = ffi.new("struct ArrowArrayStream*")
            at = int(ffi.cast("uintptr_t", stream))
            pa.RecordBatchReader.from_batches(t.schema, t.to_batches())._export_to_c(at)
            self.call("havenlink_table_from_stream", ctypes.c_void_p(at), ctypes.byref(out))
        return out

    def read(self, function, model, t, options):
        m, table, stream = ctypes.c_void_p(), self.table(t), ffi.new("struct ArrowArrayStream*")
        at = int(ffi.cast("uintptr_t", stream))
        self.call("havenlink_model_read", str(model).encode(), ctypes.byref(m))
        self.call(function, m, table, ctypes.byref(options), ctypes.c_void_p(at))
        self.lib.havenlink_table_free(table)
        self.lib.havenlink_model_free(m)
        return pa.RecordBatchReader._import_from_c(at).read_all()


def forms(t):
    """The same table in other clothes."""
    names = t.column_names

    def as_type(kind):
        return pa.table({n: t[n].cast(kind) for n in names})
    yield "plain", t
    yield "chunks", pa.concat_tables([t.slice(i, 97) for i in range(0, t.num_rows, 97)])
    yield "dictionary", pa.table({n: t[n].dictionary_encode() for n in names})
    yield "dictionary in chunks", pa.concat_tables([pa.table({n: t[n].slice(i, 300).dictionary_encode() for n in names}) for i in range(0, t.num_rows, 300)])
    yield "large_string", as_type(pa.large_string())
    if hasattr(pa, "string_view"):
        yield "string_view", as_type(pa.string_view())
    yield "a slice", pa.concat_tables([t.slice(0, 13), t, t.slice(0, 11)]).combine_chunks().slice(13, t.num_rows)
    yield "one batch", t.combine_chunks().to_batches()[0]
    yield "a slice of one batch", pa.concat_tables([t.slice(0, 13), t]).combine_chunks().to_batches()[0].slice(13)


def text_table(path):
    """Every column as text, an empty cell as NULL: what the program makes of it."""
    names = pyarrow.csv.open_csv(path).schema.names
    return pyarrow.csv.read_csv(path, convert_options=pyarrow.csv.ConvertOptions(column_types={n: pa.string() for n in names}, strings_can_be_null=True, null_values=[""]))


def differences(got, csv):
    want = pyarrow.csv.read_csv(csv, convert_options=pyarrow.csv.ConvertOptions(column_types=got.schema))
    return [] if got.equals(want) else [f"{got.num_rows} rows against {want.num_rows}" + "".join(
        f"; {n} differs" for n in got.column_names if got.num_rows == want.num_rows and got[n] != want[n])]


def of_the_docs(source, build, folder):
    """The two pieces of Python in docs/library.md, one behind the other: with a model, and without."""
    pieces = re.findall(r"^```python\n(.*?)^```", (source / "docs/library.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    pathlib.Path(folder, "people.csv").write_bytes((source / "tests/data/linkage/fake_1000.csv").read_bytes())
    pathlib.Path(folder, "model.json").write_bytes((source / "models/examples/fake_1000.json").read_bytes())
    want = subprocess.run([build / "haven", "link", "predict", "--model", "model.json", "people.csv"], cwd=folder, capture_output=True, text=True, check=True).stdout.count("\n") - 1
    ask = "\nprint(pairs.num_rows)\n"
    again = 'call("havenlink_cluster_stream", model, table, None, stream)\nprint(pa.RecordBatchReader._import_from_c(ctypes.addressof(stream)).read_all().num_rows)\n'
    done = subprocess.run([sys.executable, "-c", pieces[0] + ask + pieces[1] + again], cwd=folder, capture_output=True, text=True,
                          env=dict(os.environ, LD_LIBRARY_PATH=str((build / "src/havenlink").resolve())))
    return [] if len(pieces) == 2 and done.stdout.split() == [str(want), "1000"] else [f"{done.stdout} against {want}; {done.stderr}"]


def main():
    source, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    library, failed, n = Library(build / "src/havenlink/libhavenlink.so"), 0, 0
    o = Options()
    library.lib.havenlink_options_init(ctypes.byref(o), ctypes.c_size_t(ctypes.sizeof(o)))
    with tempfile.TemporaryDirectory() as folder:
        for data, model in (("fake_1000", "fake_1000.json"), ("febrl3", "febrl.json")):
            csv, model = source / f"tests/data/linkage/{data}.csv", source / "models/examples" / model
            for what in ("predict", "cluster"):
                out = pathlib.Path(folder, f"{data}.{what}.csv")
                subprocess.run([build / "haven", "link", what, "--model", model, "-o", out, csv], check=True)
                for name, t in forms(text_table(csv)):
                    for threads in (1, 2):
                        o.threads = threads
                        wrong = differences(library.read(f"havenlink_{what}_stream", model, t, o), out)
                        n, failed = n + 1, failed + bool(wrong)
                        print(f"{'not ok' if wrong else 'ok'} {n} - {data}, {what}, {name}, threads {threads}", *wrong, flush=True)
        wrong = of_the_docs(source, build, folder)
        n, failed = n + 1, failed + bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {n} - what docs/library.md has for Python", *wrong, flush=True)
    print(f"1..{n}\n# {n - failed} of {n} are as the program's, pyarrow {pa.__version__}")
    sys.exit(failed > 0)


main()
