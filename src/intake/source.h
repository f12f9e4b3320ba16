/* source.h: a file as a stream of rows; private to the room. */
#ifndef HAVEN_INTAKE_SOURCE_H
#define HAVEN_INTAKE_SOURCE_H

#include "intake/reader.h"

struct source;

struct source_row {
    struct row row;             /* when why is NULL */
    const char *why;            /* why it goes to quarantine */
    bool charset_problem;
    uint64_t first_line, last_line;
    struct str raw;             /* as it came, at most LIMIT_CSV_RECORD_BYTES */
};

/* Opens a file and reads its header. Refuses with a message what makes all of it unreadable: a directory, an empty or binary file, another
 * format or separator, missing, doubled or too many columns. */
enum err_code source_open(const struct feed *f, const char *path, struct source **ret, struct err *e);
void source_close(struct source *s);
/* The row's slices are valid until the next call. */
enum err_code source_next(struct source *s, struct source_row *ret, bool *ret_more, struct err *e);
/* Positions of the last row's values sorted by name. */
const size_t *source_order(const struct source *s);
struct str source_layout(const struct source *s); /* empty: names stand in the rows */
uint64_t source_bytes_read(const struct source *s);
uint64_t source_bytes_total(const struct source *s);

#endif
