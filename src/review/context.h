/* context.h: what the words around a phrase make of it: taken away by a negation, excused because a professional at work did it, or doubted. See context.c. */
#ifndef HAVEN_REVIEW_CONTEXT_H
#define HAVEN_REVIEW_CONTEXT_H

#include "review/review.h"
#include "review/words.h"

/* `from` and `last` are the first and last word of the phrase. Words carry the marks of the list before these are asked. */
bool context_negates(const struct word *w, size_t from);
bool context_excuses(const struct word *w, size_t n, enum behaviour b, size_t from, size_t last);
bool context_doubts(const struct word *w, size_t from);

#endif
