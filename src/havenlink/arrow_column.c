/* arrow_column.c: values of Arrow arrays as the text that a CSV file would have. */
#include "havenlink/arrow_column.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_DAY (-719162)  /* 0001-01-01 */
#define LAST_DAY INT64_C(2932896) /* 9999-12-31 */
#define SECONDS_PER_DAY INT64_C(86400)

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* ---- numbers ---- */

static void write_float(struct buf *b, float v)
{
    char text[40];
    for (int digits = 6; digits <= 9; digits++) { /* 9 always read back the same */
        (void)snprintf(text, sizeof text, "%.*g", digits, (double)v);
        if (strtof(text, NULL) == v)
            break;
    }
    (void)buf_z(b, text);
}

/* False: not a number, or infinite, which is NULL (as in JSON). */
static bool write_real(const struct arrow_type *t, const void *values, int64_t at, struct buf *b)
{
    float f = 0;
    double v;
    struct json_out o;
    if (t->width == 4)
        memcpy(&f, (const char *)values + 4 * at, sizeof f);
    else
        memcpy(&v, (const char *)values + 8 * at, sizeof v);
    if (t->width == 4)
        v = (double)f;
    jo_init(&o, b, 0);
    if (!isfinite(v))
        return false;
    if (t->width == 4)
        write_float(b, f);
    else
        jo_double(&o, v);
    return true;
}

/* ---- days and instants ---- */

static bool write_day(struct buf *b, int64_t day)
{
    if (day < FIRST_DAY || day > LAST_DAY)
        return false;
    struct civil c = civil_of_day((int32_t)day);
    (void)buf_fmt(b, "%04d-%02d-%02d", c.year, c.month, c.day);
    return true;
}

static bool write_instant(const struct arrow_type *t, struct buf *b, int64_t v)
{
    int64_t second = floor_div(v, t->per), day = floor_div(second, SECONDS_PER_DAY), of_day = second - day * SECONDS_PER_DAY, rest = v - second * t->per;
    int digits = 0;
    if (!write_day(b, day))
        return false;
    (void)buf_fmt(b, " %02d:%02d:%02d", (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60));
    for (int64_t per = t->per; per > 1; per /= 10)
        digits++;
    for (; rest && rest % 10 == 0; rest /= 10)
        digits--;
    if (rest)
        (void)buf_fmt(b, ".%0*lld", digits, (long long)rest);
    (void)buf_z(b, t->zoned ? "+00" : "");
    return true;
}

/* ---- values ---- */

static enum err_code wrong(const char *column, const char *what, struct err *e) { return err_set(e, ERR_FORMAT, "column %.100s: %s", column, what); }

static enum err_code text_at(const struct arrow_type *t, const struct ArrowArray *x, int64_t at, const char *column, struct str *ret, struct err *e)
{
    bool ok;
    size_t where;
    struct str s;
    if (t->kind == ARROW_VIEW) {
        s = arrow_view(x, at, &ok);
    } else {
        int64_t from = arrow_integer(x->buffers[1], t->width, true, at), to = arrow_integer(x->buffers[1], t->width, true, at + 1);
        s = to > from ? (struct str){(const char *)x->buffers[2] + from, (size_t)(to - from)} : STR("");
    }
    if (s.n > LIMIT_CSV_RECORD_BYTES)
        return err_set(e, ERR_LIMIT, "column %.100s: a value of more than %zu bytes", column, LIMIT_CSV_RECORD_BYTES);
    if (!utf8_valid(s, &where))
        return wrong(column, "a text that is not UTF-8, or has a NUL in it", e);
    *ret = s;
    return ERR_OK;
}

/* What is written into b for a value that is no text and no list; *ret_null: NULL. */
static enum err_code write_scalar(const struct arrow_type *t, const struct ArrowArray *x, int64_t at, const char *column, struct buf *b, bool *ret_null, struct err *e)
{
    bool ok = true;
    switch (t->kind) {
    case ARROW_BOOL: (void)buf_z(b, arrow_valid(x->buffers[1], at) ? "true" : "false"); break;
    case ARROW_INT: (void)buf_fmt(b, "%lld", (long long)arrow_integer(x->buffers[1], t->width, true, at)); break;
    case ARROW_UINT: (void)buf_fmt(b, "%llu", (unsigned long long)arrow_integer(x->buffers[1], t->width, false, at)); break;
    case ARROW_FLOAT: *ret_null = !write_real(t, x->buffers[1], at, b); break;
    case ARROW_DAYS: ok = write_day(b, floor_div(arrow_integer(x->buffers[1], t->width, true, at), t->per)); break;
    default: ok = write_instant(t, b, arrow_integer(x->buffers[1], t->width, true, at)); break;
    }
    return ok ? ERR_OK : wrong(column, "a date outside the years 1 to 9999", e);
}

static enum err_code write_list(const struct arrow_type *t, const struct ArrowArray *x, int64_t at, const char *column, struct buf *b, struct err *e);

static bool is_text(enum arrow_kind k) { return k == ARROW_TEXT || k == ARROW_VIEW; }
static bool is_list(enum arrow_kind k) { return k == ARROW_LIST || k == ARROW_LIST_FIXED; }

/* Follows dictionaries to the value itself; false: NULL. `at` counts from the buffers' start. */
static bool find_value(const struct arrow_type **t, const struct ArrowArray **x, int64_t *at)
{
    for (;;) {
        if ((*t)->kind == ARROW_NULL || !arrow_valid((*x)->buffers[0], *at))
            return false;
        if (!(*t)->values)
            return true;
        *at = arrow_integer((*x)->buffers[1], (*t)->width, (*t)->kind == ARROW_INT, *at) + (*x)->dictionary->offset;
        *x = (*x)->dictionary;
        *t = (*t)->values;
    }
}

/* A list's item as JSON: numbers and truth bare, all else in quotes. */
static enum err_code write_item(const struct arrow_type *t, const struct ArrowArray *x, int64_t at, const char *column, struct buf *b, struct err *e)
{
    struct str s = STR_NONE;
    struct json_out o;
    bool null = !find_value(&t, &x, &at), quoted = t->kind == ARROW_DAYS || t->kind == ARROW_INSTANT;
    if (!null && is_list(t->kind))
        return write_list(t, x, at, column, b, e);
    if (!null && is_text(t->kind)) {
        ERR_TRY(text_at(t, x, at, column, &s, e));
        jo_init(&o, b, 0);
        jo_str(&o, s);
        return ERR_OK;
    }
    if (!null && quoted)
        (void)buf_char(b, '"');
    if (!null)
        ERR_TRY(write_scalar(t, x, at, column, b, &null, e));
    if (null)
        (void)buf_z(b, "null");
    else if (quoted)
        (void)buf_char(b, '"');
    return ERR_OK;
}

static enum err_code write_list(const struct arrow_type *t, const struct ArrowArray *x, int64_t at, const char *column, struct buf *b, struct err *e)
{
    bool fixed = t->kind == ARROW_LIST_FIXED;
    int64_t from = fixed ? at * t->per : arrow_integer(x->buffers[1], t->width, true, at);
    int64_t to = fixed ? from + t->per : arrow_integer(x->buffers[1], t->width, true, at + 1);
    (void)buf_char(b, '[');
    for (int64_t i = from; i < to && !b->failed; i++) {
        (void)buf_z(b, i > from ? "," : "");
        ERR_TRY(write_item(t->items, x->children[0], x->children[0]->offset + i, column, b, e));
    }
    (void)buf_char(b, ']');
    return ERR_OK;
}

enum err_code arrow_value(const struct arrow_type *t, const struct ArrowArray *x, int64_t row, const char *column, struct buf *b, struct str *ret, struct err *e)
{
    int64_t at = x->offset + row;
    bool null = !find_value(&t, &x, &at);
    *ret = STR_NONE;
    if (null)
        return ERR_OK;
    if (is_text(t->kind))
        return text_at(t, x, at, column, ret, e);
    buf_clear(b);
    if (is_list(t->kind))
        ERR_TRY(write_list(t, x, at, column, b, e));
    else
        ERR_TRY(write_scalar(t, x, at, column, b, &null, e));
    ERR_TRY(buf_check(b, "a value of a list", e));
    if (!null)
        *ret = buf_as_str(b);
    return ERR_OK;
}
