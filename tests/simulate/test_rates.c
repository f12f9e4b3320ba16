/* test_rates.c: noise scales the quality of data and nothing else; docs/simulate.md carries the table as it is. */
#include "simulate/rates.h"

#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void noise_scales_data_quality_only(void **state)
{
    (void)state;
    struct rates none = rates_at(0), one = rates_at(1), two = rates_at(2), ten = rates_at(10);
    assert_true(one.v[RATE_dob_missing] == 0.25 && one.v[RATE_dob_wrong] == 0.08 && one.v[RATE_nickname] == 0.10 &&
                one.v[RATE_moved] == 0.15 && one.v[RATE_same_kin] == 0.02);
    assert_true(none.v[RATE_dob_missing] == 0 && two.v[RATE_dob_missing] == 0.5 && two.v[RATE_moved] == 0.3);
    assert_true(ten.v[RATE_dob_missing] == RATE_CAP);
    assert_true(none.v[RATE_stalking] == one.v[RATE_stalking] && ten.v[RATE_stalking] == 0.003);
    for (int i = 0; i < RATE_N; i++)
        assert_true(ten.v[i] >= one.v[i]);
}

static void document_has_this_table(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf table, document;
    buf_init(&table, 1 << 20);
    buf_init(&document, 1 << 20);
    simulate_rates_markdown(&table);
    FILE *f = fopen(DOCUMENT, "rbe");
    assert_non_null(f);
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        (void)buf_add(&document, part, n);
    (void)fclose(f);
    if (str_find(buf_as_str(&document), buf_as_str(&table)) < 0)
        fail_msg("docs/simulate.md lacks the table of rates as it is; put this into it:\n%.*s", (int)table.n, table.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_scales_data_quality_only),
        cmocka_unit_test(document_has_this_table),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("rates", tests, NULL, NULL);
}
