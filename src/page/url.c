/* url.c: local URLs out of text, and text out of URLs.
 *
 * Promise: what url_* make starts with one "/", holds only characters that RFC 3986 allows in a path or query, and decodes to what went
 * in; it never leads to another host or scheme. */
#include "page/page.h"

#include <assert.h>

static bool unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

static void put_encoded(struct buf *b, struct str s, bool keep_slash)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool single_slash = c == '/' && keep_slash && (b->n == 0 || b->p[b->n - 1] != '/');
        if (unreserved(c) || single_slash)
            (void)buf_char(b, (char)c); /* a failure is sticky in b; take() sees it */
        else
            (void)buf_fmt(b, "%%%02X", c);
    }
}

static struct url take(struct arena *a, const struct buf *b)
{
    struct str s = b->failed ? STR_NONE : str_dup(a, buf_as_str(b));
    return (struct url){s.p, s.n};
}

struct url url_path(struct arena *a, struct str path)
{
    assert(path.n && path.p[0] == '/');
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_URL_BYTES);
    put_encoded(&b, path, true);
    return take(a, &b);
}

struct url url_under(struct arena *a, struct str base, struct str segment)
{
    assert(base.n && base.p[0] == '/');
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_URL_BYTES);
    put_encoded(&b, base, true);
    if (base.n > 1)
        (void)buf_char(&b, '/');
    put_encoded(&b, segment, false);
    return take(a, &b);
}

struct url url_query(struct arena *a, struct str path, const struct req_param *params, size_t n)
{
    assert(path.n && path.p[0] == '/');
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_URL_BYTES);
    put_encoded(&b, path, true);
    char before = '?';
    for (size_t i = 0; i < n; i++) {
        if (params[i].value.n == 0)
            continue;
        (void)buf_char(&b, before);
        put_encoded(&b, params[i].name, false);
        (void)buf_char(&b, '=');
        put_encoded(&b, params[i].value, false);
        before = '&';
    }
    return take(a, &b);
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool url_decode(struct arena *a, struct str s, bool form, struct str *ret)
{
    char *p = arena_alloc(a, s.n);
    if (!p)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            int high = i + 2 < s.n ? hex(s.p[i + 1]) : -1, low = i + 2 < s.n ? hex(s.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && form) {
            c = ' ';
        }
        bool line_end = form && (c == '\n' || c == '\r' || c == '\t'); /* a text area sends them */
        if (((unsigned char)c < 0x20 && !line_end) || c == 0x7F)
            return false;
        p[n++] = c;
    }
    size_t bad;
    *ret = (struct str){p, n};
    return utf8_valid(*ret, &bad);
}
