/* time.h: instants and days of known precision.
 *
 * Agencies state when something was with very different exactness: "on the 5th at 21:40",
 * "on the 5th", "in May 2021", "some time in 2019", or a range. So an instant carries its
 * precision, and two instants compare as ranges. Instants are UTC milliseconds since 1970;
 * civil dates are days since 1970-01-01 (proleptic Gregorian), years 1800 to 2200. A date without a
 * time of day is a civil day (month, year) in London whatever the feed's zone: nobody states a date of
 * birth in UTC. So the range of a day is 23 to 25 hours long.
 *
 * Parsing takes the styles that a feed declares, never guesses between day-first and
 * month-first, and refuses what is not a date (30 February, 24:61). */
#ifndef HAVEN_BASE_TIME_H
#define HAVEN_BASE_TIME_H

#include "base/str.h"

enum precision {
    PRECISION_UNKNOWN, /* no date at all */
    PRECISION_YEAR,
    PRECISION_MONTH,
    PRECISION_DAY,
    PRECISION_HOUR,
    PRECISION_MINUTE,
    PRECISION_SECOND, /* seconds and finer */
};

struct instant {
    int64_t ms;               /* start of the range, UTC milliseconds since 1970 */
    enum precision precision; /* length of the range */
};

#define INSTANT_NONE ((struct instant){0, PRECISION_UNKNOWN})
#define MS_PER_SECOND INT64_C(1000)
#define MS_PER_DAY INT64_C(86400000)

struct civil {
    int year, month, day, hour, minute, second; /* month and day 1-based */
};

/* False when the day does not exist or the year is out of 1800..2200. */
bool civil_to_day(int year, int month, int day, int32_t *ret_day);
struct civil civil_of_day(int32_t day);
/* First millisecond after the instant's range (ms itself when precision is unknown; the next whole second at PRECISION_SECOND). */
int64_t instant_end_ms(struct instant t);
/* -1 or 1 when the ranges do not overlap, 0 when they may be the same time (an unknown time may be any). */
int instant_cmp(struct instant a, struct instant b);
/* The local civil day on which an instant starts, in Europe/London; DAY_UNKNOWN when it is unknown. */
#define DAY_UNKNOWN INT32_MIN
int32_t instant_day(struct instant t);
/* The instant at which a civil day starts in London. */
int64_t day_start_ms(int32_t day);

/* Time zones that a feed may state. London has the UK's summer time rule since 1972; the hour that
 * comes twice in October is taken as its first (summer) one, the hour that does not exist in March
 * is refused. */
enum zone { ZONE_UNKNOWN, ZONE_UTC, ZONE_LONDON };
bool zone_parse(struct str name, enum zone *ret); /* "UTC", "Europe/London" */
/* Milliseconds of London's own clock, as if it were UTC; and back: false in the hour that does not exist. */
int64_t london_of_utc(int64_t ms);
bool london_to_utc(int64_t local_ms, int64_t *ret_ms);

/* Parses s by one of `styles`, tried in order. A style is literal text with fields YYYY, YY (pivot: not
 * in the future of `pivot_year`), MM, DD, D, M (one or two digits), Mon (Jan..Dec), HH, mm, ss, sss (1-9 digits,
 * kept to ms), Z (Z, +hh:mm, -hhmm; no meaning for a date alone). The precision is that of the finest field in the style.
 * ERR_FORMAT when none fits; the message names the styles, never the value. */
struct time_styles {
    const struct str *styles;
    size_t n;
    enum zone zone;
    int pivot_year; /* for YY: the newest full year that it may mean */
};
/* True when a style has a year, leaves no gap (no day without a month) and says nothing twice; *ret: its precision. A style
 * that is not valid fits nothing, so a feed's styles are checked when the feed is read. */
bool time_style_valid(struct str style, enum precision *ret);
enum err_code instant_parse(struct str s, const struct time_styles *styles, struct instant *ret, struct err *e);
/* ISO 8601: YYYY[-MM[-DD[THH[:MM[:SS[.fff]]][Z|±hh:mm]]]]; no zone means `zone`. Reads what instant_format_iso writes. */
enum err_code instant_parse_iso(struct str s, enum zone zone, struct instant *ret, struct err *e);
/* "YYYY-MM-DD" to days since 1970. */
bool day_parse_iso(struct str s, int32_t *ret);

/* "2025-06-18T23:10" at the instant's own precision (milliseconds when there are any), local London time; "" when unknown.
 * In the hour that comes twice in October it does not say which: keep ms where that matters. The four formats give
 * STR_NONE when the arena is full. */
struct str instant_format_iso(struct arena *a, struct instant t);
/* GOV.UK style: "18 June 2025 at 11:10pm", "18 June 2025 at midday", "18 June 2025 between 11pm and midnight" (only the hour
 * is known), "18 June 2025", "June 2025", "2025"; "date not known". */
struct str instant_format_govuk(struct arena *a, struct instant t);
struct str day_format_iso(struct arena *a, int32_t day);
struct str day_format_govuk(struct arena *a, int32_t day);

/* Now, UTC ms. $HAVEN_NOW (ISO 8601, London time when it states no zone) overrides, so that demonstrations and tests are
 * repeatable; text that is no time is not heeded. */
int64_t now_ms(void);
/* The same without $HAVEN_NOW: for what must say when it truly was. */
int64_t clock_ms(void);
/* A clock that only goes forward, for durations. */
double monotonic_s(void);

#endif
