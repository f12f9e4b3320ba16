/* access_scope: its rows in words, and against access_decide at random: a row stands where a decision on one object of that owner and level allows, with the same
 * grade, groups and watch. $HAVEN_ACCESS_SETS worlds of up to 8 owners (default 200,000: over three million owners and levels). */
#include "access/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { NOW = 1000, OWN = 7, OWNERS = 8, LEVELS = ACCESS_LEVEL_closed - ACCESS_LEVEL_open };

static struct access_ask usual(void)
{
    return (struct access_ask){.who = {.standing = ACCESS_STANDING_active, .roles = ACCESS_ROLE_BIT(reviewer), .agency = OWN, .from_ms = 0, .to_ms = 2000},
                               .action = ACCESS_list, .purpose = PURPOSE_safeguarding, .basis = ACCESS_BASIS_NONE, .now_ms = NOW};
}

static const struct access_sharing county[] = {{0, -1, 0, 0}, {OWN, -1, 0, 0}, {8, 3, 0, 2000}, {9, 0, 0, 2000}, {10, 3, 0, NOW}, {11, -1, 0, 2000}, {12, 4, 0, 2000}};
#define N_COUNTY (sizeof county / sizeof *county)

static void expect_rows(const struct access_scope_row *got, size_t n, const struct access_scope_row *want, size_t n_want)
{
    assert_int_equal(n, n_want);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(got[i].owner, want[i].owner);
        assert_int_equal(got[i].level, want[i].level);
        assert_int_equal(got[i].grade, want[i].grade);
        assert_int_equal(got[i].groups, want[i].groups);
        assert_int_equal(got[i].watch, want[i].watch);
    }
}

static void a_county(void **state)
{
    (void)state;
    const uint32_t one = ACCESS_GROUP(name) | ACCESS_GROUP(birth), all = one | ACCESS_GROUP(summary) | ACCESS_GROUP(narrative);
    const struct access_scope_row want[] = {
        {0, ACCESS_LEVEL_open, 1, one, false},   {0, ACCESS_LEVEL_audited, 1, one, true},   {0, ACCESS_LEVEL_protected, 0, 0, false},
        {OWN, ACCESS_LEVEL_open, 3, all, false}, {OWN, ACCESS_LEVEL_audited, 3, all, true}, {OWN, ACCESS_LEVEL_protected, 0, 0, false},
        {8, ACCESS_LEVEL_open, 1, one, false},   {8, ACCESS_LEVEL_audited, 1, one, true},   {8, ACCESS_LEVEL_protected, 0, 0, false},
        {9, ACCESS_LEVEL_open, 0, 0, false},     {9, ACCESS_LEVEL_audited, 0, 0, true},     {9, ACCESS_LEVEL_protected, 0, 0, false},
    };
    struct access_ask ask = usual();
    struct access_scope_row rows[N_COUNTY * LEVELS];
    size_t n = access_scope(&ask, ACCESS_KIND_record, county, N_COUNTY, NULL, 0, rows);
    expect_rows(rows, n, want, sizeof want / sizeof *want);
}

/* Listed for the whole set opens protected ones; closed ones never have a row. */
static void a_set_that_is_listed(void **state)
{
    (void)state;
    const uint32_t two = ACCESS_GROUP(name) | ACCESS_GROUP(birth) | ACCESS_GROUP(summary);
    const struct access_scope_row want[] = {{8, ACCESS_LEVEL_open, 2, two, false}, {8, ACCESS_LEVEL_audited, 2, two, true}, {8, ACCESS_LEVEL_protected, 2, two, false}};
    const int64_t until[ACCESS_RELATION_N] = {[RELATION_listed_held] = NOW + 1};
    struct access_ask ask = usual();
    ask.basis = ACCESS_BASIS_GIVEN;
    struct access_scope_row rows[LEVELS];
    size_t n = access_scope(&ask, ACCESS_KIND_record, &county[2], 1, until, 0, rows);
    expect_rows(rows, n, want, 3);
}

static void inner_work(void **state)
{
    (void)state;
    const struct access_scope_row want[] = {
        {OWN, ACCESS_LEVEL_open, 3, ACCESS_GROUPS_ALL, false}, {OWN, ACCESS_LEVEL_audited, 3, ACCESS_GROUPS_ALL, false},
        {OWN, ACCESS_LEVEL_protected, 3, ACCESS_GROUPS_ALL, false}, {11, ACCESS_LEVEL_open, 3, ACCESS_GROUPS_ALL, false},
        {11, ACCESS_LEVEL_audited, 3, ACCESS_GROUPS_ALL, false}, {11, ACCESS_LEVEL_protected, 3, ACCESS_GROUPS_ALL, false},
    };
    struct access_ask ask = usual();
    ask.action = ACCESS_update;
    struct access_scope_row rows[2 * LEVELS];
    const struct access_sharing two[] = {county[1], county[5]};
    size_t n = access_scope(&ask, ACCESS_KIND_hub, two, 2, NULL, 0, rows);
    expect_rows(rows, n, want, 6);
}

static void nothing_for_nobody(void **state)
{
    (void)state;
    struct access_scope_row rows[N_COUNTY * LEVELS];
    struct access_ask ask = usual();
    assert_int_equal(access_scope(&ask, ACCESS_KIND_record, NULL, 0, NULL, 0, rows), 0);
    assert_int_equal(access_scope(&ask, ACCESS_KIND_record, county, N_COUNTY, NULL, ACCESS_CONFLICT(colleague), rows), 0);
    ask.who.standing = ACCESS_STANDING_suspended;
    assert_int_equal(access_scope(&ask, ACCESS_KIND_record, county, N_COUNTY, NULL, 0, rows), 0);
}

/* ---- against access_decide ---- */

struct world {
    struct question q; /* its object gives kind, relations and conflicts of the set */
    struct access_sharing sharings[OWNERS];
    size_t n;
    bool relations; /* false: NULL is given */
};

static void world_random(struct rng *r, struct world *w)
{
    struct question other;
    question_random(r, &w->q);
    w->relations = rng_below(r, 4) > 0;
    w->n = rng_below(r, OWNERS + 1);
    for (size_t i = 0; i < w->n; i++) {
        do /* so that edges of its times lie about this now */
            question_random(r, &other);
        while (other.ask.now_ms < 0);
        w->sharings[i] = other.object.sharing;
        if (rng_below(r, 8) > 0) {
            w->sharings[i].from_ms = w->q.object.sharing.from_ms;
            w->sharings[i].to_ms = w->q.object.sharing.to_ms;
        }
        if (rng_below(r, 4) == 0)
            w->sharings[i].owner = w->q.ask.who.agency;
    }
}

static void compare(const struct world *w, uint64_t number, uint64_t *rows_met, uint64_t *rows_stand)
{
    static const int64_t none[ACCESS_RELATION_N];
    const struct access_object *set = &w->q.object;
    struct access_scope_row rows[OWNERS * LEVELS];
    size_t n = access_scope(&w->q.ask, set->kind, w->sharings, w->n, w->relations ? set->until_ms : NULL, set->conflict, rows), at = 0;
    for (size_t i = 0; i < w->n; i++)
        for (unsigned level = ACCESS_LEVEL_open; level <= ACCESS_LEVEL_closed; level++) {
            struct access_object object = {.kind = set->kind, .level = level, .sharing = w->sharings[i], .conflict = set->conflict};
            memcpy(object.until_ms, w->relations ? set->until_ms : none, sizeof object.until_ms);
            struct access_decision d = access_decide(&w->q.ask, &object);
            ++*rows_met;
            if (!d.allowed || level == ACCESS_LEVEL_closed)
                continue;
            if (at == n || rows[at].owner != object.sharing.owner || rows[at].level != level)
                fail_msg("world %llu: owner %zu, level %u is allowed and has no row", (unsigned long long)number, i, level);
            if (rows[at].grade != d.grade || rows[at].groups != d.groups || rows[at].watch != d.watch)
                fail_msg("world %llu: owner %zu, level %u: the row says otherwise", (unsigned long long)number, i, level);
            at++;
        }
    if (at != n)
        fail_msg("world %llu: %zu rows where nothing is allowed", (unsigned long long)number, n - at);
    *rows_stand += n;
}

static void as_decided(void **state)
{
    (void)state;
    const char *text = getenv("HAVEN_ACCESS_SETS");
    int64_t sets = 200000;
    if (text)
        assert_true(str_to_int64(str_of(text), &sets) && sets > 0);
    struct rng r = {11};
    uint64_t met = 0, stand = 0;
    for (int64_t i = 0; i < sets; i++) {
        struct world w;
        world_random(&r, &w);
        compare(&w, (uint64_t)i, &met, &stand);
    }
    print_message("# %llu owners and levels, %llu rows\n", (unsigned long long)met, (unsigned long long)stand);
    assert_true(stand > met / 50); /* it did compare something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_county), cmocka_unit_test(a_set_that_is_listed), cmocka_unit_test(inner_work), cmocka_unit_test(nothing_for_nobody),
        cmocka_unit_test(as_decided),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("access, sets", tests, NULL, NULL);
}
