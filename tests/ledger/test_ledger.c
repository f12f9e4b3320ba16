/* test_ledger.c: entries go in by both ways, get their numbers once, come back by number and by subject, and are proved. */
#include "hub.h"
#include "ledger/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

struct seen {
    size_t n;
    uint64_t leaf[4000], number[4000];
    bool destroyed[4000];
};

static enum err_code see(void *ctx, const struct ledger_view *v, struct err *e)
{
    struct seen *s = ctx;
    (void)e;
    assert_in_range(s->n, 0, 3999);
    s->leaf[s->n] = v->leaf;
    s->destroyed[s->n] = v->destroyed;
    s->number[s->n++] = v->destroyed ? 0 : hub_number(v);
    return ERR_OK;
}

static void see_all(struct hub *h, struct seen *s)
{
    struct err e;
    s->n = 0;
    test_ok(ledger_each(h->ledger, 0, UINT64_MAX, see, s, &e), &e);
}

static enum err_code same_entry(void *ctx, const struct ledger_view *v, struct err *e)
{
    struct ledger_entry want = hub_entry(hub_number(v));
    const struct ledger_entry *x = &v->entry;
    (void)ctx;
    (void)e;
    assert_int_equal(x->operation, want.operation);
    assert_int_equal(x->outcome, want.outcome);
    assert_int_equal(x->at_ms, want.at_ms);
    assert_true(str_eq(x->user, want.user) && str_eq(x->agency, want.agency) && str_eq(x->door, want.door));
    assert_true(str_eq(x->device, want.device) && str_eq(x->what, want.what) && str_eq(x->object, want.object));
    assert_true(str_eq(x->purpose, want.purpose) && str_eq(x->basis, want.basis) && str_eq(x->reason, want.reason));
    assert_true(x->groups == want.groups && x->rule == want.rule && x->n_rows == want.n_rows);
    assert_int_equal(x->n_subjects, 2);
    assert_true(x->subjects[0] == want.subjects[0] && x->subjects[1] == want.subjects[1]);
    return ERR_OK;
}

static void both_ways(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    static struct seen seen;
    (void)s;
    hub_make(&h, t);
    assert_int_equal(ledger_size(h.ledger), 0);
    for (uint64_t n = 0; n < 300; n++)
        (n % 3 ? hub_read : hub_effect)(&h, n);
    test_ok(ledger_sequence(h.ledger, &e), &e);
    assert_int_equal(ledger_size(h.ledger), 300);
    see_all(&h, &seen);
    assert_int_equal(seen.n, 300);
    /* Effects first, in their order; then reads in theirs. */
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(seen.leaf[i], i);
        assert_int_equal(seen.number[i], i < 100 ? 3 * i : (i - 100) / 2 * 3 + 1 + (i - 100) % 2);
    }
    test_ok(ledger_each(h.ledger, 0, UINT64_MAX, same_entry, NULL, &e), &e);
    test_ok(hub_reopen(&h, &e), &e);
    assert_int_equal(ledger_size(h.ledger), 300);
    hub_drop(&h);
}
static void entries_by_both_ways_get_numbers(void **state)
{
    (void)state;
    test_store_each(both_ways);
}

static void about(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    static struct seen seen;
    (void)s;
    hub_make(&h, t);
    for (uint64_t n = 0; n < 20; n++)
        hub_read(&h, n);
    /* Entry n is about n and n + 1: 5 is in 4 and 5, 6 in 5 and 6, so three entries, each once. */
    seen.n = 0;
    test_ok(ledger_each_about(h.ledger, (const uint64_t[]){5, 6, 1000}, 3, see, &seen, &e), &e);
    assert_int_equal(seen.n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(seen.number[i], 6 - i);
    /* One destroyed: it says nothing and is found by nobody, and the tree stands. */
    test_ok(store_begin(t->store, &e), &e);
    test_ok(ledger_destroy(h.ledger, 5, &e), &e);
    test_ok(store_commit(t->store, &e), &e);
    seen.n = 0;
    test_ok(ledger_each_about(h.ledger, (const uint64_t[]){5, 6}, 2, see, &seen, &e), &e);
    assert_int_equal(seen.n, 2);
    see_all(&h, &seen);
    assert_int_equal(seen.n, 20);
    assert_true(seen.destroyed[5] && !seen.destroyed[4]);
    test_ok(hub_reopen(&h, &e), &e);
    _cleanup_buf_ struct buf proof, leaf, vkey;
    buf_init(&proof, 1 << 20);
    buf_init(&leaf, 1 << 20);
    buf_init(&vkey, 1 << 10);
    test_ok(ledger_prove(h.ledger, 5, &proof, &leaf, &e), &e);
    test_ok(ledger_vkey(h.ledger, &vkey, &e), &e);
    struct ledger_key key;
    struct ledger_bundle bundle;
    struct ledger_checkpoint c;
    test_ok(ledger_key_parse(buf_as_str(&vkey), &key, &e), &e);
    test_ok(ledger_bundle_check(buf_as_str(&proof), buf_as_str(&leaf), &(struct ledger_keys){&key, 1, 0}, &bundle, &c, &e), &e);
    assert_int_equal(bundle.index, 5);
    assert_int_equal(c.size, 20);
    hub_drop(&h);
}
static void who_has_seen_me_and_destroying(void **state)
{
    (void)state;
    test_store_each(about);
}

/* More than one transaction of numbering takes; looks within a transaction see what is numbered. */
static void many(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    struct ledger_receipt r;
    struct ledger_entry x = hub_entry(1);
    static struct seen seen;
    (void)s;
    hub_make(&h, t);
    test_ok(store_begin(t->store, &e), &e);
    for (size_t n = 0; n < LIMIT_LEDGER_STEP + 5; n++)
        test_ok(ledger_effect(h.ledger, &x, &r, &e), &e);
    test_ok(store_commit(t->store, &e), &e);
    hub_read(&h, 7);
    hub_read(&h, 8);
    test_ok(ledger_sequence(h.ledger, &e), &e);
    assert_int_equal(ledger_size(h.ledger), LIMIT_LEDGER_STEP + 7);
    test_ok(store_begin(t->store, &e), &e);
    hub_read(&h, 9);
    seen.n = 0;
    test_ok(ledger_each(h.ledger, LIMIT_LEDGER_STEP + 5, UINT64_MAX, see, &seen, &e), &e);
    assert_int_equal(seen.n, 2);
    seen.n = 0;
    test_ok(ledger_each_about(h.ledger, (const uint64_t[]){8}, 1, see, &seen, &e), &e);
    assert_int_equal(seen.n, 2);
    seen.n = 0;
    test_ok(ledger_each_about(h.ledger, (const uint64_t[]){9}, 1, see, &seen, &e), &e);
    assert_int_equal(seen.n, 1);
    test_ok(ledger_each_about(h.ledger, (const uint64_t[]){99}, 1, see, &seen, &e), &e);
    ledger_close(h.ledger); /* in a transaction: the next opening numbers it */
    h.ledger = NULL;
    test_ok(hub_reopen(&h, &e), &e);
    assert_int_equal(ledger_size(h.ledger), LIMIT_LEDGER_STEP + 8);
    ledger_close(NULL);
    hub_drop(&h);
}
static void many_are_numbered_in_steps(void **state)
{
    (void)state;
    test_store_each(many);
}

/* An effect that is rolled back never was; under an asking, numbering is nobody's change. */
static enum err_code count_effects(void *ctx, struct err *e)
{
    int *n = ctx;
    (void)e;
    (*n)++;
    return ERR_OK;
}
static void rolled_back(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    struct ledger_receipt r;
    struct ledger_entry x = hub_entry(1);
    int effects = 0;
    (void)s;
    hub_make(&h, t);
    test_ok(store_begin(t->store, &e), &e);
    test_ok(ledger_effect(h.ledger, &x, &r, &e), &e);
    store_rollback(t->store);
    test_ok(ledger_sequence(h.ledger, &e), &e);
    assert_int_equal(ledger_size(h.ledger), 0);
    /* A server numbers between its requests, once a second at most. */
    ledger_breathe(NULL);
    ledger_breathe(h.ledger);
    hub_read(&h, 2);
    test_ok(store_begin(t->store, &e), &e);
    ledger_breathe(h.ledger);
    store_rollback(t->store);
    ledger_breathe(h.ledger); /* too soon */
    assert_int_equal(ledger_size(h.ledger), 0);
    store_set_effect(t->store, count_effects, &effects);
    hub_read(&h, 3);
    test_ok(ledger_sequence(h.ledger, &e), &e);
    assert_int_equal(effects, 0);
    store_set_effect(t->store, NULL, NULL);
    assert_int_equal(ledger_size(h.ledger), 2);
    hub_drop(&h);
}
static void what_is_rolled_back_never_was(void **state)
{
    (void)state;
    test_store_each(rolled_back);
}

/* The words of an entry are nowhere in the clear: database, its log, journal, tiles. */
static void clear_words(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    (void)s;
    if (t->engine != STORE_SQLITE)
        return;
    hub_make(&h, t);
    for (uint64_t n = 0; n < 20; n++)
        (n % 2 ? hub_read : hub_effect)(&h, n);
    static const char *const words[] = {"person 7", "people show", "safeguarding", "case 7", "a call", "police", "uid 1000"};
    for (int round = 0; round < 3; round++) { /* waiting, numbered, closed */
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            hub_shell("! grep -rqaF '%s' '%s'", words[i], t->folder);
        if (round == 0)
            test_ok(ledger_sequence(h.ledger, &e), &e);
        else if (round == 1)
            hub_close(&h);
    }
    test_ok(hub_reopen(&h, &e), &e);
    hub_shell("printf 'person 7' >'%s/x' && grep -rqaF 'person 7' '%s'", t->folder, t->folder); /* it would be found */
    hub_drop(&h);
}
static void no_word_is_in_the_clear(void **state)
{
    (void)state;
    test_store_each(clear_words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_are_numbered_in_steps), cmocka_unit_test(what_is_rolled_back_never_was),
                                       cmocka_unit_test(no_word_is_in_the_clear),
                                       cmocka_unit_test(entries_by_both_ways_get_numbers), cmocka_unit_test(who_has_seen_me_and_destroying)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
