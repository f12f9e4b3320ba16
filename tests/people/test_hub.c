/* People in a hub, on both engines: the same persons in whatever order things came, nothing written when nothing changed, decisions that outlive models and can be taken back, former ids, search, explanation, chronology. */
#include "people/evaluate.h"
#include "people/small_county.h"
#include "simulate/simulate.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/haven-people-XXXXXX";
static struct vault *vault; /* one for all stores: keys of mentions are by rule under it */
static struct link_model *model;

static const char *path(const char *name)
{
    static char z[4][128];
    static int turn;
    turn = (turn + 1) % 4;
    (void)snprintf(z[turn], sizeof z[turn], "%s/%s", folder, name);
    return z[turn];
}

static int setup(void **state)
{
    struct err e;
    struct simulate_counts unused;
    const struct simulate_options o = {.people = 400, .seed = 3, .noise = 1};
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    test_ok(vault_create(path("key"), &e), &e);
    test_ok(vault_open(path("key"), &vault, &e), &e);
    test_ok(link_model_person(&model, &e), &e);
    test_ok(simulate_run(&o, path("county"), &unused, &e), &e);
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

/* ---- helpers ---- */

static void load(struct store *s, const char *feed, const char *file)
{
    struct err e;
    struct feed *f;
    struct load_counts n;
    test_ok(feed_builtin(str_of(feed), &f, &e), &e);
    test_ok(intake_load(s, vault, f, file, &(struct load_options){0}, &n, &e), &e);
    feed_free(f);
    assert_int_equal(n.quarantined, 0);
}

static const char *const feeds[] = {"police-crime", "police-custody", "prison", "health", "housing", "charity", "organisation"};
#define N_FEEDS (sizeof feeds / sizeof *feeds)

static void load_county(struct store *s, size_t from)
{
    for (size_t i = 0; i < N_FEEDS; i++) {
        const char *feed = feeds[(from + i) % N_FEEDS];
        char name[80];
        (void)snprintf(name, sizeof name, "county/extracts/%s.%s", feed, strcmp(feed, "charity") == 0 ? "jsonl" : "csv");
        load(s, feed, path(name));
    }
}

static struct people_counts update_with(struct store *s, const struct link_model *m)
{
    struct err e;
    struct people_counts n;
    test_ok(people_update(s, vault, m, NULL, &n, &e), &e);
    return n;
}

static struct people_counts update(struct store *s) { return update_with(s, model); }

static const char crime_header[] = "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OccurredFrom,OccurredTo,HOCode,OffenceTitle,Status,OutcomeCode,DAFlag,Flags,LocationAddress,"
                                   "LocationPostcode,Role,Surname,Forenames,FormerSurname,Alias,DOB,Sex,Address,Postcode,Phone,Email,PNCID,CRO,RelationshipToVictim,MOText\n";

/* Rows of police-crime: incident, sequence, version's day, role, "Surname,Forenames,,,DOB,Sex,Address,Postcode,Phone,Email,PNCID,,Relationship". */
struct crime { int incident, seq, day; const char *role, *person; };

static void load_crimes(struct store *s, const struct crime *v, size_t n)
{
    const char *file = path("crime.csv");
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs(crime_header, f);
    for (size_t i = 0; i < n; i++)
        fprintf(f, "42/%07d/24,%d,2024-01-%02dT10:00:00,%02d/01/2024 09:00,%02d/01/2024 08:00,,00865,Stalking,,,,,,,%s,%s,Text\n", v[i].incident, v[i].seq, v[i].day,
                v[i].incident, v[i].incident, v[i].role, v[i].person);
    assert_int_equal(fclose(f), 0);
    load(s, "police-crime", file);
}

#define AMELIA "Strand,Amelia,,,19/03/2001,F,4 Mill Lane,LU1 1AA,07700 900111,amelia@example.org,,,"
#define DEV "Rathore,Dev,,,02/03/2000,M,,,07700 900112,,2003/0000003Y,,EXP"
#define AMELIA_NO_BIRTH "Strand,Amelia,,,,F,4 Mill Lane,LU1 1AA,,,,,"
#define NAMESAKE "Strand,Amelia,,,05/05/1970,F,9 Abbey Road,LU9 9ZZ,07700 900777,,,,"
static const struct crime crimes[] = {
    {1, 1, 1, "VIC", AMELIA}, {1, 2, 1, "SUS", DEV}, {2, 1, 2, "VIC", AMELIA}, {3, 1, 3, "VIC", AMELIA}, {3, 2, 3, "SUS", DEV}, {4, 1, 4, "WIT", NAMESAKE},
};
#define N_CRIMES (sizeof crimes / sizeof *crimes)

static struct str key_of(struct arena *a, int incident, int seq)
{
    char record[20], row[4];
    (void)snprintf(record, sizeof record, "42/%07d/24", incident);
    (void)snprintf(row, sizeof row, "%d", seq);
    return mention_key_format(a, intake_mention_key(vault, STR("police-crime"), str_of(record), str_of(row), 0));
}

static uint64_t person_of(struct store *s, int incident, int seq)
{
    _cleanup_arena_ struct arena a;
    uint64_t person;
    struct err e;
    arena_init(&a, 1 << 16);
    test_ok(people_resolve(s, key_of(&a, incident, seq), &person, NULL, &e), &e);
    return person;
}

/* Mention keys and their persons, by key: equal between hubs that hold the same. */
static uint64_t digest(struct store *s)
{
    _cleanup_arena_ struct arena a;
    struct people_map m;
    struct err e;
    uint64_t sum = 0;
    arena_init(&a, (size_t)1 << 26);
    test_ok(people_map_load(s, &a, &m, &e), &e);
    for (size_t i = 0; i < m.n_mentions; i++) {
        uint64_t pair[2] = {m.mention_keys[i], m.person_key[m.person_of[i]]};
        sum += str_hash((struct str){(const char *)pair, sizeof pair}, 1);
        assert_int_equal(people_map_find(&m, m.mention_ids[i]), m.person_of[i]);
    }
    assert_true(m.n_mentions > 0);
    return sum;
}

/* ---- the partition ---- */

static void order_of_arrival(struct store *s, struct test_store *t)
{
    static uint64_t first; /* the same on both engines too */
    size_t from = t->engine == STORE_SQLITE ? 0 : 3;
    load_county(s, from);
    (void)update(s);
    uint64_t once = digest(s);
    test_store_drop(t);
    test_store_make(t, t->engine, NULL);
    s = t->store;
    for (size_t i = 0; i < 2; i++) { /* in another order, linked in between, everything delivered twice */
        load_county(s, from + 2 + i);
        (void)update(s);
    }
    assert_true(digest(s) == once);
    assert_true(!first || first == once);
    first = once;
}

static void nothing_written(struct store *s, struct test_store *t)
{
    struct stat before = {0}, after = {0};
    load_crimes(s, crimes, N_CRIMES);
    struct people_counts n = update(s);
    assert_int_equal(n.mentions, N_CRIMES);
    assert_int_equal(n.changed_memberships, N_CRIMES);
    assert_int_equal(n.persons, 3);
    const char *file = strncmp(t->url, "sqlite:", 7) == 0 ? t->url + 7 : t->url;
    char wal[PATH_MAX + 8];
    (void)snprintf(wal, sizeof wal, "%s-wal", file);
    if (t->engine == STORE_SQLITE)
        assert_int_equal(stat(wal, &before), 0);
    n = update(s);
    assert_int_equal(n.changed_memberships, 0);
    assert_false(store_in_transaction(s));
    if (t->engine == STORE_SQLITE) {
        assert_int_equal(stat(wal, &after), 0);
        assert_true(before.st_size == after.st_size && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    }
}

/* ---- decisions ---- */

static int64_t decide(struct store *s, enum decision_kind kind, struct str x, struct str y)
{
    struct err e;
    int64_t id;
    test_ok(people_decide(s, kind, x, y, STR("demo.reviewer"), STR("seen the papers"), vault, &id, &e), &e);
    return id;
}

static const char strict_model[] = "{\"link_type\":\"dedupe_only\",\"probability_two_random_records_match\":0.0001,\"unique_id_column_name\":\"unique_id\",\"haven_threshold_weight\":20,"
    "\"blocking_rules_to_generate_predictions\":[{\"blocking_rule\":\"l.nhs_number = r.nhs_number\"}],\"comparisons\":[{\"output_column_name\":\"nhs_number\",\"comparison_levels\":["
    "{\"sql_condition\":\"\\\"nhs_number_l\\\" IS NULL OR \\\"nhs_number_r\\\" IS NULL\",\"label_for_charts\":\"Null\",\"is_null_level\":true},"
    "{\"sql_condition\":\"\\\"nhs_number_l\\\" = \\\"nhs_number_r\\\"\",\"label_for_charts\":\"Same\",\"m_probability\":0.99,\"u_probability\":0.0000000001},"
    "{\"sql_condition\":\"ELSE\",\"label_for_charts\":\"Other\",\"m_probability\":0.01,\"u_probability\":0.9999999999}]}]}";

static void decisions(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    struct err e;
    struct link_model *other;
    (void)t;
    arena_init(&a, 1 << 20);
    load_crimes(s, crimes, N_CRIMES);
    (void)update(s);
    uint64_t before = digest(s), amelia = person_of(s, 1, 1), namesake = person_of(s, 4, 1);
    assert_int_not_equal(amelia, namesake);
    struct person_id x = person_id_of_key(amelia), y = person_id_of_key(namesake);

    int64_t join = decide(s, DECISION_JOIN, str_of(x.z), str_of(y.z));
    (void)update(s);
    assert_int_equal(person_of(s, 1, 1), person_of(s, 4, 1));
    uint64_t gone = amelia < namesake ? namesake : amelia, present;
    bool redirected;
    struct person_id gone_id = person_id_of_key(gone);
    test_ok(people_resolve(s, str_of(gone_id.z), &present, &redirected, &e), &e);
    assert_true(redirected && present == person_of(s, 1, 1));
    struct person_view view;
    test_ok(people_show(s, vault, str_of(gone_id.z), &a, &view, &e), &e);
    assert_true(view.redirected && view.n_mentions == 4);

    test_ok(link_model_parse(str_of(strict_model), NULL, &other, &e), &e);
    (void)update_with(s, other); /* another model: knows nothing but NHS numbers */
    test_ok(people_resolve(s, mention_key_format(&a, amelia), &present, NULL, &e), &e);
    assert_int_equal(present, person_of(s, 4, 1)); /* the anchor of each, which the decision names */
    assert_true(person_of(s, 1, 1) != person_of(s, 2, 1) && person_of(s, 1, 1) != person_of(s, 3, 1) && person_of(s, 2, 1) != person_of(s, 3, 1));
    link_model_free(other);
    (void)update(s);
    assert_int_equal(person_of(s, 1, 1), person_of(s, 4, 1));

    test_ok(people_undo(s, join, STR("demo.supervisor"), &e), &e);
    (void)update(s);
    assert_true(digest(s) == before);
    test_ok(people_resolve(s, str_of(gone_id.z), &present, &redirected, &e), &e);
    assert_true(!redirected && present == gone);

    int64_t split = decide(s, DECISION_SPLIT, key_of(&a, 1, 1), key_of(&a, 2, 1));
    (void)update(s);
    assert_int_not_equal(person_of(s, 1, 1), person_of(s, 2, 1));
    test_ok(people_undo(s, split, STR("demo.supervisor"), &e), &e);
    (void)update(s);
    assert_true(digest(s) == before);

    struct decision_view *d;
    size_t n;
    test_ok(people_decisions(s, vault, &a, &d, &n, &e), &e);
    assert_int_equal(n, 2);
    assert_true(d[0].id == join && str_eq(d[0].why, STR("seen the papers")) && str_eq(d[0].undone_by, STR("demo.supervisor")));
}

static void wrong_decisions(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    struct err e;
    int64_t id;
    (void)t;
    arena_init(&a, 1 << 20);
    load_crimes(s, crimes, N_CRIMES);
    (void)update(s);
    struct person_id amelia = person_id_of_key(person_of(s, 1, 1)), dev = person_id_of_key(person_of(s, 1, 2)), nobody = person_id_of_key(12345);
    struct str by = STR("demo.reviewer"), why = STR("because");
#define REFUSED(code, text, kind, x, y, w)                                          \
    do {                                                                            \
        assert_int_equal(people_decide(s, (kind), (x), (y), by, (w), vault, &id, &e), (code)); \
        if (strncmp(e.message, (text), strlen(text)) != 0)                          \
            fail_msg("%s", e.message);                                              \
    } while (0)
    REFUSED(ERR_CONFLICT, "not joined: one record names one as harmed and the other as accused; to say that they are one all the same, name those two mentions",
            DECISION_JOIN, str_of(amelia.z), str_of(dev.z), why);
    REFUSED(ERR_NOT_FOUND, "no such person", DECISION_JOIN, str_of(amelia.z), str_of(nobody.z), why);
    REFUSED(ERR_USAGE, "a person is named by an id", DECISION_JOIN, str_of(amelia.z), STR("Amelia"), why);
    REFUSED(ERR_USAGE, "both sides name the same mention or person", DECISION_SPLIT, str_of(amelia.z), str_of(amelia.z), why);
    REFUSED(ERR_USAGE, "a decision needs a reason", DECISION_JOIN, str_of(amelia.z), key_of(&a, 4, 1), STR(" "));
    assert_int_equal(people_undo(s, 99, by, &e), ERR_NOT_FOUND);
    assert_string_equal(e.message, "there is no decision 99 in force");
    assert_false(store_in_transaction(s));
    id = decide(s, DECISION_JOIN, key_of(&a, 1, 1), key_of(&a, 1, 2)); /* the two mentions themselves: a person says that they are one */
    (void)update(s);
    assert_int_equal(person_of(s, 1, 1), person_of(s, 1, 2));
    test_ok(people_undo(s, id, by, &e), &e);
    assert_int_equal(people_undo(s, id, by, &e), ERR_NOT_FOUND); /* once */
}

/* ---- two times ---- */

static void what_was_believed(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    struct err e;
    int64_t *ids;
    size_t n;
    (void)t;
    arena_init(&a, 1 << 20);
    test_ok(setenv("HAVEN_NOW", "2026-01-01T00:00:00Z", 1) ? ERR_IO : ERR_OK, &e);
    load_crimes(s, crimes, N_CRIMES);
    (void)update(s);
    uint64_t amelia = person_of(s, 1, 1), namesake = person_of(s, 4, 1);
    (void)setenv("HAVEN_NOW", "2026-02-01T00:00:00Z", 1);
    (void)decide(s, DECISION_JOIN, key_of(&a, 1, 1), key_of(&a, 4, 1));
    (void)update(s);
    uint64_t both = person_of(s, 1, 1), gone = both == amelia ? namesake : amelia;
    const int64_t january = INT64_C(1768000000000), march = INT64_C(1773000000000), before = INT64_C(1700000000000);
    test_ok(people_members_at(s, both, january, &a, &ids, &n, &e), &e);
    assert_int_equal(n, both == amelia ? 3 : 1);
    test_ok(people_members_at(s, both, march, &a, &ids, &n, &e), &e);
    assert_int_equal(n, 4);
    test_ok(people_members_at(s, gone, january, &a, &ids, &n, &e), &e);
    assert_int_equal(n, both == amelia ? 1 : 3);
    test_ok(people_members_at(s, gone, march, &a, &ids, &n, &e), &e);
    assert_int_equal(n, 0);
    test_ok(people_members_at(s, both, before, &a, &ids, &n, &e), &e);
    assert_int_equal(n, 0);

    /* A later version of a record names somebody else: the mention is the record's, and its person changes. */
    (void)setenv("HAVEN_NOW", "2026-03-15T00:00:00Z", 1);
    load_crimes(s, (const struct crime[]){{2, 1, 20, "VIC", NAMESAKE}, {1, 1, 20, "VIC", AMELIA_NO_BIRTH}}, 2);
    (void)update(s);
    assert_int_equal(person_of(s, 2, 1), person_of(s, 4, 1));
    (void)unsetenv("HAVEN_NOW");
}

/* ---- looking ---- */

static size_t search(struct store *s, const char *query, const char *why, uint64_t person)
{
    _cleanup_arena_ struct arena a;
    struct people_hit *hits;
    size_t n;
    struct err e;
    arena_init(&a, (size_t)1 << 24);
    test_ok(people_search(s, vault, str_of(query), 10, &a, &hits, &n, &e), &e);
    if (why) {
        if (n == 0)
            fail_msg("%s: nobody", query);
        assert_string_equal(hits[0].id.z, person_id_of_key(person).z);
        if (!str_eq(hits[0].why, str_of(why)))
            fail_msg("%s: %.*s", query, STR_ARG(hits[0].why));
    }
    return n;
}

static void searching(struct store *s, struct test_store *t)
{
    struct err e;
    (void)t;
    load_crimes(s, crimes, N_CRIMES);
    (void)update(s);
    uint64_t amelia = person_of(s, 1, 1), dev = person_of(s, 1, 2), namesake = person_of(s, 4, 1);
    assert_int_equal(search(s, "07700 900111", "same telephone number", amelia), 1);
    assert_int_equal(search(s, "+44 7700 900112", "same telephone number", dev), 1);
    assert_int_equal(search(s, "03/3Y", "same PNC id", dev), 1);
    assert_int_equal(search(s, "Amelia@Example.org", "same e-mail address", amelia), 1);
    assert_int_equal(search(s, "lu11aa", "same postcode", amelia), 1);
    assert_int_equal(search(s, "Amelia Strand 19/03/2001", "same name and date of birth", amelia), 1);
    assert_int_equal(search(s, "amelia strand 1970-05-05", "same name and date of birth", namesake), 1);
    assert_int_equal(search(s, "Amelia Strand", NULL, 0), 2);
    assert_int_equal(search(s, "Dev Rathor", "similar name", dev), 1);
    assert_int_equal(search(s, person_id_of_key(dev).z, "this id", dev), 1);
    assert_int_equal(search(s, "Nobody Atall", NULL, 0), 0);
    assert_int_equal(search(s, "P0000000000009", NULL, 0), 0);
    struct people_hit *hits;
    size_t n;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    assert_int_equal(people_search(s, vault, STR("  "), 10, &a, &hits, &n, &e), ERR_USAGE);
}

static void has(struct str text, const char *what)
{
    if (str_find(text, str_of(what)) < 0)
        fail_msg("no \"%s\" in: %.*s", what, STR_ARG(text));
}

static struct str explain(struct store *s, struct arena *a, struct str l, struct str r)
{
    _cleanup_buf_ struct buf text;
    struct err e;
    buf_init(&text, 1 << 20);
    test_ok(people_explain(s, vault, model, l, r, a, &text, &e), &e);
    return str_dup(a, buf_as_str(&text));
}

static void explaining(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    (void)t;
    arena_init(&a, (size_t)1 << 24);
    load_crimes(s, crimes, N_CRIMES);
    (void)update(s);
    struct str one = explain(s, &a, key_of(&a, 1, 1), STR_NONE);
    has(one, "3 mentions, 1 different descriptions");
    has(one, "2 mentions are described exactly like mention ");
    has(one, "42/00000");
    struct str two = explain(s, &a, key_of(&a, 1, 1), key_of(&a, 4, 1));
    has(two, "Not joined: the weight of the best pair is below 20.0.");
    has(two, "Same surname");
    has(explain(s, &a, key_of(&a, 1, 1), key_of(&a, 1, 2)), "Not joined without a human decision: one record names one as harmed and the other as accused.");
    (void)decide(s, DECISION_SPLIT, key_of(&a, 1, 1), key_of(&a, 4, 1));
    (void)update(s);
    has(explain(s, &a, key_of(&a, 1, 1), key_of(&a, 4, 1)), "Not one person: a person decided so.");
    (void)decide(s, DECISION_JOIN, key_of(&a, 2, 1), key_of(&a, 4, 1));
    (void)update(s);
    has(explain(s, &a, key_of(&a, 2, 1), STR_NONE), "1. A person decided that these are one:");
}

static void the_whole_life(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    struct err e;
    struct person_view view;
    struct chronology_line *lines;
    struct people_map map;
    struct tie *ties;
    size_t n;
    (void)t;
    arena_init(&a, (size_t)1 << 24);
    load_crimes(s, crimes, N_CRIMES);
    (void)update(s);
    test_ok(people_show(s, vault, key_of(&a, 1, 1), &a, &view, &e), &e);
    assert_int_equal(view.n_mentions, 3);
    has(view.name, "Amelia");
    has(view.dob, "2001-03-19");
    has(view.phones, "+447700900111");
    test_ok(people_chronology(s, vault, view.mentions, view.n_mentions, &a, &lines, &n, &e), &e);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_true(i == 0 || lines[i - 1].when.ms <= lines[i].when.ms);
        assert_int_equal(lines[i].role, ROLE_victim);
        assert_int_equal(lines[i].kind, EVENT_crime_stalking);
        assert_true(lines[i].text.source_id.n > 0 && str_eq(lines[i].text.recorded_as, STR("Stalking")));
    }
    test_ok(people_map_load(s, &a, &map, &e), &e);
    test_ok(people_ties_of(s, vault, &map, people_map_find(&map, view.mentions[0]), &a, &ties, &n, &e), &e);
    bool stated = false, event = false;
    for (size_t i = 0; i < n; i++) {
        stated = stated || (ties[i].kind == TIE_STATED && ties[i].relation == RELATION_former_partner && ties[i].former && ties[i].n_sources == 2);
        event = event || (ties[i].kind == TIE_SHARED_EVENT && ties[i].n_sources == 2);
    }
    assert_true(stated && event);
}

static void against_the_truth(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    struct err e;
    struct people_score score;
    (void)t;
    arena_init(&a, (size_t)1 << 26);
    load_county(s, 0);
    test_ok(people_evaluate(s, vault, model, path("county/truth"), NULL, &a, &score, &e), &e);
    assert_true(score.stale > 0); /* nothing linked yet */
    (void)update(s);
    test_ok(people_evaluate(s, vault, model, path("county/truth"), NULL, &a, &score, &e), &e);
    assert_int_equal(score.stale, 0);
    assert_int_equal(score.without_truth, 0);
    assert_true(score.mentions > 300 && score.n_feeds >= 6);
    assert_true(score.all.precision >= 0.98 && score.all.recall >= 0.8);
    uint64_t wrong = 0, missed = 0;
    for (int i = 0; i < FALSE_JOIN_N; i++)
        wrong += score.false_joins[i];
    for (int i = 0; i < MISSED_N; i++)
        missed += score.missed[i];
    assert_int_equal(wrong, score.all.found_pairs - score.all.right_pairs); /* every error has one cause */
    assert_int_equal(missed, score.all.true_pairs - score.all.right_pairs);
    assert_int_equal(people_evaluate(s, vault, model, path("county"), NULL, &a, &score, &e), ERR_IO);
}

#define ON_EACH(test) \
    static void test##_on_each(void **state) { (void)state; test_store_each(test); }
ON_EACH(order_of_arrival)
ON_EACH(nothing_written)
ON_EACH(decisions)
ON_EACH(wrong_decisions)
ON_EACH(what_was_believed)
ON_EACH(searching)
ON_EACH(explaining)
ON_EACH(the_whole_life)
ON_EACH(against_the_truth)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_arrival_on_each),
        cmocka_unit_test(nothing_written_on_each),
        cmocka_unit_test(decisions_on_each),
        cmocka_unit_test(wrong_decisions_on_each),
        cmocka_unit_test(what_was_believed_on_each),
        cmocka_unit_test(searching_on_each),
        cmocka_unit_test(explaining_on_each),
        cmocka_unit_test(the_whole_life_on_each),
        cmocka_unit_test(against_the_truth_on_each),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("people in a hub", tests, setup, teardown);
}
