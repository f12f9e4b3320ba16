/* Sharing agreements: every mistake named with its line; the least of what several say; tested without a trace, activated, replaced, ended; decisions not to share. Both engines. */
#include "registry/registry_test.h"


/* ---- the file ---- */

#define HEAD                                                                                                                                         \
    "{\"name\": \"north-2026\", \"title\": \"North\", \"parties\": [\"Police\", \"Homes\", \"Refuge\"],\n \"regime\": \"part2\", \"lawful_basis\": \"x\", " \
    "\"marking\": \"OFFICIAL-SENSITIVE\", \"dpo_contact\": \"dpo@example.org\",\n"
#define DATES " \"start\": \"2025-11-01\", \"end\": \"2026-10-31\", \"review\": \"2026-05-01\",\n"
#define SHARE(from, to, purposes, ceiling) "{\"from\": \"" from "\", \"to\": " to ", \"purposes\": [" purposes "], \"ceiling\": " #ceiling "}"
#define GOOD HEAD DATES " \"shares\": [" SHARE("Homes", "\"Police\"", "\"safeguarding\"", 2) "]}"

static enum err_code read_one(const char *text, struct arena *a, struct registry_agreement *g, char *mistakes, size_t n, struct err *e)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, 1 << 20);
    enum err_code code = registry_agreement_read(str_of(text), "a.json", a, g, &b, e);
    (void)snprintf(mistakes, n, "%.*s", STR_ARG(buf_as_str(&b)));
    return code;
}

static void mistakes(void **state)
{
    static const struct { const char *text, *says; } cases[] = {
        {"{", "a.json"},
        {"[]", "a.json:1: an agreement is a JSON object"},
        {"{}", "a.json:1: name: 1 to 64"},
        {"{}", "a.json:1: parties: the names of at least two"},
        {"{}", "a.json:1: shares: at least one"},
        {"{\"name\": \"Bad Name\"}", "a.json:1: name: 1 to 64"},
        {HEAD " \"shape\": 1, " DATES "\"shares\": []}", "a.json:3: agreement: the key \"shape\" is not known"},
        {HEAD " \"start\": \"2025-11-01\",\n \"end\": \"2025-10-01\", \"review\": \"2025-11-02\", \"shares\": []}", "a.json:4: end: is before the start"},
        {HEAD " \"start\": \"2025-11-01\", \"end\": \"2035-10-01\", \"review\": \"2025-11-02\", \"shares\": []}", "end: is more than five years"},
        {HEAD " \"start\": \"2025-11-01\", \"end\": \"2026-10-01\", \"review\": \"2027-11-02\", \"shares\": []}", "review: must lie between"},
        {HEAD " \"start\": \"1 November\", \"end\": \"2026-10-01\", \"review\": \"2027-11-02\", \"shares\": []}", "start: a date as"},
        {HEAD DATES " \"shares\": [\n" SHARE("Council", "\"Police\"", "\"safeguarding\"", 2) "]}", "a.json:5: from: the name of one of the parties"},
        {HEAD DATES " \"shares\": [" SHARE("Homes", "\"Army\"", "\"safeguarding\"", 2) "]}", "to: the name of one of the parties"},
        {HEAD DATES " \"shares\": [" SHARE("Homes", "\"Homes\"", "\"safeguarding\"", 2) "]}", "to: an agency needs no agreement with itself"},
        {HEAD DATES " \"shares\": [" SHARE("Homes", "{\"kind\": \"army\"}", "\"safeguarding\"", 2) "]}", "to.kind: a kind of agency"},
        {HEAD DATES " \"shares\": [" SHARE("Homes", "\"Police\"", "\"curiosity\"", 2) "]}", "purposes: \"curiosity\" is no purpose"},
        {HEAD DATES " \"shares\": [" SHARE("Homes", "\"Police\"", "\"statistics\"", 1) "]}", "purposes: nothing about persons is seen for statistics"},
        {HEAD DATES " \"shares\": [" SHARE("Homes", "\"Police\"", "\"victim-support\"", 3) "]}", "nobody sees more than grade 2"},
        {HEAD DATES " \"shares\": [" SHARE("Homes", "\"Police\"", "\"safeguarding\"", 4) "]}", "ceiling: must be 0"},
        {HEAD DATES " \"shares\": [" SHARE("Homes", "\"Police\"", "\"safeguarding\"", 1.5) "]}", "ceiling: must be 0"},
        {HEAD DATES " \"shares\": [" SHARE("Homes", "\"Police\"", "\"safeguarding\"", 1) ",\n" SHARE("Homes", "\"Police\"", "\"meeting\", \"safeguarding\"", 2) "]}",
         "a.json:5: shares: the same agencies and purpose (safeguarding) stand on line 4 already"},
    };
    _cleanup_arena_ struct arena a;
    struct registry_agreement g;
    struct err e;
    char text[4000];
    (void)state;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_one(cases[i].text, &a, &g, text, sizeof text, &e), ERR_FORMAT);
        if (!strstr(text, cases[i].says) && !strstr(e.message, cases[i].says))
            fail_msg("case %zu: \"%s\" and \"%s\" lack \"%s\"", i, text, e.message, cases[i].says);
    }
    assert_int_equal(read_one(GOOD, &a, &g, text, sizeof text, &e), ERR_OK);
    assert_string_equal(text, "");
    assert_true(g.n_parties == 3 && g.n_shares == 1 && g.shares[0].ceiling == 2 && str_eq(g.definition, str_of(GOOD)));
    assert_int_equal(read_one(HEAD DATES " \"shares\": [" SHARE("X", "\"Y\"", "", 9) "], \"z\": 1}", &a, &g, text, sizeof text, &e), ERR_FORMAT);
    assert_string_equal(e.message, "a.json: the agreement has 5 mistakes"); /* all in one go */
}

/* ---- in force ---- */

struct hub_of_three {
    int64_t police, homes, refuge, start;
};

static struct hub_of_three three(struct store *s)
{
    int32_t day;
    assert_true(day_parse_iso(STR("2025-11-01"), &day));
    struct hub_of_three h = {agency(s, "Police", AGENCY_police), agency(s, "Homes", AGENCY_housing), agency(s, "Refuge", AGENCY_charity), day_start_ms(day)};
    (void)add(s, "root.admin", h.police, "", ACCESS_ROLE_administrator);
    return h;
}

static struct registry_agreement agreement(const char *text, struct arena *a)
{
    struct registry_agreement g;
    struct err e;
    char m[2000];
    test_ok(read_one(text, a, &g, m, sizeof m, &e), &e);
    return g;
}

static void in_force(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    struct registry_change *changes;
    size_t n;
    struct err problem;
    (void)t;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    const struct hub_of_three h = three(s);
    const int64_t now = h.start + HOUR, end = h.start + 365 * MS_PER_DAY;
    struct registry_agreement g = agreement(HEAD DATES " \"shares\": [" SHARE("Homes", "\"Police\"", "\"safeguarding\", \"meeting\"", 2) ","
                                            SHARE("Homes", "{\"kind\": \"charity\"}", "\"safeguarding\"", 1) "]}", &a);
    test_ok(registry_agreement_test(s, &g, h.start - HOUR, &a, &changes, &n, &problem), &problem);
    assert_int_equal(n, 3); /* looked at on the day it begins */
    assert_true(str_eq(changes[0].owner, STR("Homes")) && str_eq(changes[0].to, STR("Police")) && changes[0].before == ACCESS_CEILING_NONE && changes[0].after == 2);
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_safeguarding, now), ACCESS_CEILING_NONE); /* without a trace */
    DO(s, registry_agreement_activate(s, &g, STR("root.admin"), h.start - HOUR, &a, e));
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_safeguarding, now), 2);
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_meeting, now), 2);
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_investigation, now), ACCESS_CEILING_NONE);
    assert_int_equal(ceiling(s, h.refuge, h.homes, PURPOSE_safeguarding, now), 1);
    assert_int_equal(ceiling(s, h.homes, h.police, PURPOSE_safeguarding, now), ACCESS_CEILING_NONE); /* one way */
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_safeguarding, h.start - 1), ACCESS_CEILING_NONE);
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_safeguarding, end - 1), 2); /* the end's day is the last */
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_safeguarding, end), ACCESS_CEILING_NONE);
    REFUSED(s, ERR_CONFLICT, "activated before", registry_agreement_activate(s, &g, STR("root.admin"), now, &a, e));
    DO(s, registry_agreement_end(s, g.name, STR("root.admin"), now, e));
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_safeguarding, now), ACCESS_CEILING_NONE);
    REFUSED(s, ERR_NOT_FOUND, "is active", registry_agreement_end(s, g.name, STR("root.admin"), now, e));
}

#define NAMED(name, rest) "{\"name\": \"" name "\"" rest
#define REST ", \"title\": \"N\", \"parties\": [\"Police\", \"Homes\", \"Refuge\"], \"regime\": \"part2\", \"lawful_basis\": \"x\", \"marking\": \"O\", \"dpo_contact\": \"d\"," DATES

static void overlapping(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    (void)t;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    const struct hub_of_three h = three(s);
    const int64_t now = h.start + HOUR;
    struct registry_agreement low = agreement(NAMED("low", REST "\"shares\": [" SHARE("Homes", "\"Refuge\"", "\"safeguarding\"", 1) "]}"), &a);
    struct registry_agreement high = agreement(NAMED("high", REST "\"shares\": [" SHARE("Homes", "\"Refuge\"", "\"safeguarding\", \"meeting\"", 3) "]}"), &a);
    struct registry_agreement mixed = agreement(NAMED("mixed", REST "\"replaces\": [\"low\", \"high\"], \"shares\": [" SHARE("Homes", "{\"kind\": \"charity\"}", "\"safeguarding\"", 1) ","
                                                      SHARE("Homes", "\"Refuge\"", "\"safeguarding\"", 2) "]}"), &a);
    DO(s, registry_agreement_activate(s, &high, STR("root.admin"), now, &a, e));
    assert_int_equal(ceiling(s, h.refuge, h.homes, PURPOSE_safeguarding, now), 3);
    DO(s, registry_agreement_activate(s, &low, STR("root.admin"), now, &a, e));
    assert_int_equal(ceiling(s, h.refuge, h.homes, PURPOSE_safeguarding, now), 1); /* the least */
    assert_int_equal(ceiling(s, h.refuge, h.homes, PURPOSE_meeting, now), 3);
    DO(s, registry_agreement_activate(s, &mixed, STR("root.admin"), now, &a, e));
    assert_int_equal(ceiling(s, h.refuge, h.homes, PURPOSE_safeguarding, now), 2); /* both replaced; who is named goes before their kind */
    assert_int_equal(ceiling(s, h.refuge, h.homes, PURPOSE_meeting, now), ACCESS_CEILING_NONE);
}

static void refusing(struct store *s, struct test_store *t)
{
    _cleanup_arena_ struct arena a;
    _cleanup_buf_ struct buf findings;
    struct registry_refusal *list;
    struct err problem;
    size_t n;
    int64_t id, other;
    (void)t;
    arena_init(&a, LIMIT_REQUEST_BYTES);
    buf_init(&findings, 10000);
    const struct hub_of_three h = three(s);
    const int64_t now = h.start + HOUR;
    struct registry_agreement g = agreement(GOOD, &a);
    DO(s, registry_agreement_activate(s, &g, STR("root.admin"), now, &a, e));
    const struct registry_refusal one = {.from_agency = h.homes, .to_agency = h.police, .object = STR("C1234"), .why = STR("her landlord is his brother")}, all = {
        .from_agency = h.homes, .to_agency = h.police, .purpose = PURPOSE_safeguarding, .object = STR(""), .why = STR("the desk leaks")};
    DO(s, registry_refusal_add(s, registry_test_vault, &one, STR("jo.bloggs"), now, &other, e));
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_safeguarding, now), 2);
    DO(s, registry_refusal_add(s, registry_test_vault, &all, STR("jo.bloggs"), now, &id, e));
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_safeguarding, now), ACCESS_CEILING_NONE);
    DO(s, registry_refusal_end(s, id, STR("jo.bloggs"), now, e));
    assert_int_equal(ceiling(s, h.police, h.homes, PURPOSE_safeguarding, now), 2);
    test_ok(registry_refusals(s, registry_test_vault, &a, &list, &n, &problem), &problem);
    assert_true(n == 2 && str_eq(list[0].why, STR("her landlord is his brother")) && list[1].ended_ms == now); /* kept */
    test_ok(registry_findings(s, now, &a, &findings, &problem), &problem);
    assert_int_equal(findings.n, 0);
    test_ok(registry_findings(s, h.start + 182 * MS_PER_DAY, &a, &findings, &problem), &problem);
    assert_true(str_find(buf_as_str(&findings), STR("north-2026 is past its review date")) >= 0);
    test_ok(registry_findings(s, h.start + 365 * MS_PER_DAY, &a, &findings, &problem), &problem);
    assert_true(str_find(buf_as_str(&findings), STR("north-2026 is past its end")) >= 0);
    struct registry_agreement unknown = agreement(NAMED("other", ", \"title\": \"N\", \"parties\": [\"Police\", \"Army\"], \"regime\": \"part2\", \"lawful_basis\": \"x\", \"marking\": \"O\","
                                                        " \"dpo_contact\": \"d\"," DATES "\"shares\": [" SHARE("Army", "\"Police\"", "\"safeguarding\"", 1) "]}"), &a);
    REFUSED(s, ERR_CONFLICT, "no agency named \"Army\"", registry_agreement_activate(s, &unknown, STR("root.admin"), now, &a, e));
}

ON_EACH(in_force)
ON_EACH(overlapping)
ON_EACH(refusing)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mistakes), cmocka_unit_test(in_force_on_each), cmocka_unit_test(overlapping_on_each), cmocka_unit_test(refusing_on_each)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("agreements", tests, registry_test_setup, registry_test_teardown);
}
