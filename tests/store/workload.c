/* workload.c: see workload.h. */
#include "store/workload.h"
#include "store/sample_sql.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { KEPT = 20, MOST_TEXT = 1500 };

static uint64_t mix(int64_t t, int64_t i) { return str_hash((struct str){(char *)(int64_t[]){t, i}, 16}, 7); }
static int64_t rows_of(int64_t t) { return 1 + (int64_t)(mix(t, -1) % 12); }

static struct store_value text_of(int64_t t, int64_t i, char text[MOST_TEXT])
{
    size_t n = mix(t, i) % MOST_TEXT;
    for (size_t k = 0; k < n; k++)
        text[k] = (char)('a' + (k * 7 + (size_t)t + (size_t)i) % 26);
    return V_TEXT(((struct str){text, n}));
}

static enum err_code work(struct store *s, int64_t t, struct err *e)
{
    char text[MOST_TEXT];
    struct store_bulk *b;
    ERR_TRY(STORE_RUN(s, sql_sample_narrow_delete, e, V_INT(t - KEPT)));
    ERR_TRY(STORE_RUN(s, sql_sample_narrow_mark, e, V_INT((t - 1) * 100)));
    ERR_TRY(store_bulk_begin(s, &sql_sample_narrow_insert, &b, e));
    enum err_code code = ERR_OK;
    for (int64_t i = 0; i < rows_of(t) && code == ERR_OK; i++)
        code = store_bulk_add(b, (const struct store_value[]){V_INT(t * 100 + i), V_INT(t), V_INT(i), text_of(t, i, text)}, e);
    enum err_code last = store_bulk_end(b, code == ERR_OK ? e : NULL);
    return code == ERR_OK ? last : code;
}

enum err_code workload_do(struct store *s, int64_t t, struct err *e)
{
    ERR_TRY(store_begin(s, e));
    enum err_code code = work(s, t, e);
    if (code == ERR_OK)
        return store_commit(s, e);
    store_rollback(s);
    return code;
}

/* The next row must be row i of transaction t, when the last is `last`. */
static void verify_row(const struct store_cursor *c, int64_t t, int64_t i, int64_t last)
{
    char text[MOST_TEXT];
    assert_int_equal(store_int(c, 0), t * 100 + i);
    assert_int_equal(store_int(c, 1), t);
    assert_int_equal(store_int(c, 2), i + (i == 0 && t < last ? 1000 : 0));
    assert_true(str_eq(store_text(c, 3), text_of(t, i, text).s));
}

static void verify_content(struct store *s, int64_t last)
{
    struct err e;
    struct store_cursor *c;
    bool row;
    test_ok(store_query(s, &sql_sample_narrow_list, STORE_NO_VALUES, &c, &e), &e);
    for (int64_t t = last > KEPT ? last - KEPT + 1 : 1; t <= last; t++)
        for (int64_t i = 0; i < rows_of(t); i++) {
            test_ok(store_step(c, &row, &e), &e);
            assert_true(row);
            verify_row(c, t, i, last);
        }
    test_ok(store_step(c, &row, &e), &e);
    assert_false(row);
    store_finish(c);
}

static void verify_sound(struct store *s)
{
    struct err e;
    _cleanup_buf_ struct buf findings;
    buf_init(&findings, 65536);
    test_ok(store_check(s, &findings, &e), &e);
    if (store_engine_of(s) == STORE_SQLITE && findings.n)
        fail_msg("%.*s", STR_ARG(buf_as_str(&findings)));
}

int64_t workload_verify(struct store *s, int64_t acked)
{
    struct err e;
    int64_t last = 0;
    test_ok(store_query_int(s, &sql_sample_narrow_last, STORE_NO_VALUES, &last, &e), &e);
    assert_in_range(last, acked, acked + 1);
    verify_content(s, last);
    verify_sound(s);
    return last;
}
