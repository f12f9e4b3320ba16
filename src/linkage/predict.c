/* predict.c: the pairs of all rules, compared and scored, given to the caller.
 *
 * Small blocks are gathered together, a large one alone; pairs run through batches of RUN_BATCH. A pair is given by the first rule that brings it:
 * each later conjunction leaves out what an earlier one holds for. */
#include "linkage/block.h"
#include "linkage/run.h"

#include <stdlib.h>

#define GATHER_RECORDS ((size_t)4096) /* small blocks are gathered together up to this */

struct predict {
    const struct plan *plan;
    const struct link_options *o;
    struct block_order order;
    struct run *run;
    size_t conjunction; /* which one is being worked on */
    bool exact;
    link_edge_sink *sink;
    void *ctx;
    uint64_t pairs;
    struct link_rule_count *rules; /* NULL: not asked for */
    bool count_only;
    uint32_t *fresh_at; /* positions of fresh records in the block at hand */
    size_t fresh_cap;
    struct err *e;
};

/* ---- batches ---- */

static enum err_code give_edges(struct predict *p)
{
    struct run *r = p->run;
    size_t n = p->plan->model->n_comparisons;
    int8_t gammas[LIMIT_LINK_COMPARISONS];
    for (size_t k = 0; k < r->n; k++) {
        if (!(r->weight[k] >= p->o->threshold_weight))
            continue;
        for (size_t c = 0; c < n; c++)
            gammas[c] = r->gamma[c][k];
        struct link_edge edge = {p->order.row[r->ranks[r->l[k]]], p->order.row[r->ranks[r->r[k]]], r->weight[k],
                                 (uint16_t)p->plan->conjunctions[p->conjunction].rule};
        ERR_TRY(p->sink(p->ctx, &edge, gammas, p->e));
    }
    return ERR_OK;
}

static enum err_code flush(struct predict *p)
{
    struct run *r = p->run;
    const struct plan_conjunction *all = p->plan->conjunctions, *now = &all[p->conjunction];
    if (!p->exact) /* equal hashes: the whole condition decides */
        run_keep(r, now->whole, true);
    else if (now->residual)
        run_keep(r, now->residual, true);
    for (size_t k = 0; k < p->conjunction && r->n > 0; k++)
        run_keep(r, all[k].whole, false);
    p->pairs += r->n;
    if (p->rules)
        p->rules[now->rule].pairs += r->n;
    if (!p->count_only) {
        run_compare(r);
        run_score(r);
    }
    if (r->failed != ERR_OK)
        return r->failed;
    if (p->count_only) {
        r->n = 0;
        return ERR_OK;
    }
    ERR_TRY(give_edges(p));
    r->n = 0;
    return ERR_OK;
}

static inline enum err_code pair(struct predict *p, uint32_t l, uint32_t r)
{
    struct run *run = p->run;
    run->l[run->n] = l;
    run->r[run->n] = r;
    return ++run->n == RUN_BATCH ? flush(p) : ERR_OK;
}

/* ---- pairs of a block: gathered records [from, to) ---- */

static inline bool one_dataset(const struct predict *p, uint32_t i, uint32_t j)
{
    return p->order.source && p->order.source[p->run->ranks[i]] == p->order.source[p->run->ranks[j]];
}

/* All of one block against each other; ranks rise, so the first is l. */
static enum err_code pairs_within(struct predict *p, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        for (uint32_t j = i + 1; j < to; j++)
            if (!one_dataset(p, i, j))
                ERR_TRY(pair(p, i, j));
    return ERR_OK;
}

static bool is_fresh(const struct predict *p, uint32_t i) { return p->o->fresh[p->order.row[p->run->ranks[i]]] != 0; }

static enum err_code fresh_room(struct predict *p, size_t n)
{
    if (n <= p->fresh_cap)
        return ERR_OK;
    uint32_t *more = realloc(p->fresh_at, n * sizeof *more);
    if (!more)
        return err_set(p->e, ERR_NO_MEMORY, "no memory for a block of %zu records", n);
    p->fresh_at = more;
    p->fresh_cap = n;
    return ERR_OK;
}

/* The same, only pairs with a fresh record: a stale one meets only the fresh ones behind it. */
static enum err_code fresh_within(struct predict *p, uint32_t from, uint32_t to)
{
    size_t n = 0, next = 0;
    ERR_TRY(fresh_room(p, to - from));
    for (uint32_t i = from; i < to; i++)
        if (is_fresh(p, i))
            p->fresh_at[n++] = i;
    for (uint32_t i = from; i < to; i++) {
        bool fresh = next < n && p->fresh_at[next] == i;
        next += fresh;
        if (fresh)
            for (uint32_t j = i + 1; j < to; j++)
                ERR_TRY(one_dataset(p, i, j) ? ERR_OK : pair(p, i, j));
        else
            for (size_t k = next; k < n; k++)
                ERR_TRY(one_dataset(p, i, p->fresh_at[k]) ? ERR_OK : pair(p, i, p->fresh_at[k]));
    }
    return ERR_OK;
}

/* Two columns: records in the role of l [from, middle) against those in the role of r [middle, to). */
static enum err_code pairs_between(struct predict *p, uint32_t from, uint32_t middle, uint32_t to)
{
    const uint32_t *rank = p->run->ranks;
    for (uint32_t i = from; i < middle; i++)
        for (uint32_t j = middle; j < to; j++)
            if (rank[i] < rank[j] && !one_dataset(p, i, j) && (!p->o->fresh || is_fresh(p, i) || is_fresh(p, j)))
                ERR_TRY(pair(p, i, j));
    return ERR_OK;
}

static enum err_code pairs_of_block(struct predict *p, const struct block_entry *x, uint32_t from, uint32_t n)
{
    uint32_t middle = 0;
    if (x[0].role == (SIDE_L | SIDE_R))
        return p->o->fresh ? fresh_within(p, from, from + n) : pairs_within(p, from, from + n);
    while (middle < n && x[middle].role == SIDE_L)
        middle++;
    return pairs_between(p, from, from + middle, from + n);
}

/* ---- blocks of a conjunction ---- */

static size_t block_end(const struct block_list *l, size_t from)
{
    size_t to = from + 1;
    while (to < l->n && l->entries[to].key == l->entries[from].key)
        to++;
    return to;
}

static void count_block(struct predict *p, size_t n, bool left_out)
{
    if (!p->rules)
        return;
    struct link_rule_count *r = &p->rules[p->plan->conjunctions[p->conjunction].rule];
    r->blocks++;
    if (n > r->largest_block)
        r->largest_block = n;
    r->left_out_blocks += left_out;
    r->left_out_pairs += left_out ? (uint64_t)n * (n - 1) / 2 : 0;
}

/* Gathers blocks from *at on, as many as fit together, and works off their pairs. */
static enum err_code some_blocks(struct predict *p, const struct block_list *l, size_t *at)
{
    uint32_t most = p->plan->model->rules[p->plan->conjunctions[p->conjunction].rule].max_block;
    size_t from = *at, to = from, wanted = 0;
    while (to < l->n) {
        size_t end = block_end(l, to);
        if (wanted > 0 && wanted + (end - to) > GATHER_RECORDS)
            break;
        wanted += end - to;
        to = end;
    }
    ERR_TRY(run_gather_start(p->run, wanted, p->e));
    for (size_t i = from; i < to; i++)
        run_gather_add(p->run, p->order.row[l->entries[i].rank], l->entries[i].rank);
    for (size_t i = from, end; i < to; i = end) {
        end = block_end(l, i);
        if (end - i < 2)
            continue;
        bool left_out = most != 0 && end - i > most;
        count_block(p, end - i, left_out);
        if (!left_out)
            ERR_TRY(pairs_of_block(p, l->entries + i, (uint32_t)(i - from), (uint32_t)(end - i)));
    }
    ERR_TRY(flush(p));
    *at = to;
    return ERR_OK;
}

/* A record whose key nobody else has is in no pair: not gathering it saves most of the gathering of rare keys. */
static void drop_alone(struct block_list *l)
{
    size_t kept = 0;
    for (size_t from = 0, end; from < l->n; from = end) {
        end = block_end(l, from);
        if (end - from > 1) {
            memmove(l->entries + kept, l->entries + from, (end - from) * sizeof *l->entries);
            kept += end - from;
        }
    }
    l->n = kept;
}

static enum err_code one_conjunction(struct predict *p)
{
    const struct plan_conjunction *c = &p->plan->conjunctions[p->conjunction];
    struct block_list l;
    if (c->n_keys == 0 && p->order.n > LIMIT_LINK_CROSS_ROWS && !p->o->allow_cross_join)
        return err_set(p->e, ERR_LIMIT,
                       "blocking rule %u (`%.*s`) has no equality between l and r, so it would compare all pairs of %u records: add one, or allow the "
                       "cross join",
                       c->rule, STR_ARG(str_slice(p->plan->model->rules[c->rule].text, 0, 120)), p->order.n);
    ERR_TRY(block_list_new(p->plan, &p->order, c, p->o->fresh, &l, p->e));
    p->exact = l.exact;
    drop_alone(&l);
    enum err_code code = ERR_OK;
    for (size_t at = 0; at < l.n && code == ERR_OK;) {
        code = some_blocks(p, &l, &at);
        if (p->o->progress)
            progress_to(p->o->progress, (uint64_t)p->conjunction * l.n + at);
    }
    block_list_free(&l);
    return code;
}

static enum err_code predict_all(struct predict *p)
{
    ERR_TRY(block_order_new(p->plan->model, p->plan->table, &p->order, p->e));
    ERR_TRY(run_new(p->plan, &p->run, p->e));
    p->run->e = p->e;
    if (p->o->progress)
        progress_start(p->o->progress, "Comparing", (uint64_t)p->plan->n_conjunctions * p->order.n);
    for (p->conjunction = 0; p->conjunction < p->plan->n_conjunctions; p->conjunction++)
        ERR_TRY(one_conjunction(p));
    return ERR_OK;
}

static enum err_code predict(const struct link_model *m, const struct link_table *t, struct predict *p)
{
    struct plan *plan;
    if (m->n_rules == 0)
        return err_set(p->e, ERR_FORMAT, "the model has no blocking rule (blocking_rules_to_generate_predictions): it would compare every pair");
    for (size_t i = 0; p->rules && i < m->n_rules; i++)
        p->rules[i] = (struct link_rule_count){.rule = m->rules[i].text};
    ERR_TRY(plan_new(m, t, t, &plan, p->e));
    p->plan = plan;
    enum err_code code = predict_all(p);
    if (p->o->progress)
        progress_end(p->o->progress);
    block_order_free(&p->order);
    run_free(p->run);
    plan_free(plan);
    free(p->fresh_at);
    return code;
}

enum err_code link_predict(const struct link_model *m, const struct link_table *t, const struct link_options *o,
                           link_edge_sink *sink, void *ctx, uint64_t *ret_pairs_compared, struct err *e)
{
    struct predict p = {.o = o, .sink = sink, .ctx = ctx, .rules = o->ret_rules, .e = e};
    enum err_code code = predict(m, t, &p);
    if (code == ERR_OK && ret_pairs_compared)
        *ret_pairs_compared = p.pairs;
    return code;
}

enum err_code link_blocking(const struct link_model *m, const struct link_table *t, const struct link_options *o,
                            struct link_rule_count *ret, struct err *e)
{
    struct predict p = {.o = o, .rules = ret, .count_only = true, .e = e};
    return predict(m, t, &p);
}
