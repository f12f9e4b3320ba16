/* Heads that must be refused, with the status and the rule; heads that must pass; and every cut of a good one is "more". */
#include "web/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define HOST "Host: 127.0.0.1:8080\r\n"
#define GET "GET / HTTP/1.1\r\n"

static void good_heads_pass(void **state)
{
    (void)state;
    static const char *const cases[] = {
        GET HOST "\r\n",
        "HEAD /review?rule=R1&page=2 HTTP/1.1\r\nhost: LOCALHOST:8080\r\nAccept: */*\r\n\r\n",
        "GET /%C3%A9 HTTP/1.1\r\nHost:[::1]:8080 \r\nX:\r\n\r\n",
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
        GET HOST "User-Agent: a b (c; d) \"e\" \xc3\xa9\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(web_head_check(str_of(cases[i]), 8080).state, WEB_HEAD_GOOD);
}

static void what_programs_read_differently_is_refused(void **state)
{
    (void)state;
    static const struct { const char *head; int status; const char *why; } cases[] = {
        {GET "Host: 127.0.0.1:8080\nX: y\r\n\r\n", 400, "LF alone"},
        {"GET / HTTP/1.1\n", 400, "LF alone"},
        {GET HOST "X: a\rb\r\n\r\n", 400, "CR without LF"},
        {GET HOST "X: a\x01\r\n\r\n", 400, "control character"},
        {"\r\n" GET HOST "\r\n", 400, "empty line before"},
        {GET "\r\n", 400, "Host header is missing"},
        {GET HOST HOST "\r\n", 400, "More than one Host"},
        {GET "Host: haven.example:8080\r\n\r\n", 400, "answers only to localhost"},
        {GET "Host: 127.0.0.1\r\n\r\n", 400, "answers only to localhost"},
        {GET "Host: 127.0.0.1:8081\r\n\r\n", 400, "answers only to localhost"},
        {GET "Host: 127.0.0.1:8080.evil.example\r\n\r\n", 400, "answers only to localhost"},
        {GET "Host: user@127.0.0.1:8080\r\n\r\n", 400, "answers only to localhost"},
        {GET "Host:\r\n\r\n", 400, "answers only to localhost"},
        {GET HOST "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400, "More than one Content-Length"},
        {GET HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "Both Transfer-Encoding"},
        {GET HOST "Transfer-Encoding: chunked\r\n\r\n", 400, "takes no Transfer-Encoding"},
        {GET HOST "transfer-encoding: identity\r\n\r\n", 400, "takes no Transfer-Encoding"},
        {GET HOST "Content-Length: +5\r\n\r\n", 400, "plain number"},
        {GET HOST "Content-Length: 0x5\r\n\r\n", 400, "plain number"},
        {GET HOST "Content-Length: 05\r\n\r\n", 400, "plain number"},
        {GET HOST "Content-Length: 1, 1\r\n\r\n", 400, "plain number"},
        {GET HOST "Content-Length:\r\n\r\n", 400, "plain number"},
        {"POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n", 413, "takes a request body"},
        {GET HOST "Transfer-Encoding : chunked\r\n\r\n", 400, "header name with a blank"},
        {GET "Host : 127.0.0.1:8080\r\n\r\n", 400, "header name with a blank"},
        {GET HOST "X: a\r\n b\r\n\r\n", 400, "continued"},
        {GET " Host: 127.0.0.1:8080\r\n\r\n", 400, "continued"},
        {GET HOST "no colon\r\n\r\n", 400, "without a name and a colon"},
        {GET HOST ": x\r\n\r\n", 400, "without a name and a colon"},
        {"GET  / HTTP/1.1\r\n" HOST "\r\n", 400, "not a path"},
        {"GET /  HTTP/1.1\r\n" HOST "\r\n", 400, "does not end with HTTP/1.1"},
        {"GET / HTTP/1.1 \r\n" HOST "\r\n", 505, "HTTP/1.1 only"},
        {"GET /\r\n" HOST "\r\n", 400, "first line is not"},
        {"GET / HTTP/1.0\r\n" HOST "\r\n", 505, "HTTP/1.1 only"},
        {"GET / HTTP/2.0\r\n" HOST "\r\n", 505, "HTTP/1.1 only"},
        {"get / HTTP/1.1\r\n" HOST "\r\n", 400, "capital letters"},
        {" / HTTP/1.1\r\n" HOST "\r\n", 400, "method is empty"},
        {"GET http://127.0.0.1:8080/ HTTP/1.1\r\n" HOST "\r\n", 400, "not a path"},
        {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 400, "not a path"},
        {"CONNECT 127.0.0.1:80 HTTP/1.1\r\n" HOST "\r\n", 400, "not a path"},
        {"GET /a#b HTTP/1.1\r\n" HOST "\r\n", 400, "percent-encoded"},
        {"GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", 400, "percent-encoded"},
        {"GET /\ta HTTP/1.1\r\n" HOST "\r\n", 400, "percent-encoded"},
        {GET HOST "Expect: 100-continue\r\n\r\n", 417, "Expect"},
        {"\x16\x03\x01\x02", 400, "control character"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct web_head h = web_head_check(str_of(cases[i].head), 8080);
        if (h.state != WEB_HEAD_REFUSED || h.status != cases[i].status || !strstr(h.why, cases[i].why))
            fail_msg("case %zu: got %d \"%s\", wanted %d \"%s\"", i, h.status, h.why ? h.why : "", cases[i].status, cases[i].why);
    }
    struct str nul = STR(GET HOST "X: a\0b\r\n\r\n");
    assert_int_equal(web_head_check(nul, 8080).status, 400);
}

static void limits_name_themselves(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf b;
    buf_init(&b, 1 << 20);
    (void)buf_z(&b, GET HOST);
    for (size_t i = 0; i < LIMIT_HEADERS; i++)
        (void)buf_fmt(&b, "X-%zu: y\r\n", i);
    (void)buf_z(&b, "\r\n");
    struct web_head h = web_head_check(buf_as_str(&b), 8080);
    assert_int_equal(h.status, 431);
    assert_string_equal(h.why, "More than 64 header fields.");
    buf_clear(&b);
    (void)buf_z(&b, "GET /");
    for (size_t i = 0; i < LIMIT_URL_BYTES; i++)
        (void)buf_char(&b, 'x');
    (void)buf_z(&b, " HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(web_head_check(buf_as_str(&b), 8080).status, 414);
    buf_clear(&b);
    (void)buf_z(&b, GET HOST "X: ");
    while (b.n <= LIMIT_HEAD_BYTES)
        (void)buf_char(&b, 'x');
    assert_int_equal(web_head_check(buf_as_str(&b), 8080).status, 431); /* without an end in sight */
    assert_false(b.failed);
}

static void a_cut_head_is_waited_for(void **state)
{
    (void)state;
    struct str whole = STR("GET /review?a=b HTTP/1.1\r\n" HOST "Accept: text/html\r\nContent-Length: 0\r\n\r\n");
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(web_head_check(str_slice(whole, 0, n), 8080).state, WEB_HEAD_MORE);
    assert_int_equal(web_head_check(whole, 8080).state, WEB_HEAD_GOOD);
}

/* One changed byte anywhere either passes as a head that still has one Host of ours and no body, or is refused with a 4xx or 505. */
static void random_changes_are_judged(void **state)
{
    (void)state;
    static const char whole[] = "GET /review HTTP/1.1\r\n" HOST "Accept: text/html\r\n\r\n";
    srandom(11);
    for (int round = 0; round < 20000; round++) {
        char bytes[sizeof whole - 1];
        memcpy(bytes, whole, sizeof bytes);
        for (long changes = random() % 3 + 1; changes > 0; changes--)
            bytes[(size_t)random() % sizeof bytes] = (char)random();
        struct web_head h = web_head_check((struct str){bytes, sizeof bytes}, 8080);
        assert_true(h.state == WEB_HEAD_MORE || h.state == WEB_HEAD_GOOD || (h.state == WEB_HEAD_REFUSED && h.why && h.status >= 400 && h.status <= 505));
        if (h.state == WEB_HEAD_GOOD)
            assert_true(memmem(bytes, sizeof bytes, ":8080\r\n", 7) != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_heads_pass),
        cmocka_unit_test(what_programs_read_differently_is_refused),
        cmocka_unit_test(limits_name_themselves),
        cmocka_unit_test(a_cut_head_is_waited_for),
        cmocka_unit_test(random_changes_are_judged),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
