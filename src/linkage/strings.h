/* strings.h: distances and similarities of strings, with DuckDB's results (private to linkage).
 *
 * All count characters (code points), as DuckDB does from version 2 on: levenshtein('é', 'e') is 1. Strings up to 64 characters run bit-parallel,
 * longer ones by the textbook's rows in constant space per column. `strings_slack` stands behind every slice that the engine's own dictionaries
 * hold, so no function here relies on it. */
#ifndef HAVEN_LINKAGE_STRINGS_H
#define HAVEN_LINKAGE_STRINGS_H

#include "base/base.h"

/* (m/|a| + m/|b| + (m - t/2)/m) / 3; 0 when either is empty. The order of arguments matters in rare cases, as in DuckDB. */
double strings_jaro(struct str a, struct str b);
/* Jaro with up to 4 characters of common prefix at weight 0.1, only where Jaro is above 0.7. */
double strings_jaro_winkler(struct str a, struct str b);
/* Distance, or any number above max_distance when it is larger than that. SIZE_MAX: no maximum. */
size_t strings_levenshtein(struct str a, struct str b, size_t max_distance);
/* Unrestricted Damerau-Levenshtein (Lowrance and Wagner), with the same meaning of the maximum. */
size_t strings_damerau(struct str a, struct str b, size_t max_distance);
/* Sizes of intersection over union of the two sets of characters; both must be non-empty (DuckDB refuses empty ones). */
double strings_jaccard(struct str a, struct str b);

/* The same for two strings that have as many characters as bytes each, which whoever has their signatures knows. */
double strings_bytes_jaro(struct str a, struct str b);
double strings_bytes_jaro_winkler(struct str a, struct str b);
size_t strings_bytes_levenshtein(struct str a, struct str b, size_t max_distance);
size_t strings_bytes_damerau(struct str a, struct str b, size_t max_distance);

/* ---- a bound that needs no comparison ----
 * A 64-bit signature counts characters in 32 classes up to two each, in unary; what is above two is in `over`. The characters that two strings can share are
 * at most popcount(a.bits & b.bits) + min(a.over, b.over), never more than the shorter has. Every edit but a transposition adds or removes at most one character of
 * either side, so an edit distance is at least the longer length less what is shared. */
struct strings_signature {
    uint64_t bits;
    uint32_t prefix; /* low bytes of the first four characters, zero-filled */
    uint16_t length; /* 65535: that or more; then no bound holds */
    uint16_t over;   /* 65535: that or more; then the bound is loose, never wrong */
};
struct strings_signature strings_sign(struct str s);

/* What two strings must share for a Jaro or Jaro-Winkler of some limit, by the length of their common prefix: shared * (a + b) >= need[prefix] * a * b. */
struct strings_least {
    float need[5];
};
struct strings_least strings_least_for(bool winkler, double limit);

/* False only if the limit cannot be reached. `differ`: the prefixes, one XOR the other. Without branches: it runs in vector code too. */
static inline bool strings_least_reached(const struct strings_least *t, uint32_t shared, uint32_t a_length, uint32_t b_length, uint32_t differ)
{
    float need = t->need[4], a = (float)a_length, b = (float)b_length;
    need = differ ? t->need[3] : need;
    need = differ & 0xFFFFFF ? t->need[2] : need;
    need = differ & 0xFFFF ? t->need[1] : need;
    need = differ & 0xFF ? t->need[0] : need;
    return ((float)shared * (a + b) >= need * a * b) | (a_length == UINT16_MAX) | (b_length == UINT16_MAX);
}

#endif
