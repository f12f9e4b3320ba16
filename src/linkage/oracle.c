/* oracle.c: the best that could be done with a model's comparisons and rules, worked out from the truth.
 *
 * Whatever the weights, two pairs with the same levels are one to a model. So: the pairs of the rules are counted by pattern of levels, with how many of each are true; patterns are taken from the purest
 * down, and of all such cuts the one with the best F1 is the bound on edges. The same edges, weighed by the purity of their pattern, are clustered at several cuts by the model's own method; the best F1 is what
 * is printed beside the model's. (Frequencies could tell apart pairs of one pattern; the bound is on the levels.) */
#include "linkage/model.h"

#include <math.h>
#include <stdlib.h>

struct seen {
    uint64_t pairs, right;
};
struct oracle {
    const struct link_model *m;
    const struct link_table *t;
    const uint32_t *truth;
    struct dictionary patterns;
    size_t bytes, n, cap, seen_cap;
    struct seen *seen;        /* by code */
    struct link_edge *edges;  /* match_weight: of the pattern, later */
    uint32_t *pattern;
};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory for the oracle"); }

static enum err_code room_for_edge(struct oracle *o, struct err *e)
{
    if (o->n < o->cap)
        return ERR_OK;
    size_t cap = o->cap ? 2 * o->cap : 65536;
    struct link_edge *edges = realloc(o->edges, cap * sizeof *edges);
    if (edges)
        o->edges = edges;
    uint32_t *pattern = realloc(o->pattern, cap * sizeof *pattern);
    if (pattern)
        o->pattern = pattern;
    if (!edges || !pattern)
        return no_memory(e);
    o->cap = cap;
    return ERR_OK;
}

static enum err_code count_pair(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct oracle *o = ctx;
    char text[LIMIT_LINK_COMPARISONS];
    uint32_t code;
    for (size_t c = 0; c < o->m->n_comparisons; c++)
        text[c] = (char)(gammas[c] + 2); /* no NUL, no sign */
    ERR_TRY(room_for_edge(o, e));
    ERR_TRY(dictionary_add(&o->patterns, (struct str){text, o->m->n_comparisons}, &o->bytes, LIMIT_LINK_TABLE_BYTES, &code, e));
    if (code >= o->seen_cap) {
        size_t cap = o->seen_cap ? 2 * o->seen_cap : 4096;
        struct seen *more = realloc(o->seen, cap * sizeof *more);
        if (!more)
            return no_memory(e);
        memset(more + o->seen_cap, 0, (cap - o->seen_cap) * sizeof *more);
        o->seen = more;
        o->seen_cap = cap;
    }
    o->seen[code].pairs++;
    o->seen[code].right += o->truth[edge->l] == o->truth[edge->r];
    o->edges[o->n] = *edge;
    o->pattern[o->n++] = code;
    return ERR_OK;
}

static int by_purity(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    double p = (double)x->right / (double)x->pairs, q = (double)y->right / (double)y->pairs;
    if (p != q)
        return p > q ? -1 : 1;
    return (x->pairs < y->pairs) - (x->pairs > y->pairs);
}

static double f1_of(uint64_t right, uint64_t found, uint64_t wanted) { return found + wanted ? 2 * (double)right / (double)(found + wanted) : 0; }

static enum err_code best_edges(const struct oracle *o, uint64_t true_pairs, double *ret, struct err *e)
{
    size_t n = o->patterns.n;
    struct seen *sorted = malloc((n + 1) * sizeof *sorted);
    uint64_t right = 0, found = 0;
    if (!sorted)
        return no_memory(e);
    memcpy(sorted, o->seen + 1, n * sizeof *sorted); /* codes count from 1 */
    qsort(sorted, n, sizeof *sorted, by_purity);
    *ret = 0;
    for (size_t i = 0; i < n; i++) {
        right += sorted[i].right;
        found += sorted[i].pairs;
        *ret = fmax(*ret, f1_of(right, found, true_pairs));
    }
    free(sorted);
    return ERR_OK;
}

/* Purity as a weight: an edge of a pattern that is true as often as not weighs 0. */
static double purity_weight(const struct seen *s) { return log2(((double)s->right + 0.01) / ((double)(s->pairs - s->right) + 0.01)); }

static enum err_code best_clusters(struct oracle *o, struct link_scores *ret, struct err *e)
{
    static const double cuts[] = {-1, 0, 1, 2, 3, 4, 5, 6};
    struct link_cluster_options co = {.method = o->m->method, .model = o->m};
    size_t kept = 0, rows = o->t->rows;
    uint32_t *cluster = malloc((rows + 1) * sizeof *cluster);
    enum err_code code = cluster ? ERR_OK : no_memory(e);
    for (size_t i = 0; i < o->n; i++) {
        double weight = purity_weight(&o->seen[o->pattern[i]]);
        if (weight < cuts[0])
            continue;
        o->edges[kept] = o->edges[i];
        o->edges[kept++].match_weight = weight;
    }
    for (size_t k = 0; code == ERR_OK && k < sizeof cuts / sizeof *cuts; k++) {
        struct link_scores s;
        co.threshold_weight = cuts[k];
        code = link_cluster(o->t, o->edges, kept, &co, cluster, e);
        if (code != ERR_OK)
            break;
        link_evaluate_clusters(cluster, o->truth, rows, &s);
        if (k == 0 || s.f1 > ret->f1)
            *ret = s;
    }
    free(cluster);
    return code;
}

enum err_code link_oracle(const struct link_model *m, const struct link_table *t, const uint32_t *truth, const struct link_options *options, uint64_t true_pairs,
                          struct link_oracle *ret, struct err *e)
{
    struct oracle o = {.m = m, .t = t, .truth = truth};
    struct link_options all = *options;
    all.threshold_weight = -INFINITY;
    *ret = (struct link_oracle){0};
    enum err_code code = link_predict(m, t, &all, count_pair, &o, &ret->pairs, e);
    for (size_t i = 1; code == ERR_OK && i <= o.patterns.n; i++)
        ret->right_pairs += o.seen[i].right;
    ret->patterns = o.patterns.n;
    if (code == ERR_OK)
        code = best_edges(&o, true_pairs, &ret->edges_f1, e);
    if (code == ERR_OK)
        code = best_clusters(&o, &ret->clusters, e);
    dictionary_free(&o.patterns);
    free(o.seen);
    free(o.edges);
    free(o.pattern);
    return code;
}
