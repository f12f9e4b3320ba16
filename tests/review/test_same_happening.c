/* When two reports are one happening: a table; what is conduct; and how occasions of several reports are counted. (That order does not matter: test_occasions.c, test_gather.c.) */
#include "review/coded_world.h"

#define P AGENCY_police
#define C AGENCY_charity
#define H AGENCY_health
#define THREATS EVENT_crime_threats
#define DAMAGE EVENT_crime_damage
#define CHARITY EVENT_support_contact

static const struct row {
    const char *what;
    struct ev x, y;
    bool same;
} rows[] = {
    {"one incident reference, whatever the days", {.when = "2026-05-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}, .incident = 7},
     {.when = "2026-05-20", .agency = P, .kind = DAMAGE, .does = {BEHAVIOUR_damage}, .incident = 7}, true},
    {"no reference is no reference in common", {.when = "2026-05-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05-20", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}}, false},
    {"two agencies, one day, one conduct", {.when = "2026-05-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05-01", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_contact, BEHAVIOUR_threats}}, true},
    {"a day and a clock time on it", {.when = "2026-05-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05-01T21:30", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_threats}}, true},
    {"two agencies, the next day", {.when = "2026-05-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05-02", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_threats}}, false},
    {"two agencies, one day, different conduct", {.when = "2026-05-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05-01", .agency = AGENCY_housing, .kind = EVENT_housing_asb, .does = {BEHAVIOUR_damage}}, false},
    {"the other tells the effect only", {.when = "2026-05-01", .agency = P, .kind = EVENT_crime_assault, .does = {BEHAVIOUR_violence}},
     {.when = "2026-05-01", .agency = H, .kind = EVENT_health_ed, .does = {BEHAVIOUR_fear}}, true},
    {"the other has no conduct in it", {.when = "2026-05-01", .agency = P, .kind = DAMAGE, .does = {BEHAVIOUR_damage}},
     {.when = "2026-05-01", .agency = AGENCY_housing, .kind = EVENT_housing_asb}, true},
    {"one agency records two apart on one day", {.when = "2026-05-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}}, false},
    {"months never join", {.when = "2026-05", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_threats}}, false},
    {"a month and a day of it", {.when = "2026-05", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05-01", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_threats}}, false},
    {"clock times six hours apart", {.when = "2026-05-01T08:00", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05-01T14:00", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_threats}}, true},
    {"clock times over six hours apart", {.when = "2026-05-01T08:00", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05-01T14:01", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_threats}}, false},
    {"clock times across midnight", {.when = "2026-05-01T23:30", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}},
     {.when = "2026-05-02T00:30", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_threats}}, true},
    {"rows of one record", {.when = "2026-05-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}, .record = 5},
     {.when = "2026-06-01", .agency = P, .kind = DAMAGE, .does = {BEHAVIOUR_damage}, .record = 5}, true},
    {"two summaries of different spells", {.when = "2026-05-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_contact, BEHAVIOUR_repeated}, .stated = 3},
     {.when = "2026-05-01", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_contact, BEHAVIOUR_repeated}, .stated = 9}, false},
};

static void two_reports_of_one_happening(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        const char *why = NULL;
        world_make(&w, (struct ev[]){rows[i].x, rows[i].y}, 2);
        bool there = events_same_happening(&w.events[0], &w.codings[0], &w.events[1], &w.codings[1], &why);
        bool back = events_same_happening(&w.events[1], &w.codings[1], &w.events[0], &w.codings[0], NULL);
        if (there != rows[i].same || back != there)
            fail_msg("%s: %d and %d", rows[i].what, there, back);
        assert_int_equal(why != NULL, there); /* a join is always explained */
        world_release(&w);
    }
}

static void what_is_conduct(void **state)
{
    static const struct { struct ev ev; bool is; } v[] = {
        {{.kind = THREATS, .does = {BEHAVIOUR_threats}}, true},
        {{.kind = THREATS, .does = {BEHAVIOUR_fear}}, false},
        {{.kind = EVENT_outcome, .does = {BEHAVIOUR_threats}}, false},
        {{.kind = EVENT_street_crime, .does = {BEHAVIOUR_damage}}, false},
        {{.kind = EVENT_custody_arrest, .does = {BEHAVIOUR_threats}}, false}, /* tells again what was recorded before */
        {{.kind = EVENT_police_contact, .does = {BEHAVIOUR_contact}}, true},
        {{.kind = EVENT_health_gp, .does = {BEHAVIOUR_watching}}, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        struct world w;
        world_make(&w, &v[i].ev, 1);
        assert_int_equal(event_is_conduct(&w.events[0], &w.codings[0]), v[i].is);
        w.events[0].order = ORDER_spo; /* the statement of an order is no occasion */
        assert_false(event_is_conduct(&w.events[0], &w.codings[0]));
        world_release(&w);
    }
}

static const struct ev story[] = {
    {.when = "2026-01-03", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}, .who = {VICTIM(0), SUSPECT(1)}},
    {.when = "2026-01-03", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_threats}, .who = {VICTIM(0), SUSPECT(1)}},
    {.when = "2026-01-03", .agency = H, .kind = EVENT_health_gp, .does = {BEHAVIOUR_fear}, .who = {{0, ROLE_patient}}},
    {.when = "2026-01-09T10:00", .agency = P, .kind = DAMAGE, .does = {BEHAVIOUR_damage}, .who = {VICTIM(0), SUSPECT(1)}, .incident = 4},
    {.when = "2026-02-20", .agency = P, .kind = DAMAGE, .does = {BEHAVIOUR_damage}, .who = {VICTIM(0), SUSPECT(1)}, .incident = 4},
    {.when = "2026-01-09T12:00", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_damage}, .who = {VICTIM(0), SUSPECT(1)}},
    {.when = "2026-03-01", .agency = P, .kind = EVENT_incident_nuisance_comms, .does = {BEHAVIOUR_contact}, .who = {VICTIM(0), SUSPECT(1)}, .stated = 60},
    {.when = "2026-03-01", .agency = P, .kind = EVENT_incident_nuisance_comms, .does = {BEHAVIOUR_contact}, .who = {VICTIM(0), SUSPECT(1)}},
    {.when = "2026-03", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_contact}, .who = {VICTIM(0), SUSPECT(1)}},
    {.when = "2026-04-02", .agency = P, .kind = EVENT_incident_suspicious, .does = {BEHAVIOUR_watching}, .who = {VICTIM(0)}},
};
#define N_STORY (sizeof story / sizeof *story)

static void occasions_are_counted_once(void **state)
{
    struct world w;
    (void)state;
    world_make(&w, story, N_STORY);
    struct pairs p = world_pairs(&w);
    const struct pair *pair = world_pair(&p, 0, 1);
    assert_non_null(pair);
    /* 3 January, 9 January (with its reference of February), two records of 1 March, "in March", and the watcher of 2 April. */
    assert_int_equal(pair->n_occasions, 6);
    /* The watcher is offered and does not count; sixty calls count as the record says. */
    assert_int_equal(pair->occasions_stated, 1 + 1 + 60 + 1 + 1);
    for (size_t i = 0; i < pair->n_seen; i++)
        if (w.events[pair->seen[i].event].key == 1002)
            assert_int_equal(pair->seen[i].occasion, NOBODY); /* fear alone is no occasion */
    world_release(&w);
}

static void the_greatest_number_stated_counts_once(void **state)
{
    struct world w;
    (void)state;
    world_make(&w, (struct ev[]){{.when = "2026-03-01", .agency = P, .kind = THREATS, .does = {BEHAVIOUR_threats}, .who = {VICTIM(0), SUSPECT(1)}, .stated = 5},
                                 {.when = "2026-03-01", .agency = C, .kind = CHARITY, .does = {BEHAVIOUR_threats}, .who = {VICTIM(0), SUSPECT(1)}, .stated = 3}}, 2);
    struct pairs p = world_pairs(&w);
    const struct pair *pair = world_pair(&p, 0, 1);
    assert_non_null(pair);
    assert_int_equal(pair->n_occasions, 1);
    assert_int_equal(pair->occasions_stated, 5);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_reports_of_one_happening),
        cmocka_unit_test(what_is_conduct),
        cmocka_unit_test(occasions_are_counted_once),
        cmocka_unit_test(the_greatest_number_stated_counts_once),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("same_happening", tests, NULL, NULL);
}
