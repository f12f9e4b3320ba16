/* model.c: models as handles. They never change, so they need no lock. */
#include "havenlink/handle.h"

#include <stdlib.h>

static enum err_code name_comparisons(havenlink_model *h, struct err *e)
{
    size_t n = link_model_n_comparisons(h->m);
    h->comparisons = ARENA_NEW(&h->names, const char *, n + 1);
    bool ok = h->comparisons != NULL;
    for (size_t i = 0; ok && i < n; i++)
        ok = (h->comparisons[i] = str_z(&h->names, link_model_comparison_name(h->m, i))) != NULL;
    return ok ? ERR_OK : err_set(e, ERR_NO_MEMORY, "no memory for a model");
}

/* Takes the link_model, also when it fails. */
static enum err_code model_new(struct link_model *m, havenlink_model **ret, struct err *e)
{
    havenlink_model *h = calloc(1, sizeof *h);
    if (!h) {
        link_model_free(m);
        return err_set(e, ERR_NO_MEMORY, "no memory for a model");
    }
    h->m = m;
    arena_init(&h->names, LIMIT_JSON_BYTES);
    atomic_init(&h->users, 1);
    enum err_code code = name_comparisons(h, e);
    if (code != ERR_OK)
        havenlink_model_free(h);
    else
        *ret = h;
    return code;
}

havenlink_model *handle_model_keep(const havenlink_model *m)
{
    havenlink_model *h = (havenlink_model *)(uintptr_t)m;
    (void)atomic_fetch_add(&h->users, 1);
    return h;
}

void havenlink_model_free(havenlink_model *m)
{
    if (!m || atomic_fetch_sub(&m->users, 1) > 1)
        return;
    arena_release(&m->names);
    link_model_free(m->m);
    free(m);
}

int havenlink_model_read(const char *path, havenlink_model **ret, havenlink_error *e)
{
    struct err own = {0};
    struct link_model *m = NULL;
    enum err_code code = HANDLE_GIVEN(&own, path, ret);
    if (code == ERR_OK)
        code = link_model_read(path, &m, &own);
    if (code == ERR_OK)
        code = model_new(m, ret, &own);
    return handle_end(code, &own, e);
}

int havenlink_model_parse(const char *json, size_t n, const char *folder, havenlink_model **ret, havenlink_error *e)
{
    struct err own = {0};
    struct link_model *m = NULL;
    enum err_code code = HANDLE_GIVEN(&own, json, ret);
    if (code == ERR_OK)
        code = link_model_parse((struct str){json, n}, folder, &m, &own);
    if (code == ERR_OK)
        code = model_new(m, ret, &own);
    return handle_end(code, &own, e);
}

int havenlink_model_person(havenlink_model **ret, havenlink_error *e)
{
    struct err own = {0};
    struct link_model *m = NULL;
    enum err_code code = HANDLE_GIVEN(&own, ret);
    if (code == ERR_OK)
        code = link_model_person(&m, &own);
    if (code == ERR_OK)
        code = model_new(m, ret, &own);
    return handle_end(code, &own, e);
}

double havenlink_model_threshold(const havenlink_model *m) { return link_model_threshold(m->m); }

size_t havenlink_model_n_comparisons(const havenlink_model *m) { return link_model_n_comparisons(m->m); }

const char *havenlink_model_comparison(const havenlink_model *m, size_t i) { return i < link_model_n_comparisons(m->m) ? m->comparisons[i] : NULL; }
