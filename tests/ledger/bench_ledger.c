/* bench_ledger.c: what an audited look costs beside a bare write and fdatasync of 4 KiB on the same file system, by turns; idle, and while another thread loads
 * through the store; and what that does to the load. Not a test: `bench_ledger [LOOKS]`, with TMPDIR on the disk in question (not in memory). The bare file grows as
 * the journal does. Prints ratios; `make bench` states the aims. */
#include "hub.h"
#include "store/sample_sql.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define BATCH 10000
#define LOAD_S 4.0

static int64_t looks = 1000;
static struct hub hub;
static struct test_store store;

/* ---- the load: rows as sealed mentions are, in commits of 10,000, as haven load does ---- */

struct load {
    atomic_bool stop;
    int64_t rows, first;
    double seconds;
    bool sequences; /* between commits, as a load does */
};

static void *load(void *arg)
{
    struct load *l = arg;
    struct err e;
    char blob[300] = "sealed";
    double start = monotonic_s();
    while (!atomic_load(&l->stop)) {
        struct store_bulk *b = NULL;
        test_ok(store_begin(store.store, &e), &e);
        test_ok(store_bulk_begin(store.store, &sql_sample_wide_insert, &b, &e), &e);
        for (int i = 0; i < BATCH; i++, l->rows++) {
            int64_t id = l->first + l->rows;
            uint64_t h = str_hash((struct str){(char *)&id, sizeof id}, 3);
            const struct store_value v[] = {V_INT(id), V_INT((int64_t)(h >> 1)), V_INT((int64_t)(h * 31 >> 1)), V_BLOB(((struct str){blob, sizeof blob}))};
            test_ok(store_bulk_add(b, v, &e), &e);
        }
        test_ok(store_bulk_end(b, &e), &e);
        test_ok(store_commit(store.store, &e), &e);
        if (l->sequences)
            test_ok(ledger_sequence(hub.ledger, &e), &e);
    }
    l->seconds = monotonic_s() - start;
    return NULL;
}

/* ---- looks and bare syncs by turns ---- */

struct times {
    double *bare, *look;
    int64_t n;
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double bare(int fd, int64_t i)
{
    static char block[4096];
    double start = monotonic_s();
    assert_int_equal(pwrite(fd, block, sizeof block, (off_t)(i * (int64_t)sizeof block)), sizeof block);
    assert_int_equal(fdatasync(fd), 0);
    return monotonic_s() - start;
}

static double look(int64_t i)
{
    struct err e;
    struct ledger_receipt r;
    const struct ledger_entry x = hub_entry((uint64_t)i);
    double start = monotonic_s();
    test_ok(ledger_read(hub.ledger, &x, &r, &e), &e);
    return monotonic_s() - start;
}

static double at(const double *sorted, int64_t n, double share) { return sorted[(int64_t)((double)(n - 1) * share)]; }

static void measure(const char *what)
{
    char path[PATH_MAX + 32];
    struct times t = {calloc((size_t)looks, sizeof(double)), calloc((size_t)looks, sizeof(double)), 0};
    (void)snprintf(path, sizeof path, "%s/bare", store.folder);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && t.bare && t.look);
    for (; t.n < looks; t.n++) {
        bool first = t.n % 2;
        if (first)
            t.look[t.n] = look(t.n);
        t.bare[t.n] = bare(fd, t.n);
        if (!first)
            t.look[t.n] = look(t.n);
    }
    (void)close(fd);
    qsort(t.bare, (size_t)t.n, sizeof *t.bare, by_value);
    qsort(t.look, (size_t)t.n, sizeof *t.look, by_value);
    double m = at(t.bare, t.n, 0.5);
    (void)printf("%-22s look %7.3f / %8.3f ms   bare fdatasync %7.3f / %8.3f ms   (median / p99)\n"
                 "%-22s look / bare: %.2f at the median (aim: 3), %.2f at p99 (aim: 15); the look's p99 / the bare median: %.2f\n",
                 what, 1000 * at(t.look, t.n, 0.5), 1000 * at(t.look, t.n, 0.99), 1000 * m, 1000 * at(t.bare, t.n, 0.99), "", at(t.look, t.n, 0.5) / m,
                 at(t.look, t.n, 0.99) / at(t.bare, t.n, 0.99), at(t.look, t.n, 0.99) / m);
    free(t.bare);
    free(t.look);
}

/* ---- the load's speed ---- */

static void *looker(void *arg)
{
    struct load *l = arg;
    int64_t n = 0;
    while (!atomic_load(&l->stop)) {
        (void)look(n++);
        l->rows = n;
    }
    return NULL;
}

static double load_alone(struct load *l, double seconds)
{
    pthread_t t;
    l->first += l->rows;
    l->rows = 0;
    atomic_store(&l->stop, false);
    assert_int_equal(pthread_create(&t, NULL, load, l), 0);
    (void)usleep((useconds_t)(seconds * 1e6));
    atomic_store(&l->stop, true);
    assert_int_equal(pthread_join(t, NULL), 0);
    return (double)l->rows / l->seconds;
}

static double load_with_looks(struct load *l, double seconds, double *ret_looks)
{
    pthread_t t;
    struct load other = {0};
    assert_int_equal(pthread_create(&t, NULL, looker, &other), 0);
    double speed = load_alone(l, seconds);
    atomic_store(&other.stop, true);
    assert_int_equal(pthread_join(t, NULL), 0);
    *ret_looks = (double)other.rows / l->seconds;
    return speed;
}

static void loads(struct load *l)
{
    double ratios[5], rate = 0, alone = 0, with = 0;
    for (int i = 0; i < 5; i++) { /* by turns */
        double a = load_alone(l, LOAD_S / 4), b = load_with_looks(l, LOAD_S / 4, &rate);
        ratios[i] = b / a;
        alone += a / 5;
        with += b / 5;
    }
    qsort(ratios, 5, sizeof *ratios, by_value);
    (void)printf("load                   %.0f rows/s alone, %.0f with looks as fast as they come (%.0f /s): ratio %.2f / %.2f / %.2f, least / median / greatest (aim: 0.5)\n", alone,
                 with, rate, ratios[0], ratios[2], ratios[4]);
}

static void bench(void **state)
{
    (void)state;
    pthread_t t;
    struct err e;
    struct load l = {.sequences = true};
    test_store_make(&store, STORE_SQLITE, test_catalogue(&sample_catalogue));
    hub_make(&hub, &store);
    measure("idle");
    test_ok(ledger_sequence(hub.ledger, &e), &e);
    assert_int_equal(pthread_create(&t, NULL, load, &l), 0);
    measure("during a bulk load");
    atomic_store(&l.stop, true);
    assert_int_equal(pthread_join(t, NULL), 0);
    loads(&l);
    hub_drop(&hub);
    test_store_drop(&store);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bench)};
    if (argc > 1 && (!str_to_int64(str_of(argv[1]), &looks) || looks < 100)) {
        (void)fprintf(stderr, "usage: bench_ledger [LOOKS, at least 100]\n");
        return 2;
    }
    return cmocka_run_group_tests_name("bench", tests, NULL, NULL);
}
