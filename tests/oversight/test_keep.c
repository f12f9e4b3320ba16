/* Alerts in a hub, on both engines: stored once, grown, decided, opened again; and for whom they concern, nothing. */
#include "oversight/town.h"
#include "support/test_store.h"

#include <unistd.h>

static char folder[] = "/tmp/haven-oversight-XXXXXX";
static struct vault *vault;

static int setup(void **state)
{
    struct err e;
    char path[128];
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof path, "%s/key", folder);
    test_ok(vault_create(path, &e), &e);
    test_ok(vault_open(path, &vault, &e), &e);
    return 0;
}

static int teardown(void **state)
{
    char path[128];
    (void)state;
    vault_close(vault);
    (void)snprintf(path, sizeof path, "%s/key", folder);
    return unlink(path) | rmdir(folder);
}

/* ANN reads VIC on two days, CAL changes a marker of MAN; on the third day ANN comes back. */
static void two_alerts(struct town *t)
{
    town_make(t);
    read_record(t, ANN, VIC, 1);
    read_record(t, ANN, VIC, 2);
    (void)look_as(t, CAL, MAN, 2, 12, OVERSIGHT_MARKER, 0);
}

static size_t store_now(struct store *s, struct town *t)
{
    struct err e;
    size_t n;
    (void)raised(t, ANN, VIC);
    test_ok(oversight_store(s, &t->source, &t->alerts, hour_of(3, 0), &n, &e), &e);
    return n;
}

static struct oversight_items list(struct store *s, struct town *t, enum who reviewer, bool all)
{
    struct oversight_items items;
    struct err e;
    test_ok(oversight_list(s, account(reviewer), all, 100, &t->arena, &items, &e), &e);
    return items;
}

static void twice_adds_nothing(struct store *s, struct test_store *ts)
{
    static struct town t;
    (void)ts;
    two_alerts(&t);
    size_t n = store_now(s, &t);
    assert_true(n >= 3);
    assert_int_equal(store_now(s, &t), 0);
    struct oversight_items items = list(s, &t, FAR, false);
    assert_int_equal(items.n, 2);
    assert_true(items.v[0].open && items.v[0].outcome == OVERSIGHT_UNDECIDED);
    assert_true(items.v[0].user == account(CAL) && items.v[1].user == account(ANN)); /* the newest first */
    HAS(items.v[0].rules, marker);
    HAS(items.v[1].rules, no_work);
    assert_int_equal(list(s, &t, DESK, false).n, 2);
    town_end(&t);
}

static void decided_and_grown(struct store *s, struct test_store *ts)
{
    static struct town t;
    struct oversight_item_view v;
    struct err e;
    (void)ts;
    two_alerts(&t);
    (void)store_now(s, &t);
    int64_t id = list(s, &t, FAR, false).v[1].id;
    test_ok(oversight_decide(s, vault, account(FAR), id, OVERSIGHT_EXPLAINED, STR("Rang the unit: a task that nobody wrote down."), hour_of(3, 9), &e), &e);
    assert_int_equal(list(s, &t, FAR, false).n, 1);
    struct oversight_items all = list(s, &t, FAR, true);
    assert_int_equal(all.n, 2);
    assert_true(all.v[0].open && !all.v[1].open && all.v[1].outcome == OVERSIGHT_EXPLAINED);
    /* It grows: open again, with what was decided. */
    read_record(&t, ANN, VIC, 3);
    assert_true(store_now(s, &t) > 0);
    assert_int_equal(list(s, &t, FAR, false).n, 2);
    test_ok(oversight_show(s, vault, account(DESK), id, &t.arena, &v, &e), &e);
    assert_true(v.item.open && v.item.outcome == OVERSIGHT_EXPLAINED && v.item.user == account(ANN) && v.item.subject == key(VIC));
    assert_non_null(v.decisions);
    assert_true(v.decisions->reviewer == account(FAR) && v.decisions->at_ms == hour_of(3, 9) && !v.decisions->next);
    assert_true(str_eq(v.decisions->why, STR("Rang the unit: a task that nobody wrote down.")));
    assert_true(v.alert.n_evidence > 3 && v.alert.rules == v.item.rules);
    test_ok(oversight_decide(s, vault, account(DESK), id, OVERSIGHT_REFERRED, STR("Third time."), hour_of(4, 9), &e), &e);
    test_ok(oversight_show(s, vault, account(DESK), id, &t.arena, &v, &e), &e);
    assert_true(!v.item.open && v.item.outcome == OVERSIGHT_REFERRED && v.decisions->next && v.decisions->next->outcome == OVERSIGHT_REFERRED);
    town_end(&t);
}

/* For the user, their unit and their line an alert that is there is as one that never was: same list, same words, no decision. */
static void invisible(struct store *s, struct test_store *ts)
{
    static struct town t;
    static const enum who barred[] = {ANN, CAL, BOSS, HEAD};
    struct oversight_item_view v;
    struct err there, never;
    (void)ts;
    two_alerts(&t);
    (void)store_now(s, &t);
    int64_t id = list(s, &t, FAR, false).v[1].id;
    for (size_t i = 0; i < sizeof barred / sizeof *barred; i++) {
        uint64_t who = account(barred[i]);
        assert_int_equal(list(s, &t, barred[i], true).n, 0);
        assert_int_equal(oversight_show(s, vault, who, id, &t.arena, &v, &there), ERR_NOT_FOUND);
        assert_int_equal(oversight_show(s, vault, who, id + 1000, &t.arena, &v, &never), ERR_NOT_FOUND);
        assert_int_equal(strlen(there.message) - strlen("1"), strlen(never.message) - strlen("1001"));
        assert_true(strncmp(there.message, never.message, strlen("there is no alert ")) == 0);
        assert_int_equal(oversight_decide(s, vault, who, id, OVERSIGHT_EXPLAINED, STR("It was me."), hour_of(3, 9), &there), ERR_NOT_FOUND);
    }
    test_ok(oversight_show(s, vault, account(FAR), id, &t.arena, &v, &there), &there);
    assert_null(v.decisions);
    town_end(&t);
}

static void refused(struct store *s, struct test_store *ts)
{
    static struct town t;
    static char longer[LIMIT_OVERSIGHT_WHY_BYTES + 1];
    struct err e;
    (void)ts;
    two_alerts(&t);
    (void)store_now(s, &t);
    int64_t id = list(s, &t, FAR, false).v[0].id;
    assert_int_equal(oversight_decide(s, vault, account(FAR), id, OVERSIGHT_EXPLAINED, STR("  "), 1, &e), ERR_USAGE);
    assert_string_equal(e.message, "a decision on an alert needs a reason");
    assert_int_equal(oversight_decide(s, vault, account(FAR), id, OVERSIGHT_UNDECIDED, STR("x"), 1, &e), ERR_USAGE);
    memset(longer, 'x', sizeof longer);
    assert_int_equal(oversight_decide(s, vault, account(FAR), id, OVERSIGHT_EXPLAINED, (struct str){longer, sizeof longer}, 1, &e), ERR_LIMIT);
    assert_true(list(s, &t, FAR, false).v[0].outcome == OVERSIGHT_UNDECIDED);
    town_end(&t);
}

/* A second account comes to light: its line loses sight of the alert. */
static void second_account(struct store *s, struct test_store *ts)
{
    static struct town t;
    static const struct oversight_span other_hours = {0, 1};
    (void)ts;
    town_make(&t);
    t.staff[FAR].shifts = &other_hours; /* off duty */
    t.staff[FAR].n_shifts = 1;
    for (int d = 1; d <= 2; d++)
        look_as(&t, FAR, VIC, d, 11, OVERSIGHT_OPEN, ALL_GROUPS)->device = 5;
    (void)store_now(s, &t);
    assert_int_equal(list(s, &t, DESK, false).n, 1);
    look_as(&t, RITA, KID, 2, 10.95, OVERSIGHT_OPEN, 0)->device = 5;
    look_as(&t, RITA, KID, 2, 11.05, OVERSIGHT_OPEN, 0)->device = 5;
    assert_true(store_now(s, &t) > 0);
    assert_int_equal(list(s, &t, DESK, false).n, 0); /* RITA and DESK have one manager */
    assert_int_equal(list(s, &t, RITA, false).n, 0);
    assert_int_equal(list(s, &t, CAL, false).n, 1);
    town_end(&t);
}

/* Minute by minute, day by day: as far as it came, and no further back. */
static void catching_up(struct store *s, struct test_store *ts)
{
    static struct town t;
    struct err e;
    size_t n;
    (void)ts;
    two_alerts(&t);
    test_ok(oversight_catch_up(s, &t.source, t.limits, hour_of(2, 11.5), &n, &e), &e);
    assert_true(n > 0);
    assert_int_equal(list(s, &t, FAR, false).n, 1); /* CAL's is not yet */
    test_ok(oversight_catch_up(s, &t.source, t.limits, hour_of(2, 12.02), &n, &e), &e);
    assert_true(n > 0);
    assert_int_equal(list(s, &t, FAR, false).n, 2); /* within a minute and a bit */
    test_ok(oversight_catch_up(s, &t.source, t.limits, hour_of(2, 12.03), &n, &e), &e);
    assert_int_equal(n, 0);
    town_end(&t);
}

static void accounts_have_keys(void **state)
{
    (void)state;
    uint64_t a = oversight_account(vault, STR("demo.reviewer")), b = oversight_account(vault, STR("demo.supervisor"));
    assert_true(a != b && a && b && a == oversight_account(vault, STR("demo.reviewer")));
}

#define EACH(f) static void f##_each(void **state) { (void)state; test_store_each(f); }
EACH(twice_adds_nothing)
EACH(decided_and_grown)
EACH(invisible)
EACH(refused)
EACH(second_account)
EACH(catching_up)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(twice_adds_nothing_each), cmocka_unit_test(decided_and_grown_each), cmocka_unit_test(invisible_each), cmocka_unit_test(refused_each),
                                       cmocka_unit_test(second_account_each), cmocka_unit_test(catching_up_each), cmocka_unit_test(accounts_have_keys)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
