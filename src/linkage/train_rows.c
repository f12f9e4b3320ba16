/* train_rows.c: some records and some comparisons, made ready to be compared: a table of those records' values and a plan of those comparisons, so that nothing is worked out for values that nobody asks for. */
#include "linkage/train.h"

#include <stdlib.h>

static bool reads(const struct link_model *m, uint32_t name)
{
    for (size_t c = 0; c < m->n_comparisons; c++)
        if (train_reads(&m->comparisons[c], name))
            return true;
    return false;
}

bool train_reads(const struct model_comparison *c, uint32_t name)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->levels[i].expr && model_expr_reads(c->levels[i].expr, name))
            return true;
    return false;
}

/* Columns that no comparison reads stay empty. */
static enum err_code fill(const struct train *t, const uint32_t *rows, size_t n, const ptrdiff_t *columns, struct str *values, struct train_rows *x)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < x->ask.names.n; k++)
            values[k] = columns[k] < 0 ? STR_NONE : link_table_value(t->t, rows[i], (size_t)columns[k]);
        ERR_TRY(link_table_add(x->table, values, t->e));
    }
    return ERR_OK;
}

static enum err_code copy_rows(const struct train *t, const uint32_t *rows, size_t n, struct train_rows *x)
{
    size_t names = x->ask.names.n;
    ptrdiff_t *columns = malloc((names + 1) * sizeof *columns);
    struct str *values = malloc((names + 1) * sizeof *values);
    enum err_code code = columns && values ? ERR_OK : err_set(t->e, ERR_NO_MEMORY, "no memory to train the model");
    for (uint32_t k = 0; code == ERR_OK && k < names; k++) {
        columns[k] = link_table_column(t->t, x->ask.names.items[k]);
        if (columns[k] < 0)
            code = err_set(t->e, ERR_FORMAT, "the model reads a column %.*s that the data do not have", STR_ARG(x->ask.names.items[k]));
        else if (!reads(&x->ask, k))
            columns[k] = -1;
    }
    if (code == ERR_OK)
        code = link_table_new(x->ask.names.items, names, t->t->limit, &x->table, t->e);
    if (code == ERR_OK)
        code = fill(t, rows, n, columns, values, x);
    free(columns);
    free(values);
    return code;
}

enum err_code train_rows_new(const struct train *t, const uint32_t *rows, size_t n, struct model_comparison *comparisons, size_t n_comparisons, struct train_rows *ret)
{
    *ret = (struct train_rows){.ask = *t->m};
    ret->ask.comparisons = comparisons;
    ret->ask.n_comparisons = n_comparisons;
    ret->ask.n_rules = 0;
    ret->ask.veto = -1;
    ERR_TRY(copy_rows(t, rows, n, ret));
    ret->table->threads = t->t->threads;
    return plan_new(&ret->ask, ret->table, ret->table, &ret->plan, t->e);
}

void train_rows_free(struct train_rows *x)
{
    plan_free(x->plan);
    link_table_free(x->table);
    *x = (struct train_rows){0};
}
