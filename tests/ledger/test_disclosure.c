/* test_disclosure.c: never a receipt without its committed entry. Every allocation and every call to the system on the way of a look and of an
 * effect fails once, and from there on; after each, the hub starts again, and every receipt that was given is found in the ledger, once. */
#include "disk.h"
#include "hub.h"

#include <errno.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define MOST 4000

static struct {
    bool acked[MOST];
    unsigned seen[MOST];
} all;

static enum err_code tick(void *ctx, const struct ledger_view *v, struct err *e)
{
    (void)ctx;
    (void)e;
    all.seen[hub_number(v)]++;
    return ERR_OK;
}

/* Starts again with a sound system; acknowledged: once; others: at most once. */
static void look(struct hub *h)
{
    struct err e;
    uint64_t size;
    memset(all.seen, 0, sizeof all.seen);
    test_ok(hub_reopen(h, &e), &e);
    test_ok(ledger_each(h->ledger, 0, UINT64_MAX, tick, NULL, &e), &e);
    for (unsigned n = 0; n < MOST; n++)
        if (all.seen[n] > 1 || (all.acked[n] && all.seen[n] != 1))
            fail_msg("entry %u, %s, is there %u times", n, all.acked[n] ? "acknowledged" : "not acknowledged", all.seen[n]);
    test_ok(ledger_verify(h->ledger, NULL, &size, &e), &e);
}

static bool good(const struct hub *h, struct ledger_receipt r) { return ledger_receipt_good(h->ledger, r); }

static enum err_code one_read(struct hub *h, unsigned n, struct ledger_receipt *r)
{
    struct err e;
    struct ledger_entry x = hub_entry(n);
    return ledger_read(h->ledger, &x, r, &e);
}

/* An effect's receipt counts when its transaction is committed. */
static enum err_code one_effect(struct hub *h, unsigned n, struct ledger_receipt *r)
{
    struct err e;
    struct ledger_entry x = hub_entry(n);
    ERR_TRY(store_begin(h->t->store, &e));
    enum err_code code = ledger_effect(h->ledger, &x, r, &e);
    if (code != ERR_OK)
        store_rollback(h->t->store);
    else
        code = store_commit(h->t->store, &e);
    return code;
}

static enum err_code sequence(struct hub *h, unsigned n, struct ledger_receipt *r)
{
    struct err e;
    (void)n;
    (void)r;
    return ledger_sequence(h->ledger, &e);
}

typedef enum err_code act(struct hub *h, unsigned n, struct ledger_receipt *r);

/* Acts 1, 2 and 3 while call `at` fails; the fourth must hold, if the failure passes. Gives whether there was such a call. */
static bool with_failure(struct hub *h, act *one, unsigned at, int error, bool sticky, unsigned *n, unsigned *failures)
{
    disk_fail(NULL, at, error, sticky);
    for (int i = 0; i < 3; i++, (*n)++) {
        struct ledger_receipt r = {{0}};
        bool receipted = one(h, *n, &r) == ERR_OK;
        *failures += !receipted;
        if (one == sequence)
            continue;
        if (!receipted && one == one_read)
            assert_false(good(h, r));
        if (receipted)
            assert_true(good(h, r));
        all.acked[*n] = receipted;
    }
    bool failed = disk_failed();
    (void)disk_stop();
    return failed;
}

static void sweep(struct hub *h, act *one, const char *what, int error, bool sticky)
{
    unsigned n = 0, failures = 0, at = 1;
    memset(&all, 0, sizeof all);
    for (bool failed = true; failed; at += 1 + at / 40) {
        for (int i = 0; one == sequence && i < 2; i++, n++) /* something to do */
            all.acked[n] = (i ? one_read : one_effect)(h, n, &(struct ledger_receipt){0}) == ERR_OK;
        failed = with_failure(h, one, at, error, sticky, &n, &failures);
        look(h);
        assert_true(n < MOST - 10);
    }
    print_message("%s, error %d%s: %u calls, %u failures\n", what, error, sticky ? " for good" : "", at, failures);
    assert_true(failures > 0);
}

static void sweeps(struct store *s, struct test_store *t)
{
    (void)s;
    static const struct { act *one; const char *what; } acts[] = {{one_read, "a look"}, {one_effect, "an effect"}, {sequence, "numbering"}};
    static const struct { int error; bool sticky; } how[] = {{EIO, false}, {EIO, true}, {ENOSPC, false}};
    if (t->engine != STORE_SQLITE)
        return;
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 3; k++) {
            struct hub h;
            struct test_store mine;
            test_store_make(&mine, STORE_SQLITE, NULL);
            hub_make(&h, &mine);
            sweep(&h, acts[i].one, acts[i].what, how[k].error, how[k].sticky);
            hub_drop(&h);
            test_store_drop(&mine);
        }
}
static void no_receipt_without_its_entry(void **state)
{
    (void)state;
    test_store_each(sweeps);
}

/* Opening itself: a failure is an error, and the next opening has everything. */
static void opening(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    unsigned at = 1, refused = 0;
    (void)s;
    if (t->engine != STORE_SQLITE)
        return;
    memset(&all, 0, sizeof all);
    hub_make(&h, t);
    for (unsigned n = 0; n < 40; n++) {
        (n % 2 ? hub_read : hub_effect)(&h, n);
        all.acked[n] = true;
    }
    for (bool failed = true; failed; at += 1 + at / 40) {
        hub_read(&h, 40 + at); /* something to take over */
        all.acked[40 + at] = true;
        ledger_close(h.ledger);
        h.ledger = NULL;
        disk_fail(NULL, at, EIO, false);
        enum err_code code = ledger_open(t->store, h.vault, t->url, &h.options, &h.ledger, &e);
        refused += code != ERR_OK;
        failed = disk_failed();
        (void)disk_stop();
        look(&h);
    }
    print_message("opening: %u calls, %u failures\n", at, refused);
    assert_true(refused > 10);
    hub_drop(&h);
}
static void an_opening_that_fails_loses_nothing(void **state)
{
    (void)state;
    test_store_each(opening);
}

/* A receipt is of this ledger and this process. */
static void receipts(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    struct ledger_receipt r;
    struct ledger_entry x = hub_entry(1);
    (void)s;
    hub_make(&h, t);
    assert_false(ledger_receipt_good(h.ledger, (struct ledger_receipt){{0}}));
    test_ok(ledger_read(h.ledger, &x, &r, &e), &e);
    assert_true(ledger_receipt_good(h.ledger, r));
    for (size_t i = 0; i < 3; i++)
        for (unsigned bit = 0; bit < 64; bit++) {
            struct ledger_receipt other = r;
            other.opaque[i] ^= (uint64_t)1 << bit;
            assert_false(ledger_receipt_good(h.ledger, other));
        }
    test_ok(hub_reopen(&h, &e), &e);
    assert_false(ledger_receipt_good(h.ledger, r));
    hub_drop(&h);
}
static void a_receipt_cannot_be_made(void **state)
{
    (void)state;
    test_store_each(receipts);
}

/* What is too long or no text is refused, whole: the caller shows nothing. */
static void limits(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    struct ledger_receipt r;
    static char text[LIMIT_LEDGER_TEXT_BYTES + 1];
    static uint64_t subjects[LIMIT_LEDGER_SUBJECTS + 1];
    (void)s;
    hub_make(&h, t);
    memset(text, 'x', sizeof text);
    struct ledger_entry x = hub_entry(1);
    x.object = (struct str){text, sizeof text};
    assert_int_equal(ledger_read(h.ledger, &x, &r, &e), ERR_LIMIT);
    assert_non_null(strstr(e.message, "object"));
    assert_null(strstr(e.message, "xxx"));
    x = hub_entry(1);
    x.reason = STR("\xff");
    assert_int_equal(ledger_read(h.ledger, &x, &r, &e), ERR_FORMAT);
    x = hub_entry(1);
    x.subjects = subjects;
    x.n_subjects = LIMIT_LEDGER_SUBJECTS + 1;
    assert_int_equal(ledger_read(h.ledger, &x, &r, &e), ERR_LIMIT);
    test_ok(store_begin(t->store, &e), &e);
    assert_int_equal(ledger_effect(h.ledger, &x, &r, &e), ERR_LIMIT);
    store_rollback(t->store);
    /* The largest that there may be goes in and comes out. */
    for (size_t i = 0; i < LIMIT_LEDGER_SUBJECTS; i++)
        subjects[i] = UINT64_MAX - i / 2; /* some twice */
    x = hub_entry(1);
    x.n_subjects = LIMIT_LEDGER_SUBJECTS;
    x.subjects = subjects;
    struct str *texts[] = {&x.user, &x.agency, &x.door, &x.device, &x.what, &x.purpose, &x.basis, &x.reason};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = (struct str){text, LIMIT_LEDGER_TEXT_BYTES};
    test_ok(ledger_read(h.ledger, &x, &r, &e), &e);
    x.at_ms = 0;
    test_ok(ledger_read(h.ledger, &x, &r, &e), &e);
    uint64_t size;
    test_ok(ledger_verify(h.ledger, NULL, &size, &e), &e);
    assert_int_equal(size, 2);
    hub_drop(&h);
}
static void limits_are_kept(void **state)
{
    (void)state;
    test_store_each(limits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_receipt_without_its_entry),
        cmocka_unit_test(an_opening_that_fails_loses_nothing),
        cmocka_unit_test(a_receipt_cannot_be_made),
        cmocka_unit_test(limits_are_kept),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("disclosure", tests, NULL, NULL);
}
