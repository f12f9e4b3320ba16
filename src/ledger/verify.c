/* verify.c: the whole published log against its signed checkpoint, entry by entry. It uses nothing that the writer left but the
 * files: every hash is worked out again from the entries, so what agrees here agrees for anybody. The first fault ends it. */
#include "ledger/tiles_int.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

struct check {
    int folder;
    uint64_t size;
    struct buf file; /* the tile at hand */
    struct tile tile;
    struct ledger_frontier frontier;
    struct ledger_hash up[TILE_LEVELS][TILE_WIDTH]; /* hashes of a tile level that were worked out and not yet compared */
    uint64_t entry_bytes;
};

/* The hashes of one tile of hashes are those that were worked out. */
static enum err_code compare_tile(struct check *k, int level, uint64_t n, unsigned width, struct err *e)
{
    char path[LEDGER_PATH_BYTES];
    ERR_TRY(tile_read_hashes(k->folder, level, n, width, &k->file, &k->tile, path, e));
    for (unsigned i = 0; i < width; i++)
        if (!ledger_hash_eq(&k->tile.at[i], &k->up[level][i]))
            return err_set(e, ERR_FINDINGS, level == 0 ? "%s: hash %u is not that of entry %" PRIu64 : "%s: hash %u is not that of the tile %" PRIu64 " below",
                           path, i, n * TILE_WIDTH + i);
    return ERR_OK;
}

/* One tile of entries: its leaves, and the bytes that no entry explains. */
static enum err_code hash_entries(struct check *k, uint64_t n, unsigned width, struct err *e)
{
    char path[LEDGER_PATH_BYTES];
    ERR_TRY(tile_read(k->folder, TILE_ENTRIES, n, width, &k->file, path, e));
    struct str rest = buf_as_str(&k->file), entry;
    for (unsigned i = 0; i < width; i++) {
        if (!tile_entry(&rest, &entry))
            return err_set(e, ERR_FINDINGS, "%s ends within entry %" PRIu64, path, n * TILE_WIDTH + i);
        k->up[0][i] = ledger_hash_leaf(entry);
        k->entry_bytes += entry.n;
        ledger_frontier_add(&k->frontier, &k->up[0][i]);
    }
    bool beyond = width < TILE_WIDTH && !strstr(path, ".p/"); /* a whole tile, begun before this checkpoint's size and ended after */
    if (rest.n > 0 && !beyond)
        return err_set(e, ERR_FINDINGS, "%s goes on for %zu bytes after entry %" PRIu64, path, rest.n, n * TILE_WIDTH + width - 1);
    return ERR_OK;
}

/* The tiles above one whole tile of entries, as far as they fill with it. */
static enum err_code climb(struct check *k, uint64_t n, struct err *e)
{
    for (int level = 0; ; level++) {
        ERR_TRY(compare_tile(k, level, n, TILE_WIDTH, e));
        k->up[level + 1][n % TILE_WIDTH] = tile_root(k->up[level], TILE_WIDTH);
        if (n % TILE_WIDTH != TILE_WIDTH - 1)
            return ERR_OK;
        n /= TILE_WIDTH;
    }
}

/* Other partial tiles at the edge, left from smaller sizes, must be beginnings of what is there now, which was found good. */
static enum err_code compare_older(struct check *k, int level, uint64_t n, unsigned width, struct err *e)
{
    char path[LEDGER_PATH_BYTES];
    _cleanup_buf_ struct buf older;
    buf_init(&older, TILE_ENTRIES_BYTES_MAX);
    ERR_TRY(tile_read(k->folder, level, n, width, &k->file, path, e));
    struct str now = buf_as_str(&k->file), rest = now, entry;
    for (unsigned w = 1; w < width; w++) {
        if (level == TILE_ENTRIES)
            (void)tile_entry(&rest, &entry); /* is whole: all were walked before */
        else
            rest = str_slice(rest, sizeof(struct ledger_hash), rest.n);
        tile_path(level, n, w, path);
        buf_clear(&older);
        enum err_code code = ledger_file_read(k->folder, path, TILE_ENTRIES_BYTES_MAX, &older, e);
        if (code == ERR_NOT_FOUND)
            continue;
        ERR_TRY(code);
        if (!str_eq(buf_as_str(&older), str_slice(now, 0, now.n - rest.n)))
            return err_set(e, ERR_FINDINGS, "%s is not the beginning of the tile as it is now", path);
    }
    return ERR_OK;
}

static enum err_code compare_edge(struct check *k, struct err *e)
{
    for (unsigned l = 0; l < TILE_LEVELS; l++) {
        uint64_t hashes = k->size >> 8 * l, n = hashes / TILE_WIDTH;
        unsigned width = hashes % TILE_WIDTH;
        if (width == 0)
            continue;
        ERR_TRY(compare_tile(k, (int)l, n, width, e));
        ERR_TRY(compare_older(k, (int)l, n, width, e));
    }
    return k->size % TILE_WIDTH ? compare_older(k, TILE_ENTRIES, k->size / TILE_WIDTH, k->size % TILE_WIDTH, e) : ERR_OK;
}

static enum err_code check_tree(struct check *k, const struct ledger_checkpoint *c, struct progress *progress, struct err *e)
{
    for (uint64_t n = 0; n < (c->size + TILE_WIDTH - 1) / TILE_WIDTH; n++) {
        unsigned width = tile_width(TILE_ENTRIES, n, c->size);
        ERR_TRY(hash_entries(k, n, width, e));
        if (width == TILE_WIDTH)
            ERR_TRY(climb(k, n, e));
        if (progress)
            progress_to(progress, n * TILE_WIDTH + width);
    }
    ERR_TRY(compare_edge(k, e));
    struct ledger_hash root = ledger_frontier_root(&k->frontier);
    if (!ledger_hash_eq(&root, &c->root))
        return err_set(e, ERR_FINDINGS, "checkpoint: its root is not that of the %" PRIu64 " entries", c->size);
    return ERR_OK;
}

/* An epoch above the first begins with its declaration, which quotes a checkpoint that the same key signed under the old name. */
static enum err_code check_declared(struct check *k, const struct ledger_checkpoint *c, const struct ledger_note *n, struct err *e)
{
    struct ledger_key old = {.type = LEDGER_KEY_UNKNOWN};
    struct ledger_checkpoint quoted;
    struct ledger_note note;
    struct ledger_epoch d;
    struct str base, rest, entry = STR_NONE;
    char path[LEDGER_PATH_BYTES];
    uint32_t epoch;
    if (c->size == 0 || !ledger_origin_split(c->origin, &base, &epoch) || epoch == 1)
        return ERR_OK;
    for (size_t i = 0; i < n->n; i++)
        if (n->at[i].key && str_eq(str_of(n->at[i].key->name), c->origin))
            (void)ledger_key_epoch(n->at[i].key, epoch - 1, &old, e); /* cannot fail: the name is the origin's, shorter */
    ERR_TRY(tile_read(k->folder, TILE_ENTRIES, 0, tile_width(TILE_ENTRIES, 0, c->size), &k->file, path, e));
    rest = buf_as_str(&k->file);
    (void)tile_entry(&rest, &entry); /* was walked before */
    if (ledger_epoch_parse(entry, &d, e) != ERR_OK || !str_eq(d.origin, c->origin) ||
        ledger_checkpoint_open(d.quoted, &(struct ledger_keys){&old, 1, 0}, &quoted, &note, e) != ERR_OK)
        return err_set(e, ERR_FINDINGS, "%s: entry 0 does not declare epoch %u with a checkpoint of epoch %u that the log signed", path, epoch, epoch - 1);
    return ERR_OK;
}

static enum err_code check_folder(struct check *k, int folder, const struct ledger_keys *keys, struct progress *progress,
                                  struct ledger_verified *ret, struct err *e)
{
    struct ledger_checkpoint c;
    struct ledger_note n;
    _cleanup_buf_ struct buf note;
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    enum err_code code = ledger_file_read(folder, CHECKPOINT_FILE, LIMIT_LEDGER_NOTE_BYTES, &note, e);
    if (code == ERR_OK && (code = ledger_checkpoint_open(buf_as_str(&note), keys, &c, &n, e)) != ERR_OK)
        (void)err_frame(e, CHECKPOINT_FILE);
    ERR_TRY(code);
    k->folder = folder;
    k->size = c.size;
    ERR_TRY(check_tree(k, &c, progress, e));
    ERR_TRY(check_declared(k, &c, &n, e));
    struct ledger_verified v = {c.size, c.root, 0, k->entry_bytes};
    for (size_t i = 0; i < n.n; i++)
        v.witnesses += n.at[i].key && n.at[i].key->type == LEDGER_KEY_WITNESS;
    *ret = v;
    return ERR_OK;
}

enum err_code ledger_verify_tiles(const char *dir, const struct ledger_keys *keys, struct progress *progress,
                                  struct ledger_verified *ret, struct err *e)
{
    _cleanup_ledger_fd_ int folder = -1;
    struct check k = {.size = 0}; /* 80 KiB of stack */
    ERR_TRY(ledger_folder_open(dir, false, &folder, e));
    buf_init(&k.file, TILE_ENTRIES_BYTES_MAX);
    enum err_code code = check_folder(&k, folder, keys, progress, ret, e);
    buf_release(&k.file);
    return code;
}
