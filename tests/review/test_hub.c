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
#define EDITH "Ferris,Edith,,,02/06/1950,F,3 Toll Road,OU3 3CC,07700 900190,,,,"

struct crime {
    int incident;
    const char *at, *code, *title, *victim, *suspect, *text; /* at: DD/MM/YYYY */
    int version; /* a later one counts in place of the earlier */
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
                fprintf(f, "98/%07d/26,%d,2026-11-%02dT10:00:00,%s 12:00,%s 10:00,,%s,%s,,,,,,,%s,%s,%s\n", v[i].incident, k + 1, 1 + v[i].version, v[i].at, v[i].at, v[i].code, v[i].title, roles[k], people[k], v[i].text);
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
    {1, "01/10/2026", "05804", "Criminal damage", ANN, DEV, "Window put through. He sat in his car outside the house.", 0},
    {2, "20/10/2026", "", "Nuisance calls - no crime", ANN, DEV, "Ex rang her mobile after being told to stop.", 0},
    {3, "02/11/2026", "00865", "Stalking", CATH, GARY, "Followed her home from the gym.", 0},
    {4, "03/11/2026", "06697", "Breach of stalking protection order", CATH, GARY, "Texted her again.", 0},
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

/* ---- what is written ---- */

static const enum store_type int_columns[] = {STORE_INT, STORE_INT, STORE_INT};
static const struct store_statement count_past = {.name = "test_count_past", .file = "test_hub.c", .sqlite = "SELECT count(*), max(case_id), max(known_from) FROM review_case_past",
    .postgresql = "SELECT count(*), max(case_id), max(known_from) FROM review_case_past", .n_columns = 3, .column_types = int_columns};
/* Takes what is kept of cases out of the way of update, so that anything written again would be seen. */
static const struct store_statement spoil = {.name = "test_spoil", .file = "test_hub.c", .sqlite = "UPDATE review_reason SET words = 'left alone'", .postgresql = "UPDATE review_reason SET words = 'left alone'"};
static const struct store_statement count_left_alone = {.name = "test_count_left_alone", .file = "test_hub.c", .sqlite = "SELECT count(*), count(*), count(*) FROM review_reason WHERE words = 'left alone'",
    .postgresql = "SELECT count(*), count(*), count(*) FROM review_reason WHERE words = 'left alone'", .n_columns = 3, .column_types = int_columns};
static const struct store_statement *const of_this_test[] = {&count_past, &spoil, &count_left_alone};
static const struct store_catalogue own = {.statements = of_this_test, .n_statements = 3};

static int64_t count(struct store *s, const struct store_statement *st)
{
    struct err e;
    int64_t n = -1;
    test_ok(store_query_int(s, st, STORE_NO_VALUES, &n, &e), &e);
    return n;
}

static void only_what_changed_is_written(struct store *s, struct test_store *t)
{
    static const struct crime third = {5, "05/11/2026", "", "Nuisance calls - no crime", CATH, GARY, "Rang her mobile 12 times.", 0};
    struct err e;
    int64_t spoiled;
    (void)t;
    load_crimes(s, story, N_STORY);
    (void)update(s);
    test_ok(store_begin(s, &e), &e);
    test_ok(store_run(s, &spoil, STORE_NO_VALUES, &spoiled, &e), &e);
    test_ok(store_commit(s, &e), &e);
    assert_in_range(spoiled, 4, 14);
    load_crimes(s, story, N_STORY);
    (void)update(s);
    assert_int_equal(count(s, &count_left_alone), spoiled); /* nothing new: nothing written */
    load_crimes(s, &third, 1);
    (void)update(s);
    assert_in_range(count(s, &count_left_alone), 1, spoiled - 1); /* the other case stays as it was */
}

static void a_case_that_is_no_longer_raised_is_kept_as_past(struct store *s, struct test_store *t)
{
    /* The second record of Ann and Dev is put right: somebody else's calls. */
    static const struct crime corrected = {2, "20/10/2026", "", "Nuisance calls - no crime", EDITH, NULL, "Recorded against the wrong person. Rang her mobile.", 1};
    struct err e;
    struct review_case_view v;
    _cleanup_arena_ struct arena a;
    (void)t;
    arena_init(&a, 32 << 20);
    load_crimes(s, story, N_STORY);
    (void)update(s);
    struct str gone = list(s, &a, -1).v[1].id;
    assert_int_equal(count(s, &count_past), 0);
    load_crimes(s, &corrected, 1);
    (void)update(s);
    struct review_queue q = list(s, &a, -1);
    assert_int_equal(q.total, 1);
    assert_false(str_eq(q.v[0].id, gone));
    assert_int_equal(count(s, &count_past), 1);
    assert_int_equal(review_show(s, vault, gone, &a, &v, &e), ERR_NOT_FOUND);
    (void)update(s);
    assert_int_equal(count(s, &count_past), 1); /* retired once */
}

static void pages_of_the_queue(struct store *s, struct test_store *t)
{
    struct err e;
    struct review_queue q;
    _cleanup_arena_ struct arena a;
    (void)t;
    arena_init(&a, 32 << 20);
    load_crimes(s, story, N_STORY);
    (void)update(s);
    struct review_queue all = list(s, &a, -1);
    for (size_t i = 0; i < 2; i++) {
        test_ok(review_list(s, vault, &(struct review_filter){.rule = -1, .offset = i, .limit = 1}, &a, &q, &e), &e);
        assert_int_equal(q.n, 1);
        assert_int_equal(q.total, 2);
        assert_true(str_eq(q.v[0].id, all.v[i].id));
    }
    test_ok(review_list(s, vault, &(struct review_filter){.rule = -1, .offset = 9, .limit = 9}, &a, &q, &e), &e);
    assert_int_equal(q.n, 0);
    assert_int_equal(q.total, 2);
    for (int rule = 0; rule < (int)review_n_rules; rule++) { /* a filter shows those cases that have the rule, in the same order */
        struct review_queue some = list(s, &a, rule);
        size_t k = 0;
        for (size_t i = 0; i < all.n; i++)
            for (size_t r = 0; r < all.v[i].n_rules; r++)
                if (all.v[i].rules[r] == rule)
                    assert_true(k < some.n && str_eq(some.v[k++].id, all.v[i].id));
        assert_int_equal(k, some.total);
    }
}

#define ON_EACH(f) \
    static void f##_on_each(void **state) \
    { \
        (void)state; \
        test_store_each_with(test_catalogue(&own), f); \
    }
ON_EACH(an_empty_hub)
ON_EACH(cases_reasons_and_queue)
ON_EACH(nothing_new_writes_nothing)
ON_EACH(in_parts_and_backwards_the_same)
ON_EACH(what_is_not_there)
ON_EACH(only_what_changed_is_written)
ON_EACH(a_case_that_is_no_longer_raised_is_kept_as_past)
ON_EACH(pages_of_the_queue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_hub_on_each),
        cmocka_unit_test(cases_reasons_and_queue_on_each),
        cmocka_unit_test(nothing_new_writes_nothing_on_each),
        cmocka_unit_test(in_parts_and_backwards_the_same_on_each),
        cmocka_unit_test(what_is_not_there_on_each),
        cmocka_unit_test(only_what_changed_is_written_on_each),
        cmocka_unit_test(a_case_that_is_no_longer_raised_is_kept_as_past_on_each),
        cmocka_unit_test(pages_of_the_queue_on_each),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("hub", tests, setup, teardown);
}
