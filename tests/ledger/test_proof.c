/* test_proof.c: the tree against RFC 6962's own recursive words, for every size to 600: every inclusion, every pair of sizes. */
#include "log_support.h"

#include <stdio.h>
#include <stdlib.h>

#define SIZES ((uint64_t)600)

static int set_up(void **state)
{
    struct memory_log *m = calloc(1, sizeof *m);
    assert_non_null(m);
    memory_log_make(m, SIZES, "entry");
    *state = m;
    return 0;
}

static int tear_down(void **state)
{
    memory_log_free(*state);
    free(*state);
    return 0;
}

static void roots_are_the_naive_ones(void **state)
{
    struct memory_log *m = *state;
    for (uint64_t n = 0; n <= SIZES; n++) {
        struct ledger_hash want = naive_root(m->levels[0], n);
        assert_memory_equal(&want, &m->prefix_roots[n], sizeof want);
    }
    const struct ledger_hash empty = ledger_hash_empty();
    assert_memory_equal(empty.bytes, "\xe3\xb0\xc4\x42\x98\xfc\x1c\x14", 8); /* SHA-256 of nothing */
}

/* RFC 6962 2.1.1's PATH, leaf to root. */
static size_t naive_path(const struct ledger_hash *leaves, uint64_t index, uint64_t n, struct ledger_hash *ret)
{
    if (n == 1)
        return 0;
    uint64_t k = 1;
    while (2 * k < n)
        k *= 2;
    size_t count = index < k ? naive_path(leaves, index, k, ret) : naive_path(leaves + k, index - k, n - k, ret);
    ret[count] = index < k ? naive_root(leaves + k, n - k) : naive_root(leaves, k);
    return count + 1;
}

static void every_inclusion(void **state)
{
    struct memory_log *m = *state;
    const struct ledger_hashes from = memory_log_hashes(m);
    struct ledger_hash want[64];
    for (uint64_t size = 1; size <= SIZES; size++) {
        for (uint64_t i = 0; i < size; i++) {
            struct ledger_proof p;
            ok(ledger_inclusion_prove(from, i, size, &p, e));
            ok(ledger_inclusion_check(&p, i, size, &m->levels[0][i], &m->prefix_roots[size], e));
            if (size <= 70 || (size * 31 + i) % 97 == 0) {
                assert_int_equal(p.n, naive_path(m->levels[0], i, size, want));
                assert_memory_equal(p.at, want, p.n * sizeof *want);
            }
        }
    }
}

static void no_other_inclusion(void **state)
{
    struct memory_log *m = *state;
    const struct ledger_hashes from = memory_log_hashes(m);
    for (uint64_t size = 1; size <= 40; size++) {
        for (uint64_t i = 0; i < size; i++) {
            struct ledger_proof p, q;
            const struct ledger_hash *leaf = &m->levels[0][i], *root = &m->prefix_roots[size];
            ok(ledger_inclusion_prove(from, i, size, &p, e));
            for (uint64_t other = 0; other <= size; other++) /* another place */
                if (other != i)
                    assert_int_equal(ledger_inclusion_check(&p, other, size, leaf, root, NULL), ERR_FINDINGS);
            assert_int_equal(ledger_inclusion_check(&p, i, size, &m->levels[0][i + 1], root, NULL), ERR_FINDINGS);
            assert_int_equal(ledger_inclusion_check(&p, i, size, leaf, &m->prefix_roots[size + 1], NULL), ERR_FINDINGS);
            for (size_t h = 0; h < p.n; h++) { /* a hash changed, one left out */
                q = p;
                q.at[h].bytes[h % 32] ^= 1;
                assert_int_equal(ledger_inclusion_check(&q, i, size, leaf, root, NULL), ERR_FINDINGS);
                q = p;
                memmove(&q.at[h], &q.at[h + 1], (q.n - h - 1) * sizeof *q.at);
                q.n--;
                assert_int_equal(ledger_inclusion_check(&q, i, size, leaf, root, NULL), ERR_FINDINGS);
            }
            q = p;
            q.at[q.n++] = *leaf; /* one too many */
            fails(ledger_inclusion_check(&q, i, size, leaf, root, e), ERR_FINDINGS, "too many for entry");
        }
    }
}

static void every_consistency(void **state)
{
    struct memory_log *m = *state;
    const struct ledger_hashes from = memory_log_hashes(m);
    for (uint64_t new = 0; new <= SIZES; new++) {
        for (uint64_t old = 0; old <= new; old++) {
            struct ledger_proof p;
            const struct ledger_hash *was = &m->prefix_roots[old], *is = &m->prefix_roots[new];
            ok(ledger_consistency_prove(from, old, new, &p, e));
            ok(ledger_consistency_check(&p, old, was, new, is, e));
            assert_int_equal(ledger_consistency_check(&p, old, is, new, was, NULL), old == new ? ERR_OK : ERR_FINDINGS);
        }
    }
}

/* RFC 6962 2.1.2's SUBPROOF. */
static size_t naive_subproof(const struct ledger_hash *leaves, uint64_t m, uint64_t n, bool whole, struct ledger_hash *ret)
{
    if (m == n) {
        if (!whole)
            ret[0] = naive_root(leaves, n);
        return !whole;
    }
    uint64_t k = 1;
    while (2 * k < n)
        k *= 2;
    size_t count = m <= k ? naive_subproof(leaves, m, k, whole, ret) : naive_subproof(leaves + k, m - k, n - k, false, ret);
    ret[count] = m <= k ? naive_root(leaves + k, n - k) : naive_root(leaves, k);
    return count + 1;
}

static void no_other_consistency(void **state)
{
    struct memory_log *m = *state;
    const struct ledger_hashes from = memory_log_hashes(m);
    struct ledger_hash want[64];
    for (uint64_t new = 1; new <= 70; new++) {
        for (uint64_t old = 0; old <= new; old++) {
            struct ledger_proof p, q;
            const struct ledger_hash *was = &m->prefix_roots[old], *is = &m->prefix_roots[new];
            ok(ledger_consistency_prove(from, old, new, &p, e));
            if (old > 0) {
                assert_int_equal(p.n, naive_subproof(m->levels[0], old, new, true, want));
                assert_memory_equal(p.at, want, p.n * sizeof *want);
            }
            for (uint64_t other = 0; other <= 71; other++) {
                const struct ledger_hash *root = &m->prefix_roots[other]; /* sizes alone are bound by the checkpoint's signature */
                if (other != old)
                    assert_int_equal(ledger_consistency_check(&p, old, root, new, is, NULL), ERR_FINDINGS);
                if (other != new && old > 0)
                    assert_int_equal(ledger_consistency_check(&p, old, was, new, root, NULL), ERR_FINDINGS);
            }
            for (size_t h = 0; h < p.n; h++) {
                q = p;
                q.at[h].bytes[h % 32] ^= 0x80;
                fails(ledger_consistency_check(&q, old, was, new, is, e), ERR_FINDINGS, "forked or rolled back");
                q = p;
                memmove(&q.at[h], &q.at[h + 1], (q.n - h - 1) * sizeof *q.at);
                q.n--;
                assert_int_equal(ledger_consistency_check(&q, old, was, new, is, NULL), ERR_FINDINGS);
            }
            q = p;
            q.at[q.n++] = *was;
            assert_int_equal(ledger_consistency_check(&q, old, was, new, is, NULL), ERR_FINDINGS);
            if (old > 0 && old < new)
                assert_int_equal(ledger_consistency_check(&p, new, is, old, was, NULL), ERR_FINDINGS);
        }
    }
}

static void what_cannot_be_proved(void **state)
{
    struct memory_log *m = *state;
    struct ledger_hashes from = memory_log_hashes(m);
    struct ledger_proof p = {0};
    struct ledger_frontier f;
    fails(ledger_inclusion_prove(from, 7, 7, &p, e), ERR_NOT_FOUND, "entry 7 is not in a log of 7 entries");
    fails(ledger_inclusion_check(&p, 7, 7, &m->levels[0][0], &m->prefix_roots[1], e), ERR_FINDINGS, "entry 7 is not in a log of 7");
    fails(ledger_inclusion_check(&p, 0, 0, &m->levels[0][0], &m->prefix_roots[1], e), ERR_FINDINGS, "entry 0 is not in a log of 0");
    fails(ledger_consistency_prove(from, 8, 7, &p, e), ERR_USAGE, "a log of 7 entries does not contain one of 8");
    fails(ledger_consistency_check(&(struct ledger_proof){0}, 3, &m->prefix_roots[3], 5, &m->prefix_roots[5], e), ERR_FINDINGS, "forked or rolled back");
    /* A source that has too little is heard. */
    fails(ledger_inclusion_prove(from, 0, 2000, &p, e), ERR_NOT_FOUND, "a subtree that is not there");
    fails(ledger_inclusion_prove(from, 1999, 2000, &p, e), ERR_NOT_FOUND, "a subtree that is not there");
    fails(ledger_consistency_prove(from, 3, 2000, &p, e), ERR_NOT_FOUND, "a subtree that is not there");
    fails(ledger_consistency_prove(from, 1500, 2000, &p, e), ERR_NOT_FOUND, "a subtree that is not there");
    fails(ledger_consistency_prove(from, 1999, 2000, &p, e), ERR_NOT_FOUND, "a subtree that is not there");
    fails(ledger_frontier_load(from, 2000, &f, e), ERR_NOT_FOUND, "a subtree that is not there");
}

/* Gives a hash for any subtree up to a height, and then no more: each step of a proof can fail. */
struct budget { struct memory_log *m; unsigned left; };
static enum err_code read_budget(void *context, unsigned level, uint64_t index, struct ledger_hash *ret, struct err *e)
{
    struct budget *b = context;
    if (b->left-- == 0)
        return err_set(e, ERR_IO, "the source failed");
    return memory_log_hashes(b->m).read(b->m, level, index, ret, e);
}

static void every_reading_may_fail(void **state)
{
    struct memory_log *m = *state;
    for (uint64_t old = 1; old < 24; old++) {
        for (unsigned k = 0; ; k++) {
            struct budget b = {m, k};
            struct ledger_proof p;
            if (ledger_consistency_prove((struct ledger_hashes){read_budget, &b}, old, 24, &p, NULL) == ERR_OK)
                break;
            assert_true(k < 64);
        }
        for (unsigned k = 0; ; k++) {
            struct budget b = {m, k};
            struct ledger_proof p;
            if (ledger_inclusion_prove((struct ledger_hashes){read_budget, &b}, old, 24, &p, NULL) == ERR_OK)
                break;
            assert_true(k < 64);
        }
    }
}

static void the_frontier_comes_back(void **state)
{
    struct memory_log *m = *state;
    struct ledger_frontier f = {0}, g, h;
    unsigned char bytes[LEDGER_FRONTIER_BYTES_MAX];
    for (uint64_t n = 0; n <= SIZES; n++) {
        size_t length = ledger_frontier_write(&f, bytes);
        assert_int_equal(length, 8 + 32 * (size_t)__builtin_popcountll(n));
        ok(ledger_frontier_read((struct str){(char *)bytes, length}, &g, e));
        ok(ledger_frontier_load(memory_log_hashes(m), n, &h, e));
        assert_memory_equal(&f, &g, sizeof f);
        assert_memory_equal(&f, &h, sizeof f);
        fails(ledger_frontier_read((struct str){(char *)bytes, length - 1}, &g, e), ERR_FORMAT, "do not fit its size");
        fails(ledger_frontier_read((struct str){(char *)bytes, length + 1}, &g, e), ERR_FORMAT, "do not fit its size");
        if (n < SIZES)
            ledger_frontier_add(&f, &m->levels[0][n]);
    }
    memset(bytes, 0xff, sizeof bytes);
    fails(ledger_frontier_read((struct str){(char *)bytes, sizeof bytes}, &g, e), ERR_FORMAT, "do not fit its size");
}

/* The largest size that is counted: nothing shifts out of range. */
static void sizes_to_the_end(void **state)
{
    (void)state;
    struct ledger_frontier f = {.size = LEDGER_SIZE_MAX - 1};
    const struct ledger_hash leaf = ledger_hash_leaf(STR("last"));
    for (unsigned l = 0; l < 64; l++)
        f.at[l] = leaf;
    f.at[0] = f.at[63] = (struct ledger_hash){0};
    ledger_frontier_add(&f, &leaf);
    assert_true(f.size == LEDGER_SIZE_MAX);
    const struct ledger_hash root = ledger_frontier_root(&f);
    unsigned char bytes[LEDGER_FRONTIER_BYTES_MAX];
    struct ledger_frontier g;
    ok(ledger_frontier_read((struct str){(char *)bytes, ledger_frontier_write(&f, bytes)}, &g, e));
    assert_memory_equal(&f, &g, sizeof f);
    const struct ledger_hash again = ledger_frontier_root(&g);
    assert_memory_equal(&root, &again, sizeof root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_the_naive_ones), cmocka_unit_test(every_inclusion),        cmocka_unit_test(no_other_inclusion),
        cmocka_unit_test(every_consistency),        cmocka_unit_test(no_other_consistency),   cmocka_unit_test(what_cannot_be_proved),
        cmocka_unit_test(every_reading_may_fail),   cmocka_unit_test(the_frontier_comes_back), cmocka_unit_test(sizes_to_the_end),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("proof", tests, set_up, tear_down);
}
