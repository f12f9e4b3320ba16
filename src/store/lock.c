/* lock.c: one process owns a SQLite file, by flock() on `PATH.lock`.
 *
 * The lock dies with the process, also after kill -9, so nothing stale is ever to be cleared; the file stays and
 * holds the owner's process id, only to be told to the one who is refused. */
#include "store/store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static enum err_code refuse(const char *path, int fd, struct err *e)
{
    char pid[16] = "";
    ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
    pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
    return err_set(e, ERR_CONFLICT, "%s is open in another process (%s): stop it first, or let the running server do it", path,
                   *pid ? pid : "id not known");
}

enum err_code store_lock_take(const char *path, int *ret_fd, struct err *e)
{
    char name[PATH_MAX];
    if (snprintf(name, sizeof name, "%s.lock", path) >= (int)sizeof name)
        return err_set(e, ERR_USAGE, "the store's path is too long");
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, ERR_IO, "%s: cannot be made: %s", name, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum err_code code = errno == EWOULDBLOCK ? refuse(path, fd, e)
                                                  : err_set(e, ERR_IO, "%s: cannot be locked: %s", name, strerror(errno));
        (void)close(fd);
        return code;
    }
    /* Only for messages: failing to write it harms nothing. */
    if (ftruncate(fd, 0) == 0)
        (void)dprintf(fd, "%d\n", (int)getpid());
    *ret_fd = fd;
    return ERR_OK;
}

void store_lock_give(int fd)
{
    if (fd >= 0)
        (void)close(fd); /* also gives the lock back */
}

enum err_code store_sync_folder(const char *path, struct err *e)
{
    char copy[PATH_MAX];
    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
        return err_set(e, ERR_USAGE, "the store's path is too long");
    const char *folder = dirname(copy);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    int cause = errno;
    if (fd >= 0)
        (void)close(fd);
    return ok ? ERR_OK : err_set(e, ERR_IO, "%s: the folder cannot be synced: %s", folder, strerror(cause));
}
