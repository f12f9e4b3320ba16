/* test_store.c: statements, rows, transactions and many rows, the same on each engine. */
#include "store/sample_sql.h"
#include "support/test_store.h"

#include <float.h>
#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void each(test_store_fn *test) { test_store_each_with(test_catalogue(&sample_catalogue), test); }

static void put(struct store *s, int64_t id, const char *kind, int64_t n)
{
    struct err e;
    test_ok(STORE_RUN(s, sql_sample_thing_insert, &e, V_INT(id), V_TEXT(str_of(kind)), V_INT(n), V_NULL, V_NULL, V_NULL), &e);
}

static int64_t count(struct store *s)
{
    struct err e;
    int64_t n = -1;
    test_ok(store_query_int(s, &sql_sample_thing_count, STORE_NO_VALUES, &n, &e), &e);
    return n;
}

/* ---- values ---- */

static void check_row(struct store *s, int64_t id, const struct store_value v[5])
{
    struct err e;
    struct store_cursor *c;
    bool row;
    test_ok(STORE_QUERY(s, sql_sample_thing_by_id, &c, &e, V_INT(id)), &e);
    test_ok(store_step(c, &row, &e), &e);
    assert_true(row);
    for (size_t i = 0; i < 5; i++) {
        struct store_value got = store_column(c, i + 1);
        assert_int_equal(got.type, v[i].type);
        assert_true(got.i == v[i].i && memcmp(&got.r, &v[i].r, sizeof got.r) == 0 && str_eq(got.s, v[i].s));
    }
    test_ok(store_step(c, &row, &e), &e);
    assert_false(row);
    store_finish(c);
}

static void values_come_back(struct store *s, struct test_store *t)
{
    static const char bytes[] = "\0\1'\"\\\xff\x00 end";
    static const int64_t ints[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(1) << 53};
    static const double reals[] = {0.0, -1.5, 0.1, DBL_MAX, -DBL_MIN, 1e-320};
    static const char *const texts[] = {"x", "Zoë O’Connor", "it's \"quoted\" \\n :id ?1 $1", "línea\nnueva", "\xf0\x9f\x92\x99", "-- no"};
    struct err e;
    for (int i = 0; i < 6; i++) {
        struct store_value v[] = {V_TEXT(str_of(texts[i])), V_INT(ints[i]), V_REAL(reals[i]),
                                  V_BLOB(((struct str){bytes, sizeof bytes - (size_t)i})), V_TEXT(str_of(texts[5 - i]))};
        test_ok(STORE_RUN(s, sql_sample_thing_insert, &e, V_INT(i), v[0], v[1], v[2], v[3], v[4]), &e);
    }
    test_store_reopen(t);
    for (int i = 0; i < 6; i++) {
        struct store_value v[] = {V_TEXT(str_of(texts[i])), V_INT(ints[i]), V_REAL(reals[i]),
                                  V_BLOB(((struct str){bytes, sizeof bytes - (size_t)i})), V_TEXT(str_of(texts[5 - i]))};
        check_row(t->store, i, v);
    }
}

static void null_is_not_empty(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    test_ok(STORE_RUN(s, sql_sample_thing_insert, &e, V_INT(1), V_TEXT(STR("")), V_NULL, V_NULL, V_BLOB(STR_NONE),
                      V_TEXT_OR_NULL(STR_NONE)), &e);
    check_row(s, 1, (const struct store_value[]){V_TEXT(STR("")), V_NULL, V_NULL, V_BLOB(STR("")), V_NULL});
}

static void parameters_bind_by_name(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct store_cursor *c;
    bool row;
    for (int i = 0; i < 10; i++)
        put(s, i, "a", 10 * i);
    test_ok(STORE_QUERY(s, sql_sample_thing_between, &c, &e, V_INT(20), V_INT(40), V_TEXT(STR("a"))), &e);
    for (int want = 2; want <= 4; want++) {
        test_ok(store_step(c, &row, &e), &e);
        assert_true(row);
        assert_int_equal(store_int(c, 0), want);
    }
    for (int i = 0; i < 3; i++) { /* the end stays the end */
        test_ok(store_step(c, &row, &e), &e);
        assert_false(row);
    }
    store_finish(c);
}

static void quoted_text_is_untouched(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row;
    put(s, 7, "a", 1);
    test_ok(STORE_QUERY(s, sql_sample_thing_quoted, &c, &e, V_INT(7)), &e);
    test_ok(store_step(c, &row, &e), &e);
    assert_true(row && str_eq(store_text(c, 0), STR(":id '-- name: x' /* ? $1 */ \\n")) && store_int(c, 1) == 7);
    assert_int_equal(STORE_RUN(s, sql_sample_thing_insert, &e, V_INT(8), V_TEXT(STR("real; :forbidden {{id}} 'bigint'")), V_NULL,
                               V_NULL, V_NULL, V_NULL), ERR_CONFLICT);
}

static void text_sorts_by_bytes(struct store *s, struct test_store *t)
{
    (void)t;
    static const char *const order[] = {"", "A", "Z", "_", "a", "a b", "ab", "z", "É", "é"};
    struct err e;
    struct store_cursor *c;
    bool row;
    for (int i = 9; i >= 0; i--)
        put(s, i, order[i], 1);
    test_ok(store_query(s, &sql_sample_thing_list, STORE_NO_VALUES, &c, &e), &e);
    for (int i = 0; i < 10; i++) {
        test_ok(store_step(c, &row, &e), &e);
        assert_true(row && store_int(c, 0) == i);
    }
    store_finish(c);
    test_ok(STORE_QUERY(s, sql_sample_thing_like, &c, &e, V_TEXT(STR("a%"))), &e);
    for (int i = 4; i <= 6; i++) {
        test_ok(store_step(c, &row, &e), &e);
        assert_true(row && store_int(c, 0) == i);
    }
    test_ok(store_step(c, &row, &e), &e);
    assert_false(row); /* LIKE tells A from a on both */
    store_finish(c);
}

static void text_that_is_not_utf8_is_refused(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    assert_int_equal(STORE_RUN(s, sql_sample_thing_rename, &e, V_TEXT(STR("a\0b")), V_TEXT(STR("c"))), ERR_FORMAT);
    assert_string_equal(e.message, "sample_thing_rename: the text for :old is not UTF-8 or holds a NUL byte");
    assert_int_equal(STORE_RUN(s, sql_sample_thing_rename, &e, V_TEXT(STR("a")), V_TEXT(STR("\xc3"))), ERR_FORMAT);
    assert_string_equal(e.message, "sample_thing_rename: the text for :new is not UTF-8 or holds a NUL byte");
}

static void a_wrongly_declared_column_is_refused(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct store_cursor *c;
    bool row;
    put(s, 1, "a", 1);
    enum err_code code = store_query(s, &sql_sample_thing_wrong_type, STORE_NO_VALUES, &c, &e);
    if (code == ERR_OK) { /* SQLite knows only when it sees the row */
        code = store_step(c, &row, &e);
        store_finish(c);
    }
    assert_int_equal(code, ERR_STORE);
    assert_non_null(strstr(e.message, "sample_thing_wrong_type (sample.sql:"));
    assert_non_null(strstr(e.message, "column 1 has another type than declared"));
}

/* ---- statements ---- */

static void changes_are_counted(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    int64_t n = -1;
    for (int i = 0; i < 5; i++)
        put(s, i, i < 3 ? "a" : "b", i);
    test_ok(store_run(s, &sql_sample_thing_rename, (const struct store_value[]){V_TEXT(STR("a")), V_TEXT(STR("c"))}, &n, &e), &e);
    assert_int_equal(n, 3);
    test_ok(store_run(s, &sql_sample_thing_rename, (const struct store_value[]){V_TEXT(STR("no")), V_TEXT(STR("c"))}, &n, &e), &e);
    assert_int_equal(n, 0);
}

static void returning_and_upsert(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    for (int i = 1; i <= 2; i++) {
        struct store_cursor *c;
        bool row;
        test_ok(STORE_QUERY(s, sql_sample_thing_put, &c, &e, V_INT(9), V_TEXT(STR("k")), V_INT(i)), &e);
        test_ok(store_step(c, &row, &e), &e);
        assert_true(row && store_int(c, 0) == 9 && store_int(c, 1) == i);
        store_finish(c);
    }
    assert_int_equal(count(s), 1);
}

static void sums_keep_their_type(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row;
    put(s, 1, "a", 1);
    put(s, 2, "a", 2);
    test_ok(store_query(s, &sql_sample_thing_sum, STORE_NO_VALUES, &c, &e), &e);
    test_ok(store_step(c, &row, &e), &e);
    assert_true(row && store_int(c, 0) == 3);
    assert_true(store_real(c, 1) > 1.49 && store_real(c, 1) < 1.51);
}

static void nothing_found(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    int64_t n = 77;
    assert_int_equal(store_query_int(s, &sql_sample_thing_by_id, (const struct store_value[]){V_INT(1)}, &n, &e), ERR_NOT_FOUND);
    assert_string_equal(e.message, "sample_thing_by_id found nothing");
    assert_int_equal(n, 77);
}

static void other_statements_run_between_rows(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct store_cursor *c;
    bool row;
    for (int i = 0; i < 100; i++)
        put(s, i, "a", i);
    int64_t seen = 0;
    test_ok(store_query(s, &sql_sample_thing_list, STORE_NO_VALUES, &c, &e), &e);
    for (;;) {
        test_ok(store_step(c, &row, &e), &e);
        if (!row)
            break;
        test_ok(STORE_RUN(s, sql_sample_part_insert, &e, V_INT(seen), V_INT(store_int(c, 0)), V_TEXT(store_text(c, 1))), &e);
        assert_int_equal(count(s), 100);
        assert_int_equal(store_int(c, 0), seen++); /* the row is still here */
    }
    store_finish(c);
    assert_int_equal(seen, 100);
}

/* ---- transactions ---- */

static void rollback_undoes_all(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    test_ok(store_begin(s, &e), &e);
    put(s, 1, "a", 1);
    assert_true(store_in_transaction(s));
    store_rollback(s);
    assert_false(store_in_transaction(s));
    assert_int_equal(count(s), 0);
    store_rollback(s); /* harmless */
    test_ok(store_begin(s, &e), &e);
    put(s, 1, "a", 1);
    test_ok(store_commit(s, &e), &e);
    assert_int_equal(count(s), 1);
}

static void an_error_ends_the_transaction(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    test_ok(store_begin(s, &e), &e);
    put(s, 1, "a", 1);
    assert_int_equal(STORE_RUN(s, sql_sample_thing_insert, &e, V_INT(1), V_TEXT(STR("secret name")), V_NULL, V_NULL, V_NULL, V_NULL),
                     ERR_CONFLICT);
    assert_non_null(strstr(e.message, "sample_thing_insert: breaks a rule of the schema"));
    assert_null(strstr(e.message, "secret"));
    assert_null(strstr(e.detail, "secret"));
    int64_t n;
    assert_int_equal(store_query_int(s, &sql_sample_thing_count, STORE_NO_VALUES, &n, &e), ERR_STORE);
    assert_string_equal(e.message, "the transaction has failed already and can only be rolled back");
    assert_int_equal(store_commit(s, &e), ERR_STORE);
    assert_false(store_in_transaction(s));
    assert_int_equal(count(s), 0);
}

static void foreign_keys_hold(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    int64_t n;
    assert_int_equal(STORE_RUN(s, sql_sample_part_insert, &e, V_INT(1), V_INT(5), V_TEXT(STR("x"))), ERR_CONFLICT);
    put(s, 5, "a", 1);
    test_ok(STORE_RUN(s, sql_sample_part_insert, &e, V_INT(1), V_INT(5), V_TEXT(STR("x"))), &e);
    test_ok(STORE_RUN(s, sql_sample_thing_delete, &e, V_INT(5)), &e);
    test_ok(store_query_int(s, &sql_sample_part_count, (const struct store_value[]){V_INT(5)}, &n, &e), &e);
    assert_int_equal(n, 0);
}

static void counters_never_repeat(struct store *s, struct test_store *t)
{
    struct err e;
    int64_t a, b, c;
    test_ok(store_begin(s, &e), &e);
    test_ok(store_reserve_ids(s, "mention", 100, &a, &e), &e);
    test_ok(store_reserve_ids(s, "mention", 1, &b, &e), &e);
    test_ok(store_reserve_ids(s, "other", 1, &c, &e), &e);
    assert_true(a == 1 && b == 101 && c == 1);
    test_ok(store_commit(s, &e), &e);
    test_store_reopen(t);
    test_ok(store_begin(t->store, &e), &e);
    test_ok(store_reserve_ids(t->store, "mention", 5, &a, &e), &e);
    assert_int_equal(a, 102);
    store_rollback(t->store);
}

/* ---- many rows ---- */

static void bulk_writes_all(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct store_bulk *things, *parts;
    test_ok(store_begin(s, &e), &e);
    test_ok(store_bulk_begin(s, &sql_sample_thing_insert, &things, &e), &e);
    test_ok(store_bulk_begin(s, &sql_sample_part_insert, &parts, &e), &e);
    for (int i = 0; i < 5000; i++) {
        char text[20]; /* reused at once: bulk must not keep the pointer */
        int n = snprintf(text, sizeof text, "thing %d", i);
        struct store_value name = V_TEXT(((struct str){text, (size_t)n}));
        test_ok(store_bulk_add(things, (const struct store_value[]){V_INT(i), name, V_INT(i), V_REAL(i / 2.0), V_NULL, V_NULL}, &e), &e);
        test_ok(store_bulk_add(parts, (const struct store_value[]){V_INT(i), V_INT(i), name}, &e), &e);
        if (i % 1000 == 0)
            assert_int_equal(count(s), i + 1); /* a query sees what was added */
    }
    test_ok(store_bulk_end(things, &e), &e);
    test_ok(store_bulk_end(parts, &e), &e);
    test_ok(store_commit(s, &e), &e);
    assert_int_equal(count(s), 5000);
    check_row(s, 4321, (const struct store_value[]){V_TEXT(STR("thing 4321")), V_INT(4321), V_REAL(2160.5), V_NULL, V_NULL});
}

static void bulk_tells_of_errors(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct store_bulk *b;
    test_ok(store_begin(s, &e), &e);
    test_ok(store_bulk_begin(s, &sql_sample_thing_insert, &b, &e), &e);
    enum err_code code = ERR_OK;
    for (int i = 0; i < 2000 && code == ERR_OK; i++)
        code = store_bulk_add(b, (const struct store_value[]){V_INT(i == 700 ? 3 : i), V_TEXT(STR("k")), V_INT(i), V_NULL, V_NULL, V_NULL}, &e);
    enum err_code last = store_bulk_end(b, code == ERR_OK ? &e : NULL);
    assert_int_equal(code == ERR_OK ? last : code, ERR_CONFLICT);
    assert_non_null(strstr(e.message, "sample_thing_insert: breaks a rule of the schema"));
    assert_int_not_equal(store_commit(s, &e), ERR_OK);
    assert_int_equal(count(s), 0);
}

static void a_check_of_a_sound_store_finds_nothing(struct store *s, struct test_store *t)
{
    struct err e;
    _cleanup_buf_ struct buf findings;
    buf_init(&findings, 4096);
    put(s, 1, "a", 1);
    test_ok(store_check(s, &findings, &e), &e);
    /* The cluster of the tests runs without fsync, which a check must tell. */
    if (t->engine == STORE_POSTGRESQL)
        assert_non_null(strstr(findings.p, ": fsync is off: a power cut loses acknowledged work\n"));
    assert_int_equal(str_find_char(buf_as_str(&findings), '\n'), t->engine == STORE_POSTGRESQL ? (ptrdiff_t)findings.n - 1 : -1);
}

#define EACH(name) static void name##_each(void **state) { (void)state; each(name); }
#define TESTS(X) \
    X(values_come_back) X(null_is_not_empty) X(parameters_bind_by_name) X(quoted_text_is_untouched) X(text_sorts_by_bytes) \
    X(text_that_is_not_utf8_is_refused) X(a_wrongly_declared_column_is_refused) X(changes_are_counted) X(returning_and_upsert) \
    X(sums_keep_their_type) X(nothing_found) X(other_statements_run_between_rows) X(rollback_undoes_all) \
    X(an_error_ends_the_transaction) X(foreign_keys_hold) X(counters_never_repeat) X(bulk_writes_all) X(bulk_tells_of_errors) \
    X(a_check_of_a_sound_store_finds_nothing)
TESTS(EACH)

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test(name##_each),
        TESTS(ROW)
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
