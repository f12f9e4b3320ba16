/* workload.h: transactions whose effect is known, for tests that break the store in the middle.
 *
 * Transaction t deletes the rows of t-20, marks a row of t-1 and inserts 1 to 12 rows of various lengths. So the
 * content after t follows from t alone, and what is found can be told to be exactly that of some t, or broken. */
#ifndef HAVEN_TESTS_STORE_WORKLOAD_H
#define HAVEN_TESTS_STORE_WORKLOAD_H

#include "store/store.h"

/* One transaction, whole: ERR_OK only when it is committed. */
enum err_code workload_do(struct store *s, int64_t t, struct err *e);
/* Stops the test unless the content is exactly that after some t with acked <= t <= acked + 1 (an unanswered one may
 * be there whole) and the store's own check finds nothing. Gives t. */
int64_t workload_verify(struct store *s, int64_t acked);

#endif
