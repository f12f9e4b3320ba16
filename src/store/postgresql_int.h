/* postgresql_int.h: what the two files of the PostgreSQL driver share.
 *
 * A connection does one of three things at a time: nothing, stream the rows of one query (single-row mode), or pipeline inserts.
 * pg_settle() brings it back to nothing: rows still to come are kept in memory, inserts in flight are awaited. */
#ifndef HAVEN_STORE_POSTGRESQL_INT_H
#define HAVEN_STORE_POSTGRESQL_INT_H

#include "store/store_int.h"

#include <libpq-fe.h>

/* Inserts in flight before we wait for the answers: enough to hide the round trip, few enough to bound both sides' memory. */
#define PG_BATCH 500

struct pg {
    PGconn *conn;
    struct store_cursor *stream; /* whose rows are coming in */
    const char *flight[PG_BATCH]; /* names of the inserts that are pipelined and not yet answered */
    size_t n_flight;
};

/* Turns a result that is not as wanted into an error; `what` is the statement's name. Takes `r` (may be NULL: the connection's own error). */
enum err_code pg_fail(struct store *s, PGresult *r, const char *what, struct err *e);
enum err_code pg_settle(struct store *s, struct err *e);

enum err_code pg_prepare(struct store *s, struct store_cursor *c, struct err *e);
void pg_unprepare(struct store_cursor *c);
enum err_code pg_run(struct store_cursor *c, const struct store_value *values, int64_t *ret_changed, struct err *e);
enum err_code pg_start(struct store_cursor *c, const struct store_value *values, struct err *e);
enum err_code pg_step(struct store_cursor *c, bool *ret_row, struct err *e);
struct store_value pg_column(const struct store_cursor *c, size_t i);
void pg_finish(struct store_cursor *c);
enum err_code pg_bulk_add(struct store_cursor *c, const struct store_value *values, struct err *e);
enum err_code pg_bulk_flush(struct store *s, struct err *e);

#endif
