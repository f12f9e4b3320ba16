/* Words to values and back, and the sentences of the rules. */
#include "access/access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void roles(void **state)
{
    (void)state;
    for (enum access_role r = 1; r < ACCESS_ROLE_N; r++) {
        enum access_role back = ACCESS_ROLE_unknown;
        assert_true(access_role_parse(str_of(access_role_name(r)), &back));
        assert_int_equal(back, r);
    }
    enum access_role r = ACCESS_ROLE_unknown;
    assert_true(access_role_parse(STR("dpo"), &r));
    assert_int_equal(r, ACCESS_ROLE_dpo);
    assert_string_equal(access_role_name(r), "data protection officer");
}

static void purposes(void **state)
{
    (void)state;
    for (enum access_purpose p = 1; p < PURPOSE_N; p++) {
        enum access_purpose back = PURPOSE_unknown;
        assert_true(access_purpose_parse(str_of(access_purpose_name(p)), &back));
        assert_int_equal(back, p);
    }
    enum access_purpose p = PURPOSE_unknown;
    assert_true(access_purpose_parse(STR("offender-management"), &p) && p == PURPOSE_offender_management);
    assert_true(access_purpose_parse(STR("subject_rights"), &p) && p == PURPOSE_subject_rights);
}

static void levels_and_groups(void **state)
{
    (void)state;
    for (enum access_level l = 1; l < ACCESS_LEVEL_N; l++) {
        enum access_level back = ACCESS_LEVEL_unknown;
        assert_true(access_level_parse(str_of(access_level_name(l)), &back));
        assert_int_equal(back, l);
    }
    for (enum access_group_bit g = 0; g < ACCESS_GROUP_N; g++) {
        enum access_group_bit back = ACCESS_GROUP_N;
        assert_true(access_group_parse(str_of(access_group_name(g)), &back));
        assert_int_equal(back, g);
    }
    enum access_group_bit g = ACCESS_GROUP_N;
    assert_true(access_group_parse(STR("former_names"), &g) && g == ACCESS_GROUP_BIT_former_names);
}

static void not_a_word(void **state)
{
    (void)state;
    static const struct str wrong[] = {{NULL, 0}, {"", 0}, {"Reviewer", 8}, {"reviewers", 9}, {"review", 6}, {"unknown", 7}, {"open ", 5}, {"name\0", 5}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        enum access_role r = ACCESS_ROLE_analyst;
        enum access_purpose p = PURPOSE_audit;
        enum access_level l = ACCESS_LEVEL_audited;
        enum access_group_bit g = ACCESS_GROUP_BIT_school;
        assert_false(access_role_parse(wrong[i], &r) || access_purpose_parse(wrong[i], &p) || access_level_parse(wrong[i], &l) || access_group_parse(wrong[i], &g));
        assert_true(r == ACCESS_ROLE_analyst && p == PURPOSE_audit && l == ACCESS_LEVEL_audited && g == ACCESS_GROUP_BIT_school);
    }
    assert_null(access_role_name(ACCESS_ROLE_unknown));
    assert_null(access_role_name(ACCESS_ROLE_N));
    assert_null(access_purpose_name(PURPOSE_N));
    assert_null(access_action_name(ACCESS_unknown));
    assert_null(access_action_name(ACCESS_ACTION_N));
    assert_null(access_level_name(ACCESS_LEVEL_N));
    assert_null(access_group_name(ACCESS_GROUP_N));
    assert_null(access_rule_text(ACCESS_RULE_NONE));
    assert_null(access_rule_text(ACCESS_RULE_N));
}

static void sentences(void **state)
{
    (void)state;
    for (enum access_rule r = 1; r < ACCESS_RULE_N; r++)
        assert_non_null(access_rule_text(r));
    assert_string_equal(access_rule_text(ACCESS_RULE_closed), "nothing was found");
    assert_string_equal(access_rule_text(ACCESS_RULE_permission), "your role does not do this for this purpose");
    assert_string_equal(access_action_name(ACCESS_glass), "break the glass");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles), cmocka_unit_test(purposes), cmocka_unit_test(levels_and_groups), cmocka_unit_test(not_a_word), cmocka_unit_test(sentences),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("access, words", tests, NULL, NULL);
}
