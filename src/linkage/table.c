/* table.c: see table.h and linkage.h. Dictionaries are open addressing over 32 bits of the hash, at most half full. */
#include "linkage/table.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_SLOTS ((size_t)64)
#define FIRST_ROWS ((size_t)1024)
#define WARM_SLOTS ((size_t)4096) /* smaller dictionaries are in the nearest cache anyway */

static enum err_code grow(void **p, size_t *cap, size_t need, size_t first, size_t item, size_t *bytes, size_t limit,
                          struct err *e)
{
    size_t n = *cap ? *cap : first;
    while (n < need)
        n *= 2;
    if (n == *cap)
        return ERR_OK;
    size_t more = (n - *cap) * item;
    if (more > limit || *bytes > limit - more)
        return err_set(e, ERR_LIMIT, "the table needs more than its memory limit of %zu bytes", limit);
    void *q = realloc(*p, n * item);
    if (!q)
        return err_set(e, ERR_NO_MEMORY, "no memory for a table of %zu bytes", *bytes + more);
    *p = q;
    *cap = n;
    *bytes += more;
    return ERR_OK;
}

/* ---- dictionaries ---- */

static uint32_t short_hash(struct str s)
{
    uint64_t h = str_hash(s, 0);
    return (uint32_t)(h ^ h >> 32);
}

static size_t slot_of(const struct dictionary *d, struct str s, uint32_t hash)
{
    size_t mask = d->n_slots - 1, i = hash & mask;
    while (d->slots[i].code && (d->slots[i].hash != hash || !str_eq(dictionary_value(d, d->slots[i].code), s)))
        i = (i + 1) & mask;
    return i;
}

static enum err_code rehash(struct dictionary *d, size_t *bytes, size_t limit, struct err *e)
{
    size_t n = d->n_slots ? d->n_slots * 2 : FIRST_SLOTS, size = n * sizeof *d->slots;
    if (size > limit || *bytes > limit - size)
        return err_set(e, ERR_LIMIT, "the table needs more than its memory limit of %zu bytes", limit);
    struct dictionary_slot *slots = calloc(n, sizeof *slots);
    if (!slots)
        return err_set(e, ERR_NO_MEMORY, "no memory for a dictionary of %zu bytes", size);
    for (size_t k = 0; k < d->n_slots; k++) {
        if (!d->slots[k].code)
            continue;
        size_t i = d->slots[k].hash & (n - 1);
        while (slots[i].code)
            i = (i + 1) & (n - 1);
        slots[i] = d->slots[k];
    }
    free(d->slots);
    *bytes += size - d->n_slots * sizeof *slots;
    d->slots = slots;
    d->n_slots = n;
    return ERR_OK;
}

enum err_code dictionary_append(struct dictionary *d, struct str s, size_t *bytes, size_t limit, uint32_t *ret, struct err *e)
{
    size_t at = d->n ? d->ends[d->n] : 0;
    if (d->n == UINT32_MAX - 2 || s.n > UINT32_MAX - at)
        return err_set(e, ERR_LIMIT, "a column has more than 4 GiB of different values");
    ERR_TRY(grow((void **)&d->bytes, &d->bytes_cap, at + s.n + 1, 4096, 1, bytes, limit, e));
    ERR_TRY(grow((void **)&d->ends, &d->ends_cap, (size_t)d->n + 2, 64, sizeof *d->ends, bytes, limit, e));
    if (s.n)
        memcpy(d->bytes + at, s.p, s.n);
    d->ends[0] = 0;
    d->ends[++d->n] = (uint32_t)(at + s.n);
    *ret = d->n;
    return ERR_OK;
}

static enum err_code add_hashed(struct dictionary *d, struct str s, uint32_t hash, size_t *bytes, size_t limit, uint32_t *ret, struct err *e)
{
    if ((size_t)d->n * 2 >= d->n_slots)
        ERR_TRY(rehash(d, bytes, limit, e));
    size_t i = slot_of(d, s, hash);
    if (d->slots[i].code) {
        *ret = d->slots[i].code;
        return ERR_OK;
    }
    ERR_TRY(dictionary_append(d, s, bytes, limit, ret, e));
    d->slots[i] = (struct dictionary_slot){hash, d->n};
    return ERR_OK;
}

enum err_code dictionary_add(struct dictionary *d, struct str s, size_t *bytes, size_t limit, uint32_t *ret,
                             struct err *e)
{
    return add_hashed(d, s, short_hash(s), bytes, limit, ret, e);
}

/* Asks memory for what n look-ups will read: slot, then place, then text. Advice: what comes of it is looked up again. */
static void warm(const struct dictionary *d, const uint32_t *hash, size_t n)
{
    size_t mask = d->n_slots - 1;
    for (size_t i = 0; i < n; i++)
        __builtin_prefetch(&d->slots[hash[i] & mask]);
    for (size_t i = 0; i < n; i++) {
        const struct dictionary_slot *s = &d->slots[hash[i] & mask];
        if (s->code && s->hash == hash[i])
            __builtin_prefetch(&d->ends[s->code - 1]);
    }
    for (size_t i = 0; i < n; i++) {
        const struct dictionary_slot *s = &d->slots[hash[i] & mask];
        if (s->code && s->hash == hash[i])
            __builtin_prefetch(d->bytes + d->ends[s->code - 1]);
    }
}

enum err_code dictionary_add_many(struct dictionary *d, const struct str *s, size_t n, size_t *bytes, size_t limit, uint32_t *ret, struct err *e)
{
    uint32_t hash[TABLE_BATCH];
    for (size_t at = 0; at < n; at += TABLE_BATCH) {
        size_t some = n - at < TABLE_BATCH ? n - at : TABLE_BATCH;
        for (size_t i = 0; i < some; i++)
            hash[i] = short_hash(s[at + i]);
        if (d->n_slots > WARM_SLOTS)
            warm(d, hash, some);
        for (size_t i = 0; i < some; i++)
            ERR_TRY(add_hashed(d, s[at + i], hash[i], bytes, limit, &ret[at + i], e));
    }
    return ERR_OK;
}

uint32_t dictionary_find(const struct dictionary *d, struct str s)
{
    return d->n_slots ? d->slots[slot_of(d, s, short_hash(s))].code : 0;
}

void dictionary_free(struct dictionary *d)
{
    free(d->bytes);
    free(d->ends);
    free(d->slots);
    *d = (struct dictionary){0};
}

/* ---- tables ---- */

enum err_code link_table_new(const struct str *columns, size_t n_columns, size_t memory_limit_bytes,
                             struct link_table **ret, struct err *e)
{
    if (n_columns == 0 || n_columns > LIMIT_CSV_COLUMNS)
        return err_set(e, ERR_LIMIT, "a table has 1 to %zu columns", LIMIT_CSV_COLUMNS);
    struct link_table *t = calloc(1, sizeof *t);
    if (!t)
        return err_set(e, ERR_NO_MEMORY, "no memory for a table");
    arena_init(&t->names, LIMIT_CSV_RECORD_BYTES * 2);
    t->limit = memory_limit_bytes;
    t->columns = calloc(n_columns, sizeof *t->columns);
    t->n_columns = t->columns ? n_columns : 0;
    for (size_t i = 0; i < t->n_columns; i++) {
        t->columns[i].name = str_dup(&t->names, columns[i]);
        bool twice = link_table_column(t, columns[i]) != (ptrdiff_t)i;
        if (!twice && t->columns[i].name.p)
            continue;
        link_table_free(t);
        return twice ? err_set(e, ERR_FORMAT, "column %.*s is there twice; rename one of them", STR_ARG(columns[i]))
                     : err_set(e, ERR_NO_MEMORY, "no memory for the columns of a table");
    }
    if (!t->columns) {
        link_table_free(t);
        return err_set(e, ERR_NO_MEMORY, "no memory for the columns of a table");
    }
    *ret = t;
    return ERR_OK;
}

void link_table_free(struct link_table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n_columns; i++) {
        dictionary_free(&t->columns[i].dict);
        free(t->columns[i].codes);
    }
    free(t->columns);
    arena_release(&t->names);
    free(t);
}

static enum err_code more_rows(struct link_table *t, struct err *e)
{
    size_t cap = t->rows_cap ? t->rows_cap * 2 : FIRST_ROWS, size = (cap - t->rows_cap) * sizeof(uint32_t);
    if (cap > LIMIT_LINK_ROWS)
        return err_set(e, ERR_LIMIT, "a table has at most %u rows", LIMIT_LINK_ROWS);
    if (size * t->n_columns > t->limit || t->bytes > t->limit - size * t->n_columns)
        return err_set(e, ERR_LIMIT, "the table needs more than its memory limit of %zu bytes", t->limit);
    for (size_t i = 0; i < t->n_columns; i++) {
        uint32_t *codes = realloc(t->columns[i].codes, cap * sizeof *codes);
        if (!codes)
            return err_set(e, ERR_NO_MEMORY, "no memory for a table of %zu rows", cap);
        t->columns[i].codes = codes;
        t->bytes += size;
    }
    t->rows_cap = cap;
    return ERR_OK;
}

enum err_code table_room(struct link_table *t, size_t rows, struct err *e)
{
    while (t->rows_cap < rows)
        ERR_TRY(more_rows(t, e));
    return ERR_OK;
}

enum err_code link_table_add(struct link_table *t, const struct str *values, struct err *e)
{
    ERR_TRY(table_room(t, t->rows + 1, e));
    for (size_t i = 0; i < t->n_columns; i++) {
        struct table_column *c = &t->columns[i];
        uint32_t code = 0;
        if (values[i].p && values[i].n)
            ERR_TRY((c->apart ? dictionary_append : dictionary_add)(&c->dict, values[i], &t->bytes, t->limit, &code, e));
        c->codes[t->rows] = code;
    }
    t->rows++;
    return ERR_OK;
}

size_t link_table_rows(const struct link_table *t) { return t->rows; }

ptrdiff_t link_table_column(const struct link_table *t, struct str name)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (str_eq(t->columns[i].name, name))
            return (ptrdiff_t)i;
    return -1;
}

struct str link_table_value(const struct link_table *t, size_t row, size_t column)
{
    assert(row < t->rows && column < t->n_columns);
    uint32_t code = t->columns[column].codes[row];
    return code ? dictionary_value(&t->columns[column].dict, code) : STR_NONE;
}

uint32_t link_table_code(const struct link_table *t, size_t row, size_t column)
{
    assert(row < t->rows && column < t->n_columns);
    return t->columns[column].codes[row];
}

size_t link_table_n_columns(const struct link_table *t) { return t->n_columns; }

struct str link_table_column_name(const struct link_table *t, size_t column)
{
    assert(column < t->n_columns);
    return t->columns[column].name;
}

ptrdiff_t link_table_find(const struct link_table *t, size_t column, struct str value)
{
    assert(column < t->n_columns);
    const struct table_column *c = &t->columns[column];
    uint32_t code = c->apart ? 0 : dictionary_find(&c->dict, value);
    for (size_t row = 0; row < t->rows && (code || c->apart); row++)
        if (c->apart ? c->codes[row] && str_eq(dictionary_value(&c->dict, c->codes[row]), value) : c->codes[row] == code)
            return (ptrdiff_t)row;
    return -1;
}

enum err_code link_table_number_rows(struct link_table *t, struct str name, struct err *e)
{
    if (link_table_column(t, name) >= 0)
        return err_set(e, ERR_FORMAT, "column %.*s is there already: rows cannot be numbered", STR_ARG(name));
    if (t->n_columns == LIMIT_CSV_COLUMNS)
        return err_set(e, ERR_LIMIT, "a table has 1 to %zu columns", LIMIT_CSV_COLUMNS);
    struct table_column *more = realloc(t->columns, (t->n_columns + 1) * sizeof *more);
    if (!more)
        return err_set(e, ERR_NO_MEMORY, "no memory to number the rows");
    t->columns = more;
    struct table_column *c = &more[t->n_columns];
    *c = (struct table_column){.name = str_dup(&t->names, name), .codes = calloc(t->rows_cap + 1, sizeof *c->codes)};
    t->n_columns++;
    if (!c->name.p || !c->codes)
        return err_set(e, ERR_NO_MEMORY, "no memory to number the rows");
    for (size_t row = 0; row < t->rows; row++) {
        char text[24];
        int n = snprintf(text, sizeof text, "%zu", row + 1);
        ERR_TRY(dictionary_add(&c->dict, (struct str){text, (size_t)n}, &t->bytes, t->limit, &c->codes[row], e));
    }
    return ERR_OK;
}
