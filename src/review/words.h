/* words.h: see words.c. */
#ifndef HAVEN_REVIEW_WORDS_H
#define HAVEN_REVIEW_WORDS_H

#include "base/base.h"

enum { WORD_ENDS_SENTENCE = 1, WORD_ENDS_CLAUSE = 2 };

/* What the rows of the phrase list that begin with `@` say of a word: who acts. context.c says what follows from it. */
#define WORD_MARKS(X)                                                                  \
    X(professional, "@professional") /* calls, writes and visits in the course of work */ \
    X(institution, "@institution")   /* the same, but often only says where or whose */      \
    X(private, "@private")           /* not in the course of work, or not welcome */      \
    X(person, "@person")             /* may act for himself or herself */                 \
    X(client, "@client")             /* whom professionals deal with: acts only as the subject of a clause */ \
    X(reports, "@reports")           /* who comes before it tells what another did */     \
    X(receives, "@receives")         /* who comes before it is at the other end */
#define X(name, text) MARK_##name,
enum word_mark { MARK_unknown, WORD_MARKS(X) MARK_N };
#undef X

struct word {
    struct str s;    /* folded, without apostrophes */
    int32_t number;  /* what a number word or digits say; 0 otherwise */
    uint8_t breaks;  /* what follows it */
    uint8_t marks;   /* a bit for each enum word_mark */
};

_Static_assert(MARK_N <= 8, "a word has a byte for its marks");

/* At most `max` words of the text; 0 when it is not UTF-8 or the arena is full. */
size_t words_split(struct str text, struct arena *a, struct word *ret, size_t max);

#endif
