/* registry_test.h: what the registry's tests share: a vault, agencies, users, transactions. Each stops the test when something fails that should not. */
#ifndef HAVEN_TESTS_REGISTRY_TEST_H
#define HAVEN_TESTS_REGISTRY_TEST_H

#include "registry/registry.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define T0 INT64_C(1764000000000)
#define HOUR INT64_C(3600000)

extern struct vault *registry_test_vault; /* made by the set-up */
int registry_test_setup(void **state);
int registry_test_teardown(void **state);

int64_t agency(struct store *s, const char *name, enum agency_kind kind);
/* The user as found at `now`; its texts live until the program ends. */
struct registry_user find(struct store *s, const char *name, int64_t now);
enum err_code try_add(struct store *s, const char *name, int64_t of, const char *unit, enum access_role role, struct err *e);
struct registry_user add(struct store *s, const char *name, int64_t of, const char *unit, enum access_role role);
/* -8: no such owner; -9: the answer does not hold now. */
int ceiling(struct store *s, int64_t of, int64_t owner, enum access_purpose purpose, int64_t now);

/* In a transaction that stands only when the call succeeds. */
#define IN_TRANSACTION(code, s, e, call)       \
    do {                                       \
        test_ok(store_begin((s), (e)), (e));   \
        (code) = (call);                       \
        if ((code) == ERR_OK)                  \
            test_ok(store_commit((s), (e)), (e)); \
        else                                   \
            store_rollback(s);                 \
    } while (0)
#define DO(s, call)                     \
    do {                                \
        struct err do_e;                \
        struct err *e = &do_e;          \
        enum err_code do_code;          \
        IN_TRANSACTION(do_code, s, e, call); \
        test_ok(do_code, e);            \
    } while (0)
#define REFUSED(s, expected, text, call)                  \
    do {                                                  \
        struct err no_e;                                  \
        struct err *e = &no_e;                            \
        enum err_code no_code;                            \
        IN_TRANSACTION(no_code, s, e, call);              \
        assert_int_equal(no_code, expected);              \
        if (!strstr(no_e.message, text))                  \
            fail_msg("\"%s\" lacks \"%s\"", no_e.message, text); \
    } while (0)

#define ON_EACH(name) \
    static void name##_on_each(void **state) { (void)state; test_store_each(name); }

#endif
