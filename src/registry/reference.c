/* reference.c: lists that law or practice changes, each version with the dates between which it counts; and bank holidays, of which one comes with the program.
 *
 * Two versions of a list never count on the same day: a new one cuts the one before it short. What counted on a date can be asked for ever. */
#include "registry/registry_files.h"
#include "registry/registry_int.h"

#include <assert.h>

#define HOLIDAYS STR("bank-holidays")

/* ---- lists ---- */

static enum err_code check_new(struct store *s, const struct registry_reference *r, struct err *e)
{
    int64_t n = 0;
    ERR_TRY(registry_name_check(r->name, "a list", e));
    ERR_TRY(registry_line_check(r->source, "where the list comes from", e));
    if (r->from_ms >= r->to_ms)
        return err_set(e, ERR_USAGE, "the list would end before it begins");
    if (r->n_rows == 0)
        return err_set(e, ERR_USAGE, "the list is empty");
    ERR_TRY(store_query_int(s, &sql_registry_reference_later, (const struct store_value[]){V_TEXT(r->name), V_INT(r->from_ms)}, &n, e));
    return n ? err_set(e, ERR_CONFLICT, "a version of this list begins on that day or later: a version follows those before it") : ERR_OK;
}

enum err_code registry_reference_add(struct store *s, const struct registry_reference *r, struct str by, int64_t now_ms, struct err *e)
{
    int64_t id;
    assert(store_in_transaction(s));
    ERR_TRY(check_new(s, r, e));
    ERR_TRY(STORE_RUN(s, sql_registry_reference_cut, e, V_TEXT(r->name), V_INT(r->from_ms)));
    ERR_TRY(store_reserve_ids(s, "reference_list", 1, &id, e));
    ERR_TRY(STORE_RUN(s, sql_registry_reference_insert, e, V_INT(id), V_TEXT(r->name), V_TEXT(r->source), V_INT(r->from_ms), V_INT(r->to_ms), V_INT(now_ms), V_TEXT(by)));
    for (size_t i = 0; i < r->n_rows; i++)
        ERR_TRY(STORE_RUN(s, sql_registry_reference_row_insert, e, V_INT(id), V_INT((int64_t)i), V_TEXT(r->rows[i].code), V_TEXT(r->rows[i].title)));
    return ERR_OK;
}

enum err_code registry_references(struct store *s, struct arena *a, struct registry_reference **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_REFERENCE_LISTS * sizeof **ret);
    ERR_TRY(store_query(s, &sql_registry_reference_each, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        struct registry_reference one = {0};
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        one.from_ms = store_int(c, 2);
        one.to_ms = store_int(c, 3);
        one.n_rows = (size_t)store_int(c, 4);
        ERR_TRY(registry_text(c, 0, a, &one.name, e));
        ERR_TRY(registry_text(c, 1, a, &one.source, e));
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the reference lists", ret, ret_n, e);
}

enum err_code registry_reference_rows(struct store *s, struct str name, int64_t at_ms, struct arena *a, struct registry_reference_row **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_REFERENCE_ROWS * sizeof **ret);
    ERR_TRY(STORE_QUERY(s, sql_registry_reference_rows, &c, e, V_TEXT(name), V_INT(at_ms)));
    for (bool row = true;;) {
        struct registry_reference_row one;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(registry_text(c, 0, a, &one.code, e));
        ERR_TRY(registry_text(c, 1, a, &one.title, e));
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    ERR_TRY(REGISTRY_LIST(&list, a, "the rows of a list", ret, ret_n, e));
    return *ret_n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no list of this name counts on that date");
}

enum err_code registry_reference_read(struct str text, const char *file, struct arena *a, struct registry_reference_row **ret, size_t *ret_n, struct err *e)
{
    _cleanup_buf_ struct buf list;
    struct str line;
    size_t bad;
    buf_init(&list, LIMIT_REFERENCE_ROWS * sizeof **ret);
    if (!utf8_valid(text, &bad))
        return err_set(e, ERR_FORMAT, "%s: is not UTF-8", file);
    for (unsigned n = 1; str_split(&text, '\n', &line); n++) {
        ptrdiff_t tab = str_find_char(line, '\t');
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (tab < 1)
            return err_set(e, ERR_FORMAT, "%s:%u: a line is a code, a tab and a title (or begins with #)", file, n);
        const struct registry_reference_row row = {str_slice(line, 0, (size_t)tab), str_trim(str_slice(line, (size_t)tab + 1, line.n))};
        (void)buf_add(&list, &row, sizeof row); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the rows of a list", ret, ret_n, e);
}

/* ---- working days ---- */

static enum err_code days_of(const struct registry_reference_row *rows, size_t n, struct arena *a, struct registry_holidays *ret, struct err *e)
{
    int32_t *days = ARENA_NEW(a, int32_t, n);
    if (!days)
        return err_set(e, ERR_NO_MEMORY, "out of memory for bank holidays");
    for (size_t i = 0; i < n; i++)
        if (!day_parse_iso(rows[i].code, &days[i]) || (i && days[i] <= days[i - 1]))
            return err_set(e, ERR_FORMAT, "bank holidays: row %zu is no date as 2026-12-25, or stands before the one above it", i + 1);
    *ret = (struct registry_holidays){days, n, 0, 0};
    if (!n || !civil_to_day(civil_of_day(days[0]).year, 1, 1, &ret->from) || !civil_to_day(civil_of_day(days[n - 1]).year + 1, 1, 1, &ret->to))
        return err_set(e, ERR_FORMAT, "bank holidays: the list is empty, or its years are out of range");
    return ERR_OK;
}

enum err_code registry_holidays_load(struct store *s, int64_t now_ms, struct arena *a, struct registry_holidays *ret, struct err *e)
{
    struct registry_reference_row *rows;
    struct str text = STR("");
    size_t n;
    enum err_code code = registry_reference_rows(s, HOLIDAYS, now_ms, a, &rows, &n, e);
    if (code == ERR_NOT_FOUND) {
        bool built_in = registry_file(STR("bank-holidays.tsv"), &text);
        assert(built_in);
        (void)built_in;
        code = registry_reference_read(text, "bank-holidays.tsv", a, &rows, &n, e);
    }
    ERR_TRY(code);
    return days_of(rows, n, a, ret, e);
}

bool registry_is_working_day(const struct registry_holidays *h, int32_t day)
{
    const int weekday = (int)(((int64_t)day % 7 + 7 + 4) % 7); /* 1970-01-01 was a Thursday; 0: Sunday */
    if (weekday == 0 || weekday == 6)
        return false;
    size_t from = 0, to = h->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (h->days[middle] == day)
            return false;
        if (h->days[middle] < day)
            from = middle + 1;
        else
            to = middle;
    }
    return true;
}

enum err_code registry_working_days_add(const struct registry_holidays *h, int32_t day, int n, int32_t *ret, struct err *e)
{
    int32_t at = day;
    for (int left = n; left > 0;) {
        if (++at < h->from || at >= h->to)
            return err_set(e, ERR_LIMIT, "bank holidays are known from %d to %d: load a newer list (haven reference add bank-holidays)", civil_of_day(h->from).year,
                           civil_of_day(h->to).year - 1);
        left -= registry_is_working_day(h, at);
    }
    *ret = at;
    return ERR_OK;
}
