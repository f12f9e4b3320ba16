/* explain.h (private to people): the mentions that an explanation is about, and who stands beside them. */
#ifndef HAVEN_PEOPLE_EXPLAIN_H
#define HAVEN_PEOPLE_EXPLAIN_H

#include "people/update.h"

struct teller {
    struct store *s;
    const struct vault *v;
    const struct link_model *m;
    struct arena *a;
    struct buf *out;
    struct partition *p;
    struct mention *mentions; /* by ascending key, as in the partition */
    size_t n_mentions;
    struct buf left, right;   /* uint64_t: keys of the mentions asked about, ascending */
    uint8_t *side;            /* by row: 1 left, 2 right, 0 company */
    struct buf decisions;     /* struct people_decision */
    const struct feed_info *feeds;
    size_t n_feeds;
};

/* Reads the mentions of persons l and r (which may be the same), and those of the persons in whose company some of them stand, into t->p, solved, with t->side filled. t->decisions are there. */
enum err_code explain_gather(struct teller *t, uint64_t l, uint64_t r, struct err *e);
/* 1 or 2: on which side the mention of this key is; 0: company. */
uint8_t explain_side(const struct teller *t, uint64_t mention_key);

#endif
