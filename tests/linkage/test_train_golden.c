/* Training against the real Splink 5 (train_golden.csv, made by make_golden_train.py): EM with and without frequencies, fixed m, a level that no pair has, linking of two files, m from a column of labels
 * and from labelled pairs, the median over labels and sessions; and the prior of each link type. */
#include "fixture.h"

#include <math.h>

static const char *folder;

static const struct str rules[] = {{"l.\"dob\" = r.\"dob\"", 17}, {"l.\"first_name\" = r.\"first_name\" AND l.\"surname\" = r.\"surname\"", 61}, {"l.\"email\" = r.\"email\"", 21}};
static const struct str deterministic[] = {{"l.\"first_name\" = r.\"first_name\" AND l.\"dob\" = r.\"dob\"", 53}, {"l.\"email\" = r.\"email\"", 21}};

static const struct golden {
    const char *name;
    bool two_files, em, without, column, pairs;
    double tolerance;
} cases[] = {
    {"frequencies", false, true, false, false, false, 1e-4},
    {"plain", false, true, true, false, false, 1e-4},
    {"fixed", false, true, false, false, false, 1e-4},
    {"link_only", true, true, false, false, false, 1e-4},
    {"link_and_dedupe", true, true, false, false, false, 1e-4},
    {"label_column", false, false, false, true, false, 1e-9},
    {"label_pairs", false, false, false, false, true, 1e-9},
    {"labels_and_em", false, true, false, true, false, 1e-4},
    {"label_column_link_only", true, false, false, true, false, 1e-9},
};

static char *path_of(const char *a, const char *b, const char *c)
{
    static char path[4][512];
    static int next;
    next = (next + 1) % 4;
    (void)snprintf(path[next], sizeof path[next], "%s/%s%s%s", folder, a, b, c);
    return path[next];
}

static struct link_cannot *read_pairs(const struct link_table *t, size_t *ret_n)
{
    struct csv_file *f;
    struct csv_record r;
    struct err e = {0};
    bool more;
    size_t id = (size_t)link_table_column(t, STR("unique_id"));
    struct link_cannot *pairs = calloc(20000, sizeof *pairs);
    assert_non_null(pairs);
    assert_int_equal(csv_open(path_of("train_pairs", ".csv", ""), ',', NULL, &f, &e), ERR_OK);
    assert_int_equal(csv_read(f, &r, &more, &e), ERR_OK);
    for (*ret_n = 0; csv_read(f, &r, &more, &e) == ERR_OK && more;) {
        double score;
        assert_true(str_to_double(r.fields[2], &score) && *ret_n < 20000);
        if (score >= 0.5)
            pairs[(*ret_n)++] = (struct link_cannot){(uint32_t)link_table_find(t, id, r.fields[0]), (uint32_t)link_table_find(t, id, r.fields[1])};
    }
    csv_close(f);
    return pairs;
}

static double trained(const struct json *root, struct str comparison, struct str level)
{
    int64_t c, k;
    if (str_eq(comparison, STR("prior")))
        return json_number_or(json_get(root, "probability_two_random_records_match"), -1);
    assert_true(str_to_int64(comparison, &c) && str_to_int64(level, &k));
    const struct json *x = json_get(root, "comparisons")->child;
    for (; c > 0; c--)
        x = x->next;
    for (x = json_get(x, "comparison_levels")->child; k > 0; k--)
        x = x->next;
    return json_number_or(json_get(x, "m_probability"), -1);
}

static void check(const struct golden *g, struct str json)
{
    _cleanup_arena_ struct arena a;
    const struct json *root;
    struct csv_file *f;
    struct csv_record r;
    struct err e = {0};
    bool more;
    size_t n = 0;
    double worst = 0;
    arena_init(&a, (size_t)1 << 24);
    assert_int_equal(json_parse(&a, json, NULL, &root, &e), ERR_OK);
    assert_int_equal(csv_open(path_of("train_golden", ".csv", ""), ',', NULL, &f, &e), ERR_OK);
    while (csv_read(f, &r, &more, &e) == ERR_OK && more) {
        double want;
        if (!str_eq(r.fields[0], str_of(g->name)))
            continue;
        assert_true(str_to_double(r.fields[3], &want));
        double difference = fabs(trained(root, r.fields[1], r.fields[2]) - want);
        worst = fmax(worst, difference);
        n++;
    }
    csv_close(f);
    print_message("# %s: %zu values, greatest difference %.2g\n", g->name, n, worst);
    assert_true(n == 16 && worst <= g->tolerance);
}

static void as_splink(void **state)
{
    (void)state;
    for (const struct golden *g = cases; g < cases + sizeof cases / sizeof *cases; g++) {
        const char *one[] = {path_of("fake_1000", ".csv", "")}, *two[] = {path_of("train_a", ".csv", ""), path_of("train_b", ".csv", "")};
        struct link_table *t;
        struct link_model *m;
        struct err e = {0};
        _cleanup_buf_ struct buf json, warnings;
        buf_init(&json, LIMIT_JSON_BYTES);
        buf_init(&warnings, LIMIT_JSON_BYTES);
        assert_int_equal(link_table_read(g->two_files ? two : one, g->two_files ? 2 : 1, &t, &e), ERR_OK);
        assert_int_equal(link_model_read(path_of("train_settings_", g->name, ".json"), &m, &e), ERR_OK);
        struct link_train_options o = {.deterministic = deterministic, .n_deterministic = 2, .recall = 0.8, .em = rules, .n_em = g->em ? 3 : 0, .u_pairs = 1000,
                                       .label_column = g->column ? STR("cluster") : STR_NONE, .without_frequencies = g->without, .threads = 2};
        struct link_cannot *pairs = g->pairs ? read_pairs(t, &o.n_label_pairs) : NULL;
        o.label_pairs = pairs;
        enum err_code code = link_train(m, t, &o, &json, &warnings, &e);
        if (code != ERR_OK)
            print_message("# %s: %s\n", g->name, e.message);
        assert_int_equal(code, ERR_OK);
        check(g, buf_as_str(&json));
        free(pairs);
        link_table_free(t);
        link_model_free(m);
    }
}

static void refuse(struct link_train_options o, const char *message)
{
    static const char *const rows[] = {"1,x,p", "2,x,q", "3,y,p"};
    fixture_training_refused("{\"comparisons\": [{\"output_column_name\": \"a\", \"comparison_levels\": [{\"sql_condition\": \"a_l = a_r\"}, {\"sql_condition\": \"ELSE\"}]}]}", "unique_id,a,b",
                             rows, 3, o, message);
}

static void labels_that_are_none(void **state)
{
    (void)state;
    static const struct link_cannot beyond[] = {{0, 3}};
    refuse((struct link_train_options){.label_column = STR("c")}, "there is no column c with labels");
    refuse((struct link_train_options){.label_column = STR("unique_id")}, "no two records have one label in column unique_id");
    refuse((struct link_train_options){.label_pairs = beyond, .n_label_pairs = 1}, "a labelled pair names a row that is not in the table");
}

int main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : "tests/data/linkage";
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_splink), cmocka_unit_test(labels_that_are_none)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("train_golden", tests, NULL, NULL);
}
