/* time_read.c: instants from text, by the styles that a feed declares.
 *
 * A style is cut into tokens by one table, longest names first; a text is read along the style's tokens into
 * numbers, and the numbers are then checked and joined. Nothing is guessed: a text that a style does not fit wholly
 * is not of that style, and one that fits but is no day on the calendar is refused with that reason. */
#include "base/time.h"

#include <stdio.h>

enum part { PART_YEAR, PART_MONTH, PART_DAY, PART_HOUR, PART_MINUTE, PART_SECOND, PART_FRACTION, PART_ZONE, PARTS };

enum kind { DIGITS, SHORT_YEAR, MONTH_NAME, FRACTION, OFFSET };

static const struct token {
    struct str name;
    enum part part;
    enum kind kind;
    int digits_least, digits_most;
} tokens[] = {
    {{"YYYY", 4}, PART_YEAR, DIGITS, 4, 4},   {{"YY", 2}, PART_YEAR, SHORT_YEAR, 2, 2},
    {{"Mon", 3}, PART_MONTH, MONTH_NAME, 0, 0}, {{"MM", 2}, PART_MONTH, DIGITS, 2, 2},
    {{"M", 1}, PART_MONTH, DIGITS, 1, 2},     {{"DD", 2}, PART_DAY, DIGITS, 2, 2},
    {{"D", 1}, PART_DAY, DIGITS, 1, 2},       {{"HH", 2}, PART_HOUR, DIGITS, 2, 2},
    {{"mm", 2}, PART_MINUTE, DIGITS, 2, 2},   {{"sss", 3}, PART_FRACTION, FRACTION, 1, 9},
    {{"ss", 2}, PART_SECOND, DIGITS, 2, 2},   {{"Z", 1}, PART_ZONE, OFFSET, 0, 0},
};

/* Takes the next token off the style; NULL: its next byte is literal. */
static const struct token *next_token(struct str *style)
{
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
        if (style->p[0] == tokens[i].name.p[0] && str_starts(*style, tokens[i].name)) {
            *style = str_slice(*style, tokens[i].name.n, style->n);
            return &tokens[i];
        }
    return NULL;
}

bool time_style_valid(struct str style, enum precision *ret)
{
    static const enum precision of_part[] = {
        [PART_YEAR] = PRECISION_YEAR, [PART_MONTH] = PRECISION_MONTH,   [PART_DAY] = PRECISION_DAY,
        [PART_HOUR] = PRECISION_HOUR, [PART_MINUTE] = PRECISION_MINUTE, [PART_SECOND] = PRECISION_SECOND,
        [PART_FRACTION] = PRECISION_SECOND};
    bool has[PARTS] = {false};
    while (style.n) {
        const struct token *t = next_token(&style);
        if (!t)
            style = str_slice(style, 1, style.n);
        else if (has[t->part])
            return false;
        else
            has[t->part] = true;
    }
    int finest = PART_FRACTION;
    while (finest >= 0 && !has[finest])
        finest--;
    for (int i = 0; i < finest; i++)
        if (!has[i])
            return false;
    if (finest < 0)
        return false;
    *ret = of_part[finest];
    return true;
}

/* ---- a text along a style ---- */

struct parts {
    int n[PARTS];  /* PART_FRACTION in ms, PART_ZONE in minutes east */
    bool zone;     /* one was given */
};

static bool take_digits(struct str *s, int least, int most, int *ret)
{
    int n = 0, v = 0;
    while (n < most && (size_t)n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
        v = v * 10 + (s->p[n++] - '0');
    *s = str_slice(*s, (size_t)n, s->n);
    *ret = v;
    return n >= least;
}

static bool take_month(struct str *s, int *ret)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++)
        if (str_eq_nocase(str_slice(*s, 0, 3), (struct str){names + 3 * i, 3})) {
            *s = str_slice(*s, 3, s->n);
            *ret = i + 1;
            return true;
        }
    return false;
}

static bool take_fraction(struct str *s, int *ret_ms)
{
    size_t before = s->n;
    int v;
    if (!take_digits(s, 1, 9, &v))
        return false;
    size_t n = before - s->n;
    for (; n < 3; n++)
        v *= 10;
    for (; n > 3; n--)
        v /= 10;
    *ret_ms = v;
    return true;
}

static bool take_offset(struct str *s, int *ret_minutes)
{
    if (str_starts(*s, STR("Z"))) {
        *s = str_slice(*s, 1, s->n);
        *ret_minutes = 0;
        return true;
    }
    if (s->n == 0 || (s->p[0] != '+' && s->p[0] != '-'))
        return false;
    int sign = s->p[0] == '-' ? -1 : 1, hours, minutes;
    *s = str_slice(*s, 1, s->n);
    if (!take_digits(s, 2, 2, &hours))
        return false;
    if (str_starts(*s, STR(":")))
        *s = str_slice(*s, 1, s->n);
    if (!take_digits(s, 2, 2, &minutes) || hours > 14 || minutes > 59)
        return false;
    *ret_minutes = sign * (hours * 60 + minutes);
    return true;
}

static bool take_part(struct str *s, const struct token *t, int pivot_year, struct parts *p)
{
    int *to = &p->n[t->part];
    switch (t->kind) {
    case DIGITS:
        return take_digits(s, t->digits_least, t->digits_most, to);
    case SHORT_YEAR:
        if (pivot_year == 0 || !take_digits(s, 2, 2, to))
            return false;
        *to += pivot_year - pivot_year % 100;
        if (*to > pivot_year)
            *to -= 100;
        return true;
    case MONTH_NAME:
        return take_month(s, to);
    case FRACTION:
        return take_fraction(s, to);
    case OFFSET:
        p->zone = true;
        return take_offset(s, to);
    }
    __builtin_unreachable();
}

static bool fits(struct str s, struct str style, int pivot_year, struct parts *p)
{
    *p = (struct parts){.n = {[PART_MONTH] = 1, [PART_DAY] = 1}};
    while (style.n) {
        const struct token *t = next_token(&style);
        if (t) {
            if (!take_part(&s, t, pivot_year, p))
                return false;
        } else {
            if (s.n == 0 || s.p[0] != style.p[0])
                return false;
            s = str_slice(s, 1, s.n);
            style = str_slice(style, 1, style.n);
        }
    }
    return s.n == 0;
}

/* ---- the numbers as an instant ---- */

/* NULL, or why there is no such time. */
static const char *join(const struct parts *p, enum precision precision, enum zone zone, struct instant *ret)
{
    const int *n = p->n;
    int32_t day;
    if (!civil_to_day(n[PART_YEAR], n[PART_MONTH], n[PART_DAY], &day))
        return "there is no such day";
    if (n[PART_HOUR] > 23 || n[PART_MINUTE] > 59 || n[PART_SECOND] > 59)
        return "there is no such time of day";
    if (precision <= PRECISION_DAY) {
        *ret = (struct instant){day_start_ms(day), precision};
        return NULL;
    }
    int64_t ms = day * MS_PER_DAY + n[PART_FRACTION] +
                 MS_PER_SECOND * ((n[PART_HOUR] * 60 + n[PART_MINUTE]) * 60 + n[PART_SECOND]);
    if (p->zone)
        ms -= n[PART_ZONE] * 60 * MS_PER_SECOND;
    else if (zone != ZONE_UTC && !london_to_utc(ms, &ms))
        return "the clocks leave that hour out";
    *ret = (struct instant){ms, precision};
    return NULL;
}

/* True: *ret. False: *ret_why is why the style *ret_fitted, which the text fits, gives no time; NULL when none fits. */
static bool read_by(struct str s, const struct time_styles *styles, struct instant *ret, const char **ret_why,
                    struct str *ret_fitted)
{
    *ret_why = NULL;
    for (size_t i = 0; i < styles->n; i++) {
        struct parts p;
        enum precision precision;
        if (!fits(s, styles->styles[i], styles->pivot_year, &p) || !time_style_valid(styles->styles[i], &precision))
            continue;
        const char *wrong = join(&p, precision, styles->zone, ret);
        if (!wrong)
            return true;
        if (!*ret_why) { /* the first style that fitted says best what was meant */
            *ret_why = wrong;
            *ret_fitted = styles->styles[i];
        }
    }
    return false;
}

enum err_code instant_parse(struct str s, const struct time_styles *styles, struct instant *ret, struct err *e)
{
    const char *why;
    struct str fitted;
    if (read_by(s, styles, ret, &why, &fitted))
        return ERR_OK;
    if (why)
        return err_set(e, ERR_FORMAT, "%s (read as %.*s)", why, STR_ARG(fitted));
    char list[400];
    size_t n = 0;
    list[0] = '\0';
    for (size_t i = 0; i < styles->n && n < sizeof list; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%.*s", i ? " or " : "", STR_ARG(styles->styles[i]));
    return err_set(e, ERR_FORMAT, "not a date in the form %s", list);
}

enum err_code instant_parse_iso(struct str s, enum zone zone, struct instant *ret, struct err *e)
{
    static const struct str iso[] = {
        {"YYYY-MM-DD", 10},
        {"YYYY-MM-DDTHH:mm:ss", 19},
        {"YYYY-MM-DDTHH:mm:ssZ", 20},
        {"YYYY-MM-DDTHH:mm:ss.sss", 23},
        {"YYYY-MM-DDTHH:mm:ss.sssZ", 24},
        {"YYYY-MM-DDTHH:mm", 16},
        {"YYYY-MM-DDTHH:mmZ", 17},
        {"YYYY-MM-DDTHH", 13},
        {"YYYY-MM-DDTHHZ", 14},
        {"YYYY-MM", 7},
        {"YYYY", 4},
    };
    struct time_styles styles = {iso, sizeof iso / sizeof *iso, zone, 0};
    const char *why;
    struct str fitted;
    if (read_by(s, &styles, ret, &why, &fitted))
        return ERR_OK;
    return err_set(e, ERR_FORMAT, "%s", why ? why : "not a date in ISO 8601 form, such as 2025-06-18T23:10");
}

bool day_parse_iso(struct str s, int32_t *ret)
{
    int year, month, day;
    bool form = s.n == 10 && s.p[4] == '-' && s.p[7] == '-' && take_digits(&(struct str){s.p, 4}, 4, 4, &year) &&
                take_digits(&(struct str){s.p + 5, 2}, 2, 2, &month) && take_digits(&(struct str){s.p + 8, 2}, 2, 2, &day);
    return form && civil_to_day(year, month, day, ret);
}
