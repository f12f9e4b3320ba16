/* Local URLs: nothing in them leads elsewhere, and what goes in comes out. */
#include "page/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void urls_are_local_and_encoded(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    const struct req_param params[] = {{STR("rule"), STR("R1 & R2")}, {STR("empty"), STR("")}, {STR("q"), STR("Zo\xc3\xab+\"")}};
    assert_string_equal(str_z(&a, url_str(url_path(&a, STR("/review")))), "/review");
    assert_string_equal(str_z(&a, url_str(url_path(&a, STR("//evil.example/x y")))), "/%2Fevil.example/x%20y");
    assert_string_equal(str_z(&a, url_str(url_path(&a, STR("/\\evil.example")))), "/%5Cevil.example");
    assert_string_equal(str_z(&a, url_str(url_under(&a, STR("/review"), STR("../a/b?c#d")))), "/review/..%2Fa%2Fb%3Fc%23d");
    assert_string_equal(str_z(&a, url_str(url_query(&a, STR("/review"), params, 3))), "/review?rule=R1%20%26%20R2&q=Zo%C3%AB%2B%22");
    assert_string_equal(str_z(&a, url_str(url_query(&a, STR("/review"), NULL, 0))), "/review");
}

static void too_long_gives_no_link(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    char long_text[LIMIT_URL_BYTES];
    memset(long_text, 'x', sizeof long_text);
    assert_int_equal(url_under(&a, STR("/review"), (struct str){long_text, sizeof long_text}).n, 0);
}

static void decoding_undoes_encoding(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    srandom(7);
    for (int round = 0; round < 2000; round++) {
        char text[24];
        size_t n = (size_t)random() % sizeof text;
        for (size_t i = 0; i < n; i++)
            text[i] = (char)(0x20 + random() % 0x5F);
        struct str in = {text, n}, out;
        struct url u = url_under(&a, STR("/"), in);
        for (size_t i = 0; i < u.n; i++)
            assert_null(strchr("\"'<>&\\?# ", u.url[i]));
        assert_true(url_decode(&a, str_slice(url_str(u), 1, u.n), round % 2 != 0, &out));
        assert_true(str_eq(in, out));
        arena_reset(&a);
    }
}

static void what_is_not_text_does_not_decode(void **state)
{
    (void)state;
    static const struct { const char *text; bool form, ok; } cases[] = {
        {"a%20b", false, true}, {"a+b", true, true}, {"%", false, false}, {"%4", false, false}, {"%4G", false, false}, {"%00", false, false},
        {"%0A", false, false}, {"%0d%0a", true, true}, {"%7F", true, false}, {"%FF", false, false}, {"%C3%A9", false, true}, {"%C0%AF", false, false},
    };
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str out;
        assert_int_equal(url_decode(&a, str_of(cases[i].text), cases[i].form, &out), cases[i].ok);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_local_and_encoded),
        cmocka_unit_test(too_long_gives_no_link),
        cmocka_unit_test(decoding_undoes_encoding),
        cmocka_unit_test(what_is_not_text_does_not_decode),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
