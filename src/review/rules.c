/* rules.c: the numbered rules. Comment and code stand in the same order; each rule is one function, and says its source in the table.
 *
 * A rule raises a reason with the events that show it. It never lowers anything, and a quiet spell is never read as a good sign. Rules look at what was done, not at what
 * the record was called. Measured error rates are in docs/review.md. */
#include "review/core.h"

#define X(name, text, conduct) #name,
static const char *const behaviour_names[] = {"unknown", BEHAVIOURS(X)};
#undef X
#define X(name, text, conduct) text,
static const char *const behaviour_texts[] = {"unknown", BEHAVIOURS(X)};
#undef X
const struct word_list words_behaviour = {"behaviour", behaviour_names, behaviour_texts, BEHAVIOUR_N};

const struct review_rule review_rules[] = {
    {"R1", "course-of-conduct", "Unwanted conduct on at least two occasions, whoever recorded it and whatever it was called.",
     "Protection from Harassment Act 1997 s.7(3)"},
    {"R2", "former-partner", "A course of conduct by a former partner: to be recorded as stalking unless it is harassment in law only.",
     "Home Office crime recording rules, April 2020"},
    {"R3", "order-in-force", "Conduct while an order, bail or licence protects the person: a suspected breach.",
     "Stalking Protection Act 2019 s.8; super-complaint report 2024, ground 4"},
    {"R4", "contact-from-custody", "Contact with the person, or an attempt at it, from custody.",
     "HM Prison and Probation Service, Unwanted Prisoner Contact Service"},
    {"R5", "misrecorded", "A pattern that shows stalking, in records that call it something else.",
     "Stalking super-complaint report 2024, ground 1; PHA 1997 s.2A(3)"},
    {"R6", "escalation", "The conduct has become more severe, closer or more frequent.",
     "Stalking risk guidance: escalation and the homicide timeline, stage 5"},
    {"R7", "not-known-person", "Repeated conduct by a person whom the victim cannot name: the victim has a right to know.",
     "Right to Know statutory guidance (December 2024 measures)"},
};
const size_t review_n_rules = sizeof review_rules / sizeof *review_rules;
_Static_assert(sizeof review_rules / sizeof *review_rules == RULE_N, "a row a rule");

/* ---- what rules look at ---- */

static const struct coding *coding_at(const struct review_facts *f, const struct seen *s) { return &f->codings[s->event]; }
static const struct event *event_at(const struct review_facts *f, const struct seen *s) { return &f->events[s->event]; }
static bool is_occasion(const struct seen *s) { return s->occasion != NOBODY; }
static bool counts(const struct pair *p, const struct seen *s) { return is_occasion(s) && p->occasions[s->occasion].direct; }

static enum behaviour first_conduct(const struct coding *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (behaviour_is_conduct(c->v[i].behaviour) && c->v[i].behaviour != BEHAVIOUR_other)
            return c->v[i].behaviour;
    return BEHAVIOUR_other;
}

static const enum behaviour fixation_signs[] = {
    BEHAVIOUR_fixation, BEHAVIOUR_persistence, BEHAVIOUR_tracker, BEHAVIOUR_monitoring, BEHAVIOUR_proxy, BEHAVIOUR_gifts, BEHAVIOUR_impersonation,
    BEHAVIOUR_watching, BEHAVIOUR_loitering, BEHAVIOUR_following, BEHAVIOUR_breach, BEHAVIOUR_self_harm_threat, BEHAVIOUR_third_party_threat, BEHAVIOUR_payments,
};

size_t pair_fixation_signs(const struct review_facts *f, const struct pair *p)
{
    size_t n = 0;
    for (size_t k = 0; k < sizeof fixation_signs / sizeof *fixation_signs; k++)
        for (size_t i = 0; i < p->n_seen; i++)
            if (coding_has(coding_at(f, &p->seen[i]), fixation_signs[k])) {
                n++;
                break;
            }
    return n;
}

bool seen_is_breach(const struct review_facts *f, const struct pair *p, const struct seen *s, const struct order **ret_order)
{
    const struct order *found[8];
    *ret_order = NULL;
    if (s->as == SEEN_SUSPECT_ONLY || !is_occasion(s))
        return false;
    if (p->suspect != NOBODY && s->as != SEEN_VICTIM_ONLY) {
        size_t n = orders_in_force(&f->orders, p->suspect, p->victim, event_when(event_at(f, s)), found, 8);
        for (size_t i = 0; i < n && i < 8; i++)
            if (!order_type_is_custody(found[i]->type) && found[i]->row != event_at(f, s)->row) {
                *ret_order = found[i];
                return true;
            }
    }
    return coding_has(coding_at(f, s), BEHAVIOUR_breach);
}

bool seen_is_custody_contact(const struct review_facts *f, const struct pair *p, const struct seen *s)
{
    const struct event *ev = event_at(f, s);
    if (p->suspect == NOBODY)
        return false;
    /* A prison's own record of a call, visit or letter to the victim of this pair. */
    if (ev->kind == EVENT_prison_call || ev->kind == EVENT_prison_visit || ev->kind == EVENT_prison_letter)
        return s->as == SEEN_DIRECT || s->as == SEEN_CONTACTED;
    /* Contact, direct or through others, while the suspect is held. */
    if (s->as != SEEN_DIRECT && s->as != SEEN_THIRD && s->as != SEEN_CONTACTED)
        return false;
    const struct coding *c = coding_at(f, s);
    if (coding_has(c, BEHAVIOUR_custody_contact))
        return true;
    bool contact = coding_has(c, BEHAVIOUR_contact) || coding_has(c, BEHAVIOUR_proxy) || coding_has(c, BEHAVIOUR_threats);
    return contact && (orders_custody_at(&f->orders, p->suspect, event_when(ev)) || ev->flags & 1u << FLAG_suspect_in_custody);
}

/* A breach is rightly a breach, beside what else it is (Home Office rules: recorded as its own class); R3 shows it. */
static bool kind_is_breach(enum event_kind k) { return k == EVENT_crime_order_breach || k == EVENT_custody_bail_breach || k == EVENT_probation_breach; }

bool seen_is_misrecorded(const struct review_facts *f, const struct seen *s)
{
    const struct event *ev = event_at(f, s);
    return is_occasion(s) && ev->kind != EVENT_crime_stalking && !event_kind_is_neutral(ev->kind) && !kind_is_breach(ev->kind);
}

static int severity(const struct coding *c)
{
    static const struct { enum behaviour b; int level; } levels[] = {
        {BEHAVIOUR_contact, 1}, {BEHAVIOUR_publishing, 1}, {BEHAVIOUR_gifts, 1}, {BEHAVIOUR_vexatious, 1}, {BEHAVIOUR_impersonation, 1}, {BEHAVIOUR_payments, 1}, {BEHAVIOUR_monitoring, 2},
        {BEHAVIOUR_proxy, 2}, {BEHAVIOUR_loitering, 2}, {BEHAVIOUR_following, 2}, {BEHAVIOUR_watching, 2}, {BEHAVIOUR_attending, 2}, {BEHAVIOUR_tracker, 3}, {BEHAVIOUR_interfering, 3}, {BEHAVIOUR_damage, 3},
        {BEHAVIOUR_third_party_threat, 3}, {BEHAVIOUR_self_harm_threat, 3}, {BEHAVIOUR_threats, 3}, {BEHAVIOUR_breach, 3}, {BEHAVIOUR_entry, 4}, {BEHAVIOUR_violence, 4}, {BEHAVIOUR_weapon, 4},
        {BEHAVIOUR_sexual_violence, 4}, {BEHAVIOUR_strangulation, 5},
    };
    int most = 0;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (levels[i].level > most && coding_has(c, levels[i].b))
            most = levels[i].level;
    return most;
}

/* The first occasion that is more severe than every one before it (from remote to near, from near to damage and threats, to violence), or the first that comes after somebody stepped in:
 * going on after a warning, an arrest or an order is a step up whatever it consists of. */
ptrdiff_t pair_escalation(const struct review_facts *f, const struct pair *p)
{
    int most = 0;
    bool stepped_in = false;
    for (size_t i = 0; i < p->n_seen; i++) {
        const struct seen *s = &p->seen[i];
        const struct coding *c = coding_at(f, s);
        bool before = stepped_in;
        stepped_in |= coding_has(c, BEHAVIOUR_intervention);
        if (!is_occasion(s) || (p->suspect != NOBODY && s->as == SEEN_SUSPECT_ONLY))
            continue;
        int now = severity(c);
        if (most > 0 && ((now > most && now >= 2) || before))
            return (ptrdiff_t)i;
        if (now > most)
            most = now;
    }
    return -1;
}

/* ---- reasons ---- */

struct evidence {
    struct review_evidence *v;
    size_t n;
};

static bool evidence_start(struct arena *a, const struct pair *p, struct evidence *ret)
{
    *ret = (struct evidence){ARENA_NEW(a, struct review_evidence, p->n_seen + 1), 0};
    return ret->v != NULL;
}

static void evidence_put(const struct review_facts *f, const struct seen *s, enum behaviour b, struct evidence *ev)
{
    const struct event *event = event_at(f, s);
    ev->v[ev->n++] = (struct review_evidence){event->row, event->key, event->feed, b};
}

static enum err_code reason_put(struct review_reasons *r, enum rule_index rule, const struct evidence *ev, struct str words, struct instant since, struct err *e)
{
    if (!words.p)
        return err_set(e, ERR_NO_MEMORY, "no memory for the reasons of a case");
    r->v[r->n++] = (struct review_reason){(uint8_t)rule, ev->v, ev->n, words, since};
    return ERR_OK;
}

static enum err_code evidence_for(const struct review_facts *f, const struct pair *p, struct arena *a, bool (*holds)(const struct review_facts *, const struct pair *, const struct seen *),
                                  struct evidence *ev, struct err *e)
{
    if (!evidence_start(a, p, ev))
        return err_set(e, ERR_NO_MEMORY, "no memory for the evidence of a case");
    for (size_t i = 0; i < p->n_seen; i++)
        if (holds(f, p, &p->seen[i]))
            evidence_put(f, &p->seen[i], first_conduct(coding_at(f, &p->seen[i])), ev);
    return ERR_OK;
}

static bool shows_occasion(const struct review_facts *f, const struct pair *p, const struct seen *s)
{
    (void)f;
    return counts(p, s);
}

static bool shows_effect(const struct coding *c) { return coding_has(c, BEHAVIOUR_fear) || coding_has(c, BEHAVIOUR_persistence) || coding_has(c, BEHAVIOUR_fixation) || coding_has(c, BEHAVIOUR_life_changed); }

#define BUCKET_SPAN_MS (366 * MS_PER_DAY)

/* Where nobody is known to have done it, only what was done ties the occasions together: two of them aimed at the person within a year, or one record that itself speaks of several and of their effect. */
static bool course_of_unknown(const struct review_facts *f, const struct pair *p)
{
    int64_t last = INT64_MIN;
    for (size_t i = 0; i < p->n_seen; i++) {
        const struct seen *s = &p->seen[i];
        const struct coding *c = coding_at(f, s);
        if (!is_occasion(s) || !p->occasions[s->occasion].aimed || coding_has(c, BEHAVIOUR_dispute))
            continue;
        int64_t when = event_when(event_at(f, s)).ms;
        if ((c->stated >= 2 && shows_effect(c)) || (s->first_of_occasion && last != INT64_MIN && when - last <= BUCKET_SPAN_MS))
            return true;
        last = when;
    }
    return false;
}

static bool course_of_conduct(const struct review_facts *f, const struct pair *p)
{
    return p->occasions_stated >= 2 && (p->suspect != NOBODY || course_of_unknown(f, p));
}

static struct instant first_time(const struct review_facts *f, const struct pair *p)
{
    for (size_t i = 0; i < p->n_seen; i++)
        if (counts(p, &p->seen[i]))
            return event_when(event_at(f, &p->seen[i]));
    return INSTANT_NONE;
}

static bool ignore_order(const struct review_facts *f, const struct pair *p, const struct seen *s)
{
    const struct order *o;
    return seen_is_breach(f, p, s, &o);
}

static bool misrecorded_here(const struct review_facts *f, const struct pair *p, const struct seen *s) { return counts(p, s) && seen_is_misrecorded(f, s); }

/* R1. Two occasions of direct unwanted conduct make a course of conduct; a quarrel about a thing, without more, does not reach a reviewer as one. */
static enum err_code rule_course(const struct review_facts *f, const struct pair *p, struct arena *a, struct review_reasons *r, struct err *e)
{
    struct evidence ev;
    if (!course_of_conduct(f, p))
        return ERR_OK;
    ERR_TRY(evidence_for(f, p, a, shows_occasion, &ev, e));
    return reason_put(r, RULE_course_of_conduct, &ev,
                      str_fmt(a, "Unwanted conduct is known from %zu %s%s.", ev.n, ev.n == 1 ? "record" : "records", p->occasions_stated > ev.n ? ", which speak of more occasions than that" : ""),
                      first_time(f, p), e);
}

/* R2. The two were partners and are no longer. */
static enum err_code rule_former_partner(const struct review_facts *f, const struct pair *p, struct arena *a, struct review_reasons *r, struct err *e)
{
    struct evidence ev;
    if (!p->former_partner || !course_of_conduct(f, p))
        return ERR_OK;
    ERR_TRY(evidence_for(f, p, a, shows_occasion, &ev, e));
    return reason_put(r, RULE_former_partner, &ev, str_fmt(a, "An agency says that they were partners and are no longer."), first_time(f, p), e);
}

/* R3. Something protects the person at the time of the conduct, or a record says that a condition was broken. */
static enum err_code rule_order(const struct review_facts *f, const struct pair *p, struct arena *a, struct review_reasons *r, struct err *e)
{
    struct evidence ev;
    const struct order *order = NULL, *o;
    ERR_TRY(evidence_for(f, p, a, ignore_order, &ev, e));
    if (ev.n == 0)
        return ERR_OK;
    for (size_t i = 0; i < p->n_seen && !order; i++)
        if (seen_is_breach(f, p, &p->seen[i], &o))
            order = o;
    r->breach = true;
    struct str words = order ? str_fmt(a, "Conduct while a %s was in force.", words_text(&words_order_type, (int)order->type))
                             : str_fmt(a, "A record says that an order, bail or licence was breached.");
    return reason_put(r, RULE_order_in_force, &ev, words, first_time(f, p), e);
}

/* R4. From custody, directly or through others. */
static enum err_code rule_custody(const struct review_facts *f, const struct pair *p, struct arena *a, struct review_reasons *r, struct err *e)
{
    struct evidence ev;
    ERR_TRY(evidence_for(f, p, a, seen_is_custody_contact, &ev, e));
    if (ev.n == 0)
        return ERR_OK;
    r->custody_contact = true;
    return reason_put(r, RULE_custody_contact, &ev, str_fmt(a, "Contact, or an attempt at it, while the suspect was held."), first_time(f, p), e);
}

/* R5. A course of conduct, signs of fixation on the person, and records that are typed as something else. Former partners need one sign, others two; a quarrel about a thing needs three. */
static enum err_code rule_misrecorded(const struct review_facts *f, const struct pair *p, struct arena *a, struct review_reasons *r, struct err *e)
{
    struct evidence ev;
    size_t disputes = 0;
    for (size_t i = 0; i < p->n_seen; i++)
        disputes += coding_has(coding_at(f, &p->seen[i]), BEHAVIOUR_dispute);
    size_t needed = p->former_partner ? 1 : disputes * 2 >= p->n_seen ? 3 : 2;
    if (!course_of_conduct(f, p) || pair_fixation_signs(f, p) < needed)
        return ERR_OK;
    ERR_TRY(evidence_for(f, p, a, misrecorded_here, &ev, e));
    if (ev.n == 0)
        return ERR_OK;
    r->misrecorded = true;
    return reason_put(r, RULE_misrecorded, &ev, str_fmt(a, "%zu %s of this pattern %s recorded as something else.", ev.n, ev.n == 1 ? "record" : "records", ev.n == 1 ? "was" : "were"), first_time(f, p), e);
}

/* R6. More severe, or nearer, than all that came before. */
static enum err_code rule_escalation(const struct review_facts *f, const struct pair *p, struct arena *a, struct review_reasons *r, struct err *e)
{
    struct evidence ev;
    ptrdiff_t at = course_of_conduct(f, p) ? pair_escalation(f, p) : -1;
    if (at < 0)
        return ERR_OK;
    if (!evidence_start(a, p, &ev))
        return err_set(e, ERR_NO_MEMORY, "no memory for the evidence of a case");
    evidence_put(f, &p->seen[at], first_conduct(coding_at(f, &p->seen[at])), &ev);
    return reason_put(r, RULE_escalation, &ev, str_fmt(a, "More severe or nearer than what was known before: %s.", words_text(&words_behaviour, (int)ev.v[0].behaviour)),
                      event_when(event_at(f, &p->seen[at])), e);
}

/* R7. Nobody known did it, more than once. */
static enum err_code rule_not_known(const struct review_facts *f, const struct pair *p, struct arena *a, struct review_reasons *r, struct err *e)
{
    struct evidence ev;
    if (p->suspect != NOBODY || !course_of_conduct(f, p) || p->n_occasions < 2)
        return ERR_OK;
    ERR_TRY(evidence_for(f, p, a, shows_occasion, &ev, e));
    return reason_put(r, RULE_not_known, &ev, str_fmt(a, "Conduct on several occasions by somebody who has not been identified."), first_time(f, p), e);
}

enum err_code rules_apply(const struct review_facts *f, const struct pair *p, struct arena *a, struct review_reasons *ret, struct err *e)
{
    *ret = (struct review_reasons){0};
    ERR_TRY(rule_course(f, p, a, ret, e));
    ERR_TRY(rule_former_partner(f, p, a, ret, e));
    ERR_TRY(rule_order(f, p, a, ret, e));
    ERR_TRY(rule_custody(f, p, a, ret, e));
    ERR_TRY(rule_misrecorded(f, p, a, ret, e));
    ERR_TRY(rule_escalation(f, p, a, ret, e));
    ERR_TRY(rule_not_known(f, p, a, ret, e));
    for (size_t i = 0; i < p->n_seen; i++)
        if (is_occasion(&p->seen[i]) && (coding_has(coding_at(f, &p->seen[i]), BEHAVIOUR_threats) || coding_has(coding_at(f, &p->seen[i]), BEHAVIOUR_self_harm_threat)))
            ret->threat = true;
    return ERR_OK;
}
