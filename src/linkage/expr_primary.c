/* expr_primary.c: what operators stand between: literals, names, calls, CASE, lambdas, lists, and what follows them: [i], ::type, .field. */
#include "linkage/expr_parse.h"

/* ---- CASE ---- */

static enum err_code parse_case(struct parser *p, uint32_t at, struct expr **ret)
{
    struct expr *parts[LIMIT_LINK_ARGUMENTS], *subject = NULL, *x = NULL;
    size_t n = 0;
    if (!expr_at_word(p, "when"))
        ERR_TRY(expr_parse_or(p, &subject));
    while (expr_at_word(p, "when")) {
        if (n + 3 > LIMIT_LINK_ARGUMENTS)
            return FAIL(p, ERR_LIMIT, p->now.at, "more than %d branches", LIMIT_LINK_ARGUMENTS / 2 - 1);
        uint32_t when_at = p->now.at;
        ERR_TRY(expr_token_next(p));
        ERR_TRY(expr_parse_or(p, &parts[n]));
        if (subject)
            ERR_TRY(expr_node_two(p, EXPR_EQ, VALUE_BOOL, when_at, subject, parts[n], &parts[n]));
        ERR_TRY(expr_want_bool(p, parts[n++]));
        ERR_TRY(expr_take_word(p, "then"));
        ERR_TRY(expr_parse_or(p, &parts[n++]));
    }
    if (n == 0)
        return FAIL(p, ERR_FORMAT, p->now.at, "expected when");
    if (expr_at_word(p, "else")) {
        ERR_TRY(expr_token_next(p));
        ERR_TRY(expr_parse_or(p, &parts[n++]));
    } else {
        ERR_TRY(expr_node_literal(p, value_null, at, &parts[n++]));
    }
    ERR_TRY(expr_take_word(p, "end"));
    ERR_TRY(expr_node_new(p, EXPR_CASE, parts[1]->type, at, n, &x));
    memcpy(x->child, parts, n * sizeof *parts);
    *ret = expr_node_close(x);
    return ERR_OK;
}

/* ---- lambdas: x -> e, (x, y) -> e, lambda x: e ---- */

static enum err_code push_param(struct parser *p, struct str name)
{
    if (p->n_params == LIMIT_LINK_LAMBDAS)
        return FAIL(p, ERR_LIMIT, p->now.at, "more than %d parameters of nested lambdas", LIMIT_LINK_LAMBDAS);
    p->params[p->n_params++] = name;
    return ERR_OK;
}

static enum err_code parse_lambda_body(struct parser *p, size_t outer, uint32_t at, struct expr **ret)
{
    struct expr *body = NULL;
    ERR_TRY(expr_parse_or(p, &body));
    ERR_TRY(expr_node_one(p, EXPR_LAMBDA, body->type, at, body, ret));
    (*ret)->column = (uint32_t)outer;
    (*ret)->free_params = outer > 0 && body->free_params;
    p->n_params = outer;
    return ERR_OK;
}

/* True when the "(" just read opens "(a, b) ->". Looks ahead without moving. */
static bool opens_lambda(const struct parser *p)
{
    struct parser look = *p;
    struct err ignored;
    look.e = &ignored;
    for (bool name = true;; name = !name) {
        if (name ? look.now.type != TOKEN_NAME : !(expr_at_sign(&look, ",") || expr_at_sign(&look, ")")))
            return false;
        bool last = expr_at_sign(&look, ")");
        if (expr_token_next(&look) != ERR_OK)
            return false;
        if (last)
            return expr_at_sign(&look, "->");
    }
}

static enum err_code parse_lambda_list(struct parser *p, uint32_t at, struct expr **ret)
{
    size_t outer = p->n_params;
    while (!expr_at_sign(p, ")")) {
        if (expr_at_sign(p, ","))
            ERR_TRY(expr_token_next(p));
        ERR_TRY(push_param(p, p->now.text));
        ERR_TRY(expr_token_next(p));
    }
    ERR_TRY(expr_token_next(p));
    ERR_TRY(expr_take_sign(p, "->"));
    return parse_lambda_body(p, outer, at, ret);
}

static enum err_code parse_lambda_word(struct parser *p, uint32_t at, struct expr **ret)
{
    size_t outer = p->n_params;
    while (p->now.type == TOKEN_NAME) {
        ERR_TRY(push_param(p, p->now.text));
        ERR_TRY(expr_token_next(p));
        if (expr_at_sign(p, ","))
            ERR_TRY(expr_token_next(p));
    }
    ERR_TRY(expr_take_sign(p, ":"));
    return parse_lambda_body(p, outer, at, ret);
}

/* ---- primary and postfix ---- */

/* Chains grow to the left without brackets; those who walk the tree do so by recursion. */
enum err_code expr_count_operator(struct parser *p)
{
    if (++p->operators > LIMIT_LINK_OPERATORS)
        return FAIL(p, ERR_LIMIT, p->now.at, "more than %d operators", LIMIT_LINK_OPERATORS);
    return ERR_OK;
}

/* [a, b], or Spark's array(a, b), from behind its bracket. */
static enum err_code parse_list(struct parser *p, const char *close, uint32_t at, struct expr **ret)
{
    struct expr *items[LIMIT_LINK_ARGUMENTS];
    size_t n = 0;
    while (!expr_at_sign(p, close)) {
        if (n > 0)
            ERR_TRY(expr_take_sign(p, ","));
        if (n == LIMIT_LINK_ARGUMENTS)
            return FAIL(p, ERR_LIMIT, p->now.at, "more than %d items", LIMIT_LINK_ARGUMENTS);
        ERR_TRY(expr_parse_or(p, &items[n++]));
    }
    ERR_TRY(expr_token_next(p));
    ERR_TRY(expr_node_new(p, EXPR_LIST, VALUE_LIST, at, n, ret));
    memcpy((*ret)->child, items, n * sizeof *items);
    (void)expr_node_close(*ret);
    return ERR_OK;
}

enum err_code expr_parse_word(struct parser *p, struct expr **ret)
{
    struct token word = p->now;
    ERR_TRY(expr_token_next(p));
    if (str_eq_nocase(word.text, STR("null")))
        return expr_node_literal(p, value_null, word.at, ret);
    if (str_eq_nocase(word.text, STR("true")) || str_eq_nocase(word.text, STR("false")))
        return expr_node_literal(p, (struct value){.type = VALUE_BOOL, .boolean = str_eq_nocase(word.text, STR("true"))}, word.at,
                            ret);
    if (str_eq_nocase(word.text, STR("case")))
        return parse_case(p, word.at, ret);
    if (str_eq_nocase(word.text, STR("lambda")) && p->now.type == TOKEN_NAME)
        return parse_lambda_word(p, word.at, ret);
    if (expr_at_sign(p, "->")) {
        size_t outer = p->n_params;
        ERR_TRY(push_param(p, word.text));
        ERR_TRY(expr_token_next(p));
        return parse_lambda_body(p, outer, word.at, ret);
    }
    if (!expr_at_sign(p, "("))
        return expr_name_resolve(p, word.text, word.at, ret);
    if (p->dialect == DIALECT_SPARK && str_eq_nocase(word.text, STR("array"))) {
        ERR_TRY(expr_token_next(p));
        return parse_list(p, ")", word.at, ret);
    }
    if (str_eq_nocase(word.text, STR("cast")) || str_eq_nocase(word.text, STR("try_cast")))
        return expr_parse_cast(p, word.text.n > 4, word.at, ret);
    return expr_parse_call(p, word.text, word.at, ret);
}

static enum err_code parse_number(struct parser *p, struct expr **ret)
{
    double number;
    if (!str_to_double(p->now.text, &number))
        return FAIL(p, ERR_FORMAT, p->now.at, "expected a number");
    ERR_TRY(expr_node_literal(p, (struct value){.type = VALUE_NUMBER, .number = number}, p->now.at, ret));
    return expr_token_next(p);
}

static enum err_code parse_primary(struct parser *p, struct expr **ret)
{
    struct token t = p->now;
    struct str text;
    switch (t.type) {
    case TOKEN_NUMBER: return parse_number(p, ret);
    case TOKEN_NAME: return expr_parse_word(p, ret);
    case TOKEN_TEXT:
        ERR_TRY(expr_text_of(p, t, &text));
        ERR_TRY(expr_node_literal(p, (struct value){.type = VALUE_TEXT, .text = text}, t.at, ret));
        return expr_token_next(p);
    case TOKEN_QUOTED:
        ERR_TRY(expr_unquote(p, t, p->text.p[t.at], &text));
        ERR_TRY(expr_token_next(p));
        return expr_name_resolve(p, text, t.at, ret);
    case TOKEN_SIGN:
        if (expr_at_sign(p, "[")) {
            ERR_TRY(expr_token_next(p));
            return parse_list(p, "]", t.at, ret);
        }
        if (expr_at_sign(p, "(")) {
            ERR_TRY(expr_token_next(p));
            if (opens_lambda(p))
                return parse_lambda_list(p, t.at, ret);
            ERR_TRY(expr_parse_or(p, ret));
            return expr_take_sign(p, ")");
        }
        __attribute__((fallthrough)); /* clang heeds no comment */
    default: return FAIL(p, ERR_FORMAT, t.at, "expected a value");
    }
}

static enum err_code parse_index(struct parser *p, struct expr *of, struct expr **ret)
{
    struct expr *index = NULL;
    uint32_t at = p->now.at;
    ERR_TRY(expr_token_next(p));
    ERR_TRY(expr_parse_or(p, &index));
    ERR_TRY(expr_take_sign(p, "]"));
    if (expr_is_literal_text(index)) { /* struct['key'] */
        ERR_TRY(expr_node_one(p, EXPR_FIELD, VALUE_ANY, at, of, ret));
        (*ret)->name = index->literal.text;
        return ERR_OK;
    }
    ERR_TRY(expr_node_two(p, EXPR_INDEX, VALUE_ANY, at, of, index, ret));
    (*ret)->index_base = p->dialect == DIALECT_SPARK ? 0 : 1;
    return ERR_OK;
}

static enum err_code parse_field(struct parser *p, struct expr *of, struct expr **ret)
{
    uint32_t at = p->now.at;
    ERR_TRY(expr_token_next(p));
    struct str name = p->now.text;
    if (p->now.type == TOKEN_QUOTED)
        ERR_TRY(expr_unquote(p, p->now, p->text.p[p->now.at], &name));
    else if (p->now.type != TOKEN_NAME)
        return FAIL(p, ERR_FORMAT, p->now.at, "expected a field name after the dot");
    ERR_TRY(expr_token_next(p));
    ERR_TRY(expr_node_one(p, EXPR_FIELD, VALUE_ANY, at, of, ret));
    (*ret)->name = name;
    return ERR_OK;
}

enum err_code expr_parse_postfix(struct parser *p, struct expr **ret)
{
    struct expr *x = NULL;
    ERR_TRY(parse_primary(p, &x));
    for (;;) {
        ERR_TRY(expr_count_operator(p));
        if (expr_at_sign(p, "[")) {
            ERR_TRY(parse_index(p, x, &x));
        } else if (expr_at_sign(p, ".")) {
            ERR_TRY(parse_field(p, x, &x));
        } else if (expr_at_sign(p, "::")) {
            uint32_t at = p->now.at;
            enum value_type type;
            ERR_TRY(expr_token_next(p));
            ERR_TRY(expr_parse_type(p, &type));
            ERR_TRY(expr_node_cast(p, x, type, false, at, &x));
        } else {
            *ret = x;
            return ERR_OK;
        }
    }
}
