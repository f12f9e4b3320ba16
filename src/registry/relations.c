/* relations.c: what a user, or a user's unit, holds on an object for a time.
 *
 * Promises. Nothing is held without an end. Nobody gives a relation to themselves. What opens much (all cases of a kind, a closed record's list, one's own unit's work) is held only
 * when somebody other than its maker has approved it. A relation by broken glass is made by glass.c alone and counts only while its breaker's right stands. */
#include "registry/registry_int.h"

#include <assert.h>

static const char *const kind_names[REGISTRY_RELATION_N] = {"unknown", "assigned", "unit", "meeting", "listed", "glass"};

bool registry_relation_parse(struct str s, enum registry_relation_kind *ret)
{
    for (int i = 1; i < REGISTRY_GLASS; i++)
        if (str_eq(s, str_of(kind_names[i]))) {
            *ret = (enum registry_relation_kind)i;
            return true;
        }
    return false;
}

const char *registry_relation_name(enum registry_relation_kind k) { return kind_names[(unsigned)k < REGISTRY_RELATION_N ? k : REGISTRY_RELATION_UNKNOWN]; }

/* ---- giving and ending ---- */

static bool everything(const struct registry_relation *r) { return str_eq(r->object, STR("*")); }

static enum err_code check_new(const struct registry_relation *r, const struct registry_user *by, struct err *e)
{
    ERR_TRY(registry_line_check(r->object, "the object of a relation", e));
    if (r->user == 0 && r->unit.n == 0)
        return err_set(e, ERR_USAGE, "a relation needs a user or a unit");
    if ((r->kind == REGISTRY_UNIT) != (r->user == 0))
        return err_set(e, ERR_USAGE, "a relation of the kind unit is a unit's; every other kind is a user's");
    if (everything(r) && r->kind != REGISTRY_UNIT)
        return err_set(e, ERR_USAGE, "only a unit can hold all objects of a kind (\"*\")");
    if (r->from_ms >= r->to_ms)
        return err_set(e, ERR_USAGE, "the relation would end before it begins");
    if (r->to_ms - r->from_ms > LIMIT_RELATION_MS)
        return err_set(e, ERR_LIMIT, "a relation lasts at most %d days; it can be given again", (int)(LIMIT_RELATION_MS / MS_PER_DAY));
    if (r->user == by->id)
        return err_set(e, ERR_REFUSED, "nobody gives a relation to themselves: ask somebody else");
    return ERR_OK;
}

static bool own_unit(const struct registry_relation *r, const struct registry_user *by)
{
    return r->kind == REGISTRY_UNIT && r->agency == by->agency && str_eq(r->unit, by->unit);
}

enum err_code registry_relation_insert(struct store *s, const struct registry_relation *r, int64_t now_ms, int64_t *ret_id, struct err *e)
{
    int64_t id;
    ERR_TRY(store_reserve_ids(s, "relation", 1, &id, e));
    ERR_TRY(STORE_RUN(s, sql_registry_relation_insert, e, V_INT(id), V_INT(r->kind), V_INT(r->user), V_INT(r->agency), V_TEXT(r->unit), V_INT(r->object_kind),
                      V_TEXT(r->object), V_INT(r->from_ms), V_INT(r->to_ms), V_INT(now_ms), V_TEXT(r->made_by), V_INT(r->needs_approval)));
    *ret_id = id;
    return ERR_OK;
}

enum err_code registry_relation_add(struct store *s, const struct registry_relation *r, const struct registry_user *by, int64_t now_ms, int64_t *ret_id, struct err *e)
{
    assert(store_in_transaction(s) && r->kind > 0 && r->kind < REGISTRY_GLASS);
    assert(r->object_kind > 0 && r->object_kind < ACCESS_KIND_N);
    ERR_TRY(check_new(r, by, e));
    struct registry_relation made = *r;
    made.made_by = by->name;
    made.needs_approval = everything(r) || r->kind == REGISTRY_LISTED || own_unit(r, by);
    return registry_relation_insert(s, &made, now_ms, ret_id, e);
}

enum err_code registry_relation_approve(struct store *s, int64_t id, const struct registry_user *by, int64_t now_ms, struct err *e)
{
    struct arena a; /* for one row among few: relations that wait */
    struct registry_relation *list;
    size_t n;
    int64_t changed = 0;
    assert(store_in_transaction(s));
    arena_init(&a, LIMIT_REQUEST_BYTES);
    enum err_code code = registry_relation_list(s, false, now_ms, &a, &list, &n, e);
    for (size_t i = 0; code == ERR_OK && i < n; i++)
        if (list[i].id == id && list[i].user == by->id)
            code = err_set(e, ERR_REFUSED, "nobody approves what they are to hold: ask somebody else");
    if (code == ERR_OK)
        code = store_run(s, &sql_registry_relation_approve, (const struct store_value[]){V_INT(id), V_TEXT(by->name)}, &changed, e);
    arena_release(&a);
    if (code == ERR_OK && changed == 0)
        return err_set(e, ERR_CONFLICT, "no relation with this number waits for approval by somebody other than its maker");
    return code;
}

enum err_code registry_relation_end(struct store *s, int64_t id, struct str by, int64_t now_ms, struct err *e)
{
    int64_t changed = 0;
    assert(store_in_transaction(s));
    ERR_TRY(store_run(s, &sql_registry_relation_end, (const struct store_value[]){V_INT(id), V_INT(now_ms), V_TEXT(by)}, &changed, e));
    return changed ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no relation with this number is held: `haven grant list` shows them");
}

static enum err_code read_relation(const struct store_cursor *c, struct arena *a, struct registry_relation *ret, struct err *e)
{
    *ret = (struct registry_relation){.id = store_int(c, 0), .kind = (enum registry_relation_kind)store_int(c, 1), .user = store_int(c, 2), .agency = store_int(c, 3),
                                      .object_kind = (enum access_kind)store_int(c, 6), .from_ms = store_int(c, 8), .to_ms = store_int(c, 9),
                                      .needs_approval = store_int(c, 12) == 1,
                                      .ended_ms = store_column(c, 13).type == STORE_NULL ? REGISTRY_FOR_EVER : store_int(c, 13)};
    ERR_TRY(registry_text(c, 4, a, &ret->user_name, e));
    ERR_TRY(registry_text(c, 5, a, &ret->unit, e));
    ERR_TRY(registry_text(c, 7, a, &ret->object, e));
    ERR_TRY(registry_text(c, 10, a, &ret->made_by, e));
    return registry_text(c, 11, a, &ret->approved_by, e);
}

enum err_code registry_relation_list(struct store *s, bool all, int64_t now_ms, struct arena *a, struct registry_relation **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_RELATIONS * sizeof **ret);
    ERR_TRY(STORE_QUERY(s, sql_registry_relation_each, &c, e, V_INT(all), V_INT(now_ms)));
    for (bool row = true;;) {
        struct registry_relation r;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(read_relation(c, a, &r, e));
        (void)buf_add(&list, &r, sizeof r); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the list of relations", ret, ret_n, e);
}

enum err_code registry_listed(struct store *s, const struct registry_user *u, enum access_kind kind, int64_t now_ms, struct arena *a, struct registry_listing **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_RELATIONS * sizeof **ret);
    ERR_TRY(STORE_QUERY(s, sql_registry_listed, &c, e, V_INT(u->id), V_INT(REGISTRY_LISTED), V_INT(kind), V_INT(now_ms)));
    for (bool row = true;;) {
        struct registry_listing one = {0};
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(registry_text(c, 0, a, &one.object, e));
        one.until_ms = store_int(c, 1);
        one.list_until_ms = store_int(c, 2);
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the lists that somebody is on", ret, ret_n, e);
}

/* ---- holding ---- */

/* Ends of what is held on one object, by kind; 0: not held. */
static enum err_code held(struct store *s, const struct registry_user *u, enum access_kind kind, struct str id, int64_t now_ms, int64_t ret[REGISTRY_RELATION_N], struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    memset(ret, 0, REGISTRY_RELATION_N * sizeof *ret);
    ERR_TRY(STORE_QUERY(s, sql_registry_relation_held, &c, e, V_INT(u->id), V_INT(u->agency), V_TEXT(u->unit), V_INT(kind), V_TEXT(id), V_INT(now_ms)));
    for (bool row = true;;) {
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            return ERR_OK;
        int64_t k = store_int(c, 0);
        if (k > 0 && k < REGISTRY_RELATION_N)
            ret[k] = store_int(c, 1);
    }
}

/* Broken glass holds while its breaker's right stands. */
static enum err_code heed_suspension(struct store *s, const struct registry_user *u, int64_t now_ms, int64_t on[REGISTRY_RELATION_N], int64_t on_basis[REGISTRY_RELATION_N],
                                     struct err *e)
{
    bool suspended;
    ERR_TRY(registry_glass_suspended(s, u->id, now_ms, &suspended, e)); /* always, so that time does not tell what is broken */
    if (suspended)
        on[REGISTRY_GLASS] = on_basis[REGISTRY_GLASS] = 0;
    return ERR_OK;
}

/* What opens a case or meeting to the asker, so that the objects in it are "named": anything held on it but its list. */
static int64_t opens(const int64_t on[REGISTRY_RELATION_N])
{
    int64_t until = 0;
    for (int k = 1; k < REGISTRY_RELATION_N; k++)
        if (k != REGISTRY_LISTED && on[k] > until)
            until = on[k];
    return until;
}

/* A hub being set up has nobody who could give relations: its demonstration users' unit works on everything, and every case that they name is theirs. */
static void held_in_set_up(enum access_kind kind, int64_t on[REGISTRY_RELATION_N])
{
    on[REGISTRY_UNIT] = REGISTRY_FOR_EVER;
    if (kind == ACCESS_KIND_case)
        on[REGISTRY_ASSIGNED] = REGISTRY_FOR_EVER;
}

enum err_code registry_basis_open(struct store *s, const struct registry_user *u, struct str basis, bool exists, int64_t now_ms, bool *ret, struct err *e)
{
    int64_t none[REGISTRY_RELATION_N] = {0}, on[REGISTRY_RELATION_N];
    *ret = false;
    if (!basis.n)
        return ERR_OK;
    ERR_TRY(held(s, u, ACCESS_KIND_case, basis, now_ms, on, e));
    ERR_TRY(heed_suspension(s, u, now_ms, none, on, e));
    if (registry_is_demo(u))
        held_in_set_up(ACCESS_KIND_case, on);
    if (!exists)
        on[REGISTRY_UNIT] = 0; /* may be held by "*", which names nothing */
    *ret = opens(on) > now_ms && (exists || !registry_is_demo(u));
    return ERR_OK;
}

enum err_code registry_relations(struct store *s, const struct registry_user *u, enum access_kind kind, struct str id, struct str basis, bool belongs, int64_t now_ms,
                                 int64_t ret_until_ms[ACCESS_RELATION_N], struct err *e)
{
    int64_t on[REGISTRY_RELATION_N], on_basis[REGISTRY_RELATION_N];
    ERR_TRY(held(s, u, kind, id, now_ms, on, e));
    ERR_TRY(held(s, u, ACCESS_KIND_case, basis, now_ms, on_basis, e));
    ERR_TRY(heed_suspension(s, u, now_ms, on, on_basis, e));
    if (registry_is_demo(u)) {
        held_in_set_up(kind, on);
        held_in_set_up(ACCESS_KIND_case, on_basis);
    }
    ret_until_ms[RELATION_assigned_held] = on[REGISTRY_ASSIGNED];
    ret_until_ms[RELATION_unit_held] = on[REGISTRY_UNIT];
    ret_until_ms[RELATION_named_held] = belongs && basis.n ? opens(on_basis) : 0;
    ret_until_ms[RELATION_listed_held] = on[REGISTRY_LISTED];
    ret_until_ms[RELATION_glass_held] = on[REGISTRY_GLASS];
    return ERR_OK;
}
