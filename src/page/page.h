/* page.h: what a room needs to show itself as a web page.
 *
 * Idea. Templates are a small mustache subset, compiled at build time (tools/pagegen.py, docs/pages.md) to C functions that take a typed
 * struct: a misspelt field does not compile. Output is escaped by type: `struct str` is escaped, `struct html` (made only by templates) is
 * not, `struct url` (made only by url_* functions) goes into href and action. There is no raw form. A room's templates are
 * `<room>_<page>.html` beside its `<room>_page.c`; template `review_queue.html` gives `review_queue_html()`.
 *
 * A page function is pure: it gets a `struct req` and gives a `struct reply`; it knows no sockets.
 *
 *     enum err_code review_page_queue(struct req *r, struct reply *ret, struct err *e)
 *     {
 *         struct review_queue_page page = ...;                        // 1. read what it shows (store, other rooms)
 *         struct page_frame f = {.title = STR("Review queue")};
 *         ERR_TRY(review_queue_html(r->arena, &page, &f.main, e));    // 2. the template
 *         return page_reply(r, 200, &f, ret, e);                      // 3. the frame around it
 *     } */
#ifndef HAVEN_PAGE_PAGE_H
#define HAVEN_PAGE_PAGE_H

#include "base/base.h"

struct asking; /* registry/registry.h */

/* Not a struct str inside: C lets {.main = some_str} initialise the first member of a struct whose first member is a struct str. */
struct html { const char *html; size_t n; }; /* escaped already: made by templates only */
struct url { const char *url; size_t n; };   /* a local path, percent-encoded: made by url_* only */
static inline struct str html_str(struct html h) { return (struct str){h.html, h.n}; }
static inline struct str url_str(struct url u) { return (struct str){u.url, u.n}; }

/* ---- requests and replies ---- */

struct req_param { struct str name, value; };

struct req {
    struct arena *arena;
    struct str method, path;        /* path without the query, decoded once */
    const struct req_param *params; /* the route's {names} first, then query and form fields, decoded */
    size_t n_params;
    struct asking *asking; /* who asks, for what (registry): what every page that shows something personal opens it with; NULL on pages that show nothing */
};
/* The first of that name; STR_NONE when absent. */
struct str req_param(const struct req *r, const char *name);
/* A whole number from `least` to `most`; `otherwise` when absent or empty; ERR_USAGE naming the parameter. */
enum err_code req_param_int(const struct req *r, const char *name, int64_t least, int64_t most, int64_t otherwise,
                            int64_t *ret, struct err *e);

struct reply {
    int status;
    struct str content_type;
    struct str location; /* 303: where to go next */
    struct str body;     /* in the request's arena, or static */
};

/* ---- local URLs ---- */

/* A path that starts with "/", its bytes percent-encoded where needed; a second slash in a row becomes %2F, so that
 * no path leads to another host. An empty url when the arena is full (templates then show no link). */
struct url url_path(struct arena *a, struct str path);
/* `base` with one more segment, slashes encoded too: url_under(a, STR("/review"), id). */
struct url url_under(struct arena *a, struct str base, struct str segment);
/* With a query of name=value pairs; pairs with an empty value are left out. */
struct url url_query(struct arena *a, struct str path, const struct req_param *params, size_t n);
/* Percent-decoding, once. `form`: + is a blank. False on a bad escape, NUL, another control character or bad UTF-8. */
bool url_decode(struct arena *a, struct str s, bool form, struct str *ret);

/* ---- whole pages ---- */

struct page_crumb { struct str text; struct url href; };

/* The frame: skip link, generic header, way back, main, footer. Either crumbs or back, not both. */
struct page_frame {
    struct str title; /* page title, before "Haven"; never a person's name: it goes to the browser's history */
    struct html main;
    struct url back; /* empty: no back link */
    const struct page_crumb *crumbs;
    size_t n_crumbs;
};
enum err_code page_reply(struct req *r, int status, const struct page_frame *f, struct reply *ret, struct err *e);

/* A page for an error: plain English, what to do, no dead end. The text goes by why->code; why->message is shown too where it tells
 * the user what to correct (wrong use, form, limit, conflict). */
enum err_code page_error(struct req *r, const struct err *why, struct reply *ret, struct err *e);
/* The same for a status of the door itself (405, 414, 431 ...). */
enum err_code page_problem(struct req *r, int status, struct str message, struct reply *ret, struct err *e);

/* ---- partials: {{>page_tag text="Breach" colour="red"}} or {{>page_summary_list facts}} ---- */

struct page_tag { struct str text, colour; /* GOV.UK: grey green teal blue light-blue purple magenta red orange yellow */ };
struct page_warning { struct str text; };
struct page_inset { struct str text; };
struct page_summary_row { struct str key, value, note; /* note: smaller, under the value; may be empty */ };
struct page_summary_list { const struct page_summary_row *rows; size_t n_rows; };

struct page_pagination_item { struct url href; int64_t number; bool current, gap; /* gap: an ellipsis */ };
struct page_pagination {
    struct url previous, next;
    const struct page_pagination_item *items;
    size_t n_items;
};
/* Links for page `at` of `of` (both from 1): first, last, and the neighbours of `at`. `params` are kept, "page" is added. */
enum err_code page_paginate(struct arena *a, struct str path, const struct req_param *params, size_t n, int64_t at, int64_t of,
                            struct page_pagination *ret, struct err *e);

/* ---- assets: embedded in the program, named by their content ---- */

struct page_asset {
    struct url path; /* "/assets/haven-0123456789abcdef.css" */
    struct str content_type, etag;
    struct str body, gzip;
};
/* NULL: no such asset. */
const struct page_asset *page_asset_find(struct str path);

/* ---- for the generated code only ---- */

void page_put_str(struct buf *out, struct str s);    /* escapes & < > " ', and shows control characters as U+FFFD */
void page_put_markup(struct buf *out, struct html h);
void page_put_int(struct buf *out, int64_t n);
void page_put_url(struct buf *out, struct url u);    /* the only way into href and action */
enum err_code html_take(struct arena *a, struct buf *out, struct html *ret, struct err *e);

#define PAGE_INTEGERS(f) int: f, unsigned: f, long: f, unsigned long: f, long long: f, unsigned long long: f
/* A value in text: anything but a bool. In a quoted attribute: no html. */
#define page_put_text(out, x) \
    _Generic((x), struct str: page_put_str, struct html: page_put_markup, PAGE_INTEGERS(page_put_int))((out), (x))
#define page_put_attr(out, x) _Generic((x), struct str: page_put_str, PAGE_INTEGERS(page_put_int))((out), (x))

static inline bool page_is_bool(bool x) { return x; }
static inline bool page_is_str(struct str x) { return x.n > 0; }
static inline bool page_is_html(struct html x) { return x.n > 0; }
static inline bool page_is_url(struct url x) { return x.n > 0; }
static inline bool page_is_int(int64_t x) { return x != 0; }
/* What {{#x}} asks of a field. */
#define page_is(x)                                                                                           \
    _Generic((x), bool: page_is_bool, struct str: page_is_str, struct html: page_is_html, struct url: page_is_url, \
             PAGE_INTEGERS(page_is_int))(x)

#endif
