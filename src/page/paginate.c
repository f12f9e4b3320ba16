/* paginate.c: which page links to show: the first, the last, and the neighbours of this one, with gaps between. */
#include "page/page.h"

#include <inttypes.h>

#define ITEMS_MAX 7 /* 1 ... 4 [5] 6 ... 40 */

struct paginator {
    struct arena *arena;
    struct str path;
    struct req_param *params; /* the last one is the page */
    size_t n_params;
};

static struct url link_to(const struct paginator *p, int64_t number)
{
    p->params[p->n_params - 1] = (struct req_param){STR("page"), str_fmt(p->arena, "%" PRId64, number)};
    return url_query(p->arena, p->path, p->params, p->n_params);
}

enum err_code page_paginate(struct arena *a, struct str path, const struct req_param *params, size_t n, int64_t at, int64_t of,
                            struct page_pagination *ret, struct err *e)
{
    struct page_pagination out = {0};
    if (of > 1) {
        struct page_pagination_item *items = ARENA_NEW(a, struct page_pagination_item, ITEMS_MAX);
        struct paginator p = {a, path, ARENA_NEW(a, struct req_param, n + 1), n + 1};
        if (!items || !p.params)
            return err_set(e, ERR_LIMIT, "the page does not fit into its request's memory");
        if (n)
            memcpy(p.params, params, n * sizeof *params);
        int64_t shown = 0;
        for (int64_t i = 1; i <= of; i++) {
            if (i != 1 && i != of && (i < at - 1 || i > at + 1)) {
                i = i < at ? at - 2 : of - 1; /* on to the next that is shown */
                continue;
            }
            if (i > shown + 1)
                items[out.n_items++] = (struct page_pagination_item){.gap = true};
            items[out.n_items++] = (struct page_pagination_item){.href = link_to(&p, i), .number = i, .current = i == at};
            shown = i;
        }
        out.items = items;
        if (at > 1)
            out.previous = link_to(&p, at - 1);
        if (at < of)
            out.next = link_to(&p, at + 1);
    }
    *ret = out;
    return ERR_OK;
}
