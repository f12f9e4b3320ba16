/* csv.h: RFC 4180 records from bytes that arrive in pieces, in constant memory.
 *
 * The reader is fed chunks (csv_feed) and gives complete records (csv_next), each with the first
 * and last physical line that it came from. Fields are slices into the reader's own buffer, valid until the next
 * call. It accepts LF, CRLF and CR line ends, a UTF-8 byte order mark at the start, and quotes
 * doubled inside quotes. What RFC 4180 does not allow is reported for that record and the
 * reader goes on with the next line, so that one bad record does not lose the rest:
 * a quote inside an unquoted field, text after a closing quote, an unclosed quote (the record ends with the line on
 * which the quote opens; reading resumes at the line after it, also when a stray quote many lines later seemed to
 * close it), a NUL byte, a record over the limits below. Blank lines are skipped. Every input byte lies in exactly one
 * record or is a line end or the byte order mark, so nothing that is refused is lost.
 *
 * Files: csv_open() reads a regular file (not a directory, not empty) through the same reader. */
#ifndef HAVEN_BASE_CSV_H
#define HAVEN_BASE_CSV_H

#include "base/str.h"

struct csv_limits {
    size_t record_bytes; /* default LIMIT_CSV_RECORD_BYTES */
    size_t columns;      /* default LIMIT_CSV_COLUMNS */
};

struct csv_record {
    const struct str *fields; /* with a problem: none */
    size_t n;
    uint64_t first_line, last_line; /* 1-based physical lines */
    uint64_t first_byte, last_byte; /* offsets in the input, [first, last), without the line end */
    enum err_code problem;          /* ERR_OK, or why this record cannot be used */
    const char *why;                /* with a problem: e.g. "a quote is not closed"; lives as long as the reader */
    struct str raw;                 /* the record's bytes as read, without the line end, at most the record limit */
};

struct csv;

/* `separator` ',' '\t' ';' or '|'. NULL limits: defaults. */
enum err_code csv_new(char separator, const struct csv_limits *limits, struct csv **ret, struct err *e);
void csv_free(struct csv *c);
/* Gives the reader more bytes; n = 0 means the end of the input. The bytes must stay until csv_next says it wants more. */
void csv_feed(struct csv *c, const void *p, size_t n);
/* True: *ret is a record. False: feed more, or all done if the end was fed. */
bool csv_next(struct csv *c, struct csv_record *ret);

/* Begins anew with bytes from the middle of an input, where a record begins: no byte order mark is looked for; lines and offsets count from here. */
void csv_restart(struct csv *c);

/* ---- a whole file ---- */
struct csv_file;
/* ERR_IO with path and reason: cannot open, a directory, empty, not a regular file. */
enum err_code csv_open(const char *path, char separator, const struct csv_limits *limits, struct csv_file **ret,
                       struct err *e);
/* ERR_OK with *ret_more false at the end. */
enum err_code csv_read(struct csv_file *f, struct csv_record *ret, bool *ret_more, struct err *e);
uint64_t csv_bytes_read(const struct csv_file *f);
uint64_t csv_bytes_total(const struct csv_file *f);
int csv_descriptor(const struct csv_file *f); /* to read parts of the same file beside the reader, by pread */
void csv_close(struct csv_file *f);

/* ---- writing ---- */
/* Appends one field, quoted when it must be (an empty first field too, lest its record be a blank line); `first` false
 * puts the comma before. False when b is full; the failure sticks, so a whole row may be written before looking. */
bool csv_write_field(struct buf *b, struct str field, bool first);
bool csv_write_end(struct buf *b); /* CRLF is not used: a bare LF */

#endif
