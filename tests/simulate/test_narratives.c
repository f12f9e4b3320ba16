/* test_narratives.c: every template expands, in all its choices, to plain sentences; the agencies' word for the pattern
 * is rare. */
#include "simulate/background.h"
#include "simulate/phrases.h"

#include <ctype.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct county c;
static const struct telling telling = {"caller", "ex-partner", 'F', 'M', "Alder Road", "he rings her"};

static void expands(const char *template)
{
    struct rng r = rng_start(3, STREAM_LIFE, 9);
    for (int i = 0; i < 400; i++) {
        const char *z = narrate(&c, &r, &c.text, template, &telling);
        size_t n = strlen(z);
        assert_null(strpbrk(z, "[]{}|\n"));
        assert_null(strstr(z, "  "));
        assert_null(strstr(z, " ."));
        assert_null(strstr(z, ".."));
        assert_true(n < 900);
        assert_true(n == 0 || !islower((unsigned char)z[0]));
        assert_true(n == 0 || z[n - 1] != ' ');
    }
}

static void every_template(void **state)
{
    (void)state;
    for (size_t i = 0; i < background_n_kinds; i++)
        expands(background_kinds[i].text);
    for (int i = 0; i < ACT_N; i++) {
        assert_non_null(act_phrases[i].name);
        expands(act_phrases[i].police);
        expands(act_phrases[i].clause);
    }
    const char *const others[] = {
        phrase_damage_car,   phrase_damage_home,  phrase_police_tail, phrase_charity,     phrase_charity_assessment,
        phrase_organisation, phrase_health,       phrase_housing,     phrase_lock_change, phrase_sleepless,
        phrase_support,      phrase_work_changes, phrase_school_worry};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expands(others[i]);
}

static void choices_nest_and_words_stand_for_people(void **state)
{
    (void)state;
    struct rng r = rng_start(3, STREAM_LIFE, 9);
    assert_string_equal(
        narrate(&c, &r, &c.text, "[[[{v}]]] says {s} took {hers} post. {he} told {her}. {She} left .", &telling),
        "Caller says ex-partner took her post. He told her. She left.");
    struct telling nobody_known = telling;
    nobody_known.suspect_sex = 'U';
    assert_string_equal(narrate(&c, &r, &c.text, "{he} rang.", &nobody_known), "The person rang.");
}

static void typing_errors_keep_the_letters(void **state)
{
    (void)state;
    struct rng r = rng_start(4, STREAM_LIFE, 9);
    int changed = 0;
    c.rate.v[RATE_narrative_typo] = 0.9;
    for (int i = 0; i < 500; i++) {
        const char *z = narrate(&c, &r, &c.text, "Vehicle parked outside with engine running", &telling);
        assert_int_equal(strlen(z), strlen("Vehicle parked outside with engine running"));
        changed += strcmp(z, "Vehicle parked outside with engine running") != 0;
    }
    c.rate.v[RATE_narrative_typo] = 0;
    assert_in_range(changed, 150, 450);
}

static int set_up(void **state)
{
    (void)state;
    buf_init(&c.text, LIMIT_FIELD_BYTES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_release(&c.text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_template),
        cmocka_unit_test(choices_nest_and_words_stand_for_people),
        cmocka_unit_test(typing_errors_keep_the_letters),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("narratives", tests, set_up, tear_down);
}
