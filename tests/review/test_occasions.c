/* Occasions: what is one happening, what is two, and that neither the order of events nor asking twice matters. */
#include "review/world.h"

#define POLICE AGENCY_police, EVENT_crime_harassment
#define NUISANCE AGENCY_police, EVENT_incident_nuisance_comms
#define CHARITY AGENCY_charity, EVENT_support_contact
#define GP AGENCY_health, EVENT_health_gp

static void check(const char *name, const struct happened *v, size_t n, size_t occasions, uint32_t stated)
{
    struct world w;
    world_make(&w, v, n, NULL, NULL, 0);
    const struct pair *p = world_pair(&w, ANN, BOB);
    assert_non_null(p);
    if (p->n_occasions != occasions || p->occasions_stated != stated)
        fail_msg("%s: %zu occasions (%u stated), not %zu (%u)", name, p->n_occasions, (unsigned)p->occasions_stated, occasions, (unsigned)stated);
    world_end(&w);
}
#define CHECK(name, occasions, stated, ...) \
    do { \
        const struct happened v[] = {__VA_ARGS__}; \
        check(name, v, sizeof v / sizeof *v, occasions, stated); \
    } while (0)

static void what_is_one_and_what_is_two(void **state)
{
    (void)state;
    CHECK("one report", 1, 1, {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0});
    CHECK("two agencies on one day", 1, 1, {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
          {"2025-03-01", CHARITY, ANN, BOB, "He followed her home.", 0, 0, 0, NULL, 0, 0});
    CHECK("two agencies on two days", 2, 2, {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
          {"2025-03-02", CHARITY, ANN, BOB, "He followed her home.", 0, 0, 0, NULL, 0, 0});
    CHECK("two reports of one agency on one day", 2, 2, {"2025-03-01T10:00", NUISANCE, ANN, BOB, "Rang her mobile.", 0, 0, 0, NULL, 0, 0},
          {"2025-03-01T14:00", NUISANCE, ANN, BOB, "Rang her mobile.", 0, 0, 0, NULL, 0, 0});
    CHECK("one reference", 1, 1, {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 7, 0, 0, NULL, 0, 0},
          {"2025-03-05T10:00", NUISANCE, ANN, BOB, "Rang her mobile.", 7, 0, 0, NULL, 0, 0});
    CHECK("two references", 2, 2, {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 7, 0, 0, NULL, 0, 0},
          {"2025-03-01T11:00", POLICE, ANN, BOB, "Followed her home.", 8, 0, 0, NULL, 0, 0});
    CHECK("different conduct of two agencies at one time", 2, 2, {"2025-03-01T10:00", AGENCY_police, EVENT_crime_damage, ANN, BOB, "Window smashed.", 0, 0, 0, NULL, 0, 0},
          {"2025-03-01T20:00", AGENCY_housing, EVENT_housing_asb, ANN, BOB, "He followed her home.", 0, 0, 0, NULL, 0, 0});
    CHECK("clock times far apart", 2, 2, {"2025-03-01T02:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
          {"2025-03-01T23:00", CHARITY, ANN, BOB, "He followed her home.", 0, 0, 0, NULL, 0, 0});
    CHECK("only the month is known", 2, 2, {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
          {"2025-03", CHARITY, ANN, BOB, "He followed her home.", 0, 0, 0, NULL, 0, 0});
    CHECK("one record that speaks of many", 1, 60, {"2025-03-01T10:00", NUISANCE, ANN, BOB, "He has rung 60 times today.", 0, 0, 0, NULL, 0, 0});
    CHECK("a contact without conduct is none", 1, 1, {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
          {"2025-03-09T10:00", AGENCY_police, EVENT_police_contact, ANN, BOB, "Update given.", 0, 0, 0, NULL, 0, 0});
}

static void a_record_of_the_victim_alone_is_offered_and_does_not_count(void **state)
{
    (void)state;
    const struct happened v[] = {
        {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
        {"2025-04-01T10:00", NUISANCE, ANN, -1, "Silent calls all night.", 0, 0, 0, NULL, 0, 0},
    };
    struct world w;
    world_make(&w, v, 2, NULL, NULL, 0);
    const struct pair *p = world_pair(&w, ANN, BOB), *bucket = world_pair(&w, ANN, NOBODY);
    assert_non_null(p);
    assert_non_null(bucket);
    assert_int_equal(p->n_seen, 2);
    assert_int_equal(p->seen[1].as, SEEN_VICTIM_ONLY);
    assert_int_equal(p->occasions_stated, 1);
    assert_int_equal(bucket->n_seen, 1);
    assert_true(bucket->occasions_stated >= 1);
    world_end(&w);
}

static void crimes_by_nobody_known_are_one_story_only_near_something_aimed(void **state)
{
    (void)state;
    static const struct { const char *first, *second; enum event_kind second_kind; const char *text; uint32_t stated; } cases[] = {
        {"2024-03-01T10:00", "2025-03-01T10:00", EVENT_crime_damage, "Window smashed.", 0},
        {"2025-03-01T10:00", "2025-03-10T10:00", EVENT_crime_damage, "Window smashed.", 0},
        {"2024-03-01T10:00", "2025-03-01T10:00", EVENT_incident_suspicious, "Followed her home.", 1},
        {"2025-03-01T10:00", "2025-03-10T10:00", EVENT_incident_suspicious, "Followed her home.", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct happened v[] = {
            {cases[i].first, AGENCY_police, EVENT_crime_burglary, ANN, -1, "Entry gained by rear window.", 0, 0, 0, NULL, 0, 0},
            {cases[i].second, AGENCY_police, cases[i].second_kind, ANN, -1, cases[i].text, 0, 0, 0, NULL, 0, 0},
        };
        struct world w;
        world_make(&w, v, 2, NULL, NULL, 0);
        assert_int_equal(world_pair(&w, ANN, NOBODY)->occasions_stated, cases[i].stated);
        world_end(&w);
    }
}

static void counter_allegations_are_two_pairs(void **state)
{
    (void)state;
    const struct happened v[] = {
        {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
        {"2025-03-03T10:00", POLICE, BOB, ANN, "Says she followed him to work.", 0, 0, 0, NULL, 0, 0},
    };
    struct world w;
    world_make(&w, v, 2, NULL, NULL, 0);
    assert_non_null(world_pair(&w, ANN, BOB));
    assert_non_null(world_pair(&w, BOB, ANN));
    world_end(&w);
}

static void what_is_done_to_a_friend_is_seen_with_the_pair(void **state)
{
    (void)state;
    const struct happened v[] = {
        {"2025-03-01T10:00", POLICE, ANN, BOB, "Followed her home.", 0, 0, 0, NULL, 0, 0},
        {"2025-03-03T10:00", POLICE, CAROL, BOB, "Followed her to work.", 0, 0, 0, NULL, 0, 0},
    };
    const struct tie friends = {.a = ANN, .b = CAROL, .kind = TIE_STATED, .relation = RELATION_friend};
    struct world w;
    world_make(&w, v, 2, NULL, NULL, 0);
    assert_int_equal(world_pair(&w, ANN, BOB)->n_seen, 1); /* nobody says that Carol is near Ann */
    world_end(&w);
    world_make(&w, v, 2, NULL, &friends, 1);
    const struct pair *p = world_pair(&w, ANN, BOB);
    assert_int_equal(p->n_seen, 2);
    assert_int_equal(p->seen[1].as, SEEN_THIRD);
    assert_int_equal(p->occasions_stated, 2);
    world_end(&w);
}

/* ---- order does not matter ---- */

static const char *const texts[] = {"Followed her home.", "Rang her mobile.", "He has rung 20 times.", "Window smashed.", "Flowers left on the doorstep.", "Update given.", "Outside her house again."};
static const struct { enum agency_kind agency; enum event_kind kind; } kinds[] = {{POLICE}, {NUISANCE}, {CHARITY}, {GP}, {AGENCY_housing, EVENT_housing_asb}};

static uint64_t next(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    return *s ^= *s << 17;
}

static uint64_t digest(const struct world *w)
{
    uint64_t h = 0;
    for (size_t i = 0; i < w->pairs.n; i++) {
        const struct pair *p = &w->pairs.v[i];
        h = h * 31 + p->victim * 5 + p->suspect + p->occasions_stated * 1000003;
        for (size_t k = 0; k < p->n_seen; k++)
            h = h * 1099511628211 + w->events[p->seen[k].event].key * 64 + p->seen[k].occasion * 8 + p->seen[k].as;
    }
    return h;
}

static void the_order_of_events_does_not_matter(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252;
    for (int round = 0; round < 40; round++) {
        struct happened v[12];
        char at[12][20];
        size_t order[12];
        for (size_t i = 0; i < 12; i++) {
            uint64_t r = next(&seed);
            (void)snprintf(at[i], sizeof at[i], r & 1 ? "2025-03-%02u" : "2025-03-%02uT%02u:30", (unsigned)(r >> 8) % 4 + 1, (unsigned)(r >> 16) % 24);
            v[i] = (struct happened){.at = at[i], .agency = kinds[(r >> 24) % 5].agency, .kind = kinds[(r >> 24) % 5].kind, .victim = (int)((r >> 32) % 2), .suspect = (int)((r >> 34) % 3) == 2 ? -1 : 2 + (int)((r >> 34) % 3) % 2,
                .text = texts[(r >> 40) % 7], .reference = (int)((r >> 48) % 8) < 2 ? (int)((r >> 48) % 8) + 1 : 0};
            order[i] = i;
        }
        struct world w;
        world_make(&w, v, 12, NULL, NULL, 0);
        uint64_t want = digest(&w);
        struct err e;
        struct pairs again;
        assert_int_equal(pairs_gather(&w.facts, &w.a, &again, &e), ERR_OK); /* asking twice */
        w.pairs = again;
        assert_true(digest(&w) == want);
        world_end(&w);
        for (int turn = 0; turn < 4; turn++) {
            for (size_t i = 12; i-- > 1;) {
                size_t k = next(&seed) % (i + 1), t = order[i];
                order[i] = order[k];
                order[k] = t;
            }
            world_make(&w, v, 12, order, NULL, 0);
            if (digest(&w) != want)
                fail_msg("round %d: another order of the same events gave other occasions", round);
            world_end(&w);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_one_and_what_is_two),
        cmocka_unit_test(a_record_of_the_victim_alone_is_offered_and_does_not_count),
        cmocka_unit_test(crimes_by_nobody_known_are_one_story_only_near_something_aimed),
        cmocka_unit_test(counter_allegations_are_two_pairs),
        cmocka_unit_test(what_is_done_to_a_friend_is_seen_with_the_pair),
        cmocka_unit_test(the_order_of_events_does_not_matter),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("occasions", tests, NULL, NULL);
}
