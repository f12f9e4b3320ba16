/* background_police.c: crimes and incidents of everyday life (background_kinds.c has the table), and arrests of others
 * than stalkers. */
#include "simulate/background.h"

#include <math.h>

static const char *const relation_of[] = {"", "", "ACQ", "NEI", "COL", "PTR", "EXP", "REL", "STR"};
static const char *const word_of[] = {"nobody",  "unknown person", "a person known", "neighbour", "work colleague",
                                      "partner", "ex-partner",     "relative",       "a stranger"};

static uint32_t other_find(struct ward *w, struct rng *r, enum other o, uint32_t of, int32_t day)
{
    const struct person *p = &w->p[of];
    switch (o) {
    case OTHER_NEIGHBOUR:
        return ward_pick_neighbour(w, r, of, day);
    case OTHER_COLLEAGUE:
        return ward_pick_colleague(w, r, of, day);
    case OTHER_PARTNER:
        return p->partner;
    case OTHER_FORMER:
        return p->parted <= day ? p->former_partner : NOBODY;
    case OTHER_KIN:
        return ward_pick_kin(w, r, of, day);
    default:
        return ward_pick(w, r, 13, 60, day, of, p->former_partner);
    }
}

static bool is_crime(enum offence_id what) { return what < INC_DOMESTIC; }

static void party_add(struct incident *i, uint32_t who, const char *role, const char *relation, enum hide hide)
{
    if (i->n < MAX_PARTIES)
        i->party[i->n++] = (struct party){who, role, relation, hide, false};
}

static void police_one(struct scene s, const struct background_kind *k, uint32_t who, wall at)
{
    struct ward *w = s.w;
    struct county *c = w->c;
    struct rng *r = s.r;
    int32_t day = wall_day(at);
    enum other o = (enum other)rng_weighted(r, k->other, OTHER_N);
    uint32_t other = o >= OTHER_ACQUAINTANCE ? other_find(w, r, o, who, day) : NOBODY;
    if (o >= OTHER_ACQUAINTANCE && other == NOBODY) { /* no such person: somebody they know */
        o = OTHER_ACQUAINTANCE;
        other = other_find(w, r, o, who, day);
    }
    if (o >= OTHER_ACQUAINTANCE && (other == NOBODY || !person_exists(&w->p[other], day - 4000)))
        return;
    struct incident i = {
        .from = at, .to = at, .what = k->what, .becomes = OFFENCE_N, .dwelling = person_dwelling(&w->p[who], day)};
    if (rng_chance(r, 0.15))
        i.from = wall_clip(c, at - rng_between(r, 1, 14) * 3600);
    i.reported = wall_recorded(c, r, at, rng_chance(r, 0.8) ? 2 : 30);
    i.domestic = o == OTHER_PARTNER || o == OTHER_FORMER || o == OTHER_KIN;
    if (rng_chance(r, 0.4) && !i.domestic)
        i.dwelling = w->number * WARD_DWELLINGS + rng_below(r, WARD_SPARE_FROM);
    i.flags = i.domestic ? F_DA : 0;
    if (i.domestic && rng_chance(r, 0.3))
        i.flags |= F_CHILD;
    if (rng_chance(r, 0.03))
        i.flags |= F_MH;
    if (is_crime(i.what) && rng_chance(r, 0.03))
        i.flags |= F_REPEAT;
    if (k->role == IS_SUSPECT) {
        party_add(&i, o == OTHER_UNKNOWN ? NOBODY : who, o == OTHER_UNKNOWN ? "UNK" : "SUS", "", HIDE_NOT);
        if (rng_chance(r, 0.6))
            party_add(&i, ward_pick(w, r, 18, 66, day, who, NOBODY), "REP", "", HIDE_NOT);
    } else {
        party_add(&i, who, k->role == IS_VICTIM ? "VIC" : k->role == IS_CONCERN ? "OTH" : "REP", "", HIDE_NOT);
        if (o == OTHER_UNKNOWN)
            party_add(&i, NOBODY, "UNK", "", HIDE_NOT);
        else if (o != OTHER_NONE)
            party_add(&i, other, "SUS", relation_of[o], rng_chance(r, 0.05) ? HIDE_ALL_BUT_FIRST_NAME : HIDE_NOT);
        if (rng_chance(r, 0.12)) {
            const char *role = rng_chance(r, 0.7) ? "WIT" : "REP";
            party_add(&i, ward_pick(w, r, 16, 80, day, who, other), role, "", HIDE_NOT);
        }
    }
    const struct person *p = &w->p[who];
    char street[64];
    place_street(c, i.dwelling, street, sizeof street);
    const char *word = p->born > day - 5800                         ? "young person"
                       : rng_chance(r, 0.5)                         ? "caller"
                       : k->role == IS_VICTIM && rng_chance(r, 0.5) ? "victim"
                       : p->sex == SEX_MALE                         ? "male"
                                                                    : "female";
    struct telling t = {word,
                        o == OTHER_ACQUAINTANCE ? "a person known" : word_of[o],
                        p->sex == SEX_MALE ? 'M' : 'F',
                        other == NOBODY || w->p[other].sex == SEX_MALE ? 'M' : 'F',
                        street,
                        ""};
    i.text = narrate(c, r, &c->text, k->text, &t);
    (void)police_write(w, r, &i, NULL);
}

void police_background(struct scene s, uint32_t who, double frailty)
{
    struct county *c = s.w->c;
    const struct person *p = &s.w->p[who];
    double years = county_years(c);
    for (size_t k = 0; k < background_n_kinds; k++) {
        int32_t from = p->born + background_kinds[k].from_age * 366;
        if (from > c->end_day - 40)
            continue;
        for (int n = rng_count(s.r,
                               rate(c, background_kinds[k].rate) * background_kinds[k].percent / 100 * years * frailty);
             n > 0; n--) {
            wall at = wall_random(c, s.r, from > c->start_day ? from : c->start_day, c->end_day - 2);
            police_one(s, &background_kinds[k], who, at);
        }
    }
}

void arrests(struct scene s, uint32_t who, double frailty)
{
    static const enum offence_id what[] = {OFF_COMMON_ASSAULT, OFF_ABH,    OFF_SHOPLIFTING, OFF_DRUGS,
                                           OFF_PUBLIC_ORDER,   OFF_DAMAGE, OFF_BURGLARY,    OFF_AFFRAY,
                                           OFF_CAR_THEFT,      OFF_WEAPON};
    struct ward *w = s.w;
    struct county *c = w->c;
    if (!person_adult(&w->p[who], c->start_day))
        return;
    double known = w->p[who].has_police_number ? 5.0 : 0.55;
    for (int n = rng_count(s.r, fmin(12, rate(c, RATE_arrest) * county_years(c) * frailty * known)); n > 0; n--) {
        wall at = wall_random(c, s.r, c->start_day, c->end_day - 3);
        enum offence_id o = what[rng_below(s.r, sizeof what / sizeof *what)];
        bool domestic =
            (o == OFF_COMMON_ASSAULT || o == OFF_ABH) && w->p[who].partner != NOBODY && rng_chance(s.r, 0.4);
        int32_t day = wall_day(at);
        struct custody_entry e[3] = {{at, "ARREST", o, "", "", "", LONG_AGO, LONG_AGO, ""}};
        e[0].notes =
            rng_chance(s.r, 0.5) ? "Arrested at scene. No reply to caution." : "Arrested on circulation. Compliant.";
        wall out = wall_clip(c, at + rng_between(s.r, 4, 20) * 3600);
        int number = 1;
        switch (rng_below(s.r, 4)) {
        case 0:
            e[number++] = (struct custody_entry){out,
                                                 "CHARGE",
                                                 o,
                                                 "COURT",
                                                 "",
                                                 domestic ? "NC" : "RES",
                                                 day,
                                                 day + rng_between(s.r, 20, 90),
                                                 "Charged, bailed to court."};
            break;
        case 1:
            e[number++] = (struct custody_entry){
                out, "BAIL", o, "POLICE", "", domestic ? "NC;EX" : "", day, day + 28, "Bail for further enquiries."};
            e[number++] = (struct custody_entry){
                wall_clip(c, out + 25 * DAY_S), "RELEASE", o, "", "", "", LONG_AGO, LONG_AGO, "No further action."};
            break;
        case 2:
            e[number++] =
                (struct custody_entry){out, "RUI", o, "", "", "", LONG_AGO, LONG_AGO, "Released under investigation."};
            break;
        default:
            e[number++] = (struct custody_entry){
                out, "RELEASE", o, "", "", "", LONG_AGO, LONG_AGO, "Released, no further action."};
        }
        struct custody k = {who, domestic ? w->p[who].partner : NOBODY, "", e, number, civil_of_day(day).year};
        (void)custody_write(w, s.r, &k);
    }
}
