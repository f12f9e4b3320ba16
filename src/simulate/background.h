/* background.h (private): the parts of the background, one agency each: what it records of one person (or household) in the three years. */
#ifndef HAVEN_SIMULATE_BACKGROUND_H
#define HAVEN_SIMULATE_BACKGROUND_H

#include "simulate/county.h"

struct scene {
    struct ward *w;
    struct rng *r;
};

/* `frailty` multiplies the rates of one person: some are seen by agencies far more often than others. */
void police_background(struct scene s, uint32_t who, double frailty);
void arrests(struct scene s, uint32_t who, double frailty);
void health_background(struct scene s, uint32_t who, double frailty);
void housing_background(struct scene s, uint32_t household);
void organisation_background(struct scene s, uint32_t who);
void charity_background(struct scene s, uint32_t who);
void prisons_background(struct scene s);

#endif
