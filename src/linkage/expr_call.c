/* expr_call.c: functions and casts: their names, what can be checked once at load, and what Spark means otherwise by the same name. */
#include "linkage/expr_parse.h"
#include "linkage/expr_spark.h"

/* ---- types and casts ---- */

static const struct {
    const char *name;
    enum value_type type;
} types[] = {
    {"text", VALUE_TEXT}, {"varchar", VALUE_TEXT}, {"string", VALUE_TEXT}, {"char", VALUE_TEXT},
    {"int", VALUE_NUMBER}, {"integer", VALUE_NUMBER}, {"bigint", VALUE_NUMBER}, {"smallint", VALUE_NUMBER},
    {"tinyint", VALUE_NUMBER}, {"float", VALUE_NUMBER}, {"real", VALUE_NUMBER}, {"double", VALUE_NUMBER},
    {"float8", VALUE_NUMBER}, {"float4", VALUE_NUMBER}, {"decimal", VALUE_NUMBER}, {"numeric", VALUE_NUMBER},
    {"date", VALUE_DATE}, {"timestamp", VALUE_TIMESTAMP}, {"boolean", VALUE_BOOL}, {"bool", VALUE_BOOL},
};

enum err_code expr_parse_type(struct parser *p, enum value_type *ret)
{
    if (p->now.type != TOKEN_NAME)
        return FAIL(p, ERR_FORMAT, p->now.at, "expected a type");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (expr_at_word(p, types[i].name)) {
            ERR_TRY(expr_token_next(p));
            *ret = types[i].type;
            if (expr_at_sign(p, "(")) { /* varchar(20), decimal(9, 2): sizes are not enforced by DuckDB either */
                while (!expr_at_sign(p, ")") && p->now.type != TOKEN_END)
                    ERR_TRY(expr_token_next(p));
                ERR_TRY(expr_take_sign(p, ")"));
            }
            if (expr_at_sign(p, "[")) {
                ERR_TRY(expr_token_next(p));
                *ret = VALUE_LIST;
                return expr_take_sign(p, "]");
            }
            return ERR_OK;
        }
    return FAIL(p, ERR_UNSUPPORTED, p->now.at, "the type %.*s is not supported", STR_ARG(p->now.text));
}

enum err_code expr_node_cast(struct parser *p, struct expr *x, enum value_type type, bool try_cast, uint32_t at, struct expr **ret)
{
    ERR_TRY(expr_node_one(p, EXPR_CAST, type, at, x, ret));
    (*ret)->try_cast = try_cast || p->dialect == DIALECT_SPARK; /* there what cannot be read is NULL */
    return ERR_OK;
}

enum err_code expr_parse_cast(struct parser *p, bool try_cast, uint32_t at, struct expr **ret)
{
    struct expr *x = NULL;
    enum value_type type;
    ERR_TRY(expr_take_sign(p, "("));
    ERR_TRY(expr_parse_or(p, &x));
    ERR_TRY(expr_take_word(p, "as"));
    ERR_TRY(expr_parse_type(p, &type));
    ERR_TRY(expr_take_sign(p, ")"));
    return expr_node_cast(p, x, type, try_cast, at, ret);
}

/* ---- calls ---- */

static const struct {
    const char *name;
    enum expr_fn fn;
    uint8_t least, most;
    enum value_type type;
} functions[] = {
#define X(id, name, least, most, type) {name, FN_##id, least, most, VALUE_##type},
    EXPR_FUNCTIONS(X)
#undef X
    {"jaro_winkler", FN_JARO_WINKLER, 2, 2, VALUE_NUMBER}, {"jaro_sim", FN_JARO, 2, 2, VALUE_NUMBER},
    {"jaro", FN_JARO, 2, 2, VALUE_NUMBER}, {"editdist3", FN_LEVENSHTEIN, 2, 2, VALUE_NUMBER},
    {"substr", FN_SUBSTRING, 2, 3, VALUE_TEXT}, {"lcase", FN_LOWER, 1, 1, VALUE_TEXT},
    {"ucase", FN_UPPER, 1, 1, VALUE_TEXT}, {"len", FN_LENGTH, 1, 1, VALUE_NUMBER},
    {"char_length", FN_LENGTH, 1, 1, VALUE_NUMBER}, {"strlen", FN_LENGTH, 1, 1, VALUE_NUMBER},
    {"ifnull", FN_COALESCE, 2, 2, VALUE_ANY}, {"rlike", FN_REGEXP_MATCHES, 2, 2, VALUE_BOOL},
    {"date_diff", FN_DATEDIFF, 2, 3, VALUE_NUMBER}, {"to_date", FN_DATE, 1, 1, VALUE_DATE},
    {"unix_timestamp", FN_EPOCH, 1, 1, VALUE_NUMBER}, {"ceiling", FN_CEIL, 1, 1, VALUE_NUMBER},
    {"pow", FN_POWER, 2, 2, VALUE_NUMBER}, {"size", FN_LIST_LENGTH, 1, 1, VALUE_NUMBER},
    {"cardinality", FN_LIST_LENGTH, 1, 1, VALUE_NUMBER}, {"array_size", FN_LIST_LENGTH, 1, 1, VALUE_NUMBER},
    {"startswith", FN_STARTS_WITH, 2, 2, VALUE_BOOL}, {"prefix", FN_STARTS_WITH, 2, 2, VALUE_BOOL}, {"endswith", FN_ENDS_WITH, 2, 2, VALUE_BOOL},
    {"suffix", FN_ENDS_WITH, 2, 2, VALUE_BOOL}, {"regexp_like", FN_REGEXP_MATCHES, 2, 2, VALUE_BOOL}, {"dayofmonth", FN_DAY, 1, 1, VALUE_NUMBER},
    {"nvl", FN_COALESCE, 2, 2, VALUE_ANY}, {"array_has_any", FN_LIST_HAS_ANY, 2, 2, VALUE_BOOL}, {"arrays_overlap", FN_LIST_HAS_ANY, 2, 2, VALUE_BOOL},
    {"array_has_all", FN_LIST_HAS_ALL, 2, 2, VALUE_BOOL}, {"list_cat", FN_LIST_CONCAT, 2, 2, VALUE_LIST}, {"array_concat", FN_LIST_CONCAT, 2, 2, VALUE_LIST},
    {"aggregate", FN_LIST_REDUCE, 3, 3, VALUE_ANY}, {"filter", FN_LIST_FILTER, 2, 2, VALUE_LIST},
    {"array_intersect", FN_LIST_INTERSECT, 2, 2, VALUE_LIST}, {"array_contains", FN_LIST_CONTAINS, 2, 2, VALUE_BOOL},
    {"list_has", FN_LIST_CONTAINS, 2, 2, VALUE_BOOL}, {"array_max", FN_LIST_MAX, 1, 1, VALUE_ANY},
    {"array_min", FN_LIST_MIN, 1, 1, VALUE_ANY}, {"array_distinct", FN_LIST_DISTINCT, 1, 1, VALUE_LIST},
    {"array_transform", FN_LIST_TRANSFORM, 2, 2, VALUE_LIST}, {"transform", FN_LIST_TRANSFORM, 2, 2, VALUE_LIST},
    {"list_apply", FN_LIST_TRANSFORM, 2, 2, VALUE_LIST}, {"array_filter", FN_LIST_FILTER, 2, 2, VALUE_LIST},
    {"array_reduce", FN_LIST_REDUCE, 2, 3, VALUE_ANY}, {"list_length", FN_LIST_LENGTH, 1, 1, VALUE_NUMBER},
    {"list_element", FN_ELEMENT_AT, 2, 2, VALUE_ANY}, {"list_cosine_similarity", FN_COSINE, 2, 2, VALUE_NUMBER},
};

enum err_code expr_parse_arguments(struct parser *p, struct expr **args, size_t *n)
{
    *n = 0;
    ERR_TRY(expr_take_sign(p, "("));
    while (!expr_at_sign(p, ")")) {
        if (*n > 0)
            ERR_TRY(expr_take_sign(p, ","));
        if (*n == LIMIT_LINK_ARGUMENTS)
            return FAIL(p, ERR_LIMIT, p->now.at, "more than %d arguments", LIMIT_LINK_ARGUMENTS);
        ERR_TRY(expr_parse_or(p, &args[(*n)++]));
    }
    return expr_take_sign(p, ")");
}

bool expr_is_literal_text(const struct expr *x) { return x->op == EXPR_LITERAL && x->type == VALUE_TEXT; }

/* What can be checked once at load is: patterns compile, date formats are known. */
enum err_code expr_call_prepare(struct parser *p, struct expr *x)
{
    struct expr *first = x->n == 3 ? x->child[1] : NULL;
    switch (x->fn) {
    case FN_LIST_REDUCE:
        if (first && first->op != EXPR_LAMBDA) { /* Spark's aggregate has the first value before the lambda */
            x->child[1] = x->child[2];
            x->child[2] = first;
        }
        return ERR_OK;
    case FN_REGEXP_EXTRACT:
    case FN_REGEXP_REPLACE:
    case FN_REGEXP_MATCHES:
        if (!expr_is_literal_text(x->child[1]))
            return FAIL(p, ERR_UNSUPPORTED, x->child[1]->at, "a pattern that is not a literal is not supported");
        if (expr_regex_new(p->names, x->child[1]->literal.text, &x->regex, p->e) != ERR_OK)
            return err_frame(p->e, "`%.*s`", STR_ARG(x->child[1]->literal.text));
        return ERR_OK;
    case FN_TRY_TO_TIMESTAMP:
        if (!expr_is_literal_text(x->child[1]))
            return FAIL(p, ERR_UNSUPPORTED, x->child[1]->at, "a date format that is not a literal is not supported");
        if (!expr_spark_format_known(x->child[1]->literal.text))
            return FAIL(p, ERR_UNSUPPORTED, x->child[1]->at, "a date format with more than yyyy yy MMMM MMM MM M dd d HH H mm m ss s XXX and text in quotes is not supported");
        return ERR_OK;
    case FN_TRY_STRPTIME:
    case FN_STRPTIME:
        if (!expr_is_literal_text(x->child[1]) || !value_strptime_format_known(x->child[1]->literal.text))
            return FAIL(p, ERR_UNSUPPORTED, x->child[1]->at,
                        "a date format other than literal text with %%Y %%y %%m %%d %%H %%M %%S %%b %%B is not supported");
        return ERR_OK;
    default: return ERR_OK;
    }
}

/* One more argument, a literal, at the end. */
static enum err_code call_add(struct parser *p, struct expr *x, struct value v)
{
    struct expr **child = ARENA_NEW(p->a, struct expr *, x->n + 1);
    if (!child)
        return err_set(p->e, ERR_NO_MEMORY, "the model needs more memory than its limit");
    memcpy(child, x->child, x->n * sizeof *child);
    x->child = child;
    return expr_node_literal(p, v, x->at, &x->child[x->n++]);
}

enum err_code expr_call_two(struct parser *p, enum expr_fn fn, enum value_type type, struct expr *l, struct expr *r, struct expr **ret)
{
    ERR_TRY(expr_node_two(p, EXPR_CALL, type, l->at, l, r, ret));
    (*ret)->fn = fn;
    return ERR_OK;
}

/* Replaces every find; a position to begin at is not there. $1 of a literal becomes \\1. */
static enum err_code replace_as_spark(struct parser *p, struct expr *x)
{
    if (x->n > 3 || !expr_is_literal_text(x->child[2]))
        return FAIL(p, ERR_UNSUPPORTED, x->child[x->n > 3 ? 3 : 2]->at, "regexp_replace with a position, or a replacement that is not a literal, is not supported");
    x->child[2]->literal.text = expr_spark_replacement(p->a, x->child[2]->literal.text);
    if (!x->child[2]->literal.text.p)
        return err_set(p->e, ERR_NO_MEMORY, "the model needs more memory than its limit");
    return call_add(p, x, (struct value){.type = VALUE_TEXT, .text = STR("g")});
}

/* What Spark means otherwise by the same name, written out in terms of what DuckDB means; `x` stays the call that is prepared. */
static enum err_code call_as_spark(struct parser *p, struct str name, struct expr *x, struct expr **ret)
{
    struct expr *other = NULL;
    switch (x->fn) {
    case FN_JARO:
    case FN_JARO_WINKLER:
    case FN_JACCARD: x->empty_alike = true; return ERR_OK;
    case FN_REGEXP_EXTRACT: return x->n == 2 ? call_add(p, x, (struct value){.type = VALUE_NUMBER, .number = 1}) : ERR_OK;
    case FN_REGEXP_REPLACE: return replace_as_spark(p, x);
    case FN_SUBSTRING: /* 0 is the first place */
        if (x->child[1]->op == EXPR_LITERAL && x->child[1]->type == VALUE_NUMBER && x->child[1]->literal.number == 0)
            x->child[1]->literal.number = 1;
        return ERR_OK;
    case FN_DATE: return expr_node_cast(p, x->child[0], VALUE_DATE, true, x->at, ret);
    case FN_LIST_LENGTH:
        if (str_eq_nocase(name, STR("array_size")))
            return ERR_OK;
        ERR_TRY(expr_node_literal(p, (struct value){.type = VALUE_NUMBER, .number = -1}, x->at, &other)); /* size(NULL) */
        return expr_call_two(p, FN_COALESCE, VALUE_NUMBER, x, other, ret);
    case FN_CONCAT: /* NULL when one is */
        *ret = x->child[0];
        for (size_t i = 1; i < x->n; i++)
            ERR_TRY(expr_node_two(p, EXPR_CONCAT, VALUE_TEXT, x->at, *ret, x->child[i], ret));
        return ERR_OK;
    case FN_LEFT:
    case FN_RIGHT: /* of a number below 0: '' */
        ERR_TRY(expr_node_literal(p, (struct value){.type = VALUE_NUMBER}, x->at, &other));
        return expr_call_two(p, FN_GREATEST, VALUE_NUMBER, x->child[1], other, &x->child[1]);
    default: return ERR_OK;
    }
}

enum err_code expr_parse_call(struct parser *p, struct str name, uint32_t at, struct expr **ret)
{
    struct expr *args[LIMIT_LINK_ARGUMENTS];
    size_t n = 0, f = 0;
    while (f < sizeof functions / sizeof *functions && !str_eq_nocase(name, str_of(functions[f].name)))
        f++;
    if (f == sizeof functions / sizeof *functions)
        return FAIL(p, ERR_UNSUPPORTED, at, "the function %.*s is not supported (docs/linkage.md lists those that are)", STR_ARG(name));
    ERR_TRY(expr_parse_arguments(p, args, &n));
    if (n < functions[f].least || n > functions[f].most)
        return FAIL(p, ERR_FORMAT, at, "%s takes %u to %u arguments, not %zu,", functions[f].name, functions[f].least,
                    functions[f].most, n);
    struct expr *x = NULL;
    ERR_TRY(expr_node_new(p, EXPR_CALL, functions[f].type, at, n, &x));
    memcpy(x->child, args, n * sizeof *args);
    x->fn = functions[f].fn;
    if (x->fn == FN_NULLIF || x->fn == FN_COALESCE || x->fn == FN_LEAST || x->fn == FN_GREATEST)
        x->type = args[0]->type;
    *ret = expr_node_close(x);
    if (p->dialect == DIALECT_SPARK)
        ERR_TRY(call_as_spark(p, name, x, ret));
    return expr_call_prepare(p, x);
}
