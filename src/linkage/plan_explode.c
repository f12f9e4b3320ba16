/* plan_explode.c: blocking rules with arrays_to_explode, as trees of the kind that all other rules are.
 *
 * Splink explodes the named lists of every record, joins the rows that come out on the rule, and takes distinct pairs. So the rule holds for two records when it holds for
 * some items of theirs:
 *
 *   exists(l.phones, a -> exists(r.phones, b -> RULE with a for l.phones and b for r.phones))
 *
 * RULE there includes what Splink adds to the join: that no earlier plain rule holds, read on the exploded rows too (an earlier rule that compares the whole list thereby sees items;
 * an earlier exploding rule excludes nothing). The tree is the rule's test. What brings the pairs is a list a record and side: the values of the rule's equalities for every choice of
 * items; records that share an entry are a block (block_explode.c). */
#include "linkage/plan.h"

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NO_MEMORY, "no memory to make the model ready for the table");
}

struct explode {
    struct plan *p;
    const struct model_rule *rule;
    bool both; /* parameters: 2k and 2k + 1 for l and r of column k; else k */
    struct err *e;
};

static uint32_t parameters(const struct explode *x) { return (uint32_t)(x->both ? 2 * x->rule->n_explode : x->rule->n_explode); }

/* ---- trees ---- */

static enum err_code node(struct explode *x, struct expr init, struct expr *const *child, size_t n, struct expr **ret)
{
    struct expr *out = ARENA_NEW(&x->p->a, struct expr, 1);
    struct expr **copy = ARENA_NEW(&x->p->a, struct expr *, n ? n : 1);
    if (!out || !copy)
        return no_memory(x->e);
    *out = init;
    out->child = copy;
    out->n = n;
    for (size_t i = 0; i < n; i++) {
        copy[i] = child[i];
        out->sides |= child[i]->sides;
        out->free_params |= child[i]->free_params;
    }
    *ret = out;
    return ERR_OK;
}

/* A call on a list with a lambda whose parameter is number `param`. */
static enum err_code over_list(struct explode *x, enum expr_fn fn, enum value_type type, struct expr *list, uint32_t param, struct expr *body, struct expr **ret)
{
    struct expr *lambda = NULL, *args[2] = {list, NULL};
    ERR_TRY(node(x, (struct expr){.op = EXPR_LAMBDA, .type = body->type, .column = param}, &body, 1, &lambda));
    lambda->free_params = param > 0; /* those of the lambdas around */
    args[1] = lambda;
    return node(x, (struct expr){.op = EXPR_CALL, .fn = fn, .type = type}, args, 2, ret);
}

static enum err_code column(struct explode *x, size_t k, enum expr_side side, struct expr **ret)
{
    return node(x, (struct expr){.op = EXPR_COLUMN, .type = VALUE_TEXT, .side = (uint8_t)side, .sides = (uint8_t)side, .column = x->rule->explode[k]}, NULL, 0, ret);
}

/* The tree with parameters in place of the exploded columns; its own lambdas move further in. */
static enum err_code with_items(struct explode *x, const struct expr *from, struct expr **ret)
{
    struct expr **child = ARENA_NEW(&x->p->a, struct expr *, from->n ? from->n : 1), init = *from;
    if (!child)
        return no_memory(x->e);
    if (from->op == EXPR_COLUMN)
        for (size_t k = 0; k < x->rule->n_explode; k++)
            if (from->column == x->rule->explode[k])
                return node(x, (struct expr){.op = EXPR_PARAM, .type = VALUE_ANY, .sides = from->sides, .at = from->at, .free_params = true,
                                             .column = (uint32_t)(x->both ? 2 * k + (from->side == SIDE_R) : k)}, NULL, 0, ret);
    for (size_t i = 0; i < from->n; i++)
        ERR_TRY(with_items(x, from->child[i], &child[i]));
    if (from->op == EXPR_PARAM || from->op == EXPR_LAMBDA)
        init.column += parameters(x);
    return node(x, init, child, from->n, ret);
}

/* ---- the rule's test ---- */

/* x AND NOT coalesce(y, false) */
static enum err_code and_not(struct explode *x, struct expr *left, struct expr *right, struct expr **ret)
{
    struct expr *args[2] = {right, NULL}, *sure = NULL, *not = NULL;
    ERR_TRY(node(x, (struct expr){.op = EXPR_LITERAL, .type = VALUE_BOOL, .literal = {.type = VALUE_BOOL}}, NULL, 0, &args[1]));
    ERR_TRY(node(x, (struct expr){.op = EXPR_CALL, .fn = FN_COALESCE, .type = VALUE_BOOL}, args, 2, &sure));
    ERR_TRY(node(x, (struct expr){.op = EXPR_NOT, .type = VALUE_BOOL}, &sure, 1, &not));
    return node(x, (struct expr){.op = EXPR_AND, .type = VALUE_BOOL}, (struct expr *[]){left, not}, 2, ret);
}

static enum err_code whole_of(struct plan *p, uint32_t rule, struct expr **ret, struct err *e)
{
    struct explode x = {p, &p->model->rules[rule], true, e};
    struct expr *body = NULL, *list = NULL;
    ERR_TRY(with_items(&x, x.rule->expr, &body));
    for (uint32_t k = 0; k < rule; k++) {
        struct expr *earlier = NULL;
        if (p->model->rules[k].n_explode > 0)
            continue;
        ERR_TRY(with_items(&x, p->model->rules[k].expr, &earlier));
        ERR_TRY(and_not(&x, body, earlier, &body));
    }
    for (uint32_t k = parameters(&x); k-- > 0;) {
        ERR_TRY(column(&x, k / 2, k % 2 ? SIDE_R : SIDE_L, &list));
        ERR_TRY(over_list(&x, FN_LIST_ANY, VALUE_BOOL, list, k, body, &body));
    }
    *ret = body;
    return ERR_OK;
}

/* ---- the lists that make blocks ---- */

static bool is_key(const struct expr *x)
{
    uint8_t a = x->op == EXPR_EQ ? x->child[0]->sides : 0, b = x->op == EXPR_EQ ? x->child[1]->sides : 0;
    return (a == SIDE_L && b == SIDE_R) || (a == SIDE_R && b == SIDE_L);
}

struct keys {
    struct expr *items[LIMIT_LINK_ARGUMENTS];
    size_t n;
};

static enum err_code collect_keys(struct explode *x, const struct expr *from, enum expr_side side, struct keys *keys)
{
    if (from->op == EXPR_AND) {
        ERR_TRY(collect_keys(x, from->child[0], side, keys));
        return collect_keys(x, from->child[1], side, keys);
    }
    if (!is_key(from) || keys->n == LIMIT_LINK_ARGUMENTS)
        return ERR_OK;
    return with_items(x, from->child[from->child[0]->sides != side], &keys->items[keys->n++]);
}

/* flatten(list_transform(c0, a -> list_transform(c1, b -> [[key, key ...]]))): a list of the keys for every choice of items. */
static enum err_code lists_of(struct plan *p, uint32_t rule, enum expr_side side, uint32_t *ret_column, size_t *ret_keys, struct err *e)
{
    struct explode x = {p, &p->model->rules[rule], false, e};
    struct keys keys = {.n = 0};
    struct expr *body = NULL, *list = NULL;
    ERR_TRY(collect_keys(&x, x.rule->expr, side, &keys));
    ERR_TRY(node(&x, (struct expr){.op = EXPR_LIST, .type = VALUE_LIST}, keys.items, keys.n, &body));
    for (uint32_t k = parameters(&x); k-- > 0;) {
        bool inner = k + 1 == parameters(&x);
        ERR_TRY(column(&x, k, side, &list));
        ERR_TRY(over_list(&x, FN_LIST_TRANSFORM, VALUE_LIST, list, k, body, &body));
        if (!inner)
            ERR_TRY(node(&x, (struct expr){.op = EXPR_CALL, .fn = FN_FLATTEN, .type = VALUE_LIST}, &body, 1, &body));
    }
    *ret_keys = keys.n;
    return plan_column_of(p, body, ret_column, e);
}

enum err_code plan_explode(struct plan *p, uint32_t rule, struct plan_conjunction *ret, struct err *e)
{
    struct expr *whole = NULL;
    *ret = (struct plan_conjunction){.rule = rule, .explodes = true};
    ERR_TRY(whole_of(p, rule, &whole, e));
    ERR_TRY(plan_test(p, whole, p->model->rules[rule].text, &ret->whole, e));
    ERR_TRY(lists_of(p, rule, SIDE_L, &ret->explode_l, &ret->n_keys, e));
    return lists_of(p, rule, SIDE_R, &ret->explode_r, &ret->n_keys, e);
}
