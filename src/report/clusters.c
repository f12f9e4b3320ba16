/* clusters.c: the section on clusters that are worth a reviewer's time: the largest, the least dense, those that one link holds together, those with records that a
 * veto would keep apart. */
#include "report/layout.h"
#include "report/report_templates.h"
#include "report/section.h"

#include <math.h>
#include <stdlib.h>

#define EACH 4        /* clusters of a kind */
#define MOST_LINKS 40 /* in one cluster's table */

static const struct report_column size_columns[] = {
    COLUMN_NUMBER("size", "Records in a cluster"), COLUMN_NUMBER("clusters", "Clusters"), COLUMN_NUMBER("records", "Records"),
};
static const struct report_column link_columns[] = {
    COLUMN_TEXT("", "Record"), COLUMN_TEXT("", "and record"), COLUMN_NUMBER("", "Match weight"), COLUMN_TEXT("", "Bridge"),
};
#define N(columns) (sizeof columns / sizeof *columns)

struct chosen {
    uint32_t cluster; /* its representative */
    struct str reason;
};
struct clusters {
    const struct gather *g;
    struct link_graph graph;
    struct link_cannot *vetoed;
    size_t n_vetoed;
    struct chosen chosen[EACH * 4];
    size_t n;
};

static void clusters_release(struct clusters *c)
{
    link_graph_free(&c->graph);
    free(c->vetoed);
}
#define _cleanup_clusters_ __attribute__((cleanup(clusters_release)))

/* ---- 1. sizes ---- */

static enum err_code add_sizes(const struct clusters *c, struct report_table *t, struct err *e)
{
    size_t most = 0;
    for (size_t i = 0; i < c->graph.n_clusters; i++)
        most = c->graph.clusters[i].n_records > most ? c->graph.clusters[i].n_records : most;
    uint64_t *count = calloc(most + 1, sizeof *count);
    if (!count)
        return err_set(e, ERR_NO_MEMORY, "no memory for the sizes of clusters");
    for (size_t i = 0; i < c->graph.n_clusters; i++)
        count[c->graph.clusters[i].n_records]++;
    for (size_t i = 1; i <= most; i++)
        if (count[i]) {
            table_count(t, i);
            table_count(t, count[i]);
            table_count(t, count[i] * i);
        }
    free(count);
    return ERR_OK;
}

/* ---- 2. which ---- */

static void choose(struct clusters *c, uint32_t cluster, const char *reason)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->chosen[i].cluster == cluster)
            return;
    if (c->n < N(c->chosen))
        c->chosen[c->n++] = (struct chosen){cluster, str_of(reason)};
}

/* How much a cluster is of a kind; -INFINITY: not at all. */
static double is_large(const struct link_cluster_shape *s) { return s->n_records > 2 ? s->n_records : -INFINITY; }
static double is_thin(const struct link_cluster_shape *s) { return s->n_records > 2 && s->density < 1 ? -s->density : -INFINITY; }
static double has_bridges(const struct link_cluster_shape *s) { return s->n_records > 3 && s->n_bridges ? (double)s->n_bridges : -INFINITY; }

/* The EACH that are most of a kind; the first by row of equal ones. */
static void choose_kind(struct clusters *c, double (*kind)(const struct link_cluster_shape *), const char *reason)
{
    const struct link_cluster_shape *best[EACH];
    size_t n = 0;
    for (size_t i = 0; i < c->graph.n_clusters; i++) {
        const struct link_cluster_shape *s = &c->graph.clusters[i];
        double rank = kind(s);
        if (isinf(rank) || (n == EACH && rank <= kind(best[n - 1])))
            continue;
        size_t at = n < EACH ? n++ : n - 1;
        for (; at > 0 && kind(best[at - 1]) < rank; at--)
            best[at] = best[at - 1];
        best[at] = s;
    }
    for (size_t i = 0; i < n; i++)
        choose(c, best[i]->cluster, reason);
}

static enum err_code choose_all(struct clusters *c, struct err *e)
{
    const struct report_options *o = c->g->o;
    size_t skipped, kept = 0;
    choose_kind(c, is_large, "Among the largest");
    choose_kind(c, is_thin, "Among the least dense: few of its records are linked directly");
    choose_kind(c, has_bridges, "Held together by single links");
    ERR_TRY(link_vetoes(o->model, o->table, c->g->edges.items, c->g->edges.n, o->run.threshold_weight, &c->vetoed, &c->n_vetoed, &skipped, e));
    for (size_t i = 0; i < c->n_vetoed && kept < EACH; i++)
        if (c->g->cluster[c->vetoed[i].l] == c->g->cluster[c->vetoed[i].r]) {
            choose(c, c->g->cluster[c->vetoed[i].l], "Holds two records that a veto would keep apart");
            kept++;
        }
    return ERR_OK;
}

/* ---- 3. one of them ---- */

/* Its records, by row, at most `most`; gives how many it has. */
static size_t records_of(const struct clusters *c, uint32_t cluster, uint32_t *ret, size_t most)
{
    size_t n = 0;
    for (uint32_t row = 0; row < link_table_rows(c->g->o->table); row++)
        if (c->g->cluster[row] == cluster) {
            if (n < most)
                ret[n] = row;
            n++;
        }
    return n;
}

static int place_of(const uint32_t *rows, size_t n, uint32_t row)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i] == row)
            return (int)i;
    return -1;
}

static void add_link(const struct clusters *c, struct report_table *t, const uint32_t *rows, size_t n, size_t edge)
{
    const struct link_edge *x = &c->g->edges.items[edge];
    uint32_t ends[2] = {x->l, x->r};
    for (int i = 0; i < 2; i++) {
        struct str name = record_name(c->g->o, ends[i], t->a);
        int at = place_of(rows, n, ends[i]);
        table_text(t, at >= 0 && n <= LAYOUT_MOST ? str_fmt(t->a, "%d: %.*s", at + 1, STR_ARG(name)) : name);
    }
    table_number(t, x->match_weight, 2);
    table_text(t, c->graph.bridge[edge] ? STR("yes") : STR(""));
}

static enum err_code draw(struct report_cluster *r, const uint32_t *rows, size_t n, const struct layout_link *links, const bool *bridges, size_t n_links, struct arena *a, struct err *e)
{
    double at[LAYOUT_MOST][2];
    struct report_dot *dots = ARENA_NEW(a, struct report_dot, n);
    struct report_line *lines = ARENA_NEW(a, struct report_line, n_links + 1);
    (void)rows;
    if (!dots || !lines)
        return err_set(e, ERR_LIMIT, "the report outgrew its memory");
    layout_place(n, links, n_links, at);
    for (size_t i = 0; i < n; i++)
        dots[i] = (struct report_dot){(int)lround(at[i][0]), (int)lround(at[i][1]), (int)lround(at[i][1]) + 4, (int)i + 1};
    for (size_t i = 0; i < n_links; i++)
        lines[i] = (struct report_line){dots[links[i].a].x, dots[links[i].a].y, dots[links[i].b].x, dots[links[i].b].y, bridges[i]};
    r->dots = dots;
    r->n_dots = n;
    r->lines = lines;
    r->n_lines = n_links;
    return ERR_OK;
}

/* Rows of the table are its strongest links first come; the picture has all. */
static enum err_code add_links(const struct clusters *c, uint32_t cluster, struct report_cluster *r, const uint32_t *rows, size_t n, struct arena *a, struct err *e)
{
    struct layout_link *links = ARENA_NEW(a, struct layout_link, LAYOUT_MOST * LAYOUT_MOST);
    bool *bridges = ARENA_NEW(a, bool, LAYOUT_MOST * LAYOUT_MOST);
    size_t n_links = 0;
    if (!links || !bridges)
        return err_set(e, ERR_LIMIT, "the report outgrew its memory");
    for (size_t i = 0; i < c->g->edges.n; i++) {
        const struct link_edge *x = &c->g->edges.items[i];
        if (x->match_weight < c->g->o->run.threshold_weight || c->g->cluster[x->l] != cluster || c->g->cluster[x->r] != cluster)
            continue;
        if (r->table.n_rows < MOST_LINKS)
            add_link(c, &r->table, rows, n, i);
        if (n <= LAYOUT_MOST && n_links < LAYOUT_MOST * LAYOUT_MOST) {
            links[n_links] = (struct layout_link){place_of(rows, n, x->l), place_of(rows, n, x->r)};
            bridges[n_links++] = c->graph.bridge[i];
        }
    }
    return n <= LAYOUT_MOST ? draw(r, rows, n, links, bridges, n_links, a, e) : ERR_OK;
}

static const struct link_cluster_shape *shape_of(const struct clusters *c, uint32_t cluster)
{
    for (size_t i = 0; i < c->graph.n_clusters; i++)
        if (c->graph.clusters[i].cluster == cluster)
            return &c->graph.clusters[i];
    return NULL;
}

static enum err_code make_cluster(const struct clusters *c, const struct chosen *chosen, size_t number, struct arena *a, struct report_cluster *r, struct err *e)
{
    uint32_t rows[LAYOUT_MOST];
    const struct link_cluster_shape *s = shape_of(c, chosen->cluster);
    size_t n = records_of(c, chosen->cluster, rows, LAYOUT_MOST);
    struct str name = record_name(c->g->o, chosen->cluster, a);
    *r = (struct report_cluster){.id = str_fmt(a, "cluster-%zu", number), .reason = chosen->reason};
    r->title = str_fmt(a, "Cluster of record %.*s", STR_ARG(name));
    r->description = str_fmt(a, "%zu records, %.*s of %.*s possible (density %.2f), %.*s.", n, STR_ARG(count_of(a, s->n_edges, "link", "links")),
                             STR_ARG(count_text(a, (uint64_t)n * (n - 1) / 2)), s->density, STR_ARG(count_of(a, s->n_bridges, "bridge", "bridges")));
    table_start(&r->table, a, str_fmt(a, "cluster-%zu-links", number),
                s->n_edges > MOST_LINKS ? str_fmt(a, "%d of the links of record %.*s\xE2\x80\x99s cluster", MOST_LINKS, STR_ARG(name)) : str_fmt(a, "Links of record %.*s\xE2\x80\x99s cluster", STR_ARG(name)),
                link_columns, N(link_columns));
    ERR_TRY(add_links(c, chosen->cluster, r, rows, n, a, e));
    if (!r->title.p || !r->description.p)
        return err_set(e, ERR_LIMIT, "the report outgrew its memory");
    return table_done(&r->table, e);
}

static enum err_code show_chosen(const struct clusters *c, struct report_section *s, struct err *e)
{
    struct report_cluster *items = ARENA_NEW(s->a, struct report_cluster, N(c->chosen));
    if (!items)
        return err_set(e, ERR_LIMIT, "the report outgrew its memory");
    for (size_t i = 0; i < c->n; i++)
        ERR_TRY(make_cluster(c, &c->chosen[i], i + 1, s->a, &items[i], e));
    struct report_cluster_list view = {items, c->n};
    section_heading(s, STR("Clusters to look into"));
    section_text(s, STR("A dot is a record, a line a link. A bridge, dashed and thick, is a link without which the cluster falls in two: if it is wrong, two people are one. "
                        "The numbers name the records in the table."));
    return report_cluster_list_html(s->a, &view, &section_part(s)->html, e);
}

enum err_code section_clusters(const struct gather *g, struct report_section *s, struct err *e)
{
    _cleanup_clusters_ struct clusters c = {.g = g};
    struct report_table sizes;
    ERR_TRY(link_graph_new(g->o->table, g->edges.items, g->edges.n, g->o->run.threshold_weight, g->cluster, &c.graph, e));
    table_start(&sizes, s->a, STR("sizes"), STR("Clusters by size"), size_columns, N(size_columns));
    ERR_TRY(add_sizes(&c, &sizes, e));
    ERR_TRY(choose_all(&c, e));
    section_text(s, STR("A cluster is the records that are taken as one person. Clusters much larger than a person can have records are where wrong links hide."));
    section_picture(s, STR("sizes"), STR("Bars of how many clusters have each number of records."), STR_NONE, &sizes);
    if (c.n)
        ERR_TRY(show_chosen(&c, s, e));
    else
        section_note(s, STR("No cluster has more than two records."));
    return table_done(&sizes, e);
}
