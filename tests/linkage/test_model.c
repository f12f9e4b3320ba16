/* Models: what is refused, and with which words; defaults; the models at hand load. */
#include "fixture.h"

#include <math.h>

static const char *folder;

#define LEVELS(l) "{\"comparisons\": [{\"output_column_name\": \"a\", \"comparison_levels\": [" l "]}]}"
#define NULLS "{\"sql_condition\": \"a_l IS NULL OR a_r IS NULL\", \"is_null_level\": true}, "
#define EXACT "{\"sql_condition\": \"a_l = a_r\", \"m_probability\": 0.9, \"u_probability\": 0.1}"
#define ELSE "{\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.9}"

static void refused_with_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"[]", "line 1: a model must be an object, not a list"},
        {"{}", "comparisons is missing; it must be a list"},
        {"{\"comparisons\": []}", "line 1: comparisons is empty: a model needs at least one"},
        {"{\"link_type\": \"both\", \"comparisons\": []}", "line 1: link_type both: expected dedupe_only, link_only or link_and_dedupe"},
        {"{\"sql_dialect\": \"postgres\", \"comparisons\": []}", "line 1: sql_dialect postgres: expected duckdb or spark"},
        {"{\"probability_two_random_records_match\": 1, \"comparisons\": []}", "probability_two_random_records_match must be above 0 and below 1"},
        {"{\"comparisons\": [", "line 1 column 18: a value is missing here"},
        {"{\"comparisons\": [{\"comparison_levels\": [" EXACT "]}], \"blocking_rules_to_generate_predictions\": [{\"blocking_rule\": \"l.a = r.a\", \"arrays_to_explode\": \"a\"}]}",
         "blocking rule 0: line 1: arrays_to_explode must be a list, not a text"},
        {"{\"comparisons\": [{\"comparison_levels\": [" EXACT "]}], \"blocking_rules_to_generate_predictions\": [{\"blocking_rule\": \"l.a = r.a\", \"arrays_to_explode\": [\"a\", \"b\", \"c\", \"d\", \"e\"]}]}",
         "blocking rule 0: 5 arrays_to_explode are over the limit of 4"},
        {"{\"comparisons\": [{\"comparison_levels\": [" EXACT "]}], \"blocking_rules_to_generate_predictions\": [{\"blocking_rule\": \"l.a = r.a\", \"sql_dialect\": \"sqlite\"}]}",
         "blocking rule 0: line 1: sql_dialect sqlite: expected duckdb or spark"},
        {LEVELS("{\"label_for_charts\": \"x\"}"), "comparison a, level 1: sql_condition is missing; it must be a text"},
        {LEVELS(NULLS "{\"sql_condition\": \"foo(a_l) = 1\"}"),
         "comparison a, level 2: the function foo is not supported (docs/linkage.md lists those that are) at character 1, near `foo(a_l) = 1`, of `foo(a_l) = 1`"},
        {LEVELS("{\"sql_condition\": \"a_l = a_r\", \"m_probability\": 0, \"u_probability\": 0.1}"),
         "comparison a, level 1: line 1: m_probability is 0; it must be above 0 (a level's weight would be infinite) and at most 1"},
        {LEVELS("{\"sql_condition\": \"a_l = a_r\", \"m_probability\": 0.5, \"u_probability\": 0}"),
         "comparison a, level 1: line 1: u_probability is 0; it must be above 0 (a level's weight would be infinite) and at most 1"},
        {LEVELS(NULLS ELSE ", " EXACT), "comparison a: the ELSE level is not the last: the levels behind it can never hold; put it at the end"},
        {LEVELS("{\"sql_condition\": \"a_l IS NULL\", \"is_null_level\": true}"), "comparison a: no level but null levels"},
        {LEVELS("{\"sql_condition\": \"levenshtein(a_l, a_r) <= 1\", \"tf_adjustment_column\": \"a\", \"m_probability\": 0.5, \"u_probability\": 0.5}"),
         "comparison a: level \"levenshtein(a_l, a_r) <= 1\": tf_adjustment_column a needs a level of exact agreement on that column alone in the "
         "comparison, or disable_tf_exact_match_detection"},
        {"{\"comparisons\": [{\"comparison_levels\": [" EXACT "]}], \"blocking_rules_to_generate_predictions\": [\"a = r.a\"]}",
         "blocking rule 0: expected l.COLUMN or r.COLUMN at character 1, near `a = r.a`, of `a = r.a`"},
        {"{\"comparisons\": [{\"comparison_levels\": [" EXACT "]}], \"haven_term_frequencies\": {\"a\": \"none.csv\"}}",
         "haven_term_frequencies, a: the table none.csv is not built into the program"},
        {"{\"comparisons\": [{\"comparison_levels\": [" EXACT "]}], \"haven_term_frequencies\": {\"a\": \"../x.csv\"}}",
         "haven_term_frequencies, a: a table must be a file beside the model, named without path"},
        {"{\"comparisons\": [{\"comparison_levels\": [" EXACT "]}], \"haven_term_frequencies\": {\"a\": {\"x\": 2}}}",
         "haven_term_frequencies, a: a frequency must be above 0 and at most 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct link_model *m = NULL;
        struct err e = {0};
        assert_int_not_equal(link_model_parse(str_of(cases[i].json), NULL, &m, &e), ERR_OK);
        assert_string_equal(e.message, cases[i].message);
        assert_null(m);
    }
}

/* Without m and u: Splink's starting values, weight 10 for the first level, -5 to 3 for the rest. */
static void untrained_levels_get_splinks_defaults(void **state)
{
    (void)state;
    struct link_model *m = fixture_model(LEVELS(NULLS "{\"sql_condition\": \"a_l = a_r\"}, {\"sql_condition\": \"levenshtein(a_l, a_r) <= 1\"}, "
                                                      "{\"sql_condition\": \"levenshtein(a_l, a_r) <= 2\"}, {\"sql_condition\": \"ELSE\"}"));
    static const char *const rows[] = {"1,abcd", "2,abcd", "3,abce", "4,abxy", "5,zzzz", "6,"};
    static const double weights[] = {10, 3, -1, -5, 0};
    struct link_table *t = fixture_table("unique_id,a", rows, 6);
    _cleanup_arena_ struct arena a;
    struct err e = {0};
    arena_init(&a, (size_t)1 << 20);
    for (size_t i = 1; i < 6; i++) {
        struct link_explanation x;
        assert_int_equal(link_explain(m, t, 0, i, &a, &x, &e), ERR_OK);
        assert_true(fabs(x.reasons[0].match_weight - weights[i - 1]) < 1e-12);
    }
    link_table_free(t);
    link_model_free(m);
}

static void models_at_hand_load(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t comparisons, rules;
    } cases[] = {{"saved_model_from_demo.json", 5, 3}, {"model_h50k.json", 6, 10}, {"hmpps_person_match_model.json", 8, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[512];
        struct link_model *m = NULL;
        struct err e = {0};
        (void)snprintf(path, sizeof path, "%s/%s", folder, cases[i].name);
        assert_int_equal(link_model_read(path, &m, &e), ERR_OK);
        assert_int_equal(link_model_n_comparisons(m), cases[i].comparisons);
        assert_int_equal(link_model_n_rules(m), cases[i].rules);
        assert_int_equal(link_model_hash(m).n, 32);
        link_model_free(m);
    }
}

static void for_splink_without_our_keys(void **state)
{
    (void)state;
    struct link_model *m = fixture_model("{\"haven_threshold_weight\": 9, \"haven_veto\": [\"a_l <> a_r\"], \"comparisons\": [{\"output_column_name\": \"a\", \"comparison_levels\": [" EXACT ", " ELSE "]}], "
                                         "\"blocking_rules_to_generate_predictions\": [{\"blocking_rule\": \"l.a = r.a\", \"haven_max_block\": 7}]}");
    struct link_model *v = fixture_model(LEVELS(EXACT ", {\"sql_condition\": \"name_variant(a_l, a_r)\"}, " ELSE)), *again = NULL;
    _cleanup_buf_ struct buf json, lost;
    struct err e = {0};
    buf_init(&json, 1 << 16);
    buf_init(&lost, 1 << 16);
    assert_int_equal(link_model_for_splink(m, &json, &lost, &e), ERR_OK);
    assert_true(str_eq(buf_as_str(&lost), STR("haven_veto: pairs that it forbids get the weight of their evidence\n"
                                              "haven_threshold_weight: give the threshold to Splink's clustering\n"
                                              "haven_max_block of blocking rule 0: blocks over 7 records are compared too\n")));
    assert_true(str_find(buf_as_str(&json), STR("haven_")) < 0);
    assert_int_equal(link_model_parse(buf_as_str(&json), NULL, &again, &e), ERR_OK);
    assert_int_equal(link_model_n_comparisons(again), 1);
    assert_int_equal(link_model_for_splink(v, &json, &lost, &e), ERR_UNSUPPORTED);
    assert_string_equal(e.message, "comparison a, level 2 calls name_variant, which no database of Splink's has: take the level out first");
    link_model_free(again);
    link_model_free(v);
    link_model_free(m);
}

static void the_hash_names_the_content(void **state)
{
    (void)state;
    struct link_model *a = fixture_model(LEVELS(EXACT)), *b = fixture_model(LEVELS(" " EXACT)), *c = fixture_model(LEVELS(EXACT ", " ELSE));
    assert_true(str_eq(link_model_hash(a), link_model_hash(b)));
    assert_false(str_eq(link_model_hash(a), link_model_hash(c)));
    link_model_free(a);
    link_model_free(b);
    link_model_free(c);
}

int main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : "tests/data/linkage";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_with_the_place),
        cmocka_unit_test(untrained_levels_get_splinks_defaults),
        cmocka_unit_test(models_at_hand_load),
        cmocka_unit_test(for_splink_without_our_keys),
        cmocka_unit_test(the_hash_names_the_content),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
