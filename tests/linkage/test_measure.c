/* What is measured and looked at, against what Splink 5 says of the same file and model (make_golden_measure.py), and graphs against the slow way. */
#include "measured.h"

static void near(double got, double want)
{
    if (!(isnan(got) && isnan(want)) && !(fabs(got - want) <= 1e-6 * fmax(1, fabs(want)))) /* Splink's shares are of single precision */
        fail_msg("%.9g where Splink has %.9g", got, want);
}

static void histogram(void **state)
{
    struct world *w = *state;
    struct link_histogram *h;
    struct link_bin *bins;
    struct err e;
    size_t n, i = 0;
    assert_int_equal(link_histogram_new(&h, &e), ERR_OK);
    assert_int_equal(link_histogram_bins(h, 100, &w->a, &bins, &n, &e), ERR_OK);
    assert_int_equal(n, 0);
    for (size_t k = 0; k < w->edges.n; k++)
        link_histogram_add(h, w->edges.items[k].match_weight);
    assert_int_equal(link_histogram_bins(h, 100, &w->a, &bins, &n, &e), ERR_OK);
    link_histogram_free(h);
    const struct json *want = json_get(w->golden, "histogram");
    assert_int_equal(n, want->n);
    JSON_EACH (row, want) {
        near(bins[i].low, number_at(row, 0));
        near(bins[i].high, number_at(row, 1));
        near((double)bins[i++].n, number_at(row, 2));
    }
}

static void unlinkables(void **state)
{
    struct world *w = *state;
    struct link_unlinkable *v;
    struct err e;
    size_t n, i = 0;
    assert_int_equal(link_unlinkables(w->m, w->t, &w->a, &v, &n, &e), ERR_OK);
    const struct json *want = json_get(w->golden, "unlinkables");
    assert_int_equal(n, want->n);
    JSON_EACH (row, want) {
        near(v[i].match_weight, number_at(row, 0));
        near(v[i].match_probability, number_at(row, 1));
        near(v[i].share, number_at(row, 2));
        near(v[i++].cumulative, number_at(row, 3));
    }
}

static void same_rows(const struct link_accuracy *acc, const struct json *want, struct arena *a)
{
    struct link_accuracy_row *v;
    struct err e;
    size_t n, i = 0;
    assert_int_equal(link_accuracy_rows(acc, a, &v, &n, &e), ERR_OK);
    assert_int_equal(n, want->n);
    JSON_EACH (row, want) {
        const struct link_accuracy_row *r = &v[i++];
        const double got[] = {r->threshold_weight, (double)r->tp, (double)r->tn, (double)r->fp, (double)r->fn, r->tp_rate, r->tn_rate, r->fp_rate, r->fn_rate, r->precision,
                              r->recall, r->specificity, r->npv, r->accuracy, r->f1, r->f2, r->f0_5, r->p4, r->phi};
        assert_int_equal(row->n, sizeof got / sizeof *got);
        for (size_t k = 0; k < row->n; k++)
            near(got[k], number_at(row, k));
        assert_int_equal(r->tp + r->fn, r->p);
        assert_int_equal(r->tn + r->fp, r->n);
    }
}

static void accuracy_of_a_label_column(void **state)
{
    struct world *w = *state;
    struct link_accuracy *acc;
    struct err e;
    assert_int_equal(link_accuracy_new(0.1, &acc, &e), ERR_OK);
    assert_int_equal(link_accuracy_of_labels(w->m, w->t, w->truth, &(struct link_options){.threads = 2}, acc, &e), ERR_OK);
    same_rows(acc, json_get(w->golden, "accuracy_column"), &w->a);
    link_accuracy_free(acc);
    assert_int_equal(link_accuracy_new(0, &acc, &e), ERR_USAGE);
    assert_string_equal(e.message, "thresholds may be 0.01 to 10 apart");
}

static void accuracy_of_labelled_pairs(void **state)
{
    struct world *w = *state;
    struct link_accuracy *acc;
    struct link_table *labels;
    struct err e;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/fake_1000_pairs.csv", data);
    assert_int_equal(link_table_read(&(const char *const){path}, 1, &labels, &e), ERR_OK);
    size_t n = link_table_rows(labels);
    struct link_cannot *pairs = calloc(n, sizeof *pairs);
    bool *is_match = calloc(n, sizeof *is_match);
    for (size_t i = 0; i < n; i++) {
        double score;
        pairs[i] = (struct link_cannot){row_of(w, link_table_value(labels, i, 0)), row_of(w, link_table_value(labels, i, 1))};
        assert_true(str_to_double(link_table_value(labels, i, 2), &score));
        is_match[i] = score >= 0.5;
    }
    assert_int_equal(link_accuracy_new(0.1, &acc, &e), ERR_OK);
    assert_int_equal(link_accuracy_of_pairs(w->m, w->t, pairs, is_match, n, acc, &e), ERR_OK);
    same_rows(acc, json_get(w->golden, "accuracy_table"), &w->a);
    link_accuracy_free(acc);
    link_table_free(labels);
    free(pairs);
    free(is_match);
}

static void profiles(void **state)
{
    struct world *w = *state;
    static const char *const names[] = {"first_name", "city"};
    for (int k = 0; k < 2; k++) {
        struct link_column_profile p;
        struct err e;
        const struct json *want = json_get(w->golden, k ? "profile_city" : "profile_first_name");
        size_t column = (size_t)link_table_column(w->t, str_of(names[k])), i = 1;
        assert_int_equal(link_profile(w->t, column, -1, 5, &w->a, &p, &e), ERR_OK);
        assert_int_equal(p.n_curve, want->n + 1);
        near(p.curve[0].of_filled, 1);
        JSON_EACH (row, want) {
            near(p.curve[i].of_filled, number_at(row, 0));
            near(p.curve[i].of_all, number_at(row, 1));
            near((double)p.curve[i++].n, number_at(row, 2));
            near((double)p.distinct, number_at(row, 3));
        }
        assert_int_equal(p.n_most, 5);
        assert_true(p.most[0].n >= p.most[4].n && p.least[0].n == 1);
        assert_int_equal(p.n_datasets, 1);
        assert_int_equal(p.datasets[0].missing, p.missing);
    }
}

static void profiles_by_dataset(void **state)
{
    static const char *const rows[] = {"b,x", "b,", "a,x", "a,y"};
    struct link_table *t = fixture_table("source_dataset,v", rows, 4);
    struct link_column_profile p;
    struct world *w = *state;
    struct err e;
    assert_int_equal(link_profile(t, 1, 0, 10, &w->a, &p, &e), ERR_OK);
    assert_int_equal(p.n_datasets, 2);
    assert_true(str_eq(p.datasets[0].dataset, STR("a")) && str_eq(p.datasets[1].dataset, STR("b")));
    assert_int_equal(p.datasets[1].missing, 1);
    assert_int_equal(p.n_most, 2);
    assert_true(str_eq(p.most[0].value, STR("x")) && p.most[0].n == 2 && str_eq(p.least[0].value, STR("y")));
    assert_int_equal(link_profile(t, 2, 0, 10, &w->a, &p, &e), ERR_USAGE);
    link_table_free(t);
}

static void graph_metrics(void **state)
{
    struct world *w = *state;
    struct link_graph g;
    struct err e;
    size_t n = link_table_rows(w->t), bridges = 0;
    uint32_t *cluster = calloc(n, sizeof *cluster);
    assert_int_equal(link_cluster(w->t, w->edges.items, w->edges.n, &(struct link_cluster_options){.threshold_weight = -6}, cluster, &e), ERR_OK);
    assert_int_equal(link_graph_new(w->t, w->edges.items, w->edges.n, -6, cluster, &g, &e), ERR_OK);
    JSON_EACH (row, json_get(w->golden, "nodes")) {
        uint32_t r = row_of(w, text_at(row, 0));
        near(g.degree[r], number_at(row, 1));
        near(g.centrality[r], number_at(row, 2));
    }
    assert_int_equal(g.n_clusters, json_get(w->golden, "clusters")->n);
    size_t at = 0;
    uint64_t bridges_of_clusters = 0;
    for (size_t i = 0; i < g.n_clusters; i++)
        bridges_of_clusters += g.clusters[i].n_bridges;
    JSON_EACH (row, json_get(w->golden, "clusters")) {
        uint32_t r = row_of(w, text_at(row, 0));
        for (at = 0; at < g.n_clusters && g.clusters[at].cluster != r; at++)
            ;
        assert_true(at < g.n_clusters);
        near(g.clusters[at].n_records, number_at(row, 1));
        near((double)g.clusters[at].n_edges, number_at(row, 2));
        near(g.clusters[at].density, number_at(row, 3));
        near(g.clusters[at].centralisation, number_at(row, 4));
    }
    const struct json *edges = json_get(w->golden, "edges");
    size_t counted = 0;
    for (size_t i = 0; i < w->edges.n; i++)
        counted += w->edges.items[i].match_weight >= -6;
    assert_int_equal(counted, edges->n);
    JSON_EACH (row, edges) {
        uint32_t l = row_of(w, text_at(row, 0)), r = row_of(w, text_at(row, 1));
        size_t i = 0;
        while (i < w->edges.n && (w->edges.items[i].l != l || w->edges.items[i].r != r))
            i++;
        assert_true(i < w->edges.n);
        near(g.bridge[i], number_at(row, 2));
        bridges += g.bridge[i];
    }
    assert_int_equal(bridges, bridges_of_clusters);
    link_graph_free(&g);
    free(cluster);
}

/* A chain of many records: every edge is a bridge, and no stack runs out; closed to a ring, none is. */
static void a_long_chain(void **state)
{
    enum { ROWS = 200000 };
    (void)state;
    struct link_table *t;
    struct link_graph g;
    struct err e;
    struct link_edge *edges = calloc(ROWS, sizeof *edges);
    uint32_t *cluster = calloc(ROWS, sizeof *cluster);
    assert_int_equal(link_table_new(&STR("unique_id"), 1, (size_t)1 << 30, &t, &e), ERR_OK);
    for (uint32_t i = 0; i < ROWS; i++) {
        char z[16];
        (void)snprintf(z, sizeof z, "%07u", i);
        assert_int_equal(link_table_add(t, &(struct str){z, 7}, &e), ERR_OK);
        edges[i] = (struct link_edge){.l = i, .r = (i + 1) % ROWS, .match_weight = 1};
    }
    for (size_t ring = 0; ring < 2; ring++) {
        assert_int_equal(link_graph_new(t, edges, ROWS - 1 + ring, 0, cluster, &g, &e), ERR_OK);
        assert_int_equal(g.n_clusters, 1);
        assert_int_equal(g.clusters[0].n_bridges, ring ? 0 : ROWS - 1);
        link_graph_free(&g);
    }
    link_table_free(t);
    free(edges);
    free(cluster);
}

/* An edge is a bridge when without it its ends are no longer connected: asked of every edge of random graphs. */
static bool connected_without(const struct link_edge *edges, size_t n, size_t left_out, uint32_t from, uint32_t to)
{
    uint32_t reached = 1u << from;
    for (uint32_t before = 0; before != reached;) {
        before = reached;
        for (size_t i = 0; i < n; i++)
            if (i != left_out && (reached >> edges[i].l & 1 || reached >> edges[i].r & 1))
                reached |= 1u << edges[i].l | 1u << edges[i].r;
    }
    return reached >> to & 1;
}

static void bridges_of_random_graphs(void **state)
{
    static const char *const rows[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    (void)state;
    struct link_table *t = fixture_table("unique_id", rows, 8);
    uint32_t cluster[8], random = 1;
    struct err e;
    for (int round = 0; round < 2000; round++) {
        struct link_edge edges[28];
        struct link_graph g;
        size_t n = 0;
        for (uint32_t l = 0; l < 8; l++)
            for (uint32_t r = l + 1; r < 8; r++) {
                random = random * 1664525u + 1013904223u;
                if (random >> 24 < 16u + (unsigned)round % 80)
                    edges[n++] = (struct link_edge){.l = l, .r = r, .match_weight = 1};
            }
        assert_int_equal(link_cluster(t, edges, n, &(struct link_cluster_options){0}, cluster, &e), ERR_OK);
        assert_int_equal(link_graph_new(t, edges, n, 0, cluster, &g, &e), ERR_OK);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(g.bridge[i], !connected_without(edges, n, i, edges[i].l, edges[i].r));
        link_graph_free(&g);
    }
    link_table_free(t);
}

static void clusters_at_thresholds(void **state)
{
    struct world *w = *state;
    static const double weights[] = {-6, 0, 6, 12};
    uint32_t *cluster = calloc(link_table_rows(w->t), sizeof *cluster);
    struct err e;
    for (int k = 0; k < 4; k++) {
        char key[32];
        (void)snprintf(key, sizeof key, "clusters_at_%g", weights[k]);
        assert_int_equal(link_cluster(w->t, w->edges.items, w->edges.n, &(struct link_cluster_options){.threshold_weight = weights[k]}, cluster, &e), ERR_OK);
        const struct json *want = json_get(w->golden, key);
        assert_int_equal(want->n, link_table_rows(w->t));
        JSON_EACH (row, want)
            assert_true(str_eq(id_of(w, cluster[row_of(w, text_at(row, 0))]), text_at(row, 1)));
    }
    free(cluster);
}

int main(int argc, char **argv)
{
    data = argc > 1 ? argv[1] : "tests/data/linkage";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histogram),
        cmocka_unit_test(unlinkables),
        cmocka_unit_test(accuracy_of_a_label_column),
        cmocka_unit_test(accuracy_of_labelled_pairs),
        cmocka_unit_test(profiles),
        cmocka_unit_test(profiles_by_dataset),
        cmocka_unit_test(graph_metrics),
        cmocka_unit_test(a_long_chain),
        cmocka_unit_test(bridges_of_random_graphs),
        cmocka_unit_test(clusters_at_thresholds),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("measure", tests, open_world, close_world);
}
