/* score.c: weights of a batch: prior, then each comparison's log2(m/u) and its frequency adjustment, in the model's order, so that the sum is the
 * same everywhere.
 *
 * Adjustment of a level on column t with weight w:  w * (log2 u_exact - log2 max(f_l, f_r, minimum_u)), f the frequencies of the two values, the known one
 * for both when one is unknown, none when both are. A level that is not one of the comparison's own (gamma 0 where no ELSE stands) weighs as its last. */
#include "linkage/run.h"

#include <math.h>

double plan_adjustment(const struct model_level *l, double f, double g)
{
    double most = isnan(f) ? g : isnan(g) ? f : f > g ? f : g;
    if (isnan(most))
        return 0;
    if (l->tf_minimum_u > 0 && log2(l->tf_minimum_u) > most)
        most = log2(l->tf_minimum_u);
    return l->tf_weight * (l->tf_log2_u - most);
}

double run_frequency_adjustment(const struct run *r, size_t k, size_t i, uint32_t a, uint32_t b)
{
    ptrdiff_t column = r->plan->tf[k][i];
    if (column < 0)
        return 0;
    const double *f = r->plan->columns[column].log2_frequency;
    const uint32_t *code = r->columns[column].code;
    return plan_adjustment(&r->plan->model->comparisons[k].levels[i], f[code[a]], f[code[b]]);
}

static void score_one(struct run *r, size_t c, const uint16_t *pairs, size_t n)
{
    const struct plan_weights *w = &r->plan->weights[c];
    const int8_t *gamma = r->gamma[c];
    for (size_t i = 0; i < n; i++) {
        uint16_t k = pairs[i];
        int16_t level = w->adjusted[gamma[k] + 1];
        r->weight[k] += w->weight[gamma[k] + 1];
        if (level < 0)
            continue;
        const double *by_code = r->plan->adjust[c][level];
        r->weight[k] += by_code ? by_code[r->columns[r->plan->tf[c][level]].code[r->l[k]]]
                                : run_frequency_adjustment(r, c, (size_t)level, r->l[k], r->r[k]);
    }
}

void run_score(struct run *r)
{
    uint16_t pairs[RUN_BATCH];
    size_t n = 0;
    RUN_EACH(k, r->alive, r->words) {
        pairs[n++] = (uint16_t)k;
        r->weight[k] = r->plan->model->prior_weight;
    }
    for (size_t c = 0; c < r->plan->model->n_comparisons; c++)
        score_one(r, c, pairs, n);
}
