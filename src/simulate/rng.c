/* rng.c: see rng.h. xoshiro256** and splitmix64 are by Blackman and Vigna (public domain), restated. */
#include "simulate/rng.h"

#include <assert.h>

uint64_t rng_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

struct rng rng_start(uint64_t seed, enum stream purpose, uint64_t number)
{
    struct rng r;
    uint64_t x =
        rng_mix(rng_mix(seed + UINT64_C(0x9e3779b97f4a7c15)) + (uint64_t)purpose * UINT64_C(0xd1342543de82ef95)) +
        number;
    for (int i = 0; i < 4; i++) {
        x += UINT64_C(0x9e3779b97f4a7c15);
        r.s[i] = rng_mix(x);
    }
    return r;
}

static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

uint64_t rng_next(struct rng *r)
{
    uint64_t result = rotl(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;
    r->s[2] ^= r->s[0];
    r->s[3] ^= r->s[1];
    r->s[1] ^= r->s[2];
    r->s[0] ^= r->s[3];
    r->s[2] ^= t;
    r->s[3] = rotl(r->s[3], 45);
    return result;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
    assert(n > 0);
    return (uint32_t)(((rng_next(r) >> 32) * n) >> 32);
}

int32_t rng_between(struct rng *r, int32_t from, int32_t to)
{
    assert(from <= to);
    return from + (int32_t)rng_below(r, (uint32_t)(to - from) + 1);
}

double rng_unit(struct rng *r) { return (double)(rng_next(r) >> 11) * 0x1p-53; }

bool rng_chance(struct rng *r, double p) { return rng_unit(r) < p; }

int rng_count(struct rng *r, double mean)
{
    assert(mean >= 0 && mean <= 12);
    int trials = 24, n = 0;
    while (trials < mean * 6)
        trials *= 2;
    double p = mean / trials;
    for (int i = 0; i < trials; i++)
        n += rng_chance(r, p);
    return n;
}

int rng_weighted(struct rng *r, const uint16_t *weights, int n)
{
    uint32_t total = 0;
    for (int i = 0; i < n; i++)
        total += weights[i];
    uint32_t at = rng_below(r, total);
    for (int i = 0; i < n; i++) {
        if (at < weights[i])
            return i;
        at -= weights[i];
    }
    return n - 1;
}
