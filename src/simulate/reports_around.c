/* reports_around.c: what happens around an occasion and is recorded by agencies that do not ask why: a sleepless
 * patient, a new lock, other hours at work, a move. */
#include "simulate/history.h"

static void health_note(struct occasion *o)
{
    struct history *h = o->h;
    struct telling t;
    history_words(h, o->number, &t);
    t.place = t.name = "";
    wall at = told_at(o, 25);
    struct encounter k = {.at = at,
                          .who = h->victim,
                          .carer = NOBODY,
                          .provider = "GP",
                          .type = "GP",
                          .presenting = rng_chance(h->r, 0.5) ? "Insomnia" : "Anxiety",
                          .carer_relation = ""};
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
    struct housing_case x = {.opened = day,
                             .closed = day + 2 < h->w->c->end_day ? day + 1 : LONG_AGO,
                             .type = "REPAIR",
                             .category = o->act == ACT_damage    ? "Window broken"
                                         : rng_chance(h->r, 0.7) ? "Lock change"
                                                                 : "Door broken",
                             .n = 1,
                             .dwelling = person_dwelling(&h->w->p[h->victim], day)};
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
    struct charity_line k = {.at = told_at(o, 12),
                             .minute = true,
                             .type = "contact",
                             .client = h->victim,
                             .perpetrator = NOBODY,
                             .relationship = "",
                             .title = "Support contact",
                             .reported = h->police_reports > 0};
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
    struct incident i = {.from = at,
                         .to = at,
                         .reported = wall_clip(h->w->c, at + 300),
                         .what = INC_UPDATE,
                         .becomes = OFFENCE_N,
                         .dwelling = person_dwelling(&h->w->p[h->victim], wall_day(at))};
    i.party[0] = (struct party){h->victim, "VIC", "", HIDE_NOT, false};
    i.n = 1;
    i.text = narrate(
        h->w->c, h->r, &h->w->c->text,
        "[{v} asked for update on earlier report|{v} rang for officer, on rest days|Victim contact as agreed|{v} wants "
        "to know if {he} has been spoken to]. [Message passed.|Told enquiries continue.|No change.|]",
        &t);
    (void)police_write(h->w, h->r, &i, NULL);
}

/* A child's school is told something, by the child or by the parent. */
static void school_note(struct occasion *o)
{
    struct history *h = o->h;
    struct ward *w = h->w;
    const struct household *hh = &w->h[w->p[h->victim].household];
    int32_t day = wall_day(o->at);
    for (uint32_t i = hh->first; i < hh->first + hh->n; i++) {
        int age = person_age(&w->p[i], day);
        if (w->p[i].mother != h->victim || age < 4 || age > 15)
            continue;
        struct telling t;
        char name[96];
        history_words(h, o->number, &t);
        t.place = t.name = "";
        wall at = told_at(o, 14);
        place_school(w, age, name, sizeof name);
        struct organisation_form k = {.at = at,
                                      .kind = "school",
                                      .organisation = name,
                                      .what = "Welfare note",
                                      .about = i,
                                      .about_role = "child",
                                      .other = h->victim,
                                      .other_relation = "parent",
                                      .other_role = "other"};
        k.details = narrate(w->c, h->r, &w->c->text, phrase_school_worry, &t);
        (void)organisation_write(w, h->r, &k);
        return;
    }
}

void history_neutral_records(struct occasion *o)
{
    struct history *h = o->h;
    struct ward *w = h->w;
    struct person *v = &w->p[h->victim];
    int32_t day = wall_day(o->at);
    if (rng_chance(h->r, 0.10))
        health_note(o);
    if (history_is_tenant(h) && rng_chance(h->r, 0.20))
        lock_change(o);
    if (v->employer && rng_chance(h->r, 0.05))
        (void)form_write(o, told_at(o, 15), "Change of arrangements", phrase_work_changes, false);
    if (rng_chance(h->r, 0.10))
        school_note(o);
    if (h->client && rng_chance(h->r, 0.35))
        support_contact(o);
    if (h->police_reports > 0 && rng_chance(h->r, 0.10))
        update_call(o);
    if ((o->act == ACT_violence || o->act == ACT_entry || o->act == ACT_threats) && rng_chance(h->r, 0.12) &&
        day + 40 < w->c->end_day)
        person_move(w, h->r, h->victim, day + rng_between(h->r, 5, 30));
    if ((o->act == ACT_contact || o->act == ACT_threats) && v->n_numbers < 3 && rng_chance(h->r, 0.10))
        person_change_number(v, day + rng_between(h->r, 1, 20));
}
