/* wire.c: see wire.h. */
#include "ledger/wire.h"

#include <sodium.h>

bool ledger_wire_line(struct str *rest, struct str *ret_line)
{
    ptrdiff_t end = str_find_char(*rest, '\n');
    if (end < 0)
        return false;
    *ret_line = str_slice(*rest, 0, (size_t)end);
    *rest = str_slice(*rest, (size_t)end + 1, rest->n);
    return true;
}

bool ledger_wire_prefix(struct str *s, struct str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_slice(*s, prefix.n, s->n);
    return true;
}

bool ledger_wire_decimal(struct str s, uint64_t *ret)
{
    uint64_t v = 0;
    if (s.n == 0 || s.n > 19 || (s.n > 1 && s.p[0] == '0')) /* 19 digits fit 64 bits */
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(s.p[i] - '0');
    }
    if (v > LEDGER_SIZE_MAX)
        return false;
    *ret = v;
    return true;
}

bool ledger_wire_base64(struct str s, unsigned char *ret, size_t max, size_t *ret_n)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] & 0x80) /* libsodium 1.0.18 takes 0xaf for a slash */
            return false;
    return s.n > 0 && sodium_base642bin(ret, max, s.p, s.n, NULL, ret_n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0;
}

bool ledger_wire_hash(struct str s, struct ledger_hash *ret)
{
    struct ledger_hash h;
    size_t n = 0;
    if (!ledger_wire_base64(s, h.bytes, sizeof h.bytes, &n) || n != sizeof h.bytes)
        return false;
    *ret = h;
    return true;
}

enum err_code ledger_wire_proof(struct str *rest, size_t max, struct ledger_proof *ret, struct err *e)
{
    struct ledger_proof p = {0};
    struct str line;
    while (ledger_wire_line(rest, &line)) {
        if (line.n == 0) {
            *ret = p;
            return ERR_OK;
        }
        if (p.n == max)
            return err_set(e, ERR_LIMIT, "the proof has more than %zu hashes", max);
        if (!ledger_wire_hash(line, &p.at[p.n]))
            return err_set(e, ERR_FORMAT, "line %zu of the proof is no hash in base64", p.n + 1);
        p.n++;
    }
    return err_set(e, ERR_FORMAT, "the proof does not end with an empty line");
}

bool ledger_wire_text(struct str s)
{
    size_t at;
    if (s.n == 0 || s.p[s.n - 1] != '\n' || !utf8_valid(s, &at))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n')
            return false;
    return true;
}

void ledger_wire_put_base64(struct buf *b, const void *p, size_t n)
{
    size_t length = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL); /* with its NUL */
    char *to = buf_reserve(b, length);
    if (!to)
        return; /* sticks in b */
    (void)sodium_bin2base64(to, length, p, n, sodium_base64_VARIANT_ORIGINAL);
    b->n += length - 1;
}

void ledger_wire_put_proof(struct buf *b, const struct ledger_proof *p)
{
    for (size_t i = 0; i < p->n; i++) {
        ledger_wire_put_base64(b, p->at[i].bytes, LEDGER_HASH_BYTES);
        (void)buf_char(b, '\n');
    }
}
