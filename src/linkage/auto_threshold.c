/* auto_threshold.c: where to cut, without labels.
 *
 * The weights are calibrated by what EM found, so a cut is a probability. A pair that is as likely right as wrong costs as much as it gains; the cut is above that, at 0.8 (odds of 4); higher where a
 * person has many records, because a wrong pair joins all of both; and higher where matches are so few that the pairs just above the cut are a large part of all: of all pairs taken 0.98 shall be right by the
 * weights. What the weights cannot know (kin,
 * namesakes) is not met by a higher cut, which loses true pairs with little evidence and keeps wrong ones with much, but by vetoes and by how clusters are made.
 *
 * Several files of which each has everybody once (hardly any match within a file) are linked one to one. */
#include "linkage/auto.h"
#include "linkage/auto_em.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_ODDS 4.0
#define FEW_PARTNERS 2.5 /* records of one person that a record has beside it, up to which the least odds stand */
#define LEAST_RIGHT 0.98 /* of all pairs taken together, by the weights */
#define CUT_MOST 10.0
#define WITHIN_MOST 0.02 /* of the matches, within one file */

static double cross_pairs(const struct auto_plan *p)
{
    const struct table_column *c = &p->t->columns[link_table_column(p->t, STR("source_dataset"))];
    double n = (double)p->t->rows, all = n * (n - 1) / 2;
    for (uint32_t k = 1; k <= c->dict.n; k++) {
        double rows = 0;
        for (size_t row = 0; row < p->t->rows; row++)
            rows += c->codes[row] == k;
        all -= rows * (rows - 1) / 2;
    }
    return all;
}

void auto_link_type(struct auto_plan *p, struct link_model *m, const struct auto_em *em)
{
    if (!p->linked)
        return;
    bool once = em->within < WITHIN_MOST * em->matches && p->t->columns[link_table_column(p->t, STR("source_dataset"))].dict.n <= 64;
    auto_tell(p, "clusters", STR("link_type"), "%.1f of %.0f matches are within a file: %s", em->within, em->matches,
              once ? "each file has a person once, so records are linked one to one across files (link_only, best-link)" : "files have duplicates too (link_and_dedupe)");
    if (!once)
        return;
    m->type = LINK_LINK_ONLY;
    m->method = LINK_CLUSTER_BEST_LINK;
    m->prior = fmin((em->matches - em->within + 0.5) / cross_pairs(p), 0.5);
}

/* Pairs at or above the cut, and the share of them that is right by the weights. */
static double expected(const struct auto_em *em, double cut, double *ret_pairs)
{
    double right = 0;
    *ret_pairs = 0;
    for (size_t i = 0; i < em->n; i++)
        if (em->slots[i].p > 0 && em->slots[i].weight >= cut) {
            *ret_pairs += em->slots[i].count;
            right += em->slots[i].p * em->slots[i].count;
        }
    return *ret_pairs > 0 ? right / *ret_pairs : 1;
}

double auto_threshold(struct auto_plan *p, const struct auto_em *em)
{
    double partners = 2 * em->matches / em->rows, pairs;
    double cut = round(100 * log2(LEAST_ODDS * fmax(1, partners / FEW_PARTNERS))) / 100, right = expected(em, cut, &pairs);
    for (; right < LEAST_RIGHT && cut < CUT_MOST; cut += 0.25)
        right = expected(em, cut + 0.25, &pairs);
    auto_tell(p, "threshold", STR("haven_threshold_weight"), "%.2f: a pair is taken when it is right with probability %.2f or more, as a record has %.1f others of its person; %.0f pairs are, %.4f of them right by the weights", cut,
              link_probability(cut), partners, pairs, right);
    return cut;
}
