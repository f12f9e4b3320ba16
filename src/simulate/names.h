/* names.h: UK names by frequency (data/uk-names), as tables made at build time by tools/gen_names.py. A name is an
 * index; the text is as people write it. */
#ifndef HAVEN_SIMULATE_NAMES_H
#define HAVEN_SIMULATE_NAMES_H

#include "simulate/rng.h"

#define NAME_NONE UINT16_MAX

struct name_draw {
    const uint32_t *to; /* cumulative weights, ascending */
    const uint16_t *of; /* index of the name */
    int n;
};
extern const char *const names_given[], *const names_surname[];
extern const uint16_t names_variant_start[], names_variant[];         /* of given name i: [start[i], start[i+1]) */
extern const struct name_draw names_surname_draw, names_given_draw[]; /* two a band: male, female */

enum sex { SEX_MALE, SEX_FEMALE };

uint16_t name_draw_surname(struct rng *r);
uint16_t name_draw_given(struct rng *r, enum sex sex, int birth_year);
/* A familiar form of this given name, or NAME_NONE when there is none. */
uint16_t name_draw_variant(struct rng *r, uint16_t given);

#endif
