/* year_int.h: what the files of the year of look-ups share; private to simulate. */
#ifndef HAVEN_SIMULATE_YEAR_INT_H
#define HAVEN_SIMULATE_YEAR_INT_H

#include "simulate/names.h"
#include "simulate/year.h"

#define MINUTE_MS (60 * MS_PER_SECOND)
#define HOUR_MS (60 * MINUTE_MS)
#define YEAR_FIRST_DAY 20393 /* 1 November 2025 */
#define YEAR_DAYS 365
#define NOBODY UINT32_MAX

/* Kinds of number spaces, for blinds and dice alike. */
enum space { SPACE_USER = 1, SPACE_PERSON, SPACE_NAME, SPACE_SURNAME, SPACE_BORN, SPACE_PHONE, SPACE_EMAIL, SPACE_HOME, SPACE_VEHICLE, SPACE_TERMS, SPACE_BASIS,
             DICE_UNITS, DICE_STAFF, DICE_PEOPLE, DICE_CASES, DICE_DESK, DICE_OFFICE, DICE_SURGES, DICE_CHANCE, DICE_ABUSE };

enum unit_kind { UNIT_CASES, UNIT_DESK, UNIT_RECORDS, UNIT_AUDIT, UNIT_PRESS };
struct unit {
    uint32_t agency, area, first, n, devices;
    enum unit_kind kind;
    bool hours_known;
};

/* A member of staff as they are, whatever the hub is told of it. */
struct member {
    uint32_t unit, unit_later; /* after moved_ms */
    int64_t moved_ms, last_ms; /* INT64_MAX: never; last_ms: last moment at work */
    uint32_t place;            /* within the unit */
    uint16_t surname;
    uint32_t soul;             /* the subject that they are, or NOBODY */
    uint64_t home, former_home, phone, kin_phone;
    const struct oversight_span *shifts;
    uint32_t n_shifts;
};

/* A person whom the hub knows. */
struct soul {
    uint32_t area, household;
    uint16_t surname;
    bool frequent;
    uint64_t home, phone;
};

struct maker {
    const struct year_params *p;
    uint64_t seed;
    struct arena *a;
    uint32_t n_staff, n_units, n_souls, souls_per_area;
    struct unit *units;
    struct member *members;
    struct oversight_staff *staff;
    struct soul *souls;
    struct oversight_subject *subjects;
    /* rows that grow; grouped by subject at the end */
    struct buf facts, links, work, looks, cases;
    struct buf abuse_rules; /* one byte each */
    uint16_t abuse;         /* what is being planted, 0: honest work */
    uint64_t next_basis;
    struct rng r;           /* of the part at hand */
};

struct fact_row { uint32_t soul; struct oversight_fact fact; };
struct link_row { uint32_t soul; struct oversight_link link; };
struct work_row { uint32_t soul; struct oversight_work work; };
struct look_row { struct oversight_access access; uint16_t abuse; };
struct case_row_year { uint32_t member, souls[4], n; int64_t from_ms, to_ms; uint64_t basis; };

/* year.c */
uint64_t year_value(const struct maker *m, enum space space, uint64_t number); /* never 0 */
void year_dice(struct maker *m, enum space part, uint64_t number);
double year_unit(struct maker *m);
bool year_chance(struct maker *m, double p);
uint32_t year_below(struct maker *m, uint32_t n);
int64_t year_between(struct maker *m, int64_t from, int64_t to);
#define YEAR_BETWEEN(m, pair) year_between((m), (pair)[0], (pair)[1])
int64_t year_start_ms(void);
int64_t year_end_ms(void);
void year_fact(struct maker *m, uint32_t soul, enum oversight_fact_kind kind, uint64_t blind, bool former);
void year_link(struct maker *m, uint32_t a, uint32_t b, enum oversight_link_kind kind);
/* Work of a member (or of the whole unit); recorded late or never as the parameters say unless `sure`. */
void year_work(struct maker *m, uint32_t soul, uint32_t member, bool whole_unit, enum oversight_work_kind kind, int64_t from_ms, int64_t to_ms, uint64_t number, bool sure);

/* year_staff.c */
enum err_code year_make_staff(struct maker *m, struct err *e);
uint32_t year_unit_at(const struct maker *m, uint32_t member, int64_t ms);
/* A moment at work within [from, to); false when there is no shift. */
bool year_moment(struct maker *m, uint32_t member, int64_t from_ms, int64_t to_ms, int64_t *ret);
/* A moment of [from, to) at which they are not at work, nor within 4 hours of it. */
bool year_moment_off(struct maker *m, uint32_t member, int64_t from_ms, int64_t to_ms, int64_t *ret);

/* year_people.c */
enum err_code year_make_people(struct maker *m, struct err *e);
uint32_t year_soul_of(struct maker *m, uint32_t area); /* somebody of the area, frequent ones more often */

/* year_work.c */
enum err_code year_make_work(struct maker *m, struct err *e);
struct look {
    uint32_t member, soul;
    int64_t at_ms;
    uint64_t basis;
};
void year_look(struct maker *m, struct look l, enum oversight_operation op, unsigned groups, uint64_t terms);
void year_look_sought(struct maker *m, struct look l, enum oversight_fact_kind kind, uint64_t blind);
void year_look_from(struct maker *m, struct look l, enum oversight_operation op, unsigned groups, uint32_t device);
/* Perhaps a search, then the record, perhaps a note. */
void year_visit(struct maker *m, struct look l, bool with_work);
unsigned year_groups(struct maker *m);
uint32_t year_device(const struct maker *m, uint32_t member, int64_t ms);

/* year_abuse.c */
enum err_code year_make_abuses(struct maker *m, struct err *e);

#endif
