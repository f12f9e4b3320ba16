/* outlet.c: see outlet.h. A pipe that can be written to takes PIPE_BUF bytes without waiting; a socket is asked not to wait; a file never does. */
#include "cli/outlet.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Whether the caller takes something within that time. A broken pipe counts: the write says so. */
static bool takes(const struct outlet *o, int timeout_ms)
{
    struct pollfd p = {.fd = o->fd, .events = POLLOUT};
    return poll(&p, 1, timeout_ms) == 1;
}

static ssize_t write_some(int fd, const char *p, size_t n)
{
    const ssize_t sent = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 && errno == ENOTSOCK ? write(fd, p, n) : sent;
}

/* How much of it the caller takes now. */
static size_t write_now(struct outlet *o, const char *p, size_t n)
{
    size_t at = 0;
    while (!o->error && at < n && takes(o, 0)) {
        const ssize_t written = write_some(o->fd, p + at, n - at < PIPE_BUF ? n - at : PIPE_BUF);
        if (written >= 0)
            at += (size_t)written;
        else if (errno == EAGAIN || errno == EINTR)
            break;
        else
            o->error = errno;
    }
    return at;
}

bool outlet_drain(struct outlet *o)
{
    if (o->kept.n > o->at)
        o->at += write_now(o, o->kept.p + o->at, o->kept.n - o->at);
    if (o->at == o->kept.n) {
        buf_clear(&o->kept);
        o->at = 0;
    }
    return o->error || o->kept.n == 0;
}

/* A caller who is far behind is waited for, as long as it takes something. */
static bool make_room(struct outlet *o, size_t n)
{
    while (!o->error && o->kept.n - o->at + n > LIMIT_OUTLET_BYTES) {
        if (!takes(o, OUTLET_WAIT_MS))
            o->error = ETIMEDOUT;
        else
            (void)outlet_drain(o); /* its error is asked for above */
    }
    if (o->at) {
        memmove(o->kept.p, o->kept.p + o->at, o->kept.n - o->at);
        o->kept.n -= o->at;
        o->at = 0;
    }
    return !o->error;
}

static ssize_t put(void *cookie, const char *p, size_t n)
{
    struct outlet *o = cookie;
    const size_t now = outlet_drain(o) ? write_now(o, p, n) : 0; /* no memory is needed for one who reads */
    if (now < n && (!make_room(o, n - now) || !buf_add(&o->kept, p + now, n - now))) {
        o->error = o->error ? o->error : ENOMEM;
        errno = o->error;
        return 0; /* what a cookie's stream calls a failure */
    }
    return (ssize_t)n;
}

FILE *outlet_open(struct outlet *o, int fd)
{
    *o = (struct outlet){.fd = fd};
    buf_init(&o->kept, LIMIT_OUTLET_BYTES);
    return fopencookie(o, "w", (cookie_io_functions_t){.write = put});
}

void outlet_last_words(const struct outlet *o, const char *line)
{
    if (takes(o, 0))
        (void)dprintf(o->fd, "%s\n", line); /* the last that is tried */
}

void outlet_release(struct outlet *o) { buf_release(&o->kept); }
