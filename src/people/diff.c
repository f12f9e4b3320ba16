/* diff.c: what changed between two partitions: memberships, and where old ids lead. Pure. */
#include "people/update.h"

#include <stdlib.h>

enum err_code membership_diff(const struct membership *was, size_t n_was, const struct membership *now, size_t n_now,
                              struct buf *ret_changes, struct err *e)
{
    size_t i = 0, j = 0;
    while (i < n_was || j < n_now) {
        struct membership_change c = {0};
        bool gone = j == n_now || (i < n_was && was[i].mention < now[j].mention);
        bool fresh = i == n_was || (j < n_now && now[j].mention < was[i].mention);
        if (!gone && !fresh && was[i].mention_key != now[j].mention_key)
            gone = true; /* the id was given to another mention: one goes here, one comes in the next turn */
        if (!fresh)
            c.was = was[i++];
        if (!gone) {
            c.mention = now[j].mention;
            c.mention_key = now[j].mention_key;
            c.person = now[j++].person;
        }
        if (!gone && !fresh && c.person == c.was.person)
            continue;
        (void)buf_add(ret_changes, &c, sizeof c);
    }
    return buf_check(ret_changes, "the list of changes of who is who", e);
}

/* A mention of a person that has gone, and whose it is now. */
struct move {
    uint64_t old, present;
    bool anchor; /* it is the mention that named the old person */
};

static int move_cmp(const void *l, const void *r)
{
    const struct move *x = l, *y = r;
    if (x->old != y->old)
        return x->old < y->old ? -1 : 1;
    if (x->anchor != y->anchor)
        return x->anchor ? -1 : 1;
    return x->present < y->present ? -1 : x->present > y->present;
}

static int u64_cmp(const void *l, const void *r)
{
    const uint64_t *x = l, *y = r;
    return *x < *y ? -1 : *x > *y;
}

static uint64_t heir(const struct move *v, size_t n)
{
    uint64_t best = 0;
    size_t most = 0;
    if (v[0].anchor && v[0].present)
        return v[0].present;
    for (size_t from = 0, to; from < n; from = to) { /* ascending, so that the least key wins a tie */
        for (to = from + 1; to < n && v[to].present == v[from].present;)
            to++;
        if (v[from].present && to - from > most) {
            most = to - from;
            best = v[from].present;
        }
    }
    return best;
}

static enum err_code moves_of(const struct membership *was, size_t n_was, const struct membership *now, size_t n_now,
                              const uint64_t *persons, size_t n_persons, struct buf *ret, struct err *e)
{
    for (size_t i = 0, j = 0; i < n_was; i++) {
        while (j < n_now && now[j].mention < was[i].mention)
            j++;
        if (n_persons && bsearch(&was[i].person, persons, n_persons, sizeof *persons, u64_cmp))
            continue;
        bool stated = j < n_now && now[j].mention == was[i].mention;
        struct move m = {was[i].person, stated ? now[j].person : 0, was[i].mention_key == was[i].person};
        (void)buf_add(ret, &m, sizeof m);
    }
    return buf_check(ret, "the list of persons that are no more", e);
}

static enum err_code heirs(struct move *v, size_t n, struct buf *ret, struct err *e)
{
    if (n)
        qsort(v, n, sizeof *v, move_cmp);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && v[to].old == v[from].old;)
            to++;
        struct redirect r = {v[from].old, heir(v + from, to - from)};
        (void)buf_add(ret, &r, sizeof r);
    }
    return buf_check(ret, "the list of persons that are no more", e);
}

enum err_code redirects_derive(const struct membership *was, size_t n_was, const struct membership *now, size_t n_now,
                               struct buf *ret_redirects, struct err *e)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, LIMIT_PEOPLE_TABLE_BYTES);
    uint64_t *persons = ARENA_NEW(&a, uint64_t, n_now);
    if (!persons)
        return err_set(e, ERR_NO_MEMORY, "out of memory while working out who is who");
    for (size_t i = 0; i < n_now; i++)
        persons[i] = now[i].person;
    qsort(persons, n_now, sizeof *persons, u64_cmp);
    _cleanup_buf_ struct buf moves;
    buf_init(&moves, LIMIT_PEOPLE_MENTIONS * sizeof(struct move));
    ERR_TRY(moves_of(was, n_was, now, n_now, persons, n_now, &moves, e));
    return heirs((void *)moves.p, moves.n / sizeof(struct move), ret_redirects, e);
}
