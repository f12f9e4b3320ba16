/* postgresql.c: the driver for PostgreSQL: connection, session, errors, checks. Statements and rows: postgresql_rows.c.
 *
 * The one session sets all that the promises rest on (synchronous commits, schema, time zone) itself, and holds an advisory
 * lock, so that a second Haven on the same database is refused as it is on a SQLite file. */
#include "store/postgresql_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* One Haven a database: any constant that nothing else there uses. */
#define LOCK_STATEMENT "SELECT pg_try_advisory_lock(7236837458230173)::int"

static const char *const session[] = {
    "SET search_path = public",
    "SET synchronous_commit = on",
    "SET standard_conforming_strings = on",
    "SET timezone = 'UTC'",
    "SET client_min_messages = warning",
    "SET jit = off", /* statements are small and prepared */
};

/* ---- errors ---- */

static const struct {
    const char *state; /* how the SQLSTATE begins */
    enum err_code code;
    const char *text;
} causes[] = {
    {"23", ERR_CONFLICT, "breaks a rule of the schema"},
    {"40", ERR_CONFLICT, "another session was in the way: try again"},
    {"08", ERR_IO, "the connection was lost: start again"},
    {"57P", ERR_IO, "the server is shutting down: start again when it is back"},
    {"58", ERR_IO, "the server could not read or write: see to its disk"},
    {"53100", ERR_IO, "the server's disk is full: make room and start again"},
    {"53200", ERR_NO_MEMORY, "the server is out of memory"},
    {"54", ERR_LIMIT, "something is larger than the engine takes"},
    {"22021", ERR_FORMAT, "a text is not UTF-8"},
    {"28", ERR_REFUSED, "the server does not let this user in"},
};

/* PostgreSQL's message texts can quote values, so only names and, for faults of the SQL itself, the message are told. */
static void set_detail(const PGresult *r, const char *state, struct err *e)
{
    const char *table = PQresultErrorField(r, PG_DIAG_TABLE_NAME), *rule = PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
    const char *column = PQresultErrorField(r, PG_DIAG_COLUMN_NAME), *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    bool of_sql = strncmp(state, "42", 2) == 0;
    err_detail(e, "PostgreSQL %s: table %s, column %s, rule %s%s%s", state, table ? table : "-", column ? column : "-",
               rule ? rule : "-", of_sql ? ": " : "", of_sql && text ? text : "");
}

enum err_code pg_fail(struct store *s, PGresult *r, const char *what, struct err *e)
{
    struct pg *pg = s->native;
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    if (!state)
        state = PQstatus(pg->conn) == CONNECTION_BAD ? "08000" : "XX000"; /* libpq's own errors have none */
    enum err_code code = ERR_STORE;
    const char *text = "the engine refused it";
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
        if (strncmp(state, causes[i].state, strlen(causes[i].state)) == 0) {
            code = causes[i].code;
            text = causes[i].text;
        }
    (void)err_set(e, code, "%s: %s: %s", s->name, what, text);
    set_detail(r, state, e);
    if (code == ERR_IO)
        s->unsure = true;
    PQclear(r);
    return code;
}

/* ---- opening ---- */

/* A query of the driver's own, with one row of text; the caller clears *ret. */
static enum err_code ask(struct store *s, const char *sql, const char *what, PGresult **ret, struct err *e)
{
    struct pg *pg = s->native;
    ERR_TRY(pg_settle(s, e));
    PGresult *r = PQexec(pg->conn, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) != 1)
        return pg_fail(s, r, what, e);
    *ret = r;
    return ERR_OK;
}

static enum err_code ask_int(struct store *s, const char *sql, const char *what, int64_t *ret, struct err *e)
{
    PGresult *r = NULL;
    ERR_TRY(ask(s, sql, what, &r, e));
    bool ok = str_to_int64(str_of(PQgetvalue(r, 0, 0)), ret);
    PQclear(r);
    return ok ? ERR_OK : err_set(e, ERR_STORE, "%s: %s: the server's answer is no number", s->name, what);
}

static enum err_code connect_failed(const PGconn *conn, struct err *e)
{
    /* libpq's text has several lines and never the password. */
    const char *why = PQerrorMessage(conn);
    return err_set(e, ERR_IO, "PostgreSQL cannot be reached: %.*s", (int)strcspn(why, "\n"), why);
}

static enum err_code pg_exec(struct store *s, const char *sql, const char *what, struct err *e)
{
    struct pg *pg = s->native;
    ERR_TRY(pg_settle(s, e));
    PGresult *r = PQexec(pg->conn, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        return pg_fail(s, r, what, e);
    /* A COMMIT of a transaction that the server has given up answers ROLLBACK. */
    bool undone = strcmp(sql, "COMMIT") == 0 && strcmp(PQcmdStatus(r), "COMMIT") != 0;
    PQclear(r);
    return undone ? err_set(e, ERR_STORE, "%s: the transaction was rolled back", s->name) : ERR_OK;
}

/* Text must sort by bytes, as on SQLite. */
static enum err_code check_database(struct store *s, struct err *e)
{
    static const char text[] = "SELECT (pg_encoding_to_char(encoding) = 'UTF8' AND datlocprovider = 'c' AND "
                               "datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8'))::int FROM pg_database WHERE datname = current_database()";
    int64_t ok = 0;
    ERR_TRY(ask_int(s, text, "opening", &ok, e));
    return ok ? ERR_OK
              : err_set(e, ERR_STORE, "%s must have encoding UTF8 and collation C: make it with `createdb -T template0 -E UTF8 --locale=C`",
                        s->name);
}

/* The server may still be ending the session of one that has just closed or died: that is waited for, for a moment. */
static enum err_code take_lock(struct store *s, struct err *e)
{
    int64_t ok = 0;
    for (int i = 0; i < 50 && !ok; i++) {
        if (i)
            (void)nanosleep(&(struct timespec){0, 20000000}, NULL);
        ERR_TRY(ask_int(s, LOCK_STATEMENT, "opening", &ok, e));
    }
    return ok ? ERR_OK
              : err_set(e, ERR_CONFLICT, "%s is open in another process: stop it first, or let the running server do it", s->name);
}

static enum err_code pg_open(struct store *s, const char *where, bool create, struct err *e)
{
    (void)create; /* a database is made by its administrator, not by us */
    struct pg *pg = calloc(1, sizeof *pg);
    if (!pg)
        return err_set(e, ERR_NO_MEMORY, "out of memory while the store is opened");
    s->native = pg;
    pg->conn = PQconnectdb(where);
    if (PQstatus(pg->conn) != CONNECTION_OK)
        return connect_failed(pg->conn, e);
    if (asprintf(&s->name, "the database %s", PQdb(pg->conn)) < 0) {
        s->name = NULL;
        return err_set(e, ERR_NO_MEMORY, "out of memory while the store is opened");
    }
    for (size_t i = 0; i < sizeof session / sizeof *session; i++)
        ERR_TRY(pg_exec(s, session[i], "opening", e));
    ERR_TRY(check_database(s, e));
    return take_lock(s, e);
}

static void pg_close(struct store *s)
{
    struct pg *pg = s->native;
    PQfinish(pg->conn);
    free(pg);
}

static enum err_code pg_look(struct store *s, bool *ret_hub, bool *ret_empty, struct err *e)
{
    static const char text[] = "SELECT count(*) + 1000000 * count(*) FILTER (WHERE relname = 'store_migration') FROM pg_class "
                               "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')";
    int64_t n = 0;
    ERR_TRY(ask_int(s, text, "opening", &n, e));
    *ret_hub = n >= 1000000;
    *ret_empty = n == 0;
    return ERR_OK;
}

/* ---- keeping ---- */

static enum err_code pg_backup(struct store *s, const char *path, struct err *e)
{
    (void)path;
    return err_set(e, ERR_UNSUPPORTED, "%s is backed up with PostgreSQL's own means: pg_dump, or base backups with WAL archiving", s->name);
}

/* The engine guards its files and foreign keys itself; what can be wrong is how it is set up. */
static enum err_code pg_check(struct store *s, struct buf *ret_findings, struct err *e)
{
    static const struct {
        const char *sql, *finding;
    } checks[] = {
        {"SELECT (current_setting('fsync') = 'off')::int", "fsync is off: a power cut loses acknowledged work"},
        {"SELECT (current_setting('full_page_writes') = 'off')::int", "full_page_writes is off: a power cut can tear pages"},
        {"SELECT count(*) FROM pg_index WHERE NOT indisvalid", "an index is not valid: REINDEX it"},
        {"SELECT count(*) FROM pg_constraint WHERE NOT convalidated", "a constraint was never validated"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        int64_t n = 0;
        ERR_TRY(ask_int(s, checks[i].sql, "checking", &n, e));
        if (n)
            (void)buf_fmt(ret_findings, "%s: %s\n", s->name, checks[i].finding); /* store_check looks at the buffer */
    }
    return ERR_OK;
}

const struct store_driver store_postgresql_driver = {
    .engine = STORE_POSTGRESQL,
    .open = pg_open,
    .close = pg_close,
    .look = pg_look,
    .exec = pg_exec,
    .prepare = pg_prepare,
    .unprepare = pg_unprepare,
    .run = pg_run,
    .start = pg_start,
    .step = pg_step,
    .column = pg_column,
    .finish = pg_finish,
    .bulk_add = pg_bulk_add,
    .bulk_flush = pg_bulk_flush,
    .backup = pg_backup,
    .check = pg_check,
};
