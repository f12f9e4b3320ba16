/* socket.c: see socket.h. A request is one message: four descriptors (standard input, output, error, folder) with a length, then words, each ended by a NUL: who, what for, debugging, and the command's own. The reply is
 * one byte, the exit status. */
#include "cli/socket.h"

#include "cli/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUEST_BYTES ((size_t)256 << 10)
#define REQUEST_WORDS 4096
#define CALLER_WORDS 3
#define WAIT_SECONDS 5  /* for the rest of a request that has begun */
#define IDLE_MS 1000    /* without a command for so long: what waits in the ledger gets its number */
#define N_FDS 4
#define MOST_WAITING 16 /* commands that are done and whose output is not taken yet; one more, and the oldest of them is dropped */

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* a socket or a lent descriptor: nothing to lose */
}
#define _cleanup_fd_ __attribute__((cleanup(close_fd)))

/* A socket's path is short; a folder's may be long: so it is reached through its descriptor. */
static enum err_code address_of(const char *folder, int *ret_folder, struct sockaddr_un *ret, struct err *e)
{
    *ret_folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*ret_folder < 0)
        return err_set(e, ERR_IO, "%s: cannot be opened: %s", folder, strerror(errno));
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    (void)snprintf(ret->sun_path, sizeof ret->sun_path, "/proc/self/fd/%d/socket", *ret_folder);
    return ERR_OK;
}

/* ---- calling ---- */

static enum err_code request_words(const struct cli_caller *caller, int argc, char **argv, struct buf *ret, struct err *e)
{
    const char *const who[CALLER_WORDS] = {caller->user, caller->purpose, caller->debug ? "1" : ""};
    uint32_t n = 0;
    (void)buf_add(ret, &n, sizeof n);
    for (int i = 0; i < CALLER_WORDS; i++)
        (void)buf_add(ret, who[i], strlen(who[i]) + 1);
    for (int i = 0; i < argc; i++)
        (void)buf_add(ret, argv[i], strlen(argv[i]) + 1);
    ERR_TRY(buf_check(ret, "the command", e));
    n = (uint32_t)(ret->n - sizeof n);
    memcpy(ret->p, &n, sizeof n);
    return ERR_OK;
}

static bool send_all(int fd, const struct buf *b, const int fds[N_FDS])
{
    union {
        char space[CMSG_SPACE(sizeof(int) * N_FDS)];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {b->p, b->n};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
    struct cmsghdr *head = CMSG_FIRSTHDR(&m);
    *head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int) * N_FDS), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(head), fds, sizeof(int) * N_FDS);
    ssize_t sent = sendmsg(fd, &m, MSG_NOSIGNAL);
    for (size_t at = (size_t)sent; sent > 0 && at < b->n; at += (size_t)sent)
        sent = send(fd, b->p + at, b->n - at, MSG_NOSIGNAL);
    return sent > 0;
}

enum err_code cli_socket_call(const char *folder, const struct cli_caller *caller, int argc, char **argv, bool *ret_taken, int *ret_status, struct err *e)
{
    _cleanup_fd_ int dir = -1;
    _cleanup_fd_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un to;
    *ret_taken = false;
    if (fd < 0 || address_of(folder, &dir, &to, e) != ERR_OK || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0)
        return ERR_OK; /* nobody there: whoever calls opens the hub, and says what is wrong with it */
    _cleanup_fd_ int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_buf_ struct buf request;
    buf_init(&request, REQUEST_BYTES);
    if (here < 0)
        return err_set(e, ERR_IO, "this folder cannot be opened: %s", strerror(errno));
    ERR_TRY(request_words(caller, argc, argv, &request, e));
    unsigned char status;
    if (!send_all(fd, &request, (const int[N_FDS]){STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, here}) || recv(fd, &status, 1, 0) != 1)
        return err_set(e, ERR_IO, "the server that owns this hub went away in the middle of the command; look what it did before doing it again");
    *ret_taken = true;
    *ret_status = status;
    return ERR_OK;
}

/* ---- answering ---- */

/* A command that is done: what its caller has not read yet, and the reply that comes after it. */
struct waiting {
    struct outlet out, err;
    int reply;
    unsigned char status;
};

struct cli_owner {
    const struct hub *hub;
    struct waiting waiting[MOST_WAITING];
    size_t n_waiting;
    int folder, fd, stop_fd[2], home;
    pthread_t thread;
    char words[REQUEST_BYTES];
};

/* The owner of this process and root could read the hub's files anyway; nobody else may ask. */
static bool may_call(int fd, unsigned long *ret_uid)
{
    struct ucred peer;
    socklen_t n = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0)
        return false;
    *ret_uid = peer.uid;
    return peer.uid == geteuid() || peer.uid == 0;
}

/* The descriptors come with the first bytes. */
static bool receive_head(int fd, uint32_t *ret_n, int ret_fds[N_FDS])
{
    union {
        char space[CMSG_SPACE(sizeof(int) * N_FDS)];
        struct cmsghdr align;
    } control;
    struct iovec part = {ret_n, sizeof *ret_n};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
    if (recvmsg(fd, &m, MSG_CMSG_CLOEXEC | MSG_WAITALL) != (ssize_t)sizeof *ret_n)
        return false;
    const struct cmsghdr *head = CMSG_FIRSTHDR(&m);
    if (!head || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(sizeof(int) * N_FDS))
        return false;
    memcpy(ret_fds, CMSG_DATA(head), sizeof(int) * N_FDS);
    return true;
}

/* Cuts the request into words; 0 when it is not one. */
static size_t words_of(char *p, size_t n, char *ret[REQUEST_WORDS])
{
    size_t n_words = 0;
    if (n == 0 || p[n - 1] != '\0')
        return 0;
    for (size_t at = 0; at < n && n_words < REQUEST_WORDS; at += strlen(p + at) + 1)
        ret[n_words++] = p + at;
    return n_words > CALLER_WORDS && n_words < REQUEST_WORDS ? n_words : 0;
}

/* In the caller's folder, with the caller's streams. Under the turn, so that nobody else's relative path is read there. */
static int run_there(struct cli_owner *o, struct cli_caller *caller, int argc, char **argv, const int fds[N_FDS], struct waiting *w)
{
    FILE *in = fdopen(fds[0], "r"), *out = outlet_open(&w->out, fds[1]), *err = outlet_open(&w->err, fds[2]);
    int status = err_exit_status(ERR_IO);
    if (in && out && err && fchdir(fds[3]) == 0) {
        status = cli_run(&(struct cli_door){.in = in, .out = out, .err = err, .caller = caller, .hub = o->hub}, argc, argv);
        if (fchdir(o->home) != 0)
            status = err_exit_status(ERR_IO); /* the next command brings its own folder */
    } else {
        (void)dprintf(fds[2], "haven: the server could not take this command: it has no memory, or this folder is gone; nothing was done\n"); /* without a stream, for want of one */
    }
    FILE *const streams[] = {out, err};
    for (int i = 0; i < 2; i++)
        if (streams[i])
            (void)fclose(streams[i]); /* into the outlet; checked by the command */
    if (in)
        (void)fclose(in);
    else
        (void)close(fds[0]);
    (void)close(fds[3]);
    return status;
}

static void end_waiting(struct waiting *w)
{
    outlet_release(&w->out);
    outlet_release(&w->err);
    (void)close(w->out.fd); /* lent: the caller has its own */
    (void)close(w->err.fd);
    (void)close(w->reply);
}

/* True when the caller has all that it takes, and the exit status; it is over then. */
static bool finish(struct waiting *w)
{
    if (!outlet_drain(&w->out) || !outlet_drain(&w->err))
        return false;
    if (w->status > 1 && w->err.error)
        outlet_last_words(&w->err, "haven: the command failed, and why could not be written");
    if (w->out.error && w->status == 0) {
        w->status = (unsigned char)err_exit_status(ERR_IO);
        outlet_last_words(&w->err, "haven: writing the output failed");
    }
    (void)send(w->reply, &w->status, 1, MSG_NOSIGNAL); /* a caller that went away does not wait for it */
    end_waiting(w);
    return true;
}

static void drop(struct cli_owner *o, size_t i)
{
    memmove(&o->waiting[i], &o->waiting[i + 1], (--o->n_waiting - i) * sizeof *o->waiting);
}

static void wait_for_caller(struct cli_owner *o, const struct waiting *w)
{
    if (o->n_waiting == MOST_WAITING) {
        end_waiting(&o->waiting[0]);
        drop(o, 0);
    }
    o->waiting[o->n_waiting++] = *w;
}

/* Takes over `fd`. */
static void answer(struct cli_owner *o, int fd)
{
    static const struct timeval wait = {.tv_sec = WAIT_SECONDS};
    uint32_t n;
    int fds[N_FDS];
    char *words[REQUEST_WORDS];
    struct cli_caller caller = {0};
    struct waiting w = {.reply = fd};
    if (!may_call(fd, &caller.uid) || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 || !receive_head(fd, &n, fds)) {
        (void)close(fd);
        return;
    }
    bool whole = n <= sizeof o->words && recv(fd, o->words, n, MSG_WAITALL) == (ssize_t)n;
    size_t n_words = whole ? words_of(o->words, n, words) : 0;
    if (n_words == 0) {
        for (int i = 0; i < N_FDS; i++)
            (void)close(fds[i]); /* lent for nothing */
        (void)close(fd);
        return;
    }
    caller.user = words[0];
    caller.purpose = words[1];
    caller.debug = *words[2] != '\0';
    (void)pthread_mutex_lock(o->hub->turn); /* fails only for a mutex that is none */
    w.status = (unsigned char)run_there(o, &caller, (int)(n_words - CALLER_WORDS), words + CALLER_WORDS, fds, &w);
    (void)pthread_mutex_unlock(o->hub->turn);
    explicit_bzero(o->words, n);
    if (!finish(&w))
        wait_for_caller(o, &w);
}

/* What pages and commands left in the journal gets its number when nobody asks for anything. */
static void sequence(struct cli_owner *o)
{
    struct err e;
    if (pthread_mutex_trylock(o->hub->turn) != 0)
        return;
    (void)ledger_sequence(o->hub->ledger, &e); /* tried again within a second; until then what waits is safe in the journal */
    (void)pthread_mutex_unlock(o->hub->turn);
}

/* What callers take now of what is left for them; one that went away gets no more. */
static void serve_waiting(struct cli_owner *o, const struct pollfd *left, const struct pollfd *replies)
{
    for (size_t i = o->n_waiting; i-- > 0;) {
        const bool gone = replies[i].revents & (POLLHUP | POLLERR);
        if (gone)
            end_waiting(&o->waiting[i]);
        if (gone || (left[i].revents && finish(&o->waiting[i])))
            drop(o, i);
    }
}

static void *listen_on(void *ctx)
{
    struct cli_owner *o = ctx;
    struct pollfd waits[2 + 2 * MOST_WAITING] = {{.fd = o->fd, .events = POLLIN}, {.fd = o->stop_fd[0], .events = POLLIN}};
    for (;;) {
        struct pollfd *left = waits + 2, *replies = left + o->n_waiting;
        for (size_t i = 0; i < o->n_waiting; i++) {
            const struct waiting *w = &o->waiting[i];
            left[i] = (struct pollfd){.fd = w->out.kept.n && !w->out.error ? w->out.fd : w->err.fd, .events = POLLOUT};
            replies[i] = (struct pollfd){.fd = w->reply}; /* tells when the caller is gone */
        }
        const size_t n = o->n_waiting;
        if ((poll(waits, 2 + 2 * n, IDLE_MS) < 0 && errno != EINTR) || waits[1].revents)
            break;
        serve_waiting(o, left, replies);
        const int fd = waits[0].revents ? accept4(o->fd, NULL, NULL, SOCK_CLOEXEC) : -1;
        if (fd >= 0)
            answer(o, fd);
        else
            sequence(o);
    }
    while (o->n_waiting)
        end_waiting(&o->waiting[--o->n_waiting]);
    return NULL;
}

static enum err_code listen_in(struct cli_owner *o, const char *folder, struct err *e)
{
    struct sockaddr_un at;
    sigset_t all, before;
    ERR_TRY(address_of(folder, &o->folder, &at, e));
    o->home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    o->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)unlinkat(o->folder, "socket", 0); /* of a server that ended badly: we hold the hub's lock */
    if (o->home < 0 || o->fd < 0 || pipe2(o->stop_fd, O_CLOEXEC) != 0 || bind(o->fd, (const struct sockaddr *)&at, sizeof at) != 0 || fchmodat(o->folder, "socket", 0600, 0) != 0 ||
        listen(o->fd, 16) != 0)
        return err_set(e, ERR_IO, "%s/socket: commands cannot be taken there: %s", folder, strerror(errno));
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the main thread's */
    int failed = pthread_create(&o->thread, NULL, listen_on, o);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? err_set(e, ERR_IO, "the thread that takes commands did not start; check memory") : ERR_OK;
}

static void owner_free(struct cli_owner *o)
{
    const int fds[] = {o->fd, o->home, o->stop_fd[0], o->stop_fd[1]};
    if (o->folder >= 0)
        (void)unlinkat(o->folder, "socket", 0); /* the next one unlinks it otherwise */
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        close_fd(&fds[i]);
    close_fd(&o->folder);
    free(o);
}

enum err_code cli_socket_listen(const char *folder, const struct hub *hub, struct cli_owner **ret, struct err *e)
{
    struct cli_owner *o = malloc(sizeof *o);
    if (!o)
        return err_set(e, ERR_NO_MEMORY, "out of memory for taking commands");
    o->hub = hub;
    o->n_waiting = 0;
    o->folder = o->fd = o->home = o->stop_fd[0] = o->stop_fd[1] = -1;
    enum err_code code = listen_in(o, folder, e);
    if (code != ERR_OK)
        owner_free(o);
    else
        *ret = o;
    return code;
}

void cli_socket_end(struct cli_owner *o)
{
    if (!o)
        return;
    (void)close(o->stop_fd[1]); /* the thread sees the end of the pipe */
    o->stop_fd[1] = -1;
    (void)pthread_join(o->thread, NULL);
    owner_free(o);
}
