/* progress.h: progress of long work, for a person who waits, or a program that asked for it and may call it off.
 *
 * On a terminal (stderr) one line that redraws at most ten times a second: stage, bar, share, rate, time left. Elsewhere
 * nothing at all, so that logs and pipes stay clean. Never fails.
 *
 * Whoever starts the work may set `goes_on` beforehand: it is asked at every step, and its first "no" makes progress_to say no from then on. The work
 * then ends at its next safe place with ERR_STOPPED. */
#ifndef HAVEN_BASE_PROGRESS_H
#define HAVEN_BASE_PROGRESS_H

#include "base/str.h"

struct progress {
    const char *stage; /* "Reading police-crime" */
    uint64_t done, total; /* total 0: not known */
    double started_s, drawn_s;
    bool on;
    bool quiet; /* never draws: the terminal is somebody else's */
    bool (*goes_on)(void *ctx, const struct progress *p); /* NULL, or asked by whichever thread tells of progress */
    void *ctx;
    bool stopped; /* it has said no */
};

void progress_start(struct progress *p, const char *stage, uint64_t total);
bool progress_to(struct progress *p, uint64_t done); /* false: stop */
void progress_end(struct progress *p); /* clears the line */

#endif
