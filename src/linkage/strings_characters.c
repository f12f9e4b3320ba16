/* strings_characters.c: see strings_characters.h. */
#include "linkage/strings_characters.h"

#include <stdlib.h>

bool strings_is_ascii(struct str s)
{
    uint64_t all = 0, word;
    size_t i = 0;
    for (; i + sizeof word <= s.n; i += sizeof word) {
        memcpy(&word, s.p + i, sizeof word);
        all |= word;
    }
    for (; i < s.n; i++)
        all |= (uint8_t)s.p[i];
    return (all & UINT64_C(0x8080808080808080)) == 0;
}

#define NOT_UTF8 UINT32_C(0x110000)

uint32_t strings_character(struct str s, size_t *at)
{
    uint8_t first = (uint8_t)s.p[*at];
    size_t n = first < 0x80 ? 1 : first >= 0xF0 && first < 0xF8 ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC2 && first < 0xE0 ? 2 : 0;
    uint32_t c = n == 1 ? first : first & (0x7Fu >> n);
    bool whole = n > 0 && *at + n <= s.n;
    for (size_t k = 1; whole && k < n; k++) {
        uint8_t next = (uint8_t)s.p[*at + k];
        whole = (next & 0xC0) == 0x80;
        c = c << 6 | (next & 0x3F);
    }
    *at += whole ? n : 1;
    return whole ? c : NOT_UTF8 + first;
}

/* ---- an alphabet of bytes for two strings ---- */

struct alphabet {
    uint32_t character[256]; /* of each byte given, in order of giving */
    uint8_t byte[256], free[256];
    size_t n, n_free;
};

static void alphabet_init(struct alphabet *x, struct str a, struct str b)
{
    bool used[128] = {false};
    for (size_t i = 0; i < a.n; i++)
        used[a.p[i] & 0x7F] |= (uint8_t)a.p[i] < 0x80;
    for (size_t i = 0; i < b.n; i++)
        used[b.p[i] & 0x7F] |= (uint8_t)b.p[i] < 0x80;
    x->n = x->n_free = 0;
    for (unsigned c = 0; c < 128; c++)
        if (!used[c])
            x->free[x->n_free++] = (uint8_t)c;
    for (unsigned c = 128; c < 256; c++)
        x->free[x->n_free++] = (uint8_t)c;
}

static char alphabet_byte(struct alphabet *x, uint32_t c)
{
    if (c < 0x80)
        return (char)c;
    for (size_t k = 0; k < x->n; k++)
        if (x->character[k] == c)
            return (char)x->byte[k];
    if (x->n == x->n_free)
        return (char)x->byte[x->n - 1];
    x->character[x->n] = c;
    x->byte[x->n] = x->free[x->n_free - 1 - x->n];
    return (char)x->byte[x->n++];
}

static struct str narrow(struct alphabet *x, struct str s, char *out)
{
    size_t n = 0;
    for (size_t at = 0; at < s.n;)
        out[n++] = alphabet_byte(x, strings_character(s, &at));
    return (struct str){out, n};
}

void strings_narrow_two(struct strings_narrow *n, struct str *a, struct str *b)
{
    struct alphabet x;
    char *out = n->small;
    if (a->n + b->n > sizeof n->small) {
        out = n->big = malloc(a->n + b->n);
        if (!out)
            abort(); /* no memory would mean a wrong answer */
    }
    alphabet_init(&x, *a, *b);
    size_t behind = a->n;
    *a = narrow(&x, *a, out);
    *b = narrow(&x, *b, out + behind);
}

void strings_narrow_release(struct strings_narrow *n) { free(n->big); }
