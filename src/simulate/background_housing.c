/* background_housing.c: tenancies, repairs, moves and complaints of the housing association's tenants; one repair in
 * eight is of a lock, a door or a window, innocently. */
#include "simulate/background.h"

static void housing_case_write(struct scene s, uint32_t tenant, int32_t opened, const char *type, const char *category,
                               const char *template)
{
    struct ward *w = s.w;
    struct county *c = w->c;
    struct telling t = {"tenant", "neighbour", w->p[tenant].sex == SEX_MALE ? 'M' : 'F', 'U', "the block", ""};
    bool asb = !strcmp(type, "ASB");
    struct housing_case k = {.opened = opened,
                             .closed = LONG_AGO,
                             .type = type,
                             .category = category,
                             .n = 1,
                             .dwelling = person_dwelling(&w->p[tenant], opened)};
    if (rng_chance(s.r, 0.9) && opened + 2 < c->end_day)
        k.closed = opened + rng_between(s.r, 0, c->end_day - opened > 30 ? 30 : 1);
    k.person[0].who = tenant;
    k.person[0].role = asb ? "COMPLAINANT" : "TENANT";
    if (asb && rng_chance(s.r, 0.7)) {
        uint32_t other = ward_pick_neighbour(w, s.r, tenant, opened);
        k.person[1].who = other;
        k.person[1].role = "ALLEGED";
        k.person[1].hide = other == NOBODY || rng_chance(s.r, 0.2) ? HIDE_ALL : HIDE_NOT;
        k.n = 2;
    }
    k.details = narrate(c, s.r, &c->text, template, &t);
    (void)housing_write(w, s.r, &k);
}

static void tenancy_write(struct scene s, const struct household *h)
{
    struct ward *w = s.w;
    struct county *c = w->c;
    const struct person *p = &w->p[h->first];
    int32_t start = p->stays[0].from == LONG_AGO ? c->start_day - rng_between(s.r, 30, 4000) : p->stays[0].from;
    struct housing_case k = {.opened = start,
                             .closed = LONG_AGO,
                             .type = "TENANCY",
                             .category = rng_chance(s.r, 0.7) ? "Tenancy start" : "Tenancy check",
                             .dwelling = person_dwelling(p, c->start_day)};
    for (uint32_t i = h->first; i < h->first + h->n && k.n < 6; i++) {
        if (!person_exists(&w->p[i], c->start_day))
            continue;
        k.person[k.n].who = i;
        k.person[k.n++].role = i == h->first ? "TENANT" : "HOUSEHOLD";
    }
    struct telling t = {"tenant", "", 'U', 'U', "", ""};
    k.details = narrate(c, s.r, &c->text,
                        "[Assured tenancy.|Starter tenancy, 12 months.|Transfer from other landlord.|Rent account in "
                        "credit.|Household details confirmed at visit.|Gas check done.]",
                        &t);
    (void)housing_write(w, s.r, &k);
}

void housing_background(struct scene s, uint32_t household)
{
    static const struct {
        const char *category, *text;
    } other[] = {
        {"Plumbing", "[Leak under sink|Toilet will not flush|Tap dripping|Bath waste blocked]. [Attended.|Parts "
                     "ordered.|No access, card left.]"},
        {"Heating",
         "[No hot water|Boiler pressure lost|Radiator cold|Timer broken]. [Made safe.|New valve fitted.|Follow on.]"},
        {"Electrical",
         "[Kitchen sockets dead|Light flickering|Smoke alarm chirping|Extractor stopped]. [Completed.|RCD reset.]"},
        {"Damp and mould", "[Black mould in bedroom|Wet patch on chimney breast]. [Inspection booked.|Washed down, "
                           "advice given.|Child with asthma.]"},
        {"Roof or gutter", "[Slipped tiles|Gutter overflowing|Storm damage]. [Scaffold needed.|Done.]"},
        {"Kitchen or bathroom", "[Cupboard door off|Tiles loose|Worktop swollen]. [Booked.|Done same day.]"},
        {"Fencing", "[Panel down after storm|Gate post rotten]. [Not our boundary.|Replaced.]"}};
    static const struct {
        const char *category, *text;
    } security[] = {
        {"Lock change",
         "[Keys lost|Keys snapped in lock|Lock stiff with age|Locked out by child|Moved in, asked for new lock|Late "
         "tenant's family held keys]. [Barrel replaced.|Recharge £65.|Emergency call out.]"},
        {"Door broken", "[Door swollen, will not close|Handle came off|Kicked in by police, wrong address|Door panel "
                        "cracked by football|Wind caught door]. [Made safe.|New door ordered.]"},
        {"Window broken", "[Window cracked by football|Handle broken|Blown pane|Bird strike|Boarded after youths threw "
                          "stones]. [Glazed.|Measured.]"},
        {"Security light", "[Bulb gone|Stays on all night|Sensor broken]. [Replaced.]"},
        {"Entryphone fault", "[Buzzer not working|Door release stuck open|Panel vandalised]. [Engineer booked.]"}};
    static const struct {
        const char *category, *text;
    } asb[] = {
        {"Noise nuisance", "[Loud music at night|Dog barking|Banging on walls|Children running overhead|Party until "
                           "4am]. [Diary sheets sent.|Mediation offered.|Sound app given.]"},
        {"Dispute between neighbours", "[Parking|Bins left out|Hedge height|Shared path|Ball games|Washing line]. "
                                       "[Both spoken to.|Closed.|Low level.]"},
        {"Drug nuisance", "[Smell of cannabis on stairs|Callers at all hours to flat below]. [Passed to "
                          "police.|Needles reported to council.]"},
        {"Verbal abuse",
         "[Sworn at over parking|Shouted at by children|Rude remark on stairs]. [Warning letter.|Apology.|One off.]"},
        {"Damage to communal area",
         "[Graffiti in lift|Bin store fire|Glass in entrance door]. [CCTV checked.|Repaired.]"}};
    struct ward *w = s.w;
    struct county *c = w->c;
    const struct household *h = &w->h[household];
    if (!h->social || h->n == 0 || !person_adult(&w->p[h->first], c->start_day))
        return;
    tenancy_write(s, h);
    for (int n = rng_count(s.r, rate(c, RATE_repairs) * county_years(c)); n > 0; n--) {
        int32_t day = rng_between(s.r, c->start_day, c->end_day - 1);
        uint32_t j = rng_below(s.r, 1000);
        if (rng_chance(s.r, 0.125))
            housing_case_write(s, h->first, day, "REPAIR", security[j % 5].category, security[j % 5].text);
        else
            housing_case_write(s, h->first, day, "REPAIR", other[j % 7].category, other[j % 7].text);
    }
    for (int n = rng_count(s.r, rate(c, RATE_housing_asb) * county_years(c)); n > 0; n--) {
        uint32_t j = rng_below(s.r, 5);
        housing_case_write(s, h->first, rng_between(s.r, c->start_day, c->end_day - 1), "ASB", asb[j].category,
                           asb[j].text);
    }
    const struct person *p = &w->p[h->first];
    for (int i = 1; i < p->n_stays; i++)
        housing_case_write(s, h->first, p->stays[i].from, "MOVE", rng_chance(s.r, 0.5) ? "Transfer" : "Mutual exchange",
                           "[Overcrowded.|Nearer work.|Downsizing.|Medical points.|Swap agreed.]");
}
