/* tiles.c: reading the log's published files (C2SP tlog-tiles).
 *
 * A tile of level L holds up to 256 roots of subtrees of 256^L leaves each; a tile of entries holds up to 256 entries, each
 * behind its length in two bytes, big-endian. The hashes between two tile levels are worked out from the lower tile. A partial
 * tile may be gone once the whole one is there: then its beginning serves. */
#include "ledger/tiles_int.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* ---- paths and widths ---- */

void tile_path(int level, uint64_t n, unsigned width, char ret[LEDGER_PATH_BYTES])
{
    char digits[32];
    size_t at = 0, count = (size_t)snprintf(digits, sizeof digits, "%021" PRIu64, n); /* a multiple of three */
    size_t first = 0;
    while (first + 3 < count && memcmp(digits + first, "000", 3) == 0)
        first += 3;
    at += level == TILE_ENTRIES ? (size_t)snprintf(ret, LEDGER_PATH_BYTES, "tile/entries")
                                : (size_t)snprintf(ret, LEDGER_PATH_BYTES, "tile/%d", level);
    for (; first < count; first += 3)
        at += (size_t)snprintf(ret + at, LEDGER_PATH_BYTES - at, "/%s%.3s", first + 3 < count ? "x" : "", digits + first);
    if (width < TILE_WIDTH)
        (void)snprintf(ret + at, LEDGER_PATH_BYTES - at, ".p/%u", width);
}

unsigned tile_width(int level, uint64_t n, uint64_t size)
{
    uint64_t hashes = size >> (level > 0 ? 8 * level : 0), before = n * TILE_WIDTH;
    if (hashes <= before)
        return 0;
    return hashes - before < TILE_WIDTH ? (unsigned)(hashes - before) : TILE_WIDTH;
}

bool tile_entry(struct str *rest, struct str *ret_entry)
{
    const unsigned char *p = (const unsigned char *)rest->p;
    if (rest->n < 2 || rest->n - 2 < ((size_t)p[0] << 8 | p[1]))
        return false;
    size_t end = 2 + ((size_t)p[0] << 8 | p[1]);
    *ret_entry = str_slice(*rest, 2, end);
    *rest = str_slice(*rest, end, rest->n);
    return true;
}

struct ledger_hash tile_root(const struct ledger_hash *at, unsigned n)
{
    struct ledger_hash up[TILE_WIDTH];
    memcpy(up, at, n * sizeof *at);
    for (; n > 1; n /= 2)
        for (unsigned i = 0; i < n / 2; i++)
            up[i] = ledger_hash_node(&up[2 * i], &up[2 * i + 1]);
    return up[0];
}

/* ---- files ---- */

enum err_code tile_read(int folder, int level, uint64_t n, unsigned width, struct buf *ret, char ret_path[LEDGER_PATH_BYTES], struct err *e)
{
    tile_path(level, n, width, ret_path);
    buf_clear(ret);
    enum err_code code = ledger_file_read(folder, ret_path, TILE_ENTRIES_BYTES_MAX, ret, e);
    if (code == ERR_NOT_FOUND && width < TILE_WIDTH) {
        tile_path(level, n, TILE_WIDTH, ret_path);
        code = ledger_file_read(folder, ret_path, TILE_ENTRIES_BYTES_MAX, ret, e);
    }
    if (code == ERR_NOT_FOUND)
        return err_set(e, ERR_FINDINGS, "%s is missing", ret_path);
    return code;
}

enum err_code tile_read_hashes(int folder, int level, uint64_t n, unsigned width, struct buf *scratch, struct tile *ret,
                               char ret_path[LEDGER_PATH_BYTES], struct err *e)
{
    assert(width > 0);
    assert(width <= TILE_WIDTH);
    ERR_TRY(tile_read(folder, level, n, width, scratch, ret_path, e));
    size_t want = (strstr(ret_path, ".p/") ? width : TILE_WIDTH) * sizeof *ret->at;
    if (scratch->n != want)
        return err_set(e, ERR_FINDINGS, "%s has %zu bytes and must have %zu", ret_path, scratch->n, want);
    ret->n = n;
    ret->width = width;
    memcpy(ret->at, scratch->p, width * sizeof *ret->at);
    return ERR_OK;
}

enum err_code ledger_tiles_open(struct arena *a, const char *dir, bool make, struct ledger_tiles **ret, struct err *e)
{
    struct ledger_tiles *t = ARENA_NEW(a, struct ledger_tiles, 1);
    if (!t)
        return err_set(e, ERR_NO_MEMORY, "out of memory for the tiles of %s", dir);
    ERR_TRY(ledger_folder_open(dir, make, &t->folder, e));
    t->dir = dir;
    buf_init(&t->entries, TILE_ENTRIES_BYTES_MAX);
    buf_init(&t->file, TILE_ENTRIES_BYTES_MAX);
    buf_init(&t->entry, LIMIT_LEDGER_ENTRY_BYTES);
    *ret = t;
    return ERR_OK;
}

void ledger_tiles_close(struct ledger_tiles *t)
{
    if (!t)
        return;
    buf_release(&t->entries);
    buf_release(&t->file);
    buf_release(&t->entry);
    (void)close(t->folder); /* a folder: nothing to lose */
}

void ledger_tiles_close_p(struct ledger_tiles **t) { ledger_tiles_close(*t); }

enum err_code ledger_tiles_checkpoint(struct ledger_tiles *t, struct buf *ret_note, struct ledger_checkpoint *ret, struct err *e)
{
    struct ledger_note n;
    buf_clear(ret_note);
    ERR_TRY(ledger_file_read(t->folder, CHECKPOINT_FILE, LIMIT_LEDGER_NOTE_BYTES, ret_note, e));
    enum err_code code = ledger_note_parse(buf_as_str(ret_note), &n, e);
    if (code == ERR_OK)
        code = ledger_checkpoint_parse(n.text, ret, e);
    return code == ERR_OK ? code : err_frame(e, CHECKPOINT_FILE);
}

/* ---- hashes and entries ---- */

/* Where level h (0 to 8) of a tile's own tree begins. */
static unsigned tree_level(unsigned h) { return 2 * TILE_WIDTH - (2 * TILE_WIDTH >> h); }

static void grow_tree(const struct tile *tile, struct tile_tree *ret)
{
    ret->n = tile->n;
    ret->width = tile->width;
    memcpy(ret->at, tile->at, tile->width * sizeof *tile->at);
    for (unsigned h = 1; tile->width >> h; h++)
        for (unsigned i = 0; i < tile->width >> h; i++)
            ret->at[tree_level(h) + i] = ledger_hash_node(&ret->at[tree_level(h - 1) + 2 * i], &ret->at[tree_level(h - 1) + 2 * i + 1]);
}

static enum err_code read_hash(void *context, unsigned level, uint64_t index, struct ledger_hash *ret, struct err *e)
{
    struct ledger_tiles *t = context;
    assert(level < 64);
    char path[LEDGER_PATH_BYTES];
    unsigned l = level / 8, h = level % 8; /* the tile's level, and how far above it */
    uint64_t n = index >> (8 - h);
    unsigned at = (unsigned)(index % (TILE_WIDTH >> h)), width = tile_width((int)l, n, t->size);
    if ((at + 1) << h > width)
        return err_set(e, ERR_NOT_FOUND, "the log of %" PRIu64 " entries has no subtree %" PRIu64 " of level %u", t->size, index, level);
    struct tile_tree *tree = &t->cached[l][width < TILE_WIDTH];
    if (tree->n != n || tree->width != width) {
        ERR_TRY(tile_read_hashes(t->folder, (int)l, n, width, &t->file, &t->read, path, e));
        grow_tree(&t->read, tree);
    }
    *ret = tree->at[tree_level(h) + at];
    return ERR_OK;
}

struct ledger_hashes ledger_tiles_hashes(struct ledger_tiles *t, uint64_t size)
{
    t->size = size;
    for (unsigned l = 0; l < TILE_LEVELS; l++)
        t->cached[l][0].width = t->cached[l][1].width = 0;
    return (struct ledger_hashes){read_hash, t};
}

enum err_code ledger_tiles_entry(struct ledger_tiles *t, uint64_t size, uint64_t index, struct buf *ret, struct err *e)
{
    char path[LEDGER_PATH_BYTES];
    struct ledger_hash want, leaf;
    if (index >= size)
        return err_set(e, ERR_NOT_FOUND, "entry %" PRIu64 " is not in a log of %" PRIu64 " entries", index, size);
    uint64_t n = index / TILE_WIDTH;
    ERR_TRY(ledger_tiles_hashes(t, size).read(t, 0, index, &want, e));
    ERR_TRY(tile_read(t->folder, TILE_ENTRIES, n, tile_width(TILE_ENTRIES, n, size), &t->file, path, e));
    struct str rest = buf_as_str(&t->file), entry;
    for (uint64_t i = n * TILE_WIDTH; i <= index; i++)
        if (!tile_entry(&rest, &entry))
            return err_set(e, ERR_FINDINGS, "%s ends within entry %" PRIu64, path, i);
    leaf = ledger_hash_leaf(entry);
    if (!ledger_hash_eq(&leaf, &want))
        return err_set(e, ERR_FINDINGS, "%s: entry %" PRIu64 " is not the one that was logged", path, index);
    return buf_str(ret, entry) ? ERR_OK : buf_check(ret, "an entry", e);
}
