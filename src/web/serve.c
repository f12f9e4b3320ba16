/* serve.c: starts and stops the server: listen, block signals, start the polling thread, run the gate, stop in reverse. */
#include "web/answer.h"
#include "web/gate.h"
#include "web/listen.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define IDLE_SECONDS 30u /* a client that does not read its reply */
#define DRAIN_MS 2000    /* replies under way when the server is told to stop */

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* sockets and a signalfd: nothing to lose */
}
#define _cleanup_fd_ __attribute__((cleanup(close_fd)))

static void pass_to_mhd(void *ctx, int fd)
{
    /* Closes fd itself when it cannot take it. The address is not used: it is loopback. */
    static const struct sockaddr nobody = {.sa_family = AF_INET};
    (void)MHD_add_connection(ctx, fd, &nobody, sizeof nobody);
}

static struct MHD_Daemon *start(struct web_answerer *w)
{
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC, 0, NULL, NULL, web_answer, w,
                            MHD_OPTION_URI_LOG_CALLBACK, web_answer_target, w,
                            MHD_OPTION_UNESCAPE_CALLBACK, web_answer_no_unescape, w,
                            MHD_OPTION_NOTIFY_COMPLETED, web_answer_done, w,
                            MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_CONNECTIONS,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, LIMIT_HEAD_BYTES * 4,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

/* Nothing new is passed any more; replies that are under way are sent first. */
static void drain(struct MHD_Daemon *daemon)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    for (int ms = 0; ms < DRAIN_MS; ms += 10) {
        const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
        if (!info || info->num_connections == 0)
            return;
        (void)nanosleep(&pause, NULL); /* cut short by a signal, it only asks sooner */
    }
}

static enum err_code serve_on(const struct web_options *o, int listen_fd, int stop_fd, int port, const char *url, struct err *e)
{
    struct web_answerer w = {.options = o};
    arena_init(&w.arena, LIMIT_REQUEST_BYTES);
    struct MHD_Daemon *daemon = start(&w);
    if (!daemon)
        return err_set(e, ERR_IO, "the server's thread did not start; check memory and the limit on open files (ulimit -n)");
    if (o->out) {
        (void)fprintf(o->out, "Haven is at %s\nStop it with Ctrl-C.\n", url);
        (void)fflush(o->out); /* whoever waits for the line reads it through a pipe */
    }
    enum err_code code = web_gate_run(listen_fd, stop_fd, port, pass_to_mhd, daemon, e);
    drain(daemon);
    MHD_stop_daemon(daemon);
    arena_release(&w.arena);
    return code;
}

enum err_code web_serve(const struct web_options *o, struct err *e)
{
    char url[64];
    int port;
    _cleanup_fd_ int listen_fd = -1;
    ERR_TRY(web_listen(o->listen ? o->listen : WEB_LISTEN_DEFAULT, &listen_fd, &port, url, e));
    sigset_t stop, before;
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction pipe_before;
    (void)sigaction(SIGPIPE, &ignore, &pipe_before); /* whoever reads the log may go away */
    (void)sigemptyset(&stop); /* these fail only for signals that do not exist */
    (void)sigaddset(&stop, SIGTERM);
    (void)sigaddset(&stop, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &stop, &before); /* fails only for a wrong first argument */
    _cleanup_fd_ int stop_fd = signalfd(-1, &stop, SFD_NONBLOCK | SFD_CLOEXEC);
    enum err_code code = stop_fd < 0 ? err_set(e, ERR_IO, "the server cannot wait for the stop signals; check the limit on open files (ulimit -n)")
                                     : serve_on(o, listen_fd, stop_fd, port, url, e);
    struct signalfd_siginfo taken;
    while (stop_fd >= 0 && read(stop_fd, &taken, sizeof taken) > 0)
        ; /* the signal that stopped us is answered: it must not end the process when it is unblocked */
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)sigaction(SIGPIPE, &pipe_before, NULL);
    return code;
}
