/* plan_columns.c: columns worked out from one record: found again by their canonical text (and evaluated by plan_derive.c), and what tests ask of them. */
#include "linkage/plan.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NO_MEMORY, "no memory to make the model ready for the table");
}

struct value plan_value(const struct plan_column *c, uint32_t code)
{
    if (code == 0)
        return value_null;
    return c->values ? c->values[code] : (struct value){.type = VALUE_TEXT, .text = dictionary_value(c->dict, code)};
}

struct str plan_text(const struct plan_column *c, uint32_t code)
{
    assert(code > 0 && c->is_text);
    return c->values ? c->values[code].text : dictionary_value(c->dict, code);
}

/* ---- canonical text: the tree without its side ---- */

static void write_key(const struct expr *x, struct buf *b)
{
    struct err ignored;
    (void)buf_fmt(b, "(%d", (int)x->op);
    switch (x->op) {
    case EXPR_LITERAL: (void)value_key(x->literal, b, &ignored); break;
    case EXPR_COLUMN:
    case EXPR_PARAM: (void)buf_fmt(b, "#%u", x->column); break;
    case EXPR_CALL: (void)buf_fmt(b, "f%d%d", (int)x->fn, x->empty_alike); break;
    case EXPR_CAST: (void)buf_fmt(b, "t%d%d", (int)x->type, x->try_cast); break;
    case EXPR_INDEX: (void)buf_fmt(b, "i%u", x->index_base); break;
    case EXPR_FIELD: (void)buf_fmt(b, ".%.*s", STR_ARG(x->name)); break;
    default: break;
    }
    for (size_t i = 0; i < x->n; i++)
        write_key(x->child[i], b);
    (void)buf_char(b, ')');
}

static enum err_code column_add(struct plan *p, struct str key, uint32_t *ret, struct err *e)
{
    if (p->n_columns == p->columns_cap) {
        size_t cap = p->columns_cap ? p->columns_cap * 2 : 32;
        struct plan_column *more = realloc(p->columns, cap * sizeof *more);
        if (!more)
            return no_memory(e);
        p->columns = more;
        p->columns_cap = cap;
    }
    struct plan_column *c = &p->columns[p->n_columns];
    *c = (struct plan_column){.key = str_dup(&p->a, key)};
    if (!c->key.p)
        return no_memory(e);
    *ret = (uint32_t)p->n_columns++;
    return ERR_OK;
}

/* Which of the model's names a tree reads: one (its number), none, or several. */
enum { READS_NONE = -1, READS_SEVERAL = -2 };
static void collect_names(const struct expr *x, ptrdiff_t *name)
{
    if (x->op == EXPR_COLUMN)
        *name = *name == READS_NONE || *name == (ptrdiff_t)x->column ? (ptrdiff_t)x->column : READS_SEVERAL;
    for (size_t i = 0; i < x->n; i++)
        collect_names(x->child[i], name);
}

enum err_code plan_column_plain(struct plan *p, uint32_t name, uint32_t *ret, struct err *e)
{
    char key[32];
    struct str k = {key, (size_t)snprintf(key, sizeof key, "=%u", name)};
    for (uint32_t i = 0; i < p->n_columns; i++)
        if (str_eq(p->columns[i].key, k)) {
            *ret = i;
            return ERR_OK;
        }
    ERR_TRY(column_add(p, k, ret, e));
    struct plan_column *c = &p->columns[*ret];
    const struct table_column *t = &p->table->columns[p->bound[name]];
    c->table_column = (uint32_t)p->bound[name];
    c->rows = t->codes;
    c->dict = &t->dict;
    c->n = t->dict.n;
    c->is_text = true;
    return ERR_OK;
}

enum err_code plan_column_of(struct plan *p, const struct expr *x, uint32_t *ret, struct err *e)
{
    ptrdiff_t name = READS_NONE;
    if (x->op == EXPR_COLUMN)
        return plan_column_plain(p, x->column, ret, e);
    _cleanup_buf_ struct buf key;
    buf_init(&key, LIMIT_FIELD_BYTES * 8);
    write_key(x, &key);
    ERR_TRY(buf_check(&key, "a condition", e));
    for (uint32_t i = 0; i < p->n_columns; i++)
        if (str_eq(p->columns[i].key, buf_as_str(&key))) {
            *ret = i;
            return ERR_OK;
        }
    collect_names(x, &name);
    assert(name != READS_NONE);
    ERR_TRY(column_add(p, buf_as_str(&key), ret, e));
    p->columns[*ret].expr = x;
    return plan_derive(p, &p->columns[*ret], name == READS_SEVERAL ? -1 : p->bound[name], e);
}

/* ---- what tests ask of columns ---- */

enum err_code plan_translate(struct plan *p, uint32_t to, uint32_t from, const uint32_t **ret, struct err *e)
{
    const struct plan_column *a = &p->columns[to], *b = &p->columns[from];
    struct dictionary own = {0};
    size_t bytes = 0;
    uint32_t *map = ARENA_NEW(&p->a, uint32_t, (size_t)b->n + 1), code;
    struct buf key;
    enum err_code result = map ? ERR_OK : no_memory(e);
    buf_init(&key, LIMIT_FIELD_BYTES * 8);
    for (uint32_t i = 1; result == ERR_OK && i <= a->n; i++) { /* a's codes are in order, so equal to those of `own` */
        buf_clear(&key);
        result = value_key(plan_value(a, i), &key, e);
        if (result == ERR_OK)
            result = dictionary_add(&own, buf_as_str(&key), &bytes, p->table->limit, &code, e);
    }
    for (uint32_t i = 1; result == ERR_OK && i <= b->n; i++) {
        buf_clear(&key);
        result = value_key(plan_value(b, i), &key, e);
        if (result == ERR_OK) {
            code = dictionary_find(&own, buf_as_str(&key));
            map[i] = code ? code : UINT32_MAX; /* a value, but none of a's */
        }
    }
    dictionary_free(&own);
    buf_release(&key);
    *ret = map;
    return result;
}

/* ---- lists ---- */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static bool all_texts(const struct plan_column *c, size_t *ret_n)
{
    *ret_n = 0;
    for (uint32_t k = 1; k <= c->n; k++) {
        struct value v = plan_value(c, k);
        for (size_t i = 0; v.type == VALUE_LIST && i < v.list->n; i++)
            if (v.list->items[i].type != VALUE_TEXT && v.list->items[i].type != VALUE_NULL)
                return false;
        if (v.type != VALUE_LIST)
            return false;
        *ret_n += v.list->n;
    }
    return true;
}

/* Distinct items of one list, as rising numbers behind `at`; NULL items are passed over. */
static enum err_code number_items(struct plan *p, const struct value_list *list, uint32_t *items, size_t *ret_n, struct err *e)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].type == VALUE_TEXT)
            ERR_TRY(dictionary_add(&p->list_items, list->items[i].text, &p->list_bytes, p->table->limit, &items[n++], e));
    qsort(items, n, sizeof *items, by_number);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || items[i] != items[kept - 1])
            items[kept++] = items[i];
    *ret_n = kept;
    return ERR_OK;
}

enum err_code plan_column_items(struct plan *p, uint32_t column, bool *ret, struct err *e)
{
    struct plan_column *c = &p->columns[column];
    size_t n, at = 0;
    *ret = c->item_start != NULL;
    if (*ret || !all_texts(c, &n))
        return ERR_OK;
    c->item_start = calloc((size_t)c->n + 2, sizeof *c->item_start);
    c->items = calloc(n + 1, sizeof *c->items);
    c->item_bits = calloc((size_t)c->n + 1, sizeof *c->item_bits);
    if (!c->item_start || !c->items || !c->item_bits)
        return no_memory(e);
    for (uint32_t k = 1; k <= c->n; k++) {
        size_t some;
        c->item_start[k] = (uint32_t)at;
        ERR_TRY(number_items(p, plan_value(c, k).list, c->items + at, &some, e));
        for (size_t i = at; i < at + some; i++)
            c->item_bits[k] |= UINT64_C(1) << (c->items[i] * UINT64_C(0x9E3779B97F4A7C15) >> 58);
        at += some;
    }
    c->item_start[c->n + 1] = (uint32_t)at;
    *ret = true;
    return ERR_OK;
}

enum err_code plan_finish_columns(struct plan *p, struct err *e)
{
    for (size_t i = 0; i < p->n_columns; i++) {
        struct plan_column *c = &p->columns[i];
        if (c->needs_sign && !c->signs) {
            c->signs = calloc((size_t)c->n + 1, sizeof *c->signs);
            if (!c->signs)
                return no_memory(e);
            for (uint32_t k = 1; k <= c->n; k++)
                c->signs[k] = strings_sign(plan_text(c, k));
        }
        if (c->needs_number && !c->numbers) {
            c->numbers = calloc((size_t)c->n + 1, sizeof *c->numbers);
            if (!c->numbers)
                return no_memory(e);
            c->numbers[0] = NAN;
            for (uint32_t k = 1; k <= c->n; k++)
                ERR_TRY(value_to_number(plan_value(c, k), &c->numbers[k], e));
        }
    }
    return ERR_OK;
}

/* ---- frequencies ---- */

static enum err_code frequency_from_model(const struct model_frequencies *f, struct plan_column *c)
{
    for (uint32_t k = 1; k <= c->n; k++) {
        uint32_t code = dictionary_find(&f->values, plan_text(c, k));
        double v = code ? f->frequency[code] : f->otherwise;
        c->log2_frequency[k] = v > 0 ? log2(v) : NAN;
    }
    return ERR_OK;
}

static enum err_code frequency_from_table(const struct table_column *t, size_t rows, struct plan_column *c, struct err *e)
{
    uint32_t *count = calloc((size_t)t->dict.n + 1, sizeof *count);
    if (!count)
        return no_memory(e);
    for (size_t r = 0; r < rows; r++)
        count[t->codes[r]]++;
    double all = (double)(rows - count[0]);
    for (uint32_t k = 1; k <= c->n; k++) {
        uint32_t code = c->dict == &t->dict ? k : dictionary_find(&t->dict, plan_text(c, k));
        c->log2_frequency[k] = code ? log2((double)count[code] / all) : NAN;
    }
    free(count);
    return ERR_OK;
}

enum err_code plan_frequency(struct plan *p, uint32_t name, const struct link_table *counted, ptrdiff_t *ret, struct err *e)
{
    uint32_t index;
    ERR_TRY(plan_column_plain(p, name, &index, e));
    *ret = index;
    struct plan_column *c = &p->columns[index];
    if (c->log2_frequency)
        return ERR_OK;
    c->log2_frequency = calloc((size_t)c->n + 1, sizeof *c->log2_frequency);
    if (!c->log2_frequency)
        return no_memory(e);
    c->log2_frequency[0] = NAN;
    for (size_t i = 0; i < p->model->n_frequencies; i++)
        if (p->model->frequencies[i].column == name)
            return frequency_from_model(&p->model->frequencies[i], c);
    ptrdiff_t column = link_table_column(counted, p->table->columns[p->bound[name]].name);
    assert(column >= 0);
    return frequency_from_table(&counted->columns[column], counted->rows, c, e);
}
