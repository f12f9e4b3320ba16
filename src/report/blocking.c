/* blocking.c: the section on which pairs are compared at all: by rule, how they add up, the largest blocks, and what was left out. What the records of a block agree on only with_values. */
#include "report/section.h"

static const struct report_column columns[] = {
    COLUMN_NUMBER("rule", "Rule"), COLUMN_NUMBER("pairs", "New pairs"), COLUMN_NUMBER("sum", "Pairs so far"), COLUMN_NUMBER("blocks", "Blocks"),
    COLUMN_NUMBER("largest", "Largest block"), COLUMN_NUMBER("left", "Blocks left out"), COLUMN_NUMBER("left_pairs", "Pairs left out"), COLUMN_TEXT("condition", "Condition"),
};

/* ---- the largest blocks ---- */

#define BLOCKS 5 /* of each rule */

static const struct report_column block_columns[] = {
    COLUMN_NUMBER("rule", "Rule"), COLUMN_NUMBER("left", "Records on the left"), COLUMN_NUMBER("right", "Records on the right"), COLUMN_NUMBER("pairs", "Pairs"),
    COLUMN_TEXT("", "What they agree on"),
};

static struct str agreed(const struct link_block *b, struct arena *a)
{
    struct str s = b->n_keys ? b->keys[0] : STR("(nothing: all records)");
    for (size_t i = 1; i < b->n_keys && s.p; i++)
        s = str_fmt(a, "%.*s, %.*s", STR_ARG(s), STR_ARG(b->keys[i]));
    return s;
}

static void add_block(const struct gather *g, struct report_table *t, size_t rule, const struct link_block *b)
{
    table_count(t, rule);
    table_count(t, b->count_l);
    table_count(t, b->count_r);
    table_count(t, b->comparisons);
    if (g->o->with_values)
        table_text(t, agreed(b, t->a));
}

/* ret_without: rules whose blocks are not told. */
static enum err_code add_largest(const struct gather *g, struct report_section *s, size_t *ret_without, struct err *e)
{
    struct report_table t;
    size_t columns_n = sizeof block_columns / sizeof *block_columns;
    table_start(&t, s->a, STR("largest-blocks"), STR("Largest blocks of each rule"), block_columns, g->o->with_values ? columns_n : columns_n - 1);
    t.folded = true;
    for (size_t rule = 0; rule < link_model_n_rules(g->o->model); rule++) {
        struct link_block *blocks;
        size_t n;
        enum err_code code = link_largest_blocks(g->o->model, g->o->table, rule, BLOCKS, s->a, &blocks, &n, e);
        if (code == ERR_UNSUPPORTED) { /* a rule over lists: the others are shown all the same */
            ++*ret_without;
            continue;
        }
        ERR_TRY(code);
        for (size_t i = 0; i < n; i++)
            add_block(g, &t, rule, &blocks[i]);
    }
    if (t.n_rows)
        section_part(s)->table = t;
    return table_done(&t, e);
}

static enum err_code section_largest(const struct gather *g, struct report_section *s, struct err *e)
{
    size_t without = 0;
    section_text(s, STR("A few large blocks often make most of the work and few of the links: a value that many records share by default is best left out of a rule. "
                        "In one dataset every record of a block is on both sides. Pairs are before what a rule asks for besides equal values."));
    ERR_TRY(add_largest(g, s, &without, e));
    if (without)
        section_note(s, str_fmt(s->a, "%.*s over lists: the blocks are not shown.", STR_ARG(count_of(s->a, without, "rule looks values up", "rules look values up"))));
    return ERR_OK;
}

/* ---- pairs by rule ---- */

enum err_code section_blocking(const struct gather *g, struct report_section *s, struct err *e)
{
    struct report_table t;
    uint64_t sum = 0, left = 0;
    size_t n = link_model_n_rules(g->o->model);
    table_start(&t, s->a, STR("blocking"), STR("Pairs by blocking rule"), columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < n; i++) {
        const struct link_rule_count *r = &g->rules[i];
        sum += r->pairs;
        left += r->left_out_pairs;
        table_count(&t, i);
        table_count(&t, r->pairs);
        table_count(&t, sum);
        table_count(&t, r->blocks);
        table_count(&t, r->largest_block);
        table_count(&t, r->left_out_blocks);
        table_count(&t, r->left_out_pairs);
        table_text(&t, link_model_rule(g->o->model, i));
    }
    section_text(s, STR("Only pairs that a blocking rule brings are compared. A pair counts for the first rule that brings it, so a later rule shows what it adds. "
                        "A block is the records that agree on what a rule asks for."));
    section_picture(s, STR("blocking"), STR("A bar for each blocking rule, from the pairs of the rules before it to the pairs with it."), STR_NONE, &t);
    if (left)
        section_note(s, str_fmt(s->a, "%.*s in blocks over a rule's own limit (haven_max_block) were left out by that rule; other rules may have brought some of them.",
                                STR_ARG(count_of(s->a, left, "pair", "pairs"))));
    ERR_TRY(table_done(&t, e));
    return n ? section_largest(g, s, e) : ERR_OK;
}
