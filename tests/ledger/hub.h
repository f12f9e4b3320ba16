/* hub.h: a hub with a ledger for a test, and entries to put in. */
#ifndef HAVEN_TESTS_LEDGER_HUB_H
#define HAVEN_TESTS_LEDGER_HUB_H

#include "ledger/ledger.h"
#include "support/test_store.h"

struct hub {
    struct test_store *t;
    struct vault *vault;
    struct ledger *ledger;
    char key[PATH_MAX + 16], dir[PATH_MAX + 16];
    struct ledger_options options;
};
/* A new ledger for the test's fresh store, opened. */
void hub_make(struct hub *h, struct test_store *t);
/* Closes ledger and store, opens both. The code of ledger_open. */
enum err_code hub_reopen(struct hub *h, struct err *e);
void hub_close(struct hub *h);
void hub_drop(struct hub *h);

/* An entry whose texts hold `n`, about subjects n, n + 1. The slices live until the next call. */
struct ledger_entry hub_entry(uint64_t n);
void hub_read(struct hub *h, uint64_t n);
void hub_effect(struct hub *h, uint64_t n);
/* The n of an entry that hub_entry made. */
uint64_t hub_number(const struct ledger_view *v);

/* Runs `sh -c` on the format; stops the test when it fails. */
void hub_shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
