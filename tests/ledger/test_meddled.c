/* test_meddled.c: rows and files changed by another hand while the hub is open: the next thing that touches them says so. And the ends of what can be counted. */
#include "disk.h"
#include "hub.h"
#include "ledger/ledger_int.h"
#include "sql/ledger_sql.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* Through the store's own connection, which holds the file: so these are statements of its catalogue. */
static const char *const texts[] = {
    "CREATE TABLE kept AS SELECT * FROM ledger_leaf",
    "DELETE FROM ledger_leaf",
    "INSERT INTO ledger_leaf SELECT * FROM kept",
    "DELETE FROM ledger_leaf WHERE leaf = 3",
    "INSERT INTO ledger_leaf SELECT leaf, entry, zeroblob(72) FROM kept WHERE leaf = 3",
    "UPDATE ledger_leaf SET wrapped = NULL WHERE leaf = 3",
    "INSERT INTO ledger_leaf SELECT * FROM kept WHERE leaf = 3",
    "UPDATE ledger_state SET taken = taken + 1",
    "UPDATE ledger_state SET taken = taken - 1",
    "DELETE FROM ledger_leaf WHERE leaf = 1",
    "UPDATE ledger_leaf SET entry = x'01' WHERE leaf = 1",
    "CREATE TABLE kept AS SELECT * FROM ledger_epoch",
    "UPDATE ledger_epoch SET size = size + 1",
    "DELETE FROM ledger_epoch",
    "INSERT INTO ledger_epoch SELECT * FROM kept",
    "UPDATE ledger_leaf SET entry = x'01' WHERE leaf = 3",
    "UPDATE ledger_leaf SET wrapped = NULL WHERE leaf = 0",
    "UPDATE ledger_leaf SET wrapped = x'' WHERE leaf = 3",
    "UPDATE ledger_leaf SET wrapped = zeroblob(16) WHERE leaf = 3",
    "DELETE FROM ledger_leaf WHERE leaf = 9",
    "INSERT INTO ledger_leaf SELECT 10, entry, (SELECT mac FROM ledger_state) FROM ledger_leaf WHERE leaf = 9",
};
#define TEXTS (sizeof texts / sizeof *texts)

static const struct store_catalogue *meddling(void)
{
    static struct store_statement st[TEXTS];
    static const struct store_statement *list[TEXTS];
    for (size_t i = 0; i < TEXTS; i++) {
        st[i] = (struct store_statement){.name = "meddle", .file = "test", .sqlite = texts[i], .postgresql = texts[i]};
        list[i] = &st[i];
    }
    return test_catalogue(&(struct store_catalogue){.statements = list, .n_statements = TEXTS});
}

static void meddle(struct hub *h, const char *text)
{
    struct err e;
    const struct store_catalogue *all = h->t->catalogue;
    for (size_t i = 0; i < all->n_statements; i++)
        if (strcmp(all->statements[i]->sqlite, text) == 0) {
            test_ok(store_run(h->t->store, all->statements[i], NULL, NULL, &e), &e);
            return;
        }
    fail_msg("not in texts: %s", text);
}

static void faulty(struct hub *h, const char *words)
{
    struct err e = {0};
    struct progress p = {0};
    uint64_t size;
    enum err_code code = ledger_verify(h->ledger, &p, &size, &e);
    if ((code != ERR_FINDINGS && code != ERR_REFUSED) || !strstr(e.message, words))
        fail_msg("code %d, '%s', wanted '%s'", (int)code, e.message, words);
}

static enum err_code hear(void *ctx, const struct ledger_view *v, struct err *e)
{
    (void)ctx;
    (void)v;
    (void)e;
    return ERR_OK;
}

/* One change, what is said, and the change back. */
static void rows_while_open(void **state)
{
    (void)state;
    struct test_store t;
    struct hub h;
    struct err e = {0};
    uint64_t size;
    test_store_make(&t, STORE_SQLITE, meddling());
    hub_make(&h, &t);
    for (uint64_t n = 0; n < 10; n++)
        hub_effect(&h, n);
    test_ok(ledger_sequence(h.ledger, &e), &e);
    meddle(&h, "CREATE TABLE kept AS SELECT * FROM ledger_leaf");
    static const struct { const char *change, *words; } changes[] = {
        {"UPDATE ledger_leaf SET entry = x'01' WHERE leaf = 3", "is not the one that was published"},
        {"UPDATE ledger_leaf SET wrapped = NULL WHERE leaf = 3", "no declaration of an epoch"},
        {"UPDATE ledger_leaf SET wrapped = NULL WHERE leaf = 0", "no declaration of an epoch"},
        {"UPDATE ledger_leaf SET wrapped = x'' WHERE leaf = 3", "does not open with its key"},
        {"UPDATE ledger_leaf SET wrapped = zeroblob(16) WHERE leaf = 3", "does not open with its key"},
        {"DELETE FROM ledger_leaf WHERE leaf = 9", "they are not the 10 that were signed"},
        {"INSERT INTO ledger_leaf SELECT 10, entry, (SELECT mac FROM ledger_state) FROM ledger_leaf WHERE leaf = 9", "does not open with its key"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        meddle(&h, changes[i].change);
        faulty(&h, changes[i].words);
        meddle(&h, "DELETE FROM ledger_leaf");
        meddle(&h, "INSERT INTO ledger_leaf SELECT * FROM kept");
    }
    /* A look at what is gone, or does not open. */
    meddle(&h, "DELETE FROM ledger_leaf WHERE leaf = 3");
    assert_int_equal(ledger_each_about(h.ledger, (const uint64_t[]){3}, 1, hear, NULL, &e), ERR_FINDINGS);
    meddle(&h, "INSERT INTO ledger_leaf SELECT leaf, entry, zeroblob(72) FROM kept WHERE leaf = 3");
    assert_int_equal(ledger_each(h.ledger, 0, UINT64_MAX, hear, NULL, &e), ERR_CRYPTO);
    meddle(&h, "UPDATE ledger_leaf SET wrapped = NULL WHERE leaf = 3");
    assert_int_equal(ledger_each(h.ledger, 0, UINT64_MAX, hear, NULL, &e), ERR_FORMAT);
    meddle(&h, "DELETE FROM ledger_leaf WHERE leaf = 3");
    meddle(&h, "INSERT INTO ledger_leaf SELECT * FROM kept WHERE leaf = 3");
    test_ok(ledger_verify(h.ledger, NULL, &size, &e), &e);
    /* The files. */
    hub_shell("cd '%s' && cp checkpoint kept && echo >checkpoint", h.dir);
    faulty(&h, "not one that this hub signed");
    hub_shell("cd '%s' && rm checkpoint", h.dir);
    faulty(&h, "not one that this hub signed");
    hub_shell("cd '%s' && mv kept checkpoint && echo x >cosigned", h.dir);
    faulty(&h, "not the one that witnesses cosigned");
    hub_shell("rm '%s/cosigned'", h.dir);
    /* The state: by another hand; by ours, with a note of other leaves. */
    meddle(&h, "UPDATE ledger_state SET taken = taken + 1");
    faulty(&h, "changed by another hand");
    meddle(&h, "UPDATE ledger_state SET taken = taken - 1");
    struct ledger_frontier right = h.ledger->state.frontier;
    struct ledger_hash more = ledger_hash_leaf(STR("x"));
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            ledger_frontier_add(&h.ledger->state.frontier, &more);
        else
            h.ledger->state.frontier.at[1].bytes[0] ^= 1;
        test_ok(store_begin(t.store, &e), &e);
        test_ok(ledger_state_save(t.store, h.vault, &h.ledger->state, &e), &e);
        test_ok(store_commit(t.store, &e), &e);
        h.ledger->state.frontier = right;
        faulty(&h, "changed by another hand");
    }
    test_ok(store_begin(t.store, &e), &e);
    test_ok(ledger_state_save(t.store, h.vault, &h.ledger->state, &e), &e);
    test_ok(store_commit(t.store, &e), &e);
    test_ok(ledger_verify(h.ledger, NULL, &size, &e), &e);
    hub_drop(&h);
    test_store_drop(&t);
}

/* Committed, not yet published, and then changed: it is not published, and nothing is signed for it. */
static void rows_before_publication(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct test_store t;
        struct hub h;
        struct err e = {0};
        test_store_make(&t, STORE_SQLITE, meddling());
        hub_make(&h, &t);
        hub_effect(&h, 1);
        hub_effect(&h, 2);
        disk_fail("renameat", 1, EIO, false);
        assert_int_equal(ledger_sequence(h.ledger, &e), ERR_IO);
        (void)disk_stop();
        meddle(&h, i ? "DELETE FROM ledger_leaf WHERE leaf = 1" : "UPDATE ledger_leaf SET entry = x'01' WHERE leaf = 1");
        enum err_code code = ledger_sequence(h.ledger, &e);
        assert_true(code == ERR_REFUSED || code == ERR_CONFLICT);
        hub_drop(&h);
        test_store_drop(&t);
    }
}

static void epochs_while_open(void **state)
{
    (void)state;
    struct test_store t;
    struct hub h;
    struct err e = {0};
    uint64_t size;
    test_store_make(&t, STORE_SQLITE, meddling());
    hub_make(&h, &t);
    hub_effect(&h, 1);
    hub_close(&h);
    hub_shell("rm '%s/checkpoint'", h.dir);
    test_ok(store_open_with(t.url, &(struct store_options){.catalogue = t.catalogue}, &t.store, &e), &e);
    test_ok(ledger_declare(t.store, h.vault, t.url, &h.options, STR("lost"), STR("pat"), &e), &e);
    test_ok(hub_reopen(&h, &e), &e);
    test_ok(ledger_verify(h.ledger, NULL, &size, &e), &e);
    meddle(&h, "CREATE TABLE kept AS SELECT * FROM ledger_epoch");
    meddle(&h, "UPDATE ledger_epoch SET size = size + 1");
    faulty(&h, "row of a closed epoch");
    meddle(&h, "DELETE FROM ledger_epoch");
    faulty(&h, "changed by another hand"); /* the state's epoch is not the one after the closed ones */
    /* A closed epoch that we did sign, but of another number, or with another note. */
    struct ledger_closed c = {.note = STR("x")};
    for (int i = 0; i < 2; i++) {
        c.epoch = i ? 1 : 5;
        c.size = 1;
        struct vault_id mac = ledger_closed_mac(h.vault, &c);
        test_ok(STORE_RUN(t.store, sql_ledger_epoch_insert, &e, V_INT(c.epoch), V_INT(1), V_BLOB(((struct str){(char *)c.root.bytes, sizeof c.root.bytes})), V_TEXT(c.note),
                          V_BLOB(((struct str){(char *)mac.bytes, sizeof mac.bytes}))), &e);
        faulty(&h, i ? "they are not the 1 that were signed" : "epoch 1 is missing");
        meddle(&h, "DELETE FROM ledger_epoch");
    }
    meddle(&h, "INSERT INTO ledger_epoch SELECT * FROM kept");
    test_ok(ledger_verify(h.ledger, NULL, &size, &e), &e);
    /* A tree full of epochs. */
    hub_close(&h);
    hub_shell("cd '%s' && for i in $(seq 3 1000); do mkdir -p e$i && cp e2/checkpoint e$i/checkpoint; done", h.dir);
    assert_int_equal(hub_reopen(&h, &e), ERR_REFUSED);
    assert_int_equal(ledger_declare(t.store, h.vault, t.url, &h.options, STR("lost"), STR("pat"), &e), ERR_LIMIT);
    hub_drop(&h);
    test_store_drop(&t);
}

static void ends(void **state)
{
    (void)state;
    struct test_store t;
    struct hub h;
    struct err e = {0};
    uint64_t size;
    test_store_make(&t, STORE_SQLITE, meddling());
    hub_make(&h, &t);
    /* A full epoch takes nothing more. */
    struct ledger_state full = {.epoch = 1, .frontier = {.size = (uint64_t)1 << 40}};
    assert_int_equal(ledger_append(t.store, h.vault, &full, &(struct ledger_item){.leaf = STR("x")}, &e), ERR_LIMIT);
    /* Destroying where the journal holds nothing: its segment stays. */
    hub_effect(&h, 1);
    test_ok(ledger_sequence(h.ledger, &e), &e);
    test_ok(store_begin(t.store, &e), &e);
    test_ok(ledger_destroy(h.ledger, 0, &e), &e);
    test_ok(store_commit(t.store, &e), &e);
    test_ok(ledger_sequence(h.ledger, &e), &e);
    assert_int_equal(h.ledger->journal.segment, 1);
    assert_false(h.ledger->state.turn);
    /* Where it does: the segment goes, bytes and all. */
    hub_read(&h, 2);
    test_ok(ledger_sequence(h.ledger, &e), &e);
    test_ok(store_begin(t.store, &e), &e);
    test_ok(ledger_destroy(h.ledger, 1, &e), &e);
    test_ok(store_commit(t.store, &e), &e);
    test_ok(ledger_sequence(h.ledger, &e), &e);
    assert_int_equal(h.ledger->journal.segment, 2);
    hub_shell("test ! -e '%s/journal/000001' -a -e '%s/journal/000002'", h.dir, h.dir);
    test_ok(ledger_verify(h.ledger, NULL, &size, &e), &e);
    hub_drop(&h);
    test_store_drop(&t);
    /* With no options at all. */
    test_store_make(&t, STORE_SQLITE, meddling());
    h = (struct hub){.t = &t};
    (void)snprintf(h.key, sizeof h.key, "%s.key", t.url);
    (void)snprintf(h.dir, sizeof h.dir, "%s.ledger", t.url);
    test_ok(vault_create(h.key, &e), &e);
    test_ok(vault_open(h.key, &h.vault, &e), &e);
    test_ok(ledger_create(t.store, h.vault, t.url, NULL, &e), &e);
    test_ok(ledger_open(t.store, h.vault, t.url, NULL, &h.ledger, &e), &e);
    hub_drop(&h);
    test_store_drop(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_while_open), cmocka_unit_test(rows_before_publication), cmocka_unit_test(epochs_while_open),
                                       cmocka_unit_test(ends)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("meddled", tests, NULL, NULL);
}
