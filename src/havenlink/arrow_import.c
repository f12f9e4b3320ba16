/* arrow_import.c: a table from Arrow. The schema becomes types once; then each batch is looked at whole and added row by row. Whatever comes in is released exactly once,
 * by the call that took it. */
#include "havenlink/arrow_column.h"
#include "havenlink/handle.h"

#include <errno.h>
#include <stdlib.h>

struct import {
    struct arena a;
    size_t n; /* columns */
    const char **names;
    struct arrow_type *types;
    struct buf *text; /* a column: where its values are written */
    struct str *values;
    struct link_table *t;
};

static void import_end(struct import *m)
{
    for (size_t i = 0; m->text && i < m->n; i++)
        buf_release(&m->text[i]);
    arena_release(&m->a);
    link_table_free(m->t);
}

/* A stop in the middle of a schema that a producer left half filled is an error, not a step into nothing. */
static enum err_code check_schema(const struct ArrowSchema *s, struct err *e)
{
    if (!s->release || !s->format)
        return err_set(e, ERR_FORMAT, "the Arrow schema is missing or released");
    if (strcmp(s->format, "+s") != 0)
        return err_set(e, ERR_UNSUPPORTED, "an Arrow array of the format \"%.60s\" is no table: give a record batch (a struct array, +s)", s->format);
    if (s->n_children < 1 || (uint64_t)s->n_children > LIMIT_CSV_COLUMNS || !s->children)
        return err_set(e, ERR_LIMIT, "a table has 1 to %zu columns; the Arrow schema has %lld", LIMIT_CSV_COLUMNS, (long long)s->n_children);
    return ERR_OK;
}

static enum err_code read_columns(struct import *m, const struct ArrowSchema *s, struct str *names, struct err *e)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct ArrowSchema *c = s->children[i];
        names[i] = str_dup(&m->a, str_of(c && c->release && c->name ? c->name : ""));
        m->names[i] = names[i].p ? str_z(&m->a, names[i]) : NULL;
        if (!m->names[i])
            return err_set(e, ERR_NO_MEMORY, "no memory for the names of %zu columns", m->n);
        if (!utf8_valid(names[i], &(size_t){0}))
            return err_set(e, ERR_FORMAT, "the name of column %zu is not UTF-8", i + 1);
        ERR_TRY(arrow_type_read(c, m->names[i], &m->a, &m->types[i], e));
        buf_init(&m->text[i], LIMIT_CSV_RECORD_BYTES);
    }
    return link_table_new(names, m->n, LIMIT_LINK_TABLE_BYTES, &m->t, e);
}

static enum err_code import_start(struct import *m, const struct ArrowSchema *s, struct err *e)
{
    ERR_TRY(check_schema(s, e));
    m->n = (size_t)s->n_children;
    struct str *names = ARENA_NEW(&m->a, struct str, m->n);
    m->names = ARENA_NEW(&m->a, const char *, m->n);
    m->types = ARENA_NEW(&m->a, struct arrow_type, m->n);
    m->values = ARENA_NEW(&m->a, struct str, m->n);
    m->text = ARENA_NEW(&m->a, struct buf, m->n);
    if (!names || !m->names || !m->types || !m->values || !m->text)
        return err_set(e, ERR_NO_MEMORY, "no memory for %zu columns", m->n);
    return read_columns(m, s, names, e);
}

static enum err_code check_batch(const struct import *m, const struct ArrowArray *x, struct err *e)
{
    if (x->length < 0 || x->offset < 0 || x->length > UINT32_MAX || x->offset > INT64_MAX / 64)
        return err_set(e, ERR_FORMAT, "the Arrow array's length or offset is negative or huge");
    if (x->n_children < 0 || (uint64_t)x->n_children != m->n || !x->children)
        return err_set(e, ERR_FORMAT, "the Arrow array has %lld children, its schema %zu", (long long)x->n_children, m->n);
    if (x->n_buffers != 1 || !x->buffers || (x->null_count > 0 && !x->buffers[0]))
        return err_set(e, ERR_FORMAT, "the Arrow array must have one buffer, of validity");
    for (size_t i = 0; i < m->n; i++)
        ERR_TRY(arrow_array_check(&m->types[i], x->children[i], x->offset, x->length, m->names[i], e));
    return ERR_OK;
}

/* Children know nothing of their struct's offset: its rows start there in them. A NULL struct is a row of NULLs. */
static enum err_code add_batch(struct import *m, const struct ArrowArray *x, struct err *e)
{
    ERR_TRY(check_batch(m, x, e));
    for (int64_t row = 0; row < x->length; row++) {
        bool valid = arrow_valid(x->buffers[0], x->offset + row);
        for (size_t i = 0; i < m->n; i++) {
            m->values[i] = STR_NONE;
            if (valid)
                ERR_TRY(arrow_value(&m->types[i], x->children[i], x->offset + row, m->names[i], &m->text[i], &m->values[i], e));
        }
        ERR_TRY(link_table_add(m->t, m->values, e));
    }
    return ERR_OK;
}

static enum err_code import_give(struct import *m, enum err_code code, havenlink_table **ret, struct err *e)
{
    if (code == ERR_OK) {
        code = handle_table_new(m->t, ret, e);
        m->t = NULL; /* taken */
    }
    import_end(m);
    return code;
}

int havenlink_table_from_arrow(struct ArrowSchema *schema, struct ArrowArray *array, havenlink_table **ret, havenlink_error *e)
{
    struct err own = {0};
    struct import m = {0};
    arena_init(&m.a, LIMIT_JSON_BYTES);
    enum err_code code = HANDLE_GIVEN(&own, schema, array, ret);
    if (code == ERR_OK)
        code = import_start(&m, schema, &own);
    if (code == ERR_OK && !array->release)
        code = err_set(&own, ERR_FORMAT, "the Arrow array is released already");
    if (code == ERR_OK)
        code = add_batch(&m, array, &own);
    if (array && array->release)
        array->release(array);
    if (schema && schema->release)
        schema->release(schema);
    return handle_end(import_give(&m, code, ret, &own), &own, e);
}

/* ---- streams ---- */

static enum err_code stream_failed(struct ArrowArrayStream *s, int number, struct err *e)
{
    const char *why = s->get_last_error ? s->get_last_error(s) : NULL;
    char errno_text[64] = "";
    const char *words = why && *why ? why : strerror_r(number, errno_text, sizeof errno_text);
    return err_set(e, number == ENOMEM ? ERR_NO_MEMORY : ERR_IO, "the Arrow stream failed: %.300s", words);
}

static enum err_code read_schema(struct import *m, struct ArrowArrayStream *s, struct err *e)
{
    struct ArrowSchema schema = {0};
    int number = s->get_schema(s, &schema);
    if (number != 0)
        return stream_failed(s, number, e);
    enum err_code code = import_start(m, &schema, e);
    if (schema.release)
        schema.release(&schema);
    return code;
}

static enum err_code read_batches(struct import *m, struct ArrowArrayStream *s, struct err *e)
{
    for (;;) {
        struct ArrowArray batch = {0};
        int number = s->get_next(s, &batch);
        if (number != 0)
            return stream_failed(s, number, e);
        if (!batch.release)
            return ERR_OK;
        enum err_code code = add_batch(m, &batch, e);
        batch.release(&batch);
        ERR_TRY(code);
    }
}

int havenlink_table_from_stream(struct ArrowArrayStream *stream, havenlink_table **ret, havenlink_error *e)
{
    struct err own = {0};
    struct import m = {0};
    arena_init(&m.a, LIMIT_JSON_BYTES);
    enum err_code code = HANDLE_GIVEN(&own, stream, ret);
    if (code == ERR_OK && (!stream->release || !stream->get_schema || !stream->get_next))
        code = err_set(&own, ERR_FORMAT, "the Arrow stream is released already");
    if (code == ERR_OK)
        code = read_schema(&m, stream, &own);
    if (code == ERR_OK)
        code = read_batches(&m, stream, &own);
    if (stream && stream->release)
        stream->release(stream);
    return handle_end(import_give(&m, code, ret, &own), &own, e);
}
