/* happenings.h (private to review): the events of the two people of one case, with what was coded on them, for the page of that case. */
#ifndef HAVEN_REVIEW_HAPPENINGS_H
#define HAVEN_REVIEW_HAPPENINGS_H

#include "review/view.h"

struct known_event {
    struct event event; /* without its mentions */
    struct coding coding;
};
struct known_events {
    const struct known_event *v;
    size_t n;
};
enum err_code known_events_read(struct store *s, const struct person_view *victim, const struct person_view *suspect, struct arena *a, struct known_events *ret, struct err *e);

#endif
