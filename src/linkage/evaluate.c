/* evaluate.c: a partition against the truth, from the sizes of clusters, of true groups and of what they share. */
#include "linkage/measure.h"

#include <stdlib.h>

int measure_by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static double harmonic(double p, double r) { return p + r > 0 ? 2 * p * r / (p + r) : 0; }

/* Sizes of runs in sorted numbers, by index: size[i] is that of the run that i is in. */
static uint64_t run_sizes(const uint64_t *sorted, size_t n, unsigned shift, double *size)
{
    uint64_t pairs = 0;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && sorted[j] >> shift == sorted[i] >> shift; j++)
            ;
        pairs += measure_pairs(j - i);
        for (size_t k = i; k < j; k++)
            size[k] = (double)(j - i);
    }
    return pairs;
}

void link_evaluate_clusters(const uint32_t *cluster, const uint32_t *truth, size_t n, struct link_scores *ret)
{
    *ret = (struct link_scores){0};
    uint64_t *key = malloc((n + 1) * sizeof *key);
    double *of_cluster = malloc((n + 1) * sizeof *of_cluster), *of_truth = malloc((n + 1) * sizeof *of_truth), *shared = malloc((n + 1) * sizeof *shared);
    if (!key || !of_cluster || !of_truth || !shared)
        abort(); /* a measurement that is silently wrong is worse than none */
    for (size_t i = 0; i < n; i++)
        key[i] = (uint64_t)truth[i] << 32 | cluster[i];
    qsort(key, n, sizeof *key, measure_by_number);
    ret->true_pairs = run_sizes(key, n, 32, of_truth);
    ret->right_pairs = run_sizes(key, n, 0, shared);
    double recall = 0, precision = 0;
    for (size_t i = 0; i < n; i++)
        recall += shared[i] / of_truth[i];
    for (size_t i = 0; i < n; i++)
        key[i] = (uint64_t)cluster[i] << 32 | truth[i];
    qsort(key, n, sizeof *key, measure_by_number);
    ret->found_pairs = run_sizes(key, n, 32, of_cluster);
    (void)run_sizes(key, n, 0, shared);
    for (size_t i = 0; i < n; i++)
        precision += shared[i] / of_cluster[i];
    ret->precision = measure_share((double)ret->right_pairs, (double)ret->found_pairs, 1);
    ret->recall = measure_share((double)ret->right_pairs, (double)ret->true_pairs, 1);
    ret->f1 = harmonic(ret->precision, ret->recall);
    ret->bcubed_precision = measure_share(precision, (double)n, 1);
    ret->bcubed_recall = measure_share(recall, (double)n, 1);
    ret->bcubed_f1 = harmonic(ret->bcubed_precision, ret->bcubed_recall);
    free(key);
    free(of_cluster);
    free(of_truth);
    free(shared);
}
