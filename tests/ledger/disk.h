/* disk.h: the system under the journal and the disclosure path (the linker's --wrap): any call may fail, by name and number. */
#ifndef HAVEN_TESTS_LEDGER_DISK_H
#define HAVEN_TESTS_LEDGER_DISK_H

#include <stdbool.h>

/* The `at`th call (from 1) named `name` (NULL: any) fails with `error`; `sticky`: and all after it. A pwrite that fails leaves half of its bytes.
 * Error 0: it gives 0, which a write or read seldom does. */
void disk_fail(const char *name, unsigned at, int error, bool sticky);
/* How many matching calls there were since; nothing fails any more. */
unsigned disk_stop(void);
bool disk_failed(void); /* something did, since disk_fail */
/* How many calls of fdatasync there were since the program began. */
unsigned disk_syncs(void);

/* Each fdatasync takes so long, as on a disk. */
void disk_slow(unsigned us);

#endif
