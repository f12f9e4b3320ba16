/* grant.c: no personal statement without a grant (grant.h). The grant's rows stand in a temporary table, in memory on SQLite, of the session on PostgreSQL, so they end with the
 * process whatever happens. A statement is checked when it starts and at every row. */
#include "store/grant.h"

#include "store/store_int.h"

#include "sql/store_sql.h"

#include <assert.h>

enum err_code store_grant_init(struct store *s, struct err *e)
{
    return s->driver->exec(s, "CREATE TEMP TABLE scope (owner bigint NOT NULL, level bigint NOT NULL, grade bigint NOT NULL, groups bigint NOT NULL, "
                              "watch bigint NOT NULL, PRIMARY KEY (owner, level))", "make the table of what may be read", e);
}

enum err_code store_grant_check(const struct store *s, const struct store_statement *st, struct err *e)
{
    if ((st == &sql_store_scope_insert || st == &sql_store_scope_clear) && !s->filling)
        return err_set(e, ERR_REFUSED, "%s is for grants alone", st->name);
    if (st->reads == STORE_READS_NONE)
        return ERR_OK;
    if (!s->granted)
        return err_set(e, ERR_REFUSED, "%s reads personal data, and nobody has been given permission for it", st->name);
    if (now_ms() >= s->granted_until_ms)
        return err_set(e, ERR_REFUSED, "%s reads personal data, and the permission for it has run out", st->name);
    return ERR_OK;
}

enum err_code store_grant_check_row(const struct store_cursor *c, struct err *e)
{
    ERR_TRY(store_grant_check(c->store, c->st, e));
    if (c->st->reads != STORE_READS_NONE && c->grant != c->store->grants)
        return err_set(e, ERR_REFUSED, "%s reads personal data, and the permission that it began with has ended", c->st->name);
    return ERR_OK;
}

void store_grant_rolled_back(struct store *s)
{
    if (s->scope_open)
        s->granted = false;
    s->scope_open = false;
}

static enum err_code scope_fill(struct store *s, const struct store_grant *g, struct err *e)
{
    ERR_TRY(store_run(s, &sql_store_scope_clear, STORE_NO_VALUES, NULL, e));
    for (size_t i = 0; i < g->n_rows; i++) {
        const struct store_scope_row *r = &g->rows[i];
        ERR_TRY(STORE_RUN(s, sql_store_scope_insert, e, V_INT(r->owner), V_INT(r->level), V_INT(r->grade), V_INT(r->groups), V_INT(r->watch)));
    }
    return ERR_OK;
}

enum err_code store_grant_begin(struct store *s, const struct store_grant *g, struct err *e)
{
    assert(!s->granted);
    s->grants++;
    s->scope_open = s->in_transaction;
    s->filling = true;
    enum err_code code = scope_fill(s, g, e);
    s->filling = false;
    if (code != ERR_OK)
        return code;
    s->granted = true;
    s->granted_until_ms = g->until_ms;
    return ERR_OK;
}

void store_grant_end(struct store *s)
{
    struct err e;
    if (!s->granted)
        return;
    s->granted = false;
    s->scope_open = s->in_transaction;
    /* Rows that could not be cleared give nothing away: without a grant no statement that joins them runs, and the next grant clears them first or does not begin. */
    s->filling = true;
    (void)store_run(s, &sql_store_scope_clear, STORE_NO_VALUES, NULL, &e);
    s->filling = false;
}
