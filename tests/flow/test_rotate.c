/* test_rotate.c: a rotation of the seal key through every room, on both engines: killed after every transaction and done again, nothing is lost, and at the end the old
 * key opens nothing. */
#include "flow/flow.h"
#include "intake/hub.h"
#include "vault/keeping.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define HEAD "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OffenceTitle,Role,Surname,Forenames,DOB,Phone,MOText\n"

struct world {
    struct test_hub h;
    struct test_store *t;
    char key[128], old_key[128];
    struct buf beliefs; /* before */
};

static void fill(struct test_hub *h)
{
    _cleanup_buf_ struct buf b;
    struct err e;
    int64_t id;
    struct link_model *m;
    struct people_counts counts;
    buf_init(&b, 1 << 20);
    (void)buf_z(&b, HEAD);
    for (int i = 0; i < 24; i++)
        (void)buf_fmt(&b, "42/%d/24,%d,%s,01/01/2024 09:00,Harassment,%s,Moss%c,Ann,0%d/02/1980,07700 9000%02d,She waited outside %d.\n", i / 2, i % 2,
                      i % 8 == 7 ? "no date" : "2024-01-02T10:00:00", i % 2 ? "VIC" : "SUS", 'a' + i, 1 + i % 9, i, i);
    struct load_counts n = hub_load(h, "police-crime", buf_as_str(&b));
    assert_true(n.stored == 21 && n.quarantined == 3);
    test_ok(link_model_person(&m, &e), &e);
    test_ok(people_update(h->s, h->v, m, NULL, &counts, &e), &e);
    link_model_free(m);
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 16);
    struct str x = mention_key_format(&a, intake_mention_key(h->v, STR("police-crime"), STR("42/0/24"), STR("0"), 0));
    struct str y = mention_key_format(&a, intake_mention_key(h->v, STR("police-crime"), STR("42/1/24"), STR("0"), 0));
    test_ok(people_decide(h->s, DECISION_SPLIT, x, y, STR("demo.reviewer"), STR("not the same Ann"), h->v, &id, &e), &e);
}

static void begin(struct world *w, struct store *s, struct test_store *t)
{
    char command[600];
    *w = (struct world){.t = t};
    hub_open(&w->h, s, NULL);
    (void)snprintf(w->key, sizeof w->key, "%s/key", w->h.folder);
    (void)snprintf(w->old_key, sizeof w->old_key, "%s/file", w->h.folder); /* hub_close takes that one away too */
    fill(&w->h);
    (void)snprintf(command, sizeof command, "rm -f %s && cp -p %s %s", w->old_key, w->key, w->old_key);
    assert_int_equal(system(command), 0);
    buf_init(&w->beliefs, 1 << 20);
    hub_beliefs(&w->h, &w->beliefs);
}

static void end(struct world *w)
{
    buf_release(&w->beliefs);
    hub_close(&w->h);
}

static void reopen(struct world *w)
{
    struct err e;
    test_store_reopen(w->t);
    w->h.s = w->t->store;
    vault_close(w->h.v);
    w->h.v = NULL;
    test_ok(vault_open(w->key, &w->h.v, &e), &e);
}

/* Everything sealed opens and says what it said before. */
static void all_is_there(struct world *w)
{
    _cleanup_buf_ struct buf now, text;
    _cleanup_arena_ struct arena a;
    struct decision_view *d;
    size_t n;
    struct err e;
    buf_init(&now, 1 << 20);
    buf_init(&text, 1 << 16);
    arena_init(&a, 1 << 22);
    hub_beliefs(&w->h, &now);
    assert_true(str_eq(buf_as_str(&now), buf_as_str(&w->beliefs)));
    test_ok(people_decisions(w->h.s, w->h.v, &a, &d, &n, &e), &e);
    assert_int_equal(n, 1);
    assert_true(str_eq(d[0].why, STR("not the same Ann")));
    for (int64_t id = 1; id <= 3; id++)
        test_ok(quarantine_text(w->h.s, w->h.v, id, &text, &e), &e);
    assert_true(str_find(buf_as_str(&text), STR("She waited outside")) >= 0);
    struct row_text row;
    test_ok(intake_row_text(w->h.s, w->h.v, 1, &a, &row, &e), &e);
    assert_true(str_starts(row.narrative, STR("She waited outside")));
}

static size_t findings(struct world *w, const char *key, char *ret)
{
    _cleanup_vault_ struct vault *v = NULL;
    _cleanup_buf_ struct buf b;
    struct err e;
    buf_init(&b, 4096);
    test_ok(vault_open(key, &v, &e), &e);
    test_ok(flow_keys_check(w->h.s, v, &b, &e), &e);
    (void)snprintf(ret, 2048, "%.*s", STR_ARG(buf_as_str(&b)));
    return b.n;
}

struct killer {
    int left, calls;
};

static void maybe_kill(void *ctx)
{
    struct killer *k = ctx;
    k->calls++;
    if (--k->left == 0)
        (void)raise(SIGKILL);
}

/* In a process of its own, killed after its n-th transaction; true when it came to its end. */
static bool rotate_killed(struct world *w, int n)
{
    store_close(w->t->store);
    w->t->store = NULL;
    pid_t child = fork();
    if (child == 0) {
        struct killer k = {.left = n};
        const struct vault_rewrap_options o = {.batch_rows = 4, .committed = maybe_kill, .ctx = &k};
        struct flow_rotation r;
        struct store *s;
        struct err e;
        _exit(store_open(w->t->url, &s, &e) == ERR_OK && flow_keys_rotate(s, w->key, &o, &r, &e) == ERR_OK ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    reopen(w);
    if (!WIFSIGNALED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    return !WIFSIGNALED(status);
}

static void is_rotated(struct world *w, uint32_t generation)
{
    struct vault_view view;
    char text[2048];
    vault_look(w->h.v, &view);
    assert_int_equal(view.n_seals, 1);
    assert_int_equal(view.generation[0], generation);
    assert_int_equal(findings(w, w->key, text), 0);
    assert_true(findings(w, w->old_key, text) > 0);
    static const char *const tables[] = {"mention: 21 of the first 21", "row_text: 21 of the first 21", "quarantine: 3 of the first 3", "person_decision: 1 of the first 1"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (!strstr(text, tables[i]))
            fail_msg("'%s' is not in '%s'", tables[i], text);
    assert_non_null(strstr(text, "it is another hub's, or of before a rotation"));
}

/* ---- */

static void killed_after_every_transaction(struct store *s, struct test_store *t)
{
    struct world w;
    begin(&w, s, t);
    int kills = 0;
    for (int n = 1; !rotate_killed(&w, n); n++, kills++) { /* each run goes on from the state that the one before left */
        struct vault_view view;
        vault_look(w.h.v, &view);
        assert_int_equal(view.n_seals, 2); /* the old generation stays until the end */
        all_is_there(&w);
    }
    assert_true(kills >= 12); /* 46 rows in fours, and the empty tables */
    all_is_there(&w);
    is_rotated(&w, 2);
    end(&w);
}

static void killed_when_only_the_file_was_changed(struct store *s, struct test_store *t)
{
    struct world w;
    struct err e;
    struct flow_rotation r;
    char text[2048];
    bool continued;
    begin(&w, s, t);
    test_ok(vault_rotation_start(w.key, &continued, &e), &e);
    reopen(&w);
    all_is_there(&w);
    assert_true(findings(&w, w.key, text) > 0);
    assert_string_equal(text, "the seal key is being rotated (generation 1 to 2): run haven key rotate to its end\n");
    test_ok(flow_keys_rotate(w.h.s, w.key, &(struct vault_rewrap_options){0}, &r, &e), &e);
    assert_true(r.continued && r.generation == 2 && r.keys == 46 && r.wrapped == 46);
    reopen(&w);
    all_is_there(&w);
    test_ok(flow_keys_rotate(w.h.s, w.key, &(struct vault_rewrap_options){0}, &r, &e), &e); /* and once more */
    assert_true(!r.continued && r.generation == 3 && r.wrapped == 46);
    reopen(&w);
    all_is_there(&w);
    is_rotated(&w, 3);
    end(&w);
}

/* A row that opens under neither key keeps the old generation in the file, and all others are done. */
static void damaged_rows_stop_the_end(struct store *s, struct test_store *t)
{
    struct world w;
    struct err e;
    struct flow_rotation r;
    struct vault_view view;
    unsigned char rubbish[VAULT_WRAPPED_BYTES] = {1}, good[VAULT_WRAPPED_BYTES];
    begin(&w, s, t);
    struct store_cursor *c;
    bool row;
    test_ok(STORE_QUERY(s, *intake_wrapped[0].batch, &c, &e, V_INT(0), V_INT(1)), &e);
    test_ok(store_step(c, &row, &e), &e);
    const int64_t id = store_int(c, 0);
    memcpy(good, store_text(c, 1).p, sizeof good);
    store_finish(c);
    test_ok(STORE_RUN(s, *intake_wrapped[0].put, &e, V_BLOB(((struct str){(const char *)rubbish, sizeof rubbish})), V_INT(id)), &e);
    assert_int_equal(flow_keys_rotate(s, w.key, &(struct vault_rewrap_options){0}, &r, &e), ERR_CRYPTO);
    assert_non_null(strstr(e.message, "1 wrapped keys open under neither generation (the first: row 64 of mention)"));
    reopen(&w);
    vault_look(w.h.v, &view);
    assert_int_equal(view.n_seals, 2);
    test_ok(STORE_RUN(w.h.s, *intake_wrapped[0].put, &e, V_BLOB(((struct str){(const char *)good, sizeof good})), V_INT(id)), &e); /* mended */
    test_ok(flow_keys_rotate(w.h.s, w.key, &(struct vault_rewrap_options){0}, &r, &e), &e);
    assert_true(r.continued && r.wrapped == 1);
    reopen(&w);
    all_is_there(&w);
    is_rotated(&w, 2);
    end(&w);
}

#define ON_EACH(name) \
    static void name##_on_each(void **state) { (void)state; test_store_each(name); }
ON_EACH(killed_after_every_transaction)
ON_EACH(killed_when_only_the_file_was_changed)
ON_EACH(damaged_rows_stop_the_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_after_every_transaction_on_each),
        cmocka_unit_test(killed_when_only_the_file_was_changed_on_each),
        cmocka_unit_test(damaged_rows_stop_the_end_on_each),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("rotation", tests, NULL, NULL);
}
