/* regex.c: patterns of conditions, by PCRE2, held to what RE2 (DuckDB) has too.
 *
 * A construct that RE2 refuses, or reads otherwise, is refused here when the model is loaded. `$` is the end of the text only, classes are ASCII,
 * the text is UTF-8. The one difference that is left: \s also takes the vertical tab. A step limit stops patterns that explode.
 *
 * A pattern may be used by several threads at once: what a match found is kept in memory that one thread takes and gives back. */
#include "linkage/expr.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>

struct expr_regex {
    pcre2_code *code;
    _Atomic(pcre2_match_data *) spare; /* NULL: some thread has it */
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
    pcre2_match_data_free(atomic_load(&r->spare));
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
    atomic_init(&r->spare, pcre2_match_data_create_from_pattern(r->code, NULL));
    r->context = pcre2_match_context_create(NULL);
    if (!atomic_load(&r->spare) || !r->context) {
        regex_free(r);
        return err_set(e, ERR_NO_MEMORY, "no memory for a pattern");
    }
    (void)pcre2_set_match_limit(r->context, LIMIT_LINK_REGEX_STEPS);
    r->next = owner->regexes;
    owner->regexes = r;
    *ret = r;
    return ERR_OK;
}

static enum err_code match_take(struct expr_regex *r, pcre2_match_data **ret, struct err *e)
{
    *ret = atomic_exchange(&r->spare, NULL);
    if (!*ret)
        *ret = pcre2_match_data_create_from_pattern(r->code, NULL);
    return *ret ? ERR_OK : err_set(e, ERR_NO_MEMORY, "no memory for a pattern");
}

/* The one that another thread has given back meanwhile is one too many. */
static void match_give(struct expr_regex *r, pcre2_match_data *m) { pcre2_match_data_free(atomic_exchange(&r->spare, m)); }

static enum err_code find_from(const struct expr_regex *r, pcre2_match_data *m, struct str s, size_t from, bool *ret_found, struct err *e)
{
    int n = pcre2_match(r->code, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, from, 0, m, r->context);
    if (n < 0 && n != PCRE2_ERROR_NOMATCH)
        return err_set(e, ERR_LIMIT, "a pattern takes more than %u steps on a value", LIMIT_LINK_REGEX_STEPS);
    *ret_found = n > 0;
    return ERR_OK;
}

enum err_code expr_regex_find(struct expr_regex *r, struct str s, uint32_t group, struct str *ret, struct err *e)
{
    bool found = false;
    pcre2_match_data *m;
    ERR_TRY(match_take(r, &m, e));
    enum err_code code = find_from(r, m, s, 0, &found, e);
    if (code == ERR_OK)
        *ret = STR_NONE;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m);
    if (code == ERR_OK && found && group < pcre2_get_ovector_count(m) && at[2 * group] != PCRE2_UNSET)
        *ret = (struct str){s.p ? s.p + at[2 * group] : "", at[2 * group + 1] - at[2 * group]};
    match_give(r, m);
    return code;
}

/* Appends `with`; \0 to \9 are groups of the last match. */
static bool add_replacement(pcre2_match_data *m, struct str s, struct str with, struct buf *out)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m);
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
        } else if (group < pcre2_get_ovector_count(m) && at[2 * group] != PCRE2_UNSET) {
            if (!buf_add(out, s.p + at[2 * group], at[2 * group + 1] - at[2 * group]))
                return false;
        }
    }
    return true;
}

static enum err_code replace(const struct expr_regex *r, pcre2_match_data *m, struct str s, struct str with, bool all, struct buf *out, struct err *e)
{
    size_t from = 0;
    for (bool more = true; more;) {
        bool found = false;
        ERR_TRY(find_from(r, m, s, from, &found, e));
        if (!found)
            break;
        const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m);
        size_t begin = at[0], end = at[1];
        (void)buf_add(out, s.p + from, begin - from);
        (void)add_replacement(m, s, with, out);
        from = end;
        if (end == begin && from < s.n)
            (void)buf_char(out, s.p[from++]); /* an empty match: go on behind one byte */
        more = all && (end > begin || from < s.n);
    }
    if (from < s.n)
        (void)buf_add(out, s.p + from, s.n - from);
    return buf_check(out, "a replaced text", e);
}

enum err_code expr_regex_replace(struct expr_regex *r, struct str s, struct str with, bool all, struct arena *a, struct str *ret, struct err *e)
{
    _cleanup_buf_ struct buf out;
    pcre2_match_data *m;
    buf_init(&out, LIMIT_FIELD_BYTES * 4);
    ERR_TRY(match_take(r, &m, e));
    enum err_code code = replace(r, m, s, with, all, &out, e);
    match_give(r, m);
    ERR_TRY(code);
    *ret = str_dup(a, buf_as_str(&out));
    return ret->p ? ERR_OK : err_set(e, ERR_NO_MEMORY, "a condition needs more memory than its limit");
}
