/* assess_judge.c: what one case file shows, as numbered steps without a score. The steps and their reasons are in docs/review.md.
 *
 * Unlike the hub, a case file is about one story: all its conduct is read together, whoever it is said of. */
#include "review/assess.h"

struct story {
    const struct case_file *c;
    struct review_facts facts;
    struct pairs pairs;
    struct pair whole;       /* every record of the file as seen, with occasions over all of them */
    size_t signs;            /* different signs of fixation */
    size_t disputes, refuted, conduct_records;
    size_t kinds;            /* different kinds of conduct */
    bool unknown, ended, unwanted;
};

static bool has(const struct story *s, size_t i, enum behaviour b) { return coding_has(&s->c->codings[i], b); }
static bool conduct(const struct story *s, size_t i) { return event_is_conduct(&s->c->events[i], &s->c->codings[i]); }

static bool anywhere(const struct story *s, enum behaviour b)
{
    for (size_t i = 0; i < s->c->n; i++)
        if (has(s, i, b))
            return true;
    return false;
}

static bool is_unwanted(const struct story *s, size_t i)
{
    return has(s, i, BEHAVIOUR_persistence) || has(s, i, BEHAVIOUR_fear) || has(s, i, BEHAVIOUR_life_changed) || has(s, i, BEHAVIOUR_breach) || has(s, i, BEHAVIOUR_threats);
}

/* ---- the whole file as one pair ---- */

static enum seen_as seen_as_of(const struct case_file *c, size_t i)
{
    struct sides sides;
    sides_of(&c->events[i], &c->map, &sides);
    if (sides.n_victims && sides.n_suspects)
        return SEEN_DIRECT;
    if (sides.n_suspects)
        return sides.n_others ? SEEN_CONTACTED : SEEN_SUSPECT_ONLY;
    return SEEN_VICTIM_ONLY;
}

static enum err_code story_whole(struct story *s, struct arena *a, struct err *e)
{
    const struct case_file *c = s->c;
    s->whole = (struct pair){.victim = NOBODY, .suspect = NOBODY, .one_story = true};
    s->whole.seen = ARENA_NEW(a, struct seen, c->n);
    if (!s->whole.seen)
        return err_set(e, ERR_NO_MEMORY, "no memory for the case");
    for (size_t i = 0; i < c->n; i++)
        s->whole.seen[s->whole.n_seen++] = (struct seen){(uint32_t)i, seen_as_of(c, i), NOBODY, false};
    return pair_occasions(&s->facts, &s->whole, a, e);
}

static void story_marks(struct story *s)
{
    for (size_t i = 0; i < s->c->n; i++) {
        struct sides sides;
        sides_of(&s->c->events[i], &s->c->map, &sides);
        s->conduct_records += conduct(s, i);
        s->disputes += has(s, i, BEHAVIOUR_dispute);
        s->refuted += has(s, i, BEHAVIOUR_refuted);
        s->unknown |= sides.unknown_suspect || has(s, i, BEHAVIOUR_anonymous);
        s->ended |= has(s, i, BEHAVIOUR_ended);
        s->unwanted |= is_unwanted(s, i);
    }
    s->signs = pair_fixation_signs(&s->facts, &s->whole);
    for (int b = 1; b < BEHAVIOUR_N; b++)
        s->kinds += b != BEHAVIOUR_other && behaviour_is_conduct((enum behaviour)b) && anywhere(s, (enum behaviour)b);
}

/* ---- steps ---- */

/* Stalking: repeated, unwanted, with acts of the s.2A(3) kind, and fixation on a person.
 *   1. Fewer than two occasions: no; but watching or following by somebody unknown, unwanted, may be the first of several: possible.
 *   2. The account is contradicted in half as many records as tell of conduct: no. Contradicted at all: at most possible.
 *   3. A quarrel about a thing in half of the records, with fewer than three signs of fixation: no.
 *   4. No sign of fixation: no. It has ended, and fewer than three: possible.
 *   5. Unwanted, and three signs, or two, or one in conduct of three kinds: yes. Three signs: yes.
 *   6. Otherwise possible. */
static bool quarrel(const struct story *s) { return s->disputes * 2 >= s->c->n && s->signs < 3; }
static bool contradicted(const struct story *s) { return s->refuted && s->refuted * 2 >= s->conduct_records; }

static enum judgement judge(const struct story *s)
{
    if (s->whole.occasions_stated < 2)
        return s->unknown && s->unwanted && s->signs >= 2 ? JUDGED_POSSIBLE : JUDGED_NO; /* 1 */
    if (contradicted(s))
        return JUDGED_NO; /* 2 */
    if (quarrel(s))
        return JUDGED_NO; /* 3 */
    if (s->signs == 0)
        return JUDGED_NO; /* 4 */
    if (s->refuted || (s->ended && s->signs < 3))
        return JUDGED_POSSIBLE; /* 2, 4 */
    if (s->signs >= 3 || (s->unwanted && (s->signs >= 2 || s->kinds >= 3)))
        return JUDGED_YES; /* 5 */
    return JUDGED_POSSIBLE; /* 6 */
}

/* The record, in order of recording, at which a second occasion is known. Records are in that order. */
static ptrdiff_t course_met(const struct story *s)
{
    uint32_t known = 0;
    uint16_t counted[LIMIT_CASE_RECORDS] = {0};
    for (size_t i = 0; i < s->whole.n_seen; i++) {
        const struct seen *seen = &s->whole.seen[i];
        if (seen->occasion == NOBODY)
            continue;
        uint16_t stated = s->c->codings[seen->event].stated;
        uint16_t now = stated > 1 ? stated : 1;
        if (now > counted[seen->occasion]) {
            known += (uint32_t)(now - counted[seen->occasion]);
            counted[seen->occasion] = now;
        }
        if (known >= 2)
            return (ptrdiff_t)seen->event;
    }
    return -1;
}

/* Escalation in severity, variety or persistence: the first record of conduct, with at least two records before it, that shows something graver or of another kind than all of them. */
static ptrdiff_t escalation(const struct story *s)
{
    struct coding before = {0};
    for (size_t i = 0; i < s->c->n; i++) {
        const struct coding *c = &s->c->codings[i];
        bool fresh = false;
        for (size_t k = 0; k < c->n; k++) {
            enum behaviour b = (enum behaviour)c->v[k].behaviour;
            bool tells = (behaviour_is_conduct(b) && b != BEHAVIOUR_other) || b == BEHAVIOUR_fixation || b == BEHAVIOUR_persistence;
            fresh |= tells && !coding_has(&before, b);
            coding_add(&before, b, ASSERTION_fact, -1);
        }
        if (i >= 2 && fresh && conduct(s, i))
            return (ptrdiff_t)i;
    }
    return -1;
}

/* The stalker was not known when it began: the first record of conduct names nobody who did it, and speaks of somebody unknown. */
static bool right_to_know(const struct story *s)
{
    for (size_t i = 0; i < s->c->n; i++) {
        struct sides sides;
        sides_of(&s->c->events[i], &s->c->map, &sides);
        if (conduct(s, i))
            return sides.n_suspects == 0 && (sides.unknown_suspect || has(s, i, BEHAVIOUR_anonymous));
    }
    return false;
}

static bool order_in_force(const struct case_file *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->records[i].order_flag && !c->records[i].civil_order)
            return true;
    return false;
}

static bool kind_seen(const struct case_file *c, enum event_kind kind)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->events[i].kind == kind)
            return true;
    return false;
}

/* True when some record says `word` ("harged": any case of the first letter), and not "not charged". */
static bool says(const struct case_file *c, struct str word)
{
    for (size_t i = 0; i < c->n; i++) {
        struct str text = c->records[i].narrative;
        ptrdiff_t at = str_find(text, word);
        if (at >= 0 && !(at >= 5 && str_eq(str_slice(text, (size_t)at - 5, (size_t)at - 1), STR("not "))))
            return true;
    }
    return false;
}

/* Nothing unless stalking; an order that is in force is enforced (a civil injunction or an undertaking, which the police did not get, leaves a stalking protection order to be asked for); a restraining order where the
 * matter is before a court, which police bail is not; else a stalking protection order. */
static const char *order_indicated(const struct story *s, enum judgement j)
{
    if (j != JUDGED_YES)
        return "none";
    if (order_in_force(s->c))
        return "enforce_existing";
    return kind_seen(s->c, EVENT_custody_charge) || says(s->c, STR("harged")) || says(s->c, STR("emanded")) ? "restraining" : "SPO";
}

static bool custody_contact(const struct story *s)
{
    for (size_t i = 0; i < s->c->n; i++) {
        const struct event *ev = &s->c->events[i];
        bool held = ev->flags & 1u << FLAG_suspect_in_custody || has(s, i, BEHAVIOUR_custody_contact);
        bool contact = has(s, i, BEHAVIOUR_custody_contact) || has(s, i, BEHAVIOUR_contact) || has(s, i, BEHAVIOUR_proxy);
        if ((held && contact) || ev->kind == EVENT_prison_call || ev->kind == EVENT_prison_letter)
            return true;
    }
    return false;
}

/* ---- by record ---- */

static bool is_fixated(const struct story *s, size_t i)
{
    return has(s, i, BEHAVIOUR_fixation) || has(s, i, BEHAVIOUR_persistence) || has(s, i, BEHAVIOUR_tracker) || has(s, i, BEHAVIOUR_loitering) ||
           has(s, i, BEHAVIOUR_following) || has(s, i, BEHAVIOUR_third_party_threat);
}

static bool is_obsessive(const struct story *s, size_t i)
{
    return s->c->codings[i].stated >= 3 || has(s, i, BEHAVIOUR_monitoring) || has(s, i, BEHAVIOUR_watching) || has(s, i, BEHAVIOUR_proxy) || has(s, i, BEHAVIOUR_impersonation);
}

/* The record of an arrest or of bail tells of the conduct that led to it, before there was a condition. */
static bool imposes(const struct case_record *r)
{
    return str_find(r->narrative, STR("rrested")) >= 0 || str_find(r->narrative, STR("ailed")) >= 0 || str_find(r->recorded_as, STR("arrest")) >= 0;
}

static void by_record(const struct story *s, struct judged *j)
{
    for (size_t i = 0; i < s->c->n; i++) {
        const struct case_record *r = &s->c->records[i];
        const struct seen *seen = &s->whole.seen[i];
        j->fixated[i] = is_fixated(s, i);
        j->obsessive[i] = is_obsessive(s, i);
        j->unwanted[i] = is_unwanted(s, i);
        j->repeated[i] = conduct(s, i);
        j->misrecorded[i] = j->stalking == JUDGED_YES && seen_is_misrecorded(&s->facts, seen);
        j->breach_of_order[i] = conduct(s, i) && (r->order_flag || s->c->events[i].kind == EVENT_crime_order_breach);
        j->breach_of_bail[i] = (conduct(s, i) && (r->bail_flag || r->licence_flag) && (has(s, i, BEHAVIOUR_breach) || !imposes(r))) || s->c->events[i].kind == EVENT_custody_bail_breach || s->c->events[i].kind == EVENT_probation_breach;
    }
}

/* Groups of records that tell of one happening. */
static void group_same(const struct story *s, struct judged *j)
{
    const struct case_file *c = s->c;
    for (size_t i = 0; i < c->n; i++)
        j->same[i] = NOBODY;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < i; k++)
            if (events_same_happening(&c->events[k], &c->codings[k], &c->events[i], &c->codings[i], NULL) && (coding_has_conduct(&c->codings[k]) || coding_has_conduct(&c->codings[i]))) {
                if (j->same[k] == NOBODY)
                    j->same[k] = j->n_same++;
                j->same[i] = j->same[k];
                break;
            }
}

static bool *flags_new(struct arena *a, size_t n) { return ARENA_NEW(a, bool, n); }

static enum err_code judged_new(struct judged *j, size_t n, struct arena *a, struct err *e)
{
    bool **lists[] = {&j->fixated, &j->obsessive, &j->unwanted, &j->repeated, &j->misrecorded, &j->breach_of_order, &j->breach_of_bail};
    *j = (struct judged){.course_met = -1, .escalation_at = -1};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (!(*lists[i] = flags_new(a, n)))
            return err_set(e, ERR_NO_MEMORY, "no memory for the case");
    j->same = ARENA_NEW(a, uint32_t, n);
    return j->same ? ERR_OK : err_set(e, ERR_NO_MEMORY, "no memory for the case");
}

enum err_code case_judge(const struct case_file *c, struct arena *a, struct judged *ret, struct err *e)
{
    struct story s = {.c = c, .facts = {.events = c->events, .codings = c->codings, .n = c->n, .map = &c->map}};
    ERR_TRY(judged_new(ret, c->n, a, e));
    ERR_TRY(story_whole(&s, a, e));
    story_marks(&s);
    ret->stalking = judge(&s);
    ret->course_met = contradicted(&s) || quarrel(&s) ? -1 : course_met(&s); /* what is contradicted, or about a thing, is no conduct towards a person */
    ret->escalation_at = ret->stalking == JUDGED_YES ? escalation(&s) : -1;
    ret->custody_contact = custody_contact(&s);
    ret->right_to_know = ret->stalking == JUDGED_YES && right_to_know(&s);
    ret->order_indicated = order_indicated(&s, ret->stalking);
    by_record(&s, ret);
    group_same(&s, ret);
    return ERR_OK;
}
