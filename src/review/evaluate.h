/* evaluate.h (part of review's public interface): how well histories of stalking are found, against a truth that is known.
 *
 * The truth is a folder with mentions.csv, pairs.csv (victim, suspect, kind, …) and occasions.csv. A person of the hub stands for the true person to whom most of its mentions belong. A history counts when the agencies' records hold at
 * least two of its occasions: nobody can find more than is recorded. It is found when there is a case of the pair, or of the victim with a suspect who is not known, that raises a course of conduct. A false alert is
 * a case with a course of conduct whose victim and suspect have no history in truth; its rate is per 1,000 pairs (victim, suspect) that records name together and that have none. */
#ifndef HAVEN_REVIEW_EVALUATE_H
#define HAVEN_REVIEW_EVALUATE_H

#include "review/review.h"

#define REVIEW_EXAMPLES 20

struct review_kind_score {
    struct str kind; /* former_partner, acquaintance, … */
    uint64_t histories, found, found_misrecorded, one_occasion; /* one_occasion: fewer than two occasions recorded; not in `histories` */
};
struct review_score {
    uint64_t cases, misrecorded, false_alerts, pairs_without;
    double recall, false_alerts_per_1000;
    const struct review_kind_score *kinds;
    size_t n_kinds;
    uint64_t false_examples[REVIEW_EXAMPLES]; /* case keys of false alerts, to look into */
    size_t n_false_examples;
};
/* A case key as its id. */
struct str review_case_id(struct arena *a, uint64_t key);
enum err_code review_evaluate(struct store *s, const struct vault *v, const char *truth_folder, struct arena *a, struct review_score *ret, struct err *e);

#endif
