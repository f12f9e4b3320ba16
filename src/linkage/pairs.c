/* pairs.c: see pairs.h. Small blocks are gathered together, a large one alone; pairs run through batches of RUN_BATCH. A pair is kept by the first
 * rule that brings it: each later conjunction leaves out what an earlier one holds for. */
#include "linkage/pairs.h"

#include <stdlib.h>

#define GATHER_RECORDS ((size_t)4096) /* small blocks are gathered together up to this */

/* ---- batches ---- */

/* Edges wait in the worker until it is their turn to be given. */
static enum err_code edges_room(struct pairs_edges *x, size_t stride, size_t more, struct err *e)
{
    if (x->n + more <= x->cap)
        return ERR_OK;
    size_t cap = x->cap ? x->cap * 2 : 4096;
    struct link_edge *edges = realloc(x->edges, cap * sizeof *edges);
    if (edges)
        x->edges = edges;
    int8_t *gammas = realloc(x->gammas, cap * stride);
    if (gammas)
        x->gammas = gammas;
    if (!edges || !gammas)
        return err_set(e, ERR_NO_MEMORY, "no memory for more than %zu edges at once: raise the threshold weight", x->n);
    x->cap = cap;
    return ERR_OK;
}

static enum err_code keep_edges(struct pairs_worker *p)
{
    const struct run *r = p->run;
    struct pairs_edges *x = &p->edges;
    size_t n = p->plan->model->n_comparisons;
    ERR_TRY(edges_room(x, n, r->n, p->e));
    RUN_EACH(k, r->alive, r->words)
    {
        for (size_t c = 0; c < n; c++)
            x->gammas[x->n * n + c] = r->gamma[c][k];
        x->edges[x->n++] = (struct link_edge){r->rows[r->l[k]], r->rows[r->r[k]], r->weight[k],
                                              (uint16_t)p->plan->conjunctions[p->conjunction].rule};
    }
    return ERR_OK;
}

#define SPARSE 3 /* a batch with fewer than one pair alive in so many is made anew of those */

static enum err_code flush(struct pairs_worker *p)
{
    struct run *r = p->run;
    const struct plan_conjunction *all = p->plan->conjunctions, *now = &all[p->conjunction];
    run_begin(r);
    if (!p->exact) /* equal hashes: the whole condition decides */
        run_keep(r, now->whole, true);
    else if (now->residual)
        run_keep(r, now->residual, true);
    for (size_t k = 0; k < p->conjunction; k++)
        run_keep(r, all[k].whole, false);
    size_t alive = run_count_alive(r);
    p->count.pairs += alive;
    if (!p->count_only && alive > 0) {
        if (alive * SPARSE < r->n)
            run_compact(r);
        if (p->patterns)
            run_compare(r);
        else
            run_find(r, p->o->threshold_weight);
        if (r->failed == ERR_OK)
            ERR_TRY(p->patterns ? patterns_count(p->patterns, r, p->e) : keep_edges(p));
    }
    run_clear(r);
    return r->failed;
}

/* l against [from, to). */
static enum err_code strip(struct pairs_worker *p, uint32_t l, uint32_t from, uint32_t to)
{
    while (from < to) {
        from = run_add(p->run, l, from, to);
        if (run_is_full(p->run))
            ERR_TRY(flush(p));
    }
    return ERR_OK;
}

/* ---- pairs of a block: gathered records [from, to), l one of [first, last) ---- */

static inline bool one_dataset(const struct pairs_worker *p, uint32_t i, uint32_t j)
{
    return p->order->source && p->order->source[p->run->ranks[i]] == p->order->source[p->run->ranks[j]];
}

/* All of one block against each other; ranks rise, so the first is l. */
static enum err_code pairs_within(struct pairs_worker *p, uint32_t first, uint32_t last, uint32_t to)
{
    for (uint32_t i = first; i < last; i++)
        if (!p->order->source)
            ERR_TRY(strip(p, i, i + 1, to));
        else
            for (uint32_t j = i + 1; j < to; j++)
                ERR_TRY(one_dataset(p, i, j) ? ERR_OK : strip(p, i, j, j + 1));
    return ERR_OK;
}

static bool is_fresh(const struct pairs_worker *p, uint32_t i) { return p->o->fresh[p->order->row[p->run->ranks[i]]] != 0; }

static enum err_code fresh_room(struct pairs_worker *p, size_t n)
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
static enum err_code fresh_within(struct pairs_worker *p, uint32_t from, uint32_t first, uint32_t last, uint32_t to)
{
    size_t n = 0, next = 0;
    ERR_TRY(fresh_room(p, to - from));
    for (uint32_t i = from; i < to; i++)
        if (is_fresh(p, i))
            p->fresh_at[n++] = i;
    for (uint32_t i = from; i < last; i++) {
        bool fresh = next < n && p->fresh_at[next] == i;
        next += fresh;
        if (i < first)
            continue;
        if (fresh)
            for (uint32_t j = i + 1; j < to; j++)
                ERR_TRY(one_dataset(p, i, j) ? ERR_OK : strip(p, i, j, j + 1));
        else
            for (size_t k = next; k < n; k++)
                ERR_TRY(one_dataset(p, i, p->fresh_at[k]) ? ERR_OK : strip(p, i, p->fresh_at[k], p->fresh_at[k] + 1));
    }
    return ERR_OK;
}

/* Two columns: records in the role of l [first, last) against those in the role of r [middle, to). */
static enum err_code pairs_between(struct pairs_worker *p, uint32_t first, uint32_t last, uint32_t middle, uint32_t to)
{
    const uint32_t *rank = p->run->ranks;
    for (uint32_t i = first; i < last; i++)
        for (uint32_t j = middle; j < to; j++)
            if (rank[i] < rank[j] && !one_dataset(p, i, j) && (!p->o->fresh || is_fresh(p, i) || is_fresh(p, j)))
                ERR_TRY(strip(p, i, j, j + 1));
    return ERR_OK;
}

static enum err_code pairs_of_block(struct pairs_worker *p, const struct block_entry *x, uint32_t from, uint32_t n, const struct pairs_range *range)
{
    uint32_t middle = 0, first = range->first, last = range->last && range->last < n ? range->last : n;
    if (x[0].role == (SIDE_L | SIDE_R))
        return p->o->fresh ? fresh_within(p, from, from + first, from + last, from + n) : pairs_within(p, from + first, from + last, from + n);
    while (middle < n && x[middle].role == SIDE_L)
        middle++;
    return first < middle ? pairs_between(p, from + first, from + (last < middle ? last : middle), from + middle, from + n) : ERR_OK;
}

/* ---- blocks of a conjunction ---- */

static size_t block_end(const struct block_list *l, size_t from)
{
    size_t to = from + 1;
    while (to < l->n && l->entries[to].key == l->entries[from].key)
        to++;
    return to;
}

static void count_block(struct pairs_worker *p, size_t n, bool left_out)
{
    struct link_rule_count *c = &p->count;
    if (p->plan->conjunctions[p->conjunction].explodes) /* counted when its pairs were made */
        return;
    c->blocks++;
    if (n > c->largest_block)
        c->largest_block = n;
    c->left_out_blocks += left_out;
    c->left_out_pairs += left_out ? (uint64_t)n * (n - 1) / 2 : 0;
}

static bool is_left_out(size_t n, uint32_t max_block) { return max_block != 0 && n > max_block; }

static uint32_t max_block(const struct pairs_worker *p) { return p->plan->model->rules[p->plan->conjunctions[p->conjunction].rule].max_block; }

/* Gathers blocks from *at on, as many as fit together but none behind the range. */
static enum err_code gather_blocks(struct pairs_worker *p, const struct block_list *l, size_t *at, size_t end)
{
    size_t from = *at, to = from, wanted = 0;
    while (to < end) {
        size_t next = block_end(l, to), n = is_left_out(next - to, max_block(p)) ? 0 : next - to;
        if (wanted > 0 && wanted + n > GATHER_RECORDS)
            break;
        wanted += n;
        to = next;
    }
    ERR_TRY(run_gather_start(p->run, wanted, p->e));
    for (size_t i = from, next; i < to; i = next) {
        next = block_end(l, i);
        for (size_t k = i; k < next && !is_left_out(next - i, max_block(p)); k++)
            run_gather_add(p->run, p->order->row[l->entries[k].rank], l->entries[k].rank);
    }
    run_gather_end(p->run);
    *at = to;
    return ERR_OK;
}

static enum err_code some_blocks(struct pairs_worker *p, const struct block_list *l, const struct pairs_range *range, size_t *at)
{
    size_t from = *at;
    uint32_t place = 0;
    ERR_TRY(gather_blocks(p, l, at, range->to));
    for (size_t i = from, next; i < *at; i = next) {
        next = block_end(l, i);
        bool left_out = is_left_out(next - i, max_block(p));
        if (range->first == 0 && next - i > 1)
            count_block(p, next - i, left_out);
        if (left_out)
            continue;
        ERR_TRY(pairs_of_block(p, l->entries + i, place, (uint32_t)(next - i), range));
        place += (uint32_t)(next - i);
    }
    return flush(p);
}

#define ROWS_LEAST 64u /* of a block that is taken in pieces: then gathering it again for each costs little */

struct pairs_range pairs_next_range(const struct pairs_worker *p, const struct block_list *l, struct pairs_range *at)
{
    struct pairs_range range = {at->from, at->from, 0, 0};
    for (uint64_t pairs = 0; range.to < l->n && pairs < PAIRS_RANGE;) {
        size_t end = block_end(l, range.to);
        uint64_t n = end - range.to, all = is_left_out(n, max_block(p)) ? 0 : n * (n - 1) / 2;
        if (all > 2 * PAIRS_RANGE && range.to > range.from)
            break;
        range.to = end;
        if (all > 2 * PAIRS_RANGE) { /* one block, in pieces */
            uint64_t rows = PAIRS_RANGE / n > ROWS_LEAST ? PAIRS_RANGE / n : ROWS_LEAST;
            range.first = at->first;
            range.last = (uint32_t)(at->first + rows);
            at->first = range.last;
            if (range.last < n)
                return range;
            break;
        }
        pairs += all + 1;
    }
    *at = (struct pairs_range){.from = range.to};
    return range;
}

enum err_code pairs_of_range(struct pairs_worker *p, const struct block_list *l, struct pairs_range range)
{
    p->edges.n = 0;
    p->count = (struct link_rule_count){0};
    run_clear(p->run);
    for (size_t at = range.from; at < range.to;)
        ERR_TRY(some_blocks(p, l, &range, &at));
    return ERR_OK;
}

enum err_code pairs_worker_new(const struct plan *plan, const struct link_options *o, const struct block_order *order, struct pairs_worker *ret,
                               struct err *e)
{
    *ret = (struct pairs_worker){.plan = plan, .o = o, .order = order, .e = e};
    ERR_TRY(run_new(plan, &ret->run, e));
    ret->run->e = e;
    return ERR_OK;
}

void pairs_edges_free(struct pairs_edges *x)
{
    free(x->edges);
    free(x->gammas);
    *x = (struct pairs_edges){0};
}

void pairs_worker_free(struct pairs_worker *p)
{
    run_free(p->run);
    pairs_edges_free(&p->edges);
    free(p->fresh_at);
}
