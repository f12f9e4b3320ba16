/* str.h: text as a slice, and text that grows.
 *
 * Inside Haven text is `struct str`: a pointer and a length, UTF-8, not NUL-terminated, owned
 * by whoever owns the memory under it (an arena, a buffer, a file's bytes). NUL-terminated text
 * exists only at borders (system calls, libraries), made by str_z(). `struct buf` is text or
 * bytes that grow up to a maximum that it is made with (curl's dynbuf); it wipes itself when
 * released. */
#ifndef HAVEN_BASE_STR_H
#define HAVEN_BASE_STR_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
/* For printf: `printf("%.*s", STR_ARG(s))`. Never with personal text in an error or a log. */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str str_of(const char *z) { return (struct str){z, z ? strlen(z) : 0}; }
static inline struct str str_slice(struct str s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    return from >= to ? (struct str){s.p, 0} : (struct str){s.p + from, to - from};
}
static inline bool str_eq(struct str a, struct str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

int str_cmp(struct str a, struct str b);              /* bytewise, shorter first when a prefix */
bool str_eq_nocase(struct str a, struct str b);       /* ASCII letters only */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
ptrdiff_t str_find(struct str s, struct str needle);  /* index of the first, or -1 */
ptrdiff_t str_find_char(struct str s, char c);
struct str str_trim(struct str s);                    /* without ASCII blanks at both ends */
/* Takes the part before the first `sep` off *rest; false when nothing is left. */
bool str_split(struct str *rest, char sep, struct str *ret_part);
bool str_to_int64(struct str s, int64_t *ret);        /* all of s, decimal, optional sign */
bool str_to_double(struct str s, double *ret);        /* all of s, C locale */
uint64_t str_hash(struct str s, uint64_t seed);       /* not for secrets; stable across machines */

/* Copies into an arena; a NULL p means out of space (an empty s gives a non-NULL p). */
struct str str_dup(struct arena *a, struct str s);
const char *str_z(struct arena *a, struct str s);     /* NUL-terminated copy; NULL: out of space */
struct str str_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- bytes that grow ---- */

struct buf {
    char *p;
    size_t n, cap, max;
    bool failed;    /* an append did not fit or memory ran out: sticky, contents then incomplete */
    bool no_memory; /* with failed: it was memory */
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_clear(struct buf *b);   /* length 0, memory kept, not wiped */
void buf_release(struct buf *b); /* wiped and freed */
#define _cleanup_buf_ __attribute__((cleanup(buf_release)))

/* Appends; false (and sticky b->failed) over the maximum or out of memory. */
bool buf_add(struct buf *b, const void *p, size_t n);
bool buf_str(struct buf *b, struct str s);
bool buf_z(struct buf *b, const char *z);
bool buf_char(struct buf *b, char c);
bool buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Space for n more bytes at b->p + b->n; the caller fills it and adds to b->n. NULL as above. */
char *buf_reserve(struct buf *b, size_t n);
static inline struct str buf_as_str(const struct buf *b) { return (struct str){b->p ? b->p : "", b->n}; }
/* ERR_LIMIT naming `what` and the maximum if any append failed (ERR_NO_MEMORY if memory ran out), else ERR_OK. */
enum err_code buf_check(const struct buf *b, const char *what, struct err *e);

#endif
