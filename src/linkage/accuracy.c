/* accuracy.c: what a model gets right and wrong at every threshold, from pairs whose truth is known (Splink's accuracy_analysis_from_labels_*).
 * Weights are counted by multiples of a step, matches and others apart; thresholds are the steps that some pair has. */
#include "linkage/measure.h"
#include "linkage/model.h"

#include <math.h>
#include <stdlib.h>

struct counts {
    uint64_t matches, others;
};
struct link_accuracy {
    double step;
    long reach; /* steps from 0 to either end */
    struct counts missed;
    struct counts *at; /* [2 * reach + 1] */
};

enum err_code link_accuracy_new(double step, struct link_accuracy **ret, struct err *e)
{
    if (!(step >= 0.01 && step <= 10))
        return err_set(e, ERR_USAGE, "thresholds may be 0.01 to 10 apart");
    struct link_accuracy *a = calloc(1, sizeof *a);
    if (a) {
        a->step = step;
        a->reach = (long)(MEASURE_MOST_WEIGHT / step) + 1;
        a->at = calloc((size_t)(2 * a->reach + 1), sizeof *a->at);
    }
    if (!a || !a->at) {
        link_accuracy_free(a);
        return err_set(e, ERR_NO_MEMORY, "no memory for thresholds");
    }
    *ret = a;
    return ERR_OK;
}

void link_accuracy_free(struct link_accuracy *a)
{
    if (a)
        free(a->at);
    free(a);
}

void link_accuracy_add(struct link_accuracy *a, double match_weight, bool is_match)
{
    double weight = measure_held(match_weight);
    struct counts *c = &a->at[lround(weight / a->step) + a->reach];
    *(is_match ? &c->matches : &c->others) += 1;
}

void link_accuracy_missed(struct link_accuracy *a, uint64_t n, bool are_matches) { *(are_matches ? &a->missed.matches : &a->missed.others) += n; }

/* ---- rates ---- */

static struct link_accuracy_row row_of(double threshold, struct counts all, struct counts above)
{
    double p = (double)all.matches, n = (double)all.others, tp = (double)above.matches, fp = (double)above.others, fn = p - tp, tn = n - fp;
    return (struct link_accuracy_row){
        .threshold_weight = threshold, .match_probability = link_probability(threshold),
        .p = all.matches, .n = all.others, .tp = above.matches, .fp = above.others, .fn = all.matches - above.matches, .tn = all.others - above.others,
        .tp_rate = measure_share(tp, p, NAN), .tn_rate = measure_share(tn, n, NAN), .fp_rate = measure_share(fp, n, NAN), .fn_rate = measure_share(fn, p, NAN),
        .precision = measure_share(tp, tp + fp, 1), .recall = measure_share(tp, p, NAN), .specificity = measure_share(tn, n, NAN), .npv = measure_share(tn, tn + fn, 1),
        .accuracy = measure_share(tp + tn, p + n, NAN), .f1 = measure_share(2 * tp, 2 * tp + fn + fp, NAN), .f2 = measure_share(5 * tp, 5 * tp + 4 * fn + fp, NAN),
        .f0_5 = measure_share(1.25 * tp, 1.25 * tp + 0.25 * fn + fp, NAN), .p4 = measure_share(4 * tp * tn, 4 * tp * tn + (tp + tn) * (fp + fn), NAN),
        .phi = tn + fn > 0 && tp + fp > 0 && p > 0 && n > 0 ? (tp * tn - fp * fn) / sqrt((tp + fp) * p * n * (tn + fn)) : 0,
    };
}

enum err_code link_accuracy_rows(const struct link_accuracy *acc, struct arena *a, struct link_accuracy_row **ret, size_t *ret_n, struct err *e)
{
    struct counts all = acc->missed, above = {0};
    size_t places = (size_t)(2 * acc->reach + 1), n = 0;
    for (size_t i = 0; i < places; i++) {
        all.matches += acc->at[i].matches;
        all.others += acc->at[i].others;
        n += acc->at[i].matches + acc->at[i].others > 0;
    }
    *ret = ARENA_NEW(a, struct link_accuracy_row, n);
    *ret_n = n;
    if (!*ret)
        return err_set(e, ERR_NO_MEMORY, "no memory for the thresholds");
    for (size_t i = places; i-- > 0;)
        if (acc->at[i].matches + acc->at[i].others > 0) {
            above.matches += acc->at[i].matches;
            above.others += acc->at[i].others;
            (*ret)[--n] = row_of(acc->step * (double)((long)i - acc->reach), all, above);
        }
    return ERR_OK;
}

/* ---- from labels ---- */

/* Labels of equal truth and equal dataset: pairs that a link_only model does not look for. */
static enum err_code by_dataset(const struct link_table *t, ptrdiff_t source, const uint32_t *truth, uint64_t *ret_pairs, uint64_t *ret_true, struct err *e)
{
    uint32_t *dataset = malloc((t->rows + 1) * sizeof *dataset);
    struct link_scores s;
    if (!dataset)
        return err_set(e, ERR_NO_MEMORY, "no memory for the datasets of %zu rows", t->rows);
    for (size_t row = 0; row < t->rows; row++)
        dataset[row] = link_table_code(t, row, (size_t)source);
    link_evaluate_clusters(dataset, truth ? truth : dataset, t->rows, &s);
    *ret_pairs = s.found_pairs;
    *ret_true = s.right_pairs;
    free(dataset);
    return ERR_OK;
}

enum err_code link_all_pairs(const struct link_model *m, const struct link_table *t, uint64_t *ret, struct err *e)
{
    uint64_t within = 0, same;
    ptrdiff_t source = link_source_column(m, t);
    if (m->type == LINK_LINK_ONLY && source >= 0)
        ERR_TRY(by_dataset(t, source, NULL, &within, &same, e));
    *ret = measure_pairs(t->rows) - within;
    return ERR_OK;
}

enum err_code link_true_pairs(const struct link_model *m, const struct link_table *t, const uint32_t *truth, uint64_t *ret, struct err *e)
{
    struct link_scores s;
    uint64_t pairs, within = 0;
    ptrdiff_t source = link_source_column(m, t);
    link_evaluate_clusters(truth, truth, t->rows, &s);
    if (m->type == LINK_LINK_ONLY && source >= 0)
        ERR_TRY(by_dataset(t, source, truth, &pairs, &within, e));
    *ret = s.true_pairs - within;
    return ERR_OK;
}

struct against_labels {
    struct link_accuracy *acc;
    const uint32_t *truth;
    uint64_t matches, others;
};

static enum err_code add_pair(void *ctx, const struct link_edge *edge, const int8_t *gammas, struct err *e)
{
    struct against_labels *x = ctx;
    bool is_match = x->truth[edge->l] == x->truth[edge->r];
    (void)gammas;
    (void)e;
    *(is_match ? &x->matches : &x->others) += 1;
    link_accuracy_add(x->acc, edge->match_weight, is_match);
    return ERR_OK;
}

enum err_code link_accuracy_of_labels(const struct link_model *m, const struct link_table *t, const uint32_t *truth, const struct link_options *o, struct link_accuracy *ret,
                                      struct err *e)
{
    struct against_labels x = {.acc = ret, .truth = truth};
    struct link_options all = *o;
    uint64_t pairs, right;
    all.threshold_weight = -INFINITY;
    ERR_TRY(link_all_pairs(m, t, &pairs, e));
    ERR_TRY(link_true_pairs(m, t, truth, &right, e));
    ERR_TRY(link_predict(m, t, &all, add_pair, &x, NULL, e));
    link_accuracy_missed(ret, right - x.matches, true);
    link_accuracy_missed(ret, pairs - right - x.others, false);
    return ERR_OK;
}

enum err_code link_accuracy_of_pairs(const struct link_model *m, const struct link_table *t, const struct link_cannot *pairs, const bool *is_match, size_t n, struct link_accuracy *ret,
                                     struct err *e)
{
    double *weight = malloc((n + 1) * sizeof *weight);
    int16_t *key = malloc((n + 1) * sizeof *key);
    enum err_code code = weight && key ? link_score_pairs(m, t, pairs, n, weight, key, e) : err_set(e, ERR_NO_MEMORY, "no memory for %zu labelled pairs", n);
    for (size_t i = 0; code == ERR_OK && i < n; i++) {
        if (key[i] >= 0)
            link_accuracy_add(ret, weight[i], is_match[i]);
        else
            link_accuracy_missed(ret, 1, is_match[i]);
    }
    free(weight);
    free(key);
    return code;
}
