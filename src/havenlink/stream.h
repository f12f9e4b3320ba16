/* stream.h: what all Arrow streams of the library share (private to havenlink): handles that they keep, their columns, errors as Arrow tells them. */
#ifndef HAVEN_HAVENLINK_STREAM_H
#define HAVEN_HAVENLINK_STREAM_H

#include "havenlink/arrow_export.h"
#include "havenlink/handle.h"

/* First member of a stream of a kind. */
struct stream {
    struct arena a; /* names of fields */
    havenlink_table *t;
    havenlink_model *m;
    struct handle_ids ids;
    struct export_field *fields;
    size_t n_fields;
    struct err e; /* the last one */
    enum err_code failed;
    /* Fills *ret, or leaves it as it is at the end. */
    enum err_code (*next)(struct stream *s, struct ArrowArray *ret, struct err *e);
    void (*end)(struct stream *s); /* gives back what the kind has, and s itself */
};

/* Keeps table and model and finds the ids' columns. On failure stream_free is to be called as well. */
enum err_code stream_init(struct stream *s, const havenlink_model *m, const havenlink_table *t, size_t most_fields, struct err *e);
void stream_field(struct stream *s, enum export_type type, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* ERR_NO_MEMORY when a name did not fit. */
enum err_code stream_fields_check(const struct stream *s, struct err *e);
/* Appends the fields of a record's id: dataset (if there are datasets) and id, with the suffix. */
void stream_id_fields(struct stream *s, const char *suffix);
/* Their values; *column moves on. */
void stream_id(const struct stream *s, struct export_batch *b, size_t *column, uint32_t row);
void stream_release(struct stream *s); /* what stream_init took */
/* Gives s to the caller as an Arrow stream. */
void stream_give(struct stream *s, struct ArrowArrayStream *ret);

#endif
