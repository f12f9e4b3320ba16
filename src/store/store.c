/* store.c: what both engines have in common (see store.h).
 *
 * Every call passes the same gate, `usable`: a store whose transaction has failed, or whose last commit failed
 * with an I/O error, takes nothing more. Prepared statements are kept by the address of their description. */
#include "store/store_int.h"

#include "sql/store_sql.h"

#include <assert.h>
#include <stdlib.h>

enum store_engine store_engine_of(const struct store *s) { return s->driver->engine; }

/* ---- prepared statements ---- */

static size_t slot_of(struct store_cursor *const *cache, size_t cap, const struct store_statement *st)
{
    size_t at = (size_t)((uintptr_t)st >> 4) * 0x9E3779B1u & (cap - 1);
    while (cache[at] && cache[at]->st != st)
        at = (at + 1) & (cap - 1);
    return at;
}

static enum err_code grow_cache(struct store *s, struct err *e)
{
    size_t cap = s->cache_cap ? 2 * s->cache_cap : 256;
    struct store_cursor **bigger = calloc(cap, sizeof *bigger);
    if (!bigger)
        return err_set(e, ERR_NO_MEMORY, "out of memory for prepared statements");
    for (size_t i = 0; i < s->cache_cap; i++)
        if (s->cache[i])
            bigger[slot_of(bigger, cap, s->cache[i]->st)] = s->cache[i];
    free(s->cache);
    s->cache = bigger;
    s->cache_cap = cap;
    return ERR_OK;
}

/* So that nobody can run words of their own, which would say of themselves what they read. */
static bool is_of_catalogue(const struct store *s, const struct store_statement *st)
{
    for (size_t i = 0; i < s->catalogue->n_statements; i++)
        if (s->catalogue->statements[i] == st)
            return true;
    return false;
}

enum err_code store_prepared(struct store *s, const struct store_statement *st, struct store_cursor **ret, struct err *e)
{
    if (2 * s->cache_n >= s->cache_cap)
        ERR_TRY(grow_cache(s, e));
    size_t at = slot_of(s->cache, s->cache_cap, st);
    if (!s->cache[at]) {
        if (!is_of_catalogue(s, st))
            return err_set(e, ERR_REFUSED, "%s is no statement of this store's catalogue", st->name);
        struct store_cursor *c = calloc(1, sizeof *c);
        if (!c)
            return err_set(e, ERR_NO_MEMORY, "out of memory for prepared statements");
        c->store = s;
        c->st = st;
        enum err_code code = s->driver->prepare(s, c, e);
        if (code != ERR_OK) {
            free(c);
            return code;
        }
        s->cache[at] = c;
        s->cache_n++;
    }
    *ret = s->cache[at];
    return ERR_OK;
}

/* ---- the gate ---- */

enum err_code store_fail(struct store *s, enum err_code code)
{
    if (code != ERR_OK && s->in_transaction)
        s->failed = true;
    return code;
}

static enum err_code usable(const struct store *s, struct err *e)
{
    if (s->unsure)
        return err_set(e, ERR_IO, "the store %s takes nothing more after an input or output error: start again", s->name);
    if (s->failed)
        return err_set(e, ERR_STORE, "the transaction has failed already and can only be rolled back");
    return ERR_OK;
}

static enum err_code check_values(const struct store_statement *st, const struct store_value *values, struct err *e)
{
    for (size_t i = 0; i < st->n_params; i++) {
        const struct store_value *v = &values[i];
        assert(v->type == st->param_types[i] || v->type == STORE_NULL);
        if ((v->type == STORE_TEXT || v->type == STORE_BLOB) && v->s.n > LIMIT_STORE_VALUE_BYTES)
            return err_set(e, ERR_LIMIT, "%s: the value for :%s is over the store's limit of %zu bytes", st->name, st->params[i],
                           LIMIT_STORE_VALUE_BYTES);
        size_t bad;
        if (v->type == STORE_TEXT && !utf8_valid(v->s, &bad))
            return err_set(e, ERR_FORMAT, "%s: the text for :%s is not UTF-8 or holds a NUL byte", st->name, st->params[i]);
    }
    return ERR_OK;
}

/* Checks, then gives the prepared form. */
static enum err_code ready(struct store *s, const struct store_statement *st, const struct store_value *values,
                           struct store_cursor **ret, struct err *e)
{
    ERR_TRY(usable(s, e));
    enum err_code code = store_grant_check(s, st, e);
    if (code == ERR_OK)
        code = check_values(st, values, e);
    if (code == ERR_OK)
        code = store_prepared(s, st, ret, e);
    return store_fail(s, code);
}

/* ---- running ---- */

/* So that its effect is in it. */
static enum err_code run_in_transaction(struct store *s, const struct store_statement *st, const struct store_value *values, int64_t *ret_changed, struct err *e)
{
    int64_t changed;
    ERR_TRY(store_begin(s, e));
    enum err_code code = store_run(s, st, values, &changed, e);
    if (code != ERR_OK) {
        store_rollback(s);
        return code;
    }
    ERR_TRY(store_commit(s, e));
    if (ret_changed)
        *ret_changed = changed;
    return ERR_OK;
}

enum err_code store_run(struct store *s, const struct store_statement *st, const struct store_value *values,
                        int64_t *ret_changed, struct err *e)
{
    assert(st->n_columns == 0);
    if (s->effect && !s->in_transaction)
        return run_in_transaction(s, st, values, ret_changed, e);
    struct store_cursor *c;
    ERR_TRY(ready(s, st, values, &c, e));
    int64_t changed = 0;
    ERR_TRY(store_fail(s, s->driver->run(c, values, &changed, e)));
    s->changed |= changed > 0;
    if (ret_changed)
        *ret_changed = changed;
    return ERR_OK;
}

enum err_code store_query(struct store *s, const struct store_statement *st, const struct store_value *values,
                          struct store_cursor **ret, struct err *e)
{
    assert(st->n_columns > 0);
    struct store_cursor *c;
    ERR_TRY(ready(s, st, values, &c, e));
    assert(!c->open);
    ERR_TRY(store_fail(s, s->driver->start(c, values, e)));
    c->open = true;
    c->grant = s->grants;
    c->row = c->done = false;
    *ret = c;
    return ERR_OK;
}

enum err_code store_step(struct store_cursor *c, bool *ret_row, struct err *e)
{
    assert(c->open);
    c->row = false;
    ERR_TRY(usable(c->store, e));
    ERR_TRY(store_fail(c->store, store_grant_check_row(c, e))); /* it may have ended since the cursor was opened */
    if (!c->done) /* SQLite would begin anew */
        ERR_TRY(store_fail(c->store, c->store->driver->step(c, &c->row, e)));
    c->done = !c->row;
    *ret_row = c->row;
    return ERR_OK;
}

struct store_value store_column(const struct store_cursor *c, size_t i)
{
    assert(c->row && i < c->st->n_columns);
    return c->store->driver->column(c, i);
}

int64_t store_int(const struct store_cursor *c, size_t i)
{
    assert(c->st->column_types[i] == STORE_INT);
    return store_column(c, i).i;
}

double store_real(const struct store_cursor *c, size_t i)
{
    assert(c->st->column_types[i] == STORE_REAL);
    return store_column(c, i).r;
}

struct str store_text(const struct store_cursor *c, size_t i)
{
    assert(c->st->column_types[i] == STORE_TEXT || c->st->column_types[i] == STORE_BLOB);
    return store_column(c, i).s;
}

void store_finish(struct store_cursor *c)
{
    if (!c || !c->open)
        return;
    c->store->driver->finish(c);
    c->open = c->row = false;
}

void store_finish_p(struct store_cursor **c) { store_finish(*c); }

enum err_code store_query_int(struct store *s, const struct store_statement *st, const struct store_value *values,
                              int64_t *ret, struct err *e)
{
    struct store_cursor *c;
    bool row = false;
    ERR_TRY(store_query(s, st, values, &c, e));
    enum err_code code = store_step(c, &row, e);
    if (code == ERR_OK && row)
        *ret = store_int(c, 0);
    store_finish(c);
    if (code == ERR_OK && !row)
        return err_set(e, ERR_NOT_FOUND, "%s found nothing", st->name);
    return code;
}

/* ---- many rows ---- */

struct store_bulk {
    struct store *store;
    struct store_cursor *c;
};

enum err_code store_bulk_begin(struct store *s, const struct store_statement *st, struct store_bulk **ret, struct err *e)
{
    assert(s->in_transaction && st->n_columns == 0);
    ERR_TRY(usable(s, e));
    ERR_TRY(store_fail(s, store_grant_check(s, st, e)));
    struct store_cursor *c;
    ERR_TRY(store_fail(s, store_prepared(s, st, &c, e)));
    struct store_bulk *b = malloc(sizeof *b);
    if (!b)
        return store_fail(s, err_set(e, ERR_NO_MEMORY, "out of memory for many rows of %s", st->name));
    *b = (struct store_bulk){s, c};
    *ret = b;
    return ERR_OK;
}

enum err_code store_bulk_add(struct store_bulk *b, const struct store_value *values, struct err *e)
{
    struct store *s = b->store;
    assert(s->in_transaction);
    ERR_TRY(usable(s, e));
    enum err_code code = check_values(b->c->st, values, e);
    if (code == ERR_OK)
        code = s->driver->bulk_add(b->c, values, e);
    s->changed = true;
    return store_fail(s, code);
}

enum err_code store_bulk_end(struct store_bulk *b, struct err *e)
{
    if (!b)
        return ERR_OK;
    struct store *s = b->store;
    free(b);
    ERR_TRY(usable(s, e));
    return store_fail(s, s->driver->bulk_flush(s, e));
}

void store_bulk_drop(struct store_bulk **b) { free(*b); }

/* ---- transactions ---- */

enum err_code store_begin(struct store *s, struct err *e)
{
    assert(!s->in_transaction);
    ERR_TRY(usable(s, e));
    ERR_TRY(s->driver->exec(s, s->driver->engine == STORE_SQLITE ? "BEGIN IMMEDIATE" : "BEGIN", "begin", e));
    s->in_transaction = true;
    s->changed = false;
    return ERR_OK;
}

void store_set_effect(struct store *s, store_effect *effect, void *ctx)
{
    assert(!effect || !s->effect);
    s->effect = effect;
    s->effect_ctx = ctx;
}

static enum err_code write_effect(struct store *s, struct err *e)
{
    if (!s->effect || !s->changed)
        return ERR_OK;
    return store_fail(s, s->effect(s->effect_ctx, e));
}

enum err_code store_commit(struct store *s, struct err *e)
{
    assert(s->in_transaction);
    enum err_code code = usable(s, e);
    if (code == ERR_OK)
        code = write_effect(s, e);
    if (code == ERR_OK)
        code = s->driver->bulk_flush(s, e);
    if (code == ERR_OK) {
        code = s->driver->exec(s, "COMMIT", "commit", e);
        /* Whether the engine wrote it is not known now; a broken rule of the schema is certain. */
        if (code != ERR_OK && code != ERR_CONFLICT)
            s->unsure = true;
    }
    if (code == ERR_OK)
        s->in_transaction = s->scope_open = false;
    else
        store_rollback(s);
    return code;
}

enum err_code store_commit_ledger(struct store *s, struct err *e)
{
    s->changed = false;
    return store_commit(s, e);
}

void store_rollback(struct store *s)
{
    if (!s->in_transaction)
        return;
    struct err e;
    /* A rollback that fails leaves the store of no use, but nothing half-done: the engine drops it at the next opening. */
    if (s->driver->exec(s, "ROLLBACK", "rollback", &e) != ERR_OK)
        s->unsure = true;
    s->in_transaction = s->failed = false;
    store_grant_rolled_back(s);
}

bool store_in_transaction(const struct store *s) { return s->in_transaction; }

enum err_code store_reserve_ids(struct store *s, const char *counter, int64_t n, int64_t *ret_first, struct err *e)
{
    assert(s->in_transaction && n > 0);
    int64_t next = 0;
    ERR_TRY(store_query_int(s, &sql_store_counter_reserve,
                            (const struct store_value[]){V_TEXT(str_of(counter)), V_INT(n)}, &next, e));
    *ret_first = next - n;
    return ERR_OK;
}

/* ---- keeping ---- */

enum err_code store_backup(struct store *s, const char *path, struct err *e)
{
    assert(!s->in_transaction);
    ERR_TRY(usable(s, e));
    return s->driver->backup(s, path, e);
}

enum err_code store_check(struct store *s, struct buf *ret_findings, struct err *e)
{
    ERR_TRY(usable(s, e));
    ERR_TRY(s->driver->check(s, ret_findings, e));
    ERR_TRY(store_migrations_check(s, ret_findings, e));
    return buf_check(ret_findings, "the list of findings", e);
}
