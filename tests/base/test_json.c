/* JSON: what is accepted and what it means, what is refused and where, agreement with cJSON on random documents, and
 * that what is written reads back the same. */
#include "base/base.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define IN(literal) literal, sizeof(literal) - 1

static void what_is_refused_and_where(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        const char *message;
    } cases[] = {
        {IN(""), "line 1 column 1: a value is missing here"},
        {IN(" \n "), "line 2 column 2: a value is missing here"},
        {IN("tru"), "line 1 column 1: a value is missing here"},
        {IN("nul"), "line 1 column 1: a value is missing here"},
        {IN("'a'"), "line 1 column 1: a value is missing here"},
        {IN("[1,\n 2,]"), "line 2 column 4: a value is missing here"},
        {IN("[1 2]"), "line 1 column 4: a comma or ] is missing"},
        {IN("[1"), "line 1 column 3: a comma or ] is missing"},
        {IN("{\"a\":1"), "line 1 column 7: a comma or } is missing"},
        {IN("{\"a\" 1}"), "line 1 column 6: a colon is missing"},
        {IN("{a:1}"), "line 1 column 2: a key in quotes is missing"},
        {IN("{\"a\":1,}"), "line 1 column 8: a key in quotes is missing"},
        {IN("{\"a\":1,\n\"b\":2,\"a\":3}"), "line 2 column 7: this key stands twice in one object"},
        {IN("{\"\\u0061\":1,\"a\":3}"), "line 1 column 13: this key stands twice in one object"},
        {IN("{\"a\":{\"b\":1,\"b\":1}}"), "line 1 column 13: this key stands twice in one object"},
        {IN("1 2"), "line 1 column 3: something follows the JSON value"},
        {IN("[]]"), "line 1 column 3: something follows the JSON value"},
        {IN("01"), "line 1 column 1: a number may not begin with 0"},
        {IN("-"), "line 1 column 2: a digit is missing"},
        {IN("-a"), "line 1 column 2: a digit is missing"},
        {IN("+1"), "line 1 column 1: a value is missing here"},
        {IN(".5"), "line 1 column 1: a value is missing here"},
        {IN("1."), "line 1 column 3: a digit is missing after the point"},
        {IN("1e"), "line 1 column 3: a digit is missing in the exponent"},
        {IN("0x10"), "line 1 column 2: something follows the JSON value"},
        {IN("1e999"), "line 1 column 1: a number is out of range"},
        {IN("NaN"), "line 1 column 1: a value is missing here"},
        {IN("\"a"), "line 1 column 1: this text is not closed"},
        {IN("\"a\nb\""), "line 1 column 3: a control character in text must be escaped"},
        {IN("\"\\x\""), "line 1 column 3: this is no escape that JSON knows"},
        {IN("\"\\"), "line 1 column 3: this is no escape that JSON knows"},
        {IN("\"\\u12g4\""), "line 1 column 4: \\u wants four hexadecimal digits"},
        {IN("\"\\u12"), "line 1 column 4: \\u wants four hexadecimal digits"},
        {IN("\"\\u0000\""), "line 1 column 4: \\u0000 is not accepted in text"},
        {IN("\"\\ud800\""), "line 1 column 4: half of a \\u pair stands alone"},
        {IN("\"\\ud800\\u0041\""), "line 1 column 4: half of a \\u pair stands alone"},
        {IN("\"\\udc00\""), "line 1 column 4: half of a \\u pair stands alone"},
        {IN("\"a\0b\""), "line 1 column 3: this is not UTF-8 text"},
        {IN("[\"\xC3\xA9\xC3\"]"), "line 1 column 4: this is not UTF-8 text"},
        {IN("\"\xED\xA0\x80\""), "line 1 column 2: this is not UTF-8 text"},
        {IN("\"\xC0\xAF\""), "line 1 column 2: this is not UTF-8 text"},
        {IN("[1, // no\n2]"), "line 1 column 5: a value is missing here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_arena_ struct arena a;
        arena_init(&a, 1 << 20);
        const struct json *v = NULL;
        struct err e;
        assert_int_equal(json_parse(&a, (struct str){cases[i].text, cases[i].n}, NULL, &v, &e), ERR_FORMAT);
        assert_string_equal(e.message, cases[i].message);
        assert_null(v);
    }
}

static void what_is_accepted_means_this(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    const struct json *v = NULL;
    struct err e;
    static const char text[] = "\xEF\xBB\xBF {\n \"id\": 9434765919,\n \"big\": 123456789012345678901,\n \"x\": -1.50e+2,\n"
                               " \"names\": [{\"family\": \"O\\u2019Connor\"}, \"\\ud83d\\ude00\\/\\\"\"],\n"
                               " \"yes\": true, \"none\": null, \"\": [], \"o\": {} }\n";
    assert_int_equal(json_parse(&a, str_of(text), NULL, &v, &e), ERR_OK);
    assert_true(json_is(v, JSON_OBJECT));
    assert_int_equal(v->n, 8);
    assert_int_equal(json_int_or(json_get(v, "id"), 0), 9434765919);
    assert_int_equal(json_get(v, "id")->line, 2);
    assert_true(str_eq(json_get(v, "big")->text, STR("123456789012345678901")));
    assert_int_equal(json_int_or(json_get(v, "big"), -7), -7);
    assert_true(json_number_or(json_get(v, "x"), 0) == -150.0);
    assert_true(str_eq(json_get(v, "x")->text, STR("-1.50e+2")));
    assert_true(str_eq(json_text_or(json_path(v, STR("names.0.family")), STR("")), STR("O\xE2\x80\x99" "Connor")));
    assert_true(str_eq(json_text_or(json_path(v, STR("names.1")), STR("")), STR("\xF0\x9F\x98\x80/\"")));
    assert_int_equal(json_path(v, STR("names.1"))->line, 5);
    assert_true(json_is(json_path(v, STR("names.2.family")), JSON_ABSENT));
    assert_true(json_is(json_path(v, STR("yes.no.way")), JSON_ABSENT));
    assert_true(json_bool_or(json_get(v, "yes"), false));
    assert_true(json_bool_or(json_get(v, "none"), true));
    assert_true(json_is(json_get(v, "none"), JSON_NULL));
    assert_true(json_is(json_get(v, ""), JSON_ARRAY));
    assert_true(str_eq(json_text_or(json_get(v, "id"), STR("otherwise")), STR("otherwise")));
}

static void limits_hold(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 4096);
    const struct json *v = NULL;
    struct err e;
    const struct json_limits l = {20, 3};
    assert_int_equal(json_parse(&a, STR("[[[1]]]"), &l, &v, &e), ERR_OK);
    assert_int_equal(json_parse(&a, STR("[[[[1]]]]"), &l, &v, &e), ERR_LIMIT);
    assert_string_equal(e.message, "line 1 column 4: nested deeper than the limit allows");
    assert_int_equal(json_parse(&a, STR("[1,1,1,1,1,1,1,1,1,1]"), &l, &v, &e), ERR_LIMIT);
    assert_string_equal(e.message, "the JSON document is over its limit of 20 bytes");
    char ones[2000] = "[1";
    for (size_t i = 2; i + 2 < sizeof ones; i += 2)
        memcpy(ones + i, ",1", 2);
    ones[1998] = ']';
    assert_int_equal(json_parse(&a, str_of(ones), NULL, &v, &e), ERR_NO_MEMORY);
    assert_string_equal(e.message, "the JSON document needs more memory than the 4096 bytes allowed");
}

static void many_keys_are_compared_too(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    _cleanup_buf_ struct buf b;
    arena_init(&a, 1 << 20);
    buf_init(&b, 1 << 16);
    for (int i = 0; i < 1000; i++)
        (void)buf_fmt(&b, "%c\"k%d\":%d", i ? ',' : '{', i, i);
    const struct json *v = NULL;
    struct err e;
    size_t n = b.n;
    (void)buf_z(&b, "}");
    assert_int_equal(json_parse(&a, buf_as_str(&b), NULL, &v, &e), ERR_OK);
    assert_int_equal(json_int_or(json_get(v, "k777"), 0), 777);
    b.n = n;
    (void)buf_z(&b, ",\n\"k500\":0}");
    assert_int_equal(json_parse(&a, buf_as_str(&b), NULL, &v, &e), ERR_FORMAT);
    assert_string_equal(e.message, "line 2 column 1: this key stands twice in one object");
}

static void files_name_themselves_in_errors(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    const struct json *v = NULL;
    struct err e;
    assert_int_equal(json_parse_file(&a, "/nowhere/a.json", NULL, &v, &e), ERR_IO);
    assert_string_equal(e.message, "/nowhere/a.json: cannot be opened: No such file or directory");
    assert_int_equal(json_parse_file(&a, "/tmp", NULL, &v, &e), ERR_IO);
    assert_string_equal(e.message, "/tmp: is a directory; name a JSON file");
    char path[] = "/tmp/haven-test-json-XXXXXX", want[200];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "{\"a\":\n}", 7), 7);
    (void)close(fd);
    assert_int_equal(json_parse_file(&a, path, NULL, &v, &e), ERR_FORMAT);
    (void)snprintf(want, sizeof want, "%s: line 2 column 1: a value is missing here", path);
    assert_string_equal(e.message, want);
    assert_int_equal(json_parse_file(&a, path, &(struct json_limits){6, 9}, &v, &e), ERR_LIMIT);
    (void)snprintf(want, sizeof want, "%s: the JSON document is over its limit of 6 bytes", path);
    assert_string_equal(e.message, want);
    (void)unlink(path);
}

/* ---- random documents ---- */

static void random_text(char *to, size_t *ret_n)
{
    static const char *const bits[] = {"a", "\"", "\\", "\n", "\t", "\x01", "\xC3\xA9", "\xE2\x80\x99", "\xF0\x9F\x98\x80", "/", " ", "\x7F"};
    size_t n = 0;
    for (int k = rand() % 8; k > 0; k--) {
        const char *b = bits[(size_t)rand() % (sizeof bits / sizeof *bits)];
        memcpy(to + n, b, strlen(b));
        n += strlen(b);
    }
    to[n] = '\0';
    *ret_n = n;
}

static void random_value(struct json_out *o, int depth)
{
    char text[64];
    size_t n;
    double d;
    int kind = rand() % (depth > 0 ? 8 : 6);
    int members = rand() % 5;
    switch (kind) {
    case 0:
        random_text(text, &n);
        jo_str(o, (struct str){text, n});
        break;
    case 1:
        jo_int(o, (int64_t)((uint64_t)rand() << 33 ^ (uint64_t)rand() << 2) * (rand() % 2 ? 1 : -1));
        break;
    case 2:
        d = ldexp((double)rand() - 1e9, rand() % 200 - 100);
        jo_double(o, d);
        break;
    case 3:
        jo_bool(o, rand() % 2);
        break;
    case 4:
        jo_null(o);
        break;
    case 5:
        jo_double(o, rand() % 2 ? (double)NAN : (double)INFINITY);
        break;
    case 6:
        jo_array(o);
        while (members-- > 0)
            random_value(o, depth - 1);
        jo_end_array(o);
        break;
    default:
        jo_object(o);
        while (members-- > 0) {
            random_text(text, &n);
            (void)snprintf(text + n, sizeof text - n, "%d", members);
            jo_key(o, text);
            random_value(o, depth - 1);
        }
        jo_end_object(o);
    }
}

static void write_again(struct json_out *o, const struct json *v)
{
    char key[128];
    int64_t n;
    switch (v->type) {
    case JSON_STRING:
        jo_str(o, v->text);
        break;
    case JSON_NUMBER:
        if (str_to_int64(v->text, &n))
            jo_int(o, n);
        else
            jo_double(o, v->number);
        break;
    case JSON_BOOL:
        jo_bool(o, v->boolean);
        break;
    case JSON_ARRAY:
        jo_array(o);
        JSON_EACH(item, v)
            write_again(o, item);
        jo_end_array(o);
        break;
    case JSON_OBJECT:
        jo_object(o);
        JSON_EACH(item, v) {
            (void)snprintf(key, sizeof key, "%.*s", STR_ARG(item->key));
            jo_key(o, key);
            write_again(o, item);
        }
        jo_end_object(o);
        break;
    default:
        jo_null(o);
    }
}

static bool agrees(const struct json *v, const cJSON *c)
{
    if (v->type == JSON_STRING)
        return cJSON_IsString(c) && str_eq(v->text, str_of(c->valuestring));
    if (v->type == JSON_NUMBER)
        return cJSON_IsNumber(c) && v->number == c->valuedouble;
    if (v->type == JSON_BOOL)
        return v->boolean ? cJSON_IsTrue(c) : cJSON_IsFalse(c);
    if (v->type == JSON_NULL)
        return cJSON_IsNull(c);
    if (v->type == JSON_OBJECT ? !cJSON_IsObject(c) : !cJSON_IsArray(c))
        return false;
    const cJSON *theirs = c->child;
    size_t n = 0;
    JSON_EACH(item, v) {
        if (!theirs || !agrees(item, theirs) || (v->type == JSON_OBJECT && !str_eq(item->key, str_of(theirs->string))))
            return false;
        theirs = theirs->next;
        n++;
    }
    return !theirs && n == v->n;
}

static void what_is_written_reads_back_and_cjson_agrees(void **state)
{
    (void)state;
    srand(20261124);
    for (int round = 0; round < 3000; round++) {
        _cleanup_arena_ struct arena a;
        _cleanup_buf_ struct buf b, again;
        arena_init(&a, 1 << 20);
        buf_init(&b, 1 << 16);
        buf_init(&again, 1 << 16);
        struct json_out o;
        int indent = rand() % 2 * 2;
        jo_init(&o, &b, indent);
        random_value(&o, 4);
        assert_false(b.failed);
        const struct json *v = NULL;
        struct err e;
        assert_int_equal(json_parse(&a, buf_as_str(&b), NULL, &v, &e), ERR_OK);
        jo_init(&o, &again, indent);
        write_again(&o, v);
        assert_true(str_eq(buf_as_str(&b), buf_as_str(&again)));
        cJSON *c = cJSON_ParseWithLength(b.p, b.n);
        assert_non_null(c);
        assert_true(agrees(v, c));
        cJSON_Delete(c);
    }
}

static void damaged_documents_never_crash(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1,2.5e-3,\"x\\u00e9\\ud83d\\ude00\",{\"b\":null}],\"c\":false,\"d\":\"\\n\"}";
    srand(99);
    for (int round = 0; round < 20000; round++) {
        _cleanup_arena_ struct arena a;
        arena_init(&a, 1 << 16);
        char *damaged = malloc(sizeof text); /* exactly as long as it is, so that a sanitizer sees a step too far */
        assert_non_null(damaged);
        size_t n = (size_t)rand() % sizeof text;
        memcpy(damaged, text, n);
        if (n)
            damaged[(size_t)rand() % n] = (char)rand();
        const struct json *v = NULL;
        struct err e = {.code = ERR_OK};
        enum err_code code = json_parse(&a, (struct str){damaged, n}, NULL, &v, &e);
        assert_int_equal(code == ERR_OK, v != NULL);
        assert_int_equal(code, e.code);
        free(damaged);
    }
}

static void doubles_are_short_and_exact(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *text;
    } cases[] = {{0.1, "0.1"}, {1, "1"}, {-0.0, "-0"}, {1e21, "1e+21"}, {0.1 + 0.2, "0.30000000000000004"}, {5e-324, "4.94065645841247e-324"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        _cleanup_buf_ struct buf b;
        struct json_out o;
        buf_init(&b, 100);
        jo_init(&o, &b, 0);
        jo_double(&o, cases[i].v);
        assert_true(str_eq(buf_as_str(&b), str_of(cases[i].text)));
        assert_true(strtod(cases[i].text, NULL) == cases[i].v);
    }
}

static void bad_utf8_is_replaced_when_written(void **state)
{
    (void)state;
    _cleanup_buf_ struct buf b;
    struct json_out o;
    buf_init(&b, 1000);
    jo_init(&o, &b, 2);
    jo_object(&o);
    jo_key(&o, "k");
    jo_str(&o, (struct str){IN("a\xFF" "b\0c\"\x1F")});
    jo_key(&o, "e");
    jo_array(&o);
    jo_end_array(&o);
    jo_end_object(&o);
    assert_true(str_eq(buf_as_str(&b), STR("{\n  \"k\": \"a\xEF\xBF\xBD" "b\\u0000c\\\"\\u001f\",\n  \"e\": []\n}")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_refused_and_where),
        cmocka_unit_test(what_is_accepted_means_this),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(many_keys_are_compared_too),
        cmocka_unit_test(files_name_themselves_in_errors),
        cmocka_unit_test(what_is_written_reads_back_and_cjson_agrees),
        cmocka_unit_test(damaged_documents_never_crash),
        cmocka_unit_test(doubles_are_short_and_exact),
        cmocka_unit_test(bad_utf8_is_replaced_when_written),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
