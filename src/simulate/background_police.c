/* background_police.c: crimes and incidents of everyday life, one row of the table an offence; and arrests of others than stalkers. Dangerous words occur innocently. */
#include "simulate/background.h"

#include <math.h>

enum other { OTHER_NONE, OTHER_UNKNOWN, OTHER_ACQUAINTANCE, OTHER_NEIGHBOUR, OTHER_COLLEAGUE, OTHER_PARTNER, OTHER_FORMER, OTHER_KIN, OTHER_STRANGER };

struct kind {
    enum rate rate;
    uint8_t percent;     /* of the rate that is recorded as this */
    enum offence_id what;
    uint8_t from_age;
    enum role_of { IS_VICTIM, IS_REPORTER, IS_CONCERN, IS_SUSPECT } role; /* of the person it is about */
    uint16_t other[9];   /* weights by enum other */
    const char *text;
};
/* Who the other one is: nobody, unknown, acquaintance, neighbour, colleague, partner, former partner, kin, stranger with a name. */
#define VIOLENT {0, 22, 24, 5, 4, 20, 6, 12, 7}
#define UNSEEN {0, 92, 2, 2, 1, 0, 1, 1, 1}
#define NOBODY_ELSE {100, 0, 0, 0, 0, 0, 0, 0, 0}
static const char text_assault[] =
    "[Altercation [outside pub|in taxi queue|at house party|in school grounds|over parking space], {v} [punched|pushed|slapped|headbutted] by {s}|{v} and {s} argued [about money|over a dog|about noise|over a lift home], {s} [grabbed|shoved|hit] {her}|{v} hit by thrown "
    "[bottle|glass], not aimed at {her}|{s} spat at {v} during row over [queue|ball game|bins]|{s} kicked {v} in five-a-side game]. [Both had been drinking.|Minor injury.|No injuries.|No complaint made.|CCTV to be viewed.|Would not give statement.|Six of one and half a dozen "
    "of the other.|Killing time by the bus station when it kicked off.|]";
static const char text_message[] =
    "[{v} received abusive message from {s} [after online sale fell through|over a football result|about a lent tool|following break up of friendship]|Single voicemail to {v}, [insults only|foul language]|Group chat insults between [pupils|parents|darts team], {v} upset|"
    "Two calls from {s} over unpaid [invoice|rent deposit|bet]|{s} commented on {v}'s post, name calling]. [No threats made.|Apology since given.|Blocked, nothing further.|No repeat.|Words of advice.|One message, deleted.|]";
static const char text_domestic[] =
    "[Verbal argument between {v} and {s} [over money|about the children|after drink|about infidelity|over household chores]|Neighbour rang, raised voices, [all quiet on arrival|both present and calm]|{s} [refused to leave|threw phone|left with the car keys]|Dispute over "
    "[collection of child|belongings|who pays rent]|{v} rang then hung up, officers attended]. [No offences.|Separated for the night.|No assault alleged.|Denies any violence.|DARA standard.|Children asleep upstairs.|Both advised.|First report.|]";
static const struct kind kinds[] = {
    {RATE_crime_violence, 62, OFF_COMMON_ASSAULT, 11, IS_VICTIM, VIOLENT, text_assault},
    {RATE_crime_violence, 30, OFF_ABH, 11, IS_VICTIM, VIOLENT, text_assault},
    {RATE_crime_violence, 4, OFF_GBH, 14, IS_VICTIM, VIOLENT, "[{v} stamped on in car park|{v} struck with [bottle|bar stool]|{v} thrown down steps of club], [jaw broken|fractured wrist|lost consciousness]. [Hospital.|CCTV seized.|Statement to follow.]"},
    {RATE_crime_violence, 4, OFF_AFFRAY, 14, IS_VICTIM, {0, 60, 30, 3, 1, 0, 0, 1, 5}, "Fight between several people [outside kebab shop|at fair|in precinct], {v} has [cut lip|black eye|bruising]. [No complaints.|Dispersed.|CCTV to be viewed.]"},
    {RATE_crime_messages, 55, OFF_MALCOMMS, 13, IS_VICTIM, {0, 22, 30, 8, 8, 2, 14, 10, 6}, text_message},
    {RATE_crime_messages, 15, OFF_HARASSMENT, 16, IS_VICTIM, {0, 5, 35, 25, 10, 2, 10, 10, 3}, text_message},
    {RATE_crime_messages, 30, INC_NUISANCE_ADVICE, 16, IS_REPORTER, {0, 75, 10, 5, 3, 0, 3, 3, 1}, "[Spam texts claiming to be [the bank|a parcel firm]|Survey company rings every evening|Wrong number keeps calling for a taxi|Abusive text from unknown number, thought to be wrong number|Prank calls, children laughing]. "
                                                                                                    "[Advice given.|Block function explained.|]"},
    {RATE_crime_damage, 46, OFF_DAMAGE_CAR, 18, IS_VICTIM, UNSEEN, "[Wing mirror broken on {v}'s parked car|{v}'s vehicle keyed in [station|supermarket] car park|Windscreen cracked by stone|Aerial snapped, several cars in {place}|Tyre let down outside [gym|church]]. [Several vehicles hit same night.|Youths seen running off.|No "
                                                                   "witnesses.|Insurance purposes.|]"},
    {RATE_crime_damage, 26, OFF_DAMAGE_HOME, 18, IS_VICTIM, UNSEEN, "[Window of {v}'s house broken by [stone|football|air pellet]|Eggs thrown at several houses|Front door kicked, footprint|Shed window broken|Letterbox pulled off]. [Youths seen.|No witnesses.|Storm damage not excluded.|Nothing stolen.|]"},
    {RATE_crime_damage, 24, OFF_DAMAGE, 18, IS_VICTIM, UNSEEN, "[Fence panels kicked in along {place}|Graffiti on garage door|Allotment greenhouse smashed|Bus shelter glass broken, {v} cut|Headstone pushed over]. [No suspects.|Council informed.|]"},
    {RATE_crime_damage, 4, OFF_ARSON, 18, IS_VICTIM, UNSEEN, "[Wheelie bin set alight|Hedge fire|Abandoned car burnt out, heat damage to {v}'s fence]. [Fire service attended.|Youths.|]"},
    {RATE_crime_burglary, 72, OFF_BURGLARY, 18, IS_VICTIM, UNSEEN, "[Rear door forced between {t} and {t}, [jewellery|laptop|cash|car keys] taken|Untidy search upstairs, [games console|watch|bag] stolen|Distraction, {v} told water needed checking|Insecure window, purse from kitchen]. [SOCO requested.|Series on "
                                                                   "estate.|No forensic.|Neighbours saw van.|]"},
    {RATE_crime_burglary, 28, OFF_BURGLARY_ATTEMPT, 18, IS_VICTIM, UNSEEN, "[Attempt on patio door, {v} disturbed by noise|Marks to window frame|Handle tried, doorbell footage]. [No entry.|Series on estate.|]"},
    {RATE_crime_vehicle, 57, OFF_FROM_CAR, 18, IS_VICTIM, UNSEEN, "[Tools taken from {v}'s van overnight|Number plates stolen from {v}'s car|Catalytic converter removed|Sat nav and change taken, insecure]. [Doorbell footage, face covered.|No lines of enquiry.|]"},
    {RATE_crime_vehicle, 25, OFF_CAR_THEFT, 18, IS_VICTIM, UNSEEN, "[Car stolen from drive, keyless|Moped taken from rack|Van gone from site]. [Tracker fitted by insurer, no signal.|Found burnt out.|ANPR set.|]"},
    {RATE_crime_vehicle, 18, OFF_CAR_INTERFERENCE, 18, IS_VICTIM, UNSEEN, "[Door handle tried, nothing taken|Searched through glovebox, nothing gone|Bonnet found open]. [Series.|No forensic.|]"},
    {RATE_crime_theft, 60, OFF_THEFT, 12, IS_VICTIM, UNSEEN, "[Phone taken from {v}'s bag [on bus|in bar]|Parcel taken from step of {v}|Garden tools taken from front|Coat gone from peg]. [CCTV requested.|No suspect.|]"},
    {RATE_crime_theft, 14, OFF_THEFT_PERSON, 14, IS_VICTIM, UNSEEN, "[Purse taken in crowd|Phone snatched by rider on bike|Wallet dipped at market]. [Cards used since.|No suspect.|]"},
    {RATE_crime_theft, 20, OFF_CYCLE, 8, IS_VICTIM, UNSEEN, "Bicycle stolen from [station|college|shed|railings], lock cut. [Frame number given.|]"},
    {RATE_crime_theft, 6, OFF_FRAUD, 18, IS_VICTIM, UNSEEN, "[{v} sold item online, paid with false transfer|Caller lost savings to investment site|Courier fraud, card handed over]. [Action Fraud number given.|Bank aware.|]"},
    {RATE_crime_shop, 100, OFF_SHOPLIFTING, 16, IS_SUSPECT, {50, 50, 0, 0, 0, 0, 0, 0, 0}, "[Meat and spirits|Baby formula|Cosmetics|Steaks|Detergent] to value £{n} taken from store. [Detained by security.|Left in car.|Known to staff.|Banned from store.|Staff threatened with [needle|bottle].|Followed by store detective to bus "
                                                                                         "stop.|Items recovered.|]"},
    {RATE_crime_sexual, 62, OFF_SEXUAL, 14, IS_VICTIM, {0, 14, 44, 1, 6, 15, 6, 8, 6}, "[Touched over clothing [on bus|in nightclub|at work]|Restricted. Report by {v} of incident [last night|some years ago|at party]]. [Specialist officer allocated.|ISVA offered.|]"},
    {RATE_crime_sexual, 38, OFF_RAPE, 16, IS_VICTIM, {0, 10, 44, 1, 4, 18, 8, 8, 7}, "[Restricted. Report by {v}, [last night|some years ago|after party]|Third party report, {v} not ready to speak]. [Specialist officer allocated.|Early evidence kit used.|ISVA offered.|]"},
    {RATE_crime_public_order, 60, OFF_PUBLIC_ORDER, 14, IS_VICTIM, {0, 45, 14, 18, 4, 3, 3, 4, 9}, "[{s} shouted abuse at {v} [over parking|at bus stop|in road rage incident|in shop]|Drunk male swearing at [staff|paramedics]]. [No further contact.|Did not know each other.|Heat of the moment.|Apologised.|]"},
    {RATE_crime_public_order, 34, OFF_PUBLIC_ORDER_ALARM, 14, IS_VICTIM, {0, 45, 14, 18, 4, 3, 3, 4, 9}, "[Racial abuse at {v} from passing car|{s} said {he} would [knock {hers} head off|have {hers} job] in queue dispute|{s} called {v} names in front of children]. [One off.|Heat of the moment.|Suspect not "
                                                                                                          "traced.|]"},
    {RATE_crime_public_order, 6, OFF_AFFRAY, 16, IS_VICTIM, {0, 80, 15, 1, 0, 0, 0, 0, 4}, "Large group fighting in [market place|car park], {v} frightened inside shop. [Dispersed.|Two detained.]"},
    {RATE_crime_other, 45, OFF_DRUGS, 16, IS_SUSPECT, {90, 10, 0, 0, 0, 0, 0, 0, 0}, "Stop and search, [small bag of cannabis|joint in ashtray|wraps]. [Community resolution.|Dealt with at scene.|]"},
    {RATE_crime_other, 15, OFF_WEAPON, 16, IS_SUSPECT, {90, 10, 0, 0, 0, 0, 0, 0, 0}, "[Lock knife in pocket|Kitchen knife in door pocket|Machete under seat], [says for fishing|says for work|no explanation]. [Postal requisition.|Seized.]"},
    {RATE_crime_other, 40, OFF_ROBBERY, 12, IS_VICTIM, {0, 90, 8, 0, 0, 0, 0, 0, 2}, "{v} [told to hand over phone in underpass|pushed off bike and it was taken|threatened with knife for trainers]. [Area search negative.|CCTV.|]"},
    {RATE_incident_domestic, 100, INC_DOMESTIC, 18, IS_VICTIM, {0, 0, 0, 0, 0, 52, 22, 26, 0}, text_domestic},
    {RATE_incident_asb, 55, INC_ASB, 16, IS_REPORTER, {45, 45, 0, 10, 0, 0, 0, 0, 0}, "[Youths [kicking ball against garages|on off-road bikes|drinking in park|throwing stones]|Street drinkers by benches|Fireworks let off in alley|Begging outside bank]. [Patrol to pay attention.|Council informed.|Gone on arrival.|No names given.|]"},
    {RATE_incident_asb, 30, INC_ASB_NOISE, 18, IS_REPORTER, {30, 20, 0, 50, 0, 0, 0, 0, 0}, "[Loud music from [flat above|number opposite], third night|Dog barking all day|Party with singing at {t}|Neighbour revving car at {t}]. [Council noise team.|Turned down when asked.|]"},
    {RATE_incident_asb, 15, INC_ASB_ENVIRONMENT, 18, IS_REPORTER, {50, 45, 0, 5, 0, 0, 0, 0, 0}, "[Fly-tipping on {place}|Needles by play area|Abandoned trolley in brook|Dog fouling again]. [Council informed.|]"},
    {RATE_incident_suspicious, 48, INC_SUSPICIOUS, 16, IS_REPORTER, {35, 60, 0, 3, 0, 0, 0, 0, 2}, "[Male trying car door handles on {place}|Person looking into parked cars|Light seen in empty property|Drone over estate|Doorbell rung at {t}, nobody there|Caller followed by a dog from the park, now worried about a man calling it|Female "
                                                                                                   "followed round shop by security, felt picked on]. [Area search no trace.|All in order.|Delivery driver.|No offences.|]"},
    {RATE_incident_suspicious, 26, INC_VEHICLE, 16, IS_REPORTER, {50, 50, 0, 0, 0, 0, 0, 0, 0}, "[Van parked up since morning, two on board|Vehicle waiting outside school, parent on phone|Car driving slowly along {place}|Foreign plates in lay-by]. [Index checked, local keeper.|Lost and asking for directions.|Surveyors.|Gone.|]"},
    {RATE_incident_suspicious, 20, INC_SUSPICIOUS_MALE, 16, IS_REPORTER, {10, 90, 0, 0, 0, 0, 0, 0, 0}, "Male [seen in back gardens, hi-vis, may be meter reader|with torch by sheds|sitting on wall for an hour|asking for money at doors]. [Area search no trace.|Spoken to, waiting for lift.|Leaflet round.|]"},
    {RATE_incident_suspicious, 6, INC_PROWLER, 18, IS_REPORTER, {10, 85, 0, 5, 0, 0, 0, 0, 0}, "[Noise in garden at {t}|Shadow at window|Security light came on], [fox|nothing found|gate open]. [Area search no trace.|Reassured.|]"},
    {RATE_incident_concern, 85, INC_CONCERN, 12, IS_CONCERN, NOBODY_ELSE, "[Not seen for two days, curtains closed|Ambulance request, low mood and has taken tablets|Welfare check asked by family abroad|Text to friend read as goodbye|Found asleep at bus shelter|Rang 999 confused|School asks for check]. [Safe and "
                                                                          "well.|Taken to ED.|Family with {her}.|GP informed.|No concerns.|Says was just killing time.|]"},
    {RATE_incident_concern, 15, INC_MISSING, 10, IS_CONCERN, NOBODY_ELSE, "[Did not return from school, found at friend's|Left ward without telling staff|Wandered from home|Argument at home, walked out|Missed last bus, phone flat]. [Returned home.|Located by family.|Medium risk.|]"},
    {RATE_incident_other, 30, INC_LOST, 16, IS_REPORTER, NOBODY_ELSE, "Lost [wallet|passport|phone|keys] [in town|on bus|at match]. [Ref given.|]"},
    {RATE_incident_other, 34, INC_ROAD, 18, IS_REPORTER, NOBODY_ELSE, "[Minor collision, details exchanged|Tree branch down across {place}|Broken down vehicle in live lane|Cows on road|Driver fell asleep at lights]. [Closed.|Highways.|]"},
    {RATE_incident_other, 24, INC_CIVIL, 18, IS_REPORTER, {40, 25, 10, 20, 0, 0, 2, 3, 0}, "[Boundary fence moved, civil matter|Tenant and landlord dispute over deposit|Dispute with [garage|builder] over work done|Refund refused|Contact time dispute, wants to know {hers} rights]. [Advice given.|Civil.|]"},
    {RATE_incident_other, 12, INC_NUISANCE_CALLS, 16, IS_REPORTER, {30, 62, 2, 3, 0, 0, 2, 1, 0}, "[Silent calls, [auto-dialler|call centre] suspected|Debt collector rings daily, caller says it is like being stalked by the bank|Marketing calls at tea time|Fax tone on landline]. [Provider to trace.|Closed.|Civil.|]"},
};

static const char *const relation_of[] = {"", "", "ACQ", "NEI", "COL", "PTR", "EXP", "REL", "STR"};
static const char *const word_of[] = {"nobody", "unknown person", "a person known", "neighbour", "work colleague", "partner", "ex-partner", "relative", "a stranger"};

static uint32_t other_find(struct ward *w, struct rng *r, enum other o, uint32_t of, int32_t day)
{
    const struct person *p = &w->p[of];
    switch (o) {
    case OTHER_NEIGHBOUR: return ward_pick_neighbour(w, r, of, day);
    case OTHER_COLLEAGUE: return ward_pick_colleague(w, r, of, day);
    case OTHER_PARTNER: return p->partner;
    case OTHER_FORMER: return p->parted <= day ? p->former_partner : NOBODY;
    case OTHER_KIN: return ward_pick_kin(w, r, of, day);
    default: return ward_pick(w, r, 13, 60, day, of, p->former_partner);
    }
}

static bool is_crime(enum offence_id what) { return what < INC_DOMESTIC; }

static void party_add(struct incident *i, uint32_t who, const char *role, const char *relation, enum hide hide)
{
    if (i->n < MAX_PARTIES)
        i->party[i->n++] = (struct party){who, role, relation, hide, false};
}

static void police_one(struct scene s, const struct kind *k, uint32_t who, wall at)
{
    struct ward *w = s.w;
    struct county *c = w->c;
    struct rng *r = s.r;
    int32_t day = wall_day(at);
    enum other o = (enum other)rng_weighted(r, k->other, 9);
    uint32_t other = o >= OTHER_ACQUAINTANCE ? other_find(w, r, o, who, day) : NOBODY;
    if (o >= OTHER_ACQUAINTANCE && other == NOBODY) { /* no such person: somebody they know */
        o = OTHER_ACQUAINTANCE;
        other = other_find(w, r, o, who, day);
    }
    if (o >= OTHER_ACQUAINTANCE && (other == NOBODY || !person_exists(&w->p[other], day - 4000)))
        return;
    struct incident i = {.from = at, .to = at, .what = k->what, .becomes = OFFENCE_N, .dwelling = person_dwelling(&w->p[who], day)};
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
    const char *word = p->born > day - 5800 ? "young person" : rng_chance(r, 0.5) ? "caller" : k->role == IS_VICTIM && rng_chance(r, 0.5) ? "victim" : p->sex == SEX_MALE ? "male" : "female";
    struct telling t = {word, o == OTHER_ACQUAINTANCE ? "a person known" : word_of[o], p->sex == SEX_MALE ? 'M' : 'F', other == NOBODY || w->p[other].sex == SEX_MALE ? 'M' : 'F', street, ""};
    i.text = narrate(c, r, &c->text, k->text, &t);
    (void)police_write(w, r, &i, NULL);
}

void police_background(struct scene s, uint32_t who, double frailty)
{
    struct county *c = s.w->c;
    const struct person *p = &s.w->p[who];
    double years = county_years(c);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        int32_t from = p->born + kinds[k].from_age * 366;
        if (from > c->end_day - 40)
            continue;
        for (int n = rng_count(s.r, rate(c, kinds[k].rate) * kinds[k].percent / 100 * years * frailty); n > 0; n--) {
            wall at = wall_random(c, s.r, from > c->start_day ? from : c->start_day, c->end_day - 2);
            police_one(s, &kinds[k], who, at);
        }
    }
}

void arrests(struct scene s, uint32_t who, double frailty)
{
    static const enum offence_id what[] = {OFF_COMMON_ASSAULT, OFF_ABH, OFF_SHOPLIFTING, OFF_DRUGS, OFF_PUBLIC_ORDER, OFF_DAMAGE, OFF_BURGLARY, OFF_AFFRAY, OFF_CAR_THEFT, OFF_WEAPON};
    struct ward *w = s.w;
    struct county *c = w->c;
    if (!person_adult(&w->p[who], c->start_day))
        return;
    double known = w->p[who].has_police_number ? 5.0 : 0.55;
    for (int n = rng_count(s.r, fmin(12, rate(c, RATE_arrest) * county_years(c) * frailty * known)); n > 0; n--) {
        wall at = wall_random(c, s.r, c->start_day, c->end_day - 3);
        enum offence_id o = what[rng_below(s.r, sizeof what / sizeof *what)];
        bool domestic = (o == OFF_COMMON_ASSAULT || o == OFF_ABH) && w->p[who].partner != NOBODY && rng_chance(s.r, 0.4);
        int32_t day = wall_day(at);
        struct custody_entry e[3] = {{at, "ARREST", o, "", "", "", LONG_AGO, LONG_AGO, ""}};
        e[0].notes = rng_chance(s.r, 0.5) ? "Arrested at scene. No reply to caution." : "Arrested on circulation. Compliant.";
        wall out = wall_clip(c, at + rng_between(s.r, 4, 20) * 3600);
        int number = 1;
        switch (rng_below(s.r, 4)) {
        case 0:
            e[number++] = (struct custody_entry){out, "CHARGE", o, "COURT", "", domestic ? "NC" : "RES", day, day + rng_between(s.r, 20, 90), "Charged, bailed to court."};
            break;
        case 1:
            e[number++] = (struct custody_entry){out, "BAIL", o, "POLICE", "", domestic ? "NC;EX" : "", day, day + 28, "Bail for further enquiries."};
            e[number++] = (struct custody_entry){wall_clip(c, out + 25 * DAY_S), "RELEASE", o, "", "", "", LONG_AGO, LONG_AGO, "No further action."};
            break;
        case 2: e[number++] = (struct custody_entry){out, "RUI", o, "", "", "", LONG_AGO, LONG_AGO, "Released under investigation."}; break;
        default: e[number++] = (struct custody_entry){out, "RELEASE", o, "", "", "", LONG_AGO, LONG_AGO, "Released, no further action."};
        }
        struct custody k = {who, domestic ? w->p[who].partner : NOBODY, "", e, number, civil_of_day(day).year};
        (void)custody_write(w, s.r, &k);
    }
}

