/* happenings.c: see happenings.h. */
#include "review/happenings.h"

#define LIMIT_KNOWN ((size_t)20000) /* events of two people */

static enum err_code keep(void *ctx, const struct event *ev, struct err *e)
{
    struct buf *list = ctx;
    struct known_event k = {.event = *ev};
    k.event.mentions = NULL;
    k.event.roles = NULL;
    k.event.n_mentions = 0;
    (void)buf_add(list, &k, sizeof k);
    return buf_check(list, "the events of the case", e);
}

enum err_code known_events_read(struct store *s, const struct person_view *victim, const struct person_view *suspect, struct arena *a, struct known_events *ret, struct err *e)
{
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_KNOWN * sizeof(struct known_event));
    ERR_TRY(intake_each_event_of(s, victim->mentions, victim->n_mentions, keep, &list, e));
    ERR_TRY(intake_each_event_of(s, suspect->mentions, suspect->n_mentions, keep, &list, e));
    size_t n = list.n / sizeof(struct known_event);
    struct known_event *v = ARENA_NEW(a, struct known_event, n);
    if (!v)
        return err_set(e, ERR_LIMIT, "the case does not fit into the memory set aside for one request");
    if (n)
        memcpy(v, list.p, list.n);
    for (size_t i = 0; i < n; i++)
        ERR_TRY(coding_read(s, &v[i].event, &v[i].coding, e));
    *ret = (struct known_events){v, n};
    return ERR_OK;
}
