/* test_oom.c: each allocation of a store at work fails once, ours and SQLite's: an error or success, never a crash, a leak or a wrong row. */
#include "store/sample_sql.h"
#include "store/workload.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* Linked with --wrap: the store's own calls come here. */
void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);

static long countdown; /* 0: off */
static bool failed;

static bool fails_now(void)
{
    if (countdown == 0 || --countdown != 0)
        return false;
    return failed = true;
}

void *__wrap_malloc(size_t n) { return fails_now() ? NULL : __real_malloc(n); }
void *__wrap_calloc(size_t count, size_t n) { return fails_now() ? NULL : __real_calloc(count, n); }

/* And SQLite's. */
static sqlite3_mem_methods real;
static void *x_malloc(int n) { return fails_now() ? NULL : real.xMalloc(n); }
static void *x_realloc(void *p, int n) { return fails_now() ? NULL : real.xRealloc(p, n); }

static void wrap_sqlite(void)
{
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real), SQLITE_OK);
    sqlite3_mem_methods mine = real;
    mine.xMalloc = x_malloc;
    mine.xRealloc = x_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &mine), SQLITE_OK);
    /* No lookaside, so that each small allocation counts. */
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}

static enum err_code read_all(struct store *s, struct err *e)
{
    struct store_cursor *c;
    bool row = true;
    ERR_TRY(store_query(s, &sql_sample_narrow_list, STORE_NO_VALUES, &c, e));
    enum err_code code = ERR_OK;
    while (row && (code = store_step(c, &row, e)) == ERR_OK && row)
        if (store_text(c, 3).n != 0 && store_text(c, 3).p[0] < 'a')
            fail_msg("a wrong row");
    store_finish(c);
    return code;
}

/* Opens, works, reads; *acked is what is sure to be there. */
static enum err_code use(struct test_store *t, int64_t *acked, struct err *e)
{
    ERR_TRY(store_open_with(t->url, &(struct store_options){.catalogue = t->catalogue}, &t->store, e));
    enum err_code code = ERR_OK;
    for (int i = 0; i < 2 && code == ERR_OK; i++) {
        code = workload_do(t->store, *acked + 1, e);
        *acked += code == ERR_OK;
    }
    return code == ERR_OK ? read_all(t->store, e) : code;
}

static void each_allocation_fails_once(void **state)
{
    (void)state;
    struct test_store t;
    struct err e;
    int64_t acked = 0;
    long errors = 0, n = 1;
    test_store_make(&t, STORE_SQLITE, test_catalogue(&sample_catalogue));
    store_close(t.store);
    for (failed = true; failed; n += 1 + n / 60) {
        t.store = NULL;
        failed = false;
        countdown = n;
        enum err_code code = use(&t, &acked, &e);
        store_close(t.store);
        countdown = 0;
        errors += code != ERR_OK;
        if (code != ERR_OK && code != ERR_NO_MEMORY)
            fail_msg("allocation %ld failing gave '%s' (%s)", n, e.message, e.detail);
        test_ok(store_open_with(t.url, &(struct store_options){.catalogue = t.catalogue}, &t.store, &e), &e);
        acked = workload_verify(t.store, acked);
        store_close(t.store);
    }
    t.store = NULL;
    test_store_drop(&t);
    assert_true(errors > 50);
    (void)printf("# %ld allocations, %ld errors\n", n, errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_fails_once)};
    wrap_sqlite();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("oom", tests, NULL, NULL);
}
