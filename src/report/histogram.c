/* histogram.c: the section on how weights are spread: pairs by match weight. */
#include "report/section.h"

static const struct report_column plain_columns[] = {
    COLUMN_NUMBER("from", "Match weight from"), COLUMN_NUMBER("to", "to under"), COLUMN_NUMBER("pairs", "Pairs"),
};
static const struct report_column truth_columns[] = {
    COLUMN_NUMBER("from", "Match weight from"), COLUMN_NUMBER("to", "to under"), COLUMN_NUMBER("pairs", "Pairs"),
    COLUMN_NUMBER("right", "of one person"), COLUMN_NUMBER("wrong", "of two people"),
};
#define MOST_BARS 60

/* Vetoed pairs lie in the outermost step; the bars would shrink to nothing if the axis went there. */
static uint64_t outer(const struct gather *g) { return g->by_weight[0]; }

static void add_bar(const struct gather *g, struct report_table *t, size_t from, size_t width)
{
    uint64_t pairs = 0, right = 0;
    for (size_t i = from; i < from + width && i < GATHER_BINS; i++) {
        pairs += g->by_weight[i];
        right += g->right_by_weight[i];
    }
    table_number(t, gather_bin_weight(from), 2);
    table_number(t, gather_bin_weight(from + width), 2);
    table_count(t, pairs);
    if (g->o->truth) {
        table_count(t, right);
        table_count(t, pairs - right);
    }
}

enum err_code section_histogram(const struct gather *g, struct report_section *s, struct err *e)
{
    struct report_table t;
    size_t first, last, width = 1;
    bool truth = g->o->truth != NULL;
    table_start(&t, s->a, STR("histogram"), STR("Pairs by match weight"), truth ? truth_columns : plain_columns, truth ? 5 : 3);
    t.folded = true;
    if (!gather_span(g, &first, &last)) {
        section_text(s, STR("The blocking rules bring no pair."));
        return ERR_OK;
    }
    if (first == 0)
        first = 1; /* told below */
    while (first < last && !g->by_weight[first])
        first++;
    while ((last - first) / width > MOST_BARS)
        width *= 2;
    for (size_t i = first / width * width; i < last; i += width)
        add_bar(g, &t, i, width);
    section_text(s, STR("Two hills with a valley between them are what one hopes for: other pairs to the left, matches to the right. Pairs in the valley are those to look at. "
                        "The height is on a logarithmic scale, because other pairs are far more than matches."));
    section_picture(s, STR("histogram"), STR("Bars of how many pairs have each match weight, with a line at the threshold."), weight_text(s->a, g->o->run.threshold_weight), &t);
    if (outer(g))
        section_note(s, str_fmt(s->a, "Not in the picture: %.*s under match weight %d, as vetoes make them.", STR_ARG(count_of(s->a, outer(g), "pair", "pairs")), GATHER_LEAST));
    return table_done(&t, e);
}
