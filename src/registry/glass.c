/* glass.c: breaking the glass: to see at once, in an emergency, what no agreement shares, and to answer for it afterwards.
 *
 *   1. A reason; at most LIMIT_GLASS_MS; a breaker whose right stands. (That the breaker has stepped up is access's rule.)
 *   2. The relation that opens the object, the report that stays, and word to every agency whose records it opens.
 *   3. Within LIMIT_GLASS_REVIEW_MS somebody of another agency than the breaker's says whether it was right.
 *   4. Not reviewed in time, or judged wrong: nothing is held by broken glass any more, and none can be broken, until a review says "right". One review can be overruled, by somebody else.
 * Nothing of the report is ever changed or removed: no statement does it. */
#include "registry/registry_int.h"

#include <assert.h>

static const char *const decision_names[] = {"", "right", "wrong"};

bool registry_glass_decision_parse(struct str s, enum registry_glass_decision *ret)
{
    for (int i = REGISTRY_GLASS_RIGHT; i <= REGISTRY_GLASS_WRONG; i++)
        if (str_eq(s, str_of(decision_names[i]))) {
            *ret = (enum registry_glass_decision)i;
            return true;
        }
    return false;
}

const char *registry_glass_decision_name(enum registry_glass_decision d) { return decision_names[d == REGISTRY_GLASS_RIGHT || d == REGISTRY_GLASS_WRONG ? d : 0]; }

enum err_code registry_glass_suspended(struct store *s, int64_t user, int64_t now_ms, bool *ret, struct err *e)
{
    int64_t n;
    ERR_TRY(store_query_int(s, &sql_registry_glass_against, (const struct store_value[]){V_INT(user), V_INT(now_ms), V_INT(REGISTRY_GLASS_WRONG)}, &n, e));
    *ret = n > 0;
    return ERR_OK;
}

/* ---- breaking ---- */

static enum err_code check_break(struct store *s, const struct registry_user *u, const struct registry_glass *g, int64_t now_ms, struct err *e)
{
    bool suspended;
    if (g->kind != ACCESS_KIND_person && g->kind != ACCESS_KIND_record && g->kind != ACCESS_KIND_case)
        return err_set(e, ERR_USAGE, "the glass is broken for a person, a record or a case");
    if (utf8_length(str_trim(g->why)) < LIMIT_GLASS_REASON_LEAST)
        return err_set(e, ERR_USAGE, "say what the emergency is, in at least %zu characters: somebody of another agency will read it", LIMIT_GLASS_REASON_LEAST);
    if (g->until_ms <= now_ms || g->until_ms - now_ms > LIMIT_GLASS_MS)
        return err_set(e, ERR_USAGE, "the glass is broken for at most %d hours", (int)(LIMIT_GLASS_MS / 3600000));
    ERR_TRY(registry_glass_suspended(s, u->id, now_ms, &suspended, e));
    return suspended ? err_set(e, ERR_REFUSED, "an earlier breaking of the glass was not reviewed in time, or was judged wrong: until a review says that it was right you cannot break it again")
                     : ERR_OK;
}

static enum err_code tell(struct store *s, int64_t glass, int64_t agency, int64_t now_ms, struct err *e)
{
    int64_t id;
    ERR_TRY(store_reserve_ids(s, "glass_told", 1, &id, e));
    return STORE_RUN(s, sql_registry_glass_told_insert, e, V_INT(id), V_INT(glass), V_INT(agency), V_INT(now_ms));
}

/* Each owner once, but the breaker's own agency; the hub when nobody else has to know. */
static enum err_code tell_owners(struct store *s, const struct registry_user *u, int64_t glass, const int64_t *owners, size_t n, int64_t now_ms, struct err *e)
{
    size_t told = 0;
    for (size_t i = 0; i < n; i++) {
        bool before = owners[i] == u->agency;
        for (size_t k = 0; k < i; k++)
            before |= owners[k] == owners[i];
        if (before)
            continue;
        ERR_TRY(tell(s, glass, owners[i], now_ms, e));
        told++;
    }
    return told ? ERR_OK : tell(s, glass, 0, now_ms, e);
}

enum err_code registry_glass_break(struct store *s, const struct vault *v, const struct registry_user *u, const struct registry_glass *g, const int64_t *owners, size_t n_owners,
                                   int64_t now_ms, int64_t *ret_id, struct err *e)
{
    const struct registry_relation relation = {.kind = REGISTRY_GLASS, .user = u->id, .agency = u->agency, .unit = STR(""), .object_kind = g->kind, .object = g->object,
                                               .from_ms = now_ms, .to_ms = g->until_ms, .made_by = u->name};
    int64_t id, relation_id, reason;
    assert(store_in_transaction(s));
    ERR_TRY(registry_line_check(g->object, "the object", e));
    ERR_TRY(check_break(s, u, g, now_ms, e)); /* 1 */
    ERR_TRY(registry_reason_put(s, v, g->why, &reason, e));
    ERR_TRY(registry_relation_insert(s, &relation, now_ms, &relation_id, e)); /* 2 */
    ERR_TRY(store_reserve_ids(s, "glass_break", 1, &id, e));
    ERR_TRY(STORE_RUN(s, sql_registry_glass_insert, e, V_INT(id), V_INT(relation_id), V_INT(u->id), V_INT(u->agency), V_TEXT(u->name), V_INT(g->kind), V_TEXT(g->object),
                      V_INT(now_ms), V_INT(g->until_ms), V_INT(now_ms + LIMIT_GLASS_REVIEW_MS), V_INT(reason)));
    ERR_TRY(tell_owners(s, u, id, owners, n_owners, now_ms, e));
    *ret_id = id;
    return ERR_OK;
}

/* ---- reviewing ---- */

static enum err_code check_review(const struct registry_glass *g, const struct registry_user *by, enum registry_glass_decision decision, struct err *e)
{
    if (by->id == g->user || by->agency == g->agency)
        return err_set(e, ERR_REFUSED, "a broken glass is reviewed by somebody of another agency than the one who broke it");
    if (g->decision == decision)
        return err_set(e, ERR_CONFLICT, "it was judged so already");
    if (g->decision != REGISTRY_GLASS_UNREVIEWED && str_eq(g->reviewed_by, by->name))
        return err_set(e, ERR_REFUSED, "a review is overruled by somebody else than the one who made it");
    return ERR_OK;
}

static enum err_code find_glass(struct store *s, const struct vault *v, int64_t id, struct arena *a, struct registry_glass *ret, struct err *e)
{
    struct registry_glass *list;
    size_t n;
    ERR_TRY(registry_glasses(s, v, a, &list, &n, e));
    for (size_t i = 0; i < n; i++)
        if (list[i].id == id) {
            *ret = list[i];
            return ERR_OK;
        }
    return err_set(e, ERR_NOT_FOUND, "no glass was broken under this number: `haven glass list` shows them");
}

enum err_code registry_glass_review(struct store *s, const struct vault *v, int64_t id, enum registry_glass_decision decision, struct str why, const struct registry_user *by,
                                    int64_t now_ms, struct arena *a, struct err *e)
{
    struct registry_glass g = {0};
    int64_t review, reason;
    assert(store_in_transaction(s) && (decision == REGISTRY_GLASS_RIGHT || decision == REGISTRY_GLASS_WRONG));
    ERR_TRY(find_glass(s, v, id, a, &g, e));
    ERR_TRY(check_review(&g, by, decision, e));
    ERR_TRY(registry_reason_put(s, v, why, &reason, e));
    ERR_TRY(store_reserve_ids(s, "glass_review", 1, &review, e));
    ERR_TRY(STORE_RUN(s, sql_registry_glass_review_insert, e, V_INT(review), V_INT(id), V_INT(decision), V_INT(now_ms), V_TEXT(by->name), V_INT(by->agency), V_INT(reason)));
    if (decision == REGISTRY_GLASS_WRONG) /* what it opened is shut, also if the review is overruled later: then the hours are over */
        return STORE_RUN(s, sql_registry_relation_end, e, V_INT(g.relation), V_INT(now_ms), V_TEXT(by->name));
    return ERR_OK;
}

/* ---- the report ---- */

static enum err_code read_glass(struct store *s, const struct vault *v, const struct store_cursor *c, struct arena *a, struct registry_glass *ret, struct err *e)
{
    *ret = (struct registry_glass){.id = store_int(c, 0), .relation = store_int(c, 1), .user = store_int(c, 2), .agency = store_int(c, 3), .kind = (enum access_kind)store_int(c, 6),
                                   .at_ms = store_int(c, 8), .until_ms = store_int(c, 9), .review_by_ms = store_int(c, 10),
                                   .decision = (enum registry_glass_decision)store_int(c, 12), .reviewed_ms = store_int(c, 13)};
    ERR_TRY(registry_text(c, 4, a, &ret->user_name, e));
    ERR_TRY(registry_text(c, 5, a, &ret->agency_name, e));
    ERR_TRY(registry_text(c, 7, a, &ret->object, e));
    ERR_TRY(registry_reason_get(s, v, store_int(c, 11), a, &ret->why, e));
    ret->reviewed_by = ret->review_why = STR("");
    if (ret->decision == REGISTRY_GLASS_UNREVIEWED)
        return ERR_OK;
    ERR_TRY(registry_text(c, 14, a, &ret->reviewed_by, e));
    return registry_reason_get(s, v, store_int(c, 15), a, &ret->review_why, e);
}

enum err_code registry_glasses(struct store *s, const struct vault *v, struct arena *a, struct registry_glass **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_GLASSES * sizeof **ret);
    ERR_TRY(store_query(s, &sql_registry_glass_each, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        struct registry_glass one;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(read_glass(s, v, c, a, &one, e));
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the report of broken glass", ret, ret_n, e);
}

enum err_code registry_glass_told(struct store *s, int64_t id, struct arena *a, struct str **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_AGENCIES * sizeof **ret);
    ERR_TRY(STORE_QUERY(s, sql_registry_glass_told_each, &c, e, V_INT(id)));
    for (bool row = true;;) {
        struct str name;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(registry_text(c, 0, a, &name, e));
        (void)buf_add(&list, &name, sizeof name); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the agencies that were told", ret, ret_n, e);
}
