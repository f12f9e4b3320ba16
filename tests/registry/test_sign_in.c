/* Signing in, on both engines: one form and one refusal for everything, codes that are good once, waits that grow, sessions that end everywhere at once. */
#include "registry/registry_test.h"

static struct vault_gate gate;
#define PASSWORD "seven green ladders hum"
#define NOW0 (T0 + 7) /* not on a step's edge */
#define STEP (VAULT_TOTP_SECONDS * MS_PER_SECOND)

struct person {
    struct registry_user u;
    struct vault_totp totp;
};

static struct person person(struct store *s, const char *name, int64_t of, enum access_role role)
{
    struct person p = {.u = add(s, name, of, "", role)};
    DO(s, registry_password_set(s, &gate, &p.u, STR(PASSWORD), T0, e));
    DO(s, registry_totp_new(s, registry_test_vault, &p.u, T0, &p.totp, e));
    return p;
}

static const char *code_at(const struct person *p, int64_t now)
{
    static char z[8];
    (void)snprintf(z, sizeof z, "%06u", vault_totp_value(&p->totp, (uint64_t)(now / STEP)) % 1000000);
    return z;
}

static struct registry_signed_in sign_in(struct store *s, const char *name, const char *password, const char *code, int64_t now)
{
    struct registry_attempt attempt;
    struct registry_signed_in in;
    struct err problem;
    test_ok(registry_sign_in_check(s, &gate, str_of(name), str_of(password), &attempt, &problem), &problem);
    DO(s, registry_sign_in(s, registry_test_vault, &attempt, str_of(code), STR("browser"), now, &in, e));
    return in;
}

static enum err_code session(struct store *s, const struct registry_signed_in *in, int64_t now, struct registry_session *ret, struct registry_user *ret_user)
{
    _cleanup_arena_ struct arena a;
    struct err e;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    enum err_code code = registry_session_find(s, registry_test_vault, str_of(in->token.z), now, &a, ret, ret_user, &e);
    if (code != ERR_OK)
        assert_string_equal(e.message, "you are not signed in, or no longer: sign in again");
    return code;
}

static void signing_in(struct store *s, struct test_store *t)
{
    struct registry_session found;
    struct registry_user who;
    (void)t;
    int64_t police = agency(s, "Northmoor Police", AGENCY_police);
    struct person admin = person(s, "root.admin", police, ACCESS_ROLE_administrator), jo = person(s, "jo.bloggs", police, ACCESS_ROLE_reviewer);
    struct registry_user bare = add(s, "kim.low", police, "", ACCESS_ROLE_reviewer);
    DO(s, registry_password_set(s, &gate, &bare, STR(PASSWORD), T0, e));
    assert_false(sign_in(s, "nobody.here", PASSWORD, "123456", NOW0).ok);
    assert_false(sign_in(s, "", "", "", NOW0).ok);
    assert_false(sign_in(s, "jo.bloggs", "seven green ladders hum?", code_at(&jo, NOW0), NOW0).ok);
    assert_false(sign_in(s, "jo.bloggs", PASSWORD, code_at(&jo, NOW0 + 10 * STEP), NOW0).ok);
    assert_false(sign_in(s, "kim.low", PASSWORD, "000000", NOW0).ok); /* without an authenticator nobody signs in */
    struct registry_signed_in in = sign_in(s, "jo.bloggs", PASSWORD, code_at(&jo, NOW0), NOW0);
    assert_true(in.ok);
    assert_int_equal(session(s, &in, NOW0 + 1, &found, &who), ERR_OK);
    assert_true(found.id == in.session && who.id == jo.u.id && found.step_up_until_ms == NOW0 + LIMIT_STEP_UP_MS);
    assert_false(sign_in(s, "jo.bloggs", PASSWORD, code_at(&jo, NOW0), NOW0 + 1).ok);        /* used */
    assert_false(sign_in(s, "jo.bloggs", PASSWORD, code_at(&jo, NOW0 - STEP), NOW0 + 2).ok); /* older than the one used */
    assert_true(sign_in(s, "jo.bloggs", PASSWORD, code_at(&jo, NOW0 + STEP), NOW0 + STEP).ok);
    DO(s, registry_user_set_standing(s, &jo.u, ACCESS_STANDING_suspended, admin.u.name, NOW0, e));
    assert_int_equal(session(s, &in, NOW0 + 3, &found, &who), ERR_REFUSED);
    assert_false(sign_in(s, "jo.bloggs", PASSWORD, code_at(&jo, NOW0 + 2 * STEP), NOW0 + 2 * STEP).ok);
}

static void waiting(struct store *s, struct test_store *t)
{
    (void)t;
    int64_t police = agency(s, "Northmoor Police", AGENCY_police), now = NOW0;
    struct person admin = person(s, "root.admin", police, ACCESS_ROLE_administrator);
    for (int i = 0; i < LIMIT_SIGN_IN_FAILURES; i++)
        assert_false(sign_in(s, "root.admin", "wrong", "1", now).ok);
    assert_false(sign_in(s, "root.admin", PASSWORD, code_at(&admin, now), now + LIMIT_SIGN_IN_WAIT_MS - 1).ok); /* right, too early: and the wait does not grow by it */
    now += LIMIT_SIGN_IN_WAIT_MS;
    assert_false(sign_in(s, "root.admin", "wrong", "1", now).ok);
    assert_false(sign_in(s, "root.admin", PASSWORD, code_at(&admin, now), now + 2 * LIMIT_SIGN_IN_WAIT_MS - 1).ok);
    now += 2 * LIMIT_SIGN_IN_WAIT_MS;
    assert_true(sign_in(s, "root.admin", PASSWORD, code_at(&admin, now), now).ok);
    assert_false(sign_in(s, "root.admin", "wrong", "1", now).ok);
    now += STEP;
    assert_true(sign_in(s, "root.admin", PASSWORD, code_at(&admin, now), now).ok); /* the count began anew */
}

static void recovery(struct store *s, struct test_store *t)
{
    struct vault_recovery_code codes[VAULT_RECOVERY_CODES], others[VAULT_RECOVERY_CODES];
    struct registry_session found;
    struct registry_user who;
    (void)t;
    int64_t police = agency(s, "Northmoor Police", AGENCY_police);
    struct person admin = person(s, "root.admin", police, ACCESS_ROLE_administrator), jo = person(s, "jo.bloggs", police, ACCESS_ROLE_reviewer);
    DO(s, registry_recovery_new(s, registry_test_vault, &jo.u, T0, codes, e));
    DO(s, registry_recovery_new(s, registry_test_vault, &admin.u, T0, others, e));
    assert_false(sign_in(s, "jo.bloggs", PASSWORD, others[0].z, NOW0).ok);
    struct registry_signed_in in = sign_in(s, "jo.bloggs", PASSWORD, codes[3].z, NOW0);
    assert_true(in.ok);
    assert_int_equal(session(s, &in, NOW0, &found, &who), ERR_OK);
    assert_int_equal(found.step_up_until_ms, 0); /* no stronger sign-in */
    assert_false(sign_in(s, "jo.bloggs", PASSWORD, codes[3].z, NOW0).ok);
    DO(s, registry_recovery_new(s, registry_test_vault, &jo.u, T0, codes + 0, e));
    assert_true(sign_in(s, "jo.bloggs", PASSWORD, codes[4].z, NOW0).ok);
}

static void sessions(struct store *s, struct test_store *t)
{
    struct registry_session found;
    struct registry_user who;
    (void)t;
    int64_t police = agency(s, "Northmoor Police", AGENCY_police), now = NOW0, until;
    struct person admin = person(s, "root.admin", police, ACCESS_ROLE_administrator);
    struct registry_signed_in in = sign_in(s, "root.admin", PASSWORD, code_at(&admin, now), now), none = {.token = {"no such token"}};
    assert_int_equal(session(s, &none, now, &found, &who), ERR_REFUSED);
    assert_int_equal(session(s, &in, now + LIMIT_SESSION_IDLE_MS, &found, &who), ERR_REFUSED);
    for (; now < NOW0 + LIMIT_SESSION_MS; now += LIMIT_SESSION_IDLE_MS - 1)
        assert_int_equal(session(s, &in, now, &found, &who), ERR_OK);
    assert_int_equal(session(s, &in, NOW0 + LIMIT_SESSION_MS, &found, &who), ERR_REFUSED); /* however busy */
    now += STEP;
    in = sign_in(s, "root.admin", PASSWORD, code_at(&admin, now), now);
    DO(s, registry_step_up(s, registry_test_vault, &admin.u, str_of(code_at(&admin, now)), now, &until, e));
    assert_int_equal(until, 0); /* that code opened the session */
    now += STEP;
    DO(s, registry_step_up(s, registry_test_vault, &admin.u, str_of(code_at(&admin, now)), now, &until, e));
    assert_int_equal(until, now + LIMIT_STEP_UP_MS);
    DO(s, registry_session_step_up(s, in.session, until, e));
    assert_int_equal(session(s, &in, now, &found, &who), ERR_OK);
    assert_int_equal(found.step_up_until_ms, until);
    DO(s, registry_session_end(s, in.session, now, e));
    assert_int_equal(session(s, &in, now, &found, &who), ERR_REFUSED);
    REFUSED(s, ERR_NOT_FOUND, "ended already", registry_session_end(s, in.session, now, e));
    now += STEP;
    in = sign_in(s, "root.admin", PASSWORD, code_at(&admin, now), now);
    DO(s, registry_password_set(s, &gate, &admin.u, STR("eleven blue trumpets"), now, e));
    assert_int_equal(session(s, &in, now, &found, &who), ERR_REFUSED);
}

static void passwords(struct store *s, struct test_store *t)
{
    (void)t;
    assert_true(find(s, "demo.admin", T0).id < 0);
    struct registry_user demo = find(s, "demo.admin", T0);
    int64_t until;
    DO(s, registry_step_up(s, registry_test_vault, &demo, STR("000000"), T0, &until, e));
    assert_int_equal(until, T0 + LIMIT_STEP_UP_MS);
    DO(s, registry_step_up(s, registry_test_vault, &demo, STR("000001"), T0, &until, e));
    assert_int_equal(until, 0);
    REFUSED(s, ERR_REFUSED, "demonstration user", registry_password_set(s, &gate, &demo, STR(PASSWORD), T0, e));
    int64_t police = agency(s, "Northmoor Police", AGENCY_police);
    struct registry_user admin = add(s, "root.admin", police, "", ACCESS_ROLE_administrator);
    REFUSED(s, ERR_USAGE, "at least 12 characters", registry_password_set(s, &gate, &admin, STR("elevenchars"), T0, e));
    REFUSED(s, ERR_USAGE, "must not hold the user's name", registry_password_set(s, &gate, &admin, STR("my root.admin word"), T0, e));
}

ON_EACH(signing_in)
ON_EACH(waiting)
ON_EACH(recovery)
ON_EACH(sessions)
ON_EACH(passwords)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signing_in_on_each), cmocka_unit_test(waiting_on_each),   cmocka_unit_test(recovery_on_each),
        cmocka_unit_test(sessions_on_each),   cmocka_unit_test(passwords_on_each),
    };
    vault_gate_init(&gate);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("sign-in", tests, registry_test_setup, registry_test_teardown);
}
