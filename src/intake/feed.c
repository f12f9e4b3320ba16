/* feed.c: where feeds come from (a file, or built into the program), and what may be asked of one. */
#include "intake/feed_int.h"

#include "intake/feeds_builtin.h"

#include <errno.h>
#include <stdio.h>

void feed_free(struct feed *f)
{
    if (!f)
        return;
    struct arena own = f->arena; /* f itself lies in it */
    arena_release(&own);
}

struct str feed_name(const struct feed *f) { return f->name; }
struct str feed_title(const struct feed *f) { return f->title; }
struct str feed_agency(const struct feed *f) { return f->agency; }
enum agency_kind feed_agency_kind(const struct feed *f) { return f->agency_kind; }

struct str feed_definition(const struct feed *f) { return f->definition; }

void feed_counts(const struct feed *f, size_t *ret_required, size_t *ret_columns, size_t *ret_persons)
{
    *ret_required = f->n_required;
    *ret_columns = f->n_columns;
    *ret_persons = f->n_persons;
}

enum err_code feed_read(const char *path, struct feed **ret, struct err *e)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return err_set(e, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    _cleanup_buf_ struct buf b;
    buf_init(&b, LIMIT_FEED_BYTES);
    char *space = buf_reserve(&b, LIMIT_FEED_BYTES);
    size_t n = space ? fread(space, 1, LIMIT_FEED_BYTES, in) : 0;
    bool failed = ferror(in) != 0, more = getc(in) != EOF;
    (void)fclose(in); /* only read */
    if (!space)
        return err_set(e, ERR_NO_MEMORY, "%s: out of memory", path);
    if (failed)
        return err_set(e, ERR_IO, "%s: cannot be read", path);
    if (more)
        return err_set(e, ERR_LIMIT, "%s: a feed definition has at most %zu bytes", path, LIMIT_FEED_BYTES);
    b.n = n;
    return feed_parse(buf_as_str(&b), path, ret, e);
}

enum err_code feed_builtin(struct str name, struct feed **ret, struct err *e)
{
    for (size_t i = 0; feed_builtin_names[i]; i++)
        if (str_eq(name, str_of(feed_builtin_names[i])))
            return feed_parse(feed_builtin_texts[i], feed_builtin_names[i], ret, e);
    return err_set(e, ERR_NOT_FOUND, "there is no feed named \"%.*s\"; see haven feed list", STR_ARG(name));
}
