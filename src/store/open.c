/* open.c: opening and closing a store: which engine a URL means, and in which order things are taken and given back. */
#include "store/store_int.h"

#include <stdlib.h>

static const struct store_driver *driver_of(const char *url, const char **ret_where)
{
    struct str s = str_of(url);
    *ret_where = url;
    if (str_starts(s, STR("postgresql://")) || str_starts(s, STR("postgres://")))
        return &store_postgresql_driver;
    if (str_starts(s, STR("sqlite:")))
        *ret_where = url + strlen("sqlite:");
    return &store_sqlite_driver;
}

/* A path may end in ?vfs=NAME only behind `sqlite:`, because a bare path may hold any character. */
static enum err_code split_path(struct store *s, const char *url, const char *where)
{
    const char *query = where != url ? strstr(where, "?vfs=") : NULL;
    s->name = query ? strndup(where, (size_t)(query - where)) : strdup(where);
    if (query)
        s->vfs = s->vfs_copy = strdup(query + strlen("?vfs="));
    return s->name && (!query || s->vfs_copy) ? ERR_OK : ERR_NO_MEMORY;
}

static enum err_code connect_to(struct store *s, const char *url, bool create, struct err *e)
{
    const char *where;
    s->driver = driver_of(url, &where);
    if (*where == '\0')
        return err_set(e, ERR_USAGE, "the store's path is empty: give a path, sqlite:PATH or postgresql://...");
    if (s->driver->engine == STORE_SQLITE) {
        if (split_path(s, url, where) != ERR_OK)
            return err_set(e, ERR_NO_MEMORY, "out of memory while the store is opened");
        where = s->name;
    }
    ERR_TRY(s->driver->open(s, where, create, e));
    ERR_TRY(create ? store_migrations_init(s, e) : store_migrations_load(s, e));
    return store_grant_init(s, e);
}

static enum err_code open_or_create(const char *url, const struct store_options *options, bool create,
                                    struct store **ret, struct err *e)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s)
        return err_set(e, ERR_NO_MEMORY, "out of memory while the store is opened");
    s->lock_fd = -1;
    s->catalogue = options->catalogue ? options->catalogue : &store_whole;
    s->vfs = options->sqlite_vfs;
    s->checkpoint_pages = options->sqlite_checkpoint_pages ? options->sqlite_checkpoint_pages : 20000;
    enum err_code code = connect_to(s, url, create, e);
    if (code != ERR_OK) {
        store_close(s);
        return code;
    }
    *ret = s;
    return ERR_OK;
}

enum err_code store_open(const char *url, struct store **ret, struct err *e)
{
    return store_open_with(url, &(struct store_options){0}, ret, e);
}

enum err_code store_create(const char *url, struct store **ret, struct err *e)
{
    return store_create_with(url, &(struct store_options){0}, ret, e);
}

enum err_code store_open_with(const char *url, const struct store_options *options, struct store **ret, struct err *e)
{
    return open_or_create(url, options, false, ret, e);
}

enum err_code store_create_with(const char *url, const struct store_options *options, struct store **ret, struct err *e)
{
    return open_or_create(url, options, true, ret, e);
}

void store_close(struct store *s)
{
    if (!s)
        return;
    if (s->native) {
        store_rollback(s);
        for (size_t i = 0; i < s->cache_cap; i++)
            if (s->cache[i]) {
                s->driver->unprepare(s->cache[i]);
                free(s->cache[i]);
            }
        s->driver->close(s);
    }
    free(s->cache);
    store_lock_give(s->lock_fd);
    free(s->name);
    free(s->vfs_copy);
    free(s);
}

void store_close_p(struct store **s) { store_close(*s); }
