/* Pairs into cases: which become one, what is kept with it, and that its content changes with everything that a reviewer is shown, so that a change is written. */
#include "review/update.h"
#include "review/coded_world.h"

#define P AGENCY_police
static const struct ev story[] = {
    {.when = "2026-01-03", .agency = P, .kind = EVENT_crime_threats, .does = {BEHAVIOUR_threats, BEHAVIOUR_weapon}, .who = {VICTIM(0), SUSPECT(1)}},
    {.when = "2026-02-03", .agency = AGENCY_charity, .kind = EVENT_support_contact, .does = {BEHAVIOUR_following}, .who = {VICTIM(0), SUSPECT(1)}},
    {.when = "2026-02-07", .agency = P, .kind = EVENT_crime_damage, .does = {BEHAVIOUR_damage}, .who = {VICTIM(2), SUSPECT(3)}}, /* a single occasion: no case */
    {.when = "2026-03-01", .agency = P, .kind = EVENT_crime_stalking, .does = {BEHAVIOUR_following}, .who = {VICTIM(4), SUSPECT(1)}},
    {.when = "2026-03-02", .agency = P, .kind = EVENT_crime_stalking, .does = {BEHAVIOUR_watching}, .who = {VICTIM(4), SUSPECT(1)}},
};
#define N_STORY (sizeof story / sizeof *story)

static struct case_list cases(struct world *w)
{
    struct case_list l;
    struct err e;
    if (cases_make(&w->facts, &w->a, &l, &e) != ERR_OK)
        fail_msg("%s", e.message);
    return l;
}

static const struct case_row *case_of(const struct world *w, const struct case_list *l, uint32_t victim, uint32_t suspect)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].victim == w->keys[victim] && l->v[i].suspect == (suspect == NOBODY ? 0 : w->keys[suspect]))
            return &l->v[i];
    return NULL;
}

static void a_pair_with_reasons_is_a_case(void **state)
{
    struct world w;
    (void)state;
    world_make(&w, story, N_STORY);
    struct case_list l = cases(&w);
    assert_int_equal(l.n_pairs, 3);
    assert_int_equal(l.n, 2);
    assert_true(l.v[0].id < l.v[1].id);
    assert_null(case_of(&w, &l, 2, 3));
    const struct case_row *row = case_of(&w, &l, 0, 1);
    assert_non_null(row);
    assert_true(row->id == case_key(w.keys[0], w.keys[1]));
    assert_int_equal(row->n_occasions, 2);
    assert_int_equal(row->n_agencies, 2);
    assert_int_equal(row->marks & (MARK_threat | MARK_weapon | MARK_breach | MARK_custody | MARK_violence), MARK_threat | MARK_weapon);
    assert_true(row->newest.ms == world_time("2026-02-03").ms);
    uint64_t reasons = 0;
    for (size_t r = 0; r < RULE_N; r++)
        reasons += l.by_rule[r];
    assert_int_equal(reasons, l.n_reasons);
    world_release(&w);
}

static void the_two_directions_are_two_cases(void **state)
{
    (void)state;
    assert_true(case_key(1, 2) != case_key(2, 1));
    assert_true(case_key(1, 0) != case_key(1, 2));
    assert_true((int64_t)case_key(UINT64_MAX, UINT64_MAX) >= 0); /* kept as a bigint */
}

/* One thing is changed; the case's content must not stay. */
static uint64_t content_with(void (*change)(struct world *w))
{
    struct world w;
    world_make(&w, story, N_STORY);
    w.orders[0] = (struct order){.type = ORDER_spo, .respondent = 1, .protected_person = 0, .from = world_time("2026-02-10"), .to = world_time("2026-12-31"), .conditions = 1u << CONDITION_no_contact, .row = 40, .event_key = 4040};
    w.facts.orders.n = 1;
    if (change)
        change(&w);
    struct case_list l = cases(&w);
    const struct case_row *row = case_of(&w, &l, 0, 1);
    assert_non_null(row);
    uint64_t content = row->content;
    world_release(&w);
    return content;
}

static void change_nothing_but_order(struct world *w) { world_shuffle(w, 5); }
static void change_order_end(struct world *w) { w->orders[0].to = world_time("2027-12-31"); }
static void change_order_type(struct world *w) { w->orders[0].type = ORDER_police_bail; }
static void change_order_conditions(struct world *w) { w->orders[0].conditions |= 1u << CONDITION_exclusion; }
static void change_order_row(struct world *w) { w->orders[0].row = 41; } /* stated again by a newer version of its record */
static void change_order_precision(struct world *w) { w->orders[0].to.precision = PRECISION_MONTH; }
static void change_row(struct world *w) { w->events[1].row = 77; }
static void change_feed(struct world *w) { w->events[1].feed = 60; }
static void change_behaviour(struct world *w) { coding_add(&w->codings[1], BEHAVIOUR_violence, ASSERTION_fact, -1); }
static void change_time(struct world *w) { w->events[1].occurred.ms += MS_PER_DAY; }
static void change_newest_precision(struct world *w) { w->events[1].occurred.precision = PRECISION_MONTH; }
static void change_relation(struct world *w)
{
    static const struct tie t = {.a = 0, .b = 1, .kind = TIE_STATED, .relation = RELATION_acquaintance, .n_sources = 1};
    w->facts.ties = &t;
    w->facts.n_ties = 1;
}

static void content_changes_with_what_is_shown(void **state)
{
    static const struct { const char *name; void (*change)(struct world *); } v[] = {
        {"the end of an order", change_order_end}, {"its type", change_order_type}, {"its conditions", change_order_conditions}, {"its statement", change_order_row},
        {"the precision of its end", change_order_precision}, {"the row of evidence", change_row}, {"its feed", change_feed}, {"what was done", change_behaviour},
        {"when", change_time}, {"how exactly that is known", change_newest_precision}, {"the relation", change_relation},
    };
    (void)state;
    const uint64_t before = content_with(NULL);
    assert_true(content_with(NULL) == before);
    assert_true(content_with(change_nothing_but_order) == before);
    for (size_t i = 0; i < sizeof v / sizeof *v; i++)
        if (content_with(v[i].change) == before)
            fail_msg("%s changed and the case would not be written", v[i].name);
}

/* Going on after a warning is a step up though the conduct is the same; the warning's own record is not, and a warning with nothing before it is none. */
static void going_on_after_somebody_stepped_in(void **state)
{
    static const struct { enum behaviour beside[3]; ptrdiff_t at; } v[] = {
        {{BEHAVIOUR_unknown}, -1},
        {{BEHAVIOUR_intervention}, 1},
        {{BEHAVIOUR_unknown, BEHAVIOUR_intervention}, 2},
        {{BEHAVIOUR_unknown, BEHAVIOUR_unknown, BEHAVIOUR_intervention}, -1},
    };
    static const char *const days[] = {"2026-01-01", "2026-02-01", "2026-03-01"};
    (void)state;
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        struct ev calls[3];
        struct world w;
        for (size_t k = 0; k < 3; k++)
            calls[k] = (struct ev){.when = days[k], .agency = P, .kind = EVENT_incident_nuisance_comms, .does = {BEHAVIOUR_contact, v[i].beside[k]}, .who = {VICTIM(0), SUSPECT(1)}};
        world_make(&w, calls, 3);
        struct pairs p = world_pairs(&w);
        const struct pair *pair = world_pair(&p, 0, 1);
        assert_non_null(pair);
        assert_int_equal(pair_escalation(&w.facts, pair), v[i].at);
        world_release(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_with_reasons_is_a_case),
        cmocka_unit_test(the_two_directions_are_two_cases),
        cmocka_unit_test(content_changes_with_what_is_shown),
        cmocka_unit_test(going_on_after_somebody_stepped_in),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("cases", tests, NULL, NULL);
}
