/* prove.c: what a stranger gets: the checkpoint, the key to check it with, and the offline proof of one entry. See ledger.h. */
#include "ledger/ledger_int.h"

#include "sql/ledger_sql.h"

enum err_code ledger_checkpoint(struct ledger *l, struct buf *ret, struct err *e)
{
    struct ledger_checkpoint c;
    ERR_TRY(ledger_sequence(l, e));
    return ledger_tiles_checkpoint(l->tiles, ret, &c, e);
}

enum err_code ledger_vkey(const struct ledger *l, struct buf *ret, struct err *e)
{
    struct ledger_key key;
    ERR_TRY(ledger_state_key(l->vault, &l->state, l->state.epoch, &key, e));
    ledger_key_format(&key, ret);
    return buf_check(ret, "the ledger's key", e);
}

static enum err_code leaf_bytes(struct ledger *l, uint64_t leaf, struct buf *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row = false;
    if (leaf > (uint64_t)INT64_MAX)
        return err_set(e, ERR_NOT_FOUND, "the ledger has no entry %llu", (unsigned long long)leaf);
    ERR_TRY(STORE_QUERY(l->store, sql_ledger_leaf_get, &c, e, V_INT((int64_t)leaf)));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_NOT_FOUND, "the ledger has no entry %llu", (unsigned long long)leaf);
    (void)buf_str(ret, store_text(c, 0));
    return buf_check(ret, "a ledger entry", e);
}

/* The proof out of one epoch's tiles, checked before it is given away. */
static enum err_code prove_in(struct ledger_tiles *t, uint64_t index, struct str entry, struct buf *ret, struct err *e)
{
    _cleanup_buf_ struct buf note;
    struct ledger_checkpoint c;
    struct ledger_bundle b = {.extra = STR_NONE, .index = index};
    struct ledger_hash h = ledger_hash_leaf(entry);
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    ERR_TRY(ledger_tiles_checkpoint(t, &note, &c, e));
    ERR_TRY(ledger_inclusion_prove(ledger_tiles_hashes(t, c.size), index, c.size, &b.proof, e));
    ERR_TRY(ledger_inclusion_check(&b.proof, index, c.size, &h, &c.root, e));
    b.checkpoint = buf_as_str(&note);
    return ledger_bundle_format(&b, ret, e);
}

enum err_code ledger_prove(struct ledger *l, uint64_t leaf, struct buf *ret_proof, struct buf *ret_leaf, struct err *e)
{
    _cleanup_buf_ struct buf entry;
    buf_init(&entry, LIMIT_LEDGER_ENTRY_BYTES);
    ERR_TRY(ledger_sequence(l, e));
    ERR_TRY(leaf_bytes(l, leaf, &entry, e));
    if (ledger_leaf_epoch(leaf) == l->state.epoch) {
        ERR_TRY(prove_in(l->tiles, ledger_leaf_index(leaf), buf_as_str(&entry), ret_proof, e));
    } else {
        char path[PATH_MAX];
        _cleanup_arena_ struct arena a;
        _cleanup_ledger_tiles_ struct ledger_tiles *old = NULL;
        arena_init(&a, LIMIT_LEDGER_TILES_BYTES);
        ERR_TRY(ledger_tree_directory(l, ledger_leaf_epoch(leaf), path, e));
        ERR_TRY(ledger_tiles_open(&a, path, false, &old, e));
        ERR_TRY(prove_in(old, ledger_leaf_index(leaf), buf_as_str(&entry), ret_proof, e));
    }
    (void)buf_str(ret_leaf, buf_as_str(&entry));
    return buf_check(ret_leaf, "a ledger entry", e);
}
