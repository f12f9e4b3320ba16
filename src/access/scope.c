/* scope.c: access_scope, a set. The rules of docs/access.md again, but not once a row: what the asking and the set decide is worked out once as masks, and
 * a row is then three ANDs.
 *
 * A grade is a *ladder*: the bits of all grades up to it (none 0, 0 is 1, 1 is 11, 2 is 111, 3 is 1111). The lower of two is their AND, and the
 * grade that an action needs is one bit that must be left. tests/access/test_agree.c compares every row with access_decide. */
#include "access/access_int.h"

#include <assert.h>

#define LADDER(grade) ((2u << (grade)) - 1)
#define LADDER_NONE 0u
#define LADDER_FULL LADDER(3)
static_assert(ACCESS_CEILING_NONE == -1, "ladder_of counts on it");

struct plan {
    int64_t own, now_ms;
    uint32_t given;                   /* whoever the owner is, this is left of an agreement: full with broken glass or without grades */
    uint32_t cap_own, cap_others;     /* purpose and need to know */
    uint32_t levels[ACCESS_LEVEL_N];  /* protected and closed ones: less */
    uint32_t needs;                   /* one bit */
    uint32_t groups[4];               /* by grade */
    bool watches;
};

static uint32_t ladder_of(int grade) { return grade < 0 ? LADDER_NONE : LADDER(grade); }

static int grade_of(uint32_t ladder) { return __builtin_popcount(ladder) - 1; }

/* Rules 1, 2, 4 to 7 say the same of every row. */
static bool anything_at_all(const struct access_ask *ask, enum access_kind kind, uint32_t held, uint32_t conflict)
{
    return access_ask_is_known(ask) && access_set_is_known(kind, conflict) && access_in_standing(ask) &&
           (conflict == 0 || !access_minds_conflict(kind)) && access_permitted(ask->who.roles, ask->action, kind, ask->purpose) &&
           !access_lacks_step_up(ask) && !access_lacks_basis(ask, held);
}

/* Rules 8 and 9: one grade and one set of groups for every row. */
static void plan_ungraded(struct plan *p, int grade, uint32_t groups)
{
    p->given = p->cap_own = p->cap_others = LADDER(grade);
    for (unsigned level = ACCESS_LEVEL_open; level < ACCESS_LEVEL_closed; level++)
        p->levels[level] = LADDER_FULL;
    p->needs = LADDER(0);
    p->groups[grade] = groups;
}

/* Rules 10 to 12. */
static void plan_graded(struct plan *p, const struct access_ask *ask, enum access_kind kind, uint32_t held)
{
    bool involved = held & (HELD(assigned) | HELD(named) | HELD(glass));
    bool cap_full = involved || ask->action == ACCESS_decide;
    bool near = ask->basis == ACCESS_BASIS_GIVEN || (held & HELD(unit));
    p->given = held & HELD(glass) ? LADDER_FULL : LADDER_NONE;
    p->cap_own = ladder_of(access_purpose_cap(ask->purpose));
    p->cap_others = p->cap_own & (cap_full ? LADDER(3) : near ? LADDER(2) : LADDER(1));
    p->levels[ACCESS_LEVEL_open] = p->levels[ACCESS_LEVEL_audited] = LADDER_FULL;
    p->levels[ACCESS_LEVEL_protected] = involved || (held & HELD(listed)) ? LADDER_FULL : LADDER(0);
    p->needs = 1u << access_needed_grade(ask->action);
    for (int grade = 0; grade <= 3; grade++)
        p->groups[grade] = access_groups(ask->who.roles, ask->action, kind, grade);
    p->watches = true;
}

/* False: no row. */
static bool prepare(const struct access_ask *ask, enum access_kind kind, uint32_t held, uint32_t conflict, struct plan *ret)
{
    if (!anything_at_all(ask, kind, held, conflict))
        return false;
    *ret = (struct plan){.own = ask->who.agency, .now_ms = ask->now_ms};
    if (access_is_inner(ask->action))
        plan_ungraded(ret, 3, ACCESS_GROUPS_ALL);
    else if (!access_has_grades(ask->action, kind))
        plan_ungraded(ret, 0, 0);
    else
        plan_graded(ret, ask, kind, held);
    return true;
}

/* What is left of an owner's records before their level is looked at. */
static uint32_t ladder_of_owner(const struct plan *p, const struct access_sharing *sharing)
{
    if (!access_sharing_is_known(sharing))
        return LADDER_NONE;
    if (sharing->owner == p->own)
        return p->cap_own;
    if (sharing->owner == 0)
        return p->cap_others;
    bool counts = access_counts_now(sharing->from_ms, sharing->to_ms, p->now_ms);
    return p->cap_others & (p->given | (counts ? ladder_of(sharing->ceiling) : LADDER_NONE));
}

size_t access_scope(const struct access_ask *ask, enum access_kind kind, const struct access_sharing *sharings, size_t n,
                    const int64_t until_ms[ACCESS_RELATION_N], uint32_t conflict, struct access_scope_row *ret_rows)
{
    struct plan p;
    size_t n_rows = 0;
    if (!prepare(ask, kind, until_ms ? access_held(until_ms, ask->now_ms) : 0, conflict, &p))
        return 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t of_owner = ladder_of_owner(&p, &sharings[i]);
        for (unsigned level = ACCESS_LEVEL_open; level < ACCESS_LEVEL_closed; level++) { /* closed: never in a set */
            uint32_t ladder = of_owner & p.levels[level];
            if (!(ladder & p.needs))
                continue;
            int grade = grade_of(ladder);
            ret_rows[n_rows++] = (struct access_scope_row){.owner = sharings[i].owner, .level = level, .grade = grade, .groups = p.groups[grade],
                                                           .watch = p.watches && level == ACCESS_LEVEL_audited};
        }
    }
    assert(n_rows <= n * (ACCESS_LEVEL_closed - ACCESS_LEVEL_open));
    return n_rows;
}
