/* test_destroyed.c: a person's keys destroyed under standing cases: before and after the update every list opens, the victim's side stands, and a rotation finds nothing damaged. */
#include "flow/flow.h"
#include "intake/hub.h"
#include "vault/keeping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define HEAD "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OccurredFrom,OffenceTitle,Role,Surname,Forenames,DOB,Postcode,Phone,PNCID,MOText\n"

static void load_pair(struct test_hub *h)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, 1 << 16);
    (void)buf_z(&b, HEAD);
    for (int i = 1; i <= 4; i++)
        for (int seq = 1; seq <= 2; seq++)
            (void)buf_fmt(&b, "42/%d/24,%d,2024-0%d-02T10:00:00,01/0%d/2024 09:00,01/0%d/2024 08:00,Stalking involving fear of violence,%s,He followed her home and waited outside.\n", i, seq, i, i, i,
                          seq == 1 ? "VIC,Strand,Amelia,19/03/2001,LU2 2BB,07700 900111," : "SUS,Rathore,Dev,02/03/1990,LU1 1AA,07700 900112,2003/0000003Y");
    struct load_counts n = hub_load(h, "police-crime", buf_as_str(&b));
    assert_int_equal(n.stored, 8);
}

static void update(struct test_hub *h, const struct link_model *m)
{
    struct flow_counts n;
    struct err e;
    test_ok(flow_update(h->s, h->v, m, NULL, &n, &e), &e);
}

/* How many cases there are, and how many name this suspect. */
static size_t cases(struct test_hub *h, const char *suspect, size_t *ret_naming)
{
    _cleanup_arena_ struct arena a;
    struct review_queue q;
    struct err e;
    arena_init(&a, (size_t)1 << 24);
    test_ok(review_list(h->s, h->v, &(struct review_filter){.rule = -1, .limit = 100}, &a, &q, &e), &e);
    *ret_naming = 0;
    for (size_t i = 0; i < q.n; i++) {
        struct review_case_view view;
        *ret_naming += str_eq(q.v[i].suspect_name, str_of(suspect));
        assert_true(str_eq(q.v[i].victim_name, STR("Amelia Strand")));
        test_ok(review_show(h->s, h->v, q.v[i].id, &a, &view, &e), &e);
    }
    return q.n;
}

static void lists_open_before_and_after_the_update(struct store *s, struct test_store *t)
{
    struct test_hub h;
    struct link_model *m;
    struct people_destruction d;
    struct flow_rotation r;
    _cleanup_arena_ struct arena a;
    char list[128], key[128];
    size_t naming;
    struct err e;
    (void)t;
    arena_init(&a, 1 << 16);
    hub_open(&h, s, NULL);
    (void)snprintf(list, sizeof list, "%s/file", h.folder);
    (void)snprintf(key, sizeof key, "%s/key", h.folder);
    test_ok(link_model_person(&m, &e), &e);
    load_pair(&h);
    (void)unlink(list); /* the loaded file had its name */
    update(&h, m);
    size_t before = cases(&h, "Dev Rathore", &naming);
    assert_true(before >= 1 && naming >= 1);
    struct str dev = mention_key_format(&a, intake_mention_key(h.v, STR("police-crime"), STR("42/1/24"), STR("2"), 0));
    test_ok(people_destroy_keys(s, h.v, list, dev, STR("demo.dpo"), STR("order of the court"), &d, &e), &e);
    assert_true(d.mentions == 4 && d.rows == 4);
    assert_int_equal(cases(&h, "Dev Rathore", &naming), before); /* as a kill right here would leave it */
    assert_int_equal(naming, 0);
    (void)cases(&h, "(no longer known)", &naming);
    assert_true(naming >= 1);
    update(&h, m);
    (void)cases(&h, "Dev Rathore", &naming);
    assert_int_equal(naming, 0);
    (void)cases(&h, "(no longer known)", &naming);
    assert_int_equal(naming, 0);
    test_ok(flow_keys_rotate(s, key, &(struct vault_rewrap_options){0}, &r, &e), &e);
    assert_int_equal(r.keys - r.wrapped, 8); /* four mentions, four rows */
    link_model_free(m);
    hub_close(&h);
}

static void on_each(void **state)
{
    (void)state;
    test_store_each(lists_open_before_and_after_the_update);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(on_each)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("destroyed", tests, NULL, NULL);
}
