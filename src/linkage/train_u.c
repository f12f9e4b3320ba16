/* train_u.c: u, the shares of a comparison's levels among pairs of records that have nothing to do with each other.
 *
 * From random pairs, as Splink: all pairs of a sample of records, drawn by the hash of their ids, so that the order of rows does not matter. Or (u_exact) from all pairs that there are (train_exact.c), for
 * every comparison whose values are few enough; of one with more, the pairs of equal values are counted exactly and the random pairs speak for the others alone: the rarest levels are those of equal values,
 * and of them a sample has few. */
#include "linkage/threads.h"
#include "linkage/train.h"

#include <math.h>
#include <stdlib.h>

#define U_PAIRS_DEFAULT UINT64_C(10000000)
#define U_LEAST_COUNT 100 /* fewer pairs of a level than this: its u is a guess */

struct u_of {
    bool exact;                         /* counts are of all pairs */
    struct train_groups groups;         /* u_exact */
    struct train_counts equal, counts;  /* equal: of the pairs of equal values, when counts are of random pairs of the others */
};
struct u_run {
    struct train *t;
    struct block_order order;
    struct u_of *of; /* by comparison */
    struct train_rows rows; /* the sample, and the comparisons that are sampled */
    struct model_comparison *sampled;
    size_t number[LIMIT_LINK_COMPARISONS], n_sampled; /* theirs in the model */
    uint32_t *sample; /* ranks */
    size_t n_sample, parts;
    struct train_counts *counts; /* [part][sampled comparison] */
};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to train the model"); }

static uint64_t most_pairs(const struct train *t) { return t->o->u_pairs ? t->o->u_pairs : U_PAIRS_DEFAULT; }

/* ---- the sample ---- */

struct sampled {
    uint64_t hash;
    uint32_t rank;
};

static int by_hash(const void *a, const void *b)
{
    const struct sampled *x = a, *y = b;
    return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash) : (x->rank > y->rank) - (x->rank < y->rank);
}

static int by_rank(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The records of least hash of (dataset, id) and seed: a random sample that depends on nothing else. */
static enum err_code draw_sample(struct u_run *u)
{
    const struct train *t = u->t;
    size_t n = t->t->rows, k = (size_t)(0.5 * (1 + sqrt(8 * (double)most_pairs(t) + 1)));
    ptrdiff_t id = link_table_column(t->t, t->m->unique_id), source = link_table_column(t->t, t->m->source_dataset);
    struct sampled *s = malloc((n + 1) * sizeof *s);
    u->n_sample = k < n ? k : n;
    u->sample = malloc((u->n_sample + 1) * sizeof *u->sample);
    if (!s || !u->sample) {
        free(s);
        return no_memory(t->e);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint64_t h = str_hash(link_table_value(t->t, u->order.row[i], (size_t)id), t->o->seed);
        if (source >= 0)
            h = str_hash(link_table_value(t->t, u->order.row[i], (size_t)source), h);
        s[i] = (struct sampled){h, i};
    }
    if (u->n_sample < n)
        qsort(s, n, sizeof *s, by_hash);
    for (size_t i = 0; i < u->n_sample; i++)
        u->sample[i] = s[i].rank;
    free(s);
    qsort(u->sample, u->n_sample, sizeof *u->sample, by_rank);
    return ERR_OK;
}

static void count_levels(const struct u_run *u, struct run *r, struct train_counts *counts)
{
    run_begin(r);
    run_compare(r);
    for (size_t c = 0; c < u->n_sampled; c++) {
        const uint32_t *value = u->of[u->number[c]].groups.value;
        const int8_t *gamma = r->gamma[c];
        for (size_t k = 0; k < r->n; k++)
            counts[c].n[gamma[k] + 1] += !value || value[u->sample[r->l[k]]] != value[u->sample[r->r[k]]];
    }
    run_clear(r);
}

static enum err_code compare_record(const struct u_run *u, struct run *r, uint32_t i, struct train_counts *counts)
{
    const uint32_t *source = u->order.source;
    for (uint32_t j = i + 1, stop; j < u->n_sample; j = stop) {
        if (source && source[u->sample[i]] == source[u->sample[j]]) {
            stop = j + 1;
            continue;
        }
        stop = run_add(r, i, j, source ? j + 1 : (uint32_t)u->n_sample);
        if (run_is_full(r))
            count_levels(u, r, counts);
        if (r->failed != ERR_OK)
            return r->failed;
    }
    return ERR_OK;
}

/* Every parts-th record of the sample against those behind it. */
static enum err_code compare_part(void *ctx, size_t part, struct err *e)
{
    const struct u_run *u = ctx;
    struct train_counts *counts = u->counts + part * u->n_sampled;
    struct run *r;
    ERR_TRY(run_new(u->rows.plan, &r, e));
    r->e = e;
    enum err_code code = run_gather_start(r, u->n_sample, e);
    for (uint32_t i = 0; code == ERR_OK && i < u->n_sample; i++)
        run_gather_add(r, i, i);
    if (code == ERR_OK)
        run_gather_end(r);
    for (size_t i = part; code == ERR_OK && i < u->n_sample; i += u->parts)
        code = compare_record(u, r, (uint32_t)i, counts);
    if (code == ERR_OK) {
        count_levels(u, r, counts);
        code = r->failed;
    }
    run_free(r);
    return code;
}

/* The sample's own rows are made ready, and no comparison that has its u already. */
static enum err_code prepare_sample(struct u_run *u)
{
    size_t n = u->t->m->n_comparisons;
    uint32_t *rows = malloc((u->n_sample + 1) * sizeof *rows);
    u->sampled = malloc((n + 1) * sizeof *u->sampled);
    if (!rows || !u->sampled) {
        free(rows);
        return no_memory(u->t->e);
    }
    for (size_t i = 0; i < u->n_sample; i++)
        rows[i] = u->order.row[u->sample[i]];
    for (size_t c = 0; c < n; c++)
        if (!u->of[c].exact) {
            u->number[u->n_sampled] = c;
            u->sampled[u->n_sampled++] = u->t->m->comparisons[c];
        }
    enum err_code code = train_rows_new(u->t, rows, u->n_sample, u->sampled, u->n_sampled, &u->rows);
    free(rows);
    return code;
}

static enum err_code compare_sample(struct u_run *u)
{
    ERR_TRY(draw_sample(u));
    ERR_TRY(prepare_sample(u));
    u->parts = u->t->o->threads > 1 ? u->t->o->threads : 1;
    u->counts = calloc(u->parts * u->n_sampled + 1, sizeof *u->counts);
    if (!u->counts)
        return no_memory(u->t->e);
    ERR_TRY(threads_each(u->t->o->threads, u->parts, compare_part, u, u->t->e));
    for (size_t part = 0; part < u->parts; part++)
        for (size_t c = 0; c < u->n_sampled; c++)
            train_counts_add(&u->of[u->number[c]].counts, &u->counts[part * u->n_sampled + c]);
    return ERR_OK;
}

/* ---- u ---- */

static enum err_code count_values(struct u_run *u, size_t c)
{
    struct u_of *of = &u->of[c];
    struct model_comparison *comparison = &u->t->m->comparisons[c];
    ERR_TRY(train_groups_new(u->t, &u->order, comparison, &of->groups));
    of->exact = train_exact_cost(&of->groups) <= most_pairs(u->t);
    return train_exact(u->t, &u->order, &of->groups, comparison, !of->exact, of->exact ? &of->counts : &of->equal);
}

static uint64_t all_of(const struct train_counts *x)
{
    uint64_t all = 0;
    for (size_t g = 0; g <= LIMIT_LINK_LEVELS; g++)
        all += x->n[g];
    return all;
}

/* Pairs by gamma + 1: those of equal values as counted, the others as many as there are, shared out as the random ones are. */
static void scale(const struct u_of *of, double ret[LIMIT_LINK_LEVELS + 1])
{
    uint64_t seen = all_of(&of->counts), others = of->groups.pairs - of->groups.equal_pairs;
    double times = of->exact || !of->groups.value || seen == 0 ? 1 : (double)others / (double)seen;
    for (size_t g = 0; g <= LIMIT_LINK_LEVELS; g++)
        ret[g] = (double)of->equal.n[g] + (double)of->counts.n[g] * times;
}

static void set_u(struct train *t, size_t c, const struct u_of *of)
{
    struct model_comparison *comparison = &t->m->comparisons[c];
    double pairs[LIMIT_LINK_LEVELS + 1], all = 0;
    scale(of, pairs);
    for (size_t g = 1; g <= LIMIT_LINK_LEVELS; g++)
        all += pairs[g];
    for (size_t i = 0; i < comparison->n; i++) {
        struct model_level *l = &comparison->levels[i];
        if (l->gamma == -1 || l->u_fixed)
            continue;
        uint64_t count = of->equal.n[l->gamma + 1] + of->counts.n[l->gamma + 1];
        l->u_unseen = count == 0;
        l->u_stated = count > 0;
        l->u = count ? pairs[l->gamma + 1] / all : 1e-6;
        if (count < U_LEAST_COUNT)
            (void)buf_fmt(t->warnings, "u of comparison %.*s, level %zu: only %llu %s pairs\n", STR_ARG(comparison->name), i + 1, (unsigned long long)count, of->exact ? "of all" : "random");
    }
}

static enum err_code count_u(struct u_run *u)
{
    size_t n = u->t->m->n_comparisons, sampled = n;
    for (size_t c = 0; u->t->o->u_exact && c < n; c++) {
        ERR_TRY(count_values(u, c));
        sampled -= u->of[c].exact;
    }
    if (sampled > 0)
        ERR_TRY(compare_sample(u));
    for (size_t c = 0; c < n; c++)
        set_u(u->t, c, &u->of[c]);
    return ERR_OK;
}

enum err_code train_u(struct train *t)
{
    struct u_run u = {.t = t, .of = calloc(t->m->n_comparisons + 1, sizeof *u.of)};
    enum err_code code = u.of ? block_order_new(t->m, t->t, &u.order, t->e) : no_memory(t->e);
    if (code == ERR_OK)
        code = count_u(&u);
    for (size_t c = 0; u.of && c < t->m->n_comparisons; c++)
        train_groups_free(&u.of[c].groups);
    train_rows_free(&u.rows);
    block_order_free(&u.order);
    free(u.of);
    free(u.sample);
    free(u.sampled);
    free(u.counts);
    return code;
}
