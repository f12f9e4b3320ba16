/* Pairs, gammas, match keys and weights against the real Splink 5 (golden files: bench/peers/make_golden.py; folder golden: bench/peers/golden.py). */
#include "fixture.h"

#include <math.h>

static const char *folder, *models;

struct golden {
    char l[32], r[32];
    double weight;
    int key, gammas[32];
    size_t n_gammas;
};

static int by_ids(const void *a, const void *b)
{
    const struct golden *x = a, *y = b;
    int c = strcmp(x->l, y->l);
    return c ? c : strcmp(x->r, y->r);
}

static struct golden *read_golden(const char *name, size_t *n)
{
    char path[512];
    struct csv_file *f;
    struct csv_record r;
    struct err e = {0};
    bool more;
    size_t cap = 0;
    struct golden *g = NULL;
    *n = 0;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(csv_open(path, ',', NULL, &f, &e), ERR_OK);
    while (csv_read(f, &r, &more, &e) == ERR_OK && more) {
        if (*n == cap) {
            cap = cap ? 2 * cap : 1024;
            g = realloc(g, cap * sizeof *g);
            assert_non_null(g);
        }
        struct golden *x = &g[(*n)++];
        int64_t v;
        *x = (struct golden){.n_gammas = r.n - 4};
        (void)snprintf(x->l, sizeof x->l, "%.*s", STR_ARG(r.fields[0]));
        (void)snprintf(x->r, sizeof x->r, "%.*s", STR_ARG(r.fields[1]));
        assert_true(str_to_double(r.fields[2], &x->weight));
        assert_true(str_to_int64(r.fields[3], &v));
        x->key = (int)v;
        for (size_t k = 0; k < x->n_gammas; k++) {
            assert_true(str_to_int64(r.fields[k + 4], &v));
            x->gammas[k] = (int)v;
        }
    }
    csv_close(f);
    qsort(g, *n, sizeof *g, by_ids);
    return g;
}

static void compare(const char *model_folder, const char *model, const char *data, const char *golden)
{
    char path[512];
    const char *paths[] = {path};
    struct link_model *m;
    struct link_table *t;
    struct err e = {0};
    size_t n;
    struct golden *g = read_golden(golden, &n);
    (void)snprintf(path, sizeof path, "%s/%s", model_folder, model);
    if (link_model_read(path, &m, &e) != ERR_OK)
        fail_msg("%s", e.message);
    (void)snprintf(path, sizeof path, "%s/%s", folder, data);
    assert_int_equal(link_table_read(paths, 1, &t, &e), ERR_OK);
    struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY, .allow_cross_join = true});
    assert_int_equal(x.n, n);
    size_t id = (size_t)link_table_column(t, link_model_unique_id(m));
    for (size_t i = 0; i < x.n; i++) {
        struct golden want = {0}, *found;
        (void)snprintf(want.l, sizeof want.l, "%.*s", STR_ARG(link_table_value(t, x.items[i].l, id)));
        (void)snprintf(want.r, sizeof want.r, "%.*s", STR_ARG(link_table_value(t, x.items[i].r, id)));
        found = bsearch(&want, g, n, sizeof *g, by_ids);
        assert_non_null(found);
        assert_int_equal(found->key, x.items[i].match_key);
        assert_true(fabs(found->weight - x.items[i].match_weight) <= 1e-9);
        for (size_t k = 0; k < found->n_gammas; k++)
            assert_int_equal(found->gammas[k], x.gammas[i][k]);
    }
    fixture_edges_free(&x);
    link_table_free(t);
    link_model_free(m);
    free(g);
}

static void splinks_demo_model(void **state)
{
    (void)state;
    compare(folder, "saved_model_from_demo.json", "fake_1000.csv", "golden_demo_fake_1000.csv");
}

static void forename_surname_and_levenshtein(void **state)
{
    (void)state;
    compare(models, "examples/fake_1000.json", "fake_1000.csv", "golden_example_fake_1000.csv");
}

static void damerau_and_frequencies_of_eight_columns(void **state)
{
    (void)state;
    compare(models, "examples/febrl.json", "febrl1.csv", "golden_febrl_febrl1.csv");
}

/* The model that the Ministry of Justice runs: lists, lambdas, list_reduce, structs, days, 1=1. */
static void hmpps_person_match(void **state)
{
    (void)state;
    compare(folder, "hmpps_person_match_model.json", "hmpps_synthetic.csv", "golden_hmpps.csv");
}

/* Models that golden.py had Splink 5 train: every comparison and level of its library, transforms, exploding rules, link types. */
static const char *const trained[] = {"templates", "places", "whole_names", "strings", "arrays", "amounts", "logic", "transforms", "frequencies", "exploding",
                                      "hand_written", "link_three", "link_and_dedupe", "link_two"};

static const char *data_of(const char *name) { return strcmp(name, "link_two") == 0 ? "golden/made_two.csv" : "golden/made.csv"; }

static void trained_in_splink_5(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trained / sizeof *trained; i++) {
        char model[64], pairs[64];
        (void)snprintf(model, sizeof model, "golden/%s.json", trained[i]);
        (void)snprintf(pairs, sizeof pairs, "golden/%s.csv", trained[i]);
        compare(folder, model, data_of(trained[i]), pairs);
    }
}

/* The same models with the text that Splink writes for Spark: where the two mean the same, and in these data they do, so do the results. */
static void the_same_in_sparks_dialect(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trained / sizeof *trained; i++) {
        char model[64], pairs[64];
        (void)snprintf(model, sizeof model, "golden/spark/%s.json", trained[i]);
        (void)snprintf(pairs, sizeof pairs, "golden/%s.csv", trained[i]);
        compare(folder, model, data_of(trained[i]), pairs);
    }
}

/* id, then its cluster at each of these weights (golden.py, THRESHOLDS). */
static void clusters_are_splinks(void **state)
{
    (void)state;
    static const double thresholds[] = {-2, 3, 9};
    static const char *const names[] = {"templates", "link_two", "link_and_dedupe"};
    for (size_t i = 0; i < 3; i++) {
        char path[512];
        const char *paths[] = {path};
        struct link_model *m;
        struct link_table *t;
        struct err e = {0};
        (void)snprintf(path, sizeof path, "%s/golden/%s.json", folder, names[i]);
        assert_int_equal(link_model_read(path, &m, &e), ERR_OK);
        (void)snprintf(path, sizeof path, "%s/%s", folder, data_of(names[i]));
        assert_int_equal(link_table_read(paths, 1, &t, &e), ERR_OK);
        struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
        size_t rows = link_table_rows(t), id = (size_t)link_table_column(t, STR("unique_id"));
        uint32_t *cluster = calloc(3 * rows, sizeof *cluster);
        assert_non_null(cluster);
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(link_cluster(t, x.items, x.n, &(struct link_cluster_options){.threshold_weight = thresholds[k], .model = m}, cluster + k * rows, &e), ERR_OK);
        struct csv_file *f;
        struct csv_record r;
        bool more;
        size_t seen = 0;
        (void)snprintf(path, sizeof path, "%s/golden/%s_clusters.csv", folder, names[i]);
        assert_int_equal(csv_open(path, ',', NULL, &f, &e), ERR_OK);
        for (; csv_read(f, &r, &more, &e) == ERR_OK && more; seen++) {
            ptrdiff_t row = link_table_find(t, id, r.fields[0]);
            assert_true(row >= 0);
            for (size_t k = 0; k < 3; k++)
                assert_true(str_eq(link_table_value(t, cluster[k * rows + (size_t)row], id), r.fields[k + 1]));
        }
        csv_close(f);
        assert_int_equal(seen, rows);
        free(cluster);
        fixture_edges_free(&x);
        link_table_free(t);
        link_model_free(m);
    }
}

int main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : "tests/data/linkage";
    models = argc > 2 ? argv[2] : "models";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splinks_demo_model),
        cmocka_unit_test(forename_surname_and_levenshtein),
        cmocka_unit_test(damerau_and_frequencies_of_eight_columns),
        cmocka_unit_test(hmpps_person_match),
        cmocka_unit_test(trained_in_splink_5),
        cmocka_unit_test(the_same_in_sparks_dialect),
        cmocka_unit_test(clusters_are_splinks),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
