/* Arrow in: each type as the text that it becomes, in slices, with NULLs; what is malformed is refused by name; and whatever comes in is released exactly once. */
#include "arrays.h"

#include "base/base.h"
#include "havenlink/handle.h"

/* A table is what it must be, value by value of its first column. */
static void see(struct arrays *t, const char *const *want, size_t n)
{
    havenlink_table *table = NULL;
    havenlink_error e = {0};
    int code = havenlink_table_from_arrow(&t->schema, &t->array, &table, &e);
    if (code)
        print_message("# %s\n", e.message);
    assert_int_equal(code, HAVENLINK_OK);
    assert_int_equal(havenlink_table_rows(table), n);
    for (size_t i = 0; i < n; i++) {
        struct str is = link_table_value(table->t, i, 0);
        if (!want[i])
            assert_null(is.p);
        else if (!is.p || !str_eq(is, str_of(want[i])))
            fail_msg("row %zu is \"%.*s\", not \"%s\"", i, STR_ARG(is), want[i]);
    }
    havenlink_table_free(table);
    assert_int_equal(t->schema_released, 1);
    assert_int_equal(t->array_released, 1);
}

static void refuse(struct arrays *t, int code, const char *message)
{
    havenlink_table *table = NULL;
    havenlink_error e = {0};
    assert_int_equal(havenlink_table_from_arrow(&t->schema, &t->array, &table, &e), code);
    assert_int_equal(e.code, code);
    assert_null(table);
    if (!strstr(e.message, message))
        fail_msg("\"%s\" does not say \"%s\"", e.message, message);
    assert_int_equal(t->schema_released, 1);
    assert_int_equal(t->array_released, 1);
    assert_null(t->array.release);
}

/* ---- types ---- */

static const int64_t numbers[] = {0, -5, 127, 7, 86400000, 1500000000123456};
static const struct {
    const char *format;
    const void *values;
    int64_t n;
    const char *want[6];
} plain[] = {
    {"c", (const int8_t[]){1, -128}, 2, {"1", "-128"}},
    {"C", (const uint8_t[]){255}, 1, {"255"}},
    {"s", (const int16_t[]){-32768}, 1, {"-32768"}},
    {"S", (const uint16_t[]){65535}, 1, {"65535"}},
    {"i", (const int32_t[]){INT32_MIN}, 1, {"-2147483648"}},
    {"I", (const uint32_t[]){UINT32_MAX}, 1, {"4294967295"}},
    {"l", numbers, 3, {"0", "-5", "127"}},
    {"L", (const uint64_t[]){UINT64_MAX}, 1, {"18446744073709551615"}},
    {"f", (const float[]){0.1f, 1, -2.5f}, 3, {"0.1", "1", "-2.5"}},
    {"g", (const double[]){0.1, 1e300, 3, __builtin_nan(""), __builtin_inf()}, 5, {"0.1", "1e+300", "3", NULL, NULL}},
    {"b", (const uint8_t[]){5}, 3, {"true", "false", "true"}},
    {"tdD", (const int32_t[]){0, -719162, 2932896, 19000}, 4, {"1970-01-01", "0001-01-01", "9999-12-31", "2022-01-08"}},
    {"tdm", (const int64_t[]){86400000, -1}, 2, {"1970-01-02", "1969-12-31"}},
    {"tss:", numbers, 2, {"1970-01-01 00:00:00", "1969-12-31 23:59:55"}},
    {"tsm:", (const int64_t[]){1500}, 1, {"1970-01-01 00:00:01.5"}},
    {"tsu:Europe/London", numbers + 5, 1, {"2017-07-14 02:40:00.123456+00"}},
    {"tsn:", (const int64_t[]){-1}, 1, {"1969-12-31 23:59:59.999999999"}},
};

static void numbers_and_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        struct arrays column, table;
        arrays_init(&column, plain[i].format, "c", plain[i].n, 2);
        column.buffers[1] = plain[i].values;
        arrays_table(&table, &column);
        see(&table, plain[i].want, (size_t)plain[i].n);
    }
}

/* "ada", NULL, "", "Zoë", "bo" */
static const int32_t ends[] = {0, 3, 3, 3, 7, 9};
static const int64_t wide_ends[] = {0, 3, 3, 3, 7, 9};
static const uint8_t second_missing[] = {0x1d};
static const char *const texts[] = {"ada", NULL, NULL, "Zo\xc3\xab", "bo"};

static void text_column(struct arrays *c, bool wide)
{
    arrays_init(c, wide ? "U" : "u", "name", 5, 3);
    c->buffers[0] = second_missing;
    c->buffers[1] = wide ? (const void *)wide_ends : ends;
    c->buffers[2] = "adaZo\xc3\xab" "bo";
    c->array.null_count = 1;
}

static void texts_and_their_slices(void **state)
{
    (void)state;
    for (int64_t from = 0; from <= 5; from++)
        for (int64_t n = 0; n <= 5 - from; n++)
            for (int way = 0; way < 6; way++) { /* wide or not; sliced in the column, in the table, in both */
                struct arrays column, table;
                int64_t of_column = way / 2 == 0 ? from : way / 2 == 1 ? 0 : from / 2;
                text_column(&column, way & 1);
                column.array.offset = of_column;
                column.array.length = 5 - of_column;
                column.array.null_count = -1;
                arrays_table(&table, &column);
                table.array.offset = from - of_column;
                table.array.length = n;
                see(&table, texts + from, (size_t)n);
            }
}

static void views(void **state)
{
    (void)state;
    static const char far_bytes[] = "..Bartholomew the Younger";
    char view[3][16] = {{0}};
    const int32_t short_n = 3, long_n = 23, at[2] = {0, 2};
    const int64_t sizes[] = {25};
    struct arrays column, table;
    memcpy(view[0], &short_n, 4), memcpy(view[0] + 4, "ada", 3);
    memcpy(view[2], &long_n, 4), memcpy(view[2] + 4, "Bart", 4), memcpy(view[2] + 8, at, 8);
    for (int broken = 0; broken < 2; broken++) {
        static const char *const want[] = {"ada", NULL, "Bartholomew the Younger"};
        arrays_init(&column, "vu", "name", 3, 4);
        column.buffers[1] = view, column.buffers[2] = far_bytes, column.buffers[3] = sizes;
        arrays_table(&table, &column);
        if (broken) {
            const int32_t too_far[2] = {0, 3};
            memcpy(view[2] + 8, too_far, 8);
            refuse(&table, HAVENLINK_FORMAT, "column name: not an Arrow array of its type: a view leaves its buffer");
        } else {
            see(&table, want, 3);
        }
    }
}

static void dictionaries(void **state)
{
    (void)state;
    static const int8_t index[] = {4, 0, 1, 3, 9};
    static const uint8_t fourth[] = {0x0f};
    static const char *const want[] = {"bo", "ada", NULL, "Zo\xc3\xab", NULL};
    struct arrays column, values, table;
    for (int length = 5; length >= 3; length -= 2) {
        text_column(&values, false);
        values.array.length = length;
        arrays_init(&column, "c", "name", 5, 2);
        column.buffers[0] = fourth, column.buffers[1] = index;
        arrays_dictionary(&column, &values);
        arrays_table(&table, &column);
        if (length == 5)
            see(&table, want, 5);
        else
            refuse(&table, HAVENLINK_FORMAT, "an index leaves its dictionary");
        assert_int_equal(values.array_released, 1);
        assert_int_equal(values.schema_released, 1);
    }
}

static void lists(void **state)
{
    (void)state;
    static const int32_t list_ends[] = {0, 2, 2, 5};
    static const uint8_t all_but_second[] = {5};
    static const char *const want[] = {"[\"ada\",null]", NULL, "[\"\",\"Zo\xc3\xab\",\"bo\"]"};
    static const char *const nested[] = {"[[\"ada\",null],null]", "[[\"\",\"Zo\xc3\xab\",\"bo\"]]"};
    struct arrays items, column, outer, table;
    for (int deep = 0; deep < 2; deep++) {
        text_column(&items, false);
        arrays_init(&column, "+l", "names", 3, 2);
        column.buffers[0] = all_but_second, column.buffers[1] = list_ends;
        arrays_child(&column, &items);
        arrays_init(&outer, "+L", "names", 2, 2);
        outer.buffers[1] = (const int64_t[]){0, 2, 3};
        arrays_child(&outer, &column);
        arrays_table(&table, deep ? &outer : &column);
        see(&table, deep ? nested : want, deep ? 2 : 3);
    }
}

static void lists_of_a_fixed_size(void **state)
{
    (void)state;
    static const char *const want[] = {"[3,1]", "[-2,7]"};
    struct arrays items, column, table;
    arrays_init(&items, "i", "item", 6, 2);
    items.buffers[1] = (const int32_t[]){9, 9, 3, 1, -2, 7};
    arrays_init(&column, "+w:2", "pairs", 3, 1);
    arrays_child(&column, &items);
    arrays_table(&table, &column);
    table.array.offset = 1;
    table.array.length = 2;
    see(&table, want, 2);
}

static void a_null_struct_is_a_row_of_nulls(void **state)
{
    (void)state;
    static const uint8_t odd[] = {0x15};
    static const char *const want[] = {"ada", NULL, NULL, NULL, "bo"};
    struct arrays column, table;
    text_column(&column, false);
    arrays_table(&table, &column);
    table.buffers[0] = odd;
    see(&table, want, 5);
}

/* ---- what is refused ---- */

static void unsupported_types_are_named(void **state)
{
    (void)state;
    static const char *const formats[] = {"z", "Z", "vz", "d:19,10", "w:42", "e", "tts", "tDs", "tiM", "+s", "+m", "+ud:0,1", "+r", "+vl", "ts", "tsx:", "+w:-1", "", "uu"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct arrays column, table;
        char message[80];
        arrays_init(&column, formats[i], "blob", 0, 2);
        arrays_table(&table, &column);
        (void)snprintf(message, sizeof message, "column blob: the Arrow type with the format \"%s\" is not supported", formats[i]);
        refuse(&table, HAVENLINK_UNSUPPORTED, message);
    }
}

enum breakage {
    LENGTH_NEGATIVE, LENGTH_HUGE, OFFSET_NEGATIVE, OFFSET_HUGE, NULLS_NEGATIVE, NULLS_TOO_MANY, NULLS_UNMARKED, BUFFERS_FEW, BUFFERS_MANY, BUFFERS_NONE, NO_OFFSETS, NO_BYTES,
    OFFSETS_FALL, OFFSET_BELOW_ZERO, CHILD_TOO_MANY, RELEASED, MISSING, TABLE_LONGER, TABLE_CHILDREN, TABLE_CHILDREN_NEGATIVE, TABLE_BUFFERS, TABLE_NEGATIVE, NOT_UTF8, HAS_NUL,
    SCHEMA_MISSING, N_BREAKAGES
};

static void break_it(enum breakage how, struct arrays *c, struct arrays *t)
{
    static const int32_t falling[] = {0, 3, 2, 3, 7, 9}, below[] = {-1, 3, 3, 3, 7, 9};
    switch (how) {
    case LENGTH_NEGATIVE: c->array.length = -1; break;
    case LENGTH_HUGE: c->array.length = INT64_MAX; break;
    case OFFSET_NEGATIVE: c->array.offset = -1; break;
    case OFFSET_HUGE: c->array.offset = INT64_MAX; break;
    case NULLS_NEGATIVE: c->array.null_count = -2; break;
    case NULLS_TOO_MANY: c->array.null_count = 6; break;
    case NULLS_UNMARKED: c->buffers[0] = NULL; break;
    case BUFFERS_FEW: c->array.n_buffers = 2; break;
    case BUFFERS_MANY: c->array.n_buffers = 4; break;
    case BUFFERS_NONE: c->array.buffers = NULL; break;
    case NO_OFFSETS: c->buffers[1] = NULL; break;
    case NO_BYTES: c->buffers[2] = NULL; break;
    case OFFSETS_FALL: c->buffers[1] = falling; break;
    case OFFSET_BELOW_ZERO: c->buffers[1] = below; break;
    case CHILD_TOO_MANY: c->array.n_children = 1; c->items[0] = NULL; break;
    case RELEASED: c->array.release = NULL; break;
    case MISSING: t->items[0] = NULL; break;
    case TABLE_LONGER: t->array.length = 6; break;
    case TABLE_CHILDREN: t->array.n_children = 2; break;
    case TABLE_CHILDREN_NEGATIVE: t->array.n_children = -1; break;
    case TABLE_BUFFERS: t->array.n_buffers = 0; break;
    case TABLE_NEGATIVE: t->array.length = -1; break;
    case NOT_UTF8: c->buffers[2] = "adaZo\xc3" "xbo"; break;
    case HAS_NUL: c->buffers[2] = "ad\0Zo\xc3\xab" "bo"; break;
    default: t->schemas[0] = NULL; break;
    }
}

static void what_is_malformed_is_refused(void **state)
{
    (void)state;
    for (int how = 0; how < N_BREAKAGES; how++) {
        struct arrays column, table;
        text_column(&column, false);
        arrays_table(&table, &column);
        break_it((enum breakage)how, &column, &table);
        refuse(&table, HAVENLINK_FORMAT, "");
    }
}

static void dates_and_dictionaries_have_bounds(void **state)
{
    (void)state;
    struct arrays column, table;
    arrays_init(&column, "tdD", "born", 1, 2);
    column.buffers[1] = (const int32_t[]){2932897};
    arrays_table(&table, &column);
    refuse(&table, HAVENLINK_FORMAT, "column born: a date outside the years 1 to 9999");
    arrays_init(&column, "c", "name", 1, 2);
    column.buffers[1] = (const int8_t[]){0};
    struct arrays values, outer;
    text_column(&values, false);
    column.schema.dictionary = &values.schema; /* a type without values in the array */
    arrays_table(&outer, &column);
    refuse(&outer, HAVENLINK_FORMAT, "a dictionary is missing");
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    struct arrays deep[20];
    for (size_t i = 0; i < 20; i++) {
        arrays_init(&deep[i], i ? "+l" : "i", "deep", 0, 2);
        if (i)
            arrays_child(&deep[i], &deep[i - 1]);
    }
    struct arrays table;
    arrays_table(&table, &deep[19]);
    refuse(&table, HAVENLINK_LIMIT, "column deep: lists or dictionaries nest deeper than 16");
}

static void no_table_at_all(void **state)
{
    (void)state;
    struct arrays t;
    havenlink_error e;
    havenlink_table *table = NULL;
    arrays_init(&t, "u", "", 0, 3);
    refuse(&t, HAVENLINK_UNSUPPORTED, "is no table: give a record batch");
    arrays_init(&t, "+s", "", 0, 1);
    refuse(&t, HAVENLINK_LIMIT, "a table has 1 to 512 columns; the Arrow schema has 0");
    assert_int_equal(havenlink_table_from_arrow(NULL, NULL, &table, &e), HAVENLINK_USAGE);
    assert_int_equal(havenlink_table_from_stream(NULL, &table, NULL), HAVENLINK_USAGE);
}

/* ---- streams ---- */

struct batches {
    int next, fails_at, released;
    struct arrays column[3], table[3];
};

static int give_schema(struct ArrowArrayStream *s, struct ArrowSchema *out)
{
    struct batches *b = s->private_data;
    static struct arrays columns[1], tables[1]; /* the schema's own, once a stream */
    text_column(&columns[0], false);
    arrays_table(&tables[0], &columns[0]);
    if (b->fails_at == -1)
        return 5;
    *out = tables[0].schema;
    return 0;
}

static int give_batch(struct ArrowArrayStream *s, struct ArrowArray *out)
{
    struct batches *b = s->private_data;
    int i = b->next++;
    if (i == b->fails_at)
        return 5;
    if (i == 3)
        return out->release = NULL, 0;
    text_column(&b->column[i], false);
    arrays_table(&b->table[i], &b->column[i]);
    *out = b->table[i].array;
    return 0;
}

static const char *say(struct ArrowArrayStream *s)
{
    (void)s;
    return "the wire is cut";
}

static void stream_release(struct ArrowArrayStream *s)
{
    ((struct batches *)s->private_data)->released++;
    s->release = NULL;
}

static void batches_follow_each_other(void **state)
{
    (void)state;
    for (int fails_at = -1; fails_at <= 4; fails_at++) {
        struct batches b = {.fails_at = fails_at};
        struct ArrowArrayStream s = {give_schema, give_batch, say, stream_release, &b};
        havenlink_table *t = NULL;
        havenlink_error e;
        int code = havenlink_table_from_stream(&s, &t, &e);
        assert_int_equal(b.released, 1);
        for (int i = 0; i < 3; i++)
            assert_int_equal(b.table[i].array_released, fails_at == -1 || i >= fails_at ? 0 : 1);
        if (fails_at == 4) {
            assert_int_equal(code, HAVENLINK_OK);
            assert_int_equal(havenlink_table_rows(t), 15);
        } else {
            assert_int_equal(code, HAVENLINK_IO);
            assert_string_equal(e.message, "the Arrow stream failed: the wire is cut");
        }
        havenlink_table_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_times),
        cmocka_unit_test(texts_and_their_slices),
        cmocka_unit_test(views),
        cmocka_unit_test(dictionaries),
        cmocka_unit_test(lists),
        cmocka_unit_test(lists_of_a_fixed_size),
        cmocka_unit_test(a_null_struct_is_a_row_of_nulls),
        cmocka_unit_test(unsupported_types_are_named),
        cmocka_unit_test(what_is_malformed_is_refused),
        cmocka_unit_test(dates_and_dictionaries_have_bounds),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(no_table_at_all),
        cmocka_unit_test(batches_follow_each_other),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("havenlink import", tests, NULL, NULL);
}
