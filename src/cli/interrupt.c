/* interrupt.c: Ctrl-C during long work. The signal is blocked and asked for at each step of progress, so no handler runs and no variable changes behind
 * anybody's back. Threads that the work starts inherit the block. Outside of such work Ctrl-C kills, as ever. */
#include "cli/cli.h"

#include <signal.h>

static sigset_t interrupts(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    return set;
}

static bool not_interrupted(void *ctx, const struct progress *p)
{
    static const struct timespec at_once = {0, 0};
    const sigset_t set = interrupts();
    (void)ctx;
    (void)p;
    return sigtimedwait(&set, NULL, &at_once) != SIGINT;
}

void cli_interrupt_start(struct cli *c)
{
    const sigset_t set = interrupts();
    struct sigaction now;
    if (sigaction(SIGINT, NULL, &now) != 0 || now.sa_handler == SIG_IGN || pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
        return; /* nohup and the like: it is not to be heard */
    c->progress->goes_on = not_interrupted;
}

void cli_interrupt_end(struct cli *c)
{
    const sigset_t set = interrupts();
    if (!c->progress->goes_on)
        return;
    c->progress->goes_on = NULL;
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL); /* one that came after the last step kills now: nothing is half written under its name */
}
