/* compare.c: what is looked at before a hub starts, in this order.
 *
 * 1. The directory is there, and holds no later epoch than the database.
 * 2. Its checkpoint is signed by this hub's key. A tree that has none yet is one that was just begun.
 * 3. The database does not have fewer entries than the checkpoint.
 * 4. The tiles give the checkpoint's root; the rows behind it (a crash between commit and publication) give the database's own.
 * 5. As many rows are there as there must be, and a sample of them (the last ones, and some by chance) is what the checkpoint proves.
 * 6. A checkpoint that witnesses cosigned is of this same tree.
 *
 * So a million entries cost some milliseconds. Hashing all of them is `haven ledger verify`. */
#include "ledger/ledger_int.h"

#include "ledger/files.h"
#include "sql/ledger_sql.h"

#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define LAST_ROWS 32
#define CHANCE_ROWS 16

/* ---- 1 ---- */

static enum err_code check_directory(struct ledger *l, struct err *e)
{
    if (access(l->dir, F_OK) != 0)
        return err_set(e, ERR_REFUSED, "the ledger's directory %s is not there; the database says that it is kept outside the database" LEDGER_DECLARE, l->dir);
    for (uint32_t epoch = l->state.epoch + 1; epoch <= l->state.epoch + 8; epoch++)
        if (ledger_tree_exists(l, epoch))
            return err_set(e, ERR_REFUSED, "the database is at epoch %u of its ledger, %s at epoch %u: an old copy of the database was put in place" LEDGER_DECLARE,
                           l->state.epoch, l->dir, epoch);
    return ERR_OK;
}

/* ---- 2 ---- */

/* A tree without a checkpoint: a new hub's before its first entry, or a new epoch's before anything but its declaration. */
static enum err_code check_begun(struct ledger *l, struct err *e)
{
    bool begun = l->state.epoch == 1 ? l->state.frontier.size == 0 : l->state.frontier.size == LEDGER_EPOCH_ENTRIES;
    if (!begun)
        return err_set(e, ERR_REFUSED, "the ledger's checkpoint is gone from %s, though the database has %llu entries" LEDGER_DECLARE, l->tree,
                       (unsigned long long)l->state.frontier.size);
    return ERR_OK;
}

static enum err_code read_checkpoint(struct ledger *l, struct buf *note, struct ledger_checkpoint *ret, struct err *e)
{
    struct ledger_checkpoint c;
    enum err_code code = ledger_tiles_checkpoint(l->tiles, note, &c, e);
    if (code == ERR_OK)
        code = ledger_note_check(l->vault, &l->state, l->state.epoch, buf_as_str(note), ret, e);
    if (code == ERR_FORMAT || code == ERR_REFUSED || code == ERR_LIMIT)
        return err_set(e, ERR_REFUSED, "the ledger's checkpoint in %s is not one that this hub signed" LEDGER_DECLARE, l->tree);
    return code;
}

/* ---- 4 ---- */

static enum err_code row_hash(struct ledger *l, uint64_t index, struct ledger_hash *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row = false;
    ERR_TRY(STORE_QUERY(l->store, sql_ledger_leaf_get, &c, e, V_INT(ledger_leaf_id(l->state.epoch, index))));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_REFUSED, "the ledger's entry %llu is missing in the database" LEDGER_DECLARE, (unsigned long long)index);
    *ret = ledger_hash_leaf(store_text(c, 0));
    return ERR_OK;
}

static enum err_code check_trees(struct ledger *l, const struct ledger_checkpoint *c, struct err *e)
{
    struct ledger_frontier f;
    struct ledger_hash h, want = ledger_frontier_root(&l->state.frontier);
    enum err_code code = ledger_frontier_load(ledger_tiles_hashes(l->tiles, c->size), c->size, &f, e);
    if (code == ERR_IO || code == ERR_NO_MEMORY)
        return code;
    h = ledger_frontier_root(&f);
    if (code != ERR_OK || !ledger_hash_eq(&h, &c->root))
        return err_set(e, ERR_REFUSED, "the ledger's tiles in %s do not give the root of their signed checkpoint" LEDGER_DECLARE, l->tree);
    for (uint64_t i = c->size; i < l->state.frontier.size; i++) {
        ERR_TRY(row_hash(l, i, &h, e));
        ledger_frontier_add(&f, &h);
    }
    h = ledger_frontier_root(&f);
    if (!ledger_hash_eq(&h, &want))
        return err_set(e, ERR_REFUSED, "the database's ledger is another than the one that %s signs: at %llu entries the roots differ" LEDGER_DECLARE, l->tree,
                       (unsigned long long)l->state.frontier.size);
    return ERR_OK;
}

/* ---- 5 ---- */

static enum err_code check_row(struct ledger *l, const struct ledger_checkpoint *c, uint64_t index, struct err *e)
{
    struct ledger_hash h;
    struct ledger_proof proof;
    ERR_TRY(row_hash(l, index, &h, e));
    enum err_code code = ledger_inclusion_prove(ledger_tiles_hashes(l->tiles, c->size), index, c->size, &proof, e);
    if (code == ERR_IO || code == ERR_NO_MEMORY)
        return code;
    if (code != ERR_OK || ledger_inclusion_check(&proof, index, c->size, &h, &c->root, e) != ERR_OK)
        return err_set(e, ERR_REFUSED, "the ledger's entry %llu in the database is not the one that was signed" LEDGER_DECLARE, (unsigned long long)index);
    return ERR_OK;
}

static enum err_code check_rows(struct ledger *l, const struct ledger_checkpoint *c, struct err *e)
{
    int64_t n = 0, from = ledger_leaf_id(l->state.epoch, 0);
    ERR_TRY(store_query_int(l->store, &sql_ledger_leaf_count, (const struct store_value[]){V_INT(from), V_INT(INT64_MAX)}, &n, e));
    if ((uint64_t)n != l->state.frontier.size)
        return err_set(e, ERR_REFUSED, "the database has %lld rows of the ledger, its tree %llu: rows were %s" LEDGER_DECLARE, (long long)n,
                       (unsigned long long)l->state.frontier.size, (uint64_t)n < l->state.frontier.size ? "removed" : "added");
    for (uint64_t i = c->size > LAST_ROWS ? c->size - LAST_ROWS : 0; i < c->size; i++)
        ERR_TRY(check_row(l, c, i, e));
    for (unsigned i = 0; i < CHANCE_ROWS && c->size > LAST_ROWS; i++) {
        uint64_t x;
        randombytes_buf(&x, sizeof x);
        ERR_TRY(check_row(l, c, x % c->size, e));
    }
    return ERR_OK;
}

/* ---- all ---- */

enum err_code ledger_compare(struct ledger *l, struct err *e)
{
    _cleanup_buf_ struct buf note;
    struct ledger_checkpoint c;
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    ERR_TRY(check_directory(l, e));
    ERR_TRY(ledger_tree_open(l, true, e));
    enum err_code code = read_checkpoint(l, &note, &c, e);
    if (code == ERR_NOT_FOUND) {
        err_clear(e);
        ERR_TRY(check_begun(l, e));
        return check_rows(l, &(struct ledger_checkpoint){.root = ledger_hash_empty()}, e);
    }
    ERR_TRY(code);
    if (c.size > l->state.frontier.size)
        return err_set(e, ERR_REFUSED, "the database has %llu ledger entries, the signed checkpoint in %s has %llu: an old copy of the database was put in place, or entries were removed" LEDGER_DECLARE,
                       (unsigned long long)l->state.frontier.size, l->tree, (unsigned long long)c.size);
    ERR_TRY(check_trees(l, &c, e));
    ERR_TRY(check_rows(l, &c, e));
    l->published = c.size;
    return ledger_cosigned_check(l, e);
}
