/* agencies.c: who shares. An agency is never deleted: what it said stays its own. */
#include "registry/registry_int.h"

#include <assert.h>

static const char *const kind_names[AGENCY_N] = {"unknown",
#define X(name, ...) #name,
    AGENCY_KINDS(X)
#undef X
};

bool registry_agency_kind_parse(struct str s, enum agency_kind *ret)
{
    for (int i = 1; i < AGENCY_N; i++)
        if (str_eq(s, str_of(kind_names[i]))) {
            *ret = (enum agency_kind)i;
            return true;
        }
    return false;
}

const char *registry_agency_kind_name(enum agency_kind k) { return kind_names[(unsigned)k < AGENCY_N ? k : AGENCY_unknown]; }

static enum err_code find_id(struct store *s, struct str name, int64_t *ret, struct err *e)
{
    *ret = 0;
    enum err_code code = store_query_int(s, &sql_registry_agency_id, (const struct store_value[]){V_TEXT(name)}, ret, e);
    return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code registry_agency_ensure(struct store *s, struct str name, enum agency_kind kind, int64_t *ret_id, struct err *e)
{
    int64_t id;
    assert(store_in_transaction(s));
    ERR_TRY(registry_line_check(name, "the name of an agency", e));
    ERR_TRY(find_id(s, name, &id, e));
    if (id == 0) {
        ERR_TRY(store_reserve_ids(s, "agency", 1, &id, e));
        ERR_TRY(STORE_RUN(s, sql_registry_agency_insert, e, V_INT(id), V_TEXT(name), V_INT(kind), V_INT(now_ms())));
    } else if (kind != AGENCY_unknown) {
        ERR_TRY(STORE_RUN(s, sql_registry_agency_kind, e, V_INT(id), V_INT(kind)));
    }
    *ret_id = id;
    return ERR_OK;
}

static enum err_code read_agency(const struct store_cursor *c, struct arena *a, struct registry_agency *ret, struct err *e)
{
    ret->id = store_int(c, 0);
    ret->kind = (enum agency_kind)store_int(c, 2);
    ret->ended_ms = store_column(c, 4).type == STORE_NULL ? REGISTRY_FOR_EVER : store_int(c, 4);
    ERR_TRY(registry_text(c, 1, a, &ret->name, e));
    return registry_text(c, 3, a, &ret->contact, e);
}

enum err_code registry_agencies(struct store *s, struct arena *a, struct registry_agency **ret, size_t *ret_n, struct err *e)
{
    _cleanup_cursor_ struct store_cursor *c = NULL;
    _cleanup_buf_ struct buf list;
    buf_init(&list, LIMIT_AGENCIES * sizeof **ret);
    ERR_TRY(store_query(s, &sql_registry_agencies, STORE_NO_VALUES, &c, e));
    for (bool row = true;;) {
        struct registry_agency one;
        ERR_TRY(store_step(c, &row, e));
        if (!row)
            break;
        ERR_TRY(read_agency(c, a, &one, e));
        (void)buf_add(&list, &one, sizeof one); /* checked at the end */
    }
    return REGISTRY_LIST(&list, a, "the list of agencies", ret, ret_n, e);
}

enum err_code registry_agency_find(struct store *s, struct str name, struct arena *a, struct registry_agency *ret, struct err *e)
{
    struct registry_agency *list;
    size_t n;
    ERR_TRY(registry_agencies(s, a, &list, &n, e));
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].name, name)) {
            *ret = list[i];
            return ERR_OK;
        }
    return err_set(e, ERR_NOT_FOUND, "no agency has this name: `haven agency list` shows them");
}

enum err_code registry_agency_contact(struct store *s, int64_t agency, struct str contact, struct err *e)
{
    assert(store_in_transaction(s));
    ERR_TRY(registry_line_check(contact, "the contact desk of an agency", e));
    return STORE_RUN(s, sql_registry_agency_contact, e, V_INT(agency), V_TEXT(contact));
}

enum err_code registry_agency_end(struct store *s, int64_t agency, int64_t now_ms, struct err *e)
{
    int64_t changed = 0;
    assert(store_in_transaction(s));
    ERR_TRY(store_run(s, &sql_registry_agency_end, (const struct store_value[]){V_INT(agency), V_INT(now_ms)}, &changed, e));
    if (changed == 0)
        return err_set(e, ERR_CONFLICT, "this agency has ended already");
    return STORE_RUN(s, sql_registry_session_end_of_agency, e, V_INT(agency), V_TEXT(STR("its agency ended")), V_INT(now_ms));
}
