/* cluster.c: rows to clusters by union-find. Components take edges in any order; the other methods take them by falling weight (ties by the
 * smaller, then the larger key of the pair) and ask before each join:
 *
 *   1. must pairs first, in their order: joined unless a cannot forbids;
 *   2. then edges at or above the threshold: joined unless
 *      a. some cannot pair would come together, or
 *      b. both sides have a key in one veto column and the keys differ, or
 *      c. (best-link) both sides have a row of one dataset.
 *
 * So the result is a function of the sets given, whatever their order in memory. */
#include "linkage/block.h"

#include <assert.h>
#include <stdlib.h>

struct cannot_node {
    uint32_t partner;
    ptrdiff_t next;
};

struct clusters {
    uint32_t n;
    uint32_t *parent, *rank; /* rank: place of a row in order of ids; a root's rank is the least of its cluster */
    const struct link_cluster_options *o;
    /* of roots: */
    ptrdiff_t *cannot_first, *cannot_last;
    uint32_t *cannot_count;
    struct cannot_node *nodes;
    uint64_t **veto;  /* [column][root] */
    uint8_t **mixed;  /* [column][root]: a must brought different keys together */
    uint64_t *datasets;
    const struct link_edge *edges;
    uint32_t *order; /* edges in order of joining */
};

static uint32_t find(struct clusters *c, uint32_t x)
{
    while (c->parent[x] != x) {
        c->parent[x] = c->parent[c->parent[x]];
        x = c->parent[x];
    }
    return x;
}

/* ---- questions before a join ---- */

static bool cannot_forbids(struct clusters *c, uint32_t a, uint32_t b)
{
    if (!c->nodes)
        return false;
    if (c->cannot_count[a] > c->cannot_count[b]) {
        uint32_t t = a;
        a = b;
        b = t;
    }
    for (ptrdiff_t i = c->cannot_first[a]; i >= 0; i = c->nodes[i].next)
        if (find(c, c->nodes[i].partner) == b)
            return true;
    return false;
}

static bool veto_forbids(const struct clusters *c, uint32_t a, uint32_t b)
{
    for (size_t k = 0; k < c->o->n_veto && c->veto; k++) {
        uint64_t x = c->veto[k][a], y = c->veto[k][b];
        if (x && y && (x != y || c->mixed[k][a] || c->mixed[k][b]))
            return true;
    }
    return c->datasets && (c->datasets[a] & c->datasets[b]) != 0;
}

/* ---- joining ---- */

static void join_cannot(struct clusters *c, uint32_t to, uint32_t from)
{
    if (!c->nodes || c->cannot_first[from] < 0)
        return;
    if (c->cannot_first[to] < 0)
        c->cannot_first[to] = c->cannot_first[from];
    else
        c->nodes[c->cannot_last[to]].next = c->cannot_first[from];
    c->cannot_last[to] = c->cannot_last[from];
    c->cannot_count[to] += c->cannot_count[from];
}

static void join_veto(struct clusters *c, uint32_t to, uint32_t from)
{
    for (size_t k = 0; k < c->o->n_veto && c->veto; k++) {
        uint64_t *x = &c->veto[k][to], y = c->veto[k][from];
        c->mixed[k][to] |= c->mixed[k][from] | (*x && y && *x != y);
        if (!*x || (y && y < *x))
            *x = y;
    }
    if (c->datasets)
        c->datasets[to] |= c->datasets[from];
}

static void join(struct clusters *c, uint32_t a, uint32_t b)
{
    uint32_t to = c->rank[a] < c->rank[b] ? a : b, from = to == a ? b : a;
    c->parent[from] = to;
    join_cannot(c, to, from);
    join_veto(c, to, from);
}

/* ---- setting up ---- */

static enum err_code no_memory(uint32_t n, struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to cluster %u rows", n); }

static enum err_code set_cannot(struct clusters *c, struct err *e)
{
    size_t n = c->o->n_cannot;
    if (n == 0)
        return ERR_OK;
    c->nodes = malloc(2 * n * sizeof *c->nodes);
    c->cannot_first = malloc(c->n * sizeof *c->cannot_first);
    c->cannot_last = malloc(c->n * sizeof *c->cannot_last);
    c->cannot_count = calloc(c->n, sizeof *c->cannot_count);
    if (!c->nodes || !c->cannot_first || !c->cannot_last || !c->cannot_count)
        return no_memory(c->n, e);
    for (uint32_t i = 0; i < c->n; i++)
        c->cannot_first[i] = c->cannot_last[i] = -1;
    for (size_t i = 0; i < 2 * n; i++) {
        const struct link_cannot *pair = &c->o->cannot[i / 2];
        uint32_t row = i % 2 ? pair->r : pair->l, partner = i % 2 ? pair->l : pair->r;
        assert(row < c->n && partner < c->n);
        c->nodes[i] = (struct cannot_node){partner, c->cannot_first[row]};
        if (c->cannot_last[row] < 0)
            c->cannot_last[row] = (ptrdiff_t)i;
        c->cannot_first[row] = (ptrdiff_t)i;
        c->cannot_count[row]++;
    }
    return ERR_OK;
}

static enum err_code set_veto(struct clusters *c, struct err *e)
{
    size_t n = c->o->n_veto;
    if (n == 0)
        return ERR_OK;
    c->veto = calloc(n, sizeof *c->veto);
    c->mixed = calloc(n, sizeof *c->mixed);
    if (!c->veto || !c->mixed)
        return no_memory(c->n, e);
    for (size_t k = 0; k < n; k++) {
        c->veto[k] = malloc(c->n * sizeof *c->veto[k]);
        c->mixed[k] = calloc(c->n, sizeof *c->mixed[k]);
        if (!c->veto[k] || !c->mixed[k])
            return no_memory(c->n, e);
        memcpy(c->veto[k], c->o->veto[k], c->n * sizeof *c->veto[k]);
    }
    return ERR_OK;
}

static enum err_code set_datasets(struct clusters *c, const struct link_table *t, struct err *e)
{
    struct str name = c->o->model ? c->o->model->source_dataset : STR("source_dataset");
    ptrdiff_t column = c->o->model ? link_source_column(c->o->model, t) : link_table_column(t, name);
    if (column < 0 || t->columns[column].dict.n > 64)
        return err_set(e, ERR_USAGE, "best-link needs between two and 64 datasets: give several files, or a column %.*s", STR_ARG(name));
    c->datasets = calloc(c->n, sizeof *c->datasets);
    if (!c->datasets)
        return no_memory(c->n, e);
    for (uint32_t i = 0; i < c->n; i++)
        if (t->columns[column].codes[i])
            c->datasets[i] = UINT64_C(1) << (t->columns[column].codes[i] - 1);
    return ERR_OK;
}

static uint64_t tie_key(const struct clusters *c, uint32_t row) { return c->o->order_key ? c->o->order_key[row] : c->rank[row]; }

static int by_falling_weight(const void *a, const void *b, void *ctx)
{
    const struct clusters *c = ctx;
    const struct link_edge *x = &c->edges[*(const uint32_t *)a], *y = &c->edges[*(const uint32_t *)b];
    if (x->match_weight != y->match_weight)
        return x->match_weight > y->match_weight ? -1 : 1;
    uint64_t xl = tie_key(c, x->l), xr = tie_key(c, x->r), yl = tie_key(c, y->l), yr = tie_key(c, y->r);
    uint64_t x_low = xl < xr ? xl : xr, y_low = yl < yr ? yl : yr, x_high = xl < xr ? xr : xl, y_high = yl < yr ? yr : yl;
    if (x_low != y_low)
        return x_low < y_low ? -1 : 1;
    return (x_high > y_high) - (x_high < y_high);
}

static enum err_code set_order(struct clusters *c, size_t n_edges, size_t *ret_n, struct err *e)
{
    size_t n = 0;
    if (n_edges > UINT32_MAX)
        return err_set(e, ERR_LIMIT, "more than %u edges to cluster", UINT32_MAX);
    c->order = malloc((n_edges + 1) * sizeof *c->order);
    if (!c->order)
        return no_memory(c->n, e);
    for (size_t i = 0; i < n_edges; i++)
        if (c->edges[i].match_weight >= c->o->threshold_weight)
            c->order[n++] = (uint32_t)i;
    if (c->o->method != LINK_CLUSTER_COMPONENTS)
        qsort_r(c->order, n, sizeof *c->order, by_falling_weight, c);
    *ret_n = n;
    return ERR_OK;
}

static enum err_code set_ranks(struct clusters *c, const struct link_table *t, struct err *e)
{
    static const struct link_model plain = {.unique_id = {"unique_id", 9}, .source_dataset = {"source_dataset", 14}};
    struct block_order order;
    ERR_TRY(block_order_new(c->o->model ? c->o->model : &plain, t, &order, e));
    c->parent = malloc((c->n + 1) * sizeof *c->parent);
    c->rank = malloc((c->n + 1) * sizeof *c->rank);
    if (c->parent && c->rank)
        for (uint32_t i = 0; i < c->n; i++) {
            c->parent[i] = i;
            c->rank[order.row[i]] = i;
        }
    block_order_free(&order);
    return c->parent && c->rank ? ERR_OK : no_memory(c->n, e);
}

/* ---- the run ---- */

static enum err_code cluster_all(struct clusters *c, const struct link_table *t, size_t n_edges, uint32_t *ret_cluster, struct err *e)
{
    bool ordered = c->o->method == LINK_CLUSTER_ORDERED;
    size_t n = 0;
    ERR_TRY(set_ranks(c, t, e));
    ERR_TRY(set_order(c, n_edges, &n, e));
    if (ordered) {
        ERR_TRY(set_cannot(c, e));
        ERR_TRY(set_veto(c, e));
    } else if (c->o->method == LINK_CLUSTER_BEST_LINK) {
        ERR_TRY(set_datasets(c, t, e));
    }
    for (size_t i = 0; ordered && i < c->o->n_must; i++) { /* step 1 */
        uint32_t a = find(c, c->o->must[i].l), b = find(c, c->o->must[i].r);
        if (a != b && !cannot_forbids(c, a, b))
            join(c, a, b);
    }
    for (size_t i = 0; i < n; i++) { /* step 2 */
        const struct link_edge *edge = &c->edges[c->order[i]];
        assert(edge->l < c->n && edge->r < c->n);
        uint32_t a = find(c, edge->l), b = find(c, edge->r);
        if (a != b && !cannot_forbids(c, a, b) && !veto_forbids(c, a, b))
            join(c, a, b);
    }
    for (uint32_t i = 0; i < c->n; i++)
        ret_cluster[i] = find(c, i);
    return ERR_OK;
}

enum err_code link_cluster(const struct link_table *t, const struct link_edge *edges, size_t n_edges,
                           const struct link_cluster_options *o, uint32_t *ret_cluster, struct err *e)
{
    struct clusters c = {.n = (uint32_t)t->rows, .o = o, .edges = edges};
    enum err_code code = cluster_all(&c, t, n_edges, ret_cluster, e);
    for (size_t k = 0; k < o->n_veto && c.veto && c.mixed; k++) {
        free(c.veto[k]);
        free(c.mixed[k]);
    }
    free(c.veto);
    free(c.mixed);
    free(c.parent);
    free(c.rank);
    free(c.cannot_first);
    free(c.cannot_last);
    free(c.cannot_count);
    free(c.nodes);
    free(c.datasets);
    free(c.order);
    return code;
}
