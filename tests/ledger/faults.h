/* Every call of the room to the system goes through here (the linker's --wrap): one of them may fail, or be the process's last. */
#ifndef HAVEN_TESTS_LEDGER_FAULTS_H
#define HAVEN_TESTS_LEDGER_FAULTS_H

#include <stdbool.h>

enum fault_mode {
    FAULT_NONE,
    FAULT_FAIL,  /* call number `at` fails once, with EIO */
    FAULT_INTERRUPT, /* the same with EINTR */
    FAULT_MEMORY, /* allocation number `at` fails once; only allocations are counted */
    FAULT_CRASH, /* the process ends in call number `at`; a write leaves half of its bytes */
    FAULT_SHORT, /* every write takes at most a third, every read at most half */
    FAULT_END,   /* every read finds the end of the file */
};
void faults_start(enum fault_mode mode, unsigned at);
unsigned faults_stop(void); /* how many calls there were */

/* ---- what was durable when ---- */
void faults_watch(void); /* from now on */
/* NULL, or what was wrong: a file renamed before it was synced, or the checkpoint put in place before all names were. */
const char *faults_watch_end(void);

#endif
