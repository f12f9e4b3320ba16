/* train.c: prior, u, labels and the sessions of EM put together. See linkage.h.
 *
 *   1. prior: pairs for which some deterministic rule holds / recall / all possible pairs
 *   2. u from value frequencies (train_exact.c) or from a sample of records (train_u.c)
 *   3. m from labels (train_labels.c), then each EM rule in turn (train_em.c); after each, a level's m is the median of those that saw it */
#include "linkage/train.h"
#include "linkage/block.h"

#include <math.h>
#include <stdlib.h>

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to train the model"); }

/* ---- 1. prior ---- */

static enum err_code estimate_prior(struct train *t)
{
    struct link_model *m = t->m, ask;
    size_t n = t->o->n_deterministic;
    if (n == 0)
        return ERR_OK;
    if (!(t->o->recall > 0 && t->o->recall <= 1))
        return err_set(t->e, ERR_USAGE, "the recall of the deterministic rules must be above 0 and at most 1");
    struct model_rule *rules = ARENA_NEW(&m->a, struct model_rule, n);
    struct link_rule_count *counts = ARENA_NEW(&m->a, struct link_rule_count, n);
    if (!rules || !counts)
        return no_memory(t->e);
    for (size_t i = 0; i < n; i++)
        if (model_rule_parse(m, t->o->deterministic[i], &rules[i], t->e) != ERR_OK)
            return err_frame(t->e, "deterministic rule %zu", i + 1);
    ask = *m;
    ask.rules = rules;
    ask.n_rules = n;
    ask.n_comparisons = 0; /* pairs are only counted: nothing of the comparisons need be made ready */
    ask.veto = -1;
    struct link_options o = {.threads = t->o->threads, .progress = t->o->progress};
    ERR_TRY(link_blocking(&ask, t->t, &o, counts, t->e));
    uint64_t all;
    double pairs = 0;
    ERR_TRY(link_all_pairs(m, t->t, &all, t->e));
    for (size_t i = 0; i < n; i++)
        pairs += (double)counts[i].pairs;
    if (pairs == 0)
        return err_set(t->e, ERR_FORMAT, "no pair of records satisfies a deterministic rule: the prior cannot be estimated from them");
    m->prior = pairs / t->o->recall / (double)all;
    if (m->prior >= 1)
        return err_set(t->e, ERR_FORMAT, "the deterministic rules hold for more pairs than the recall allows: they are not deterministic, or the recall is too low");
    return ERR_OK;
}

/* ---- 2. sessions ---- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A level's m: the median of what the sessions so far say; the mean of the middle two. */
static void set_m(struct train *t, size_t sessions)
{
    double *values = t->estimates + t->n_levels * t->n_sessions; /* room for one a session, behind */
    size_t flat = 0;
    for (size_t c = 0; c < t->m->n_comparisons; c++)
        for (size_t i = 0; i < t->m->comparisons[c].n; i++, flat++) {
            struct model_level *l = &t->m->comparisons[c].levels[i];
            size_t n = 0;
            for (size_t s = 0; s < sessions; s++)
                if (!isnan(t->estimates[s * t->n_levels + flat]))
                    values[n++] = t->estimates[s * t->n_levels + flat];
            if (n == 0)
                continue;
            qsort(values, n, sizeof *values, by_value);
            l->m = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
            l->m_stated = true;
            l->m_unseen = false;
        }
}

static void warn_untrained(struct train *t)
{
    for (size_t c = 0; c < t->m->n_comparisons; c++)
        for (size_t i = 0; i < t->m->comparisons[c].n; i++) {
            const struct model_level *l = &t->m->comparisons[c].levels[i];
            if (l->gamma != -1 && (!l->m_stated || l->m_unseen))
                (void)buf_fmt(t->warnings, "m of comparison %.*s, level %zu: no session saw it; %s\n", STR_ARG(t->m->comparisons[c].name), i + 1,
                              l->m_unseen ? "it counts as 0.000001" : "the default stands");
        }
}

static enum err_code all_sessions(struct train *t)
{
    size_t s = 0;
    if (t->o->label_column.n)
        ERR_TRY(train_label_column(t, s++));
    if (t->o->n_label_pairs)
        ERR_TRY(train_label_pairs(t, s++));
    set_m(t, s);
    ERR_TRY(model_refresh(t->m, t->e));
    for (size_t k = 0; k < t->o->n_em; k++) {
        if (train_em(t, t->o->em[k], s++) != ERR_OK)
            return err_frame(t->e, "EM session %zu", k + 1);
        set_m(t, s);
        ERR_TRY(model_refresh(t->m, t->e));
    }
    return ERR_OK;
}

enum err_code link_train(struct link_model *m, const struct link_table *table, const struct link_train_options *o, struct buf *ret_json,
                         struct buf *ret_warnings, struct err *e)
{
    struct train t = {.m = m, .t = table, .o = o, .warnings = ret_warnings, .e = e};
    if (table->rows < 2)
        return err_set(e, ERR_FORMAT, "training needs at least two records");
    for (size_t c = 0; c < m->n_comparisons; c++)
        t.n_levels += m->comparisons[c].n;
    t.n_sessions = o->n_em + (o->label_column.n > 0) + (o->n_label_pairs > 0);
    size_t n = (t.n_levels + 1) * t.n_sessions + 1;
    t.estimates = malloc(n * sizeof *t.estimates);
    if (!t.estimates)
        return no_memory(e);
    for (size_t i = 0; i < n; i++)
        t.estimates[i] = NAN;
    enum err_code code = estimate_prior(&t);
    if (code == ERR_OK)
        code = train_u(&t);
    if (code == ERR_OK)
        code = model_refresh(m, e);
    if (code == ERR_OK)
        code = all_sessions(&t);
    if (code == ERR_OK) {
        warn_untrained(&t);
        code = train_write(m, ret_json, e);
    }
    free(t.estimates);
    return code;
}
