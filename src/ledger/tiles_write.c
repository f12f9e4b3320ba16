/* tiles_write.c: extending the log's published files, so that a crash anywhere loses and spoils nothing.
 *
 * The published checkpoint is the one commit point: it is replaced last, when all that it speaks of is durable. Before it only
 * files are made that no reader of the old checkpoint asks for, and their bytes follow from the entries alone; so a second run
 * after a crash finds some of them there, with the very bytes that it would write. Other bytes mean that the entries are not
 * those of the first run: the log would fork, and the writer refuses.
 *
 * A whole tile takes the place of its partial ones, which are removed once the whole one's name is durable: still before the
 * checkpoint, so that a run after a crash comes by again and removes what is left. A reader who asks for a partial tile that is
 * gone takes the beginning of the whole one, as C2SP says. */
#include "ledger/tiles_int.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* ---- one file ---- */

static enum err_code sync_pending(struct ledger_tiles *t, int level, struct err *e)
{
    char *path = t->unsynced[level + 1];
    if (path[0] == '\0')
        return ERR_OK;
    ERR_TRY(ledger_folder_sync(t->folder, path, e));
    path[0] = '\0';
    return ERR_OK;
}

/* Remembers that the file's folder is to be synced; syncs the one before, when it is another. (A partial tile, in a folder of its
 * own below, is always the last of its level.) */
static enum err_code note_unsynced(struct ledger_tiles *t, int level, const char *path, struct err *e)
{
    char *last = t->unsynced[level + 1];
    size_t folder = (size_t)(strrchr(path, '/') - path) + 1;
    if (strncmp(last, path, folder) != 0)
        ERR_TRY(sync_pending(t, level, e));
    (void)snprintf(last, LEDGER_PATH_BYTES, "%s", path);
    return ERR_OK;
}

static enum err_code put_tile(struct ledger_tiles *t, int level, uint64_t n, unsigned width, struct str bytes, struct err *e)
{
    char path[LEDGER_PATH_BYTES];
    tile_path(level, n, width, path);
    buf_clear(&t->file);
    enum err_code code = ledger_file_read(t->folder, path, TILE_ENTRIES_BYTES_MAX, &t->file, e);
    if (code == ERR_OK && !str_eq(buf_as_str(&t->file), bytes))
        return err_set(e, ERR_CONFLICT, "%s/%s was published with other content: the log would fork; is this the right folder, and was a backup put back?",
                       t->dir, path);
    if (code == ERR_NOT_FOUND) {
        err_clear(e);
        code = ledger_file_write(t->folder, TEMPORARY_FILE, path, bytes, e);
    }
    return code == ERR_OK ? note_unsynced(t, level, path, e) : code;
}

/* A whole tile, and away with its partial ones. */
static enum err_code put_whole(struct ledger_tiles *t, int level, uint64_t n, struct str bytes, struct err *e)
{
    char path[LEDGER_PATH_BYTES];
    ERR_TRY(put_tile(t, level, n, TILE_WIDTH, bytes, e));
    tile_path(level, n, 0, path); /* "….p/0" */
    *strrchr(path, '/') = '\0';
    if (faccessat(t->folder, path, F_OK, 0) != 0)
        return errno == ENOENT ? ERR_OK : err_set(e, ERR_IO, "%s/%s: %s", t->dir, path, strerror(errno));
    ERR_TRY(sync_pending(t, level, e));
    return ledger_folder_remove(t->folder, path, e);
}

static struct str bytes_of(const struct tile *tile)
{
    return (struct str){(const char *)tile->at, tile->width * sizeof *tile->at};
}

/* ---- the right edge ---- */

static enum err_code add_hash(struct ledger_tiles *t, int level, struct ledger_hash h, struct err *e)
{
    for (; ; level++) {
        assert(level < (int)TILE_LEVELS);
        struct tile *edge = &t->edge[level];
        edge->at[edge->width++] = h;
        if (edge->width < TILE_WIDTH)
            return ERR_OK;
        ERR_TRY(put_whole(t, level, edge->n, bytes_of(edge), e));
        h = tile_root(edge->at, TILE_WIDTH);
        edge->n++;
        edge->width = 0;
    }
}

static enum err_code add_entry(struct ledger_tiles *t, uint64_t index, struct err *e)
{
    struct str entry = buf_as_str(&t->entry);
    const char length[2] = {(char)(entry.n >> 8), (char)(entry.n & 255)};
    ERR_TRY(buf_check(&t->entry, "an entry of the log", e));
    (void)buf_add(&t->entries, length, sizeof length);
    (void)buf_str(&t->entries, entry);
    ERR_TRY(buf_check(&t->entries, "a tile of entries", e));
    if (index % TILE_WIDTH == TILE_WIDTH - 1) {
        ERR_TRY(put_whole(t, TILE_ENTRIES, index / TILE_WIDTH, buf_as_str(&t->entries), e));
        buf_clear(&t->entries);
    }
    return add_hash(t, 0, ledger_hash_leaf(entry), e);
}

/* The partial tiles of the tree of `size`, the entries checked against their hashes. */
static enum err_code load_edge(struct ledger_tiles *t, uint64_t size, struct err *e)
{
    char path[LEDGER_PATH_BYTES];
    uint64_t n = size / TILE_WIDTH;
    struct str rest, entry;
    for (unsigned l = 0; l < TILE_LEVELS; l++) {
        uint64_t hashes = size >> 8 * l;
        t->edge[l] = (struct tile){.n = hashes / TILE_WIDTH};
        if (hashes % TILE_WIDTH)
            ERR_TRY(tile_read_hashes(t->folder, (int)l, hashes / TILE_WIDTH, hashes % TILE_WIDTH, &t->file, &t->edge[l], path, e));
    }
    buf_clear(&t->entries);
    if (size % TILE_WIDTH == 0)
        return ERR_OK;
    ERR_TRY(tile_read(t->folder, TILE_ENTRIES, n, size % TILE_WIDTH, &t->entries, path, e));
    rest = buf_as_str(&t->entries);
    for (unsigned i = 0; i < size % TILE_WIDTH; i++) {
        bool whole = tile_entry(&rest, &entry);
        struct ledger_hash leaf = whole ? ledger_hash_leaf(entry) : ledger_hash_empty();
        if (!ledger_hash_eq(&leaf, &t->edge[0].at[i]))
            return err_set(e, ERR_FINDINGS, "%s/%s: entry %" PRIu64 " is not the one that was logged", t->dir, path, n * TILE_WIDTH + i);
    }
    t->entries.n -= rest.n; /* the whole tile may have served */
    return ERR_OK;
}

static enum err_code put_edge(struct ledger_tiles *t, uint64_t size, struct err *e)
{
    if (size % TILE_WIDTH)
        ERR_TRY(put_tile(t, TILE_ENTRIES, size / TILE_WIDTH, size % TILE_WIDTH, buf_as_str(&t->entries), e));
    for (unsigned l = 0; l < TILE_LEVELS; l++)
        if (t->edge[l].width > 0)
            ERR_TRY(put_tile(t, (int)l, t->edge[l].n, t->edge[l].width, bytes_of(&t->edge[l]), e));
    for (int level = TILE_ENTRIES; level < (int)TILE_LEVELS; level++)
        ERR_TRY(sync_pending(t, level, e));
    return ERR_OK;
}

/* ---- the published tree ---- */

/* Published size, root and text; an empty tree when there is no checkpoint. */
static enum err_code published(struct ledger_tiles *t, struct buf *note, struct ledger_checkpoint *ret, struct err *e)
{
    enum err_code code = ledger_tiles_checkpoint(t, note, ret, e);
    if (code != ERR_NOT_FOUND)
        return code;
    err_clear(e);
    *ret = (struct ledger_checkpoint){.root = ledger_hash_empty()};
    return ERR_OK;
}

/* The frontier of the tiles at `c->size`, which must have the checkpoint's root. */
static enum err_code load_checked(struct ledger_tiles *t, const struct ledger_checkpoint *c, struct ledger_frontier *ret, struct err *e)
{
    struct ledger_frontier f;
    ERR_TRY(ledger_frontier_load(ledger_tiles_hashes(t, c->size), c->size, &f, e));
    struct ledger_hash root = ledger_frontier_root(&f);
    if (!ledger_hash_eq(&root, &c->root))
        return err_set(e, ERR_FINDINGS, "%s: the tiles do not give the root of the checkpoint of %" PRIu64 " entries", t->dir, c->size);
    *ret = f;
    return ERR_OK;
}

enum err_code ledger_tiles_extend(struct ledger_tiles *t, uint64_t to, struct ledger_entries entries, struct ledger_hash *ret_root,
                                  struct err *e)
{
    struct ledger_checkpoint from;
    struct ledger_frontier f;
    _cleanup_buf_ struct buf note;
    _cleanup_ledger_fd_ int lock = -1;
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    /* 1. Where the files stand, and that they are sound there. */
    ERR_TRY(ledger_folder_lock(t->folder, false, &lock, e));
    ERR_TRY(published(t, &note, &from, e));
    if (to < from.size || to > LEDGER_SIZE_MAX)
        return err_set(e, ERR_CONFLICT, "%s has published %" PRIu64 " entries, the hub has %" PRIu64 ": was a backup put back?", t->dir, from.size, to);
    ERR_TRY(load_checked(t, &from, &f, e));
    ERR_TRY(load_edge(t, from.size, e));
    memset(t->unsynced, 0, sizeof t->unsynced);
    /* 2. Entry by entry; whole tiles as they fill. */
    for (uint64_t i = from.size; i < to; i++) {
        buf_clear(&t->entry);
        ERR_TRY(entries.read(entries.context, i, &t->entry, e));
        ERR_TRY(add_entry(t, i, e));
        struct ledger_hash leaf = ledger_hash_leaf(buf_as_str(&t->entry));
        ledger_frontier_add(&f, &leaf);
    }
    /* 3. The partial ones, and every name durable. */
    if (to > from.size)
        ERR_TRY(put_edge(t, to, e));
    *ret_root = ledger_frontier_root(&f);
    return ERR_OK;
}

static bool follows(const struct ledger_checkpoint *c, const struct ledger_checkpoint *old)
{
    if (!str_eq(c->origin, old->origin))
        return false;
    return c->size == old->size ? ledger_hash_eq(&c->root, &old->root) && str_eq(c->extension, old->extension) : c->size > old->size;
}

enum err_code ledger_tiles_publish(struct ledger_tiles *t, struct str note, struct err *e)
{
    struct ledger_checkpoint old, c;
    struct ledger_note n;
    struct ledger_frontier f;
    _cleanup_buf_ struct buf published_note;
    _cleanup_ledger_fd_ int lock = -1;
    buf_init(&published_note, LIMIT_LEDGER_NOTE_BYTES);
    ERR_TRY(ledger_note_parse(note, &n, e));
    ERR_TRY(ledger_checkpoint_parse(n.text, &c, e));
    ERR_TRY(ledger_folder_lock(t->folder, false, &lock, e));
    ERR_TRY(published(t, &published_note, &old, e));
    /* 1. The same log, not shorter; the same size means the same text. */
    if (old.origin.n > 0 && !follows(&c, &old))
        return err_set(e, ERR_CONFLICT, "%s has published %" PRIu64 " entries of %.*s: a checkpoint of %" PRIu64 " of %.*s does not follow it",
                       t->dir, old.size, (int)old.origin.n, old.origin.p, c.size, (int)c.origin.n, c.origin.p);
    /* 2. The tiles hold it, and still hold the old tree. */
    ERR_TRY(load_checked(t, &c, &f, e));
    ERR_TRY(load_checked(t, &old, &f, e));
    /* 3. The commit. */
    ERR_TRY(ledger_file_write(t->folder, TEMPORARY_FILE, CHECKPOINT_FILE, note, e));
    return ledger_folder_sync(t->folder, CHECKPOINT_FILE, e);
}
