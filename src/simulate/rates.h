/* rates.h: every rate of the county, in one place, with its source.
 *
 * X(name, value at noise 1, unit, scaled by noise, source). Rates that describe the quality of data are multiplied by
 * --noise (and capped at 0.9); the others describe life and stay. "assumed" means: chosen by us so that the whole looks
 * right; nothing better was at hand. docs/simulate.md carries this table as `simulate_rates_markdown` prints it; a test
 * compares them.
 *
 * Abbreviations: CSEW, the Crime Survey for England and Wales; PRC, police recorded crime; ONS, Office for National
 * Statistics. Figures from these are orders of magnitude from general knowledge unless a release is named. */
#ifndef HAVEN_SIMULATE_RATES_H
#define HAVEN_SIMULATE_RATES_H

#include "base/str.h"

#define RATE_CAP 0.9

#define RATES(X)                                                                                                       \
    /* ---- quality of data: how agencies write people down ---- */                                                    \
    X(dob_missing, 0.25, "of mentions", 1, "given for the county's default level")                                     \
    X(dob_wrong, 0.08, "of mentions", 1,                                                                               \
      "given for the county's default level; a fifth each: day and month swapped, another day, a year off, ten years " \
      "off, 1 January")                                                                                                \
    X(nickname, 0.10, "of mentions", 1,                                                                                \
      "given for the county's default level; a familiar form, a middle name or an initial")                            \
    X(moved, 0.15, "of households a year", 1,                                                                          \
      "given for the county's default level (census: about 1 in 10 move a year)")                                      \
    X(same_kin, 0.02, "of people", 1,                                                                                  \
      "given for the county's default level: half twins, half a child with the parent's full name")                    \
    X(surname_typo, 0.03, "of mentions", 1, "assumed; one letter lost, doubled, swapped or changed")                   \
    X(given_typo, 0.03, "of mentions", 1, "assumed")                                                                   \
    X(names_swapped, 0.01, "of mentions", 1, "assumed; surname in the given-name field")                               \
    X(former_surname_used, 0.08, "of mentions of those who have one", 1, "assumed")                                    \
    X(middle_missing, 0.45, "of mentions of those who have one", 1, "assumed")                                         \
    X(surname_missing, 0.02, "of mentions by others", 1, "assumed; only a first name is known")                        \
    X(old_address, 0.25, "of mentions within a year after a move", 1, "assumed; afterwards a third of this")           \
    X(postcode_missing, 0.12, "of mentions with an address", 1, "assumed")                                             \
    X(postcode_wrong, 0.03, "of mentions with an address", 1, "assumed; one character")                                \
    X(address_missing, 0.20, "of mentions", 1, "assumed")                                                              \
    X(phone_missing, 0.35, "of mentions", 1, "assumed")                                                                \
    X(phone_wrong, 0.02, "of mentions", 1, "assumed; one digit")                                                       \
    X(old_phone, 0.15, "of mentions after a change of number", 1, "assumed")                                           \
    X(email_missing, 0.55, "of mentions", 1, "assumed")                                                                \
    X(nhs_missing, 0.06, "of health records", 1, "assumed; tracing rates of patient records are above 95 %")           \
    X(pnc_missing, 0.30, "of mentions of those who have one", 1, "assumed; never in custody records")                  \
    X(heard_of_only, 0.35, "of date of birth, phone, address of persons described by others", 1, "assumed")            \
    X(narrative_typo, 0.15, "of narratives", 1, "assumed")                                                             \
    X(late_version, 0.12, "of records", 1, "assumed: the record comes again with changes")                             \
    X(recorded_late, 0.10, "of records", 1, "assumed: entered days, not hours, after the event")                       \
    /* ---- people ---- */                                                                                             \
    X(one_person, 0.30, "of households", 0, "ONS families and households 2021")                                        \
    X(couple_only, 0.28, "of households", 0, "ONS families and households 2021")                                       \
    X(couple_children, 0.21, "of households", 0, "ONS families and households 2021, dependent children")               \
    X(lone_parent, 0.10, "of households", 0, "ONS families and households 2021")                                       \
    X(couple_grown_children, 0.07, "of households", 0, "ONS families and households 2021; the rest are sharers")       \
    X(married_name, 0.70, "of couples of two sexes", 0, "assumed; one surname for both")                               \
    X(former_partner, 0.30, "of adults aged 18 to 64 who live without a partner", 0,                                   \
      "assumed; parted up to four years before")                                                                       \
    X(separation, 0.020, "of couples a year", 0,                                                                       \
      "ONS divorces (about 0.9 % of marriages), cohabiting couples part more often: assumed")                          \
    X(new_partner, 0.40, "of the parted", 0, "assumed")                                                                \
    X(number_changed, 0.08, "of adults a year", 0, "assumed")                                                          \
    X(social_tenants, 0.17, "of households", 0, "English Housing Survey 2022-23")                                      \
    X(police_number, 0.10, "of adults", 0, "assumed; who have a PNC number; two thirds of them a CRO number")          \
    /* ---- what agencies record of everybody (a year) ---- */                                                         \
    X(health_gp, 1.50, "a person a year", 0,                                                                           \
      "assumed: about one in five consultations is of a kind that is shared (NHS: about 6 a person a year)")           \
    X(health_ed, 0.42, "a person a year", 0, "NHS England: about 25 million attendances a year")                       \
    X(health_op, 0.15, "a person a year", 0, "assumed: the share of out-patient letters that is shared")               \
    X(health_mh, 0.05, "an adult a year", 0, "assumed; heavy users counted apart")                                     \
    X(crime_violence, 0.024, "a person a year", 0,                                                                     \
      "PRC 2024-25: about 2 million violent offences without stalking and harassment, less what has no personal "      \
      "victim")                                                                                                        \
    X(crime_messages, 0.0050, "an adult a year", 0,                                                                    \
      "PRC: malicious communications and single harassments by others than stalkers")                                  \
    X(crime_damage, 0.008, "a person a year", 0, "PRC 2024-25")                                                        \
    X(crime_burglary, 0.004, "a person a year", 0, "PRC 2024-25")                                                      \
    X(crime_vehicle, 0.006, "a person a year", 0, "PRC 2024-25")                                                       \
    X(crime_theft, 0.012, "a person a year", 0, "PRC 2024-25, theft from persons and other theft")                     \
    X(crime_shop, 0.009, "a person a year", 0, "PRC 2024-25; no personal victim")                                      \
    X(crime_sexual, 0.0034, "an adult a year", 0, "PRC 2024-25")                                                       \
    X(crime_public_order, 0.008, "a person a year", 0, "PRC 2024-25")                                                  \
    X(crime_other, 0.006, "a person a year", 0, "PRC 2024-25: robbery, drugs, weapons, fraud seen by the force")       \
    X(incident_domestic, 0.012, "an adult a year", 0,                                                                  \
      "ONS domestic abuse in England and Wales: about 500,000 incidents not crimes a year")                            \
    X(incident_asb, 0.017, "a person a year", 0, "Home Office: about 1 million incidents a year")                      \
    X(incident_suspicious, 0.020, "a person a year", 0, "assumed")                                                     \
    X(incident_concern, 0.035, "a person a year", 0, "assumed")                                                        \
    X(incident_other, 0.040, "a person a year", 0,                                                                     \
      "assumed: lost property, road, civil disputes, nuisance calls, missing persons")                                 \
    X(arrest, 0.013, "an adult a year", 0, "Home Office: about 700,000 arrests a year")                                \
    X(prisoners, 0.0018, "of adults, at any time", 0, "Ministry of Justice: about 87,000 in prison")                   \
    X(prison_entries, 4.5, "log entries a prisoner a month", 0,                                                        \
      "assumed: the share of calls, letters and visits that is looked at")                                             \
    X(repairs, 2.6, "a social tenancy a year", 0,                                                                      \
      "assumed (landlords: 2 to 4 a year); one in eight concerns locks, doors or windows")                             \
    X(housing_asb, 0.10, "a social tenancy a year", 0, "assumed")                                                      \
    X(organisation_note, 0.022, "a person a year", 0, "assumed; school notes most")                                    \
    X(charity_client, 0.003, "an adult a year", 0, "SafeLives: order of magnitude of referrals to local services")     \
    /* ---- what repeats and is not stalking ---- */                                                                   \
    X(neighbour_feud, 0.004, "of households, in three years", 0,                                                       \
      "assumed: three to twelve occasions between the same two")                                                       \
    X(violent_couple, 0.012, "of couples, in three years", 0,                                                          \
      "assumed: two to eight domestic incidents while they live together")                                             \
    X(on_off_couple, 0.004, "of the parted, in three years", 0, "assumed: they seek each other out")                   \
    /* ---- stalking known to agencies ---- */                                                                         \
    X(stalking, 0.003, "of adults a year", 0,                                                                          \
      "CSEW: about 1 adult in 34 stalked a year; about one in ten of these known to several agencies (assumed)")       \
    X(kind_former_partner, 0.55, "of histories", 0,                                                                    \
      "domain reference: former intimates are the largest group; share assumed")                                       \
    X(kind_acquaintance, 0.17, "of histories", 0, "assumed")                                                           \
    X(kind_stranger, 0.12, "of histories", 0, "assumed; unknown until late, four in ten never named")                  \
    X(kind_proxy, 0.08, "of histories", 0, "assumed")                                                                  \
    X(kind_custody, 0.08, "of histories", 0, "assumed; the rest of the histories by kind")                             \
    X(victim_female, 0.78, "of histories", 0,                                                                          \
      "CSEW: women about twice as often; more among those known to police (assumed)")                                  \
    X(escalating, 0.40, "of histories", 0, "assumed")                                                                  \
    X(two_agencies, 0.20, "of reported occasions", 0, "assumed; the same happening told to two agencies")              \
    X(named_stalking, 0.12, "of police reports of histories", 0,                                                       \
      "super-complaint 2024: most is recorded as something else; share assumed")                                       \
    X(arrest_of_suspect, 0.22, "of police reports after the first, suspect named", 0, "assumed")                       \
    X(charged, 0.40, "of those arrests", 0, "assumed; published charge rates are far lower per crime")                 \
    X(civil_order, 0.12, "of occasions after the second: a non-molestation order (former partners)", 0, "assumed")     \
    X(protection_order, 0.05, "of police reports after the third: an interim, then a full stalking protection order",  \
      0, "assumed; under-used")

enum rate {
#define X(name, ...) RATE_##name,
    RATES(X)
#undef X
        RATE_N
};

struct rates {
    double v[RATE_N];
};
struct rates rates_at(double noise);
/* The rates as a Markdown table, at noise 1. */
void simulate_rates_markdown(struct buf *b);

#endif
