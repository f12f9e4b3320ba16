/* Names and values as agencies write them, and the forms in which they are compared. */
#include "intake/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct name_case {
    const char *given, *middle, *surname, *former; /* as given */
    const char *v_given, *v_middle, *v_surname, *v_former;
};

static const struct name_case names[] = {
    {"Zoë", "", "O’Connor-Łuczak", "", "zoe", "", "o'connor-luczak", ""},
    {"MARY ANN JANE", "", "SMITH", "", "mary", "ann jane", "smith", ""},
    {"Mr John", "", "Smith", "", "john", "", "smith", ""},
    {"Dr. Anne", "Marie", "Lee", "", "anne", "marie", "lee", ""},
    {"Miss", "", "Patel", "", "", "", "patel", ""},
    {"Elizabeth (Liz)", "", "Hall", "", "elizabeth", "liz", "hall", ""},
    {"Robert \"Bob\" James", "", "Hall", "", "robert", "james bob", "hall", ""},
    {"Daniel aka Danny", "", "Reed", "", "daniel", "danny", "reed", ""},
    {"J.", "", "Reed", "", "j", "", "reed", ""},
    {"Anne - Marie", "", "Smith - Jones", "", "anne-marie", "", "smith-jones", ""},
    {"Unknown", "", "Unknown", "", "", "", "", ""},
    {"N/K", "", "Male", "", "", "", "", ""},
    {"xx", "", "XXX", "", "", "", "", ""},
    {"unknown male", "", "-", "", "", "", "", ""},
    {"Ann", "", "Reed", "Reed", "ann", "", "reed", ""},
    {"Ann", "", "Reed", "Moss", "ann", "", "reed", "moss"},
    {"", "", "", "", "", "", "", ""},
    {"Xena", "", "Xu", "", "xena", "", "xu", ""},
};

static void assert_value(const char *what, size_t i, struct str got, const char *want)
{
    if (!str_eq(got, str_of(want)))
        fail_msg("case %zu: %s is \"%.*s\", not \"%s\"", i, what, STR_ARG(got), want);
}

static void names_are_folded(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str given[LINK_PERSON_N] = {[LINK_PERSON_given_name] = str_of(names[i].given), [LINK_PERSON_middle_names] = str_of(names[i].middle),
                                           [LINK_PERSON_surname] = str_of(names[i].surname), [LINK_PERSON_former_surname] = str_of(names[i].former)};
        struct mention m = {0};
        mention_clean(given, 2026, &a, &m);
        assert_value("given name", i, m.v[LINK_PERSON_given_name], names[i].v_given);
        assert_value("middle names", i, m.v[LINK_PERSON_middle_names], names[i].v_middle);
        assert_value("surname", i, m.v[LINK_PERSON_surname], names[i].v_surname);
        assert_value("former surname", i, m.v[LINK_PERSON_former_surname], names[i].v_former);
        assert_int_equal(m.has_identifier, *names[i].v_given || *names[i].v_surname || *names[i].v_middle);
        assert_int_equal(m.bad_identifiers.n, 0);
    }
}

struct value_case {
    enum link_person_column column;
    const char *given, *clean, *marked;
};
static const struct value_case values[] = {
    {LINK_PERSON_dob, "1985-02-28", "1985-02-28", ""}, {LINK_PERSON_dob, "1985-02-30", "", "dob=1985-02-30"},
    {LINK_PERSON_dob, "1900-01-01", "", ""}, {LINK_PERSON_dob, "01/01/1900", "", ""}, {LINK_PERSON_dob, "2031-01-01", "", "dob=2031-01-01"},
    {LINK_PERSON_dob, "unknown", "", ""}, {LINK_PERSON_dob, "", "", ""},
    {LINK_PERSON_sex, "M", "male", ""}, {LINK_PERSON_sex, "Female", "female", ""}, {LINK_PERSON_sex, "?", "", ""},
    {LINK_PERSON_postcode, "mk49 2tf", "MK49 2TF", ""}, {LINK_PERSON_postcode, "nowhere", "", "postcode=nowhere"}, {LINK_PERSON_postcode, "n/k", "", ""},
    {LINK_PERSON_phone, "07700 900111", "+447700900111", ""}, {LINK_PERSON_phone, "12345", "", "phone=12345"},
    {LINK_PERSON_email, "Amelia@Example.COM", "amelia@example.com", ""}, {LINK_PERSON_email, "none", "", ""},
    {LINK_PERSON_nhs_number, "943 476 5919", "9434765919", ""}, {LINK_PERSON_nhs_number, "943 476 5918", "", "nhs_number=943 476 5918"},
    {LINK_PERSON_nhs_number, "0000000000", "", ""}, {LINK_PERSON_address_line, " 1  High   Street ", "1 high street", ""},
};

static void bad_values_are_kept_and_marked(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct str given[LINK_PERSON_N] = {[0] = STR("")};
        for (size_t k = 0; k < LINK_PERSON_N; k++)
            given[k] = STR("");
        given[values[i].column] = str_of(values[i].given);
        struct mention m = {0};
        mention_clean(given, 2026, &a, &m);
        assert_value("value", i, m.v[values[i].column], values[i].clean);
        assert_value("mark", i, m.bad_identifiers, values[i].marked);
        assert_int_equal(m.has_identifier, values[i].column != LINK_PERSON_sex && values[i].clean[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_folded), cmocka_unit_test(bad_values_are_kept_and_marked)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("clean", tests, NULL, NULL);
}
