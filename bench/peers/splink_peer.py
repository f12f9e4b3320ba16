"""What the jobs in the real Splink 5 share: a quiet Splink, the persons in DuckDB, seconds by stage, the line at the end. For the Python that HAVEN_PEER_PYTHON names (pip install splink==5.0.0)."""
import json
import logging
import time
import warnings

import duckdb
import splink
from splink import DuckDBAPI, Linker

logging.disable(logging.CRITICAL)  # a Linker sets levels of its own
warnings.filterwarnings("ignore")


class Peer:
    """Persons of a CSV, read with so many threads."""

    def __init__(self, persons, threads):
        self.seconds, self.last = {}, time.monotonic()
        self.con = duckdb.connect()
        self.con.execute(f"set threads={int(threads)}; set memory_limit='18GB'; set preserve_insertion_order=false")
        self.con.execute(f"create table df as select * from read_csv('{persons}', header=true, all_varchar=true, nullstr='')")
        self.stage("read")

    def linker(self, settings):
        return Linker(DuckDBAPI(self.con).register(self.con.table("df")), settings)

    def stage(self, name):
        now = time.monotonic()
        self.seconds[name] = round(now - self.last, 3)
        self.last = now

    def tell(self, **counts):
        print(json.dumps({**counts, "seconds": self.seconds, "splink": splink.__version__, "duckdb": duckdb.__version__}))
