/* Which page links are shown. */
#include "page/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* "1 .. 4 [5] 6 .. 40" */
static const char *shown(struct arena *a, int64_t at, int64_t of)
{
    struct page_pagination p;
    struct err e;
    const struct req_param rule = {STR("rule"), STR("R1")};
    assert_int_equal(page_paginate(a, STR("/review"), &rule, 1, at, of, &p, &e), ERR_OK);
    struct str s = STR("");
    for (size_t i = 0; i < p.n_items; i++) {
        const struct page_pagination_item *it = &p.items[i];
        s = it->gap ? str_fmt(a, "%.*s..", STR_ARG(s)) : str_fmt(a, it->current ? "%.*s[%d]" : "%.*s %d ", STR_ARG(s), (int)it->number);
        if (!it->gap)
            assert_true(str_eq(url_str(it->href), str_fmt(a, "/review?rule=R1&page=%d", (int)it->number)));
    }
    assert_int_equal(p.previous.n > 0, of > 1 && at > 1);
    assert_int_equal(p.next.n > 0, at < of);
    return str_z(a, s);
}

static void first_last_and_neighbours(void **state)
{
    (void)state;
    static const struct { int at, of; const char *want; } cases[] = {
        {1, 1, ""}, {1, 0, ""}, {1, 2, "[1] 2 "}, {2, 3, " 1 [2] 3 "}, {1, 40, "[1] 2 .. 40 "}, {40, 40, " 1 .. 39 [40]"},
        {5, 40, " 1 .. 4 [5] 6 .. 40 "}, {3, 5, " 1  2 [3] 4  5 "}, {2, 1000000000, " 1 [2] 3 .. 1000000000 "},
    };
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(shown(&a, cases[i].at, cases[i].of), cases[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(first_last_and_neighbours)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("paginate", tests, NULL, NULL);
}
