/* Training without asking: floors on the public files with one configuration, what columns are taken for, the same bytes with any number of threads, bad input; and the vetoes of a model, from its weights to
 * its clusters. Labels are read for measuring only; that training does not read them is asserted too. */
#include "fixture.h"

#include <math.h>

static const char *folder;

static struct link_table *read_files(const char *a, const char *b)
{
    char path[2][512];
    const char *paths[] = {path[0], path[1]};
    struct link_table *t = NULL;
    struct err e = {0};
    (void)snprintf(path[0], sizeof path[0], "%s/%s", folder, a);
    (void)snprintf(path[1], sizeof path[1], "%s/%s", folder, b ? b : a);
    assert_int_equal(link_table_read(paths, b ? 2 : 1, &t, &e), ERR_OK);
    return t;
}

static void train(struct link_table *t, unsigned threads, struct buf *json, struct buf *told)
{
    struct link_auto_options o = {.seed = 1, .threads = threads, .linked = link_table_column(t, STR("source_dataset")) >= 0};
    struct err e = {0};
    buf_init(json, LIMIT_JSON_BYTES);
    buf_init(told, LIMIT_JSON_BYTES);
    enum err_code code = link_train_auto(t, &o, json, told, &e);
    if (code != ERR_OK)
        print_message("# %s\n", e.message);
    assert_int_equal(code, ERR_OK);
}

static struct link_scores measure(const struct link_table *t, struct str json, const char *truth_column)
{
    struct link_model *m = NULL;
    struct link_scores s;
    struct err e = {0};
    size_t n = link_table_rows(t), skipped;
    uint32_t *cluster = calloc(n + 1, sizeof *cluster), *truth = calloc(n + 1, sizeof *truth);
    assert_int_equal(link_model_parse(json, NULL, &m, &e), ERR_OK);
    struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = link_model_threshold(m), .threads = 2});
    struct link_cluster_options o = {.method = link_model_method(m), .model = m, .threshold_weight = link_model_threshold(m)};
    assert_int_equal(link_cluster_vetoed(t, x.items, x.n, &o, cluster, &skipped, &e), ERR_OK);
    for (size_t row = 0; row < n; row++)
        truth[row] = link_table_code(t, row, (size_t)link_table_column(t, str_of(truth_column)));
    link_evaluate_clusters(cluster, truth, n, &s);
    fixture_edges_free(&x);
    link_model_free(m);
    free(cluster);
    free(truth);
    return s;
}

static void check_floor(const char *a, const char *b, double f1)
{
    struct link_table *t = read_files(a, b);
    _cleanup_buf_ struct buf json, told;
    train(t, 2, &json, &told);
    struct link_scores s = measure(t, buf_as_str(&json), "cluster");
    print_message("# %s: precision %.4f recall %.4f F1 %.4f\n", a, s.precision, s.recall, s.f1);
    assert_true(s.f1 >= f1);
    assert_true(s.precision >= 0.99);
    link_table_free(t);
}

static void floors_on_public_files(void **state)
{
    (void)state;
    check_floor("fake_1000.csv", NULL, 0.95);
    check_floor("febrl1.csv", NULL, 0.996);
    check_floor("febrl3.csv", NULL, 0.996);
    check_floor("febrl4a.csv", "febrl4b.csv", 0.995);
}

static void threads_give_the_same_bytes(void **state)
{
    static const unsigned threads[] = {1, 2, 8};
    struct buf json[3], told[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct link_table *t = read_files("fake_1000.csv", NULL);
        train(t, threads[i], &json[i], &told[i]);
        link_table_free(t);
        assert_true(str_eq(buf_as_str(&json[i]), buf_as_str(&json[0])));
        assert_true(str_eq(buf_as_str(&told[i]), buf_as_str(&told[0])));
    }
    for (size_t i = 0; i < 3; i++) {
        buf_release(&json[i]);
        buf_release(&told[i]);
    }
}

/* ---- columns ---- */

#define PEOPLE 24
static const char *const given[] = {"anna", "oliver", "james", "maria", "thomas", "lucy", "harry", "emily"};
static const char *const surnames[] = {"smith", "taylor", "brown", "walker", "wright", "green"};

/* A table of two rows a person. In `format`: ~g given name, ~s surname, ~d ~m ~y day, month and year of birth, ~p number of the person (four digits: ~q), ~n of the row. */
static void person_row(char *to, size_t cap, const char *format, int p, int row)
{
    size_t n = 0;
    for (const char *c = format; *c && n + 16 < cap; c++) {
        if (*c != '~') {
            to[n++] = *c;
            to[n] = 0;
            continue;
        }
        switch (*++c) {
        case 'g': n += (size_t)snprintf(to + n, cap - n, "%s", given[p % 8]); break;
        case 's': n += (size_t)snprintf(to + n, cap - n, "%s", surnames[p % 6]); break;
        case 'd': n += (size_t)snprintf(to + n, cap - n, "%02d", p % 28 + 1); break;
        case 'm': n += (size_t)snprintf(to + n, cap - n, "%02d", p % 12 + 1); break;
        case 'y': n += (size_t)snprintf(to + n, cap - n, "%d", 1950 + p * 7 % 60); break;
        case 'p': n += (size_t)snprintf(to + n, cap - n, "%d", p); break;
        case 'q': n += (size_t)snprintf(to + n, cap - n, "%04d", p); break;
        default: n += (size_t)snprintf(to + n, cap - n, "%d", row); break;
        }
    }
}

static struct link_table *people_table(const char *columns, const char *format)
{
    static char rows[2 * PEOPLE][256];
    const char *pointers[2 * PEOPLE];
    for (int i = 0; i < 2 * PEOPLE; i++) {
        person_row(rows[i], sizeof rows[i], format, i / 2, i + 1);
        pointers[i] = rows[i];
    }
    return fixture_table(columns, pointers, 2 * PEOPLE);
}

static void expect_told(const char *columns, const char *format, const char *const *lines)
{
    struct link_table *t = people_table(columns, format);
    _cleanup_buf_ struct buf json, told;
    train(t, 1, &json, &told);
    for (; *lines; lines++) {
        if (str_find(buf_as_str(&told), str_of(*lines)) < 0)
            print_message("# not told: %s\n%.*s\n", *lines, STR_ARG(buf_as_str(&told)));
        assert_true(str_find(buf_as_str(&told), str_of(*lines)) >= 0);
    }
    link_table_free(t);
}

static void columns_are_recognised(void **state)
{
    (void)state;
    expect_told("id,Vorname,Name,Geburtsdatum,PLZ,person_id", "~n,~g,~s,~d.~m.~y,1~q,~p",
                (const char *const[]){"column\tid\tid of the record", "column\tVorname\tgiven name", "column\tName\tsurname", "column\tGeburtsdatum\tdate of birth", "column\tPLZ\tpostcode",
                                      "column\tperson_id\tlooks like an answer", NULL});
    expect_told("rec,who,born,mail,tel", "r~n,~s; ~g,~y~m~d,~g~p@example.org,07700 90~q",
                (const char *const[]){"column\tborn\tdate of birth", "column\tmail\te-mail", "column\ttel\ttelephone", "column\twho\tlooks like an answer", NULL});
    expect_told("full name,day of birth,month of birth,year of birth,nhs_number", "~g ~s,~d,~m,~y,943000~q",
                (const char *const[]){"column\tfull name\tfull name", "column\tday of birth\tday of birth", "column\tyear of birth\tyear of birth", "column\tnhs_number\tidentifier",
                                      "id\thaven_row\tno column has a value of its own", NULL});
    expect_told("k,a,b,c", "k~n,~g,~s,~d/~m/~y",
                (const char *const[]){"column\tk\tid of the record", "column\ta\tgiven name: values stand in the list", "column\tb\tsurname: values stand in the list", "column\tc\tdate of birth", NULL});
}

/* The answer changes nothing: with labels gone the weights are the same. */
static void labels_are_not_read(void **state)
{
    struct link_table *with = people_table("id,first_name,surname,dob,cluster", "~n,~g,~s,~y-~m-~d,~p");
    struct link_table *without = people_table("id,first_name,surname,dob", "~n,~g,~s,~y-~m-~d");
    _cleanup_buf_ struct buf json_a, told_a, json_b, told_b;
    (void)state;
    train(with, 1, &json_a, &told_a);
    train(without, 1, &json_b, &told_b);
    assert_true(str_eq(buf_as_str(&json_a), buf_as_str(&json_b)));
    link_table_free(with);
    link_table_free(without);
}

/* ---- rules, by what a trained model makes of two records ---- */

/* Weights of pairs 1-2, 3-4 … of `rows` by a model trained on people of these columns. */
static void weigh(const char *columns, const char *format, const char *const *rows, size_t n, double *ret)
{
    struct link_table *people = people_table(columns, format), *t = fixture_table(columns, rows, n);
    struct link_cannot pairs[16];
    struct link_model *m = NULL;
    int16_t key[16];
    struct err e = {0};
    _cleanup_buf_ struct buf json, told;
    train(people, 1, &json, &told);
    for (uint32_t k = 0; k < n / 2; k++)
        pairs[k] = (struct link_cannot){2 * k, 2 * k + 1};
    assert_int_equal(link_model_parse(buf_as_str(&json), NULL, &m, &e), ERR_OK);
    assert_int_equal(link_score_pairs(m, t, pairs, n / 2, ret, key, &e), ERR_OK);
    link_model_free(m);
    link_table_free(t);
    link_table_free(people);
}

static void kin_of_one_name_are_two_people(void **state)
{
    static const char *const rows[] = {
        "1,mya,denman,2016-08-20",  "2,myl,denman,1984-04-25",  /* a slip in the name does not make up for two births */
        "3,ella,thomas,1946-04-11", "4,ella,thomas,1974-11-04", /* day and month swapped by chance, a generation apart */
        "5,ella,thomas,1946-04-11", "6,ella,thomas,1946-11-04", /* by a clerk */
        "7,l,green,",               "8,e,green,",               /* two initials */
        "9,l,green,",               "10,lucy,green,",
    };
    double weight[5];
    (void)state;
    weigh("id,first_name,surname,dob", "~n,~g,~s,~y-~m-~d", rows, 10, weight);
    assert_true(weight[0] < -400 && weight[1] < -400 && weight[3] < -400);
    assert_true(weight[2] > -400 && weight[4] > -400);
}

static void without_dates_of_birth_surnames_tell(void **state)
{
    static const char *const rows[] = {
        "1,anna,smith,anna@example.org",        "2,anna,walker,aw@example.net", "3,anna,smith,anna@example.org",    "4,anna,walker,anna@example.org",
        "5,anna,smith,anna.smith@example.org",  "6,anna,smith,ana.smith@example.org", "7,anna,smith,anna.smith1@example.org", "8,anna,smith,anna.smith2@example.org",
    };
    double weight[4];
    (void)state;
    weigh("id,first_name,surname,email", "~n,~g,~s,~g~p@example.org", rows, 8, weight);
    assert_true(weight[0] < -400);          /* two surnames, and nothing else the same */
    assert_true(weight[1] > -400);          /* the e-mail lifts it */
    assert_true(weight[2] > weight[3] + 1); /* e-mails that differ in their number are not alike */
}

static void ages_tell_namesakes_apart(void **state)
{
    static const char *const rows[] = {"1,anna,smith,20", "2,anna,smith,47", "3,anna,smith,20", "4,anna,smith,21"};
    double weight[2];
    (void)state;
    weigh("id,first_name,surname,age", "~n,~g,~s,~d", rows, 4, weight);
    assert_true(weight[0] < -400 && weight[1] > -400);
}

/* The frequency of a whole name says nothing about its halves. */
static void halves_of_a_name_have_no_frequency(void **state)
{
    struct link_table *t = people_table("id,name,dob", "~n,~s ~g,~d-Mar-~y");
    _cleanup_buf_ struct buf json, told;
    (void)state;
    train(t, 1, &json, &told);
    assert_true(str_find(buf_as_str(&told), STR("column\tname\tthe surname stands first")) >= 0);
    assert_true(str_find(buf_as_str(&told), STR("column\tdob\tdate of birth")) >= 0);
    assert_true(str_find(buf_as_str(&json), STR("'mar', '#03'")) >= 0);
    assert_true(str_find(buf_as_str(&json), STR("\"tf_adjustment_column\": \"name\"")) < 0 && str_find(buf_as_str(&json), STR("\"tf_adjustment_column\":\"name\"")) < 0);
    link_table_free(t);
}

static void another_encoding_is_told(void **state)
{
    (void)state;
    expect_told("id,first_name,surname,dob", "~n,~g\xe9,~s,~y-~m-~d", (const char *const[]){"column\tfirst_name\t8 of 8 values are not UTF-8", NULL});
}

/* ---- bad input ---- */

static void check_refused(const char *columns, const char *format, const char *part)
{
    struct link_table *t = people_table(columns, format);
    struct link_auto_options o = {.seed = 1};
    _cleanup_buf_ struct buf json, told;
    struct err e = {0};
    buf_init(&json, LIMIT_JSON_BYTES);
    buf_init(&told, LIMIT_JSON_BYTES);
    assert_int_not_equal(link_train_auto(t, &o, &json, &told, &e), ERR_OK);
    if (!strstr(e.message, part))
        print_message("# %s\n", e.message);
    assert_non_null(strstr(e.message, part));
    assert_int_equal(json.n, 0);
    link_table_free(t);
}

static void bad_input_is_refused(void **state)
{
    const char *const few[] = {"1,anna,smith", "2,anna,smith"};
    struct link_table *t = fixture_table("id,first_name,surname", few, 2);
    struct link_auto_options o = {.seed = 1};
    _cleanup_buf_ struct buf json, told;
    struct err e = {0};
    (void)state;
    buf_init(&json, LIMIT_JSON_BYTES);
    buf_init(&told, LIMIT_JSON_BYTES);
    assert_int_not_equal(link_train_auto(t, &o, &json, &told, &e), ERR_OK);
    assert_non_null(strstr(e.message, "2 records are too few"));
    link_table_free(t);
    check_refused("id,first_name,surname,dob", "~n,,,", "0 of 4 columns could be recognised as something to compare (3 are empty, 0 have one value in all rows)");
    check_refused("id,first_name,surname,dob", "~n,anna,smith,1980-01-02", "0 are empty, 3 have one value in all rows");
    check_refused("id", "~n", "0 of 1 columns could be recognised");
    check_refused("id,x,y", "~n,~p,q", "0 of 3 columns could be recognised");
    check_refused("id,first_name,surname,dob", "~p,~g,~s,~y-~m-~d", "24 of 48 rows have a value of their own");
    check_refused("id,first_name", "~n,~g", "1 of 2 columns could be recognised");
}

/* ---- vetoes ---- */

#define VETO_MODEL                                                                                                                                                  \
    "{\"link_type\":\"dedupe_only\",\"haven_threshold_weight\":1,\"haven_cluster_method\":\"ordered\",\"probability_two_random_records_match\":0.1,"               \
    "\"haven_veto\":[{\"condition\":\"sex_l <> sex_r\",\"label\":\"two sexes\"}],\"haven_definite\":[\"nhs_l = nhs_r\"],"                                         \
    "\"blocking_rules_to_generate_predictions\":[\"l.name = r.name\",\"l.nhs = r.nhs\"],\"comparisons\":[{\"output_column_name\":\"name\",\"comparison_levels\":["  \
    "{\"sql_condition\":\"name_l = name_r\",\"m_probability\":0.9,\"u_probability\":0.01},{\"sql_condition\":\"ELSE\",\"m_probability\":0.1,\"u_probability\":0.99}]}]}"

static void vetoes_hold_from_weight_to_cluster(void **state)
{
    static const char *const rows[] = {"1,ann,f,", "2,ann,,", "3,ann,m,", "4,ann,f,", "5,bob,m,7", "6,rob,m,7", "7,rob,f,7", "8,ann,,"};
    struct link_model *m = fixture_model(VETO_MODEL);
    struct link_table *t = fixture_table("unique_id,name,sex,nhs", rows, 8);
    struct link_cannot pairs[] = {{0, 1}, {0, 2}, {4, 5}, {5, 6}};
    struct link_explanation x;
    struct err e = {0};
    double weight[4];
    int16_t key[4];
    uint32_t cluster[8];
    size_t skipped;
    _cleanup_arena_ struct arena a;
    (void)state;
    arena_init(&a, 1 << 20);
    assert_int_equal(link_score_pairs(m, t, pairs, 4, weight, key, &e), ERR_OK);
    assert_true(weight[0] > 1 && weight[0] < 10);
    assert_true(weight[1] < -400);
    assert_true(weight[2] > 400);
    assert_true(weight[3] < -400); /* a veto outweighs a definite match */
    assert_int_equal(link_explain(m, t, 0, 2, &a, &x, &e), ERR_OK);
    assert_true(str_eq(x.reasons[1].comparison, STR("haven_veto")) && str_eq(x.reasons[1].level, STR("two sexes")));
    assert_true(fabs(x.match_weight - weight[1]) < 1e-9);
    struct fixture_edges edges = fixture_predict(m, t, (struct link_options){.threshold_weight = 1});
    struct link_cluster_options o = {.method = link_model_method(m), .model = m, .threshold_weight = 1};
    assert_int_equal(link_cluster_vetoed(t, edges.items, edges.n, &o, cluster, &skipped, &e), ERR_OK);
    assert_int_equal(cluster[0], cluster[3]);     /* both f */
    assert_int_not_equal(cluster[0], cluster[2]); /* f and m, though both hang together by 2 */
    assert_int_equal(cluster[1], 1);              /* f or m: 2 does not say, so it belongs to neither */
    assert_int_equal(cluster[7], 7);              /* nor does 8, and the two may be of two people */
    assert_int_equal(cluster[4], cluster[5]);
    assert_int_not_equal(cluster[5], cluster[6]);
    fixture_edges_free(&edges);
    link_table_free(t);
    link_model_free(m);
}

/* 1 is 2 and 3 is 4 by number, 2 may be 3 by name; but 1 and 4 may not come together, and no single record has them both for ends. The weakest edge comes last, and is refused. */
static void a_veto_forbids_across_a_chain(void **state)
{
    static const char *const rows[] = {"1,amy,f,9", "2,ann,,9", "3,ann,,7", "4,bob,m,7"};
    struct link_model *m = fixture_model(VETO_MODEL);
    struct link_table *t = fixture_table("unique_id,name,sex,nhs", rows, 4);
    struct link_edges edges = {0};
    struct err e = {0};
    uint32_t cluster[4];
    size_t skipped;
    (void)state;
    assert_int_equal(link_predict(m, t, &(struct link_options){.threshold_weight = 1}, link_edges_keep, &edges, NULL, &e), ERR_OK);
    assert_int_equal(edges.n, 3);
    const struct link_cluster_options o = {.method = LINK_CLUSTER_ORDERED, .model = m, .threshold_weight = 1};
    assert_int_equal(link_cluster_vetoed(t, edges.items, edges.n, &o, cluster, &skipped, &e), ERR_OK);
    assert_int_equal(cluster[0], cluster[1]);
    assert_int_equal(cluster[2], cluster[3]);
    assert_int_not_equal(cluster[1], cluster[2]);
    link_edges_free(&edges);
    link_table_free(t);
    link_model_free(m);
}

static void a_method_that_is_not_there_is_refused(void **state)
{
    struct link_model *m = NULL;
    struct err e = {0};
    (void)state;
    assert_int_equal(link_model_parse(STR("{\"haven_cluster_method\":\"magic\",\"comparisons\":[]}"), NULL, &m, &e), ERR_UNSUPPORTED);
    assert_non_null(strstr(e.message, "expected components, ordered or best-link"));
}

/* No weights do better than the oracle on edges; it finds what a perfect model finds. */
static void the_oracle_bounds_the_model(void **state)
{
    struct link_table *t = read_files("fake_1000.csv", NULL);
    _cleanup_buf_ struct buf json, told;
    struct link_model *m = NULL;
    struct link_oracle oracle;
    struct err e = {0};
    size_t n = link_table_rows(t);
    uint32_t *truth = calloc(n, sizeof *truth);
    (void)state;
    train(t, 2, &json, &told);
    struct link_scores s = measure(t, buf_as_str(&json), "cluster");
    for (size_t row = 0; row < n; row++)
        truth[row] = link_table_code(t, row, (size_t)link_table_column(t, STR("cluster")));
    assert_int_equal(link_model_parse(buf_as_str(&json), NULL, &m, &e), ERR_OK);
    struct link_options o = {.threads = 2};
    assert_int_equal(link_oracle(m, t, truth, &o, s.true_pairs, &oracle, &e), ERR_OK);
    print_message("# oracle: edges %.4f, clusters %.4f; the model's clusters %.4f\n", oracle.edges_f1, oracle.clusters.f1, s.f1);
    assert_true(oracle.clusters.f1 >= s.f1 && oracle.edges_f1 > 0.9 && oracle.right_pairs <= s.true_pairs);
    link_model_free(m);
    link_table_free(t);
    free(truth);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floors_on_public_files),
        cmocka_unit_test(threads_give_the_same_bytes),
        cmocka_unit_test(columns_are_recognised),
        cmocka_unit_test(labels_are_not_read),
        cmocka_unit_test(kin_of_one_name_are_two_people),
        cmocka_unit_test(without_dates_of_birth_surnames_tell),
        cmocka_unit_test(ages_tell_namesakes_apart),
        cmocka_unit_test(halves_of_a_name_have_no_frequency),
        cmocka_unit_test(another_encoding_is_told),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(vetoes_hold_from_weight_to_cluster),
        cmocka_unit_test(a_veto_forbids_across_a_chain),
        cmocka_unit_test(a_method_that_is_not_there_is_refused),
        cmocka_unit_test(the_oracle_bounds_the_model),
    };
    assert_true(argc > 1);
    folder = argv[1];
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("auto", tests, NULL, NULL);
}
