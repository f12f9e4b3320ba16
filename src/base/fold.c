/* fold.c: the folded form of text.h, by which names and words are compared.
 *
 * Steps, in this order: 1 quotes and dashes become ASCII; 2 compatibility decomposition, case folding, default
 * ignorable characters dropped (utf8proc); 3 letters that decomposition leaves become ASCII by a table;
 * 4 marks on Latin and Greek letters are dropped; 5 composition of what other scripts keep; 6 blanks are trimmed and
 * their runs made one. ASCII, which most names are, takes a short way with the same result. */
#include "base/text.h"

#include <utf8proc.h>

/* 1 -> 1, before decomposition (which would make U+00B4 a blank and an accent). */
static utf8proc_int32_t plain_punctuation(utf8proc_int32_t c, void *unused)
{
    (void)unused;
    switch (c) {
    case 0x00B4: /* acute accent used as an apostrophe */
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case 0x02B9:
    case 0x02BB:
    case 0x02BC:
    case '`':
        return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:
    case 0x00AB:
    case 0x00BB:
        return '"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
    case 0x2043:
        return '-';
    default:
        return c;
    }
}

/* Letters with no decomposition, in lower case; sorted. */
static const struct {
    uint16_t from;
    char to[3];
} letters[] = {
    {0x00DF, "ss"}, {0x00E6, "ae"}, {0x00F0, "d"}, {0x00F8, "o"}, {0x00FE, "th"}, {0x0111, "d"}, {0x0127, "h"},
    {0x0131, "i"},  {0x0138, "k"},  {0x0142, "l"}, {0x014B, "n"}, {0x0153, "oe"}, {0x0167, "t"}, {0x0180, "b"},
    {0x0192, "f"},  {0x019A, "l"},  {0x01B6, "z"}, {0x0259, "e"}, {0x0268, "i"},  {0x0289, "u"},
};

static const char *ascii_letter(int32_t c)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters && letters[i].from <= c; i++)
        if (letters[i].from == c)
            return letters[i].to;
    return NULL;
}

static bool is_blank(int32_t c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029; }

static bool is_mark(int32_t c)
{
    utf8proc_category_t k = utf8proc_category(c);
    return k == UTF8PROC_CATEGORY_MN || k == UTF8PROC_CATEGORY_MC || k == UTF8PROC_CATEGORY_ME;
}

static bool loses_marks(int32_t c)
{
    bool latin = c < 0x0250 || (c >= 0x1E00 && c < 0x1F00) || (c >= 0x0250 && c < 0x0300);
    bool greek = (c >= 0x0370 && c < 0x0400) || (c >= 0x1F00 && c < 0x2000);
    return latin || greek || is_blank(c); /* a mark on nothing */
}

/* Steps 3 and 4, in place but for growth: to has room for 2 * n. Returns how many. */
static size_t fold_letters(const int32_t *from, size_t n, int32_t *to)
{
    size_t out = 0;
    bool base_loses = true; /* a mark at the very start has no base */
    for (size_t i = 0; i < n; i++) {
        if (is_mark(from[i])) {
            if (!base_loses)
                to[out++] = from[i];
            continue;
        }
        int32_t c = plain_punctuation(from[i], NULL); /* decomposition can bring some: U+0149 is U+02BC and n */
        base_loses = loses_marks(c);
        const char *ascii = ascii_letter(c);
        if (!ascii)
            to[out++] = c;
        for (; ascii && *ascii; ascii++)
            to[out++] = *ascii;
    }
    return out;
}

static bool is_alnum(int32_t c)
{
    utf8proc_category_t k = utf8proc_category(c);
    bool letter = k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
    bool number = k >= UTF8PROC_CATEGORY_ND && k <= UTF8PROC_CATEGORY_NO;
    return letter || number || is_mark(c); /* what marks are left belong to letters */
}

/* Step 6 and encoding. `to` has room for 4 * n bytes. Returns the bytes. */
static size_t write_out(const int32_t *c, size_t n, bool alnum_only, char *to)
{
    size_t out = 0;
    bool gap = false;
    for (size_t i = 0; i < n; i++) {
        if (is_blank(c[i])) {
            gap = out > 0 && !alnum_only;
            continue;
        }
        if (alnum_only && !is_alnum(c[i]))
            continue;
        if (gap)
            to[out++] = ' ';
        gap = false;
        out += utf8_put(to + out, (uint32_t)c[i]);
    }
    return out;
}

/* All steps for ASCII. False when s is not ASCII. */
static bool fold_ascii(struct str s, bool alnum_only, char *to, size_t *ret_n)
{
    size_t out = 0;
    bool gap = false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x80 || c == 0)
            return false;
        if (is_blank(c)) {
            gap = out > 0 && !alnum_only;
            continue;
        }
        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        if (alnum_only && !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            continue;
        if (gap)
            to[out++] = ' ';
        gap = false;
        to[out++] = c == '`' ? '\'' : (char)c;
    }
    *ret_n = out;
    return true;
}

/* Steps 2 to 6. Everything between is personal text, so it lives in a buffer that wipes itself. */
static struct str fold_unicode(struct arena *a, struct str s, bool alnum_only)
{
    const utf8proc_option_t how = UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s.p;
    utf8proc_ssize_t need = utf8proc_decompose_custom(p, (utf8proc_ssize_t)s.n, NULL, 0, how, plain_punctuation, NULL);
    if (need < 0 || (size_t)need > SIZE_MAX / 16)
        return STR_NONE;
    size_t n = (size_t)need;
    _cleanup_buf_ struct buf b;
    buf_init(&b, 3 * n * sizeof(int32_t) + 1);
    int32_t *decomposed = (int32_t *)(void *)buf_reserve(&b, 3 * n * sizeof(int32_t) + 1);
    if (!decomposed)
        return STR_NONE;
    (void)utf8proc_decompose_custom(p, (utf8proc_ssize_t)s.n, decomposed, need, how, plain_punctuation, NULL);
    int32_t *folded = decomposed + n;
    size_t n_folded = fold_letters(decomposed, n, folded);
    utf8proc_ssize_t composed = utf8proc_normalize_utf32(folded, (utf8proc_ssize_t)n_folded, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (composed < 0)
        return STR_NONE;
    char *to = arena_alloc(a, 4 * (size_t)composed + 1);
    return to ? (struct str){to, write_out(folded, (size_t)composed, alnum_only, to)} : STR_NONE;
}

static struct str fold(struct arena *a, struct str s, bool alnum_only)
{
    size_t bad, n;
    if (!utf8_valid(s, &bad))
        return STR_NONE;
    char *to = arena_alloc(a, s.n + 1);
    if (!to)
        return STR_NONE;
    return fold_ascii(s, alnum_only, to, &n) ? (struct str){to, n} : fold_unicode(a, s, alnum_only);
}

struct str text_fold(struct arena *a, struct str s) { return fold(a, s, false); }
struct str text_fold_alnum(struct arena *a, struct str s) { return fold(a, s, true); }
