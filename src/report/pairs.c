/* pairs.c: the section that takes single pairs apart: those that somebody asked for, and a sample of each kind that is worth a look. The numbers are link_explain's.
 *
 * By default a pair shows the ids of its records; their values only with_values. */
#include "report/section.h"
#include "report/report_templates.h"

#include <math.h>

static const struct report_column plain_columns[] = {
    COLUMN_TEXT("comparison", "Comparison"), COLUMN_TEXT("level", "Level"), COLUMN_NUMBER("weight", "Match weight"),
    COLUMN_NUMBER("frequency", "Adjustment by frequency"), COLUMN_NUMBER("sum", "Sum so far"),
};
static const struct report_column value_columns[] = {
    COLUMN_TEXT("comparison", "Comparison"), COLUMN_TEXT("level", "Level"), COLUMN_NUMBER("weight", "Match weight"),
    COLUMN_NUMBER("frequency", "Adjustment by frequency"), COLUMN_NUMBER("sum", "Sum so far"), COLUMN_TEXT("", "First record"), COLUMN_TEXT("", "Second record"),
};
#define N(columns) (sizeof columns / sizeof *columns)

static const struct str reasons[GATHER_N] = {
    [GATHER_ASKED] = {"Asked for", 9},
    [GATHER_STRONGEST] = {"Strongest", 9},
    [GATHER_ABOVE] = {"Just above the threshold", 24},
    [GATHER_BELOW_IT] = {"Just below the threshold", 24},
    [GATHER_FREQUENCY] = {"Largest adjustment by frequency", 31},
    [GATHER_VETOED] = {"Vetoed", 6},
    [GATHER_RANDOM] = {"At random", 9},
};

/* The values that a comparison reads, of one record: "smith", or "forename: ann, surname: lee". */
static void add_values(const struct gather *g, struct report_table *t, size_t comparison, size_t row)
{
    const struct link_model *m = g->o->model;
    struct str all = STR("");
    size_t reads = 0;
    for (size_t i = 0; i < link_model_n_columns(m); i++)
        reads += link_model_reads(m, comparison, i);
    for (size_t i = 0; i < link_model_n_columns(m) && all.p; i++) {
        ptrdiff_t column = link_table_column(g->o->table, link_model_column(m, i));
        if (column < 0 || !link_model_reads(m, comparison, i))
            continue;
        struct str v = link_table_value(g->o->table, row, (size_t)column);
        if (!v.n)
            v = STR("(missing)");
        if (reads == 1)
            all = v;
        else
            all = str_fmt(t->a, "%.*s%s%.*s: %.*s", STR_ARG(all), all.n ? ", " : "", STR_ARG(link_model_column(m, i)), STR_ARG(v));
    }
    table_text(t, all);
}

static void add_sum_row(const struct gather *g, struct report_table *t, const char *name, struct str level, double weight, double sum)
{
    table_text(t, str_of(name));
    table_text(t, level);
    table_number(t, weight, 2);
    table_none(t);
    table_number(t, sum, 2);
    for (int i = 0; g->o->with_values && i < 2; i++)
        table_none(t);
}

static enum err_code explain(const struct gather *g, uint32_t l, uint32_t r, struct report_table *t, struct link_explanation *x, struct err *e)
{
    ERR_TRY(link_explain(g->o->model, g->o->table, l, r, t->a, x, e));
    double sum = x->prior_weight;
    add_sum_row(g, t, "Prior", STR("Two records at random"), sum, sum);
    for (size_t i = 0; i < x->n; i++) {
        const struct link_reason *reason = &x->reasons[i];
        sum += reason->match_weight + reason->tf_adjustment;
        table_text(t, reason->comparison);
        table_text(t, reason->level);
        table_number(t, reason->match_weight, 2);
        table_number(t, reason->tf_adjustment, 2);
        table_number(t, sum, 2);
        for (int side = 0; g->o->with_values && side < 2; side++)
            add_values(g, t, i, side ? r : l);
    }
    add_sum_row(g, t, "Match weight", STR("The sum"), NAN, x->match_weight);
    return table_done(t, e);
}

/* What is known of a pair, in words; "" when nothing is. */
static struct str known(const struct report_options *o, uint32_t l, uint32_t r)
{
    if (o->truth)
        return o->truth[l] == o->truth[r] ? STR(" In truth they are one person.") : STR(" In truth they are two people.");
    for (size_t i = 0; o->labels && i < o->labels->n; i++) {
        const struct link_cannot *p = &o->labels->pairs[i];
        if ((p->l == l && p->r == r) || (p->l == r && p->r == l))
            return o->labels->score[i] >= o->least_score ? STR(" It is labelled as one person.") : STR(" It is labelled as two people.");
    }
    return STR("");
}

static struct str outcome(const struct gather *g, const struct link_explanation *x, uint32_t l, uint32_t r, struct arena *a)
{
    bool link = x->match_weight >= g->o->run.threshold_weight, together = g->cluster[l] == g->cluster[r];
    const char *end = link ? together ? "it is a link" : "it would be a link, but the two are kept apart" : together ? "it is no link, but others join the two records" : "it is no link";
    struct str rule = x->match_key < 0 ? STR("No blocking rule brings this pair") : str_fmt(a, "Blocking rule %td brings this pair", x->match_key);
    struct str truth = known(g->o, l, r);
    return str_fmt(a, "Match weight %.*s, probability %.4g: %s. %.*s.%.*s", STR_ARG(number_text(a, x->match_weight, 2)), x->match_probability, end, STR_ARG(rule), STR_ARG(truth));
}

static enum err_code make_pair(const struct gather *g, enum gather_reason why, uint32_t l, uint32_t r, size_t number, struct arena *a, struct report_pair *ret, struct err *e)
{
    struct link_explanation x;
    struct str id = str_fmt(a, "pair-%zu", number), table = str_fmt(a, "%.*s-table", STR_ARG(id));
    const struct report_options *o = g->o;
    *ret = (struct report_pair){.id = id, .reason = reasons[why]};
    ret->title = str_fmt(a, "Records %.*s and %.*s", STR_ARG(record_name(o, l, a)), STR_ARG(record_name(o, r, a)));
    table_start(&ret->table, a, table, str_fmt(a, "%.*s: how the weight comes about", STR_ARG(ret->title)), o->with_values ? value_columns : plain_columns,
                o->with_values ? N(value_columns) : N(plain_columns));
    ERR_TRY(explain(g, l, r, &ret->table, &x, e));
    ret->outcome = outcome(g, &x, l, r, a);
    ret->picture = (struct report_picture){str_fmt(a, "%.*s-picture", STR_ARG(id)), STR("waterfall"), table,
                                           str_fmt(a, "Waterfall from the prior over each comparison to the match weight %.*s.", STR_ARG(weight_text(a, x.match_weight))),
                                           weight_text(a, o->run.threshold_weight)};
    return id.p && table.p && ret->title.p && ret->outcome.p ? ERR_OK : err_set(e, ERR_LIMIT, "the report outgrew its memory");
}

static bool is_new(const struct gather_pick *seen, size_t n, uint32_t l, uint32_t r)
{
    for (size_t i = 0; i < n; i++)
        if ((seen[i].l == l && seen[i].r == r) || (seen[i].l == r && seen[i].r == l))
            return false;
    return true;
}

enum err_code section_pairs(const struct gather *g, struct report_section *s, struct err *e)
{
    const struct report_options *o = g->o;
    size_t most = o->n_pairs + GATHER_N * GATHER_PICKS, n = 0;
    struct report_pair *items = ARENA_NEW(s->a, struct report_pair, most);
    struct gather_pick *seen = ARENA_NEW(s->a, struct gather_pick, most);
    if (!items || !seen)
        return err_set(e, ERR_LIMIT, "the report outgrew its memory");
    for (int why = GATHER_ASKED; why < GATHER_N; why++) {
        size_t here = why == GATHER_ASKED ? o->n_pairs : g->picks[why].n;
        for (size_t i = 0; i < here; i++) {
            uint32_t l = why == GATHER_ASKED ? o->pairs[i].l : g->picks[why].items[i].l, r = why == GATHER_ASKED ? o->pairs[i].r : g->picks[why].items[i].r;
            if (!is_new(seen, n, l, r))
                continue;
            ERR_TRY(make_pair(g, (enum gather_reason)why, l, r, n + 1, s->a, &items[n], e));
            seen[n++] = (struct gather_pick){.l = l, .r = r};
        }
    }
    if (!n) {
        section_text(s, STR("The blocking rules bring no pair."));
        return ERR_OK;
    }
    section_text(s, STR("Bars to the right speak for one person, bars to the left against. Start at the prior; each bar begins where the last one ended. A bar holds the weight of the level and the adjustment by frequency: a rare value that agrees says more than a common one."));
    struct report_pair_list view = {items, n};
    return report_pair_list_html(s->a, &view, &section_part(s)->html, e);
}
