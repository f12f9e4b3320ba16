/* problem.c: error pages in plain English: what happened, what it means, what to do next.
 *
 * They say nothing of the inside (no code, no path, no version) and never "invalid" or "forbidden" without a way on. A record that may
 * not be shown and one that is not there read the same (design.md promise 9). */
#include "page/page_templates.h"

static const struct problem {
    int status;
    struct str heading, meaning;
    struct str steps[3];
    size_t n_steps;
} problems[] = {
#define S(text) {text, sizeof text - 1}
    {400, S("Haven could not use that request"), S("Something in the web address or the form was not in a form that Haven can read."),
     {S("go back, correct it and try again"), S("if you followed a link in Haven, tell your Haven administrator which page it was on")}, 2},
    {403, S("You cannot do that here"), S("Your role or the purpose that you are working for does not allow it."),
     {S("check that you chose the right purpose"), S("ask your supervisor if you need this for your work")}, 2},
    {404, S("Page not found"), S("There is nothing to show at this web address."),
     {S("if you typed the web address, check that it is correct"), S("if you pasted it, check that you copied all of it"),
      S("a case number changes when people are joined or split: look for the case in the review queue")}, 3},
    {405, S("That page cannot be used in that way"), S("The page is there, but it does not take this kind of request."),
     {S("open it from a link in Haven")}, 1},
    {409, S("Someone changed this before you"), S("What you were working on has changed since you opened it, so nothing was saved."),
     {S("go back and reload the page"), S("check what changed, then try again")}, 2},
    {413, S("That was too much at once"), S("Haven limits how much one request may hold, to keep working for everyone."),
     {S("ask for less, for example with a filter"), S("split a large file into parts")}, 2},
    {414, S("The web address is too long"), S("Haven reads web addresses of up to 4,096 characters."),
     {S("start again from the page before")}, 1},
    {503, S("Haven is busy"), S("There was not enough memory to make this page. Nothing was changed."),
     {S("wait a minute and try again"), S("if it happens again, tell your Haven administrator the time")}, 2},
    {500, S("Sorry, there is a problem with Haven"), S("The page could not be made. Nothing was changed."),
     {S("try again in a few minutes"), S("if it happens again, tell your Haven administrator the time: the log says what went wrong")}, 2},
#undef S
};

static const struct problem *problem_of(int status)
{
    size_t last = sizeof problems / sizeof *problems - 1;
    for (size_t i = 0; i < last; i++)
        if (problems[i].status == status)
            return &problems[i];
    return &problems[status < 500 ? 0 : last];
}

enum err_code page_problem(struct req *r, int status, struct str message, struct reply *ret, struct err *e)
{
    const struct problem *p = problem_of(status);
    struct page_problem_view view = {p->heading, p->meaning, message, p->steps, p->n_steps};
    struct page_frame f = {.title = p->heading};
    ERR_TRY(page_problem_html(r->arena, &view, &f.main, e));
    return page_reply(r, status, &f, ret, e);
}

enum err_code page_error(struct req *r, const struct err *why, struct reply *ret, struct err *e)
{
    bool helps = why->code == ERR_USAGE || why->code == ERR_FORMAT || why->code == ERR_LIMIT || why->code == ERR_CONFLICT;
    return page_problem(r, err_http_status(why->code), helps ? str_of(why->message) : STR_NONE, ret, e);
}
