/* ask.c: opening one record under a permit: the one path by which commands come to a record by name, or by the handle under which a list names it.
 *
 * A name that nobody ever used is asked about as what it cannot be told apart from: a closed record on whose list the asker is not. So both take the same statements, leave the same entry and give the
 * same words; that holds for every action, the strongest included. */
#include "intake/intake.h"

#include "sql/intake_sql.h"

#include <assert.h>

#define APPROVALS_NEEDED 2

/* What staff stated of themselves, against every value by which anybody in the record can be found. */
static enum err_code conflict_with(struct asking *q, const struct intake_record *r, uint32_t *ret, struct err *e)
{
    struct registry_fact_value *facts;
    size_t n;
    *ret = 0;
    ERR_TRY(registry_fact_values(q->hub->store, &q->user, q->arena, &facts, &n, e));
    for (size_t i = 0; i < n; i++) {
        bool has;
        ERR_TRY(intake_record_has_value(q->hub->store, r, facts[i].value, &has, e));
        *ret |= has ? facts[i].bits : 0;
    }
    return ERR_OK;
}

enum err_code intake_permit_record(struct asking *q, enum access_action action, struct intake_record *r, struct err *e)
{
    struct asking_object o = {.kind = ACCESS_KIND_record, .level = r->level, .owner = r->agency};
    uint64_t *keys;
    ERR_TRY(intake_record_keys(q->hub->store, r, q->arena, &keys, &o.n_subjects, e));
    ERR_TRY(conflict_with(q, r, &o.conflict, e));
    o.subjects = keys;
    o.id = str_dup(q->arena, str_of(r->handle)); /* outlives the permit */
    if (!o.id.p)
        return err_set(e, ERR_NO_MEMORY, "out of memory for a record");
    const enum err_code code = asking_permit(q, action, &o, e);
    if (code == ERR_NOT_FOUND || (code == ERR_OK && !r->id)) {
        asking_end(q);
        return err_set(e, ERR_NOT_FOUND, "there is no such record");
    }
    return code;
}

/* ---- lists ---- */

enum err_code intake_record_approve(struct store *s, const struct registry_relation *on, const struct registry_user *by, bool of_owner, int64_t now_ms, int64_t *ret_missing, struct err *e)
{
    int64_t n;
    assert(store_in_transaction(s));
    if (on->user == by->id)
        return err_set(e, ERR_REFUSED, "nobody approves what they are to hold: ask somebody else");
    if (str_eq(on->made_by, by->name))
        return err_set(e, ERR_REFUSED, "whoever put somebody on the list does not approve it: ask somebody else");
    ERR_TRY(STORE_RUN(s, sql_intake_approval_insert, e, V_INT(on->id), V_TEXT(by->name), V_INT(now_ms)));
    ERR_TRY(store_query_int(s, &sql_intake_approval_count, (const struct store_value[]){V_INT(on->id)}, &n, e));
    const int64_t needed = of_owner ? 1 : APPROVALS_NEEDED;
    *ret_missing = n < needed ? needed - n : 0;
    return *ret_missing ? ERR_OK : registry_relation_approve(s, on->id, by, now_ms, e);
}
