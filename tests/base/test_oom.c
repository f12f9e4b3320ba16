/* Out of memory: each scenario runs again and again, its first, second, third ... allocation failing, until none
 * fails. Each run either does its whole work or says "out of memory"; nothing is lost either way. The linker puts
 * the functions below in the place of the C library's (--wrap, see meson.build). */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static long until_failure = -1; /* allocations that still succeed; -1: all */
static long live;
static bool failed;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
char *__real_strdup(const char *z);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
char *__wrap_strdup(const char *z);
void __wrap_free(void *p);

static bool refuse(void)
{
    if (until_failure < 0)
        return false;
    if (until_failure-- > 0)
        return false;
    failed = true;
    until_failure = -1; /* once */
    return true;
}

void *__wrap_malloc(size_t n)
{
    void *p = refuse() ? NULL : __real_malloc(n);
    live += p != NULL;
    return p;
}
void *__wrap_calloc(size_t n, size_t size)
{
    void *p = refuse() ? NULL : __real_calloc(n, size);
    live += p != NULL;
    return p;
}
char *__wrap_strdup(const char *z)
{
    char *p = refuse() ? NULL : __real_strdup(z);
    live += p != NULL;
    return p;
}
void __wrap_free(void *p)
{
    live -= p != NULL;
    __real_free(p);
}

/* A scenario gives ERR_OK when its result was whole and right, else the error it got. */
typedef enum err_code scenario(struct err *e);

static void torture(scenario *run, long least)
{
    for (long k = 0;; k++) {
        struct err e = {.code = ERR_OK};
        long before = live;
        failed = false;
        until_failure = k;
        enum err_code code = run(&e);
        until_failure = -1;
        assert_int_equal(live, before);
        assert_int_equal(code, failed ? ERR_NO_MEMORY : ERR_OK);
        if (!failed) {
            assert_true(k >= least); /* else the shim is not in place */
            return;
        }
        assert_int_equal(e.code, ERR_NO_MEMORY);
        assert_true(strstr(e.message, "memory") != NULL);
    }
}

static const char *csv_path, *json_path_name;

static enum err_code read_csv(struct err *e)
{
    struct csv_file *f = NULL;
    struct csv_record r;
    bool more = true;
    enum err_code code = csv_open(csv_path, ',', NULL, &f, e);
    int rows = 0;
    while (code == ERR_OK && (code = csv_read(f, &r, &more, e)) == ERR_OK && more)
        rows++;
    csv_close(f);
    if (code == ERR_OK)
        assert_int_equal(rows, 2);
    return code;
}

static enum err_code read_json(struct err *e)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    const struct json *v = NULL;
    ERR_TRY(json_parse_file(&a, json_path_name, NULL, &v, e));
    assert_int_equal(v->n, 400);
    return ERR_OK;
}

static enum err_code grow_a_buffer(struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, 1 << 20);
    struct json_out o;
    jo_init(&o, &b, 1);
    jo_array(&o);
    for (int i = 0; i < 3000; i++)
        jo_int(&o, i);
    jo_end_array(&o);
    ERR_TRY(buf_check(&b, "the reply", e));
    assert_true(b.n > 10000);
    return ERR_OK;
}

static enum err_code fill_an_arena(struct err *e)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 22);
    for (int i = 0; i < 2000; i++) {
        struct str s = i % 100 ? str_fmt(&a, "text %d", i) : str_dup(&a, (struct str){NULL, 0});
        char *large = i % 500 ? NULL : arena_alloc(&a, 100000);
        if (!s.p || (i % 500 == 0 && !large))
            return err_set(e, ERR_NO_MEMORY, "out of memory");
    }
    arena_reset(&a);
    return arena_alloc(&a, 10) ? ERR_OK : err_set(e, ERR_NO_MEMORY, "out of memory");
}

static enum err_code fold_text(struct err *e)
{
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    for (int i = 0; i < 300; i++) {
        struct str s = text_fold(&a, STR("Zo\xC3\xAB \xC5\x81uczak"));
        if (!s.p)
            return err_set(e, ERR_NO_MEMORY, "out of memory");
        assert_true(str_eq(s, STR("zoe luczak")));
    }
    return ERR_OK;
}

static enum err_code decode_text(struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, 1 << 20);
    char text[3000];
    memset(text, 0xE9, sizeof text);
    ERR_TRY(charset_decode(CHARSET_WINDOWS_1252, (struct str){text, sizeof text}, &b, e));
    assert_int_equal(b.n, 2 * sizeof text);
    return ERR_OK;
}

static void csv_survives(void **state) { (void)state; torture(read_csv, 7); }
static void json_survives(void **state) { (void)state; torture(read_json, 4); }
static void buffers_survive(void **state) { (void)state; torture(grow_a_buffer, 5); }
static void arenas_survive(void **state) { (void)state; torture(fill_an_arena, 5); }
static void folding_survives(void **state) { (void)state; torture(fold_text, 300); }
static void decoding_survives(void **state) { (void)state; torture(decode_text, 4); }

static const char *file_with(char *path, struct str text)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.p, text.n), text.n);
    (void)close(fd);
    return path;
}

int main(void)
{
    char csv[] = "/tmp/haven-test-oom-XXXXXX", json[] = "/tmp/haven-test-oom-XXXXXX";
    csv_path = file_with(csv, STR("a,\"b\"\"c\"\n1,2\n"));
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 400; i++)
        (void)buf_fmt(&b, "%c\"key %d\":[%d,\"x\\n\"]", i ? ',' : '{', i, i);
    (void)buf_z(&b, "}");
    json_path_name = file_with(json, buf_as_str(&b));
    buf_release(&b);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_survives),     cmocka_unit_test(json_survives),    cmocka_unit_test(buffers_survive),
        cmocka_unit_test(arenas_survive),   cmocka_unit_test(folding_survives), cmocka_unit_test(decoding_survives),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int rc = cmocka_run_group_tests_name("oom", tests, NULL, NULL);
    (void)unlink(csv);
    (void)unlink(json);
    return rc;
}
