/* tiles_int.h: what the reader and the writer of tiles, and the whole check, share. Private to the room. */
#ifndef HAVEN_LEDGER_TILES_INT_H
#define HAVEN_LEDGER_TILES_INT_H

#include "ledger/files.h"
#include "ledger/log.h"

#define TILE_WIDTH 256u
#define TILE_LEVELS 8u   /* 8 tree levels each: 63 bits of size */
#define TILE_ENTRIES (-1) /* in place of a level */
#define TILE_ENTRIES_BYTES_MAX ((LIMIT_LEDGER_ENTRY_BYTES + 2) * TILE_WIDTH)
#define CHECKPOINT_FILE "checkpoint"
#define TEMPORARY_FILE ".new"

struct tile {
    uint64_t n;
    unsigned width; /* 0: none */
    struct ledger_hash at[TILE_WIDTH];
};

/* A tile with the hashes between its level and the next, for making proofs: level h from 2 * TILE_WIDTH - (2 * TILE_WIDTH >> h). */
struct tile_tree {
    uint64_t n;
    unsigned width;
    struct ledger_hash at[2 * TILE_WIDTH];
};

struct ledger_tiles {
    int folder;
    const char *dir;
    uint64_t size; /* of the tree whose hashes are asked for */
    struct tile_tree cached[TILE_LEVELS][2]; /* a whole tile, and the partial one, which most proofs need too */
    struct tile read;
    struct tile edge[TILE_LEVELS]; /* being written: the tiles at the right edge */
    struct buf entries, file, entry; /* being written: the entries' tile; scratch */
    char unsynced[TILE_LEVELS + 1][LEDGER_PATH_BYTES]; /* being written: a file in a folder that is to be synced; [level + 1] */
};

/* "tile/0/x001/067" or, at a width below 256, "tile/0/x001/067.p/112". */
void tile_path(int level, uint64_t n, unsigned width, char ret[LEDGER_PATH_BYTES]);
/* How many hashes the tile has in a tree of that size: 0 to 256. */
unsigned tile_width(int level, uint64_t n, uint64_t size);
/* The bytes of a tile into ret (cleared), from the whole tile when there is no partial one; ret_path names what was read.
 * ERR_FINDINGS when it is missing. */
enum err_code tile_read(int folder, int level, uint64_t n, unsigned width, struct buf *ret, char ret_path[LEDGER_PATH_BYTES], struct err *e);
/* A tile of hashes; ERR_FINDINGS when it is missing or has another length than belongs to it. */
enum err_code tile_read_hashes(int folder, int level, uint64_t n, unsigned width, struct buf *scratch, struct tile *ret,
                               char ret_path[LEDGER_PATH_BYTES], struct err *e);
/* Takes one entry off the front of a tile of entries; false when it is cut. */
bool tile_entry(struct str *rest, struct str *ret_entry);
/* Root of `n` hashes, a power of two, at most 256. */
struct ledger_hash tile_root(const struct ledger_hash *at, unsigned n);

#endif
