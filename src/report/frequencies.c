/* frequencies.c: the section on adjustments by frequency: what agreement on a value adds, over all values of a column. Values themselves only with_values. */
#include "report/section.h"

#include <math.h>
#include <stdlib.h>

#define VALUES 5
#define BINS 400 /* of half a bit, from -100 */

static const struct report_column spread_columns[] = {
    COLUMN_TEXT("comparison", "Comparison"), COLUMN_TEXT("column", "Column"), COLUMN_NUMBER("from", "Adjustment from"), COLUMN_NUMBER("to", "to under"), COLUMN_NUMBER("values", "Values"),
    COLUMN_NUMBER("share", "Share of records"),
};
static const struct report_column value_columns[] = {
    COLUMN_TEXT("comparison", "Comparison"), COLUMN_TEXT("column", "Column"), COLUMN_TEXT("which", "Which"), COLUMN_TEXT("value", "Value"), COLUMN_NUMBER("frequency", "Frequency"),
    COLUMN_NUMBER("adjustment", "Adjustment"),
};
#define N(columns) (sizeof columns / sizeof *columns)

static void add_spread(struct report_table *t, struct str comparison, struct str column, const struct link_frequency *list, size_t n)
{
    uint64_t values[BINS] = {0};
    double share[BINS] = {0};
    for (size_t i = 0; i < n; i++) {
        double at = floor(list[i].adjustment * 2) + BINS / 2.0;
        size_t bin = at < 0 ? 0 : at >= BINS ? BINS - 1 : (size_t)at;
        values[bin]++;
        share[bin] += list[i].frequency;
    }
    for (size_t i = 0; i < BINS; i++) {
        if (!values[i])
            continue;
        table_text(t, comparison);
        table_text(t, column);
        table_number(t, ((double)i - BINS / 2.0) / 2, 1);
        table_number(t, ((double)i + 1 - BINS / 2.0) / 2, 1);
        table_count(t, values[i]);
        table_percent(t, share[i], 2);
    }
}

static void add_values(const struct gather *g, struct report_table *t, struct str comparison, struct str column, const struct link_frequency *list, size_t n)
{
    ptrdiff_t at = link_table_column(g->o->table, column);
    for (size_t i = 0; i < n; i++) {
        if (i >= VALUES && i + VALUES < n)
            continue;
        table_text(t, comparison);
        table_text(t, column);
        table_text(t, i < VALUES ? STR("commonest") : STR("rarest"));
        table_text(t, link_table_value(g->o->table, list[i].row, (size_t)at));
        table_probability(t, list[i].frequency);
        table_number(t, list[i].adjustment, 2);
    }
}

/* Whether the level is the first of its comparison that its column adjusts. */
static bool is_first(const struct link_model *m, size_t comparison, size_t level, struct link_level *ret)
{
    link_model_level(m, comparison, level, ret);
    for (size_t i = 0; i < level; i++) {
        struct link_level earlier;
        link_model_level(m, comparison, i, &earlier);
        if (str_eq(earlier.tf_column, ret->tf_column))
            return false;
    }
    return ret->tf_column.n > 0;
}

static enum err_code add_comparison(const struct gather *g, size_t k, struct report_table *spread, struct report_table *values, struct err *e)
{
    const struct link_model *m = g->o->model;
    for (size_t i = 0; i < link_model_n_levels(m, k); i++) {
        struct link_level l;
        struct link_frequency *list;
        size_t n;
        if (!is_first(m, k, i, &l))
            continue;
        ERR_TRY(link_frequencies(m, g->o->table, k, i, &list, &n, e));
        add_spread(spread, link_model_comparison_name(m, k), l.tf_column, list, n);
        if (g->o->with_values)
            add_values(g, values, link_model_comparison_name(m, k), l.tf_column, list, n);
        free(list);
    }
    return ERR_OK;
}

enum err_code section_frequencies(const struct gather *g, struct report_section *s, struct err *e)
{
    const struct link_model *m = g->o->model;
    struct report_table spread, values;
    table_start(&spread, s->a, STR("frequencies"), STR("Values and records by what agreement on them adds"), spread_columns, N(spread_columns));
    table_start(&values, s->a, STR("frequency-values"), STR("What agreement on the commonest and rarest values adds"), value_columns, N(value_columns));
    spread.folded = true;
    for (size_t k = 0; k < link_model_n_comparisons(m); k++)
        ERR_TRY(add_comparison(g, k, &spread, &values, e));
    if (!spread.n_rows)
        return table_done(&spread, e); /* no level that a frequency adjusts, no section */
    section_text(s, STR("Where two records agree on a rare value, that says more than agreement on a common one. The model adds a positive number for values rarer than the average, and takes "
                        "away for commoner ones."));
    section_picture(s, STR("frequencies"), STR("Bars of the share of records by what agreement on their value adds, for each comparison."), STR_NONE, &spread);
    if (g->o->with_values)
        section_part(s)->table = values;
    ERR_TRY(table_done(&spread, e));
    return table_done(&values, e);
}
