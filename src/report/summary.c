/* summary.c: the first section: what was linked, what came out, and what to look at first. */
#include "report/section.h"
#include "report/report_templates.h"

#include <math.h>
#include <stdlib.h>

#define MOST_WARNINGS 40

struct warnings {
    struct arena *a;
    struct str items[MOST_WARNINGS];
    size_t n;
};

static void warn(struct warnings *w, struct str s)
{
    if (w->n < MOST_WARNINGS)
        w->items[w->n++] = s;
}

static void warn_levels(const struct gather *g, struct warnings *w)
{
    const struct link_model *m = g->o->model;
    for (size_t k = 0; k < link_model_n_comparisons(m); k++) {
        size_t untrained = 0, unseen = 0, n = 0;
        struct str name = link_model_comparison_name(m, k);
        for (size_t i = 0; i < link_model_n_levels(m, k); i++) {
            struct link_level l;
            link_model_level(m, k, i, &l);
            n += l.gamma >= 0;
            unseen += l.gamma >= 0 && (l.m_unseen || l.u_unseen);
            untrained += l.gamma >= 0 && !l.m_unseen && !l.u_unseen && (!l.m_stated || !l.u_stated);
        }
        if (untrained)
            warn(w, str_fmt(w->a, "%.*s: %zu of %zu levels are not trained and weigh a default.", STR_ARG(name), untrained, n));
        if (unseen)
            warn(w, str_fmt(w->a, "%.*s: training met no pair of %zu of %zu levels, so their weight is a guess.", STR_ARG(name), unseen, n));
    }
}

static void warn_blocks(const struct gather *g, struct warnings *w)
{
    for (size_t i = 0; i < link_model_n_rules(g->o->model); i++) {
        const struct link_rule_count *r = &g->rules[i];
        if (r->left_out_blocks)
            warn(w, str_fmt(w->a, "Blocking rule %zu left out %.*s over its limit (%.*s).", i, STR_ARG(count_of(w->a, r->left_out_blocks, "block", "blocks")),
                            STR_ARG(count_of(w->a, r->left_out_pairs, "pair", "pairs"))));
        if (!r->pairs)
            warn(w, str_fmt(w->a, "Blocking rule %zu brings no pair that an earlier rule does not bring.", i));
    }
}

/* ---- what came out ---- */

struct sizes { uint64_t clusters, alone, largest; };

static enum err_code cluster_sizes(const struct gather *g, struct sizes *ret, struct err *e)
{
    size_t n = link_table_rows(g->o->table);
    uint32_t *size = calloc(n + 1, sizeof *size);
    *ret = (struct sizes){0};
    if (!size)
        return err_set(e, ERR_NO_MEMORY, "no memory for the sizes of clusters");
    for (size_t row = 0; row < n; row++)
        size[g->cluster[row]]++;
    for (size_t row = 0; row < n; row++) {
        ret->clusters += size[row] > 0;
        ret->alone += size[row] == 1;
        ret->largest = size[row] > ret->largest ? size[row] : ret->largest;
    }
    free(size);
    return ERR_OK;
}

static const char *const methods[] = {"all that links connect", "strongest links first, vetoes kept apart", "strongest links first, one record of each dataset"};

enum err_code section_summary(const struct gather *g, struct report_section *s, struct err *e)
{
    const struct report_options *o = g->o;
    struct arena *a = s->a;
    struct page_summary_row rows[16];
    struct warnings w = {.a = a};
    struct sizes sizes;
    size_t n = 0;
    uint64_t possible;
    ERR_TRY(cluster_sizes(g, &sizes, e));
    ERR_TRY(link_all_pairs(o->model, o->table, &possible, e));
    rows[n++] = (struct page_summary_row){STR("Files"), o->title, STR_NONE};
    rows[n++] = (struct page_summary_row){STR("Records"), count_text(a, link_table_rows(o->table)), STR_NONE};
    rows[n++] = (struct page_summary_row){STR("Pairs compared"), count_text(a, g->pairs),
                                          str_fmt(a, "%.3g%% of the %.*s possible; %.*s brought them", possible ? 100.0 * (double)g->pairs / (double)possible : 0,
                                                  STR_ARG(count_text(a, possible)), STR_ARG(count_of(a, link_model_n_rules(o->model), "blocking rule", "blocking rules")))};
    rows[n++] = (struct page_summary_row){STR("Threshold"), str_fmt(a, "match weight %.*s", STR_ARG(weight_text(a, o->run.threshold_weight))),
                                          str_fmt(a, "probability %.6g", link_probability(o->run.threshold_weight))};
    rows[n++] = (struct page_summary_row){STR("Links"), count_text(a, g->links), STR("pairs at the threshold or above")};
    rows[n++] = (struct page_summary_row){STR("Clusters"), count_text(a, sizes.clusters),
                                          str_fmt(a, "%.*s alone; the largest has %.*s; made of %s", STR_ARG(count_of(a, sizes.alone, "record stands", "records stand")),
                                                  STR_ARG(count_of(a, sizes.largest, "record", "records")), methods[o->method])};
    if (o->truth) {
        rows[n++] = (struct page_summary_row){STR("Clusters against the truth"),
                                              str_fmt(a, "precision %.4f, recall %.4f, F1 %.4f", g->scores.precision, g->scores.recall, g->scores.f1),
                                              str_fmt(a, "of pairs; B-cubed F1 %.4f", g->scores.bcubed_f1)};
    }
    if (o->labels)
        rows[n++] = (struct page_summary_row){STR("Labelled pairs"), count_text(a, o->labels->n),
                                              str_fmt(a, "%.*s of one person, %.*s of two people", STR_ARG(count_text(a, g->labelled_matches)),
                                                      STR_ARG(count_text(a, o->labels->n - g->labelled_matches)))};
    rows[n++] = (struct page_summary_row){STR("Model"), str_fmt(a, "%.12s", link_model_hash(o->model).p), STR("the first digits of its hash")};
    if (!g->links)
        warn(&w, STR("No pair reaches the threshold, so nothing is linked."));
    warn_blocks(g, &w);
    warn_levels(g, &w);
    struct report_view view = {{rows, n}, w.items, w.n};
    for (size_t i = 0; i < n; i++)
        if (!rows[i].value.p)
            return err_set(e, ERR_LIMIT, "the report outgrew its memory");
    return report_view_html(a, &view, &section_part(s)->html, e);
}
