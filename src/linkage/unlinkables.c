/* unlinkables.c: records that say too little: those that would not even be linked to themselves at a threshold. A record is scored against itself by the
 * code that scores all pairs; weights are counted by probability to five digits, as Splink does. */
#include "linkage/linkage.h"

#include <math.h>
#include <stdlib.h>

#define DIGITS 100000 /* of probability */

struct counted {
    uint64_t n[DIGITS + 1];
    double most[DIGITS + 1]; /* the greatest weight of each */
};

enum err_code link_self_weights(const struct link_model *m, const struct link_table *t, double *ret_weight, struct err *e)
{
    size_t rows = link_table_rows(t);
    struct link_cannot *pairs = malloc((rows + 1) * sizeof *pairs);
    int16_t *key = malloc((rows + 1) * sizeof *key);
    enum err_code code = pairs && key ? ERR_OK : err_set(e, ERR_NO_MEMORY, "no memory to compare %zu records with themselves", rows);
    for (uint32_t row = 0; code == ERR_OK && row < rows; row++)
        pairs[row] = (struct link_cannot){row, row};
    if (code == ERR_OK)
        code = link_score_pairs(m, t, pairs, rows, ret_weight, key, e);
    free(pairs);
    free(key);
    return code;
}

static void count(struct counted *c, const double *weight, size_t rows)
{
    for (size_t row = 0; row < rows; row++) {
        size_t at = (size_t)llround(link_probability(weight[row]) * DIGITS);
        double rounded = round(weight[row] * 100) / 100;
        c->most[at] = c->n[at]++ == 0 ? rounded : fmax(c->most[at], rounded);
    }
}

static enum err_code points(const struct counted *c, size_t rows, struct arena *a, struct link_unlinkable **ret, size_t *ret_n, struct err *e)
{
    size_t filled = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < DIGITS; i++)
        filled += c->n[i] != 0;
    *ret_n = 0;
    *ret = ARENA_NEW(a, struct link_unlinkable, filled);
    if (!*ret)
        return err_set(e, ERR_NO_MEMORY, "no memory for the unlinkable records");
    for (size_t i = 0; i < DIGITS; i++)
        if (c->n[i]) {
            sum += c->n[i];
            (*ret)[(*ret_n)++] = (struct link_unlinkable){c->most[i], (double)i / DIGITS, (double)c->n[i] / (double)rows, (double)sum / (double)rows};
        }
    return ERR_OK;
}

enum err_code link_unlinkables(const struct link_model *m, const struct link_table *t, struct arena *a, struct link_unlinkable **ret, size_t *ret_n, struct err *e)
{
    size_t rows = link_table_rows(t);
    double *weight = malloc((rows + 1) * sizeof *weight);
    struct counted *c = calloc(1, sizeof *c);
    enum err_code code = weight && c ? link_self_weights(m, t, weight, e) : err_set(e, ERR_NO_MEMORY, "no memory to compare %zu records with themselves", rows);
    if (code == ERR_OK) {
        count(c, weight, rows);
        code = points(c, rows, a, ret, ret_n, e);
    }
    free(weight);
    free(c);
    return code;
}
