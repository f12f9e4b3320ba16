/* totp.c: one-time codes of RFC 6238 on HMAC-SHA-1 (nettle: neither allocates nor fails; libsodium has no SHA-1). SHA-1 is sound in HMAC, and
 * the only hash that every authenticator program knows. */
#include "vault/sign_in.h"
#include "vault/vault_int.h"

#include <nettle/hmac.h>

#define STEPS_BESIDE 1 /* clocks differ, and typing takes time: RFC 6238 section 5.2 */
#define CODES 1000000u /* 10 to the number of digits */

void vault_totp_new(struct vault_totp *ret) { randombytes_buf(ret->secret, sizeof ret->secret); }
void vault_totp_wipe(struct vault_totp *t) { sodium_memzero(t, sizeof *t); }

uint32_t vault_totp_value(const struct vault_totp *t, uint64_t step)
{
    struct hmac_sha1_ctx hmac;
    uint8_t counter[8], digest[SHA1_DIGEST_SIZE];
    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)(step >> (56 - 8 * i));
    hmac_sha1_set_key(&hmac, sizeof t->secret, t->secret);
    hmac_sha1_update(&hmac, sizeof counter, counter);
    hmac_sha1_digest(&hmac, sizeof digest, digest);
    sodium_memzero(&hmac, sizeof hmac);
    const uint8_t *at = digest + (digest[SHA1_DIGEST_SIZE - 1] & 15); /* RFC 4226 section 5.3 */
    return (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Six digits, blanks between them forgiven. */
static bool digits_of(struct str code, unsigned char ret[VAULT_TOTP_DIGITS])
{
    size_t n = 0;
    for (size_t i = 0; i < code.n; i++) {
        if (code.p[i] == ' ')
            continue;
        if (code.p[i] < '0' || code.p[i] > '9' || n == VAULT_TOTP_DIGITS)
            return false;
        ret[n++] = (unsigned char)code.p[i];
    }
    return n == VAULT_TOTP_DIGITS;
}

static void digits_of_value(uint32_t value, unsigned char ret[VAULT_TOTP_DIGITS])
{
    value %= CODES;
    for (int i = VAULT_TOTP_DIGITS; i-- > 0; value /= 10)
        ret[i] = (unsigned char)('0' + value % 10);
}

bool vault_totp_check(const struct vault_totp *t, struct str code, int64_t now_ms, int64_t last_step, int64_t *ret_step)
{
    unsigned char given[VAULT_TOTP_DIGITS], right[VAULT_TOTP_DIGITS];
    const int64_t present = now_ms / 1000 / VAULT_TOTP_SECONDS;
    int64_t found = -1;
    if (!digits_of(code, given))
        return false;
    for (int64_t step = present - STEPS_BESIDE; step <= present + STEPS_BESIDE; step++) { /* all of them, whichever fits */
        digits_of_value(vault_totp_value(t, (uint64_t)step), right);
        if (sodium_memcmp(given, right, sizeof right) == 0 && step > last_step && found < 0)
            found = step;
    }
    sodium_memzero(right, sizeof right);
    if (found < 0)
        return false;
    *ret_step = found;
    return true;
}

/* ---- the address for authenticator programs ---- */

static void put_escaped(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        (void)(plain ? buf_char(b, (char)c) : buf_fmt(b, "%%%02X", c)); /* failures stick */
    }
}

void vault_totp_uri(const struct vault_totp *t, struct str issuer, struct str account, struct buf *ret)
{
    char secret[VAULT_TOTP_SECRET_BYTES * 8 / 5 + 1];
    vault_base32_put(VAULT_BASE32_RFC, t->secret, sizeof t->secret, secret);
    (void)buf_z(ret, "otpauth://totp/");
    put_escaped(ret, issuer);
    (void)buf_char(ret, ':');
    put_escaped(ret, account);
    (void)buf_fmt(ret, "?secret=%s&issuer=", secret);
    put_escaped(ret, issuer);
    (void)buf_fmt(ret, "&algorithm=SHA1&digits=%d&period=%d", VAULT_TOTP_DIGITS, VAULT_TOTP_SECONDS);
    sodium_memzero(secret, sizeof secret);
}
