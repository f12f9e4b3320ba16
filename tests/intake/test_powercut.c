/* test_powercut.c: the power fails at many points of a load, on a disk that drops, tears and reorders what was not synced. After each restart the database is whole, every row that the load
 * had announced as committed is held, and loading the file again completes it with the beliefs of a load that was never disturbed. 60 cuts; HAVEN_POWERCUTS=1000 for the long form. */
#include "hub.h"
#include "support/powercut.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define INCIDENTS 60
#define BATCH_ROWS 16

static struct store_options options = {.sqlite_vfs = "powercut", .sqlite_checkpoint_pages = 40};

/* Two people an incident; every fifth incident has a second version, every seventh row cannot be read. */
static struct str extract(struct buf *b)
{
    (void)buf_z(b, "IncidentRef,PersonSeq,LastUpdated,ReportedAt,OffenceTitle,Role,Surname,Forenames,DOB,MOText\n");
    for (int i = 0; i < INCIDENTS; i++)
        for (int version = 1; version <= 1 + (i % 5 == 0); version++)
            for (int person = 1; person <= 2; person++)
                (void)buf_fmt(b, "42/%d/25,%d,%s,01/03/2025 09:00,Criminal damage,%s,Name%c,Test,0%d/02/1980,window broken by version %d\n", i, person,
                              i % 7 == 3 ? "yesterday" : version == 1 ? "2025-03-01T10:00:00" : "2025-03-02T10:00:00", person == 1 ? "VIC" : "SUS", 'a' + i % 26, 1 + i % 9, version);
    assert_false(b->failed);
    return buf_as_str(b);
}

static void remember(void *ctx, const struct load_counts *so_far) { *(struct load_counts *)ctx = *so_far; }

static enum err_code load_file(struct test_hub *h, const struct feed *f, struct load_counts *ret_acked, struct load_counts *ret, struct err *e)
{
    const struct load_options o = {.batch_rows = BATCH_ROWS, .committed = remember, .ctx = ret_acked};
    return intake_load(h->s, h->v, f, h->path, &o, ret, e);
}

static void fresh(struct test_store *t)
{
    test_store_make(t, STORE_SQLITE, NULL);
    store_close(t->store); /* made without the shim, used with it */
    t->store = NULL;
    powercut_forget();
}

static void open_hub(struct test_hub *h, struct test_store *t)
{
    struct err e;
    test_ok(store_open_with(t->url, &options, &t->store, &e), &e);
    test_store_permit(t->store);
    h->s = t->store;
}

static void close_hub(struct test_hub *h, struct test_store *t)
{
    store_close(t->store);
    t->store = h->s = NULL;
}

static uint64_t rows_held(struct test_hub *h)
{
    struct err e;
    struct feed_info *feeds;
    size_t n;
    uint64_t rows = 0;
    _cleanup_arena_ struct arena a;
    arena_init(&a, 1 << 20);
    test_ok(intake_feeds(h->s, &a, &feeds, &n, &e), &e);
    for (size_t i = 0; i < n; i++)
        rows += feeds[i].totals.stored + feeds[i].totals.quarantined;
    return rows;
}

static void is_whole(struct test_hub *h)
{
    struct err e;
    _cleanup_buf_ struct buf findings;
    buf_init(&findings, 1 << 20);
    test_ok(store_check(h->s, &findings, &e), &e);
    if (findings.n)
        fail_msg("after a power cut: %.*s", STR_ARG(buf_as_str(&findings)));
}

/* One load with the power failing at `cut` (0: never); *ret_operations how many writes and syncs it took. */
static void one_cut(struct test_hub *h, const struct feed *f, uint64_t cut, uint64_t seed, const struct buf *calm, uint64_t *ret_operations)
{
    struct err e = {0};
    struct test_store t;
    struct load_counts acked = {0}, counts = {0};
    fresh(&t);
    open_hub(h, &t);
    powercut_arm(cut, seed);
    enum err_code code = load_file(h, f, &acked, &counts, &e);
    *ret_operations = powercut_operations();
    close_hub(h, &t);
    if (powercut_happened())
        powercut_restart();
    else
        assert_int_equal(code, ERR_OK);
    open_hub(h, &t);
    is_whole(h);
    assert_true(rows_held(h) >= acked.stored + acked.quarantined);
    test_ok(load_file(h, f, &acked, &counts, &e), &e);
    assert_int_equal(counts.read, counts.stored + counts.unchanged + counts.quarantined);
    if (calm) {
        _cleanup_buf_ struct buf beliefs;
        buf_init(&beliefs, 1 << 22);
        hub_beliefs(h, &beliefs);
        assert_true(str_eq(buf_as_str(&beliefs), buf_as_str(calm)));
    }
    close_hub(h, &t);
    powercut_forget();
    test_store_drop(&t);
}

static void calm_beliefs(struct test_hub *h, const struct feed *f, struct buf *ret)
{
    struct err e;
    struct test_store t;
    struct load_counts acked, counts;
    fresh(&t);
    open_hub(h, &t);
    test_ok(load_file(h, f, &acked, &counts, &e), &e);
    assert_true(counts.stored > 100 && counts.quarantined > 10);
    hub_beliefs(h, ret);
    close_hub(h, &t);
    powercut_forget();
    test_store_drop(&t);
}

static void a_load_survives_power_cuts(void **state)
{
    (void)state;
    struct err e;
    struct test_hub h;
    struct feed *f;
    uint64_t operations, ignored;
    const char *wanted = getenv("HAVEN_POWERCUTS");
    uint64_t cuts = wanted ? strtoull(wanted, NULL, 10) : 60;
    _cleanup_buf_ struct buf text, calm;
    buf_init(&text, 1 << 20);
    buf_init(&calm, 1 << 22);
    powercut_register(false);
    hub_open(&h, NULL, NULL);
    (void)hub_file(&h, extract(&text));
    test_ok(feed_builtin(STR("police-crime"), &f, &e), &e);
    calm_beliefs(&h, f, &calm);
    one_cut(&h, f, 0, 0, &calm, &operations);
    assert_true(operations > 50);
    for (uint64_t i = 0; i < cuts; i++) /* spread over the load; more cuts than operations: the same points with other losses */
        one_cut(&h, f, 1 + i * 7919 % operations, i, &calm, &ignored);
    print_message("# %llu cuts over %llu writes and syncs of a load\n", (unsigned long long)cuts, (unsigned long long)operations);
    feed_free(f);
    hub_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_load_survives_power_cuts)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("power cuts under a load", tests, NULL, NULL);
}
