/* score_pairs.c: weights of pairs that the caller names, in batches, by the code that scores all others. A row may be paired with itself: what its values weigh when they are all the same. */
#include "linkage/block.h"
#include "linkage/run.h"

static void match_keys(struct run *r, int16_t *ret)
{
    uint64_t truth[RUN_WORDS], null[RUN_WORDS];
    for (size_t k = 0; k < r->n; k++)
        ret[k] = -1;
    for (size_t c = r->plan->n_conjunctions; c-- > 0;) { /* from the last, so that the first rule that holds stands */
        run_test(r, r->plan->conjunctions[c].whole, r->alive, truth, null);
        for (size_t k = 0; k < r->n; k++)
            if (truth[k / 64] >> k % 64 & 1)
                ret[k] = (int16_t)r->plan->conjunctions[c].rule;
    }
}

static enum err_code batch(struct run *r, const struct block_ids *ids, const struct link_cannot *pairs, size_t n, double *ret_weight, int16_t *ret_key, struct err *e)
{
    ERR_TRY(run_gather_start(r, 2 * n, e));
    run_clear(r);
    for (size_t k = 0; k < n; k++) {
        bool straight = !block_before(ids, pairs[k].r, pairs[k].l);
        run_gather_add(r, straight ? pairs[k].l : pairs[k].r, (uint32_t)(2 * k));
        run_gather_add(r, straight ? pairs[k].r : pairs[k].l, (uint32_t)(2 * k + 1));
        (void)run_add(r, (uint32_t)(2 * k), (uint32_t)(2 * k + 1), (uint32_t)(2 * k + 2));
    }
    run_gather_end(r);
    run_begin(r);
    match_keys(r, ret_key);
    run_compare(r);
    run_score(r);
    memcpy(ret_weight, r->weight, n * sizeof *ret_weight);
    return r->failed;
}

static enum err_code all_batches(struct run *r, const struct link_cannot *pairs, size_t n, double *ret_weight, int16_t *ret_key, struct err *e)
{
    struct block_ids ids;
    ERR_TRY(block_ids_of(r->plan->model, r->plan->table, &ids, e));
    for (size_t at = 0; at < n; at += RUN_BATCH) {
        size_t some = n - at < RUN_BATCH ? n - at : RUN_BATCH;
        for (size_t k = at; k < at + some; k++)
            if (pairs[k].l >= r->plan->table->rows || pairs[k].r >= r->plan->table->rows)
                return err_set(e, ERR_USAGE, "a pair to score names a row that is not in the table");
        ERR_TRY(batch(r, &ids, pairs + at, some, ret_weight + at, ret_key + at, e));
    }
    return ERR_OK;
}

enum err_code link_score_pairs(const struct link_model *m, const struct link_table *t, const struct link_cannot *pairs, size_t n,
                               double *ret_match_weight, int16_t *ret_match_key, struct err *e)
{
    struct plan *p = NULL;
    struct run *r = NULL;
    if (n == 0)
        return ERR_OK;
    enum err_code code = plan_new(m, t, t, &p, e);
    if (code == ERR_OK)
        code = run_new(p, &r, e);
    if (code == ERR_OK) {
        r->e = e;
        code = all_batches(r, pairs, n, ret_match_weight, ret_match_key, e);
    }
    run_free(r);
    plan_free(p);
    return code;
}
