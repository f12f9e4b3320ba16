/* threshold.c: the section to choose a threshold by: links and clusters, and with a truth or labelled pairs precision, recall and F1, at each.
 *
 * Counts come from the steps of the pass (gather.h), so the thresholds are steps. Clusters are connected components: how other methods cut them depends on more than the threshold. */
#include "report/section.h"
#include "report/report_templates.h"

#include <math.h>
#include <stdlib.h>

static const struct report_column plain_columns[] = {
    COLUMN_NUMBER("threshold", "Threshold"), COLUMN_NUMBER("probability", "Probability"), COLUMN_NUMBER("links", "Links"), COLUMN_NUMBER("clusters", "Clusters"),
    COLUMN_NUMBER("largest", "Largest cluster"),
};
static const struct report_column truth_columns[] = {
    COLUMN_NUMBER("threshold", "Threshold"), COLUMN_NUMBER("probability", "Probability"), COLUMN_NUMBER("links", "Links"), COLUMN_NUMBER("clusters", "Clusters"),
    COLUMN_NUMBER("largest", "Largest cluster"), COLUMN_NUMBER("right", "Right"), COLUMN_NUMBER("wrong", "Wrong"), COLUMN_NUMBER("missed", "Missed"),
    COLUMN_NUMBER("precision", "Precision"), COLUMN_NUMBER("recall", "Recall"), COLUMN_NUMBER("f1", "F1"), COLUMN_NUMBER("fpr", "False positive rate"),
};
#define N(columns) (sizeof columns / sizeof *columns)
#define MOST_ROWS 60

/* ---- clusters at falling thresholds ---- */

struct joined {
    struct link_edge *edges; /* by falling weight */
    uint32_t *parent, *size;
    size_t n_edges, at; /* edges joined so far */
    uint64_t clusters, largest;
};

static void joined_release(struct joined *j)
{
    free(j->edges);
    free(j->parent);
    free(j->size);
}
#define _cleanup_joined_ __attribute__((cleanup(joined_release)))

static int by_weight(const void *a, const void *b)
{
    double x = ((const struct link_edge *)a)->match_weight, y = ((const struct link_edge *)b)->match_weight;
    return x < y ? 1 : -(x > y);
}

static enum err_code joined_start(const struct gather *g, struct joined *j, struct err *e)
{
    size_t rows = link_table_rows(g->o->table);
    *j = (struct joined){.n_edges = g->edges.n, .clusters = rows, .largest = rows ? 1 : 0};
    j->edges = malloc((g->edges.n + 1) * sizeof *j->edges);
    j->parent = malloc((rows + 1) * sizeof *j->parent);
    j->size = malloc((rows + 1) * sizeof *j->size);
    if (!j->edges || !j->parent || !j->size)
        return err_set(e, ERR_NO_MEMORY, "no memory for clusters by threshold");
    if (g->edges.n)
        memcpy(j->edges, g->edges.items, g->edges.n * sizeof *j->edges);
    qsort(j->edges, j->n_edges, sizeof *j->edges, by_weight); /* the order of equal weights changes no count */
    for (uint32_t i = 0; i < rows; i++) {
        j->parent[i] = i;
        j->size[i] = 1;
    }
    return ERR_OK;
}

static uint32_t top(struct joined *j, uint32_t x)
{
    while (j->parent[x] != x)
        x = j->parent[x] = j->parent[j->parent[x]];
    return x;
}

static void join_down_to(struct joined *j, double threshold)
{
    for (; j->at < j->n_edges && j->edges[j->at].match_weight >= threshold; j->at++) {
        uint32_t a = top(j, j->edges[j->at].l), b = top(j, j->edges[j->at].r);
        if (a == b)
            continue;
        j->parent[b] = a;
        j->size[a] += j->size[b];
        j->clusters--;
        if (j->size[a] > j->largest)
            j->largest = j->size[a];
    }
}

/* ---- rows ---- */

/* Accuracy at the thresholds that some pair has, rising (link_accuracy_rows): that of any threshold is that of the next one up. Cells are empty above the last, where nothing is taken, and where
 * a rate is of nothing. */
struct accuracy {
    struct link_accuracy_row *rows;
    size_t n;
};

static void add_accuracy(struct report_table *t, const struct accuracy *a, double threshold)
{
    size_t i = 0;
    while (i < a->n && a->rows[i].threshold_weight < threshold)
        i++;
    for (int k = 0; i == a->n && k < 7; k++)
        table_none(t);
    if (i == a->n)
        return;
    const struct link_accuracy_row *r = &a->rows[i];
    table_count(t, r->tp);
    table_count(t, r->fp);
    table_count(t, r->fn);
    table_number(t, r->precision, 4);
    table_number(t, r->recall, 4);
    table_number(t, r->f1, 4);
    table_probability(t, r->fp_rate);
}

static void add_row(const struct gather *g, struct report_table *t, const struct joined *j, const struct accuracy *a, double threshold, uint64_t links)
{
    table_number(t, threshold, 1);
    table_probability(t, link_probability(threshold));
    table_count(t, links);
    if (threshold >= g->o->run.threshold_weight - GATHER_BELOW)
        table_count(t, j->clusters), table_count(t, j->largest);
    else
        table_none(t), table_none(t);
    if (g->accuracy)
        add_accuracy(t, a, threshold);
}

/* From the highest threshold down, so that links only join; the table reads from the lowest, so rows are turned at the end. */
static enum err_code add_rows(const struct gather *g, struct report_table *t, size_t first, size_t last, struct err *e)
{
    _cleanup_joined_ struct joined j = {0};
    struct accuracy a = {0};
    size_t width = GATHER_STEPS / 2, bin = last;
    uint64_t links = 0;
    ERR_TRY(joined_start(g, &j, e));
    if (g->accuracy)
        ERR_TRY(link_accuracy_rows(g->accuracy, t->a, &a.rows, &a.n, e));
    while ((last - first) / width > MOST_ROWS)
        width *= 2;
    for (size_t at = (last - 1) / width * width;; at -= width) {
        for (; bin > at; bin--)
            links += g->by_weight[bin - 1];
        join_down_to(&j, gather_bin_weight(at));
        add_row(g, t, &j, &a, gather_bin_weight(at), links);
        if (at <= first || at < width)
            break;
    }
    for (size_t i = 0; i < t->n_rows / 2; i++) {
        struct report_row other = t->rows[i];
        t->rows[i] = t->rows[t->n_rows - 1 - i];
        t->rows[t->n_rows - 1 - i] = other;
    }
    return ERR_OK;
}

static void say_labels(const struct gather *g, struct report_section *s)
{
    struct arena *a = s->a;
    section_text(s, str_fmt(a, "Right, wrong and missed are among %.*s: %.*s of one person, %.*s of two people. Precision is the share of labelled links that are right; recall the share of labelled "
                            "pairs of one person that are links; F1 is one number for both.",
                            STR_ARG(count_of(a, g->o->labels->n, "labelled pair", "labelled pairs")), STR_ARG(count_text(a, g->labelled_matches)),
                            STR_ARG(count_text(a, g->o->labels->n - g->labelled_matches))));
    section_note(s, STR("Labelled pairs speak for all pairs only as far as they were drawn from them by chance. Those that no blocking rule brings count as no link."));
}

static void say(const struct gather *g, struct report_section *s)
{
    struct str at = weight_text(s->a, g->o->run.threshold_weight);
    section_text(s, str_fmt(s->a, "This report takes pairs from match weight %.*s up as links. A higher threshold takes fewer links, so fewer wrong ones and fewer right ones.", STR_ARG(at)));
    if (g->o->labels) {
        say_labels(g, s);
        return;
    }
    if (!g->o->truth) {
        section_note(s, STR("How many links are right cannot be told without a truth: give --truth COLUMN where the files say who is who, or --labels PAIRS.csv where people have labelled pairs."));
        return;
    }
    section_text(s, STR("Precision is the share of links that are right. Recall is the share of all true pairs that are found, also of those that no blocking rule brings. F1 is one number for both."));
}

static struct report_part *add_slider(struct report_section *s, const struct gather *g, struct err *e)
{
    struct report_slider slider = {STR("thresholds"), weight_text(s->a, g->o->run.threshold_weight)};
    struct report_part *p = section_part(s);
    return report_slider_html(s->a, &slider, &p->html, e) == ERR_OK ? p : NULL;
}

enum err_code section_threshold(const struct gather *g, struct report_section *s, struct err *e)
{
    struct report_table t;
    size_t first, last;
    struct str at = weight_text(s->a, g->o->run.threshold_weight);
    bool truth = g->accuracy != NULL;
    if (!gather_span(g, &first, &last))
        return ERR_OK;
    if (first == 0) /* vetoed pairs: no threshold is down there */
        for (first = 1; first < last && !g->by_weight[first];)
            first++;
    table_start(&t, s->a, STR("thresholds"), truth ? STR("Links, clusters and accuracy by threshold") : STR("Links and clusters by threshold"), truth ? truth_columns : plain_columns,
                truth ? N(truth_columns) : N(plain_columns));
    t.folded = true;
    ERR_TRY(add_rows(g, &t, first, last, e));
    say(g, s);
    if (!add_slider(s, g, e))
        return e->code;
    if (truth) {
        section_part(s)->picture = (struct report_picture){STR("accuracy-picture"), STR("accuracy"), t.id, STR("Lines of precision, recall and F1 by threshold."), at};
        section_part(s)->picture = (struct report_picture){STR("pr-picture"), STR("pr"), t.id, STR("Precision against recall, a point for each threshold."), at};
        section_part(s)->picture = (struct report_picture){STR("roc-picture"), STR("roc"), t.id, STR("Recall against the false positive rate, a point for each threshold."), at};
    }
    section_picture(s, STR("counts"), STR("Lines of how many links and clusters there are at each threshold."), at, &t);
    section_note(s, str_fmt(s->a, "Clusters here are all that links connect, counted from %g under the threshold up.", GATHER_BELOW));
    return table_done(&t, e);
}
