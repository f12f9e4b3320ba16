/* Training against Splink's EM (golden_em.csv), against exact counts, and by its promises: the order of rows and threads do not matter; what cannot be
 * trusted is told. */
#include "fixture.h"

#include <math.h>

static const char *folder;

static const struct str em_rules[] = {{"l.soc_sec_id = r.soc_sec_id", 27}, {"l.date_of_birth = r.date_of_birth", 33}, {"l.given_name = r.given_name and l.surname = r.surname", 53}};

static struct link_table *read_table(const char *name)
{
    char path[512];
    const char *paths[] = {path};
    struct link_table *t;
    struct err e = {0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(link_table_read(paths, 1, &t, &e), ERR_OK);
    return t;
}

static struct link_model *read_model(const char *name)
{
    char path[512];
    struct link_model *m;
    struct err e = {0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(link_model_read(path, &m, &e), ERR_OK);
    return m;
}

static void train(struct link_model *m, const struct link_table *t, struct link_train_options o, struct buf *json, struct buf *warnings)
{
    struct err e = {0};
    buf_init(json, LIMIT_JSON_BYTES);
    buf_init(warnings, LIMIT_JSON_BYTES);
    enum err_code code = link_train(m, t, &o, json, warnings, &e);
    if (code != ERR_OK)
        print_message("# %s\n", e.message);
    assert_int_equal(code, ERR_OK);
}

static void em_is_splinks(void **state)
{
    (void)state;
    struct link_model *m = read_model("em_settings.json");
    struct link_table *t = read_table("febrl3.csv");
    _cleanup_buf_ struct buf json, warnings;
    _cleanup_arena_ struct arena a;
    const struct json *root;
    struct csv_file *f;
    struct csv_record r;
    struct err e = {0};
    char path[512];
    bool more;
    size_t n = 0;
    train(m, t, (struct link_train_options){.deterministic = em_rules, .n_deterministic = 1, .recall = 0.9, .em = em_rules, .n_em = 3, .u_pairs = 1000}, &json, &warnings);
    arena_init(&a, (size_t)1 << 24);
    assert_int_equal(json_parse(&a, buf_as_str(&json), NULL, &root, &e), ERR_OK);
    (void)snprintf(path, sizeof path, "%s/golden_em.csv", folder);
    assert_int_equal(csv_open(path, ',', NULL, &f, &e), ERR_OK);
    assert_int_equal(csv_read(f, &r, &more, &e), ERR_OK);
    while (csv_read(f, &r, &more, &e) == ERR_OK && more) {
        double want, got = json_number_or(json_get(root, "probability_two_random_records_match"), 0);
        int64_t c, level;
        assert_true(str_to_double(r.fields[2], &want));
        if (str_to_int64(r.fields[0], &c) && str_to_int64(r.fields[1], &level)) {
            const struct json *x = json_get(root, "comparisons")->child;
            for (; c > 0; c--)
                x = x->next;
            for (x = json_get(x, "comparison_levels")->child; level > 0; level--)
                x = x->next;
            got = json_number_or(json_get(x, "m_probability"), -1);
        }
        assert_true(fabs(got - want) < 1e-4);
        n++;
    }
    csv_close(f);
    assert_true(n > 20);
    link_table_free(t);
    link_model_free(m);
}

#define SETTINGS(levels) "{\"comparisons\": [{\"output_column_name\": \"a\", \"comparison_levels\": [{\"sql_condition\": \"a_l is null or a_r is null\", " \
                         "\"is_null_level\": true}, " levels "]}, {\"output_column_name\": \"b\", \"comparison_levels\": [{\"sql_condition\": \"b_l = b_r\"}, " \
                         "{\"sql_condition\": \"ELSE\"}]}]}"
#define PLAIN SETTINGS("{\"sql_condition\": \"a_l = a_r\"}, {\"sql_condition\": \"ELSE\"}")

/* All pairs fit the sample: u is the share of equal pairs. */
static void u_of_all_pairs_is_exact(void **state)
{
    (void)state;
    static const char *const rows[] = {"1,x,p", "2,x,q", "3,y,p", "4,,q", "5,x,p"};
    struct link_model *m = fixture_model(PLAIN), *again;
    struct link_table *t = fixture_table("unique_id,a,b", rows, 5);
    _cleanup_buf_ struct buf json, warnings;
    _cleanup_arena_ struct arena a;
    const struct json *root;
    struct err e = {0};
    train(m, t, (struct link_train_options){.recall = 1}, &json, &warnings);
    arena_init(&a, (size_t)1 << 20);
    assert_int_equal(json_parse(&a, buf_as_str(&json), NULL, &root, &e), ERR_OK);
    const struct json *first = json_get(root, "comparisons")->child;
    assert_true(json_number_or(json_get(json_get(first, "comparison_levels")->child->next, "u_probability"), 0) == 3.0 / 6.0);
    assert_true(json_number_or(json_get(json_get(first->next, "comparison_levels")->child, "u_probability"), 0) == 4.0 / 10.0);
    assert_true(str_starts(buf_as_str(&warnings), STR("u of comparison a, level 2: only 3 random pairs\n")));
    assert_true(str_find(buf_as_str(&warnings), STR("m of comparison b, level 2: no session saw it; the default stands\n")) >= 0);
    assert_int_equal(link_model_parse(buf_as_str(&json), NULL, &again, &e), ERR_OK);
    link_model_free(again);
    link_model_free(m);
    link_table_free(t);
}

/* The same JSON from rows in another order, and with two threads. */
static void order_and_threads_do_not_matter(void **state)
{
    (void)state;
    struct link_table *t = read_table("febrl1.csv"), *shuffled;
    struct str names[32], values[32];
    struct err e = {0};
    size_t n = link_table_rows(t), k = 0;
    static const char *const columns[] = {"unique_id", "given_name", "surname", "street_number", "address_1", "suburb", "postcode", "date_of_birth", "soc_sec_id"};
    for (; k < sizeof columns / sizeof *columns; k++)
        names[k] = str_of(columns[k]);
    assert_int_equal(link_table_new(names, k, (size_t)1 << 26, &shuffled, &e), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        size_t row = i * 7919 % n; /* n is 1,000 and 7919 a prime */
        for (size_t c = 0; c < k; c++)
            values[c] = link_table_value(t, row, (size_t)link_table_column(t, names[c]));
        assert_int_equal(link_table_add(shuffled, values, &e), ERR_OK);
    }
    struct link_train_options o = {.deterministic = em_rules, .n_deterministic = 1, .recall = 0.9, .em = em_rules + 1, .n_em = 2, .u_pairs = 20000, .seed = 3};
    _cleanup_buf_ struct buf one, two, warnings, more;
    struct link_model *m = read_model("../../../models/examples/febrl.json"), *w = read_model("../../../models/examples/febrl.json");
    train(m, t, o, &one, &warnings);
    o.threads = 2;
    train(w, shuffled, o, &two, &more);
    assert_true(one.n > 1000);
    assert_true(str_eq(buf_as_str(&one), buf_as_str(&two)));
    link_model_free(m);
    link_model_free(w);
    link_table_free(t);
    link_table_free(shuffled);
}

static void expect_error(struct link_train_options o, const char *message)
{
    static const char *const rows[] = {"1,x,p", "2,x,q", "3,y,p", "4,,q", "5,x,p"};
    fixture_training_refused(PLAIN, "unique_id,a,b", rows, 5, o, message);
}

static void clear_refusals(void **state)
{
    (void)state;
    static const struct str all[] = {{"l.a = r.a and l.b = r.b", 23}}, none[] = {{"l.a = r.b", 9}}, wrong[] = {{"a = r.a", 7}}, both[] = {{"l.a = r.a and l.b <> r.b", 24}};
    expect_error((struct link_train_options){.deterministic = all, .n_deterministic = 1, .recall = 0}, "the recall of the deterministic rules must be above 0 and at most 1");
    expect_error((struct link_train_options){.deterministic = all, .n_deterministic = 1, .recall = 0.01},
                 "the deterministic rules hold for more pairs than the recall allows: they are not deterministic, or the recall is too low");
    expect_error((struct link_train_options){.deterministic = none, .n_deterministic = 1, .recall = 1},
                 "no pair of records satisfies a deterministic rule: the prior cannot be estimated from them");
    expect_error((struct link_train_options){.deterministic = wrong, .n_deterministic = 1, .recall = 1},
                 "deterministic rule 1: expected l.COLUMN or r.COLUMN at character 1, near `a = r.a`, of `a = r.a`");
    expect_error((struct link_train_options){.em = none, .n_em = 1}, "EM session 1: every comparison reads a column of the rule, so none can be trained");
    expect_error((struct link_train_options){.em = both, .n_em = 1}, "EM session 1: every comparison reads a column of the rule, so none can be trained");
}

int main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : "tests/data/linkage";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(em_is_splinks),
        cmocka_unit_test(u_of_all_pairs_is_exact),
        cmocka_unit_test(order_and_threads_do_not_matter),
        cmocka_unit_test(clear_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("train", tests, NULL, NULL);
}
