/* keys.c: the keys of a hub in memory: made, opened, rotated, shown by their fingerprints, used to sign.
 *
 * Four keys that do not depend on each other: one wraps data keys (it has a generation number and can be rotated), one makes blind
 * indexes, one signs, one seals whole files. A version-1 file held one master key from which they were derived; it opens as ever. */
#include "vault/keeping.h"
#include "vault/vault_int.h"

#include <stdlib.h>
#include <sys/stat.h>

/* ---- memory ---- */

enum err_code vault_start_sodium(struct err *e)
{
    return sodium_init() >= 0 ? ERR_OK : err_set(e, ERR_CRYPTO, "libsodium cannot start: the system gives no random bytes");
}

void *vault_secret_new(size_t n, struct err *e)
{
    void *p = sodium_malloc(n);
    if (!p)
        (void)err_set(e, ERR_NO_MEMORY, "out of locked memory for keys");
    return p;
}

void vault_secret_free_p(void *p)
{
    void **secret = p;
    sodium_free(*secret); /* wipes; NULL is fine */
    *secret = NULL;
}

void vault_close(struct vault *v) { sodium_free(v); /* wipes; NULL is fine */ }
void vault_close_p(struct vault **v) { vault_close(*v); }

/* ---- making ---- */

void vault_sign_set(struct vault *v, const unsigned char seed[VAULT_KEY_BYTES])
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES];
    (void)crypto_sign_seed_keypair(public, v->sign, seed); /* always 0 */
}

void vault_derive(const unsigned char master[VAULT_MASTER_BYTES], struct vault *ret)
{
    static const char context[crypto_kdf_CONTEXTBYTES + 1] = "havenkey";
    unsigned char seed[VAULT_KEY_BYTES];
    unsigned char *const keys[] = {ret->seal[0].key, ret->index, ret->named, seed};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        (void)crypto_kdf_derive_from_key(keys[i], VAULT_KEY_BYTES, i + 1, context, master); /* cannot fail with these lengths */
    vault_sign_set(ret, seed);
    sodium_memzero(seed, sizeof seed);
    ret->n_seals = 1;
    ret->seal[0].generation = 1;
    ret->version = 1;
}

static void make_keys(struct vault *ret)
{
    unsigned char seed[VAULT_KEY_BYTES];
    randombytes_buf(ret->seal[0].key, VAULT_KEY_BYTES);
    randombytes_buf(ret->index, VAULT_KEY_BYTES);
    randombytes_buf(ret->named, VAULT_KEY_BYTES);
    randombytes_buf(seed, sizeof seed);
    vault_sign_set(ret, seed);
    sodium_memzero(seed, sizeof seed);
    ret->n_seals = 1;
    ret->seal[0].generation = 1;
    ret->version = 2;
}

enum err_code vault_create(const char *key_path, struct err *e)
{
    ERR_TRY(vault_start_sodium(e));
    _cleanup_secret_ struct vault *v = vault_secret_new(sizeof *v, e);
    if (!v)
        return ERR_NO_MEMORY;
    make_keys(v);
    return vault_file_create(key_path, v, e);
}

enum err_code vault_open(const char *key_path, struct vault **ret, struct err *e)
{
    ERR_TRY(vault_start_sodium(e));
    struct vault *v = vault_secret_new(sizeof *v, e);
    if (!v)
        return ERR_NO_MEMORY;
    enum err_code code = vault_file_read(key_path, v, e);
    if (code != ERR_OK) {
        vault_close(v);
        return code;
    }
    (void)sodium_mprotect_readonly(v); /* an extra guard: where it is not to be had, the vault still works */
    *ret = v;
    return ERR_OK;
}

const char *vault_credential_path(struct arena *a)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY"); /* set by systemd for the service alone */
    struct stat st;
    if (!folder || !*folder)
        return NULL;
    const char *path = str_fmt(a, "%s/" VAULT_CREDENTIAL, folder).p;
    return path && stat(path, &st) == 0 ? path : NULL;
}

enum err_code vault_save(const struct vault *v, const char *key_path, struct err *e) { return vault_file_create(key_path, v, e); }

/* ---- looking ---- */

static void fingerprint(const unsigned char key[VAULT_KEY_BYTES], struct vault_fingerprint *ret)
{
    static const char what[] = "haven fingerprint";
    unsigned char sum[16];
    (void)crypto_generichash(sum, sizeof sum, (const unsigned char *)what, sizeof what - 1, key, VAULT_KEY_BYTES); /* cannot fail */
    char *to = ret->z;
    for (size_t i = 0; i < 8; i += 2) {
        if (i)
            *to++ = '-';
        (void)sodium_bin2hex(to, 5, sum + i, 2);
        to += 4;
    }
}

void vault_look(const struct vault *v, struct vault_view *ret)
{
    *ret = (struct vault_view){.version = v->version, .n_seals = v->n_seals};
    for (size_t i = 0; i < v->n_seals; i++) {
        ret->generation[i] = v->seal[i].generation;
        fingerprint(v->seal[i].key, &ret->seal[i]);
    }
    fingerprint(v->index, &ret->index);
    fingerprint(v->sign, &ret->sign); /* of the seed */
    fingerprint(v->named, &ret->files);
}

bool vault_same_keys(const struct vault *a, const struct vault *b)
{
    return a->n_seals == b->n_seals && sodium_memcmp(a->seal, b->seal, a->n_seals * sizeof *a->seal) == 0 &&
           sodium_memcmp(a->index, b->index, sizeof a->index) == 0 && sodium_memcmp(a->sign, b->sign, sizeof a->sign) == 0 &&
           sodium_memcmp(a->named, b->named, sizeof a->named) == 0;
}

/* ---- signing ---- */

void vault_sign(const struct vault *v, struct str message, unsigned char ret_signature[VAULT_SIGNATURE_BYTES])
{
    (void)crypto_sign_detached(ret_signature, NULL, (const unsigned char *)message.p, message.n, v->sign); /* always 0 */
}

void vault_sign_public(const struct vault *v, unsigned char ret[VAULT_PUBLIC_KEY_BYTES])
{
    memcpy(ret, v->sign + VAULT_KEY_BYTES, VAULT_PUBLIC_KEY_BYTES);
}

bool vault_signature_good(const unsigned char public_key[VAULT_PUBLIC_KEY_BYTES], struct str message,
                          const unsigned char signature[VAULT_SIGNATURE_BYTES])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)message.p, message.n, public_key) == 0;
}
