/* plan_rules.c: blocking rules to conjunctions: each rule's ORs are written out; of an AND's parts, equalities between something of l and something of
 * r are keys, the rest is checked pair by pair. An AND without a key takes one OR among its parts apart, if there is one. */
#include "linkage/plan.h"

struct parts {
    const struct expr *items[LIMIT_LINK_ARGUMENTS];
    size_t n;
};

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NO_MEMORY, "no memory to make the model ready for the table");
}

static enum err_code flatten_and(const struct expr *x, struct parts *parts, struct err *e)
{
    if (x->op == EXPR_AND) {
        ERR_TRY(flatten_and(x->child[0], parts, e));
        return flatten_and(x->child[1], parts, e);
    }
    if (parts->n == LIMIT_LINK_ARGUMENTS)
        return err_set(e, ERR_LIMIT, "a blocking rule has more than %d parts", LIMIT_LINK_ARGUMENTS);
    parts->items[parts->n++] = x;
    return ERR_OK;
}

static bool known_kind(const struct expr *x) { return x->type == VALUE_TEXT || x->type == VALUE_NUMBER || x->type == VALUE_DATE || x->type == VALUE_TIMESTAMP || x->type == VALUE_BOOL; }

static bool is_key(const struct expr *x)
{
    if (x->op != EXPR_EQ || !known_kind(x->child[0]) || x->child[0]->type != x->child[1]->type)
        return false;
    uint8_t a = x->child[0]->sides, b = x->child[1]->sides;
    return (a == SIDE_L && b == SIDE_R) || (a == SIDE_R && b == SIDE_L);
}

static enum err_code key_of(struct plan *p, const struct expr *x, struct plan_key *k, struct err *e)
{
    bool swapped = x->child[0]->sides == SIDE_R;
    ERR_TRY(plan_column_of(p, x->child[swapped], &k->l, e));
    ERR_TRY(plan_column_of(p, x->child[!swapped], &k->r, e));
    k->translate = NULL;
    return k->l == k->r ? ERR_OK : plan_translate(p, k->l, k->r, &k->translate, e);
}

static enum err_code conjunction_add(struct plan *p, uint32_t rule, const struct parts *parts, struct str text, struct err *e)
{
    if (p->n_conjunctions == LIMIT_LINK_CONJUNCTIONS)
        return err_set(e, ERR_LIMIT, "the blocking rules written out have more than %d parts", LIMIT_LINK_CONJUNCTIONS);
    struct plan_conjunction *c = &p->conjunctions[p->n_conjunctions];
    *c = (struct plan_conjunction){.rule = rule, .keys = ARENA_NEW(&p->a, struct plan_key, parts->n)};
    if (!c->keys)
        return no_memory(e);
    for (size_t i = 0; i < parts->n; i++) {
        const struct test *t;
        ERR_TRY(plan_test(p, parts->items[i], text, &t, e));
        if (is_key(parts->items[i]))
            ERR_TRY(key_of(p, parts->items[i], &c->keys[c->n_keys++], e));
        else if (!c->residual)
            c->residual = t;
        else
            ERR_TRY(plan_test_and(p, c->residual, t, &c->residual, e));
        if (!c->whole)
            c->whole = t;
        else
            ERR_TRY(plan_test_and(p, c->whole, t, &c->whole, e));
    }
    p->n_conjunctions++;
    return ERR_OK;
}

static enum err_code add_part(struct plan *p, uint32_t rule, const struct expr *x, struct str text, struct err *e);

/* (x OR y) AND rest, when rest has no key: x AND rest, y AND rest. */
static enum err_code distribute(struct plan *p, uint32_t rule, const struct parts *parts, size_t or_at, struct str text, struct err *e)
{
    for (size_t branch = 0; branch < 2; branch++) {
        const struct expr *x = parts->items[or_at]->child[branch];
        for (size_t i = 0; i < parts->n; i++) {
            if (i == or_at)
                continue;
            struct expr *both = ARENA_NEW(&p->a, struct expr, 1);
            struct expr **child = ARENA_NEW(&p->a, struct expr *, 2);
            if (!both || !child)
                return no_memory(e);
            memcpy(child, (const struct expr *[]){x, parts->items[i]}, 2 * sizeof *child);
            *both = (struct expr){.op = EXPR_AND, .type = VALUE_BOOL, .sides = x->sides | parts->items[i]->sides, .child = child, .n = 2};
            x = both;
        }
        ERR_TRY(add_part(p, rule, x, text, e));
    }
    return ERR_OK;
}

static enum err_code add_part(struct plan *p, uint32_t rule, const struct expr *x, struct str text, struct err *e)
{
    if (x->op == EXPR_OR) {
        ERR_TRY(add_part(p, rule, x->child[0], text, e));
        return add_part(p, rule, x->child[1], text, e);
    }
    struct parts parts = {.n = 0};
    ERR_TRY(flatten_and(x, &parts, e));
    size_t keys = 0, or_at = parts.n;
    for (size_t i = 0; i < parts.n; i++) {
        keys += is_key(parts.items[i]);
        if (parts.items[i]->op == EXPR_OR && or_at == parts.n)
            or_at = i;
    }
    if (keys == 0 && or_at < parts.n)
        return distribute(p, rule, &parts, or_at, text, e);
    return conjunction_add(p, rule, &parts, text, e);
}

static enum err_code add_rule(struct plan *p, uint32_t rule, struct err *e)
{
    const struct model_rule *r = &p->model->rules[rule];
    if (r->n_explode == 0)
        return add_part(p, rule, r->expr, r->text, e);
    if (p->n_conjunctions == LIMIT_LINK_CONJUNCTIONS)
        return err_set(e, ERR_LIMIT, "the blocking rules written out have more than %d parts", LIMIT_LINK_CONJUNCTIONS);
    return plan_explode(p, rule, &p->conjunctions[p->n_conjunctions++], e);
}

enum err_code plan_rules(struct plan *p, struct err *e)
{
    p->conjunctions = ARENA_NEW(&p->a, struct plan_conjunction, LIMIT_LINK_CONJUNCTIONS);
    if (!p->conjunctions)
        return no_memory(e);
    for (size_t i = 0; i < p->model->n_rules; i++)
        if (add_rule(p, (uint32_t)i, e) != ERR_OK)
            return err_frame(e, "blocking rule %zu", i);
    return ERR_OK;
}
