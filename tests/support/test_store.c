/* test_store.c: see test_store.h. */
#include "support/test_store.h"

#include "support/permit.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

void test_ok(enum err_code code, const struct err *e)
{
    if (code != ERR_OK)
        fail_msg("%s (%s)", e->message, e->detail);
}

bool test_store_has(enum store_engine engine)
{
    return engine == STORE_SQLITE || (engine == STORE_POSTGRESQL && getenv("HAVEN_TEST_PG"));
}

/* ---- PostgreSQL's databases ---- */

void test_store_admin(const char *sql)
{
    PGconn *c = PQconnectdb(getenv("HAVEN_TEST_PG"));
    PGresult *r = PQexec(c, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
    char why[300];
    (void)snprintf(why, sizeof why, "%s", PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
    if (!ok)
        fail_msg("%s: %s", sql, why);
}

/* The cluster's address ends in "/postgres?host=...": the database's name is put in its place. */
static void make_database(struct test_store *t)
{
    static int n;
    char sql[200];
    const char *address = getenv("HAVEN_TEST_PG"), *at = strstr(address, "/postgres?");
    assert_non_null(at);
    int name = snprintf(t->folder, sizeof t->folder, "t%d_%d", (int)getpid(), n++);
    assert_true(name > 0);
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' STRATEGY file_copy", t->folder);
    test_store_admin(sql);
    (void)snprintf(t->url, sizeof t->url, "%.*s/%s%s", (int)(at - address), address, t->folder, at + strlen("/postgres"));
}

static void drop_database(const struct test_store *t)
{
    char sql[200];
    (void)snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", t->folder);
    test_store_admin(sql);
}

/* ---- SQLite's folders ---- */

static void remove_tree(const char *folder)
{
    char command[100];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) /* also called after the last test, where nothing can fail any more */
        (void)printf("# %s could not be removed\n", folder);
}

/* One for the program, with one for each store in it; it goes at the end, also when a test failed and dropped nothing. */
static struct {
    char path[48];
    pid_t owner;
    int n;
} top;

static void remove_top(void)
{
    if (getpid() == top.owner) /* not in a child */
        remove_tree(top.path);
}

/* In memory where there is such a place: tests wait for no disk. */
static void make_top(void)
{
    const char *tmp = getenv("TMPDIR");
    if (!tmp || strlen(tmp) > 24)
        tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(top.path, sizeof top.path, "%s/haven-test-XXXXXX", tmp);
    assert_non_null(mkdtemp(top.path));
    top.owner = getpid();
    assert_int_equal(atexit(remove_top), 0);
}

static void make_folder(struct test_store *t)
{
    if (top.owner == 0)
        make_top();
    (void)snprintf(t->folder, sizeof t->folder, "%s/%d", top.path, top.n++);
    assert_int_equal(mkdir(t->folder, 0700), 0);
    (void)snprintf(t->url, sizeof t->url, "%s/haven.db", t->folder);
}

/* ---- both ---- */

void test_store_make(struct test_store *t, enum store_engine engine, const struct store_catalogue *catalogue)
{
    struct err e;
    *t = (struct test_store){.engine = engine, .catalogue = catalogue};
    if (engine == STORE_SQLITE)
        make_folder(t);
    else
        make_database(t);
    test_ok(store_create_with(t->url, &(struct store_options){.catalogue = catalogue}, &t->store, &e), &e);
    test_store_permit(t->store);
}

void test_store_permit(struct store *s)
{
    struct err e;
    test_ok(permit_all(s, &e), &e);
}

void test_store_reopen(struct test_store *t)
{
    struct err e;
    store_close(t->store);
    t->store = NULL;
    test_ok(store_open_with(t->url, &(struct store_options){.catalogue = t->catalogue}, &t->store, &e), &e);
    test_store_permit(t->store);
}

void test_store_drop(struct test_store *t)
{
    store_close(t->store);
    if (t->engine == STORE_SQLITE)
        remove_tree(t->folder);
    else
        drop_database(t);
}

void test_store_each_with(const struct store_catalogue *catalogue, test_store_fn *test)
{
    static const enum store_engine engines[] = {STORE_SQLITE, STORE_POSTGRESQL};
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        if (!test_store_has(engines[i])) {
            (void)printf("# PostgreSQL not tested: run under tests/support/with_pg.py\n");
            continue;
        }
        struct test_store t;
        test_store_make(&t, engines[i], catalogue);
        test(t.store, &t);
        test_store_drop(&t);
    }
}

void test_store_each(test_store_fn *test) { test_store_each_with(NULL, test); }

const struct store_catalogue *test_catalogue(const struct store_catalogue *extra)
{
    static const struct store_statement *statements[4096];
    static struct store_migration migrations[LIMIT_STORE_MIGRATIONS];
    static struct store_catalogue both;
    size_t ns = store_whole.n_statements, nm = store_whole.n_migrations;
    assert_true(ns + extra->n_statements <= 4096 && nm + extra->n_migrations <= LIMIT_STORE_MIGRATIONS);
    memcpy(statements, store_whole.statements, ns * sizeof *statements);
    if (extra->n_statements)
        memcpy(statements + ns, extra->statements, extra->n_statements * sizeof *statements);
    memcpy(migrations, store_whole.migrations, nm * sizeof *migrations);
    if (extra->n_migrations)
        memcpy(migrations + nm, extra->migrations, extra->n_migrations * sizeof *migrations);
    both = (struct store_catalogue){statements, ns + extra->n_statements, migrations, nm + extra->n_migrations};
    return &both;
}
