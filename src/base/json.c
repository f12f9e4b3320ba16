/* json.c: a strict JSON parser (RFC 8259). Files and look-ups are in json_doc.c, writing in json_out.c.
 *
 * Why not cJSON, which Debian ships: it keeps numbers only as doubles (an NHS number must not pass through
 * one), accepts duplicate keys, gives no line numbers, does not check UTF-8 and cuts strings at NUL. Those are
 * the promises of json.h, so the parser is ours; the tests compare it with cJSON on what both accept.
 *
 * How: the text is copied into the arena once and strings are unescaped in place, since an escape is never shorter than
 * what it stands for; every slice of the document points into that copy. Recursion is bounded by the depth limit.
 * Errors name line and column of the original text and no value. */
#include "base/json.h"

#include "base/limits.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>

#define DEPTH_MOST ((size_t)1000) /* what recursion may use of the stack, whatever the caller's limit */
#define FEW_KEYS ((size_t)16)     /* up to here, comparing each key with each is faster than sorting */

struct parser {
    struct arena *a;
    struct str given; /* the original, for the position of an error */
    char *text;       /* our copy, NUL-terminated */
    size_t at, n, depth, depth_most;
    uint32_t line;
    struct err *e;
};

static enum err_code fail_at(struct parser *p, size_t at, enum err_code code, const char *what)
{
    size_t line = 1, start = 0, column = 1;
    for (size_t i = 0; i < at && i < p->given.n; i++)
        if (p->given.p[i] == '\n') {
            line++;
            start = i + 1;
        }
    for (size_t i = start; i < at && i < p->given.n; i++)
        column += ((unsigned char)p->given.p[i] & 0xC0) != 0x80; /* counts characters, not bytes */
    return err_set(p->e, code, "line %zu column %zu: %s", line, column, what);
}

static enum err_code fail(struct parser *p, const char *what) { return fail_at(p, p->at, ERR_FORMAT, what); }

static enum err_code no_memory(struct parser *p)
{
    return err_set(p->e, ERR_NO_MEMORY, "the JSON document needs more memory than the %zu bytes allowed", p->a->limit);
}

static void skip_blanks(struct parser *p)
{
    for (; p->at < p->n; p->at++) {
        char c = p->text[p->at];
        if (c == '\n')
            p->line++;
        else if (c != ' ' && c != '\t' && c != '\r')
            return;
    }
}

static bool take_char(struct parser *p, char c)
{
    if (p->at == p->n || p->text[p->at] != c)
        return false;
    p->at++;
    return true;
}

/* ---- strings ---- */

static bool hex4(const struct parser *p, size_t at, uint32_t *ret)
{
    if (p->n - at < 4)
        return false;
    uint32_t v = 0;
    for (size_t i = at; i < at + 4; i++) {
        char c = p->text[i];
        if (c >= '0' && c <= '9')
            v = v * 16 + (uint32_t)(c - '0');
        else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            v = v * 16 + (uint32_t)((c | 32) - 'a' + 10);
        else
            return false;
    }
    *ret = v;
    return true;
}

/* p->at is behind "\u". */
static enum err_code unescape_unicode(struct parser *p, char **to)
{
    uint32_t c, low;
    if (!hex4(p, p->at, &c))
        return fail(p, "\\u wants four hexadecimal digits");
    if (c == 0)
        return fail(p, "\\u0000 is not accepted in text");
    p->at += 4;
    if (c >= 0xD800 && c < 0xDC00 && p->n - p->at >= 6 && p->text[p->at] == '\\' && p->text[p->at + 1] == 'u' &&
        hex4(p, p->at + 2, &low) && low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        p->at += 6;
    } else if (c >= 0xD800 && c < 0xE000) {
        p->at -= 4;
        return fail(p, "half of a \\u pair stands alone");
    }
    *to += utf8_put(*to, c);
    return ERR_OK;
}

static enum err_code unescape(struct parser *p, char **to)
{
    static const char from[] = "\"\\/bfnrt", what[] = "\"\\/\b\f\n\r\t";
    p->at++; /* the backslash */
    char c = p->at < p->n ? p->text[p->at] : '\0';
    if (c == 'u') {
        p->at++;
        return unescape_unicode(p, to);
    }
    const char *k = c ? strchr(from, c) : NULL;
    if (!k)
        return fail(p, "this is no escape that JSON knows");
    p->at++;
    *(*to)++ = what[k - from];
    return ERR_OK;
}

/* p->at is behind the opening quote. */
static enum err_code parse_string(struct parser *p, struct str *ret)
{
    size_t opened = p->at - 1;
    char *start = p->text + p->at, *to = start;
    while (p->at < p->n) {
        unsigned char c = (unsigned char)p->text[p->at];
        if (c == '"') {
            p->at++;
            *ret = (struct str){start, (size_t)(to - start)};
            return ERR_OK;
        }
        if (c < 0x20)
            return fail(p, "a control character in text must be escaped");
        if (c == '\\') {
            ERR_TRY(unescape(p, &to));
        } else {
            *to++ = (char)c;
            p->at++;
        }
    }
    return fail_at(p, opened, ERR_FORMAT, "this text is not closed");
}

/* ---- numbers and words ---- */

static bool digit(const struct parser *p) { return p->at < p->n && p->text[p->at] >= '0' && p->text[p->at] <= '9'; }

static bool digits(struct parser *p)
{
    if (!digit(p))
        return false;
    while (digit(p))
        p->at++;
    return true;
}

static enum err_code parse_number(struct parser *p, struct json *v)
{
    size_t start = p->at;
    (void)take_char(p, '-'); /* it may be there */
    if (!take_char(p, '0') && !digits(p))
        return fail(p, "a digit is missing");
    if (digit(p))
        return fail_at(p, start, ERR_FORMAT, "a number may not begin with 0");
    if (take_char(p, '.') && !digits(p))
        return fail(p, "a digit is missing after the point");
    if (take_char(p, 'e') || take_char(p, 'E')) {
        if (!take_char(p, '+'))
            (void)take_char(p, '-'); /* either sign, or none */
        if (!digits(p))
            return fail(p, "a digit is missing in the exponent");
    }
    v->type = JSON_NUMBER;
    v->text = (struct str){p->text + start, p->at - start};
    v->number = strtod(v->text.p, NULL); /* what follows cannot continue a number: it would be an error anyway */
    if (!isfinite(v->number))
        return fail_at(p, start, ERR_FORMAT, "a number is out of range");
    return ERR_OK;
}

static enum err_code parse_word(struct parser *p, struct json *v)
{
    static const struct {
        struct str word;
        enum json_type type;
        bool boolean;
    } words[] = {{{"true", 4}, JSON_BOOL, true}, {{"false", 5}, JSON_BOOL, false}, {{"null", 4}, JSON_NULL, false}};
    struct str rest = {p->text + p->at, p->n - p->at};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(rest, words[i].word)) {
            v->type = words[i].type;
            v->boolean = words[i].boolean;
            p->at += words[i].word.n;
            return ERR_OK;
        }
    return fail(p, "a value is missing here");
}

/* ---- arrays and objects ---- */

static int by_key(const void *a, const void *b)
{
    const struct json *const *x = a, *const *y = b;
    int c = str_cmp((*x)->key, (*y)->key);
    return c ? c : ((*x)->key.p > (*y)->key.p) - ((*x)->key.p < (*y)->key.p);
}

static enum err_code repeated(struct parser *p, const struct json *again)
{
    return fail_at(p, (size_t)(again->key.p - p->text) - 1, ERR_FORMAT, "this key stands twice in one object");
}

static enum err_code check_keys(struct parser *p, const struct json *object)
{
    if (object->n <= FEW_KEYS) {
        for (const struct json *x = object->child; x; x = x->next)
            for (const struct json *y = x->next; y; y = y->next)
                if (str_eq(x->key, y->key))
                    return repeated(p, y);
        return ERR_OK;
    }
    const struct json **sorted = ARENA_NEW(p->a, const struct json *, object->n);
    if (!sorted)
        return no_memory(p);
    size_t n = 0;
    JSON_EACH(member, object)
        sorted[n++] = member;
    qsort(sorted, n, sizeof *sorted, by_key);
    for (size_t i = 1; i < n; i++)
        if (str_eq(sorted[i - 1]->key, sorted[i]->key))
            return repeated(p, sorted[i]);
    return ERR_OK;
}

static enum err_code parse_value(struct parser *p, struct json *v);

static enum err_code parse_key(struct parser *p, struct str *ret)
{
    if (!take_char(p, '"'))
        return fail(p, "a key in quotes is missing");
    ERR_TRY(parse_string(p, ret));
    skip_blanks(p);
    return take_char(p, ':') ? ERR_OK : fail(p, "a colon is missing");
}

/* p->at is behind the opening bracket. */
static enum err_code parse_members(struct parser *p, struct json *v)
{
    bool object = v->type == JSON_OBJECT;
    char close = object ? '}' : ']';
    const struct json **to = &v->child;
    if (++p->depth > p->depth_most)
        return fail_at(p, p->at - 1, ERR_LIMIT, "nested deeper than the limit allows");
    skip_blanks(p);
    if (!take_char(p, close)) {
        do {
            struct json *member = ARENA_NEW(p->a, struct json, 1);
            if (!member)
                return no_memory(p);
            skip_blanks(p);
            if (object)
                ERR_TRY(parse_key(p, &member->key));
            ERR_TRY(parse_value(p, member));
            *to = member;
            to = &member->next;
            v->n++;
            skip_blanks(p);
        } while (take_char(p, ','));
        if (!take_char(p, close))
            return fail(p, object ? "a comma or } is missing" : "a comma or ] is missing");
    }
    p->depth--;
    return object ? check_keys(p, v) : ERR_OK;
}

static enum err_code parse_value(struct parser *p, struct json *v)
{
    skip_blanks(p);
    v->line = p->line;
    char c = p->at < p->n ? p->text[p->at] : '\0';
    if (c == '{' || c == '[') {
        p->at++;
        v->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
        return parse_members(p, v);
    }
    if (c == '"') {
        p->at++;
        v->type = JSON_STRING;
        return parse_string(p, &v->text);
    }
    return c == '-' || (c >= '0' && c <= '9') ? parse_number(p, v) : parse_word(p, v);
}

/* ---- a whole document ---- */

static enum err_code parse_copy(struct parser *p, const struct json **ret)
{
    size_t bad;
    if (!utf8_valid(p->given, &bad))
        return fail_at(p, bad, ERR_FORMAT, "this is not UTF-8 text");
    if (str_starts(p->given, STR("\xEF\xBB\xBF")))
        p->at = 3;
    struct json *v = ARENA_NEW(p->a, struct json, 1);
    if (!v)
        return no_memory(p);
    ERR_TRY(parse_value(p, v));
    skip_blanks(p);
    if (p->at < p->n)
        return fail(p, "something follows the JSON value");
    *ret = v;
    return ERR_OK;
}

enum err_code json_parse(struct arena *a, struct str s, const struct json_limits *limits, const struct json **ret,
                         struct err *e)
{
    struct json_limits l = limits ? *limits : (struct json_limits){LIMIT_JSON_BYTES, LIMIT_JSON_DEPTH};
    if (s.n > l.bytes)
        return err_set(e, ERR_LIMIT, "the JSON document is over its limit of %zu bytes", l.bytes);
    struct parser p = {.a = a, .given = s, .n = s.n, .line = 1, .e = e};
    p.depth_most = l.depth < DEPTH_MOST ? l.depth : DEPTH_MOST;
    p.text = arena_alloc(a, s.n + 1);
    if (!p.text)
        return no_memory(&p);
    if (s.n)
        memcpy(p.text, s.p, s.n);
    return parse_copy(&p, ret);
}
