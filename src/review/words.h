/* words.h: see words.c. */
#ifndef HAVEN_REVIEW_WORDS_H
#define HAVEN_REVIEW_WORDS_H

#include "base/base.h"

enum { WORD_ENDS_SENTENCE = 1, WORD_ENDS_CLAUSE = 2 };

struct word {
    struct str s;    /* folded, without apostrophes */
    int32_t number;  /* what a number word or digits say; 0 otherwise */
    uint8_t breaks;  /* what follows it */
};

/* At most `max` words of the text; 0 when it is not UTF-8 or the arena is full. */
size_t words_split(struct str text, struct arena *a, struct word *ret, size_t max);

#endif
