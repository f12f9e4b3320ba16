/* test_grant.c: no personal statement without a grant: not before it, not after its end or its time, not for other owners, and a cursor that is open does not outlive it.
 * And no change without its effect. */
#include "store/grant.h"
#include "store/sample_sql.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void put(struct store *s, int64_t id, int64_t owner)
{
    struct err e;
    test_ok(STORE_RUN(s, sql_sample_thing_insert, &e, V_INT(id), V_TEXT(STR("k")), V_INT(owner), V_NULL, V_NULL, V_TEXT(STR("said"))), &e);
}

static enum err_code look(struct store *s, int64_t id, int64_t *ret, struct err *e)
{
    return store_query_int(s, &sql_sample_thing_granted, (const struct store_value[]){V_INT(id)}, ret, e);
}

static void grant(struct store *s, int64_t until_ms, int64_t owner)
{
    struct err e;
    const struct store_scope_row row = {owner, 1, 3, 5, 0};
    test_ok(store_grant_begin(s, &(struct store_grant){until_ms, &row, 1}, &e), &e);
}

static void refused(struct store *s, const char *why)
{
    struct err e;
    int64_t n;
    assert_int_equal(look(s, 1, &n, &e), ERR_REFUSED);
    assert_string_equal(e.message, why);
}
#define NOT_GIVEN "sample_thing_granted reads personal data, and nobody has been given permission for it"
#define RUN_OUT "sample_thing_granted reads personal data, and the permission for it has run out"

static void only_with_a_grant(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    int64_t n;
    store_grant_end(s);
    put(s, 1, 7);
    refused(s, NOT_GIVEN);
    grant(s, INT64_MAX, 7);
    test_ok(look(s, 1, &n, &e), &e);
    assert_int_equal(n, 1);
    store_grant_end(s);
    refused(s, NOT_GIVEN);
    store_grant_end(s); /* twice is fine */
    grant(s, now_ms() - 1, 7);
    refused(s, RUN_OUT);
    store_grant_end(s);
    grant(s, INT64_MAX, 8);
    assert_int_equal(look(s, 1, &n, &e), ERR_NOT_FOUND); /* another's rows are as if they were not there */
    store_grant_end(s);
    test_store_permit(s);
}

static void a_refusal_ends_the_transaction(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    store_grant_end(s);
    put(s, 1, 7);
    test_ok(store_begin(s, &e), &e);
    refused(s, NOT_GIVEN);
    assert_int_equal(store_commit(s, &e), ERR_STORE);
    test_ok(store_begin(s, &e), &e);
    grant(s, INT64_MAX, 7);
    int64_t n;
    test_ok(look(s, 1, &n, &e), &e);
    store_grant_end(s);
    refused(s, NOT_GIVEN);
    store_rollback(s);
    refused(s, NOT_GIVEN);
}

static void a_cursor_ends_with_its_grant(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct store_cursor *c;
    bool row;
    put(s, 1, 7);
    test_ok(STORE_QUERY(s, sql_sample_thing_granted, &c, &e, V_INT(1)), &e);
    store_grant_end(s);
    assert_int_equal(store_step(c, &row, &e), ERR_REFUSED);
    store_finish(c);
}

/* What a grant leaves is cleared by the next: also when its end met a broken transaction. */
static void the_next_grant_starts_clean(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    int64_t n;
    store_grant_end(s);
    put(s, 1, 7);
    put(s, 2, 8);
    grant(s, INT64_MAX, 7);
    test_ok(store_begin(s, &e), &e);
    assert_int_equal(STORE_RUN(s, sql_sample_thing_insert, &e, V_INT(1), V_TEXT(STR("k")), V_INT(7), V_NULL, V_NULL, V_NULL), ERR_CONFLICT);
    store_grant_end(s); /* its clearing fails with the transaction */
    store_rollback(s);
    grant(s, INT64_MAX, 8);
    assert_int_equal(look(s, 1, &n, &e), ERR_NOT_FOUND);
    test_ok(look(s, 2, &n, &e), &e);
}

/* ---- effects ---- */

struct witnessed {
    struct store *s;
    int n;
    bool fails;
};

static enum err_code witness(void *ctx, struct err *e)
{
    struct witnessed *w = ctx;
    w->n++;
    if (w->fails)
        return err_set(e, ERR_IO, "the effect cannot be written");
    return STORE_RUN(w->s, sql_sample_thing_insert, e, V_INT(1000 + w->n), V_TEXT(STR("effect")), V_INT(w->n), V_NULL, V_NULL, V_NULL);
}

static int64_t count(struct store *s)
{
    struct err e;
    int64_t n = -1;
    test_ok(store_query_int(s, &sql_sample_thing_count, STORE_NO_VALUES, &n, &e), &e);
    return n;
}

/* Once a transaction that changed something, in it; not for one that changed nothing; and none stands without it. */
static void a_change_and_its_effect_stand_or_fall_together(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct witnessed w = {.s = s};
    store_set_effect(s, witness, &w);
    put(s, 1, 1); /* by itself: gets a transaction */
    assert_int_equal(w.n, 1);
    assert_int_equal(count(s), 2);
    test_ok(store_begin(s, &e), &e);
    put(s, 2, 2);
    put(s, 3, 3);
    test_ok(store_commit(s, &e), &e);
    assert_int_equal(w.n, 2);
    assert_int_equal(count(s), 5);
    test_ok(store_begin(s, &e), &e);
    (void)count(s);
    test_ok(store_commit(s, &e), &e);
    assert_int_equal(w.n, 2);
    w.fails = true;
    test_ok(store_begin(s, &e), &e);
    put(s, 4, 4);
    assert_int_equal(store_commit(s, &e), ERR_IO);
    assert_false(store_in_transaction(s));
    assert_int_equal(STORE_RUN(s, sql_sample_thing_insert, &e, V_INT(5), V_TEXT(STR("k")), V_INT(5), V_NULL, V_NULL, V_NULL), ERR_IO);
    assert_int_equal(count(s), 5);
    store_set_effect(s, NULL, NULL);
    put(s, 6, 6);
    assert_int_equal(count(s), 6);
}

#define ON_EACH(fn) static void fn##_on_each(void **state) { (void)state; test_store_each_with(test_catalogue(&sample_catalogue), fn); }
ON_EACH(only_with_a_grant)
ON_EACH(a_refusal_ends_the_transaction)
ON_EACH(a_cursor_ends_with_its_grant)
ON_EACH(the_next_grant_starts_clean)
ON_EACH(a_change_and_its_effect_stand_or_fall_together)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_with_a_grant_on_each),
        cmocka_unit_test(a_refusal_ends_the_transaction_on_each),
        cmocka_unit_test(a_cursor_ends_with_its_grant_on_each),
        cmocka_unit_test(the_next_grant_starts_clean_on_each),
        cmocka_unit_test(a_change_and_its_effect_stand_or_fall_together_on_each),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("grant", tests, NULL, NULL);
}
