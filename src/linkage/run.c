/* run.c: memory of a run, gathering, and the values of a batch's pairs side by side. See run.h. */
#include "linkage/run.h"

#include <stdlib.h>

#define LONG_STRIPS 6u /* pairs a strip on average from which copying by strips beats copying by pairs */

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to compare pairs"); }

/* Space for `bytes` in the block, or only counted when there is none yet. */
static void *take(char *block, size_t *at, size_t bytes)
{
    void *p = block ? block + *at : NULL;
    *at += (bytes + 63) & ~(size_t)63;
    return p;
}
#define TAKE(pointer, count)                                   \
    do {                                                       \
        void *p_ = take(block, &at, (count) * sizeof *(pointer)); \
        if (block)                                             \
            (pointer) = p_;                                    \
    } while (0)

static size_t lay_out_columns(struct run *r, char *block, size_t at)
{
    for (size_t i = 0; i < r->plan->n_columns; i++)
        for (size_t side = 0; side < 2; side++) {
            const struct plan_column *c = &r->plan->columns[i];
            struct run_side *s = block ? &r->columns[i].side[side] : &(struct run_side){0};
            TAKE(s->code, RUN_BATCH);
            TAKE(s->null, RUN_WORDS);
            TAKE(s->sign.bits, c->signs ? RUN_BATCH : 0);
            TAKE(s->sign.prefix, c->signs ? RUN_BATCH : 0);
            TAKE(s->sign.size, c->signs ? RUN_BATCH : 0);
            TAKE(s->number, c->numbers ? RUN_BATCH : 0);
        }
    return at;
}

/* All arrays of fixed size in one block: calls with block NULL only count. */
static size_t lay_out(struct run *r, char *block)
{
    const struct plan *p = r->plan;
    size_t at = 0;
    TAKE(r->l, RUN_BATCH);
    TAKE(r->r, RUN_BATCH);
    TAKE(r->strips, RUN_BATCH);
    TAKE(r->weight, RUN_BATCH);
    TAKE(r->bound, RUN_BATCH);
    TAKE(r->index, RUN_BATCH);
    TAKE(r->facts, p->n_facts);
    TAKE(r->ladders, p->n_ladders);
    TAKE(r->columns, p->n_columns);
    TAKE(r->gamma, p->model->n_comparisons);
    for (size_t k = 0; k < p->model->n_comparisons; k++) {
        int8_t *g = NULL;
        TAKE(g, RUN_BATCH);
        if (block)
            r->gamma[k] = g;
    }
    TAKE(r->memo, p->n_memos);
    for (size_t k = 0; k < p->n_memos; k++) {
        struct run_memo *m = NULL;
        TAKE(m, RUN_MEMO);
        if (block)
            r->memo[k] = m;
    }
    return lay_out_columns(r, block, at);
}
#undef TAKE

enum err_code run_new(const struct plan *p, struct run **ret, struct err *e)
{
    struct run *r = calloc(1, sizeof *r);
    if (!r)
        return no_memory(e);
    r->plan = p;
    arena_init(&r->a, LIMIT_LINK_SCRATCH_BYTES);
    size_t size = lay_out(r, NULL);
    r->block = calloc(1, size + 64);
    if (!r->block) {
        run_free(r);
        return no_memory(e);
    }
    (void)lay_out(r, (char *)(((uintptr_t)r->block + 63) & ~(uintptr_t)63));
    *ret = r;
    return ERR_OK;
}

/* ---- gathered records ---- */

static void gather_free(struct run *r)
{
    for (size_t i = 0; r->block && i < r->plan->n_columns; i++) {
        struct run_column *c = &r->columns[i];
        free(c->code);
        free(c->sign.bits);
        free(c->sign.prefix);
        free(c->sign.size);
        free(c->number);
        c->code = c->sign.prefix = c->sign.size = NULL;
        c->sign.bits = NULL;
        c->number = NULL;
    }
    free(r->rows);
    free(r->ranks);
    r->rows = r->ranks = NULL;
    r->gather_cap = 0;
}

void run_free(struct run *r)
{
    if (!r)
        return;
    gather_free(r);
    arena_release(&r->a);
    free(r->block);
    free(r);
}

static bool gather_column(const struct plan_column *c, struct run_column *g, size_t cap)
{
    g->code = malloc(cap * sizeof *g->code);
    if (c->signs) {
        g->sign.bits = malloc(cap * sizeof *g->sign.bits);
        g->sign.prefix = malloc(cap * sizeof *g->sign.prefix);
        g->sign.size = malloc(cap * sizeof *g->sign.size);
    }
    g->number = c->numbers ? malloc(cap * sizeof *g->number) : NULL;
    return g->code && (!c->signs || (g->sign.bits && g->sign.prefix && g->sign.size)) && (!c->numbers || g->number);
}

enum err_code run_gather_start(struct run *r, size_t n, struct err *e)
{
    r->gathered = 0;
    if (n <= r->gather_cap)
        return ERR_OK;
    size_t cap = 4096;
    while (cap < n)
        cap *= 2;
    gather_free(r);
    r->rows = malloc(cap * sizeof *r->rows);
    r->ranks = malloc(cap * sizeof *r->ranks);
    bool ok = r->rows && r->ranks;
    for (size_t i = 0; i < r->plan->n_columns; i++)
        ok &= gather_column(&r->plan->columns[i], &r->columns[i], cap);
    if (!ok)
        return err_set(e, ERR_NO_MEMORY, "no memory for a block of %zu records: add conditions to the blocking rule", n);
    r->gather_cap = cap;
    return ERR_OK;
}

/* Rows lie anywhere: what will be read soon is asked for early. */
#define AHEAD ((size_t)16)

void run_gather_end(struct run *r)
{
    size_t n = r->plan->n_columns;
    const uint32_t *packed = r->plan->packed;
    for (size_t at = 0; at < r->gathered; at++) {
        const uint32_t *codes = packed + r->rows[at] * n;
        if (at + AHEAD < r->gathered)
            __builtin_prefetch(packed + r->rows[at + AHEAD] * n);
        for (size_t i = 0; i < n; i++)
            r->columns[i].code[at] = codes[i];
    }
    r->gather++;
}

/* One column after the other, so that many look-ups are under way at once. */
const struct kernels_signs *run_gathered_signs(struct run *r, uint32_t column)
{
    struct run_column *c = &r->columns[column];
    const struct strings_signature *signs = r->plan->columns[column].signs;
    if (c->sign_gather == r->gather)
        return &c->sign;
    for (size_t at = 0; at < r->gathered; at++) {
        const struct strings_signature *s = &signs[c->code[at]];
        c->sign.bits[at] = s->bits;
        c->sign.prefix[at] = s->prefix;
        c->sign.size[at] = s->length | (uint32_t)s->over << 16;
    }
    c->sign_gather = r->gather;
    return &c->sign;
}

static const double *gathered_numbers(struct run *r, uint32_t column)
{
    struct run_column *c = &r->columns[column];
    const double *numbers = r->plan->columns[column].numbers;
    if (c->number_gather != r->gather)
        for (size_t at = 0; at < r->gathered; at++)
            c->number[at] = numbers[c->code[at]];
    c->number_gather = r->gather;
    return c->number;
}

/* ---- batches ---- */

void run_clear(struct run *r) { r->n = r->n_strips = 0; }

uint32_t run_add(struct run *r, uint32_t l, uint32_t first, uint32_t end)
{
    size_t room = RUN_BATCH - r->n, at = r->n;
    uint32_t n = end - first < room ? end - first : (uint32_t)room;
    struct run_strip *last = &r->strips[r->n_strips];
    if (n == 0)
        return first;
    if (r->n_strips > 0 && last[-1].l == l && last[-1].r + last[-1].n == first)
        last[-1].n = (uint16_t)(last[-1].n + n);
    else
        r->strips[r->n_strips++] = (struct run_strip){l, first, (uint16_t)at, (uint16_t)n};
    for (uint32_t k = 0; k < n; k++) {
        r->l[at + k] = l;
        r->r[at + k] = first + k;
    }
    r->n += n;
    return first + n;
}

void run_begin(struct run *r)
{
    r->batch++;
    r->words = (r->n + 63) / 64;
    memset(r->alive, 0xFF, r->words * sizeof *r->alive);
    if (r->n % 64)
        r->alive[r->words - 1] = ~UINT64_C(0) >> (64 - r->n % 64);
}

size_t run_count_alive(const struct run *r)
{
    size_t n = 0;
    for (size_t w = 0; w < r->words; w++)
        n += (size_t)__builtin_popcountll(r->alive[w]);
    return n;
}

void run_compact(struct run *r)
{
    uint64_t alive[RUN_WORDS];
    size_t words = r->words;
    memcpy(alive, r->alive, sizeof alive);
    run_clear(r);
    RUN_EACH(k, alive, words) /* never ahead of what is read */
        (void)run_add(r, r->l[k], r->r[k], r->r[k] + 1);
    run_begin(r);
}

/* ---- values of the batch's pairs, side by side ---- */

/* Copies values of gathered records for the pairs of the batch. */
#define DEFINE_SPREAD(name, type)                                                                                   \
    static void name(const struct run *r, uint8_t side, const type *from, type *to)                                 \
    {                                                                                                               \
        const uint32_t *at = side == SIDE_L ? r->l : r->r;                                                          \
        if (r->n_strips * LONG_STRIPS > r->n) {                                                                     \
            for (size_t k = 0; k < r->n; k++)                                                                       \
                to[k] = from[at[k]];                                                                                \
            return;                                                                                                 \
        }                                                                                                           \
        for (const struct run_strip *s = r->strips; s < r->strips + r->n_strips; s++) {                             \
            type *out = to + s->at;                                                                                 \
            if (side == SIDE_R) {                                                                                   \
                memcpy(out, from + s->r, s->n * sizeof *to);                                                        \
                continue;                                                                                           \
            }                                                                                                       \
            type value = from[s->l];                                                                                \
            for (size_t k = 0; k < s->n; k++)                                                                       \
                out[k] = value;                                                                                     \
        }                                                                                                           \
    }
DEFINE_SPREAD(spread_32, uint32_t)
DEFINE_SPREAD(spread_64, uint64_t)
DEFINE_SPREAD(spread_double, double)

static struct run_side *side_of(struct run *r, struct test_place at) { return &r->columns[at.column].side[at.side == SIDE_R]; }

static struct run_side *with_codes(struct run *r, struct test_place at)
{
    struct run_side *s = side_of(r, at);
    if (s->code_batch != r->batch) {
        spread_32(r, at.side, r->columns[at.column].code, s->code);
        kernels_missing(s->code, r->words, s->null);
        s->code_batch = r->batch;
    }
    return s;
}

const uint32_t *run_codes(struct run *r, struct test_place at) { return with_codes(r, at)->code; }
const uint64_t *run_nulls(struct run *r, struct test_place at) { return with_codes(r, at)->null; }

const struct kernels_signs *run_signs(struct run *r, struct test_place at)
{
    struct run_side *s = side_of(r, at);
    if (s->sign_batch != r->batch) {
        const struct kernels_signs *from = run_gathered_signs(r, at.column);
        spread_64(r, at.side, from->bits, s->sign.bits);
        spread_32(r, at.side, from->prefix, s->sign.prefix);
        spread_32(r, at.side, from->size, s->sign.size);
        s->sign_batch = r->batch;
    }
    return &s->sign;
}

const double *run_numbers(struct run *r, struct test_place at)
{
    struct run_side *s = side_of(r, at);
    if (s->number_batch != r->batch) {
        spread_double(r, at.side, gathered_numbers(r, at.column), s->number);
        s->number_batch = r->batch;
    }
    return s->number;
}
