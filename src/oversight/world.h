/* world.h: what the rules see: accesses in the orders that rules walk, and for each what was known about it. Private to oversight.
 *
 * world.c looks staff and persons up once, turns each access into a few bits (work, duty, what was read) and each (user, person) pair into
 * bits of ties; rules.c reads only those. Numbers of staff and persons are indexes; `n_subjects` stands for nobody. */
#ifndef HAVEN_OVERSIGHT_WORLD_H
#define HAVEN_OVERSIGHT_WORLD_H

#include "oversight/oversight.h"

#define HOUR_MS (INT64_C(3600) * MS_PER_SECOND)
#define NO_STAFF UINT32_MAX

/* The rows of reference/oversight.tsv: rule, name, least and most that make sense. 0 of a rule's "on" is off. */
#define OVERSIGHT_LIMITS(X)                                                                                                        \
    X(all, settle_days, 0, 60) X(all, work_days, 0, 365) X(all, call_days, 0, 365) X(all, handover_days, 0, 365)                  \
    X(R1, on, 0, 1) X(R2, on, 0, 1) X(R3, on, 0, 1) X(R4, on, 0, 1) X(R5, on, 0, 1)                                               \
    X(R6, on, 0, 1) X(R6, days, 1, 30) X(R6, window_days, 1, 90)                                                                  \
    X(R7, on, 0, 1) X(R7, margin_hours, 0, 24)                                                                                    \
    X(R8, on, 0, 1) X(R8, searches, 1, 100) X(R8, terms, 1, 100) X(R8, days, 1, 30) X(R8, terms_one_day, 1, 100) X(R8, window_days, 1, 90)                     \
    X(R9, on, 0, 1) X(R9, days, 1, 30) X(R9, window_days, 1, 90)                                                                  \
    X(R10, on, 0, 1) X(R10, people, 1, 1000) X(R10, times_median, 1, 100) X(R10, percentile, 50, 100) X(R10, window_days, 1, 90)  \
    X(R11, on, 0, 1) X(R11, days, 1, 30) X(R11, window_days, 1, 90) X(R11, alone_days, 1, OVERSIGHT_LOOKBACK_DAYS)                \
    X(R12, on, 0, 1) X(R12, users, 2, 1000) X(R12, window_days, 1, 90)                                                            \
    X(R13, on, 0, 1) X(R13, closed_days, 1, 3650) X(R13, warned_days, 1, 3650) X(R13, people, 1, 1000)                            \
    X(R13, people_desk, 1, 1000) X(R13, window_days, 1, 90)                                                                       \
    X(R14, on, 0, 1) X(R15, on, 0, 1) X(R16, on, 0, 1) X(R16, left_days, 0, 60) X(R17, on, 0, 1) X(R17, minutes, 1, 240) X(R18, on, 0, 1) X(R19, on, 0, 1)
struct oversight_limits {
#define X(rule, name, least, most) int64_t rule##_##name;
    OVERSIGHT_LIMITS(X)
#undef X
    bool on[OVERSIGHT_N_RULES];
};
bool oversight_file(struct str name, struct str *ret); /* built in by tools/embed.py */

/* What was known of an access when its settling time had passed. */
enum seen_flag {
    SEEN_OWN = 1 << 0,      /* the user's own task, referral, case or incident */
    SEEN_CALL = 1 << 1,     /* a call that the user logged */
    SEEN_UNIT = 1 << 2,     /* work of the unit, of a colleague in it, or of someone below the user in the line */
    SEEN_NEAR = 1 << 3,     /* own or unit's work on somebody linked to the person */
    SEEN_OFF = 1 << 4,      /* outside every shift, by more than the margin, or on leave; hours known */
    SEEN_READ = 1 << 5,     /* more than the head of the record */
    SEEN_DESK = 1 << 6,     /* a post that work reaches without tasks */
    SEEN_CLOSED = 1 << 7,   /* own work that ended long enough before */
    SEEN_OLD_POST = 1 << 8, /* work of a post that the user left long enough before */
    SEEN_LEFT = 1 << 9,     /* after the user's last day */
    SEEN_RECORDS = 1 << 10, /* a post that keeps the records */
    SEEN_WAITS = 1 << 11,   /* names a case or log that may be about the person: the paper may follow */
    SEEN_WORK = SEEN_OWN | SEEN_CALL | SEEN_UNIT | SEEN_NEAR,
};

enum tie_flag {
    TIE_SELF = 1 << 0,
    TIE_SURNAME = 1 << 1,
    TIE_ADDRESS = 1 << 2,        /* both current */
    TIE_ADDRESS_FORMER = 1 << 3, /* either side's former */
    TIE_CONTACT = 1 << 4,
    TIE_CONTACT_FORMER = 1 << 5,
    TIE_COLLEAGUE = 1 << 6,
    TIE_LINKED = 1 << 7,
    TIE_LINKED_BEYOND = 1 << 8, /* an associate's victim or suspect */
};

/* A case or log number, whom it is about, and since when the hub knows. */
struct numbered {
    uint64_t number;
    uint32_t subject;
    int64_t recorded_ms;
};

struct world {
    const struct oversight_source *src;
    const struct oversight_limits *limits;
    struct oversight_period period;
    struct arena *a;
    /* staff and persons by key */
    const uint32_t *staff_by_user, *subject_by_person;
    uint32_t *staff_of_subject; /* the member of staff that a person is, NO_STAFF */
    uint32_t *subject_of_staff; /* n_subjects: none */
    uint32_t *first_link;       /* of subject i: its links' subjects are linked[first_link[i]] ... */
    uint32_t *linked;
    const struct numbered *numbers; /* cases and logs by number, then subject */
    size_t n_numbers;
    /* of each access */
    uint32_t *staff, *subject;
    uint16_t *flags;
    int32_t *day; /* London */
    /* accesses of known staff, in the orders that rules walk; ties by time, then leaf */
    size_t n;
    uint32_t *by_pair, *by_user, *by_subject, *by_device;
    struct buf hits; /* struct hit */
};

enum err_code world_make(struct world *w, const struct oversight_source *src, const struct oversight_limits *limits, struct oversight_period period,
                         struct arena *a, struct err *e);
uint32_t world_staff(const struct world *w, uint64_t user);      /* NO_STAFF: unknown */
uint32_t world_subject(const struct world *w, uint64_t person);  /* n_subjects: unknown */
const struct oversight_post *world_post(const struct oversight_staff *s, int64_t at_ms); /* NULL: none then */
unsigned world_ties(const struct world *w, uint32_t staff, uint32_t subject);
/* The user's own particulars (or the next of kin's) were searched for. */
bool world_sought_own(const struct world *w, uint32_t access, bool kin);
/* When an access counts: its time; with SEEN_WAITS the settling time later. */
int64_t world_due(const struct world *w, uint32_t access);

/* order.c: 0..n-1 in the orders that the rules walk. */
enum err_code order_all(struct world *w, struct err *e);
/* Indexes of n keys in ascending order (ties by index). */
enum err_code order_keys(struct arena *a, const uint64_t *keys, size_t n, const uint32_t **ret, struct err *e);

/* An access that a rule points at. */
struct hit {
    uint32_t staff, subject; /* of the alert */
    int32_t month;
    uint32_t rule, access, other; /* other: staff who shares the device, NO_STAFF */
    int64_t due_ms;
};
/* Points at `evidence` in the alert of `owner`'s user, person and month, if it became due within the period. */
void world_hit(struct world *w, enum oversight_rule_number rule, uint32_t owner, uint32_t evidence, int64_t due_ms);
void world_hit_user(struct world *w, enum oversight_rule_number rule, uint32_t owner, uint32_t evidence, int64_t due_ms); /* an alert about several persons */
void world_hit_shared(struct world *w, uint32_t owner, uint32_t other_staff, int64_t due_ms);
int32_t month_of_day(int32_t day);

enum err_code rule_volume(struct world *w, struct err *e); /* R10 */
/* All rules that are on; hits go to w->hits. */
enum err_code oversight_rules_apply(struct world *w, struct err *e);

#endif
