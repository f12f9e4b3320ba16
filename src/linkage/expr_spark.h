/* expr_spark.h: what Spark's SQL writes otherwise than DuckDB's (private to linkage). Formats: yyyy yy MMMM MMM MM M dd d HH H mm m ss s XXX, text in quotes. */
#ifndef HAVEN_LINKAGE_EXPR_SPARK_H
#define HAVEN_LINKAGE_EXPR_SPARK_H

#include "linkage/expr.h"

/* What a text between quotes stands for: \' \\ \n \t \u0041 \101 ...; STR_NONE: no memory. */
struct str expr_spark_text(struct arena *a, struct str written);
/* A replacement with $1 as one with \1; STR_NONE: no memory. */
struct str expr_spark_replacement(struct arena *a, struct str with);

bool expr_spark_format_known(struct str format);
/* try_to_timestamp: false (NULL) when the text does not fit the known format, or is no day. Times with a zone are UTC, others are as they stand. */
bool expr_spark_time(struct str text, struct str format, int64_t *ret_us);

#endif
