/* The year of look-ups: same arguments, same year; any order of input, the same alerts; day by day the same as at once; and the floors that the rules must keep.
 * HAVEN_YEARS=N runs 5,000 staff with N seeds of both sets. */
#include "oversight/town.h"
#include "simulate/year.h"

#define STAFF 600

static const struct oversight_limits *limits;
static struct arena memory;

static int setup(void **state)
{
    struct err e;
    (void)state;
    arena_init(&memory, (size_t)1 << 20);
    return oversight_limits_builtin(&memory, &limits, &e) == ERR_OK ? 0 : -1;
}
static int teardown(void **state) { (void)state; arena_release(&memory); return 0; }

static void run(const struct oversight_source *src, struct oversight_period p, struct arena *a, struct oversight_alerts *ret)
{
    struct err e;
    if (oversight_run(src, limits, p, a, ret, &e) != ERR_OK)
        fail_msg("%s", e.message);
}

static void make(const struct year_params *p, uint32_t staff, uint64_t seed, struct year *y)
{
    struct err e;
    if (year_make(p, staff, seed, y, &e) != ERR_OK)
        fail_msg("%s", e.message);
    assert_true(y->source.n_accesses > staff * 250u && y->source.n_accesses < staff * 550u);
    assert_true(y->truth.n_abuses > staff * 55 / 1000 && y->truth.n_abuses <= staff * 60 / 1000);
}

/* Equal but for the indexes into the source. */
static void same_alerts(const struct oversight_alerts *x, const struct oversight_alerts *y)
{
    assert_int_equal(x->n, y->n);
    for (size_t i = 0; i < x->n; i++) {
        const struct oversight_alert *a = &x->v[i], *b = &y->v[i];
        assert_true(a->user == b->user && a->subject == b->subject && a->other_user == b->other_user && a->month == b->month && a->rules == b->rules);
        assert_int_equal(a->n_evidence, b->n_evidence);
        for (size_t k = 0; k < a->n_evidence; k++)
            assert_true(a->evidence[k].leaf == b->evidence[k].leaf && a->evidence[k].rule == b->evidence[k].rule && a->evidence[k].at_ms == b->evidence[k].at_ms &&
                        a->evidence[k].operation == b->evidence[k].operation);
    }
}

static void same_arguments_same_year(void **state)
{
    (void)state;
    _cleanup_year_ struct year x, y, z;
    make(&year_tuning, YEAR_LEAST_STAFF, 7, &x);
    make(&year_tuning, YEAR_LEAST_STAFF, 7, &y);
    make(&year_tuning, YEAR_LEAST_STAFF, 8, &z);
    assert_int_equal(x.source.n_accesses, y.source.n_accesses);
    assert_memory_equal(x.source.accesses, y.source.accesses, x.source.n_accesses * sizeof *x.source.accesses);
    assert_memory_equal(x.truth.of_access, y.truth.of_access, x.source.n_accesses * sizeof *x.truth.of_access);
    assert_true(x.source.n_accesses != z.source.n_accesses || memcmp(x.source.accesses, z.source.accesses, x.source.n_accesses * sizeof *x.source.accesses) != 0);
}

static void too_small(void **state)
{
    (void)state;
    _cleanup_year_ struct year y;
    struct err e;
    assert_int_equal(year_make(&year_tuning, YEAR_LEAST_STAFF - 1, 1, &y, &e), ERR_USAGE);
    assert_string_equal(e.message, "a year of look-ups has 200 to 50000 staff");
}

/* In the ledger's order, and every planted abuse has an access by an account that exists. */
static void year_is_sound(void **state)
{
    (void)state;
    _cleanup_year_ struct year y;
    make(&year_tuning, YEAR_LEAST_STAFF, 3, &y);
    bool *seen = calloc(y.truth.n_abuses + 1, sizeof *seen);
    assert_non_null(seen);
    for (size_t i = 0; i < y.source.n_accesses; i++) {
        assert_true(y.source.accesses[i].leaf == (int64_t)i);
        assert_true(i == 0 || y.source.accesses[i - 1].at_ms <= y.source.accesses[i].at_ms);
        assert_true(y.truth.of_access[i] <= y.truth.n_abuses);
        seen[y.truth.of_access[i]] = true;
    }
    for (size_t i = 1; i <= y.truth.n_abuses; i++)
        assert_true(seen[i] && y.truth.rule[i] < OVERSIGHT_N_RULES);
    free(seen);
}

static void shuffle(void *v, size_t n, size_t size, uint64_t *dice)
{
    char *p = v, spare[256];
    assert_true(size <= sizeof spare);
    for (size_t i = n; i > 1; i--) {
        *dice = *dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t k = (size_t)((*dice >> 33) % i);
        memcpy(spare, p + k * size, size);
        memcpy(p + k * size, p + (i - 1) * size, size);
        memcpy(p + (i - 1) * size, spare, size);
    }
}

static void any_order(void **state)
{
    (void)state;
    _cleanup_year_ struct year y;
    _cleanup_arena_ struct arena a;
    struct oversight_alerts before, after;
    uint64_t dice = 42;
    arena_init(&a, (size_t)1 << 30);
    make(&year_tuning, STAFF / 2, 4, &y);
    run(&y.source, y.period, &a, &before);
    assert_true(before.n > 30);
    for (int i = 0; i < 2; i++) {
        struct oversight_access *accesses = ARENA_NEW(&a, struct oversight_access, y.source.n_accesses);
        struct oversight_staff *staff = ARENA_NEW(&a, struct oversight_staff, y.source.n_staff);
        struct oversight_subject *subjects = ARENA_NEW(&a, struct oversight_subject, y.source.n_subjects);
        assert_true(accesses && staff && subjects);
        memcpy(accesses, y.source.accesses, y.source.n_accesses * sizeof *accesses);
        memcpy(staff, y.source.staff, y.source.n_staff * sizeof *staff);
        memcpy(subjects, y.source.subjects, y.source.n_subjects * sizeof *subjects);
        shuffle(accesses, y.source.n_accesses, sizeof *accesses, &dice);
        shuffle(staff, y.source.n_staff, sizeof *staff, &dice);
        shuffle(subjects, y.source.n_subjects, sizeof *subjects, &dice);
        struct oversight_source mixed = {staff, subjects, accesses, y.source.n_staff, y.source.n_subjects, y.source.n_accesses};
        run(&mixed, y.period, &a, &after);
        same_alerts(&before, &after);
    }
}

/* Evidence as a set: (user, subject, month, rule, leaf). */
struct point { uint64_t user, subject; int64_t month, rule, leaf; };
static int cmp_point(const void *x, const void *y) { return memcmp(x, y, sizeof(struct point)); }

static size_t points(const struct oversight_alerts *alerts, struct point *to, size_t n)
{
    for (size_t i = 0; i < alerts->n; i++)
        for (size_t k = 0; k < alerts->v[i].n_evidence; k++)
            to[n++] = (struct point){alerts->v[i].user, alerts->v[i].subject, alerts->v[i].month, alerts->v[i].evidence[k].rule, alerts->v[i].evidence[k].leaf};
    return n;
}

static size_t unique(struct point *v, size_t n)
{
    size_t kept = 0;
    qsort(v, n, sizeof *v, cmp_point);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || cmp_point(&v[kept - 1], &v[i]) != 0)
            v[kept++] = v[i];
    return kept;
}

/* Runs of nine days, each over only the accesses of the look-back before it and none after, give together what one run gives. */
static void day_by_day(void **state)
{
    (void)state;
    _cleanup_year_ struct year y;
    _cleanup_arena_ struct arena a;
    struct oversight_alerts whole, part;
    arena_init(&a, (size_t)1 << 30);
    make(&year_tuning, YEAR_LEAST_STAFF, 5, &y);
    struct point *once = ARENA_NEW(&a, struct point, 200000), *daily = ARENA_NEW(&a, struct point, 200000);
    assert_true(once && daily);
    run(&y.source, y.period, &a, &whole);
    size_t n_once = unique(once, points(&whole, once, 0)), n_daily = 0, first = 0, end = 0;
    for (int64_t from = y.period.from_ms; from < y.period.to_ms; from += 9 * MS_PER_DAY) {
        struct oversight_period p = {from, from + 9 * MS_PER_DAY};
        while (first < y.source.n_accesses && y.source.accesses[first].at_ms < from - OVERSIGHT_LOOKBACK_DAYS * MS_PER_DAY)
            first++;
        while (end < y.source.n_accesses && y.source.accesses[end].at_ms < p.to_ms)
            end++;
        struct oversight_source window = y.source;
        window.accesses = y.source.accesses + first;
        window.n_accesses = end - first;
        run(&window, p, &a, &part);
        n_daily = points(&part, daily, n_daily);
        assert_true(n_daily < 150000);
    }
    n_daily = unique(daily, n_daily);
    assert_true(n_once > 100);
    assert_int_equal(n_once, n_daily);
    assert_memory_equal(once, daily, n_once * sizeof *once);
}

/* Out of memory is told, and leaves nothing behind. */
static void no_memory(void **state)
{
    (void)state;
    _cleanup_year_ struct year y;
    _cleanup_arena_ struct arena a;
    struct oversight_alerts alerts = {NULL, 77};
    struct oversight_score s = {.planted = 77};
    struct err e;
    arena_init(&a, 4096);
    make(&year_tuning, YEAR_LEAST_STAFF, 1, &y);
    assert_int_equal(oversight_run(&y.source, limits, y.period, &a, &alerts, &e), ERR_NO_MEMORY);
    assert_true(alerts.n == 77 && strstr(e.message, "no memory for"));
    alerts = (struct oversight_alerts){NULL, 0};
    arena_release(&a);
    arena_init(&a, 16);
    assert_int_equal(oversight_score(&y.source, &y.truth, &alerts, &a, &s, &e), ERR_NO_MEMORY);
    assert_int_equal(s.planted, 77);
}

static void nothing_to_read(void **state)
{
    (void)state;
    _cleanup_arena_ struct arena a;
    const struct oversight_source empty = {0};
    struct oversight_alerts alerts;
    arena_init(&a, (size_t)1 << 20);
    run(&empty, (struct oversight_period){INT64_MIN, INT64_MAX}, &a, &alerts);
    assert_int_equal(alerts.n, 0);
}

static void floors(const struct year_params *p, uint32_t staff, uint64_t seed, double recall, double false_per_1000)
{
    _cleanup_year_ struct year y;
    _cleanup_arena_ struct arena a;
    struct oversight_alerts alerts;
    struct oversight_score s;
    struct err e;
    arena_init(&a, (size_t)2 << 30);
    make(p, staff, seed, &y);
    run(&y.source, y.period, &a, &alerts);
    assert_int_equal(oversight_score(&y.source, &y.truth, &alerts, &a, &s, &e), ERR_OK);
    double found = (double)s.found / (double)s.planted, wrong = 1000.0 * (double)s.false_alerts / (double)s.accesses;
    printf("# %s, seed %llu: recall %.3f, false alerts %.3f per 1,000 accesses\n", p->name, (unsigned long long)seed, found, wrong);
    assert_true(found >= recall);
    assert_true(wrong <= false_per_1000);
    /* The score adds up. */
    size_t planted = 0, by_any = 0;
    for (size_t r = 0; r < OVERSIGHT_N_RULES; r++) {
        const struct oversight_rule_score *one = &s.rules[r];
        planted += one->planted;
        by_any += one->found_by_any;
        assert_true(one->found <= one->found_by_any && one->found_by_any <= one->planted && one->false_alerts <= one->alerts && one->only_false <= one->false_alerts);
    }
    assert_true(planted == s.planted && by_any == s.found && s.false_alerts <= s.alerts);
}

/* 36 abuses in the short form: one missed is 3 %. */
static void floors_are_kept(void **state)
{
    (void)state;
    const char *years = getenv("HAVEN_YEARS");
    int64_t n = 0;
    if (!years || !str_to_int64(str_of(years), &n)) {
        floors(&year_tuning, STAFF, 1, 0.90, 2.0);
        return;
    }
    for (uint64_t seed = 1; seed <= (uint64_t)n; seed++) {
        floors(&year_tuning, 5000, seed, 0.95, 2.0);
        floors(&year_test, 5000, seed, 0.95, 2.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_arguments_same_year), cmocka_unit_test(too_small), cmocka_unit_test(year_is_sound), cmocka_unit_test(any_order),
                                       cmocka_unit_test(day_by_day), cmocka_unit_test(no_memory), cmocka_unit_test(nothing_to_read), cmocka_unit_test(floors_are_kept)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
