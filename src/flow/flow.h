/* flow.h: one delivery end to end, and work that goes through all rooms. */
#ifndef HAVEN_FLOW_FLOW_H
#define HAVEN_FLOW_FLOW_H

#include "review/review.h"

struct flow_counts {
    struct people_counts people;
    struct review_counts review;
};
/* Links and reviews what is stored: what `haven update` and the end of `haven load` do. */
enum err_code flow_update(struct store *s, const struct vault *v, const struct link_model *m, struct progress *p,
                          struct flow_counts *ret, struct err *e);

/* Inside a transaction, under a permit for update: a record's level, and everything that follows from it. Closing leaves persons, cases and their history as if nothing had ever been received under
 * its name; opening again leaves the persons and cases that would be there had it never been closed (docs/closed.md). */
enum err_code flow_record_level(struct store *s, const struct vault *v, const struct link_model *m, const struct intake_record *r, enum access_level level, struct progress *p, struct err *e);

/* Oversight, over what happened since it last ran: reads the ledger's last half year, the registry and persons, and stores the alerts that are new (docs/oversight.md). Under a permit for audit. */
struct flow_oversight {
    uint64_t looks, staff, persons; /* read */
    size_t new_evidence;            /* 0: nothing new */
};
enum err_code flow_oversee(const struct hub *h, int64_t now_ms, struct flow_oversight *ret, struct err *e);

/* A new generation of the seal key, end to end: into the key file, under every wrapped key of every room, the old one out of the file. Whatever
 * breaks it off, nothing is lost, and doing it again goes on where it stopped. Vaults opened before go on reading until it has ended; open them anew. */
struct flow_rotation {
    bool continued;           /* one that was broken off before */
    uint32_t generation;      /* the present one now */
    uint64_t keys, wrapped;   /* looked at, wrapped anew by this call */
};
struct vault_rewrap_options;
/* ERR_CRYPTO: some keys open under neither generation (the message names the first); all others are done, and the old generation stays in the file. */
enum err_code flow_keys_rotate(struct store *s, const char *key_path, const struct vault_rewrap_options *o, struct flow_rotation *ret, struct err *e);
/* Whether this key file opens this hub (a sample of each column), and no rotation is half done: a line a finding. */
enum err_code flow_keys_check(struct store *s, const struct vault *v, struct buf *ret_findings, struct err *e);

#endif
