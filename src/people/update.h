/* update.h (private to people): what the store holds of persons, in memory, and how it differs from a new partition. */
#ifndef HAVEN_PEOPLE_UPDATE_H
#define HAVEN_PEOPLE_UPDATE_H

#include "people/partition.h"

struct membership { /* a row of person_mention */
    int64_t mention, known_from;
    uint64_t mention_key, person;
};
/* A mention whose person is new, other, or gone. */
struct membership_change {
    struct membership was;  /* was.known_from 0: none */
    uint64_t mention_key;   /* of the mention now; 0: no longer stated */
    int64_t mention;
    uint64_t person;        /* now */
};
/* An id that no cluster has any more. */
struct redirect {
    uint64_t old, present; /* present 0: nobody states that person any more */
};

/* Pure: both sides ascending by mention id. */
enum err_code membership_diff(const struct membership *was, size_t n_was, const struct membership *now, size_t n_now,
                              struct buf *ret_changes /* struct membership_change */, struct err *e);
/* Pure: for every person of `was` that is not in `now`: the person of its anchor mention, else the one that has most of its mentions (ties: least key), else none. */
enum err_code redirects_derive(const struct membership *was, size_t n_was, const struct membership *now, size_t n_now,
                               struct buf *ret_redirects /* struct redirect, by old */, struct err *e);

/* What stands in the store. */
enum err_code membership_load(struct store *s, struct buf *ret /* struct membership by mention id */, struct err *e);
enum err_code decisions_load(struct store *s, struct buf *ret /* struct people_decision */, struct err *e);
/* Scans all current mentions into a new partition and solves it with the decisions. */
enum err_code partition_of_store(struct store *s, const struct vault *v, const struct link_model *m, const struct buf *decisions,
                                 struct progress *progress, struct people_counts *counts, struct partition **ret, struct err *e);
/* Writes what differs, in one transaction; nothing at all when nothing does. */
enum err_code partition_write(struct store *s, struct partition *p, uint64_t *ret_changed, struct err *e);

#endif
