/* list.c: the list of what was destroyed, beside the key file: text lines, each with a check that only this hub's key file makes. It is added to before
 * the database commits, so after a kill it may name what still stands, never the other way round. A line that a kill cut off is dropped. */
#include "vault/keeping.h"
#include "vault/sign_in.h"
#include "vault/vault_int.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PURPOSE "destruction list"
#define CHECK_HEX ((size_t)32) /* 16 bytes of the keyed hash */

const char *vault_list_path(struct arena *a, const char *key_path)
{
    const char *credential = vault_credential_path(a), *state = getenv("STATE_DIRECTORY"); /* by systemd: StateDirectory= */
    if (credential && strcmp(credential, key_path) == 0)
        return state && *state ? str_fmt(a, "%s/haven.destroyed", state).p : NULL;
    return str_fmt(a, "%s.destroyed", key_path).p;
}

static void check_of(const struct vault *v, struct str line, char ret[CHECK_HEX + 1])
{
    struct vault_token_hash hash = vault_token_hash(v, PURPOSE, line);
    (void)sodium_bin2hex(ret, CHECK_HEX + 1, hash.bytes, CHECK_HEX / 2);
}

/* ---- adding ---- */

/* Where whole lines end; -1 and errno. */
static off_t whole_lines(int fd)
{
    char last[LIMIT_LIST_LINE_BYTES];
    struct stat st;
    if (fstat(fd, &st) != 0)
        return -1;
    off_t from = st.st_size > (off_t)sizeof last ? st.st_size - (off_t)sizeof last : 0;
    ssize_t n = pread(fd, last, sizeof last, from);
    if (n < 0)
        return -1;
    while (n > 0 && last[n - 1] != '\n')
        n--;
    return from + n;
}

/* 0 or the errno. */
static int append_synced(int fd, off_t at, struct str text)
{
    if (ftruncate(fd, at) != 0)
        return errno;
    for (size_t done = 0; done < text.n;) {
        ssize_t n = pwrite(fd, text.p + done, text.n - done, at + (off_t)done);
        if (n <= 0)
            return n < 0 ? errno : ENOSPC;
        done += (size_t)n;
    }
    return fsync(fd) == 0 ? 0 : errno;
}

enum err_code vault_list_append(const struct vault *v, const char *path, const struct str *lines, size_t n, struct err *e)
{
    _cleanup_buf_ struct buf text;
    buf_init(&text, (n + 1) * LIMIT_LIST_LINE_BYTES);
    for (size_t i = 0; i < n; i++) {
        char check[CHECK_HEX + 1];
        check_of(v, lines[i], check);
        (void)buf_fmt(&text, "%.*s %s\n", STR_ARG(lines[i]), check);
    }
    ERR_TRY(buf_check(&text, "the list of what was destroyed", e));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, ERR_IO, "%s: %s: the list of what was destroyed must be kept", path, strerror(errno));
    off_t before = whole_lines(fd);
    int cause = before < 0 ? errno : append_synced(fd, before, buf_as_str(&text));
    if (cause == 0 && before == 0)
        cause = vault_sync_folder_of(path);
    if (cause != 0 && before >= 0 && ftruncate(fd, before) != 0)
        before = -1; /* the list may name what still stands; that is allowed */
    (void)close(fd); /* synced already */
    return cause == 0 ? ERR_OK : err_set(e, ERR_IO, "%s: cannot be written, so nothing was destroyed: %s", path, strerror(cause));
}

/* ---- reading ---- */

static enum err_code take_lines(const struct vault *v, const char *path, struct str text, struct arena *a, struct buf *ret, struct err *e)
{
    struct str line;
    for (size_t number = 1; str_find_char(text, '\n') >= 0 && str_split(&text, '\n', &line); number++) {
        char check[CHECK_HEX + 1];
        size_t at = line.n > CHECK_HEX ? line.n - CHECK_HEX : 0;
        struct str what = str_slice(line, 0, at ? at - 1 : 0);
        check_of(v, what, check);
        if (!at || line.p[at - 1] != ' ' || sodium_memcmp(line.p + at, check, CHECK_HEX) != 0)
            return err_set(e, ERR_CRYPTO, "%s:%zu: was changed, or is of another hub; restore the list from where it is kept", path, number);
        struct str kept = str_dup(a, what);
        if (!kept.p)
            return err_set(e, ERR_NO_MEMORY, "out of memory for the list of what was destroyed");
        (void)buf_add(ret, &kept, sizeof kept);
    }
    return buf_check(ret, "the list of what was destroyed", e);
}

enum err_code vault_list_read(const struct vault *v, const char *path, struct arena *a, struct buf *ret_lines, struct err *e)
{
    _cleanup_buf_ struct buf text;
    struct stat st;
    buf_init(&text, LIMIT_LIST_BYTES);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? ERR_OK : err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    int cause = fstat(fd, &st) == 0 ? 0 : errno;
    char *p = cause == 0 ? buf_reserve(&text, (size_t)st.st_size) : NULL;
    ssize_t n = p ? read(fd, p, (size_t)st.st_size) : 0;
    if (n < 0)
        cause = errno;
    else
        text.n = (size_t)n;
    (void)close(fd); /* only read */
    if (cause != 0)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(cause));
    ERR_TRY(buf_check(&text, "the list of what was destroyed", e));
    return take_lines(v, path, buf_as_str(&text), a, ret_lines, e);
}
