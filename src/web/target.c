/* target.c: see target.h. Paths have one form only: whatever would need tidying is refused, so that no check on a path can be passed by
 * another spelling of it. */
#include "web/target.h"

#define NAMES_MAX 4 /* {names} in one route */

static enum err_code check_path(struct str path, struct err *e)
{
    struct str rest = {path.p + 1, path.n - 1}, segment;
    bool only = true;
    while (str_split(&rest, '/', &segment)) {
        bool root = only && !rest.p && segment.n == 0; /* "/" itself */
        if ((segment.n == 0 && !root) || str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
            return err_set(e, ERR_FORMAT, "The web address has an empty, . or .. part.");
        only = false;
    }
    return ERR_OK;
}

static enum err_code parse_query(struct str query, struct req *r, struct err *e)
{
    struct req_param *params = ARENA_NEW(r->arena, struct req_param, LIMIT_PARAMS);
    if (!params)
        return err_set(e, ERR_NO_MEMORY, "The request does not fit into memory.");
    r->params = params;
    struct str pair, name;
    while (query.n && str_split(&query, '&', &pair)) {
        if (pair.n == 0)
            continue;
        if (r->n_params == LIMIT_PARAMS)
            return err_set(e, ERR_LIMIT, "The web address has more than %zu fields.", LIMIT_PARAMS);
        struct req_param *p = &params[r->n_params++];
        (void)str_split(&pair, '=', &name); /* a pair is never NULL: there is a first part */
        if (!url_decode(r->arena, name, true, &p->name) || !url_decode(r->arena, pair.p ? pair : STR(""), true, &p->value))
            return err_set(e, ERR_FORMAT, "A field of the web address is not properly encoded text.");
    }
    return ERR_OK;
}

enum err_code web_target_parse(struct str target, struct req *ret, struct err *e)
{
    struct str path, decoded;
    if (target.n == 0 || target.p[0] != '/' || !str_split(&target, '?', &path))
        return err_set(e, ERR_FORMAT, "The web address is not a path.");
    if (str_find(path, STR("%2F")) >= 0 || str_find(path, STR("%2f")) >= 0 || !url_decode(ret->arena, path, false, &decoded))
        return err_set(e, ERR_FORMAT, "The web address is not properly encoded text.");
    ERR_TRY(check_path(decoded, e));
    ret->path = decoded;
    return parse_query(target.p ? target : STR(""), ret, e);
}

/* Segments equal, or {name} for any one; the values are kept. */
static bool path_matches(struct str pattern, struct str path, struct req_param *names, size_t *ret_n)
{
    struct str want, have;
    size_t n = 0;
    while (str_split(&pattern, '/', &want)) {
        if (!str_split(&path, '/', &have))
            return false;
        if (want.n > 2 && want.p[0] == '{') {
            if (have.n == 0 || n == NAMES_MAX)
                return false;
            names[n++] = (struct req_param){str_slice(want, 1, want.n - 1), have};
        } else if (!str_eq(want, have)) {
            return false;
        }
    }
    *ret_n = n;
    return !path.p;
}

const struct web_route *web_route_find(const struct web_route *routes, size_t n, struct req *r, bool *ret_other_method)
{
    struct str method = str_eq(r->method, STR("HEAD")) ? STR("GET") : r->method;
    struct req_param names[NAMES_MAX];
    size_t n_names;
    *ret_other_method = false;
    for (size_t i = 0; i < n; i++) {
        if (!path_matches(str_of(routes[i].path), r->path, names, &n_names))
            continue;
        if (!str_eq(method, str_of(routes[i].method))) {
            *ret_other_method = true;
            continue;
        }
        struct req_param *all = ARENA_NEW(r->arena, struct req_param, n_names + r->n_params);
        if (!all)
            return NULL;
        memcpy(all, names, n_names * sizeof *names);
        if (r->n_params)
            memcpy(all + n_names, r->params, r->n_params * sizeof *all);
        r->params = all;
        r->n_params += n_names;
        return &routes[i];
    }
    return NULL;
}
