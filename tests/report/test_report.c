/* test_report.c: the whole page from hostile names, labels, rules and values: nothing of them becomes markup, values appear only when asked for, and the same input gives the same bytes. */
#include "report/report.h"
#include "../linkage/fixture.h"

#include <math.h>

#define HOSTILE "</script><script>alert(1)</script><!--"
#define QUOTES "\\\"'>&\xE2\x80\xA8\xE2\x80\xA9" /* in JSON */

/* `name` in the SQL of the model is quoted; labels and descriptions are free text. */
static const char MODEL[] =
    "{\"link_type\": \"dedupe_only\", \"unique_id_column_name\": \"unique_id\", \"sql_dialect\": \"duckdb\", \"probability_two_random_records_match\": 0.01,"
    " \"haven_threshold_weight\": 2,"
    " \"blocking_rules_to_generate_predictions\": [\"l.\\\"na<b>me\\\" = r.\\\"na<b>me\\\" and '" HOSTILE "' <> 'x'\", \"l.dob = r.dob\"],"
    " \"comparisons\": [{\"output_column_name\": \"" HOSTILE QUOTES "\", \"comparison_levels\": ["
    "  {\"sql_condition\": \"\\\"na<b>me_l\\\" IS NULL OR \\\"na<b>me_r\\\" IS NULL\", \"is_null_level\": true},"
    "  {\"sql_condition\": \"\\\"na<b>me_l\\\" = \\\"na<b>me_r\\\"\", \"label_for_charts\": \"" HOSTILE QUOTES "\", \"m_probability\": 0.9, \"u_probability\": 0.01,"
    "   \"tf_adjustment_column\": \"na<b>me\"},"
    "  {\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.99}]},"
    " {\"output_column_name\": \"dob\", \"comparison_levels\": ["
    "  {\"sql_condition\": \"dob_l = dob_r\", \"m_probability\": 0.9, \"u_probability\": 0.001},"
    "  {\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.999}]}]}";

static const char *const ROWS[] = {
    "1,<img src=x onerror=alert(1)>Zebulon,1970-01-01", "2,<img src=x onerror=alert(1)>Zebulon,1970-01-01", "3,\"'`${x}\xE2\x80\xA8Quentin,1970-01-01",
    "4,\"'`${x}\xE2\x80\xA8Quentin,1980-02-02", "<i>5,<img src=x onerror=alert(1)>Zebulon,", "6,,1980-02-02",
};

struct page {
    char *p;
    size_t n;
};

static struct page make_with(bool with_values, const uint32_t *truth, const struct link_labels *labels, unsigned threads)
{
    struct link_table *t = fixture_table("unique_id,na<b>me,dob", ROWS, 6);
    struct link_model *m = fixture_model(MODEL);
    const struct link_cannot pairs[] = {{0, 5}};
    struct progress progress = {.quiet = true};
    struct report_options o = {.model = m, .table = t, .id = 0, .source = -1, .title = STR("a <b>&file.csv"), .run = {.threshold_weight = 2, .threads = threads, .progress = &progress},
                               .truth = truth, .labels = labels, .least_score = 0.5, .pairs = pairs, .n_pairs = 1, .with_values = with_values};
    _cleanup_arena_ struct arena a;
    struct page page = {0};
    struct err e = {0};
    arena_init(&a, LIMIT_REPORT_BYTES);
    FILE *out = open_memstream(&page.p, &page.n);
    assert_non_null(out);
    enum err_code code = report_write(&o, &a, out, &e);
    if (code != ERR_OK)
        print_message("# %s\n", e.message);
    assert_int_equal(code, ERR_OK);
    assert_int_equal(fclose(out), 0);
    link_model_free(m);
    link_table_free(t);
    return page;
}

static struct page make(bool with_values, bool truth, unsigned threads)
{
    static const uint32_t persons[] = {1, 1, 2, 2, 1, 3};
    return make_with(with_values, truth ? persons : NULL, NULL, threads);
}

/* The page without its own style and script. */
static struct str body_of(const struct page *page)
{
    struct str all = {page->p, page->n};
    ptrdiff_t from = str_find(all, STR("<body")), to = str_find(all, STR("<script>"));
    assert_true(from > 0 && to > from);
    return str_slice(all, (size_t)from, (size_t)to);
}

static size_t times(struct str s, struct str needle)
{
    size_t n = 0;
    for (ptrdiff_t at; (at = str_find(s, needle)) >= 0; n++)
        s = str_slice(s, (size_t)at + needle.n, s.n);
    return n;
}

static void test_hostile(void **state)
{
    static const char *const never[] = {"<script", "</script", "<!--", "<img", "<b>", "<i>", "onerror=alert(1)>", "style=", "javascript:", "http:", "https:"};
    (void)state;
    struct page page = make(true, true, 1);
    struct str all = {page.p, page.n}, body = body_of(&page);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (str_find(body, str_of(never[i])) >= 0)
            fail_msg("the page holds %s", never[i]);
    assert_true(str_find(body, STR("&lt;/script&gt;&lt;script&gt;alert(1)")) > 0); /* shown as it is written */
    assert_true(str_find(body, STR("&lt;img src=x onerror=alert(1)&gt;Zebulon")) > 0);
    assert_true(str_find(body, STR("&quot;&#39;`${x}")) > 0);
    assert_int_equal(times(all, STR("<script>")), 1);
    assert_int_equal(times(all, STR("</script>")), 1);
    assert_int_equal(times(all, STR("<style>")), 1);
    assert_true(str_find(all, STR("<title>a &lt;b&gt;&amp;file.csv")) > 0);
    free(page.p);
}

static void test_values_only_when_asked(void **state)
{
    (void)state;
    struct page without = make(false, true, 1), with = make(true, true, 1);
    static const char *const values[] = {"Zebulon", "Quentin", "1970-01-01"};
    for (int i = 0; i < 3; i++) {
        assert_true(str_find(body_of(&without), str_of(values[i])) < 0);
        assert_true(str_find(body_of(&with), str_of(values[i])) > 0);
    }
    assert_true(str_find(body_of(&with), STR("Keep it where the records are kept")) > 0);
    assert_true(str_find(body_of(&without), STR("No value of a record is in this file")) > 0);
    free(without.p);
    free(with.p);
}

static void test_same_bytes(void **state)
{
    (void)state;
    struct page one = make(true, false, 1), again = make(true, false, 1), two = make(true, false, 2);
    assert_int_equal(one.n, again.n);
    assert_memory_equal(one.p, again.p, one.n);
    assert_int_equal(one.n, two.n);
    assert_memory_equal(one.p, two.p, one.n);
    free(one.p);
    free(again.p);
    free(two.p);
}

/* The first pair is a link of one person, the second is brought by no rule, the third is a pair of two people. */
static void test_labels(void **state)
{
    static struct link_cannot pairs[] = {{0, 1}, {5, 0}, {2, 3}};
    static double scores[] = {1, 0.5, 0.25};
    struct link_labels labels = {.pairs = pairs, .score = scores, .n = 3}, none = {.pairs = pairs, .score = scores};
    struct page page = make_with(false, NULL, &labels, 1), empty = make_with(false, NULL, &none, 1);
    (void)state;
    assert_true(str_find(body_of(&page), STR("2 of one person, 1 of two people")) > 0);
    assert_true(str_find(body_of(&page), STR("are among 3 labelled pairs")) > 0);
    assert_true(str_find(body_of(&page), STR("It is labelled as one person.")) > 0); /* of 0 and 5, which is asked for */
    assert_true(str_find(body_of(&page), STR("It is labelled as two people.")) > 0);
    assert_true(str_find(body_of(&page), STR("data-v=\"0.5\">0.5000")) > 0); /* recall where the first is taken: the second never is */
    assert_true(str_find(body_of(&empty), STR("are among 0 labelled pairs")) > 0);
    free(page.p);
    free(empty.p);
}

static void test_nothing_to_compare(void **state)
{
    static const char *const rows[] = {"1,ann,1970", "2,bob,1980"};
    struct link_table *t = fixture_table("unique_id,na<b>me,dob", rows, 2);
    struct link_model *m = fixture_model(MODEL);
    struct progress progress = {.quiet = true};
    struct report_options o = {.model = m, .table = t, .source = -1, .title = STR("two.csv"), .run = {.threshold_weight = 2, .progress = &progress}};
    _cleanup_arena_ struct arena a;
    struct page page = {0};
    struct err e = {0};
    (void)state;
    arena_init(&a, LIMIT_REPORT_BYTES);
    FILE *out = open_memstream(&page.p, &page.n);
    assert_non_null(out);
    assert_int_equal(report_write(&o, &a, out, &e), ERR_OK);
    assert_int_equal(fclose(out), 0);
    assert_true(str_find(body_of(&page), STR("No pair reaches the threshold, so nothing is linked.")) > 0);
    free(page.p);
    link_model_free(m);
    link_table_free(t);
}

static void test_full_disk(void **state)
{
    struct link_table *t = fixture_table("unique_id,na<b>me,dob", ROWS, 6);
    struct link_model *m = fixture_model(MODEL);
    struct progress progress = {.quiet = true};
    struct report_options o = {.model = m, .table = t, .source = -1, .title = STR("x"), .run = {.threshold_weight = 2, .progress = &progress}};
    _cleanup_arena_ struct arena a;
    struct err e = {0};
    (void)state;
    arena_init(&a, LIMIT_REPORT_BYTES);
    FILE *out = fopen("/dev/full", "w");
    assert_non_null(out);
    (void)setvbuf(out, NULL, _IONBF, 0);
    assert_int_equal(report_write(&o, &a, out, &e), ERR_IO);
    assert_string_equal(e.message, "writing the report failed");
    (void)fclose(out);
    link_model_free(m);
    link_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hostile), cmocka_unit_test(test_values_only_when_asked), cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_labels),
                                       cmocka_unit_test(test_nothing_to_compare), cmocka_unit_test(test_full_disk)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
