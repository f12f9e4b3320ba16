/* cluster_each.c: clusters at several thresholds from one set of edges. Weights that vetoes change are those of a copy, made anew for each threshold. */
#include "linkage/linkage.h"

#include <stdlib.h>

static enum err_code at_one(const struct link_table *t, const struct link_edge *edges, size_t n_edges, struct link_edge *copy, const struct link_cluster_options *o, uint32_t *ret_cluster,
                            size_t *skipped, struct err *e)
{
    size_t here = 0;
    if (!copy)
        return link_cluster(t, edges, n_edges, o, ret_cluster, e);
    if (n_edges)
        memcpy(copy, edges, n_edges * sizeof *copy);
    ERR_TRY(link_cluster_vetoed(t, copy, n_edges, o, ret_cluster, &here, e));
    *skipped += here;
    return ERR_OK;
}

enum err_code link_cluster_each(const struct link_table *t, const struct link_edge *edges, size_t n_edges, const struct link_cluster_options *o, const double *thresholds, size_t n,
                                uint32_t *ret_cluster, size_t *ret_skipped, struct err *e)
{
    struct link_cluster_options at = *o;
    struct link_edge *copy = NULL;
    size_t skipped = 0, rows = link_table_rows(t);
    enum err_code code = ERR_OK;
    if (o->method != LINK_CLUSTER_COMPONENTS && (copy = malloc((n_edges + 1) * sizeof *copy)) == NULL)
        return err_set(e, ERR_NO_MEMORY, "no memory for a copy of %zu edges", n_edges);
    for (size_t k = 0; code == ERR_OK && k < n; k++) {
        at.threshold_weight = thresholds[k];
        code = at_one(t, edges, n_edges, copy, &at, ret_cluster + k * rows, &skipped, e);
    }
    free(copy);
    if (code == ERR_OK)
        *ret_skipped = skipped;
    return code;
}
