/* open.c: the ledger's directory, its creation, opening and closing. See ledger.h. */
#include "ledger/ledger_int.h"

#include "sql/ledger_sql.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define MEMORY (LIMIT_LEDGER_TILES_BYTES + ((size_t)1 << 20))

/* ---- names ---- */

/* "<file>.ledger" beside an SQLite file. */
static enum err_code directory_of(const char *db_url, const struct ledger_options *o, enum store_engine engine, char ret[PATH_MAX], struct err *e)
{
    struct str url = str_of(db_url);
    int n;
    if (o && o->directory) {
        n = snprintf(ret, PATH_MAX, "%s", o->directory);
    } else if (engine != STORE_SQLITE) {
        return err_set(e, ERR_USAGE, "a PostgreSQL hub needs --ledger DIR or HAVEN_LEDGER: the ledger's journal and checkpoint are kept outside the database");
    } else {
        if (str_starts(url, STR("sqlite:"))) {
            url = str_slice(url, 7, url.n);
            ptrdiff_t query = str_find(url, STR("?vfs="));
            url.n = query >= 0 ? (size_t)query : url.n;
        }
        n = snprintf(ret, PATH_MAX, "%.*s.ledger", STR_ARG(url));
    }
    return n < PATH_MAX - 16 ? ERR_OK : err_set(e, ERR_USAGE, "the path of the ledger's directory is too long");
}

enum err_code ledger_tree_directory(const struct ledger *l, uint32_t epoch, char ret[PATH_MAX], struct err *e)
{
    int n = epoch == 1 ? snprintf(ret, PATH_MAX, "%s", l->dir) : snprintf(ret, PATH_MAX, "%s/e%u", l->dir, epoch);
    return n < PATH_MAX - 16 ? ERR_OK : err_set(e, ERR_USAGE, "the path of the ledger's directory is too long");
}

bool ledger_tree_exists(const struct ledger *l, uint32_t epoch)
{
    char path[PATH_MAX];
    struct err e;
    if (ledger_tree_directory(l, epoch, path, &e) != ERR_OK)
        return false;
    size_t n = strlen(path);
    (void)snprintf(path + n, PATH_MAX - n, "/checkpoint");
    return access(path, F_OK) == 0;
}

enum err_code ledger_tree_open(struct ledger *l, bool make, struct err *e)
{
    ERR_TRY(ledger_tree_directory(l, l->state.epoch, l->tree, e));
    return ledger_tiles_open(&l->arena, l->tree, make, &l->tiles, e);
}

/* ---- memory ---- */

enum err_code ledger_new(struct store *s, const struct vault *v, const char *db_url, const struct ledger_options *o, struct ledger **ret, struct err *e)
{
    struct arena a;
    arena_init(&a, MEMORY);
    struct ledger *l = ARENA_NEW(&a, struct ledger, 1);
    if (!l)
        return err_set(e, ERR_NO_MEMORY, "out of memory for the ledger");
    l->arena = a; /* its chunks hold l itself */
    l->store = s;
    l->vault = v;
    l->published = UINT64_MAX;
    atomic_store(&l->waiting, true);
    ledger_state_init(&l->state);
    randombytes_buf(l->receipt_key, sizeof l->receipt_key);
    enum err_code code = directory_of(db_url, o, store_engine_of(s), l->dir, e);
    if (code != ERR_OK)
        ledger_drop(l);
    else
        *ret = l;
    return code;
}

void ledger_drop(struct ledger *l)
{
    if (l->journal_open)
        ledger_journal_close(&l->journal);
    ledger_tiles_close(l->tiles);
    ledger_state_release(&l->state);
    struct arena a = l->arena;
    arena_release(&a);
}

void ledger_close(struct ledger *l)
{
    struct err e;
    if (!l)
        return;
    if (!store_in_transaction(l->store))
        (void)ledger_sequence(l, &e); /* else the next opening does it */
    ledger_drop(l);
}

/* ---- making ---- */

static enum err_code set_origin(struct ledger_state *state, const char *wanted, struct err *e)
{
    struct str base;
    uint32_t epoch;
    if (wanted) {
        if (!ledger_name_valid(str_of(wanted)) || !ledger_origin_split(str_of(wanted), &base, &epoch) || epoch != 1 || base.n >= sizeof state->origin - 8)
            return err_set(e, ERR_USAGE, "--origin must be a name like hub.example/audit: no scheme, no blanks, not ending in /e and a number");
        memcpy(state->origin, base.p, base.n);
        return ERR_OK;
    }
    (void)snprintf(state->origin, sizeof state->origin, "haven.invalid/%08x/audit", randombytes_random());
    return ERR_OK;
}

enum err_code ledger_creatable(const char *db_url, const struct ledger_options *o, struct err *e)
{
    char path[PATH_MAX];
    struct ledger_state state;
    bool postgresql = str_starts(str_of(db_url), STR("postgresql:")) || str_starts(str_of(db_url), STR("postgres:"));
    ledger_state_init(&state);
    ERR_TRY(set_origin(&state, o->origin, e));
    ERR_TRY(directory_of(db_url, o, postgresql ? STORE_POSTGRESQL : STORE_SQLITE, path, e));
    size_t n = strlen(path);
    (void)snprintf(path + n, sizeof path - n, "/checkpoint");
    if (access(path, F_OK) == 0)
        return err_set(e, ERR_CONFLICT, "%.*s holds the ledger of another hub: name another directory with --ledger, or move it away", (int)n, path);
    return ERR_OK;
}

/* 1. The directory with its first segment of the journal, durable. 2. The state. 3. The checkpoint of the empty tree, by ledger_publish. A crash
 * between 1 and 2 leaves a directory without a checkpoint, which the next run fills. */
static enum err_code create(struct ledger *l, const char *origin, struct err *e)
{
    l->state.epoch = 1;
    l->state.taken = (struct ledger_taken){1, LEDGER_SEGMENT_HEADER};
    ERR_TRY(set_origin(&l->state, origin, e));
    if (ledger_tree_exists(l, 1))
        return err_set(e, ERR_REFUSED, "the database has no ledger, but %s holds one: an old copy of the database was put in place, or the directory is another hub's" LEDGER_DECLARE, l->dir);
    ERR_TRY(ledger_tree_open(l, true, e));
    ERR_TRY(ledger_journal_create(l->dir, l->vault, 1, e));
    ERR_TRY(ledger_state_sign(l->vault, &l->state, e));
    ERR_TRY(store_begin(l->store, e));
    enum err_code code = ledger_state_save(l->store, l->vault, &l->state, e);
    if (code != ERR_OK) {
        store_rollback(l->store);
        return code;
    }
    ERR_TRY(store_commit(l->store, e));
    return ledger_publish(l, e);
}

enum err_code ledger_create(struct store *s, const struct vault *v, const char *db_url, const struct ledger_options *o, struct err *e)
{
    struct ledger *l;
    _cleanup_ledger_state_ struct ledger_state there;
    ledger_state_init(&there);
    enum err_code code = ledger_state_load(s, v, &there, e);
    if (code != ERR_NOT_FOUND)
        return code == ERR_OK ? err_set(e, ERR_CONFLICT, "the hub has a ledger already") : code;
    ERR_TRY(ledger_new(s, v, db_url, o, &l, e));
    code = create(l, o ? o->origin : NULL, e);
    ledger_drop(l);
    return code;
}

/* ---- opening ---- */

static enum err_code open_all(struct ledger *l, struct err *e)
{
    ERR_TRY(ledger_state_load(l->store, l->vault, &l->state, e));
    ERR_TRY(ledger_compare(l, e));
    enum err_code code = ledger_journal_open(&l->journal, l->dir, l->vault, l->state.taken, false, e);
    if (code == ERR_NOT_FOUND)
        return err_set(e, ERR_REFUSED, "the ledger's journal in %s is gone" LEDGER_DECLARE, l->dir);
    ERR_TRY(code);
    l->journal_open = true;
    ERR_TRY(ledger_publish(l, e)); /* what was committed, but not yet published, first: it must not depend on what comes now */
    return ledger_sequence(l, e);
}

enum err_code ledger_open(struct store *s, const struct vault *v, const char *db_url, const struct ledger_options *o, struct ledger **ret, struct err *e)
{
    struct ledger *l;
    _cleanup_ledger_state_ struct ledger_state there;
    ledger_state_init(&there);
    enum err_code code = ledger_state_load(s, v, &there, e);
    if (code == ERR_NOT_FOUND) { /* a hub of before this version, or one whose making was cut short */
        err_clear(e);
        code = ledger_create(s, v, db_url, o, e);
    }
    ERR_TRY(code);
    ERR_TRY(ledger_new(s, v, db_url, o, &l, e));
    code = open_all(l, e);
    if (code != ERR_OK)
        ledger_drop(l);
    else
        *ret = l;
    return code;
}
