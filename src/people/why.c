/* why.c: see why.h. */
#include "people/why.h"

#include "sql/people_sql.h"

const struct vault_wrapped_column people_wrapped[] = {
    {DECISION_TABLE, "wrapped", &sql_people_wrapped_person_decision_count, &sql_people_wrapped_person_decision_batch, &sql_people_wrapped_person_decision_put},
    {DESTRUCTION_TABLE, "wrapped", &sql_people_wrapped_person_destruction_count, &sql_people_wrapped_person_destruction_batch, &sql_people_wrapped_person_destruction_put},
    {0},
};

enum err_code why_seal(const struct vault *v, const char *table, int64_t id, struct str why, unsigned char ret_wrapped[VAULT_WRAPPED_BYTES], struct buf *sealed,
                       struct err *e)
{
    _cleanup_vault_key_ struct vault_key key;
    vault_key_new(v, (struct vault_place){table, "wrapped", id}, &key, ret_wrapped);
    return vault_seal(&key, (struct vault_place){table, "why", id}, why, sealed, e);
}

enum err_code why_open(const struct vault *v, const char *table, int64_t id, struct str wrapped, struct str sealed, struct arena *a, struct str *ret, struct err *e)
{
    _cleanup_vault_key_ struct vault_key key;
    _cleanup_buf_ struct buf plain;
    buf_init(&plain, LIMIT_PEOPLE_WHY_BYTES);
    if (wrapped.n == 0) {
        *ret = STR("destroyed");
        return ERR_OK;
    }
    ERR_TRY(vault_key_unwrap(v, (struct vault_place){table, "wrapped", id}, wrapped, &key, e));
    ERR_TRY(vault_unseal(&key, (struct vault_place){table, "why", id}, sealed, &plain, e));
    *ret = str_dup(a, buf_as_str(&plain));
    return ret->p ? ERR_OK : err_set(e, ERR_NO_MEMORY, "out of memory for a reason");
}
