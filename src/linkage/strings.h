/* strings.h: distances and similarities of byte strings, with DuckDB's results (private to linkage).
 *
 * All count bytes, not characters, because DuckDB does: levenshtein('é', 'e') is 2. Strings up to 64 bytes run bit-parallel,
 * longer ones by the textbook's rows in constant space per column. `strings_slack` stands behind every slice that the engine's own dictionaries
 * hold, so no function here relies on it. */
#ifndef HAVEN_LINKAGE_STRINGS_H
#define HAVEN_LINKAGE_STRINGS_H

#include "base/base.h"

/* (m/|a| + m/|b| + (m - t/2)/m) / 3; 0 when either is empty. The order of arguments matters in rare cases, as in DuckDB. */
double strings_jaro(struct str a, struct str b);
/* Jaro with up to 4 bytes of common prefix at weight 0.1, only where Jaro is above 0.7. */
double strings_jaro_winkler(struct str a, struct str b);
/* Distance, or any number above max_distance when it is larger than that. SIZE_MAX: no maximum. */
size_t strings_levenshtein(struct str a, struct str b, size_t max_distance);
/* Unrestricted Damerau-Levenshtein (Lowrance and Wagner), with the same meaning of the maximum. */
size_t strings_damerau(struct str a, struct str b, size_t max_distance);
/* Sizes of intersection over union of the two sets of bytes; both must be non-empty (DuckDB refuses empty ones). */
double strings_jaccard(struct str a, struct str b);

/* ---- a bound that needs no comparison ----
 * A 64-bit signature counts bytes in 32 classes up to two each, in unary; what is above two is in `over`. The bytes that two strings can share are
 * at most popcount(a.bits & b.bits) + min(a.over, b.over). 16 bytes, so that four records share a cache line. */
struct strings_signature {
    uint64_t bits;
    uint32_t prefix; /* first four bytes, zero-filled */
    uint16_t length; /* 65535: that or more */
    uint16_t over;   /* 65535: that or more; then the bound is loose, never wrong */
};
struct strings_signature strings_sign(struct str s);

static inline uint32_t strings_shared_at_most(const struct strings_signature *a, const struct strings_signature *b)
{
    uint32_t shared = (uint32_t)__builtin_popcountll(a->bits & b->bits);
    return shared + (a->over < b->over ? a->over : b->over);
}

/* Upper bounds of Jaro and Jaro-Winkler; lower bound of either edit distance. Never on the wrong side, whatever the strings. */
double strings_jaro_bound(const struct strings_signature *a, const struct strings_signature *b);
double strings_jaro_winkler_bound(const struct strings_signature *a, const struct strings_signature *b);
size_t strings_edit_bound(const struct strings_signature *a, const struct strings_signature *b);

/* The same as a table for one limit: the least number of shared bytes with which the limit can be reached, by both lengths and the common prefix.
 * Strings longer than STRINGS_TABLE_LENGTH always can. */
#define STRINGS_TABLE_LENGTH 31u
struct strings_least {
    uint8_t jaro[STRINGS_TABLE_LENGTH + 1][STRINGS_TABLE_LENGTH + 1][5];
};
void strings_least_for(bool winkler, double limit, struct strings_least *ret);

static inline bool strings_may_reach(const struct strings_least *t, const struct strings_signature *a, const struct strings_signature *b)
{
    if (a->length > STRINGS_TABLE_LENGTH || b->length > STRINGS_TABLE_LENGTH)
        return true;
    uint32_t differ = a->prefix ^ b->prefix;
    uint32_t prefix = differ ? (uint32_t)__builtin_ctz(differ) / 8 : 4;
    return strings_shared_at_most(a, b) >= t->jaro[a->length][b->length][prefix];
}

#endif
