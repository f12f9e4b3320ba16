/* handle.c: see handle.h; and the smallest calls of havenlink.h. */
#include "havenlink/handle.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* ---- errors ---- */

/* The engine's codes in numbers that never change. */
static const struct {
    enum err_code code;
    enum havenlink_code is;
    const char *text;
} codes[] = {
    {ERR_OK, HAVENLINK_OK, "ok"},
    {ERR_USAGE, HAVENLINK_USAGE, "wrong use"},
    {ERR_FORMAT, HAVENLINK_FORMAT, "the input is not in the expected form"},
    {ERR_UNSUPPORTED, HAVENLINK_UNSUPPORTED, "not supported"},
    {ERR_LIMIT, HAVENLINK_LIMIT, "a limit was exceeded"},
    {ERR_NOT_FOUND, HAVENLINK_NOT_FOUND, "not found"},
    {ERR_CONFLICT, HAVENLINK_CONFLICT, "in use by another job"},
    {ERR_IO, HAVENLINK_IO, "input failed"},
    {ERR_NO_MEMORY, HAVENLINK_NO_MEMORY, "out of memory"},
    {ERR_STOPPED, HAVENLINK_STOPPED, "stopped, as asked"},
};
#define N_CODES (sizeof codes / sizeof *codes)

const char *havenlink_version(void) { return HAVEN_VERSION; }

const char *havenlink_code_text(int code)
{
    for (size_t i = 0; i < N_CODES; i++)
        if ((int)codes[i].is == code)
            return codes[i].text;
    return "a mistake of the library";
}

int handle_end(enum err_code code, const struct err *e, havenlink_error *ret)
{
    int is = HAVENLINK_INTERNAL;
    for (size_t i = 0; i < N_CODES; i++)
        if (codes[i].code == code)
            is = (int)codes[i].is;
    if (is == HAVENLINK_OK || !ret)
        return is;
    const char *message = e->message[0] ? e->message : havenlink_code_text(is);
    size_t n = strlen(message);
    assert(n < sizeof ret->message);
    ret->code = is;
    memcpy(ret->message, message, n + 1);
    return is;
}

enum err_code handle_given(const char *call, const void *const *pointers, size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (!pointers[i])
            return err_set(e, ERR_USAGE, "%s: an argument that must be given is NULL", call);
    return ERR_OK;
}

void havenlink_text_free(char *text) { free(text); }

enum err_code handle_text(const struct buf *b, char **ret, struct err *e)
{
    ERR_TRY(buf_check(b, "the text", e));
    char *text = malloc(b->n + 1);
    if (!text)
        return err_set(e, ERR_NO_MEMORY, "no memory for a text of %zu bytes", b->n);
    if (b->n)
        memcpy(text, b->p, b->n);
    text[b->n] = '\0';
    *ret = text;
    return ERR_OK;
}

/* ---- tables ---- */

enum err_code handle_table_new(struct link_table *t, havenlink_table **ret, struct err *e)
{
    havenlink_table *h = calloc(1, sizeof *h);
    if (!h) {
        link_table_free(t);
        return err_set(e, ERR_NO_MEMORY, "no memory for a table");
    }
    (void)pthread_rwlock_init(&h->lock, NULL); /* default attributes cannot fail on Linux */
    (void)pthread_mutex_init(&h->numbering, NULL);
    h->t = t;
    atomic_init(&h->users, 1);
    *ret = h;
    return ERR_OK;
}

static havenlink_table *not_const(const havenlink_table *t) { return (havenlink_table *)(uintptr_t)t; }

havenlink_table *handle_table_keep(const havenlink_table *t)
{
    havenlink_table *h = not_const(t);
    (void)atomic_fetch_add(&h->users, 1);
    return h;
}

void havenlink_table_free(havenlink_table *t)
{
    if (!t || atomic_fetch_sub(&t->users, 1) > 1)
        return;
    (void)pthread_rwlock_destroy(&t->lock);
    (void)pthread_mutex_destroy(&t->numbering);
    link_table_free(t->t);
    free(t);
}

int havenlink_table_read_csv(const char *const *paths, size_t n_paths, unsigned threads, havenlink_table **ret, havenlink_error *e)
{
    struct err own = {0};
    struct link_table *t = NULL;
    const struct link_read_options o = {.threads = threads > 256 ? 256 : threads};
    enum err_code code = HANDLE_GIVEN(&own, paths, ret);
    for (size_t i = 0; code == ERR_OK && i < n_paths; i++)
        code = HANDLE_GIVEN(&own, paths[i]);
    if (code == ERR_OK)
        code = link_table_read_with(paths, n_paths, &o, &t, &own);
    if (code == ERR_OK)
        code = handle_table_new(t, ret, &own);
    return handle_end(code, &own, e);
}

size_t havenlink_table_rows(const havenlink_table *t) { return t ? link_table_rows(t->t) : 0; }

enum err_code handle_table_lock_alone(const havenlink_table *t, struct err *e)
{
    if (pthread_rwlock_trywrlock(&not_const(t)->lock) != 0)
        return err_set(e, ERR_CONFLICT, "the table is in use by another job: let it end, or release its stream");
    return ERR_OK;
}

void handle_table_unlock(const havenlink_table *t) { (void)pthread_rwlock_unlock(&not_const(t)->lock); }

static bool lacks_numbers(const havenlink_table *t, const havenlink_model *m)
{
    return link_model_numbers_rows(m->m) && link_table_column(t->t, link_model_unique_id(m->m)) < 0;
}

static enum err_code lock_for_reading(const havenlink_table *t, struct err *e)
{
    return pthread_rwlock_rdlock(&not_const(t)->lock) == 0 ? ERR_OK : err_set(e, ERR_CONFLICT, "the table has too many jobs at once");
}

static enum err_code number_rows(const havenlink_table *t, const havenlink_model *m, struct err *e)
{
    ERR_TRY(lock_for_reading(t, e));
    bool lacks = lacks_numbers(t, m);
    handle_table_unlock(t);
    if (!lacks)
        return ERR_OK;
    ERR_TRY(handle_table_lock_alone(t, e));
    enum err_code code = link_table_number_rows(t->t, link_model_unique_id(m->m), e);
    handle_table_unlock(t);
    return code;
}

enum err_code handle_table_lock(const havenlink_table *t, const havenlink_model *m, struct err *e)
{
    if (link_model_numbers_rows(m->m)) {
        (void)pthread_mutex_lock(&not_const(t)->numbering);
        enum err_code code = number_rows(t, m, e);
        (void)pthread_mutex_unlock(&not_const(t)->numbering);
        ERR_TRY(code);
    }
    return lock_for_reading(t, e);
}

enum err_code handle_ids_find(const havenlink_model *m, const havenlink_table *t, struct handle_ids *ret, struct err *e)
{
    struct str id = link_model_unique_id(m->m);
    ptrdiff_t column = link_table_column(t->t, id);
    if (column < 0)
        return err_set(e, ERR_FORMAT, "the table has no column %.*s (the model's unique_id_column_name)", STR_ARG(id));
    ret->id = (size_t)column;
    ret->source = link_model_source_dataset(m->m).p ? link_source_column(m->m, t->t) : -1;
    return ERR_OK;
}

/* ---- options ---- */

/* Options have grown by their end alone: what an older caller does not have keeps its default, what a newer one has behind ours must be zero, which asks for nothing. */
#define FIRST_OPTIONS (offsetof(havenlink_options, progress_ctx) + sizeof(void *))
#define FIRST_TRAINING (offsetof(havenlink_training, progress_ctx) + sizeof(void *))

static void fill_sized(void *o, size_t theirs, const void *fresh, size_t ours)
{
    if (!o)
        return;
    memset(o, 0, theirs);
    memcpy(o, fresh, theirs < ours ? theirs : ours);
}

static enum err_code copy_sized(void *to, size_t ours, const void *from, size_t theirs, size_t first, struct err *e)
{
    if (theirs < first || theirs > 4096)
        return err_set(e, ERR_USAGE, "options of %zu bytes: fill them by their _init function", theirs);
    for (size_t i = ours; i < theirs; i++)
        if (((const char *)from)[i])
            return err_set(e, ERR_UNSUPPORTED, "options that this version of the library (%s) does not know", HAVEN_VERSION);
    memcpy(to, from, theirs < ours ? theirs : ours);
    return ERR_OK;
}

void havenlink_options_init(havenlink_options *o, size_t size)
{
    const havenlink_options fresh = {.size = size, .threshold_weight = -INFINITY, .threads = 1};
    fill_sized(o, size, &fresh, sizeof fresh);
}

void havenlink_training_init(havenlink_training *o, size_t size)
{
    const havenlink_training fresh = {.size = size, .recall = 1, .u_pairs = 10000000, .seed = 1, .threads = 1};
    fill_sized(o, size, &fresh, sizeof fresh);
}

enum err_code handle_options(const havenlink_options *o, havenlink_options *ret, struct err *e)
{
    havenlink_options_init(ret, sizeof *ret);
    if (o)
        ERR_TRY(copy_sized(ret, sizeof *ret, o, o->size, FIRST_OPTIONS, e));
    if (ret->method > HAVENLINK_METHOD_BEST_LINK)
        return err_set(e, ERR_USAGE, "options: method must be one of enum havenlink_method");
    if (isnan(ret->threshold_weight))
        return err_set(e, ERR_USAGE, "options: threshold_weight must be a number");
    return ERR_OK;
}

enum err_code handle_training(const havenlink_training *o, havenlink_training *ret, struct err *e)
{
    havenlink_training_init(ret, sizeof *ret);
    if (o)
        ERR_TRY(copy_sized(ret, sizeof *ret, o, o->size, FIRST_TRAINING, e));
    if ((ret->n_deterministic && !ret->deterministic) || (ret->n_em && !ret->em))
        return err_set(e, ERR_USAGE, "training: rules are counted but not given");
    if (ret->n_deterministic > LIMIT_LINK_RULES || ret->n_em > LIMIT_LINK_RULES)
        return err_set(e, ERR_LIMIT, "training: more than %d rules", LIMIT_LINK_RULES);
    return ERR_OK;
}

static bool tell(void *ctx, const struct progress *p)
{
    const struct handle_progress *h = ctx;
    return h->tell(h->ctx, p->stage, p->done, p->total) == 0;
}

void handle_progress_init(struct handle_progress *h, havenlink_progress_fn fn, void *ctx)
{
    *h = (struct handle_progress){.p = {.quiet = true, .goes_on = fn ? tell : NULL, .ctx = h}, .tell = fn, .ctx = ctx};
}

struct link_options handle_link_options(const havenlink_options *o, struct handle_progress *h)
{
    handle_progress_init(h, o->progress, o->progress_ctx);
    return (struct link_options){.threshold_weight = o->threshold_weight, .threads = o->threads, .allow_cross_join = o->allow_cross_join, .progress = &h->p};
}
