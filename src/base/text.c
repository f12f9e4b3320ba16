/* text.c: character sets. The folded form is in fold.c. */
#include "base/text.h"

/* ---- UTF-8 ---- */

/* Bytes of the well-formed sequence at p (n bytes there), 0 when it is malformed or cut (Unicode, table 3-7). */
static size_t sequence(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80)
        return p[0] != 0;
    size_t length = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || n < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xF0 && p[1] < 0x90);
    bool surrogate = p[0] == 0xED && p[1] > 0x9F;
    bool too_high = p[0] == 0xF4 && p[1] > 0x8F;
    return overlong || surrogate || too_high ? 0 : length;
}

/* True when the eight bytes are ASCII without NUL. */
static bool eight_plain(const unsigned char *p)
{
    uint64_t w;
    memcpy(&w, p, 8);
    return ((w | (w - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080)) == 0;
}

bool utf8_valid(struct str s, size_t *ret_at)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        if (s.n - i >= 8 && eight_plain(p + i)) {
            i += 8;
            continue;
        }
        size_t length = sequence(p + i, s.n - i);
        if (length == 0) {
            *ret_at = i;
            return false;
        }
        i += length;
    }
    return true;
}

size_t utf8_length(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

size_t utf8_put(char to[4], uint32_t c)
{
    size_t n = 0;
    if (c < 0x80) {
        to[n++] = (char)c;
        return n;
    }
    if (c < 0x800) {
        to[n++] = (char)(0xC0 | c >> 6);
    } else if (c < 0x10000) {
        to[n++] = (char)(0xE0 | c >> 12);
        to[n++] = (char)(0x80 | (c >> 6 & 63));
    } else {
        to[n++] = (char)(0xF0 | c >> 18);
        to[n++] = (char)(0x80 | (c >> 12 & 63));
        to[n++] = (char)(0x80 | (c >> 6 & 63));
    }
    to[n++] = (char)(0x80 | (c & 63));
    return n;
}

static bool add_code_point(struct buf *b, uint32_t c)
{
    char u[4];
    return buf_add(b, u, utf8_put(u, c));
}

/* ---- other character sets ---- */

static const struct {
    struct str name;
    enum charset charset;
} names[] = {
    {{"UTF-8", 5}, CHARSET_UTF8},
    {{"windows-1252", 12}, CHARSET_WINDOWS_1252},
    {{"cp1252", 6}, CHARSET_WINDOWS_1252},
    {{"ISO-8859-1", 10}, CHARSET_ISO_8859_1},
    {{"latin1", 6}, CHARSET_ISO_8859_1},
    {{"UTF-16LE", 8}, CHARSET_UTF16LE},
    {{"UTF-16BE", 8}, CHARSET_UTF16BE},
};

bool charset_parse(struct str name, enum charset *ret)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_nocase(name, names[i].name)) {
            *ret = names[i].charset;
            return true;
        }
    return false;
}

/* Windows-1252 from 0x80 to 0x9F; 0: unassigned. The rest is ISO 8859-1, which is Unicode. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
};

static enum err_code not_in(struct err *e, const char *set, size_t at)
{
    return err_set(e, ERR_FORMAT, "the text is not %s: byte %zu; check the character set of the feed", set, at + 1);
}

static enum err_code decode_bytes(struct str s, bool windows, struct buf *b, struct err *e)
{
    for (size_t i = 0; i < s.n; i++) {
        uint32_t c = (unsigned char)s.p[i];
        if (windows && c >= 0x80 && c < 0xA0)
            c = windows_1252[c - 0x80];
        if (c == 0)
            return not_in(e, windows ? "Windows-1252" : "ISO 8859-1", i);
        (void)add_code_point(b, c); /* failure is sticky: charset_decode looks */
    }
    return ERR_OK;
}

static uint32_t unit_at(struct str s, size_t i, bool big)
{
    uint32_t first = (unsigned char)s.p[i], second = (unsigned char)s.p[i + 1];
    return big ? first << 8 | second : second << 8 | first;
}

static enum err_code decode_utf16(struct str s, bool big, struct buf *b, struct err *e)
{
    size_t i = 0;
    if (s.n >= 2 && unit_at(s, 0, big) == 0xFEFF)
        i = 2; /* the byte order mark */
    while (i + 1 < s.n) {
        size_t at = i;
        uint32_t c = unit_at(s, i, big);
        i += 2;
        if (c >= 0xD800 && c < 0xDC00 && i + 1 < s.n && (unit_at(s, i, big) & 0xFC00) == 0xDC00) {
            c = 0x10000 + ((c - 0xD800) << 10) + (unit_at(s, i, big) - 0xDC00);
            i += 2;
        } else if (c == 0 || (c >= 0xD800 && c < 0xE000)) {
            return not_in(e, "UTF-16", at);
        }
        (void)add_code_point(b, c); /* failure is sticky: charset_decode looks */
    }
    return i == s.n ? ERR_OK : not_in(e, "UTF-16", i); /* half a unit is left */
}

static enum err_code decode_utf8(struct str s, struct buf *b, struct err *e)
{
    size_t bad;
    if (!utf8_valid(s, &bad))
        return not_in(e, "UTF-8", bad);
    (void)buf_str(b, s); /* failure is sticky: charset_decode looks */
    return ERR_OK;
}

enum err_code charset_decode(enum charset from, struct str s, struct buf *b, struct err *e)
{
    size_t before = b->n;
    enum err_code code = ERR_OK;
    switch (from) {
    case CHARSET_UTF8:
        code = decode_utf8(s, b, e);
        break;
    case CHARSET_WINDOWS_1252:
    case CHARSET_ISO_8859_1:
        code = decode_bytes(s, from == CHARSET_WINDOWS_1252, b, e);
        break;
    case CHARSET_UTF16LE:
    case CHARSET_UTF16BE:
        code = decode_utf16(s, from == CHARSET_UTF16BE, b, e);
        break;
    case CHARSET_UNKNOWN:
        code = err_set(e, ERR_UNSUPPORTED, "the character set is not known");
        break;
    }
    if (code != ERR_OK) {
        b->n = before; /* outputs are untouched on failure */
        return code;
    }
    return buf_check(b, "the decoded text", e);
}
