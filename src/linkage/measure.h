/* measure.h: what measuring shares (private to linkage): counts of pairs, shares of nothing, the range of weights, sorting numbers. */
#ifndef HAVEN_LINKAGE_MEASURE_H
#define HAVEN_LINKAGE_MEASURE_H

#include "linkage/linkage.h"

#include <math.h>

#define MEASURE_MOST_WEIGHT 1200.0 /* beyond any: a double's probability ends at 2^-1074 */

static inline double measure_held(double weight) { return fmin(fmax(weight, -MEASURE_MOST_WEIGHT), MEASURE_MOST_WEIGHT); }

/* Of n records, at most 2^32. */
static inline uint64_t measure_pairs(uint64_t n) { return n ? n * (n - 1) / 2 : 0; }

static inline double measure_share(double part, double whole, double of_nothing) { return whole > 0 ? part / whole : of_nothing; }

/* For qsort of uint64_t. */
int measure_by_number(const void *a, const void *b);

#endif
