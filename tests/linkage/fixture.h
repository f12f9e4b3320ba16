/* fixture.h: tables and models made in tests. */
#ifndef HAVEN_TESTS_LINKAGE_FIXTURE_H
#define HAVEN_TESTS_LINKAGE_FIXTURE_H

#include "linkage/linkage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* "a,b,c" columns; rows of the same form; an empty field is NULL. */
static inline struct link_table *fixture_table(const char *columns, const char *const *rows, size_t n)
{
    struct str names[32], values[32], rest = str_of(columns), part;
    size_t k = 0;
    struct link_table *t;
    struct err e = {0};
    while (str_split(&rest, ',', &part))
        names[k++] = part;
    assert_int_equal(link_table_new(names, k, (size_t)1 << 28, &t, &e), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        rest = str_of(rows[i]);
        for (size_t c = 0; c < k; c++) {
            ptrdiff_t at = str_find_char(rest, ',');
            values[c] = at < 0 ? rest : str_slice(rest, 0, (size_t)at);
            rest = at < 0 ? STR_NONE : str_slice(rest, (size_t)at + 1, rest.n);
        }
        assert_int_equal(link_table_add(t, values, &e), ERR_OK);
    }
    return t;
}

static inline struct link_model *fixture_model(const char *json)
{
    struct link_model *m = NULL;
    struct err e = {0};
    if (link_model_parse(str_of(json), NULL, &m, &e) != ERR_OK)
        print_message("# %s\n", e.message);
    assert_non_null(m);
    return m;
}

/* Training must refuse that, in these words. */
static inline void fixture_training_refused(const char *model, const char *columns, const char *const *rows, size_t n, struct link_train_options o, const char *message)
{
    struct link_model *m = fixture_model(model);
    struct link_table *t = fixture_table(columns, rows, n);
    _cleanup_buf_ struct buf json, warnings;
    struct err e = {0};
    buf_init(&json, LIMIT_JSON_BYTES);
    buf_init(&warnings, LIMIT_JSON_BYTES);
    assert_int_not_equal(link_train(m, t, &o, &json, &warnings, &e), ERR_OK);
    assert_string_equal(e.message, message);
    link_model_free(m);
    link_table_free(t);
}

struct fixture_edges {
    struct link_edge *items;
    int8_t (*gammas)[32];
    size_t n, cap, n_comparisons;
};

static inline enum err_code fixture_keep(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct fixture_edges *x = ctx;
    (void)e;
    if (x->n == x->cap) {
        x->cap = x->cap ? 2 * x->cap : 64;
        x->items = realloc(x->items, x->cap * sizeof *x->items);
        x->gammas = realloc(x->gammas, x->cap * sizeof *x->gammas);
        assert_true(x->items && x->gammas);
    }
    memset(x->gammas[x->n], 0, sizeof *x->gammas);
    memcpy(x->gammas[x->n], gammas, x->n_comparisons);
    x->items[x->n++] = *edge;
    return ERR_OK;
}

static inline struct fixture_edges fixture_predict(const struct link_model *m, const struct link_table *t, struct link_options o)
{
    struct fixture_edges x = {.n_comparisons = link_model_n_comparisons(m)};
    struct err e = {0};
    enum err_code code = link_predict(m, t, &o, fixture_keep, &x, NULL, &e);
    if (code != ERR_OK)
        print_message("# %s\n", e.message);
    assert_int_equal(code, ERR_OK);
    return x;
}

static inline void fixture_edges_free(struct fixture_edges *x)
{
    free(x->items);
    free(x->gammas);
}

#endif
