/* train_labels.c: m from pairs that are known to be of one person, as Splink's estimate_m_from_label_column and estimate_m_from_pairwise_labels: of the pairs that have a level of a comparison, the share
 * that has this one. Both count as one more session, so that the median is over labels and EM sessions alike; a level that no pair has is not estimated by them. */
#include "linkage/block.h"
#include "linkage/patterns.h"
#include "linkage/train.h"

#include <math.h>
#include <stdlib.h>

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to train the model"); }

static void keep_shares(struct train *t, const struct patterns *p, size_t session)
{
    for (size_t c = 0; c < t->m->n_comparisons; c++) {
        double count[LIMIT_LINK_LEVELS] = {0}, all = 0;
        for (size_t i = 0; i < p->n; i++)
            if (p->slots[i].gamma[c] >= 0) {
                count[p->slots[i].gamma[c]] += p->slots[i].count;
                all += p->slots[i].count;
            }
        for (size_t i = 0; i < t->m->comparisons[c].n; i++) {
            const struct model_level *l = &t->m->comparisons[c].levels[i];
            if (l->gamma >= 0 && !l->m_fixed && count[l->gamma] > 0)
                t->estimates[session * t->n_levels + train_flat(t, c, i)] = count[l->gamma] / all;
        }
    }
}

/* ---- a column ---- */

static struct str same_label(struct train *t)
{
    struct buf name;
    buf_init(&name, LIMIT_LINK_CONDITION_BYTES);
    for (size_t i = 0; i < t->o->label_column.n; i++) {
        if (t->o->label_column.p[i] == '"')
            (void)buf_char(&name, '"');
        (void)buf_char(&name, t->o->label_column.p[i]);
    }
    struct str text = name.failed ? STR_NONE : str_fmt(&t->m->a, "l.\"%.*s\" = r.\"%.*s\"", STR_ARG(buf_as_str(&name)), STR_ARG(buf_as_str(&name)));
    buf_release(&name);
    return text;
}

static enum err_code count_label_pairs(struct train *t, struct link_model *ask, struct patterns *p)
{
    struct link_options o = {.threads = t->o->threads, .progress = t->o->progress};
    uint64_t pairs;
    ERR_TRY(patterns_init(p, ask, PATTERNS_LEVELS, NULL, t->e));
    ERR_TRY(patterns_of_rules(p, t->t, &o, &pairs, t->e));
    if (pairs == 0)
        return err_set(t->e, ERR_FORMAT, "no two records have one label in column %.*s", STR_ARG(t->o->label_column));
    return ERR_OK;
}

enum err_code train_label_column(struct train *t, size_t session)
{
    struct model_rule rule;
    struct link_model ask;
    struct patterns p = {0};
    if (link_table_column(t->t, t->o->label_column) < 0)
        return err_set(t->e, ERR_FORMAT, "there is no column %.*s with labels", STR_ARG(t->o->label_column));
    struct str text = same_label(t);
    if (!text.p)
        return no_memory(t->e);
    ERR_TRY(model_rule_parse(t->m, text, &rule, t->e));
    ask = *t->m;
    ask.rules = &rule;
    ask.n_rules = 1;
    enum err_code code = count_label_pairs(t, &ask, &p);
    if (code == ERR_OK)
        keep_shares(t, &p, session);
    patterns_free(&p);
    return code;
}

/* ---- pairs ---- */

static enum err_code count_batch(struct train *t, struct run *r, struct patterns *p, const struct block_order *order, const uint32_t *rank, const struct link_cannot *pairs, size_t n)
{
    ERR_TRY(run_gather_start(r, 2 * n, t->e));
    run_clear(r);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t a = rank[pairs[k].l], b = rank[pairs[k].r];
        run_gather_add(r, order->row[a < b ? a : b], a < b ? a : b);
        run_gather_add(r, order->row[a < b ? b : a], a < b ? b : a);
        (void)run_add(r, 2 * k, 2 * k + 1, 2 * k + 2);
    }
    run_gather_end(r);
    run_begin(r);
    run_compare(r);
    ERR_TRY(r->failed);
    return patterns_count(p, r, t->e);
}

static enum err_code count_pairs(struct train *t, const struct plan *plan, const struct block_order *order, struct patterns *p)
{
    struct run *r = NULL;
    size_t n = t->o->n_label_pairs, rows = t->t->rows;
    uint32_t *rank = malloc((rows + 1) * sizeof *rank);
    enum err_code code = rank ? run_new(plan, &r, t->e) : no_memory(t->e);
    for (uint32_t i = 0; code == ERR_OK && i < order->n; i++)
        rank[order->row[i]] = i;
    if (code == ERR_OK)
        r->e = t->e;
    for (size_t at = 0; code == ERR_OK && at < n; at += RUN_BATCH)
        code = count_batch(t, r, p, order, rank, t->o->label_pairs + at, n - at < RUN_BATCH ? n - at : RUN_BATCH);
    run_free(r);
    free(rank);
    return code == ERR_OK ? patterns_finish(p, t->e) : code;
}

enum err_code train_label_pairs(struct train *t, size_t session)
{
    struct plan *plan = NULL;
    struct block_order order;
    struct patterns p = {0};
    for (size_t i = 0; i < t->o->n_label_pairs; i++)
        if (t->o->label_pairs[i].l >= t->t->rows || t->o->label_pairs[i].r >= t->t->rows)
            return err_set(t->e, ERR_USAGE, "a labelled pair names a row that is not in the table");
    ERR_TRY(block_order_new(t->m, t->t, &order, t->e));
    enum err_code code = plan_new(t->m, t->t, t->t, &plan, t->e);
    if (code == ERR_OK)
        code = patterns_init(&p, t->m, PATTERNS_LEVELS, NULL, t->e);
    if (code == ERR_OK)
        code = count_pairs(t, plan, &order, &p);
    if (code == ERR_OK)
        keep_shares(t, &p, session);
    patterns_free(&p);
    plan_free(plan);
    block_order_free(&order);
    return code;
}
