/* common.c: lists gathered from rows, sealed reasons, names. See registry_int.h. */
#include "registry/registry_int.h"

enum err_code registry_list(struct buf *b, struct arena *a, size_t size, const char *what, void *ret, size_t *ret_n, struct err *e)
{
    enum err_code code = buf_check(b, what, e);
    void *list = code == ERR_OK ? arena_alloc(a, b->n) : NULL;
    if (code == ERR_OK && !list)
        code = err_set(e, ERR_NO_MEMORY, "out of memory for %s", what);
    if (code == ERR_OK) {
        if (b->n)
            memcpy(list, b->p, b->n);
        memcpy(ret, &list, sizeof list);
        *ret_n = b->n / size;
    }
    buf_release(b);
    return code;
}

enum err_code registry_text(const struct store_cursor *c, size_t column, struct arena *a, struct str *ret, struct err *e)
{
    struct str s = str_dup(a, store_text(c, column));
    if (!s.p)
        return err_set(e, ERR_NO_MEMORY, "out of memory for the registry's texts");
    *ret = s;
    return ERR_OK;
}

/* ---- reasons ---- */

#define REASON_TABLE "reason"

const struct vault_wrapped_column registry_wrapped[] = {
    {"staff", "wrapped", &sql_registry_wrapped_staff_count, &sql_registry_wrapped_staff_batch, &sql_registry_wrapped_staff_put},
    {REASON_TABLE, "wrapped", &sql_registry_wrapped_reason_count, &sql_registry_wrapped_reason_batch, &sql_registry_wrapped_reason_put},
    {0},
};

enum err_code registry_reason_put(struct store *s, const struct vault *v, struct str words, int64_t *ret_id, struct err *e)
{
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    _cleanup_vault_key_ struct vault_key key = {{0}};
    _cleanup_buf_ struct buf sealed;
    int64_t id;
    buf_init(&sealed, LIMIT_REGISTRY_TEXT_BYTES + VAULT_SEAL_OVERHEAD);
    ERR_TRY(registry_line_check(words, "the reason", e));
    ERR_TRY(store_reserve_ids(s, REASON_TABLE, 1, &id, e));
    vault_key_new(v, (struct vault_place){REASON_TABLE, "wrapped", id}, &key, wrapped);
    ERR_TRY(vault_seal(&key, (struct vault_place){REASON_TABLE, "words", id}, words, &sealed, e));
    ERR_TRY(STORE_RUN(s, sql_registry_reason_insert, e, V_INT(id), V_BLOB(((struct str){(const char *)wrapped, sizeof wrapped})), V_BLOB(buf_as_str(&sealed))));
    *ret_id = id;
    return ERR_OK;
}

enum err_code registry_reason_get(struct store *s, const struct vault *v, int64_t id, struct arena *a, struct str *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_vault_key_ struct vault_key key = {{0}};
    _cleanup_buf_ struct buf words;
    bool row = false;
    buf_init(&words, LIMIT_REGISTRY_TEXT_BYTES);
    ERR_TRY(STORE_QUERY(s, sql_registry_reason, &c, e, V_INT(id)));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_STORE, "a reason is missing from the registry");
    ERR_TRY(vault_key_unwrap(v, (struct vault_place){REASON_TABLE, "wrapped", id}, store_text(c, 0), &key, e));
    ERR_TRY(vault_unseal(&key, (struct vault_place){REASON_TABLE, "words", id}, store_text(c, 1), &words, e));
    *ret = str_dup(a, buf_as_str(&words));
    return ret->p ? ERR_OK : err_set(e, ERR_NO_MEMORY, "out of memory for a reason");
}

/* ---- names and lines ---- */

enum err_code registry_name_check(struct str name, const char *what, struct err *e)
{
    bool good = name.n >= 1 && name.n <= LIMIT_REGISTRY_NAME_BYTES;
    for (size_t i = 0; good && i < name.n; i++) {
        bool edge = i == 0 || i == name.n - 1;
        good = strchr(edge ? "abcdefghijklmnopqrstuvwxyz0123456789" : "abcdefghijklmnopqrstuvwxyz0123456789.-", name.p[i]) && name.p[i];
    }
    return good ? ERR_OK
                : err_set(e, ERR_USAGE, "the name of %s has 1 to %zu small letters, digits, dots and hyphens, with a letter or digit at both ends", what,
                          LIMIT_REGISTRY_NAME_BYTES);
}

enum err_code registry_line_check(struct str text, const char *what, struct err *e)
{
    size_t at;
    if (str_trim(text).n == 0)
        return err_set(e, ERR_USAGE, "%s must not be empty", what);
    if (text.n > LIMIT_REGISTRY_TEXT_BYTES)
        return err_set(e, ERR_LIMIT, "%s may have at most %zu bytes", what, LIMIT_REGISTRY_TEXT_BYTES);
    if (!utf8_valid(text, &at) || str_find_char(text, '\n') >= 0)
        return err_set(e, ERR_FORMAT, "%s must be one line of UTF-8 text", what);
    return ERR_OK;
}
