/* load.c: the orders of a hub: streams its events, keeps those that say something of orders or custody, and derives. */
#include "orders/orders.h"

struct reader {
    struct arena a;
    struct buf events; /* struct event, with copies of their lists */
};

static bool speaks_of_orders(const struct event *ev)
{
    return ev->order != ORDER_unknown || ev->kind == EVENT_prison_release || ev->kind == EVENT_prison_recall;
}

static enum err_code keep(void *ctx, const struct event *ev, struct err *e)
{
    struct reader *r = ctx;
    struct event copy = *ev;
    if (!speaks_of_orders(ev))
        return ERR_OK;
    int64_t *mentions = ARENA_NEW(&r->a, int64_t, ev->n_mentions);
    enum role *roles = ARENA_NEW(&r->a, enum role, ev->n_mentions);
    if (!mentions || !roles)
        return err_set(e, ERR_LIMIT, "the events behind orders do not fit into the memory set aside for them");
    if (ev->n_mentions) {
        memcpy(mentions, ev->mentions, ev->n_mentions * sizeof *mentions);
        memcpy(roles, ev->roles, ev->n_mentions * sizeof *roles);
    }
    copy.mentions = mentions;
    copy.roles = roles;
    (void)buf_add(&r->events, &copy, sizeof copy);
    return buf_check(&r->events, "the events behind orders", e);
}

enum err_code orders_load(struct store *s, const struct people_map *m, struct arena *a, struct orders *ret, struct err *e)
{
    struct reader r;
    arena_init(&r.a, LIMIT_ORDERS * 64);
    buf_init(&r.events, LIMIT_ORDERS * sizeof(struct event));
    enum err_code code = intake_each_event(s, keep, &r, e);
    if (code == ERR_OK)
        code = orders_derive((const void *)r.events.p, r.events.n / sizeof(struct event), m, a, ret, e);
    arena_release(&r.a);
    buf_release(&r.events);
    return code;
}
