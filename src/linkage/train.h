/* train.h: the parts of training (private to linkage). */
#ifndef HAVEN_LINKAGE_TRAIN_H
#define HAVEN_LINKAGE_TRAIN_H

#include "linkage/model.h"

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

/* m from pairs that are known to be of one person: of a column of labels, and those named (train_labels.c). Each is one more session. */
enum err_code train_label_column(struct train *t, size_t session);
enum err_code train_label_pairs(struct train *t, size_t session);
/* Runs one session and keeps its estimates. */
enum err_code train_em(struct train *t, struct str rule, size_t session);
/* The model as JSON, with what training found. */
enum err_code train_write(const struct link_model *m, struct buf *out, struct err *e);

#endif
