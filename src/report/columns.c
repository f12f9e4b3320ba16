/* columns.c: the section on the columns that the model reads: how full they are, by dataset, and how their values are spread. Values themselves only with_values. */
#include "report/section.h"

#define VALUES 5 /* most and least frequent ones that are shown */

static const struct report_column full_columns[] = {
    COLUMN_TEXT("column", "Column"), COLUMN_TEXT("dataset", "Dataset"), COLUMN_NUMBER("rows", "Records"), COLUMN_NUMBER("missing", "Missing"), COLUMN_NUMBER("filled", "Filled"),
};
static const struct report_column profile_columns[] = {
    COLUMN_TEXT("column", "Column"), COLUMN_NUMBER("filled", "Filled"), COLUMN_NUMBER("distinct", "Different values"), COLUMN_NUMBER("most", "Records with the commonest value"),
    COLUMN_NUMBER("share", "Share of the commonest"), COLUMN_NUMBER("each", "Records a value"),
};
static const struct report_column value_columns[] = {
    COLUMN_TEXT("column", "Column"), COLUMN_TEXT("which", "Which"), COLUMN_TEXT("value", "Value"), COLUMN_NUMBER("records", "Records"),
};
#define N(columns) (sizeof columns / sizeof *columns)

static void add_completeness(struct report_table *t, const struct link_column_profile *p)
{
    for (size_t i = 0; i < p->n_datasets; i++) {
        const struct link_completeness *d = &p->datasets[i];
        table_text(t, p->column);
        table_text(t, d->dataset.n ? d->dataset : STR("all"));
        table_count(t, d->rows);
        table_count(t, d->missing);
        table_percent(t, d->rows ? (double)(d->rows - d->missing) / (double)d->rows : 0, 1);
    }
}

static void add_profile(struct report_table *t, const struct link_column_profile *p)
{
    uint64_t filled = p->rows - p->missing, most = p->n_most ? p->most[0].n : 0;
    table_text(t, p->column);
    table_count(t, filled);
    table_count(t, p->distinct);
    table_count(t, most);
    table_percent(t, filled ? (double)most / (double)filled : 0, 2);
    table_number(t, p->distinct ? (double)filled / (double)p->distinct : 0, 2);
}

static void add_values(struct report_table *t, const struct link_column_profile *p)
{
    for (size_t i = 0; i < p->n_most + p->n_least; i++) {
        bool most = i < p->n_most;
        const struct link_value_count *v = most ? &p->most[i] : &p->least[i - p->n_most];
        table_text(t, p->column);
        table_text(t, most ? STR("commonest") : STR("rarest"));
        table_text(t, v->value);
        table_count(t, v->n);
    }
}

enum err_code section_columns(const struct gather *g, struct report_section *s, struct err *e)
{
    const struct report_options *o = g->o;
    struct report_table full, profile, values;
    table_start(&full, s->a, STR("completeness"), STR("How full each column is"), full_columns, N(full_columns));
    table_start(&profile, s->a, STR("profile"), STR("How the values of each column are spread"), profile_columns, N(profile_columns));
    table_start(&values, s->a, STR("values"), STR("Commonest and rarest values"), value_columns, N(value_columns));
    values.folded = true;
    for (size_t i = 0; i < link_model_n_columns(o->model); i++) {
        ptrdiff_t column = link_table_column(o->table, link_model_column(o->model, i));
        struct link_column_profile p;
        if (column < 0)
            continue;
        ERR_TRY(link_profile(o->table, (size_t)column, o->source, VALUES, s->a, &p, e));
        add_completeness(&full, &p);
        add_profile(&profile, &p);
        add_values(&values, &p);
    }
    section_text(s, STR("A column that is often empty can neither join nor part records. These are the columns that the model reads."));
    section_picture(s, STR("completeness"), STR("A bar for each column and dataset: the share of records that have a value."), STR_NONE, &full);
    section_heading(s, STR("How values are spread"));
    section_text(s, STR("A value that many records have says little when it agrees. One that stands out, as a default date or \xE2\x80\x9Cunknown\xE2\x80\x9D, makes large blocks and false links."));
    section_part(s)->table = profile;
    if (o->with_values)
        section_part(s)->table = values;
    else
        section_note(s, STR("Which values these are is shown with --with-values only."));
    ERR_TRY(table_done(&full, e));
    ERR_TRY(table_done(&profile, e));
    return table_done(&values, e);
}
