/* truth.h (private to people): a known truth, read from its two files. See evaluate.h for the form. */
#ifndef HAVEN_PEOPLE_TRUTH_H
#define HAVEN_PEOPLE_TRUTH_H

#include "people/people.h"

struct truth_person {
    struct str id, household, name, dob; /* name: given and surname, folded */
};
struct truth_mention {
    uint64_t key;
    struct str person;
    uint32_t label; /* index into persons */
    uint16_t feed;
};
struct truth {
    struct arena *a;
    const struct vault *v;
    struct buf persons;  /* struct truth_person by id */
    struct buf mentions; /* struct truth_mention by key; those of nobody in particular are left out */
    struct buf feeds;    /* struct str: names, by number */
};
/* The arena keeps the texts. */
enum err_code truth_read(const struct vault *v, const char *folder, struct arena *a, struct truth *ret, struct err *e);
void truth_release(struct truth *t);
/* NULL when the truth does not know it. */
const struct truth_mention *truth_find(const struct truth *t, uint64_t mention_key);

#endif
