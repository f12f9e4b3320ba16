/* close.c: a record's level changed, end to end: what is current, who is who, the cases, and what history would tell of it (docs/closed.md). */
#include "flow/flow.h"

#include <assert.h>

/* 1. the record; 2. whom it touches; 3. persons and cases without it; 4. history without it. */
static enum err_code closed(struct store *s, const struct vault *v, const struct link_model *m, const struct intake_record *r, struct progress *p, struct arena *a, struct err *e)
{
    struct people_closing people;
    int64_t cases;
    struct flow_counts n;
    ERR_TRY(people_close_begin(s, r->id, a, &people, e));
    ERR_TRY(review_close_begin(s, &cases, e));
    ERR_TRY(flow_update(s, v, m, p, &n, e));
    ERR_TRY(people_close_end(s, &people, e));
    return review_close_end(s, r->id, &people, cases, e);
}

enum err_code flow_record_level(struct store *s, const struct vault *v, const struct link_model *m, const struct intake_record *r, enum access_level level, struct progress *p, struct err *e)
{
    _cleanup_arena_ struct arena a;
    struct flow_counts n;
    assert(store_in_transaction(s));
    arena_init(&a, LIMIT_REQUEST_BYTES);
    const bool was_closed = r->level == ACCESS_LEVEL_closed, is_closed = level == ACCESS_LEVEL_closed;
    ERR_TRY(intake_record_set_level(s, r, level, e));
    if (is_closed && !was_closed)
        return closed(s, v, m, r, p, &a, e);
    return was_closed && !is_closed ? flow_update(s, v, m, p, &n, e) : ERR_OK;
}
