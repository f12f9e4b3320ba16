/* eval.c: the interpreter of conditions: three-valued logic, operators, CASE, lambdas. Calls are in functions.c. It makes no decisions about speed:
 * what must be fast was taken out of its hands by the plan. */
#include "linkage/expr.h"
#include "linkage/functions.h"

#include <math.h>

static struct value value_bool(bool b) { return (struct value){.type = VALUE_BOOL, .boolean = b}; }
static struct value value_number(double d) { return (struct value){.type = VALUE_NUMBER, .number = d}; }

static enum err_code eval_bool(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value v;
    ERR_TRY(expr_eval(x, s, &v, e));
    return value_cast(v, VALUE_BOOL, s->a, ret, e);
}

/* AND is false as soon as one side is false, else NULL when one is NULL; OR the mirror image. */
static enum err_code eval_logic(const struct expr *x, const struct expr_scope *s, bool decides, struct value *ret,
                                struct err *e)
{
    struct value l, r;
    ERR_TRY(eval_bool(x->child[0], s, &l, e));
    if (l.type == VALUE_BOOL && l.boolean == decides) {
        *ret = l;
        return ERR_OK;
    }
    ERR_TRY(eval_bool(x->child[1], s, &r, e));
    *ret = r.type == VALUE_BOOL && (r.boolean == decides || l.type == VALUE_BOOL) ? r : value_null;
    return ERR_OK;
}

static bool holds(enum expr_op op, int order)
{
    switch (op) {
    case EXPR_EQ: return order == 0;
    case EXPR_NE: return order != 0;
    case EXPR_LT: return order < 0;
    case EXPR_LE: return order <= 0;
    case EXPR_GT: return order > 0;
    default: return order >= 0;
    }
}

static enum err_code eval_compare(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value l, r;
    int order = 0;
    ERR_TRY(expr_eval(x->child[0], s, &l, e));
    ERR_TRY(expr_eval(x->child[1], s, &r, e));
    bool l_null = l.type == VALUE_NULL, r_null = r.type == VALUE_NULL;
    if (x->op == EXPR_NOT_DISTINCT && (l_null || r_null)) {
        *ret = value_bool(l_null && r_null);
        return ERR_OK;
    }
    if (l_null || r_null) {
        *ret = value_null;
        return ERR_OK;
    }
    ERR_TRY(value_compare(l, r, s->a, &order, e));
    *ret = value_bool(x->op == EXPR_NOT_DISTINCT ? order == 0 : holds(x->op, order));
    return ERR_OK;
}

static enum err_code eval_in(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value v, item;
    bool saw_null = false;
    ERR_TRY(expr_eval(x->child[0], s, &v, e));
    *ret = value_null;
    if (v.type == VALUE_NULL)
        return ERR_OK;
    for (size_t i = 1; i < x->n; i++) {
        int order = 1;
        ERR_TRY(expr_eval(x->child[i], s, &item, e));
        if (item.type == VALUE_NULL)
            saw_null = true;
        else
            ERR_TRY(value_compare(v, item, s->a, &order, e));
        if (order == 0) {
            *ret = value_bool(true);
            return ERR_OK;
        }
    }
    if (!saw_null)
        *ret = value_bool(false);
    return ERR_OK;
}

static enum err_code eval_case(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    for (size_t i = 0; i + 1 < x->n; i += 2) {
        struct value when;
        ERR_TRY(eval_bool(x->child[i], s, &when, e));
        if (when.type == VALUE_BOOL && when.boolean)
            return expr_eval(x->child[i + 1], s, ret, e);
    }
    return expr_eval(x->child[x->n - 1], s, ret, e);
}

/* As in DuckDB: `/` gives a fraction by IEEE 754 (1/0 is infinite), the remainder of 0 is NULL. */
static enum err_code eval_arithmetic(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value v;
    double l, r = 0;
    ERR_TRY(expr_eval(x->child[0], s, &v, e));
    *ret = value_null;
    if (v.type == VALUE_NULL)
        return ERR_OK;
    ERR_TRY(value_to_number(v, &l, e));
    if (x->n == 2) {
        ERR_TRY(expr_eval(x->child[1], s, &v, e));
        if (v.type == VALUE_NULL)
            return ERR_OK;
        ERR_TRY(value_to_number(v, &r, e));
    }
    switch (x->op) {
    case EXPR_ADD: *ret = value_number(l + r); break;
    case EXPR_SUB: *ret = value_number(l - r); break;
    case EXPR_MUL: *ret = value_number(l * r); break;
    case EXPR_DIV: *ret = value_number(l / r); break;
    case EXPR_MOD: *ret = r == 0 ? value_null : value_number(fmod(l, r)); break;
    default: *ret = value_number(-l); break;
    }
    return ERR_OK;
}

static enum err_code eval_concat(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value l, r;
    struct str a, b;
    ERR_TRY(expr_eval(x->child[0], s, &l, e));
    ERR_TRY(expr_eval(x->child[1], s, &r, e));
    *ret = value_null;
    if (l.type == VALUE_NULL || r.type == VALUE_NULL)
        return ERR_OK;
    ERR_TRY(value_to_text(l, s->a, &a, e));
    ERR_TRY(value_to_text(r, s->a, &b, e));
    char *out = arena_alloc(s->a, a.n + b.n + 1);
    if (!out)
        return err_set(e, ERR_NO_MEMORY, "a condition needs more memory than its limit");
    if (a.n)
        memcpy(out, a.p, a.n);
    if (b.n)
        memcpy(out + a.n, b.p, b.n);
    *ret = (struct value){.type = VALUE_TEXT, .text = {out, a.n + b.n}};
    return ERR_OK;
}

static enum err_code eval_cast(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value v;
    ERR_TRY(expr_eval(x->child[0], s, &v, e));
    if (!x->try_cast)
        return value_cast(v, x->type, s->a, ret, e);
    struct err ignored; /* TRY_CAST: what cannot be read is NULL */
    if (value_cast(v, x->type, s->a, ret, &ignored) != ERR_OK)
        *ret = value_null;
    return ERR_OK;
}

/* From the start, or from the end for negative ones (with base 0 there are none); NULL outside. */
struct value value_item(struct value list, double index, unsigned base)
{
    double from = index < 0 && base > 0 ? (double)list.list->n + index : index - base;
    if (from < 0 || from >= (double)list.list->n || floor(index) != index)
        return value_null;
    return list.list->items[(size_t)from];
}

static enum err_code text_item(struct str s, double index, struct value *ret)
{
    *ret = (struct value){.type = VALUE_TEXT, .text = functions_substring(s, index, 1)};
    return ERR_OK;
}

static enum err_code eval_index(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value of, index;
    double number;
    ERR_TRY(expr_eval(x->child[0], s, &of, e));
    ERR_TRY(expr_eval(x->child[1], s, &index, e));
    *ret = value_null;
    if (of.type == VALUE_NULL || index.type == VALUE_NULL)
        return ERR_OK;
    ERR_TRY(value_to_number(index, &number, e));
    if (of.type == VALUE_TEXT && (of.text.n == 0 || of.text.p[0] != '[')) /* a text, not a list: its character */
        return text_item(of.text, number, ret);
    ERR_TRY(value_to_list(of, s->a, &of, e));
    *ret = value_item(of, number, x->index_base);
    return ERR_OK;
}

static enum err_code eval_field(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value of;
    ERR_TRY(expr_eval(x->child[0], s, &of, e));
    *ret = value_null;
    if (of.type == VALUE_NULL)
        return ERR_OK;
    ERR_TRY(value_to_list(of, s->a, &of, e));
    for (size_t i = 0; of.type == VALUE_STRUCT && i < of.list->n; i++)
        if (str_eq(of.list->keys[i], x->name)) {
            *ret = of.list->items[i];
            return ERR_OK;
        }
    return err_set(e, ERR_FORMAT, "a value has no field %.*s", STR_ARG(x->name));
}

static enum err_code eval_list(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value *items;
    ERR_TRY(functions_list_new(s->a, x->n, &items, ret, e));
    for (size_t i = 0; i < x->n; i++)
        ERR_TRY(expr_eval(x->child[i], s, &items[i], e));
    return ERR_OK;
}

enum err_code expr_eval(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value v;
    switch (x->op) {
    case EXPR_LITERAL: *ret = x->literal; return ERR_OK;
    case EXPR_COLUMN:
    case EXPR_SLOT: return s->leaf(s->ctx, x, ret, e);
    case EXPR_PARAM: *ret = x->column < s->n_params ? s->params[x->column] : value_null; return ERR_OK;
    case EXPR_AND: return eval_logic(x, s, false, ret, e);
    case EXPR_OR: return eval_logic(x, s, true, ret, e);
    case EXPR_NOT:
        ERR_TRY(eval_bool(x->child[0], s, &v, e));
        *ret = v.type == VALUE_NULL ? value_null : value_bool(!v.boolean);
        return ERR_OK;
    case EXPR_IS_NULL:
        ERR_TRY(expr_eval(x->child[0], s, &v, e));
        *ret = value_bool(v.type == VALUE_NULL);
        return ERR_OK;
    case EXPR_NOT_DISTINCT:
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE: return eval_compare(x, s, ret, e);
    case EXPR_IN: return eval_in(x, s, ret, e);
    case EXPR_CASE: return eval_case(x, s, ret, e);
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_MOD:
    case EXPR_NEG: return eval_arithmetic(x, s, ret, e);
    case EXPR_CONCAT: return eval_concat(x, s, ret, e);
    case EXPR_CALL: return functions_call(x, s, ret, e);
    case EXPR_CAST: return eval_cast(x, s, ret, e);
    case EXPR_INDEX: return eval_index(x, s, ret, e);
    case EXPR_FIELD: return eval_field(x, s, ret, e);
    case EXPR_LIST: return eval_list(x, s, ret, e);
    case EXPR_LAMBDA: break; /* only functions that take one look inside */
    }
    return err_set(e, ERR_UNSUPPORTED, "a lambda stands where a value is needed");
}
