/* explain.c: one pair taken apart, by the same code that scores millions: a table of the two records runs as a batch of one. Frequencies are
 * those of the whole table. */
#include "linkage/block.h"
#include "linkage/run.h"

#include <math.h>
#include <stdlib.h>

static enum err_code two_rows(const struct link_table *t, size_t a, size_t b, struct link_table **ret, struct err *e)
{
    struct str names[LIMIT_CSV_COLUMNS + 1], values[LIMIT_CSV_COLUMNS + 1];
    size_t rows[2] = {a < b ? a : b, a < b ? b : a};
    for (size_t i = 0; i < t->n_columns; i++)
        names[i] = t->columns[i].name;
    ERR_TRY(link_table_new(names, t->n_columns, t->limit, ret, e));
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < t->n_columns; i++)
            values[i] = link_table_value(t, rows[k], i);
        enum err_code code = link_table_add(*ret, values, e);
        if (code != ERR_OK) {
            link_table_free(*ret);
            return code;
        }
    }
    return ERR_OK;
}

static enum err_code reasons(const struct run *r, struct arena *a, struct link_explanation *x, struct err *e)
{
    const struct link_model *m = r->plan->model;
    x->n = m->n_comparisons;
    x->reasons = ARENA_NEW(a, struct link_reason, x->n);
    if (!x->reasons)
        return err_set(e, ERR_NO_MEMORY, "no memory for an explanation");
    for (size_t k = 0; k < x->n; k++) {
        const struct model_comparison *c = &m->comparisons[k];
        struct link_reason *reason = &x->reasons[k];
        int gamma = r->gamma[k][0];
        size_t i = 0;
        while (i < c->n && c->levels[i].gamma != gamma)
            i++;
        *reason = (struct link_reason){.comparison = str_dup(a, c->name), .gamma = gamma, .level = STR("no level holds")};
        if (i < c->n) {
            reason->level = str_dup(a, c->levels[i].label);
            reason->match_weight = gamma == -1 ? 0 : c->levels[i].weight;
            reason->tf_adjustment = run_frequency_adjustment(r, k, i, r->l[0], r->r[0]);
        }
        if (!reason->comparison.p || !reason->level.p)
            return err_set(e, ERR_NO_MEMORY, "no memory for an explanation");
    }
    return ERR_OK;
}

static ptrdiff_t first_rule(struct run *r)
{
    for (size_t k = 0; k < r->plan->n_conjunctions; k++) {
        uint64_t truth[RUN_WORDS], null[RUN_WORDS];
        run_test(r, r->plan->conjunctions[k].whole, r->alive, truth, null);
        if (truth[0] & 1)
            return (ptrdiff_t)r->plan->conjunctions[k].rule;
    }
    return -1;
}

double link_probability(double match_weight)
{
    double odds = exp2(-fabs(match_weight));
    return match_weight >= 0 ? 1 / (1 + odds) : odds / (1 + odds);
}

static enum err_code explain_run(const struct plan *p, struct run *r, struct arena *a, struct link_explanation *ret, struct err *e)
{
    struct block_order order;
    struct link_explanation x = {.prior_weight = p->model->prior_weight};
    r->e = e;
    ERR_TRY(block_order_new(p->model, p->table, &order, e));
    enum err_code code = run_gather_start(r, 2, e);
    for (uint32_t i = 0; code == ERR_OK && i < 2; i++)
        run_gather_add(r, order.row[i], i);
    block_order_free(&order);
    ERR_TRY(code);
    run_gather_end(r);
    run_clear(r);
    (void)run_add(r, 0, 1, 2);
    run_begin(r);
    run_compare(r);
    run_score(r);
    x.match_weight = r->weight[0];
    x.match_probability = link_probability(x.match_weight);
    x.match_key = first_rule(r);
    ERR_TRY(r->failed);
    ERR_TRY(reasons(r, a, &x, e));
    *ret = x;
    return ERR_OK;
}

enum err_code link_explain(const struct link_model *m, const struct link_table *t, size_t row_l, size_t row_r,
                           struct arena *a, struct link_explanation *ret, struct err *e)
{
    struct link_table *two;
    struct plan *p = NULL;
    struct run *r = NULL;
    if (row_l >= t->rows || row_r >= t->rows || row_l == row_r)
        return err_set(e, ERR_USAGE, "a pair to explain is two different rows of the table");
    ERR_TRY(two_rows(t, row_l, row_r, &two, e));
    enum err_code code = plan_new(m, two, t, &p, e);
    if (code == ERR_OK)
        code = run_new(p, &r, e);
    if (code == ERR_OK)
        code = explain_run(p, r, a, ret, e);
    run_free(r);
    plan_free(p);
    link_table_free(two);
    return code;
}
