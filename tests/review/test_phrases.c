/* The phrase list and its matching: a table of narratives with the behaviours that they show and those that they must not show, what negation and hearsay do, how many occasions a text speaks of, and what a wrong list is told. */
#include "review/phrases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct phrases *list;
static struct arena scratch;

static int setup(void **state)
{
    struct err e;
    (void)state;
    arena_init(&scratch, (size_t)8 << 20);
    return phrases_new(STR_NONE, &list, &e) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    phrases_free(list);
    arena_release(&scratch);
    return 0;
}

static struct coding code(const char *text)
{
    struct coding c = {0};
    phrases_code(list, str_of(text), ASSERTION_fact, &scratch, &c);
    return c;
}

static enum assertion assertion_of(const struct coding *c, enum behaviour b)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].behaviour == b)
            return (enum assertion)c->v[i].assertion;
    return ASSERTION_unknown;
}

#define HAS(b) BEHAVIOUR_##b
static void texts_show_what_they_say(void **state)
{
    (void)state;
    static const struct { const char *text; enum behaviour shows; } cases[] = {
        {"Male followed her home from the gym.", HAS(following)},
        {"She was followed from the station by a man in a van.", HAS(following)},
        {"Ex rang her mobile at work.", HAS(contact)},
        {"Forty missed calls and voicemails over the weekend.", HAS(contact)},
        {"Received a letter from her former husband.", HAS(contact)},
        {"Posted intimate photos of her on a website.", HAS(publishing)},
        {"A fake profile was made in her name.", HAS(impersonation)},
        {"He hacked into her email account.", HAS(monitoring)},
        {"An AirTag was found under the seat.", HAS(tracker)},
        {"Sat in his car outside the house for two hours.", HAS(loitering)},
        {"Tyres slashed overnight.", HAS(interfering)},
        {"Front window smashed.", HAS(damage)},
        {"He was watching her house from the field.", HAS(watching)},
        {"Flowers left on the doorstep.", HAS(gifts)},
        {"He asked her sister where she is living.", HAS(proxy)},
        {"Made malicious complaints to her employer.", HAS(vexatious)},
        {"Threatened to kill her.", HAS(threats)},
        {"Says he will kill himself if she leaves.", HAS(self_harm_threat)},
        {"1p bank transfer with a message in the reference.", HAS(payments)},
        {"Turned up at her office unannounced.", HAS(attending)},
        {"Clear breach of the non-molestation order.", HAS(breach)},
        {"He strangled her until she passed out.", HAS(strangulation)},
        {"She has changed her number and route.", HAS(life_changed)},
        {"Victim is terrified.", HAS(fear)},
        {"MALE FOLLOWED HER HOME.", HAS(following)},
        {"Caf\xc3\xa9 staff say he followed her home.", HAS(following)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct coding c = code(cases[i].text);
        if (!coding_has(&c, cases[i].shows))
            fail_msg("\"%s\" does not show %s", cases[i].text, words_name(&words_behaviour, (int)cases[i].shows));
    }
}

static void a_negation_takes_a_phrase_away_in_its_clause_only(void **state)
{
    (void)state;
    static const struct { const char *text; enum behaviour b; bool shows; } cases[] = {
        {"No threats made.", HAS(threats), false},
        {"Made threats to harm her.", HAS(threats), true},
        {"Denies following her home.", HAS(following), false},
        {"Never followed her home.", HAS(following), false},
        {"No injuries, followed her home.", HAS(following), true},
        {"Not injured but followed her home.", HAS(following), true},
        {"Nothing stolen. He followed her home.", HAS(following), true},
        {"Not only followed her home but rang her work.", HAS(following), true},
        {"Left without strangling her.", HAS(strangulation), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct coding c = code(cases[i].text);
        if (coding_has(&c, cases[i].b) != cases[i].shows)
            fail_msg("\"%s\": %s", cases[i].text, cases[i].shows ? "lost" : "not taken away");
    }
}

static void belief_and_report_make_an_opinion(void **state)
{
    (void)state;
    static const struct { const char *text; enum behaviour b; enum assertion a; } cases[] = {
        {"He followed her home.", HAS(following), ASSERTION_fact},
        {"She believes he followed her home.", HAS(following), ASSERTION_opinion},
        {"Victim thinks ex followed her home.", HAS(following), ASSERTION_opinion},
        {"Allegedly followed her home.", HAS(following), ASSERTION_opinion},
        {"She believes it is him. He followed her home.", HAS(following), ASSERTION_fact},
        {"She believes he followed her home. CCTV: he followed her home.", HAS(following), ASSERTION_fact}, /* said once as a fact */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct coding c = code(cases[i].text);
        if (assertion_of(&c, cases[i].b) != cases[i].a)
            fail_msg("\"%s\" is %s", cases[i].text, words_name(&words_assertion, (int)assertion_of(&c, cases[i].b)));
    }
    struct coding opinion = {0};
    phrases_code(list, STR("He followed her home."), ASSERTION_opinion, &scratch, &opinion);
    assert_int_equal(assertion_of(&opinion, BEHAVIOUR_following), ASSERTION_opinion); /* a record of opinion has no facts */
}

/* Who acts. The pairs differ in one thing each: what makes it a professional's work, or no longer that. */
static void what_a_professional_does_at_work_is_not_coded(void **state)
{
    (void)state;
    static const struct { const char *text; enum behaviour b; bool shows; } cases[] = {
        {"Housing officer rang her twice.", HAS(contact), false},
        {"He rang her twice.", HAS(contact), true},
        {"Health visitor called at her home and left a letter for her.", HAS(contact), false},
        {"The court wrote to her.", HAS(contact), false},
        {"Night-time sighting, officers followed him home.", HAS(following), false},
        {"Officer rang and he wrote to her.", HAS(contact), true}, /* the nearest subject acts */
        {"Officer states he rang her twice.", HAS(contact), true}, /* only tells of it */
        {"Social worker saw him waiting outside her house.", HAS(loitering), true},
        {"Nurse was followed home by a patient.", HAS(following), true}, /* suffered */
        {"Nurse receives letters from a patient.", HAS(contact), true},
        {"Officer was following her home.", HAS(following), false}, /* "was following" is no passive */
        {"She was contacted four times by her solicitor.", HAS(contact), false}, /* named after it */
        {"Forty calls from the council.", HAS(contact), false},
        {"Forty calls from him to the council.", HAS(contact), true},
        {"School contacted forty times by him.", HAS(contact), true},
        {"Rang the school and asked her friends where she is.", HAS(proxy), true}, /* an object, no subject */
        {"Ex-partner PC rang her twice.", HAS(contact), true}, /* a person besides */
        {"Taxi driver rang her bell twice.", HAS(attending), false},
        {"The driver rang her bell twice.", HAS(attending), true}, /* may be anybody */
        {"Followed home from school.", HAS(following), true}, /* a place */
        {"Parked by the school gate waiting for her.", HAS(loitering), true},
        {"Male in garden seen by officers.", HAS(attending), true}, /* seen, not done, by them */
        {"Council tenant rang her twice.", HAS(contact), true}, /* whose */
        {"Court case next week, followed her home.", HAS(following), true},
        {"Off duty officer rang her twice.", HAS(contact), true}, /* no work */
        {"Her former GP wrote to her.", HAS(contact), true},
        {"Housing officer keeps ringing her.", HAS(contact), true},
        {"Officer rang her about her former partner and kept her updated.", HAS(contact), false},
        {"Solicitor contacted her on behalf of the suspect.", HAS(proxy), true},
        {"Solicitor contacted her on behalf of the council.", HAS(proxy), false},
        {"Told by officers to leave. He rang her twice.", HAS(contact), true}, /* another sentence */
        {"Officer threatened to kill her.", HAS(threats), true}, /* never work */
        {"Patient rang her twice.", HAS(contact), true}, /* whom professionals deal with */
        {"Receptionist upset as patient waits outside.", HAS(loitering), true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct coding c = code(cases[i].text);
        if (coding_has(&c, cases[i].b) != cases[i].shows)
            fail_msg("\"%s\": %s", cases[i].text, cases[i].shows ? "lost" : "coded");
    }
}

static void rows_that_mark_words_show_nothing(void **state)
{
    (void)state;
    struct phrases *p;
    struct err e;
    struct coding c = {0};
    assert_int_equal(phrases_new(STR("@professional\tclerk\twho\ncontact\trang\twhat\n"), &p, &e), ERR_OK);
    assert_int_equal(phrases_count(p), 2);
    phrases_code(p, STR("Clerk rang."), ASSERTION_fact, &scratch, &c);
    assert_int_equal(c.n, 0);
    phrases_code(p, STR("Clerk. Rang."), ASSERTION_fact, &scratch, &c);
    assert_int_equal(c.n, 1);
    assert_int_equal(c.v[0].phrase, 1);
    phrases_free(p);
}

static void texts_say_how_many_occasions(void **state)
{
    (void)state;
    static const struct { const char *text; int stated; } cases[] = {
        {"He rang her.", 0}, {"He has rung 60 times today.", 60}, {"Third time this week outside the gates.", 2}, {"Texts daily for three months.", 3}, {"At her door again.", 2},
        {"Sent twenty messages.", 20}, {"Not again.", 0}, {"Born in 1984.", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct coding c = code(cases[i].text);
        if (cases[i].stated <= 2 ? c.stated != cases[i].stated : c.stated < cases[i].stated)
            fail_msg("\"%s\" states %d", cases[i].text, c.stated);
    }
}

static void a_phrase_lies_within_one_sentence(void **state)
{
    (void)state;
    struct coding c = code("Property was watched by the neighbours. Her dog is well."), d = code("He followed. Her sister rang off.");
    assert_true(coding_has(&c, BEHAVIOUR_watching));
    assert_false(coding_has(&d, BEHAVIOUR_contact) && coding_has(&d, BEHAVIOUR_following));
}

static void everyday_texts_show_no_conduct(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Routine blood pressure review, no change.", "Boiler repaired, tenant satisfied.", "Parcel lost in transit, form given.", "Phone left in taxi, crime reference needed for insurance.",
        "Attended for flu vaccination.", "Shoplifter detained by staff, goods recovered.", "", "\xff\xfe not text",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct coding c = code(texts[i]);
        if (coding_has_conduct(&c))
            fail_msg("\"%s\" shows %s", texts[i], words_name(&words_behaviour, c.v[0].behaviour));
    }
}

static void coding_again_gives_the_same(void **state)
{
    (void)state;
    const char *text = "Ex rang 60 times, followed her home again and threatened to burn the house down; she believes he hacked her email.";
    struct coding c = code(text), again = code(text);
    assert_true(c.n >= 4);
    assert_int_equal(c.n, again.n);
    assert_memory_equal(c.v, again.v, c.n * sizeof *c.v);
}

static void a_wrong_list_is_told_where(void **state)
{
    (void)state;
    static const struct { const char *text, *says; } cases[] = {
        {"# only a note\nfollowing\n", "phrase list line 2: not behaviour, pattern and reason, separated by tabs"},
        {"@nobody\tclerk\twhy\n", "phrase list line 1: there is no behaviour or mark of that name"},
        {"nonsense\tfollow*\twhy\n", "phrase list line 1: there is no behaviour or mark of that name"},
        {"following\tfollow* ~0 her\twhy\n", "phrase list line 1: the pattern cannot be read (words, `|`, `*`, `#`, `~1` to `~9` between words)"},
        {"following\t~2 her\twhy\n", "phrase list line 1: the pattern cannot be read (words, `|`, `*`, `#`, `~1` to `~9` between words)"},
        {"following\tfollow* ~2\twhy\n", "phrase list line 1: the pattern cannot be read (words, `|`, `*`, `#`, `~1` to `~9` between words)"},
        {"following\ta b c d e f g h i\twhy\n", "phrase list line 1: the pattern cannot be read (words, `|`, `*`, `#`, `~1` to `~9` between words)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct phrases *p = NULL;
        struct err e;
        assert_int_equal(phrases_new(str_of(cases[i].text), &p, &e), ERR_FORMAT);
        assert_string_equal(e.message, cases[i].says);
        assert_null(p);
    }
}

static void the_version_is_of_the_text(void **state)
{
    (void)state;
    struct phrases *p, *q;
    struct err e;
    assert_int_equal(phrases_new(STR("following\tfollow*\twhy\n"), &p, &e), ERR_OK);
    assert_int_equal(phrases_new(STR("following\tfollowed\twhy\n"), &q, &e), ERR_OK);
    assert_int_equal(phrases_count(p), 1);
    assert_true(phrases_version(p) != phrases_version(q));
    assert_true(phrases_version(p) >= 0);
    phrases_free(p);
    phrases_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_show_what_they_say),
        cmocka_unit_test(a_negation_takes_a_phrase_away_in_its_clause_only),
        cmocka_unit_test(belief_and_report_make_an_opinion),
        cmocka_unit_test(what_a_professional_does_at_work_is_not_coded),
        cmocka_unit_test(rows_that_mark_words_show_nothing),
        cmocka_unit_test(texts_say_how_many_occasions),
        cmocka_unit_test(a_phrase_lies_within_one_sentence),
        cmocka_unit_test(everyday_texts_show_no_conduct),
        cmocka_unit_test(coding_again_gives_the_same),
        cmocka_unit_test(a_wrong_list_is_told_where),
        cmocka_unit_test(the_version_is_of_the_text),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("phrases", tests, setup, teardown);
}
