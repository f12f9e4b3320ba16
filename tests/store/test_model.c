/* test_model.c: random work against a model held in memory: both engines must keep exactly what the model keeps. */
#include "store/sample_sql.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

enum { IDS = 40, WORK = 250, SEEDS = 4, MOST_TEXT = 700 };

struct thing {
    bool there;
    int64_t n;
    double weight;
    uint64_t text; /* seed of its texts; 0: none */
};
struct model {
    uint64_t random;
    bool in_transaction;
    struct thing now[IDS], before[IDS]; /* before: what a rollback brings back */
};

static uint64_t chance(struct model *m, uint64_t n)
{
    m->random = str_hash((struct str){(char *)&m->random, sizeof m->random}, 11);
    return (m->random >> 3) % n;
}

/* ---- texts and blobs of a seed ---- */

/* Letters of one to four bytes, quotes, backslashes, line ends. */
static struct str text_of(uint64_t seed, char room[MOST_TEXT])
{
    static const char *const letters[] = {"a", "'", "\"", "\\", "\n", "\t", ":id", "$1", "?", "%", "é", "’", "Ł", "日", "\xf0\x9f\x92\x99", "\x7f", "\x01"};
    struct model m = {.random = seed};
    size_t n = 0;
    for (uint64_t k = chance(&m, 120); k > 0; k--) {
        const char *letter = letters[chance(&m, sizeof letters / sizeof *letters)];
        memcpy(room + n, letter, strlen(letter));
        n += strlen(letter);
    }
    return (struct str){room, n};
}

static struct str blob_of(uint64_t seed, char room[MOST_TEXT])
{
    struct model m = {.random = seed + 1};
    size_t n = chance(&m, MOST_TEXT);
    for (size_t k = 0; k < n; k++)
        room[k] = (char)chance(&m, 256);
    return (struct str){room, n};
}

/* `kind` must be unique together with n, so it carries the id. */
static struct str kind_of(int64_t id, char room[24])
{
    int n = snprintf(room, 24, "kind %lld", (long long)id);
    return (struct str){room, (size_t)n};
}

/* ---- the work ---- */

static struct thing random_thing(struct model *m)
{
    static const int64_t edges[] = {0, -1, INT64_MIN, INT64_MAX, 1 << 24, INT64_C(1) << 40};
    static const double weights[] = {0.1, -1e300, 5e-324, 3.0, 1.0 / 3};
    int64_t n = chance(m, 2) ? edges[chance(m, 6)] : (int64_t)chance(m, 1000);
    return (struct thing){true, n, weights[chance(m, 5)], chance(m, 5) ? 1 + chance(m, 1000000) : 0};
}

static void insert(struct store *s, struct model *m, int64_t id, struct store_bulk *b)
{
    struct err e;
    char text[MOST_TEXT], blob[MOST_TEXT], kind[24];
    struct thing t = random_thing(m);
    struct store_value v[] = {V_INT(id), V_TEXT(kind_of(id, kind)), V_INT(t.n), V_REAL(t.weight),
                              t.text ? V_BLOB(blob_of(t.text, blob)) : V_NULL, t.text ? V_TEXT(text_of(t.text, text)) : V_NULL};
    test_ok(b ? store_bulk_add(b, v, &e) : store_run(s, &sql_sample_thing_insert, v, NULL, &e), &e);
    m->now[id] = t;
}

static void bulk(struct store *s, struct model *m)
{
    struct err e;
    struct store_bulk *b;
    test_ok(store_bulk_begin(s, &sql_sample_thing_insert, &b, &e), &e);
    for (int64_t id = 0; id < IDS; id++)
        if (!m->now[id].there && chance(m, 3) == 0)
            insert(s, m, id, b);
    test_ok(store_bulk_end(b, &e), &e);
}

static void upsert(struct store *s, struct model *m, int64_t id)
{
    struct err e;
    struct store_cursor *c;
    bool row;
    char kind[24];
    int64_t n = (int64_t)chance(m, 500);
    if (!m->now[id].there)
        return;
    test_ok(STORE_QUERY(s, sql_sample_thing_put, &c, &e, V_INT(id), V_TEXT(kind_of(id, kind)), V_INT(n)), &e);
    test_ok(store_step(c, &row, &e), &e);
    assert_true(row && store_int(c, 0) == id && store_int(c, 1) == n);
    store_finish(c);
    m->now[id].n = n;
}

static void turn_transaction(struct store *s, struct model *m)
{
    struct err e;
    if (!m->in_transaction) {
        test_ok(store_begin(s, &e), &e);
        memcpy(m->before, m->now, sizeof m->now);
    } else if (chance(m, 3) == 0) {
        store_rollback(s);
        memcpy(m->now, m->before, sizeof m->now);
    } else {
        test_ok(store_commit(s, &e), &e);
    }
    m->in_transaction = !m->in_transaction;
}

/* A broken rule inside a transaction undoes all of it; outside it changes nothing. */
static void break_a_rule(struct store *s, struct model *m, int64_t id)
{
    struct err e;
    if (!m->now[id].there)
        return;
    assert_int_equal(STORE_RUN(s, sql_sample_thing_insert, &e, V_INT(id), V_TEXT(STR("twice")), V_NULL, V_NULL, V_NULL, V_NULL), ERR_CONFLICT);
    if (m->in_transaction) {
        store_rollback(s);
        memcpy(m->now, m->before, sizeof m->now);
        m->in_transaction = false;
    }
}

static void work(struct store *s, struct model *m)
{
    struct err e;
    int64_t id = (int64_t)chance(m, IDS), changed = -1;
    switch (chance(m, 8)) {
    case 0:
    case 1:
        turn_transaction(s, m);
        break;
    case 2:
        test_ok(store_run(s, &sql_sample_thing_delete, (const struct store_value[]){V_INT(id)}, &changed, &e), &e);
        assert_int_equal(changed, m->now[id].there);
        m->now[id].there = false;
        break;
    case 3:
        upsert(s, m, id);
        break;
    case 4:
        break_a_rule(s, m, id);
        break;
    case 5:
        if (m->in_transaction)
            bulk(s, m);
        break;
    default:
        if (!m->now[id].there)
            insert(s, m, id, NULL);
    }
}

/* ---- comparing ---- */

static void compare_one(struct store *s, int64_t id, const struct thing *t)
{
    struct err e;
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row;
    char text[MOST_TEXT], blob[MOST_TEXT];
    test_ok(STORE_QUERY(s, sql_sample_thing_by_id, &c, &e, V_INT(id)), &e);
    test_ok(store_step(c, &row, &e), &e);
    assert_int_equal(row, t->there);
    if (!row)
        return;
    double weight = store_real(c, 3);
    assert_int_equal(store_int(c, 2), t->n);
    assert_memory_equal(&weight, &t->weight, sizeof weight);
    assert_int_equal(store_column(c, 4).type, t->text ? STORE_BLOB : STORE_NULL);
    assert_int_equal(store_column(c, 5).type, t->text ? STORE_TEXT : STORE_NULL);
    if (t->text) {
        assert_true(str_eq(store_text(c, 4), blob_of(t->text, blob)));
        assert_true(str_eq(store_text(c, 5), text_of(t->text, text)));
    }
}

static void the_store_keeps_what_the_model_keeps(struct store *s, struct test_store *t)
{
    struct err e;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct model m = {.random = seed};
        for (int64_t id = 0; id < IDS; id++)
            test_ok(STORE_RUN(s, sql_sample_thing_delete, &e, V_INT(id)), &e);
        for (int i = 0; i < WORK; i++) {
            work(s, &m);
            int64_t id = (int64_t)chance(&m, IDS);
            compare_one(s, id, &m.now[id]); /* also within a transaction */
        }
        if (m.in_transaction)
            turn_transaction(s, &m);
        test_store_reopen(t);
        s = t->store;
        for (int64_t id = 0; id < IDS; id++)
            compare_one(s, id, &m.now[id]);
    }
}

static void on_each(void **state)
{
    (void)state;
    test_store_each_with(test_catalogue(&sample_catalogue), the_store_keeps_what_the_model_keeps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(on_each)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
