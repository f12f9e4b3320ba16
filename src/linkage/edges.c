/* edges.c: edges kept, for callers who need them all at once: clusters, graphs, measurements. */
#include "linkage/linkage.h"

#include <stdlib.h>

enum err_code link_edges_keep(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct link_edges *x = ctx;
    (void)gammas;
    if (x->n == x->cap) {
        size_t cap = x->cap ? x->cap * 2 : 4096;
        struct link_edge *more = realloc(x->items, cap * sizeof *more);
        if (!more)
            return err_set(e, ERR_NO_MEMORY, "no memory for more than %zu edges: raise the threshold weight", x->n);
        x->items = more;
        x->cap = cap;
    }
    x->items[x->n++] = *edge;
    return ERR_OK;
}

void link_edges_free(struct link_edges *x)
{
    free(x->items);
    *x = (struct link_edges){0};
}
