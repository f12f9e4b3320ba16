/* simulate.h: the fictional county of Ouseshire: people who do not exist, the lives that agencies see in part, and the truth.
 *
 * Same arguments, same bytes. Every rate and its source stands in simulate/rates.h and docs/simulate.md. Phones, e-mails and identifiers come from ranges that can reach nobody. */
#ifndef HAVEN_SIMULATE_SIMULATE_H
#define HAVEN_SIMULATE_SIMULATE_H

#include "base/base.h"

struct simulate_options {
    uint32_t people; /* 1..5,000,000 */
    uint64_t seed;
    double noise;    /* 1 is the documented level; 0 none */
    int years;       /* 0: 3 */
    struct progress *progress;
};
/* Writes DIR/extracts/<feed>.csv (or .jsonl) and DIR/truth/{mentions.csv,persons.csv,pairs.csv,misrecorded.csv,occasions.csv}; refuses a DIR that holds other things. */
enum err_code simulate_run(const struct simulate_options *o, const char *dir, struct err *e);

#endif
