/* train.c: prior, u, labels and the sessions of EM put together. See linkage.h.
 *
 *   1. prior: pairs for which some deterministic rule holds / recall / all possible pairs
 *   2. u: levels of all pairs of a sample of records, drawn by the hash of their ids
 *   3. m from labels (train_labels.c), then each EM rule in turn (train_em.c); after each, a level's m is the median of those that saw it */
#include "linkage/train.h"
#include "linkage/block.h"
#include "linkage/run.h"

#include <math.h>
#include <stdlib.h>

#define U_PAIRS_DEFAULT UINT64_C(10000000)
#define U_LEAST_COUNT 100 /* fewer random pairs of a level than this: its u is a guess */

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to train the model"); }

/* ---- 1. prior ---- */

static double possible_pairs(const struct link_model *m, const struct block_order *o)
{
    double n = o->n, all = n * (n - 1) / 2;
    if (m->type != LINK_LINK_ONLY)
        return all;
    uint32_t *count = calloc((size_t)o->n + 2, sizeof *count);
    if (!count)
        return all; /* more than there are: the prior comes out too low, never too high */
    for (uint32_t i = 0; i < o->n; i++)
        if (o->source[i] <= o->n)
            count[o->source[i]]++;
    for (uint32_t i = 0; i <= o->n; i++)
        all -= (double)count[i] * ((double)count[i] - 1) / 2;
    free(count);
    return all;
}

static enum err_code estimate_prior(struct train *t)
{
    struct link_model *m = t->m, ask;
    struct block_order order;
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
    struct link_options o = {.threads = t->o->threads, .progress = t->o->progress};
    ERR_TRY(link_blocking(&ask, t->t, &o, counts, t->e));
    ERR_TRY(block_order_new(m, t->t, &order, t->e));
    double pairs = 0, all = possible_pairs(m, &order);
    block_order_free(&order);
    for (size_t i = 0; i < n; i++)
        pairs += (double)counts[i].pairs;
    if (pairs == 0)
        return err_set(t->e, ERR_FORMAT, "no pair of records satisfies a deterministic rule: the prior cannot be estimated from them");
    m->prior = pairs / t->o->recall / all;
    if (m->prior >= 1)
        return err_set(t->e, ERR_FORMAT, "the deterministic rules hold for more pairs than the recall allows: they are not deterministic, or the recall is too low");
    return ERR_OK;
}

/* ---- 2. u ---- */

struct sampled {
    uint64_t hash;
    uint32_t row;
};

static int by_hash(const void *a, const void *b)
{
    const struct sampled *x = a, *y = b;
    return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash) : (x->row > y->row) - (x->row < y->row);
}

/* The k records of least hash of (dataset, id) and seed: a random sample that depends on nothing else. */
static enum err_code draw_sample(const struct train *t, const struct block_order *order, size_t k, struct sampled **ret)
{
    size_t n = t->t->rows;
    ptrdiff_t id = link_table_column(t->t, t->m->unique_id), source = link_table_column(t->t, t->m->source_dataset);
    struct sampled *s = malloc((n + 1) * sizeof *s);
    if (!s)
        return no_memory(t->e);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t h = str_hash(link_table_value(t->t, order->row[i], (size_t)id), t->o->seed);
        if (source >= 0)
            h = str_hash(link_table_value(t->t, order->row[i], (size_t)source), h);
        s[i] = (struct sampled){h, i}; /* row: the rank */
    }
    qsort(s, n, sizeof *s, by_hash);
    if (k < n)
        n = k;
    for (size_t i = 0; i < n; i++)
        s[i].hash = 0;
    qsort(s, n, sizeof *s, by_hash); /* by rank again */
    *ret = s;
    return ERR_OK;
}

static void count_levels(struct run *r, uint64_t (*counts)[LIMIT_LINK_LEVELS + 1])
{
    run_begin(r);
    run_compare(r);
    for (size_t c = 0; c < r->plan->model->n_comparisons; c++)
        for (size_t k = 0; k < r->n; k++)
            counts[c][r->gamma[c][k] + 1]++;
    run_clear(r);
}

static enum err_code compare_sample(struct train *t, const struct plan *p, const struct block_order *order, const struct sampled *s, size_t k,
                                    uint64_t (*counts)[LIMIT_LINK_LEVELS + 1])
{
    struct run *r;
    ERR_TRY(run_new(p, &r, t->e));
    r->e = t->e;
    enum err_code code = run_gather_start(r, k, t->e);
    for (size_t i = 0; code == ERR_OK && i < k; i++)
        run_gather_add(r, order->row[s[i].row], s[i].row);
    run_gather_end(r);
    for (uint32_t i = 0; code == ERR_OK && i < k; i++)
        for (uint32_t j = i + 1; code == ERR_OK && j < k; j++) {
            if (order->source && order->source[s[i].row] == order->source[s[j].row])
                continue;
            (void)run_add(r, i, j, j + 1);
            if (run_is_full(r))
                count_levels(r, counts);
            code = r->failed;
        }
    if (code == ERR_OK)
        count_levels(r, counts);
    if (code == ERR_OK)
        code = r->failed;
    run_free(r);
    return code;
}

static void set_u(struct train *t, uint64_t (*counts)[LIMIT_LINK_LEVELS + 1])
{
    for (size_t c = 0; c < t->m->n_comparisons; c++) {
        struct model_comparison *comparison = &t->m->comparisons[c];
        double all = 0;
        for (size_t g = 1; g <= LIMIT_LINK_LEVELS; g++)
            all += (double)counts[c][g];
        for (size_t i = 0; i < comparison->n; i++) {
            struct model_level *l = &comparison->levels[i];
            if (l->gamma == -1 || l->u_fixed)
                continue;
            uint64_t count = counts[c][l->gamma + 1];
            l->u_unseen = count == 0;
            l->u_stated = count > 0;
            l->u = count ? (double)count / all : 1e-6;
            if (count < U_LEAST_COUNT)
                (void)buf_fmt(t->warnings, "u of comparison %.*s, level %zu: only %llu random pairs\n", STR_ARG(comparison->name), i + 1,
                              (unsigned long long)count);
        }
    }
}

static enum err_code estimate_u(struct train *t)
{
    double most = (double)(t->o->u_pairs ? t->o->u_pairs : U_PAIRS_DEFAULT);
    size_t k = (size_t)(0.5 * (1 + sqrt(8 * most + 1)));
    struct plan *p;
    struct block_order order;
    struct sampled *s = NULL;
    uint64_t (*counts)[LIMIT_LINK_LEVELS + 1] = calloc(t->m->n_comparisons, sizeof *counts);
    if (!counts)
        return no_memory(t->e);
    if (k > t->t->rows)
        k = t->t->rows;
    enum err_code code = block_order_new(t->m, t->t, &order, t->e);
    if (code == ERR_OK) {
        code = plan_new(t->m, t->t, t->t, &p, t->e);
        if (code == ERR_OK) {
            code = draw_sample(t, &order, k, &s);
            if (code == ERR_OK)
                code = compare_sample(t, p, &order, s, k, counts);
            plan_free(p);
        }
        block_order_free(&order);
    }
    if (code == ERR_OK)
        set_u(t, counts);
    free(counts);
    free(s);
    return code;
}

/* ---- 3. sessions ---- */

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
        code = estimate_u(&t);
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
