/* expr_parse.c: condition text to tree, by precedence climbing over a one-token look-ahead.
 *
 *   or     := and {OR and}            and := not {AND not}         not := NOT not | compare
 *   compare:= concat [op concat | IS [NOT] NULL|TRUE|FALSE|DISTINCT FROM | [NOT] IN (..) | [NOT] BETWEEN .. AND ..]
 *   concat := sum {|| sum}            sum := product {+|- product} product := unary {*|/|% unary}
 *   unary  := - unary | postfix       postfix := primary {[i] | ::type | .field}
 *
 * BETWEEN, <>, IS NOT and simple CASE are written out in terms of the others, so that the interpreter and the plan see few forms. */
#include "linkage/expr_spark.h"

#include <ctype.h>
#include <stdio.h>

enum token_type { TOKEN_END, TOKEN_NAME, TOKEN_QUOTED, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_SIGN };

struct token {
    enum token_type type;
    struct str text; /* as written; QUOTED and TEXT: without quotes, doubled ones still doubled */
    uint32_t at;
};

struct parser {
    struct arena *a;
    struct str text;
    size_t pos;
    struct token now;
    enum expr_dialect dialect;
    enum expr_naming naming;
    struct expr_names *names;
    struct str params[LIMIT_LINK_LAMBDAS];
    size_t n_params;
    unsigned depth, operators;
    struct err *e;
};

enum err_code expr_error(struct err *e, enum err_code code, struct str text, uint32_t at, const char *fmt, ...)
{
    char what[256];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    struct str rest = str_slice(text, at, at + 24);
    if (rest.n == 0)
        return err_set(e, code, "%s at the end of `%.*s`", what, (int)(text.n < 200 ? text.n : 200), text.p);
    return err_set(e, code, "%s at character %u, near `%.*s`, of `%.*s`", what, at + 1, STR_ARG(rest),
                   (int)(text.n < 160 ? text.n : 160), text.p);
}

#define FAIL(p, code, at, ...) expr_error((p)->e, code, (p)->text, at, __VA_ARGS__)

/* ---- tokens ---- */

static bool is_name_start(char c) { return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80; }
static bool is_name(char c) { return is_name_start(c) || isdigit((unsigned char)c) || c == '$'; }

static enum err_code token_quoted(struct parser *p, char quote)
{
    size_t from = ++p->pos;
    bool escapes = p->dialect == DIALECT_SPARK && quote != '`', is_text = quote == '\'' || escapes; /* Spark: "..." is a text too */
    for (; p->pos < p->text.n; p->pos++) {
        if (escapes && p->text.p[p->pos] == '\\') {
            p->pos++; /* what is behind it, a quote too, is the text's own */
            continue;
        }
        if (p->text.p[p->pos] != quote)
            continue;
        if (p->pos + 1 < p->text.n && p->text.p[p->pos + 1] == quote) {
            p->pos++; /* doubled: one of the text's own */
            continue;
        }
        p->now.text = str_slice(p->text, from, p->pos++);
        p->now.type = is_text ? TOKEN_TEXT : TOKEN_QUOTED;
        return ERR_OK;
    }
    return FAIL(p, ERR_FORMAT, p->now.at, "the quote %c is not closed,", quote);
}

static void token_number(struct parser *p)
{
    size_t from = p->pos;
    const char *t = p->text.p;
    while (p->pos < p->text.n && (isdigit((unsigned char)t[p->pos]) || t[p->pos] == '.'))
        p->pos++;
    if (p->pos < p->text.n && (t[p->pos] == 'e' || t[p->pos] == 'E')) {
        size_t after = p->pos + 1;
        if (after < p->text.n && (t[after] == '+' || t[after] == '-'))
            after++;
        if (after < p->text.n && isdigit((unsigned char)t[after])) {
            while (after < p->text.n && isdigit((unsigned char)t[after]))
                after++;
            p->pos = after;
        }
    }
    p->now.type = TOKEN_NUMBER;
    p->now.text = str_slice(p->text, from, p->pos);
}

static enum err_code token_next(struct parser *p)
{
    const char *t = p->text.p;
    while (p->pos < p->text.n && isspace((unsigned char)t[p->pos]))
        p->pos++;
    p->now = (struct token){TOKEN_END, STR_NONE, (uint32_t)p->pos};
    if (p->pos >= p->text.n)
        return ERR_OK;
    char c = t[p->pos], next = p->pos + 1 < p->text.n ? t[p->pos + 1] : '\0';
    if (c == '\'' || c == '"' || (c == '`'))
        return token_quoted(p, c);
    if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)next))) {
        token_number(p);
        return ERR_OK;
    }
    size_t from = p->pos;
    if (is_name_start(c)) {
        while (p->pos < p->text.n && is_name(t[p->pos]))
            p->pos++;
        p->now.type = TOKEN_NAME;
        p->now.text = str_slice(p->text, from, p->pos);
        return ERR_OK;
    }
    static const char pairs[][3] = {"<=", ">=", "<>", "!=", "==", "||", "::", "->"};
    p->pos++;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (c == pairs[i][0] && next == pairs[i][1])
            p->pos = from + 2;
    if (str_starts(str_slice(p->text, from, p->text.n), STR("<=>")))
        p->pos = from + 3;
    p->now.type = TOKEN_SIGN;
    p->now.text = str_slice(p->text, from, p->pos);
    if (p->pos == from + 1 && !strchr("()[],.+-*/%<>=:", c))
        return FAIL(p, ERR_FORMAT, p->now.at, "a character that has no meaning here");
    return ERR_OK;
}

static bool at_sign(const struct parser *p, const char *sign)
{
    return p->now.type == TOKEN_SIGN && str_eq(p->now.text, str_of(sign));
}

static bool at_word(const struct parser *p, const char *word)
{
    return p->now.type == TOKEN_NAME && str_eq_nocase(p->now.text, str_of(word));
}

static enum err_code take_sign(struct parser *p, const char *sign)
{
    if (!at_sign(p, sign))
        return FAIL(p, ERR_FORMAT, p->now.at, "expected %s", sign);
    return token_next(p);
}

static enum err_code take_word(struct parser *p, const char *word)
{
    if (!at_word(p, word))
        return FAIL(p, ERR_FORMAT, p->now.at, "expected %s", word);
    return token_next(p);
}

/* ---- nodes ---- */

static enum err_code node_new(struct parser *p, enum expr_op op, enum value_type type, uint32_t at, size_t n,
                              struct expr **ret)
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
static struct expr *node_close(struct expr *x)
{
    for (size_t i = 0; i < x->n; i++) {
        x->sides |= x->child[i]->sides;
        x->free_params |= x->child[i]->free_params;
    }
    return x;
}

static enum err_code node_two(struct parser *p, enum expr_op op, enum value_type type, uint32_t at, struct expr *l,
                              struct expr *r, struct expr **ret)
{
    struct expr *x = NULL;
    ERR_TRY(node_new(p, op, type, at, 2, &x));
    x->child[0] = l;
    x->child[1] = r;
    *ret = node_close(x);
    return ERR_OK;
}

static enum err_code node_one(struct parser *p, enum expr_op op, enum value_type type, uint32_t at, struct expr *l,
                              struct expr **ret)
{
    struct expr *x = NULL;
    ERR_TRY(node_new(p, op, type, at, 1, &x));
    x->child[0] = l;
    *ret = node_close(x);
    return ERR_OK;
}

static enum err_code node_literal(struct parser *p, struct value v, uint32_t at, struct expr **ret)
{
    ERR_TRY(node_new(p, EXPR_LITERAL, v.type, at, 0, ret));
    (*ret)->literal = v;
    return ERR_OK;
}

static enum err_code want_bool(struct parser *p, const struct expr *x)
{
    if (x->type == VALUE_BOOL || x->type == VALUE_ANY || x->type == VALUE_NULL || x->op == EXPR_COLUMN)
        return ERR_OK;
    return FAIL(p, ERR_FORMAT, x->at, "expected a condition (something true or false)");
}

static enum err_code parse_or(struct parser *p, struct expr **ret);
static enum err_code parse_concat(struct parser *p, struct expr **ret);

static enum err_code unquote(struct parser *p, struct token t, char quote, struct str *ret)
{
    char *out = arena_alloc(p->a, t.text.n + 1);
    if (!out)
        return err_set(p->e, ERR_NO_MEMORY, "the model needs more memory than its limit");
    size_t n = 0;
    for (size_t i = 0; i < t.text.n; i++) {
        out[n++] = t.text.p[i];
        if (t.text.p[i] == quote)
            i++; /* its double */
    }
    *ret = (struct str){out, n};
    return ERR_OK;
}

/* A literal text: quotes doubled in DuckDB; in Spark backslashes, and two texts side by side are one. */
static enum err_code text_of(struct parser *p, struct token t, struct str *ret)
{
    char quote = p->text.p[t.at];
    if (p->dialect != DIALECT_SPARK)
        return unquote(p, t, quote, ret);
    char *out = arena_alloc(p->a, t.text.n + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < t.text.n; i++) {
        if (t.text.p[i] == quote) {
            i++; /* 'it''s' is 'it' 's' */
            continue;
        }
        out[n++] = t.text.p[i];
        if (t.text.p[i] == '\\' && i + 1 < t.text.n)
            out[n++] = t.text.p[++i];
    }
    *ret = out ? expr_spark_text(p->a, (struct str){out, n}) : STR_NONE;
    return ret->p ? ERR_OK : err_set(p->e, ERR_NO_MEMORY, "the model needs more memory than its limit");
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
    ERR_TRY(node_new(p, EXPR_COLUMN, VALUE_TEXT, at, 0, ret));
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
    ERR_TRY(take_sign(p, "."));
    struct str name = p->now.text;
    if (p->now.type == TOKEN_QUOTED)
        ERR_TRY(unquote(p, p->now, p->text.p[p->now.at], &name));
    else if (p->now.type != TOKEN_NAME)
        return FAIL(p, ERR_FORMAT, p->now.at, "expected a column name after the dot");
    ERR_TRY(node_column(p, name, left ? SIDE_L : SIDE_R, at, ret));
    return token_next(p);
}

static enum err_code name_resolve(struct parser *p, struct str name, uint32_t at, struct expr **ret)
{
    for (size_t i = p->n_params; i-- > 0;)
        if (str_eq_nocase(p->params[i], name)) {
            ERR_TRY(node_new(p, EXPR_PARAM, VALUE_ANY, at, 0, ret));
            (*ret)->column = (uint32_t)i;
            (*ret)->free_params = true;
            return ERR_OK;
        }
    return p->naming == NAMING_SUFFIX ? name_with_suffix(p, name, at, ret) : name_with_prefix(p, name, at, ret);
}

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

static enum err_code parse_type(struct parser *p, enum value_type *ret)
{
    if (p->now.type != TOKEN_NAME)
        return FAIL(p, ERR_FORMAT, p->now.at, "expected a type");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (at_word(p, types[i].name)) {
            ERR_TRY(token_next(p));
            *ret = types[i].type;
            if (at_sign(p, "(")) { /* varchar(20), decimal(9, 2): sizes are not enforced by DuckDB either */
                while (!at_sign(p, ")") && p->now.type != TOKEN_END)
                    ERR_TRY(token_next(p));
                ERR_TRY(take_sign(p, ")"));
            }
            if (at_sign(p, "[")) {
                ERR_TRY(token_next(p));
                *ret = VALUE_LIST;
                return take_sign(p, "]");
            }
            return ERR_OK;
        }
    return FAIL(p, ERR_UNSUPPORTED, p->now.at, "the type %.*s is not supported", STR_ARG(p->now.text));
}

static enum err_code node_cast(struct parser *p, struct expr *x, enum value_type type, bool try_cast, uint32_t at,
                               struct expr **ret)
{
    ERR_TRY(node_one(p, EXPR_CAST, type, at, x, ret));
    (*ret)->try_cast = try_cast || p->dialect == DIALECT_SPARK; /* there what cannot be read is NULL */
    return ERR_OK;
}

static enum err_code parse_cast(struct parser *p, bool try_cast, uint32_t at, struct expr **ret)
{
    struct expr *x = NULL;
    enum value_type type;
    ERR_TRY(take_sign(p, "("));
    ERR_TRY(parse_or(p, &x));
    ERR_TRY(take_word(p, "as"));
    ERR_TRY(parse_type(p, &type));
    ERR_TRY(take_sign(p, ")"));
    return node_cast(p, x, type, try_cast, at, ret);
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

static enum err_code parse_arguments(struct parser *p, struct expr **args, size_t *n)
{
    *n = 0;
    ERR_TRY(take_sign(p, "("));
    while (!at_sign(p, ")")) {
        if (*n > 0)
            ERR_TRY(take_sign(p, ","));
        if (*n == LIMIT_LINK_ARGUMENTS)
            return FAIL(p, ERR_LIMIT, p->now.at, "more than %d arguments", LIMIT_LINK_ARGUMENTS);
        ERR_TRY(parse_or(p, &args[(*n)++]));
    }
    return take_sign(p, ")");
}

static bool is_literal_text(const struct expr *x) { return x->op == EXPR_LITERAL && x->type == VALUE_TEXT; }

/* What can be checked once at load is: patterns compile, date formats are known. */
static enum err_code call_prepare(struct parser *p, struct expr *x)
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
        if (!is_literal_text(x->child[1]))
            return FAIL(p, ERR_UNSUPPORTED, x->child[1]->at, "a pattern that is not a literal is not supported");
        if (expr_regex_new(p->names, x->child[1]->literal.text, &x->regex, p->e) != ERR_OK)
            return err_frame(p->e, "`%.*s`", STR_ARG(x->child[1]->literal.text));
        return ERR_OK;
    case FN_TRY_TO_TIMESTAMP:
        if (!is_literal_text(x->child[1]))
            return FAIL(p, ERR_UNSUPPORTED, x->child[1]->at, "a date format that is not a literal is not supported");
        if (!expr_spark_format_known(x->child[1]->literal.text))
            return FAIL(p, ERR_UNSUPPORTED, x->child[1]->at, "a date format with more than yyyy yy MMMM MMM MM M dd d HH H mm m ss s XXX and text in quotes is not supported");
        return ERR_OK;
    case FN_TRY_STRPTIME:
    case FN_STRPTIME:
        if (!is_literal_text(x->child[1]) || !value_strptime_format_known(x->child[1]->literal.text))
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
    return node_literal(p, v, x->at, &x->child[x->n++]);
}

static enum err_code call_two(struct parser *p, enum expr_fn fn, enum value_type type, struct expr *l, struct expr *r, struct expr **ret)
{
    ERR_TRY(node_two(p, EXPR_CALL, type, l->at, l, r, ret));
    (*ret)->fn = fn;
    return ERR_OK;
}

/* Replaces every find; a position to begin at is not there. $1 of a literal becomes \\1. */
static enum err_code replace_as_spark(struct parser *p, struct expr *x)
{
    if (x->n > 3 || !is_literal_text(x->child[2]))
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
    case FN_DATE: return node_cast(p, x->child[0], VALUE_DATE, true, x->at, ret);
    case FN_LIST_LENGTH:
        if (str_eq_nocase(name, STR("array_size")))
            return ERR_OK;
        ERR_TRY(node_literal(p, (struct value){.type = VALUE_NUMBER, .number = -1}, x->at, &other)); /* size(NULL) */
        return call_two(p, FN_COALESCE, VALUE_NUMBER, x, other, ret);
    case FN_CONCAT: /* NULL when one is */
        *ret = x->child[0];
        for (size_t i = 1; i < x->n; i++)
            ERR_TRY(node_two(p, EXPR_CONCAT, VALUE_TEXT, x->at, *ret, x->child[i], ret));
        return ERR_OK;
    case FN_LEFT:
    case FN_RIGHT: /* of a number below 0: '' */
        ERR_TRY(node_literal(p, (struct value){.type = VALUE_NUMBER}, x->at, &other));
        return call_two(p, FN_GREATEST, VALUE_NUMBER, x->child[1], other, &x->child[1]);
    default: return ERR_OK;
    }
}

static enum err_code parse_call(struct parser *p, struct str name, uint32_t at, struct expr **ret)
{
    struct expr *args[LIMIT_LINK_ARGUMENTS];
    size_t n = 0, f = 0;
    while (f < sizeof functions / sizeof *functions && !str_eq_nocase(name, str_of(functions[f].name)))
        f++;
    if (f == sizeof functions / sizeof *functions)
        return FAIL(p, ERR_UNSUPPORTED, at, "the function %.*s is not supported (docs/linkage.md lists those that are)", STR_ARG(name));
    ERR_TRY(parse_arguments(p, args, &n));
    if (n < functions[f].least || n > functions[f].most)
        return FAIL(p, ERR_FORMAT, at, "%s takes %u to %u arguments, not %zu,", functions[f].name, functions[f].least,
                    functions[f].most, n);
    struct expr *x = NULL;
    ERR_TRY(node_new(p, EXPR_CALL, functions[f].type, at, n, &x));
    memcpy(x->child, args, n * sizeof *args);
    x->fn = functions[f].fn;
    if (x->fn == FN_NULLIF || x->fn == FN_COALESCE || x->fn == FN_LEAST || x->fn == FN_GREATEST)
        x->type = args[0]->type;
    *ret = node_close(x);
    if (p->dialect == DIALECT_SPARK)
        ERR_TRY(call_as_spark(p, name, x, ret));
    return call_prepare(p, x);
}

/* ---- CASE ---- */

static enum err_code parse_case(struct parser *p, uint32_t at, struct expr **ret)
{
    struct expr *parts[LIMIT_LINK_ARGUMENTS], *subject = NULL, *x = NULL;
    size_t n = 0;
    if (!at_word(p, "when"))
        ERR_TRY(parse_or(p, &subject));
    while (at_word(p, "when")) {
        if (n + 3 > LIMIT_LINK_ARGUMENTS)
            return FAIL(p, ERR_LIMIT, p->now.at, "more than %d branches", LIMIT_LINK_ARGUMENTS / 2 - 1);
        uint32_t when_at = p->now.at;
        ERR_TRY(token_next(p));
        ERR_TRY(parse_or(p, &parts[n]));
        if (subject)
            ERR_TRY(node_two(p, EXPR_EQ, VALUE_BOOL, when_at, subject, parts[n], &parts[n]));
        ERR_TRY(want_bool(p, parts[n++]));
        ERR_TRY(take_word(p, "then"));
        ERR_TRY(parse_or(p, &parts[n++]));
    }
    if (n == 0)
        return FAIL(p, ERR_FORMAT, p->now.at, "expected when");
    if (at_word(p, "else")) {
        ERR_TRY(token_next(p));
        ERR_TRY(parse_or(p, &parts[n++]));
    } else {
        ERR_TRY(node_literal(p, value_null, at, &parts[n++]));
    }
    ERR_TRY(take_word(p, "end"));
    ERR_TRY(node_new(p, EXPR_CASE, parts[1]->type, at, n, &x));
    memcpy(x->child, parts, n * sizeof *parts);
    *ret = node_close(x);
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
    ERR_TRY(parse_or(p, &body));
    ERR_TRY(node_one(p, EXPR_LAMBDA, body->type, at, body, ret));
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
        if (name ? look.now.type != TOKEN_NAME : !(at_sign(&look, ",") || at_sign(&look, ")")))
            return false;
        bool last = at_sign(&look, ")");
        if (token_next(&look) != ERR_OK)
            return false;
        if (last)
            return at_sign(&look, "->");
    }
}

static enum err_code parse_lambda_list(struct parser *p, uint32_t at, struct expr **ret)
{
    size_t outer = p->n_params;
    while (!at_sign(p, ")")) {
        if (at_sign(p, ","))
            ERR_TRY(token_next(p));
        ERR_TRY(push_param(p, p->now.text));
        ERR_TRY(token_next(p));
    }
    ERR_TRY(token_next(p));
    ERR_TRY(take_sign(p, "->"));
    return parse_lambda_body(p, outer, at, ret);
}

static enum err_code parse_lambda_word(struct parser *p, uint32_t at, struct expr **ret)
{
    size_t outer = p->n_params;
    while (p->now.type == TOKEN_NAME) {
        ERR_TRY(push_param(p, p->now.text));
        ERR_TRY(token_next(p));
        if (at_sign(p, ","))
            ERR_TRY(token_next(p));
    }
    ERR_TRY(take_sign(p, ":"));
    return parse_lambda_body(p, outer, at, ret);
}

/* ---- primary and postfix ---- */

/* Chains grow to the left without brackets; those who walk the tree do so by recursion. */
static enum err_code count_operator(struct parser *p)
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
    while (!at_sign(p, close)) {
        if (n > 0)
            ERR_TRY(take_sign(p, ","));
        if (n == LIMIT_LINK_ARGUMENTS)
            return FAIL(p, ERR_LIMIT, p->now.at, "more than %d items", LIMIT_LINK_ARGUMENTS);
        ERR_TRY(parse_or(p, &items[n++]));
    }
    ERR_TRY(token_next(p));
    ERR_TRY(node_new(p, EXPR_LIST, VALUE_LIST, at, n, ret));
    memcpy((*ret)->child, items, n * sizeof *items);
    (void)node_close(*ret);
    return ERR_OK;
}

static enum err_code parse_word(struct parser *p, struct expr **ret)
{
    struct token word = p->now;
    ERR_TRY(token_next(p));
    if (str_eq_nocase(word.text, STR("null")))
        return node_literal(p, value_null, word.at, ret);
    if (str_eq_nocase(word.text, STR("true")) || str_eq_nocase(word.text, STR("false")))
        return node_literal(p, (struct value){.type = VALUE_BOOL, .boolean = str_eq_nocase(word.text, STR("true"))}, word.at,
                            ret);
    if (str_eq_nocase(word.text, STR("case")))
        return parse_case(p, word.at, ret);
    if (str_eq_nocase(word.text, STR("lambda")) && p->now.type == TOKEN_NAME)
        return parse_lambda_word(p, word.at, ret);
    if (at_sign(p, "->")) {
        size_t outer = p->n_params;
        ERR_TRY(push_param(p, word.text));
        ERR_TRY(token_next(p));
        return parse_lambda_body(p, outer, word.at, ret);
    }
    if (!at_sign(p, "("))
        return name_resolve(p, word.text, word.at, ret);
    if (p->dialect == DIALECT_SPARK && str_eq_nocase(word.text, STR("array"))) {
        ERR_TRY(token_next(p));
        return parse_list(p, ")", word.at, ret);
    }
    if (str_eq_nocase(word.text, STR("cast")) || str_eq_nocase(word.text, STR("try_cast")))
        return parse_cast(p, word.text.n > 4, word.at, ret);
    return parse_call(p, word.text, word.at, ret);
}

static enum err_code parse_number(struct parser *p, struct expr **ret)
{
    double number;
    if (!str_to_double(p->now.text, &number))
        return FAIL(p, ERR_FORMAT, p->now.at, "expected a number");
    ERR_TRY(node_literal(p, (struct value){.type = VALUE_NUMBER, .number = number}, p->now.at, ret));
    return token_next(p);
}

static enum err_code parse_primary(struct parser *p, struct expr **ret)
{
    struct token t = p->now;
    struct str text;
    switch (t.type) {
    case TOKEN_NUMBER: return parse_number(p, ret);
    case TOKEN_NAME: return parse_word(p, ret);
    case TOKEN_TEXT:
        ERR_TRY(text_of(p, t, &text));
        ERR_TRY(node_literal(p, (struct value){.type = VALUE_TEXT, .text = text}, t.at, ret));
        return token_next(p);
    case TOKEN_QUOTED:
        ERR_TRY(unquote(p, t, p->text.p[t.at], &text));
        ERR_TRY(token_next(p));
        return name_resolve(p, text, t.at, ret);
    case TOKEN_SIGN:
        if (at_sign(p, "[")) {
            ERR_TRY(token_next(p));
            return parse_list(p, "]", t.at, ret);
        }
        if (at_sign(p, "(")) {
            ERR_TRY(token_next(p));
            if (opens_lambda(p))
                return parse_lambda_list(p, t.at, ret);
            ERR_TRY(parse_or(p, ret));
            return take_sign(p, ")");
        }
        __attribute__((fallthrough)); /* clang heeds no comment */
    default: return FAIL(p, ERR_FORMAT, t.at, "expected a value");
    }
}

static enum err_code parse_index(struct parser *p, struct expr *of, struct expr **ret)
{
    struct expr *index = NULL;
    uint32_t at = p->now.at;
    ERR_TRY(token_next(p));
    ERR_TRY(parse_or(p, &index));
    ERR_TRY(take_sign(p, "]"));
    if (is_literal_text(index)) { /* struct['key'] */
        ERR_TRY(node_one(p, EXPR_FIELD, VALUE_ANY, at, of, ret));
        (*ret)->name = index->literal.text;
        return ERR_OK;
    }
    ERR_TRY(node_two(p, EXPR_INDEX, VALUE_ANY, at, of, index, ret));
    (*ret)->index_base = p->dialect == DIALECT_SPARK ? 0 : 1;
    return ERR_OK;
}

static enum err_code parse_field(struct parser *p, struct expr *of, struct expr **ret)
{
    uint32_t at = p->now.at;
    ERR_TRY(token_next(p));
    struct str name = p->now.text;
    if (p->now.type == TOKEN_QUOTED)
        ERR_TRY(unquote(p, p->now, p->text.p[p->now.at], &name));
    else if (p->now.type != TOKEN_NAME)
        return FAIL(p, ERR_FORMAT, p->now.at, "expected a field name after the dot");
    ERR_TRY(token_next(p));
    ERR_TRY(node_one(p, EXPR_FIELD, VALUE_ANY, at, of, ret));
    (*ret)->name = name;
    return ERR_OK;
}

static enum err_code parse_postfix(struct parser *p, struct expr **ret)
{
    struct expr *x = NULL;
    ERR_TRY(parse_primary(p, &x));
    for (;;) {
        ERR_TRY(count_operator(p));
        if (at_sign(p, "[")) {
            ERR_TRY(parse_index(p, x, &x));
        } else if (at_sign(p, ".")) {
            ERR_TRY(parse_field(p, x, &x));
        } else if (at_sign(p, "::")) {
            uint32_t at = p->now.at;
            enum value_type type;
            ERR_TRY(token_next(p));
            ERR_TRY(parse_type(p, &type));
            ERR_TRY(node_cast(p, x, type, false, at, &x));
        } else {
            *ret = x;
            return ERR_OK;
        }
    }
}

/* ---- operators ---- */

static enum err_code parse_unary(struct parser *p, struct expr **ret)
{
    uint32_t at = p->now.at;
    if (at_sign(p, "+")) {
        ERR_TRY(token_next(p));
        return parse_unary(p, ret);
    }
    if (!at_sign(p, "-"))
        return parse_postfix(p, ret);
    ERR_TRY(token_next(p));
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
    return node_one(p, EXPR_NEG, VALUE_NUMBER, at, x, ret);
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
    ERR_TRY(node_literal(p, (struct value){.type = VALUE_NUMBER}, (*divisor)->at, &zero));
    return call_two(p, FN_NULLIF, VALUE_NUMBER, *divisor, zero, divisor);
}

/* One left-associative level: operands by `next`, operators of the table. */
static enum err_code parse_level(struct parser *p, parse_fn *next, const struct operator*table, size_t n,
                                 struct expr **ret)
{
    ERR_TRY(next(p, ret));
    for (;;) {
        size_t i = 0;
        while (i < n && !at_sign(p, table[i].sign))
            i++;
        if (i == n)
            return ERR_OK;
        uint32_t at = p->now.at;
        struct expr *right = NULL;
        ERR_TRY(count_operator(p));
        ERR_TRY(token_next(p));
        ERR_TRY(next(p, &right));
        if (table[i].op == EXPR_DIV && p->dialect == DIALECT_SPARK)
            ERR_TRY(null_for_zero(p, &right));
        ERR_TRY(node_two(p, table[i].op, table[i].type, at, *ret, right, ret));
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
    ERR_TRY(parse_arguments(p, items, &n));
    ERR_TRY(node_new(p, EXPR_IN, VALUE_BOOL, at, n + 1, &in));
    in->child[0] = x;
    memcpy(in->child + 1, items, n * sizeof *items);
    *ret = node_close(in);
    return ERR_OK;
}

static enum err_code parse_between(struct parser *p, struct expr *x, uint32_t at, struct expr **ret)
{
    struct expr *low, *high;
    ERR_TRY(parse_concat(p, &low));
    ERR_TRY(take_word(p, "and"));
    ERR_TRY(parse_concat(p, &high));
    ERR_TRY(node_two(p, EXPR_GE, VALUE_BOOL, at, x, low, &low));
    ERR_TRY(node_two(p, EXPR_LE, VALUE_BOOL, at, x, high, &high));
    return node_two(p, EXPR_AND, VALUE_BOOL, at, low, high, ret);
}

/* After IS: [NOT] NULL, TRUE, FALSE, DISTINCT FROM. */
static enum err_code parse_is(struct parser *p, struct expr *x, uint32_t at, struct expr **ret)
{
    bool negate = at_word(p, "not");
    if (negate)
        ERR_TRY(token_next(p));
    if (at_word(p, "null")) {
        ERR_TRY(token_next(p));
        ERR_TRY(node_one(p, EXPR_IS_NULL, VALUE_BOOL, at, x, &x));
    } else if (at_word(p, "true") || at_word(p, "false")) {
        struct expr *truth = NULL;
        ERR_TRY(parse_word(p, &truth));
        ERR_TRY(node_two(p, EXPR_NOT_DISTINCT, VALUE_BOOL, at, x, truth, &x));
    } else if (at_word(p, "distinct")) {
        struct expr *other = NULL;
        ERR_TRY(token_next(p));
        ERR_TRY(take_word(p, "from"));
        ERR_TRY(parse_concat(p, &other));
        ERR_TRY(node_two(p, EXPR_NOT_DISTINCT, VALUE_BOOL, at, x, other, &x));
        negate = !negate;
    } else {
        return FAIL(p, ERR_FORMAT, p->now.at, "expected NULL after IS");
    }
    *ret = x;
    return negate ? node_one(p, EXPR_NOT, VALUE_BOOL, at, x, ret) : ERR_OK;
}

/* x LIKE y [ESCAPE 'c'], ILIKE; in Spark a backslash escapes when nothing else is said. */
static enum err_code parse_like(struct parser *p, struct expr *x, enum expr_fn fn, uint32_t at, struct expr **ret)
{
    struct expr *pattern = NULL, *escape = NULL, *like = NULL;
    ERR_TRY(token_next(p));
    ERR_TRY(parse_concat(p, &pattern));
    if (at_word(p, "escape")) {
        ERR_TRY(token_next(p));
        ERR_TRY(parse_concat(p, &escape));
    } else if (p->dialect == DIALECT_SPARK) {
        ERR_TRY(node_literal(p, (struct value){.type = VALUE_TEXT, .text = STR("\\")}, at, &escape));
    }
    ERR_TRY(node_new(p, EXPR_CALL, VALUE_BOOL, at, escape ? 3 : 2, &like));
    like->fn = fn;
    like->child[0] = x;
    like->child[1] = pattern;
    if (escape)
        like->child[2] = escape;
    *ret = node_close(like);
    return ERR_OK;
}

/* x RLIKE 'pattern' (Spark; also REGEXP): found anywhere. */
static enum err_code parse_rlike(struct parser *p, struct expr *x, uint32_t at, struct expr **ret)
{
    struct expr *pattern = NULL;
    ERR_TRY(token_next(p));
    ERR_TRY(parse_concat(p, &pattern));
    ERR_TRY(node_two(p, EXPR_CALL, VALUE_BOOL, at, x, pattern, ret));
    (*ret)->fn = FN_REGEXP_MATCHES;
    return call_prepare(p, *ret);
}

static enum err_code parse_compare(struct parser *p, struct expr **ret)
{
    static const struct operator table[] = {
        {"=", EXPR_EQ, VALUE_BOOL},  {"==", EXPR_EQ, VALUE_BOOL}, {"<>", EXPR_NE, VALUE_BOOL}, {"!=", EXPR_NE, VALUE_BOOL},
        {"<=", EXPR_LE, VALUE_BOOL}, {">=", EXPR_GE, VALUE_BOOL}, {"<", EXPR_LT, VALUE_BOOL},  {">", EXPR_GT, VALUE_BOOL},
        {"<=>", EXPR_NOT_DISTINCT, VALUE_BOOL}};
    ERR_TRY(parse_level(p, parse_concat, table, sizeof table / sizeof *table, ret));
    for (;;) {
        ERR_TRY(count_operator(p));
        uint32_t at = p->now.at;
        if (at_word(p, "is")) {
            ERR_TRY(token_next(p));
            ERR_TRY(parse_is(p, *ret, at, ret));
            continue;
        }
        bool negate = at_word(p, "not");
        if (negate)
            ERR_TRY(token_next(p));
        if (at_word(p, "in")) {
            ERR_TRY(token_next(p));
            ERR_TRY(parse_in(p, *ret, at, ret));
        } else if (at_word(p, "between")) {
            ERR_TRY(token_next(p));
            ERR_TRY(parse_between(p, *ret, at, ret));
        } else if (at_word(p, "like") || at_word(p, "ilike")) {
            ERR_TRY(parse_like(p, *ret, at_word(p, "like") ? FN_LIKE : FN_ILIKE, at, ret));
        } else if (at_word(p, "rlike") || at_word(p, "regexp")) {
            ERR_TRY(parse_rlike(p, *ret, at, ret));
        } else if (negate || at_word(p, "similar") || at_word(p, "glob")) {
            return FAIL(p, ERR_UNSUPPORTED, p->now.at, "the operator %.*s is not supported", STR_ARG(p->now.text));
        } else {
            return ERR_OK;
        }
        if (negate)
            ERR_TRY(node_one(p, EXPR_NOT, VALUE_BOOL, at, *ret, ret));
    }
}

static enum err_code parse_not(struct parser *p, struct expr **ret)
{
    if (!at_word(p, "not"))
        return parse_compare(p, ret);
    uint32_t at = p->now.at;
    struct expr *x = NULL;
    ERR_TRY(token_next(p));
    if (++p->depth > LIMIT_LINK_EXPR_DEPTH)
        return FAIL(p, ERR_LIMIT, at, "nested deeper than %d", LIMIT_LINK_EXPR_DEPTH);
    ERR_TRY(parse_not(p, &x));
    p->depth--;
    ERR_TRY(want_bool(p, x));
    return node_one(p, EXPR_NOT, VALUE_BOOL, at, x, ret);
}

static enum err_code parse_words(struct parser *p, parse_fn *next, const char *word, enum expr_op op, struct expr **ret)
{
    ERR_TRY(next(p, ret));
    while (at_word(p, word)) {
        uint32_t at = p->now.at;
        struct expr *right = NULL;
        ERR_TRY(count_operator(p));
        ERR_TRY(token_next(p));
        ERR_TRY(next(p, &right));
        ERR_TRY(want_bool(p, *ret));
        ERR_TRY(want_bool(p, right));
        ERR_TRY(node_two(p, op, VALUE_BOOL, at, *ret, right, ret));
    }
    return ERR_OK;
}

static enum err_code parse_and(struct parser *p, struct expr **ret)
{
    return parse_words(p, parse_not, "and", EXPR_AND, ret);
}

static enum err_code parse_or(struct parser *p, struct expr **ret)
{
    if (++p->depth > LIMIT_LINK_EXPR_DEPTH)
        return FAIL(p, ERR_LIMIT, p->now.at, "nested deeper than %d", LIMIT_LINK_EXPR_DEPTH);
    ERR_TRY(parse_words(p, parse_and, "or", EXPR_OR, ret));
    p->depth--;
    return ERR_OK;
}

enum err_code expr_parse(struct arena *a, struct str text, enum expr_dialect dialect, enum expr_naming naming,
                         struct expr_names *names, struct expr **ret, struct err *e)
{
    struct parser p = {.a = a, .text = text, .dialect = dialect, .naming = naming, .names = names, .e = e};
    struct expr *x = NULL;
    if (text.n > LIMIT_LINK_CONDITION_BYTES)
        return err_set(e, ERR_LIMIT, "a condition of %zu bytes is over the limit of %zu", text.n,
                       LIMIT_LINK_CONDITION_BYTES);
    ERR_TRY(token_next(&p));
    ERR_TRY(parse_or(&p, &x));
    if (p.now.type != TOKEN_END)
        return expr_error(e, ERR_FORMAT, text, p.now.at, "expected the end or an operator");
    ERR_TRY(want_bool(&p, x));
    *ret = x;
    return ERR_OK;
}
