/* expr_token.c: the text of a condition as tokens, one looked ahead; what a quoted text stands for; errors that show the place. */
#include "linkage/expr_parse.h"
#include "linkage/expr_spark.h"

#include <ctype.h>
#include <stdio.h>

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

enum err_code expr_token_next(struct parser *p)
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

bool expr_at_sign(const struct parser *p, const char *sign)
{
    return p->now.type == TOKEN_SIGN && str_eq(p->now.text, str_of(sign));
}

bool expr_at_word(const struct parser *p, const char *word)
{
    return p->now.type == TOKEN_NAME && str_eq_nocase(p->now.text, str_of(word));
}

enum err_code expr_take_sign(struct parser *p, const char *sign)
{
    if (!expr_at_sign(p, sign))
        return FAIL(p, ERR_FORMAT, p->now.at, "expected %s", sign);
    return expr_token_next(p);
}

enum err_code expr_take_word(struct parser *p, const char *word)
{
    if (!expr_at_word(p, word))
        return FAIL(p, ERR_FORMAT, p->now.at, "expected %s", word);
    return expr_token_next(p);
}

/* ---- texts ---- */

enum err_code expr_unquote(struct parser *p, struct token t, char quote, struct str *ret)
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
enum err_code expr_text_of(struct parser *p, struct token t, struct str *ret)
{
    char quote = p->text.p[t.at];
    if (p->dialect != DIALECT_SPARK)
        return expr_unquote(p, t, quote, ret);
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
