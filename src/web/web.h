/* web.h: the server and its routes.
 *
 * Idea. A request passes four stages, one file each:
 *
 *   socket -> gate   its head is checked byte by byte (head.c) before any other parser sees it; slow or wrong ones end here
 *          -> MHD    libmicrohttpd, one polling thread: so one request at a time, which the store needs
 *          -> answer target.c makes a struct req; the route table finds the page function; security headers go on every reply
 *
 * Loopback only: until people can sign in, whoever reaches the port asks as the user with whom the server was started. So `listen` must be
 * a loopback address, and the Host field must name it (a page elsewhere that points its own name at 127.0.0.1 gets nothing).
 * One request a connection (Connection: close): what follows a request on its connection is never read as another request.
 *
 * docs/web.md lists the checks and the headers. */
#ifndef HAVEN_WEB_WEB_H
#define HAVEN_WEB_WEB_H

#include "page/page.h"
#include "registry/registry.h"

#include <stdio.h>

typedef enum err_code web_handler(struct req *r, struct reply *ret, struct err *e);

/* A row of the route table. `path` may have {name} for one whole segment; the page reads it with req_param. */
struct web_route {
    const char *method;     /* "GET" (HEAD comes with it) */
    const char *path;       /* "/review/{id}" */
    web_handler *run;
    enum access_action action; /* what it does, to what; the page asks permission for the very object. 0: it shows nothing of anybody */
    enum access_kind kind;
};
/* The product's routes. */
extern const struct web_route web_routes[];
extern const size_t web_n_routes;

struct web_options {
    const char *listen; /* "127.0.0.1:8080", "localhost:8080" or "[::1]:8080"; port 0: any free one. NULL: WEB_LISTEN_DEFAULT */
    const struct web_route *routes;
    size_t n_routes;
    const struct hub *hub;   /* NULL: there is nobody to ask (tests of pages alone) */
    struct asking_words who; /* as whom, and what for, pages are opened: user and purpose. Until people can sign in */
    FILE *out;       /* "Haven is at http://127.0.0.1:8080/" when it is ready; NULL: nothing */
    FILE *log;       /* one JSON line a request, without its address: addresses hold case numbers. NULL: no log */
};
#define WEB_LISTEN_DEFAULT "127.0.0.1:8080"

/* Serves until SIGTERM or SIGINT, then finishes the request at hand and returns ERR_OK. ERR_USAGE: not a listen address, or
 * not loopback; ERR_IO: the port is taken. Page functions run on one thread of their own. */
enum err_code web_serve(const struct web_options *o, struct err *e);

#endif
