/* id.c: ids of persons by rule. "P" and the least mention key of the person in Crockford's base 32 (no I, L, O, U), so that an id can be read over a telephone; reading forgives
 * small letters and the usual confusions. */
#include "people/people.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct person_id person_id_of_key(uint64_t least_mention_key)
{
    struct person_id id = {.z = {[0] = 'P'}};
    for (int i = PERSON_ID_CHARS - 1; i >= 1; i--) {
        id.z[i] = digits[least_mention_key & 31];
        least_mention_key >>= 5;
    }
    return id;
}

static int digit_value(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

bool person_id_parse(struct str s, uint64_t *ret_key)
{
    uint64_t key = 0;
    if (s.n != PERSON_ID_CHARS || (s.p[0] != 'P' && s.p[0] != 'p'))
        return false;
    for (size_t i = 1; i < s.n; i++) {
        int v = digit_value(s.p[i]);
        if (v < 0 || (i == 1 && v > 15)) /* 13 digits hold 65 bits: the first has four */
            return false;
        key = key << 5 | (uint64_t)v;
    }
    *ret_key = key;
    return true;
}

struct str mention_key_format(struct arena *a, uint64_t key) { return str_fmt(a, "%016llx", (unsigned long long)key); }

bool mention_key_parse(struct str s, uint64_t *ret)
{
    uint64_t key = 0;
    if (s.n != 16)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (v < 0)
            return false;
        key = key << 4 | (uint64_t)v;
    }
    *ret = key;
    return key != 0;
}
