/* Who is who is loaded whole or not at all: every allocation of it fails once. */
#include "people/people.h"
#include "support/test_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static int to_failure; /* allocations until one fails; 0: none */
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n) { return to_failure && --to_failure == 0 ? NULL : __real_malloc(n); }
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size) { return to_failure && --to_failure == 0 ? NULL : __real_calloc(n, size); }

#define ROWS 300 /* so that every list grows more than once */

static void fill(struct store *s)
{
    char file[128], key[128];
    struct vault *v;
    struct link_model *model;
    struct feed *f;
    struct load_counts loaded;
    struct people_counts n;
    struct err e;
    char folder[] = "/tmp/haven-test-map-XXXXXX"; /* a store on PostgreSQL has none */
    assert_non_null(mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/organisation.csv", folder);
    (void)snprintf(key, sizeof key, "%s/key", folder);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs("Ref,Sent,OrganisationKind,Organisation,When,What,Details,AboutName,AboutDOB,AboutPhone,AboutEmail,AboutPostcode,AboutRole,OtherName,OtherRelationship,OtherRole,OtherPhone,Flags\n", out);
    for (int i = 0; i < ROWS; i++)
        fprintf(out, "R%d,2024-01-01 10:00,employer,Works,1 Jan 2024,Visit,Text,Anne%d Field%d,%d Mar %d,,,,victim,,,,,\n", i, i, i, 1 + i % 28, 1950 + i % 50);
    assert_int_equal(fclose(out), 0);
    test_ok(vault_create(key, &e), &e);
    test_ok(vault_open(key, &v, &e), &e);
    test_ok(link_model_person(&model, &e), &e);
    test_ok(feed_builtin(STR("organisation"), &f, &e), &e);
    test_ok(intake_load(s, v, f, file, &(struct load_options){0}, &loaded, &e), &e);
    assert_int_equal(loaded.stored, ROWS);
    test_ok(people_update(s, v, model, NULL, &n, &e), &e);
    feed_free(f);
    link_model_free(model);
    vault_close(v);
    assert_int_equal(unlink(file) | unlink(key) | rmdir(folder), 0);
}

static void whole_or_nothing(struct store *s, struct test_store *t)
{
    struct people_map whole, map;
    struct arena a, b;
    struct err e;
    int refused = 0;
    (void)t;
    fill(s);
    arena_init(&a, LIMIT_PEOPLE_TABLE_BYTES);
    test_ok(people_map_load(s, &a, &whole, &e), &e);
    assert_int_equal(whole.n_mentions, ROWS);
    for (int n = 1;; n++) {
        arena_init(&b, LIMIT_PEOPLE_TABLE_BYTES);
        to_failure = n;
        enum err_code code = people_map_load(s, &b, &map, &e);
        bool reached = to_failure == 0;
        to_failure = 0;
        if (code == ERR_OK) {
            assert_int_equal(map.n_mentions, whole.n_mentions);
            assert_int_equal(map.n_persons, whole.n_persons);
            assert_memory_equal(map.mention_ids, whole.mention_ids, whole.n_mentions * sizeof *whole.mention_ids);
            assert_memory_equal(map.person_of, whole.person_of, whole.n_mentions * sizeof *whole.person_of);
        } else {
            assert_true(code == ERR_NO_MEMORY || code == ERR_LIMIT);
            refused++;
        }
        arena_release(&b);
        if (!reached)
            break;
    }
    assert_true(refused > 12); /* three lists that grow five times */
    arena_release(&a);
}

static void whole_or_nothing_on_each(void **state) { (void)state; test_store_each(whole_or_nothing); }

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole_or_nothing_on_each)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("who is who in memory", tests, NULL, NULL);
}
