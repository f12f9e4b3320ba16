/* read_chunks.c: one CSV file in ranges, read beside each other.
 *
 * A line end ends a record unless it is inside quotes. Whether it is shows from the number of quotes before it, if the file is right:
 *   1. each range's quotes are counted, so that each knows whether it begins inside quotes;
 *   2. each range is moved on to behind its first line end outside quotes;
 *   3. each range is read into a table of its own, and the tables are put behind each other.
 * The counting only chooses where to cut. That the cut is right is shown by the reading: a range whose records are all whole ended where its last record ended, so the
 * next one began where a record begins; and the first began there. If any range has a record that is not whole, not allowed, or of another number of fields, all of
 * it is thrown away, and the one reader (read.c) goes through the file from the beginning. So what comes out is what that reader gives, for every file. */
#include "linkage/read.h"
#include "linkage/threads.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)256 << 10)
#define WORTH_A_THREAD ((uint64_t)1 << 20)
#define CHUNKS_MOST ((size_t)4096)

struct chunk {
    uint64_t from, to;
    uint64_t quotes;         /* in the range as first cut */
    struct link_table *part;
    bool wrong;              /* the one reader has to look */
};
struct chunks {
    const struct read_file *f;
    const struct read_shape *shape;
    const struct link_table *t;
    struct chunk *items;
    size_t n;
};

/* Up to PIECE_BYTES from `at` and before `to`; 0: nothing is there (the file has become shorter, or cannot be read). */
static size_t piece(const struct chunks *c, uint64_t at, uint64_t to, char *buffer)
{
    size_t want = to - at < PIECE_BYTES ? (size_t)(to - at) : PIECE_BYTES;
    ssize_t n;
    do
        n = pread(c->f->fd, buffer, want, (off_t)at);
    while (n < 0 && errno == EINTR);
    return n > 0 ? (size_t)n : 0;
}

/* Memory for the pieces of a range of so many bytes. */
static char *piece_memory(uint64_t bytes) { return malloc(bytes < PIECE_BYTES ? (size_t)bytes + 1 : PIECE_BYTES); }

/* ---- where to cut ---- */

static uint64_t count_quotes(const char *p, size_t n)
{
    uint64_t quotes = 0;
    for (size_t i = 0; i < n; i++)
        quotes += p[i] == '"';
    return quotes;
}

static enum err_code count_chunk(void *ctx, size_t k, struct err *e)
{
    struct chunks *c = ctx;
    struct chunk *x = &c->items[k];
    char *buffer = piece_memory(x->to - x->from);
    if (!buffer)
        return err_set(e, ERR_NO_MEMORY, "out of memory for reading %s", c->f->path);
    for (uint64_t at = x->from; at < x->to;) {
        size_t n = piece(c, at, x->to, buffer);
        x->wrong |= n == 0;
        x->quotes += count_quotes(buffer, n);
        at += n ? n : x->to - at;
    }
    free(buffer);
    return ERR_OK;
}

/* The first place at or behind `from` where a record begins; `inside`: `from` is inside quotes. */
static uint64_t record_start(const struct chunks *c, uint64_t from, bool inside, char *buffer)
{
    uint64_t end = c->f->size;
    bool after_cr = false;
    for (uint64_t at = from; at < end;) {
        size_t n = piece(c, at, end, buffer);
        if (n == 0)
            return end; /* reading the range will meet it again */
        for (size_t i = 0; i < n; i++) {
            if (after_cr)
                return at + i + (buffer[i] == '\n');
            inside ^= buffer[i] == '"';
            if (!inside && buffer[i] == '\n')
                return at + i + 1;
            after_cr = !inside && buffer[i] == '\r';
        }
        at += n;
    }
    return end;
}

static enum err_code cut(struct chunks *c, struct err *e)
{
    uint64_t quotes = 0, all = c->f->size - c->f->body;
    for (size_t k = 0; k < c->n; k++) {
        c->items[k].from = c->f->body + threads_part(all, c->n, k);
        c->items[k].to = c->f->body + threads_part(all, c->n, k + 1);
    }
    ERR_TRY(threads_each(c->shape->threads, c->n - 1, count_chunk, c, e)); /* what the last one's say, nobody asks */
    char *buffer = piece_memory(all);
    if (!buffer)
        return err_set(e, ERR_NO_MEMORY, "out of memory for reading %s", c->f->path);
    for (size_t k = 1; k < c->n; k++) {
        quotes += c->items[k - 1].quotes;
        uint64_t start = record_start(c, c->items[k].from, quotes % 2 != 0, buffer);
        c->items[k].from = start > c->items[k - 1].from ? start : c->items[k - 1].from;
        c->items[k - 1].to = c->items[k].from;
    }
    free(buffer);
    return ERR_OK;
}

/* ---- reading a range ---- */

static enum err_code part_of(const struct chunks *c, struct link_table **ret, struct err *e)
{
    struct str names[LIMIT_CSV_COLUMNS];
    const struct link_table *t = c->t;
    for (size_t i = 0; i < t->n_columns; i++)
        names[i] = t->columns[i].name;
    ERR_TRY(link_table_new(names, t->n_columns, t->limit, ret, e));
    for (size_t i = 0; i < t->n_columns; i++)
        (*ret)->columns[i].apart = t->columns[i].apart;
    return ERR_OK;
}

/* The records of the bytes fed; false at the first that is not as it should be. */
static enum err_code records(const struct chunks *c, struct csv *reader, struct table_batch *b, bool *ret_right, struct err *e)
{
    struct csv_record r;
    while (csv_next(reader, &r)) {
        *ret_right = read_is_right(c->f, &r);
        if (!*ret_right)
            return ERR_OK;
        ERR_TRY(read_add(b, c->f, &r, e));
    }
    return ERR_OK;
}

static enum err_code read_range(const struct chunks *c, struct chunk *x, struct csv *reader, struct table_batch *b, char *buffer, struct err *e)
{
    bool right = true;
    csv_restart(reader);
    for (uint64_t at = x->from; at < x->to && right;) {
        size_t n = piece(c, at, x->to, buffer);
        right = n > 0;
        csv_feed(reader, buffer, n);
        if (right)
            ERR_TRY(records(c, reader, b, &right, e));
        at += n;
    }
    if (right) {
        csv_feed(reader, NULL, 0);
        ERR_TRY(records(c, reader, b, &right, e));
    }
    x->wrong |= !right;
    return table_batch_flush(b, e);
}

static enum err_code read_chunk(void *ctx, size_t k, struct err *e)
{
    struct chunks *c = ctx;
    struct chunk *x = &c->items[k];
    struct csv *reader = NULL;
    struct table_batch b = {0};
    char *buffer = piece_memory(x->to - x->from);
    enum err_code code = buffer ? csv_new(',', c->shape->limits, &reader, e) : err_set(e, ERR_NO_MEMORY, "out of memory for reading %s", c->f->path);
    if (code == ERR_OK)
        code = part_of(c, &x->part, e);
    if (code == ERR_OK)
        code = table_batch_new(x->part, &b, e);
    if (code == ERR_OK)
        code = read_range(c, x, reader, &b, buffer, e);
    table_batch_free(&b);
    csv_free(reader);
    free(buffer);
    return code;
}

/* ---- the file ---- */

static enum err_code append_parts(struct chunks *c, struct link_table *t, bool *ret_done, struct err *e)
{
    for (size_t k = 0; k < c->n; k++)
        if (c->items[k].wrong)
            return ERR_OK;
    struct link_table **parts = malloc(c->n * sizeof *parts);
    if (!parts)
        return err_set(e, ERR_NO_MEMORY, "out of memory for reading %s", c->f->path);
    for (size_t k = 0; k < c->n; k++)
        parts[k] = c->items[k].part;
    enum err_code code = table_append(t, parts, c->n, c->shape->threads, e);
    free(parts);
    *ret_done = code == ERR_OK;
    return code;
}

static size_t how_many(const struct read_file *f, const struct read_shape *shape)
{
    uint64_t all = f->size - f->body, n = shape->chunk_bytes ? all / shape->chunk_bytes : all / WORTH_A_THREAD;
    if (!shape->chunk_bytes && n > shape->threads)
        n = shape->threads;
    return n < CHUNKS_MOST ? (size_t)n : CHUNKS_MOST;
}

enum err_code read_chunks(struct link_table *t, const struct read_file *f, const struct read_shape *shape, bool *ret_done, struct err *e)
{
    struct chunks c = {.f = f, .shape = shape, .t = t, .n = how_many(f, shape)};
    *ret_done = false;
    if (c.n < 2)
        return ERR_OK;
    c.items = calloc(c.n, sizeof *c.items);
    enum err_code code = c.items ? cut(&c, e) : err_set(e, ERR_NO_MEMORY, "out of memory for reading %s", f->path);
    if (code == ERR_OK)
        code = threads_each(shape->threads, c.n, read_chunk, &c, e);
    if (code == ERR_OK)
        code = append_parts(&c, t, ret_done, e);
    for (size_t k = 0; c.items && k < c.n; k++)
        link_table_free(c.items[k].part);
    free(c.items);
    return code;
}
