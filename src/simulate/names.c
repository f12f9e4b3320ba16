/* names.c: see names.h. */
#include "simulate/names.h"

static uint16_t draw(struct rng *r, const struct name_draw *d)
{
    uint32_t at = rng_below(r, d->to[d->n - 1]);
    int lo = 0, hi = d->n - 1;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (at < d->to[mid])
            hi = mid;
        else
            lo = mid + 1;
    }
    return d->of[lo];
}

uint16_t name_draw_surname(struct rng *r) { return draw(r, &names_surname_draw); }

uint16_t name_draw_given(struct rng *r, enum sex sex, int birth_year)
{
    int band = birth_year >= 2007 ? 8 : birth_year >= 1996 ? 7 : birth_year < 1940 ? 0 : (birth_year - 1930) / 10;
    return draw(r, &names_given_draw[band * 2 + (int)sex]);
}

uint16_t name_draw_variant(struct rng *r, uint16_t given)
{
    uint16_t from = names_variant_start[given], to = names_variant_start[given + 1];
    return from == to ? NAME_NONE : names_variant[from + rng_below(r, (uint32_t)(to - from))];
}
