/* order.c: the orders in which rules walk the accesses. One sort by time (usually there already, as the ledger is), then stable passes by
 * small numbers: two million accesses in a fraction of a second, and the same order whatever order they came in. */
#include "oversight/world.h"

#include <stdlib.h>

static int cmp_key(const void *x, const void *y, void *context)
{
    const uint64_t *keys = context;
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    if (keys[a] != keys[b])
        return keys[a] < keys[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

enum err_code order_keys(struct arena *a, const uint64_t *keys, size_t n, const uint32_t **ret, struct err *e)
{
    uint32_t *v = ARENA_NEW(a, uint32_t, n + 1);
    uint64_t *copy = ARENA_NEW(a, uint64_t, n + 1);
    if (!v || !copy)
        return err_set(e, ERR_NO_MEMORY, "no memory to put %zu keys in order", n);
    for (size_t i = 0; i < n; i++) {
        v[i] = (uint32_t)i;
        copy[i] = keys[i];
    }
    qsort_r(v, n, sizeof *v, cmp_key, copy);
    *ret = v;
    return ERR_OK;
}

static int cmp_time(const void *x, const void *y, void *context)
{
    const struct oversight_access *v = context;
    const struct oversight_access *a = &v[*(const uint32_t *)x], *b = &v[*(const uint32_t *)y];
    if (a->at_ms != b->at_ms)
        return a->at_ms < b->at_ms ? -1 : 1;
    return a->leaf < b->leaf ? -1 : a->leaf > b->leaf;
}

static bool in_time(const struct oversight_access *v, const uint32_t *order, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (v[order[i - 1]].at_ms > v[order[i]].at_ms || (v[order[i - 1]].at_ms == v[order[i]].at_ms && v[order[i - 1]].leaf > v[order[i]].leaf))
            return false;
    return true;
}

/* Stable: `from` in ascending key[from[i]] < n_keys. `start` has room for n_keys + 1. */
static void pass(const uint32_t *from, uint32_t *to, size_t n, const uint32_t *key, size_t n_keys, uint32_t *start)
{
    memset(start, 0, (n_keys + 1) * sizeof *start);
    for (size_t i = 0; i < n; i++)
        start[key[from[i]] + 1]++;
    for (size_t k = 1; k <= n_keys; k++)
        start[k] += start[k - 1];
    for (size_t i = 0; i < n; i++)
        to[start[key[from[i]]]++] = from[i];
}

/* Devices are any 32 bits: two stable passes of 16. */
static void pass_devices(const struct world *w, const uint32_t *from, uint32_t *spare, uint32_t *to, uint32_t *digit, uint32_t *start)
{
    for (size_t i = 0; i < w->n; i++)
        digit[from[i]] = w->src->accesses[from[i]].device & 0xffff;
    pass(from, spare, w->n, digit, 0x10000, start);
    for (size_t i = 0; i < w->n; i++)
        digit[from[i]] = w->src->accesses[from[i]].device >> 16;
    pass(spare, to, w->n, digit, 0x10000, start);
}

enum err_code order_all(struct world *w, struct err *e)
{
    size_t all = w->src->n_accesses, n = 0, most = w->src->n_staff > w->src->n_subjects + 1 ? w->src->n_staff : w->src->n_subjects + 1;
    uint32_t *by_time = ARENA_NEW(w->a, uint32_t, all + 1), *spare = ARENA_NEW(w->a, uint32_t, all + 1), *digit = ARENA_NEW(w->a, uint32_t, all + 1);
    uint32_t *start = ARENA_NEW(w->a, uint32_t, (most > 0x10000 ? most : 0x10000) + 1);
    uint32_t **const orders[] = {&w->by_pair, &w->by_user, &w->by_subject, &w->by_device};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        *orders[i] = ARENA_NEW(w->a, uint32_t, all + 1);
    if (!by_time || !spare || !digit || !start || !w->by_pair || !w->by_user || !w->by_subject || !w->by_device)
        return err_set(e, ERR_NO_MEMORY, "no memory to put %zu accesses in order", all);
    for (size_t i = 0; i < all; i++)
        if (w->staff[i] != NO_STAFF)
            by_time[n++] = (uint32_t)i;
    w->n = n;
    if (!in_time(w->src->accesses, by_time, n)) {
        struct oversight_access *copy = ARENA_NEW(w->a, struct oversight_access, all + 1); /* qsort_r gives its context without const */
        if (!copy)
            return err_set(e, ERR_NO_MEMORY, "no memory to put %zu accesses in order", all);
        memcpy(copy, w->src->accesses, all * sizeof *copy);
        qsort_r(by_time, n, sizeof *by_time, cmp_time, copy);
    }
    pass(by_time, w->by_subject, n, w->subject, w->src->n_subjects + 1, start);
    pass(by_time, w->by_user, n, w->staff, w->src->n_staff, start);
    pass(w->by_subject, w->by_pair, n, w->staff, w->src->n_staff, start);
    pass_devices(w, by_time, spare, w->by_device, digit, start);
    return ERR_OK;
}
