/* occasions.c: several reports of one happening count once.
 *
 * Two events are the same happening when (numbered as in events_same_happening)
 *   1. they carry the same incident reference, or
 *   2. different agencies (or one agency by two kinds of record) state times that may be the same to the day, and
 *   3. what they describe can be one thing: they share a behaviour, or one of them only tells the effect (an injury treated, a lock mended, a call for advice).
 * Distinct calls, messages or visits that one agency records apart on one day stay apart. A text that itself speaks of several occasions ("60 times today", "third time this week") counts as so many, at most
 * those it states; several records of one occasion count the greatest. */
#include "review/core.h"

#include <stdlib.h>

#define CLOSE_MS (30 * MS_PER_DAY)
#define NEAR_MS (6 * 3600 * MS_PER_SECOND) /* two clock times of one happening: the report comes within hours */

struct instant event_when(const struct event *ev) { return ev->occurred.precision != PRECISION_UNKNOWN ? ev->occurred : ev->recorded; }

bool event_is_conduct(const struct event *ev, const struct coding *c)
{
    if (ev->kind == EVENT_outcome || ev->kind == EVENT_street_crime || ev->order != ORDER_unknown)
        return false;
    if (ev->kind == EVENT_custody_arrest || ev->kind == EVENT_custody_charge || ev->kind == EVENT_custody_release || ev->kind == EVENT_police_contact)
        return coding_has_conduct(c) && ev->kind == EVENT_police_contact; /* an arrest tells again what was recorded before */
    return coding_has_conduct(c);
}

static bool tells_only_the_effect(const struct event *ev, const struct coding *c)
{
    return event_kind_is_neutral(ev->kind) || !coding_has_conduct(c);
}

static bool share_conduct(const struct coding *x, const struct coding *y)
{
    for (size_t i = 0; i < x->n; i++)
        if (behaviour_is_conduct(x->v[i].behaviour) && coding_has(y, x->v[i].behaviour))
            return true;
    return false;
}

static bool times_may_be_one(struct instant x, struct instant y)
{
    if (x.precision < PRECISION_DAY || y.precision < PRECISION_DAY)
        return false; /* "in May" is no evidence that two reports are one */
    if (x.precision >= PRECISION_HOUR && y.precision >= PRECISION_HOUR)
        return llabs(x.ms - y.ms) <= NEAR_MS;
    return instant_cmp(x, y) == 0;
}

bool events_same_happening(const struct event *x, const struct coding *cx, const struct event *y, const struct coding *cy, const char **ret_why)
{
    const char *ignored;
    if (!ret_why)
        ret_why = &ignored;
    if (x->record == y->record)
        return *ret_why = "rows of one record", true;
    /* 1. */
    if (x->incident && x->incident == y->incident)
        return *ret_why = "the same incident reference", true;
    /* 2. */
    bool apart = x->agency != y->agency || (x->feed != y->feed);
    if (!apart || !times_may_be_one(event_when(x), event_when(y)))
        return false;
    if (coding_has(cx, BEHAVIOUR_repeated) && coding_has(cy, BEHAVIOUR_repeated) && cx->stated != cy->stated)
        return false; /* two summaries of different spells */
    /* 3. */
    if (share_conduct(cx, cy))
        return *ret_why = "two agencies tell of the same conduct at the same time", true;
    if (tells_only_the_effect(x, cx) || tells_only_the_effect(y, cy))
        return *ret_why = "one agency tells of the conduct, another of its effect, at the same time", true;
    return false;
}

static bool counts(enum seen_as as) { return as == SEEN_DIRECT || as == SEEN_CONTACTED || as == SEEN_THIRD; }

static uint16_t stated_in(const struct coding *c) { return c->stated > 1 ? c->stated : 1; }

/* A record that names nobody who did anything tells of an occasion by itself only when somebody recorded it as that: a crime or an incident, or what an advocate, a school or an organisation
 * reports. A patient's or tenant's record that has such words in it (a fall, a mended lock) is offered to the reviewer of a known pair, and is no occasion. */
static bool stands_alone(const struct event *ev)
{
    return !event_kind_is_neutral(ev->kind) || ev->kind == EVENT_support_contact || ev->kind == EVENT_support_referral || ev->kind == EVENT_organisation_report || ev->kind == EVENT_education_note;
}

static bool is_occasion_here(const struct review_facts *f, const struct pair *p, const struct seen *s)
{
    const struct event *ev = &f->events[s->event];
    if (s->as == SEEN_SUSPECT_ONLY && !p->one_story)
        return false;
    return event_is_conduct(ev, &f->codings[s->event]) && (s->as != SEEN_VICTIM_ONLY || p->one_story || stands_alone(ev));
}

/* Conduct that picks a person out, unlike crimes that fall on whoever is there. */
static bool is_aimed(const struct coding *c)
{
    static const enum behaviour anyones[] = {BEHAVIOUR_interfering, BEHAVIOUR_damage, BEHAVIOUR_entry, BEHAVIOUR_violence, BEHAVIOUR_strangulation, BEHAVIOUR_sexual_violence};
    for (size_t i = 0; i < c->n; i++) {
        bool aimed = behaviour_is_conduct(c->v[i].behaviour);
        for (size_t k = 0; k < sizeof anyones / sizeof *anyones; k++)
            aimed = aimed && c->v[i].behaviour != anyones[k];
        if (aimed)
            return true;
    }
    return false;
}

static bool joins(const struct review_facts *f, const struct pair *p, size_t member, size_t i)
{
    uint32_t x = p->seen[member].event, y = p->seen[i].event;
    return events_same_happening(&f->events[x], &f->codings[x], &f->events[y], &f->codings[y], NULL);
}

/* Looks back over events within a day for the earliest occasion that event `i` belongs to. */
static uint32_t occasion_of(const struct review_facts *f, const struct pair *p, size_t i)
{
    int64_t when = event_when(&f->events[p->seen[i].event]).ms;
    uint32_t best = NOBODY;
    for (size_t k = i; k-- > 0;) {
        bool same_reference = f->events[p->seen[i].event].incident != 0;
        if (!same_reference && when - event_when(&f->events[p->seen[k].event]).ms > 2 * MS_PER_DAY)
            break;
        if (p->seen[k].occasion != NOBODY && p->seen[k].occasion < best && joins(f, p, k, i))
            best = p->seen[k].occasion;
    }
    return best;
}

static void occasion_add(const struct review_facts *f, struct pair *p, size_t i)
{
    struct seen *s = &p->seen[i];
    const struct event *ev = &f->events[s->event];
    s->occasion = occasion_of(f, p, i);
    if (s->occasion == NOBODY) {
        s->occasion = (uint32_t)p->n_occasions++;
        s->first_of_occasion = true;
        p->occasions[s->occasion] = (struct occasion){.first = (uint32_t)i, .when = event_when(ev)};
    }
    struct occasion *o = &p->occasions[s->occasion];
    if (stated_in(&f->codings[s->event]) > o->stated)
        o->stated = stated_in(&f->codings[s->event]);
    o->direct = o->direct || counts(s->as);
    o->aimed = o->aimed || is_aimed(&f->codings[s->event]);
}

/* Nobody says that one person did all that stands in a bucket. Damage, burglary and violence by somebody unknown happen to people at random: they count when conduct aimed at the person lies close to
 * them, else two such crimes years apart would look like one stalker. */
static void bucket_counts(struct pair *p)
{
    for (size_t k = 0; k < p->n_occasions; k++)
        for (size_t i = 0; i < p->n_occasions; i++)
            if (p->occasions[i].aimed && (i == k || llabs(p->occasions[i].when.ms - p->occasions[k].when.ms) <= CLOSE_MS))
                p->occasions[k].direct = true;
}

enum err_code pair_occasions(const struct review_facts *f, struct pair *p, struct arena *a, struct err *e)
{
    p->occasions = ARENA_NEW(a, struct occasion, p->n_seen);
    if (!p->occasions)
        return err_set(e, ERR_NO_MEMORY, "no memory for the occasions of a pair");
    for (size_t i = 0; i < p->n_seen; i++)
        if (is_occasion_here(f, p, &p->seen[i]))
            occasion_add(f, p, i);
    if (p->suspect == NOBODY)
        bucket_counts(p);
    for (size_t k = 0; k < p->n_occasions; k++) {
        p->occasions[k].direct |= p->one_story;
        if (p->occasions[k].direct)
            p->occasions_stated += p->occasions[k].stated;
    }
    return ERR_OK;
}
