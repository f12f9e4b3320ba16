/* Conditions: values equal to DuckDB's (golden_expr.csv) and to Spark's (golden_expr_spark.csv), errors that show the place, limits. */
#include "linkage/expr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static const char *folder;

static enum err_code parse(struct arena *a, const char *text, enum expr_dialect d, enum expr_naming naming, struct expr_names *names, struct expr **ret,
                           struct err *e)
{
    *names = (struct expr_names){.a = a};
    return expr_parse(a, str_of(text), d, naming, names, ret, e);
}

/* Conditions must be boolean, and DuckDB's answers are of any type: so the value is asked of `x IS NULL OR x = x`'s first operand. */
static void evaluate(const char *text, enum expr_dialect d, char *out, size_t cap)
{
    _cleanup_arena_ struct arena a;
    struct expr_names names;
    struct expr *x;
    struct err e = {0};
    struct value v;
    struct str s;
    char wrapped[2048];
    arena_init(&a, (size_t)1 << 22);
    (void)snprintf(wrapped, sizeof wrapped, "(%s) IS NULL", text);
    if (parse(&a, wrapped, d, NAMING_SUFFIX, &names, &x, &e) != ERR_OK)
        fail_msg("%s", e.message);
    struct expr_scope scope = {.a = &a};
    assert_int_equal(expr_eval(x->child[0], &scope, &v, &e), ERR_OK);
    if (v.type == VALUE_NULL)
        s = STR("NULL");
    else
        assert_int_equal(value_to_text(v, &a, &s, &e), ERR_OK);
    (void)snprintf(out, cap, "%.*s", STR_ARG(s));
    expr_names_release(&names);
}

static bool same_value(const char *got, struct str want)
{
    double g, w;
    if (str_eq(str_of(got), want))
        return true;
    return str_to_double(str_of(got), &g) && str_to_double(want, &w) && g == w; /* 1.0 and 1 */
}

/* Where Spark ends the job (ERROR: for a day that its older rules would read otherwise) Haven says NULL. */
static void values_are(const char *golden, enum expr_dialect d, size_t least)
{
    char path[512], text[1024], got[1024];
    struct csv_file *f;
    struct csv_record r;
    struct err e = {0};
    bool more;
    size_t n = 0, wrong = 0;
    (void)snprintf(path, sizeof path, "%s/%s", folder, golden);
    assert_int_equal(csv_open(path, ',', NULL, &f, &e), ERR_OK);
    assert_int_equal(csv_read(f, &r, &more, &e), ERR_OK);
    while (csv_read(f, &r, &more, &e) == ERR_OK && more) {
        (void)snprintf(text, sizeof text, "%.*s", STR_ARG(r.fields[0]));
        evaluate(text, d, got, sizeof got);
        if (!same_value(got, str_eq(r.fields[1], STR("ERROR")) ? STR("NULL") : r.fields[1])) {
            print_message("# %s: %.*s, Haven %s\n", text, STR_ARG(r.fields[1]), got);
            wrong++;
        }
        n++;
    }
    csv_close(f);
    assert_true(n > least);
    assert_int_equal(wrong, 0);
}

static void values_are_duckdbs(void **state)
{
    (void)state;
    values_are("golden_expr.csv", DIALECT_DUCKDB, 140);
}

static void values_are_sparks(void **state)
{
    (void)state;
    values_are("golden_expr_spark.csv", DIALECT_SPARK, 120);
}

static void errors_show_the_place(void **state)
{
    (void)state;
    static const struct {
        enum expr_naming naming;
        enum err_code code;
        const char *text, *message;
    } cases[] = {
        {NAMING_SUFFIX, ERR_FORMAT, "", "expected a value at the end of ``"},
        {NAMING_SUFFIX, ERR_FORMAT, "\"a_l\" =", "expected a value at the end of `\"a_l\" =`"},
        {NAMING_SUFFIX, ERR_FORMAT, "(\"a_l\" = \"a_r\"", "expected ) at the end of `(\"a_l\" = \"a_r\"`"},
        {NAMING_SUFFIX, ERR_FORMAT, "\"a_l = \"a_r\"",
         "the name a_l =  does not end in _l or _r, so its record is not known, at character 1, near `\"a_l = \"a_r\"`, of `\"a_l = \"a_r\"`"},
        {NAMING_SUFFIX, ERR_FORMAT, "a_l = 'x", "the quote ' is not closed, at character 7, near `'x`, of `a_l = 'x`"},
        {NAMING_SUFFIX, ERR_FORMAT, "name = 'x'", "the name name does not end in _l or _r, so its record is not known, at character 1, near `name = 'x'`, of `name = 'x'`"},
        {NAMING_SUFFIX, ERR_FORMAT, "a_l ; b_r", "a character that has no meaning here at character 5, near `; b_r`, of `a_l ; b_r`"},
        {NAMING_SUFFIX, ERR_FORMAT, "a_l = b_r c_l", "expected the end or an operator at character 11, near `c_l`, of `a_l = b_r c_l`"},
        {NAMING_SUFFIX, ERR_FORMAT, "length(a_l)", "expected a condition (something true or false) at character 1, near `length(a_l)`, of `length(a_l)`"},
        {NAMING_SUFFIX, ERR_FORMAT, "levenshtein(a_l) <= 1", "levenshtein takes 2 to 2 arguments, not 1, at character 1, near `levenshtein(a_l) <= 1`, of `levenshtein(a_l) <= 1`"},
        {NAMING_SUFFIX, ERR_FORMAT, "case a_l end", "expected when at character 10, near `end`, of `case a_l end`"},
        {NAMING_SUFFIX, ERR_FORMAT, "a_l is b_r", "expected NULL after IS at character 8, near `b_r`, of `a_l is b_r`"},
        {NAMING_SUFFIX, ERR_UNSUPPORTED, "soundex(a_l) = soundex(a_r)", "the function soundex is not supported (docs/linkage.md lists those that are) at character 1, near `soundex(a_l) = soundex(a`, of `soundex(a_l) = soundex(a_r)`"},
        {NAMING_SUFFIX, ERR_UNSUPPORTED, "a_l similar to 'x'", "the operator similar is not supported at character 5, near `similar to 'x'`, of `a_l similar to 'x'`"},
        {NAMING_SUFFIX, ERR_FORMAT, "a_l like", "expected a value at the end of `a_l like`"},
        {NAMING_SUFFIX, ERR_UNSUPPORTED, "a_l rlike a_r", "a pattern that is not a literal is not supported at character 11, near `a_r`, of `a_l rlike a_r`"},
        {NAMING_SUFFIX, ERR_UNSUPPORTED, "cast(a_l as uuid) = a_r", "the type uuid is not supported at character 13, near `uuid) = a_r`, of `cast(a_l as uuid) = a_r`"},
        {NAMING_SUFFIX, ERR_UNSUPPORTED, "regexp_matches(a_l, '(?=x)')", "`(?=x)`: the pattern has a look-around or other group that is not plain, which RE2 does not have"},
        {NAMING_SUFFIX, ERR_UNSUPPORTED, "regexp_matches(a_l, '(a)\\1')", "`(a)\\1`: the pattern has a back-reference, which RE2 does not have"},
        {NAMING_SUFFIX, ERR_UNSUPPORTED, "regexp_matches(a_l, 'a++')", "`a++`: the pattern has a possessive repeat, which RE2 does not have"},
        {NAMING_SUFFIX, ERR_FORMAT, "regexp_matches(a_l, '(a')", "`(a`: the pattern is wrong at character 3: missing closing parenthesis"},
        {NAMING_SUFFIX, ERR_UNSUPPORTED, "regexp_matches(a_l, a_r)", "a pattern that is not a literal is not supported at character 21, near `a_r)`, of `regexp_matches(a_l, a_r)`"},
        {NAMING_SUFFIX, ERR_UNSUPPORTED, "strptime(a_l, '%Q') is null",
         "a date format other than literal text with %Y %y %m %d %H %M %S %b %B is not supported at character 15, near `'%Q') is null`, of `strptime(a_l, '%Q') is null`"},
        {NAMING_PREFIX, ERR_FORMAT, "dob = r.dob", "expected l.COLUMN or r.COLUMN at character 1, near `dob = r.dob`, of `dob = r.dob`"},
        {NAMING_PREFIX, ERR_FORMAT, "l. = r.dob", "expected a column name after the dot at character 4, near `= r.dob`, of `l. = r.dob`"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_arena_ struct arena a;
        struct expr_names names;
        struct expr *x = NULL;
        struct err e = {0};
        arena_init(&a, (size_t)1 << 20);
        assert_int_equal(parse(&a, cases[i].text, DIALECT_DUCKDB, cases[i].naming, &names, &x, &e), cases[i].code);
        assert_string_equal(e.message, cases[i].message);
        assert_null(x);
        expr_names_release(&names);
    }
}

static void limits_hold(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    _cleanup_buf_ struct buf b;
    struct expr_names names;
    struct expr *x;
    struct err e = {0};
    arena_init(&a, (size_t)64 << 20);
    buf_init(&b, (size_t)1 << 20);
    for (int i = 0; i < 100; i++)
        (void)buf_char(&b, '(');
    (void)buf_z(&b, "1=1");
    for (int i = 0; i < 100; i++)
        (void)buf_char(&b, ')');
    (void)buf_char(&b, '\0');
    assert_int_equal(parse(&a, b.p, DIALECT_DUCKDB, NAMING_SUFFIX, &names, &x, &e), ERR_LIMIT);
    assert_true(str_starts(str_of(e.message), STR("nested deeper than 64")));
    buf_clear(&b);
    for (int i = 0; i < 5000; i++)
        (void)buf_z(&b, "1=1 AND ");
    (void)buf_z(&b, "1=1");
    (void)buf_char(&b, '\0');
    assert_int_equal(parse(&a, b.p, DIALECT_DUCKDB, NAMING_SUFFIX, &names, &x, &e), ERR_LIMIT);
    assert_true(str_starts(str_of(e.message), STR("more than 4000 operators")));
}

static void names_sides_and_dialects(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    struct expr_names names;
    struct expr *x;
    struct err e = {0};
    arena_init(&a, (size_t)1 << 20);
    assert_int_equal(parse(&a, "`first name_l` = `first name_r` and size(array_intersect(b_l, b_r)) >= 1 and b_l[0] = b_r[0]", DIALECT_SPARK, NAMING_SUFFIX, &names, &x, &e), ERR_OK);
    assert_int_equal(names.n, 2);
    assert_true(str_eq(names.items[0], STR("first name")));
    assert_true(str_eq(names.items[1], STR("b")));
    assert_int_equal(x->child[1]->child[0]->index_base, 0);
    assert_int_equal(x->sides, SIDE_L | SIDE_R);
    assert_int_equal(parse(&a, "l.\"dob\" = R.dob", DIALECT_DUCKDB, NAMING_PREFIX, &names, &x, &e), ERR_OK);
    assert_int_equal(names.n, 1);
    assert_int_equal(x->child[0]->side, SIDE_L);
    assert_int_equal(x->child[1]->side, SIDE_R);
}

static void unreadable_values_are_errors_unless_tried(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"cast('x' as int) = 1", "a value is not a number"},
        {"cast('2001-02-30' as date) is null", "a value is not a date (YYYY-MM-DD)"},
        {"strptime('x', '%Y') is null", "a value is not a date of the form %Y"},
        {"jaccard('', 'x') > 1", "jaccard has no answer for an empty text"},
        {"array_length('x') > 1", "a value is not a list (a JSON array such as [\"a\",\"b\"])"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_arena_ struct arena a;
        struct expr_names names;
        struct expr *x;
        struct err e = {0};
        struct value v;
        arena_init(&a, (size_t)1 << 20);
        assert_int_equal(parse(&a, cases[i].text, DIALECT_DUCKDB, NAMING_SUFFIX, &names, &x, &e), ERR_OK);
        struct expr_scope scope = {.a = &a};
        assert_int_equal(expr_eval(x, &scope, &v, &e), ERR_FORMAT);
        assert_string_equal(e.message, cases[i].message);
    }
}

int main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : "tests/data/linkage";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_duckdbs),
        cmocka_unit_test(values_are_sparks),       cmocka_unit_test(errors_show_the_place),
        cmocka_unit_test(limits_hold),              cmocka_unit_test(names_sides_and_dialects),
        cmocka_unit_test(unreadable_values_are_errors_unless_tried),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("expr", tests, NULL, NULL);
}
