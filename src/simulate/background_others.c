/* background_others.c: schools and employers, the advocate service's other clients, and prisoners. */
#include "simulate/background.h"

#include <math.h>

void organisation_background(struct scene s, uint32_t who)
{
    static const struct {
        const char *what, *text;
    } school[] = {
        {"Attendance concern", "[Late three times|Absence below 90 %|No reason given]. [Letter home.|Call to parent.]"},
        {"Behaviour log", "[Argument in class|Refused to follow instruction|Fell out with friend, called names|Pushed "
                          "in corridor|Phone confiscated]. [Detention.|Both spoken to.|Parents told.]"},
        {"Welfare note", "[No lunch money|Tired in class|Upset about grandparent|Moved house, new route to "
                         "school|Hamster died]. [Tutor to keep an eye.|Food voucher.|No concerns.]"},
        {"Bullying report", "[Name calling online|Left out of group|Hat taken]. [Restorative meeting.|Group chat "
                            "closed.|No repeat since.]"},
        {"Collection arrangements", "[Grandparent to collect|New password|Walks home alone from Monday]."}};
    static const struct {
        const char *what, *text;
    } work[] = {{"Absence record",
                 "[Back pain|Cold|Stress, no details|Child ill]. [Return to work done.|Occupational health.]"},
                {"Grievance", "[Shift allocation|Shouted at by supervisor|Credit taken for work|Colleague keeps moving "
                              "chair]. [Informal talk.|Not upheld.|Mediation.]"},
                {"Incident at work", "[Slipped on wet floor|Customer shouted at till|Locker broken into|Van reversed "
                                     "into post]. [Form done.|No injury.]"},
                {"Security log", "[Unknown caller asked for staff rota, refused|Delivery driver in wrong area|Lost "
                                 "visitor pass|Door alarm tested]."}};
    struct ward *w = s.w;
    struct county *c = w->c;
    const struct person *p = &w->p[who];
    for (int n = rng_count(s.r, rate(c, RATE_organisation_note) * county_years(c) *
                                    (person_age(p, c->end_day) < 20 ? 2.6 : 0.6));
         n > 0; n--) {
        wall at = wall_office(c, s.r, c->start_day, c->end_day - 1);
        int age = person_age(p, wall_day(at));
        if (p->born > wall_day(at) - 1500 || (age > 18 && !p->employer))
            continue;
        char name[96];
        bool pupil = age <= 18;
        uint32_t j = rng_below(s.r, 1000);
        struct organisation_form k = {.at = at,
                                      .minute = rng_chance(s.r, 0.5),
                                      .kind =
                                          pupil ? age >= 16 ? "college" : "school" : place_employer_kind(p->employer),
                                      .organisation = name,
                                      .about = who,
                                      .other = NOBODY,
                                      .about_role = pupil ? "child" : "staff",
                                      .other_relation = "",
                                      .other_role = ""};
        if (pupil)
            place_school(w, age, name, sizeof name);
        else
            place_employer(w, p->employer, name, sizeof name);
        if (pupil && p->mother != NOBODY && rng_chance(s.r, 0.3))
            k.other = p->mother, k.other_relation = "parent", k.other_role = "other";
        struct telling t = {"pupil", "", p->sex == SEX_MALE ? 'M' : 'F', 'U', "", ""};
        k.what = pupil ? school[j % 5].what : work[j % 4].what;
        k.details = narrate(c, s.r, &c->text, pupil ? school[j % 5].text : work[j % 4].text, &t);
        (void)organisation_write(w, s.r, &k);
    }
}

void charity_background(struct scene s, uint32_t who)
{
    struct ward *w = s.w;
    struct county *c = w->c;
    const struct person *p = &w->p[who];
    if (!person_adult(p, c->start_day))
        return;
    for (int n = rng_count(s.r, rate(c, RATE_charity_client) * county_years(c) * (p->sex == SEX_FEMALE ? 1.7 : 0.3));
         n > 0; n--) {
        wall at = wall_random(c, s.r, c->start_day, c->end_day - 2);
        uint32_t other = p->partner != NOBODY ? p->partner : p->former_partner;
        bool now = p->partner != NOBODY;
        if (!now && p->former_partner != NOBODY && p->parted > wall_day(at))
            now = true;
        for (int line = 0, lines = 1 + (int)rng_below(s.r, 4); line < lines; line++) {
            struct telling t = {"client", now ? "partner" : "ex-partner", p->sex == SEX_MALE ? 'M' : 'F', 'M', "", ""};
            bool minute = rng_chance(s.r, 0.4), named = rng_chance(s.r, 0.8), reported = rng_chance(s.r, 0.4);
            struct charity_line k = {.at = at,
                                     .minute = minute,
                                     .type = line == 0 ? "referral" : "contact",
                                     .client = who,
                                     .perpetrator = named ? other : NOBODY,
                                     .relationship = other == NOBODY ? "unknown"
                                                     : now           ? "partner"
                                                                     : "ex-partner",
                                     .flags = F_DA,
                                     .reported = reported,
                                     .title = line == 0 ? "Referral domestic abuse" : "Support contact"};
            k.summary = narrate(
                c, s.r, &c->text,
                line == 0
                    ? "[{s} controls money and {hers} phone|Shouting and pushing at home for years|{s} drinks and "
                      "breaks things|Argument became physical last week|{s} checks {hers} phone, will not let {her} "
                      "see friends]. [Lives together "
                      "still.|Children in the home.|Wants advice only.|Not ready to leave.|Housing options discussed.]"
                    : "[Call back, client busy|Safety plan gone through|Benefits form done|Freedom course "
                      "booked|Client decided to stay for now|Left and is with {hers} mother|No answer]. [Next call in "
                      "a week.|Closed at client's request.|]",
                &t);
            (void)charity_write(w, s.r, &k);
            at = wall_clip(c, at + rng_between(s.r, 3, 40) * DAY_S);
        }
    }
}

static void prison_spell(struct scene s, uint32_t who)
{
    struct ward *w = s.w;
    struct county *c = w->c;
    int32_t in = rng_between(s.r, c->start_day - 200, c->end_day - 60), out = in + rng_between(s.r, 60, 700);
    bool remand = rng_chance(s.r, 0.3);
    struct prison_entry k = {.who = who,
                             .protects = NOBODY,
                             .contact = NOBODY,
                             .custody = remand ? "REMAND" : "SENTENCE",
                             .conditions = "",
                             .contact_relation = "",
                             .from = LONG_AGO,
                             .to = LONG_AGO};
    w->p[who].prisoner = true;
    if (in < c->start_day)
        in = c->start_day;
    k.at = wall_clip(c, in * DAY_S + 54000);
    k.type = "RECEPTION";
    k.from = in;
    k.remarks = "First night interview done.";
    (void)prison_write(w, s.r, &k);
    k.from = LONG_AGO;
    uint32_t kin = ward_pick_kin(w, s.r, who, in), friend = ward_pick(w, s.r, 20, 60, in, who, kin);
    int32_t last = out < c->end_day ? out : c->end_day;
    int entries = (int)((last - in) / 30.4 * rate(c, RATE_prison_entries));
    for (int i = 0; i < entries; i++) {
        static const char *const types[] = {"CALL", "CALL", "CALL", "CALL", "VISIT", "LETTER", "NOTE"};
        k.at = wall_random(c, s.r, in + 1, last);
        k.type = types[rng_below(s.r, 7)];
        bool to_kin = rng_chance(s.r, 0.7);
        k.contact = !strcmp(k.type, "NOTE") ? NOBODY : to_kin ? kin : friend;
        k.contact_relation = k.contact == NOBODY              ? ""
                             : w->p[who].partner == k.contact ? "partner"
                             : to_kin                         ? "family"
                                                              : "friend";
        struct telling t = {"", "", 'U', 'M', "", ""};
        k.remarks =
            narrate(c, s.r, &c->text,
                    k.contact == NOBODY
                        ? "[Moved to C wing.|Works in kitchen.|Adjudication, cell phone charger found.|Offending "
                          "behaviour course started.|Low mood, ACCT opened.|Threats to cell mate, moved.]"
                        : "[Listened at random, nothing of note.|Talk of football.|Asked for money to be "
                          "sent.|Birthday wishes.|Not monitored.|Visit went well.|]",
                    &t);
        (void)prison_write(w, s.r, &k);
    }
    k.contact = NOBODY;
    k.contact_relation = "";
    if (out >= c->end_day - 2)
        return;
    k.at = wall_clip(c, out * DAY_S + 36000);
    k.type = "RELEASE";
    k.remarks = "Released with travel warrant.";
    (void)prison_write(w, s.r, &k);
    if (remand)
        return;
    k.type = "LICENCE";
    k.from = out;
    k.to = out + rng_between(s.r, 60, 400);
    k.conditions = rng_chance(s.r, 0.3) ? "RES;CUR" : "RES";
    k.remarks = "Standard licence.";
    (void)prison_write(w, s.r, &k);
}

void prisons_background(struct scene s)
{
    struct ward *w = s.w;
    struct county *c = w->c;
    /* a spell is about a year: so many at any time need that many a year, and those of the year before */
    for (int n = rng_count(s.r, fmin(12, w->n * 0.8 * rate(c, RATE_prisoners) * (county_years(c) + 0.5))); n > 0; n--) {
        uint32_t who = NOBODY;
        for (int tries = 0; tries < 20 && (who == NOBODY || w->p[who].sex != SEX_MALE || w->p[who].prisoner); tries++)
            who = ward_pick(w, s.r, 19, 60, c->start_day, NOBODY, NOBODY);
        if (who != NOBODY && !w->p[who].prisoner)
            prison_spell(s, who);
    }
}
