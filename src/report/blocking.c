/* blocking.c: the section on which pairs are compared at all: by rule, how they add up, and what was left out. */
#include "report/section.h"

static const struct report_column columns[] = {
    COLUMN_NUMBER("rule", "Rule"), COLUMN_NUMBER("pairs", "New pairs"), COLUMN_NUMBER("sum", "Pairs so far"), COLUMN_NUMBER("blocks", "Blocks"),
    COLUMN_NUMBER("largest", "Largest block"), COLUMN_NUMBER("left", "Blocks left out"), COLUMN_NUMBER("left_pairs", "Pairs left out"), COLUMN_TEXT("condition", "Condition"),
};

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
    return table_done(&t, e);
}
