#include "faults.h"

#include <assert.h>
#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    enum fault_mode mode;
    unsigned at, count;
    bool watching;
    bool file_synced;           /* the file that was written last */
    char folders[4096][160];    /* with a name that is not durable yet */
    unsigned n_folders;
    char wrong[512];
} now;

void faults_start(enum fault_mode mode, unsigned at)
{
    now.mode = mode;
    now.at = at;
    now.count = 0;
}

unsigned faults_stop(void)
{
    now.mode = FAULT_NONE;
    return now.count;
}

/* True: this call fails. */
static bool hit(void)
{
    if (now.mode == FAULT_MEMORY || now.count++ != now.at)
        return false;
    if (now.mode == FAULT_CRASH)
        _exit(9);
    errno = now.mode == FAULT_INTERRUPT ? EINTR : EIO;
    return now.mode == FAULT_FAIL || now.mode == FAULT_INTERRUPT;
}

/* ---- durability ---- */

void faults_watch(void)
{
    now.watching = true;
    now.file_synced = false;
    now.n_folders = 0;
    now.wrong[0] = '\0';
}

const char *faults_watch_end(void)
{
    now.watching = false;
    if (now.wrong[0] == '\0' && now.n_folders > 0)
        (void)snprintf(now.wrong, sizeof now.wrong, "%s was never synced", now.folders[0]);
    return now.wrong[0] ? now.wrong : NULL;
}

static void full_path(int dir, const char *name, char *ret, size_t max)
{
    char link[64], base[160] = ".";
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    if (dir != AT_FDCWD) {
        ssize_t n = readlink(link, base, sizeof base - 1);
        assert(n > 0);
        base[n] = '\0';
    }
    if (snprintf(ret, max, name ? "%s/%s" : "%s", base, name) >= (int)max)
        abort();
}

static void named_in(int dir, const char *path)
{
    char full[160];
    if (!now.watching)
        return;
    full_path(dir, path, full, sizeof full);
    *strrchr(full, '/') = '\0';
    for (unsigned i = 0; i < now.n_folders; i++)
        if (strcmp(now.folders[i], full) == 0)
            return;
    assert(now.n_folders < 4096);
    (void)snprintf(now.folders[now.n_folders++], sizeof *now.folders, "%s", full);
}

static void synced(int fd)
{
    char full[160];
    struct stat st;
    if (!now.watching || fstat(fd, &st) != 0)
        return;
    if (S_ISREG(st.st_mode))
        now.file_synced = true;
    full_path(fd, NULL, full, sizeof full);
    for (unsigned i = 0; i < now.n_folders; i++)
        if (strcmp(now.folders[i], full) == 0)
            memcpy(now.folders[i], now.folders[--now.n_folders], sizeof *now.folders);
}

static void renamed(const char *to)
{
    if (!now.watching || now.wrong[0])
        return;
    if (!now.file_synced)
        (void)snprintf(now.wrong, sizeof now.wrong, "%s was put in place before it was synced", to);
    else if (strcmp(to, "checkpoint") == 0 && now.n_folders > 0)
        (void)snprintf(now.wrong, sizeof now.wrong, "the checkpoint was put in place before %s was synced", now.folders[0]);
}

/* ---- the calls ---- */

#define WRAP(type, name, parameters, arguments) \
    type __real_##name parameters;              \
    type __wrap_##name parameters;              \
    type __wrap_##name parameters { return hit() ? -1 : __real_##name arguments; }

WRAP(int, fstat64, (int fd, struct stat64 *st), (fd, st))
WRAP(int, stat64, (const char *path, struct stat64 *st), (path, st))
WRAP(int, flock, (int fd, int how), (fd, how))
WRAP(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t n), (fd, level, name, value, n))
WRAP(int, listen, (int fd, int backlog), (fd, backlog))
WRAP(int, getsockname, (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(int, faccessat, (int dir, const char *path, int mode, int flags), (dir, path, mode, flags))
WRAP(int, unlinkat, (int dir, const char *path, int flags), (dir, path, flags))

int __real_mkdirat(int dir, const char *path, mode_t mode);
int __wrap_mkdirat(int dir, const char *path, mode_t mode);
int __wrap_mkdirat(int dir, const char *path, mode_t mode)
{
    if (hit())
        return -1;
    int r = __real_mkdirat(dir, path, mode);
    if (r == 0)
        named_in(dir, path);
    return r;
}

int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    if (hit())
        return -1;
    synced(fd);
    return 0; /* what a power cut would lose is not tried here; the order is (faults_watch) */
}

int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    if (hit())
        return -1;
    int r = __real_renameat(from_dir, from, to_dir, to);
    if (r == 0) {
        renamed(to);
        named_in(to_dir, to);
    }
    return r;
}

ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n)
{
    now.file_synced = false;
    if (now.mode == FAULT_CRASH && now.count == now.at)
        (void)!__real_write(fd, p, n / 2);
    if (hit())
        return -1;
    return __real_write(fd, p, now.mode == FAULT_SHORT ? (n + 2) / 3 : n);
}

ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n)
{
    if (hit())
        return -1;
    if (now.mode == FAULT_END)
        return 0;
    return __real_read(fd, p, now.mode == FAULT_SHORT ? (n + 1) / 2 : n);
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
    return hit() ? -1 : __real_open64(path, flags, mode);
}

int __real_openat64(int dir, const char *path, int flags, ...);
int __wrap_openat64(int dir, const char *path, int flags, ...);
int __wrap_openat64(int dir, const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    mode_t mode = mode_of(flags, ap);
    va_end(ap);
    return hit() ? -1 : __real_openat64(dir, path, flags, mode);
}

WRAP(int, socket, (int domain, int type, int protocol), (domain, type, protocol))

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n)
{
    return now.mode == FAULT_MEMORY && now.count++ == now.at ? NULL : __real_malloc(n);
}

#define WRAP_POINTER(type, name, parameters, arguments) \
    type __real_##name parameters;                      \
    type __wrap_##name parameters;                      \
    type __wrap_##name parameters { return hit() ? NULL : __real_##name arguments; }

WRAP_POINTER(CURL *, curl_easy_init, (void), ())
WRAP_POINTER(struct curl_slist *, curl_slist_append, (struct curl_slist *list, const char *z), (list, z))
WRAP_POINTER(struct MHD_Response *, MHD_create_response_from_buffer, (size_t n, void *p, enum MHD_ResponseMemoryMode mode), (n, p, mode))

DIR *__real_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd)
{
    return hit() ? NULL : __real_fdopendir(fd);
}
