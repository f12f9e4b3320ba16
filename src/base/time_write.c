/* time_write.c: instants and days as text, always in London's own time, never more exact than they are. */
#include "base/time.h"

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

static struct civil civil_of_instant(struct instant t, int *ret_ms)
{
    int64_t local = london_of_utc(t.ms);
    int32_t day = instant_day(t);
    int64_t in_day = local - day * MS_PER_DAY;
    struct civil c = civil_of_day(day);
    c.hour = (int)(in_day / 3600000);
    c.minute = (int)(in_day / 60000 % 60);
    c.second = (int)(in_day / MS_PER_SECOND % 60);
    *ret_ms = (int)(in_day % MS_PER_SECOND);
    return c;
}

struct str instant_format_iso(struct arena *a, struct instant t)
{
    if (t.precision == PRECISION_UNKNOWN)
        return str_dup(a, STR(""));
    int ms;
    struct civil c = civil_of_instant(t, &ms);
    switch (t.precision) {
    case PRECISION_YEAR:
        return str_fmt(a, "%04d", c.year);
    case PRECISION_MONTH:
        return str_fmt(a, "%04d-%02d", c.year, c.month);
    case PRECISION_DAY:
        return str_fmt(a, "%04d-%02d-%02d", c.year, c.month, c.day);
    case PRECISION_HOUR:
        return str_fmt(a, "%04d-%02d-%02dT%02d", c.year, c.month, c.day, c.hour);
    case PRECISION_MINUTE:
        return str_fmt(a, "%04d-%02d-%02dT%02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
    default:
        break;
    }
    if (ms == 0)
        return str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
    return str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03d", c.year, c.month, c.day, c.hour, c.minute, c.second, ms);
}

/* "11:10pm", "11am", "midday", "midnight" (the first minute of the day, as GOV.UK has it). */
static struct str clock_govuk(struct arena *a, int hour, int minute)
{
    if (minute == 0 && hour % 24 == 0)
        return STR("midnight");
    if (minute == 0 && hour == 12)
        return STR("midday");
    int twelve = hour % 12 ? hour % 12 : 12;
    const char *half = hour < 12 ? "am" : "pm";
    return minute ? str_fmt(a, "%d:%02d%s", twelve, minute, half) : str_fmt(a, "%d%s", twelve, half);
}

struct str instant_format_govuk(struct arena *a, struct instant t)
{
    if (t.precision == PRECISION_UNKNOWN)
        return STR("date not known");
    int ms;
    struct civil c = civil_of_instant(t, &ms);
    if (t.precision == PRECISION_YEAR)
        return str_fmt(a, "%d", c.year);
    const char *month = months[c.month - 1];
    if (t.precision == PRECISION_MONTH)
        return str_fmt(a, "%s %d", month, c.year);
    if (t.precision == PRECISION_DAY)
        return str_fmt(a, "%d %s %d", c.day, month, c.year);
    struct str at = clock_govuk(a, c.hour, t.precision == PRECISION_HOUR ? 0 : c.minute), until = STR("");
    if (t.precision == PRECISION_HOUR)
        until = clock_govuk(a, c.hour + 1, 0);
    if (!at.p || !until.p)
        return STR_NONE;
    if (t.precision == PRECISION_HOUR)
        return str_fmt(a, "%d %s %d between %.*s and %.*s", c.day, month, c.year, STR_ARG(at), STR_ARG(until));
    return str_fmt(a, "%d %s %d at %.*s", c.day, month, c.year, STR_ARG(at));
}

struct str day_format_iso(struct arena *a, int32_t day)
{
    struct civil c = civil_of_day(day);
    return str_fmt(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}

struct str day_format_govuk(struct arena *a, int32_t day)
{
    struct civil c = civil_of_day(day);
    return str_fmt(a, "%d %s %d", c.day, months[c.month - 1], c.year);
}
