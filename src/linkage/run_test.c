/* run_test.c: tests of a batch of pairs, in masks.
 *
 * What two codes, two numbers or a missing value decide is asked of the whole batch at once and kept as a fact, so a condition that stands in many levels
 * and rules is worked out once. What costs more is worked out for the pairs that are asked for and not known yet: a similarity first by the bound from signatures
 * against the ladder's loosest limit, then by the memo of value pairs, then from the strings. All choices are by data, none by chance, so results do
 * not depend on what came before. */
#include "linkage/run.h"

#define FEW 4 /* when fewer than one pair in so many is open, it is taken by itself */

static inline struct run_memo *memo_slot(struct run_memo *memo, size_t size, uint64_t key)
{
    return &memo[key * UINT64_C(0x9E3779B97F4A7C15) >> 40 & (size - 1)];
}

static inline uint64_t pair_key(uint32_t a, uint32_t b) { return ((uint64_t)a << 32 | b) + 1; }

static inline void set_bit(uint64_t *mask, size_t k, bool on) { mask[k / 64] |= (uint64_t)on << (k % 64); }

/* Which of `want` are not known; false: none. They count as known from now on. */
static bool claim(const struct run *r, uint64_t *known, const uint64_t *want, uint64_t *ret)
{
    uint64_t any = 0;
    for (size_t w = 0; w < r->words; w++) {
        ret[w] = want[w] & ~known[w];
        known[w] |= want[w];
        any |= ret[w];
    }
    return any != 0;
}

static void either_null(struct run *r, const struct test *t, uint64_t *ret)
{
    const uint64_t *a = run_nulls(r, t->a), *b = run_nulls(r, t->b);
    for (size_t w = 0; w < r->words; w++)
        ret[w] = a[w] | b[w];
}

/* ---- similarities ---- */

static bool is_distance(enum expr_fn fn) { return fn == FN_LEVENSHTEIN || fn == FN_DAMERAU; }

/* What is compared: two texts, and whether each has as many characters as bytes. */
struct two_texts {
    struct str a, b;
    bool bytes;
};

static double exact_value(const struct test_ladder *l, const struct two_texts *t)
{
    if (l->empty_alike && t->a.n == 0 && t->b.n == 0)
        return 1;
    switch (l->fn) {
    case FN_JARO_WINKLER: return (t->bytes ? strings_bytes_jaro_winkler : strings_jaro_winkler)(t->a, t->b);
    case FN_JARO: return (t->bytes ? strings_bytes_jaro : strings_jaro)(t->a, t->b);
    case FN_LEVENSHTEIN: return (double)(t->bytes ? strings_bytes_levenshtein : strings_levenshtein)(t->a, t->b, l->most);
    default: return (double)(t->bytes ? strings_bytes_damerau : strings_damerau)(t->a, t->b, l->most);
    }
}

/* The signatures say how many characters there are, so no byte is looked at to find out. */
static struct two_texts texts_of(struct run *r, const struct test_ladder *l, size_t pair)
{
    uint32_t i = run_record(r, l->a, pair), j = run_record(r, l->b, pair);
    struct two_texts t = {plan_text(&r->plan->columns[l->a.column], run_code(r, l->a, pair)), plan_text(&r->plan->columns[l->b.column], run_code(r, l->b, pair)), false};
    t.bytes = (run_gathered_signs(r, l->a.column)->size[i] & UINT16_MAX) == t.a.n && (run_gathered_signs(r, l->b.column)->size[j] & UINT16_MAX) == t.b.n &&
              t.a.n < UINT16_MAX && t.b.n < UINT16_MAX;
    return t;
}

static double similarity(struct run *r, struct run_ladder *state, const struct test_ladder *l, size_t pair)
{
    uint32_t a = run_code(r, l->a, pair), b = run_code(r, l->b, pair);
    const struct plan_column *of_a = &r->plan->columns[l->a.column], *of_b = &r->plan->columns[l->b.column];
    if (a == b && of_a == of_b)
        return is_distance(l->fn) || (plan_text(of_a, a).n == 0 && !l->empty_alike) ? 0.0 : 1.0;
    if (l->most <= 1) { /* as quick as looking it up */
        struct two_texts texts = texts_of(r, l, pair);
        return exact_value(l, &texts);
    }
    struct run_memo *m = memo_slot(state->memo, RUN_NEAR, pair_key(a, b));
    if (m->key != pair_key(a, b)) {
        struct two_texts texts = texts_of(r, l, pair);
        m->value = exact_value(l, &texts);
        m->key = pair_key(a, b);
    }
    return m->value;
}

static bool one_may_reach(const struct run *r, const struct test_ladder *l, const struct kernels_signs *a, const struct kernels_signs *b, size_t pair)
{
    uint32_t i = run_record(r, l->a, pair), j = run_record(r, l->b, pair);
    uint32_t x = a->size[i] >> 16, y = b->size[j] >> 16, n = a->size[i] & UINT16_MAX, m = b->size[j] & UINT16_MAX;
    uint32_t shared = (uint32_t)__builtin_popcountll(a->bits[i] & b->bits[j]) + (x < y ? x : y);
    if (is_distance(l->fn))
        return (n > m ? n : m) <= shared + l->sign_most || n == UINT16_MAX || m == UINT16_MAX;
    return strings_least_reached(&l->least, shared, n, m, a->prefix[i] ^ b->prefix[j]);
}

/* Takes from `open` what the signatures say is out of reach. */
static void sift(struct run *r, const struct test_ladder *l, uint64_t *open)
{
    uint64_t reach[RUN_WORDS] = {0};
    size_t n = 0;
    for (size_t w = 0; w < r->words; w++)
        n += (size_t)__builtin_popcountll(open[w]);
    if (n == 0)
        return;
    if (n * FEW < r->n) {
        const struct kernels_signs *a = run_gathered_signs(r, l->a.column), *b = run_gathered_signs(r, l->b.column);
        RUN_EACH(k, open, r->words)
            set_bit(reach, k, one_may_reach(r, l, a, b, k));
    } else if (is_distance(l->fn))
        kernels_may_be_near(l->sign_most, run_signs(r, l->a), run_signs(r, l->b), r->words, reach);
    else
        kernels_may_reach(&l->least, run_signs(r, l->a), run_signs(r, l->b), r->words, reach);
    for (size_t w = 0; w < r->words; w++)
        open[w] &= reach[w];
}

static void know_ladder(struct run *r, const struct test *t, const uint64_t *nulls, const uint64_t *want)
{
    const struct test_ladder *l = &r->plan->ladders[t->ladder];
    struct run_ladder *state = &r->ladders[t->ladder];
    uint64_t open[RUN_WORDS];
    if (state->batch != r->batch) {
        memset(state->known, 0, sizeof state->known);
        memset(state->reached, 0, sizeof state->reached);
        state->batch = r->batch;
    }
    if (!claim(r, state->known, want, open))
        return;
    for (size_t w = 0; w < r->words; w++)
        open[w] &= ~nulls[w];
    sift(r, l, open);
    RUN_EACH(k, open, r->words)
        state->value[k] = similarity(r, state, l, k);
    for (size_t w = 0; w < r->words; w++)
        state->reached[w] |= open[w];
}

static inline bool within(enum expr_op op, double v, double limit)
{
    switch (op) {
    case EXPR_GE: return v >= limit;
    case EXPR_GT: return v > limit;
    case EXPR_LE: return v <= limit;
    default: return v < limit;
    }
}

static void test_similar(struct run *r, const struct test *t, const uint64_t *want, uint64_t *ret_true, uint64_t *ret_null)
{
    const struct run_ladder *state = &r->ladders[t->ladder];
    uint64_t reached[RUN_WORDS];
    either_null(r, t, ret_null);
    know_ladder(r, t, ret_null, want);
    for (size_t w = 0; w < r->words; w++) {
        reached[w] = state->reached[w] & want[w];
        ret_true[w] = 0;
    }
    bool is_less = t->compare == EXPR_LE || t->compare == EXPR_LT, or_equal = t->compare == EXPR_LE || t->compare == EXPR_GE;
    RUN_EACH(k, reached, r->words)
    {
        double v = state->value[k];
        set_bit(ret_true, k, (is_less ? v < t->limit : v > t->limit) | (or_equal & (v == t->limit)));
    }
}

/* ---- facts: of the whole batch at once ---- */

static void equal_translated(struct run *r, const struct test *t, uint64_t *ret)
{
    uint32_t translated[RUN_BATCH];
    const uint32_t *b = run_codes(r, t->b);
    for (size_t k = 0; k < r->words * 64; k++)
        translated[k] = k < r->n ? t->translate[b[k]] : 0;
    kernels_equal(run_codes(r, t->a), translated, r->words, ret);
}

static void know_equal(struct run *r, const struct test *t, struct run_fact *f)
{
    either_null(r, t, f->null);
    if (t->translate)
        equal_translated(r, t, f->truth);
    else
        kernels_equal(run_codes(r, t->a), run_codes(r, t->b), r->words, f->truth);
    for (size_t w = 0; w < r->words; w++)
        f->truth[w] &= ~f->null[w];
}

static void know_gap(struct run *r, const struct test *t, struct run_fact *f)
{
    kernels_gap(run_numbers(r, t->a), run_numbers(r, t->b), r->words, t->compare, t->limit, f->truth, f->null);
}

static void know_truth(struct run *r, const struct test *t, struct run_fact *f)
{
    const struct value *values = r->plan->columns[t->a.column].values;
    const uint32_t *code = run_codes(r, t->a);
    memcpy(f->null, run_nulls(r, t->a), r->words * sizeof *f->null);
    memset(f->truth, 0, sizeof f->truth);
    for (size_t k = 0; k < r->n; k++)
        set_bit(f->truth, k, code[k] != 0 && values[code[k]].boolean);
}

/* ---- facts: of the pairs asked for ---- */

static uint32_t common_items(const struct plan_column *a, uint32_t ca, const struct plan_column *b, uint32_t cb)
{
    if ((a->item_bits[ca] & b->item_bits[cb]) == 0)
        return 0;
    uint32_t n = 0, i = a->item_start[ca], j = b->item_start[cb], i_end = a->item_start[ca + 1], j_end = b->item_start[cb + 1];
    while (i < i_end && j < j_end) {
        uint32_t x = a->items[i], y = b->items[j];
        n += x == y;
        i += x <= y;
        j += y <= x;
    }
    return n;
}

static enum tri pair_common(const struct run *r, const struct test *t, size_t pair)
{
    uint32_t a = run_code(r, t->a, pair), b = run_code(r, t->b, pair);
    if (a == 0 || b == 0)
        return TRI_NULL;
    return within(t->compare, common_items(&r->plan->columns[t->a.column], a, &r->plan->columns[t->b.column], b), t->limit) ? TRI_TRUE : TRI_FALSE;
}

struct leaf_context {
    const struct run *r;
    size_t pair;
};

static enum err_code pair_leaf(void *ctx, const struct expr *x, struct value *ret, struct err *e)
{
    const struct leaf_context *c = ctx;
    (void)e;
    *ret = plan_value(&c->r->plan->columns[x->column], run_code(c->r, (struct test_place){x->column, x->side}, c->pair));
    return ERR_OK;
}

static enum tri interpret(struct run *r, const struct test *t, size_t pair)
{
    struct leaf_context ctx = {r, pair};
    struct expr_scope scope = {.leaf = pair_leaf, .ctx = &ctx, .variants = &r->plan->model->variants, .a = &r->a};
    struct value v = value_null;
    if (r->failed != ERR_OK)
        return TRI_NULL;
    arena_reset(&r->a);
    r->failed = expr_eval(t->expr, &scope, &v, r->e);
    if (r->failed == ERR_OK)
        r->failed = value_cast(v, VALUE_BOOL, &r->a, &v, r->e);
    if (r->failed != ERR_OK)
        r->failed = err_frame(r->e, "`%.*s`", STR_ARG(str_slice(t->text, 0, 120)));
    return v.type != VALUE_BOOL ? TRI_NULL : v.boolean ? TRI_TRUE : TRI_FALSE;
}

static enum tri pair_expr(struct run *r, const struct test *t, size_t pair)
{
    if (t->memo < 0)
        return interpret(r, t, pair);
    uint64_t key = pair_key(run_code(r, t->a, pair), run_code(r, t->b, pair));
    struct run_memo *m = memo_slot(r->memo[t->memo], RUN_MEMO, key);
    if (m->key != key) {
        m->value = interpret(r, t, pair);
        m->key = key;
    }
    return (enum tri)m->value;
}

static void know_pairs(struct run *r, const struct test *t, const uint64_t *pairs, struct run_fact *f)
{
    RUN_EACH(k, pairs, r->words) {
        enum tri v = t->op == TEST_COMMON ? pair_common(r, t, k) : pair_expr(r, t, k);
        set_bit(f->truth, k, v == TRI_TRUE);
        set_bit(f->null, k, v == TRI_NULL);
    }
}

static void test_fact(struct run *r, const struct test *t, const uint64_t *want, uint64_t *ret_true, uint64_t *ret_null)
{
    struct run_fact *f = &r->facts[t->fact];
    uint64_t open[RUN_WORDS];
    bool whole = t->op == TEST_EQUAL || t->op == TEST_GAP || t->op == TEST_TRUTH, fresh = f->batch != r->batch;
    if (fresh && !whole)
        memset(f, 0, sizeof *f);
    f->batch = r->batch;
    if (!whole && claim(r, f->known, want, open))
        know_pairs(r, t, open, f);
    else if (whole && fresh)
        t->op == TEST_EQUAL ? know_equal(r, t, f) : t->op == TEST_GAP ? know_gap(r, t, f) : know_truth(r, t, f);
    memcpy(ret_true, f->truth, r->words * sizeof *ret_true);
    memcpy(ret_null, f->null, r->words * sizeof *ret_null);
}

static void test_nulls(struct run *r, const struct test *t, uint64_t *ret_true, uint64_t *ret_null)
{
    if (t->op == TEST_ANY_NULL)
        either_null(r, t, ret_true);
    else
        memcpy(ret_true, run_nulls(r, t->a), r->words * sizeof *ret_true);
    memset(ret_null, 0, r->words * sizeof *ret_null);
}

/* ---- logic ---- */

/* AND: the right side is asked only where the left is not false; OR: only where it is not true. */
static void test_logic(struct run *r, const struct test *t, const uint64_t *want, uint64_t *ret_true, uint64_t *ret_null)
{
    bool is_and = t->op == TEST_AND;
    uint64_t open[RUN_WORDS], truth[RUN_WORDS], null[RUN_WORDS], any = 0;
    run_test(r, t->left, want, ret_true, ret_null);
    for (size_t w = 0; w < r->words; w++)
        any |= open[w] = want[w] & (is_and ? ret_true[w] | ret_null[w] : ~ret_true[w]);
    if (any)
        run_test(r, t->right, open, truth, null);
    for (size_t w = 0; w < r->words; w++) {
        uint64_t right = any ? truth[w] & open[w] : 0, right_null = any ? null[w] & open[w] : 0, left = ret_true[w], left_null = ret_null[w];
        ret_true[w] = is_and ? left & right : left | right;
        ret_null[w] = is_and ? (right | right_null) & ~(left & right) : (left_null | right_null) & ~(left | right);
    }
}

static void test_one(struct run *r, const struct test *t, const uint64_t *want, uint64_t *ret_true, uint64_t *ret_null)
{
    run_test(r, t->left, want, ret_true, ret_null);
    for (size_t w = 0; w < r->words; w++) {
        if (t->op == TEST_NOT)
            ret_true[w] = ~(ret_true[w] | ret_null[w]);
        else
            ret_null[w] = 0;
    }
}

static void test_constant(const struct run *r, const struct test *t, uint64_t *ret_true, uint64_t *ret_null)
{
    memset(ret_true, t->constant == TRI_TRUE ? 0xFF : 0, r->words * sizeof *ret_true);
    memset(ret_null, t->constant == TRI_NULL ? 0xFF : 0, r->words * sizeof *ret_null);
}

void run_test(struct run *r, const struct test *t, const uint64_t *want, uint64_t *ret_true, uint64_t *ret_null)
{
    switch (t->op) {
    case TEST_AND:
    case TEST_OR: test_logic(r, t, want, ret_true, ret_null); break;
    case TEST_NOT:
    case TEST_SURE: test_one(r, t, want, ret_true, ret_null); break;
    case TEST_CONST: test_constant(r, t, ret_true, ret_null); break;
    case TEST_IS_NULL:
    case TEST_ANY_NULL: test_nulls(r, t, ret_true, ret_null); break;
    case TEST_SIMILAR: test_similar(r, t, want, ret_true, ret_null); break;
    case TEST_TRUTH:
    case TEST_EQUAL:
    case TEST_GAP:
    case TEST_COMMON:
    case TEST_EXPR: test_fact(r, t, want, ret_true, ret_null); break;
    }
}
