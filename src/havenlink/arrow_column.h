/* arrow_column.h: one column of an Arrow array as text (private to havenlink).
 *
 * An array is looked at once, whole, before a value is read: lengths, offsets, numbers of buffers and children, and that no buffer is missing that a value would be read
 * from. The sizes of buffers are the producer's word, as everywhere in Arrow. */
#ifndef HAVEN_HAVENLINK_ARROW_COLUMN_H
#define HAVEN_HAVENLINK_ARROW_COLUMN_H

#include "havenlink/havenlink.h"

#include "base/base.h"

#define ARROW_NESTING 16 /* lists in lists */

enum arrow_kind { ARROW_NONE, ARROW_NULL, ARROW_BOOL, ARROW_INT, ARROW_UINT, ARROW_FLOAT, ARROW_TEXT, ARROW_VIEW, ARROW_DAYS, ARROW_INSTANT, ARROW_LIST, ARROW_LIST_FIXED };

/* A type: what its format says. */
struct arrow_type {
    enum arrow_kind kind;
    unsigned width;            /* bytes of a value, or of an offset (TEXT, LIST) */
    int64_t per;               /* INSTANT, DAYS of milliseconds: units in a second, in a day; LIST_FIXED: items */
    bool zoned;                /* INSTANT */
    struct arrow_type *items;  /* LIST, LIST_FIXED */
    struct arrow_type *values; /* of a dictionary: this type is that of its indices */
};

/* ERR_UNSUPPORTED with the format and the column's name. In the arena. */
enum err_code arrow_type_read(const struct ArrowSchema *s, const char *column, struct arena *a, struct arrow_type *ret, struct err *e);

/* Whether n values from `from` on may be read of the array; ERR_FORMAT says what breaks the specification. */
enum err_code arrow_array_check(const struct arrow_type *t, const struct ArrowArray *x, int64_t from, int64_t n, const char *column, struct err *e);

/* Value `row` (counted from the array's own offset) of an array that arrow_array_check has passed; STR_NONE: NULL. It lies in the array or in b, which is cleared for it. */
enum err_code arrow_value(const struct arrow_type *t, const struct ArrowArray *x, int64_t row, const char *column, struct buf *b, struct str *ret, struct err *e);

/* The i-th whole number of `width` bytes, wherever it lies; one of 8 unsigned bytes over INT64_MAX comes out negative. */
int64_t arrow_integer(const void *buffer, unsigned width, bool is_signed, int64_t i);
struct str arrow_view(const struct ArrowArray *x, int64_t at, bool *ret_ok);

/* Bit `at` of a validity bitmap; a missing one is all ones. */
static inline bool arrow_valid(const void *bitmap, int64_t at)
{
    return !bitmap || ((const uint8_t *)bitmap)[at >> 3] >> (at & 7) & 1;
}

#endif
