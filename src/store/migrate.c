/* migrate.c: numbered migrations: which are applied, and applying the rest.
 *
 * Each runs in a transaction of its own, together with its row in store_migration. Numbers are unique over all rooms but
 * need not come in order of time: a lower number that a later version adds is applied when it is met. Promises: what is
 * applied never changes its words unnoticed, and a program never works on a schema newer than it knows. */
#include "store/store_int.h"

#include "sql/store_sql.h"

#include <assert.h>
#include <stdio.h>

static const struct store_migration *find(const struct store_catalogue *all, int64_t number)
{
    for (size_t i = 0; i < all->n_migrations; i++)
        if (all->migrations[i].number == number)
            return &all->migrations[i];
    return NULL;
}

/* One line of what is wrong with an applied migration, or an empty one. */
static void fault_of(const struct store *s, int64_t number, struct str hash, char *ret, size_t n)
{
    const struct store_migration *m = find(s->catalogue, number);
    ret[0] = '\0';
    if (!m)
        (void)snprintf(ret, n, "%s has migration %04d, which this program does not know: use a newer haven", s->name, (int)number);
    else if (!str_eq(hash, str_of(m->hash)))
        (void)snprintf(ret, n, "migration %04d (%s) has other words in this program than when %s applied it: use the program that made it",
                       m->number, m->title, s->name);
}

static enum err_code load_row(struct store *s, const struct store_cursor *c, struct buf *findings, struct err *e)
{
    char fault[400];
    fault_of(s, store_int(c, 0), store_text(c, 1), fault, sizeof fault);
    if (*fault && !findings)
        return err_set(e, ERR_STORE, "%s", fault);
    if (*fault)
        (void)buf_fmt(findings, "%s\n", fault); /* checked by the caller */
    return ERR_OK;
}

/* Walks the applied migrations; faults are an error, or findings when there is a place for them. */
static enum err_code walk(struct store *s, struct buf *findings, size_t *ret_n, struct err *e)
{
    struct store_cursor *c;
    size_t n = 0;
    bool row = true;
    ERR_TRY(store_query(s, &sql_store_migration_list, STORE_NO_VALUES, &c, e));
    enum err_code code = store_step(c, &row, e);
    for (; code == ERR_OK && row; n++) {
        code = load_row(s, c, findings, e);
        if (code == ERR_OK)
            code = store_step(c, &row, e);
    }
    store_finish(c);
    if (code == ERR_OK)
        *ret_n = n;
    return code;
}

enum err_code store_migrations_load(struct store *s, struct err *e)
{
    bool hub, empty;
    ERR_TRY(s->driver->look(s, &hub, &empty, e));
    if (!hub)
        return err_set(e, ERR_STORE, "%s holds no hub: make one with `haven init`", s->name);
    return walk(s, NULL, &s->n_applied, e);
}

enum err_code store_migrations_init(struct store *s, struct err *e)
{
    bool hub, empty;
    ERR_TRY(s->driver->look(s, &hub, &empty, e));
    if (hub)
        return err_set(e, ERR_CONFLICT, "%s holds a hub already: open it, or give another name", s->name);
    if (!empty)
        return err_set(e, ERR_CONFLICT, "%s holds tables of something else: give an empty one", s->name);
    return store_migrate(s, NULL, e);
}

enum err_code store_migrations_check(struct store *s, struct buf *ret_findings, struct err *e)
{
    size_t n = 0;
    ERR_TRY(walk(s, ret_findings, &n, e));
    if (n < s->catalogue->n_migrations)
        (void)buf_fmt(ret_findings, "%s: %zu migrations are not applied\n", s->name, s->catalogue->n_migrations - n);
    return ERR_OK;
}

static enum err_code apply_in_transaction(struct store *s, const struct store_migration *m, struct err *e)
{
    const char *const *steps = s->driver->engine == STORE_SQLITE ? m->sqlite : m->postgresql;
    char what[80];
    for (size_t i = 0; i < m->n_steps; i++) {
        (void)snprintf(what, sizeof what, "step %zu of migration %04d", i + 1, m->number);
        ERR_TRY(store_fail(s, s->driver->exec(s, steps[i], what, e)));
    }
    return STORE_RUN(s, sql_store_migration_insert, e, V_INT(m->number), V_TEXT(str_of(m->title)), V_TEXT(str_of(m->hash)),
                     V_INT(now_ms()));
}

static enum err_code apply(struct store *s, const struct store_migration *m, struct err *e)
{
    ERR_TRY(store_begin(s, e));
    enum err_code code = apply_in_transaction(s, m, e);
    if (code == ERR_OK)
        return store_commit(s, e);
    store_rollback(s);
    return code;
}

/* Fills `ret` (one place for each migration of the catalogue) with what is applied. */
static enum err_code applied_set(struct store *s, bool *ret, struct err *e)
{
    const struct store_migration *all = s->catalogue->migrations;
    bool hub, empty, row = false;
    ERR_TRY(s->driver->look(s, &hub, &empty, e));
    if (!hub)
        return ERR_OK;
    struct store_cursor *c;
    ERR_TRY(store_query(s, &sql_store_migration_list, STORE_NO_VALUES, &c, e));
    enum err_code code;
    while ((code = store_step(c, &row, e)) == ERR_OK && row)
        for (size_t i = 0; i < s->catalogue->n_migrations; i++)
            ret[i] |= all[i].number == store_int(c, 0);
    store_finish(c);
    return code;
}

enum err_code store_migrate(struct store *s, int *ret_applied, struct err *e)
{
    assert(!s->in_transaction);
    const struct store_catalogue *all = s->catalogue;
    bool done[LIMIT_STORE_MIGRATIONS] = {false};
    int n = 0;
    assert(all->n_migrations <= LIMIT_STORE_MIGRATIONS);
    ERR_TRY(applied_set(s, done, e));
    for (size_t i = 0; i < all->n_migrations; i++)
        if (!done[i]) {
            ERR_TRY(apply(s, &all->migrations[i], e));
            s->n_applied++;
            n++;
        }
    if (ret_applied)
        *ret_applied = n;
    return ERR_OK;
}

size_t store_pending(const struct store *s) { return s->catalogue->n_migrations - s->n_applied; }
