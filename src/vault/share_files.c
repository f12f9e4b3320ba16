/* share_files.c: shares into a folder and out of files. A folder gets all shares or none. */
#include "vault/keeping.h"
#include "vault/vault_int.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool share_path(const char *folder, unsigned number, unsigned total, char ret[PATH_MAX])
{
    return snprintf(ret, PATH_MAX, "%s/share-%u-of-%u.txt", folder, number, total) < PATH_MAX;
}

/* 0 or the errno. */
static int write_share(const char *path, const struct vault_share *share)
{
    const size_t n = strlen(share->z);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    ssize_t done = write(fd, share->z, n); /* under a page: a short write means a full disk */
    int cause = done == (ssize_t)n ? 0 : done < 0 ? errno : ENOSPC;
    if (cause == 0 && fsync(fd) != 0)
        cause = errno;
    (void)close(fd); /* synced already */
    if (cause != 0)
        (void)unlink(path);
    return cause;
}

enum err_code vault_shares_write(const char *folder, const struct vault_share *shares, unsigned total, struct err *e)
{
    char path[PATH_MAX];
    if (!share_path(folder, total, total, path))
        return err_set(e, ERR_LIMIT, "the folder's path is longer than %d bytes", PATH_MAX - 24);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return err_set(e, ERR_IO, "%s: cannot be made: %s", folder, strerror(errno));
    unsigned done = 0;
    int cause = 0;
    for (; done < total && cause == 0; done += cause == 0) {
        (void)share_path(folder, shares[done].number, total, path);
        cause = write_share(path, &shares[done]);
    }
    if (cause == 0 && (cause = vault_sync_folder_of(path)) == 0)
        return ERR_OK;
    enum err_code code = err_set(e, cause == EEXIST ? ERR_CONFLICT : ERR_IO, "%s: cannot be written: %s; no share was left behind", path, strerror(cause));
    while (done-- > 0) {
        (void)share_path(folder, shares[done].number, total, path);
        (void)unlink(path);
    }
    return code;
}

struct share_texts { /* in locked memory */
    size_t n[LIMIT_SHARES];
    char p[LIMIT_SHARES][LIMIT_SHARE_BYTES];
};

static enum err_code read_share(const char *path, char *ret, size_t *ret_n, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    size_t n = 0;
    ssize_t got;
    while ((got = read(fd, ret + n, LIMIT_SHARE_BYTES - n)) > 0)
        n += (size_t)got;
    int cause = got < 0 ? errno : 0;
    (void)close(fd); /* only read */
    if (cause != 0)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(cause));
    if (n == LIMIT_SHARE_BYTES)
        return err_set(e, ERR_LIMIT, "%s: is longer than %zu bytes, so it is no share", path, LIMIT_SHARE_BYTES - 1);
    *ret_n = n;
    return ERR_OK;
}

enum err_code vault_shares_read(const char *const *paths, size_t n, struct vault **ret, struct err *e)
{
    struct str texts[LIMIT_SHARES];
    ERR_TRY(vault_start_sodium(e));
    if (n > LIMIT_SHARES)
        return err_set(e, ERR_USAGE, "give 1 to %u shares", LIMIT_SHARES);
    _cleanup_secret_ struct share_texts *t = vault_secret_new(sizeof *t, e);
    if (!t)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        ERR_TRY(read_share(paths[i], t->p[i], &t->n[i], e));
        texts[i] = (struct str){t->p[i], t->n[i]};
    }
    return vault_recover(texts, paths, n, ret, e);
}
