/* routes.c: every address of the product, with its method, who may, and the function that makes the page. A table, no logic. */
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
    {"GET", "/", "anyone signed in", home},
    {"GET", "/healthz", "anyone on this computer", healthz},
    {"GET", "/review", "reviewers and supervisors, for safeguarding", review_page_queue},
    {"GET", "/review/{id}", "reviewers and supervisors, for safeguarding, each reading ledgered", review_page_case},
};
const size_t web_n_routes = sizeof web_routes / sizeof *web_routes;
