/* reports_others.c: an occasion as the advocate service, an employer or school, the landlord, a surgery or a prison's
 * log writes it down: what they were told. */
#include "simulate/history.h"

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
        (void)snprintf(ret, n, "%s%.380s",
                       x->suspect_sex == 'M' && rng_chance(o->h->r, 0.7) ? x->suspect
                       : x->suspect_sex == 'M'                           ? "he"
                                                                         : x->suspect,
                       rest);
    }
    t->name = ret;
    return ret;
}

wall told_at(struct occasion *o, int days)
{
    wall later = rng_between(o->h->r, 0, days);
    return wall_clip(o->h->w->c, o->at + later * DAY_S + rng_between(o->h->r, 600, 20000));
}

void tell_charity(struct occasion *o)
{
    struct history *h = o->h;
    struct ward *w = h->w;
    struct county *c = w->c;
    struct telling t;
    char act[480], assessment[200];
    enum hide hide = how_known(o);
    (void)clause(o, &t, act, sizeof act);
    bool minute = rng_chance(h->r, 0.6), disclosure = rng_chance(h->r, 0.5), named = rng_chance(h->r, 0.92),
         reported = h->police_reports > 0 && rng_chance(h->r, 0.7);
    unsigned flags = history_flags(o);
    struct charity_line k = {.at = o->at,
                             .minute = minute,
                             .type = !h->client   ? "referral"
                                     : disclosure ? "disclosure"
                                                  : "contact",
                             .client = h->victim,
                             .perpetrator = named ? h->suspect : NOBODY,
                             .hide = hide,
                             .flags = flags,
                             .relationship =
                                 hide == HIDE_ALL || hide == HIDE_ALL_BUT_PHONE ? "unknown" : h->relation_word,
                             .reported = reported};
    k.title = !h->client ? "Referral" : rng_chance(h->r, 0.5) ? "Client disclosure" : "Telephone contact";
    if (rng_chance(h->r, 0.06))
        k.title = "Stalking referral";
    h->client = true;
    const struct household *hh = &w->h[w->p[h->victim].household];
    for (uint32_t i = hh->first; i < hh->first + hh->n && k.n_children < 3; i++)
        if (w->p[i].mother == h->victim && person_exists(&w->p[i], wall_day(o->at)) &&
            !person_adult(&w->p[i], wall_day(o->at)) && rng_chance(h->r, 0.5))
            k.child[k.n_children++] = i;
    if (rng_chance(h->r, 0.5)) {
        (void)narrate(c, h->r, &c->text2, phrase_charity_assessment, &t);
        (void)snprintf(assessment, sizeof assessment, "%s", c->text2.p);
        k.assessment = assessment;
    }
    k.summary = narrate(c, h->r, &c->text, phrase_charity, &t);
    occasion_recorded(o, FEED_CHARITY, charity_write(w, h->r, &k), false);
}

struct key form_write(struct occasion *o, wall at, const char *what, const char *template, bool suspect)
{
    struct history *h = o->h;
    struct ward *w = h->w;
    const struct person *v = &w->p[h->victim];
    struct telling t;
    char act[480], name[96];
    int age = person_age(v, wall_day(o->at));
    (void)clause(o, &t, act, sizeof act);
    enum hide hide = how_known(o);
    struct organisation_form k = {.at = at,
                                  .minute = rng_chance(h->r, 0.5),
                                  .organisation = name,
                                  .about = h->victim,
                                  .other = suspect ? h->suspect : NOBODY,
                                  .hide = hide,
                                  .what = what,
                                  .about_role = "victim",
                                  .other_relation = "",
                                  .other_role = ""};
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

bool tell_organisation(struct occasion *o)
{
    static const char *const what[] = {"Staff safety concern", "Visitor refused", "HR note",
                                       "Reception log",        "Security log",    "Welfare conversation"};
    const struct person *v = &o->h->w->p[o->h->victim];
    if (!v->employer && person_age(v, wall_day(o->at)) >= 19)
        return false;
    occasion_recorded(o, FEED_ORGANISATION,
                      form_write(o, o->at, what[rng_below(o->h->r, 6)], phrase_organisation, true), false);
    return true;
}

bool history_is_tenant(const struct history *h)
{
    const struct household *hh = &h->w->h[h->w->p[h->victim].household];
    return hh->social && hh->n > 0;
}

bool tell_housing(struct occasion *o)
{
    static const char *const categories[] = {"Harassment by neighbour", "Verbal abuse", "Loitering",
                                             "Nuisance visitor"};
    struct history *h = o->h;
    struct ward *w = h->w;
    if (!history_is_tenant(h))
        return false;
    struct telling t;
    char act[480];
    int32_t day = wall_day(o->at);
    enum hide hide = how_known(o);
    (void)clause(o, &t, act, sizeof act);
    uint32_t k = !strcmp(h->relation, "NEI")                         ? 0
                 : o->act == ACT_loitering || o->act == ACT_watching ? 2
                 : o->act == ACT_threats                             ? 1
                                                                     : 3;
    bool known = hide == HIDE_NOT || hide == HIDE_ALL_BUT_FIRST_NAME;
    struct housing_case x = {.opened = day,
                             .closed = rng_chance(h->r, 0.8) && day + 20 < w->c->end_day ? day + 14 : LONG_AGO,
                             .type = "ASB",
                             .category = categories[k],
                             .n = 2,
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

void tell_health(struct occasion *o)
{
    struct history *h = o->h;
    struct telling t;
    char act[480];
    (void)clause(o, &t, act, sizeof act);
    bool hurt = o->act == ACT_violence || o->act == ACT_strangulation;
    wall at = told_at(o, hurt ? 1 : 10);
    bool plain = rng_chance(h->r, hurt ? 0.4 : 0.5), flagged = h->relation[0] == 'E' && rng_chance(h->r, 0.3);
    struct encounter k = {.at = at,
                          .who = h->victim,
                          .carer = NOBODY,
                          .provider = hurt ? "HOSP" : "GP",
                          .type = hurt ? "ED" : "GP",
                          .carer_relation = "",
                          .presenting = hurt    ? (o->act == ACT_strangulation ? "Neck pain"
                                                   : plain                     ? "Assault"
                                                                               : "Fall")
                                        : plain ? "Anxiety"
                                                : "Insomnia",
                          .flags = flagged ? F_DA : 0};
    k.note = narrate(h->w->c, h->r, &h->w->c->text, phrase_health, &t);
    occasion_recorded(o, FEED_HEALTH, health_write(h->w, h->r, &k), false);
}

/* What passes through the prison is in its log, with the relation that the prisoner gave. */
void prison_log(struct occasion *o)
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
    struct prison_entry e = {.at = o->at,
                             .type = rng_chance(h->r, 0.65) ? "CALL" : "LETTER",
                             .who = h->suspect,
                             .protects = NOBODY,
                             .contact = h->victim,
                             .custody = "",
                             .conditions = "",
                             .contact_relation = relations[k],
                             .from = LONG_AGO,
                             .to = LONG_AGO,
                             .false_name = k >= 2};
    if (!strcmp(e.type, "LETTER"))
        e.false_name = false;
    e.remarks = narrate(w->c, h->r, &w->c->text,
                        "[Number added as [friend|family], [female voice, call ended by her|person asked him not to "
                        "ring|silent then hung up]|Letter to ex-partner, [intercepted|passed on]|Call of one minute, "
                        "[she said stop|not answered|he gave her his release date]|Not "
                        "listened to.|Wrote again to same address.|Says it is his [mum|sister].]",
                        &t);
    occasion_recorded(o, FEED_PRISON, prison_write(w, h->r, &e), false);
}
