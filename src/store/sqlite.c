/* sqlite.c: the driver for an embedded SQLite file: opening, errors, backup, checks. Statements and rows: sqlite_rows.c.
 *
 * One connection, WAL, synchronous=FULL: a commit is on disk when it returns. Locking mode EXCLUSIVE keeps the file's own lock and
 * holds the WAL's index in memory, so there is no shared-memory file and no second connection. Temporary data stays in
 * memory, freed pages are zeroed (secure_delete): nothing that was deleted is left to read. */
#include "store/sqlite_int.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Half of these make it safe, half fast; measured in tests/store/bench_store.c. */
static const char *const session[] = {
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA synchronous=EXTRA", /* before WAL: making the file uses a journal, whose removal must be on disk too; in WAL it means FULL */
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA case_sensitive_like=ON", /* as PostgreSQL's LIKE */
    "PRAGMA cache_size=-32768",      /* 32 MB of pages: a load must stay under 100 MB in all */
    "PRAGMA journal_size_limit=134217728",
};

/* ---- errors ---- */

static const struct {
    int rc;
    enum err_code code;
    const char *text;
} causes[] = {
    {SQLITE_CONSTRAINT, ERR_CONFLICT, "breaks a rule of the schema"},
    {SQLITE_BUSY, ERR_CONFLICT, "another program has the store's file open: stop it first"},
    {SQLITE_FULL, ERR_IO, "the disk is full: make room and start again"},
    {SQLITE_IOERR, ERR_IO, "reading or writing the store's file failed: see to the disk and start again"},
    {SQLITE_CANTOPEN, ERR_IO, "a file of the store cannot be opened: see to the folder's permissions"},
    {SQLITE_READONLY, ERR_IO, "the store's file cannot be written: see to its permissions"},
    {SQLITE_CORRUPT, ERR_STORE, "the store's file is damaged: restore a backup"},
    {SQLITE_NOTADB, ERR_STORE, "the file is no store: give the path of one"},
    {SQLITE_NOMEM, ERR_NO_MEMORY, "out of memory"},
    {SQLITE_TOOBIG, ERR_LIMIT, "a value is larger than the engine takes"},
};

/* What SQLite's own message says (names of tables and columns, never values) goes to the detail. */
enum err_code sqlite_fail(const struct store *s, int rc, const char *what, struct err *e)
{
    sqlite3 *db = s->native;
    enum err_code code = ERR_STORE;
    const char *text = "the engine refused it";
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
        if (causes[i].rc == (rc & 0xff)) {
            code = causes[i].code;
            text = causes[i].text;
        }
    if (rc == SQLITE_CONSTRAINT_DATATYPE) {
        code = ERR_STORE;
        text = "a value has another type than its column";
    }
    (void)err_set(e, code, "%s: %s: %s", s->name, what, text);
    err_detail(e, "SQLite %d: %s", sqlite3_extended_errcode(db), sqlite3_errmsg(db));
    return code;
}

/* ---- opening ---- */

/* Made by us, not by SQLite, so that nobody else can ever read it. */
static enum err_code make_file(const char *path, bool create, struct err *e)
{
    struct stat st;
    if (!create)
        return stat(path, &st) == 0 ? ERR_OK
                                    : err_set(e, ERR_IO, "%s: %s: give the path of a hub, or make one with `haven init`", path, strerror(errno));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, ERR_IO, "%s: cannot be made: %s", path, strerror(errno));
    (void)close(fd);
    return store_sync_folder(path, e);
}

static enum err_code configure(struct store *s, struct err *e)
{
    sqlite3 *db = s->native;
    (void)sqlite3_extended_result_codes(db, 1);
    static const int off[] = {SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION};
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        (void)sqlite3_db_config(db, off[i], 0, (int *)NULL); /* cannot fail for these */
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    for (size_t i = 0; i < sizeof session / sizeof *session; i++) {
        int rc = sqlite3_exec(db, session[i], NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            return sqlite_fail(s, rc, "opening", e);
    }
    (void)sqlite3_wal_autocheckpoint(db, s->checkpoint_pages); /* cannot fail */
    return ERR_OK;
}

static enum err_code sqlite_open(struct store *s, const char *where, bool create, struct err *e)
{
    struct stat st;
    if (stat(where, &st) == 0 && !S_ISREG(st.st_mode))
        return err_set(e, ERR_USAGE, "%s is not a file: give the path of a hub", where);
    if (!create)
        ERR_TRY(make_file(where, false, e)); /* before the lock, which would leave a file beside nothing */
    ERR_TRY(store_lock_take(where, &s->lock_fd, e));
    if (create)
        ERR_TRY(make_file(where, true, e));
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(where, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, s->vfs);
    s->native = db;
    if (rc != SQLITE_OK)
        return db ? sqlite_fail(s, rc, "opening", e) : err_set(e, ERR_NO_MEMORY, "out of memory while the store is opened");
    return configure(s, e);
}

static void sqlite_close(struct store *s)
{
    /* After an I/O error the file's state is only certain when it is read again. */
    if (s->unsure)
        (void)sqlite3_db_config(s->native, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    int rc = sqlite3_close(s->native);
    assert(rc != SQLITE_BUSY); /* every statement is in the cache, which is empty now */
    (void)rc;                  /* a checkpoint that fails is made up for at the next opening */
}

static enum err_code sqlite_exec(struct store *s, const char *sql, const char *what, struct err *e)
{
    if (strcmp(sql, "ROLLBACK") == 0 && sqlite3_get_autocommit(s->native))
        return ERR_OK; /* some errors roll back by themselves */
    int rc = sqlite3_exec(s->native, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ERR_OK : sqlite_fail(s, rc, what, e);
}

static enum err_code sqlite_look(struct store *s, bool *ret_hub, bool *ret_empty, struct err *e)
{
    static const char text[] = "SELECT count(*), coalesce(sum(name = 'store_migration'), 0) FROM sqlite_schema";
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(s->native, text, -1, &q, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) {
        *ret_empty = sqlite3_column_int(q, 0) == 0;
        *ret_hub = sqlite3_column_int(q, 1) == 1;
    }
    (void)sqlite3_finalize(q); /* repeats rc */
    return rc == SQLITE_ROW ? ERR_OK : sqlite_fail(s, rc, "opening", e);
}

/* ---- keeping ---- */

static enum err_code copy_to(struct store *s, sqlite3 *to, const char *path, struct err *e)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", s->native, "main");
    int rc = b ? sqlite3_backup_step(b, -1) : sqlite3_errcode(to);
    if (b)
        (void)sqlite3_backup_finish(b); /* repeats rc */
    if (rc == SQLITE_DONE)
        return ERR_OK;
    err_set(e, ERR_IO, "%s: the backup could not be written: %s", path, sqlite3_errstr(rc));
    return ERR_IO;
}

static enum err_code sqlite_backup_to(struct store *s, const char *path, struct err *e)
{
    /* 1. A new file that only we can read, or none at all. */
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? err_set(e, ERR_CONFLICT, "%s exists already: give another name for the backup", path)
                               : err_set(e, ERR_IO, "%s: cannot be made: %s", path, strerror(errno));
    /* 2. All pages as of now. */
    sqlite3 *to = NULL;
    enum err_code code = ERR_OK;
    if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, s->vfs) != SQLITE_OK)
        code = err_set(e, ERR_IO, "%s: the backup cannot be opened", path);
    if (code == ERR_OK)
        code = copy_to(s, to, path, e);
    if (sqlite3_close(to) != SQLITE_OK && code == ERR_OK)
        code = err_set(e, ERR_IO, "%s: the backup could not be closed", path);
    /* 3. On disk, with its name. */
    if (code == ERR_OK && fsync(fd) != 0)
        code = err_set(e, ERR_IO, "%s: the backup could not be synced: %s", path, strerror(errno));
    (void)close(fd); /* synced already */
    if (code == ERR_OK)
        code = store_sync_folder(path, e);
    if (code != ERR_OK)
        (void)unlink(path); /* half a backup is worse than none */
    return code;
}

/* One line per row of a PRAGMA that reports faults; `ok` is none. */
static enum err_code findings_of(struct store *s, const char *pragma, const char *what, struct buf *ret, struct err *e)
{
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(s->native, pragma, -1, &q, NULL);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(q);
        const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(q, 0) : NULL;
        if (text && strcmp(text, "ok") != 0)
            (void)buf_fmt(ret, "%s: %s\n", what, text); /* store_check looks at the buffer */
    }
    (void)sqlite3_finalize(q); /* repeats rc */
    return rc == SQLITE_DONE ? ERR_OK : sqlite_fail(s, rc, "checking", e);
}

static enum err_code sqlite_check(struct store *s, struct buf *ret_findings, struct err *e)
{
    ERR_TRY(findings_of(s, "PRAGMA integrity_check(100)", "the store's file is damaged", ret_findings, e));
    return findings_of(s, "PRAGMA foreign_key_check", "a row refers to one that is not there, in the table", ret_findings, e);
}

const struct store_driver store_sqlite_driver = {
    .engine = STORE_SQLITE,
    .open = sqlite_open,
    .close = sqlite_close,
    .look = sqlite_look,
    .exec = sqlite_exec,
    .prepare = sqlite_prepare,
    .unprepare = sqlite_unprepare,
    .run = sqlite_run,
    .start = sqlite_start,
    .step = sqlite_step,
    .column = sqlite_column,
    .finish = sqlite_finish,
    .bulk_add = sqlite_bulk_add,
    .bulk_flush = sqlite_bulk_flush,
    .backup = sqlite_backup_to,
    .check = sqlite_check,
};
