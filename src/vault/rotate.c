/* rotate.c: a new generation of the seal key, from the key file through every wrapped key and back to the key file.
 *
 * At every moment the key file holds each generation that some row needs: the new one is in it before the first row is wrapped under it, the
 * old one leaves it after the last. What is done is told by trying the present generation, not by a mark, so a kill at any point loses nothing and
 * starting again goes on. */
#include "vault/keeping.h"
#include "vault/vault_int.h"

#include "store/store.h"

/* ---- the key file ---- */

enum err_code vault_rotation_start(const char *key_path, bool *ret_continued, struct err *e)
{
    ERR_TRY(vault_start_sodium(e));
    _cleanup_secret_ struct vault *v = vault_secret_new(sizeof *v, e);
    if (!v)
        return ERR_NO_MEMORY;
    ERR_TRY(vault_file_read(key_path, v, e));
    *ret_continued = v->n_seals == 2;
    if (*ret_continued)
        return ERR_OK;
    if (v->seal[0].generation == UINT32_MAX)
        return err_set(e, ERR_LIMIT, "%s has had all generations that there are", key_path);
    v->seal[1] = v->seal[0];
    v->n_seals = 2;
    v->seal[0].generation++;
    randombytes_buf(v->seal[0].key, VAULT_KEY_BYTES);
    return vault_file_replace(key_path, v, e);
}

enum err_code vault_rotation_finish(const char *key_path, struct err *e)
{
    ERR_TRY(vault_start_sodium(e));
    _cleanup_secret_ struct vault *v = vault_secret_new(sizeof *v, e);
    if (!v)
        return ERR_NO_MEMORY;
    ERR_TRY(vault_file_read(key_path, v, e));
    if (v->n_seals < 2)
        return ERR_OK; /* done already */
    v->n_seals = 1;
    return vault_file_replace(key_path, v, e);
}

/* ---- rows ---- */

struct wrapped_row {
    int64_t id;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
};

struct rewrap {
    struct store *s;
    const struct vault *v;
    const struct vault_wrapped_column *column;
    struct vault_rewrap_counts n;
    int64_t after, batch_rows;
    struct buf rows; /* struct wrapped_row: of this batch, those to put back */
};

/* Counts a row and keeps it when it is to be wrapped anew. */
static void consider(struct rewrap *r, int64_t id, struct str wrapped)
{
    struct wrapped_row row = {.id = id};
    const struct vault_place place = {r->column->table, r->column->column, id};
    _cleanup_vault_key_ struct vault_key key;
    r->after = id;
    r->n.rows++;
    if (wrapped.n == 0 || vault_unwrap_with(&r->v->seal[0], place, wrapped, &key))
        return; /* destroyed, or done already */
    for (size_t i = 1; i < r->v->n_seals; i++)
        if (vault_unwrap_with(&r->v->seal[i], place, wrapped, &key)) {
            vault_wrap(r->v, place, &key, row.wrapped);
            (void)buf_add(&r->rows, &row, sizeof row); /* checked by the caller */
            return;
        }
    if (r->n.damaged++ == 0)
        r->n.first_damaged = id;
}

static enum err_code batch_read(struct rewrap *r, bool *ret_last, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    const uint64_t before = r->n.rows;
    buf_clear(&r->rows);
    ERR_TRY(STORE_QUERY(r->s, *r->column->batch, &c, e, V_INT(r->after), V_INT(r->batch_rows)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        consider(r, store_int(c, 0), store_text(c, 1));
    }
    *ret_last = r->n.rows - before < (uint64_t)r->batch_rows;
    return buf_check(&r->rows, "a batch of wrapped keys", e);
}

static enum err_code batch_write(struct rewrap *r, struct err *e)
{
    _cleanup_bulk_ struct store_bulk *bulk = NULL;
    const struct wrapped_row *rows = (const void *)r->rows.p;
    const size_t n = r->rows.n / sizeof *rows;
    ERR_TRY(store_bulk_begin(r->s, r->column->put, &bulk, e));
    for (size_t i = 0; i < n; i++)
        ERR_TRY(store_bulk_add(bulk, (const struct store_value[]){V_BLOB(((struct str){(const char *)rows[i].wrapped, sizeof rows[i].wrapped})), V_INT(rows[i].id)}, e));
    struct store_bulk *done = bulk;
    bulk = NULL;
    ERR_TRY(store_bulk_end(done, e));
    r->n.wrapped += n;
    return ERR_OK;
}

static enum err_code batch(struct rewrap *r, bool *ret_last, struct err *e)
{
    ERR_TRY(store_begin(r->s, e));
    enum err_code code = batch_read(r, ret_last, e);
    if (code == ERR_OK && r->rows.n)
        code = batch_write(r, e);
    if (code == ERR_OK)
        code = store_commit(r->s, e);
    if (code != ERR_OK)
        store_rollback(r->s);
    return code;
}

enum err_code vault_rewrap(struct store *s, const struct vault *v, const struct vault_wrapped_column *column, const struct vault_rewrap_options *o,
                           struct vault_rewrap_counts *ret, struct err *e)
{
    struct rewrap r = {.s = s, .v = v, .column = column, .after = INT64_MIN, .batch_rows = o->batch_rows ? o->batch_rows : LIMIT_REWRAP_ROWS};
    int64_t total;
    ERR_TRY(store_query_int(s, column->count, STORE_NO_VALUES, &total, e));
    if (o->progress)
        progress_start(o->progress, column->table, (uint64_t)total);
    buf_init(&r.rows, (size_t)r.batch_rows * sizeof(struct wrapped_row));
    enum err_code code = ERR_OK;
    for (bool last = false; !last && code == ERR_OK;) {
        code = batch(&r, &last, e);
        if (code == ERR_OK && o->committed)
            o->committed(o->ctx);
        if (o->progress)
            progress_to(o->progress, r.n.rows);
    }
    if (o->progress)
        progress_end(o->progress);
    buf_release(&r.rows);
    if (code == ERR_OK)
        *ret = r.n;
    return code;
}

/* ---- looking ---- */

enum err_code vault_check_keys(struct store *s, const struct vault *v, const struct vault_wrapped_column *column, int64_t most, struct vault_key_check *ret,
                               struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct vault_key_check n = {0};
    ERR_TRY(STORE_QUERY(s, *column->batch, &c, e, V_INT(INT64_MIN), V_INT(most)));
    for (bool row = true;;) {
        _cleanup_vault_key_ struct vault_key key;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        n.rows++;
        enum err_code code = vault_key_unwrap(v, (struct vault_place){column->table, column->column, store_int(c, 0)}, store_text(c, 1), &key, NULL);
        n.destroyed += code == ERR_NOT_FOUND;
        n.shut += code == ERR_CRYPTO;
    }
    *ret = n;
    return ERR_OK;
}
