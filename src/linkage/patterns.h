/* patterns.h: pairs counted by pattern of levels: what every kind of training learns from (private to linkage).
 *
 * A pattern is one mixed-radix number, (level + 1) of each comparison and whether both records are of one dataset; beside it stands the pair's adjustment by frequency, when asked for.
 * Threads count each into a table of their own, batch by batch, and the tables are added up; so neither order nor number of threads can be seen. An iteration of EM then costs as much as there are patterns. */
#ifndef HAVEN_LINKAGE_PATTERNS_H
#define HAVEN_LINKAGE_PATTERNS_H

#include "linkage/run.h"

#define PATTERNS_WORDS 2

enum patterns_adjustment { PATTERNS_LEVELS, PATTERNS_HALF_BITS, PATTERNS_EXACT }; /* how the adjustment by frequency is told apart: not, to half a bit, or wholly */

struct pattern {
    uint64_t levels[PATTERNS_WORDS];
    double adjustment, count; /* 0: a free slot */
    double weight, p;         /* for the estimates */
    const int8_t *gamma;      /* after patterns_finish: a level a comparison, then 1 within one dataset */
};
struct patterns {
    const struct link_model *m;
    enum patterns_adjustment how;
    const uint32_t *source; /* dataset by row; NULL: not told apart */
    uint64_t radix[LIMIT_LINK_COMPARISONS + 1], base[LIMIT_LINK_COMPARISONS + 1];
    uint8_t word[LIMIT_LINK_COMPARISONS + 1];
    struct pattern *slots; /* after patterns_finish the first n */
    size_t n, n_slots;
    int8_t *gammas;
};

enum err_code patterns_init(struct patterns *p, const struct link_model *m, enum patterns_adjustment how, const uint32_t *source, struct err *e);
void patterns_free(struct patterns *p);
/* The pairs alive in a batch whose levels are known. */
enum err_code patterns_count(struct patterns *p, const struct run *r, struct err *e);
/* Adds `from`, of the same model. */
enum err_code patterns_add(struct patterns *p, const struct patterns *from, struct err *e);
/* Puts the patterns in one order and spells them out. */
enum err_code patterns_finish(struct patterns *p, struct err *e);

/* All pairs of the model's rules, counted and finished (predict.c). */
enum err_code patterns_of_rules(struct patterns *p, const struct link_table *t, const struct link_options *o, uint64_t *ret_pairs, struct err *e);

#endif
