/* test_simulate.c: same arguments, same bytes; another seed, another county; a larger county begins with the smaller
 * one; what is not ours is not touched. */
#include "simulate/county.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static char base[64];

static const char *in_base(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

static void make(const char *name, uint32_t people, uint64_t seed, double noise)
{
    struct simulate_options o = {.people = people, .seed = seed, .noise = noise};
    struct err e;
    assert_int_equal(simulate_run(&o, in_base(name), NULL, &e), ERR_OK);
}

/* Hash of every file of a county. */
static uint64_t bytes_of(const char *name)
{
    static const char *const truth[] = {"persons",     "mentions",        "pairs",   "occasions",
                                        "misrecorded", "custody_contact", "breaches"};
    uint64_t hash = 1;
    for (int i = 0; i < FEED_N + 7; i++) {
        char path[256], part[65536];
        if (i < FEED_N)
            (void)snprintf(path, sizeof path, "%s/%s/extracts/%s", base, name, feed_file_names[i]);
        else
            (void)snprintf(path, sizeof path, "%s/%s/truth/%s.csv", base, name, truth[i - FEED_N]);
        FILE *f = fopen(path, "rbe");
        assert_non_null(f);
        size_t n = fread(part, 1, sizeof part, f);
        assert_true(n > 0);
        for (; n > 0; n = fread(part, 1, sizeof part, f))
            hash = str_hash((struct str){part, n}, hash);
        (void)fclose(f);
    }
    return hash;
}

static void same_arguments_same_bytes(void **state)
{
    (void)state;
    make("a", 2500, 1, 1);
    make("b", 2500, 1, 1);
    make("c", 2500, 2, 1);
    make("d", 2500, 1, 0);
    uint64_t a = bytes_of("a");
    assert_true(a == bytes_of("b"));
    assert_true(a != bytes_of("c"));
    assert_true(a != bytes_of("d"));
    make("c", 2500, 1, 1); /* over an earlier county */
    assert_true(a == bytes_of("c"));
}

static void larger_county_begins_with_the_smaller(void **state)
{
    (void)state;
    make("small", 2000, 5, 1);
    make("large", 4100, 5, 1);
    char small[128], large[128], a[512], b[512];
    (void)snprintf(small, sizeof small, "%s", in_base("small/truth/persons.csv"));
    (void)snprintf(large, sizeof large, "%s", in_base("large/truth/persons.csv"));
    FILE *s = fopen(small, "re"), *l = fopen(large, "re");
    assert_true(s && l);
    int n = 0;
    for (; fgets(a, sizeof a, s); n++) {
        assert_non_null(fgets(b, sizeof b, l));
        assert_string_equal(a, b);
    }
    assert_int_equal(n, 2001);
    (void)fclose(s);
    (void)fclose(l);
}

static void a_county_of_one(void **state)
{
    (void)state;
    make("one", 1, 1, 2);
    struct simulate_counts n;
    struct simulate_options o = {.people = 1, .seed = 1, .noise = 10, .years = 1};
    struct err e;
    assert_int_equal(simulate_run(&o, in_base("one"), &n, &e), ERR_OK);
    assert_int_equal(n.people, 1);
}

static void other_directories_are_refused(void **state)
{
    (void)state;
    struct simulate_options o = {.people = 10, .seed = 1, .noise = 1};
    struct err e;
    char want[256];
    assert_int_equal(mkdir(in_base("theirs"), 0777), 0);
    FILE *f = fopen(in_base("theirs/letter.txt"), "we");
    assert_non_null(f);
    (void)fclose(f);
    assert_int_equal(simulate_run(&o, in_base("theirs"), NULL, &e), ERR_REFUSED);
    (void)snprintf(want, sizeof want,
                   "%s is not empty and holds no earlier county (no simulate.json): give another --out",
                   in_base("theirs"));
    assert_string_equal(e.message, want);
    assert_int_equal(access(in_base("theirs/extracts"), F_OK), -1);
    assert_int_equal(simulate_run(&o, in_base("theirs/letter.txt"), NULL, &e), ERR_USAGE);
    assert_non_null(strstr(e.message, "as a directory: Not a directory"));
    assert_int_equal(simulate_run(&o, "/nonexistent/place/county", NULL, &e), ERR_IO);
    assert_string_equal(e.message, "cannot make the directory /nonexistent/place/county: No such file or directory");
}

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct simulate_options o;
        const char *message;
    } cases[] = {
        {{.people = 0, .noise = 1}, "--people must be from 1 to 5000000"},
        {{.people = 5000001, .noise = 1}, "--people must be from 1 to 5000000"},
        {{.people = 10, .noise = -0.5}, "--noise must be from 0 to 10"},
        {{.people = 10, .noise = 10.5}, "--noise must be from 0 to 10"},
        {{.people = 10, .noise = 1, .years = 6}, "years must be from 1 to 5"},
        {{.people = 10, .noise = 1, .years = -1}, "years must be from 1 to 5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e;
        assert_int_equal(simulate_run(&cases[i].o, in_base("never"), NULL, &e), ERR_USAGE);
        assert_string_equal(e.message, cases[i].message);
        assert_int_equal(access(in_base("never"), F_OK), -1);
    }
    struct simulate_options o = {.people = 10, .noise = (double)NAN};
    struct err e;
    assert_int_equal(simulate_run(&o, in_base("never"), NULL, &e), ERR_USAGE);
}

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(base, sizeof base, "/tmp/haven-simulate-XXXXXX");
    return mkdtemp(base) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", base);
    return system(command); /* a path of our own making */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_arguments_same_bytes),
        cmocka_unit_test(larger_county_begins_with_the_smaller),
        cmocka_unit_test(a_county_of_one),
        cmocka_unit_test(other_directories_are_refused),
        cmocka_unit_test(wrong_arguments_are_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("simulate", tests, set_up, tear_down);
}
