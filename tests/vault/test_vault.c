/* test_vault.c: what is sealed opens only where it was sealed, unchanged, with its key; and key files are guarded. */
#include "vault/vault.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

struct fixture {
    char folder[64], path[96], other_path[96];
    struct vault *v, *other;
};

static void ok(enum err_code code, const struct err *e)
{
    if (code != ERR_OK)
        fail_msg("%s", e->message);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct err e;
    strcpy(f->folder, "/tmp/haven-vault-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->path, sizeof f->path, "%s/a.key", f->folder);
    (void)snprintf(f->other_path, sizeof f->other_path, "%s/b.key", f->folder);
    ok(vault_create(f->path, &e), &e);
    ok(vault_create(f->other_path, &e), &e);
    ok(vault_open(f->path, &f->v, &e), &e);
    ok(vault_open(f->other_path, &f->other, &e), &e);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    vault_close(f->v);
    vault_close(f->other);
    (void)unlink(f->path);
    (void)unlink(f->other_path);
    (void)rmdir(f->folder);
    free(f);
    return 0;
}

static const struct vault_place place = {"mention", "sealed", 42};
static const struct vault_place moved[] = {
    {"mention", "sealed", 43}, {"mention", "narrative", 42}, {"record", "sealed", 42}, {"mention|sealed", "", 42},
    {"mention", "sealed", -42}, {"mention", "sealed", 4},
};

/* ---- sealed text ---- */

static void sealed_text_comes_back(void **state)
{
    struct fixture *f = *state;
    _cleanup_vault_key_ struct vault_key k, again;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    static char text[5000];
    struct err e;
    memset(text, 'x', sizeof text);
    vault_key_new(f->v, place, &k, wrapped);
    ok(vault_key_unwrap(f->v, place, (struct str){(char *)wrapped, sizeof wrapped}, &again, &e), &e);
    assert_memory_equal(&k, &again, sizeof k);
    for (size_t n = 0; n <= sizeof text; n = n < 70 ? n + 1 : 3 * n) {
        _cleanup_buf_ struct buf sealed, plain;
        buf_init(&sealed, 1 << 20);
        buf_init(&plain, 1 << 20);
        ok(vault_seal(&k, place, (struct str){text, n}, &sealed, &e), &e);
        assert_int_equal(sealed.n, n + VAULT_SEAL_OVERHEAD);
        ok(vault_unseal(&again, place, buf_as_str(&sealed), &plain, &e), &e);
        assert_true(str_eq(buf_as_str(&plain), (struct str){text, n}));
    }
    vault_key_wipe(&again);
}

static void the_same_text_never_seals_the_same(void **state)
{
    struct fixture *f = *state;
    _cleanup_vault_key_ struct vault_key k;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    _cleanup_buf_ struct buf b;
    struct err e;
    buf_init(&b, 1000);
    vault_key_new(f->v, place, &k, wrapped);
    ok(vault_seal(&k, place, STR("Ann"), &b, &e), &e);
    size_t n = b.n;
    ok(vault_seal(&k, place, STR("Ann"), &b, &e), &e);
    assert_int_equal(b.n, 2 * n);
    assert_memory_not_equal(b.p, b.p + n, n);
    assert_int_equal(str_find(buf_as_str(&b), STR("Ann")), -1);
}

static void every_flipped_bit_is_refused(void **state)
{
    struct fixture *f = *state;
    _cleanup_vault_key_ struct vault_key k, k2;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    _cleanup_buf_ struct buf sealed, plain;
    struct err e;
    buf_init(&sealed, 1000);
    buf_init(&plain, 1000);
    vault_key_new(f->v, place, &k, wrapped);
    ok(vault_seal(&k, place, STR("5 Mill Lane"), &sealed, &e), &e);
    for (size_t bit = 0; bit < 8 * sealed.n; bit++) {
        sealed.p[bit / 8] = (char)(sealed.p[bit / 8] ^ (1 << bit % 8));
        assert_int_equal(vault_unseal(&k, place, buf_as_str(&sealed), &plain, &e), ERR_CRYPTO);
        sealed.p[bit / 8] = (char)(sealed.p[bit / 8] ^ (1 << bit % 8));
    }
    for (size_t bit = 0; bit < 8 * sizeof wrapped; bit++) {
        wrapped[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_int_equal(vault_key_unwrap(f->v, place, (struct str){(char *)wrapped, sizeof wrapped}, &k2, &e), ERR_CRYPTO);
        wrapped[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    assert_int_equal(plain.n, 0); /* a refused value leaves nothing */
    for (size_t n = 0; n < sealed.n; n++)
        assert_int_equal(vault_unseal(&k, place, (struct str){sealed.p, n}, &plain, &e), ERR_CRYPTO);
    ok(vault_unseal(&k, place, buf_as_str(&sealed), &plain, &e), &e);
}

static void a_moved_value_is_refused(void **state)
{
    struct fixture *f = *state;
    _cleanup_vault_key_ struct vault_key k, k2;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    _cleanup_buf_ struct buf sealed, plain;
    struct err e;
    buf_init(&sealed, 1000);
    buf_init(&plain, 1000);
    vault_key_new(f->v, place, &k, wrapped);
    ok(vault_seal(&k, place, STR("x"), &sealed, &e), &e);
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        assert_int_equal(vault_unseal(&k, moved[i], buf_as_str(&sealed), &plain, &e), ERR_CRYPTO);
        assert_int_equal(vault_key_unwrap(f->v, moved[i], (struct str){(char *)wrapped, sizeof wrapped}, &k2, &e), ERR_CRYPTO);
    }
    assert_int_equal(vault_unseal(&k, moved[0], buf_as_str(&sealed), &plain, &e), ERR_CRYPTO);
    assert_string_equal(e.message, "mention.sealed of row 43 does not open: it was changed or moved, or the key file is another hub's");
}

static void another_key_is_refused(void **state)
{
    struct fixture *f = *state;
    _cleanup_vault_key_ struct vault_key k, k2;
    unsigned char wrapped[VAULT_WRAPPED_BYTES], wrapped2[VAULT_WRAPPED_BYTES];
    _cleanup_buf_ struct buf sealed, plain;
    struct err e;
    buf_init(&sealed, 1000);
    buf_init(&plain, 1000);
    vault_key_new(f->v, place, &k, wrapped);
    vault_key_new(f->v, place, &k2, wrapped2);
    ok(vault_seal(&k, place, STR("x"), &sealed, &e), &e);
    assert_int_equal(vault_unseal(&k2, place, buf_as_str(&sealed), &plain, &e), ERR_CRYPTO);
    assert_int_equal(vault_key_unwrap(f->other, place, (struct str){(char *)wrapped, sizeof wrapped}, &k2, &e), ERR_CRYPTO);
}

static void the_limit_of_a_buffer_holds(void **state)
{
    struct fixture *f = *state;
    _cleanup_vault_key_ struct vault_key k;
    unsigned char wrapped[VAULT_WRAPPED_BYTES];
    _cleanup_buf_ struct buf sealed;
    struct err e;
    buf_init(&sealed, 41);
    vault_key_new(f->v, place, &k, wrapped);
    assert_int_equal(vault_seal(&k, place, STR("xy"), &sealed, &e), ERR_LIMIT);
    assert_string_equal(e.message, "a sealed value is over its limit of 41 bytes");
}

/* ---- indexes and named keys ---- */

static void blind_indexes_are_stable_and_apart(void **state)
{
    struct fixture *f = *state;
    struct vault *again;
    struct err e;
    ok(vault_open(f->path, &again, &e), &e);
    struct str nhs = STR("9990000018");
    int64_t a = vault_blind(f->v, "nhs", nhs);
    assert_int_equal(a, vault_blind(again, "nhs", nhs));
    vault_close(again);
    assert_true(a >= 0);
    assert_int_not_equal(a, vault_blind(f->v, "phone", nhs));
    assert_int_not_equal(a, vault_blind(f->other, "nhs", nhs));
    assert_int_not_equal(a, vault_blind(f->v, "nhs", STR("9990000019")));
    assert_int_not_equal(vault_blind(f->v, "nh", STR("s9990000018")), a); /* kind and value do not run together */
    assert_int_not_equal(vault_blind(f->v, "nhs", STR_NONE), vault_blind(f->v, "", STR("nhs")));
    struct vault_id id = vault_blind_id(f->v, "nhs", nhs), id2 = vault_blind_id(f->v, "phone", nhs);
    assert_memory_not_equal(&id, &id2, sizeof id);
}

static void blind_indexes_of_many_values_differ_and_are_never_negative(void **state)
{
    struct fixture *f = *state;
    uint64_t ones[63] = {0};
    enum { N = 4000 };
    for (int i = 0; i < N; i++) {
        char text[12];
        int n = snprintf(text, sizeof text, "%d", i);
        int64_t v = vault_blind(f->v, "k", (struct str){text, (size_t)n});
        assert_true(v >= 0);
        for (int bit = 0; bit < 63; bit++)
            ones[bit] += (uint64_t)v >> bit & 1;
    }
    for (int bit = 0; bit < 63; bit++) /* each bit is used: half of the time, within 8 standard deviations */
        assert_in_range(ones[bit], N / 2 - 256, N / 2 + 256);
}

static void named_keys_are_stable_and_apart(void **state)
{
    struct fixture *f = *state;
    _cleanup_vault_key_ struct vault_key a, b, c, d;
    vault_key_named(f->v, "people index", &a);
    vault_key_named(f->v, "people index", &b);
    vault_key_named(f->v, "people index 2", &c);
    vault_key_named(f->other, "people index", &d);
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
    assert_memory_not_equal(&a, &d, sizeof a);
}

static void the_self_test_passes(void **state)
{
    (void)state;
    struct err e;
    ok(vault_self_test(&e), &e);
}

/* ---- key files ---- */

static void refused(const char *path, enum err_code code, const char *text)
{
    struct err e;
    struct vault *v = NULL;
    assert_int_equal(vault_open(path, &v, &e), code);
    assert_null(v);
    if (!strstr(e.message, text))
        fail_msg("'%s' is not in '%s'", text, e.message);
}

static void a_key_file_that_others_can_read_is_refused(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    static const mode_t modes[] = {0640, 0604, 0660, 0602, 0644, 0610, 0601};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_int_equal(chmod(f->path, modes[i]), 0);
        refused(f->path, ERR_REFUSED, "run `chmod 600`");
    }
    assert_int_equal(chmod(f->path, 0400), 0);
    struct vault *v;
    struct err e;
    ok(vault_open(f->path, &v, &e), &e);
    vault_close(v);
}

static void write_file(const char *path, const char *p, size_t n)
{
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0 && write(fd, p, n) == (ssize_t)n && close(fd) == 0);
}

static void a_damaged_key_file_is_refused(void **state)
{
    struct fixture *f = *state;
    char text[1024];
    int fd = open(f->path, O_RDONLY);
    ssize_t n = read(fd, text, sizeof text);
    (void)close(fd);
    assert_in_range(n, 300, 500);
    for (ssize_t i = 0; i < n; i++) { /* every character matters */
        char was = text[i];
        text[i] = was == 'a' ? 'b' : 'a';
        write_file(f->path, text, (size_t)n);
        refused(f->path, ERR_FORMAT, "is not a key file of Haven, or is damaged");
        text[i] = was;
    }
    for (ssize_t i = 0; i < n; i++) { /* and so does the length */
        write_file(f->path, text, (size_t)i);
        refused(f->path, ERR_FORMAT, "is not a key file of Haven, or is damaged");
    }
    text[n] = '\n';
    write_file(f->path, text, (size_t)n + 1);
    refused(f->path, ERR_FORMAT, "is not a key file of Haven, or is damaged");
    write_file(f->path, text, (size_t)n);
}

static void other_things_are_no_key_file(void **state)
{
    struct fixture *f = *state;
    struct err e;
    char missing[100];
    (void)snprintf(missing, sizeof missing, "%s/none", f->folder);
    refused(missing, ERR_IO, "No such file or directory: the hub's key file is needed to read it");
    refused(f->folder, ERR_FORMAT, "is not a file");
    assert_int_equal(vault_create(f->path, &e), ERR_CONFLICT);
    assert_non_null(strstr(e.message, "exists already: a key file is never overwritten"));
    assert_int_equal(vault_create("/nowhere/a.key", &e), ERR_IO);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(sealed_text_comes_back),
        T(the_same_text_never_seals_the_same),
        T(every_flipped_bit_is_refused),
        T(a_moved_value_is_refused),
        T(another_key_is_refused),
        T(the_limit_of_a_buffer_holds),
        T(blind_indexes_are_stable_and_apart),
        T(blind_indexes_of_many_values_differ_and_are_never_negative),
        T(named_keys_are_stable_and_apart),
        cmocka_unit_test(the_self_test_passes),
        T(a_key_file_that_others_can_read_is_refused),
        T(a_damaged_key_file_is_refused),
        T(other_things_are_no_key_file),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}
