/* background.h (private): the parts of the background, one agency each: what it records of one person (or household) in
 * the three years. */
#ifndef HAVEN_SIMULATE_BACKGROUND_H
#define HAVEN_SIMULATE_BACKGROUND_H

#include "simulate/county.h"

struct scene {
    struct ward *w;
    struct rng *r;
};

/* Who the other one of a crime or an incident is. */
enum other {
    OTHER_NONE,
    OTHER_UNKNOWN,
    OTHER_ACQUAINTANCE,
    OTHER_NEIGHBOUR,
    OTHER_COLLEAGUE,
    OTHER_PARTNER,
    OTHER_FORMER,
    OTHER_KIN,
    OTHER_STRANGER,
    OTHER_N
};

struct background_kind {
    enum rate rate;
    uint8_t percent; /* of the rate that is recorded as this */
    enum offence_id what;
    uint8_t from_age;
    enum role_of { IS_VICTIM, IS_REPORTER, IS_CONCERN, IS_SUSPECT } role; /* of the person it is about */
    const uint16_t *other;                                                /* weights by enum other */
    const char *text;
};
extern const struct background_kind background_kinds[];
extern const size_t background_n_kinds;

/* `frailty` multiplies the rates of one person: some are seen by agencies far more often than others. */
void police_background(struct scene s, uint32_t who, double frailty);
void arrests(struct scene s, uint32_t who, double frailty);
void health_background(struct scene s, uint32_t who, double frailty);
void housing_background(struct scene s, uint32_t household);
void organisation_background(struct scene s, uint32_t who);
void charity_background(struct scene s, uint32_t who);
void prisons_background(struct scene s);

#endif
