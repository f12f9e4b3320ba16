/* ties_store.c: the facts behind ties, read from the store; see ties.c for what follows from them.
 * Shared telephones and addresses are found by blind index from one person's own values, so nobody else's values are opened but those that match. */
#include "people/people.h"

#include "sql/people_sql.h"

#include <stdlib.h>

struct dated { /* an event's time, by its id */
    int64_t event;
    struct instant at;
};
struct reader {
    struct arena *a;
    struct buf shown;     /* int64_t: rows of which more may be known than who holds them, ascending */
    struct buf events;    /* struct event, with copies of their lists */
    struct buf relations; /* struct relation_stated */
    struct buf dates;     /* struct dated */
    struct buf at;        /* struct instant, beside relations */
};

static int row_cmp(const void *l, const void *r)
{
    const int64_t *x = l, *y = r;
    return *x < *y ? -1 : *x > *y;
}

static enum err_code take_shown(void *ctx, int64_t row, struct err *e)
{
    struct reader *r = ctx;
    (void)buf_add(&r->shown, &row, sizeof row);
    return buf_check(&r->shown, "the rows behind ties", e);
}

/* What may not be shown makes no tie: the tie would tell it. */
static bool is_shown(const struct reader *r, int64_t row)
{
    return r->shown.n && bsearch(&row, r->shown.p, r->shown.n / sizeof row, sizeof row, row_cmp);
}

static enum err_code take_event(void *ctx, const struct event *ev, struct err *e)
{
    struct reader *r = ctx;
    if (!is_shown(r, ev->row))
        return ERR_OK;
    struct dated d = {ev->id, ev->occurred.precision ? ev->occurred : ev->recorded};
    (void)buf_add(&r->dates, &d, sizeof d);
    if (ev->n_mentions < 2)
        return buf_check(&r->dates, "the dates of events", e);
    struct event copy = *ev;
    int64_t *mentions = ARENA_NEW(r->a, int64_t, ev->n_mentions);
    enum role *roles = ARENA_NEW(r->a, enum role, ev->n_mentions);
    if (!mentions || !roles)
        return err_set(e, ERR_LIMIT, "the events do not fit into the memory set aside for ties");
    memcpy(mentions, ev->mentions, ev->n_mentions * sizeof *mentions);
    memcpy(roles, ev->roles, ev->n_mentions * sizeof *roles);
    copy.mentions = mentions;
    copy.roles = roles;
    (void)buf_add(&r->events, &copy, sizeof copy);
    return buf_check(&r->events, "the events behind ties", e);
}

static enum err_code take_relation(void *ctx, const struct relation_stated *rel, struct err *e)
{
    struct reader *r = ctx;
    if (!is_shown(r, rel->event))
        return ERR_OK;
    (void)buf_add(&r->relations, rel, sizeof *rel);
    return buf_check(&r->relations, "the relations that agencies state", e);
}

static int dated_cmp(const void *l, const void *r)
{
    const struct dated *x = l, *y = r;
    return x->event < y->event ? -1 : x->event > y->event;
}

static enum err_code read_facts(struct store *s, struct reader *r, struct tie_facts *ret, struct err *e)
{
    ERR_TRY(intake_each_shown(s, take_shown, r, e));
    ERR_TRY(intake_each_event(s, take_event, r, e));
    ERR_TRY(intake_each_relation(s, take_relation, r, e));
    size_t n = r->relations.n / sizeof(struct relation_stated), n_dates = r->dates.n / sizeof(struct dated);
    if (n_dates)
        qsort(r->dates.p, n_dates, sizeof(struct dated), dated_cmp);
    for (size_t i = 0; i < n; i++) {
        struct dated wanted = {((const struct relation_stated *)(const void *)r->relations.p)[i].event, INSTANT_NONE};
        const struct dated *d = n_dates ? bsearch(&wanted, r->dates.p, n_dates, sizeof wanted, dated_cmp) : NULL;
        struct instant at = d ? d->at : INSTANT_NONE;
        (void)buf_add(&r->at, &at, sizeof at);
    }
    *ret = (struct tie_facts){(const void *)r->relations.p, (const void *)r->at.p, n, (const void *)r->events.p, r->events.n / sizeof(struct event)};
    return buf_check(&r->at, "the relations that agencies state", e);
}

static enum err_code ties_read(struct store *s, const struct people_map *m, uint32_t only, struct arena *a, struct tie **ret, size_t *ret_n, struct err *e)
{
    _cleanup_arena_ struct arena scratch;
    struct reader r = {.a = &scratch};
    struct tie_facts facts;
    arena_init(&scratch, LIMIT_PEOPLE_TABLE_BYTES);
    buf_init(&r.shown, LIMIT_PEOPLE_MENTIONS * sizeof(int64_t));
    buf_init(&r.events, LIMIT_TIES * sizeof(struct event));
    buf_init(&r.relations, LIMIT_TIES * sizeof(struct relation_stated));
    buf_init(&r.dates, LIMIT_PEOPLE_MENTIONS * sizeof(struct dated));
    buf_init(&r.at, LIMIT_TIES * sizeof(struct instant));
    enum err_code code = read_facts(s, &r, &facts, e);
    if (code == ERR_OK)
        code = ties_derive(&facts, m, only, a, ret, ret_n, e);
    buf_release(&r.shown);
    buf_release(&r.events);
    buf_release(&r.relations);
    buf_release(&r.dates);
    buf_release(&r.at);
    return code;
}

enum err_code people_ties(struct store *s, const struct people_map *m, struct arena *a, struct tie **ret, size_t *ret_n, struct err *e)
{
    return ties_read(s, m, UINT32_MAX, a, ret, ret_n, e);
}

/* ---- shared telephones and addresses of one person ---- */

static void add_shared(struct buf *list, uint32_t x, uint32_t y, enum tie_kind kind)
{
    struct tie t = {.a = x < y ? x : y, .b = x < y ? y : x, .kind = kind, .n_sources = 1};
    struct tie *v = (void *)list->p;
    for (size_t i = 0; i < list->n / sizeof *v; i++)
        if (v[i].a == t.a && v[i].b == t.b && v[i].kind == kind) {
            v[i].n_sources++;
            return;
        }
    (void)buf_add(list, &t, sizeof t);
}

struct seeker {
    struct store *s;
    const struct vault *v;
    const struct people_map *map;
    uint32_t person;
    struct arena *a;
    struct buf *list;
};

/* A record of which nothing may be known makes no tie. */
static enum err_code open_known(struct seeker *k, int64_t mention, bool *ret_known, struct mention *ret, struct err *e)
{
    enum err_code code = intake_mention(k->s, k->v, mention, k->a, ret, e);
    *ret_known = code == ERR_OK;
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static enum err_code seek_phone(struct seeker *k, const struct mention *m, struct err *e)
{
    int64_t *ids;
    size_t n;
    if (!m->v[LINK_PERSON_phone].n)
        return ERR_OK;
    ERR_TRY(intake_find(k->s, k->v, "phone", m->v[LINK_PERSON_phone], k->a, &ids, &n, e));
    for (size_t i = 0; i < n; i++) {
        uint32_t other = people_map_find(k->map, ids[i]);
        struct mention x;
        bool known;
        if (other == UINT32_MAX || other == k->person)
            continue;
        ERR_TRY(open_known(k, ids[i], &known, &x, e));
        if (known && x.v[LINK_PERSON_phone].n)
            add_shared(k->list, k->person, other, TIE_SHARED_PHONE);
    }
    return ERR_OK;
}

/* A postcode holds some fifteen homes; the first line tells which. */
static enum err_code seek_address(struct seeker *k, const struct mention *m, struct err *e)
{
    int64_t *ids;
    size_t n;
    if (!m->v[LINK_PERSON_postcode].n || !m->v[LINK_PERSON_address_line].n)
        return ERR_OK;
    ERR_TRY(intake_find(k->s, k->v, "postcode", m->v[LINK_PERSON_postcode], k->a, &ids, &n, e));
    for (size_t i = 0; i < n && i < LIMIT_PEOPLE_NEIGHBOURS; i++) {
        uint32_t other = people_map_find(k->map, ids[i]);
        struct mention x;
        bool known;
        if (other == UINT32_MAX || other == k->person)
            continue;
        ERR_TRY(open_known(k, ids[i], &known, &x, e));
        if (known && str_eq(x.v[LINK_PERSON_address_line], m->v[LINK_PERSON_address_line]))
            add_shared(k->list, k->person, other, TIE_SHARED_ADDRESS);
    }
    return ERR_OK;
}

static int tie_cmp(const void *l, const void *r)
{
    const struct tie *x = l, *y = r;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    if (x->b != y->b)
        return x->b < y->b ? -1 : 1;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : (int)x->relation - (int)y->relation;
}

static enum err_code seek_all(struct seeker *k, struct err *e)
{
    int64_t *ids;
    size_t n;
    struct arena scratch, *all = k->a;
    ERR_TRY(people_members(k->s, k->map->person_key[k->person], all, &ids, &n, e));
    arena_init(&scratch, LIMIT_REQUEST_BYTES);
    k->a = &scratch;
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < n && code == ERR_OK; i++) {
        struct mention m;
        bool known = false;
        code = open_known(k, ids[i], &known, &m, e);
        if (code == ERR_OK && known)
            code = seek_phone(k, &m, e);
        if (code == ERR_OK && known)
            code = seek_address(k, &m, e);
        arena_reset(&scratch);
    }
    arena_release(&scratch);
    k->a = all;
    return code == ERR_OK ? buf_check(k->list, "the list of ties between persons", e) : code;
}

enum err_code people_ties_of(struct store *s, const struct vault *v, const struct people_map *m, uint32_t person, struct arena *a,
                             struct tie **ret, size_t *ret_n, struct err *e)
{
    _cleanup_buf_ struct buf list;
    struct tie *ties;
    size_t n;
    buf_init(&list, LIMIT_TIES * sizeof(struct tie));
    ERR_TRY(ties_read(s, m, person, a, &ties, &n, e));
    (void)buf_add(&list, ties, n * sizeof *ties);
    struct seeker k = {s, v, m, person, a, &list};
    ERR_TRY(seek_all(&k, e));
    n = list.n / sizeof *ties;
    ties = ARENA_NEW(a, struct tie, n);
    if (!ties)
        return err_set(e, ERR_LIMIT, "the ties do not fit into the memory set aside for them");
    if (n) {
        memcpy(ties, list.p, list.n);
        qsort(ties, n, sizeof *ties, tie_cmp);
    }
    *ret = ties;
    *ret_n = n;
    return ERR_OK;
}
