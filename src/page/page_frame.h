/* page_frame.h: what the frame's and the error page's templates show. Private to the room. */
#ifndef HAVEN_PAGE_PAGE_FRAME_H
#define HAVEN_PAGE_PAGE_FRAME_H

#include "page/page.h"

struct page_nav_item { struct str text; struct url href; bool current; };

struct page_frame_view {
    struct str title;
    struct url icon, style, back;
    const struct page_nav_item *nav;
    size_t n_nav;
    const struct page_crumb *crumbs;
    size_t n_crumbs;
    struct html main;
};

struct page_problem_view {
    struct str heading, meaning, message; /* message: what to correct; may be empty */
    const struct str *steps; /* what to do next */
    size_t n_steps;
};

#endif
