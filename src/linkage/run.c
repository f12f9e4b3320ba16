/* run.c: memory of a run, and gathering. See run.h. */
#include "linkage/run.h"

#include <stdlib.h>

#define MEMO_SIZE ((size_t)1 << 13) /* per ladder: 128 KiB stay in the second-level cache */
#define SCRATCH_LISTS 300           /* nested selections of one batch: two for each AND and OR of two a level of brackets, and the caller's */

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory to compare pairs"); }

/* All arrays of fixed size in one block: calls with block NULL only count. */
static size_t lay_out(struct run *r, char *block)
{
    const struct plan *p = r->plan;
    size_t at = 0;
#define TAKE(pointer, count)                                            \
    do {                                                                \
        if (block)                                                      \
            (pointer) = (void *)(block + at);                           \
        at += (((count) * sizeof *(pointer)) + 63) & ~(size_t)63;       \
    } while (0)
    TAKE(r->l, RUN_BATCH);
    TAKE(r->r, RUN_BATCH);
    TAKE(r->weight, RUN_BATCH);
    TAKE(r->sift_open, RUN_BATCH);
    TAKE(r->gamma, p->model->n_comparisons);
    for (size_t k = 0; k < p->model->n_comparisons; k++) {
        int8_t *g = NULL;
        TAKE(g, RUN_BATCH);
        if (block)
            r->gamma[k] = g;
    }
    TAKE(r->similarity, p->n_ladders);
    TAKE(r->memo, p->n_ladders);
    for (size_t k = 0; k < p->n_ladders; k++) {
        double *s = NULL;
        struct run_memo *m = NULL;
        TAKE(s, RUN_BATCH);
        TAKE(m, MEMO_SIZE);
        if (block) {
            r->similarity[k] = s;
            r->memo[k] = m;
        }
    }
    TAKE(r->expr_memo, p->n_memos);
    for (size_t k = 0; k < p->n_memos; k++) {
        struct run_memo *m = NULL;
        TAKE(m, MEMO_SIZE);
        if (block)
            r->expr_memo[k] = m;
    }
    r->scratch_cap = (size_t)RUN_BATCH * SCRATCH_LISTS;
    TAKE(r->scratch_select, r->scratch_cap);
    TAKE(r->scratch_tri, r->scratch_cap);
    TAKE(r->columns, p->n_columns);
#undef TAKE
    return at;
}

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

static void gather_free(struct run *r)
{
    for (size_t i = 0; r->block && i < r->plan->n_columns; i++) {
        free(r->columns[i].code);
        free(r->columns[i].sign);
        free(r->columns[i].number);
        free(r->columns[i].log2_frequency);
        r->columns[i] = (struct run_column){0};
    }
    free(r->ranks);
    r->ranks = NULL;
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

enum err_code run_gather_start(struct run *r, size_t n, struct err *e)
{
    r->gathered = 0;
    if (n <= r->gather_cap)
        return ERR_OK;
    size_t cap = 4096;
    while (cap < n)
        cap *= 2;
    gather_free(r);
    r->ranks = malloc(cap * sizeof *r->ranks);
    bool ok = r->ranks != NULL;
    for (size_t i = 0; i < r->plan->n_columns; i++) {
        const struct plan_column *c = &r->plan->columns[i];
        struct run_column *g = &r->columns[i];
        g->code = malloc(cap * sizeof *g->code);
        g->sign = c->signs ? malloc(cap * sizeof *g->sign) : NULL;
        g->number = c->numbers ? malloc(cap * sizeof *g->number) : NULL;
        g->log2_frequency = c->log2_frequency ? malloc(cap * sizeof *g->log2_frequency) : NULL;
        ok &= g->code && (!c->signs || g->sign) && (!c->numbers || g->number) && (!c->log2_frequency || g->log2_frequency);
    }
    if (!ok)
        return err_set(e, ERR_NO_MEMORY, "no memory for a block of %zu records: add conditions to the blocking rule", n);
    r->gather_cap = cap;
    return ERR_OK;
}

void run_gather_add(struct run *r, uint32_t row, uint32_t rank)
{
    size_t at = r->gathered++, n = r->plan->n_columns;
    const uint32_t *codes = r->plan->packed + row * n;
    r->ranks[at] = rank;
    for (size_t i = 0; i < n; i++) {
        const struct plan_column *c = &r->plan->columns[i];
        struct run_column *g = &r->columns[i];
        uint32_t code = codes[i];
        g->code[at] = code;
        if (g->sign)
            g->sign[at] = c->signs[code];
        if (g->number)
            g->number[at] = c->numbers[code];
        if (g->log2_frequency)
            g->log2_frequency[at] = c->log2_frequency[code];
    }
}
