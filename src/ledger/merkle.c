/* merkle.c: hashes of RFC 6962 section 2.1 and the compact range that appends without the tree.
 *
 * The frontier holds the roots of the complete subtrees that the binary form of its size names, largest first from the left.
 * Appending a leaf carries like a binary counter: equal subtrees join to the left neighbour's right. */
#include "ledger/log.h"

#include <assert.h>
#include <sodium.h>

static_assert(crypto_hash_sha256_BYTES == LEDGER_HASH_BYTES, "SHA-256");

struct ledger_hash ledger_hash_empty(void)
{
    struct ledger_hash h;
    (void)crypto_hash_sha256(h.bytes, NULL, 0); /* never fails, as the others here */
    return h;
}

struct ledger_hash ledger_hash_leaf(struct str entry)
{
    struct ledger_hash h;
    crypto_hash_sha256_state s;
    (void)crypto_hash_sha256_init(&s);
    (void)crypto_hash_sha256_update(&s, (const unsigned char *)"\0", 1);
    (void)crypto_hash_sha256_update(&s, (const unsigned char *)entry.p, entry.n);
    (void)crypto_hash_sha256_final(&s, h.bytes);
    return h;
}

struct ledger_hash ledger_hash_node(const struct ledger_hash *left, const struct ledger_hash *right)
{
    unsigned char both[1 + 2 * LEDGER_HASH_BYTES] = {1};
    struct ledger_hash h;
    memcpy(both + 1, left->bytes, LEDGER_HASH_BYTES);
    memcpy(both + 1 + LEDGER_HASH_BYTES, right->bytes, LEDGER_HASH_BYTES);
    (void)crypto_hash_sha256(h.bytes, both, sizeof both);
    return h;
}

/* ---- the frontier ---- */

void ledger_frontier_add(struct ledger_frontier *f, const struct ledger_hash *leaf)
{
    assert(f->size < LEDGER_SIZE_MAX);
    struct ledger_hash h = *leaf;
    unsigned l = 0;
    for (; f->size >> l & 1; l++) {
        h = ledger_hash_node(&f->at[l], &h);
        f->at[l] = (struct ledger_hash){0};
    }
    f->at[l] = h;
    f->size++;
}

struct ledger_hash ledger_frontier_root(const struct ledger_frontier *f)
{
    if (f->size == 0)
        return ledger_hash_empty();
    unsigned l = (unsigned)__builtin_ctzll(f->size);
    struct ledger_hash h = f->at[l];
    for (l++; f->size >> l; l++) /* size is at most 2^63 - 1, so l stays below 64 */
        if (f->size >> l & 1)
            h = ledger_hash_node(&f->at[l], &h);
    return h;
}

size_t ledger_frontier_write(const struct ledger_frontier *f, unsigned char ret[LEDGER_FRONTIER_BYTES_MAX])
{
    size_t n = 8;
    for (unsigned i = 0; i < 8; i++)
        ret[i] = (unsigned char)(f->size >> (56 - 8 * i));
    for (unsigned l = 64; l-- > 0;) {
        if (f->size >> l & 1) {
            memcpy(ret + n, f->at[l].bytes, LEDGER_HASH_BYTES);
            n += LEDGER_HASH_BYTES;
        }
    }
    return n;
}

enum err_code ledger_frontier_read(struct str bytes, struct ledger_frontier *ret, struct err *e)
{
    struct ledger_frontier f = {0};
    for (size_t i = 0; i < 8 && i < bytes.n; i++)
        f.size = f.size << 8 | (unsigned char)bytes.p[i];
    if (bytes.n < 8 || f.size > LEDGER_SIZE_MAX ||
        bytes.n != 8 + (size_t)__builtin_popcountll(f.size) * LEDGER_HASH_BYTES)
        return err_set(e, ERR_FORMAT, "the ledger's frontier has %zu bytes, which do not fit its size", bytes.n);
    const char *at = bytes.p + 8;
    for (unsigned l = 64; l-- > 0;) {
        if (f.size >> l & 1) {
            memcpy(f.at[l].bytes, at, LEDGER_HASH_BYTES);
            at += LEDGER_HASH_BYTES;
        }
    }
    *ret = f;
    return ERR_OK;
}

enum err_code ledger_frontier_load(struct ledger_hashes from, uint64_t size, struct ledger_frontier *ret, struct err *e)
{
    struct ledger_frontier f = {.size = size};
    for (unsigned l = 0; l < 63; l++)
        if (size >> l & 1)
            ERR_TRY(from.read(from.context, l, (size >> l) - 1, &f.at[l], e));
    *ret = f;
    return ERR_OK;
}
