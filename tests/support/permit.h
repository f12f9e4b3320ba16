/* permit.h: permission for everything of the first sixteen owners, for tests and test programs that work below the doors. */
#ifndef HAVEN_TESTS_SUPPORT_PERMIT_H
#define HAVEN_TESTS_SUPPORT_PERMIT_H

#include "store/grant.h"

static inline enum err_code permit_all(struct store *s, struct err *e)
{
    struct store_scope_row rows[16 * 3];
    size_t n = 0;
    for (int64_t owner = 0; owner < 16; owner++)
        for (int64_t level = 1; level <= 3; level++)
            rows[n++] = (struct store_scope_row){owner, level, 3, INT32_MAX, 0};
    return store_grant_begin(s, &(struct store_grant){INT64_MAX, rows, n}, e);
}

#endif
