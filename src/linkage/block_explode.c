/* block_explode.c: pairs of blocking rules that explode lists (plan_explode.c). Unlike all others they are stored before they are compared, 32 bytes a pair, because two records may
 * share several items and are one pair: every two entries of the list that comes out are a block of their own, l and r. */
#include "linkage/block.h"

#include <stdlib.h>

static enum err_code no_memory(struct err *e, size_t n)
{
    return err_set(e, ERR_NO_MEMORY, "no memory for %zu pairs of a blocking rule with arrays_to_explode: add conditions to it", n);
}

struct entries {
    struct block_entry *items;
    size_t n, cap;
};

static enum err_code entry_add(struct entries *x, struct block_entry entry, struct err *e)
{
    if (x->n == x->cap) {
        size_t cap = x->cap ? x->cap * 2 : 1024;
        struct block_entry *more = cap <= LIMIT_LINK_EXPLODED ? realloc(x->items, cap * sizeof *more) : NULL;
        if (!more)
            return no_memory(e, x->n);
        x->items = more;
        x->cap = cap;
    }
    x->items[x->n++] = entry;
    return ERR_OK;
}

static enum err_code entries_sort(struct entries *x, struct err *e)
{
    struct block_entry *spare = malloc((x->n ? x->n : 1) * sizeof *spare);
    if (!spare)
        return no_memory(e, x->n);
    block_sort(&x->items, &spare, x->n, 64, 1);
    free(spare);
    x->cap = x->n; /* the two arrays may have been exchanged */
    return ERR_OK;
}

/* Equal neighbours once. */
static void entries_unique(struct entries *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->n; i++)
        if (kept == 0 || x->items[kept - 1].key != x->items[i].key || x->items[kept - 1].rank != x->items[i].rank || x->items[kept - 1].role != x->items[i].role)
            x->items[kept++] = x->items[i];
    x->n = kept;
}

/* ---- one entry a record, side and choice of items ---- */

static bool some_null(const struct value_list *keys)
{
    for (size_t i = 0; i < keys->n; i++)
        if (keys->items[i].type == VALUE_NULL)
            return true;
    return false;
}

static enum err_code entries_of_side(const struct plan *p, const struct block_order *o, uint32_t column, uint32_t role, struct entries *x, struct err *e)
{
    const struct plan_column *c = &p->columns[column];
    _cleanup_buf_ struct buf key;
    buf_init(&key, LIMIT_FIELD_BYTES * 8);
    for (uint32_t rank = 0; rank < o->n; rank++) {
        struct value list = plan_value(c, plan_code(c, o->row[rank]));
        for (size_t i = 0; list.type == VALUE_LIST && i < list.list->n; i++) {
            struct value keys = list.list->items[i];
            if (keys.type != VALUE_LIST || some_null(keys.list))
                continue;
            buf_clear(&key);
            ERR_TRY(value_key(keys, &key, e));
            ERR_TRY(entry_add(x, (struct block_entry){str_hash(buf_as_str(&key), 1), rank, role}, e));
        }
    }
    return ERR_OK;
}

/* ---- pairs of each block ---- */

static enum err_code pair_add(struct entries *pairs, uint32_t l, uint32_t r, struct err *e)
{
    return entry_add(pairs, (struct block_entry){(uint64_t)l << 32 | r, 0, 0}, e);
}

static enum err_code pairs_of_block(const struct block_order *o, const struct block_entry *x, size_t n, struct entries *pairs, struct err *e)
{
    bool both = x[0].role == (SIDE_L | SIDE_R);
    for (size_t i = 0; i < n; i++)
        for (size_t j = both ? i + 1 : 0; j < n; j++) {
            uint32_t l = x[i].rank, r = x[j].rank;
            if ((!both && (x[i].role != SIDE_L || x[j].role != SIDE_R)) || l >= r || (o->source && o->source[l] == o->source[r]))
                continue;
            ERR_TRY(pair_add(pairs, l, r, e));
        }
    return ERR_OK;
}

static enum err_code all_pairs(const struct block_order *o, const struct entries *x, uint32_t most, struct link_rule_count *count, struct entries *pairs, struct err *e)
{
    for (size_t from = 0, to; from < x->n; from = to) {
        for (to = from + 1; to < x->n && x->items[to].key == x->items[from].key; to++)
            ;
        size_t n = to - from;
        if (n < 2)
            continue;
        bool left_out = most != 0 && n > most;
        count->blocks++;
        count->largest_block = n > count->largest_block ? n : count->largest_block;
        count->left_out_blocks += left_out;
        count->left_out_pairs += left_out ? (uint64_t)n * (n - 1) / 2 : 0;
        if (!left_out)
            ERR_TRY(pairs_of_block(o, x->items + from, n, pairs, e));
    }
    return ERR_OK;
}

/* Two entries a pair, with the pair's number as their key. */
static enum err_code pairs_to_list(const struct entries *pairs, struct block_list *ret, struct err *e)
{
    struct block_list l = {malloc((2 * pairs->n + 1) * sizeof *l.entries), 2 * pairs->n, false};
    if (!l.entries)
        return no_memory(e, pairs->n);
    for (size_t i = 0; i < pairs->n; i++) {
        l.entries[2 * i] = (struct block_entry){i, (uint32_t)(pairs->items[i].key >> 32), SIDE_L};
        l.entries[2 * i + 1] = (struct block_entry){i, (uint32_t)pairs->items[i].key, SIDE_R};
    }
    *ret = l;
    return ERR_OK;
}

enum err_code block_explode(const struct plan *p, const struct block_order *o, const struct plan_conjunction *c, struct block_list *ret,
                            struct link_rule_count *ret_count, struct err *e)
{
    struct entries x = {0}, pairs = {0};
    struct link_rule_count count = {0};
    bool both = c->explode_l == c->explode_r;
    enum err_code code = entries_of_side(p, o, c->explode_l, both ? SIDE_L | SIDE_R : SIDE_L, &x, e);
    if (code == ERR_OK && !both)
        code = entries_of_side(p, o, c->explode_r, SIDE_R, &x, e);
    if (code == ERR_OK)
        code = entries_sort(&x, e);
    if (code == ERR_OK) {
        entries_unique(&x);
        code = all_pairs(o, &x, p->model->rules[c->rule].max_block, &count, &pairs, e);
    }
    if (code == ERR_OK)
        code = entries_sort(&pairs, e);
    if (code == ERR_OK) {
        entries_unique(&pairs);
        code = pairs_to_list(&pairs, ret, e);
    }
    if (code == ERR_OK)
        *ret_count = count;
    free(x.items);
    free(pairs.items);
    return code;
}
