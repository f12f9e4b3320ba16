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

static void slices_compare_and_search(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int cmp;
    } order[] = {{"", "", 0}, {"", "a", -1}, {"a", "ab", -1}, {"b", "ab", 1}, {"a", "\xC3\xA9", -1}, {"ab", "ab", 0}};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        int c = str_cmp(str_of(order[i].a), str_of(order[i].b));
        assert_int_equal((c > 0) - (c < 0), order[i].cmp);
        assert_int_equal(str_eq(str_of(order[i].a), str_of(order[i].b)), order[i].cmp == 0);
    }
    assert_true(str_eq_nocase(STR("Europe/LONDON"), STR("europe/london")));
    assert_false(str_eq_nocase(STR("a"), STR("ab")));
    assert_false(str_eq_nocase(STR("["), STR("{"))); /* 32 apart, yet no letters */
    assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
    assert_int_equal(str_find(STR("abc"), STR("abcd")), -1);
    assert_int_equal(str_find(STR_NONE, STR("a")), -1);
    assert_int_equal(str_find(STR("abc"), STR("")), 0);
    assert_int_equal(str_find_char(STR("abc"), 'c'), 2);
    assert_true(str_starts(STR("abc"), STR("ab")) && !str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")));
    assert_true(str_eq(str_slice(STR("abc"), 1, 9), STR("bc")));
    assert_int_equal(str_slice(STR("abc"), 2, 1).n, 0);
}

static void doubles_are_read_whole(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        double v;
    } cases[] = {{"0", true, 0}, {"-1.5e3", true, -1500}, {".5", true, 0.5}, {"", false, 0}, {" 1", false, 0}, {"1 ", false, 0}, {"1,5", false, 0}, {"x", false, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double v = 77;
        assert_int_equal(str_to_double(str_of(cases[i].text), &v), cases[i].ok);
        assert_true(v == (cases[i].ok ? cases[i].v : 77));
    }
}

/* The hash is in files and in the order of things: it may never change. */
static void the_hash_is_stable(void **state)
{
    (void)state;
    assert_int_equal(str_hash(STR(""), 0), UINT64_C(0x660E597EC30FC964));
    assert_int_equal(str_hash(STR("Ouseshire"), 1), UINT64_C(0xFAC99ED7BB312CC0));
    assert_int_equal(str_hash(str_slice(STR("xOuseshire"), 1, 10), 1), UINT64_C(0xFAC99ED7BB312CC0)); /* whatever the alignment */
    assert_true(str_hash(STR("a"), 0) != str_hash((struct str){"a\0", 2}, 0));
}

static void copies_live_in_the_arena(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 4096);
    assert_non_null(str_dup(&a, STR_NONE).p);
    assert_string_equal(str_z(&a, (struct str){"abcd", 2}), "ab");
    assert_true(str_eq(str_fmt(&a, "%d-%s", 7, "x"), STR("7-x")));
    assert_null(str_fmt(&a, "%5000d", 1).p);
    assert_null(str_z(&a, (struct str){"", 5000}));
}

static void a_buffer_clears_and_grows(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf b;
    buf_init(&b, 1 << 20);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5000; i++)
            assert_true(buf_fmt(&b, "%04d", i) && buf_char(&b, ',') && buf_z(&b, "z") && buf_str(&b, STR_NONE));
        assert_int_equal(b.n, 30000);
        assert_true(str_starts(buf_as_str(&b), STR("0000,z0001,z")));
        buf_clear(&b);
        assert_int_equal(buf_as_str(&b).n, 0);
    }
    assert_int_equal(buf_check(&b, "it", NULL), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(int64_limits),
        cmocka_unit_test(split_and_trim),
        cmocka_unit_test(buf_stops_at_its_maximum),
        cmocka_unit_test(slices_compare_and_search),
        cmocka_unit_test(doubles_are_read_whole),
        cmocka_unit_test(the_hash_is_stable),
        cmocka_unit_test(copies_live_in_the_arena),
        cmocka_unit_test(a_buffer_clears_and_grows),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
