/* run.h: the inner loop's memory (private to linkage): records gathered side by side, pairs in batches, levels and weights of a batch.
 *
 * Records whose pairs come next are copied once into contiguous columns (gather); pairs are two small indices into it, added in strips: one record against its
 * successors. A batch goes through masks, one bit a pair: each test is asked of the pairs that are still open, what it has answered it keeps for the
 * batch, and pairs whose weight can no longer reach the threshold are dropped. Nothing here allocates once it has been made. */
#ifndef HAVEN_LINKAGE_RUN_H
#define HAVEN_LINKAGE_RUN_H

#include "linkage/kernels.h"
#include "linkage/plan.h"

#define RUN_BATCH 1024u             /* pairs that go through together; positions fit uint16_t */
#define RUN_WORDS (RUN_BATCH / 64u) /* of a mask */
#define RUN_MEMO ((size_t)1 << 13)  /* value pairs remembered for a condition of the interpreter: 128 KiB */
#define RUN_NEAR ((size_t)1 << 11)  /* and for a similarity, which costs little more than a look into the second-level cache */

/* RUN_EACH(k, mask, words) statement: for each pair k of the mask. */
#define RUN_EACH(k, mask, words)                                   \
    for (size_t w_##k = 0, k; w_##k < (words); w_##k++)            \
        for (uint64_t m_##k = (mask)[w_##k]; m_##k != 0 && (k = w_##k * 64 + (size_t)__builtin_ctzll(m_##k), true); m_##k &= m_##k - 1)

/* What is known of the pairs of the batch; `batch` tells of which. */
struct run_fact {
    uint64_t batch, known[RUN_WORDS], truth[RUN_WORDS], null[RUN_WORDS];
};
struct run_memo {
    uint64_t key; /* codes of both values + 1; 0: free */
    double value;
};
struct run_ladder {
    uint64_t batch, known[RUN_WORDS], reached[RUN_WORDS]; /* not reached: beyond every limit of the ladder */
    double value[RUN_BATCH];                              /* where reached */
    struct run_memo memo[RUN_NEAR];
};

/* One column's values of one side of the batch's pairs, side by side; filled when first asked for. */
struct run_side {
    uint64_t code_batch, sign_batch, number_batch; /* for which batch each has been filled */
    uint32_t *code;
    uint64_t *null; /* mask */
    struct kernels_signs sign;
    double *number;
};
/* Of the gathered records; parts that no test can ask for are NULL, the others filled when first asked for. */
struct run_column {
    uint64_t sign_gather, number_gather; /* for which gathering each has been filled */
    uint32_t *code;
    struct kernels_signs sign;
    double *number;
    struct run_side side[2];
};
struct run_strip {
    uint32_t l, r;  /* one record against r, r + 1, ... */
    uint16_t at, n; /* pairs of the batch */
};

struct run {
    const struct plan *plan;
    struct run_column *columns;
    uint32_t *rows, *ranks; /* gathered records, for the edges and for orientation */
    size_t gathered, gather_cap;
    uint64_t gather; /* number of the gathering */

    size_t n, words; /* pairs of the batch */
    uint32_t *l, *r; /* into the gathered records */
    struct run_strip *strips;
    size_t n_strips;
    uint64_t batch;            /* number of the batch: what other batches left behind is stale */
    uint64_t alive[RUN_WORDS]; /* pairs that count */

    int8_t **gamma;  /* [comparison][pair] */
    double *weight;  /* [pair] */
    float *bound;    /* [pair]: no less than its weight */
    uint16_t *index; /* [pair]: pattern of levels, scratch */
    struct run_fact *facts;     /* [fact of the plan] */
    struct run_ladder *ladders; /* [ladder of the plan] */
    struct run_memo **memo;     /* [memo of the plan]; value: enum tri */
    struct arena a;             /* for the interpreter */
    void *block;
    struct err *e;
    enum err_code failed; /* of the interpreter: sticky until read */
};

enum err_code run_new(const struct plan *p, struct run **ret, struct err *e);
void run_free(struct run *r);

/* Empties the gathered records, and makes room for n. Then run_gather_add for each, `rank` is kept for the caller; then run_gather_end. */
enum err_code run_gather_start(struct run *r, size_t n, struct err *e);
static inline void run_gather_add(struct run *r, uint32_t row, uint32_t rank)
{
    r->rows[r->gathered] = row;
    r->ranks[r->gathered++] = rank;
}
void run_gather_end(struct run *r);

/* A batch: run_clear, run_add until it is full or all are in, run_begin, then questions about it. */
void run_clear(struct run *r);
/* Record l against as many of [first, end) as there is room for; gives the first that found none. */
uint32_t run_add(struct run *r, uint32_t l, uint32_t first, uint32_t end);
static inline bool run_is_full(const struct run *r) { return r->n == RUN_BATCH; }
void run_begin(struct run *r);

/* Truth of a test for the pairs of `want`; other bits mean nothing. */
void run_test(struct run *r, const struct test *t, const uint64_t *want, uint64_t *ret_true, uint64_t *ret_null);
/* Leaves only pairs alive for which t is (or is not) true. */
void run_keep(struct run *r, const struct test *t, bool when_true);
size_t run_count_alive(const struct run *r);
/* A batch of nothing but the pairs alive. */
void run_compact(struct run *r);
/* Levels of all comparisons, for pairs alive. */
void run_compare(struct run *r);
/* Levels of one comparison. */
void run_compare_one(struct run *r, size_t comparison);
/* Weights of the pairs alive. */
void run_score(struct run *r);
/* Levels and weights of the pairs with at least `threshold`: no other stays alive. */
void run_find(struct run *r, double threshold);
/* log2 adjustment by frequency of comparison k, level i of one pair. */
double run_frequency_adjustment(const struct run *r, size_t k, size_t i, uint32_t l, uint32_t rr);

/* ---- parts of it ---- */

/* Signatures of the gathered records. */
const struct kernels_signs *run_gathered_signs(struct run *r, uint32_t column);
const uint32_t *run_codes(struct run *r, struct test_place at);  /* of the batch's pairs */
const uint64_t *run_nulls(struct run *r, struct test_place at);  /* mask */
const struct kernels_signs *run_signs(struct run *r, struct test_place at);
const double *run_numbers(struct run *r, struct test_place at);
static inline uint32_t run_record(const struct run *r, struct test_place at, size_t pair) { return at.side == SIDE_L ? r->l[pair] : r->r[pair]; }
static inline uint32_t run_code(const struct run *r, struct test_place at, size_t pair) { return r->columns[at.column].code[run_record(r, at, pair)]; }

#endif
