/* quarantine.c: what could not be read: shown, and read again (as it came, or mended). */
#include "intake/batch.h"

#include "sql/intake_sql.h"

#include <stdlib.h>

#define TEXT_BYTES (LIMIT_CSV_RECORD_BYTES * 2)

enum err_code quarantine_each(struct store *s, struct str feed, quarantine_sink *sink, void *ctx, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(store_query(s, &sql_intake_quarantine_each, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        const struct quarantine_row q = {.id = store_int(c, 0), .feed = store_text(c, 1), .delivery = store_int(c, 2),
                                         .first_line = (uint64_t)store_int(c, 3), .last_line = (uint64_t)store_int(c, 4), .reason = store_text(c, 5),
                                         .at = {store_int(c, 6), PRECISION_SECOND}, .replayed = store_int(c, 7) != 0};
        if (!feed.p || str_eq(feed, q.feed))
            ERR_TRY(sink(ctx, &q, e));
    }
}

/* The row as it came, its layout and feed (in the arena). */
static enum err_code open_row(struct store *s, const struct vault *v, int64_t id, struct arena *a, struct buf *ret, int64_t *ret_layout,
                              struct str *ret_feed, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row = false;
    ERR_TRY(STORE_QUERY(s, sql_intake_quarantine_text, &c, e, V_INT(id)));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_NOT_FOUND, "quarantine has no row %lld; see haven quarantine list", (long long)id);
    if (!(store_int(c, 4) & ACCESS_GROUP(record)))
        return err_set(e, ERR_REFUSED, "the text of this row belongs to another agency: ask it to mend the row");
    *ret_layout = store_int(c, 0);
    *ret_feed = str_dup(a, store_text(c, 3));
    return unseal_value(v, "quarantine", id, store_text(c, 1), store_text(c, 2), ret, e);
}

enum err_code quarantine_text(struct store *s, const struct vault *v, int64_t id, struct buf *ret, struct err *e)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, (size_t)1 << 16);
    int64_t layout;
    struct str feed;
    return open_row(s, v, id, &a, ret, &layout, &feed, e);
}

/* ---- reading again ---- */

/* One CSV record from a text; more than one is a problem. */
static enum err_code read_csv(struct reader *r, struct csv *csv, struct str text, struct source_row *ret, struct err *e)
{
    struct csv_record record;
    csv_feed(csv, text.p, text.n);
    bool there = csv_next(csv, &record);
    if (!there) {
        csv_feed(csv, NULL, 0);
        there = csv_next(csv, &record);
    }
    *ret = (struct source_row){.raw = text, .why = "there is no row in the text"};
    if (!there)
        return ERR_OK;
    if (str_trim(str_slice(text, record.last_byte, text.n)).n) {
        ret->why = "there is more than one row in the text";
        return ERR_OK;
    }
    return reader_csv(r, &record, &ret->row, &ret->why, e);
}

struct replay {
    struct store *s;
    const struct vault *v;
    const struct feed *f;
    struct str mended; /* no pointer: as it came */
};

/* The row's names lie in the reader, so it must live until the batch is committed. */
static enum err_code replay_text(const struct replay *p, struct reader *r, struct batch *b, struct str text, struct str layout, struct err *e)
{
    struct source_row row = {.raw = text};
    const enum charset charset = p->mended.p ? CHARSET_UTF8 : p->f->charset;
    if (p->f->format == FEED_JSONL) {
        ERR_TRY(reader_open_json(r, p->f, e));
        ERR_TRY(reader_json(r, text, &row.row, &row.why, e));
        return batch_add(b, &row, r->order, e);
    }
    struct csv *csv;
    ERR_TRY(reader_open_layout(r, p->f, charset, layout, e));
    ERR_TRY(csv_new(p->f->separator, NULL, &csv, e));
    enum err_code code = read_csv(r, csv, text, &row, e);
    if (code == ERR_OK)
        code = batch_add(b, &row, r->order, e);
    csv_free(csv);
    return code;
}

/* Within the caller's transaction: the row's fate is known when the batch is committed, so one row is one transaction. */
static enum err_code replay_one(const struct replay *p, int64_t id, struct delivery *d, struct err *e)
{
    _cleanup_arena_ struct arena a;
    _cleanup_buf_ struct buf text;
    _cleanup_reader_ struct reader reader = {0};
    arena_init(&a, LIMIT_CSV_RECORD_BYTES * 2);
    buf_init(&text, TEXT_BYTES);
    struct str layout, feed;
    int64_t layout_id;
    ERR_TRY(open_row(p->s, p->v, id, &a, &text, &layout_id, &feed, e));
    if (!str_eq(feed, p->f->name))
        return err_set(e, ERR_USAGE, "row %lld in quarantine came by feed %.*s, not %.*s", (long long)id, STR_ARG(feed), STR_ARG(p->f->name));
    ERR_TRY(layout_names(p->s, layout_id, &a, &layout, e));
    struct batch b;
    enum err_code code = batch_init(&b, d, 1, e);
    b.quarantine_waits = true;
    if (code == ERR_OK)
        code = replay_text(p, &reader, &b, p->mended.p ? p->mended : buf_as_str(&text), layout, e);
    const bool good = code == ERR_OK && b.rows[0]->fate != FATE_QUARANTINED;
    if (code == ERR_OK)
        code = store_begin(p->s, e);
    if (code == ERR_OK) {
        code = d->begun ? ERR_OK : delivery_begin(d, layout, e);
        d->layout_id = layout_id;
        if (code == ERR_OK)
            code = good ? STORE_RUN(p->s, sql_intake_quarantine_replayed, e, V_INT(id)) : ERR_OK;
        if (code == ERR_OK)
            code = batch_commit(&b, false, e);
        else
            store_rollback(p->s);
    }
    batch_release(&b);
    return code;
}

/* The next ids that wait, at most n of them. */
static enum err_code waiting(struct store *s, struct str feed, int64_t after, int64_t *ids, size_t n, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    *ret_n = 0;
    ERR_TRY(STORE_QUERY(s, sql_intake_quarantine_waiting, &c, e, V_TEXT(feed), V_INT(after)));
    for (bool row = true; *ret_n < n;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ids[(*ret_n)++] = store_int(c, 0);
    }
    return ERR_OK;
}

static enum err_code replay_all(const struct replay *p, struct delivery *d, struct err *e)
{
    int64_t ids[1000], last = 0;
    for (size_t n = 1; n;) {
        ERR_TRY(waiting(p->s, p->f->name, last, ids, sizeof ids / sizeof *ids, &n, e));
        for (size_t i = 0; i < n; i++)
            ERR_TRY(replay_one(p, ids[i], d, e));
        last = n ? ids[n - 1] : last;
    }
    return ERR_OK;
}

enum err_code quarantine_replay(struct store *s, const struct vault *v, const struct feed *f, int64_t id, struct str mended, struct load_counts *ret,
                                struct err *e)
{
    if (mended.p && id == 0)
        return err_set(e, ERR_USAGE, "a mended text is for one row: name its id");
    const struct replay p = {s, v, f, mended};
    struct delivery d = {.store = s, .vault = v, .feed = f, .started_ms = now_ms(), .newest_ms = INT64_MIN, .full_at = -INT64_MAX};
    enum err_code code = id ? replay_one(&p, id, &d, e) : replay_all(&p, &d, e);
    *ret = d.counts;
    if (code == ERR_OK && d.begun) /* not delivery_end: a replay states no whole */
        code = STORE_RUN(s, sql_intake_delivery_end, e, V_INT(d.id), V_INT(now_ms()));
    return code;
}
