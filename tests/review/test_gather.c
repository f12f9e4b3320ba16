/* Events into pairs and buckets, and what each pair is offered. */
#include "review/coded_world.h"

#define P AGENCY_police
#define THREATS(day, ...) {.when = day, .agency = P, .kind = EVENT_crime_threats, .does = {BEHAVIOUR_threats}, .who = {__VA_ARGS__}}

static enum seen_as seen_as(const struct world *w, const struct pair *p, uint64_t key)
{
    for (size_t i = 0; i < p->n_seen; i++)
        if (w->events[p->seen[i].event].key == key)
            return p->seen[i].as;
    return SEEN_UNKNOWN;
}

static void a_bucket_is_offered_to_known_pairs(void **state)
{
    struct world w;
    (void)state;
    world_make(&w, (struct ev[]){THREATS("2026-01-01", VICTIM(0), SUSPECT(1)), THREATS("2026-01-05", VICTIM(0)), THREATS("2026-01-06", VICTIM(2), SUSPECT(3))}, 3);
    struct pairs p = world_pairs(&w);
    assert_int_equal(p.n, 3);
    const struct pair *known = world_pair(&p, 0, 1), *bucket = world_pair(&p, 0, NOBODY), *other = world_pair(&p, 2, 3);
    assert_true(known && bucket && other);
    assert_int_equal(seen_as(&w, known, 1000), SEEN_DIRECT);
    assert_int_equal(seen_as(&w, known, 1001), SEEN_VICTIM_ONLY);
    assert_int_equal(known->n_occasions, 2);
    assert_int_equal(known->occasions_stated, 1); /* offered, not counted: an unknown man is not the likely man */
    assert_int_equal(bucket->occasions_stated, 1);
    assert_int_equal(other->n_seen, 1); /* not another victim's */
    world_release(&w);
}

static void a_counter_allegation_gives_both_directions(void **state)
{
    struct world w;
    (void)state;
    world_make(&w, (struct ev[]){THREATS("2026-01-01", VICTIM(0), SUSPECT(1)), THREATS("2026-01-02", VICTIM(1), SUSPECT(0))}, 2);
    struct pairs p = world_pairs(&w);
    assert_int_equal(p.n, 2);
    assert_non_null(world_pair(&p, 0, 1));
    assert_non_null(world_pair(&p, 1, 0));
    assert_int_equal(world_pair(&p, 0, 1)->n_seen, 1);
    world_release(&w);
}

static void nobody_is_a_pair_with_himself(void **state)
{
    struct world w;
    (void)state;
    world_make(&w, (struct ev[]){THREATS("2026-01-01", VICTIM(0), SUSPECT(0))}, 1);
    assert_int_equal(world_pairs(&w).n, 0);
    world_release(&w);
}

static void a_call_home_makes_no_pair_but_joins_one(void **state)
{
    struct ev call = {.when = "2026-02-01", .agency = AGENCY_prison, .kind = EVENT_prison_call, .does = {BEHAVIOUR_contact}, .who = {{1, ROLE_convicted}, {4, ROLE_contacted}}};
    struct world w;
    (void)state;
    world_make(&w, &call, 1);
    assert_int_equal(world_pairs(&w).n, 0); /* his mother */
    world_release(&w);
    call.who[1].person = 0;
    world_make(&w, (struct ev[]){THREATS("2026-01-01", VICTIM(0), SUSPECT(1)), call}, 2);
    struct pairs p = world_pairs(&w);
    assert_int_equal(p.n, 1);
    assert_int_equal(seen_as(&w, &p.v[0], 1001), SEEN_CONTACTED);
    assert_int_equal(p.v[0].occasions_stated, 2);
    world_release(&w);
}

static void somebody_near_the_victim(void **state)
{
    static const struct ev events[] = {THREATS("2026-01-01", VICTIM(0), SUSPECT(1)), THREATS("2026-01-09", VICTIM(2), SUSPECT(1))};
    static const struct tie sister = {.a = 2, .b = 0, .kind = TIE_STATED, .relation = RELATION_sibling, .n_sources = 1};
    static const struct tie neighbour = {.a = 2, .b = 0, .kind = TIE_STATED, .relation = RELATION_neighbour, .n_sources = 1};
    struct world w;
    (void)state;
    world_make(&w, events, 2);
    struct pairs p = world_pairs(&w);
    assert_int_equal(world_pair(&p, 0, 1)->n_seen, 1); /* a stranger to her */
    w.facts.ties = &neighbour;
    w.facts.n_ties = 1;
    p = world_pairs(&w);
    assert_int_equal(world_pair(&p, 0, 1)->n_seen, 1);
    w.facts.ties = &sister;
    p = world_pairs(&w);
    assert_int_equal(seen_as(&w, world_pair(&p, 0, 1), 1001), SEEN_THIRD);
    assert_int_equal(world_pair(&p, 0, 1)->occasions_stated, 2);
    world_release(&w);
}

static void a_former_partner_by_statement_or_by_text(void **state)
{
    static const struct { struct tie tie; bool former; } v[] = {
        {{.a = 0, .b = 1, .kind = TIE_STATED, .relation = RELATION_former_partner}, true},
        {{.a = 1, .b = 0, .kind = TIE_STATED, .relation = RELATION_former_partner}, true}, /* whichever way it is stated */
        {{.a = 0, .b = 1, .kind = TIE_STATED, .relation = RELATION_partner, .former = true}, true},
        {{.a = 0, .b = 1, .kind = TIE_STATED, .relation = RELATION_partner}, false},
        {{.a = 0, .b = 1, .kind = TIE_SHARED_CHILD}, false},
    };
    struct world w;
    (void)state;
    world_make(&w, (struct ev[]){THREATS("2026-01-01", VICTIM(0), SUSPECT(1))}, 1);
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        w.facts.ties = &v[i].tie;
        w.facts.n_ties = 1;
        struct pairs p = world_pairs(&w);
        assert_int_equal(world_pair(&p, 0, 1)->former_partner, v[i].former);
    }
    w.facts.n_ties = 0;
    coding_add(&w.codings[0], BEHAVIOUR_separation, ASSERTION_fact, -1);
    struct pairs p = world_pairs(&w);
    assert_true(world_pair(&p, 0, 1)->former_partner);
    world_release(&w);
}

static void a_patients_record_is_offered_and_is_no_occasion(void **state)
{
    struct world w;
    (void)state;
    world_make(&w, (struct ev[]){THREATS("2026-01-01", VICTIM(0), SUSPECT(1)),
                                 {.when = "2026-01-20", .agency = AGENCY_health, .kind = EVENT_health_ed, .does = {BEHAVIOUR_violence}, .who = {{0, ROLE_patient}}},
                                 {.when = "2026-01-25", .agency = AGENCY_charity, .kind = EVENT_support_contact, .does = {BEHAVIOUR_watching}, .who = {VICTIM(0)}}}, 3);
    struct pairs p = world_pairs(&w);
    const struct pair *bucket = world_pair(&p, 0, NOBODY), *known = world_pair(&p, 0, 1);
    assert_true(bucket && known);
    assert_int_equal(known->n_seen, 3);
    assert_int_equal(bucket->n_occasions, 1); /* what the advocate reports; not the fall */
    world_release(&w);
}

static void order_of_events_does_not_matter(void **state)
{
    static const struct tie ties[] = {{.a = 0, .b = 5, .kind = TIE_STATED, .relation = RELATION_parent, .n_sources = 1}};
    static const struct ev events[] = {
        THREATS("2026-01-01", VICTIM(0), SUSPECT(1)), THREATS("2026-01-02", VICTIM(1), SUSPECT(0)), THREATS("2026-01-03", VICTIM(0)), THREATS("2026-01-03", VICTIM(5), SUSPECT(1)),
        THREATS("2026-01-04", VICTIM(2), SUSPECT(1), {0, ROLE_witness}), THREATS("2026-01-04", VICTIM(2), SUSPECT(3), VICTIM(0)), THREATS("2026-01-04", SUSPECT(1)),
        {.when = "2026-02-01", .agency = AGENCY_prison, .kind = EVENT_prison_call, .does = {BEHAVIOUR_contact}, .who = {{1, ROLE_convicted}, {0, ROLE_contacted}}},
        {.when = "2026-01-01", .agency = AGENCY_charity, .kind = EVENT_support_contact, .does = {BEHAVIOUR_threats}, .who = {VICTIM(0), SUSPECT(1)}},
        {.agency = AGENCY_charity, .kind = EVENT_support_contact, .does = {BEHAVIOUR_gifts}, .who = {VICTIM(0), SUSPECT(1)}},
    };
    struct world w;
    uint64_t expected[16];
    (void)state;
    world_make(&w, events, sizeof events / sizeof *events);
    w.facts.ties = ties;
    w.facts.n_ties = 1;
    struct pairs p = world_pairs(&w);
    const size_t n = p.n;
    assert_in_range(n, 6, 16);
    for (size_t i = 0; i < n; i++)
        expected[i] = world_pair_digest(&w, &p.v[i]);
    for (uint64_t seed = 1; seed <= 300; seed++) {
        arena_reset(&w.a);
        world_shuffle(&w, seed);
        p = world_pairs(&w);
        assert_int_equal(p.n, n);
        for (size_t i = 0; i < n; i++)
            if (world_pair_digest(&w, &p.v[i]) != expected[i])
                fail_msg("seed %u: pair %zu differs", (unsigned)seed, i);
    }
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_is_offered_to_known_pairs),
        cmocka_unit_test(a_counter_allegation_gives_both_directions),
        cmocka_unit_test(nobody_is_a_pair_with_himself),
        cmocka_unit_test(a_call_home_makes_no_pair_but_joins_one),
        cmocka_unit_test(somebody_near_the_victim),
        cmocka_unit_test(a_former_partner_by_statement_or_by_text),
        cmocka_unit_test(a_patients_record_is_offered_and_is_no_occasion),
        cmocka_unit_test(order_of_events_does_not_matter),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("gather", tests, NULL, NULL);
}
