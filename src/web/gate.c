/* gate.c: see gate.h. The bytes are looked at with MSG_PEEK, so the server behind reads the very same ones from the socket.
 *
 * Waiting connections sit in a table of fixed size; epoll is edge-triggered, because peeked bytes stay readable. */
#include "web/gate.h"
#include "web/answer.h"
#include "web/head.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 64
#define DRAIN_BYTES ((size_t)256 << 10) /* read and thrown away, so that the refusal is not lost to a reset */

struct waiting {
    int fd; /* -1: free */
    double since_s;
};

struct gate {
    int epoll_fd, listen_fd, stop_fd, port;
    web_gate_pass *pass;
    void *ctx;
    struct waiting waiting[LIMIT_CONNECTIONS];
    char bytes[LIMIT_HEAD_BYTES + 1024];
};

/* Tags of epoll events: places in the table, then these two. */
#define TAG_LISTEN UINT32_MAX
#define TAG_STOP (UINT32_MAX - 1)

static bool watch(struct gate *g, int fd, uint32_t events, uint32_t tag)
{
    struct epoll_event ev = {.events = events, .data.u32 = tag};
    return epoll_ctl(g->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0;
}

static void drop(struct waiting *w)
{
    (void)close(w->fd); /* also leaves the epoll set */
    w->fd = -1;
}

static void refuse(int fd, const struct web_head *h, char *scratch, size_t scratch_n)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, 4096);
    (void)buf_fmt(&b, "HTTP/1.1 %d Refused\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n",
                  h->status, strlen(h->why) + 1);
    for (size_t i = 0; i < web_n_headers; i++)
        (void)buf_fmt(&b, "%s: %s\r\n", web_headers[i].name, web_headers[i].value);
    (void)buf_fmt(&b, "\r\n%s\n", h->why);
    (void)send(fd, b.p, b.n, MSG_NOSIGNAL); /* fits any socket buffer; whoever does not read it is closed all the same */
    (void)shutdown(fd, SHUT_WR);
    for (size_t n = 0; n < DRAIN_BYTES;) {
        ssize_t got = recv(fd, scratch, scratch_n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
}

/* Looks at what has come; keeps, refuses or passes the connection. */
static void look(struct gate *g, struct waiting *w)
{
    ssize_t got = recv(w->fd, g->bytes, sizeof g->bytes, MSG_PEEK);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        drop(w);
        return;
    }
    struct web_head h = web_head_check((struct str){g->bytes, (size_t)got}, g->port);
    if (h.state == WEB_HEAD_MORE)
        return;
    if (h.state == WEB_HEAD_GOOD) {
        int fd = w->fd;
        (void)epoll_ctl(g->epoll_fd, EPOLL_CTL_DEL, fd, NULL); /* it was added; there is nothing to do if it were gone */
        w->fd = -1;
        g->pass(g->ctx, fd);
        return;
    }
    refuse(w->fd, &h, g->bytes, sizeof g->bytes);
    drop(w);
}

static struct waiting *place(struct gate *g)
{
    struct waiting *oldest = &g->waiting[0];
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++) {
        if (g->waiting[i].fd < 0)
            return &g->waiting[i];
        if (g->waiting[i].since_s < oldest->since_s)
            oldest = &g->waiting[i];
    }
    drop(oldest);
    return oldest;
}

static void accept_one(struct gate *g)
{
    int fd = accept4(g->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return; /* it went away, or files are short: the next event tries again */
    struct waiting *w = place(g);
    *w = (struct waiting){fd, monotonic_s()};
    if (!watch(g, fd, EPOLLIN | EPOLLRDHUP | EPOLLET, (uint32_t)(w - g->waiting)))
        drop(w);
}

static bool drop_late(struct gate *g)
{
    bool any = false;
    double now = monotonic_s();
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++) {
        if (g->waiting[i].fd >= 0 && now - g->waiting[i].since_s > WEB_HEAD_SECONDS)
            drop(&g->waiting[i]);
        any = any || g->waiting[i].fd >= 0;
    }
    return any;
}

static enum err_code loop(struct gate *g, struct err *e)
{
    struct epoll_event events[EVENTS];
    for (;;) {
        int n = epoll_wait(g->epoll_fd, events, EVENTS, drop_late(g) ? 1000 : -1);
        if (n < 0 && errno != EINTR) {
            enum err_code code = err_set(e, ERR_IO, "the server can no longer wait for connections; start it again");
            err_detail(e, "epoll_wait: %s", strerror(errno));
            return code;
        }
        for (int i = 0; i < n; i++) {
            uint32_t tag = events[i].data.u32;
            if (tag == TAG_STOP)
                return ERR_OK;
            if (tag == TAG_LISTEN)
                accept_one(g);
            else if (g->waiting[tag].fd >= 0) /* not made room for in this round */
                look(g, &g->waiting[tag]);
        }
    }
}

enum err_code web_gate_run(int listen_fd, int stop_fd, int port, web_gate_pass *pass, void *ctx, struct err *e)
{
    struct gate g = {.epoll_fd = epoll_create1(EPOLL_CLOEXEC), .listen_fd = listen_fd, .stop_fd = stop_fd, .port = port, .pass = pass,
                     .ctx = ctx};
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++)
        g.waiting[i].fd = -1;
    enum err_code code;
    if (g.epoll_fd < 0 || !watch(&g, listen_fd, EPOLLIN, TAG_LISTEN) || !watch(&g, stop_fd, EPOLLIN, TAG_STOP)) {
        code = err_set(e, ERR_IO, "the server cannot watch its sockets; check the limit on open files (ulimit -n)");
        err_detail(e, "epoll: %s", strerror(errno));
    } else {
        code = loop(&g, e);
    }
    for (size_t i = 0; i < LIMIT_CONNECTIONS; i++)
        if (g.waiting[i].fd >= 0)
            drop(&g.waiting[i]);
    if (g.epoll_fd >= 0)
        (void)close(g.epoll_fd); /* nothing was written to it */
    return code;
}
