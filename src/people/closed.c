/* closed.c: what this room kept of a record that is closed, forgotten (docs/closed.md).
 *
 * The partition itself needs nothing of this: what is closed is not current, so people_update never meets it. What would tell is history: who was whose when, where old ids lead, pairs that
 * fell apart because of it. In this order, all in one transaction:
 *
 *   1 whom the closing touches, while they still are who they were (people_close_begin)
 *   2 where the closed mentions belonged: one open mention each, for those on the list
 *   3 people_update
 *   4 forgetting (people_close_end): former memberships of closed mentions, in persons named by them, and those that ended with this update; ids that led to
 *     them or to anybody touched; when pairs of the touched fell apart */
#include "people/people.h"

#include "sql/people_sql.h"

#include <assert.h>

#define TOUCHED_BYTES ((size_t)64 << 20)

static enum err_code read_keys(struct store *s, const struct store_statement *st, int64_t about, struct buf *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(store_query(s, st, (const struct store_value[]){V_INT(about)}, &c, e));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return buf_check(ret, "the people of a record", e);
        const uint64_t key = (uint64_t)store_int(c, 0);
        (void)buf_add(ret, &key, sizeof key);
    }
}

static enum err_code keep(const struct buf *b, struct arena *a, uint64_t **ret, size_t *ret_n, struct err *e)
{
    *ret_n = b->n / sizeof **ret;
    *ret = ARENA_NEW(a, uint64_t, *ret_n);
    if (!*ret)
        return err_set(e, ERR_NO_MEMORY, "out of memory for the people of a record");
    if (*ret_n)
        memcpy(*ret, b->p, b->n);
    return ERR_OK;
}

enum err_code people_close_begin(struct store *s, int64_t record, struct arena *a, struct people_closing *ret, struct err *e)
{
    _cleanup_buf_ struct buf persons, members;
    struct people_closing c = {.record = record};
    assert(store_in_transaction(s));
    buf_init(&persons, TOUCHED_BYTES);
    buf_init(&members, TOUCHED_BYTES);
    ERR_TRY(read_keys(s, &sql_people_touched, record, &persons, e)); /* 1 */
    ERR_TRY(keep(&persons, a, &c.persons, &c.n_persons, e));
    for (size_t i = 0; i < c.n_persons; i++)
        ERR_TRY(read_keys(s, &sql_people_keys_of, (int64_t)c.persons[i], &members, e));
    ERR_TRY(keep(&members, a, &c.members, &c.n_members, e));
    ERR_TRY(store_query_int(s, &sql_people_past_last, STORE_NO_VALUES, &c.past_before, e));
    ERR_TRY(STORE_RUN(s, sql_people_closed_anchor, e, V_INT(record))); /* 2 */
    *ret = c;
    return ERR_OK;
}

enum err_code people_close_end(struct store *s, const struct people_closing *c, struct err *e)
{
    assert(store_in_transaction(s));
    ERR_TRY(store_run(s, &sql_people_forget_past, STORE_NO_VALUES, NULL, e)); /* 4 */
    ERR_TRY(store_run(s, &sql_people_forget_redirects, STORE_NO_VALUES, NULL, e));
    for (size_t i = 0; i < c->n_persons; i++) {
        ERR_TRY(STORE_RUN(s, sql_people_forget_past_of, e, V_INT((int64_t)c->persons[i]), V_INT(c->past_before)));
        ERR_TRY(STORE_RUN(s, sql_people_forget_redirects_of, e, V_INT((int64_t)c->persons[i])));
    }
    for (size_t i = 0; i < c->n_members; i++)
        ERR_TRY(STORE_RUN(s, sql_people_forget_fell, e, V_INT((int64_t)c->members[i])));
    return ERR_OK;
}

/* ---- for those on a list ---- */

/* One record of which the asker is on the list: is anybody in it this person? */
static enum err_code belongs_to(struct store *s, const struct intake_record *r, uint64_t person, bool *ret, struct err *e)
{
    int64_t n;
    ERR_TRY(store_query_int(s, &sql_people_closed_of, (const struct store_value[]){V_INT(r->id), V_INT((int64_t)person)}, &n, e));
    *ret = n > 0 && r->level == ACCESS_LEVEL_closed;
    return ERR_OK;
}

/* Access may still refuse one (a conflict, a purpose): it is then not there. */
static enum err_code read_one(struct asking *q, enum access_action action, struct intake_record *r, struct buf *ret, struct err *e)
{
    struct intake_record_view view;
    uint64_t *keys;
    size_t n;
    const enum err_code code = intake_permit_record(q, action, r, e);
    if (code == ERR_REFUSED || code == ERR_NOT_FOUND)
        return ERR_OK;
    ERR_TRY(code);
    ERR_TRY(intake_record_read(q->hub->store, q->hub->vault, r, q->arena, &view, e));
    ERR_TRY(intake_record_keys(q->hub->store, r, q->arena, &keys, &n, e));
    ERR_TRY(asking_show(q, keys, n, view.n_events, e));
    (void)buf_add(ret, &view, sizeof view); /* checked at the end */
    return ERR_OK;
}

enum err_code people_closed(struct asking *q, enum access_action action, uint64_t person, struct intake_record_view **ret, size_t *ret_n, struct err *e)
{
    _cleanup_buf_ struct buf views;
    struct registry_listing *lists;
    size_t n;
    buf_init(&views, LIMIT_RELATIONS);
    ERR_TRY(registry_listed(q->hub->store, &q->user, ACCESS_KIND_record, q->now_ms, q->arena, &lists, &n, e));
    for (size_t i = 0; i < n; i++) {
        struct intake_record r;
        bool theirs;
        ERR_TRY(intake_record_of_handle(q->hub->store, lists[i].object, &r, e));
        ERR_TRY(belongs_to(q->hub->store, &r, person, &theirs, e));
        if (theirs)
            ERR_TRY(read_one(q, action, &r, &views, e));
    }
    ERR_TRY(buf_check(&views, "the closed records of a person", e));
    *ret_n = views.n / sizeof **ret;
    *ret = ARENA_NEW(q->arena, struct intake_record_view, *ret_n);
    if (!*ret)
        return err_set(e, ERR_NO_MEMORY, "out of memory for closed records");
    if (*ret_n)
        memcpy(*ret, views.p, views.n);
    return ERR_OK;
}
