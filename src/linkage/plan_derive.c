/* plan_derive.c: works a derived column out, once a distinct value (or once a row, when it reads several columns), by the table's threads.
 *
 * Places (codes, or rows) are cut into ranges; each is evaluated alone, with a dictionary of its own results, and then the ranges' results are numbered in order. So codes count
 * in order of first appearance, as one thread gives them. */
#include "linkage/plan.h"
#include "linkage/threads.h"

#include <stdlib.h>

#define WORTH_A_THREAD ((size_t)2048) /* places */
#define RANGES_MOST ((size_t)256)

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NO_MEMORY, "no memory to make the model ready for the table");
}

struct range {
    size_t from, to;        /* places */
    struct arena scratch, own;
    struct arena *keep;     /* of results: the plan's for the first range, `own` for the others */
    struct dictionary seen; /* value_key to code */
    struct buf key;
    struct value *values;   /* by code */
    size_t bytes, cap;
    bool is_text;
};
struct derive {
    struct plan *p;
    struct plan_column *c;
    const struct table_column *base; /* NULL: places are rows */
    uint32_t *codes;                 /* result, by place */
    struct range *ranges;
    size_t n_ranges;
};

/* Where leaves read. */
struct place {
    const struct derive *d;
    uint32_t at;
};
static enum err_code derive_leaf(void *ctx, const struct expr *x, struct value *ret, struct err *e)
{
    const struct place *here = ctx;
    (void)e;
    const struct table_column *t = &here->d->p->table->columns[here->d->p->bound[x->column]];
    uint32_t code = here->d->base ? here->at : t->codes[here->at];
    *ret = code ? (struct value){.type = VALUE_TEXT, .text = dictionary_value(&t->dict, code)} : value_null;
    return ERR_OK;
}

/* A copy that outlives what it was made from. */
static enum err_code keep_value(struct arena *a, struct value v, struct value *ret, struct err *e)
{
    *ret = v;
    if (v.type == VALUE_TEXT) {
        ret->text = str_dup(a, v.text);
        return ret->text.p ? ERR_OK : no_memory(e);
    }
    if (v.type != VALUE_LIST && v.type != VALUE_STRUCT)
        return ERR_OK;
    struct value_list *list = ARENA_NEW(a, struct value_list, 1);
    struct value *items = ARENA_NEW(a, struct value, v.list->n);
    struct str *keys = v.list->keys ? ARENA_NEW(a, struct str, v.list->n) : NULL;
    if (!list || !items || (v.list->keys && !keys))
        return no_memory(e);
    for (size_t i = 0; i < v.list->n; i++) {
        ERR_TRY(keep_value(a, v.list->items[i], &items[i], e));
        if (keys)
            keys[i] = str_dup(a, v.list->keys[i]);
    }
    *list = (struct value_list){items, keys, v.list->n};
    ret->list = list;
    return ERR_OK;
}

/* The code of a value that is known by its key; a new one is kept. */
static enum err_code number_value(struct range *r, struct str key, struct value v, size_t limit, uint32_t *ret, struct err *e)
{
    uint32_t before = r->seen.n;
    ERR_TRY(dictionary_add(&r->seen, key, &r->bytes, limit, ret, e));
    if (r->seen.n == before)
        return ERR_OK;
    if (*ret >= r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 64;
        struct value *more = realloc(r->values, cap * sizeof *more);
        if (!more)
            return no_memory(e);
        r->values = more;
        r->cap = cap;
    }
    r->is_text &= v.type == VALUE_TEXT;
    return keep_value(r->keep, v, &r->values[*ret], e);
}

static enum err_code derive_one(const struct derive *d, struct range *r, uint32_t at, struct err *e)
{
    struct place here = {d, at};
    const struct expr_scope scope = {.leaf = derive_leaf, .ctx = &here, .variants = &d->p->model->variants, .a = &r->scratch};
    struct value v;
    arena_reset(&r->scratch);
    ERR_TRY(expr_eval(d->c->expr, &scope, &v, e));
    d->codes[at] = 0;
    if (v.type == VALUE_NULL)
        return ERR_OK;
    buf_clear(&r->key);
    ERR_TRY(value_key(v, &r->key, e));
    return number_value(r, buf_as_str(&r->key), v, d->p->table->limit, &d->codes[at], e);
}

static enum err_code derive_range(void *ctx, size_t k, struct err *e)
{
    const struct derive *d = ctx;
    struct range *r = &d->ranges[k];
    for (size_t at = r->from; at < r->to; at++)
        if (derive_one(d, r, (uint32_t)at, e) != ERR_OK)
            return d->base ? err_frame(e, "column %.*s", STR_ARG(d->base->name)) : e->code;
    return ERR_OK;
}

/* Numbers the results of a later range behind those of the first. */
static enum err_code join_range(const struct derive *d, struct range *all, struct range *r, struct err *e)
{
    uint32_t *map = calloc((size_t)r->seen.n + 1, sizeof *map);
    enum err_code code = map ? ERR_OK : no_memory(e);
    for (uint32_t k = 1; code == ERR_OK && k <= r->seen.n; k++)
        code = number_value(all, dictionary_value(&r->seen, k), r->values[k], d->p->table->limit, &map[k], e);
    for (size_t at = r->from; code == ERR_OK && at < r->to; at++)
        d->codes[at] = map[d->codes[at]];
    free(map);
    return code;
}

static void ranges_start(struct derive *d, size_t places)
{
    for (size_t k = 0; k < d->n_ranges; k++) {
        struct range *r = &d->ranges[k];
        r->from = threads_part(places, d->n_ranges, k);
        r->to = threads_part(places, d->n_ranges, k + 1);
        r->is_text = true;
        r->keep = k ? &r->own : &d->p->a;
        arena_init(&r->scratch, LIMIT_LINK_SCRATCH_BYTES);
        arena_init(&r->own, d->p->table->limit);
        buf_init(&r->key, LIMIT_FIELD_BYTES * 8);
    }
}

static void ranges_free(struct derive *d)
{
    for (size_t k = 0; d->ranges && k < d->n_ranges; k++) {
        struct range *r = &d->ranges[k];
        arena_release(&r->scratch);
        arena_release(&r->own);
        buf_release(&r->key);
        dictionary_free(&r->seen);
        free(r->values);
    }
    free(d->ranges);
}

static enum err_code derive_all(struct derive *d, size_t places, struct err *e)
{
    unsigned threads = d->p->table->threads ? d->p->table->threads : 1;
    d->n_ranges = places / WORTH_A_THREAD < threads ? places / WORTH_A_THREAD + 1 : threads;
    if (d->n_ranges > RANGES_MOST)
        d->n_ranges = RANGES_MOST;
    d->ranges = calloc(d->n_ranges, sizeof *d->ranges);
    if (!d->ranges)
        return no_memory(e);
    ranges_start(d, places);
    ERR_TRY(threads_each(threads, d->n_ranges, derive_range, d, e));
    struct range *all = &d->ranges[0];
    for (size_t k = 1; k < d->n_ranges; k++)
        ERR_TRY(join_range(d, all, &d->ranges[k], e));
    if (!all->values && !(all->values = calloc(1, sizeof *all->values))) /* every value is NULL */
        return no_memory(e);
    d->c->values = all->values;
    d->c->n = all->seen.n;
    d->c->is_text = all->is_text;
    all->values = NULL;
    return ERR_OK;
}

enum err_code plan_derive(struct plan *p, struct plan_column *c, ptrdiff_t table_column, struct err *e)
{
    struct derive d = {.p = p, .c = c, .base = table_column < 0 ? NULL : &p->table->columns[table_column]};
    size_t places = d.base ? (size_t)d.base->dict.n + 1 : p->table->rows;
    d.codes = calloc(places + 1, sizeof *d.codes);
    if (!d.codes)
        return no_memory(e);
    if (d.base) {
        c->table_column = (uint32_t)table_column;
        c->rows = d.base->codes;
        c->map = d.codes;
    } else {
        c->own_rows = d.codes;
    }
    enum err_code code = derive_all(&d, places, e);
    ranges_free(&d);
    return code;
}
