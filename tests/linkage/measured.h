/* measured.h: what Splink 5 says of fake_1000.csv under its demo model (make_golden_measure.py), and the same file, model, truth and pairs here: for the tests of measuring. */
#ifndef HAVEN_TESTS_LINKAGE_MEASURED_H
#define HAVEN_TESTS_LINKAGE_MEASURED_H

#include "fixture.h"

#include <math.h>

static const char *data;

struct world {
    struct arena a;
    const struct json *golden;
    struct link_model *m;
    struct link_table *t;
    size_t id;
    uint32_t *truth;
    struct fixture_edges edges;
};

static inline int open_world(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct err e = {0};
    char path[3][512];
    static const char *const names[3] = {"golden_measure.json", "saved_model_from_demo.json", "fake_1000.csv"};
    for (int i = 0; i < 3; i++)
        (void)snprintf(path[i], sizeof path[i], "%s/%s", data, names[i]);
    assert_non_null(w);
    arena_init(&w->a, (size_t)1 << 27);
    assert_int_equal(json_parse_file(&w->a, path[0], NULL, &w->golden, &e), ERR_OK);
    assert_int_equal(link_model_read(path[1], &w->m, &e), ERR_OK);
    assert_int_equal(link_table_read(&(const char *const){path[2]}, 1, &w->t, &e), ERR_OK);
    w->id = (size_t)link_table_column(w->t, STR("unique_id"));
    size_t n = link_table_rows(w->t), column = (size_t)link_table_column(w->t, STR("cluster"));
    w->truth = calloc(n, sizeof *w->truth);
    for (size_t row = 0; row < n; row++)
        w->truth[row] = link_table_code(w->t, row, column);
    w->edges = fixture_predict(w->m, w->t, (struct link_options){.threshold_weight = -INFINITY});
    *state = w;
    return 0;
}

static inline int close_world(void **state)
{
    struct world *w = *state;
    fixture_edges_free(&w->edges);
    link_table_free(w->t);
    link_model_free(w->m);
    free(w->truth);
    arena_release(&w->a);
    free(w);
    return 0;
}

static const struct json *cell(const struct json *row, size_t i)
{
    const struct json *v = row->child;
    while (i--)
        v = v->next;
    return v;
}

static inline struct str text_at(const struct json *row, size_t i) { return cell(row, i)->text; }

/* NULL is NaN, true is 1. */
static inline double number_at(const struct json *row, size_t i)
{
    const struct json *v = cell(row, i);
    return json_is(v, JSON_NULL) ? NAN : json_is(v, JSON_BOOL) ? v->boolean : v->number;
}

static inline struct str id_of(const struct world *w, uint32_t row) { return link_table_value(w->t, row, w->id); }

static inline uint32_t row_of(const struct world *w, struct str id)
{
    ptrdiff_t row = link_table_find(w->t, w->id, id);
    assert_true(row >= 0);
    return (uint32_t)row;
}

#endif
