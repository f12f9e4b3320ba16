/* ties.c: what ties persons to each other, derived from what agencies state and from records that name both. Pure but for people_ties(), which reads the facts.
 *
 *   1 stated: one tie for each two persons and relation; a symmetrical relation (partner, sibling, neighbour) is kept from the lesser number
 *   2 former: stated as former, or a later statement of any agency says former partner of what was stated as partner
 *   3 shared event: one record names one as harmed and the other as accused
 *   4 shared child: the same child stands in records of both, for two that share an event
 * Dates are the first and last time that something showed the tie. */
#include "people/people.h"

#include <stdlib.h>

static const bool symmetrical[RELATION_N] = {
    [RELATION_partner] = true, [RELATION_former_partner] = true, [RELATION_sibling] = true, [RELATION_relative] = true,
    [RELATION_household] = true, [RELATION_neighbour] = true, [RELATION_colleague] = true, [RELATION_friend] = true,
    [RELATION_acquaintance] = true, [RELATION_stranger] = true,
};

struct derive {
    const struct people_map *map;
    uint32_t only;   /* UINT32_MAX: all */
    struct buf ties; /* struct tie */
    struct buf children; /* struct child_of */
};
struct child_of {
    uint32_t child, adult;
    struct instant at;
};

static void add(struct derive *d, uint32_t a, uint32_t b, enum tie_kind kind, enum relation relation, struct instant at)
{
    if (a == UINT32_MAX || b == UINT32_MAX || a == b || (d->only != UINT32_MAX && a != d->only && b != d->only))
        return;
    bool swap = a > b && (kind != TIE_STATED || symmetrical[relation]);
    struct tie t = {swap ? b : a, swap ? a : b, kind, relation, relation == RELATION_former_partner, at, at, 1};
    (void)buf_add(&d->ties, &t, sizeof t); /* checked once at the end */
}

/* ---- 1 stated, 3 events ---- */

static bool harmed(enum role r) { return r == ROLE_victim || r == ROLE_protected_person; }
static bool accused(enum role r) { return r == ROLE_suspect || r == ROLE_unknown_suspect || r == ROLE_convicted; }

static void take_event(struct derive *d, const struct event *ev)
{
    struct instant at = ev->occurred.precision ? ev->occurred : ev->recorded;
    for (size_t i = 0; i < ev->n_mentions; i++) {
        uint32_t person = people_map_find(d->map, ev->mentions[i]);
        for (size_t j = 0; j < ev->n_mentions; j++) {
            uint32_t other = people_map_find(d->map, ev->mentions[j]);
            if (harmed(ev->roles[i]) && accused(ev->roles[j]))
                add(d, person, other, TIE_SHARED_EVENT, RELATION_unknown, at);
            struct child_of c = {person, other, at};
            if (ev->roles[i] == ROLE_child && ev->roles[j] != ROLE_child && person != UINT32_MAX && other != UINT32_MAX)
                (void)buf_add(&d->children, &c, sizeof c);
        }
    }
}

/* ---- one tie out of many sightings ---- */

static int instants_cmp(struct instant x, struct instant y)
{
    if (!x.precision || !y.precision)
        return !x.precision - !y.precision; /* an unknown date is after all that are known */
    return x.ms < y.ms ? -1 : x.ms > y.ms ? 1 : (int)y.precision - (int)x.precision;
}

static int same_tie_cmp(const struct tie *x, const struct tie *y)
{
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    if (x->b != y->b)
        return x->b < y->b ? -1 : 1;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : (int)x->relation - (int)y->relation;
}

static int tie_cmp(const void *l, const void *r)
{
    int same = same_tie_cmp(l, r);
    return same ? same : instants_cmp(((const struct tie *)l)->first, ((const struct tie *)r)->first);
}

static size_t gather(struct tie *v, size_t n)
{
    size_t kept = 0;
    if (n)
        qsort(v, n, sizeof *v, tie_cmp);
    for (size_t i = 0; i < n; i++) {
        if (kept && same_tie_cmp(&v[kept - 1], &v[i]) == 0) {
            if (v[i].last.precision)
                v[kept - 1].last = v[i].last;
            v[kept - 1].n_sources += v[i].n_sources;
        } else {
            v[kept++] = v[i];
        }
    }
    return kept;
}

/* ---- 2 former ---- */

static void mark_former(struct tie *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n && v[j].a == v[i].a && v[j].b == v[i].b; j++)
            if (v[i].relation == RELATION_partner && v[j].relation == RELATION_former_partner && instants_cmp(v[j].last, v[i].first) >= 0)
                v[i].former = true;
}

/* ---- 4 children ---- */

static int child_cmp(const void *l, const void *r)
{
    const struct child_of *x = l, *y = r;
    if (x->child != y->child)
        return x->child < y->child ? -1 : 1;
    if (x->adult != y->adult)
        return x->adult < y->adult ? -1 : 1;
    return instants_cmp(x->at, y->at);
}

/* Is there a shared event of the two? `v` is sorted, as gather() leaves it. */
static bool share_event(const struct tie *v, size_t n, uint32_t a, uint32_t b)
{
    struct tie wanted = {.a = a < b ? a : b, .b = a < b ? b : a, .kind = TIE_SHARED_EVENT};
    size_t from = 0, to = n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (same_tie_cmp(&v[mid], &wanted) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from < n && same_tie_cmp(&v[from], &wanted) == 0;
}

static void share_children(struct derive *d)
{
    struct child_of *v = (void *)d->children.p;
    size_t n = d->children.n / sizeof *v, n_ties = d->ties.n / sizeof(struct tie);
    if (n)
        qsort(v, n, sizeof *v, child_cmp);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && v[to].child == v[from].child;)
            to++;
        for (size_t i = from; i < to; i++)
            for (size_t j = i + 1; j < to; j++) {
                bool first_of_each = (i == from || v[i - 1].adult != v[i].adult) && v[j - 1].adult != v[j].adult;
                if (first_of_each && share_event((const void *)d->ties.p, n_ties, v[i].adult, v[j].adult))
                    add(d, v[i].adult, v[j].adult, TIE_SHARED_CHILD, RELATION_unknown, v[j].at);
            }
    }
}

enum err_code ties_derive(const struct tie_facts *f, const struct people_map *m, uint32_t only_person, struct arena *a, struct tie **ret,
                          size_t *ret_n, struct err *e)
{
    struct derive d = {.map = m, .only = only_person};
    buf_init(&d.ties, LIMIT_TIES * sizeof(struct tie));
    buf_init(&d.children, LIMIT_TIES * sizeof(struct child_of));
    for (size_t i = 0; i < f->n_relations; i++) {
        const struct relation_stated *r = &f->relations[i];
        struct instant at = r->from.precision ? r->from : f->relation_at[i];
        if (r->relation > RELATION_unknown && r->relation < RELATION_N)
            add(&d, people_map_find(m, r->a), people_map_find(m, r->b), TIE_STATED, r->relation, at);
    }
    for (size_t i = 0; i < f->n_events; i++)
        take_event(&d, &f->events[i]);
    d.ties.n = gather((void *)d.ties.p, d.ties.n / sizeof(struct tie)) * sizeof(struct tie);
    share_children(&d);
    size_t n = gather((void *)d.ties.p, d.ties.n / sizeof(struct tie));
    mark_former((void *)d.ties.p, n);
    struct tie *ties = ARENA_NEW(a, struct tie, n);
    enum err_code code = buf_check(&d.ties, "the list of ties between persons", e);
    if (code == ERR_OK)
        code = buf_check(&d.children, "the list of children in records", e);
    if (code == ERR_OK && !ties)
        code = err_set(e, ERR_LIMIT, "the ties do not fit into the memory set aside for them");
    if (code == ERR_OK) {
        if (n)
            memcpy(ties, d.ties.p, n * sizeof *ties);
        *ret = ties;
        *ret_n = n;
    }
    buf_release(&d.ties);
    buf_release(&d.children);
    return code;
}
