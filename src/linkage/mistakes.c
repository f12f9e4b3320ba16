/* mistakes.c: pairs that a model gets wrong at a threshold, worst first.
 *
 * Against labels: the pairs of the rules are seen once. Those that are no match and at or above the threshold are kept, and so are matches below it; of the matches that the rules bring only
 * their places are remembered, so that those that they do not bring are found by going through the rows of each label. Memory grows with matches and mistakes, not with pairs. */
#include "linkage/measure.h"
#include "linkage/model.h"

#include <math.h>
#include <stdlib.h>

struct against {
    const struct link_table *t;
    const uint32_t *truth;
    double threshold;
    struct link_mistakes found;
    size_t cap;
    uint64_t *brought; /* matches: l and r, the lesser row first */
    size_t n_brought, brought_cap;
};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory for the wrong pairs"); }

static enum err_code keep(struct against *x, struct link_mistake wrong, struct err *e)
{
    if (x->found.n == x->cap) {
        if (x->found.n >= LIMIT_LINK_MISTAKES)
            return err_set(e, ERR_LIMIT, "more than %zu wrong pairs: choose another threshold", LIMIT_LINK_MISTAKES);
        size_t cap = x->cap ? 2 * x->cap : 256;
        struct link_mistake *more = realloc(x->found.items, cap * sizeof *more);
        if (!more)
            return no_memory(e);
        x->found.items = more;
        x->cap = cap;
    }
    x->found.items[x->found.n++] = wrong;
    x->found.false_positives += wrong.false_positive;
    return ERR_OK;
}

static uint64_t place(uint32_t l, uint32_t r) { return l < r ? (uint64_t)l << 32 | r : (uint64_t)r << 32 | l; }

static enum err_code remember(struct against *x, uint64_t pair, struct err *e)
{
    if (x->n_brought == x->brought_cap) {
        size_t cap = x->brought_cap ? 2 * x->brought_cap : 4096;
        uint64_t *more = realloc(x->brought, cap * sizeof *more);
        if (!more)
            return no_memory(e);
        x->brought = more;
        x->brought_cap = cap;
    }
    x->brought[x->n_brought++] = pair;
    return ERR_OK;
}

static enum err_code see(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct against *x = ctx;
    bool is_match = x->truth[edge->l] == x->truth[edge->r], taken = edge->match_weight >= x->threshold;
    (void)gammas;
    if (is_match)
        ERR_TRY(remember(x, place(edge->l, edge->r), e));
    if (is_match == taken)
        return ERR_OK;
    return keep(x, (struct link_mistake){edge->l, edge->r, edge->match_weight, (int16_t)edge->match_key, taken}, e);
}

/* ---- matches that no rule brings ---- */

/* Dataset of each row where the model pairs none within one; NULL: it pairs all. */
static const uint32_t *datasets(const struct link_model *m, const struct link_table *t)
{
    if (m->type != LINK_LINK_ONLY)
        return NULL;
    ptrdiff_t column = link_source_column(m, t);
    return column < 0 ? NULL : t->columns[column].codes;
}

static enum err_code missed_of_label(struct against *x, const uint64_t *rows, size_t n, const uint32_t *dataset, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            uint32_t l = (uint32_t)rows[i], r = (uint32_t)rows[k];
            uint64_t pair = place(l, r);
            if ((dataset && dataset[l] == dataset[r]) || (x->n_brought && bsearch(&pair, x->brought, x->n_brought, sizeof pair, measure_by_number)))
                continue;
            ERR_TRY(keep(x, (struct link_mistake){l, r, NAN, -1, false}, e));
        }
    return ERR_OK;
}

/* What they would weigh: all those behind `from`. */
static enum err_code weigh_missed(struct against *x, const struct link_model *m, size_t from, struct err *e)
{
    size_t n = x->found.n - from;
    struct link_cannot *pairs = malloc((n + 1) * sizeof *pairs);
    double *weight = malloc((n + 1) * sizeof *weight);
    int16_t *key = malloc((n + 1) * sizeof *key); /* not theirs: a rule may hold for a pair whose block its haven_max_block left out */
    enum err_code code = pairs && weight && key ? ERR_OK : no_memory(e);
    for (size_t i = 0; code == ERR_OK && i < n; i++)
        pairs[i] = (struct link_cannot){x->found.items[from + i].l, x->found.items[from + i].r};
    if (code == ERR_OK)
        code = link_score_pairs(m, x->t, pairs, n, weight, key, e);
    for (size_t i = 0; code == ERR_OK && i < n; i++)
        x->found.items[from + i].match_weight = weight[i];
    free(pairs);
    free(weight);
    free(key);
    return code;
}

static enum err_code add_missed(struct against *x, const struct link_model *m, struct err *e)
{
    size_t rows = x->t->rows, from = x->found.n;
    uint64_t *sorted = malloc((rows + 1) * sizeof *sorted); /* label, row */
    enum err_code code = sorted ? ERR_OK : no_memory(e);
    for (size_t row = 0; sorted && row < rows; row++)
        sorted[row] = (uint64_t)x->truth[row] << 32 | row;
    if (sorted)
        qsort(sorted, rows, sizeof *sorted, measure_by_number);
    if (x->n_brought)
        qsort(x->brought, x->n_brought, sizeof *x->brought, measure_by_number);
    for (size_t i = 0, end; code == ERR_OK && i < rows; i = end) {
        for (end = i + 1; end < rows && sorted[end] >> 32 == sorted[i] >> 32; end++)
            ;
        code = missed_of_label(x, sorted + i, end - i, datasets(m, x->t), e);
    }
    free(sorted);
    return code == ERR_OK ? weigh_missed(x, m, from, e) : code;
}

/* ---- order ---- */

struct names {
    const struct link_table *t;
    size_t id;
    ptrdiff_t source;
};

static int compare_records(const struct names *n, uint32_t a, uint32_t b)
{
    int c = str_cmp(link_table_value(n->t, a, n->id), link_table_value(n->t, b, n->id));
    return c || n->source < 0 ? c : str_cmp(link_table_value(n->t, a, (size_t)n->source), link_table_value(n->t, b, (size_t)n->source));
}

static int worst_first(const void *a, const void *b, void *ctx)
{
    const struct link_mistake *x = a, *y = b;
    if (x->false_positive != y->false_positive)
        return x->false_positive ? -1 : 1;
    if (x->match_weight != y->match_weight)
        return (x->match_weight > y->match_weight) == x->false_positive ? -1 : 1;
    int c = compare_records(ctx, x->l, y->l);
    return c ? c : compare_records(ctx, x->r, y->r);
}

/* The lesser id is l, whatever the order of rows. */
static enum err_code put_in_order(const struct link_model *m, const struct link_table *t, struct link_mistakes *x, struct err *e)
{
    ptrdiff_t id = link_table_column(t, m->unique_id);
    if (id < 0)
        return err_set(e, ERR_FORMAT, "the data have no column %.*s (the model's unique_id_column_name)", STR_ARG(m->unique_id));
    struct names names = {t, (size_t)id, link_source_column(m, t)};
    for (size_t i = 0; i < x->n; i++)
        if (compare_records(&names, x->items[i].l, x->items[i].r) > 0) {
            uint32_t l = x->items[i].l;
            x->items[i].l = x->items[i].r;
            x->items[i].r = l;
        }
    if (x->n)
        qsort_r(x->items, x->n, sizeof *x->items, worst_first, &names);
    return ERR_OK;
}

static enum err_code finish(const struct link_model *m, struct against *x, enum err_code code, struct link_mistakes *ret, struct err *e)
{
    if (code == ERR_OK)
        code = put_in_order(m, x->t, &x->found, e);
    free(x->brought);
    if (code == ERR_OK)
        *ret = x->found;
    else
        link_mistakes_free(&x->found);
    return code;
}

/* ---- the calls ---- */

enum err_code link_mistakes_of_labels(const struct link_model *m, const struct link_table *t, const uint32_t *truth, const struct link_options *o, struct link_mistakes *ret, struct err *e)
{
    struct against x = {.t = t, .truth = truth, .threshold = o->threshold_weight};
    struct link_options all = *o;
    all.threshold_weight = -INFINITY; /* matches below the threshold count as well */
    enum err_code code = link_predict(m, t, &all, see, &x, NULL, e);
    if (code == ERR_OK)
        code = add_missed(&x, m, e);
    return finish(m, &x, code, ret, e);
}

enum err_code link_mistakes_of_scores(const struct link_model *m, const struct link_table *t, const struct link_labels *labels, double least, double threshold_weight,
                                      struct link_mistakes *ret, struct err *e)
{
    struct against x = {.t = t, .threshold = threshold_weight};
    double *weight = malloc((labels->n + 1) * sizeof *weight);
    int16_t *key = malloc((labels->n + 1) * sizeof *key);
    enum err_code code = weight && key ? link_score_pairs(m, t, labels->pairs, labels->n, weight, key, e) : no_memory(e);
    for (size_t i = 0; code == ERR_OK && i < labels->n; i++) {
        bool is_match = labels->score[i] >= least, taken = key[i] >= 0 && weight[i] >= threshold_weight;
        if (is_match != taken)
            code = keep(&x, (struct link_mistake){labels->pairs[i].l, labels->pairs[i].r, weight[i], key[i], taken}, e);
    }
    free(weight);
    free(key);
    return finish(m, &x, code, ret, e);
}

void link_mistakes_free(struct link_mistakes *x)
{
    free(x->items);
    *x = (struct link_mistakes){0};
}
