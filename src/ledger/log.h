/* log.h: the public, pure half of the ledger: a Merkle tree of opaque entries that a stranger can check.
 *
 * Idea. The log is an RFC 6962 tree (SHA-256) over entries of bytes. Its state at a size is a *checkpoint*: a short text of
 * origin, size and root, which the log signs and witnesses cosign as a C2SP signed note. Entries and hashes are published as
 * static files (C2SP tlog-tiles), so that proofs are made and checked without this program: docs/ledger.md says how. Nothing
 * here knows of people, databases or keys' homes: entries come in as bytes (sealed by the other half), keys as 32 bytes.
 *
 * Formats: C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature, tlog-witness, tlog-proof; RFC 6962 section 2.1.
 * Reading is strict: what is not exactly in the form is ERR_FORMAT (or ERR_LIMIT), what is in the form and does not check is
 * ERR_REFUSED (a signature) or ERR_FINDINGS (a proof, a tile). Outputs are untouched on failure. Slices that a reader returns
 * lie in the text that it was given. Nothing here allocates but through `struct buf` and an arena; nothing is mutable and
 * global, so all of it may run in several threads on different structs.
 *
 * Call sodium_init() (or open a vault) before the first signature. */
#ifndef HAVEN_LEDGER_LOG_H
#define HAVEN_LEDGER_LOG_H

#include "base/base.h"

/* ---- the tree (merkle.c) ---- */

#define LEDGER_HASH_BYTES 32
#define LEDGER_SIZE_MAX ((uint64_t)INT64_MAX) /* Go and SQL count so far */

struct ledger_hash {
    unsigned char bytes[LEDGER_HASH_BYTES];
};
static inline bool ledger_hash_eq(const struct ledger_hash *a, const struct ledger_hash *b)
{
    return memcmp(a->bytes, b->bytes, LEDGER_HASH_BYTES) == 0;
}
struct ledger_hash ledger_hash_empty(void);            /* of a tree without entries */
struct ledger_hash ledger_hash_leaf(struct str entry); /* SHA-256(0x00 || entry) */
struct ledger_hash ledger_hash_node(const struct ledger_hash *left, const struct ledger_hash *right);

/* The compact range [0, size): all that is needed to append and to know the root. at[l] is the root of a complete subtree of
 * 2^l leaves where bit l of size is set, and nothing elsewhere. All zero is the empty tree. */
struct ledger_frontier {
    uint64_t size;
    struct ledger_hash at[64];
};
/* O(log size), no allocation. Asserts size < LEDGER_SIZE_MAX. */
void ledger_frontier_add(struct ledger_frontier *f, const struct ledger_hash *leaf);
struct ledger_hash ledger_frontier_root(const struct ledger_frontier *f);
/* size as 8 bytes big-endian, then the hashes from the largest subtree to the smallest. */
#define LEDGER_FRONTIER_BYTES_MAX (8 + 64 * LEDGER_HASH_BYTES)
size_t ledger_frontier_write(const struct ledger_frontier *f, unsigned char ret[LEDGER_FRONTIER_BYTES_MAX]);
enum err_code ledger_frontier_read(struct str bytes, struct ledger_frontier *ret, struct err *e);

/* Where the roots of complete subtrees come from: the one of 2^level leaves that starts at leaf index * 2^level. Tiles give
 * one (ledger_tiles_hashes); a database may give another. */
struct ledger_hashes {
    enum err_code (*read)(void *context, unsigned level, uint64_t index, struct ledger_hash *ret, struct err *e);
    void *context;
};
/* The frontier of the tree at `size`. */
enum err_code ledger_frontier_load(struct ledger_hashes from, uint64_t size, struct ledger_frontier *ret, struct err *e);

/* ---- proofs (proof.c) ---- */

#define LEDGER_PROOF_MAX 64

struct ledger_proof {
    size_t n;
    struct ledger_hash at[LEDGER_PROOF_MAX];
};
/* That leaf `index` is in the tree of `size`; ERR_NOT_FOUND when index >= size. */
enum err_code ledger_inclusion_prove(struct ledger_hashes from, uint64_t index, uint64_t size, struct ledger_proof *ret,
                                     struct err *e);
/* That the tree of `new_size` begins with the tree of `old_size`; empty when one of them is 0 or both are equal. ERR_USAGE when
 * old_size > new_size. */
enum err_code ledger_consistency_prove(struct ledger_hashes from, uint64_t old_size, uint64_t new_size,
                                       struct ledger_proof *ret, struct err *e);
/* ERR_FINDINGS: the proof does not show it. */
enum err_code ledger_inclusion_check(const struct ledger_proof *proof, uint64_t index, uint64_t size,
                                     const struct ledger_hash *leaf, const struct ledger_hash *root, struct err *e);
enum err_code ledger_consistency_check(const struct ledger_proof *proof, uint64_t old_size, const struct ledger_hash *old_root,
                                       uint64_t new_size, const struct ledger_hash *new_root, struct err *e);

/* ---- keys and signed notes (key.c, note.c) ---- */

enum ledger_key_type {
    LEDGER_KEY_UNKNOWN = 0,
    LEDGER_KEY_LOG = 0x01,     /* Ed25519 over the text */
    LEDGER_KEY_WITNESS = 0x04, /* Ed25519 cosignature with a time */
};

struct ledger_key {
    char name[LIMIT_LEDGER_NAME_BYTES + 1];
    enum ledger_key_type type;
    unsigned char id[4];
    unsigned char public[32];
};
/* A key name: UTF-8, not empty, no blank of Unicode, no control character, no "+". */
bool ledger_name_valid(struct str name);
enum err_code ledger_key_make(struct str name, enum ledger_key_type type, const unsigned char public[32],
                              struct ledger_key *ret, struct err *e);
/* "<name>+<8 hex>+<base64>": the text that others are given. */
enum err_code ledger_key_parse(struct str vkey, struct ledger_key *ret, struct err *e);
void ledger_key_format(const struct ledger_key *k, struct buf *ret);

struct ledger_signer {
    struct ledger_key key;
    unsigned char secret[64];
};
enum err_code ledger_signer_make(struct str name, enum ledger_key_type type, const unsigned char seed[32],
                                 struct ledger_signer *ret, struct err *e);
/* "PRIVATE+KEY+<name>+<8 hex>+<base64>", as Go's sumdb/note writes it. */
enum err_code ledger_signer_parse(struct str text, struct ledger_signer *ret, struct err *e);
void ledger_signer_format(const struct ledger_signer *s, struct buf *ret);
/* The same in a file (key_file.c). Create: 0600, ERR_CONFLICT if it exists. Open: ERR_NOT_FOUND; ERR_REFUSED when others can
 * read it. */
enum err_code ledger_signer_create(const char *path, struct str name, enum ledger_key_type type, struct ledger_signer *ret,
                                   struct err *e);
enum err_code ledger_signer_open(const char *path, struct ledger_signer *ret, struct err *e);
void ledger_signer_wipe(struct ledger_signer *s);
#define _cleanup_ledger_signer_ __attribute__((cleanup(ledger_signer_wipe)))

/* A note is its text (UTF-8, lines, no control characters), an empty line, and signature lines. */
struct ledger_signature {
    struct str name;
    unsigned char id[4];
    struct str line;              /* whole, with its line end */
    const struct ledger_key *key; /* of ledger_note_open's keys; NULL: not known, not checked */
    uint64_t time_s;              /* LEDGER_KEY_WITNESS that was checked: when, Unix seconds; else 0 */
};
struct ledger_note {
    struct str text; /* with its last line end: what is signed */
    size_t n;
    struct ledger_signature at[LIMIT_LEDGER_SIGNATURES];
};
/* Appends one signature line for `text` to ret. `time_s` is the cosignature's time, ignored for a log's key. ERR_FORMAT when
 * the text is none that a note may carry. */
enum err_code ledger_note_sign(const struct ledger_signer *s, struct str text, uint64_t time_s, struct buf *ret, struct err *e);
/* The form alone. */
enum err_code ledger_note_parse(struct str note, struct ledger_note *ret, struct err *e);
/* Checks the signatures of known keys: unknown ones are passed over; ERR_REFUSED when a known one does not verify, signs twice,
 * or there is none. */
enum err_code ledger_note_open(struct str note, const struct ledger_key *keys, size_t n_keys, struct ledger_note *ret,
                               struct err *e);
/* Checks lines of signatures that came apart from their text (a witness's answer): each line in form, at least one by `key`,
 * verifying over text. *ret_line: that line, *ret_time_s: its time (0 for a log's key). */
enum err_code ledger_signature_check(struct str lines, struct str text, const struct ledger_key *key, struct str *ret_line,
                                     uint64_t *ret_time_s, struct err *e);

/* ---- checkpoints (checkpoint.c) ---- */

struct ledger_checkpoint {
    struct str origin;
    uint64_t size;
    struct ledger_hash root;
    struct str extension; /* further lines as they stand, each with its line end; usually none */
};
enum err_code ledger_checkpoint_format(const struct ledger_checkpoint *c, struct buf *ret_text, struct err *e);
enum err_code ledger_checkpoint_parse(struct str text, struct ledger_checkpoint *ret, struct err *e);

/* Whom a reader trusts. */
struct ledger_keys {
    const struct ledger_key *at; /* logs' and witnesses' */
    size_t n;
    size_t witnesses; /* how many different witnesses of these must have cosigned */
};
/* Note and checkpoint in one: a key of the log must have signed under the checkpoint's own origin, and enough witnesses. */
enum err_code ledger_checkpoint_open(struct str note, const struct ledger_keys *keys, struct ledger_checkpoint *ret,
                                     struct ledger_note *ret_note, struct err *e);

/* Epochs. A log that goes on after a declared restore of an old backup is a new log for everybody: "hub.example/audit" becomes
 * "hub.example/audit/e2". Its keys are the same 32 bytes under the new name. "/e1" is never written. */
bool ledger_origin_split(struct str origin, struct str *ret_base, uint32_t *ret_epoch);
void ledger_origin_format(struct str base, uint32_t epoch, struct buf *ret);
enum err_code ledger_key_epoch(const struct ledger_key *k, uint32_t epoch, struct ledger_key *ret, struct err *e);

/* The first entry of an epoch above 1, which quotes the last checkpoint of the epoch before: "haven-epoch@v1\n<new origin>\n\n"
 * and the whole signed note. */
struct ledger_epoch {
    struct str origin; /* of the new epoch */
    struct str quoted; /* the note of the epoch before */
};
enum err_code ledger_epoch_format(const struct ledger_epoch *d, struct buf *ret_entry, struct err *e);
enum err_code ledger_epoch_parse(struct str entry, struct ledger_epoch *ret, struct err *e);

/* ---- the offline bundle (bundle.c): c2sp.org/tlog-proof@v1, a file for a person, an auditor, a court ---- */

struct ledger_bundle {
    struct str extra; /* as base64, not covered by any signature; STR_NONE: none */
    uint64_t index;
    struct ledger_proof proof;
    struct str checkpoint; /* the signed note */
};
/* `extra` in base64 already. */
enum err_code ledger_bundle_format(const struct ledger_bundle *b, struct buf *ret, struct err *e);
enum err_code ledger_bundle_parse(struct str text, struct ledger_bundle *ret, struct err *e);
/* That `entry` stands at the bundle's index in a tree that the log signed. ret's slices lie in `text`. */
enum err_code ledger_bundle_check(struct str text, struct str entry, const struct ledger_keys *keys, struct ledger_bundle *ret,
                                  struct ledger_checkpoint *ret_checkpoint, struct err *e);

/* ---- files (tiles.c, tiles_write.c): DIR/checkpoint, DIR/tile/L/N[.p/W], DIR/tile/entries/N[.p/W] ---- */

struct ledger_tiles;
/* Opens (and with `make` creates) the directory; everything lives in the arena, which needs LIMIT_LEDGER_TILES_BYTES.
 * Close gives the descriptor back. */
enum err_code ledger_tiles_open(struct arena *a, const char *dir, bool make, struct ledger_tiles **ret, struct err *e);
void ledger_tiles_close(struct ledger_tiles *t); /* NULL is fine */
void ledger_tiles_close_p(struct ledger_tiles **t);
#define _cleanup_ledger_tiles_ __attribute__((cleanup(ledger_tiles_close_p)))

/* The published checkpoint's note, checked in form only; the slices lie in `ret_note` (cleared first). ERR_NOT_FOUND when there
 * is none yet. */
enum err_code ledger_tiles_checkpoint(struct ledger_tiles *t, struct buf *ret_note, struct ledger_checkpoint *ret, struct err *e);
/* Subtree roots of the tree of `size` out of the tiles; good while t is open and until the next call of this. */
struct ledger_hashes ledger_tiles_hashes(struct ledger_tiles *t, uint64_t size);
/* Appends entry `index` of the tree of `size` to ret, checked against its leaf hash. ERR_NOT_FOUND, ERR_FINDINGS (it was changed). */
enum err_code ledger_tiles_entry(struct ledger_tiles *t, uint64_t size, uint64_t index, struct buf *ret, struct err *e);

/* Gives entry `index`, appended to ret (which is empty). Asked in order, each index once. */
struct ledger_entries {
    enum err_code (*read)(void *context, uint64_t index, struct buf *ret, struct err *e);
    void *context;
};
/* Writes the tiles from the published size to `to`, durably, and gives the root that a checkpoint must state. Nothing that a
 * reader of the published checkpoint needs is changed, so it may be killed anywhere and run again with the same or a larger
 * `to`. One process at a time (a lock file in DIR; ERR_CONFLICT). A tile that exists with other bytes is ERR_CONFLICT: the log
 * would fork. */
enum err_code ledger_tiles_extend(struct ledger_tiles *t, uint64_t to, struct ledger_entries entries, struct ledger_hash *ret_root,
                                  struct err *e);
/* Replaces DIR/checkpoint durably, after looking that the tiles give its root and that its size is not smaller than the one
 * published (the same size: the same text, perhaps with more signatures). */
enum err_code ledger_tiles_publish(struct ledger_tiles *t, struct str note, struct err *e);

/* ---- whole check (verify.c) ---- */

struct ledger_verified {
    uint64_t size;
    struct ledger_hash root;
    size_t witnesses;      /* whose cosignature was checked */
    uint64_t entry_bytes;
};
/* Re-hashes every entry against the tiles and the signed checkpoint of DIR; an epoch above the first must begin with its
 * declaration. ERR_FINDINGS names the first fault: the file, the
 * entry or hash in it, what is wrong. `progress` may be NULL. */
enum err_code ledger_verify_tiles(const char *dir, const struct ledger_keys *keys, struct progress *progress,
                                  struct ledger_verified *ret, struct err *e);

/* ---- witness (witness.c) ---- */

/* A witness remembers, per log, the largest tree that it cosigned, in one file per log under `dir` (lock, temporary file, fsync,
 * rename, fsync of the folder, all before it answers). Several threads and processes may serve the same folder. */
struct ledger_witness {
    const char *dir;
    const struct ledger_key *logs; /* LEDGER_KEY_LOG; a name "…/eN" says from which epoch on */
    size_t n_logs;
    const struct ledger_signer *signer; /* LEDGER_KEY_WITNESS */
    uint64_t (*time_s)(void);           /* NULL: the system's clock */
};
/* POST add-checkpoint: the body's answer is a status (200, 400, 403, 404, 409, 422; 500 when the state cannot be kept) and a
 * body for it (cosignature lines; a size; or one line why). */
void ledger_witness_add(const struct ledger_witness *w, struct str body, int *ret_status, struct buf *ret_body);
/* POST declare-epoch: a tlog-proof of entry 0 of the new epoch, with that entry as `extra`. 200: the epoch before is closed for
 * ever and the new one starts at size 0. */
void ledger_witness_declare(const struct ledger_witness *w, struct str body, int *ret_status, struct buf *ret_body);
/* The content type that belongs to a status. */
const char *ledger_witness_content_type(int status);

/* Serves both over HTTP (witness_serve.c) until SIGTERM or SIGINT. `listen` is "127.0.0.1:8090" or "[::1]:0" (any free port): a
 * numeric address; *ready is told the URL. ERR_USAGE: no such address; ERR_IO: it is taken. */
enum err_code ledger_witness_serve(const struct ledger_witness *w, const char *listen, void (*ready)(void *context, const char *url),
                                   void *context, struct err *e);

/* ---- asking a witness (cosign.c) ---- */

struct ledger_peer {
    const char *url; /* prefix, "http://127.0.0.1:8090" or "https://…/w1" */
    struct ledger_key key;
    uint64_t last_size; /* what it is known to have cosigned; kept up to date by ledger_cosign */
};
/* The body of add-checkpoint, for whoever speaks to a witness by other means. */
void ledger_cosign_body(uint64_t old_size, const struct ledger_proof *proof, struct str note, struct buf *ret);
/* Asks for a cosignature of the signed checkpoint `note` and appends the one checked line to ret. Takes at most
 * LIMIT_LEDGER_COSIGN_MS; call it where nobody waits. A witness that has seen another size is asked again with the right proof.
 * ERR_IO: not reached; ERR_REFUSED: it said no (its words in the detail); ERR_FORMAT: its answer is none. */
enum err_code ledger_cosign(struct ledger_peer *peer, struct ledger_hashes from, struct str note, struct buf *ret_line,
                            struct err *e);
/* Tells a witness of a new epoch: `entry` is entry 0, of the tree that `note` signs. */
enum err_code ledger_cosign_declare(struct ledger_peer *peer, struct ledger_hashes from, struct str entry, struct str note,
                                    struct err *e);

#endif
