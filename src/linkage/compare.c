/* compare.c: tests and levels of a batch of pairs.
 *
 * A similarity is worked out at most once a pair and ladder: first the bound from signatures against the ladder's loosest limit, then the memo
 * of value pairs, then the strings. All choices are by data, none by chance, so results do not depend on what came before. */
#include "linkage/run.h"

#include <assert.h>
#include <math.h>

#define SIM_UNKNOWN (-2.0)
#define SIM_BELOW (-1.0) /* below every limit of the ladder */
#define DIST_ABOVE 1e9   /* above every limit of the ladder */
#define MEMO_MASK (((uint64_t)1 << 13) - 1)

static inline uint32_t index_of(const struct run *r, struct test_place at, uint16_t pair)
{
    return at.side == SIDE_L ? r->l[pair] : r->r[pair];
}
static inline uint32_t code_of(const struct run *r, struct test_place at, uint16_t pair)
{
    return r->columns[at.column].code[index_of(r, at, pair)];
}

/* ---- similarities ---- */

static double exact_value(const struct test_ladder *l, struct str a, struct str b)
{
    size_t most = l->loosest >= 0 && l->loosest < 1e6 ? (size_t)l->loosest : SIZE_MAX;
    switch (l->fn) {
    case FN_JARO_WINKLER: return strings_jaro_winkler(a, b);
    case FN_JARO: return strings_jaro(a, b);
    case FN_LEVENSHTEIN: return (double)strings_levenshtein(a, b, most);
    default: return (double)strings_damerau(a, b, most);
    }
}

/* Bit counts by the processor's own instruction where it has one; the same result either way. */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WITH_POPCOUNT __attribute__((target_clones("popcnt", "default")))
#else
#define WITH_POPCOUNT
#endif

/* Of the pairs not known yet: those out of reach get `below`, the others are listed. No branch depends on the data. */
WITH_POPCOUNT static size_t sift(const struct test_ladder *l, const struct strings_signature *sa, const uint32_t *ia,
                                 const struct strings_signature *sb, const uint32_t *ib, const uint16_t *select, size_t n, double *known,
                                 uint16_t *ret_open)
{
    size_t open = 0;
    bool distance = l->fn == FN_LEVENSHTEIN || l->fn == FN_DAMERAU;
    double below = distance ? DIST_ABOVE : SIM_BELOW;
    uint32_t most = l->loosest >= UINT16_MAX ? UINT16_MAX : l->loosest < 0 ? 0 : (uint32_t)l->loosest;
    for (size_t k = 0; k < n; k++) {
        uint16_t pair = select[k];
        const struct strings_signature *a = &sa[ia[pair]], *b = &sb[ib[pair]];
        uint32_t longest = a->length > b->length ? a->length : b->length;
        bool reach = distance ? (longest <= strings_shared_at_most(a, b) + most) | (longest == UINT16_MAX) : strings_may_reach(&l->least, a, b);
        bool unknown = known[pair] == SIM_UNKNOWN;
        known[pair] = (unknown & !reach) ? below : known[pair];
        ret_open[open] = pair;
        open += unknown & reach;
    }
    return open;
}

static double similarity(struct run *r, const struct test *t, uint16_t pair)
{
    const struct test_ladder *l = &r->plan->ladders[t->ladder];
    uint32_t ia = index_of(r, t->a, pair), ib = index_of(r, t->b, pair);
    const struct run_column *ga = &r->columns[t->a.column], *gb = &r->columns[t->b.column];
    uint32_t ca = ga->code[ia], cb = gb->code[ib];
    if (ca == cb && t->a.column == t->b.column)
        return l->fn == FN_LEVENSHTEIN || l->fn == FN_DAMERAU ? 0.0 : ga->sign[ia].length ? 1.0 : 0.0;
    uint64_t key = ((uint64_t)ca << 32 | cb) + 1;
    struct run_memo *m = &r->memo[t->ladder][key * UINT64_C(0x9E3779B97F4A7C15) >> 40 & MEMO_MASK];
    if (m->key != key) {
        const struct plan_column *a = &r->plan->columns[t->a.column], *b = &r->plan->columns[t->b.column];
        m->value = exact_value(l, plan_text(a, ca), plan_text(b, cb));
        m->key = key;
    }
    return m->value;
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

static void test_similar(struct run *r, const struct test *t, const uint16_t *select, size_t n, uint8_t *out)
{
    double *known = r->similarity[t->ladder], limit = t->limit;
    const struct run_column *ga = &r->columns[t->a.column], *gb = &r->columns[t->b.column];
    const uint32_t *ia = t->a.side == SIDE_L ? r->l : r->r, *ib = t->b.side == SIDE_L ? r->l : r->r;
    uint16_t *open = r->sift_open;
    size_t n_open = sift(&r->plan->ladders[t->ladder], ga->sign, ia, gb->sign, ib, select, n, known, open);
    for (size_t k = 0; k < n_open; k++)
        if (ga->code[ia[open[k]]] != 0 && gb->code[ib[open[k]]] != 0)
            known[open[k]] = similarity(r, t, open[k]);
    bool is_less = t->compare == EXPR_LE || t->compare == EXPR_LT, or_equal = t->compare == EXPR_LE || t->compare == EXPR_GE;
    for (size_t k = 0; k < n; k++) {
        uint16_t pair = select[k];
        double v = known[pair];
        unsigned holds = (is_less ? v < limit : v > limit) | (or_equal & (v == limit));
        unsigned null = (ga->code[ia[pair]] == 0) | (gb->code[ib[pair]] == 0);
        out[k] = (uint8_t)(null ? TRI_NULL : holds);
    }
}

/* ---- the other leaves ---- */

static void test_equal(struct run *r, const struct test *t, const uint16_t *select, size_t n, uint8_t *out)
{
    const uint32_t *a = r->columns[t->a.column].code, *b = r->columns[t->b.column].code;
    const uint32_t *ia = t->a.side == SIDE_L ? r->l : r->r, *ib = t->b.side == SIDE_L ? r->l : r->r;
    if (t->translate) {
        for (size_t k = 0; k < n; k++) {
            uint32_t ca = a[ia[select[k]]], cb = b[ib[select[k]]];
            out[k] = ca == 0 || cb == 0 ? TRI_NULL : (uint8_t)(ca == t->translate[cb]);
        }
        return;
    }
    for (size_t k = 0; k < n; k++) {
        uint32_t ca = a[ia[select[k]]], cb = b[ib[select[k]]];
        unsigned null = (ca == 0) | (cb == 0), same = ca == cb;
        out[k] = (uint8_t)(null ? TRI_NULL : same);
    }
}

static void test_nulls(struct run *r, const struct test *t, const uint16_t *select, size_t n, uint8_t *out)
{
    bool any = t->op == TEST_ANY_NULL;
    for (size_t k = 0; k < n; k++)
        out[k] = (uint8_t)(code_of(r, t->a, select[k]) == 0 || (any && code_of(r, t->b, select[k]) == 0));
}

static void test_truth(struct run *r, const struct test *t, const uint16_t *select, size_t n, uint8_t *out)
{
    const struct plan_column *c = &r->plan->columns[t->a.column];
    for (size_t k = 0; k < n; k++) {
        uint32_t code = code_of(r, t->a, select[k]);
        out[k] = code == 0 ? TRI_NULL : (uint8_t)c->values[code].boolean;
    }
}

static void test_gap(struct run *r, const struct test *t, const uint16_t *select, size_t n, uint8_t *out)
{
    const double *a = r->columns[t->a.column].number, *b = r->columns[t->b.column].number;
    for (size_t k = 0; k < n; k++) {
        double gap = fabs(a[index_of(r, t->a, select[k])] - b[index_of(r, t->b, select[k])]);
        out[k] = isnan(gap) ? TRI_NULL : (uint8_t)within(t->compare, gap, t->limit);
    }
}

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

static void test_common(struct run *r, const struct test *t, const uint16_t *select, size_t n, uint8_t *out)
{
    const struct plan_column *a = &r->plan->columns[t->a.column], *b = &r->plan->columns[t->b.column];
    for (size_t k = 0; k < n; k++) {
        uint32_t ca = code_of(r, t->a, select[k]), cb = code_of(r, t->b, select[k]);
        out[k] = ca == 0 || cb == 0 ? TRI_NULL : (uint8_t)within(t->compare, common_items(a, ca, b, cb), t->limit);
    }
}

/* ---- the interpreter ---- */

struct leaf_context {
    const struct run *r;
    uint16_t pair;
};

static enum err_code pair_leaf(void *ctx, const struct expr *x, struct value *ret, struct err *e)
{
    const struct leaf_context *c = ctx;
    (void)e;
    *ret = plan_value(&c->r->plan->columns[x->column], code_of(c->r, (struct test_place){x->column, x->side}, c->pair));
    return ERR_OK;
}

static uint8_t interpret(struct run *r, const struct test *t, uint16_t pair)
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
    return v.type == VALUE_BOOL ? (uint8_t)v.boolean : TRI_NULL;
}

static void test_expr(struct run *r, const struct test *t, const uint16_t *select, size_t n, uint8_t *out)
{
    for (size_t k = 0; k < n; k++) {
        if (t->memo < 0) {
            out[k] = interpret(r, t, select[k]);
            continue;
        }
        uint64_t key = ((uint64_t)code_of(r, t->a, select[k]) << 32 | code_of(r, t->b, select[k])) + 1;
        struct run_memo *m = &r->expr_memo[t->memo][key * UINT64_C(0x9E3779B97F4A7C15) >> 40 & MEMO_MASK];
        if (m->key != key) {
            m->value = interpret(r, t, select[k]);
            m->key = key;
        }
        out[k] = (uint8_t)m->value;
    }
}

/* ---- logic over selections ---- */

/* AND: the right side is asked only where the left is not false; OR: only where it is not true. */
static void test_logic(struct run *r, const struct test *t, const uint16_t *select, size_t n, uint8_t *out)
{
    uint8_t decides = t->op == TEST_AND ? TRI_FALSE : TRI_TRUE;
    assert(r->scratch_top + 2 * RUN_BATCH <= r->scratch_cap);
    uint16_t *open = r->scratch_select + r->scratch_top, *at = open + RUN_BATCH;
    uint8_t *right = r->scratch_tri + r->scratch_top;
    size_t n_open = 0;
    run_test(r, t->left, select, n, out);
    r->scratch_top += 2 * (size_t)RUN_BATCH;
    for (size_t k = 0; k < n; k++) {
        open[n_open] = select[k];
        at[n_open] = (uint16_t)k;
        n_open += out[k] != decides;
    }
    if (n_open > 0)
        run_test(r, t->right, open, n_open, right);
    for (size_t k = 0; k < n_open; k++) {
        uint8_t l = out[at[k]], o = right[k];
        out[at[k]] = o == decides || l != TRI_NULL ? o : TRI_NULL;
    }
    r->scratch_top -= 2 * (size_t)RUN_BATCH;
}

void run_test(struct run *r, const struct test *t, const uint16_t *select, size_t n, uint8_t *out)
{
    switch (t->op) {
    case TEST_AND:
    case TEST_OR: test_logic(r, t, select, n, out); break;
    case TEST_NOT:
        run_test(r, t->left, select, n, out);
        for (size_t k = 0; k < n; k++)
            out[k] = out[k] == TRI_NULL ? TRI_NULL : !out[k];
        break;
    case TEST_SURE:
        run_test(r, t->left, select, n, out);
        for (size_t k = 0; k < n; k++)
            out[k] = out[k] == TRI_TRUE;
        break;
    case TEST_CONST: memset(out, (int)t->constant, n); break;
    case TEST_TRUTH: test_truth(r, t, select, n, out); break;
    case TEST_IS_NULL:
    case TEST_ANY_NULL: test_nulls(r, t, select, n, out); break;
    case TEST_EQUAL: test_equal(r, t, select, n, out); break;
    case TEST_SIMILAR: test_similar(r, t, select, n, out); break;
    case TEST_GAP: test_gap(r, t, select, n, out); break;
    case TEST_COMMON: test_common(r, t, select, n, out); break;
    case TEST_EXPR: test_expr(r, t, select, n, out); break;
    }
}

/* ---- batches ---- */

void run_forget(struct run *r)
{
    for (size_t k = 0; k < r->plan->n_ladders; k++)
        for (size_t i = 0; i < r->n; i++)
            r->similarity[k][i] = SIM_UNKNOWN;
}

static uint16_t *select_all(struct run *r)
{
    uint16_t *select = r->scratch_select + r->scratch_top;
    for (size_t k = 0; k < r->n; k++)
        select[k] = (uint16_t)k;
    return select;
}

void run_keep(struct run *r, const struct test *t, bool when_true)
{
    uint16_t *select = select_all(r);
    uint8_t *out = r->scratch_tri + r->scratch_top;
    size_t kept = 0;
    if (t->uses_ladder)
        run_forget(r);
    r->scratch_top += RUN_BATCH;
    run_test(r, t, select, r->n, out);
    r->scratch_top -= RUN_BATCH;
    for (size_t k = 0; k < r->n; k++) {
        r->l[kept] = r->l[k];
        r->r[kept] = r->r[k];
        kept += (out[k] == TRI_TRUE) == when_true;
    }
    r->n = kept;
}

/* Nearly every comparison begins with "a value is missing" and "the values are equal": both at once for all pairs, without branches. Gives the
 * number of levels done; *n are left open. What no level takes falls to 0, as in Splink's CASE. */
static size_t begin_exact(struct run *r, size_t c, uint16_t *open, size_t *n)
{
    const struct model_comparison *comparison = &r->plan->model->comparisons[c];
    const struct test *null = r->plan->levels[c][0], *equal = comparison->n > 1 ? r->plan->levels[c][1] : NULL;
    int8_t *gamma = r->gamma[c];
    if (!null || !equal || null->op != TEST_ANY_NULL || equal->op != TEST_EQUAL || equal->translate || null->a.side == null->b.side) {
        memset(gamma, 0, r->n);
        return 0;
    }
    const uint32_t *na = r->columns[null->a.column].code, *nb = r->columns[null->b.column].code, *code = r->columns[equal->a.column].code;
    const uint32_t *ia = null->a.side == SIDE_L ? r->l : r->r, *ib = null->b.side == SIDE_L ? r->l : r->r;
    const uint32_t *l = r->l, *rr = r->r;
    int null_gamma = comparison->levels[0].gamma, equal_gamma = comparison->levels[1].gamma;
    size_t still = 0;
    for (size_t k = 0; k < r->n; k++) {
        uint32_t ca = code[l[k]], cb = code[rr[k]];
        bool missing = (na[ia[k]] == 0) | (nb[ib[k]] == 0), same = (ca == cb) & (ca != 0) & !missing;
        gamma[k] = (int8_t)(missing ? null_gamma : same ? equal_gamma : 0);
        open[still] = (uint16_t)k;
        still += !missing & !same;
    }
    *n = still;
    return 2;
}

static void compare_one(struct run *r, size_t c)
{
    const struct model_comparison *comparison = &r->plan->model->comparisons[c];
    int8_t *gamma = r->gamma[c];
    uint16_t *open = select_all(r);
    uint8_t *out = r->scratch_tri + r->scratch_top;
    size_t n = r->n;
    size_t i = begin_exact(r, c, open, &n);
    r->scratch_top += RUN_BATCH;
    for (; i < comparison->n && n > 0; i++) {
        const struct test *t = r->plan->levels[c][i];
        int8_t level = (int8_t)comparison->levels[i].gamma;
        size_t still = 0;
        if (t)
            run_test(r, t, open, n, out);
        else
            memset(out, TRI_TRUE, n);
        for (size_t k = 0; k < n; k++) {
            uint16_t pair = open[k];
            bool holds = out[k] == TRI_TRUE;
            gamma[pair] = holds ? level : gamma[pair];
            open[still] = pair;
            still += !holds;
        }
        n = still;
    }
    r->scratch_top -= RUN_BATCH;
}

void run_compare(struct run *r)
{
    run_forget(r);
    for (size_t c = 0; c < r->plan->model->n_comparisons; c++)
        compare_one(r, c);
}
