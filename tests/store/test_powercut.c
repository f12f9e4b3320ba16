/* test_powercut.c: the power fails at many points of a workload, and single writes and syncs fail; nothing acknowledged is lost and
 * nothing is half there. 100 cuts; HAVEN_POWERCUTS=1000 for the long form. */
#include "store/sample_sql.h"
#include "store/workload.h"
#include "support/powercut.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static struct store_options options = {.sqlite_vfs = "powercut", .sqlite_checkpoint_pages = 60};

static void fresh(struct test_store *t)
{
    test_store_make(t, STORE_SQLITE, options.catalogue);
    store_close(t->store); /* made without the shim, used with it */
    t->store = NULL;
    powercut_forget();
}

static void open_again(struct test_store *t)
{
    struct err e;
    test_ok(store_open_with(t->url, &options, &t->store, &e), &e);
}

static void shut(struct test_store *t)
{
    store_close(t->store);
    t->store = NULL;
}

/* Works until something fails or `n` more are done; every failure must be an honest one. Gives how many are acknowledged. */
static int64_t work(struct store *s, int64_t acked, int64_t n)
{
    struct err e;
    for (int64_t t = acked + 1; t <= acked + n; t++) {
        enum err_code code = workload_do(s, t, &e);
        if (code != ERR_OK) {
            if (code != ERR_IO && code != ERR_STORE)
                fail_msg("a failing disk gave '%s'", e.message);
            return t - 1;
        }
    }
    return acked + n;
}

static int64_t cuts_wanted(void)
{
    const char *text = getenv("HAVEN_POWERCUTS");
    int64_t n = 100;
    if (text)
        assert_true(str_to_int64(str_of(text), &n) && n > 0);
    return n;
}

/* One life of the machine: work, cut somewhere (also while opening or closing), come up, look. */
static int64_t one_cut(struct test_store *t, int64_t acked, uint64_t seed)
{
    struct err e;
    uint64_t at = 1 + str_hash((struct str){(char *)&seed, sizeof seed}, 1) % 400;
    powercut_arm(at, seed);
    if (store_open_with(t->url, &options, &t->store, &e) == ERR_OK)
        acked = work(t->store, acked, 30);
    shut(t);
    powercut_restart();
    open_again(t);
    acked = workload_verify(t->store, acked);
    shut(t);
    return acked;
}

static void acknowledged_work_survives_power_cuts(void **state)
{
    (void)state;
    struct test_store t;
    int64_t acked = 0, wanted = cuts_wanted(), cuts = 0;
    fresh(&t);
    for (uint64_t i = 1; cuts < wanted; i++) {
        int64_t before = acked;
        acked = one_cut(&t, acked, i);
        cuts += acked < before + 30; /* it did not come to its end: the power went */
        assert_true(i < (uint64_t)wanted * 10);
        if (i % 50 == 0) { /* small again, so that checks stay quick */
            test_store_drop(&t);
            fresh(&t);
            acked = 0;
        }
    }
    test_store_drop(&t);
    (void)printf("# %lld power cuts\n", (long long)cuts);
}

static void a_store_is_made_whole_or_can_be_made_again(void **state)
{
    (void)state;
    struct err e;
    for (uint64_t at = 1; at < 2000; at += 1 + at / 8) {
        struct test_store t;
        fresh(&t);
        assert_int_equal(unlink(t.url), 0);
        powercut_arm(at, at);
        enum err_code made = store_create_with(t.url, &options, &t.store, &e);
        if (made == ERR_OK)
            shut(&t);
        bool cut = powercut_happened();
        powercut_restart();
        /* Either it is a hub, perhaps not with all its tables yet, or making it again works. */
        if (store_open_with(t.url, &options, &t.store, &e) == ERR_OK)
            test_ok(store_migrate(t.store, NULL, &e), &e);
        else if (made == ERR_OK)
            fail_msg("cut %d: %s (%s)", (int)at, e.message, e.detail);
        else
            test_ok(store_create_with(t.url, &options, &t.store, &e), &e);
        assert_int_equal(store_pending(t.store), 0);
        (void)workload_verify(t.store, 0);
        test_store_drop(&t);
        if (!cut)
            break;
    }
}

/* The shim itself must be able to break things: without syncs, work is lost. */
static void the_shim_loses_what_is_not_synced(void **state)
{
    (void)state;
    struct test_store t;
    int64_t lost = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        fresh(&t);
        sqlite3 *db = NULL;
        assert_int_equal(sqlite3_open_v2(t.url, &db, SQLITE_OPEN_READWRITE, "powercut"), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=OFF", NULL, NULL, NULL), SQLITE_OK);
        powercut_arm(40, seed);
        int rc = SQLITE_OK;
        int64_t n = 0;
        for (; rc == SQLITE_OK; n++)
            rc = sqlite3_exec(db, "INSERT INTO sample_narrow (a, b, c) VALUES (1, 2, 'x')", NULL, NULL, NULL);
        (void)sqlite3_close(db);
        assert_true(powercut_happened());
        powercut_restart();
        assert_int_equal(sqlite3_open_v2(t.url, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
        sqlite3_stmt *q = NULL;
        int64_t found = -1;
        if (sqlite3_prepare_v2(db, "SELECT count(*) FROM sample_narrow", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
            found = sqlite3_column_int64(q, 0);
        (void)sqlite3_finalize(q);
        (void)sqlite3_close(db);
        lost += found < n - 1;
        test_store_drop(&t);
    }
    assert_in_range(lost, 3, 10);
}

/* ---- one failing call ---- */

static void every_failing_write_or_sync_is_reported(void **state)
{
    (void)state;
    static const int causes[] = {SQLITE_IOERR_FSYNC, SQLITE_FULL, SQLITE_IOERR_WRITE};
    struct test_store t;
    int failures = 0;
    fresh(&t);
    int64_t acked = 0;
    for (uint64_t at = 1, quiet = 0; quiet < 3; at++) {
        open_again(&t);
        int64_t before = acked;
        powercut_fail_once(at, causes[at % 3]);
        acked = work(t.store, acked, 12);
        bool hit = powercut_operations() >= at;
        quiet = hit ? 0 : quiet + 1;
        if (acked < before + 12) { /* a checkpoint's failure harms nothing and is not told */
            struct err e;
            failures++;
            assert_int_equal(store_begin(t.store, &e), ERR_IO);
            assert_non_null(strstr(e.message, "takes nothing more after an input or output error: start again"));
        }
        shut(&t);
        powercut_restart();
        open_again(&t);
        acked = workload_verify(t.store, acked);
        shut(&t);
    }
    test_store_drop(&t);
    assert_true(failures > 30);
    (void)printf("# %d failures reported\n", failures);
}

/* A statement that is its own transaction: told, and nothing more until the store is opened again; then it is there whole or not. */
static void a_failing_single_statement_is_reported(void **state)
{
    (void)state;
    struct test_store t;
    struct err e;
    int failures = 0;
    fresh(&t);
    for (uint64_t at = 1; at <= 12; at++) {
        int64_t n = -1, id = (int64_t)at;
        open_again(&t);
        powercut_fail_once(at, SQLITE_IOERR_FSYNC);
        enum err_code code = STORE_RUN(t.store, sql_sample_thing_insert, &e, V_INT(id), V_TEXT(STR("k")), V_INT(id), V_NULL, V_NULL, V_NULL);
        if (code != ERR_OK) {
            failures++;
            assert_int_equal(code, ERR_IO);
            assert_int_equal(store_query_int(t.store, &sql_sample_thing_count, STORE_NO_VALUES, &n, &e), ERR_IO);
        }
        shut(&t);
        powercut_restart();
        open_again(&t);
        test_ok(store_query_int(t.store, &sql_sample_thing_count, STORE_NO_VALUES, &n, &e), &e);
        bool there = store_query_int(t.store, &sql_sample_thing_by_id, (const struct store_value[]){V_INT(id)}, &n, &e) == ERR_OK;
        assert_true(there || code != ERR_OK);
        shut(&t);
    }
    test_store_drop(&t);
    assert_true(failures >= 3);
}

static void a_vfs_is_chosen_by_url(void **state)
{
    (void)state;
    struct test_store t;
    struct err e;
    char url[PATH_MAX + 30];
    fresh(&t);
    (void)snprintf(url, sizeof url, "sqlite:%s?vfs=powercut", t.url);
    powercut_arm(0, 0);
    test_ok(store_open_with(url, &(struct store_options){.catalogue = options.catalogue}, &t.store, &e), &e);
    test_ok(workload_do(t.store, 1, &e), &e);
    assert_true(powercut_operations() > 0);
    shut(&t);
    (void)snprintf(url, sizeof url, "sqlite:%s?vfs=none", t.url);
    assert_int_equal(store_open_with(url, &(struct store_options){.catalogue = options.catalogue}, &t.store, &e), ERR_STORE);
    assert_non_null(strstr(e.detail, "no such vfs: none"));
    test_store_drop(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shim_loses_what_is_not_synced),
        cmocka_unit_test(acknowledged_work_survives_power_cuts),
        cmocka_unit_test(a_store_is_made_whole_or_can_be_made_again),
        cmocka_unit_test(every_failing_write_or_sync_is_reported),
        cmocka_unit_test(a_failing_single_statement_is_reported),
        cmocka_unit_test(a_vfs_is_chosen_by_url),
    };
    options.catalogue = test_catalogue(&sample_catalogue);
    powercut_register(false);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("powercut", tests, NULL, NULL);
}
