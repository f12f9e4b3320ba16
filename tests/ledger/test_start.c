/* test_start.c: what a hub finds when it starts: old copies, missing rows and files, other hands; and how a declared restore goes on. */
#include "hub.h"
#include "ledger/log.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

/* ---- reaching past the store, as an attacker with the file does ---- */

__attribute__((format(printf, 2, 3))) static void sql(struct test_store *t, const char *fmt, ...)
{
    char text[2000];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    sqlite3 *db;
    char *why = NULL;
    assert_int_equal(sqlite3_open(t->url, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", text, why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Entries 0 to n by turns, numbered, everything closed. */
static void fill(struct hub *h, struct test_store *t, uint64_t n)
{
    hub_make(h, t);
    for (uint64_t i = 0; i < n; i++)
        (i % 2 ? hub_read : hub_effect)(h, i);
    hub_close(h);
}

static void keep(const struct hub *h, const char *name)
{
    hub_shell("cd '%s' && rm -rf kept-%s && mkdir kept-%s && cp -a haven.db* kept-%s", h->t->folder, name, name, name);
}
static void put_back(const struct hub *h, const char *name, bool database, bool directory)
{
    if (database)
        hub_shell("cd '%s' && rm -f haven.db haven.db-wal && cp -a kept-%s/haven.db . && { test ! -e kept-%s/haven.db-wal || cp -a kept-%s/haven.db-wal .; }", h->t->folder,
                  name, name, name);
    if (directory)
        hub_shell("cd '%s' && rm -rf haven.db.ledger && cp -a kept-%s/haven.db.ledger .", h->t->folder, name);
}

static void refused(struct hub *h, const char *words)
{
    struct err e = {0};
    enum err_code code = hub_reopen(h, &e);
    if (code != ERR_REFUSED || !strstr(e.message, words) || !strstr(e.message, "haven restore --declare REASON"))
        fail_msg("code %d, '%s', wanted '%s'", (int)code, e.message, words);
    hub_close(h);
}

static void opens(struct hub *h, uint64_t size)
{
    struct err e;
    uint64_t verified = 0;
    test_ok(hub_reopen(h, &e), &e);
    test_ok(ledger_verify(h->ledger, NULL, &verified, &e), &e);
    assert_int_equal(verified, size);
}

static enum err_code declare(struct hub *h, const char *reason, struct err *e)
{
    if (!h->t->store)
        test_ok(store_open_with(h->t->url, &(struct store_options){0}, &h->t->store, e), e);
    return ledger_declare(h->t->store, h->vault, h->t->url, &h->options, str_of(reason), STR("chris"), e);
}

/* Counts entries, and keeps what the declared ones say. */
struct said {
    size_t entries, epochs;
    char quoted[2000], reason[100], user[100];
    uint64_t last;
};
static enum err_code listen(void *ctx, const struct ledger_view *v, struct err *e)
{
    struct said *s = ctx;
    (void)e;
    s->entries++;
    s->last = v->leaf;
    if (v->entry.operation != LEDGER_epoch)
        return ERR_OK;
    s->epochs++;
    if (v->entry.object.n)
        (void)snprintf(s->quoted, sizeof s->quoted, "%.*s", STR_ARG(v->entry.object));
    if (v->entry.reason.n) {
        (void)snprintf(s->reason, sizeof s->reason, "%.*s", STR_ARG(v->entry.reason));
        (void)snprintf(s->user, sizeof s->user, "%.*s", STR_ARG(v->entry.user));
    }
    return ERR_OK;
}
static struct said hear(struct hub *h)
{
    struct said s = {0};
    struct err e;
    test_ok(ledger_each(h->ledger, 0, UINT64_MAX, listen, &s, &e), &e);
    return s;
}

/* ---- what is refused ---- */

static void old_copies(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    (void)s;
    if (t->engine != STORE_SQLITE)
        return;
    fill(&h, t, 20);
    keep(&h, "20");
    opens(&h, 20);
    hub_read(&h, 20);
    hub_effect(&h, 21);
    hub_close(&h);
    keep(&h, "22");
    /* 1. An old database beside the present directory. */
    put_back(&h, "20", true, false);
    refused(&h, "has 20 ledger entries, the signed checkpoint");
    /* 2. A present database beside an old directory. */
    put_back(&h, "22", true, false);
    put_back(&h, "20", false, true);
    refused(&h, "were taken");
    /* 3. Both old: only a witness knows (test below). */
    put_back(&h, "20", true, true);
    opens(&h, 20);
    hub_close(&h);
    /* 4. The same number, other entries. */
    opens(&h, 20);
    hub_read(&h, 100);
    hub_read(&h, 101);
    hub_close(&h);
    put_back(&h, "22", false, true);
    refused(&h, "another than the one");
    put_back(&h, "22", true, true);
    opens(&h, 22);
    (void)e;
    hub_drop(&h);
}
static void an_old_copy_is_refused(void **state)
{
    (void)state;
    test_store_each(old_copies);
}

static void other_hands(struct store *s, struct test_store *t)
{
    struct hub h;
    (void)s;
    if (t->engine != STORE_SQLITE)
        return;
    fill(&h, t, 100);
    keep(&h, "whole");
    static const struct { const char *sql, *words; } of_rows[] = {
        {"DELETE FROM ledger_leaf WHERE leaf = 50", "rows were removed"},
        {"DELETE FROM ledger_leaf WHERE leaf = 99", "rows were removed"},
        {"INSERT INTO ledger_leaf (leaf, entry) VALUES (100, x'00')", "rows were added"},
        {"INSERT INTO ledger_leaf (leaf, entry) VALUES (5000000000000, x'00')", "rows were added"},
        {"UPDATE ledger_leaf SET entry = x'0102' WHERE leaf = 98", "is not the one that was signed"},
        {"UPDATE ledger_leaf SET leaf = 200 WHERE leaf = 99", "entry 99 is missing"},
        {"UPDATE ledger_state SET taken = taken + 1", "changed by another hand"},
        {"UPDATE ledger_state SET taken = 40", "changed by another hand"},
        {"UPDATE ledger_state SET segment = 2", "changed by another hand"},
        {"UPDATE ledger_state SET turn = 1", "changed by another hand"},
        {"UPDATE ledger_state SET epoch = 2", "changed by another hand"},
        {"UPDATE ledger_state SET epoch = 0", "changed by another hand"},
        {"UPDATE ledger_state SET origin = 'hub.example/other'", "changed by another hand"},
        {"UPDATE ledger_state SET origin = hex(zeroblob(300))", "changed by another hand"},
        {"UPDATE ledger_state SET frontier = x'00'", "changed by another hand"},
        {"UPDATE ledger_state SET checkpoint = checkpoint || ' '", "changed by another hand"},
        {"UPDATE ledger_state SET mac = x'00'", "changed by another hand"},
        {"DELETE FROM ledger_state", "the database has no ledger"},
    };
    for (size_t i = 0; i < sizeof of_rows / sizeof *of_rows; i++) {
        sql(t, "%s", of_rows[i].sql);
        refused(&h, of_rows[i].words);
        put_back(&h, "whole", true, true);
    }
    static const struct { const char *shell, *words; } of_files[] = {
        {"rm checkpoint", "checkpoint is gone"},
        {"rm -r .", "is not there"},
        {"rm -r ../haven.db.ledger", "is not there"},
        {"rm -r journal", "journal in"},
        {"rm journal/000001", "000001"},
        {"truncate -s 60 journal/000001", "were taken"},
        {"sed -i s/^100/101/ checkpoint", "not one that this hub signed"},
        {"sed -i s/^100/99/ checkpoint", "not one that this hub signed"},
        {"echo >checkpoint", "not one that this hub signed"},
        {"head -c 70000 /dev/zero >checkpoint", "not one that this hub signed"},
        {"printf x | dd of=tile/0/000.p/100 bs=1 seek=70 conv=notrunc 2>/dev/null", "tiles in"},
        {"rm tile/0/000.p/100", "tiles in"},
        {"mkdir e2 && cp checkpoint e2/", "at epoch 1 of its ledger"},
        {"cp checkpoint cosigned && sed -i s/^100/90/ cosigned", "not the one that witnesses"},
        {"echo hello >cosigned", "not the one that witnesses"},
    };
    for (size_t i = 0; i < sizeof of_files / sizeof *of_files; i++) {
        if (strstr(of_files[i].shell, "rm -r ."))
            hub_shell("rm -r '%s'", h.dir);
        else
            hub_shell("cd '%s' && { %s; }", h.dir, of_files[i].shell);
        refused(&h, of_files[i].words);
        put_back(&h, "whole", true, true);
    }
    opens(&h, 100);
    hub_drop(&h);
}
static void other_hands_are_refused(void **state)
{
    (void)state;
    test_store_each(other_hands);
}

static void making(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e = {0};
    (void)s;
    hub_make(&h, t);
    /* A ledger is made once; its directory is of one hub; its name is a name. */
    assert_int_equal(ledger_create(t->store, h.vault, t->url, &h.options, &e), ERR_CONFLICT);
    assert_int_equal(ledger_creatable(t->url, &h.options, &e), ERR_CONFLICT);
    assert_non_null(strstr(e.message, "of another hub"));
    struct ledger_options o = {.directory = "/nowhere/ledger", .origin = "hub.example/audit"};
    test_ok(ledger_creatable(t->url, &o, &e), &e);
    static const char *const bad[] = {"", "a b", "hub.example/audit/e2", "x+y"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        o.origin = bad[i];
        assert_int_equal(ledger_creatable(t->url, &o, &e), ERR_USAGE);
    }
    char long_name[260];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[259] = '\0';
    o.origin = long_name + 9; /* 250: a name, but there is no room for /e1000 behind it */
    assert_int_equal(ledger_creatable(t->url, &o, &e), ERR_USAGE);
    o.origin = NULL;
    test_ok(ledger_creatable(t->url, &o, &e), &e);
    test_ok(ledger_creatable("sqlite:/nowhere/x.db", &(struct ledger_options){0}, &e), &e);
    assert_int_equal(ledger_creatable("postgres://x/y", &(struct ledger_options){0}, &e), ERR_USAGE);
    if (t->engine == STORE_SQLITE) {
        struct ledger *l;
        ledger_close(h.ledger);
        h.ledger = NULL;
        test_ok(ledger_open(t->store, h.vault, t->url, NULL, &l, &e), &e); /* where it is by itself */
        ledger_close(l);
    }
    assert_int_equal(ledger_creatable("postgresql://x/y", &(struct ledger_options){0}, &e), ERR_USAGE);
    assert_non_null(strstr(e.message, "HAVEN_LEDGER"));
    static char deep[PATH_MAX];
    memset(deep, 'a', sizeof deep - 1);
    o.directory = deep;
    assert_int_equal(ledger_creatable(t->url, &o, &e), ERR_USAGE);
    test_ok(ledger_creatable("sqlite:/nowhere/x.db?vfs=unix", &(struct ledger_options){0}, &e), &e);
    struct ledger *none;
    assert_int_equal(ledger_open(t->store, h.vault, t->url, &o, &none, &e), ERR_USAGE);
    o.directory = "/nowhere/ledger";
    assert_int_equal(ledger_open(t->store, h.vault, t->url, &o, &none, &e), ERR_REFUSED);
    hub_drop(&h);
}
static void a_ledger_is_made_once(void **state)
{
    (void)state;
    test_store_each(making);
}

/* A hub that an older version made gets its ledger at its first opening, with a name of chance. */
static void older(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e;
    _cleanup_buf_ struct buf vkey;
    (void)s;
    buf_init(&vkey, 1000);
    hub_make(&h, t);
    hub_close(&h);
    if (t->engine == STORE_SQLITE) {
        sql(t, "DELETE FROM ledger_state");
        hub_shell("rm -r '%s'", h.dir);
        h.options.origin = NULL;
        test_ok(hub_reopen(&h, &e), &e);
        hub_effect(&h, 1);
        test_ok(ledger_vkey(h.ledger, &vkey, &e), &e);
        assert_true(str_starts(buf_as_str(&vkey), STR("haven.invalid/")));
        opens(&h, 1);
        /* Cut short between directory and row: made to its end. */
        hub_close(&h);
        sql(t, "DELETE FROM ledger_state; DELETE FROM ledger_leaf; DELETE FROM ledger_subject");
        hub_shell("rm '%s/checkpoint' && rm -r '%s/tile'", h.dir, h.dir);
        hub_shell("rm -r '%s/journal'", h.dir);
        opens(&h, 0);
    } else {
        test_ok(hub_reopen(&h, &e), &e);
    }
    hub_drop(&h);
}
static void an_older_hub_gets_a_ledger(void **state)
{
    (void)state;
    test_store_each(older);
}

/* ---- a declared restore ---- */

static void declared(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e = {0};
    (void)s;
    if (t->engine != STORE_SQLITE)
        return;
    fill(&h, t, 20);
    keep(&h, "20");
    assert_int_equal(declare(&h, "no need", &e), ERR_CONFLICT);
    hub_close(&h);
    opens(&h, 20);
    for (uint64_t n = 20; n < 25; n++)
        hub_read(&h, n);
    hub_close(&h);
    put_back(&h, "20", true, false);
    refused(&h, "an old copy of the database");
    assert_int_equal(declare(&h, "", &e), ERR_USAGE);
    test_ok(declare(&h, "the disk died", &e), &e);
    assert_int_equal(declare(&h, "again", &e), ERR_CONFLICT);
    /* Its first entry quotes 25; the journal still had the five reads, which are entered again. */
    opens(&h, 2 + 5);
    struct said said = hear(&h);
    assert_int_equal(said.epochs, 2);
    assert_non_null(strstr(said.quoted, "hub.example/audit\n25\n"));
    assert_string_equal(said.reason, "the disk died");
    assert_string_equal(said.user, "chris");
    assert_int_equal(said.entries, 20 + 7);
    assert_int_equal(said.last >> 40, 1);
    _cleanup_buf_ struct buf note, vkey, proof, leaf;
    struct buf *all[] = {&note, &vkey, &proof, &leaf};
    for (size_t i = 0; i < 4; i++)
        buf_init(all[i], 1 << 20);
    test_ok(ledger_checkpoint(h.ledger, &note, &e), &e);
    assert_true(str_starts(buf_as_str(&note), STR("hub.example/audit/e2\n7\n")));
    test_ok(ledger_vkey(h.ledger, &vkey, &e), &e);
    assert_true(str_starts(buf_as_str(&vkey), STR("hub.example/audit/e2+")));
    /* Proofs of both epochs; none of what is in neither. */
    test_ok(ledger_prove(h.ledger, 7, &proof, &leaf, &e), &e);
    test_ok(ledger_prove(h.ledger, ((uint64_t)1 << 40) + 3, &proof, &leaf, &e), &e);
    assert_int_equal(ledger_prove(h.ledger, 21, &proof, &leaf, &e), ERR_NOT_FOUND);
    assert_int_equal(ledger_prove(h.ledger, UINT64_MAX, &proof, &leaf, &e), ERR_NOT_FOUND);
    /* The declaration stays. */
    test_ok(store_begin(t->store, &e), &e);
    assert_int_equal(ledger_destroy(h.ledger, (uint64_t)1 << 40, &e), ERR_REFUSED);
    assert_int_equal(ledger_destroy(h.ledger, 21, &e), ERR_NOT_FOUND);
    store_rollback(t->store);
    /* A copy of before the declaration is refused, and so is the directory of before. */
    hub_read(&h, 50);
    hub_close(&h);
    keep(&h, "e2");
    put_back(&h, "20", true, false);
    refused(&h, "at epoch 1 of its ledger");
    put_back(&h, "e2", true, false);
    put_back(&h, "20", false, true);
    refused(&h, "checkpoint is gone");
    put_back(&h, "e2", false, true);
    opens(&h, 8);
    /* Once more, from epoch 1: the world knows epoch 2, so the third begins. */
    hub_close(&h);
    put_back(&h, "20", true, false);
    refused(&h, "at epoch 1");
    test_ok(declare(&h, "once more", &e), &e);
    test_ok(hub_reopen(&h, &e), &e);
    note.n = 0;
    test_ok(ledger_checkpoint(h.ledger, &note, &e), &e);
    assert_true(str_starts(buf_as_str(&note), STR("hub.example/audit/e3\n")));
    said = hear(&h);
    assert_non_null(strstr(said.quoted, "hub.example/audit/e2\n8\n"));
    uint64_t size;
    test_ok(ledger_verify(h.ledger, NULL, &size, &e), &e);
    hub_drop(&h);
}
static void a_declared_restore_begins_an_epoch(void **state)
{
    (void)state;
    test_store_each(declared);
}

/* Whatever was lost, a declaration goes on, if one checkpoint of ours is left. */
static void losses(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e = {0};
    (void)s;
    if (t->engine != STORE_SQLITE)
        return;
    fill(&h, t, 30);
    keep(&h, "30");
    static const struct { const char *sql, *shell, *quotes; } lost[] = {
        {NULL, "rm -r ../haven.db.ledger", "\n30\n"},
        {NULL, "rm -r journal", "\n30\n"},
        {NULL, "rm checkpoint", "\n30\n"},
        {NULL, "truncate -s 50 journal/000001", "\n30\n"},
        {NULL, "printf x | dd of=journal/000001 bs=1 seek=20 conv=notrunc 2>/dev/null", "\n30\n"},
        {"DELETE FROM ledger_leaf WHERE leaf > 10", NULL, "\n30\n"},
        {"DELETE FROM ledger_leaf WHERE leaf = 10", NULL, "\n30\n"},
        {"UPDATE ledger_state SET taken = 0", NULL, "\n30\n"},
        {"DELETE FROM ledger_state", NULL, "\n30\n"},
    };
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
        if (lost[i].sql)
            sql(t, "%s", lost[i].sql);
        if (lost[i].shell)
            hub_shell("cd '%s' && { %s; }", h.dir, lost[i].shell);
        refused(&h, "");
        test_ok(declare(&h, "lost", &e), &e);
        test_ok(hub_reopen(&h, &e), &e);
        struct said said = hear(&h);
        if (said.epochs != 2 || !strstr(said.quoted, lost[i].quotes))
            fail_msg("loss %zu: %zu, %s", i, said.epochs, said.quoted);
        hub_read(&h, 60);
        hub_close(&h);
        test_ok(hub_reopen(&h, &e), &e);
        hub_close(&h);
        put_back(&h, "30", true, true);
    }
    /* Nothing of ours left: no. */
    sql(t, "DELETE FROM ledger_state");
    hub_shell("echo >'%s/checkpoint'", h.dir);
    assert_int_equal(declare(&h, "lost", &e), ERR_REFUSED);
    assert_non_null(strstr(e.message, "to go on from"));
    hub_close(&h);
    put_back(&h, "30", true, true);
    sql(t, "UPDATE ledger_state SET taken = 0");
    hub_shell("sed -i 's/hub.example/hub.invalid/' '%s/checkpoint'", h.dir);
    assert_int_equal(declare(&h, "lost", &e), ERR_REFUSED);
    assert_non_null(strstr(e.message, "no checkpoint of epoch 1"));
    hub_close(&h);
    put_back(&h, "30", true, true);
    opens(&h, 30);
    hub_drop(&h);
}
static void whatever_was_lost_can_be_declared(void **state)
{
    (void)state;
    test_store_each(losses);
}

/* ---- the witness sees what the hub alone cannot ---- */

struct witnessing {
    struct ledger_witness w;
    struct ledger_signer signer;
    struct ledger_key log;
    uint64_t last;
};

/* As ledger_cosign does, without HTTP. */
static int ask(struct hub *h, struct witnessing *x, struct buf *answer)
{
    struct err e;
    _cleanup_buf_ struct buf note, body;
    _cleanup_arena_ struct arena a;
    struct ledger_tiles *t;
    struct ledger_checkpoint c;
    struct ledger_proof proof = {0};
    int status;
    char tree[PATH_MAX + 32];
    buf_init(&note, 1 << 16);
    buf_init(&body, 1 << 18);
    arena_init(&a, LIMIT_LEDGER_TILES_BYTES);
    (void)snprintf(tree, sizeof tree, "%s%s", h->dir, strstr(x->log.name, "/e2") ? "/e2" : "");
    test_ok(ledger_tiles_open(&a, tree, false, &t, &e), &e);
    test_ok(ledger_tiles_checkpoint(t, &note, &c, &e), &e);
    if (x->last <= c.size)
        test_ok(ledger_consistency_prove(ledger_tiles_hashes(t, c.size), x->last, c.size, &proof, &e), &e);
    ledger_cosign_body(x->last, &proof, buf_as_str(&note), &body);
    ledger_tiles_close(t);
    answer->n = 0;
    ledger_witness_add(&x->w, buf_as_str(&body), &status, answer);
    if (status == 200)
        x->last = c.size;
    return status;
}

static void witnessed(struct store *s, struct test_store *t)
{
    struct hub h;
    struct err e = {0};
    struct witnessing x = {0};
    char dir[PATH_MAX + 32];
    unsigned char seed[32] = {7}, public[32];
    _cleanup_buf_ struct buf answer;
    (void)s;
    if (t->engine != STORE_SQLITE)
        return;
    buf_init(&answer, 1 << 18);
    fill(&h, t, 20);
    keep(&h, "20");
    (void)snprintf(dir, sizeof dir, "%s/witness", t->folder);
    hub_shell("mkdir -m 700 '%s'", dir);
    vault_sign_public(h.vault, public);
    test_ok(ledger_key_make(STR("hub.example/audit"), LEDGER_KEY_LOG, public, &x.log, &e), &e);
    test_ok(ledger_signer_make(STR("witness.example/w"), LEDGER_KEY_WITNESS, seed, &x.signer, &e), &e);
    x.w = (struct ledger_witness){.dir = dir, .logs = &x.log, .n_logs = 1, .signer = &x.signer};
    assert_int_equal(ask(&h, &x, &answer), 200);
    opens(&h, 20);
    hub_read(&h, 20);
    hub_read(&h, 21);
    hub_close(&h);
    assert_int_equal(ask(&h, &x, &answer), 200);
    assert_int_equal(x.last, 22);
    /* Database and directory are both put back: the hub cannot know, the witness does. */
    keep(&h, "22");
    put_back(&h, "20", true, true);
    opens(&h, 20);
    hub_close(&h);
    x.last = 20;
    assert_int_equal(ask(&h, &x, &answer), 409);
    /* And when it has grown past what was seen, with other entries. */
    opens(&h, 20);
    for (uint64_t n = 100; n < 105; n++)
        hub_read(&h, n);
    hub_close(&h);
    x.last = 22;
    assert_int_equal(ask(&h, &x, &answer), 422);
    /* The old database alone, declared: the witness takes the declaration, then the new epoch, and never again the old one. */
    put_back(&h, "22", false, true);
    put_back(&h, "20", true, false);
    refused(&h, "an old copy");
    test_ok(declare(&h, "restored from Sunday", &e), &e);
    hub_close(&h);
    _cleanup_arena_ struct arena a;
    _cleanup_buf_ struct buf note, entry, bundle, extra;
    struct buf *all[] = {&note, &entry, &bundle, &extra};
    struct ledger_tiles *tiles;
    struct ledger_checkpoint c;
    struct ledger_bundle b = {0};
    int status;
    arena_init(&a, LIMIT_LEDGER_TILES_BYTES);
    for (size_t i = 0; i < 4; i++)
        buf_init(all[i], 1 << 18);
    (void)snprintf(dir, sizeof dir, "%s/e2", h.dir);
    test_ok(ledger_tiles_open(&a, dir, false, &tiles, &e), &e);
    test_ok(ledger_tiles_checkpoint(tiles, &note, &c, &e), &e);
    test_ok(ledger_tiles_entry(tiles, c.size, 0, &entry, &e), &e);
    test_ok(ledger_inclusion_prove(ledger_tiles_hashes(tiles, c.size), 0, c.size, &b.proof, &e), &e);
    ledger_tiles_close(tiles);
    char *base64 = calloc(1, 2 * entry.n + 10);
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = 0;
    for (size_t i = 0; i < entry.n; i += 3) {
        const unsigned char *p = (const unsigned char *)entry.p + i;
        size_t left = entry.n - i;
        unsigned bits = (unsigned)p[0] << 16 | (left > 1 ? (unsigned)p[1] << 8 : 0) | (left > 2 ? p[2] : 0);
        for (int k = 0; k < 4; k++)
            base64[n++] = k > (int)left ? '=' : digits[bits >> (18 - 6 * k) & 63];
    }
    b.extra = (struct str){base64, n};
    b.checkpoint = buf_as_str(&note);
    test_ok(ledger_bundle_format(&b, &bundle, &e), &e);
    (void)snprintf(dir, sizeof dir, "%s/witness", t->folder);
    answer.n = 0;
    ledger_witness_declare(&x.w, buf_as_str(&bundle), &status, &answer);
    if (status != 200)
        fail_msg("declare: %d %.*s", status, STR_ARG(buf_as_str(&answer)));
    free(base64);
    struct ledger_key second;
    test_ok(ledger_key_epoch(&x.log, 2, &second, &e), &e);
    struct witnessing y = x;
    y.log = second;
    y.last = 0;
    assert_int_equal(ask(&h, &y, &answer), 200);
    x.last = 22;
    assert_int_not_equal(ask(&h, &x, &answer), 200);
    hub_drop(&h);
}
static void a_witness_refuses_rollback_and_takes_a_declaration(void **state)
{
    (void)state;
    test_store_each(witnessed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_copy_is_refused),          cmocka_unit_test(other_hands_are_refused),
        cmocka_unit_test(a_ledger_is_made_once),           cmocka_unit_test(an_older_hub_gets_a_ledger),
        cmocka_unit_test(a_declared_restore_begins_an_epoch), cmocka_unit_test(whatever_was_lost_can_be_declared),
        cmocka_unit_test(a_witness_refuses_rollback_and_takes_a_declaration),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("start", tests, NULL, NULL);
}
