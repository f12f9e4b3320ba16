/* rates.c: see rates.h. */
#include "simulate/rates.h"

static const struct {
    const char *name, *unit, *source;
    double value;
    bool scaled;
} table[] = {
#define X(name, value, unit, scaled, source) {#name, unit, source, value, scaled},
    RATES(X)
#undef X
};

struct rates rates_at(double noise)
{
    struct rates r;
    for (int i = 0; i < RATE_N; i++) {
        r.v[i] = table[i].scaled ? table[i].value * noise : table[i].value;
        if (table[i].scaled && r.v[i] > RATE_CAP)
            r.v[i] = RATE_CAP;
    }
    return r;
}

void simulate_rates_markdown(struct buf *b)
{
    (void)buf_z(
        b, "| rate | at noise 1 | unit | grows with noise | source |\n|---|---|---|---|---|\n"); /* sticky b->failed is
                                                                                                    for the caller */
    for (int i = 0; i < RATE_N; i++)
        (void)buf_fmt(b, "| %s | %g | %s | %s | %s |\n", table[i].name, table[i].value, table[i].unit,
                      table[i].scaled ? "yes" : "no", table[i].source);
}
