/* epoch.c: declaring that the database was restored or shortened. The old tree is closed as the world knows it; the new one begins with an entry that
 * quotes its last checkpoint, for everybody to read, and a sealed one that says who did it and why. */
#include "ledger/ledger_int.h"

#include "sql/ledger_sql.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- closed epochs in the database ---- */

struct vault_id ledger_closed_mac(const struct vault *v, const struct ledger_closed *c)
{
    crypto_generichash_state s;
    unsigned char all[32];
    uint64_t numbers[2] = {c->epoch, c->size};
    (void)crypto_generichash_init(&s, NULL, 0, sizeof all); /* with these lengths none of them fails */
    (void)crypto_generichash_update(&s, (const unsigned char *)numbers, sizeof numbers);
    (void)crypto_generichash_update(&s, c->root.bytes, sizeof c->root.bytes);
    (void)crypto_generichash_update(&s, (const unsigned char *)c->note.p, c->note.n);
    (void)crypto_generichash_final(&s, all, sizeof all);
    return vault_blind_id(v, "ledger epoch", (struct str){(char *)all, sizeof all});
}

static bool closed_read(const struct store_cursor *c, const struct vault *v, struct ledger_closed *ret)
{
    struct str root = store_text(c, 2), mac = store_text(c, 4);
    *ret = (struct ledger_closed){.epoch = (uint32_t)store_int(c, 0), .size = (uint64_t)store_int(c, 1), .note = store_text(c, 3)};
    if (root.n != sizeof ret->root.bytes || store_int(c, 0) != (int64_t)ret->epoch)
        return false;
    memcpy(ret->root.bytes, root.p, root.n);
    struct vault_id want = ledger_closed_mac(v, ret);
    return mac.n == sizeof want.bytes && sodium_memcmp(mac.p, want.bytes, sizeof want.bytes) == 0;
}

enum err_code ledger_each_closed(struct store *s, const struct vault *v, ledger_closed_sink *sink, void *context, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct ledger_closed closed;
    ERR_TRY(store_query(s, &sql_ledger_epoch_list, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        if (!closed_read(c, v, &closed))
            return err_set(e, ERR_FINDINGS, "the ledger's row of a closed epoch was changed by another hand");
        ERR_TRY(sink(context, &closed, e));
    }
}

/* ---- what there is to declare ---- */

/* The database's state, or, where it has none that holds, what the directory's first checkpoint says of the origin. */
static enum err_code find_state(struct ledger *l, struct err *e)
{
    struct ledger_checkpoint c;
    struct buf note = l->state.note;
    enum err_code code = ledger_state_load(l->store, l->vault, &l->state, e);
    if (code != ERR_NOT_FOUND && code != ERR_REFUSED)
        return code;
    err_clear(e);
    note = l->state.note;
    l->state = (struct ledger_state){.epoch = 1, .note = note, .taken = {1, LEDGER_SEGMENT_HEADER}};
    buf_clear(&l->state.note);
    ERR_TRY(ledger_tree_open(l, false, e));
    code = ledger_tiles_checkpoint(l->tiles, &l->state.note, &c, e);
    if (code != ERR_OK || c.origin.n >= sizeof l->state.origin)
        return err_set(e, ERR_REFUSED, "neither the database nor %s has a ledger to go on from", l->dir);
    memcpy(l->state.origin, c.origin.p, c.origin.n);
    return ERR_OK;
}

static enum err_code refuse_if_whole(struct store *s, const struct vault *v, const char *db_url, const struct ledger_options *o, struct err *e)
{
    struct ledger *l;
    struct err why = {0};
    enum err_code code = ledger_open(s, v, db_url, o, &l, &why);
    if (code == ERR_OK) {
        ledger_close(l);
        return err_set(e, ERR_CONFLICT, "the database and its ledger agree: there is nothing to declare");
    }
    if (code != ERR_REFUSED) { /* a full disk, a lock: no reason to begin anew */
        *e = why;
        return code;
    }
    return ERR_OK;
}

/* The last checkpoint of an epoch: as the directory has it, or as the database has it; the longer one, if both hold. */
static enum err_code last_note(struct ledger *l, uint32_t epoch, struct buf *ret, struct err *e)
{
    char path[PATH_MAX];
    struct ledger_checkpoint mine = {0}, c;
    _cleanup_buf_ struct buf note;
    _cleanup_arena_ struct arena a;
    _cleanup_ledger_tiles_ struct ledger_tiles *t = NULL;
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    arena_init(&a, LIMIT_LEDGER_TILES_BYTES);
    ERR_TRY(ledger_tree_directory(l, epoch, path, e));
    bool in_directory = access(path, F_OK) == 0 && ledger_tiles_open(&a, path, false, &t, e) == ERR_OK &&
                        ledger_tiles_checkpoint(t, &note, &c, e) == ERR_OK &&
                        ledger_note_check(l->vault, &l->state, epoch, buf_as_str(&note), &c, e) == ERR_OK;
    bool in_database = epoch == l->state.epoch && ledger_note_check(l->vault, &l->state, epoch, buf_as_str(&l->state.note), &mine, e) == ERR_OK;
    if (!in_directory && !in_database)
        return err_set(e, ERR_REFUSED, "no checkpoint of epoch %u that this hub signed is to be found in %s or the database; is this its key?", epoch, l->dir);
    err_clear(e);
    (void)buf_str(ret, buf_as_str(in_directory && (!in_database || c.size >= mine.size) ? &note : &l->state.note));
    return buf_check(ret, "a signed checkpoint", e);
}

/* ---- closing ---- */

static enum err_code rows_root(struct store *s, uint32_t epoch, struct ledger_frontier *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    *ret = (struct ledger_frontier){0};
    ERR_TRY(STORE_QUERY(s, sql_ledger_leaf_range, &c, e, V_INT(ledger_leaf_id(epoch, 0)), V_INT(ledger_leaf_id(epoch + 1, 0))));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        struct ledger_hash h = ledger_hash_leaf(store_text(c, 1));
        ledger_frontier_add(ret, &h);
    }
}

static enum err_code close_epoch(struct ledger *l, uint32_t epoch, struct buf *note, struct err *e)
{
    struct ledger_frontier f;
    struct ledger_closed c = {.epoch = epoch};
    buf_clear(note);
    ERR_TRY(last_note(l, epoch, note, e));
    ERR_TRY(rows_root(l->store, epoch, &f, e));
    c.size = f.size;
    c.root = ledger_frontier_root(&f);
    c.note = buf_as_str(note);
    struct vault_id mac = ledger_closed_mac(l->vault, &c);
    return STORE_RUN(l->store, sql_ledger_epoch_insert, e, V_INT(epoch), V_INT((int64_t)f.size), V_BLOB(((struct str){(char *)c.root.bytes, sizeof c.root.bytes})),
                     V_TEXT(c.note), V_BLOB(((struct str){(char *)mac.bytes, sizeof mac.bytes})));
}

/* ---- beginning ---- */

static enum err_code append_declaration(struct ledger *l, struct ledger_state *next, struct str quoted, struct err *e)
{
    struct ledger_key key;
    _cleanup_buf_ struct buf entry;
    buf_init(&entry, LIMIT_LEDGER_ENTRY_BYTES);
    ERR_TRY(ledger_state_key(l->vault, next, next->epoch, &key, e));
    ERR_TRY(ledger_epoch_format(&(struct ledger_epoch){str_of(key.name), quoted}, &entry, e));
    return ledger_append(l->store, l->vault, next, &(struct ledger_item){.leaf = buf_as_str(&entry)}, e);
}

static enum err_code append_reason(struct ledger *l, struct ledger_state *next, struct str reason, struct str user, struct err *e)
{
    _cleanup_buf_ struct buf bytes;
    struct ledger_item item;
    const struct ledger_entry x = {.operation = LEDGER_epoch, .outcome = LEDGER_ALLOWED, .user = user, .door = STR("command"), .what = STR("restore"), .reason = reason};
    buf_init(&bytes, LIMIT_LEDGER_FRAME_BYTES);
    ERR_TRY(ledger_item_make(l->vault, &x, &bytes, e));
    ERR_TRY(ledger_item_parse(buf_as_str(&bytes), &item, e));
    return ledger_append(l->store, l->vault, next, &item, e);
}

/* Within the transaction: the epochs from the database's own to the last that the world knows are closed, and the next one begun. */
static enum err_code begin_epoch(struct ledger *l, struct ledger_state *next, struct str reason, struct str user, struct err *e)
{
    _cleanup_buf_ struct buf note;
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    for (uint32_t epoch = l->state.epoch; epoch < next->epoch; epoch++)
        ERR_TRY(close_epoch(l, epoch, &note, e));
    ERR_TRY(append_declaration(l, next, buf_as_str(&note), e));
    ERR_TRY(append_reason(l, next, reason, user, e));
    ERR_TRY(ledger_state_sign(l->vault, next, e));
    return ledger_state_save(l->store, l->vault, next, e);
}

static enum err_code commit_epoch(struct ledger *l, struct ledger_state *next, struct str reason, struct str user, struct err *e)
{
    ERR_TRY(store_begin(l->store, e));
    enum err_code code = begin_epoch(l, next, reason, user, e);
    if (code != ERR_OK) {
        store_rollback(l->store);
        return code;
    }
    return store_commit(l->store, e);
}

/* What the journal still holds and the database does not have goes into the new epoch: those reads happened. */
static enum err_code open_journal(struct ledger *l, struct ledger_state *next, struct err *e)
{
    if (mkdir(l->dir, 0700) != 0 && errno != EEXIST)
        return err_set(e, ERR_IO, "%s cannot be made: %s", l->dir, strerror(errno));
    ERR_TRY(ledger_journal_create(l->dir, l->vault, next->taken.segment, e));
    ERR_TRY(ledger_journal_open(&l->journal, l->dir, l->vault, next->taken, true, e));
    l->journal_open = true;
    next->taken = l->journal.start;
    return ERR_OK;
}

static enum err_code declare(struct ledger *l, struct str reason, struct str user, struct err *e)
{
    _cleanup_ledger_state_ struct ledger_state next;
    ledger_state_init(&next);
    ERR_TRY(find_state(l, e));
    memcpy(next.origin, l->state.origin, sizeof next.origin);
    next.taken = l->state.taken;
    next.epoch = l->state.epoch + 1;
    while (next.epoch < LIMIT_LEDGER_EPOCHS && ledger_tree_exists(l, next.epoch))
        next.epoch++;
    if (next.epoch >= LIMIT_LEDGER_EPOCHS)
        return err_set(e, ERR_LIMIT, "the ledger has had its %u epochs", LIMIT_LEDGER_EPOCHS);
    ERR_TRY(open_journal(l, &next, e));
    return commit_epoch(l, &next, reason, user, e);
}

enum err_code ledger_declare(struct store *s, const struct vault *v, const char *db_url, const struct ledger_options *o, struct str reason, struct str user,
                             struct err *e)
{
    struct ledger *l;
    if (reason.n == 0)
        return err_set(e, ERR_USAGE, "a declared restore needs its reason");
    ERR_TRY(refuse_if_whole(s, v, db_url, o, e));
    ERR_TRY(ledger_new(s, v, db_url, o, &l, e));
    enum err_code code = declare(l, reason, user, e);
    ledger_drop(l);
    ERR_TRY(code);
    ERR_TRY(ledger_open(s, v, db_url, o, &l, e)); /* publishes it, and numbers what the journal held */
    ledger_close(l);
    return ERR_OK;
}
