/* plan_bounds.c: weights by level, and how much a pair can weigh when only some of its levels are known.
 *
 * Comparisons are put in phases by what they cost. Within a phase, comparisons are taken together in groups, and a group has a table by pattern of levels: how far the
 * sum of their weights is below the best. So one look-up a group corrects a pair's bound. */
#include "linkage/plan.h"

#include <math.h>

#define GROUP_PATTERNS 4096u /* 16 KiB stay in the first-level cache */
#define SLACK 1e-3           /* and SLACK_OF_SUM of the greatest sum: far more than the rounding of a hundred single-precision additions */
#define SLACK_OF_SUM 1e-5

enum cost { COST_LITTLE, COST_MUCH, COST_N };

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NO_MEMORY, "no memory to make the model ready for the table");
}

static enum cost cost_of(const struct test *t)
{
    enum cost l = t->left ? cost_of(t->left) : COST_LITTLE, r = t->right ? cost_of(t->right) : COST_LITTLE;
    return t->op == TEST_EXPR || t->op == TEST_COMMON || l == COST_MUCH || r == COST_MUCH ? COST_MUCH : COST_LITTLE;
}

static enum cost cost_of_comparison(const struct plan *p, size_t c)
{
    enum cost cost = COST_LITTLE;
    for (size_t i = 0; i < p->model->comparisons[c].n && cost == COST_LITTLE; i++)
        cost = p->levels[c][i] ? cost_of(p->levels[c][i]) : cost;
    return cost;
}

/* ---- weights ---- */

/* The greater of two frequencies decides, so the extremes are found where both are the same. */
static double greatest_adjustment(const struct plan *p, size_t c, size_t i)
{
    double most = 0; /* neither value has a frequency */
    if (p->tf[c][i] < 0)
        return 0;
    const struct plan_column *column = &p->columns[p->tf[c][i]];
    for (uint32_t code = 1; code <= column->n; code++)
        most = fmax(most, plan_adjustment(&p->model->comparisons[c].levels[i], column->log2_frequency[code], column->log2_frequency[code]));
    return most;
}

static void weigh_levels(struct plan *p, size_t c)
{
    struct plan_weights *w = &p->weights[c];
    w->top = -INFINITY;
    memset(w->adjusted, -1, sizeof w->adjusted);
    for (size_t i = 0; i < p->model->comparisons[c].n; i++) {
        const struct model_level *l = &p->model->comparisons[c].levels[i];
        size_t g = (size_t)(l->gamma + 1);
        w->weight[g] = l->gamma == -1 ? 0 : l->weight;
        w->most[g] = w->weight[g] + greatest_adjustment(p, c, i);
        if (p->tf[c][i] >= 0)
            w->adjusted[g] = (int16_t)i;
        w->n = g + 1 > w->n ? g + 1 : w->n;
    }
    for (size_t g = 0; g < w->n; g++)
        w->top = fmax(w->top, w->most[g]);
}

/* ---- groups ---- */

static enum err_code group_table(struct plan *p, struct plan_group *g, size_t size, struct err *e)
{
    g->less = ARENA_NEW(&p->a, float, size);
    if (!g->less)
        return no_memory(e);
    for (size_t pattern = 0; pattern < size; pattern++) {
        double less = 0;
        for (size_t i = 0; i < g->n; i++) {
            const struct plan_weights *w = &p->weights[g->comparisons[i]];
            less += w->most[pattern / g->radix[i] % w->n] - w->top;
        }
        g->less[pattern] = (float)less;
    }
    return ERR_OK;
}

static enum err_code group_phase(struct plan *p, struct plan_phase *phase, struct err *e)
{
    phase->groups = ARENA_NEW(&p->a, struct plan_group, phase->n);
    uint16_t *radix = ARENA_NEW(&p->a, uint16_t, phase->n);
    if (!phase->groups || !radix)
        return no_memory(e);
    for (size_t from = 0, to; from < phase->n; from = to) {
        size_t size = 1;
        for (to = from; to < phase->n && (to == from || size * p->weights[phase->comparisons[to]].n <= GROUP_PATTERNS); to++) {
            radix[to] = (uint16_t)size;
            size *= p->weights[phase->comparisons[to]].n;
        }
        struct plan_group *g = &phase->groups[phase->n_groups++];
        *g = (struct plan_group){.comparisons = phase->comparisons + from, .radix = radix + from, .n = to - from};
        ERR_TRY(group_table(p, g, size, e));
    }
    return ERR_OK;
}

enum err_code plan_bounds(struct plan *p, struct err *e)
{
    size_t n = p->model->n_comparisons;
    double most = p->model->prior_weight, sum = fabs(most);
    p->weights = ARENA_NEW(&p->a, struct plan_weights, n);
    p->phases = ARENA_NEW(&p->a, struct plan_phase, COST_N);
    uint32_t *comparisons = ARENA_NEW(&p->a, uint32_t, n);
    if (!p->weights || !p->phases || !comparisons)
        return no_memory(e);
    for (size_t c = 0; c < n; c++) {
        weigh_levels(p, c);
        most += p->weights[c].top;
        for (size_t g = 0; g < p->weights[c].n; g++)
            sum += isfinite(p->weights[c].most[g]) ? fabs(p->weights[c].most[g]) : 0;
    }
    p->most = (float)most;
    p->slack = SLACK + SLACK_OF_SUM * sum;
    for (enum cost cost = COST_LITTLE; cost < COST_N; cost++) {
        struct plan_phase *phase = &p->phases[p->n_phases];
        phase->comparisons = comparisons;
        for (uint32_t c = 0; c < n; c++)
            if (cost_of_comparison(p, c) == cost)
                phase->comparisons[phase->n++] = c;
        comparisons += phase->n;
        if (phase->n == 0)
            continue;
        ERR_TRY(group_phase(p, phase, e));
        p->n_phases++;
    }
    return ERR_OK;
}
