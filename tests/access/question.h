/* question.h: a question to access as 22 integers, at random, and as a point of the finite lattice. For the tests of access and for the second model (decide_many.c says which integer is which). */
#ifndef HAVEN_TESTS_ACCESS_QUESTION_H
#define HAVEN_TESTS_ACCESS_QUESTION_H

#include "access/access.h"

struct question {
    struct access_ask ask;
    struct access_object object;
};

#define QUESTION_INTEGERS 22
/* False when a number does not fit the C's type (roles and conflicts: 32 bits; enums: 32; ceiling: int): then it is no question. */
bool question_from(const int64_t v[QUESTION_INTEGERS], struct question *ret);
void question_to(const struct question *q, int64_t ret[QUESTION_INTEGERS]);
#define ANSWER_INTEGERS 6
void answer_to(const struct access_decision *d, int64_t ret[ANSWER_INTEGERS]);

/* ---- at random: splitmix64 ---- */
struct rng {
    uint64_t state;
};
uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n);
/* Mostly known values, several roles, relations and conflicts at once, instants at and around now and at the ends of the type; one value in about a hundred is unknown. */
void question_random(struct rng *r, struct question *ret);

/* ---- the lattice: decide_many.c describes it ---- */
#define LATTICE_CHUNKS (7u * 10 * 2 * 14 * 11)
#define LATTICE_INNER (3u * 9 * 5 * 4 * 9 * 6 * 5)
struct lattice_chunk {
    unsigned asker, roles, step_up, action, purpose;
};
struct lattice_chunk lattice_chunk_of(unsigned chunk);
void lattice_question(const struct lattice_chunk *c, unsigned inner, struct question *ret);
/* The decision as four bytes, the first lowest. */
uint32_t answer_word(const struct access_decision *d);
/* CRC-32 (zlib's) of the words of all answers of a chunk. */
uint32_t lattice_checksum(unsigned chunk);

#endif
