/* orders.h: what is in force between two people on a date: orders, bail, licence, custody spells, as the feeds state it.
 *
 * Orders are derived from current events that state one (event.order): respondent = the suspect, convicted or arrested person of the record, protected = its victim or protected person (none stated: protects nobody in particular, or,
 * for custody, everybody). Several statements of the same order (same type, same two people, same start day) are one; the latest by version counts. A custody spell runs from reception to release; release ends it, and so does
 * the start of the next spell (remand becomes sentence); a recall ends a licence. Release dates are never computed, only held as stated. docs/orders.md. */
#ifndef HAVEN_ORDERS_ORDERS_H
#define HAVEN_ORDERS_ORDERS_H

#include "people/people.h"

struct order {
    enum order_type type;
    uint32_t respondent, protected_person; /* person numbers; UINT32_MAX: none stated */
    struct instant from, to;               /* to unknown: until further notice */
    uint32_t conditions;
    int64_t row;       /* the statement that counts */
    uint64_t event_key;
    int32_t feed;
};
struct orders {
    const struct order *v; /* by respondent, then from */
    size_t n;
};
/* Pure: from events and a partition. */
enum err_code orders_derive(const struct event *events, size_t n, const struct people_map *m, struct arena *a, struct orders *ret, struct err *e);

/* Orders of `respondent` that are in force at `at` and protect `person` (or nobody in particular). `at` may be a range: in force at some time in it. Writes at most `max`, returns how many there are; none when `at` has no date. */
size_t orders_in_force(const struct orders *o, uint32_t respondent, uint32_t person, struct instant at, const struct order **ret, size_t max);
/* The custody spell that holds `respondent` at `at`, or NULL. */
const struct order *orders_custody_at(const struct orders *o, uint32_t respondent, struct instant at);

#endif
