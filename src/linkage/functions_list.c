/* functions_list.c: calls on lists, with lambdas. A NULL list gives NULL; NULL items are passed over where DuckDB passes over them. */
#include "linkage/functions.h"

#include <math.h>

static struct value value_number(double d) { return (struct value){.type = VALUE_NUMBER, .number = d}; }

bool functions_takes_list(enum expr_fn fn)
{
    switch (fn) {
    case FN_LIST_LENGTH:
    case FN_LIST_INTERSECT:
    case FN_LIST_CONTAINS:
    case FN_LIST_MAX:
    case FN_LIST_MIN:
    case FN_LIST_SUM:
    case FN_LIST_DISTINCT:
    case FN_LIST_TRANSFORM:
    case FN_LIST_FILTER:
    case FN_LIST_HAS_ANY:
    case FN_LIST_HAS_ALL:
    case FN_LIST_CONCAT:
    case FN_LIST_ZIP_WITH:
    case FN_LIST_ANY:
    case FN_LIST_REDUCE:
    case FN_LIST_PREPEND:
    case FN_LIST_APPEND:
    case FN_FLATTEN:
    case FN_ELEMENT_AT:
    case FN_COSINE: return true;
    default: return false;
    }
}

enum err_code functions_list_new(struct arena *a, size_t n, struct value **ret_items, struct value *ret, struct err *e)
{
    struct value_list *list = ARENA_NEW(a, struct value_list, 1);
    struct value *items = ARENA_NEW(a, struct value, n);
    if (!list || !items)
        return err_set(e, ERR_NO_MEMORY, "a condition needs more memory than its limit of %zu bytes", LIMIT_LINK_SCRATCH_BYTES);
    *list = (struct value_list){items, NULL, n};
    *ret_items = items;
    *ret = (struct value){.type = VALUE_LIST, .list = list};
    return ERR_OK;
}

static enum err_code list_has(struct value list, struct value v, struct arena *a, bool *ret, struct err *e)
{
    *ret = false;
    for (size_t i = 0; i < list.list->n && !*ret; i++) {
        int order = 1;
        if (list.list->items[i].type != VALUE_NULL)
            ERR_TRY(value_compare(list.list->items[i], v, a, &order, e));
        *ret = order == 0;
    }
    return ERR_OK;
}

/* Distinct non-NULL items of l that are in `in`, or of l itself when `in` is NULL. */
static enum err_code list_set(struct value l, const struct value *in, struct arena *a, struct value *ret, struct err *e)
{
    struct value *items, out;
    ERR_TRY(functions_list_new(a, l.list->n, &items, &out, e));
    struct value_list found = {items, NULL, 0};
    for (size_t i = 0; i < l.list->n; i++) {
        struct value v = l.list->items[i], so_far = {.type = VALUE_LIST, .list = &found};
        bool wanted = true, already;
        if (v.type == VALUE_NULL)
            continue;
        if (in)
            ERR_TRY(list_has(*in, v, a, &wanted, e));
        ERR_TRY(list_has(so_far, v, a, &already, e));
        if (wanted && !already)
            items[found.n++] = v;
    }
    struct value_list *kept = ARENA_NEW(a, struct value_list, 1);
    if (!kept)
        return err_set(e, ERR_NO_MEMORY, "a condition needs more memory than its limit of %zu bytes", LIMIT_LINK_SCRATCH_BYTES);
    *kept = found;
    *ret = (struct value){.type = VALUE_LIST, .list = kept};
    return ERR_OK;
}

static enum err_code list_extreme(struct value l, bool greatest, struct arena *a, struct value *ret, struct err *e)
{
    *ret = value_null;
    for (size_t i = 0; i < l.list->n; i++) {
        int order = greatest ? 1 : -1;
        if (l.list->items[i].type == VALUE_NULL)
            continue;
        if (ret->type != VALUE_NULL)
            ERR_TRY(value_compare(l.list->items[i], *ret, a, &order, e));
        if (greatest ? order > 0 : order < 0)
            *ret = l.list->items[i];
    }
    return ERR_OK;
}

static enum err_code list_sum(struct value l, struct value *ret, struct err *e)
{
    double sum = 0, v;
    bool any = false;
    for (size_t i = 0; i < l.list->n; i++) {
        if (l.list->items[i].type == VALUE_NULL)
            continue;
        ERR_TRY(value_to_number(l.list->items[i], &v, e));
        sum += v;
        any = true;
    }
    *ret = any ? value_number(sum) : value_null;
    return ERR_OK;
}

/* The items are lists, or texts of lists (columns); NULL is passed over. */
static enum err_code list_flatten(struct value l, struct arena *a, struct value *ret, struct err *e)
{
    struct value *lists, *items, of;
    size_t n = 0;
    ERR_TRY(functions_list_new(a, l.list->n, &lists, &of, e));
    for (size_t i = 0; i < l.list->n; i++) {
        if (l.list->items[i].type == VALUE_NULL)
            continue;
        ERR_TRY(value_to_list(l.list->items[i], a, &lists[i], e));
        n += lists[i].list->n;
    }
    ERR_TRY(functions_list_new(a, n, &items, ret, e));
    n = 0;
    for (size_t i = 0; i < l.list->n; i++)
        for (size_t k = 0; lists[i].type == VALUE_LIST && k < lists[i].list->n; k++)
            items[n++] = lists[i].list->items[k];
    return ERR_OK;
}

static enum err_code list_with(struct value l, struct value v, bool in_front, struct arena *a, struct value *ret,
                               struct err *e)
{
    struct value *items;
    ERR_TRY(functions_list_new(a, l.list->n + 1, &items, ret, e));
    for (size_t i = 0; i < l.list->n; i++)
        items[i + in_front] = l.list->items[i];
    items[in_front ? 0 : l.list->n] = v;
    return ERR_OK;
}

/* ---- lambdas ---- */

/* Runs a lambda's body with its parameters behind those of the lambdas around it. */
static enum err_code call_lambda(const struct expr *lambda, const struct value *args, size_t n,
                                 const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value params[LIMIT_LINK_PARAMS];
    struct expr_scope inner = *s;
    size_t outer = lambda->column;
    for (size_t i = 0; i < outer && i < LIMIT_LINK_PARAMS; i++)
        params[i] = i < s->n_params ? s->params[i] : value_null;
    for (size_t i = 0; i < n && outer + i < LIMIT_LINK_PARAMS; i++)
        params[outer + i] = args[i];
    inner.params = params;
    inner.n_params = outer + n;
    return expr_eval(lambda->child[0], &inner, ret, e);
}

static enum err_code list_map(struct value l, const struct expr *lambda, bool filter, const struct expr_scope *s,
                              struct value *ret, struct err *e)
{
    struct value *items, v;
    size_t n = 0;
    ERR_TRY(functions_list_new(s->a, l.list->n, &items, ret, e));
    for (size_t i = 0; i < l.list->n; i++) {
        ERR_TRY(call_lambda(lambda, &l.list->items[i], 1, s, &v, e));
        if (!filter)
            items[n++] = v;
        else if (v.type == VALUE_BOOL && v.boolean)
            items[n++] = l.list->items[i];
    }
    struct value_list *kept = ARENA_NEW(s->a, struct value_list, 1);
    if (!kept)
        return err_set(e, ERR_NO_MEMORY, "a condition needs more memory than its limit of %zu bytes", LIMIT_LINK_SCRATCH_BYTES);
    *kept = (struct value_list){items, NULL, n};
    ret->list = kept;
    return ERR_OK;
}

/* Spark's exists: true when the lambda is for some item, NULL when it is NULL for some and true for none. */
static enum err_code list_any(struct value l, const struct expr *lambda, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value v;
    *ret = (struct value){.type = VALUE_BOOL};
    for (size_t i = 0; i < l.list->n; i++) {
        ERR_TRY(call_lambda(lambda, &l.list->items[i], 1, s, &v, e));
        if (v.type == VALUE_NULL)
            *ret = value_null;
        else if (v.type == VALUE_BOOL && v.boolean) {
            *ret = v;
            return ERR_OK;
        }
    }
    return ERR_OK;
}

static enum err_code list_reduce(struct value l, const struct expr *lambda, const struct value *first,
                                 const struct expr_scope *s, struct value *ret, struct err *e)
{
    size_t i = 0;
    if (!first && l.list->n == 0)
        return err_set(e, ERR_FORMAT, "list_reduce has no answer for an empty list without a first value");
    struct value so_far = first ? *first : l.list->items[i++];
    for (; i < l.list->n; i++) {
        struct value args[2] = {so_far, l.list->items[i]};
        ERR_TRY(call_lambda(lambda, args, 2, s, &so_far, e));
    }
    *ret = so_far;
    return ERR_OK;
}

static enum err_code call_with_lambda(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value list, first;
    ERR_TRY(expr_eval(x->child[0], s, &list, e));
    if (x->child[1]->op != EXPR_LAMBDA)
        return err_set(e, ERR_UNSUPPORTED, "a function of lists has no lambda (x -> ...) as its second argument");
    *ret = value_null;
    if (list.type == VALUE_NULL)
        return ERR_OK;
    ERR_TRY(value_to_list(list, s->a, &list, e));
    if (x->fn == FN_LIST_ANY)
        return list_any(list, x->child[1], s, ret, e);
    if (x->fn != FN_LIST_REDUCE)
        return list_map(list, x->child[1], x->fn == FN_LIST_FILTER, s, ret, e);
    if (x->n == 3)
        ERR_TRY(expr_eval(x->child[2], s, &first, e));
    return list_reduce(list, x->child[1], x->n == 3 ? &first : NULL, s, ret, e);
}

/* ---- two lists ---- */

/* Spark's: the shorter list is filled up with NULL. */
static enum err_code zip_with(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value l, r, *items;
    ERR_TRY(expr_eval(x->child[0], s, &l, e));
    ERR_TRY(expr_eval(x->child[1], s, &r, e));
    *ret = value_null;
    if (x->child[2]->op != EXPR_LAMBDA)
        return err_set(e, ERR_UNSUPPORTED, "zip_with has no lambda ((x, y) -> ...) as its third argument");
    if (l.type == VALUE_NULL || r.type == VALUE_NULL)
        return ERR_OK;
    ERR_TRY(value_to_list(l, s->a, &l, e));
    ERR_TRY(value_to_list(r, s->a, &r, e));
    size_t n = l.list->n > r.list->n ? l.list->n : r.list->n;
    ERR_TRY(functions_list_new(s->a, n, &items, ret, e));
    for (size_t i = 0; i < n; i++) {
        struct value pair[2] = {i < l.list->n ? l.list->items[i] : value_null, i < r.list->n ? r.list->items[i] : value_null};
        ERR_TRY(call_lambda(x->child[2], pair, 2, s, &items[i], e));
    }
    return ERR_OK;
}

/* Whether some (all) of r's items are in l; NULL items are passed over. */
static enum err_code has_items(struct value l, struct value r, bool all, struct arena *a, struct value *ret, struct err *e)
{
    bool has = all;
    for (size_t i = 0; i < r.list->n && has == all; i++)
        if (r.list->items[i].type != VALUE_NULL)
            ERR_TRY(list_has(l, r.list->items[i], a, &has, e));
    *ret = (struct value){.type = VALUE_BOOL, .boolean = has};
    return ERR_OK;
}

static enum err_code list_concat(struct value l, struct value r, struct arena *a, struct value *ret, struct err *e)
{
    struct value *items;
    ERR_TRY(functions_list_new(a, l.list->n + r.list->n, &items, ret, e));
    for (size_t i = 0; i < l.list->n; i++)
        items[i] = l.list->items[i];
    for (size_t i = 0; i < r.list->n; i++)
        items[l.list->n + i] = r.list->items[i];
    return ERR_OK;
}

static enum err_code cosine(struct value l, struct value r, struct value *ret, struct err *e)
{
    double dot = 0, l2 = 0, r2 = 0, x, y;
    if (l.list->n != r.list->n)
        return err_set(e, ERR_FORMAT, "array_cosine_similarity needs lists of one length");
    for (size_t i = 0; i < l.list->n; i++) {
        ERR_TRY(value_to_number(l.list->items[i], &x, e));
        ERR_TRY(value_to_number(r.list->items[i], &y, e));
        dot += x * y;
        l2 += x * x;
        r2 += y * y;
    }
    double c = dot / (sqrt(l2) * sqrt(r2)); /* of a list of zeros: not a number, which DuckDB orders above all others */
    *ret = value_number(c > 1 ? 1 : c < -1 ? -1 : c);
    return ERR_OK;
}

static enum err_code call_two(const struct expr *x, struct value l, struct value r, const struct expr_scope *s,
                              struct value *ret, struct err *e)
{
    bool has;
    double index;
    switch (x->fn) {
    case FN_LIST_INTERSECT:
        ERR_TRY(value_to_list(r, s->a, &r, e));
        return list_set(l, &r, s->a, ret, e);
    case FN_LIST_HAS_ANY:
    case FN_LIST_HAS_ALL:
        ERR_TRY(value_to_list(r, s->a, &r, e));
        return has_items(l, r, x->fn == FN_LIST_HAS_ALL, s->a, ret, e);
    case FN_LIST_CONCAT:
        ERR_TRY(value_to_list(r, s->a, &r, e));
        return list_concat(l, r, s->a, ret, e);
    case FN_LIST_CONTAINS:
        ERR_TRY(list_has(l, r, s->a, &has, e));
        *ret = (struct value){.type = VALUE_BOOL, .boolean = has};
        return ERR_OK;
    case FN_ELEMENT_AT:
        ERR_TRY(value_to_number(r, &index, e));
        *ret = value_item(l, index, 1);
        return ERR_OK;
    case FN_COSINE:
        ERR_TRY(value_to_list(r, s->a, &r, e));
        return cosine(l, r, ret, e);
    default: return list_with(l, r, false, s->a, ret, e);
    }
}

enum err_code functions_list_call(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value l, r = value_null;
    if (x->fn == FN_LIST_TRANSFORM || x->fn == FN_LIST_FILTER || x->fn == FN_LIST_ANY || x->fn == FN_LIST_REDUCE)
        return call_with_lambda(x, s, ret, e);
    if (x->fn == FN_LIST_ZIP_WITH)
        return zip_with(x, s, ret, e);
    ERR_TRY(expr_eval(x->child[0], s, &l, e));
    if (x->n > 1)
        ERR_TRY(expr_eval(x->child[1], s, &r, e));
    if (x->fn == FN_LIST_PREPEND) { /* the item comes first */
        ERR_TRY(value_to_list(r, s->a, &r, e));
        return list_with(r, l, true, s->a, ret, e);
    }
    *ret = value_null;
    if (x->fn == FN_LIST_CONCAT) { /* NULL is an empty list here */
        struct value *none;
        if (l.type == VALUE_NULL)
            ERR_TRY(functions_list_new(s->a, 0, &none, &l, e));
        if (r.type == VALUE_NULL)
            ERR_TRY(functions_list_new(s->a, 0, &none, &r, e));
    }
    if (l.type == VALUE_NULL || (x->n > 1 && r.type == VALUE_NULL && x->fn != FN_LIST_APPEND))
        return ERR_OK;
    ERR_TRY(value_to_list(l, s->a, &l, e));
    switch (x->fn) {
    case FN_LIST_LENGTH: *ret = value_number((double)l.list->n); return ERR_OK;
    case FN_LIST_MAX:
    case FN_LIST_MIN: return list_extreme(l, x->fn == FN_LIST_MAX, s->a, ret, e);
    case FN_LIST_SUM: return list_sum(l, ret, e);
    case FN_LIST_DISTINCT: return list_set(l, NULL, s->a, ret, e);
    case FN_FLATTEN: return list_flatten(l, s->a, ret, e);
    default: return call_two(x, l, r, s, ret, e);
    }
}
