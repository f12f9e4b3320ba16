/* background_kinds.c: crimes and incidents of everyday life: one row an offence. Dangerous words occur innocently. */
#include "simulate/background.h"

/* Weights of who the other one is: nobody, unknown, acquaintance, neighbour, colleague, partner, former partner, kin, a
 * stranger with a name. */
static const uint16_t violent[] = {0, 22, 24, 5, 4, 20, 6, 12, 7}, unseen[] = {0, 92, 2, 2, 1, 0, 1, 1, 1},
                      nobody_else[] = {100, 0, 0, 0, 0, 0, 0, 0, 0};

static const char text_assault[] =
    "[Altercation [outside pub|in taxi queue|at house party|in school grounds|over parking space], {v} "
    "[punched|pushed|slapped|headbutted] by {s}|{v} and {s} argued [about money|over a dog|about noise|over a lift "
    "home], {s} [grabbed|shoved|hit] {her}|{v} hit by thrown "
    "[bottle|glass], not aimed at {her}|{s} spat at {v} during row over [queue|ball game|bins]|{s} kicked {v} in "
    "five-a-side game]. [Both had been drinking.|Minor injury.|No injuries.|No complaint made.|CCTV to be "
    "viewed.|Would not give statement.|Six of one and half a dozen "
    "of the other.|Killing time by the bus station when it kicked off.|]";
static const char text_message[] =
    "[{v} received abusive message from {s} [after online sale fell through|over a football result|about a lent "
    "tool|following break up of friendship]|Single voicemail to {v}, [insults only|foul language]|Group chat insults "
    "between [pupils|parents|darts team], {v} upset|"
    "Two calls from {s} over unpaid [invoice|rent deposit|bet]|{s} commented on {v}'s post, name calling]. [No threats "
    "made.|Apology since given.|Blocked, nothing further.|No repeat.|Words of advice.|One message, deleted.|]";
static const char text_domestic[] =
    "[Verbal argument between {v} and {s} [over money|about the children|after drink|about infidelity|over household "
    "chores]|Neighbour rang, raised voices, [all quiet on arrival|both present and calm]|{s} [refused to leave|threw "
    "phone|left with the car keys]|Dispute over "
    "[collection of child|belongings|who pays rent]|{v} rang then hung up, officers attended]. [No offences.|Separated "
    "for the night.|No assault alleged.|Denies any violence.|DARA standard.|Children asleep upstairs.|Both "
    "advised.|First report.|]";
const struct background_kind background_kinds[] = {
    {RATE_crime_violence, 62, OFF_COMMON_ASSAULT, 11, IS_VICTIM, violent, text_assault},
    {RATE_crime_violence, 30, OFF_ABH, 11, IS_VICTIM, violent, text_assault},
    {RATE_crime_violence, 4, OFF_GBH, 14, IS_VICTIM, violent,
     "[{v} stamped on in car park|{v} struck with [bottle|bar stool]|{v} thrown down steps of club], [jaw "
     "broken|fractured wrist|lost consciousness]. [Hospital.|CCTV seized.|Statement to follow.]"},
    {RATE_crime_violence, 4, OFF_AFFRAY, 14, IS_VICTIM, (const uint16_t[]){0, 60, 30, 3, 1, 0, 0, 1, 5},
     "Fight between several people [outside kebab shop|at fair|in precinct], {v} has [cut lip|black eye|bruising]. [No "
     "complaints.|Dispersed.|CCTV to be viewed.]"},
    {RATE_crime_messages, 55, OFF_MALCOMMS, 13, IS_VICTIM, (const uint16_t[]){0, 22, 30, 8, 8, 2, 14, 10, 6},
     text_message},
    {RATE_crime_messages, 15, OFF_HARASSMENT, 16, IS_VICTIM, (const uint16_t[]){0, 5, 35, 25, 10, 2, 10, 10, 3},
     text_message},
    {RATE_crime_messages, 30, INC_NUISANCE_ADVICE, 16, IS_REPORTER, (const uint16_t[]){0, 75, 10, 5, 3, 0, 3, 3, 1},
     "[Spam texts claiming to be [the bank|a parcel firm]|Survey company rings every evening|Wrong number keeps "
     "calling for a taxi|Abusive text from unknown number, thought to be wrong number|Prank calls, children laughing]. "
     "[Advice given.|Block function explained.|]"},
    {RATE_crime_damage, 46, OFF_DAMAGE_CAR, 18, IS_VICTIM, unseen,
     "[Wing mirror broken on {v}'s parked car|{v}'s vehicle keyed in [station|supermarket] car park|Windscreen cracked "
     "by stone|Aerial snapped, several cars in {place}|Tyre let down outside [gym|church]]. [Several vehicles hit same "
     "night.|Youths seen running off.|No "
     "witnesses.|Insurance purposes.|]"},
    {RATE_crime_damage, 26, OFF_DAMAGE_HOME, 18, IS_VICTIM, unseen,
     "[Window of {v}'s house broken by [stone|football|air pellet]|Eggs thrown at several houses|Front door kicked, "
     "footprint|Shed window broken|Letterbox pulled off]. [Youths seen.|No witnesses.|Storm damage not "
     "excluded.|Nothing stolen.|]"},
    {RATE_crime_damage, 24, OFF_DAMAGE, 18, IS_VICTIM, unseen,
     "[Fence panels kicked in along {place}|Graffiti on garage door|Allotment greenhouse smashed|Bus shelter glass "
     "broken, {v} cut|Headstone pushed over]. [No suspects.|Council informed.|]"},
    {RATE_crime_damage, 4, OFF_ARSON, 18, IS_VICTIM, unseen,
     "[Wheelie bin set alight|Hedge fire|Abandoned car burnt out, heat damage to {v}'s fence]. [Fire service "
     "attended.|Youths.|]"},
    {RATE_crime_burglary, 72, OFF_BURGLARY, 18, IS_VICTIM, unseen,
     "[Rear door forced between {t} and {t}, [jewellery|laptop|cash|car keys] taken|Untidy search upstairs, [games "
     "console|watch|bag] stolen|Distraction, {v} told water needed checking|Insecure window, purse from kitchen]. "
     "[SOCO requested.|Series on "
     "estate.|No forensic.|Neighbours saw van.|]"},
    {RATE_crime_burglary, 28, OFF_BURGLARY_ATTEMPT, 18, IS_VICTIM, unseen,
     "[Attempt on patio door, {v} disturbed by noise|Marks to window frame|Handle tried, doorbell footage]. [No "
     "entry.|Series on estate.|]"},
    {RATE_crime_vehicle, 57, OFF_FROM_CAR, 18, IS_VICTIM, unseen,
     "[Tools taken from {v}'s van overnight|Number plates stolen from {v}'s car|Catalytic converter removed|Sat nav "
     "and change taken, insecure]. [Doorbell footage, face covered.|No lines of enquiry.|]"},
    {RATE_crime_vehicle, 25, OFF_CAR_THEFT, 18, IS_VICTIM, unseen,
     "[Car stolen from drive, keyless|Moped taken from rack|Van gone from site]. [Tracker fitted by insurer, no "
     "signal.|Found burnt out.|ANPR set.|]"},
    {RATE_crime_vehicle, 18, OFF_CAR_INTERFERENCE, 18, IS_VICTIM, unseen,
     "[Door handle tried, nothing taken|Searched through glovebox, nothing gone|Bonnet found open]. [Series.|No "
     "forensic.|]"},
    {RATE_crime_theft, 60, OFF_THEFT, 12, IS_VICTIM, unseen,
     "[Phone taken from {v}'s bag [on bus|in bar]|Parcel taken from step of {v}|Garden tools taken from front|Coat "
     "gone from peg]. [CCTV requested.|No suspect.|]"},
    {RATE_crime_theft, 14, OFF_THEFT_PERSON, 14, IS_VICTIM, unseen,
     "[Purse taken in crowd|Phone snatched by rider on bike|Wallet dipped at market]. [Cards used since.|No "
     "suspect.|]"},
    {RATE_crime_theft, 20, OFF_CYCLE, 8, IS_VICTIM, unseen,
     "Bicycle stolen from [station|college|shed|railings], lock cut. [Frame number given.|]"},
    {RATE_crime_theft, 6, OFF_FRAUD, 18, IS_VICTIM, unseen,
     "[{v} sold item online, paid with false transfer|Caller lost savings to investment site|Courier fraud, card "
     "handed over]. [Action Fraud number given.|Bank aware.|]"},
    {RATE_crime_shop, 100, OFF_SHOPLIFTING, 16, IS_SUSPECT, (const uint16_t[]){50, 50, 0, 0, 0, 0, 0, 0, 0},
     "[Meat and spirits|Baby formula|Cosmetics|Steaks|Detergent] to value £{n} taken from store. [Detained by "
     "security.|Left in car.|Known to staff.|Banned from store.|Staff threatened with [needle|bottle].|Followed by "
     "store detective to bus "
     "stop.|Items recovered.|]"},
    {RATE_crime_sexual, 62, OFF_SEXUAL, 14, IS_VICTIM, (const uint16_t[]){0, 14, 44, 1, 6, 15, 6, 8, 6},
     "[Touched over clothing [on bus|in nightclub|at work]|Restricted. Report by {v} of incident [last night|some "
     "years ago|at party]]. [Specialist officer allocated.|ISVA offered.|]"},
    {RATE_crime_sexual, 38, OFF_RAPE, 16, IS_VICTIM, (const uint16_t[]){0, 10, 44, 1, 4, 18, 8, 8, 7},
     "[Restricted. Report by {v}, [last night|some years ago|after party]|Third party report, {v} not ready to speak]. "
     "[Specialist officer allocated.|Early evidence kit used.|ISVA offered.|]"},
    {RATE_crime_public_order, 60, OFF_PUBLIC_ORDER, 14, IS_VICTIM, (const uint16_t[]){0, 45, 14, 18, 4, 3, 3, 4, 9},
     "[{s} shouted abuse at {v} [over parking|at bus stop|in road rage incident|in shop]|Drunk male swearing at "
     "[staff|paramedics]]. [No further contact.|Did not know each other.|Heat of the moment.|Apologised.|]"},
    {RATE_crime_public_order, 34, OFF_PUBLIC_ORDER_ALARM, 14, IS_VICTIM,
     (const uint16_t[]){0, 45, 14, 18, 4, 3, 3, 4, 9},
     "[Racial abuse at {v} from passing car|{s} said {he} would [knock {hers} head off|have {hers} job] in queue "
     "dispute|{s} called {v} names in front of children]. [One off.|Heat of the moment.|Suspect not "
     "traced.|]"},
    {RATE_crime_public_order, 6, OFF_AFFRAY, 16, IS_VICTIM, (const uint16_t[]){0, 80, 15, 1, 0, 0, 0, 0, 4},
     "Large group fighting in [market place|car park], {v} frightened inside shop. [Dispersed.|Two detained.]"},
    {RATE_crime_other, 45, OFF_DRUGS, 16, IS_SUSPECT, (const uint16_t[]){90, 10, 0, 0, 0, 0, 0, 0, 0},
     "Stop and search, [small bag of cannabis|joint in ashtray|wraps]. [Community resolution.|Dealt with at scene.|]"},
    {RATE_crime_other, 15, OFF_WEAPON, 16, IS_SUSPECT, (const uint16_t[]){90, 10, 0, 0, 0, 0, 0, 0, 0},
     "[Lock knife in pocket|Kitchen knife in door pocket|Machete under seat], [says for fishing|says for work|no "
     "explanation]. [Postal requisition.|Seized.]"},
    {RATE_crime_other, 40, OFF_ROBBERY, 12, IS_VICTIM, (const uint16_t[]){0, 90, 8, 0, 0, 0, 0, 0, 2},
     "{v} [told to hand over phone in underpass|pushed off bike and it was taken|threatened with knife for trainers]. "
     "[Area search negative.|CCTV.|]"},
    {RATE_incident_domestic, 100, INC_DOMESTIC, 18, IS_VICTIM, (const uint16_t[]){0, 0, 0, 0, 0, 52, 22, 26, 0},
     text_domestic},
    {RATE_incident_asb, 55, INC_ASB, 16, IS_REPORTER, (const uint16_t[]){45, 45, 0, 10, 0, 0, 0, 0, 0},
     "[Youths [kicking ball against garages|on off-road bikes|drinking in park|throwing stones]|Street drinkers by "
     "benches|Fireworks let off in alley|Begging outside bank]. [Patrol to pay attention.|Council informed.|Gone on "
     "arrival.|No names given.|]"},
    {RATE_incident_asb, 30, INC_ASB_NOISE, 18, IS_REPORTER, (const uint16_t[]){30, 20, 0, 50, 0, 0, 0, 0, 0},
     "[Loud music from [flat above|number opposite], third night|Dog barking all day|Party with singing at "
     "{t}|Neighbour revving car at {t}]. [Council noise team.|Turned down when asked.|]"},
    {RATE_incident_asb, 15, INC_ASB_ENVIRONMENT, 18, IS_REPORTER, (const uint16_t[]){50, 45, 0, 5, 0, 0, 0, 0, 0},
     "[Fly-tipping on {place}|Needles by play area|Abandoned trolley in brook|Dog fouling again]. [Council "
     "informed.|]"},
    {RATE_incident_suspicious, 48, INC_SUSPICIOUS, 16, IS_REPORTER, (const uint16_t[]){35, 60, 0, 3, 0, 0, 0, 0, 2},
     "[Male trying car door handles on {place}|Person looking into parked cars|Light seen in empty property|Drone over "
     "estate|Doorbell rung at {t}, nobody there|Caller followed by a dog from the park, now worried about a man "
     "calling it|Female "
     "followed round shop by security, felt picked on]. [Area search no trace.|All in order.|Delivery driver.|No "
     "offences.|]"},
    {RATE_incident_suspicious, 26, INC_VEHICLE, 16, IS_REPORTER, (const uint16_t[]){50, 50, 0, 0, 0, 0, 0, 0, 0},
     "[Van parked up since morning, two on board|Vehicle waiting outside school, parent on phone|Car driving slowly "
     "along {place}|Foreign plates in lay-by]. [Index checked, local keeper.|Lost and asking for "
     "directions.|Surveyors.|Gone.|]"},
    {RATE_incident_suspicious, 20, INC_SUSPICIOUS_MALE, 16, IS_REPORTER,
     (const uint16_t[]){10, 90, 0, 0, 0, 0, 0, 0, 0},
     "Male [seen in back gardens, hi-vis, may be meter reader|with torch by sheds|sitting on wall for an hour|asking "
     "for money at doors]. [Area search no trace.|Spoken to, waiting for lift.|Leaflet round.|]"},
    {RATE_incident_suspicious, 6, INC_PROWLER, 18, IS_REPORTER, (const uint16_t[]){10, 85, 0, 5, 0, 0, 0, 0, 0},
     "[Noise in garden at {t}|Shadow at window|Security light came on], [fox|nothing found|gate open]. [Area search no "
     "trace.|Reassured.|]"},
    {RATE_incident_concern, 85, INC_CONCERN, 12, IS_CONCERN, nobody_else,
     "[Not seen for two days, curtains closed|Ambulance request, low mood and has taken tablets|Welfare check asked by "
     "family abroad|Text to friend read as goodbye|Found asleep at bus shelter|Rang 999 confused|School asks for "
     "check]. [Safe and "
     "well.|Taken to ED.|Family with {her}.|GP informed.|No concerns.|Says was just killing time.|]"},
    {RATE_incident_concern, 15, INC_MISSING, 10, IS_CONCERN, nobody_else,
     "[Did not return from school, found at friend's|Left ward without telling staff|Wandered from home|Argument at "
     "home, walked out|Missed last bus, phone flat]. [Returned home.|Located by family.|Medium risk.|]"},
    {RATE_incident_other, 30, INC_LOST, 16, IS_REPORTER, nobody_else,
     "Lost [wallet|passport|phone|keys] [in town|on bus|at match]. [Ref given.|]"},
    {RATE_incident_other, 34, INC_ROAD, 18, IS_REPORTER, nobody_else,
     "[Minor collision, details exchanged|Tree branch down across {place}|Broken down vehicle in live lane|Cows on "
     "road|Driver fell asleep at lights]. [Closed.|Highways.|]"},
    {RATE_incident_other, 24, INC_CIVIL, 18, IS_REPORTER, (const uint16_t[]){40, 25, 10, 20, 0, 0, 2, 3, 0},
     "[Boundary fence moved, civil matter|Tenant and landlord dispute over deposit|Dispute with [garage|builder] over "
     "work done|Refund refused|Contact time dispute, wants to know {hers} rights]. [Advice given.|Civil.|]"},
    {RATE_incident_other, 12, INC_NUISANCE_CALLS, 16, IS_REPORTER, (const uint16_t[]){30, 62, 2, 3, 0, 0, 2, 1, 0},
     "[Silent calls, [auto-dialler|call centre] suspected|Debt collector rings daily, caller says it is like being "
     "stalked by the bank|Marketing calls at tea time|Fax tone on landline]. [Provider to trace.|Closed.|Civil.|]"},
};
const size_t background_n_kinds = sizeof background_kinds / sizeof *background_kinds;
