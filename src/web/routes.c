/* routes.c: every address of the product, with its method, the function that makes the page, and what it does to what (access). A table, no logic. */
#include "review/review_page.h"
#include "web/web.h"

static enum err_code home(struct req *r, struct reply *ret, struct err *e)
{
    (void)r, (void)e;
    *ret = (struct reply){.status = 303, .location = STR("/review"), .content_type = STR("text/plain; charset=utf-8"), .body = STR("See /review\n")};
    return ERR_OK;
}

/* For whoever watches the process: it answers, so it is alive. Tells nothing else. */
static enum err_code healthz(struct req *r, struct reply *ret, struct err *e)
{
    (void)r, (void)e;
    *ret = (struct reply){.status = 200, .content_type = STR("text/plain; charset=utf-8"), .body = STR("ok\n")};
    return ERR_OK;
}

const struct web_route web_routes[] = {
    {.method = "GET", .path = "/", .run = home},
    {.method = "GET", .path = "/healthz", .run = healthz},
    {"GET", "/review", review_page_queue, ACCESS_list, ACCESS_KIND_case},
    {"GET", "/review/{id}", review_page_case, ACCESS_view, ACCESS_KIND_case},
};
const size_t web_n_routes = sizeof web_routes / sizeof *web_routes;
