/* test_keep.c: opening, one owner, migrations, backup, and kill -9. */
#include "store/sample_sql.h"
#include "store/workload.h"
#include "support/test_store.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

static const struct store_catalogue *catalogue;
static void each(test_store_fn *test) { test_store_each_with(catalogue, test); }

static void says(const char *text, const struct err *e)
{
    if (!strstr(e->message, text))
        fail_msg("'%s' is not in '%s' (%s)", text, e->message, e->detail);
}

static void cannot_open(const char *url, enum err_code code, const char *text)
{
    struct err e;
    struct store *s = NULL;
    assert_int_equal(store_open_with(url, &(struct store_options){.catalogue = catalogue}, &s, &e), code);
    assert_null(s);
    says(text, &e);
}

/* ---- opening ---- */

static void one_owner_at_a_time(struct store *s, struct test_store *t)
{
    (void)s;
    cannot_open(t->url, ERR_CONFLICT, "is open in another process");
    test_store_reopen(t);
}

/* Another program than Haven, say the sqlite3 shell, knows nothing of our lock file, but is kept out all the same. */
static void other_programs_are_kept_out(void **state)
{
    (void)state;
    struct test_store t;
    sqlite3 *db = NULL;
    test_store_make(&t, STORE_SQLITE, catalogue);
    assert_int_equal(sqlite3_open_v2(t.url, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "SELECT * FROM sample_thing", NULL, NULL, NULL), SQLITE_BUSY);
    store_close(t.store);
    t.store = NULL;
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    cannot_open(t.url, ERR_CONFLICT, "another program has the store's file open: stop it first");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    test_store_drop(&t);
}

static void a_second_hub_is_refused(struct store *s, struct test_store *t)
{
    struct err e;
    (void)s;
    store_close(t->store);
    t->store = NULL;
    assert_int_equal(store_create(t->url, &t->store, &e), ERR_CONFLICT);
    says("holds a hub already: open it, or give another name", &e);
    assert_null(t->store);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

static void what_is_no_store_is_refused(void **state)
{
    (void)state;
    struct test_store t;
    struct err e;
    char path[PATH_MAX + 10];
    test_store_make(&t, STORE_SQLITE, catalogue);
    (void)snprintf(path, sizeof path, "%s/none", t.folder);
    cannot_open(path, ERR_IO, "No such file or directory: give the path of a hub, or make one with `haven init`");
    assert_int_not_equal(access(strcat(path, ".lock"), F_OK), 0); /* nothing is left where nothing was */
    cannot_open(t.folder, ERR_USAGE, "is not a file");
    cannot_open("", ERR_USAGE, "the store's path is empty");
    cannot_open("sqlite:", ERR_USAGE, "the store's path is empty");
    cannot_open("postgresql:///x?host=/nowhere", ERR_IO, "PostgreSQL cannot be reached: connection to server on socket");
    (void)snprintf(path, sizeof path, "%s/other", t.folder);
    write_file(path, "this is a text of some length and surely no database at all, whatever one may think of it....\n");
    cannot_open(path, ERR_STORE, "the file is no store: give the path of one");
    (void)snprintf(path, sizeof path, "%s/empty", t.folder);
    write_file(path, "");
    cannot_open(path, ERR_STORE, "holds no hub: make one with `haven init`");
    (void)snprintf(path, sizeof path, "/nowhere/%d.db", (int)getpid());
    struct store *s = NULL;
    assert_int_equal(store_create(path, &s, &e), ERR_IO);
    says("/nowhere/", &e);
    test_store_drop(&t);
}

static void only_the_owner_can_read_the_files(void **state)
{
    (void)state;
    struct test_store t;
    static const char *const suffixes[] = {"", "-wal", ".lock"};
    mode_t before = umask(0);
    test_store_make(&t, STORE_SQLITE, catalogue);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[PATH_MAX + 10];
        struct stat st;
        (void)snprintf(path, sizeof path, "%s%s", t.url, suffixes[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    (void)umask(before);
    test_store_drop(&t);
}

/* ---- migrations ---- */

/* The catalogue cut after n migrations, or with one changed. */
static struct store_catalogue changed_catalogue(size_t n, const char *hash_of_last, struct store_migration *room)
{
    struct store_catalogue c = *catalogue;
    memcpy(room, c.migrations, n * sizeof *room);
    if (hash_of_last)
        room[n - 1].hash = hash_of_last;
    c.migrations = room;
    c.n_migrations = n;
    return c;
}

static void migrations_are_applied_once_and_in_order(struct store *s, struct test_store *t)
{
    (void)s;
    static struct store_migration room[LIMIT_STORE_MIGRATIONS];
    struct store_catalogue older = changed_catalogue(catalogue->n_migrations - 1, NULL, room);
    struct err e;
    int n = -1;
    test_store_drop(t);
    test_store_make(t, t->engine, &older);
    assert_int_equal(store_pending(t->store), 0);
    t->catalogue = catalogue;
    test_store_reopen(t);
    assert_int_equal(store_pending(t->store), 1);
    _cleanup_buf_ struct buf findings;
    buf_init(&findings, 4096);
    test_ok(store_check(t->store, &findings, &e), &e);
    assert_true(str_find(buf_as_str(&findings), STR("1 migrations are not applied\n")) >= 0);
    assert_int_equal(workload_do(t->store, 1, &e), ERR_STORE); /* its table is missing */
    test_ok(store_migrate(t->store, &n, &e), &e);
    assert_int_equal(n, 1);
    test_ok(store_migrate(t->store, &n, &e), &e);
    assert_int_equal(n, 0);
    test_ok(workload_do(t->store, 1, &e), &e);
}

static void a_newer_store_is_refused(struct store *s, struct test_store *t)
{
    (void)s;
    static struct store_migration room[LIMIT_STORE_MIGRATIONS];
    struct store_catalogue older = changed_catalogue(catalogue->n_migrations - 1, NULL, room);
    struct err e;
    store_close(t->store);
    t->store = NULL;
    assert_int_equal(store_open_with(t->url, &(struct store_options){.catalogue = &older}, &t->store, &e), ERR_STORE);
    says("has migration 9002, which this program does not know: use a newer haven", &e);
}

static void a_changed_migration_is_refused(struct store *s, struct test_store *t)
{
    (void)s;
    static struct store_migration room[LIMIT_STORE_MIGRATIONS];
    struct store_catalogue other = changed_catalogue(catalogue->n_migrations, "0123", room);
    struct err e;
    store_close(t->store);
    t->store = NULL;
    assert_int_equal(store_open_with(t->url, &(struct store_options){.catalogue = &other}, &t->store, &e), ERR_STORE);
    says("migration 9002 (sample notes) has other words in this program", &e);
}

/* The second step fails: the first must be undone, and nothing recorded. */
static void a_failing_migration_leaves_nothing(struct store *s, struct test_store *t)
{
    static struct store_migration room[LIMIT_STORE_MIGRATIONS + 1];
    static const char *const steps[] = {"CREATE TABLE sample_half (a bigint)", "CREATE TABLE sample_thing (a bigint)"};
    struct store_catalogue more = changed_catalogue(catalogue->n_migrations, NULL, room);
    room[more.n_migrations++] = (struct store_migration){9003, "half", "00", steps, steps, 2};
    struct err e;
    (void)s;
    t->catalogue = &more;
    test_store_reopen(t);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(store_migrate(t->store, NULL, &e), ERR_STORE);
        says("step 2 of migration 9003: the engine refused it", &e); /* not step 1: it was undone */
    }
    assert_int_equal(store_pending(t->store), 1);
    t->catalogue = catalogue;
    test_store_reopen(t);
}

/* ---- backup ---- */

static void a_backup_is_a_whole_store(void **state)
{
    (void)state;
    struct test_store t, copy;
    struct err e;
    struct stat st;
    test_store_make(&t, STORE_SQLITE, catalogue);
    for (int64_t i = 1; i <= 30; i++)
        test_ok(workload_do(t.store, i, &e), &e);
    copy = t;
    (void)strcat(copy.url, ".backup");
    test_ok(store_backup(t.store, copy.url, &e), &e);
    test_ok(workload_do(t.store, 31, &e), &e); /* after it, so not in it */
    assert_int_equal(store_backup(t.store, copy.url, &e), ERR_CONFLICT);
    says("exists already: give another name for the backup", &e);
    assert_int_equal(store_backup(t.store, "/nowhere/backup", &e), ERR_IO);
    assert_int_equal(stat(copy.url, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    test_ok(store_open_with(copy.url, &(struct store_options){.catalogue = catalogue}, &copy.store, &e), &e);
    assert_int_equal(workload_verify(copy.store, 29), 30);
    store_close(copy.store);
    assert_int_equal(workload_verify(t.store, 30), 31);
    test_store_drop(&t);
}

static void postgresql_has_its_own_backup(void **state)
{
    (void)state;
    struct test_store t;
    struct err e;
    if (!test_store_has(STORE_POSTGRESQL))
        skip();
    test_store_make(&t, STORE_POSTGRESQL, catalogue);
    assert_int_equal(store_backup(t.store, "/tmp/none", &e), ERR_UNSUPPORTED);
    says("pg_dump", &e);
    test_store_drop(&t);
}

static void damage_is_found(void **state)
{
    (void)state;
    struct test_store t;
    struct err e;
    test_store_make(&t, STORE_SQLITE, catalogue);
    for (int64_t i = 1; i <= 40; i++)
        test_ok(workload_do(t.store, i, &e), &e);
    store_close(t.store);
    int fd = open(t.url, O_RDWR);
    struct stat st;
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    for (off_t at = 3 * 4096; at + 4096 <= st.st_size; at += 4096) /* all but the first pages */
        assert_int_equal(pwrite(fd, "damage damage damage", 20, at), 20);
    assert_int_equal(close(fd), 0);
    _cleanup_buf_ struct buf findings;
    buf_init(&findings, 65536);
    enum err_code code = store_open_with(t.url, &(struct store_options){.catalogue = catalogue}, &t.store, &e);
    if (code == ERR_OK)
        code = store_check(t.store, &findings, &e);
    else
        t.store = NULL;
    if (code == ERR_OK)
        assert_true(str_starts(buf_as_str(&findings), STR("the store's file is damaged: ")));
    else
        says("the store's file is damaged: restore a backup", &e);
    test_store_drop(&t);
}

/* ---- what is deleted, and what is lost ---- */

static bool file_holds(const char *path, struct str needle)
{
    _cleanup_buf_ struct buf b;
    buf_init(&b, (size_t)64 << 20);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return false;
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    char *at = buf_reserve(&b, (size_t)st.st_size + 1);
    assert_non_null(at);
    assert_int_equal(read(fd, at, (size_t)st.st_size), st.st_size);
    b.n = (size_t)st.st_size;
    (void)close(fd);
    return str_find(buf_as_str(&b), needle) >= 0;
}

static void nothing_deleted_is_left_in_the_file(void **state)
{
    (void)state;
    struct test_store t;
    struct err e;
    test_store_make(&t, STORE_SQLITE, catalogue);
    for (int64_t i = 0; i < 300; i++)
        test_ok(STORE_RUN(t.store, sql_sample_thing_insert, &e, V_INT(i), V_TEXT(STR("MARKER-OF-WHAT-IS-DELETED")), V_INT(i), V_NULL, V_NULL, V_NULL), &e);
    test_store_reopen(&t);
    assert_true(file_holds(t.url, STR("MARKER-OF-WHAT-IS-DELETED")));
    for (int64_t i = 0; i < 300; i++)
        test_ok(STORE_RUN(t.store, sql_sample_thing_delete, &e, V_INT(i)), &e);
    test_store_reopen(&t); /* closing moves all into the file and removes the WAL */
    assert_false(file_holds(t.url, STR("MARKER-OF-WHAT-IS-DELETED")));
    test_store_drop(&t);
}

/* The server ends our session in the middle of a transaction: reported, never taken for done, and the store says that it is of no more use. */
static void a_lost_connection_is_reported(void **state)
{
    (void)state;
    struct test_store t;
    struct err e;
    char sql[200];
    if (!test_store_has(STORE_POSTGRESQL))
        skip();
    for (int at_commit = 0; at_commit < 2; at_commit++) {
        test_store_make(&t, STORE_POSTGRESQL, catalogue);
        test_ok(workload_do(t.store, 1, &e), &e);
        test_ok(store_begin(t.store, &e), &e);
        (void)snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'", t.folder);
        test_store_admin(sql);
        enum err_code code = at_commit ? store_commit(t.store, &e) : STORE_RUN(t.store, sql_sample_thing_delete, &e, V_INT(1));
        assert_int_equal(code, ERR_IO);
        says("start again", &e);
        store_rollback(t.store);
        assert_int_equal(store_begin(t.store, &e), ERR_IO);
        says("takes nothing more after an input or output error: start again", &e);
        test_store_reopen(&t);
        assert_int_equal(workload_verify(t.store, 1), 1);
        test_store_drop(&t);
    }
}

static void a_database_of_another_kind_is_refused(void **state)
{
    (void)state;
    static const char *const kinds[] = {"ENCODING 'SQL_ASCII' LOCALE 'C'", "ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en'"};
    if (!test_store_has(STORE_POSTGRESQL))
        skip();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct store *s = NULL;
        struct err e;
        char sql[200], url[PATH_MAX];
        const char *address = getenv("HAVEN_TEST_PG"), *at = strstr(address, "/postgres?");
        (void)snprintf(sql, sizeof sql, "CREATE DATABASE odd%d TEMPLATE template0 %s", (int)getpid(), kinds[i]);
        test_store_admin(sql);
        (void)snprintf(url, sizeof url, "%.*s/odd%d%s", (int)(at - address), address, (int)getpid(), at + strlen("/postgres"));
        assert_int_equal(store_create(url, &s, &e), ERR_STORE);
        says("must have encoding UTF8 and collation C: make it with `createdb -T template0 -E UTF8 --locale=C`", &e);
        (void)snprintf(sql, sizeof sql, "DROP DATABASE odd%d", (int)getpid());
        test_store_admin(sql);
    }
}

/* ---- kill -9 ---- */

/* Works for ever and tells each acknowledged transaction through the pipe. */
static void work_until_killed(const struct test_store *t, int64_t from, int pipe_fd)
{
    struct store *s = NULL;
    struct err e;
    if (store_open_with(t->url, &(struct store_options){.catalogue = t->catalogue, .sqlite_checkpoint_pages = 60}, &s, &e) != ERR_OK)
        _exit(1);
    for (int64_t n = from;; n++)
        if (workload_do(s, n, &e) != ERR_OK || write(pipe_fd, &n, sizeof n) != sizeof n)
            _exit(1);
}

static int64_t work_and_kill(const struct test_store *t, int64_t acked, unsigned after_ms)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        work_until_killed(t, acked + 1, ends[1]);
    (void)close(ends[1]);
    int64_t n, first = acked;
    int status;
    /* Let it begin, then let chance choose the moment. */
    if (read(ends[0], &n, sizeof n) == sizeof n)
        acked = n;
    (void)nanosleep(&(struct timespec){0, (long)after_ms * 1000000}, NULL);
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(ends[0], &n, sizeof n) == sizeof n)
        acked = n;
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && acked > first); /* it was at work */
    return acked;
}

static void acknowledged_work_survives_kill(struct store *s, struct test_store *t)
{
    (void)s;
    struct err e;
    int64_t acked = 0, kills = 10;
    const char *text = getenv("HAVEN_KILLS");
    if (text)
        assert_true(str_to_int64(str_of(text), &kills));
    for (int64_t i = 0; i < kills; i++) {
        store_close(t->store);
        t->store = NULL;
        acked = work_and_kill(t, acked, (unsigned)(i * 7 % 23));
        test_ok(store_open_with(t->url, &(struct store_options){.catalogue = t->catalogue}, &t->store, &e), &e);
        acked = workload_verify(t->store, acked);
    }
}

#define EACH(name) static void name##_each(void **state) { (void)state; each(name); }
#define EACH_TESTS(X) \
    X(one_owner_at_a_time) X(a_second_hub_is_refused) X(migrations_are_applied_once_and_in_order) X(a_newer_store_is_refused) \
    X(a_changed_migration_is_refused) X(a_failing_migration_leaves_nothing) X(acknowledged_work_survives_kill)
EACH_TESTS(EACH)

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test(name##_each),
        EACH_TESTS(ROW)
        cmocka_unit_test(other_programs_are_kept_out),
        cmocka_unit_test(what_is_no_store_is_refused),
        cmocka_unit_test(only_the_owner_can_read_the_files),
        cmocka_unit_test(a_backup_is_a_whole_store),
        cmocka_unit_test(postgresql_has_its_own_backup),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(nothing_deleted_is_left_in_the_file),
        cmocka_unit_test(a_lost_connection_is_reported),
        cmocka_unit_test(a_database_of_another_kind_is_refused),
    };
    catalogue = test_catalogue(&sample_catalogue);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("keep", tests, NULL, NULL);
}
