/* volume.c: rule R10: more people in one day than the user's own usual, than nearly everybody of the role, and without work. */
#include "oversight/world.h"

#include <stdlib.h>

static bool no_work(const struct world *w, uint32_t i) { return !(w->flags[i] & SEEN_WORK); }

struct user_day {
    uint32_t staff, first, n; /* accesses by_user[first ...] */
    int32_t day;
    uint16_t role;
    uint32_t people, without; /* different persons, and of them without work */
};

static int cmp_role_day(const void *x, const void *y)
{
    const struct user_day *a = x, *b = y;
    if (a->role != b->role)
        return a->role < b->role ? -1 : 1;
    return a->day < b->day ? -1 : a->day > b->day;
}

static int cmp_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

/* More than so many times the user's own median of the days before (rows of one user, by day). */
static bool above_own(const struct world *w, const struct user_day *days, size_t i)
{
    uint32_t before[90];
    size_t n = 0;
    for (size_t k = i; k > 0 && days[k - 1].staff == days[i].staff && days[i].day - days[k - 1].day <= w->limits->R10_window_days; k--)
        before[n++] = days[k - 1].people;
    qsort(before, n, sizeof *before, cmp_number);
    return n == 0 || days[i].people > w->limits->R10_times_median * before[n / 2];
}

/* Above the percentile of the role's days before; `rows` by role and day. */
static bool above_role(const struct world *w, const struct user_day *rows, size_t n, const struct user_day *d)
{
    size_t lo = 0, hi = n, below = 0, all = 0;
    while (lo < hi) { /* first row of the role and window */
        size_t mid = lo + (hi - lo) / 2;
        if (rows[mid].role < d->role || (rows[mid].role == d->role && rows[mid].day < d->day - w->limits->R10_window_days))
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < n && rows[lo].role == d->role && rows[lo].day < d->day; lo++, all++)
        below += rows[lo].people < d->people;
    return below * 100 >= all * (size_t)w->limits->R10_percentile;
}

static void volume_hits(struct world *w, const struct user_day *d)
{
    int64_t due = INT64_MIN;
    for (uint32_t k = d->first; k < d->first + d->n; k++)
        if (no_work(w, w->by_user[k]) && world_due(w, w->by_user[k]) > due)
            due = world_due(w, w->by_user[k]);
    for (uint32_t k = d->first; k < d->first + d->n; k++)
        if (no_work(w, w->by_user[k]))
            world_hit_user(w, OVERSIGHT_RULE_volume, w->by_user[d->first], w->by_user[k], due);
}

/* Rows of users and days; different persons are counted with a stamp for each person. */
static size_t count_days(struct world *w, struct user_day *days, uint32_t *stamp, uint32_t *stamp_without)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        uint32_t a = w->by_user[i], s = w->subject[a];
        if (n == 0 || days[n - 1].staff != w->staff[a] || days[n - 1].day != w->day[a]) {
            const struct oversight_post *post = world_post(&w->src->staff[w->staff[a]], w->src->accesses[a].at_ms);
            days[n++] = (struct user_day){.staff = w->staff[a], .first = (uint32_t)i, .day = w->day[a], .role = post ? post->role : 0};
        }
        struct user_day *d = &days[n - 1];
        d->n++;
        if (s >= w->src->n_subjects)
            continue;
        d->people += stamp[s] != n;
        stamp[s] = (uint32_t)n;
        if (no_work(w, a)) {
            d->without += stamp_without[s] != n;
            stamp_without[s] = (uint32_t)n;
        }
    }
    return n;
}

enum err_code rule_volume(struct world *w, struct err *e)
{
    struct user_day *days = ARENA_NEW(w->a, struct user_day, w->n + 1), *by_role = ARENA_NEW(w->a, struct user_day, w->n + 1);
    uint32_t *stamps = ARENA_NEW(w->a, uint32_t, 2 * w->src->n_subjects + 1);
    if (!days || !by_role || !stamps)
        return err_set(e, ERR_NO_MEMORY, "no memory for the days of %zu accesses", w->n);
    size_t n = count_days(w, days, stamps, stamps + w->src->n_subjects);
    memcpy(by_role, days, n * sizeof *days);
    qsort(by_role, n, sizeof *by_role, cmp_role_day);
    for (size_t i = 0; i < n; i++)
        if (days[i].without >= w->limits->R10_people && above_own(w, days, i) && above_role(w, by_role, n, &days[i]))
            volume_hits(w, &days[i]);
    return ERR_OK;
}
