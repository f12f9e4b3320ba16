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
 * at most popcount(a.bits & b.bits) + min(a.over, b.over). */
struct strings_signature {
    uint64_t bits;
    uint32_t length;
    uint16_t over;    /* saturates: then the bound is loose, never wrong */
    uint8_t saturated;
    uint8_t pad;
    uint32_t prefix;  /* first four bytes, zero-filled */
    uint32_t offset;  /* of the owner's use */
};
struct strings_signature strings_sign(struct str s);
/* Upper bounds of Jaro and Jaro-Winkler; lower bound of either edit distance. Never on the wrong side, whatever the strings. */
double strings_jaro_bound(const struct strings_signature *a, const struct strings_signature *b);
double strings_jaro_winkler_bound(const struct strings_signature *a, const struct strings_signature *b);
size_t strings_edit_bound(const struct strings_signature *a, const struct strings_signature *b);

#endif
