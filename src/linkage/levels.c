/* levels.c: what a model says, for those who show it: levels with their weights, the columns that comparisons read, and what frequencies add.
 *
 * Promise: the numbers are those that score, not a second reading of the model's file. */
#include "linkage/plan.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

struct str link_model_rule(const struct link_model *m, size_t i)
{
    assert(i < m->n_rules);
    return m->rules[i].text;
}

size_t link_model_n_levels(const struct link_model *m, size_t comparison)
{
    assert(comparison < m->n_comparisons);
    return m->comparisons[comparison].n;
}

void link_model_level(const struct link_model *m, size_t comparison, size_t level, struct link_level *ret)
{
    assert(comparison < m->n_comparisons && level < m->comparisons[comparison].n);
    const struct model_level *l = &m->comparisons[comparison].levels[level];
    *ret = (struct link_level){
        .label = l->label,
        .condition = l->condition,
        .gamma = l->gamma,
        .m = l->m,
        .u = l->u,
        .match_weight = l->gamma == -1 ? 0 : l->weight,
        .m_stated = l->m_stated,
        .u_stated = l->u_stated,
        .m_unseen = l->m_unseen,
        .u_unseen = l->u_unseen,
        .tf_column = l->tf_column < 0 ? STR_NONE : m->names.items[l->tf_column],
    };
}

size_t link_model_n_columns(const struct link_model *m) { return m->names.n; }

struct str link_model_column(const struct link_model *m, size_t i)
{
    assert(i < m->names.n);
    return m->names.items[i];
}

bool model_expr_reads(const struct expr *x, uint32_t name)
{
    bool found = x->op == EXPR_COLUMN && x->column == name;
    for (size_t i = 0; !found && i < x->n; i++)
        found = model_expr_reads(x->child[i], name);
    return found;
}

bool link_model_reads(const struct link_model *m, size_t comparison, size_t column)
{
    assert(comparison < m->n_comparisons && column < m->names.n);
    const struct model_comparison *c = &m->comparisons[comparison];
    for (size_t i = 0; i < c->n; i++)
        if (c->levels[i].expr && model_expr_reads(c->levels[i].expr, (uint32_t)column))
            return true;
    return false;
}

/* ---- frequencies ---- */

static int by_frequency(const void *a, const void *b)
{
    const struct link_frequency *x = a, *y = b;
    if (x->frequency != y->frequency)
        return x->frequency < y->frequency ? 1 : -1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The first row with each value of the plan's column; the plan's codes are found through its text. */
static enum err_code first_rows(const struct plan *p, const struct plan_column *c, uint32_t name, struct link_frequency *list, size_t *ret_n, struct err *e)
{
    const struct link_table *t = p->table;
    size_t column = (size_t)p->bound[name], n = 0;
    const struct table_column *own = &t->columns[column];
    bool *seen = calloc((size_t)own->dict.n + 1, sizeof *seen);
    if (!seen)
        return err_set(e, ERR_NO_MEMORY, "no memory for a column's frequencies");
    for (uint32_t row = 0; row < t->rows; row++) {
        uint32_t code = own->codes[row];
        if (!code || seen[code])
            continue;
        seen[code] = true;
        uint32_t k = c->dict == &own->dict ? code : dictionary_find(c->dict, dictionary_value(&own->dict, code));
        if (k && !isnan(c->log2_frequency[k]))
            list[n++] = (struct link_frequency){.row = row, .frequency = c->log2_frequency[k]};
    }
    free(seen);
    *ret_n = n;
    return ERR_OK;
}

static enum err_code list_frequencies(const struct plan *p, size_t k, size_t i, struct link_frequency *list, size_t *ret_n, struct err *e)
{
    const struct model_level *l = &p->model->comparisons[k].levels[i];
    const struct plan_column *c = &p->columns[p->tf[k][i]];
    ERR_TRY(first_rows(p, c, (uint32_t)l->tf_column, list, ret_n, e));
    for (size_t j = 0; j < *ret_n; j++) {
        list[j].adjustment = plan_adjustment(l, list[j].frequency, list[j].frequency);
        list[j].frequency = exp2(list[j].frequency);
    }
    qsort(list, *ret_n, sizeof *list, by_frequency);
    return ERR_OK;
}

enum err_code link_frequencies(const struct link_model *m, const struct link_table *t, size_t comparison, size_t level, struct link_frequency **ret,
                               size_t *ret_n, struct err *e)
{
    struct plan *p = NULL;
    assert(comparison < m->n_comparisons && level < m->comparisons[comparison].n);
    if (m->comparisons[comparison].levels[level].tf_column < 0)
        return err_set(e, ERR_USAGE, "no frequency adjusts that level");
    ERR_TRY(plan_new(m, t, t, &p, e));
    struct link_frequency *list = malloc((t->rows + 1) * sizeof *list);
    size_t n = 0;
    enum err_code code = list ? list_frequencies(p, comparison, level, list, &n, e) : err_set(e, ERR_NO_MEMORY, "no memory for a column's frequencies");
    plan_free(p);
    if (code != ERR_OK) {
        free(list);
        return code;
    }
    *ret = list;
    *ret_n = n;
    return ERR_OK;
}
