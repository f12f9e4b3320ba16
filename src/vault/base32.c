/* base32.c: bytes as letters that people type: five bits a character, the last one filled up with zeros. */
#include "vault/vault_int.h"

void vault_base32_put(const char *alphabet, const unsigned char *p, size_t n, char *ret)
{
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < n; i++) {
        bits = bits << 8 | p[i];
        for (held += 8; held >= 5; held -= 5)
            *ret++ = alphabet[bits >> (held - 5) & 31];
    }
    if (held)
        *ret++ = alphabet[bits << (5 - held) & 31];
    *ret = '\0';
}

/* The letter of VAULT_BASE32_TYPED that was meant, or NUL. What looks alike counts as alike. */
static char meant(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    return c && strchr(VAULT_BASE32_TYPED, c) ? c : '\0';
}

size_t vault_base32_clean(struct str s, char *ret, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '-')
            continue;
        char c = meant(s.p[i]);
        if (!c || n == most)
            return 0;
        ret[n++] = c;
    }
    return n;
}

bool vault_base32_take(struct str s, unsigned char *ret, size_t n)
{
    char text[LIMIT_TYPED_CHARS];
    const size_t chars = (8 * n + 4) / 5;
    uint32_t bits = 0;
    unsigned held = 0;
    if (chars > sizeof text || vault_base32_clean(s, text, chars) != chars)
        return false;
    for (size_t i = 0, done = 0; i < chars; i++) {
        bits = bits << 5 | (uint32_t)(strchr(VAULT_BASE32_TYPED, text[i]) - VAULT_BASE32_TYPED);
        held += 5;
        if (held >= 8)
            ret[done++] = (unsigned char)(bits >> (held -= 8));
    }
    sodium_memzero(text, sizeof text);
    return (bits & ((1u << held) - 1)) == 0;
}
