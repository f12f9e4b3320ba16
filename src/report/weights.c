/* weights.c: the section on what the model weighs: match weights by level, and m and u beside each other. */
#include "report/section.h"

#include <math.h>

static const struct report_column weight_columns[] = {
    COLUMN_TEXT("comparison", "Comparison"), COLUMN_TEXT("level", "Level"), COLUMN_NUMBER("gamma", "Gamma"),
    COLUMN_NUMBER("weight", "Match weight"), COLUMN_NUMBER("times", "Times as likely"), COLUMN_NUMBER("pairs", "Pairs seen"),
};
static const struct report_column mu_columns[] = {
    COLUMN_TEXT("comparison", "Comparison"), COLUMN_TEXT("level", "Level"), COLUMN_NUMBER("m", "m: among matches"),
    COLUMN_NUMBER("u", "u: among others"), COLUMN_TEXT("", "Where it comes from"),
};
static const struct report_column condition_columns[] = {COLUMN_TEXT("comparison", "Comparison"), COLUMN_TEXT("level", "Level"), COLUMN_TEXT("", "Condition")};
#define N(columns) (sizeof columns / sizeof *columns)

static struct str where_from(const struct link_level *l)
{
    if (l->m_unseen || l->u_unseen)
        return STR("training met no such pair");
    if (!l->m_stated && !l->u_stated)
        return STR("not trained: a default");
    if (!l->m_stated)
        return STR("m not trained: a default");
    return l->u_stated ? STR("the model") : STR("u not trained: a default");
}

/* 0.00339, 135, 10,240 */
static void add_times(struct report_table *t, double times)
{
    if (times >= 1000 && times < 1e15)
        table_count(t, (uint64_t)llround(times));
    else
        table_probability(t, times);
}

static void add_level(const struct gather *g, size_t k, const struct link_level *l, struct report_table *weights, struct report_table *mu, struct report_table *conditions)
{
    struct str name = link_model_comparison_name(g->o->model, k);
    table_text(weights, name);
    table_text(weights, l->label);
    table_count(weights, (uint64_t)l->gamma);
    table_number(weights, l->match_weight, 2);
    add_times(weights, exp2(l->match_weight));
    table_count(weights, g->by_level[k][l->gamma + 1]);
    table_text(mu, name);
    table_text(mu, l->label);
    table_probability(mu, l->m);
    table_probability(mu, l->u);
    table_text(mu, where_from(l));
    table_text(conditions, name);
    table_text(conditions, l->label);
    table_text(conditions, l->condition);
}

static void add_prior(struct report_table *t, double prior)
{
    table_text(t, STR("Prior"));
    table_text(t, STR("Two records at random"));
    table_none(t);
    table_number(t, prior, 2);
    add_times(t, exp2(prior));
    table_none(t);
}

enum err_code section_weights(const struct gather *g, struct report_section *s, struct err *e)
{
    const struct link_model *m = g->o->model;
    double prior = link_model_prior_weight(m);
    struct report_table weights, mu, conditions;
    table_start(&weights, s->a, STR("weights"), STR("Match weights by comparison and level"), weight_columns, N(weight_columns));
    table_start(&mu, s->a, STR("mu"), STR("m and u probabilities by comparison and level"), mu_columns, N(mu_columns));
    table_start(&conditions, s->a, STR("conditions"), STR("The condition of each level, as the model states it"), condition_columns, N(condition_columns));
    conditions.folded = true;
    add_prior(&weights, prior);
    for (size_t k = 0; k < link_model_n_comparisons(m); k++)
        for (size_t i = 0; i < link_model_n_levels(m, k); i++) {
            struct link_level l;
            link_model_level(m, k, i, &l);
            if (l.gamma >= 0)
                add_level(g, k, &l, &weights, &mu, &conditions);
        }
    section_text(s, STR("A pair starts at the prior. Each comparison adds the weight of the level that holds for it, as a power of two: 1 doubles the odds that the two records are "
                        "one person, \xE2\x88\x92" "1 halves them. A value that is missing on either side adds nothing. The bar of a veto, or of a definite match, is cut off: it outweighs everything else."));
    section_text(s, str_fmt(s->a, "The prior is %.*s: of two records taken at random, one pair in %.*s is one person.", STR_ARG(weight_text(s->a, prior)),
                            STR_ARG(count_text(s->a, (uint64_t)llround(1 / link_probability(prior))))));
    section_picture(s, STR("weights"), STR("Bars of the match weight of each level of each comparison: to the right evidence for a match, to the left against it."), STR_NONE, &weights);
    section_part(s)->table = conditions;
    section_heading(s, STR("m and u"));
    section_text(s, STR("m is how often a level holds for two records of one person, u how often for two of different people. A comparison tells much where the two differ much."));
    section_picture(s, STR("mu"), STR("Two bars for each level of each comparison: its share among matches (m) and among other pairs (u)."), STR_NONE, &mu);
    ERR_TRY(table_done(&weights, e));
    ERR_TRY(table_done(&conditions, e));
    return table_done(&mu, e);
}
