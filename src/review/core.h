/* core.h: the pure core of review: facts in, cases with reasons out. The hub (update.c) and case files (assess.c) use the same.
 *
 * Stages, one file each:
 *   sides.c      who is on which side in one event (victims, suspects, others)
 *   gather.c     events into pairs (victim, suspect) and buckets (victim, not known), and which others' events each pair is offered
 *   occasions.c  several reports of one happening count once
 *   rules.c      numbered rules raise reasons
 */
#ifndef HAVEN_REVIEW_CORE_H
#define HAVEN_REVIEW_CORE_H

#include "review/phrases.h"

#define NOBODY UINT32_MAX

/* One event with everything that rules may look at. Arrays are by event. */
struct review_facts {
    const struct event *events;
    const struct coding *codings;
    size_t n;
    const struct people_map *map;
    const struct tie *ties; /* by a, b */
    size_t n_ties;
    struct orders orders;
};

/* ---- sides ---- */
#define LIMIT_SIDE 16
struct sides {
    uint32_t victims[LIMIT_SIDE], suspects[LIMIT_SIDE], others[LIMIT_SIDE];
    size_t n_victims, n_suspects, n_others;
    bool unknown_suspect; /* a suspect who is not told apart: role unknown suspect, or a suspect without identifiers */
};
/* Numbered steps in sides.c. Order of the event's mentions does not matter. */
void sides_of(const struct event *ev, const struct people_map *m, struct sides *ret);
bool sides_has(const uint32_t *side, size_t n, uint32_t person);

/* ---- pairs ---- */
enum seen_as {
    SEEN_UNKNOWN,
    SEEN_DIRECT,       /* the record names both */
    SEEN_CONTACTED,    /* the suspect contacted the victim, says a record of the suspect */
    SEEN_VICTIM_ONLY,  /* the record names the victim and nobody who did it: offered to every known pair of the victim */
    SEEN_SUSPECT_ONLY, /* the record names the suspect alone */
    SEEN_THIRD,        /* done to somebody near the victim by the suspect */
};
struct seen {
    uint32_t event;
    enum seen_as as;
    uint32_t occasion; /* 0.. among the pair's, NOBODY: is no occasion */
    bool first_of_occasion;
};
struct occasion {
    uint32_t first;          /* index into the pair's seen */
    struct instant when;
    uint16_t stated;         /* occasions that the records themselves speak of; at least 1 */
    bool aimed;              /* some record of it shows conduct that is aimed at a person (occasions.c) */
    bool direct;             /* counts towards the pair: SEEN_DIRECT, SEEN_CONTACTED or SEEN_THIRD; in a bucket: aimed, or close to one that is; in a case file all */
};
struct pair {
    uint32_t victim, suspect; /* suspect NOBODY: the bucket */
    struct seen *seen;        /* by time of the event, then key */
    size_t n_seen;
    struct occasion *occasions; /* by time */
    size_t n_occasions;
    uint32_t occasions_stated; /* sum of `stated` over those that count */
    bool former_partner, partner;
    bool one_story; /* a case file: every record is about this, whoever it names */
};
struct pairs {
    struct pair *v; /* by victim, then suspect, the bucket last */
    size_t n;
};
/* All pairs that some record names together, and the buckets. */
enum err_code pairs_gather(const struct review_facts *f, struct arena *a, struct pairs *ret, struct err *e);
/* Index of the first tie from a to b, or of where it would be. */
size_t ties_find(const struct review_facts *f, uint32_t a, uint32_t b);
/* Fills the occasions of one pair. */
enum err_code pair_occasions(const struct review_facts *f, struct pair *p, struct arena *a, struct err *e);
/* True when two events may be two reports of one happening; *ret_why (may be NULL) says why in words for the reviewer. */
bool events_same_happening(const struct event *x, const struct coding *cx, const struct event *y, const struct coding *cy, const char **ret_why);
/* Counts towards a course of conduct: direct unwanted conduct, and not only the statement of an order. */
bool event_is_conduct(const struct event *ev, const struct coding *c);
struct instant event_when(const struct event *ev); /* occurred, else recorded */

/* ---- structured fields ---- */
/* Adds the behaviours that the event's kind and flags state. */
void code_structured(const struct event *ev, struct coding *ret);

/* ---- rules ---- */
enum rule_index { RULE_course_of_conduct, RULE_former_partner, RULE_order_in_force, RULE_custody_contact, RULE_misrecorded, RULE_escalation, RULE_not_known, RULE_N };
struct review_reasons {
    struct review_reason v[RULE_N];
    size_t n;
    bool breach, custody_contact, threat, misrecorded;
};
enum err_code rules_apply(const struct review_facts *f, const struct pair *p, struct arena *a, struct review_reasons *ret, struct err *e);
/* The parts that assess asks for by themselves. */
bool seen_is_breach(const struct review_facts *f, const struct pair *p, const struct seen *s, const struct order **ret_order);
bool seen_is_custody_contact(const struct review_facts *f, const struct pair *p, const struct seen *s);
bool seen_is_misrecorded(const struct review_facts *f, const struct seen *s);
size_t pair_fixation_signs(const struct review_facts *f, const struct pair *p);
/* Index into seen of the event at which escalation shows, -1: not. */
ptrdiff_t pair_escalation(const struct review_facts *f, const struct pair *p);

#endif
