/* town.h: a few people at work, for the tests of the insider rules. Monday 5 January 2026 is day 0; hours are London's.
 *
 * ANN works cases in unit 1 under BOSS, office hours; CAL is her colleague; DESK answers calls in unit 2; RITA keeps records in unit 3; FAR is in another
 * agency. Persons VIC, MAN and KID are strangers to all; a test adds facts, links and work. */
#ifndef HAVEN_TESTS_OVERSIGHT_TOWN_H
#define HAVEN_TESTS_OVERSIGHT_TOWN_H

#include "oversight/oversight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum who { ANN, CAL, BOSS, HEAD, DESK, RITA, FAR, N_STAFF };
enum person { VIC, MAN, KID, N_PERSONS, NOBODY = 99 };

#define MOST 16
struct town {
    struct arena arena;
    struct oversight_staff staff[N_STAFF];
    struct oversight_post posts[N_STAFF][2];
    struct oversight_fact staff_facts[N_STAFF][MOST];
    struct oversight_span shifts[700];
    struct oversight_subject subjects[N_PERSONS];
    struct oversight_fact facts[N_PERSONS][MOST];
    struct oversight_link links[N_PERSONS][MOST];
    struct oversight_work work[N_PERSONS][MOST];
    struct oversight_access accesses[400];
    struct oversight_source source;
    const struct oversight_limits *limits;
    struct oversight_alerts alerts;
};

static inline int64_t hour_of(int day, double hour) { return day_start_ms(20458 + day) + (int64_t)(hour * 3600000.0); }
static inline uint64_t account(enum who w) { return 1000 + (uint64_t)w; }
static inline uint64_t key(enum person p) { return p == NOBODY ? 0 : 2000 + (uint64_t)p; }

static inline void town_make(struct town *t)
{
    static const uint32_t units[N_STAFF] = {1, 1, 1, 9, 2, 3, 4}, agencies[N_STAFF] = {1, 1, 1, 1, 1, 1, 2};
    static const enum who managers[N_STAFF] = {BOSS, BOSS, HEAD, N_STAFF, HEAD, HEAD, N_STAFF};
    struct err e;
    memset(t, 0, sizeof *t);
    arena_init(&t->arena, (size_t)64 << 20);
    uint32_t n = 0;
    for (int d = 0; d < 400; d++)
        if (d % 7 < 5)
            t->shifts[n++] = (struct oversight_span){hour_of(d, 9), hour_of(d, 17)};
    for (int i = 0; i < N_STAFF; i++) {
        t->posts[i][0] = (struct oversight_post){{INT64_MIN, INT64_MAX}, agencies[i], units[i], (uint16_t)(units[i] * 10), i == DESK, i == RITA};
        t->staff_facts[i][0] = (struct oversight_fact){500 + (uint64_t)i, OVERSIGHT_NAME_BORN, false, false};
        t->staff[i] = (struct oversight_staff){.user = account((enum who)i), .manager = managers[i] == N_STAFF ? 0 : account(managers[i]), .facts = t->staff_facts[i], .n_facts = 1,
                                               .posts = t->posts[i], .n_posts = 1, .shifts = t->shifts, .n_shifts = n, .left_ms = INT64_MAX};
    }
    for (int i = 0; i < N_PERSONS; i++)
        t->subjects[i] = (struct oversight_subject){.person = key((enum person)i), .facts = t->facts[i], .links = t->links[i], .work = t->work[i]};
    t->source = (struct oversight_source){t->staff, t->subjects, t->accesses, N_STAFF, N_PERSONS, 0};
    assert_int_equal(oversight_limits_builtin(&t->arena, &t->limits, &e), ERR_OK);
}

static inline void town_end(struct town *t) { arena_release(&t->arena); }

static inline void staff_fact(struct town *t, enum who w, struct oversight_fact f)
{
    assert_true(t->staff[w].n_facts < MOST);
    t->staff_facts[w][t->staff[w].n_facts++] = f;
}

static inline void person_fact(struct town *t, enum person p, struct oversight_fact f)
{
    assert_true(t->subjects[p].n_facts < MOST);
    t->facts[p][t->subjects[p].n_facts++] = f;
}

static inline void link_persons(struct town *t, enum person a, enum person b, enum oversight_link_kind kind)
{
    t->links[a][t->subjects[a].n_links++] = (struct oversight_link){key(b), (uint8_t)kind};
    t->links[b][t->subjects[b].n_links++] = (struct oversight_link){key(a), (uint8_t)kind};
}

/* Work of w on p from day to day, known on the first. */
static inline struct oversight_work *give_work(struct town *t, enum person p, enum who w, enum oversight_work_kind kind, int from, int to)
{
    struct oversight_work *k = &t->work[p][t->subjects[p].n_work++];
    assert_true(t->subjects[p].n_work <= MOST);
    *k = (struct oversight_work){.user = account(w), .unit = t->posts[w][0].unit, .kind = (uint8_t)kind, .when = {hour_of(from, 0), hour_of(to, 0)}, .recorded_ms = hour_of(from, 0)};
    return k;
}

static inline struct oversight_access *look_as(struct town *t, enum who w, enum person p, int day, double hour, enum oversight_operation op, unsigned groups)
{
    struct oversight_access *a = &t->accesses[t->source.n_accesses];
    assert_true(t->source.n_accesses < sizeof t->accesses / sizeof *t->accesses);
    *a = (struct oversight_access){.leaf = (int64_t)t->source.n_accesses++, .at_ms = hour_of(day, hour), .user = account(w), .subject = key(p), .operation = (uint8_t)op, .groups = (uint8_t)groups};
    return a;
}

#define ALL_GROUPS 7u
static inline void read_record(struct town *t, enum who w, enum person p, int day) { (void)look_as(t, w, p, day, 11, OVERSIGHT_OPEN, ALL_GROUPS); }

/* Rules raised on (w, p); p NOBODY: in alerts about several. Leaf numbers follow time in the tests as in the ledger. */
static inline uint32_t raised_in(struct town *t, enum who w, enum person p, struct oversight_period period)
{
    struct err e;
    uint32_t rules = 0;
    err_clear(&e);
    if (oversight_run(&t->source, t->limits, period, &t->arena, &t->alerts, &e) != ERR_OK)
        fail_msg("%s", e.message);
    for (size_t i = 0; i < t->alerts.n; i++) {
        assert_true(t->alerts.v[i].n_evidence > 0); /* no alert without evidence */
        if (t->alerts.v[i].user == account(w) && t->alerts.v[i].subject == key(p))
            rules |= t->alerts.v[i].rules;
    }
    return rules;
}
static inline uint32_t raised(struct town *t, enum who w, enum person p) { return raised_in(t, w, p, (struct oversight_period){INT64_MIN, INT64_MAX}); }
#define HAS(bits, name) assert_true((bits) & 1u << OVERSIGHT_RULE_##name)
#define HAS_NOT(bits, name) assert_false((bits) & 1u << OVERSIGHT_RULE_##name)

static inline size_t evidence_of(const struct town *t, enum oversight_rule_number rule)
{
    size_t n = 0;
    for (size_t i = 0; i < t->alerts.n; i++)
        for (size_t k = 0; k < t->alerts.v[i].n_evidence; k++)
            n += t->alerts.v[i].evidence[k].rule == rule;
    return n;
}

#endif
