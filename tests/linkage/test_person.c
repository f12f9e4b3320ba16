/* The model for people does what docs/linkage.md promises of it: who must not be joined at the recommended threshold, who must. Every pair is
 * also brought by some blocking rule, or it would never be weighed. */
#include "fixture.h"

static const char *const columns[] = {"given_name", "middle_names", "surname", "former_surname", "dob", "sex", "postcode", "address_line", "phone", "email", "nhs_number"};

#define HOME "AB1 2CD|1 high street|+447700900001"
#define MAIL "a.b@example.org"

static const struct {
    const char *what, *l, *r;
    bool joined;
} cases[] = {
    {"mother and son at one address, one telephone", "mary||smith||1980-01-01|f|" HOME "||", "tom||smith||2010-05-06|m|" HOME "||", false},
    {"the same with a rare name and one e-mail", "mary||zelnik||1980-01-01|f|" HOME "|" MAIL "|", "tom||zelnik||2010-05-06|m|" HOME "|" MAIL "|", false},
    {"sisters, dates of birth missing", "mary||zelnik|||f|" HOME "||", "anna||zelnik|||f|" HOME "||", false},
    {"twins", "mary||zelnik||1980-01-01|f|" HOME "||", "anna||zelnik||1980-01-01|f|" HOME "||", false},
    {"twins with their mother's e-mail", "mary||zelnik||2015-01-01|f|" HOME "|" MAIL "|", "anna||zelnik||2015-01-01|f|" HOME "|" MAIL "|", false},
    {"father and son of one name", "john||zelnik||1980-01-01|m|" HOME "||", "john||zelnik||2005-03-09|m|" HOME "||", false},
    {"father and son who share a birthday too", "john||zelnik||1980-01-01|m|" HOME "||", "john||zelnik||2005-01-01|m|" HOME "||", false},
    {"couple, two surnames", "mary||smith||1980-01-01|f|" HOME "|" MAIL "|", "paul||jones||1979-05-06|m|" HOME "|" MAIL "|", false},
    {"somebody of a household, no given name", "||smith|||m|" HOME "||", "john||smith||1980-01-01|m|" HOME "||", false},
    {"an NHS number that was typed onto somebody else", "anna||brown||1990-02-02|f|||||9434765919", "mary||zelnik||1980-01-01|f|||||9434765919", false},
    {"a common name without anything else", "oliver||smith||||||||", "oliver||smith||||||||", false},

    {"common name, same date of birth", "oliver||smith||1980-01-01||||||", "oliver||smith||1980-01-01||||||", true},
    {"name and date of birth, moved, new telephone", "joanna||mitchell||1980-01-01|f|" HOME "||", "joanna||mitchell||1980-01-01|f|XY1 2CD|9 low road|+447700900777||", true},
    {"nickname and date of birth, moved", "william||mitchell||1980-01-01|m|" HOME "||", "bill||mitchell||1980-01-01|m|XY1 2CD|9 low road|+447700900777||", true},
    {"uncommon name and telephone, no date of birth", "joanna||zelnik||||||+447700900001||", "joanna||zelnik||1980-01-01|f|" HOME "||", true},
    {"date of birth with a slip, same address", "joanna||mitchell||1980-01-11|f|" HOME "||", "joanna||mitchell||1980-01-01|f|" HOME "||", true},
    {"day and month swapped", "joanna||mitchell||1980-03-11|f|" HOME "||", "joanna||mitchell||1980-11-03|f|" HOME "||", true},
    {"married, same address", "joanna||mitchell||1980-01-01|f|" HOME "||", "joanna||brown||1980-01-01|f|" HOME "||", true},
    {"married, former surname known", "joanna||mitchell||1980-01-01|f|||||", "joanna||brown|mitchell|1980-01-01|f|" HOME "||", true},
    {"surname with a slip", "joanna||mitchel||1980-01-01|f|||||", "joanna||mitchell||1980-01-01|f|" HOME "||", true},
    {"NHS number and given name", "mary||brown|||f|||||9434765919", "mary||zelnik||1980-01-01|f|||||9434765919", true},
};

static void add(struct link_table *t, size_t number, const char *text)
{
    struct str values[LINK_PERSON_N] = {STR_NONE}, rest = str_of(text);
    char id[16];
    struct err e = {0};
    values[LINK_PERSON_unique_id] = (struct str){id, (size_t)snprintf(id, sizeof id, "%04zu", number)};
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        ptrdiff_t at = str_find_char(rest, '|');
        struct str value = at < 0 ? rest : str_slice(rest, 0, (size_t)at);
        rest = at < 0 ? STR_NONE : str_slice(rest, (size_t)at + 1, rest.n);
        for (size_t k = 0; k < LINK_PERSON_N; k++)
            if (str_eq(link_person_columns[k], str_of(columns[c])))
                values[k] = value;
    }
    assert_int_equal(link_table_add(t, values, &e), ERR_OK);
}

static void joined_and_not_joined(void **state)
{
    (void)state;
    struct link_model *m;
    struct link_table *t;
    struct err e = {0};
    size_t wrong = 0, n = sizeof cases / sizeof *cases;
    _cleanup_arena_ struct arena a;
    arena_init(&a, (size_t)1 << 24);
    assert_int_equal(link_model_person(&m, &e), ERR_OK);
    assert_true(link_model_threshold(m) == 20);
    assert_int_equal(link_table_new(link_person_columns, LINK_PERSON_N, (size_t)1 << 26, &t, &e), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        add(t, 2 * i, cases[i].l);
        add(t, 2 * i + 1, cases[i].r);
    }
    for (size_t i = 0; i < n; i++) {
        struct link_explanation x;
        assert_int_equal(link_explain(m, t, 2 * i, 2 * i + 1, &a, &x, &e), ERR_OK);
        bool ok = (x.match_weight >= link_model_threshold(m)) == cases[i].joined && (x.match_key >= 0 || !cases[i].joined);
        if (!ok)
            print_message("# %s: weight %.1f, rule %td\n", cases[i].what, x.match_weight, x.match_key);
        wrong += !ok;
    }
    assert_int_equal(wrong, 0);
    link_table_free(t);
    link_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(joined_and_not_joined)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("person", tests, NULL, NULL);
}
