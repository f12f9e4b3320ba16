/* test_sign_in.c: passwords, one-time codes, recovery codes and session tokens: known answers, and what must not open anything. */
#include "vault/sign_in.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

static void ok(enum err_code code, const struct err *e)
{
    if (code != ERR_OK)
        fail_msg("%s", e->message);
}

static struct vault *fresh_vault(void)
{
    char folder[] = "/tmp/haven-signin-XXXXXX", path[64];
    struct vault *v = NULL;
    struct err e;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/k", folder);
    ok(vault_create(path, &e), &e);
    ok(vault_open(path, &v, &e), &e);
    (void)unlink(path);
    (void)rmdir(folder);
    return v;
}

/* ---- passwords ---- */

static void the_right_password_and_no_other_opens(void **state)
{
    (void)state;
    struct vault_gate g;
    struct vault_password one, two;
    struct err e;
    bool right;
    vault_gate_init(&g);
    ok(vault_password_hash(&g, STR("correct horse"), &one, &e), &e);
    ok(vault_password_hash(&g, STR("correct horse"), &two, &e), &e);
    assert_true(str_starts(str_of(one.z), STR("$argon2id$v=19$m=65536,t=2,p=1$")));
    assert_string_not_equal(one.z, two.z); /* salted */
    ok(vault_password_check(&g, &one, STR("correct horse"), &right, &e), &e);
    assert_true(right);
    static const char *const wrong[] = {"correct hors", "correct horse ", "Correct horse", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ok(vault_password_check(&g, &one, str_of(wrong[i]), &right, &e), &e);
        assert_false(right);
    }
    assert_false(vault_password_stale(&one));
    struct vault_password old; /* made with fewer passes */
    assert_int_equal(crypto_pwhash_str_alg(old.z, "correct horse", 13, 1, 8192, crypto_pwhash_ALG_ARGON2ID13), 0);
    assert_true(vault_password_stale(&old));
    ok(vault_password_check(&g, &old, STR("correct horse"), &right, &e), &e);
    assert_true(right);
    vault_gate_destroy(&g);
}

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void an_unknown_user_costs_the_same_and_is_never_right(void **state)
{
    (void)state;
    struct vault_gate g;
    struct vault_password known;
    struct err e;
    bool right;
    double with = 1e9, without = 1e9; /* the least of a few: what others do on this machine only adds */
    vault_gate_init(&g);
    ok(vault_password_hash(&g, STR("correct horse"), &known, &e), &e);
    assert_false(vault_password_stale(NULL)); /* the stand-in has today's limits */
    for (int i = 0; i < 4; i++) {
        double start = seconds();
        ok(vault_password_check(&g, &known, STR("wrong horse"), &right, &e), &e);
        double middle = seconds();
        ok(vault_password_check(&g, NULL, STR("wrong horse"), &right, &e), &e);
        double end = seconds();
        assert_false(right);
        with = middle - start < with ? middle - start : with;
        without = end - middle < without ? end - middle : without;
    }
    if (without < 0.7 * with || without > 1.4 * with)
        fail_msg("%.4f s for a known user, %.4f s for an unknown one", with, without);
    vault_gate_destroy(&g);
}

static void bad_passwords_are_refused(void **state)
{
    (void)state;
    struct vault_gate g;
    struct vault_password p;
    struct err e;
    bool right;
    static char text[LIMIT_PASSWORD_BYTES + 1];
    memset(text, 'x', sizeof text);
    vault_gate_init(&g);
    assert_int_equal(vault_password_hash(&g, (struct str){text, sizeof text}, &p, &e), ERR_LIMIT);
    assert_string_equal(e.message, "a password may have at most 1024 bytes");
    memset(p.z, 'x', sizeof p.z);
    assert_int_equal(vault_password_check(&g, &p, STR("x"), &right, &e), ERR_STORE);
    (void)snprintf(p.z, sizeof p.z, "$argon2id$v=19$nonsense");
    ok(vault_password_check(&g, &p, STR("x"), &right, &e), &e);
    assert_false(right);
    vault_gate_destroy(&g);
}

static void a_full_gate_makes_wait_and_then_refuses(void **state)
{
    (void)state;
    struct vault_gate g;
    struct vault_password p;
    struct err e;
    vault_gate_init(&g);
    g.wait_ms = 50;
    g.running = LIMIT_PASSWORDS_AT_ONCE;
    assert_int_equal(vault_password_hash(&g, STR("x"), &p, &e), ERR_LIMIT);
    assert_string_equal(e.message, "too many people are signing in at this moment: try again in a minute");
    g.wait_ms = 3600000;
    g.waiting = LIMIT_PASSWORDS_WAITING; /* nobody else may even wait */
    assert_int_equal(vault_password_hash(&g, STR("x"), &p, &e), ERR_LIMIT);
    g.running = g.waiting = 0;
    ok(vault_password_hash(&g, STR("x"), &p, &e), &e);
    vault_gate_destroy(&g);
}

struct crowd {
    struct vault_gate g;
    struct vault_password stored;
    int right;
    size_t most;
};

static void *one_of_the_crowd(void *ctx)
{
    struct crowd *c = ctx;
    struct err e;
    bool right = false;
    if (vault_password_check(&c->g, &c->stored, STR("x"), &right, &e) == ERR_OK && right)
        (void)__atomic_add_fetch(&c->right, 1, __ATOMIC_RELAXED);
    (void)pthread_mutex_lock(&c->g.mutex);
    c->most = c->g.running > c->most ? c->g.running : c->most;
    (void)pthread_mutex_unlock(&c->g.mutex);
    return NULL;
}

static void a_crowd_gets_through_a_few_at_a_time(void **state)
{
    (void)state;
    enum { N = 12 };
    struct crowd c = {0};
    pthread_t threads[N];
    struct err e;
    vault_gate_init(&c.g);
    c.g.wait_ms = 60000;
    ok(vault_password_hash(&c.g, STR("x"), &c.stored, &e), &e);
    for (int i = 0; i < N; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, one_of_the_crowd, &c), 0);
    for (int i = 0; i < N; i++)
        (void)pthread_join(threads[i], NULL);
    assert_int_equal(c.right, N);
    assert_true(c.most <= LIMIT_PASSWORDS_AT_ONCE);
    vault_gate_destroy(&c.g); /* asserts that it is empty */
}

/* ---- one-time codes ---- */

static const struct vault_totp rfc = {"12345678901234567890"};

static void codes_are_those_of_the_rfcs(void **state)
{
    (void)state;
    static const uint32_t hotp[] = {0x4c93cf18, 0x41397eea, 0x82fef30, 0x66ef7655, 0x61c5938a, 0x33c083d4, 0x7256c032, 0x4e5b397, 0x2823443f, 0x2679dc69};
    for (size_t i = 0; i < sizeof hotp / sizeof *hotp; i++) /* RFC 4226, appendix D */
        assert_int_equal(vault_totp_value(&rfc, i), hotp[i]);
    static const struct { uint64_t at; uint32_t code; } totp[] = { /* RFC 6238, appendix B: eight digits */
        {59, 94287082}, {1111111109, 7081804}, {1111111111, 14050471}, {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130}};
    for (size_t i = 0; i < sizeof totp / sizeof *totp; i++)
        assert_int_equal(vault_totp_value(&rfc, totp[i].at / VAULT_TOTP_SECONDS) % 100000000, totp[i].code);
}

static void a_code_is_good_once_and_near_its_time(void **state)
{
    (void)state;
    int64_t step = 77;
    const int64_t at = 1111111111000, now = 1111111111 / 30; /* code 050471 */
    assert_true(vault_totp_check(&rfc, STR("050471"), at, -1, &step));
    assert_int_equal(step, now);
    assert_true(vault_totp_check(&rfc, STR("050 471"), at + 30000, -1, &step)); /* one step late, and early */
    assert_int_equal(step, now);
    assert_true(vault_totp_check(&rfc, STR(" 050471 "), at - 30000, now - 1, &step));
    step = 77;
    assert_false(vault_totp_check(&rfc, STR("050471"), at, now, &step)); /* used already */
    assert_false(vault_totp_check(&rfc, STR("050471"), at + 60000, -1, &step));
    assert_false(vault_totp_check(&rfc, STR("050471"), at - 60000, -1, &step));
    static const char *const wrong[] = {"050472", "50471", "0504711", "", "05047a", "０50471", "-50471", "+50471"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(vault_totp_check(&rfc, str_of(wrong[i]), at, -1, &step));
    assert_int_equal(step, 77);
}

static void the_address_holds_the_secret(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf b;
    buf_init(&b, 1000);
    vault_totp_uri(&rfc, STR("Haven Ouseshire"), STR("a+b@example.org"), &b);
    assert_true(str_eq(buf_as_str(&b), STR("otpauth://totp/Haven%20Ouseshire:a%2Bb%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Haven%20Ouseshire"
                                           "&algorithm=SHA1&digits=6&period=30")));
    struct vault_totp a, other;
    vault_totp_new(&a);
    vault_totp_new(&other);
    assert_memory_not_equal(&a, &other, sizeof a);
    vault_totp_wipe(&a);
}

/* ---- recovery codes ---- */

static void recovery_codes_are_kept_as_hashes_of_one_user(void **state)
{
    (void)state;
    struct vault *v = fresh_vault(), *other = fresh_vault();
    struct vault_recovery_code codes[VAULT_RECOVERY_CODES];
    struct vault_token_hash hashes[VAULT_RECOVERY_CODES], got;
    vault_recovery_new(v, 7, codes, hashes);
    for (size_t i = 0; i < VAULT_RECOVERY_CODES; i++) {
        assert_int_equal(strlen(codes[i].z), 19);
        assert_true(vault_recovery_hash(v, 7, str_of(codes[i].z), &got));
        for (size_t j = 0; j < VAULT_RECOVERY_CODES; j++)
            assert_int_equal(vault_token_same(&got, &hashes[j]), i == j);
        assert_true(vault_recovery_hash(v, 8, str_of(codes[i].z), &got));
        assert_false(vault_token_same(&got, &hashes[i]));
        assert_true(vault_recovery_hash(other, 7, str_of(codes[i].z), &got));
        assert_false(vault_token_same(&got, &hashes[i]));
    }
    vault_close(v);
    vault_close(other);
}

static void recovery_codes_forgive_how_they_are_typed(void **state)
{
    (void)state;
    struct vault *v = fresh_vault();
    struct vault_token_hash want, got;
    assert_true(vault_recovery_hash(v, 1, STR("0123-4567-89AB-1CDE"), &want));
    static const char *const same[] = {"0123456789AB1CDE", "o123 4567 89ab 1cde", "O1234567-89ab-ICDE", " 0L23-4567-89AB-lCDE "};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(vault_recovery_hash(v, 1, str_of(same[i]), &got));
        assert_true(vault_token_same(&got, &want));
    }
    static const char *const wrong[] = {"", "0123-4567-89AB-1CD", "0123-4567-89AB-1CDEF", "0123-4567-89AB-1CD!", "0123-4567-89AB-1CDU"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(vault_recovery_hash(v, 1, str_of(wrong[i]), &got));
    assert_true(vault_token_same(&got, &want));
    vault_close(v);
}

/* ---- tokens ---- */

static void tokens_are_long_and_their_hashes_apart(void **state)
{
    (void)state;
    struct vault *v = fresh_vault(), *other = fresh_vault();
    struct vault_token a, b;
    vault_token_new(&a);
    vault_token_new(&b);
    assert_int_equal(strlen(a.z), 43);
    assert_int_equal(strspn(a.z, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
    struct vault_token_hash x = vault_token_hash(v, "session", str_of(a.z)), again = vault_token_hash(v, "session", str_of(a.z));
    struct vault_token_hash differ[] = {vault_token_hash(v, "session", str_of(b.z)), vault_token_hash(v, "csrf", str_of(a.z)),
                                        vault_token_hash(other, "session", str_of(a.z))};
    assert_true(vault_token_same(&x, &again));
    for (size_t i = 0; i < sizeof differ / sizeof *differ; i++)
        assert_false(vault_token_same(&x, &differ[i]));
    vault_token_wipe(&a);
    assert_int_equal(a.z[0], 0);
    vault_close(v);
    vault_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_password_and_no_other_opens),
        cmocka_unit_test(an_unknown_user_costs_the_same_and_is_never_right),
        cmocka_unit_test(bad_passwords_are_refused),
        cmocka_unit_test(a_full_gate_makes_wait_and_then_refuses),
        cmocka_unit_test(a_crowd_gets_through_a_few_at_a_time),
        cmocka_unit_test(codes_are_those_of_the_rfcs),
        cmocka_unit_test(a_code_is_good_once_and_near_its_time),
        cmocka_unit_test(the_address_holds_the_secret),
        cmocka_unit_test(recovery_codes_are_kept_as_hashes_of_one_user),
        cmocka_unit_test(recovery_codes_forgive_how_they_are_typed),
        cmocka_unit_test(tokens_are_long_and_their_hashes_apart),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("sign in", tests, NULL, NULL);
}
