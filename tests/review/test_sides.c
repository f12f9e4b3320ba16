/* Roles to sides. */
#include "review/coded_world.h"

static struct sides sides_for(struct world *w, struct ev ev)
{
    struct sides s;
    world_make(w, &ev, 1);
    sides_of(&w->events[0], &w->map, &s);
    return s;
}

static void victim_suspect_and_others(void **state)
{
    struct world w;
    (void)state;
    struct sides s = sides_for(&w, (struct ev){.who = {SUSPECT(3), VICTIM(2), {1, ROLE_witness}, {0, ROLE_child}}});
    assert_int_equal(s.n_victims, 1);
    assert_int_equal(s.victims[0], 2);
    assert_int_equal(s.n_suspects, 1);
    assert_int_equal(s.suspects[0], 3);
    assert_int_equal(s.n_others, 2);
    assert_int_equal(s.others[0], 0); /* by person, not as named */
    assert_int_equal(s.others[1], 1);
    assert_false(s.unknown_suspect);
    assert_true(sides_has(s.others, s.n_others, 1));
    assert_false(sides_has(s.others, s.n_others, 2));
    world_release(&w);
}

static void protected_and_convicted_are_sides_too(void **state)
{
    struct world w;
    (void)state;
    struct sides s = sides_for(&w, (struct ev){.who = {{4, ROLE_convicted}, {5, ROLE_protected_person}}});
    assert_int_equal(s.n_victims, 1);
    assert_int_equal(s.victims[0], 5);
    assert_int_equal(s.n_suspects, 1);
    assert_int_equal(s.suspects[0], 4);
    world_release(&w);
}

static void a_reporter_stands_for_the_victim_only_when_none_is_named(void **state)
{
    static const enum role stand[] = {ROLE_reporter, ROLE_patient, ROLE_tenant, ROLE_staff};
    struct world w;
    (void)state;
    for (size_t i = 0; i < sizeof stand / sizeof *stand; i++) {
        struct sides s = sides_for(&w, (struct ev){.who = {{0, stand[i]}, SUSPECT(1)}});
        assert_int_equal(s.n_victims, 1);
        assert_int_equal(s.victims[0], 0);
        world_release(&w);
        s = sides_for(&w, (struct ev){.who = {{0, stand[i]}, VICTIM(2), SUSPECT(1)}});
        assert_int_equal(s.n_victims, 1);
        assert_int_equal(s.victims[0], 2);
        world_release(&w);
    }
    struct sides s = sides_for(&w, (struct ev){.who = {{0, ROLE_witness}, SUSPECT(1)}});
    assert_int_equal(s.n_victims, 0); /* a witness stands for nobody */
    world_release(&w);
}

static void an_unknown_suspect_is_nobody(void **state)
{
    struct world w;
    (void)state;
    struct sides s = sides_for(&w, (struct ev){.who = {VICTIM(0), {NOBODY, ROLE_suspect}}});
    assert_true(s.unknown_suspect);
    assert_int_equal(s.n_suspects, 0);
    world_release(&w);
    s = sides_for(&w, (struct ev){.who = {VICTIM(0), {1, ROLE_unknown_suspect}}});
    assert_true(s.unknown_suspect);
    assert_int_equal(s.n_suspects, 0);
    world_release(&w);
}

static void one_person_twice_is_once(void **state)
{
    struct world w;
    (void)state;
    struct sides s = sides_for(&w, (struct ev){.who = {VICTIM(0), VICTIM(0), SUSPECT(1), SUSPECT(1)}});
    assert_int_equal(s.n_victims, 1);
    assert_int_equal(s.n_suspects, 1);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(victim_suspect_and_others),
        cmocka_unit_test(protected_and_convicted_are_sides_too),
        cmocka_unit_test(a_reporter_stands_for_the_victim_only_when_none_is_named),
        cmocka_unit_test(an_unknown_suspect_is_nobody),
        cmocka_unit_test(one_person_twice_is_once),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("sides", tests, NULL, NULL);
}
