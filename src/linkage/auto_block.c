/* auto_block.c: which pairs to compare. Rules of two fields and of one, from the strictest to the loosest, are counted, not guessed: a rule is taken while all pairs together stay within the
 * budget; a rule that must not be missing but has a few huge blocks leaves those out, and says so. */
#include "linkage/auto.h"

#include <stdlib.h>

#define PAIRS_A_RECORD 150u
#define PAIRS_LEAST UINT64_C(3000000)
#define BLOCK_MOST 600u

struct candidate {
    const char *needs, *text; /* %x: each field of the role, one rule each */
    enum auto_role role;      /* AUTO_NONE: no %x */
    bool strict;              /* kept, with a limit on blocks, when it is too large */
};

static const struct candidate candidates[] = {
    {"x", "%x = %X", AUTO_IDENTIFIER, true},
    {"x", "%x = %X", AUTO_EMAIL, true},
    {"x", "%x = %X", AUTO_PHONE, true},
    {"gsd", "%g = %G AND %s = %S AND %d = %D", AUTO_NONE, true},
    {"sd", "%s = %S AND %d = %D", AUTO_NONE, true},
    {"gd", "%g = %G AND %d = %D", AUTO_NONE, true},
    {"dx", "%d = %D AND %x = %X", AUTO_POSTCODE, true},
    {"dx", "%d = %D AND %x = %X", AUTO_STREET, true},
    {"gs", "%g = %G AND %s = %S", AUTO_NONE, true},
    {"gs", "%g = %S AND %s = %G", AUTO_NONE, true},
    {"sx", "%s = %S AND %x = %X", AUTO_POSTCODE, true},
    {"gx", "%g = %G AND %x = %X", AUTO_POSTCODE, true},
    {"sx", "%s = %S AND %x = %X", AUTO_STREET, true},
    {"gx", "%g = %G AND %x = %X", AUTO_STREET, true},
    {"gsy", "%g = %G AND left(%s, 2) = left(%S, 2) AND %y = %Y", AUTO_NONE, true},
    {"gsy", "%s = %S AND left(%g, 2) = left(%G, 2)", AUTO_NONE, false},
    {"gx", "%g = %G AND %x = %X", AUTO_CITY, false},
    {"sx", "%s = %S AND %x = %X", AUTO_CITY, false},
    {"d", "%d = %D", AUTO_NONE, true},
    {"gym", "%g = %G AND %y = %Y", AUTO_NONE, false},
    {"sym", "%s = %S AND %y = %Y", AUTO_NONE, false},
    {"x", "%x = %X", AUTO_STREET, false},
    {"s", "%s = %S", AUTO_NONE, false},
    {"g", "%g = %G", AUTO_NONE, false},
    {"x", "%x = %X", AUTO_POSTCODE, false},
    {"gya", "left(%g, 3) = left(%G, 3) AND %y = %Y", AUTO_NONE, false},
    {"sya", "left(%s, 3) = left(%S, 3) AND %y = %Y", AUTO_NONE, false},
    {"yma", "%y = %Y AND %m = %M", AUTO_NONE, false},
    {"yma", "%y = %Y AND %a = %A", AUTO_NONE, false},
    {"yma", "%m = %M AND %a = %A", AUTO_NONE, false},
};

/* Pairs and largest block of a rule, by the engine's own count. */
enum err_code auto_count_rule(struct auto_plan *p, struct link_model *m, struct str text, uint32_t max_block, struct link_rule_count *ret)
{
    struct model_rule rule;
    struct link_model ask;
    ERR_TRY(model_rule_parse(m, text, &rule, p->e));
    rule.max_block = max_block;
    ask = *m;
    ask.rules = &rule;
    ask.n_rules = 1;
    struct link_options o = {.threads = p->o->threads, .progress = p->o->progress};
    return link_blocking(&ask, p->t, &o, ret, p->e);
}

static enum err_code consider(struct auto_plan *p, struct link_model *m, const struct candidate *c, const struct auto_field *x, uint64_t budget, uint64_t *spent)
{
    struct str text = auto_condition(p, x, c->text, true);
    struct link_rule_count count;
    uint32_t limit = 0;
    if (!text.p)
        return err_set(p->e, ERR_NO_MEMORY, "no memory for the blocking rules");
    if (p->n_rules == LIMIT_LINK_RULES)
        return ERR_OK;
    ERR_TRY(auto_count_rule(p, m, text, 0, &count));
    if (c->strict && (*spent + count.pairs > budget || (count.largest_block > BLOCK_MOST && count.pairs > budget / 4))) {
        limit = BLOCK_MOST;
        ERR_TRY(auto_count_rule(p, m, text, limit, &count));
    }
    if (count.pairs == 0 && !c->strict)
        return ERR_OK;
    if (*spent + count.pairs > budget) {
        auto_tell(p, "blocking", text, "not taken: %llu pairs would go over the budget of %llu", (unsigned long long)count.pairs, (unsigned long long)budget);
        return ERR_OK;
    }
    auto_tell(p, "blocking", text, "%llu pairs, largest block %llu%s", (unsigned long long)count.pairs, (unsigned long long)count.largest_block,
              limit ? "; larger blocks than 600 are left out" : "");
    p->max_block[p->n_rules] = limit;
    p->rules[p->n_rules++] = text;
    *spent += count.pairs;
    return ERR_OK;
}

static enum err_code consider_all(struct auto_plan *p, struct link_model *m)
{
    uint64_t budget = (uint64_t)p->t->rows * PAIRS_A_RECORD, spent = 0;
    if (budget < PAIRS_LEAST)
        budget = PAIRS_LEAST;
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        const struct candidate *c = &candidates[i];
        if (c->role == AUTO_NONE && auto_knows(p, NULL, c->needs))
            ERR_TRY(consider(p, m, c, NULL, budget, &spent));
        for (size_t k = 0; k < p->n_fields; k++)
            if (c->role != AUTO_NONE && p->fields[k].role == c->role && auto_knows(p, &p->fields[k], c->needs))
                ERR_TRY(consider(p, m, c, &p->fields[k], budget, &spent));
    }
    if (p->n_rules == 0)
        return err_set(p->e, ERR_FORMAT, "no blocking rule brings a pair: no two records agree on what could be recognised");
    return ERR_OK;
}

enum err_code auto_block_choose(struct auto_plan *p)
{
    _cleanup_buf_ struct buf json;
    struct link_model *m = NULL;
    buf_init(&json, LIMIT_JSON_BYTES);
    p->rules = ARENA_NEW(p->a, struct str, LIMIT_LINK_RULES);
    p->max_block = ARENA_NEW(p->a, uint32_t, LIMIT_LINK_RULES);
    if (!p->rules || !p->max_block)
        return err_set(p->e, ERR_NO_MEMORY, "no memory for the blocking rules");
    ERR_TRY(auto_settings_write(p, &json));
    ERR_TRY(link_model_parse(buf_as_str(&json), NULL, &m, p->e));
    enum err_code code = consider_all(p, m);
    link_model_free(m);
    return code;
}
