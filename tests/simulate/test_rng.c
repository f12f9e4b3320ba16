/* test_rng.c: the dice are the published generator, fair enough, and apart for every stream. */
#include "base/base.h"
#include "simulate/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void generator_is_xoshiro256(void **state)
{
    (void)state;
    struct rng r = {{1, 2, 3, 4}};
    static const uint64_t published[] = {11520, 0, 1509978240, 1215971899390074240}; /* xoshiro256** from 1, 2, 3, 4 */
    for (size_t i = 0; i < 4; i++)
        assert_true(rng_next(&r) == published[i]);
}

static void streams_are_apart_and_repeat(void **state)
{
    (void)state;
    struct rng a = rng_start(7, STREAM_LIFE, 1), b = rng_start(7, STREAM_LIFE, 1), c = rng_start(7, STREAM_LIFE, 2),
               d = rng_start(7, STREAM_KIN, 1), e = rng_start(8, STREAM_LIFE, 1);
    uint64_t x = rng_next(&a);
    assert_true(x == rng_next(&b));
    assert_true(x != rng_next(&c) && x != rng_next(&d) && x != rng_next(&e));
}

static void bounds_hold_and_are_reached(void **state)
{
    (void)state;
    struct rng r = rng_start(1, STREAM_LIFE, 1);
    unsigned seen = 0;
    for (int i = 0; i < 10000; i++) {
        int32_t v = rng_between(&r, -3, 4);
        assert_in_range(v + 3, 0, 7);
        seen |= 1u << (v + 3);
        double u = rng_unit(&r);
        assert_true(u >= 0 && u < 1);
    }
    assert_int_equal(seen, 0xFF);
    assert_int_equal(rng_below(&r, 1), 0);
}

static void means_are_kept(void **state)
{
    (void)state;
    struct rng r = rng_start(2, STREAM_LIFE, 1);
    static const double means[] = {0, 0.01, 0.4, 3, 12};
    for (size_t k = 0; k < sizeof means / sizeof *means; k++) {
        int64_t sum = 0;
        for (int i = 0; i < 20000; i++)
            sum += rng_count(&r, means[k]);
        double got = (double)sum / 20000, slack = 0.03 * means[k] + 0.005;
        assert_true(got >= means[k] - slack && got <= means[k] + slack);
    }
    static const uint16_t weights[] = {1, 0, 3};
    int n[3] = {0};
    for (int i = 0; i < 40000; i++)
        n[rng_weighted(&r, weights, 3)]++;
    assert_int_equal(n[1], 0);
    assert_in_range(n[0], 9500, 10500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generator_is_xoshiro256),
        cmocka_unit_test(streams_are_apart_and_repeat),
        cmocka_unit_test(bounds_hold_and_are_reached),
        cmocka_unit_test(means_are_kept),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
