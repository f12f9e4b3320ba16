/* key_file.c: the file that holds a hub's keys, or the systemd credential that stands in for it.
 *
 * It is text, so that it can be printed and typed in again (docs/vault.md): what it is, a key a line in hex, and a checksum that
 * catches a mistyped digit. It is the only thing that opens the store: whoever loses it loses the hub's content.
 * A new file is made with O_EXCL; an old one is replaced by renaming a synced one over it, so that at every moment one whole
 * file is there. Text and keys are in locked memory while they are here. */
#include "vault/vault_int.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_LINE_1 "haven master key 1\n"
#define FIRST_LINE_2 "haven master key 2\n"
#define KEY_HEX (VAULT_KEY_BYTES * 2)
#define SUM_BYTES ((size_t)16) /* BLAKE2b's shortest */
#define SUM_HEX (SUM_BYTES * 2)
#define FILE_1_BYTES (sizeof FIRST_LINE_1 - 1 + KEY_HEX + 1 + SUM_HEX + 1)

static void checksum(struct str over, const unsigned char *key, unsigned char ret[SUM_BYTES])
{
    (void)crypto_generichash(ret, SUM_BYTES, (const unsigned char *)over.p, over.n, key, key ? VAULT_KEY_BYTES : 0); /* cannot fail with these lengths */
}

/* ---- version 2 as text ---- */

static void put(struct vault_key_text *t, struct str s)
{
    assert(t->n + s.n < sizeof t->p);
    memcpy(t->p + t->n, s.p, s.n);
    t->n += s.n;
}

static void put_hex(struct vault_key_text *t, const unsigned char *p, size_t n)
{
    assert(t->n + 2 * n + 1 < sizeof t->p);
    (void)sodium_bin2hex(t->p + t->n, 2 * n + 1, p, n);
    t->n += 2 * n;
    t->p[t->n++] = '\n';
}

void vault_file_format(const struct vault *v, struct vault_key_text *t)
{
    unsigned char sum[SUM_BYTES];
    t->n = 0;
    put(t, STR(FIRST_LINE_2));
    for (size_t i = 0; i < v->n_seals; i++) {
        char name[24];
        int n = snprintf(name, sizeof name, "seal %u ", v->seal[i].generation);
        put(t, (struct str){name, (size_t)n});
        put_hex(t, v->seal[i].key, VAULT_KEY_BYTES);
    }
    put(t, STR("index "));
    put_hex(t, v->index, VAULT_KEY_BYTES);
    put(t, STR("sign "));
    put_hex(t, v->sign, VAULT_KEY_BYTES); /* the seed */
    put(t, STR("files "));
    put_hex(t, v->named, VAULT_KEY_BYTES);
    checksum((struct str){t->p, t->n}, NULL, sum);
    put(t, STR("check "));
    put_hex(t, sum, SUM_BYTES);
}

static bool hex(struct str s, unsigned char *ret, size_t n)
{
    size_t got = 0;
    return s.n == 2 * n && sodium_hex2bin(ret, n, s.p, s.n, NULL, &got, NULL) == 0 && got == n;
}

/* "NAME hex": takes the line off `rest`. */
static bool take_key(struct str *rest, struct str name, unsigned char *ret, size_t n)
{
    struct str line;
    return str_split(rest, '\n', &line) && line.n > name.n && str_starts(line, name) && line.p[name.n] == ' ' &&
           hex(str_slice(line, name.n + 1, line.n), ret, n);
}

static bool take_seal(struct str *rest, struct vault_seal_key *ret)
{
    struct str line, word, number;
    int64_t generation;
    if (!str_split(rest, '\n', &line) || !str_split(&line, ' ', &word) || !str_eq(word, STR("seal")) || !str_split(&line, ' ', &number))
        return false;
    if (!str_to_int64(number, &generation) || generation < 1 || generation > UINT32_MAX || number.p[0] == '0' || number.p[0] == '+')
        return false;
    ret->generation = (uint32_t)generation;
    return hex(line, ret->key, VAULT_KEY_BYTES);
}

static bool parse_2(struct str text, struct vault *ret)
{
    unsigned char sum[SUM_BYTES], want[SUM_BYTES], seed[VAULT_KEY_BYTES];
    const size_t check_line = 6 + SUM_HEX + 1;
    struct str rest = str_slice(text, sizeof FIRST_LINE_2 - 1, text.n);
    if (text.n < sizeof FIRST_LINE_2 - 1 + check_line || text.p[text.n - 1] != '\n' || !take_seal(&rest, &ret->seal[0]))
        return false;
    ret->n_seals = 1;
    if (str_starts(rest, STR("seal "))) {
        if (!take_seal(&rest, &ret->seal[1]) || ret->seal[1].generation >= ret->seal[0].generation)
            return false;
        ret->n_seals = 2;
    }
    bool good = take_key(&rest, STR("index"), ret->index, VAULT_KEY_BYTES) && take_key(&rest, STR("sign"), seed, VAULT_KEY_BYTES) &&
                take_key(&rest, STR("files"), ret->named, VAULT_KEY_BYTES) && rest.n == check_line && take_key(&rest, STR("check"), sum, SUM_BYTES);
    if (good) {
        checksum(str_slice(text, 0, text.n - check_line), NULL, want);
        good = sodium_memcmp(sum, want, SUM_BYTES) == 0;
        vault_sign_set(ret, seed);
        ret->version = 2;
    }
    sodium_memzero(seed, sizeof seed);
    return good;
}

/* ---- version 1 ---- */

static bool parse_1(struct str text, struct vault *ret)
{
    unsigned char master[VAULT_MASTER_BYTES], sum[SUM_BYTES], want[SUM_BYTES];
    struct str rest = str_slice(text, sizeof FIRST_LINE_1 - 1, text.n), key, check;
    bool good = text.n == FILE_1_BYTES && text.p[text.n - 1] == '\n' && str_split(&rest, '\n', &key) && str_split(&rest, '\n', &check) &&
                hex(key, master, sizeof master) && hex(check, sum, SUM_BYTES);
    if (good) {
        checksum(STR(FIRST_LINE_1), master, want);
        good = sodium_memcmp(sum, want, SUM_BYTES) == 0;
    }
    if (good)
        vault_derive(master, ret);
    sodium_memzero(master, sizeof master);
    return good;
}

bool vault_file_parse(struct str text, struct vault *ret)
{
    if (str_starts(text, STR(FIRST_LINE_1)))
        return parse_1(text, ret);
    return str_starts(text, STR(FIRST_LINE_2)) && parse_2(text, ret);
}

/* ---- reading ---- */

/* systemd puts credentials into a folder of their own that only the service can enter, and gives the right to read them by an access
 * list, whose mask shows as the group's right. */
static bool is_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    struct str p = str_of(path);
    return folder && *folder && str_starts(p, str_of(folder)) && p.p[strlen(folder)] == '/';
}

static enum err_code check_mode(int fd, const char *path, struct err *e)
{
    struct stat st;
    const mode_t others = is_credential(path) ? 037 : 077;
    if (fstat(fd, &st) != 0)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_FORMAT, "%s is not a file: give the path of the hub's key file", path);
    if (st.st_mode & others)
        return err_set(e, ERR_REFUSED, "%s can be read by others (mode %03o): run `chmod 600` on it", path, (unsigned)st.st_mode & 0777);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return err_set(e, ERR_REFUSED, "%s belongs to another user: run `chown` on it", path);
    return ERR_OK;
}

enum err_code vault_file_read(const char *path, struct vault *ret, struct err *e)
{
    _cleanup_secret_ struct vault_key_text *t = vault_secret_new(sizeof *t, e);
    if (!t)
        return ERR_NO_MEMORY;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not waiting for a pipe that nobody writes */
    if (fd < 0)
        return err_set(e, ERR_IO, "%s: %s: the hub's key file is needed to read it", path, strerror(errno));
    enum err_code code = check_mode(fd, path, e);
    ssize_t n = code == ERR_OK ? read(fd, t->p, sizeof t->p) : 0;
    if (n < 0)
        code = err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    (void)close(fd); /* only read */
    if (code == ERR_OK && !vault_file_parse((struct str){t->p, (size_t)n}, ret))
        code = err_set(e, ERR_FORMAT, "%s is not a key file of Haven, or is damaged: restore it from where it is kept", path);
    return code;
}

/* ---- writing ---- */

int vault_sync_folder_of(const char *path)
{
    char copy[PATH_MAX];
    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
        return ENAMETOOLONG;
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int cause = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        (void)close(fd);
    return cause;
}

/* 0 or the errno. Closes fd. */
static int write_synced(int fd, const struct vault *v, struct err *e)
{
    _cleanup_secret_ struct vault_key_text *t = vault_secret_new(sizeof *t, e);
    int cause = t ? 0 : ENOMEM;
    if (t) {
        vault_file_format(v, t);
        ssize_t done = write(fd, t->p, t->n); /* under a page: a short write means a full disk */
        cause = done == (ssize_t)t->n ? 0 : done < 0 ? errno : ENOSPC;
    }
    if (cause == 0 && fsync(fd) != 0)
        cause = errno;
    (void)close(fd); /* synced already */
    return cause;
}

enum err_code vault_file_create(const char *path, const struct vault *v, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? err_set(e, ERR_CONFLICT, "%s exists already: a key file is never overwritten", path)
                               : err_set(e, ERR_IO, "%s: cannot be made: %s", path, strerror(errno));
    int cause = write_synced(fd, v, e);
    if (cause == 0)
        cause = vault_sync_folder_of(path);
    if (cause == 0)
        return ERR_OK;
    (void)unlink(path); /* half a key file would only stand in the way */
    return err_set(e, ERR_IO, "%s: cannot be written: %s", path, strerror(cause));
}

/* 0 or the errno: `to` becomes a synced file with v's keys and with the owner of `like`. */
static int write_beside(const char *to, const char *like, const struct vault *v, struct err *e)
{
    struct stat st;
    if (stat(like, &st) != 0)
        return errno;
    (void)unlink(to); /* of a run that was killed */
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    if ((st.st_uid != geteuid() || st.st_gid != getegid()) && fchown(fd, st.st_uid, st.st_gid) != 0) {
        int cause = errno;
        (void)close(fd);
        return cause;
    }
    return write_synced(fd, v, e);
}

enum err_code vault_file_replace(const char *path, const struct vault *v, struct err *e)
{
    char file[PATH_MAX], beside[PATH_MAX];
    if (!realpath(path, file)) /* the file itself, not a link to it: that would leave the old keys standing elsewhere */
        return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    path = file;
    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
        return err_set(e, ERR_LIMIT, "the key file's path is longer than %d bytes", PATH_MAX - 5);
    int cause = write_beside(beside, path, v, e);
    if (cause == 0 && rename(beside, path) != 0)
        cause = errno;
    if (cause != 0) {
        (void)unlink(beside);
        return err_set(e, ERR_IO, "%s: cannot be replaced, the old one stands: %s", path, strerror(cause));
    }
    cause = vault_sync_folder_of(path);
    return cause == 0 ? ERR_OK : err_set(e, ERR_IO, "%s: was replaced, but its folder cannot be synced: %s", path, strerror(cause));
}
