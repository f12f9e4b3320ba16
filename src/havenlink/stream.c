/* stream.c: see stream.h. */
#include "havenlink/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum err_code stream_init(struct stream *s, const havenlink_model *m, const havenlink_table *t, size_t most_fields, struct err *e)
{
    arena_init(&s->a, LIMIT_JSON_BYTES);
    s->t = handle_table_keep(t);
    s->m = handle_model_keep(m);
    s->fields = ARENA_NEW(&s->a, struct export_field, most_fields);
    if (!s->fields)
        return err_set(e, ERR_NO_MEMORY, "no memory for a stream");
    ERR_TRY(handle_table_lock(t, m, e));
    enum err_code code = handle_ids_find(m, t, &s->ids, e);
    handle_table_unlock(t);
    return code;
}

void stream_release(struct stream *s)
{
    havenlink_table_free(s->t);
    havenlink_model_free(s->m);
    arena_release(&s->a);
}

void stream_field(struct stream *s, enum export_type type, const char *fmt, ...)
{
    va_list args;
    char name[LIMIT_NAME_BYTES * 2]; /* a longer one is cut: it is a model's own choice */
    va_start(args, fmt);
    (void)vsnprintf(name, sizeof name, fmt, args);
    va_end(args);
    s->fields[s->n_fields++] = (struct export_field){str_z(&s->a, str_of(name)), type};
}

enum err_code stream_fields_check(const struct stream *s, struct err *e)
{
    for (size_t i = 0; i < s->n_fields; i++)
        if (!s->fields[i].name)
            return err_set(e, ERR_NO_MEMORY, "no memory for a stream");
    return ERR_OK;
}

void stream_id_fields(struct stream *s, const char *suffix)
{
    if (s->ids.source >= 0)
        stream_field(s, EXPORT_TEXT, "%.*s%s", STR_ARG(link_model_source_dataset(s->m->m)), suffix);
    stream_field(s, EXPORT_TEXT, "%.*s%s", STR_ARG(link_model_unique_id(s->m->m)), suffix);
}

void stream_id(const struct stream *s, struct export_batch *b, size_t *column, uint32_t row)
{
    if (s->ids.source >= 0)
        export_text(b, (*column)++, link_table_value(s->t->t, row, (size_t)s->ids.source), STR_NONE, STR_NONE);
    export_text(b, (*column)++, link_table_value(s->t->t, row, s->ids.id), STR_NONE, STR_NONE);
}

/* ---- Arrow's side ---- */

static int number_of(enum err_code code)
{
    return code == ERR_OK ? 0 : code == ERR_STOPPED ? ECANCELED : code == ERR_NO_MEMORY ? ENOMEM : EIO;
}

static int get_schema(struct ArrowArrayStream *x, struct ArrowSchema *out)
{
    struct stream *s = x->private_data;
    return number_of(export_schema(s->fields, s->n_fields, out, &s->e));
}

static int get_next(struct ArrowArrayStream *x, struct ArrowArray *out)
{
    struct stream *s = x->private_data;
    struct ArrowArray got = {0};
    if (s->failed == ERR_OK)
        s->failed = s->next(s, &got, &s->e);
    if (s->failed == ERR_OK)
        *out = got;
    return number_of(s->failed);
}

static const char *get_last_error(struct ArrowArrayStream *x)
{
    const struct stream *s = x->private_data;
    return s->e.message[0] ? s->e.message : NULL;
}

static void release(struct ArrowArrayStream *x)
{
    struct stream *s = x->private_data;
    s->end(s);
    x->release = NULL;
}

void stream_give(struct stream *s, struct ArrowArrayStream *ret)
{
    *ret = (struct ArrowArrayStream){.get_schema = get_schema, .get_next = get_next, .get_last_error = get_last_error, .release = release, .private_data = s};
}
