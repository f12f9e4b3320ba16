/* value.c: what a value is as a number, a day, a text, a list; order and equality; strptime. Text of days is ISO 8601. */
#include "linkage/expr.h"

#include <math.h>
#include <stdio.h>

const struct value value_null = {.type = VALUE_NULL};

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY (INT64_C(86400) * US_PER_SECOND)

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NO_MEMORY, "a condition needs more memory than its limit of %zu bytes", LIMIT_LINK_SCRATCH_BYTES);
}

enum err_code value_to_number(struct value v, double *ret, struct err *e)
{
    switch (v.type) {
    case VALUE_NUMBER: *ret = v.number; return ERR_OK;
    case VALUE_BOOL: *ret = v.boolean; return ERR_OK;
    case VALUE_TEXT:
        if (str_to_double(str_trim(v.text), ret))
            return ERR_OK;
        return err_set(e, ERR_FORMAT, "a value is not a number");
    default: return err_set(e, ERR_FORMAT, "a value is not a number");
    }
}

/* ---- days and times ---- */

/* Days since 1970 in the proleptic Gregorian calendar, any year (Howard Hinnant's days_from_civil). */
static int64_t day_number(int64_t y, unsigned m, unsigned d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    unsigned yoe = (unsigned)(y - era * 400), doy = (153 * (m + (m > 2 ? -3u : 9u)) + 2) / 5 + d - 1;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + (int64_t)doe - 719468;
}

static void day_civil(int64_t day, int64_t *y, unsigned *m, unsigned *d)
{
    day += 719468;
    int64_t era = (day >= 0 ? day : day - 146096) / 146097;
    unsigned doe = (unsigned)(day - era * 146097), yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp < 10 ? mp + 3 : mp - 9;
    *y = (int64_t)yoe + era * 400 + (*m <= 2);
}

static bool day_exists(int64_t y, unsigned m, unsigned d)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    return m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] + (unsigned)(m == 2 && leap);
}

bool value_clock_to_us(const struct value_clock *t, int64_t *ret)
{
    if (!day_exists(t->year, t->month, t->day) || t->hour > 23 || t->minute > 59 || t->second > 59)
        return false;
    *ret = day_number(t->year, t->month, t->day) * US_PER_DAY +
           (((int64_t)t->hour * 60 + t->minute) * 60 + t->second) * US_PER_SECOND + t->us;
    return true;
}

static bool take_digits(struct str s, size_t *pos, size_t most, unsigned *ret)
{
    size_t n = 0;
    unsigned v = 0;
    for (; n < most && *pos < s.n && s.p[*pos] >= '0' && s.p[*pos] <= '9'; n++)
        v = v * 10 + (unsigned)(s.p[(*pos)++] - '0');
    *ret = v;
    return n > 0;
}

bool value_month_name(struct str s, size_t *pos, bool full, unsigned *ret)
{
    static const char *const names[] = {"january", "february", "march", "april", "may", "june", "july",
                                        "august", "september", "october", "november", "december"};
    for (unsigned m = 0; m < 12; m++) {
        size_t n = full ? strlen(names[m]) : 3;
        if (str_eq_nocase(str_slice(s, *pos, *pos + n), (struct str){names[m], n})) {
            *pos += n;
            *ret = m + 1;
            return true;
        }
    }
    return false;
}

static bool take_field(char letter, struct str s, size_t *pos, struct value_clock *t)
{
    unsigned v = 0;
    switch (letter) {
    case 'Y':
        if (!take_digits(s, pos, 4, &v))
            return false;
        t->year = v;
        return true;
    case 'y':
        if (!take_digits(s, pos, 2, &v))
            return false;
        t->year = v < 69 ? 2000 + v : 1900 + v;
        return true;
    case 'm': return take_digits(s, pos, 2, &t->month);
    case 'd': return take_digits(s, pos, 2, &t->day);
    case 'H': return take_digits(s, pos, 2, &t->hour);
    case 'M': return take_digits(s, pos, 2, &t->minute);
    case 'S': return take_digits(s, pos, 2, &t->second);
    case 'b': return value_month_name(s, pos, false, &t->month);
    case 'B': return value_month_name(s, pos, true, &t->month);
    default: return false;
    }
}

int64_t value_date_part(int64_t time_us, int part)
{
    int64_t y;
    unsigned m, d;
    day_civil(time_us / US_PER_DAY - (time_us % US_PER_DAY < 0), &y, &m, &d);
    return part == 0 ? y : part == 1 ? m : d;
}

bool value_strptime_format_known(struct str format)
{
    for (size_t i = 0; i < format.n; i++)
        if (format.p[i] == '%' && (++i == format.n || !strchr("YymdHMSbB", format.p[i])))
            return false;
    return true;
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool value_strptime(struct str s, struct str format, int64_t *ret_us)
{
    struct value_clock t = {.year = 1900, .month = 1, .day = 1};
    size_t pos = 0;
    while (pos < s.n && is_blank(s.p[pos]))
        pos++;
    for (size_t i = 0; i < format.n; i++) {
        if (format.p[i] == '%') {
            if (!take_field(format.p[++i], s, &pos, &t))
                return false;
        } else if (pos >= s.n || s.p[pos++] != format.p[i]) {
            return false;
        }
    }
    while (pos < s.n && is_blank(s.p[pos]))
        pos++;
    return pos == s.n && value_clock_to_us(&t, ret_us);
}

enum err_code value_to_time(struct value v, struct value *ret, struct err *e)
{
    static const struct str formats[] = {{"%Y-%m-%d", 8}, {"%Y-%m-%d %H:%M:%S", 17}, {"%Y-%m-%dT%H:%M:%S", 17}, {"%Y-%m-%dT%H:%M:%SZ", 18}};
    if (v.type == VALUE_DATE || v.type == VALUE_TIMESTAMP) {
        *ret = v;
        return ERR_OK;
    }
    int64_t us;
    for (size_t i = 0; v.type == VALUE_TEXT && i < sizeof formats / sizeof *formats; i++)
        if (value_strptime(v.text, formats[i], &us)) {
            *ret = (struct value){.type = i == 0 ? VALUE_DATE : VALUE_TIMESTAMP, .time_us = us};
            return ERR_OK;
        }
    return err_set(e, ERR_FORMAT, "a value is not a date (YYYY-MM-DD)");
}

/* ---- text ---- */

static enum err_code list_to_text(struct value v, struct arena *a, struct str *ret, struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_FIELD_BYTES);
    (void)buf_char(&b, v.type == VALUE_LIST ? '[' : '{');
    for (size_t i = 0; i < v.list->n; i++) {
        struct str item;
        if (i > 0)
            (void)buf_z(&b, ", ");
        if (v.type == VALUE_STRUCT)
            (void)buf_fmt(&b, "'%.*s': ", STR_ARG(v.list->keys[i]));
        ERR_TRY(value_to_text(v.list->items[i], a, &item, e));
        (void)buf_str(&b, item);
    }
    (void)buf_char(&b, v.type == VALUE_LIST ? ']' : '}');
    ERR_TRY(buf_check(&b, "a list as text", e));
    *ret = str_dup(a, buf_as_str(&b));
    return ret->p ? ERR_OK : no_memory(e);
}

enum err_code value_to_text(struct value v, struct arena *a, struct str *ret, struct err *e)
{
    int64_t y, day = 0, second = 0;
    unsigned m, d;
    if (v.type == VALUE_DATE || v.type == VALUE_TIMESTAMP) {
        day = v.time_us / US_PER_DAY - (v.time_us % US_PER_DAY < 0);
        second = (v.time_us - day * US_PER_DAY) / US_PER_SECOND;
    }
    switch (v.type) {
    case VALUE_TEXT: *ret = v.text; return ERR_OK;
    case VALUE_BOOL: *ret = v.boolean ? STR("true") : STR("false"); return ERR_OK;
    case VALUE_NUMBER:
        *ret = floor(v.number) == v.number && fabs(v.number) < 1e15 ? str_fmt(a, "%lld", (long long)v.number)
                                                                     : str_fmt(a, "%.17g", v.number);
        break;
    case VALUE_DATE:
        day_civil(day, &y, &m, &d);
        *ret = str_fmt(a, "%04lld-%02u-%02u", (long long)y, m, d);
        break;
    case VALUE_TIMESTAMP:
        day_civil(day, &y, &m, &d);
        *ret = str_fmt(a, "%04lld-%02u-%02u %02d:%02d:%02d", (long long)y, m, d, (int)(second / 3600), (int)(second / 60 % 60),
                       (int)(second % 60));
        break;
    case VALUE_LIST:
    case VALUE_STRUCT: return list_to_text(v, a, ret, e);
    default: *ret = STR(""); return ERR_OK;
    }
    return ret->p ? ERR_OK : no_memory(e);
}

/* ---- lists ---- */

static enum err_code from_json(const struct json *j, struct arena *a, struct value *ret, struct err *e)
{
    if (j->type == JSON_NUMBER)
        *ret = (struct value){.type = VALUE_NUMBER, .number = j->number};
    else if (j->type == JSON_BOOL)
        *ret = (struct value){.type = VALUE_BOOL, .boolean = j->boolean};
    else if (j->type == JSON_STRING)
        *ret = (struct value){.type = VALUE_TEXT, .text = j->text};
    else if (j->type == JSON_NULL)
        *ret = value_null;
    if (j->type != JSON_ARRAY && j->type != JSON_OBJECT)
        return ERR_OK;
    struct value_list *list = ARENA_NEW(a, struct value_list, 1);
    struct value *items = ARENA_NEW(a, struct value, j->n);
    struct str *keys = ARENA_NEW(a, struct str, j->n);
    if (!list || !items || !keys)
        return no_memory(e);
    size_t n = 0;
    JSON_EACH(item, j) {
        keys[n] = item->key;
        ERR_TRY(from_json(item, a, &items[n++], e));
    }
    *list = (struct value_list){items, j->type == JSON_OBJECT ? keys : NULL, n};
    *ret = (struct value){.type = j->type == JSON_ARRAY ? VALUE_LIST : VALUE_STRUCT, .list = list};
    return ERR_OK;
}

enum err_code value_to_list(struct value v, struct arena *a, struct value *ret, struct err *e)
{
    if (v.type == VALUE_LIST || v.type == VALUE_STRUCT) {
        *ret = v;
        return ERR_OK;
    }
    const struct json *j;
    struct err why;
    if (v.type != VALUE_TEXT)
        return err_set(e, ERR_FORMAT, "a value is not a list");
    if (json_parse(a, v.text, NULL, &j, &why) != ERR_OK || (j->type != JSON_ARRAY && j->type != JSON_OBJECT))
        return err_set(e, ERR_FORMAT, "a value is not a list (a JSON array such as [\"a\",\"b\"])");
    return from_json(j, a, ret, e);
}

/* ---- casts, order, keys ---- */

static enum err_code to_bool(struct value v, struct value *ret, struct err *e)
{
    bool yes = v.type == VALUE_TEXT && (str_eq_nocase(v.text, STR("true")) || str_eq_nocase(v.text, STR("t")) || str_eq(v.text, STR("1")));
    bool no = v.type == VALUE_TEXT && (str_eq_nocase(v.text, STR("false")) || str_eq_nocase(v.text, STR("f")) || str_eq(v.text, STR("0")));
    if (v.type == VALUE_NUMBER)
        yes = v.number != 0, no = !yes;
    if (!yes && !no)
        return err_set(e, ERR_FORMAT, "a value is not true or false");
    *ret = (struct value){.type = VALUE_BOOL, .boolean = yes};
    return ERR_OK;
}

enum err_code value_cast(struct value v, enum value_type to, struct arena *a, struct value *ret, struct err *e)
{
    struct value out = {.type = to};
    if (v.type == VALUE_NULL || v.type == to) {
        *ret = v;
        return ERR_OK;
    }
    switch (to) {
    case VALUE_TEXT: ERR_TRY(value_to_text(v, a, &out.text, e)); break;
    case VALUE_NUMBER: ERR_TRY(value_to_number(v, &out.number, e)); break;
    case VALUE_BOOL: return to_bool(v, ret, e);
    case VALUE_LIST: return value_to_list(v, a, ret, e);
    case VALUE_DATE:
        ERR_TRY(value_to_time(v, &out, e));
        out.type = VALUE_DATE;
        out.time_us -= ((out.time_us % US_PER_DAY) + US_PER_DAY) % US_PER_DAY;
        break;
    case VALUE_TIMESTAMP:
        ERR_TRY(value_to_time(v, &out, e));
        out.type = VALUE_TIMESTAMP;
        break;
    default: out = v;
    }
    *ret = out;
    return ERR_OK;
}

/* Not-a-number is equal to itself and above all numbers, as in DuckDB. */
static int sign_of(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (isnan(a) != 0) - (isnan(b) != 0);
    return (a > b) - (a < b);
}

static enum err_code list_compare(struct value a, struct value b, struct arena *arena, int *ret, struct err *e)
{
    size_t n = a.list->n < b.list->n ? a.list->n : b.list->n;
    for (size_t i = 0; i < n; i++) {
        struct value x = a.list->items[i], y = b.list->items[i];
        if (x.type == VALUE_NULL || y.type == VALUE_NULL)
            *ret = (x.type == VALUE_NULL) - (y.type == VALUE_NULL); /* within lists NULL is a value, the largest */
        else
            ERR_TRY(value_compare(x, y, arena, ret, e));
        if (*ret != 0)
            return ERR_OK;
    }
    *ret = (a.list->n > b.list->n) - (a.list->n < b.list->n);
    return ERR_OK;
}

enum err_code value_compare(struct value a, struct value b, struct arena *arena, int *ret, struct err *e)
{
    double x, y;
    if (a.type == VALUE_TEXT && b.type == VALUE_TEXT) {
        int c = str_cmp(a.text, b.text);
        *ret = (c > 0) - (c < 0);
        return ERR_OK;
    }
    if (a.type == VALUE_DATE || a.type == VALUE_TIMESTAMP || b.type == VALUE_DATE || b.type == VALUE_TIMESTAMP) {
        struct value s = {0}, t = {0};
        ERR_TRY(value_to_time(a, &s, e));
        ERR_TRY(value_to_time(b, &t, e));
        *ret = (s.time_us > t.time_us) - (s.time_us < t.time_us);
        return ERR_OK;
    }
    if (a.type == VALUE_LIST || b.type == VALUE_LIST || a.type == VALUE_STRUCT || b.type == VALUE_STRUCT) {
        ERR_TRY(value_to_list(a, arena, &a, e));
        ERR_TRY(value_to_list(b, arena, &b, e));
        return list_compare(a, b, arena, ret, e);
    }
    if (a.type == VALUE_BOOL && b.type == VALUE_TEXT)
        ERR_TRY(to_bool(b, &b, e));
    if (b.type == VALUE_BOOL && a.type == VALUE_TEXT)
        ERR_TRY(to_bool(a, &a, e));
    ERR_TRY(value_to_number(a, &x, e));
    ERR_TRY(value_to_number(b, &y, e));
    *ret = sign_of(x, y);
    return ERR_OK;
}

enum err_code value_key(struct value v, struct buf *b, struct err *e)
{
    double number = v.number == 0 ? 0 : v.number; /* one zero */
    (void)buf_char(b, (char)('0' + v.type));
    switch (v.type) {
    case VALUE_BOOL: (void)buf_char(b, v.boolean ? '1' : '0'); break;
    case VALUE_NUMBER: (void)buf_add(b, &number, sizeof number); break;
    case VALUE_DATE:
    case VALUE_TIMESTAMP: (void)buf_add(b, &v.time_us, sizeof v.time_us); break;
    case VALUE_TEXT:
        (void)buf_add(b, &v.text.n, sizeof v.text.n);
        (void)buf_str(b, v.text);
        break;
    case VALUE_LIST:
    case VALUE_STRUCT:
        (void)buf_add(b, &v.list->n, sizeof v.list->n);
        for (size_t i = 0; i < v.list->n; i++) {
            if (v.list->keys)
                ERR_TRY(value_key((struct value){.type = VALUE_TEXT, .text = v.list->keys[i]}, b, e));
            ERR_TRY(value_key(v.list->items[i], b, e));
        }
        break;
    default: break;
    }
    return buf_check(b, "a value", e);
}
