/* block.h: which pairs are worth comparing (private to linkage).
 *
 * Records are ranked by id once; then l of a pair is the one of lower rank, and every list below is in rank order. For each conjunction the
 * records' keys are packed into 64 bits (or hashed, then verified pair by pair) and sorted; records with one key are a block. Pairs are never stored. */
#ifndef HAVEN_LINKAGE_BLOCK_H
#define HAVEN_LINKAGE_BLOCK_H

#include "linkage/plan.h"

struct block_order {
    uint32_t *row;      /* by rank */
    uint32_t *source;   /* by rank: code of the dataset; NULL when pairs may be of one dataset */
    uint32_t n;
    uint32_t first;     /* link_only of two datasets: ranks below are of the first; else 0 */
    bool two;
};
/* Errors: no id column, a missing id, an id twice, no dataset column where the model needs it. */
enum err_code block_order_new(const struct link_model *m, const struct link_table *t, struct block_order *ret, struct err *e);
void block_order_free(struct block_order *o);

/* What records are ordered by: their ids, behind their datasets' names where the model links; with two datasets and link_only the first one's come first. */
struct block_ids {
    const struct table_column *id, *source; /* source: NULL when the model only dedupes */
    bool two;
};
/* Errors: no id column, no dataset column where the model needs it. */
enum err_code block_ids_of(const struct link_model *m, const struct link_table *t, struct block_ids *ret, struct err *e);
/* Whether row a comes before row b in block_order, so that it is l of their pair. */
bool block_before(const struct block_ids *ids, uint32_t a, uint32_t b);

struct block_entry {
    uint64_t key;
    uint32_t rank, role; /* role: SIDE_L, SIDE_R or both */
};
struct block_list {
    struct block_entry *entries;
    size_t n;
    bool exact; /* equal keys mean equal values */
};
/* Entries of a conjunction, sorted by key, then role, then rank. A record without a value in a key column, or whose key no other has, is in none.
 * With `fresh` (by row), only keys that some fresh record has. */
enum err_code block_list_new(const struct plan *p, const struct block_order *o, const struct plan_conjunction *c, const uint8_t *fresh,
                             struct block_list *ret, struct err *e);
/* The same for a conjunction that explodes lists: entries 2k and 2k + 1 are l and r of pair k, each pair once. *ret_count: its blocks, and those that were left out. */
enum err_code block_explode(const struct plan *p, const struct block_order *o, const struct plan_conjunction *c, struct block_list *ret,
                            struct link_rule_count *ret_count, struct err *e);
void block_list_free(struct block_list *l);

/* Stable sort by the low `bits` of key; `spare` has room for n. The result is in *entries (the two may have been exchanged). */
void block_sort(struct block_entry **entries, struct block_entry **spare, size_t n, unsigned bits, unsigned threads);

#endif
