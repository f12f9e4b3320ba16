/* bench_pairs.c: how fast pairs are scored: bench_pairs PERSONS.csv ROUNDS MODEL.json...
 *
 * For each model, rounds take turns: the stages of one worker by the processor time of its thread, then the whole of link_predict by the clock with one thread and with
 * two (and by the calling thread's processor time, which shows the same on a machine that has other things to do). Scoring is all from sorted keys to edges: gathering, leaving out what an earlier rule brings, levels, weights, threshold -5. It is measured a second time with
 * the threshold at -infinity, so that every pair is weighed to the end and given. Medians are printed. */
#include "linkage/pairs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS_MAX 99
#define GATHER_ENTRIES 4096u

static double seconds(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void fail(const struct err *e)
{
    (void)fprintf(stderr, "bench_pairs: %s\n", e->message);
    exit(1);
}

enum { PLAN, ORDER, LISTS, GATHER, SCORE, SCORE_ALL, STAGES };
struct round {
    double stage[STAGES], wall[2], own[2]; /* own: processor time of the calling thread */
    uint64_t pairs, records, edges;
};

static enum err_code count_edge(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    (void)edge;
    (void)gammas;
    (void)e;
    ++*(uint64_t *)ctx;
    return ERR_OK;
}

static double score_list(struct pairs_worker *w, const struct block_list *l, uint64_t *pairs, uint64_t *edges, struct err *e)
{
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);
    struct pairs_range at = {0};
    while (at.from < l->n) {
        if (pairs_of_range(w, l, pairs_next_range(w, l, &at)) != ERR_OK)
            fail(e);
        *pairs += w->count.pairs;
        *edges += w->edges.n;
    }
    return seconds(CLOCK_THREAD_CPUTIME_ID) - start;
}

static double gather_list(struct pairs_worker *w, const struct block_list *l, const struct block_order *order, struct err *e)
{
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (size_t from = 0; from < l->n; from += GATHER_ENTRIES) {
        if (run_gather_start(w->run, GATHER_ENTRIES, e) != ERR_OK)
            fail(e);
        for (size_t i = from; i < l->n && i < from + GATHER_ENTRIES; i++)
            run_gather_add(w->run, order->row[l->entries[i].rank], l->entries[i].rank);
        run_gather_end(w->run);
    }
    return seconds(CLOCK_THREAD_CPUTIME_ID) - start;
}

static void stages(const struct link_model *m, const struct link_table *t, struct round *ret, struct err *e)
{
    struct plan *p;
    struct block_order order;
    double at[4];
    at[0] = seconds(CLOCK_THREAD_CPUTIME_ID);
    if (plan_new(m, t, t, &p, e) != ERR_OK)
        fail(e);
    at[1] = seconds(CLOCK_THREAD_CPUTIME_ID);
    if (block_order_new(m, t, &order, e) != ERR_OK)
        fail(e);
    at[2] = seconds(CLOCK_THREAD_CPUTIME_ID);
    ret->stage[PLAN] = at[1] - at[0];
    ret->stage[ORDER] = at[2] - at[1];
    struct link_options some = {.threshold_weight = -5}, all = {.threshold_weight = -INFINITY};
    struct pairs_worker some_worker, all_worker;
    if (pairs_worker_new(p, &some, &order, &some_worker, e) != ERR_OK || pairs_worker_new(p, &all, &order, &all_worker, e) != ERR_OK)
        fail(e);
    for (size_t c = 0; c < p->n_conjunctions; c++) {
        struct block_list list;
        uint64_t ignored = 0;
        at[0] = seconds(CLOCK_THREAD_CPUTIME_ID);
        if (block_list_new(p, &order, &p->conjunctions[c], NULL, &list, e) != ERR_OK)
            fail(e);
        ret->stage[LISTS] += seconds(CLOCK_THREAD_CPUTIME_ID) - at[0];
        ret->records += list.n;
        some_worker.conjunction = all_worker.conjunction = c;
        some_worker.exact = all_worker.exact = list.exact;
        ret->stage[GATHER] += gather_list(&some_worker, &list, &order, e);
        ret->stage[SCORE] += score_list(&some_worker, &list, &ret->pairs, &ret->edges, e);
        ret->stage[SCORE_ALL] += score_list(&all_worker, &list, &ignored, &ignored, e);
        block_list_free(&list);
    }
    pairs_worker_free(&some_worker);
    pairs_worker_free(&all_worker);
    block_order_free(&order);
    plan_free(p);
}

static void one_round(const struct link_model *m, const struct link_table *t, struct round *ret, struct err *e)
{
    *ret = (struct round){0};
    stages(m, t, ret, e);
    for (unsigned threads = 1; threads <= 2; threads++) {
        uint64_t edges = 0;
        struct link_options o = {.threshold_weight = -5, .threads = threads};
        double start = seconds(CLOCK_MONOTONIC), own = seconds(CLOCK_THREAD_CPUTIME_ID);
        if (link_predict(m, t, &o, count_edge, &edges, NULL, e) != ERR_OK)
            fail(e);
        ret->wall[threads - 1] = seconds(CLOCK_MONOTONIC) - start;
        ret->own[threads - 1] = seconds(CLOCK_THREAD_CPUTIME_ID) - own;
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void print_model(const char *name, const struct round *rounds, size_t n)
{
    static const char *const names[STAGES] = {"plan", "order of ids", "keys and sorting", "gathering alone", "scoring", "scoring, all given"};
    double v[ROUNDS_MAX], pairs = (double)rounds[0].pairs;
    (void)printf("%s: %.0f pairs, %llu records in blocks, %llu edges\n", name, pairs, (unsigned long long)rounds[0].records, (unsigned long long)rounds[0].edges);
    for (size_t s = 0; s < STAGES; s++) {
        for (size_t i = 0; i < n; i++)
            v[i] = rounds[i].stage[s];
        double t = median(v, n);
        (void)printf("  %-20s %7.3f s of processor time", names[s], t);
        (void)printf(s >= SCORE ? "  %6.1f M pairs/s/core\n" : "\n", pairs / t / 1e6);
    }
    for (size_t i = 0; i < n; i++)
        v[i] = rounds[i].wall[0] / rounds[i].wall[1];
    double by_clock = median(v, n);
    for (size_t i = 0; i < n; i++)
        v[i] = rounds[i].own[0] / rounds[i].own[1];
    double by_own = median(v, n);
    for (size_t i = 0; i < n; i++)
        v[i] = rounds[i].wall[0];
    (void)printf("  predict, 1 thread    %7.3f s by the clock; two threads: %.2f times as fast by the clock, %.2f by the calling thread's processor time\n", median(v, n), by_clock, by_own);
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct link_table *t;
    int rounds = argc > 2 ? atoi(argv[2]) : 0;
    if (argc < 4 || rounds < 1 || rounds > ROUNDS_MAX) {
        (void)fprintf(stderr, "usage: bench_pairs PERSONS.csv ROUNDS MODEL.json...\n");
        return 2;
    }
    const char *const paths[] = {argv[1]};
    if (link_table_read(paths, 1, &t, &e) != ERR_OK)
        fail(&e);
    for (int i = 3; i < argc; i++) {
        struct link_model *m;
        static struct round result[ROUNDS_MAX];
        if (link_model_read(argv[i], &m, &e) != ERR_OK)
            fail(&e);
        for (int k = 0; k < rounds; k++)
            one_round(m, t, &result[k], &e);
        print_model(argv[i], result, (size_t)rounds);
        link_model_free(m);
    }
    link_table_free(t);
    return 0;
}
