/* What compiled templates write: sections, lists, outer names; and, for random text in every field, nothing that ends an element or a value. */
#include "page/page_templates.h"
#include "sample/sample_templates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct sample_item *items_of(struct str text)
{
    static struct str tags[2];
    static struct sample_item items[2];
    tags[0] = tags[1] = text;
    items[0] = (struct sample_item){.name = text, .marked = true, .tags = tags, .n_tags = 2};
    items[1] = (struct sample_item){.name = text};
    return items;
}

static struct str render(struct arena *a, struct str text)
{
    struct html tag, all;
    struct err e;
    assert_int_equal(page_tag_html(a, &(const struct page_tag){text, STR("red")}, &tag, &e), ERR_OK);
    struct sample s = {
        .text = text, .attribute = text, .fragment = text, .href = url_under(a, STR("/review"), text), .inside = tag, .tag = {text, text},
        .number = INT64_MIN, .yes = true, .items = items_of(text), .n_items = 2,
    };
    assert_int_equal(sample_all_html(a, &s, &all, &e), ERR_OK);
    return html_str(all);
}

static void sections_lists_and_names(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    struct str got = render(&a, STR("x"));
    const char *want =
        "<div title=\"x\" lang='x' data-yes=\"-9223372036854775808\">\n<p>x &amp; -9223372036854775808</p>\n"
        "<a href=\"/review/x\">x</a> <a href=\"#x\" id=\"x\">up</a> <a href=\"/fixed\">fixed</a>\n"
        "<strong class=\"govuk-tag govuk-tag--red\">x</strong>\n\n<i>empty</i>\n<ol>\n"
        "<li id=\"item-1\" class=\"a b\">x: <em>x of x in x</em><em>x of x in x</em></li>\n"
        "<li id=\"item-2\" class=\"a\">x: </li>\n</ol>\n"
        "<strong class=\"govuk-tag govuk-tag--x\">x</strong>\n<strong class=\"govuk-tag govuk-tag--red\">x</strong>\n"
        "<br><img src=\"/i.svg\" alt=\"\">\n</div>\n";
    assert_string_equal(str_z(&a, got), want);
}

static size_t count(struct str s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == c;
    return n;
}

static bool entity_at(struct str s, size_t i)
{
    static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (str_starts(str_slice(s, i, s.n), str_of(known[k])))
            return true;
    return false;
}

static void random_text_never_ends_a_value(void **state)
{
    (void)state;
    static const char alphabet[] = "<>&\"'</script><!--&#x3c;=/ \x01\x1f\x7f\t\nabc\xc3\xa9\xff;";
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 22);
    struct str plain = render(&a, STR("x"));
    size_t fixed[4] = {count(plain, '<'), count(plain, '>'), count(plain, '"'), count(plain, '\'')};
    srandom(20261124);
    for (int round = 0; round < 2000; round++) {
        char text[40];
        size_t n = (size_t)random() % sizeof text + 1;
        for (size_t i = 0; i < n && i < sizeof text; i++)
            text[i] = random() % 4 ? alphabet[(size_t)random() % (sizeof alphabet - 1)] : (char)random();
        struct str got = render(&a, (struct str){text, n < sizeof text ? n : sizeof text});
        assert_int_equal(count(got, '<'), fixed[0]);
        assert_int_equal(count(got, '>'), fixed[1]);
        assert_int_equal(count(got, '"'), fixed[2]);
        assert_int_equal(count(got, '\''), fixed[3]);
        for (size_t i = 0; i < got.n; i++) {
            assert_true(got.p[i] != '&' || entity_at(got, i));
            assert_true((unsigned char)got.p[i] >= 0x20 || got.p[i] == '\n' || got.p[i] == '\t' || got.p[i] == '\r');
        }
        arena_reset(&a);
    }
}

static void direction_controls_are_shown(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    struct html h;
    struct err e;
    const struct page_inset turned = {STR("a\xE2\x80\xAE" "b\xE2\x81\xA6" "c\xE2\x80\x94\xE2\x80")};
    assert_int_equal(page_inset_html(&a, &turned, &h, &e), ERR_OK);
    assert_string_equal(str_z(&a, html_str(h)), "<div class=\"govuk-inset-text\">a\xEF\xBF\xBD" "b\xEF\xBF\xBD" "c\xE2\x80\x94\xE2\x80</div>\n");
}

static void a_page_has_a_limit(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    size_t n = LIMIT_PAGE_BYTES / 4; /* each " becomes six bytes */
    char *quotes = malloc(n);
    assert_non_null(quotes);
    memset(quotes, '"', n);
    struct html h = {"untouched", 9};
    struct err e;
    assert_int_equal(page_inset_html(&a, &(const struct page_inset){{quotes, n}}, &h, &e), ERR_LIMIT);
    assert_string_equal(e.message, "the page is over its limit of 4194304 bytes");
    assert_true(str_eq(html_str(h), STR("untouched")));
    assert_int_equal(page_inset_html(&a, &(const struct page_inset){{quotes, 300000}}, &h, &e), ERR_LIMIT);
    assert_string_equal(e.message, "the page does not fit into its request's memory; show fewer rows");
    free(quotes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_lists_and_names),
        cmocka_unit_test(random_text_never_ends_a_value),
        cmocka_unit_test(direction_controls_are_shown),
        cmocka_unit_test(a_page_has_a_limit),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("templates", tests, NULL, NULL);
}
