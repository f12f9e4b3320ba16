/* grant.h: the store's side of permission. Only src/store and src/access may include this (tests/house/test_rooms.py): so only access makes a grant.
 *
 * A statement whose `reads` is not none runs only while its store has a grant, and joins the temporary table `scope` (owner, level, grade, groups, watch), which holds
 * the grant's rows and nothing else; it gives the row's groups as a column, by which whoever opens the sealed part masks it. */
#ifndef HAVEN_STORE_GRANT_H
#define HAVEN_STORE_GRANT_H

#include "store/store.h"

struct store_scope_row {
    int64_t owner, level, grade, groups, watch; /* access's numbers; the store only carries them */
};
struct store_grant {
    int64_t until_ms;
    const struct store_scope_row *rows;
    size_t n_rows;
};
/* One at a time (asserted). Fills the table `scope`; nothing is kept of the argument but its values. */
enum err_code store_grant_begin(struct store *s, const struct store_grant *g, struct err *e);
void store_grant_end(struct store *s); /* fine without one */

#endif
