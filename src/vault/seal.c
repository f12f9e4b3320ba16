/* seal.c: sealing, wrapping and blind indexes (formats: docs/vault.md).
 *
 * The place (table, column, row id) is additional data of each seal: a value that is moved to another row or column,
 * or cut, or changed by a bit, does not open. */
#include "vault/vault_int.h"

#include <assert.h>

/* "table|column|row id": the bytes bound into a seal. Names are ours, so they fit. */
struct place_text {
    char p[128];
    size_t n;
};

static struct place_text text_of(struct vault_place place)
{
    struct place_text t;
    char number[24]; /* written from its end: this is done for every value that is sealed or opened */
    size_t table = strlen(place.table), column = strlen(place.column), at = sizeof number;
    uint64_t left = place.row_id < 0 ? -(uint64_t)place.row_id : (uint64_t)place.row_id;
    do
        number[--at] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (place.row_id < 0)
        number[--at] = '-';
    t.n = table + 1 + column + 1 + (sizeof number - at);
    assert(t.n <= sizeof t.p);
    memcpy(t.p, place.table, table);
    t.p[table] = '|';
    memcpy(t.p + table + 1, place.column, column);
    t.p[table + 1 + column] = '|';
    memcpy(t.p + table + column + 2, number + at, sizeof number - at);
    return t;
}

void vault_key_wipe(struct vault_key *k) { sodium_memzero(k, sizeof *k); }

void vault_seal_with(const unsigned char key[VAULT_DATA_KEY_BYTES], const unsigned char nonce[VAULT_NONCE_BYTES],
                     struct vault_place place, struct str plain, unsigned char *ret)
{
    struct place_text ad = text_of(place);
    memcpy(ret, nonce, VAULT_NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(ret + VAULT_NONCE_BYTES, NULL, (const unsigned char *)plain.p, plain.n,
                                                     (const unsigned char *)ad.p, ad.n, NULL, nonce, key); /* always 0 */
}

/* `ret` needs sealed.n - VAULT_SEAL_OVERHEAD bytes; they are zeroed by libsodium when the seal is broken. */
static bool open_with(const unsigned char key[VAULT_DATA_KEY_BYTES], struct vault_place place, struct str sealed,
                      unsigned char *ret)
{
    struct place_text ad = text_of(place);
    const unsigned char *p = (const unsigned char *)sealed.p;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(ret, NULL, NULL, p + VAULT_NONCE_BYTES, sealed.n - VAULT_NONCE_BYTES,
                                                      (const unsigned char *)ad.p, ad.n, p, key) == 0;
}

static enum err_code broken(struct vault_place place, struct err *e)
{
    return err_set(e, ERR_CRYPTO, "%s.%s of row %lld does not open: it was changed or moved, or the key file is another hub's",
                   place.table, place.column, (long long)place.row_id);
}

/* ---- data keys ---- */

void vault_key_new(const struct vault *v, struct vault_place place, struct vault_key *ret_key,
                   unsigned char ret_wrapped[VAULT_WRAPPED_BYTES])
{
    struct {
        unsigned char key[VAULT_DATA_KEY_BYTES], nonce[VAULT_NONCE_BYTES];
    } fresh; /* one call to the system for both */
    randombytes_buf(&fresh, sizeof fresh);
    memcpy(ret_key->bytes, fresh.key, sizeof fresh.key);
    sodium_memzero(fresh.key, sizeof fresh.key);
    vault_seal_with(v->seal[0].key, fresh.nonce, place, (struct str){(const char *)ret_key->bytes, sizeof ret_key->bytes}, ret_wrapped);
}

void vault_wrap(const struct vault *v, struct vault_place place, const struct vault_key *k, unsigned char ret[VAULT_WRAPPED_BYTES])
{
    unsigned char nonce[VAULT_NONCE_BYTES];
    randombytes_buf(nonce, sizeof nonce);
    vault_seal_with(v->seal[0].key, nonce, place, (struct str){(const char *)k->bytes, sizeof k->bytes}, ret);
}

bool vault_unwrap_with(const struct vault_seal_key *seal, struct vault_place place, struct str wrapped, struct vault_key *ret_key)
{
    return wrapped.n == VAULT_WRAPPED_BYTES && open_with(seal->key, place, wrapped, ret_key->bytes);
}

enum err_code vault_key_unwrap(const struct vault *v, struct vault_place place, struct str wrapped,
                               struct vault_key *ret_key, struct err *e)
{
    _cleanup_vault_key_ struct vault_key key;
    if (wrapped.n == 0)
        return err_set(e, ERR_NOT_FOUND, "row %lld of %s was destroyed: its key is gone for good", (long long)place.row_id, place.table);
    for (size_t i = 0; i < v->n_seals; i++) /* during a rotation some rows still have the generation before */
        if (vault_unwrap_with(&v->seal[i], place, wrapped, &key)) {
            *ret_key = key;
            return ERR_OK;
        }
    return broken(place, e);
}

void vault_key_named(const struct vault *v, const char *purpose, struct vault_key *ret_key)
{
    (void)crypto_generichash(ret_key->bytes, sizeof ret_key->bytes, (const unsigned char *)purpose, strlen(purpose), v->named,
                             sizeof v->named); /* cannot fail with these lengths */
}

/* ---- values ---- */

enum err_code vault_seal(const struct vault_key *k, struct vault_place place, struct str plain, struct buf *ret,
                         struct err *e)
{
    unsigned char nonce[VAULT_NONCE_BYTES];
    char *at = buf_reserve(ret, plain.n + VAULT_SEAL_OVERHEAD);
    if (!at)
        return buf_check(ret, "a sealed value", e);
    randombytes_buf(nonce, sizeof nonce);
    vault_seal_with(k->bytes, nonce, place, plain, (unsigned char *)at);
    ret->n += plain.n + VAULT_SEAL_OVERHEAD;
    return ERR_OK;
}

enum err_code vault_unseal(const struct vault_key *k, struct vault_place place, struct str sealed, struct buf *ret,
                           struct err *e)
{
    if (sealed.n < VAULT_SEAL_OVERHEAD)
        return broken(place, e);
    char *at = buf_reserve(ret, sealed.n - VAULT_SEAL_OVERHEAD);
    if (!at)
        return buf_check(ret, "an unsealed value", e);
    if (!open_with(k->bytes, place, sealed, (unsigned char *)at))
        return broken(place, e);
    ret->n += sealed.n - VAULT_SEAL_OVERHEAD;
    return ERR_OK;
}

/* ---- blind indexes ---- */

struct vault_id vault_blind_id(const struct vault *v, const char *kind, struct str value)
{
    struct vault_id id;
    crypto_generichash_state h;
    /* The kind goes in with its NUL, so that kind and value cannot run into each other. None of these can fail. */
    (void)crypto_generichash_init(&h, v->index, sizeof v->index, sizeof id.bytes);
    (void)crypto_generichash_update(&h, (const unsigned char *)kind, strlen(kind) + 1);
    (void)crypto_generichash_update(&h, (const unsigned char *)value.p, value.n);
    (void)crypto_generichash_final(&h, id.bytes, sizeof id.bytes);
    return id;
}

int64_t vault_blind(const struct vault *v, const char *kind, struct str value)
{
    struct vault_id id = vault_blind_id(v, kind, value);
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; i++)
        bits |= (uint64_t)id.bytes[i] << (8 * i);
    return (int64_t)(bits & INT64_MAX);
}
