/* strings_characters.h: strings by characters, for functions that look at bytes (private to linkage).
 *
 * DuckDB's distances count characters (code points; its versions before 2 counted bytes), so does Spark. Nearly all strings are ASCII, where the two are one. For a pair that is not,
 * every other character gets a byte that neither string has, and the same functions run on those. */
#ifndef HAVEN_LINKAGE_STRINGS_CHARACTERS_H
#define HAVEN_LINKAGE_STRINGS_CHARACTERS_H

#include "base/base.h"

#define STRINGS_NARROW_BYTES ((size_t)256)

struct strings_narrow {
    char *big; /* strings that do not fit `small` */
    char small[STRINGS_NARROW_BYTES];
};
void strings_narrow_release(struct strings_narrow *n);
#define _cleanup_narrow_ __attribute__((cleanup(strings_narrow_release)))

bool strings_is_ascii(struct str s);
/* The character that begins at *at, which moves behind it. A byte that is no part of UTF-8 is a character of its own, above all others. */
uint32_t strings_character(struct str s, size_t *at);
/* Makes *a and *b, of which one is not ASCII, slices of *n in which a byte is a character. From the 256th different character on they are one. */
void strings_narrow_two(struct strings_narrow *n, struct str *a, struct str *b);

#endif
