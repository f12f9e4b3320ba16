/* sign_in.h: what signing in is made of: passwords, one-time codes, recovery codes, session tokens. Pure: the registry keeps the rows.
 *
 * Idea. Nothing that is stored lets its reader sign in. Passwords are kept as Argon2id; recovery codes and session tokens are random
 * enough (80 and 256 bits) for a fast hash, which is keyed by the hub, so a stolen table cannot even be tried without the key file. The
 * secret of one-time codes must be read to be used: seal it like any other value (vault_key_new).
 *
 * Sources: OWASP ASVS 5.0 chapters 6 and 7; RFC 4226 and 6238 (one-time codes); RFC 4648 (base32, base64url). Numbers: base/limits.h. */
#ifndef HAVEN_VAULT_SIGN_IN_H
#define HAVEN_VAULT_SIGN_IN_H

#include "vault/vault.h"

#include <pthread.h>

/* ---- passwords ---- */

/* As it is stored: "$argon2id$v=19$m=65536,t=2,p=1$…", NUL-terminated. */
struct vault_password {
    char z[128];
};

/* Each check takes 64 MB and some 0.1 s: the gate lets LIMIT_PASSWORDS_AT_ONCE through at a time; up to LIMIT_PASSWORDS_WAITING others wait, each at
 * most LIMIT_PASSWORD_WAIT_MS. One a process, shared by threads; owned by the caller. */
struct vault_gate {
    pthread_mutex_t mutex;
    pthread_cond_t freed;
    size_t running, waiting;
    long wait_ms;
};
void vault_gate_init(struct vault_gate *g);
void vault_gate_destroy(struct vault_gate *g); /* nobody may be inside */

/* ERR_LIMIT: too long, or too many people sign in at this moment (try again); ERR_NO_MEMORY. */
enum err_code vault_password_hash(struct vault_gate *g, struct str password, struct vault_password *ret, struct err *e);
/* `stored` NULL when there is no such user: takes as long, and is never right. */
enum err_code vault_password_check(struct vault_gate *g, const struct vault_password *stored, struct str password, bool *ret_right,
                                   struct err *e);
/* The stored form was made with other limits: hash the password again while it is at hand. */
bool vault_password_stale(const struct vault_password *stored);

/* ---- one-time codes: RFC 6238 with SHA-1, 30 seconds, 6 digits, which every authenticator program knows ---- */

#define VAULT_TOTP_SECRET_BYTES 20
#define VAULT_TOTP_SECONDS 30
#define VAULT_TOTP_DIGITS 6
struct vault_totp {
    unsigned char secret[VAULT_TOTP_SECRET_BYTES];
};
void vault_totp_new(struct vault_totp *ret);
void vault_totp_wipe(struct vault_totp *t);
/* RFC 4226's 31 bits for a step (unix time / 30); the code is its last six digits. */
uint32_t vault_totp_value(const struct vault_totp *t, uint64_t step);
/* Right when `code` (blanks are forgiven) is that of the present step or one beside it, and that step is later than `last_step`, the one that was used
 * last (-1: none): a code is good once. *ret_step is the step used: store it. */
bool vault_totp_check(const struct vault_totp *t, struct str code, int64_t now_ms, int64_t last_step, int64_t *ret_step);
/* Appends "otpauth://totp/…", which authenticator programs read from a QR code. Sticky failure as ever in `ret`. */
void vault_totp_uri(const struct vault_totp *t, struct str issuer, struct str account, struct buf *ret);

/* ---- recovery codes and session tokens ---- */

/* What is stored of a code or token. */
struct vault_token_hash {
    unsigned char bytes[32];
};
/* In constant time. */
bool vault_token_same(const struct vault_token_hash *a, const struct vault_token_hash *b);

#define VAULT_RECOVERY_CODES 10
struct vault_recovery_code {
    char z[20]; /* "7K3M-9QXW-01AB-CDEF": 80 bits */
};
/* Fresh codes to show once, and what to store of each; bound to the user, so that a row moved to another user opens nothing. */
void vault_recovery_new(const struct vault *v, int64_t user, struct vault_recovery_code ret_codes[VAULT_RECOVERY_CODES],
                        struct vault_token_hash ret_hashes[VAULT_RECOVERY_CODES]);
/* Of a code as typed: small letters, blanks, missing hyphens, O for 0 and I or L for 1 are forgiven. False: not the form of a code. */
bool vault_recovery_hash(const struct vault *v, int64_t user, struct str typed, struct vault_token_hash *ret);

/* 256 random bits as base64url. */
struct vault_token {
    char z[44];
};
void vault_token_new(struct vault_token *ret);
void vault_token_wipe(struct vault_token *t);
/* `purpose` ("session", "csrf", "invitation") keeps kinds of token apart. */
struct vault_token_hash vault_token_hash(const struct vault *v, const char *purpose, struct str token);

#endif
