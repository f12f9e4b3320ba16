/* test_closed.c: closed records (docs/closed.md), below the doors.
 *
 * 1. A hub believes the same whether a record was never closed, or closed and opened again, anywhere within a random order of deliveries.
 * 2. A hub with closed records believes what a hub believes that never received them, and knows none of their ids: not as a mention, a person, a former person, a decision, a quarantined row. */
#include "flow/flow.h"
#include "intake/hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define HEAD "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OccurredFrom,OffenceTitle,Role,Surname,Forenames,DOB,Postcode,Phone,PNCID,MOText\n"
#define RECORDS 8
#define LINES 26

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

struct line {
    char text[300];
    int record, row, version;
};

/* Few people, described by changing parts of what there is to say, so that records bridge between others and keep others apart. */
static void make_line(struct line *l, uint32_t *state)
{
    static const char *const names[] = {"Strand,Amelia", "Strand,Amelie", "Rathore,Dev", "Rathore,Devan"};
    static const char *const born[] = {"19/03/2001", "", "02/03/1990", "02/03/1990"};
    static const char *const numbers[] = {"", "2003/0000003Y", "", ""};
    const uint32_t r = next_random(state);
    l->record = (int)(r % RECORDS), l->row = 1 + (int)(r / 16 % 2), l->version = 1 + (int)(r / 64 % 3);
    const size_t who = (l->row == 1 ? 0 : 2) + r / 256 % 2;
    (void)snprintf(l->text, sizeof l->text, "42/%d/24,%d,2024-0%d-02T10:00:00,01/0%d/2024 09:00,01/0%d/2024 08:00,Stalking involving fear of violence,%s,%s,%s,%s,%s,%s,He followed her home and waited outside.\n",
                   l->record, l->row, 2 + l->version, 1 + l->record % 9, 1 + l->record % 9, l->row == 1 ? "VIC" : "SUS", names[who], next_random(state) % 2 ? born[who] : "",
                   next_random(state) % 2 ? "LU2 2BB" : "", next_random(state) % 2 ? (l->row == 1 ? "07700 900111" : "07700 900112") : "", l->row == 2 ? numbers[next_random(state) % 4] : "");
}

static struct test_hub first; /* its key serves all hubs of a run */
static struct link_model *model;

static void record_name(char *to, size_t n, int record) { (void)snprintf(to, n, "police-crime/42/%d/24", record); }

static void update(struct test_hub *h)
{
    struct flow_counts n;
    struct err e;
    test_ok(flow_update(h->s, h->v, model, NULL, &n, &e), &e);
}

/* Nothing happens to a record that is not there yet. */
static void set_level(struct test_hub *h, int record, enum access_level level)
{
    struct intake_record r;
    char name[40];
    struct err e;
    record_name(name, sizeof name, record);
    test_ok(intake_record_find(h->s, h->v, str_of(name), &r, &e), &e);
    if (!r.id)
        return;
    test_ok(store_begin(h->s, &e), &e);
    test_ok(flow_record_level(h->s, h->v, model, &r, level, NULL, &e), &e);
    test_ok(store_commit(h->s, &e), &e);
}

static void load(struct test_hub *h, struct line *const *lines, size_t n, int but)
{
    _cleanup_buf_ struct buf b;
    bool any = false;
    buf_init(&b, 1 << 20);
    (void)buf_z(&b, HEAD);
    for (size_t i = 0; i < n; i++)
        if (lines[i]->record != but) {
            (void)buf_z(&b, lines[i]->text);
            any = true;
        }
    if (any)
        (void)hub_load(h, "police-crime", buf_as_str(&b));
}

/* Statements, persons and cases, without ids that depend on the order of arrival. */
static void beliefs(struct test_hub *h, struct buf *ret)
{
    _cleanup_arena_ struct arena a;
    struct people_map map;
    struct review_queue q;
    struct err e;
    arena_init(&a, (size_t)1 << 26);
    hub_beliefs(h, ret);
    test_ok(people_map_load(h->s, &a, &map, &e), &e);
    uint64_t sum = 0; /* memberships as a set */
    for (size_t i = 0; i < map.n_mentions; i++) {
        const uint64_t both[2] = {map.mention_keys[i], map.person_key[map.person_of[i]]};
        sum += str_hash((struct str){(const char *)both, sizeof both}, 1);
    }
    (void)buf_fmt(ret, "persons %zu %zu %llx\n", map.n_mentions, map.n_persons, (unsigned long long)sum);
    struct band_pair *band;
    size_t n_band;
    test_ok(people_band(h->s, 1000, &a, &band, &n_band, &e), &e);
    sum = 0; /* as a set: pairs that fell apart stand first, and what fell when is not what is promised here */
    for (size_t i = 0; i < n_band; i++) {
        const uint64_t pair[3] = {band[i].a, band[i].b, (uint64_t)(band[i].weight * 1e6)};
        sum += str_hash((struct str){(const char *)pair, sizeof pair}, 1);
    }
    (void)buf_fmt(ret, "band %zu %llx\n", n_band, (unsigned long long)sum);
    test_ok(review_list(h->s, h->v, &(struct review_filter){.rule = -1, .limit = 100}, &a, &q, &e), &e);
    for (size_t i = 0; i < q.n; i++) {
        struct review_case_view view;
        (void)buf_fmt(ret, "case %.*s %u %u\n", STR_ARG(q.v[i].id), q.v[i].n_occasions, q.v[i].n_agencies);
        test_ok(review_show(h->s, h->v, q.v[i].id, &a, &view, &e), &e);
        for (size_t k = 0; k < view.n_reasons; k++)
            (void)buf_fmt(ret, "reason %.*s %zu\n", STR_ARG(view.reasons[k].rule_id), view.reasons[k].n_evidence);
    }
}

static void shuffle(struct line **order, size_t n, uint32_t *state)
{
    for (size_t i = n; i > 1; i--) {
        const size_t k = next_random(state) % i;
        struct line *t = order[i - 1];
        order[i - 1] = order[k], order[k] = t;
    }
}

/* All lines in random deliveries; with `restless`, random records are closed and opened between them. */
static void arrive(struct test_hub *h, struct line **order, bool restless, int but, uint32_t *state)
{
    for (size_t at = 0; at < LINES;) {
        size_t take = 1 + next_random(state) % (LINES / 3);
        take = take > LINES - at ? LINES - at : take;
        load(h, order + at, take, but);
        at += take;
        if (next_random(state) % 2)
            update(h);
        for (int i = 0; restless && i < 2; i++)
            set_level(h, (int)(next_random(state) % RECORDS), next_random(state) % 3 ? ACCESS_LEVEL_closed : ACCESS_LEVEL_open);
    }
}

static void assert_same(const struct buf *a, const struct buf *b, const char *what)
{
    struct str x = buf_as_str(a), y = buf_as_str(b), l = STR(""), r = STR("");
    while (str_split(&x, '\n', &l) && str_split(&y, '\n', &r))
        if (!str_eq(l, r))
            fail_msg("%s: \"%.*s\" against \"%.*s\"", what, STR_ARG(l), STR_ARG(r));
    assert_true(str_eq(buf_as_str(a), buf_as_str(b)));
}

/* 1 */
static void closed_and_opened(enum store_engine engine, struct line **order, const struct buf *wanted, uint32_t *state)
{
    struct test_store t;
    struct test_hub h;
    _cleanup_buf_ struct buf now;
    buf_init(&now, 1 << 20);
    test_store_make(&t, engine, NULL);
    hub_open(&h, t.store, &first);
    shuffle(order, LINES, state);
    arrive(&h, order, true, -1, state);
    for (int record = 0; record < RECORDS; record++)
        set_level(&h, record, next_random(state) % 2 ? ACCESS_LEVEL_open : ACCESS_LEVEL_audited);
    update(&h);
    beliefs(&h, &now);
    assert_same(wanted, &now, "closed and opened again");
    hub_close(&h);
    test_store_drop(&t);
}

static void assert_nobody(struct test_hub *h, uint64_t key)
{
    _cleanup_arena_ struct arena a;
    struct decision_view *d;
    uint64_t person;
    int64_t id, *members;
    size_t n;
    struct err e;
    arena_init(&a, 1 << 22);
    assert_int_equal(intake_mention_by_key(h->s, key, &id, &e), ERR_NOT_FOUND);
    assert_int_equal(people_resolve(h->s, mention_key_format(&a, key), &person, NULL, &e), ERR_NOT_FOUND);
    assert_string_equal(e.message, "no such person");
    assert_int_equal(people_resolve(h->s, str_of(person_id_of_key(key).z), &person, NULL, &e), ERR_NOT_FOUND);
    assert_string_equal(e.message, "no such person");
    for (int64_t at = 0; at < 2; at++) { /* whatever was believed, and when */
        test_ok(people_members_at(h->s, key, at ? now_ms() : now_ms() - 1, &a, &members, &n, &e), &e);
        assert_int_equal(n, 0);
    }
    test_ok(people_decisions(h->s, h->v, &a, &d, &n, &e), &e);
    for (size_t i = 0; i < n; i++)
        assert_true(d[i].a != key && d[i].b != key);
}

/* 2: with a decision that names the record, and a row of it that could not be stored. */
static void as_never_received(enum store_engine engine, struct line **order, int record, uint32_t *state)
{
    struct test_store t, u;
    struct test_hub h, never;
    struct intake_record r;
    uint64_t *keys;
    size_t n;
    char name[40], bad[400];
    struct err e;
    _cleanup_arena_ struct arena a;
    _cleanup_buf_ struct buf closed, wanted;
    arena_init(&a, 1 << 22);
    buf_init(&closed, 1 << 20);
    buf_init(&wanted, 1 << 20);
    test_store_make(&t, engine, NULL);
    test_store_make(&u, engine, NULL);
    hub_open(&h, t.store, &first);
    hub_open(&never, u.store, &first);
    shuffle(order, LINES, state);
    arrive(&h, order, true, -1, state);
    arrive(&never, order, false, record, state);
    (void)snprintf(bad, sizeof bad, HEAD "42/%d/24,1,soon,01/01/2024 09:00,,,VIC,Strand,Amelia,,,,,\n", record);
    assert_int_equal(hub_load(&h, "police-crime", str_of(bad)).quarantined, 1);
    for (int i = 0; i < RECORDS; i++)
        set_level(&h, i, ACCESS_LEVEL_open);
    update(&h);
    update(&never);
    record_name(name, sizeof name, record);
    test_ok(intake_record_find(h.s, h.v, str_of(name), &r, &e), &e);
    if (r.id) {
        test_ok(intake_record_keys(h.s, &r, &a, &keys, &n, &e), &e);
        int64_t decision, there;
        for (size_t i = 0; i < n; i++)
            if (intake_mention_by_key(h.s, keys[i], &there, &e) == ERR_OK && n > 1 && i == 0 && intake_mention_by_key(h.s, keys[1], &there, &e) == ERR_OK) {
                test_ok(people_decide(h.s, DECISION_SPLIT, mention_key_format(&a, keys[0]), mention_key_format(&a, keys[1]), STR("demo.reviewer"), STR("two people"), h.v, &decision, &e), &e);
                update(&h);
            }
        set_level(&h, record, ACCESS_LEVEL_closed);
        for (size_t i = 0; i < n; i++)
            assert_nobody(&h, keys[i]);
        struct feed_info *f, *g;
        test_ok(intake_feeds(h.s, &a, &f, &n, &e), &e);
        assert_int_equal(f[0].waiting, 0);
        const uint64_t rows = f[0].totals.stored;
        test_ok(intake_feeds(never.s, &a, &g, &n, &e), &e);
        assert_int_equal(rows, g[0].totals.stored);
        beliefs(&h, &closed);
        beliefs(&never, &wanted);
        assert_same(&wanted, &closed, "never received");
    }
    hub_close(&h);
    hub_close(&never);
    test_store_drop(&t);
    test_store_drop(&u);
}

static void rounds(enum store_engine engine, int times, uint32_t *state)
{
    struct line lines[LINES], *order[LINES];
    for (int i = 0; i < times; i++) {
        struct test_store t;
        struct test_hub h;
        _cleanup_buf_ struct buf wanted;
        buf_init(&wanted, 1 << 20);
        for (size_t k = 0; k < LINES; k++)
            make_line(&lines[k], state), order[k] = &lines[k];
        test_store_make(&t, engine, NULL);
        hub_open(&h, t.store, &first);
        arrive(&h, order, false, -1, state);
        update(&h);
        beliefs(&h, &wanted);
        hub_close(&h);
        test_store_drop(&t);
        closed_and_opened(engine, order, &wanted, state);
        as_never_received(engine, order, (int)(next_random(state) % RECORDS), state);
    }
}

static void in_any_order(void **state)
{
    (void)state;
    const char *times = getenv("HAVEN_CLOSED_ROUNDS");
    struct test_store t;
    struct err e;
    uint32_t random = 11;
    test_store_make(&t, STORE_SQLITE, NULL);
    hub_open(&first, t.store, NULL);
    test_ok(link_model_person(&model, &e), &e);
    rounds(STORE_SQLITE, times ? (int)strtol(times, NULL, 10) : 6, &random);
    if (test_store_has(STORE_POSTGRESQL))
        rounds(STORE_POSTGRESQL, 2, &random);
    link_model_free(model);
    hub_close(&first);
    test_store_drop(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_any_order)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("closed", tests, NULL, NULL);
}
