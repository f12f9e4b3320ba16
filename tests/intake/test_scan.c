/* test_scan.c: the events of some mentions are those of all events whose record has one of them: same order, same contents; and whichever allocation fails, all of them or an error. */
#include "hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>

static int to_failure; /* allocations until one fails; 0: none */
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n) { return to_failure && --to_failure == 0 ? NULL : __real_malloc(n); }

struct listing {
    struct buf text;
    int64_t only; /* a mention: events of records without it are left out; 0: all */
};

static enum err_code list_event(void *ctx, const struct event *ev, struct err *e)
{
    struct listing *l = ctx;
    bool has = l->only == 0;
    for (size_t i = 0; i < ev->n_mentions; i++)
        has |= ev->mentions[i] == l->only;
    if (!has)
        return ERR_OK;
    (void)buf_fmt(&l->text, "%" PRId64 " %" PRIx64 " %d %" PRIu32 " %" PRId64, ev->record, ev->key, (int)ev->kind, ev->flags, ev->occurred.ms);
    for (size_t i = 0; i < ev->n_mentions; i++)
        (void)buf_fmt(&l->text, " %" PRId64 "/%d", ev->mentions[i], (int)ev->roles[i]);
    (void)buf_char(&l->text, '\n');
    return buf_check(&l->text, "the listing", e);
}

struct ids {
    int64_t v[200];
    size_t n;
};

static enum err_code take_id(void *ctx, const struct mention *m, struct err *e)
{
    struct ids *ids = ctx;
    (void)e;
    assert_true(ids->n < 200);
    ids->v[ids->n++] = m->id;
    return ERR_OK;
}

static struct str extract(struct buf *b)
{
    (void)buf_z(b, "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OffenceTitle,Role,Surname,Forenames,MOText\n");
    for (int i = 0; i < 20; i++)
        for (int version = 1; version <= 1 + (i % 3 == 0); version++)
            for (int person = 1; person <= 1 + i % 4; person++)
                (void)buf_fmt(b, "42/%d/25,%d,2025-03-0%dT10:00:00,01/03/2025 09:00,Criminal damage,%s,%s,Test,window broken\n", i, person, version, person == 1 ? "VIC" : "SUS",
                              person == 3 ? "" : "Name");
    assert_false(b->failed);
    return buf_as_str(b);
}

static void events_of_mentions(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct test_hub h;
    struct ids ids = {0};
    _cleanup_buf_ struct buf text;
    buf_init(&text, 1 << 16);
    hub_open(&h, s, NULL);
    (void)hub_load(&h, "police-crime", extract(&text));
    test_ok(intake_each_mention(s, h.v, take_id, &ids, &e), &e);
    assert_true(ids.n > 40);
    for (size_t i = 0; i < ids.n; i++) {
        struct listing all = {.only = ids.v[i]}, few = {.only = 0};
        buf_init(&all.text, 1 << 16);
        buf_init(&few.text, 1 << 16);
        test_ok(intake_each_event(s, list_event, &all, &e), &e);
        test_ok(intake_each_event_of(s, &ids.v[i], 1, list_event, &few, &e), &e);
        assert_true(all.text.n > 0 && str_eq(buf_as_str(&all.text), buf_as_str(&few.text)));
        buf_release(&all.text);
        buf_release(&few.text);
    }
    struct listing all = {.only = 0}, every = {.only = 0};
    buf_init(&all.text, 1 << 16);
    buf_init(&every.text, 1 << 16);
    test_ok(intake_each_event(s, list_event, &all, &e), &e);
    test_ok(intake_each_event_of(s, ids.v, ids.n, list_event, &every, &e), &e);
    assert_true(str_eq(buf_as_str(&all.text), buf_as_str(&every.text)));
    buf_release(&all.text);
    buf_release(&every.text);
    hub_close(&h);
}

static void whole_or_an_error(struct store *s, struct test_store *t)
{
    (void)t;
    struct err e;
    struct test_hub h;
    _cleanup_buf_ struct buf text;
    struct listing all = {.only = 0}, some = {.only = 0};
    int refused = 0;
    buf_init(&text, 1 << 16);
    hub_open(&h, s, NULL);
    (void)hub_load(&h, "police-crime", extract(&text));
    buf_init(&all.text, 1 << 16);
    test_ok(intake_each_event(s, list_event, &all, &e), &e);
    bool reached = true;
    for (int n = 1; reached; n++) {
        buf_init(&some.text, 1 << 16);
        to_failure = n;
        enum err_code code = intake_each_event(s, list_event, &some, &e);
        reached = to_failure == 0;
        to_failure = 0;
        assert_true(code == ERR_OK ? str_eq(buf_as_str(&all.text), buf_as_str(&some.text)) : code == ERR_NO_MEMORY);
        refused += code != ERR_OK;
        buf_release(&some.text);
    }
    assert_true(refused > 2); /* two lists of a record's mentions, and the listing */
    buf_release(&all.text);
    hub_close(&h);
}

static void failures_on_each_engine(void **state)
{
    (void)state;
    test_store_each(whole_or_an_error);
}

static void on_each_engine(void **state)
{
    (void)state;
    test_store_each(events_of_mentions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(on_each_engine), cmocka_unit_test(failures_on_each_engine)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("scans", tests, NULL, NULL);
}
