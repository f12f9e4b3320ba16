/* scan.c: what is currently stated, as upper rooms read it: mentions opened, events with the mentions of their record, relations, exact look-ups. */
#include "intake/mask.h"
#include "intake/pack.h"

#include "sql/intake_sql.h"

#include <stdlib.h>

#define MENTION_BYTES ((size_t)2 << 20)

/* ---- mentions ---- */

/* The columns of intake_mention_each and intake_mention_by_id; the sealed part is opened into `plain`, hex is 17 bytes. */
static enum err_code mention_at(const struct store_cursor *c, const struct vault *v, struct buf *plain, char *hex, struct mention *ret, struct err *e)
{
    static const char digits[] = "0123456789abcdef";
    const int64_t id = store_int(c, 0);
    *ret = (struct mention){.id = id, .record = store_int(c, 1), .feed = (int32_t)store_int(c, 2) - 1, .key = (uint64_t)store_int(c, 3),
                            .role = (enum role)store_int(c, 4), .has_identifier = store_int(c, 5) != 0, .row = id / SLOTS_PER_ROW};
    buf_clear(plain);
    ERR_TRY(unseal_value(v, "mention", id, store_text(c, 6), store_text(c, 7), plain, e));
    ERR_TRY(unpack_mention(buf_as_str(plain), ret, e));
    ret->shown = (struct intake_shown){(int)store_int(c, 8), (uint32_t)store_int(c, 9), store_int(c, 10) != 0};
    mask_mention(ret);
    for (int i = 0; i < 16; i++)
        hex[i] = digits[ret->key >> (60 - 4 * i) & 15];
    ret->v[LINK_PERSON_unique_id] = (struct str){hex, 16};
    return ERR_OK;
}

enum err_code intake_each_mention(struct store *s, const struct vault *v, mention_sink *sink, void *ctx, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf plain;
    buf_init(&plain, MENTION_BYTES);
    char hex[17];
    ERR_TRY(store_query(s, &sql_intake_mention_each, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        struct mention m;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        ERR_TRY(mention_at(c, v, &plain, hex, &m, e));
        ERR_TRY(sink(ctx, &m, e));
    }
}

/* Every slice of a mention into the arena. */
static bool keep_mention(struct mention *m, struct arena *a)
{
    struct str *more[] = {&m->name_as_given, &m->address_as_given, &m->phone_as_given, &m->email_as_given, &m->dob_as_given, &m->bad_identifiers};
    for (size_t i = 0; i < LINK_PERSON_N; i++)
        if (!(m->v[i] = str_dup(a, m->v[i])).p)
            return false;
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (!(*more[i] = str_dup(a, *more[i])).p)
            return false;
    return true;
}

enum err_code intake_mention(struct store *s, const struct vault *v, int64_t id, struct arena *a, struct mention *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf plain;
    buf_init(&plain, MENTION_BYTES);
    char hex[17];
    bool row = false;
    struct mention m;
    ERR_TRY(STORE_QUERY(s, sql_intake_mention_by_id, &c, e, V_INT(id)));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_NOT_FOUND, "there is no mention %lld", (long long)id);
    ERR_TRY(mention_at(c, v, &plain, hex, &m, e));
    if (!keep_mention(&m, a))
        return err_set(e, ERR_NO_MEMORY, "out of memory for a mention");
    *ret = m;
    return ERR_OK;
}

enum err_code intake_mention_by_key(struct store *s, uint64_t key, int64_t *ret_id, struct err *e)
{
    enum err_code code = store_query_int(s, &sql_intake_mention_by_key, (const struct store_value[]){V_INT((int64_t)key)}, ret_id, e);
    return code == ERR_NOT_FOUND ? err_set(e, ERR_NOT_FOUND, "there is no current mention with this key") : code;
}

enum err_code intake_find(struct store *s, const struct vault *v, const char *kind, struct str value, struct arena *a, int64_t **ret_ids, size_t *ret_n,
                          struct err *e)
{
    return intake_find_blind(s, vault_blind(v, kind, value), a, ret_ids, ret_n, e);
}

enum err_code intake_find_blind(struct store *s, int64_t blind, struct arena *a, int64_t **ret_ids, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    size_t n = 0, cap = 16;
    int64_t *ids = ARENA_NEW(a, int64_t, cap);
    ERR_TRY(STORE_QUERY(s, sql_intake_find_each, &c, e, V_INT(blind)));
    for (bool row = true; ids;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        if (n == cap) {
            int64_t *more = ARENA_NEW(a, int64_t, cap *= 2);
            if (more)
                memcpy(more, ids, n * sizeof *ids);
            ids = more;
        }
        if (ids)
            ids[n++] = store_int(c, 0);
    }
    if (!ids)
        return err_set(e, ERR_NO_MEMORY, "out of memory for what was found");
    *ret_ids = ids;
    *ret_n = n;
    return ERR_OK;
}

/* ---- records: two cursors side by side, both by record ---- */

struct record_mentions {
    struct store_cursor *c;
    bool more;
    int64_t record;         /* whose mentions are in ids and roles */
    struct buf ids, roles;  /* int64_t, enum role */
    size_t n;
};

static enum err_code mentions_open(struct store *s, struct record_mentions *m, struct err *e)
{
    *m = (struct record_mentions){.record = -1};
    buf_init(&m->ids, LIMIT_RECORD_MENTIONS * sizeof(int64_t));
    buf_init(&m->roles, LIMIT_RECORD_MENTIONS * sizeof(enum role));
    ERR_TRY(store_query(s, &sql_intake_mention_heads, STORE_NO_VALUES, &m->c, e));
    return store_step(m->c, &m->more, e);
}

static void mentions_close(struct record_mentions *m)
{
    store_finish(m->c);
    buf_release(&m->ids);
    buf_release(&m->roles);
}

static enum err_code mentions_add(struct record_mentions *m, struct err *e)
{
    const int64_t id = store_int(m->c, 2);
    /* A suspect of whom nothing is known is nobody in particular: two of them must never look like one. */
    const enum role stated = (enum role)store_int(m->c, 3);
    const enum role role = stated == ROLE_suspect && store_int(m->c, 4) == 0 ? ROLE_unknown_suspect : stated;
    (void)buf_add(&m->ids, &id, sizeof id);
    (void)buf_add(&m->roles, &role, sizeof role);
    m->n++;
    ERR_TRY(buf_check(&m->ids, "the mentions of one record", e));
    return buf_check(&m->roles, "the mentions of one record", e);
}

/* Gathers the mentions of `record`, which is never less than the one before. */
static enum err_code mentions_of(struct record_mentions *m, int64_t record, struct err *e)
{
    if (m->record == record)
        return ERR_OK;
    m->record = record;
    m->n = 0;
    buf_clear(&m->ids);
    buf_clear(&m->roles);
    while (m->more && store_int(m->c, 0) <= record) {
        if (store_int(m->c, 0) == record)
            ERR_TRY(mentions_add(m, e));
        ERR_TRY(store_step(m->c, &m->more, e));
    }
    return ERR_OK;
}

/* ---- events ---- */

static struct instant time_at(const struct store_cursor *c, size_t i, int64_t precisions, int digit)
{
    return (struct instant){store_int(c, i), (enum precision)(precisions >> (3 * digit) & 7)};
}

static void event_at(const struct store_cursor *c, struct event *ret)
{
    int64_t p = store_int(c, 13);
    *ret = (struct event){
        .id = store_int(c, 0), .row = store_int(c, 0), .record = store_int(c, 1), .feed = (int32_t)store_int(c, 2) - 1, .key = (uint64_t)store_int(c, 3),
        .agency = (enum agency_kind)store_int(c, 4), .kind = (enum event_kind)store_int(c, 5), .assertion = (enum assertion)store_int(c, 6),
        .flags = (uint32_t)store_int(c, 7), .occurred = time_at(c, 8, p, 0), .occurred_to = time_at(c, 9, p, 1), .recorded = time_at(c, 10, p, 2),
        .from = time_at(c, 11, p, 3), .to = time_at(c, 12, p, 4), .order = (enum order_type)store_int(c, 14), .conditions = (uint32_t)store_int(c, 15),
        .place = (uint64_t)store_int(c, 16), .incident = (uint64_t)store_int(c, 17)};
}

enum err_code intake_event_of_row(struct store *s, int64_t row, struct event *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool there;
    ERR_TRY(STORE_QUERY(s, sql_intake_event_of_row, &c, e, V_INT(row)));
    ERR_TRY(store_step(c, &there, e));
    if (!there)
        return err_set(e, ERR_NOT_FOUND, "there is no row %lld", (long long)row);
    event_at(c, ret);
    return ERR_OK;
}

static enum err_code give_event(struct event *ev, struct record_mentions *m, event_sink *sink, void *ctx, struct err *e)
{
    ERR_TRY(mentions_of(m, ev->record, e));
    ev->mentions = (const void *)m->ids.p;
    ev->roles = (const void *)m->roles.p;
    ev->n_mentions = m->n;
    return sink(ctx, ev, e);
}

/* Rows of one record with one event key state one event: the first (it has a narrative if any has) speaks, the flags of all count. */
static enum err_code each_event(struct store_cursor *c, struct record_mentions *m, event_sink *sink, void *ctx, struct err *e)
{
    struct event held, ev;
    bool have = false;
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (row)
            event_at(c, &ev);
        if (row && have && ev.record == held.record && ev.key == held.key) {
            held.flags |= ev.flags;
            continue;
        }
        if (have)
            ERR_TRY(give_event(&held, m, sink, ctx, e));
        if (!row)
            return ERR_OK;
        held = ev;
        have = true;
    }
}

enum err_code intake_each_event(struct store *s, event_sink *sink, void *ctx, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct record_mentions m;
    enum err_code code = mentions_open(s, &m, e);
    if (code == ERR_OK)
        code = store_query(s, &sql_intake_event_each, STORE_NO_VALUES, &c, e);
    if (code == ERR_OK)
        code = each_event(c, &m, sink, ctx, e);
    mentions_close(&m);
    return code;
}

enum err_code intake_each_shown(struct store *s, shown_sink *sink, void *ctx, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(store_query(s, &sql_intake_rows_shown, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        ERR_TRY(sink(ctx, store_int(c, 0), e));
    }
}

/* ---- events of some mentions ---- */

static int record_cmp(const void *l, const void *r)
{
    const int64_t *x = l, *y = r;
    return *x < *y ? -1 : *x > *y;
}

/* Their records, ascending, each once. Mentions that are not there any more are left out. */
static enum err_code records_of(struct store *s, const int64_t *mentions, size_t n, struct buf *ret, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        int64_t record;
        enum err_code code = store_query_int(s, &sql_intake_record_of_mention, (const struct store_value[]){V_INT(mentions[i])}, &record, e);
        if (code == ERR_NOT_FOUND)
            continue;
        ERR_TRY(code);
        (void)buf_add(ret, &record, sizeof record);
    }
    int64_t *v = (void *)ret->p;
    size_t all = ret->n / sizeof *v, kept = 0;
    if (all)
        qsort(v, all, sizeof *v, record_cmp);
    for (size_t i = 0; i < all; i++)
        if (i == 0 || v[i] != v[i - 1])
            v[kept++] = v[i];
    ret->n = kept * sizeof *v;
    return buf_check(ret, "the list of records", e);
}

static enum err_code mentions_of_one(struct store *s, struct record_mentions *m, int64_t record, struct err *e)
{
    m->record = record;
    m->n = 0;
    buf_clear(&m->ids);
    buf_clear(&m->roles);
    ERR_TRY(STORE_QUERY(s, sql_intake_mention_heads_of, &m->c, e, V_INT(record)));
    enum err_code code = store_step(m->c, &m->more, e);
    while (code == ERR_OK && m->more) {
        code = mentions_add(m, e);
        if (code == ERR_OK)
            code = store_step(m->c, &m->more, e);
    }
    store_finish(m->c);
    m->c = NULL;
    return code;
}

static enum err_code events_of_one(struct store *s, struct record_mentions *m, int64_t record, event_sink *sink, void *ctx, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(mentions_of_one(s, m, record, e));
    ERR_TRY(STORE_QUERY(s, sql_intake_event_of, &c, e, V_INT(record)));
    return each_event(c, m, sink, ctx, e);
}

enum err_code intake_each_event_of(struct store *s, const int64_t *mentions, size_t n, event_sink *sink, void *ctx, struct err *e)
{
    struct record_mentions m = {.record = -1};
    _cleanup_buf_ struct buf records;
    buf_init(&records, (n + 1) * sizeof(int64_t));
    buf_init(&m.ids, LIMIT_RECORD_MENTIONS * sizeof(int64_t));
    buf_init(&m.roles, LIMIT_RECORD_MENTIONS * sizeof(enum role));
    enum err_code code = records_of(s, mentions, n, &records, e);
    const int64_t *v = (const void *)records.p;
    for (size_t i = 0; code == ERR_OK && i < records.n / sizeof *v; i++)
        code = events_of_one(s, &m, v[i], sink, ctx, e);
    mentions_close(&m);
    return code;
}

/* ---- relations ---- */

static bool is_of_row(int64_t mention, int64_t row) { return mention / SLOTS_PER_ROW == row; }

/* From a stated slot to the mentions it speaks of; none are given when the mention at either end is not current. */
static enum err_code give_relation(const struct store_cursor *c, const struct record_mentions *m, relation_sink *sink, void *ctx, struct err *e)
{
    const int64_t row = store_int(c, 0), to = store_int(c, 3);
    const enum role to_role = (enum role)store_int(c, 4);
    struct relation_stated r = {.event = row, .a = row * SLOTS_PER_ROW + store_int(c, 2), .relation = (enum relation)store_int(c, 5)};
    const int64_t *ids = (const void *)m->ids.p;
    const enum role *roles = (const void *)m->roles.p;
    for (size_t i = 0; i < m->n; i++) {
        bool meant = to >= 0 ? ids[i] == row * SLOTS_PER_ROW + to : roles[i] == to_role && !is_of_row(ids[i], row);
        if (!meant)
            continue;
        r.b = ids[i];
        ERR_TRY(sink(ctx, &r, e));
    }
    return ERR_OK;
}

enum err_code intake_each_relation(struct store *s, relation_sink *sink, void *ctx, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct record_mentions m;
    enum err_code code = mentions_open(s, &m, e);
    if (code == ERR_OK)
        code = store_query(s, &sql_intake_relation_each, STORE_NO_VALUES, &c, e);
    for (bool row = true; code == ERR_OK;) {
        code = store_step(c, &row, e);
        if (code != ERR_OK || !row)
            break;
        code = mentions_of(&m, store_int(c, 1), e);
        if (code == ERR_OK)
            code = give_relation(c, &m, sink, ctx, e);
    }
    mentions_close(&m);
    return code;
}
