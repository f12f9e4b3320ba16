/* table_many.c: rows by the batch, and tables put behind each other. See table.h. */
#include "linkage/table.h"
#include "linkage/threads.h"

#include <assert.h>
#include <stdlib.h>

#define BATCH_BYTES ((size_t)64 << 10)

/* ---- batches ---- */

enum err_code table_batch_new(struct link_table *t, struct table_batch *ret, struct err *e)
{
    *ret = (struct table_batch){.t = t, .values = malloc(t->n_columns * TABLE_BATCH * sizeof *ret->values),
                                .row = malloc(t->n_columns * sizeof *ret->row), .bytes = malloc(BATCH_BYTES)};
    if (ret->values && ret->row && ret->bytes)
        return ERR_OK;
    table_batch_free(ret);
    return err_set(e, ERR_NO_MEMORY, "no memory for the rows of a table");
}

void table_batch_free(struct table_batch *b)
{
    free(b->values);
    free(b->row);
    free(b->bytes);
    *b = (struct table_batch){0};
}

/* The codes of a column's rows that wait; NULL and what no one looks for go one by one. */
static enum err_code encode(struct link_table *t, struct table_column *c, const struct str *values, uint32_t n, struct err *e)
{
    struct str some[TABLE_BATCH];
    uint32_t row[TABLE_BATCH], code[TABLE_BATCH], *codes = c->codes + t->rows;
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) {
        codes[i] = 0;
        if (values[i].n && c->apart)
            ERR_TRY(dictionary_append(&c->dict, values[i], &t->bytes, t->limit, &codes[i], e));
        else if (values[i].n) {
            row[k] = i;
            some[k++] = values[i];
        }
    }
    if (k == 0)
        return ERR_OK;
    ERR_TRY(dictionary_add_many(&c->dict, some, k, &t->bytes, t->limit, code, e));
    for (uint32_t i = 0; i < k; i++)
        codes[row[i]] = code[i];
    return ERR_OK;
}

enum err_code table_batch_flush(struct table_batch *b, struct err *e)
{
    struct link_table *t = b->t;
    ERR_TRY(table_room(t, t->rows + b->n, e));
    for (size_t i = 0; i < t->n_columns; i++)
        ERR_TRY(encode(t, &t->columns[i], b->values + i * TABLE_BATCH, b->n, e));
    t->rows += b->n;
    b->n = 0;
    b->used = 0;
    return ERR_OK;
}

enum err_code table_batch_add(struct table_batch *b, const struct str *values, struct err *e)
{
    size_t columns = b->t->n_columns, all = 0;
    for (size_t i = 0; i < columns; i++)
        all += values[i].n;
    if (b->n == TABLE_BATCH || all > BATCH_BYTES - b->used)
        ERR_TRY(table_batch_flush(b, e));
    if (all > BATCH_BYTES)
        return link_table_add(b->t, values, e);
    for (size_t i = 0; i < columns; i++) {
        struct str *v = &b->values[i * TABLE_BATCH + b->n];
        *v = (struct str){b->bytes + b->used, values[i].p ? values[i].n : 0};
        if (v->n)
            memcpy(b->bytes + b->used, values[i].p, v->n);
        b->used += v->n;
    }
    b->n++;
    return ERR_OK;
}

/* ---- tables behind each other ---- */

struct append {
    struct link_table *t;
    struct link_table *const *parts;
    size_t n, rows; /* parts; rows when all are there */
};

static enum err_code no_memory(size_t rows, struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory for a table of %zu rows", rows); }

/* From a part's codes to the table's. */
static enum err_code translate(struct dictionary *to, const struct dictionary *from, size_t limit, uint32_t *map, struct err *e)
{
    struct str values[TABLE_BATCH];
    size_t bytes = 0;
    map[0] = 0;
    for (uint32_t at = 1; at <= from->n; at += TABLE_BATCH) {
        uint32_t some = from->n - at < TABLE_BATCH ? from->n - at + 1 : TABLE_BATCH;
        for (uint32_t i = 0; i < some; i++)
            values[i] = dictionary_value(from, at + i);
        ERR_TRY(dictionary_add_many(to, values, some, &bytes, limit, map + at, e));
    }
    return ERR_OK;
}

/* Values that nobody looks for only follow one another. */
static enum err_code follow(struct dictionary *to, const struct dictionary *from, size_t limit, uint32_t *map, struct err *e)
{
    size_t bytes = 0;
    map[0] = 0;
    for (uint32_t code = 1; code <= from->n; code++)
        ERR_TRY(dictionary_append(to, dictionary_value(from, code), &bytes, limit, &map[code], e));
    return ERR_OK;
}

static enum err_code append_part(struct table_column *c, size_t at, struct link_table *part, size_t column, size_t limit, struct err *e)
{
    struct table_column *from = &part->columns[column];
    uint32_t *map = malloc(((size_t)from->dict.n + 1) * sizeof *map);
    enum err_code code = map ? ERR_OK : no_memory(part->rows, e);
    if (code == ERR_OK)
        code = (c->apart ? follow : translate)(&c->dict, &from->dict, limit, map, e);
    for (size_t row = 0; code == ERR_OK && row < part->rows; row++)
        c->codes[at + row] = map[from->codes[row]];
    free(map);
    dictionary_free(&from->dict);
    free(from->codes);
    from->codes = NULL;
    return code;
}

/* An empty table takes its first part over as it is. */
static enum err_code append_column(void *ctx, size_t column, struct err *e)
{
    struct append *a = ctx;
    struct link_table *t = a->t;
    struct table_column *c = &t->columns[column], *first = &a->parts[0]->columns[column];
    bool taken = t->rows == 0 && c->dict.n == 0;
    if (taken) {
        dictionary_free(&c->dict);
        free(c->codes);
        c->dict = first->dict;
        c->codes = first->codes;
        first->dict = (struct dictionary){0};
        first->codes = NULL;
    }
    uint32_t *codes = realloc(c->codes, (a->rows + 1) * sizeof *codes);
    if (!codes)
        return no_memory(a->rows, e);
    c->codes = codes;
    size_t at = taken ? a->parts[0]->rows : t->rows;
    for (size_t i = taken; i < a->n; i++) {
        ERR_TRY(append_part(c, at, a->parts[i], column, t->limit, e));
        at += a->parts[i]->rows;
    }
    return ERR_OK;
}

enum err_code table_append(struct link_table *t, struct link_table *const *parts, size_t n, unsigned threads, struct err *e)
{
    struct append a = {.t = t, .parts = parts, .n = n, .rows = t->rows};
    assert(n > 0 && parts[0]->n_columns == t->n_columns);
    for (size_t i = 0; i < n; i++)
        a.rows += parts[i]->rows;
    if (a.rows > LIMIT_LINK_ROWS)
        return err_set(e, ERR_LIMIT, "a table has at most %u rows", LIMIT_LINK_ROWS);
    ERR_TRY(threads_each(threads, t->n_columns, append_column, &a, e));
    t->rows = t->rows_cap = a.rows;
    t->bytes = 0;
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct dictionary *d = &t->columns[i].dict;
        t->bytes += a.rows * sizeof(uint32_t) + d->bytes_cap + d->ends_cap * sizeof *d->ends + d->n_slots * sizeof *d->slots;
    }
    return t->bytes <= t->limit ? ERR_OK : err_set(e, ERR_LIMIT, "the table needs more than its memory limit of %zu bytes", t->limit);
}
