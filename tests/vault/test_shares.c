/* test_shares.c: any K of N shares give the keys, K-1 do not; wrong, mixed, mistyped and altered ones are told apart; files come all or none. */
#include "faults.h"
#include "vault/keeping.h"
#include "vault/shares.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static const char *const names[] = {"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15", "s16"};

static void ok(enum err_code code, const struct err *e)
{
    if (code != ERR_OK)
        fail_msg("%s", e->message);
}

static struct vault *fresh_vault(char *folder)
{
    char path[96];
    struct vault *v = NULL;
    struct err e;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/k", folder);
    ok(vault_create(path, &e), &e);
    ok(vault_open(path, &v, &e), &e);
    (void)unlink(path);
    (void)rmdir(folder);
    return v;
}

static struct vault *vault_of(void)
{
    char folder[] = "/tmp/haven-shares-XXXXXX";
    return fresh_vault(folder);
}

/* Of the shares whose bits are set, in rising or falling order. */
static enum err_code recover(const struct vault_share *shares, unsigned set, bool falling, struct vault **ret, struct err *e)
{
    struct str texts[LIMIT_SHARES];
    const char *given[LIMIT_SHARES];
    size_t n = 0;
    for (unsigned k = 0; k < LIMIT_SHARES; k++) {
        unsigned i = falling ? LIMIT_SHARES - 1 - k : k;
        if (set >> i & 1) {
            texts[n] = str_of(shares[i].z);
            given[n++] = names[i];
        }
    }
    return vault_recover(texts, given, n, ret, e);
}

static void any_k_of_n_give_the_keys_and_fewer_do_not(void **state)
{
    (void)state;
    static const struct { unsigned total, need; } cases[] = {{3, 2}, {5, 2}, {5, 3}, {5, 4}, {7, 4}, {16, 15}, {16, 2}};
    struct vault *v = vault_of();
    struct err e;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct vault_share shares[LIMIT_SHARES];
        ok(vault_split(v, cases[c].total, cases[c].need, shares, &e), &e);
        for (unsigned set = 1; set < 1u << cases[c].total; set += cases[c].total > 8 ? 127 : 1) {
            struct vault *got = NULL;
            unsigned n = (unsigned)__builtin_popcount(set);
            enum err_code code = recover(shares, set, set & 4, &got, &e);
            assert_int_equal(code, n >= cases[c].need ? ERR_OK : ERR_USAGE);
            if (code == ERR_OK)
                assert_true(vault_same_keys(got, v));
            vault_close(got);
        }
    }
    vault_close(v);
}

/* Without the count in their heads, K-1 parts put together give another secret. */
static void too_few_parts_say_nothing(void **state)
{
    (void)state;
    struct vault *v = vault_of(), *got = NULL;
    struct vault_share shares[LIMIT_SHARES], lying[LIMIT_SHARES];
    struct err e;
    ok(vault_split(v, 5, 3, shares, &e), &e);
    for (unsigned i = 0; i < 2; i++) {
        struct vault_share_bytes b;
        ok(vault_share_read(str_of(shares[i].z), names[i], &b, &e), &e);
        b.need = 2;
        vault_share_checksum(&b, b.sum);
        vault_share_write(&b, &lying[i]);
    }
    assert_int_equal(recover(lying, 3, false, &got, &e), ERR_CRYPTO);
    assert_string_equal(e.message, "the shares do not give a key: at least one of the first 2 was altered; try others of the set");
    vault_close(v);
}

static void wrong_and_mixed_shares_are_told_apart(void **state)
{
    (void)state;
    struct vault *v = vault_of(), *other = vault_of(), *got = NULL;
    struct vault_share a[LIMIT_SHARES], b[LIMIT_SHARES], c[LIMIT_SHARES];
    struct err e;
    ok(vault_split(v, 5, 3, a, &e), &e);
    ok(vault_split(v, 5, 3, b, &e), &e);     /* the same keys, made again */
    ok(vault_split(other, 5, 3, c, &e), &e); /* another hub's */
    const struct vault_share *const foreign[] = {b, c};
    for (int i = 0; i < 2; i++) {
        struct str texts[] = {str_of(a[0].z), str_of(a[1].z), str_of(foreign[i][2].z)};
        assert_int_equal(vault_recover(texts, names, 3, &got, &e), ERR_CONFLICT);
        assert_string_equal(e.message, "s1 and s3 are shares of different sets (another hub's, or made at another time): use shares of one set");
    }
    struct str twice[] = {str_of(a[0].z), str_of(a[1].z), str_of(a[1].z)};
    assert_int_equal(vault_recover(twice, names, 3, &got, &e), ERR_CONFLICT);
    assert_string_equal(e.message, "s2 and s3 are the same share (number 2): give different ones");
    assert_int_equal(vault_recover(twice, names, 1, &got, &e), ERR_USAGE);
    assert_string_equal(e.message, "1 of the 3 shares that are needed were given");
    assert_int_equal(vault_recover(twice, names, 0, &got, &e), ERR_USAGE);
    assert_null(got);
    vault_close(v);
    vault_close(other);
}

static void an_altered_share_with_a_fresh_checksum_is_found(void **state)
{
    (void)state;
    struct vault *v = vault_of(), *got = NULL;
    struct vault_share shares[LIMIT_SHARES];
    struct vault_share_bytes b;
    struct err e;
    ok(vault_split(v, 5, 3, shares, &e), &e);
    ok(vault_share_read(str_of(shares[3].z), "s4", &b, &e), &e);
    b.part[17] ^= 1;
    vault_share_checksum(&b, b.sum);
    vault_share_write(&b, &shares[3]);
    assert_int_equal(recover(shares, 1 | 2 | 8, false, &got, &e), ERR_CRYPTO);
    assert_string_equal(e.message, "the shares do not give a key: at least one of the first 3 was altered; try others of the set");
    assert_int_equal(recover(shares, 1 | 2 | 4 | 8, false, &got, &e), ERR_CRYPTO); /* the first three are good, so the fourth is named */
    assert_string_equal(e.message, "s4 was altered: leave it out");
    ok(recover(shares, 1 | 2 | 4, false, &got, &e), &e);
    assert_true(vault_same_keys(got, v));
    vault_close(got);
    vault_close(v);
}

/* ---- text ---- */

static void every_mistyped_character_is_found_in_its_line(void **state)
{
    (void)state;
    struct vault *v = vault_of();
    struct vault_share shares[LIMIT_SHARES];
    struct vault_share_bytes b;
    struct err e;
    ok(vault_split(v, 3, 2, shares, &e), &e);
    char *z = shares[0].z, *start = strstr(z, "\n1 ") + 1;
    int line = 3;
    for (char *at = start; *at; at++) {
        char was = *at, want[40];
        if (was == '\n')
            line++;
        if (was == '\n' || was == ' ')
            continue;
        *at = was == 'Z' ? 'Y' : was == '9' ? 'A' : (char)(was + 1); /* the next of the alphabet or near it */
        if (*at == 'I' || *at == 'L' || *at == 'O' || *at == 'U')
            *at = 'X' == was ? 'Y' : 'X';
        enum err_code code = vault_share_read(str_of(z), "s1", &b, &e);
        *at = was;
        assert_int_equal(code, ERR_FORMAT);
        (void)snprintf(want, sizeof want, "s1 line %d: ", line);
        if (!strstr(e.message, want))
            fail_msg("'%s' does not name line %d", e.message, line);
    }
    ok(vault_share_read(str_of(z), "s1", &b, &e), &e);
    vault_close(v);
}

static void it_is_forgiven_how_a_share_is_typed(void **state)
{
    (void)state;
    struct vault *v = vault_of();
    struct vault_share shares[LIMIT_SHARES];
    struct vault_share_bytes b, typed;
    struct err e;
    _cleanup_buf_ struct buf text;
    buf_init(&text, 4096);
    ok(vault_split(v, 3, 2, shares, &e), &e);
    ok(vault_share_read(str_of(shares[0].z), "s1", &b, &e), &e);
    const char *lines[9];
    lines[0] = strstr(shares[0].z, "\n1 ") + 1;
    for (int i = 1; i < 9; i++)
        lines[i] = strchr(lines[i - 1], '\n') + 1;
    for (int i = 8; i >= 0; i--) { /* from the last to the first, small, without blanks, look-alikes, Windows line ends */
        for (const char *at = lines[i]; *at != '\n'; at++)
            if (*at == '0')
                (void)buf_char(&text, i & 1 ? 'o' : 'O');
            else if (*at == '1' && at != lines[i])
                (void)buf_char(&text, i & 1 ? 'l' : 'I');
            else if (*at != ' ')
                (void)buf_char(&text, *at >= 'A' ? (char)(*at - 'A' + 'a') : *at);
        (void)buf_z(&text, "\r\n\r\n");
    }
    ok(vault_share_read(buf_as_str(&text), "typed", &typed, &e), &e);
    assert_memory_equal(&b, &typed, sizeof b);
    vault_close(v);
}

static void what_is_no_share_is_refused(void **state)
{
    (void)state;
    struct vault *v = vault_of();
    struct vault_share shares[LIMIT_SHARES], broken;
    struct vault_share_bytes b;
    struct err e;
    ok(vault_split(v, 3, 2, shares, &e), &e);
    static const struct { const char *text, *says; } cases[] = {
        {"", "is no whole share: line 1 is missing"},
        {"# only words\n", "is no whole share: line 1 is missing"},
        {"Dear Sir", "line 1: should be its number and nine groups"},
        {"0 0000 0000 0000 0000 0000 0000 0000 0000 0000\n", "its number should be from 1 to 9"},
        {"A 0000 0000 0000 0000 0000 0000 0000 0000 0000\n", "its number should be from 1 to 9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(vault_share_read(str_of(cases[i].text), "x", &b, &e), ERR_FORMAT);
        if (!strstr(e.message, cases[i].says))
            fail_msg("'%s' does not say '%s'", e.message, cases[i].says);
    }
    broken = shares[0];
    *strstr(broken.z, "\n9 ") = '\0'; /* the last line is torn off */
    assert_int_equal(vault_share_read(str_of(broken.z), "x", &b, &e), ERR_FORMAT);
    assert_string_equal(e.message, "x: is no whole share: line 9 is missing");
    broken = shares[0];
    strcpy(strstr(broken.z, "\n9 ") + 1, strstr(shares[1].z, "\n9 ") + 1); /* one line of another share */
    assert_int_equal(vault_share_read(str_of(broken.z), "x", &b, &e), ERR_FORMAT);
    assert_string_equal(e.message, "x: the lines are not of one share, or a character is wrong; compare it with the original");
    broken = shares[0];
    strcat(broken.z, strstr(shares[1].z, "\n9 ") + 1);
    assert_int_equal(vault_share_read(str_of(broken.z), "x", &b, &e), ERR_FORMAT);
    assert_string_equal(e.message, "x line 12: there is a line 9 before it");
    ok(vault_share_read(str_of(shares[0].z), "x", &b, &e), &e);
    b.version = 2;
    vault_share_checksum(&b, b.sum);
    vault_share_write(&b, &broken);
    assert_int_equal(vault_share_read(str_of(broken.z), "x", &b, &e), ERR_UNSUPPORTED);
    vault_close(v);
}

static void bad_numbers_are_refused(void **state)
{
    (void)state;
    static const struct { unsigned total, need; } bad[] = {{2, 2}, {3, 3}, {3, 1}, {5, 0}, {17, 3}, {0, 0}, {2, 1}};
    struct vault *v = vault_of();
    struct vault_share shares[LIMIT_SHARES];
    struct err e;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(vault_split(v, bad[i].total, bad[i].need, shares, &e), ERR_USAGE);
    assert_string_equal(e.message, "give 3 to 16 shares and a number needed from 2 to one less than them: when all are needed, one that is lost loses the hub");
    vault_close(v);
}

/* ---- files ---- */

static int files_in(const char *folder)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *at; d && (at = readdir(d));)
        n += at->d_name[0] != '.';
    if (d)
        (void)closedir(d);
    return n;
}

static void remove_shares(const char *folder, unsigned total)
{
    char path[160];
    for (unsigned i = 1; i <= total; i++) {
        (void)snprintf(path, sizeof path, "%s/share-%u-of-%u.txt", folder, i, total);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

static void a_folder_gets_all_shares_or_none(void **state)
{
    (void)state;
    char top[] = "/tmp/haven-shares-XXXXXX", folder[64], paths[3][96];
    struct vault *v = vault_of(), *got = NULL;
    struct vault_share shares[LIMIT_SHARES];
    struct err e;
    assert_non_null(mkdtemp(top));
    (void)snprintf(folder, sizeof folder, "%s/out", top);
    for (int half = 0; half < 2; half++) {
        remove_shares(folder, 4);
        for (int n = 1;; n++) {
            faults_arm(n, half);
            enum err_code code = vault_split(v, 4, 3, shares, &e);
            if (code == ERR_OK)
                code = vault_shares_write(folder, shares, 4, &e);
            int seen = faults_seen();
            faults_arm(0, false);
            if (code == ERR_OK) {
                assert_true(seen < n);
                break;
            }
            assert_true(code == ERR_IO || code == ERR_NO_MEMORY);
            assert_int_equal(files_in(folder), 0);
        }
    }
    assert_int_equal(vault_shares_write(folder, shares, 4, &e), ERR_CONFLICT); /* none is overwritten, and none taken away */
    assert_int_equal(files_in(folder), 4);
    const char *given[3];
    for (unsigned i = 0; i < 3; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "%s/share-%u-of-4.txt", folder, i + 2);
        given[i] = paths[i];
    }
    for (int n = 1;; n++) {
        faults_arm(n, false);
        enum err_code code = vault_shares_read(given, 3, &got, &e);
        int seen = faults_seen();
        faults_arm(0, false);
        if (code == ERR_OK) {
            assert_true(seen < n);
            break;
        }
        assert_true(code == ERR_IO || code == ERR_NO_MEMORY);
        assert_null(got);
    }
    assert_true(vault_same_keys(got, v));
    vault_close(got);
    vault_close(v);
    remove_shares(folder, 4);
    (void)rmdir(top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_k_of_n_give_the_keys_and_fewer_do_not),
        cmocka_unit_test(too_few_parts_say_nothing),
        cmocka_unit_test(wrong_and_mixed_shares_are_told_apart),
        cmocka_unit_test(an_altered_share_with_a_fresh_checksum_is_found),
        cmocka_unit_test(every_mistyped_character_is_found_in_its_line),
        cmocka_unit_test(it_is_forgiven_how_a_share_is_typed),
        cmocka_unit_test(what_is_no_share_is_refused),
        cmocka_unit_test(bad_numbers_are_refused),
        cmocka_unit_test(a_folder_gets_all_shares_or_none),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("shares", tests, NULL, NULL);
}
