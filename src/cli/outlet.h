/* outlet.h: a stream to a caller who may not read. Private to the room.
 *
 * Idea. A command that a server runs prints to the caller's own descriptor, which may be a pipe that nobody drains. What the caller does not take at once is kept, so that the command ends and
 * gives its turn back; whoever opened the outlet writes the rest later, as the caller takes it. What is shown has been recorded before its first byte, so it does not matter when it is read.
 *
 * Promises. Never waits, but for a caller who is more than LIMIT_OUTLET_BYTES behind: then OUTLET_WAIT_MS at a time, and one who takes nothing in that time has failed. */
#ifndef HAVEN_CLI_OUTLET_H
#define HAVEN_CLI_OUTLET_H

#include "base/base.h"

#include <stdio.h>

#define OUTLET_WAIT_MS 5000

struct outlet {
    int fd, error; /* error: errno of the write that failed; 0: none */
    struct buf kept;
    size_t at;     /* written of it */
};
/* Lends `fd`, which the caller closes after outlet_release; NULL when there is no memory. */
FILE *outlet_open(struct outlet *o, int fd);
/* Writes what is taken now; true when there is nothing more to do: all is written, or writing failed. */
bool outlet_drain(struct outlet *o);
/* For a line that could not be said otherwise: without memory, whatever failed before, if the caller takes it now. */
void outlet_last_words(const struct outlet *o, const char *line);
void outlet_release(struct outlet *o); /* what is left is wiped */

#endif
