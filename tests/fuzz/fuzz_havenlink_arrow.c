/* Arrow in: a table whose types, lengths, offsets, numbers of buffers and children come from the input, and whose buffers are the input's bytes, repeated so that any extent which
 * an honest producer could mean is there. Promises: a table or an error with a message; schema and arrays are released exactly once each. */
#include "fuzz.h"

#include "havenlink/havenlink.h"

#define NODES 6
#define VALUES 64                 /* most of a node: its extents stay within BYTES */
#define BYTES ((size_t)1 << 16)   /* 16-bit offsets stay inside, too */

static const char *const formats[] = {"n", "b", "c", "S", "i", "l", "f", "g", "u", "U", "vu", "tdD", "tdm", "tsu:", "tsn:Z", "+l", "+L", "+w:3", "z", "+s", ""};

struct node {
    struct ArrowSchema schema, *schemas[NODES];
    struct ArrowArray array, *arrays[NODES];
    const void *buffers[5];
    int schema_released, array_released;
};
struct input {
    const uint8_t *p;
    size_t n;
};

static uint8_t take(struct input *in)
{
    if (in->n == 0)
        return 0;
    in->n--;
    return *in->p++;
}

static void schema_release(struct ArrowSchema *s)
{
    ((struct node *)s->private_data)->schema_released++;
    s->release = NULL;
}

static void array_release(struct ArrowArray *x)
{
    ((struct node *)x->private_data)->array_released++;
    x->release = NULL;
}

/* Mostly sound, sometimes not. */
static int64_t length_of(uint8_t b) { return b < 250 ? b % VALUES : b == 250 ? -1 : b == 251 ? INT64_MIN : b == 252 ? INT64_MAX : 1; }

static void node_make(struct node *n, struct input *in, const char *bytes, const int64_t *sizes)
{
    *n = (struct node){0};
    n->schema = (struct ArrowSchema){.format = formats[take(in) % (sizeof formats / sizeof *formats)], .name = "c", .children = n->schemas, .release = schema_release, .private_data = n};
    n->array = (struct ArrowArray){.children = n->arrays, .buffers = n->buffers, .release = array_release, .private_data = n};
    int64_t want = n->schema.format[0] == 'u' || n->schema.format[0] == 'U' ? 3 : strcmp(n->schema.format, "vu") == 0 ? 4 : n->schema.format[0] == '+' && n->schema.format[1] == 'w' ? 1 : 2;
    uint8_t how = take(in);
    n->array.length = length_of(take(in));
    n->array.offset = length_of(take(in)) / 4;
    n->array.null_count = how & 1 ? -1 : how & 2 ? length_of(take(in)) : 0;
    n->array.n_buffers = how & 4 ? want : (how >> 4) % 6;
    for (int k = 0; k < 5; k++)
        n->buffers[k] = how & 8 && k == (how >> 5) ? NULL : bytes;
    if (want == 4 && n->buffers[3])
        n->buffers[3] = sizes; /* a view's data must be as long as it says */
}

/* Offsets are the input's own 16 bits, so that they lie inside; whether they rise is for the library to see. */
static void bytes_make(struct input *in, char *bytes)
{
    for (size_t i = 0; i < BYTES; i += 8) {
        uint64_t v = take(in);
        if (i < 2048)
            v |= (uint64_t)(take(in) % 2) << 8;
        memcpy(bytes + i, &v, 8);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t sizes[] = {256, 256, 256, 256, 256, 256, 256, 256};
    struct input in = {data, size};
    struct node nodes[NODES], table = {0};
    char *bytes = malloc(BYTES);
    havenlink_table *t = NULL;
    havenlink_error e = {0};
    must(bytes != NULL);
    for (size_t i = 0; i < NODES; i++)
        node_make(&nodes[i], &in, bytes, sizes);
    size_t used = 1 + take(&in) % (NODES - 1); /* columns; the rest may be children and dictionaries */
    for (size_t i = 0; i < used; i++) {
        uint8_t link = take(&in);
        struct node *below = &nodes[used + link % (NODES - used)];
        if (link & 64)
            nodes[i].schemas[nodes[i].schema.n_children++] = &below->schema;
        if (link & 32)
            nodes[i].arrays[nodes[i].array.n_children++] = &below->array;
        if (link & 16)
            nodes[i].schema.dictionary = &below->schema;
        if (link & 8)
            nodes[i].array.dictionary = &below->array;
        table.schemas[i] = &nodes[i].schema;
        table.arrays[i] = &nodes[i].array;
    }
    table.schema = (struct ArrowSchema){.format = "+s", .name = "", .n_children = (int64_t)used, .children = table.schemas, .release = schema_release, .private_data = &table};
    table.array = (struct ArrowArray){.length = length_of(take(&in)), .offset = take(&in) % 8, .n_buffers = 1, .n_children = (int64_t)used, .buffers = table.buffers,
                                      .children = table.arrays, .release = array_release, .private_data = &table};
    bytes_make(&in, bytes);
    int code = havenlink_table_from_arrow(&table.schema, &table.array, &t, &e);
    must((code == HAVENLINK_OK) == (t != NULL));
    must(code == HAVENLINK_OK || (code == e.code && e.message[0]));
    must(table.schema_released == 1 && table.array_released == 1);
    for (size_t i = 0; i < NODES; i++)
        must(nodes[i].schema_released == 0 && nodes[i].array_released == 0); /* its parent's business */
    havenlink_table_free(t);
    free(bytes);
    return 0;
}
