/* answer.c: from a checked request to a reply: target, asset or route, page function, headers, one line of log.
 *
 * Runs on libmicrohttpd's polling thread, one request at a time. Everything of a request lives in one arena that is wiped
 * when the reply is queued; the reply's own copy is wiped when it is sent. */
#include "web/answer.h"
#include "web/target.h"

#include <inttypes.h>
#include <stdlib.h>

/* No script anywhere, nothing from elsewhere, not in a frame, nothing kept by the browser. */
const struct web_header web_headers[] = {
    {"Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
                                "base-uri 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
    {"X-Frame-Options", "DENY"},
    {"X-Robots-Tag", "noindex"},
    {"Connection", "close"},
};
const size_t web_n_headers = sizeof web_headers / sizeof *web_headers;

/* One request, from its first line to its end. */
struct call {
    bool begun; /* MHD calls once before the body and once after; the reply is queued the second time */
    size_t n;
    char target[];
};

/* A reply and the headers that only some have. */
struct answer {
    struct reply reply;
    const char *route; /* for the log: the pattern, never the address */
    struct str cache, etag, allow, encoding;
};

void *web_answer_target(void *cls, const char *target, struct MHD_Connection *c)
{
    (void)cls, (void)c;
    size_t n = strlen(target);
    struct call *call = n <= LIMIT_URL_BYTES ? malloc(sizeof *call + n) : NULL;
    if (call) {
        call->begun = false;
        call->n = n;
        memcpy(call->target, target, n);
    }
    return call;
}

void web_answer_done(void *cls, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode why)
{
    (void)cls, (void)c, (void)why;
    struct call *call = *con_cls;
    if (call)
        explicit_bzero(call->target, call->n);
    free(call);
    *con_cls = NULL;
}

size_t web_answer_no_unescape(void *cls, struct MHD_Connection *c, char *text)
{
    (void)cls, (void)c;
    return strlen(text);
}

static struct str header(struct MHD_Connection *c, const char *name)
{
    return str_of(MHD_lookup_connection_value(c, MHD_HEADER_KIND, name));
}

/* ---- what to answer ---- */

static void answer_asset(struct MHD_Connection *c, const struct page_asset *asset, struct answer *ret)
{
    ret->route = "/assets/{name}";
    ret->cache = STR("public, max-age=31536000, immutable");
    ret->etag = asset->etag;
    ret->reply = (struct reply){.status = 200, .content_type = asset->content_type, .body = asset->body};
    if (str_eq(header(c, "If-None-Match"), asset->etag)) {
        ret->reply.status = 304;
        ret->reply.body = STR_NONE;
    } else if (str_find(header(c, "Accept-Encoding"), STR("gzip")) >= 0) {
        ret->encoding = STR("gzip");
        ret->reply.body = asset->gzip;
    }
}

static struct str methods_of(const struct web_answerer *w, struct req *r)
{
    struct str all = STR("");
    for (size_t i = 0; i < w->options->n_routes; i++) {
        const struct web_route *one = &w->options->routes[i];
        bool other;
        struct req probe = {.arena = r->arena, .path = r->path, .method = str_of(one->method)};
        if (web_route_find(one, 1, &probe, &other))
            all = str_fmt(r->arena, "%.*s%s%s%s", STR_ARG(all), all.n ? ", " : "", one->method,
                          strcmp(one->method, "GET") == 0 ? ", HEAD" : "");
    }
    return all;
}

/* As whoever the server was started for. The page's function asks permission for what it opens; nothing of it is sent before the entry is committed, because only then does it return. */
static enum err_code answer_asked_alone(struct web_answerer *w, const struct web_route *route, struct req *r, struct reply *ret, struct err *e)
{
    _cleanup_asking_ struct asking asking = {.arena = r->arena};
    struct asking_words words = w->options->who;
    words.door = STR("page");
    words.what = str_of(route->path);
    if (w->options->hub)
        ERR_TRY(asking_begin(w->options->hub, &words, r->arena, &asking, e));
    r->asking = &asking;
    enum err_code code = route->run(r, ret, e);
    r->asking = NULL;
    return code;
}

/* Pages and commands take turns: one works on the store at a time. */
static enum err_code answer_asked(struct web_answerer *w, const struct web_route *route, struct req *r, struct reply *ret, struct err *e)
{
    pthread_mutex_t *turn = w->options->hub ? w->options->hub->turn : NULL;
    if (turn)
        (void)pthread_mutex_lock(turn); /* fails only for a mutex that is none */
    enum err_code code = answer_asked_alone(w, route, r, ret, e);
    if (w->options->hub)
        ledger_breathe(w->options->hub->ledger);
    if (turn)
        (void)pthread_mutex_unlock(turn);
    return code;
}

/* 1. An asset. 2. A route's page. 3. No such page, or not with that method. */
static enum err_code answer_request(struct web_answerer *w, struct MHD_Connection *c, struct req *r, struct answer *ret, struct err *e)
{
    bool other_method;
    bool reads = str_eq(r->method, STR("GET")) || str_eq(r->method, STR("HEAD"));
    const struct page_asset *asset = reads ? page_asset_find(r->path) : NULL;
    if (asset) {
        answer_asset(c, asset, ret);
        return ERR_OK;
    }
    const struct web_route *route = web_route_find(w->options->routes, w->options->n_routes, r, &other_method);
    if (route) {
        ret->route = route->path;
        return route->action ? answer_asked(w, route, r, &ret->reply, e) : route->run(r, &ret->reply, e);
    }
    if (other_method) {
        ret->allow = methods_of(w, r);
        return page_problem(r, 405, STR_NONE, &ret->reply, e);
    }
    return page_problem(r, 404, STR_NONE, &ret->reply, e);
}

/* The page, or the error's page, or, when there is no memory for that either, a sentence. */
static void make_answer(struct web_answerer *w, struct MHD_Connection *c, struct str method, const struct call *call,
                        struct answer *ret, struct err *ret_why)
{
    struct req r = {.arena = &w->arena, .method = method, .path = STR("/")};
    struct err second;
    enum err_code code = web_target_parse((struct str){call->target, call->n}, &r, ret_why);
    if (code == ERR_OK)
        code = answer_request(w, c, &r, ret, ret_why);
    if (code != ERR_OK && page_error(&r, ret_why, &ret->reply, &second) != ERR_OK)
        ret->reply = (struct reply){.status = 503, .content_type = STR("text/plain; charset=utf-8"),
                                    .body = STR("Haven has not enough memory for this page. Wait a minute and try again.\n")};
}

/* ---- sending it ---- */

struct body {
    size_t n;
    char bytes[];
};

static void body_free(void *cls)
{
    struct body *b = cls;
    explicit_bzero(b->bytes, b->n);
    free(b);
}

static struct MHD_Response *response_of(struct str s)
{
    struct body *b = malloc(sizeof *b + s.n);
    if (!b)
        return NULL;
    b->n = s.n;
    if (s.n)
        memcpy(b->bytes, s.p, s.n);
    struct MHD_Response *m = MHD_create_response_from_buffer_with_free_callback_cls(s.n, b->bytes, body_free, b);
    if (!m)
        body_free(b);
    return m;
}

static bool add(struct web_answerer *w, struct MHD_Response *m, const char *name, struct str value)
{
    const char *z = value.n ? str_z(&w->arena, value) : NULL;
    return value.n == 0 || (z && MHD_add_response_header(m, name, z) == MHD_YES);
}

static enum MHD_Result send_answer(struct web_answerer *w, struct MHD_Connection *c, const struct answer *a)
{
    struct MHD_Response *m = response_of(a->reply.body);
    if (!m)
        return MHD_NO;
    bool ok = true;
    for (size_t i = 0; i < web_n_headers; i++)
        ok = ok && MHD_add_response_header(m, web_headers[i].name, web_headers[i].value) == MHD_YES;
    ok = ok && add(w, m, "Content-Type", a->reply.content_type) && add(w, m, "Location", a->reply.location) &&
         add(w, m, "Cache-Control", a->cache.n ? a->cache : STR("no-store")) && add(w, m, "ETag", a->etag) && add(w, m, "Allow", a->allow) &&
         add(w, m, "Content-Encoding", a->encoding) && add(w, m, "Vary", a->etag.n ? STR("Accept-Encoding") : STR_NONE);
    enum MHD_Result done = ok ? MHD_queue_response(c, (unsigned)a->reply.status, m) : MHD_NO;
    MHD_destroy_response(m);
    return done;
}

/* Codes and texts of errors hold no personal data (err.h), so they may be logged. */
static void log_answer(FILE *log, const char *method, const struct answer *a, const struct err *why, double seconds)
{
    if (!log)
        return;
    _cleanup_buf_ struct buf line;
    buf_init(&line, sizeof why->message * 8);
    struct json_out o;
    jo_init(&o, &line, 0);
    jo_object(&o);
    jo_key(&o, "at_ms"), jo_int(&o, now_ms());
    jo_key(&o, "method"), jo_str(&o, str_of(method));
    jo_key(&o, "route"), jo_str(&o, str_of(a->route));
    jo_key(&o, "status"), jo_int(&o, a->reply.status);
    jo_key(&o, "us"), jo_int(&o, (int64_t)(seconds * 1e6));
    if (a->reply.status >= 500) {
        jo_key(&o, "error"), jo_str(&o, str_of(why->message));
        jo_key(&o, "detail"), jo_str(&o, str_of(why->detail));
    }
    jo_end_object(&o);
    (void)fprintf(log, "%.*s\n", STR_ARG(buf_as_str(&line))); /* a full disk must not stop the pages */
    (void)fflush(log);
}

enum MHD_Result web_answer(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                           const char *upload, size_t *upload_n, void **con_cls)
{
    (void)url, (void)version, (void)upload;
    struct web_answerer *w = cls;
    struct call *call = *con_cls;
    if (!call || *upload_n)
        return MHD_NO; /* no memory for it, or a body that the gate has refused already */
    if (!call->begun) {
        call->begun = true;
        return MHD_YES;
    }
    struct answer a = {.route = ""};
    struct err why;
    err_clear(&why);
    double started = monotonic_s();
    make_answer(w, c, str_of(method), call, &a, &why);
    enum MHD_Result done = send_answer(w, c, &a);
    log_answer(w->options->log, method, &a, &why, monotonic_s() - started);
    arena_reset(&w->arena);
    return done;
}
