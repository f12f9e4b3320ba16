/* test_layout.c: the small pictures of clusters: inside the frame, nobody on top of another, the same each time. */
#include "report/layout.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void check(size_t n, const struct layout_link *links, size_t n_links)
{
    double at[LAYOUT_MOST][2], again[LAYOUT_MOST][2];
    layout_place(n, links, n_links, at);
    layout_place(n, links, n_links, again);
    assert_memory_equal(at, again, n * sizeof *at);
    for (size_t i = 0; i < n; i++) {
        assert_true(at[i][0] >= 10 && at[i][0] <= LAYOUT_WIDTH - 10);
        assert_true(at[i][1] >= 10 && at[i][1] <= LAYOUT_HEIGHT - 10);
        for (size_t j = 0; j < i; j++)
            assert_true(hypot(at[i][0] - at[j][0], at[i][1] - at[j][1]) > 8);
    }
}

static void test_shapes(void **state)
{
    struct layout_link chain[LAYOUT_MOST], star[LAYOUT_MOST], all[LAYOUT_MOST * LAYOUT_MOST];
    (void)state;
    check(1, NULL, 0);
    for (size_t n = 2; n <= LAYOUT_MOST; n += n < 8 ? 1 : 8) {
        size_t k = 0;
        for (size_t i = 1; i < n; i++) {
            chain[i - 1] = (struct layout_link){(int)i - 1, (int)i};
            star[i - 1] = (struct layout_link){0, (int)i};
            for (size_t j = 0; j < i; j++)
                all[k++] = (struct layout_link){(int)j, (int)i};
        }
        check(n, chain, n - 1);
        check(n, star, n - 1);
        check(n, all, k);
    }
}

/* Two groups that one link joins lie apart: each record is nearer to its own group's middle. */
static void test_two_groups(void **state)
{
    struct layout_link links[16];
    double at[8][2], middle[2][2] = {{0}};
    size_t n = 0;
    (void)state;
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < i; j++)
                links[n++] = (struct layout_link){side * 4 + j, side * 4 + i};
    links[n++] = (struct layout_link){0, 4};
    layout_place(8, links, n, at);
    for (int i = 0; i < 8; i++)
        for (int d = 0; d < 2; d++)
            middle[i / 4][d] += at[i][d] / 4;
    for (int i = 0; i < 8; i++) {
        double own = hypot(at[i][0] - middle[i / 4][0], at[i][1] - middle[i / 4][1]), other = hypot(at[i][0] - middle[1 - i / 4][0], at[i][1] - middle[1 - i / 4][1]);
        assert_true(own < other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes), cmocka_unit_test(test_two_groups)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
