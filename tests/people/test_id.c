/* Ids of persons and keys of mentions: by rule, readable over a telephone, nothing else accepted. */
#include "people/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void ids_read_back(void **state)
{
    (void)state;
    uint64_t keys[] = {1, 31, 32, 0x123456789ABCDEF0, UINT64_MAX, UINT64_C(1) << 63};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct person_id id = person_id_of_key(keys[i]);
        uint64_t back = 0;
        assert_int_equal(strlen(id.z), PERSON_ID_CHARS);
        assert_true(person_id_parse(str_of(id.z), &back));
        assert_true(back == keys[i]);
    }
    assert_string_equal(person_id_of_key(1).z, "P0000000000001");
    assert_string_equal(person_id_of_key(UINT64_MAX).z, "PFZZZZZZZZZZZZ");
}

static void reading_forgives_what_ears_confuse(void **state)
{
    (void)state;
    uint64_t a, b;
    assert_true(person_id_parse(STR("P00000000001AB"), &a));
    assert_true(person_id_parse(STR("p0oO0000000Lab"), &b));
    assert_true(a == b);
}

static void what_is_no_id_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "P", "P000000000000", "P000000000000000", "Q0000000000001", "P00000000000U1", "PG000000000001", "P0000000000 01"};
    uint64_t key;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(person_id_parse(str_of(bad[i]), &key));
}

static void mention_keys_are_16_hexadecimal_digits(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 10000);
    uint64_t key = 0;
    struct str s = mention_key_format(&a, 0xABCDEF);
    assert_true(str_eq(s, STR("0000000000abcdef")));
    assert_true(mention_key_parse(s, &key));
    assert_true(key == 0xABCDEF);
    assert_true(mention_key_parse(STR("0000000000ABCDEF"), &key));
    assert_false(mention_key_parse(STR("0000000000000000"), &key)); /* a key is never 0 */
    assert_false(mention_key_parse(STR("000000000000000g"), &key));
    assert_false(mention_key_parse(STR("1"), &key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_read_back),
        cmocka_unit_test(reading_forgives_what_ears_confuse),
        cmocka_unit_test(what_is_no_id_is_refused),
        cmocka_unit_test(mention_keys_are_16_hexadecimal_digits),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("person ids", tests, NULL, NULL);
}
