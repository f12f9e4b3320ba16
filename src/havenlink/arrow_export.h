/* arrow_export.h: Arrow arrays that the library makes (private to havenlink): flat record batches of doubles, small numbers and texts.
 *
 * A batch is built column by column in one block of memory each, then moved out. What is moved out owns itself: batch, schema and their children are released by their own
 * release callbacks, in any order, also after children were moved out of them. */
#ifndef HAVEN_HAVENLINK_ARROW_EXPORT_H
#define HAVEN_HAVENLINK_ARROW_EXPORT_H

#include "havenlink/havenlink.h"

#include "base/base.h"

#define EXPORT_ROWS 65536u                    /* of a batch */
#define EXPORT_TEXT_BYTES ((size_t)1 << 30)   /* of a column of a batch: offsets are 32 bits */

enum export_type { EXPORT_DOUBLE, EXPORT_INT8, EXPORT_INT32, EXPORT_TEXT };

struct export_field {
    const char *name; /* lives as long as the batch and its schemas are built */
    enum export_type type;
};

struct export_column {
    enum export_type type;
    struct buf values;  /* or bytes of texts */
    struct buf offsets; /* TEXT */
};
struct export_batch {
    struct export_column *columns;
    size_t n_columns, rows;
};

enum err_code export_batch_new(const struct export_field *fields, size_t n, struct export_batch *ret, struct err *e);
void export_batch_free(struct export_batch *b);
/* A row is complete when each column has got one value; then export_row_end. Failures stick and are told by export_row_end. */
void export_double(struct export_batch *b, size_t column, double v);
void export_int8(struct export_batch *b, size_t column, int8_t v);
void export_int32(struct export_batch *b, size_t column, int32_t v);
void export_text(struct export_batch *b, size_t column, struct str a, struct str between, struct str c); /* the three in one */
/* *ret_full: no more rows fit. */
enum err_code export_row_end(struct export_batch *b, bool *ret_full, struct err *e);

/* Moves the batch out as an array of one release; b is empty then, to be filled anew. */
enum err_code export_array(struct export_batch *b, struct ArrowArray *ret, struct err *e);
enum err_code export_schema(const struct export_field *fields, size_t n, struct ArrowSchema *ret, struct err *e);

#endif
