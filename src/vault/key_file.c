/* key_file.c: the master key's file, and the keys made from it.
 *
 * The file is text of three lines, so that it can be printed and typed in again (docs/vault.md): what it is, the key in hex, and
 * a checksum that catches a mistyped digit. It is the only thing that opens the store: whoever loses it loses the hub's content. */
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

#define FIRST_LINE "haven master key 1\n"
#define KEY_HEX ((size_t)VAULT_MASTER_BYTES * 2)
#define SUM_BYTES ((size_t)16) /* BLAKE2b's shortest */
#define SUM_HEX (SUM_BYTES * 2)
#define FILE_BYTES (sizeof FIRST_LINE - 1 + KEY_HEX + 1 + SUM_HEX + 1)

static void checksum(const unsigned char master[VAULT_MASTER_BYTES], unsigned char ret[SUM_BYTES])
{
    (void)crypto_generichash(ret, SUM_BYTES, master, VAULT_MASTER_BYTES, (const unsigned char *)FIRST_LINE,
                             sizeof FIRST_LINE - 1); /* cannot fail with these lengths */
}

static enum err_code start_sodium(struct err *e)
{
    return sodium_init() >= 0 ? ERR_OK : err_set(e, ERR_CRYPTO, "libsodium cannot start: the system gives no random bytes");
}

/* ---- writing ---- */

static void format_file(const unsigned char master[VAULT_MASTER_BYTES], char ret[FILE_BYTES + 1])
{
    unsigned char sum[SUM_BYTES];
    checksum(master, sum);
    memcpy(ret, FIRST_LINE, sizeof FIRST_LINE - 1);
    char *at = ret + sizeof FIRST_LINE - 1;
    (void)sodium_bin2hex(at, KEY_HEX + 1, master, VAULT_MASTER_BYTES);
    at += KEY_HEX;
    *at++ = '\n';
    (void)sodium_bin2hex(at, SUM_HEX + 1, sum, SUM_BYTES);
    at += SUM_HEX;
    *at++ = '\n';
    *at = '\0';
    assert((size_t)(at - ret) == FILE_BYTES);
}

static int sync_folder_of(const char *path)
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

static int write_synced(int fd, const char *p, size_t n)
{
    ssize_t done = write(fd, p, n); /* 116 bytes: a short write means a full disk */
    if (done != (ssize_t)n)
        return done < 0 ? errno : ENOSPC;
    return fsync(fd) == 0 ? 0 : errno;
}

enum err_code vault_create(const char *key_path, struct err *e)
{
    ERR_TRY(start_sodium(e));
    int fd = open(key_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? err_set(e, ERR_CONFLICT, "%s exists already: a key file is never overwritten", key_path)
                               : err_set(e, ERR_IO, "%s: cannot be made: %s", key_path, strerror(errno));
    unsigned char master[VAULT_MASTER_BYTES];
    char text[FILE_BYTES + 1];
    crypto_kdf_keygen(master);
    format_file(master, text);
    int cause = write_synced(fd, text, FILE_BYTES);
    if (cause == 0)
        cause = sync_folder_of(key_path);
    sodium_memzero(master, sizeof master);
    sodium_memzero(text, sizeof text);
    (void)close(fd); /* synced already */
    if (cause == 0)
        return ERR_OK;
    (void)unlink(key_path); /* half a key file would only stand in the way */
    return err_set(e, ERR_IO, "%s: cannot be written: %s", key_path, strerror(cause));
}

/* ---- reading ---- */

static enum err_code check_mode(int fd, const char *path, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(e, ERR_FORMAT, "%s is not a file: give the path of the hub's key file", path);
    if (st.st_mode & 077)
        return err_set(e, ERR_REFUSED, "%s can be read by others (mode %03o): run `chmod 600` on it", path, (unsigned)st.st_mode & 0777);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return err_set(e, ERR_REFUSED, "%s belongs to another user: run `chown` on it", path);
    return ERR_OK;
}

static bool hex(const char *p, size_t n, unsigned char *ret)
{
    size_t got = 0;
    return sodium_hex2bin(ret, n / 2, p, n, NULL, &got, NULL) == 0 && got == n / 2;
}

static bool parse_file(const char *text, size_t n, unsigned char ret_master[VAULT_MASTER_BYTES])
{
    unsigned char sum[SUM_BYTES], want[SUM_BYTES];
    const char *key = text + sizeof FIRST_LINE - 1, *check = key + KEY_HEX + 1;
    if (n != FILE_BYTES || memcmp(text, FIRST_LINE, sizeof FIRST_LINE - 1) != 0)
        return false;
    if (key[KEY_HEX] != '\n' || check[SUM_HEX] != '\n' || !hex(key, KEY_HEX, ret_master) || !hex(check, SUM_HEX, sum))
        return false;
    checksum(ret_master, want);
    return sodium_memcmp(sum, want, SUM_BYTES) == 0;
}

static enum err_code read_key(const char *path, unsigned char ret_master[VAULT_MASTER_BYTES], struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not waiting for a pipe that nobody writes */
    if (fd < 0)
        return err_set(e, ERR_IO, "%s: %s: the hub's key file is needed to read it", path, strerror(errno));
    char text[FILE_BYTES + 2]; /* one more, to see that there is no more */
    enum err_code code = check_mode(fd, path, e);
    ssize_t n = code == ERR_OK ? read(fd, text, sizeof text) : 0;
    if (n < 0)
        code = err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    (void)close(fd); /* only read */
    if (code == ERR_OK && !parse_file(text, (size_t)n, ret_master))
        code = err_set(e, ERR_FORMAT, "%s is not a key file of Haven, or is damaged: restore it from where it is kept", path);
    sodium_memzero(text, sizeof text);
    return code;
}

void vault_derive(const unsigned char master[VAULT_MASTER_BYTES], struct vault *ret)
{
    static const char context[crypto_kdf_CONTEXTBYTES + 1] = "havenkey";
    struct { unsigned char *key; size_t n; } keys[] = {
        {ret->wrap, sizeof ret->wrap}, {ret->index, sizeof ret->index}, {ret->named, sizeof ret->named}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        (void)crypto_kdf_derive_from_key(keys[i].key, keys[i].n, i + 1, context, master); /* cannot fail with these lengths */
}

enum err_code vault_open(const char *key_path, struct vault **ret, struct err *e)
{
    ERR_TRY(start_sodium(e));
    unsigned char master[VAULT_MASTER_BYTES];
    enum err_code code = read_key(key_path, master, e);
    struct vault *v = code == ERR_OK ? sodium_malloc(sizeof *v) : NULL;
    if (v) {
        vault_derive(master, v);
        (void)sodium_mprotect_readonly(v); /* an extra guard: where it is not to be had, the vault still works */
        *ret = v;
    } else if (code == ERR_OK) {
        code = err_set(e, ERR_NO_MEMORY, "out of locked memory for keys");
    }
    sodium_memzero(master, sizeof master);
    return code;
}

void vault_close(struct vault *v) { sodium_free(v); /* wipes; NULL is fine */ }
void vault_close_p(struct vault **v) { vault_close(*v); }
