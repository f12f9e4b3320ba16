/* test_ids.c: identifiers are one to one and stay in their ranges up to the largest county. (Their checks are computed
 * again, apart, in check_extracts.py.) */
#include "simulate/county.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int compare(const void *a, const void *b) { return strcmp(a, b); }

/* All texts of `width` bytes differ. */
static void assert_unique(char *texts, size_t n, size_t width)
{
    qsort(texts, n, width, compare);
    for (size_t i = 1; i < n; i++)
        assert_true(strcmp(texts + (i - 1) * width, texts + i * width) != 0);
}

static void nhs_numbers_are_unique_until_the_range_ends(void **state)
{
    (void)state;
    struct county c = {0};
    assert_true(id_nhs_init(&c));
    assert_in_range(c.n_nhs, 900000, 910000);
    char *texts = calloc(c.n_nhs, 16);
    assert_non_null(texts);
    for (uint32_t i = 0; i < c.n_nhs; i++) {
        id_nhs(&c, i, texts + (size_t)i * 16);
        assert_int_equal(strncmp(texts + (size_t)i * 16, "999", 3), 0);
        assert_int_equal(strlen(texts + (size_t)i * 16), 10);
    }
    assert_unique(texts, c.n_nhs, 16);
    char none[16];
    id_nhs(&c, c.n_nhs, none);
    assert_string_equal(none, "");
    free(texts);
    free(c.nhs);
}

static void others_are_unique(void **state)
{
    (void)state;
    enum { N = 200000, STEP = SIMULATE_MAX_PEOPLE / N };
    char *pnc = calloc(N, 32), *noms = calloc(N, 32), *phone = calloc(N, 32), *cro = calloc(N, 32);
    assert_true(pnc && noms && phone && cro);
    for (uint32_t i = 0; i < N; i++) {
        uint32_t person = i * STEP + i % STEP;
        id_pnc(person, pnc + (size_t)i * 32);
        id_noms(person, noms + (size_t)i * 32);
        id_mobile(person, (int)(i % 4), phone + (size_t)i * 32);
        id_cro(i, cro + (size_t)i * 32);
        assert_int_equal(strlen(phone + (size_t)i * 32), 11);
    }
    assert_unique(pnc, N, 32);
    assert_unique(noms, N, 32);
    assert_unique(phone, N, 32);
    assert_unique(cro, N, 32);
    id_cro(SIMULATE_MAX_PEOPLE - 1, cro);
    assert_string_equal(cro, ""); /* ran out: none rather than one that is shared */
    free(pnc);
    free(noms);
    free(phone);
    free(cro);
}

/* Published examples with other ranges cannot be made here; the check letters are those of our own numbers, computed by
 * hand. */
static void check_letters(void **state)
{
    (void)state;
    char z[32];
    id_pnc(0, z); /* 04 9000000: 49000000 mod 23 = 18 -> U of ZABCDEFGHJKLMNPQRTUVWXY */
    assert_string_equal(z, "2004/9000000U");
    id_cro(0, z); /* 04 900000: 4900000 mod 23 = 11 -> L */
    assert_string_equal(z, "900000/04L");
}

static void postcodes_and_addresses_are_apart(void **state)
{
    (void)state;
    struct county c = {0};
    char *texts = calloc(WARD_DWELLINGS * 400, 128);
    assert_non_null(texts);
    uint32_t n = WARD_DWELLINGS * 400;
    for (uint32_t i = 0; i < n; i++) {
        char address[112], postcode[10];
        place_address(&c, i, address, sizeof address);
        place_postcode(i, postcode);
        assert_int_equal(strncmp(postcode, "OU", 2), 0);
        (void)snprintf(texts + (size_t)i * 128, 128, "%s %s", address, postcode);
    }
    assert_unique(texts, n, 128);
    free(texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nhs_numbers_are_unique_until_the_range_ends),
        cmocka_unit_test(others_are_unique),
        cmocka_unit_test(check_letters),
        cmocka_unit_test(postcodes_and_addresses_are_apart),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("ids", tests, NULL, NULL);
}
