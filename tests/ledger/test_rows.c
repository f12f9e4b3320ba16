/* test_rows.c: whatever another hand changes in the ledger's rows is found, at the start or by the whole check. 600 changes, or $HAVEN_LEDGER_MUTATIONS (make
 * ledger-mutations); $HAVEN_SEED says which. The published files have a test of their own (test_mutations.c). */
#include "hub.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define ENTRIES 40

static uint64_t seed = 1;
static uint64_t below(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

/* The file as it was. */
static struct buf whole;

static void file_read(const char *path, struct buf *ret)
{
    FILE *f = fopen(path, "rb");
    char block[1 << 16];
    assert_non_null(f);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        assert_true(buf_add(ret, block, n));
    assert_int_equal(fclose(f), 0);
}

static void file_write(const char *path, struct str s)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(s.p, 1, s.n, f), s.n);
    assert_int_equal(fclose(f), 0);
}

/* A change of bytes as SQL: x'…' of the value with a bit, a byte, a cut or a tail changed. NULL when there is no value. */
struct column {
    const char *table, *column, *key; /* key: a condition that picks one row, %llu by chance */
    char kind;                        /* blob, text, integer */
};
static const struct column columns[] = {
    {"ledger_leaf", "entry", "leaf = %llu", 'b'},      {"ledger_leaf", "wrapped", "leaf = %llu", 'b'},
    {"ledger_leaf", "leaf", "leaf = %llu", 'i'},       {"ledger_subject", "blind", "rowid_of", 'i'},
    {"ledger_subject", "leaf", "rowid_of", 'i'},       {"ledger_state", "epoch", "id = 1", 'i'},
    {"ledger_state", "origin", "id = 1", 't'},         {"ledger_state", "frontier", "id = 1", 'b'},
    {"ledger_state", "segment", "id = 1", 'i'},        {"ledger_state", "taken", "id = 1", 'i'},
    {"ledger_state", "turn", "id = 1", 'i'},           {"ledger_state", "checkpoint", "id = 1", 't'},
    {"ledger_state", "mac", "id = 1", 'b'},            {"ledger_epoch", "size", "epoch = 1", 'i'},
    {"ledger_epoch", "root", "epoch = 1", 'b'},        {"ledger_epoch", "checkpoint", "epoch = 1", 't'},
    {"ledger_epoch", "mac", "epoch = 1", 'b'},         {"ledger_epoch", "epoch", "epoch = 1", 'i'},
};
#define COLUMNS (sizeof columns / sizeof *columns)

static uint64_t some_leaf(void)
{
    uint64_t n = below(ENTRIES + 7);
    return n < ENTRIES ? n : ((uint64_t)1 << 40) + (n - ENTRIES);
}

static void where(const struct column *c, char ret[200])
{
    if (strcmp(c->key, "rowid_of") == 0)
        (void)snprintf(ret, 200, "(blind, leaf) IN (SELECT blind, leaf FROM ledger_subject LIMIT 1 OFFSET %u)", (unsigned)below(2 * ENTRIES));
    else if (strchr(c->key, '%'))
        (void)snprintf(ret, 200, "leaf = %llu", (unsigned long long)some_leaf());
    else
        (void)snprintf(ret, 200, "%s", c->key);
}

static void change_value(char *ret, size_t max)
{
    const struct column *c = &columns[below(COLUMNS)];
    char key[200], value[300];
    unsigned at = 1 + (unsigned)below(400);
    where(c, key);
    if (c->kind == 'i')
        (void)snprintf(value, sizeof value, below(2) ? "%s + %lld" : "%s - %lld", c->column, (long long)1 << below(40));
    else if (c->kind == 't')
        (void)snprintf(value, sizeof value, "substr(%s, 1, %u %% length(%s)) || '%c' || substr(%s, %u %% length(%s) + %u)", c->column, at, c->column,
                       (char)('a' + below(26)), c->column, at, c->column, 1 + (unsigned)below(4));
    else if (below(8) == 0)
        (void)snprintf(value, sizeof value, "zeroblob(%u)", (unsigned)below(300));
    else if (below(8) == 0 && strcmp(c->column, "wrapped") == 0)
        (void)snprintf(value, sizeof value, "NULL");
    else /* a byte is set, taken out, or put in */
        (void)snprintf(value, sizeof value, "CAST(substr(%s, 1, %u %% length(%s)) || x'%02x' || substr(%s, %u %% length(%s) + %u) AS blob)", c->column, at, c->column,
                       (unsigned)below(256), c->column, at, c->column, 1 + (unsigned)below(4));
    (void)snprintf(ret, max, "UPDATE OR REPLACE %s SET %s = %s WHERE %s", c->table, c->column, value, key);
}

static void change_rows(char *ret, size_t max)
{
    unsigned long long a = some_leaf(), b = some_leaf();
    switch (below(7)) {
    case 0: (void)snprintf(ret, max, "DELETE FROM ledger_leaf WHERE leaf = %llu", a); break;
    case 1: (void)snprintf(ret, max, "INSERT OR IGNORE INTO ledger_leaf (leaf, entry, wrapped) SELECT max(leaf) + 1, entry, wrapped FROM ledger_leaf WHERE leaf < %llu", a + 1); break;
    case 2: (void)snprintf(ret, max, "UPDATE ledger_leaf SET entry = (SELECT entry FROM ledger_leaf WHERE leaf = %llu) WHERE leaf = %llu", a, b); break;
    case 3: (void)snprintf(ret, max, "UPDATE ledger_leaf SET wrapped = (SELECT wrapped FROM ledger_leaf WHERE leaf = %llu) WHERE leaf = %llu", a, b); break;
    case 4:
        (void)snprintf(ret, max, "UPDATE ledger_leaf SET leaf = -1 WHERE leaf = %llu; UPDATE ledger_leaf SET leaf = %llu WHERE leaf = %llu; UPDATE ledger_leaf SET leaf = %llu WHERE leaf = -1",
                       a, a, b, b);
        break;
    case 5: (void)snprintf(ret, max, "DELETE FROM ledger_subject WHERE (blind, leaf) IN (SELECT blind, leaf FROM ledger_subject LIMIT 1 OFFSET %u)", (unsigned)below(2 * ENTRIES)); break;
    default: (void)snprintf(ret, max, "INSERT OR IGNORE INTO ledger_subject (blind, leaf) VALUES (%llu, %llu)", (unsigned long long)below(UINT64_MAX >> 1), a);
    }
}

/* Whether the content of the tables is another; the change alone may have been none. */
static bool same_content(sqlite3 *db, struct buf *ret)
{
    static const char *const all[] = {"SELECT * FROM ledger_state", "SELECT * FROM ledger_leaf ORDER BY leaf", "SELECT * FROM ledger_subject ORDER BY blind, leaf",
                                      "SELECT * FROM ledger_epoch ORDER BY epoch"};
    struct buf was = *ret;
    buf_init(ret, 1 << 24);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        sqlite3_stmt *q;
        assert_int_equal(sqlite3_prepare_v2(db, all[i], -1, &q, NULL), SQLITE_OK);
        while (sqlite3_step(q) == SQLITE_ROW)
            for (int k = 0; k < sqlite3_column_count(q); k++) {
                int type = sqlite3_column_type(q, k), n = sqlite3_column_bytes(q, k);
                (void)buf_fmt(ret, "%d %d ", type, n);
                (void)buf_add(ret, sqlite3_column_blob(q, k), (size_t)n);
            }
        assert_int_equal(sqlite3_finalize(q), SQLITE_OK);
    }
    bool same = str_eq(buf_as_str(&was), buf_as_str(ret));
    buf_release(&was);
    return same;
}

/* True: there was a change. */
static bool run_change(struct hub *h, const char *text)
{
    sqlite3 *db;
    struct buf content;
    buf_init(&content, 1 << 24);
    assert_int_equal(sqlite3_open(h->t->url, &db), SQLITE_OK);
    (void)same_content(db, &content);
    bool done = sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
    bool same = same_content(db, &content);
    buf_release(&content);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return done && !same;
}

static bool found(struct hub *h)
{
    struct err e = {0};
    uint64_t size;
    enum err_code code = hub_reopen(h, &e);
    if (code == ERR_OK)
        code = ledger_verify(h->ledger, NULL, &size, &e);
    assert_true(code == ERR_OK || e.message[0]);
    hub_close(h);
    return code != ERR_OK;
}

/* Two epochs, one entry destroyed. */
static void make(struct hub *h, struct test_store *t)
{
    struct err e;
    hub_make(h, t);
    for (uint64_t n = 0; n < ENTRIES; n++)
        (n % 2 ? hub_read : hub_effect)(h, n);
    test_ok(ledger_sequence(h->ledger, &e), &e);
    test_ok(store_begin(t->store, &e), &e);
    test_ok(ledger_destroy(h->ledger, 7, &e), &e);
    test_ok(ledger_destroy(h->ledger, 7, &e), &e); /* again: nothing more */
    test_ok(store_commit(t->store, &e), &e);
    hub_close(h);
    hub_shell("cp '%s' '%s.kept'", t->url, t->url);
    test_ok(hub_reopen(h, &e), &e);
    hub_read(h, 100);
    hub_close(h);
    hub_shell("mv '%s.kept' '%s'", t->url, t->url);
    test_ok(store_open(t->url, &t->store, &e), &e);
    test_ok(ledger_declare(t->store, h->vault, t->url, &h->options, STR("a test"), STR("pat"), &e), &e);
    test_ok(hub_reopen(h, &e), &e);
    for (uint64_t n = 50; n < 54; n++)
        hub_effect(h, n);
    hub_close(h);
    assert_false(found(h));
    buf_init(&whole, (size_t)1 << 26);
    file_read(t->url, &whole);
}

static void changes(struct store *s, struct test_store *t)
{
    struct hub h;
    const char *wanted = getenv("HAVEN_LEDGER_MUTATIONS");
    unsigned long count = wanted ? strtoul(wanted, NULL, 10) : 600, missed = 0, none = 0;
    (void)s;
    if (t->engine != STORE_SQLITE)
        return;
    if (getenv("HAVEN_SEED"))
        seed = strtoull(getenv("HAVEN_SEED"), NULL, 10) | 1;
    make(&h, t);
    hub_shell("cp -a '%s' '%s.kept'", h.dir, h.dir);
    for (unsigned long i = 0; i < count; i++) {
        char text[1000];
        (below(3) ? change_value : change_rows)(text, sizeof text);
        if (!run_change(&h, text)) {
            none++;
            i--; /* count changes, not tries */
            assert_true(none < 20 * count + 1000);
        } else if (!found(&h)) {
            print_message("not found: %s\n", text);
            missed++;
        }
        file_write(t->url, buf_as_str(&whole));
    }
    assert_false(found(&h));
    hub_shell("diff -r '%s' '%s.kept'", h.dir, h.dir);
    print_message("%lu of %lu changes of rows found\n", count - missed, count);
    assert_int_equal(missed, 0);
    buf_release(&whole);
    test_ok(store_open(t->url, &t->store, NULL), &(struct err){0});
    hub_drop(&h);
}
static void every_change_of_a_row_is_found(void **state)
{
    (void)state;
    test_store_each(changes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_change_of_a_row_is_found)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
