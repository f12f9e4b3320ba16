/* plan_tests.c: from condition to test. Parts that look at one record become columns; then the shapes below are recognised, and what is none of
 * them stays a tree for the interpreter.
 *
 *   a IS NULL            IS_NULL      a IS NULL OR b IS NULL          ANY_NULL
 *   a = b, a <> b        EQUAL        fn(a, b) >= x, <= x             SIMILAR (Jaro, Jaro-Winkler, Levenshtein, Damerau-Levenshtein)
 *   a boolean column     TRUTH        abs(a - b) <= x                 GAP (numbers, days)                                              */
#include "linkage/plan.h"

#include <stdlib.h>

struct context {
    struct plan *p;
    struct str text;
};

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NO_MEMORY, "no memory to make the model ready for the table");
}

/* ---- one-record parts to columns ---- */

static bool is_logic(enum expr_op op) { return op == EXPR_AND || op == EXPR_OR || op == EXPR_NOT || op == EXPR_IS_NULL; }

static enum err_code node_slot(struct plan *p, const struct expr *x, struct expr **ret, struct err *e)
{
    struct expr *s = ARENA_NEW(&p->a, struct expr, 1);
    if (!s)
        return no_memory(e);
    *s = (struct expr){.op = EXPR_SLOT, .type = x->type, .sides = x->sides, .side = x->sides, .at = x->at};
    *ret = s;
    return plan_column_of(p, x, &s->column, e);
}

static enum err_code rewrite(struct plan *p, const struct expr *x, struct expr **ret, struct err *e)
{
    struct expr *copy = ARENA_NEW(&p->a, struct expr, 1);
    struct expr **child = ARENA_NEW(&p->a, struct expr *, x->n ? x->n : 1);
    if (!copy || !child)
        return no_memory(e);
    if ((x->sides == SIDE_L || x->sides == SIDE_R) && !is_logic(x->op) && !x->free_params && x->op != EXPR_LAMBDA)
        return node_slot(p, x, ret, e);
    *copy = *x;
    copy->child = child;
    for (size_t i = 0; i < x->n; i++)
        ERR_TRY(rewrite(p, x->child[i], &child[i], e));
    *ret = copy;
    return ERR_OK;
}

/* ---- recognising ---- */

static bool is_slot(const struct expr *x) { return x->op == EXPR_SLOT; }
static bool across(const struct expr *a, const struct expr *b) { return is_slot(a) && is_slot(b) && a->side != b->side; }
static struct test_place place(const struct expr *x) { return (struct test_place){x->column, x->side}; }

static enum err_code test_new(struct context *c, struct test t, const struct test **ret, struct err *e)
{
    struct test *copy = ARENA_NEW(&c->p->a, struct test, 1);
    if (!copy)
        return no_memory(e);
    *copy = t;
    copy->text = c->text;
    *ret = copy;
    return ERR_OK;
}

static enum err_code recognise(struct context *c, const struct expr *x, const struct test **ret, struct err *e);

static enum err_code recognise_two(struct context *c, const struct expr *x, enum test_op op, const struct test **ret, struct err *e)
{
    struct test t = {.op = op};
    const struct expr *l = x->child[0], *r = x->child[1];
    if (op == TEST_OR && l->op == EXPR_IS_NULL && r->op == EXPR_IS_NULL && is_slot(l->child[0]) && is_slot(r->child[0]))
        return test_new(c, (struct test){.op = TEST_ANY_NULL, .a = place(l->child[0]), .b = place(r->child[0])}, ret, e);
    ERR_TRY(recognise(c, l, &t.left, e));
    ERR_TRY(recognise(c, r, &t.right, e));
    return test_new(c, t, ret, e);
}

static bool same_kind(const struct expr *a, const struct expr *b)
{
    bool a_known = a->type != VALUE_ANY && a->type != VALUE_NULL, b_known = b->type != VALUE_ANY && b->type != VALUE_NULL;
    return a_known && b_known && a->type == b->type && a->type != VALUE_LIST && a->type != VALUE_STRUCT;
}

/* Plain text of a column that only the run knows the use of may be a list: then equality is not that of the text. So only known kinds are EQUAL. */
static enum err_code recognise_equal(struct context *c, const struct expr *x, const struct test **ret, struct err *e)
{
    struct test t = {.op = TEST_EQUAL, .a = place(x->child[0]), .b = place(x->child[1])};
    if (t.a.column != t.b.column)
        ERR_TRY(plan_translate(c->p, t.a.column, t.b.column, &t.translate, e));
    ERR_TRY(test_new(c, t, ret, e));
    return x->op == EXPR_EQ ? ERR_OK : test_new(c, (struct test){.op = TEST_NOT, .left = *ret}, ret, e);
}

static enum expr_op mirrored(enum expr_op op)
{
    return op == EXPR_LE ? EXPR_GE : op == EXPR_GE ? EXPR_LE : op == EXPR_LT ? EXPR_GT : op == EXPR_GT ? EXPR_LT : op;
}

static bool is_similarity(enum expr_fn fn) { return fn == FN_JARO || fn == FN_JARO_WINKLER; }

/* A bound can only cut one way: similarities from below, distances from above. */
static bool has_test(const struct expr *call, enum expr_op op)
{
    if (call->op != EXPR_CALL || !across(call->child[0], call->child[1]))
        return false;
    if (is_similarity(call->fn))
        return op == EXPR_GE || op == EXPR_GT;
    return (call->fn == FN_LEVENSHTEIN || call->fn == FN_DAMERAU) && (op == EXPR_LE || op == EXPR_LT);
}

static enum err_code ladder_of(struct context *c, struct test *t, struct err *e)
{
    struct plan *p = c->p;
    size_t i = 0;
    for (; i < p->n_ladders; i++) {
        struct test_ladder *l = &p->ladders[i];
        if (l->fn == t->fn && l->a.column == t->a.column && l->b.column == t->b.column && l->a.side == t->a.side && l->b.side == t->b.side)
            break;
    }
    if (i == p->ladders_cap) {
        size_t cap = p->ladders_cap ? p->ladders_cap * 2 : 8;
        struct test_ladder *more = realloc(p->ladders, cap * sizeof *more);
        if (!more)
            return no_memory(e);
        p->ladders = more;
        p->ladders_cap = cap;
    }
    if (i == p->n_ladders)
        p->ladders[p->n_ladders++] = (struct test_ladder){t->fn, t->a, t->b, t->limit};
    struct test_ladder *l = &p->ladders[i];
    if (is_similarity(t->fn) ? t->limit < l->loosest : t->limit > l->loosest)
        l->loosest = t->limit;
    t->ladder = (uint32_t)i;
    return ERR_OK;
}

static enum err_code recognise_similar(struct context *c, const struct expr *call, enum expr_op op, double limit, const struct test **ret,
                                       struct err *e)
{
    struct test t = {.op = TEST_SIMILAR, .a = place(call->child[0]), .b = place(call->child[1]), .fn = call->fn, .compare = op, .limit = limit};
    c->p->columns[t.a.column].needs_sign = c->p->columns[t.b.column].needs_sign = true;
    ERR_TRY(ladder_of(c, &t, e));
    return test_new(c, t, ret, e);
}

/* abs(a - b) of two columns of numbers (epoch(...) among them). */
static bool is_gap(const struct expr *x)
{
    if (x->op != EXPR_CALL || x->fn != FN_ABS || x->child[0]->op != EXPR_SUB)
        return false;
    const struct expr *a = x->child[0]->child[0], *b = x->child[0]->child[1];
    return across(a, b) && a->type == VALUE_NUMBER && b->type == VALUE_NUMBER;
}

static enum err_code recognise_order(struct context *c, const struct expr *x, const struct test **ret, struct err *e)
{
    const struct expr *value = x->child[0], *limit = x->child[1];
    enum expr_op op = x->op;
    if (value->op == EXPR_LITERAL) {
        const struct expr *t = value;
        value = limit;
        limit = t;
        op = mirrored(op);
    }
    bool number = limit->op == EXPR_LITERAL && limit->type == VALUE_NUMBER;
    const struct plan_column *a = value->n == 2 && is_slot(value->child[0]) ? &c->p->columns[value->child[0]->column] : NULL;
    const struct plan_column *b = value->n == 2 && is_slot(value->child[1]) ? &c->p->columns[value->child[1]->column] : NULL;
    if (number && has_test(value, op) && a->is_text && b->is_text)
        return recognise_similar(c, value, op, limit->literal.number, ret, e);
    if (number && is_gap(value)) {
        const struct expr *minus = value->child[0];
        struct test t = {.op = TEST_GAP, .a = place(minus->child[0]), .b = place(minus->child[1]), .compare = op, .limit = limit->literal.number};
        c->p->columns[t.a.column].needs_number = c->p->columns[t.b.column].needs_number = true;
        return test_new(c, t, ret, e);
    }
    c->p->has_expr = true;
    return test_new(c, (struct test){.op = TEST_EXPR, .expr = x}, ret, e);
}

/* A condition without columns (`1=1`): its value once. */
static enum err_code recognise_constant(struct context *c, const struct expr *x, const struct test **ret, struct err *e)
{
    _cleanup_arena_ struct arena scratch;
    arena_init(&scratch, LIMIT_LINK_SCRATCH_BYTES);
    struct expr_scope scope = {.variants = &c->p->model->variants, .a = &scratch};
    struct value v;
    ERR_TRY(expr_eval(x, &scope, &v, e));
    ERR_TRY(value_cast(v, VALUE_BOOL, &scratch, &v, e));
    return test_new(c, (struct test){.op = TEST_CONST, .constant = v.type == VALUE_NULL ? TRI_NULL : v.boolean ? TRI_TRUE : TRI_FALSE}, ret, e);
}

static enum err_code recognise(struct context *c, const struct expr *x, const struct test **ret, struct err *e)
{
    struct test t = {.op = TEST_NOT};
    if (x->sides == 0 && !x->free_params)
        return recognise_constant(c, x, ret, e);
    switch (x->op) {
    case EXPR_AND: return recognise_two(c, x, TEST_AND, ret, e);
    case EXPR_OR: return recognise_two(c, x, TEST_OR, ret, e);
    case EXPR_NOT:
        ERR_TRY(recognise(c, x->child[0], &t.left, e));
        return test_new(c, t, ret, e);
    case EXPR_IS_NULL:
        if (is_slot(x->child[0]))
            return test_new(c, (struct test){.op = TEST_IS_NULL, .a = place(x->child[0])}, ret, e);
        break;
    case EXPR_SLOT:
        if (x->type == VALUE_BOOL)
            return test_new(c, (struct test){.op = TEST_TRUTH, .a = place(x)}, ret, e);
        break;
    case EXPR_EQ:
    case EXPR_NE:
        if (across(x->child[0], x->child[1]) && same_kind(x->child[0], x->child[1]))
            return recognise_equal(c, x, ret, e);
        break;
    case EXPR_LE:
    case EXPR_LT:
    case EXPR_GE:
    case EXPR_GT: return recognise_order(c, x, ret, e);
    default: break;
    }
    c->p->has_expr = true;
    return test_new(c, (struct test){.op = TEST_EXPR, .expr = x}, ret, e);
}

enum err_code plan_test(struct plan *p, const struct expr *x, struct str text, const struct test **ret, struct err *e)
{
    struct context c = {p, text};
    struct expr *slots;
    ERR_TRY(rewrite(p, x, &slots, e));
    return recognise(&c, slots, ret, e);
}

enum err_code plan_test_and(struct plan *p, const struct test *l, const struct test *r, const struct test **ret, struct err *e)
{
    struct context c = {p, l->text};
    return test_new(&c, (struct test){.op = TEST_AND, .left = l, .right = r}, ret, e);
}
