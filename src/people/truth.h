/* truth.h (shared with review's evaluation): a known truth, read from its two files. See evaluate.h for the form. */
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
/* One table of a truth: a CSV file of the folder, the columns that are wanted, and what takes each row (its fields in that order). */
struct truth_table {
    const char *name;
    const char *const *columns;
    size_t n_columns; /* at most 8 */
    enum err_code (*row)(void *ctx, const struct str *fields, struct err *e);
};
enum err_code truth_table_read(const char *folder, const struct truth_table *table, struct arena *a, void *ctx, struct err *e);
/* Index of a true person by id (the label of its mentions), or -1. */
ptrdiff_t truth_person_find(const struct truth *t, struct str id);
/* NULL when the truth does not know it. */
const struct truth_mention *truth_find(const struct truth *t, uint64_t mention_key);

#endif
