/* rows.c: see rows.h. A spilled row is its time, its length, its bytes. Within a run the sort is stable by position;
 * runs are in order of adding, so ties between runs go to the earlier run. */
#include "simulate/rows.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct row_at {
    int64_t time;
    uint32_t offset, length;
};

void rows_init(struct rows *r, const char *dir)
{
    memset(r, 0, sizeof *r);
    buf_init(&r->text, ROWS_RUN_BYTES + ((size_t)1 << 20));
    r->dir = dir;
}

static int compare(const void *a, const void *b)
{
    const struct row_at *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static bool spill_open(struct rows *r)
{
    int fd = open(r->dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) { /* a file system without unnamed files */
        char path[4096];
        if (snprintf(path, sizeof path, "%s/.rows-XXXXXX", r->dir) >= (int)sizeof path)
            return false;
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0)
            (void)unlink(path);
    }
    r->spill = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (!r->spill && fd >= 0)
        (void)close(fd);
    return r->spill != NULL;
}

static bool run_spill(struct rows *r)
{
    if ((!r->spill && !spill_open(r)) || r->n_runs == ROWS_MAX_RUNS)
        return false;
    qsort(r->at, r->n, sizeof *r->at, compare);
    struct run *run = &r->run[r->n_runs++];
    run->from = ftello(r->spill);
    for (size_t i = 0; i < r->n; i++) {
        if (fwrite(&r->at[i].time, sizeof r->at[i].time, 1, r->spill) != 1 ||
            fwrite(&r->at[i].length, sizeof r->at[i].length, 1, r->spill) != 1 ||
            fwrite(r->text.p + r->at[i].offset, 1, r->at[i].length, r->spill) != r->at[i].length)
            return false;
    }
    run->to = ftello(r->spill);
    r->n = 0;
    buf_clear(&r->text);
    return run->from >= 0 && run->to >= 0;
}

void rows_add(struct rows *r, int64_t time, struct str row)
{
    if (r->failed)
        return;
    if (r->text.n + row.n > ROWS_RUN_BYTES && r->n > 0 && !run_spill(r)) {
        r->failed = true;
        return;
    }
    if (r->n == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 1024;
        struct row_at *at = realloc(r->at, cap * sizeof *at);
        if (!at) {
            r->failed = true;
            return;
        }
        r->at = at;
        r->cap = cap;
    }
    r->at[r->n++] = (struct row_at){time, (uint32_t)r->text.n, (uint32_t)row.n};
    r->failed |= !buf_str(&r->text, row);
    r->total++;
}

/* One run while it is merged: its next row, and what follows in the spill. */
struct reader {
    int64_t time, at, to; /* at == to and length 0: at its end */
    uint32_t length, cap;
    char *row;
    char *window; /* bytes of the spill from `window_at` */
    int64_t window_at;
    size_t window_n;
};
#define WINDOW_BYTES ((size_t)128 << 10)

static bool reader_take(struct reader *x, int fd, void *to, size_t n)
{
    char *out = to;
    while (n > 0) {
        if (x->at < x->window_at || x->at >= x->window_at + (int64_t)x->window_n) {
            size_t want = (size_t)(x->to - x->at) < WINDOW_BYTES ? (size_t)(x->to - x->at) : WINDOW_BYTES;
            ssize_t got = want ? pread(fd, x->window, want, x->at) : 0;
            if (got <= 0)
                return false;
            x->window_at = x->at;
            x->window_n = (size_t)got;
        }
        size_t left = (size_t)(x->window_at + (int64_t)x->window_n - x->at), take = left < n ? left : n;
        memcpy(out, x->window + (x->at - x->window_at), take);
        x->at += (int64_t)take;
        out += take;
        n -= take;
    }
    return true;
}

static bool reader_next(struct reader *x, int fd)
{
    x->length = 0;
    if (x->at == x->to)
        return true;
    if (!reader_take(x, fd, &x->time, sizeof x->time) || !reader_take(x, fd, &x->length, sizeof x->length))
        return false;
    if (x->length > x->cap) {
        char *p = realloc(x->row, x->length);
        if (!p)
            return false;
        x->row = p;
        x->cap = x->length;
    }
    return reader_take(x, fd, x->row, x->length);
}

static bool merge(struct rows *r, struct reader *readers, FILE *out)
{
    int fd = fileno(r->spill);
    for (int i = 0; i < r->n_runs; i++) {
        readers[i] = (struct reader){.at = r->run[i].from, .to = r->run[i].to, .window = malloc(WINDOW_BYTES)};
        if (!readers[i].window || !reader_next(&readers[i], fd))
            return false;
    }
    for (;;) {
        struct reader *least = NULL;
        for (int i = 0; i < r->n_runs; i++)
            if (readers[i].length && (!least || readers[i].time < least->time))
                least = &readers[i];
        if (!least)
            return true;
        if (fwrite(least->row, 1, least->length, out) != least->length || !reader_next(least, fd))
            return false;
    }
}

static bool write_all(struct rows *r, FILE *out)
{
    if (r->failed)
        return false;
    if (r->n_runs == 0) {
        if (r->n)
            qsort(r->at, r->n, sizeof *r->at, compare);
        for (size_t i = 0; i < r->n; i++)
            if (fwrite(r->text.p + r->at[i].offset, 1, r->at[i].length, out) != r->at[i].length)
                return false;
        return true;
    }
    if ((r->n && !run_spill(r)) || fflush(r->spill) != 0)
        return false;
    struct reader *readers = calloc((size_t)r->n_runs, sizeof *readers);
    bool ok = readers && merge(r, readers, out);
    for (int i = 0; readers && i < r->n_runs; i++) {
        free(readers[i].row);
        free(readers[i].window);
    }
    free(readers);
    return ok;
}

enum err_code rows_write(struct rows *r, FILE *out, struct err *e)
{
    return write_all(r, out)
               ? ERR_OK
               : err_set(e, ERR_IO, "cannot put the rows in order in %s: free disk space or memory", r->dir);
}

void rows_release(struct rows *r)
{
    buf_release(&r->text);
    free(r->at);
    if (r->spill)
        (void)fclose(r->spill); /* unnamed: nothing is left */
    memset(r, 0, sizeof *r);
}
