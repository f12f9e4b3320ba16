/* registry_test.c: see registry_test.h. */
#include "registry/registry_test.h"

struct vault *registry_test_vault;
static struct arena names; /* of users that were found */

int registry_test_setup(void **state)
{
    char folder[] = "/tmp/haven-registry-XXXXXX", path[64];
    struct err e;
    (void)state;
    arena_init(&names, LIMIT_REQUEST_BYTES);
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof path, "%s/key", folder);
    test_ok(vault_create(path, &e), &e);
    test_ok(vault_open(path, &registry_test_vault, &e), &e);
    (void)unlink(path);
    return rmdir(folder);
}

int registry_test_teardown(void **state)
{
    (void)state;
    vault_close(registry_test_vault);
    arena_release(&names);
    return 0;
}

int64_t agency(struct store *s, const char *name, enum agency_kind kind)
{
    struct err e;
    int64_t id;
    test_ok(store_begin(s, &e), &e);
    test_ok(registry_agency_ensure(s, str_of(name), kind, &id, &e), &e);
    test_ok(store_commit(s, &e), &e);
    return id;
}

struct registry_user find(struct store *s, const char *name, int64_t now)
{
    struct err e;
    struct registry_user u;
    test_ok(registry_user_find(s, str_of(name), now, &names, &u, &e), &e);
    return u;
}

enum err_code try_add(struct store *s, const char *name, int64_t of, const char *unit, enum access_role role, struct err *e)
{
    const struct registry_new_user u = {.name = str_of(name), .unit = str_of(unit), .shown_name = STR("Sam Example"), .agency = of, .role = role, .to_ms = REGISTRY_FOR_EVER};
    int64_t id;
    test_ok(store_begin(s, e), e);
    enum err_code code = registry_user_add(s, registry_test_vault, &u, STR("root.admin"), T0, &id, e);
    if (code == ERR_OK)
        test_ok(store_commit(s, e), e);
    else
        store_rollback(s);
    return code;
}

struct registry_user add(struct store *s, const char *name, int64_t of, const char *unit, enum access_role role)
{
    struct err e;
    test_ok(try_add(s, name, of, unit, role, &e), &e);
    return find(s, name, T0);
}

int ceiling(struct store *s, int64_t of, int64_t owner, enum access_purpose purpose, int64_t now)
{
    _cleanup_arena_ struct arena a;
    struct access_sharing *list;
    struct err e;
    size_t n;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    test_ok(registry_sharings(s, of, purpose, now, &a, &list, &n, &e), &e);
    for (size_t i = 0; i < n; i++)
        if (list[i].owner == owner)
            return now >= list[i].from_ms && now < list[i].to_ms ? list[i].ceiling : -9;
    return -8;
}
