/* setup.c: the demonstration users of a hub in which nobody is registered yet.
 *
 * They are no rows: a table here, and the agencies that are there. The first row in `staff` ends them for ever, because rows of staff are never deleted.
 * Promise: when the store cannot say whether anybody is registered, the answer is that somebody is. */
#include "registry/registry_int.h"

/* Agencies that no row has: of demonstration users for whose kind no agency is there yet. They own nothing. */
#define STAND_IN_POLICE (INT64_MAX - 1)
#define STAND_IN_CHARITY (INT64_MAX - 2)
#define STAND_IN_HUB (INT64_MAX - 3)

struct demo {
    struct str name;
    enum access_role role;
    enum agency_kind kind;
};
static const struct demo demos[] = {
    {{"demo.reviewer", 13}, ACCESS_ROLE_reviewer, AGENCY_police},
    {{"demo.practitioner", 17}, ACCESS_ROLE_practitioner, AGENCY_police},
    {{"demo.supervisor", 15}, ACCESS_ROLE_supervisor, AGENCY_police},
    {{"demo.advocate", 13}, ACCESS_ROLE_advocate, AGENCY_charity},
    {{"demo.dpo", 8}, ACCESS_ROLE_dpo, AGENCY_hub},
    {{"demo.analyst", 12}, ACCESS_ROLE_analyst, AGENCY_hub},
    {{"demo.admin", 10}, ACCESS_ROLE_administrator, AGENCY_hub},
};

bool registry_is_set_up(struct store *s)
{
    int64_t n = 0;
    return store_query_int(s, &sql_registry_user_any, STORE_NO_VALUES, &n, NULL) != ERR_OK || n > 0;
}

/* The first agency of that kind, else a stand-in. The hub's own staff always have the stand-in: whoever runs a real hub registers them. */
static enum err_code agency_of(struct store *s, enum agency_kind kind, struct arena *a, struct registry_user *u, struct err *e)
{
    struct registry_agency *list;
    size_t n;
    ERR_TRY(registry_agencies(s, a, &list, &n, e));
    for (size_t i = 0; i < n && kind != AGENCY_hub; i++)
        if (list[i].kind == kind && list[i].ended_ms == REGISTRY_FOR_EVER) {
            u->agency = list[i].id;
            u->agency_name = list[i].name;
            return ERR_OK;
        }
    u->agency = kind == AGENCY_police ? STAND_IN_POLICE : kind == AGENCY_charity ? STAND_IN_CHARITY : STAND_IN_HUB;
    u->agency_name = kind == AGENCY_police ? STR("a police force") : kind == AGENCY_charity ? STR("a charity") : STR("the hub");
    return ERR_OK;
}

enum err_code registry_demo_find(struct store *s, struct str name, struct arena *a, struct registry_user *ret, bool *ret_found, struct err *e)
{
    *ret_found = false;
    for (size_t i = 0; i < sizeof demos / sizeof *demos; i++)
        if (str_eq(name, demos[i].name) && !registry_is_set_up(s)) {
            struct registry_user u = {.id = -1 - (int64_t)i, .name = demos[i].name, .unit = STR(""), .roles = 1u << demos[i].role,
                                      .standing = ACCESS_STANDING_active, .to_ms = REGISTRY_FOR_EVER};
            ERR_TRY(agency_of(s, demos[i].kind, a, &u, e));
            *ret = u;
            *ret_found = true;
        }
    return ERR_OK;
}
