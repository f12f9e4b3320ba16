/* facts.c: everything that rules look at, from the store into arrays. */
#include "review/update.h"

struct loading {
    struct arena *a;
    struct event *v;
    size_t n, cap;
};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_LIMIT, "the events to review do not fit into the memory set aside for them"); }

static enum err_code keep_event(void *ctx, const struct event *ev, struct err *e)
{
    struct loading *l = ctx;
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 4096;
        struct event *v = ARENA_NEW(l->a, struct event, cap);
        if (!v)
            return no_memory(e);
        if (l->n)
            memcpy(v, l->v, l->n * sizeof *v);
        l->v = v;
        l->cap = cap;
    }
    int64_t *ids = ARENA_NEW(l->a, int64_t, ev->n_mentions);
    enum role *roles = ARENA_NEW(l->a, enum role, ev->n_mentions);
    if (!ids || !roles)
        return no_memory(e);
    if (ev->n_mentions) {
        memcpy(ids, ev->mentions, ev->n_mentions * sizeof *ids);
        memcpy(roles, ev->roles, ev->n_mentions * sizeof *roles);
    }
    l->v[l->n] = *ev;
    l->v[l->n].mentions = ids;
    l->v[l->n++].roles = roles;
    return ERR_OK;
}

enum err_code facts_load(struct store *s, struct people_map *map, struct arena *a, struct review_facts *ret, struct err *e)
{
    struct loading l = {.a = a};
    struct tie *ties;
    *ret = (struct review_facts){0};
    ERR_TRY(people_map_load(s, a, map, e));
    ERR_TRY(intake_each_event(s, keep_event, &l, e));
    ERR_TRY(people_ties(s, map, a, &ties, &ret->n_ties, e));
    ERR_TRY(orders_derive(l.v, l.n, map, a, &ret->orders, e));
    ret->events = l.v;
    ret->n = l.n;
    ret->ties = ties;
    ret->map = map;
    return ERR_OK;
}
