/* What is current is a pure function of the rows received: checked against that function written the plain way, over random rows, versions, orders and
 * splits into deliveries; delivered again, nothing is stored; a full delivery withdraws what it does not state. */
#include "hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS 40
#define HEAD "CaseRef;PersonNo;CaseType;Opened;PersonRole;PersonName;Phone;Details;ExtractDate\n"
#define CHANGES_HEAD "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OffenceTitle,Role,Surname,Forenames,MOText\n"

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

struct line {
    char text[200];
    int record, row, version, content;
};

static const char *const surnames[] = {"Moss", "Reed", "Lee", "Hall", "Shaw"};

/* Few records, rows, versions and contents, so that all of them meet. */
static void make_changes(struct line *l, uint32_t *state)
{
    l->record = (int)(next_random(state) % 6), l->row = (int)(next_random(state) % 3), l->version = 1 + (int)(next_random(state) % 4),
    l->content = (int)(next_random(state) % 5);
    (void)snprintf(l->text, sizeof l->text, "42/%d/24,%d,2024-01-0%dT10:00:00,01/01/2024 09:00,Harassment,%s,%s,Ann,text %d\n", l->record, l->row, l->version,
                   l->row ? "SUS" : "VIC", surnames[l->content], l->content);
}

static void load_lines(struct test_hub *h, const char *feed, const char *head, struct line *const *lines, size_t n, struct load_counts *sum)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, 1 << 20);
    (void)buf_z(&b, head);
    for (size_t i = 0; i < n; i++)
        (void)buf_z(&b, lines[i]->text);
    struct load_counts c = hub_load(h, feed, buf_as_str(&b));
    sum->read += c.read, sum->stored += c.stored, sum->unchanged += c.unchanged, sum->quarantined += c.quarantined;
}

static void shuffle(struct line **order, size_t n, uint32_t *state)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = next_random(state) % i;
        struct line *t = order[i - 1];
        order[i - 1] = order[k], order[k] = t;
    }
}

/* In one to four deliveries. */
static struct load_counts load_split(struct test_hub *h, const char *feed, const char *head, struct line **order, size_t n, uint32_t *state)
{
    struct load_counts sum = {0};
    for (size_t at = 0; at < n;) {
        size_t take = 1 + next_random(state) % n;
        take = take > n - at ? n - at : take;
        load_lines(h, feed, head, order + at, take, &sum);
        at += take;
    }
    return sum;
}

/* The plain definition: how many mentions are current, as a lower and upper check on the beliefs' number of lines. */
static size_t plainly_current(const struct line *l, size_t n)
{
    size_t current = 0;
    for (int record = 0; record < 6; record++) {
        int newest = 0;
        for (size_t i = 0; i < n; i++)
            newest = l[i].record == record && l[i].version > newest ? l[i].version : newest;
        for (int row = 0; row < 3; row++) {
            bool there = false;
            for (size_t i = 0; i < n; i++)
                there |= l[i].record == record && l[i].row == row && l[i].version == newest;
            current += there;
        }
    }
    return current;
}

static size_t count_lines(const struct buf *b, char kind)
{
    size_t n = 0;
    struct str rest = buf_as_str(b), line;
    while (str_split(&rest, '\n', &line))
        n += line.n && line.p[0] == kind;
    return n;
}

static struct test_hub first; /* its key serves all hubs of a run */

static void one_order(struct store *s, struct line *lines, struct line **order, uint32_t *state, struct buf *ret)
{
    struct test_hub h;
    hub_open(&h, s, &first);
    struct load_counts n = load_split(&h, "police-crime", CHANGES_HEAD, order, ROWS, state);
    assert_int_equal(n.quarantined, 0);
    hub_beliefs(&h, ret);
    assert_int_equal(count_lines(ret, 'M'), plainly_current(lines, ROWS));
    n = load_split(&h, "police-crime", CHANGES_HEAD, order, ROWS, state);
    assert_int_equal(n.stored, 0); /* again: nothing new */
    _cleanup_buf_ struct buf again;
    buf_init(&again, 1 << 20);
    hub_beliefs(&h, &again);
    assert_true(str_eq(buf_as_str(ret), buf_as_str(&again)));
    hub_close(&h);
}

static void orders_agree(enum store_engine engine, int times)
{
    uint32_t state = 7;
    struct line lines[ROWS], *order[ROWS];
    _cleanup_buf_ struct buf before;
    buf_init(&before, 1 << 20);
    for (int i = 0; i < times; i++) {
        if (i % 4 == 0) { /* a new set of rows, then three more orders of it */
            for (size_t k = 0; k < ROWS; k++)
                make_changes(&lines[k], &state), order[k] = &lines[k];
            buf_clear(&before);
        }
        shuffle(order, ROWS, &state);
        struct test_store t;
        _cleanup_buf_ struct buf now;
        buf_init(&now, 1 << 20);
        test_store_make(&t, engine, NULL);
        one_order(t.store, lines, order, &state, &now);
        test_store_drop(&t);
        if (before.n)
            assert_true(str_eq(buf_as_str(&before), buf_as_str(&now)));
        else
            (void)buf_str(&before, buf_as_str(&now));
    }
}

static void any_order_same_beliefs(void **state)
{
    (void)state;
    const char *orders = getenv("HAVEN_ORDERS");
    struct test_store t;
    test_store_make(&t, STORE_SQLITE, NULL);
    hub_open(&first, t.store, NULL);
    orders_agree(STORE_SQLITE, orders ? (int)strtol(orders, NULL, 10) : 24);
    if (test_store_has(STORE_POSTGRESQL))
        orders_agree(STORE_POSTGRESQL, 4);
    hub_close(&first);
    test_store_drop(&t);
}

/* ---- full deliveries ---- */

#define MAY "A;1;ASB;01.04.2026;TENANT;Moss, Ann;;x;01.05.2026\nA;2;ASB;01.04.2026;ALLEGED;Reed, Dan;;x;01.05.2026\nB;1;ASB;02.04.2026;TENANT;Lee, Eve;;y;01.05.2026\n"
#define JUNE "A;1;ASB;01.04.2026;TENANT;Moss, Ann;;x;01.06.2026\nC;1;ASB;02.05.2026;TENANT;Hall, Tom;;z;01.06.2026\n"

static void assert_current(struct test_hub *h, const char *wanted)
{
    static const char *const all[] = {"|moss|", "|reed|", "|lee|", "|hall|"};
    _cleanup_buf_ struct buf b;
    buf_init(&b, 1 << 20);
    hub_beliefs(h, &b);
    for (size_t i = 0; i < 4; i++)
        if ((str_find(buf_as_str(&b), str_of(all[i])) >= 0) != (strstr(wanted, all[i]) != NULL))
            fail_msg("%s is or is not current, against %s", all[i], wanted);
}

static void full(struct store *s, struct test_store *t)
{
    (void)t;
    struct test_hub h;
    hub_open(&h, s, NULL);
    assert_int_equal(hub_load(&h, "housing", STR(HEAD MAY)).stored, 3);
    assert_current(&h, "|moss||reed||lee|");
    assert_int_equal(hub_load(&h, "housing", STR(HEAD JUNE)).stored, 2);
    assert_current(&h, "|moss||hall|");
    assert_int_equal(hub_load(&h, "housing", STR(HEAD MAY)).stored, 0); /* the old one again: nothing comes back */
    assert_current(&h, "|moss||hall|");
    assert_int_equal(hub_load(&h, "housing", STR(HEAD "D;1;ASB;01.04.2026;TENANT;Lee, Eve;;late;01.05.2026\n")).stored, 1); /* late, of an old one */
    assert_current(&h, "|moss||hall|");
    assert_int_equal(hub_load(&h, "housing", STR(HEAD "B;1;ASB;02.04.2026;TENANT;Lee, Eve;;back;01.07.2026\n")).stored, 1);
    assert_current(&h, "|lee|");
    hub_close(&h);
}
static void full_on_each(void **state) { (void)state; test_store_each(full); }

static void full_other_way_round(struct store *s, struct test_store *t)
{
    (void)t;
    struct test_hub h;
    hub_open(&h, s, NULL);
    assert_int_equal(hub_load(&h, "housing", STR(HEAD JUNE)).stored, 2);
    assert_int_equal(hub_load(&h, "housing", STR(HEAD MAY)).stored, 3); /* kept, not current */
    assert_current(&h, "|moss||hall|");
    hub_close(&h);
}
static void full_other_way_on_each(void **state) { (void)state; test_store_each(full_other_way_round); }

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_order_same_beliefs), cmocka_unit_test(full_on_each), cmocka_unit_test(full_other_way_on_each)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("current", tests, NULL, NULL);
}
