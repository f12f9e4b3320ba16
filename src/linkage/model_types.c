/* model_types.c: which columns hold numbers. A table's values are text; a database that ran the model would know their types, and compare 9.5 with 10 as numbers. A column that the
 * model reckons with (operands of arithmetic, arguments of ABS and the like) holds numbers, or its conditions could not run anywhere: so where two such columns are put in order, they are
 * put in order as numbers. Equality needs no such care: one number is written in one way in a column. */
#include "linkage/model.h"

static bool reckons(const struct expr *x)
{
    switch (x->op) {
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_MOD:
    case EXPR_NEG: return true;
    case EXPR_CALL:
        switch (x->fn) {
        case FN_ABS:
        case FN_FLOOR:
        case FN_CEIL:
        case FN_ROUND:
        case FN_SQRT:
        case FN_POWER:
        case FN_SIN:
        case FN_COS:
        case FN_RADIANS: return true;
        default: return false;
        }
    default: return false;
    }
}

/* What it gives is one of its arguments. */
static bool hands_on(const struct expr *x)
{
    return x->op == EXPR_CASE || (x->op == EXPR_CALL && (x->fn == FN_LEAST || x->fn == FN_GREATEST || x->fn == FN_COALESCE || x->fn == FN_NULLIF));
}

/* `wanted`: a number is. */
static void note(const struct expr *x, bool wanted, bool *numbers)
{
    if (x->op == EXPR_COLUMN && wanted)
        numbers[x->column] = true;
    for (size_t i = 0; i < x->n; i++) {
        bool condition = x->op == EXPR_CASE && i % 2 == 0 && i + 1 < x->n;
        note(x->child[i], reckons(x) || (wanted && hands_on(x) && !condition), numbers);
    }
}

static bool puts_in_order(const struct expr *x)
{
    return x->op == EXPR_LT || x->op == EXPR_LE || x->op == EXPR_GT || x->op == EXPR_GE || (x->op == EXPR_CALL && (x->fn == FN_LEAST || x->fn == FN_GREATEST));
}

static enum err_code read_as_number(struct link_model *m, struct expr **column, struct err *e)
{
    struct expr *cast = ARENA_NEW(&m->a, struct expr, 1), **child = ARENA_NEW(&m->a, struct expr *, 1);
    if (!cast || !child)
        return err_set(e, ERR_NO_MEMORY, "the model needs more memory than its limit of %zu bytes", LIMIT_LINK_MODEL_BYTES);
    child[0] = *column;
    *cast = (struct expr){.op = EXPR_CAST, .type = VALUE_NUMBER, .sides = child[0]->sides, .child = child, .n = 1, .at = child[0]->at};
    *column = cast;
    return ERR_OK;
}

static enum err_code apply(struct link_model *m, struct expr *x, const bool *numbers, struct err *e)
{
    for (size_t i = 0; i < x->n; i++) {
        if (puts_in_order(x) && x->child[i]->op == EXPR_COLUMN && numbers[x->child[i]->column]) {
            ERR_TRY(read_as_number(m, &x->child[i], e));
            if (x->op == EXPR_CALL)
                x->type = VALUE_NUMBER;
        } else {
            ERR_TRY(apply(m, x->child[i], numbers, e));
        }
    }
    return ERR_OK;
}

enum err_code model_types(struct link_model *m, struct err *e)
{
    bool *numbers = ARENA_NEW(&m->a, bool, m->names.n ? m->names.n : 1);
    if (!numbers)
        return err_set(e, ERR_NO_MEMORY, "the model needs more memory than its limit of %zu bytes", LIMIT_LINK_MODEL_BYTES);
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < m->n_comparisons; k++)
            for (size_t i = 0; i < m->comparisons[k].n; i++) {
                struct expr *x = m->comparisons[k].levels[i].expr;
                if (x && pass == 0)
                    note(x, false, numbers);
                else if (x)
                    ERR_TRY(apply(m, x, numbers, e));
            }
        for (size_t k = 0; k < m->n_rules; k++) {
            if (pass == 0)
                note(m->rules[k].expr, false, numbers);
            else
                ERR_TRY(apply(m, m->rules[k].expr, numbers, e));
        }
    }
    return ERR_OK;
}
