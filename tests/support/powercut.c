/* powercut.c: see powercut.h. The real file always holds what a running program sees; what a crash could leave is kept beside it. */
#include "support/powercut.h"

#include <assert.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, TRACKED = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL };

/* What has stood in one sector since the last sync, oldest first; the newest is in the file. */
struct version {
    struct version *older;
    unsigned char bytes[SECTOR];
};
struct sector {
    struct sector *next; /* in its bucket */
    int64_t number;
    struct version *versions;
};
struct disk_file {
    struct disk_file *next;
    char *path;
    struct sector **buckets; /* N_BUCKETS of them */
    int64_t low, high;       /* lengths that it had since the last sync */
    bool created;            /* since its folder was synced */
    bool deleted;            /* the same, so not for certain: kept under another name */
};
enum { N_BUCKETS = 4096 };

struct handle {
    sqlite3_file base;
    struct disk_file *disk; /* NULL: not tracked */
    uint64_t life;
};

/* One machine: a VFS has no other place for its state that a test could reach. */
static struct {
    sqlite3_vfs vfs, *real;
    struct disk_file *files;
    uint64_t life, operations, at, random;
    int fail_rc;
    bool off, happened;
} m;

/* ---- chance ---- */

static uint64_t chance(uint64_t n)
{
    m.random += 0x9E3779B97F4A7C15u; /* splitmix64 */
    uint64_t z = m.random;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (z ^ z >> 31) % n;
}

/* ---- what a crash could leave ---- */

/* Without memory or a working real disk there is no test. */
static void *must(void *p)
{
    assert(p);
    return p;
}

static void must_do(bool ok) { assert(ok); }

static void undead_name(const struct disk_file *f, char *ret, size_t n) { (void)snprintf(ret, n, "%s.undead", f->path); }

static struct disk_file *disk_file(const char *path)
{
    for (struct disk_file *f = m.files; f; f = f->next)
        if (strcmp(f->path, path) == 0)
            return f;
    struct disk_file *f = must(calloc(1, sizeof *f));
    f->path = must(strdup(path));
    f->buckets = must(calloc(N_BUCKETS, sizeof *f->buckets));
    f->next = m.files;
    struct stat st;
    f->low = f->high = stat(path, &st) == 0 ? st.st_size : 0;
    return m.files = f;
}

static void forget(struct disk_file *f, int64_t length)
{
    for (size_t i = 0; i < N_BUCKETS; i++)
        while (f->buckets[i]) {
            struct sector *s = f->buckets[i];
            f->buckets[i] = s->next;
            while (s->versions) {
                struct version *v = s->versions;
                s->versions = v->older;
                free(v);
            }
            free(s);
        }
    f->low = f->high = length;
}

/* A sync of the folder makes every deletion certain. */
static void sync_folder(void)
{
    char undead[4200];
    for (struct disk_file *f = m.files; f; f = f->next) {
        undead_name(f, undead, sizeof undead);
        if (f->deleted)
            (void)unlink(undead);
        f->created = f->deleted = false;
    }
}

/* Keeps what stands in a sector now, before it changes. */
static void keep(struct disk_file *f, sqlite3_file *file, int64_t number)
{
    struct sector **at = &f->buckets[(uint64_t)number % N_BUCKETS], *s = *at;
    while (s && s->number != number)
        s = s->next;
    if (!s) {
        s = must(calloc(1, sizeof *s));
        *s = (struct sector){*at, number, NULL};
        *at = s;
    }
    struct version *v = must(calloc(1, sizeof *v));
    (void)file->pMethods->xRead(file, v->bytes, SECTOR, number * SECTOR); /* short at the end: the rest is zeros */
    v->older = s->versions;
    s->versions = v;
}

static void keep_range(struct disk_file *f, sqlite3_file *file, int64_t from, int64_t to)
{
    sqlite3_int64 size = 0;
    (void)file->pMethods->xFileSize(file, &size);
    f->low = size < f->low ? size : f->low;
    f->high = size > f->high ? size : f->high;
    for (int64_t n = from / SECTOR; n * SECTOR < to; n++)
        keep(f, file, n);
}

/* ---- the cut ---- */

static const unsigned char *any_version(const struct sector *s, const unsigned char *newest)
{
    size_t n = 1;
    for (const struct version *v = s->versions; v; v = v->older)
        n++;
    uint64_t pick = chance(n);
    const struct version *v = s->versions;
    for (; pick > 1; pick--)
        v = v->older;
    return pick == 0 ? newest : v->bytes;
}

static void cut_sector(const struct sector *s, int fd, int64_t old_length)
{
    unsigned char now[SECTOR] = {0}, left[SECTOR];
    (void)!pread(fd, now, SECTOR, s->number * SECTOR); /* short at the end: zeros */
    memcpy(left, any_version(s, now), SECTOR);
    uint64_t what = chance(8);
    if (what == 0) /* torn: the front of one version, the back of another */
        memcpy(left, any_version(s, now), chance(SECTOR));
    if (s->number * SECTOR >= old_length && what == 1) /* the length came to disk, the content did not */
        memset(left, 0, SECTOR);
    if (s->number * SECTOR >= old_length && what == 2)
        for (size_t i = 0; i < SECTOR; i++)
            left[i] = (unsigned char)chance(256);
    must_do(pwrite(fd, left, SECTOR, s->number * SECTOR) == SECTOR);
}

static void cut_file(struct disk_file *f)
{
    char undead[4200];
    undead_name(f, undead, sizeof undead);
    if (f->deleted)
        must_do((chance(2) ? rename(undead, f->path) : unlink(undead)) == 0);
    f->deleted = false;
    int fd = open(f->path, O_RDWR);
    struct stat st;
    if (fd < 0)
        return; /* deleted for good */
    must_do(fstat(fd, &st) == 0);
    int64_t low = f->low < st.st_size ? f->low : st.st_size, high = f->high > st.st_size ? f->high : st.st_size;
    for (size_t i = 0; i < N_BUCKETS; i++)
        for (const struct sector *s = f->buckets[i]; s; s = s->next)
            cut_sector(s, fd, low);
    int64_t length = high;
    if (chance(2))
        length = chance(2) ? low : low + (int64_t)chance((uint64_t)(high - low) / SECTOR + 1) * SECTOR;
    must_do(ftruncate(fd, length) == 0 && close(fd) == 0);
    forget(f, length);
}

static void cut(void)
{
    for (struct disk_file *f = m.files; f; f = f->next)
        cut_file(f);
    m.off = m.happened = true;
    m.life++;
}

/* Counts an operation that changes the disk. SQLITE_OK: go on. */
static int tick(void)
{
    if (++m.operations != m.at)
        return SQLITE_OK;
    if (m.fail_rc)
        return m.fail_rc;
    cut();
    return SQLITE_IOERR;
}

/* ---- files ---- */

static sqlite3_file *real_of(sqlite3_file *file) { return (sqlite3_file *)((struct handle *)file + 1); }
static bool dead(sqlite3_file *file) { return m.off || ((struct handle *)file)->life != m.life; }

static int x_close(sqlite3_file *file) { return real_of(file)->pMethods->xClose(real_of(file)); }

static int x_read(sqlite3_file *file, void *p, int n, sqlite3_int64 at)
{
    return dead(file) ? SQLITE_IOERR_READ : real_of(file)->pMethods->xRead(real_of(file), p, n, at);
}

static int x_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
    struct disk_file *f = ((struct handle *)file)->disk;
    sqlite3_file *real = real_of(file);
    if (dead(file))
        return SQLITE_IOERR_WRITE;
    if (!f)
        return real->pMethods->xWrite(real, p, n, at);
    /* 1. The write is on its way when the power goes; a failure that is only reported does nothing. */
    bool fails = m.fail_rc && m.operations + 1 == m.at;
    if (!fails) {
        keep_range(f, real, at, at + n);
        int rc = real->pMethods->xWrite(real, p, n, at);
        if (rc != SQLITE_OK)
            return rc;
    }
    /* 2. Then the power may go. */
    return tick();
}

static int x_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct disk_file *f = ((struct handle *)file)->disk;
    sqlite3_file *real = real_of(file);
    sqlite3_int64 was = 0;
    if (dead(file))
        return SQLITE_IOERR_TRUNCATE;
    int rc = f ? tick() : SQLITE_OK;
    if (rc != SQLITE_OK)
        return rc;
    if (f && real->pMethods->xFileSize(real, &was) == SQLITE_OK)
        keep_range(f, real, size, was);
    rc = real->pMethods->xTruncate(real, size);
    if (f && size < f->low)
        f->low = size;
    return rc;
}

/* The real sync is left out: this process does not crash, so it would only take time. */
static int x_sync(sqlite3_file *file, int flags)
{
    struct disk_file *f = ((struct handle *)file)->disk;
    sqlite3_int64 size = 0;
    (void)flags;
    if (dead(file))
        return SQLITE_IOERR_FSYNC;
    if (!f)
        return SQLITE_OK;
    int rc = tick();
    if (rc != SQLITE_OK)
        return rc;
    rc = real_of(file)->pMethods->xFileSize(real_of(file), &size);
    if (rc == SQLITE_OK)
        forget(f, size);
    if (f->created) /* SQLite's own VFS syncs the folder with the first sync of a new journal or WAL */
        sync_folder();
    return rc;
}

static int x_file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    return dead(file) ? SQLITE_IOERR_FSTAT : real_of(file)->pMethods->xFileSize(real_of(file), ret);
}

static int x_lock(sqlite3_file *file, int level)
{
    return dead(file) ? SQLITE_IOERR_LOCK : real_of(file)->pMethods->xLock(real_of(file), level);
}

static int x_unlock(sqlite3_file *file, int level) { return real_of(file)->pMethods->xUnlock(real_of(file), level); }

static int x_check_lock(sqlite3_file *file, int *ret)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}

static int x_control(sqlite3_file *file, int op, void *p)
{
    return dead(file) ? SQLITE_NOTFOUND : real_of(file)->pMethods->xFileControl(real_of(file), op, p);
}

static int x_sector_size(sqlite3_file *file)
{
    (void)file;
    return SECTOR;
}

static int x_device(sqlite3_file *file) { return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file)); }

/* Version 1: no shared memory, which the store's exclusive locking mode does without. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_file_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_check_lock,
    .xFileControl = x_control,
    .xSectorSize = x_sector_size,
    .xDeviceCharacteristics = x_device,
};

/* ---- the VFS ---- */

static int x_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
    struct handle *h = (struct handle *)file;
    (void)vfs;
    h->base.pMethods = NULL;
    if (m.off)
        return SQLITE_CANTOPEN;
    h->disk = path && (flags & TRACKED) ? disk_file(path) : NULL;
    if (h->disk && h->disk->deleted) { /* a new file of that name: the old one cannot come back */
        char undead[4200];
        undead_name(h->disk, undead, sizeof undead);
        (void)unlink(undead);
        h->disk->deleted = false;
    }
    h->life = m.life;
    if (h->disk && access(path, F_OK) != 0)
        h->disk->created = true;
    int rc = m.real->xOpen(m.real, path, real_of(file), flags, ret_flags);
    if (real_of(file)->pMethods)
        h->base.pMethods = &methods;
    return rc;
}

static int x_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs;
    if (m.off)
        return SQLITE_IOERR_DELETE;
    struct disk_file *f = disk_file(path);
    int rc = tick();
    if (rc != SQLITE_OK)
        return rc;
    char undead[4200];
    undead_name(f, undead, sizeof undead);
    if (access(path, F_OK) != 0)
        return SQLITE_IOERR_DELETE_NOENT;
    f->deleted = rename(path, undead) == 0;
    if (sync)
        sync_folder();
    return SQLITE_OK;
}

static int x_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret)
{
    (void)vfs;
    return m.real->xAccess(m.real, path, flags, ret);
}

void powercut_register(bool as_default)
{
    if (!m.real) {
        m.real = sqlite3_vfs_find(NULL);
        m.vfs = *m.real;
        m.vfs.iVersion = 2; /* nothing of the real one's system calls */
        m.vfs.zName = "powercut";
        m.vfs.szOsFile = (int)sizeof(struct handle) + m.real->szOsFile;
        m.vfs.xOpen = x_open;
        m.vfs.xDelete = x_delete;
        m.vfs.xAccess = x_access;
    }
    (void)sqlite3_vfs_register(&m.vfs, as_default); /* cannot fail */
}

void powercut_arm(uint64_t operation, uint64_t seed)
{
    m.at = operation;
    m.random = seed;
    m.operations = 0;
    m.fail_rc = 0;
    m.happened = false;
}

void powercut_fail_once(uint64_t operation, int rc)
{
    powercut_arm(operation, 0);
    m.fail_rc = rc;
}

bool powercut_happened(void) { return m.happened; }
uint64_t powercut_operations(void) { return m.operations; }

void powercut_restart(void)
{
    m.off = false;
    powercut_arm(0, m.random);
}

void powercut_forget(void)
{
    sync_folder();
    while (m.files) {
        struct disk_file *f = m.files;
        m.files = f->next;
        forget(f, 0);
        free(f->buckets);
        free(f->path);
        free(f);
    }
}
