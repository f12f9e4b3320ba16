/* kernels.h: loops over a batch of pairs whose values lie side by side (private to linkage). Each is plain C that compilers turn into vector code; on x86-64 the
 * widest form that the processor knows is taken at run time. All but the bounds work on integers, and a bound only ever lets more through: so results
 * are the same bytes everywhere.
 *
 * A mask has one bit a pair, 64 to a word. Arrays have room for whole words of pairs; what stands behind the last pair is worked on too and means nothing. */
#ifndef HAVEN_LINKAGE_KERNELS_H
#define HAVEN_LINKAGE_KERNELS_H

#include "linkage/expr.h"
#include "linkage/strings.h"

/* bit = (a == b) */
void kernels_equal(const uint32_t *a, const uint32_t *b, size_t words, uint64_t *ret);
/* bit = (a == 0) */
void kernels_missing(const uint32_t *a, size_t words, uint64_t *ret);
/* |a - b| `op` limit, op one of < <= > >=; ret_null: that gap is not a number. */
void kernels_gap(const double *a, const double *b, size_t words, enum expr_op op, double limit, uint64_t *ret, uint64_t *ret_null);

/* Signatures of one side, one array a part. */
struct kernels_signs {
    uint64_t *bits;
    uint32_t *prefix, *size; /* size: length, over << 16 */
};
/* bit: Jaro (Jaro-Winkler) of the pair may reach what `least` is for. */
void kernels_may_reach(const struct strings_least *least, const struct kernels_signs *a, const struct kernels_signs *b, size_t words, uint64_t *ret);
/* bit: either edit distance may be `most` or less. */
void kernels_may_be_near(uint32_t most, const struct kernels_signs *a, const struct kernels_signs *b, size_t words, uint64_t *ret);

/* bit = (a < limit) */
void kernels_below(const float *a, size_t words, float limit, uint64_t *ret);

/* level[k] = value where the bit is set. */
void kernels_set_level(const uint64_t *mask, size_t words, int8_t value, int8_t *level);
/* index[k] += (level[k] + 1) * radix */
void kernels_add_pattern(const int8_t *level, size_t words, uint16_t radix, uint16_t *index);

#endif
