/* threads.h: work shared out among threads (private to linkage).
 *
 * Items are numbered; threads take them in order and each works one off alone. So what an item writes must be its own, and the result does not show
 * how many threads there were. Of several failures the one of the lowest item is reported, as one thread would have. */
#ifndef HAVEN_LINKAGE_THREADS_H
#define HAVEN_LINKAGE_THREADS_H

#include "base/base.h"

typedef enum err_code threads_item(void *ctx, size_t item, struct err *e);
/* Calls work for the items 0 to n - 1, by up to `threads` threads, the caller's among them; a thread that cannot be had is done without. */
enum err_code threads_each(unsigned threads, size_t n, threads_item *work, void *ctx, struct err *e);

/* Item k of n equal parts of a whole of `all`: begins here (and ends where k + 1 begins). */
static inline size_t threads_part(size_t all, size_t n, size_t k) { return all / n * k + all % n * k / n; }

#endif
