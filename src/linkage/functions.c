/* functions.c: calls on texts, numbers and days. A NULL argument gives NULL, except for coalesce, nullif, concat, least and greatest. */
#include "linkage/expr_spark.h"
#include "linkage/functions.h"
#include "linkage/strings.h"

#include <math.h>
#include <utf8proc.h>

#define US_PER_DAY (INT64_C(86400) * 1000000)

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NO_MEMORY, "a condition needs more memory than its limit of %zu bytes", LIMIT_LINK_SCRATCH_BYTES);
}

static struct value value_text(struct str s) { return (struct value){.type = VALUE_TEXT, .text = s}; }
static struct value value_number(double d) { return (struct value){.type = VALUE_NUMBER, .number = d}; }

/* ---- characters ---- */

static bool starts_character(char c) { return ((unsigned char)c & 0xC0) != 0x80; }

static size_t count_characters(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += starts_character(s.p[i]);
    return n;
}

/* Offset of character number k (0-based), or the end. */
static size_t character_offset(struct str s, size_t k)
{
    for (size_t i = 0; i < s.n; i++)
        if (starts_character(s.p[i]) && k-- == 0)
            return i;
    return s.n;
}

struct str functions_substring(struct str s, double from, double length)
{
    double n = (double)count_characters(s), begin = from, end;
    if (from > 0)
        begin = from - 1;
    else if (from < 0)
        begin = n + from;
    else
        begin = -1; /* the place before the first: it uses up one of the length */
    end = begin + length;
    if (length < 0) {
        end = begin;
        begin = begin + length;
    }
    if (begin < 0)
        begin = 0;
    if (end > n)
        end = n;
    if (begin >= end)
        return STR("");
    return str_slice(s, character_offset(s, (size_t)begin), character_offset(s, (size_t)end));
}

static enum err_code change_case(struct str s, bool upper, struct arena *a, struct str *ret, struct err *e)
{
    char *out = arena_alloc(a, s.n * 2 + 4); /* no simple mapping grows a character to more than twice its bytes */
    if (!out)
        return no_memory(e);
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)s.p + i, (utf8proc_ssize_t)(s.n - i), &c);
        if (used <= 0) { /* not UTF-8: kept as it is */
            out[n++] = s.p[i++];
            continue;
        }
        c = upper ? utf8proc_toupper(c) : utf8proc_tolower(c);
        n += (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)out + n);
        i += (size_t)used;
    }
    *ret = (struct str){out, n};
    return ERR_OK;
}

static enum err_code replace_all(struct str s, struct str from, struct str to, struct arena *a, struct str *ret,
                                 struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_FIELD_BYTES * 4);
    while (from.n > 0) {
        ptrdiff_t at = str_find(s, from);
        if (at < 0)
            break;
        (void)buf_str(&b, str_slice(s, 0, (size_t)at));
        (void)buf_str(&b, to);
        s = str_slice(s, (size_t)at + from.n, s.n);
    }
    (void)buf_str(&b, s);
    ERR_TRY(buf_check(&b, "a replaced text", e));
    *ret = str_dup(a, buf_as_str(&b));
    return ret->p ? ERR_OK : no_memory(e);
}

static struct str split_part(struct str s, struct str by, double which)
{
    if (by.n == 0)
        return which == 1 ? s : STR("");
    for (double k = 1;; k++) {
        ptrdiff_t at = str_find(s, by);
        if (k == which)
            return at < 0 ? s : str_slice(s, 0, (size_t)at);
        if (at < 0)
            return STR("");
        s = str_slice(s, (size_t)at + by.n, s.n);
    }
}

/* ---- LIKE ---- */

/* `%` is any characters, `_` one; after the escape (STR_NONE: none) each is itself. Goes back to the last % only, so it takes at most |s| * |pattern| steps. */
static bool like(struct str s, struct str pattern, struct str escape)
{
    size_t i = 0, k = 0, back_i = 0, back_k = SIZE_MAX;
    while (i < s.n || k < pattern.n) {
        bool escaped = k < pattern.n && escape.n && str_starts(str_slice(pattern, k, pattern.n), escape) && k + escape.n < pattern.n;
        size_t at = k + (escaped ? escape.n : 0);
        if (at < pattern.n && !escaped && pattern.p[at] == '%') {
            back_k = ++k;
            back_i = i;
            continue;
        }
        bool one = at < pattern.n && !escaped && pattern.p[at] == '_';
        if (i < s.n && at < pattern.n && (one || s.p[i] == pattern.p[at])) {
            for (i++; one && i < s.n && !starts_character(s.p[i]); i++)
                ;
            k = at + 1;
            continue;
        }
        if (back_k == SIZE_MAX || back_i >= s.n)
            return false;
        i = ++back_i;
        k = back_k;
    }
    return true;
}

static enum err_code call_like(const struct expr *x, const struct value *args, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct str text, pattern, escape = STR_NONE;
    ERR_TRY(value_to_text(args[0], s->a, &text, e));
    ERR_TRY(value_to_text(args[1], s->a, &pattern, e));
    if (x->n > 2)
        ERR_TRY(value_to_text(args[2], s->a, &escape, e));
    if (x->fn == FN_ILIKE) {
        ERR_TRY(change_case(text, false, s->a, &text, e));
        ERR_TRY(change_case(pattern, false, s->a, &pattern, e));
    }
    *ret = (struct value){.type = VALUE_BOOL, .boolean = like(text, pattern, escape)};
    return ERR_OK;
}

/* ---- calls by kind of arguments ---- */

static enum err_code text_argument(const struct expr *x, size_t i, const struct value *args, const struct expr_scope *s,
                                   struct str *ret, struct err *e)
{
    (void)x;
    return value_to_text(args[i], s->a, ret, e);
}

static enum err_code call_distance(const struct expr *x, const struct value *args, const struct expr_scope *s,
                                   struct value *ret, struct err *e)
{
    struct str l, r;
    ERR_TRY(text_argument(x, 0, args, s, &l, e));
    ERR_TRY(text_argument(x, 1, args, s, &r, e));
    if (x->empty_alike && l.n == 0 && r.n == 0) {
        *ret = value_number(1);
        return ERR_OK;
    }
    switch (x->fn) {
    case FN_LEVENSHTEIN: *ret = value_number((double)strings_levenshtein(l, r, SIZE_MAX)); return ERR_OK;
    case FN_DAMERAU: *ret = value_number((double)strings_damerau(l, r, SIZE_MAX)); return ERR_OK;
    case FN_JARO_WINKLER: *ret = value_number(strings_jaro_winkler(l, r)); return ERR_OK;
    case FN_JARO: *ret = value_number(strings_jaro(l, r)); return ERR_OK;
    case FN_NAME_VARIANT: *ret = (struct value){.type = VALUE_BOOL, .boolean = expr_variants_are(s->variants, l, r)}; return ERR_OK;
    default: break;
    }
    if ((l.n == 0 || r.n == 0) && !x->empty_alike)
        return err_set(e, ERR_FORMAT, "jaccard has no answer for an empty text");
    *ret = value_number(l.n && r.n ? strings_jaccard(l, r) : 0);
    return ERR_OK;
}

static enum err_code number_argument(size_t i, size_t n, const struct value *args, double otherwise, double *ret,
                                     struct err *e)
{
    if (i < n)
        return value_to_number(args[i], ret, e);
    *ret = otherwise;
    return ERR_OK;
}

static enum err_code call_text(const struct expr *x, const struct value *args, const struct expr_scope *s,
                               struct value *ret, struct err *e)
{
    struct str t, u = STR(""), w = STR(""), out = STR("");
    double n = 0, m = 0;
    ERR_TRY(text_argument(x, 0, args, s, &t, e));
    switch (x->fn) {
    case FN_LOWER:
    case FN_UPPER: ERR_TRY(change_case(t, x->fn == FN_UPPER, s->a, &out, e)); break;
    case FN_TRIM: {
        while (t.n && t.p[0] == ' ')
            t = str_slice(t, 1, t.n);
        while (t.n && t.p[t.n - 1] == ' ')
            t.n--;
        out = t;
        break;
    }
    case FN_SUBSTRING:
        ERR_TRY(number_argument(1, x->n, args, 1, &n, e));
        ERR_TRY(number_argument(2, x->n, args, 4294967295.0, &m, e));
        out = functions_substring(t, n, m);
        break;
    case FN_LEFT:
    case FN_RIGHT:
        ERR_TRY(number_argument(1, x->n, args, 0, &n, e));
        m = (double)count_characters(t);
        if (n < 0)
            n = m + n > 0 ? m + n : 0; /* all but the last (first) |n| */
        out = x->fn == FN_LEFT ? functions_substring(t, 1, n) : n > 0 ? functions_substring(t, n > m ? 1 : -n, m) : STR("");
        break;
    case FN_REPLACE:
        ERR_TRY(text_argument(x, 1, args, s, &u, e));
        ERR_TRY(text_argument(x, 2, args, s, &w, e));
        ERR_TRY(replace_all(t, u, w, s->a, &out, e));
        break;
    case FN_SPLIT_PART:
        ERR_TRY(text_argument(x, 1, args, s, &u, e));
        ERR_TRY(number_argument(2, x->n, args, 1, &n, e));
        out = split_part(t, u, n);
        break;
    case FN_STARTS_WITH:
    case FN_ENDS_WITH:
    case FN_CONTAINS:
        ERR_TRY(text_argument(x, 1, args, s, &u, e));
        *ret = (struct value){.type = VALUE_BOOL, .boolean = x->fn == FN_STARTS_WITH ? str_starts(t, u) : x->fn == FN_ENDS_WITH ? str_ends(t, u) : str_find(t, u) >= 0};
        return ERR_OK;
    default: { /* STRPOS: characters before the first find, plus one; 0 when there is none */
        ERR_TRY(text_argument(x, 1, args, s, &u, e));
        ptrdiff_t at = str_find(t, u);
        *ret = value_number(at < 0 ? 0 : (double)count_characters(str_slice(t, 0, (size_t)at)) + 1);
        return ERR_OK;
    }
    }
    *ret = value_text(out);
    return ERR_OK;
}

static enum err_code call_regex(const struct expr *x, const struct value *args, const struct expr_scope *s,
                                struct value *ret, struct err *e)
{
    struct str t, with, flags = STR(""), out;
    double group = 0;
    ERR_TRY(text_argument(x, 0, args, s, &t, e));
    if (x->fn == FN_REGEXP_REPLACE) {
        ERR_TRY(text_argument(x, 2, args, s, &with, e));
        if (x->n > 3)
            ERR_TRY(text_argument(x, 3, args, s, &flags, e));
        ERR_TRY(expr_regex_replace(x->regex, t, with, str_find_char(flags, 'g') >= 0, s->a, &out, e));
        *ret = value_text(out);
        return ERR_OK;
    }
    if (x->fn == FN_REGEXP_EXTRACT)
        ERR_TRY(number_argument(2, x->n, args, 0, &group, e));
    ERR_TRY(expr_regex_find(x->regex, t, (uint32_t)group, &out, e));
    *ret = x->fn == FN_REGEXP_MATCHES ? (struct value){.type = VALUE_BOOL, .boolean = out.p != NULL}
                                      : value_text(out.p ? out : STR(""));
    return ERR_OK;
}

static double floor_div(int64_t us, int64_t unit) { return floor((double)us / (double)unit); }

/* datediff('day', from, to) counts boundaries crossed; Spark's datediff(to, from) counts days. */
static enum err_code call_datediff(const struct expr *x, const struct value *args, struct value *ret, struct err *e)
{
    struct value from, to;
    ERR_TRY(value_to_time(args[x->n == 3 ? 1 : 1], &from, e));
    ERR_TRY(value_to_time(args[x->n == 3 ? 2 : 0], &to, e));
    static const struct {
        const char *name;
        int64_t us;
    } units[] = {{"day", US_PER_DAY}, {"days", US_PER_DAY}, {"hour", US_PER_DAY / 24}, {"minute", US_PER_DAY / 1440}, {"second", 1000000}};
    if (x->n == 2) {
        *ret = value_number(floor_div(to.time_us, US_PER_DAY) - floor_div(from.time_us, US_PER_DAY));
        return ERR_OK;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (args[0].type == VALUE_TEXT && str_eq_nocase(args[0].text, str_of(units[i].name))) {
            *ret = value_number(floor_div(to.time_us, units[i].us) - floor_div(from.time_us, units[i].us));
            return ERR_OK;
        }
    static const struct {
        const char *name;
        int months;
    } longer[] = {{"month", 1}, {"months", 1}, {"quarter", 3}, {"year", 12}, {"years", 12}, {"decade", 120}};
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++)
        if (args[0].type == VALUE_TEXT && str_eq_nocase(args[0].text, str_of(longer[i].name))) {
            double a = (double)(value_date_part(from.time_us, 0) * 12 + value_date_part(from.time_us, 1) - 1);
            double b = (double)(value_date_part(to.time_us, 0) * 12 + value_date_part(to.time_us, 1) - 1);
            *ret = value_number(floor(b / longer[i].months) - floor(a / longer[i].months));
            return ERR_OK;
        }
    return err_set(e, ERR_UNSUPPORTED, "datediff in units other than decade, year, quarter, month, day, hour, minute and second is not supported");
}

static enum err_code call_time(const struct expr *x, const struct value *args, const struct expr_scope *s,
                               struct value *ret, struct err *e)
{
    struct value t;
    int64_t us;
    switch (x->fn) {
    case FN_TRY_TO_TIMESTAMP:
    case FN_TRY_STRPTIME:
    case FN_STRPTIME: {
        struct str text;
        ERR_TRY(value_to_text(args[0], s->a, &text, e));
        if (x->fn == FN_TRY_TO_TIMESTAMP ? expr_spark_time(text, args[1].text, &us) : value_strptime(text, args[1].text, &us))
            *ret = (struct value){.type = VALUE_TIMESTAMP, .time_us = us};
        else if (x->fn != FN_STRPTIME)
            *ret = value_null;
        else
            return err_set(e, ERR_FORMAT, "a value is not a date of the form %.*s", STR_ARG(args[1].text));
        return ERR_OK;
    }
    case FN_YEAR:
    case FN_MONTH:
    case FN_DAY:
        ERR_TRY(value_to_time(args[0], &t, e));
        *ret = value_number((double)value_date_part(t.time_us, x->fn == FN_YEAR ? 0 : x->fn == FN_MONTH ? 1 : 2));
        return ERR_OK;
    case FN_DATE: return value_cast(args[0], VALUE_DATE, s->a, ret, e);
    case FN_DATEDIFF: return call_datediff(x, args, ret, e);
    default:
        ERR_TRY(value_to_time(args[0], &t, e));
        *ret = value_number((double)t.time_us / 1e6);
        return ERR_OK;
    }
}

static enum err_code call_number(const struct expr *x, const struct value *args, struct value *ret, struct err *e)
{
    double v, w = 0;
    ERR_TRY(value_to_number(args[0], &v, e));
    ERR_TRY(number_argument(1, x->n, args, 0, &w, e));
    switch (x->fn) {
    case FN_ABS: v = fabs(v); break;
    case FN_FLOOR: v = floor(v); break;
    case FN_CEIL: v = ceil(v); break;
    case FN_ROUND: v = round(v * pow(10, w)) / pow(10, w); break;
    case FN_SQRT: v = sqrt(v); break;
    case FN_POWER: v = pow(v, w); break;
    case FN_SIN: v = sin(v); break;
    case FN_COS: v = cos(v); break;
    case FN_ACOS: v = acos(v); break;
    default: v = v * (3.14159265358979323846 / 180.0); break; /* RADIANS */
    }
    *ret = value_number(v);
    return ERR_OK;
}

/* ---- calls that see NULL ---- */

static enum err_code call_extreme(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    *ret = value_null; /* NULL arguments are passed over */
    for (size_t i = 0; i < x->n; i++) {
        struct value v;
        int order = x->fn == FN_LEAST ? -1 : 1;
        ERR_TRY(expr_eval(x->child[i], s, &v, e));
        if (v.type == VALUE_NULL)
            continue;
        if (ret->type != VALUE_NULL)
            ERR_TRY(value_compare(v, *ret, s->a, &order, e));
        if (x->fn == FN_LEAST ? order < 0 : order > 0)
            *ret = v;
    }
    return ERR_OK;
}

static enum err_code call_concat(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_FIELD_BYTES * 4);
    for (size_t i = 0; i < x->n; i++) {
        struct value v;
        struct str t;
        ERR_TRY(expr_eval(x->child[i], s, &v, e));
        ERR_TRY(value_to_text(v, s->a, &t, e)); /* NULL is nothing */
        (void)buf_str(&b, t);
    }
    ERR_TRY(buf_check(&b, "a joined text", e));
    *ret = value_text(str_dup(s->a, buf_as_str(&b)));
    return ret->text.p ? ERR_OK : no_memory(e);
}

static enum err_code call_with_nulls(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value l, r;
    int order;
    switch (x->fn) {
    case FN_COALESCE:
        for (size_t i = 0; i < x->n; i++) {
            ERR_TRY(expr_eval(x->child[i], s, ret, e));
            if (ret->type != VALUE_NULL)
                break;
        }
        return ERR_OK;
    case FN_NULLIF:
        ERR_TRY(expr_eval(x->child[0], s, &l, e));
        ERR_TRY(expr_eval(x->child[1], s, &r, e));
        *ret = l;
        if (l.type == VALUE_NULL || r.type == VALUE_NULL)
            return ERR_OK;
        ERR_TRY(value_compare(l, r, s->a, &order, e));
        if (order == 0)
            *ret = value_null;
        return ERR_OK;
    case FN_CONCAT: return call_concat(x, s, ret, e);
    default: return call_extreme(x, s, ret, e);
    }
}

enum err_code functions_call(const struct expr *x, const struct expr_scope *s, struct value *ret, struct err *e)
{
    struct value args[4];
    if (x->fn == FN_COALESCE || x->fn == FN_NULLIF || x->fn == FN_CONCAT || x->fn == FN_LEAST || x->fn == FN_GREATEST)
        return call_with_nulls(x, s, ret, e);
    if (functions_takes_list(x->fn))
        return functions_list_call(x, s, ret, e);
    for (size_t i = 0; i < x->n; i++) {
        ERR_TRY(expr_eval(x->child[i], s, &args[i], e));
        if (args[i].type == VALUE_NULL) {
            *ret = value_null;
            return ERR_OK;
        }
    }
    switch (x->fn) {
    case FN_LEVENSHTEIN:
    case FN_DAMERAU:
    case FN_JARO_WINKLER:
    case FN_JARO:
    case FN_JACCARD:
    case FN_NAME_VARIANT: return call_distance(x, args, s, ret, e);
    case FN_LENGTH:
        if (args[0].type == VALUE_TEXT && str_starts(args[0].text, STR("["))) {
            struct err not_list; /* a text that begins with a bracket and is no list is a text */
            (void)value_to_list(args[0], s->a, &args[0], &not_list);
        }
        if (args[0].type == VALUE_LIST)
            *ret = value_number((double)args[0].list->n);
        else {
            struct str t;
            ERR_TRY(value_to_text(args[0], s->a, &t, e));
            *ret = value_number((double)count_characters(t));
        }
        return ERR_OK;
    case FN_REGEXP_EXTRACT:
    case FN_REGEXP_REPLACE:
    case FN_REGEXP_MATCHES: return call_regex(x, args, s, ret, e);
    case FN_LIKE:
    case FN_ILIKE: return call_like(x, args, s, ret, e);
    case FN_YEAR:
    case FN_MONTH:
    case FN_DAY:
    case FN_TRY_TO_TIMESTAMP:
    case FN_TRY_STRPTIME:
    case FN_STRPTIME:
    case FN_DATE:
    case FN_DATEDIFF:
    case FN_EPOCH: return call_time(x, args, s, ret, e);
    case FN_LOWER:
    case FN_UPPER:
    case FN_TRIM:
    case FN_SUBSTRING:
    case FN_LEFT:
    case FN_RIGHT:
    case FN_REPLACE:
    case FN_SPLIT_PART:
    case FN_STARTS_WITH:
    case FN_ENDS_WITH:
    case FN_CONTAINS:
    case FN_STRPOS: return call_text(x, args, s, ret, e);
    default: return call_number(x, args, ret, e);
    }
}
