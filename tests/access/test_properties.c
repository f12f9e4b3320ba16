/* What must hold whatever the tables say: denial wins, more relations or ceiling or roles never give less, edges of time, groups within the grade's and the roles'.
 * Questions at random, and every chain that a property speaks of; $HAVEN_ACCESS_QUESTIONS times (default 200,000 a property). */
#include "access/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t questions(void)
{
    const char *text = getenv("HAVEN_ACCESS_QUESTIONS");
    int64_t n = 200000;
    return text && str_to_int64(str_of(text), &n) && n > 0 ? (uint64_t)n : 200000;
}

static struct access_decision decide(const struct question *q) { return access_decide(&q->ask, &q->object); }

static void show(const char *what, const struct question *q)
{
    int64_t v[QUESTION_INTEGERS];
    question_to(q, v);
    print_message("# %s:", what);
    for (size_t i = 0; i < QUESTION_INTEGERS; i++)
        print_message(" %lld", (long long)v[i]);
    print_message("\n");
    fail();
}

/* What `more` gives is at least what `less` gave. */
static bool covers(const struct access_decision *more, const struct access_decision *less)
{
    return !less->allowed || (more->allowed && more->grade >= less->grade && (less->groups & ~more->groups) == 0);
}

static bool same(const struct access_decision *a, const struct access_decision *b)
{
    return a->allowed == b->allowed && a->hidden == b->hidden && a->watch == b->watch && a->grade == b->grade && a->groups == b->groups && a->rule == b->rule;
}

static void for_all(uint64_t seed, void check(struct rng *r, struct question *q))
{
    struct rng r = {seed};
    for (uint64_t n = questions(); n > 0; n--) {
        struct question q;
        question_random(&r, &q);
        check(&r, &q);
    }
}

/* ---- an answer is whole ---- */

static void check_shape(struct rng *r, struct question *q)
{
    (void)r;
    struct access_decision d = decide(q);
    bool fine = d.rule > ACCESS_RULE_NONE && d.rule < ACCESS_RULE_N;
    if (d.allowed)
        fine = fine && d.rule != ACCESS_RULE_not_shared && d.grade >= 0 && d.grade <= 3 && !d.hidden && (!d.watch || q->object.level == ACCESS_LEVEL_audited);
    else
        fine = fine && d.grade == ACCESS_CEILING_NONE && d.groups == 0 && !d.watch;
    if (!fine)
        show("an answer that is no answer", q);
    if (d.hidden && q->object.level != ACCESS_LEVEL_closed)
        show("hidden, and not closed", q);
}

static void answers_are_whole(void **state)
{
    (void)state;
    for_all(1, check_shape);
}

/* ---- forbidding wins ---- */

static void check_conflict(struct rng *r, struct question *q)
{
    struct question more = *q;
    more.object.conflict |= 1u << rng_below(r, ACCESS_CONFLICT_N);
    struct access_decision before = decide(q), after = decide(&more);
    if (!covers(&before, &after))
        show("a conflict more gave more", q);
    bool about_people = more.object.kind <= ACCESS_KIND_quarantine;
    if (about_people && after.allowed)
        show("a conflict, and allowed", &more);
}

static void forbidding_wins(void **state)
{
    (void)state;
    for_all(2, check_conflict);
}

static void check_level(struct rng *r, struct question *q)
{
    (void)r;
    struct question stricter = *q;
    if (q->object.level < ACCESS_LEVEL_open || q->object.level > ACCESS_LEVEL_protected)
        return;
    stricter.object.level++;
    struct access_decision before = decide(q), after = decide(&stricter);
    if (!covers(&before, &after))
        show("a stricter level gave more", q);
}

static void stricter_levels_never_give_more(void **state)
{
    (void)state;
    for_all(3, check_level);
}

/* ---- more gives no less ---- */

static void check_ceiling(struct rng *r, struct question *q)
{
    (void)r;
    struct access_decision last = {0};
    for (int ceiling = ACCESS_CEILING_NONE; ceiling <= 3; ceiling++) {
        q->object.sharing.ceiling = ceiling;
        struct access_decision d = decide(q);
        if (ceiling > ACCESS_CEILING_NONE && !covers(&d, &last))
            show("a higher ceiling gave less", q);
        last = d;
    }
}

static void more_ceiling(void **state)
{
    (void)state;
    for_all(4, check_ceiling);
}

static void check_relation(struct rng *r, struct question *q)
{
    struct question more = *q;
    if (q->ask.now_ms == INT64_MAX)
        return;
    more.object.until_ms[rng_below(r, ACCESS_RELATION_N)] = INT64_MAX;
    struct access_decision before = decide(q), after = decide(&more);
    if (!covers(&after, &before))
        show("a relation more gave less", q);
}

static void more_relations(void **state)
{
    (void)state;
    for_all(5, check_relation);
}

static void check_roles(struct rng *r, struct question *q)
{
    struct question more = *q;
    more.ask.who.roles |= 1u << (1 + rng_below(r, ACCESS_ROLE_N - 1));
    struct access_decision before = decide(q), after = decide(&more);
    if (!covers(&after, &before))
        show("a role more gave less", q);
}

static void more_roles(void **state)
{
    (void)state;
    for_all(6, check_roles);
}

static void check_basis(struct rng *r, struct question *q)
{
    (void)r;
    struct question more = *q;
    q->ask.basis = ACCESS_BASIS_NONE, more.ask.basis = ACCESS_BASIS_GIVEN;
    struct access_decision before = decide(q), after = decide(&more);
    if (!covers(&after, &before))
        show("a basis gave less", q);
    more.ask.who.step_up_until_ms = INT64_MAX;
    before = decide(&more);
    if (!covers(&before, &after))
        show("a stronger sign-in gave less", q);
}

static void basis_and_step_up(void **state)
{
    (void)state;
    for_all(7, check_basis);
}

/* ---- edges of time ---- */

/* [from, to) held now: at from and to - 1, not before from nor at to. `set` puts the edges into a question. */
static void check_edges(struct question *q, void set(struct question *q, int64_t from, int64_t to))
{
    const int64_t now = q->ask.now_ms;
    if (now < 2 || now > INT64_MAX - 2)
        return;
    set(q, now - 1, now + 1);
    struct access_decision inside = decide(q);
    set(q, now, now + 1);
    struct access_decision only = decide(q);
    set(q, now + 1, now + 2);
    struct access_decision before = decide(q);
    set(q, now - 2, now);
    struct access_decision after = decide(q);
    if (!same(&inside, &only) || !same(&before, &after))
        show("an edge of time", q);
    if (!covers(&inside, &before))
        show("outside its time it gave more", q);
}

static void account(struct question *q, int64_t from, int64_t to) { q->ask.who.from_ms = from, q->ask.who.to_ms = to; }
static void sharing(struct question *q, int64_t from, int64_t to) { q->object.sharing.from_ms = from, q->object.sharing.to_ms = to; }

static void check_times(struct rng *r, struct question *q)
{
    (void)r;
    struct question copy = *q;
    check_edges(&copy, account);
    if (!(q->ask.who.from_ms <= q->ask.now_ms && q->ask.now_ms < q->ask.who.to_ms) && decide(q).allowed)
        show("outside the account's time", q);
    copy = *q;
    check_edges(&copy, sharing);
    for (unsigned i = 0; i < ACCESS_RELATION_N; i++) { /* an end of now is as none */
        struct question ended = *q, none = *q;
        ended.object.until_ms[i] = q->ask.now_ms, none.object.until_ms[i] = 0;
        struct access_decision a = decide(&ended), b = decide(&none);
        if (!same(&a, &b))
            show("a relation that ends now", q);
    }
}

static void edges_of_time(void **state)
{
    (void)state;
    for_all(8, check_times);
}

/* ---- unknown anywhere ---- */

static void check_unknown(struct rng *r, struct question *q)
{
    static const struct {
        unsigned at;
        int64_t value;
    } wrong[] = {{0, 0},  {0, ACCESS_STANDING_N}, {0, -1}, {1, 0},  {1, 1}, {1, 1 << ACCESS_ROLE_N},   {4, 0},  {4, -1},  {4, INT64_MIN},
                 {6, 0},  {6, ACCESS_ACTION_N},   {6, -1}, {7, 0},  {7, PURPOSE_N}, {7, -1},           {8, 0},  {8, 3},   {8, -1},
                 {9, -1}, {9, INT64_MIN},         {10, 0}, {10, ACCESS_KIND_N}, {10, -1}, {11, 0},     {11, ACCESS_LEVEL_N}, {11, -1}, {12, -1},
                 {12, INT64_MIN}, {13, -2},       {13, 4}, {13, INT32_MIN}, {13, INT32_MAX}, {21, 8},  {21, 1u << 31}};
    int64_t v[QUESTION_INTEGERS];
    size_t i = rng_below(r, sizeof wrong / sizeof *wrong);
    question_to(q, v);
    v[wrong[i].at] = wrong[i].value;
    assert_true(question_from(v, q));
    struct access_decision d = decide(q);
    if (d.rule != ACCESS_RULE_unknown || d.allowed || d.hidden)
        show("unknown, and not denied for it", q);
}

static void unknown_anywhere_denies(void **state)
{
    (void)state;
    for_all(9, check_unknown);
}

/* ---- groups ---- */

static void check_groups(struct rng *r, struct question *q)
{
    (void)r;
    static const unsigned most[] = {0, 0x003, 0x0FF, 0x7FF}; /* by grade: nested */
    struct access_decision d = decide(q);
    if (d.rule != ACCESS_RULE_allowed)
        return;
    if (d.groups & ~most[d.grade])
        show("groups beyond the grade", q);
    const uint32_t without = ACCESS_ROLE_BIT(advocate) | ACCESS_ROLE_BIT(analyst) | ACCESS_ROLE_BIT(administrator);
    if ((q->ask.who.roles & ~without) == 0 && (d.groups & (ACCESS_GROUP(identifiers) | ACCESS_GROUP(record))))
        show("groups beyond the roles", q);
    const uint32_t masked = ACCESS_GROUP(former_names) | ACCESS_GROUP(address) | ACCESS_GROUP(phone) | ACCESS_GROUP(school) | ACCESS_GROUP(workplace) |
                            ACCESS_GROUP(identifiers) | ACCESS_GROUP(record);
    bool unmasks = q->ask.action == ACCESS_unmask || q->ask.action == ACCESS_export || q->ask.action == ACCESS_decide;
    if (!unmasks && q->object.kind != ACCESS_KIND_quarantine && (d.groups & masked))
        show("masked groups shown", q);
}

static void groups_stay_within(void **state)
{
    (void)state;
    for_all(10, check_groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_whole), cmocka_unit_test(forbidding_wins), cmocka_unit_test(stricter_levels_never_give_more),
        cmocka_unit_test(more_ceiling),      cmocka_unit_test(more_relations),  cmocka_unit_test(more_roles),
        cmocka_unit_test(basis_and_step_up), cmocka_unit_test(edges_of_time),   cmocka_unit_test(unknown_anywhere_denies),
        cmocka_unit_test(groups_stay_within),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("access, properties", tests, NULL, NULL);
}
