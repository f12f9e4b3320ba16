/* table.c: tables of the report. See table.h. */
#include "report/table.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define MINUS "\xE2\x88\x92"

void table_start(struct report_table *t, struct arena *a, struct str id, struct str caption, const struct report_column *columns, size_t n_columns)
{
    assert(n_columns > 0);
    *t = (struct report_table){.id = id, .caption = caption, .columns = columns, .n_columns = n_columns, .a = a, .failed = !id.p || !caption.p};
}

static bool new_row(struct report_table *t)
{
    if (t->n_rows == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 16;
        struct report_row *rows = ARENA_NEW(t->a, struct report_row, cap);
        if (!rows)
            return false;
        if (t->n_rows)
            memcpy(rows, t->rows, t->n_rows * sizeof *rows);
        t->rows = rows;
        t->cap = cap;
    }
    t->cells = ARENA_NEW(t->a, struct report_cell, t->n_columns);
    if (!t->cells)
        return false;
    t->rows[t->n_rows++] = (struct report_row){t->cells, t->n_columns};
    return true;
}

static void add(struct report_table *t, struct str text, struct str value)
{
    size_t at = t->n_cells % t->n_columns;
    if (!text.p || (at == 0 && !t->failed && !new_row(t)))
        t->failed = true;
    if (t->failed)
        return;
    t->cells[at] = (struct report_cell){text, value, t->columns[at].numeric, at == 0};
    t->n_cells++;
}

static void add_value(struct report_table *t, struct str text, double v)
{
    struct str value = str_fmt(t->a, "%.17g", v);
    for (int digits = 1; digits < 17; digits++) { /* the shortest that reads back the same */
        double back;
        struct str s = str_fmt(t->a, "%.*g", digits, v);
        if (s.p && str_to_double(s, &back) && back == v) {
            value = s;
            break;
        }
    }
    t->failed |= !value.p;
    add(t, text, value);
}

void table_text(struct report_table *t, struct str s) { add(t, s.n ? str_dup(t->a, s) : STR(""), STR_NONE); }

void table_none(struct report_table *t) { add(t, STR(""), STR_NONE); }

struct str count_text(struct arena *a, uint64_t n)
{
    char digits[32], out[48];
    int k = snprintf(digits, sizeof digits, "%" PRIu64, n), at = 0;
    for (int i = 0; i < k; i++) {
        if (i && (k - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    return str_dup(a, (struct str){out, (size_t)at});
}

struct str count_of(struct arena *a, uint64_t n, const char *one, const char *many)
{
    return str_fmt(a, "%.*s %s", STR_ARG(count_text(a, n)), n == 1 ? one : many);
}

struct str number_text(struct arena *a, double v, int decimals)
{
    struct str s = str_fmt(a, "%.*f", decimals, fabs(v));
    bool zero = true;
    for (size_t i = 0; i < s.n; i++)
        zero &= s.p[i] == '0' || s.p[i] == '.';
    return v < 0 && !zero && s.p ? str_fmt(a, MINUS "%.*s", STR_ARG(s)) : s;
}

void table_count(struct report_table *t, uint64_t n) { add(t, count_text(t->a, n), str_fmt(t->a, "%" PRIu64, n)); }

void table_number(struct report_table *t, double v, int decimals)
{
    if (!isfinite(v))
        table_none(t);
    else
        add_value(t, number_text(t->a, v, decimals), v);
}

void table_percent(struct report_table *t, double share, int decimals)
{
    if (!isfinite(share))
        table_none(t);
    else
        add_value(t, str_fmt(t->a, "%.*f%%", decimals, share * 100), share);
}

void table_probability(struct report_table *t, double p)
{
    if (!isfinite(p))
        table_none(t);
    else
        add_value(t, str_fmt(t->a, "%.3g", p), p);
}

enum err_code table_done(const struct report_table *t, struct err *e)
{
    if (t->failed)
        return err_set(e, ERR_LIMIT, "the report outgrew its memory");
    assert(t->n_cells % t->n_columns == 0);
    return ERR_OK;
}
