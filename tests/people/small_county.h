/* small_county.h: a few hundred people who do not exist, for the tests of people: households with twins, fathers and sons of one name, moves, nicknames, missing dates of birth; each described by several agencies.
 * The same seed gives the same county. Numbers come from ranges that reach nobody (NHS 999, drama telephones, example.org). */
#ifndef HAVEN_TESTS_PEOPLE_SMALL_COUNTY_H
#define HAVEN_TESTS_PEOPLE_SMALL_COUNTY_H

#include "people/people.h"

struct county {
    struct mention *mentions; /* keys ascending; ids are the keys */
    uint32_t *truth;          /* beside them */
    size_t n;
};
/* `persons` people with about four mentions each, in the arena. */
struct county county_make(struct arena *a, size_t persons, uint64_t seed);

/* A mention from as few words as a test needs; unset columns are NULL. */
struct person_words {
    const char *given, *middle, *surname, *former, *dob, *sex, *postcode, *line, *phone, *email, *nhs, *pnc, *noms;
};
struct mention county_mention(struct arena *a, uint64_t key, int64_t record, int64_t row, enum role role, const struct person_words *w);

/* A small generator for shuffles (xorshift64*). */
uint64_t county_random(uint64_t *state);

#endif
