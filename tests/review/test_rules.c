/* The rules: for each, what raises it, what does not, and the boundary. */
#include "review/update.h"
#include "review/world.h"

#define POLICE AGENCY_police, EVENT_crime_harassment
#define NUISANCE AGENCY_police, EVENT_incident_nuisance_comms

static unsigned rules_of(struct world *w, uint32_t victim, uint32_t suspect, struct review_reasons *ret)
{
    struct err e;
    unsigned bits = 0;
    const struct pair *p = world_pair(w, victim, suspect);
    if (!p)
        return 0;
    assert_int_equal(rules_apply(&w->facts, p, &w->a, ret, &e), ERR_OK);
    for (size_t i = 0; i < ret->n; i++) {
        bits |= 1u << ret->v[i].rule;
        assert_true(ret->v[i].words.n > 0);
        assert_true(ret->v[i].n_evidence > 0); /* no reason without evidence */
    }
    return bits;
}

static unsigned raised_between(uint32_t victim, uint32_t suspect, const struct tie *ties, size_t n_ties, const struct happened *v, size_t n)
{
    struct world w;
    struct review_reasons r;
    world_make(&w, v, n, NULL, ties, n_ties);
    unsigned bits = rules_of(&w, victim, suspect, &r);
    world_end(&w);
    return bits;
}
#define RAISED(...) raised_between(ANN, BOB, NULL, 0, (const struct happened[]){__VA_ARGS__}, sizeof((const struct happened[]){__VA_ARGS__}) / sizeof(struct happened))
#define HAS(bits, rule) assert_true((bits) & 1u << RULE_##rule)
#define HAS_NOT(bits, rule) assert_false((bits) & 1u << RULE_##rule)

#define FIRST {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0}
#define SECOND {"2025-03-20T10:00", NUISANCE, ANN, BOB, "Rang her mobile at work.", 0, 0, 0, NULL, 0, 0}

static void r1_two_occasions(void **state)
{
    (void)state;
    HAS_NOT(RAISED(FIRST), course_of_conduct);
    HAS(RAISED(FIRST, SECOND), course_of_conduct);
    HAS(RAISED({"2025-03-01T10:00", NUISANCE, ANN, BOB, "He has rung 60 times today.", 0, 0, 0, NULL, 0, 0}), course_of_conduct);
    /* Two reports of one happening are one. */
    HAS_NOT(RAISED({"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 9, 0, 0, NULL, 0, 0}, {"2025-03-01T10:00", AGENCY_charity, EVENT_support_contact, ANN, BOB, "He followed her home.", 9, 0, 0, NULL, 0, 0}),
            course_of_conduct);
    /* A long quiet spell takes nothing away. */
    HAS(RAISED({"2019-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0}, SECOND), course_of_conduct);
}

static void r2_former_partner(void **state)
{
    (void)state;
    const struct tie former = {.a = ANN, .b = BOB, .kind = TIE_STATED, .relation = RELATION_former_partner};
    const struct tie ended = {.a = ANN, .b = BOB, .kind = TIE_STATED, .relation = RELATION_partner, .former = true};
    const struct tie partner = {.a = ANN, .b = BOB, .kind = TIE_STATED, .relation = RELATION_partner};
    const struct happened v[] = {FIRST, SECOND}, one[] = {FIRST};
    HAS(raised_between(ANN, BOB, &former, 1, v, 2), former_partner);
    HAS(raised_between(ANN, BOB, &ended, 1, v, 2), former_partner);
    HAS_NOT(raised_between(ANN, BOB, &partner, 1, v, 2), former_partner);
    HAS_NOT(raised_between(ANN, BOB, NULL, 0, v, 2), former_partner);
    HAS_NOT(raised_between(ANN, BOB, &former, 1, one, 1), former_partner); /* a single occasion is no course of conduct */
    HAS(RAISED({"2025-03-01T10:00", POLICE, ANN, BOB, "Her ex followed her home.", 0, 0, 0, NULL, 0, 0}, SECOND), former_partner);
}

/* The order runs from 1 to 31 March. */
static unsigned with_order(enum order_type type, const char *from, const char *to, const char *at)
{
    const struct happened v[] = {
        {from, AGENCY_police, EVENT_court_order, ANN, BOB, NULL, 0, 0, type, to, ROLE_protected_person, 0},
        {at, POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
    };
    return raised_between(ANN, BOB, NULL, 0, v, 2);
}

static void r3_order_in_force(void **state)
{
    (void)state;
    static const struct { enum order_type type; const char *to, *at; bool raised; } cases[] = {
        {ORDER_spo, "2025-03-31", "2025-03-15T10:00", true},
        {ORDER_police_bail, "2025-03-31", "2025-03-15T10:00", true},
        {ORDER_licence, "2025-03-31", "2025-03-15T10:00", true},
        {ORDER_spo, "2025-03-31", "2025-02-28T23:59", false},
        {ORDER_spo, "2025-03-31", "2025-03-01T00:00", true},
        {ORDER_spo, "2025-03-31", "2025-03-31T23:59", true}, /* in force to the end of its last day */
        {ORDER_spo, "2025-03-31", "2025-04-01T00:00", false},
        {ORDER_spo, "2025-03-31", "2025-03-31", true},
        {ORDER_spo, NULL, "2031-01-01", true}, /* until further notice */
        {ORDER_sentence, NULL, "2025-03-15T10:00", false}, /* custody protects by walls, not by conditions */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned bits = with_order(cases[i].type, "2025-03-01", cases[i].to, cases[i].at);
        if (!!(bits & 1u << RULE_order_in_force) != cases[i].raised)
            fail_msg("case %zu: conduct at %s", i, cases[i].at);
    }
    /* The order of another couple protects nobody here. */
    const struct happened other[] = {
        {"2025-03-01", AGENCY_police, EVENT_court_order, CAROL, BOB, NULL, 0, 0, ORDER_spo, "2025-03-31", ROLE_protected_person, 0},
        {"2025-03-15T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
    };
    HAS_NOT(raised_between(ANN, BOB, NULL, 0, other, 2), order_in_force);
    HAS(RAISED({"2025-03-01T10:00", AGENCY_police, EVENT_crime_order_breach, ANN, BOB, "Texted her.", 0, 0, 0, NULL, 0, 0}), order_in_force);
}

static void r4_contact_from_custody(void **state)
{
    (void)state;
    const struct happened call[] = {FIRST, {"2025-06-01T10:00", AGENCY_prison, EVENT_prison_call, ANN, BOB, "Rang her mobile.", 0, 0, 0, NULL, ROLE_contacted, ROLE_convicted}};
    const struct happened mother[] = {FIRST, {"2025-06-01T10:00", AGENCY_prison, EVENT_prison_call, CAROL, BOB, "Rang his mother.", 0, 0, 0, NULL, ROLE_contacted, ROLE_convicted}};
    HAS(raised_between(ANN, BOB, NULL, 0, call, 2), custody_contact);
    HAS_NOT(raised_between(ANN, BOB, NULL, 0, mother, 2), custody_contact);
    HAS_NOT(raised_between(CAROL, BOB, NULL, 0, mother, 2), custody_contact); /* a prisoner who rings his mother makes no pair with her */
    const struct happened held[] = {
        {"2025-05-01", AGENCY_prison, EVENT_prison_reception, -1, BOB, NULL, 0, 0, ORDER_sentence, NULL, 0, ROLE_convicted},
        {"2025-06-01T10:00", NUISANCE, ANN, BOB, "Letter from him again.", 0, 0, 0, NULL, 0, 0},
    };
    HAS(raised_between(ANN, BOB, NULL, 0, held, 2), custody_contact);
    HAS_NOT(RAISED(FIRST, SECOND), custody_contact);
}

static void r5_misrecorded(void **state)
{
    (void)state;
    struct world w;
    struct review_reasons r;
    const struct happened v[] = {
        {"2025-03-01T10:00", AGENCY_police, EVENT_crime_damage, ANN, BOB, "Her ex put the window through, sat in his car outside the house.", 0, 0, 0, NULL, 0, 0},
        {"2025-03-20T10:00", NUISANCE, ANN, BOB, "Ex rang her mobile after being told to stop.", 0, 0, 0, NULL, 0, 0},
        {"2025-03-25T10:00", AGENCY_health, EVENT_health_gp, ANN, BOB, "Says her ex followed her home.", 0, 0, 0, NULL, 0, 0},
        {"2025-03-28T10:00", AGENCY_police, EVENT_crime_stalking, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
    };
    world_make(&w, v, 4, NULL, NULL, 0);
    HAS(rules_of(&w, ANN, BOB, &r), misrecorded);
    for (size_t i = 0; i < r.n; i++)
        if (r.v[i].rule == RULE_misrecorded)
            for (size_t k = 0; k < r.v[i].n_evidence; k++) /* neither the stalking crime nor the neutral contact */
                assert_true(r.v[i].evidence[k].row == 1 || r.v[i].evidence[k].row == 2);
    assert_true(r.misrecorded);
    world_end(&w);
    const struct happened known[] = {
        {"2025-03-01T10:00", AGENCY_police, EVENT_crime_stalking, ANN, BOB, "Ex followed her home.", 0, 0, 0, NULL, 0, 0},
        {"2025-03-20T10:00", AGENCY_police, EVENT_crime_stalking, ANN, BOB, "Ex sat outside the house.", 0, 0, 0, NULL, 0, 0},
    };
    HAS_NOT(raised_between(ANN, BOB, NULL, 0, known, 2), misrecorded);
    const struct happened quarrel[] = {
        {"2025-03-01T10:00", AGENCY_police, EVENT_incident_neighbour, ANN, BOB, "Neighbour dispute over parking, shouted at her.", 0, 0, 0, NULL, 0, 0},
        {"2025-03-20T10:00", AGENCY_housing, EVENT_housing_asb, ANN, BOB, "Noise, boundary fence damaged again.", 0, 0, 0, NULL, 0, 0},
    };
    HAS_NOT(raised_between(ANN, BOB, NULL, 0, quarrel, 2), misrecorded);
}

static void r6_escalation_and_r7_not_known(void **state)
{
    (void)state;
    const struct happened worse = {"2025-04-20T10:00", AGENCY_police, EVENT_crime_threats, ANN, BOB, "Threatened to kill her.", 0, 0, 0, NULL, 0, 0};
    HAS(RAISED(SECOND, worse), escalation);
    HAS_NOT(RAISED(SECOND, {"2025-04-20T10:00", NUISANCE, ANN, BOB, "Rang her mobile.", 0, 0, 0, NULL, 0, 0}), escalation);
    const struct happened nobody[] = {
        {"2025-03-01T10:00", AGENCY_police, EVENT_incident_suspicious, ANN, -1, "Followed her home by an unknown male.", 0, 0, 0, NULL, 0, 0},
        {"2025-03-20T10:00", NUISANCE, ANN, -1, "Silent calls, withheld number.", 0, 0, 0, NULL, 0, 0},
    };
    HAS(raised_between(ANN, NOBODY, NULL, 0, nobody, 2), not_known);
    HAS_NOT(raised_between(ANN, NOBODY, NULL, 0, nobody, 1), not_known);
    HAS_NOT(RAISED(FIRST, SECOND), not_known);
}

static void the_clock_is_six_calendar_months(void **state)
{
    (void)state;
    static const struct { const char *last, *due; } cases[] = {
        {"2025-03-15", "2025-09-15"}, {"2025-08-31", "2026-02-28"}, {"2023-08-31T22:00", "2024-02-29"}, {"2025-12-31", "2026-06-30"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t day;
        assert_true(day_parse_iso(str_of(cases[i].due), &day));
        assert_true(summary_time_limit_ms(world_at(cases[i].last)) == day_start_ms(day));
    }
    assert_true(summary_time_limit_ms(INSTANT_NONE) == 0);
}

static void every_rule_is_named_with_its_source(void **state)
{
    (void)state;
    assert_int_equal(review_n_rules, RULE_N);
    for (size_t i = 0; i < review_n_rules; i++) {
        char id[24];
        (void)snprintf(id, sizeof id, "R%zu", i + 1);
        assert_string_equal(review_rules[i].id, id);
        assert_true(review_rules[i].words[0] && review_rules[i].source[0] && review_rules[i].name[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r1_two_occasions),
        cmocka_unit_test(r2_former_partner),
        cmocka_unit_test(r3_order_in_force),
        cmocka_unit_test(r4_contact_from_custody),
        cmocka_unit_test(r5_misrecorded),
        cmocka_unit_test(r6_escalation_and_r7_not_known),
        cmocka_unit_test(the_clock_is_six_calendar_months),
        cmocka_unit_test(every_rule_is_named_with_its_source),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
