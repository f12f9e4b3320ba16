/* vetoes.c: the pairs of a component that the model vetoes. Two records that must not come together may never have been compared: they hang together by a third. So each component of the edges is
 * looked through, all pairs, by the code that scores all others. And a record that two such records claim alike belongs to neither for sure: those edges fall, and those between two such records. */
#include "linkage/model.h"

#include <math.h>
#include <stdlib.h>

#define MARGIN 12.0   /* bits: what a date of birth is worth; less does not tell people of one household apart */
#define TORN 4.0       /* bits: claims so near each other say nothing (16 to 1) */
#define MARGIN_ONE 1.0 /* bits: between two records of a dataset that has each person once */
#define VETOED -400.0 /* no evidence makes up for a veto, and nothing else weighs so little */

struct member {
    uint32_t cluster, row;
};

struct vetoes {
    const struct link_model *m;
    const struct link_table *t;
    struct link_cannot *pairs, *found;
    double *weight;
    int16_t *key;
    size_t cap, n_found, found_cap;
    struct err *e;
};

static int by_cluster(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to ask for vetoes"); }

static enum err_code room_for(struct vetoes *v, size_t n)
{
    if (n <= v->cap)
        return ERR_OK;
    free(v->pairs);
    free(v->weight);
    free(v->key);
    v->pairs = malloc(n * sizeof *v->pairs);
    v->weight = malloc(n * sizeof *v->weight);
    v->key = malloc(n * sizeof *v->key);
    v->cap = n;
    return v->pairs && v->weight && v->key ? ERR_OK : no_memory(v->e);
}

static enum err_code keep_found(struct vetoes *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (v->weight[i] > VETOED)
            continue;
        if (v->n_found == v->found_cap) {
            size_t cap = v->found_cap ? 2 * v->found_cap : 256;
            struct link_cannot *more = realloc(v->found, cap * sizeof *more);
            if (!more)
                return no_memory(v->e);
            v->found = more;
            v->found_cap = cap;
        }
        v->found[v->n_found++] = v->pairs[i];
    }
    return ERR_OK;
}

/* Components are asked about together, up to a batch, because each call plans anew. */
static enum err_code ask(struct vetoes *v, size_t *n)
{
    if (*n)
        ERR_TRY(link_score_pairs(v->m, v->t, v->pairs, *n, v->weight, v->key, v->e));
    ERR_TRY(keep_found(v, *n));
    *n = 0;
    return ERR_OK;
}

static enum err_code look_through(struct vetoes *v, const struct member *members, size_t n_rows, size_t *ret_skipped)
{
    size_t most = (size_t)LIMIT_LINK_VETO_ROWS * LIMIT_LINK_VETO_ROWS, n = 0;
    ERR_TRY(room_for(v, most));
    for (size_t i = 0, end; i < n_rows; i = end) {
        for (end = i + 1; end < n_rows && members[end].cluster == members[i].cluster; end++)
            ;
        size_t size = end - i;
        if (size > LIMIT_LINK_VETO_ROWS) {
            ++*ret_skipped;
            continue;
        }
        if (n + size * (size - 1) / 2 > most)
            ERR_TRY(ask(v, &n));
        for (size_t a = i; a < end; a++)
            for (size_t b = a + 1; b < end; b++)
                v->pairs[n++] = (struct link_cannot){members[a].row, members[b].row};
    }
    return ask(v, &n);
}

static enum err_code all_components(struct vetoes *v, const struct link_edge *edges, size_t n_edges, double threshold, size_t *ret_skipped)
{
    struct link_cluster_options o = {.method = LINK_CLUSTER_COMPONENTS, .threshold_weight = threshold, .model = v->m};
    size_t n = v->t->rows;
    uint32_t *cluster = malloc((n + 1) * sizeof *cluster);
    struct member *members = malloc((n + 1) * sizeof *members);
    enum err_code code = cluster && members ? link_cluster(v->t, edges, n_edges, &o, cluster, v->e) : no_memory(v->e);
    for (uint32_t row = 0; code == ERR_OK && row < n; row++)
        members[row] = (struct member){cluster[row], row};
    if (code == ERR_OK) {
        qsort(members, n, sizeof *members, by_cluster);
        code = look_through(v, members, n, ret_skipped);
    }
    free(cluster);
    free(members);
    return code;
}

/* ---- rivals ---- */

struct rival {
    uint32_t row, other; /* the edge from row to other */
    double weight;
    size_t edge;
};

static int by_row_and_weight(const void *a, const void *b)
{
    const struct rival *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->other > y->other) - (x->other < y->other);
}

static int by_pair(const void *a, const void *b)
{
    const struct link_cannot *x = a, *y = b;
    if (x->l != y->l)
        return x->l < y->l ? -1 : 1;
    return (x->r > y->r) - (x->r < y->r);
}

static bool are_vetoed(const struct link_cannot *sorted, size_t n, uint32_t a, uint32_t b)
{
    struct link_cannot key = {a < b ? a : b, a < b ? b : a};
    return bsearch(&key, sorted, n, sizeof *sorted, by_pair) != NULL;
}

struct rivalry {
    const struct link_cannot *sorted; /* vetoes */
    size_t n_vetoes;
    const uint32_t *dataset; /* by row, where each person is once in a dataset; else NULL */
};

static bool excludes(const struct rivalry *v, const struct rival *a, const struct rival *b)
{
    bool near = fabs(a->weight - b->weight) < MARGIN_ONE;
    return (v->dataset && near && v->dataset[a->other] == v->dataset[b->other]) || are_vetoed(v->sorted, v->n_vetoes, a->other, b->other);
}

/* An edge of a row falls when a rival that may not come together with its other end is as strong within MARGIN: father or son, the record does not say which. Gives the weight of the strongest edge that fell
 * so, or none (-INFINITY): how torn the row is. */
static double drop_of_row(struct link_edge *edges, const struct rival *r, size_t n, const struct rivalry *v)
{
    double torn = -INFINITY;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n && r[k].weight > r[i].weight - MARGIN; k++)
            if (k != i && excludes(v, &r[i], &r[k])) {
                edges[r[i].edge].match_weight = -INFINITY;
                if (r[k].weight < r[i].weight + TORN)
                    torn = fmax(torn, r[i].weight);
                break;
            }
    return torn;
}

/* Two torn rows are not known to be of one person either: one may be the father's, one the son's. Only what tells them apart from their rivals joins them. */
static void drop_between_torn(struct link_edge *edges, size_t n_edges, const double *torn)
{
    for (size_t i = 0; i < n_edges; i++)
        if (isfinite(torn[edges[i].l]) && isfinite(torn[edges[i].r]) && edges[i].match_weight < fmax(torn[edges[i].l], torn[edges[i].r]) + TORN)
            edges[i].match_weight = -INFINITY;
}

static size_t list_rivals(const struct link_edge *edges, size_t n_edges, double threshold, struct rival *r)
{
    size_t n = 0;
    for (size_t i = 0; i < n_edges; i++)
        if (edges[i].match_weight >= threshold) {
            r[n++] = (struct rival){edges[i].l, edges[i].r, edges[i].match_weight, i};
            r[n++] = (struct rival){edges[i].r, edges[i].l, edges[i].match_weight, i};
        }
    qsort(r, n, sizeof *r, by_row_and_weight);
    return n;
}

static void sort_vetoes(struct link_cannot *vetoes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (vetoes[i].l > vetoes[i].r)
            vetoes[i] = (struct link_cannot){vetoes[i].r, vetoes[i].l};
    if (n)
        qsort(vetoes, n, sizeof *vetoes, by_pair);
}

static enum err_code drop_rivals(struct link_edge *edges, size_t n_edges, size_t rows, double threshold, struct link_cannot *vetoes, const struct rivalry *v, struct err *e)
{
    struct rival *r = malloc((2 * n_edges + 1) * sizeof *r);
    double *torn = malloc((rows + 1) * sizeof *torn);
    enum err_code code = r && torn ? ERR_OK : no_memory(e);
    sort_vetoes(vetoes, v->n_vetoes);
    size_t n = code == ERR_OK && (v->n_vetoes || v->dataset) ? list_rivals(edges, n_edges, threshold, r) : 0;
    for (size_t i = 0; code == ERR_OK && i < rows; i++)
        torn[i] = -INFINITY;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && r[end].row == r[i].row; end++)
            ;
        torn[r[i].row] = drop_of_row(edges, r + i, end - i, v);
    }
    if (n)
        drop_between_torn(edges, n_edges, torn);
    free(torn);
    free(r);
    return code;
}

static const uint32_t *datasets_of(const struct link_model *m, const struct link_table *t)
{
    ptrdiff_t column = link_source_column(m, t);
    return column < 0 ? NULL : t->columns[column].codes;
}

enum err_code link_cluster_vetoed(const struct link_table *t, struct link_edge *edges, size_t n_edges, const struct link_cluster_options *o, uint32_t *ret_cluster,
                                  size_t *ret_skipped, struct err *e)
{
    struct link_cluster_options with = *o;
    struct link_cannot *vetoes = NULL;
    size_t n = 0;
    *ret_skipped = 0;
    if (o->method == LINK_CLUSTER_COMPONENTS)
        return link_cluster(t, edges, n_edges, o, ret_cluster, e);
    enum err_code code = link_vetoes(o->model, t, edges, n_edges, o->threshold_weight, &vetoes, &n, ret_skipped, e);
    struct rivalry rivalry = {.sorted = vetoes, .n_vetoes = n, .dataset = o->method == LINK_CLUSTER_BEST_LINK ? datasets_of(o->model, t) : NULL};
    if (code == ERR_OK)
        code = drop_rivals(edges, n_edges, t->rows, o->threshold_weight, vetoes, &rivalry, e);
    with.cannot = vetoes;
    with.n_cannot = n;
    if (code == ERR_OK)
        code = link_cluster(t, edges, n_edges, &with, ret_cluster, e);
    free(vetoes);
    return code;
}

enum err_code link_vetoes(const struct link_model *m, const struct link_table *t, const struct link_edge *edges, size_t n_edges, double threshold_weight,
                          struct link_cannot **ret, size_t *ret_n, size_t *ret_skipped, struct err *e)
{
    struct vetoes v = {.m = m, .t = t, .e = e};
    *ret = NULL;
    *ret_n = *ret_skipped = 0;
    if (m->veto < 0)
        return ERR_OK;
    enum err_code code = all_components(&v, edges, n_edges, threshold_weight, ret_skipped);
    free(v.pairs);
    free(v.weight);
    free(v.key);
    if (code != ERR_OK) {
        free(v.found);
        return code;
    }
    *ret = v.found;
    *ret_n = v.n_found;
    return ERR_OK;
}
