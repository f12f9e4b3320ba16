/* train_em.c: one session of expectation-maximisation.
 *
 * Its pairs are those of one blocking rule; comparisons that read a column of the rule sit out. The pairs are counted by pattern of levels, and by their adjustment for frequency unless that is to
 * play no part, so an iteration costs as much as there are different ones. u stands; the session's own prior starts from the model's prior times what the rule's exact agreements are worth, and is
 * thrown away. */
#include "linkage/patterns.h"
#include "linkage/train.h"

#include <math.h>
#include <stdlib.h>

struct session {
    struct train *t;
    struct link_model ask;               /* the comparisons that are trained, and one rule */
    size_t of[LIMIT_LINK_COMPARISONS];   /* their numbers in the model */
    struct patterns patterns;
    double prior;
    double m[LIMIT_LINK_COMPARISONS][LIMIT_LINK_LEVELS]; /* by gamma; NAN: not seen */
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

/* ---- iterations ---- */

static const struct model_level *level_of(const struct session *s, size_t c, int gamma)
{
    const struct model_level *l = s->ask.comparisons[c].levels;
    while (l->gamma != gamma)
        l++;
    return l;
}

/* m of what was not seen is Splink's: a millionth. */
static double m_of(double m) { return isnan(m) ? 1e-6 : m; }

static size_t n_levels(const struct session *s, size_t c) { return s->patterns.base[c] - 1; } /* but null levels */

/* log2(m / u) by comparison and gamma. */
static void weigh(const struct session *s, double weights[][LIMIT_LINK_LEVELS])
{
    for (size_t c = 0; c < s->ask.n_comparisons; c++)
        for (size_t g = 0; g < n_levels(s, c); g++)
            weights[c][g] = log2(m_of(s->m[c][g]) / level_of(s, c, (int)g)->u);
}

/* Each pattern's probability under the present m and prior; gives the share of matches. */
static double expect(struct session *s)
{
    double weights[LIMIT_LINK_COMPARISONS][LIMIT_LINK_LEVELS], all = 0, matches = 0, prior = log2(s->prior / (1 - s->prior));
    weigh(s, weights);
    for (size_t i = 0; i < s->patterns.n; i++) {
        struct pattern *p = &s->patterns.slots[i];
        double weight = prior + p->adjustment;
        for (size_t c = 0; c < s->ask.n_comparisons; c++)
            weight += p->gamma[c] < 0 ? 0 : weights[c][p->gamma[c]];
        p->p = link_probability(weight);
        all += p->count;
        matches += p->p * p->count;
    }
    return matches / all;
}

/* New m of one comparison's levels, from the pairs that have a level there; gives the greatest change. */
static double maximise(struct session *s, size_t c)
{
    double sum[LIMIT_LINK_LEVELS] = {0}, with_level = 0, change = 0;
    bool seen[LIMIT_LINK_LEVELS] = {0};
    for (size_t i = 0; i < s->patterns.n; i++) {
        const struct pattern *p = &s->patterns.slots[i];
        if (p->gamma[c] < 0)
            continue;
        sum[p->gamma[c]] += p->p * p->count;
        with_level += p->p * p->count;
        seen[p->gamma[c]] = true;
    }
    for (size_t g = 0; g < n_levels(s, c); g++) {
        double now = seen[g] && with_level > 0 ? sum[g] / with_level : NAN;
        if (level_of(s, c, (int)g)->m_fixed)
            continue;
        change = fmax(change, fabs(m_of(now) - m_of(s->m[c][g])));
        s->m[c][g] = now;
    }
    return change;
}

static double iterate(struct session *s)
{
    double prior = expect(s), change = fabs(prior - s->prior);
    for (size_t c = 0; c < s->ask.n_comparisons; c++)
        change = fmax(change, maximise(s, c));
    s->prior = prior;
    return change;
}

static enum err_code run_session(struct session *s, struct str rule)
{
    struct train *t = s->t;
    bool converged = false;
    if (s->patterns.n == 0)
        return err_set(t->e, ERR_FORMAT, "the rule `%.*s` brings no pair", STR_ARG(str_slice(rule, 0, 120)));
    for (unsigned i = 0; i < t->m->max_iterations && !converged; i++)
        converged = iterate(s) < t->m->em_convergence;
    if (!converged)
        (void)buf_fmt(t->warnings, "EM session `%.*s`: not converged after %u iterations\n", STR_ARG(rule), t->m->max_iterations);
    if (!(s->prior > 0 && s->prior < 1))
        return err_set(t->e, ERR_FORMAT, "the rule `%.*s` brings only matches or none: EM has nothing to tell apart", STR_ARG(str_slice(rule, 0, 120)));
    return ERR_OK;
}

/* ---- the session ---- */

static void keep_estimates(const struct session *s, size_t number)
{
    struct train *t = s->t;
    for (size_t c = 0; c < s->ask.n_comparisons; c++)
        for (size_t i = 0; i < s->ask.comparisons[c].n; i++) {
            struct model_level *l = &t->m->comparisons[s->of[c]].levels[i];
            if (l->gamma == -1 || l->m_fixed)
                continue;
            /* an m of 0 would make a weight without end: as if the level had not been seen */
            bool seen = s->m[c][l->gamma] > 0;
            t->estimates[number * t->n_levels + train_flat(t, s->of[c], i)] = seen ? s->m[c][l->gamma] : NAN;
            if (!seen && !l->m_stated)
                l->m_unseen = true;
        }
}

static enum err_code session_start(struct session *s, struct model_rule *rule)
{
    struct link_model *m = s->t->m;
    double worth;
    s->ask = *m;
    s->ask.rules = rule;
    s->ask.n_rules = 1;
    s->ask.veto = -1;
    s->ask.n_comparisons = 0;
    s->ask.comparisons = ARENA_NEW(&m->a, struct model_comparison, m->n_comparisons);
    if (!s->ask.comparisons)
        return no_memory(s->t->e);
    for (size_t c = 0; c < m->n_comparisons; c++) {
        size_t k = s->ask.n_comparisons;
        if (share_a_column(m, &m->comparisons[c], rule->expr))
            continue;
        if ((ptrdiff_t)c == m->veto)
            s->ask.veto = (ptrdiff_t)k;
        for (size_t i = 0; i < m->comparisons[c].n; i++)
            if (m->comparisons[c].levels[i].gamma >= 0)
                s->m[k][m->comparisons[c].levels[i].gamma] = m->comparisons[c].levels[i].m;
        s->of[k] = c;
        s->ask.comparisons[s->ask.n_comparisons++] = m->comparisons[c];
    }
    if (s->ask.n_comparisons == 0)
        return err_set(s->t->e, ERR_FORMAT, "every comparison reads a column of the rule, so none can be trained");
    ERR_TRY(worth_of_rule(s->t, rule->expr, &worth));
    s->prior = link_probability(m->prior_weight + worth);
    return patterns_init(&s->patterns, &s->ask, s->t->o->without_frequencies ? PATTERNS_LEVELS : PATTERNS_EXACT, NULL, s->t->e);
}

enum err_code train_em(struct train *t, struct str rule_text, size_t number)
{
    struct model_rule rule;
    struct link_options o = {.threads = t->o->threads, .progress = t->o->progress};
    struct session *s = calloc(1, sizeof *s);
    uint64_t pairs;
    if (!s)
        return no_memory(t->e);
    s->t = t;
    enum err_code code = model_rule_parse(t->m, rule_text, &rule, t->e);
    if (code == ERR_OK)
        code = session_start(s, &rule);
    if (code == ERR_OK)
        code = patterns_of_rules(&s->patterns, t->t, &o, &pairs, t->e);
    if (code == ERR_OK)
        code = run_session(s, rule_text);
    if (code == ERR_OK)
        keep_estimates(s, number);
    patterns_free(&s->patterns);
    free(s);
    return code;
}
