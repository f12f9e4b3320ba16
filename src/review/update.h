/* update.h (private to review): the hub's facts, and the cases that they give. Stages: facts.c reads, coding.c codes texts, cases.c makes cases, update.c writes what differs. */
#ifndef HAVEN_REVIEW_UPDATE_H
#define HAVEN_REVIEW_UPDATE_H

#include "review/core.h"

#define LIMIT_REVIEW_BYTES ((size_t)8 << 30) /* all events of a hub with their codings */

/* What a case line shows beside its reasons: bits of review_case.marks. The first four are the queue's keys. */
enum { MARK_breach = 1, MARK_custody = 2, MARK_threat = 4, MARK_misrecorded = 8, MARK_staff_danger = 16, MARK_weapon = 32, MARK_violence = 64 };

struct case_row {
    uint64_t id, victim, suspect; /* keys; suspect 0: not known */
    uint64_t content;
    uint32_t rules, marks, n_occasions, n_agencies;
    struct instant newest;
    int64_t clock_due_ms; /* 0: none */
    enum relation relation;
    bool relation_former;
    uint32_t relation_sources;
    const struct review_reason *reasons;
    size_t n_reasons;
    const struct order *const *orders;
    size_t n_orders;
};
struct case_list {
    struct case_row *v; /* by id */
    size_t n, n_pairs;
    uint64_t n_occasions, n_reasons, by_rule[16];
};

/* Current events, ties and orders; codings are zeroed. */
enum err_code facts_load(struct store *s, struct people_map *map, struct arena *a, struct review_facts *ret, struct err *e);
/* Codes what is not yet coded by the present list (and keeps that in the store), reads the rest. Own transaction. */
enum err_code facts_code(struct store *s, const struct vault *v, struct review_facts *f, struct progress *p, struct arena *a, struct err *e);
/* What is kept of one row's coding, with what its event states by fields; empty when the row is not coded. */
enum err_code coding_read(struct store *s, const struct event *ev, struct coding *ret, struct err *e);
enum err_code cases_make(const struct review_facts *f, struct arena *a, struct case_list *ret, struct err *e);
/* Writes the difference to what is kept, in one transaction; nothing when nothing changed. */
enum err_code cases_write(struct store *s, const struct case_list *l, struct err *e);

uint64_t case_key(uint64_t victim, uint64_t suspect);
/* Six calendar months after the civil day of `t` (its end: the last day to charge s.2 and s.2A), as the start of that day in UTC ms; 0 when t has no date. */
int64_t summary_time_limit_ms(struct instant t);

#endif
