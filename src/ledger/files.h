/* files.h: small files that are whole or not there, also after a crash. Private to the room.
 *
 * Paths are relative to an open folder. A file is written beside its place, synced, and renamed into it; the folder that holds
 * the name is synced by whoever needs the name to last (ledger_folder_sync). */
#ifndef HAVEN_LEDGER_FILES_H
#define HAVEN_LEDGER_FILES_H

#include "base/base.h"

#include <unistd.h>

#define LEDGER_PATH_BYTES ((size_t)128)

static inline void ledger_fd_close_p(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* what was written through it was synced before */
}
#define _cleanup_ledger_fd_ __attribute__((cleanup(ledger_fd_close_p)))

/* Opens a folder; with `make`, makes it first (its parent must be there). */
enum err_code ledger_folder_open(const char *path, bool make, int *ret_fd, struct err *e);
/* Waits for the lock of a folder (or, with `wait` false, gives ERR_CONFLICT when another holds it); closing *ret_fd gives it back. */
enum err_code ledger_folder_lock(int folder, bool wait, int *ret_fd, struct err *e);
/* Syncs the folder in which `path` has its name. */
enum err_code ledger_folder_sync(int folder, const char *path, struct err *e);

/* Appends all of the file to ret. ERR_NOT_FOUND; ERR_LIMIT over `max`. */
enum err_code ledger_file_read(int folder, const char *path, size_t max, struct buf *ret, struct err *e);
/* Writes it, by way of the file `temporary` in the folder; makes missing folders of `path`. */
enum err_code ledger_file_write(int folder, const char *temporary, const char *path, struct str bytes, struct err *e);
/* A new file that only its owner can read, durable with its name. ERR_CONFLICT if it exists. */
enum err_code ledger_file_create(const char *path, struct str bytes, struct err *e);
/* Removes a folder and the files in it. */
enum err_code ledger_folder_remove(int folder, const char *path, struct err *e);

#endif
