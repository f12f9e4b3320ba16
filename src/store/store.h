/* store.h: SQL by name over SQLite and PostgreSQL.
 *
 * Idea. Every statement of the product stands in a room's `room.sql`, named, as one text for both engines. The build
 * (tools/sqlgen.py) turns each file into `sql/room_sql.h` (an enum-like set of `extern const struct store_statement sql_people_insert;`)
 * and one library of plain data with every text in SQLite's `?N` and PostgreSQL's `$N` form, the parameters' names and positions, and
 * the personal groups that the statement reads. There is no other way to run SQL (migrations apart). docs/store.md: how a room adds SQL.
 *
 *     -- name: people_mention_by_id
 *     -- reads: names contacts        (personal groups, or "none"; sealed columns count)
 *     -- params: id:int               (name:type in order; int, real, text, blob; every :name must be declared)
 *     -- returns: id:int sealed:blob
 *     SELECT id, sealed FROM mention WHERE id = :id
 *
 * Schema: `room.schema.sql` files hold numbered migrations (`-- migration: 0007 intake mentions`), with two macros:
 * {{id}} (integer primary key on SQLite, bigint primary key on PostgreSQL) and {{blob}} (blob / bytea). Integers are `bigint`, doubles `real`,
 * text is `text`, tables are STRICT on SQLite (the generator adds it: bigint becomes integer). Migrations run in number order over all rooms, in one
 * transaction each, recorded with a hash of their text; a changed text of an applied migration is refused.
 *
 * One connection does everything (Debian's SQLite 3.40.1 can corrupt when two connections write or checkpoint at once): WAL,
 * synchronous=FULL, an exclusive lock on `PATH.lock` held by the process that has it open. Not thread-safe; one thread a store.
 *
 * Promises. An acknowledged commit survives kill -9 and power cut. Both engines behave alike: after an error inside a transaction every
 * later call fails until store_rollback; a broken rule of the schema (unique, check, foreign key) is ERR_CONFLICT; text is UTF-8 without NUL bytes.
 * After an I/O error of a commit nothing more is written until the store is opened again: whether that commit is there is then certain.
 * No value of a row ever reaches an error text.
 *
 * Permission. A statement that reads personal groups runs only while the store has a grant, which only `access` makes (store/grant.h), and joins the temporary table
 * `scope` that holds the grant's rows: (owner, level) with the grade and groups that may be shown. The generator refuses one that does not. */
#ifndef HAVEN_STORE_STORE_H
#define HAVEN_STORE_STORE_H

#include "base/base.h"

struct store;

enum store_engine { STORE_UNKNOWN, STORE_SQLITE, STORE_POSTGRESQL };
enum store_type { STORE_NULL, STORE_INT, STORE_REAL, STORE_TEXT, STORE_BLOB };

struct store_value {
    enum store_type type;
    int64_t i;
    double r;
    struct str s; /* text or blob */
};

#define V_NULL ((struct store_value){.type = STORE_NULL})
#define V_INT(x) ((struct store_value){.type = STORE_INT, .i = (x)})
#define V_REAL(x) ((struct store_value){.type = STORE_REAL, .r = (x)})
#define V_TEXT(x) ((struct store_value){.type = STORE_TEXT, .s = (x)})
#define V_BLOB(x) ((struct store_value){.type = STORE_BLOB, .s = (x)})
/* A text or blob that is NULL when the slice has no pointer. */
#define V_TEXT_OR_NULL(x) ((x).p ? V_TEXT(x) : V_NULL)

/* What a statement reads of people. Anything but none needs a grant. */
enum store_group {
    STORE_READS_NONE = 0,
    STORE_READS_NAMES = 1 << 0,
    STORE_READS_BIRTH = 1 << 1,
    STORE_READS_CONTACTS = 1 << 2,    /* addresses, phones, e-mails */
    STORE_READS_IDENTIFIERS = 1 << 3, /* NHS, PNC and the like */
    STORE_READS_NARRATIVE = 1 << 4,
    STORE_READS_RECORD = 1 << 5, /* a record's own text or a quarantined row: may hold any of the others */
};

/* Made by tools/sqlgen.py, never by hand. */
struct store_statement {
    const char *name, *file;
    const char *sqlite, *postgresql;
    unsigned reads; /* store_group */
    size_t n_params, n_columns;
    const char *const *params;           /* names */
    const enum store_type *param_types;
    const enum store_type *column_types;
};
/* A numbered change of the schema, one text a step for each engine. */
struct store_migration {
    int number;
    const char *title, *hash; /* SHA-256 of its words, in hex */
    const char *const *sqlite, *const *postgresql;
    size_t n_steps;
};
struct store_catalogue {
    const struct store_statement *const *statements;
    size_t n_statements;
    const struct store_migration *migrations; /* by number */
    size_t n_migrations;
};
/* The whole product's, generated from all rooms: data only, so that a lower room's tests have every table too. */
extern const struct store_catalogue store_whole;

/* ---- opening ---- */

/* For tests and tools; zeros are the usual. */
struct store_options {
    const struct store_catalogue *catalogue; /* NULL: store_whole */
    const char *sqlite_vfs;                  /* NULL: SQLite's own; `sqlite:PATH?vfs=NAME` says the same */
    int sqlite_checkpoint_pages;             /* 0: the usual 20000 (80 MB of WAL): half of it costs a large load a third of its speed */
};

/* `url`: a path, `sqlite:PATH` or `postgresql://...`. ERR_IO when it is not there (see store_create), ERR_CONFLICT when another process
 * has it open (says so, and what to do), ERR_STORE when its migrations are newer than this program. */
enum err_code store_open(const char *url, struct store **ret, struct err *e);
/* Makes an empty one with all migrations; ERR_CONFLICT if it already holds a hub. PostgreSQL: the database must exist, be empty, in UTF8 and with
 * collation C (`createdb -T template0 -E UTF8 --locale=C NAME`), so that text sorts by bytes as on SQLite. */
enum err_code store_create(const char *url, struct store **ret, struct err *e);
enum err_code store_open_with(const char *url, const struct store_options *options, struct store **ret, struct err *e);
enum err_code store_create_with(const char *url, const struct store_options *options, struct store **ret, struct err *e);
void store_close(struct store *s); /* NULL is fine; an open transaction is rolled back */
enum store_engine store_engine_of(const struct store *s);
/* Applies migrations not yet applied; *ret_applied (may be NULL) how many. store_open does not do it: a statement whose table is missing
 * then fails, and store_pending says that this is why. */
enum err_code store_migrate(struct store *s, int *ret_applied, struct err *e);
size_t store_pending(const struct store *s); /* migrations not yet applied */

/* ---- running ---- */

/* Runs a statement that gives no rows. `values` must have statement->n_params entries of the declared types (or NULL). Outside a transaction each
 * statement is its own. *ret_changed (may be NULL): rows changed. */
enum err_code store_run(struct store *s, const struct store_statement *st, const struct store_value *values,
                        int64_t *ret_changed, struct err *e);
/* `STORE_RUN(s, sql_x, e, V_INT(1), V_TEXT(t))` */
#define STORE_RUN(s, st, e, ...) \
    store_run((s), &(st), (const struct store_value[]){__VA_ARGS__}, NULL, (e))

/* Rows one by one. The row's slices are valid until the next step or finish. At most one cursor per statement is open at a time (asserted);
 * other statements may run between steps, but a cursor does not promise to see rows that were changed since it began. Finish it soon: while
 * one is open SQLite's WAL cannot start again from its beginning, and only grows. */
struct store_cursor;
enum err_code store_query(struct store *s, const struct store_statement *st, const struct store_value *values,
                          struct store_cursor **ret, struct err *e);
#define STORE_QUERY(s, st, ret, e, ...) \
    store_query((s), &(st), (const struct store_value[]){__VA_ARGS__}, (ret), (e))
enum err_code store_step(struct store_cursor *c, bool *ret_row, struct err *e);
struct store_value store_column(const struct store_cursor *c, size_t i);
int64_t store_int(const struct store_cursor *c, size_t i);      /* 0 for NULL */
double store_real(const struct store_cursor *c, size_t i);      /* 0 for NULL */
struct str store_text(const struct store_cursor *c, size_t i);  /* text or blob; STR_NONE for NULL */
void store_finish(struct store_cursor *c); /* NULL is fine */
void store_finish_p(struct store_cursor **c);
#define _cleanup_cursor_ __attribute__((cleanup(store_finish_p)))
void store_close_p(struct store **s);
#define _cleanup_store_ __attribute__((cleanup(store_close_p)))
/* First column of the first row as an integer; ERR_NOT_FOUND without a row. */
enum err_code store_query_int(struct store *s, const struct store_statement *st, const struct store_value *values,
                              int64_t *ret, struct err *e);
/* For statements without parameters; the macros above need at least one. */
#define STORE_NO_VALUES ((const struct store_value[]){{0}})

/* Many rows through one insert statement, as fast as the engine can (SQLite: the prepared statement; PostgreSQL: pipeline mode, flushed every few
 * hundred rows and at store_bulk_end). Must be inside a transaction; errors may come late, at the latest from store_bulk_end. Several may be open at
 * once, and queries may run between adds (on PostgreSQL each such query costs a round trip). */
struct store_bulk;
enum err_code store_bulk_begin(struct store *s, const struct store_statement *st, struct store_bulk **ret, struct err *e);
enum err_code store_bulk_add(struct store_bulk *b, const struct store_value *values, struct err *e);
enum err_code store_bulk_end(struct store_bulk *b, struct err *e); /* also frees b, whatever it returns; NULL is fine */
/* For cleanup attributes: ends without asking for the result; the transaction is then to be rolled back. */
void store_bulk_drop(struct store_bulk **b);
#define _cleanup_bulk_ __attribute__((cleanup(store_bulk_drop)))

/* ---- transactions ---- */

/* Nested begins are an error (asserted): one owner. */
enum err_code store_begin(struct store *s, struct err *e);
enum err_code store_commit(struct store *s, struct err *e); /* durable when it returns ERR_OK */
void store_rollback(struct store *s); /* fine outside a transaction too, for the way out of a failed function */
bool store_in_transaction(const struct store *s);

/* What is done inside every transaction that changed something, before it commits: whoever answers for it is written down there (registry's asking). An error rolls it back. A change outside a transaction
 * gets one. One at a time a store (asserted); NULL ends it. Not called for its own changes. */
typedef enum err_code store_effect(void *ctx, struct err *e);
void store_set_effect(struct store *s, store_effect *effect, void *ctx);

/* Commits a transaction in which the ledger numbered what others did: bookkeeping for which nobody answers, so without the effect. For the ledger alone. */
enum err_code store_commit_ledger(struct store *s, struct err *e);

/* Next value of a named counter, reserved in steps of `n`: ids that our own code hands out (they are bound into seals before the insert).
 * Inside a transaction; gaps are fine. */
enum err_code store_reserve_ids(struct store *s, const char *counter, int64_t n, int64_t *ret_first, struct err *e);

/* ---- keeping ---- */

/* Online copy into a new file (SQLite backup API), synced; refuses to overwrite. PostgreSQL: ERR_UNSUPPORTED naming pg_dump. */
enum err_code store_backup(struct store *s, const char *path, struct err *e);
/* Engine integrity check, foreign keys, migrations' hashes; one line per finding appended to `ret_findings`, ERR_OK even then. */
enum err_code store_check(struct store *s, struct buf *ret_findings, struct err *e);

#endif
