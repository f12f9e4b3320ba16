/* flow.c: what follows a delivery: who is who, then what that shows. Each part commits by itself: killed between the two, the hub has the new persons and the former cases, and the next update makes the cases anew. */
#include "flow/flow.h"

enum err_code flow_update(struct store *s, const struct vault *v, const struct link_model *m, struct progress *p,
                          struct flow_counts *ret, struct err *e)
{
    struct flow_counts n = {0};
    if (people_update(s, v, m, p, &n.people, e) != ERR_OK)
        return err_frame(e, "working out who is who");
    if (review_update(s, v, p, &n.review, e) != ERR_OK)
        return err_frame(e, "reviewing");
    *ret = n;
    return ERR_OK;
}
