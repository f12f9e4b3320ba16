/* train_em.c: one session of expectation-maximisation.
 *
 * Its pairs are those of one blocking rule; comparisons that read a column of the rule sit out. The pairs are counted by pattern of levels, so an iteration costs
 * as much as there are patterns. u stands; the session's own prior starts from the model's prior times what the rule's exact agreements are worth, and is
 * thrown away. */
#include "linkage/train.h"

#include <math.h>
#include <stdlib.h>

struct pattern {
    uint64_t key; /* number + 1; 0: free */
    double count, p;
    int8_t gamma[LIMIT_LINK_COMPARISONS];
};
struct session {
    struct train *t;
    bool active[LIMIT_LINK_COMPARISONS];
    struct pattern *slots;
    size_t n, n_slots;
    double prior;
    double m[LIMIT_LINK_COMPARISONS][LIMIT_LINK_LEVELS]; /* by level; NAN: not seen */
};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to train the model"); }

/* ---- columns ---- */

static bool share_a_column(const struct link_model *m, const struct model_comparison *c, const struct expr *rule)
{
    for (uint32_t name = 0; name < m->names.n; name++) {
        bool in_comparison = false;
        for (size_t i = 0; i < c->n && !in_comparison; i++)
            in_comparison = c->levels[i].expr && model_expr_reads(c->levels[i].expr, name);
        if (in_comparison && model_expr_reads(rule, name))
            return true;
    }
    return false;
}

/* Exact agreement on columns: an equality of a column with itself, or an AND of such; adds them, or gives false. */
static bool exact_columns(const struct expr *x, bool *columns)
{
    if (x->op == EXPR_AND)
        return exact_columns(x->child[0], columns) && exact_columns(x->child[1], columns);
    if (x->op != EXPR_EQ || x->child[0]->op != EXPR_COLUMN || x->child[1]->op != EXPR_COLUMN || x->child[0]->column != x->child[1]->column)
        return false;
    columns[x->child[0]->column] = true;
    return true;
}

/* log2 of what the rule's exact agreements are worth: levels of most columns first, each column once. */
static enum err_code worth_of_rule(const struct train *t, const struct expr *rule, double *ret)
{
    const struct link_model *m = t->m;
    size_t n = m->names.n;
    bool *left = calloc(2 * n + 1, sizeof *left), *used = left + n;
    if (!left)
        return no_memory(t->e);
    for (uint32_t i = 0; i < n; i++)
        left[i] = model_expr_reads(rule, i);
    *ret = 0;
    for (size_t want = n; want > 0; want--)
        for (size_t c = 0; c < m->n_comparisons; c++)
            for (size_t i = 0; i < m->comparisons[c].n; i++) {
                const struct model_level *l = &m->comparisons[c].levels[i];
                size_t count = 0;
                bool fits = true;
                memset(used, 0, n * sizeof *used);
                if (!l->expr || l->gamma == -1 || !exact_columns(l->expr, used))
                    continue;
                for (size_t k = 0; k < n; k++) {
                    count += used[k];
                    fits = fits && (!used[k] || left[k]);
                }
                if (!fits || count != want)
                    continue;
                *ret += l->weight;
                for (size_t k = 0; k < n; k++)
                    left[k] = left[k] && !used[k];
            }
    free(left);
    return ERR_OK;
}

/* ---- patterns ---- */

static uint64_t pattern_hash(const struct session *s, const int8_t *gamma)
{
    uint64_t h = 0;
    for (size_t c = 0; c < s->t->m->n_comparisons; c++)
        if (s->active[c])
            h = (h ^ (uint64_t)(gamma[c] + 2)) * UINT64_C(0x9E3779B97F4A7C15);
    return h;
}

static struct pattern *pattern_slot(const struct session *s, const int8_t *gamma)
{
    for (size_t i = pattern_hash(s, gamma) >> 20 & (s->n_slots - 1);; i = (i + 1) & (s->n_slots - 1)) {
        struct pattern *p = &s->slots[i];
        bool same = true;
        for (size_t c = 0; p->key && same && c < s->t->m->n_comparisons; c++)
            same = !s->active[c] || p->gamma[c] == gamma[c];
        if (!p->key || same)
            return p;
    }
}

static enum err_code more_patterns(struct session *s, struct err *e)
{
    struct pattern *old = s->slots;
    size_t n_old = s->n_slots;
    s->n_slots = n_old ? 2 * n_old : 4096;
    s->slots = calloc(s->n_slots, sizeof *s->slots);
    if (!s->slots) {
        s->slots = old;
        s->n_slots = n_old;
        return no_memory(e);
    }
    for (size_t i = 0; i < n_old; i++)
        if (old[i].key)
            *pattern_slot(s, old[i].gamma) = old[i];
    free(old);
    return ERR_OK;
}

static enum err_code count_pattern(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct session *s = ctx;
    (void)edge;
    if (2 * s->n >= s->n_slots)
        ERR_TRY(more_patterns(s, e));
    struct pattern *p = pattern_slot(s, gammas);
    if (!p->key) {
        p->key = ++s->n;
        memcpy(p->gamma, gammas, s->t->m->n_comparisons);
    }
    p->count++;
    return ERR_OK;
}

static int by_key(const void *a, const void *b)
{
    const struct pattern *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

/* Patterns in one order whatever the order of records: by their levels. */
static int by_gamma(const void *a, const void *b) { return memcmp(((const struct pattern *)a)->gamma, ((const struct pattern *)b)->gamma, LIMIT_LINK_COMPARISONS); }

static void sort_patterns(struct session *s)
{
    for (size_t i = 0; i < s->n_slots; i++) {
        if (!s->slots[i].key)
            s->slots[i].key = UINT64_MAX;
        for (size_t c = 0; c < s->t->m->n_comparisons; c++)
            if (!s->active[c])
                s->slots[i].gamma[c] = 0;
    }
    if (s->n_slots)
        qsort(s->slots, s->n_slots, sizeof *s->slots, by_key);
    qsort(s->slots, s->n, sizeof *s->slots, by_gamma);
}

/* ---- iterations ---- */

static size_t level_of(const struct model_comparison *c, int gamma)
{
    size_t i = 0;
    while (c->levels[i].gamma != gamma)
        i++;
    return i;
}

static double probability(const struct session *s, const struct pattern *p)
{
    const struct link_model *m = s->t->m;
    double weight = log2(s->prior / (1 - s->prior));
    for (size_t c = 0; c < m->n_comparisons; c++) {
        if (!s->active[c] || p->gamma[c] == -1)
            continue;
        size_t i = level_of(&m->comparisons[c], p->gamma[c]);
        double level_m = isnan(s->m[c][i]) ? 1e-6 : s->m[c][i];
        weight += log2(level_m / m->comparisons[c].levels[i].u);
    }
    return link_probability(weight);
}

/* E: each pattern's probability under the present m and prior. M: new m of the levels of each comparison from the pairs that have a level there, and the
 * prior. Gives the greatest change. */
static double iterate(struct session *s)
{
    const struct link_model *m = s->t->m;
    double all = 0, matches = 0, change = 0;
    for (size_t i = 0; i < s->n; i++) {
        s->slots[i].p = probability(s, &s->slots[i]);
        all += s->slots[i].count;
        matches += s->slots[i].p * s->slots[i].count;
    }
    for (size_t c = 0; c < m->n_comparisons; c++) {
        double sum[LIMIT_LINK_LEVELS] = {0}, with_level = 0;
        bool seen[LIMIT_LINK_LEVELS] = {0};
        for (size_t i = 0; s->active[c] && i < s->n; i++) {
            if (s->slots[i].gamma[c] == -1)
                continue;
            size_t l = level_of(&m->comparisons[c], s->slots[i].gamma[c]);
            sum[l] += s->slots[i].p * s->slots[i].count;
            with_level += s->slots[i].p * s->slots[i].count;
            seen[l] = true;
        }
        for (size_t l = 0; s->active[c] && l < m->comparisons[c].n; l++) {
            const struct model_level *level = &m->comparisons[c].levels[l];
            if (level->gamma == -1 || level->m_fixed)
                continue;
            double now = seen[l] && with_level > 0 ? sum[l] / with_level : NAN;
            if (!isnan(now) && !isnan(s->m[c][l]) && fabs(now - s->m[c][l]) > change)
                change = fabs(now - s->m[c][l]);
            s->m[c][l] = now;
        }
    }
    double prior = matches / all;
    if (fabs(prior - s->prior) > change)
        change = fabs(prior - s->prior);
    s->prior = prior;
    return change;
}

static enum err_code run_session(struct session *s, struct str rule)
{
    struct train *t = s->t;
    bool converged = false;
    if (s->n == 0)
        return err_set(t->e, ERR_FORMAT, "the rule `%.*s` brings no pair", STR_ARG(str_slice(rule, 0, 120)));
    sort_patterns(s);
    for (unsigned i = 0; i < t->m->max_iterations && !converged; i++)
        converged = iterate(s) < t->m->em_convergence;
    if (!converged)
        (void)buf_fmt(t->warnings, "EM session `%.*s`: not converged after %u iterations\n", STR_ARG(rule), t->m->max_iterations);
    if (!(s->prior > 0 && s->prior < 1))
        return err_set(t->e, ERR_FORMAT, "the rule `%.*s` brings only matches or none: EM has nothing to tell apart", STR_ARG(str_slice(rule, 0, 120)));
    return ERR_OK;
}

static void keep_estimates(const struct session *s, size_t number)
{
    size_t flat = 0;
    struct train *t = s->t;
    for (size_t c = 0; c < t->m->n_comparisons; c++)
        for (size_t i = 0; i < t->m->comparisons[c].n; i++, flat++) {
            struct model_level *l = &t->m->comparisons[c].levels[i];
            if (!s->active[c] || l->gamma == -1 || l->m_fixed)
                continue;
            /* an m of 0 would make a weight without end: as if the level had not been seen */
            bool seen = s->m[c][i] > 0;
            t->estimates[number * t->n_levels + flat] = seen ? s->m[c][i] : NAN;
            if (!seen && !l->m_stated)
                l->m_unseen = true;
        }
}

static enum err_code session_start(struct session *s, const struct model_rule *rule)
{
    const struct link_model *m = s->t->m;
    double worth;
    bool any = false;
    for (size_t c = 0; c < m->n_comparisons; c++) {
        s->active[c] = !share_a_column(m, &m->comparisons[c], rule->expr);
        any |= s->active[c];
        for (size_t i = 0; i < m->comparisons[c].n; i++)
            s->m[c][i] = m->comparisons[c].levels[i].m;
    }
    if (!any)
        return err_set(s->t->e, ERR_FORMAT, "every comparison reads a column of the rule, so none can be trained");
    ERR_TRY(worth_of_rule(s->t, rule->expr, &worth));
    s->prior = link_probability(m->prior_weight + worth);
    return ERR_OK;
}

enum err_code train_em(struct train *t, struct str rule_text, size_t number)
{
    struct model_rule rule;
    struct link_model ask;
    struct session *s = calloc(1, sizeof *s);
    if (!s)
        return no_memory(t->e);
    s->t = t;
    enum err_code code = model_rule_parse(t->m, rule_text, &rule, t->e);
    if (code == ERR_OK)
        code = session_start(s, &rule);
    if (code == ERR_OK) {
        ask = *t->m;
        ask.rules = &rule;
        ask.n_rules = 1;
        struct link_options o = {.threshold_weight = -INFINITY, .threads = t->o->threads, .progress = t->o->progress};
        code = link_predict(&ask, t->t, &o, count_pattern, s, NULL, t->e);
    }
    if (code == ERR_OK)
        code = run_session(s, rule_text);
    if (code == ERR_OK)
        keep_estimates(s, number);
    free(s->slots);
    free(s);
    return code;
}
