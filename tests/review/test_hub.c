/* Review of a hub, on both engines: cases with their reasons, written once, changed only where something changed, in the order of the queue; one case with its sources. */
#include "review/review.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static char folder[] = "/tmp/haven-review-XXXXXX";
static struct vault *vault;
static struct link_model *model;

static const char *path(const char *name)
{
    static char z[128];
    (void)snprintf(z, sizeof z, "%s/%s", folder, name);
    return z;
}

static int setup(void **state)
{
    struct err e;
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    (void)setenv("HAVEN_NOW", "2026-11-24T12:00", 1);
    test_ok(vault_create(path("key"), &e), &e);
    test_ok(vault_open(path("key"), &vault, &e), &e);
    test_ok(link_model_person(&model, &e), &e);
    return 0;
}

static int teardown(void **state)
{
    char command[160];
    (void)state;
    vault_close(vault);
    link_model_free(model);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static const char crime_header[] = "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OccurredFrom,OccurredTo,HOCode,OffenceTitle,Status,OutcomeCode,DAFlag,Flags,LocationAddress,"
                                   "LocationPostcode,Role,Surname,Forenames,FormerSurname,Alias,DOB,Sex,Address,Postcode,Phone,Email,PNCID,CRO,RelationshipToVictim,MOText\n";

#define ANN "Strand,Amelia,,,19/03/2001,F,4 Mill Lane,OU1 1AA,07700 900111,amelia@example.org,,,"
#define DEV "Rathore,Dev,,,02/03/2000,M,,,07700 900112,,2003/0000003Y,,EXP"
#define CATH "Oakes,Catherine,,,28/01/1971,F,9 Abbey Road,OU2 2BB,07700 900171,,,,"
#define GARY "Pell,Gary,,,17/06/1969,M,,,07700 900172,,1999/0000009X,,ACQ"

struct crime {
    int incident;
    const char *at, *code, *title, *victim, *suspect, *text; /* at: DD/MM/YYYY */
};

static void load_crimes(struct store *s, const struct crime *v, size_t n)
{
    struct err e;
    struct feed *feed;
    struct load_counts counts;
    FILE *f = fopen(path("crime.csv"), "w");
    assert_non_null(f);
    fputs(crime_header, f);
    for (size_t i = 0; i < n; i++) {
        const char *people[2] = {v[i].victim, v[i].suspect}, *roles[2] = {"VIC", "SUS"};
        for (int k = 0; k < 2; k++)
            if (people[k])
                fprintf(f, "98/%07d/26,%d,2026-11-01T10:00:00,%s 12:00,%s 10:00,,%s,%s,,,,,,,%s,%s,%s\n", v[i].incident, k + 1, v[i].at, v[i].at, v[i].code, v[i].title, roles[k], people[k], v[i].text);
    }
    assert_int_equal(fclose(f), 0);
    test_ok(feed_builtin(STR("police-crime"), &feed, &e), &e);
    test_ok(intake_load(s, vault, feed, path("crime.csv"), &(struct load_options){0}, &counts, &e), &e);
    feed_free(feed);
    assert_int_equal(counts.quarantined, 0);
}

static struct review_counts update(struct store *s)
{
    struct err e;
    struct people_counts people;
    struct review_counts n;
    test_ok(people_update(s, vault, model, NULL, &people, &e), &e);
    test_ok(review_update(s, vault, NULL, &n, &e), &e);
    return n;
}

static struct review_queue list(struct store *s, struct arena *a, int rule)
{
    struct err e;
    struct review_queue q;
    test_ok(review_list(s, vault, &(struct review_filter){.rule = rule, .limit = 50}, a, &q, &e), &e);
    return q;
}

static const struct crime story[] = {
    {1, "01/10/2026", "05804", "Criminal damage", ANN, DEV, "Window put through. He sat in his car outside the house."},
    {2, "20/10/2026", "", "Nuisance calls - no crime", ANN, DEV, "Ex rang her mobile after being told to stop."},
    {3, "02/11/2026", "00865", "Stalking", CATH, GARY, "Followed her home from the gym."},
    {4, "03/11/2026", "06697", "Breach of stalking protection order", CATH, GARY, "Texted her again."},
};
#define N_STORY (sizeof story / sizeof *story)

static void an_empty_hub(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    (void)t;
    arena_init(&a, 32 << 20);
    struct review_counts n = update(s);
    assert_int_equal(n.cases, 0);
    assert_int_equal(list(s, &a, -1).total, 0);
}

static void cases_reasons_and_queue(struct store *s, struct test_store *t)
{
    struct err e;
    struct review_case_view v;
    _cleanup_arena_ struct arena a;
    (void)t;
    arena_init(&a, 32 << 20);
    load_crimes(s, story, N_STORY);
    struct review_counts n = update(s);
    assert_int_equal(n.cases, 2);
    struct review_queue q = list(s, &a, -1);
    assert_int_equal(q.total, 2);
    assert_true(q.v[0].breach); /* a breach comes before none */
    assert_true(str_eq(q.v[0].victim_name, STR("Catherine Oakes")) || str_find(q.v[0].victim_name, STR("Oakes")) >= 0);
    assert_true(q.v[1].misrecorded && !q.v[1].breach);
    assert_int_equal(q.v[1].n_occasions, 2);
    assert_int_equal(list(s, &a, 4).total, 1); /* R5 alone */
    test_ok(review_show(s, vault, q.v[1].id, &a, &v, &e), &e);
    assert_int_equal(v.victim.n_mentions, 2);
    assert_int_equal(v.suspect.n_mentions, 2);
    assert_true(v.n_reasons >= 3 && v.n_history >= 2);
    for (size_t i = 0; i < v.n_reasons; i++)
        for (size_t k = 0; k < v.reasons[i].n_evidence; k++) /* no fact without a source */
            assert_true(v.reasons[i].evidence[k].agency.n > 0 && v.reasons[i].evidence[k].source_id.n > 0);
    assert_true(str_find(v.relation, STR("former partner")) >= 0);
}

static void nothing_new_writes_nothing(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    (void)t;
    arena_init(&a, 32 << 20);
    load_crimes(s, story, N_STORY);
    (void)update(s);
    struct review_queue before = list(s, &a, -1);
    for (int i = 0; i < 2; i++) {
        load_crimes(s, story, N_STORY);
        (void)update(s);
        struct review_queue after = list(s, &a, -1);
        assert_int_equal(after.total, before.total);
        for (size_t k = 0; k < after.n; k++)
            assert_true(str_eq(after.v[k].id, before.v[k].id));
    }
}

static void in_parts_and_backwards_the_same(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    (void)t;
    arena_init(&a, 32 << 20);
    for (size_t i = N_STORY; i-- > 0;) {
        load_crimes(s, &story[i], 1);
        (void)update(s);
    }
    struct review_queue q = list(s, &a, -1);
    assert_int_equal(q.total, 2);
    assert_true(q.v[0].breach && q.v[1].misrecorded);
    assert_int_equal(q.v[1].n_occasions, 2);
}

static void what_is_not_there(struct store *s, struct test_store *t)
{
    struct err e;
    struct review_case_view v;
    _cleanup_arena_ struct arena a;
    (void)t;
    arena_init(&a, 32 << 20);
    assert_int_equal(review_show(s, vault, STR("C0000000000000"), &a, &v, &e), ERR_NOT_FOUND);
    assert_int_equal(review_show(s, vault, STR("nonsense"), &a, &v, &e), ERR_USAGE);
    assert_true(e.message[0] != '\0');
}

#define ON_EACH(f) \
    static void f##_on_each(void **state) \
    { \
        (void)state; \
        test_store_each(f); \
    }
ON_EACH(an_empty_hub)
ON_EACH(cases_reasons_and_queue)
ON_EACH(nothing_new_writes_nothing)
ON_EACH(in_parts_and_backwards_the_same)
ON_EACH(what_is_not_there)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_hub_on_each),
        cmocka_unit_test(cases_reasons_and_queue_on_each),
        cmocka_unit_test(nothing_new_writes_nothing_on_each),
        cmocka_unit_test(in_parts_and_backwards_the_same_on_each),
        cmocka_unit_test(what_is_not_there_on_each),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("hub", tests, setup, teardown);
}
