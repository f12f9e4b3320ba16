/* derive.c: orders and custody spells from events. Pure: no store, no clock; the same result in whatever order the events come.
 *
 *   1 each event that states an order gives one statement for every respondent and protected person of its record
 *   2 statements of the same order (type, two people, start day) are one; the latest statement counts
 *   3 a custody spell ends where its own statement says, at the next release, or where the next spell begins (remand becomes sentence), whichever is first
 *   4 a licence ends when the person is recalled
 * Nothing else is ever computed: no order is closed because another exists, and release dates are only held as stated. */
#include "orders/orders.h"

#include <stdlib.h>

struct statement {
    struct order order;
    int64_t stated_ms; /* when the agency recorded it: the latest counts */
};
/* Something that ends custody or a licence. */
struct ending {
    uint32_t respondent;
    struct instant at;
    bool recall; /* else a release */
};

struct derive {
    const struct people_map *map;
    struct buf statements; /* struct statement */
    struct buf endings;    /* struct ending */
};

static bool is_respondent(enum role r) { return r == ROLE_suspect || r == ROLE_convicted; }
static bool is_protected(enum role r) { return r == ROLE_victim || r == ROLE_protected_person; }

/* ---- 1 statements ---- */

static bool add_statement(struct derive *d, const struct event *ev, uint32_t respondent, uint32_t protected_person)
{
    struct instant from = ev->from.precision ? ev->from : ev->occurred.precision ? ev->occurred : ev->recorded;
    struct statement s = {
        {ev->order, respondent, protected_person, from, ev->to, ev->conditions, ev->row, ev->key, ev->feed},
        ev->recorded.precision ? ev->recorded.ms : ev->occurred.ms};
    return buf_add(&d->statements, &s, sizeof s);
}

/* An event names people several times (rows of one record): each person once. */
static bool named_before(const struct derive *d, const struct event *ev, size_t i, bool (*is)(enum role))
{
    uint32_t person = people_map_find(d->map, ev->mentions[i]);
    for (size_t j = 0; j < i; j++)
        if (is(ev->roles[j]) && people_map_find(d->map, ev->mentions[j]) == person)
            return true;
    return false;
}

static void state_for(struct derive *d, const struct event *ev, uint32_t respondent)
{
    bool any = false;
    for (size_t i = 0; i < ev->n_mentions && !order_type_is_custody(ev->order); i++) {
        uint32_t person = people_map_find(d->map, ev->mentions[i]);
        if (!is_protected(ev->roles[i]) || person == UINT32_MAX || person == respondent || named_before(d, ev, i, is_protected))
            continue;
        (void)add_statement(d, ev, respondent, person);
        any = true;
    }
    if (!any)
        (void)add_statement(d, ev, respondent, UINT32_MAX); /* nobody in particular, or custody: everybody */
}

static void take_event(struct derive *d, const struct event *ev)
{
    bool release = ev->kind == EVENT_prison_release, recall = ev->kind == EVENT_prison_recall || ev->order == ORDER_recall;
    if (ev->order == ORDER_unknown && !release && !recall)
        return;
    for (size_t i = 0; i < ev->n_mentions; i++) {
        uint32_t respondent = people_map_find(d->map, ev->mentions[i]);
        if (!is_respondent(ev->roles[i]) || respondent == UINT32_MAX || named_before(d, ev, i, is_respondent))
            continue;
        if (ev->order != ORDER_unknown)
            state_for(d, ev, respondent);
        struct ending end = {respondent, ev->occurred.precision ? ev->occurred : ev->recorded, recall};
        if (release || recall)
            (void)buf_add(&d->endings, &end, sizeof end);
    }
}

/* ---- 2 the same order once ---- */

static int order_cmp(const struct order *x, const struct order *y)
{
    if (x->respondent != y->respondent)
        return x->respondent < y->respondent ? -1 : 1;
    int32_t dx = instant_day(x->from), dy = instant_day(y->from);
    if (dx != dy)
        return dx < dy ? -1 : 1;
    if (x->type != y->type)
        return x->type < y->type ? -1 : 1;
    if (x->protected_person != y->protected_person)
        return x->protected_person < y->protected_person ? -1 : 1;
    return 0;
}

static int statement_cmp(const void *l, const void *r)
{
    const struct statement *x = l, *y = r;
    int same = order_cmp(&x->order, &y->order);
    if (same)
        return same;
    if (x->stated_ms != y->stated_ms)
        return x->stated_ms > y->stated_ms ? -1 : 1; /* latest first: it counts */
    return x->order.event_key > y->order.event_key ? -1 : x->order.event_key < y->order.event_key;
}

static int by_respondent_and_start(const void *l, const void *r)
{
    const struct order *x = l, *y = r;
    if (x->respondent != y->respondent)
        return x->respondent < y->respondent ? -1 : 1;
    if (x->from.ms != y->from.ms)
        return x->from.ms < y->from.ms ? -1 : 1;
    if (x->from.precision != y->from.precision)
        return x->from.precision < y->from.precision ? -1 : 1;
    int same = order_cmp(x, y);
    return same ? same : x->event_key < y->event_key ? -1 : x->event_key > y->event_key;
}

static enum err_code once_each(struct derive *d, struct arena *a, struct order **ret, size_t *ret_n, struct err *e)
{
    struct statement *v = (void *)d->statements.p;
    size_t n = d->statements.n / sizeof *v, kept = 0;
    struct order *orders = ARENA_NEW(a, struct order, n);
    if (!orders)
        return err_set(e, ERR_LIMIT, "the orders do not fit into the memory set aside for them");
    if (n)
        qsort(v, n, sizeof *v, statement_cmp);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || order_cmp(&v[i - 1].order, &v[i].order) != 0)
            orders[kept++] = v[i].order;
    if (kept)
        qsort(orders, kept, sizeof *orders, by_respondent_and_start);
    *ret = orders;
    *ret_n = kept;
    return ERR_OK;
}

/* ---- 3 and 4 endings ---- */

static int ending_cmp(const void *l, const void *r)
{
    const struct ending *x = l, *y = r;
    if (x->respondent != y->respondent)
        return x->respondent < y->respondent ? -1 : 1;
    if (x->at.ms != y->at.ms)
        return x->at.ms < y->at.ms ? -1 : 1;
    if (x->at.precision != y->at.precision)
        return x->at.precision > y->at.precision ? -1 : 1; /* the exact statement of the same time */
    return (int)x->recall - (int)y->recall;
}

/* `o` ends at `at` unless it ends before that by its own statement. */
static void end_at(struct order *o, struct instant at)
{
    if (!o->to.precision || instant_end_ms(o->to) > instant_end_ms(at))
        o->to = at;
}

static bool ended_by(const struct order *o, const struct ending *x)
{
    if (x->at.ms < o->from.ms)
        return false;
    return order_type_is_custody(o->type) ? !x->recall : o->type == ORDER_licence && x->recall;
}

static void apply_endings(struct order *o, size_t n, const struct ending *v, size_t n_endings)
{
    for (size_t i = 0, first = 0; i < n; i++) {
        while (first < n_endings && v[first].respondent < o[i].respondent)
            first++;
        for (size_t j = first; j < n_endings && v[j].respondent == o[i].respondent; j++)
            if (ended_by(&o[i], &v[j])) {
                end_at(&o[i], v[j].at);
                break;
            }
        for (size_t j = i + 1; order_type_is_custody(o[i].type) && j < n && o[j].respondent == o[i].respondent; j++)
            if (order_type_is_custody(o[j].type) && o[j].from.ms > o[i].from.ms) {
                end_at(&o[i], o[j].from);
                break;
            }
    }
}

enum err_code orders_derive(const struct event *events, size_t n, const struct people_map *m, struct arena *a, struct orders *ret, struct err *e)
{
    struct derive d = {.map = m};
    struct order *orders = NULL;
    size_t n_orders = 0;
    buf_init(&d.statements, LIMIT_ORDERS * sizeof(struct statement));
    buf_init(&d.endings, LIMIT_ORDERS * sizeof(struct ending));
    for (size_t i = 0; i < n; i++)
        take_event(&d, &events[i]);
    enum err_code code = buf_check(&d.statements, "the list of orders", e);
    if (code == ERR_OK)
        code = buf_check(&d.endings, "the list of releases and recalls", e);
    if (code == ERR_OK)
        code = once_each(&d, a, &orders, &n_orders, e);
    if (code == ERR_OK) {
        size_t n_endings = d.endings.n / sizeof(struct ending);
        if (n_endings)
            qsort(d.endings.p, n_endings, sizeof(struct ending), ending_cmp);
        apply_endings(orders, n_orders, (const void *)d.endings.p, n_endings);
        *ret = (struct orders){orders, n_orders};
    }
    buf_release(&d.statements);
    buf_release(&d.endings);
    return code;
}
