/* reports.c: who records an occasion, and as what.
 *
 * Steps: 1 which agency is told (by kind of act; a prison's log sees what goes through it); 2 one time in five a second agency hears of the same happening; 3 the agency writes
 * it down in its own terms: police mostly as something else, the others as a contact; 4 truth.c learns of every record. What happens around it (a sleepless patient, a new lock)
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
static bool is_breach(enum offence_id o) { return o == OFF_NMO_BREACH || o == OFF_RO_BREACH || o == OFF_SPO_BREACH || o == OFF_DAPO_BREACH; }
/* An advice line is a contact, not a problem recorded (words.h: police contact). */
static bool is_neutral(enum offence_id o) { return o == INC_CIVIL || o == INC_CONCERN || o == INC_MISSING || o == INC_LOST || o == INC_UPDATE || o == INC_INTELLIGENCE; }

static enum offence_id recorded_as(struct occasion *o)
{
    static const uint16_t weights[] = {6, 4, 3, 2};
    static const enum offence_id breaches[BAR_N] = {OFFENCE_N, OFFENCE_N, OFF_NMO_BREACH, OFF_RO_BREACH, OFF_SPO_BREACH, OFF_SPO_BREACH, OFFENCE_N};
    struct history *h = o->h;
    double named = rate(h->w->c, RATE_named_stalking) * (h->police_reports >= 3 ? 1.8 : h->police_reports >= 1 ? 1.0 : 0.25);
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
    return a == ACT_damage || a == ACT_interfering || a == ACT_watching || a == ACT_tracker || a == ACT_impersonation || a == ACT_publishing || a == ACT_entry || a == ACT_gifts || a == ACT_monitoring;
}

static enum hide how_known(struct occasion *o)
{
    struct history *h = o->h;
    bool message = o->act == ACT_contact || o->act == ACT_threats || o->act == ACT_custody_contact;
    if (!history_named(h, o->number))
        return message && rng_chance(h->r, 0.5) ? HIDE_ALL_BUT_PHONE : HIDE_ALL;
    if (is_anonymous_act(o->act) && rng_chance(h->r, 0.3))
        return HIDE_ALL;
    return rng_chance(h->r, 0.06) ? HIDE_ALL_BUT_FIRST_NAME : HIDE_NOT;
}

static void party_add(struct incident *i, uint32_t who, const char *role, const char *relation, enum hide hide, bool later)
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
    if (hh->n > 1 && h->w->p[child].mother == h->victim && person_exists(&h->w->p[child], wall_day(o->at)) && !person_adult(&h->w->p[child], wall_day(o->at)) && rng_chance(h->r, 0.3)) {
        i->flags |= F_CHILD;
        party_add(i, child, "CHI", "", HIDE_NOT, false);
    }
}

static const char phrase_counter[] = "{v} reports {s} [has been telling people {he} is a stalker|made false report|is ringing {her}]. [Says {she} is the victim.|Wants {him} spoken to.]";

static unsigned history_flags(const struct occasion *o)
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
    struct incident i = {.from = o->at, .to = o->at, .what = recorded_as(o), .becomes = OFFENCE_N, .domestic = h->relation[0] == 'E', .dwelling = person_dwelling(&w->p[h->victim], day)};
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
    const char *told = i.flags & F_COUNTER ? phrase_counter : o->act == ACT_damage && i.what == OFF_DAMAGE_CAR ? phrase_damage_car : o->act == ACT_damage && i.what == OFF_DAMAGE_HOME ? phrase_damage_home : act_phrases[o->act].police;
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

/* "he keeps ringing her", for those who write down what they were told. */
static const char *clause(struct occasion *o, struct telling *t, char *ret, size_t n)
{
    struct county *c = o->h->w->c;
    history_words(o->h, o->number, t);
    t->place = "the street";
    t->name = "";
    (void)narrate(c, o->h->r, &c->text2, act_phrases[o->act].clause, t);
    (void)snprintf(ret, n, "%s", c->text2.p);
    struct telling *x = t;
    if (!strncmp(ret, "He ", 3) || !strncmp(ret, "She ", 4)) {
        char rest[400];
        (void)snprintf(rest, sizeof rest, "%.399s", strchr(ret, ' '));
        (void)snprintf(ret, n, "%s%.380s", x->suspect_sex == 'M' && rng_chance(o->h->r, 0.7) ? x->suspect : x->suspect_sex == 'M' ? "he" : x->suspect, rest);
    }
    t->name = ret;
    return ret;
}

static wall told_at(struct occasion *o, int days)
{
    wall later = rng_between(o->h->r, 0, days);
    return wall_clip(o->h->w->c, o->at + later * DAY_S + rng_between(o->h->r, 600, 20000));
}

static void tell_charity(struct occasion *o)
{
    struct history *h = o->h;
    struct ward *w = h->w;
    struct county *c = w->c;
    struct telling t;
    char act[480], assessment[200];
    enum hide hide = how_known(o);
    (void)clause(o, &t, act, sizeof act);
    bool minute = rng_chance(h->r, 0.6), disclosure = rng_chance(h->r, 0.5), named = rng_chance(h->r, 0.92), reported = h->police_reports > 0 && rng_chance(h->r, 0.7);
    unsigned flags = history_flags(o);
    struct charity_line k = {.at = o->at, .minute = minute, .type = !h->client ? "referral" : disclosure ? "disclosure" : "contact", .client = h->victim,
                             .perpetrator = named ? h->suspect : NOBODY, .hide = hide, .flags = flags,
                             .relationship = hide == HIDE_ALL || hide == HIDE_ALL_BUT_PHONE ? "unknown" : h->relation_word, .reported = reported};
    k.title = !h->client ? "Referral" : rng_chance(h->r, 0.5) ? "Client disclosure" : "Telephone contact";
    if (rng_chance(h->r, 0.06))
        k.title = "Stalking referral";
    h->client = true;
    const struct household *hh = &w->h[w->p[h->victim].household];
    for (uint32_t i = hh->first; i < hh->first + hh->n && k.n_children < 3; i++)
        if (w->p[i].mother == h->victim && person_exists(&w->p[i], wall_day(o->at)) && !person_adult(&w->p[i], wall_day(o->at)) && rng_chance(h->r, 0.5))
            k.child[k.n_children++] = i;
    if (rng_chance(h->r, 0.5)) {
        (void)narrate(c, h->r, &c->text2, phrase_charity_assessment, &t);
        (void)snprintf(assessment, sizeof assessment, "%s", c->text2.p);
        k.assessment = assessment;
    }
    k.summary = narrate(c, h->r, &c->text, phrase_charity, &t);
    occasion_recorded(o, FEED_CHARITY, charity_write(w, h->r, &k), false);
}

static struct key form_write(struct occasion *o, wall at, const char *what, const char *template, bool suspect)
{
    struct history *h = o->h;
    struct ward *w = h->w;
    const struct person *v = &w->p[h->victim];
    struct telling t;
    char act[480], name[96];
    int age = person_age(v, wall_day(o->at));
    (void)clause(o, &t, act, sizeof act);
    enum hide hide = how_known(o);
    struct organisation_form k = {.at = at, .minute = rng_chance(h->r, 0.5), .organisation = name, .about = h->victim, .other = suspect ? h->suspect : NOBODY, .hide = hide, .what = what,
                                  .about_role = "victim", .other_relation = "", .other_role = ""};
    if (age < 19) {
        k.kind = "college";
        place_school(w, age, name, sizeof name);
    } else {
        k.kind = place_employer_kind(v->employer);
        place_employer(w, v->employer, name, sizeof name);
    }
    if (suspect) {
        k.other_relation = hide == HIDE_NOT ? h->organisation_word : "unknown man";
        k.other_role = hide == HIDE_NOT || hide == HIDE_ALL_BUT_FIRST_NAME ? "suspect" : "unknown_suspect";
    }
    t.victim = age < 19 ? "student" : "colleague";
    k.details = narrate(w->c, h->r, &w->c->text, template, &t);
    return organisation_write(w, h->r, &k);
}

static bool tell_organisation(struct occasion *o)
{
    static const char *const what[] = {"Staff safety concern", "Visitor refused", "HR note", "Reception log", "Security log", "Welfare conversation"};
    const struct person *v = &o->h->w->p[o->h->victim];
    if (!v->employer && person_age(v, wall_day(o->at)) >= 19)
        return false;
    occasion_recorded(o, FEED_ORGANISATION, form_write(o, o->at, what[rng_below(o->h->r, 6)], phrase_organisation, true), false);
    return true;
}

static bool is_tenant(const struct history *h)
{
    const struct household *hh = &h->w->h[h->w->p[h->victim].household];
    return hh->social && hh->n > 0;
}

static bool tell_housing(struct occasion *o)
{
    static const char *const categories[] = {"Harassment by neighbour", "Verbal abuse", "Loitering", "Nuisance visitor"};
    struct history *h = o->h;
    struct ward *w = h->w;
    if (!is_tenant(h))
        return false;
    struct telling t;
    char act[480];
    int32_t day = wall_day(o->at);
    enum hide hide = how_known(o);
    (void)clause(o, &t, act, sizeof act);
    uint32_t k = !strcmp(h->relation, "NEI") ? 0 : o->act == ACT_loitering || o->act == ACT_watching ? 2 : o->act == ACT_threats ? 1 : 3;
    bool known = hide == HIDE_NOT || hide == HIDE_ALL_BUT_FIRST_NAME;
    struct housing_case x = {.opened = day, .closed = rng_chance(h->r, 0.8) && day + 20 < w->c->end_day ? day + 14 : LONG_AGO, .type = "ASB", .category = categories[k], .n = 2,
                             .dwelling = person_dwelling(&w->p[h->victim], day)};
    x.person[0].who = h->victim;
    x.person[0].role = "COMPLAINANT";
    x.person[1].who = h->suspect;
    x.person[1].role = "ALLEGED";
    x.person[1].hide = known ? hide : HIDE_ALL;
    x.details = narrate(w->c, h->r, &w->c->text, phrase_housing, &t);
    occasion_recorded(o, FEED_HOUSING, housing_write(w, h->r, &x), true);
    return true;
}

static void tell_health(struct occasion *o)
{
    struct history *h = o->h;
    struct telling t;
    char act[480];
    (void)clause(o, &t, act, sizeof act);
    bool hurt = o->act == ACT_violence || o->act == ACT_strangulation;
    wall at = told_at(o, hurt ? 1 : 10);
    bool plain = rng_chance(h->r, hurt ? 0.4 : 0.5), flagged = h->relation[0] == 'E' && rng_chance(h->r, 0.3);
    struct encounter k = {.at = at, .who = h->victim, .carer = NOBODY, .provider = hurt ? "HOSP" : "GP", .type = hurt ? "ED" : "GP", .carer_relation = "",
                          .presenting = hurt ? (o->act == ACT_strangulation ? "Neck pain" : plain ? "Assault" : "Fall") : plain ? "Anxiety" : "Insomnia",
                          .flags = flagged ? F_DA : 0};
    k.note = narrate(h->w->c, h->r, &h->w->c->text, phrase_health, &t);
    occasion_recorded(o, FEED_HEALTH, health_write(h->w, h->r, &k), false);
}

/* What passes through the prison is in its log, with the relation that the prisoner gave. */
static void prison_log(struct occasion *o)
{
    static const char *const relations[] = {"ex-partner", "partner", "friend", "mother", "cousin", "friend"};
    struct history *h = o->h;
    struct ward *w = h->w;
    if (o->act != ACT_custody_contact || !rng_chance(h->r, 0.7))
        return;
    struct telling t;
    history_words(h, o->number, &t);
    t.place = t.name = "";
    uint32_t k = rng_below(h->r, 6);
    struct prison_entry e = {.at = o->at, .type = rng_chance(h->r, 0.65) ? "CALL" : "LETTER", .who = h->suspect, .protects = NOBODY, .contact = h->victim, .custody = "", .conditions = "",
                             .contact_relation = relations[k], .from = LONG_AGO, .to = LONG_AGO, .false_name = k >= 2};
    if (!strcmp(e.type, "LETTER"))
        e.false_name = false;
    e.remarks = narrate(w->c, h->r, &w->c->text,
                        "[Number added as [friend|family], [female voice, call ended by her|person asked him not to ring|silent then hung up]|Letter to ex-partner, [intercepted|passed on]|Call of one minute, [she said stop|not answered|he gave her his release date]|Not "
                        "listened to.|Wrote again to same address.|Says it is his [mum|sister].]", &t);
    occasion_recorded(o, FEED_PRISON, prison_write(w, h->r, &e), false);
}

static bool tell(struct occasion *o, enum teller who)
{
    switch (who) {
    case TELL_CHARITY: tell_charity(o); return true;
    case TELL_ORGANISATION: return tell_organisation(o);
    case TELL_HOUSING: return tell_housing(o);
    case TELL_HEALTH: tell_health(o); return true;
    case TELL_NOBODY: return false;
    default: tell_police(o); return true;
    }
}

void occasion_report(struct occasion *o)
{
    static const uint16_t usual[TELL_N] = {50, 13, 9, 7, 7, 14}, at_work[TELL_N] = {40, 10, 32, 2, 4, 12}, at_home[TELL_N] = {50, 10, 2, 20, 5, 13}, hurt[TELL_N] = {56, 8, 2, 0, 28, 6};
    struct history *h = o->h;
    const uint16_t *weights = o->act == ACT_violence || o->act == ACT_strangulation ? hurt
                              : o->act == ACT_attending || o->act == ACT_contact     ? at_work
                              : o->act == ACT_loitering || o->act == ACT_watching    ? at_home
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

/* ---- around it ---- */

static void health_note(struct occasion *o)
{
    struct history *h = o->h;
    struct telling t;
    history_words(h, o->number, &t);
    t.place = t.name = "";
    wall at = told_at(o, 25);
    struct encounter k = {.at = at, .who = h->victim, .carer = NOBODY, .provider = "GP", .type = "GP", .presenting = rng_chance(h->r, 0.5) ? "Insomnia" : "Anxiety", .carer_relation = ""};
    k.note = narrate(h->w->c, h->r, &h->w->c->text, phrase_sleepless, &t);
    (void)health_write(h->w, h->r, &k);
}

static void lock_change(struct occasion *o)
{
    struct history *h = o->h;
    int32_t day = wall_day(told_at(o, 6));
    struct telling t;
    history_words(h, o->number, &t);
    t.place = t.name = "";
    struct housing_case x = {.opened = day, .closed = day + 2 < h->w->c->end_day ? day + 1 : LONG_AGO, .type = "REPAIR", .category = o->act == ACT_damage ? "Window broken" : rng_chance(h->r, 0.7) ? "Lock change" : "Door broken",
                             .n = 1, .dwelling = person_dwelling(&h->w->p[h->victim], day)};
    x.person[0].who = h->victim;
    x.person[0].role = "TENANT";
    x.details = narrate(h->w->c, h->r, &h->w->c->text, phrase_lock_change, &t);
    (void)housing_write(h->w, h->r, &x);
}

static void support_contact(struct occasion *o)
{
    struct history *h = o->h;
    struct telling t;
    history_words(h, o->number, &t);
    t.place = t.name = "";
    struct charity_line k = {.at = told_at(o, 12), .minute = true, .type = "contact", .client = h->victim, .perpetrator = NOBODY, .relationship = "", .title = "Support contact", .reported = h->police_reports > 0};
    k.summary = narrate(h->w->c, h->r, &h->w->c->text, phrase_support, &t);
    (void)charity_write(h->w, h->r, &k);
}

static void update_call(struct occasion *o)
{
    struct history *h = o->h;
    struct telling t;
    history_words(h, o->number, &t);
    t.place = t.name = "";
    wall at = told_at(o, 14);
    struct incident i = {.from = at, .to = at, .reported = wall_clip(h->w->c, at + 300), .what = INC_UPDATE, .becomes = OFFENCE_N, .dwelling = person_dwelling(&h->w->p[h->victim], wall_day(at))};
    party_add(&i, h->victim, "VIC", "", HIDE_NOT, false);
    i.text = narrate(h->w->c, h->r, &h->w->c->text, "[{v} asked for update on earlier report|{v} rang for officer, on rest days|Victim contact as agreed|{v} wants to know if {he} has been spoken to]. [Message passed.|Told enquiries continue.|No change.|]", &t);
    (void)police_write(h->w, h->r, &i, NULL);
}

void history_neutral_records(struct occasion *o)
{
    struct history *h = o->h;
    struct ward *w = h->w;
    struct person *v = &w->p[h->victim];
    int32_t day = wall_day(o->at);
    if (rng_chance(h->r, 0.10))
        health_note(o);
    if (is_tenant(h) && rng_chance(h->r, 0.20))
        lock_change(o);
    if (v->employer && rng_chance(h->r, 0.05))
        (void)form_write(o, told_at(o, 15), "Change of arrangements", phrase_work_changes, false);
    if (h->client && rng_chance(h->r, 0.35))
        support_contact(o);
    if (h->police_reports > 0 && rng_chance(h->r, 0.10))
        update_call(o);
    if ((o->act == ACT_violence || o->act == ACT_entry || o->act == ACT_threats) && rng_chance(h->r, 0.12) && day + 40 < w->c->end_day)
        person_move(w, h->r, h->victim, day + rng_between(h->r, 5, 30));
    if ((o->act == ACT_contact || o->act == ACT_threats) && v->n_numbers < 3 && rng_chance(h->r, 0.10))
        person_change_number(v, day + rng_between(h->r, 1, 20));
}
