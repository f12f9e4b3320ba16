/* line.c: who may look at an alert. Unknown is no. The same function decides for one reviewer and makes the list that is kept beside a stored alert. */
#include "oversight/oversight.h"

#include <stdlib.h>

#define LAST_YEAR_MS (365 * MS_PER_DAY)
#define LINE_STEPS 16 /* a longer line is a circle */

/* Staff by account: by halves where an order was made, else one by one. */
struct line {
    const struct oversight_source *src;
    const struct oversight_staff **by_user; /* NULL: not made */
};

static const struct oversight_staff *find(const struct line *l, uint64_t user)
{
    size_t lo = 0, hi = l->src->n_staff;
    for (size_t i = 0; !l->by_user && i < l->src->n_staff; i++)
        if (l->src->staff[i].user == user)
            return &l->src->staff[i];
    while (l->by_user && lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (l->by_user[mid]->user < user)
            lo = mid + 1;
        else
            hi = mid;
    }
    return l->by_user && lo < l->src->n_staff && l->by_user[lo]->user == user ? l->by_user[lo] : NULL;
}

/* `above` is a manager of `below`, at any height. */
static bool is_above(const struct line *l, uint64_t above, const struct oversight_staff *below)
{
    for (int steps = 0; below && below->manager && steps < LINE_STEPS; steps++) {
        if (below->manager == above)
            return true;
        below = find(l, below->manager);
    }
    return false;
}

static bool shared_unit(const struct oversight_staff *a, const struct oversight_staff *b, int64_t at_ms)
{
    for (size_t i = 0; i < a->n_posts; i++)
        for (size_t k = 0; k < b->n_posts; k++) {
            const struct oversight_post *p = &a->posts[i], *q = &b->posts[k];
            bool recent = p->when.to_ms > at_ms - LAST_YEAR_MS && q->when.to_ms > at_ms - LAST_YEAR_MS;
            if (p->unit == q->unit && recent && p->when.from_ms <= at_ms && q->when.from_ms <= at_ms)
                return true;
        }
    return false;
}

static const struct oversight_subject *person(const struct line *l, uint64_t key)
{
    for (size_t i = 0; key && i < l->src->n_subjects; i++)
        if (l->src->subjects[i].person == key)
            return &l->src->subjects[i];
    return NULL;
}

static bool is_linked(const struct oversight_subject *s, uint64_t key)
{
    for (size_t i = 0; s && i < s->n_links; i++)
        if (s->links[i].person == key)
            return true;
    return false;
}

/* The reviewer by their facts is the person looked at: by name and birth, when the hub did not say so. */
static bool is_person(const struct oversight_staff *r, const struct oversight_subject *s)
{
    for (size_t i = 0; s && i < r->n_facts; i++)
        for (size_t k = 0; k < s->n_facts; k++)
            if (r->facts[i].kind == OVERSIGHT_NAME_BORN && !r->facts[i].kin && s->facts[k].kind == OVERSIGHT_NAME_BORN && r->facts[i].blind == s->facts[k].blind)
                return true;
    return false;
}

/* 1. the account itself; 2. the line, up and down, and whoever has the same manager; 3. the unit, now or in the last year. */
static bool in_their_line(const struct line *l, const struct oversight_staff *user, const struct oversight_staff *r, int64_t at_ms)
{
    if (user == r)
        return true;
    if (is_above(l, r->user, user) || is_above(l, user->user, r) || (user->manager && user->manager == r->manager))
        return true;
    return shared_unit(user, r, at_ms);
}

/* The persons that an alert is about, found once for all reviewers. */
struct concerned {
    const struct oversight_staff *user, *other;
    const struct oversight_subject *subject, *user_person;
};

static bool may(const struct line *l, const struct oversight_alert *alert, const struct concerned *c, const struct oversight_staff *r, int64_t at_ms)
{
    if (!c->user || !r || at_ms >= r->left_ms || (alert->other_user && !c->other))
        return false;
    if (in_their_line(l, c->user, r, at_ms) || (c->other && in_their_line(l, c->other, r, at_ms)))
        return false;
    if (is_person(r, c->subject))
        return false;
    return !r->person || (r->person != alert->subject && !is_linked(c->subject, r->person) && !is_linked(c->user_person, r->person));
}

static struct concerned concerned_by(const struct line *l, const struct oversight_alert *alert)
{
    struct concerned c = {.user = find(l, alert->user), .other = alert->other_user ? find(l, alert->other_user) : NULL, .subject = person(l, alert->subject)};
    c.user_person = c.user ? person(l, c.user->person) : NULL;
    return c;
}

bool oversight_may_review(const struct oversight_source *src, const struct oversight_alert *alert, uint64_t reviewer, int64_t at_ms)
{
    struct line l = {src, NULL};
    struct concerned c = concerned_by(&l, alert);
    return may(&l, alert, &c, find(&l, reviewer), at_ms);
}

static int cmp_user(const void *x, const void *y)
{
    const struct oversight_staff *a = *(const struct oversight_staff *const *)x, *b = *(const struct oversight_staff *const *)y;
    return a->user < b->user ? -1 : a->user > b->user;
}

static enum err_code make_line(struct line *l, struct arena *a, struct err *e)
{
    l->by_user = ARENA_NEW(a, const struct oversight_staff *, l->src->n_staff + 1);
    if (!l->by_user)
        return err_set(e, ERR_NO_MEMORY, "no memory to put the staff list in order");
    for (size_t i = 0; i < l->src->n_staff; i++)
        l->by_user[i] = &l->src->staff[i];
    qsort(l->by_user, l->src->n_staff, sizeof *l->by_user, cmp_user);
    return ERR_OK;
}

enum err_code oversight_barred(const struct oversight_source *src, const struct oversight_alert *alert, int64_t at_ms, struct arena *a, const uint64_t **ret,
                               size_t *ret_n, struct err *e)
{
    struct line l = {src, NULL};
    ERR_TRY(make_line(&l, a, e));
    struct concerned c = concerned_by(&l, alert);
    uint64_t *v = ARENA_NEW(a, uint64_t, src->n_staff + 2);
    size_t n = 0;
    if (!v)
        return err_set(e, ERR_NO_MEMORY, "no memory for who may not see an alert");
    for (size_t i = 0; i < src->n_staff; i++)
        if (!may(&l, alert, &c, l.by_user[i], at_ms))
            v[n++] = l.by_user[i]->user;
    *ret = v;
    *ret_n = n;
    return ERR_OK;
}

enum err_code oversight_visible(const struct oversight_source *src, uint64_t reviewer, int64_t at_ms, const struct oversight_alerts *alerts, struct arena *a,
                                struct oversight_alerts *ret, struct err *e)
{
    struct oversight_alert *v = ARENA_NEW(a, struct oversight_alert, alerts->n + 1);
    struct line l = {src, NULL};
    size_t n = 0;
    if (!v)
        return err_set(e, ERR_NO_MEMORY, "no memory for %zu alerts", alerts->n);
    ERR_TRY(make_line(&l, a, e));
    for (size_t i = 0; i < alerts->n; i++) {
        struct concerned c = concerned_by(&l, &alerts->v[i]);
        if (may(&l, &alerts->v[i], &c, find(&l, reviewer), at_ms))
            v[n++] = alerts->v[i];
    }
    *ret = (struct oversight_alerts){v, n};
    return ERR_OK;
}
