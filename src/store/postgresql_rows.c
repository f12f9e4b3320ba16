/* postgresql_rows.c: statements and rows on PostgreSQL (see postgresql_int.h).
 *
 * Statements are prepared with the declared parameter types; parameters and columns travel in binary. Rows are streamed; when something
 * else must run before the last is read, the rest is gathered in memory. Inserts of a bulk are pipelined and awaited in batches. */
#include "store/postgresql_int.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>

/* From PostgreSQL's catalog (pg_type.dat), where they never change. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_NAME = 19, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701, OID_VARCHAR = 1043 };

static const struct {
    Oid oid;
    enum store_type type;
} column_types[] = {
    {OID_INT8, STORE_INT},   {OID_INT4, STORE_INT},  {OID_INT2, STORE_INT},     {OID_BOOL, STORE_INT},   {OID_TEXT, STORE_TEXT},
    {OID_NAME, STORE_TEXT},  {OID_VARCHAR, STORE_TEXT}, {OID_FLOAT8, STORE_REAL}, {OID_BYTEA, STORE_BLOB},
};

/* A cursor's rows: the one just read, or all that were gathered. */
struct pg_rows {
    PGresult *now;
    int at, n;
};

/* ---- one thing at a time ---- */

static struct pg *pg_of(const struct store_cursor *c) { return c->store->native; }

/* Moves the single row of `r` behind those of `all`. */
static bool gather(PGresult *all, const PGresult *r)
{
    int row = PQntuples(all);
    for (int i = 0; i < PQnfields(r); i++) {
        bool null = PQgetisnull(r, 0, i);
        if (!PQsetvalue(all, row, i, null ? NULL : PQgetvalue(r, 0, i), null ? -1 : PQgetlength(r, 0, i)))
            return false;
    }
    return true;
}

/* Reads what is left of the stream. The row just read stays the current one. */
static enum err_code end_stream(struct store *s, struct err *e)
{
    struct pg *pg = s->native;
    struct store_cursor *c = pg->stream;
    if (!c)
        return ERR_OK;
    struct pg_rows *rows = c->native;
    enum err_code code = ERR_OK;
    pg->stream = NULL;
    for (PGresult *r; (r = PQgetResult(pg->conn));) {
        ExecStatusType status = PQresultStatus(r);
        if (status == PGRES_SINGLE_TUPLE && c->open && code == ERR_OK) {
            if (!rows->now)
                rows->now = PQcopyResult(r, PG_COPYRES_ATTRS);
            if (!rows->now || !gather(rows->now, r))
                code = err_set(e, ERR_NO_MEMORY, "out of memory for the rows of %s", c->st->name);
        } else if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && code == ERR_OK) {
            code = pg_fail(s, r, c->st->name, e);
            r = NULL;
        }
        PQclear(r);
    }
    rows->n = rows->now ? PQntuples(rows->now) : 0;
    return code;
}

/* The answer of one pipelined insert, and the NULL that ends it. */
static enum err_code await_one(struct store *s, const char *name, struct err *e)
{
    struct pg *pg = s->native;
    PGresult *r = PQgetResult(pg->conn);
    ExecStatusType status = PQresultStatus(r);
    enum err_code code = ERR_OK;
    if (status == PGRES_COMMAND_OK || status == PGRES_PIPELINE_ABORTED)
        PQclear(r); /* aborted: an insert before it failed, and told why */
    else
        code = pg_fail(s, r, name, e);
    PQclear(PQgetResult(pg->conn));
    return code;
}

/* Waits for every insert in flight; stays in pipeline mode. The first error is the one that counts. */
static enum err_code await_pipe(struct store *s, struct err *e)
{
    struct pg *pg = s->native;
    enum err_code code = ERR_OK;
    if (pg->n_flight == 0)
        return ERR_OK;
    if (!PQpipelineSync(pg->conn))
        return pg_fail(s, NULL, "many rows", e);
    for (size_t i = 0; i < pg->n_flight; i++) {
        enum err_code one = await_one(s, pg->flight[i], code == ERR_OK ? e : NULL);
        code = code == ERR_OK ? one : code;
    }
    pg->n_flight = 0;
    PGresult *sync = PQgetResult(pg->conn);
    if (PQresultStatus(sync) != PGRES_PIPELINE_SYNC && code == ERR_OK)
        return pg_fail(s, sync, "many rows", e);
    PQclear(sync);
    return code;
}

enum err_code pg_settle(struct store *s, struct err *e)
{
    struct pg *pg = s->native;
    if (PQpipelineStatus(pg->conn) == PQ_PIPELINE_OFF)
        return end_stream(s, e);
    enum err_code code = await_pipe(s, e);
    if (!PQexitPipelineMode(pg->conn) && code == ERR_OK)
        code = pg_fail(s, NULL, "many rows", e);
    return code;
}

/* ---- statements ---- */

/* The types in the order of enum store_type. */
static const Oid param_oids[] = {[STORE_INT] = OID_INT8, [STORE_REAL] = OID_FLOAT8, [STORE_TEXT] = OID_TEXT, [STORE_BLOB] = OID_BYTEA};

static enum store_type type_of(Oid oid)
{
    for (size_t i = 0; i < sizeof column_types / sizeof *column_types; i++)
        if (column_types[i].oid == oid)
            return column_types[i].type;
    return STORE_NULL;
}

static enum err_code check_columns(const struct store_statement *st, const PGresult *described, struct err *e)
{
    if ((size_t)PQnfields(described) != st->n_columns)
        return err_set(e, ERR_STORE, "%s (%s) declares %zu columns but has %d", st->name, st->file, st->n_columns, PQnfields(described));
    for (size_t i = 0; i < st->n_columns; i++)
        if (type_of(PQftype(described, (int)i)) != st->column_types[i])
            return err_set(e, ERR_STORE, "%s (%s): column %zu has another type than declared: use CAST or mend '-- returns:'",
                           st->name, st->file, i + 1);
    return ERR_OK;
}

static enum err_code send_prepare(struct store *s, const struct store_statement *st, struct err *e)
{
    struct pg *pg = s->native;
    Oid oids[LIMIT_STORE_PARAMS];
    assert(st->n_params <= LIMIT_STORE_PARAMS);
    for (size_t i = 0; i < st->n_params; i++)
        oids[i] = param_oids[st->param_types[i]];
    PGresult *r = PQprepare(pg->conn, st->name, st->postgresql, (int)st->n_params, oids);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        return pg_fail(s, r, st->name, e);
    PQclear(r);
    r = PQdescribePrepared(pg->conn, st->name);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        return pg_fail(s, r, st->name, e);
    enum err_code code = check_columns(st, r, e);
    PQclear(r);
    return code;
}

enum err_code pg_prepare(struct store *s, struct store_cursor *c, struct err *e)
{
    ERR_TRY(pg_settle(s, e));
    struct pg_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return err_set(e, ERR_NO_MEMORY, "out of memory for prepared statements");
    enum err_code code = send_prepare(s, c->st, e);
    if (code == ERR_OK)
        c->native = rows;
    else
        free(rows);
    return code;
}

/* The server forgets it with the session. */
void pg_unprepare(struct store_cursor *c)
{
    struct pg_rows *rows = c->native;
    PQclear(rows->now);
    free(rows);
}

/* Parameters in binary: pointers into the values, or into `numbers` for big-endian numbers. */
struct params {
    const char *at[LIMIT_STORE_PARAMS];
    int length[LIMIT_STORE_PARAMS], format[LIMIT_STORE_PARAMS];
    uint64_t numbers[LIMIT_STORE_PARAMS];
};

static void set_number(struct params *p, size_t i, uint64_t bits)
{
    p->numbers[i] = htobe64(bits);
    p->at[i] = (const char *)&p->numbers[i];
    p->length[i] = 8;
}

static void fill(struct params *p, const struct store_statement *st, const struct store_value *values)
{
    for (size_t i = 0; i < st->n_params; i++) {
        const struct store_value *v = &values[i];
        uint64_t bits;
        p->format[i] = 1;
        p->at[i] = NULL;
        p->length[i] = 0;
        if (v->type == STORE_INT) {
            set_number(p, i, (uint64_t)v->i);
        } else if (v->type == STORE_REAL) {
            memcpy(&bits, &v->r, sizeof bits);
            set_number(p, i, bits);
        } else if (v->type != STORE_NULL) {
            p->at[i] = v->s.p ? v->s.p : ""; /* a NULL pointer would be NULL */
            p->length[i] = (int)v->s.n; /* within LIMIT_STORE_VALUE_BYTES */
        }
    }
}

static bool send(const struct store_cursor *c, const struct params *p)
{
    return PQsendQueryPrepared(pg_of(c)->conn, c->st->name, (int)c->st->n_params, p->at, p->length, p->format, 1) == 1;
}

enum err_code pg_run(struct store_cursor *c, const struct store_value *values, int64_t *ret_changed, struct err *e)
{
    struct params p;
    ERR_TRY(pg_settle(c->store, e));
    fill(&p, c->st, values);
    PGresult *r = PQexecPrepared(pg_of(c)->conn, c->st->name, (int)c->st->n_params, p.at, p.length, p.format, 1);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        return pg_fail(c->store, r, c->st->name, e);
    if (!str_to_int64(str_of(PQcmdTuples(r)), ret_changed))
        *ret_changed = 0; /* no count for this kind of statement */
    PQclear(r);
    return ERR_OK;
}

/* ---- rows ---- */

enum err_code pg_start(struct store_cursor *c, const struct store_value *values, struct err *e)
{
    struct params p;
    struct pg_rows *rows = c->native;
    ERR_TRY(pg_settle(c->store, e));
    fill(&p, c->st, values);
    PQclear(rows->now);
    *rows = (struct pg_rows){NULL, -1, 0};
    if (!send(c, &p) || !PQsetSingleRowMode(pg_of(c)->conn))
        return pg_fail(c->store, NULL, c->st->name, e);
    pg_of(c)->stream = c;
    return ERR_OK;
}

enum err_code pg_step(struct store_cursor *c, bool *ret_row, struct err *e)
{
    struct pg_rows *rows = c->native;
    /* 1. Rows that were gathered come first. */
    if (pg_of(c)->stream != c) {
        *ret_row = rows->at + 1 < rows->n;
        rows->at += *ret_row;
        return ERR_OK;
    }
    /* 2. Else the next one from the server. */
    PQclear(rows->now);
    rows->now = PQgetResult(pg_of(c)->conn);
    rows->at = 0;
    rows->n = 1;
    if (PQresultStatus(rows->now) == PGRES_SINGLE_TUPLE) {
        *ret_row = true;
        return ERR_OK;
    }
    /* 3. After the last comes an empty result, or the error; then the connection is free. */
    PGresult *last = rows->now;
    *rows = (struct pg_rows){NULL, -1, 0};
    bool done = PQresultStatus(last) == PGRES_TUPLES_OK;
    enum err_code code = done ? ERR_OK : pg_fail(c->store, last, c->st->name, e);
    if (done)
        PQclear(last);
    enum err_code rest = end_stream(c->store, code == ERR_OK ? e : NULL);
    *ret_row = false;
    return code == ERR_OK ? rest : code;
}

static int64_t int_of(const char *p, int length)
{
    uint64_t v = 0;
    for (int i = 0; i < length; i++)
        v = v << 8 | (unsigned char)p[i];
    /* Shorter ones carry their sign in their first bit. */
    return length == 8 || length == 1 ? (int64_t)v : (int64_t)(v << (64 - 8 * length)) >> (64 - 8 * length);
}

struct store_value pg_column(const struct store_cursor *c, size_t i)
{
    const struct pg_rows *rows = c->native;
    int at = (int)i;
    if (PQgetisnull(rows->now, rows->at, at))
        return V_NULL;
    const char *p = PQgetvalue(rows->now, rows->at, at);
    int length = PQgetlength(rows->now, rows->at, at);
    switch (c->st->column_types[i]) {
    case STORE_INT:
        return V_INT(int_of(p, length));
    case STORE_REAL: {
        uint64_t bits = (uint64_t)int_of(p, 8);
        struct store_value v = V_REAL(0);
        memcpy(&v.r, &bits, sizeof v.r);
        return v;
    }
    case STORE_TEXT:
        return V_TEXT(((struct str){p, (size_t)length}));
    case STORE_BLOB:
        return V_BLOB(((struct str){p, (size_t)length}));
    case STORE_NULL:
        break;
    }
    return V_NULL;
}

void pg_finish(struct store_cursor *c)
{
    struct pg_rows *rows = c->native;
    c->open = false; /* what is still to come is thrown away */
    if (pg_of(c)->stream == c)
        (void)end_stream(c->store, NULL); /* an error of rows that nobody wants; inside a transaction the next call meets it */
    PQclear(rows->now);
    *rows = (struct pg_rows){NULL, -1, 0};
}

/* ---- many rows ---- */

enum err_code pg_bulk_add(struct store_cursor *c, const struct store_value *values, struct err *e)
{
    struct pg *pg = pg_of(c);
    struct params p;
    fill(&p, c->st, values);
    if (PQpipelineStatus(pg->conn) == PQ_PIPELINE_OFF) {
        ERR_TRY(pg_settle(c->store, e));
        if (!PQenterPipelineMode(pg->conn))
            return pg_fail(c->store, NULL, c->st->name, e);
    }
    if (!send(c, &p))
        return pg_fail(c->store, NULL, c->st->name, e);
    pg->flight[pg->n_flight++] = c->st->name;
    return pg->n_flight == PG_BATCH ? await_pipe(c->store, e) : ERR_OK;
}

enum err_code pg_bulk_flush(struct store *s, struct err *e) { return pg_settle(s, e); }
