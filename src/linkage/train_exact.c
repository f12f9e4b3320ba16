/* train_exact.c: u over all pairs, from the frequencies of values.
 *
 * A comparison's level is a function of the values that it reads on either side. So records are put in groups of one tuple of values (and one dataset, where pairs within one do not count), one record stands
 * for each group, every two groups are compared once, and the level counts as often as there are pairs between them. A condition may tell left from right (Jaro's matching does, in rare cases): both ways are
 * asked, and where they differ the pairs of either way are counted from the order of the records' ids. So this is what a comparison of all pairs would have counted, to the last pair. Counts are integers: the
 * result does not show the number of threads. */
#include "linkage/threads.h"
#include "linkage/train.h"

#include <stdlib.h>

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to count pairs of values"); }

/* ---- groups ---- */

static unsigned bits_of(uint64_t n) { return n ? 64u - (unsigned)__builtin_clzll(n) : 1u; }

struct grouping {
    const struct block_order *o;
    struct block_entry *a, *b;
    uint32_t n; /* groups so far; an entry's key is its group's number */
    unsigned threads;
};

/* Splits the groups by one more code; in a group ranks stay in order. */
static void split_groups(struct grouping *g, const uint32_t *codes, bool by_rank)
{
    uint32_t most = 0, rows = g->o->n;
    for (uint32_t i = 0; i < rows; i++)
        most = codes[i] > most ? codes[i] : most;
    unsigned bits = bits_of(most);
    for (uint32_t i = 0; i < rows; i++) {
        struct block_entry *x = &g->a[i];
        x->key = x->key << bits | codes[by_rank ? x->rank : g->o->row[x->rank]];
    }
    block_sort(&g->a, &g->b, rows, bits + bits_of(g->n), g->threads);
    uint64_t last = 0;
    g->n = 0;
    for (uint32_t i = 0; i < rows; i++) {
        uint64_t key = g->a[i].key;
        g->n += i == 0 || key != last;
        last = key;
        g->a[i].key = g->n - 1;
    }
}

/* Whether some level reads one of the model's names. */
static bool reads(const struct model_comparison *c, uint32_t name)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->levels[i].expr && model_expr_reads(c->levels[i].expr, name))
            return true;
    return false;
}

static void keep_groups(const struct grouping *by, struct train_groups *g)
{
    uint32_t rows = by->o->n;
    g->n = 0;
    for (uint32_t i = 0; i < rows; i++) {
        g->members[i] = by->a[i].rank;
        if (i > 0 && by->a[i].key == by->a[i - 1].key)
            continue;
        if (g->source)
            g->source[g->n] = by->o->source[by->a[i].rank];
        g->start[g->n++] = i;
    }
    g->start[g->n] = rows;
}

static uint64_t pairs_among(uint64_t n) { return n % 2 ? (n - 1) / 2 * n : n / 2 * (n - (n > 0)); }

/* Pairs of equal values, those within a dataset left out where they do not count: groups of one tuple lie side by side. */
static void count_pairs(struct train_groups *g, const struct block_order *o, uint32_t *per_source)
{
    g->pairs = pairs_among(o->n);
    for (uint32_t i = 0; g->source && i < o->n; i++)
        g->pairs -= per_source[o->source[i]]++; /* a new record and those of its dataset before it */
    for (uint32_t i = 0, j; i < g->n; i = j) {
        uint32_t value = g->value[g->members[g->start[i]]];
        uint64_t within = 0;
        for (j = i; j < g->n && g->value[g->members[g->start[j]]] == value; j++)
            within += pairs_among(g->start[j + 1] - g->start[j]);
        g->equal_pairs += pairs_among(g->start[j] - g->start[i]) - (g->source ? within : 0);
    }
}

enum err_code train_groups_new(const struct train *t, const struct plan *p, const struct block_order *o, size_t comparison, struct train_groups *ret)
{
    size_t rows = o->n;
    uint32_t *block = calloc(5 * rows + 6, sizeof *block);
    struct grouping by = {.o = o, .a = malloc((rows + 1) * sizeof *by.a), .b = malloc((rows + 1) * sizeof *by.b), .n = 1, .threads = t->o->threads};
    enum err_code code = block && by.a && by.b ? ERR_OK : no_memory(t->e);
    if (code == ERR_OK) {
        struct train_groups g = {.block = block, .start = block, .members = block + rows + 1, .value = block + 2 * rows + 1, .source = o->source ? block + 3 * rows + 1 : NULL};
        for (uint32_t i = 0; i < rows; i++)
            by.a[i] = (struct block_entry){.rank = i};
        for (uint32_t name = 0; name < p->model->names.n; name++)
            if (reads(&p->model->comparisons[comparison], name))
                split_groups(&by, t->t->columns[p->bound[name]].codes, false);
        for (uint32_t i = 0; i < rows; i++)
            g.value[by.a[i].rank] = (uint32_t)by.a[i].key;
        if (o->source)
            split_groups(&by, o->source, true);
        keep_groups(&by, &g);
        count_pairs(&g, o, block + 4 * rows + 1);
        *ret = g;
        block = NULL;
    }
    free(block);
    free(by.a);
    free(by.b);
    return code;
}

void train_groups_free(struct train_groups *g)
{
    free(g->block);
    *g = (struct train_groups){0};
}

/* ---- pairs of groups ---- */

struct counting {
    const struct train *t;
    const struct plan *p;
    const struct block_order *o;
    const struct train_groups *g;
    size_t comparison, parts;
    bool equal_only;
    struct train_counts *counts; /* by part */
};

/* Of one part: the same pairs of groups, once each way. */
struct counter {
    const struct counting *of;
    struct run *there, *back;
    struct train_counts *counts;
};

static uint32_t size_of(const struct train_groups *g, uint32_t k) { return g->start[k + 1] - g->start[k]; }

/* Pairs of a record of a and one of b where a's is the left one: of lower rank. */
static uint64_t pairs_left_to_right(const struct train_groups *g, uint32_t a, uint32_t b)
{
    uint64_t pairs = 0;
    uint32_t i = g->start[a];
    for (uint32_t j = g->start[b]; j < g->start[b + 1]; j++) {
        while (i < g->start[a + 1] && g->members[i] < g->members[j])
            i++;
        pairs += i - g->start[a];
    }
    return pairs;
}

static void count_batch(struct counter *x)
{
    const struct train_groups *g = x->of->g;
    struct run *r = x->there;
    size_t c = x->of->comparison;
    run_begin(r);
    run_begin(x->back);
    run_compare_one(r, c);
    run_compare_one(x->back, c);
    for (size_t k = 0; k < r->n; k++) {
        uint32_t a = r->l[k], b = r->r[k];
        int8_t there = r->gamma[c][k], back = x->back->gamma[c][k];
        uint64_t pairs = a == b ? pairs_among(size_of(g, a)) : (uint64_t)size_of(g, a) * size_of(g, b), forth = there == back ? pairs : pairs_left_to_right(g, a, b);
        x->counts->n[there + 1] += forth;
        x->counts->n[back + 1] += pairs - forth;
    }
    run_clear(r);
    run_clear(x->back);
}

static enum err_code count_range(struct counter *x, uint32_t a, uint32_t from, uint32_t to)
{
    while (from < to) {
        uint32_t next = run_add(x->there, a, from, to);
        for (; from < next; from++)
            (void)run_add(x->back, from, a, a + 1);
        if (run_is_full(x->there))
            count_batch(x);
        if (x->there->failed != ERR_OK || x->back->failed != ERR_OK)
            return x->there->failed != ERR_OK ? x->there->failed : x->back->failed;
    }
    return ERR_OK;
}

/* Group a against itself and every later group, or only those of its values; groups of its own dataset left out. */
static enum err_code count_group(struct counter *x, uint32_t a)
{
    const struct train_groups *g = x->of->g;
    uint32_t end = g->n, value = g->value[g->members[g->start[a]]];
    if (x->of->equal_only)
        for (end = a + 1; end < g->n && g->value[g->members[g->start[end]]] == value;)
            end++;
    if (!g->source)
        return count_range(x, a, a, end);
    for (uint32_t b = a + 1, stop; b < end; b = stop) {
        for (stop = b; stop < end && g->source[stop] != g->source[a];)
            stop++;
        ERR_TRY(count_range(x, a, b, stop));
        stop += stop < end;
    }
    return ERR_OK;
}

static enum err_code gather_groups(const struct counting *x, struct run *r, struct err *e)
{
    r->e = e;
    ERR_TRY(run_gather_start(r, x->g->n, e));
    for (uint32_t k = 0; k < x->g->n; k++)
        run_gather_add(r, x->o->row[x->g->members[x->g->start[k]]], k);
    run_gather_end(r);
    return ERR_OK;
}

/* Every parts-th group, so that parts take about equally long. */
static enum err_code count_part(void *ctx, size_t part, struct err *e)
{
    const struct counting *of = ctx;
    struct counter x = {.of = of, .counts = &of->counts[part]};
    enum err_code code = run_new(of->p, &x.there, e);
    if (code == ERR_OK)
        code = run_new(of->p, &x.back, e);
    if (code == ERR_OK)
        code = gather_groups(of, x.there, e);
    if (code == ERR_OK)
        code = gather_groups(of, x.back, e);
    for (size_t a = part; code == ERR_OK && a < of->g->n; a += of->parts)
        code = count_group(&x, (uint32_t)a);
    if (code == ERR_OK) {
        count_batch(&x);
        code = x.there->failed != ERR_OK ? x.there->failed : x.back->failed;
    }
    run_free(x.there);
    run_free(x.back);
    return code;
}

static enum err_code count_all(struct counting *x, struct train_counts *ret)
{
    x->parts = x->t->o->threads > 1 ? x->t->o->threads : 1;
    x->counts = calloc(x->parts, sizeof *x->counts);
    if (!x->counts)
        return no_memory(x->t->e);
    enum err_code code = threads_each(x->t->o->threads, x->parts, count_part, x, x->t->e);
    for (size_t k = 0; k < x->parts; k++)
        train_counts_add(ret, &x->counts[k]);
    free(x->counts);
    return code;
}

enum err_code train_exact(const struct train *t, const struct plan *p, const struct block_order *o, const struct train_groups *g, size_t comparison, struct train_counts *ret)
{
    return count_all(&(struct counting){.t = t, .p = p, .o = o, .g = g, .comparison = comparison}, ret);
}

enum err_code train_exact_equal(const struct train *t, const struct plan *p, const struct block_order *o, const struct train_groups *g, size_t comparison, struct train_counts *ret)
{
    return count_all(&(struct counting){.t = t, .p = p, .o = o, .g = g, .comparison = comparison, .equal_only = true}, ret);
}
