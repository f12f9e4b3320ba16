/* expr_spark.c: what Spark's SQL writes otherwise than DuckDB's: escapes in texts, letters of date formats, references in replacements.
 *
 * Promise: the meaning of Spark 3.5 with its defaults (golden_expr_spark.csv). A day that Spark would read only under its older rules, and so ends the job
 * for, is NULL here, as under timeParserPolicy CORRECTED. */
#include "linkage/expr_spark.h"

#include <utf8proc.h>

/* ---- texts ---- */

static bool digits_at(struct str s, size_t at, size_t n, unsigned base, uint32_t *ret)
{
    uint32_t v = 0;
    if (at + n > s.n)
        return false;
    for (size_t i = at; i < at + n; i++) {
        char c = s.p[i];
        unsigned d = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (c | 32) >= 'a' && (c | 32) <= 'f' ? (unsigned)((c | 32) - 'a') + 10 : base;
        if (d >= base)
            return false;
        v = v * base + d;
    }
    *ret = v;
    return true;
}

/* The escape behind the backslash at `at`: writes what it stands for, at most as many bytes as are read. Returns how many were read, the backslash with them. */
static size_t take_escape(struct str s, size_t at, char *out, size_t *n)
{
    static const char from[] = "0bnrtZ", to[] = "\0\b\n\r\t\x1A";
    char c = s.p[at + 1];
    uint32_t code;
    const char *known = strchr(from, c);
    if ((c == 'u' && digits_at(s, at + 2, 4, 16, &code)) || (c == 'U' && digits_at(s, at + 2, 8, 16, &code))) {
        if (utf8proc_codepoint_valid((utf8proc_int32_t)code))
            *n += (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)out + *n);
        return c == 'u' ? 6 : 10;
    }
    if (digits_at(s, at + 1, 3, 8, &code) && code < 128) {
        out[(*n)++] = (char)code;
        return 4;
    }
    if (c == '%' || c == '_') /* left for LIKE */
        out[(*n)++] = '\\';
    out[(*n)++] = known ? to[known - from] : c;
    return 2;
}

struct str expr_spark_text(struct arena *a, struct str written)
{
    char *out = arena_alloc(a, written.n + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < written.n;) {
        if (written.p[i] == '\\' && i + 1 < written.n)
            i += take_escape(written, i, out, &n);
        else
            out[n++] = written.p[i++];
    }
    return out ? (struct str){out, n} : STR_NONE;
}

/* Java's $1 and \x to RE2's \1 and x. */
struct str expr_spark_replacement(struct arena *a, struct str with)
{
    char *out = arena_alloc(a, with.n * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < with.n; i++) {
        bool last = i + 1 == with.n;
        if (with.p[i] == '$' && !last && with.p[i + 1] >= '0' && with.p[i + 1] <= '9') {
            out[n++] = '\\';
            out[n++] = with.p[++i];
            continue;
        }
        if (with.p[i] == '\\' && !last)
            i++;
        if (with.p[i] == '\\')
            out[n++] = '\\';
        out[n++] = with.p[i];
    }
    return out ? (struct str){out, n} : STR_NONE;
}

/* ---- days and times ---- */

/* Letters that are known, with the digits that they take: Java's DateTimeFormatter is strict, so two letters are two digits. */
static const struct {
    const char *letters;
    char field;
    uint8_t least, most;
} fields[] = {{"yyyy", 'Y', 4, 4}, {"yy", 'y', 2, 2}, {"MMMM", 'B', 0, 0}, {"MMM", 'b', 0, 0}, {"MM", 'm', 2, 2}, {"M", 'm', 1, 2}, {"dd", 'd', 2, 2}, {"d", 'd', 1, 2},
              {"HH", 'H', 2, 2},   {"H", 'H', 1, 2},  {"mm", 'M', 2, 2},   {"m", 'M', 1, 2},   {"ss", 'S', 2, 2}, {"s", 'S', 1, 2}, {"XXX", 'Z', 0, 0}};
#define N_FIELDS (sizeof fields / sizeof *fields)

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* How many equal letters begin `format`, and which row they are; N_FIELDS when none. */
static size_t letters_at(struct str format, size_t at, size_t *ret_n)
{
    size_t n = 0, k = 0;
    while (at + n < format.n && format.p[at + n] == format.p[at])
        n++;
    *ret_n = n;
    while (k < N_FIELDS && !str_eq(str_slice(format, at, at + n), str_of(fields[k].letters)))
        k++;
    return k;
}

/* Text in quotes from `at`, which is behind the quote; '' is a quote. Returns where it ends, SIZE_MAX when it is not closed. */
static size_t quoted_end(struct str format, size_t at)
{
    while (at < format.n && format.p[at] != '\'')
        at++;
    return at < format.n ? at : SIZE_MAX;
}

bool expr_spark_format_known(struct str format)
{
    for (size_t i = 0, n; i < format.n;) {
        if (format.p[i] == '\'') {
            size_t end = quoted_end(format, i + 1);
            if (end == SIZE_MAX)
                return false;
            i = end + 1;
        } else if (is_letter(format.p[i])) {
            if (letters_at(format, i, &n) == N_FIELDS)
                return false;
            i += n;
        } else if (strchr("[]{}#%", format.p[i])) {
            return false; /* optional parts and what Java reserves; % is DuckDB's */
        } else {
            i++;
        }
    }
    return true;
}

static bool take_number(struct str s, size_t *pos, unsigned least, unsigned most, unsigned *ret)
{
    unsigned n = 0;
    *ret = 0;
    for (; n < most && *pos < s.n && s.p[*pos] >= '0' && s.p[*pos] <= '9'; n++)
        *ret = *ret * 10 + (unsigned)(s.p[(*pos)++] - '0');
    return n >= least;
}

/* Z, or +01:00; minutes east of Greenwich. */
static bool take_zone(struct str s, size_t *pos, int *ret)
{
    unsigned h, m;
    *ret = 0;
    if (*pos < s.n && s.p[*pos] == 'Z') {
        (*pos)++;
        return true;
    }
    if (*pos >= s.n || (s.p[*pos] != '+' && s.p[*pos] != '-'))
        return false;
    int sign = s.p[(*pos)++] == '-' ? -1 : 1;
    if (!take_number(s, pos, 2, 2, &h) || *pos >= s.n || s.p[(*pos)++] != ':' || !take_number(s, pos, 2, 2, &m) || h > 18 || m > 59)
        return false;
    *ret = sign * (int)(h * 60 + m);
    return true;
}

static bool take_field(size_t k, struct str s, size_t *pos, struct value_clock *t, int *zone)
{
    unsigned v = 0;
    switch (fields[k].field) {
    case 'Z': return take_zone(s, pos, zone);
    case 'b':
    case 'B': return value_month_name(s, pos, fields[k].field == 'B', &t->month);
    default: break;
    }
    if (!take_number(s, pos, fields[k].least, fields[k].most, &v))
        return false;
    switch (fields[k].field) {
    case 'Y': t->year = v; break;
    case 'y': t->year = 2000 + v; break;
    case 'm': t->month = v; break;
    case 'd': t->day = v; break;
    case 'H': t->hour = v; break;
    case 'M': t->minute = v; break;
    default: t->second = v; break;
    }
    return true;
}

bool expr_spark_time(struct str s, struct str format, int64_t *ret_us)
{
    struct value_clock t = {.year = 1970, .month = 1, .day = 1};
    size_t pos = 0, n;
    int zone = 0;
    int64_t us;
    for (size_t i = 0; i < format.n;) {
        if (is_letter(format.p[i])) {
            if (!take_field(letters_at(format, i, &n), s, &pos, &t, &zone))
                return false;
            i += n;
            continue;
        }
        bool quote = format.p[i] == '\'';
        size_t from = quote ? i + 1 : i, end = quote ? quoted_end(format, from) : i + 1;
        struct str literal = quote && end == from ? STR("'") : str_slice(format, from, end);
        if (!str_starts(str_slice(s, pos, s.n), literal))
            return false;
        pos += literal.n;
        i = end + quote;
    }
    if (pos != s.n || !value_clock_to_us(&t, &us))
        return false;
    *ret_us = us - zone * INT64_C(60000000);
    return true;
}
