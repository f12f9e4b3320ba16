/* run.c: one run: the world, the rules, and what they point at gathered into alerts, one for each user, person and month. Everything is put in order by
 * keys and leaf numbers, never by place in an array, so the order of the input leaves no trace. */
#include "oversight/world.h"

#include <stdlib.h>

#define LIMIT_RUN_BYTES ((size_t)16 << 30)

static uint64_t person_of(const struct world *w, const struct hit *h) { return h->subject < w->src->n_subjects ? w->src->subjects[h->subject].person : 0; }
static uint64_t user_of(const struct world *w, const struct hit *h) { return w->src->staff[h->staff].user; }
static int64_t leaf_of(const struct world *w, const struct hit *h) { return w->src->accesses[h->access].leaf; }
static uint64_t other_of(const struct world *w, const struct hit *h) { return h->other == NO_STAFF ? 0 : w->src->staff[h->other].user; }

#define COMPARE(x, y) \
    if ((x) != (y))   \
    return (x) < (y) ? -1 : 1

static int cmp_alert(const struct world *w, const struct hit *a, const struct hit *b)
{
    COMPARE(user_of(w, a), user_of(w, b));
    COMPARE(person_of(w, a), person_of(w, b));
    COMPARE(a->month, b->month);
    return 0;
}

static int cmp_hit(const void *x, const void *y, void *context)
{
    const struct hit *a = x, *b = y;
    const struct world *w = context;
    int c = cmp_alert(w, a, b);
    if (c)
        return c;
    COMPARE(a->rule, b->rule);
    COMPARE(leaf_of(w, a), leaf_of(w, b));
    COMPARE(a->due_ms, b->due_ms);
    COMPARE(other_of(w, a), other_of(w, b));
    return 0;
}

static void add_evidence(const struct world *w, const struct hit *h, struct oversight_alert *alert, struct oversight_evidence *v)
{
    const struct oversight_access *a = &w->src->accesses[h->access];
    if (h->other != NO_STAFF && (!alert->other_user || other_of(w, h) < alert->other_user))
        alert->other_user = other_of(w, h);
    if (alert->n_evidence && v[alert->n_evidence - 1].rule == h->rule && v[alert->n_evidence - 1].leaf == a->leaf)
        return; /* another window of the rule has it, and was complete sooner */
    v[alert->n_evidence++] = (struct oversight_evidence){a->leaf, a->at_ms, h->due_ms, h->access, (uint8_t)h->rule, a->operation};
    alert->rules |= 1u << h->rule;
}

static enum err_code gather(struct world *w, struct arena *a, struct oversight_alerts *ret, struct err *e)
{
    struct hit *hits = (struct hit *)(void *)w->hits.p;
    size_t n = w->hits.n / sizeof *hits, n_alerts = 0;
    if (n)
        qsort_r(hits, n, sizeof *hits, cmp_hit, w);
    for (size_t i = 0; i < n; i++)
        n_alerts += i == 0 || cmp_alert(w, &hits[i - 1], &hits[i]) != 0;
    struct oversight_alert *alerts = ARENA_NEW(a, struct oversight_alert, n_alerts + 1);
    struct oversight_evidence *evidence = ARENA_NEW(a, struct oversight_evidence, n + 1);
    if (!alerts || !evidence)
        return err_set(e, ERR_NO_MEMORY, "no memory for %zu alerts", n_alerts);
    for (size_t i = 0, at = 0, used = 0; i < n; at++) {
        struct oversight_alert *alert = &alerts[at];
        *alert = (struct oversight_alert){.user = user_of(w, &hits[i]), .subject = person_of(w, &hits[i]), .month = hits[i].month, .evidence = evidence + used};
        for (size_t first = i; i < n && cmp_alert(w, &hits[first], &hits[i]) == 0; i++)
            add_evidence(w, &hits[i], alert, evidence + used);
        used += alert->n_evidence;
    }
    *ret = (struct oversight_alerts){alerts, n_alerts};
    return ERR_OK;
}

enum err_code oversight_run(const struct oversight_source *src, const struct oversight_limits *limits, struct oversight_period period, struct arena *a,
                            struct oversight_alerts *ret, struct err *e)
{
    _cleanup_arena_ struct arena mine;
    struct world w;
    arena_init(&mine, LIMIT_RUN_BYTES);
    enum err_code code = world_make(&w, src, limits, period, &mine, e);
    if (code == ERR_OK)
        code = oversight_rules_apply(&w, e);
    if (code == ERR_OK)
        code = gather(&w, a, ret, e);
    buf_release(&w.hits);
    return code;
}
