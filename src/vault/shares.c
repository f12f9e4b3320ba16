/* shares.c: the hub's keys split into shares of which any `need` give them back (Shamir over GF(2^8), libgfshare), and put together again.
 *
 * A share's bytes (docs/vault.md): version, need, total, number, 8 bytes that name the set, its part of the secret, a 16-byte tag under a key made
 * from the secret, a 20-byte checksum of all before. The checksum finds a damaged share alone; the set's name tells shares of another set
 * apart; the tags say, once a secret is there, whether it is the right one, and which share was altered with a fresh checksum.
 * libgfshare takes its random coefficients from a function: libsodium's. */
#include "vault/shares.h"

#include <assert.h>
#include <libgfshare.h>

/* Secret: generation (4 bytes, little-endian), seal, index and files key, the signing key's seed. */
struct secret {
    unsigned char p[VAULT_SECRET_BYTES];
};

static void secret_of(const struct vault *v, struct secret *ret)
{
    const unsigned char *const keys[] = {v->seal[0].key, v->index, v->named, v->sign};
    for (int i = 0; i < 4; i++)
        ret->p[i] = (unsigned char)(v->seal[0].generation >> (8 * i));
    for (size_t i = 0; i < 4; i++)
        memcpy(ret->p + 4 + i * VAULT_KEY_BYTES, keys[i], VAULT_KEY_BYTES);
}

static void secret_open(const struct secret *s, struct vault *ret)
{
    unsigned char *const keys[] = {ret->seal[0].key, ret->index, ret->named};
    ret->version = 2;
    ret->n_seals = 1;
    ret->seal[0].generation = 0;
    for (int i = 0; i < 4; i++)
        ret->seal[0].generation |= (uint32_t)s->p[i] << (8 * i);
    for (size_t i = 0; i < 3; i++)
        memcpy(keys[i], s->p + 4 + i * VAULT_KEY_BYTES, VAULT_KEY_BYTES);
    vault_sign_set(ret, s->p + 4 + 3 * VAULT_KEY_BYTES);
}

/* Over all of the share before the tag, under a key that only the secret gives. */
static void tag_of(const struct secret *s, const struct vault_share_bytes *share, unsigned char ret[VAULT_SHARE_TAG_BYTES])
{
    static const char what[] = "haven key share";
    unsigned char key[32];
    crypto_generichash_state h; /* the secret is longer than a BLAKE2b key may be: hashed first. None of these can fail. */
    (void)crypto_generichash_init(&h, NULL, 0, sizeof key);
    (void)crypto_generichash_update(&h, (const unsigned char *)what, sizeof what);
    (void)crypto_generichash_update(&h, s->p, sizeof s->p);
    (void)crypto_generichash_final(&h, key, sizeof key);
    (void)crypto_generichash(ret, VAULT_SHARE_TAG_BYTES, (const unsigned char *)share, offsetof(struct vault_share_bytes, tag), key, sizeof key);
    sodium_memzero(key, sizeof key);
    sodium_memzero(&h, sizeof h);
}

void vault_share_checksum(const struct vault_share_bytes *share, unsigned char ret[VAULT_SHARE_SUM_BYTES])
{
    (void)crypto_generichash(ret, VAULT_SHARE_SUM_BYTES, (const unsigned char *)share, offsetof(struct vault_share_bytes, sum), NULL, 0);
}

/* ---- splitting ---- */

static void fill_random(unsigned char *p, unsigned int n) { randombytes_buf(p, n); }

void vault_share_wipe(struct vault_share *s) { sodium_memzero(s, sizeof *s); }

static void split(struct secret *secret, const struct vault_share_bytes *head, unsigned char *numbers, gfshare_ctx *g, struct vault_share *ret)
{
    gfshare_ctx_enc_setsecret(g, secret->p);
    for (unsigned i = 0; i < head->total; i++) {
        struct vault_share_bytes share = *head;
        share.number = numbers[i];
        gfshare_ctx_enc_getshare(g, (unsigned char)i, share.part);
        tag_of(secret, &share, share.tag);
        vault_share_checksum(&share, share.sum);
        ret[i].number = share.number;
        vault_share_write(&share, &ret[i]);
        sodium_memzero(&share, sizeof share);
    }
}

enum err_code vault_split(const struct vault *v, unsigned total, unsigned need, struct vault_share *ret, struct err *e)
{
    ERR_TRY(vault_start_sodium(e));
    if (total > LIMIT_SHARES || need < 2 || need >= total)
        return err_set(e, ERR_USAGE, "give 3 to %u shares and a number needed from 2 to one less than them: when all are needed, one that is lost loses the hub", LIMIT_SHARES);
    if (v->n_seals != 1)
        return err_set(e, ERR_CONFLICT, "the key is being rotated: run haven key rotate to its end, then split");
    _cleanup_secret_ struct secret *secret = vault_secret_new(sizeof *secret, e);
    if (!secret)
        return ERR_NO_MEMORY;
    struct vault_share_bytes head = {.version = 1, .need = (unsigned char)need, .total = (unsigned char)total};
    unsigned char numbers[LIMIT_SHARES];
    for (unsigned i = 0; i < total; i++)
        numbers[i] = (unsigned char)(i + 1);
    randombytes_buf(head.set, sizeof head.set);
    gfshare_fill_rand = fill_random; /* the library's own global: always this function, so threads may set it at once */
    gfshare_ctx *g = gfshare_ctx_init_enc(numbers, total, (unsigned char)need, sizeof secret->p);
    if (!g)
        return err_set(e, ERR_NO_MEMORY, "out of memory for splitting the key");
    secret_of(v, secret);
    split(secret, &head, numbers, g, ret);
    gfshare_ctx_free(g); /* overwrites what it held */
    return ERR_OK;
}

/* ---- putting together ---- */

/* All of one set, no number twice, enough of them. */
static enum err_code check_together(const struct vault_share_bytes *shares, const char *const *names, size_t n, struct err *e)
{
    for (size_t i = 1; i < n; i++)
        if (memcmp(&shares[i], &shares[0], offsetof(struct vault_share_bytes, number)) != 0 || memcmp(shares[i].set, shares[0].set, sizeof shares[0].set) != 0)
            return err_set(e, ERR_CONFLICT, "%s and %s are shares of different sets (another hub's, or made at another time): use shares of one set", names[0], names[i]);
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (shares[i].number == shares[j].number)
                return err_set(e, ERR_CONFLICT, "%s and %s are the same share (number %u): give different ones", names[j], names[i], shares[i].number);
    if (n < shares[0].need)
        return err_set(e, ERR_USAGE, "%zu of the %u shares that are needed were given", n, shares[0].need);
    return ERR_OK;
}

static enum err_code combine(const struct vault_share_bytes *shares, struct secret *ret, struct err *e)
{
    unsigned char numbers[LIMIT_SHARES], part[VAULT_SECRET_BYTES];
    for (unsigned i = 0; i < shares[0].need; i++)
        numbers[i] = shares[i].number;
    gfshare_fill_rand = fill_random; /* it overwrites its memory with it */
    gfshare_ctx *g = gfshare_ctx_init_dec(numbers, shares[0].need, sizeof ret->p);
    if (!g)
        return err_set(e, ERR_NO_MEMORY, "out of memory for putting the shares together");
    for (unsigned i = 0; i < shares[0].need; i++) {
        memcpy(part, shares[i].part, sizeof part);
        gfshare_ctx_dec_giveshare(g, (unsigned char)i, part);
    }
    gfshare_ctx_dec_extract(g, ret->p);
    gfshare_ctx_free(g);
    sodium_memzero(part, sizeof part);
    return ERR_OK;
}

static enum err_code check_tags(const struct secret *secret, const struct vault_share_bytes *shares, const char *const *names, size_t n, struct err *e)
{
    unsigned char tag[VAULT_SHARE_TAG_BYTES];
    size_t good = 0, bad_at = 0;
    for (size_t i = 0; i < n; i++) {
        tag_of(secret, &shares[i], tag);
        bool same = sodium_memcmp(tag, shares[i].tag, sizeof tag) == 0;
        good += same;
        bad_at = same ? bad_at : i;
    }
    if (good == n)
        return ERR_OK;
    if (good == 0)
        return err_set(e, ERR_CRYPTO, "the shares do not give a key: at least one of the first %u was altered; try others of the set", shares[0].need);
    return err_set(e, ERR_CRYPTO, "%s was altered: leave it out", names[bad_at]);
}

struct given_shares { /* in locked memory */
    struct vault_share_bytes at[LIMIT_SHARES];
    struct secret secret;
};

enum err_code vault_recover(const struct str *texts, const char *const *names, size_t n, struct vault **ret, struct err *e)
{
    ERR_TRY(vault_start_sodium(e));
    if (n == 0 || n > LIMIT_SHARES)
        return err_set(e, ERR_USAGE, "give 1 to %u shares", LIMIT_SHARES);
    _cleanup_secret_ struct given_shares *g = vault_secret_new(sizeof *g, e);
    _cleanup_secret_ struct vault *v = g ? vault_secret_new(sizeof *v, e) : NULL;
    if (!v)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        ERR_TRY(vault_share_read(texts[i], names[i], &g->at[i], e));
    ERR_TRY(check_together(g->at, names, n, e));
    ERR_TRY(combine(g->at, &g->secret, e));
    ERR_TRY(check_tags(&g->secret, g->at, names, n, e));
    secret_open(&g->secret, v);
    *ret = v;
    v = NULL;
    return ERR_OK;
}
