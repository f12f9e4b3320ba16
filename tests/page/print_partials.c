/* print_partials.c: our partials with the texts of GOV.UK Frontend's own fixtures, for govuk.mjs to compare: "== name" and the HTML. */
#include "page/page_templates.h"

#include <stdio.h>
#include <stdlib.h>

static void print(const char *name, struct str html) { (void)printf("== %s\n%.*s\n", name, STR_ARG(html)); }

#define PRINT(name, call)                \
    do {                                 \
        struct html h_;                  \
        if ((call) != ERR_OK)            \
            return EXIT_FAILURE;         \
        print((name), html_str(h_));     \
    } while (0)

int main(void)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    struct err e;
    const struct url previous = url_path(&a, STR("/previous")), next = url_path(&a, STR("/next"));
    const struct page_pagination_item items[] = {
        {.href = url_path(&a, STR("/page/1")), .number = 1},
        {.href = url_path(&a, STR("/page/2")), .number = 2, .current = true},
        {.href = url_path(&a, STR("/page/3")), .number = 3},
    };
    const struct page_crumb crumbs[] = {{STR("Home"), url_path(&a, STR("/"))}, {STR("Section"), url_path(&a, STR("/section"))}};
    struct req r = {.arena = &a, .path = STR("/x")};
    struct reply reply;
    PRINT("tag", page_tag_html(&a, &(const struct page_tag){STR("Alpha"), STR("")}, &h_, &e));
    PRINT("tag grey", page_tag_html(&a, &(const struct page_tag){STR("Grey"), STR("grey")}, &h_, &e));
    PRINT("inset-text", page_inset_html(&a, &(const struct page_inset){STR("It can take up to 8 weeks to register a lasting power of attorney if there are no mistakes in the application.")}, &h_, &e));
    PRINT("warning-text", page_warning_html(&a, &(const struct page_warning){STR("You can be fined up to £5,000 if you don’t register.")}, &h_, &e));
    PRINT("pagination", page_pagination_html(&a, &(const struct page_pagination){previous, next, items, 3}, &h_, &e));
    const struct page_summary_row rows[] = {{STR("Name"), STR("Firstname Lastname"), STR("")}, {STR("Date of birth"), STR("13/08/1980"), STR("")}};
    PRINT("summary-list", page_summary_list_html(&a, &(const struct page_summary_list){rows, 2}, &h_, &e));
    if (page_reply(&r, 200, &(const struct page_frame){.title = STR("x"), .crumbs = crumbs, .n_crumbs = 2}, &reply, &e) != ERR_OK)
        return EXIT_FAILURE;
    print("frame with breadcrumbs", reply.body);
    if (page_reply(&r, 200, &(const struct page_frame){.title = STR("x"), .back = previous}, &reply, &e) != ERR_OK)
        return EXIT_FAILURE;
    print("frame with back link", reply.body);
    return EXIT_SUCCESS;
}
