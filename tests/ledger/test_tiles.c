/* test_tiles.c: the published files: written, read, checked; killed at every step and run again; failed at every call. */
#include "faults.h"
#include "log_support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture {
    char dir[64];
    struct ledger_signer log, witness;
    struct ledger_keys keys;
    struct ledger_key both[2];
    struct buf a, b;
    struct arena arena;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    folder_make(f->dir);
    signer_of(LOG_NAME, LEDGER_KEY_LOG, 7, &f->log);
    signer_of(WITNESS_NAME, LEDGER_KEY_WITNESS, 9, &f->witness);
    f->both[0] = f->log.key;
    f->both[1] = f->witness.key;
    f->keys = (struct ledger_keys){f->both, 2, 0};
    buf_init(&f->a, (size_t)32 << 20);
    buf_init(&f->b, (size_t)32 << 20);
    arena_init(&f->arena, LIMIT_LEDGER_TILES_BYTES * 4);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    (void)faults_stop();
    folder_remove(f->dir);
    buf_release(&f->a);
    buf_release(&f->b);
    arena_release(&f->arena);
    free(f);
    return 0;
}



static void verified(struct fixture *f, uint64_t size)
{
    struct ledger_verified v;
    ok(ledger_verify_tiles(f->dir, &f->keys, NULL, &v, e));
    assert_int_equal(v.size, size);
}

static void a_log_grows_and_checks(void **state)
{
    struct fixture *f = *state;
    static const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 300, 300, 512, 1000, 66000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ok(publish(f->dir, sizes[i], NULL, &f->log, NULL, e));
        verified(f, sizes[i]);
    }
}

static bool there(struct fixture *f, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", f->dir, name);
    return access(path, F_OK) == 0;
}

/* C2SP's own example: 70,000 entries are 273 whole tiles and one of 112, one and one of 17, one of 1. */
static void the_files_are_c2sps(void **state)
{
    struct fixture *f = *state;
    ok(publish(f->dir, 69000, NULL, &f->log, NULL, e));
    ok(publish(f->dir, 70000, NULL, &f->log, NULL, e));
    assert_true(there(f, "tile/0/000") && there(f, "tile/0/272") && there(f, "tile/0/273.p/112") && !there(f, "tile/0/273"));
    assert_true(there(f, "tile/1/000") && there(f, "tile/1/001.p/17") && there(f, "tile/2/000.p/1") && !there(f, "tile/3"));
    assert_true(there(f, "tile/entries/272") && there(f, "tile/entries/273.p/112"));
    assert_false(there(f, "tile/0/269.p") || there(f, "tile/entries/269.p")); /* 69000's partial ones went when the whole ones came */
    assert_true(there(f, "tile/1/001.p/13"));
    file_get(f->dir, "tile/0/000", &f->a);
    assert_int_equal(f->a.n, 8192);
    file_get(f->dir, "tile/entries/000", &f->a);
    assert_memory_equal(f->a.p, "\0\7entry 0\0\7entry 1", 18);
    verified(f, 70000);
}

static enum err_code give_long(void *context, uint64_t index, struct buf *ret, struct err *e)
{
    (void)index;
    for (size_t n = *(size_t *)context; n > 0; n--)
        (void)buf_char(ret, 'x');
    (void)e;
    return ERR_OK;
}

static enum err_code give_error(void *context, uint64_t index, struct buf *ret, struct err *e)
{
    (void)context, (void)ret;
    return index == 300 ? err_set(e, ERR_STORE, "the store failed") : ERR_OK;
}

static void long_numbers_have_groups(void **state)
{
    struct fixture *f = *state;
    struct ledger_hashes from;
    struct ledger_tiles *t;
    struct ledger_hash h;
    ok(publish(f->dir, 1, NULL, &f->log, NULL, e));
    ok(ledger_tiles_open(&f->arena, f->dir, false, &t, e));
    from = ledger_tiles_hashes(t, (uint64_t)1234068 * 256);
    fails(from.read(from.context, 0, (uint64_t)1234067 * 256, &h, e), ERR_FINDINGS, "tile/0/x001/x234/067 is missing");
    from = ledger_tiles_hashes(t, LEDGER_SIZE_MAX);
    fails(from.read(from.context, 0, LEDGER_SIZE_MAX - 1, &h, e), ERR_FINDINGS, "tile/0/x036/x028/x797/x018/x963/967 is missing");
    fails(from.read(from.context, 56, 127 - 1, &h, e), ERR_FINDINGS, "tile/7/000 is missing");
    fails(from.read(from.context, 56, 127, &h, e), ERR_NOT_FOUND, "no subtree 127 of level 56");
    ledger_tiles_close(t);
}

static void entries_and_hashes_come_back(void **state)
{
    struct fixture *f = *state;
    struct memory_log m;
    struct ledger_tiles *t;
    struct ledger_hash h;
    memory_log_make(&m, 1000, "entry");
    ok(publish(f->dir, 700, NULL, &f->log, NULL, e));
    ok(publish(f->dir, 1000, NULL, &f->log, NULL, e));
    ok(ledger_tiles_open(&f->arena, f->dir, false, &t, e));
    static const uint64_t sizes[] = {512, 700, 768, 1000}; /* smaller trees come from the same tiles */
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const uint64_t size = sizes[s];
        struct ledger_hashes from = ledger_tiles_hashes(t, size);
        for (unsigned l = 0; size >> l; l++) {
            for (uint64_t i = 0; i < size >> l; i++) {
                ok(from.read(from.context, l, i, &h, e));
                assert_memory_equal(&h, &m.levels[l][i], sizeof h);
            }
            fails(from.read(from.context, l, size >> l, &h, e), ERR_NOT_FOUND, "has no subtree");
        }
    }
    for (uint64_t i = 0; i < 1000; i += 37) {
        char want[32];
        (void)snprintf(want, sizeof want, "entry %llu", (unsigned long long)i);
        buf_clear(&f->a);
        ok(ledger_tiles_entry(t, 1000, i, &f->a, e));
        assert_true(str_eq(buf_as_str(&f->a), str_of(want)));
    }
    buf_clear(&f->a);
    fails(ledger_tiles_entry(t, 1000, 1000, &f->a, e), ERR_NOT_FOUND, "entry 1000 is not in a log of 1000");
    file_get(f->dir, "tile/entries/001", &f->b);
    f->b.p[2] = 'E';
    file_put(f->dir, "tile/entries/001", buf_as_str(&f->b));
    fails(ledger_tiles_entry(t, 1000, 256, &f->a, e), ERR_FINDINGS, "tile/entries/001: entry 256 is not the one that was logged");
    file_put(f->dir, "tile/entries/001", str_slice(buf_as_str(&f->b), 0, 15));
    fails(ledger_tiles_entry(t, 1000, 257, &f->a, e), ERR_FINDINGS, "tile/entries/001 ends within entry 257");
    file_put(f->dir, "tile/entries/001", str_slice(buf_as_str(&f->b), 0, 12));
    fails(ledger_tiles_entry(t, 1000, 257, &f->a, e), ERR_FINDINGS, "tile/entries/001 ends within entry 257");
    char path[256];
    (void)snprintf(path, sizeof path, "%s/tile/entries/001", f->dir);
    assert_int_equal(unlink(path), 0);
    fails(ledger_tiles_entry(t, 1000, 257, &f->a, e), ERR_FINDINGS, "tile/entries/001 is missing");
    (void)snprintf(path, sizeof path, "%s/tile/0/001", f->dir);
    assert_int_equal(unlink(path), 0);
    fails(ledger_tiles_entry(t, 1000, 257, &f->a, e), ERR_FINDINGS, "tile/0/001 is missing");
    struct buf small;
    buf_init(&small, 3);
    fails(ledger_tiles_entry(t, 1000, 0, &small, e), ERR_LIMIT, "an entry");
    buf_release(&small);
    ledger_tiles_close(t);
    memory_log_free(&m);
}

static void what_is_not_extended(void **state)
{
    struct fixture *f = *state;
    struct ledger_tiles *t, *u;
    struct ledger_hash root;
    size_t length = LIMIT_LEDGER_ENTRY_BYTES;
    fails(ledger_tiles_open(&f->arena, "/nowhere/at/all", true, &t, e), ERR_NOT_FOUND, "the folder cannot be made");
    fails(ledger_tiles_open(&f->arena, "/nowhere/at/all", false, &t, e), ERR_NOT_FOUND, "the folder cannot be opened");
    struct arena none;
    arena_init(&none, 100);
    fails(ledger_tiles_open(&none, f->dir, false, &t, e), ERR_NO_MEMORY, "out of memory for the tiles");
    arena_release(&none);
    ledger_tiles_close(NULL);

    ok(ledger_tiles_open(&f->arena, f->dir, true, &t, e));
    fails(ledger_tiles_checkpoint(t, &f->a, &(struct ledger_checkpoint){0}, e), ERR_NOT_FOUND, "checkpoint");
    fails(ledger_tiles_extend(t, LEDGER_SIZE_MAX + 1, (struct ledger_entries){give_entry, NULL}, &root, e), ERR_CONFLICT, "has published 0 entries");
    fails(ledger_tiles_extend(t, 301, (struct ledger_entries){give_error, NULL}, &root, e), ERR_STORE, "the store failed");
    folder_remove(f->dir);
    assert_int_equal(mkdir(f->dir, 0700), 0);
    ledger_tiles_close(t);
    ok(ledger_tiles_open(&f->arena, f->dir, true, &t, e));
    ok(ledger_tiles_extend(t, 257, (struct ledger_entries){give_long, &length}, &root, e)); /* a tile of the longest entries */
    length++;
    fails(ledger_tiles_extend(t, 258, (struct ledger_entries){give_long, &length}, &root, e), ERR_LIMIT, "an entry of the log");
    /* The same index with another entry: the whole tile is there. */
    fails(ledger_tiles_extend(t, 257, (struct ledger_entries){give_entry, NULL}, &root, e), ERR_CONFLICT, "the log would fork");
    /* Somebody else writes. */
    ok(ledger_tiles_open(&f->arena, f->dir, true, &u, e));
    char path[256];
    (void)snprintf(path, sizeof path, "%s/.lock", f->dir);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    fails(ledger_tiles_extend(u, 300, (struct ledger_entries){give_entry, NULL}, &root, e), ERR_CONFLICT, "another process writes");
    (void)close(fd);
    ledger_tiles_close(u);
    ledger_tiles_close(t);
}

static void what_is_not_published(void **state)
{
    struct fixture *f = *state;
    struct ledger_tiles *t;
    struct ledger_hash root, other = ledger_hash_leaf(STR("other"));
    struct ledger_signer second;
    ok(publish(f->dir, 300, NULL, &f->log, NULL, e));
    ok(ledger_tiles_open(&f->arena, f->dir, true, &t, e));
    ok(ledger_tiles_extend(t, 300, (struct ledger_entries){give_entry, NULL}, &root, e));
    fails(ledger_tiles_publish(t, STR("x"), e), ERR_FORMAT, "a note is lines");
    buf_clear(&f->a);
    (void)buf_z(&f->a, "one\n\n");
    ok(ledger_note_sign(&f->log, STR("one\n"), 0, &f->a, e));
    fails(ledger_tiles_publish(t, buf_as_str(&f->a), e), ERR_FORMAT, "second line is no size");
    note_of(&f->log, LOG_NAME, 299, &root, &f->a);
    fails(ledger_tiles_publish(t, buf_as_str(&f->a), e), ERR_CONFLICT, "does not follow it");
    note_of(&f->log, LOG_NAME, 300, &other, &f->a);
    fails(ledger_tiles_publish(t, buf_as_str(&f->a), e), ERR_CONFLICT, "does not follow it");
    note_of(&f->log, "else.example", 300, &root, &f->a);
    fails(ledger_tiles_publish(t, buf_as_str(&f->a), e), ERR_CONFLICT, "does not follow it");
    buf_clear(&f->a);
    buf_clear(&f->b);
    ok(ledger_checkpoint_format(&(struct ledger_checkpoint){STR(LOG_NAME), 300, root, STR("more\n")}, &f->b, e));
    (void)buf_str(&f->a, buf_as_str(&f->b));
    (void)buf_char(&f->a, '\n');
    ok(ledger_note_sign(&f->log, buf_as_str(&f->b), 0, &f->a, e));
    fails(ledger_tiles_publish(t, buf_as_str(&f->a), e), ERR_CONFLICT, "does not follow it");
    note_of(&f->log, LOG_NAME, 301, &root, &f->a);
    fails(ledger_tiles_publish(t, buf_as_str(&f->a), e), ERR_FINDINGS, "tile/0/001 is missing");
    ok(ledger_tiles_extend(t, 301, (struct ledger_entries){give_entry, NULL}, &root, e));
    note_of(&f->log, LOG_NAME, 301, &other, &f->a);
    fails(ledger_tiles_publish(t, buf_as_str(&f->a), e), ERR_FINDINGS, "the tiles do not give the root of the checkpoint of 301");
    fails(ledger_tiles_extend(t, 299, (struct ledger_entries){give_entry, NULL}, &root, e), ERR_CONFLICT, "has published 300 entries, the hub has 299");
    /* The same again with one more signature is how cosignatures come in. */
    note_of(&f->log, LOG_NAME, 301, &root, &f->a);
    ok(ledger_tiles_publish(t, buf_as_str(&f->a), e));
    signer_of("second.example", LEDGER_KEY_WITNESS, 3, &second);
    struct ledger_note n;
    ok(ledger_note_parse(buf_as_str(&f->a), &n, e));
    buf_clear(&f->b);
    (void)buf_str(&f->b, buf_as_str(&f->a));
    ok(ledger_note_sign(&second, n.text, 5, &f->b, e));
    ok(ledger_tiles_publish(t, buf_as_str(&f->b), e));
    verified(f, 301);
    /* What was published was spoiled: nothing is built on it. */
    file_put(f->dir, "checkpoint", STR("x\n"));
    fails(ledger_tiles_publish(t, buf_as_str(&f->b), e), ERR_FORMAT, "checkpoint: a note is lines");
    fails(ledger_tiles_extend(t, 400, (struct ledger_entries){give_entry, NULL}, &root, e), ERR_FORMAT, "checkpoint: a note is lines");
    buf_clear(&f->b);
    (void)buf_z(&f->b, "one\n\n");
    ok(ledger_note_sign(&f->log, STR("one\n"), 0, &f->b, e));
    file_put(f->dir, "checkpoint", buf_as_str(&f->b));
    fails(ledger_tiles_extend(t, 400, (struct ledger_entries){give_entry, NULL}, &root, e), ERR_FORMAT, "checkpoint: the checkpoint's second line");
    ledger_tiles_close(t);
}

static void nothing_is_built_on_spoiled_files(void **state)
{
    struct fixture *f = *state;
    static const struct { const char *file; size_t at; const char *why; } spoil[] = {
        {"tile/0/001.p/44", 3, "do not give the root"},
        {"tile/0/001.p/44", SIZE_MAX, "has 1407 bytes and must have 1408"},
        {"tile/1/000.p/1", 3, "do not give the root"},
        {"tile/entries/001.p/44", 5, "entry 256 is not the one that was logged"},
        {"tile/entries/001.p/44", SIZE_MAX, "entry 299 is not the one that was logged"},
    };
    ok(publish(f->dir, 300, NULL, &f->log, NULL, e));
    for (size_t i = 0; i < sizeof spoil / sizeof *spoil; i++) {
        file_get(f->dir, spoil[i].file, &f->a);
        if (spoil[i].at != SIZE_MAX) {
            f->a.p[spoil[i].at] ^= 1;
            file_put(f->dir, spoil[i].file, buf_as_str(&f->a));
            f->a.p[spoil[i].at] ^= 1;
        } else {
            file_put(f->dir, spoil[i].file, str_slice(buf_as_str(&f->a), 0, f->a.n - 1));
        }
        fails(publish(f->dir, 400, NULL, &f->log, NULL, e), ERR_FINDINGS, spoil[i].why);
        file_put(f->dir, spoil[i].file, buf_as_str(&f->a));
    }
    char path[256];
    (void)snprintf(path, sizeof path, "%s/tile/entries/001.p/44", f->dir);
    assert_int_equal(unlink(path), 0);
    fails(publish(f->dir, 400, NULL, &f->log, NULL, e), ERR_FINDINGS, "tile/entries/001 is missing");
    file_put(f->dir, "tile/entries/001.p/44", buf_as_str(&f->a));
    ok(publish(f->dir, 400, NULL, &f->log, NULL, e));
    verified(f, 400);
}

/* A crash after a whole tile was written and before the checkpoint: the old checkpoint's tree is read out of the whole tile. */
static void the_whole_tile_serves(void **state)
{
    struct fixture *f = *state;
    struct ledger_tiles *t;
    struct ledger_hash root;
    ok(publish(f->dir, 300, NULL, &f->log, NULL, e));
    ok(ledger_tiles_open(&f->arena, f->dir, true, &t, e));
    ok(ledger_tiles_extend(t, 600, (struct ledger_entries){give_entry, NULL}, &root, e));
    assert_false(there(f, "tile/0/001.p"));
    verified(f, 300);
    buf_clear(&f->a);
    ok(ledger_tiles_entry(t, 300, 299, &f->a, e));
    ledger_tiles_close(t);
    ok(publish(f->dir, 600, NULL, &f->log, NULL, e));
    verified(f, 600);
}

static void durable_in_the_right_order(void **state)
{
    struct fixture *f = *state;
    static const uint64_t sizes[] = {0, 1, 255, 256, 300, 700, 66000, 66100};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        faults_watch();
        ok(publish(f->dir, sizes[i], NULL, &f->log, NULL, e));
        const char *wrong = faults_watch_end();
        if (wrong)
            fail_msg("to %llu: %s", (unsigned long long)sizes[i], wrong);
    }
}

/* ---- killed and failed ---- */

static const uint64_t steps[][2] = {{0, 3}, {0, 300}, {3, 5}, {200, 600}, {250, 256}, {255, 257}, {511, 513}};

static void start_from(struct fixture *f, uint64_t size)
{
    folder_remove(f->dir);
    assert_int_equal(mkdir(f->dir, 0700), 0);
    ok(publish(f->dir, size, NULL, &f->log, NULL, e));
}

static void killed_anywhere_run_again(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        start_from(f, steps[i][0]);
        ok(publish(f->dir, steps[i][1], NULL, &f->log, NULL, e));
        const struct ledger_hash want = folder_digest(f->dir);
        unsigned at = 0;
        for (int status = 9; status != 0; at++) {
            start_from(f, steps[i][0]);
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                faults_start(FAULT_CRASH, at);
                _exit(publish(f->dir, steps[i][1], NULL, &f->log, NULL, NULL) == ERR_OK ? 0 : 1);
            }
            assert_int_equal(waitpid(child, &status, 0), child);
            assert_true(WIFEXITED(status));
            status = WEXITSTATUS(status);
            assert_true(status == 0 || status == 9);
            /* What a reader sees: the old tree or the new one, whole. */
            struct ledger_verified v;
            ok(ledger_verify_tiles(f->dir, &f->keys, NULL, &v, e));
            assert_true(v.size == steps[i][0] || v.size == steps[i][1]);
            ok(publish(f->dir, steps[i][1], NULL, &f->log, NULL, e));
            const struct ledger_hash got = folder_digest(f->dir);
            assert_memory_equal(&got, &want, sizeof got);
        }
        assert_true(at > 10);
    }
}

static void every_call_fails_once(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        start_from(f, steps[i][0]);
        ok(publish(f->dir, steps[i][1], NULL, &f->log, NULL, e));
        const struct ledger_hash want = folder_digest(f->dir);
        for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) { /* until no call was left to fail */
            start_from(f, steps[i][0]);
            faults_start(FAULT_FAIL, at);
            enum err_code code = publish(f->dir, steps[i][1], NULL, &f->log, NULL, NULL);
            count = faults_stop();
            if (code == ERR_OK && at < count)
                fail_msg("call %u of %u failed and nobody noticed", at, count);
            assert_true(code == ERR_OK || code == ERR_IO);
            struct ledger_verified v;
            ok(ledger_verify_tiles(f->dir, &f->keys, NULL, &v, e));
            ok(publish(f->dir, steps[i][1], NULL, &f->log, NULL, e));
            const struct ledger_hash got = folder_digest(f->dir);
            assert_memory_equal(&got, &want, sizeof got);
        }
    }
}

static void memory_runs_out(void **state)
{
    struct fixture *f = *state;
    struct ledger_verified v;
    struct ledger_signer made;
    char path[128];
    for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) {
        struct ledger_tiles *t;
        struct ledger_hash root;
        const uint64_t from = at % 2 ? 250 : 0; /* each allocation of both, in turn */
        arena_reset(&f->arena);
        start_from(f, from);
        ok(ledger_tiles_open(&f->arena, f->dir, true, &t, e));
        file_get(f->dir, "checkpoint", &f->a);
        faults_start(FAULT_MEMORY, at / 2);
        enum err_code code = ledger_tiles_extend(t, 300, (struct ledger_entries){give_entry, NULL}, &root, NULL);
        if (code == ERR_OK)
            code = ledger_tiles_publish(t, buf_as_str(&f->a), NULL);
        bool hit = at / 2 < faults_stop();
        count = hit ? at + 1 : count;
        assert_int_equal(code, hit ? ERR_NO_MEMORY : ERR_OK);
        ledger_tiles_close(t);
    }
    start_from(f, 300);
    for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) {
        faults_start(FAULT_MEMORY, at);
        enum err_code code = ledger_verify_tiles(f->dir, &f->keys, NULL, &v, NULL);
        count = faults_stop();
        assert_true(at < count ? code == ERR_NO_MEMORY || code == ERR_REFUSED : code == ERR_OK);
    }
    (void)snprintf(path, sizeof path, "%s/w.key", f->dir);
    for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) {
        (void)unlink(path);
        faults_start(FAULT_MEMORY, at);
        enum err_code code = ledger_signer_create(path, STR("a"), LEDGER_KEY_WITNESS, &made, NULL);
        count = faults_stop();
        assert_int_equal(code, at < count ? ERR_NO_MEMORY : ERR_OK);
    }
}

static void interrupted_and_cut(void **state)
{
    struct fixture *f = *state;
    struct ledger_tiles *t;
    struct ledger_hash root;
    struct ledger_checkpoint c;
    struct buf small;
    ok(publish(f->dir, 300, NULL, &f->log, NULL, e));
    ok(ledger_tiles_open(&f->arena, f->dir, true, &t, e));
    faults_start(FAULT_INTERRUPT, 1); /* waiting for the lock: again */
    ok(ledger_tiles_extend(t, 300, (struct ledger_entries){give_entry, NULL}, &root, e));
    assert_true(faults_stop() > 2);
    faults_start(FAULT_END, UINT32_MAX);
    fails(ledger_tiles_checkpoint(t, &f->a, &c, e), ERR_IO, "checkpoint: it became shorter while it was read");
    (void)faults_stop();
    buf_init(&small, 20);
    fails(ledger_tiles_checkpoint(t, &small, &c, e), ERR_LIMIT, "checkpoint");
    buf_release(&small);
    buf_clear(&f->a);
    while (f->a.n <= LIMIT_LEDGER_NOTE_BYTES)
        (void)buf_char(&f->a, 'x');
    file_put(f->dir, "checkpoint", buf_as_str(&f->a));
    fails(ledger_tiles_checkpoint(t, &f->a, &c, e), ERR_LIMIT, "checkpoint: it has more than 65536 bytes");
    ledger_tiles_close(t);
}

static void keys_in_files(void **state)
{
    struct fixture *f = *state;
    struct ledger_signer made, back;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/w.key", f->dir);
    fails(ledger_signer_open(path, &back, e), ERR_NOT_FOUND, "w.key: it cannot be opened");
    fails(ledger_signer_create(path, STR("a b"), LEDGER_KEY_WITNESS, &made, e), ERR_FORMAT, "a key's name");
    char name[LIMIT_LEDGER_NAME_BYTES];
    memset(name, 'n', sizeof name);
    ok(ledger_signer_create(path, (struct str){name, sizeof name}, LEDGER_KEY_WITNESS, &made, e));
    ok(ledger_signer_open(path, &back, e));
    assert_memory_equal(&made, &back, sizeof made);
    fails(ledger_signer_create(path, STR("a"), LEDGER_KEY_WITNESS, &made, e), ERR_CONFLICT, "w.key exists already");
    assert_int_equal(chmod(path, 0640), 0);
    fails(ledger_signer_open(path, &back, e), ERR_REFUSED, "can be read by others (mode 640)");
    file_put(f->dir, "w.key", STR("nonsense\n"));
    assert_int_equal(chmod(path, 0600), 0);
    fails(ledger_signer_open(path, &back, e), ERR_FORMAT, "w.key: a signing key's text");
    for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) { /* a failure leaves a whole key or none */
        (void)unlink(path);
        faults_start(FAULT_FAIL, at);
        enum err_code code = ledger_signer_create(path, STR("a"), LEDGER_KEY_WITNESS, &made, NULL);
        count = faults_stop();
        assert_int_equal(code, at < count ? ERR_IO : ERR_OK);
        code = ledger_signer_open(path, &back, NULL);
        assert_true(code == ERR_OK || code == ERR_NOT_FOUND);
    }
    for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) {
        faults_start(FAULT_FAIL, at);
        enum err_code code = ledger_signer_open(path, &back, NULL);
        count = faults_stop();
        assert_int_equal(code, at < count ? ERR_IO : ERR_OK);
    }
}

static void short_reads_and_writes(void **state)
{
    struct fixture *f = *state;
    faults_start(FAULT_SHORT, UINT32_MAX);
    ok(publish(f->dir, 300, NULL, &f->log, NULL, e));
    ok(publish(f->dir, 700, NULL, &f->log, NULL, e));
    verified(f, 700);
    (void)faults_stop();
    verified(f, 700);
}

/* ---- the whole check ---- */

static void faults_are_named(void **state)
{
    struct fixture *f = *state;
    static const struct { const char *file; size_t at; const char *why; } spoil[] = {
        {"tile/entries/000", 2, "tile/0/000: hash 0 is not that of entry 0"},
        {"tile/entries/002.p/100", 2, "tile/0/002.p/100: hash 0 is not that of entry 512"},
        {"tile/0/001", 64, "tile/0/001: hash 2 is not that of entry 258"},
        {"tile/0/002.p/100", 64, "tile/0/002.p/100: hash 2 is not that of entry 514"},
        {"tile/1/000.p/2", 33, "tile/1/000.p/2: hash 1 is not that of the tile 1 below"},
        {"tile/entries/001", SIZE_MAX, "tile/entries/001 ends within entry 511"},
        {"tile/entries/002.p/100", SIZE_MAX, "tile/entries/002.p/100 ends within entry 611"},
        {"tile/0/001", SIZE_MAX, "tile/0/001 has 8191 bytes and must have 8192"},
        {"tile/entries/001", SIZE_MAX - 1, "tile/entries/001 goes on for 1 bytes after entry 511"},
        {"tile/entries/002.p/100", SIZE_MAX - 1, "tile/entries/002.p/100 goes on for 1 bytes after entry 611"},
        {"tile/0/002.p/100", SIZE_MAX - 1, "tile/0/002.p/100 has 3201 bytes and must have 3200"},
        {"tile/0/002.p/50", 7, "tile/0/002.p/50 is not the beginning of the tile as it is now"},
        {"tile/entries/002.p/50", SIZE_MAX, "tile/entries/002.p/50 is not the beginning"},
        {"checkpoint", SIZE_MAX, "checkpoint: the note's last line has no line end"},
        {"checkpoint", 25, "checkpoint: "},
    };
    ok(publish(f->dir, 562, NULL, &f->log, NULL, e));
    ok(publish(f->dir, 612, NULL, &f->log, NULL, e));
    struct ledger_verified v;
    for (size_t i = 0; i < sizeof spoil / sizeof *spoil; i++) {
        file_get(f->dir, spoil[i].file, &f->a);
        buf_clear(&f->b);
        (void)buf_str(&f->b, buf_as_str(&f->a));
        if (spoil[i].at == SIZE_MAX)
            f->b.n--;
        else if (spoil[i].at == SIZE_MAX - 1)
            (void)buf_char(&f->b, 'x');
        else
            f->b.p[spoil[i].at] ^= 1;
        file_put(f->dir, spoil[i].file, buf_as_str(&f->b));
        struct err e = {0};
        enum err_code code = ledger_verify_tiles(f->dir, &f->keys, NULL, &v, &e);
        if ((code != ERR_FINDINGS && strcmp(spoil[i].file, "checkpoint") != 0) || code == ERR_OK || !strstr(e.message, spoil[i].why))
            fail_msg("%s: code %d, \"%s\"", spoil[i].file, code, e.message);
        file_put(f->dir, spoil[i].file, buf_as_str(&f->a));
    }
    verified(f, 612);
    /* A root that is signed and does not follow from the entries. */
    const struct ledger_hash other = ledger_hash_empty();
    file_get(f->dir, "checkpoint", &f->b);
    note_of(&f->log, LOG_NAME, 612, &other, &f->a);
    file_put(f->dir, "checkpoint", buf_as_str(&f->a));
    fails(ledger_verify_tiles(f->dir, &f->keys, NULL, &v, e), ERR_FINDINGS, "checkpoint: its root is not that of the 612 entries");
    file_put(f->dir, "checkpoint", buf_as_str(&f->b));
    char path[256];
    (void)snprintf(path, sizeof path, "%s/tile/0/000", f->dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    fails(ledger_verify_tiles(f->dir, &f->keys, NULL, &v, e), ERR_FORMAT, "tile/0/000: it is not a file");
    fails(ledger_verify_tiles("/nowhere", &f->keys, NULL, &v, e), ERR_NOT_FOUND, "/nowhere: the folder cannot be opened");
}

struct first { struct str entry; };
static enum err_code give_first(void *context, uint64_t index, struct buf *ret, struct err *e)
{
    const struct first *f = context;
    return index > 0 ? give_entry(NULL, index, ret, e) : buf_str(ret, f->entry) ? ERR_OK : buf_check(ret, "entry", e);
}

/* A log of that origin whose entry 0 is given. */
static void publish_first(struct fixture *f, const char *origin, struct str entry, uint64_t size, struct ledger_key *ret_key)
{
    struct ledger_tiles *t;
    struct ledger_hash root;
    struct ledger_signer s;
    struct first first = {entry};
    folder_remove(f->dir);
    arena_reset(&f->arena);
    signer_of(origin, LEDGER_KEY_LOG, 7, &s);
    *ret_key = s.key;
    ok(ledger_tiles_open(&f->arena, f->dir, true, &t, e));
    ok(ledger_tiles_extend(t, size, (struct ledger_entries){give_first, &first}, &root, e));
    note_of(&s, origin, size, &root, &f->b);
    ok(ledger_tiles_publish(t, buf_as_str(&f->b), e));
    ledger_tiles_close(t);
}

static void an_epoch_begins_with_its_declaration(void **state)
{
    struct fixture *f = *state;
    const struct ledger_hash root = ledger_hash_leaf(STR("one"));
    struct ledger_signer impostor;
    struct ledger_key keys[2] = {{.type = LEDGER_KEY_UNKNOWN}, f->witness.key};
    const struct ledger_keys trust = {keys, 2, 0};
    struct ledger_verified v;
    struct buf note, entry;
    buf_init(&note, 4096);
    buf_init(&entry, 8192);
    note_of(&f->log, LOG_NAME, 1, &root, &note);
    ok(ledger_epoch_format(&(struct ledger_epoch){STR(LOG_NAME "/e2"), buf_as_str(&note)}, &entry, e));
    publish_first(f, LOG_NAME "/e2", buf_as_str(&entry), 300, keys);
    file_get(f->dir, "checkpoint", &f->b); /* a signature of somebody unknown is passed over here too */
    struct ledger_note n;
    ok(ledger_note_parse(buf_as_str(&f->b), &n, e));
    buf_clear(&f->a);
    ok(ledger_note_sign(&f->witness, n.text, 5, &f->a, e)); /* and a known one of a witness does not count as the log's */
    (void)buf_z(&f->b, "\xe2\x80\x94 else.example AAAAAAA=\n");
    (void)buf_str(&f->b, buf_as_str(&f->a));
    file_put(f->dir, "checkpoint", buf_as_str(&f->b));
    ok(ledger_verify_tiles(f->dir, &trust, NULL, &v, e));
    for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) {
        faults_start(FAULT_FAIL, at);
        enum err_code code = ledger_verify_tiles(f->dir, &trust, NULL, &v, NULL);
        count = faults_stop();
        assert_int_equal(code, at < count ? ERR_IO : ERR_OK);
    }
    publish_first(f, LOG_NAME "/e3", buf_as_str(&entry), 300, keys); /* another epoch's */
    fails(ledger_verify_tiles(f->dir, &trust, NULL, &v, e), ERR_FINDINGS, "tile/entries/000: entry 0 does not declare epoch 3");
    publish_first(f, LOG_NAME "/e2", STR("an entry like others"), 1, keys);
    fails(ledger_verify_tiles(f->dir, &trust, NULL, &v, e), ERR_FINDINGS, "entry 0 does not declare epoch 2 with a checkpoint of epoch 1");
    signer_of(LOG_NAME, LEDGER_KEY_LOG, 6, &impostor);
    note_of(&impostor, LOG_NAME, 1, &root, &note);
    buf_clear(&entry);
    ok(ledger_epoch_format(&(struct ledger_epoch){STR(LOG_NAME "/e2"), buf_as_str(&note)}, &entry, e));
    publish_first(f, LOG_NAME "/e2", buf_as_str(&entry), 1, keys);
    fails(ledger_verify_tiles(f->dir, &trust, NULL, &v, e), ERR_FINDINGS, "entry 0 does not declare epoch 2");
    publish_first(f, LOG_NAME "/e2", STR(""), 0, keys); /* nothing yet */
    ok(ledger_verify_tiles(f->dir, &trust, NULL, &v, e));
    publish_first(f, "else.example/e1", STR("x"), 1, keys); /* no epoch of ours: a log of somebody else's */
    ok(ledger_verify_tiles(f->dir, &trust, NULL, &v, e));
    buf_release(&note);
    buf_release(&entry);
}

static void checking_fails_with_the_system(void **state)
{
    struct fixture *f = *state;
    struct progress p = {0};
    struct ledger_verified v;
    ok(publish(f->dir, 562, NULL, &f->log, &f->witness, e));
    ok(publish(f->dir, 612, NULL, &f->log, &f->witness, e));
    for (unsigned at = 0, count = 1; count > (at ? at - 1 : 0); at++) { /* until no call was left to fail */
        struct err e = {0};
        faults_start(FAULT_FAIL, at);
        enum err_code code = ledger_verify_tiles(f->dir, &f->keys, &p, &v, &e);
        count = faults_stop();
        assert_int_equal(code, at < count ? ERR_IO : ERR_OK);
    }
    ok(ledger_verify_tiles(f->dir, &f->keys, &p, &v, e));
    assert_int_equal(v.witnesses, 1);
    const struct ledger_keys strict = {f->both, 2, 2};
    fails(ledger_verify_tiles(f->dir, &strict, NULL, &v, e), ERR_REFUSED, "checkpoint: 1 of the 2 known witnesses");
}

int main(void)
{
#define T(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_log_grows_and_checks), T(the_files_are_c2sps), T(long_numbers_have_groups), T(entries_and_hashes_come_back), T(what_is_not_extended),
        T(what_is_not_published), T(nothing_is_built_on_spoiled_files), T(the_whole_tile_serves), T(durable_in_the_right_order),
        T(killed_anywhere_run_again), T(every_call_fails_once), T(short_reads_and_writes), T(interrupted_and_cut), T(memory_runs_out), T(keys_in_files), T(faults_are_named),
        T(checking_fails_with_the_system), T(an_epoch_begins_with_its_declaration),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("tiles", tests, NULL, NULL);
}
