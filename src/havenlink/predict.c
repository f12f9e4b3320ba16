/* predict.c: pairs to a callback, in batches, on the caller's thread. */
#include "havenlink/handle.h"

#include <stdlib.h>

#define BATCH ((size_t)4096)

struct taking {
    havenlink_edges_fn take;
    void *ctx;
    size_t n, stride; /* pairs kept; gammas of a pair */
    havenlink_edge *edges;
    int8_t *gammas;
};

static enum err_code hand_over(struct taking *x, struct err *e)
{
    size_t n = x->n;
    x->n = 0;
    if (n && x->take(x->ctx, x->edges, x->gammas, n) != 0)
        return err_set(e, ERR_STOPPED, "stopped by the function that takes the pairs");
    return ERR_OK;
}

static enum err_code keep(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct taking *x = ctx;
    x->edges[x->n] = (havenlink_edge){edge->l, edge->r, edge->match_weight, link_probability(edge->match_weight), edge->match_key};
    if (x->stride)
        memcpy(x->gammas + x->n * x->stride, gammas, x->stride);
    return ++x->n == BATCH ? hand_over(x, e) : ERR_OK;
}

static enum err_code predict(const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, struct taking *x, uint64_t *ret_pairs, struct err *e)
{
    struct handle_progress progress;
    const struct link_options lo = handle_link_options(o, &progress);
    uint64_t pairs = 0;
    ERR_TRY(handle_table_lock(t, m, e));
    enum err_code code = link_predict(m->m, t->t, &lo, keep, x, &pairs, e);
    if (code == ERR_OK)
        code = hand_over(x, e);
    handle_table_unlock(t);
    if (code == ERR_OK && ret_pairs)
        *ret_pairs = pairs;
    return code;
}

int havenlink_predict(const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, havenlink_edges_fn take, void *ctx, uint64_t *ret_pairs,
                      havenlink_error *e)
{
    struct err own = {0};
    havenlink_options options;
    struct taking x = {.take = take, .ctx = ctx};
    enum err_code code = HANDLE_GIVEN(&own, m, t);
    if (code == ERR_OK && !take)
        code = err_set(&own, ERR_USAGE, "havenlink_predict: an argument that must be given is NULL");
    if (code == ERR_OK)
        code = handle_options(o, &options, &own);
    if (code != ERR_OK)
        return handle_end(code, &own, e);
    x.stride = link_model_n_comparisons(m->m);
    x.edges = malloc(BATCH * sizeof *x.edges);
    x.gammas = malloc(BATCH * (x.stride + 1));
    code = x.edges && x.gammas ? predict(m, t, &options, &x, ret_pairs, &own) : err_set(&own, ERR_NO_MEMORY, "no memory for a batch of pairs");
    free(x.edges);
    free(x.gammas);
    return handle_end(code, &own, e);
}
