/* evaluate.h (part of people's public interface): how well persons are told apart, against a truth that is known (the fictional county's, or a sample that people have labelled).
 *
 * The truth is a folder with mentions.csv (feed, record_key, row_key, slot, person) and persons.csv (person, household, given, surname, dob, …). Pairs are counted over mentions that have an identifier and stand in the truth.
 * Every pair that is joined wrongly or missed is put into one class of cause, so that the figure can be acted on. */
#ifndef HAVEN_PEOPLE_EVALUATE_H
#define HAVEN_PEOPLE_EVALUATE_H

#include "people/people.h"

/* X(name, text): classes are tried in this order; the first that fits takes the pair. */
#define FALSE_JOIN_CAUSES(X)                                                  \
    X(decision, "a person decided so")                                       \
    X(twins, "twins: one household, one date of birth")                      \
    X(same_named_kin, "kin of one name in one household")                    \
    X(household, "others of one household")                                  \
    X(namesakes_born_alike, "one name and one date of birth, no relation")   \
    X(namesakes, "one name, no relation")                                    \
    X(born_alike, "one date of birth, no relation")                          \
    X(strangers, "nothing in common in truth")
#define MISSED_CAUSES(X)                                                      \
    X(apart, "kept apart by two valid identifiers, one record or a person")  \
    X(nearly, "compared, and in the band for clerical review")               \
    X(no_birth_moved, "no date of birth on a side, no address, telephone or e-mail in common") \
    X(no_birth, "no date of birth on a side")                                \
    X(birth_differs, "dates of birth differ")                                \
    X(name_differs, "surnames differ")                                       \
    X(no_name, "no name on a side")                                          \
    X(other, "other")
#define X(name, text) FALSE_JOIN_##name,
enum false_join { FALSE_JOIN_CAUSES(X) FALSE_JOIN_N };
#undef X
#define X(name, text) MISSED_##name,
enum missed { MISSED_CAUSES(X) MISSED_N };
#undef X

struct people_feed_score {
    struct str feed;
    uint64_t mentions, true_pairs, found_pairs, right_pairs; /* pairs with at least one mention of the feed */
};
struct people_example { /* two mentions, for haven people explain */
    uint64_t a, b;
    bool missed; /* else joined wrongly */
    int cause;
};
struct people_score {
    struct link_scores all;
    uint64_t mentions;        /* scored */
    uint64_t without_truth;   /* current, with an identifier, not in the truth */
    uint64_t stale;           /* mentions whose stored person is another one: the hub needs `haven update` */
    uint64_t false_joins[FALSE_JOIN_N], missed[MISSED_N]; /* pairs */
    const struct people_feed_score *feeds;
    size_t n_feeds;
    const struct people_example *examples; /* some of each cause */
    size_t n_examples;
};
const char *people_false_join_text(int cause);
const char *people_missed_text(int cause);

/* With the decisions that stand in the hub. Reads all mentions; writes nothing. */
enum err_code people_evaluate(struct store *s, const struct vault *v, const struct link_model *m, const char *truth_folder, struct progress *p,
                              struct arena *a, struct people_score *ret, struct err *e);

#endif
