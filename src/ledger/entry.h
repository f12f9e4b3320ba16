/* entry.h: an entry as bytes: its canonical form, sealed as a leaf, and the item that waits for its number. Private to the room.
 *
 *     canonical  1 (version)  operation (1)  outcome (1)  at_ms (8)  groups (4)  rule (4)  rows (8)  n (4)  n subjects (8 each)
 *                nine texts (length 2, bytes): user agency door device what object purpose basis reason; zeros up to a length class
 *     leaf       1 (version)  salt (16)  commitment (32)  sealed canonical form
 *     item       wrapped key (72)  n (2)  n blind subjects (8 each)  leaf
 *
 * Numbers are big-endian. The leaf is what the tree hashes. Its key is fresh; the commitment is BLAKE2b-256 of the salt, keyed
 * with that key, so that no second key can ever be shown that opens the leaf to other words (the cipher alone does not promise this). The seal and the
 * item's wrapped key are bound to the salt's first 63 bits, because the leaf's number is not known yet; with it the key is wrapped anew for its row. Length classes: 256, 512, 1024, 2048, then multiples of 4096. */
#ifndef HAVEN_LEDGER_ENTRY_H
#define HAVEN_LEDGER_ENTRY_H

#include "ledger/ledger.h"

struct ledger_item {
    struct str wrapped, blinds, leaf; /* slices of the item */
};
/* An entry that was opened: its slices lie here. */
struct ledger_open {
    struct ledger_entry entry;
    struct buf plain;
    uint64_t subjects[LIMIT_LEDGER_SUBJECTS];
};
void ledger_open_init(struct ledger_open *o);
void ledger_open_release(struct ledger_open *o);
#define _cleanup_ledger_open_ __attribute__((cleanup(ledger_open_release)))

/* Checks the entry against the limits and appends its canonical form, padded. */
enum err_code ledger_entry_write(const struct ledger_entry *entry, struct buf *ret, struct err *e);
/* Strict: what ledger_entry_write would not write is ERR_FORMAT. */
enum err_code ledger_entry_read(struct ledger_open *o, struct err *e);

/* Seals with a fresh key; appends the item. */
enum err_code ledger_item_make(const struct vault *v, const struct ledger_entry *entry, struct buf *ret, struct err *e);
enum err_code ledger_item_parse(struct str item, struct ledger_item *ret, struct err *e);
static inline size_t ledger_item_blinds(const struct ledger_item *i) { return i->blinds.n / 8; }
int64_t ledger_item_blind(const struct ledger_item *i, size_t at);
/* The index value of a subject. */
int64_t ledger_subject_blind(const struct vault *v, uint64_t subject);

/* The item's key, wrapped for the leaf's row. */
enum err_code ledger_item_key(const struct vault *v, const struct ledger_item *i, int64_t number, unsigned char ret[VAULT_WRAPPED_BYTES], struct err *e);

/* Opens leaf `number`; ERR_CRYPTO when leaf, key and commitment do not belong together. */
enum err_code ledger_leaf_open(const struct vault *v, int64_t number, struct str leaf, struct str wrapped, struct ledger_open *ret, struct err *e);

#endif
