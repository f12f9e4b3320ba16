/* plan.c: see plan.h. Puts a plan together: names to columns, levels to tests, rules to conjunctions, then what the tests asked of the columns. */
#include "linkage/plan.h"
#include "linkage/threads.h"

#include <stdlib.h>

#define PACK_ROWS ((size_t)16384) /* at a time: what a row needs stays near while its columns are written */

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
            return err_set(e, ERR_FORMAT, "the model reads a column %.*s that the data do not have: give the data that column (the header row names it), or take it out of the model", STR_ARG(m->names.items[i]));
    }
    return ERR_OK;
}

/* A level of exact agreement on its frequency's own column: both values are one, so the adjustment is known by code. */
static enum err_code plan_adjust(struct plan *p, size_t k, size_t i, struct err *e)
{
    const struct test *t = p->levels[k][i];
    ptrdiff_t column = p->tf[k][i];
    if (column < 0 || !t || t->op != TEST_EQUAL || t->a.column != (uint32_t)column || t->b.column != (uint32_t)column)
        return ERR_OK;
    const struct plan_column *c = &p->columns[column];
    p->adjust[k][i] = ARENA_NEW(&p->a, double, (size_t)c->n + 1);
    if (!p->adjust[k][i])
        return no_memory(e);
    for (uint32_t code = 1; code <= c->n; code++)
        p->adjust[k][i][code] = plan_adjustment(&p->model->comparisons[k].levels[i], c->log2_frequency[code], c->log2_frequency[code]);
    return ERR_OK;
}

static enum err_code plan_levels(struct plan *p, const struct model_comparison *c, size_t k, const struct link_table *counted, struct err *e)
{
    p->levels[k] = ARENA_NEW(&p->a, const struct test *, c->n);
    p->tf[k] = ARENA_NEW(&p->a, ptrdiff_t, c->n);
    p->adjust[k] = ARENA_NEW(&p->a, double *, c->n);
    if (!p->levels[k] || !p->tf[k] || !p->adjust[k])
        return no_memory(e);
    for (size_t i = 0; i < c->n; i++) {
        const struct model_level *l = &c->levels[i];
        p->tf[k][i] = -1;
        enum err_code code = l->expr ? plan_test(p, l->expr, l->condition, &p->levels[k][i], e) : ERR_OK;
        if (code == ERR_OK && l->tf_column >= 0)
            code = plan_frequency(p, (uint32_t)l->tf_column, counted, &p->tf[k][i], e);
        if (code == ERR_OK)
            code = plan_adjust(p, k, i, e);
        if (code != ERR_OK)
            return err_frame(e, "comparison %.*s, level %zu", STR_ARG(c->name), i + 1);
    }
    return ERR_OK;
}

static enum err_code pack_range(void *ctx, size_t k, struct err *e)
{
    struct plan *p = ctx;
    size_t rows = p->table->rows, n = p->n_columns, from = k * PACK_ROWS, to = rows - from < PACK_ROWS ? rows : from + PACK_ROWS;
    (void)e;
    for (size_t i = 0; i < n; i++)
        for (size_t row = from; row < to; row++)
            p->packed[row * n + i] = plan_code(&p->columns[i], (uint32_t)row);
    return ERR_OK;
}

/* Rows are met in the order of their keys, that is anywhere: their codes lie together. */
static enum err_code plan_pack(struct plan *p, struct err *e)
{
    size_t rows = p->table->rows;
    p->packed = malloc((rows * p->n_columns + 1) * sizeof *p->packed);
    return p->packed ? threads_each(p->table->threads, (rows + PACK_ROWS - 1) / PACK_ROWS, pack_range, p, e) : no_memory(e);
}

/* What can be said of all its limits at once. */
static void plan_ladder(struct test_ladder *l)
{
    l->least = strings_least_for(l->fn == FN_JARO_WINKLER, l->loosest);
    l->most = (l->fn == FN_LEVENSHTEIN || l->fn == FN_DAMERAU) && l->loosest >= 0 && l->loosest < 1e6 ? (size_t)l->loosest : SIZE_MAX;
    l->sign_most = l->loosest >= UINT16_MAX ? UINT16_MAX : l->loosest < 0 ? 0 : (uint32_t)l->loosest;
}

static enum err_code plan_fill(struct plan *p, const struct link_table *counted, struct err *e)
{
    const struct link_model *m = p->model;
    ERR_TRY(bind_names(p, e));
    p->levels = ARENA_NEW(&p->a, const struct test **, m->n_comparisons);
    p->tf = ARENA_NEW(&p->a, ptrdiff_t *, m->n_comparisons);
    p->adjust = ARENA_NEW(&p->a, double **, m->n_comparisons);
    if (!p->levels || !p->tf || !p->adjust)
        return no_memory(e);
    for (size_t k = 0; k < m->n_comparisons; k++)
        ERR_TRY(plan_levels(p, &m->comparisons[k], k, counted, e));
    ERR_TRY(plan_rules(p, e));
    ERR_TRY(plan_finish_columns(p, e));
    for (size_t k = 0; k < p->n_ladders; k++)
        plan_ladder(&p->ladders[k]);
    ERR_TRY(plan_bounds(p, e));
    return plan_pack(p, e);
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
        free(c->item_start);
        free(c->items);
        free(c->item_bits);
    }
    free(p->columns);
    free(p->packed);
    dictionary_free(&p->list_items);
    free(p->ladders);
    free(p->facts);
    arena_release(&p->a);
    free(p);
}
