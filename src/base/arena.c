/* arena.c: see arena.h. Chunks double from 4 KiB to 1 MiB; larger requests get a chunk of
 * their own behind the current one, so its free space is not thrown away. */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_MIN_BYTES ((size_t)4096)
#define CHUNK_MAX_BYTES ((size_t)1 << 20)
#define ALIGN_BYTES ((size_t)16)

struct arena_chunk {
    struct arena_chunk *next;
    size_t size; /* bytes of data */
    _Alignas(16) char data[];
};

void arena_init(struct arena *a, size_t limit_bytes)
{
    *a = (struct arena){.limit = limit_bytes};
}

static struct arena_chunk *chunk_new(struct arena *a, size_t size)
{
    if (size > a->limit || a->used > a->limit - size)
        return NULL;
    struct arena_chunk *c = malloc(sizeof *c + size);
    if (!c)
        return NULL;
    c->size = size;
    c->next = NULL;
    a->used += size;
    return c;
}

static size_t next_chunk_size(const struct arena *a)
{
    size_t size = a->head ? a->head->size * 2 : CHUNK_MIN_BYTES;
    if (size > CHUNK_MAX_BYTES)
        size = CHUNK_MAX_BYTES;
    if (size > a->limit - a->used)
        size = a->limit - a->used; /* the last chunk may be short */
    return size;
}

static void *alloc_large(struct arena *a, size_t n)
{
    struct arena_chunk *c = chunk_new(a, n);
    if (!c)
        return NULL;
    if (a->head) {
        c->next = a->head->next;
        a->head->next = c;
    } else {
        a->head = c;
        a->at = a->end = c->data + n;
    }
    return memset(c->data, 0, n);
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX - ALIGN_BYTES)
        return NULL;
    n = (n + ALIGN_BYTES - 1) & ~(ALIGN_BYTES - 1);
    if (n == 0)
        n = ALIGN_BYTES;
    if ((size_t)(a->end - a->at) < n) {
        size_t size = next_chunk_size(a);
        if (n > size / 4)
            return alloc_large(a, n);
        struct arena_chunk *c = chunk_new(a, size);
        if (!c)
            return NULL;
        c->next = a->head;
        a->head = c;
        a->at = c->data;
        a->end = c->data + size;
    }
    void *p = a->at;
    a->at += n;
    return memset(p, 0, n);
}

void *arena_calloc(struct arena *a, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n))
        return NULL;
    return arena_alloc(a, n);
}

static void wipe(struct arena_chunk *c) { explicit_bzero(c->data, c->size); }

void arena_reset(struct arena *a)
{
    struct arena_chunk *keep = a->head;
    if (!keep)
        return;
    for (struct arena_chunk *c = keep->next, *next; c; c = next) {
        next = c->next;
        wipe(c);
        free(c);
    }
    wipe(keep);
    keep->next = NULL;
    a->used = keep->size;
    a->at = keep->data;
    a->end = keep->data + keep->size;
}

void arena_release(struct arena *a)
{
    for (struct arena_chunk *c = a->head, *next; c; c = next) {
        next = c->next;
        wipe(c);
        free(c);
    }
    arena_init(a, a->limit);
}
