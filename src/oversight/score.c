/* score.c: alerts against what was planted. An abuse is found when an alert has one of its accesses among its evidence; an alert with none of any abuse
 * is false, for every rule that speaks in it. */
#include "oversight/oversight.h"

#define AT_ONCE (1u << 31) /* beside the rules' bits */
#define MINUTE_MS (60 * MS_PER_SECOND)

/* Which rules found which abuse: a bit each. */
static void mark_found(const struct oversight_truth *truth, const struct oversight_alert *alert, uint32_t *found, uint32_t *ret_true_rules)
{
    *ret_true_rules = 0;
    for (size_t i = 0; i < alert->n_evidence; i++) {
        uint16_t abuse = truth->of_access[alert->evidence[i].access];
        if (!abuse)
            continue;
        found[abuse] |= 1u << alert->evidence[i].rule;
        found[abuse] |= alert->evidence[i].due_ms - alert->evidence[i].at_ms <= MINUTE_MS ? AT_ONCE : 0;
        *ret_true_rules |= 1u << alert->evidence[i].rule;
    }
}

static void count_alert(const struct oversight_alert *alert, uint32_t true_rules, struct oversight_score *s)
{
    s->alerts++;
    s->false_alerts += true_rules == 0;
    for (int r = 0; r < OVERSIGHT_N_RULES; r++) {
        if (!(alert->rules >> r & 1))
            continue;
        s->rules[r].alerts++;
        s->rules[r].false_alerts += !(true_rules >> r & 1);
        s->rules[r].only_false += true_rules == 0 && alert->rules == 1u << r;
    }
}

enum err_code oversight_score(const struct oversight_source *src, const struct oversight_truth *truth, const struct oversight_alerts *alerts, struct arena *a,
                              struct oversight_score *ret, struct err *e)
{
    uint32_t *found = ARENA_NEW(a, uint32_t, truth->n_abuses + 1);
    struct oversight_score s = {.accesses = src->n_accesses, .planted = truth->n_abuses};
    if (!found)
        return err_set(e, ERR_NO_MEMORY, "no memory to score %zu abuses", truth->n_abuses);
    for (size_t i = 0; i < alerts->n; i++) {
        uint32_t true_rules;
        mark_found(truth, &alerts->v[i], found, &true_rules);
        count_alert(&alerts->v[i], true_rules, &s);
    }
    for (size_t i = 1; i <= truth->n_abuses; i++) {
        struct oversight_rule_score *r = &s.rules[truth->rule[i]];
        r->planted++;
        r->found += found[i] >> truth->rule[i] & 1;
        r->found_by_any += found[i] != 0;
        r->at_once += (found[i] & AT_ONCE) != 0;
        s.found += found[i] != 0;
        s.at_once += (found[i] & AT_ONCE) != 0;
    }
    *ret = s;
    return ERR_OK;
}
