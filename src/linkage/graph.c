/* graph.c: what a cluster looks like as a graph: degrees, density, a star or not, and bridges (edges whose loss would split it), in time and memory
 * linear in edges. Bridges by Tarjan's low points (1974), without recursion: a chain of a million records must not need a deep stack. */
#include "linkage/linkage.h"

#include <math.h>
#include <stdlib.h>

#define UNSEEN UINT32_MAX

struct walk {
    uint32_t *starts, *ends; /* neighbours of a row: places [starts[row], starts[row + 1]) of `ends`, which are rows */
    uint32_t *edge;          /* beside `ends`: which edge */
    uint32_t *seen, *low, *next, *stack, *via; /* by row; via: the edge that it was reached by */
};

static enum err_code no_memory(size_t rows, struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory for the graph of %zu records", rows); }

static void walk_free(struct walk *w)
{
    free(w->starts);
    free(w->ends);
    free(w->edge);
    free(w->seen);
    free(w->low);
    free(w->next);
    free(w->stack);
    free(w->via);
}

static bool counts(const struct link_edge *x, double threshold, const uint32_t *cluster)
{
    return x->match_weight >= threshold && cluster[x->l] == cluster[x->r];
}

static enum err_code walk_new(struct walk *w, size_t rows, size_t n_edges, struct err *e)
{
    *w = (struct walk){.starts = calloc(rows + 2, sizeof *w->starts), .ends = calloc(2 * n_edges + 1, sizeof *w->ends), .edge = calloc(2 * n_edges + 1, sizeof *w->edge),
                       .seen = calloc(rows + 1, sizeof *w->seen), .low = calloc(rows + 1, sizeof *w->low), .next = calloc(rows + 1, sizeof *w->next),
                       .stack = calloc(rows + 1, sizeof *w->stack), .via = calloc(rows + 1, sizeof *w->via)};
    return w->starts && w->ends && w->edge && w->seen && w->low && w->next && w->stack && w->via ? ERR_OK : no_memory(rows, e);
}

static void add_end(struct walk *w, uint32_t from, uint32_t to, size_t edge)
{
    uint32_t at = w->next[from]++;
    w->ends[at] = to;
    w->edge[at] = (uint32_t)edge;
}

/* Neighbours side by side, by counting. */
static void lay_out(struct walk *w, const struct link_edge *edges, size_t n_edges, double threshold, const uint32_t *cluster, const uint32_t *degree, size_t rows)
{
    for (size_t row = 0; row < rows; row++) {
        w->starts[row + 1] = w->starts[row] + degree[row];
        w->next[row] = w->starts[row];
    }
    for (size_t i = 0; i < n_edges; i++)
        if (counts(&edges[i], threshold, cluster)) {
            add_end(w, edges[i].l, edges[i].r, i);
            add_end(w, edges[i].r, edges[i].l, i);
        }
    memcpy(w->next, w->starts, rows * sizeof *w->next);
    memset(w->seen, 0xff, rows * sizeof *w->seen);
}

static void enter(struct walk *w, uint32_t row, uint32_t via, uint32_t *clock, size_t *depth)
{
    w->seen[row] = w->low[row] = (*clock)++;
    w->via[row] = via;
    w->stack[(*depth)++] = row;
}

/* Everything that `root` reaches; an edge is a bridge when nothing behind it reaches back over it. */
static void bridges_from(struct walk *w, uint32_t root, uint32_t *clock, uint8_t *bridge)
{
    size_t depth = 0;
    enter(w, root, UNSEEN, clock, &depth);
    while (depth) {
        uint32_t row = w->stack[depth - 1];
        if (w->next[row] < w->starts[row + 1]) {
            uint32_t at = w->next[row]++, to = w->ends[at];
            if (w->edge[at] == w->via[row])
                continue;
            if (w->seen[to] == UNSEEN)
                enter(w, to, w->edge[at], clock, &depth);
            else if (w->seen[to] < w->low[row])
                w->low[row] = w->seen[to];
            continue;
        }
        if (--depth == 0)
            return;
        uint32_t above = w->stack[depth - 1];
        if (w->low[row] < w->low[above])
            w->low[above] = w->low[row];
        bridge[w->via[row]] = w->low[row] > w->seen[above];
    }
}

static enum err_code find_bridges(const struct link_edge *edges, size_t n_edges, double threshold, const uint32_t *cluster, size_t rows, struct link_graph *g, struct err *e)
{
    struct walk w;
    uint32_t clock = 0;
    enum err_code code = walk_new(&w, rows, n_edges, e);
    if (code == ERR_OK) {
        lay_out(&w, edges, n_edges, threshold, cluster, g->degree, rows);
        for (uint32_t row = 0; row < rows; row++)
            if (w.seen[row] == UNSEEN)
                bridges_from(&w, row, &clock, g->bridge);
    }
    walk_free(&w);
    return code;
}

/* ---- clusters ---- */

/* Sums by representative, first in an array as long as the table, then moved together. most[row]: the greatest degree in its cluster. */
static void sum_up(struct link_graph *g, const struct link_edge *edges, size_t n_edges, const uint32_t *cluster, size_t rows, uint32_t *most)
{
    for (size_t row = 0; row < rows; row++) {
        struct link_cluster_shape *c = &g->clusters[cluster[row]];
        c->n_records++;
        c->n_edges += g->degree[row]; /* twice, for now */
        if (g->degree[row] > most[cluster[row]])
            most[cluster[row]] = g->degree[row];
    }
    for (size_t i = 0; i < n_edges; i++)
        g->clusters[cluster[edges[i].l]].n_bridges += g->bridge[i];
}

static void shape(struct link_cluster_shape *c, double most)
{
    double n = c->n_records, ends = (double)c->n_edges;
    c->density = n > 1 ? ends / (n * (n - 1)) : NAN;
    c->centralisation = n > 2 ? (n * most - ends) / ((n - 1) * (n - 2)) : NAN;
    c->n_edges /= 2;
}

static enum err_code shapes(struct link_graph *g, const struct link_edge *edges, size_t n_edges, const uint32_t *cluster, size_t rows, struct err *e)
{
    uint32_t *most = calloc(rows + 1, sizeof *most);
    if (!most)
        return no_memory(rows, e);
    sum_up(g, edges, n_edges, cluster, rows, most);
    for (size_t row = 0; row < rows; row++) {
        uint32_t others = g->clusters[cluster[row]].n_records - 1;
        g->centrality[row] = others ? (double)g->degree[row] / others : 0;
    }
    for (uint32_t row = 0; row < rows; row++)
        if (g->clusters[row].n_records) {
            struct link_cluster_shape *to = &g->clusters[g->n_clusters++];
            *to = g->clusters[row];
            to->cluster = row;
            shape(to, most[row]);
        }
    free(most);
    return ERR_OK;
}

enum err_code link_graph_new(const struct link_table *t, const struct link_edge *edges, size_t n_edges, double threshold_weight, const uint32_t *cluster, struct link_graph *ret,
                             struct err *e)
{
    size_t rows = link_table_rows(t);
    if (n_edges > UINT32_MAX / 2)
        return err_set(e, ERR_LIMIT, "a graph may have %u edges: raise the threshold", UINT32_MAX / 2);
    *ret = (struct link_graph){.degree = calloc(rows + 1, sizeof *ret->degree), .centrality = calloc(rows + 1, sizeof *ret->centrality), .bridge = calloc(n_edges + 1, 1),
                               .clusters = calloc(rows + 1, sizeof *ret->clusters)};
    enum err_code code = ret->degree && ret->centrality && ret->bridge && ret->clusters ? ERR_OK : no_memory(rows, e);
    for (size_t i = 0; code == ERR_OK && i < n_edges; i++)
        if (counts(&edges[i], threshold_weight, cluster)) {
            ret->degree[edges[i].l]++;
            ret->degree[edges[i].r]++;
        }
    if (code == ERR_OK)
        code = find_bridges(edges, n_edges, threshold_weight, cluster, rows, ret, e);
    if (code == ERR_OK)
        code = shapes(ret, edges, n_edges, cluster, rows, e);
    if (code != ERR_OK)
        link_graph_free(ret);
    return code;
}

void link_graph_free(struct link_graph *g)
{
    free(g->degree);
    free(g->centrality);
    free(g->bridge);
    free(g->clusters);
    *g = (struct link_graph){0};
}
