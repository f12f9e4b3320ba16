/* bench_store.c: how many rows a second the store takes and gives, per engine. Not a test: `build/tests/store/bench_store [ROWS]`, for PostgreSQL
 * under tests/support/with_pg.py; with TMPDIR on a real disk. Times vary on a busy machine: compare within one run. */
#include "store/sample_sql.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <cmocka.h>

static int64_t rows = 300000;

static void say(const char *what, int64_t n, double since_s)
{
    double s = monotonic_s() - since_s;
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf("#   %-44s %9.0f /s  (%.2f s, peak %ld MB)\n", what, (double)n / s, s, usage.ru_maxrss / 1024);
}

/* Ends a batch of many rows; begins the next. */
static void next_batch(struct store *s, const struct store_statement *st, struct store_bulk **b)
{
    struct err e;
    if (*b) {
        test_ok(store_bulk_end(*b, &e), &e);
        test_ok(store_commit(s, &e), &e);
        *b = NULL;
    }
    if (st) {
        test_ok(store_begin(s, &e), &e);
        test_ok(store_bulk_begin(s, st, b, &e), &e);
    }
}

static void add_narrow(struct store *s, int64_t first, int64_t n, int64_t per_commit)
{
    struct err e;
    struct store_bulk *b = NULL;
    for (int64_t i = first; i < first + n; i++) {
        if ((i - first) % per_commit == 0)
            next_batch(s, &sql_sample_narrow_insert, &b);
        struct store_value v[] = {V_INT(i), V_INT(i * 7919 % 1000003), V_INT(i % 100), V_TEXT(STR("a narrow text of 24 byte"))};
        test_ok(store_bulk_add(b, v, &e), &e);
    }
    next_batch(s, NULL, &b);
}

/* As a sealed mention: 300 bytes of blob and two indexed random keys. */
static void add_wide(struct store *s, int64_t n, int64_t per_commit)
{
    struct err e;
    struct store_bulk *b = NULL;
    char blob[300] = "sealed";
    for (int64_t i = 0; i < n; i++) {
        if (i % per_commit == 0)
            next_batch(s, &sql_sample_wide_insert, &b);
        uint64_t h = str_hash((struct str){(char *)&i, sizeof i}, 3);
        struct store_value v[] = {V_INT(i), V_INT((int64_t)(h >> 1)), V_INT((int64_t)(h * 31 >> 1)), V_BLOB(((struct str){blob, sizeof blob}))};
        test_ok(store_bulk_add(b, v, &e), &e);
    }
    next_batch(s, NULL, &b);
}

static void scan(struct store *s)
{
    struct err e;
    struct store_cursor *c;
    bool row = true;
    int64_t n = 0;
    test_ok(store_query(s, &sql_sample_narrow_list, STORE_NO_VALUES, &c, &e), &e);
    for (; row; n += row)
        test_ok(store_step(c, &row, &e), &e);
    store_finish(c);
    assert_true(n >= rows);
}

static void look_up(struct store *s, int64_t n)
{
    struct err e;
    int64_t got;
    for (int64_t i = 0; i < n; i++)
        test_ok(store_query_int(s, &sql_sample_narrow_by_id, (const struct store_value[]){V_INT(i * 7919 % rows)}, &got, &e), &e);
}

static void measure(struct store *s, struct test_store *t)
{
    bool sqlite = t->engine == STORE_SQLITE;
    (void)printf("# %s, %lld rows\n", sqlite ? "SQLite" : "PostgreSQL", (long long)rows);
    double at = monotonic_s();
    add_narrow(s, 0, rows, rows);
    say("narrow rows, one transaction", rows, at);
    at = monotonic_s();
    add_narrow(s, rows, rows, 10000);
    say("narrow rows, commits of 10,000", rows, at);
    at = monotonic_s();
    add_wide(s, rows / 2, 10000);
    say("sealed rows (300 bytes, 2 indexes), 10,000", rows / 2, at);
    at = monotonic_s();
    add_narrow(s, 2 * rows, 500, 1);
    say("transactions of one row", 500, at);
    at = monotonic_s();
    scan(s);
    say("rows read in one scan", 2 * rows + 500, at);
    at = monotonic_s();
    look_up(s, sqlite ? rows : rows / 10);
    say("rows looked up by id", sqlite ? rows : rows / 10, at);
}

static void measure_each(void **state)
{
    (void)state;
    test_store_each_with(test_catalogue(&sample_catalogue), measure);
}

int main(int argc, char **argv)
{
    if (argc > 1 && (!str_to_int64(str_of(argv[1]), &rows) || rows < 1000)) {
        (void)fprintf(stderr, "usage: bench_store [ROWS, at least 1000]\n");
        return 2;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(measure_each)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("bench", tests, NULL, NULL);
}
