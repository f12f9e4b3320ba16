/* interrupt.c: Ctrl-C while a command works on files alone. A thread waits for the signal and ends the process there and then, whatever the work is at: it has no hub
 * open, and all that would be left of it is the file of -o that is not whole yet, which is taken away first. No handler runs and no work has to ask. */
#include "cli/cli.h"

#include <signal.h>
#include <unistd.h>

#define TOLD "haven: stopped by Ctrl-C\n"
#define TOLD_ON_A_TERMINAL "\r\033[K" TOLD /* over the line of progress */

static sigset_t interrupts(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    return set;
}

/* Not by stdio: the thread that works may hold its locks, in a write that nobody reads. */
static void tell(void)
{
    bool terminal = isatty(STDERR_FILENO) == 1;
    ssize_t lost = terminal ? write(STDERR_FILENO, TOLD_ON_A_TERMINAL, sizeof TOLD_ON_A_TERMINAL - 1) : write(STDERR_FILENO, TOLD, sizeof TOLD - 1);
    (void)lost; /* the exit status says it, too */
}

static void *wait_and_end(void *arg)
{
    struct cli *c = arg;
    const sigset_t set = interrupts();
    while (sigwaitinfo(&set, NULL) != SIGINT)
        ;
    (void)pthread_mutex_lock(&c->file.lock); /* no file comes or gets its name any more */
    if (!c->hears_interrupt) {
        (void)pthread_mutex_unlock(&c->file.lock);
        return NULL;
    }
    if (c->file.partial)
        (void)unlink(c->file.partial);
    tell();
    _exit(err_exit_status(ERR_STOPPED));
}

void cli_interrupt_start(struct cli *c)
{
    const sigset_t set = interrupts();
    struct sigaction now;
    if (sigaction(SIGINT, NULL, &now) != 0 || now.sa_handler == SIG_IGN || pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
        return; /* nohup and the like: it is not to be heard */
    (void)pthread_mutex_lock(&c->file.lock);
    c->hears_interrupt = pthread_create(&c->interrupt, NULL, wait_and_end, c) == 0;
    (void)pthread_mutex_unlock(&c->file.lock);
    if (!c->hears_interrupt)
        (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL); /* then it kills, as ever */
}

void cli_interrupt_end(struct cli *c)
{
    const sigset_t set = interrupts();
    if (!c->hears_interrupt)
        return;
    (void)pthread_mutex_lock(&c->file.lock);
    c->hears_interrupt = false;
    (void)pthread_mutex_unlock(&c->file.lock);
    (void)pthread_kill(c->interrupt, SIGINT); /* its own, which ends it; the user's is the process's */
    (void)pthread_join(c->interrupt, NULL);
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL); /* one that came just now kills: nothing is left behind */
}
