/* update.c: computes persons again from everything that is currently stated, and writes only what differs.
 *
 * All changes go in one transaction: a reader sees the former persons or the new ones, never a mixture; a kill leaves the former ones and the next update does the work again. */
#include "people/update.h"

#include "sql/people_sql.h"

#include <stdlib.h>

#define AS_INT(key) V_INT((int64_t)(key))

/* ---- reading ---- */

enum err_code membership_load(struct store *s, struct buf *ret, struct err *e)
{
    struct store_cursor *c;
    bool row;
    ERR_TRY(store_query(s, &sql_people_now, STORE_NO_VALUES, &c, e));
    enum err_code code;
    while ((code = store_step(c, &row, e)) == ERR_OK && row) {
        struct membership m = {store_int(c, 0), store_int(c, 3), (uint64_t)store_int(c, 1), (uint64_t)store_int(c, 2)};
        (void)buf_add(ret, &m, sizeof m);
    }
    store_finish(c);
    return code == ERR_OK ? buf_check(ret, "the list of who is who", e) : code;
}

enum err_code decisions_load(struct store *s, struct buf *ret, struct err *e)
{
    struct store_cursor *c;
    bool row;
    ERR_TRY(store_query(s, &sql_people_decisions, STORE_NO_VALUES, &c, e));
    enum err_code code;
    while ((code = store_step(c, &row, e)) == ERR_OK && row) {
        struct people_decision d = {(uint64_t)store_int(c, 2), (uint64_t)store_int(c, 3), (enum decision_kind)store_int(c, 1)};
        (void)buf_add(ret, &d, sizeof d);
    }
    store_finish(c);
    return code == ERR_OK ? buf_check(ret, "the list of decisions on who is who", e) : code;
}

struct scan {
    struct partition *p;
    struct progress *progress;
    uint64_t n;
};

static enum err_code scan_add(void *ctx, const struct mention *m, struct err *e)
{
    struct scan *scan = ctx;
    if (scan->progress && (++scan->n & 1023) == 0)
        progress_to(scan->progress, scan->n);
    return partition_add(scan->p, m, e);
}

static enum err_code scan_and_solve(struct store *s, const struct vault *v, struct partition *p, const struct buf *decisions,
                                    struct progress *progress, struct people_counts *counts, struct err *e)
{
    struct scan scan = {p, progress, 0};
    double t0 = monotonic_s();
    if (progress)
        progress_start(progress, "Reading mentions of people", 0);
    ERR_TRY(intake_each_mention(s, v, scan_add, &scan, e));
    double t1 = monotonic_s();
    if (progress)
        progress_start(progress, "Working out who is who", 0);
    ERR_TRY(partition_solve(p, (const void *)decisions->p, decisions->n / sizeof(struct people_decision), progress, e));
    ERR_TRY(partition_band(p, (const void *)decisions->p, decisions->n / sizeof(struct people_decision), e));
    counts->seconds_read = t1 - t0;
    counts->seconds_link = monotonic_s() - t1;
    counts->mentions = part_n(p);
    counts->profiles = part_n_profiles(p);
    counts->pairs_compared = p->pairs_compared;
    counts->edges = part_n_edges(p);
    counts->persons = p->n_persons;
    counts->band_pairs = p->band.n / sizeof(struct part_band);
    return ERR_OK;
}

enum err_code partition_of_store(struct store *s, const struct vault *v, const struct link_model *m, const struct buf *decisions,
                                 struct progress *progress, struct people_counts *counts, struct partition **ret, struct err *e)
{
    struct partition *p;
    ERR_TRY(partition_new(m, &p, e));
    enum err_code code = scan_and_solve(s, v, p, decisions, progress, counts, e);
    if (code != ERR_OK)
        partition_free(p);
    else
        *ret = p;
    return code;
}

/* ---- what differs ---- */

static int membership_cmp(const void *l, const void *r)
{
    const struct membership *x = l, *y = r;
    return x->mention < y->mention ? -1 : x->mention > y->mention;
}

static enum err_code memberships_of(const struct partition *p, struct buf *ret, struct err *e)
{
    const struct part_mention *m = part_mentions(p);
    for (size_t i = 0; i < part_n(p); i++) {
        struct membership x = {m[i].id, 0, m[i].key, p->person_key[p->person_of[i]]};
        (void)buf_add(ret, &x, sizeof x);
    }
    if (ret->n)
        qsort(ret->p, ret->n / sizeof(struct membership), sizeof(struct membership), membership_cmp);
    return buf_check(ret, "the list of who is who", e);
}

struct band_row { /* a row of person_band */
    uint64_t a, b;
    double weight;
    int64_t fell_at; /* 0: never one person */
};

static int band_cmp(const void *l, const void *r)
{
    const struct band_row *x = l, *y = r;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

static enum err_code band_load(struct store *s, struct buf *ret, struct err *e)
{
    struct store_cursor *c;
    bool row;
    ERR_TRY(store_query(s, &sql_people_band, STORE_NO_VALUES, &c, e));
    enum err_code code;
    while ((code = store_step(c, &row, e)) == ERR_OK && row) {
        struct band_row b = {(uint64_t)store_int(c, 0), (uint64_t)store_int(c, 1), store_column(c, 2).r, store_int(c, 3)};
        (void)buf_add(ret, &b, sizeof b);
    }
    store_finish(c);
    ERR_TRY(code);
    if (ret->n)
        qsort(ret->p, ret->n / sizeof(struct band_row), sizeof(struct band_row), band_cmp);
    return buf_check(ret, "the list of pairs for clerical review", e);
}

/* Former person of each mention of the partition, 0 where there was none. */
static uint64_t *former_persons(const struct partition *p, const struct buf *was, struct arena *a)
{
    uint64_t *former = ARENA_NEW(a, uint64_t, part_n(p));
    const struct membership *m = (const void *)was->p;
    for (size_t i = 0; former && i < was->n / sizeof *m; i++) {
        ptrdiff_t at = partition_find(p, m[i].mention_key);
        if (at >= 0)
            former[at] = m[i].person;
    }
    return former;
}

/* The band as it should stand: a pair that was one person until now fell at `now`; one that fell before keeps its date. */
static enum err_code band_wanted(const struct partition *p, const struct buf *was, const struct buf *stands, int64_t now,
                                 struct buf *ret, struct err *e)
{
    const struct part_band *v = (const void *)p->band.p;
    _cleanup_arena_ struct arena scratch;
    arena_init(&scratch, LIMIT_PEOPLE_TABLE_BYTES);
    uint64_t *former = former_persons(p, was, &scratch);
    if (!former)
        return err_set(e, ERR_NO_MEMORY, "out of memory while working out who is who");
    for (size_t i = 0; i < p->band.n / sizeof *v; i++) {
        struct band_row row = {v[i].a, v[i].b, v[i].weight, 0};
        const struct band_row *old = stands->n ? bsearch(&row, stands->p, stands->n / sizeof row, sizeof row, band_cmp) : NULL;
        uint64_t a = former[partition_find(p, v[i].a)], b = former[partition_find(p, v[i].b)];
        row.fell_at = a && a == b ? now : old ? old->fell_at : 0;
        (void)buf_add(ret, &row, sizeof row);
    }
    return buf_check(ret, "the list of pairs for clerical review", e);
}

/* ---- writing ---- */

struct plan { /* everything that one transaction writes */
    struct buf changes;   /* struct membership_change */
    struct buf redirects; /* struct redirect: to set */
    struct buf revived;   /* uint64_t: old ids that are persons again */
    struct buf band_was, band_now; /* struct band_row */
    int64_t now;
};

static void plan_release(struct plan *p)
{
    buf_release(&p->changes);
    buf_release(&p->redirects);
    buf_release(&p->revived);
    buf_release(&p->band_was);
    buf_release(&p->band_now);
}

static enum err_code write_past(struct store *s, const struct plan *p, struct err *e)
{
    const struct membership_change *v = (const void *)p->changes.p;
    size_t n = p->changes.n / sizeof *v, n_past = 0;
    for (size_t i = 0; i < n; i++)
        n_past += v[i].was.known_from != 0;
    if (n_past == 0)
        return ERR_OK;
    int64_t id;
    struct store_bulk *b;
    ERR_TRY(store_reserve_ids(s, "person_mention_past", (int64_t)n_past, &id, e));
    ERR_TRY(store_bulk_begin(s, &sql_people_past_insert, &b, e));
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < n && code == ERR_OK; i++)
        if (v[i].was.known_from)
            code = store_bulk_add(b, (const struct store_value[]){V_INT(id++), V_INT(v[i].was.mention), AS_INT(v[i].was.mention_key),
                                      AS_INT(v[i].was.person), V_INT(v[i].was.known_from), V_INT(p->now)}, e);
    enum err_code end = store_bulk_end(b, code == ERR_OK ? e : NULL);
    return code != ERR_OK ? code : end;
}

static enum err_code write_now(struct store *s, const struct plan *p, struct err *e)
{
    const struct membership_change *v = (const void *)p->changes.p;
    size_t n = p->changes.n / sizeof *v;
    for (size_t i = 0; i < n; i++)
        if (v[i].was.known_from && !v[i].mention_key)
            ERR_TRY(STORE_RUN(s, sql_people_now_delete, e, V_INT(v[i].was.mention)));
        else if (v[i].was.known_from)
            ERR_TRY(STORE_RUN(s, sql_people_now_update, e, AS_INT(v[i].person), V_INT(p->now), V_INT(v[i].mention)));
    struct store_bulk *b;
    ERR_TRY(store_bulk_begin(s, &sql_people_now_insert, &b, e));
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < n && code == ERR_OK; i++)
        if (!v[i].was.known_from)
            code = store_bulk_add(b, (const struct store_value[]){V_INT(v[i].mention), AS_INT(v[i].mention_key), AS_INT(v[i].person),
                                      V_INT(p->now)}, e);
    enum err_code end = store_bulk_end(b, code == ERR_OK ? e : NULL);
    return code != ERR_OK ? code : end;
}

static enum err_code write_redirects(struct store *s, const struct plan *p, struct err *e)
{
    const struct redirect *v = (const void *)p->redirects.p;
    const uint64_t *revived = (const void *)p->revived.p;
    for (size_t i = 0; i < p->revived.n / sizeof *revived; i++)
        ERR_TRY(STORE_RUN(s, sql_people_redirect_delete, e, AS_INT(revived[i])));
    for (size_t i = 0; i < p->redirects.n / sizeof *v; i++)
        ERR_TRY(STORE_RUN(s, sql_people_redirect_set, e, AS_INT(v[i].old), v[i].present ? AS_INT(v[i].present) : V_NULL, V_INT(p->now)));
    return ERR_OK;
}

static struct store_value fell(const struct band_row *b) { return b->fell_at ? V_INT(b->fell_at) : V_NULL; }

/* Steps through both sides; with `b` NULL only counts and changes what stands, with it adds what is new. */
static enum err_code band_merge(struct store *s, const struct plan *p, struct store_bulk *b, uint64_t *ret_differs, struct err *e)
{
    const struct band_row *was = (const void *)p->band_was.p, *now = (const void *)p->band_now.p;
    size_t n_was = p->band_was.n / sizeof *was, n_now = p->band_now.n / sizeof *now, i = 0, j = 0;
    while (i < n_was || j < n_now) {
        int cmp = i == n_was ? 1 : j == n_now ? -1 : band_cmp(&was[i], &now[j]);
        const struct band_row *x = cmp <= 0 ? &was[i++] : NULL, *y = cmp >= 0 ? &now[j++] : NULL;
        if (x && y && x->weight == y->weight && x->fell_at == y->fell_at)
            continue;
        ++*ret_differs;
        if (!s)
            continue;
        if (x && !y && !b)
            ERR_TRY(STORE_RUN(s, sql_people_band_delete, e, AS_INT(x->a), AS_INT(x->b)));
        if (x && y && !b)
            ERR_TRY(STORE_RUN(s, sql_people_band_update, e, V_REAL(y->weight), fell(y), AS_INT(y->a), AS_INT(y->b)));
        if (!x && y && b)
            ERR_TRY(store_bulk_add(b, (const struct store_value[]){AS_INT(y->a), AS_INT(y->b), V_REAL(y->weight), fell(y)}, e));
    }
    return ERR_OK;
}

static enum err_code write_band(struct store *s, const struct plan *p, struct err *e)
{
    uint64_t unused = 0;
    struct store_bulk *b;
    ERR_TRY(band_merge(s, p, NULL, &unused, e));
    ERR_TRY(store_bulk_begin(s, &sql_people_band_insert, &b, e));
    enum err_code code = band_merge(s, p, b, &unused, e);
    enum err_code end = store_bulk_end(b, code == ERR_OK ? e : NULL);
    return code != ERR_OK ? code : end;
}

static enum err_code write_all(struct store *s, const struct plan *p, struct err *e)
{
    ERR_TRY(write_past(s, p, e));
    ERR_TRY(write_now(s, p, e));
    ERR_TRY(write_redirects(s, p, e));
    return write_band(s, p, e);
}

/* Old ids that stand as redirects though they are persons again (a join undone, a record come back). */
static enum err_code revived_load(struct store *s, const struct partition *p, struct buf *ret, struct err *e)
{
    struct store_cursor *c;
    bool row;
    ERR_TRY(store_query(s, &sql_people_redirects, STORE_NO_VALUES, &c, e));
    enum err_code code;
    while ((code = store_step(c, &row, e)) == ERR_OK && row) {
        uint64_t old = (uint64_t)store_int(c, 0);
        ptrdiff_t at = partition_find(p, old);
        if (at >= 0 && p->person_key[p->person_of[at]] == old)
            (void)buf_add(ret, &old, sizeof old);
    }
    store_finish(c);
    return code == ERR_OK ? buf_check(ret, "the list of old ids", e) : code;
}

static enum err_code make_plan(struct store *s, const struct partition *p, struct plan *plan, struct err *e)
{
    _cleanup_buf_ struct buf was, now;
    buf_init(&was, LIMIT_PEOPLE_MENTIONS * sizeof(struct membership));
    buf_init(&now, LIMIT_PEOPLE_MENTIONS * sizeof(struct membership));
    ERR_TRY(membership_load(s, &was, e));
    ERR_TRY(memberships_of(p, &now, e));
    const struct membership *w = (const void *)was.p, *n = (const void *)now.p;
    ERR_TRY(membership_diff(w, was.n / sizeof *w, n, now.n / sizeof *n, &plan->changes, e));
    if (plan->changes.n) {
        ERR_TRY(redirects_derive(w, was.n / sizeof *w, n, now.n / sizeof *n, &plan->redirects, e));
        ERR_TRY(revived_load(s, p, &plan->revived, e));
    }
    ERR_TRY(band_load(s, &plan->band_was, e));
    return band_wanted(p, &was, &plan->band_was, plan->now, &plan->band_now, e);
}

static enum err_code write_plan(struct store *s, const struct plan *plan, struct err *e)
{
    uint64_t band_differs = 0;
    ERR_TRY(band_merge(NULL, plan, NULL, &band_differs, e));
    if (plan->changes.n == 0 && band_differs == 0)
        return ERR_OK; /* an unchanged hub writes nothing */
    const bool own = !store_in_transaction(s);
    if (own)
        ERR_TRY(store_begin(s, e));
    enum err_code code = write_all(s, plan, e);
    if (!own)
        return code;
    if (code == ERR_OK)
        code = store_commit(s, e);
    if (code != ERR_OK && store_in_transaction(s))
        store_rollback(s);
    return code;
}

enum err_code partition_write(struct store *s, struct partition *p, uint64_t *ret_changed, struct err *e)
{
    struct plan plan = {.now = now_ms()};
    buf_init(&plan.changes, LIMIT_PEOPLE_MENTIONS * sizeof(struct membership_change));
    buf_init(&plan.redirects, LIMIT_PEOPLE_MENTIONS * sizeof(struct redirect));
    buf_init(&plan.revived, LIMIT_PEOPLE_MENTIONS * sizeof(uint64_t));
    buf_init(&plan.band_was, LIMIT_PEOPLE_EDGES * sizeof(struct band_row));
    buf_init(&plan.band_now, LIMIT_PEOPLE_EDGES * sizeof(struct band_row));
    enum err_code code = make_plan(s, p, &plan, e);
    if (code == ERR_OK)
        code = write_plan(s, &plan, e);
    if (code == ERR_OK)
        *ret_changed = plan.changes.n / sizeof(struct membership_change);
    plan_release(&plan);
    return code;
}

enum err_code people_update(struct store *s, const struct vault *v, const struct link_model *m, struct progress *p,
                            struct people_counts *ret, struct err *e)
{
    _cleanup_partition_ struct partition *part = NULL;
    _cleanup_buf_ struct buf decisions;
    struct people_counts counts = {0};
    buf_init(&decisions, LIMIT_PEOPLE_DECISIONS * sizeof(struct people_decision));
    ERR_TRY(decisions_load(s, &decisions, e));
    ERR_TRY(partition_of_store(s, v, m, &decisions, p, &counts, &part, e));
    double t = monotonic_s();
    if (p)
        progress_start(p, "Writing who is who", 0);
    ERR_TRY(partition_write(s, part, &counts.changed_memberships, e));
    if (p)
        progress_end(p);
    counts.seconds_write = monotonic_s() - t;
    *ret = counts;
    return ERR_OK;
}
