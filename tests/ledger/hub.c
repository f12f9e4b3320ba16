/* hub.c: see hub.h. */
#include "hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

void hub_shell(const char *fmt, ...)
{
    char command[4 * PATH_MAX];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

void hub_make(struct hub *h, struct test_store *t)
{
    struct err e;
    *h = (struct hub){.t = t};
    if (t->engine == STORE_SQLITE) {
        (void)snprintf(h->key, sizeof h->key, "%s.key", t->url);
        (void)snprintf(h->dir, sizeof h->dir, "%s.ledger", t->url);
    } else {
        const char *tmp = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
        (void)snprintf(h->key, sizeof h->key, "%s/haven-test-%s.key", tmp, t->folder);
        (void)snprintf(h->dir, sizeof h->dir, "%s/haven-test-%s.ledger", tmp, t->folder);
        h->options.directory = h->dir;
        hub_shell("rm -rf '%s' '%s'", h->key, h->dir);
    }
    h->options.origin = "hub.example/audit";
    test_ok(vault_create(h->key, &e), &e);
    test_ok(vault_open(h->key, &h->vault, &e), &e);
    test_ok(ledger_create(t->store, h->vault, t->url, &h->options, &e), &e);
    test_ok(ledger_open(t->store, h->vault, t->url, &h->options, &h->ledger, &e), &e);
}

void hub_close(struct hub *h)
{
    ledger_close(h->ledger);
    h->ledger = NULL;
    store_close(h->t->store);
    h->t->store = NULL;
}

enum err_code hub_reopen(struct hub *h, struct err *e)
{
    hub_close(h);
    test_ok(store_open_with(h->t->url, &(struct store_options){.catalogue = h->t->catalogue}, &h->t->store, e), e);
    return ledger_open(h->t->store, h->vault, h->t->url, &h->options, &h->ledger, e);
}

void hub_drop(struct hub *h)
{
    ledger_close(h->ledger);
    vault_close(h->vault);
    hub_shell("rm -rf '%s' '%s'", h->key, h->dir);
}

struct ledger_entry hub_entry(uint64_t n)
{
    static char object[64];
    static uint64_t subjects[2];
    subjects[0] = n;
    subjects[1] = n + 1;
    (void)snprintf(object, sizeof object, "person %llu", (unsigned long long)n);
    return (struct ledger_entry){.operation = LEDGER_consultation, .outcome = LEDGER_ALLOWED, .at_ms = 1700000000000 + (int64_t)n, .user = STR("pat"),
                                 .agency = STR("police"), .door = STR("command"), .device = STR("uid 1000"), .what = STR("people show"),
                                 .object = str_of(object), .purpose = STR("safeguarding"), .basis = STR("case 7"), .reason = STR("a call"),
                                 .groups = 5, .rule = 3, .n_rows = 1, .subjects = subjects, .n_subjects = 2};
}

void hub_read(struct hub *h, uint64_t n)
{
    struct err e;
    struct ledger_entry x = hub_entry(n);
    struct ledger_receipt r;
    test_ok(ledger_read(h->ledger, &x, &r, &e), &e);
    assert_true(ledger_receipt_good(h->ledger, r));
}

void hub_effect(struct hub *h, uint64_t n)
{
    struct err e;
    struct ledger_entry x = hub_entry(n);
    struct ledger_receipt r;
    test_ok(store_begin(h->t->store, &e), &e);
    test_ok(ledger_effect(h->ledger, &x, &r, &e), &e);
    assert_true(ledger_receipt_good(h->ledger, r));
    test_ok(store_commit(h->t->store, &e), &e);
}

uint64_t hub_number(const struct ledger_view *v)
{
    int64_t n = 0;
    assert_true(str_starts(v->entry.object, STR("person ")));
    assert_true(str_to_int64(str_slice(v->entry.object, 7, v->entry.object.n), &n));
    return (uint64_t)n;
}
