/* str.c: see str.h. */
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 u128; /* for the hash: every compiler that we build with has it */

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eq(str_slice(s, 0, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eq(str_slice(s, s.n - suffix.n, s.n), suffix);
}

ptrdiff_t str_find(struct str s, struct str needle)
{
    if (needle.n == 0)
        return 0;
    const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
    return at ? at - s.p : -1;
}

ptrdiff_t str_find_char(struct str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f'; }

struct str str_trim(struct str s)
{
    while (s.n && blank(s.p[0]))
        s.p++, s.n--;
    while (s.n && blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool str_split(struct str *rest, char sep, struct str *ret_part)
{
    if (!rest->p)
        return false;
    ptrdiff_t at = str_find_char(*rest, sep);
    if (at < 0) {
        *ret_part = *rest;
        *rest = STR_NONE;
    } else {
        *ret_part = str_slice(*rest, 0, (size_t)at);
        *rest = (struct str){rest->p + at + 1, rest->n - (size_t)at - 1};
    }
    return true;
}

bool str_to_int64(struct str s, int64_t *ret)
{
    bool minus = s.n && s.p[0] == '-';
    size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0;
    if (i == s.n)
        return false;
    int64_t v = 0;
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        int digit = s.p[i] - '0';
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v))
            return false;
    }
    if (!minus && __builtin_sub_overflow(0, v, &v)) /* counted downwards, so that the least value fits */
        return false;
    *ret = v;
    return true;
}

bool str_to_double(struct str s, double *ret)
{
    char z[64], *end;
    if (s.n == 0 || s.n >= sizeof z || blank(s.p[0]))
        return false;
    memcpy(z, s.p, s.n);
    z[s.n] = '\0';
    double v = strtod(z, &end); /* the process never calls setlocale for LC_NUMERIC */
    if (end != z + s.n)
        return false;
    *ret = v;
    return true;
}

uint64_t str_hash(struct str s, uint64_t seed)
{
    uint64_t h = seed ^ (s.n * 0x9E3779B97F4A7C15u);
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t w;
        memcpy(&w, s.p + i, 8);
        u128 m = (u128)(h ^ w) * 0xD6E8FEB86659FD93u;
        h = (uint64_t)m ^ (uint64_t)(m >> 64);
    }
    uint64_t tail = 0;
    if (s.n > i)
        memcpy(&tail, s.p + i, s.n - i);
    u128 m = (u128)(h ^ tail ^ 0xA0761D6478BD642Fu) * 0xE7037ED1A0B428DBu;
    h = (uint64_t)m ^ (uint64_t)(m >> 64);
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93u;
    return h ^ h >> 32;
}

struct str str_dup(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n ? s.n : 1);
    if (!p)
        return STR_NONE;
    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct str){p, s.n};
}

const char *str_z(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (p && s.n)
        memcpy(p, s.p, s.n);
    return p;
}

struct str str_fmt(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (p)
        (void)vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p ? (struct str){p, (size_t)n} : STR_NONE;
}

void buf_init(struct buf *b, size_t max_bytes) { *b = (struct buf){.max = max_bytes}; }

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->failed = b->no_memory = false;
}

void buf_release(struct buf *b)
{
    if (b->p) {
        explicit_bzero(b->p, b->cap);
        free(b->p);
    }
    buf_init(b, b->max);
}

static bool grow(struct buf *b, size_t need)
{
    size_t cap = b->cap ? b->cap : 256;
    while (cap < need)
        cap *= 2;
    if (cap > b->max)
        cap = b->max;
    char *p = malloc(cap); /* not realloc: the old bytes are wiped before they are given back */
    if (!p) {
        b->failed = b->no_memory = true;
        return false;
    }
    if (b->p) {
        memcpy(p, b->p, b->n);
        explicit_bzero(b->p, b->cap);
        free(b->p);
    }
    b->p = p;
    b->cap = cap;
    return true;
}

char *buf_reserve(struct buf *b, size_t n)
{
    if (b->failed || n > b->max || b->n > b->max - n || (b->n + n > b->cap && !grow(b, b->n + n))) {
        b->failed = true;
        return NULL;
    }
    return b->p ? b->p + b->n : (grow(b, 1) ? b->p : NULL);
}

bool buf_add(struct buf *b, const void *p, size_t n)
{
    char *to = buf_reserve(b, n);
    if (!to)
        return false;
    if (n)
        memcpy(to, p, n);
    b->n += n;
    return true;
}

bool buf_str(struct buf *b, struct str s) { return buf_add(b, s.p, s.n); }
bool buf_z(struct buf *b, const char *z) { return buf_add(b, z, strlen(z)); }
bool buf_char(struct buf *b, char c) { return buf_add(b, &c, 1); }

bool buf_fmt(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *to = n < 0 ? NULL : buf_reserve(b, (size_t)n + 1);
    if (to) {
        (void)vsnprintf(to, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
    return to != NULL;
}

enum err_code buf_check(const struct buf *b, const char *what, struct err *e)
{
    if (!b->failed)
        return ERR_OK;
    if (b->no_memory)
        return err_set(e, ERR_NO_MEMORY, "out of memory for %s", what);
    return err_set(e, ERR_LIMIT, "%s is over its limit of %zu bytes", what, b->max);
}
