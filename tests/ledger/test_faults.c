/* test_faults.c: every call to the system, to memory and to the store fails once under each thing that the ledger does: an honest error, and afterwards all is there.
 * And the witness over HTTP, whose failures are no harm. */
#include "disk.h"
#include "hub.h"
#include "ledger/log.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define ENTRIES 300 /* more than one tile */

struct world {
    struct test_store store;
    struct hub hub;
    struct ledger_peer peer;
    struct buf a, b;
};

static enum err_code hear(void *ctx, const struct ledger_view *v, struct err *e)
{
    size_t *n = ctx;
    (void)v;
    (void)e;
    (*n)++;
    return ERR_OK;
}
static enum err_code hear_and_stop(void *ctx, const struct ledger_view *v, struct err *e)
{
    (void)ctx;
    (void)v;
    return err_set(e, ERR_IO, "the reader went away");
}

/* ---- the things that it does ---- */

static enum err_code do_each(struct world *w, struct err *e)
{
    size_t n = 0;
    ERR_TRY(ledger_each(w->hub.ledger, 0, UINT64_MAX, hear, &n, e));
    assert_true(n >= ENTRIES);
    return ERR_OK;
}
static enum err_code do_about(struct world *w, struct err *e)
{
    size_t n = 0;
    ERR_TRY(ledger_each_about(w->hub.ledger, (const uint64_t[]){5, 6, 7, 8}, 4, hear, &n, e));
    assert_int_equal(n, 5);
    return ERR_OK;
}
static enum err_code do_verify(struct world *w, struct err *e)
{
    uint64_t n;
    return ledger_verify(w->hub.ledger, NULL, &n, e);
}
static enum err_code do_prove(struct world *w, struct err *e)
{
    buf_clear(&w->a);
    buf_clear(&w->b);
    return ledger_prove(w->hub.ledger, 259, &w->a, &w->b, e);
}
static enum err_code do_prove_new(struct world *w, struct err *e)
{
    buf_clear(&w->a);
    buf_clear(&w->b);
    return ledger_prove(w->hub.ledger, ledger_leaf(2, 1), &w->a, &w->b, e);
}
static enum err_code do_checkpoint(struct world *w, struct err *e)
{
    buf_clear(&w->a);
    buf_clear(&w->b);
    ERR_TRY(ledger_vkey(w->hub.ledger, &w->b, e));
    return ledger_checkpoint(w->hub.ledger, &w->a, e);
}
static enum err_code do_destroy(struct world *w, struct err *e)
{
    ERR_TRY(store_begin(w->store.store, e));
    enum err_code code = ledger_destroy(w->hub.ledger, 4, e);
    store_rollback(w->store.store);
    return code;
}
static enum err_code do_witnessed(struct world *w, struct err *e)
{
    size_t n;
    enum err_code code = ledger_witnessed(w->hub.ledger, &w->peer, 1, &n, e);
    assert_true(code != ERR_OK || n == 1);
    return code;
}
static enum err_code do_open(struct world *w, struct err *e)
{
    return ledger_open(w->store.store, w->hub.vault, w->store.url, &w->hub.options, &w->hub.ledger, e);
}

/* Fails call 1, 2, 3 … of `run` until there are no more; the hub is started anew when an opening was tried, or its journal may have closed. */
static void sweep(struct world *w, enum err_code (*run)(struct world *w, struct err *e), const char *what, const int *errors, size_t n_errors)
{
    unsigned at = 1, failures = 0;
    for (bool failed = true; failed; at += 1 + at / 60)
        for (size_t i = 0; i < n_errors; i++) {
            struct err e = {0};
            if (run == do_open)
                hub_close(&w->hub);
            if (run == do_open)
                test_ok(store_open(w->store.url, &w->store.store, &e), &e);
            disk_fail(NULL, at, errors[i], false);
            enum err_code code = run(w, &e);
            failed = disk_failed();
            (void)disk_stop();
            failures += code != ERR_OK;
            assert_true(code == ERR_OK || e.message[0]);
            if (!failed && code != ERR_OK)
                fail_msg("%s: without a failure: %s", what, e.message);
        }
    print_message("%s: %u calls, %u failures\n", what, at, failures);
    assert_true(failures > 0);
    struct err e;
    test_ok(hub_reopen(&w->hub, &e), &e);
    test_ok(do_verify(w, &e), &e);
}

static const int io[] = {EIO}, both[] = {EIO, ENOSPC};

static void two_epochs(struct world *w)
{
    struct err e;
    test_store_make(&w->store, STORE_SQLITE, NULL);
    hub_make(&w->hub, &w->store);
    for (uint64_t n = 0; n < ENTRIES; n++)
        (n % 10 ? hub_read : hub_effect)(&w->hub, n);
    test_ok(ledger_sequence(w->hub.ledger, &e), &e);
    test_ok(store_begin(w->store.store, &e), &e);
    test_ok(ledger_destroy(w->hub.ledger, 260, &e), &e);
    test_ok(store_commit(w->store.store, &e), &e);
    buf_init(&w->a, 1 << 20);
    buf_init(&w->b, 1 << 20);
}
static void declare(struct world *w)
{
    struct err e;
    hub_close(&w->hub);
    hub_shell("rm '%s/checkpoint'", w->hub.dir);
    test_ok(store_open(w->store.url, &w->store.store, &e), &e);
    test_ok(ledger_declare(w->store.store, w->hub.vault, w->store.url, &w->hub.options, STR("lost"), STR("pat"), &e), &e);
    test_ok(hub_reopen(&w->hub, &e), &e);
}
static void away(struct world *w)
{
    buf_release(&w->a);
    buf_release(&w->b);
    hub_drop(&w->hub);
    test_store_drop(&w->store);
}

static void every_call_fails_once(void **state)
{
    (void)state;
    static struct world w;
    struct err e = {0};
    two_epochs(&w);
    sweep(&w, do_open, "opening", io, 1);
    sweep(&w, do_each, "reading", io, 1);
    sweep(&w, do_about, "reading about somebody", io, 1);
    sweep(&w, do_verify, "the whole check", io, 1);
    sweep(&w, do_prove, "proving", io, 1);
    sweep(&w, do_checkpoint, "the checkpoint", io, 1);
    sweep(&w, do_destroy, "destroying", io, 1);
    assert_int_equal(ledger_each(w.hub.ledger, 0, UINT64_MAX, hear_and_stop, NULL, &e), ERR_IO);
    assert_int_equal(ledger_each_about(w.hub.ledger, (const uint64_t[]){5}, 1, hear_and_stop, NULL, &e), ERR_IO);
    hub_shell("sed -i s/^300/301/ '%s/checkpoint'", w.hub.dir);
    assert_int_equal(do_verify(&w, &e), ERR_FINDINGS);
    hub_shell("sed -i s/^301/300/ '%s/checkpoint'", w.hub.dir);
    declare(&w);
    sweep(&w, do_open, "opening in epoch 2", io, 1);
    sweep(&w, do_prove_new, "proving in epoch 2", io, 1);
    sweep(&w, do_verify, "the whole check of two epochs", io, 1);
    away(&w);
}

/* ---- declaring: what was cut short is refused, or goes on ---- */

static void a_declaration_that_fails_can_be_made_again(void **state)
{
    (void)state;
    static struct world w;
    unsigned at = 1, failures = 0;
    struct err e = {0};
    two_epochs(&w);
    hub_read(&w.hub, 500);
    hub_close(&w.hub);
    hub_shell("cd '%s' && rm -r haven.db.ledger/tile haven.db.ledger/checkpoint && cp -a haven.db kept.db && cp -a haven.db.ledger kept.ledger", w.store.folder);
    for (bool failed = true; failed; at += 1 + at / 40) {
        hub_shell("cd '%s' && rm -rf haven.db haven.db-wal haven.db.ledger && cp -a kept.db haven.db && cp -a kept.ledger haven.db.ledger", w.store.folder);
        test_ok(store_open(w.store.url, &w.store.store, &e), &e);
        disk_fail(NULL, at, EIO, false);
        enum err_code code = ledger_declare(w.store.store, w.hub.vault, w.store.url, &w.hub.options, STR("lost"), STR("pat"), &e);
        failed = disk_failed();
        (void)disk_stop();
        failures += code != ERR_OK;
        store_close(w.store.store);
        test_ok(store_open(w.store.url, &w.store.store, &e), &e);
        enum err_code again = ledger_declare(w.store.store, w.hub.vault, w.store.url, &w.hub.options, STR("lost"), STR("pat"), &e);
        if (again != ERR_OK && again != ERR_CONFLICT) /* conflict: it was made, and only its publication failed */
            fail_msg("call %u: %s", at, e.message);
        test_ok(do_open(&w, &e), &e);
        assert_int_equal(ledger_epoch_now(w.hub.ledger), 2);
        hub_close(&w.hub);
    }
    print_message("declaring: %u calls, %u failures\n", at, failures);
    assert_true(failures > 20);
    test_ok(hub_reopen(&w.hub, &e), &e);
    test_ok(do_verify(&w, &e), &e);
    away(&w);
}

/* ---- making ---- */

static void a_making_that_fails_can_be_done_again(void **state)
{
    (void)state;
    struct err e = {0};
    unsigned at = 1, failures = 0;
    for (bool failed = true; failed; at++) {
        struct test_store t;
        struct hub h = {.t = &t};
        test_store_make(&t, STORE_SQLITE, NULL);
        (void)snprintf(h.key, sizeof h.key, "%s.key", t.url);
        (void)snprintf(h.dir, sizeof h.dir, "%s.ledger", t.url);
        test_ok(vault_create(h.key, &e), &e);
        test_ok(vault_open(h.key, &h.vault, &e), &e);
        disk_fail(NULL, at, EIO, false);
        enum err_code code = ledger_create(t.store, h.vault, t.url, &h.options, &e);
        failed = disk_failed();
        (void)disk_stop();
        failures += code != ERR_OK;
        test_ok(hub_reopen(&h, &e), &e);
        hub_read(&h, 1);
        uint64_t size;
        test_ok(ledger_verify(h.ledger, NULL, &size, &e), &e);
        assert_int_equal(size, 1);
        hub_drop(&h);
        test_store_drop(&t);
    }
    print_message("making: %u calls, %u failures\n", at, failures);
    assert_true(failures > 10);
}

/* ---- witnesses ---- */

struct server {
    pid_t pid;
    char url[200], dir[80];
    struct ledger_signer signer;
};

static void tell(void *context, const char *url)
{
    const int *to = context;
    if (write(*to, url, strlen(url) + 1) < 0)
        _exit(2);
}

static void serve(struct server *s, const struct ledger_key *log, unsigned char seed)
{
    struct err e;
    int ends[2];
    unsigned char bytes[32] = {seed};
    char name[40];
    (void)snprintf(name, sizeof name, "witness.example/w%u", seed);
    test_ok(ledger_signer_make(str_of(name), LEDGER_KEY_WITNESS, bytes, &s->signer, &e), &e);
    (void)snprintf(s->dir, sizeof s->dir, "/tmp/haven-witness-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    assert_int_equal(pipe(ends), 0);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when a test fails */
        int to = dup2(ends[1], 3);
        (void)close_range(4, ~0U, 0); /* the store's lock among them */
        struct ledger_witness w = {.dir = s->dir, .logs = log, .n_logs = 1, .signer = &s->signer};
        _exit(ledger_witness_serve(&w, "127.0.0.1:0", tell, &to, &e) != ERR_OK);
    }
    assert_true(read(ends[0], s->url, sizeof s->url) > 0);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void stop(struct server *s)
{
    assert_int_equal(kill(s->pid, SIGTERM), 0);
    assert_int_equal(waitpid(s->pid, NULL, 0), s->pid);
    hub_shell("rm -r '%s'", s->dir);
}

static void witnesses_sign_and_are_remembered(void **state)
{
    (void)state;
    static struct world w;
    static struct server one, two;
    static struct ledger_peer peers[3];
    struct err e = {0};
    struct ledger_key log;
    unsigned char public[32];
    size_t n = 0;
    two_epochs(&w);
    vault_sign_public(w.hub.vault, public);
    test_ok(ledger_key_make(STR("hub.example/audit"), LEDGER_KEY_LOG, public, &log, &e), &e);
    serve(&one, &log, 1);
    serve(&two, &log, 2);
    peers[0] = (struct ledger_peer){.url = one.url, .key = one.signer.key};
    peers[1] = (struct ledger_peer){.url = "http://127.0.0.1:1", .key = one.signer.key};
    peers[2] = (struct ledger_peer){.url = two.url, .key = two.signer.key};
    buf_clear(&w.a);
    assert_int_equal(ledger_cosigned(w.hub.ledger, &w.a, &e), ERR_NOT_FOUND);
    /* One does not answer: the others' signatures are kept all the same. */
    assert_int_equal(ledger_witnessed(w.hub.ledger, peers, 3, &n, &e), ERR_IO);
    assert_int_equal(n, 2);
    test_ok(ledger_cosigned(w.hub.ledger, &w.a, &e), &e);
    struct ledger_key keys[3] = {log, one.signer.key, two.signer.key};
    struct ledger_checkpoint c;
    struct ledger_note note;
    test_ok(ledger_checkpoint_open(buf_as_str(&w.a), &(struct ledger_keys){keys, 3, 2}, &c, &note, &e), &e);
    assert_int_equal(c.size, ENTRIES);
    /* It grows, and they sign on. */
    hub_read(&w.hub, 600);
    peers[1] = peers[2];
    test_ok(ledger_witnessed(w.hub.ledger, peers, 2, &n, &e), &e);
    w.peer = peers[0];
    sweep(&w, do_witnessed, "asking a witness", both, 2);
    /* A hub that went back behind what was cosigned does not start; declared, the witnesses are told, and sign the new epoch. */
    hub_close(&w.hub);
    hub_shell("cd '%s' && cp -a haven.db kept.db && cp -a haven.db.ledger kept.ledger", w.store.folder);
    test_ok(hub_reopen(&w.hub, &e), &e);
    hub_read(&w.hub, 601);
    test_ok(ledger_witnessed(w.hub.ledger, peers, 2, &n, &e), &e);
    hub_close(&w.hub);
    hub_shell("cd '%s' && rm -f haven.db haven.db-wal && cp -a kept.db haven.db && cp haven.db.ledger/cosigned kept.ledger/ && rm -r haven.db.ledger && cp -a kept.ledger haven.db.ledger",
              w.store.folder);
    assert_int_equal(hub_reopen(&w.hub, &e), ERR_REFUSED);
    assert_non_null(strstr(e.message, "not the one that witnesses cosigned"));
    /* The declaration owns up to 301 entries, the witnesses saw 302: no. */
    test_ok(ledger_declare(w.store.store, w.hub.vault, w.store.url, &w.hub.options, STR("lost"), STR("pat"), &e), &e);
    test_ok(hub_reopen(&w.hub, &e), &e);
    assert_int_equal(ledger_witnessed(w.hub.ledger, peers, 2, &n, &e), ERR_REFUSED);
    assert_int_equal(n, 0);
    stop(&one);
    stop(&two);
    away(&w);
}

static void witnesses_take_a_declaration(void **state)
{
    (void)state;
    static struct world w;
    static struct server one;
    struct err e = {0};
    struct ledger_key log;
    unsigned char public[32];
    size_t n = 0;
    two_epochs(&w);
    vault_sign_public(w.hub.vault, public);
    test_ok(ledger_key_make(STR("hub.example/audit"), LEDGER_KEY_LOG, public, &log, &e), &e);
    serve(&one, &log, 3);
    w.peer = (struct ledger_peer){.url = one.url, .key = one.signer.key};
    test_ok(ledger_witnessed(w.hub.ledger, &w.peer, 1, &n, &e), &e);
    hub_close(&w.hub);
    hub_shell("rm -r '%s/journal'", w.hub.dir);
    assert_int_equal(hub_reopen(&w.hub, &e), ERR_REFUSED);
    test_ok(ledger_declare(w.store.store, w.hub.vault, w.store.url, &w.hub.options, STR("lost"), STR("pat"), &e), &e);
    test_ok(hub_reopen(&w.hub, &e), &e);
    for (int i = 0; i < 2; i++) { /* and again, when it knows already */
        hub_read(&w.hub, 700);
        test_ok(ledger_witnessed(w.hub.ledger, &w.peer, 1, &n, &e), &e);
    }
    sweep(&w, do_witnessed, "asking a witness in epoch 2", io, 1);
    stop(&one);
    away(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_fails_once),
        cmocka_unit_test(a_declaration_that_fails_can_be_made_again),
        cmocka_unit_test(a_making_that_fails_can_be_done_again),
        cmocka_unit_test(witnesses_sign_and_are_remembered),
        cmocka_unit_test(witnesses_take_a_declaration),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
