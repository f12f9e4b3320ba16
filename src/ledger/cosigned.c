/* cosigned.c: what witnesses have signed. The last checkpoint with cosignatures is kept beside the present one (which changes with every entry),
 * in the file `cosigned` of the epoch's folder: what others have seen is compared at each start, and can be shown to anybody. */
#include "ledger/ledger_int.h"

#include "ledger/files.h"

#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define COSIGNED "cosigned"

static enum err_code folder(const struct ledger *l, int *ret_fd, struct err *e) { return ledger_folder_open(l->tree, false, ret_fd, e); }

enum err_code ledger_cosigned(struct ledger *l, struct buf *ret, struct err *e)
{
    _cleanup_ledger_fd_ int fd = -1;
    ERR_TRY(folder(l, &fd, e));
    return ledger_file_read(fd, COSIGNED, LIMIT_LEDGER_NOTE_BYTES, ret, e);
}

enum err_code ledger_cosigned_check(struct ledger *l, struct err *e)
{
    _cleanup_buf_ struct buf note;
    struct ledger_checkpoint c;
    struct ledger_frontier f;
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    enum err_code code = ledger_cosigned(l, &note, e);
    if (code == ERR_NOT_FOUND) {
        err_clear(e);
        return ERR_OK;
    }
    ERR_TRY(code);
    code = ledger_note_check(l->vault, &l->state, l->state.epoch, buf_as_str(&note), &c, e);
    if (code == ERR_OK && c.size <= l->published)
        code = ledger_frontier_load(ledger_tiles_hashes(l->tiles, c.size), c.size, &f, e);
    if (code == ERR_IO || code == ERR_NO_MEMORY)
        return code;
    struct ledger_hash root = code == ERR_OK && c.size <= l->published ? ledger_frontier_root(&f) : ledger_hash_empty();
    if (code != ERR_OK || c.size > l->published || !ledger_hash_eq(&root, &c.root))
        return err_set(e, ERR_REFUSED, "the ledger is not the one that witnesses cosigned (%s/" COSIGNED ")" LEDGER_DECLARE, l->tree);
    return ERR_OK;
}

/* ---- asking ---- */

/* In an epoch above 1 the witness is told of it first; one that knows it already says so by cosigning, so only its answer to that counts. */
static enum err_code ask(struct ledger *l, struct ledger_peer *peer, struct str note, uint64_t size, struct buf *ret_line, struct err *e)
{
    if (l->state.epoch > 1) {
        _cleanup_buf_ struct buf entry;
        struct err ignored;
        buf_init(&entry, LIMIT_LEDGER_ENTRY_BYTES);
        ERR_TRY(ledger_tiles_entry(l->tiles, size, 0, &entry, e));
        (void)ledger_cosign_declare(peer, ledger_tiles_hashes(l->tiles, size), buf_as_str(&entry), note, &ignored);
    }
    return ledger_cosign(peer, ledger_tiles_hashes(l->tiles, size), note, ret_line, e);
}

enum err_code ledger_witnessed(struct ledger *l, struct ledger_peer *peers, size_t n, size_t *ret_n, struct err *e)
{
    _cleanup_ledger_fd_ int fd = -1;
    _cleanup_buf_ struct buf note;
    struct ledger_checkpoint c;
    struct err first = {0};
    size_t got = 0;
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    ERR_TRY(ledger_sequence(l, e));
    ERR_TRY(folder(l, &fd, e));
    /* 1. Each is asked about the present checkpoint; one that fails does not stop the others. 2. What they signed is kept. 3. The first failure is told. */
    ERR_TRY(ledger_tiles_checkpoint(l->tiles, &note, &c, e));
    uint64_t size = c.size;
    size_t before = note.n;
    for (size_t i = 0; i < n; i++) {
        struct err one = {0};
        enum err_code code = ask(l, &peers[i], str_slice(buf_as_str(&note), 0, before), size, &note, &one);
        got += code == ERR_OK;
        if (code != ERR_OK && first.code == ERR_OK)
            first = one;
    }
    if (got > 0) {
        ERR_TRY(ledger_file_write(fd, COSIGNED ".new", COSIGNED, buf_as_str(&note), e));
        ERR_TRY(ledger_folder_sync(fd, COSIGNED, e));
    }
    *ret_n = got;
    if (first.code != ERR_OK)
        *e = first;
    return first.code;
}
