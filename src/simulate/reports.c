/* reports.c: who records an occasion, and as what.
 *
 * Steps: 1 which agency is told (by kind of act; a prison's log sees what goes through it); 2 one time in five a second
 * agency hears of the same happening; 3 the agency writes it down in its own terms: police mostly as something else,
 * the others as a contact; 4 truth.c learns of every record. What happens around it (a sleepless patient, a new lock)
 * is recorded too, by agencies that do not ask why. */
#include "simulate/history.h"

enum teller { TELL_POLICE, TELL_CHARITY, TELL_ORGANISATION, TELL_HOUSING, TELL_HEALTH, TELL_NOBODY, TELL_N };

/* What police make of an act when they do not see the pattern. Weights 6, 4, 3, 2. */
static const enum offence_id taken_for[ACT_N][4] = {
    [ACT_following] = {INC_SUSPICIOUS, OFF_HARASSMENT, INC_VEHICLE, OFF_PUBLIC_ORDER},
    [ACT_contact] = {OFF_MALCOMMS, INC_NUISANCE_CALLS, OFF_HARASSMENT, INC_NUISANCE_ADVICE},
    [ACT_publishing] = {OFF_MALCOMMS, OFF_HARASSMENT, INC_CIVIL, OFF_MALCOMMS},
    [ACT_monitoring] = {OFF_COMPUTER, INC_SUSPICIOUS, OFF_HARASSMENT, OFF_COMPUTER},
    [ACT_loitering] = {INC_SUSPICIOUS, INC_SUSPICIOUS_MALE, INC_VEHICLE, INC_ASB},
    [ACT_interfering] = {OFF_CAR_INTERFERENCE, OFF_DAMAGE, OFF_THEFT, INC_ASB_ENVIRONMENT},
    [ACT_watching] = {INC_PROWLER, INC_SUSPICIOUS, INC_SUSPICIOUS_MALE, INC_ASB},
    [ACT_gifts] = {INC_NUISANCE_CALLS, OFF_HARASSMENT, INC_SUSPICIOUS, INC_VISITOR},
    [ACT_proxy] = {OFF_PUBLIC_ORDER, OFF_MALCOMMS, INC_VISITOR, OFF_HARASSMENT},
    [ACT_vexatious] = {OFF_HARASSMENT, INC_NEIGHBOUR, OFF_MALCOMMS, INC_VISITOR},
    [ACT_tracker] = {INC_SUSPICIOUS, OFF_HARASSMENT, INC_VEHICLE, INC_SUSPICIOUS},
    [ACT_impersonation] = {OFF_FRAUD, OFF_MALCOMMS, OFF_COMPUTER, OFF_HARASSMENT},
    [ACT_attending] = {INC_VISITOR, OFF_PUBLIC_ORDER, OFF_HARASSMENT, INC_ASB},
    [ACT_damage] = {OFF_DAMAGE_CAR, OFF_DAMAGE_HOME, OFF_DAMAGE, OFF_ARSON},
    [ACT_threats] = {OFF_PUBLIC_ORDER_ALARM, OFF_THREATS, OFF_MALCOMMS, OFF_HARASSMENT_FEAR},
    [ACT_self_harm_threat] = {OFF_MALCOMMS, INC_NUISANCE_CALLS, INC_NUISANCE_ADVICE, OFF_HARASSMENT},
    [ACT_third_party_threat] = {OFF_PUBLIC_ORDER_ALARM, OFF_THREATS, OFF_DAMAGE_HOME, OFF_COMMON_ASSAULT},
    [ACT_custody_contact] = {OFF_MALCOMMS, INC_NUISANCE_CALLS, OFF_HARASSMENT, INC_NUISANCE_ADVICE},
    [ACT_payments] = {INC_NUISANCE_ADVICE, OFF_MALCOMMS, INC_CIVIL, OFF_HARASSMENT},
    [ACT_entry] = {OFF_BURGLARY, OFF_BURGLARY_ATTEMPT, INC_SUSPICIOUS, OFF_THEFT},
    [ACT_violence] = {OFF_COMMON_ASSAULT, OFF_ABH, OFF_PUBLIC_ORDER, OFF_THEFT_PERSON},
    [ACT_strangulation] = {OFF_STRANGULATION, OFF_ABH, OFF_COMMON_ASSAULT, OFF_STRANGULATION},
};

static bool is_stalking(enum offence_id o) { return o <= OFF_STALKING_ALARM; }
static bool is_breach(enum offence_id o)
{
    return o == OFF_NMO_BREACH || o == OFF_RO_BREACH || o == OFF_SPO_BREACH || o == OFF_DAPO_BREACH;
}
/* An advice line is a contact, not a problem recorded (words.h: police contact). */
static bool is_neutral(enum offence_id o)
{
    return o == INC_CIVIL || o == INC_CONCERN || o == INC_MISSING || o == INC_LOST || o == INC_UPDATE ||
           o == INC_INTELLIGENCE;
}

static enum offence_id recorded_as(struct occasion *o)
{
    static const uint16_t weights[] = {6, 4, 3, 2};
    static const enum offence_id breaches[BAR_N] = {OFFENCE_N,      OFFENCE_N,      OFF_NMO_BREACH, OFF_RO_BREACH,
                                                    OFF_SPO_BREACH, OFF_SPO_BREACH, OFFENCE_N};
    struct history *h = o->h;
    double named = rate(h->w->c, RATE_named_stalking) * (h->police_reports >= 3   ? 1.8
                                                         : h->police_reports >= 1 ? 1.0
                                                                                  : 0.25);
    if (o->bar >= 0 && breaches[o->bar] != OFFENCE_N && history_named(h, o->number) && rng_chance(h->r, 0.5))
        return breaches[o->bar];
    if (rng_chance(h->r, named))
        return (enum offence_id)(OFF_STALKING + rng_below(h->r, 3));
    if (h->relation[0] == 'E' && o->act != ACT_strangulation && rng_chance(h->r, 0.28))
        return INC_DOMESTIC;
    return taken_for[o->act][rng_weighted(h->r, weights, 4)];
}

static bool is_anonymous_act(enum act a)
{
    return a == ACT_damage || a == ACT_interfering || a == ACT_watching || a == ACT_tracker || a == ACT_impersonation ||
           a == ACT_publishing || a == ACT_entry || a == ACT_gifts || a == ACT_monitoring;
}

enum hide how_known(struct occasion *o)
{
    struct history *h = o->h;
    bool message = o->act == ACT_contact || o->act == ACT_threats || o->act == ACT_custody_contact;
    if (!history_named(h, o->number))
        return message && rng_chance(h->r, 0.5) ? HIDE_ALL_BUT_PHONE : HIDE_ALL;
    if (is_anonymous_act(o->act) && rng_chance(h->r, 0.3))
        return HIDE_ALL;
    return rng_chance(h->r, 0.06) ? HIDE_ALL_BUT_FIRST_NAME : HIDE_NOT;
}

static void party_add(struct incident *i, uint32_t who, const char *role, const char *relation, enum hide hide,
                      bool later)
{
    if (who != NOBODY && i->n < MAX_PARTIES)
        i->party[i->n++] = (struct party){who, role, relation, hide, later};
}

static void parties(struct occasion *o, struct incident *i)
{
    struct history *h = o->h;
    enum hide hide = how_known(o);
    const char *role = hide == HIDE_ALL || hide == HIDE_ALL_BUT_PHONE ? "UNK" : "SUS";
    bool later = !strcmp(role, "UNK") && history_named(h, o->number) && rng_chance(h->r, 0.4);
    uint32_t third = o->act == ACT_third_party_threat ? ward_pick_kin(h->w, h->r, h->victim, wall_day(o->at)) : NOBODY;
    if (o->act == ACT_vexatious && hide == HIDE_NOT && rng_chance(h->r, 0.3)) { /* he reports her */
        i->flags |= F_COUNTER;
        party_add(i, h->suspect, "VIC", "", HIDE_NOT, false);
        party_add(i, h->victim, "SUS", h->relation, HIDE_NOT, false);
        return;
    }
    if (third != NOBODY && third != h->suspect && rng_chance(h->r, 0.5)) {
        party_add(i, third, "VIC", "", HIDE_NOT, false);
        party_add(i, h->victim, "WIT", "", HIDE_NOT, false);
        party_add(i, h->suspect, role, strcmp(role, "SUS") ? "" : "ACQ", hide, later);
        return;
    }
    party_add(i, h->victim, "VIC", "", HIDE_NOT, false);
    if (o->act == ACT_proxy && h->helper != NOBODY) {
        party_add(i, h->helper, "SUS", "ACQ", HIDE_NOT, false);
        if (rng_chance(h->r, 0.6))
            party_add(i, h->suspect, "SUS", h->relation, HIDE_NOT, false);
    } else {
        party_add(i, h->suspect, role, strcmp(role, "SUS") ? "" : h->relation, hide, later);
    }
    if (rng_chance(h->r, 0.12))
        party_add(i, ward_pick(h->w, h->r, 16, 75, wall_day(o->at), h->victim, h->suspect), "WIT", "", HIDE_NOT, false);
    const struct household *hh = &h->w->h[h->w->p[h->victim].household];
    uint32_t child = hh->first + hh->n - 1;
    if (hh->n > 1 && h->w->p[child].mother == h->victim && person_exists(&h->w->p[child], wall_day(o->at)) &&
        !person_adult(&h->w->p[child], wall_day(o->at)) && rng_chance(h->r, 0.3)) {
        i->flags |= F_CHILD;
        party_add(i, child, "CHI", "", HIDE_NOT, false);
    }
}

static const char phrase_counter[] = "{v} reports {s} [has been telling people {he} is a stalker|made false report|is "
                                     "ringing {her}]. [Says {she} is the victim.|Wants {him} spoken to.]";

unsigned history_flags(const struct occasion *o)
{
    unsigned f = o->h->relation[0] == 'E' ? F_DA : 0;
    if (o->bar == BAR_POLICE_BAIL || o->bar == BAR_COURT_BAIL)
        f |= F_BAIL;
    else if (o->bar == BAR_LICENCE)
        f |= F_LICENCE;
    else if (o->bar >= 0)
        f |= F_ORDER;
    if (!rng_chance(o->h->r, 0.6))
        f &= ~(unsigned)(F_BAIL | F_LICENCE | F_ORDER); /* often nobody looks */
    if (o->in_prison)
        f |= F_CUSTODY;
    if (o->act == ACT_tracker)
        f |= F_TRACKER;
    if (o->h->police_reports >= 3 && rng_chance(o->h->r, 0.3))
        f |= F_REPEAT;
    return f;
}

static void tell_police(struct occasion *o)
{
    struct history *h = o->h;
    struct ward *w = h->w;
    struct county *c = w->c;
    int32_t day = wall_day(o->at);
    struct incident i = {.from = o->at,
                         .to = o->at,
                         .what = recorded_as(o),
                         .becomes = OFFENCE_N,
                         .domestic = h->relation[0] == 'E',
                         .dwelling = person_dwelling(&w->p[h->victim], day)};
    i.reported = wall_recorded(c, h->r, o->at, rng_chance(h->r, 0.7) ? 3 : 40);
    i.flags = history_flags(o);
    if (is_stalking(i.what) && rng_chance(h->r, 0.7))
        i.flags |= F_STALK;
    if (o->act == ACT_damage && rng_chance(h->r, 0.5))
        i.from = wall_clip(c, o->at - 6 * 3600);
    if (!is_stalking(i.what) && !is_breach(i.what) && h->police_reports >= 2 && rng_chance(h->r, 0.03))
        i.becomes = (enum offence_id)(OFF_STALKING + rng_below(h->r, 3));
    parties(o, &i);
    struct telling t;
    char street[64];
    place_street(c, i.dwelling, street, sizeof street);
    t.place = street;
    t.name = "";
    history_words(h, o->number, &t);
    if (i.flags & F_COUNTER) { /* told from the other side */
        t.victim = "caller";
        t.suspect = h->relation[0] == 'E' ? "ex-partner" : "person known";
        char sex = t.victim_sex;
        t.victim_sex = t.suspect_sex;
        t.suspect_sex = sex;
    }
    (void)narrate(c, h->r, &c->text2, phrase_police_tail, &t);
    char tail[128];
    (void)snprintf(tail, sizeof tail, "%s", c->text2.p);
    const char *told = i.flags & F_COUNTER                                 ? phrase_counter
                       : o->act == ACT_damage && i.what == OFF_DAMAGE_CAR  ? phrase_damage_car
                       : o->act == ACT_damage && i.what == OFF_DAMAGE_HOME ? phrase_damage_home
                                                                           : act_phrases[o->act].police;
    (void)narrate(c, h->r, &c->text, told, &t);
    c->text.n--; /* over the NUL */
    (void)buf_fmt(&c->text, "%s%s", tail[0] ? " " : "", tail);
    (void)buf_char(&c->text, '\0');
    i.text = c->text.p;
    enum offence_id final;
    struct key key = police_write(w, h->r, &i, &final);
    h->police_reports++;
    (void)snprintf(h->incident, sizeof h->incident, "%s", key.s);
    occasion_recorded(o, FEED_POLICE, key, !is_stalking(final) && !is_breach(final) && !is_neutral(final));
}

static bool tell(struct occasion *o, enum teller who)
{
    switch (who) {
    case TELL_CHARITY:
        tell_charity(o);
        return true;
    case TELL_ORGANISATION:
        return tell_organisation(o);
    case TELL_HOUSING:
        return tell_housing(o);
    case TELL_HEALTH:
        tell_health(o);
        return true;
    case TELL_NOBODY:
        return false;
    default:
        tell_police(o);
        return true;
    }
}

void occasion_report(struct occasion *o)
{
    static const uint16_t usual[TELL_N] = {50, 13, 9, 7, 7, 14}, at_work[TELL_N] = {40, 10, 32, 2, 4, 12},
                          at_home[TELL_N] = {50, 10, 2, 20, 5, 13}, hurt[TELL_N] = {56, 8, 2, 0, 28, 6};
    struct history *h = o->h;
    const uint16_t *weights = o->act == ACT_violence || o->act == ACT_strangulation ? hurt
                              : o->act == ACT_attending || o->act == ACT_contact    ? at_work
                              : o->act == ACT_loitering || o->act == ACT_watching   ? at_home
                                                                                    : usual;
    prison_log(o);
    enum teller first = (enum teller)rng_weighted(h->r, weights, TELL_N);
    if (first == TELL_NOBODY && h->reported < 2 && o->number >= h->n - 2)
        first = TELL_POLICE; /* a history that no agency knows is none of the county's */
    if (!tell(o, first) && first != TELL_NOBODY)
        tell_police(o), first = TELL_POLICE;
    if (first == TELL_NOBODY || !rng_chance(h->r, rate(h->w->c, RATE_two_agencies)))
        return;
    enum teller second = (enum teller)rng_weighted(h->r, usual, TELL_N - 1);
    if (second != first)
        (void)tell(o, second);
}
