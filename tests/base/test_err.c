/* Errors: one line, cut at the buffer, frames in front, a table of codes for the outside. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void frames_stand_in_front(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(err_set(&e, ERR_FORMAT, "line %d: no", 7), ERR_FORMAT);
    err_detail(&e, "errno %d", 5);
    assert_int_equal(err_frame(&e, "%s", "feed.json"), ERR_FORMAT);
    assert_string_equal(e.message, "feed.json: line 7: no");
    assert_string_equal(e.detail, "errno 5");
    err_clear(&e);
    assert_int_equal(e.code, ERR_OK);
    assert_string_equal(e.message, "");
    assert_int_equal(err_set(NULL, ERR_IO, "nobody listens"), ERR_IO);
    err_detail(NULL, "nor here");
    assert_int_equal(err_frame(NULL, "nor here"), ERR_OK);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    struct err e;
    char lots[2000];
    memset(lots, 'x', sizeof lots - 1);
    lots[sizeof lots - 1] = '\0';
    (void)err_set(&e, ERR_IO, "%s", lots);
    assert_int_equal(strlen(e.message), sizeof e.message - 1);
    (void)err_set(&e, ERR_IO, "the cause");
    (void)err_frame(&e, "%s", lots);
    assert_true(str_ends(str_of(e.message), STR("x: the cause")));
}

static void codes_have_statuses(void **state)
{
    (void)state;
    static const struct {
        enum err_code code;
        int exit_status, http_status;
    } cases[] = {{ERR_OK, 0, 200}, {ERR_FINDINGS, 1, 200}, {ERR_NOT_FOUND, 1, 404}, {ERR_USAGE, 2, 400}, {ERR_IO, 3, 500}, {ERR_REFUSED, 4, 403}, {ERR_STOPPED, 130, 503}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(err_exit_status(cases[i].code), cases[i].exit_status);
        assert_int_equal(err_http_status(cases[i].code), cases[i].http_status);
    }
    assert_string_equal(err_text(ERR_REFUSED), "refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_stand_in_front),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(codes_have_statuses),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
