/* The whole server through raw sockets: what is refused and closed, what every reply carries, how it starts and stops. */
#include "web/web.h"

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static enum err_code hello(struct req *r, struct reply *ret, struct err *e)
{
    (void)e;
    *ret = (struct reply){.status = 200, .content_type = STR("text/plain"), .body = str_fmt(r->arena, "hello %.*s", STR_ARG(req_param(r, "name")))};
    return ERR_OK;
}

static enum err_code broken(struct req *r, struct reply *ret, struct err *e)
{
    (void)r, (void)ret;
    (void)err_set(e, ERR_STORE, "the table is gone");
    err_detail(e, "no such table");
    return ERR_STORE;
}

static enum err_code away(struct req *r, struct reply *ret, struct err *e)
{
    (void)r, (void)e;
    *ret = (struct reply){.status = 303, .location = STR("/hello/you"), .content_type = STR("text/plain"), .body = STR("")};
    return ERR_OK;
}

#define LONG_BYTES ((size_t)12 << 20) /* more than the sockets' own buffers hold */

static enum err_code long_page(struct req *r, struct reply *ret, struct err *e)
{
    char *p = arena_alloc(r->arena, LONG_BYTES);
    if (!p)
        return err_set(e, ERR_NO_MEMORY, "out of memory");
    memset(p, 'x', LONG_BYTES);
    *ret = (struct reply){.status = 200, .content_type = STR("text/plain"), .body = {p, LONG_BYTES}};
    return ERR_OK;
}

static const struct web_route routes[] = {
    {.method = "GET", .path = "/hello/{name}", .run = hello}, {.method = "GET", .path = "/broken", .run = broken}, {.method = "GET", .path = "/away", .run = away}, {.method = "POST", .path = "/hello/{name}", .run = hello},
    {.method = "GET", .path = "/long", .run = long_page},
};
#define N_ROUTES (sizeof routes / sizeof *routes)

struct server {
    pid_t pid;
    int port, out_fd;
    FILE *log;
};

/* Starts web_serve in a process of its own on a free port, and reads the port from what it prints. */
static int start(void **state)
{
    static struct server s;
    int out[2];
    if (pipe(out) || !(s.log = tmpfile()))
        return -1;
    s.pid = fork();
    if (s.pid == 0) {
        struct err e;
        const struct web_options o = {.listen = "127.0.0.1:0", .routes = routes, .n_routes = N_ROUTES, .out = fdopen(out[1], "w"), .log = s.log};
        _exit(web_serve(&o, &e) == ERR_OK ? 0 : 1);
    }
    (void)close(out[1]);
    FILE *f = fdopen(out[0], "r");
    if (!f || fscanf(f, "Haven is at http://127.0.0.1:%d/", &s.port) != 1)
        return -1;
    s.out_fd = out[0];
    *state = &s;
    return 0;
}

static int stop(void **state)
{
    struct server *s = *state;
    int status = 0;
    if (s->pid) {
        (void)kill(s->pid, SIGKILL);
        (void)waitpid(s->pid, &status, 0);
    }
    return 0;
}

static int connect_to(const struct server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    return fd;
}

/* Reads until the server closes; it must within five seconds. */
static const char *read_all(int fd, char *to, size_t max)
{
    size_t n = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (;;) {
        assert_int_equal(poll(&p, 1, 5000), 1);
        ssize_t got = recv(fd, to + n, max - 1 - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    to[n] = '\0';
    (void)close(fd);
    return to;
}

static const char *ask(const struct server *s, struct str bytes, char *to, size_t max)
{
    int fd = connect_to(s);
    assert_int_equal(send(fd, bytes.p, bytes.n, MSG_NOSIGNAL), (ssize_t)bytes.n);
    return read_all(fd, to, max);
}

/* `first` and the rest of the request, with {PORT} filled in. */
static const char *get(const struct server *s, const char *request_line, const char *fields, char *to, size_t max)
{
    char request[2048];
    int n = snprintf(request, sizeof request, "%s\r\nHost: localhost:%d\r\n%s\r\n", request_line, s->port, fields);
    return ask(s, (struct str){request, (size_t)n}, to, max);
}

static void has(const char *reply, const char *want)
{
    if (!strstr(reply, want))
        fail_msg("no \"%s\" in: %.1500s", want, reply);
}

static void pages_and_their_headers(void **state)
{
    char got[65536];
    static const char *const always[] = {
        "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n",
        "X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n", "Cross-Origin-Opener-Policy: same-origin\r\n",
        "Cross-Origin-Resource-Policy: same-origin\r\n", "Cache-Control: no-store\r\n", "Connection: close\r\n",
    };
    static const struct { const char *line, *status, *body; } cases[] = {
        {"GET /hello/a%20b HTTP/1.1", "HTTP/1.1 200 ", "\r\n\r\nhello a b"},
        {"GET /nowhere HTTP/1.1", "HTTP/1.1 404 ", "Page not found"},
        {"GET /broken HTTP/1.1", "HTTP/1.1 500 ", "Sorry, there is a problem with Haven"},
        {"DELETE /hello/x HTTP/1.1", "HTTP/1.1 405 ", "Allow: GET, HEAD, POST\r\n"},
        {"GET /a/../hello HTTP/1.1", "HTTP/1.1 400 ", "The web address has an empty, . or .. part."},
        {"GET http://x/ HTTP/1.1", "HTTP/1.1 400 ", "not a path"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *reply = get(*state, cases[i].line, "", got, sizeof got);
        assert_memory_equal(reply, cases[i].status, strlen(cases[i].status));
        has(reply, cases[i].body);
        for (size_t k = 0; k < sizeof always / sizeof *always; k++)
            has(reply, always[k]);
    }
    assert_null(strstr(get(*state, "GET /broken HTTP/1.1", "", got, sizeof got), "table"));
}

static void head_has_no_body_and_redirects_lead_on(void **state)
{
    char got[65536];
    const char *reply = get(*state, "HEAD /hello/you HTTP/1.1", "", got, sizeof got);
    has(reply, "HTTP/1.1 200 ");
    has(reply, "Content-Length: 9\r\n");
    assert_string_equal(strstr(reply, "\r\n\r\n"), "\r\n\r\n");
    reply = get(*state, "GET /away HTTP/1.1", "", got, sizeof got);
    has(reply, "HTTP/1.1 303 ");
    has(reply, "Location: /hello/you\r\n");
}

static void assets_are_kept_and_compressed(void **state)
{
    char got[262144], path[128], line[256], field[128];
    const char *at = strstr(get(*state, "GET /nowhere HTTP/1.1", "", got, sizeof got), "/assets/haven-");
    assert_non_null(at);
    (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(at, "\""), at);
    (void)snprintf(line, sizeof line, "GET %s HTTP/1.1", path);
    const char *reply = get(*state, line, "", got, sizeof got);
    has(reply, "HTTP/1.1 200 ");
    has(reply, "Cache-Control: public, max-age=31536000, immutable\r\n");
    has(reply, "Content-Type: text/css; charset=utf-8\r\n");
    has(reply, "govuk-skip-link");
    at = strstr(reply, "ETag: ");
    assert_non_null(at);
    (void)snprintf(field, sizeof field, "If-None-Match: %.*s\r\n", (int)strcspn(at + 6, "\r"), at + 6);
    has(get(*state, line, field, got, sizeof got), "HTTP/1.1 304 ");
    reply = get(*state, line, "Accept-Encoding: gzip, br\r\n", got, sizeof got);
    has(reply, "Content-Encoding: gzip\r\n");
    assert_null(strstr(reply, "govuk-skip-link"));
    has(get(*state, "GET /assets/haven.css HTTP/1.1", "", got, sizeof got), "HTTP/1.1 404 ");
}

static void ambiguous_requests_are_refused_and_closed(void **state)
{
    struct server *s = *state;
    static const struct { const char *bytes; const char *status; } cases[] = {
        {"GET /hello/x HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
        {"GET /hello/x HTTP/1.1\r\nHost: evil.example\r\n\r\n", "HTTP/1.1 400 "},
        {"GET /hello/x HTTP/1.1\r\nHost: localhost:%d\r\nHost: localhost:%d\r\n\r\n", "HTTP/1.1 400 "},
        {"GET /hello/x HTTP/1.1\r\nHost : localhost:%d\r\n\r\n", "HTTP/1.1 400 "},
        {"GET /hello/x HTTP/1.1\nHost: localhost:%d\n\n", "HTTP/1.1 400 "},
        {"POST /hello/x HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hello/y HTTP/1.1\r\n", "HTTP/1.1 400 "},
        {"POST /hello/x HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 0\r\nContent-Length: 4\r\n\r\nabcd", "HTTP/1.1 400 "},
        {"POST /hello/x HTTP/1.1\r\nHost: localhost:%d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 400 "},
        {"POST /hello/x HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 4\r\n\r\nabcd", "HTTP/1.1 413 "},
        {"GET /hello/x HTTP/1.0\r\nHost: localhost:%d\r\n\r\n", "HTTP/1.1 505 "},
        {"\x16\x03\x01 not http", "HTTP/1.1 400 "},
    };
    char got[65536];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_buf_ struct buf b;
        buf_init(&b, 4096);
        struct str rest = str_of(cases[i].bytes), part;
        bool first = true;
        while (rest.p) { /* %d is the port */
            ptrdiff_t at = str_find(rest, STR("%d"));
            part = at < 0 ? rest : str_slice(rest, 0, (size_t)at);
            rest = at < 0 ? STR_NONE : (struct str){rest.p + at + 2, rest.n - (size_t)at - 2};
            if (!first)
                (void)buf_fmt(&b, "%d", s->port);
            (void)buf_str(&b, part);
            first = false;
        }
        const char *reply = ask(s, buf_as_str(&b), got, sizeof got);
        if (strncmp(reply, cases[i].status, strlen(cases[i].status)) != 0)
            fail_msg("case %zu: %.100s", i, reply);
        has(reply, "Content-Security-Policy: default-src 'none'");
        assert_null(strstr(reply, "\nHTTP/1.1 ")); /* one reply only */
    }
}

static void what_follows_a_request_is_not_another(void **state)
{
    struct server *s = *state;
    char request[512], got[65536];
    int n = snprintf(request, sizeof request, "GET /hello/1 HTTP/1.1\r\nHost: localhost:%d\r\n\r\nGET /hello/2 HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", s->port, s->port);
    const char *reply = ask(s, (struct str){request, (size_t)n}, got, sizeof got);
    has(reply, "hello 1");
    assert_null(strstr(reply, "hello 2"));
}

static void a_slow_request_is_put_together_and_delays_nobody(void **state)
{
    struct server *s = *state;
    char request[256], got[65536];
    int n = snprintf(request, sizeof request, "GET /hello/slow HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", s->port);
    int slow = connect_to(s);
    for (int i = 0; i < n; i++) {
        assert_int_equal(send(slow, request + i, 1, MSG_NOSIGNAL), 1);
        if (i == n / 2)
            has(get(s, "GET /hello/quick HTTP/1.1", "", got, sizeof got), "hello quick");
    }
    has(read_all(slow, got, sizeof got), "hello slow");
}

static void many_idle_connections_shut_nobody_out(void **state)
{
    struct server *s = *state;
    int idle[LIMIT_CONNECTIONS + 20];
    char got[65536];
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        idle[i] = connect_to(s);
    has(get(s, "GET /hello/me HTTP/1.1", "", got, sizeof got), "hello me");
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        (void)close(idle[i]);
}

/* Runs last: the log of all that went before, and the end. */
static void it_logs_patterns_and_stops_when_told(void **state)
{
    struct server *s = *state;
    int status;
    /* A reply that is under way is sent to its end. */
    char request[128], first[1];
    int n = snprintf(request, sizeof request, "GET /long HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", s->port), fd = connect_to(s);
    assert_int_equal(send(fd, request, (size_t)n, MSG_NOSIGNAL), n);
    assert_int_equal(recv(fd, first, 1, 0), 1);
    assert_int_equal(kill(s->pid, SIGTERM), 0);
    (void)usleep(50000);
    static char reply[LONG_BYTES + 4096];
    const char *body = strstr(read_all(fd, reply, sizeof reply), "\r\n\r\n");
    assert_non_null(body);
    assert_int_equal(strlen(body + 4), LONG_BYTES);
    assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
    s->pid = 0;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    static char log[262144];
    rewind(s->log);
    log[fread(log, 1, sizeof log - 1, s->log)] = '\0';
    has(log, "\"method\":\"GET\",\"route\":\"/hello/{name}\",\"status\":200");
    has(log, "\"error\":\"the table is gone\",\"detail\":\"no such table\"");
    assert_null(strstr(log, "quick"));
    assert_null(strstr(log, "nowhere"));
}

static void only_this_computer(void **state)
{
    (void)state;
    static const struct { const char *listen; enum err_code code; const char *says; } cases[] = {
        {"0.0.0.0:8080", ERR_USAGE, "haven serve answers this computer only, because it has no sign-in yet and anyone who reached it could read every case; "
                                    "use --listen 127.0.0.1:8080 or [::1]:8080"},
        {"[::]:8080", ERR_USAGE, "this computer only"},
        {"192.0.2.1:80", ERR_USAGE, "this computer only"},
        {"127.0.0.2:80", ERR_USAGE, "this computer only"},
        {"[::ffff:127.0.0.1]:80", ERR_USAGE, "this computer only"},
        {"haven.example:80", ERR_USAGE, "numeric address or localhost"},
        {"8080", ERR_USAGE, "--listen takes HOST:PORT"},
        {":8080", ERR_USAGE, "--listen takes HOST:PORT"},
        {"127.0.0.1:", ERR_USAGE, "--listen takes HOST:PORT"},
        {"127.0.0.1:65536", ERR_USAGE, "--listen takes HOST:PORT"},
        {"127.0.0.1:-1", ERR_USAGE, "--listen takes HOST:PORT"},
        {"::1:80", ERR_USAGE, "--listen takes HOST:PORT"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct web_options o = {.listen = cases[i].listen, .routes = routes, .n_routes = 1};
        struct err e;
        assert_int_equal(web_serve(&o, &e), cases[i].code);
        has(e.message, cases[i].says);
    }
}

static void a_taken_port_says_so(void **state)
{
    const struct server *s = *state;
    char listen_on[32], want[128];
    (void)snprintf(listen_on, sizeof listen_on, "127.0.0.1:%d", s->port);
    (void)snprintf(want, sizeof want, "127.0.0.1:%d is in use by another program; stop it, or choose another port with --listen", s->port);
    const struct web_options o = {.listen = listen_on, .routes = routes, .n_routes = 1};
    struct err e;
    assert_int_equal(web_serve(&o, &e), ERR_IO);
    assert_string_equal(e.message, want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_this_computer),
        cmocka_unit_test(a_taken_port_says_so),
        cmocka_unit_test(pages_and_their_headers),
        cmocka_unit_test(head_has_no_body_and_redirects_lead_on),
        cmocka_unit_test(assets_are_kept_and_compressed),
        cmocka_unit_test(ambiguous_requests_are_refused_and_closed),
        cmocka_unit_test(what_follows_a_request_is_not_another),
        cmocka_unit_test(a_slow_request_is_put_together_and_delays_nobody),
        cmocka_unit_test(many_idle_connections_shut_nobody_out),
        cmocka_unit_test(it_logs_patterns_and_stops_when_told),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("serve", tests, start, stop);
}
