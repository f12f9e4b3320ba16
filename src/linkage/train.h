/* train.h: the parts of training (private to linkage). */
#ifndef HAVEN_LINKAGE_TRAIN_H
#define HAVEN_LINKAGE_TRAIN_H

#include "linkage/block.h"
#include "linkage/run.h"

struct train {
    struct link_model *m;
    const struct link_table *t;
    const struct link_train_options *o;
    struct buf *warnings;
    double *estimates; /* m of [session][flat level]; NAN: none */
    size_t n_sessions; /* those of labels first */
    size_t n_levels;   /* flat: all levels of all comparisons */
    struct err *e;
};

/* Number of a level among all. */
static inline size_t train_flat(const struct train *t, size_t comparison, size_t level)
{
    size_t n = level;
    for (size_t c = 0; c < comparison; c++)
        n += t->m->comparisons[c].n;
    return n;
}

/* Pairs by gamma + 1. */
struct train_counts {
    uint64_t n[LIMIT_LINK_LEVELS + 1];
};
static inline void train_counts_add(struct train_counts *to, const struct train_counts *from)
{
    for (size_t g = 0; g <= LIMIT_LINK_LEVELS; g++)
        to->n[g] += from->n[g];
}

/* u of every level (train_u.c). */
enum err_code train_u(struct train *t);

/* Records that have the same value in all columns that a comparison reads, and the same dataset where that matters: no comparison can tell them apart (train_exact.c). */
struct train_groups {
    uint32_t n;
    uint32_t *start;   /* by group, n + 1: its members begin here */
    uint32_t *members; /* ranks, rising in each group */
    uint32_t *source;  /* by group: code of the dataset; NULL when pairs may be of one dataset */
    uint32_t *value;   /* by rank: number of its values, whatever the dataset */
    uint64_t pairs, equal_pairs; /* that the link type allows; of them those of equal values */
    void *block;
};
enum err_code train_groups_new(const struct train *t, const struct block_order *o, const struct model_comparison *c, struct train_groups *ret);
void train_groups_free(struct train_groups *g);
/* Comparisons that train_exact asks: each pair of groups, both ways. */
static inline uint64_t train_exact_cost(const struct train_groups *g) { return (uint64_t)g->n * g->n; }
/* Levels of all pairs of records, without one left out; or only of the pairs of equal values. */
enum err_code train_exact(const struct train *t, const struct block_order *o, const struct train_groups *g, struct model_comparison *c, bool equal_only, struct train_counts *ret);

/* Some records and some comparisons, made ready to be compared (train_rows.c). */
struct train_rows {
    struct link_table *table; /* row k: rows[k] */
    struct link_model ask;    /* must stay where it is */
    struct plan *plan;
};
enum err_code train_rows_new(const struct train *t, const uint32_t *rows, size_t n, struct model_comparison *comparisons, size_t n_comparisons, struct train_rows *ret);
void train_rows_free(struct train_rows *x); /* also after a failure */
/* Whether some level of a comparison reads one of the model's names. */
bool train_reads(const struct model_comparison *c, uint32_t name);

/* m from pairs that are known to be of one person: of a column of labels, and those named (train_labels.c). Each is one more session. */
enum err_code train_label_column(struct train *t, size_t session);
enum err_code train_label_pairs(struct train *t, size_t session);
/* Runs one session and keeps its estimates. */
enum err_code train_em(struct train *t, struct str rule, size_t session);
/* The model as JSON, with what training found. */
enum err_code train_write(const struct link_model *m, struct buf *out, struct err *e);

#endif
