/* test_table.c: cells of the report's tables: what people read, and all digits for pictures. */
#include "report/table.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define MINUS "\xE2\x88\x92"

static void same(struct str s, const char *want)
{
    if (!str_eq(s, str_of(want)))
        fail_msg("wanted \"%s\", got \"%.*s\"", want, STR_ARG(s));
}

static const struct report_column columns[] = {COLUMN_TEXT("name", "Name"), COLUMN_NUMBER("n", "Number")};

static void test_counts(void **state)
{
    _cleanup_arena_ struct arena a;
    (void)state;
    arena_init(&a, 1 << 20);
    same(count_text(&a, 0), "0");
    same(count_text(&a, 999), "999");
    same(count_text(&a, 1000), "1,000");
    same(count_text(&a, 12345678), "12,345,678");
    same(count_text(&a, UINT64_MAX), "18,446,744,073,709,551,615");
    same(count_of(&a, 1, "link", "links"), "1 link");
    same(count_of(&a, 0, "link", "links"), "0 links");
}

static void test_numbers(void **state)
{
    _cleanup_arena_ struct arena a;
    (void)state;
    arena_init(&a, 1 << 20);
    same(number_text(&a, -1.234, 2), MINUS "1.23");
    same(number_text(&a, -0.001, 2), "0.00"); /* no minus before nothing */
    same(number_text(&a, 7.5, 0), "8");
}

static void test_cells(void **state)
{
    static const double values[] = {0.1, 1.0 / 3, -8.418967, 1e-300, 5e22, 0, 2251799813685249.5};
    _cleanup_arena_ struct arena a;
    struct report_table t;
    struct err e = {0};
    (void)state;
    arena_init(&a, 1 << 20);
    table_start(&t, &a, STR("t"), STR("A table"), columns, 2);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        table_text(&t, STR("x"));
        table_number(&t, values[i], 2);
    }
    table_text(&t, STR_NONE);
    table_number(&t, NAN, 2);
    table_text(&t, STR("share"));
    table_percent(&t, 0.12345, 1);
    assert_int_equal(table_done(&t, &e), ERR_OK);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double back;
        assert_true(str_to_double(t.rows[i].cells[1].value, &back));
        assert_true(back == values[i]); /* all its digits */
    }
    same(t.rows[0].cells[1].value, "0.1"); /* and no more */
    same(t.rows[7].cells[0].text, "");
    same(t.rows[7].cells[1].text, "");
    same(t.rows[7].cells[1].value, "");
    same(t.rows[8].cells[1].text, "12.3%");
    same(t.rows[8].cells[1].value, "0.12345");
    assert_true(t.rows[0].cells[0].head && !t.rows[0].cells[1].head);
}

static void test_out_of_memory(void **state)
{
    _cleanup_arena_ struct arena a;
    struct report_table t;
    struct err e = {0};
    (void)state;
    arena_init(&a, 4096);
    table_start(&t, &a, STR("t"), STR("A table"), columns, 2);
    for (int i = 0; i < 2000; i++)
        table_text(&t, STR("a text that takes some of the little memory"));
    assert_int_equal(table_done(&t, &e), ERR_LIMIT);
    assert_string_equal(e.message, "the report outgrew its memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts), cmocka_unit_test(test_numbers), cmocka_unit_test(test_cells), cmocka_unit_test(test_out_of_memory)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
