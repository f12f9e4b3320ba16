/* test_mutations.c: whatever is changed in a published log, in an offline proof or in a consistency proof is found.
 *
 * $HAVEN_LEDGER_MUTATIONS says how many changes (3,000; `make ledger-mutations`: 100,000), $HAVEN_SEED which. */
#include "log_support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 700
#define FILES_MAX 32

static uint64_t seed = 1; /* xorshift */
static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}
static uint64_t below(uint64_t n) { return next_random() % n; }

static struct {
    char dir[64], forked[64];
    struct ledger_signer log, witness, impostor;
    struct ledger_key keys[2];
    struct ledger_keys trust;
    struct { char name[64]; struct buf bytes; bool older; } files[FILES_MAX];
    size_t n_files;
    struct buf changed, bundle;
    struct memory_log tree;
} w;

/* ---- the log ---- */

static int take_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    if (type != FTW_F || path[at->base] == '.')
        return 0;
    assert_true(w.n_files < FILES_MAX);
    (void)snprintf(w.files[w.n_files].name, sizeof w.files->name, "%s", path + strlen(w.dir) + 1);
    buf_init(&w.files[w.n_files].bytes, (size_t)1 << 20);
    file_get(w.dir, w.files[w.n_files].name, &w.files[w.n_files].bytes);
    /* Partial tiles of smaller sizes may be taken away, but not changed. */
    const char *width = strstr(path, ".p/");
    w.files[w.n_files].older = width && strcmp(width, ".p/188") != 0 && strcmp(width, ".p/2") != 0;
    w.n_files++;
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    folder_make(w.dir);
    folder_make(w.forked);
    signer_of(LOG_NAME, LEDGER_KEY_LOG, 7, &w.log);
    signer_of(LOG_NAME, LEDGER_KEY_LOG, 6, &w.impostor);
    signer_of(WITNESS_NAME, LEDGER_KEY_WITNESS, 9, &w.witness);
    w.keys[0] = w.log.key;
    w.keys[1] = w.witness.key;
    w.trust = (struct ledger_keys){w.keys, 2, 1};
    static const uint64_t sizes[] = {300, 562, SIZE};
    for (size_t i = 0; i < 3; i++)
        ok(publish(w.dir, sizes[i], NULL, &w.log, &w.witness, e));
    (void)nftw(w.dir, take_file, 32, FTW_PHYS);
    assert_int_equal(w.n_files, 1 + 4 + 4 + 2); /* checkpoint; entries 2, a partial one and an older; hashes the same; level 1 */
    buf_init(&w.changed, (size_t)1 << 20);
    buf_init(&w.bundle, LIMIT_LEDGER_BUNDLE_BYTES);
    memory_log_make(&w.tree, SIZE, "entry");
    if (getenv("HAVEN_SEED"))
        seed = strtoull(getenv("HAVEN_SEED"), NULL, 10);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(w.dir);
    folder_remove(w.forked);
    for (size_t i = 0; i < w.n_files; i++)
        buf_release(&w.files[i].bytes);
    buf_release(&w.changed);
    buf_release(&w.bundle);
    memory_log_free(&w.tree);
    return 0;
}

static bool passes(const char *dir)
{
    struct ledger_verified v;
    struct err e = {0};
    enum err_code code = ledger_verify_tiles(dir, &w.trust, NULL, &v, &e);
    assert_true(code == ERR_OK || e.message[0]);
    return code == ERR_OK;
}

/* ---- changes of bytes; w.changed is the copy; false: it came out the same ---- */

static void copy_changed(struct str s)
{
    buf_clear(&w.changed);
    assert_true(buf_str(&w.changed, s));
}

/* Takes n bytes at `at` out, and puts `insert` in their place. */
static void splice(size_t at, size_t n, struct str insert)
{
    struct buf b;
    buf_init(&b, (size_t)1 << 20);
    (void)buf_str(&b, str_slice(buf_as_str(&w.changed), 0, at));
    (void)buf_str(&b, insert);
    (void)buf_str(&b, str_slice(buf_as_str(&w.changed), at + n, w.changed.n));
    buf_release(&w.changed);
    w.changed = b;
}

static bool mutate_bytes(struct str original)
{
    char noise[8];
    copy_changed(original);
    size_t n = w.changed.n, at = below(n), length = 1 + below(n - at < 64 ? n - at : 64);
    switch (below(5)) {
    case 0: w.changed.p[at] ^= (char)(1 << below(8)); break;
    case 1: splice(at, length, STR("")); break;
    case 2:
        for (size_t i = 0; i < sizeof noise; i++)
            noise[i] = (char)next_random();
        splice(at, 0, (struct str){noise, 1 + below(8)});
        break;
    case 3: w.changed.n = at; break;
    default: { /* two pieces change places */
        size_t to = below(n - length + 1);
        for (size_t i = 0; i < length; i++) {
            char c = w.changed.p[at + i];
            w.changed.p[at + i] = w.changed.p[to + i];
            w.changed.p[to + i] = c;
        }
    }
    }
    return !str_eq(buf_as_str(&w.changed), original);
}

/* Where entry `number` of a tile of entries is, with its length. */
static struct str entry_at(struct str tile, unsigned number)
{
    struct str rest = tile;
    for (;;) {
        size_t n = 2 + ((size_t)(unsigned char)rest.p[0] << 8 | (unsigned char)rest.p[1]);
        if (number-- == 0)
            return str_slice(rest, 0, n);
        rest = str_slice(rest, n, rest.n);
    }
}

/* Whole entries and hashes change places, go, or come twice. */
static bool mutate_rows(const char *name, struct str original)
{
    bool entries = str_starts(str_of(name), STR("tile/entries/"));
    unsigned count = strstr(name, ".p/") ? (unsigned)strtoul(strstr(name, ".p/") + 3, NULL, 10) : 256;
    unsigned i = (unsigned)below(count), j = (unsigned)below(count);
    copy_changed(original);
    struct str a = entries ? entry_at(original, i < j ? i : j) : str_slice(original, 32 * (i < j ? i : j), 32 * (i < j ? i : j) + 32);
    struct str b = entries ? entry_at(original, i < j ? j : i) : str_slice(original, 32 * (i < j ? j : i), 32 * (i < j ? j : i) + 32);
    size_t at_a = (size_t)(a.p - original.p), at_b = (size_t)(b.p - original.p);
    switch (below(3)) {
    case 0: splice(at_a, a.n, STR("")); break;
    case 1: splice(at_b, 0, a); break;
    default:
        if (i == j)
            return false;
        splice(at_b, b.n, a);
        splice(at_a, a.n, b);
    }
    return !str_eq(buf_as_str(&w.changed), original);
}

/* ---- one change each ---- */

static bool change_file(void)
{
    size_t i = below(w.n_files);
    bool checkpoint = strcmp(w.files[i].name, "checkpoint") == 0;
    struct str original = buf_as_str(&w.files[i].bytes);
    if (!(checkpoint || below(2) ? mutate_bytes(original) : mutate_rows(w.files[i].name, original)))
        return true;
    file_put(w.dir, w.files[i].name, buf_as_str(&w.changed));
    bool found = !passes(w.dir);
    file_put(w.dir, w.files[i].name, original);
    return found;
}

static bool swap_files(void)
{
    size_t i = below(w.n_files), j = below(w.n_files);
    if (i == j)
        return true;
    file_put(w.dir, w.files[i].name, buf_as_str(&w.files[j].bytes));
    file_put(w.dir, w.files[j].name, buf_as_str(&w.files[i].bytes));
    bool found = !passes(w.dir);
    file_put(w.dir, w.files[i].name, buf_as_str(&w.files[i].bytes));
    file_put(w.dir, w.files[j].name, buf_as_str(&w.files[j].bytes));
    return found;
}

static bool remove_file(void)
{
    char path[256];
    size_t i = below(w.n_files);
    if (w.files[i].older)
        return true;
    (void)snprintf(path, sizeof path, "%s/%s", w.dir, w.files[i].name);
    assert_int_equal(unlink(path), 0);
    bool found = !passes(w.dir);
    file_put(w.dir, w.files[i].name, buf_as_str(&w.files[i].bytes));
    return found;
}

struct altered { uint64_t at; unsigned how; };
static enum err_code give_altered(void *context, uint64_t index, struct buf *ret, struct err *e)
{
    const struct altered *a = context;
    if (index == a->at && a->how == 0)
        (void)buf_char(ret, '!');
    return give_entry(NULL, index >= a->at ? index + a->how : index, ret, e); /* 1: one entry was taken out */
}

/* A whole other log, consistent in itself, under the true checkpoint or under one that somebody else signed. */
static bool fork_log(void)
{
    struct arena arena;
    struct ledger_tiles *t;
    struct ledger_hash root;
    struct altered a = {below(SIZE), (unsigned)below(2)};
    struct buf note;
    arena_init(&arena, LIMIT_LEDGER_TILES_BYTES);
    buf_init(&note, 4096);
    folder_remove(w.forked);
    ok(ledger_tiles_open(&arena, w.forked, true, &t, e));
    ok(ledger_tiles_extend(t, SIZE, (struct ledger_entries){give_altered, &a}, &root, e));
    note_of(&w.impostor, LOG_NAME, SIZE, &root, &note);
    ok(ledger_tiles_publish(t, buf_as_str(&note), e));
    bool found = !passes(w.forked);
    for (size_t i = 0; i < w.n_files; i++)
        if (strcmp(w.files[i].name, "checkpoint") == 0)
            file_put(w.forked, "checkpoint", buf_as_str(&w.files[i].bytes));
    found = found && !passes(w.forked);
    ledger_tiles_close(t);
    arena_release(&arena);
    buf_release(&note);
    return found;
}

static bool change_bundle(void)
{
    struct ledger_bundle b = {.extra = STR_NONE, .index = below(SIZE)}, back;
    struct ledger_checkpoint c;
    char entry[32];
    int n = snprintf(entry, sizeof entry, "entry %d", (int)b.index);
    struct str text = {entry, (size_t)n};
    for (size_t i = 0; i < w.n_files; i++)
        if (strcmp(w.files[i].name, "checkpoint") == 0)
            b.checkpoint = buf_as_str(&w.files[i].bytes);
    ok(ledger_inclusion_prove(memory_log_hashes(&w.tree), b.index, SIZE, &b.proof, e));
    buf_clear(&w.bundle);
    ok(ledger_bundle_format(&b, &w.bundle, e));
    ok(ledger_bundle_check(buf_as_str(&w.bundle), text, &w.trust, &back, &c, e));
    bool of_entry = below(4) == 0;
    if (!mutate_bytes(of_entry ? text : buf_as_str(&w.bundle)))
        return true;
    struct str changed = buf_as_str(&w.changed);
    return ledger_bundle_check(of_entry ? buf_as_str(&w.bundle) : changed, of_entry ? changed : text, &w.trust, &back, &c, NULL) != ERR_OK;
}

static bool change_consistency(void)
{
    struct ledger_proof p, q;
    uint64_t old = 1 + below(SIZE - 1), new = old + 1 + below(SIZE - old);
    struct ledger_hash was = w.tree.prefix_roots[old], is = w.tree.prefix_roots[new];
    ok(ledger_consistency_prove(memory_log_hashes(&w.tree), old, new, &p, e));
    ok(ledger_consistency_check(&p, old, &was, new, &is, e));
    q = p;
    size_t i = below(p.n), j = below(p.n);
    switch (below(5)) {
    case 0: q.at[i].bytes[below(32)] ^= (unsigned char)(1 << below(8)); break;
    case 1: /* one goes */
        memmove(&q.at[i], &q.at[i + 1], (q.n - i - 1) * sizeof *q.at);
        q.n--;
        break;
    case 2: /* one comes twice */
        memmove(&q.at[i + 1], &q.at[i], (q.n - i) * sizeof *q.at);
        q.n++;
        break;
    case 3:
        q.at[i] = p.at[j];
        q.at[j] = p.at[i];
        if (i == j)
            return true;
        break;
    default: /* a root of another size, a fork */
        (below(2) ? &was : &is)->bytes[below(32)] ^= (unsigned char)(1 << below(8));
    }
    return ledger_consistency_check(&q, old, &was, new, &is, NULL) != ERR_OK;
}

static void every_change_is_found(void **state)
{
    (void)state;
    static const struct { bool (*run)(void); unsigned weight; const char *what; } kinds[] = {
        {change_file, 55, "a file's bytes or rows"}, {swap_files, 5, "two files"}, {remove_file, 5, "a file taken away"}, {fork_log, 5, "a fork"},
        {change_bundle, 20, "an offline proof"}, {change_consistency, 10, "a consistency proof"},
    };
    const char *wanted = getenv("HAVEN_LEDGER_MUTATIONS");
    unsigned long count = wanted ? strtoul(wanted, NULL, 10) : 3000, missed = 0;
    assert_true(passes(w.dir));
    for (unsigned long i = 0; i < count; i++) {
        uint64_t was = seed;
        size_t k = 0;
        for (uint64_t pick = below(100); pick >= kinds[k].weight; k++)
            pick -= kinds[k].weight;
        if (!kinds[k].run()) {
            print_message("# not found: %s, HAVEN_SEED=%llu\n", kinds[k].what, (unsigned long long)was);
            missed++;
        }
    }
    assert_true(passes(w.dir));
    print_message("# %lu of %lu changes found\n", count - missed, count);
    assert_int_equal(missed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(every_change_is_found, set_up, tear_down)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("mutations", tests, NULL, NULL);
}
