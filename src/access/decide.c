/* decide.c: access_decide, one object. The steps stand in the order of docs/access.md, with its numbers; one small function a rule.
 *
 * Pure: nothing but the arguments. The first rule that holds decides; what follows may rely on those before it (all values are known after the first). */
#include "access/access_int.h"

#include <assert.h>

/* ---- 1. unknown ---- */

static bool is_listed(unsigned value, unsigned n) { return value > 0 && value < n; }

static bool roles_are_known(uint32_t roles) { return roles != 0 && (roles & 1) == 0 && roles >> ACCESS_ROLE_N == 0; }

/* There is no time before 1970: with such a clock even a relation that is not held (its end is 0) would be. */
bool access_ask_is_known(const struct access_ask *ask)
{
    return is_listed(ask->who.standing, ACCESS_STANDING_N) && roles_are_known(ask->who.roles) && ask->who.agency > 0 &&
           is_listed(ask->action, ACCESS_ACTION_N) && is_listed(ask->purpose, PURPOSE_N) && is_listed(ask->basis, ACCESS_BASIS_GIVEN + 1) &&
           ask->now_ms >= 0;
}

bool access_set_is_known(enum access_kind kind, uint32_t conflict)
{
    return is_listed(kind, ACCESS_KIND_N) && conflict >> ACCESS_CONFLICT_N == 0;
}

bool access_sharing_is_known(const struct access_sharing *sharing)
{
    return sharing->owner >= 0 && sharing->ceiling >= ACCESS_CEILING_NONE && sharing->ceiling <= 3;
}

static bool is_unknown(const struct access_ask *ask, const struct access_object *object)
{
    return !access_ask_is_known(ask) || !access_set_is_known(object->kind, object->conflict) || !is_listed(object->level, ACCESS_LEVEL_N) ||
           !access_sharing_is_known(&object->sharing);
}

/* ---- 2 to 7. what forbids ---- */

bool access_counts_now(int64_t from_ms, int64_t to_ms, int64_t now_ms) { return from_ms <= now_ms && now_ms < to_ms; }

uint32_t access_held(const int64_t until_ms[ACCESS_RELATION_N], int64_t now_ms)
{
    uint32_t held = 0;
    for (unsigned relation = 0; relation < ACCESS_RELATION_N; relation++)
        if (now_ms < until_ms[relation])
            held |= 1u << relation;
    return held;
}

bool access_in_standing(const struct access_ask *ask)
{
    return ask->who.standing == ACCESS_STANDING_active && access_counts_now(ask->who.from_ms, ask->who.to_ms, ask->now_ms);
}

static bool is_closed_to(enum access_level level, uint32_t held) { return level == ACCESS_LEVEL_closed && !(held & HELD(listed)); }

static bool is_in_conflict(enum access_kind kind, uint32_t conflict) { return access_minds_conflict(kind) && conflict != 0; }

bool access_lacks_step_up(const struct access_ask *ask)
{
    return (ask->action == ACCESS_glass || ask->action == ACCESS_close) && ask->now_ms >= ask->who.step_up_until_ms;
}

bool access_lacks_basis(const struct access_ask *ask, uint32_t held)
{
    return (ask->action == ACCESS_unmask || ask->action == ACCESS_export) && ask->basis == ACCESS_BASIS_NONE &&
           !(held & (HELD(assigned) | HELD(named) | HELD(glass)));
}

/* ---- the grade ---- */

static int lower(int a, int b) { return a < b ? a : b; }

/* Step 1. */
static int start_of(const struct access_ask *ask, const struct access_sharing *sharing, uint32_t held)
{
    if (sharing->owner == 0 || sharing->owner == ask->who.agency || (held & HELD(glass)))
        return 3;
    return access_counts_now(sharing->from_ms, sharing->to_ms, ask->now_ms) ? sharing->ceiling : ACCESS_CEILING_NONE;
}

/* Step 3: what the agreement allows is not for anybody who is curious. */
static int need_to_know(const struct access_ask *ask, int64_t owner, uint32_t held)
{
    if (owner == ask->who.agency || ask->action == ACCESS_decide || (held & (HELD(assigned) | HELD(named) | HELD(glass))))
        return 3;
    return ask->basis == ACCESS_BASIS_GIVEN || (held & HELD(unit)) ? 2 : 1;
}

/* Step 4. */
static int level_cap(enum access_level level, uint32_t held)
{
    bool guarded = level == ACCESS_LEVEL_protected || level == ACCESS_LEVEL_closed;
    return guarded && !(held & (HELD(assigned) | HELD(named) | HELD(listed) | HELD(glass))) ? 0 : 3;
}

static int grade_of(const struct access_ask *ask, const struct access_object *object, uint32_t held)
{
    int grade = start_of(ask, &object->sharing, held);              /* 1 */
    grade = lower(grade, access_purpose_cap(ask->purpose));         /* 2 */
    grade = lower(grade, need_to_know(ask, object->sharing.owner, held)); /* 3 */
    return lower(grade, level_cap(object->level, held));            /* 4 */
}

/* ---- the answer ---- */

static struct access_decision denied(enum access_rule rule)
{
    return (struct access_decision){.grade = ACCESS_CEILING_NONE, .rule = rule, .hidden = rule == ACCESS_RULE_closed};
}

static struct access_decision allowed(enum access_rule rule, int grade, uint32_t groups, bool watch)
{
    assert(grade >= 0);
    return (struct access_decision){.allowed = true, .grade = grade, .groups = groups, .watch = watch, .rule = rule};
}

struct access_decision access_decide(const struct access_ask *ask, const struct access_object *object)
{
    /* 1. Unknown: denied. */
    if (is_unknown(ask, object))
        return denied(ACCESS_RULE_unknown);
    uint32_t held = access_held(object->until_ms, ask->now_ms);

    /* 2. Standing: the account is not active, or now is outside its time. */
    if (!access_in_standing(ask))
        return denied(ACCESS_RULE_standing);

    /* 3. Closed and not on its list: as if it did not exist. Before conflict and permission, so that the difference tells nothing. */
    if (is_closed_to(object->level, held))
        return denied(ACCESS_RULE_closed);

    /* 4. Conflict of interest. */
    if (is_in_conflict(object->kind, object->conflict))
        return denied(ACCESS_RULE_conflict);

    /* 5. Nothing permits. */
    if (!access_permitted(ask->who.roles, ask->action, object->kind, ask->purpose))
        return denied(ACCESS_RULE_permission);

    /* 6. A stronger sign-in is needed. */
    if (access_lacks_step_up(ask))
        return denied(ACCESS_RULE_step_up);

    /* 7. A case or meeting must be named. */
    if (access_lacks_basis(ask, held))
        return denied(ACCESS_RULE_basis);

    /* 8. Inner work: everything, for computing. */
    if (access_is_inner(ask->action))
        return allowed(ACCESS_RULE_inner, 3, ACCESS_GROUPS_ALL, false);

    /* 9. What has no grades. */
    if (!access_has_grades(ask->action, object->kind))
        return allowed(ACCESS_RULE_no_grade, 0, 0, false);

    /* 10. Its agency does not share it. */
    int grade = grade_of(ask, object, held);
    if (grade == ACCESS_CEILING_NONE)
        return denied(ACCESS_RULE_not_shared);

    /* 11. Its agency shares less than this needs. */
    if (grade < access_needed_grade(ask->action))
        return denied(ACCESS_RULE_grade);

    /* 12. Allowed. */
    return allowed(ACCESS_RULE_allowed, grade, access_groups(ask->who.roles, ask->action, object->kind, grade), object->level == ACCESS_LEVEL_audited);
}
