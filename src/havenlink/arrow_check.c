/* arrow_check.c: whether an array is as its type says, as far as can be seen. */
#include "havenlink/arrow_column.h"

#define MOST_ITEMS (INT64_MAX / 64) /* so that no product below overflows */

int64_t arrow_integer(const void *buffer, unsigned width, bool is_signed, int64_t i)
{
    const char *p = (const char *)buffer + i * (int64_t)width;
    uint64_t v = 0;
    memcpy(&v, p, width); /* little-endian; buffers need not be aligned */
    unsigned unused = 64 - 8 * width;
    return is_signed ? (int64_t)(v << unused) >> unused : (int64_t)v;
}

/* Text of a view: in itself up to 12 bytes, else in one of the buffers behind, whose sizes are in the last one. */
struct str arrow_view(const struct ArrowArray *x, int64_t at, bool *ret_ok)
{
    const char *view = (const char *)x->buffers[1] + at * 16;
    int64_t n = arrow_integer(view, 4, true, 0), buffer = arrow_integer(view, 4, true, 2), offset = arrow_integer(view, 4, true, 3);
    *ret_ok = n >= 0;
    if (n <= 12)
        return (struct str){view + 4, *ret_ok ? (size_t)n : 0};
    int64_t n_data = x->n_buffers - 3;
    const void *sizes = x->buffers[x->n_buffers - 1];
    *ret_ok = buffer >= 0 && buffer < n_data && sizes && x->buffers[2 + buffer] && offset >= 0 && n <= arrow_integer(sizes, 8, true, buffer) - offset;
    return *ret_ok ? (struct str){(const char *)x->buffers[2 + buffer] + offset, (size_t)n} : STR_NONE;
}

static enum err_code broken(const char *column, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "column %.100s: not an Arrow array of its type: %s", column, what);
}

static bool buffers_fit(const struct arrow_type *t, const struct ArrowArray *x)
{
    switch (t->kind) {
    case ARROW_NULL: return x->n_buffers >= 0;
    case ARROW_TEXT: return x->n_buffers == 3;
    case ARROW_VIEW: return x->n_buffers >= 3;
    case ARROW_LIST_FIXED: return x->n_buffers == 1;
    default: return x->n_buffers == 2;
    }
}

static enum err_code check_frame(const struct arrow_type *t, const struct ArrowArray *x, const char *column, struct err *e)
{
    bool list = t->kind == ARROW_LIST || t->kind == ARROW_LIST_FIXED;
    if (!x || !x->release)
        return broken(column, "an array is missing or released", e);
    if (x->length < 0 || x->offset < 0 || x->length > MOST_ITEMS || x->offset > MOST_ITEMS)
        return broken(column, "a length or offset is negative or huge", e);
    if (x->null_count < -1 || x->null_count > x->length)
        return broken(column, "the number of NULLs is not possible", e);
    if (!buffers_fit(t, x) || (x->n_buffers > 0 && !x->buffers && t->kind != ARROW_NULL))
        return broken(column, "the number of buffers", e);
    if (x->n_children != (list ? 1 : 0) || (list && !x->children))
        return broken(column, "the number of children", e);
    if ((t->values != NULL) != (x->dictionary != NULL))
        return broken(column, "a dictionary is missing, or is there without need", e);
    if (t->kind != ARROW_NULL && x->null_count > 0 && !x->buffers[0])
        return broken(column, "NULLs are counted but not marked", e);
    return ERR_OK;
}

/* Offsets [at, at + n] of texts or lists must not fall; *ret_from and *ret_to: the first and the last. */
static enum err_code check_offsets(const struct arrow_type *t, const struct ArrowArray *x, int64_t at, int64_t n, const char *column, int64_t *ret_from, int64_t *ret_to,
                                   struct err *e)
{
    int64_t before = arrow_integer(x->buffers[1], t->width, true, at);
    *ret_from = before;
    if (before < 0)
        return broken(column, "an offset is negative", e);
    for (int64_t i = at + 1; i <= at + n; i++) {
        int64_t now = arrow_integer(x->buffers[1], t->width, true, i);
        if (now < before)
            return broken(column, "offsets fall", e);
        before = now;
    }
    *ret_to = before;
    return ERR_OK;
}

static enum err_code check_views(const struct ArrowArray *x, int64_t at, int64_t n, const char *column, struct err *e)
{
    bool ok;
    for (int64_t i = at; i < at + n; i++) {
        if (arrow_valid(x->buffers[0], i))
            (void)arrow_view(x, i, &ok);
        else
            ok = true;
        if (!ok)
            return broken(column, "a view leaves its buffer", e);
    }
    return ERR_OK;
}

static enum err_code check_dictionary(const struct arrow_type *t, const struct ArrowArray *x, int64_t at, int64_t n, const char *column, struct err *e)
{
    ERR_TRY(arrow_array_check(t->values, x->dictionary, 0, x->dictionary->length, column, e));
    for (int64_t i = at; i < at + n; i++) {
        int64_t index = arrow_valid(x->buffers[0], i) ? arrow_integer(x->buffers[1], t->width, t->kind == ARROW_INT, i) : 0;
        if (index < 0 || (index >= x->dictionary->length && arrow_valid(x->buffers[0], i)))
            return broken(column, "an index leaves its dictionary", e);
    }
    return ERR_OK;
}

static enum err_code check_values(const struct arrow_type *t, const struct ArrowArray *x, int64_t at, int64_t n, const char *column, struct err *e)
{
    int64_t from, to;
    if (t->kind == ARROW_NULL)
        return ERR_OK;
    if (t->kind == ARROW_LIST_FIXED) {
        if (t->per && at + n > MOST_ITEMS / t->per)
            return broken(column, "a length or offset is negative or huge", e);
        return arrow_array_check(t->items, x->children[0], at * t->per, n * t->per, column, e);
    }
    if (!x->buffers[1])
        return broken(column, "a buffer is missing", e);
    if (t->values)
        return check_dictionary(t, x, at, n, column, e);
    if (t->kind == ARROW_VIEW)
        return check_views(x, at, n, column, e);
    if (t->kind != ARROW_TEXT && t->kind != ARROW_LIST)
        return ERR_OK;
    ERR_TRY(check_offsets(t, x, at, n, column, &from, &to, e));
    if (t->kind == ARROW_LIST)
        return arrow_array_check(t->items, x->children[0], from, to - from, column, e);
    return to > from && !x->buffers[2] ? broken(column, "a buffer is missing", e) : ERR_OK;
}

enum err_code arrow_array_check(const struct arrow_type *t, const struct ArrowArray *x, int64_t from, int64_t n, const char *column, struct err *e)
{
    ERR_TRY(check_frame(t, x, column, e));
    if (from < 0 || n < 0 || from > x->length || n > x->length - from)
        return broken(column, "fewer values than are needed", e);
    if (t->values && !x->dictionary->release)
        return broken(column, "an array is missing or released", e);
    if (n == 0)
        return t->values ? arrow_array_check(t->values, x->dictionary, 0, 0, column, e) : t->items ? arrow_array_check(t->items, x->children[0], 0, 0, column, e) : ERR_OK;
    return check_values(t, x, x->offset + from, n, column, e);
}
