/* expr_parse.c: condition text to tree, by precedence climbing over a one-token look-ahead.
 *
 *   or     := and {OR and}            and := not {AND not}         not := NOT not | compare
 *   compare:= concat [op concat | IS [NOT] NULL|TRUE|FALSE|DISTINCT FROM | [NOT] IN (..) | [NOT] BETWEEN .. AND ..]
 *   concat := sum {|| sum}            sum := product {+|- product} product := unary {*|/|% unary}
 *   unary  := - unary | postfix       postfix := primary {[i] | ::type | .field}
 *
 * BETWEEN, <>, IS NOT and simple CASE are written out in terms of the others, so that the interpreter and the plan see few forms. */
#include "linkage/expr_parse.h"

static enum err_code parse_unary(struct parser *p, struct expr **ret)
{
    uint32_t at = p->now.at;
    if (expr_at_sign(p, "+")) {
        ERR_TRY(expr_token_next(p));
        return parse_unary(p, ret);
    }
    if (!expr_at_sign(p, "-"))
        return expr_parse_postfix(p, ret);
    ERR_TRY(expr_token_next(p));
    if (++p->depth > LIMIT_LINK_EXPR_DEPTH)
        return FAIL(p, ERR_LIMIT, at, "nested deeper than %d", LIMIT_LINK_EXPR_DEPTH);
    struct expr *x = NULL;
    ERR_TRY(parse_unary(p, &x));
    p->depth--;
    if (x->op == EXPR_LITERAL && x->type == VALUE_NUMBER) {
        x->literal.number = -x->literal.number;
        *ret = x;
        return ERR_OK;
    }
    return expr_node_one(p, EXPR_NEG, VALUE_NUMBER, at, x, ret);
}

struct operator {
    const char *sign;
    enum expr_op op;
    enum value_type type;
};
typedef enum err_code parse_fn(struct parser *p, struct expr **ret);

/* Spark: x / 0 is NULL. */
static enum err_code null_for_zero(struct parser *p, struct expr **divisor)
{
    struct expr *zero = NULL;
    if ((*divisor)->op == EXPR_LITERAL && (*divisor)->type == VALUE_NUMBER && (*divisor)->literal.number != 0)
        return ERR_OK;
    ERR_TRY(expr_node_literal(p, (struct value){.type = VALUE_NUMBER}, (*divisor)->at, &zero));
    return expr_call_two(p, FN_NULLIF, VALUE_NUMBER, *divisor, zero, divisor);
}

/* One left-associative level: operands by `next`, operators of the table. */
static enum err_code parse_level(struct parser *p, parse_fn *next, const struct operator*table, size_t n,
                                 struct expr **ret)
{
    ERR_TRY(next(p, ret));
    for (;;) {
        size_t i = 0;
        while (i < n && !expr_at_sign(p, table[i].sign))
            i++;
        if (i == n)
            return ERR_OK;
        uint32_t at = p->now.at;
        struct expr *right = NULL;
        ERR_TRY(expr_count_operator(p));
        ERR_TRY(expr_token_next(p));
        ERR_TRY(next(p, &right));
        if (table[i].op == EXPR_DIV && p->dialect == DIALECT_SPARK)
            ERR_TRY(null_for_zero(p, &right));
        ERR_TRY(expr_node_two(p, table[i].op, table[i].type, at, *ret, right, ret));
    }
}

static enum err_code parse_product(struct parser *p, struct expr **ret)
{
    static const struct operator table[] = {
        {"*", EXPR_MUL, VALUE_NUMBER}, {"/", EXPR_DIV, VALUE_NUMBER}, {"%", EXPR_MOD, VALUE_NUMBER}};
    return parse_level(p, parse_unary, table, 3, ret);
}

static enum err_code parse_sum(struct parser *p, struct expr **ret)
{
    static const struct operator table[] = {{"+", EXPR_ADD, VALUE_NUMBER}, {"-", EXPR_SUB, VALUE_NUMBER}};
    return parse_level(p, parse_product, table, 2, ret);
}

static enum err_code parse_concat(struct parser *p, struct expr **ret)
{
    static const struct operator table[] = {{"||", EXPR_CONCAT, VALUE_TEXT}};
    return parse_level(p, parse_sum, table, 1, ret);
}

static enum err_code parse_in(struct parser *p, struct expr *x, uint32_t at, struct expr **ret)
{
    struct expr *items[LIMIT_LINK_ARGUMENTS], *in = NULL;
    size_t n;
    ERR_TRY(expr_parse_arguments(p, items, &n));
    ERR_TRY(expr_node_new(p, EXPR_IN, VALUE_BOOL, at, n + 1, &in));
    in->child[0] = x;
    memcpy(in->child + 1, items, n * sizeof *items);
    *ret = expr_node_close(in);
    return ERR_OK;
}

static enum err_code parse_between(struct parser *p, struct expr *x, uint32_t at, struct expr **ret)
{
    struct expr *low, *high;
    ERR_TRY(parse_concat(p, &low));
    ERR_TRY(expr_take_word(p, "and"));
    ERR_TRY(parse_concat(p, &high));
    ERR_TRY(expr_node_two(p, EXPR_GE, VALUE_BOOL, at, x, low, &low));
    ERR_TRY(expr_node_two(p, EXPR_LE, VALUE_BOOL, at, x, high, &high));
    return expr_node_two(p, EXPR_AND, VALUE_BOOL, at, low, high, ret);
}

/* After IS: [NOT] NULL, TRUE, FALSE, DISTINCT FROM. */
static enum err_code parse_is(struct parser *p, struct expr *x, uint32_t at, struct expr **ret)
{
    bool negate = expr_at_word(p, "not");
    if (negate)
        ERR_TRY(expr_token_next(p));
    if (expr_at_word(p, "null")) {
        ERR_TRY(expr_token_next(p));
        ERR_TRY(expr_node_one(p, EXPR_IS_NULL, VALUE_BOOL, at, x, &x));
    } else if (expr_at_word(p, "true") || expr_at_word(p, "false")) {
        struct expr *truth = NULL;
        ERR_TRY(expr_parse_word(p, &truth));
        ERR_TRY(expr_node_two(p, EXPR_NOT_DISTINCT, VALUE_BOOL, at, x, truth, &x));
    } else if (expr_at_word(p, "distinct")) {
        struct expr *other = NULL;
        ERR_TRY(expr_token_next(p));
        ERR_TRY(expr_take_word(p, "from"));
        ERR_TRY(parse_concat(p, &other));
        ERR_TRY(expr_node_two(p, EXPR_NOT_DISTINCT, VALUE_BOOL, at, x, other, &x));
        negate = !negate;
    } else {
        return FAIL(p, ERR_FORMAT, p->now.at, "expected NULL after IS");
    }
    *ret = x;
    return negate ? expr_node_one(p, EXPR_NOT, VALUE_BOOL, at, x, ret) : ERR_OK;
}

/* x LIKE y [ESCAPE 'c'], ILIKE; in Spark a backslash escapes when nothing else is said. */
static enum err_code parse_like(struct parser *p, struct expr *x, enum expr_fn fn, uint32_t at, struct expr **ret)
{
    struct expr *pattern = NULL, *escape = NULL, *like = NULL;
    ERR_TRY(expr_token_next(p));
    ERR_TRY(parse_concat(p, &pattern));
    if (expr_at_word(p, "escape")) {
        ERR_TRY(expr_token_next(p));
        ERR_TRY(parse_concat(p, &escape));
    } else if (p->dialect == DIALECT_SPARK) {
        ERR_TRY(expr_node_literal(p, (struct value){.type = VALUE_TEXT, .text = STR("\\")}, at, &escape));
    }
    ERR_TRY(expr_node_new(p, EXPR_CALL, VALUE_BOOL, at, escape ? 3 : 2, &like));
    like->fn = fn;
    like->child[0] = x;
    like->child[1] = pattern;
    if (escape)
        like->child[2] = escape;
    *ret = expr_node_close(like);
    return ERR_OK;
}

/* x RLIKE 'pattern' (Spark; also REGEXP): found anywhere. */
static enum err_code parse_rlike(struct parser *p, struct expr *x, uint32_t at, struct expr **ret)
{
    struct expr *pattern = NULL;
    ERR_TRY(expr_token_next(p));
    ERR_TRY(parse_concat(p, &pattern));
    ERR_TRY(expr_node_two(p, EXPR_CALL, VALUE_BOOL, at, x, pattern, ret));
    (*ret)->fn = FN_REGEXP_MATCHES;
    return expr_call_prepare(p, *ret);
}

static enum err_code parse_compare(struct parser *p, struct expr **ret)
{
    static const struct operator table[] = {
        {"=", EXPR_EQ, VALUE_BOOL},  {"==", EXPR_EQ, VALUE_BOOL}, {"<>", EXPR_NE, VALUE_BOOL}, {"!=", EXPR_NE, VALUE_BOOL},
        {"<=", EXPR_LE, VALUE_BOOL}, {">=", EXPR_GE, VALUE_BOOL}, {"<", EXPR_LT, VALUE_BOOL},  {">", EXPR_GT, VALUE_BOOL},
        {"<=>", EXPR_NOT_DISTINCT, VALUE_BOOL}};
    ERR_TRY(parse_level(p, parse_concat, table, sizeof table / sizeof *table, ret));
    for (;;) {
        ERR_TRY(expr_count_operator(p));
        uint32_t at = p->now.at;
        if (expr_at_word(p, "is")) {
            ERR_TRY(expr_token_next(p));
            ERR_TRY(parse_is(p, *ret, at, ret));
            continue;
        }
        bool negate = expr_at_word(p, "not");
        if (negate)
            ERR_TRY(expr_token_next(p));
        if (expr_at_word(p, "in")) {
            ERR_TRY(expr_token_next(p));
            ERR_TRY(parse_in(p, *ret, at, ret));
        } else if (expr_at_word(p, "between")) {
            ERR_TRY(expr_token_next(p));
            ERR_TRY(parse_between(p, *ret, at, ret));
        } else if (expr_at_word(p, "like") || expr_at_word(p, "ilike")) {
            ERR_TRY(parse_like(p, *ret, expr_at_word(p, "like") ? FN_LIKE : FN_ILIKE, at, ret));
        } else if (expr_at_word(p, "rlike") || expr_at_word(p, "regexp")) {
            ERR_TRY(parse_rlike(p, *ret, at, ret));
        } else if (negate || expr_at_word(p, "similar") || expr_at_word(p, "glob")) {
            return FAIL(p, ERR_UNSUPPORTED, p->now.at, "the operator %.*s is not supported", STR_ARG(p->now.text));
        } else {
            return ERR_OK;
        }
        if (negate)
            ERR_TRY(expr_node_one(p, EXPR_NOT, VALUE_BOOL, at, *ret, ret));
    }
}

static enum err_code parse_not(struct parser *p, struct expr **ret)
{
    if (!expr_at_word(p, "not"))
        return parse_compare(p, ret);
    uint32_t at = p->now.at;
    struct expr *x = NULL;
    ERR_TRY(expr_token_next(p));
    if (++p->depth > LIMIT_LINK_EXPR_DEPTH)
        return FAIL(p, ERR_LIMIT, at, "nested deeper than %d", LIMIT_LINK_EXPR_DEPTH);
    ERR_TRY(parse_not(p, &x));
    p->depth--;
    ERR_TRY(expr_want_bool(p, x));
    return expr_node_one(p, EXPR_NOT, VALUE_BOOL, at, x, ret);
}

static enum err_code parse_words(struct parser *p, parse_fn *next, const char *word, enum expr_op op, struct expr **ret)
{
    ERR_TRY(next(p, ret));
    while (expr_at_word(p, word)) {
        uint32_t at = p->now.at;
        struct expr *right = NULL;
        ERR_TRY(expr_count_operator(p));
        ERR_TRY(expr_token_next(p));
        ERR_TRY(next(p, &right));
        ERR_TRY(expr_want_bool(p, *ret));
        ERR_TRY(expr_want_bool(p, right));
        ERR_TRY(expr_node_two(p, op, VALUE_BOOL, at, *ret, right, ret));
    }
    return ERR_OK;
}

static enum err_code parse_and(struct parser *p, struct expr **ret)
{
    return parse_words(p, parse_not, "and", EXPR_AND, ret);
}

enum err_code expr_parse_or(struct parser *p, struct expr **ret)
{
    if (++p->depth > LIMIT_LINK_EXPR_DEPTH)
        return FAIL(p, ERR_LIMIT, p->now.at, "nested deeper than %d", LIMIT_LINK_EXPR_DEPTH);
    ERR_TRY(parse_words(p, parse_and, "or", EXPR_OR, ret));
    p->depth--;
    return ERR_OK;
}

enum err_code expr_parse(struct arena *a, struct str text, enum expr_dialect dialect, enum expr_naming naming, struct expr_names *names, struct expr **ret, struct err *e)
{
    struct parser p = {.a = a, .text = text, .dialect = dialect, .naming = naming, .names = names, .e = e};
    struct expr *x = NULL;
    if (text.n > LIMIT_LINK_CONDITION_BYTES)
        return err_set(e, ERR_LIMIT, "a condition of %zu bytes is over the limit of %zu", text.n,
                       LIMIT_LINK_CONDITION_BYTES);
    ERR_TRY(expr_token_next(&p));
    ERR_TRY(expr_parse_or(&p, &x));
    if (p.now.type != TOKEN_END)
        return expr_error(e, ERR_FORMAT, text, p.now.at, "expected the end or an operator");
    ERR_TRY(expr_want_bool(&p, x));
    *ret = x;
    return ERR_OK;
}
