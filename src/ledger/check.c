/* check.c: the whole check, for `haven ledger verify` and `haven doctor`. The first fault ends it.
 *
 * 1. The published files of every epoch, by ledger_verify_tiles: every hash worked out anew against the signed checkpoint.
 * 2. Every row of the database: numbered without a gap, the leaf that the tiles hold, opened by its key (or destroyed by us), and its subjects in the
 *    index, each of them, and nobody else.
 * 3. The present epoch's rows give the state's root, which the state's note signs; closed epochs' rows the root that they were closed with, and
 *    each next one's first entry quotes their last checkpoint. */
#include "ledger/ledger_int.h"

#include "sql/ledger_sql.h"

#include <sodium.h>
#include <stdlib.h>

struct check {
    struct ledger *l;
    struct progress *p;
    uint32_t epoch; /* being checked */
    struct ledger_frontier f;
    struct ledger_hashes tiles; /* of the present epoch; read NULL: none to compare with */
    uint64_t subjects;          /* index rows that the entries of all epochs make */
    struct ledger_open open;
    struct buf quoted;          /* the note that the epoch's first entry must quote */
};

/* ---- 2. a row ---- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static enum err_code check_subjects(struct check *k, int64_t leaf, struct err *e)
{
    uint64_t *at = k->open.subjects;
    size_t n = k->open.entry.n_subjects;
    if (n > 1)
        qsort(at, n, sizeof *at, by_value);
    for (size_t i = 0; i < n; i++) {
        int64_t there = 0;
        if (i > 0 && at[i] == at[i - 1])
            continue;
        const struct store_value key[] = {V_INT(ledger_subject_blind(k->l->vault, at[i])), V_INT(leaf)};
        ERR_TRY(store_query_int(k->l->store, &sql_ledger_subject_has, key, &there, e));
        if (there != 1)
            return err_set(e, ERR_FINDINGS, "the ledger's entry %lld is missing in the index of one of its subjects", (long long)leaf);
        k->subjects++;
    }
    return ERR_OK;
}

/* Only the first entry of a later epoch is public, and it quotes what the epoch before was closed with. */
static enum err_code check_public(struct check *k, int64_t leaf, struct str entry, struct err *e)
{
    struct ledger_epoch d;
    struct ledger_key key;
    if (k->f.size != 0 || k->epoch == 1 || ledger_epoch_parse(entry, &d, e) != ERR_OK)
        return err_set(e, ERR_FINDINGS, "the ledger's entry %lld has no key, and is no declaration of an epoch", (long long)leaf);
    ERR_TRY(ledger_state_key(k->l->vault, &k->l->state, k->epoch, &key, e));
    if (!str_eq(d.origin, str_of(key.name)) || !str_eq(d.quoted, buf_as_str(&k->quoted)))
        return err_set(e, ERR_FINDINGS, "the declaration of epoch %u does not quote the checkpoint that the epoch before was closed with", k->epoch);
    return ERR_OK;
}

static enum err_code check_key(struct check *k, int64_t leaf, struct str entry, struct str wrapped, struct err *e)
{
    struct vault_id mark = ledger_destroyed_mark(k->l->vault, leaf);
    if (!wrapped.p)
        return check_public(k, leaf, entry, e);
    if (wrapped.n == sizeof mark && sodium_memcmp(wrapped.p, mark.bytes, sizeof mark) == 0)
        return ERR_OK;
    enum err_code code = ledger_leaf_open(k->l->vault, leaf, entry, wrapped, &k->open, e);
    if (code == ERR_CRYPTO || code == ERR_FORMAT || code == ERR_NOT_FOUND)
        return err_set(e, ERR_FINDINGS, "the ledger's entry %lld does not open with its key: one of them was changed", (long long)leaf);
    ERR_TRY(code);
    return check_subjects(k, leaf, e);
}

static enum err_code check_row(struct check *k, int64_t leaf, struct str entry, struct str wrapped, struct err *e)
{
    struct ledger_hash h = ledger_hash_leaf(entry), tile;
    int64_t want = ledger_leaf_id(k->epoch, k->f.size);
    if (leaf != want)
        return err_set(e, ERR_FINDINGS, "the ledger's entry %lld is missing in the database", (long long)want);
    if (k->tiles.read && k->f.size < k->l->published) {
        ERR_TRY(k->tiles.read(k->tiles.context, 0, k->f.size, &tile, e));
        if (!ledger_hash_eq(&h, &tile))
            return err_set(e, ERR_FINDINGS, "the ledger's entry %lld in the database is not the one that was published", (long long)leaf);
    }
    ERR_TRY(check_key(k, leaf, entry, wrapped, e));
    ledger_frontier_add(&k->f, &h);
    progress_to(k->p, k->f.size);
    return ERR_OK;
}

static enum err_code check_rows(struct check *k, uint64_t size, const struct ledger_hash *root, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    k->f = (struct ledger_frontier){0};
    ERR_TRY(STORE_QUERY(k->l->store, sql_ledger_leaf_range, &c, e, V_INT(ledger_leaf_id(k->epoch, 0)), V_INT(ledger_leaf_id(k->epoch + 1, 0))));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(check_row(k, store_int(c, 0), store_text(c, 1), store_text(c, 2), e));
    }
    struct ledger_hash h = ledger_frontier_root(&k->f);
    if (k->f.size != size || !ledger_hash_eq(&h, root))
        return err_set(e, ERR_FINDINGS, "epoch %u has %llu rows of the ledger in the database; they are not the %llu that were signed", k->epoch,
                       (unsigned long long)k->f.size, (unsigned long long)size);
    return ERR_OK;
}

/* ---- 1. the files ---- */

static enum err_code check_files(struct check *k, uint32_t epoch, struct err *e)
{
    char path[PATH_MAX];
    struct ledger_key key;
    struct ledger_verified v;
    ERR_TRY(ledger_tree_directory(k->l, epoch, path, e));
    ERR_TRY(ledger_state_key(k->l->vault, &k->l->state, epoch, &key, e));
    enum err_code code = ledger_verify_tiles(path, &(struct ledger_keys){.at = &key, .n = 1}, NULL, &v, e);
    return code == ERR_REFUSED || code == ERR_FORMAT || code == ERR_NOT_FOUND ? err_set(e, ERR_FINDINGS, "the checkpoint in %s is not one that this hub signed", path) : code;
}

/* ---- 3. epochs ---- */

static enum err_code check_closed(void *context, const struct ledger_closed *c, struct err *e)
{
    struct check *k = context;
    if (c->epoch != k->epoch)
        return err_set(e, ERR_FINDINGS, "the ledger's epoch %u is missing in the database", k->epoch);
    if (ledger_tree_exists(k->l, c->epoch))
        ERR_TRY(check_files(k, c->epoch, e));
    ERR_TRY(check_rows(k, c->size, &c->root, e));
    k->epoch++;
    buf_clear(&k->quoted);
    (void)buf_str(&k->quoted, c->note);
    return buf_check(&k->quoted, "a signed checkpoint", e);
}

static enum err_code check_state(struct check *k, struct err *e)
{
    struct ledger_state now;
    struct ledger_checkpoint c;
    int64_t n = 0;
    ledger_state_init(&now);
    enum err_code code = ledger_state_load(k->l->store, k->l->vault, &now, e);
    if (code == ERR_OK)
        code = ledger_note_check(k->l->vault, &now, now.epoch, buf_as_str(&now.note), &c, e);
    struct ledger_hash root = ledger_frontier_root(&now.frontier);
    bool same = code == ERR_OK && c.size == now.frontier.size && ledger_hash_eq(&c.root, &root) && now.epoch == k->epoch;
    if (same)
        code = check_rows(k, c.size, &root, e);
    ledger_state_release(&now);
    if (!same)
        return code == ERR_IO || code == ERR_NO_MEMORY || code == ERR_STORE ? code : err_set(e, ERR_FINDINGS, "the ledger's state in the database was changed by another hand");
    ERR_TRY(code);
    ERR_TRY(store_query_int(k->l->store, &sql_ledger_subject_count, STORE_NO_VALUES, &n, e));
    return (uint64_t)n == k->subjects ? ERR_OK : err_set(e, ERR_FINDINGS, "the ledger's index of subjects has %lld rows, its entries make %llu", (long long)n, (unsigned long long)k->subjects);
}

static enum err_code check_all(struct check *k, struct err *e)
{
    ERR_TRY(ledger_each_closed(k->l->store, k->l->vault, check_closed, k, e));
    ERR_TRY(check_files(k, k->l->state.epoch, e));
    k->tiles = ledger_tiles_hashes(k->l->tiles, k->l->published);
    ERR_TRY(check_state(k, e));
    return ledger_cosigned_check(k->l, e);
}

enum err_code ledger_verify(struct ledger *l, struct progress *p, uint64_t *ret_size, struct err *e)
{
    struct progress silent = {0};
    struct check k = {.l = l, .p = p ? p : &silent, .epoch = 1};
    ERR_TRY(ledger_sequence(l, e));
    ledger_open_init(&k.open);
    buf_init(&k.quoted, LIMIT_LEDGER_NOTE_BYTES);
    progress_start(k.p, "Checking the ledger", l->state.frontier.size);
    enum err_code code = check_all(&k, e);
    progress_end(k.p);
    ledger_open_release(&k.open);
    buf_release(&k.quoted);
    if (code == ERR_OK)
        *ret_size = l->state.frontier.size;
    return code;
}
