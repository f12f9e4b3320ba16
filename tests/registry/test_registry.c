/* Agencies, users, roles, facts, relations and what agencies share, on both engines: the rules that hold whoever asks. Time is a parameter: these tests shift it. */
#include "registry/registry_test.h"

/* ---- set-up ---- */

static void set_up(struct store *s, struct test_store *t)
{
    struct err e;
    (void)t;
    assert_false(registry_is_set_up(s));
    struct registry_user before = find(s, "demo.reviewer", T0);
    int64_t police = agency(s, "Northmoor Police", AGENCY_police), council = agency(s, "Northmoor Council", AGENCY_housing);
    struct registry_user u = find(s, "demo.reviewer", T0);
    assert_true(before.id < 0 && u.id == before.id && u.agency == police && before.agency != police && before.agency > 0);
    assert_int_equal(u.roles, ACCESS_ROLE_BIT(reviewer));
    assert_int_equal(find(s, "demo.admin", T0).roles, ACCESS_ROLE_BIT(administrator));
    assert_int_equal(ceiling(s, police, council, PURPOSE_safeguarding, T0), 3);
    assert_int_equal(try_add(s, "jo.bloggs", council, "", ACCESS_ROLE_reviewer, &e), ERR_REFUSED);
    assert_non_null(strstr(e.message, "first user must be an administrator"));
    assert_false(registry_is_set_up(s));
    (void)add(s, "root.admin", council, "", ACCESS_ROLE_administrator);
    assert_true(registry_is_set_up(s));
    _cleanup_arena_ struct arena a;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    assert_int_equal(registry_user_find(s, STR("demo.reviewer"), T0, &a, &u, &e), ERR_NOT_FOUND);
    assert_int_equal(ceiling(s, police, council, PURPOSE_safeguarding, T0), ACCESS_CEILING_NONE);
    assert_int_equal(ceiling(s, police, 0, PURPOSE_safeguarding, T0), 3);
}

/* ---- users and roles ---- */

static void users(struct store *s, struct test_store *t)
{
    struct err problem;
    _cleanup_buf_ struct buf shown;
    (void)t;
    int64_t police = agency(s, "Northmoor Police", AGENCY_police);
    struct registry_user admin = add(s, "root.admin", police, "", ACCESS_ROLE_administrator);
    struct registry_user jo = add(s, "jo.bloggs", police, "stalking", ACCESS_ROLE_reviewer);
    buf_init(&shown, 100);
    test_ok(registry_user_shown_name(s, registry_test_vault, jo.id, &shown, &problem), &problem);
    assert_true(str_eq(buf_as_str(&shown), STR("Sam Example")));
    assert_int_equal(try_add(s, "jo.bloggs", police, "", ACCESS_ROLE_analyst, &problem), ERR_CONFLICT);
    assert_int_equal(try_add(s, "Jo Bloggs", police, "", ACCESS_ROLE_analyst, &problem), ERR_USAGE);
    assert_int_equal(try_add(s, "demo.jo", police, "", ACCESS_ROLE_analyst, &problem), ERR_USAGE);
    REFUSED(s, ERR_REFUSED, "nobody gives themselves a role", registry_role_give(s, &jo, ACCESS_ROLE_supervisor, REGISTRY_FOR_EVER, jo.name, T0, e));
    REFUSED(s, ERR_REFUSED, "no role that sees personal data", registry_role_give(s, &jo, ACCESS_ROLE_administrator, REGISTRY_FOR_EVER, admin.name, T0, e));
    REFUSED(s, ERR_REFUSED, "no role that sees personal data", registry_role_give(s, &admin, ACCESS_ROLE_dpo, REGISTRY_FOR_EVER, jo.name, T0, e));
    DO(s, registry_role_give(s, &jo, ACCESS_ROLE_supervisor, T0 + HOUR, admin.name, T0, e));
    assert_int_equal(find(s, "jo.bloggs", T0).roles, ACCESS_ROLE_BIT(reviewer) | ACCESS_ROLE_BIT(supervisor));
    assert_int_equal(find(s, "jo.bloggs", T0 + HOUR).roles, ACCESS_ROLE_BIT(reviewer));
    DO(s, registry_role_take(s, &jo, ACCESS_ROLE_reviewer, admin.name, T0 + 1, e));
    assert_int_equal(find(s, "jo.bloggs", T0 + 2).roles, ACCESS_ROLE_BIT(supervisor));
    assert_int_equal(find(s, "jo.bloggs", T0).roles, ACCESS_ROLE_BIT(reviewer) | ACCESS_ROLE_BIT(supervisor));
    REFUSED(s, ERR_REFUSED, "last administrator", registry_user_set_standing(s, &admin, ACCESS_STANDING_suspended, STR("jo.bloggs"), T0, e));
    REFUSED(s, ERR_REFUSED, "their own standing", registry_user_set_standing(s, &jo, ACCESS_STANDING_suspended, jo.name, T0, e));
    DO(s, registry_user_set_standing(s, &jo, ACCESS_STANDING_suspended, admin.name, T0, e));
    jo = find(s, "jo.bloggs", T0);
    assert_int_equal(jo.standing, ACCESS_STANDING_suspended);
    DO(s, registry_user_set_standing(s, &jo, ACCESS_STANDING_ended, admin.name, T0, e));
    jo = find(s, "jo.bloggs", T0);
    REFUSED(s, ERR_CONFLICT, "for ever", registry_user_set_standing(s, &jo, ACCESS_STANDING_active, admin.name, T0, e));
    DO(s, registry_agency_end(s, police, T0, e));
    assert_int_equal(find(s, "root.admin", T0).standing, ACCESS_STANDING_ended);
}

/* ---- conflicts ---- */

/* What the facts of a user and their unit say of somebody whom these values describe. */
static uint32_t conflict_of(struct store *s, const struct registry_user *u, const int64_t *blinds, size_t n)
{
    struct registry_fact_value *facts;
    struct arena a;
    struct err e;
    size_t n_facts;
    uint32_t bits = 0;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    test_ok(registry_fact_values(s, u, &a, &facts, &n_facts, &e), &e);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_facts; k++)
            bits |= facts[k].value == blinds[i] ? facts[k].bits : 0;
    arena_release(&a);
    return bits;
}

static uint32_t conflict(struct store *s, const struct registry_user *u, const char *kind, const char *value)
{
    const int64_t blinds[] = {vault_blind(registry_test_vault, "email", STR("nobody@example.org")), vault_blind(registry_test_vault, kind, str_of(value))};
    return conflict_of(s, u, blinds, 2);
}

static void conflicts(struct store *s, struct test_store *t)
{
    (void)t;
    int64_t police = agency(s, "Northmoor Police", AGENCY_police);
    (void)add(s, "root.admin", police, "", ACCESS_ROLE_administrator);
    struct registry_user jo = add(s, "jo.bloggs", police, "stalking", ACCESS_ROLE_reviewer), kim = add(s, "kim.low", police, "stalking", ACCESS_ROLE_reviewer),
                         lee = add(s, "lee.ash", police, "custody", ACCESS_ROLE_reviewer);
    const int64_t phone = vault_blind(registry_test_vault, "phone", STR("+447700900123")), mail = vault_blind(registry_test_vault, "email", STR("mum@example.org"));
    DO(s, registry_fact_add(s, jo.id, REGISTRY_SELF, STR("phone"), phone, jo.name, T0, e));
    DO(s, registry_fact_add(s, jo.id, REGISTRY_SELF, STR("phone"), phone, jo.name, T0, e));
    DO(s, registry_fact_add(s, jo.id, REGISTRY_RELATIVE, STR("email"), mail, jo.name, T0, e));
    assert_int_equal(conflict(s, &jo, "phone", "+447700900123"), ACCESS_CONFLICT(self));
    assert_int_equal(conflict(s, &jo, "email", "mum@example.org"), ACCESS_CONFLICT(relative));
    assert_int_equal(conflict(s, &kim, "phone", "+447700900123"), ACCESS_CONFLICT(colleague));
    assert_int_equal(conflict(s, &kim, "email", "mum@example.org"), 0); /* a colleague's relatives are nobody's business */
    assert_int_equal(conflict(s, &lee, "phone", "+447700900123"), 0);
    assert_int_equal(conflict(s, &jo, "email", "+447700900123"), 0); /* another kind */
    DO(s, registry_fact_end(s, jo.id, REGISTRY_SELF, STR("phone"), phone, T0, e));
    assert_int_equal(conflict(s, &jo, "phone", "+447700900123"), 0);
    REFUSED(s, ERR_NOT_FOUND, "not stated", registry_fact_end(s, jo.id, REGISTRY_SELF, STR("phone"), phone, T0, e));
}

/* ---- relations ---- */

static void expect(struct store *s, const struct registry_user *u, const char *id, const char *basis, bool belongs, int64_t now, enum access_relation which, int64_t until)
{
    struct err e;
    int64_t got[ACCESS_RELATION_N];
    test_ok(registry_relations(s, u, ACCESS_KIND_case, str_of(id), str_of(basis), belongs, now, got, &e), &e);
    assert_int_equal(got[which], until);
}

static int64_t give(struct store *s, struct registry_relation r, const struct registry_user *by)
{
    int64_t id = 0;
    r.object_kind = ACCESS_KIND_case;
    r.from_ms = T0;
    r.to_ms = T0 + HOUR;
    DO(s, registry_relation_add(s, &r, by, T0, &id, e));
    return id;
}

static void relations(struct store *s, struct test_store *t)
{
    (void)t;
    int64_t police = agency(s, "Northmoor Police", AGENCY_police);
    struct registry_user admin = add(s, "root.admin", police, "", ACCESS_ROLE_administrator);
    struct registry_user jo = add(s, "jo.bloggs", police, "stalking", ACCESS_ROLE_reviewer), kim = add(s, "kim.low", police, "stalking", ACCESS_ROLE_supervisor);
    expect(s, &jo, "C1", "", false, T0, RELATION_assigned_held, 0);
    int64_t task = give(s, (struct registry_relation){.kind = REGISTRY_ASSIGNED, .user = jo.id, .unit = STR(""), .object = STR("C1")}, &kim);
    expect(s, &jo, "C1", "", false, T0, RELATION_assigned_held, T0 + HOUR);
    expect(s, &jo, "C1", "", false, T0 - 1, RELATION_assigned_held, 0);
    expect(s, &jo, "C1", "", false, T0 + HOUR, RELATION_assigned_held, 0);
    expect(s, &kim, "C1", "", false, T0, RELATION_assigned_held, 0);
    expect(s, &jo, "C2", "C1", true, T0, RELATION_named_held, T0 + HOUR); /* C1 is open to jo, and C2 belongs to it */
    expect(s, &jo, "C2", "C1", false, T0, RELATION_named_held, 0);
    expect(s, &kim, "C2", "C1", true, T0, RELATION_named_held, 0); /* naming what is not open names nothing */
    DO(s, registry_relation_end(s, task, kim.name, T0 + 1, e));
    expect(s, &jo, "C1", "", false, T0 + 2, RELATION_assigned_held, 0);
    /* all of one's own unit's: waits for another */
    int64_t unit = give(s, (struct registry_relation){.kind = REGISTRY_UNIT, .agency = police, .unit = STR("stalking"), .object = STR("*")}, &kim);
    expect(s, &jo, "C7", "", false, T0, RELATION_unit_held, 0);
    REFUSED(s, ERR_CONFLICT, "other than its maker", registry_relation_approve(s, unit, &kim, T0, e));
    DO(s, registry_relation_approve(s, unit, &admin, T0, e));
    expect(s, &jo, "C7", "", false, T0, RELATION_unit_held, T0 + HOUR);
    expect(s, &admin, "C7", "", false, T0, RELATION_unit_held, 0);
    /* a closed record's list: waits too, and opens nothing beside itself */
    int64_t listed = give(s, (struct registry_relation){.kind = REGISTRY_LISTED, .user = jo.id, .unit = STR(""), .object = STR("C9")}, &kim);
    expect(s, &jo, "C9", "", false, T0, RELATION_listed_held, 0);
    REFUSED(s, ERR_REFUSED, "approves what they are to hold", registry_relation_approve(s, listed, &jo, T0, e));
    DO(s, registry_relation_approve(s, listed, &admin, T0, e));
    expect(s, &jo, "C9", "", false, T0, RELATION_listed_held, T0 + HOUR);
    const struct registry_relation self = {.kind = REGISTRY_ASSIGNED, .user = kim.id, .unit = STR(""), .object_kind = ACCESS_KIND_case, .object = STR("C1"), .from_ms = T0, .to_ms = T0 + 1};
    struct registry_relation much = self, wide = self;
    int64_t id;
    REFUSED(s, ERR_REFUSED, "nobody gives a relation to themselves", registry_relation_add(s, &self, &kim, T0, &id, e));
    much.user = jo.id;
    much.to_ms = T0 + LIMIT_RELATION_MS + 1;
    REFUSED(s, ERR_LIMIT, "at most 366 days", registry_relation_add(s, &much, &kim, T0, &id, e));
    wide.user = jo.id;
    wide.object = STR("*");
    REFUSED(s, ERR_USAGE, "only a unit can hold all", registry_relation_add(s, &wide, &kim, T0, &id, e));
}

ON_EACH(set_up)
ON_EACH(users)
ON_EACH(conflicts)
ON_EACH(relations)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_up_on_each),
        cmocka_unit_test(users_on_each),
        cmocka_unit_test(conflicts_on_each),
        cmocka_unit_test(relations_on_each),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("registry", tests, registry_test_setup, registry_test_teardown);
}
