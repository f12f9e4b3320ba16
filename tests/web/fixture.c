/* fixture.c: the real server, routes and pages over fixed cases of fictional people, for the browser tests: it stands in for review_list,
 * review_show and the rules, so that the pages can be tested without a hub.
 *
 *     fixture_server [--listen HOST:PORT]
 *
 * 45 cases; C0000000000001 is a full one, ...20 has a hostile text in every field, ...02 no known suspect and nothing else, ...99 fails. */
#include "review/review.h"
#include "web/web.h"

#include <stdlib.h>

#define N_CASES 45
#define HOSTILE_AT 19 /* from 0 */

const struct review_rule review_rules[] = {
    {"R1", "course-of-conduct", "Unwanted conduct towards the same person on two or more occasions.",
     "Protection from Harassment Act 1997, s.7(3)"},
    {"R2", "former-partner", "The suspect is a former partner, and the conduct goes on after the separation.",
     "Super-complaint on stalking, 2024: former partners are often recorded as domestic incidents only"},
    {"R3", "order-in-force", "Conduct while an order, bail or licence forbids it.", "Stalking Protection Act 2019, s.8; Sentencing Code, s.363"},
    {"R4", "contact-from-custody", "Contact by or for a person who is in custody.", "HMPPS Unwanted Prisoner Contact Service"},
    {"R5", "misrecorded", "A pattern of stalking behaviours, and no record that calls it stalking.", "Home Office Counting Rules, class 8L"},
};
const size_t review_n_rules = sizeof review_rules / sizeof *review_rules;

static struct instant at(const char *iso)
{
    struct instant t = INSTANT_NONE;
    struct err e;
    if (*iso && instant_parse_iso(str_of(iso), ZONE_LONDON, &t, &e) != ERR_OK)
        abort();
    return t;
}

/* ---- a full case ---- */

#define POLICE STR("Ouseshire Police"), STR("police-crime")
#define PRISON STR("HMP Fenmoor"), STR("prison")
#define ADVOCATE STR("Ouseshire Stalking Advocates"), STR("charity")
#define HOUSING STR("Ouse Homes"), STR("housing")
#define HEALTH STR("Ouseshire Hospitals"), STR("health")

#define FULL_HISTORY(X)                                                                                                                   \
    X("2025-11-04T19:20", "2025-11-04T21:05", POLICE, "POL-25-118204", "Domestic incident - no crime", "domestic incident",               \
      "Caller says her former partner came to the house and would not leave until neighbours came out. They separated in September.",    \
      "victim, suspect", fact, true, true, "")                                                                                            \
    X("2025-11-18", "2025-11-19T08:40", HOUSING, "REP-77120", "Repair: lock, front door", "repair of a lock, door or window",             \
      "Tenant asks for the lock to be changed. Says her ex still has a key.", "tenant", fact, true, false, "")                            \
    X("2025-12-24T23:50", "2025-12-25T01:15", POLICE, "POL-25-131877", "Malicious communications", "malicious communications",            \
      "41 messages since 10pm from numbers she does not know. One says he is parked outside.", "victim, suspect", fact, true, true, "")   \
    X("2025-12-25", "2025-12-29T10:00", ADVOCATE, "ADV-0932", "First contact with client", "advocate contact",                            \
      "Client describes the Christmas Eve messages. Worker believes that he has access to her e-mail.", "victim", opinion, true, false,   \
      "Same happening as record POL-25-131877: same day, same two people, same behaviour. Counts once.")                                  \
    X("2026-01-16T14:00", "2026-01-16T16:30", POLICE, "POL-26-004410", "Criminal damage to a vehicle", "criminal damage",                 \
      "All four tyres of her car cut outside her work. Nobody seen.", "victim", fact, true, false, "")                                    \
    X("2026-02-02", "2026-02-02T12:10", POLICE, "CUS-26-00731", "Arrest: harassment without violence", "arrest",                          \
      "Arrested at his mother's address. Bailed with conditions.", "suspect", fact, false, true, "")                                      \
    X("2026-02-20T11:30", "2026-02-20T11:55", HEALTH, "ED-558102", "Anxiety state", "emergency department attendance",                    \
      "Attends with palpitations. Has not slept properly for weeks, will not go out alone.", "patient", fact, true, false, "")            \
    X("2026-03-03", "2026-03-04T09:00", POLICE, "CRT-26-0210", "Restraining order on conviction", "court order", "", "convicted, protected", \
      fact, true, true, "")                                                                                                               \
    X("2026-10-09", "2026-10-09T07:30", PRISON, "REC-A1234BC", "Reception, 26 weeks", "reception into prison", "", "convicted", fact,     \
      false, true, "")                                                                                                                    \
    X("2026-11-17T18:42", "2026-11-18T06:00", PRISON, "PIN-88213", "Call, 00:04:11", "telephone call from prison",                        \
      "Call to a number that the prison does not link to a contact on his list. It is the victim's new number.", "convicted, person contacted", fact, \
      true, true, "")                                                                                                                     \
    X("2026-11-19", "2026-11-20T15:20", ADVOCATE, "ADV-1177", "Telephone contact", "advocate contact",                                    \
      "Client says that he rang her new number from prison and knew which school the children go to now. She thinks his sister told him.", \
      "victim", opinion, true, false, "")

static const struct review_history_line *full_history(struct arena *a, size_t *ret_n)
{
#define X(when_, recorded_, source, id, as, kind_, text, roles_, assertion_, v, s, same)                                                 \
    LINE(when_, recorded_, source, id, as, kind_, text, roles_, assertion_, v, s, same)
#define LINE(when_, recorded_, agency_, feed_, id, as, kind_, text, roles_, assertion_, v, s, same)                                      \
    {.when = at(when_), .recorded = at(recorded_), .agency = agency_, .feed = feed_, .source_id = STR(id), .recorded_as = STR(as),        \
     .kind = STR(kind_), .narrative = STR(text), .roles = STR(roles_), .assertion = ASSERTION_##assertion_, .about_victim = v,            \
     .about_suspect = s, .occasion = STR(same)},
    const struct review_history_line lines[] = {FULL_HISTORY(X)};
#undef LINE
#undef X
    struct review_history_line *out = ARENA_NEW(a, struct review_history_line, sizeof lines / sizeof *lines);
    if (out)
        memcpy(out, lines, sizeof lines);
    *ret_n = sizeof lines / sizeof *lines;
    return out;
}

/* Evidence of a reason: lines of the history by number, each with the behaviour that it shows. */
static struct review_reason_view reason(struct arena *a, int rule, const char *words, const struct review_case_view *v,
                                        const char *const *behaviours)
{
    struct review_evidence_view *ev = ARENA_NEW(a, struct review_evidence_view, v->n_history);
    size_t n = 0;
    for (size_t i = 0; ev && i < v->n_history; i++) {
        const struct review_history_line *h = &v->history[i];
        if (behaviours[i])
            ev[n++] = (struct review_evidence_view){h->when, h->agency, h->feed, h->source_id, h->recorded_as, str_of(behaviours[i]), h->assertion};
    }
    return (struct review_reason_view){str_of(review_rules[rule].id), str_of(review_rules[rule].name), str_of(review_rules[rule].source),
                                       str_of(words), ev, n};
}

static const char *const shows_custody[11] = {[9] = "contact from custody"};
static const char *const shows_order[11] = {[9] = "breach of an order, bail or licence"};
static const char *const shows_course[11] = {
    [0] = "turning up at home, work or school", [2] = "contacting or trying to contact", [3] = "monitoring phone, e-mail or accounts",
    [4] = "damage", [9] = "contacting or trying to contact", [10] = "contact through others"};
static const char *const shows_partner[11] = {[0] = "separation"};

static enum err_code full_case(struct arena *a, struct review_case_view *v)
{
    const struct person_view victim = {
        .id = {"P0000000000001"}, .name = STR("Amelia Strand"), .n_mentions = 8, .dob = STR("2001-03-19 (4); 2001 (1)"), .other_names = STR("Millie Strand (1)"),
        .phones = STR("07700 900111 (3); 07700 900287 (1)"), .emails = STR("amelia.strand@example.com"), .addresses = STR("14 Weir Court, MK49 2TF"),
        .identifiers = STR("NHS 999 000 0018"), .agencies = STR("Ouseshire Police (4); Ouseshire Stalking Advocates (2); Ouse Homes (1); Ouseshire Hospitals (1)")};
    const struct person_view suspect = {
        .id = {"P0000000000002"}, .name = STR("Devinder Rathore"), .n_mentions = 5, .dob = STR("2000-03-02"), .other_names = STR("Dev Rathore (2)"),
        .phones = STR("07700 900112"), .identifiers = STR("NOMS A1234BC"), .agencies = STR("Ouseshire Police (3); HMP Fenmoor (2)")};
    const struct review_order_view orders[] = {
        {STR("sentence in custody"), STR(""), STR("HMP Fenmoor, prison, record REC-A1234BC"), at("2026-10-09"), INSTANT_NONE, true},
        {STR("police bail with conditions"), STR("no contact, direct or indirect; must not enter an area"), STR("Ouseshire Police, police-custody, record CUS-26-00731"),
         at("2026-02-02"), at("2026-03-03"), false},
        {STR("restraining order"), STR("no contact, direct or indirect; must not enter an area"), STR("Ouseshire Police, police-crime, record CRT-26-0210"),
         at("2026-03-03"), at("2029-03-02"), true},
    };
    v->victim = victim;
    v->suspect = suspect;
    v->relation = STR("former partner (stated by 3 records)");
    v->danger_to_staff = STR("Threatened a housing officer on 12 January 2026 (Ouse Homes, record ASB-3301). Do not visit alone.");
    v->history = full_history(a, &v->n_history);
    struct review_order_view *o = ARENA_NEW(a, struct review_order_view, 3);
    struct review_reason_view *r = ARENA_NEW(a, struct review_reason_view, 4);
    if (!v->history || !o || !r)
        return ERR_NO_MEMORY;
    memcpy(o, orders, sizeof orders);
    v->orders = o;
    v->n_orders = 3;
    r[0] = reason(a, 3, "The suspect was in custody from 9 October 2026, and a call from there reached the victim's new number on 17 November 2026.", v, shows_custody);
    r[1] = reason(a, 2, "A restraining order forbids contact until 2 March 2029. Contact was made on 17 November 2026.", v, shows_order);
    r[2] = reason(a, 0, "Unwanted conduct on 5 occasions between 4 November 2025 and 19 November 2026, reported by 3 agencies.", v, shows_course);
    r[3] = reason(a, 1, "Three records call the suspect a former partner; the conduct began after the separation.", v, shows_partner);
    v->reasons = r;
    v->n_reasons = 4;
    return ERR_OK;
}

/* ---- a hostile one ---- */

#define HOSTILE STR("<script>alert(1)</script>\" onmouseover='x' &lt; \xE2\x80\xAE" "Averyverylongnamewithoutanyblankthatdoesnotfitonasmallscreenatall")

static enum err_code hostile_case(struct arena *a, struct review_case_view *v)
{
    struct review_history_line *h = ARENA_NEW(a, struct review_history_line, 1);
    struct review_evidence_view *ev = ARENA_NEW(a, struct review_evidence_view, 1);
    struct review_reason_view *r = ARENA_NEW(a, struct review_reason_view, 1);
    struct review_order_view *o = ARENA_NEW(a, struct review_order_view, 1);
    if (!h || !ev || !r || !o)
        return ERR_NO_MEMORY;
    v->victim = v->suspect = (struct person_view){.name = HOSTILE, .other_names = HOSTILE, .dob = HOSTILE, .phones = HOSTILE, .emails = HOSTILE,
                                                  .addresses = HOSTILE, .identifiers = HOSTILE, .agencies = HOSTILE, .n_mentions = 1};
    v->relation = v->danger_to_staff = HOSTILE;
    *h = (struct review_history_line){.when = at("2026-01"), .recorded = INSTANT_NONE, .agency = HOSTILE, .feed = HOSTILE, .source_id = HOSTILE,
                                      .recorded_as = HOSTILE, .narrative = HOSTILE, .kind = HOSTILE, .roles = HOSTILE, .occasion = HOSTILE,
                                      .assertion = ASSERTION_intelligence, .about_suspect = true};
    *ev = (struct review_evidence_view){h->when, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, ASSERTION_unknown};
    *r = (struct review_reason_view){HOSTILE, HOSTILE, HOSTILE, HOSTILE, ev, 1};
    *o = (struct review_order_view){HOSTILE, HOSTILE, HOSTILE, INSTANT_NONE, INSTANT_NONE, true};
    v->history = h, v->reasons = r, v->orders = o;
    v->n_history = v->n_reasons = v->n_orders = 1;
    return ERR_OK;
}

/* ---- the queue ---- */

static void make_line(struct arena *a, size_t n, struct review_case_line *ret)
{
    static const char *const victims[] = {"Amelia Strand", "Priya Nair", "Gareth Pugh", "Oluwaseun Adeyemi", "Marta Łuczak", "Tom Okafor"};
    static const char *const suspects[] = {"Devinder Rathore", "", "Sian Pugh", "Kelvin Marsh", "Piotr Wrona", "Lauren Beck"};
    static const uint8_t full[] = {3, 2, 0, 1}, some[] = {0, 4}, one[] = {0};
    size_t i = n == 0 ? 0 : 1 + (n - 1) % 5;
    *ret = (struct review_case_line){
        .id = str_fmt(a, "C%013zu", n + 1), .victim = {"P0000000000001"}, .suspect = {""},
        .victim_name = n == HOSTILE_AT ? HOSTILE : str_of(victims[i]), .suspect_name = n == HOSTILE_AT ? HOSTILE : str_of(suspects[i]),
        .rules = n == 0 ? full : n < 5 ? some : one, .n_rules = n == 0 ? 4 : n < 5 ? 2 : 1,
        .newest_occasion = at(n < 3 ? "2026-11-19" : "2026-08-30T21:15"), .clock_due = at(n == 0 ? "2026-11-23" : n == 1 ? "2026-11-26" : ""),
        .n_occasions = n < 3 ? 5 : 2, .n_agencies = n < 5 ? 4 : 1, .breach = n == 0, .custody_contact = n == 0, .threat = n == 4, .misrecorded = n > 0 && n < 5,
    };
    if (ret->suspect_name.n)
        memcpy(ret->suspect.z, "P0000000000002", 15);
}

static bool has_rule(const struct review_case_line *line, int rule)
{
    for (size_t i = 0; i < line->n_rules; i++)
        if (line->rules[i] == rule)
            return true;
    return rule < 0;
}

enum err_code review_ask_list(struct asking *q, const struct review_filter *f, struct review_queue *ret, struct err *e)
{
    struct arena *a = q->arena;
    struct review_case_line *lines = ARENA_NEW(a, struct review_case_line, N_CASES);
    if (!lines)
        return err_set(e, ERR_NO_MEMORY, "out of memory");
    *ret = (struct review_queue){.v = lines};
    for (size_t i = 0; i < N_CASES; i++) {
        make_line(a, i, &lines[ret->n]);
        if (!has_rule(&lines[ret->n], f->rule))
            continue;
        if (ret->total >= f->offset && ret->n < f->limit)
            ret->n++;
        ret->total++;
    }
    return ERR_OK;
}

enum err_code review_ask_show(struct asking *q, enum access_action action, struct str case_id, struct review_case_view *ret, struct err *e)
{
    struct arena *a = q->arena;
    (void)action;
    int64_t n;
    if (case_id.n != 14 || case_id.p[0] != 'C' || !str_to_int64(str_slice(case_id, 1, 14), &n))
        return err_set(e, ERR_NOT_FOUND, "no such case");
    if (n == 99)
        return err_set(e, ERR_STORE, "the fixture fails here");
    if (n < 1 || n > N_CASES)
        return err_set(e, ERR_NOT_FOUND, "no such case");
    *ret = (struct review_case_view){0};
    make_line(a, (size_t)n - 1, &ret->line);
    enum err_code code = n == 1 ? full_case(a, ret) : n == HOSTILE_AT + 1 ? hostile_case(a, ret) : ERR_OK;
    if (ret->victim.n_mentions == 0)
        ret->victim = (struct person_view){.name = ret->line.victim_name, .n_mentions = 1};
    return code == ERR_OK ? code : err_set(e, code, "out of memory");
}

int main(int argc, char **argv)
{
    const struct web_options o = {.listen = argc == 3 && strcmp(argv[1], "--listen") == 0 ? argv[2] : "127.0.0.1:0",
                                  .routes = web_routes, .n_routes = web_n_routes, .out = stdout};
    struct err e;
    enum err_code code = web_serve(&o, &e);
    if (code != ERR_OK)
        (void)fprintf(stderr, "fixture_server: %s\n", e.message);
    return err_exit_status(code);
}
