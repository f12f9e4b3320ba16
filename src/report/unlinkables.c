/* unlinkables.c: the section on records that say too little: not even a second record with all their values would reach the threshold. */
#include "report/section.h"

#include <math.h>

static const struct report_column columns[] = {
    COLUMN_NUMBER("threshold", "Threshold"), COLUMN_NUMBER("probability", "Probability"), COLUMN_NUMBER("share", "Records that cannot reach it"),
};
#define MOST_ROWS 60

/* Share of records that weigh less than the threshold against themselves. */
static double share_under(const struct link_unlinkable *list, size_t n, double threshold)
{
    double share = 0;
    for (size_t i = 0; i < n && list[i].match_weight < threshold; i++)
        share = list[i].cumulative;
    return share;
}

enum err_code section_unlinkables(const struct gather *g, struct report_section *s, struct err *e)
{
    struct link_unlinkable *list;
    struct report_table t;
    size_t n;
    double at = g->o->run.threshold_weight, step = 0.5;
    ERR_TRY(link_unlinkables(g->o->model, g->o->table, s->a, &list, &n, e));
    section_text(s, STR("A record that holds little, say a name and nothing else, could not be linked even to a copy of itself. The curve shows the share of such records for each threshold."));
    section_text(s, str_fmt(s->a, "At match weight %.*s it is %.2f%% of the records.", STR_ARG(weight_text(s->a, at)), 100 * share_under(list, n, at)));
    table_start(&t, s->a, STR("unlinkables"), STR("Records that cannot reach a threshold"), columns, sizeof columns / sizeof *columns);
    t.folded = true;
    double from = n ? fmin(floor(list[0].match_weight), at) : at - 1, to = fmax(n ? list[n - 1].match_weight + 1 : at, at + 1);
    while ((to - from) / step > MOST_ROWS)
        step *= 2;
    for (double w = from; w <= to; w += step) {
        table_number(&t, w, 1);
        table_probability(&t, link_probability(w));
        table_percent(&t, share_under(list, n, w), 2);
    }
    section_picture(s, STR("unlinkables"), STR("A curve of the share of records that cannot reach each threshold."), weight_text(s->a, at), &t);
    return table_done(&t, e);
}
