/* test_store.h: a fresh store for a test, on each engine.
 *
 *     static void something(struct store *s, struct test_store *t) { ... }
 *     static void something_on_each(void **state) { (void)state; test_store_each(something); }
 *
 * SQLite stores live in a new folder under $TMPDIR, or /dev/shm, or /tmp. PostgreSQL stores are databases of the cluster that tests/support/with_pg.py
 * started; it gives its address in $HAVEN_TEST_PG. Without that variable only SQLite runs, and the test says so. Both go at the end. */
#ifndef HAVEN_TESTS_SUPPORT_TEST_STORE_H
#define HAVEN_TESTS_SUPPORT_TEST_STORE_H

#include "store/store.h"

#include <limits.h>

struct test_store {
    enum store_engine engine;
    char folder[64]; /* the test's own, gone at the end */
    char url[PATH_MAX];
    const struct store_catalogue *catalogue; /* what it was made with; NULL: the whole product's */
    struct store *store;
};

/* Each stops the test (cmocka) when it fails. */
void test_store_make(struct test_store *t, enum store_engine engine, const struct store_catalogue *catalogue);
void test_store_reopen(struct test_store *t);
void test_store_drop(struct test_store *t);
/* Runs a statement on the cluster as its administrator, outside any store. */
void test_store_admin(const char *sql);
/* Permits everything, of the first sixteen owners, until the store is closed; test_store_make and _reopen do it. A test of permission itself ends it first (store_grant_end). */
void test_store_permit(struct store *s);
/* True when this engine can be tested here. */
bool test_store_has(enum store_engine engine);

/* Runs `test` with a fresh store on each engine that there is. */
typedef void test_store_fn(struct store *s, struct test_store *t);
void test_store_each(test_store_fn *test);
void test_store_each_with(const struct store_catalogue *catalogue, test_store_fn *test);

/* The whole product's catalogue with `extra` added (a test's own tables). Lives until the program ends. */
const struct store_catalogue *test_catalogue(const struct store_catalogue *extra);

/* Stops the test with the message when code is not ERR_OK. */
void test_ok(enum err_code code, const struct err *e);

#endif
