/* test_levels.c: what a model says of its levels, columns and frequencies is what scores: a pair's parts are the levels' weights, and what a shared value adds is what link_explain adds. */
#include "fixture.h"

#include <math.h>
#include <string.h>

/* name: null, exact with frequencies, else; dob: stated and untrained; no null level. */
static const char MODEL[] =
    "{\"link_type\": \"dedupe_only\", \"unique_id_column_name\": \"unique_id\", \"sql_dialect\": \"duckdb\", \"probability_two_random_records_match\": 0.01,"
    " \"blocking_rules_to_generate_predictions\": [\"l.name = r.name\", \"l.dob = r.dob and l.town = r.town\"],"
    " \"comparisons\": [{\"output_column_name\": \"name\", \"comparison_levels\": ["
    "  {\"sql_condition\": \"name_l IS NULL OR name_r IS NULL\", \"is_null_level\": true, \"label_for_charts\": \"Missing\"},"
    "  {\"sql_condition\": \"name_l = name_r\", \"label_for_charts\": \"Same name\", \"m_probability\": 0.9, \"u_probability\": 0.05, \"tf_adjustment_column\": \"name\","
    "   \"tf_adjustment_weight\": 0.5},"
    "  {\"sql_condition\": \"ELSE\", \"label_for_charts\": \"Other\", \"m_probability\": 0.1, \"u_probability\": 0.95}]},"
    " {\"output_column_name\": \"birth\", \"comparison_levels\": ["
    "  {\"sql_condition\": \"dob_l = dob_r and town_l = town_r\", \"m_probability\": 0.8},"
    "  {\"sql_condition\": \"ELSE\", \"m_probability\": 0.2, \"u_probability\": 0.99}]}]}";

static const char *const ROWS[] = {"1,ann,1970,york", "2,ann,1970,york", "3,bob,1980,", "4,bob,1980,leeds", "5,ann,1990,york", "6,,1970,york", "7,cyd,1980,leeds", "8,ann,1980,leeds"};
#define N_ROWS (sizeof ROWS / sizeof *ROWS)

static struct link_table *rows(void) { return fixture_table("unique_id,name,dob,town", ROWS, N_ROWS); }

static ptrdiff_t column_of(const struct link_model *m, const char *name)
{
    for (size_t i = 0; i < link_model_n_columns(m); i++)
        if (str_eq(link_model_column(m, i), str_of(name)))
            return (ptrdiff_t)i;
    return -1;
}

static void test_levels(void **state)
{
    (void)state;
    struct link_model *m = fixture_model(MODEL);
    struct link_level l;
    assert_int_equal(link_model_n_levels(m, 0), 3);
    assert_int_equal(link_model_n_levels(m, 1), 2);
    link_model_level(m, 0, 0, &l);
    assert_int_equal(l.gamma, -1);
    assert_true(str_eq(l.label, STR("Missing")));
    assert_true(l.match_weight == 0 && !l.tf_column.p);
    link_model_level(m, 0, 1, &l);
    assert_int_equal(l.gamma, 1);
    assert_true(str_eq(l.condition, STR("name_l = name_r")));
    assert_true(str_eq(l.tf_column, STR("name")));
    assert_true(l.m == 0.9 && l.u == 0.05 && l.m_stated && l.u_stated && !l.m_unseen && !l.u_unseen);
    assert_true(fabs(l.match_weight - log2(0.9 / 0.05)) < 1e-12);
    link_model_level(m, 0, 2, &l);
    assert_int_equal(l.gamma, 0);
    assert_true(l.match_weight < 0 && !l.tf_column.p);
    link_model_level(m, 1, 0, &l);
    assert_true(l.m_stated && !l.u_stated);
    assert_true(str_eq(link_model_rule(m, 1), STR("l.dob = r.dob and l.town = r.town")));
    link_model_free(m);
}

static void test_columns(void **state)
{
    (void)state;
    static const struct { const char *column; bool by_name, by_birth; } reads[] = {{"name", true, false}, {"dob", false, true}, {"town", false, true}};
    struct link_model *m = fixture_model(MODEL);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        ptrdiff_t at = column_of(m, reads[i].column);
        assert_true(at >= 0);
        assert_int_equal(link_model_reads(m, 0, (size_t)at), reads[i].by_name);
        assert_int_equal(link_model_reads(m, 1, (size_t)at), reads[i].by_birth);
    }
    assert_int_equal(column_of(m, "forename"), -1);
    link_model_free(m);
}

/* A pair's weight is the prior, its levels and what frequencies add, each as told. */
static void test_levels_are_what_scores(void **state)
{
    (void)state;
    struct link_model *m = fixture_model(MODEL);
    struct link_table *t = rows();
    struct err e = {0};
    for (uint32_t l = 0; l < N_ROWS; l++)
        for (uint32_t r = l + 1; r < N_ROWS; r++) {
            _cleanup_arena_ struct arena a;
            struct link_explanation x;
            arena_init(&a, (size_t)1 << 20);
            assert_int_equal(link_explain(m, t, l, r, &a, &x, &e), ERR_OK);
            double sum = link_model_prior_weight(m);
            for (size_t k = 0; k < x.n; k++) {
                struct link_level level = {.gamma = -2};
                for (size_t i = 0; i < link_model_n_levels(m, k) && level.gamma != x.reasons[k].gamma; i++)
                    link_model_level(m, k, i, &level);
                assert_int_equal(level.gamma, x.reasons[k].gamma);
                assert_true(level.match_weight == x.reasons[k].match_weight);
                sum += level.match_weight + x.reasons[k].tf_adjustment;
            }
            assert_true(fabs(sum - x.match_weight) < 1e-9);
        }
    link_table_free(t);
    link_model_free(m);
}

static void test_frequencies(void **state)
{
    (void)state;
    struct link_model *m = fixture_model(MODEL);
    struct link_table *t = rows();
    struct link_frequency *list = NULL;
    struct link_explanation x;
    struct err e = {0};
    size_t n = 0;
    _cleanup_arena_ struct arena a;
    arena_init(&a, (size_t)1 << 20);
    assert_int_equal(link_frequencies(m, t, 0, 1, &list, &n, &e), ERR_OK);
    static const struct { const char *name; double share; } want[] = {{"ann", 4.0 / 7}, {"bob", 2.0 / 7}, {"cyd", 1.0 / 7}}; /* of the seven with a name */
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_true(str_eq(link_table_value(t, list[i].row, 1), str_of(want[i].name)));
        assert_true(fabs(list[i].frequency - want[i].share) < 1e-12);
        assert_true(fabs(list[i].adjustment - 0.5 * log2(0.05 / want[i].share)) < 1e-12); /* tf_adjustment_weight * log2(u / frequency) */
    }
    assert_int_equal(link_explain(m, t, 2, 3, &a, &x, &e), ERR_OK); /* both are bob */
    assert_true(fabs(x.reasons[0].tf_adjustment - list[1].adjustment) < 1e-12);
    free(list);
    link_table_free(t);
    link_model_free(m);
}

static void test_no_frequencies(void **state)
{
    (void)state;
    struct link_model *m = fixture_model(MODEL);
    struct link_table *t = rows();
    struct link_frequency *list = NULL;
    struct err e = {0};
    size_t n = 7;
    assert_int_equal(link_frequencies(m, t, 0, 2, &list, &n, &e), ERR_USAGE);
    assert_string_equal(e.message, "no frequency adjusts that level");
    assert_null(list);
    assert_int_equal(n, 7); /* outputs are left alone */
    link_table_free(t);
    link_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_levels), cmocka_unit_test(test_columns), cmocka_unit_test(test_levels_are_what_scores), cmocka_unit_test(test_frequencies),
                                       cmocka_unit_test(test_no_frequencies)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
