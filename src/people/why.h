/* why.h (private to people): the reason of what a human did, sealed under a key of its own: it may hold personal data. */
#ifndef HAVEN_PEOPLE_WHY_H
#define HAVEN_PEOPLE_WHY_H

#include "people/people.h"

#define DECISION_TABLE "person_decision"
#define DESTRUCTION_TABLE "person_destruction"

/* Appends to `sealed`. */
enum err_code why_seal(const struct vault *v, const char *table, int64_t id, struct str why, unsigned char ret_wrapped[VAULT_WRAPPED_BYTES], struct buf *sealed,
                       struct err *e);
/* "destroyed" when its key is gone. */
enum err_code why_open(const struct vault *v, const char *table, int64_t id, struct str wrapped, struct str sealed, struct arena *a, struct str *ret, struct err *e);

#endif
