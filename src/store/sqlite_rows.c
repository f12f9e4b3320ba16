/* sqlite_rows.c: statements and rows on SQLite.
 *
 * A prepared statement is bound, stepped and reset. What a query is bound to is copied, because the rows come later; what an insert is bound
 * to is not, because it is done when the call returns. */
#include "store/sqlite_int.h"

enum err_code sqlite_prepare(struct store *s, struct store_cursor *c, struct err *e)
{
    const struct store_statement *st = c->st;
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v3(s->native, st->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &q, NULL);
    if (rc != SQLITE_OK)
        return sqlite_fail(s, rc, st->name, e);
    size_t columns = (size_t)sqlite3_column_count(q), params = (size_t)sqlite3_bind_parameter_count(q);
    if (columns != st->n_columns || params != st->n_params) {
        (void)sqlite3_finalize(q);
        return err_set(e, ERR_STORE, "%s (%s) declares %zu columns and %zu parameters but has %zu and %zu", st->name, st->file,
                       st->n_columns, st->n_params, columns, params);
    }
    c->native = q;
    return ERR_OK;
}

void sqlite_unprepare(struct store_cursor *c) { (void)sqlite3_finalize(c->native); }

static int bind_one(sqlite3_stmt *q, int at, const struct store_value *v, sqlite3_destructor_type keep)
{
    const char *p = v->s.p ? v->s.p : ""; /* a NULL pointer would bind NULL */
    switch (v->type) {
    case STORE_INT:
        return sqlite3_bind_int64(q, at, v->i);
    case STORE_REAL:
        return sqlite3_bind_double(q, at, v->r);
    case STORE_TEXT:
        return sqlite3_bind_text64(q, at, p, v->s.n, keep, SQLITE_UTF8);
    case STORE_BLOB:
        return sqlite3_bind_blob64(q, at, p, v->s.n, keep);
    case STORE_NULL:
        break;
    }
    return sqlite3_bind_null(q, at);
}

static enum err_code bind(const struct store_cursor *c, const struct store_value *values, sqlite3_destructor_type keep,
                          struct err *e)
{
    for (size_t i = 0; i < c->st->n_params; i++) {
        int rc = bind_one(c->native, (int)i + 1, &values[i], keep);
        if (rc != SQLITE_OK)
            return sqlite_fail(c->store, rc, c->st->name, e);
    }
    return ERR_OK;
}

/* An I/O error of a statement that is its own transaction leaves open whether it was written. */
static enum err_code fail_statement(struct store_cursor *c, int rc, struct err *e)
{
    enum err_code code = sqlite_fail(c->store, rc, c->st->name, e);
    if (code == ERR_IO && !c->store->in_transaction && !sqlite3_stmt_readonly(c->native))
        c->store->unsure = true;
    (void)sqlite3_reset(c->native); /* repeats rc */
    return code;
}

enum err_code sqlite_bulk_add(struct store_cursor *c, const struct store_value *values, struct err *e)
{
    /* The values outlive the step, so nothing is copied; the reset below ends their use. */
    ERR_TRY(bind(c, values, SQLITE_STATIC, e));
    int rc = sqlite3_step(c->native);
    if (rc != SQLITE_DONE)
        return fail_statement(c, rc, e);
    (void)sqlite3_reset(c->native);
    return ERR_OK;
}

enum err_code sqlite_run(struct store_cursor *c, const struct store_value *values, int64_t *ret_changed, struct err *e)
{
    ERR_TRY(sqlite_bulk_add(c, values, e));
    *ret_changed = sqlite3_changes64(c->store->native);
    return ERR_OK;
}

enum err_code sqlite_bulk_flush(struct store *s, struct err *e)
{
    (void)s, (void)e; /* every row was written when it was added */
    return ERR_OK;
}

/* ---- rows ---- */

enum err_code sqlite_start(struct store_cursor *c, const struct store_value *values, struct err *e)
{
    return bind(c, values, SQLITE_TRANSIENT, e);
}

/* SQLite types values, not columns: what the statement declares is checked row by row. */
static enum err_code check_types(const struct store_cursor *c, struct err *e)
{
    static const enum store_type types[] = {
        [SQLITE_INTEGER] = STORE_INT, [SQLITE_FLOAT] = STORE_REAL, [SQLITE_TEXT] = STORE_TEXT,
        [SQLITE_BLOB] = STORE_BLOB,   [SQLITE_NULL] = STORE_NULL};
    for (size_t i = 0; i < c->st->n_columns; i++) {
        enum store_type has = types[sqlite3_column_type(c->native, (int)i)], wants = c->st->column_types[i];
        if (has != wants && has != STORE_NULL && !(wants == STORE_REAL && has == STORE_INT))
            return err_set(e, ERR_STORE, "%s (%s): column %zu has another type than declared: use CAST or mend '-- returns:'",
                           c->st->name, c->st->file, i + 1);
    }
    return ERR_OK;
}

enum err_code sqlite_step(struct store_cursor *c, bool *ret_row, struct err *e)
{
    int rc = sqlite3_step(c->native);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return fail_statement(c, rc, e);
    if (rc == SQLITE_ROW)
        ERR_TRY(check_types(c, e));
    *ret_row = rc == SQLITE_ROW;
    return ERR_OK;
}

struct store_value sqlite_column(const struct store_cursor *c, size_t i)
{
    sqlite3_stmt *q = c->native;
    int at = (int)i;
    if (sqlite3_column_type(q, at) == SQLITE_NULL)
        return V_NULL;
    switch (c->st->column_types[i]) {
    case STORE_INT:
        return V_INT(sqlite3_column_int64(q, at));
    case STORE_REAL:
        return V_REAL(sqlite3_column_double(q, at));
    case STORE_TEXT:
    case STORE_BLOB: {
        /* Text too, for column_text would copy it to put a NUL behind it, which can fail. NULL when empty. */
        const char *p = sqlite3_column_blob(q, at);
        struct str s = {p ? p : "", (size_t)sqlite3_column_bytes(q, at)};
        return c->st->column_types[i] == STORE_TEXT ? V_TEXT(s) : V_BLOB(s);
    }
    case STORE_NULL:
        break;
    }
    return V_NULL;
}

void sqlite_finish(struct store_cursor *c)
{
    (void)sqlite3_reset(c->native);          /* repeats what step said */
    (void)sqlite3_clear_bindings(c->native); /* cannot fail */
}
