/* words.c: the sentence of one rule in one alert. It names counts and days, never a person. */
#include "oversight/world.h"

struct str oversight_words(struct arena *a, const struct oversight_alert *alert, enum oversight_rule_number rule)
{
    size_t n = 0, days = 0;
    int32_t last = DAY_UNKNOWN, first = DAY_UNKNOWN;
    for (size_t i = 0; i < alert->n_evidence; i++) {
        const struct oversight_evidence *ev = &alert->evidence[i];
        int32_t day = instant_day((struct instant){ev->at_ms, PRECISION_SECOND});
        if (ev->rule != rule)
            continue;
        n++;
        days += day != last; /* leaf numbers rise with time */
        first = first == DAY_UNKNOWN ? day : first;
        last = day;
    }
    if (!n)
        return STR("");
    struct str from = day_format_govuk(a, first), to = day_format_govuk(a, last);
    if (n == 1)
        return str_fmt(a, "%s: once, on %.*s.", oversight_rules[rule].words, STR_ARG(from));
    if (days == 1)
        return str_fmt(a, "%s: %zu accesses on %.*s.", oversight_rules[rule].words, n, STR_ARG(from));
    return str_fmt(a, "%s: %zu accesses on %zu days, from %.*s to %.*s.", oversight_rules[rule].words, n, days, STR_ARG(from), STR_ARG(to));
}
