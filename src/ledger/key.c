/* key.c: keys of logs and witnesses: names, key texts, and signing keys made from 32 bytes. */
#include "ledger/wire.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

static_assert(crypto_sign_PUBLICKEYBYTES == 32 && crypto_sign_SECRETKEYBYTES == 64 && crypto_sign_SEEDBYTES == 32, "Ed25519");

#define KEY_TEXT_BYTES ((size_t)33) /* the type, then 32 bytes */

/* Unicode's White_Space above ASCII; the ASCII ones fall with the control characters. */
static const struct str blanks[] = {
    {"\xc2\x85", 2},     {"\xc2\xa0", 2},     {"\xe1\x9a\x80", 3}, {"\xe2\x80\x80", 3}, {"\xe2\x80\x81", 3}, {"\xe2\x80\x82", 3},
    {"\xe2\x80\x83", 3}, {"\xe2\x80\x84", 3}, {"\xe2\x80\x85", 3}, {"\xe2\x80\x86", 3}, {"\xe2\x80\x87", 3}, {"\xe2\x80\x88", 3},
    {"\xe2\x80\x89", 3}, {"\xe2\x80\x8a", 3}, {"\xe2\x80\xa8", 3}, {"\xe2\x80\xa9", 3}, {"\xe2\x80\xaf", 3}, {"\xe2\x81\x9f", 3},
    {"\xe3\x80\x80", 3},
};

bool ledger_name_valid(struct str name)
{
    size_t at;
    if (name.n == 0 || name.n > LIMIT_LEDGER_NAME_BYTES || !utf8_valid(name, &at) || str_find_char(name, '+') >= 0)
        return false;
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] <= ' ')
            return false;
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (str_find(name, blanks[i]) >= 0)
            return false;
    return true;
}

static void key_id(const struct ledger_key *k, unsigned char ret[4])
{
    unsigned char digest[crypto_hash_sha256_BYTES], head[2] = {'\n', (unsigned char)k->type};
    crypto_hash_sha256_state s;
    (void)crypto_hash_sha256_init(&s); /* none of these fails */
    (void)crypto_hash_sha256_update(&s, (const unsigned char *)k->name, strlen(k->name));
    (void)crypto_hash_sha256_update(&s, head, sizeof head);
    (void)crypto_hash_sha256_update(&s, k->public, sizeof k->public);
    (void)crypto_hash_sha256_final(&s, digest);
    memcpy(ret, digest, 4);
}

enum err_code ledger_key_make(struct str name, enum ledger_key_type type, const unsigned char public[32],
                              struct ledger_key *ret, struct err *e)
{
    struct ledger_key k = {.type = type};
    if (!ledger_name_valid(name))
        return err_set(e, ERR_FORMAT, "a key's name has 1 to %d bytes of UTF-8 without blanks and without \"+\"", LIMIT_LEDGER_NAME_BYTES);
    if (type != LEDGER_KEY_LOG && type != LEDGER_KEY_WITNESS)
        return err_set(e, ERR_UNSUPPORTED, "the key is of type 0x%02x: only 0x01 (a log's) and 0x04 (a witness's) are read", (unsigned)type);
    memcpy(k.name, name.p, name.n);
    memcpy(k.public, public, sizeof k.public);
    key_id(&k, k.id);
    *ret = k;
    return ERR_OK;
}

/* "<name>+<8 hex>+<base64>" into its parts; the type stays in front of the 32 bytes. */
static bool split_text(struct str text, struct str *ret_name, unsigned char ret_id[4], unsigned char ret_bytes[KEY_TEXT_BYTES])
{
    size_t n = 0;
    struct str id;
    if (!str_split(&text, '+', ret_name) || !str_split(&text, '+', &id) || id.n != 8)
        return false;
    for (size_t i = 0; i < 8; i++)
        if (id.p[i] >= 'A' && id.p[i] <= 'F')
            return false;
    if (sodium_hex2bin(ret_id, 4, id.p, id.n, NULL, &n, NULL) != 0)
        return false;
    return ledger_wire_base64(text, ret_bytes, KEY_TEXT_BYTES, &n) && n == KEY_TEXT_BYTES;
}

static enum err_code other_id(struct err *e)
{
    return err_set(e, ERR_FORMAT, "the key's text does not fit its key ID: it was mistyped or cut");
}

enum err_code ledger_key_parse(struct str vkey, struct ledger_key *ret, struct err *e)
{
    unsigned char id[4], bytes[KEY_TEXT_BYTES];
    struct str name;
    struct ledger_key k;
    if (!split_text(vkey, &name, id, bytes))
        return err_set(e, ERR_FORMAT, "a key's text is NAME+8 hex digits+base64 of 33 bytes");
    ERR_TRY(ledger_key_make(name, bytes[0], bytes + 1, &k, e));
    if (memcmp(k.id, id, sizeof id) != 0)
        return other_id(e);
    *ret = k;
    return ERR_OK;
}

static void put_text(const struct ledger_key *k, const unsigned char bytes[32], struct buf *ret)
{
    unsigned char typed[KEY_TEXT_BYTES] = {(unsigned char)k->type};
    char id[9];
    memcpy(typed + 1, bytes, 32);
    (void)sodium_bin2hex(id, sizeof id, k->id, sizeof k->id);
    (void)buf_fmt(ret, "%s+%s+", k->name, id);
    ledger_wire_put_base64(ret, typed, sizeof typed);
    sodium_memzero(typed, sizeof typed);
}

void ledger_key_format(const struct ledger_key *k, struct buf *ret) { put_text(k, k->public, ret); }

/* ---- signing keys ---- */

#define PRIVATE STR("PRIVATE+KEY+")

enum err_code ledger_signer_make(struct str name, enum ledger_key_type type, const unsigned char seed[32],
                                 struct ledger_signer *ret, struct err *e)
{
    unsigned char public[32];
    _cleanup_ledger_signer_ struct ledger_signer s = {0};
    (void)crypto_sign_seed_keypair(public, s.secret, seed); /* never fails */
    ERR_TRY(ledger_key_make(name, type, public, &s.key, e));
    *ret = s;
    return ERR_OK;
}

enum err_code ledger_signer_parse(struct str text, struct ledger_signer *ret, struct err *e)
{
    unsigned char id[4], bytes[KEY_TEXT_BYTES];
    struct str name;
    _cleanup_ledger_signer_ struct ledger_signer s = {0};
    enum err_code code = ERR_OK;
    if (!ledger_wire_prefix(&text, PRIVATE) || !split_text(text, &name, id, bytes))
        return err_set(e, ERR_FORMAT, "a signing key's text is PRIVATE+KEY+NAME+8 hex digits+base64 of 33 bytes");
    code = ledger_signer_make(name, bytes[0], bytes + 1, &s, e);
    sodium_memzero(bytes, sizeof bytes);
    if (code == ERR_OK && memcmp(s.key.id, id, sizeof id) != 0)
        code = other_id(e);
    if (code == ERR_OK)
        *ret = s;
    return code;
}

void ledger_signer_format(const struct ledger_signer *s, struct buf *ret)
{
    (void)buf_str(ret, PRIVATE);
    put_text(&s->key, s->secret, ret); /* libsodium's secret key begins with the seed */
}

void ledger_signer_wipe(struct ledger_signer *s) { sodium_memzero(s, sizeof *s); }
