/* strings.c: see strings.h. The bit-parallel forms: Jaro after rapidfuzz (one bit a byte of a), Levenshtein after Myers 1999 and Hyyrö 2003;
 * unrestricted Damerau after Zhao and Sahni (three rows). What a distance of 1 means is decided by common prefix and suffix alone. */
#include "linkage/strings.h"
#include "linkage/linkage.h"
#include "linkage/strings_characters.h"

#include <assert.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Makes bytes characters in two strings of which one is not ASCII; the release is the function's end. */
#define BY_CHARACTERS(a, b)                                 \
    _cleanup_narrow_ struct strings_narrow narrow_;         \
    narrow_.big = NULL;                                     \
    if (!strings_is_ascii(a) || !strings_is_ascii(b))       \
        strings_narrow_two(&narrow_, &(a), &(b))

#define WORD_BYTES ((size_t)64) /* longest string of the bit-parallel forms */

/* A string of at most 64 bytes, padded, so that all its positions are compared with one byte at once. */
struct padded {
    _Alignas(16) uint8_t p[WORD_BYTES];
    uint64_t mask; /* one bit a byte that exists */
    size_t blocks; /* of 16 bytes */
};

static void padded_init(struct padded *w, struct str s)
{
    assert(s.n <= WORD_BYTES);
    w->blocks = (s.n + 15) / 16;
    memset(w->p, 0, w->blocks * 16);
    if (s.n)
        memcpy(w->p, s.p, s.n);
    w->mask = s.n == WORD_BYTES ? ~UINT64_C(0) : (UINT64_C(1) << s.n) - 1;
}

/* Bit k is set when byte k of the string is c. */
static inline uint64_t padded_positions(const struct padded *w, uint8_t c)
{
    uint64_t bits = 0;
#ifdef __SSE2__
    __m128i wanted = _mm_set1_epi8((char)c);
    for (size_t k = 0; k < w->blocks; k++) {
        __m128i here = _mm_load_si128((const __m128i *)(const void *)(w->p + 16 * k));
        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(here, wanted)) << (16 * k);
    }
#else
    for (size_t k = 0; k < w->blocks * 16; k++)
        bits |= (uint64_t)(w->p[k] == c) << k;
#endif
    return bits & w->mask;
}

static inline uint64_t eight_at(const char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

static size_t common_prefix(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n, k = 0;
    for (; k + 8 <= n; k += 8) {
        uint64_t differ = eight_at(a.p + k) ^ eight_at(b.p + k);
        if (differ)
            return k + (size_t)__builtin_ctzll(differ) / 8;
    }
    while (k < n && a.p[k] == b.p[k])
        k++;
    return k;
}

static size_t common_suffix(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n, k = 0;
    for (; k + 8 <= n; k += 8) {
        uint64_t differ = eight_at(a.p + a.n - k - 8) ^ eight_at(b.p + b.n - k - 8);
        if (differ)
            return k + (size_t)__builtin_clzll(differ) / 8;
    }
    while (k < n && a.p[a.n - 1 - k] == b.p[b.n - 1 - k])
        k++;
    return k;
}

/* ---- Jaro ---- */

static double jaro_value(size_t common, size_t out_of_order, size_t a_length, size_t b_length)
{
    if (common == 0)
        return 0;
    double m = (double)common;
    return (m / (double)a_length + m / (double)b_length + (m - (double)(out_of_order / 2)) / m) / 3.0;
}

/* Each byte of b takes the first free equal byte of a within the window. */
static double jaro_word(struct str a, struct str b, size_t window)
{
    struct padded w;
    padded_init(&w, a);
    uint64_t a_taken = 0, b_taken = 0, reach = window + 1 >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << (window + 1)) - 1;
    for (size_t j = 0; j < b.n; j++) {
        uint64_t free_equal = padded_positions(&w, (uint8_t)b.p[j]) & reach & ~a_taken;
        a_taken |= free_equal & (~free_equal + 1);
        b_taken |= (uint64_t)(free_equal != 0) << j;
        reach = j < window ? reach << 1 | 1 : reach << 1;
    }
    size_t common = (size_t)__builtin_popcountll(a_taken), out_of_order = 0;
    for (; b_taken; b_taken &= b_taken - 1, a_taken &= a_taken - 1)
        out_of_order += a.p[__builtin_ctzll(a_taken)] != b.p[__builtin_ctzll(b_taken)];
    return jaro_value(common, out_of_order, a.n, b.n);
}

/* The same for any length; `taken` has a byte, 0, for each byte of a and b. */
static double jaro_marks(struct str a, struct str b, size_t window, uint8_t *taken)
{
    uint8_t *a_taken = taken, *b_taken = taken + a.n;
    size_t common = 0, out_of_order = 0;
    for (size_t j = 0; j < b.n; j++) {
        size_t from = j > window ? j - window : 0, to = j + window + 1 < a.n ? j + window + 1 : a.n;
        for (size_t i = from; i < to; i++)
            if (!a_taken[i] && a.p[i] == b.p[j]) {
                a_taken[i] = b_taken[j] = 1;
                common++;
                break;
            }
    }
    for (size_t i = 0, j = 0; j < b.n; j++)
        if (b_taken[j]) {
            while (!a_taken[i])
                i++;
            out_of_order += a.p[i++] != b.p[j];
        }
    return jaro_value(common, out_of_order, a.n, b.n);
}

/* What is longer than anything that names a person may allocate. NULL memory would mean a wrong answer, so it aborts. */
#define STACK_BYTES ((size_t)1024)

static void *zeroed(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (!p)
        abort();
    return p;
}

static double jaro_long(struct str a, struct str b, size_t window)
{
    uint8_t stack[2 * STACK_BYTES] = {0};
    if (a.n <= STACK_BYTES && b.n <= STACK_BYTES)
        return jaro_marks(a, b, window, stack);
    uint8_t *taken = zeroed(a.n + b.n, 1);
    double similarity = jaro_marks(a, b, window, taken);
    free(taken);
    return similarity;
}

static double jaro(struct str a, struct str b)
{
    if (a.n == 0 || b.n == 0)
        return 0;
    size_t longest = a.n > b.n ? a.n : b.n;
    size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
    return longest <= WORD_BYTES ? jaro_word(a, b, window) : jaro_long(a, b, window);
}

double strings_bytes_jaro(struct str a, struct str b) { return jaro(a, b); }

double strings_jaro(struct str a, struct str b)
{
    BY_CHARACTERS(a, b);
    return jaro(a, b);
}

#define WINKLER_FROM 0.7
#define WINKLER_PREFIX 4
#define WINKLER_WEIGHT 0.1

double strings_bytes_jaro_winkler(struct str a, struct str b)
{
    double similarity = jaro(a, b);
    if (!(similarity > WINKLER_FROM))
        return similarity;
    size_t prefix = common_prefix(str_slice(a, 0, WINKLER_PREFIX), str_slice(b, 0, WINKLER_PREFIX));
    return similarity + (double)prefix * WINKLER_WEIGHT * (1.0 - similarity);
}

double strings_jaro_winkler(struct str a, struct str b)
{
    BY_CHARACTERS(a, b);
    return strings_bytes_jaro_winkler(a, b);
}

double link_jaro_winkler(struct str a, struct str b) { return strings_jaro_winkler(a, b); }

/* ---- edit distances ---- */

/* Myers: vertical differences of one column of the table in two words; a is the shorter. */
static size_t levenshtein_word(struct str a, struct str b)
{
    struct padded w;
    padded_init(&w, a);
    uint64_t up = ~UINT64_C(0), down = 0, last = UINT64_C(1) << (a.n - 1);
    size_t distance = a.n;
    for (size_t j = 0; j < b.n; j++) {
        uint64_t equal = padded_positions(&w, (uint8_t)b.p[j]);
        uint64_t diagonal = (((equal & up) + up) ^ up) | equal | down;
        uint64_t right_up = down | ~(diagonal | up), right_down = diagonal & up;
        distance += (right_up & last) != 0;
        distance -= (right_down & last) != 0;
        right_up = right_up << 1 | 1;
        right_down <<= 1;
        up = right_down | ~(diagonal | right_up);
        down = diagonal & right_up;
    }
    return distance;
}

/* The textbook's table, a row at a time, of a.n + 1 cells. */
static size_t levenshtein_in(struct str a, struct str b, uint32_t *row)
{
    for (uint32_t i = 0; i <= a.n; i++)
        row[i] = i;
    for (size_t j = 1; j <= b.n; j++) {
        uint32_t diagonal = row[0];
        row[0] = (uint32_t)j;
        for (size_t i = 1; i <= a.n; i++) {
            uint32_t best = diagonal + (a.p[i - 1] != b.p[j - 1]);
            diagonal = row[i];
            if (row[i] + 1 < best)
                best = row[i] + 1;
            if (row[i - 1] + 1 < best)
                best = row[i - 1] + 1;
            row[i] = best;
        }
    }
    return row[a.n];
}

static size_t levenshtein_rows(struct str a, struct str b)
{
    uint32_t stack[STACK_BYTES + 1];
    if (a.n <= STACK_BYTES)
        return levenshtein_in(a, b, stack);
    uint32_t *row = zeroed(a.n + 1, sizeof *row);
    size_t distance = levenshtein_in(a, b, row);
    free(row);
    return distance;
}

/* What is left of two strings when their common ends are cut off: neither distance changes by it. */
static void cut_common_ends(struct str *a, struct str *b)
{
    size_t prefix = common_prefix(*a, *b);
    *a = str_slice(*a, prefix, a->n);
    *b = str_slice(*b, prefix, b->n);
    size_t suffix = common_suffix(*a, *b);
    a->n -= suffix;
    b->n -= suffix;
}

size_t strings_bytes_levenshtein(struct str a, struct str b, size_t max_distance)
{
    if (a.n > b.n) {
        struct str t = a;
        a = b;
        b = t;
    }
    if (b.n - a.n > max_distance)
        return b.n - a.n;
    cut_common_ends(&a, &b);
    if (a.n == 0)
        return b.n;
    if (max_distance <= 1)
        return b.n == 1 ? 1 : 2;
    return a.n <= WORD_BYTES ? levenshtein_word(a, b) : levenshtein_rows(a, b);
}

size_t strings_levenshtein(struct str a, struct str b, size_t max_distance)
{
    BY_CHARACTERS(a, b);
    return strings_bytes_levenshtein(a, b, max_distance);
}

/* Zhao and Sahni: rows i and i-1 of the table, and for each column the cell before the last match; R[-1] is a guard. `block` has 3 * (b.n + 2) cells. */
static size_t damerau_in(struct str a, struct str b, uint32_t *block)
{
    size_t width = b.n + 2;
    uint32_t big = (uint32_t)(a.n > b.n ? a.n : b.n) + 1, last_row[256] = {0}; /* last row of a in which a byte stood; 0: none */
    for (size_t k = 0; k < 3 * width; k++)
        block[k] = big;
    uint32_t *now = block + 1, *before = block + width + 1, *matched = block + 2 * width + 1;
    for (uint32_t j = 0; j <= b.n; j++)
        now[j] = j;
    for (uint32_t i = 1; i <= a.n; i++) {
        uint32_t *t = now, last_match = 0;
        now = before;
        before = t;
        uint32_t corner = now[0], held = big;
        now[0] = i;
        for (uint32_t j = 1; j <= b.n; j++) {
            uint8_t c = (uint8_t)b.p[j - 1];
            bool equal = (uint8_t)a.p[i - 1] == c;
            uint32_t best = before[j - 1] + !equal;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (before[j] + 1 < best)
                best = before[j] + 1;
            if (equal) {
                last_match = j;
                matched[j] = before[(ptrdiff_t)j - 2];
                held = corner;
            } else if (last_match && last_row[c]) {
                uint32_t across = big;
                if (j - last_match == 1)
                    across = matched[j] + (i - last_row[c]);
                else if (i - last_row[c] == 1)
                    across = held + (j - last_match);
                if (across < best)
                    best = across;
            }
            corner = now[j];
            now[j] = best;
        }
        last_row[(uint8_t)a.p[i - 1]] = i;
    }
    return now[b.n];
}

static size_t damerau_long(struct str a, struct str b)
{
    uint32_t stack[3 * (STACK_BYTES + 2)];
    if (b.n <= STACK_BYTES)
        return damerau_in(a, b, stack);
    uint32_t *block = zeroed(3 * (b.n + 2), sizeof *block);
    size_t distance = damerau_in(a, b, block);
    free(block);
    return distance;
}

static size_t damerau_rows(struct str a, struct str b)
{
    uint32_t stack[3 * (WORD_BYTES + 2)];
    return b.n <= WORD_BYTES ? damerau_in(a, b, stack) : damerau_long(a, b);
}

size_t strings_bytes_damerau(struct str a, struct str b, size_t max_distance)
{
    size_t difference = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (difference > max_distance)
        return difference;
    cut_common_ends(&a, &b);
    if (a.n == 0 || b.n == 0)
        return a.n + b.n;
    if (a.n == 1 && b.n == 1)
        return 1;
    if (a.n == 2 && b.n == 2 && a.p[0] == b.p[1] && a.p[1] == b.p[0])
        return 1;
    return max_distance <= 1 ? 2 : damerau_rows(a, b);
}

size_t strings_damerau(struct str a, struct str b, size_t max_distance)
{
    BY_CHARACTERS(a, b);
    return strings_bytes_damerau(a, b, max_distance);
}

double strings_jaccard(struct str a, struct str b)
{
    BY_CHARACTERS(a, b);
    uint8_t in[256] = {0};
    for (size_t i = 0; i < a.n; i++)
        in[(uint8_t)a.p[i]] |= 1;
    for (size_t i = 0; i < b.n; i++)
        in[(uint8_t)b.p[i]] |= 2;
    unsigned both = 0, any = 0;
    for (size_t c = 0; c < 256; c++) {
        both += in[c] == 3;
        any += in[c] != 0;
    }
    return any ? (double)both / (double)any : 0;
}

/* ---- signatures ---- */

struct strings_signature strings_sign(struct str s)
{
    struct strings_signature g = {0};
    size_t over = 0, n = 0;
    for (size_t i = 0; i < s.n; n++) {
        uint32_t c = strings_character(s, &i);
        unsigned shift = 2 * (c & 31u);
        uint64_t have = g.bits >> shift & 3;
        over += have == 3;
        g.bits |= (have << 1 | 1) << shift & UINT64_C(3) << shift;
        if (n < 4) /* two that have one low byte pass for one: the prefix is only too long */
            g.prefix |= (c & 0xFF) << (8 * n);
    }
    g.length = n > UINT16_MAX ? UINT16_MAX : (uint16_t)n;
    g.over = over > UINT16_MAX ? UINT16_MAX : (uint16_t)over;
    return g;
}

#define SLACK 1e-4 /* far above the rounding of single precision; it only lets more through */

/* Jaro is at most (shared/a + shared/b + 1) / 3. With a prefix of p, Jaro-Winkler above 0.7 is jaro + p/10 * (1 - jaro), solved for jaro. */
struct strings_least strings_least_for(bool winkler, double limit)
{
    struct strings_least t;
    for (size_t p = 0; p <= WINKLER_PREFIX; p++) {
        double weight = WINKLER_WEIGHT * (double)p, jaro = limit;
        if (winkler && limit > WINKLER_FROM) {
            jaro = (limit - weight) / (1 - weight);
            jaro = jaro > WINKLER_FROM ? jaro : WINKLER_FROM;
        }
        t.need[p] = (float)(3 * jaro - 1 - SLACK);
    }
    return t;
}
