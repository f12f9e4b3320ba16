/* gather.c: one pass over all pairs, for all sections. See gather.h. */
#include "report/gather.h"

#include <math.h>
#include <stdlib.h>

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory for the report"); }

/* ---- 1. room ---- */

static void level_weights(struct gather *g)
{
    const struct link_model *m = g->o->model;
    g->veto = -1;
    for (size_t k = 0; k < link_model_n_comparisons(m); k++) {
        if (str_eq(link_model_comparison_name(m, k), STR("haven_veto")))
            g->veto = (ptrdiff_t)k;
        for (size_t i = 0; i < link_model_n_levels(m, k); i++) {
            struct link_level l;
            link_model_level(m, k, i, &l);
            g->weights[k][l.gamma + 1] = l.match_weight;
        }
    }
}

static enum err_code start(struct gather *g, struct err *e)
{
    size_t n = link_model_n_comparisons(g->o->model) + 1;
    g->by_level = calloc(n, sizeof *g->by_level);
    g->weights = calloc(n, sizeof *g->weights);
    g->rules = calloc(link_model_n_rules(g->o->model) + 1, sizeof *g->rules);
    if (!g->by_level || !g->weights || !g->rules)
        return no_memory(e);
    level_weights(g);
    return g->o->truth || g->o->labels ? link_accuracy_new(1.0 / GATHER_STEPS, &g->accuracy, e) : ERR_OK;
}

void gather_release(struct gather *g)
{
    link_accuracy_free(g->accuracy);
    free(g->by_level);
    free(g->weights);
    free(g->rules);
    link_edges_free(&g->edges);
    free(g->cluster);
}

/* ---- 2. a pair ---- */

static size_t bin_of(double weight)
{
    double at = floor(weight * GATHER_STEPS) - GATHER_LEAST * GATHER_STEPS; /* exact: a weight just under a threshold is under it */
    return at < 0 ? 0 : at >= GATHER_BINS ? GATHER_BINS - 1 : (size_t)at;
}

/* The first GATHER_PICKS by falling rank; the first met of equal ones. */
static void pick(struct gather_picks *p, const struct link_edge *x, double rank)
{
    if (p->n == GATHER_PICKS && rank <= p->items[p->n - 1].rank)
        return;
    size_t at = p->n < GATHER_PICKS ? p->n++ : p->n - 1;
    for (; at > 0 && p->items[at - 1].rank < rank; at--)
        p->items[at] = p->items[at - 1];
    p->items[at] = (struct gather_pick){x->l, x->r, rank};
}

static double number_at_random(const struct link_edge *x)
{
    uint32_t ends[2] = {x->l, x->r};
    return (double)(str_hash((struct str){(const char *)ends, sizeof ends}, 20261124) >> 11);
}

static void pick_pair(struct gather *g, const struct link_edge *x, const int8_t *gammas)
{
    double threshold = g->o->run.threshold_weight, plain = link_model_prior_weight(g->o->model);
    for (size_t k = 0; k < link_model_n_comparisons(g->o->model); k++)
        plain += g->weights[k][gammas[k] + 1];
    pick(&g->picks[GATHER_RANDOM], x, number_at_random(x));
    if (g->veto >= 0 && gammas[g->veto] > 0) {
        pick(&g->picks[GATHER_VETOED], x, x->match_weight);
        return;
    }
    pick(&g->picks[GATHER_STRONGEST], x, x->match_weight);
    if (x->match_weight >= threshold)
        pick(&g->picks[GATHER_ABOVE], x, -x->match_weight);
    else
        pick(&g->picks[GATHER_BELOW_IT], x, x->match_weight);
    double added = fabs(x->match_weight - plain);
    if (added > 0.05)
        pick(&g->picks[GATHER_FREQUENCY], x, added);
}

static enum err_code meet(void *ctx, const struct link_edge *x, const int8_t *gammas, struct err *e)
{
    struct gather *g = ctx;
    const uint32_t *truth = g->o->truth;
    bool right = truth && truth[x->l] == truth[x->r], link = x->match_weight >= g->o->run.threshold_weight;
    size_t bin = bin_of(x->match_weight);
    g->by_weight[bin]++;
    g->right_by_weight[bin] += right;
    g->links += link;
    if (truth)
        link_accuracy_add(g->accuracy, gather_bin_weight(bin), right);
    for (size_t k = 0; k < link_model_n_comparisons(g->o->model); k++)
        g->by_level[k][gammas[k] + 1]++;
    pick_pair(g, x, gammas);
    return x->match_weight >= g->o->run.threshold_weight - GATHER_BELOW ? link_edges_keep(&g->edges, x, gammas, e) : ERR_OK;
}

/* ---- 3. what is known of who is who ---- */

/* Pairs that no rule brings, as link_accuracy_of_labels counts them. */
static enum err_code count_missed(struct gather *g, struct err *e)
{
    const struct report_options *o = g->o;
    uint64_t matches, all, right = 0;
    ERR_TRY(link_true_pairs(o->model, o->table, o->truth, &matches, e));
    ERR_TRY(link_all_pairs(o->model, o->table, &all, e));
    for (size_t i = 0; i < GATHER_BINS; i++)
        right += g->right_by_weight[i];
    link_accuracy_missed(g->accuracy, matches - right, true);
    link_accuracy_missed(g->accuracy, (all - matches) - (g->pairs - right), false);
    return ERR_OK;
}

static enum err_code score_labels(struct gather *g, struct err *e)
{
    const struct link_labels *labels = g->o->labels;
    double *weight = malloc((labels->n + 1) * sizeof *weight);
    int16_t *rule = malloc((labels->n + 1) * sizeof *rule);
    enum err_code code = weight && rule ? link_score_pairs(g->o->model, g->o->table, labels->pairs, labels->n, weight, rule, e) : no_memory(e);
    for (size_t i = 0; code == ERR_OK && i < labels->n; i++) {
        bool match = labels->score[i] >= g->o->least_score;
        g->labelled_matches += match;
        if (rule[i] >= 0)
            link_accuracy_add(g->accuracy, gather_bin_weight(bin_of(weight[i])), match);
        else
            link_accuracy_missed(g->accuracy, 1, match);
    }
    free(weight);
    free(rule);
    return code;
}

/* ---- 4. clusters ---- */

/* The clusters as `haven link cluster` makes them. Vetoes change weights, so they get a copy. */
static enum err_code make_clusters(struct gather *g, struct err *e)
{
    const struct report_options *o = g->o;
    struct link_cluster_options co = {.model = o->model, .method = o->method, .threshold_weight = o->run.threshold_weight};
    size_t skipped = 0, n = 0;
    struct link_edge *links = malloc((g->links + 1) * sizeof *links);
    g->cluster = malloc((link_table_rows(o->table) + 1) * sizeof *g->cluster);
    enum err_code code = links && g->cluster ? ERR_OK : no_memory(e);
    for (size_t i = 0; code == ERR_OK && i < g->edges.n; i++)
        if (g->edges.items[i].match_weight >= o->run.threshold_weight)
            links[n++] = g->edges.items[i];
    if (code == ERR_OK)
        code = link_cluster_vetoed(o->table, links, n, &co, g->cluster, &skipped, e);
    free(links);
    return code;
}

static enum err_code run(struct gather *g, struct err *e)
{
    const struct report_options *o = g->o;
    struct link_options all = o->run;
    all.threshold_weight = -INFINITY;
    ERR_TRY(start(g, e));
    all.ret_rules = g->rules;
    ERR_TRY(link_predict(o->model, o->table, &all, meet, g, &g->pairs, e));
    ERR_TRY(make_clusters(g, e));
    if (!o->truth)
        return o->labels ? score_labels(g, e) : ERR_OK;
    link_evaluate_clusters(g->cluster, o->truth, link_table_rows(o->table), &g->scores);
    return count_missed(g, e);
}

enum err_code gather_run(const struct report_options *o, struct gather *ret, struct err *e)
{
    *ret = (struct gather){.o = o};
    return run(ret, e); /* the caller releases it */
}

bool gather_span(const struct gather *g, size_t *ret_first, size_t *ret_last)
{
    size_t first = 0, last = GATHER_BINS;
    while (first < GATHER_BINS && !g->by_weight[first])
        first++;
    while (last > first && !g->by_weight[last - 1])
        last--;
    *ret_first = first;
    *ret_last = last;
    return first < last;
}
