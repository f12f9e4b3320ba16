/* prepare.c: see prepare.h. */
#include "intake/prepare.h"

#define FACTS_BYTES ((size_t)16 << 20)
#define SEALED_BYTES (LIMIT_CSV_RECORD_BYTES * 8)
#define CHUNK_BYTES ((size_t)64 << 20)

static enum err_code no_room(struct err *e) { return err_set(e, ERR_NO_MEMORY, "a chunk of rows is over its limit of %zu bytes", CHUNK_BYTES); }

static struct store_value time_value(struct instant t) { return t.precision == PRECISION_UNKNOWN ? V_NULL : V_INT(t.ms); }

/* Seals p->plain; both blobs go to the arena. */
static enum err_code seal_into(struct preparer *p, struct arena *a, const char *table, int64_t id, struct store_value *ret_wrapped,
                               struct store_value *ret_sealed, struct err *e)
{
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    ERR_TRY(buf_check(&p->plain, "a row", e));
    ERR_TRY(seal_value(p->d->vault, table, id, buf_as_str(&p->plain), wrapped, &p->sealed, e));
    struct str w = str_dup(a, (struct str){(const char *)wrapped, sizeof wrapped}), s = str_dup(a, buf_as_str(&p->sealed));
    *ret_wrapped = V_BLOB(w);
    *ret_sealed = V_BLOB(s);
    return w.p && s.p ? ERR_OK : no_room(e);
}

/* ---- a row's parts ---- */

static void prepare_event(const struct delivery *d, const struct batch_row *r, const struct facts *f, struct store_value *v)
{
    const struct instant times[] = {f->occurred, f->occurred_to, f->recorded, f->from, f->to};
    int64_t precisions = 0;
    for (int i = 4; i >= 0; i--)
        precisions = precisions << 3 | times[i].precision;
    uint64_t key = event_key_of(d->vault, &r->ident, r->row_key, d->feed->per_record);
    int64_t place = f->place.n ? vault_blind(d->vault, "place", f->place) : 0;
    int64_t incident = f->incident.n ? vault_blind(d->vault, "incident", f->incident) : 0;
    const struct store_value all[] = {
        V_INT(r->id), V_INT(r->record), V_INT(r->row_key), V_INT(r->version_ms), V_INT(r->content_hash), V_INT(d->id), V_INT(d->started_ms),
        V_INT(r->is_current), V_INT((int64_t)key), V_INT(f->kind), V_INT(f->agency), V_INT(d->feed->assertion), V_INT(f->flags),
        time_value(f->occurred), time_value(f->occurred_to), time_value(f->recorded), time_value(f->from), time_value(f->to), V_INT(precisions),
        V_INT(f->order), V_INT(f->conditions), V_INT(place), V_INT(incident), V_INT(f->has_narrative)};
    _Static_assert(sizeof all / sizeof *all == ROW_VALUES, "one value for each parameter");
    memcpy(v, all, sizeof all);
}

static enum err_code prepare_text(struct preparer *p, const struct batch_row *r, struct arena *a, struct store_value *v, struct err *e)
{
    buf_clear(&p->plain);
    pack_row(p->d->feed, &r->row, p->d->layout_id == LAYOUT_NONE, &p->plain);
    v[0] = V_INT(r->id);
    v[1] = V_INT(p->d->layout_id);
    return seal_into(p, a, "row_text", r->id, &v[2], &v[3], e);
}

static enum err_code prepare_mention(struct preparer *p, const struct batch_row *r, const struct fact_mention *m, struct arena *a, struct prepared_row *ret,
                                     struct err *e)
{
    const int64_t id = r->id * SLOTS_PER_ROW + m->slot;
    uint64_t key = mention_key_of(p->d->vault, &r->ident, r->row_key, m->slot);
    struct store_value *v = ret->mentions[ret->n_mentions++].v;
    buf_clear(&p->plain);
    pack_mention(&m->m, &p->plain);
    const struct store_value head[] = {V_INT(id), V_INT(r->record), V_INT(p->d->feed_id), V_INT((int64_t)key), V_INT(m->m.role), V_INT(m->m.has_identifier),
                                       V_INT(r->is_current)};
    memcpy(v, head, sizeof head);
    for (size_t i = 0; i < m->n_finds; i++)
        ret->finds[ret->n_finds++] = (struct find){vault_blind(p->d->vault, m->finds[i].kind, m->finds[i].value), id};
    return seal_into(p, a, "mention", id, &v[7], &v[8], e);
}

static enum err_code prepare_row(struct preparer *p, const struct batch_row *r, struct arena *a, struct prepared_row *ret, struct err *e)
{
    struct facts f;
    size_t n_finds = 0;
    arena_reset(&p->facts);
    ERR_TRY(facts_derive(p->d->feed, &r->row, r->year, &p->facts, &f, e));
    for (size_t i = 0; i < f.n_mentions; i++)
        n_finds += f.mentions[i].n_finds;
    *ret = (struct prepared_row){.mentions = ARENA_NEW(a, struct prepared_mention, f.n_mentions), .relations = ARENA_NEW(a, struct prepared_relation, f.n_relations),
                                 .finds = ARENA_NEW(a, struct find, n_finds)};
    if (!ret->mentions || !ret->relations || !ret->finds)
        return no_room(e);
    prepare_event(p->d, r, &f, ret->row);
    ERR_TRY(prepare_text(p, r, a, ret->text, e));
    for (size_t i = 0; i < f.n_mentions; i++)
        ERR_TRY(prepare_mention(p, r, &f.mentions[i], a, ret, e));
    for (size_t i = 0; i < f.n_relations; i++) {
        const struct fact_relation *rel = &f.relations[i];
        const struct store_value v[] = {V_INT(r->record), V_INT(r->id), V_INT(rel->of), V_INT(rel->to), V_INT(rel->to_role), V_INT(rel->relation)};
        memcpy(ret->relations[ret->n_relations++].v, v, sizeof v);
    }
    return ERR_OK;
}

/* ---- chunks ---- */

static void prepare_chunk(struct preparer *p, struct chunk *c)
{
    arena_reset(&c->arena);
    c->n = 0;
    c->code = ERR_OK;
    while (c->code == ERR_OK && c->n < CHUNK_ROWS && p->next_row < p->n_rows) {
        const struct batch_row *r = p->rows[p->next_row++];
        if (r->fate == FATE_STORED)
            c->code = prepare_row(p, r, &c->arena, &c->rows[c->n++], &c->e);
    }
}

static void *run_ahead(void *ctx)
{
    struct preparer *p = ctx;
    for (size_t k = 0;; k++) {
        (void)pthread_mutex_lock(&p->lock); /* of this kind none of these can fail */
        while (!p->stop && k - p->done >= CHUNKS_AHEAD)
            (void)pthread_cond_wait(&p->changed, &p->lock);
        bool stop = p->stop;
        (void)pthread_mutex_unlock(&p->lock);
        if (stop)
            return NULL;
        struct chunk *c = &p->chunks[k % CHUNKS_AHEAD];
        prepare_chunk(p, c);
        bool last = c->n == 0 || c->code != ERR_OK; /* after it the chunk may be the caller's */
        (void)pthread_mutex_lock(&p->lock);
        p->ready = k + 1;
        (void)pthread_cond_signal(&p->changed);
        (void)pthread_mutex_unlock(&p->lock);
        if (last)
            return NULL;
    }
}

enum err_code preparer_start(struct preparer *p, const struct delivery *d, struct batch_row *const *rows, size_t n, struct err *e)
{
    *p = (struct preparer){.d = d, .rows = rows, .n_rows = n, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    arena_init(&p->facts, FACTS_BYTES);
    arena_init(&p->fixed, CHUNKS_AHEAD * sizeof *p->chunks + 4096);
    buf_init(&p->plain, SEALED_BYTES);
    buf_init(&p->sealed, SEALED_BYTES);
    p->chunks = ARENA_NEW(&p->fixed, struct chunk, CHUNKS_AHEAD);
    if (!p->chunks)
        return no_room(e);
    for (size_t i = 0; i < CHUNKS_AHEAD; i++)
        arena_init(&p->chunks[i].arena, CHUNK_BYTES);
    if (n > CHUNK_ROWS) /* a small batch is not worth a thread; without one the caller prepares */
        p->has_thread = pthread_create(&p->thread, NULL, run_ahead, p) == 0;
    return ERR_OK;
}

enum err_code preparer_next(struct preparer *p, const struct chunk **ret, struct err *e)
{
    struct chunk *c = &p->chunks[p->given % CHUNKS_AHEAD];
    if (p->has_thread) {
        (void)pthread_mutex_lock(&p->lock);
        p->done = p->given; /* the caller has done with the chunk before */
        (void)pthread_cond_signal(&p->changed);
        while (p->ready <= p->given)
            (void)pthread_cond_wait(&p->changed, &p->lock);
        (void)pthread_mutex_unlock(&p->lock);
    } else
        prepare_chunk(p, c);
    p->given++;
    if (c->code != ERR_OK) {
        if (e)
            *e = c->e;
        return c->code;
    }
    *ret = c->n ? c : NULL;
    return ERR_OK;
}

void preparer_stop(struct preparer *p)
{
    if (p->has_thread) {
        (void)pthread_mutex_lock(&p->lock);
        p->stop = true;
        (void)pthread_cond_signal(&p->changed);
        (void)pthread_mutex_unlock(&p->lock);
        (void)pthread_join(p->thread, NULL);
    }
    for (size_t i = 0; p->chunks && i < CHUNKS_AHEAD; i++)
        arena_release(&p->chunks[i].arena);
    arena_release(&p->facts);
    arena_release(&p->fixed);
    buf_release(&p->plain);
    buf_release(&p->sealed);
}
