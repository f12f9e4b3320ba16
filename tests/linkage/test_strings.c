/* Every distance against the slow textbook form, on random strings; every bound on the right side. */
#include "linkage/strings.h"
#include "linkage/strings_characters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include <math.h>

#define LONGEST 90

static uint64_t seed = 42;
static uint32_t rnd(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

/* Often alike: b is a with some edits; lengths on both sides of the bit-parallel limit. */
static void random_pair(char *a, size_t *na, char *b, size_t *nb)
{
    size_t most = rnd(8) == 0 ? LONGEST - 10 : 12;
    uint32_t letters = 2 + rnd(5);
    *na = rnd((uint32_t)most);
    for (size_t i = 0; i < *na; i++)
        a[i] = (char)('a' + rnd(letters));
    memcpy(b, a, *na);
    *nb = *na;
    for (uint32_t k = rnd(5); k > 0; k--) {
        size_t at = *nb ? rnd((uint32_t)*nb) : 0;
        char c = (char)('a' + rnd(letters));
        if (rnd(3) == 0 && *nb > 0) {
            memmove(b + at, b + at + 1, *nb - at - 1);
            --*nb;
        } else if (rnd(2) == 0) {
            memmove(b + at + 1, b + at, *nb - at);
            b[at] = c;
            ++*nb;
        } else if (*nb > 1 && at + 1 < *nb) {
            char t = b[at];
            b[at] = b[at + 1];
            b[at + 1] = t;
        }
    }
}

static double slow_jaro(struct str a, struct str b)
{
    if (a.n == 0 || b.n == 0)
        return 0;
    bool ta[LONGEST] = {0}, tb[LONGEST] = {0};
    ptrdiff_t window = (ptrdiff_t)(a.n > b.n ? a.n : b.n) / 2 - 1;
    size_t m = 0, t = 0;
    if (window < 0)
        window = 0;
    for (ptrdiff_t j = 0; j < (ptrdiff_t)b.n; j++)
        for (ptrdiff_t i = 0; i < (ptrdiff_t)a.n; i++)
            if (i >= j - window && i <= j + window && !ta[i] && a.p[i] == b.p[j]) {
                ta[i] = tb[j] = true;
                m++;
                break;
            }
    if (m == 0)
        return 0;
    for (size_t i = 0, j = 0; i < a.n; i++)
        if (ta[i]) {
            while (!tb[j])
                j++;
            t += a.p[i] != b.p[j++];
        }
    double n = (double)m;
    return (n / (double)a.n + n / (double)b.n + (n - (double)(t / 2)) / n) / 3.0;
}

static size_t slow_levenshtein(struct str a, struct str b)
{
    size_t d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= a.n; i++)
        for (size_t j = 0; j <= b.n; j++) {
            size_t best = i == 0 ? j : j == 0 ? i : d[i - 1][j - 1] + (a.p[i - 1] != b.p[j - 1]);
            if (i && j && d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (i && j && d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            d[i][j] = best;
        }
    return d[a.n][b.n];
}

/* Lowrance and Wagner, the whole table: a transposition may span what lies between, at the cost of it. */
static size_t slow_damerau(struct str a, struct str b)
{
    static size_t d[LONGEST + 2][LONGEST + 2];
    size_t last[256] = {0}, big = a.n + b.n + 1;
    d[0][0] = big;
    for (size_t i = 0; i <= a.n; i++)
        d[i + 1][0] = big, d[i + 1][1] = i;
    for (size_t j = 0; j <= b.n; j++)
        d[0][j + 1] = big, d[1][j + 1] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t match = 0;
        for (size_t j = 1; j <= b.n; j++) {
            size_t k = last[(uint8_t)b.p[j - 1]], l = match, cost = a.p[i - 1] != b.p[j - 1];
            if (!cost)
                match = j;
            size_t best = d[i][j] + cost;
            if (d[i + 1][j] + 1 < best)
                best = d[i + 1][j] + 1;
            if (d[i][j + 1] + 1 < best)
                best = d[i][j + 1] + 1;
            size_t across = d[k][l] + (i - k - 1) + 1 + (j - l - 1);
            if (across < best)
                best = across;
            d[i + 1][j + 1] = best;
        }
        last[(uint8_t)a.p[i - 1]] = i;
    }
    return d[a.n + 1][b.n + 1];
}

static void agree_with_the_slow_forms(void **state)
{
    (void)state;
    for (int round = 0; round < 40000; round++) {
        char x[LONGEST], y[LONGEST];
        struct str a = {x, 0}, b = {y, 0};
        random_pair(x, &a.n, y, &b.n);
        size_t lev = slow_levenshtein(a, b), dam = slow_damerau(a, b), most = rnd(4);
        assert_true(strings_jaro(a, b) == slow_jaro(a, b));
        assert_int_equal(strings_levenshtein(a, b, SIZE_MAX), lev);
        assert_int_equal(strings_damerau(a, b, SIZE_MAX), dam);
        size_t lev_within = strings_levenshtein(a, b, most), dam_within = strings_damerau(a, b, most);
        assert_true(lev <= most ? lev_within == lev : lev_within > most);
        assert_true(dam <= most ? dam_within == dam : dam_within > most);
    }
}

static void winkler_adds_the_prefix_above_its_limit_only(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char x[LONGEST], y[LONGEST];
        struct str a = {x, 0}, b = {y, 0};
        random_pair(x, &a.n, y, &b.n);
        double jaro = slow_jaro(a, b), want = jaro;
        size_t prefix = 0;
        while (prefix < 4 && prefix < a.n && prefix < b.n && x[prefix] == y[prefix])
            prefix++;
        if (jaro > 0.7)
            want = jaro + (double)prefix * 0.1 * (1.0 - jaro);
        assert_true(strings_jaro_winkler(a, b) == want);
    }
}

static uint32_t shared_at_most(const struct strings_signature *s, const struct strings_signature *t)
{
    return (uint32_t)__builtin_popcountll(s->bits & t->bits) + (s->over < t->over ? s->over : t->over);
}

static bool may_reach(bool winkler, double limit, const struct strings_signature *s, const struct strings_signature *t)
{
    struct strings_least least = strings_least_for(winkler, limit);
    return strings_least_reached(&least, shared_at_most(s, t), s->length, t->length, s->prefix ^ t->prefix);
}

/* What a pair has, the bound for exactly that lets through; so for any lower limit. */
static void bounds_are_never_wrong(void **state)
{
    unsigned rejected = 0;
    (void)state;
    for (int round = 0; round < 40000; round++) {
        char x[LONGEST], y[LONGEST];
        struct str a = {x, 0}, b = {y, 0};
        random_pair(x, &a.n, y, &b.n);
        struct strings_signature s = strings_sign(a), t = strings_sign(b);
        assert_true(may_reach(false, strings_jaro(a, b), &s, &t));
        assert_true(may_reach(true, strings_jaro_winkler(a, b), &s, &t));
        double limit = rnd(1000) / 1000.0;
        assert_true(may_reach(true, limit, &s, &t) || strings_jaro_winkler(a, b) < limit);
        rejected += !may_reach(true, 0.92, &s, &t);
        assert_true((a.n > b.n ? a.n : b.n) <= shared_at_most(&s, &t) + slow_damerau(a, b));
    }
    assert_true(rejected > 1000); /* and it is a bound */
}

/* Bytes that are no UTF-8 count as a character each, so the forms for bytes hold for them too. */
static void bytes_are_characters_where_there_are_as_many(void **state)
{
    unsigned met = 0;
    (void)state;
    for (int round = 0; round < 40000; round++) {
        char x[LONGEST], y[LONGEST];
        struct str a = {x, 0}, b = {y, 0};
        random_pair(x, &a.n, y, &b.n);
        for (uint32_t k = rnd(4); k > 0 && a.n && b.n; k--) {
            x[rnd((uint32_t)a.n)] = (char)(uint8_t)(128 + rnd(128));
            y[rnd((uint32_t)b.n)] = (char)(uint8_t)(128 + rnd(128));
        }
        if (strings_sign(a).length != a.n || strings_sign(b).length != b.n)
            continue;
        met += !strings_is_ascii(a);
        assert_true(strings_bytes_jaro(a, b) == strings_jaro(a, b));
        assert_true(strings_bytes_jaro_winkler(a, b) == strings_jaro_winkler(a, b));
        assert_int_equal(strings_bytes_levenshtein(a, b, SIZE_MAX), strings_levenshtein(a, b, SIZE_MAX));
        assert_int_equal(strings_bytes_damerau(a, b, SIZE_MAX), strings_damerau(a, b, SIZE_MAX));
    }
    assert_true(met > 1000);
}

static void very_long_strings(void **state)
{
    (void)state;
    size_t n = 200000;
    char *x = malloc(n), *y = malloc(n);
    assert_non_null(x);
    assert_non_null(y);
    memset(x, 'a', n);
    memset(y, 'a', n);
    y[n / 2] = 'b';
    struct str a = {x, n}, b = {y, n};
    struct strings_signature s = strings_sign(a), t = strings_sign(b);
    assert_int_equal(strings_levenshtein(a, b, 1), 1);
    assert_int_equal(strings_damerau(a, b, 3), 1);
    assert_int_equal(s.length, UINT16_MAX); /* no bound */
    assert_true(may_reach(false, 1.0, &s, &t));
    free(x);
    free(y);
}

static void jaccard_counts_sets_of_bytes(void **state)
{
    (void)state;
    assert_true(strings_jaccard(STR("night"), STR("nacht")) == 3.0 / 7.0);
    assert_true(strings_jaccard(STR("aab"), STR("abb")) == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agree_with_the_slow_forms),      cmocka_unit_test(winkler_adds_the_prefix_above_its_limit_only),
        cmocka_unit_test(bounds_are_never_wrong),         cmocka_unit_test(very_long_strings),
        cmocka_unit_test(jaccard_counts_sets_of_bytes),   cmocka_unit_test(bytes_are_characters_where_there_are_as_many),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("strings", tests, NULL, NULL);
}
