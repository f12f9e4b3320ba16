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
    bool former_partner, unknown, ended, afraid, told_to_stop;
    bool named_first; /* the first record of the conduct names who did it */
};

static bool has(const struct story *s, size_t i, enum behaviour b) { return coding_has(&s->c->codings[i], b); }
static bool conduct(const struct story *s, size_t i) { return event_is_conduct(&s->c->events[i], &s->c->codings[i]); }

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

/* Contact in such number that it is a sign by itself: a text that speaks of ten times or more. */
static bool volume(const struct story *s)
{
    for (size_t i = 0; i < s->c->n; i++)
        if (s->c->codings[i].stated >= 10 && conduct(s, i))
            return true;
    return false;
}

/* Four or more different kinds of conduct: not one quarrel's means, but any that reaches the person. */
static bool variety(const struct story *s)
{
    size_t kinds = 0;
    for (int b = 1; b < BEHAVIOUR_N; b++)
        for (size_t i = 0; i < s->c->n && behaviour_is_conduct((enum behaviour)b) && b != BEHAVIOUR_other; i++)
            if (conduct(s, i) && has(s, i, (enum behaviour)b)) {
                kinds++;
                break;
            }
    return kinds >= 4;
}

static void story_marks(struct story *s)
{
    bool first = true;
    for (size_t i = 0; i < s->c->n; i++) {
        struct sides sides;
        sides_of(&s->c->events[i], &s->c->map, &sides);
        if (first && conduct(s, i)) {
            s->named_first = sides.n_suspects > 0;
            first = false;
        }
        s->conduct_records += conduct(s, i);
        s->disputes += has(s, i, BEHAVIOUR_dispute);
        s->refuted += has(s, i, BEHAVIOUR_refuted);
        s->former_partner |= has(s, i, BEHAVIOUR_separation);
        s->unknown |= sides.unknown_suspect || has(s, i, BEHAVIOUR_anonymous);
        s->ended |= has(s, i, BEHAVIOUR_ended);
        s->afraid |= has(s, i, BEHAVIOUR_fear) || has(s, i, BEHAVIOUR_life_changed);
        s->told_to_stop |= has(s, i, BEHAVIOUR_persistence);
    }
    s->signs = pair_fixation_signs(&s->facts, &s->whole) + (volume(s) ? 1 : 0) + (variety(s) ? 1 : 0);
}

/* ---- steps ---- */

/* Stalking: repeated, unwanted, with acts of the s.2A(3) kind, and fixation on a person.
 *   1. Fewer than two occasions: no; but watching or following by somebody unknown, with fear, may be the first of several: possible.
 *   2. The account is contradicted in as many records as it is made: no. Contradicted once: at most possible.
 *   3. A quarrel about a thing in half of the records, with fewer than three signs of fixation: no.
 *   4. Three signs of fixation, or two and a former partner, fear, or having been told to stop: yes.
 *   5. One or two signs: possible. It has ended and fewer than three: possible.
 *   6. No sign: no. */
static enum judgement judge(const struct story *s)
{
    uint32_t occasions = s->whole.occasions_stated;
    if (occasions < 2)
        return s->unknown && s->afraid && s->signs >= 2 ? JUDGED_POSSIBLE : JUDGED_NO; /* 1 */
    if (s->refuted && s->refuted * 2 >= s->conduct_records)
        return JUDGED_NO; /* 2 */
    if (s->disputes * 2 >= s->c->n && s->signs < 3)
        return JUDGED_NO; /* 3 */
    bool enough = s->signs >= 3 || (s->signs == 2 && (s->former_partner || s->afraid || s->told_to_stop));
    if (s->refuted || (s->ended && s->signs < 3))
        return s->signs ? JUDGED_POSSIBLE : JUDGED_NO;
    if (enough)
        return JUDGED_YES; /* 4 */
    return s->signs ? JUDGED_POSSIBLE : JUDGED_NO; /* 5, 6 */
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

static bool any_order(const struct case_file *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->records[i].order_flag)
            return true;
    return false;
}

static bool before_a_court(const struct case_file *c)
{
    static const char *const words[] = {"charged", "Charged", "remanded", "Remanded", "onvicted", "entenced", "court date", "trial"};
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (c->events[i].kind == EVENT_custody_charge || str_find(c->records[i].narrative, str_of(words[k])) >= 0)
                return true;
    return false;
}

/* Nothing unless stalking; an order that is in force is enforced; a restraining order where the matter is before a court; else, and on bail before any charge, a stalking protection order. */
static const char *order_indicated(const struct story *s, enum judgement j)
{
    if (j != JUDGED_YES)
        return "none";
    if (any_order(s->c))
        return "enforce_existing";
    return before_a_court(s->c) ? "restraining" : "SPO";
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

static bool is_unwanted(const struct story *s, size_t i)
{
    return has(s, i, BEHAVIOUR_persistence) || has(s, i, BEHAVIOUR_fear) || has(s, i, BEHAVIOUR_life_changed) || has(s, i, BEHAVIOUR_breach) || has(s, i, BEHAVIOUR_threats);
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
        /* The record that tells of the arrest and of bail being set is no breach of it. */
        j->breach_of_bail[i] = (conduct(s, i) && (r->bail_flag || r->licence_flag) && !has(s, i, BEHAVIOUR_intervention)) || s->c->events[i].kind == EVENT_custody_bail_breach || s->c->events[i].kind == EVENT_probation_breach;
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
    ret->course_met = course_met(&s);
    ret->escalation_at = ret->stalking == JUDGED_YES ? pair_escalation(&s.facts, &s.whole) : -1;
    if (ret->escalation_at >= 0)
        ret->escalation_at = (ptrdiff_t)s.whole.seen[ret->escalation_at].event;
    ret->custody_contact = custody_contact(&s);
    ret->right_to_know = ret->stalking != JUDGED_NO && s.unknown && !s.named_first;
    ret->order_indicated = order_indicated(&s, ret->stalking);
    by_record(&s, ret);
    group_same(&s, ret);
    return ERR_OK;
}
