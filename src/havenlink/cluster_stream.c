/* cluster_stream.c: clusters as an Arrow stream: all work first, then a batch a call. */
#include "havenlink/stream.h"

#include <math.h>
#include <stdlib.h>

struct clusters {
    struct stream s;
    uint32_t *cluster; /* a row's representative */
    size_t n, at;
    struct export_batch batch;
};

/* ---- the work ---- */

static enum link_cluster_method method_of(const havenlink_options *o, const havenlink_model *m)
{
    switch (o->method) {
    case HAVENLINK_METHOD_COMPONENTS: return LINK_CLUSTER_COMPONENTS;
    case HAVENLINK_METHOD_ORDERED: return LINK_CLUSTER_ORDERED;
    case HAVENLINK_METHOD_BEST_LINK: return LINK_CLUSTER_BEST_LINK;
    default: return link_model_method(m->m);
    }
}

static enum err_code make_clusters(struct clusters *x, const havenlink_options *o, struct link_edges *edges, struct err *e)
{
    const struct link_model *m = x->s.m->m;
    const struct link_table *t = x->s.t->t;
    struct handle_progress progress;
    struct link_options lo = handle_link_options(o, &progress);
    size_t skipped;
    if (isinf(lo.threshold_weight) && lo.threshold_weight < 0)
        lo.threshold_weight = link_model_threshold(m);
    const struct link_cluster_options co = {.model = m, .method = method_of(o, x->s.m), .threshold_weight = lo.threshold_weight};
    ERR_TRY(link_predict(m, t, &lo, link_edges_keep, edges, NULL, e));
    x->n = link_table_rows(t);
    x->cluster = malloc((x->n + 1) * sizeof *x->cluster);
    if (!x->cluster)
        return err_set(e, ERR_NO_MEMORY, "no memory for the clusters of %zu records", x->n);
    return link_cluster_vetoed(t, edges->items, edges->n, &co, x->cluster, &skipped, e);
}

static enum err_code work(struct clusters *x, const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, struct err *e)
{
    struct link_edges edges = {0};
    ERR_TRY(stream_init(&x->s, m, t, 3, e));
    stream_field(&x->s, EXPORT_TEXT, "cluster_id");
    stream_id_fields(&x->s, "");
    ERR_TRY(stream_fields_check(&x->s, e));
    ERR_TRY(export_batch_new(x->s.fields, x->s.n_fields, &x->batch, e));
    ERR_TRY(handle_table_lock(t, m, e));
    enum err_code code = make_clusters(x, o, &edges, e);
    handle_table_unlock(t);
    link_edges_free(&edges);
    return code;
}

/* ---- the stream ---- */

static void cluster_id(struct clusters *x, uint32_t row)
{
    const struct link_table *t = x->s.t->t;
    struct str id = link_table_value(t, row, x->s.ids.id);
    if (x->s.ids.source >= 0)
        export_text(&x->batch, 0, link_table_value(t, row, (size_t)x->s.ids.source), STR("-__-"), id);
    else
        export_text(&x->batch, 0, id, STR_NONE, STR_NONE);
}

static enum err_code fill_batch(struct clusters *x, struct err *e)
{
    for (bool full = false; x->at < x->n && !full; x->at++) {
        size_t column = 1;
        cluster_id(x, x->cluster[x->at]);
        stream_id(&x->s, &x->batch, &column, (uint32_t)x->at);
        ERR_TRY(export_row_end(&x->batch, &full, e));
    }
    return ERR_OK;
}

static enum err_code next(struct stream *s, struct ArrowArray *ret, struct err *e)
{
    struct clusters *x = (struct clusters *)s;
    if (x->at == x->n)
        return ERR_OK;
    ERR_TRY(handle_table_lock(s->t, s->m, e));
    enum err_code code = fill_batch(x, e);
    handle_table_unlock(s->t);
    return code == ERR_OK ? export_array(&x->batch, ret, e) : code;
}

static void end(struct stream *s)
{
    struct clusters *x = (struct clusters *)s;
    export_batch_free(&x->batch);
    free(x->cluster);
    stream_release(s);
    free(x);
}

int havenlink_cluster_stream(const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, struct ArrowArrayStream *ret, havenlink_error *e)
{
    struct err own = {0};
    struct clusters *x = NULL;
    havenlink_options options;
    enum err_code code = HANDLE_GIVEN(&own, m, t, ret);
    if (code == ERR_OK)
        code = handle_options(o, &options, &own);
    if (code == ERR_OK && !(x = calloc(1, sizeof *x)))
        code = err_set(&own, ERR_NO_MEMORY, "no memory for the clusters");
    if (code != ERR_OK)
        return handle_end(code, &own, e);
    x->s.next = next;
    x->s.end = end;
    code = work(x, m, t, &options, &own);
    if (code == ERR_OK)
        stream_give(&x->s, ret);
    else
        end(&x->s);
    return handle_end(code, &own, e);
}
