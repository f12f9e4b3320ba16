/* csv_int.h: what the two halves of the CSV reader share; private to base. csv_scan.c walks one record, csv.c brings
 * it bytes and gives it out. */
#ifndef HAVEN_BASE_CSV_INT_H
#define HAVEN_BASE_CSV_INT_H

#include "base/csv.h"

#define NOT_SEEN SIZE_MAX

enum csv_place { FIELD_START, PLAIN, QUOTED, QUOTE_SEEN, BAD_LINE };
enum csv_outcome { SCAN_MORE, SCAN_RECORD, SCAN_REWIND };
enum csv_class { ORDINARY, SEPARATOR, QUOTE, LINE_END, NUL };

struct csv_mark {
    uint32_t from, to;
    bool doubled; /* has doubled quotes */
};

struct csv {
    struct csv_limits limits;
    uint8_t class[256];
    char why_bytes[64], why_columns[64];

    /* bytes waiting: carry first, then the piece last fed */
    char *carry;
    size_t carry_at, carry_n, carry_cap;
    const char *in;
    size_t in_at, in_n;
    bool ended, started; /* the end was fed; the byte order mark was looked for */

    /* the record being scanned */
    enum csv_place place;
    size_t pos; /* bytes of it scanned */
    struct csv_mark *marks;
    size_t columns;
    size_t quote_line_end; /* offset of the first line end inside the open quotes */
    uint64_t quote_line;   /* the line they open on */
    enum err_code problem;
    const char *why;
    bool skipping; /* over the limit: its start is in scratch, the rest of the line is passed over */

    uint64_t offset, line; /* of the record's start */
    uint64_t line_now;
    bool after_cr; /* a LF that comes next belongs to the line end before it */

    struct str *fields;
    char *scratch;
};

/* The first problem of a record is the one that is reported. */
void csv_problem(struct csv *c, enum err_code code, const char *why);
void csv_open_field(struct csv *c, size_t at);
static inline void csv_close_field(struct csv *c, size_t at) { c->marks[c->columns - 1].to = (uint32_t)at; }
/* Scans on from c->pos in the n bytes there are of the record at `rec`. On SCAN_RECORD c->pos is at its line end; on
 * SCAN_REWIND the record ends at c->quote_line_end. */
enum csv_outcome csv_scan(struct csv *c, const char *rec, size_t n);

#endif
