/* vault_int.h: what the files of the vault share; private to the room. */
#ifndef HAVEN_VAULT_VAULT_INT_H
#define HAVEN_VAULT_VAULT_INT_H

#include "vault/vault.h"

#include <sodium.h>
#include <sys/types.h>

/* Both key and sealed lengths are fixed by the formats in docs/vault.md: changing libsodium must not change them unseen. */
_Static_assert(VAULT_DATA_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "data key");
_Static_assert(VAULT_SEAL_OVERHEAD ==
                   crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "overhead");
_Static_assert(VAULT_WRAPPED_BYTES == VAULT_DATA_KEY_BYTES + VAULT_SEAL_OVERHEAD, "wrapped key");
_Static_assert(VAULT_PUBLIC_KEY_BYTES == crypto_sign_PUBLICKEYBYTES && VAULT_SIGNATURE_BYTES == crypto_sign_BYTES, "signature");

#define VAULT_NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define VAULT_MASTER_BYTES crypto_kdf_KEYBYTES
#define VAULT_KEY_BYTES ((size_t)32) /* each of the keys below */
#define VAULT_SEALS 2                /* the present seal key and, while it is being rotated, the one before */

struct vault_seal_key {
    uint32_t generation; /* from 1 */
    unsigned char key[VAULT_KEY_BYTES];
};

/* All keys of a hub. In sodium_malloc memory: locked, with guard pages, never in a core dump, read-only once it is open. */
struct vault {
    size_t n_seals;                          /* 1, or 2 during a rotation */
    struct vault_seal_key seal[VAULT_SEALS]; /* the present one first */
    unsigned char index[VAULT_KEY_BYTES], named[VAULT_KEY_BYTES];
    unsigned char sign[crypto_sign_SECRETKEYBYTES]; /* Ed25519: the 32-byte seed, then the public key */
    int version;                             /* of the key file: 1 or 2 */
};

/* ---- keys.c ---- */

/* The keys of a version-1 file, derived from its master key. */
void vault_derive(const unsigned char master[VAULT_MASTER_BYTES], struct vault *ret);
void vault_sign_set(struct vault *v, const unsigned char seed[VAULT_KEY_BYTES]);
enum err_code vault_start_sodium(struct err *e);
/* Locked memory for keys; NULL with the error set. */
void *vault_secret_new(size_t n, struct err *e);
void vault_secret_free_p(void *p); /* of a pointer to a pointer that vault_secret_new gave; wipes */
#define _cleanup_secret_ __attribute__((cleanup(vault_secret_free_p)))

/* ---- key_file.c ---- */

struct vault_key_text {
    size_t n;
    char p[1024]; /* longer than any */
};
/* As version 2; and either version back. False: not a key file, or damaged. */
void vault_file_format(const struct vault *v, struct vault_key_text *ret);
bool vault_file_parse(struct str text, struct vault *ret);

enum err_code vault_file_read(const char *path, struct vault *ret, struct err *e);
/* A new file, which must not exist yet. */
enum err_code vault_file_create(const char *path, const struct vault *v, struct err *e);
/* In place of the file that is there: whole or not at all, synced, with its owner. */
enum err_code vault_file_replace(const char *path, const struct vault *v, struct err *e);
/* 0 or the errno: the folder that holds `path` is synced. */
int vault_sync_folder_of(const char *path);

/* ---- base32.c ---- */

#define VAULT_BASE32_RFC "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"   /* RFC 4648: for programs */
#define VAULT_BASE32_TYPED "0123456789ABCDEFGHJKMNPQRSTVWXYZ" /* Crockford's: for people */
/* ret: n * 8 / 5 rounded up, and a NUL. */
void vault_base32_put(const char *alphabet, const unsigned char *p, size_t n, char *ret);
/* What was typed as VAULT_BASE32_TYPED has it, without blanks and hyphens. The number of characters, 0 when one is strange or there are more than `most`. */
size_t vault_base32_clean(struct str s, char *ret, size_t most);
/* Of VAULT_BASE32_TYPED; small letters, blanks, hyphens and look-alikes are forgiven. False unless it is exactly n bytes; `ret` may then be half written. */
bool vault_base32_take(struct str s, unsigned char *ret, size_t n);

/* ---- seal.c ---- */

/* Sealing with a given nonce: for the self test; everyone else takes a random one. ret: plain.n + VAULT_SEAL_OVERHEAD bytes. */
void vault_seal_with(const unsigned char key[VAULT_DATA_KEY_BYTES], const unsigned char nonce[VAULT_NONCE_BYTES],
                     struct vault_place place, struct str plain, unsigned char *ret);
/* From one generation. */
bool vault_unwrap_with(const struct vault_seal_key *seal, struct vault_place place, struct str wrapped, struct vault_key *ret_key);

#endif
