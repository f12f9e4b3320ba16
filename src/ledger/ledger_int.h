/* ledger_int.h: what the files of the ledger's database half share. Private to the room.
 *
 * The database's part is one row of state (state.c): epoch, frontier, how far the journal is taken, the signed checkpoint of just that. It is
 * written in the transaction that inserts the leaves, so the four are never apart; a MAC over it tells a row that was meddled with. */
#ifndef HAVEN_LEDGER_LEDGER_INT_H
#define HAVEN_LEDGER_LEDGER_INT_H

#include "ledger/entry.h"
#include "ledger/journal.h"
#include "ledger/log.h"

#include <limits.h>
#include <stdatomic.h>

struct ledger_state {
    uint32_t epoch;
    char origin[LIMIT_LEDGER_NAME_BYTES + 1]; /* of epoch 1 */
    struct ledger_frontier frontier;
    struct ledger_taken taken;
    bool turn;
    struct buf note; /* the signed checkpoint of the frontier */
};
void ledger_state_init(struct ledger_state *s);
void ledger_state_release(struct ledger_state *s);
#define _cleanup_ledger_state_ __attribute__((cleanup(ledger_state_release)))

struct ledger {
    struct arena arena; /* holds this struct */
    struct store *store;
    const struct vault *vault;
    char dir[PATH_MAX], tree[PATH_MAX]; /* the directory, and in it the present epoch's tree */
    struct ledger_state state;          /* as committed */
    struct ledger_journal journal;
    bool journal_open;
    struct ledger_tiles *tiles;    /* of the present epoch */
    uint64_t published;            /* size of the checkpoint in the directory; UINT64_MAX: there is none yet */
    double breathed_s;             /* monotonic_s of the last ledger_breathe that numbered */
    atomic_bool waiting;           /* something may wait in ledger_waiting */
    atomic_uint_fast64_t receipts;
    unsigned char receipt_key[32];
};

/* ---- state.c ---- */
/* ERR_NOT_FOUND: there is none yet. ERR_REFUSED: it was changed by another hand. */
enum err_code ledger_state_load(struct store *s, const struct vault *v, struct ledger_state *ret, struct err *e);
enum err_code ledger_state_save(struct store *s, const struct vault *v, const struct ledger_state *state, struct err *e);
/* Signs the checkpoint of the state's frontier into its note. */
enum err_code ledger_state_sign(const struct vault *v, struct ledger_state *state, struct err *e);
/* The hub's verifier key under an epoch's origin. */
enum err_code ledger_state_key(const struct vault *v, const struct ledger_state *state, uint32_t epoch, struct ledger_key *ret, struct err *e);
/* Checks a note of that epoch by the hub's own key. */
enum err_code ledger_note_check(const struct vault *v, const struct ledger_state *state, uint32_t epoch, struct str note,
                                struct ledger_checkpoint *ret, struct err *e);

/* A leaf's number: its epoch and its index in that epoch's tree. */
#define LEDGER_EPOCH_BITS 40
#define LEDGER_EPOCH_ENTRIES 2 /* that a declared restore begins an epoch with: the public declaration, and who and why */
static inline int64_t ledger_leaf_id(uint32_t epoch, uint64_t index) { return (int64_t)ledger_leaf(epoch, index); }
static inline uint32_t ledger_leaf_epoch(uint64_t leaf) { return (uint32_t)(leaf >> LEDGER_EPOCH_BITS) + 1; }
static inline uint64_t ledger_leaf_index(uint64_t leaf) { return leaf & (((uint64_t)1 << LEDGER_EPOCH_BITS) - 1); }
/* What stands in place of a key that was destroyed: only the vault can make it. */
struct vault_id ledger_destroyed_mark(const struct vault *v, int64_t leaf);
static inline bool ledger_is_destroyed(struct str wrapped) { return wrapped.n == sizeof(struct vault_id); }

/* ---- epoch.c ---- */
/* What the database keeps of an epoch that was closed by a declared restore. */
struct ledger_closed {
    uint32_t epoch;
    uint64_t size; /* leaves that the database held */
    struct ledger_hash root;
    struct str note; /* the last checkpoint, which the next epoch quotes */
};
struct vault_id ledger_closed_mac(const struct vault *v, const struct ledger_closed *c);
typedef enum err_code ledger_closed_sink(void *context, const struct ledger_closed *c, struct err *e);
/* ERR_FINDINGS: one was changed by another hand. */
enum err_code ledger_each_closed(struct store *s, const struct vault *v, ledger_closed_sink *sink, void *context, struct err *e);

/* ---- sequence.c ---- */
/* Writes tiles and checkpoint up to the committed state; nothing when they are there. */
enum err_code ledger_publish(struct ledger *l, struct err *e);
/* Gives the next number to an item in the caller's transaction, in `state` only. wrapped NULL: a public entry. */
enum err_code ledger_append(struct store *s, const struct vault *v, struct ledger_state *state, const struct ledger_item *item, struct err *e);

/* ---- open.c ---- */
/* Memory and names alone; `l` is dropped by ledger_drop. */
enum err_code ledger_new(struct store *s, const struct vault *v, const char *db_url, const struct ledger_options *o, struct ledger **ret, struct err *e);
void ledger_drop(struct ledger *l);
/* The folder of an epoch's tree: DIR, or DIR/eN. */
enum err_code ledger_tree_directory(const struct ledger *l, uint32_t epoch, char ret[PATH_MAX], struct err *e);
bool ledger_tree_exists(const struct ledger *l, uint32_t epoch);
/* Opens the tiles of the state's epoch. */
enum err_code ledger_tree_open(struct ledger *l, bool make, struct err *e);

/* ---- cosigned.c ---- */
/* That the tree is the one that witnesses have seen; ERR_REFUSED. */
enum err_code ledger_cosigned_check(struct ledger *l, struct err *e);

/* ---- compare.c: at the start ---- */
/* What an error that a declared restore can end says last. */
#define LEDGER_DECLARE "; if that is meant, haven restore --declare REASON says so openly, for ever"
enum err_code ledger_compare(struct ledger *l, struct err *e);

#endif
