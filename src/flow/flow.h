/* flow.h: one delivery end to end, and the demonstration. */
#ifndef HAVEN_FLOW_FLOW_H
#define HAVEN_FLOW_FLOW_H

#include "review/review.h"

struct flow_counts {
    struct people_counts people;
    struct review_counts review;
};
/* Links and reviews what is stored: what `haven update` and the end of `haven load` do. */
enum err_code flow_update(struct store *s, const struct vault *v, const struct link_model *m, struct progress *p,
                          struct flow_counts *ret, struct err *e);

#endif
