/* The thresholds' file: every slip of the pen is refused with its line. */
#include "oversight/town.h"

static char text[LIMIT_OVERSIGHT_LIST_BYTES];
static struct str whole;

static int setup(void **state)
{
    (void)state;
    FILE *f = fopen(HAVEN_SOURCE_ROOT "/reference/oversight.tsv", "r");
    if (!f)
        return -1;
    whole = (struct str){text, fread(text, 1, sizeof text, f)};
    return fclose(f);
}

/* The file with the first `from` replaced by `to`. */
static enum err_code read_with(struct arena *a, const char *from, const char *to, struct err *e)
{
    const struct oversight_limits *l;
    ptrdiff_t at = str_find(whole, str_of(from));
    assert_true(at >= 0);
    struct str changed = str_fmt(a, "%.*s%s%.*s", STR_ARG(str_slice(whole, 0, (size_t)at)), to, STR_ARG(str_slice(whole, (size_t)at + strlen(from), whole.n)));
    assert_non_null(changed.p);
    return oversight_limits_read(a, changed, &l, e);
}

static void as_it_stands(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    const struct oversight_limits *l;
    struct err e;
    arena_init(&a, (size_t)1 << 20);
    assert_int_equal(oversight_limits_read(&a, whole, &l, &e), ERR_OK);
    assert_int_equal(oversight_limits_builtin(&a, &l, &e), ERR_OK);
}

static void slips(void **state)
{
    (void)state;
    static const struct { const char *from, *to, *message; } cases[] = {
        {"R6\tdays\t2\t", "R6\tdays\t0\t", "R6 days must be a whole number from 1 to 30"},
        {"R6\tdays\t2\t", "R6\tdays\ttwo\t", "R6 days must be a whole number from 1 to 30"},
        {"R6\tdays\t2\t", "R6\tday\t2\t", "there is no such rule and name"},
        {"R6\tdays\t2\t", "R6\tdays\t2 ", "a row is rule, name, value and why, with tabs between"},
        {"R6\tdays\t2\t", "R9\tdays\t2\t", "R9 days stands there twice"},
        {"R18\ton\t1\tmarkers changed\n", "", "the row R18 on is missing"},
        {"R18\ton\t1", "R18\ton\t2", "R18 on must be a whole number from 0 to 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_arena_ struct arena a;
        struct err e;
        arena_init(&a, (size_t)1 << 20);
        assert_int_equal(read_with(&a, cases[i].from, cases[i].to, &e), ERR_FORMAT);
        if (!strstr(e.message, cases[i].message))
            fail_msg("%zu: %s", i, e.message);
        assert_true(str_starts(str_of(e.message), STR("oversight.tsv:")));
    }
}

static void too_long(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    const struct oversight_limits *l = NULL;
    struct err e;
    arena_init(&a, (size_t)1 << 20);
    assert_int_equal(oversight_limits_read(&a, (struct str){text, LIMIT_OVERSIGHT_LIST_BYTES + 1}, &l, &e), ERR_LIMIT);
    assert_null(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_it_stands), cmocka_unit_test(slips), cmocka_unit_test(too_long)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, NULL);
}
