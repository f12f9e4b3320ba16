/* plan_tests.c: from condition to test. Parts that look at one record become columns; then the shapes below are recognised, and what is none of
 * them stays a tree for the interpreter.
 *
 *   a IS NULL            IS_NULL      a IS NULL OR b IS NULL          ANY_NULL
 *   a = b, a <> b        EQUAL        fn(a, b) >= x, <= x             SIMILAR (Jaro, Jaro-Winkler, Levenshtein, Damerau-Levenshtein)
 *   a boolean column     TRUTH        abs(a - b) <= x                 GAP (numbers, days)
 *   coalesce(c, false)   SURE         array_length(list_intersect(a, b)) >= n   COMMON (lists of texts) */
#include "linkage/functions.h"
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

/* Argument i of a function of lists is a list: a column there is read as JSON once a value, not once a pair. */
static bool wants_list(const struct expr *call, size_t i)
{
    if (call->op != EXPR_CALL || !functions_takes_list(call->fn))
        return false;
    if (call->fn == FN_LIST_PREPEND)
        return i == 1;
    return i == 0 || ((call->fn == FN_LIST_INTERSECT || call->fn == FN_COSINE || call->fn == FN_LIST_HAS_ANY || call->fn == FN_LIST_HAS_ALL || call->fn == FN_LIST_CONCAT ||
                       call->fn == FN_LIST_ZIP_WITH) && i == 1);
}

static enum err_code node_list(struct plan *p, struct expr *column, struct expr **ret, struct err *e)
{
    struct expr *cast = ARENA_NEW(&p->a, struct expr, 1);
    struct expr **child = ARENA_NEW(&p->a, struct expr *, 1);
    if (!cast || !child)
        return no_memory(e);
    child[0] = column;
    *cast = (struct expr){.op = EXPR_CAST, .type = VALUE_LIST, .sides = column->sides, .child = child, .n = 1, .at = column->at};
    return node_slot(p, cast, ret, e);
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
        if (wants_list(x, i) && x->child[i]->op == EXPR_COLUMN)
            ERR_TRY(node_list(p, x->child[i], &child[i], e));
        else
            ERR_TRY(rewrite(p, x->child[i], &child[i], e));
    *ret = copy;
    return ERR_OK;
}

/* ---- recognising ---- */

static bool is_slot(const struct expr *x) { return x->op == EXPR_SLOT; }
static bool across(const struct expr *a, const struct expr *b) { return is_slot(a) && is_slot(b) && a->side != b->side; }
static struct test_place place(const struct expr *x) { return (struct test_place){x->column, x->side}; }

static bool is_fact(enum test_op op)
{
    return op == TEST_TRUTH || op == TEST_EQUAL || op == TEST_GAP || op == TEST_COMMON || op == TEST_EXPR;
}

static bool same_place(struct test_place a, struct test_place b) { return a.column == b.column && a.side == b.side; }

static bool same_literal(struct value a, struct value b)
{
    if (a.type != b.type)
        return false;
    switch (a.type) {
    case VALUE_NULL: return true;
    case VALUE_BOOL: return a.boolean == b.boolean;
    case VALUE_NUMBER: return a.number == b.number;
    case VALUE_TEXT: return str_eq(a.text, b.text);
    default: return false;
    }
}

static bool same_tree(const struct expr *a, const struct expr *b)
{
    if (a->op != b->op || a->type != b->type || a->side != b->side || a->try_cast != b->try_cast || a->column != b->column ||
        a->index_base != b->index_base || a->fn != b->fn || a->empty_alike != b->empty_alike || a->regex != b->regex || !str_eq(a->name, b->name) || a->n != b->n)
        return false;
    if (a->op == EXPR_LITERAL && !same_literal(a->literal, b->literal))
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!same_tree(a->child[i], b->child[i]))
            return false;
    return true;
}

/* Equality within one column is the same whichever side is named first. */
static bool same_fact(const struct test *a, const struct test *b)
{
    if (a->op != b->op)
        return false;
    if (a->op == TEST_EXPR)
        return same_tree(a->expr, b->expr);
    bool places = same_place(a->a, b->a) && same_place(a->b, b->b);
    if (a->op == TEST_EQUAL)
        return places || (a->a.column == a->b.column && b->a.column == a->a.column && b->b.column == a->a.column);
    return places && a->compare == b->compare && a->limit == b->limit;
}

/* The test that already stands for the same fact, or a new number. */
static enum err_code fact_of(struct plan *p, struct test *t, struct err *e)
{
    for (size_t i = 0; i < p->n_facts; i++)
        if (same_fact(p->facts[i], t)) {
            t->fact = p->facts[i]->fact;
            t->memo = p->facts[i]->memo;
            return ERR_OK;
        }
    if (p->n_facts == p->facts_cap) {
        size_t cap = p->facts_cap ? p->facts_cap * 2 : 32;
        const struct test **more = realloc(p->facts, cap * sizeof *more);
        if (!more)
            return no_memory(e);
        p->facts = more;
        p->facts_cap = cap;
    }
    t->fact = (uint32_t)p->n_facts;
    if (t->op == TEST_EXPR && t->memo >= 0)
        t->memo = (ptrdiff_t)p->n_memos++;
    p->facts[p->n_facts++] = t;
    return ERR_OK;
}

static enum err_code test_new(struct context *c, struct test t, const struct test **ret, struct err *e)
{
    struct test *copy = ARENA_NEW(&c->p->a, struct test, 1);
    if (!copy)
        return no_memory(e);
    *copy = t;
    copy->text = c->text;
    if (is_fact(t.op))
        ERR_TRY(fact_of(c->p, copy, e));
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

static bool has_ladder(const struct expr *call)
{
    return call->op == EXPR_CALL && (is_similarity(call->fn) || call->fn == FN_LEVENSHTEIN || call->fn == FN_DAMERAU) &&
           across(call->child[0], call->child[1]);
}

/* A bound can only cut one way: similarities from below, distances from above. The other way is the opposite of that. */
static bool cuts_the_wrong_way(enum expr_fn fn, enum expr_op op)
{
    return is_similarity(fn) ? op == EXPR_LE || op == EXPR_LT : op == EXPR_GE || op == EXPR_GT;
}

static enum expr_op opposite(enum expr_op op)
{
    return op == EXPR_LE ? EXPR_GT : op == EXPR_LT ? EXPR_GE : op == EXPR_GE ? EXPR_LT : EXPR_LE;
}

static enum err_code ladder_of(struct context *c, struct test *t, struct err *e)
{
    struct plan *p = c->p;
    size_t i = 0;
    for (; i < p->n_ladders; i++) {
        struct test_ladder *l = &p->ladders[i];
        if (l->fn == t->fn && l->empty_alike == t->empty_alike && l->a.column == t->a.column && l->b.column == t->b.column && l->a.side == t->a.side && l->b.side == t->b.side)
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
        p->ladders[p->n_ladders++] = (struct test_ladder){.fn = t->fn, .empty_alike = t->empty_alike, .a = t->a, .b = t->b, .loosest = t->limit};
    struct test_ladder *l = &p->ladders[i];
    if (is_similarity(t->fn) ? t->limit < l->loosest : t->limit > l->loosest)
        l->loosest = t->limit;
    t->ladder = (uint32_t)i;
    return ERR_OK;
}

static enum err_code recognise_similar(struct context *c, const struct expr *call, enum expr_op op, double limit, const struct test **ret,
                                       struct err *e)
{
    struct test t = {.op = TEST_SIMILAR, .a = place(call->child[0]), .b = place(call->child[1]), .fn = call->fn, .empty_alike = call->empty_alike,
                     .compare = op, .limit = limit};
    bool negate = cuts_the_wrong_way(call->fn, op);
    if (negate)
        t.compare = opposite(op);
    c->p->columns[t.a.column].needs_sign = c->p->columns[t.b.column].needs_sign = true;
    ERR_TRY(ladder_of(c, &t, e));
    ERR_TRY(test_new(c, t, ret, e));
    return negate ? test_new(c, (struct test){.op = TEST_NOT, .left = *ret}, ret, e) : ERR_OK;
}

/* The two columns that a tree reads, one of each side; false when there are more or fewer. */
static bool two_places(const struct expr *x, struct test_place *l, struct test_place *r)
{
    if (is_slot(x)) {
        struct test_place *p = x->side == SIDE_L ? l : r;
        if (p->side && p->column != x->column)
            return false;
        *p = place(x);
    }
    for (size_t i = 0; i < x->n; i++)
        if (!two_places(x->child[i], l, r))
            return false;
    return true;
}

/* Left to the interpreter; remembered by the pair of values when it reads no more than that. */
static enum err_code recognise_rest(struct context *c, const struct expr *x, const struct test **ret, struct err *e)
{
    struct test t = {.op = TEST_EXPR, .expr = x, .memo = -1};
    if (two_places(x, &t.a, &t.b) && t.a.side && t.b.side)
        t.memo = 0; /* its number comes with the fact's */
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

/* array_length(list_intersect(a, b)) of two columns of lists. */
static bool is_common(const struct expr *x)
{
    if (x->op != EXPR_CALL || (x->fn != FN_LIST_LENGTH && x->fn != FN_LENGTH) || x->child[0]->op != EXPR_CALL || x->child[0]->fn != FN_LIST_INTERSECT)
        return false;
    const struct expr *a = x->child[0]->child[0], *b = x->child[0]->child[1];
    return across(a, b) && a->type == VALUE_LIST && b->type == VALUE_LIST;
}

/* coalesce(that, -1): Spark's size. */
static bool is_size(const struct expr *x)
{
    return x->op == EXPR_CALL && x->fn == FN_COALESCE && x->n == 2 && is_common(x->child[0]) && x->child[1]->op == EXPR_LITERAL &&
           x->child[1]->type == VALUE_NUMBER && x->child[1]->literal.number == -1;
}

static bool number_holds(enum expr_op op, double a, double b)
{
    return op == EXPR_LT ? a < b : op == EXPR_LE ? a <= b : op == EXPR_GT ? a > b : a >= b;
}

static enum err_code recognise_common(struct context *c, const struct expr *x, const struct expr *length, enum expr_op op, double limit,
                                      const struct test **ret, struct err *e)
{
    const struct expr *both = length->child[0];
    struct test t = {.op = TEST_COMMON, .a = place(both->child[0]), .b = place(both->child[1]), .compare = op, .limit = limit};
    bool a, b;
    ERR_TRY(plan_column_items(c->p, t.a.column, &a, e));
    ERR_TRY(plan_column_items(c->p, t.b.column, &b, e));
    return a && b ? test_new(c, t, ret, e) : recognise_rest(c, x, ret, e);
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
    if (number && is_size(value) && !number_holds(op, -1, limit->literal.number)) { /* of NULL: false */
        struct test t = {.op = TEST_SURE};
        ERR_TRY(recognise_common(c, x, value->child[0], op, limit->literal.number, &t.left, e));
        return test_new(c, t, ret, e);
    }
    const struct plan_column *a = value->n == 2 && is_slot(value->child[0]) ? &c->p->columns[value->child[0]->column] : NULL;
    const struct plan_column *b = value->n == 2 && is_slot(value->child[1]) ? &c->p->columns[value->child[1]->column] : NULL;
    if (number && has_ladder(value) && a->is_text && b->is_text)
        return recognise_similar(c, value, op, limit->literal.number, ret, e);
    if (number && is_common(value))
        return recognise_common(c, x, value, op, limit->literal.number, ret, e);
    if (number && is_gap(value)) {
        const struct expr *minus = value->child[0];
        struct test t = {.op = TEST_GAP, .a = place(minus->child[0]), .b = place(minus->child[1]), .compare = op, .limit = limit->literal.number};
        c->p->columns[t.a.column].needs_number = c->p->columns[t.b.column].needs_number = true;
        return test_new(c, t, ret, e);
    }
    return recognise_rest(c, x, ret, e);
}

/* coalesce(x, FALSE) of a condition. */
static bool is_sure(const struct expr *x)
{
    return x->op == EXPR_CALL && x->fn == FN_COALESCE && x->n == 2 && x->child[0]->type == VALUE_BOOL && x->child[1]->op == EXPR_LITERAL &&
           x->child[1]->type == VALUE_BOOL && !x->child[1]->literal.boolean;
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
    case EXPR_CALL:
        if (!is_sure(x))
            break;
        t.op = TEST_SURE;
        ERR_TRY(recognise(c, x->child[0], &t.left, e));
        return test_new(c, t, ret, e);
    default: break;
    }
    return recognise_rest(c, x, ret, e);
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
