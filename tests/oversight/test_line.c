/* Who may look at an alert: outside the line, the unit, the circle; and what the others see of it: nothing. */
#include "oversight/town.h"

static struct town t;
static int setup(void **state) { (void)state; town_make(&t); return 0; }
static int teardown(void **state) { (void)state; town_end(&t); return 0; }

#define NOW hour_of(20, 12)
static bool may(enum who reviewer, enum who user, enum who other, enum person subject)
{
    struct oversight_alert alert = {.user = account(user), .subject = key(subject), .other_user = other == N_STAFF ? 0 : account(other)};
    return oversight_may_review(&t.source, &alert, account(reviewer), NOW);
}

static void the_line(void **state)
{
    (void)state;
    static const struct { enum who reviewer, user, other; bool may; } cases[] = {
        {ANN, ANN, N_STAFF, false},   /* the user concerned */
        {BOSS, ANN, N_STAFF, false},  /* their manager */
        {HEAD, ANN, N_STAFF, false},  /* and the manager's */
        {CAL, ANN, N_STAFF, false},   /* the same unit */
        {DESK, ANN, N_STAFF, true},   /* another unit under the same head */
        {FAR, ANN, N_STAFF, true},
        {ANN, BOSS, N_STAFF, false},  /* somebody below */
        {ANN, HEAD, N_STAFF, false},
        {DESK, BOSS, N_STAFF, false}, /* who have the same manager */
        {DESK, RITA, ANN, false},     /* likewise, whatever the other account */
        {ANN, FAR, CAL, false},       /* the line of the account that shares the device */
        {DESK, FAR, ANN, true},
        {FAR, DESK, N_STAFF, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (may(cases[i].reviewer, cases[i].user, cases[i].other, VIC) != cases[i].may)
            fail_msg("case %zu", i);
}

static void unknown_is_no(void **state)
{
    (void)state;
    struct oversight_alert alert = {.user = account(ANN), .subject = key(VIC)};
    assert_false(oversight_may_review(&t.source, &alert, 999999, NOW));
    assert_false(oversight_may_review(&t.source, &alert, 0, NOW));
    alert.user = 999999;
    assert_false(oversight_may_review(&t.source, &alert, account(FAR), NOW));
    alert.user = account(ANN);
    alert.other_user = 999999;
    assert_false(oversight_may_review(&t.source, &alert, account(FAR), NOW));
    t.staff[FAR].left_ms = hour_of(19, 0);
    assert_false(may(FAR, ANN, N_STAFF, VIC)); /* left */
}

static void the_circle(void **state)
{
    (void)state;
    assert_true(may(FAR, ANN, N_STAFF, VIC));
    t.staff[FAR].person = key(VIC);
    assert_false(may(FAR, ANN, N_STAFF, VIC)); /* the person looked at */
    t.staff[FAR].person = key(MAN);
    assert_true(may(FAR, ANN, N_STAFF, VIC));
    link_persons(&t, VIC, MAN, OVERSIGHT_RELATIVE);
    assert_false(may(FAR, ANN, N_STAFF, VIC)); /* their relative */
    assert_true(may(FAR, ANN, N_STAFF, KID));
    t.staff[ANN].person = key(KID);
    link_persons(&t, KID, MAN, OVERSIGHT_ASSOCIATE);
    t.staff[FAR].person = key(MAN);
    assert_false(may(FAR, ANN, N_STAFF, NOBODY)); /* the user's associate */
    t.staff[FAR].person = 0;
    assert_true(may(FAR, ANN, N_STAFF, KID));
    person_fact(&t, KID, (struct oversight_fact){500 + FAR, OVERSIGHT_NAME_BORN, false, false});
    assert_false(may(FAR, ANN, N_STAFF, KID)); /* the person by name and birth */
}

static void former_units(void **state)
{
    (void)state;
    t.posts[FAR][0].when.to_ms = hour_of(0, 0);
    t.posts[FAR][0].unit = 1; /* ANN's, until day 0 */
    t.posts[FAR][1] = (struct oversight_post){{hour_of(0, 0), INT64_MAX}, 2, 4, 40, false, false};
    t.staff[FAR].n_posts = 2;
    struct oversight_alert alert = {.user = account(ANN), .subject = key(VIC)};
    assert_false(oversight_may_review(&t.source, &alert, account(FAR), hour_of(364, 0)));
    assert_true(oversight_may_review(&t.source, &alert, account(FAR), hour_of(366, 0)));
    t.posts[FAR][0].when.from_ms = t.posts[FAR][0].when.to_ms = hour_of(400, 0); /* a post of the future is no unit shared yet */
    assert_true(oversight_may_review(&t.source, &alert, account(FAR), hour_of(366, 0)));
}

/* A line that runs in a circle ends. */
static void circle_of_managers(void **state)
{
    (void)state;
    t.staff[HEAD].manager = account(ANN);
    assert_false(may(HEAD, ANN, N_STAFF, VIC));
    assert_true(may(FAR, ANN, N_STAFF, VIC));
}

static void barred_is_everybody_else(void **state)
{
    (void)state;
    struct oversight_alert alert = {.user = account(ANN), .subject = key(VIC)};
    const uint64_t *barred;
    size_t n;
    struct err e;
    assert_int_equal(oversight_barred(&t.source, &alert, NOW, &t.arena, &barred, &n, &e), ERR_OK);
    for (int i = 0; i < N_STAFF; i++) {
        bool found = false;
        for (size_t k = 0; k < n; k++)
            found |= barred[k] == account((enum who)i);
        assert_true(found != may((enum who)i, ANN, N_STAFF, VIC));
    }
    assert_int_equal(n, 4); /* ANN, CAL, BOSS, HEAD */
}

static void invisible(void **state)
{
    (void)state;
    struct oversight_alert two[] = {{.user = account(ANN), .subject = key(VIC)}, {.user = account(FAR), .subject = key(MAN)}};
    struct oversight_alerts all = {two, 2}, none = {two, 1}, seen, seen_none;
    struct err e;
    assert_int_equal(oversight_visible(&t.source, account(FAR), NOW, &all, &t.arena, &seen, &e), ERR_OK);
    assert_int_equal(oversight_visible(&t.source, account(FAR), NOW, &none, &t.arena, &seen_none, &e), ERR_OK);
    assert_int_equal(seen.n, 1); /* the same as if the other did not exist */
    assert_int_equal(seen.n, seen_none.n);
    assert_memory_equal(seen.v, seen_none.v, sizeof *seen.v);
    assert_int_equal(oversight_visible(&t.source, account(ANN), NOW, &none, &t.arena, &seen, &e), ERR_OK);
    assert_int_equal(seen.n, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {CASE(the_line), CASE(unknown_is_no), CASE(the_circle), CASE(former_units), CASE(circle_of_managers), CASE(barred_is_everybody_else), CASE(invisible)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
