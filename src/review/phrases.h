/* phrases.h: behaviours from narratives, by the published phrase list (reference/phrases.tsv).
 *
 * A narrative is folded and cut into words, sentences and clauses. Each phrase of the list is looked for at each word; a phrase lies within one sentence. Then, in this order:
 *   1. a negation in the words shortly before it, in the same clause, takes the phrase away ("no threats made", "denies following");
 *   2. an act of calling, writing, visiting and the like is not coded where the sentence says that a professional at work did it (context.h);
 *   3. words of belief or report before it in the sentence make it an opinion ("believes", "thinks", "allegedly").
 * The list is data: what it holds, and its version, are published with the figures that it reaches. */
#ifndef HAVEN_REVIEW_PHRASES_H
#define HAVEN_REVIEW_PHRASES_H

#include "review/review.h"

#define LIMIT_NARRATIVE_WORDS ((size_t)4096) /* what comes after is not coded */
#define LIMIT_CODED ((size_t)40)             /* different behaviours on one row: there are no more */

struct phrases;

/* Parses a list; errors name the line. The list of the program when `text` has no pointer. */
enum err_code phrases_new(struct str text, struct phrases **ret, struct err *e);
void phrases_free(struct phrases *p);
/* Names the list, for what is coded by it: a hash of its text. */
int64_t phrases_version(const struct phrases *p);
size_t phrases_count(const struct phrases *p);

struct coding {
    struct coded v[LIMIT_CODED]; /* each behaviour once a phrase, in order of the list */
    size_t n;
    uint16_t stated; /* how many occasions the text itself speaks of: 0 none said, 2 "again", "second time", 60 "60 times" */
};
/* Codes one text. `scratch` is reset. ERR_FORMAT never: text that is not UTF-8 codes to nothing. */
void phrases_code(const struct phrases *p, struct str text, enum assertion assertion, struct arena *scratch, struct coding *ret);

bool coding_has(const struct coding *c, enum behaviour b);
/* Adds a behaviour from a structured field. */
void coding_add(struct coding *c, enum behaviour b, enum assertion a, int phrase);
bool behaviour_is_conduct(enum behaviour b);
/* Any direct unwanted conduct. */
bool coding_has_conduct(const struct coding *c);

_Static_assert(BEHAVIOUR_N <= LIMIT_CODED, "a coding holds every behaviour once");

#endif
