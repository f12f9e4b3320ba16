/* listen.c: see listen.h. What is not loopback is refused with the reason, before any socket is made. */
#include "web/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 512 /* over it a connection waits a second for its next try */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static enum err_code wrong_form(struct err *e)
{
    return err_set(e, ERR_USAGE, "--listen takes HOST:PORT with a port from 0 to 65535, for example 127.0.0.1:8080 or [::1]:8080");
}

/* "127.0.0.1", "localhost" or "[::1]" into an address; false when it is no numeric address. */
static bool parse_host(struct str host, union address *ret)
{
    char z[64];
    bool bracketed = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    if (bracketed)
        host = str_slice(host, 1, host.n - 1);
    if (str_eq_nocase(host, STR("localhost")))
        host = STR("127.0.0.1");
    if (host.n == 0 || host.n >= sizeof z)
        return false;
    memcpy(z, host.p, host.n);
    z[host.n] = '\0';
    *ret = (union address){0};
    if (bracketed) {
        ret->v6.sin6_family = AF_INET6;
        return inet_pton(AF_INET6, z, &ret->v6.sin6_addr) == 1;
    }
    ret->v4.sin_family = AF_INET;
    return inet_pton(AF_INET, z, &ret->v4.sin_addr) == 1;
}

/* 127.0.0.1 and ::1 only: the Host check names no other address of the loopback network. */
static bool is_loopback(const union address *a)
{
    if (a->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
    return a->v4.sin_addr.s_addr == htonl(INADDR_LOOPBACK);
}

static enum err_code parse_listen(const char *listen, union address *ret, struct err *e)
{
    struct str s = str_of(listen);
    const char *colon = strrchr(listen, ':');
    int64_t port;
    if (!colon || !str_to_int64(str_of(colon + 1), &port) || port < 0 || port > 65535)
        return wrong_form(e);
    struct str host = str_slice(s, 0, (size_t)(colon - listen));
    if (!parse_host(host, ret)) {
        if (host.n && (host.p[0] == '[' || str_find_char(host, ':') < 0))
            return err_set(e, ERR_USAGE, "--listen takes a numeric address or localhost; write 127.0.0.1:8080 or [::1]:8080");
        return wrong_form(e);
    }
    if (!is_loopback(ret))
        return err_set(e, ERR_USAGE,
                       "haven serve answers this computer only, because it has no sign-in yet and anyone who reached it could read every "
                       "case; use --listen 127.0.0.1:%d or [::1]:%d",
                       (int)port, (int)port);
    if (ret->any.sa_family == AF_INET6)
        ret->v6.sin6_port = htons((uint16_t)port);
    else
        ret->v4.sin_port = htons((uint16_t)port);
    return ERR_OK;
}

static enum err_code failed(const char *listen, int fd, struct err *e)
{
    int why = errno;
    if (fd >= 0)
        (void)close(fd); /* nothing was written to it */
    if (why == EADDRINUSE)
        return err_set(e, ERR_IO, "%s is in use by another program; stop it, or choose another port with --listen", listen);
    if (why == EACCES)
        return err_set(e, ERR_IO, "%s needs rights that this user does not have; choose a port above 1023 with --listen", listen);
    enum err_code code = err_set(e, ERR_IO, "cannot listen on %s; choose another address or port with --listen", listen);
    err_detail(e, "%s", strerror(why));
    return code;
}

enum err_code web_listen(const char *listen_text, int *ret_fd, int *ret_port, char ret_url[64], struct err *e)
{
    union address a;
    ERR_TRY(parse_listen(listen_text, &a, e));
    bool v6 = a.any.sa_family == AF_INET6;
    socklen_t n = v6 ? sizeof a.v6 : sizeof a.v4;
    int on = 1, fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) || bind(fd, &a.any, n) || listen(fd, BACKLOG) ||
        getsockname(fd, &a.any, &n))
        return failed(listen_text, fd, e);
    *ret_fd = fd;
    *ret_port = ntohs(v6 ? a.v6.sin6_port : a.v4.sin_port);
    (void)snprintf(ret_url, 64, "http://%s:%d/", v6 ? "[::1]" : "127.0.0.1", *ret_port);
    return ERR_OK;
}
