/* pairs.h: from sorted keys to edges: the work of one thread (private to linkage). A worker takes a range of whole blocks, compares and scores
 * their pairs, and keeps the edges at or above the threshold for whoever asked. It shares nothing that changes. */
#ifndef HAVEN_LINKAGE_PAIRS_H
#define HAVEN_LINKAGE_PAIRS_H

#include "linkage/block.h"
#include "linkage/patterns.h"

struct pairs_edges {
    struct link_edge *edges;
    int8_t *gammas; /* n_comparisons an edge */
    size_t n, cap;
};

/* What a thread takes at a time: entries [from, to), whole blocks; of a block that is too large for one, the pairs whose l is one of its records [first, last). */
struct pairs_range {
    size_t from, to;
    uint32_t first, last; /* last 0: all */
};

struct pairs_worker {
    const struct plan *plan;
    const struct link_options *o;
    const struct block_order *order;
    struct run *run;
    size_t conjunction; /* which one is being worked on */
    bool exact;         /* equal keys are equal values */
    bool count_only;    /* pairs are counted, not compared */
    struct patterns *patterns; /* not NULL: pairs are counted by pattern, none is kept */
    struct link_rule_count count; /* of the last range */
    struct pairs_edges edges;     /* of the last range */
    uint32_t *fresh_at; /* positions of fresh records in the block at hand */
    size_t fresh_cap;
    struct err *e;
};

enum err_code pairs_worker_new(const struct plan *plan, const struct link_options *o, const struct block_order *order, struct pairs_worker *ret,
                               struct err *e);
void pairs_worker_free(struct pairs_worker *p);
/* The range of about PAIRS_RANGE pairs that begins at *at, which is moved on; an empty one at the end. Of the worker only its conjunction is looked at. */
#define PAIRS_RANGE ((uint64_t)1 << 18)
struct pairs_range pairs_next_range(const struct pairs_worker *p, const struct block_list *l, struct pairs_range *at);
enum err_code pairs_of_range(struct pairs_worker *p, const struct block_list *l, struct pairs_range range);
void pairs_edges_free(struct pairs_edges *edges);

#endif
