/* Each rule of docs/access.md alone: the usual question, allowed, with one thing changed; and the number of the rule that then decides. */
#include "access/access_int.h"
#include "access/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { NOW = 1000, OWN = 7, OTHER = 8 };
#define NONE ACCESS_CEILING_NONE

/* A reviewer of agency 7 views a record that agency 8 shares fully, for a named case. */
static struct question usual(void)
{
    return (struct question){
        .ask = {.who = {.standing = ACCESS_STANDING_active, .roles = ACCESS_ROLE_BIT(reviewer), .agency = OWN, .from_ms = 0, .to_ms = 2000},
                .action = ACCESS_view, .purpose = PURPOSE_safeguarding, .basis = ACCESS_BASIS_GIVEN, .now_ms = NOW},
        .object = {.kind = ACCESS_KIND_record, .level = ACCESS_LEVEL_open, .sharing = {OTHER, 3, 0, 2000}},
    };
}

static void expect(const char *what, const struct question *q, enum access_rule rule, int grade)
{
    struct access_decision d = access_decide(&q->ask, &q->object);
    if (d.rule != rule || d.grade != grade)
        fail_msg("%s: rule %d and grade %d, not %d and %d", what, (int)d.rule, d.grade, (int)rule, grade);
    bool allowed = rule == ACCESS_RULE_inner || rule == ACCESS_RULE_no_grade || rule == ACCESS_RULE_allowed;
    assert_int_equal(d.allowed, allowed);
    assert_int_equal(d.hidden, rule == ACCESS_RULE_closed);
    if (!allowed)
        assert_true(d.grade == NONE && d.groups == 0 && !d.watch);
}
/* The usual question with these changes. */
#define CASE(what, rule, grade, ...)                                                             \
    do {                                                                                         \
        struct question q = usual();                                                             \
        struct access_asker *who = &q.ask.who;                                                   \
        struct access_object *object = &q.object;                                                \
        int64_t *until = q.object.until_ms;                                                      \
        (void)who, (void)object, (void)until;                                                    \
        __VA_ARGS__;                                                                             \
        expect(what, &q, ACCESS_RULE_##rule, grade);                                             \
    } while (0)
#define HOLD(name) (until[RELATION_##name##_held] = NOW + 1)

static void rule_1_unknown(void **state)
{
    (void)state;
    CASE("as usual", allowed, 2, (void)0);
    CASE("standing 0", unknown, NONE, who->standing = ACCESS_STANDING_unknown);
    CASE("standing beyond", unknown, NONE, who->standing = ACCESS_STANDING_N);
    CASE("standing far beyond", unknown, NONE, who->standing = (enum access_standing)-1);
    CASE("no role", unknown, NONE, who->roles = 0);
    CASE("role bit 0", unknown, NONE, who->roles |= 1);
    CASE("role bit 8", unknown, NONE, who->roles |= 1u << ACCESS_ROLE_N);
    CASE("role bit 31", unknown, NONE, who->roles |= 1u << 31);
    CASE("every role", allowed, 2, who->roles = (1u << ACCESS_ROLE_N) - 2);
    CASE("agency 0", unknown, NONE, who->agency = 0);
    CASE("agency -1", unknown, NONE, who->agency = -1);
    CASE("action 0", unknown, NONE, q.ask.action = ACCESS_unknown);
    CASE("action beyond", unknown, NONE, q.ask.action = ACCESS_ACTION_N);
    CASE("purpose 0", unknown, NONE, q.ask.purpose = PURPOSE_unknown);
    CASE("purpose beyond", unknown, NONE, q.ask.purpose = PURPOSE_N);
    CASE("basis 0", unknown, NONE, q.ask.basis = ACCESS_BASIS_UNKNOWN);
    CASE("basis beyond", unknown, NONE, q.ask.basis = ACCESS_BASIS_GIVEN + 1);
    CASE("now before 1970", unknown, NONE, q.ask.now_ms = -1; who->from_ms = -10);
    CASE("1970", allowed, 2, q.ask.now_ms = 0);
    CASE("kind 0", unknown, NONE, object->kind = ACCESS_KIND_unknown);
    CASE("kind beyond", unknown, NONE, object->kind = ACCESS_KIND_N);
    CASE("level 0", unknown, NONE, object->level = ACCESS_LEVEL_unknown);
    CASE("level beyond", unknown, NONE, object->level = ACCESS_LEVEL_N);
    CASE("conflict bit 3", unknown, NONE, object->conflict = 1u << ACCESS_CONFLICT_N);
    CASE("conflict bit 31", unknown, NONE, object->conflict = 1u << 31);
    CASE("owner -1", unknown, NONE, object->sharing.owner = -1);
    CASE("ceiling -2", unknown, NONE, object->sharing.ceiling = -2);
    CASE("ceiling 4", unknown, NONE, object->sharing.ceiling = 4);
    CASE("ceiling 4 of the hub's own", unknown, NONE, object->sharing = (struct access_sharing){0, 4, 0, 2000});
    CASE("unknown before suspended, closed and in conflict", unknown, NONE, who->standing = ACCESS_STANDING_suspended; object->level = ACCESS_LEVEL_closed;
         object->conflict = 1; q.ask.basis = ACCESS_BASIS_UNKNOWN);
}

static void rule_2_standing(void **state)
{
    (void)state;
    CASE("suspended", standing, NONE, who->standing = ACCESS_STANDING_suspended);
    CASE("ended", standing, NONE, who->standing = ACCESS_STANDING_ended);
    CASE("not begun", standing, NONE, who->from_ms = NOW + 1);
    CASE("begins now", allowed, 2, who->from_ms = NOW);
    CASE("ends now", standing, NONE, who->to_ms = NOW);
    CASE("ends next", allowed, 2, who->to_ms = NOW + 1);
    CASE("suspended, before closed", standing, NONE, who->standing = ACCESS_STANDING_suspended; object->level = ACCESS_LEVEL_closed);
}

static void rule_3_closed(void **state)
{
    (void)state;
    CASE("closed", closed, NONE, object->level = ACCESS_LEVEL_closed);
    CASE("closed and listed", allowed, 2, object->level = ACCESS_LEVEL_closed; HOLD(listed));
    CASE("listed until now", closed, NONE, object->level = ACCESS_LEVEL_closed; until[RELATION_listed_held] = NOW);
    CASE("closed, glass broken", closed, NONE, object->level = ACCESS_LEVEL_closed; HOLD(glass); HOLD(assigned); HOLD(named); HOLD(unit));
    CASE("closed, the own agency's", closed, NONE, object->level = ACCESS_LEVEL_closed; object->sharing.owner = OWN);
    CASE("closed, before conflict", closed, NONE, object->level = ACCESS_LEVEL_closed; object->conflict = 1);
    CASE("closed, before permission", closed, NONE, object->level = ACCESS_LEVEL_closed; who->roles = ACCESS_ROLE_BIT(analyst));
    CASE("closed, whatever the kind", closed, NONE, object->level = ACCESS_LEVEL_closed; object->kind = ACCESS_KIND_hub; q.ask.action = ACCESS_load);
}

static void rule_4_conflict(void **state)
{
    (void)state;
    CASE("self", conflict, NONE, object->conflict = ACCESS_CONFLICT(self));
    CASE("relative", conflict, NONE, object->conflict = ACCESS_CONFLICT(relative));
    CASE("colleague", conflict, NONE, object->conflict = ACCESS_CONFLICT(colleague));
    CASE("self, everything held", conflict, NONE, object->conflict = ACCESS_CONFLICT(self); HOLD(assigned); HOLD(listed); HOLD(glass));
    CASE("a person", conflict, NONE, object->conflict = 1; object->kind = ACCESS_KIND_person);
    CASE("a case", conflict, NONE, object->conflict = 1; object->kind = ACCESS_KIND_case);
    CASE("a quarantined row", conflict, NONE, object->conflict = 1; object->kind = ACCESS_KIND_quarantine);
    CASE("closed and listed", conflict, NONE, object->conflict = 1; object->level = ACCESS_LEVEL_closed; HOLD(listed));
    CASE("before permission", conflict, NONE, object->conflict = 1; who->roles = ACCESS_ROLE_BIT(analyst));
    CASE("the hub", inner, 3, object->conflict = 7; object->kind = ACCESS_KIND_hub; q.ask.action = ACCESS_load);
    CASE("the registry", no_grade, 0, object->conflict = 7; object->kind = ACCESS_KIND_registry; q.ask.action = ACCESS_manage;
         who->roles = ACCESS_ROLE_BIT(supervisor));
    CASE("the ledger", no_grade, 0, object->conflict = 7; object->kind = ACCESS_KIND_ledger; q.ask.action = ACCESS_audit; q.ask.purpose = PURPOSE_audit;
         who->roles = ACCESS_ROLE_BIT(dpo));
    CASE("an alert", no_grade, 0, object->conflict = 7; object->kind = ACCESS_KIND_alert; q.ask.action = ACCESS_audit; q.ask.purpose = PURPOSE_audit;
         who->roles = ACCESS_ROLE_BIT(dpo));
}

static void rule_5_permission(void **state)
{
    (void)state;
    CASE("not this role", permission, NONE, who->roles = ACCESS_ROLE_BIT(analyst));
    CASE("not this action", permission, NONE, q.ask.action = ACCESS_close);
    CASE("not this kind", permission, NONE, object->kind = ACCESS_KIND_registry);
    CASE("not this purpose", permission, NONE, q.ask.purpose = PURPOSE_statistics);
    CASE("no two rows together", permission, NONE, who->roles = ACCESS_ROLE_BIT(reviewer) | ACCESS_ROLE_BIT(dpo); q.ask.purpose = PURPOSE_subject_rights;
         q.ask.action = ACCESS_decide);
    CASE("before step-up", permission, NONE, q.ask.action = ACCESS_glass; who->roles = ACCESS_ROLE_BIT(dpo));
    CASE("before basis", permission, NONE, q.ask.action = ACCESS_export; q.ask.basis = ACCESS_BASIS_NONE; who->roles = ACCESS_ROLE_BIT(advocate));
}

static void rule_6_step_up(void **state)
{
    (void)state;
    CASE("glass", step_up, NONE, q.ask.action = ACCESS_glass);
    CASE("stepped up until now", step_up, NONE, q.ask.action = ACCESS_glass; who->step_up_until_ms = NOW);
    CASE("stepped up", allowed, 2, q.ask.action = ACCESS_glass; who->step_up_until_ms = NOW + 1);
    CASE("close", step_up, NONE, q.ask.action = ACCESS_close; who->roles = ACCESS_ROLE_BIT(supervisor));
    CASE("close, stepped up", allowed, 2, q.ask.action = ACCESS_close; who->roles = ACCESS_ROLE_BIT(supervisor); who->step_up_until_ms = NOW + 1);
    CASE("before not shared", step_up, NONE, q.ask.action = ACCESS_glass; object->sharing.ceiling = NONE);
}

static void rule_7_basis(void **state)
{
    (void)state;
    CASE("unmask", basis, NONE, q.ask.action = ACCESS_unmask; q.ask.basis = ACCESS_BASIS_NONE);
    CASE("export", basis, NONE, q.ask.action = ACCESS_export; q.ask.basis = ACCESS_BASIS_NONE);
    CASE("unmask, the own agency's", basis, NONE, q.ask.action = ACCESS_unmask; q.ask.basis = ACCESS_BASIS_NONE; object->sharing.owner = OWN);
    CASE("assigned", allowed, 3, q.ask.action = ACCESS_unmask; q.ask.basis = ACCESS_BASIS_NONE; HOLD(assigned));
    CASE("named", allowed, 3, q.ask.action = ACCESS_export; q.ask.basis = ACCESS_BASIS_NONE; HOLD(named));
    CASE("glass", allowed, 3, q.ask.action = ACCESS_unmask; q.ask.basis = ACCESS_BASIS_NONE; HOLD(glass));
    CASE("the unit's and listed are none", basis, NONE, q.ask.action = ACCESS_unmask; q.ask.basis = ACCESS_BASIS_NONE; HOLD(unit); HOLD(listed));
    CASE("a view needs none", allowed, 1, q.ask.basis = ACCESS_BASIS_NONE);
    CASE("before not shared", basis, NONE, q.ask.action = ACCESS_unmask; q.ask.basis = ACCESS_BASIS_NONE; object->sharing.ceiling = NONE);
}

static void rules_8_and_9(void **state)
{
    (void)state;
    CASE("load", inner, 3, object->kind = ACCESS_KIND_hub; q.ask.action = ACCESS_load);
    CASE("update", inner, 3, object->kind = ACCESS_KIND_hub; q.ask.action = ACCESS_update; object->level = ACCESS_LEVEL_audited);
    CASE("measure, for statistics", inner, 3, object->kind = ACCESS_KIND_hub; q.ask.action = ACCESS_measure; q.ask.purpose = PURPOSE_statistics;
         who->roles = ACCESS_ROLE_BIT(analyst));
    CASE("manage a person, shared or not", no_grade, 0, object->kind = ACCESS_KIND_person; q.ask.action = ACCESS_manage; who->roles = ACCESS_ROLE_BIT(dpo);
         q.ask.purpose = PURPOSE_administration; object->sharing.ceiling = NONE);
    CASE("list the quarantine", no_grade, 0, object->kind = ACCESS_KIND_quarantine; q.ask.action = ACCESS_list; object->sharing.ceiling = NONE);
    CASE("view the quarantine", allowed, 2, object->kind = ACCESS_KIND_quarantine);
    struct question q = usual();
    q.object.kind = ACCESS_KIND_hub, q.object.level = ACCESS_LEVEL_audited, q.ask.action = ACCESS_load;
    struct access_decision d = access_decide(&q.ask, &q.object);
    assert_true(d.groups == ACCESS_GROUPS_ALL && !d.watch);
    q.object.kind = ACCESS_KIND_quarantine, q.object.sharing.owner = OWN, q.ask.action = ACCESS_view;
    assert_int_equal(access_decide(&q.ask, &q.object).groups, ACCESS_GROUPS_ALL); /* whoever mends a row has to see it */
    q.ask.action = ACCESS_list;
    d = access_decide(&q.ask, &q.object);
    assert_true(d.rule == ACCESS_RULE_no_grade && d.groups == 0 && !d.watch);
}

static void rules_10_and_11(void **state)
{
    (void)state;
    CASE("ceiling none", not_shared, NONE, object->sharing.ceiling = NONE);
    CASE("not yet", not_shared, NONE, object->sharing.from_ms = NOW + 1);
    CASE("from now", allowed, 2, object->sharing.from_ms = NOW);
    CASE("until now", not_shared, NONE, object->sharing.to_ms = NOW);
    CASE("until next", allowed, 2, object->sharing.to_ms = NOW + 1);
    CASE("glass where nothing is shared", not_shared, NONE, object->sharing.ceiling = NONE; q.ask.action = ACCESS_glass; who->step_up_until_ms = NOW + 1);
    CASE("decide on a pointer", grade, NONE, object->sharing.ceiling = 0; q.ask.action = ACCESS_decide);
    CASE("decide", allowed, 1, object->sharing.ceiling = 1; q.ask.action = ACCESS_decide);
    CASE("unmask at 1", grade, NONE, object->sharing.ceiling = 1; q.ask.action = ACCESS_unmask);
    CASE("unmask at 2", allowed, 2, object->sharing.ceiling = 2; q.ask.action = ACCESS_unmask);
    CASE("export at 1", grade, NONE, object->sharing.ceiling = 1; q.ask.action = ACCESS_export);
    CASE("export at 2", allowed, 2, object->sharing.ceiling = 2; q.ask.action = ACCESS_export);
    CASE("search at 0", allowed, 0, object->sharing.ceiling = 0; q.ask.action = ACCESS_search);
}

static void the_grade(void **state)
{
    (void)state;
    CASE("1. the own agency's, whatever the agreement", allowed, 3, object->sharing = (struct access_sharing){OWN, NONE, 0, 0});
    CASE("1. the hub's", allowed, 2, object->sharing = (struct access_sharing){0, NONE, 0, 0});
    CASE("1. the ceiling", allowed, 1, object->sharing.ceiling = 1);
    CASE("1. glass, nothing shared", allowed, 3, object->sharing.ceiling = NONE; HOLD(glass));
    CASE("1. glass until now", not_shared, NONE, object->sharing.ceiling = NONE; until[RELATION_glass_held] = NOW);
    CASE("2. the purpose", allowed, 2, q.ask.purpose = PURPOSE_victim_support; HOLD(glass));
    CASE("2. the purpose, for the own agency's too", allowed, 2, q.ask.purpose = PURPOSE_victim_support; object->sharing.owner = OWN);
    CASE("3. nothing", allowed, 1, q.ask.basis = ACCESS_BASIS_NONE);
    CASE("3. a basis", allowed, 2, (void)0);
    CASE("3. the unit's", allowed, 2, q.ask.basis = ACCESS_BASIS_NONE; HOLD(unit));
    CASE("3. listed", allowed, 1, q.ask.basis = ACCESS_BASIS_NONE; HOLD(listed));
    CASE("3. assigned", allowed, 3, HOLD(assigned));
    CASE("3. named", allowed, 3, HOLD(named));
    CASE("3. assigned, ceiling 1", allowed, 1, HOLD(assigned); object->sharing.ceiling = 1);
    CASE("3. decide", allowed, 3, q.ask.basis = ACCESS_BASIS_NONE; q.ask.action = ACCESS_decide);
    CASE("3. decide, ceiling 2", allowed, 2, q.ask.action = ACCESS_decide; object->sharing.ceiling = 2);
    CASE("4. decide, protected: a pointer is too little", grade, NONE, q.ask.action = ACCESS_decide; object->level = ACCESS_LEVEL_protected);
    CASE("3. the hub's own", allowed, 1, object->sharing.owner = 0; q.ask.basis = ACCESS_BASIS_NONE);
    CASE("3. not the own agency's", allowed, 3, object->sharing.owner = OWN; q.ask.basis = ACCESS_BASIS_NONE);
    CASE("4. audited", allowed, 2, object->level = ACCESS_LEVEL_audited);
    CASE("4. protected", allowed, 0, object->level = ACCESS_LEVEL_protected);
    CASE("4. protected, the own agency's", allowed, 0, object->level = ACCESS_LEVEL_protected; object->sharing.owner = OWN);
    CASE("4. protected and the unit's", allowed, 0, object->level = ACCESS_LEVEL_protected; HOLD(unit));
    CASE("4. protected and assigned", allowed, 3, object->level = ACCESS_LEVEL_protected; HOLD(assigned));
    CASE("4. protected and named", allowed, 3, object->level = ACCESS_LEVEL_protected; HOLD(named));
    CASE("4. protected and listed", allowed, 2, object->level = ACCESS_LEVEL_protected; HOLD(listed));
    CASE("4. protected and glass", allowed, 3, object->level = ACCESS_LEVEL_protected; HOLD(glass));
    CASE("4. protected, not shared", not_shared, NONE, object->level = ACCESS_LEVEL_protected; object->sharing.ceiling = NONE);
}

#define G(name) ACCESS_GROUP(name)
static void the_groups(void **state)
{
    (void)state;
    const uint32_t one = G(name) | G(birth), two = one | G(former_names) | G(address) | G(phone) | G(school) | G(workplace) | G(summary);
    const uint32_t masked = G(former_names) | G(address) | G(phone) | G(school) | G(workplace) | G(identifiers) | G(record);
    const uint32_t advocates = ACCESS_GROUPS_ALL & ~(G(identifiers) | G(record));
    static const struct {
        uint32_t roles;
        enum access_action action;
        int ceiling;
    } asks[] = {
        {ACCESS_ROLE_BIT(reviewer), ACCESS_view, 0},     {ACCESS_ROLE_BIT(reviewer), ACCESS_view, 1},   {ACCESS_ROLE_BIT(reviewer), ACCESS_view, 2},
        {ACCESS_ROLE_BIT(reviewer), ACCESS_view, 3},     {ACCESS_ROLE_BIT(reviewer), ACCESS_unmask, 2}, {ACCESS_ROLE_BIT(reviewer), ACCESS_export, 3},
        {ACCESS_ROLE_BIT(advocate), ACCESS_unmask, 3},   {ACCESS_ROLE_BIT(advocate), ACCESS_view, 3},
        {ACCESS_ROLE_BIT(advocate) | ACCESS_ROLE_BIT(administrator) | ACCESS_ROLE_BIT(analyst), ACCESS_unmask, 3},
        {ACCESS_ROLE_BIT(advocate) | ACCESS_ROLE_BIT(dpo), ACCESS_unmask, 3}, {ACCESS_ROLE_BIT(practitioner), ACCESS_unmask, 3},
        {ACCESS_ROLE_BIT(supervisor), ACCESS_unmask, 3}, {ACCESS_ROLE_BIT(reviewer), ACCESS_decide, 2},
    };
    const uint32_t want[] = {0,         one,       two & ~masked,       ACCESS_GROUPS_ALL & ~masked, two, ACCESS_GROUPS_ALL,
                             advocates, advocates & ~masked, advocates, ACCESS_GROUPS_ALL, ACCESS_GROUPS_ALL, ACCESS_GROUPS_ALL, two};
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        struct question q = usual();
        q.ask.who.roles = asks[i].roles, q.ask.action = asks[i].action, q.object.sharing.ceiling = asks[i].ceiling;
        q.object.until_ms[RELATION_assigned_held] = NOW + 1;
        struct access_decision d = access_decide(&q.ask, &q.object);
        if (d.rule != ACCESS_RULE_allowed || d.groups != want[i])
            fail_msg("row %zu: rule %d, groups %x, not %x", i, (int)d.rule, d.groups, want[i]);
    }
}

/* Rule 9 as the page says it, also where no permission leads to it. */
static void what_has_grades(void **state)
{
    (void)state;
    for (enum access_action action = ACCESS_search; action < ACCESS_ACTION_N; action++)
        for (enum access_kind kind = ACCESS_KIND_person; kind < ACCESS_KIND_N; kind++) {
            bool none = kind == ACCESS_KIND_ledger || kind == ACCESS_KIND_alert || kind == ACCESS_KIND_registry || kind == ACCESS_KIND_hub ||
                        action == ACCESS_manage || (action == ACCESS_list && kind == ACCESS_KIND_quarantine);
            bool neither = access_is_inner(action) || action == ACCESS_audit; /* never asked of anything else */
            if (!neither)
                assert_int_equal(access_has_grades(action, kind), !none);
        }
}

static void watch(void **state)
{
    (void)state;
    for (unsigned level = ACCESS_LEVEL_open; level <= ACCESS_LEVEL_closed; level++) {
        struct question q = usual();
        q.object.level = level, q.object.until_ms[RELATION_listed_held] = NOW + 1;
        struct access_decision d = access_decide(&q.ask, &q.object);
        assert_true(d.allowed);
        assert_int_equal(d.watch, level == ACCESS_LEVEL_audited);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_1_unknown),  cmocka_unit_test(rule_2_standing), cmocka_unit_test(rule_3_closed),
        cmocka_unit_test(rule_4_conflict), cmocka_unit_test(rule_5_permission), cmocka_unit_test(rule_6_step_up),
        cmocka_unit_test(rule_7_basis),    cmocka_unit_test(rules_8_and_9),   cmocka_unit_test(rules_10_and_11),
        cmocka_unit_test(the_grade),       cmocka_unit_test(the_groups),      cmocka_unit_test(watch),
        cmocka_unit_test(what_has_grades),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("access, one object", tests, NULL, NULL);
}
