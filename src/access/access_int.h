/* access_int.h: what the two questions share (private to access): the tables' answers, and the rules that look at nothing but the asking.
 *
 * Numbers in brackets are those of the rules in docs/access.md. What an object adds is judged twice, in decide.c by steps and in scope.c by masks, and a test compares them. */
#ifndef HAVEN_ACCESS_ACCESS_INT_H
#define HAVEN_ACCESS_ACCESS_INT_H

#include "access/access.h"

/* A set of relations as bits. */
#define HELD(name) (1u << RELATION_##name##_held)

/* ---- tables.c; every value known ---- */
bool access_permitted(uint32_t roles, enum access_action action, enum access_kind kind, enum access_purpose purpose);
bool access_is_inner(enum access_action action);
bool access_has_grades(enum access_action action, enum access_kind kind);
bool access_minds_conflict(enum access_kind kind);
int access_needed_grade(enum access_action action);      /* of an action with grades */
int access_purpose_cap(enum access_purpose purpose);     /* ACCESS_CEILING_NONE: nothing with grades */
uint32_t access_groups(uint32_t roles, enum access_action action, enum access_kind kind, int grade);

/* ---- decide.c: what holds for a whole set as for one object ---- */
bool access_ask_is_known(const struct access_ask *ask);                                  /* [1] */
bool access_set_is_known(enum access_kind kind, uint32_t conflict);                      /* [1] */
bool access_sharing_is_known(const struct access_sharing *sharing);                      /* [1] */
bool access_counts_now(int64_t from_ms, int64_t to_ms, int64_t now_ms);
bool access_in_standing(const struct access_ask *ask);                                   /* [2] */
bool access_lacks_step_up(const struct access_ask *ask);                                 /* [6] */
bool access_lacks_basis(const struct access_ask *ask, uint32_t held);                    /* [7] */
uint32_t access_held(const int64_t until_ms[ACCESS_RELATION_N], int64_t now_ms);         /* HELD bits */

#endif
