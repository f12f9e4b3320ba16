/* arrow_export.c: see arrow_export.h. */
#include "havenlink/arrow_export.h"

#include <stdlib.h>

static const struct {
    const char *format;
    size_t width; /* bytes of a value, or of an offset */
    int64_t n_buffers;
} types[] = {[EXPORT_DOUBLE] = {"g", 8, 2}, [EXPORT_INT8] = {"c", 1, 2}, [EXPORT_INT32] = {"i", 4, 2}, [EXPORT_TEXT] = {"u", 4, 3}};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory for a batch of Arrow arrays"); }

/* ---- building ---- */

static void column_init(struct export_column *c)
{
    static const int32_t none = 0;
    buf_init(&c->values, EXPORT_TEXT_BYTES + LIMIT_CSV_RECORD_BYTES * 3);
    buf_init(&c->offsets, (EXPORT_ROWS + 1) * sizeof none);
    if (c->type == EXPORT_TEXT)
        (void)buf_add(&c->offsets, &none, sizeof none);
}

enum err_code export_batch_new(const struct export_field *fields, size_t n, struct export_batch *ret, struct err *e)
{
    *ret = (struct export_batch){.columns = calloc(n, sizeof *ret->columns), .n_columns = n};
    if (!ret->columns)
        return no_memory(e);
    for (size_t i = 0; i < n; i++) {
        ret->columns[i].type = fields[i].type;
        column_init(&ret->columns[i]);
    }
    return ERR_OK;
}

void export_batch_free(struct export_batch *b)
{
    for (size_t i = 0; b->columns && i < b->n_columns; i++) {
        buf_release(&b->columns[i].values);
        buf_release(&b->columns[i].offsets);
    }
    free(b->columns);
    b->columns = NULL;
}

void export_double(struct export_batch *b, size_t column, double v) { (void)buf_add(&b->columns[column].values, &v, sizeof v); }
void export_int8(struct export_batch *b, size_t column, int8_t v) { (void)buf_add(&b->columns[column].values, &v, sizeof v); }
void export_int32(struct export_batch *b, size_t column, int32_t v) { (void)buf_add(&b->columns[column].values, &v, sizeof v); }

void export_text(struct export_batch *b, size_t column, struct str a, struct str between, struct str c)
{
    struct export_column *to = &b->columns[column];
    bool ok = buf_str(&to->values, a) && buf_str(&to->values, between) && buf_str(&to->values, c);
    int32_t end = ok ? (int32_t)to->values.n : 0;
    (void)buf_add(&to->offsets, &end, sizeof end);
}

enum err_code export_row_end(struct export_batch *b, bool *ret_full, struct err *e)
{
    *ret_full = ++b->rows == EXPORT_ROWS;
    for (size_t i = 0; i < b->n_columns; i++) {
        ERR_TRY(buf_check(&b->columns[i].values, "a batch of Arrow arrays", e));
        ERR_TRY(buf_check(&b->columns[i].offsets, "a batch of Arrow arrays", e));
        *ret_full |= b->columns[i].values.n >= EXPORT_TEXT_BYTES;
    }
    return ERR_OK;
}

/* ---- moving out ---- */

/* A leaf's memory: its buffers, and the list of them that Arrow wants. */
struct leaf {
    const void *buffers[3];
    struct buf values, offsets;
};

static void leaf_release(struct ArrowArray *x)
{
    struct leaf *l = x->private_data;
    buf_release(&l->values);
    buf_release(&l->offsets);
    free(l);
    x->release = NULL;
}

static bool leaf_new(struct export_column *c, size_t rows, struct ArrowArray *ret)
{
    static const char nothing[8] = {0}; /* a column without a byte still has a buffer */
    struct leaf *l = calloc(1, sizeof *l);
    if (!l)
        return false;
    bool text = c->type == EXPORT_TEXT;
    l->values = c->values; /* moved */
    l->offsets = c->offsets;
    column_init(c);
    l->buffers[1] = text ? (const void *)l->offsets.p : l->values.p ? l->values.p : nothing;
    l->buffers[2] = text && l->values.p ? l->values.p : nothing;
    *ret = (struct ArrowArray){.length = (int64_t)rows, .n_buffers = types[c->type].n_buffers, .buffers = l->buffers, .release = leaf_release, .private_data = l};
    return true;
}

/* The batch: its children lie in its own memory; one that was moved out has no release any more. */
struct batch {
    const void *buffers[1];
    struct ArrowArray *leaves, **children;
};

static void batch_release(struct ArrowArray *x)
{
    struct batch *b = x->private_data;
    for (int64_t i = 0; i < x->n_children; i++)
        if (b->leaves[i].release)
            b->leaves[i].release(&b->leaves[i]);
    free(b->leaves);
    free(b->children);
    free(b);
    x->release = NULL;
}

enum err_code export_array(struct export_batch *b, struct ArrowArray *ret, struct err *e)
{
    struct batch *m = calloc(1, sizeof *m);
    if (!m)
        return no_memory(e);
    m->leaves = calloc(b->n_columns, sizeof *m->leaves);
    m->children = calloc(b->n_columns, sizeof *m->children);
    struct ArrowArray x = {.length = (int64_t)b->rows, .n_buffers = 1, .n_children = (int64_t)b->n_columns, .buffers = m->buffers, .children = m->children,
                           .release = batch_release, .private_data = m};
    bool ok = m->leaves && m->children;
    if (!ok)
        x.n_children = 0;
    for (size_t i = 0; ok && i < b->n_columns; i++) {
        m->children[i] = &m->leaves[i];
        ok = leaf_new(&b->columns[i], b->rows, &m->leaves[i]);
    }
    b->rows = 0;
    if (!ok) {
        batch_release(&x);
        return no_memory(e);
    }
    *ret = x;
    return ERR_OK;
}

/* ---- schemas ---- */

struct schema {
    struct ArrowSchema *fields, **children;
};

/* A field's name is its own, so that it may outlive the schema that it was moved out of. */
static void field_release(struct ArrowSchema *s)
{
    free(s->private_data);
    s->release = NULL;
}

static void schema_release(struct ArrowSchema *s)
{
    struct schema *m = s->private_data;
    for (int64_t i = 0; i < s->n_children; i++)
        if (m->fields[i].release)
            m->fields[i].release(&m->fields[i]);
    free(m->fields);
    free(m->children);
    free(m);
    s->release = NULL;
}

static bool field_new(const struct export_field *f, struct ArrowSchema *ret)
{
    char *name = strdup(f->name);
    if (!name)
        return false;
    *ret = (struct ArrowSchema){.format = types[f->type].format, .name = name, .flags = ARROW_FLAG_NULLABLE, .release = field_release, .private_data = name};
    return true;
}

enum err_code export_schema(const struct export_field *fields, size_t n, struct ArrowSchema *ret, struct err *e)
{
    struct schema *m = calloc(1, sizeof *m);
    if (!m)
        return no_memory(e);
    m->fields = calloc(n, sizeof *m->fields);
    m->children = calloc(n, sizeof *m->children);
    bool ok = m->fields && m->children;
    struct ArrowSchema s = {.format = "+s", .name = "", .n_children = ok ? (int64_t)n : 0, .children = m->children, .release = schema_release, .private_data = m};
    for (size_t i = 0; ok && i < n; i++) {
        m->children[i] = &m->fields[i];
        ok = field_new(&fields[i], &m->fields[i]);
    }
    if (!ok) {
        schema_release(&s);
        return no_memory(e);
    }
    *ret = s;
    return ERR_OK;
}
