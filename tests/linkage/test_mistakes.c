/* Labels from a file, wrong pairs, largest blocks, clusters at several thresholds: against Splink 5 (make_golden_measure.py) where it has them, against a count by hand where not. */
#include "measured.h"

static bool has_mistake(const struct world *w, const struct link_mistakes *x, struct str l, struct str r, bool false_positive)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->items[i].false_positive == false_positive && str_eq(id_of(w, x->items[i].l), l) && str_eq(id_of(w, x->items[i].r), r))
            return true;
    return false;
}

/* The same pairs as Splink's, worst first. */
static void same_mistakes(const struct world *w, const struct link_mistakes *x, const struct json *want)
{
    assert_int_equal(x->n, want->n);
    JSON_EACH (row, want)
        assert_true(has_mistake(w, x, text_at(row, 0), text_at(row, 1), str_eq(text_at(row, 2), STR("FP"))));
    for (size_t i = 1; i < x->n; i++) {
        const struct link_mistake *a = &x->items[i - 1], *b = &x->items[i];
        assert_true(a->false_positive >= b->false_positive);
        if (a->false_positive == b->false_positive)
            assert_true(a->false_positive ? a->match_weight >= b->match_weight : a->match_weight <= b->match_weight);
    }
}

static void mistakes_of_a_label_column(void **state)
{
    struct world *w = *state;
    struct link_mistakes x, y;
    struct err e;
    assert_int_equal(link_mistakes_of_labels(w->m, w->t, w->truth, &(struct link_options){.threshold_weight = 0}, &x, &e), ERR_OK);
    same_mistakes(w, &x, json_get(w->golden, "errors_column"));
    assert_int_equal(link_mistakes_of_labels(w->m, w->t, w->truth, &(struct link_options){.threshold_weight = 0, .threads = 3}, &y, &e), ERR_OK);
    assert_int_equal(x.n, y.n);
    assert_int_equal(x.false_positives, y.false_positives);
    for (size_t i = 0; i < x.n; i++)
        assert_true(x.items[i].l == y.items[i].l && x.items[i].r == y.items[i].r && x.items[i].match_weight == y.items[i].match_weight);
    link_mistakes_free(&x);
    link_mistakes_free(&y);
}

static void mistakes_of_labelled_pairs(void **state)
{
    struct world *w = *state;
    struct link_labels labels;
    struct link_mistakes x;
    struct err e;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/fake_1000_pairs.csv", data);
    assert_int_equal(link_labels_read(path, w->m, w->t, &labels, &e), ERR_OK);
    assert_int_equal(link_mistakes_of_scores(w->m, w->t, &labels, 0.5, 0, &x, &e), ERR_OK);
    same_mistakes(w, &x, json_get(w->golden, "errors_table"));
    link_mistakes_free(&x);
    link_labels_free(&labels);
}

/* ---- what a file of labels may not be ---- */

static enum err_code read_text(const struct link_model *m, const struct link_table *t, const char *content, struct link_labels *ret, struct err *e)
{
    char path[] = "/tmp/haven-labels-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    assert_non_null(f);
    assert_true(fputs(content, f) >= 0);
    assert_int_equal(fclose(f), 0);
    enum err_code code = link_labels_read(path, m, t, ret, e);
    assert_int_equal(remove(path), 0);
    return code;
}

static void labels_that_are_wrong(void **state)
{
    static const struct {
        const char *text;
        enum err_code code;
        const char *says;
    } cases[] = {
        {"a,b\n1,2\n", ERR_FORMAT, "has no column unique_id_l: labels need unique_id_l, unique_id_r and clerical_match_score"},
        {"unique_id_l,unique_id_r\n1,2\n", ERR_FORMAT, "has no column clerical_match_score"},
        {"unique_id_l,unique_id_r,clerical_match_score\n1,2,1\n1,nobody,1\n", ERR_NOT_FOUND, ":3: no record of the data has this unique_id_r"},
        {"unique_id_l,unique_id_r,clerical_match_score\n,2,1\n", ERR_NOT_FOUND, ":2: no record of the data has this unique_id_l"},
        {"unique_id_l,unique_id_r,clerical_match_score\n1,1,1\n", ERR_FORMAT, ":2: a record is paired with itself"},
        {"unique_id_l,unique_id_r,clerical_match_score\n1,2,yes\n", ERR_FORMAT, ":2: clerical_match_score is not a number from 0 (two persons) to 1 (one person)"},
        {"unique_id_l,unique_id_r,clerical_match_score\n1,2,1.5\n", ERR_FORMAT, ":2: clerical_match_score is not a number"},
        {"unique_id_l,unique_id_r,clerical_match_score\n1,2\n", ERR_FORMAT, ":2: clerical_match_score is not a number"},
        {"unique_id_l,unique_id_r,clerical_match_score\n\"1,2,1\n", ERR_FORMAT, ":2: "},
    };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct link_labels labels;
        struct err e = {0};
        assert_int_equal(read_text(w->m, w->t, cases[i].text, &labels, &e), cases[i].code);
        if (!strstr(e.message, cases[i].says))
            fail_msg("case %zu says: %s", i, e.message);
        assert_null(strstr(e.message, "nobody"));
    }
}

#define MODEL(type) "{\"link_type\": \"" type "\", \"blocking_rules_to_generate_predictions\": [\"l.v = r.v or l.w = r.v\"], \"probability_two_random_records_match\": 0.5, \"comparisons\": [" \
                    "{\"output_column_name\": \"v\", \"comparison_levels\": [{\"sql_condition\": \"v_l = v_r\", \"m_probability\": 0.9, \"u_probability\": 0.1}," \
                    "{\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.9}]}]}"

static void ids_that_datasets_share(void **state)
{
    static const char *const rows[] = {"a,1,x,p", "a,2,y,p", "b,1,x,q", "b,3,x,y"};
    struct link_table *t = fixture_table("source_dataset,unique_id,v,w", rows, 4);
    struct link_model *m = fixture_model(MODEL("link_only"));
    struct link_labels labels;
    struct link_mistakes x;
    struct err e = {0};
    (void)state;
    assert_int_equal(read_text(m, t, "unique_id_l,unique_id_r,clerical_match_score\n1,3,1\n", &labels, &e), ERR_FORMAT);
    assert_non_null(strstr(e.message, ":2: records of several datasets have this unique_id_l: add columns source_dataset_l and source_dataset_r"));
    assert_int_equal(read_text(m, t, "unique_id_r,source_dataset_r,source_dataset_l,clerical_match_score,unique_id_l\n1,b,a,0,1\n3,b,a,0.5,2\n", &labels, &e), ERR_OK);
    assert_int_equal(labels.n, 2);
    assert_int_equal(labels.pairs[0].l, 0);
    assert_int_equal(labels.pairs[0].r, 2);
    assert_int_equal(labels.pairs[1].r, 3);
    assert_int_equal(link_mistakes_of_scores(m, t, &labels, 0.5, 1, &x, &e), ERR_OK);
    assert_int_equal(x.n, 2); /* the first is taken and no match; the second is a match and not taken */
    assert_true(x.items[0].false_positive && !x.items[1].false_positive);
    link_mistakes_free(&x);
    link_labels_free(&labels);
    link_model_free(m);
    link_table_free(t);
}

/* A true pair within one dataset is not looked for by link_only; one that no rule brings is a mistake without a match key. */
static void missed_pairs(void **state)
{
    static const char *const rows[] = {"a,1,x,p", "a,2,x,p", "b,3,z,q", "b,4,x,y"};
    static const uint32_t truth[] = {1, 1, 1, 9};
    struct link_table *t = fixture_table("source_dataset,unique_id,v,w", rows, 4);
    struct link_model *m = fixture_model(MODEL("link_only"));
    struct link_mistakes x;
    struct err e = {0};
    (void)state;
    assert_int_equal(link_mistakes_of_labels(m, t, truth, &(struct link_options){.threshold_weight = 0}, &x, &e), ERR_OK);
    assert_int_equal(x.n, 4);
    assert_int_equal(x.false_positives, 2); /* 1-4 and 2-4 */
    for (size_t i = 2; i < 4; i++) {
        assert_int_equal(x.items[i].match_key, -1);
        assert_int_equal(x.items[i].r, 2);
        assert_true(fabs(x.items[i].match_weight - log2(0.1 / 0.9)) < 1e-12);
    }
    link_mistakes_free(&x);
    link_model_free(m);
    link_table_free(t);
}

/* ---- largest blocks ---- */

static void all_blocks_are_splinks(void **state)
{
    struct world *w = *state;
    for (size_t rule = 0; rule < 3; rule++) {
        char name[16];
        struct link_block *v;
        struct err e;
        size_t n, i = 0;
        (void)snprintf(name, sizeof name, "blocks_%zu", rule);
        assert_int_equal(link_largest_blocks(w->m, w->t, rule, 1000, &w->a, &v, &n, &e), ERR_OK);
        const struct json *want = json_get(w->golden, name);
        assert_int_equal(n, want->n);
        JSON_EACH (row, want) { /* in order of size; within one size by key, one key here */
            struct str key = v[i].n_keys == 1 ? v[i].keys[0] : str_fmt(&w->a, "%.*s and %.*s", STR_ARG(v[i].keys[0]), STR_ARG(v[i].keys[1]));
            if (rule > 0)
                assert_true(str_eq(key, text_at(row, 0)));
            assert_int_equal(v[i].count_l, (uint64_t)number_at(row, 1));
            assert_int_equal(v[i].count_r, (uint64_t)number_at(row, 2));
            assert_int_equal(v[i].block_count, (uint64_t)number_at(row, 3));
            assert_int_equal(v[i].comparisons, v[i].count_l * (v[i].count_l - 1) / 2);
            i++;
        }
        struct link_block *few;
        assert_int_equal(link_largest_blocks(w->m, w->t, rule, 7, &w->a, &few, &n, &e), ERR_OK);
        assert_int_equal(n, 7);
        for (i = 0; i < n; i++)
            assert_true(few[i].block_count == v[i].block_count && str_eq(few[i].keys[0], v[i].keys[0]));
    }
}

/* Parts of an OR apart; sides that differ: only pairs that predict would make. */
static void blocks_of_a_rule_of_two_parts(void **state)
{
    static const char *const rows[] = {"1,x,x", "2,x,", "3,y,x", "4,x,y"};
    struct world *w = *state;
    struct link_table *t = fixture_table("unique_id,v,w", rows, 4);
    struct link_model *m = fixture_model(MODEL("dedupe_only"));
    struct link_block *v;
    struct err e = {0};
    size_t n;
    assert_int_equal(link_largest_blocks(m, t, 0, 10, &w->a, &v, &n, &e), ERR_OK);
    assert_int_equal(n, 2);
    assert_true(v[0].part == 0 && v[0].block_count == 9 && v[0].comparisons == 3);
    /* w = x: records 1, 3; v = x: records 1, 2, 4; with the lesser id first: 1-2, 1-4, 3-4 */
    assert_true(v[1].part == 1 && v[1].count_l == 2 && v[1].count_r == 3 && v[1].comparisons == 3 && str_eq(v[1].keys[0], STR("x")));
    assert_int_equal(link_largest_blocks(m, t, 1, 10, &w->a, &v, &n, &e), ERR_USAGE);
    assert_string_equal(e.message, "the model has no blocking rule 1: it has 1, numbered from 0");
    assert_int_equal(link_largest_blocks(m, t, 0, 0, &w->a, &v, &n, &e), ERR_USAGE);
    link_model_free(m);
    link_table_free(t);
}

/* ---- several thresholds ---- */

static void clusters_at_each_threshold(void **state)
{
    static const double weights[] = {-6, 0, 6, 12};
    struct world *w = *state;
    struct fixture_edges edges = fixture_predict(w->m, w->t, (struct link_options){.threshold_weight = -6});
    size_t rows = link_table_rows(w->t), skipped;
    uint32_t *cluster = calloc(4 * rows, sizeof *cluster), *alone = calloc(rows, sizeof *alone);
    struct err e;
    for (int method = LINK_CLUSTER_COMPONENTS; method <= LINK_CLUSTER_ORDERED; method++) {
        struct link_cluster_options o = {.method = (enum link_cluster_method)method, .model = w->m};
        assert_int_equal(link_cluster_each(w->t, edges.items, edges.n, &o, weights, 4, cluster, &skipped, &e), ERR_OK);
        for (size_t k = 0; k < 4; k++) {
            o.threshold_weight = weights[k];
            assert_int_equal(link_cluster(w->t, edges.items, edges.n, &o, alone, &e), ERR_OK);
            assert_memory_equal(alone, cluster + k * rows, rows * sizeof *alone); /* this model has no vetoes */
        }
    }
    for (size_t k = 0; k < 4; k++) {
        char name[32];
        (void)snprintf(name, sizeof name, "clusters_at_%g", weights[k]);
        JSON_EACH (row, json_get(w->golden, name)) {
            size_t at = (size_t)link_table_find(w->t, w->id, text_at(row, 0));
            assert_true(str_eq(id_of(w, cluster[k * rows + at]), text_at(row, 1)));
        }
    }
    free(cluster);
    free(alone);
    fixture_edges_free(&edges);
}

int main(int argc, char **argv)
{
    data = argc > 1 ? argv[1] : "tests/data/linkage";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_of_a_label_column),
        cmocka_unit_test(mistakes_of_labelled_pairs),
        cmocka_unit_test(labels_that_are_wrong),
        cmocka_unit_test(ids_that_datasets_share),
        cmocka_unit_test(missed_pairs),
        cmocka_unit_test(all_blocks_are_splinks),
        cmocka_unit_test(blocks_of_a_rule_of_two_parts),
        cmocka_unit_test(clusters_at_each_threshold),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("mistakes", tests, open_world, close_world);
}
