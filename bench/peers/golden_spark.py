#!/usr/bin/env python3
"""Spark as the judge of its own dialect: each line of expressions_spark.txt with Spark's result as text; an error of Spark is the word ERROR.

usage: golden_spark.py EXPRESSIONS GOLDEN      needs pyspark 3.5 and the jar of splink==5.0.0 (a minute of start)"""
import csv
import datetime
import sys

from pyspark.sql import SparkSession
from pyspark.sql import types as T
from splink.internals.spark.jar_location import similarity_jar_location

JAR = [("damerau_levenshtein", "LevDamerauDistance"), ("jaro_winkler", "JaroWinklerSimilarity"), ("jaro_sim", "JaroSimilarity"), ("jaccard", "JaccardSimilarity")]


def shown(v):
    if v is None:
        return "NULL"
    if isinstance(v, bool):
        return str(v).lower()
    if isinstance(v, list):
        return "[" + ", ".join(shown(x) for x in v) + "]"
    if isinstance(v, datetime.datetime):
        return v.strftime("%Y-%m-%d %H:%M:%S")
    return str(v)


def main(expressions, golden):
    spark = (SparkSession.builder.master("local[1]").config("spark.jars", similarity_jar_location()).config("spark.driver.memory", "700m")
             .config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    for name, java in JAR:
        spark.udf.registerJavaFunction(name, "uk.gov.moj.dash.linkage." + java, T.DoubleType())
    with open(expressions, encoding="utf-8") as f, open(golden, "w", encoding="utf-8", newline="") as g:
        out = csv.writer(g, lineterminator="\n")
        out.writerow(["expression", "result"])
        for line in (x.rstrip("\n") for x in f):
            if not line or line.startswith("#"):
                continue
            try:
                value = shown(spark.sql(f"select {line} as x").collect()[0][0])
            except Exception:
                value = "ERROR"
            out.writerow([line, value])
            g.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3]) if len(sys.argv) == 3 else sys.exit(__doc__)
