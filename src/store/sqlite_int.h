/* sqlite_int.h: what the two files of the SQLite driver share. */
#ifndef HAVEN_STORE_SQLITE_INT_H
#define HAVEN_STORE_SQLITE_INT_H

#include "store/store_int.h"

#include <sqlite3.h>

/* Turns SQLite's code into an error; `what` is the statement's name or what was being done. */
enum err_code sqlite_fail(const struct store *s, int rc, const char *what, struct err *e);

enum err_code sqlite_prepare(struct store *s, struct store_cursor *c, struct err *e);
void sqlite_unprepare(struct store_cursor *c);
enum err_code sqlite_run(struct store_cursor *c, const struct store_value *values, int64_t *ret_changed, struct err *e);
enum err_code sqlite_start(struct store_cursor *c, const struct store_value *values, struct err *e);
enum err_code sqlite_step(struct store_cursor *c, bool *ret_row, struct err *e);
struct store_value sqlite_column(const struct store_cursor *c, size_t i);
void sqlite_finish(struct store_cursor *c);
enum err_code sqlite_bulk_add(struct store_cursor *c, const struct store_value *values, struct err *e);
enum err_code sqlite_bulk_flush(struct store *s, struct err *e);

#endif
