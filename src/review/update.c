/* update.c: review of a hub: read, code, make cases, write what differs. A killed update leaves the former cases whole; the next one completes it. */
#include "review/update.h"

#include "sql/review_sql.h"

#define AS_INT(x) V_INT((int64_t)(x))

/* ---- what is kept ---- */

struct kept {
    uint64_t id, content, victim, suspect;
    uint32_t rules;
    int64_t known_from;
};

static enum err_code read_kept(struct store *s, struct buf *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(store_query(s, &sql_review_case_heads, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return buf_check(ret, "the list of cases", e);
        struct kept k = {(uint64_t)store_int(c, 0), (uint64_t)store_int(c, 1), (uint64_t)store_int(c, 3), (uint64_t)store_int(c, 4), (uint32_t)store_int(c, 5), store_int(c, 2)};
        (void)buf_add(ret, &k, sizeof k);
    }
}

/* ---- writing ---- */

static enum err_code write_reason(struct store *s, const struct case_row *row, const struct review_reason *r, struct err *e)
{
    ERR_TRY(STORE_RUN(s, sql_review_reason_insert, e, AS_INT(row->id), V_INT(r->rule), V_TEXT(r->words), V_INT(r->since.ms), V_INT(r->since.precision)));
    for (size_t k = 0; k < r->n_evidence; k++) {
        const struct review_evidence *ev = &r->evidence[k];
        ERR_TRY(STORE_RUN(s, sql_review_evidence_insert, e, AS_INT(row->id), V_INT(r->rule), AS_INT(k), V_INT(ev->row), AS_INT(ev->event_key), V_INT(ev->feed), V_INT(ev->behaviour)));
    }
    return ERR_OK;
}

static enum err_code write_case(struct store *s, const struct case_row *row, int64_t known_from, struct err *e)
{
    ERR_TRY(STORE_RUN(s, sql_review_case_insert, e, AS_INT(row->id), AS_INT(row->victim), AS_INT(row->suspect), AS_INT(row->content), V_INT(known_from), V_INT(row->rules), V_INT(row->marks),
                      V_INT(row->newest.ms), V_INT(row->newest.precision), row->clock_due_ms ? V_INT(row->clock_due_ms) : V_NULL, V_INT(row->n_occasions), V_INT(row->n_agencies),
                      V_INT(row->relation), V_INT(row->relation_former), V_INT(row->relation_sources)));
    for (size_t i = 0; i < row->n_reasons; i++)
        ERR_TRY(write_reason(s, row, &row->reasons[i], e));
    for (size_t i = 0; i < row->n_orders; i++) {
        const struct order *o = row->orders[i];
        ERR_TRY(STORE_RUN(s, sql_review_order_insert, e, AS_INT(row->id), AS_INT(i), V_INT(o->row), V_INT(o->type), V_INT(o->conditions), V_INT(o->from.ms), V_INT(o->from.precision), V_INT(o->to.ms),
                          V_INT(o->to.precision)));
    }
    return ERR_OK;
}

static enum err_code delete_case(struct store *s, uint64_t id, struct err *e)
{
    ERR_TRY(STORE_RUN(s, sql_review_order_delete, e, AS_INT(id)));
    ERR_TRY(STORE_RUN(s, sql_review_evidence_delete, e, AS_INT(id)));
    ERR_TRY(STORE_RUN(s, sql_review_reason_delete, e, AS_INT(id)));
    return STORE_RUN(s, sql_review_case_delete, e, AS_INT(id));
}

static enum err_code retire_case(struct store *s, const struct kept *k, int64_t now, struct err *e)
{
    int64_t past;
    ERR_TRY(store_reserve_ids(s, "review_case_past", 1, &past, e));
    ERR_TRY(STORE_RUN(s, sql_review_case_past_insert, e, V_INT(past), AS_INT(k->id), AS_INT(k->victim), AS_INT(k->suspect), V_INT(k->rules), V_INT(k->known_from), V_INT(now)));
    return delete_case(s, k->id, e);
}

/* Both lists are by id: one walk. */
static enum err_code write_difference(struct store *s, const struct case_list *l, const struct kept *kept, size_t n_kept, int64_t now, struct err *e)
{
    size_t i = 0, k = 0;
    while (i < l->n || k < n_kept) {
        if (k == n_kept || (i < l->n && l->v[i].id < kept[k].id)) {
            ERR_TRY(write_case(s, &l->v[i++], now, e));
        } else if (i == l->n || kept[k].id < l->v[i].id) {
            ERR_TRY(retire_case(s, &kept[k++], now, e));
        } else {
            if (l->v[i].content != kept[k].content) {
                ERR_TRY(delete_case(s, kept[k].id, e));
                ERR_TRY(write_case(s, &l->v[i], kept[k].known_from, e));
            }
            i++, k++;
        }
    }
    return ERR_OK;
}

static bool same(const struct case_list *l, const struct kept *kept, size_t n_kept)
{
    if (l->n != n_kept)
        return false;
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].id != kept[i].id || l->v[i].content != kept[i].content)
            return false;
    return true;
}

enum err_code cases_write(struct store *s, const struct case_list *l, struct err *e)
{
    _cleanup_buf_ struct buf kept;
    buf_init(&kept, (size_t)1 << 30);
    ERR_TRY(read_kept(s, &kept, e));
    const struct kept *v = (const void *)kept.p;
    size_t n = kept.n / sizeof *v;
    if (same(l, v, n))
        return ERR_OK;
    const bool own = !store_in_transaction(s); /* else the caller's */
    if (own)
        ERR_TRY(store_begin(s, e));
    enum err_code code = write_difference(s, l, v, n, now_ms(), e);
    if (!own)
        return code;
    if (code == ERR_OK)
        return store_commit(s, e);
    store_rollback(s);
    return code;
}

/* ---- all of it ---- */

static void stage(struct progress *p, const char *name, uint64_t total)
{
    if (p)
        progress_start(p, name, total);
}

static enum err_code update(struct store *s, const struct vault *v, struct progress *p, struct arena *a, struct review_counts *ret, struct err *e)
{
    struct people_map map;
    struct review_facts f;
    struct case_list cases;
    double t0 = monotonic_s();
    stage(p, "Reading what happened", 0);
    ERR_TRY(facts_load(s, &map, a, &f, e));
    stage(p, "Coding behaviours", f.n);
    ERR_TRY(facts_code(s, v, &f, p, a, e));
    double t1 = monotonic_s();
    stage(p, "Looking for patterns", 0);
    ERR_TRY(cases_make(&f, a, &cases, e));
    double t2 = monotonic_s();
    stage(p, "Writing cases", 0);
    ERR_TRY(cases_write(s, &cases, e));
    *ret = (struct review_counts){.events = f.n, .occasions = cases.n_occasions, .pairs = cases.n_pairs, .cases = cases.n, .reasons = cases.n_reasons,
                                  .seconds_code = t1 - t0, .seconds_rules = t2 - t1, .seconds_write = monotonic_s() - t2};
    memcpy(ret->by_rule, cases.by_rule, sizeof ret->by_rule);
    return ERR_OK;
}

enum err_code review_update(struct store *s, const struct vault *v, struct progress *p, struct review_counts *ret, struct err *e)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, LIMIT_REVIEW_BYTES);
    enum err_code code = update(s, v, p, &a, ret, e);
    if (p)
        progress_end(p);
    return code;
}
