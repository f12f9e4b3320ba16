/* test_destroy.c: one person's keys destroyed, on both engines: nothing of theirs opens, is found or linked again, what others said of others stands, and the list brings a hub that holds it again
 * (an old backup, a load done anew) to the same state. */
#include "intake/hub.h"
#include "people/people.h"
#include "vault/keeping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define HEAD "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OffenceTitle,Role,Surname,Forenames,DOB,Postcode,Phone,PNCID,MOText\n"
#define DEV "Rathore,Dev,02/03/1990,LU1 1AA,07700 900112,2003/0000003Y"
#define ANN "Strand,Amelia,19/03/2001,LU2 2BB,07700 900111,"

/* Two incidents of the pair; Dev's row of the first came in two versions. */
static const char crimes_old[] = HEAD "42/1/24,2,2024-01-01T10:00:00,01/01/2024 09:00,Harassment,SUS,Rathore,Devv,02/03/1990,LU1 1AA,07700 900999,2003/0000003Y,He waited.\n";
static const char crimes[] = HEAD
    "42/1/24,1,2024-01-02T10:00:00,01/01/2024 09:00,Harassment,VIC," ANN ",He waited outside her door.\n"
    "42/1/24,2,2024-01-02T10:00:00,01/01/2024 09:00,Harassment,SUS," DEV ",He waited outside her door.\n"
    "42/2/24,1,2024-02-02T10:00:00,01/02/2024 09:00,Stalking,VIC," ANN ",He followed her.\n"
    "42/2/24,2,2024-02-02T10:00:00,01/02/2024 09:00,Stalking,SUS," DEV ",He followed her.\n";
/* One row that describes both. */
static const char charity[] =
    "{\"id\":\"SG1\",\"updated\":\"2024-03-01T11:00:00Z\",\"type\":\"contact\",\"date\":\"2024-03-01\",\"client\":{\"first\":\"Amelia\",\"last\":\"Strand\",\"dob\":\"2001-03-19\","
    "\"phones\":[\"07700 900111\"]},\"perpetrator\":{\"known\":true,\"first\":\"Dev\",\"last\":\"Rathore\",\"dob\":\"1990-03-02\",\"phone\":\"07700 900112\"},\"title\":\"Support contact\","
    "\"summary\":\"She saw him at the gate.\"}\n";

struct world {
    struct test_hub h;
    char list[128];
    struct link_model *m;
};

static void update(struct world *w)
{
    struct err e;
    struct people_counts n;
    test_ok(people_update(w->h.s, w->h.v, w->m, NULL, &n, &e), &e);
}

static void load_all(struct world *w)
{
    (void)hub_load(&w->h, "police-crime", str_of(crimes_old));
    (void)hub_load(&w->h, "police-crime", str_of(crimes));
    (void)hub_load(&w->h, "charity", str_of(charity));
    update(w);
}

static void begin(struct world *w, struct store *s)
{
    struct err e;
    hub_open(&w->h, s, NULL);
    (void)snprintf(w->list, sizeof w->list, "%s/key.destroyed", w->h.folder);
    test_ok(link_model_person(&w->m, &e), &e);
    load_all(w);
}

static void end(struct world *w)
{
    (void)unlink(w->list);
    link_model_free(w->m);
    hub_close(&w->h);
}

static struct str key_of(struct world *w, struct arena *a, const char *incident, const char *seq)
{
    return mention_key_format(a, intake_mention_key(w->h.v, STR("police-crime"), str_of(incident), str_of(seq), 0));
}

static struct people_destruction destroy_dev(struct world *w, struct arena *a)
{
    struct people_destruction d;
    struct err e;
    test_ok(people_destroy_keys(w->h.s, w->h.v, w->list, key_of(w, a, "42/1/24", "2"), STR("demo.dpo"), STR("order of the court"), &d, &e), &e);
    return d;
}

static size_t hits(struct world *w, struct arena *a, const char *query)
{
    struct people_hit *v;
    size_t n;
    struct err e;
    test_ok(people_search(w->h.s, w->h.v, str_of(query), 10, a, &v, &n, &e), &e);
    return n;
}

/* His keys by the column: how many are gone, how many there are. */
static void count_keys(struct world *w, size_t column, uint64_t rows, uint64_t destroyed)
{
    struct vault_key_check n;
    struct err e;
    test_ok(vault_check_keys(w->h.s, w->h.v, &intake_wrapped[column], 1000, &n, &e), &e);
    assert_int_equal(n.rows, rows);
    assert_int_equal(n.destroyed, destroyed);
    assert_int_equal(n.shut, 0);
}

static void dev_is_gone(struct world *w, struct arena *a)
{
    static const char *const queries[] = {"Dev Rathore", "Devv Rathore", "07700 900112", "07700 900999", "2003/0000003Y", "Rathore", "Dev Rathore 1990-03-02"};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        assert_int_equal(hits(w, a, queries[i]), 0);
    count_keys(w, 0, 7, 4); /* mentions: his of the first incident twice, of the second, the charity's */
    count_keys(w, 1, 6, 3); /* rows: the charity's, which describes her too, stands */
}

static void her_side_stands(struct world *w, struct arena *a)
{
    struct person_view view;
    struct chronology_line *lines;
    size_t n;
    struct err e;
    test_ok(people_show(w->h.s, w->h.v, key_of(w, a, "42/1/24", "1"), a, &view, &e), &e);
    assert_int_equal(view.n_mentions, 3);
    assert_true(str_eq(view.name, STR("Amelia Strand")));
    test_ok(people_chronology(w->h.s, w->h.v, view.mentions, view.n_mentions, a, &lines, &n, &e), &e);
    assert_int_equal(n, 3);
    static const char *const narratives[] = {"He waited outside her door.", "He followed her.", "She saw him at the gate."};
    for (size_t i = 0; i < n; i++) { /* of a record's rows one that is still there speaks */
        assert_true(str_eq(lines[i].text.narrative, str_of(narratives[i])));
        assert_false(lines[i].text.destroyed);
    }
}

/* ---- */

static void gone_for_good(struct store *s, struct test_store *t)
{
    struct world w;
    _cleanup_arena_ struct arena a;
    struct person_view view;
    struct mention m;
    struct err e;
    int64_t id;
    (void)t;
    arena_init(&a, (size_t)1 << 26);
    begin(&w, s);
    assert_int_equal(hits(&w, &a, "Dev Rathore"), 1);
    test_ok(people_show(s, w.h.v, key_of(&w, &a, "42/1/24", "2"), &a, &view, &e), &e);
    assert_int_equal(view.n_mentions, 3);
    const struct person_id dev = view.id;
    struct people_destruction d = destroy_dev(&w, &a);
    assert_true(d.mentions == 4 && d.rows == 3);
    assert_string_equal(d.person.z, dev.z);
    for (int updated = 0; updated < 2; updated++) { /* at once, and after people were worked out anew */
        dev_is_gone(&w, &a);
        her_side_stands(&w, &a);
        assert_int_equal(people_show(s, w.h.v, str_of(dev.z), &a, &view, &e), ERR_NOT_FOUND);
        assert_true(str_starts(str_of(e.message), STR("this person's keys were destroyed on ")));
        for (size_t i = 0; i < view.n_mentions; i++) {
            assert_int_equal(intake_mention(s, w.h.v, view.mentions[i], &a, &m, &e), ERR_NOT_FOUND);
            assert_non_null(strstr(e.message, "was destroyed: its key is gone for good"));
        }
        assert_int_equal(intake_mention_by_key(s, intake_mention_key(w.h.v, STR("police-crime"), STR("42/1/24"), STR("2"), 0), &id, &e), ERR_NOT_FOUND);
        update(&w);
    }
    load_all(&w); /* the same deliveries again bring nothing back */
    dev_is_gone(&w, &a);
    struct people_destruction again;
    assert_int_equal(people_destroy_keys(s, w.h.v, w.list, str_of(dev.z), STR("x"), STR("y"), &again, &e), ERR_NOT_FOUND);
    end(&w);
}

static void a_new_statement_is_a_new_statement(struct store *s, struct test_store *t)
{
    struct world w;
    _cleanup_arena_ struct arena a;
    (void)t;
    arena_init(&a, (size_t)1 << 26);
    begin(&w, s);
    (void)destroy_dev(&w, &a);
    (void)hub_load(&w.h, "police-crime", STR(HEAD "42/1/24,1,2024-05-05T10:00:00,01/01/2024 09:00,Harassment,VIC," ANN ",He waited outside her door.\n"
                                           "42/1/24,2,2024-05-05T10:00:00,01/01/2024 09:00,Harassment,SUS," DEV ",He waited outside her door.\n"));
    update(&w);
    assert_int_equal(hits(&w, &a, "Dev Rathore"), 1); /* what an agency states later is its decision: docs/vault.md */
    her_side_stands(&w, &a);
    end(&w);
}

/* A hub that holds the same again, under the same key file: as after an old backup. */
static void the_list_does_it_again(struct store *s, struct test_store *t)
{
    struct world w;
    _cleanup_arena_ struct arena a;
    struct people_destruction d;
    struct err e;
    uint64_t here;
    arena_init(&a, (size_t)1 << 26);
    begin(&w, s);
    (void)destroy_dev(&w, &a);
    test_ok(people_destroy_again(s, w.h.v, w.list, &d, &e), &e);
    assert_true(d.entries == 4 && d.mentions == 0 && d.rows == 0);
    test_store_drop(t);
    test_store_make(t, t->engine, NULL);
    w.h.s = t->store;
    (void)hub_load(&w.h, "charity", str_of(charity)); /* in another order, so with other ids */
    load_all(&w);
    assert_int_equal(hits(&w, &a, "Dev Rathore"), 1);
    test_ok(people_destroyed_here(w.h.s, w.h.v, w.list, &here, &e), &e);
    assert_int_equal(here, 4); /* haven doctor says so */
    test_ok(people_destroy_again(w.h.s, w.h.v, w.list, &d, &e), &e);
    assert_true(d.entries == 4 && d.mentions == 4 && d.rows == 3);
    test_ok(people_destroyed_here(w.h.s, w.h.v, w.list, &here, &e), &e);
    assert_int_equal(here, 0);
    dev_is_gone(&w, &a);
    update(&w);
    dev_is_gone(&w, &a);
    her_side_stands(&w, &a);
    test_ok(people_destroy_again(w.h.s, w.h.v, w.list, &d, &e), &e);
    assert_int_equal(d.mentions, 0);
    end(&w);
}

static void without_the_list_nothing_is_destroyed(struct store *s, struct test_store *t)
{
    struct world w;
    _cleanup_arena_ struct arena a;
    struct people_destruction d;
    struct err e;
    (void)t;
    arena_init(&a, (size_t)1 << 26);
    begin(&w, s);
    assert_int_equal(people_destroy_keys(s, w.h.v, "/nowhere/list", key_of(&w, &a, "42/1/24", "2"), STR("x"), STR("y"), &d, &e), ERR_IO);
    assert_non_null(strstr(e.message, "the list of what was destroyed must be kept"));
    assert_int_equal(hits(&w, &a, "Dev Rathore"), 1);
    count_keys(&w, 0, 7, 0);
    assert_int_equal(people_destroy_keys(s, w.h.v, w.list, key_of(&w, &a, "42/1/24", "2"), STR("x"), STR(" "), &d, &e), ERR_USAGE);
    assert_int_equal(people_destroy_keys(s, w.h.v, w.list, STR("P0000000000000"), STR("x"), STR("y"), &d, &e), ERR_NOT_FOUND);
    end(&w);
}

static void reasons_about_them_go_too(struct store *s, struct test_store *t)
{
    struct world w;
    _cleanup_arena_ struct arena a;
    struct decision_view *v;
    struct people_destruction *d;
    size_t n;
    int64_t id;
    struct err e;
    (void)t;
    arena_init(&a, (size_t)1 << 26);
    begin(&w, s);
    struct str dev = key_of(&w, &a, "42/1/24", "2"), ann = key_of(&w, &a, "42/1/24", "1"), ann_2 = key_of(&w, &a, "42/2/24", "1");
    test_ok(people_decide(s, DECISION_SPLIT, dev, ann, STR("x"), STR("Dev is not Ann"), w.h.v, &id, &e), &e);
    test_ok(people_decide(s, DECISION_JOIN, ann, ann_2, STR("x"), STR("the same Ann"), w.h.v, &id, &e), &e);
    (void)destroy_dev(&w, &a);
    test_ok(people_decisions(s, w.h.v, &a, &v, &n, &e), &e);
    assert_int_equal(n, 2);
    assert_true(str_eq(v[0].why, STR("destroyed")) && str_eq(v[1].why, STR("the same Ann")));
    test_ok(people_destructions(s, w.h.v, false, &a, &d, &n, &e), &e);
    assert_true(n == 1 && d[0].why.n == 0 && d[0].mentions == 4);
    test_ok(people_destructions(s, w.h.v, true, &a, &d, &n, &e), &e);
    assert_int_equal(n, 1);
    assert_true(str_eq(d[0].by, STR("demo.dpo")) && str_eq(d[0].why, STR("order of the court")) && d[0].mentions == 4 && d[0].rows == 3);
    for (const struct vault_wrapped_column *c = people_wrapped; c->table; c++) { /* what is gone is not damage */
        struct vault_rewrap_counts counts;
        test_ok(vault_rewrap(s, w.h.v, c, &(struct vault_rewrap_options){0}, &counts, &e), &e);
        assert_int_equal(counts.damaged, 0);
    }
    end(&w);
}

/* ---- the bytes ---- */

struct keys { /* wrapped keys of a column, and the rows they are of */
    size_t n;
    struct { int64_t id; char wrapped[VAULT_WRAPPED_BYTES]; } at[32];
};

static struct keys keys_of(struct store *s, size_t column)
{
    struct keys k = {0};
    struct store_cursor *c;
    struct err e;
    test_ok(STORE_QUERY(s, *intake_wrapped[column].batch, &c, &e, V_INT(0), V_INT(32)), &e);
    for (bool row = true;; k.n++) {
        test_ok(store_step(c, &row, &e), &e);
        if (!row)
            break;
        k.at[k.n].id = store_int(c, 0);
        memset(k.at[k.n].wrapped, 0, VAULT_WRAPPED_BYTES);
        memcpy(k.at[k.n].wrapped, store_text(c, 1).p, store_text(c, 1).n);
    }
    store_finish(c);
    return k;
}

static bool in_file(const char *path, const char *what, size_t n)
{
    static char bytes[8 << 20];
    FILE *f = fopen(path, "rb");
    size_t all = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f)
        (void)fclose(f);
    assert_true(all < sizeof bytes);
    return all && memmem(bytes, all, what, n) != NULL;
}

/* Once the hub is closed, none of the destroyed keys is in a byte of its files; the others are, so the search works. */
static void no_byte_of_a_key_is_left(struct store *s, struct test_store *t)
{
    struct world w;
    _cleanup_arena_ struct arena a;
    char wal[PATH_MAX + 8];
    size_t found = 0, gone = 0;
    if (t->engine != STORE_SQLITE)
        return; /* PostgreSQL keeps the old row until VACUUM: docs/vault.md */
    arena_init(&a, (size_t)1 << 26);
    begin(&w, s);
    const struct keys before[] = {keys_of(s, 0), keys_of(s, 1)};
    (void)destroy_dev(&w, &a);
    const struct keys after[] = {keys_of(s, 0), keys_of(s, 1)};
    store_close(t->store);
    t->store = NULL;
    const char *path = strncmp(t->url, "sqlite:", 7) == 0 ? t->url + 7 : t->url;
    (void)snprintf(wal, sizeof wal, "%s-wal", path);
    for (size_t c = 0; c < 2; c++)
        for (size_t i = 0; i < before[c].n; i++) {
            bool destroyed = memcmp(before[c].at[i].wrapped, after[c].at[i].wrapped, VAULT_WRAPPED_BYTES) != 0;
            bool there = in_file(path, before[c].at[i].wrapped, VAULT_WRAPPED_BYTES) || in_file(wal, before[c].at[i].wrapped, VAULT_WRAPPED_BYTES);
            assert_int_equal(there, !destroyed);
            destroyed ? gone++ : found++;
        }
    assert_true(gone == 7 && found == 6);
    end(&w);
}

#define ON_EACH(name) \
    static void name##_on_each(void **state) { (void)state; test_store_each(name); }
ON_EACH(gone_for_good)
ON_EACH(a_new_statement_is_a_new_statement)
ON_EACH(the_list_does_it_again)
ON_EACH(without_the_list_nothing_is_destroyed)
ON_EACH(reasons_about_them_go_too)
ON_EACH(no_byte_of_a_key_is_left)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gone_for_good_on_each),
        cmocka_unit_test(a_new_statement_is_a_new_statement_on_each),
        cmocka_unit_test(the_list_does_it_again_on_each),
        cmocka_unit_test(without_the_list_nothing_is_destroyed_on_each),
        cmocka_unit_test(reasons_about_them_go_too_on_each),
        cmocka_unit_test(no_byte_of_a_key_is_left_on_each),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("destruction", tests, NULL, NULL);
}
