/* facts.c: what staff stated about themselves and their relatives, as keyed hashes, and the conflicts of interest that follow.
 *
 * No home address of staff stands readable: intake keeps the same keyed hashes of what agencies say, and hashes are all that is compared. */
#include "registry/registry_int.h"

#include <assert.h>

static enum err_code find(struct store *s, int64_t user, enum registry_whose whose, struct str kind, int64_t value, bool *ret, struct err *e)
{
    int64_t id;
    enum err_code code = store_query_int(s, &sql_registry_fact_find, (const struct store_value[]){V_INT(user), V_INT(whose), V_TEXT(kind), V_INT(value)}, &id, e);
    *ret = code == ERR_OK;
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code registry_fact_add(struct store *s, int64_t user, enum registry_whose whose, struct str kind, int64_t value, struct str by, int64_t now_ms, struct err *e)
{
    bool there;
    int64_t id;
    assert(store_in_transaction(s) && (whose == REGISTRY_SELF || whose == REGISTRY_RELATIVE));
    ERR_TRY(find(s, user, whose, kind, value, &there, e));
    if (there)
        return ERR_OK;
    ERR_TRY(store_reserve_ids(s, "staff_fact", 1, &id, e));
    return STORE_RUN(s, sql_registry_fact_insert, e, V_INT(id), V_INT(user), V_INT(whose), V_TEXT(kind), V_INT(value), V_INT(now_ms), V_TEXT(by));
}

enum err_code registry_fact_end(struct store *s, int64_t user, enum registry_whose whose, struct str kind, int64_t value, int64_t now_ms, struct err *e)
{
    int64_t changed = 0;
    assert(store_in_transaction(s));
    ERR_TRY(store_run(s, &sql_registry_fact_end, (const struct store_value[]){V_INT(user), V_INT(whose), V_TEXT(kind), V_INT(value), V_INT(now_ms)}, &changed, e));
    return changed ? ERR_OK : err_set(e, ERR_NOT_FOUND, "this was not stated about the user");
}

enum err_code registry_facts(struct store *s, int64_t user, struct arena *a, struct registry_fact_count **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, 1024 * sizeof **ret); /* kinds are few */
    ERR_TRY(STORE_QUERY(s, sql_registry_fact_counts, &c, e, V_INT(user)));
    for (bool row = true;;) {
        struct registry_fact_count one;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        one.whose = (enum registry_whose)store_int(c, 0);
        one.n = store_int(c, 2);
        ERR_TRY(registry_text(c, 1, a, &one.kind, e));
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the list of facts", ret, ret_n, e);
}

static uint32_t bit_of(const struct registry_user *u, int64_t staff, int64_t whose)
{
    bool self = whose == REGISTRY_SELF;
    return staff != u->id ? ACCESS_CONFLICT(colleague) : self ? ACCESS_CONFLICT(self) : ACCESS_CONFLICT(relative);
}

enum err_code registry_fact_values(struct store *s, const struct registry_user *u, struct arena *a, struct registry_fact_value **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_REGISTRY_FACTS * sizeof **ret);
    ERR_TRY(STORE_QUERY(s, sql_registry_fact_values, &c, e, V_INT(u->id), V_INT(u->agency), V_TEXT(u->unit)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        struct registry_fact_value one = {store_int(c, 0), bit_of(u, store_int(c, 1), store_int(c, 2))};
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the facts of a unit", ret, ret_n, e);
}

enum err_code registry_stated(struct store *s, struct arena *a, struct registry_stated **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_REGISTRY_FACTS * 100 * sizeof **ret);
    ERR_TRY(store_query(s, &sql_registry_stated, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        struct registry_stated one;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        one.whose = (enum registry_whose)store_int(c, 1);
        one.value = store_int(c, 3);
        ERR_TRY(registry_text(c, 0, a, &one.user, e));
        ERR_TRY(registry_text(c, 2, a, &one.kind, e));
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "what staff stated", ret, ret_n, e);
}
