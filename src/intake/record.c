/* record.c: one record by its agency's own name for it: found without any list, its level, and what it says while it is closed (docs/closed.md).
 *
 * A name goes to a keyed hash, and the hash is all that is looked for: a name that nobody ever used takes the same statements as one of a closed record. What calls a record anything
 * outside the room (the ledger, relations) calls it by that hash, so neither holds an agency's number. */
#include "intake/batch.h"

#include "sql/intake_sql.h"

#include <assert.h>
#include <stdlib.h>

#define RECORD_ROWS_BYTES ((size_t)64 << 20) /* ids of one record's rows and mentions */

/* ---- finding ---- */

static void handle_of(const struct vault_id *id, char ret[INTAKE_HANDLE_CHARS + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof id->bytes; i++) {
        ret[2 * i] = digits[id->bytes[i] >> 4];
        ret[2 * i + 1] = digits[id->bytes[i] & 15];
    }
    ret[INTAKE_HANDLE_CHARS] = 0;
}

static int nibble(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static bool handle_read(struct str handle, struct vault_id *ret)
{
    if (handle.n != INTAKE_HANDLE_CHARS)
        return false;
    for (size_t i = 0; i < sizeof ret->bytes; i++) {
        const int high = nibble(handle.p[2 * i]), low = nibble(handle.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret->bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static enum err_code find(struct store *s, const struct vault_id *ident, struct intake_record *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool there;
    *ret = (struct intake_record){.level = ACCESS_LEVEL_closed};
    handle_of(ident, ret->handle);
    ERR_TRY(STORE_QUERY(s, sql_intake_record_named, &c, e, V_BLOB(((struct str){(const char *)ident->bytes, sizeof ident->bytes}))));
    ERR_TRY(store_step(c, &there, e));
    if (!there)
        return ERR_OK;
    ret->id = store_int(c, 0);
    ret->level = (enum access_level)store_int(c, 1);
    ret->agency = store_int(c, 2);
    ret->full = store_int(c, 3) != 0;
    ret->full_at = store_int(c, 4);
    return ERR_OK;
}

enum err_code intake_record_find(struct store *s, const struct vault *v, struct str name, struct intake_record *ret, struct err *e)
{
    const ptrdiff_t slash = str_find_char(name, '/');
    const struct str feed = slash > 0 ? str_slice(name, 0, (size_t)slash) : STR(""), key = slash > 0 ? str_trim(str_slice(name, (size_t)slash + 1, name.n)) : STR("");
    if (!feed.n || !key.n)
        return err_set(e, ERR_USAGE, "a record is named by its feed and the agency's own number: FEED/NUMBER, as police-crime/42/1234/24");
    const struct vault_id ident = record_ident(v, feed, key);
    return find(s, &ident, ret, e);
}

enum err_code intake_record_of_handle(struct store *s, struct str handle, struct intake_record *ret, struct err *e)
{
    struct vault_id ident;
    if (!handle_read(handle, &ident))
        return err_set(e, ERR_USAGE, "a record's handle has %d hexadecimal digits", INTAKE_HANDLE_CHARS);
    return find(s, &ident, ret, e);
}

/* Keys that a statement gives, each a mention's. */
static enum err_code keys_of(struct store *s, const struct store_statement *st, const struct store_value *params, struct arena *a, uint64_t **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf keys;
    buf_init(&keys, RECORD_ROWS_BYTES);
    ERR_TRY(store_query(s, st, params, &c, e));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        const uint64_t key = (uint64_t)store_int(c, 0);
        (void)buf_add(&keys, &key, sizeof key);
    }
    ERR_TRY(buf_check(&keys, "the mentions of records", e));
    *ret_n = keys.n / sizeof **ret;
    *ret = ARENA_NEW(a, uint64_t, *ret_n);
    if (!*ret)
        return err_set(e, ERR_NO_MEMORY, "out of memory for the mentions of records");
    if (*ret_n)
        memcpy(*ret, keys.p, keys.n);
    return ERR_OK;
}

enum err_code intake_record_keys(struct store *s, const struct intake_record *r, struct arena *a, uint64_t **ret, size_t *ret_n, struct err *e)
{
    return keys_of(s, &sql_intake_record_keys, (const struct store_value[]){V_INT(r->id)}, a, ret, ret_n, e);
}

static int key_cmp(const void *l, const void *r)
{
    const uint64_t *x = l, *y = r;
    return *x < *y ? -1 : *x > *y;
}

enum err_code intake_audited(struct store *s, struct arena *a, uint64_t **ret, size_t *ret_n, struct err *e)
{
    ERR_TRY(keys_of(s, &sql_intake_audited, STORE_NO_VALUES, a, ret, ret_n, e));
    if (*ret_n)
        qsort(*ret, *ret_n, sizeof **ret, key_cmp); /* a store orders them as numbers with a sign */
    return ERR_OK;
}

enum err_code intake_record_has_value(struct store *s, const struct intake_record *r, int64_t blind, bool *ret, struct err *e)
{
    int64_t n;
    ERR_TRY(store_query_int(s, &sql_intake_record_has_value, (const struct store_value[]){V_INT(blind), V_INT(r->id)}, &n, e));
    *ret = n > 0;
    return ERR_OK;
}

enum err_code intake_is_closed(struct store *s, uint64_t mention_key, bool *ret, struct err *e)
{
    int64_t record;
    const enum err_code code = store_query_int(s, &sql_intake_closed_find, (const struct store_value[]){V_INT((int64_t)mention_key)}, &record, e);
    *ret = code == ERR_OK;
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

/* ---- levels ---- */

static enum err_code open_again(struct store *s, const struct intake_record *r, struct err *e)
{
    _cleanup_buf_ struct buf changes;
    buf_init(&changes, RECORD_ROWS_BYTES);
    ERR_TRY(versions_of_record(s, r->id, r->full, r->full_at, &changes, NULL, e));
    const struct current_change *v = (const void *)changes.p;
    for (size_t i = 0; i < changes.n / sizeof *v; i++) {
        const int64_t first = v[i].row * SLOTS_PER_ROW;
        ERR_TRY(STORE_RUN(s, sql_intake_row_current, e, V_INT(v[i].row), V_INT(v[i].is_current)));
        ERR_TRY(STORE_RUN(s, sql_intake_mention_current, e, V_INT(first), V_INT(first + SLOTS_PER_ROW - 1), V_INT(v[i].is_current)));
    }
    return STORE_RUN(s, sql_intake_closed_remove, e, V_INT(r->id));
}

static enum err_code shut(struct store *s, const struct intake_record *r, struct err *e)
{
    ERR_TRY(STORE_RUN(s, sql_intake_closed_rows, e, V_INT(r->id)));
    ERR_TRY(STORE_RUN(s, sql_intake_closed_mentions, e, V_INT(r->id)));
    return STORE_RUN(s, sql_intake_closed_add, e, V_INT(r->id));
}

enum err_code intake_record_set_level(struct store *s, const struct intake_record *r, enum access_level level, struct err *e)
{
    assert(store_in_transaction(s) && r->id);
    const bool was_closed = r->level == ACCESS_LEVEL_closed, is_closed = level == ACCESS_LEVEL_closed;
    ERR_TRY(STORE_RUN(s, sql_intake_record_level_set, e, V_INT(r->id), V_INT(level)));
    if (is_closed && !was_closed)
        return shut(s, r, e);
    return was_closed && !is_closed ? open_again(s, r, e) : ERR_OK;
}

/* ---- what it says ---- */

static enum err_code mentions_of_row(struct store *s, int64_t row, struct buf *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(STORE_QUERY(s, sql_intake_mentions_of_row, &c, e, V_INT(row * SLOTS_PER_ROW), V_INT(row * SLOTS_PER_ROW + SLOTS_PER_ROW - 1)));
    for (bool there = true;;) {
        ERR_TRY(store_step(c, &there, e));
        if (!there)
            return ERR_OK;
        const int64_t id = store_int(c, 0);
        (void)buf_add(ret, &id, sizeof id); /* checked by the caller */
    }
}

/* Rows of one record with one event key state one event; the first that has a narrative speaks. */
static enum err_code add_event(struct store *s, const struct vault *v, int64_t row, struct arena *a, struct intake_record_view *ret, struct err *e)
{
    struct intake_record_event next;
    ERR_TRY(intake_event_of_row(s, row, &next.event, e));
    ERR_TRY(intake_row_text(s, v, row, a, &next.text, e));
    for (size_t i = 0; i < ret->n_events; i++)
        if (ret->events[i].event.key == next.event.key) {
            const uint32_t flags = ret->events[i].event.flags | next.event.flags;
            if (!ret->events[i].text.narrative.n && next.text.narrative.n)
                ret->events[i] = next;
            ret->events[i].event.flags = flags;
            return ERR_OK;
        }
    ret->events[ret->n_events++] = next;
    return ERR_OK;
}

enum err_code intake_record_read(struct store *s, const struct vault *v, const struct intake_record *r, struct arena *a, struct intake_record_view *ret, struct err *e)
{
    _cleanup_buf_ struct buf rows, ids;
    buf_init(&rows, RECORD_ROWS_BYTES);
    buf_init(&ids, LIMIT_RECORD_MENTIONS * sizeof(int64_t));
    ERR_TRY(versions_of_record(s, r->id, r->full, r->full_at, NULL, &rows, e));
    const int64_t *row = (const void *)rows.p;
    const size_t n_rows = rows.n / sizeof *row;
    for (size_t i = 0; i < n_rows; i++)
        ERR_TRY(mentions_of_row(s, row[i], &ids, e));
    ERR_TRY(buf_check(&ids, "the mentions of one record", e));
    struct intake_record_view view = {.mentions = ARENA_NEW(a, struct mention, ids.n / sizeof(int64_t)), .events = ARENA_NEW(a, struct intake_record_event, n_rows)};
    if (!view.mentions || !view.events)
        return err_set(e, ERR_NO_MEMORY, "out of memory for a record");
    for (const int64_t *id = (const void *)ids.p; view.n_mentions < ids.n / sizeof *id; id++)
        ERR_TRY(intake_mention(s, v, *id, a, &view.mentions[view.n_mentions++], e));
    for (size_t i = 0; i < n_rows; i++)
        ERR_TRY(add_event(s, v, row[i], a, &view, e));
    *ret = view;
    return ERR_OK;
}
