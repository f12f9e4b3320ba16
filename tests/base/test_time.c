/* Days, instants, zones and their texts. London's clock is compared with the system's tz database when there is one. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

static void days_go_there_and_back(void **state)
{
    (void)state;
    int32_t first, last, day;
    assert_true(civil_to_day(1800, 1, 1, &first));
    assert_true(civil_to_day(2200, 12, 31, &last));
    for (int32_t d = first; d <= last; d++) {
        struct civil c = civil_of_day(d);
        assert_true(civil_to_day(c.year, c.month, c.day, &day));
        assert_int_equal(day, d);
    }
    assert_true(civil_to_day(1970, 1, 1, &day) && day == 0);
    assert_true(civil_to_day(2000, 2, 29, &day) && day == 11016);
    static const int none[][3] = {{1799, 12, 31}, {2201, 1, 1}, {2023, 2, 29}, {1900, 2, 29}, {2024, 4, 31}, {2024, 13, 1},
                                  {2024, 0, 1},   {2024, 1, 0}, {2024, 1, 32}};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(civil_to_day(none[i][0], none[i][1], none[i][2], &day));
}

static void iso_days(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "2024-2-01", "2024-02-30", "2024/02/01", "20240201", "2024-02-01 ", "x024-02-01", "2024-02-0x"};
    int32_t day = -1;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(day_parse_iso(str_of(bad[i]), &day));
    assert_int_equal(day, -1);
    assert_true(day_parse_iso(STR("2024-02-29"), &day));
    _cleanup_arena_ struct arena a;
    arena_init(&a, 4096);
    assert_true(str_eq(day_format_iso(&a, day), STR("2024-02-29")));
    assert_true(str_eq(day_format_govuk(&a, day), STR("29 February 2024")));
}

/* ---- reading by styles ---- */

static const struct str styles[] = {{"DD/MM/YYYY HH:mm", 16}, {"DD/MM/YYYY", 10}, {"D Mon YY", 8}, {"Mon YYYY", 8}, {"YYYY", 4},
                                    {"YYYYMMDDHHmmss", 14}, {"YYYY-MM-DDTHH:mm:ss.sssZ", 24}, {"D.M.YYYY HH", 11}};

static void styles_read_what_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *text, *iso; /* NULL: refused with `message` */
        enum precision precision;
        const char *message;
    } cases[] = {
        {"18/06/2025 23:10", "2025-06-18T23:10", PRECISION_MINUTE, NULL},
        {"18/06/2025", "2025-06-18", PRECISION_DAY, NULL},
        {"5 May 71", "1971-05-05", PRECISION_DAY, NULL},
        {"15 MAY 26", "2026-05-15", PRECISION_DAY, NULL},
        {"1 jan 27", "1927-01-01", PRECISION_DAY, NULL},
        {"May 2021", "2021-05", PRECISION_MONTH, NULL},
        {"2019", "2019", PRECISION_YEAR, NULL},
        {"20250618231059", "2025-06-18T23:10:59", PRECISION_SECOND, NULL},
        {"2025-06-18T23:10:59.5Z", "2025-06-19T00:10:59.500", PRECISION_SECOND, NULL},
        {"2025-06-18T23:10:59.123456789+01:00", "2025-06-18T23:10:59.123", PRECISION_SECOND, NULL},
        {"2025-01-18T23:10:59.000-0530", "2025-01-19T04:40:59", PRECISION_SECOND, NULL},
        {"1.2.2024 09", "2024-02-01T09", PRECISION_HOUR, NULL},
        {"30/02/2020", NULL, 0, "there is no such day (read as DD/MM/YYYY)"},
        {"06/18/2025", NULL, 0, "there is no such day (read as DD/MM/YYYY)"},
        {"18/06/2025 24:00", NULL, 0, "there is no such time of day (read as DD/MM/YYYY HH:mm)"},
        {"18/06/2025 23:61", NULL, 0, "there is no such time of day (read as DD/MM/YYYY HH:mm)"},
        {"31/03/2024 01:30", NULL, 0, "the clocks leave that hour out (read as DD/MM/YYYY HH:mm)"},
        {"01/01/1799", NULL, 0, "there is no such day (read as DD/MM/YYYY)"},
        {"18/6/2025", NULL, 0, "*"},
        {"18/06/2025 ", NULL, 0, "*"},
        {"18-06-2025", NULL, 0, "*"},
        {"", NULL, 0, "*"},
        {"5 Foo 71", NULL, 0, "*"},
        {"2025-06-18T23:10:59.Z", NULL, 0, "*"},
        {"2025-06-18T23:10:59.1", NULL, 0, "*"},
        {"2025-06-18T23:10:59.1+15:00", NULL, 0, "*"},
        {"2025-06-18T23:10:59.1+0", NULL, 0, "*"},
    };
    const struct time_styles s = {styles, sizeof styles / sizeof *styles, ZONE_LONDON, 2026};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_arena_ struct arena a;
        arena_init(&a, 4096);
        struct instant t = {77, PRECISION_UNKNOWN};
        struct err e = {.code = ERR_OK};
        enum err_code code = instant_parse(str_of(cases[i].text), &s, &t, &e);
        if (cases[i].iso) {
            assert_int_equal(code, ERR_OK);
            assert_true(str_eq(instant_format_iso(&a, t), str_of(cases[i].iso)));
            assert_int_equal(t.precision, cases[i].precision);
        } else {
            assert_int_equal(code, ERR_FORMAT);
            assert_int_equal(t.ms, 77);
            assert_string_equal(e.message,
                                strcmp(cases[i].message, "*") ? cases[i].message
                                                              : "not a date in the form DD/MM/YYYY HH:mm or DD/MM/YYYY or D Mon YY or "
                                                                "Mon YYYY or YYYY or YYYYMMDDHHmmss or YYYY-MM-DDTHH:mm:ss.sssZ or D.M.YYYY HH");
        }
    }
}

static void styles_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *style;
        bool valid;
        enum precision precision;
    } cases[] = {
        {"YYYY", true, PRECISION_YEAR},        {"MM/YYYY", true, PRECISION_MONTH},   {"DD/MM/YYYY", true, PRECISION_DAY},
        {"D Mon YY", true, PRECISION_DAY},     {"YYYY-MM-DDTHHZ", true, PRECISION_HOUR}, {"DD/MM/YYYY HH:mm:ss", true, PRECISION_SECOND},
        {"", false, 0},                        {"DD/MM", false, 0},                  {"DD YYYY", false, 0},
        {"YYYY-MM-DD mm", false, 0},           {"YYYY YY", false, 0},                {"HH:mm", false, 0},
        {"YYYY-MM-DD HH:mm.sss", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum precision p = PRECISION_UNKNOWN;
        assert_int_equal(time_style_valid(str_of(cases[i].style), &p), cases[i].valid);
        assert_int_equal(p, cases[i].valid ? cases[i].precision : PRECISION_UNKNOWN);
    }
    const struct str year = STR("YY");
    struct instant t;
    assert_int_equal(instant_parse(STR("24"), &(struct time_styles){&year, 1, ZONE_UTC, 0}, &t, NULL), ERR_FORMAT); /* no pivot */
}

static void iso_reads_what_it_writes(void **state)
{
    (void)state;
    static const char *const texts[] = {"2025", "2025-06", "2025-06-18", "2025-06-18T23", "2025-06-18T23:10", "2025-06-18T23:10:59", "2025-06-18T23:10:59.007"};
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 16);
    struct instant t;
    struct err e;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(instant_parse_iso(str_of(texts[i]), ZONE_LONDON, &t, &e), ERR_OK);
        assert_true(str_eq(instant_format_iso(&a, t), str_of(texts[i])));
    }
    assert_int_equal(instant_parse_iso(STR("2025-06-18T23:10Z"), ZONE_LONDON, &t, &e), ERR_OK);
    assert_int_equal(t.ms, INT64_C(1750288200000));
    assert_int_equal(instant_parse_iso(STR("2025-06-18T23:10"), ZONE_UTC, &t, &e), ERR_OK);
    assert_int_equal(t.ms, INT64_C(1750288200000));
    assert_int_equal(instant_parse_iso(STR("2025-02-29"), ZONE_UTC, &t, &e), ERR_FORMAT);
    assert_string_equal(e.message, "there is no such day");
    assert_int_equal(instant_parse_iso(STR("18/06/2025"), ZONE_UTC, &t, &e), ERR_FORMAT);
    assert_string_equal(e.message, "not a date in ISO 8601 form, such as 2025-06-18T23:10");
}

/* ---- London ---- */

static void clock_changes(void **state)
{
    (void)state;
    static const struct {
        const char *local;
        const char *utc; /* NULL: does not exist */
    } cases[] = {
        {"2024-03-31T00:59", "2024-03-31T00:59Z"}, {"2024-03-31T01:00", NULL},
        {"2024-03-31T01:59", NULL},                {"2024-03-31T02:00", "2024-03-31T01:00Z"},
        {"2024-10-27T00:59", "2024-10-26T23:59Z"}, {"2024-10-27T01:00", "2024-10-27T00:00Z"},
        {"2024-10-27T01:59", "2024-10-27T00:59Z"}, {"2024-10-27T02:00", "2024-10-27T02:00Z"},
        {"1972-03-19T02:30", NULL},                {"1972-03-19T03:00", "1972-03-19T02:00Z"},
        {"1971-07-01T12:00", "1971-07-01T12:00Z"}, /* before the rules: GMT */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct instant got, want;
        enum err_code code = instant_parse_iso(str_of(cases[i].local), ZONE_LONDON, &got, NULL);
        assert_int_equal(code, cases[i].utc ? ERR_OK : ERR_FORMAT);
        if (cases[i].utc) {
            assert_int_equal(instant_parse_iso(str_of(cases[i].utc), ZONE_LONDON, &want, NULL), ERR_OK);
            assert_int_equal(got.ms, want.ms);
        }
    }
}

static void london_is_the_tz_database(void **state)
{
    (void)state;
    if (access("/usr/share/zoneinfo/Europe/London", R_OK) != 0)
        skip();
    assert_int_equal(setenv("TZ", "Europe/London", 1), 0);
    tzset();
    for (int64_t s = 1800; s < INT64_C(2082758400); s += 3600) { /* every hour from 1972 to 2035 */
        if (s < 63072000)
            continue;
        time_t t = s;
        struct tm tm;
        assert_non_null(localtime_r(&t, &tm));
        int64_t ours = london_of_utc(s * 1000) - s * 1000;
        if (ours != tm.tm_gmtoff * 1000)
            fail_msg("at %lld the offset is %ld s, not %lld ms", (long long)s, tm.tm_gmtoff, (long long)ours);
        int64_t back;
        assert_true(london_to_utc(london_of_utc(s * 1000), &back));
        assert_true(back == s * 1000 || back == s * 1000 - 3600000); /* the second of two equal hours comes back as the first */
    }
}

static void days_have_23_to_25_hours(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        int hours;
    } cases[] = {{"2024-03-31", 23}, {"2024-10-27", 25}, {"2024-06-18", 24}, {"2024-12-31", 24}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct instant t;
        assert_int_equal(instant_parse_iso(str_of(cases[i].day), ZONE_UTC, &t, NULL), ERR_OK);
        assert_int_equal(instant_end_ms(t) - t.ms, cases[i].hours * INT64_C(3600000));
    }
}

/* ---- ranges ---- */

static void instants_compare_as_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int cmp;
    } cases[] = {
        {"2024", "2025", -1},
        {"2024", "2024-06", 0},
        {"2024-06", "2024-07-01", -1},
        {"2024-06-30", "2024-07", -1},
        {"2024-06-30T23:59", "2024-06", 0},
        {"2024-07-01T00:00", "2024-06", 1},
        {"2024-06-18", "2024-06-18T23:59:59.999", 0},
        {"2024-06-18", "2024-06-19T00:00", -1},
        {"2024-06-18T21", "2024-06-18T21:40", 0},
        {"2024-06-18T21", "2024-06-18T22:00", -1},
        {"2024-06-18T21:40", "2024-06-18T21:40:59", 0},
        {"2024-06-18T21:40:01", "2024-06-18T21:40:01.500", 0},
        {"2024-06-18T21:40:01", "2024-06-18T21:40:02", -1},
        {"1969-12-31T23:59:59.500", "1970-01-01T00:00:00", -1},
        {"1969-12", "1970-01", -1},
        {"1850-01-01", "1850-01-02", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct instant a, b;
        assert_int_equal(instant_parse_iso(str_of(cases[i].a), ZONE_LONDON, &a, NULL), ERR_OK);
        assert_int_equal(instant_parse_iso(str_of(cases[i].b), ZONE_LONDON, &b, NULL), ERR_OK);
        assert_int_equal(instant_cmp(a, b), cases[i].cmp);
        assert_int_equal(instant_cmp(b, a), -cases[i].cmp);
        assert_int_equal(instant_cmp(a, a), 0);
        assert_int_equal(instant_cmp(a, INSTANT_NONE), 0);
        assert_int_equal(instant_cmp(INSTANT_NONE, b), 0);
    }
    assert_int_equal(instant_end_ms(INSTANT_NONE), 0);
    assert_int_equal(instant_day(INSTANT_NONE), DAY_UNKNOWN);
}

static void govuk_texts(void **state)
{
    (void)state;
    static const struct {
        const char *iso, *text;
    } cases[] = {
        {"2025-06-18T23:10", "18 June 2025 at 11:10pm"}, {"2025-06-18T00:00", "18 June 2025 at midnight"},
        {"2025-06-18T12:00", "18 June 2025 at midday"},  {"2025-06-18T12:05:09", "18 June 2025 at 12:05pm"},
        {"2025-06-18T00:05", "18 June 2025 at 12:05am"}, {"2025-06-18T09:00", "18 June 2025 at 9am"},
        {"2025-06-18T23", "18 June 2025 between 11pm and midnight"},
        {"2025-06-18T11", "18 June 2025 between 11am and midday"},
        {"2025-06-18", "18 June 2025"},                  {"2025-06", "June 2025"},
        {"2025", "2025"},
    };
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 16);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct instant t;
        assert_int_equal(instant_parse_iso(str_of(cases[i].iso), ZONE_LONDON, &t, NULL), ERR_OK);
        assert_true(str_eq(instant_format_govuk(&a, t), str_of(cases[i].text)));
    }
    assert_true(str_eq(instant_format_govuk(&a, INSTANT_NONE), STR("date not known")));
    assert_true(str_eq(instant_format_iso(&a, INSTANT_NONE), STR("")));
}

static void zones(void **state)
{
    (void)state;
    enum zone z = ZONE_UNKNOWN;
    assert_true(zone_parse(STR("UTC"), &z) && z == ZONE_UTC);
    assert_true(zone_parse(STR("Europe/London"), &z) && z == ZONE_LONDON);
    assert_false(zone_parse(STR("Europe/Paris"), &z));
}

static void now_can_be_stated(void **state)
{
    (void)state;
    assert_int_equal(setenv("HAVEN_NOW", "2026-06-01T10:00", 1), 0);
    assert_int_equal(now_ms(), INT64_C(1780304400000));
    assert_int_equal(setenv("HAVEN_NOW", "2026-06-01T09:00Z", 1), 0);
    assert_int_equal(now_ms(), INT64_C(1780304400000));
    assert_int_equal(setenv("HAVEN_NOW", "soon", 1), 0);
    assert_true(llabs(now_ms() - (int64_t)time(NULL) * 1000) < 5000);
    double before = monotonic_s();
    assert_true(monotonic_s() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_go_there_and_back),
        cmocka_unit_test(iso_days),
        cmocka_unit_test(styles_read_what_they_say),
        cmocka_unit_test(styles_are_checked),
        cmocka_unit_test(iso_reads_what_it_writes),
        cmocka_unit_test(clock_changes),
        cmocka_unit_test(london_is_the_tz_database),
        cmocka_unit_test(days_have_23_to_25_hours),
        cmocka_unit_test(instants_compare_as_ranges),
        cmocka_unit_test(govuk_texts),
        cmocka_unit_test(zones),
        cmocka_unit_test(now_can_be_stated),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
