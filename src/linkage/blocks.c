/* blocks.c: the largest blocks of one rule, by the lists of keys that predict uses: which values make most of a rule's comparisons. Only the n largest are kept while all are counted. */
#include "linkage/block.h"

#include <stdlib.h>

struct largest {
    const struct plan *p;
    const struct block_order *order;
    struct arena *a;
    struct link_block *kept; /* [most], largest first */
    size_t n, most;
};

static enum err_code no_memory(struct err *e) { return err_set(e, ERR_NO_MEMORY, "no memory for the largest blocks"); }

/* ---- one block ---- */

/* Pairs whose l is of lower rank than its r, as predict pairs them; both in order of rank. */
static uint64_t pairs_in_order(const struct block_entry *l, size_t n_l, const struct block_entry *r, size_t n_r)
{
    uint64_t pairs = 0;
    for (size_t i = 0, k = 0; k < n_r; k++) {
        while (i < n_l && l[i].rank < r[k].rank)
            i++;
        pairs += i;
    }
    return pairs;
}

static void count_records(const struct largest *x, const struct block_entry *b, size_t n, struct link_block *ret)
{
    if (b->role == (SIDE_L | SIDE_R)) { /* every record may be either */
        size_t first = 0;
        while (x->order->two && first < n && b[first].rank < x->order->first)
            first++;
        ret->count_l = x->order->two ? first : n;
        ret->count_r = x->order->two ? n - first : n;
        ret->comparisons = x->order->two ? ret->count_l * ret->count_r : (uint64_t)n * (n - 1) / 2;
    } else {
        size_t middle = 0, from = 0, l, r;
        while (middle < n && b[middle].role == SIDE_L)
            middle++;
        l = middle;
        r = n - middle;
        if (x->order->two) { /* l from the first dataset, r from the second */
            for (l = 0; l < middle && b[l].rank < x->order->first; l++)
                ;
            for (from = 0; middle + from < n && b[middle + from].rank < x->order->first; from++)
                ;
            r = n - middle - from;
        }
        ret->count_l = l;
        ret->count_r = r;
        ret->comparisons = pairs_in_order(b, l, b + middle + from, r);
    }
    ret->block_count = ret->count_l * ret->count_r;
}

static enum err_code key_texts(const struct largest *x, const struct plan_conjunction *c, const struct block_entry *b, struct link_block *ret, struct err *e)
{
    bool left = (b->role & SIDE_L) != 0;
    ret->n_keys = c->n_keys;
    ret->keys = ARENA_NEW(x->a, struct str, c->n_keys + 1);
    if (!ret->keys)
        return no_memory(e);
    for (size_t i = 0; i < c->n_keys; i++) {
        const struct plan_column *column = &x->p->columns[left ? c->keys[i].l : c->keys[i].r];
        struct str text;
        ERR_TRY(value_to_text(plan_value(column, plan_code(column, x->order->row[b->rank])), x->a, &text, e));
        ret->keys[i] = str_dup(x->a, text);
        if (text.n && !ret->keys[i].p)
            return no_memory(e);
    }
    return ERR_OK;
}

static int by_size(const struct link_block *a, const struct link_block *b)
{
    if (a->block_count != b->block_count)
        return a->block_count > b->block_count ? -1 : 1;
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    for (size_t i = 0; i < a->n_keys; i++) {
        int c = str_cmp(a->keys[i], b->keys[i]);
        if (c)
            return c;
    }
    return 0;
}

static void insert(struct largest *x, const struct link_block *b)
{
    size_t at = x->n < x->most ? x->n++ : x->most - 1;
    for (; at > 0 && by_size(b, &x->kept[at - 1]) < 0; at--)
        x->kept[at] = x->kept[at - 1];
    x->kept[at] = *b;
}

static enum err_code consider(struct largest *x, size_t part, const struct plan_conjunction *c, const struct block_entry *entries, size_t n, struct err *e)
{
    struct link_block b = {.part = part};
    count_records(x, entries, n, &b);
    if (b.block_count == 0 || b.comparisons == 0 || (x->n == x->most && b.block_count < x->kept[x->most - 1].block_count))
        return ERR_OK;
    ERR_TRY(key_texts(x, c, entries, &b, e));
    if (x->n < x->most || by_size(&b, &x->kept[x->most - 1]) < 0)
        insert(x, &b);
    return ERR_OK;
}

/* ---- all blocks ---- */

static enum err_code one_part(struct largest *x, size_t part, const struct plan_conjunction *c, struct err *e)
{
    struct block_list list;
    enum err_code code = block_list_new(x->p, x->order, c, NULL, &list, e);
    for (size_t i = 0, end; code == ERR_OK && i < list.n; i = end) {
        for (end = i + 1; end < list.n && list.entries[end].key == list.entries[i].key; end++)
            ;
        code = consider(x, part, c, list.entries + i, end - i, e);
    }
    if (code == ERR_OK)
        block_list_free(&list);
    return code;
}

static enum err_code all_parts(struct largest *x, size_t rule, struct err *e)
{
    size_t part = 0;
    for (size_t i = 0; i < x->p->n_conjunctions; i++) {
        if (x->p->conjunctions[i].rule != rule)
            continue;
        if (x->p->conjunctions[i].explodes)
            return err_set(e, ERR_UNSUPPORTED, "blocking rule %zu explodes lists: its records are in several blocks, which are not listed (haven link blocking counts its comparisons)", rule);
        ERR_TRY(one_part(x, part++, &x->p->conjunctions[i], e));
    }
    return ERR_OK;
}

enum err_code link_largest_blocks(const struct link_model *m, const struct link_table *t, size_t rule, size_t n, struct arena *a, struct link_block **ret, size_t *ret_n, struct err *e)
{
    struct block_order order = {0};
    struct plan *p = NULL;
    if (rule >= m->n_rules)
        return err_set(e, ERR_USAGE, "the model has no blocking rule %zu: it has %zu, numbered from 0", rule, m->n_rules);
    if (n == 0 || n > LIMIT_LINK_BLOCKS_SHOWN)
        return err_set(e, ERR_USAGE, "1 to %zu largest blocks can be shown", LIMIT_LINK_BLOCKS_SHOWN);
    struct largest x = {.order = &order, .a = a, .kept = ARENA_NEW(a, struct link_block, n), .most = n};
    if (!x.kept)
        return no_memory(e);
    ERR_TRY(plan_new(m, t, t, &p, e));
    x.p = p;
    enum err_code code = block_order_new(m, t, &order, e);
    if (code == ERR_OK)
        code = all_parts(&x, rule, e);
    block_order_free(&order);
    plan_free(p);
    *ret = x.kept;
    *ret_n = x.n;
    return code;
}
