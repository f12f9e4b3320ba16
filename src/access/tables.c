/* tables.c: what docs/access.md says in tables, as tables, in its order: actions, purposes, grades, roles, permissions.
 *
 * Nothing here decides an order of rules; each function answers from one table and is asked only about known values (asserted). */
#include "access/access_int.h"

#include <assert.h>

#define DO(name) (1u << ACCESS_##name)
#define ON(name) (1u << ACCESS_KIND_##name)
#define FOR(name) (1u << PURPOSE_##name)
#define BY(name) ACCESS_ROLE_BIT(name)
#define G(name) ACCESS_GROUP(name)

/* ---- actions ---- */

struct action {
    int needs; /* grade */
    bool inner, graded, unmasks;
};
static const struct action actions[ACCESS_ACTION_N] = {
    [ACCESS_search] = {.needs = 0, .graded = true},
    [ACCESS_view] = {.needs = 0, .graded = true},
    [ACCESS_list] = {.needs = 0, .graded = true},
    [ACCESS_decide] = {.needs = 1, .graded = true, .unmasks = true},
    [ACCESS_unmask] = {.needs = 2, .graded = true, .unmasks = true},
    [ACCESS_export] = {.needs = 2, .graded = true, .unmasks = true},
    [ACCESS_glass] = {.needs = 0, .graded = true},
    [ACCESS_close] = {.needs = 0, .graded = true},
    [ACCESS_load] = {.inner = true},
    [ACCESS_update] = {.inner = true},
    [ACCESS_measure] = {.inner = true},
    [ACCESS_audit] = {.inner = false},
    [ACCESS_manage] = {.inner = false},
};

bool access_is_inner(enum access_action action) { return actions[action].inner; }

int access_needed_grade(enum access_action action)
{
    assert(actions[action].graded);
    return actions[action].needs;
}

/* ---- kinds ---- */

static const uint32_t graded_kinds = ON(person) | ON(record) | ON(case) | ON(quarantine);

/* A list of quarantined rows shows lines and reasons, not their text. */
bool access_has_grades(enum access_action action, enum access_kind kind)
{
    if (action == ACCESS_list && kind == ACCESS_KIND_quarantine)
        return false;
    return actions[action].graded && (graded_kinds >> kind & 1);
}

/* Those that somebody can be part of. */
bool access_minds_conflict(enum access_kind kind) { return graded_kinds >> kind & 1; }

/* ---- purposes ---- */

static const int purpose_caps[PURPOSE_N] = {
    [PURPOSE_safeguarding] = 3,
    [PURPOSE_investigation] = 3,
    [PURPOSE_prosecution] = 3,
    [PURPOSE_offender_management] = 3,
    [PURPOSE_meeting] = 3,
    [PURPOSE_subject_rights] = 3,
    [PURPOSE_victim_support] = 2,
    [PURPOSE_statistics] = ACCESS_CEILING_NONE,
    [PURPOSE_audit] = ACCESS_CEILING_NONE,
    [PURPOSE_administration] = ACCESS_CEILING_NONE,
};

int access_purpose_cap(enum access_purpose purpose) { return purpose_caps[purpose]; }

/* ---- grades and groups ---- */

#define GRADE_1 (G(name) | G(birth))
#define GRADE_2 (GRADE_1 | G(former_names) | G(address) | G(phone) | G(school) | G(workplace) | G(summary))
#define GRADE_3 (GRADE_2 | G(identifiers) | G(narrative) | G(record))
static const uint32_t grade_groups[] = {0, GRADE_1, GRADE_2, GRADE_3};
static_assert(GRADE_3 == ACCESS_GROUPS_ALL, "the full record has every group");

static const uint32_t masked_groups = G(former_names) | G(address) | G(phone) | G(school) | G(workplace) | G(identifiers) | G(record);

static const uint32_t role_groups[ACCESS_ROLE_N] = {
    [ACCESS_ROLE_reviewer] = ACCESS_GROUPS_ALL,
    [ACCESS_ROLE_practitioner] = ACCESS_GROUPS_ALL,
    [ACCESS_ROLE_supervisor] = ACCESS_GROUPS_ALL,
    [ACCESS_ROLE_dpo] = ACCESS_GROUPS_ALL,
    [ACCESS_ROLE_advocate] = ACCESS_GROUPS_ALL & ~(G(identifiers) | G(record)),
    [ACCESS_ROLE_analyst] = 0,
    [ACCESS_ROLE_administrator] = 0,
};

uint32_t access_groups(uint32_t roles, enum access_action action, enum access_kind kind, int grade)
{
    assert(grade >= 0 && grade <= 3);
    uint32_t of_roles = 0;
    for (unsigned role = 1; role < ACCESS_ROLE_N; role++)
        if (roles >> role & 1)
            of_roles |= role_groups[role];
    uint32_t groups = grade_groups[grade] & of_roles;
    return actions[action].unmasks || kind == ACCESS_KIND_quarantine ? groups : groups & ~masked_groups;
}

/* ---- permissions ---- */

#define READING (DO(search) | DO(view) | DO(unmask) | DO(list))
#define PEOPLE (ON(person) | ON(record) | ON(case))
#define CASEWORK (FOR(safeguarding) | FOR(investigation) | FOR(prosecution) | FOR(offender_management) | FOR(victim_support) | FOR(meeting))

struct permission {
    uint32_t roles, actions, kinds, purposes;
};
static const struct permission permissions[] = {
    /*  1 */ {BY(reviewer), READING | DO(export) | DO(decide) | DO(glass), PEOPLE, CASEWORK},
    /*  2 */ {BY(practitioner), READING | DO(export) | DO(glass), PEOPLE, CASEWORK},
    /*  3 */ {BY(advocate), READING | DO(glass), PEOPLE, FOR(safeguarding) | FOR(victim_support) | FOR(meeting)},
    /*  4 */ {BY(supervisor), READING | DO(export) | DO(decide) | DO(glass), PEOPLE, CASEWORK},
    /*  5 */ {BY(supervisor) | BY(dpo), DO(close), ON(record), FOR(safeguarding) | FOR(subject_rights)},
    /*  6 */ {BY(dpo), READING | DO(export), PEOPLE, FOR(subject_rights)},
    /*  7 */ {BY(reviewer) | BY(practitioner) | BY(supervisor), DO(list) | DO(view), ON(quarantine), FOR(safeguarding) | FOR(investigation)},
    /*  8 */ {BY(reviewer) | BY(practitioner) | BY(supervisor) | BY(administrator), DO(load) | DO(update), ON(hub),
              CASEWORK | FOR(administration)},
    /*  9 */ {BY(reviewer) | BY(supervisor) | BY(analyst) | BY(dpo) | BY(administrator), DO(measure), ON(hub),
              FOR(safeguarding) | FOR(investigation) | FOR(statistics) | FOR(audit) | FOR(administration)},
    /* 10 */ {BY(supervisor) | BY(dpo), DO(audit), ON(ledger) | ON(alert), FOR(audit) | FOR(subject_rights)},
    /* 11 */ {BY(supervisor), DO(manage), ON(registry), FOR(safeguarding) | FOR(administration)},
    /* 12 */ {BY(administrator), DO(manage), ON(registry) | ON(hub), FOR(administration)},
    /* 13 */ {BY(dpo), DO(manage), ON(person) | ON(registry), FOR(subject_rights) | FOR(administration)},
    /* 14 */ {BY(administrator), DO(list), ON(quarantine), FOR(administration)},
    /* 15 */ {BY(supervisor) | BY(dpo), DO(update), ON(hub), FOR(safeguarding) | FOR(subject_rights)}, /* of rows 5 and 13: what follows a closing or a destruction */
};

bool access_permitted(uint32_t roles, enum access_action action, enum access_kind kind, enum access_purpose purpose)
{
    for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++) {
        const struct permission *p = &permissions[i];
        if ((p->roles & roles) && (p->actions >> action & 1) && (p->kinds >> kind & 1) && (p->purposes >> purpose & 1))
            return true;
    }
    return false;
}
