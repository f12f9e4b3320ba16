#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t n = 0; n < 300; n++) {
        char *p = arena_alloc(&a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAB, n);
    }
}

static void limit_holds(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 10000);
    size_t got = 0;
    while (arena_alloc(&a, 100))
        got += 100;
    assert_true(got > 8000 && got <= 10000);
    volatile size_t most = SIZE_MAX; /* volatile: a compiler that sees the size warns of it */
    assert_null(arena_alloc(&a, most));
    assert_null(arena_calloc(&a, most / 2, 3));
    arena_reset(&a);
    assert_non_null(arena_alloc(&a, 100));
}

static void large_blocks_keep_the_current_chunk(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 22);
    char *small = arena_alloc(&a, 16);
    assert_non_null(arena_alloc(&a, 1 << 20));
    char *next = arena_alloc(&a, 16);
    assert_ptr_equal(next, small + 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(limit_holds),
        cmocka_unit_test(large_blocks_keep_the_current_chunk),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
