/* progress.c: see progress.h. The one place that writes to a terminal while work goes on. */
#include "base/progress.h"

#include "base/time.h"

#include <stdio.h>
#include <unistd.h>

#define REDRAW_S 0.1
#define BAR_COLUMNS 24

void progress_start(struct progress *p, const char *stage, uint64_t total)
{
    double now = monotonic_s();
    *p = (struct progress){.stage = stage, .total = total, .started_s = now, .drawn_s = now, .on = !p->quiet && isatty(STDERR_FILENO) == 1, .quiet = p->quiet,
                           .goes_on = p->goes_on, .ctx = p->ctx, .stopped = p->stopped};
}

static void draw(const struct progress *p, double elapsed_s)
{
    double rate = elapsed_s > 0 ? (double)p->done / elapsed_s : 0;
    if (p->total == 0) {
        (void)fprintf(stderr, "\r\033[K%s  %llu  %.0f/s", p->stage, (unsigned long long)p->done, rate);
        return;
    }
    double share = p->done < p->total ? (double)p->done / (double)p->total : 1;
    int filled = (int)(share * BAR_COLUMNS);
    double left_s = rate > 0 && p->done < p->total ? (double)(p->total - p->done) / rate : 0;
    (void)fprintf(stderr, "\r\033[K%s  [%.*s%*s] %3.0f%%  %.0f/s  %.0f s left", p->stage, filled,
                  "########################", BAR_COLUMNS - filled, "", share * 100, rate, left_s);
}

static void redraw(struct progress *p)
{
    double now = monotonic_s();
    if (now - p->drawn_s < REDRAW_S)
        return;
    p->drawn_s = now;
    draw(p, now - p->started_s);
    (void)fflush(stderr); /* a lost redraw harms nobody */
}

bool progress_to(struct progress *p, uint64_t done)
{
    p->done = done;
    if (p->on)
        redraw(p);
    if (p->goes_on && !p->stopped)
        p->stopped = !p->goes_on(p->ctx, p);
    return !p->stopped;
}

void progress_end(struct progress *p)
{
    if (p->on) {
        (void)fputs("\r\033[K", stderr);
        (void)fflush(stderr); /* as above */
    }
    p->on = false;
}
