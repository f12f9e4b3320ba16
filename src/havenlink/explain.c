/* explain.c: one pair taken apart, and blocks counted, as JSON. */
#include "havenlink/handle.h"

#include <stdlib.h>

static int end_with_text(enum err_code code, struct buf *b, char **ret_json, struct err *own, havenlink_error *e)
{
    if (code == ERR_OK)
        code = handle_text(b, ret_json, own);
    buf_release(b);
    return handle_end(code, own, e);
}

/* ---- blocks ---- */

static void write_counts(const struct link_rule_count *rules, size_t n, struct buf *b)
{
    struct json_out o;
    jo_init(&o, b, 1);
    jo_array(&o);
    for (size_t i = 0; i < n; i++) {
        jo_object(&o);
        jo_key(&o, "rule"), jo_str(&o, rules[i].rule);
        jo_key(&o, "pairs"), jo_int(&o, (int64_t)rules[i].pairs);
        jo_key(&o, "blocks"), jo_int(&o, (int64_t)rules[i].blocks);
        jo_key(&o, "largest_block"), jo_int(&o, (int64_t)rules[i].largest_block);
        jo_key(&o, "left_out_blocks"), jo_int(&o, (int64_t)rules[i].left_out_blocks);
        jo_key(&o, "left_out_pairs"), jo_int(&o, (int64_t)rules[i].left_out_pairs);
        jo_end_object(&o);
    }
    jo_end_array(&o);
}

static enum err_code count_blocks(const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, struct buf *b, struct err *e)
{
    havenlink_options options;
    struct handle_progress progress;
    size_t n = link_model_n_rules(m->m);
    ERR_TRY(handle_options(o, &options, e));
    const struct link_options lo = handle_link_options(&options, &progress);
    struct link_rule_count *rules = calloc(n + 1, sizeof *rules);
    if (!rules)
        return err_set(e, ERR_NO_MEMORY, "no memory for the blocking rules");
    enum err_code code = handle_table_lock(t, m, e);
    if (code == ERR_OK) {
        code = link_blocking(m->m, t->t, &lo, rules, e);
        handle_table_unlock(t);
    }
    if (code == ERR_OK)
        write_counts(rules, n, b);
    free(rules);
    return code;
}

int havenlink_blocking(const havenlink_model *m, const havenlink_table *t, const havenlink_options *o, char **ret_json, havenlink_error *e)
{
    struct err own = {0};
    struct buf b;
    buf_init(&b, LIMIT_JSON_BYTES);
    enum err_code code = HANDLE_GIVEN(&own, m, t, ret_json);
    if (code == ERR_OK)
        code = count_blocks(m, t, o, &b, &own);
    return end_with_text(code, &b, ret_json, &own, e);
}

/* ---- a record ---- */

static enum err_code find_row(const havenlink_model *m, const havenlink_table *t, const char *dataset, const char *id, size_t *ret_row, struct err *e)
{
    struct handle_ids ids;
    ERR_TRY(handle_ids_find(m, t, &ids, e));
    if ((ids.source >= 0) != (dataset != NULL))
        return err_set(e, ERR_USAGE, dataset ? "the model has no datasets: dataset must be NULL" : "the model has datasets: say which the record is of");
    ptrdiff_t row = link_table_find(t->t, ids.id, str_of(id));
    size_t n = link_table_rows(t->t);
    /* Ids may repeat from dataset to dataset. */
    while (row >= 0 && dataset && (size_t)row < n &&
           !(str_eq(link_table_value(t->t, (size_t)row, ids.id), str_of(id)) && str_eq(link_table_value(t->t, (size_t)row, (size_t)ids.source), str_of(dataset))))
        row++;
    if (row < 0 || (size_t)row == n)
        return err_set(e, ERR_NOT_FOUND, "no record has this id");
    *ret_row = (size_t)row;
    return ERR_OK;
}

int havenlink_find(const havenlink_model *m, const havenlink_table *t, const char *dataset, const char *id, size_t *ret_row, havenlink_error *e)
{
    struct err own = {0};
    enum err_code code = HANDLE_GIVEN(&own, m, t, id, ret_row);
    if (code == ERR_OK)
        code = handle_table_lock(t, m, &own);
    if (code == ERR_OK) {
        code = find_row(m, t, dataset, id, ret_row, &own);
        handle_table_unlock(t);
    }
    return handle_end(code, &own, e);
}

/* ---- a pair ---- */

static void write_reason(struct json_out *o, const struct link_reason *r)
{
    jo_object(o);
    jo_key(o, "comparison"), jo_str(o, r->comparison);
    jo_key(o, "level"), jo_str(o, r->level);
    jo_key(o, "gamma"), jo_int(o, r->gamma);
    jo_key(o, "match_weight"), jo_double(o, r->match_weight);
    jo_key(o, "tf_adjustment"), jo_double(o, r->tf_adjustment);
    jo_end_object(o);
}

static void write_explanation(const struct link_explanation *x, struct buf *b)
{
    struct json_out o;
    jo_init(&o, b, 1);
    jo_object(&o);
    jo_key(&o, "match_weight"), jo_double(&o, x->match_weight);
    jo_key(&o, "match_probability"), jo_double(&o, x->match_probability);
    jo_key(&o, "prior_weight"), jo_double(&o, x->prior_weight);
    jo_key(&o, "match_key");
    if (x->match_key < 0)
        jo_null(&o);
    else
        jo_int(&o, x->match_key);
    jo_key(&o, "comparisons");
    jo_array(&o);
    for (size_t i = 0; i < x->n; i++)
        write_reason(&o, &x->reasons[i]);
    jo_end_array(&o);
    jo_end_object(&o);
}

static enum err_code explain(const havenlink_model *m, const havenlink_table *t, size_t row_l, size_t row_r, struct buf *b, struct err *e)
{
    _cleanup_arena_ struct arena a;
    struct link_explanation x;
    arena_init(&a, LIMIT_JSON_BYTES);
    ERR_TRY(handle_table_lock(t, m, e));
    enum err_code code = link_explain(m->m, t->t, row_l, row_r, &a, &x, e);
    handle_table_unlock(t);
    if (code == ERR_OK)
        write_explanation(&x, b);
    return code;
}

int havenlink_explain(const havenlink_model *m, const havenlink_table *t, size_t row_l, size_t row_r, char **ret_json, havenlink_error *e)
{
    struct err own = {0};
    struct buf b;
    buf_init(&b, LIMIT_JSON_BYTES);
    enum err_code code = HANDLE_GIVEN(&own, m, t, ret_json);
    if (code == ERR_OK)
        code = explain(m, t, row_l, row_r, &b, &own);
    return end_with_text(code, &b, ret_json, &own, e);
}
