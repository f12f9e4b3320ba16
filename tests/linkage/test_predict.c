/* What predict promises: the blocked pairs are those that the rules' text asks for, each once and by the first rule; weights are explain's; the
 * result depends neither on the order of rows nor on threads; `fresh` gives exactly the pairs with a fresh record. Brute force asks each rule of
 * each pair through link_explain's match_key, and by hand-written C for a fixed set of rules. */
#include "fixture.h"

#include <math.h>

static uint64_t seed = 7;
static uint32_t rnd(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

#define ROWS 120
#define COLUMNS 4 /* a, b, c, d behind the id */

struct raw {
    char id[8];
    char v[COLUMNS][4]; /* "" is NULL */
};

static void random_rows(struct raw *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(rows[i].id, sizeof rows[i].id, "%zu", i * 7919 % 100003);
        for (size_t k = 0; k < COLUMNS; k++)
            (void)snprintf(rows[i].v[k], sizeof rows[i].v[k], "%s", rnd(6) == 0 ? "" : (const char *[]){"ab", "ac", "b", "abc", "cab", "x"}[rnd(k == 0 ? 6 : 3)]);
    }
}

static struct link_table *table_of(const struct raw *rows, const size_t *order, size_t n)
{
    static const struct str names[] = {{"unique_id", 9}, {"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}};
    struct link_table *t;
    struct err e = {0};
    assert_int_equal(link_table_new(names, 5, (size_t)1 << 24, &t, &e), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        const struct raw *r = &rows[order ? order[i] : i];
        struct str v[5] = {str_of(r->id), str_of(r->v[0]), str_of(r->v[1]), str_of(r->v[2]), str_of(r->v[3])};
        assert_int_equal(link_table_add(t, v, &e), ERR_OK);
    }
    return t;
}

static const char model_text[] =
    "{\"blocking_rules_to_generate_predictions\": ["
    " \"l.a = r.a and l.b = r.b\","
    " {\"blocking_rule\": \"l.c = r.c and levenshtein(l.a, r.a) <= 1\"},"
    " \"l.a = r.b\","
    " \"(l.b = r.b or substr(l.c, 1, 1) = substr(r.c, 1, 1)) and l.d <> r.d and not (l.a is null)\""
    "], \"probability_two_random_records_match\": 0.1, \"comparisons\": ["
    "{\"output_column_name\": \"a\", \"comparison_levels\": ["
    " {\"sql_condition\": \"a_l IS NULL OR a_r IS NULL\", \"is_null_level\": true},"
    " {\"sql_condition\": \"a_l = a_r\", \"m_probability\": 0.7, \"u_probability\": 0.1, \"tf_adjustment_column\": \"a\"},"
    " {\"sql_condition\": \"jaro_winkler_similarity(a_l, a_r) >= 0.9\", \"m_probability\": 0.1, \"u_probability\": 0.05},"
    " {\"sql_condition\": \"jaro_winkler_similarity(a_l, a_r) > 0.7\", \"m_probability\": 0.1, \"u_probability\": 0.06},"
    " {\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.79}]},"
    "{\"output_column_name\": \"bc\", \"comparison_levels\": ["
    " {\"sql_condition\": \"b_l = b_r AND c_l = c_r\", \"m_probability\": 0.6, \"u_probability\": 0.1},"
    " {\"sql_condition\": \"b_l = c_r OR c_l = b_r\", \"m_probability\": 0.2, \"u_probability\": 0.2},"
    " {\"sql_condition\": \"length(b_l) + length(b_r) > 3\", \"m_probability\": 0.1, \"u_probability\": 0.3},"
    " {\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.4}]}]}";

/* ---- brute force in C: 0 false, 1 true, 2 NULL ---- */

static int eq(const char *x, const char *y) { return !*x || !*y ? 2 : strcmp(x, y) == 0; }
static int and3(int x, int y) { return x == 0 || y == 0 ? 0 : x == 2 || y == 2 ? 2 : 1; }
static int or3(int x, int y) { return x == 1 || y == 1 ? 1 : x == 2 || y == 2 ? 2 : 0; }
static int not3(int x) { return x == 2 ? 2 : !x; }

static int one_edit(const char *x, const char *y)
{
    if (!*x || !*y)
        return 2;
    size_t n = strlen(x), m = strlen(y), d[5][5];
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            d[i][j] = i == 0 ? j : j == 0 ? i : d[i - 1][j - 1] + (x[i - 1] != y[j - 1]);
            if (i && j && d[i - 1][j] + 1 < d[i][j])
                d[i][j] = d[i - 1][j] + 1;
            if (i && j && d[i][j - 1] + 1 < d[i][j])
                d[i][j] = d[i][j - 1] + 1;
        }
    return d[n][m] <= 1;
}

static int first_letter(const char *x, const char *y) { return !*x || !*y ? 2 : x[0] == y[0]; }

static int rule_of(const struct raw *l, const struct raw *r)
{
    const int rules[] = {
        and3(eq(l->v[0], r->v[0]), eq(l->v[1], r->v[1])),
        and3(eq(l->v[2], r->v[2]), one_edit(l->v[0], r->v[0])),
        eq(l->v[0], r->v[1]),
        and3(and3(or3(eq(l->v[1], r->v[1]), first_letter(l->v[2], r->v[2])), not3(eq(l->v[3], r->v[3]))), not3(!*l->v[0])),
    };
    for (int k = 0; k < 4; k++)
        if (rules[k] == 1)
            return k;
    return -1;
}

static const struct raw *raw_of(const struct raw *rows, const struct link_table *t, uint32_t row)
{
    struct str id = link_table_value(t, row, 0);
    for (size_t i = 0; i < ROWS; i++)
        if (str_eq(id, str_of(rows[i].id)))
            return &rows[i];
    fail();
    return NULL;
}

static void pairs_equal_brute_force(void **state)
{
    (void)state;
    struct link_model *m = fixture_model(model_text);
    for (int round = 0; round < 8; round++) {
        static struct raw rows[ROWS];
        random_rows(rows, ROWS);
        struct link_table *t = table_of(rows, NULL, ROWS);
        struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
        static uint8_t seen[ROWS][ROWS];
        memset(seen, 0, sizeof seen);
        for (size_t i = 0; i < x.n; i++) {
            const struct link_edge *g = &x.items[i];
            const struct raw *l = &rows[g->l], *r = &rows[g->r];
            assert_true(strcmp(l->id, r->id) < 0);
            assert_int_equal(seen[g->l][g->r]++, 0);
            assert_int_equal(g->match_key, rule_of(l, r));
        }
        size_t want = 0;
        for (size_t i = 0; i < ROWS; i++)
            for (size_t j = 0; j < ROWS; j++)
                want += strcmp(rows[i].id, rows[j].id) < 0 && rule_of(&rows[i], &rows[j]) >= 0;
        assert_int_equal(x.n, want);
        fixture_edges_free(&x);
        link_table_free(t);
    }
    link_model_free(m);
}

static void explain_agrees(void **state)
{
    (void)state;
    static struct raw rows[ROWS];
    struct link_model *m = fixture_model(model_text);
    random_rows(rows, ROWS);
    struct link_table *t = table_of(rows, NULL, ROWS);
    struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
    _cleanup_arena_ struct arena a;
    arena_init(&a, (size_t)1 << 26);
    for (size_t i = 0; i < x.n; i += 7) {
        struct link_explanation s;
        struct err e = {0};
        assert_int_equal(link_explain(m, t, x.items[i].r, x.items[i].l, &a, &s, &e), ERR_OK);
        assert_true(s.match_weight == x.items[i].match_weight);
        assert_int_equal(s.match_key, x.items[i].match_key);
        for (size_t k = 0; k < s.n; k++)
            assert_int_equal(s.reasons[k].gamma, x.gammas[i][k]);
    }
    fixture_edges_free(&x);
    link_table_free(t);
    link_model_free(m);
}

/* Edges by ids, in order of ids, as text: the same for every order of rows. */
static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static char *result_text(const struct link_model *m, const struct link_table *t, struct link_options o)
{
    struct fixture_edges x = fixture_predict(m, t, o);
    char **lines = calloc(x.n + 1, sizeof *lines), *all = calloc(x.n + 1, 96);
    assert_true(lines && all);
    for (size_t i = 0; i < x.n; i++) {
        struct str l = link_table_value(t, x.items[i].l, 0), r = link_table_value(t, x.items[i].r, 0);
        lines[i] = malloc(96);
        assert_non_null(lines[i]);
        (void)snprintf(lines[i], 96, "%.*s,%.*s,%a,%d,%d,%d\n", STR_ARG(l), STR_ARG(r), x.items[i].match_weight, x.items[i].match_key, x.gammas[i][0], x.gammas[i][1]);
    }
    qsort(lines, x.n, sizeof *lines, by_text);
    for (size_t i = 0, at = 0; i < x.n; i++) {
        at += (size_t)sprintf(all + at, "%s", lines[i]);
        free(lines[i]);
    }
    free(lines);
    fixture_edges_free(&x);
    return all;
}

static void order_of_rows_does_not_matter(void **state)
{
    (void)state;
    static struct raw rows[ROWS];
    size_t order[ROWS];
    struct link_model *m = fixture_model(model_text);
    random_rows(rows, ROWS);
    struct link_table *t = table_of(rows, NULL, ROWS);
    char *want = result_text(m, t, (struct link_options){.threshold_weight = -2});
    assert_true(strlen(want) > 1000);
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < ROWS; i++)
            order[i] = i;
        for (size_t i = ROWS - 1; i > 0; i--) {
            size_t j = rnd((uint32_t)i + 1), k = order[i];
            order[i] = order[j];
            order[j] = k;
        }
        struct link_table *u = table_of(rows, order, ROWS);
        char *got = result_text(m, u, (struct link_options){.threshold_weight = -2});
        assert_string_equal(got, want);
        free(got);
        link_table_free(u);
    }
    free(want);
    link_table_free(t);
    link_model_free(m);
}

static void threads_give_the_same_edges_in_the_same_order(void **state)
{
    (void)state;
    static struct raw rows[ROWS];
    struct link_model *m = fixture_model(model_text);
    random_rows(rows, ROWS);
    struct link_table *t = table_of(rows, NULL, ROWS);
    struct fixture_edges one = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
    for (unsigned threads = 2; threads <= 8; threads *= 2) {
        struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY, .threads = threads});
        assert_int_equal(x.n, one.n);
        for (size_t i = 0; i < x.n; i++) {
            assert_int_equal(x.items[i].l, one.items[i].l);
            assert_int_equal(x.items[i].r, one.items[i].r);
            assert_true(x.items[i].match_weight == one.items[i].match_weight);
            assert_memory_equal(x.gammas[i], one.gammas[i], sizeof *x.gammas);
        }
        fixture_edges_free(&x);
    }
    fixture_edges_free(&one);
    link_table_free(t);
    link_model_free(m);
}

static void fresh_gives_the_pairs_with_a_fresh_record(void **state)
{
    (void)state;
    static struct raw rows[ROWS];
    struct link_model *m = fixture_model(model_text);
    for (int round = 0; round < 8; round++) {
        uint8_t fresh[ROWS] = {0};
        random_rows(rows, ROWS);
        for (int i = 0; i < 3 * round; i++)
            fresh[rnd(ROWS)] = 1;
        struct link_table *t = table_of(rows, NULL, ROWS);
        struct fixture_edges all = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
        struct fixture_edges some = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY, .fresh = fresh});
        size_t want = 0;
        for (size_t i = 0; i < all.n; i++)
            want += fresh[all.items[i].l] || fresh[all.items[i].r];
        assert_int_equal(some.n, want);
        for (size_t i = 0; i < some.n; i++) {
            assert_true(fresh[some.items[i].l] || fresh[some.items[i].r]);
            assert_int_equal(some.items[i].match_key, rule_of(raw_of(rows, t, some.items[i].l), raw_of(rows, t, some.items[i].r)));
        }
        fixture_edges_free(&all);
        fixture_edges_free(&some);
        link_table_free(t);
    }
    link_model_free(m);
}

/* ---- kinds of linking ---- */

#define SMALL "\"comparisons\": [{\"output_column_name\": \"a\", \"comparison_levels\": [{\"sql_condition\": \"a_l = a_r\", \"m_probability\": 0.9, " \
              "\"u_probability\": 0.1}, {\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.9}]}]}"

static void link_only_pairs_datasets(void **state)
{
    (void)state;
    static const char *const rows[] = {"9,x,second", "1,x,second", "5,x,first", "7,x,first", "3,y,first"};
    static const char *const more[] = {"1,x,a", "2,x,b", "3,x,c", "4,x,c"};
    struct link_model *m = fixture_model("{\"link_type\": \"link_only\", \"blocking_rules_to_generate_predictions\": [\"l.a = r.a\"], " SMALL);
    struct link_table *t = fixture_table("unique_id,a,source_dataset", rows, 5), *u = fixture_table("unique_id,a,source_dataset", more, 4);
    struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
    assert_int_equal(x.n, 4); /* two by two */
    for (size_t i = 0; i < x.n; i++) /* l is of the dataset that came first, whatever the ids */
        assert_true(x.items[i].l <= 1 && x.items[i].r >= 2);
    fixture_edges_free(&x);
    x = fixture_predict(m, u, (struct link_options){.threshold_weight = -INFINITY});
    assert_int_equal(x.n, 5); /* six pairs but that within c */
    fixture_edges_free(&x);
    link_table_free(t);
    link_table_free(u);
    link_model_free(m);
}

/* A condition that tells left from right: a pair that is named weighs what predict says, whichever way it is named, in all three kinds of model. In link_only of two datasets l is of the first, though its id
 * is the greater; in link_and_dedupe the dataset's name comes before the id. */
static void named_pairs_weigh_the_same(void **state)
{
    static const char *const rows[] = {"z,9,p,k", "z,5,q,k", "a,1,q,k", "a,7,p,k"};
    static const char *const types[] = {"dedupe_only", "link_only", "link_and_dedupe"};
    static const size_t pairs[] = {6, 4, 6};
    (void)state;
    for (int i = 0; i < 3; i++) {
        char json[700];
        (void)snprintf(json, sizeof json,
                       "{\"link_type\": \"%s\", \"blocking_rules_to_generate_predictions\": [\"l.b = r.b\"], \"comparisons\": [{\"output_column_name\": \"a\", \"comparison_levels\": ["
                       "{\"sql_condition\": \"a_l = 'p' AND a_r = 'q'\", \"m_probability\": 0.9, \"u_probability\": 0.1}, {\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.9}]}]}",
                       types[i]);
        struct link_model *m = fixture_model(json);
        struct link_table *t = fixture_table("source_dataset,unique_id,a,b", rows, 4);
        struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
        struct err e;
        assert_int_equal(x.n, pairs[i]);
        for (size_t k = 0; k < x.n; k++) {
            const struct link_cannot both[] = {{x.items[k].l, x.items[k].r}, {x.items[k].r, x.items[k].l}};
            double weight[2];
            int16_t key[2];
            assert_int_equal(link_score_pairs(m, t, both, 2, weight, key, &e), ERR_OK);
            assert_true(weight[0] == x.items[k].match_weight && weight[1] == x.items[k].match_weight && key[0] == 0 && key[1] == 0);
        }
        fixture_edges_free(&x);
        link_model_free(m);
        link_table_free(t);
    }
}

static void expect_error(const char *json, const char *columns, const char *const *rows, size_t n, const char *message)
{
    struct link_model *m = fixture_model(json);
    struct link_table *t = fixture_table(columns, rows, n);
    struct fixture_edges x = {.n_comparisons = 1};
    struct link_options o = {.threshold_weight = -INFINITY};
    struct err e = {0};
    assert_int_not_equal(link_predict(m, t, &o, fixture_keep, &x, NULL, &e), ERR_OK);
    assert_string_equal(e.message, message);
    fixture_edges_free(&x);
    link_table_free(t);
    link_model_free(m);
}

static void clear_refusals(void **state)
{
    (void)state;
#define RULE(r) "{\"blocking_rules_to_generate_predictions\": [\"" r "\"], " SMALL
    static const char *const rows[] = {"1,x", "2,x", "1,y"}, *const missing[] = {"1,x", ",x"}, *const fine[] = {"1,x", "2,x"};
    expect_error("{" SMALL, "unique_id,a", fine, 2, "the model has no blocking rule (blocking_rules_to_generate_predictions): it would compare every pair; give it one, such as \"l.surname = r.surname\"");
    expect_error(RULE("l.a = r.a"), "unique_id,a", rows, 3, "unique_id is not unique: rows 1 and 3 have the same");
    expect_error(RULE("l.a = r.a"), "unique_id,a", missing, 2, "row 2 has no unique_id");
    expect_error(RULE("l.a = r.a"), "id,a", fine, 2, "the data have no column unique_id (the model's unique_id_column_name)");
    expect_error(RULE("l.zzz = r.zzz"), "unique_id,a", fine, 2, "the model reads a column zzz that the data do not have: give the data that column (the header row names it), or take it out of the model");
    expect_error(RULE("cast(l.a as int) = cast(r.a as int)"), "unique_id,a", fine, 2, "blocking rule 0: column a: a value is not a number");
    expect_error("{\"link_type\": \"link_only\", \"blocking_rules_to_generate_predictions\": [\"l.a = r.a\"], " SMALL, "unique_id,a", fine, 2,
                 "the data have no column source_dataset: a model that links needs several files, or that column");
    static char ids[2100][8];
    static const char *many[2100];
    for (int i = 0; i < 2100; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "%d,x", i);
        many[i] = ids[i];
    }
    expect_error(RULE("1=1"), "unique_id,a", many, 2100,
                 "blocking rule 0 (`1=1`) has no equality between l and r, so it would compare all pairs of 2100 records: add one, or allow the cross join (--cross-join)");
}

/* One text, two meanings: two empty texts in one column and in two, and size(NULL), by the quick tests of the plan. */
static void the_dialect_decides(void **state)
{
    (void)state;
#define OF(dialect) "{\"sql_dialect\": \"" dialect "\", \"blocking_rules_to_generate_predictions\": [\"1=1\"], \"comparisons\": [" \
    LEVEL("jaro_winkler(substring(a_l, 5), substring(a_r, 5)) >= 0.9") ", " LEVEL("jaro_sim(substring(a_l, 5), substring(b_r, 4)) >= 0.9") ", " \
    LEVEL("NOT (size(array_intersect(c_l, c_r)) >= 1)") ", " LEVEL("size(array_intersect(c_l, c_r)) < 1") ", " LEVEL("a_l LIKE 'x\\\\%%'") "]}"
#define LEVEL(condition) "{\"comparison_levels\": [{\"sql_condition\": \"" condition "\"}, {\"sql_condition\": \"ELSE\"}]}"
    static const char *const rows[] = {"1,x%ab,xyz,", "2,abcd,uvw,[\"p\"]"};
    static const struct {
        const char *json;
        int8_t gammas[5];
    } cases[] = {{OF("duckdb"), {0, 0, 0, 0, 0}}, {OF("spark"), {1, 1, 1, 1, 1}}};
    struct link_table *t = fixture_table("unique_id,a,b,c", rows, 2);
    for (size_t i = 0; i < 2; i++) {
        struct link_model *m = fixture_model(cases[i].json);
        struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
        assert_int_equal(x.n, 1);
        for (size_t k = 0; k < 5; k++)
            assert_int_equal(x.gammas[0][k], cases[i].gammas[k]);
        fixture_edges_free(&x);
        link_model_free(m);
    }
    link_table_free(t);
}

static void a_cross_join_that_is_asked_for(void **state)
{
    (void)state;
    static const char *const rows[] = {"1,x", "2,x", "3,y", "4,"};
    struct link_model *m = fixture_model(RULE("1=1"));
    struct link_table *t = fixture_table("unique_id,a", rows, 4);
    struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY, .allow_cross_join = true});
    assert_int_equal(x.n, 6);
    fixture_edges_free(&x);
    link_table_free(t);
    link_model_free(m);
}

static void blocks_left_out_are_counted(void **state)
{
    (void)state;
    static const char *const rows[] = {"1,x", "2,x", "3,x", "4,y", "5,y", "6,"};
    struct link_model *m = fixture_model("{\"blocking_rules_to_generate_predictions\": [{\"blocking_rule\": \"l.a = r.a\", \"haven_max_block\": 2}], " SMALL);
    struct link_table *t = fixture_table("unique_id,a", rows, 6);
    struct link_rule_count counts[1];
    struct link_options o = {0};
    struct err e = {0};
    assert_int_equal(link_blocking(m, t, &o, counts, &e), ERR_OK);
    assert_int_equal(counts[0].pairs, 1);
    assert_int_equal(counts[0].blocks, 2);
    assert_int_equal(counts[0].largest_block, 3);
    assert_int_equal(counts[0].left_out_blocks, 1);
    assert_int_equal(counts[0].left_out_pairs, 3);
    link_table_free(t);
    link_model_free(m);
}

/* The values of more than 64 bits of key columns are hashed: still only equal ones meet. */
static void keys_of_many_columns(void **state)
{
    (void)state;
    static char text[3000][64];
    static const char *rows[3000];
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(text[i], sizeof text[i], "%d,a%d,b%d,c%d,d%d,e%d,f%d", i, i / 2, i / 2, i / 2, i / 2, i / 2, i / 2 - i % 4 / 3);
        rows[i] = text[i];
    }
    struct link_model *m = fixture_model(RULE("l.a = r.a and l.b = r.b and l.c = r.c and l.d = r.d and l.e = r.e and l.f = r.f"));
    struct link_table *t = fixture_table("unique_id,a,b,c,d,e,f", rows, 3000);
    struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
    assert_int_equal(x.n, 750); /* pairs of rows 0 and 1 of every four; 2 and 3 differ in f */
    fixture_edges_free(&x);
    link_table_free(t);
    link_model_free(m);
}

/* Lists are JSON in a cell: items that both have, once each; NULL where a list is missing; numbers go to the interpreter. */
static void lists_in_common(void **state)
{
    (void)state;
    static const struct str names[] = {{"unique_id", 9}, {"a", 1}};
    static const struct {
        const char *a, *b;
        int gamma; /* 2: two in common, 1: one, 0: none or NULL */
    } cases[] = {
        {"[\"x\",\"y\"]", "[\"y\", \"x\", \"z\"]", 2}, {"[\"x\",\"x\"]", "[\"x\",\"x\"]", 1}, {"[\"x\"]", "[\"y\"]", 0}, {"[]", "[]", 0},
        {"[\"x\"]", "", 0}, {"[null,\"x\"]", "[null,\"y\"]", 0}, {"[1,2]", "[2,1]", 2}, {"[1]", "[\"1\"]", 1},
    };
    struct link_model *m = fixture_model(
        "{\"blocking_rules_to_generate_predictions\": [\"1=1\"], \"comparisons\": [{\"output_column_name\": \"a\", \"comparison_levels\": ["
        "{\"sql_condition\": \"array_length(list_intersect(a_l, a_r)) >= 2\", \"m_probability\": 0.6, \"u_probability\": 0.1},"
        "{\"sql_condition\": \"len(list_intersect(a_l, a_r)) > 0\", \"m_probability\": 0.3, \"u_probability\": 0.1},"
        "{\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.8}]}]}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct link_table *t;
        struct err e = {0};
        assert_int_equal(link_table_new(names, 2, (size_t)1 << 20, &t, &e), ERR_OK);
        struct str l[2] = {STR("1"), str_of(cases[i].a)}, r[2] = {STR("2"), str_of(cases[i].b)};
        assert_int_equal(link_table_add(t, l, &e), ERR_OK);
        assert_int_equal(link_table_add(t, r, &e), ERR_OK);
        struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
        assert_int_equal(x.n, 1);
        assert_int_equal(x.gammas[0][0], cases[i].gamma);
        fixture_edges_free(&x);
        link_table_free(t);
    }
    link_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_equal_brute_force),
        cmocka_unit_test(explain_agrees),
        cmocka_unit_test(order_of_rows_does_not_matter),
        cmocka_unit_test(threads_give_the_same_edges_in_the_same_order),
        cmocka_unit_test(fresh_gives_the_pairs_with_a_fresh_record),
        cmocka_unit_test(link_only_pairs_datasets),
        cmocka_unit_test(named_pairs_weigh_the_same),
        cmocka_unit_test(clear_refusals),
        cmocka_unit_test(the_dialect_decides),
        cmocka_unit_test(a_cross_join_that_is_asked_for),
        cmocka_unit_test(blocks_left_out_are_counted),
        cmocka_unit_test(keys_of_many_columns),
        cmocka_unit_test(lists_in_common),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("predict", tests, NULL, NULL);
}
