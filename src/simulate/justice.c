/* justice.c: what the law does in a history: arrest, bail, charge, remand, orders, sentence, licence; as police custody
 * and prison record it.
 *
 * Steps after an occasion: 1 a former partner may get a non-molestation order; 2 after a police report, with the
 * suspect named, an arrest: bail, release under investigation or charge; 3 a charge may lead to remand, conviction, a
 * restraining order and prison; 4 police may apply for a stalking protection order. In a history from custody the third
 * step is certain once a third of it is over. Entries later than the last day have not happened yet and are not
 * written. */
#include "simulate/history.h"

const char *const bar_words[BAR_N] = {"police_bail", "court_bail", "non_molestation", "restraining",
                                      "spo_interim", "spo",        "licence"};

int history_bar_at(const struct history *h, int32_t day)
{
    for (int i = h->n_bars - 1; i >= 0; i--)
        if (h->bars[i].from <= day && day <= h->bars[i].to)
            return (int)h->bars[i].bar;
    return -1;
}

bool history_in_prison(const struct history *h, int32_t day)
{
    for (int i = 0; i < h->n_spells; i++)
        if (h->spells[i].from < day && day < h->spells[i].to)
            return true;
    return false;
}

static void bar_add(struct history *h, enum bar bar, int32_t from, int32_t to)
{
    if (h->n_bars < HISTORY_MAX_BARS) {
        h->bars[h->n_bars].bar = bar;
        h->bars[h->n_bars].from = from;
        h->bars[h->n_bars++].to = to;
    }
}

static bool bar_of(const struct history *h, enum bar bar, int32_t day)
{
    for (int i = 0; i < h->n_bars; i++)
        if (h->bars[i].bar == bar && h->bars[i].to >= day)
            return true;
    return false;
}

/* Entries up to the last day; NEVER-ending validity stays. */
static void custody_record(struct history *h, const char *incident, struct custody_entry *e, int n)
{
    wall end = (h->w->c->end_day + INT64_C(1)) * DAY_S - 7200;
    while (n > 0 && e[n - 1].at > end)
        n--;
    if (n == 0)
        return;
    for (int i = 0; i < n; i++)
        e[i].at = wall_clip(h->w->c, e[i].at);
    struct custody k = {h->suspect, h->victim, incident, e, n, civil_of_day(wall_day(e[0].at)).year};
    (void)custody_write(h->w, h->r, &k);
}

void history_imprison(struct history *h, wall at, bool remand, int days)
{
    struct ward *w = h->w;
    struct county *c = w->c;
    int32_t in = wall_day(at), out = in + days;
    struct prison_entry e = {.at = at,
                             .type = "RECEPTION",
                             .who = h->suspect,
                             .protects = NOBODY,
                             .contact = NOBODY,
                             .custody = remand ? "REMAND" : "SENTENCE",
                             .conditions = "",
                             .contact_relation = "",
                             .from = in,
                             .to = LONG_AGO,
                             .remarks = "Received from court. No contact instruction noted."};
    if (in >= c->end_day || h->n_spells == 6)
        return;
    w->p[h->suspect].prisoner = true;
    (void)prison_write(w, h->r, &e);
    h->spells[h->n_spells].from = in;
    h->spells[h->n_spells++].to = out;
    if (out >= c->end_day)
        return;
    e.from = LONG_AGO;
    e.at = wall_clip(c, out * DAY_S + 34200);
    e.type = "RELEASE";
    e.remarks = "Released from reception.";
    (void)prison_write(w, h->r, &e);
    if (remand)
        return;
    int32_t until = out + rng_between(h->r, 60, 240);
    e.type = "LICENCE";
    e.protects = h->victim;
    e.conditions = rng_chance(h->r, 0.5) ? "NC;EX" : "NC;EX;TAG;RES";
    e.from = out;
    e.to = until;
    e.remarks = "Licence: not to contact, exclusion zone as map.";
    (void)prison_write(w, h->r, &e);
    bar_add(h, BAR_LICENCE, out, until);
}

static enum offence_id charge_of(struct history *h)
{
    return (const enum offence_id[]){OFF_HARASSMENT,      OFF_STALKING, OFF_STALKING_ALARM,
                                     OFF_HARASSMENT_FEAR, OFF_MALCOMMS, OFF_DAMAGE}[rng_below(h->r, 6)];
}

static int32_t order_end(struct history *h, int32_t from)
{
    return rng_chance(h->r, 0.3) ? NEVER : from + 365 * rng_between(h->r, 2, 5);
}

/* Trial after `wait` days: a restraining order, and for some prison. */
static int trial_entries(struct history *h, struct custody_entry *e, int n, enum offence_id what, wall at, bool prison)
{
    int32_t day = wall_day(at), to = order_end(h, day);
    if (day > h->w->c->end_day)
        return n;
    e[n++] =
        (struct custody_entry){at, "ORDER", what, "", "RO", "NC;EX", day, to, "Convicted. Restraining order made."};
    bar_add(h, BAR_RESTRAINING, day, to);
    if (prison)
        history_imprison(h, wall_clip(h->w->c, at + 14400), false, rng_between(h->r, 40, 240));
    return n;
}

static void arrest(struct occasion *o, bool certain)
{
    struct history *h = o->h;
    wall at = wall_clip(h->w->c, o->at + rng_between(h->r, 2, 90) * 3600), out = at + rng_between(h->r, 6, 22) * 3600;
    int32_t day = wall_day(out);
    enum offence_id what = charge_of(h);
    char incident[24];
    (void)snprintf(incident, sizeof incident, "%s", h->incident);
    struct custody_entry e[6] = {
        {at, "ARREST", what, "", "", "", LONG_AGO, LONG_AGO, "Arrested at home address. No comment interview."}};
    int n = 1;
    if (certain || rng_chance(h->r, rate(h->w->c, RATE_charged))) {
        bool remand = rng_chance(h->r, certain ? 0.6 : 0.2);
        int wait = rng_between(h->r, 40, 150);
        e[n++] = (struct custody_entry){out,
                                        "CHARGE",
                                        what,
                                        remand ? "" : "COURT",
                                        "",
                                        remand ? "" : "NC;EX",
                                        remand ? LONG_AGO : day,
                                        remand ? LONG_AGO : day + wait,
                                        remand ? "Charged and remanded."
                                               : "Charged. Bailed to court not to contact or go to address."};
        if (remand)
            history_imprison(h, wall_clip(h->w->c, out + 86400), true, wait - 1);
        else
            bar_add(h, BAR_COURT_BAIL, day, day + wait);
        if (certain || rng_chance(h->r, 0.65))
            n = trial_entries(h, e, n, what, (day + wait) * DAY_S + 45000, rng_chance(h->r, certain ? 0.7 : 0.3));
    } else if (rng_chance(h->r, 0.65)) {
        int32_t to = day + rng_between(h->r, 28, 90);
        e[n++] = (struct custody_entry){out,      "BAIL", what,
                                        "POLICE", "",     rng_chance(h->r, 0.6) ? "NC;EX" : "NC",
                                        day,      to,     "Bailed with conditions. Victim view obtained."};
        e[n++] = (struct custody_entry){to * DAY_S + 50000,           "RELEASE", what, "", "", "", LONG_AGO, LONG_AGO,
                                        "NFA evidential. Bail ended."};
        bar_add(h, BAR_POLICE_BAIL, day, to);
    } else {
        e[n++] =
            (struct custody_entry){out, "RUI", what, "", "", "", LONG_AGO, LONG_AGO, "Released under investigation."};
    }
    custody_record(h, incident, e, n);
}

static void order_alone(struct history *h, wall at, const char *type, enum bar bar, int32_t days, const char *notes)
{
    int32_t day = wall_day(at), to = days == NEVER ? NEVER : day + days;
    if (day >= h->w->c->end_day)
        return;
    struct custody_entry e = {
        at, "ORDER", OFF_HARASSMENT, "", type, bar == BAR_NON_MOLESTATION ? "NC;EX" : "NC;EX;ONL", day, to, notes};
    custody_record(h, "", &e, 1);
    bar_add(h, bar, day, to);
}

static void bail_breach(struct occasion *o)
{
    struct history *h = o->h;
    wall at = wall_clip(h->w->c, o->at + rng_between(h->r, 2, 60) * 3600);
    struct custody_entry e[] = {{at, "BAILBREACH", OFF_HARASSMENT, o->bar == BAR_COURT_BAIL ? "COURT" : "POLICE", "",
                                 "", LONG_AGO, LONG_AGO,
                                 "Arrested for breach of bail, contact with victim. Re-bailed."}};
    struct custody k = {h->suspect, h->victim, h->incident, e, 1, civil_of_day(wall_day(at)).year};
    occasion_recorded(o, FEED_CUSTODY, custody_write(h->w, h->r, &k), false);
}

void history_justice(struct occasion *o, bool police)
{
    struct history *h = o->h;
    struct county *c = h->w->c;
    int32_t day = wall_day(o->at);
    bool free_now = !history_in_prison(h, day), named = history_named(h, o->number);
    if (h->relation[0] == 'E' && o->number >= 2 && o->records && free_now && !bar_of(h, BAR_NON_MOLESTATION, day) &&
        rng_chance(h->r, rate(c, RATE_civil_order))) {
        wall made = wall_clip(c, o->at + rng_between(h->r, 3, 25) * DAY_S);
        order_alone(h, made, "NMO", BAR_NON_MOLESTATION, rng_between(h->r, 180, 365), "Non-molestation order served.");
    }
    if (police && named && free_now && (o->bar == BAR_POLICE_BAIL || o->bar == BAR_COURT_BAIL) &&
        rng_chance(h->r, 0.35))
        bail_breach(o);
    if (h->kind == HISTORY_CUSTODY && o->number == h->n / 3 && free_now && !h->w->p[h->suspect].prisoner) {
        arrest(o, true);
        return;
    }
    if (!police || !named || !free_now || h->police_reports < 2)
        return;
    if (o->bar != BAR_POLICE_BAIL && o->bar != BAR_COURT_BAIL && rng_chance(h->r, rate(c, RATE_arrest_of_suspect)))
        arrest(o, false);
    if (h->police_reports >= 4 && !bar_of(h, BAR_SPO, day) && rng_chance(h->r, rate(c, RATE_protection_order))) {
        wall made = wall_clip(c, o->at + rng_between(h->r, 5, 20) * DAY_S);
        order_alone(h, made, "ISPO", BAR_SPO_INTERIM, 42, "Interim stalking protection order.");
        order_alone(h, made + 42 * DAY_S, "SPO", BAR_SPO, 731 + rng_between(h->r, 0, 700),
                    "Full stalking protection order.");
    }
}
