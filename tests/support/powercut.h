/* powercut.h: a SQLite VFS on which the power can fail.
 *
 * It passes everything through to the real files, and remembers for every 512-byte sector that was written since the last sync of its file all
 * that has stood there. When the power goes, each such sector becomes, by chance, any of those versions, a torn mixture of two, or (where the file
 * had grown) zeros or rubbish, each apart from its neighbours, as if the disk had reordered, torn and lost them; the file's length
 * becomes any that it had or one between; a deleted file may be back. From then on every open file fails, until the "restart".
 *
 *     powercut_register(true);                 // name "powercut"; true: the default of the process, so that any store uses it
 *     powercut_arm(137, seed);                 // the power goes at the 137th write, truncate, sync or delete from now
 *     ... work until it fails, and close ...
 *     if (powercut_happened()) powercut_restart();
 *     ... open again and look ...
 *
 * Or, to let one call fail while the power stays: powercut_fail_once(). One process, one thread. */
#ifndef HAVEN_TESTS_SUPPORT_POWERCUT_H
#define HAVEN_TESTS_SUPPORT_POWERCUT_H

#include <stdbool.h>
#include <stdint.h>

/* Also by URL: `sqlite:PATH?vfs=powercut`. */
void powercut_register(bool as_default);
/* `operation` counts from 1; 0: never. Counting starts anew. The seed decides what is lost. */
void powercut_arm(uint64_t operation, uint64_t seed);
/* The `operation`th fails with SQLite's code `rc` (SQLITE_IOERR_FSYNC, SQLITE_FULL, ...), having done nothing; the rest works. */
void powercut_fail_once(uint64_t operation, int rc);
bool powercut_happened(void);
uint64_t powercut_operations(void); /* since the last arm or fail_once */
/* The machine is up again: files can be opened; those opened before stay dead. Nothing is armed. */
void powercut_restart(void);
/* Forgets what is not synced, as if it were: for the next test, on other files. */
void powercut_forget(void);

#endif
