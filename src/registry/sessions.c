/* sessions.c: who is signed in. Only a keyed hash of the token is kept; a session that has ended is ended for every door at once, because each asks here, each time. */
#include "registry/registry_int.h"

#include <assert.h>

#define SEEN_STEP_MS (INT64_C(60) * 1000) /* being seen is noted at most once a minute: no write for each request */

enum err_code registry_session_open(struct store *s, const struct vault *v, int64_t user, struct str device, int64_t step_up_until_ms, int64_t now_ms, struct vault_token *ret,
                                    int64_t *ret_id, struct err *e)
{
    struct vault_token token;
    int64_t id;
    ERR_TRY(store_reserve_ids(s, "staff_session", 1, &id, e));
    vault_token_new(&token);
    const struct vault_token_hash hash = vault_token_hash(v, "session", str_of(token.z));
    enum err_code code = STORE_RUN(s, sql_registry_session_insert, e, V_INT(id), V_BLOB(((struct str){(const char *)hash.bytes, sizeof hash.bytes})), V_INT(user), V_TEXT(device),
                                   V_INT(now_ms), V_INT(now_ms + LIMIT_SESSION_MS), V_INT(step_up_until_ms));
    if (code == ERR_OK) {
        *ret = token;
        *ret_id = id;
    }
    vault_token_wipe(&token);
    return code;
}

static enum err_code read_session(const struct store_cursor *c, struct arena *a, struct registry_session *ret, struct err *e)
{
    *ret = (struct registry_session){.id = store_int(c, 0), .user = store_int(c, 1), .made_ms = store_int(c, 4), .seen_ms = store_int(c, 5), .until_ms = store_int(c, 6),
                                     .step_up_until_ms = store_int(c, 7)};
    ERR_TRY(registry_text(c, 2, a, &ret->user_name, e));
    return registry_text(c, 3, a, &ret->device, e);
}

static enum err_code find_open(struct store *s, const struct vault *v, struct str token, int64_t now_ms, struct arena *a, struct registry_session *ret, bool *ret_found, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    const struct vault_token_hash hash = vault_token_hash(v, "session", token);
    bool row = false;
    *ret_found = false;
    ERR_TRY(STORE_QUERY(s, sql_registry_session_by_hash, &c, e, V_BLOB(((struct str){(const char *)hash.bytes, sizeof hash.bytes}))));
    ERR_TRY(store_step(c, &row, e));
    if (!row || store_column(c, 8).type != STORE_NULL)
        return ERR_OK;
    ERR_TRY(read_session(c, a, ret, e));
    *ret_found = now_ms < ret->until_ms && now_ms - ret->seen_ms < LIMIT_SESSION_IDLE_MS;
    return ERR_OK;
}

enum err_code registry_session_find(struct store *s, const struct vault *v, struct str token, int64_t now_ms, struct arena *a, struct registry_session *ret,
                                    struct registry_user *ret_user, struct err *e)
{
    struct registry_session session;
    struct registry_user user;
    bool found;
    assert(!store_in_transaction(s));
    ERR_TRY(find_open(s, v, token, now_ms, a, &session, &found, e));
    if (found) {
        ERR_TRY(registry_user_find(s, session.user_name, now_ms, a, &user, e));
        found = user.standing == ACCESS_STANDING_active && now_ms >= user.from_ms && now_ms < user.to_ms;
    }
    if (!found)
        return err_set(e, ERR_REFUSED, "you are not signed in, or no longer: sign in again");
    if (now_ms - session.seen_ms >= SEEN_STEP_MS)
        ERR_TRY(STORE_RUN(s, sql_registry_session_seen, e, V_INT(session.id), V_INT(now_ms)));
    *ret = session;
    *ret_user = user;
    return ERR_OK;
}

enum err_code registry_sessions(struct store *s, int64_t now_ms, struct arena *a, struct registry_session **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_SESSIONS * sizeof **ret);
    ERR_TRY(STORE_QUERY(s, sql_registry_session_each, &c, e, V_INT(now_ms), V_INT(now_ms - LIMIT_SESSION_IDLE_MS)));
    for (bool row = true;;) {
        struct registry_session one;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(read_session(c, a, &one, e));
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the list of sessions", ret, ret_n, e);
}

enum err_code registry_session_step_up(struct store *s, int64_t session, int64_t until_ms, struct err *e)
{
    assert(store_in_transaction(s));
    return STORE_RUN(s, sql_registry_session_step_up, e, V_INT(session), V_INT(until_ms));
}

enum err_code registry_session_end(struct store *s, int64_t session, int64_t now_ms, struct err *e)
{
    int64_t changed = 0;
    assert(store_in_transaction(s));
    ERR_TRY(store_run(s, &sql_registry_session_end, (const struct store_value[]){V_INT(session), V_TEXT(STR("signed out")), V_INT(now_ms)}, &changed, e));
    return changed ? ERR_OK : err_set(e, ERR_NOT_FOUND, "this session has ended already");
}

enum err_code registry_sessions_end(struct store *s, int64_t user, const char *why, int64_t now_ms, struct err *e)
{
    return STORE_RUN(s, sql_registry_session_end_of_user, e, V_INT(user), V_TEXT(str_of(why)), V_INT(now_ms));
}
