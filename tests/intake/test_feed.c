/* Feed definitions: the nine that are built in, and every kind of mistake with its message. */
#include "intake/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* A small good definition; each case replaces one piece of it. */
static const char good[] =
    "{\"name\":\"f\",\"title\":\"T\",\"agency\":\"A\",\"agency_kind\":\"police\",\"controller\":\"C\",\"regime\":\"part3\",\"purpose\":\"P\",\n"
    "\"marking\":\"OFFICIAL\",\"format\":{\"type\":\"csv\",\"separator\":\",\"},\"charset\":\"UTF-8\",\"zone\":\"UTC\",\"delivery\":\"changes\",\n"
    "\"dates\":[\"YYYY-MM-DD\"],\"columns\":{\"required\":[\"Id\",\"At\",\"Name\"],\"optional\":[\"Role\"]},\n"
    "\"record_key\":[\"Id\"],\"row_key\":[],\"version_at\":\"At\",\"recorded_as\":\"Role\",\n"
    "\"event\":{\"of\":\"row\",\"kind\":\"police_contact\",\"occurred\":\"At\"},\n"
    "\"persons\":[{\"role\":{\"column\":\"Role\",\"values\":{\"V\":\"victim\"}},\"surname\":\"Name\"}],\n"
    "\"relations\":[{\"of\":0,\"to\":0,\"relation\":\"friend\"}]}";

struct mistake {
    const char *piece, *instead, *message;
};
static const struct mistake mistakes[] = {
    {"\"name\":\"f\"", "\"name\":\"F x\"", "feed.json:1: name: use small letters, digits and hyphens"},
    {"\"title\":\"T\",", "", "feed.json:1: title: a text is required"},
    {"\"agency_kind\":\"police\"", "\"agency_kind\":\"polis\"", "feed.json:1: agency_kind: \"polis\" is no agency_kind; one of: police, health, "},
    {"\"regime\":\"part3\"", "\"regime\":\"part9\"", "feed.json:1: regime: \"part9\" is no regime; one of: part2, part3"},
    {"\"type\":\"csv\"", "\"type\":\"xml\"", "feed.json:2: format.type: must be \"csv\" or \"jsonl\""},
    {"\"separator\":\",\"", "\"separator\":\"#\"", "feed.json:2: format.separator: must be one of , ; | or a tab"},
    {"\"charset\":\"UTF-8\"", "\"charset\":\"KOI-7\"", "feed.json:2: charset: must be UTF-8, windows-1252 or ISO-8859-1"},
    {"\"zone\":\"UTC\"", "\"zone\":\"Mars\"", "feed.json:2: zone: must be UTC or Europe/London"},
    {"\"delivery\":\"changes\"", "\"delivery\":\"some\"", "feed.json:2: delivery: must be \"changes\" or \"full\""},
    {"[\"YYYY-MM-DD\"]", "[\"MM-DD\"]", "feed.json:3: dates: a date style needs at least YYYY or YY"},
    {"[\"YYYY-MM-DD\"]", "[]", "feed.json:3: dates: a list of date styles is required"},
    {"\"Name\"],", "\"Name\",\"Id\"],", "feed.json:3: columns: the column \"Id\" stands twice"},
    {"\"required\":[\"Id\",\"At\",\"Name\"]", "\"required\":[]", "feed.json:3: columns: must be {\"required\""},
    {"\"record_key\":[\"Id\"]", "\"record_key\":[\"ID\"]", "feed.json:4: record_key: the column \"ID\" is not among \"columns\""},
    {"\"record_key\":[\"Id\"]", "\"record_key\":[]", "feed.json:4: record_key: at least one column is required"},
    {"\"version_at\":\"At\",", "", "feed.json:1: version_at: is required"},
    {"\"recorded_as\":\"Role\"", "\"recorded_as\":7", "feed.json:4: recorded_as: the name of a column is required"},
    {"\"recorded_as\"", "\"recordedas\"", "feed.json:4: feed: the key \"recordedas\" is not known here"},
    {"\"of\":\"row\"", "\"of\":\"case\"", "feed.json:5: event.of: must be \"row\""},
    {"\"kind\":\"police_contact\"", "\"kind\":\"crime\"", "feed.json:5: event.kind: \"crime\" is no event_kind"},
    {"\"kind\":\"police_contact\"", "\"kind\":{\"column\":\"Role\"}", "feed.json:5: event.kind: a rule has exactly one of"},
    {"\"kind\":\"police_contact\"", "\"kind\":{\"column\":\"Role\",\"values\":{}}", "feed.json:5: event.kind: a table of codes and words is required"},
    {"{\"V\":\"victim\"}", "{\"V\":\"victim\",\"v\":\"suspect\"}", "feed.json:6: role: the code \"v\" stands twice"},
    {"{\"V\":\"victim\"}", "{\"V\":\"villain\"}", "feed.json:6: role: \"villain\" is no role"},
    {"\"surname\":\"Name\"", "\"surname\":\"Surname\"", "feed.json:6: surname: the column \"Surname\" is not among \"columns\""},
    {"\"surname\":\"Name\"", "\"full_name\":{\"column\":\"Name\",\"style\":\"any\"}", "feed.json:6: full_name.style: must be"},
    {"\"surname\":\"Name\"", "\"identifiers\":{\"shoe\":\"Name\"}", "feed.json:6: identifiers: \"shoe\" is no identifier"},
    {"\"surname\":\"Name\"", "\"each\":\"x[]\",\"surname\":\"Name\"", "feed.json:6: each: must name a list of a JSON line"},
    {"\"to\":0", "\"to\":3", "feed.json:7: to: must be the number of a person"},
    {"\"relation\":\"friend\"", "\"relation\":\"pal\"", "feed.json:7: relation: \"pal\" is no relation"},
    {"\"relations\":[", "\"relations\":[[", "feed.json: "},
};

static void replace(struct buf *b, const char *piece, const char *instead)
{
    const char *at = strstr(good, piece);
    assert_non_null(at);
    assert_true(buf_add(b, good, (size_t)(at - good)) && buf_z(b, instead) && buf_z(b, at + strlen(piece)));
}

static void every_mistake_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        _cleanup_buf_ struct buf b;
        buf_init(&b, 1 << 16);
        replace(&b, mistakes[i].piece, mistakes[i].instead);
        struct feed *f = NULL;
        struct err e;
        if (feed_parse(buf_as_str(&b), "feed.json", &f, &e) == ERR_OK)
            fail_msg("mistake %zu was not found", i);
        if (!str_starts(str_of(e.message), str_of(mistakes[i].message)))
            fail_msg("mistake %zu: \"%s\" does not begin \"%s\"", i, e.message, mistakes[i].message);
        assert_null(f);
    }
}

static void the_good_one_is_good(void **state)
{
    (void)state;
    struct feed *f;
    struct err e;
    size_t required, columns, persons;
    assert_int_equal(feed_parse(str_of(good), "feed.json", &f, &e), ERR_OK);
    feed_counts(f, &required, &columns, &persons);
    assert_int_equal(required, 3);
    assert_int_equal(columns, 4);
    assert_int_equal(persons, 1);
    assert_true(str_eq(feed_definition(f), str_of(good)));
    feed_free(f);
}

static void every_prefix_is_refused(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof good - 1; n++) {
        struct feed *f = NULL;
        struct err e;
        assert_int_not_equal(feed_parse((struct str){good, n}, "feed.json", &f, &e), ERR_OK);
    }
}

static void the_built_in_feeds_parse(void **state)
{
    (void)state;
    size_t n = 0;
    for (; feed_builtin_names[n]; n++) {
        struct feed *f = NULL;
        struct err e;
        if (feed_builtin(str_of(feed_builtin_names[n]), &f, &e) != ERR_OK)
            fail_msg("%s", e.message);
        assert_true(str_eq(feed_name(f), str_of(feed_builtin_names[n])));
        assert_int_not_equal(feed_agency_kind(f), AGENCY_unknown);
        feed_free(f);
    }
    assert_int_equal(n, 9);
    struct feed *f = NULL;
    struct err e;
    assert_int_equal(feed_builtin(STR("no-such"), &f, &e), ERR_NOT_FOUND);
}

static void a_definition_that_is_no_file(void **state)
{
    (void)state;
    struct feed *f = NULL;
    struct err e;
    assert_int_equal(feed_read("/nowhere/feed.json", &f, &e), ERR_IO);
    assert_int_equal(feed_read("/tmp", &f, &e), ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_good_one_is_good), cmocka_unit_test(every_mistake_is_named), cmocka_unit_test(every_prefix_is_refused),
        cmocka_unit_test(the_built_in_feeds_parse), cmocka_unit_test(a_definition_that_is_no_file),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
