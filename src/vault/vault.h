/* vault.h: keys, sealed text, blind indexes and signatures (libsodium).
 *
 * Idea. The database holds no readable personal data. Each mention, each record row and each quarantined row is
 * sealed under a data key of its own; the data key is wrapped by the hub's seal key, which lives in a 0600 file outside the
 * database (or in a systemd credential). Destroying a wrapped key destroys what it sealed. Exact look-ups use blind indexes: keyed
 * BLAKE2b, which reveals only equality. The keys that wrap, index, sign and seal whole files do not depend on each other.
 *
 * Formats (docs/vault.md): sealed = 24-byte random nonce || XChaCha20-Poly1305 ciphertext || 16-byte tag, with the
 * additional data "table|column|row id" so that a sealed value cannot be moved to another row;
 * wrapped key = the same with the data key as plaintext (72 bytes). Keys are in locked, guarded memory (sodium_malloc).
 *
 * A vault is immutable after it is opened and may be shared by threads. */
#ifndef HAVEN_VAULT_VAULT_H
#define HAVEN_VAULT_VAULT_H

#include "base/base.h"

struct vault;

/* The systemd credential that holds the key file's text: $CREDENTIALS_DIRECTORY/haven.key; NULL when there is none (docs/vault.md). */
#define VAULT_CREDENTIAL "haven.key"
const char *vault_credential_path(struct arena *a);

#define VAULT_DATA_KEY_BYTES 32
#define VAULT_WRAPPED_BYTES 72 /* a wrapped data key */
#define VAULT_SEAL_OVERHEAD 40 /* sealed length = plain length + this */
#define VAULT_PUBLIC_KEY_BYTES 32
#define VAULT_SIGNATURE_BYTES 64

/* Makes a new key file (version 2, 0600, created exclusively, synced). ERR_CONFLICT if it exists. */
enum err_code vault_create(const char *key_path, struct err *e);
/* Opens it. ERR_IO: not there; ERR_REFUSED: others can read it, or it is another user's; ERR_FORMAT: not a key file, or damaged. */
enum err_code vault_open(const char *key_path, struct vault **ret, struct err *e);
void vault_close(struct vault *v); /* NULL is fine */
void vault_close_p(struct vault **v);
#define _cleanup_vault_ __attribute__((cleanup(vault_close_p)))

/* A data key in the clear; wipe with vault_key_wipe when done. */
struct vault_key {
    unsigned char bytes[VAULT_DATA_KEY_BYTES];
};
void vault_key_wipe(struct vault_key *k);
#define _cleanup_vault_key_ __attribute__((cleanup(vault_key_wipe)))

/* Where a sealed value lives: bound into the seal. */
struct vault_place {
    const char *table, *column;
    int64_t row_id;
};

/* A fresh data key and its wrapped form for `place`. */
void vault_key_new(const struct vault *v, struct vault_place place, struct vault_key *ret_key,
                   unsigned char ret_wrapped[VAULT_WRAPPED_BYTES]);
/* The wrapped form of a key that is there already, for another place, under the present generation. */
void vault_wrap(const struct vault *v, struct vault_place place, const struct vault_key *k, unsigned char ret[VAULT_WRAPPED_BYTES]);
/* ERR_NOT_FOUND: the key was destroyed (its wrapped form is empty); ERR_CRYPTO as below. */
enum err_code vault_key_unwrap(const struct vault *v, struct vault_place place, struct str wrapped,
                               struct vault_key *ret_key, struct err *e);
/* Every room lists its columns of wrapped keys, so that a rotation of the seal key finds them all (a house test compares with the schema). The place of a
 * wrapped key is {table, column, id}. */
struct store_statement;
struct vault_wrapped_column {
    const char *table, *column;          /* table NULL ends the list */
    const struct store_statement *count; /* -> n:int */
    const struct store_statement *batch; /* after:int most:int -> id:int wrapped:blob, by ascending id */
    const struct store_statement *put;   /* wrapped:blob id:int */
};

/* A key that is always the same for this hub and `purpose` ("people index"): for sealing whole files. Wipe as above. */
void vault_key_named(const struct vault *v, const char *purpose, struct vault_key *ret_key);

/* Appends the sealed form of `plain` to `ret`. */
enum err_code vault_seal(const struct vault_key *k, struct vault_place place, struct str plain, struct buf *ret,
                         struct err *e);
/* Appends the plain text to `ret`; ERR_CRYPTO when it was changed, moved or sealed under another key. */
enum err_code vault_unseal(const struct vault_key *k, struct vault_place place, struct str sealed, struct buf *ret,
                           struct err *e);

/* Blind index: 63 bits (never negative) of keyed BLAKE2b over kind and value. `kind` separates name spaces
 * ("nhs", "phone", "name+dob"), so equal values of two kinds do not show as equal. The caller normalises the value. */
int64_t vault_blind(const struct vault *v, const char *kind, struct str value);
/* 128 bits, for keys where a collision would lose a row. */
struct vault_id {
    unsigned char bytes[16];
};
struct vault_id vault_blind_id(const struct vault *v, const char *kind, struct str value);

/* ---- signatures ---- */

/* Plain Ed25519 over the given bytes with the hub's signing key, which signs the ledger's checkpoints (C2SP) and nothing else. */
void vault_sign(const struct vault *v, struct str message, unsigned char ret_signature[VAULT_SIGNATURE_BYTES]);
void vault_sign_public(const struct vault *v, unsigned char ret[VAULT_PUBLIC_KEY_BYTES]);
bool vault_signature_good(const unsigned char public_key[VAULT_PUBLIC_KEY_BYTES], struct str message,
                          const unsigned char signature[VAULT_SIGNATURE_BYTES]);

/* Self-test vectors, for `haven doctor` and the tests: ERR_OK when seal, wrap and index give the known bytes. */
enum err_code vault_self_test(struct err *e);

#endif
