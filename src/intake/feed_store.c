/* feed_store.c: the rows of feeds, layouts and deliveries. All within the caller's transaction. */
#include "intake/batch.h"

#include "registry/registry.h"
#include "sql/intake_sql.h"

/* Id of a row by its name; makes nothing. 0: not there. */
static enum err_code find_id(struct store *s, const struct store_statement *st, struct str name, int64_t *ret, struct err *e)
{
    *ret = 0;
    enum err_code code = store_query_int(s, st, (const struct store_value[]){V_TEXT(name)}, ret, e);
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static enum err_code put_feed(struct delivery *d, struct err *e)
{
    const struct feed *f = d->feed;
    int64_t agency;
    ERR_TRY(registry_agency_ensure(d->store, f->agency, f->agency_kind, &agency, e));
    struct store_cursor *c = NULL;
    bool there = false;
    ERR_TRY(STORE_QUERY(d->store, sql_intake_feed_find, &c, e, V_TEXT(f->name)));
    enum err_code code = store_step(c, &there, e);
    d->feed_id = there ? store_int(c, 0) : 0;
    d->full_at = there ? store_int(c, 1) : -INT64_MAX;
    store_finish(c);
    ERR_TRY(code);
    if (there)
        return STORE_RUN(d->store, sql_intake_feed_update, e, V_INT(d->feed_id), V_TEXT(f->title), V_INT(agency), V_TEXT(f->controller), V_INT(f->regime),
                         V_TEXT(f->purpose), V_TEXT(f->marking), V_INT(f->full), V_TEXT(f->definition));
    ERR_TRY(store_reserve_ids(d->store, "feed", 1, &d->feed_id, e));
    return STORE_RUN(d->store, sql_intake_feed_insert, e, V_INT(d->feed_id), V_TEXT(f->name), V_TEXT(f->title), V_INT(agency), V_TEXT(f->controller),
                     V_INT(f->regime), V_TEXT(f->purpose), V_TEXT(f->marking), V_INT(f->full), V_TEXT(f->definition));
}

static enum err_code put_layout(struct delivery *d, struct str names, struct err *e)
{
    d->layout_id = LAYOUT_NONE;
    if (names.n == 0)
        return ERR_OK;
    ERR_TRY(find_id(d->store, &sql_intake_layout_find, names, &d->layout_id, e));
    if (d->layout_id)
        return ERR_OK;
    ERR_TRY(store_reserve_ids(d->store, "row_layout", 1, &d->layout_id, e));
    return STORE_RUN(d->store, sql_intake_layout_insert, e, V_INT(d->layout_id), V_TEXT(names));
}

enum err_code delivery_begin(struct delivery *d, struct str layout, struct err *e)
{
    ERR_TRY(put_feed(d, e));
    ERR_TRY(put_layout(d, layout, e));
    ERR_TRY(store_run(d->store, &sql_intake_occurrence_clear, STORE_NO_VALUES, NULL, e)); /* what a broken-off load left */
    ERR_TRY(store_reserve_ids(d->store, "delivery", 1, &d->id, e));
    d->begun = true;
    return STORE_RUN(d->store, sql_intake_delivery_insert, e, V_INT(d->id), V_INT(d->feed_id), V_INT(d->started_ms));
}

enum err_code delivery_count(struct delivery *d, const struct load_counts *c, struct err *e)
{
    return STORE_RUN(d->store, sql_intake_delivery_count, e, V_INT(d->id), V_INT((int64_t)c->read), V_INT((int64_t)c->stored), V_INT((int64_t)c->unchanged),
                     V_INT((int64_t)c->quarantined));
}

enum err_code delivery_end(struct delivery *d, struct err *e)
{
    if (d->feed->full && d->newest_ms > d->full_at) {
        d->full_at = d->newest_ms;
        ERR_TRY(STORE_RUN(d->store, sql_intake_feed_full, e, V_INT(d->feed_id), V_INT(d->full_at)));
        ERR_TRY(STORE_RUN(d->store, sql_intake_mention_withdraw, e, V_INT(d->feed_id), V_INT(d->full_at)));
        ERR_TRY(STORE_RUN(d->store, sql_intake_row_withdraw, e, V_INT(d->feed_id), V_INT(d->full_at)));
    }
    ERR_TRY(store_run(d->store, &sql_intake_occurrence_clear, STORE_NO_VALUES, NULL, e));
    return STORE_RUN(d->store, sql_intake_delivery_end, e, V_INT(d->id), V_INT(now_ms()));
}

enum err_code feed_stored(struct store *s, struct str name, struct feed **ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row = false;
    ERR_TRY(STORE_QUERY(s, sql_intake_feed_definition, &c, e, V_TEXT(name)));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_NOT_FOUND, "nothing was ever loaded through a feed named \"%.*s\"", STR_ARG(name));
    return feed_parse(store_text(c, 0), "the stored definition", ret, e);
}

enum err_code intake_feeds(struct store *s, struct arena *a, struct feed_info **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    size_t n = 0, cap = 16;
    struct feed_info *list = ARENA_NEW(a, struct feed_info, cap);
    ERR_TRY(store_query(s, &sql_intake_feed_each, STORE_NO_VALUES, &c, e));
    for (bool row = true; list;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        size_t index = (size_t)store_int(c, 0) - 1; /* ids are handed out from 1 */
        if (index >= cap) {
            struct feed_info *more = ARENA_NEW(a, struct feed_info, index * 2);
            if (more)
                memcpy(more, list, n * sizeof *list);
            list = more;
            cap = index * 2;
        }
        if (!list)
            break;
        list[index] = (struct feed_info){.index = (int32_t)index, .name = str_dup(a, store_text(c, 1)), .title = str_dup(a, store_text(c, 2)),
                                         .agency = str_dup(a, store_text(c, 3)), .kind = (enum agency_kind)store_int(c, 4),
                                         .totals = {(uint64_t)store_int(c, 5), (uint64_t)store_int(c, 6), (uint64_t)store_int(c, 7), (uint64_t)store_int(c, 8)},
                                         .last_delivery_ms = store_int(c, 9), .waiting = (uint64_t)store_int(c, 10)};
        n = index + 1 > n ? index + 1 : n;
    }
    if (!list)
        return err_set(e, ERR_NO_MEMORY, "out of memory for the list of feeds");
    *ret = list;
    *ret_n = n;
    return ERR_OK;
}

enum err_code intake_mention_agency(struct store *s, int64_t mention, int64_t *ret, struct err *e)
{
    return store_query_int(s, &sql_intake_mention_agency, (const struct store_value[]){V_INT(mention)}, ret, e);
}
