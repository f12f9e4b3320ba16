/* disputes.c: what repeats between the same two people and is not stalking: neighbours' feuds, domestic incidents of
 * couples who live together, couples who part and reunite. They are the hard part of the background: many occasions,
 * two names, several agencies, no fixation of one on the other. */
#include "simulate/county.h"

#include <math.h>

struct feud {
    struct ward *w;
    struct rng *r;
    uint32_t a, b;
};

static void two_parties(struct incident *i, uint32_t victim, uint32_t suspect, const char *relation)
{
    i->party[0] = (struct party){victim, "VIC", "", HIDE_NOT, false};
    i->party[1] = (struct party){suspect, "SUS", relation, HIDE_NOT, false};
    i->n = 2;
}

static void police_between(struct feud *f, wall at, uint32_t victim, uint32_t suspect, const char *relation,
                           enum offence_id what, bool domestic, const char *template, const char *suspect_word)
{
    struct ward *w = f->w;
    struct county *c = w->c;
    struct incident i = {.from = at,
                         .to = at,
                         .what = what,
                         .becomes = OFFENCE_N,
                         .domestic = domestic,
                         .flags = domestic ? F_DA : 0,
                         .dwelling = person_dwelling(&w->p[victim], wall_day(at))};
    char street[64];
    i.reported = wall_recorded(c, f->r, at, 8);
    two_parties(&i, victim, suspect, relation);
    place_street(c, i.dwelling, street, sizeof street);
    struct telling t = {
        rng_chance(f->r, 0.5) ? "caller" : "complainant", suspect_word, w->p[victim].sex == SEX_MALE ? 'M' : 'F',
        w->p[suspect].sex == SEX_MALE ? 'M' : 'F',        street,       ""};
    i.text = narrate(c, f->r, &c->text, template, &t);
    (void)police_write(w, f->r, &i, NULL);
}

static void housing_between(struct feud *f, int32_t day, uint32_t complainant, uint32_t alleged)
{
    static const char *const categories[] = {"Noise nuisance", "Dispute between neighbours", "Harassment by neighbour",
                                             "Verbal abuse"};
    struct county *c = f->w->c;
    struct housing_case x = {.opened = day,
                             .closed = day + 21 < c->end_day ? day + 21 : LONG_AGO,
                             .type = "ASB",
                             .category = categories[rng_below(f->r, 4)],
                             .n = 2,
                             .dwelling = person_dwelling(&f->w->p[complainant], day)};
    x.person[0].who = complainant;
    x.person[0].role = "COMPLAINANT";
    x.person[1].who = alleged;
    x.person[1].role = "ALLEGED";
    struct telling t = {"tenant",
                        "neighbour",
                        f->w->p[complainant].sex == SEX_MALE ? 'M' : 'F',
                        f->w->p[alleged].sex == SEX_MALE ? 'M' : 'F',
                        "the block",
                        ""};
    x.details = narrate(c, f->r, &c->text,
                        "[{s} plays music [again|at night]|{s} moved bins in front of {hers} gate|{s} filming {her} "
                        "over fence about hedge|{s} complained about {her} last week, {she} now complains|Row over "
                        "parking space]. [Mediation refused by both.|"
                        "Mediation offered.|Diary sheets.|Closed, six of one.|]",
                        &t);
    (void)housing_write(f->w, f->r, &x);
}

static void neighbour_feud(struct feud *f)
{
    static const enum offence_id what[] = {INC_NEIGHBOUR,    INC_NEIGHBOUR, INC_NEIGHBOUR, INC_ASB_NOISE,
                                           OFF_PUBLIC_ORDER, OFF_DAMAGE,    INC_ASB,       OFF_HARASSMENT};
    struct county *c = f->w->c;
    int n = 3 + (int)rng_below(f->r, 10);
    int32_t from = rng_between(f->r, c->start_day, c->end_day - 200);
    bool social = f->w->h[f->w->p[f->a].household].social;
    for (int i = 0; i < n; i++) {
        wall at = wall_random(c, f->r, from, from + 190);
        bool back = rng_chance(f->r, 0.4);
        uint32_t v = back ? f->b : f->a, s = back ? f->a : f->b;
        if (social && rng_chance(f->r, 0.4))
            housing_between(f, wall_day(at), v, s);
        else
            police_between(f, at, v, s, "NEI", what[rng_below(f->r, 8)], false,
                           "[{s} [shouted over fence|played music until {t}|parked across drive|cut down hedge|put "
                           "bins in front of gate|pointed camera at garden]|{v} says {s} stares at {her} [when {she} "
                           "parks|over the fence]|Boundary fence moved again, {s} says surveyor agrees "
                           "with {him}|{v} and {s} both rang within minutes of each other|Paint on shared wall, {v} "
                           "blames {s}|{s} says {v} is harassing {him} by complaining]. [Long running dispute.|Both "
                           "given advice.|Counter complaint from other side.|County court "
                           "hearing listed.|Mediation suggested.|No offences.|Housing informed.|Threat to sue.|]",
                           "neighbour");
    }
}

static void couple_incident(struct feud *f, wall at, bool together)
{
    static const enum offence_id what[] = {INC_DOMESTIC, INC_DOMESTIC,       INC_DOMESTIC,
                                           INC_DOMESTIC, OFF_COMMON_ASSAULT, OFF_COMMON_ASSAULT,
                                           OFF_ABH,      OFF_DAMAGE_HOME,    OFF_COERCIVE};
    bool back = rng_chance(f->r, together ? 0.15 : 0.45);
    uint32_t v = back ? f->b : f->a, s = back ? f->a : f->b;
    if (together)
        police_between(f, at, v, s, "PTR", what[rng_below(f->r, 9)], true,
                       "[Argument at home, {s} [pushed {v} into door|threw plate|held {hers} wrist|broke phone|would "
                       "not let {her} out]|Neighbour reports shouting and crying|{v} rang, line went dead, officers "
                       "forced entry|{s} drunk, {v} locked in bathroom|{s} took car keys and "
                       "bank card|{v} slapped by {s} in front of child]. [Will not make statement.|Arrested to prevent "
                       "further breach.|{s} left for {his} mother's.|Made up before officers left.|DARA medium.|Denies "
                       "it.|No injuries seen.|Repeat address.|]",
                       "partner");
    else
        police_between(f, at, v, s, "EXP", INC_DOMESTIC, true,
                       "[Row between {v} and {s} who are [on and off|trying again], [both drunk|over messages]|{v} "
                       "went to {s}'s flat to talk, argument|{v} rang {s} twenty times then {s} came round, both "
                       "shouting|{s} refuses to give back games console]. [Parties made up "
                       "before officers left.|Says they are back together.|{v} asked us not to come again.|Both want "
                       "to be left alone by police.|Invited each other.|]",
                       "ex-partner");
    if (rng_chance(f->r, 0.12)) {
        bool fall = rng_chance(f->r, 0.5), flagged = rng_chance(f->r, 0.4);
        struct encounter k = {.at = wall_clip(f->w->c, at + rng_between(f->r, 1, 20) * 3600),
                              .who = v,
                              .carer = NOBODY,
                              .provider = "HOSP",
                              .type = "ED",
                              .presenting = fall ? "Fall" : "Assault",
                              .carer_relation = "",
                              .flags = flagged ? F_DA : 0};
        struct telling t = {"pt", "partner", f->w->p[v].sex == SEX_MALE ? 'M' : 'F', 'U', "", ""};
        k.note =
            narrate(f->w->c, f->r, &f->w->c->text,
                    "[Bruised cheek, says fell on stairs|Wrist sprain after argument with partner|Cut hand on plate]. "
                    "[Feels safe at home.|Partner present throughout.|Seen alone, denies abuse.|IDVA card given.]",
                    &t);
        (void)health_write(f->w, f->r, &k);
    }
}

static void couple(struct feud *f, bool together, int32_t from, int32_t to)
{
    struct county *c = f->w->c;
    if (to - from < 20)
        return;
    for (int n = 2 + (int)rng_below(f->r, 7); n > 0; n--)
        couple_incident(f, wall_random(c, f->r, from, to), together);
}

void ward_disputes(struct ward *w)
{
    struct county *c = w->c;
    double scale = county_years(c) / 3;
    for (uint32_t i = 0; i < w->n_households; i++) {
        struct rng r = rng_start(c->o->seed, STREAM_DISPUTES, ((uint64_t)w->number << 32) | i);
        const struct household *h = &w->h[i];
        struct feud f = {w, &r, h->first, NOBODY};
        bool feud = rng_chance(&r, fmin(1, rate(c, RATE_neighbour_feud) * scale)),
             violent = rng_chance(&r, fmin(1, rate(c, RATE_violent_couple) * scale)),
             on_off = rng_chance(&r, fmin(1, rate(c, RATE_on_off_couple) * scale));
        if (h->n == 0 || !person_adult(&w->p[h->first], c->start_day))
            continue;
        if (feud && (f.b = ward_pick_neighbour(w, &r, f.a, c->start_day)) != NOBODY)
            neighbour_feud(&f);
        for (uint32_t j = h->first; j < h->first + h->n; j++) {
            const struct person *p = &w->p[j];
            if (p->busy)
                continue;
            bool parts = p->former_partner != NOBODY && p->parted > c->start_day;
            if (violent && j == h->first && (p->partner != NOBODY || parts)) {
                f.b = p->partner != NOBODY ? p->partner : p->former_partner;
                f.a = j;
                if (p->sex == SEX_MALE && rng_chance(&r, 0.75))
                    f.a = f.b, f.b = j;
                if (person_adult(&w->p[f.a], c->start_day) && person_adult(&w->p[f.b], c->start_day))
                    couple(&f, true, c->start_day, parts ? p->parted - 1 : c->end_day - 3);
            } else if (on_off && p->former_partner != NOBODY && !w->p[p->former_partner].busy &&
                       p->parted < c->end_day - 60) {
                f.a = j;
                f.b = p->former_partner;
                couple(&f, false, p->parted > c->start_day ? p->parted : c->start_day, c->end_day - 3);
                break;
            }
        }
    }
}
