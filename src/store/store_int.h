/* store_int.h: what the files of the store share; private to the room.
 *
 * store.c holds what both engines have in common (cache of prepared statements, transactions, the rule that an error
 * inside a transaction ends it); a driver does the rest. A prepared statement, its open rows and its place in
 * the cache are one struct: `store_cursor`. */
#ifndef HAVEN_STORE_STORE_INT_H
#define HAVEN_STORE_STORE_INT_H

#include "store/store.h"

struct store_driver {
    enum store_engine engine;
    /* Connects and sets the session up. `create`: the file must not exist yet (PostgreSQL: no matter). */
    enum err_code (*open)(struct store *s, const char *where, bool create, struct err *e);
    void (*close)(struct store *s);
    /* Does it hold a hub (store_migration is there); is it empty (no tables at all)? */
    enum err_code (*look)(struct store *s, bool *ret_hub, bool *ret_empty, struct err *e);
    /* One statement without parameters or rows: migrations, BEGIN and the like. `what` is for the error. */
    enum err_code (*exec)(struct store *s, const char *sql, const char *what, struct err *e);
    enum err_code (*prepare)(struct store *s, struct store_cursor *c, struct err *e);
    void (*unprepare)(struct store_cursor *c);
    enum err_code (*run)(struct store_cursor *c, const struct store_value *values, int64_t *ret_changed, struct err *e);
    enum err_code (*start)(struct store_cursor *c, const struct store_value *values, struct err *e);
    enum err_code (*step)(struct store_cursor *c, bool *ret_row, struct err *e);
    struct store_value (*column)(const struct store_cursor *c, size_t i);
    void (*finish)(struct store_cursor *c);
    /* One more row, whose error may come at the latest from bulk_flush. */
    enum err_code (*bulk_add)(struct store_cursor *c, const struct store_value *values, struct err *e);
    enum err_code (*bulk_flush)(struct store *s, struct err *e);
    enum err_code (*backup)(struct store *s, const char *path, struct err *e);
    enum err_code (*check)(struct store *s, struct buf *ret_findings, struct err *e);
};

struct store_cursor {
    struct store *store;
    const struct store_statement *st;
    bool open; /* between query and finish */
    uint64_t grant; /* number of the grant under which it was opened */
    bool row;  /* the last step gave a row */
    bool done; /* there are no more */
    void *native;
};

struct store {
    const struct store_driver *driver;
    const struct store_catalogue *catalogue;
    const char *vfs;
    char *vfs_copy; /* when it came from the URL */
    int checkpoint_pages;
    char *name; /* for messages: the path, or the database's name; never a password */
    void *native;
    int lock_fd; /* -1: none */
    bool in_transaction;
    bool failed;     /* an error inside the transaction: only rollback helps */
    bool unsure;     /* a commit failed with an I/O error: only opening again helps */
    store_effect *effect; /* to be called before a commit that changed something */
    void *effect_ctx;
    bool changed;      /* this transaction did */
    bool granted;      /* a grant stands (grant.c) ... */
    int64_t granted_until_ms; /* ... until then */
    uint64_t grants;   /* how many there have been */
    bool filling;      /* a grant's rows are being written to the scope */
    bool scope_open;   /* the scope's rows were changed in the open transaction, so that a rollback brings back others */
    size_t n_applied; /* migrations of the catalogue that are applied */
    struct store_cursor **cache; /* by the statement's address; open addressing, a power of two */
    size_t cache_cap, cache_n;
};

extern const struct store_driver store_sqlite_driver, store_postgresql_driver;

/* The prepared form of a statement, from the cache or new. */
enum err_code store_prepared(struct store *s, const struct store_statement *st, struct store_cursor **ret, struct err *e);
/* Notes that an error happened, so that a transaction in which it did can only be rolled back. Returns `code`. */
enum err_code store_fail(struct store *s, enum err_code code);

/* grant.c: the temporary table that scoped statements join, and whether a statement may read now. */
enum err_code store_grant_init(struct store *s, struct err *e);
enum err_code store_grant_check(const struct store *s, const struct store_statement *st, struct err *e);
/* For a row of an open cursor: besides, its own grant must be the one that stands, for its rows are those of that grant's scope. */
enum err_code store_grant_check_row(const struct store_cursor *c, struct err *e);
/* After a rollback: a grant made in the transaction ends with it. */
void store_grant_rolled_back(struct store *s);

/* migrate.c: reads which migrations are applied (and refuses what does not fit), or makes the empty table of them. */
enum err_code store_migrations_init(struct store *s, struct err *e);
enum err_code store_migrations_load(struct store *s, struct err *e);
enum err_code store_migrations_check(struct store *s, struct buf *ret_findings, struct err *e);

/* lock.c: the exclusive lock on `PATH.lock`. */
enum err_code store_lock_take(const char *path, int *ret_fd, struct err *e);
void store_lock_give(int fd);
/* The folder of `path`, synced, so that a new file's name survives a power cut. */
enum err_code store_sync_folder(const char *path, struct err *e);

#endif
