/* predict.c: the pairs of all rules, by one or many threads.
 *
 * A conjunction's sorted keys are cut into ranges of whole blocks with about RANGE_PAIRS pairs each. Workers take ranges in order, work them off
 * alone, and give their edges when all earlier ranges have been given. So the sink sees the same edges in the same order with any number of threads,
 * and only one thread at a time. */
#include "linkage/pairs.h"

#include <pthread.h>
#include <stdlib.h>

#define RANGE_PAIRS ((uint64_t)1 << 18)
#define THREADS_MAX 256u

struct predict {
    const struct link_model *model;
    const struct link_options *o;
    struct plan *plan;
    struct block_order order;
    link_edge_sink *sink;
    void *ctx;
    uint64_t pairs;
    struct link_rule_count *rules; /* NULL: not asked for */
    bool count_only;
    struct err *e, own; /* own: for callers that pass none, since workers hand theirs over */

    struct block_list list; /* of the conjunction at hand */
    size_t conjunction;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t turn;
    size_t next_entry;            /* first that no worker has taken */
    uint64_t next_range, to_give; /* numbers of the range to take and to give next */
    enum err_code failed;
};

/* ---- ranges ---- */

static bool take_range(struct predict *p, size_t *from, size_t *to, uint64_t *number)
{
    const struct block_list *l = &p->list;
    (void)pthread_mutex_lock(&p->lock);
    bool more = p->failed == ERR_OK && p->next_entry < l->n;
    *from = *to = p->next_entry;
    for (uint64_t pairs = 0; more && *to < l->n && pairs < RANGE_PAIRS;) {
        size_t end = pairs_block_end(l, *to);
        pairs += (uint64_t)(end - *to) * (end - *to) / 2 + 1;
        *to = end;
    }
    p->next_entry = *to;
    *number = p->next_range;
    p->next_range += more;
    (void)pthread_mutex_unlock(&p->lock);
    return more;
}

static enum err_code give(struct predict *p, const struct pairs_worker *w)
{
    size_t stride = p->model->n_comparisons;
    for (size_t i = 0; i < w->n_edges; i++)
        ERR_TRY(p->sink(p->ctx, &w->edges[i], w->gammas + i * stride, p->e));
    p->pairs += w->count.pairs;
    if (p->rules) {
        struct link_rule_count *c = &p->rules[p->plan->conjunctions[p->conjunction].rule];
        c->pairs += w->count.pairs;
        c->blocks += w->count.blocks;
        if (w->count.largest_block > c->largest_block)
            c->largest_block = w->count.largest_block;
        c->left_out_blocks += w->count.left_out_blocks;
        c->left_out_pairs += w->count.left_out_pairs;
    }
    return ERR_OK;
}

/* Waits for its turn; the first failure in the order of ranges is the one that is reported. */
static void give_in_turn(struct predict *p, const struct pairs_worker *w, uint64_t number, size_t done, enum err_code code)
{
    (void)pthread_mutex_lock(&p->lock);
    while (p->to_give != number)
        (void)pthread_cond_wait(&p->turn, &p->lock);
    if (p->failed == ERR_OK && code != ERR_OK) {
        *p->e = *w->e;
        p->failed = code;
    }
    if (p->failed == ERR_OK)
        p->failed = give(p, w);
    if (p->o->progress)
        progress_to(p->o->progress, (uint64_t)p->conjunction * p->order.n + done);
    p->to_give++;
    (void)pthread_cond_broadcast(&p->turn);
    (void)pthread_mutex_unlock(&p->lock);
}

static void work(struct predict *p, struct pairs_worker *w)
{
    size_t from, to;
    uint64_t number;
    w->conjunction = p->conjunction;
    w->exact = p->list.exact;
    w->count_only = p->count_only;
    while (take_range(p, &from, &to, &number)) {
        enum err_code code = pairs_of_range(w, &p->list, from, to);
        give_in_turn(p, w, number, to, code);
    }
}

/* ---- threads ---- */

struct thread {
    struct predict *p;
    struct pairs_worker worker;
    struct err e;
    pthread_t id;
    bool started;
};

static void *thread_main(void *arg)
{
    struct thread *t = arg;
    work(t->p, &t->worker);
    return NULL;
}

/* The caller's thread works too; a thread that cannot be had is done without. */
static void run_threads(struct predict *p, struct thread *threads, unsigned n)
{
    for (unsigned i = 1; i < n; i++)
        threads[i].started = pthread_create(&threads[i].id, NULL, thread_main, &threads[i]) == 0;
    work(p, &threads[0].worker);
    for (unsigned i = 1; i < n; i++)
        if (threads[i].started)
            (void)pthread_join(threads[i].id, NULL);
}

static enum err_code one_conjunction(struct predict *p, struct thread *threads, unsigned n)
{
    const struct plan_conjunction *c = &p->plan->conjunctions[p->conjunction];
    if (c->n_keys == 0 && p->order.n > LIMIT_LINK_CROSS_ROWS && !p->o->allow_cross_join)
        return err_set(p->e, ERR_LIMIT,
                       "blocking rule %u (`%.*s`) has no equality between l and r, so it would compare all pairs of %u records: add one, or allow the "
                       "cross join",
                       c->rule, STR_ARG(str_slice(p->model->rules[c->rule].text, 0, 120)), p->order.n);
    ERR_TRY(block_list_new(p->plan, &p->order, c, p->o->fresh, &p->list, p->e));
    p->next_entry = 0;
    p->next_range = p->to_give = 0;
    run_threads(p, threads, n);
    block_list_free(&p->list);
    return p->failed;
}

static enum err_code all_conjunctions(struct predict *p, unsigned n)
{
    struct thread *threads = calloc(n, sizeof *threads);
    enum err_code code = threads ? ERR_OK : err_set(p->e, ERR_NO_MEMORY, "no memory for %u threads", n);
    for (unsigned i = 0; threads && i < n; i++) {
        threads[i].p = p;
        if (code == ERR_OK && pairs_worker_new(p->plan, p->o, &p->order, &threads[i].worker, &threads[i].e) != ERR_OK) {
            *p->e = threads[i].e;
            code = p->e->code;
        }
    }
    for (p->conjunction = 0; code == ERR_OK && p->conjunction < p->plan->n_conjunctions; p->conjunction++)
        code = one_conjunction(p, threads, n);
    for (unsigned i = 0; threads && i < n; i++)
        pairs_worker_free(&threads[i].worker);
    free(threads);
    return code;
}

/* ---- the calls ---- */

static enum err_code predict_with_plan(struct predict *p)
{
    unsigned n = p->o->threads > 1 && !p->plan->one_thread ? p->o->threads : 1;
    if (!p->e)
        p->e = &p->own;
    ERR_TRY(block_order_new(p->model, p->plan->table, &p->order, p->e));
    if (p->o->progress)
        progress_start(p->o->progress, "Comparing", (uint64_t)p->plan->n_conjunctions * p->order.n);
    enum err_code code = all_conjunctions(p, n < THREADS_MAX ? n : THREADS_MAX);
    if (p->o->progress)
        progress_end(p->o->progress);
    block_order_free(&p->order);
    return code;
}

static enum err_code predict(struct predict *p, const struct link_table *t)
{
    const struct link_model *m = p->model;
    if (m->n_rules == 0)
        return err_set(p->e, ERR_FORMAT, "the model has no blocking rule (blocking_rules_to_generate_predictions): it would compare every pair");
    for (size_t i = 0; p->rules && i < m->n_rules; i++)
        p->rules[i] = (struct link_rule_count){.rule = m->rules[i].text};
    ERR_TRY(plan_new(m, t, t, &p->plan, p->e));
    (void)pthread_mutex_init(&p->lock, NULL); /* default attributes cannot fail on Linux */
    (void)pthread_cond_init(&p->turn, NULL);
    enum err_code code = predict_with_plan(p);
    (void)pthread_cond_destroy(&p->turn);
    (void)pthread_mutex_destroy(&p->lock);
    plan_free(p->plan);
    return code;
}

enum err_code link_predict(const struct link_model *m, const struct link_table *t, const struct link_options *o,
                           link_edge_sink *sink, void *ctx, uint64_t *ret_pairs_compared, struct err *e)
{
    struct predict p = {.model = m, .o = o, .sink = sink, .ctx = ctx, .rules = o->ret_rules, .e = e};
    enum err_code code = predict(&p, t);
    if (code == ERR_OK && ret_pairs_compared)
        *ret_pairs_compared = p.pairs;
    return code;
}

enum err_code link_blocking(const struct link_model *m, const struct link_table *t, const struct link_options *o,
                            struct link_rule_count *ret, struct err *e)
{
    struct predict p = {.model = m, .o = o, .rules = ret, .count_only = true, .e = e};
    return predict(&p, t);
}
