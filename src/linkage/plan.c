/* plan.c: see plan.h. Puts a plan together: names to columns, levels to tests, rules to conjunctions, then what the tests asked of the columns. */
#include "linkage/plan.h"

#include <stdlib.h>

static enum err_code no_memory(struct err *e)
{
    return err_set(e, ERR_NO_MEMORY, "no memory to make the model ready for the table");
}

static enum err_code bind_names(struct plan *p, struct err *e)
{
    const struct link_model *m = p->model;
    p->bound = ARENA_NEW(&p->a, ptrdiff_t, m->names.n);
    if (!p->bound)
        return no_memory(e);
    for (size_t i = 0; i < m->names.n; i++) {
        p->bound[i] = link_table_column(p->table, m->names.items[i]);
        if (p->bound[i] < 0)
            return err_set(e, ERR_FORMAT, "the model reads a column %.*s that the data do not have", STR_ARG(m->names.items[i]));
    }
    return ERR_OK;
}

static enum err_code plan_levels(struct plan *p, const struct model_comparison *c, size_t k, const struct link_table *counted, struct err *e)
{
    p->levels[k] = ARENA_NEW(&p->a, const struct test *, c->n);
    p->tf[k] = ARENA_NEW(&p->a, ptrdiff_t, c->n);
    if (!p->levels[k] || !p->tf[k])
        return no_memory(e);
    for (size_t i = 0; i < c->n; i++) {
        const struct model_level *l = &c->levels[i];
        p->tf[k][i] = -1;
        enum err_code code = l->expr ? plan_test(p, l->expr, l->condition, &p->levels[k][i], e) : ERR_OK;
        if (code == ERR_OK && l->tf_column >= 0)
            code = plan_frequency(p, (uint32_t)l->tf_column, counted, &p->tf[k][i], e);
        if (code != ERR_OK)
            return err_frame(e, "comparison %.*s, level %zu", STR_ARG(c->name), i + 1);
    }
    return ERR_OK;
}

static enum err_code plan_fill(struct plan *p, const struct link_table *counted, struct err *e)
{
    const struct link_model *m = p->model;
    ERR_TRY(bind_names(p, e));
    p->levels = ARENA_NEW(&p->a, const struct test **, m->n_comparisons);
    p->tf = ARENA_NEW(&p->a, ptrdiff_t *, m->n_comparisons);
    if (!p->levels || !p->tf)
        return no_memory(e);
    for (size_t k = 0; k < m->n_comparisons; k++)
        ERR_TRY(plan_levels(p, &m->comparisons[k], k, counted, e));
    ERR_TRY(plan_rules(p, e));
    return plan_finish_columns(p, e);
}

enum err_code plan_new(const struct link_model *m, const struct link_table *t, const struct link_table *counted,
                       struct plan **ret, struct err *e)
{
    struct plan *p = calloc(1, sizeof *p);
    if (!p)
        return no_memory(e);
    p->model = m;
    p->table = t;
    arena_init(&p->a, t->limit);
    enum err_code code = plan_fill(p, counted, e);
    if (code != ERR_OK)
        plan_free(p);
    else
        *ret = p;
    return code;
}

void plan_free(struct plan *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n_columns; i++) {
        struct plan_column *c = &p->columns[i];
        free(c->map);
        free(c->own_rows);
        free(c->values);
        free(c->signs);
        free(c->numbers);
        free(c->log2_frequency);
    }
    free(p->columns);
    free(p->ladders);
    arena_release(&p->a);
    free(p);
}
