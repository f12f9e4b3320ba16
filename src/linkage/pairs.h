/* pairs.h: from sorted keys to edges: the work of one thread (private to linkage). A worker takes a range of whole blocks, compares and scores
 * their pairs, and keeps the edges at or above the threshold for whoever asked. It shares nothing that changes. */
#ifndef HAVEN_LINKAGE_PAIRS_H
#define HAVEN_LINKAGE_PAIRS_H

#include "linkage/block.h"
#include "linkage/run.h"

struct pairs_worker {
    const struct plan *plan;
    const struct link_options *o;
    const struct block_order *order;
    struct run *run;
    size_t conjunction; /* which one is being worked on */
    bool exact;         /* equal keys are equal values */
    bool count_only;    /* pairs are counted, not compared */
    struct link_rule_count count; /* of the last range */
    struct link_edge *edges;      /* of the last range */
    int8_t *gammas;               /* n_comparisons an edge */
    size_t n_edges, edges_cap;
    uint32_t *fresh_at; /* positions of fresh records in the block at hand */
    size_t fresh_cap;
    struct err *e;
};

enum err_code pairs_worker_new(const struct plan *plan, const struct link_options *o, const struct block_order *order, struct pairs_worker *ret,
                               struct err *e);
void pairs_worker_free(struct pairs_worker *p);
/* First entry behind the block that begins at `from`. */
size_t pairs_block_end(const struct block_list *l, size_t from);
/* Entries [from, to) are whole blocks. */
enum err_code pairs_of_range(struct pairs_worker *p, const struct block_list *l, size_t from, size_t to);

#endif
