/* stalking.c: histories of stalking: who, when, what is done on each occasion; and the truth about them.
 *
 * A history is decided before it is told: kind, two people, how long, how many occasions, whether it escalates (gaps
 * shrink, acts move from remote to near to severe). Then it is told occasion by occasion: the act, who records it and
 * as what (reports.c), what the law does (justice.c). Each agency sees its piece. */
#include "simulate/history.h"

#include <math.h>
#include <stdlib.h>

static const char *const kind_words[HISTORY_N] = {"former_partner", "acquaintance", "stranger", "proxy", "custody"};

bool history_named(const struct history *h, int occasion) { return occasion >= h->named_from; }

/* ---- who ---- */

static bool pick_former(struct history *h, bool female)
{
    struct ward *w = h->w;
    uint32_t from = rng_below(h->r, w->n);
    for (uint32_t k = 0; k < 2 * w->n; k++) { /* the second time round of either sex */
        uint32_t v = (from + k) % w->n, s = w->p[v].former_partner;
        if (s == NOBODY || (k < w->n && (w->p[v].sex == SEX_FEMALE) != female) || w->p[v].busy || w->p[s].busy ||
            w->p[v].parted > w->c->end_day - 60 || !person_adult(&w->p[v], w->c->start_day) ||
            !person_adult(&w->p[s], w->c->start_day))
            continue;
        h->victim = v;
        h->suspect = s;
        h->relation = "EXP";
        h->relation_word = "ex-partner";
        h->organisation_word = "former partner";
        return true;
    }
    return false;
}

static bool pick_acquaintance(struct history *h, bool female)
{
    static const char *const relations[] = {"COL", "NEI", "ACQ", "FRI", "PRO"},
                             *const charity[] = {"colleague", "neighbour", "acquaintance", "acquaintance",
                                                 "acquaintance"},
                             *const words[] = {"colleague", "neighbour", "acquaintance", "friend of family", "client"};
    struct ward *w = h->w;
    for (int tries = 0; tries < 200; tries++) {
        uint32_t v = ward_pick(w, h->r, 16, 70, w->c->start_day, NOBODY, NOBODY);
        if (v == NOBODY || (w->p[v].sex == SEX_FEMALE) != female || w->p[v].busy)
            continue;
        uint32_t k = rng_below(h->r, 5);
        uint32_t s = k == 0   ? ward_pick_colleague(w, h->r, v, w->c->start_day)
                     : k == 1 ? ward_pick_neighbour(w, h->r, v, w->c->start_day)
                              : ward_pick(w, h->r, 18, 65, w->c->start_day, v, w->p[v].partner);
        if (s == NOBODY || w->p[s].busy || w->p[s].household == w->p[v].household || s == w->p[v].former_partner ||
            (w->p[s].sex == SEX_MALE) != rng_chance(h->r, 0.85))
            continue;
        h->victim = v;
        h->suspect = s;
        h->relation = h->kind == HISTORY_STRANGER ? "STR" : relations[k];
        h->relation_word = h->kind == HISTORY_STRANGER ? "stranger" : charity[k];
        h->organisation_word = h->kind == HISTORY_STRANGER ? "unknown man" : words[k];
        return true;
    }
    return false;
}

/* ---- when ---- */

static int compare_walls(const void *a, const void *b)
{
    return (*(const wall *)a > *(const wall *)b) - (*(const wall *)a < *(const wall *)b);
}

static void plan_times(struct history *h)
{
    static const uint16_t numbers[] = {10, 12, 12, 11, 10, 8, 7, 6, 5, 4, 3, 3, 2, 2, 1, 1}; /* from 3 */
    static const int16_t spans[] = {14, 30, 45, 60, 90, 120, 180, 240, 365, 500, 700};
    struct county *c = h->w->c;
    int32_t earliest = c->start_day;
    if (h->relation[0] == 'E' && h->w->p[h->victim].parted > earliest)
        earliest = h->w->p[h->victim].parted + 1;
    int32_t from = rng_between(h->r, earliest, c->end_day - 45),
            span = spans[rng_below(h->r, sizeof spans / sizeof *spans)];
    if (h->kind == HISTORY_CUSTODY && span < 300)
        span = 300;
    if (span > c->end_day - 4 - from)
        span = c->end_day - 4 - from;
    h->n = 3 + rng_weighted(h->r, numbers, 16) + (h->escalating ? 3 : 0) + (h->kind == HISTORY_CUSTODY ? 3 : 0);
    if (span > 300)
        h->n += (int)rng_below(h->r, 8);
    for (int i = 0; i < h->n; i++) {
        double u = rng_unit(h->r), x = h->escalating ? sqrt(u) : u;
        int32_t day = from + (int32_t)(span * x);
        h->at[i] = wall_random(c, h->r, day, day);
    }
    qsort(h->at, (size_t)h->n, sizeof *h->at, compare_walls);
}

/* ---- what ---- */

static enum act act_draw(struct history *h, int i)
{
    static const uint16_t remote[ACT_N] = {[ACT_contact] = 40,  [ACT_publishing] = 7, [ACT_monitoring] = 8,
                                           [ACT_gifts] = 14,    [ACT_payments] = 4,   [ACT_impersonation] = 6,
                                           [ACT_vexatious] = 5, [ACT_proxy] = 8,      [ACT_self_harm_threat] = 5};
    static const uint16_t near[ACT_N] = {
        [ACT_attending] = 24, [ACT_loitering] = 18,   [ACT_following] = 18, [ACT_watching] = 12,
        [ACT_damage] = 13,    [ACT_interfering] = 11, [ACT_tracker] = 5};
    static const uint16_t severe[ACT_N] = {
        [ACT_threats] = 34,  [ACT_third_party_threat] = 15, [ACT_entry] = 15,
        [ACT_violence] = 20, [ACT_strangulation] = 4,       [ACT_self_harm_threat] = 6};
    double x = h->n > 1 ? (double)i / (h->n - 1) : 0;
    double p_severe = h->escalating ? 0.02 + 0.22 * x : 0.05, p_remote = h->escalating ? 0.75 - 0.42 * x : 0.60,
           u = rng_unit(h->r);
    if (h->kind == HISTORY_PROXY && rng_chance(h->r, 0.55))
        return ACT_proxy;
    enum act a = (enum act)rng_weighted(h->r, u < p_severe ? severe : u < p_severe + p_remote ? remote : near, ACT_N);
    bool strange = h->kind == HISTORY_STRANGER;
    if (strange && (a == ACT_payments || a == ACT_vexatious || a == ACT_proxy || a == ACT_self_harm_threat ||
                    a == ACT_strangulation))
        a = ACT_contact;
    if (a == ACT_strangulation && h->relation[0] != 'E')
        a = ACT_violence;
    return a;
}

static enum act act_in_prison(struct history *h) { return rng_chance(h->r, 0.75) ? ACT_custody_contact : ACT_proxy; }

/* ---- the truth ---- */

void occasion_recorded(struct occasion *o, enum feed f, struct key key, bool misrecorded)
{
    struct history *h = o->h;
    struct truth *t = &h->w->c->truth;
    uint32_t v = h->w->p[h->victim].id, s = h->w->p[h->suspect].id;
    struct buf *b = &h->w->c->text3;
    buf_clear(b);
    wall_format(b, "YYYY-MM-DDTHH:mm", o->at);
    (void)buf_char(b, '\0');
    (void)fprintf(t->occasions, "%s,P%07u,P%07u,%s,%s,%s,%s\n", o->id, v, s, b->p, act_phrases[o->act].name,
                  feed_names[f], key.s);
    if (misrecorded)
        (void)fprintf(t->misrecorded, "%s,%s,P%07u,P%07u\n", feed_names[f], key.s, v, s);
    if (o->in_prison)
        (void)fprintf(t->custody_contact, "%s,%s,P%07u,P%07u\n", feed_names[f], key.s, v, s);
    if (o->bar >= 0)
        (void)fprintf(t->breaches, "%s,%s,P%07u,P%07u,%s\n", feed_names[f], key.s, v, s, bar_words[o->bar]);
    t->n_occasions += o->records == 0;
    if (o->records++ == 0) {
        h->reported++;
        h->last = wall_day(o->at);
        if (h->reported == 1)
            h->first = h->last;
    }
}

static void pair_write(const struct history *h)
{
    struct truth *t = &h->w->c->truth;
    struct civil a = civil_of_day(h->first), b = civil_of_day(h->last);
    (void)fprintf(t->pairs, "P%07u,P%07u,%s,%d,%04d-%02d-%02d,%04d-%02d-%02d,%d\n", h->w->p[h->victim].id,
                  h->w->p[h->suspect].id, kind_words[h->kind], h->escalating, a.year, a.month, a.day, b.year, b.month,
                  b.day, h->reported);
    t->n_pairs++;
}

void history_words(struct history *h, int occasion, struct telling *t)
{
    static const char *const victims[] = {"victim", "caller", "informant", "IP", "complainant"},
                             *const men[] = {"male", "man"}, *const women[] = {"female", "woman"};
    static const char *const former[] = {"ex-partner", "ex", "former partner", "ex-partner", "ex of two years"};
    static const char *const known_m[] = {"male known", "man known", "named male", "acquaintance"}, *const known_f[] = {
                                                                                                        "female known",
                                                                                                        "woman known",
                                                                                                        "named female",
                                                                                                        "acquaintance"};
    static const char *const unknown[] = {"unknown male", "unknown person", "a man not known", "unidentified male"};
    const struct person *v = &h->w->p[h->victim], *s = &h->w->p[h->suspect];
    uint32_t k = rng_below(h->r, 60);
    t->victim = rng_chance(h->r, 0.6) ? victims[k % 5] : v->sex == SEX_MALE ? men[k % 2] : women[k % 2];
    t->victim_sex = v->sex == SEX_MALE ? 'M' : 'F';
    t->suspect_sex = s->sex == SEX_MALE ? 'M' : 'F';
    if (!history_named(h, occasion))
        t->suspect = unknown[k % 4], t->suspect_sex = 'M';
    else if (h->relation[0] == 'E')
        t->suspect = former[k % 5];
    else if (!strcmp(h->relation, "COL"))
        t->suspect = k % 2 ? "colleague" : "former colleague";
    else if (!strcmp(h->relation, "NEI"))
        t->suspect = "neighbour";
    else
        t->suspect = s->sex == SEX_MALE ? known_m[k % 4] : known_f[k % 4];
}

/* ---- one history ---- */

static bool history_start(struct history *h)
{
    static const enum rate kinds[] = {RATE_kind_former_partner, RATE_kind_acquaintance, RATE_kind_stranger,
                                      RATE_kind_proxy, RATE_kind_custody};
    struct county *c = h->w->c;
    double u = rng_unit(h->r), sum = 0;
    h->kind = HISTORY_CUSTODY;
    for (int k = 0; k < HISTORY_N; k++)
        if (u < (sum += rate(c, kinds[k]))) {
            h->kind = (enum history_kind)k;
            break;
        }
    bool female = rng_chance(h->r, rate(c, RATE_victim_female)),
         former = h->kind == HISTORY_FORMER_PARTNER ||
                  ((h->kind == HISTORY_PROXY || h->kind == HISTORY_CUSTODY) && rng_chance(h->r, 0.8));
    if (!(former ? pick_former(h, female) : pick_acquaintance(h, female)))
        return false;
    h->escalating = rng_chance(h->r, rate(c, RATE_escalating));
    plan_times(h);
    h->helper = h->kind == HISTORY_STRANGER ? NOBODY : ward_pick_kin(h->w, h->r, h->suspect, wall_day(h->at[0]));
    if (h->helper == h->victim)
        h->helper = NOBODY;
    h->named_from = 0;
    if (h->kind == HISTORY_STRANGER)
        h->named_from = rng_chance(h->r, 0.4) ? h->n : rng_between(h->r, h->n / 2, h->n - 1);
    h->w->p[h->victim].busy = true;
    h->w->p[h->suspect].busy = !rng_chance(h->r, 0.05); /* a few have two victims */
    return true;
}

static void occasion_happen(struct history *h, int i)
{
    struct occasion o = {.h = h, .number = i, .at = h->at[i]};
    int32_t day = wall_day(o.at);
    o.in_prison = history_in_prison(h, day);
    o.act = o.in_prison ? act_in_prison(h) : act_draw(h, i);
    o.bar = history_bar_at(h, day);
    (void)snprintf(o.id, sizeof o.id, "O%04u-%02d-%02d", h->w->number, h->number, i + 1);
    int before = h->police_reports;
    occasion_report(&o);
    if (o.records)
        history_neutral_records(&o);
    history_justice(&o, h->police_reports > before);
}

void ward_stalking(struct ward *w)
{
    struct county *c = w->c;
    uint32_t adults = 0;
    for (uint32_t i = 0; i < w->n; i++)
        adults += person_adult(&w->p[i], c->start_day);
    struct rng number = rng_start(c->o->seed, STREAM_STALKING, (uint64_t)w->number << 16);
    double mean = adults * rate(c, RATE_stalking) * county_years(c);
    int n = (int)mean + rng_chance(&number, mean - floor(mean));
    for (int i = 0; i < n; i++) {
        struct rng r = rng_start(c->o->seed, STREAM_STALKING, ((uint64_t)w->number << 16) + 1 + (uint64_t)i);
        struct history h = {.w = w, .r = &r, .number = i + 1};
        if (!history_start(&h))
            continue;
        for (int k = 0; k < h.n; k++)
            occasion_happen(&h, k);
        if (h.reported)
            pair_write(&h);
    }
}
