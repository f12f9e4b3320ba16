/* reader.h: one record of CSV or one JSON line to a struct row; private to the room.
 *
 * What cannot be read gives a problem (for quarantine) and no row. */
#ifndef HAVEN_INTAKE_READER_H
#define HAVEN_INTAKE_READER_H

#include "intake/row.h"

struct reader {
    const struct feed *f;
    enum charset charset;  /* of the text that comes: the feed's, or UTF-8 for mended text */
    struct str layout;     /* CSV: the names with LAYOUT_SEPARATOR between */
    struct arena fixed;    /* names of a CSV file */
    struct arena scratch;  /* one JSON line */
    struct buf text;       /* one row decoded */
    struct str *names, *values;
    int *columns, *elements, *at;
    size_t *order;         /* positions sorted by name */
    size_t n, cap;
    char why[200];         /* the last problem: no personal data */
    bool charset_problem;  /* the last problem was one of character set */
};

/* CSV: with the header's fields. ERR_FORMAT naming missing and doubled columns (`where`: the file). */
enum err_code reader_open_csv(struct reader *r, const struct feed *f, enum charset charset, const struct str *header, size_t n, const char *where,
                              struct err *e);
/* The same from a stored layout. */
enum err_code reader_open_layout(struct reader *r, const struct feed *f, enum charset charset, struct str layout, struct err *e);
enum err_code reader_open_json(struct reader *r, const struct feed *f, struct err *e);
void reader_close(struct reader *r);
#define _cleanup_reader_ __attribute__((cleanup(reader_close)))

/* *ret_why NULL: *ret is a row, valid until the next call. */
enum err_code reader_csv(struct reader *r, const struct csv_record *record, struct row *ret, const char **ret_why, struct err *e);
enum err_code reader_json(struct reader *r, struct str line, struct row *ret, const char **ret_why, struct err *e);

/* For the two kinds of reader: room for `cap` values; the problem of a row (gives ERR_OK); r->order by name. */
enum err_code reader_init(struct reader *r, const struct feed *f, enum charset charset, size_t cap, struct err *e);
enum err_code reader_problem(struct reader *r, const char **ret_why, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void reader_sort(struct reader *r);

#endif
