/* rng.h: the county's own dice: xoshiro256** seeded by splitmix64 from (seed, purpose, number).
 *
 * Every household, history and ward has a stream of its own, so one more person does not reshuffle the rest. Only whole
 * numbers and IEEE multiplication are used: the same bytes on every compiler. Not for secrets. */
#ifndef HAVEN_SIMULATE_RNG_H
#define HAVEN_SIMULATE_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t s[4];
};

enum stream {
    STREAM_HOUSEHOLD = 1,
    STREAM_KIN,
    STREAM_LIFE,
    STREAM_BACKGROUND,
    STREAM_DISPUTES,
    STREAM_STALKING,
    STREAM_PLACES,
    STREAM_PRISON,
    STREAM_YEAR /* of look-ups */
};

struct rng rng_start(uint64_t seed, enum stream purpose, uint64_t number);
uint64_t rng_next(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n);                /* 0..n-1; n >= 1 */
int32_t rng_between(struct rng *r, int32_t from, int32_t to); /* both included */
double rng_unit(struct rng *r);                               /* 0 <= x < 1, 53 bits */
bool rng_chance(struct rng *r, double p);
/* How many times something of this mean happens (mean up to 12): many trials of a small chance, so nearly Poisson,
 * without a logarithm. */
int rng_count(struct rng *r, double mean);
/* Index drawn by weights; the sum must not be 0. */
int rng_weighted(struct rng *r, const uint16_t *weights, int n);
uint64_t rng_mix(uint64_t x); /* splitmix64's finaliser */

#endif
