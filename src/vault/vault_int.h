/* vault_int.h: what the files of the vault share; private to the room. */
#ifndef HAVEN_VAULT_VAULT_INT_H
#define HAVEN_VAULT_VAULT_INT_H

#include "vault/vault.h"

#include <sodium.h>

/* Both key and sealed lengths are fixed by the formats in docs/vault.md: changing libsodium must not change them unseen. */
_Static_assert(VAULT_DATA_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "data key");
_Static_assert(VAULT_SEAL_OVERHEAD ==
                   crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "overhead");
_Static_assert(VAULT_WRAPPED_BYTES == VAULT_DATA_KEY_BYTES + VAULT_SEAL_OVERHEAD, "wrapped key");

#define VAULT_NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define VAULT_MASTER_BYTES crypto_kdf_KEYBYTES

/* In sodium_malloc memory: locked, with guard pages, never in a core dump, read-only once it is open. */
struct vault {
    unsigned char wrap[VAULT_DATA_KEY_BYTES];
    unsigned char index[32];
    unsigned char named[32];
};

/* Derives the three keys. `ret` is written, nothing else is kept of `master`. */
void vault_derive(const unsigned char master[VAULT_MASTER_BYTES], struct vault *ret);

/* Sealing with a given nonce: for the self test; everyone else takes a random one. ret: plain.n + VAULT_SEAL_OVERHEAD bytes. */
void vault_seal_with(const unsigned char key[VAULT_DATA_KEY_BYTES], const unsigned char nonce[VAULT_NONCE_BYTES],
                     struct vault_place place, struct str plain, unsigned char *ret);

#endif
