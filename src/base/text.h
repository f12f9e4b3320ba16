/* text.h: character sets and the folded forms that comparison uses.
 *
 * What an agency wrote is kept as written (in UTF-8). For comparing and searching there is one folded form: compatibility
 * decomposition, case folding, marks removed (utf8proc), plus a table for what decomposition leaves (ł ø đ ß æ œ ð þ ı, typographic
 * quotes and dashes). Folding never loses a letter silently: marks are removed from Latin and Greek letters only; other
 * scripts keep theirs, because there a mark can make another letter (и and й, か and が). */
#ifndef HAVEN_BASE_TEXT_H
#define HAVEN_BASE_TEXT_H

#include "base/str.h"

enum charset { CHARSET_UNKNOWN, CHARSET_UTF8, CHARSET_WINDOWS_1252, CHARSET_ISO_8859_1, CHARSET_UTF16LE, CHARSET_UTF16BE };

bool charset_parse(struct str name, enum charset *ret); /* "UTF-8", "windows-1252", "ISO-8859-1", ... */

/* True when s is well-formed UTF-8 (no overlong forms, no surrogates, no NUL). *ret_at: offset of the first bad byte. */
bool utf8_valid(struct str s, size_t *ret_at);
size_t utf8_length(struct str s); /* code points; s must be valid */
size_t utf8_put(char to[4], uint32_t code_point); /* writes one, returns its bytes */

/* Appends s, in `from`, to b as UTF-8. ERR_FORMAT when s is not in that character set (Windows-1252 has five unassigned
 * bytes; UTF-8 may be cut or malformed; NUL is in none); b is then as before. A byte order mark of UTF-16 is dropped. */
enum err_code charset_decode(enum charset from, struct str s, struct buf *b, struct err *e);

/* Folded form in the arena: "  Zoë  O’Connor-Łuczak " -> "zoe o'connor-luczak" (blanks trimmed and runs made one). STR_NONE: out of space or invalid. */
struct str text_fold(struct arena *a, struct str s);
/* Letters and digits of the folded form only: "oconnorluczak". */
struct str text_fold_alnum(struct arena *a, struct str s);

#endif
