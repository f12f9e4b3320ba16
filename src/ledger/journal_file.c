/* journal_file.c: segments of the journal on disk: made, opened after a crash, read, removed. See journal.h. */
#include "ledger/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC STR("haven-journal 1\n")
#define FRAME STR("HVf1")
#define MAC_BYTES 16
#define NAME_BYTES 24

static void put_le(unsigned char *at, size_t n, uint64_t x)
{
    for (size_t i = 0; i < n; i++)
        at[i] = (unsigned char)(x >> (8 * i));
}

static uint64_t get_le(const char *at, size_t n)
{
    uint64_t x = 0;
    for (size_t i = n; i-- > 0;)
        x = x << 8 | (unsigned char)at[i];
    return x;
}

static void segment_name(uint64_t segment, char ret[NAME_BYTES])
{
    (void)snprintf(ret, NAME_BYTES, "%06llu", (unsigned long long)segment);
}

/* ---- frames ---- */

/* Over the place and `parts`. */
static void mac_of(const struct vault_key *key, uint64_t segment, uint64_t offset, struct str head, struct str payload,
                   unsigned char ret[MAC_BYTES])
{
    unsigned char place[16];
    crypto_generichash_state s;
    put_le(place, 8, segment);
    put_le(place + 8, 8, offset);
    (void)crypto_generichash_init(&s, key->bytes, sizeof key->bytes, MAC_BYTES); /* with these lengths none of them fails */
    (void)crypto_generichash_update(&s, place, sizeof place);
    (void)crypto_generichash_update(&s, (const unsigned char *)head.p, head.n);
    (void)crypto_generichash_update(&s, (const unsigned char *)payload.p, payload.n);
    (void)crypto_generichash_final(&s, ret, MAC_BYTES);
    sodium_memzero(&s, sizeof s);
}

void ledger_frame_write(const struct ledger_journal *j, uint64_t offset, struct str payload, struct buf *ret)
{
    unsigned char head[LEDGER_FRAME_HEADER];
    memcpy(head, FRAME.p, 4);
    put_le(head + 4, 4, payload.n);
    put_le(head + 8, 8, j->end);
    mac_of(&j->key, j->segment, offset, (struct str){(char *)head, 16}, payload, head + 16);
    (void)buf_add(ret, head, sizeof head);
    (void)buf_str(ret, payload);
}

bool ledger_frame_read(const struct ledger_journal *j, uint64_t segment, struct str bytes, uint64_t base, size_t at,
                       struct ledger_frame *ret)
{
    unsigned char mac[MAC_BYTES];
    struct str rest = str_slice(bytes, at, bytes.n);
    if (rest.n < LEDGER_FRAME_HEADER || memcmp(rest.p, FRAME.p, 4) != 0)
        return false;
    uint64_t n = get_le(rest.p + 4, 4);
    if (n > LIMIT_LEDGER_FRAME_BYTES || n > rest.n - LEDGER_FRAME_HEADER)
        return false;
    struct str payload = {rest.p + LEDGER_FRAME_HEADER, (size_t)n};
    mac_of(&j->key, segment, base + at, str_slice(rest, 0, 16), payload, mac);
    if (sodium_memcmp(mac, rest.p + 16, MAC_BYTES) != 0)
        return false;
    *ret = (struct ledger_frame){payload, get_le(rest.p + 8, 8), LEDGER_FRAME_HEADER + payload.n};
    return true;
}

/* ---- making ---- */

static void header_of(const struct ledger_journal *j, uint64_t segment, unsigned char ret[LEDGER_SEGMENT_HEADER])
{
    memcpy(ret, MAGIC.p, 16);
    put_le(ret + 16, 8, segment);
    mac_of(&j->key, segment, 0, (struct str){(char *)ret, 24}, STR(""), ret + 24);
}

/* Whole and on disk under its name, or not there under it: it is written beside and renamed. */
enum err_code ledger_segment_make(struct ledger_journal *j, uint64_t segment, int *ret_fd, struct err *e)
{
    char name[NAME_BYTES];
    unsigned char header[LEDGER_SEGMENT_HEADER];
    segment_name(segment, name);
    header_of(j, segment, header);
    int fd = openat(j->folder, "new", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_set(e, ERR_IO, "the ledger's journal: a segment cannot be made: %s", strerror(errno));
    bool wrote = pwrite(fd, header, sizeof header, 0) == (ssize_t)sizeof header;
    j->dead = wrote && fsync(fd) != 0; /* a failed sync is never tried again */
    bool named = wrote && !j->dead && renameat(j->folder, "new", j->folder, name) == 0;
    j->dead = j->dead || (named && fsync(j->folder) != 0);
    if (!named || j->dead) {
        enum err_code code = err_set(e, ERR_IO, "the ledger's journal: segment %s cannot be made: %s", name, strerror(errno));
        (void)close(fd);
        return code;
    }
    *ret_fd = fd;
    return ERR_OK;
}

static enum err_code folder_open(struct ledger_journal *j, const char *dir, bool make, struct err *e)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/journal", dir) >= (int)sizeof path)
        return err_set(e, ERR_USAGE, "the path of the ledger's directory is too long");
    if (make && mkdir(path, 0700) != 0 && errno != EEXIST)
        return err_set(e, ERR_IO, "%s cannot be made: %s", path, strerror(errno));
    j->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (j->folder < 0)
        return err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s cannot be opened: %s", path, strerror(errno));
    return ERR_OK;
}

static void start(struct ledger_journal *j, const struct vault *v)
{
    *j = (struct ledger_journal){.folder = -1, .fd = -1};
    j->last = &j->waiting;
    vault_key_named(v, "ledger journal", &j->key);
    buf_init(&j->batch, LIMIT_LEDGER_BATCH_BYTES + LIMIT_LEDGER_FRAME_BYTES + LEDGER_FRAME_HEADER);
    (void)pthread_mutex_init(&j->mutex, NULL); /* cannot fail on Linux without attributes */
    (void)pthread_cond_init(&j->done, NULL);
}

void ledger_journal_close(struct ledger_journal *j)
{
    if (j->fd >= 0)
        (void)close(j->fd);
    if (j->folder >= 0)
        (void)close(j->folder);
    j->fd = j->folder = -1;
    buf_release(&j->batch);
    vault_key_wipe(&j->key);
    (void)pthread_mutex_destroy(&j->mutex);
    (void)pthread_cond_destroy(&j->done);
}

/* Makes the name of the new folder durable in its parent. */
static enum err_code folder_sync(const char *dir, struct err *e)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    int cause = errno;
    if (fd >= 0)
        (void)close(fd);
    return ok ? ERR_OK : err_set(e, ERR_IO, "%s cannot be synced: %s", dir, strerror(cause));
}

static enum err_code create(struct ledger_journal *j, const char *dir, uint64_t segment, struct err *e)
{
    char name[NAME_BYTES];
    ERR_TRY(folder_open(j, dir, true, e));
    ERR_TRY(folder_sync(dir, e));
    segment_name(segment, name);
    if (faccessat(j->folder, name, F_OK, 0) == 0)
        return ERR_OK;
    return ledger_segment_make(j, segment, &j->fd, e);
}

enum err_code ledger_journal_create(const char *dir, const struct vault *v, uint64_t segment, struct err *e)
{
    struct ledger_journal j;
    start(&j, v);
    enum err_code code = create(&j, dir, segment, e);
    ledger_journal_close(&j);
    return code;
}

/* ---- opening after whatever happened ---- */

static bool segment_exists(const struct ledger_journal *j, uint64_t segment)
{
    char name[NAME_BYTES];
    segment_name(segment, name);
    return faccessat(j->folder, name, F_OK, 0) == 0;
}

static enum err_code segment_open(struct ledger_journal *j, uint64_t segment, int *ret_fd, uint64_t *ret_size, struct err *e)
{
    char name[NAME_BYTES];
    unsigned char want[LEDGER_SEGMENT_HEADER], got[LEDGER_SEGMENT_HEADER];
    struct stat st;
    segment_name(segment, name);
    int fd = openat(j->folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_set(e, errno == ENOENT ? ERR_REFUSED : ERR_IO,
                       "the ledger's journal: segment %s cannot be opened (%s); if it is lost, haven restore --declare REASON says so openly", name, strerror(errno));
    header_of(j, segment, want);
    if (fstat(fd, &st) != 0 || pread(fd, got, sizeof got, 0) != (ssize_t)sizeof got || memcmp(want, got, sizeof got) != 0) {
        (void)close(fd);
        return err_set(e, ERR_REFUSED, "the ledger's journal: segment %s is not one that this hub made; haven restore --declare REASON begins anew", name);
    }
    *ret_fd = fd;
    *ret_size = (uint64_t)st.st_size;
    return ERR_OK;
}

static enum err_code read_range(int fd, uint64_t from, uint64_t to, struct buf *ret, struct err *e)
{
    char *p = buf_reserve(ret, (size_t)(to - from));
    if (!p)
        return buf_check(ret, "a segment of the ledger's journal", e);
    size_t n = 0, want = (size_t)(to - from);
    while (n < want) {
        ssize_t got = pread(fd, p + n, want - n, (off_t)(from + n));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(e, ERR_IO, "the ledger's journal cannot be read: %s", got < 0 ? strerror(errno) : "it is shorter than it was");
        n += (size_t)got;
    }
    ret->n += n;
    return ERR_OK;
}

enum err_code ledger_segment_read(struct ledger_journal *j, uint64_t segment, uint64_t from, uint64_t to, struct buf *ret, struct err *e)
{
    int fd;
    uint64_t size;
    ERR_TRY(segment_open(j, segment, &fd, &size, e));
    if (to == UINT64_MAX)
        to = size;
    enum err_code code = from <= to ? read_range(fd, from, to, ret, e)
                                    : err_set(e, ERR_REFUSED, "the ledger's journal: segment %06llu has %llu bytes, of which %llu were taken; haven restore --declare REASON begins anew",
                                              (unsigned long long)segment, (unsigned long long)to, (unsigned long long)from);
    (void)close(fd);
    return code;
}

/* Whether a whole frame behind `at` says that what is at `at` was on disk. */
static bool was_synced(const struct ledger_journal *j, uint64_t segment, struct str bytes, uint64_t base, size_t at)
{
    struct ledger_frame f;
    for (size_t i = at + 1; i + LEDGER_FRAME_HEADER <= bytes.n; i++)
        if (ledger_frame_read(j, segment, bytes, base, i, &f) && f.synced > base + at)
            return true;
    return false;
}

/* Checks the frames of a segment from `from`; *ret_end: behind the last whole one. */
static enum err_code segment_check(struct ledger_journal *j, uint64_t segment, uint64_t from, bool last, uint64_t *ret_end, struct err *e)
{
    _cleanup_buf_ struct buf b;
    struct ledger_frame f;
    size_t at = 0;
    buf_init(&b, LIMIT_LEDGER_SEGMENT_MEMORY);
    ERR_TRY(ledger_segment_read(j, segment, from, UINT64_MAX, &b, e));
    while (ledger_frame_read(j, segment, buf_as_str(&b), from, at, &f))
        at += f.size;
    *ret_end = from + at;
    if (at < b.n && (!last || was_synced(j, segment, buf_as_str(&b), from, at)))
        return err_set(e, ERR_REFUSED, "the ledger's journal is damaged: segment %06llu at byte %llu, before entries that were acknowledged; haven restore --declare REASON begins anew",
                       (unsigned long long)segment, (unsigned long long)(from + at));
    return ERR_OK;
}

/* The last segment becomes the one that is written: cut behind its last whole frame, and synced, so that what the sequencer takes of
 * it can never be shorter after a power cut. */
static enum err_code last_open(struct ledger_journal *j, uint64_t segment, uint64_t end, struct err *e)
{
    uint64_t size;
    ERR_TRY(segment_open(j, segment, &j->fd, &size, e));
    if (size > end && ftruncate(j->fd, (off_t)end) != 0)
        return err_set(e, ERR_IO, "the ledger's journal: the torn end of segment %06llu cannot be cut off: %s", (unsigned long long)segment, strerror(errno));
    if (fsync(j->fd) != 0)
        return err_set(e, ERR_IO, "the ledger's journal cannot be synced: %s", strerror(errno));
    j->segment = segment;
    j->end = end;
    return ERR_OK;
}

/* A damaged segment is set aside, and its bytes before `end` go on as a whole one. */
static enum err_code salvage(struct ledger_journal *j, uint64_t segment, uint64_t end, struct err *e)
{
    char name[NAME_BYTES], aside[NAME_BYTES + 16];
    int fd;
    _cleanup_buf_ struct buf b;
    segment_name(segment, name);
    (void)snprintf(aside, sizeof aside, "%s.damaged", name);
    buf_init(&b, LIMIT_LEDGER_SEGMENT_MEMORY);
    if (end > LEDGER_SEGMENT_HEADER)
        ERR_TRY(ledger_segment_read(j, segment, LEDGER_SEGMENT_HEADER, end, &b, e));
    if (renameat(j->folder, name, j->folder, aside) != 0)
        return err_set(e, ERR_IO, "the ledger's journal: segment %s cannot be set aside: %s", name, strerror(errno));
    ERR_TRY(ledger_segment_make(j, segment, &fd, e));
    bool ok = b.n == 0 || (pwrite(fd, b.p, b.n, LEDGER_SEGMENT_HEADER) == (ssize_t)b.n && fsync(fd) == 0);
    (void)close(fd); /* synced */
    return ok ? ERR_OK : err_set(e, ERR_IO, "the ledger's journal: segment %s cannot be written anew", name);
}

static enum err_code segment_check_lost(struct ledger_journal *j, uint64_t segment, uint64_t *from, bool last, uint64_t *ret_end, struct err *e)
{
    uint64_t end = 0;
    enum err_code code = segment_check(j, segment, *from, last, &end, e);
    if (code == ERR_REFUSED) {
        err_clear(e);
        if (end == 0)
            *from = end = LEDGER_SEGMENT_HEADER;
        code = salvage(j, segment, end, e);
    }
    *ret_end = end;
    return code;
}

static enum err_code open_from(struct ledger_journal *j, struct ledger_taken at, bool lost, struct err *e)
{
    /* 1. The first segment: the one that was being taken; a declared restore takes the first that there is from there on. */
    uint64_t segment = at.segment, from = at.offset, end = 0;
    for (unsigned i = 0; lost && i < LIMIT_LEDGER_SEGMENTS_LOST && !segment_exists(j, segment); i++, from = LEDGER_SEGMENT_HEADER)
        segment++;
    if (lost && !segment_exists(j, segment)) {
        segment = at.segment + 1;
        ERR_TRY(ledger_segment_make(j, segment, &j->fd, e));
        (void)close(j->fd);
        j->fd = -1;
    }
    /* 2. Those behind it, without a gap. 3. Only the last may end in a torn frame. */
    j->first = segment;
    for (;; segment++, from = LEDGER_SEGMENT_HEADER) {
        bool last = !segment_exists(j, segment + 1);
        ERR_TRY(lost ? segment_check_lost(j, segment, &from, last, &end, e) : segment_check(j, segment, from, last, &end, e));
        if (segment == j->first)
            j->start = (struct ledger_taken){segment, from};
        if (last)
            break;
    }
    return last_open(j, segment, end, e);
}

enum err_code ledger_journal_open(struct ledger_journal *ret, const char *dir, const struct vault *v, struct ledger_taken at,
                                  bool lost, struct err *e)
{
    start(ret, v);
    enum err_code code = folder_open(ret, dir, false, e);
    if (code == ERR_OK)
        code = open_from(ret, at, lost, e);
    if (code != ERR_OK)
        ledger_journal_close(ret);
    return code;
}

/* ---- reading and forgetting ---- */

enum err_code ledger_journal_each(struct ledger_journal *j, struct ledger_taken from, struct ledger_taken to, size_t most,
                                  ledger_frame_sink *sink, void *context, struct ledger_taken *ret_at, struct err *e)
{
    _cleanup_buf_ struct buf b;
    struct ledger_frame f;
    buf_init(&b, LIMIT_LEDGER_SEGMENT_MEMORY);
    for (;; from = (struct ledger_taken){from.segment + 1, LEDGER_SEGMENT_HEADER}) {
        size_t at = 0;
        buf_clear(&b);
        ERR_TRY(ledger_segment_read(j, from.segment, from.offset, from.segment == to.segment ? to.offset : UINT64_MAX, &b, e));
        for (; at < b.n && most > 0; most--, at += f.size) {
            if (!ledger_frame_read(j, from.segment, buf_as_str(&b), from.offset, at, &f))
                return err_set(e, ERR_REFUSED, "the ledger's journal was changed while it was open: segment %06llu at byte %llu",
                               (unsigned long long)from.segment, (unsigned long long)(from.offset + at));
            ERR_TRY(sink(context, f.payload, e));
        }
        *ret_at = (struct ledger_taken){from.segment, from.offset + at};
        if (most == 0 || from.segment == to.segment)
            return ERR_OK;
    }
}

/* Zeros over the old bytes first: wrapped keys that were destroyed in the database must not stay here. */
static enum err_code segment_remove(struct ledger_journal *j, uint64_t segment, struct err *e)
{
    static const char zeros[1 << 16];
    char name[NAME_BYTES];
    struct stat st;
    segment_name(segment, name);
    int fd = openat(j->folder, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    for (off_t at = 0; ok && at < st.st_size; at += (off_t)sizeof zeros)
        ok = pwrite(fd, zeros, sizeof zeros, at) == (ssize_t)sizeof zeros;
    ok = ok && fdatasync(fd) == 0 && unlinkat(j->folder, name, 0) == 0;
    int cause = errno;
    if (fd >= 0)
        (void)close(fd);
    return ok || cause == ENOENT ? ERR_OK : err_set(e, ERR_IO, "the ledger's journal: segment %s cannot be removed: %s", name, strerror(cause));
}

enum err_code ledger_journal_forget(struct ledger_journal *j, struct ledger_taken at, struct err *e)
{
    assert(at.segment <= j->segment);
    for (; j->first < at.segment; j->first++)
        ERR_TRY(segment_remove(j, j->first, e));
    return ERR_OK;
}
