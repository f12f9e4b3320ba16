/* sign_in.c: passwords, one-time codes, recovery codes, and who may have a session.
 *
 *   1. The password, outside any transaction; for a name that nobody has the same work against nobody's password.
 *   2. Too many failures in a row: refused until the wait is over, whatever is given. The wait does not grow meanwhile, so that nobody can be locked out for longer by others than it takes to wait.
 *   3. The code: of the authenticator, later than the one used last; else a recovery code, once. Both are looked at for every name, so that time does not tell.
 *   4. The account must be active now, with a password and an authenticator of its own.
 *   5. A failure is counted, a success starts the count again and opens a session.
 * Every refusal looks the same. A sign-in by recovery code is no step-up. */
#include "registry/registry_int.h"

#include <assert.h>
#include <sodium.h>

struct secrets {
    bool found;
    int64_t id, totp_step, failures, failed_ms;
    bool active, has_password, has_totp;
    struct vault_password password;
    struct vault_totp totp;
};

static void secrets_wipe(struct secrets *k) { sodium_memzero(k, sizeof *k); }
#define _cleanup_secrets_ __attribute__((cleanup(secrets_wipe)))

static struct vault_place place(const char *column, int64_t user) { return (struct vault_place){"staff", column, user}; }

/* ---- the secret of one-time codes ---- */

static enum err_code totp_open(const struct vault *v, int64_t user, struct str wrapped, struct str sealed, struct vault_totp *ret, struct err *e)
{
    _cleanup_vault_key_ struct vault_key key = {{0}};
    _cleanup_buf_ struct buf plain;
    buf_init(&plain, sizeof ret->secret);
    ERR_TRY(vault_key_unwrap(v, place("wrapped", user), wrapped, &key, e));
    ERR_TRY(vault_unseal(&key, place("totp_secret", user), sealed, &plain, e));
    if (plain.n != sizeof ret->secret)
        return err_set(e, ERR_STORE, "a stored secret is damaged");
    memcpy(ret->secret, plain.p, sizeof ret->secret);
    return ERR_OK;
}

static enum err_code totp_put(struct store *s, const struct vault *v, int64_t user, const struct vault_totp *totp, struct err *e)
{
    _cleanup_vault_key_ struct vault_key key = {{0}};
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf sealed;
    bool row = false;
    buf_init(&sealed, sizeof totp->secret + VAULT_SEAL_OVERHEAD);
    ERR_TRY(STORE_QUERY(s, sql_registry_user_key, &c, e, V_INT(user)));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return err_set(e, ERR_NOT_FOUND, "there is no such user");
    ERR_TRY(vault_key_unwrap(v, place("wrapped", user), store_text(c, 0), &key, e));
    ERR_TRY(vault_seal(&key, place("totp_secret", user), (struct str){(const char *)totp->secret, sizeof totp->secret}, &sealed, e));
    return STORE_RUN(s, sql_registry_totp_put, e, V_INT(user), V_BLOB(buf_as_str(&sealed)));
}

static enum err_code real_user(const struct registry_user *u, struct err *e)
{
    return registry_is_demo(u) ? err_set(e, ERR_REFUSED, "a demonstration user has no password and no codes of its own: register real users") : ERR_OK;
}

enum err_code registry_totp_new(struct store *s, const struct vault *v, const struct registry_user *u, int64_t now_ms, struct vault_totp *ret, struct err *e)
{
    struct vault_totp totp;
    assert(store_in_transaction(s));
    ERR_TRY(real_user(u, e));
    vault_totp_new(&totp);
    enum err_code code = totp_put(s, v, u->id, &totp, e);
    if (code == ERR_OK)
        code = registry_sessions_end(s, u->id, "a new authenticator", now_ms, e);
    if (code == ERR_OK)
        *ret = totp;
    vault_totp_wipe(&totp);
    return code;
}

enum err_code registry_recovery_new(struct store *s, const struct vault *v, const struct registry_user *u, int64_t now_ms,
                                    struct vault_recovery_code ret[VAULT_RECOVERY_CODES], struct err *e)
{
    struct vault_token_hash hashes[VAULT_RECOVERY_CODES];
    struct vault_recovery_code codes[VAULT_RECOVERY_CODES];
    int64_t id;
    assert(store_in_transaction(s));
    ERR_TRY(real_user(u, e));
    ERR_TRY(STORE_RUN(s, sql_registry_recovery_void, e, V_INT(u->id), V_INT(now_ms)));
    ERR_TRY(store_reserve_ids(s, "staff_recovery", VAULT_RECOVERY_CODES, &id, e));
    vault_recovery_new(v, u->id, codes, hashes);
    for (size_t i = 0; i < VAULT_RECOVERY_CODES; i++)
        ERR_TRY(STORE_RUN(s, sql_registry_recovery_insert, e, V_INT(id + (int64_t)i), V_INT(u->id), V_BLOB(((struct str){(const char *)hashes[i].bytes, sizeof hashes[i].bytes}))));
    memcpy(ret, codes, sizeof codes);
    sodium_memzero(codes, sizeof codes);
    return ERR_OK;
}

/* ---- passwords ---- */

enum err_code registry_password_set(struct store *s, struct vault_gate *g, const struct registry_user *u, struct str password, int64_t now_ms, struct err *e)
{
    struct vault_password hash;
    size_t at;
    assert(store_in_transaction(s));
    ERR_TRY(real_user(u, e));
    if (!utf8_valid(password, &at) || utf8_length(password) < LIMIT_PASSWORD_LEAST)
        return err_set(e, ERR_USAGE, "a password has at least %zu characters: several words that do not belong together are easy to remember", LIMIT_PASSWORD_LEAST);
    if (str_find(password, u->name) >= 0)
        return err_set(e, ERR_USAGE, "a password must not hold the user's name");
    ERR_TRY(vault_password_hash(g, password, &hash, e));
    ERR_TRY(STORE_RUN(s, sql_registry_password_put, e, V_INT(u->id), V_TEXT(str_of(hash.z))));
    return registry_sessions_end(s, u->id, "a new password", now_ms, e);
}

/* ---- signing in ---- */

static enum err_code read_secrets(const struct store_cursor *c, const struct vault *v, int64_t now_ms, struct secrets *k, struct err *e)
{
    struct str password = store_text(c, 5), totp = store_text(c, 7);
    k->found = true;
    k->id = store_int(c, 0);
    k->active = store_int(c, 1) == ACCESS_STANDING_active && now_ms >= store_int(c, 2) && now_ms < store_int(c, 3) && store_column(c, 4).type == STORE_NULL;
    k->has_password = password.p != NULL;
    k->has_totp = totp.p != NULL;
    k->totp_step = store_int(c, 8);
    k->failures = store_int(c, 9);
    k->failed_ms = store_int(c, 10);
    if (password.n >= sizeof k->password.z)
        return err_set(e, ERR_STORE, "a stored password is damaged");
    if (password.n)
        memcpy(k->password.z, password.p, password.n);
    return v && k->has_totp ? totp_open(v, k->id, store_text(c, 6), totp, &k->totp, e) : ERR_OK;
}

/* `v` NULL: without the secret of codes. A name that nobody has gives secrets that open nothing. */
static enum err_code secrets_of(struct store *s, const struct vault *v, struct str name, int64_t now_ms, struct secrets *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row = false;
    size_t at;
    *ret = (struct secrets){.totp_step = -1};
    if (name.n > LIMIT_REGISTRY_NAME_BYTES || !utf8_valid(name, &at))
        name = STR("");
    ERR_TRY(STORE_QUERY(s, sql_registry_secrets, &c, e, V_TEXT(name)));
    ERR_TRY(store_step(c, &row, e));
    if (row)
        return read_secrets(c, v, now_ms, ret, e);
    vault_totp_new(&ret->totp);
    return ERR_OK;
}

enum err_code registry_sign_in_check(struct store *s, struct vault_gate *g, struct str name, struct str password, struct registry_attempt *ret, struct err *e)
{
    _cleanup_secrets_ struct secrets k = {0};
    bool right;
    ERR_TRY(secrets_of(s, NULL, name, 0, &k, e));
    ERR_TRY(vault_password_check(g, k.has_password ? &k.password : NULL, password, &right, e));
    *ret = (struct registry_attempt){.name = name, .right_password = right};
    return ERR_OK;
}

static int64_t wait_after(int64_t failures)
{
    int64_t wait = LIMIT_SIGN_IN_WAIT_MS;
    if (failures < LIMIT_SIGN_IN_FAILURES)
        return 0;
    for (int64_t i = LIMIT_SIGN_IN_FAILURES; i < failures && wait < LIMIT_SIGN_IN_WAIT_MOST_MS; i++)
        wait *= 2;
    return wait < LIMIT_SIGN_IN_WAIT_MOST_MS ? wait : LIMIT_SIGN_IN_WAIT_MOST_MS;
}

static bool must_wait(const struct secrets *k, int64_t now_ms) { return now_ms < k->failed_ms + wait_after(k->failures); }

/* The unused recovery code that was typed; 0: none. */
static enum err_code recovery_find(struct store *s, const struct vault *v, int64_t user, struct str code, int64_t *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct vault_token_hash typed, stored;
    bool form = vault_recovery_hash(v, user, code, &typed);
    *ret = 0;
    ERR_TRY(STORE_QUERY(s, sql_registry_recovery_each, &c, e, V_INT(user)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        struct str hash = store_text(c, 1);
        if (hash.n != sizeof stored.bytes)
            return err_set(e, ERR_STORE, "a stored recovery code is damaged");
        memcpy(stored.bytes, hash.p, sizeof stored.bytes);
        if (form && vault_token_same(&typed, &stored))
            *ret = store_int(c, 0);
    }
}

struct verdict {
    bool right;
    int64_t step, recovery; /* step: of the authenticator's code, else the one used last; recovery: the code used up, or 0 */
};

static enum err_code judge_code(struct store *s, const struct vault *v, const struct secrets *k, struct str code, int64_t now_ms, struct verdict *ret, struct err *e)
{
    int64_t step = k->totp_step, recovery;
    bool by_totp = vault_totp_check(&k->totp, code, now_ms, k->totp_step, &step) && k->has_totp;
    ERR_TRY(recovery_find(s, v, k->id, code, &recovery, e));
    *ret = (struct verdict){.right = by_totp || (recovery && k->has_totp), .step = by_totp ? step : k->totp_step, .recovery = by_totp ? 0 : recovery};
    return ERR_OK;
}

static enum err_code count(struct store *s, const struct secrets *k, const struct verdict *verdict, bool ok, int64_t now_ms, struct err *e)
{
    if (!k->found)
        return ERR_OK; /* the entry in the ledger is written all the same, so the commit takes as long */
    if (!ok)
        return must_wait(k, now_ms) ? ERR_OK : STORE_RUN(s, sql_registry_failure_put, e, V_INT(k->id), V_INT(now_ms));
    if (verdict->recovery)
        ERR_TRY(STORE_RUN(s, sql_registry_recovery_use, e, V_INT(verdict->recovery), V_INT(now_ms)));
    return STORE_RUN(s, sql_registry_success_put, e, V_INT(k->id), V_INT(verdict->step));
}

enum err_code registry_sign_in(struct store *s, const struct vault *v, const struct registry_attempt *attempt, struct str code, struct str device, int64_t now_ms,
                               struct registry_signed_in *ret, struct err *e)
{
    _cleanup_secrets_ struct secrets k = {0};
    struct verdict verdict;
    struct registry_signed_in out = {.ok = false};
    assert(store_in_transaction(s));
    ERR_TRY(secrets_of(s, v, attempt->name, now_ms, &k, e));
    ERR_TRY(judge_code(s, v, &k, code, now_ms, &verdict, e));                                               /* 3 */
    out.ok = !must_wait(&k, now_ms) && k.found && attempt->right_password && verdict.right && k.active && k.has_password; /* 2, 1, 4 */
    ERR_TRY(count(s, &k, &verdict, out.ok, now_ms, e));                                                     /* 5 */
    if (out.ok) {
        out.user = k.id;
        ERR_TRY(registry_session_open(s, v, k.id, device, verdict.recovery ? 0 : now_ms + LIMIT_STEP_UP_MS, now_ms, &out.token, &out.session, e));
    }
    *ret = out;
    return ERR_OK;
}

/* ---- a stronger sign-in ---- */

enum err_code registry_step_up(struct store *s, const struct vault *v, const struct registry_user *u, struct str code, int64_t now_ms, int64_t *ret_until_ms, struct err *e)
{
    _cleanup_secrets_ struct secrets k = {0};
    assert(store_in_transaction(s));
    if (registry_is_demo(u)) {
        *ret_until_ms = str_eq(str_trim(code), STR("000000")) ? now_ms + LIMIT_STEP_UP_MS : 0;
        return ERR_OK;
    }
    ERR_TRY(secrets_of(s, v, u->name, now_ms, &k, e));
    struct verdict verdict = {.step = k.totp_step};
    verdict.right = vault_totp_check(&k.totp, code, now_ms, k.totp_step, &verdict.step) && k.has_totp && k.active && !must_wait(&k, now_ms);
    ERR_TRY(count(s, &k, &verdict, verdict.right, now_ms, e));
    *ret_until_ms = verdict.right ? now_ms + LIMIT_STEP_UP_MS : 0;
    return ERR_OK;
}
