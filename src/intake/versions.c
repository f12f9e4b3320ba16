/* versions.c: which rows of a batch are new, and which rows of the touched records are current.
 *
 * The pure function, stated once, in current_rows():
 *   1. The rows of a record that count are those with its greatest version.
 *   2. Of two contents of one row key with that version, the one with the greater content hash counts.
 *   3. In a feed of full deliveries, a record whose greatest version is older than the newest full delivery that was loaded to its end has no current rows.
 *   4. A closed record has no current rows (docs/closed.md).
 * The flags in the store are set from it whenever a row of the record comes (here), when a full delivery ends (delivery_end) and when a record is closed or opened again (record.c), so they are always
 * equal to it, whatever the order of arrival. A scan then reads the flag alone. */
#include "intake/batch.h"

#include "sql/intake_sql.h"

#include <stdlib.h>

#define VERSIONS_BYTES ((size_t)64 << 20) /* all versions of one record */

struct version {
    int64_t row_key, at, content, id;
    bool was_current, is_current;
    struct batch_row *fresh; /* NULL: in the store */
};

static int by_record(const void *a, const void *b)
{
    const struct batch_row *x = *(struct batch_row *const *)a, *y = *(struct batch_row *const *)b;
    int d = memcmp(x->ident.bytes, y->ident.bytes, sizeof x->ident.bytes);
#define THEN(field) d = d ? d : (x->field > y->field) - (x->field < y->field)
    THEN(row_key);
    THEN(version_ms);
    THEN(content_hash);
#undef THEN
    return d;
}

static int by_row(const void *a, const void *b)
{
    const struct version *x = a, *y = b;
    int d = (x->row_key > y->row_key) - (x->row_key < y->row_key);
    d = d ? d : (x->at > y->at) - (x->at < y->at);
    return d ? d : (x->content > y->content) - (x->content < y->content);
}

/* What else the answer depends on. */
struct given {
    bool full, closed;
    int64_t full_at;
};

/* `v` in the order of by_row. */
static int64_t current_rows(struct version *v, size_t n, const struct given *g)
{
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < n; i++)
        newest = v[i].at > newest ? v[i].at : newest;
    for (size_t i = 0; i < n; i++) {
        bool counts = v[i].at == newest;
        bool greatest = i + 1 == n || v[i + 1].row_key != v[i].row_key || v[i + 1].at != v[i].at;
        v[i].is_current = counts && greatest && (!g->full || newest >= g->full_at) && !g->closed;
    }
    return newest;
}

/* All versions of a record that are in the store. */
static enum err_code versions_read(struct store *s, int64_t record, struct buf *versions, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(STORE_QUERY(s, sql_intake_row_versions, &c, e, V_INT(record)));
    for (bool there = true;;) {
        ERR_TRY(store_step(c, &there, e));
        if (!there)
            return buf_check(versions, "the versions of one record", e);
        const struct version v = {.id = store_int(c, 0), .row_key = store_int(c, 1), .at = store_int(c, 2), .content = store_int(c, 3),
                                  .was_current = store_int(c, 4) != 0};
        (void)buf_add(versions, &v, sizeof v);
    }
}

/* What the store knows of a record; *ret_record 0: nothing. */
static enum err_code known_versions(struct batch *b, const struct vault_id *ident, int64_t *ret_record, int64_t *ret_newest, bool *ret_closed, struct buf *versions,
                                    struct err *e)
{
    struct store_cursor *c = NULL;
    bool there = false;
    *ret_record = 0;
    ERR_TRY(STORE_QUERY(b->d->store, sql_intake_record_find, &c, e, V_BLOB(((struct str){(const char *)ident->bytes, 16}))));
    enum err_code code = store_step(c, &there, e);
    if (code == ERR_OK && there) {
        *ret_record = store_int(c, 0);
        *ret_newest = store_int(c, 1);
        *ret_closed = store_int(c, 2) == ACCESS_LEVEL_closed;
    }
    store_finish(c);
    return code != ERR_OK || !there ? code : versions_read(b->d->store, *ret_record, versions, e);
}

static bool is_known(const struct buf *versions, size_t n_known, const struct batch_row *r)
{
    const struct version *v = (const void *)versions->p;
    for (size_t i = 0; i < n_known; i++)
        if (v[i].row_key == r->row_key && v[i].at == r->version_ms && v[i].content == r->content_hash)
            return true;
    return false;
}

/* Rows rows[0..n) of one record, in order. */
static enum err_code plan_record(struct batch *b, struct batch_row **rows, size_t n, struct buf *versions, struct batch_plan *p, int64_t *next_record,
                                 struct err *e)
{
    int64_t record, old_newest = INT64_MIN;
    struct given given = {.full = b->d->feed->full, .full_at = b->d->full_at};
    buf_clear(versions);
    ERR_TRY(known_versions(b, &rows[0]->ident, &record, &old_newest, &given.closed, versions, e));
    const size_t n_known = versions->n / sizeof(struct version);
    const bool is_new = record == 0;
    if (is_new)
        record = (*next_record)++;
    for (size_t i = 0; i < n; i++) {
        struct batch_row *r = rows[i];
        bool twice = i && by_record(&rows[i - 1], &rows[i]) == 0;
        r->fate = twice || is_known(versions, n_known, r) ? FATE_UNCHANGED : FATE_STORED;
        r->record = record;
        const struct version v = {r->row_key, r->version_ms, r->content_hash, 0, false, false, r};
        if (r->fate == FATE_STORED)
            (void)buf_add(versions, &v, sizeof v);
        b->d->newest_ms = r->version_ms > b->d->newest_ms ? r->version_ms : b->d->newest_ms;
    }
    ERR_TRY(buf_check(versions, "the versions of one record", e));
    struct version *v = (void *)versions->p;
    const size_t n_all = versions->n / sizeof *v;
    if (n_all == n_known)
        return ERR_OK; /* nothing new: the flags stand */
    if (n_known)
        qsort(v, n_all, sizeof *v, by_row);
    int64_t newest = current_rows(v, n_all, &given);
    if (given.closed)
        (void)buf_add(&p->closed, &record, sizeof record);
    for (size_t i = 0; i < n_all; i++)
        if (v[i].fresh)
            v[i].fresh->is_current = v[i].is_current;
        else if (v[i].is_current != v[i].was_current)
            (void)buf_add(&p->changes, &(struct current_change){v[i].id, v[i].is_current}, sizeof(struct current_change));
    if (newest != old_newest)
        (void)buf_add(&p->records, &(struct new_record){record, newest, rows[0]->ident, is_new}, sizeof(struct new_record));
    return ERR_OK;
}

enum err_code versions_plan(struct batch *b, struct batch_plan *ret, struct err *e)
{
    _cleanup_buf_ struct buf versions;
    buf_init(&versions, VERSIONS_BYTES);
    struct batch_row **rows = ARENA_NEW(&b->arena, struct batch_row *, b->n ? b->n : 1);
    if (!rows)
        return err_set(e, ERR_LIMIT, "a batch is over its limit of %zu bytes", LIMIT_BATCH_MEMORY_BYTES);
    size_t n = 0, bad = b->n;
    for (size_t i = 0; i < b->n; i++)
        if (b->rows[i]->fate == FATE_QUARANTINED)
            rows[--bad] = b->rows[i];
        else
            rows[n++] = b->rows[i];
    qsort(rows, n, sizeof *rows, by_record); /* neighbours in the index are looked up and inserted one after the other */
    int64_t next_record = 0, next_row = 0;
    if (n) {
        ERR_TRY(store_reserve_ids(b->d->store, "record", (int64_t)n, &next_record, e));
        ERR_TRY(store_reserve_ids(b->d->store, "intake_row", (int64_t)n, &next_row, e));
    }
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && memcmp(rows[end]->ident.bytes, rows[i]->ident.bytes, 16) == 0)
            end++;
        ERR_TRY(plan_record(b, rows + i, end - i, &versions, ret, &next_record, e));
        i = end;
    }
    for (size_t i = 0; i < n; i++)
        rows[i]->id = rows[i]->fate == FATE_STORED ? next_row++ : 0;
    memcpy(b->rows, rows, b->n * sizeof *rows); /* the good rows first, in the order of their records */
    ERR_TRY(buf_check(&ret->changes, "the changes of a batch", e));
    ERR_TRY(buf_check(&ret->closed, "the records of a batch", e));
    return buf_check(&ret->records, "the records of a batch", e);
}

/* ---- one record ---- */

static int by_id(const void *a, const void *b)
{
    const struct version *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

enum err_code versions_of_record(struct store *s, int64_t record, bool full, int64_t full_at, struct buf *ret_changes, struct buf *ret_current, struct err *e)
{
    _cleanup_buf_ struct buf versions;
    buf_init(&versions, VERSIONS_BYTES);
    ERR_TRY(versions_read(s, record, &versions, e));
    struct version *v = (void *)versions.p;
    const size_t n = versions.n / sizeof *v;
    if (n == 0)
        return ERR_OK;
    qsort(v, n, sizeof *v, by_row);
    (void)current_rows(v, n, &(struct given){.full = full, .full_at = full_at});
    qsort(v, n, sizeof *v, by_id);
    for (size_t i = 0; i < n; i++) {
        const struct current_change change = {v[i].id, v[i].is_current};
        if (ret_changes && v[i].is_current != v[i].was_current)
            (void)buf_add(ret_changes, &change, sizeof change);
        if (ret_current && v[i].is_current)
            (void)buf_add(ret_current, &v[i].id, sizeof v[i].id);
    }
    if (ret_changes)
        ERR_TRY(buf_check(ret_changes, "the rows of a record", e));
    return ret_current ? buf_check(ret_current, "the rows of a record", e) : ERR_OK;
}
