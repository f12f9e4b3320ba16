/* Tables: codes, NULL, limits; CSV files of one shape, and what is refused with file and line. */
#include "fixture.h"

#include <unistd.h>

static char folder[] = "/tmp/haven-test-read-XXXXXX";

static const char *file(const char *name, const char *text)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, 128, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    return path;
}

static void values_and_nulls(void **state)
{
    (void)state;
    const char *paths[] = {file("a.csv", "id,name\n1,\"x, y\"\n2,\n3,\"x, y\"\n")};
    struct link_table *t;
    struct err e = {0};
    assert_int_equal(link_table_read(paths, 1, &t, &e), ERR_OK);
    assert_int_equal(link_table_rows(t), 3);
    assert_int_equal(link_table_column(t, STR("name")), 1);
    assert_int_equal(link_table_column(t, STR("source_dataset")), -1);
    assert_true(str_eq(link_table_value(t, 0, 1), STR("x, y")));
    assert_null(link_table_value(t, 1, 1).p);
    assert_int_equal(link_table_code(t, 0, 1), link_table_code(t, 2, 1));
    assert_int_equal(link_table_code(t, 1, 1), 0);
    assert_int_equal(link_table_find(t, 0, STR("3")), 2);
    assert_int_equal(link_table_find(t, 0, STR("4")), -1);
    link_table_free(t);
}

static void several_files_any_order_of_columns(void **state)
{
    (void)state;
    const char *paths[] = {file("first.v1.csv", "id,name\n1,x\n"), file("second.csv", "name,id\ny,1\n")};
    struct link_table *t;
    struct err e = {0};
    assert_int_equal(link_table_read(paths, 2, &t, &e), ERR_OK);
    ptrdiff_t source = link_table_column(t, STR("source_dataset"));
    assert_int_equal(source, 2);
    assert_true(str_eq(link_table_value(t, 0, 2), STR("first.v1")));
    assert_true(str_eq(link_table_value(t, 1, 2), STR("second")));
    assert_true(str_eq(link_table_value(t, 1, 1), STR("y")));
    assert_true(str_eq(link_table_value(t, 1, 0), STR("1")));
    link_table_free(t);
}

static void refused_with_file_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message; /* the message behind the folder */
    } cases[] = {
        {"id,name\n1,x\n2\n", "/bad.csv:3: 1 fields where the header has 2"},
        {"id,name\n1,\"x\n", "/bad.csv:2: a quote is not closed"},
        {"id,id\n1,2\n", "column id is there twice; rename one of them"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *paths[] = {file("bad.csv", cases[i].text)};
        struct link_table *t = NULL;
        struct err e = {0};
        assert_int_not_equal(link_table_read(paths, 1, &t, &e), ERR_OK);
        assert_true(str_ends(str_of(e.message), str_of(cases[i].message)));
        assert_null(t);
    }
    const char *paths[] = {file("a.csv", "id,name\n1,x\n"), file("b.csv", "id,other\n1,x\n")};
    struct link_table *t = NULL;
    struct err e = {0};
    assert_int_equal(link_table_read(paths, 2, &t, &e), ERR_FORMAT);
    assert_true(str_ends(str_of(e.message), STR("/b.csv: column other is not in the first file")));
}

static void the_memory_limit_holds(void **state)
{
    (void)state;
    static const struct str names[] = {{"id", 2}};
    struct link_table *t;
    struct err e = {0};
    enum err_code code = ERR_OK;
    assert_int_equal(link_table_new(names, 1, 100000, &t, &e), ERR_OK);
    for (int i = 0; i < 100000 && code == ERR_OK; i++) {
        char id[16];
        struct str v = {id, (size_t)snprintf(id, sizeof id, "%d", i)};
        code = link_table_add(t, &v, &e);
    }
    assert_int_equal(code, ERR_LIMIT);
    assert_string_equal(e.message, "the table needs more than its memory limit of 100000 bytes");
    link_table_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_nulls),
        cmocka_unit_test(several_files_any_order_of_columns),
        cmocka_unit_test(refused_with_file_and_line),
        cmocka_unit_test(the_memory_limit_holds),
    };
    if (!mkdtemp(folder))
        return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests_name("read", tests, NULL, NULL);
    char command[128];
    static const char *const made[] = {"a.csv", "b.csv", "bad.csv", "first.v1.csv", "second.csv"};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        (void)snprintf(command, sizeof command, "%s/%s", folder, made[i]);
        (void)unlink(command);
    }
    (void)rmdir(folder);
    return failed;
}
