/* test_journal.c: an acknowledged frame is there after anything; what was not acknowledged does no harm; damage is told from a torn end. */
#include "disk.h"
#include "hub.h"
#include "ledger/journal.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static struct {
    char dir[64], key[80], file[96];
    struct vault *vault;
    struct ledger_journal j;
} w;
static const struct ledger_taken begin = {1, LEDGER_SEGMENT_HEADER};

static int set_up(void **state)
{
    (void)state;
    struct err e;
    (void)snprintf(w.dir, sizeof w.dir, "%s/haven-journal-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(w.dir));
    (void)snprintf(w.key, sizeof w.key, "%s/key", w.dir);
    (void)snprintf(w.file, sizeof w.file, "%s/journal/000001", w.dir);
    test_ok(vault_create(w.key, &e), &e);
    test_ok(vault_open(w.key, &w.vault, &e), &e);
    test_ok(ledger_journal_create(w.dir, w.vault, 1, &e), &e);
    test_ok(ledger_journal_create(w.dir, w.vault, 1, &e), &e); /* again: harmless */
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    vault_close(w.vault);
    hub_shell("rm -rf '%s'", w.dir);
    return 0;
}

static void open_at(struct ledger_taken at)
{
    struct err e;
    test_ok(ledger_journal_open(&w.j, w.dir, w.vault, at, false, &e), &e);
}

static enum err_code try_open(struct ledger_taken at, bool lost, struct err *e)
{
    enum err_code code = ledger_journal_open(&w.j, w.dir, w.vault, at, lost, e);
    if (code == ERR_OK)
        ledger_journal_close(&w.j);
    return code;
}

static void refused(struct ledger_taken at, const char *words)
{
    struct err e = {0};
    assert_int_equal(try_open(at, false, &e), ERR_REFUSED);
    if (!strstr(e.message, words) || !strstr(e.message, "haven restore --declare"))
        fail_msg("'%s' without '%s'", e.message, words);
}

static enum err_code append_text(int n, struct err *e)
{
    char text[64];
    int size = snprintf(text, sizeof text, "frame %d", n);
    return ledger_journal_append(&w.j, (struct str){text, (size_t)size}, e);
}

static void append(int from, int to)
{
    struct err e;
    for (int n = from; n < to; n++)
        test_ok(append_text(n, &e), &e);
}

struct found {
    int n, at[20000];
    enum err_code stop;
};
static enum err_code find(void *context, struct str payload, struct err *e)
{
    struct found *f = context;
    int64_t x = 0;
    assert_true(str_starts(payload, STR("frame ")) && str_to_int64(str_slice(payload, 6, payload.n), &x));
    f->at[f->n++] = (int)x;
    return f->stop == ERR_OK ? ERR_OK : err_set(e, f->stop, "enough");
}

/* Frames 0 to n, each once, in their order. */
static void holds(struct ledger_taken from, int first, int n)
{
    static struct found f;
    struct err e;
    struct ledger_taken at, end = ledger_journal_end(&w.j);
    f = (struct found){0};
    test_ok(ledger_journal_each(&w.j, from, end, SIZE_MAX, find, &f, &at, &e), &e);
    assert_int_equal(f.n, n - first);
    for (int i = 0; i < f.n; i++)
        assert_int_equal(f.at[i], first + i);
    assert_true(at.segment == end.segment && at.offset == end.offset);
}

/* ---- in peace ---- */

static void frames_come_back_in_order(void **state)
{
    (void)state;
    static struct found f;
    struct err e;
    struct ledger_taken at;
    f = (struct found){0};
    open_at(begin);
    append(0, 10);
    holds(begin, 0, 10);
    test_ok(ledger_journal_each(&w.j, begin, ledger_journal_end(&w.j), 4, find, &f, &at, &e), &e);
    assert_int_equal(f.n, 4);
    holds(at, 4, 10);
    f.stop = ERR_STORE;
    assert_int_equal(ledger_journal_each(&w.j, begin, ledger_journal_end(&w.j), 4, find, &f, &at, &e), ERR_STORE);
    ledger_journal_close(&w.j);
    open_at(at);
    append(10, 12);
    holds(at, 4, 12);
    static char big[LIMIT_LEDGER_FRAME_BYTES + 1];
    assert_int_equal(ledger_journal_append(&w.j, (struct str){big, sizeof big}, &e), ERR_LIMIT);
    ledger_journal_close(&w.j);
}

static void segments_turn_and_are_forgotten(void **state)
{
    (void)state;
    struct err e;
    char second[96];
    (void)snprintf(second, sizeof second, "%s/journal/000002", w.dir);
    open_at(begin);
    append(0, 3);
    test_ok(ledger_journal_turn(&w.j, &e), &e);
    append(3, 6);
    holds(begin, 0, 6);
    ledger_journal_close(&w.j);
    open_at(begin);
    holds(begin, 0, 6);
    test_ok(ledger_journal_forget(&w.j, (struct ledger_taken){2, LEDGER_SEGMENT_HEADER}, &e), &e);
    assert_int_not_equal(access(w.file, F_OK), 0);
    assert_int_equal(access(second, F_OK), 0);
    holds((struct ledger_taken){2, LEDGER_SEGMENT_HEADER}, 3, 6);
    ledger_journal_close(&w.j);
    refused(begin, "000001");
    open_at((struct ledger_taken){2, LEDGER_SEGMENT_HEADER});
    ledger_journal_close(&w.j);
}

static void a_full_segment_makes_room(void **state)
{
    (void)state;
    struct err e;
    static char big[90 << 10];
    memset(big, 'x', sizeof big);
    open_at(begin);
    for (int i = 0; i < 100; i++)
        test_ok(ledger_journal_append(&w.j, (struct str){big, sizeof big}, &e), &e);
    assert_int_equal(w.j.segment, 3);
    struct ledger_taken end = ledger_journal_end(&w.j);
    ledger_journal_close(&w.j);
    open_at(begin);
    struct ledger_taken again = ledger_journal_end(&w.j);
    assert_true(again.segment == end.segment && again.offset == end.offset);
    ledger_journal_close(&w.j);
}

/* ---- many threads ---- */

#define THREADS 8
#define EACH 200
static void *appender(void *arg)
{
    struct err e;
    for (int i = 0; i < EACH; i++)
        if (append_text((int)(intptr_t)arg * EACH + i, &e) != ERR_OK)
            return (void *)1;
    return NULL;
}

static void threads_share_a_sync(void **state)
{
    (void)state;
    pthread_t t[THREADS];
    static struct found f;
    struct err e;
    struct ledger_taken at;
    f = (struct found){0};
    open_at(begin);
    unsigned before = disk_syncs();
    disk_slow(200);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, appender, (void *)(intptr_t)i), 0);
    for (int i = 0; i < THREADS; i++) {
        void *bad;
        assert_int_equal(pthread_join(t[i], &bad), 0);
        assert_null(bad);
    }
    disk_slow(0);
    assert_true(disk_syncs() - before < THREADS * EACH / 2);
    print_message("%d frames of %d threads with %u syncs\n", THREADS * EACH, THREADS, disk_syncs() - before);
    test_ok(ledger_journal_each(&w.j, begin, ledger_journal_end(&w.j), SIZE_MAX, find, &f, &at, &e), &e);
    assert_int_equal(f.n, THREADS * EACH);
    int last[THREADS];
    memset(last, -1, sizeof last);
    for (int i = 0; i < f.n; i++) { /* each once, and each thread's in its order */
        int thread = f.at[i] / EACH;
        assert_int_equal(f.at[i] % EACH, last[thread] + 1);
        last[thread]++;
    }
    ledger_journal_close(&w.j);
}

static void flip(long at)
{
    FILE *f = fopen(w.file, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    int c = fgetc(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_int_equal(fputc(c ^ 16, f), c ^ 16);
    assert_int_equal(fclose(f), 0);
}

/* More than fits one batch waits for the next; asking for the end and for a new segment waits for the batch. */
static void *append_big(void *arg)
{
    static char big[90 << 10];
    struct err e;
    (void)arg;
    return (void *)(intptr_t)ledger_journal_append(&w.j, (struct str){big, sizeof big}, &e);
}
static void *ask_and_turn(void *arg)
{
    struct err e;
    (void)arg;
    (void)ledger_journal_end(&w.j);
    return (void *)(intptr_t)ledger_journal_turn(&w.j, &e);
}

static void a_batch_has_a_limit(void **state)
{
    (void)state;
    pthread_t t[40];
    struct err e;
    open_at(begin);
    disk_slow(3000);
    unsigned before = disk_syncs();
    for (int i = 0; i < 40; i++)
        assert_int_equal(pthread_create(&t[i], NULL, i == 20 || i == 30 ? ask_and_turn : append_big, NULL), 0);
    for (int i = 0; i < 40; i++) {
        void *code;
        assert_int_equal(pthread_join(t[i], &code), 0);
        assert_null(code);
    }
    disk_slow(0);
    assert_true(disk_syncs() - before >= 4); /* 3.4 MB, at most 1 MB at once */
    ledger_journal_close(&w.j);
    test_ok(try_open(begin, false, &e), &e);
}

/* Frames of one batch that the power cut may have kept in any mixture: none of them was acknowledged. */
static void a_torn_batch_is_no_damage(void **state)
{
    (void)state;
    struct err e;
    struct ledger_waiter second = {.payload = STR("frame 2")}, first = {.payload = STR("frame 1"), .next = &second};
    open_at(begin);
    append(0, 1);
    w.j.waiting = &first; /* as if another thread had put both there while a batch was written */
    w.j.last = &second.next;
    append(3, 4);
    assert_true(first.done && second.done);
    ledger_journal_close(&w.j);
    flip(LEDGER_SEGMENT_HEADER + LEDGER_FRAME_HEADER + 7 + 20); /* the first of the three */
    test_ok(ledger_journal_open(&w.j, w.dir, w.vault, begin, false, &e), &e);
    holds(begin, 0, 1);
    append(1, 3);
    holds(begin, 0, 3);
    ledger_journal_close(&w.j);
}

/* ---- torn and damaged ---- */

static long size_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return (long)st.st_size;
}

static void a_torn_end_is_cut_off(void **state)
{
    (void)state;
    open_at(begin);
    append(0, 4);
    long three = 0, four = size_of(w.file);
    three = four - (LEDGER_FRAME_HEADER + 7);
    ledger_journal_close(&w.j);
    hub_shell("cp '%s' '%s.kept'", w.file, w.file);
    for (long cut = four - 1; cut > three; cut--) {
        hub_shell("cp '%s.kept' '%s'", w.file, w.file);
        assert_int_equal(truncate(w.file, cut), 0);
        open_at(begin);
        holds(begin, 0, 3);
        assert_int_equal(size_of(w.file), three);
        append(3, 5);
        holds(begin, 0, 5);
        ledger_journal_close(&w.j);
    }
    hub_shell("cp '%s.kept' '%s' && head -c 3000 /dev/urandom >>'%s'", w.file, w.file, w.file);
    open_at(begin);
    holds(begin, 0, 4);
    ledger_journal_close(&w.j);
}

/* Every bit before the last frame was acknowledged by one that follows; the last frame itself looks as if it had never been whole. */
static void damage_is_no_torn_end(void **state)
{
    (void)state;
    struct err e;
    open_at(begin);
    append(0, 3);
    long all = size_of(w.file), two = all - (LEDGER_FRAME_HEADER + 7);
    ledger_journal_close(&w.j);
    for (long at = 0; at < two; at++) {
        flip(at);
        refused(begin, at < LEDGER_SEGMENT_HEADER ? "not one that this hub made" : "damaged");
        flip(at);
    }
    for (long at = two; at < all; at++) {
        hub_shell("cp '%s' '%s.kept'", w.file, w.file);
        flip(at);
        test_ok(try_open(begin, false, &e), &e);
        hub_shell("mv '%s.kept' '%s'", w.file, w.file);
    }
    refused((struct ledger_taken){1, (uint64_t)all + 1}, "were taken");
    assert_int_equal(truncate(w.file, 7), 0);
    refused(begin, "not one that this hub made");
}

static void only_the_last_segment_may_be_torn(void **state)
{
    (void)state;
    struct err e;
    open_at(begin);
    append(0, 3);
    test_ok(ledger_journal_turn(&w.j, &e), &e);
    ledger_journal_close(&w.j);
    assert_int_equal(truncate(w.file, size_of(w.file) - 1), 0);
    refused(begin, "damaged");
}

static void another_hubs_journal_is_refused(void **state)
{
    (void)state;
    struct err e;
    struct vault *other, *mine = w.vault;
    char key[96];
    (void)snprintf(key, sizeof key, "%s/other", w.dir);
    test_ok(vault_create(key, &e), &e);
    test_ok(vault_open(key, &other, &e), &e);
    w.vault = other;
    refused(begin, "not one that this hub made");
    w.vault = mine;
    vault_close(other);
    hub_shell("rm -r '%s/journal'", w.dir);
    assert_int_equal(try_open(begin, false, &e), ERR_NOT_FOUND);
}

/* ---- a declared restore ---- */

static void what_is_lost_is_passed_over(void **state)
{
    (void)state;
    struct err e;
    /* 1. Nothing of it is there: the next number begins. */
    hub_shell("rm '%s'", w.file);
    test_ok(ledger_journal_open(&w.j, w.dir, w.vault, begin, true, &e), &e);
    assert_true(w.j.start.segment == 2 && w.j.start.offset == LEDGER_SEGMENT_HEADER);
    append(0, 3);
    test_ok(ledger_journal_turn(&w.j, &e), &e);
    append(3, 6);
    ledger_journal_close(&w.j);
    /* 2. A gap, and behind it what is there. */
    test_ok(ledger_journal_open(&w.j, w.dir, w.vault, begin, true, &e), &e);
    assert_int_equal(w.j.start.segment, 2);
    holds(w.j.start, 0, 6);
    ledger_journal_close(&w.j);
    /* 3. Damage: what is whole before it goes on, the rest is kept aside. */
    (void)snprintf(w.file, sizeof w.file, "%s/journal/000002", w.dir);
    flip(LEDGER_SEGMENT_HEADER + 2 * (LEDGER_FRAME_HEADER + 7) + 5);
    test_ok(ledger_journal_open(&w.j, w.dir, w.vault, begin, true, &e), &e);
    static struct found f;
    struct ledger_taken at;
    f = (struct found){0};
    test_ok(ledger_journal_each(&w.j, w.j.start, ledger_journal_end(&w.j), SIZE_MAX, find, &f, &at, &e), &e);
    assert_int_equal(f.n, 5); /* 0 1, 3 4 5 */
    assert_int_equal(f.at[2], 3);
    ledger_journal_close(&w.j);
    hub_shell("test -s '%s.damaged'", w.file);
    /* 4. No header: all of it is aside. */
    flip(3);
    test_ok(ledger_journal_open(&w.j, w.dir, w.vault, (struct ledger_taken){2, 60}, true, &e), &e);
    assert_true(w.j.start.segment == 2 && w.j.start.offset == LEDGER_SEGMENT_HEADER);
    holds(w.j.start, 3, 6);
    ledger_journal_close(&w.j);
}

/* ---- a disk that fails ---- */

static void no_space_is_refused_and_passes(void **state)
{
    (void)state;
    struct err e = {0};
    open_at(begin);
    append(0, 2);
    for (int i = 0; i < 2; i++) {
        disk_fail("pwrite64", 1, i ? EDQUOT : ENOSPC, false);
        assert_int_equal(append_text(99, &e), ERR_IO);
        assert_non_null(strstr(e.message, "nothing is shown"));
        (void)disk_stop();
    }
    append(2, 5);
    holds(begin, 0, 5);
    ledger_journal_close(&w.j);
    open_at(begin);
    holds(begin, 0, 5);
    /* Nor when the next segment cannot be made; and it can, later. */
    disk_fail("openat64", 1, ENOSPC, false);
    assert_int_equal(ledger_journal_turn(&w.j, &e), ERR_IO);
    disk_fail("pwrite64", 1, ENOSPC, false);
    assert_int_equal(ledger_journal_turn(&w.j, &e), ERR_IO);
    (void)disk_stop();
    append(5, 6);
    test_ok(ledger_journal_turn(&w.j, &e), &e);
    append(6, 8);
    holds(begin, 0, 8);
    ledger_journal_close(&w.j);
}

/* What cannot be trusted any more: nothing is appended again, whatever works now. */
static void failing(const char *call, unsigned at, int error, bool turn)
{
    struct err e = {0};
    open_at(begin);
    append(0, 2);
    disk_fail(call, at, error, false);
    enum err_code code = turn ? ledger_journal_turn(&w.j, &e) : append_text(99, &e);
    (void)disk_stop();
    if (code != ERR_IO)
        fail_msg("%s %u gave %d", call, at, (int)code);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(append_text(99, &e), ERR_IO);
        assert_non_null(strstr(e.message, "failed before"));
    }
    assert_int_equal(ledger_journal_turn(&w.j, &e), ERR_IO);
    ledger_journal_close(&w.j);
    open_at(begin); /* a new process: what was acknowledged is there; the frame that was not may be */
    static struct found f;
    struct ledger_taken end;
    f = (struct found){0};
    test_ok(ledger_journal_each(&w.j, begin, ledger_journal_end(&w.j), SIZE_MAX, find, &f, &end, &e), &e);
    assert_in_range(f.n, 2, 3);
    ledger_journal_close(&w.j);
    hub_shell("rm -r '%s/journal'", w.dir);
    test_ok(ledger_journal_create(w.dir, w.vault, 1, &e), &e);
}

static void a_failed_sync_ends_it(void **state)
{
    (void)state;
    failing("fdatasync", 1, EIO, false);
    failing("fdatasync", 1, ENOSPC, false);
    failing("pwrite64", 1, EIO, false);
    failing("fsync", 1, EIO, true);
    failing("fsync", 2, EIO, true);
    /* No space, and what was half written cannot be taken back. */
    struct err e = {0};
    open_at(begin);
    disk_fail("pwrite64", 1, ENOSPC, false);
    assert_int_equal(append_text(1, &e), ERR_IO);
    disk_fail(NULL, 1, ENOSPC, true);
    assert_int_equal(append_text(1, &e), ERR_IO);
    (void)disk_stop();
    assert_int_equal(append_text(1, &e), ERR_IO);
    assert_non_null(strstr(e.message, "failed before"));
    ledger_journal_close(&w.j);
}

static void *append_one(void *arg) { return (void *)(intptr_t)append_text((int)(intptr_t)arg, NULL); }

static void a_failed_sync_fails_all_that_shared_it(void **state)
{
    (void)state;
    pthread_t t[THREADS];
    int refused_n = 0;
    open_at(begin);
    disk_fail("fdatasync", 2, EIO, false);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, append_one, (void *)(intptr_t)i), 0);
    for (int i = 0; i < THREADS; i++) {
        void *code;
        assert_int_equal(pthread_join(t[i], &code), 0);
        refused_n += (intptr_t)code == ERR_IO;
    }
    bool failed = disk_failed();
    (void)disk_stop();
    assert_true(!failed || refused_n > 0);
    ledger_journal_close(&w.j);
}

/* A call that is cut short is taken up again; one that does nothing is no success. */
static void interrupted(void **state)
{
    (void)state;
    struct err e;
    static struct found f;
    struct ledger_taken at;
    open_at(begin);
    disk_fail("pwrite64", 1, EINTR, false);
    append(0, 2);
    disk_fail("pwrite64", 1, 0, false);
    assert_int_equal(append_text(9, &e), ERR_IO);
    (void)disk_stop();
    append(2, 3);
    disk_fail("pread64", 2, EINTR, false);
    holds(begin, 0, 3);
    disk_fail("pread64", 2, 0, false);
    f = (struct found){0};
    assert_int_equal(ledger_journal_each(&w.j, begin, ledger_journal_end(&w.j), SIZE_MAX, find, &f, &at, &e), ERR_IO);
    (void)disk_stop();
    /* Another hand, while it is open. */
    flip(LEDGER_SEGMENT_HEADER + 10);
    assert_int_equal(ledger_journal_each(&w.j, begin, ledger_journal_end(&w.j), SIZE_MAX, find, &f, &at, &e), ERR_REFUSED);
    flip(LEDGER_SEGMENT_HEADER + 10);
    /* A segment that is gone already is forgotten. */
    test_ok(ledger_journal_turn(&w.j, &e), &e);
    assert_int_equal(unlink(w.file), 0);
    test_ok(ledger_journal_forget(&w.j, (struct ledger_taken){2, LEDGER_SEGMENT_HEADER}, &e), &e);
    ledger_journal_close(&w.j);
    static char deep[PATH_MAX];
    memset(deep, 'a', sizeof deep - 1);
    assert_int_equal(ledger_journal_create(deep, w.vault, 1, &e), ERR_USAGE);
}

/* Setting a damaged segment aside may fail too: then nothing was lost by it. */
static void salvage_may_fail(void **state)
{
    (void)state;
    struct err e;
    unsigned at = 1;
    struct ledger_taken end;
    static struct found f;
    open_at(begin);
    append(0, 4);
    ledger_journal_close(&w.j);
    flip(LEDGER_SEGMENT_HEADER + 2 * (LEDGER_FRAME_HEADER + 7) + 5);
    hub_shell("cp -a '%s/journal' '%s/kept'", w.dir, w.dir);
    for (bool failed = true; failed; at++) {
        hub_shell("rm -r '%s/journal' && cp -a '%s/kept' '%s/journal'", w.dir, w.dir, w.dir);
        disk_fail(NULL, at, EIO, false);
        (void)try_open(begin, true, &e);
        failed = disk_failed();
        (void)disk_stop();
        test_ok(ledger_journal_open(&w.j, w.dir, w.vault, begin, true, &e), &e);
        f = (struct found){0};
        test_ok(ledger_journal_each(&w.j, w.j.start, ledger_journal_end(&w.j), SIZE_MAX, find, &f, &end, &e), &e);
        ledger_journal_close(&w.j);
        hub_shell("grep -q 'frame 0' '%s'/journal/*", w.dir); /* in the segment, or aside */
    }
    assert_true(at > 10);
    /* And cutting a torn end. */
    hub_shell("rm -r '%s/journal' && cp -a '%s/kept' '%s/journal'", w.dir, w.dir, w.dir);
    flip(LEDGER_SEGMENT_HEADER + 2 * (LEDGER_FRAME_HEADER + 7) + 5);
    assert_int_equal(truncate(w.file, size_of(w.file) - 1), 0);
    disk_fail("ftruncate64", 1, EIO, false);
    assert_int_equal(try_open(begin, false, &e), ERR_IO);
    (void)disk_stop();
    test_ok(try_open(begin, false, &e), &e);
}

/* Every call of opening, making, turning and forgetting fails once: an error, and a whole journal after it. */
static void every_call_may_fail(void **state)
{
    (void)state;
    struct err e;
    struct ledger_taken second = {2, LEDGER_SEGMENT_HEADER};
    unsigned at = 1;
    for (bool failed = true; failed; at++) {
        hub_shell("rm -rf '%s/journal'", w.dir);
        disk_fail(NULL, at, EIO, false);
        enum err_code code = ledger_journal_create(w.dir, w.vault, 1, &e);
        if (code == ERR_OK && ledger_journal_open(&w.j, w.dir, w.vault, begin, false, &e) == ERR_OK) {
            int acked = 0;
            while (acked < 3 && append_text(acked, &e) == ERR_OK)
                acked++;
            (void)ledger_journal_turn(&w.j, &e);
            static struct found f;
            struct ledger_taken end;
            f = (struct found){0};
            if (ledger_journal_each(&w.j, begin, ledger_journal_end(&w.j), SIZE_MAX, find, &f, &end, &e) == ERR_OK)
                assert_true(f.n >= acked);
            bool forgotten = acked == 3 && w.j.segment == 2; /* then the database says so, and it may be half gone */
            if (forgotten)
                (void)ledger_journal_forget(&w.j, second, &e);
            failed = disk_failed();
            (void)disk_stop();
            ledger_journal_close(&w.j);
            test_ok(try_open(forgotten ? second : begin, false, &e), &e);
        } else {
            failed = disk_failed();
            (void)disk_stop();
            test_ok(ledger_journal_create(w.dir, w.vault, 1, &e), &e);
            test_ok(try_open(begin, false, &e), &e);
        }
    }
    print_message("%u calls\n", at);
    assert_true(at > 30);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(frames_come_back_in_order), TEST(segments_turn_and_are_forgotten), TEST(a_full_segment_makes_room), TEST(threads_share_a_sync),
        TEST(a_torn_end_is_cut_off), TEST(damage_is_no_torn_end), TEST(only_the_last_segment_may_be_torn), TEST(another_hubs_journal_is_refused),
        TEST(what_is_lost_is_passed_over), TEST(no_space_is_refused_and_passes), TEST(a_failed_sync_ends_it),
        TEST(a_failed_sync_fails_all_that_shared_it), TEST(a_batch_has_a_limit), TEST(a_torn_batch_is_no_damage), TEST(interrupted),
        TEST(salvage_may_fail), TEST(every_call_may_fail),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
