/* registry_test.h: what the registry's tests share. */
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

/* A fresh vault whose key file is gone again. */
static inline int registry_test_vault(struct vault **ret)
{
    char folder[] = "/tmp/haven-registry-XXXXXX", path[64];
    struct err e;
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof path, "%s/key", folder);
    test_ok(vault_create(path, &e), &e);
    test_ok(vault_open(path, ret, &e), &e);
    (void)unlink(path);
    return rmdir(folder);
}

#endif
