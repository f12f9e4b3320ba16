/* test_crash.c: processes killed at work and power cuts: every acknowledged entry is in the ledger once, no number is given twice, and the checkpoint outside
 * is never ahead of the rows. $HAVEN_LEDGER_KILLS (6) and $HAVEN_LEDGER_CUTS (40) say how many; `make ledger-crashes` does many. */
#include "hub.h"
#include "support/powercut.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define MOST (1 << 20)
static unsigned char acked[MOST], seen[MOST];
static uint64_t first_of_life, leaves;

static int64_t wanted(const char *name, int64_t usual)
{
    int64_t n = usual;
    if (getenv(name))
        assert_true(str_to_int64(str_of(getenv(name)), &n) && n > 0);
    return n;
}

static enum err_code tick(void *ctx, const struct ledger_view *v, struct err *e)
{
    uint64_t n = hub_number(v);
    (void)ctx;
    (void)e;
    assert_true(n < MOST && v->leaf == leaves++);
    assert_int_equal(seen[n], 0);
    seen[n] = 1;
    return ERR_OK;
}

/* Everything acknowledged is there; gives how many entries there are. */
static uint64_t look(struct ledger *l, uint64_t upto)
{
    struct err e;
    uint64_t size;
    memset(seen, 0, sizeof seen);
    leaves = 0;
    test_ok(ledger_each(l, 0, UINT64_MAX, tick, NULL, &e), &e);
    for (uint64_t n = 0; n < upto; n++)
        if (acked[n] && !seen[n])
            fail_msg("entry %llu was acknowledged and is lost", (unsigned long long)n);
    test_ok(ledger_verify(l, NULL, &size, &e), &e);
    assert_int_equal(size, leaves);
    return leaves;
}

/* ---- kill -9 ---- */

struct life {
    struct hub *h;
    atomic_uint_fast64_t next;
    int pipe;
};

static void acknowledge(struct life *x, uint64_t n)
{
    uint32_t number = (uint32_t)n;
    if (write(x->pipe, &number, sizeof number) != (ssize_t)sizeof number)
        _exit(3);
}

static void *reader(void *arg)
{
    struct life *x = arg;
    for (;;) {
        uint64_t n = atomic_fetch_add(&x->next, 1), subject = n;
        struct ledger_receipt r;
        struct err e;
        char object[40];
        (void)snprintf(object, sizeof object, "person %llu", (unsigned long long)n);
        const struct ledger_entry entry = {.operation = LEDGER_search, .outcome = LEDGER_NOTHING, .object = str_of(object), .subjects = &subject, .n_subjects = 1};
        if (ledger_read(x->h->ledger, &entry, &r, &e) != ERR_OK)
            _exit(4);
        acknowledge(x, n);
    }
    return NULL;
}

static _Noreturn void live(struct hub *h, int to)
{
    struct err e;
    struct life x = {.h = h, .pipe = to};
    pthread_t t[2];
    atomic_store(&x.next, first_of_life);
    if (store_open(h->t->url, &h->t->store, &e) != ERR_OK || ledger_open(h->t->store, h->vault, h->t->url, &h->options, &h->ledger, &e) != ERR_OK) {
        (void)fprintf(stderr, "%s\n", e.message);
        _exit(5);
    }
    for (int i = 0; i < 2; i++)
        if (pthread_create(&t[i], NULL, reader, &x) != 0)
            _exit(6);
    for (;;) {
        for (int i = 0; i < 3; i++) {
            uint64_t n = atomic_fetch_add(&x.next, 1);
            struct ledger_receipt r;
            struct ledger_entry entry = hub_entry(n);
            if (store_begin(h->t->store, &e) != ERR_OK || ledger_effect(h->ledger, &entry, &r, &e) != ERR_OK || store_commit(h->t->store, &e) != ERR_OK)
                _exit(7);
            acknowledge(&x, n);
        }
        if (ledger_sequence(h->ledger, &e) != ERR_OK)
            _exit(8);
    }
}

static uint64_t one_kill(struct hub *h, unsigned ms)
{
    int ends[2];
    uint32_t n;
    uint64_t high = first_of_life, count = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        live(h, ends[1]);
    }
    (void)close(ends[1]);
    double until = 0; /* counted from the first acknowledgement */
    bool killed = false;
    while (read(ends[0], &n, sizeof n) == (ssize_t)sizeof n) {
        assert_true(n < MOST);
        acked[n] = 1;
        count++;
        until = until > 0 ? until : monotonic_s() + ms / 1000.0;
        high = n >= high ? n + 1 : high;
        if (!killed && (monotonic_s() > until || high > MOST - 10000)) {
            assert_int_equal(kill(child, SIGKILL), 0);
            killed = true;
        }
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status))
        fail_msg("the child ended by itself: %d", status);
    (void)close(ends[0]);
    first_of_life = high + 100; /* what was given and not acknowledged */
    return count;
}

static void kills(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    uint64_t total = 0, there = 0;
    int64_t times = wanted("HAVEN_LEDGER_KILLS", 6);
    (void)s;
    memset(acked, 0, sizeof acked);
    first_of_life = 0;
    hub_make(&h, t);
    hub_close(&h);
    for (int64_t i = 0; i < times && first_of_life < MOST / 2; i++) {
        total += one_kill(&h, 5 + (unsigned)(i * 37 % (times > 100 ? 150 : 40)));
        test_ok(hub_reopen(&h, &e), &e);
        there = look(h.ledger, first_of_life);
        hub_close(&h);
    }
    print_message("%lld kills, %llu entries acknowledged, %llu in the ledger\n", (long long)times, (unsigned long long)total, (unsigned long long)there);
    assert_true(total > (uint64_t)times && there >= total);
    test_ok(hub_reopen(&h, &e), &e);
    hub_drop(&h);
}
static void kills_lose_nothing(void **state)
{
    (void)state;
    test_store_each(kills);
}

/* ---- power cuts of the database, at any of its writes; the journal's and the tiles' files are synced before anything depends on them ---- */

/* Works until the power goes; acknowledges what it was told. */
static void work(struct hub *h, uint64_t *n)
{
    struct err e;
    struct ledger_receipt r;
    for (int round = 0; round < 12 && !powercut_happened(); round++) {
        for (int i = 0; i < 4 && !powercut_happened(); i++, (*n)++) {
            struct ledger_entry x = hub_entry(*n);
            enum err_code code;
            if (i % 2) {
                code = ledger_read(h->ledger, &x, &r, &e);
            } else {
                code = store_begin(h->t->store, &e);
                if (code == ERR_OK)
                    code = ledger_effect(h->ledger, &x, &r, &e);
                code = code == ERR_OK ? store_commit(h->t->store, &e) : (store_rollback(h->t->store), code);
            }
            acked[*n] = code == ERR_OK;
        }
        (void)ledger_sequence(h->ledger, &e);
    }
}

static void cuts(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    uint64_t n = 0, there = 0;
    char url[PATH_MAX + 32];
    int64_t times = wanted("HAVEN_LEDGER_CUTS", 40), happened = 0;
    (void)s;
    if (t->engine != STORE_SQLITE)
        return;
    memset(acked, 0, sizeof acked);
    powercut_register(false);
    hub_make(&h, t);
    hub_close(&h);
    (void)snprintf(url, sizeof url, "sqlite:%s?vfs=powercut", t->url);
    for (int64_t i = 0; i < times && n < MOST - 100; i++) {
        powercut_forget();
        powercut_arm(1 + (uint64_t)(i * 31) % 230, (uint64_t)i + 1);
        if (store_open(url, &t->store, &e) == ERR_OK && ledger_open(t->store, h.vault, url, &h.options, &h.ledger, &e) == ERR_OK)
            work(&h, &n);
        happened += powercut_happened();
        hub_close(&h);
        powercut_restart();
        test_ok(store_open(t->url, &t->store, &e), &e);
        test_ok(ledger_open(t->store, h.vault, t->url, &h.options, &h.ledger, &e), &e);
        there = look(h.ledger, n);
        hub_close(&h);
    }
    print_message("%lld power cuts, %llu entries tried, %llu in the ledger\n", (long long)happened, (unsigned long long)n, (unsigned long long)there);
    assert_true(happened > times / 2);
    test_ok(hub_reopen(&h, &e), &e);
    hub_drop(&h);
}
static void power_cuts_lose_nothing(void **state)
{
    (void)state;
    test_store_each(cuts);
}

/* ---- each write or sync of the database fails once, and the machine lives on ---- */

static void failing_writes(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    uint64_t n = 0;
    char url[PATH_MAX + 32];
    static const int codes[] = {SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_FULL};
    (void)s;
    if (t->engine != STORE_SQLITE)
        return;
    memset(acked, 0, sizeof acked);
    hub_make(&h, t);
    hub_close(&h);
    (void)snprintf(url, sizeof url, "sqlite:%s?vfs=powercut", t->url);
    for (uint64_t at = 1; at < 200; at += 1 + at / 5)
        for (size_t k = 0; k < sizeof codes / sizeof *codes; k++) {
            powercut_forget();
            powercut_fail_once(at, codes[k]);
            if (store_open(url, &t->store, &e) == ERR_OK && ledger_open(t->store, h.vault, url, &h.options, &h.ledger, &e) == ERR_OK)
                work(&h, &n);
            hub_close(&h);
            powercut_fail_once(0, 0);
            test_ok(store_open(t->url, &t->store, &e), &e);
            test_ok(ledger_open(t->store, h.vault, t->url, &h.options, &h.ledger, &e), &e);
            (void)look(h.ledger, n);
            hub_close(&h);
        }
    test_ok(hub_reopen(&h, &e), &e);
    hub_drop(&h);
}
static void a_failing_database_loses_nothing(void **state)
{
    (void)state;
    test_store_each(failing_writes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kills_lose_nothing), cmocka_unit_test(power_cuts_lose_nothing), cmocka_unit_test(a_failing_database_loses_nothing)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("crash", tests, NULL, NULL);
}
