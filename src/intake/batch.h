/* batch.h: the rows of one transaction of a load, from text to stored; private to the room.
 *
 *     delivery_begin -> (batch_add ... batch_commit) ... -> delivery_end
 *
 * A batch keeps the rows' text in an arena until it is committed. batch_commit does, in this order: numbers rows without a key (occurrence), finds
 * what is known of each record (versions.c), then inserts everything (insert.c), and counts, in one transaction. */
#ifndef HAVEN_INTAKE_BATCH_H
#define HAVEN_INTAKE_BATCH_H

#include "intake/pack.h"
#include "intake/source.h"

enum batch_fate { FATE_UNKNOWN, FATE_STORED, FATE_UNCHANGED, FATE_QUARANTINED };

struct batch_row {
    struct row row;               /* in the arena */
    struct vault_id ident;        /* of the record; of a keyless row: of its content until it is numbered */
    struct vault_id content;
    struct vault_id named;        /* the record that the row names, when its key could be read: of a quarantined row too */
    bool has_named;
    int64_t row_key, version_ms, content_hash;
    int year;                     /* of the version */
    bool keyless;
    enum batch_fate fate;
    int64_t record, id;           /* once known */
    bool is_current;
    const char *why;              /* quarantine: the reason, in the arena */
    struct str raw;
    uint64_t first_line, last_line;
};

struct delivery {
    struct store *store;
    const struct vault *vault;
    const struct feed *feed;
    int64_t feed_id, id, layout_id, full_at;
    int64_t started_ms, newest_ms; /* greatest version seen */
    struct load_counts counts;     /* of what is committed */
    bool begun;                    /* the delivery's row is there */
};

struct batch {
    struct delivery *d;
    struct arena arena, fixed; /* of the rows; of what stays */
    struct batch_row **rows;
    size_t n, cap;
    struct buf scratch;            /* content of one row */
    bool quarantine_waits;         /* replay: a row that is still bad is left where it is */
};

enum err_code batch_init(struct batch *b, struct delivery *d, size_t max_rows, struct err *e);
void batch_release(struct batch *b);
/* Copies. `order`: the row's positions sorted by name. */
enum err_code batch_add(struct batch *b, const struct source_row *r, const size_t *order, struct err *e);
bool batch_is_full(const struct batch *b);
/* One transaction. Empties the batch; adds to d->counts only when it is durable. `with_end`: the delivery ends with it. */
enum err_code batch_commit(struct batch *b, bool with_end, struct err *e);

/* feed_store.c: the rows of agency, feed, layout and delivery; within a transaction. */
enum err_code delivery_begin(struct delivery *d, struct str layout, struct err *e);
enum err_code delivery_count(struct delivery *d, const struct load_counts *c, struct err *e);
/* A full delivery that ends: what it does not state is withdrawn. */
enum err_code delivery_end(struct delivery *d, struct err *e);

/* versions.c: which rows are new, which are current. */
struct current_change {
    int64_t row;
    bool is_current;
};
struct new_record {
    int64_t id, newest_ms;
    struct vault_id ident;
    bool is_new; /* else: only newest_ms changed */
};
struct batch_plan {
    struct buf changes; /* struct current_change */
    struct buf records; /* struct new_record */
    struct buf closed;  /* int64_t: closed records of which rows came */
};
enum err_code versions_plan(struct batch *b, struct batch_plan *ret, struct err *e);
/* The same for one record as it stands: what would have to change for its flags to be the pure function's of an open record (ret_changes: struct current_change), and which rows that
 * function calls current (ret_current: int64_t, ascending). Either may be NULL. */
enum err_code versions_of_record(struct store *s, int64_t record, bool full, int64_t full_at, struct buf *ret_changes, struct buf *ret_current, struct err *e);

/* insert.c: all the inserts of a batch. */
enum err_code batch_insert(struct batch *b, const struct batch_plan *p, struct err *e);

#endif
