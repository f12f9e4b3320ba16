/* expr_node.c: nodes of the tree, and the names that become columns, sides and parameters. */
#include "linkage/expr_parse.h"

/* ---- nodes ---- */

enum err_code expr_node_new(struct parser *p, enum expr_op op, enum value_type type, uint32_t at, size_t n, struct expr **ret)
{
    struct expr *x = ARENA_NEW(p->a, struct expr, 1);
    struct expr **child = ARENA_NEW(p->a, struct expr *, n ? n : 1);
    if (!x || !child)
        return err_set(p->e, ERR_NO_MEMORY, "the model needs more memory than its limit");
    x->op = op;
    x->type = type;
    x->at = at;
    x->child = child;
    x->n = n;
    *ret = x;
    return ERR_OK;
}

/* Sides and free parameters of a node follow from its children; called once they are set. */
struct expr *expr_node_close(struct expr *x)
{
    for (size_t i = 0; i < x->n; i++) {
        x->sides |= x->child[i]->sides;
        x->free_params |= x->child[i]->free_params;
    }
    return x;
}

enum err_code expr_node_two(struct parser *p, enum expr_op op, enum value_type type, uint32_t at, struct expr *l, struct expr *r, struct expr **ret)
{
    struct expr *x = NULL;
    ERR_TRY(expr_node_new(p, op, type, at, 2, &x));
    x->child[0] = l;
    x->child[1] = r;
    *ret = expr_node_close(x);
    return ERR_OK;
}

enum err_code expr_node_one(struct parser *p, enum expr_op op, enum value_type type, uint32_t at, struct expr *l, struct expr **ret)
{
    struct expr *x = NULL;
    ERR_TRY(expr_node_new(p, op, type, at, 1, &x));
    x->child[0] = l;
    *ret = expr_node_close(x);
    return ERR_OK;
}

enum err_code expr_node_literal(struct parser *p, struct value v, uint32_t at, struct expr **ret)
{
    ERR_TRY(expr_node_new(p, EXPR_LITERAL, v.type, at, 0, ret));
    (*ret)->literal = v;
    return ERR_OK;
}

enum err_code expr_want_bool(struct parser *p, const struct expr *x)
{
    if (x->type == VALUE_BOOL || x->type == VALUE_ANY || x->type == VALUE_NULL || x->op == EXPR_COLUMN)
        return ERR_OK;
    return FAIL(p, ERR_FORMAT, x->at, "expected a condition (something true or false)");
}

/* ---- names ---- */

enum err_code expr_names_add(struct expr_names *names, struct str name, uint32_t *ret, struct err *e)
{
    for (size_t i = 0; i < names->n; i++)
        if (str_eq(names->items[i], name)) {
            *ret = (uint32_t)i;
            return ERR_OK;
        }
    if (names->n == names->cap) {
        size_t cap = names->cap ? names->cap * 2 : 16;
        struct str *items = ARENA_NEW(names->a, struct str, cap);
        if (!items)
            return err_set(e, ERR_NO_MEMORY, "the model needs more memory than its limit");
        if (names->n)
            memcpy(items, names->items, names->n * sizeof *items);
        names->items = items;
        names->cap = cap;
    }
    struct str copy = str_dup(names->a, name);
    if (!copy.p)
        return err_set(e, ERR_NO_MEMORY, "the model needs more memory than its limit");
    names->items[names->n] = copy;
    *ret = (uint32_t)names->n++;
    return ERR_OK;
}

static enum err_code node_column(struct parser *p, struct str name, enum expr_side side, uint32_t at, struct expr **ret)
{
    ERR_TRY(expr_node_new(p, EXPR_COLUMN, VALUE_TEXT, at, 0, ret));
    (*ret)->side = (*ret)->sides = (uint8_t)side;
    return expr_names_add(p->names, name, &(*ret)->column, p->e);
}

/* `dob_l` is column dob of the left record. */
static enum err_code name_with_suffix(struct parser *p, struct str name, uint32_t at, struct expr **ret)
{
    bool left = str_ends(name, STR("_l")), right = str_ends(name, STR("_r"));
    if (name.n <= 2 || (!left && !right))
        return FAIL(p, ERR_FORMAT, at, "the name %.*s does not end in _l or _r, so its record is not known,",
                    STR_ARG(name));
    return node_column(p, str_slice(name, 0, name.n - 2), left ? SIDE_L : SIDE_R, at, ret);
}

/* `l.dob` or `l["dob"]`-free forms only: a side, a dot, a name. */
static enum err_code name_with_prefix(struct parser *p, struct str side, uint32_t at, struct expr **ret)
{
    bool left = str_eq_nocase(side, STR("l")), right = str_eq_nocase(side, STR("r"));
    if (!left && !right)
        return FAIL(p, ERR_FORMAT, at, "expected l.COLUMN or r.COLUMN");
    ERR_TRY(expr_take_sign(p, "."));
    struct str name = p->now.text;
    if (p->now.type == TOKEN_QUOTED)
        ERR_TRY(expr_unquote(p, p->now, p->text.p[p->now.at], &name));
    else if (p->now.type != TOKEN_NAME)
        return FAIL(p, ERR_FORMAT, p->now.at, "expected a column name after the dot");
    ERR_TRY(node_column(p, name, left ? SIDE_L : SIDE_R, at, ret));
    return expr_token_next(p);
}

enum err_code expr_name_resolve(struct parser *p, struct str name, uint32_t at, struct expr **ret)
{
    for (size_t i = p->n_params; i-- > 0;)
        if (str_eq_nocase(p->params[i], name)) {
            ERR_TRY(expr_node_new(p, EXPR_PARAM, VALUE_ANY, at, 0, ret));
            (*ret)->column = (uint32_t)i;
            (*ret)->free_params = true;
            return ERR_OK;
        }
    return p->naming == NAMING_SUFFIX ? name_with_suffix(p, name, at, ret) : name_with_prefix(p, name, at, ret);
}
