/* background.c: what agencies record of everybody. Most rows of the extracts come from here, and most of them mean
 * nothing beyond themselves: that is what a pattern has to be seen against. */
#include "simulate/background.h"

double county_years(const struct county *c) { return (c->end_day - c->start_day + 1) / 365.25; }

void ward_background(struct ward *w)
{
    static const uint16_t share[] = {50, 30, 15, 5};
    static const double frailties[] = {0.42, 0.93, 1.87, 4.7};
    struct county *c = w->c;
    for (uint32_t i = 0; i < w->n; i++) {
        struct rng r = rng_start(c->o->seed, STREAM_BACKGROUND, ((uint64_t)w->number << 32) | i);
        struct scene s = {w, &r};
        double frailty = frailties[rng_weighted(&r, share, 4)];
        police_background(s, i, frailty);
        arrests(s, i, frailty);
        health_background(s, i, frailty);
        organisation_background(s, i);
        charity_background(s, i);
        if (w->p[w->h[w->p[i].household].first].id == w->p[i].id)
            housing_background(s, w->p[i].household);
    }
    struct rng r = rng_start(c->o->seed, STREAM_PRISON, w->number);
    prisons_background((struct scene){w, &r});
}
