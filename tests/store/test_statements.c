/* test_statements.c: every statement of the product is prepared on each engine, and is what it declares.
 *
 * PostgreSQL tells the types of parameters and columns without running anything, so there preparing alone checks them. SQLite types
 * values: there, columns that come straight from a table are compared with the table's declaration. */
#include "store/sample_sql.h"
#include "store/store_int.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>
#include <cmocka.h>

static int check_declared(const struct store_statement *st, sqlite3_stmt *q)
{
    static const struct { const char *declared; enum store_type type; } types[] = {
        {"integer", STORE_INT}, {"real", STORE_REAL}, {"text", STORE_TEXT}, {"blob", STORE_BLOB}};
    int wrong = 0;
    for (size_t i = 0; i < st->n_columns; i++) {
        const char *declared = sqlite3_column_decltype(q, (int)i);
        for (size_t k = 0; declared && k < sizeof types / sizeof *types; k++)
            if (strcasecmp(declared, types[k].declared) == 0 && types[k].type != st->column_types[i]) {
                (void)printf("# %s (%s): column %zu is %s in its table\n", st->name, st->file, i + 1, declared);
                wrong++;
            }
    }
    return wrong;
}

static int check_parameters(const struct store_statement *st, sqlite3_stmt *q)
{
    if (sqlite3_bind_parameter_count(q) == (int)st->n_params)
        return 0;
    (void)printf("# %s (%s): %d parameters for %zu declared\n", st->name, st->file, sqlite3_bind_parameter_count(q), st->n_params);
    return 1;
}

static int prepare_all(struct store *s, const struct store_catalogue *all)
{
    int wrong = 0;
    for (size_t i = 0; i < all->n_statements; i++) {
        struct err e;
        struct store_cursor *c;
        const struct store_statement *st = all->statements[i];
        if (store_prepared(s, st, &c, &e) != ERR_OK) {
            (void)printf("# %s: %s (%s)\n", st->file, e.message, e.detail);
            wrong++;
        } else if (store_engine_of(s) == STORE_SQLITE) {
            wrong += check_declared(st, c->native) + check_parameters(st, c->native);
        }
    }
    return wrong;
}

static void the_whole_product_is_prepared(struct store *s, struct test_store *t)
{
    (void)t;
    assert_true(store_whole.n_statements > 0);
    assert_int_equal(prepare_all(s, &store_whole), 0);
}

static void a_wrong_declaration_is_found(struct store *s, struct test_store *t)
{
    (void)t;
    assert_int_equal(prepare_all(s, &sample_catalogue), 1); /* sample_thing_wrong_type */
}

static void each_whole(void **state)
{
    (void)state;
    test_store_each(the_whole_product_is_prepared);
}

static void each_sample(void **state)
{
    (void)state;
    test_store_each_with(test_catalogue(&sample_catalogue), a_wrong_declaration_is_found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_whole), cmocka_unit_test(each_sample)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("statements", tests, NULL, NULL);
}
