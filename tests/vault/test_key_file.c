/* test_key_file.c: key files of both versions, replaced whole or not at all; every call on their path failed once; the list beside them; a process without dumps. */
#include "faults.h"
#include "vault/keeping.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

struct fixture {
    char folder[64], path[96], beside[104];
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/haven-keys-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->path, sizeof f->path, "%s/a.key", f->folder);
    (void)snprintf(f->beside, sizeof f->beside, "%s.new", f->path);
    *state = f;
    return 0;
}

static void empty(const char *folder)
{
    DIR *d = opendir(folder);
    for (struct dirent *at; (at = readdir(d));)
        if (at->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(d), at->d_name, 0), 0);
    (void)closedir(d);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    faults_arm(0, false);
    empty(f->folder);
    (void)rmdir(f->folder);
    free(f);
    return 0;
}

static void ok(enum err_code code, const struct err *e)
{
    if (code != ERR_OK)
        fail_msg("%s", e->message);
}

static void says(const struct err *e, const char *text)
{
    if (!strstr(e->message, text))
        fail_msg("'%s' is not in '%s'", text, e->message);
}

static void put_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

static struct str file_of(const char *path, char to[2048])
{
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? 0 : read(fd, to, 2048);
    (void)close(fd);
    return (struct str){to, (size_t)n};
}

static struct vault *opened(const char *path)
{
    struct vault *v = NULL;
    struct err e;
    ok(vault_open(path, &v, &e), &e);
    return v;
}

static int files_in(const char *folder)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *at; (at = readdir(d));)
        n += at->d_name[0] != '.';
    (void)closedir(d);
    return n;
}

static void hex_equal(const unsigned char *p, size_t n, const char *want)
{
    char text[257];
    for (size_t i = 0; i < n; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", p[i]);
    assert_string_equal(text, want);
}

/* ---- version 1: what an old hub has on disk. Its bytes and what follows from them: tests/vault/vectors.py. ---- */

#define OLD_FILE                                                                   \
    "haven master key 1\n"                                                         \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"           \
    "f0a5e0819a8e4bfd82cf73bd67dfa290\n"
static const unsigned char old_wrapped[] = /* of the bytes 200 to 231, place mention|wrapped|7 */
    "\x32\x33\x34\x35\x36\x37\x38\x39\x3a\x3b\x3c\x3d\x3e\x3f\x40\x41\x42\x43\x44\x45\x46\x47\x48\x49\xf0\xc6\x00\x4f\xbe\xea\x15\xf5\x25\x2b\xa3\xab"
    "\x7c\x14\x33\x60\xb2\xdf\x7e\xc1\x87\xd2\x2b\xea\xfc\x03\x4a\x21\xfc\x25\x37\xcb\x95\xfb\x69\x8d\xb8\x55\x9a\x6a\xce\x9a\x83\xe7\x68\xa5\x9a\xc4";
static const struct vault_place old_place = {"mention", "wrapped", 7};

static void gives_what_the_old_file_gave(const struct vault *v)
{
    struct vault_key key;
    struct err e;
    unsigned char public_key[VAULT_PUBLIC_KEY_BYTES];
    struct vault_id id = vault_blind_id(v, "nhs", STR("9990000000"));
    hex_equal(id.bytes, sizeof id.bytes, "047eef748b56ef58616ca8a4f710bfbf");
    vault_key_named(v, "people index", &key);
    hex_equal(key.bytes, sizeof key.bytes, "ef07772e3fb1460e9209332811a2f7fcb7895e1d0279fcb59bdca3d6542b9000");
    ok(vault_key_unwrap(v, old_place, (struct str){(const char *)old_wrapped, VAULT_WRAPPED_BYTES}, &key, &e), &e);
    for (int i = 0; i < 32; i++)
        assert_int_equal(key.bytes[i], 200 + i);
    vault_sign_public(v, public_key);
    hex_equal(public_key, sizeof public_key, "ad2f1b4799cd906c087c84745e99a5c7087b52b40087c32fd00dfffa64931abe");
}

static void an_old_file_gives_the_same_bytes_as_before(void **state)
{
    struct fixture *f = *state;
    struct vault_view view;
    put_file(f->path, OLD_FILE);
    struct vault *v = opened(f->path);
    gives_what_the_old_file_gave(v);
    vault_look(v, &view);
    assert_int_equal(view.version, 1);
    assert_int_equal(view.generation[0], 1);
    vault_close(v);
}

static void an_old_file_is_rotated_into_a_new_one(void **state)
{
    struct fixture *f = *state;
    struct vault_view view;
    struct vault_key key;
    struct err e;
    bool continued;
    put_file(f->path, OLD_FILE);
    ok(vault_rotation_start(f->path, &continued, &e), &e);
    assert_false(continued);
    struct vault *v = opened(f->path);
    gives_what_the_old_file_gave(v); /* the old generation opens beside the new */
    vault_look(v, &view);
    assert_int_equal(view.version, 2);
    assert_true(view.n_seals == 2 && view.generation[0] == 2 && view.generation[1] == 1);
    vault_close(v);
    ok(vault_rotation_start(f->path, &continued, &e), &e);
    assert_true(continued);
    ok(vault_rotation_finish(f->path, &e), &e);
    v = opened(f->path);
    assert_int_equal(vault_key_unwrap(v, old_place, (struct str){(const char *)old_wrapped, VAULT_WRAPPED_BYTES}, &key, &e), ERR_CRYPTO);
    struct vault_id id = vault_blind_id(v, "nhs", STR("9990000000"));
    hex_equal(id.bytes, sizeof id.bytes, "047eef748b56ef58616ca8a4f710bfbf"); /* the index is not rotated */
    vault_close(v);
    ok(vault_rotation_finish(f->path, &e), &e); /* twice is once */
}

/* ---- version 2 ---- */

static void keys_of_a_new_file_do_not_depend_on_each_other(void **state)
{
    struct fixture *f = *state;
    char text[2048], other[2048], name[16], hex[80];
    struct err e;
    ok(vault_create(f->path, &e), &e);
    struct str a = file_of(f->path, text);
    assert_true(str_starts(a, STR("haven master key 2\nseal 1 ")));
    (void)unlink(f->path);
    ok(vault_create(f->path, &e), &e);
    struct str b = file_of(f->path, other), line, rest = a, rest_b = b, line_b;
    int lines = 0, keys = 0;
    for (; str_split(&rest, '\n', &line) && str_split(&rest_b, '\n', &line_b) && line.n; lines++) {
        (void)snprintf(name, sizeof name, "%.*s", 4, line.p);
        if (line.n > 64 && line.n < 80) {
            (void)snprintf(hex, sizeof hex, "%.*s", 64, line.p + line.n - 64);
            assert_null(strstr(strstr(text, hex) + 1, hex));
            assert_null(strstr(other, hex));
            keys++;
        }
    }
    assert_int_equal(lines, 6);
    assert_int_equal(keys, 4);
}

static void a_signature_is_good_for_its_text_and_key_alone(void **state)
{
    struct fixture *f = *state;
    unsigned char signature[VAULT_SIGNATURE_BYTES], key[VAULT_PUBLIC_KEY_BYTES];
    struct err e;
    ok(vault_create(f->path, &e), &e);
    struct vault *v = opened(f->path);
    vault_sign(v, STR("tree 5"), signature);
    vault_sign_public(v, key);
    assert_true(vault_signature_good(key, STR("tree 5"), signature));
    assert_false(vault_signature_good(key, STR("tree 6"), signature));
    signature[3] ^= 1;
    assert_false(vault_signature_good(key, STR("tree 5"), signature));
    signature[3] ^= 1;
    key[0] ^= 1;
    assert_false(vault_signature_good(key, STR("tree 5"), signature));
    vault_close(v);
}

static void wrong(struct fixture *f, const char *text)
{
    struct vault *v = NULL;
    struct err e;
    put_file(f->path, text);
    assert_int_equal(vault_open(f->path, &v, &e), ERR_FORMAT);
    says(&e, "is not a key file of Haven, or is damaged");
}

static void generations_must_make_sense(void **state)
{
    struct fixture *f = *state;
    static const char *const seals[] = {"seal 0 ", "seal -1 ", "seal 01 ", "seal +1 ", "seal 4294967296 ", "seal  1 ", "seal x ", "seal "};
    char text[2048], changed[2100];
    struct err e;
    ok(vault_create(f->path, &e), &e);
    (void)file_of(f->path, text);
    for (size_t i = 0; i < sizeof seals / sizeof *seals; i++) {
        (void)snprintf(changed, sizeof changed, "haven master key 2\n%s%s", seals[i], text + strlen("haven master key 2\nseal 1 "));
        wrong(f, changed);
    }
    wrong(f, "haven master key 3\n");
    wrong(f, "haven master key 2\n");
    wrong(f, "");
}

static void a_credential_may_be_readable_through_its_access_list(void **state)
{
    struct fixture *f = *state;
    struct vault *v = NULL;
    struct err e;
    _cleanup_arena_ struct arena a;
    char path[120];
    arena_init(&a, 4096);
    (void)snprintf(path, sizeof path, "%s/" VAULT_CREDENTIAL, f->folder);
    assert_null(vault_credential_path(&a));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", f->folder, 1), 0);
    assert_null(vault_credential_path(&a));
    ok(vault_create(path, &e), &e);
    assert_string_equal(vault_credential_path(&a), path);
    assert_int_equal(chmod(path, 0440), 0); /* as systemd makes it for a service with a user */
    ok(vault_open(path, &v, &e), &e);
    vault_close(v);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(vault_open(path, &v, &e), ERR_REFUSED);
    assert_int_equal(chmod(path, 0440), 0);
    assert_int_equal(setenv("STATE_DIRECTORY", "/var/lib/haven", 1), 0);
    assert_string_equal(vault_list_path(&a, path), "/var/lib/haven/haven.destroyed");
    assert_int_equal(unsetenv("STATE_DIRECTORY"), 0);
    assert_null(vault_list_path(&a, path));
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    assert_int_equal(vault_open(path, &v, &e), ERR_REFUSED); /* elsewhere the group may not */
    assert_string_equal(vault_list_path(&a, "x.key"), "x.key.destroyed");
}

/* ---- every call fails once ---- */

static void making_a_file_fails_whole(void **state)
{
    struct fixture *f = *state;
    struct err e;
    for (int half = 0; half < 2; half++) {
        for (int n = 1;; n++) {
            faults_arm(n, half);
            enum err_code code = vault_create(f->path, &e);
            int seen = faults_seen();
            faults_arm(0, false);
            if (code == ERR_OK && seen < n)
                break;
            assert_true(code == ERR_IO || code == ERR_NO_MEMORY);
            assert_true(e.message[0]);
            assert_int_equal(files_in(f->folder), 0);
        }
        vault_close(opened(f->path));
        (void)unlink(f->path);
    }
}

static void opening_fails_whole(void **state)
{
    struct fixture *f = *state;
    struct err e;
    ok(vault_create(f->path, &e), &e);
    for (int n = 1;; n++) {
        struct vault *v = NULL;
        faults_arm(n, false);
        enum err_code code = vault_open(f->path, &v, &e);
        int seen = faults_seen();
        faults_arm(0, false);
        if (code == ERR_OK) {
            assert_true(seen < n);
            vault_close(v);
            break;
        }
        assert_true(code == ERR_IO || code == ERR_NO_MEMORY);
        assert_null(v);
    }
}

/* At every moment the file is the one before or the one after, whole; and it can be done again. */
static void a_rotation_of_the_file_fails_whole(void **state)
{
    struct fixture *f = *state;
    struct err e;
    char before[2048], now[2048];
    bool continued;
    for (int half = 0; half < 2; half++)
        for (int n = 1;; n++) {
            (void)unlink(f->path);
            ok(vault_create(f->path, &e), &e);
            size_t before_n = file_of(f->path, before).n;
            faults_arm(n, half);
            enum err_code code = vault_rotation_start(f->path, &continued, &e);
            int seen = faults_seen();
            faults_arm(0, false);
            struct str after = file_of(f->path, now);
            vault_close(opened(f->path));
            if (code == ERR_OK) {
                assert_true(seen < n);
                break;
            }
            assert_true(code == ERR_IO || code == ERR_NO_MEMORY);
            bool same = str_eq(after, (struct str){before, before_n});
            assert_true(same || strstr(e.message, "was replaced, but its folder cannot be synced"));
            assert_int_not_equal(access(f->beside, F_OK), 0);
            ok(vault_rotation_start(f->path, &continued, &e), &e);
            assert_int_equal(continued, !same);
        }
}

static void what_a_killed_run_left_beside_is_no_hindrance(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    struct err e;
    bool continued;
    ok(vault_create(f->path, &e), &e);
    put_file(f->beside, "half a k");
    assert_int_equal(chmod(f->beside, 0644), 0);
    ok(vault_rotation_start(f->path, &continued, &e), &e);
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(files_in(f->folder), 1);
}

static void a_link_to_the_file_stays_one(void **state)
{
    struct fixture *f = *state;
    char link_path[100];
    struct stat st;
    struct vault_view view;
    struct err e;
    bool continued;
    (void)snprintf(link_path, sizeof link_path, "%s/link", f->folder);
    ok(vault_create(f->path, &e), &e);
    assert_int_equal(symlink(f->path, link_path), 0);
    ok(vault_rotation_start(link_path, &continued, &e), &e);
    assert_true(lstat(link_path, &st) == 0 && S_ISLNK(st.st_mode));
    struct vault *v = opened(f->path);
    vault_look(v, &view);
    assert_int_equal(view.n_seals, 2);
    vault_close(v);
}

/* ---- the list ---- */

static void list_is(struct vault *v, const char *path, size_t n, const char *last)
{
    _cleanup_arena_ struct arena a;
    _cleanup_buf_ struct buf lines;
    struct err e;
    arena_init(&a, 1 << 16);
    buf_init(&lines, 1 << 16);
    ok(vault_list_read(v, path, &a, &lines, &e), &e);
    assert_int_equal(lines.n / sizeof(struct str), n);
    if (n)
        assert_true(str_eq(((const struct str *)(const void *)lines.p)[n - 1], str_of(last)));
}

static void the_list_grows_by_whole_lines(void **state)
{
    struct fixture *f = *state;
    char path[120], text[2048];
    struct err e;
    ok(vault_create(f->path, &e), &e);
    struct vault *v = opened(f->path);
    (void)snprintf(path, sizeof path, "%s/list", f->folder);
    list_is(v, path, 0, NULL);
    ok(vault_list_append(v, path, (const struct str[]){STR("1 a b"), STR("1 c d")}, 2, &e), &e);
    list_is(v, path, 2, "1 c d");
    struct str all = file_of(path, text);
    assert_int_equal(truncate(path, (off_t)all.n - 5), 0); /* a kill while it was written */
    list_is(v, path, 1, "1 a b");
    ok(vault_list_append(v, path, (const struct str[]){STR("1 e f")}, 1, &e), &e);
    list_is(v, path, 2, "1 e f");
    vault_close(v);
}

static void a_changed_list_is_refused(void **state)
{
    struct fixture *f = *state;
    char path[120], text[2048];
    struct err e;
    ok(vault_create(f->path, &e), &e);
    struct vault *v = opened(f->path);
    (void)snprintf(path, sizeof path, "%s/list", f->folder);
    ok(vault_list_append(v, path, (const struct str[]){STR("1 a b"), STR("1 c d")}, 2, &e), &e);
    struct str all = file_of(path, text);
    text[all.n] = '\0';
    for (size_t i = 0; i < all.n - 1; i++) {
        _cleanup_arena_ struct arena a;
        _cleanup_buf_ struct buf lines;
        arena_init(&a, 1 << 16);
        buf_init(&lines, 1 << 16);
        text[i] = (char)(text[i] ^ 1);
        put_file(path, text);
        assert_int_equal(vault_list_read(v, path, &a, &lines, &e), ERR_CRYPTO);
        says(&e, "was changed, or is of another hub");
        text[i] = (char)(text[i] ^ 1);
    }
    vault_close(v);
}

static void adding_to_the_list_fails_whole(void **state)
{
    struct fixture *f = *state;
    char path[120];
    struct err e;
    ok(vault_create(f->path, &e), &e);
    struct vault *v = opened(f->path);
    (void)snprintf(path, sizeof path, "%s/list", f->folder);
    for (int n = 1;; n++) {
        faults_arm(n, false);
        enum err_code code = vault_list_append(v, path, (const struct str[]){STR("1 a b")}, 1, &e);
        int seen = faults_seen();
        faults_arm(0, false);
        if (code == ERR_OK) {
            assert_true(seen < n);
            break;
        }
        assert_int_equal(code, ERR_IO);
        list_is(v, path, 0, NULL);
    }
    list_is(v, path, 1, "1 a b");
    vault_close(v);
}

/* ---- the process ---- */

static void a_guarded_process_leaves_no_dump(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct err e;
        char line[256] = "";
        bool core_off = false;
        if (vault_guard_process(&e) != ERR_OK)
            _exit(1);
        FILE *limits = fopen("/proc/self/limits", "r");
        while (limits && fgets(line, sizeof line, limits))
            core_off = core_off || (strncmp(line, "Max core file size", 18) == 0 && strspn(line + 18, " 0") > 20 && strstr(line, "bytes"));
        _exit(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 ? 2 : core_off ? 0 : 3);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(an_old_file_gives_the_same_bytes_as_before),
        T(an_old_file_is_rotated_into_a_new_one),
        T(keys_of_a_new_file_do_not_depend_on_each_other),
        T(a_signature_is_good_for_its_text_and_key_alone),
        T(generations_must_make_sense),
        T(a_credential_may_be_readable_through_its_access_list),
        T(making_a_file_fails_whole),
        T(opening_fails_whole),
        T(a_rotation_of_the_file_fails_whole),
        T(what_a_killed_run_left_beside_is_no_hindrance),
        T(a_link_to_the_file_stays_one),
        T(the_list_grows_by_whole_lines),
        T(a_changed_list_is_refused),
        T(adding_to_the_list_fails_whole),
        cmocka_unit_test(a_guarded_process_leaves_no_dump),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("key files", tests, NULL, NULL);
}
