/* What is in force between two people on a date: tables of events in, of questions and answers out. */
#include "orders/orders.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Persons 0 and 1 are respondents, 2 and 3 protected; mentions 10p and 10p+1 are of person p. */
static const int64_t mention_ids[] = {0, 1, 10, 11, 20, 21, 30, 31};
static const uint32_t person_of[] = {0, 0, 1, 1, 2, 2, 3, 3};
static const struct people_map map = {.n_mentions = 8, .n_persons = 4, .mention_ids = mention_ids, .person_of = person_of};

struct ev { /* an event in short */
    enum event_kind kind;
    enum order_type order;
    const char *occurred, *from, *to, *recorded;
    int64_t suspect, victim; /* mention ids, -1 none */
    enum role suspect_role;
};
struct world {
    struct arena a;
    struct event events[16];
    int64_t mentions[16][2];
    enum role roles[16][2];
    struct orders orders;
};

static struct instant at(const char *z)
{
    struct instant t = INSTANT_NONE;
    struct err e;
    if (z && instant_parse_iso(str_of(z), ZONE_LONDON, &t, &e) != ERR_OK)
        fail_msg("%s", e.message);
    return t;
}

static void derive(struct world *w, const struct ev *v, size_t n)
{
    struct err e;
    arena_init(&w->a, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        struct event *ev = &w->events[i];
        size_t m = 0;
        *ev = (struct event){.id = (int64_t)i + 1, .row = (int64_t)i + 1, .key = i + 1, .kind = v[i].kind, .order = v[i].order,
            .occurred = at(v[i].occurred), .from = at(v[i].from), .to = at(v[i].to), .recorded = at(v[i].recorded),
            .mentions = w->mentions[i], .roles = w->roles[i]};
        if (v[i].suspect >= 0) {
            w->mentions[i][m] = v[i].suspect;
            w->roles[i][m++] = v[i].suspect_role ? v[i].suspect_role : ROLE_suspect;
        }
        if (v[i].victim >= 0) {
            w->mentions[i][m] = v[i].victim;
            w->roles[i][m++] = ROLE_protected_person;
        }
        ev->n_mentions = m;
    }
    if (orders_derive(w->events, n, &map, &w->a, &w->orders, &e) != ERR_OK)
        fail_msg("%s", e.message);
}

static size_t in_force(const struct world *w, uint32_t respondent, uint32_t person, const char *when, enum order_type expect)
{
    const struct order *got[8];
    size_t n = orders_in_force(&w->orders, respondent, person, at(when), got, 8);
    if (n && expect)
        assert_int_equal(got[0]->type, expect);
    return n;
}

static void an_order_runs_from_its_first_to_its_last_day(void **state)
{
    (void)state;
    struct world w;
    const struct ev v[] = {{EVENT_court_order, ORDER_spo, "2025-03-01", "2025-03-01", "2027-02-28", "2025-03-02", 0, 20, 0}};
    derive(&w, v, 1);
    assert_int_equal(w.orders.n, 1);
    static const struct { const char *when; size_t n; } cases[] = {
        {"2025-02-28T23:59", 0}, {"2025-03-01T00:00", 1}, {"2026-01-01", 1}, {"2027-02-28T23:59", 1}, {"2027-03-01T00:00", 0},
        {"2025-02", 0}, {"2025-03", 1}, {"2027", 1}, {"2028", 0}, /* "some time in" */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(in_force(&w, 0, 2, cases[i].when, ORDER_spo), cases[i].n);
    assert_int_equal(in_force(&w, 0, 3, "2026-01-01", ORDER_unknown), 0); /* protects another */
    assert_int_equal(in_force(&w, 1, 2, "2026-01-01", ORDER_unknown), 0); /* binds another */
    assert_int_equal(orders_in_force(&w.orders, 0, 2, INSTANT_NONE, NULL, 0), 0);
    arena_release(&w.a);
}

static void an_open_end_runs_until_further_notice(void **state)
{
    (void)state;
    struct world w;
    const struct ev v[] = {{EVENT_court_order, ORDER_restraining, "2024-05-05", NULL, NULL, "2024-05-06", 10, 30, ROLE_convicted}};
    derive(&w, v, 1);
    assert_int_equal(in_force(&w, 1, 3, "2024-05-04", ORDER_unknown), 0);
    assert_int_equal(in_force(&w, 1, 3, "2024-05-05", ORDER_restraining), 1); /* starts when it was made: no other start is stated */
    assert_int_equal(in_force(&w, 1, 3, "2060-01-01", ORDER_restraining), 1);
    arena_release(&w.a);
}

static void the_same_order_stated_twice_is_one_and_the_latest_counts(void **state)
{
    (void)state;
    struct world w;
    const struct ev v[] = {
        {EVENT_court_order, ORDER_non_molestation, NULL, "2025-01-10", "2026-01-09", "2025-01-12", 0, 20, 0},
        {EVENT_court_order, ORDER_non_molestation, NULL, "2025-01-10T10:30", "2025-07-09", "2025-02-01", 10, 20, 0},
        {EVENT_court_order, ORDER_non_molestation, NULL, "2025-01-10T10:30", "2025-07-09", "2025-02-01", 10, 21, 0}, /* the same two by other mentions */
        {EVENT_court_order, ORDER_non_molestation, NULL, "2025-01-10T10:30", "2025-06-01", "2025-03-01", 11, 21, 0}, /* varied: ends earlier */
    };
    derive(&w, v, 4);
    assert_int_equal(w.orders.n, 2);
    assert_int_equal(in_force(&w, 1, 2, "2025-05-31", ORDER_non_molestation), 1);
    assert_int_equal(in_force(&w, 1, 2, "2025-06-02", ORDER_unknown), 0);
    assert_int_equal(in_force(&w, 0, 2, "2025-12-01", ORDER_non_molestation), 1);
    arena_release(&w.a);
}

static void bail_without_a_protected_person_is_in_force_towards_all(void **state)
{
    (void)state;
    struct world w;
    const struct ev v[] = {{EVENT_custody_bail, ORDER_police_bail, "2025-04-01T09:00", "2025-04-01T09:00", "2025-06-30", "2025-04-01", 0, -1, 0}};
    derive(&w, v, 1);
    assert_int_equal(w.orders.v[0].protected_person, UINT32_MAX);
    assert_int_equal(in_force(&w, 0, 2, "2025-05-01", ORDER_police_bail), 1);
    assert_int_equal(in_force(&w, 0, 3, "2025-05-01", ORDER_police_bail), 1);
    assert_int_equal(in_force(&w, 0, 3, "2025-04-01T08:59", ORDER_unknown), 0);
    arena_release(&w.a);
}

static void custody_runs_from_reception_to_release_and_licence_after_it(void **state)
{
    (void)state;
    struct world w;
    const struct ev v[] = {
        {EVENT_prison_reception, ORDER_remand, "2025-01-05T14:00", NULL, NULL, "2025-01-05", 0, -1, ROLE_convicted},
        {EVENT_prison_reception, ORDER_sentence, "2025-03-01T12:00", NULL, NULL, "2025-03-01", 0, -1, ROLE_convicted},
        {EVENT_prison_release, ORDER_unknown, "2025-06-10T10:00", NULL, NULL, "2025-06-10", 1, -1, ROLE_convicted},
        {EVENT_prison_licence, ORDER_licence, "2025-06-10T10:00", "2025-06-10", "2025-12-10", "2025-06-10", 0, 20, ROLE_convicted},
        {EVENT_prison_recall, ORDER_recall, "2025-09-01T08:00", NULL, NULL, "2025-09-01", 0, -1, ROLE_convicted},
        {EVENT_prison_release, ORDER_unknown, "2025-11-01T10:00", NULL, NULL, "2025-11-01", 0, -1, ROLE_convicted},
    };
    derive(&w, v, 6);
    static const struct { const char *when; enum order_type held; } cases[] = {
        {"2025-01-05T13:59", ORDER_unknown}, {"2025-01-05T14:00", ORDER_remand}, {"2025-02-28", ORDER_remand}, {"2025-03-02", ORDER_sentence},
        {"2025-06-10T10:00", ORDER_sentence}, {"2025-06-10T10:01", ORDER_unknown}, {"2025-08-31", ORDER_unknown},
        {"2025-09-01T08:00", ORDER_recall}, {"2025-10-31", ORDER_recall}, {"2025-11-02", ORDER_unknown},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct order *held = orders_custody_at(&w.orders, 0, at(cases[i].when));
        assert_int_equal(held ? held->type : ORDER_unknown, cases[i].held);
    }
    assert_null(orders_custody_at(&w.orders, 1, at("2025-02-01")));
    assert_int_equal(in_force(&w, 0, 2, "2025-07-01", ORDER_licence), 1);
    assert_int_equal(in_force(&w, 0, 3, "2025-07-01", ORDER_unknown), 0);
    assert_int_equal(in_force(&w, 0, 2, "2025-11-15", ORDER_unknown), 0); /* revoked by the recall, though stated to December */
    assert_int_equal(in_force(&w, 0, 3, "2025-02-01", ORDER_remand), 1);  /* custody protects everybody */
    arena_release(&w.a);
}

static void order_of_events_does_not_matter(void **state)
{
    (void)state;
    const struct ev v[] = {
        {EVENT_prison_reception, ORDER_remand, "2025-01-05T14:00", NULL, NULL, "2025-01-05", 0, -1, ROLE_convicted},
        {EVENT_prison_release, ORDER_unknown, "2025-06-10T10:00", NULL, NULL, "2025-06-10", 1, -1, ROLE_convicted},
        {EVENT_court_order, ORDER_spo, "2025-03-01", "2025-03-01", "2027-02-28", "2025-03-02", 0, 20, 0},
        {EVENT_court_order, ORDER_spo, "2025-03-01", "2025-03-01", "2027-06-28", "2025-03-02", 0, 20, 0}, /* same time: the greater key counts */
    };
    size_t order[4] = {0, 1, 2, 3};
    struct world first;
    for (int turn = 0; turn < 24; turn++) {
        struct world w;
        struct ev shuffled[4];
        for (size_t i = 0; i < 4; i++)
            shuffled[i] = v[order[i]];
        derive(&w, shuffled, 4);
        for (size_t i = 0; i < 4; i++)
            w.events[i].key = order[i] + 1;
        struct err e;
        assert_int_equal(orders_derive(w.events, 4, &map, &w.a, &w.orders, &e), ERR_OK);
        assert_int_equal(w.orders.n, 2);
        if (turn == 0) {
            first = w;
        } else {
            for (size_t i = 0; i < 2; i++) {
                assert_int_equal(w.orders.v[i].type, first.orders.v[i].type);
                assert_int_equal(w.orders.v[i].to.ms, first.orders.v[i].to.ms);
                assert_int_equal(w.orders.v[i].event_key, first.orders.v[i].event_key);
            }
            arena_release(&w.a);
        }
        size_t i = 2; /* next permutation of four */
        while (i < 4 && order[i] > order[i + 1])
            i = i ? i - 1 : 9;
        if (i > 2)
            break;
        size_t j = 3;
        while (order[j] < order[i])
            j--;
        size_t x = order[i];
        order[i] = order[j];
        order[j] = x;
        for (size_t l = i + 1, r = 3; l < r; l++, r--) {
            x = order[l];
            order[l] = order[r];
            order[r] = x;
        }
    }
    arena_release(&first.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_runs_from_its_first_to_its_last_day),
        cmocka_unit_test(an_open_end_runs_until_further_notice),
        cmocka_unit_test(the_same_order_stated_twice_is_one_and_the_latest_counts),
        cmocka_unit_test(bail_without_a_protected_person_is_in_force_towards_all),
        cmocka_unit_test(custody_runs_from_reception_to_release_and_licence_after_it),
        cmocka_unit_test(order_of_events_does_not_matter),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("orders in force", tests, NULL, NULL);
}
