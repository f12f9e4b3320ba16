/* self_test.c: known answers, so that a changed library, compiler or format is noticed before it writes anything.
 *
 * The expected bytes were computed apart from this code (tests/vault/vectors.py, with Python's own BLAKE2b and a
 * plain XChaCha20-Poly1305). */
#include "vault/vault_int.h"

#include <stdio.h>

static const unsigned char master[VAULT_MASTER_BYTES] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                                         16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
static const unsigned char nonce[VAULT_NONCE_BYTES] = {100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
                                                       112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123};
static const struct vault_place place = {"mention", "sealed", 42};

/* The hex of what each step gives. */
#define WANT_SEALED "6465666768696a6b6c6d6e6f707172737475767778797a7bc4c23ea4dd8181674fe3bc41520442505f3d5fa3c670b989340fee1b9c"
#define WANT_INDEX "047eef748b56ef58616ca8a4f710bfbf"
#define WANT_NAMED "ef07772e3fb1460e9209332811a2f7fcb7895e1d0279fcb59bdca3d6542b9000"
#define WANT_SIGNED "e4afaf6ec0e2ea2a01fc174435d76e25b1c3bb888fecd7d91606807d060498c0f3ad5718964473b0718c64abf4e3faf0c1d7a2020d37cea41495862c9542d20c"

static enum err_code expect(const char *what, const unsigned char *got, size_t n, const char *want, struct err *e)
{
    char text[2 * 96 + 1]; /* longer than any */
    (void)sodium_bin2hex(text, sizeof text, got, n);
    return strcmp(text, want) == 0
               ? ERR_OK
               : err_set(e, ERR_CRYPTO, "self test of %s gives other bytes than it must: do not use this build or libsodium", what);
}

enum err_code vault_self_test(struct err *e)
{
    struct vault v;
    struct vault_key named;
    static const char plain[] = "a sealed text";
    unsigned char sealed[sizeof plain - 1 + VAULT_SEAL_OVERHEAD], signature[VAULT_SIGNATURE_BYTES];
    if (sodium_init() < 0)
        return err_set(e, ERR_CRYPTO, "libsodium cannot start: the system gives no random bytes");
    vault_derive(master, &v);
    /* 1. Sealing under the wrapping key. 2. A blind index. 3. A named key. 4. A signature. */
    vault_seal_with(v.seal[0].key, nonce, place, str_of(plain), sealed);
    ERR_TRY(expect("sealing", sealed, sizeof sealed, WANT_SEALED, e));
    struct vault_id id = vault_blind_id(&v, "nhs", STR("9990000000"));
    ERR_TRY(expect("blind indexes", id.bytes, sizeof id.bytes, WANT_INDEX, e));
    vault_key_named(&v, "people index", &named);
    ERR_TRY(expect("named keys", named.bytes, sizeof named.bytes, WANT_NAMED, e));
    vault_sign(&v, STR("a checkpoint"), signature);
    return expect("signatures", signature, sizeof signature, WANT_SIGNED, e);
}
