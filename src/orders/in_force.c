/* in_force.c: what is in force on a date. Times are ranges of known precision: an order stated to run "to 5 May" runs to the end of that day, and a question about "some time on 5 May"
 * asks whether it was in force at some time of it. A spell of custody whose end is stated to the minute ends with that minute. */
#include "orders/orders.h"

/* First order of the respondent, or the end. */
static size_t first_of(const struct orders *o, uint32_t respondent)
{
    size_t from = 0, to = o->n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (o->v[mid].respondent < respondent)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static bool runs_at(const struct order *o, struct instant at)
{
    int64_t at_end = instant_end_ms(at) > at.ms ? instant_end_ms(at) : at.ms + 1;
    if (o->from.precision && o->from.ms >= at_end)
        return false;
    return !o->to.precision || instant_end_ms(o->to) > at.ms;
}

size_t orders_in_force(const struct orders *o, uint32_t respondent, uint32_t person, struct instant at, const struct order **ret, size_t max)
{
    size_t n = 0;
    if (!at.precision)
        return 0; /* no date, no answer */
    for (size_t i = first_of(o, respondent); i < o->n && o->v[i].respondent == respondent; i++) {
        const struct order *x = &o->v[i];
        if ((x->protected_person != UINT32_MAX && x->protected_person != person) || !runs_at(x, at))
            continue;
        if (n < max)
            ret[n] = x;
        n++;
    }
    return n;
}

const struct order *orders_custody_at(const struct orders *o, uint32_t respondent, struct instant at)
{
    const struct order *held = NULL;
    for (size_t i = first_of(o, respondent); at.precision && i < o->n && o->v[i].respondent == respondent; i++)
        if (order_type_is_custody(o->v[i].type) && runs_at(&o->v[i], at))
            held = &o->v[i]; /* the latest that covers it: of remand and sentence that meet, the sentence */
    return held;
}
