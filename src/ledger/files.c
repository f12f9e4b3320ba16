/* files.c: see files.h. A failed fsync is final: the caller gives up, nothing is tried twice. */
#include "ledger/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define LOCK_FILE ".lock"

static enum err_code failed(const char *path, const char *what, struct err *e)
{
    return err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s: %s", path, what, strerror(errno));
}

enum err_code ledger_folder_open(const char *path, bool make, int *ret_fd, struct err *e)
{
    if (make && mkdir(path, 0777) != 0 && errno != EEXIST)
        return failed(path, "the folder cannot be made", e);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return failed(path, "the folder cannot be opened", e);
    *ret_fd = fd;
    return ERR_OK;
}

enum err_code ledger_folder_lock(int folder, bool wait, int *ret_fd, struct err *e)
{
    int fd = openat(folder, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return failed(LOCK_FILE, "the lock cannot be made", e);
    int r;
    do
        r = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
    while (r != 0 && errno == EINTR);
    if (r == 0) {
        *ret_fd = fd;
        return ERR_OK;
    }
    enum err_code code = errno == EWOULDBLOCK ? err_set(e, ERR_CONFLICT, "another process writes the log's files now; try again when it is done")
                                              : failed(LOCK_FILE, "the lock cannot be had", e);
    (void)close(fd); /* nothing was written */
    return code;
}

enum err_code ledger_folder_sync(int folder, const char *path, struct err *e)
{
    char name[PATH_MAX]; /* "tile/0/x001" of "tile/0/x001/067" */
    const char *slash = strrchr(path, '/');
    (void)snprintf(name, sizeof name, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    _cleanup_ledger_fd_ int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return failed(name, "the folder cannot be synced", e);
    return ERR_OK;
}

enum err_code ledger_file_read(int folder, const char *path, size_t max, struct buf *ret, struct err *e)
{
    _cleanup_ledger_fd_ int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0)
        return failed(path, "it cannot be opened", e);
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_FORMAT, "%s: it is not a file", path);
    if ((uintmax_t)st.st_size > max)
        return err_set(e, ERR_LIMIT, "%s: it has more than %zu bytes", path, max);
    size_t left = (size_t)st.st_size;
    char *to = buf_reserve(ret, left);
    if (!to)
        return buf_check(ret, path, e);
    while (left > 0) {
        ssize_t got = read(fd, to, left);
        if (got <= 0)
            return got < 0 ? failed(path, "it cannot be read", e) : err_set(e, ERR_IO, "%s: it became shorter while it was read", path);
        to += got;
        left -= (size_t)got;
    }
    ret->n += (size_t)st.st_size;
    return ERR_OK;
}

/* Makes the folders that lead to `path`, each one's name synced. */
static enum err_code make_folders(int folder, const char *path, struct err *e)
{
    char name[LEDGER_PATH_BYTES];
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        (void)snprintf(name, sizeof name, "%.*s", (int)(slash - path), path);
        if (mkdirat(folder, name, 0777) == 0)
            ERR_TRY(ledger_folder_sync(folder, name, e));
        else if (errno != EEXIST)
            return failed(name, "the folder cannot be made", e);
    }
    return ERR_OK;
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t done = write(fd, bytes.p, bytes.n);
        if (done < 0)
            return false;
        bytes = str_slice(bytes, (size_t)done, bytes.n);
    }
    return true;
}

enum err_code ledger_file_write(int folder, const char *temporary, const char *path, struct str bytes, struct err *e)
{
    _cleanup_ledger_fd_ int fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0 || !write_all(fd, bytes) || fsync(fd) != 0)
        return failed(path, "it cannot be written", e);
    if (renameat(folder, temporary, folder, path) == 0)
        return ERR_OK;
    if (errno == ENOENT) { /* the first file of its folder */
        ERR_TRY(make_folders(folder, path, e));
        if (renameat(folder, temporary, folder, path) == 0)
            return ERR_OK;
    }
    return failed(path, "it cannot be put in its place", e);
}

enum err_code ledger_file_create(const char *path, struct str bytes, struct err *e)
{
    _cleanup_ledger_fd_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return err_set(e, ERR_CONFLICT, "%s exists already: it is never overwritten", path);
    if (fd < 0 || !write_all(fd, bytes) || fsync(fd) != 0) {
        enum err_code code = failed(path, "it cannot be written", e);
        if (fd >= 0)
            (void)unlink(path); /* half a file would only stand in the way */
        return code;
    }
    return ledger_folder_sync(AT_FDCWD, path, e);
}

static void close_folder_p(DIR **d)
{
    if (*d)
        (void)closedir(*d); /* only read */
}

enum err_code ledger_folder_remove(int folder, const char *path, struct err *e)
{
    int fd = openat(folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    __attribute__((cleanup(close_folder_p))) DIR *d = fd < 0 ? NULL : fdopendir(fd); /* closes fd with it */
    if (!d) {
        enum err_code code = failed(path, "the folder cannot be opened", e);
        ledger_fd_close_p(&fd);
        return code;
    }
    for (const struct dirent *entry; (entry = readdir(d));)
        if (entry->d_name[0] != '.' && unlinkat(fd, entry->d_name, 0) != 0)
            return failed(path, "a file in it cannot be removed", e);
    if (unlinkat(folder, path, AT_REMOVEDIR) != 0)
        return failed(path, "the folder cannot be removed", e);
    return ERR_OK;
}
