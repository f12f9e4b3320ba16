/* keeping.h: what keeps the keys themselves: generations and their rotation, the list of destroyed keys, shares for escrow, a process that leaves no dump.
 *
 * Idea. Only the seal key is rotated: it wraps data keys, so a new generation means wrapping 32 bytes a row anew, not sealing every value again. While
 * that goes on the key file holds both generations and either opens; the old one leaves the file when no row needs it. The index key stays:
 * with another one every keyed hash of the database would change.
 *
 * Shares (Shamir, libgfshare): any `need` of `total` give all keys of the hub back, fewer say nothing about them. docs/vault.md has the formats, the
 * drill and what to do when a key may be known to others. */
#ifndef HAVEN_VAULT_KEEPING_H
#define HAVEN_VAULT_KEEPING_H

#include "vault/vault.h"

struct store;
struct progress;

/* ---- this process ---- */

/* No core file, no ptrace by other processes of the user, /proc/PID for root only. Called before a key is read. */
enum err_code vault_guard_process(struct err *e);

/* ---- looking ---- */

struct vault_fingerprint {
    char z[20]; /* "1f3a-99c0-7be2-0415": says which key it is, and nothing about it */
};
struct vault_view {
    int version;        /* of the key file */
    size_t n_seals;     /* 2 during a rotation, the present one first */
    uint32_t generation[2];
    struct vault_fingerprint seal[2], index, sign, files;
};
void vault_look(const struct vault *v, struct vault_view *ret);
/* Same keys, whatever the version of the file they came from. */
bool vault_same_keys(const struct vault *a, const struct vault *b);

/* ---- rotation: start, vault_rewrap every table, finish; each can be done again after a kill ---- */

/* Puts a new generation into the key file (then of version 2) beside the present one; *ret_continued: two were there already, of a rotation that was
 * broken off, and nothing is changed. Open the vault again afterwards. */
enum err_code vault_rotation_start(const char *key_path, bool *ret_continued, struct err *e);
/* Takes the older generation out of the key file. Only when every table was done. */
enum err_code vault_rotation_finish(const char *key_path, struct err *e);

/* Wraps anew what is still under the older generation, a batch a transaction. Keys that were destroyed (empty) are left. A row that opens
 * under neither generation is counted and left. `committed` (may be NULL) is called after each transaction that is durable. */
struct vault_rewrap_counts {
    uint64_t rows, wrapped, damaged;
    int64_t first_damaged; /* its row id */
};
struct vault_rewrap_options {
    struct progress *progress; /* may be NULL */
    int64_t batch_rows;        /* of one transaction; 0: LIMIT_REWRAP_ROWS */
    void (*committed)(void *ctx);
    void *ctx;
};
enum err_code vault_rewrap(struct store *s, const struct vault *v, const struct vault_wrapped_column *column, const struct vault_rewrap_options *o,
                           struct vault_rewrap_counts *ret, struct err *e);

/* Of the first `most` keys of a column: how many there are, are destroyed, do not open. Changes nothing. */
struct vault_key_check {
    uint64_t rows, destroyed, shut;
};
enum err_code vault_check_keys(struct store *s, const struct vault *v, const struct vault_wrapped_column *column, int64_t most, struct vault_key_check *ret,
                               struct err *e);

/* ---- the list of what was destroyed, beside the key file ---- */

/* Where it lies: KEYFILE.destroyed; of a service's credential $STATE_DIRECTORY/haven.destroyed. NULL when neither is known (or out of memory). */
const char *vault_list_path(struct arena *a, const char *key_path);
/* Adds lines (without line ends; what they say is the caller's), synced: all or none. Before the commit of what they announce. */
enum err_code vault_list_append(const struct vault *v, const char *path, const struct str *lines, size_t n, struct err *e);
/* Appends each line (struct str in the arena); none when there is no list. ERR_CRYPTO: changed, or of another hub. */
enum err_code vault_list_read(const struct vault *v, const char *path, struct arena *a, struct buf *ret_lines, struct err *e);

/* ---- shares ---- */

/* One share as it is written into a file: text for a printer and a keyboard, NUL-terminated. */
struct vault_share {
    unsigned number;
    char z[1024];
};
void vault_share_wipe(struct vault_share *s);
/* Splits all keys into ret[0..total-1]. ERR_USAGE unless 2 <= need < total <= LIMIT_SHARES; ERR_CONFLICT during a rotation. */
enum err_code vault_split(const struct vault *v, unsigned total, unsigned need, struct vault_share *ret, struct err *e);
/* The keys back from at least `need` different shares; wrong, mistyped, altered and mixed ones are told apart, by `names` (of files). */
enum err_code vault_recover(const struct str *texts, const char *const *names, size_t n, struct vault **ret, struct err *e);
/* Into and out of files: DIR (made, 0700, if it is not there) gets share-1-of-5.txt and so on, 0600, synced, none overwritten, all or none. */
enum err_code vault_shares_write(const char *folder, const struct vault_share *shares, unsigned total, struct err *e);
enum err_code vault_shares_read(const char *const *paths, size_t n, struct vault **ret, struct err *e);
/* Writes an opened (recovered) vault's keys into a new file. */
enum err_code vault_save(const struct vault *v, const char *key_path, struct err *e);

#endif
