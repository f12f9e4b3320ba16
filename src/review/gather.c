/* gather.c: events into pairs and buckets.
 *
 * 1. Each event gives a row (victim, suspect, event) for every victim and suspect that its record names together, or (victim, nobody, event) when it names no suspect
 *    that can be told apart, or (nobody, suspect, event) when it names the suspect alone.
 * 2. Sorted, the rows of one (victim, suspect) are a pair, those of (victim, nobody) the victim's bucket.
 * 3. Each pair is then offered: the victim's bucket; what records of the suspect alone show; what the suspect did to people near the victim.
 * Nothing depends on the order of events. */
#include "review/core.h"

#include <stdlib.h>

struct row {
    uint32_t victim, suspect, event;
    enum seen_as as;
};

struct rows {
    struct row *v;
    size_t n, cap;
    struct arena *a;
    bool full;
};

static void row_put(struct rows *r, uint32_t victim, uint32_t suspect, uint32_t event, enum seen_as as)
{
    if (r->n == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 4096;
        struct row *v = ARENA_NEW(r->a, struct row, cap);
        if (!v) {
            r->full = true;
            return;
        }
        if (r->n)
            memcpy(v, r->v, r->n * sizeof *v);
        r->v = v;
        r->cap = cap;
    }
    r->v[r->n++] = (struct row){victim, suspect, event, as};
}

static bool worth_offering(const struct event *ev, const struct coding *c)
{
    return event_is_conduct(ev, c) || coding_has(c, BEHAVIOUR_fear) || coding_has(c, BEHAVIOUR_life_changed) || coding_has(c, BEHAVIOUR_fixation);
}

static void rows_of_event(struct rows *r, const struct review_facts *f, uint32_t i)
{
    const struct event *ev = &f->events[i];
    struct sides s;
    sides_of(ev, f->map, &s);
    for (size_t v = 0; v < s.n_victims; v++)
        for (size_t k = 0; k < s.n_suspects; k++)
            if (s.victims[v] != s.suspects[k])
                row_put(r, s.victims[v], s.suspects[k], i, SEEN_DIRECT);
    if (s.n_suspects == 0)
        for (size_t v = 0; v < s.n_victims; v++)
            if (worth_offering(ev, &f->codings[i]))
                row_put(r, s.victims[v], NOBODY, i, SEEN_VICTIM_ONLY);
    for (size_t k = 0; k < s.n_suspects; k++) {
        for (size_t o = 0; o < s.n_others; o++) /* a prisoner's call, a note about a child: it may be the victim of a pair */
            if (s.others[o] != s.suspects[k])
                row_put(r, s.others[o], s.suspects[k], i, SEEN_CONTACTED);
        if (s.n_victims == 0 && worth_offering(ev, &f->codings[i]))
            row_put(r, NOBODY, s.suspects[k], i, SEEN_SUSPECT_ONLY);
    }
}

static int by_pair(const void *l, const void *r)
{
    const struct row *x = l, *y = r;
    if (x->victim != y->victim)
        return x->victim < y->victim ? -1 : 1;
    if (x->suspect != y->suspect)
        return x->suspect < y->suspect ? -1 : 1;
    return x->event < y->event ? -1 : x->event > y->event;
}

static int by_suspect(const void *l, const void *r)
{
    const struct row *x = l, *y = r;
    if (x->suspect != y->suspect)
        return x->suspect < y->suspect ? -1 : 1;
    if (x->victim != y->victim)
        return x->victim < y->victim ? -1 : 1;
    return x->event < y->event ? -1 : x->event > y->event;
}

/* First row of `rows` (sorted by victim, suspect) not less than (victim, suspect). */
static size_t find_pair(const struct rows *r, uint32_t victim, uint32_t suspect)
{
    size_t lo = 0, hi = r->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (r->v[mid].victim < victim || (r->v[mid].victim == victim && r->v[mid].suspect < suspect))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static size_t find_suspect(const struct rows *r, uint32_t suspect)
{
    size_t lo = 0, hi = r->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (r->v[mid].suspect < suspect)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* ---- people near the victim ---- */

size_t ties_find(const struct review_facts *f, uint32_t a, uint32_t b)
{
    size_t lo = 0, hi = f->n_ties;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->ties[mid].a < a || (f->ties[mid].a == a && f->ties[mid].b < b))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool relation_is_near(enum relation r)
{
    return r == RELATION_partner || r == RELATION_parent || r == RELATION_child || r == RELATION_sibling || r == RELATION_relative ||
           r == RELATION_household || r == RELATION_friend || r == RELATION_colleague;
}

static bool tied_one_way(const struct review_facts *f, uint32_t a, uint32_t b)
{
    for (size_t i = ties_find(f, a, b); i < f->n_ties && f->ties[i].a == a && f->ties[i].b == b; i++)
        if (f->ties[i].kind == TIE_SHARED_ADDRESS || f->ties[i].kind == TIE_SHARED_PHONE || f->ties[i].kind == TIE_SHARED_CHILD ||
            (f->ties[i].kind == TIE_STATED && relation_is_near(f->ties[i].relation)))
            return true;
    return false;
}

static bool near(const struct review_facts *f, uint32_t a, uint32_t b) { return tied_one_way(f, a, b) || tied_one_way(f, b, a); }

static bool stated(const struct review_facts *f, uint32_t a, uint32_t b, enum relation wanted, bool former)
{
    for (int turn = 0; turn < 2; turn++) {
        uint32_t x = turn ? b : a, y = turn ? a : b;
        for (size_t i = ties_find(f, x, y); i < f->n_ties && f->ties[i].a == x && f->ties[i].b == y; i++)
            if (f->ties[i].kind == TIE_STATED && (f->ties[i].relation == wanted || (former && f->ties[i].relation == RELATION_partner && f->ties[i].former)))
                return true;
    }
    return false;
}

/* ---- one pair ---- */

struct collector {
    const struct review_facts *f;
    struct rows by_pair, by_suspect;
    struct seen *seen;
    size_t n, cap;
};

static void see(struct collector *c, uint32_t event, enum seen_as as)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->seen[i].event == event) {
            if (as < c->seen[i].as)
                c->seen[i].as = as; /* the nearer reading of one record counts */
            return;
        }
    if (c->n < c->cap)
        c->seen[c->n++] = (struct seen){event, as, NOBODY, false};
}

static void see_offered(struct collector *c, uint32_t victim, uint32_t suspect)
{
    const struct review_facts *f = c->f;
    for (size_t i = find_pair(&c->by_pair, victim, NOBODY); i < c->by_pair.n && c->by_pair.v[i].victim == victim; i++)
        see(c, c->by_pair.v[i].event, SEEN_VICTIM_ONLY);
    for (size_t i = find_suspect(&c->by_suspect, suspect); i < c->by_suspect.n && c->by_suspect.v[i].suspect == suspect; i++) {
        const struct row *r = &c->by_suspect.v[i];
        if (r->victim == NOBODY)
            see(c, r->event, SEEN_SUSPECT_ONLY);
        else if (r->victim != victim && (near(f, r->victim, victim) || coding_has(&f->codings[r->event], BEHAVIOUR_proxy) ||
                                         coding_has(&f->codings[r->event], BEHAVIOUR_third_party_threat)) &&
                 worth_offering(&f->events[r->event], &f->codings[r->event]))
            see(c, r->event, SEEN_THIRD);
    }
}

static int by_time(const void *l, const void *r, void *facts)
{
    const struct review_facts *f = facts;
    const struct event *x = &f->events[((const struct seen *)l)->event], *y = &f->events[((const struct seen *)r)->event];
    int64_t a = event_when(x).ms, b = event_when(y).ms;
    if (a != b)
        return a < b ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

static enum err_code pair_make(struct collector *c, size_t from, size_t to, struct arena *a, struct pair *ret, struct err *e)
{
    const struct row *first = &c->by_pair.v[from];
    c->n = 0;
    for (size_t i = from; i < to; i++)
        see(c, c->by_pair.v[i].event, c->by_pair.v[i].as);
    *ret = (struct pair){.victim = first->victim, .suspect = first->suspect};
    if (first->suspect != NOBODY) {
        see_offered(c, first->victim, first->suspect);
        ret->former_partner = stated(c->f, first->victim, first->suspect, RELATION_former_partner, true);
        ret->partner = stated(c->f, first->victim, first->suspect, RELATION_partner, false);
    }
    for (size_t i = 0; i < c->n && ret->suspect != NOBODY; i++) /* said in a record of both: an ex, a separation */
        ret->former_partner |= c->seen[i].as == SEEN_DIRECT && coding_has(&c->f->codings[c->seen[i].event], BEHAVIOUR_separation);
    ret->seen = ARENA_NEW(a, struct seen, c->n);
    if (!ret->seen)
        return err_set(e, ERR_NO_MEMORY, "no memory for the pairs to review");
    memcpy(ret->seen, c->seen, c->n * sizeof *ret->seen);
    ret->n_seen = c->n;
    struct review_facts context = *c->f; /* qsort_r takes no pointer to const */
    qsort_r(ret->seen, ret->n_seen, sizeof *ret->seen, by_time, &context);
    return pair_occasions(c->f, ret, a, e);
}

/* A pair stands on a record that names both as victim and suspect; "contacted" alone (a prisoner rings his mother) makes none. */
static bool makes_a_pair(const struct row *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (r[i].as == SEEN_DIRECT || r[i].as == SEEN_VICTIM_ONLY)
            return true;
    return false;
}

static enum err_code rows_gather(struct collector *c, struct arena *a, struct err *e)
{
    struct rows all = {.a = a};
    for (uint32_t i = 0; i < c->f->n; i++)
        rows_of_event(&all, c->f, i);
    c->by_pair = c->by_suspect = all;
    if (all.n == 0 && !all.full)
        return ERR_OK;
    c->by_suspect.v = ARENA_NEW(a, struct row, all.n + 1);
    if (all.full || !c->by_suspect.v)
        return err_set(e, ERR_NO_MEMORY, "no memory for the pairs to review");
    memcpy(c->by_suspect.v, all.v, all.n * sizeof *all.v);
    qsort(c->by_pair.v, all.n, sizeof *all.v, by_pair);
    qsort(c->by_suspect.v, all.n, sizeof *all.v, by_suspect);
    return ERR_OK;
}

#define LIMIT_SEEN 4096 /* events looked at for one pair: more is a person named by mistake in everything */

enum err_code pairs_gather(const struct review_facts *f, struct arena *a, struct pairs *ret, struct err *e)
{
    struct collector c = {.f = f, .cap = LIMIT_SEEN};
    ERR_TRY(rows_gather(&c, a, e));
    c.seen = ARENA_NEW(a, struct seen, c.cap);
    struct pair *v = ARENA_NEW(a, struct pair, c.by_pair.n + 1);
    if (!c.seen || !v)
        return err_set(e, ERR_NO_MEMORY, "no memory for the pairs to review");
    size_t n = 0;
    for (size_t from = 0, to; from < c.by_pair.n; from = to) {
        const struct row *r = &c.by_pair.v[from];
        for (to = from + 1; to < c.by_pair.n && c.by_pair.v[to].victim == r->victim && c.by_pair.v[to].suspect == r->suspect; to++)
            ;
        if (r->victim != NOBODY && makes_a_pair(r, to - from))
            ERR_TRY(pair_make(&c, from, to, a, &v[n++], e));
    }
    *ret = (struct pairs){v, n};
    return ERR_OK;
}
