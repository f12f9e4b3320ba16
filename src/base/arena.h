/* arena.h: memory that lives and dies together, with a byte limit.
 *
 * One arena serves one request, one delivery batch or one stage. It hands out zeroed,
 * 16-byte aligned memory from chunks, never frees piecewise, and wipes what it held when it
 * is reset or released, because most of it is somebody's personal data. Over its limit an
 * allocation returns NULL: that request fails, the process does not.
 *
 *     struct arena a;
 *     arena_init(&a, LIMIT_REQUEST_BYTES);
 *     char *p = arena_alloc(&a, n);      // NULL when over the limit or out of memory
 *     arena_release(&a);                 // or: _cleanup_arena_ struct arena a = ...
 *
 * Not thread-safe: one thread an arena. */
#ifndef HAVEN_BASE_ARENA_H
#define HAVEN_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *head; /* newest chunk */
    char *at, *end;           /* free space of the newest chunk */
    size_t used;              /* bytes taken from the system, all chunks */
    size_t limit;             /* most that `used` may become */
};

/* An empty arena; takes no memory until the first allocation. */
void arena_init(struct arena *a, size_t limit_bytes);

/* n zeroed bytes, 16-byte aligned; NULL over the limit. n may be 0 (a valid unique-ish pointer). */
void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc, alloc_size(2), warn_unused_result));

/* count * size with overflow check. */
void *arena_calloc(struct arena *a, size_t count, size_t size)
    __attribute__((malloc, alloc_size(2, 3), warn_unused_result));

/* Wipes the contents and keeps one chunk for reuse. Every pointer into the arena dies. */
void arena_reset(struct arena *a);

/* Wipes and gives all memory back. */
void arena_release(struct arena *a);

#define _cleanup_arena_ __attribute__((cleanup(arena_release)))

/* `struct thing *t = ARENA_NEW(a, struct thing, count);` */
#define ARENA_NEW(arena, type, count) ((type *)arena_calloc((arena), (count), sizeof(type)))

#endif
