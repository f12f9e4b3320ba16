/* run.h: the inner loop's memory (private to linkage): records gathered side by side, pairs in batches, levels and weights of a batch.
 *
 * Records whose pairs come next are copied once into contiguous columns (gather); pairs are two small indices into it. A batch goes through
 * selection lists: each test sees only the pairs that are still open. Nothing here allocates once it has been made. */
#ifndef HAVEN_LINKAGE_RUN_H
#define HAVEN_LINKAGE_RUN_H

#include "linkage/plan.h"

#define RUN_BATCH 1024u /* pairs that go through together; positions fit uint16_t */

struct run_column {
    uint32_t *code;
    struct strings_signature *sign; /* columns that need it */
    double *number;
    double *log2_frequency;
};
struct run_memo {
    uint64_t key; /* codes of both values + 1; 0: free */
    double value;
};

struct run {
    const struct plan *plan;
    struct run_column *columns;
    uint32_t *ranks; /* gathered records, for the edges and for orientation */
    size_t gathered, gather_cap;

    size_t n; /* pairs of the batch */
    uint32_t *l, *r; /* into the gathered records */

    int8_t **gamma;      /* [comparison][pair] */
    double *weight;      /* [pair] */
    double **similarity; /* [ladder][pair], filled as needed */
    struct run_memo **memo; /* [ladder] */
    struct run_memo **expr_memo; /* [memo of the plan]; value: enum tri */
    uint16_t *sift_open; /* pairs whose similarity must be worked out */
    uint16_t *scratch_select; /* stack of selection lists */
    uint8_t *scratch_tri;
    size_t scratch_top, scratch_cap;
    struct arena a;      /* for the interpreter */
    void *block;
    struct err *e;
    enum err_code failed; /* of the interpreter: sticky until read */
};

enum err_code run_new(const struct plan *p, struct run **ret, struct err *e);
void run_free(struct run *r);

/* Empties the gathered records, and makes room for n. */
enum err_code run_gather_start(struct run *r, size_t n, struct err *e);
/* Adds a row; `rank` is kept for the caller. */
void run_gather_add(struct run *r, uint32_t row, uint32_t rank);

/* A pair's known similarities belong to its place in the batch: to be called when the pairs of the batch have changed. */
void run_forget(struct run *r);
/* Truth of a test for the n positions of `select` into out[0..n). */
void run_test(struct run *r, const struct test *t, const uint16_t *select, size_t n, uint8_t *out);
/* Keeps of the batch the pairs for which t is (or is not) true. */
void run_keep(struct run *r, const struct test *t, bool when_true);
/* Levels of all comparisons, then weights. */
void run_compare(struct run *r);
void run_score(struct run *r);
/* log2 adjustment by frequency of comparison k, level i of one pair. */
double run_frequency_adjustment(const struct run *r, size_t k, size_t i, uint32_t l, uint32_t rr);

#endif
