/* sessions.c: who is signed in. Only a keyed hash of the token is kept; a session that has ended is ended for every door at once, because each asks here. */
#include "registry/registry_int.h"

enum err_code registry_sessions_end(struct store *s, int64_t user, const char *why, int64_t now_ms, struct err *e)
{
    return STORE_RUN(s, sql_registry_session_end_of_user, e, V_INT(user), V_TEXT(str_of(why)), V_INT(now_ms));
}
