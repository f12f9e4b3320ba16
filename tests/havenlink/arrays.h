/* arrays.h: Arrow arrays made by hand, whose releases are counted. A test that lets one leak, or releases one twice, fails at arrays_all_released. */
#ifndef HAVEN_TESTS_HAVENLINK_ARRAYS_H
#define HAVEN_TESTS_HAVENLINK_ARRAYS_H

#include "havenlink/havenlink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ARRAYS_CHILDREN 4

/* A column, or a table of columns: schema and array side by side; buffers are the test's. */
struct arrays {
    struct ArrowSchema schema, *schemas[ARRAYS_CHILDREN];
    struct ArrowArray array, *items[ARRAYS_CHILDREN];
    const void *buffers[6];
    int schema_released, array_released;
};

static inline void arrays_schema_release(struct ArrowSchema *s)
{
    ((struct arrays *)s->private_data)->schema_released++;
    for (int64_t i = 0; i < s->n_children && s->children; i++)
        if (s->children[i] && s->children[i]->release)
            s->children[i]->release(s->children[i]);
    if (s->dictionary && s->dictionary->release)
        s->dictionary->release(s->dictionary);
    s->release = NULL;
}

static inline void arrays_array_release(struct ArrowArray *x)
{
    ((struct arrays *)x->private_data)->array_released++;
    for (int64_t i = 0; i < x->n_children && x->children; i++)
        if (x->children[i] && x->children[i]->release)
            x->children[i]->release(x->children[i]);
    if (x->dictionary && x->dictionary->release)
        x->dictionary->release(x->dictionary);
    x->release = NULL;
}

static inline void arrays_init(struct arrays *a, const char *format, const char *name, int64_t length, int64_t n_buffers)
{
    *a = (struct arrays){0};
    a->schema = (struct ArrowSchema){.format = format, .name = name, .flags = ARROW_FLAG_NULLABLE, .children = a->schemas, .release = arrays_schema_release, .private_data = a};
    a->array = (struct ArrowArray){.length = length, .n_buffers = n_buffers, .buffers = a->buffers, .children = a->items, .release = arrays_array_release, .private_data = a};
}

static inline void arrays_child(struct arrays *a, struct arrays *child)
{
    a->schemas[a->schema.n_children++] = &child->schema;
    a->items[a->array.n_children++] = &child->array;
}

static inline void arrays_dictionary(struct arrays *a, struct arrays *values)
{
    a->schema.dictionary = &values->schema;
    a->array.dictionary = &values->array;
}

/* A table of one column. */
static inline void arrays_table(struct arrays *t, struct arrays *column)
{
    arrays_init(t, "+s", "", column->array.length, 1);
    arrays_child(t, column);
}

#endif
