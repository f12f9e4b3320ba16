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
    size_t n_levels;   /* flat: all levels of all comparisons */
    struct err *e;
};

/* Runs one session and keeps its estimates. */
enum err_code train_em(struct train *t, struct str rule, size_t session);
/* The model as JSON, with what training found. */
enum err_code train_write(const struct link_model *m, struct buf *out, struct err *e);

#endif
