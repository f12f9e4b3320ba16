/* Loading on both engines: every feed's sample, what it becomes, every wrong input with its message, quarantine and replay, counts that add up. */
#include "hub.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static const char *data_folder;

/* Texts live until the program ends. */
static struct str text_of(const char *path)
{
    static struct arena a = {.limit = (size_t)1 << 28};
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *p = arena_alloc(&a, (size_t)1 << 20);
    assert_non_null(p);
    size_t n = fread(p, 1, (size_t)1 << 20, f);
    assert_int_equal(fclose(f), 0);
    return (struct str){p, n};
}

static struct str sample(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", data_folder, name);
    return text_of(path);
}

#define COUNTS(n, r, s, u, q)                                                                                              \
    do {                                                                                                                   \
        struct load_counts c_ = (n);                                                                                       \
        assert_int_equal(c_.read, (r)), assert_int_equal(c_.stored, (s)), assert_int_equal(c_.unchanged, (u)), assert_int_equal(c_.quarantined, (q)); \
    } while (0)

/* ---- samples ---- */

static const struct { const char *feed, *file; uint64_t rows; } samples[] = {
    {"police-crime", "police-crime.csv", 5}, {"police-custody", "police-custody.csv", 5}, {"prison", "prison.csv", 5}, {"health", "health.csv", 5},
    {"housing", "housing.csv", 5}, {"charity", "charity.jsonl", 6}, {"organisation", "organisation.csv", 5},
    {"police-uk-street", "police-uk-street.csv", 8}, {"police-uk-outcomes", "police-uk-outcomes.csv", 5}};

static void samples_load(struct store *s, struct test_store *t)
{
    (void)t;
    struct test_hub h;
    struct err e;
    hub_open(&h, s, NULL);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        COUNTS(hub_load(&h, samples[i].feed, sample(samples[i].file)), samples[i].rows, samples[i].rows, 0, 0);
    _cleanup_buf_ struct buf once, twice;
    buf_init(&once, 1 << 20), buf_init(&twice, 1 << 20);
    hub_beliefs(&h, &once);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        COUNTS(hub_load(&h, samples[i].feed, sample(samples[i].file)), samples[i].rows, 0, samples[i].rows, 0);
    hub_beliefs(&h, &twice);
    assert_true(str_eq(buf_as_str(&once), buf_as_str(&twice)));
    assert_true(str_find(buf_as_str(&once), STR("|lauren|naomi loren|green|")) >= 0); /* further and other given names */
    assert_true(str_find(buf_as_str(&once), STR("E ")) >= 0 && str_find(buf_as_str(&once), STR("custody_arrest fact")) >= 0);
    assert_true(str_find(buf_as_str(&once), STR("court_bail")) >= 0 && str_find(buf_as_str(&once), STR(" remand ")) >= 0);
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    struct feed_info *list;
    size_t n;
    test_ok(intake_feeds(s, &a, &list, &n, &e), &e);
    assert_int_equal(n, 9);
    assert_int_equal(list[0].totals.stored, 5);
    hub_close(&h);
}
static void samples_on_each(void **state) { (void)state; test_store_each(samples_load); }

/* ---- one incident, looked at from every side ---- */

#define CRIME_HEAD                                                                                                                      \
    "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OccurredFrom,HOCode,OffenceTitle,DAFlag,Flags,LocationAddress,LocationPostcode,Role," \
    "Surname,Forenames,DOB,Sex,Postcode,Phone,Email,PNCID,RelationshipToVictim,MOText\n"
#define VICTIM "42/1/24,1,2024-01-03T10:00:00,02/01/2024 09:00,01/01/2024 23:30,19512,Stalking,Y,HIGH;STALK,1 High St,OU1 1AA,VIC,Moss,Ann Jane,01/02/1990,F,OU1 1AA,07700 900123,Ann@Example.com,,,He waited outside.\n"
#define SUSPECT "42/1/24,2,2024-01-03T10:00:00,02/01/2024 09:00,01/01/2024 23:30,19512,Stalking,Y,,1 High St,OU1 1AA,SUS,Reed,Dan,31/02/1980,M,,12345,,2002/0073319A,EXP,\n"

struct seen {
    struct mention m[8];
    struct event ev[8];
    struct relation_stated r[8];
    size_t n_m, n_ev, n_r;
    int64_t mentions[8];
    struct arena a;
};
static enum err_code see_mention(void *ctx, const struct mention *m, struct err *e)
{
    (void)e;
    struct seen *s = ctx;
    s->m[s->n_m] = *m;
    for (size_t i = 0; i < LINK_PERSON_N; i++)
        s->m[s->n_m].v[i] = str_dup(&s->a, m->v[i]);
    s->m[s->n_m].bad_identifiers = str_dup(&s->a, m->bad_identifiers);
    s->m[s->n_m++].name_as_given = str_dup(&s->a, m->name_as_given);
    return ERR_OK;
}
static enum err_code see_event(void *ctx, const struct event *ev, struct err *e)
{
    (void)e;
    struct seen *s = ctx;
    s->ev[s->n_ev++] = *ev;
    for (size_t i = 0; i < ev->n_mentions; i++)
        s->mentions[i] = ev->mentions[i];
    return ERR_OK;
}
static enum err_code see_relation(void *ctx, const struct relation_stated *r, struct err *e)
{
    (void)e;
    struct seen *s = ctx;
    s->r[s->n_r++] = *r;
    return ERR_OK;
}

static void one_incident(struct store *s, struct test_store *t)
{
    (void)t;
    struct test_hub h;
    struct err e;
    struct seen seen = {0};
    arena_init(&seen.a, 1 << 20);
    hub_open(&h, s, NULL);
    COUNTS(hub_load(&h, "police-crime", STR(CRIME_HEAD VICTIM SUSPECT)), 2, 2, 0, 0);
    test_ok(intake_each_mention(s, h.v, see_mention, &seen, &e), &e);
    test_ok(intake_each_event(s, see_event, &seen, &e), &e);
    test_ok(intake_each_relation(s, see_relation, &seen, &e), &e);
    assert_int_equal(seen.n_m, 2);
    assert_int_equal(seen.n_ev, 1); /* two rows, one event */
    assert_int_equal(seen.n_r, 1);
    const struct mention *victim = seen.m[0].role == ROLE_victim ? &seen.m[0] : &seen.m[1], *suspect = victim == &seen.m[0] ? &seen.m[1] : &seen.m[0];
    assert_true(seen.m[0].key < seen.m[1].key);
    assert_true(victim->key == intake_mention_key(h.v, STR("police-crime"), STR("42/1/24"), STR("1"), 0));
    assert_true(str_eq(victim->v[LINK_PERSON_middle_names], STR("jane")) && str_eq(victim->v[LINK_PERSON_dob], STR("1990-02-01")));
    assert_true(str_eq(victim->v[LINK_PERSON_phone], STR("+447700900123")) && str_eq(victim->v[LINK_PERSON_email], STR("ann@example.com")));
    assert_true(str_eq(suspect->bad_identifiers, STR("dob=31/02/1980; phone=12345; pnc_id=2002/0073319A")));
    const struct event *ev = &seen.ev[0];
    assert_int_equal(ev->kind, EVENT_crime_stalking);
    assert_int_equal(ev->flags, 1u << FLAG_domestic_abuse | 1u << FLAG_high_risk | 1u << FLAG_stalking);
    assert_int_equal(ev->n_mentions, 2);
    assert_int_equal(ev->occurred.ms, INT64_C(1704151800000)); /* 1 January 2024 23:30 in London */
    assert_int_equal(ev->occurred.precision, PRECISION_MINUTE);
    assert_true(ev->place && ev->incident);
    assert_int_equal(seen.r[0].a, suspect->id);
    assert_int_equal(seen.r[0].b, victim->id);
    assert_int_equal(seen.r[0].relation, RELATION_former_partner);
    int64_t *ids, id;
    size_t n;
    static const struct { const char *kind, *value; } finds[] = {{"phone", "+447700900123"}, {"email", "ann@example.com"}, {"postcode", "OU1 1AA"},
                                                                 {"name+dob", "ann moss 1990-02-01"}};
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
        test_ok(intake_find(s, h.v, finds[i].kind, str_of(finds[i].value), &seen.a, &ids, &n, &e), &e);
        assert_int_equal(n, 1);
        assert_int_equal(ids[0], victim->id);
    }
    test_ok(intake_find(s, h.v, "phone", STR("12345"), &seen.a, &ids, &n, &e), &e);
    assert_int_equal(n, 0);
    test_ok(intake_mention_by_key(s, victim->key, &id, &e), &e);
    assert_int_equal(id, victim->id);
    struct mention m;
    test_ok(intake_mention(s, h.v, id, &seen.a, &m, &e), &e);
    assert_true(str_eq(m.name_as_given, STR("Ann Jane Moss")));
    assert_int_equal(intake_mention(s, h.v, 999999, &seen.a, &m, &e), ERR_NOT_FOUND);
    struct row_text text;
    test_ok(intake_row_text(s, h.v, ev->row, &seen.a, &text, &e), &e); /* the row that has the narrative speaks */
    assert_true(str_eq(text.source_id, STR("42/1/24")) && str_eq(text.recorded_as, STR("Stalking")));
    assert_true(str_eq(text.narrative, STR("He waited outside.")) && str_eq(text.agency, STR("Ouseshire Police")));
    assert_true(text.n_fields > 10 && str_eq(text.fields[0].label, STR("PersonSeq")) && str_eq(text.fields[0].value, STR("1")));
    arena_release(&seen.a);
    hub_close(&h);
}
static void incident_on_each(void **state) { (void)state; test_store_each(one_incident); }

/* ---- whole files that are refused ---- */

#define ORG_HEAD "Ref,Sent,OrganisationKind,Organisation,When,What,Details,AboutName,AboutRole"
#define ORG_ROW "F1,2026-01-05 09:00,employer,Acme,5 Jan 2026,Visitor,He waited at the gate,Ann Moss,victim"
#define CHARITY_ROW "{\"id\":\"S1\",\"updated\":\"2026-01-05T09:00:00Z\",\"type\":\"contact\",\"date\":\"2026-01-04\",\"client\":{\"first\":\"Ann\",\"last\":\"Moss\"}}"

static const struct { const char *feed, *text; size_t n; enum err_code code; const char *message; } refusals[] = {
#define R(feed, text, code, message) {feed, text, sizeof(text) - 1, code, message}
    R("organisation", "", ERR_IO, "is empty"),
    R("organisation", "\x7f" "ELF\0\1\2\3\0\0\0,\0", ERR_FORMAT, "is a binary file, not CSV"),
    R("organisation", "\xff\xfeR\0e\0f\0\n\0", ERR_FORMAT, "is in UTF-16"),
    R("organisation", "Ref;Sent;OrganisationKind;When;What;AboutName;AboutRole\nF1;x;y;z;a;b;c\n", ERR_FORMAT, ":1: the columns are separated by ';', feed organisation has ','"),
    R("organisation", "Ref,Sent,OrganisationKind,When,What,AboutName\nF1,x,y,z,a,b\n", ERR_FORMAT, ":1: the column \"AboutRole\", which feed organisation requires, is missing"),
    R("organisation", "a,b,c\n1,2,3\n", ERR_FORMAT, ":1: the first line has none of the columns of feed organisation"),
    R("organisation", ORG_HEAD ",Ref\n" ORG_ROW ",F2\n", ERR_FORMAT, ":1: the column \"Ref\" stands twice"),
    R("organisation", ORG_HEAD "\n", ERR_FORMAT, "has a header but no rows"),
    R("organisation", ORG_HEAD "\n" ORG_ROW "\xe9\n" ORG_ROW "\xe9\n", ERR_FORMAT, ":2: is not in the character set that feed organisation states"),
    R("housing", "ExtractDate;CaseRef;PersonNo;CaseType;Opened;PersonRole;PersonName\n1.1.2026;A;1;ASB;01.01.2026;TENANT;Zo\xc3\xab\n1.1.2026;B;1;ASB;01.01.2026;TENANT;Ren\xc3\xa9\n", ERR_FORMAT, ":2: is in UTF-8, not in the single-byte character set"),
    R("housing", "\xef\xbb\xbf" "ExtractDate;CaseRef\n", ERR_FORMAT, "begins with its byte order mark"),
    R("charity", "", ERR_IO, "is empty"),
    R("charity", "\0\1\2\3\4", ERR_FORMAT, "is a binary file, not JSON lines"),
    R("charity", "\n\n", ERR_FORMAT, "has no rows"),
    R("charity", ORG_HEAD "\n" ORG_ROW "\n", ERR_FORMAT, ":1: no line is a JSON object"),
#undef R
};

static void wrong_files(struct store *s, struct test_store *t)
{
    (void)t;
    struct test_hub h;
    hub_open(&h, s, NULL);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        hub_refuses(&h, refusals[i].feed, (struct str){refusals[i].text, refusals[i].n}, refusals[i].code, refusals[i].message);
    _cleanup_buf_ struct buf wide;
    buf_init(&wide, 1 << 20);
    for (int i = 0; i < 10000; i++)
        (void)buf_fmt(&wide, "%sc%d", i ? "," : "", i);
    (void)buf_z(&wide, "\n1,2,3\n");
    hub_refuses(&h, "organisation", buf_as_str(&wide), ERR_LIMIT, ":1: the header cannot be read");
    struct feed *f;
    struct err e;
    struct load_counts n = {0};
    test_ok(feed_builtin(STR("organisation"), &f, &e), &e);
    assert_int_equal(intake_load(s, h.v, f, h.folder, NULL, &n, &e), ERR_IO);
    assert_non_null(strstr(e.message, "directory"));
    assert_int_equal(intake_load(s, h.v, f, "/nowhere/x.csv", NULL, &n, &e), ERR_IO);
    feed_free(f);
    hub_close(&h);
}
static void refusals_on_each(void **state) { (void)state; test_store_each(wrong_files); }

/* ---- rows that go to quarantine ---- */

struct quarantined {
    size_t n;
    struct quarantine_row last;
    char reasons[4096];
};
static enum err_code see_quarantined(void *ctx, const struct quarantine_row *q, struct err *e)
{
    (void)e;
    struct quarantined *s = ctx;
    size_t at = strlen(s->reasons);
    s->n += !q->replayed;
    s->last = *q;
    (void)snprintf(s->reasons + at, sizeof s->reasons - at, "%llu-%llu %.*s\n", (unsigned long long)q->first_line, (unsigned long long)q->last_line, STR_ARG(q->reason));
    return ERR_OK;
}

static void bad_rows(struct store *s, struct test_store *t)
{
    (void)t;
    struct test_hub h;
    struct err e;
    _cleanup_buf_ struct buf b;
    buf_init(&b, 8 << 20);
    hub_open(&h, s, NULL);
    (void)buf_z(&b, ORG_HEAD "\r\n" ORG_ROW "\r\nF2,yesterday,employer,Acme,5 Jan 2026,Visitor,x,Ann,victim\n,2026-01-05 09:00,employer,Acme,5 Jan 2026,Visitor,x,Ann,victim\n"
                    "F3,2026-01-05 09:00,employer\nF4,2099-01-05 09:00,employer,Acme,5 Jan 2026,V,x,Ann,victim\nF5,2026-01-05 09:00,employer,A,5 Jan 2026,V,");
    for (int i = 0; i < 70000; i++)
        (void)buf_char(&b, 'x');
    (void)buf_z(&b, ",Ann,victim\nF6,2026-01-05 09:00,employer,A,5 Jan 2026,V,");
    for (int i = 0; i < 2 << 20; i++)
        (void)buf_char(&b, 'y');
    (void)buf_z(&b, ",Ann,victim\nF7,2026-01-05 09:00,employer,A,5 Jan 2026,V,nu");
    (void)buf_char(&b, '\0');
    (void)buf_z(&b, "l,Ann,victim\nF8,2026-01-05 09:00,employer,A,5 Jan 2026,V,\"un\nclosed,Ann,victim\nF9,2026-01-05 09:00,employer,A,5 Jan 2026,V,good,Ann,victim\nF10,2026-01-05 09:00,employer,A,5 Jan 2026,V,half,Ann,victim\xc3");
    struct load_counts n = hub_load(&h, "organisation", buf_as_str(&b));
    struct quarantined q = {0};
    test_ok(quarantine_each(s, STR_NONE, see_quarantined, &q, &e), &e);
    assert_int_equal(n.stored, 2); /* F1 and F9 */
    assert_int_equal(n.quarantined, q.n);
    assert_int_equal(n.read, n.stored + q.n);
    static const char *const reasons[] = {
        "3-3 the version date (Sent) is missing or not in the form YYYY-MM-DD HH:mm", "4-4 the record key (Ref) is empty", "5-5 the row has 3 fields, the header has 9",
        "6-6 the version date (Sent) is in the future", "7-7 column \"Details\" is over the limit of 65536 bytes", "8-8 ", "9-9 ", "10-10 ", "the text is not in UTF-8"};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (!strstr(q.reasons, reasons[i]))
            fail_msg("\"%s\" is not among\n%s", reasons[i], q.reasons);
    struct load_counts again = hub_load(&h, "organisation", buf_as_str(&b));
    assert_int_equal(again.quarantined, n.quarantined);
    assert_int_equal(again.unchanged, 2);
    struct quarantined q2 = {0};
    test_ok(quarantine_each(s, STR("organisation"), see_quarantined, &q2, &e), &e);
    assert_int_equal(q2.n, q.n); /* delivered again, kept once */
    hub_close(&h);
}
static void bad_rows_on_each(void **state) { (void)state; test_store_each(bad_rows); }

static void bad_lines(struct store *s, struct test_store *t)
{
    (void)t;
    struct test_hub h;
    struct err e;
    _cleanup_buf_ struct buf b;
    buf_init(&b, 8 << 20);
    hub_open(&h, s, NULL);
    (void)buf_z(&b, CHARITY_ROW "\n[1,2]\n{\"id\":\"S2\",\"id\":\"S3\",\"updated\":\"2026-01-05T09:00:00Z\"}\n");
    for (int i = 0; i < 5000; i++)
        (void)buf_z(&b, "{\"a\":");
    (void)buf_z(&b, "\n{\"id\":\"S4\",\"summary\":\"");
    for (int i = 0; i < 2 << 20; i++)
        (void)buf_char(&b, 'z');
    (void)buf_z(&b, "\"}\n{\"id\":\"S5\",\"updated\":\"2026-01-05T09:00:00Z\",\"children\":[");
    for (int i = 0; i < 70; i++)
        (void)buf_fmt(&b, "%s{\"first\":\"c%d\"}", i ? "," : "", i);
    (void)buf_z(&b, "]}\n{\"id\":\"S6\",\"updated\":\"2026-01-05T09:00:00Z\",\"children\":[{\"first\":\"Tom\",\"last\":\"Moss\"},{},{\"first\":\"Eve\"}],\"client\":{\"first\":\"Ann\"}}\n{\"id\":\"S7\"");
    struct load_counts n = hub_load(&h, "charity", buf_as_str(&b));
    struct quarantined q = {0};
    test_ok(quarantine_each(s, STR_NONE, see_quarantined, &q, &e), &e);
    COUNTS(n, 8, 2, 0, 6);
    static const char *const reasons[] = {"2-2 the line is not a JSON object", "3-3 the line is not JSON", "4-4 the line is not JSON", "5-5 the line is over the limit of 1048576 bytes",
                                          "6-6 the row names more than the limit of 64 persons", "8-8 the line is not JSON"};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (!strstr(q.reasons, reasons[i]))
            fail_msg("\"%s\" is not among\n%s", reasons[i], q.reasons);
    _cleanup_buf_ struct buf beliefs;
    buf_init(&beliefs, 1 << 20);
    hub_beliefs(&h, &beliefs);
    char want[64]; /* a child's slot is its place in the list, though one before it is empty */
    (void)snprintf(want, sizeof want, "M %016llx child", (unsigned long long)intake_mention_key(h.v, STR("charity"), STR("S6"), STR(""), 4));
    assert_true(str_find(buf_as_str(&beliefs), str_of(want)) >= 0);
    hub_close(&h);
}
static void bad_lines_on_each(void **state) { (void)state; test_store_each(bad_lines); }

/* ---- reading again ---- */

static void replay(struct store *s, struct test_store *t)
{
    (void)t;
    struct test_hub h;
    struct err e;
    struct quarantined q = {0};
    struct load_counts n = {0};
    struct feed *f;
    hub_open(&h, s, NULL);
    COUNTS(hub_load(&h, "organisation", STR(ORG_HEAD "\n" ORG_ROW "\nF2,yesterday,employer,Acme,5 Jan 2026,V,x,Eve Lee,victim\n")), 2, 1, 0, 1);
    test_ok(quarantine_each(s, STR_NONE, see_quarantined, &q, &e), &e);
    _cleanup_buf_ struct buf text;
    buf_init(&text, 1 << 16);
    test_ok(quarantine_text(s, h.v, q.last.id, &text, &e), &e);
    assert_true(str_eq(buf_as_str(&text), STR("F2,yesterday,employer,Acme,5 Jan 2026,V,x,Eve Lee,victim")));
    test_ok(feed_builtin(STR("organisation"), &f, &e), &e);
    test_ok(quarantine_replay(s, h.v, f, 0, STR_NONE, &n, &e), &e);
    COUNTS(n, 1, 0, 0, 1); /* still bad: it stays */
    test_ok(quarantine_replay(s, h.v, f, q.last.id, STR("two,rows\nhere,now\n"), &n, &e), &e);
    COUNTS(n, 1, 0, 0, 1);
    test_ok(quarantine_replay(s, h.v, f, q.last.id, STR("F2,2026-01-06 10:00,employer,Acme,5 Jan 2026,V,x,Eve Lee,victim"), &n, &e), &e);
    COUNTS(n, 1, 1, 0, 0);
    struct quarantined after = {0};
    test_ok(quarantine_each(s, STR_NONE, see_quarantined, &after, &e), &e);
    assert_int_equal(after.n, 0);
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    struct feed_info *list;
    size_t n_feeds;
    test_ok(intake_feeds(s, &a, &list, &n_feeds, &e), &e);
    assert_int_equal(list[0].waiting, 0);
    assert_int_equal(list[0].totals.read, list[0].totals.stored + list[0].totals.unchanged + list[0].totals.quarantined);
    test_ok(quarantine_replay(s, h.v, f, 0, STR_NONE, &n, &e), &e);
    assert_int_equal(n.read, 0);
    assert_int_equal(quarantine_replay(s, h.v, f, 0, STR("x"), &n, &e), ERR_USAGE);
    assert_int_equal(quarantine_replay(s, h.v, f, 4711, STR_NONE, &n, &e), ERR_NOT_FOUND);
    COUNTS(hub_load(&h, "organisation", STR(ORG_HEAD "\nF2,2026-01-06 10:00,employer,Acme,5 Jan 2026,V,x,Eve Lee,victim\n")), 1, 0, 1, 0);
    feed_free(f);
    hub_close(&h);
}
static void replay_on_each(void **state) { (void)state; test_store_each(replay); }

/* ---- rows without a key ---- */

#define STREET "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context\n"
#define ASB ",2022-05,B,B,0.1,52.1,On or near X,E1,L,Anti-social behaviour,,\n"
#define ASB2 ",2022-05,B,B,0.1,52.1,On or near Y,E1,L,Anti-social behaviour,,\n"

static void keyless(struct store *s, struct test_store *t)
{
    (void)t;
    struct test_hub h;
    hub_open(&h, s, NULL);
    COUNTS(hub_load(&h, "police-uk-street", STR(STREET ASB ASB2 ASB ASB ASB ASB ASB)), 7, 7, 0, 0); /* identical, over transactions, yet distinct */
    COUNTS(hub_load(&h, "police-uk-street", STR(STREET ASB ASB ASB2 ASB ASB ASB ASB)), 7, 0, 7, 0);
    COUNTS(hub_load(&h, "police-uk-street", STR(STREET ASB2 ASB2)), 2, 1, 1, 0);
    COUNTS(hub_load(&h, "police-uk-street", STR(STREET "id1,2022-05,B,B,0.1,52.1,X,E1,L,Burglary,,\nid1,2022-05,B,B,0.1,52.1,X,E1,L,Burglary,,\n")), 2, 1, 1, 0);
    hub_close(&h);
}
static void keyless_on_each(void **state) { (void)state; test_store_each(keyless); }

int main(int argc, char **argv)
{
    assert(argc == 2);
    data_folder = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_on_each), cmocka_unit_test(incident_on_each), cmocka_unit_test(refusals_on_each), cmocka_unit_test(bad_rows_on_each),
        cmocka_unit_test(bad_lines_on_each), cmocka_unit_test(replay_on_each), cmocka_unit_test(keyless_on_each),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
