/* patterns.c: see patterns.h. */
#include "linkage/patterns.h"

#include <math.h>
#include <stdlib.h>

#define MOST_BITS 60.0 /* of an adjustment told in half bits */
#define FIRST_SLOTS ((size_t)4096)

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to count pairs by pattern"); }

/* ---- numbers ---- */

static uint64_t values_of(const struct link_model *m, size_t c)
{
    int top = 0;
    for (size_t i = 0; i < m->comparisons[c].n; i++)
        if (m->comparisons[c].levels[i].gamma > top)
            top = m->comparisons[c].levels[i].gamma;
    return (uint64_t)top + 2; /* null and 0 too */
}

enum err_code patterns_init(struct patterns *p, const struct link_model *m, enum patterns_adjustment how, const uint32_t *source, struct err *e)
{
    uint64_t all = 1;
    uint8_t word = 0;
    *p = (struct patterns){.m = m, .how = how, .source = source};
    for (size_t c = 0; c <= m->n_comparisons; c++) {
        p->base[c] = c == m->n_comparisons ? 2 : values_of(m, c);
        if (all > UINT64_MAX / p->base[c]) {
            all = 1;
            if (++word == PATTERNS_WORDS)
                return err_set(e, ERR_LIMIT, "the comparisons have more levels together than can be told apart in training: train with fewer comparisons");
        }
        p->word[c] = word;
        p->radix[c] = all;
        all *= p->base[c];
    }
    return ERR_OK;
}

void patterns_free(struct patterns *p)
{
    free(p->slots);
    free(p->gammas);
    p->slots = NULL;
    p->gammas = NULL;
}

/* ---- the table ---- */

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static struct pattern *slot_of(const struct patterns *p, const uint64_t *levels, double adjustment)
{
    uint64_t h = (levels[0] ^ levels[1] * UINT64_C(0xD6E8FEB86659FD93) ^ bits_of(adjustment) * UINT64_C(0xA0761D6478BD642F)) * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = (h ^ h >> 32) & (p->n_slots - 1);; i = (i + 1) & (p->n_slots - 1)) {
        struct pattern *x = &p->slots[i];
        if (x->count == 0 || (x->levels[0] == levels[0] && x->levels[1] == levels[1] && bits_of(x->adjustment) == bits_of(adjustment)))
            return x;
    }
}

static enum err_code more_slots(struct patterns *p, struct err *e)
{
    struct patterns more = *p;
    more.n_slots = p->n_slots ? 2 * p->n_slots : FIRST_SLOTS;
    more.slots = calloc(more.n_slots, sizeof *more.slots);
    if (!more.slots)
        return no_memory(e);
    for (size_t i = 0; i < p->n_slots; i++)
        if (p->slots[i].count > 0)
            *slot_of(&more, p->slots[i].levels, p->slots[i].adjustment) = p->slots[i];
    free(p->slots);
    *p = more;
    return ERR_OK;
}

static enum err_code add(struct patterns *p, const uint64_t *levels, double adjustment, double count, struct err *e)
{
    if (2 * p->n >= p->n_slots)
        ERR_TRY(more_slots(p, e));
    struct pattern *x = slot_of(p, levels, adjustment);
    if (x->count == 0) {
        memcpy(x->levels, levels, sizeof x->levels);
        x->adjustment = adjustment;
        p->n++;
    }
    x->count += count;
    return ERR_OK;
}

enum err_code patterns_add(struct patterns *p, const struct patterns *from, struct err *e)
{
    for (size_t i = 0; i < from->n_slots; i++)
        if (from->slots[i].count > 0)
            ERR_TRY(add(p, from->slots[i].levels, from->slots[i].adjustment, from->slots[i].count, e));
    return ERR_OK;
}

/* ---- batches ---- */

static double adjustment_of(const struct patterns *p, const struct run *r, size_t pair)
{
    double sum = 0;
    if (p->how == PATTERNS_LEVELS || (p->m->veto >= 0 && r->gamma[p->m->veto][pair] > 0)) /* beside a veto nothing of the sum is left */
        return 0;
    for (size_t c = 0; c < p->m->n_comparisons; c++) {
        int16_t level = r->plan->weights[c].adjusted[r->gamma[c][pair] + 1];
        if (level >= 0)
            sum += run_frequency_adjustment(r, c, (size_t)level, r->l[pair], r->r[pair]);
    }
    if (p->how == PATTERNS_HALF_BITS)
        sum = 0.5 * round(2 * fmax(-MOST_BITS, fmin(MOST_BITS, sum)));
    return sum + 0.0; /* no minus zero: equal numbers have equal bits */
}

static bool is_within(const struct patterns *p, const struct run *r, size_t pair)
{
    return p->source && p->source[r->rows[r->l[pair]]] == p->source[r->rows[r->r[pair]]];
}

enum err_code patterns_count(struct patterns *p, const struct run *r, struct err *e)
{
    uint64_t levels[PATTERNS_WORDS][RUN_BATCH] = {{0}};
    size_t n = p->m->n_comparisons;
    for (size_t c = 0; c < n; c++) {
        uint64_t *word = levels[p->word[c]], radix = p->radix[c];
        const int8_t *gamma = r->gamma[c];
        for (size_t k = 0; k < r->n; k++)
            word[k] += radix * (uint64_t)(gamma[k] + 1);
    }
    RUN_EACH(k, r->alive, r->words) {
        uint64_t key[PATTERNS_WORDS] = {levels[0][k], levels[1][k]};
        key[p->word[n]] += is_within(p, r, k) ? p->radix[n] : 0;
        ERR_TRY(add(p, key, adjustment_of(p, r, k), 1, e));
    }
    return ERR_OK;
}

/* ---- when all are counted ---- */

static int by_number(const void *a, const void *b)
{
    const struct pattern *x = a, *y = b;
    if ((x->count > 0) != (y->count > 0))
        return x->count > 0 ? -1 : 1;
    for (size_t w = PATTERNS_WORDS; w-- > 0;)
        if (x->levels[w] != y->levels[w])
            return x->levels[w] < y->levels[w] ? -1 : 1;
    return (x->adjustment > y->adjustment) - (x->adjustment < y->adjustment);
}

enum err_code patterns_finish(struct patterns *p, struct err *e)
{
    size_t stride = p->m->n_comparisons + 1;
    if (p->n_slots > 0)
        qsort(p->slots, p->n_slots, sizeof *p->slots, by_number);
    p->gammas = malloc(p->n * stride + 1);
    if (!p->gammas)
        return no_memory(e);
    for (size_t i = 0; i < p->n; i++) {
        int8_t *gamma = p->gammas + i * stride;
        for (size_t c = 0; c < stride; c++) {
            uint64_t digit = p->slots[i].levels[p->word[c]] / p->radix[c] % p->base[c];
            gamma[c] = (int8_t)((int)digit - (c + 1 < stride));
        }
        p->slots[i].gamma = gamma;
    }
    return ERR_OK;
}
