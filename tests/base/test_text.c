/* Character sets and folding. */
#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define IN(literal) literal, sizeof(literal) - 1

static void utf8_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        ptrdiff_t bad; /* -1: valid */
    } cases[] = {
        {IN(""), -1},
        {IN("plain ASCII, long enough for the short way"), -1},
        {IN("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF\xEF\xBF\xBF"), -1},
        {IN("12345678\0"), 8},
        {IN("1234\0" "5678"), 4},
        {IN("\x80"), 0},
        {IN("a\xC0\x80"), 1},
        {IN("a\xC1\xBF"), 1},
        {IN("\xE0\x9F\xBF"), 0},
        {IN("\xED\xA0\x80"), 0},
        {IN("\xF0\x8F\xBF\xBF"), 0},
        {IN("\xF4\x90\x80\x80"), 0},
        {IN("\xF5\x80\x80\x80"), 0},
        {IN("ab\xE2\x82"), 2},
        {IN("ab\xF0\x9F\x98"), 2},
        {IN("\xC3("), 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = 999;
        assert_int_equal(utf8_valid((struct str){cases[i].text, cases[i].n}, &at), cases[i].bad < 0);
        if (cases[i].bad >= 0)
            assert_int_equal(at, cases[i].bad);
    }
    assert_int_equal(utf8_length(STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")), 4);
}

static void every_code_point_goes_out_and_in(void **state)
{
    (void)state;
    size_t at;
    for (uint32_t c = 1; c < 0x110000; c++) {
        char u[4];
        size_t n = utf8_put(u, c);
        assert_int_equal(utf8_valid((struct str){u, n}, &at), c < 0xD800 || c > 0xDFFF);
    }
}

static void sets_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *set, *text;
        size_t n;
        const char *want, *message; /* one of them */
    } cases[] = {
        {"utf-8", IN("Zo\xC3\xAB"), "Zo\xC3\xAB", NULL},
        {"UTF-8", IN("Zo\xC3"), NULL, "the text is not UTF-8: byte 3; check the character set of the feed"},
        {"Windows-1252", IN("O\x92" "Connor \x80" "5 \xE9"), "O\xE2\x80\x99" "Connor \xE2\x82\xAC" "5 \xC3\xA9", NULL},
        {"windows-1252", IN("ab\x81"), NULL, "the text is not Windows-1252: byte 3; check the character set of the feed"},
        {"cp1252", IN("\x8D"), NULL, "the text is not Windows-1252: byte 1; check the character set of the feed"},
        {"windows-1252", IN("a\0"), NULL, "the text is not Windows-1252: byte 2; check the character set of the feed"},
        {"ISO-8859-1", IN("\xE9\x92"), "\xC3\xA9\xC2\x92", NULL},
        {"UTF-16LE", IN("\xFF\xFEZ\0\xEB\0=\xD8\0\xDE"), "Z\xC3\xAB\xF0\x9F\x98\x80", NULL},
        {"UTF-16BE", IN("\0Z\0\xEB"), "Z\xC3\xAB", NULL},
        {"UTF-16LE", IN("Z\0\xEB"), NULL, "the text is not UTF-16: byte 3; check the character set of the feed"},
        {"UTF-16LE", IN("=\xD8Z\0"), NULL, "the text is not UTF-16: byte 1; check the character set of the feed"},
        {"UTF-16LE", IN("\0\xDE"), NULL, "the text is not UTF-16: byte 1; check the character set of the feed"},
        {"UTF-16BE", IN("\0Z\0\0"), NULL, "the text is not UTF-16: byte 3; check the character set of the feed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_buf_ struct buf b;
        buf_init(&b, 1000);
        assert_true(buf_z(&b, "<"));
        enum charset set = CHARSET_UNKNOWN;
        struct err e = {.code = ERR_OK};
        assert_true(charset_parse(str_of(cases[i].set), &set));
        enum err_code code = charset_decode(set, (struct str){cases[i].text, cases[i].n}, &b, &e);
        if (cases[i].want) {
            assert_int_equal(code, ERR_OK);
            assert_true(str_eq(str_slice(buf_as_str(&b), 1, b.n), str_of(cases[i].want)));
        } else {
            assert_int_equal(code, ERR_FORMAT);
            assert_string_equal(e.message, cases[i].message);
            assert_true(str_eq(buf_as_str(&b), STR("<")));
        }
    }
    enum charset set;
    assert_false(charset_parse(STR("EBCDIC"), &set));
    _cleanup_buf_ struct buf b;
    struct err e;
    buf_init(&b, 3);
    assert_int_equal(charset_decode(CHARSET_UNKNOWN, STR("a"), &b, &e), ERR_UNSUPPORTED);
    assert_string_equal(e.message, "the character set is not known");
    assert_int_equal(charset_decode(CHARSET_UTF8, STR("abcd"), &b, &e), ERR_LIMIT);
    assert_string_equal(e.message, "the decoded text is over its limit of 3 bytes");
}

static void names_fold(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fold, *alnum;
    } cases[] = {
        {"  Zo\xC3\xAB  O\xE2\x80\x99" "Connor-\xC5\x81uczak ", "zoe o'connor-luczak", "zoeoconnorluczak"},
        {"SMITH", "smith", "smith"},
        {"", "", ""},
        {" \t\n", "", ""},
        {"Sm\tith\n Jr", "sm ith jr", "smithjr"},
        {"\xC3\x98rsted", "orsted", "orsted"},                            /* Ø */
        {"Stra\xC3\x9F" "e", "strasse", "strasse"},                       /* ß */
        {"\xE1\xBA\x9E", "ss", "ss"},                                     /* ẞ */
        {"\xC3\x86" "thelred \xC5\x92uvre", "aethelred oeuvre", "aethelredoeuvre"},
        {"\xC3\x90or\xC3\xBE", "dorth", "dorth"},                         /* Ð þ */
        {"I\xC5\x9F\xC4\xB1k \xC4\xB0smet", "isik ismet", "isikismet"},   /* ş ı İ */
        {"Nguy\xE1\xBB\x85n", "nguyen", "nguyen"},
        {"Zoe\xCC\x88", "zoe", "zoe"},                                    /* a combining mark */
        {"\xC5\xBD\xC4\x91" "ar", "zdar", "zdar"},                        /* Ž đ */
        {"O\xC2\xB4" "Brien", "o'brien", "obrien"},                       /* acute accent as apostrophe */
        {"O`Brien", "o'brien", "obrien"},
        {"Anne\xE2\x80\x93Marie", "anne-marie", "annemarie"},             /* en dash */
        {"Anne\xC2\xA0Marie", "anne marie", "annemarie"},                 /* no-break space */
        {"Anne\xC2\xAD" "Marie", "annemarie", "annemarie"},               /* soft hyphen */
        {"\xEF\xAC\x81nn", "finn", "finn"},                               /* fi ligature */
        {"\xEF\xBC\xA1\xEF\xBC\x91", "a1", "a1"},                         /* full width */
        {"\xCE\x86\xCE\xBD\xCE\xBD\xCE\xB1", "\xCE\xB1\xCE\xBD\xCE\xBD\xCE\xB1", "\xCE\xB1\xCE\xBD\xCE\xBD\xCE\xB1"}, /* Άννα */
        {"\xD0\xA1\xD0\xB5\xD1\x80\xD0\xB3\xD0\xB5\xD0\xB9", "\xD1\x81\xD0\xB5\xD1\x80\xD0\xB3\xD0\xB5\xD0\xB9",
         "\xD1\x81\xD0\xB5\xD1\x80\xD0\xB3\xD0\xB5\xD0\xB9"},             /* Сергей keeps й */
        {"\xE3\x81\x8B\xE3\x82\x99", "\xE3\x81\x8C", "\xE3\x81\x8C"},     /* か + dakuten = が */
        {"\xE0\xA4\xB0\xE0\xA4\xBE\xE0\xA4\xAE", "\xE0\xA4\xB0\xE0\xA4\xBE\xE0\xA4\xAE", "\xE0\xA4\xB0\xE0\xA4\xBE\xE0\xA4\xAE"}, /* राम */
        {"\xD9\x85\xD8\xAD\xD9\x85\xD8\xAF", "\xD9\x85\xD8\xAD\xD9\x85\xD8\xAF", "\xD9\x85\xD8\xAD\xD9\x85\xD8\xAF"}, /* محمد */
        {"\xE7\x8E\x8B 12", "\xE7\x8E\x8B 12", "\xE7\x8E\x8B" "12"},      /* 王 */
        {"\xED\x95\x9C", "\xED\x95\x9C", "\xED\x95\x9C"},                 /* 한, one syllable */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_arena_ struct arena a;
        arena_init(&a, 1 << 16);
        struct str fold = text_fold(&a, str_of(cases[i].text)), alnum = text_fold_alnum(&a, str_of(cases[i].text));
        assert_non_null(fold.p);
        if (!str_eq(fold, str_of(cases[i].fold)) || !str_eq(alnum, str_of(cases[i].alnum)))
            fail_msg("case %zu folds to \"%.*s\" and \"%.*s\"", i, STR_ARG(fold), STR_ARG(alnum));
        assert_true(str_eq(text_fold(&a, fold), fold)); /* folding again changes nothing */
    }
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 16);
    assert_null(text_fold(&a, STR("bad \xFF")).p);
    struct arena none;
    arena_init(&none, 0);
    assert_null(text_fold(&none, STR("Zo\xC3\xAB")).p);
}

/* Folding is stable, valid, and no letter disappears, over every code point. */
static void every_code_point_folds(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    size_t at;
    for (uint32_t c = 1; c < 0x30000; c++) {
        char u[6] = "x";
        size_t n = 1 + utf8_put(u + 1, c);
        u[n++] = 'y';
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        arena_reset(&a);
        struct str once = text_fold(&a, (struct str){u, n});
        assert_non_null(once.p);
        assert_true(utf8_valid(once, &at));
        struct str twice = text_fold(&a, once);
        if (!str_eq(once, twice))
            fail_msg("U+%04X folds to \"%.*s\" and again to \"%.*s\"", c, STR_ARG(once), STR_ARG(twice));
        assert_true(str_starts(once, STR("x")) && str_ends(once, STR("y")));
    }
}

static void ascii_takes_the_short_way_to_the_same(void **state)
{
    (void)state;
    srand(3);
    for (int round = 0; round < 5000; round++) {
        _cleanup_arena_ struct arena a;
        arena_init(&a, 1 << 16);
        char text[40];
        size_t n = (size_t)rand() % 30;
        for (size_t i = 0; i < n; i++)
            text[i] = (char)(1 + rand() % 127);
        struct str shorter = text_fold(&a, (struct str){text, n});
        memcpy(text + n, "\xC2\xAD", 2); /* a soft hyphen, which folds to nothing, forces the long way */
        struct str longer = text_fold(&a, (struct str){text, n + 2});
        assert_true(str_eq(shorter, longer));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(every_code_point_goes_out_and_in),
        cmocka_unit_test(sets_are_decoded),
        cmocka_unit_test(names_fold),
        cmocka_unit_test(every_code_point_folds),
        cmocka_unit_test(ascii_takes_the_short_way_to_the_same),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
