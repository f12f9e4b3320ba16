/* simulate.h: the fictional county of Ouseshire: people who do not exist, the lives that agencies see in part, and the
 * truth.
 *
 * Same arguments, same bytes. Every rate and its source stands in simulate/rates.h and docs/simulate.md. Phones,
 * e-mails and identifiers come from ranges that can reach nobody. */
#ifndef HAVEN_SIMULATE_SIMULATE_H
#define HAVEN_SIMULATE_SIMULATE_H

#include "base/base.h"

#define SIMULATE_MAX_PEOPLE 5000000u
#define SIMULATE_MAX_NOISE 10.0
#define SIMULATE_MAX_YEARS 5

struct simulate_options {
    uint32_t people; /* 1..SIMULATE_MAX_PEOPLE */
    uint64_t seed;
    double noise;              /* 1 is the documented level; 0 none */
    int years;                 /* 0: 3; they end on 31 October 2026 */
    struct progress *progress; /* NULL: none */
};

/* What was written, for a summary. */
struct simulate_counts {
    uint64_t rows[9], people, mentions, pairs, occasions; /* rows in the order of simulate_feeds */
};
extern const char *const simulate_feeds[]; /* names, NULL-terminated */

/* Writes DIR/extracts/<feed>.csv (charity: .jsonl),
 * DIR/truth/{persons,mentions,pairs,occasions,misrecorded,custody_contact,breaches}.csv, and DIR/simulate.json, which
 * says what made them and marks DIR as ours: a DIR that has other things and no such mark is refused (ERR_REFUSED), an
 * earlier output is replaced. `ret` may be NULL. */
enum err_code simulate_run(const struct simulate_options *o, const char *dir, struct simulate_counts *ret,
                           struct err *e);

#endif
