/* train_exact.c: u over all pairs, from the frequencies of values.
 *
 * A comparison's level is a function of the values that it reads on either side. So records are put in groups of one tuple of values (and one dataset, where pairs within one do not count), one record stands
 * for each group, every two groups are compared once, and the level counts as often as there are pairs between them. A condition may tell left from right (Jaro's matching does, in rare cases): both ways are
 * asked, and where they differ the pairs of either way are counted from the order of the records' ids. So this is what a comparison of all pairs would have counted, to the last pair. Counts are integers: the
 * result does not show the number of threads. */
#include "linkage/measure.h"
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

/* Pairs of equal values, those within a dataset left out where they do not count: groups of one tuple lie side by side. */
static void count_pairs(struct train_groups *g, const struct block_order *o, uint32_t *per_source)
{
    g->pairs = measure_pairs(o->n);
    for (uint32_t i = 0; g->source && i < o->n; i++)
        g->pairs -= per_source[o->source[i]]++; /* a new record and those of its dataset before it */
    for (uint32_t i = 0, j; i < g->n; i = j) {
        uint32_t value = g->value[g->members[g->start[i]]];
        uint64_t within = 0;
        for (j = i; j < g->n && g->value[g->members[g->start[j]]] == value; j++)
            within += measure_pairs(g->start[j + 1] - g->start[j]);
        g->equal_pairs += measure_pairs(g->start[j] - g->start[i]) - (g->source ? within : 0);
    }
}

enum err_code train_groups_new(const struct train *t, const struct block_order *o, const struct model_comparison *c, struct train_groups *ret)
{
    size_t rows = o->n;
    const struct expr_names *names = &t->m->names;
    uint32_t *block = calloc(5 * rows + 6, sizeof *block);
    struct grouping by = {.o = o, .a = malloc((rows + 1) * sizeof *by.a), .b = malloc((rows + 1) * sizeof *by.b), .n = 1, .threads = t->o->threads};
    enum err_code code = block && by.a && by.b ? ERR_OK : no_memory(t->e);
    if (code == ERR_OK) {
        struct train_groups g = {.block = block, .start = block, .members = block + rows + 1, .value = block + 2 * rows + 1, .source = o->source ? block + 3 * rows + 1 : NULL};
        for (uint32_t i = 0; i < rows; i++)
            by.a[i] = (struct block_entry){.rank = i};
        for (uint32_t name = 0; name < names->n; name++) {
            ptrdiff_t column = link_table_column(t->t, names->items[name]);
            if (column >= 0 && train_reads(c, name))
                split_groups(&by, t->t->columns[column].codes, false);
        }
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
    const struct plan *plan;
    const struct train_groups *g;
    uint32_t *group; /* those that are compared: those of equal values side by side */
    size_t n, parts;
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
    run_begin(r);
    run_begin(x->back);
    run_compare_one(r, 0);
    run_compare_one(x->back, 0);
    for (size_t k = 0; k < r->n; k++) {
        uint32_t a = x->of->group[r->l[k]], b = x->of->group[r->r[k]];
        int8_t there = r->gamma[0][k], back = x->back->gamma[0][k];
        uint64_t pairs = a == b ? measure_pairs(size_of(g, a)) : (uint64_t)size_of(g, a) * size_of(g, b), forth = there == back ? pairs : pairs_left_to_right(g, a, b);
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

static uint32_t value_of(const struct counting *x, size_t k) { return x->g->value[x->g->members[x->g->start[x->group[k]]]]; }
static bool may_pair(const struct counting *x, size_t a, size_t b) { return !x->g->source || x->g->source[x->group[a]] != x->g->source[x->group[b]]; }

/* One group against itself and every later one, or only those of its values; those of its own dataset left out. */
static enum err_code count_group(struct counter *x, uint32_t a)
{
    const struct counting *of = x->of;
    uint32_t end = of->equal_only ? a + 1 : (uint32_t)of->n;
    while (of->equal_only && end < of->n && value_of(of, end) == value_of(of, a))
        end++;
    for (uint32_t b = a, stop; b < end; b = stop) {
        for (stop = b; stop < end && may_pair(of, a, stop);)
            stop++;
        ERR_TRY(count_range(x, a, b, stop));
        stop += stop < end;
    }
    return ERR_OK;
}

static enum err_code gather(const struct counting *x, struct run *r, struct err *e)
{
    r->e = e;
    ERR_TRY(run_gather_start(r, x->n, e));
    for (uint32_t k = 0; k < x->n; k++)
        run_gather_add(r, k, k);
    run_gather_end(r);
    return ERR_OK;
}

/* Every parts-th group, so that parts take about equally long. */
static enum err_code count_part(void *ctx, size_t part, struct err *e)
{
    const struct counting *of = ctx;
    struct counter x = {.of = of, .counts = &of->counts[part]};
    enum err_code code = run_new(of->plan, &x.there, e);
    if (code == ERR_OK)
        code = run_new(of->plan, &x.back, e);
    if (code == ERR_OK)
        code = gather(of, x.there, e);
    if (code == ERR_OK)
        code = gather(of, x.back, e);
    for (size_t a = part; code == ERR_OK && a < of->n; a += of->parts)
        code = count_group(&x, (uint32_t)a);
    if (code == ERR_OK) {
        count_batch(&x);
        code = x.there->failed != ERR_OK ? x.there->failed : x.back->failed;
    }
    run_free(x.there);
    run_free(x.back);
    return code;
}

/* A group that is alone with its values, and has one record, has no pair of equal ones. */
static bool has_equal(const struct train_groups *g, uint32_t k)
{
    const uint32_t *start = g->start, *value = g->value, *members = g->members;
    uint32_t own = value[members[start[k]]];
    return size_of(g, k) > 1 || (k > 0 && value[members[start[k - 1]]] == own) || (k + 1 < g->n && value[members[start[k + 1]]] == own);
}

/* One record stands for each group that is compared. */
static void choose(struct counting *x, const struct block_order *o, uint32_t *ret_rows)
{
    for (uint32_t k = 0; k < x->g->n; k++)
        if (!x->equal_only || has_equal(x->g, k)) {
            ret_rows[x->n] = o->row[x->g->members[x->g->start[k]]];
            x->group[x->n++] = k;
        }
}

enum err_code train_exact(const struct train *t, const struct block_order *o, const struct train_groups *g, struct model_comparison *c, bool equal_only, struct train_counts *ret)
{
    struct counting x = {.g = g, .equal_only = equal_only, .parts = t->o->threads > 1 ? t->o->threads : 1};
    struct train_rows rows = {0};
    uint32_t *row = malloc((g->n + (size_t)1) * sizeof *row);
    x.group = malloc((g->n + (size_t)1) * sizeof *x.group);
    x.counts = calloc(x.parts, sizeof *x.counts);
    enum err_code code = row && x.group && x.counts ? ERR_OK : no_memory(t->e);
    if (code == ERR_OK) {
        choose(&x, o, row);
        code = train_rows_new(t, row, x.n, c, 1, &rows);
    }
    if (code == ERR_OK) {
        x.plan = rows.plan;
        code = threads_each(t->o->threads, x.parts, count_part, &x, t->e);
    }
    for (size_t k = 0; code == ERR_OK && k < x.parts; k++)
        train_counts_add(ret, &x.counts[k]);
    train_rows_free(&rows);
    free(row);
    free(x.group);
    free(x.counts);
    return code;
}
