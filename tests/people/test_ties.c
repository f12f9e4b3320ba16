/* Ties from stated relations and from records that name people together. */
#include "people/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Mention n belongs to person n / 10. */
static const int64_t ids[] = {0, 1, 10, 11, 20, 21, 30};
static const uint32_t persons[] = {0, 0, 1, 1, 2, 2, 3};
static const struct people_map map = {.n_mentions = 7, .n_persons = 4, .mention_ids = ids, .person_of = persons};

static struct instant day(int n) { return (struct instant){n * MS_PER_DAY, PRECISION_DAY}; }

struct got {
    struct arena a;
    struct tie *v;
    size_t n;
};

static void derive(struct got *g, const struct tie_facts *f, uint32_t only)
{
    struct err e;
    arena_init(&g->a, 1 << 16);
    assert_int_equal(ties_derive(f, &map, only, &g->a, &g->v, &g->n, &e), ERR_OK);
}

static const struct tie *find(const struct got *g, uint32_t a, uint32_t b, enum tie_kind kind, enum relation relation)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->v[i].a == a && g->v[i].b == b && g->v[i].kind == kind && g->v[i].relation == relation)
            return &g->v[i];
    return NULL;
}

static void partners_become_former(void **state)
{
    (void)state;
    struct got g;
    const struct relation_stated r[] = {{1, 10, 0, RELATION_partner, {0}, {0}}, {2, 0, 11, RELATION_partner, {0}, {0}},
        {3, 1, 10, RELATION_former_partner, {0}, {0}}, {4, 20, 30, RELATION_partner, {0}, {0}}, {5, 30, 21, RELATION_former_partner, {0}, {0}}};
    const struct instant at[] = {day(100), day(200), day(300), day(500), day(400)};
    const struct tie_facts f = {r, at, 5, NULL, 0};
    derive(&g, &f, UINT32_MAX);
    assert_int_equal(g.n, 4);
    const struct tie *partner = find(&g, 0, 1, TIE_STATED, RELATION_partner), *former = find(&g, 0, 1, TIE_STATED, RELATION_former_partner);
    assert_true(partner && partner->former && partner->n_sources == 2);
    assert_true(partner->first.ms == day(100).ms && partner->last.ms == day(200).ms);
    assert_true(former && former->former && former->n_sources == 1);
    assert_false(find(&g, 2, 3, TIE_STATED, RELATION_partner)->former); /* stated as partner after they were stated as former */
    arena_release(&g.a);
}

static void directed_relations_keep_their_direction(void **state)
{
    (void)state;
    struct got g;
    const struct relation_stated r[] = {{1, 20, 10, RELATION_parent, {0}, {0}}, {1, 20, 10, RELATION_sibling, {0}, {0}}, {1, 20, 21, RELATION_sibling, {0}, {0}},
        {1, 20, 999, RELATION_friend, {0}, {0}}};
    const struct instant at[4] = {{0}};
    const struct tie_facts f = {r, at, 4, NULL, 0};
    derive(&g, &f, UINT32_MAX);
    assert_int_equal(g.n, 2); /* not of a person with itself, not with a mention that is not there */
    assert_non_null(find(&g, 2, 1, TIE_STATED, RELATION_parent));
    assert_non_null(find(&g, 1, 2, TIE_STATED, RELATION_sibling));
    arena_release(&g.a);
}

static void shared_events_and_children(void **state)
{
    (void)state;
    struct got g;
    const int64_t first[] = {0, 10}, second[] = {1, 30}, third[] = {11, 30}, fourth[] = {20, 30};
    const enum role victim_suspect[] = {ROLE_victim, ROLE_suspect}, with_child[] = {ROLE_tenant, ROLE_child}, suspect_child[] = {ROLE_suspect, ROLE_child};
    const struct event ev[] = {
        {.id = 1, .key = 1, .occurred = day(5), .mentions = first, .roles = victim_suspect, .n_mentions = 2},
        {.id = 2, .key = 2, .occurred = day(6), .mentions = second, .roles = with_child, .n_mentions = 2},
        {.id = 3, .key = 3, .occurred = day(7), .mentions = third, .roles = suspect_child, .n_mentions = 2},
        {.id = 4, .key = 4, .occurred = day(8), .mentions = fourth, .roles = with_child, .n_mentions = 2},
    };
    const struct tie_facts f = {NULL, NULL, 0, ev, 4};
    derive(&g, &f, UINT32_MAX);
    assert_int_equal(g.n, 2);
    assert_non_null(find(&g, 0, 1, TIE_SHARED_EVENT, RELATION_unknown));
    assert_non_null(find(&g, 0, 1, TIE_SHARED_CHILD, RELATION_unknown)); /* person 2 has the child too, but no event with them */
    arena_release(&g.a);
    derive(&g, &f, 2);
    assert_int_equal(g.n, 0);
    arena_release(&g.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partners_become_former),
        cmocka_unit_test(directed_relations_keep_their_direction),
        cmocka_unit_test(shared_events_and_children),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("ties", tests, NULL, NULL);
}
