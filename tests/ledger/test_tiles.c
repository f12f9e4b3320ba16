/* test_tiles.c: the published files: written, read, checked. */
#include "log_support.h"

#include <stdio.h>

static void a_log_grows_and_checks(void **state)
{
    (void)state;
    char dir[64];
    struct ledger_signer log;
    struct ledger_verified v;
    folder_make(dir);
    signer_of(LOG_NAME, LEDGER_KEY_LOG, 7, &log);
    static const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 300, 300, 512, 1000, 66000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ok(publish(dir, sizes[i], NULL, &log, NULL, e));
        ok(ledger_verify_tiles(dir, &(struct ledger_keys){&log.key, 1, 0}, NULL, &v, e));
        assert_int_equal(v.size, sizes[i]);
    }
    folder_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_grows_and_checks),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("tiles", tests, NULL, NULL);
}
