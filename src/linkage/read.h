/* read.h: what the two halves of reading share (private to linkage): read.c knows files and headers, read_chunks.c cuts one file into ranges that threads
 * read beside each other. */
#ifndef HAVEN_LINKAGE_READ_H
#define HAVEN_LINKAGE_READ_H

#include "linkage/table.h"

/* How the work is cut, for tests: the result does not depend on it. */
struct read_shape {
    unsigned threads;
    size_t chunk_bytes;              /* of a file; 0: as many chunks as threads, none below a size that is worth a thread */
    const struct csv_limits *limits; /* NULL: the usual */
};
enum err_code read_files(const char *const *paths, size_t n_paths, const struct link_read_options *o, const struct read_shape *shape, struct link_table **ret,
                         struct err *e);

/* One file whose header has been read. */
struct read_file {
    const char *path;
    int fd;                 /* open for reading; its place is not touched */
    struct str dataset;     /* value of source_dataset */
    const ptrdiff_t *place; /* the table's column of each of its fields; -1: not kept */
    size_t n_fields;
    ptrdiff_t source;       /* the table's column source_dataset; -1: none */
    struct str id_name;
    ptrdiff_t id;           /* the field that must have a value; -1: none */
    uint64_t body, size;    /* where its records begin (the header's line end goes before), and its end */
};
/* A record without problem, of the header's number of fields, with an id. */
bool read_is_right(const struct read_file *f, const struct csv_record *r);
/* Puts one record into the batch. */
enum err_code read_add(struct table_batch *b, const struct read_file *f, const struct csv_record *r, struct err *e);

/* Reads the records of f behind those of t. *ret_done false: something is wrong with them, t is as it was, and reading one record after the other will
 * say what and where. */
enum err_code read_chunks(struct link_table *t, const struct read_file *f, const struct read_shape *shape, bool *ret_done, struct err *e);

#endif
