/* key_file.c: a signing key in a file of its own: one line, "PRIVATE+KEY+…", that only its owner can read. Made once, never
 * overwritten. For a witness, which has no hub; the hub's log key comes from its vault. */
#include "ledger/files.h"
#include "ledger/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

#define KEY_FILE_BYTES ((size_t)512)

enum err_code ledger_signer_create(const char *path, struct str name, enum ledger_key_type type, struct ledger_signer *ret, struct err *e)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    _cleanup_ledger_signer_ struct ledger_signer s = {0};
    _cleanup_buf_ struct buf text;
    buf_init(&text, KEY_FILE_BYTES);
    randombytes_buf(seed, sizeof seed);
    enum err_code code = ledger_signer_make(name, type, seed, &s, e);
    sodium_memzero(seed, sizeof seed);
    ERR_TRY(code);
    ledger_signer_format(&s, &text);
    (void)buf_char(&text, '\n');
    ERR_TRY(buf_check(&text, "a signing key", e));
    ERR_TRY(ledger_file_create(path, buf_as_str(&text), e));
    *ret = s;
    return ERR_OK;
}

enum err_code ledger_signer_open(const char *path, struct ledger_signer *ret, struct err *e)
{
    struct stat st;
    _cleanup_buf_ struct buf text;
    buf_init(&text, KEY_FILE_BYTES);
    ERR_TRY(ledger_file_read(AT_FDCWD, path, KEY_FILE_BYTES, &text, e));
    if (stat(path, &st) != 0)
        return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
    if (st.st_mode & 077)
        return err_set(e, ERR_REFUSED, "%s can be read by others (mode %03o): run `chmod 600` on it", path, (unsigned)st.st_mode & 0777);
    if (ledger_signer_parse(str_trim(buf_as_str(&text)), ret, e) != ERR_OK)
        return err_frame(e, "%s", path);
    return ERR_OK;
}
