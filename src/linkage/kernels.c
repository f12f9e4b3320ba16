/* kernels.c: see kernels.h. */
#include "linkage/kernels.h"

#include <math.h>

/* One compiled form a level of the instruction set, chosen when the program is loaded. The sanitizers do not know that mechanism: there the form of the baseline runs,
 * with the same results. Clang 14 gives the chooser a name that other files do not know, so the forms are this file's own, behind the functions at its end. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(SANITIZED) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EACH_PROCESSOR
#endif

#define WORD ((size_t)64)

/* 64 bytes that are 0 or 1 to 64 bits: byte k of eight is moved to bit k by one multiplication. */
static inline uint64_t to_bits(const uint8_t *bytes)
{
    uint64_t bits = 0;
    for (size_t k = 0; k < 8; k++) {
        uint64_t eight;
        memcpy(&eight, bytes + 8 * k, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        eight = __builtin_bswap64(eight);
#endif
        bits |= (eight * UINT64_C(0x0102040810204080) >> 56) << (8 * k);
    }
    return bits;
}

EACH_PROCESSOR static void equal(const uint32_t *a, const uint32_t *b, size_t words, uint64_t *ret)
{
    uint8_t bytes[64];
    for (size_t w = 0; w < words; w++, a += WORD, b += WORD) {
        for (size_t k = 0; k < WORD; k++)
            bytes[k] = a[k] == b[k];
        ret[w] = to_bits(bytes);
    }
}

EACH_PROCESSOR static void missing(const uint32_t *a, size_t words, uint64_t *ret)
{
    uint8_t bytes[64];
    for (size_t w = 0; w < words; w++, a += WORD) {
        for (size_t k = 0; k < WORD; k++)
            bytes[k] = a[k] == 0;
        ret[w] = to_bits(bytes);
    }
}

EACH_PROCESSOR static void gap(const double *a, const double *b, size_t words, enum expr_op op, double limit, uint64_t *ret, uint64_t *ret_null)
{
    bool is_less = op == EXPR_LE || op == EXPR_LT, or_equal = op == EXPR_LE || op == EXPR_GE;
    uint8_t less[64], equal[64], more[64];
    for (size_t w = 0; w < words; w++, a += WORD, b += WORD) {
        for (size_t k = 0; k < WORD; k++) {
            double gap = fabs(a[k] - b[k]);
            less[k] = gap < limit;
            equal[k] = gap == limit;
            more[k] = gap > limit;
        }
        uint64_t l = to_bits(less), e = to_bits(equal), m = to_bits(more);
        ret[w] = (is_less ? l : m) | (or_equal ? e : 0);
        ret_null[w] = ~(l | e | m); /* neither less nor equal nor more */
    }
}

/* ---- bounds ---- */

/* Bits set, written so that it becomes vector code where there is no instruction for it. */
static inline uint32_t count_bits(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    x += x >> 8;
    x += x >> 16;
    x += x >> 32;
    return (uint32_t)x & 127;
}

/* Bytes that the two can share. */
static inline void shared(const uint64_t *a, const uint64_t *b, const uint32_t *a_size, const uint32_t *b_size, uint32_t *ret)
{
    for (size_t k = 0; k < WORD; k++)
        ret[k] = count_bits(a[k] & b[k]);
    for (size_t k = 0; k < WORD; k++) {
        uint32_t x = a_size[k] >> 16, y = b_size[k] >> 16;
        ret[k] += x < y ? x : y;
    }
}

EACH_PROCESSOR static void may_reach(const struct strings_least *least, const struct kernels_signs *a, const struct kernels_signs *b, size_t words, uint64_t *ret)
{
    const struct strings_least n = *least;
    uint32_t in_common[64];
    uint8_t bytes[64];
    for (size_t w = 0; w < words; w++) {
        const uint32_t *a_size = a->size + w * WORD, *b_size = b->size + w * WORD, *a_prefix = a->prefix + w * WORD, *b_prefix = b->prefix + w * WORD;
        shared(a->bits + w * WORD, b->bits + w * WORD, a_size, b_size, in_common);
        for (size_t k = 0; k < WORD; k++)
            bytes[k] = strings_least_reached(&n, in_common[k], a_size[k] & UINT16_MAX, b_size[k] & UINT16_MAX, a_prefix[k] ^ b_prefix[k]);
        ret[w] = to_bits(bytes);
    }
}

EACH_PROCESSOR static void may_be_near(uint32_t most, const struct kernels_signs *a, const struct kernels_signs *b, size_t words, uint64_t *ret)
{
    uint32_t in_common[64];
    uint8_t bytes[64];
    for (size_t w = 0; w < words; w++) {
        const uint32_t *a_size = a->size + w * WORD, *b_size = b->size + w * WORD;
        shared(a->bits + w * WORD, b->bits + w * WORD, a_size, b_size, in_common);
        for (size_t k = 0; k < WORD; k++) {
            uint32_t x = a_size[k] & UINT16_MAX, y = b_size[k] & UINT16_MAX, longest = x > y ? x : y;
            bytes[k] = (longest <= in_common[k] + most) | (longest == UINT16_MAX);
        }
        ret[w] = to_bits(bytes);
    }
}

/* ---- levels ---- */

EACH_PROCESSOR static void below(const float *a, size_t words, float limit, uint64_t *ret)
{
    uint8_t bytes[64];
    for (size_t w = 0; w < words; w++, a += WORD) {
        for (size_t k = 0; k < WORD; k++)
            bytes[k] = a[k] < limit;
        ret[w] = to_bits(bytes);
    }
}

/* The reverse of to_bits for eight: 0xFF in byte k where bit k is set. */
static inline uint64_t to_bytes(uint64_t eight)
{
    uint64_t x = (eight & 0xFF) * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);
    x = ((x & UINT64_C(0x7F7F7F7F7F7F7F7F)) + UINT64_C(0x7F7F7F7F7F7F7F7F)) | x;
    x = (x >> 7 & UINT64_C(0x0101010101010101)) * 0xFF;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

EACH_PROCESSOR static void set_level(const uint64_t *mask, size_t words, int8_t value, int8_t *level)
{
    uint64_t all = (uint8_t)value * UINT64_C(0x0101010101010101);
    for (size_t w = 0; w < words; w++, level += WORD) {
        if (__builtin_popcountll(mask[w]) < 8) {
            for (uint64_t m = mask[w]; m; m &= m - 1)
                level[__builtin_ctzll(m)] = value;
            continue;
        }
        for (size_t k = 0; k < WORD; k += 8) {
            uint64_t old, set = to_bytes(mask[w] >> k);
            memcpy(&old, level + k, 8);
            old = (old & ~set) | (all & set);
            memcpy(level + k, &old, 8);
        }
    }
}

EACH_PROCESSOR static void add_pattern(const int8_t *level, size_t words, uint16_t radix, uint16_t *index)
{
    for (size_t k = 0; k < words * WORD; k++)
        index[k] = (uint16_t)(index[k] + (uint16_t)(level[k] + 1) * radix);
}

/* ---- the doors ---- */

void kernels_equal(const uint32_t *a, const uint32_t *b, size_t words, uint64_t *ret) { equal(a, b, words, ret); }
void kernels_missing(const uint32_t *a, size_t words, uint64_t *ret) { missing(a, words, ret); }
void kernels_gap(const double *a, const double *b, size_t words, enum expr_op op, double limit, uint64_t *ret, uint64_t *ret_null) { gap(a, b, words, op, limit, ret, ret_null); }
void kernels_may_reach(const struct strings_least *least, const struct kernels_signs *a, const struct kernels_signs *b, size_t words, uint64_t *ret) { may_reach(least, a, b, words, ret); }
void kernels_may_be_near(uint32_t most, const struct kernels_signs *a, const struct kernels_signs *b, size_t words, uint64_t *ret) { may_be_near(most, a, b, words, ret); }
void kernels_below(const float *a, size_t words, float limit, uint64_t *ret) { below(a, words, limit, ret); }
void kernels_set_level(const uint64_t *mask, size_t words, int8_t value, int8_t *level) { set_level(mask, words, value, level); }
void kernels_add_pattern(const int8_t *level, size_t words, uint16_t radix, uint16_t *index) { add_pattern(level, words, radix, index); }
