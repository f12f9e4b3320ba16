/* histogram.c: match weights counted in bins of every width that may be asked for, so that pairs need to be seen once and none is kept. Widths and the choice
 * between them are Splink's (match_weights_histogram). */
#include "linkage/measure.h"

#include <math.h>
#include <stdlib.h>

static const double widths[] = {0.01, 0.1, 0.2, 0.25, 0.5, 1, 2, 5};
#define N_WIDTHS (sizeof widths / sizeof *widths)

struct link_histogram {
    uint64_t *n[N_WIDTHS];
    double least, most;
};

static size_t places(size_t w) { return (size_t)(2 * MEASURE_MOST_WEIGHT / widths[w]) + 3; }

static double first_of(size_t w) { return floor(-MEASURE_MOST_WEIGHT / widths[w]); }

void link_histogram_free(struct link_histogram *h)
{
    for (size_t w = 0; h && w < N_WIDTHS; w++)
        free(h->n[w]);
    free(h);
}

enum err_code link_histogram_new(struct link_histogram **ret, struct err *e)
{
    struct link_histogram *h = calloc(1, sizeof *h);
    bool enough = h != NULL;
    for (size_t w = 0; enough && w < N_WIDTHS; w++)
        enough = (h->n[w] = calloc(places(w), sizeof *h->n[w])) != NULL;
    if (!enough) {
        link_histogram_free(h);
        return err_set(e, ERR_NO_MEMORY, "no memory for a histogram");
    }
    h->least = INFINITY;
    h->most = -INFINITY;
    *ret = h;
    return ERR_OK;
}

void link_histogram_add(struct link_histogram *h, double match_weight)
{
    double weight = measure_held(match_weight);
    h->least = fmin(h->least, weight);
    h->most = fmax(h->most, weight);
    for (size_t w = 0; w < N_WIDTHS; w++)
        h->n[w][(size_t)(floor(weight / widths[w]) - first_of(w))]++;
}

static size_t width_for(const struct link_histogram *h, size_t n)
{
    double rough = (h->most - h->least) / (double)n;
    size_t best = 0;
    for (size_t w = 1; w < N_WIDTHS; w++)
        if (fabs(widths[w] - rough) < fabs(widths[best] - rough))
            best = w;
    return best;
}

enum err_code link_histogram_bins(const struct link_histogram *h, size_t n, struct arena *a, struct link_bin **ret, size_t *ret_n, struct err *e)
{
    *ret_n = 0;
    *ret = NULL;
    if (h->least > h->most || n == 0)
        return ERR_OK;
    size_t w = width_for(h, n), filled = 0;
    for (size_t i = 0; i < places(w); i++)
        filled += h->n[w][i] != 0;
    *ret = ARENA_NEW(a, struct link_bin, filled);
    if (!*ret)
        return err_set(e, ERR_NO_MEMORY, "no memory for the bins of a histogram");
    for (size_t i = 0; i < places(w); i++)
        if (h->n[w][i]) {
            double low = widths[w] * (first_of(w) + (double)i);
            (*ret)[(*ret_n)++] = (struct link_bin){low, low + widths[w], h->n[w][i]};
        }
    return ERR_OK;
}
