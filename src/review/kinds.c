/* kinds.c: the event kind that an agency's own words for a record mean: a table, first row that fits. Feeds have their own tables; case files have only words. */
#include "review/assess.h"

static const struct { enum agency_kind agency; const char *words; enum event_kind kind; } table[] = {
    {AGENCY_unknown, "stalking", EVENT_crime_stalking},
    {AGENCY_prison, "letter", EVENT_prison_letter}, {AGENCY_prison, "mail", EVENT_prison_letter}, {AGENCY_prison, "call", EVENT_prison_call}, {AGENCY_prison, "phone", EVENT_prison_call},
    {AGENCY_prison, "telephone", EVENT_prison_call}, {AGENCY_prison, "pin", EVENT_prison_call}, {AGENCY_prison, "visit", EVENT_prison_visit}, {AGENCY_prison, "release", EVENT_prison_release},
    {AGENCY_prison, "reception", EVENT_prison_reception}, {AGENCY_prison, "recall", EVENT_prison_recall}, {AGENCY_prison, "", EVENT_prison_note},
    {AGENCY_probation, "breach", EVENT_probation_breach}, {AGENCY_probation, "", EVENT_probation_contact},
    {AGENCY_health, "emergency", EVENT_health_ed}, {AGENCY_health, "ed ", EVENT_health_ed}, {AGENCY_health, "a&e", EVENT_health_ed}, {AGENCY_health, "mental", EVENT_health_mental},
    {AGENCY_health, "gp", EVENT_health_gp}, {AGENCY_health, "", EVENT_health_other},
    {AGENCY_housing, "asb", EVENT_housing_asb}, {AGENCY_housing, "anti-social", EVENT_housing_asb}, {AGENCY_housing, "nuisance", EVENT_housing_asb}, {AGENCY_housing, "noise", EVENT_housing_asb},
    {AGENCY_housing, "dispute", EVENT_housing_asb}, {AGENCY_housing, "complaint", EVENT_housing_asb}, {AGENCY_housing, "lock", EVENT_housing_repair_security}, {AGENCY_housing, "repair", EVENT_housing_repair},
    {AGENCY_housing, "transfer", EVENT_housing_move}, {AGENCY_housing, "move", EVENT_housing_move}, {AGENCY_housing, "homeless", EVENT_housing_move}, {AGENCY_housing, "tenancy", EVENT_housing_tenancy},
    {AGENCY_housing, "", EVENT_housing_other},
    {AGENCY_education, "", EVENT_education_note}, {AGENCY_social_care, "", EVENT_social_care_contact}, {AGENCY_charity, "referral", EVENT_support_referral},
    {AGENCY_charity, "", EVENT_support_contact}, {AGENCY_employer_or_other, "", EVENT_organisation_report},
    {AGENCY_unknown, "breach of bail", EVENT_custody_bail_breach}, {AGENCY_unknown, "harassment", EVENT_crime_harassment},
    {AGENCY_unknown, "breach of warning", EVENT_incident_other}, {AGENCY_unknown, "breach of notice", EVENT_incident_other}, /* a warning is no order */
    {AGENCY_unknown, "breach", EVENT_crime_order_breach},
    {AGENCY_unknown, "malicious comm", EVENT_crime_malicious_comms}, {AGENCY_unknown, "nuisance call", EVENT_incident_nuisance_comms}, {AGENCY_unknown, "nuisance mess", EVENT_incident_nuisance_comms},
    {AGENCY_unknown, "nuisance comm", EVENT_incident_nuisance_comms}, {AGENCY_unknown, "threat", EVENT_crime_threats}, {AGENCY_unknown, "arson", EVENT_crime_arson},
    {AGENCY_unknown, "criminal damage", EVENT_crime_damage}, {AGENCY_unknown, "damage", EVENT_crime_damage}, {AGENCY_unknown, "burglary", EVENT_crime_burglary},
    {AGENCY_unknown, "theft of vehicle", EVENT_crime_vehicle}, {AGENCY_unknown, "vehicle interference", EVENT_crime_vehicle}, {AGENCY_unknown, "theft", EVENT_crime_theft}, {AGENCY_unknown, "robbery", EVENT_crime_theft},
    {AGENCY_unknown, "coercive", EVENT_crime_coercive_control}, {AGENCY_unknown, "sexual", EVENT_crime_sexual}, {AGENCY_unknown, "rape", EVENT_crime_sexual}, {AGENCY_unknown, "exposure", EVENT_crime_sexual},
    {AGENCY_unknown, "voyeur", EVENT_crime_sexual}, {AGENCY_unknown, "assault", EVENT_crime_assault}, {AGENCY_unknown, "wounding", EVENT_crime_assault}, {AGENCY_unknown, "battery", EVENT_crime_assault},
    {AGENCY_unknown, "public order", EVENT_crime_public_order}, {AGENCY_unknown, "affray", EVENT_crime_public_order}, {AGENCY_unknown, "drunk", EVENT_crime_public_order},
    {AGENCY_unknown, "computer", EVENT_crime_computer_misuse}, {AGENCY_unknown, "hack", EVENT_crime_computer_misuse}, {AGENCY_unknown, "fraud", EVENT_crime_fraud},
    {AGENCY_unknown, "making off", EVENT_crime_other}, {AGENCY_unknown, "domestic", EVENT_incident_domestic}, {AGENCY_unknown, "suspicious", EVENT_incident_suspicious}, {AGENCY_unknown, "neighbour", EVENT_incident_neighbour},
    {AGENCY_unknown, "dispute", EVENT_incident_neighbour}, {AGENCY_unknown, "asb", EVENT_incident_asb}, {AGENCY_unknown, "anti-social", EVENT_incident_asb}, {AGENCY_unknown, "noise", EVENT_incident_asb},
    {AGENCY_unknown, "lost", EVENT_incident_lost_property}, {AGENCY_unknown, "missing", EVENT_incident_missing}, {AGENCY_unknown, "concern", EVENT_incident_concern}, {AGENCY_unknown, "welfare", EVENT_incident_concern},
    {AGENCY_unknown, "custody record", EVENT_custody_arrest}, {AGENCY_unknown, "arrest", EVENT_custody_arrest}, {AGENCY_unknown, "charge", EVENT_custody_charge},
    {AGENCY_unknown, "engagement officer", EVENT_police_contact}, {AGENCY_unknown, "outcome note", EVENT_police_contact}, {AGENCY_unknown, "review", EVENT_police_contact}, {AGENCY_unknown, "cctv", EVENT_police_contact},
    {AGENCY_police, "", EVENT_incident_other}, {AGENCY_court, "", EVENT_court_order},
};

static bool contains_nocase(struct str s, struct str lower_words)
{
    for (size_t i = 0; i + lower_words.n <= s.n; i++)
        if (str_eq_nocase(str_slice(s, i, i + lower_words.n), lower_words))
            return true;
    return false;
}

enum event_kind kind_of_words(enum agency_kind agency, struct str recorded_as)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if ((table[i].agency == AGENCY_unknown || table[i].agency == agency) && contains_nocase(recorded_as, str_of(table[i].words)))
            return table[i].kind;
    return EVENT_incident_other;
}
