/* wall.c: times of the county, and the cells of its extracts.
 *
 * The hour that does not exist in March is never written (agencies' clocks cannot show it); of the hour that comes
 * twice in October the first is meant. */
#include "simulate/county.h"

#include <assert.h>

/* The day (since 1970) of the last Sunday of March or October. */
static int32_t last_sunday(int year, int month)
{
    int32_t day = 0;
    bool ok = civil_to_day(year, month, 31, &day);
    assert(ok);
    return day - (day + 4) % 7; /* 1970-01-01 was a Thursday */
}

static bool is_summer(wall t)
{
    int year = civil_of_day(wall_day(t)).year;
    return t >= last_sunday(year, 3) * DAY_S + 3600 && t < last_sunday(year, 10) * DAY_S + 7200;
}

wall wall_to_utc(wall t) { return is_summer(t) ? t - 3600 : t; }

wall wall_clip(const struct county *c, wall t)
{
    wall from = c->start_day * DAY_S, to = (c->end_day + INT64_C(1)) * DAY_S - 60;
    if (t < from)
        t = from + (t % 3600 + 3600) % 3600;
    if (t > to)
        t = to;
    int32_t day = wall_day(t);
    struct civil civil = civil_of_day(day);
    if (civil.month == 3 && civil.day >= 25 && day == last_sunday(civil.year, 3) && t - day * DAY_S >= 3600 &&
        t - day * DAY_S < 7200)
        t += 3600;
    return t;
}

wall wall_random(const struct county *c, struct rng *r, int32_t from_day, int32_t to_day)
{
    static const uint16_t hours[] = {3,  2,  1,  1,  1,  2,  4,  8,  10, 11, 11, 11,
                                     11, 11, 11, 12, 13, 13, 13, 12, 11, 9,  8,  5};
    int32_t day = from_day >= to_day ? from_day : rng_between(r, from_day, to_day);
    int hour = rng_weighted(r, hours, 24);
    return wall_clip(c, day * DAY_S + hour * 3600 + (wall)rng_below(r, 60) * 60);
}

wall wall_office(const struct county *c, struct rng *r, int32_t from_day, int32_t to_day)
{
    int32_t day = from_day >= to_day ? from_day : rng_between(r, from_day, to_day),
            weekday = (day + 3) % 7; /* 0: Monday */
    if (weekday > 4 && day - 2 >= from_day && rng_chance(r, 0.9))
        day -= weekday - 4;
    return wall_clip(c, day * DAY_S + rng_between(r, 8 * 60, 18 * 60) * 60);
}

wall wall_recorded(const struct county *c, struct rng *r, wall t, int hours)
{
    wall delay = (wall)rng_below(r, (uint32_t)hours * 3600 + 1) + 300;
    if (rng_chance(r, rate(c, RATE_recorded_late)))
        delay += rng_between(r, 1, 21) * DAY_S;
    return wall_clip(c, t + delay);
}

void wall_format(struct buf *b, const char *style, wall t)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil c = civil_of_day((int32_t)(t >= 0 ? t / DAY_S : (t - DAY_S + 1) / DAY_S));
    int s = (int)(((t % DAY_S) + DAY_S) % DAY_S);
    for (const char *p = style; *p;) {
        int n = 2;
        if (!strncmp(p, "YYYY", 4))
            n = 4, (void)buf_fmt(b, "%04d", c.year);
        else if (!strncmp(p, "Mon", 3))
            n = 3, (void)buf_z(b, months[c.month - 1]);
        else if (!strncmp(p, "MM", 2))
            (void)buf_fmt(b, "%02d", c.month);
        else if (!strncmp(p, "DD", 2))
            (void)buf_fmt(b, "%02d", c.day);
        else if (!strncmp(p, "HH", 2))
            (void)buf_fmt(b, "%02d", s / 3600);
        else if (!strncmp(p, "mm", 2))
            (void)buf_fmt(b, "%02d", s / 60 % 60);
        else if (!strncmp(p, "ss", 2))
            (void)buf_fmt(b, "%02d", s % 60);
        else if (*p == 'D')
            n = 1, (void)buf_fmt(b, "%d", c.day);
        else
            n = 1, (void)buf_char(b, *p);
        p += n;
    }
}

void day_format(struct buf *b, const char *style, int32_t day)
{
    if (day != LONG_AGO && day != NEVER)
        wall_format(b, style, day * DAY_S);
}

/* Failures of the scratch buffer are sticky: simulate_run looks once, at the end of each ward. */
void cell(struct buf *b, char separator, const char *text)
{
    if (b->n)
        (void)buf_char(b, separator);
    bool quote = false;
    for (const char *p = text; *p && !quote; p++)
        quote = *p == separator || *p == '"' || *p == '\n' || *p == '\r';
    if (!quote) {
        (void)buf_z(b, text);
        return;
    }
    (void)buf_char(b, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            (void)buf_char(b, '"');
        (void)buf_char(b, *p);
    }
    (void)buf_char(b, '"');
}

void cell_wall(struct buf *b, char separator, const char *style, wall t)
{
    if (b->n)
        (void)buf_char(b, separator);
    wall_format(b, style, t);
}

void cell_day(struct buf *b, char separator, const char *style, int32_t day)
{
    if (b->n)
        (void)buf_char(b, separator);
    day_format(b, style, day);
}

void json_text(struct buf *b, const char *text)
{
    (void)buf_char(b, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            (void)buf_char(b, '\\');
        (void)buf_char(b, *p);
    }
    (void)buf_char(b, '"');
}

void flags_text(unsigned flags, char *ret, size_t n)
{
    static const char *const codes[] = {"DA",      "CHILD", "MH",      "ORDER",   "BAIL",   "LICENCE",
                                        "CUSTODY", "MOVED", "TRACKER", "COUNTER", "POLEMP", "WEAPON",
                                        "REPEAT",  "HIGH",  "STALK",   "STAFF"};
    size_t at = 0;
    ret[0] = '\0';
    for (unsigned i = 0; i < 16 && at < n; i++)
        if (flags & (1u << i))
            at += (size_t)snprintf(ret + at, n - at, "%s%s", at ? ";" : "", codes[i]);
}
