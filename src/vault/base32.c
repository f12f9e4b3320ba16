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

/* -1: no letter of VAULT_BASE32_TYPED. What looks alike counts as alike. */
static int value_of(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const char *at = c ? strchr(VAULT_BASE32_TYPED, c) : NULL;
    return at ? (int)(at - VAULT_BASE32_TYPED) : -1;
}

bool vault_base32_take(struct str s, unsigned char *ret, size_t n)
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t done = 0, chars = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ' ' || s.p[i] == '-')
            continue;
        int value = value_of(s.p[i]);
        if (value < 0 || ++chars > (8 * n + 4) / 5)
            return false;
        bits = bits << 5 | (uint32_t)value;
        held += 5;
        if (held >= 8 && done < n)
            ret[done++] = (unsigned char)(bits >> (held -= 8));
    }
    return done == n && chars == (8 * n + 4) / 5 && (bits & ((1u << held) - 1)) == 0;
}
