#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void int64_limits(void **state)
{
    (void)state;
    static const struct { const char *text; bool ok; int64_t v; } cases[] = {
        {"0", true, 0}, {"-0", true, 0}, {"+7", true, 7}, {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN}, {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0}, {"", false, 0}, {"-", false, 0}, {"1 ", false, 0}, {"1e3", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t v = 0;
        assert_int_equal(str_to_int64(str_of(cases[i].text), &v), cases[i].ok);
        if (cases[i].ok)
            assert_int_equal(v, cases[i].v);
    }
}

static void split_and_trim(void **state)
{
    (void)state;
    struct str rest = STR("a, b,,c"), part;
    const char *want[] = {"a", "b", "", "c"};
    size_t n = 0;
    while (str_split(&rest, ',', &part))
        assert_true(str_eq(str_trim(part), str_of(want[n++])));
    assert_int_equal(n, 4);
}

static void buf_stops_at_its_maximum(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf b;
    struct err e;
    buf_init(&b, 1000);
    for (int i = 0; i < 100; i++)
        (void)buf_fmt(&b, "%09d,", i);
    assert_true(b.failed);
    assert_true(b.n <= 1000);
    assert_int_equal(buf_check(&b, "the reply", &e), ERR_LIMIT);
    assert_string_equal(e.message, "the reply is over its limit of 1000 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(int64_limits),
        cmocka_unit_test(split_and_trim),
        cmocka_unit_test(buf_stops_at_its_maximum),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
