/* insert.c: a planned batch into the store: records, rows and their events, texts, mentions, relations, exact values, quarantine.
 *
 * Every row is derived here, sealed and handed on, so that memory holds one row's facts at a time. Exact values (mention_find) are collected and
 * inserted in order, because their index is the largest and its pages are then touched once a batch. */
#include "intake/batch.h"

#include "sql/intake_sql.h"

#include <stdlib.h>

#define FACTS_BYTES ((size_t)16 << 20)
#define SEALED_BYTES (LIMIT_CSV_RECORD_BYTES * 8)

struct find {
    int64_t value, mention;
};

struct inserter {
    struct batch *b;
    struct store_bulk *records, *rows, *texts, *mentions, *relations, *finds, *bad;
    struct arena facts; /* of one row */
    struct buf plain, sealed;
    struct buf found;   /* struct find */
};

static struct str id_text(const struct vault_id *id) { return (struct str){(const char *)id->bytes, sizeof id->bytes}; }

static enum err_code sealed(struct inserter *in, const char *table, int64_t id, unsigned char wrapped[VAULT_WRAPPED_BYTES], struct err *e)
{
    ERR_TRY(buf_check(&in->plain, "a row", e));
    return seal_value(in->b->d->vault, table, id, buf_as_str(&in->plain), wrapped, &in->sealed, e);
}

static struct store_value time_value(struct instant t) { return t.precision == PRECISION_UNKNOWN ? V_NULL : V_INT(t.ms); }

/* ---- a row's parts ---- */

static enum err_code insert_row(struct inserter *in, const struct batch_row *r, const struct facts *f, struct err *e)
{
    const struct delivery *d = in->b->d;
    const struct instant times[] = {f->occurred, f->occurred_to, f->recorded, f->from, f->to};
    int64_t precisions = 0;
    for (int i = 4; i >= 0; i--)
        precisions = precisions << 3 | times[i].precision;
    uint64_t key = event_key_of(d->vault, &r->ident, r->row_key, d->feed->per_record);
    int64_t place = f->place.n ? vault_blind(d->vault, "place", f->place) : 0;
    int64_t incident = f->incident.n ? vault_blind(d->vault, "incident", f->incident) : 0;
    const struct store_value v[] = {
        V_INT(r->id), V_INT(r->record), V_INT(r->row_key), V_INT(r->version_ms), V_INT(r->content_hash), V_INT(d->id), V_INT(d->started_ms),
        V_INT(r->is_current), V_INT((int64_t)key), V_INT(f->kind), V_INT(f->agency), V_INT(d->feed->assertion), V_INT(f->flags),
        time_value(f->occurred), time_value(f->occurred_to), time_value(f->recorded), time_value(f->from), time_value(f->to), V_INT(precisions),
        V_INT(f->order), V_INT(f->conditions), V_INT(place), V_INT(incident), V_INT(f->has_narrative)};
    return store_bulk_add(in->rows, v, e);
}

static enum err_code insert_text(struct inserter *in, const struct batch_row *r, struct err *e)
{
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    const int64_t layout = in->b->d->layout_id;
    buf_clear(&in->plain);
    pack_row(in->b->d->feed, &r->row, layout == LAYOUT_NONE, &in->plain);
    ERR_TRY(sealed(in, "row_text", r->id, wrapped, e));
    const struct store_value v[] = {V_INT(r->id), V_INT(layout), V_BLOB(((struct str){(const char *)wrapped, sizeof wrapped})),
                                    V_BLOB(buf_as_str(&in->sealed))};
    return store_bulk_add(in->texts, v, e);
}

static enum err_code insert_mention(struct inserter *in, const struct batch_row *r, const struct fact_mention *m, struct err *e)
{
    const struct delivery *d = in->b->d;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    int64_t id = r->id * SLOTS_PER_ROW + m->slot;
    uint64_t key = mention_key_of(d->vault, &r->ident, r->row_key, m->slot);
    buf_clear(&in->plain);
    pack_mention(&m->m, &in->plain);
    ERR_TRY(sealed(in, "mention", id, wrapped, e));
    const struct store_value v[] = {V_INT(id), V_INT(r->record), V_INT(d->feed_id), V_INT((int64_t)key), V_INT(m->m.role), V_INT(m->m.has_identifier),
                                    V_INT(r->is_current), V_BLOB(((struct str){(const char *)wrapped, sizeof wrapped})),
                                    V_BLOB(buf_as_str(&in->sealed))};
    ERR_TRY(store_bulk_add(in->mentions, v, e));
    for (size_t i = 0; i < m->n_finds; i++) {
        const struct find f = {vault_blind(d->vault, m->finds[i].kind, m->finds[i].value), id};
        (void)buf_add(&in->found, &f, sizeof f);
    }
    return buf_check(&in->found, "the exact values of a batch", e);
}

static enum err_code insert_relations(struct inserter *in, const struct batch_row *r, const struct facts *f, struct err *e)
{
    for (size_t i = 0; i < f->n_relations; i++) {
        const struct fact_relation *rel = &f->relations[i];
        const struct store_value v[] = {V_INT(r->record), V_INT(r->id), V_INT(rel->of), V_INT(rel->to), V_INT(rel->to_role), V_INT(rel->relation)};
        ERR_TRY(store_bulk_add(in->relations, v, e));
    }
    return ERR_OK;
}

static enum err_code insert_stored(struct inserter *in, const struct batch_row *r, struct err *e)
{
    struct facts f;
    arena_reset(&in->facts);
    ERR_TRY(facts_derive(in->b->d->feed, &r->row, r->year, &in->facts, &f, e));
    ERR_TRY(insert_row(in, r, &f, e));
    ERR_TRY(insert_text(in, r, e));
    for (size_t i = 0; i < f.n_mentions; i++)
        ERR_TRY(insert_mention(in, r, &f.mentions[i], e));
    return insert_relations(in, r, &f, e);
}

static enum err_code insert_bad(struct inserter *in, const struct batch_row *r, int64_t id, struct err *e)
{
    const struct delivery *d = in->b->d;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    buf_clear(&in->plain);
    (void)buf_str(&in->plain, r->raw);
    ERR_TRY(sealed(in, "quarantine", id, wrapped, e));
    const struct store_value v[] = {
        V_INT(id), V_INT(d->feed_id), V_INT(d->id), V_BLOB(id_text(&r->ident)), V_INT((int64_t)r->first_line), V_INT((int64_t)r->last_line),
        V_TEXT(str_of(r->why)), V_INT(d->started_ms), V_INT(d->layout_id), V_BLOB(((struct str){(const char *)wrapped, sizeof wrapped})),
        V_BLOB(buf_as_str(&in->sealed))};
    return store_bulk_add(in->bad, v, e);
}

/* ---- the batch ---- */

static enum err_code insert_rows(struct inserter *in, struct err *e)
{
    const struct batch *b = in->b;
    for (size_t i = 0; i < b->n; i++)
        if (b->rows[i]->fate == FATE_STORED)
            ERR_TRY(insert_stored(in, b->rows[i], e));
    return ERR_OK;
}

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
    arena_init(&in.facts, FACTS_BYTES);
    buf_init(&in.plain, SEALED_BYTES);
    buf_init(&in.sealed, SEALED_BYTES);
    buf_init(&in.found, LIMIT_BATCH_MEMORY_BYTES);
    enum err_code code = end_bulks(&in, insert_all(&in, p, first_bad, e), e);
    arena_release(&in.facts);
    buf_release(&in.plain);
    buf_release(&in.sealed);
    buf_release(&in.found);
    return code;
}
