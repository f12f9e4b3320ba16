/* test_rows.c: rows come out by time, equal times in the order of adding, whether they fit or were spilled; failures
 * are told. */
#include "simulate/rng.h"
#include "simulate/rows.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void order_of(size_t n, size_t row_bytes, bool spills)
{
    struct rows *r = malloc(sizeof *r);
    struct rng dice = rng_start(1, STREAM_LIFE, n);
    char row[400], *line = NULL;
    size_t cap = 0;
    assert_non_null(r);
    rows_init(r, "/tmp");
    for (size_t i = 0; i < n; i++) {
        uint32_t time = rng_below(&dice, (uint32_t)n / 4 + 1);
        int used = snprintf(row, sizeof row, "%010u %010zu %*s\n", time, i, (int)row_bytes - 23, "x");
        rows_add(r, time, (struct str){row, (size_t)used});
    }
    assert_int_equal(r->total, n);
    assert_int_equal(r->n_runs > 0, spills);
    FILE *out = tmpfile();
    struct err e;
    assert_non_null(out);
    assert_int_equal(rows_write(r, out, &e), ERR_OK);
    rewind(out);
    char before[24] = "";
    size_t got = 0;
    while (getline(&line, &cap, out) > 0) {
        assert_true(strncmp(before, line, 21) < 0); /* time, then number of adding */
        memcpy(before, line, 21);
        got++;
    }
    assert_int_equal(got, n);
    free(line);
    (void)fclose(out);
    rows_release(r);
    free(r);
}

static void in_memory(void **state)
{
    (void)state;
    order_of(1, 30, false);
    order_of(5000, 100, false);
}

static void spilled(void **state)
{
    (void)state;
    order_of(240000, 300, true); /* three runs */
}

static void nothing_added(void **state)
{
    (void)state;
    struct rows *r = malloc(sizeof *r);
    FILE *out = tmpfile();
    struct err e;
    assert_true(r && out);
    rows_init(r, "/tmp");
    assert_int_equal(rows_write(r, out, &e), ERR_OK);
    assert_int_equal(ftell(out), 0);
    (void)fclose(out);
    rows_release(r);
    free(r);
}

static void no_place_to_spill_is_told(void **state)
{
    (void)state;
    struct rows *r = malloc(sizeof *r);
    struct err e;
    char row[1000];
    assert_non_null(r);
    memset(row, 'x', sizeof row);
    rows_init(r, "/nonexistent/place");
    for (size_t i = 0; i < 2 * ROWS_RUN_BYTES / sizeof row; i++)
        rows_add(r, 1, (struct str){row, sizeof row});
    FILE *out = tmpfile();
    assert_non_null(out);
    assert_int_equal(rows_write(r, out, &e), ERR_IO);
    assert_string_equal(e.message, "cannot put the rows in order in /nonexistent/place: free disk space or memory");
    (void)fclose(out);
    rows_release(r);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),
        cmocka_unit_test(spilled),
        cmocka_unit_test(nothing_added),
        cmocka_unit_test(no_place_to_spill_is_told),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
