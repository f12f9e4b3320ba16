/* witness_serve.c: the witness's door: two POSTs over HTTP (libmicrohttpd), on one thread, one request at a time.
 *
 * What it is sent and what it says is public (sizes, roots, signatures), so there is nobody to sign in; what protects it is that
 * it only ever signs what contains what it signed before. It holds no data of any case. */
#include "ledger/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define IDLE_SECONDS 10u
#define CONNECTIONS 64u
#define BACKLOG 64

typedef void handler(const struct ledger_witness *w, struct str body, int *ret_status, struct buf *ret_body);

static const struct {
    const char *path;
    handler *run;
} routes[] = {{"/add-checkpoint", ledger_witness_add}, {"/declare-epoch", ledger_witness_declare}};

/* A request whose body comes in. */
struct incoming {
    bool used;
    handler *run;
    struct buf body;
};

struct server {
    const struct ledger_witness *witness;
    struct incoming incoming[CONNECTIONS]; /* as many as there are connections */
};

/* ---- requests ---- */

static enum MHD_Result reply(struct MHD_Connection *c, int status, struct buf *body)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(body->n, body->p, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result done = MHD_NO;
    if (r) {
        (void)MHD_add_response_header(r, "Content-Type", ledger_witness_content_type(status)); /* the body says the same without */
        done = MHD_queue_response(c, (unsigned)status, r);
        MHD_destroy_response(r);
    }
    return done;
}

static enum MHD_Result reply_text(struct MHD_Connection *c, int status, const char *text)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, 256);
    (void)buf_fmt(&b, "%s\n", text);
    return reply(c, status, &b);
}

/* The head has come: finds who will answer. NULL: an answer was queued already, *ret_result says how that went. */
static struct incoming *begin(struct server *s, struct MHD_Connection *c, const char *url, const char *method, enum MHD_Result *ret_result)
{
    handler *run = NULL;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strcmp(url, routes[i].path) == 0)
            run = routes[i].run;
    *ret_result = MHD_YES;
    if (!run || strcmp(method, "POST") != 0) {
        *ret_result = run ? reply_text(c, 405, "use POST") : reply_text(c, 404, "there is only /add-checkpoint and /declare-epoch");
        return NULL;
    }
    struct incoming *in = s->incoming;
    while (in->used)
        in++; /* ends: there are no more connections than these */
    *in = (struct incoming){.used = true, .run = run};
    buf_init(&in->body, LIMIT_LEDGER_BODY_BYTES);
    return in;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                                  const char *upload, size_t *upload_n, void **con_cls)
{
    (void)version; /* MHD speaks both */
    struct server *s = cls;
    struct incoming *in = *con_cls;
    enum MHD_Result result;
    if (!in) {
        *con_cls = begin(s, c, url, method, &result);
        return result;
    }
    if (*upload_n > 0) {
        (void)buf_add(&in->body, upload, *upload_n); /* sticks: refused at the end */
        *upload_n = 0;
        return MHD_YES;
    }
    if (in->body.failed)
        return reply_text(c, 413, "the request is too large");
    _cleanup_buf_ struct buf answer;
    int status;
    buf_init(&answer, LIMIT_LEDGER_BODY_BYTES);
    in->run(s->witness, buf_as_str(&in->body), &status, &answer);
    return reply(c, status, &answer);
}

static void on_done(void *cls, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode why)
{
    (void)cls, (void)c, (void)why; /* an answer that did not arrive is asked for again */
    struct incoming *in = *con_cls;
    if (in) {
        buf_release(&in->body);
        in->used = false;
    }
}

/* ---- the socket ---- */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static enum err_code parse_listen(const char *listen, union address *ret, struct err *e)
{
    char host[64];
    int64_t port = -1;
    const char *colon = strrchr(listen, ':');
    bool v6 = listen[0] == '[';
    *ret = (union address){0};
    if (colon && str_to_int64(str_of(colon + 1), &port) && port >= 0 && port <= 65535 && colon - listen < (ptrdiff_t)sizeof host) {
        (void)snprintf(host, sizeof host, "%.*s", (int)(colon - listen), listen);
        size_t n = strlen(host);
        if (v6 && host[n - 1] == ']') {
            host[n - 1] = '\0';
            ret->v6.sin6_family = AF_INET6;
            ret->v6.sin6_port = htons((uint16_t)port);
            if (inet_pton(AF_INET6, host + 1, &ret->v6.sin6_addr) == 1)
                return ERR_OK;
        }
        ret->v4.sin_family = AF_INET;
        ret->v4.sin_port = htons((uint16_t)port);
        if (inet_pton(AF_INET, host, &ret->v4.sin_addr) == 1)
            return ERR_OK;
    }
    return err_set(e, ERR_USAGE, "--listen takes a numeric address and a port, for example 127.0.0.1:8090 or [::1]:8090");
}

static enum err_code open_socket(const char *listen_text, int *ret_fd, char ret_url[96], struct err *e)
{
    union address a;
    char host[INET6_ADDRSTRLEN];
    ERR_TRY(parse_listen(listen_text, &a, e));
    bool v6 = a.any.sa_family == AF_INET6;
    socklen_t n = v6 ? sizeof a.v6 : sizeof a.v4;
    int on = 1, fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) || bind(fd, &a.any, n) || listen(fd, BACKLOG) ||
        getsockname(fd, &a.any, &n)) {
        enum err_code code = err_set(e, ERR_IO, "cannot listen on %s: %s", listen_text, strerror(errno));
        if (fd >= 0)
            (void)close(fd); /* nothing was written */
        return code;
    }
    (void)inet_ntop(a.any.sa_family, v6 ? (void *)&a.v6.sin6_addr : (void *)&a.v4.sin_addr, host, sizeof host);
    (void)snprintf(ret_url, 96, v6 ? "http://[%s]:%d/" : "http://%s:%d/", host, ntohs(v6 ? a.v6.sin6_port : a.v4.sin_port));
    *ret_fd = fd;
    return ERR_OK;
}

enum err_code ledger_witness_serve(const struct ledger_witness *w, const char *listen_text, void (*ready)(void *context, const char *url),
                                   void *context, struct err *e)
{
    struct server s = {.witness = w};
    char url[96];
    int fd, got;
    sigset_t stop, before;
    ERR_TRY(open_socket(listen_text, &fd, url, e));
    (void)sigemptyset(&stop); /* these fail only for signals that do not exist */
    (void)sigaddset(&stop, SIGTERM);
    (void)sigaddset(&stop, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &stop, &before); /* the server's thread inherits it */
    struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, &s, MHD_OPTION_LISTEN_SOCKET, fd,
                                            MHD_OPTION_NOTIFY_COMPLETED, on_done, &s, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
                                            MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    enum err_code code = ERR_OK;
    if (d) {
        ready(context, url);
        (void)sigwait(&stop, &got); /* fails only for signals that do not exist */
        MHD_stop_daemon(d); /* closes fd */
    } else {
        (void)close(fd);
        code = err_set(e, ERR_IO, "the witness's thread did not start; check memory and the limit on open files (ulimit -n)");
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}
