/* progress.h: progress of long work, for a person who waits.
 *
 * On a terminal (stderr) one line that redraws at most ten times a second: stage, bar, share, rate, time left. Elsewhere
 * nothing at all, so that logs and pipes stay clean. Never fails. */
#ifndef HAVEN_BASE_PROGRESS_H
#define HAVEN_BASE_PROGRESS_H

#include "base/str.h"

struct progress {
    const char *stage; /* "Reading police-crime" */
    uint64_t done, total; /* total 0: not known */
    double started_s, drawn_s;
    bool on;
    bool quiet; /* never draws: the terminal is somebody else's */
};

void progress_start(struct progress *p, const char *stage, uint64_t total);
void progress_to(struct progress *p, uint64_t done);
void progress_end(struct progress *p); /* clears the line */

#endif
