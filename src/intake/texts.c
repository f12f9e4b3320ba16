/* texts.c: the rows' own texts, opened: one row with all its fields, or recorded-as and narrative of many. */
#include "intake/mask.h"
#include "intake/pack.h"

#include "sql/intake_sql.h"

#define ROW_BYTES (LIMIT_CSV_RECORD_BYTES * 8)

/* ---- one row ---- */

enum err_code layout_names(struct store *s, int64_t layout, struct arena *a, struct str *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row = false;
    *ret = STR("");
    if (layout == LAYOUT_NONE)
        return ERR_OK;
    ERR_TRY(STORE_QUERY(s, sql_intake_layout_names, &c, e, V_INT(layout)));
    ERR_TRY(store_step(c, &row, e));
    *ret = row ? str_dup(a, store_text(c, 0)) : STR_NONE;
    return ret->p ? ERR_OK : err_set(e, ERR_STORE, "the header of a row is not there");
}

/* Cut at the separators; NULL without layout. */
static enum err_code layout_of(struct store *s, int64_t layout, struct arena *a, struct str **ret, size_t *ret_n, struct err *e)
{
    struct str names;
    ERR_TRY(layout_names(s, layout, a, &names, e));
    *ret_n = 0;
    *ret = names.n ? ARENA_NEW(a, struct str, LIMIT_CSV_COLUMNS) : NULL;
    if (names.n && !*ret)
        return err_set(e, ERR_NO_MEMORY, "out of memory for a row's text");
    while (*ret && *ret_n < LIMIT_CSV_COLUMNS && str_split(&names, LAYOUT_SEPARATOR, &(*ret)[*ret_n]))
        (*ret_n)++;
    return ERR_OK;
}

/* Puts a value where it belongs. */
static void place_value(const struct packed_row *p, uint64_t position, struct str name, struct str value, struct row_text *ret, struct row_field *fields)
{
    if (position + 1 == p->source_id)
        ret->source_id = value;
    if (position + 1 == p->recorded_as)
        ret->recorded_as = value;
    else if (position + 1 == p->narrative)
        ret->narrative = value;
    else if (position + 1 == p->opinion)
        ret->opinion = value;
    else if (position + 1 != p->source_id)
        fields[ret->n_fields++] = (struct row_field){name, value};
}

static enum err_code read_fields(struct packed_row *p, const struct str *names, size_t n_names, struct arena *a, struct row_text *ret, struct err *e)
{
    struct row_field *fields = ARENA_NEW(a, struct row_field, LIMIT_ROW_FIELDS);
    if (!fields)
        return err_set(e, ERR_NO_MEMORY, "out of memory for a row's text");
    ret->fields = fields;
    for (bool more = true;;) {
        uint64_t position;
        struct str name, value;
        ERR_TRY(unpack_value(p, &more, &position, &name, &value, e));
        if (!more || ret->n_fields == LIMIT_ROW_FIELDS)
            return ERR_OK;
        if (names && position < n_names)
            name = names[position];
        place_value(p, position, name, value, ret, fields);
    }
}

enum err_code intake_row_text(struct store *s, const struct vault *v, int64_t row, struct arena *a, struct row_text *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf plain;
    buf_init(&plain, ROW_BYTES);
    bool there = false;
    ERR_TRY(STORE_QUERY(s, sql_intake_text_by_id, &c, e, V_INT(row)));
    ERR_TRY(store_step(c, &there, e));
    if (!there)
        return err_set(e, ERR_NOT_FOUND, "there is no row %lld", (long long)row);
    const int64_t layout = store_int(c, 0);
    const struct intake_shown shown = {(int)store_int(c, 6), (uint32_t)store_int(c, 7), store_int(c, 8) != 0};
    struct row_text t = {.source_id = STR(""), .recorded_as = STR(""), .narrative = STR(""), .opinion = STR(""),
                         .feed = str_dup(a, store_text(c, 3)), .agency = str_dup(a, store_text(c, 4)), .marking = str_dup(a, store_text(c, 5)),
                         .destroyed = store_text(c, 1).n == 0};
    if (t.destroyed) {
        t.recorded_as = STR("destroyed");
        *ret = t;
        return t.feed.p && t.agency.p && t.marking.p ? ERR_OK : err_set(e, ERR_NO_MEMORY, "out of memory for a row's text");
    }
    ERR_TRY(unseal_value(v, "row_text", row, store_text(c, 1), store_text(c, 2), &plain, e));
    struct str kept = str_dup(a, buf_as_str(&plain));
    if (!kept.p || !t.feed.p || !t.agency.p || !t.marking.p)
        return err_set(e, ERR_NO_MEMORY, "out of memory for a row's text");
    struct packed_row p;
    struct str *names;
    size_t n_names;
    ERR_TRY(layout_of(s, layout, a, &names, &n_names, e));
    ERR_TRY(unpack_row(kept, layout == LAYOUT_NONE, &p, e));
    t.assertion = p.assertion;
    ERR_TRY(read_fields(&p, names, n_names, a, &t, e));
    t.shown = shown;
    mask_row_text(&t);
    *ret = t;
    return ERR_OK;
}

/* ---- many ---- */

static enum err_code read_narrative(struct str packed, bool names_inside, struct str *ret_recorded_as, struct str *ret_narrative, struct err *e)
{
    struct packed_row p;
    *ret_recorded_as = *ret_narrative = STR("");
    ERR_TRY(unpack_row(packed, names_inside, &p, e));
    for (bool more = true;;) {
        uint64_t position;
        struct str name, value;
        ERR_TRY(unpack_value(&p, &more, &position, &name, &value, e));
        if (!more)
            return ERR_OK;
        if (position + 1 == p.recorded_as)
            *ret_recorded_as = value;
        if (position + 1 == p.narrative)
            *ret_narrative = value;
    }
}

enum err_code intake_each_narrative(struct store *s, const struct vault *v, bool (*want)(void *ctx, int64_t row), row_text_sink *sink, void *ctx,
                                    struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf plain;
    buf_init(&plain, ROW_BYTES);
    ERR_TRY(store_query(s, &sql_intake_text_each, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        struct str recorded_as, narrative;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        const int64_t id = store_int(c, 0);
        if (!(store_int(c, 4) & ACCESS_GROUP(narrative)) || (want && !want(ctx, id)))
            continue;
        buf_clear(&plain);
        ERR_TRY(unseal_value(v, "row_text", id, store_text(c, 2), store_text(c, 3), &plain, e));
        ERR_TRY(read_narrative(buf_as_str(&plain), store_int(c, 1) == LAYOUT_NONE, &recorded_as, &narrative, e));
        ERR_TRY(sink(ctx, id, recorded_as, narrative, e));
    }
}
