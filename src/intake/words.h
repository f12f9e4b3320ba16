/* words.h: Haven's own words, to which every feed maps its agency's codes.
 *
 * Each list is one X-macro: X(name, text for people). The zero of every enum is "unknown". Lists that the law changes (order types, offence classes) get
 * effective dates with the registry; here stand the words that rules are written in. */
#ifndef HAVEN_INTAKE_WORDS_H
#define HAVEN_INTAKE_WORDS_H

#include "base/base.h"
#include "registry/agency_kind.h"

/* The role of a person in one record, as the agency states it; it can be wrong. */
#define ROLES(X)                              \
    X(victim, "victim")                       \
    X(suspect, "suspect")                     \
    X(unknown_suspect, "unknown suspect")     \
    X(witness, "witness")                     \
    X(child, "child")                         \
    X(reporter, "reporter")                   \
    X(convicted, "convicted person")          \
    X(tenant, "tenant")                       \
    X(patient, "patient")                     \
    X(staff, "staff")                         \
    X(contacted, "person contacted")          \
    X(protected_person, "person protected by an order") \
    X(other, "other person")

/* DPA 2018 s.38: facts kept apart from assessments; intelligence with its grading (3x5x2). */
#define ASSERTIONS(X) X(fact, "fact") X(opinion, "opinion") X(intelligence, "intelligence")
#define REGIMES(X) X(part2, "UK GDPR and DPA 2018 Part 2") X(part3, "DPA 2018 Part 3")

/* What happened, or what kind of contact it was. Third field: a neutral contact (an appointment, an update call) is never "misrecorded". */
#define EVENT_KINDS(X)                                                  \
    X(crime_stalking, "stalking", 0)                                    \
    X(crime_harassment, "harassment", 0)                                \
    X(crime_malicious_comms, "malicious communications", 0)             \
    X(crime_threats, "threats", 0)                                      \
    X(crime_damage, "criminal damage", 0)                               \
    X(crime_arson, "arson", 0)                                          \
    X(crime_burglary, "burglary", 0)                                    \
    X(crime_theft, "theft", 0)                                          \
    X(crime_vehicle, "vehicle crime", 0)                                \
    X(crime_assault, "assault", 0)                                      \
    X(crime_sexual, "sexual offence", 0)                                \
    X(crime_public_order, "public order", 0)                            \
    X(crime_order_breach, "breach of an order", 0)                      \
    X(crime_coercive_control, "controlling or coercive behaviour", 0)   \
    X(crime_computer_misuse, "computer misuse", 0)                      \
    X(crime_fraud, "fraud", 0)                                          \
    X(crime_other, "other crime", 0)                                    \
    X(incident_domestic, "domestic incident", 0)                        \
    X(incident_nuisance_comms, "nuisance calls or messages", 0)         \
    X(incident_suspicious, "suspicious circumstances", 0)               \
    X(incident_neighbour, "neighbour dispute", 0)                       \
    X(incident_asb, "anti-social behaviour", 0)                         \
    X(incident_concern, "concern for safety", 1)                        \
    X(incident_missing, "missing person", 1)                            \
    X(incident_lost_property, "lost property", 1)                       \
    X(incident_other, "other incident", 0)                              \
    X(police_contact, "police contact", 1)                              \
    X(custody_arrest, "arrest", 1)                                      \
    X(custody_bail, "bail", 1)                                          \
    X(custody_bail_breach, "breach of bail", 0)                         \
    X(custody_charge, "charge", 1)                                      \
    X(custody_release, "release from police custody", 1)                \
    X(court_order, "court order", 1)                                    \
    X(outcome, "crime outcome", 1)                                      \
    X(prison_reception, "reception into prison", 1)                     \
    X(prison_release, "release from prison", 1)                         \
    X(prison_licence, "release licence", 1)                             \
    X(prison_recall, "recall to prison", 1)                             \
    X(prison_call, "telephone call from prison", 1)                     \
    X(prison_visit, "prison visit", 1)                                  \
    X(prison_letter, "letter from prison", 1)                           \
    X(prison_note, "prison record", 1)                                  \
    X(probation_contact, "probation contact", 1)                        \
    X(probation_breach, "breach of licence", 0)                         \
    X(health_gp, "GP consultation", 1)                                  \
    X(health_ed, "emergency department attendance", 1)                  \
    X(health_mental, "mental health contact", 1)                        \
    X(health_other, "health contact", 1)                                \
    X(housing_tenancy, "tenancy", 1)                                    \
    X(housing_asb, "anti-social behaviour report to housing", 0)        \
    X(housing_repair, "repair", 1)                                      \
    X(housing_repair_security, "repair of a lock, door or window", 1)   \
    X(housing_move, "housing move", 1)                                  \
    X(housing_other, "housing contact", 1)                              \
    X(support_referral, "referral to an advocate", 1)                   \
    X(support_contact, "advocate contact", 1)                           \
    X(education_note, "school or college record", 1)                    \
    X(social_care_contact, "social care contact", 1)                    \
    X(organisation_report, "report by an organisation", 1)              \
    X(street_crime, "crime in open data", 0)

/* What an agency has flagged on a record: bits, `1u << FLAG_x`. */
#define FLAGS(X)                                             \
    X(domestic_abuse, "domestic abuse")                      \
    X(child_present, "child present")                        \
    X(mental_health, "mental health")                        \
    X(order_in_force, "order in force")                      \
    X(bail_conditions, "bail conditions")                    \
    X(licence_conditions, "licence conditions")              \
    X(suspect_in_custody, "suspect in custody")              \
    X(victim_moved, "victim has moved")                      \
    X(tracker, "tracking device")                            \
    X(counter_allegation, "counter-allegation")              \
    X(police_employee_suspect, "suspect works for the police") \
    X(weapon, "weapon")                                      \
    X(repeat_victim, "repeat victim")                        \
    X(high_risk, "graded high risk")                         \
    X(stalking, "stalking")                                  \
    X(staff_danger, "danger to staff")

/* A relation that an agency states between two people of one record. */
#define RELATIONS(X)                            \
    X(partner, "partner")                       \
    X(former_partner, "former partner")         \
    X(parent, "parent")                         \
    X(child, "child")                           \
    X(sibling, "sibling")                       \
    X(relative, "other relative")               \
    X(household, "same household")              \
    X(neighbour, "neighbour")                   \
    X(colleague, "colleague")                   \
    X(friend, "friend")                         \
    X(acquaintance, "acquaintance")             \
    X(professional, "professional and client")  \
    X(stranger, "stranger")

/* Restrictions and spells that feeds state; what is in force comes from them. Third field: custody; fourth: breach is a crime by itself (domain: orders). */
#define ORDER_TYPES(X)                                               \
    X(police_bail, "police bail with conditions", 0, 0)              \
    X(court_bail, "court bail with conditions", 0, 0)                \
    X(spo, "stalking protection order", 0, 1)                        \
    X(spo_interim, "interim stalking protection order", 0, 1)        \
    X(restraining, "restraining order", 0, 1)                        \
    X(non_molestation, "non-molestation order", 0, 1)                \
    X(occupation, "occupation order", 0, 0)                          \
    X(civil_injunction, "civil injunction against harassment", 0, 1) \
    X(dvpn, "domestic violence protection notice", 0, 0)             \
    X(dvpo, "domestic violence protection order", 0, 0)              \
    X(dapn, "domestic abuse protection notice", 0, 0)                \
    X(dapo, "domestic abuse protection order", 0, 1)                 \
    X(other_order, "other order", 0, 0)                              \
    X(licence, "release licence", 0, 0)                              \
    X(remand, "remand in custody", 1, 0)                             \
    X(sentence, "sentence in custody", 1, 0)                         \
    X(recall, "recall to custody", 1, 0)

/* Conditions of an order, bail or licence: bits. */
#define CONDITIONS(X)                              \
    X(no_contact, "no contact, direct or indirect") \
    X(exclusion, "must not enter an area")         \
    X(residence, "must live at a stated address")  \
    X(curfew, "curfew")                            \
    X(tag, "electronic tag")                       \
    X(no_online, "must not write about the person") \
    X(programme, "must attend a programme")

#define X(name, ...) ROLE_##name,
enum role { ROLE_unknown, ROLES(X) ROLE_N };
#undef X
#define X(name, ...) ASSERTION_##name,
enum assertion { ASSERTION_unknown, ASSERTIONS(X) ASSERTION_N };
#undef X
#define X(name, ...) REGIME_##name,
enum regime { REGIME_unknown, REGIMES(X) REGIME_N };
#undef X
#define X(name, ...) EVENT_##name,
enum event_kind { EVENT_unknown, EVENT_KINDS(X) EVENT_N };
#undef X
#define X(name, ...) FLAG_##name,
enum flag { FLAG_unknown, FLAGS(X) FLAG_N };
#undef X
#define X(name, ...) RELATION_##name,
enum relation { RELATION_unknown, RELATIONS(X) RELATION_N };
#undef X
#define X(name, ...) ORDER_##name,
enum order_type { ORDER_unknown, ORDER_TYPES(X) ORDER_N };
#undef X
#define X(name, ...) CONDITION_##name,
enum condition { CONDITION_unknown, CONDITIONS(X) CONDITION_N };
#undef X

/* One list as data: for feeds, output and pages. names[0] is "unknown". */
struct word_list {
    const char *list; /* "role" */
    const char *const *names, *const *texts;
    int n;
};
extern const struct word_list words_agency_kind, words_role, words_assertion, words_regime, words_event_kind, words_flag,
    words_relation, words_order_type, words_condition;
/* Index of `name`, or -1. */
int words_find(const struct word_list *l, struct str name);
/* The name (in code and JSON) and the text (for people); "unknown" out of range. */
const char *words_name(const struct word_list *l, int i);
const char *words_text(const struct word_list *l, int i);
bool event_kind_is_neutral(enum event_kind k);
bool order_type_is_custody(enum order_type t);
bool order_type_breach_is_crime(enum order_type t);

#endif
