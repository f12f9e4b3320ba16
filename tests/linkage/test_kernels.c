/* A speed-up that changes a result is a bug. Random tables through the engine against the plain interpreter on the same text: every kernel, every way of asking, limits
 * that some pair meets exactly; values missing, empty, beyond ASCII, longer than a machine word and than the stack. What a threshold drops is what weighs less.
 * Large blocks in pieces give each pair once, in order. And nothing is allocated for a pair: allocations are counted (--wrap, see meson.build). */
#include "fixture.h"

#include "linkage/kernels.h"
#include "linkage/model.h"
#include "linkage/strings.h"

#include <math.h>

static uint64_t seed = 11;
static uint32_t rnd(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

/* ---- values ---- */

enum { A, B, D, N, S, COLUMNS };
#define ROWS 130
#define TEXT_MOST 3000

static char texts[ROWS][COLUMNS][TEXT_MOST];

static void random_text(char *out, size_t row)
{
    static const char *const letters[] = {"a", "b", "e", "n", "\xC3\xA9", "\xC5\x82", " ", "-", "1", "\xFF"};
    size_t n = row % 40 == 7 ? 1100 + rnd(300) : row % 10 == 3 ? 60 + rnd(40) : rnd(13), at = 0;
    uint32_t kinds = 2 + rnd(9);
    for (size_t i = 0; i < n; i++) {
        const char *letter = letters[rnd(kinds)];
        memcpy(out + at, letter, strlen(letter));
        at += strlen(letter);
    }
    out[at] = 0;
}

/* Another row's text with an edit or two: pairs that are nearly alike are where kernels go wrong. */
static void alike(char *out, const char *of)
{
    size_t n = strlen(of), at = n ? rnd((uint32_t)n) : 0;
    memcpy(out, of, n + 1);
    switch (n > 1 ? rnd(4) : 0) {
    case 0: break;
    case 1: out[at] = 'n'; break;
    case 2: memmove(out + at, out + at + 1, n - at); break;
    default: {
        size_t first = at + 1 < n ? at : at - 1;
        char c = out[first];
        out[first] = out[first + 1];
        out[first + 1] = c;
    }
    }
}

static void random_rows(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t c = A; c <= B; c++) {
            if (i > 3 && rnd(2))
                alike(texts[i][c], texts[rnd((uint32_t)i)][rnd(2) ? A : B]);
            else
                random_text(texts[i][c], i);
            if (rnd(12) == 0)
                (void)snprintf(texts[i][c], TEXT_MOST, "%s", rnd(2) ? "" : "  ");
        }
        (void)snprintf(texts[i][D], TEXT_MOST, rnd(10) ? "19%02u-%02u-%02u" : "no day", 60 + rnd(3), 1 + rnd(12), 1 + rnd(28));
        texts[i][N][0] = texts[i][S][0] = '\0';
        if (rnd(8))
            (void)snprintf(texts[i][N], TEXT_MOST, "%u", rnd(30));
        if (rnd(8))
            (void)snprintf(texts[i][S], TEXT_MOST, "[\"x%u\", \"x%u\", \"y\"]", rnd(20), rnd(20));
    }
}

static struct link_table *random_table(void)
{
    static const struct str names[] = {{"unique_id", 9}, {"a", 1}, {"b", 1}, {"d", 1}, {"n", 1}, {"s", 1}};
    struct link_table *t;
    struct err e = {0};
    random_rows();
    assert_int_equal(link_table_new(names, 6, (size_t)1 << 26, &t, &e), ERR_OK);
    for (size_t i = 0; i < ROWS; i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "%04zu", i);
        struct str v[6] = {str_of(id)};
        for (size_t c = 0; c < COLUMNS; c++)
            v[c + 1] = str_of(texts[i][c]);
        assert_int_equal(link_table_add(t, v, &e), ERR_OK);
    }
    return t;
}

/* ---- conditions ---- */

#define CONDITIONS 28
static char conditions[CONDITIONS][400];

static const char *operator_(void) { return (const char *[]){">=", ">", "<=", "<"}[rnd(4)]; }

static void similarity_condition(char *out, size_t size)
{
    static const char *const functions[] = {"jaro_winkler_similarity", "jaro_similarity", "levenshtein", "damerau_levenshtein"};
    static const char *const sides[][2] = {{"a_l", "a_r"}, {"a_l", "b_r"}, {"b_r", "b_l"}, {"trim(a_l)", "trim(a_r)"}, {"lower(b_l)", "lower(a_r)"}, {"d_l", "d_r"}};
    uint32_t fn = rnd(4), side = rnd(6);
    struct str x = str_of(texts[rnd(ROWS)][A]), y = str_of(texts[rnd(ROWS)][A]);
    double limit = rnd(100) / 100.0;
    if (fn >= 2)
        limit = rnd(6);
    else if (rnd(3) == 0) /* exactly what some pair has */
        limit = fn == 0 ? strings_jaro_winkler(x, y) : strings_jaro(x, y);
    (void)snprintf(out, size, "%s(%s, %s) %s %.17g", functions[fn], sides[side][0], sides[side][1], operator_(), limit);
}

static void leaf_condition(char *out, size_t size)
{
    static const char *const others[] = {
        "a_l = a_r", "a_l <> b_r", "b_r = a_l", "a_l IS NULL", "a_l IS NULL OR b_r IS NULL", "substr(a_l, 1, 2) = substr(a_r, 1, 2)", "length(a_l) = length(b_r)",
        "TRY_CAST(n_l AS INT) > 10", "left(a_l, length(b_r)) = b_r", "coalesce(b_l = b_r, FALSE)", "try_strptime(d_l, '%Y-%m-%d') = try_strptime(d_r, '%Y-%m-%d')",
        "name_variant(a_l, a_r)", "jaccard('x' || a_l, 'x' || a_r) >= 0.5"};
    switch (rnd(5)) {
    case 0: (void)snprintf(out, size, "%s", others[rnd(sizeof others / sizeof *others)]); break;
    case 1: (void)snprintf(out, size, "abs(TRY_CAST(n_l AS INT) - TRY_CAST(n_r AS INT)) %s %u", operator_(), rnd(12)); break;
    case 2: (void)snprintf(out, size, "array_length(list_intersect(s_l, s_r)) %s %u", operator_(), rnd(4)); break;
    default: similarity_condition(out, size);
    }
}

static void random_condition(char *out, size_t size)
{
    char l[120], r[120];
    leaf_condition(l, sizeof l);
    leaf_condition(r, sizeof r);
    switch (rnd(5)) {
    case 0: (void)snprintf(out, size, "(%s) AND (%s)", l, r); break;
    case 1: (void)snprintf(out, size, "(%s) OR NOT (%s)", l, r); break;
    case 2: (void)snprintf(out, size, "NOT (%s)", l); break;
    default: (void)snprintf(out, size, "%s", l);
    }
}

static struct link_model *random_model(void)
{
    struct buf b;
    buf_init(&b, (size_t)1 << 20);
    (void)buf_fmt(&b, "{\"blocking_rules_to_generate_predictions\": [\"1=1\"], \"probability_two_random_records_match\": 0.01, \"comparisons\": [");
    for (size_t i = 0; i < CONDITIONS; i++) {
        random_condition(conditions[i], sizeof conditions[i]);
        double m = 0.01 + rnd(90) / 100.0, u = 0.01 + rnd(90) / 100.0;
        (void)buf_fmt(&b, "%s{\"output_column_name\": \"c%zu\", \"comparison_levels\": [{\"sql_condition\": \"%s\", \"m_probability\": %.3f, \"u_probability\": %.3f", i ? ", " : "", i,
                      conditions[i], m, u);
        if (i % 3 == 0)
            (void)buf_fmt(&b, ", \"tf_adjustment_column\": \"a\", \"disable_tf_exact_match_detection\": true");
        (void)buf_fmt(&b, "}, {\"sql_condition\": \"ELSE\", \"m_probability\": %.3f, \"u_probability\": %.3f}]}", 1 - m, 1 - u);
    }
    (void)buf_fmt(&b, "]}%c", 0);
    assert_false(b.failed);
    struct link_model *m = fixture_model(buf_as_str(&b).p);
    buf_release(&b);
    return m;
}

/* ---- the plain interpreter ---- */

struct pair {
    const struct expr_names *names;
    size_t l, r;
};

static enum err_code leaf(void *ctx, const struct expr *x, struct value *ret, struct err *e)
{
    const struct pair *p = ctx;
    static const char columns[COLUMNS] = {'a', 'b', 'd', 'n', 's'};
    (void)e;
    size_t c = 0;
    while (columns[c] != p->names->items[x->column].p[0])
        c++;
    struct str s = str_of(texts[x->side == SIDE_L ? p->l : p->r][c]);
    *ret = s.n ? (struct value){.type = VALUE_TEXT, .text = s} : value_null;
    return ERR_OK;
}

static bool holds(const struct expr *x, const struct expr_names *names, const struct expr_variants *variants, size_t l, size_t r)
{
    _cleanup_arena_ struct arena a;
    struct pair pair = {names, l, r};
    struct value v;
    struct err e = {0};
    arena_init(&a, (size_t)1 << 24);
    struct expr_scope scope = {.leaf = leaf, .ctx = &pair, .variants = variants, .a = &a};
    assert_int_equal(expr_eval(x, &scope, &v, &e), ERR_OK);
    assert_int_equal(value_cast(v, VALUE_BOOL, &a, &v, &e), ERR_OK);
    return v.type == VALUE_BOOL && v.boolean;
}

static size_t check_condition(size_t c, const struct fixture_edges *x)
{
    _cleanup_arena_ struct arena a;
    static const struct expr_variants none;
    struct expr_names names = {.a = &a};
    struct expr *tree;
    struct err e = {0};
    size_t hold = 0;
    arena_init(&a, (size_t)1 << 20);
    assert_int_equal(expr_parse(&a, str_of(conditions[c]), DIALECT_DUCKDB, NAMING_SUFFIX, &names, &tree, &e), ERR_OK);
    for (size_t i = 0; i < x->n; i++) {
        bool want = holds(tree, &names, &none, x->items[i].l, x->items[i].r);
        if (x->gammas[i][c] != want)
            print_message("# `%s` of rows %u, %u: engine %d, interpreter %d\n", conditions[c], x->items[i].l, x->items[i].r, x->gammas[i][c], want);
        assert_int_equal(x->gammas[i][c], want);
        hold += want;
    }
    expr_names_release(&names);
    return hold;
}

static void the_engine_agrees_with_the_interpreter(void **state)
{
    size_t mixed = 0;
    (void)state;
    for (int round = 0; round < 4; round++) {
        struct link_table *t = random_table();
        struct link_model *m = random_model();
        struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY, .threads = 1 + rnd(3)});
        assert_int_equal(x.n, ROWS * (ROWS - 1) / 2);
        for (size_t c = 0; c < CONDITIONS; c++) {
            size_t hold = check_condition(c, &x);
            mixed += hold > 0 && hold < x.n;
        }
        fixture_edges_free(&x);
        link_model_free(m);
        link_table_free(t);
    }
    assert_true(mixed > 40); /* conditions that tell pairs apart */
}

static void a_threshold_drops_what_weighs_less_and_nothing_else(void **state)
{
    (void)state;
    for (int round = 0; round < 6; round++) {
        struct link_table *t = random_table();
        struct link_model *m = random_model();
        struct fixture_edges all = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY});
        for (int k = 0; k < 4; k++) {
            double threshold = all.items[rnd((uint32_t)all.n)].match_weight; /* exactly what one has */
            struct fixture_edges some = fixture_predict(m, t, (struct link_options){.threshold_weight = threshold, .threads = 1 + rnd(3)});
            size_t at = 0;
            for (size_t i = 0; i < all.n; i++) {
                if (!(all.items[i].match_weight >= threshold))
                    continue;
                assert_true(at < some.n && some.items[at].l == all.items[i].l && some.items[at].r == all.items[i].r);
                assert_true(some.items[at].match_weight == all.items[i].match_weight);
                assert_memory_equal(some.gammas[at], all.gammas[i], sizeof *some.gammas);
                at++;
            }
            assert_int_equal(at, some.n);
            fixture_edges_free(&some);
        }
        fixture_edges_free(&all);
        link_model_free(m);
        link_table_free(t);
    }
}

/* ---- kernels by themselves ---- */

#define WORDS 3u
#define PAIRS (WORDS * 64)

static bool bit(const uint64_t *mask, size_t k) { return mask[k / 64] >> k % 64 & 1; }

static void kernels_are_their_plain_forms(void **state)
{
    static const double numbers[] = {0, 1, 1.5, -3, 1e300, INFINITY, NAN};
    (void)state;
    for (int round = 0; round < 200; round++) {
        uint32_t a[PAIRS], b[PAIRS];
        double x[PAIRS], y[PAIRS];
        float f[PAIRS];
        int8_t level[PAIRS], before[PAIRS];
        uint16_t index[PAIRS] = {0};
        uint64_t equal[WORDS], missing[WORDS], gap[WORDS], null[WORDS], below[WORDS], mask[WORDS];
        for (size_t k = 0; k < PAIRS; k++) {
            a[k] = rnd(4) * 0x40000001u;
            b[k] = rnd(4) * 0x40000001u;
            x[k] = numbers[rnd(7)];
            y[k] = numbers[rnd(7)];
            f[k] = (float)numbers[rnd(7)];
            level[k] = before[k] = (int8_t)((int)rnd(9) - 1);
        }
        for (size_t w = 0; w < WORDS; w++)
            mask[w] = w == 0 ? UINT64_C(1) << rnd(64) : (uint64_t)rnd(UINT32_MAX) << 32 | rnd(UINT32_MAX);
        enum expr_op op = (enum expr_op)(EXPR_LT + rnd(4));
        double limit = numbers[rnd(5)];
        kernels_equal(a, b, WORDS, equal);
        kernels_missing(a, WORDS, missing);
        kernels_gap(x, y, WORDS, op, limit, gap, null);
        kernels_below(f, WORDS, 1.0f, below);
        kernels_add_pattern(level, WORDS, 10, index);
        kernels_set_level(mask, WORDS, -1, level);
        for (size_t k = 0; k < PAIRS; k++) {
            double g = fabs(x[k] - y[k]);
            bool within = op == EXPR_LT ? g < limit : op == EXPR_LE ? g <= limit : op == EXPR_GT ? g > limit : g >= limit;
            assert_int_equal(bit(equal, k), a[k] == b[k]);
            assert_int_equal(bit(missing, k), a[k] == 0);
            assert_int_equal(bit(null, k), isnan(g));
            assert_true(isnan(g) || bit(gap, k) == within);
            assert_int_equal(bit(below, k), f[k] < 1.0f);
            assert_int_equal(index[k], (before[k] + 1) * 10);
            assert_int_equal(level[k], bit(mask, k) ? -1 : before[k]);
        }
    }
}

/* Never rejects what the exact function accepts, whichever form of the kernel the processor has. */
static void bounds_let_through_what_is_within(void **state)
{
    (void)state;
    size_t rejected = 0;
    for (int round = 0; round < 30; round++) {
        struct strings_signature sign[ROWS];
        uint64_t a_bits[64], b_bits[64], reach[1], near[1];
        uint32_t a_prefix[64], b_prefix[64], a_size[64], b_size[64];
        struct kernels_signs sa = {a_bits, a_prefix, a_size}, sb = {b_bits, b_prefix, b_size};
        size_t l[64], r[64];
        random_rows();
        for (size_t i = 0; i < ROWS; i++)
            sign[i] = strings_sign(str_of(texts[i][A]));
        for (size_t k = 0; k < 64; k++) {
            const struct strings_signature *s = &sign[l[k] = rnd(ROWS)], *t = &sign[r[k] = rnd(ROWS)];
            a_bits[k] = s->bits, a_prefix[k] = s->prefix, a_size[k] = s->length | (uint32_t)s->over << 16;
            b_bits[k] = t->bits, b_prefix[k] = t->prefix, b_size[k] = t->length | (uint32_t)t->over << 16;
        }
        double limit = rnd(101) / 100.0;
        uint32_t most = rnd(5);
        struct strings_least winkler = strings_least_for(true, limit);
        kernels_may_reach(&winkler, &sa, &sb, 1, reach);
        kernels_may_be_near(most, &sa, &sb, 1, near);
        for (size_t k = 0; k < 64; k++) {
            struct str a = str_of(texts[l[k]][A]), b = str_of(texts[r[k]][A]);
            assert_true(bit(reach, k) || strings_jaro_winkler(a, b) < limit);
            assert_true(bit(near, k) || strings_damerau(a, b, SIZE_MAX) > most);
            assert_true(bit(near, k) || strings_levenshtein(a, b, SIZE_MAX) > most);
            rejected += !bit(reach, k) + !bit(near, k);
        }
    }
    assert_true(rejected > 500);
}

/* ---- large blocks, and allocations ---- */

static long allocations;
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n) { return allocations++, __real_malloc(n); }
void *__wrap_calloc(size_t n, size_t size) { return allocations++, __real_calloc(n, size); }
void *__wrap_realloc(void *p, size_t n) { return allocations++, __real_realloc(p, n); }

static struct link_table *one_block(size_t n)
{
    static const struct str names[] = {{"unique_id", 9}, {"a", 1}, {"b", 1}};
    struct link_table *t;
    struct err e = {0};
    assert_int_equal(link_table_new(names, 3, (size_t)1 << 26, &t, &e), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        char id[8], value[16];
        (void)snprintf(id, sizeof id, "%06zu", i);
        (void)snprintf(value, sizeof value, "%c%c%c%c%c", 'a' + rnd(6), 'a' + rnd(6), 'a' + rnd(6), 'a' + rnd(6), 'a' + rnd(6));
        assert_int_equal(link_table_add(t, (struct str[]){str_of(id), str_of(value), STR("same")}, &e), ERR_OK);
    }
    return t;
}

static const char block_model[] =
    "{\"blocking_rules_to_generate_predictions\": [\"l.b = r.b\"], \"probability_two_random_records_match\": 0.5, \"comparisons\": ["
    "{\"output_column_name\": \"a\", \"comparison_levels\": ["
    "{\"sql_condition\": \"a_l = a_r\", \"m_probability\": 0.6, \"u_probability\": 0.1, \"tf_adjustment_column\": \"a\"},"
    "{\"sql_condition\": \"damerau_levenshtein(a_l, a_r) <= 2\", \"m_probability\": 0.2, \"u_probability\": 0.1},"
    "{\"sql_condition\": \"jaro_similarity(a_l, a_r) >= 0.6\", \"m_probability\": 0.1, \"u_probability\": 0.1},"
    "{\"sql_condition\": \"left(a_l, 1) || right(a_r, 1) = 'ab'\", \"m_probability\": 0.1, \"u_probability\": 0.1},"
    "{\"sql_condition\": \"ELSE\", \"m_probability\": 0.1, \"u_probability\": 0.7}]}]}";

static void a_large_block_in_pieces_gives_each_pair_once_in_order(void **state)
{
    (void)state;
    size_t n = 1500; /* more than twice PAIRS_RANGE pairs */
    struct link_table *t = one_block(n);
    struct link_model *m = fixture_model(block_model);
    struct fixture_edges first = {0};
    for (unsigned threads = 1; threads <= 8; threads *= 2) {
        struct fixture_edges x = fixture_predict(m, t, (struct link_options){.threshold_weight = -INFINITY, .threads = threads});
        assert_int_equal(x.n, n * (n - 1) / 2);
        size_t at = 0;
        for (uint32_t l = 0; l < n; l++)
            for (uint32_t r = l + 1; r < n; r++, at++)
                if (x.items[at].l != l || x.items[at].r != r || (threads > 1 && x.items[at].match_weight != first.items[at].match_weight))
                    fail_msg("pair %zu with %u threads", at, threads);
        if (threads == 1)
            first = x;
        else
            fixture_edges_free(&x);
    }
    fixture_edges_free(&first);
    link_model_free(m);
    link_table_free(t);
}

static long allocations_for(const struct link_model *m, size_t n, uint64_t *ret_pairs)
{
    struct link_table *t = one_block(n);
    struct err e = {0};
    struct link_options o = {.threshold_weight = 100}; /* all are compared, no edge is kept */
    struct fixture_edges none = {.n_comparisons = 1};
    long before = allocations;
    assert_int_equal(link_predict(m, t, &o, fixture_keep, &none, ret_pairs, &e), ERR_OK);
    long made = allocations - before;
    assert_int_equal(none.n, 0);
    link_table_free(t);
    return made;
}

static void a_pair_allocates_nothing(void **state)
{
    struct link_model *m = fixture_model(block_model);
    uint64_t few = 0, many = 0;
    (void)state;
    long at_few = allocations_for(m, 900, &few), at_many = allocations_for(m, 2700, &many);
    assert_true(many > 8 * few);
    assert_true(at_few > 10); /* they are counted */
    print_message("# %ld allocations for %llu pairs, %ld for %llu\n", at_few, (unsigned long long)few, at_many, (unsigned long long)many);
    assert_true(at_many < at_few + 100); /* tables of values that grow by doubling */
    link_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_engine_agrees_with_the_interpreter), cmocka_unit_test(a_threshold_drops_what_weighs_less_and_nothing_else),
        cmocka_unit_test(kernels_are_their_plain_forms),          cmocka_unit_test(bounds_let_through_what_is_within),
        cmocka_unit_test(a_large_block_in_pieces_gives_each_pair_once_in_order), cmocka_unit_test(a_pair_allocates_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}
