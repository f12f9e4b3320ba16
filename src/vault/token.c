/* token.c: recovery codes and session tokens, of which only keyed hashes are kept. */
#include "vault/sign_in.h"
#include "vault/vault_int.h"

#include <assert.h>

#define CODE_BYTES ((size_t)10)
#define CODE_CHARS ((size_t)16) /* without hyphens */
#define TOKEN_BYTES ((size_t)32)

_Static_assert(sizeof((struct vault_token *)0)->z == sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING), "token");

bool vault_token_same(const struct vault_token_hash *a, const struct vault_token_hash *b)
{
    return sodium_memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

struct vault_token_hash vault_token_hash(const struct vault *v, const char *purpose, struct str token)
{
    struct vault_token_hash hash;
    struct vault_key key;
    vault_key_named(v, purpose, &key);
    (void)crypto_generichash(hash.bytes, sizeof hash.bytes, (const unsigned char *)token.p, token.n, key.bytes, sizeof key.bytes); /* cannot fail */
    vault_key_wipe(&key);
    return hash;
}

/* ---- session tokens ---- */

void vault_token_new(struct vault_token *ret)
{
    unsigned char bytes[TOKEN_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2base64(ret->z, sizeof ret->z, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

void vault_token_wipe(struct vault_token *t) { sodium_memzero(t, sizeof *t); }

/* ---- recovery codes ---- */

static struct vault_token_hash code_hash(const struct vault *v, int64_t user, const unsigned char code[CODE_BYTES])
{
    char bound[8 + CODE_BYTES];
    for (int i = 0; i < 8; i++)
        bound[i] = (char)((uint64_t)user >> (8 * i));
    memcpy(bound + 8, code, CODE_BYTES);
    struct vault_token_hash hash = vault_token_hash(v, "recovery code", (struct str){bound, sizeof bound});
    sodium_memzero(bound, sizeof bound);
    return hash;
}

static void code_text(const unsigned char code[CODE_BYTES], struct vault_recovery_code *ret)
{
    char plain[CODE_CHARS + 1], *to = ret->z;
    vault_base32_put(VAULT_BASE32_TYPED, code, CODE_BYTES, plain);
    for (size_t i = 0; i < CODE_CHARS; i++) {
        if (i && i % 4 == 0)
            *to++ = '-';
        *to++ = plain[i];
    }
    *to = '\0';
    assert(to == ret->z + sizeof ret->z - 1);
    sodium_memzero(plain, sizeof plain);
}

void vault_recovery_new(const struct vault *v, int64_t user, struct vault_recovery_code ret_codes[VAULT_RECOVERY_CODES],
                        struct vault_token_hash ret_hashes[VAULT_RECOVERY_CODES])
{
    unsigned char code[CODE_BYTES];
    for (size_t i = 0; i < VAULT_RECOVERY_CODES; i++) {
        randombytes_buf(code, sizeof code);
        code_text(code, &ret_codes[i]);
        ret_hashes[i] = code_hash(v, user, code);
    }
    sodium_memzero(code, sizeof code);
}

bool vault_recovery_hash(const struct vault *v, int64_t user, struct str typed, struct vault_token_hash *ret)
{
    unsigned char code[CODE_BYTES];
    if (!vault_base32_take(typed, code, sizeof code))
        return false;
    *ret = code_hash(v, user, code);
    sodium_memzero(code, sizeof code);
    return true;
}
