/* page.h: what a room needs to show itself as a web page.
 *
 * Idea. Templates are a small mustache subset, compiled at build time (tools/pagegen.py) to C functions that take a typed struct: a misspelt field does not
 * compile. Output is escaped by type: `struct str` is escaped, `struct html` (made only by templates) is not, `struct url` (made only by url_* functions) goes into
 * href and action. There is no raw form. A room's templates are `<room>_<page>.html` beside its `<room>_page.c`.
 *
 * A page function is pure: it gets a `struct req` and gives a `struct reply`; it knows no sockets. */
#ifndef HAVEN_PAGE_PAGE_H
#define HAVEN_PAGE_PAGE_H

#include "base/base.h"

struct html { struct str s; }; /* escaped already: made by templates and page_* functions only */
struct url { struct str s; };  /* a local path or a checked absolute URL, percent-encoded */

struct req {
    struct arena *arena;
    struct str method, path;              /* path without the query, decoded once */
    const struct req_param { struct str name, value; } *params; /* query and form fields, decoded */
    size_t n_params;
    void *app; /* the door's own context (store, vault); rooms cast it in one place */
};
struct str req_param(const struct req *r, const char *name); /* STR_NONE when absent */

struct reply {
    int status;
    struct str content_type, location;
    struct str body;
};

/* Local URL from a path and percent-encoded parameters; NULL-terminated name, value pairs of struct str. */
struct url url_path(struct arena *a, struct str path);
struct url url_query(struct arena *a, struct str path, const struct req_param *params, size_t n);

/* The frame: generic header, breadcrumbs, title, main. */
struct page_frame {
    struct str title; /* page title, before "Haven" */
    struct html main;
    struct url back;  /* empty: no back link */
};
enum err_code page_reply(struct req *r, int status, const struct page_frame *f, struct reply *ret, struct err *e);
/* A page for an error: plain English, what to do, no dead end. */
enum err_code page_error(struct req *r, enum err_code code, struct reply *ret, struct err *e);

#endif
