/* sharing.c: what each agency shares with one, for one purpose, now: the rows of all active agreements and the decisions not to share, as access wants them.
 *
 *   1. The hub's own objects: shared fully (their evidence is filtered by owner, line by line).
 *   2. While the hub is being set up every agency shares fully.
 *   3. Within one agreement a row that names the agency goes before one that names its kind: who is named was meant.
 *   4. Between agreements the least ceiling holds: each owner has signed "not more than"; whoever wants more ends or replaces the agreement that says less. So no new file can widen
 *      what an older one keeps narrow without anybody noticing (access.md: a forbidding rule wins).
 *   5. A decision not to share: none.
 * The answer holds from now to the first moment at which any of it may change. */
#include "registry/registry_int.h"

struct row { /* of agreements, by owner, agreement, then rows for a kind before rows that name the agency */
    int64_t owner, agreement, to_agency, from_ms, to_ms;
    int ceiling;
};

static struct access_sharing *owner_of(struct access_sharing *list, size_t n, int64_t owner)
{
    size_t from = 0;
    while (from < n) { /* by owner */
        size_t middle = from + (n - from) / 2;
        if (list[middle].owner == owner)
            return &list[middle];
        if (list[middle].owner < owner)
            from = middle + 1;
        else
            n = middle;
    }
    return NULL;
}

/* Steps 3 and 4 for one agreement's word to the asker. */
static void apply(struct access_sharing *sharing, const struct row *r, int64_t now_ms)
{
    if (now_ms < r->from_ms) { /* not yet: but the answer ends when it begins */
        sharing->to_ms = r->from_ms < sharing->to_ms ? r->from_ms : sharing->to_ms;
        return;
    }
    if (sharing->ceiling == ACCESS_CEILING_NONE || r->ceiling < sharing->ceiling)
        sharing->ceiling = r->ceiling;
    sharing->from_ms = r->from_ms > sharing->from_ms ? r->from_ms : sharing->from_ms;
    sharing->to_ms = r->to_ms < sharing->to_ms ? r->to_ms : sharing->to_ms;
}

static enum err_code read_rows(struct store *s, int64_t agency, enum agency_kind kind, enum access_purpose purpose, int64_t now_ms, struct access_sharing *list, size_t n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    struct row last = {0};
    ERR_TRY(STORE_QUERY(s, sql_registry_sharing_each, &c, e, V_INT(agency), V_INT(kind), V_INT(purpose), V_INT(now_ms)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        struct row r = {0};
        if (row)
            r = (struct row){store_int(c, 0), store_int(c, 1), store_int(c, 2), store_int(c, 4), store_int(c, 5), (int)store_int(c, 3)};
        struct access_sharing *sharing = last.owner ? owner_of(list, n, last.owner) : NULL;
        if (sharing && (r.owner != last.owner || r.agreement != last.agreement)) /* the last row of an agreement names the agency, if any does */
            apply(sharing, &last, now_ms);
        if (!row)
            return ERR_OK;
        last = r;
    }
}

static enum err_code read_refusals(struct store *s, int64_t agency, enum access_purpose purpose, struct access_sharing *list, size_t n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    ERR_TRY(STORE_QUERY(s, sql_registry_refusal_match, &c, e, V_INT(agency), V_INT(purpose)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        struct access_sharing *sharing = owner_of(list, n, store_int(c, 0));
        if (sharing)
            sharing->ceiling = ACCESS_CEILING_NONE;
    }
}

static enum err_code sharings(struct store *s, int64_t agency, enum access_purpose purpose, bool open, int64_t now_ms, struct arena *a, struct access_sharing **ret, size_t *ret_n,
                              struct err *e)
{
    struct registry_agency *agencies;
    size_t n_agencies;
    enum agency_kind kind = AGENCY_unknown;
    ERR_TRY(registry_agencies(s, a, &agencies, &n_agencies, e));
    const size_t n = n_agencies + 1;
    struct access_sharing *list = ARENA_NEW(a, struct access_sharing, n);
    if (!list)
        return err_set(e, ERR_NO_MEMORY, "out of memory for what agencies share");
    list[0] = (struct access_sharing){.owner = 0, .ceiling = 3, .to_ms = REGISTRY_FOR_EVER}; /* 1 */
    for (size_t i = 0; i < n_agencies; i++) {                                                /* 2 */
        list[i + 1] = (struct access_sharing){.owner = agencies[i].id, .ceiling = open ? 3 : ACCESS_CEILING_NONE, .to_ms = REGISTRY_FOR_EVER};
        kind = agencies[i].id == agency ? agencies[i].kind : kind;
    }
    if (!open) {
        ERR_TRY(read_rows(s, agency, kind, purpose, now_ms, list, n, e)); /* 3, 4 */
        ERR_TRY(read_refusals(s, agency, purpose, list, n, e));           /* 5 */
    }
    *ret = list;
    *ret_n = n;
    return ERR_OK;
}

enum err_code registry_sharings(struct store *s, int64_t agency, enum access_purpose purpose, int64_t now_ms, struct arena *a, struct access_sharing **ret, size_t *ret_n, struct err *e)
{
    return sharings(s, agency, purpose, !registry_is_set_up(s), now_ms, a, ret, ret_n, e);
}

enum err_code registry_sharings_agreed(struct store *s, int64_t agency, enum access_purpose purpose, int64_t now_ms, struct arena *a, struct access_sharing **ret, size_t *ret_n,
                                       struct err *e)
{
    return sharings(s, agency, purpose, false, now_ms, a, ret, ret_n, e);
}
