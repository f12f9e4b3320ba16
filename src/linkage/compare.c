/* compare.c: levels of a batch of pairs, and which pairs are worth going on with.
 *
 * Comparisons go in phases, the dear ones last. After each phase a pair's weight is at most the weights of the levels that are known and the best of what is not
 * (plan_bounds.c); whoever cannot reach the threshold is dropped. The sums of bounds are rounded, so they have slack; who survives is weighed exactly. */
#include "linkage/run.h"

void run_keep(struct run *r, const struct test *t, bool when_true)
{
    uint64_t truth[RUN_WORDS], null[RUN_WORDS];
    run_test(r, t, r->alive, truth, null);
    for (size_t w = 0; w < r->words; w++)
        r->alive[w] &= when_true ? truth[w] : ~truth[w];
}

/* What no level takes falls to 0, as in Splink's CASE. */
void run_compare_one(struct run *r, size_t c)
{
    const struct model_comparison *comparison = &r->plan->model->comparisons[c];
    uint64_t open[RUN_WORDS], truth[RUN_WORDS], null[RUN_WORDS], any = 0;
    for (size_t w = 0; w < r->words; w++)
        any |= open[w] = r->alive[w];
    memset(r->gamma[c], 0, r->words * 64);
    for (size_t i = 0; i < comparison->n && any; i++) {
        const struct test *t = r->plan->levels[c][i];
        if (t)
            run_test(r, t, open, truth, null);
        else
            memset(truth, 0xFF, sizeof truth);
        any = 0;
        for (size_t w = 0; w < r->words; w++) {
            truth[w] &= open[w];
            any |= open[w] &= ~truth[w];
        }
        if (comparison->levels[i].gamma != 0)
            kernels_set_level(truth, r->words, (int8_t)comparison->levels[i].gamma, r->gamma[c]);
    }
}

void run_compare(struct run *r)
{
    for (size_t c = 0; c < r->plan->model->n_comparisons; c++)
        run_compare_one(r, c);
}

static void lower_bounds(struct run *r, const struct plan_group *g)
{
    memset(r->index, 0, r->words * 64 * sizeof *r->index);
    for (size_t i = 0; i < g->n; i++)
        kernels_add_pattern(r->gamma[g->comparisons[i]], r->words, g->radix[i], r->index);
    for (size_t k = 0; k < r->n; k++)
        r->bound[k] += g->less[r->index[k]];
}

static bool drop_hopeless(struct run *r, float least)
{
    uint64_t hopeless[RUN_WORDS], any = 0;
    kernels_below(r->bound, r->words, least, hopeless);
    for (size_t w = 0; w < r->words; w++)
        any |= r->alive[w] &= ~hopeless[w];
    return any != 0;
}

void run_find(struct run *r, double threshold)
{
    const struct plan *p = r->plan;
    float least = (float)(threshold - p->slack);
    for (size_t k = 0; k < r->words * 64; k++)
        r->bound[k] = p->most;
    for (size_t i = 0; i < p->n_phases; i++) {
        const struct plan_phase *phase = &p->phases[i];
        for (size_t c = 0; c < phase->n; c++)
            run_compare_one(r, phase->comparisons[c]);
        for (size_t g = 0; g < phase->n_groups; g++)
            lower_bounds(r, &phase->groups[g]);
        if (!drop_hopeless(r, least))
            return;
    }
    run_score(r);
    RUN_EACH(k, r->alive, r->words)
        if (!(r->weight[k] >= threshold))
            r->alive[k / 64] &= ~(UINT64_C(1) << k % 64);
}
