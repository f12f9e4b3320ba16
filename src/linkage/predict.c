/* predict.c: the pairs of all rules, by one or many threads.
 *
 * A conjunction's sorted keys are cut into ranges of about PAIRS_RANGE pairs: whole blocks, or pieces of a large one. Workers take ranges in order and work them off
 * alone; edges are given by number of range. Whoever has finished the range whose turn it is gives its edges and all that wait behind it, without holding the others up;
 * edges of a later range wait in a shelf, and its worker goes on, unless too many wait already: then it waits too. So the sink sees the same edges in the same order with
 * any number of threads, and only one thread at a time; and what waits is bounded, however long one worker is kept from its processor. */
#include "linkage/pairs.h"

#include <pthread.h>
#include <stdlib.h>

#define THREADS_MAX 256u
#define SHELVES_A_THREAD 4u
#define WAITING_MOST ((size_t)1 << 18) /* edges on all shelves, but for one range */
#define KEPT_MOST ((size_t)1 << 15)    /* edges: memory for more is not kept for the next range */

/* A finished range that waits for its turn. */
struct shelf {
    bool full;
    size_t done; /* entries up to there are worked off */
    struct pairs_edges edges;
    struct link_rule_count count;
    enum err_code code;
    struct err e;
};

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
    struct patterns *patterns; /* NULL: not asked for */
    struct err *e, own; /* own: for callers that pass none, since workers hand theirs over */

    struct block_list list; /* of the conjunction at hand */
    size_t conjunction;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t room; /* on the shelves */
    struct pairs_range at;        /* what no worker has taken */
    uint64_t next_range, to_give; /* numbers of the range to take and to give next */
    bool giving;                  /* somebody gives: nobody else does */
    struct shelf *shelves;        /* range i stands on shelf i % n_shelves */
    size_t n_shelves;
    size_t waiting; /* edges on all shelves */
    enum err_code failed;
};

/* ---- ranges ---- */

static bool take_range(struct predict *p, const struct pairs_worker *w, struct pairs_range *range, uint64_t *number)
{
    (void)pthread_mutex_lock(&p->lock);
    bool more = p->failed == ERR_OK && p->at.from < p->list.n;
    if (more) {
        *range = pairs_next_range(w, &p->list, &p->at);
        *number = p->next_range++;
    }
    (void)pthread_mutex_unlock(&p->lock);
    return more;
}

static enum err_code give_edges(struct predict *p, const struct shelf *s)
{
    size_t stride = p->model->n_comparisons;
    if (s->code != ERR_OK) {
        *p->e = s->e;
        return s->code;
    }
    for (size_t i = 0; i < s->edges.n; i++)
        ERR_TRY(p->sink(p->ctx, &s->edges.edges[i], s->edges.gammas + i * stride, p->e));
    return ERR_OK;
}

static void count_range(struct predict *p, const struct link_rule_count *found)
{
    p->pairs += found->pairs;
    if (!p->rules)
        return;
    struct link_rule_count *c = &p->rules[p->plan->conjunctions[p->conjunction].rule];
    c->pairs += found->pairs;
    c->blocks += found->blocks;
    if (found->largest_block > c->largest_block)
        c->largest_block = found->largest_block;
    c->left_out_blocks += found->left_out_blocks;
    c->left_out_pairs += found->left_out_pairs;
}

/* Gives what stands ready, in order; the first failure in that order is the one that is reported. The lock is held, but not while edges are given. */
static void give_ready(struct predict *p)
{
    struct shelf *s = &p->shelves[p->to_give % p->n_shelves];
    p->giving = true;
    for (; s->full; s = &p->shelves[p->to_give % p->n_shelves]) {
        bool wanted = p->failed == ERR_OK;
        (void)pthread_mutex_unlock(&p->lock);
        enum err_code code = wanted ? give_edges(p, s) : ERR_OK;
        (void)pthread_mutex_lock(&p->lock);
        if (code != ERR_OK)
            p->failed = code;
        else if (wanted)
            count_range(p, &s->count);
        bool goes_on = !p->o->progress || progress_to(p->o->progress, (uint64_t)p->conjunction * p->order.n + (s->done < p->order.n ? s->done : p->order.n));
        if (p->failed == ERR_OK && !goes_on)
            p->failed = err_set(p->e, ERR_STOPPED, "stopped before all pairs were compared");
        s->full = false;
        p->waiting -= s->edges.n;
        if (s->edges.cap > KEPT_MOST)
            pairs_edges_free(&s->edges);
        p->to_give++;
        (void)pthread_cond_broadcast(&p->room);
    }
    p->giving = false;
}

/* Whoever has the range whose turn it is never waits for room, so there is always somebody who makes some. */
static bool has_room(const struct predict *p, uint64_t number, size_t edges)
{
    return number == p->to_give || (number - p->to_give < p->n_shelves && p->waiting + edges <= WAITING_MOST);
}

static void finish_range(struct predict *p, struct pairs_worker *w, uint64_t number, size_t done, enum err_code code)
{
    (void)pthread_mutex_lock(&p->lock);
    while (!has_room(p, number, w->edges.n))
        (void)pthread_cond_wait(&p->room, &p->lock);
    struct shelf *s = &p->shelves[number % p->n_shelves];
    struct pairs_edges spare = s->edges;
    *s = (struct shelf){.full = true, .done = done, .edges = w->edges, .count = w->count, .code = code};
    w->edges = spare;
    p->waiting += s->edges.n;
    if (code != ERR_OK)
        s->e = *w->e;
    if (!p->giving)
        give_ready(p);
    (void)pthread_mutex_unlock(&p->lock);
}

static void work(struct predict *p, struct pairs_worker *w)
{
    struct pairs_range range;
    uint64_t number;
    w->conjunction = p->conjunction;
    w->exact = p->list.exact;
    w->count_only = p->count_only;
    while (take_range(p, w, &range, &number)) {
        enum err_code code = pairs_of_range(w, &p->list, range);
        finish_range(p, w, number, range.to, code);
    }
}

/* ---- threads ---- */

struct thread {
    struct predict *p;
    struct pairs_worker worker;
    struct patterns patterns; /* of this thread alone */
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

static enum err_code pairs_to_come(struct predict *p, const struct plan_conjunction *c)
{
    struct link_rule_count count;
    if (!c->explodes)
        return block_list_new(p->plan, &p->order, c, p->o->fresh, &p->list, p->e);
    ERR_TRY(block_explode(p->plan, &p->order, c, &p->list, &count, p->e));
    count_range(p, &count);
    return ERR_OK;
}

static enum err_code one_conjunction(struct predict *p, struct thread *threads, unsigned n)
{
    const struct plan_conjunction *c = &p->plan->conjunctions[p->conjunction];
    if (c->n_keys == 0 && p->order.n > LIMIT_LINK_CROSS_ROWS && !p->o->allow_cross_join)
        return err_set(p->e, ERR_LIMIT,
                       "blocking rule %u (`%.*s`) has no equality between l and r, so it would compare all pairs of %u records: add one, or allow the "
                       "cross join (--cross-join)",
                       c->rule, STR_ARG(str_slice(p->model->rules[c->rule].text, 0, 120)), p->order.n);
    ERR_TRY(pairs_to_come(p, c));
    p->at = (struct pairs_range){0};
    p->next_range = p->to_give = 0;
    run_threads(p, threads, n);
    block_list_free(&p->list);
    return p->failed;
}

static enum err_code all_conjunctions(struct predict *p, unsigned n)
{
    struct thread *threads = calloc(n, sizeof *threads);
    p->n_shelves = (size_t)n * SHELVES_A_THREAD;
    p->shelves = calloc(p->n_shelves, sizeof *p->shelves);
    enum err_code code = threads && p->shelves ? ERR_OK : err_set(p->e, ERR_NO_MEMORY, "no memory for %u threads", n);
    for (unsigned i = 0; threads && i < n; i++) {
        threads[i].p = p;
        if (code == ERR_OK && pairs_worker_new(p->plan, p->o, &p->order, &threads[i].worker, &threads[i].e) != ERR_OK) {
            *p->e = threads[i].e;
            code = p->e->code;
        }
        if (code == ERR_OK && p->patterns) {
            code = patterns_init(&threads[i].patterns, p->patterns->m, p->patterns->how, p->patterns->source, p->e);
            threads[i].worker.patterns = &threads[i].patterns;
        }
    }
    for (p->conjunction = 0; code == ERR_OK && p->conjunction < p->plan->n_conjunctions; p->conjunction++)
        code = one_conjunction(p, threads, n);
    for (unsigned i = 0; threads && i < n; i++) {
        if (code == ERR_OK && p->patterns)
            code = patterns_add(p->patterns, &threads[i].patterns, p->e);
        patterns_free(&threads[i].patterns);
        pairs_worker_free(&threads[i].worker);
    }
    for (size_t i = 0; p->shelves && i < p->n_shelves; i++)
        pairs_edges_free(&p->shelves[i].edges);
    free(p->shelves);
    free(threads);
    return code;
}

/* ---- the calls ---- */

static enum err_code predict_with_plan(struct predict *p)
{
    unsigned n = p->o->threads > 1 ? p->o->threads : 1;
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
        return err_set(p->e, ERR_FORMAT, "the model has no blocking rule (blocking_rules_to_generate_predictions): it would compare every pair; give it one, such as \"l.surname = r.surname\"");
    for (size_t i = 0; p->rules && i < m->n_rules; i++)
        p->rules[i] = (struct link_rule_count){.rule = m->rules[i].text};
    ERR_TRY(plan_new(m, t, t, &p->plan, p->e));
    (void)pthread_mutex_init(&p->lock, NULL); /* default attributes cannot fail on Linux */
    (void)pthread_cond_init(&p->room, NULL);
    enum err_code code = predict_with_plan(p);
    (void)pthread_cond_destroy(&p->room);
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

enum err_code patterns_of_rules(struct patterns *ret, const struct link_table *t, const struct link_options *o, uint64_t *ret_pairs, struct err *e)
{
    struct predict p = {.model = ret->m, .o = o, .patterns = ret, .e = e};
    ERR_TRY(predict(&p, t));
    *ret_pairs = p.pairs;
    return patterns_finish(ret, e);
}
