/* Reference lists and working days: versions never overlap; bank holidays equal the Act's own rule; the clocks of the domain. */
#include "registry/registry_test.h"

static int32_t day(const char *iso)
{
    int32_t d;
    assert_true(day_parse_iso(str_of(iso), &d));
    return d;
}

static int32_t after(const struct registry_holidays *h, const char *iso, int n)
{
    struct err e;
    int32_t d;
    test_ok(registry_working_days_add(h, day(iso), n, &d, &e), &e);
    return d;
}

static void working_days(struct store *s, struct test_store *t)
{
    static const struct { const char *from; int n; const char *to; } cases[] = {
        {"2026-12-24", 1, "2026-12-29"}, {"2026-12-24", 5, "2027-01-05"}, {"2026-11-20", 1, "2026-11-23"}, {"2026-11-20", 5, "2026-11-27"}, {"2026-11-21", 1, "2026-11-23"},
        {"2026-04-02", 1, "2026-04-07"}, {"2026-11-23", 10, "2026-12-07"}, {"2026-11-23", 20, "2026-12-21"}, {"2026-11-23", 0, "2026-11-23"}};
    _cleanup_arena_ struct arena a;
    struct registry_holidays h;
    struct err e;
    int32_t d;
    (void)t;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    test_ok(registry_holidays_load(s, T0, &a, &h, &e), &e);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(after(&h, cases[i].from, cases[i].n), day(cases[i].to));
    assert_int_equal(registry_working_days_add(&h, day("2028-12-29"), 1, &d, &e), ERR_LIMIT);
    assert_non_null(strstr(e.message, "known from 2019 to 2028"));
}

/* Easter Sunday, Gregorian (Meeus, Jones, Butcher). */
static int32_t easter(int y)
{
    int a = y % 19, b = y / 100, c = y % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451, month = (h + l - 7 * m + 114) / 31;
    int32_t out;
    assert_true(civil_to_day(y, month, (h + l - 7 * m + 114) % 31 + 1, &out));
    return out;
}

static int weekday(int32_t d) { return (int)((d % 7 + 7 + 4) % 7); } /* 0: Sunday */

static int32_t monday(int y, int month, bool last)
{
    int32_t d;
    if (last) {
        assert_true(civil_to_day(y, month, 31, &d)); /* May and August */
        return d - (weekday(d) + 6) % 7;
    }
    assert_true(civil_to_day(y, month, 1, &d));
    return d + (8 - weekday(d)) % 7;
}

/* Schedule 1 of the Banking and Financial Dealings Act 1971, with substitute days; what proclamations moved or added is listed. */
static bool by_the_act(int32_t d)
{
    static const char *const moved[] = {"2020-05-04", "2022-05-30"}, *const added[] = {"2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"};
    int y = civil_of_day(d).year;
    int32_t first, christmas = 0;
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++)
        if (d == day(moved[i]))
            return false;
    for (size_t i = 0; i < sizeof added / sizeof *added; i++)
        if (d == day(added[i]))
            return true;
    assert_true(civil_to_day(y, 1, 1, &first) && civil_to_day(y, 12, 25, &christmas));
    first += weekday(first) == 6 ? 2 : weekday(first) == 0 ? 1 : 0;
    int32_t boxing = christmas + 1;
    boxing += weekday(boxing) == 6 || weekday(boxing) == 0 ? 2 : 0;
    christmas += weekday(christmas) == 6 || weekday(christmas) == 0 ? 2 : 0;
    return d == first || d == easter(y) - 2 || d == easter(y) + 1 || d == monday(y, 5, false) || d == monday(y, 5, true) || d == monday(y, 8, true) || d == christmas || d == boxing;
}

static void holidays(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    struct registry_holidays h;
    struct err e;
    (void)t;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    test_ok(registry_holidays_load(s, T0, &a, &h, &e), &e);
    assert_true(h.from == day("2019-01-01") && h.to == day("2029-01-01"));
    for (int32_t d = h.from; d < h.to; d++) {
        bool weekend = weekday(d) == 0 || weekday(d) == 6;
        if (registry_is_working_day(&h, d) != !(weekend || by_the_act(d)))
            fail_msg("%d-%02d-%02d", civil_of_day(d).year, civil_of_day(d).month, civil_of_day(d).day);
    }
}

static struct registry_reference version(const char *text, int64_t from, int64_t to, struct arena *a)
{
    struct registry_reference r = {.name = STR("bank-holidays"), .source = STR("a test"), .from_ms = from, .to_ms = to};
    struct registry_reference_row *rows;
    struct err e;
    test_ok(registry_reference_read(str_of(text), "a.tsv", a, &rows, &r.n_rows, &e), &e);
    r.rows = rows;
    return r;
}

static void versions(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    struct registry_reference_row *rows;
    struct registry_reference *list;
    struct registry_holidays h;
    struct err problem;
    size_t n;
    (void)t;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    struct registry_reference one = version("# remark\n2030-01-01\tNew Year's Day\n2030-12-25\tChristmas\n", T0, REGISTRY_FOR_EVER, &a);
    struct registry_reference two = version("2031-01-01\tNew Year's Day\n", T0 + HOUR, T0 + 2 * HOUR, &a);
    DO(s, registry_reference_add(s, &one, STR("root.admin"), T0, e));
    REFUSED(s, ERR_CONFLICT, "follows those before it", registry_reference_add(s, &one, STR("root.admin"), T0, e));
    DO(s, registry_reference_add(s, &two, STR("root.admin"), T0, e));
    test_ok(registry_reference_rows(s, one.name, T0 + HOUR - 1, &a, &rows, &n, &problem), &problem);
    assert_true(n == 2 && str_eq(rows[1].title, STR("Christmas")));
    test_ok(registry_reference_rows(s, one.name, T0 + HOUR, &a, &rows, &n, &problem), &problem);
    assert_int_equal(n, 1);
    assert_int_equal(registry_reference_rows(s, one.name, T0 + 2 * HOUR, &a, &rows, &n, &problem), ERR_NOT_FOUND);
    test_ok(registry_holidays_load(s, T0, &a, &h, &problem), &problem);
    assert_false(registry_is_working_day(&h, day("2030-12-25")));
    test_ok(registry_references(s, &a, &list, &n, &problem), &problem);
    assert_true(n == 2 && list[0].to_ms == T0 + HOUR && list[0].n_rows == 2);
    assert_int_equal(registry_reference_read(STR("x\ty\nno tab\n"), "a.tsv", &a, &rows, &n, &problem), ERR_FORMAT);
    assert_non_null(strstr(problem.message, "a.tsv:2: a line is a code"));
}

ON_EACH(working_days)
ON_EACH(holidays)
ON_EACH(versions)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(working_days_on_each), cmocka_unit_test(holidays_on_each), cmocka_unit_test(versions_on_each)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("reference", tests, registry_test_setup, registry_test_teardown);
}
