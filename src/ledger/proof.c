/* proof.c: RFC 6962 sections 2.1.1 and 2.1.2: making proofs out of subtree roots, and checking them (RFC 9162's algorithms). */
#include "ledger/log.h"

#include <assert.h>

/* ---- making ---- */

/* Largest power of two below n; n > 1. */
static uint64_t split_of(uint64_t n) { return UINT64_C(1) << (63 - __builtin_clzll(n - 1)); }

/* Root of the n > 0 leaves from `low`, which is a multiple of a power of two that is not below n. */
static enum err_code range_root(struct ledger_hashes from, uint64_t low, uint64_t n, struct ledger_hash *ret, struct err *e)
{
    struct ledger_hash parts[64];
    size_t count = 0;
    for (unsigned l = 64; l-- > 0;) {
        if (n >> l & 1) {
            ERR_TRY(from.read(from.context, l, low >> l, &parts[count++], e));
            low += UINT64_C(1) << l;
        }
    }
    assert(count > 0);
    struct ledger_hash h = parts[--count];
    while (count > 0)
        h = ledger_hash_node(&parts[--count], &h);
    *ret = h;
    return ERR_OK;
}

/* Proofs are found from the root down and told from the leaf up. */
static void turn(struct ledger_proof *p)
{
    for (size_t i = 0; i < p->n / 2; i++) {
        struct ledger_hash h = p->at[i];
        p->at[i] = p->at[p->n - 1 - i];
        p->at[p->n - 1 - i] = h;
    }
}

enum err_code ledger_inclusion_prove(struct ledger_hashes from, uint64_t index, uint64_t size, struct ledger_proof *ret, struct err *e)
{
    struct ledger_proof p = {0};
    uint64_t low = 0, n = size;
    if (index >= size)
        return err_set(e, ERR_NOT_FOUND, "entry %llu is not in a log of %llu entries", (unsigned long long)index, (unsigned long long)size);
    while (n > 1) {
        uint64_t k = split_of(n);
        bool left = index - low < k;
        ERR_TRY(left ? range_root(from, low + k, n - k, &p.at[p.n++], e) : range_root(from, low, k, &p.at[p.n++], e));
        low = left ? low : low + k;
        n = left ? k : n - k;
    }
    turn(&p);
    *ret = p;
    return ERR_OK;
}

enum err_code ledger_consistency_prove(struct ledger_hashes from, uint64_t old_size, uint64_t new_size, struct ledger_proof *ret,
                                       struct err *e)
{
    struct ledger_proof p = {0};
    uint64_t low = 0, m = old_size, n = new_size;
    if (old_size > new_size)
        return err_set(e, ERR_USAGE, "a log of %llu entries does not contain one of %llu", (unsigned long long)new_size,
                       (unsigned long long)old_size);
    while (m > 0 && m < n) { /* the old tree is the first m of the n leaves from `low` */
        uint64_t k = split_of(n);
        bool left = m <= k;
        ERR_TRY(left ? range_root(from, low + k, n - k, &p.at[p.n++], e) : range_root(from, low, k, &p.at[p.n++], e));
        low = left ? low : low + k;
        m = left ? m : m - k;
        n = left ? k : n - k;
    }
    if (low > 0) /* the checker does not have this subtree: it is not the whole old tree */
        ERR_TRY(range_root(from, low, m, &p.at[p.n++], e));
    turn(&p);
    *ret = p;
    return ERR_OK;
}

/* ---- checking ---- */

enum err_code ledger_inclusion_check(const struct ledger_proof *proof, uint64_t index, uint64_t size, const struct ledger_hash *leaf,
                                     const struct ledger_hash *root, struct err *e)
{
    struct ledger_hash h = *leaf;
    uint64_t at = index, last = size - 1;
    if (index >= size)
        return err_set(e, ERR_FINDINGS, "entry %llu is not in a log of %llu entries", (unsigned long long)index, (unsigned long long)size);
    for (size_t i = 0; i < proof->n; i++) {
        if (last == 0)
            return err_set(e, ERR_FINDINGS, "the proof of inclusion has %zu hashes, which is too many for entry %llu of %llu", proof->n,
                           (unsigned long long)index, (unsigned long long)size);
        if (at & 1 || at == last) {
            h = ledger_hash_node(&proof->at[i], &h);
            unsigned up = (unsigned)__builtin_ctzll(at); /* levels where there is no right neighbour; at is not 0, last was not */
            at >>= up;
            last >>= up;
        } else {
            h = ledger_hash_node(&h, &proof->at[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    if (last != 0 || !ledger_hash_eq(&h, root))
        return err_set(e, ERR_FINDINGS, "the proof of inclusion does not lead from entry %llu to the root of the %llu entries",
                       (unsigned long long)index, (unsigned long long)size);
    return ERR_OK;
}

static enum err_code not_consistent(uint64_t old_size, uint64_t new_size, struct err *e)
{
    return err_set(e, ERR_FINDINGS, "the proof does not show that the log of %llu entries begins with the one of %llu: it was forked or rolled back",
                   (unsigned long long)new_size, (unsigned long long)old_size);
}

enum err_code ledger_consistency_check(const struct ledger_proof *proof, uint64_t old_size, const struct ledger_hash *old_root,
                                       uint64_t new_size, const struct ledger_hash *new_root, struct err *e)
{
    /* 1. Trees of which nothing is to be shown: no proof belongs to them. */
    if (old_size == 0 || old_size == new_size) {
        struct ledger_hash want = old_size == 0 ? ledger_hash_empty() : *new_root;
        return proof->n == 0 && ledger_hash_eq(old_root, &want) ? ERR_OK : not_consistent(old_size, new_size, e);
    }
    /* 2. A whole old tree is its own first hash; else the proof brings one. */
    bool whole = (old_size & (old_size - 1)) == 0;
    if (old_size > new_size || proof->n < (whole ? 0 : 1))
        return not_consistent(old_size, new_size, e);
    struct ledger_hash was = whole ? *old_root : proof->at[0], is = was;
    /* 3. Up to the root of the new tree, and of the old one where the path runs along its right edge. */
    unsigned skip = (unsigned)__builtin_ctzll(old_size);
    uint64_t at = (old_size - 1) >> skip, last = (new_size - 1) >> skip;
    for (size_t i = whole ? 0 : 1; i < proof->n; i++) {
        if (last == 0)
            return not_consistent(old_size, new_size, e);
        if (at & 1 || at == last) {
            was = ledger_hash_node(&proof->at[i], &was);
            is = ledger_hash_node(&proof->at[i], &is);
            unsigned up = (unsigned)__builtin_ctzll(at);
            at >>= up;
            last >>= up;
        } else {
            is = ledger_hash_node(&is, &proof->at[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    if (last != 0 || !ledger_hash_eq(&was, old_root) || !ledger_hash_eq(&is, new_root))
        return not_consistent(old_size, new_size, e);
    return ERR_OK;
}
