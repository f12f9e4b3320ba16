/* The frame, the error pages, the parameters, the assets. */
#include "page/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void has(struct str body, const char *want)
{
    if (str_find(body, str_of(want)) < 0)
        fail_msg("not in the page: %s", want);
}

static void every_error_has_a_page_with_a_way_on(void **state)
{
    (void)state;
    static const struct { enum err_code code; int status; const char *heading; bool shows_message; } cases[] = {
#define X(name, text, exit_status, http_status) {ERR_##name, http_status, NULL, false},
        ERR_CODES(X)
#undef X
        {ERR_NOT_FOUND, 404, "<h1 class=\"govuk-heading-l\">Page not found</h1>", false},
        {ERR_STORE, 500, "Sorry, there is a problem with Haven", false},
        {ERR_USAGE, 400, "Haven could not use that request", true},
        {ERR_REFUSED, 403, "You cannot do that here", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].status < 400)
            continue;
        _cleanup_arena_ struct arena a;
        arena_init(&a, 1 << 20);
        struct req r = {.arena = &a, .path = STR("/x")};
        struct err why, e;
        (void)err_set(&why, cases[i].code, "page= takes <a number>");
        struct reply reply;
        assert_int_equal(page_error(&r, &why, &reply, &e), ERR_OK);
        assert_int_equal(reply.status, cases[i].status);
        has(reply.body, "What to do next");
        has(reply.body, "href=\"/review\"");
        if (cases[i].heading)
            has(reply.body, cases[i].heading);
        if (cases[i].heading)
            assert_int_equal(str_find(reply.body, STR("page= takes &lt;a number&gt;")) >= 0, cases[i].shows_message);
    }
}

static void the_frame_names_its_assets(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    struct req r = {.arena = &a, .path = STR("/review/C1")};
    struct err e;
    struct reply reply;
    const struct page_crumb crumbs[] = {{STR("Review queue"), url_path(&a, STR("/review"))}};
    const struct page_frame f = {.title = STR("A <title>"), .crumbs = crumbs, .n_crumbs = 1};
    assert_int_equal(page_reply(&r, 200, &f, &reply, &e), ERR_OK);
    has(reply.body, "<title>A &lt;title&gt; \xe2\x80\x93 Haven</title>");
    has(reply.body, "aria-label=\"Breadcrumb\"");
    has(reply.body, "aria-current=\"true\">Review queue</a>");
    ptrdiff_t at = str_find(reply.body, STR("/assets/haven-"));
    assert_true(at > 0);
    struct str path = str_slice(reply.body, (size_t)at, reply.body.n);
    path = str_slice(path, 0, (size_t)str_find_char(path, '"'));
    const struct page_asset *style = page_asset_find(path);
    assert_non_null(style);
    has(style->body, "govuk-skip-link");
    assert_true(style->gzip.n > 0 && style->gzip.n < style->body.n / 4);
    assert_true(str_find(style->body, STR("GDS Transport")) < 0 && str_find(style->body, STR("@font-face")) < 0);
    assert_null(page_asset_find(STR("/assets/haven.css")));
}

static void whole_number_parameters(void **state)
{
    (void)state;
    const struct req_param params[] = {{STR("page"), STR("7")}, {STR("page"), STR("8")}, {STR("none"), STR("")}, {STR("bad"), STR("7x")}, {STR("big"), STR("101")}};
    const struct req r = {.params = params, .n_params = 5};
    struct err e;
    int64_t v = -1;
    assert_int_equal(req_param_int(&r, "page", 1, 100, 1, &v, &e), ERR_OK);
    assert_int_equal(v, 7);
    assert_int_equal(req_param_int(&r, "none", 1, 100, 1, &v, &e), ERR_OK);
    assert_int_equal(v, 1);
    assert_int_equal(req_param_int(&r, "absent", 1, 100, 3, &v, &e), ERR_OK);
    assert_int_equal(v, 3);
    assert_int_equal(req_param_int(&r, "bad", 1, 100, 1, &v, &e), ERR_USAGE);
    assert_int_equal(req_param_int(&r, "big", 1, 100, 1, &v, &e), ERR_USAGE);
    assert_string_equal(e.message, "The web address says big= something that is not a whole number from 1 to 100.");
    assert_int_equal(v, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_page_with_a_way_on),
        cmocka_unit_test(the_frame_names_its_assets),
        cmocka_unit_test(whole_number_parameters),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
