/* regex.c: patterns of conditions, by PCRE2, held to what RE2 (DuckDB) has too.
 *
 * A construct that RE2 refuses, or reads otherwise, is refused here when the model is loaded. `$` is the end of the text only, classes are ASCII,
 * the text is UTF-8. The one difference that is left: \s also takes the vertical tab. A step limit stops patterns that explode. */
#include "linkage/expr.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

struct expr_regex {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
    struct expr_regex *next;
};

/* Why RE2 would not take what stands after a backslash or "(?"; NULL when it would. */
static const char *refuse_escape(char c, bool in_class)
{
    if (c >= '1' && c <= '9')
        return "a back-reference";
    if (strchr("gkKGRXhHVNZcoLlUu", c))
        return "this escape";
    return in_class && strchr("bB", c) ? "this escape in a class" : NULL;
}

static const char *refuse_group(struct str rest)
{
    if (str_starts(rest, STR("(*")))
        return "a verb";
    if (!str_starts(rest, STR("(?")))
        return NULL;
    struct str after = str_slice(rest, 2, rest.n);
    if (str_starts(after, STR("P<")) || str_starts(after, STR(":")))
        return NULL;
    if (after.n > 1 && after.p[0] == '<' && after.p[1] != '=' && after.p[1] != '!')
        return NULL;
    for (size_t i = 0; i < after.n; i++) {
        if (after.p[i] == ')' || after.p[i] == ':')
            return i > 0 ? NULL : "this group";
        if (!strchr("imsU-", after.p[i]))
            break;
    }
    return "a look-around or other group that is not plain";
}

static const char *refuse(struct str pattern)
{
    bool in_class = false, after_repeat = false;
    for (size_t i = 0; i < pattern.n; i++) {
        char c = pattern.p[i];
        const char *why = NULL;
        bool repeat = false;
        if (c == '\\' && i + 1 < pattern.n) {
            why = refuse_escape(pattern.p[++i], in_class);
        } else if (in_class) {
            in_class = c != ']';
        } else if (c == '[') {
            in_class = true;
            i += i + 1 < pattern.n && pattern.p[i + 1] == '^';
            i += i + 1 < pattern.n && pattern.p[i + 1] == ']'; /* first in a class: itself */
        } else if (c == '(') {
            why = refuse_group(str_slice(pattern, i, pattern.n));
        } else if (c == '+' && after_repeat) {
            why = "a possessive repeat";
        } else {
            repeat = c == '*' || c == '+' || c == '?' || c == '}';
        }
        if (why)
            return why;
        after_repeat = repeat;
    }
    return NULL;
}

static void regex_free(struct expr_regex *r)
{
    pcre2_match_data_free(r->match);
    pcre2_match_context_free(r->context);
    pcre2_code_free(r->code);
    free(r);
}

void expr_names_release(struct expr_names *names)
{
    while (names->regexes) {
        struct expr_regex *r = names->regexes;
        names->regexes = r->next;
        regex_free(r);
    }
}

enum err_code expr_regex_new(struct expr_names *owner, struct str pattern, struct expr_regex **ret, struct err *e)
{
    const char *why = refuse(pattern);
    if (why)
        return err_set(e, ERR_UNSUPPORTED, "the pattern has %s, which RE2 does not have", why);
    struct expr_regex *r = calloc(1, sizeof *r);
    if (!r)
        return err_set(e, ERR_NO_MEMORY, "no memory for a pattern");
    int code = 0;
    PCRE2_SIZE at = 0;
    r->code = pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.n,
                            PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
    if (!r->code) {
        PCRE2_UCHAR text[128];
        (void)pcre2_get_error_message(code, text, sizeof text);
        free(r);
        return err_set(e, ERR_FORMAT, "the pattern is wrong at character %zu: %s", (size_t)at + 1, (const char *)text);
    }
    r->match = pcre2_match_data_create_from_pattern(r->code, NULL);
    r->context = pcre2_match_context_create(NULL);
    if (!r->match || !r->context) {
        regex_free(r);
        return err_set(e, ERR_NO_MEMORY, "no memory for a pattern");
    }
    (void)pcre2_set_match_limit(r->context, LIMIT_LINK_REGEX_STEPS);
    r->next = owner->regexes;
    owner->regexes = r;
    *ret = r;
    return ERR_OK;
}

/* 1: found, offsets in *ret_offsets; 0: not. */
static enum err_code find_from(const struct expr_regex *r, struct str s, size_t from, bool *ret_found, struct err *e)
{
    int n = pcre2_match(r->code, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, from, 0, r->match, r->context);
    if (n < 0 && n != PCRE2_ERROR_NOMATCH)
        return err_set(e, ERR_LIMIT, "a pattern takes more than %u steps on a value", LIMIT_LINK_REGEX_STEPS);
    *ret_found = n > 0;
    return ERR_OK;
}

enum err_code expr_regex_find(const struct expr_regex *r, struct str s, uint32_t group, struct str *ret, struct err *e)
{
    bool found = false;
    ERR_TRY(find_from(r, s, 0, &found, e));
    *ret = STR_NONE;
    if (!found || group >= pcre2_get_ovector_count(r->match))
        return ERR_OK;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(r->match);
    if (at[2 * group] != PCRE2_UNSET)
        *ret = (struct str){s.p ? s.p + at[2 * group] : "", at[2 * group + 1] - at[2 * group]};
    return ERR_OK;
}

/* Appends `with`; \0 to \9 are groups of the last match. */
static bool add_replacement(const struct expr_regex *r, struct str s, struct str with, struct buf *out)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(r->match);
    for (size_t i = 0; i < with.n; i++) {
        if (with.p[i] != '\\' || i + 1 == with.n) {
            if (!buf_char(out, with.p[i]))
                return false;
            continue;
        }
        char c = with.p[++i];
        uint32_t group = (uint32_t)(c - '0');
        if (c < '0' || c > '9') {
            if (!buf_char(out, c))
                return false;
        } else if (group < pcre2_get_ovector_count(r->match) && at[2 * group] != PCRE2_UNSET) {
            if (!buf_add(out, s.p + at[2 * group], at[2 * group + 1] - at[2 * group]))
                return false;
        }
    }
    return true;
}

enum err_code expr_regex_replace(const struct expr_regex *r, struct str s, struct str with, bool all, struct arena *a,
                                 struct str *ret, struct err *e)
{
    _cleanup_buf_ struct buf out;
    buf_init(&out, LIMIT_FIELD_BYTES * 4);
    size_t from = 0;
    for (bool more = true; more;) {
        bool found = false;
        ERR_TRY(find_from(r, s, from, &found, e));
        if (!found)
            break;
        const PCRE2_SIZE *at = pcre2_get_ovector_pointer(r->match);
        size_t begin = at[0], end = at[1];
        (void)buf_add(&out, s.p + from, begin - from);
        (void)add_replacement(r, s, with, &out);
        from = end;
        if (end == begin && from < s.n)
            (void)buf_char(&out, s.p[from++]); /* an empty match: go on behind one byte */
        more = all && (end > begin || from < s.n);
    }
    if (from < s.n)
        (void)buf_add(&out, s.p + from, s.n - from);
    ERR_TRY(buf_check(&out, "a replaced text", e));
    *ret = str_dup(a, buf_as_str(&out));
    return ret->p ? ERR_OK : err_set(e, ERR_NO_MEMORY, "a condition needs more memory than its limit");
}
