/* handle.h: what stands behind the library's handles (private to havenlink), and how its calls end.
 *
 * A handle is counted, so that a stream keeps what it reads. A table is read by any number of jobs at once and changed by one alone (numbering its rows): readers wait
 * for a change, which is short or a job of the table's owner; a change never waits but is refused (ERR_CONFLICT), so nobody can lock himself out. */
#ifndef HAVEN_HAVENLINK_HANDLE_H
#define HAVEN_HAVENLINK_HANDLE_H

#include "havenlink/havenlink.h"
#include "linkage/linkage.h"

#include <pthread.h>
#include <stdatomic.h>

struct havenlink_table {
    struct link_table *t;
    pthread_rwlock_t lock;
    pthread_mutex_t numbering; /* one job at a time numbers the rows; the others find them numbered */
    atomic_uint users;
};
struct havenlink_model {
    struct link_model *m;
    struct arena names;        /* NUL-terminated names of the comparisons */
    const char **comparisons;
    atomic_uint users;
};

/* Takes the link_table, also when it fails. */
enum err_code handle_table_new(struct link_table *t, havenlink_table **ret, struct err *e);
/* Another user of the handle; given back by havenlink_table_free. The count is the only thing of a handle that changes under const. */
havenlink_table *handle_table_keep(const havenlink_table *t);
havenlink_model *handle_model_keep(const havenlink_model *m);

/* Makes the table ready for the model (numbers its rows when the model wants it) and locks it for reading. On ERR_OK: handle_table_unlock, by the same thread. */
enum err_code handle_table_lock(const havenlink_table *t, const havenlink_model *m, struct err *e);
enum err_code handle_table_lock_alone(const havenlink_table *t, struct err *e);
void handle_table_unlock(const havenlink_table *t);

/* Where a pair's ids are in the table. */
struct handle_ids {
    size_t id;
    ptrdiff_t source; /* -1: the model has no datasets */
};
enum err_code handle_ids_find(const havenlink_model *m, const havenlink_table *t, struct handle_ids *ret, struct err *e);

/* Fills *ret from the caller's options, which may be of an older, shorter form, or NULL. */
enum err_code handle_options(const havenlink_options *o, havenlink_options *ret, struct err *e);
enum err_code handle_training(const havenlink_training *o, havenlink_training *ret, struct err *e);

/* The caller's progress function as the engine's. */
struct handle_progress {
    struct progress p;
    havenlink_progress_fn tell;
    void *ctx;
};
void handle_progress_init(struct handle_progress *h, havenlink_progress_fn tell, void *ctx);
struct link_options handle_link_options(const havenlink_options *o, struct handle_progress *h);

/* Ends a call: the code in the caller's numbers, and the error where he wants it. */
int handle_end(enum err_code code, const struct err *e, havenlink_error *ret);
/* A text for the caller to free. */
enum err_code handle_text(const struct buf *b, char **ret, struct err *e);
/* ERR_USAGE that names what is missing, unless all of the n pointers are there. */
enum err_code handle_given(const char *call, const void *const *pointers, size_t n, struct err *e);
#define HANDLE_GIVEN(e, ...) \
    handle_given(__func__, (const void *const[]){__VA_ARGS__}, sizeof((const void *const[]){__VA_ARGS__}) / sizeof(const void *), (e))

#endif
