#include "log_support.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void signer_of(const char *name, enum ledger_key_type type, int seed_byte, struct ledger_signer *ret)
{
    unsigned char seed[32];
    memset(seed, seed_byte, sizeof seed);
    ok(ledger_signer_make(str_of(name), type, seed, ret, e));
}

/* ---- in memory ---- */

void memory_log_make(struct memory_log *m, uint64_t size, const char *word)
{
    struct ledger_frontier f = {0};
    char text[64];
    *m = (struct memory_log){.size = size};
    m->prefix_roots = calloc(size + 1, sizeof *m->prefix_roots);
    m->levels[0] = calloc(size + 1, sizeof **m->levels);
    assert_true(m->prefix_roots && m->levels[0]);
    m->counts[0] = size;
    m->prefix_roots[0] = ledger_hash_empty();
    for (uint64_t i = 0; i < size; i++) {
        (void)snprintf(text, sizeof text, "%s %llu", word, (unsigned long long)i);
        m->levels[0][i] = ledger_hash_leaf(str_of(text));
        ledger_frontier_add(&f, &m->levels[0][i]);
        m->prefix_roots[i + 1] = ledger_frontier_root(&f);
    }
    for (unsigned l = 1; m->counts[l - 1] > 1; l++) {
        m->counts[l] = m->counts[l - 1] / 2;
        m->levels[l] = calloc(m->counts[l] + 1, sizeof **m->levels);
        assert_non_null(m->levels[l]);
        for (uint64_t i = 0; i < m->counts[l]; i++)
            m->levels[l][i] = ledger_hash_node(&m->levels[l - 1][2 * i], &m->levels[l - 1][2 * i + 1]);
    }
}

void memory_log_free(struct memory_log *m)
{
    for (unsigned l = 0; l < 64; l++)
        free(m->levels[l]);
    free(m->prefix_roots);
}

static enum err_code read_memory(void *context, unsigned level, uint64_t index, struct ledger_hash *ret, struct err *e)
{
    struct memory_log *m = context;
    if (index >= m->counts[level])
        return err_set(e, ERR_NOT_FOUND, "asked for a subtree that is not there");
    *ret = m->levels[level][index];
    return ERR_OK;
}

struct ledger_hashes memory_log_hashes(struct memory_log *m) { return (struct ledger_hashes){read_memory, m}; }

struct ledger_hash naive_root(const struct ledger_hash *leaves, uint64_t n)
{
    if (n == 0)
        return ledger_hash_empty();
    if (n == 1)
        return leaves[0];
    uint64_t k = 1;
    while (2 * k < n)
        k *= 2;
    struct ledger_hash left = naive_root(leaves, k), right = naive_root(leaves + k, n - k);
    return ledger_hash_node(&left, &right);
}

void note_of(const struct ledger_signer *s, const char *origin, uint64_t size, const struct ledger_hash *root, struct buf *ret)
{
    const struct ledger_checkpoint c = {str_of(origin), size, *root, STR("")};
    buf_clear(ret);
    ok(ledger_checkpoint_format(&c, ret, e));
    size_t n = ret->n;
    assert_true(buf_char(ret, '\n'));
    char *text = malloc(n);
    assert_non_null(text);
    memcpy(text, ret->p, n);
    ok(ledger_note_sign(s, (struct str){text, n}, 0, ret, e));
    free(text);
}

/* ---- folders ---- */

enum err_code give_entry(void *context, uint64_t index, struct buf *ret, struct err *e)
{
    return buf_fmt(ret, "%s %llu", context ? (const char *)context : "entry", (unsigned long long)index) ? ERR_OK : buf_check(ret, "entry", e);
}

enum err_code publish(const char *dir, uint64_t size, const char *word, const struct ledger_signer *s, const struct ledger_signer *witness,
                      struct err *e)
{
    _cleanup_arena_ struct arena a;
    _cleanup_ledger_tiles_ struct ledger_tiles *t = NULL;
    _cleanup_buf_ struct buf note;
    struct ledger_hash root;
    struct ledger_note form;
    char context[64];
    (void)snprintf(context, sizeof context, "%s", word ? word : "entry");
    arena_init(&a, LIMIT_LEDGER_TILES_BYTES);
    buf_init(&note, LIMIT_LEDGER_NOTE_BYTES);
    ERR_TRY(ledger_tiles_open(&a, dir, true, &t, e));
    ERR_TRY(ledger_tiles_extend(t, size, (struct ledger_entries){give_entry, context}, &root, e));
    note_of(s, s->key.name, size, &root, &note);
    if (witness) {
        ERR_TRY(ledger_note_parse(buf_as_str(&note), &form, e));
        _cleanup_buf_ struct buf line;
        buf_init(&line, 1024);
        ERR_TRY(ledger_note_sign(witness, form.text, 1700000000, &line, e));
        (void)buf_str(&note, buf_as_str(&line));
    }
    return ledger_tiles_publish(t, buf_as_str(&note), e);
}

void folder_make(char ret[64])
{
    strcpy(ret, access("/dev/shm", W_OK) == 0 ? "/dev/shm/haven-ledger-XXXXXX" : "/tmp/haven-ledger-XXXXXX"); /* many small files */
    assert_non_null(mkdtemp(ret));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

void folder_remove(const char *dir) { (void)nftw(dir, remove_one, 32, FTW_DEPTH | FTW_PHYS); }

void file_put(const char *dir, const char *name, struct str bytes)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

void file_get(const char *dir, const char *name, struct buf *ret)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("%s is not there", path);
    char piece[65536];
    size_t n;
    buf_clear(ret);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        assert_true(buf_add(ret, piece, n));
    (void)fclose(f);
}

static void digest_folder(const char *dir, const char *name, struct ledger_frontier *f)
{
    char path[1024], inner[512];
    struct dirent **list;
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    int n = scandir(path, &list, NULL, alphasort);
    assert_true(n >= 0);
    for (int i = 0; i < n; i++) {
        if (list[i]->d_name[0] != '.') {
            (void)snprintf(inner, sizeof inner, "%s/%s", name, list[i]->d_name);
            struct stat st;
            (void)snprintf(path, sizeof path, "%s/%s", dir, inner);
            assert_int_equal(stat(path, &st), 0);
            struct ledger_hash h = ledger_hash_leaf(str_of(inner));
            ledger_frontier_add(f, &h);
            if (S_ISDIR(st.st_mode)) {
                digest_folder(dir, inner, f);
            } else {
                _cleanup_buf_ struct buf b;
                buf_init(&b, (size_t)32 << 20);
                file_get(dir, inner, &b);
                h = ledger_hash_leaf(buf_as_str(&b));
                ledger_frontier_add(f, &h);
            }
        }
        free(list[i]);
    }
    free(list);
}

struct ledger_hash folder_digest(const char *dir)
{
    struct ledger_frontier f = {0};
    digest_folder(dir, ".", &f);
    return ledger_frontier_root(&f);
}
