/* insert.c: a planned batch into the store: records, rows and their events, texts, mentions, relations, exact values, quarantine.
 *
 * Rows come ready from prepare.c. Exact values (mention_find) are collected and inserted in order, because their index is the largest and its
 * pages are then touched once a batch. */
#include "intake/prepare.h"

#include "sql/intake_sql.h"

#include <stdlib.h>

#define SEALED_BYTES (LIMIT_CSV_RECORD_BYTES * 8)

struct inserter {
    struct batch *b;
    struct store_bulk *records, *rows, *texts, *mentions, *relations, *finds, *bad;
    struct preparer preparer;
    struct buf plain, sealed; /* of a quarantined row */
    struct buf found;         /* struct find */
};

static struct str id_text(const struct vault_id *id) { return (struct str){(const char *)id->bytes, sizeof id->bytes}; }

/* ---- rows ---- */

static enum err_code insert_row(struct inserter *in, const struct prepared_row *r, struct err *e)
{
    ERR_TRY(store_bulk_add(in->rows, r->row, e));
    ERR_TRY(store_bulk_add(in->texts, r->text, e));
    for (size_t i = 0; i < r->n_mentions; i++)
        ERR_TRY(store_bulk_add(in->mentions, r->mentions[i].v, e));
    for (size_t i = 0; i < r->n_relations; i++)
        ERR_TRY(store_bulk_add(in->relations, r->relations[i].v, e));
    (void)buf_add(&in->found, r->finds, r->n_finds * sizeof *r->finds);
    return buf_check(&in->found, "the exact values of a batch", e);
}

static enum err_code insert_rows(struct inserter *in, struct err *e)
{
    for (const struct chunk *c = NULL;;) {
        ERR_TRY(preparer_next(&in->preparer, &c, e));
        if (!c)
            return ERR_OK;
        for (size_t i = 0; i < c->n; i++)
            ERR_TRY(insert_row(in, &c->rows[i], e));
    }
}

static enum err_code insert_bad(struct inserter *in, const struct batch_row *r, int64_t id, struct err *e)
{
    const struct delivery *d = in->b->d;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    buf_clear(&in->plain);
    (void)buf_str(&in->plain, r->raw);
    ERR_TRY(buf_check(&in->plain, "a row", e));
    ERR_TRY(seal_value(d->vault, "quarantine", id, buf_as_str(&in->plain), wrapped, &in->sealed, e));
    const struct store_value v[] = {
        V_INT(id), V_INT(d->feed_id), V_INT(d->id), V_BLOB(id_text(&r->ident)), V_INT((int64_t)r->first_line), V_INT((int64_t)r->last_line),
        V_TEXT(str_of(r->why)), V_INT(d->started_ms), V_INT(d->layout_id), V_BLOB(((struct str){(const char *)wrapped, sizeof wrapped})),
        V_BLOB(buf_as_str(&in->sealed)),
        r->has_named ? V_BLOB(id_text(&r->named)) : V_NULL};
    return store_bulk_add(in->bad, v, e);
}

/* ---- the batch ---- */

static enum err_code insert_bads(struct inserter *in, int64_t first_id, struct err *e)
{
    const struct batch *b = in->b;
    for (size_t i = 0; i < b->n; i++)
        if (b->rows[i]->fate == FATE_QUARANTINED && !b->quarantine_waits)
            ERR_TRY(insert_bad(in, b->rows[i], first_id++, e));
    return ERR_OK;
}

static enum err_code insert_records(struct inserter *in, const struct batch_plan *p, struct err *e)
{
    const struct new_record *r = (const void *)p->records.p;
    for (size_t i = 0; i < p->records.n / sizeof *r; i++) {
        if (!r[i].is_new)
            continue;
        const struct store_value v[] = {V_INT(r[i].id), V_INT(in->b->d->feed_id), V_BLOB(id_text(&r[i].ident)), V_INT(r[i].newest_ms)};
        ERR_TRY(store_bulk_add(in->records, v, e));
    }
    return ERR_OK;
}

static int by_value(const void *a, const void *b)
{
    const struct find *x = a, *y = b;
    int d = (x->value > y->value) - (x->value < y->value);
    return d ? d : (x->mention > y->mention) - (x->mention < y->mention);
}

static enum err_code insert_finds(struct inserter *in, struct err *e)
{
    struct find *f = (void *)in->found.p;
    size_t n = in->found.n / sizeof *f;
    if (n)
        qsort(f, n, sizeof *f, by_value);
    for (size_t i = 0; i < n; i++)
        ERR_TRY(store_bulk_add(in->finds, (const struct store_value[]){V_INT(f[i].value), V_INT(f[i].mention)}, e));
    return ERR_OK;
}

/* What was current and is not, or the other way round. */
static enum err_code change_flags(struct batch *b, const struct batch_plan *p, struct err *e)
{
    const struct current_change *c = (const void *)p->changes.p;
    for (size_t i = 0; i < p->changes.n / sizeof *c; i++) {
        ERR_TRY(STORE_RUN(b->d->store, sql_intake_row_current, e, V_INT(c[i].row), V_INT(c[i].is_current)));
        ERR_TRY(STORE_RUN(b->d->store, sql_intake_mention_current, e, V_INT(c[i].row * SLOTS_PER_ROW), V_INT(c[i].row * SLOTS_PER_ROW + SLOTS_PER_ROW - 1),
                          V_INT(c[i].is_current)));
    }
    const struct new_record *r = (const void *)p->records.p;
    for (size_t i = 0; i < p->records.n / sizeof *r; i++)
        if (!r[i].is_new)
            ERR_TRY(STORE_RUN(b->d->store, sql_intake_record_newest, e, V_INT(r[i].id), V_INT(r[i].newest_ms)));
    return ERR_OK;
}

/* Mentions that came to closed records are named by nobody either. */
static enum err_code keep_closed(struct batch *b, const struct batch_plan *p, struct err *e)
{
    const int64_t *record = (const void *)p->closed.p;
    for (size_t i = 0; i < p->closed.n / sizeof *record; i++)
        ERR_TRY(STORE_RUN(b->d->store, sql_intake_closed_add, e, V_INT(record[i])));
    return ERR_OK;
}

/* The bulks of an inserter, in the order in which they are begun and ended. */
#define BULKS(X) X(records, intake_record_insert) X(rows, intake_row_insert) X(texts, intake_text_insert) X(mentions, intake_mention_insert) \
    X(relations, intake_relation_insert) X(finds, intake_find_insert) X(bad, intake_quarantine_insert)

static enum err_code insert_all(struct inserter *in, const struct batch_plan *p, int64_t first_bad, struct err *e)
{
#define X(bulk, statement) ERR_TRY(store_bulk_begin(in->b->d->store, &sql_##statement, &in->bulk, e));
    BULKS(X)
#undef X
    ERR_TRY(insert_records(in, p, e));
    ERR_TRY(insert_rows(in, e));
    ERR_TRY(insert_bads(in, first_bad, e));
    return insert_finds(in, e);
}

/* Ends or drops every bulk; the first error counts. */
static enum err_code end_bulks(struct inserter *in, enum err_code code, struct err *e)
{
#define X(bulk, statement)                          \
    if (code == ERR_OK) {                           \
        code = store_bulk_end(in->bulk, e);         \
        in->bulk = NULL;                            \
    } else                                          \
        store_bulk_drop(&in->bulk);
    BULKS(X)
#undef X
    return code;
}

enum err_code batch_insert(struct batch *b, const struct batch_plan *p, struct err *e)
{
    struct inserter in = {.b = b};
    int64_t bad = 0, first_bad = 0;
    for (size_t i = 0; i < b->n; i++)
        bad += b->rows[i]->fate == FATE_QUARANTINED;
    if (bad && !b->quarantine_waits)
        ERR_TRY(store_reserve_ids(b->d->store, "quarantine", bad, &first_bad, e));
    ERR_TRY(change_flags(b, p, e));
    buf_init(&in.plain, SEALED_BYTES);
    buf_init(&in.sealed, SEALED_BYTES);
    buf_init(&in.found, LIMIT_BATCH_MEMORY_BYTES);
    enum err_code code = preparer_start(&in.preparer, b->d, b->rows, b->n, e);
    code = end_bulks(&in, code == ERR_OK ? insert_all(&in, p, first_bad, e) : code, e);
    preparer_stop(&in.preparer);
    buf_release(&in.plain);
    buf_release(&in.sealed);
    buf_release(&in.found);
    return code == ERR_OK ? keep_closed(b, p, e) : code;
}
