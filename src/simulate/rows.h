/* rows.h: rows of one extract, put in the order of their time within bounded memory.
 *
 * Rows are added in any order and come out by (time, order of adding). A run that does not fit ROWS_RUN_BYTES is sorted
 * and spilled to an unnamed file in the same directory; rows_write() merges the runs. */
#ifndef HAVEN_SIMULATE_ROWS_H
#define HAVEN_SIMULATE_ROWS_H

#include "base/str.h"

#include <stdio.h>

#define ROWS_RUN_BYTES ((size_t)24 << 20)
#define ROWS_MAX_RUNS 1024

struct rows {
    struct buf text;   /* rows of the current run, one after the other */
    struct row_at *at; /* where each begins, and its time */
    size_t n, cap;
    FILE *spill;
    struct run {
        int64_t from, to;
    } run[ROWS_MAX_RUNS]; /* offsets in the spill */
    int n_runs;
    uint64_t total;
    const char *dir; /* for the spill */
    bool failed;     /* memory or the spill failed: sticky */
};

void rows_init(struct rows *r, const char *dir);
void rows_add(struct rows *r, int64_t time, struct str row); /* row with its line end */
enum err_code rows_write(struct rows *r, FILE *out, struct err *e);
void rows_release(struct rows *r);

#endif
