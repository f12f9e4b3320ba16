/* u over all pairs (train_exact.c) against a count of all pairs one by one, for the three link types, with conditions that tell left from right; the part from random pairs within its error; and threads. */
#include "fixture.h"

#include <math.h>

#define ROWS 2000u
#define LEVELS 8u
#define COMPARISONS 5u

/* name: several texts; both: several columns, across; order: left is not right; alike: Jaro, which is not quite symmetric; code: many values */
#define COMPARISON(name, levels) "{\"output_column_name\": \"" name "\", \"comparison_levels\": [" levels ", {\"sql_condition\": \"ELSE\"}]}"
#define LEVEL(condition) "{\"sql_condition\": \"" condition "\"}"
#define NULLS(condition) "{\"sql_condition\": \"" condition "\", \"is_null_level\": true}, "
#define SETTINGS(type)                                                                                                                                                  \
    "{\"link_type\": \"" type "\", \"blocking_rules_to_generate_predictions\": [\"l.all_of = r.all_of\"], \"comparisons\": ["                                            \
    COMPARISON("name", NULLS("a_l is null or a_r is null") LEVEL("a_l = a_r") ", " LEVEL("levenshtein(a_l, a_r) <= 2")) ", "                                             \
    COMPARISON("both", LEVEL("a_l = a_r and b_l = b_r") ", " LEVEL("a_l = b_r and b_l = a_r") ", " LEVEL("b_l = b_r")) ", "                                              \
    COMPARISON("order", LEVEL("a_l < b_r") ", " LEVEL("substr(a_l, 1, 1) = substr(b_r, 2, 1)")) ", "                                                                     \
    COMPARISON("alike", LEVEL("jaro_similarity(b_l, b_r) >= 0.8") ", " LEVEL("jaro_similarity(b_l, b_r) >= 0.6") ", " LEVEL("jaro_similarity(b_l, b_r) >= 0.5")) ", "      \
    COMPARISON("code", LEVEL("c_l = c_r") ", " LEVEL("levenshtein(c_l, c_r) <= 1") ", " LEVEL("levenshtein(c_l, c_r) <= 2")) "]}"

static const char *const types[] = {SETTINGS("dedupe_only"), SETTINGS("link_only"), SETTINGS("link_and_dedupe")};

static uint32_t random_below(uint64_t *state, uint32_t n)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % n;
}

static struct link_table *make_table(uint32_t datasets)
{
    static const char *const names[] = {"ana", "anna", "banana", "nab", "bab", "abba", "ban", "", "nnab", "aabn", "baan", "anab"};
    static const struct str columns[] = {{"unique_id", 9}, {"source_dataset", 14}, {"all_of", 6}, {"a", 1}, {"b", 1}, {"c", 1}};
    struct link_table *t;
    struct err e = {0};
    uint64_t state = 7;
    assert_int_equal(link_table_new(columns, 6, (size_t)1 << 26, &t, &e), ERR_OK);
    for (uint32_t i = 0; i < ROWS; i++) {
        char id[16], source[16], code[16];
        (void)snprintf(id, sizeof id, "%u", i * 7919 % ROWS); /* 7919 is prime to it: the order of rows is not that of ids */
        (void)snprintf(source, sizeof source, "s%u", random_below(&state, datasets));
        (void)snprintf(code, sizeof code, "%u", 1000 + random_below(&state, 700) * random_below(&state, 3));
        const uint32_t skew = random_below(&state, 12);
        const struct str values[] = {str_of(id), str_of(source), STR("x"), str_of(names[random_below(&state, skew + 1)]), str_of(names[random_below(&state, 12)]), str_of(code)};
        assert_int_equal(link_table_add(t, values, &e), ERR_OK);
    }
    return t;
}

static enum err_code count_pair(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    double(*counts)[LEVELS] = ctx;
    (void)edge;
    (void)e;
    for (size_t c = 0; c < COMPARISONS; c++)
        if (gammas[c] >= 0)
            counts[c][gammas[c]]++;
    return ERR_OK;
}

/* u by comparison and gamma: every pair one by one. */
static void by_hand(const char *settings, const struct link_table *t, double ret[COMPARISONS][LEVELS])
{
    struct link_model *m = fixture_model(settings);
    struct err e = {0};
    memset(ret, 0, COMPARISONS * sizeof *ret);
    assert_int_equal(link_predict(m, t, &(struct link_options){.threshold_weight = -INFINITY}, count_pair, ret, NULL, &e), ERR_OK);
    for (size_t c = 0; c < COMPARISONS; c++) {
        double all = 0;
        for (size_t g = 0; g < LEVELS; g++)
            all += ret[c][g];
        assert_true(all > 100000);
        for (size_t g = 0; g < LEVELS; g++)
            ret[c][g] /= all;
    }
    link_model_free(m);
}

static void train(const char *settings, const struct link_table *t, struct link_train_options o, struct buf *json)
{
    struct link_model *m = fixture_model(settings);
    _cleanup_buf_ struct buf warnings;
    struct err e = {0};
    o.recall = 1;
    buf_init(json, LIMIT_JSON_BYTES);
    buf_init(&warnings, LIMIT_JSON_BYTES);
    assert_int_equal(link_train(m, t, &o, json, &warnings, &e), ERR_OK);
    link_model_free(m);
}

/* u that training found: levels of a model stand from the highest gamma to 0, the null level first. */
static void trained(struct str json, double ret[COMPARISONS][LEVELS])
{
    _cleanup_arena_ struct arena a;
    const struct json *root;
    struct err e = {0};
    size_t c = 0;
    arena_init(&a, (size_t)1 << 20);
    memset(ret, 0, COMPARISONS * sizeof *ret);
    assert_int_equal(json_parse(&a, json, NULL, &root, &e), ERR_OK);
    for (const struct json *x = json_get(root, "comparisons")->child; x; x = x->next, c++) {
        const struct json *first = json_get(x, "comparison_levels")->child;
        size_t n = 0;
        if (c == 0)
            first = first->next; /* only the first comparison has a null level */
        for (const struct json *l = first; l; l = l->next)
            n++;
        for (const struct json *l = first; l; l = l->next)
            ret[c][--n] = json_number_or(json_get(l, "u_probability"), -1);
    }
    assert_int_equal(c, COMPARISONS);
}

static void exact_is_all_pairs(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        for (uint32_t datasets = 2; datasets <= 3; datasets++) {
            struct link_table *t = make_table(datasets);
            double want[COMPARISONS][LEVELS], got[COMPARISONS][LEVELS];
            _cleanup_buf_ struct buf json;
            by_hand(types[k], t, want);
            train(types[k], t, (struct link_train_options){.u_exact = true, .u_pairs = 1900000, .threads = 2}, &json); /* fewer than all pairs: groups, not a sample */
            trained(buf_as_str(&json), got);
            for (size_t c = 0; c < COMPARISONS; c++)
                for (size_t g = 0; g < LEVELS; g++)
                    if (want[c][g] > 0)
                        assert_true(fabs(got[c][g] - want[c][g]) < 1e-12);
            link_table_free(t);
        }
}

/* Too many values of `code` for the budget: its top level is exact all the same, the others are within five standard errors of a sample of pairs; and so is everything that is only sampled. */
static void parts_from_random_pairs(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        struct link_table *t = make_table(3);
        double want[COMPARISONS][LEVELS], mixed[COMPARISONS][LEVELS], sampled[COMPARISONS][LEVELS];
        _cleanup_buf_ struct buf json, other;
        by_hand(types[k], t, want);
        train(types[k], t, (struct link_train_options){.u_exact = true, .u_pairs = 400000}, &json);
        train(types[k], t, (struct link_train_options){.u_pairs = 400000}, &other);
        trained(buf_as_str(&json), mixed);
        trained(buf_as_str(&other), sampled);
        assert_true(fabs(mixed[4][3] - want[4][3]) < 1e-12 && fabs(sampled[4][3] - want[4][3]) > 1e-9);
        for (size_t c = 0; c < COMPARISONS; c++)
            for (size_t g = 0; g < LEVELS; g++) {
                /* records are drawn, not pairs: 894 of 2,000, so errors are those of a share of so many */
                double error = 5 * sqrt(want[c][g] * (1 - want[c][g]) / 894);
                assert_true(fabs(sampled[c][g] - want[c][g]) <= error + 1e-5);
                assert_true(fabs(mixed[c][g] - want[c][g]) <= error + 1e-5);
            }
        link_table_free(t);
    }
}

static void threads_do_not_show(void **state)
{
    (void)state;
    static const unsigned threads[] = {2, 8};
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        for (int exact = 0; exact < 2; exact++) {
            struct link_table *t = make_table(3);
            _cleanup_buf_ struct buf one;
            train(types[k], t, (struct link_train_options){.u_exact = exact, .u_pairs = 400000, .threads = 1}, &one);
            for (size_t i = 0; i < 2; i++) {
                _cleanup_buf_ struct buf more;
                train(types[k], t, (struct link_train_options){.u_exact = exact, .u_pairs = 400000, .threads = threads[i]}, &more);
                assert_true(one.n > 1000 && str_eq(buf_as_str(&one), buf_as_str(&more)));
            }
            link_table_free(t);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(exact_is_all_pairs), cmocka_unit_test(parts_from_random_pairs), cmocka_unit_test(threads_do_not_show)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("train_exact", tests, NULL, NULL);
}
