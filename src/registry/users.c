/* users.c: accounts, their roles and standing.
 *
 * Promises. A name means one person for ever. Nobody gives themselves a role or changes their own standing. Administrator is never one person's together with a role that sees
 * personal data. Suspending and ending take effect at once: sessions end in the same transaction. An administrator is always left. */
#include "registry/registry_int.h"

#include <assert.h>

/* ---- finding ---- */

static enum err_code read_roles(struct store *s, int64_t user, int64_t now_ms, uint32_t *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    uint32_t roles = 0;
    ERR_TRY(STORE_QUERY(s, sql_registry_role_each, &c, e, V_INT(user), V_INT(now_ms)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        int64_t role = store_int(c, 0);
        if (role > 0 && role < ACCESS_ROLE_N)
            roles |= 1u << role;
    }
    *ret = roles;
    return ERR_OK;
}

/* Columns as in registry_user_find. */
static enum err_code read_user(const struct store_cursor *c, struct arena *a, struct registry_user *ret, struct err *e)
{
    *ret = (struct registry_user){.id = store_int(c, 0), .agency = store_int(c, 2), .standing = (enum access_standing)store_int(c, 5), .from_ms = store_int(c, 6),
                                  .to_ms = store_int(c, 7), .line_manager = store_int(c, 8), .has_password = store_int(c, 9) == 1, .has_totp = store_int(c, 10) == 1};
    if (store_column(c, 11).type != STORE_NULL)
        ret->standing = ACCESS_STANDING_ended;
    ERR_TRY(registry_text(c, 1, a, &ret->name, e));
    ERR_TRY(registry_text(c, 3, a, &ret->agency_name, e));
    return registry_text(c, 4, a, &ret->unit, e);
}

static enum err_code find_row(struct store *s, struct str name, struct arena *a, struct registry_user *ret, bool *ret_found, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(STORE_QUERY(s, sql_registry_user_find, &c, e, V_TEXT(name)));
    ERR_TRY(store_step(c, ret_found, e));
    return *ret_found ? read_user(c, a, ret, e) : ERR_OK;
}

enum err_code registry_user_find(struct store *s, struct str name, int64_t now_ms, struct arena *a, struct registry_user *ret, struct err *e)
{
    struct registry_user u;
    bool found = false;
    size_t at;
    if (name.n > LIMIT_REGISTRY_NAME_BYTES || !utf8_valid(name, &at))
        return err_set(e, ERR_NOT_FOUND, "there is no such user");
    ERR_TRY(registry_demo_find(s, name, a, &u, &found, e));
    if (!found) {
        ERR_TRY(find_row(s, name, a, &u, &found, e));
        if (!found)
            return err_set(e, ERR_NOT_FOUND, "there is no such user");
        ERR_TRY(read_roles(s, u.id, now_ms, &u.roles, e));
    }
    *ret = u;
    return ERR_OK;
}

enum err_code registry_users(struct store *s, int64_t now_ms, struct arena *a, struct registry_user **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_USERS * sizeof **ret);
    ERR_TRY(store_query(s, &sql_registry_user_each, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        struct registry_user u;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(read_user(c, a, &u, e));
        ERR_TRY(read_roles(s, u.id, now_ms, &u.roles, e));
        (void)buf_add(&list, &u, sizeof u); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the list of users", ret, ret_n, e);
}

/* ---- making ---- */

static enum err_code check_new(struct store *s, const struct registry_new_user *u, struct err *e)
{
    int64_t id = 0;
    ERR_TRY(registry_name_check(u->name, "a user", e));
    if (str_starts(u->name, STR("demo.")))
        return err_set(e, ERR_USAGE, "names that begin with demo. are kept for the demonstration");
    if (u->unit.n)
        ERR_TRY(registry_line_check(u->unit, "a unit", e));
    if (u->shown_name.n)
        ERR_TRY(registry_line_check(u->shown_name, "what a user is called", e));
    if (u->from_ms >= u->to_ms)
        return err_set(e, ERR_USAGE, "the account would end before it begins");
    enum err_code code = store_query_int(s, &sql_registry_user_id, (const struct store_value[]){V_TEXT(u->name)}, &id, e);
    if (code == ERR_OK)
        return err_set(e, ERR_CONFLICT, "this name is or was somebody's: a name means one person for ever");
    if (code != ERR_NOT_FOUND)
        return code;
    if (!registry_is_set_up(s) && u->role != ACCESS_ROLE_administrator)
        return err_set(e, ERR_REFUSED, "the first user must be an administrator: nobody else could register the next one");
    return ERR_OK;
}

static enum err_code insert_role(struct store *s, int64_t user, enum access_role role, int64_t from_ms, int64_t to_ms, struct str by, struct err *e)
{
    int64_t id;
    ERR_TRY(store_reserve_ids(s, "staff_role", 1, &id, e));
    return STORE_RUN(s, sql_registry_role_insert, e, V_INT(id), V_INT(user), V_INT(role), V_INT(from_ms), V_INT(to_ms), V_TEXT(by));
}

static struct vault_place place(const char *column, int64_t user) { return (struct vault_place){"staff", column, user}; }

enum err_code registry_user_add(struct store *s, const struct vault *v, const struct registry_new_user *u, struct str by, int64_t now_ms, int64_t *ret_id, struct err *e)
{
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    _cleanup_vault_key_ struct vault_key key = {{0}};
    _cleanup_buf_ struct buf shown;
    int64_t id;
    buf_init(&shown, LIMIT_REGISTRY_TEXT_BYTES + VAULT_SEAL_OVERHEAD);
    assert(store_in_transaction(s) && u->role > 0 && u->role < ACCESS_ROLE_N);
    ERR_TRY(check_new(s, u, e));
    ERR_TRY(store_reserve_ids(s, "staff", 1, &id, e));
    vault_key_new(v, place("wrapped", id), &key, wrapped);
    ERR_TRY(vault_seal(&key, place("shown_name", id), u->shown_name, &shown, e));
    ERR_TRY(STORE_RUN(s, sql_registry_user_insert, e, V_INT(id), V_TEXT(u->name), V_INT(u->agency), V_TEXT(u->unit), V_INT(ACCESS_STANDING_active), V_INT(u->from_ms),
                      V_INT(u->to_ms), V_INT(u->line_manager), V_INT(now_ms), V_TEXT(by), V_BLOB(((struct str){(const char *)wrapped, sizeof wrapped})),
                      V_BLOB(buf_as_str(&shown))));
    ERR_TRY(insert_role(s, id, u->role, u->from_ms, u->to_ms, by, e));
    *ret_id = id;
    return ERR_OK;
}

enum err_code registry_user_shown_name(struct store *s, const struct vault *v, int64_t user, struct buf *ret, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    bool row = false;
    ERR_TRY(STORE_QUERY(s, sql_registry_user_shown, &c, e, V_INT(user)));
    ERR_TRY(store_step(c, &row, e));
    if (!row)
        return ERR_OK;
    _cleanup_vault_key_ struct vault_key key = {{0}};
    ERR_TRY(vault_key_unwrap(v, place("wrapped", user), store_text(c, 0), &key, e));
    return vault_unseal(&key, place("shown_name", user), store_text(c, 1), ret, e);
}

/* ---- roles ---- */

/* Why there is no way round: whoever gives out accounts and roles, and also sees persons, could look under an account of their own making, and the ledger would name somebody who does
 * not exist. A confirmation by that same person separates nothing. In a small agency the two are two people, or the hub's own administrator serves it. */
static bool roles_go_together(uint32_t roles)
{
    const uint32_t blind = ACCESS_ROLE_BIT(administrator) | ACCESS_ROLE_BIT(analyst); /* see no personal data */
    return !(roles & ACCESS_ROLE_BIT(administrator)) || !(roles & ~blind);
}

/* An administrator other than this user who may act now. */
static enum err_code another_administrator(struct store *s, int64_t but, int64_t now_ms, struct err *e)
{
    int64_t n;
    ERR_TRY(store_query_int(s, &sql_registry_administrators,
                            (const struct store_value[]){V_INT(ACCESS_ROLE_administrator), V_INT(ACCESS_STANDING_active), V_INT(now_ms), V_INT(but)}, &n, e));
    return n > 0 ? ERR_OK : err_set(e, ERR_REFUSED, "this is the last administrator: register another one first");
}

static enum err_code check_actor(const struct registry_user *u, struct str by, const char *what, struct err *e)
{
    if (str_eq(u->name, by))
        return err_set(e, ERR_REFUSED, "nobody %s: ask another administrator", what);
    if (registry_is_demo(u))
        return err_set(e, ERR_REFUSED, "a demonstration user cannot be changed: register real ones");
    return ERR_OK;
}

enum err_code registry_role_give(struct store *s, const struct registry_user *u, enum access_role role, int64_t to_ms, struct str by, int64_t now_ms, struct err *e)
{
    assert(store_in_transaction(s) && role > 0 && role < ACCESS_ROLE_N);
    ERR_TRY(check_actor(u, by, "gives themselves a role", e));
    if (u->standing == ACCESS_STANDING_ended)
        return err_set(e, ERR_CONFLICT, "this account has ended");
    if (u->roles & 1u << role)
        return err_set(e, ERR_CONFLICT, "this user has the role already");
    if (!roles_go_together(u->roles | 1u << role))
        return err_set(e, ERR_REFUSED, "an administrator has no role that sees personal data, and the other way round: take the one role before giving the other, or use two people");
    if (to_ms <= now_ms)
        return err_set(e, ERR_USAGE, "the role would end before it begins");
    return insert_role(s, u->id, role, now_ms, to_ms, by, e);
}

enum err_code registry_role_take(struct store *s, const struct registry_user *u, enum access_role role, struct str by, int64_t now_ms, struct err *e)
{
    int64_t changed = 0;
    assert(store_in_transaction(s));
    ERR_TRY(check_actor(u, by, "takes their own role", e));
    if (role == ACCESS_ROLE_administrator)
        ERR_TRY(another_administrator(s, u->id, now_ms, e));
    ERR_TRY(store_run(s, &sql_registry_role_end, (const struct store_value[]){V_INT(u->id), V_INT(role), V_INT(now_ms), V_TEXT(by)}, &changed, e));
    return changed ? ERR_OK : err_set(e, ERR_CONFLICT, "this user does not have the role");
}

/* ---- standing ---- */

enum err_code registry_user_set_standing(struct store *s, const struct registry_user *u, enum access_standing standing, struct str by, int64_t now_ms, struct err *e)
{
    assert(store_in_transaction(s) && standing > 0 && standing < ACCESS_STANDING_N);
    ERR_TRY(check_actor(u, by, "changes their own standing", e));
    if (u->standing == ACCESS_STANDING_ended)
        return err_set(e, ERR_CONFLICT, "this account has ended, for ever: register a new one");
    if (u->standing == standing)
        return err_set(e, ERR_CONFLICT, "the account is so already");
    if (standing != ACCESS_STANDING_active && u->roles & ACCESS_ROLE_BIT(administrator))
        ERR_TRY(another_administrator(s, u->id, now_ms, e));
    ERR_TRY(STORE_RUN(s, sql_registry_user_standing, e, V_INT(u->id), V_INT(standing)));
    return standing == ACCESS_STANDING_active ? ERR_OK : registry_sessions_end(s, u->id, standing == ACCESS_STANDING_ended ? "the account ended" : "the account was suspended", now_ms, e);
}
