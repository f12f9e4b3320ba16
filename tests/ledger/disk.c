/* disk.c: see disk.h. Threads may call; one rule at a time. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
    const char *name;
    unsigned at, count, syncs;
    int error;
    unsigned slow_us;
    bool on, sticky, failed;
} now;

void disk_fail(const char *name, unsigned at, int error, bool sticky)
{
    now.name = name;
    now.at = at;
    now.error = error;
    now.sticky = sticky;
    now.count = 0;
    now.failed = false;
    now.on = true;
}

unsigned disk_stop(void)
{
    now.on = false;
    return now.count;
}

bool disk_failed(void) { return now.failed; }
unsigned disk_syncs(void) { return now.syncs; }
void disk_slow(unsigned us) { now.slow_us = us; }

static bool fails(const char *name)
{
    (void)pthread_mutex_lock(&mutex);
    bool match = now.on && (!now.name || strcmp(now.name, name) == 0);
    bool hit = match && (++now.count == now.at || (now.sticky && now.count > now.at));
    now.failed = now.failed || hit;
    bool sync = strcmp(name, "fdatasync") == 0;
    now.syncs += sync;
    int error = now.error;
    (void)pthread_mutex_unlock(&mutex);
    if (sync && now.slow_us > 0)
        (void)usleep(now.slow_us);
    if (hit)
        errno = error;
    return hit;
}

#define WRAP(type, name, parameters, arguments, failed) \
    type __real_##name parameters;                       \
    type __wrap_##name parameters;                       \
    type __wrap_##name parameters { return fails(#name) ? (failed) : __real_##name arguments; }

WRAP(void *, malloc, (size_t n), (n), NULL)
WRAP(void *, calloc, (size_t n, size_t size), (n, size), NULL)
WRAP(void *, realloc, (void *p, size_t n), (p, n), NULL)
WRAP(int, fdatasync, (int fd), (fd), -1)
WRAP(int, fsync, (int fd), (fd), -1)
WRAP(int, ftruncate64, (int fd, off_t n), (fd, n), -1)
WRAP(int, fstat64, (int fd, struct stat64 *st), (fd, st), -1)
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
WRAP(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to), -1)
WRAP(int, unlinkat, (int dir, const char *path, int flags), (dir, path, flags), -1)
WRAP(ssize_t, pread64, (int fd, void *p, size_t n, off_t at), (fd, p, n, at), errno ? -1 : 0)
WRAP(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n), -1)
WRAP(ssize_t, read, (int fd, void *p, size_t n), (fd, p, n), -1)

ssize_t __real_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at)
{
    if (!fails("pwrite64"))
        return __real_pwrite64(fd, p, n, at);
    int error = errno;
    (void)!__real_pwrite64(fd, p, n / 2, at);
    errno = error;
    return error ? -1 : 0;
}

static mode_t mode_of(int flags, va_list ap) { return flags & O_CREAT ? (mode_t)va_arg(ap, int) : 0; }

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    mode_t mode = mode_of(flags, ap);
    va_end(ap);
    return fails("open64") ? -1 : __real_open64(path, flags, mode);
}

int __real_openat64(int dir, const char *path, int flags, ...);
int __wrap_openat64(int dir, const char *path, int flags, ...);
int __wrap_openat64(int dir, const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    mode_t mode = mode_of(flags, ap);
    va_end(ap);
    return fails("openat64") ? -1 : __real_openat64(dir, path, flags, mode);
}

/* ---- the store, for the tests that are linked with these too ---- */

#include "store/store.h"

static enum err_code broken(struct err *e) { return err_set(e, ERR_STORE, "the store was made to fail"); }

#define WRAP_STORE(name, parameters, arguments)          \
    enum err_code __real_##name parameters;               \
    enum err_code __wrap_##name parameters;               \
    enum err_code __wrap_##name parameters { return fails(#name) ? broken(e) : __real_##name arguments; }

WRAP_STORE(store_run, (struct store * s, const struct store_statement *st, const struct store_value *v, int64_t *ret, struct err *e), (s, st, v, ret, e))
WRAP_STORE(store_query, (struct store * s, const struct store_statement *st, const struct store_value *v, struct store_cursor **ret, struct err *e), (s, st, v, ret, e))
WRAP_STORE(store_query_int, (struct store * s, const struct store_statement *st, const struct store_value *v, int64_t *ret, struct err *e), (s, st, v, ret, e))
WRAP_STORE(store_step, (struct store_cursor * c, bool *ret, struct err *e), (c, ret, e))
WRAP_STORE(store_begin, (struct store * s, struct err *e), (s, e))

/* A commit that fails rolls back. */
#define WRAP_COMMIT(name)                                        \
    enum err_code __real_##name(struct store *s, struct err *e); \
    enum err_code __wrap_##name(struct store *s, struct err *e); \
    enum err_code __wrap_##name(struct store *s, struct err *e)  \
    {                                                            \
        if (!fails(#name))                                       \
            return __real_##name(s, e);                          \
        store_rollback(s);                                       \
        return broken(e);                                        \
    }
WRAP_COMMIT(store_commit)
WRAP_COMMIT(store_commit_ledger)
WRAP_STORE(store_reserve_ids, (struct store * s, const char *counter, int64_t n, int64_t *ret, struct err *e), (s, counter, n, ret, e))
