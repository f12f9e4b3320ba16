/* ledger.h: who saw or did what, in an append-only signed Merkle tree that a stranger can check offline.
 *
 * Idea. An *effect* (a decision, a load, a change of a user) writes its entry in its own transaction: ledger_effect() inside store_begin/commit.
 * A *read* commits its entry before the first byte is shown: ledger_read() appends it to the journal, a file with its own writer, and syncs it, so that a
 * bulk load, which holds the database, never delays a reader. One sequencer, ledger_sequence(), gives both their leaf numbers, writes the
 * leaves to the database, extends the tiles and signs a checkpoint, which is kept outside the database too.
 *
 *     effect --(its transaction)--> ledger_waiting --+
 *                                                     +--> sequencer --> ledger_leaf (database) --> tiles, checkpoint (directory)
 *     read   --(fdatasync)--------> journal file ----+
 *
 * This room is dumb: an entry is a few fields and a list of 64-bit subject numbers; whether those are people is not its business.
 *
 * A leaf is salted and sealed: it reveals its length and nothing else, so tiles may be given away. Its key is wrapped in ledger_leaf; destroying it
 * leaves every proof valid. A blind index of subjects answers "who has seen me". Formats: docs/ledger.md; RFC 6962, C2SP (tlog-checkpoint, tlog-tiles, tlog-proof, tlog-witness).
 *
 * Promises. 1. After ERR_OK of ledger_read the entry survives kill -9 and power cut; on any error nothing may be disclosed. 2. Leaf numbers are given once, and no
 * acknowledged entry is ever left out or numbered twice. 3. ledger_open compares tree, tiles and checkpoint: shorter or different means ERR_REFUSED, saying why.
 * 4. There is no off switch. 5. Nothing of an entry's words stands in the clear anywhere. */
#ifndef HAVEN_LEDGER_LEDGER_H
#define HAVEN_LEDGER_LEDGER_H

#include "store/store.h"
#include "vault/vault.h"

/* What was done: the logging operations of DPA 2018 s.62, then those that a hub needs beside. */
#define LEDGER_OPERATIONS(X)                                            \
    X(collection, "taking in")                                          \
    X(alteration, "change")                                             \
    X(consultation, "looking")                                          \
    X(disclosure, "giving out")                                         \
    X(combination, "joining and reviewing")                             \
    X(erasure, "erasure")                                               \
    X(search, "search")                                                 \
    X(sign_in, "sign-in")                                               \
    X(administration, "administration")                                 \
    X(glass, "breaking the glass")                                      \
    X(epoch, "declared restore")
#define X(name, ...) LEDGER_##name,
enum ledger_operation { LEDGER_unknown, LEDGER_OPERATIONS(X) LEDGER_OPERATION_N };
#undef X
enum ledger_outcome { LEDGER_OUTCOME_UNKNOWN, LEDGER_ALLOWED, LEDGER_REFUSED, LEDGER_NOTHING }; /* nothing: nobody and nothing was found */

struct ledger_entry {
    enum ledger_operation operation;
    enum ledger_outcome outcome;
    int64_t at_ms;           /* 0: now */
    struct str user, agency; /* names, as registered then */
    struct str door;         /* "command", "page" */
    struct str device;       /* what the door knows: "uid 1000", a session's short name */
    struct str what;         /* "people show": a command's or page's name */
    struct str object;       /* as asked for: an id, the words of a search; may be personal: it is sealed like all the rest */
    struct str purpose, basis, reason;
    uint32_t groups;         /* access groups that may be shown */
    uint32_t rule;           /* number of the access rule that decided */
    uint64_t n_rows;         /* of a set: how many were shown */
    const uint64_t *subjects; /* whom it is about; at most LIMIT_LEDGER_SUBJECTS, more go into further entries by the caller */
    size_t n_subjects;
};

struct ledger;

struct ledger_options {
    const char *directory; /* NULL: "<database file>.ledger" beside an SQLite file; PostgreSQL: needed ($HAVEN_LEDGER or --ledger) */
    const char *origin;    /* NULL: as stored; given once, at ledger_create: "hub.example/audit" */
};
/* Whether a new hub's ledger could be made there: no other ledger is in the directory (ERR_CONFLICT), the origin is one (ERR_USAGE). */
enum err_code ledger_creatable(const char *db_url, const struct ledger_options *o, struct err *e);
/* For a new hub: directory, tables' first row, signed checkpoint of the empty tree. */
enum err_code ledger_create(struct store *s, const struct vault *v, const char *db_url, const struct ledger_options *o, struct err *e);
/* Compares everything (promise 3), takes over what a killed process left in the journal, and sequences it. */
enum err_code ledger_open(struct store *s, const struct vault *v, const char *db_url, const struct ledger_options *o, struct ledger **ret, struct err *e);
void ledger_close(struct ledger *l); /* NULL is fine; sequences what waits if it can */

/* Says that an entry is committed. Only this room makes one; access asks for it before it makes a grant. */
struct ledger_receipt {
    uint64_t opaque[3];
};
bool ledger_receipt_good(const struct ledger *l, struct ledger_receipt r);

/* Commits the entry to the journal and gives the receipt. Safe to call from any thread, also while another thread loads. */
enum err_code ledger_read(struct ledger *l, const struct ledger_entry *entry, struct ledger_receipt *ret, struct err *e);
/* Inside the caller's transaction (asserted): it stands or falls with it. The receipt is good at once, for statements of that same transaction. */
enum err_code ledger_effect(struct ledger *l, const struct ledger_entry *entry, struct ledger_receipt *ret, struct err *e);

/* Numbers what waits, extends the tree, signs. Outside a transaction. Cheap when nothing waits. */
enum err_code ledger_sequence(struct ledger *l, struct err *e);

/* For a server, between its requests: numbers what waits when a second has passed since the last time. What fails is left for the next time. NULL is fine. */
void ledger_breathe(struct ledger *l);

/* ---- looking ---- */
struct ledger_view {
    uint64_t leaf; /* number; UINT64_MAX: waits for the sequencer */
    bool destroyed; /* its key is gone: all else is empty */
    struct ledger_entry entry;
};
typedef enum err_code ledger_sink(void *ctx, const struct ledger_view *v, struct err *e);
/* Leaves from `from` to, not with, `to`. Slices are valid during the call. */
enum err_code ledger_each(struct ledger *l, uint64_t from, uint64_t to, ledger_sink *sink, void *ctx, struct err *e);
/* "Who has seen me": every leaf about any of these subjects, newest first, each once. */
enum err_code ledger_each_about(struct ledger *l, const uint64_t *subjects, size_t n, ledger_sink *sink, void *ctx, struct err *e);
/* One past the last number. Numbers go up within an epoch; a declared restore begins the next one at a higher number, so this is no count. */
uint64_t ledger_size(const struct ledger *l);
uint32_t ledger_epoch_now(const struct ledger *l); /* from 1 */
/* The number of an epoch's entry by its index in that epoch's tree. */
static inline uint64_t ledger_leaf(uint32_t epoch, uint64_t index) { return (uint64_t)(epoch - 1) << 40 | index; }

/* ---- proving ---- */
/* Re-hashes every row, tile and the checkpoint; the first fault in words (ERR_FINDINGS), else ERR_OK and *ret_size. Long: progress may be NULL. */
enum err_code ledger_verify(struct ledger *l, struct progress *p, uint64_t *ret_size, struct err *e);
/* The offline bundle (c2sp.org/tlog-proof@v1) of one leaf, and the leaf's bytes as they were hashed. */
enum err_code ledger_prove(struct ledger *l, uint64_t leaf, struct buf *ret_proof, struct buf *ret_leaf, struct err *e);
/* The signed checkpoint; and the hub's verifier key ("vkey"). */
enum err_code ledger_checkpoint(struct ledger *l, struct buf *ret, struct err *e);
enum err_code ledger_vkey(const struct ledger *l, struct buf *ret, struct err *e);
/* Asks witnesses (log.h) to cosign the present checkpoint, and keeps it with the cosignatures. All are asked; the error is the first that said no or
 * nothing. *ret_n: how many signed. Takes seconds when one does not answer. */
struct ledger_peer;
enum err_code ledger_witnessed(struct ledger *l, struct ledger_peer *peers, size_t n, size_t *ret_n, struct err *e);
/* The last one that was cosigned; ERR_NOT_FOUND. */
enum err_code ledger_cosigned(struct ledger *l, struct buf *ret, struct err *e);

/* This room's column of wrapped keys. Close the ledger before a rotation: that numbers what waits, whose keys are in no table. */
extern const struct vault_wrapped_column ledger_wrapped[];

/* Destroys the key of a leaf (erasure of what it says). Proofs stay valid. Inside a transaction. */
enum err_code ledger_destroy(struct ledger *l, uint64_t leaf, struct err *e);

/* A restored or shortened database that is declared: opens a new epoch whose first leaf quotes the old checkpoint and the reason. */
enum err_code ledger_declare(struct store *s, const struct vault *v, const char *db_url, const struct ledger_options *o, struct str reason, struct str user,
                             struct err *e);

#endif
