/* shares.h: a share as bytes, and as the text that people print and type; private to the room. */
#ifndef HAVEN_VAULT_SHARES_H
#define HAVEN_VAULT_SHARES_H

#include "vault/keeping.h"
#include "vault/vault_int.h"

#define VAULT_SECRET_BYTES (4 + 4 * VAULT_KEY_BYTES)
#define VAULT_SHARE_TAG_BYTES 16
#define VAULT_SHARE_SUM_BYTES 20
#define VAULT_SHARE_LINES 9
#define VAULT_SHARE_LINE_BYTES 20 /* 32 characters: 8 groups of 4 */

struct vault_share_bytes { /* single bytes only: no padding */
    unsigned char version, need, total, number;
    unsigned char set[8];
    unsigned char part[VAULT_SECRET_BYTES];
    unsigned char tag[VAULT_SHARE_TAG_BYTES];
    unsigned char sum[VAULT_SHARE_SUM_BYTES];
};
_Static_assert(sizeof(struct vault_share_bytes) == (size_t)VAULT_SHARE_LINES * VAULT_SHARE_LINE_BYTES, "a share fills its lines");

void vault_share_checksum(const struct vault_share_bytes *share, unsigned char ret[VAULT_SHARE_SUM_BYTES]);

/* ---- share_text.c ---- */

void vault_share_write(const struct vault_share_bytes *share, struct vault_share *ret);
/* Errors name the line and what is wrong with it; never what stands there. */
enum err_code vault_share_read(struct str text, const char *name, struct vault_share_bytes *ret, struct err *e);

#endif
