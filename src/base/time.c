/* time.c: days, instants and zones. Reading dates is in time_read.c, writing them in time_write.c.
 *
 * The civil calendar is Howard Hinnant's days_from_civil, in 64 bits. Summer time in the United Kingdom since 1972 is
 * four rules in a table (tz database, "GB-Eire" and "EU"); before 1972 everything is taken as GMT, since
 * only days of birth are that old. Days, months and years are civil ones in London, so that a day has 23 to 25 hours. */
#include "base/time.h"

#include <stdlib.h>
#include <time.h>

#define MS_PER_MINUTE (60 * MS_PER_SECOND)
#define MS_PER_HOUR (60 * MS_PER_MINUTE)
#define YEAR_FIRST 1800
#define YEAR_LAST 2200

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* ---- the calendar ---- */

static int64_t day_number(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

bool civil_to_day(int year, int month, int day, int32_t *ret_day)
{
    if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *ret_day = (int32_t)day_number(year, month, day);
    return true;
}

struct civil civil_of_day(int32_t day)
{
    int64_t z = (int64_t)day + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (int)((5 * doy + 2) / 153);
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (struct civil){.year = (int)(yoe + era * 400 + (month <= 2)),
                          .month = month,
                          .day = (int)(doy - (153 * mp + 2) / 5 + 1)};
}

/* ---- London ---- */

/* Summer time starts on the first Sunday from `start_from` March at `hour` UTC, ends on the first from `end_from` October. */
static const struct {
    int year_first, start_from, end_from, hour;
} summer_rules[] = {{1996, 25, 25, 1}, {1990, 25, 22, 1}, {1981, 25, 23, 1}, {1972, 16, 23, 2}};

static int64_t sunday_from(int year, int month, int day)
{
    int64_t n = day_number(year, month, day);
    return n + (6 - ((n + 3) % 7 + 7) % 7); /* day 0 was a Thursday: (n + 3) % 7 is 0 on a Monday */
}

static bool is_summer(int64_t ms)
{
    int year = civil_of_day((int32_t)floor_div(ms, MS_PER_DAY)).year;
    for (size_t i = 0; i < sizeof summer_rules / sizeof *summer_rules; i++)
        if (year >= summer_rules[i].year_first) {
            int64_t hour = summer_rules[i].hour * MS_PER_HOUR;
            int64_t start = sunday_from(year, 3, summer_rules[i].start_from) * MS_PER_DAY + hour;
            int64_t end = sunday_from(year, 10, summer_rules[i].end_from) * MS_PER_DAY + hour;
            return ms >= start && ms < end;
        }
    return false;
}

int64_t london_of_utc(int64_t ms) { return ms + (is_summer(ms) ? MS_PER_HOUR : 0); }

bool london_to_utc(int64_t local_ms, int64_t *ret_ms)
{
    bool summer = is_summer(local_ms - MS_PER_HOUR);
    if (!summer && is_summer(local_ms))
        return false; /* the hour that the clocks leave out */
    *ret_ms = local_ms - (summer ? MS_PER_HOUR : 0);
    return true;
}

int64_t day_start_ms(int32_t day)
{
    int64_t ms = 0;
    (void)london_to_utc(day * MS_PER_DAY, &ms); /* clocks never change at midnight, so it exists */
    return ms;
}

bool zone_parse(struct str name, enum zone *ret)
{
    static const struct {
        struct str name;
        enum zone zone;
    } zones[] = {{{"UTC", 3}, ZONE_UTC}, {{"Europe/London", 13}, ZONE_LONDON}};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (str_eq(name, zones[i].name)) {
            *ret = zones[i].zone;
            return true;
        }
    return false;
}

/* ---- instants ---- */

int32_t instant_day(struct instant t)
{
    if (t.precision == PRECISION_UNKNOWN)
        return DAY_UNKNOWN;
    return (int32_t)floor_div(london_of_utc(t.ms), MS_PER_DAY);
}

int64_t instant_end_ms(struct instant t)
{
    static const int64_t length_ms[] = {
        [PRECISION_HOUR] = MS_PER_HOUR, [PRECISION_MINUTE] = MS_PER_MINUTE, [PRECISION_SECOND] = MS_PER_SECOND};
    if (t.precision == PRECISION_UNKNOWN)
        return t.ms;
    if (t.precision >= PRECISION_HOUR)
        return (floor_div(t.ms, length_ms[t.precision]) + 1) * length_ms[t.precision];
    struct civil c = civil_of_day(instant_day(t));
    if (t.precision == PRECISION_DAY)
        return day_start_ms((int32_t)day_number(c.year, c.month, c.day + 1));
    if (t.precision == PRECISION_MONTH && c.month < 12)
        return day_start_ms((int32_t)day_number(c.year, c.month + 1, 1));
    return day_start_ms((int32_t)day_number(c.year + 1, 1, 1));
}

int instant_cmp(struct instant a, struct instant b)
{
    if (a.precision == PRECISION_UNKNOWN || b.precision == PRECISION_UNKNOWN)
        return 0;
    if (instant_end_ms(a) <= b.ms)
        return -1;
    return instant_end_ms(b) <= a.ms;
}

/* ---- now ---- */

int64_t now_ms(void)
{
    const char *stated = getenv("HAVEN_NOW");
    struct instant t;
    if (stated && instant_parse_iso(str_of(stated), ZONE_LONDON, &t, NULL) == ERR_OK)
        return t.ms;
    return clock_ms();
}

int64_t clock_ms(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_REALTIME, &ts); /* this clock always exists */
    return ts.tv_sec * MS_PER_SECOND + ts.tv_nsec / 1000000;
}

double monotonic_s(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts); /* as above */
    return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}
