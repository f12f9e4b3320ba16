/* Instants from text. The input is a style, a line end and a text. Promises: no crash on any style; a failure leaves the
 * output as it was; what is read is within the calendar, its range is not empty, and its ISO form reads back as the same
 * instant (but for the hour that comes twice). */
#include "fuzz.h"

static void check(struct instant t)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 16);
    struct instant again = INSTANT_NONE;
    must(t.precision != PRECISION_UNKNOWN && instant_end_ms(t) > t.ms && instant_cmp(t, t) == 0);
    struct civil c = civil_of_day(instant_day(t));
    must(c.year >= 1799 && c.year <= 2201); /* a zone can carry it a day over */
    must(instant_format_govuk(&a, t).n > 0);
    struct str iso = instant_format_iso(&a, t);
    if (c.year < 1800 || c.year > 2200)
        return;
    must(instant_parse_iso(iso, ZONE_LONDON, &again, NULL) == ERR_OK && again.precision == t.precision);
    int64_t begin = t.ms;
    if (t.precision == PRECISION_HOUR || t.precision == PRECISION_MINUTE) /* seconds may come from a zone's odd minutes */
        begin -= ((begin % 3600000) + 3600000) % (t.precision == PRECISION_HOUR ? 3600000 : 60000);
    must(again.ms == begin || again.ms == begin - 3600000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str text = {(const char *)data, n}, style;
    if (n == 0 || n > 300 || !str_split(&text, '\n', &style) || !text.p)
        return 0;
    struct instant t = {42, PRECISION_UNKNOWN};
    struct err e;
    const struct time_styles styles = {&style, 1, n % 2 ? ZONE_LONDON : ZONE_UTC, 2026};
    if (instant_parse(text, &styles, &t, &e) == ERR_OK)
        check(t);
    else
        must(t.ms == 42 && e.message[0]);
    if (instant_parse_iso(text, ZONE_LONDON, &t, NULL) == ERR_OK)
        check(t);
    return 0;
}
