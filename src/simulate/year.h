/* year.h: a year of look-ups in a hub that does not exist, with planted abuses and labels: what the insider rules are measured on.
 *
 * Staff of ten kinds of agency with posts, shifts, leave, homes and relatives; people with families, cases and callers;
 * honest work (caseloads, duty desks with and without a log, cover, supervision, audits, surges on news, wrong picks, linked persons, recycled
 * telephones, colleagues who are victims) and abuses of the shapes that misconduct cases show.
 *
 * Two fixed parameter sets: thresholds are chosen on `tuning` and measured on `test`, whose rates, noise and shapes differ.
 * Same arguments, same bytes. Names are drawn from the UK table and leave only as blind indexes. */
#ifndef HAVEN_SIMULATE_YEAR_H
#define HAVEN_SIMULATE_YEAR_H

#include "oversight/oversight.h"

#define YEAR_LEAST_STAFF 200
#define YEAR_MOST_STAFF 50000

struct year_params {
    const char *name;
    /* the organisation */
    double desk_units, records_units, audit_units, press_units; /* shares; the rest have caseloads */
    int unit_size[2], areas;
    double nights;         /* of desk staff: work early, late and night shifts */
    double hours_known;    /* of units: their roster reaches the hub */
    double home_known, former_home_known, phone_known, kin_known, vehicle_known, person_known; /* of staff */
    double moves, leavers; /* of staff in the year */
    double left_too_early; /* of leavers: the recorded day is some days before the last day at work */
    double desks_per_member; /* devices of a desk unit for each member */
    double warned;         /* of staff: a written warning in the year */
    /* people */
    double subjects_per_staff, address_known, subject_phone_known;
    double colleague_subjects; /* of staff: known to the hub as a person */
    double frequent;           /* of people: ring again and again */
    /* honest work */
    double cases_per_worker, visits_per_case, desk_visits; /* a shift */
    int case_days[2];
    double desk_logged;    /* of desk look-ups: the call is logged as work */
    double enquiry;        /* look-ups without any work for each look-up with: a question at the door, a call nobody logged */
    double wrong_pick;     /* the head of a namesake is seen first */
    double search_only;    /* of look-ups: a search or two, and nothing opened */
    double linked_person;  /* look at someone linked to the case's persons */
    double covered;        /* look-ups in a colleague's case */
    double late, late_days, never; /* work recorded late (mean days), never */
    double overtime, called_out; /* of look-ups: up to 3 hours after the shift; at any hour, with work */
    double after_close;    /* follow-up look-ups after a case, for each case */
    double after_move;     /* look-ups into old cases after a change of post, for each case */
    double prints, marker_edits; /* of look-ups with work */
    double shared_street;  /* honest handlers for each 1,000 staff whom a stale address or a recycled number ties to the person */
    int incidents, incident_people; /* surges of one unit */
    int news; double news_tagged; /* newsworthy persons; of them the hub is told */
    /* abuses */
    double abuses_per_1000;
    uint16_t weights[OVERSIGHT_N_SUSPICIONS];
    int looks[2], spread_days;  /* of an ordinary abuse */
    int many_days[2];           /* repeated views */
    int many_people[2];         /* volume, and after a warning */
    double off_hours, by_desk, cover_basis, faked_call, further_relative;
};
extern const struct year_params year_tuning, year_test;

struct year {
    struct arena arena; /* holds everything below */
    struct oversight_source source;
    struct oversight_truth truth;
    struct oversight_period period;
};
/* `ret` is to be released whatever this returns. ERR_USAGE: staff out of range. */
enum err_code year_make(const struct year_params *p, uint32_t staff, uint64_t seed, struct year *ret, struct err *e);
void year_release(struct year *y);
#define _cleanup_year_ __attribute__((cleanup(year_release)))

#endif
