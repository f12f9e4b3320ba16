/* prepare.h: rows made ready for the store (derived, packed, sealed, indexed), ahead of their insertion; private to the room.
 *
 * Half of a load's work needs no database: it is done by one thread that runs ahead, a chunk of rows at a time, while the caller inserts the chunk
 * before. The result does not depend on it: rows come out in the order in which they stand in the batch. */
#ifndef HAVEN_INTAKE_PREPARE_H
#define HAVEN_INTAKE_PREPARE_H

#include "intake/batch.h"

#include <pthread.h>

#define ROW_VALUES 24
#define TEXT_VALUES 4
#define MENTION_VALUES 9
#define RELATION_VALUES 6

struct find {
    int64_t value, mention;
};

/* Values in the order of the insert statements' parameters. */
struct prepared_mention {
    struct store_value v[MENTION_VALUES];
};
struct prepared_relation {
    struct store_value v[RELATION_VALUES];
};
struct prepared_row {
    struct store_value row[ROW_VALUES], text[TEXT_VALUES];
    struct prepared_mention *mentions;
    struct prepared_relation *relations;
    struct find *finds;
    size_t n_mentions, n_relations, n_finds;
};

#define CHUNK_ROWS ((size_t)128)
#define CHUNKS_AHEAD 3

struct chunk {
    struct arena arena;
    struct prepared_row rows[CHUNK_ROWS];
    size_t n;
    enum err_code code;
    struct err e;
};

struct preparer {
    const struct delivery *d;
    struct batch_row *const *rows; /* of the batch; those that are to be stored count */
    size_t n_rows, next_row;       /* next_row: of the thread's */
    size_t given;                  /* chunks, of the caller's */
    struct arena facts;            /* of one row */
    struct buf plain, sealed;
    struct chunk *chunks;          /* CHUNKS_AHEAD, used in turn */
    struct arena fixed;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;          /* of what follows */
    pthread_cond_t changed;
    size_t ready, done;            /* chunks prepared, chunks inserted */
    bool stop;
};

enum err_code preparer_start(struct preparer *p, const struct delivery *d, struct batch_row *const *rows, size_t n, struct err *e);
/* The next chunk, valid until the call after it; NULL when all rows were given. */
enum err_code preparer_next(struct preparer *p, const struct chunk **ret, struct err *e);
void preparer_stop(struct preparer *p);

#endif
