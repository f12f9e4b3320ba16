/* What changed between two partitions, and where old ids lead. */
#include "people/update.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* A mention's key is 100 + its id here; a person is named by the least key. */
#define M(id, person) {id, 1, 100 + (id), person}

static void only_what_differs_is_named(void **state)
{
    (void)state;
    struct err e;
    const struct membership was[] = {M(1, 101), M(2, 101), M(3, 103), M(5, 105)};
    const struct membership now[] = {M(1, 101), M(3, 101), M(4, 104), M(5, 105)};
    _cleanup_buf_ struct buf changes;
    buf_init(&changes, 10000);
    assert_int_equal(membership_diff(was, 4, now, 4, &changes, &e), ERR_OK);
    const struct membership_change *c = (const void *)changes.p;
    assert_int_equal(changes.n / sizeof *c, 3);
    assert_true(c[0].was.mention == 2 && c[0].mention_key == 0);                    /* gone */
    assert_true(c[1].was.person == 103 && c[1].mention == 3 && c[1].person == 101); /* moved */
    assert_true(c[2].was.known_from == 0 && c[2].mention == 4 && c[2].person == 104); /* new */
    buf_clear(&changes);
    assert_int_equal(membership_diff(now, 4, now, 4, &changes, &e), ERR_OK);
    assert_int_equal(changes.n, 0);
    const struct membership other = {1, 1, 900, 101}; /* the id now stands for another mention */
    assert_int_equal(membership_diff(was, 1, &other, 1, &changes, &e), ERR_OK);
    c = (const void *)changes.p;
    assert_int_equal(changes.n / sizeof *c, 2);
    assert_true(c[0].was.mention == 1 && c[0].mention_key == 0 && c[1].was.known_from == 0 && c[1].mention_key == 900);
}

struct lead { uint64_t old, present; };

static void check_leads(const struct membership *was, size_t n_was, const struct membership *now, size_t n_now, const struct lead *leads, size_t n)
{
    struct err e;
    _cleanup_buf_ struct buf redirects;
    buf_init(&redirects, 10000);
    assert_int_equal(redirects_derive(was, n_was, now, n_now, &redirects, &e), ERR_OK);
    const struct redirect *r = (const void *)redirects.p;
    assert_int_equal(redirects.n / sizeof *r, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(r[i].old, leads[i].old);
        assert_int_equal(r[i].present, leads[i].present);
    }
}

static void a_merged_person_leads_to_the_one_with_its_anchor(void **state)
{
    (void)state;
    const struct membership was[] = {M(1, 101), M(2, 102), M(3, 102)}, now[] = {M(1, 101), M(2, 101), M(3, 101)};
    check_leads(was, 3, now, 3, (const struct lead[]){{102, 101}}, 1);
}

static void a_split_person_keeps_its_id_with_the_least_key(void **state)
{
    (void)state;
    const struct membership was[] = {M(1, 101), M(2, 101), M(3, 101)}, now[] = {M(1, 101), M(2, 102), M(3, 102)};
    check_leads(was, 3, now, 3, NULL, 0); /* 101 lives on; 102 is new */
}

static void the_anchor_counts_though_most_went_elsewhere(void **state)
{
    (void)state;
    const struct membership was[] = {M(1, 101), M(2, 102), M(3, 102), M(4, 102), M(5, 105)};
    const struct membership now[] = {M(1, 101), M(2, 101), M(3, 103), M(4, 103), M(5, 105)};
    check_leads(was, 5, now, 5, (const struct lead[]){{102, 101}}, 1);
}

static void without_its_anchor_a_person_leads_to_where_most_went(void **state)
{
    (void)state;
    const struct membership was[] = {M(2, 102), M(3, 102), M(4, 102), M(5, 102), M(6, 106)};
    const struct membership now[] = {M(3, 103), M(4, 103), M(5, 105), M(6, 106)};
    check_leads(was, 5, now, 4, (const struct lead[]){{102, 103}}, 1);
    const struct membership tie[] = {M(3, 104), M(4, 103), M(6, 106)};
    check_leads(was, 5, tie, 3, (const struct lead[]){{102, 103}}, 1); /* ties: the least key */
}

static void a_person_nobody_states_leads_nowhere(void **state)
{
    (void)state;
    const struct membership was[] = {M(1, 101), M(2, 102)}, now[] = {M(1, 101)};
    check_leads(was, 2, now, 1, (const struct lead[]){{102, 0}}, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_differs_is_named),
        cmocka_unit_test(a_merged_person_leads_to_the_one_with_its_anchor),
        cmocka_unit_test(a_split_person_keeps_its_id_with_the_least_key),
        cmocka_unit_test(the_anchor_counts_though_most_went_elsewhere),
        cmocka_unit_test(without_its_anchor_a_person_leads_to_where_most_went),
        cmocka_unit_test(a_person_nobody_states_leads_nowhere),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("partition diff", tests, NULL, NULL);
}
