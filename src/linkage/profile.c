/* profile.c: how full a column is and how its values are spread, from its codes: one pass over the rows, one sort of the distinct values. */
#include "linkage/table.h"

#include <stdlib.h>

struct counted {
    const struct dictionary *values;
    uint32_t *codes; /* of values that some row has, by falling count, ties by value */
    uint64_t *count; /* by code */
    size_t n;
};

static int by_count(const void *a, const void *b, void *of)
{
    const struct counted *c = of;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (c->count[x] != c->count[y])
        return c->count[x] > c->count[y] ? -1 : 1;
    return str_cmp(dictionary_value(c->values, x), dictionary_value(c->values, y));
}

static int by_dataset(const void *a, const void *b)
{
    return str_cmp(((const struct link_completeness *)a)->dataset, ((const struct link_completeness *)b)->dataset);
}

static enum err_code count_datasets(const struct link_table *t, size_t column, ptrdiff_t source, struct arena *a, struct link_column_profile *ret)
{
    const struct table_column *s = source >= 0 ? &t->columns[source] : NULL;
    size_t n = s ? s->dict.n : 0;
    struct link_completeness *v = ARENA_NEW(a, struct link_completeness, n + 1); /* [0]: rows of no dataset, or the only one */
    if (!v)
        return ERR_NO_MEMORY;
    for (size_t i = 1; i <= n; i++)
        v[i].dataset = dictionary_value(&s->dict, (uint32_t)i);
    for (size_t row = 0; row < t->rows; row++) {
        struct link_completeness *d = &v[s ? s->codes[row] : 0];
        d->rows++;
        d->missing += t->columns[column].codes[row] == 0;
    }
    bool first = s && v[0].rows == 0; /* nobody lacks a dataset */
    ret->datasets = v + first;
    ret->n_datasets = n + 1 - first;
    qsort(ret->datasets, ret->n_datasets, sizeof *ret->datasets, by_dataset);
    return ERR_OK;
}

static enum err_code some_values(const struct counted *c, bool least, size_t n_values, struct arena *a, struct link_value_count **ret, size_t *ret_n)
{
    size_t n = c->n < n_values ? c->n : n_values;
    struct link_value_count *v = ARENA_NEW(a, struct link_value_count, n);
    if (!v)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        uint32_t code = c->codes[least ? c->n - 1 - i : i];
        v[i] = (struct link_value_count){dictionary_value(c->values, code), c->count[code]};
    }
    *ret = v;
    *ret_n = n;
    return ERR_OK;
}

/* A point for each different count, after Splink's profile_columns; 1 first. */
static enum err_code curve(const struct counted *c, struct arena *a, struct link_column_profile *ret)
{
    uint64_t filled = ret->rows - ret->missing, sum = 0;
    size_t points = 0;
    for (size_t i = 0; i < c->n; i++)
        points += i == 0 || c->count[c->codes[i]] != c->count[c->codes[i - 1]];
    ret->curve = ARENA_NEW(a, struct link_value_share, points + 1);
    if (!ret->curve)
        return ERR_NO_MEMORY;
    if (c->n)
        ret->curve[ret->n_curve++] = (struct link_value_share){1, 1, c->count[c->codes[0]]};
    for (size_t i = 0; i < c->n; i++) {
        uint64_t n = c->count[c->codes[i]];
        sum += n;
        if (i + 1 == c->n || c->count[c->codes[i + 1]] != n)
            ret->curve[ret->n_curve++] = (struct link_value_share){1 - (double)sum / (double)filled, 1 - (double)sum / (double)ret->rows, n};
    }
    return ERR_OK;
}

static enum err_code fill(const struct link_table *t, size_t column, ptrdiff_t source, size_t n_values, struct counted *c, struct arena *a, struct link_column_profile *ret)
{
    for (size_t row = 0; row < t->rows; row++)
        c->count[t->columns[column].codes[row]]++;
    ret->missing = c->count[0];
    for (uint32_t code = 1; code <= c->values->n; code++)
        if (c->count[code])
            c->codes[c->n++] = code;
    ret->distinct = c->n;
    qsort_r(c->codes, c->n, sizeof *c->codes, by_count, c);
    if (count_datasets(t, column, source, a, ret) != ERR_OK || some_values(c, false, n_values, a, &ret->most, &ret->n_most) != ERR_OK ||
        some_values(c, true, n_values, a, &ret->least, &ret->n_least) != ERR_OK || curve(c, a, ret) != ERR_OK)
        return ERR_NO_MEMORY;
    return ERR_OK;
}

enum err_code link_profile(const struct link_table *t, size_t column, ptrdiff_t source, size_t n_values, struct arena *a, struct link_column_profile *ret, struct err *e)
{
    if (column >= t->n_columns || (source >= 0 && (size_t)source >= t->n_columns))
        return err_set(e, ERR_USAGE, "a profile of a column that is not in the table");
    struct counted c = {.values = &t->columns[column].dict};
    *ret = (struct link_column_profile){.column = t->columns[column].name, .rows = t->rows};
    c.codes = malloc((c.values->n + 1) * sizeof *c.codes);
    c.count = calloc(c.values->n + 1, sizeof *c.count);
    enum err_code code = c.codes && c.count ? fill(t, column, source, n_values, &c, a, ret) : ERR_NO_MEMORY;
    free(c.codes);
    free(c.count);
    return code == ERR_OK ? ERR_OK : err_set(e, code, "no memory to profile column %.*s", STR_ARG(ret->column));
}
