/* Targets to paths and parameters, and paths to routes. */
#include "web/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void paths_have_one_spelling(void **state)
{
    (void)state;
    static const struct { const char *target; enum err_code code; const char *path; } cases[] = {
        {"/", ERR_OK, "/"},
        {"/review/C1", ERR_OK, "/review/C1"},
        {"/re%76iew", ERR_OK, "/review"},
        {"/a+b%20c", ERR_OK, "/a+b c"},
        {"/review/", ERR_FORMAT, NULL},
        {"//review", ERR_FORMAT, NULL},
        {"/./review", ERR_FORMAT, NULL},
        {"/a/../review", ERR_FORMAT, NULL},
        {"/a/%2e%2e/review", ERR_FORMAT, NULL},
        {"/a%2Fb", ERR_FORMAT, NULL},
        {"/a%2fb", ERR_FORMAT, NULL},
        {"/%00", ERR_FORMAT, NULL},
        {"/%252F", ERR_OK, "/%2F"}, /* decoded once */
        {"/%zz", ERR_FORMAT, NULL},
        {"/%FF", ERR_FORMAT, NULL},
        {"review", ERR_FORMAT, NULL},
        {"/?a=%", ERR_FORMAT, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_arena_ struct arena a;
        arena_init(&a, 1 << 20);
        struct req r = {.arena = &a};
        struct err e;
        assert_int_equal(web_target_parse(str_of(cases[i].target), &r, &e), cases[i].code);
        if (cases[i].path)
            assert_string_equal(str_z(&a, r.path), cases[i].path);
    }
}

static void query_fields(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    struct req r = {.arena = &a};
    struct err e;
    assert_int_equal(web_target_parse(STR("/r?rule=R1+R2&&page=%32&flag&x=a=b&page=3"), &r, &e), ERR_OK);
    assert_int_equal(r.n_params, 5);
    assert_string_equal(str_z(&a, req_param(&r, "rule")), "R1 R2");
    assert_string_equal(str_z(&a, req_param(&r, "page")), "2");
    assert_string_equal(str_z(&a, req_param(&r, "flag")), "");
    assert_string_equal(str_z(&a, req_param(&r, "x")), "a=b");
    assert_null(req_param(&r, "y").p);
    struct str many = STR("/r?");
    for (size_t i = 0; i <= LIMIT_PARAMS; i++)
        many = str_fmt(&a, "%.*s&a=b", STR_ARG(many));
    r = (struct req){.arena = &a};
    assert_int_equal(web_target_parse(many, &r, &e), ERR_LIMIT);
    assert_string_equal(e.message, "The web address has more than 64 fields.");
}

static enum err_code nothing(struct req *r, struct reply *ret, struct err *e)
{
    (void)r, (void)ret, (void)e;
    return ERR_OK;
}

static void routes_match_whole_segments(void **state)
{
    (void)state;
    static const struct web_route routes[] = {
        {.method = "GET", .path = "/", .run = nothing}, {.method = "GET", .path = "/review", .run = nothing}, {.method = "GET", .path = "/review/{id}", .run = nothing}, {.method = "POST", .path = "/review/{id}/note/{note}", .run = nothing},
    };
    static const struct { const char *method, *target; int route; bool other; const char *id; } cases[] = {
        {"GET", "/", 0, false, NULL}, {"HEAD", "/review", 1, false, NULL}, {"GET", "/review/C1?id=C2", 2, false, "C1"},
        {"GET", "/review/C1/x", -1, false, NULL}, {"GET", "/reviews", -1, false, NULL}, {"POST", "/review/C1", -1, true, NULL},
        {"POST", "/review/C1/note/7", 3, false, "C1"}, {"DELETE", "/review/C1/note/7", -1, true, NULL}, {"GET", "/x", -1, false, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_arena_ struct arena a;
        arena_init(&a, 1 << 20);
        struct req r = {.arena = &a, .method = str_of(cases[i].method)};
        struct err e;
        bool other;
        assert_int_equal(web_target_parse(str_of(cases[i].target), &r, &e), ERR_OK);
        const struct web_route *got = web_route_find(routes, 4, &r, &other);
        assert_ptr_equal(got, cases[i].route < 0 ? NULL : &routes[cases[i].route]);
        assert_int_equal(other, cases[i].other);
        if (cases[i].id)
            assert_string_equal(str_z(&a, req_param(&r, "id")), cases[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_have_one_spelling),
        cmocka_unit_test(query_fields),
        cmocka_unit_test(routes_match_whole_segments),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
