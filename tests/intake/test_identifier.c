/* Every identifier with its published test values, good and bad. The values pass or fail the check; none was issued to a person. */
#include "intake/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

struct vector {
    enum identifier id;
    const char *given, *clean; /* NULL: refused */
};

static const struct vector vectors[] = {
    {IDENTIFIER_nhs_number, "943 476 5919", "9434765919"}, {IDENTIFIER_nhs_number, "401 023 2137", "4010232137"},
    {IDENTIFIER_nhs_number, "450-557-7104", "4505577104"}, {IDENTIFIER_nhs_number, "987 654 3210", "9876543210"},
    {IDENTIFIER_nhs_number, "944 930 5552", "9449305552"}, {IDENTIFIER_nhs_number, " 9990000018 ", "9990000018"},
    {IDENTIFIER_nhs_number, "987 654 3211", NULL}, {IDENTIFIER_nhs_number, "999 000 0000", NULL}, {IDENTIFIER_nhs_number, "000 000 0000", NULL},
    {IDENTIFIER_nhs_number, "943476591", NULL}, {IDENTIFIER_nhs_number, "94347659199", NULL}, {IDENTIFIER_nhs_number, "943476591O", NULL},
    {IDENTIFIER_nhs_number, "", NULL},

    {IDENTIFIER_pnc_id, "2002/0073319Z", "2002/0073319Z"}, {IDENTIFIER_pnc_id, "1979/0163001B", "1979/0163001B"},
    {IDENTIFIER_pnc_id, "2003/0000003Y", "2003/0000003Y"}, {IDENTIFIER_pnc_id, "1981/0000034U", "1981/0000034U"},
    {IDENTIFIER_pnc_id, "02/73319Z", "2002/0073319Z"}, {IDENTIFIER_pnc_id, "79/163001B", "1979/0163001B"},
    {IDENTIFIER_pnc_id, "0273319Z", "2002/0073319Z"}, {IDENTIFIER_pnc_id, "20020073319z", "2002/0073319Z"},
    {IDENTIFIER_pnc_id, "2002/0073319A", NULL}, {IDENTIFIER_pnc_id, "2001/0171310S", NULL}, {IDENTIFIER_pnc_id, "20120052494O", NULL},
    {IDENTIFIER_pnc_id, "20230583843N", NULL}, {IDENTIFIER_pnc_id, "1923/1234567AA", NULL}, {IDENTIFIER_pnc_id, "2002/00073319Z", NULL},
    {IDENTIFIER_pnc_id, "/Z", NULL}, {IDENTIFIER_pnc_id, "2/Z", NULL},

    {IDENTIFIER_cro_number, "265416/21G", "265416/21G"}, {IDENTIFIER_cro_number, "56810/65Y", "056810/65Y"},
    {IDENTIFIER_cro_number, "056810/65Y", "056810/65Y"}, {IDENTIFIER_cro_number, "SF05/482703J", "SF05/482703J"},
    {IDENTIFIER_cro_number, "sf83/50058z", "SF83/50058Z"}, {IDENTIFIER_cro_number, "85227/65G", NULL},
    {IDENTIFIER_cro_number, "SF05/482703K", NULL}, {IDENTIFIER_cro_number, "SF/1A", NULL}, {IDENTIFIER_cro_number, "26541621G", NULL},

    {IDENTIFIER_noms_number, "A1234BC", "A1234BC"}, {IDENTIFIER_noms_number, "a2882sz", "A2882SZ"}, {IDENTIFIER_noms_number, "A12345B", NULL},
    {IDENTIFIER_noms_number, "1234ABC", NULL},
    {IDENTIFIER_crn, "X123456", "X123456"}, {IDENTIFIER_crn, "X340741", "X340741"}, {IDENTIFIER_crn, "X12345", NULL},

    {IDENTIFIER_asn, "1101ZD0100000448754K", "1101ZD0100000448754K"}, {IDENTIFIER_asn, "11/01ZD/01/448754K", "1101ZD0100000448754K"},
    {IDENTIFIER_asn, "1101ZD0100000448754A", NULL}, {IDENTIFIER_asn, "1101ZD01448754K", NULL}, {IDENTIFIER_asn, "11/01ZD/01/K", NULL},

    {IDENTIFIER_uprn, "100023336956", "100023336956"}, {IDENTIFIER_uprn, "199356", "199356"}, {IDENTIFIER_uprn, "000000199356", "199356"},
    {IDENTIFIER_uprn, "0", NULL}, {IDENTIFIER_uprn, "1000233369561", NULL}, {IDENTIFIER_uprn, "12A", NULL},

    {IDENTIFIER_upn, "B801200005001", "B801200005001"}, {IDENTIFIER_upn, "H801200001001", "H801200001001"},
    {IDENTIFIER_upn, "H823432101234", "H823432101234"}, {IDENTIFIER_upn, "A801200005001", NULL}, {IDENTIFIER_upn, "UN1", NULL},

    {IDENTIFIER_nino, "AB 12 34 56 C", "AB123456C"}, {IDENTIFIER_nino, "AA000003D", "AA000003D"}, {IDENTIFIER_nino, "QQ123456C", NULL},
    {IDENTIFIER_nino, "BG123456A", NULL}, {IDENTIFIER_nino, "AO123456A", NULL}, {IDENTIFIER_nino, "AB123456E", NULL},

    {IDENTIFIER_postcode, "SW1A 1AA", "SW1A 1AA"}, {IDENTIFIER_postcode, "sw1a1aa", "SW1A 1AA"}, {IDENTIFIER_postcode, "M1 1AA", "M1 1AA"},
    {IDENTIFIER_postcode, "B33 8TH", "B33 8TH"}, {IDENTIFIER_postcode, "CR2 6XH", "CR2 6XH"}, {IDENTIFIER_postcode, "DN55 1PT", "DN55 1PT"},
    {IDENTIFIER_postcode, "W1A 0AX", "W1A 0AX"}, {IDENTIFIER_postcode, "EC1A 1BB", "EC1A 1BB"}, {IDENTIFIER_postcode, "GIR 0AA", "GIR 0AA"},
    {IDENTIFIER_postcode, "QA1 1AA", NULL}, {IDENTIFIER_postcode, "AJ1 1AA", NULL}, {IDENTIFIER_postcode, "M1 1CA", NULL},
    {IDENTIFIER_postcode, "M1", NULL}, {IDENTIFIER_postcode, "SW1A 1AAA", NULL},

    {IDENTIFIER_phone, "07700 900123", "+447700900123"}, {IDENTIFIER_phone, "+44 (0)20 7946 0018", "+442079460018"},
    {IDENTIFIER_phone, "(01632) 960 001", "+441632960001"}, {IDENTIFIER_phone, "0044 7700 900123", "+447700900123"},
    {IDENTIFIER_phone, "0808 157 0000", "+448081570000"}, {IDENTIFIER_phone, "+1 202 555 0143", "+12025550143"},
    {IDENTIFIER_phone, "0770090012", NULL}, {IDENTIFIER_phone, "07700 900123 ext 4", NULL}, {IDENTIFIER_phone, "7700900123", NULL},
    {IDENTIFIER_phone, "0", NULL}, {IDENTIFIER_phone, "+", NULL},

    {IDENTIFIER_email, " Amelia.Strand@EXAMPLE.com ", "Amelia.Strand@example.com"}, {IDENTIFIER_email, "a@b", NULL},
    {IDENTIFIER_email, "a b@example.com", NULL}, {IDENTIFIER_email, "@example.com", NULL}, {IDENTIFIER_email, "a@example..com", NULL},

    {IDENTIFIER_offence_ho, "19512", "19512"}, {IDENTIFIER_offence_ho, "00866", "00866"}, {IDENTIFIER_offence_ho, "8/66", "00866"},
    {IDENTIFIER_offence_ho, "195/12", "19512"}, {IDENTIFIER_offence_ho, "866", NULL}, {IDENTIFIER_offence_ho, "8/", NULL},
    {IDENTIFIER_offence_cjs, "PH97003", "PH97003"}, {IDENTIFIER_offence_cjs, "ST19001", "ST19001"}, {IDENTIFIER_offence_cjs, "COML025", "COML025"},
    {IDENTIFIER_offence_cjs, "PH97003A", "PH97003A"}, {IDENTIFIER_offence_cjs, "P97003", NULL},
    {IDENTIFIER_court_ou, "B10JQ00", "B10JQ00"}, {IDENTIFIER_court_ou, "B10JQ", "B10JQ"}, {IDENTIFIER_court_ou, "B14LO00", "B14LO00"},
    {IDENTIFIER_court_ou, "B10J", NULL},
};

static void every_vector(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const struct vector *v = &vectors[i];
        struct str clean = STR_NONE;
        bool good = identifier_clean(v->id, str_of(v->given), 2026, &a, &clean);
        if (good != (v->clean != NULL) || (good && !str_eq(clean, str_of(v->clean))))
            fail_msg("vector %zu: %s gives %.*s, not %s", i, v->given, STR_ARG(clean), v->clean ? v->clean : "a refusal");
    }
}

/* What was cleaned is clean: nothing changes when it is cleaned again. */
static void cleaning_twice_is_cleaning_once(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct str again;
        if (!vectors[i].clean)
            continue;
        assert_true(identifier_clean(vectors[i].id, str_of(vectors[i].clean), 2026, &a, &again));
        assert_true(str_eq(again, str_of(vectors[i].clean)));
    }
}

/* One wrong digit never passes a check that promises to find it. */
static void one_wrong_digit_is_found(void **state)
{
    (void)state;
    static const struct vector checked[] = {
        {IDENTIFIER_nhs_number, "9434765919", ""}, {IDENTIFIER_pnc_id, "2002/0073319Z", ""}, {IDENTIFIER_cro_number, "265416/21G", ""},
        {IDENTIFIER_asn, "1101ZD0100000448754K", ""}};
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof checked / sizeof *checked; i++)
        for (size_t at = 2; checked[i].given[at]; at++) {
            char wrong[32];
            (void)snprintf(wrong, sizeof wrong, "%s", checked[i].given);
            if (wrong[at] < '0' || wrong[at] > '9')
                continue;
            wrong[at] = wrong[at] == '9' ? '0' : (char)(wrong[at] + 1);
            struct str clean;
            assert_false(identifier_clean(checked[i].id, str_of(wrong), 2026, &a, &clean));
        }
}

static void the_century_of_a_short_pnc_id_is_the_last_possible(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 16);
    struct str clean;
    static const char letters[] = "ZABCDEFGHJKLMNPQRTUVWXY";
    for (const char *l = letters; *l; l++) {
        char text[16];
        (void)snprintf(text, sizeof text, "26/1%c", *l);
        if (!identifier_clean(IDENTIFIER_pnc_id, str_of(text), 2026, &a, &clean))
            continue;
        assert_true(str_starts(clean, STR("2026/")));
        assert_true(identifier_clean(IDENTIFIER_pnc_id, str_of(text), 2025, &a, &clean));
        assert_true(str_starts(clean, STR("1926/")));
        return;
    }
    fail_msg("no check letter passed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector),
        cmocka_unit_test(cleaning_twice_is_cleaning_once),
        cmocka_unit_test(one_wrong_digit_is_found),
        cmocka_unit_test(the_century_of_a_short_pnc_id_is_the_last_possible),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("identifier", tests, NULL, NULL);
}
