/* agreements.c: agreements in force: activated, ended, tested; and decisions not to share.
 *
 * A test is the thing itself: activation within a transaction that is rolled back, with what everybody is shared looked at before and after. So it cannot promise what activation does not do. */
#include "registry/registry_int.h"

#include <assert.h>

/* ---- activating and ending ---- */

static enum err_code agency_of(const struct registry_agency *list, size_t n, struct str name, int64_t *ret, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].name, name) && list[i].ended_ms == REGISTRY_FOR_EVER) {
            *ret = list[i].id;
            return ERR_OK;
        }
    return err_set(e, ERR_CONFLICT, "no agency named \"%.*s\" takes part here: register it first (haven agency add), or mend the name", STR_ARG(name));
}

static enum err_code check_active(struct store *s, const struct registry_agreement *g, int64_t now_ms, struct err *e)
{
    int64_t id;
    enum err_code code = store_query_int(s, &sql_registry_agreement_id, (const struct store_value[]){V_TEXT(g->name)}, &id, e);
    if (code == ERR_OK)
        return err_set(e, ERR_CONFLICT, "an agreement of this name was activated before: a changed agreement has a new name, and names the old one under \"replaces\"");
    if (code != ERR_NOT_FOUND)
        return code;
    if (g->to_ms <= now_ms)
        return err_set(e, ERR_CONFLICT, "the agreement's end has passed");
    return ERR_OK;
}

static enum err_code insert_rows(struct store *s, const struct registry_agreement *g, int64_t agreement, const struct registry_agency *list, size_t n, struct err *e)
{
    int64_t id, from, to;
    ERR_TRY(store_reserve_ids(s, "agreement_row", (int64_t)g->n_shares, &id, e));
    for (size_t i = 0; i < g->n_shares; i++) {
        const struct registry_share *share = &g->shares[i];
        to = 0;
        ERR_TRY(agency_of(list, n, share->from, &from, e));
        if (share->to.n)
            ERR_TRY(agency_of(list, n, share->to, &to, e));
        ERR_TRY(STORE_RUN(s, sql_registry_agreement_row_insert, e, V_INT(id + (int64_t)i), V_INT(agreement), V_INT(from), V_INT(to), V_INT(share->to_kind), V_INT(share->purpose),
                          V_INT(share->ceiling)));
    }
    return ERR_OK;
}

enum err_code registry_agreement_activate(struct store *s, const struct registry_agreement *g, struct str by, int64_t now_ms, struct arena *a, struct err *e)
{
    struct registry_agency *list;
    size_t n;
    int64_t id, unused;
    assert(store_in_transaction(s));
    ERR_TRY(check_active(s, g, now_ms, e));
    ERR_TRY(registry_agencies(s, a, &list, &n, e));
    for (size_t i = 0; i < g->n_parties; i++)
        ERR_TRY(agency_of(list, n, g->parties[i], &unused, e));
    for (size_t i = 0; i < g->n_replaces; i++)
        ERR_TRY(registry_agreement_end(s, g->replaces[i], by, now_ms, e));
    ERR_TRY(store_reserve_ids(s, "agreement", 1, &id, e));
    ERR_TRY(STORE_RUN(s, sql_registry_agreement_insert, e, V_INT(id), V_TEXT(g->name), V_TEXT(g->title), V_TEXT(g->definition), V_INT(g->from_ms), V_INT(g->to_ms),
                      V_INT(g->review_ms), V_INT(now_ms), V_TEXT(by)));
    return insert_rows(s, g, id, list, n, e);
}

enum err_code registry_agreement_end(struct store *s, struct str name, struct str by, int64_t now_ms, struct err *e)
{
    int64_t changed = 0;
    assert(store_in_transaction(s));
    ERR_TRY(store_run(s, &sql_registry_agreement_end, (const struct store_value[]){V_TEXT(name), V_INT(now_ms), V_TEXT(by)}, &changed, e));
    return changed ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no agreement named \"%.*s\" is active: `haven agreement list` shows them", STR_ARG(str_slice(name, 0, 64)));
}

static enum err_code read_active(const struct store_cursor *c, struct arena *a, struct registry_active *ret, struct err *e)
{
    *ret = (struct registry_active){.from_ms = store_int(c, 3), .to_ms = store_int(c, 4), .review_ms = store_int(c, 5), .activated_ms = store_int(c, 6),
                                    .ended_ms = store_column(c, 8).type == STORE_NULL ? REGISTRY_FOR_EVER : store_int(c, 8)};
    ERR_TRY(registry_text(c, 0, a, &ret->name, e));
    ERR_TRY(registry_text(c, 1, a, &ret->title, e));
    ERR_TRY(registry_text(c, 2, a, &ret->definition, e));
    ERR_TRY(registry_text(c, 7, a, &ret->activated_by, e));
    return registry_text(c, 9, a, &ret->ended_by, e);
}

enum err_code registry_agreements(struct store *s, struct arena *a, struct registry_active **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_AGREEMENTS * sizeof **ret);
    ERR_TRY(store_query(s, &sql_registry_agreement_each, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        struct registry_active one;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(read_active(c, a, &one, e));
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the list of agreements", ret, ret_n, e);
}

enum err_code registry_findings(struct store *s, int64_t now_ms, struct arena *a, struct buf *ret, struct err *e)
{
    struct registry_active *list;
    size_t n;
    ERR_TRY(registry_agreements(s, a, &list, &n, e));
    for (size_t i = 0; i < n; i++) {
        if (list[i].ended_ms != REGISTRY_FOR_EVER)
            continue;
        if (list[i].to_ms <= now_ms)
            (void)buf_fmt(ret, "agreement %.*s is past its end: nothing is shared under it; end it, or activate the one that follows\n", STR_ARG(list[i].name));
        else if (list[i].review_ms <= now_ms)
            (void)buf_fmt(ret, "agreement %.*s is past its review date: review it, and activate what follows from the review\n", STR_ARG(list[i].name));
    }
    return ERR_OK;
}

/* ---- testing ---- */

/* What each agency is shared by each other for each purpose, as a table [to][purpose][owner]. */
static enum err_code ceilings(struct store *s, const struct registry_agency *list, size_t n, int64_t at_ms, int8_t *table, struct err *e)
{
    struct arena a;
    enum err_code code = ERR_OK;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    for (size_t to = 0; code == ERR_OK && to < n; to++)
        for (int p = 1; code == ERR_OK && p < PURPOSE_N; p++) {
            struct access_sharing *sharings;
            size_t n_sharings;
            arena_reset(&a);
            code = registry_sharings_agreed(s, list[to].id, (enum access_purpose)p, at_ms, &a, &sharings, &n_sharings, e);
            for (size_t owner = 0; code == ERR_OK && owner < n; owner++) /* the hub itself is first */
                table[(to * PURPOSE_N + (size_t)p) * n + owner] = (int8_t)sharings[owner + 1].ceiling;
        }
    arena_release(&a);
    return code;
}

static enum err_code compare(const struct registry_agency *list, size_t n, const int8_t *before, const int8_t *after, struct arena *a, struct registry_change **ret, size_t *ret_n,
                             struct err *e)
{
    _cleanup_buf_ struct buf changes;
    buf_init(&changes, LIMIT_AGREEMENT_CHANGES * sizeof **ret);
    for (size_t to = 0; to < n; to++)
        for (size_t owner = 0; owner < n; owner++)
            for (int p = 1; p < PURPOSE_N; p++) {
                const size_t i = (to * PURPOSE_N + (size_t)p) * n + owner;
                const struct registry_change change = {list[owner].name, list[to].name, (enum access_purpose)p, before[i], after[i]};
                if (to != owner && before[i] != after[i])
                    (void)buf_add(&changes, &change, sizeof change); /* checked at the end */
            }
    return REGISTRY_LIST(&changes, a, "the list of changes", ret, ret_n, e);
}

static enum err_code test_in_transaction(struct store *s, const struct registry_agreement *g, int64_t now_ms, struct arena *a, struct registry_change **ret, size_t *ret_n, struct err *e)
{
    const int64_t at_ms = g->from_ms > now_ms ? g->from_ms : now_ms;
    struct registry_agency *list;
    size_t n;
    ERR_TRY(registry_agencies(s, a, &list, &n, e));
    if (n > LIMIT_AGREEMENT_TEST_AGENCIES)
        return err_set(e, ERR_LIMIT, "an agreement is tested among at most %zu agencies", LIMIT_AGREEMENT_TEST_AGENCIES);
    int8_t *before = ARENA_NEW(a, int8_t, n * n * PURPOSE_N), *after = ARENA_NEW(a, int8_t, n * n * PURPOSE_N);
    if (!before || !after)
        return err_set(e, ERR_NO_MEMORY, "out of memory for what agencies share");
    ERR_TRY(ceilings(s, list, n, at_ms, before, e));
    ERR_TRY(registry_agreement_activate(s, g, STR("test"), now_ms, a, e));
    ERR_TRY(ceilings(s, list, n, at_ms, after, e));
    return compare(list, n, before, after, a, ret, ret_n, e);
}

enum err_code registry_agreement_test(struct store *s, const struct registry_agreement *g, int64_t now_ms, struct arena *a, struct registry_change **ret, size_t *ret_n, struct err *e)
{
    ERR_TRY(store_begin(s, e));
    enum err_code code = test_in_transaction(s, g, now_ms, a, ret, ret_n, e);
    store_rollback(s);
    return code;
}

/* ---- decisions not to share ---- */

enum err_code registry_refusal_add(struct store *s, const struct vault *v, const struct registry_refusal *r, struct str by, int64_t now_ms, int64_t *ret_id, struct err *e)
{
    int64_t id, reason;
    assert(store_in_transaction(s));
    if (r->from_agency == r->to_agency)
        return err_set(e, ERR_USAGE, "an agency cannot refuse itself");
    if (r->object.n)
        ERR_TRY(registry_line_check(r->object, "what is not shared", e));
    ERR_TRY(registry_reason_put(s, v, r->why, &reason, e));
    ERR_TRY(store_reserve_ids(s, "refusal", 1, &id, e));
    ERR_TRY(STORE_RUN(s, sql_registry_refusal_insert, e, V_INT(id), V_INT(r->from_agency), V_INT(r->to_agency), V_INT(r->purpose), V_TEXT(r->object), V_INT(reason), V_INT(now_ms),
                      V_TEXT(by)));
    *ret_id = id;
    return ERR_OK;
}

enum err_code registry_refusal_end(struct store *s, int64_t id, struct str by, int64_t now_ms, struct err *e)
{
    int64_t changed = 0;
    assert(store_in_transaction(s));
    ERR_TRY(store_run(s, &sql_registry_refusal_end, (const struct store_value[]){V_INT(id), V_INT(now_ms), V_TEXT(by)}, &changed, e));
    return changed ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no decision with this number stands");
}

static enum err_code read_refusal(struct store *s, const struct vault *v, const struct store_cursor *c, struct arena *a, struct registry_refusal *ret, struct err *e)
{
    *ret = (struct registry_refusal){.id = store_int(c, 0), .from_agency = store_int(c, 1), .to_agency = store_int(c, 3), .purpose = (enum access_purpose)store_int(c, 5),
                                     .made_ms = store_int(c, 8), .ended_ms = store_column(c, 10).type == STORE_NULL ? REGISTRY_FOR_EVER : store_int(c, 10)};
    ERR_TRY(registry_text(c, 2, a, &ret->from_name, e));
    ERR_TRY(registry_text(c, 4, a, &ret->to_name, e));
    ERR_TRY(registry_text(c, 6, a, &ret->object, e));
    ERR_TRY(registry_text(c, 9, a, &ret->made_by, e));
    return registry_reason_get(s, v, store_int(c, 7), a, &ret->why, e);
}

enum err_code registry_refusals(struct store *s, const struct vault *v, struct arena *a, struct registry_refusal **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_AGREEMENTS * sizeof **ret);
    ERR_TRY(store_query(s, &sql_registry_refusal_each, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        struct registry_refusal one;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(read_refusal(s, v, c, a, &one, e));
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the list of decisions not to share", ret, ret_n, e);
}
