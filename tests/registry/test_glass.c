/* Breaking the glass, on both engines, with the clock shifted: at most four hours, owners told, reviewed by another agency within 72 hours, else suspended. */
#include "registry/registry_test.h"

struct scene {
    int64_t police, homes, health;
    struct registry_user jo, kim, lee, mo; /* jo and kim of the police, lee of homes, mo of health */
};

static struct scene scene(struct store *s)
{
    struct scene c = {agency(s, "Police", AGENCY_police), agency(s, "Homes", AGENCY_housing), agency(s, "Health", AGENCY_health), {0}, {0}, {0}, {0}};
    (void)add(s, "root.admin", c.police, "", ACCESS_ROLE_administrator);
    c.jo = add(s, "jo.bloggs", c.police, "stalking", ACCESS_ROLE_practitioner);
    c.kim = add(s, "kim.low", c.police, "stalking", ACCESS_ROLE_supervisor);
    c.lee = add(s, "lee.ash", c.homes, "", ACCESS_ROLE_supervisor);
    c.mo = add(s, "mo.dale", c.health, "", ACCESS_ROLE_supervisor);
    return c;
}

#define WHY STR("she has not been seen since he was released")
static const struct registry_glass broken = {.kind = ACCESS_KIND_case, .object = {"C1", 2}, .why = {"she has not been seen since he was released", 43}};

static struct registry_glass until(int64_t ms)
{
    struct registry_glass g = broken;
    g.until_ms = ms;
    return g;
}

static int64_t held(struct store *s, const struct registry_user *u, const char *object, int64_t now)
{
    int64_t got[ACCESS_RELATION_N];
    struct err e;
    test_ok(registry_relations(s, u, ACCESS_KIND_case, str_of(object), STR(""), false, now, got, &e), &e);
    return got[RELATION_glass_held];
}

static void breaking(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    struct registry_glass *list, g = until(T0 + 4 * HOUR), five = until(T0 + 4 * HOUR + 1), short_why = g, hub = g;
    struct str *told;
    struct err problem;
    size_t n;
    int64_t id;
    (void)t;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    const struct scene c = scene(s);
    const int64_t owners[] = {c.homes, c.police, c.health, c.homes};
    short_why.why = STR("urgent");
    hub.kind = ACCESS_KIND_hub;
    REFUSED(s, ERR_USAGE, "at most 4 hours", registry_glass_break(s, registry_test_vault, &c.jo, &five, owners, 4, T0, &id, e));
    REFUSED(s, ERR_USAGE, "what the emergency is", registry_glass_break(s, registry_test_vault, &c.jo, &short_why, owners, 4, T0, &id, e));
    REFUSED(s, ERR_USAGE, "a person, a record or a case", registry_glass_break(s, registry_test_vault, &c.jo, &hub, owners, 4, T0, &id, e));
    DO(s, registry_glass_break(s, registry_test_vault, &c.jo, &g, owners, 4, T0, &id, e));
    assert_int_equal(held(s, &c.jo, "C1", T0), T0 + 4 * HOUR);
    assert_int_equal(held(s, &c.jo, "C1", T0 + 4 * HOUR), 0);
    assert_int_equal(held(s, &c.jo, "C2", T0), 0);
    assert_int_equal(held(s, &c.kim, "C1", T0), 0);
    test_ok(registry_glass_told(s, id, &a, &told, &n, &problem), &problem);
    assert_true(n == 2 && str_eq(told[0], STR("Homes")) && str_eq(told[1], STR("Health"))); /* not the breaker's own, and each once */
    test_ok(registry_glasses(s, registry_test_vault, &a, &list, &n, &problem), &problem);
    assert_true(n == 1 && str_eq(list[0].why, WHY) && str_eq(list[0].user_name, STR("jo.bloggs")) && list[0].review_by_ms == T0 + 72 * HOUR);
    assert_int_equal(list[0].decision, REGISTRY_GLASS_UNREVIEWED);
    DO(s, registry_glass_break(s, registry_test_vault, &c.kim, &g, owners + 1, 1, T0, &id, e));
    test_ok(registry_glass_told(s, id, &a, &told, &n, &problem), &problem);
    assert_true(n == 1 && str_eq(told[0], STR("the hub")));
}

static void reviewing(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    struct registry_glass g = until(T0 + 4 * HOUR), again = until(T0 + 73 * HOUR);
    int64_t id, id2;
    bool suspended;
    struct err problem;
    (void)t;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    const struct scene c = scene(s);
    DO(s, registry_glass_break(s, registry_test_vault, &c.jo, &g, &c.homes, 1, T0, &id, e));
    REFUSED(s, ERR_REFUSED, "another agency", registry_glass_review(s, registry_test_vault, id, REGISTRY_GLASS_RIGHT, STR("fine"), &c.jo, T0, &a, e));
    REFUSED(s, ERR_REFUSED, "another agency", registry_glass_review(s, registry_test_vault, id, REGISTRY_GLASS_RIGHT, STR("fine"), &c.kim, T0, &a, e));
    REFUSED(s, ERR_NOT_FOUND, "under this number", registry_glass_review(s, registry_test_vault, id + 9, REGISTRY_GLASS_RIGHT, STR("fine"), &c.lee, T0, &a, e));
    /* unreviewed: the right ends with the 72nd hour, also for what was broken since */
    struct registry_glass later = until(T0 + 73 * HOUR);
    DO(s, registry_glass_break(s, registry_test_vault, &c.jo, &later, &c.homes, 1, T0 + 71 * HOUR, &id2, e));
    assert_int_equal(held(s, &c.jo, "C1", T0 + 72 * HOUR - 1), T0 + 73 * HOUR);
    assert_int_equal(held(s, &c.jo, "C1", T0 + 72 * HOUR), 0);
    REFUSED(s, ERR_REFUSED, "not reviewed in time", registry_glass_break(s, registry_test_vault, &c.jo, &again, &c.homes, 1, T0 + 72 * HOUR, &id2, e));
    /* a late review gives it back */
    DO(s, registry_glass_review(s, registry_test_vault, id, REGISTRY_GLASS_RIGHT, STR("fine"), &c.lee, T0 + 72 * HOUR, &a, e));
    assert_int_equal(held(s, &c.jo, "C1", T0 + 72 * HOUR), T0 + 73 * HOUR);
    /* judged wrong: shut at once */
    DO(s, registry_glass_review(s, registry_test_vault, id2, REGISTRY_GLASS_WRONG, STR("curiosity"), &c.lee, T0 + 72 * HOUR, &a, e));
    assert_int_equal(held(s, &c.jo, "C1", T0 + 72 * HOUR + 1), 0);
    REFUSED(s, ERR_REFUSED, "judged wrong", registry_glass_break(s, registry_test_vault, &c.jo, &again, &c.homes, 1, T0 + 72 * HOUR, &id2, e));
    REFUSED(s, ERR_CONFLICT, "so already", registry_glass_review(s, registry_test_vault, id2, REGISTRY_GLASS_WRONG, STR("still"), &c.mo, T0 + 72 * HOUR, &a, e));
    REFUSED(s, ERR_REFUSED, "overruled by somebody else", registry_glass_review(s, registry_test_vault, id2, REGISTRY_GLASS_RIGHT, STR("oh"), &c.lee, T0 + 72 * HOUR, &a, e));
    DO(s, registry_glass_review(s, registry_test_vault, id2, REGISTRY_GLASS_RIGHT, STR("I have seen the papers"), &c.mo, T0 + 72 * HOUR, &a, e));
    test_ok(registry_glass_suspended(s, c.jo.id, T0 + 999 * HOUR, &suspended, &problem), &problem);
    assert_false(suspended);
    test_ok(registry_glass_suspended(s, c.kim.id, T0 + 999 * HOUR, &suspended, &problem), &problem);
    assert_false(suspended);
}

ON_EACH(breaking)
ON_EACH(reviewing)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(breaking_on_each), cmocka_unit_test(reviewing_on_each)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("glass", tests, registry_test_setup, registry_test_teardown);
}
