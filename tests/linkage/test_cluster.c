/* Clusters against brute force and by their promises; evaluation against counting pairs. */
#include "fixture.h"

#include <math.h>

static uint64_t seed = 99;
static uint32_t rnd(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

#define N 24

static struct link_table *ids_table(void)
{
    static char text[N][16];
    const char *rows[N];
    for (int i = 0; i < N; i++) {
        (void)snprintf(text[i], sizeof text[i], "%02d,%c", i, "pqr"[i % 3]);
        rows[i] = text[i];
    }
    return fixture_table("unique_id,source_dataset", rows, N);
}

static size_t random_edges(struct link_edge *edges, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t a = rnd(N), b = (a + 1 + rnd(N - 1)) % N;
        edges[i] = (struct link_edge){.l = a < b ? a : b, .r = a < b ? b : a, .match_weight = (double)rnd(12)};
    }
    return n;
}

/* Labels by sets: every join looks at all members. */
static void slow_join(uint32_t *c, uint32_t a, uint32_t b)
{
    uint32_t keep = c[a] < c[b] ? c[a] : c[b], lose = c[a] < c[b] ? c[b] : c[a];
    for (int i = 0; i < N; i++)
        if (c[i] == lose)
            c[i] = keep;
}

static bool slow_cannot(const uint32_t *c, uint32_t a, uint32_t b, const struct link_cluster_options *o)
{
    for (size_t k = 0; k < o->n_cannot; k++) {
        uint32_t l = c[o->cannot[k].l], r = c[o->cannot[k].r];
        if ((l == c[a] && r == c[b]) || (l == c[b] && r == c[a]))
            return true;
    }
    return false;
}

static bool slow_veto(const uint32_t *c, uint32_t a, uint32_t b, const struct link_cluster_options *o)
{
    for (size_t k = 0; k < o->n_veto; k++)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                if (c[i] == c[a] && c[j] == c[b] && o->veto[k][i] && o->veto[k][j] && o->veto[k][i] != o->veto[k][j])
                    return true;
    return false;
}

static void slow_ordered(const struct link_edge *edges, size_t n, const struct link_cluster_options *o, uint32_t *c)
{
    bool done[64] = {0};
    for (uint32_t i = 0; i < N; i++)
        c[i] = i;
    for (size_t k = 0; k < o->n_must; k++)
        if (c[o->must[k].l] != c[o->must[k].r] && !slow_cannot(c, o->must[k].l, o->must[k].r, o))
            slow_join(c, o->must[k].l, o->must[k].r);
    for (size_t step = 0; step < n; step++) {
        size_t best = n;
        for (size_t i = 0; i < n; i++) {
            const struct link_edge *x = &edges[i], *y = best < n ? &edges[best] : NULL;
            if (!done[i] && (!y || x->match_weight > y->match_weight ||
                             (x->match_weight == y->match_weight && (x->l < y->l || (x->l == y->l && x->r < y->r)))))
                best = i;
        }
        done[best] = true;
        const struct link_edge *x = &edges[best];
        if (x->match_weight >= o->threshold_weight && c[x->l] != c[x->r] && !slow_cannot(c, x->l, x->r, o) && !slow_veto(c, x->l, x->r, o))
            slow_join(c, x->l, x->r);
    }
}

static void ordered_equals_brute_force(void **state)
{
    (void)state;
    struct link_table *t = ids_table();
    for (int round = 0; round < 3000; round++) {
        struct link_edge edges[40];
        struct link_cannot cannot[6], must[4];
        uint64_t veto[2][N];
        const uint64_t *const vetoes[2] = {veto[0], veto[1]};
        uint32_t got[N], want[N];
        struct err e = {0};
        size_t n = random_edges(edges, rnd(40));
        for (int i = 0; i < 6; i++) {
            uint32_t a = rnd(N);
            cannot[i] = (struct link_cannot){a, (a + 1 + rnd(N - 1)) % N};
        }
        for (int i = 0; i < 4; i++) {
            uint32_t a = rnd(N);
            must[i] = (struct link_cannot){a, (a + 1 + rnd(N - 1)) % N};
        }
        for (int i = 0; i < N; i++)
            veto[0][i] = rnd(3) ? 0 : 1 + rnd(2), veto[1][i] = rnd(4) ? 0 : 1 + rnd(3);
        struct link_cluster_options o = {.method = LINK_CLUSTER_ORDERED, .threshold_weight = 4, .cannot = cannot, .n_cannot = rnd(7),
                                         .must = must, .n_must = rnd(5), .veto = vetoes, .n_veto = rnd(3)};
        assert_int_equal(link_cluster(t, edges, n, &o, got, &e), ERR_OK);
        slow_ordered(edges, n, &o, want);
        assert_memory_equal(got, want, sizeof got); /* ids rise with rows, so the least label is the representative */
    }
    link_table_free(t);
}

static void components_are_reachability(void **state)
{
    (void)state;
    struct link_table *t = ids_table();
    for (int round = 0; round < 500; round++) {
        struct link_edge edges[30];
        uint32_t got[N], want[N];
        struct err e = {0};
        size_t n = random_edges(edges, rnd(30));
        for (uint32_t i = 0; i < N; i++)
            want[i] = i;
        for (size_t i = 0; i < n; i++)
            if (edges[i].match_weight >= 5 && want[edges[i].l] != want[edges[i].r])
                slow_join(want, edges[i].l, edges[i].r);
        struct link_cluster_options o = {.method = LINK_CLUSTER_COMPONENTS, .threshold_weight = 5};
        assert_int_equal(link_cluster(t, edges, n, &o, got, &e), ERR_OK);
        assert_memory_equal(got, want, sizeof got);
    }
    link_table_free(t);
}

static void order_of_edges_does_not_matter(void **state)
{
    (void)state;
    struct link_table *t = ids_table();
    struct link_edge edges[40];
    uint64_t veto[N], key[N];
    const uint64_t *const vetoes[1] = {veto};
    uint32_t first[N], got[N];
    struct err e = {0};
    for (int round = 0; round < 50; round++) {
        size_t n = random_edges(edges, 40);
        for (int i = 0; i < N; i++)
            veto[i] = rnd(3), key[i] = (uint64_t)(i * 7919 % 101);
        struct link_cluster_options o = {.method = LINK_CLUSTER_ORDERED, .veto = vetoes, .n_veto = 1, .order_key = key};
        assert_int_equal(link_cluster(t, edges, n, &o, first, &e), ERR_OK);
        for (int shuffle = 0; shuffle < 10; shuffle++) {
            for (size_t i = n - 1; i > 0; i--) {
                size_t j = rnd((uint32_t)i + 1);
                struct link_edge x = edges[i];
                edges[i] = edges[j];
                edges[j] = x;
            }
            assert_int_equal(link_cluster(t, edges, n, &o, got, &e), ERR_OK);
            assert_memory_equal(got, first, sizeof got);
        }
    }
    link_table_free(t);
}

static void best_link_keeps_datasets_apart(void **state)
{
    (void)state;
    struct link_table *t = ids_table();
    struct link_edge edges[40];
    uint32_t got[N];
    struct err e = {0};
    for (int round = 0; round < 200; round++) {
        size_t n = random_edges(edges, 40);
        struct link_cluster_options o = {.method = LINK_CLUSTER_BEST_LINK, .threshold_weight = 2};
        assert_int_equal(link_cluster(t, edges, n, &o, got, &e), ERR_OK);
        for (int i = 0; i < N; i++)
            for (int j = 0; j < i; j++)
                assert_false(got[i] == got[j] && i % 3 == j % 3);
    }
    link_table_free(t);
    static const char *const rows[] = {"1", "2"};
    t = fixture_table("unique_id", rows, 2);
    struct link_cluster_options o = {.method = LINK_CLUSTER_BEST_LINK};
    assert_int_equal(link_cluster(t, edges, 0, &o, got, &e), ERR_USAGE);
    assert_string_equal(e.message, "best-link needs between two and 64 datasets: give several files, or a column source_dataset");
    link_table_free(t);
}

static void evaluation_counts_pairs(void **state)
{
    (void)state;
    for (int round = 0; round < 200; round++) {
        uint32_t c[N], truth[N];
        struct link_scores s;
        uint64_t found = 0, right = 0, all = 0;
        double precision = 0, recall = 0;
        for (int i = 0; i < N; i++)
            c[i] = rnd(8), truth[i] = rnd(8);
        for (int i = 0; i < N; i++) {
            double both = 0, mine = 0, theirs = 0;
            for (int j = 0; j < N; j++) {
                both += c[i] == c[j] && truth[i] == truth[j];
                mine += c[i] == c[j];
                theirs += truth[i] == truth[j];
                if (j < i) {
                    found += c[i] == c[j];
                    all += truth[i] == truth[j];
                    right += c[i] == c[j] && truth[i] == truth[j];
                }
            }
            precision += both / mine / N;
            recall += both / theirs / N;
        }
        link_evaluate_clusters(c, truth, N, &s);
        assert_int_equal(s.found_pairs, found);
        assert_int_equal(s.true_pairs, all);
        assert_int_equal(s.right_pairs, right);
        assert_true(fabs(s.bcubed_precision - precision) < 1e-12);
        assert_true(fabs(s.bcubed_recall - recall) < 1e-12);
    }
}

static void edges_are_kept_as_they_come(void **state)
{
    struct link_edges x = {0};
    struct err e;
    (void)state;
    for (uint32_t i = 0; i < 20000; i++)
        assert_int_equal(link_edges_keep(&x, &(struct link_edge){.l = i, .r = i + 1, .match_weight = i / 2.0, .match_key = (uint16_t)(i % 7)}, NULL, &e), ERR_OK);
    assert_int_equal(x.n, 20000);
    for (uint32_t i = 0; i < 20000; i++)
        assert_true(x.items[i].l == i && x.items[i].r == i + 1 && x.items[i].match_weight == i / 2.0 && x.items[i].match_key == i % 7);
    link_edges_free(&x);
    assert_true(x.items == NULL && x.n == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordered_equals_brute_force),     cmocka_unit_test(components_are_reachability),
        cmocka_unit_test(order_of_edges_does_not_matter), cmocka_unit_test(best_link_keeps_datasets_apart),
        cmocka_unit_test(evaluation_counts_pairs),
        cmocka_unit_test(edges_are_kept_as_they_come),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("cluster", tests, NULL, NULL);
}
